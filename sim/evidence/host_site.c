/* SPDX-License-Identifier: MIT */
/*
 * The history of the website's files: starts from how they stand now and takes back what the journal says of them, newest
 * change first.
 */
#include "sim/evidence/host_site.h"

#include <stdlib.h>
#include <string.h>

struct now { /* while going backwards: what stands at a path just before the changes already taken back */
    struct file_version *list;
    size_t n, cap;
};

static bool within(const char *path, const char *dir)
{
    size_t n = strlen(dir);

    return path && strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static void stands(struct now *now, const char *path, int64_t size, int64_t mtime_ms, int64_t until_ms)
{
    *GROW(now->list, now->n, now->cap) =
        (struct file_version){.path = path, .until_ms = until_ms, .size = size, .mtime_ms = mtime_ms};
}

/* Its version began at `from_ms`: written down and taken away. */
static void began(struct now *now, size_t i, int64_t from_ms, struct site *site)
{
    struct file_version version = now->list[i];

    version.from_ms = from_ms;
    if (version.from_ms < version.until_ms)
        *GROW(site->versions, site->n, site->cap) = version;
    now->list[i] = now->list[--now->n];
}

static void stood_before(struct now *now, const char *path, const json_t *was, int64_t until_ms)
{
    if (json_is_object(was))
        stands(now, path, json_int_or(was, "size", -1), json_int_or(was, "mtime", 0), until_ms);
}

static void take_back_rename(const struct traces *t, struct now *now, const json_t *change, int64_t at, struct site *site)
{
    const char *from = json_str_or(change, "path", ""), *to = json_str_or(change, "to", "");
    size_t n = strlen(to);

    for (size_t i = now->n; i > 0; i--) {
        struct file_version moved = now->list[i - 1];
        if (!within(moved.path, to))
            continue;
        began(now, i - 1, at, site);
        if (within(from, site->root))
            stands(now, arena_printf((struct arena *)&t->arena, "%s%s", from, moved.path + n), moved.size, moved.mtime_ms, at);
    }
    stood_before(now, to, json_object_get(change, "was"), at);
}

static void take_back(const struct traces *t, struct now *now, const json_t *change, int64_t at, struct site *site)
{
    const char *does = json_str_or(change, "does", ""), *path = json_str_or(change, "path", "");
    const json_t *was = json_object_get(change, "was");

    if (json_str(change, "errno"))
        return;
    if (text_same(does, "rename")) {
        take_back_rename(t, now, change, at, site);
    } else if (text_same(does, "unlink")) {
        stood_before(now, path, json_is_object(was) ? was : change, at);
    } else if (text_same(does, "open")) {
        for (size_t i = now->n; i > 0; i--)
            if (text_same(now->list[i - 1].path, path))
                began(now, i - 1, at, site);
        stood_before(now, path, was, at);
    }
}

struct change {
    const json_t *fact;
    int64_t at;
};

static void changes_of(const struct entry *entry, const char *root, struct change **list, size_t *n, size_t *cap)
{
    const json_t *program, *fact;
    size_t p, f;

    json_array_foreach(json_object_get(entry->response, "programs"), p, program)
        json_array_foreach(json_object_get(program, "files"), f,
                           fact) if (within(json_str(fact, "path"), root) || within(json_str(fact, "to"), root))
    {
        int64_t at = json_int_or(fact, "at", json_int_or(program, "at", entry->time_ms));
        *GROW(*list, *n, *cap) = (struct change){fact, at};
    }
}

void site_read(const struct traces *t, const char *root, struct site *site)
{
    const struct journal *journal = &t->task->w->journal;
    struct change *changes = NULL;
    size_t n = 0, cap = 0;
    struct now now = {0};

    *site = (struct site){.root = root};
    for (const struct file *file = t->server->tree.files; file; file = file->next)
        if (file->kind == FILE_REGULAR && within(file->path, root))
            stands(&now, file->path, (int64_t)file->size, file->mtime_ms, INT64_MAX);
    for (size_t i = 0; i < journal->n; i++)
        if (text_same(journal->list[i]->on, t->server->name) && !journal->list[i]->prelude)
            changes_of(journal->list[i], root, &changes, &n, &cap);
    for (size_t i = n; i > 0; i--)
        take_back(t, &now, changes[i - 1].fact, changes[i - 1].at, site);
    while (now.n)
        began(&now, now.n - 1, INT64_MIN, site);
    free(changes);
    free(now.list);
}

void site_drop(struct site *site)
{
    free(site->versions);
    *site = (struct site){0};
}

const struct file_version *site_file(const struct site *site, const char *path, int64_t ms)
{
    for (size_t i = 0; i < site->n; i++) {
        const struct file_version *version = &site->versions[i];
        if (version->from_ms <= ms && ms < version->until_ms && text_same(version->path, path))
            return version;
    }
    return NULL;
}
