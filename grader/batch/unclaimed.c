/* SPDX-License-Identifier: MIT */
/* Uploads of nobody in the roster: whoever handed one in has no grade, and only a person can say who that was. */
#include "grader/batch/analysis.h"
#include "grader/batch/results.h"

#include <stdlib.h>
#include <string.h>

/* Somebody joined the class since, or the file was given a name. */
static bool is_somebodys(const struct analysis *a, const json_t *attempt)
{
    char key[65];
    results_key(attempt, key);
    for (size_t i = 0; i < a->n_handed; i++)
        if (text_same(a->handed[i], key))
            return true;
    return false;
}

static bool take_one(void *context, const struct dir_entry *entry, struct err *e)
{
    struct analysis *a = context;
    AUTO(str_drop) struct str text = {0};
    if (entry->is_dir || entry->is_link || !text_ends(entry->name, ".json"))
        return true;
    if (!file_read_at(entry->dir, entry->name, RESULT_MAX_BYTES, &text, e))
        return false;
    json_auto_t *attempt = json_read(str_text(&text), text.len, e);
    if (!attempt)
        return err_wrap(e, RESULTS "/unclaimed/%s", entry->name);
    if (is_somebodys(a, attempt))
        return true;
    const char *place = attempt_place(attempt), *reason = json_str_or(attempt, "reason", "");
    *GROW(a->unclaimed, a->n_unclaimed, a->cap_unclaimed) = (struct unclaimed){
        arena_dup(&a->arena, json_str_or(attempt, "upload", "?")),
        arena_printf(&a->arena, "%s%s%s: %.*s", place, *place ? ": " : "", json_str_or(attempt, "outcome", "error"),
                     (int)strcspn(reason, "\n"), reason),
    };
    return true;
}

static int by_upload(const void *a, const void *b)
{
    const struct unclaimed *left = a, *right = b;
    int order = strcmp(left->upload, right->upload);
    return order ? order : strcmp(left->why, right->why);
}

bool unclaimed_take(struct analysis *a, struct err *e)
{
    const char *folder = class_path(&a->arena, a->class, RESULTS "/unclaimed");
    if (file_exists(folder) && !dir_walk(folder, take_one, a, e))
        return false;
    if (a->n_unclaimed)
        qsort(a->unclaimed, a->n_unclaimed, sizeof(*a->unclaimed), by_upload);
    return true;
}
