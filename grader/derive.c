/* SPDX-License-Identifier: MIT */
/*
 * Answers found the way the scenario says they can be: a query on the logs, a command line, a pattern on a file. Nothing is
 * taken from the key, so that a question that cannot be solved shows itself.
 */
#include "grader/rubric.h"
#include "grader/trail_files.h"
#include "grader/types.h"
#include "sim/athena/athena.h"
#include "sim/pipeline/pipeline.h"

#include <string.h>

enum { MOST_BYTES = 64 << 20, MOST_PRINTED = 4 << 20 };

static void add_value(struct derived *v, const char *text, size_t n)
{
    const char *copy = arena_dupn(&v->arena, text, n);
    for (size_t i = 0; i < v->n; i++)
        if (text_same(v->list[i], copy))
            return;
    if (v->n < COUNT(v->list))
        v->list[v->n++] = copy;
}

static bool by_sql(const char *sql, struct athena *athena, struct derived *v, struct err *e)
{
    struct athena_result result = {0};
    bool good = athena_query(athena, sql, &result, e);
    for (size_t i = 0; good && i < result.n_rows; i++) {
        const char *cell = result.n_columns ? result.cells[i * result.n_columns] : NULL;
        if (cell)
            add_value(v, cell, strlen(cell));
    }
    athena_result_drop(&result);
    return good;
}

static bool by_pattern(const struct lab *lab, const struct method *m, struct derived *v, struct err *e)
{
    AUTO(str_drop) struct str text = {0}, why = {0};
    AUTO(pattern_drop) struct pattern *p = pattern_new(m->match, &why);
    const char *path = arena_printf(&v->arena, "%s/%s", lab->dir, m->file);
    if (!p)
        return err_set(e, "\"match\": %s", str_text(&why));
    if (!file_read(path, MOST_BYTES, &text, e))
        return false;
    struct pattern_hit hit;
    size_t from = 0;
    int matched = 0;
    while (from <= text.len && (matched = pattern_find(p, str_text(&text), text.len, from, &hit)) > 0) {
        add_value(v, str_text(&text) + hit.at, hit.n);
        from = hit.end > from ? hit.end : from + 1;
    }
    return matched >= 0 || err_set(e, "\"match\": the pattern takes too long on '%s'", m->file);
}

static void add_file(void *context, const char *key)
{
    add_value(context, key, strlen(key));
}

static bool by_digests(const struct lab *lab, bool missing, struct derived *v, struct err *e)
{
    return trail_files_named(lab->dir, missing, add_file, v, e);
}

bool derive_printed(const struct lab *lab, const char *command, size_t most, struct str *out, bool *ret_more,
                    bool *ret_not_here, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(pipeline_result_drop) struct pipeline_result result = {0};
    const struct pipeline *p = pipeline_read(&arena, command, NULL, e);
    enum pipeline_end end = p ? pipeline_run(p, lab->dir, env_get("PATH"), most, &result, e) : PIPELINE_FAILED;
    str_addn(out, str_text(&result.out), result.out.len);
    *ret_more = result.cut;
    *ret_not_here = end == PIPELINE_MISSING;
    return end == PIPELINE_RAN;
}

/* A value a line; empty ones are none. */
static bool by_command(const struct lab *lab, const char *command, struct derived *v, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    bool more = false;
    if (!derive_printed(lab, command, MOST_PRINTED, &text, &more, &v->not_here, e))
        return false;
    for (const char *s = str_text(&text); *s;) {
        size_t n = strcspn(s, "\n");
        if (n)
            add_value(v, s, n);
        s += n + (s[n] == '\n');
    }
    return !more || err_set(e, "the command prints more than %d MiB", MOST_PRINTED >> 20);
}

bool derive_values(const struct lab *lab, const struct question *q, enum way way, struct athena **athena, struct derived *v,
                   struct err *e)
{
    AUTO(str_drop) struct str warnings = {0};
    bool good = false;
    if (way == WAY_SQL && !*athena) {
        struct athena_options options = {.lab = lab->dir, .now_ms = lab->world.now_ms};
        if (!(*athena = athena_open(&options, &warnings, e)))
            return false;
    }
    switch (way) {
    case WAY_SQL: good = by_sql(q->solve.sql, *athena, v, e); break;
    case WAY_VALIDATE: good = by_digests(lab, q->solve.validate == VALIDATE_MISSING, v, e); break;
    case WAY_COMMAND: good = by_command(lab, q->solve.command, v, e); break;
    default: good = by_pattern(lab, &q->solve, v, e);
    }
    return good || err_wrap(e, "question '%s'", q->id);
}

static bool derive(const struct lab *lab, const struct question *q, struct athena **athena, struct derived *v, struct err *e)
{
    enum way way = WAY_SQL;
    if (!method_any(&q->solve, &way) || !derive_values(lab, q, way, athena, v, e))
        return false;
    bool good = v->n || err_set(e, "the declared way finds nothing");
    if (good && v->n > 1 && q->type->takes == TAKES_ONE)
        good = err_set(e, "the declared way finds %zu different values: '%s', '%s'%s", v->n, v->list[0], v->list[1],
                       v->n > 2 ? ", ..." : "");
    return good || err_wrap(e, "question '%s'", q->id);
}

/* Many lines as they are, each after two blanks. */
static void add_block(struct str *out, const char *text)
{
    str_add(out, "|\n");
    while (*text) {
        size_t n = strcspn(text, "\n");
        str_addf(out, "%s%.*s\n", n ? "  " : "", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

/* Quoted as JSON is, which YAML reads as it is. */
void derived_add(struct str *out, const struct question *q, const struct derived *v)
{
    bool list = q->type->takes != TAKES_ONE;
    if (q->type->judge && v->n == 1 && *v->list[0] != ' ' && text_ends(v->list[0], "\n")) {
        str_addf(out, "%s: ", q->id);
        add_block(out, v->list[0]);
        return;
    }
    str_addf(out, "%s: %s", q->id, list ? "[" : "");
    for (size_t i = 0; i < v->n; i++) {
        if (i)
            str_add(out, ", ");
        str_add_json(out, v->list[i]);
    }
    str_add(out, list ? "]\n" : "\n");
}

bool grader_fill(struct lab *lab, const struct rubric *rubric, struct err *e)
{
    AUTO(str_drop) struct str sheet = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct athena *athena = NULL;
    const struct question *q = rubric->questions.items;
    bool good = true;
    str_add(&sheet, "# Found by the scenario's own methods.\n");
    for (size_t i = 0; good && i < rubric->questions.n; i++) {
        struct derived v = {0};
        if (q[i].type->manual)
            continue;
        if (q[i].type->judge) { /* its answer is its own way */
            derived_add(&sheet, &q[i], &(struct derived){.list = {q[i].answer.list[0]}, .n = 1});
            continue;
        }
        good = derive(lab, &q[i], &athena, &v, e);
        if (good)
            derived_add(&sheet, &q[i], &v);
        arena_drop(&v.arena);
    }
    athena_drop(&athena);
    return good && file_write(arena_printf(&arena, "%s/answers.yaml", lab->dir), str_text(&sheet), sheet.len, 0644, e);
}
