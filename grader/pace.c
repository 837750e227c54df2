/* SPDX-License-Identifier: MIT */
/* Lines of work: noting, reading, adding up. */
#include "grader/pace.h"

#include "grader/answers.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { EVERY_MS = 60000, MOST_LINES = 5000, MOST_QUESTIONS = 300 };
#define LATEST_MS 4102444800000 /* 2100 */

struct seen_answer { /* an answer as it was last seen */
    const char *id, *hash;
};
struct marks {
    struct seen_answer *list;
    size_t n, cap;
};

static struct seen_answer *mark_of(struct marks *m, const char *id)
{
    for (size_t i = 0; i < m->n; i++)
        if (text_same(m->list[i].id, id))
            return &m->list[i];
    return NULL;
}

/* ---- reading ---- */

struct reading_lines {
    struct pace *pace;
    struct marks marks;   /* NULL hash = emptied */
    int64_t since_new_ms; /* at work since answers last changed */
};

static struct pace_question *question_of(struct pace *p, const char *id)
{
    for (size_t i = 0; i < p->n; i++)
        if (text_same(p->list[i].id, id))
            return &p->list[i];
    if (p->n == MOST_QUESTIONS)
        return NULL;
    struct pace_question *q = GROW(p->list, p->n, p->cap);
    *q = (struct pace_question){.id = arena_dup(&p->arena, id)};
    return q;
}

static void take_answers(struct reading_lines *r, const json_t *answers)
{
    const char *id;
    json_t *hash;
    size_t n = json_object_size(answers);
    json_object_foreach((json_t *)answers, id, hash)
    {
        struct pace_question *q = question_of(r->pace, id);
        struct seen_answer *mark = mark_of(&r->marks, id);
        if (!q)
            continue;
        q->ms += r->since_new_ms / (int64_t)n;
        if (!mark)
            mark = GROW(r->marks.list, r->marks.n, r->marks.cap);
        *mark = (struct seen_answer){q->id, arena_dup(&r->pace->arena, json_string_value(hash))};
    }
    if (n)
        r->since_new_ms = 0;
}

static void take_line(struct reading_lines *r, const char *line, size_t n)
{
    struct err ignored = {0};
    struct pace *p = r->pace;
    int64_t at = 0;
    bool zoned = false;
    json_auto_t *value = json_read(line, n, &ignored);
    const char *text = json_str(value, "at");
    if (!text || !time_parse(text, &at, &zoned) || !zoned || at <= p->last_ms || at > LATEST_MS)
        return;
    int64_t gap = p->lines++ ? at - p->last_ms : 0;
    if (p->lines == 1)
        p->first_ms = at;
    if (gap <= PACE_PAUSE_MS) {
        p->at_work_ms += gap;
        r->since_new_ms += gap;
    }
    p->last_ms = at;
    take_answers(r, json_object_get(value, "answers"));
}

static void read_lines(struct reading_lines *r, const char *text, size_t n)
{
    const char *end = text + n;
    for (size_t lines = 0; text < end && lines < MOST_LINES; lines++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        take_line(r, text, (size_t)((stop ? stop : end) - text));
        text = stop ? stop + 1 : end;
    }
}

void pace_read(const char *text, size_t n, struct pace *out)
{
    struct reading_lines r = {.pace = out};
    *out = (struct pace){0};
    read_lines(&r, text, n);
    free(r.marks.list);
}

void pace_drop(struct pace *p)
{
    free(p->list);
    arena_drop(&p->arena);
    *p = (struct pace){0};
}

/* ---- noting ---- */

static int64_t changed_ms(const char *path)
{
    struct stat st;
    return stat(path, &st) || !S_ISREG(st.st_mode) ? -1 : (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
}

/* A bundle, or a live lab. */
static bool is_timed(struct arena *arena, const char *dir)
{
    AUTO(str_drop) struct str text = {0};
    struct err ignored = {0};
    if (file_exists(arena_printf(arena, "%s/.cafelab/questions.json", dir)))
        return true;
    if (!file_read(arena_printf(arena, "%s/.cafelab/lab.json", dir), 1 << 20, &text, &ignored))
        return false;
    json_auto_t *lab = json_read(str_text(&text), text.len, &ignored);
    return json_bool_or(lab, "live", false);
}

/* {"who": "3f2a..."} of what is other than `before`; an answer that was taken back is null. */
static json_t *new_answers(const char *sheet, const struct marks *before)
{
    AUTO(str_drop) struct str text = {0};
    AUTO(diags_drop) struct diags diags = {0};
    struct answers answers = {0};
    struct err ignored = {0};
    json_t *out = json_object();
    if (file_read(sheet, ANSWERS_MAX_BYTES, &text, &ignored) &&
        answers_read("answers.yaml", str_text(&text), text.len, &answers, &diags))
        for (size_t i = 0; i < answers.n && i < MOST_QUESTIONS; i++) {
            const struct answer *a = &answers.list[i];
            const struct seen_answer *seen = mark_of((struct marks *)before, a->id);
            const char *was = seen && seen->hash ? seen->hash : "";
            AUTO(str_drop) struct str said = {0};
            char hash[65] = "";
            for (size_t j = 0; j < a->given.n; j++)
                str_addf(&said, "%s\n", a->given.list[j]);
            if (said.len)
                sha256_hex(said.s, said.len, hash);
            hash[12] = 0;
            if (!text_same(was, hash))
                json_put(out, a->id, *hash ? json_string(hash) : json_null());
        }
    answers_drop(&answers);
    return out;
}

static void add_line(const char *path, const char *did, int64_t now_ms, const json_t *answers)
{
    AUTO(str_drop) struct str line = {0};
    struct err ignored = {0};
    str_add(&line, "{\"at\":\"");
    str_add_time(&line, now_ms, TIME_ISO);
    str_addf(&line, "\",\"did\":\"%s\"", did);
    if (json_object_size(answers)) {
        str_add(&line, ",\"answers\":");
        str_add_json_value(&line, answers);
    }
    str_add(&line, "}\n");
    file_append(path, line.s, line.len, &ignored);
}

static void note(const char *dir, const char *did, int64_t now_ms, bool answers_only)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    AUTO(pace_drop) struct pace pace = {0};
    struct reading_lines r = {.pace = &pace};
    struct err ignored = {0};
    const char *path = arena_printf(&arena, "%s/.cafelab/work.jsonl", dir),
               *sheet = arena_printf(&arena, "%s/answers.yaml", dir);
    int64_t noted = changed_ms(path);
    bool unread = noted < 0 || changed_ms(sheet) > noted;
    if ((!unread && (answers_only || now_ms < noted + EVERY_MS)) || !is_timed(&arena, dir))
        return;
    if (noted >= 0 && (!file_read(path, PACE_MAX_BYTES - 4096, &text, &ignored)))
        return; /* enough, or not ours to write */
    read_lines(&r, str_text(&text), text.len);
    json_auto_t *answers = unread ? new_answers(sheet, &r.marks) : NULL;
    if (!answers_only || json_object_size(answers))
        add_line(path, did, now_ms, answers);
    free(r.marks.list);
}

void pace_note(const char *dir, const char *did, int64_t now_ms)
{
    note(dir, did, now_ms, false);
}

void pace_note_answers(const char *dir, const char *did, int64_t now_ms)
{
    note(dir, did, now_ms, true);
}
