/* SPDX-License-Identifier: MIT */
/* A lab directory as somebody hands it in: the journal replayed, the files as they are, the sheet as far as it reads. */
#include "grader/grading.h"

#include <stdlib.h>
#include <sys/stat.h>

static const char sheet_name[] = "answers.yaml";

/* A link could lead to a file of whoever grades, and a report quotes what cannot be read. */
static bool is_handed_in(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}

void submission_take_sheet(struct submission *s, const char *text, size_t n)
{
    AUTO(diags_drop) struct diags diags = {0};
    s->has_sheet = true;
    diag_source(&diags, sheet_name, text, n);
    if (answers_read(sheet_name, text, n, &s->answers, &diags))
        return;
    AUTO(str_drop) struct str said = {0};
    diags_show(&diags, &said);
    s->malformed = str_steal(&said);
}

static void read_sheet(const char *dir, struct submission *s, struct str *hashed)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};
    const char *path = arena_printf(&arena, "%s/%s", dir, sheet_name);
    struct stat st;
    s->has_sheet = lstat(path, &st) == 0;
    if (!s->has_sheet)
        return;
    if (!is_handed_in(path)) {
        s->malformed = xstrdup("answers.yaml: error: expected a file, not a link or a folder");
        return;
    }
    if (!file_read(path, ANSWERS_MAX_BYTES, &text, &e)) {
        AUTO(str_drop) struct str said = {0};
        str_add_log(&said, e.msg);
        s->malformed = xstrdup(str_text(&said));
        return;
    }
    str_addn(hashed, str_text(&text), text.len);
    submission_take_sheet(s, str_text(&text), text.len);
}

/* The sheet, the journal as replayed, and every file of every server. */
static void hash_submission(struct submission *s, struct str *hashed)
{
    for (size_t i = 0; i < s->lab.world.journal.n; i++)
        entry_add_json(hashed, s->lab.world.journal.list[i], true);
    for (const struct server *server = s->lab.world.servers; server; server = server->next)
        for (const struct file *file = server->tree.files; file; file = file->next) {
            str_addf(hashed, "%s %s %d %zu\n", server->name, file->path, (int)file->kind, file->size);
            if (file->data)
                str_addn(hashed, file->data, file->size);
        }
    sha256_hex(str_text(hashed), hashed->len, s->hash);
}

struct submission *submission_open(const char *dir, struct err *e)
{
    struct submission *s = xcalloc(1, sizeof(*s));
    AUTO(str_drop) struct str hashed = {0};
    if (!lab_open(dir, &s->lab, e)) {
        submission_free(&s);
        return NULL;
    }
    read_sheet(dir, s, &hashed);
    taken_read(dir, &s->taken);
    hash_submission(s, &hashed);
    return s;
}

const char *submission_speaks(const struct submission *s, const char *language)
{
    const char *own = language ? language : language_find(s->lab.language);
    return own ? own : "en";
}

struct lab *submission_lab(struct submission *s)
{
    return &s->lab;
}

void submission_free(struct submission **s)
{
    if (!*s)
        return;
    answers_drop(&(*s)->answers);
    taken_drop(&(*s)->taken);
    pace_drop(&(*s)->pace);
    free((*s)->malformed);
    lab_drop(&(*s)->lab);
    if ((*s)->handed_drop)
        (*s)->handed_drop((*s)->handed);
    free(*s);
    *s = NULL;
}
