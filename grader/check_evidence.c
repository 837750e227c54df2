/* SPDX-License-Identifier: MIT */
/*
 * The evidence must be what was delivered: the trail's files byte for byte, the server's logs at least from their
 * beginning. (The journal's past is looked at before anything is graded.)
 */
#include "grader/checks.h"
#include "grader/delivered.h"
#include "grader/trail_files.h"

#include <string.h>

static const char *const evidence_states[] = {"intact", NULL};
struct evidence_params {
    int is;
};
static const struct field evidence_list[] = {
    {"is", decode_choice, offsetof(struct evidence_params, is), true, "intact", evidence_states},
};
static const struct fields evidence_fields = FIELDS("evidence", evidence_list, struct evidence_params);

/* gunzip puts the text in the file's place: that is reading, not editing. */
static bool only_unpacked(const char *path, const struct delivered_file *file)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str bytes = {0};
    struct err e = {0};
    char hex[65];
    if (!*file->unpacked || !file_read(arena_dupn(&arena, path, strlen(path) - 3), 64u << 20, &bytes, &e))
        return false;
    sha256_hex(str_text(&bytes), bytes.len, hex);
    return text_same(hex, file->unpacked);
}

static const char *altered_on_disk(const char *dir, const struct delivered_file *file)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str bytes = {0};
    struct err e = {0};
    char hex[65];
    const char *path = arena_printf(&arena, "%s/%s", dir, file->path);
    if (!file_read(path, file->size + (64u << 20), &bytes, &e))
        return file_exists(path) ? "cannot be read" : only_unpacked(path, file) ? NULL : "is gone";
    if (!file->grows && bytes.len != file->size)
        return "was edited";
    if (bytes.len < file->size)
        return "was cut";
    sha256_hex(str_text(&bytes), file->size, hex);
    return text_same(hex, file->sha256) ? NULL : "was edited";
}

/* How the file differs from what was delivered; NULL when it does not. */
static const char *how_altered(const struct scene *scene, const struct delivered_file *file)
{
    return scene->altered ? scene->altered(scene->handed, file) : altered_on_disk(scene->dir, file);
}

static void run_evidence(struct scene *scene, const void *params, struct result *r)
{
    (void)params;
    expected(r, "the evidence is as it was delivered");
    if (!scene->delivered || !(scene->dir || scene->altered)) {
        r->broken = true;
        found(r, "it is not known what was delivered");
        return;
    }
    size_t altered = 0;
    for (size_t i = 0; i < scene->delivered->n; i++) {
        const struct delivered_file *file = &scene->delivered->files[i];
        const char *how = how_altered(scene, file);
        if (!how)
            continue;
        if (altered++ < 5)
            found(r, "%s %s", file->path, how);
        cite(r, &(struct exhibit){.file = file->path, .text = how});
    }
    if (altered == 6)
        found(r, "and one more file");
    else if (altered > 6)
        found(r, "and %zu more files", altered - 5);
    bool trail = !scene->live || trail_files_intact(scene, r);
    r->good = !altered && trail;
    if (r->good && scene->delivered->n == 1)
        found(r, "one file is as it was delivered");
    else if (r->good)
        found(r, "%zu files are as they were delivered", scene->delivered->n);
}

const struct check_kind check_evidence = {"evidence", "the delivered logs and the journal's past are unaltered",
                                          &evidence_fields, NULL, run_evidence};
