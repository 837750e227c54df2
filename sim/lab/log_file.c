/* SPDX-License-Identifier: MIT */
/* In which of a lab's log files a record lies: of a live lab, whose files came when they came. */
#include "sim/lab/parts.h"

#include <string.h>
#include <zlib.h>

#define MOST_BYTES (64u << 20)

struct looking {
    const char *root, *id; /* LAB/s3; the eventID */
    char *found;           /* "bucket/key", in the arena */
    struct arena *arena;
};

static bool holds(const char *path, const char *id)
{
    AUTO(str_drop) struct str text = {0};
    gzFile file = gzopen(path, "rbe");
    int n = 1;
    while (file && n > 0 && text.len < MOST_BYTES) {
        n = gzread(file, str_reserve(&text, 1 << 16), 1 << 16);
        text.len += n > 0 ? (size_t)n : 0;
    }
    if (file)
        gzclose(file);
    return text.len && memmem(text.s, text.len, id, strlen(id));
}

static bool look(void *context, const struct dir_entry *entry, struct err *e)
{
    (void)e;
    struct looking *l = context;
    AUTO(arena_drop) struct arena arena = {0};
    if (!l->found && !entry->is_dir && !entry->is_link && strstr(entry->path, "/CloudTrail/") &&
        holds(arena_printf(&arena, "%s/%s", l->root, entry->path), l->id))
        l->found = arena_dup(l->arena, entry->path);
    return true;
}

const char *lab_file_with(struct world *w, const struct entry *entry)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err ignored = {0};
    if (!w->lab || !entry->event_id)
        return NULL;
    struct looking l = {lab_file(&arena, w->lab, "s3"), entry->event_id, NULL, &w->arena};
    if (file_exists(l.root))
        dir_walk(l.root, look, &l, &ignored);
    const char *slash = l.found ? strchr(l.found, '/') : NULL;
    return slash ? slash + 1 : NULL;
}
