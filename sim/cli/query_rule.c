/* SPDX-License-Identifier: MIT */
/*
 * cafelab query DIR --rule FILE: which of the lab's events a detection rule finds, to try one before it is handed in. It is the
 * reader and the matcher of the grader; which events are meant is nobody's to tell here.
 */
#include "sim/cli/query_rule.h"

#include "grader/types.h"
#include "sim/athena/athena.h"
#include "sim/sigma/sigma.h"

#include <stdlib.h>
#include <string.h>

static const struct athena_column columns[] = {
    {"eventtime", "varchar"},
    {"eventname", "varchar"},
    {"who",       "varchar"},
    {"eventid",   "varchar"},
    {"file",      "varchar"},
};

/* ---- reading ---- */

static bool add_log(void *log, const char *path, const char *text, size_t n, struct err *e)
{
    return sigma_log_add(log, path, text, n, e);
}

void warn_damaged(struct str *warnings)
{
    for (char *p = warnings->s, *next; p && *p; p = next) {
        next = p + strcspn(p, "\n");
        next += *next == '\n' ? (*next = 0, 1) : 0;
        fprintf(stderr, "cafelab: warning: %s\n", p);
    }
}

static struct sigma_log *read_logs(const char *dir, struct err *e)
{
    AUTO(str_drop) struct str warnings = {0};
    struct sigma_log *log = sigma_log_new();
    bool good = athena_each_log(dir, add_log, log, &warnings, e);
    warn_damaged(&warnings);
    if (!good)
        sigma_log_free(&log);
    return log;
}

/* Mistakes with their line and a caret, as `lint` shows them. */
static struct sigma_rule *rule_of(const char *name, const struct str *text, struct err *e)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(str_drop) struct str shown = {0};
    if (text->len > SIGMA_MAX_BYTES) {
        err_set(e, "'%s' is larger than %u KiB", name, SIGMA_MAX_BYTES >> 10);
        return NULL;
    }
    if (rule_is_sql(str_text(text))) {
        err_set(e, "'%s' is SQL: expected a Sigma rule; a statement is run with --file", name);
        return NULL;
    }
    struct sigma_rule *rule = sigma_read_file(name, str_text(text), text->len, &diags);
    diags_show(&diags, &shown);
    fputs(str_text(&shown), stderr);
    if (!rule)
        err_set(e, "%s: that is no rule", name);
    return rule;
}

/* ---- telling ---- */

static void collect(const struct sigma_log *log, const bool *hits, struct athena_result *r)
{
    size_t n = sigma_log_size(log);
    r->n_columns = COUNT(columns);
    r->columns = arena_alloc(&r->arena, sizeof(columns));
    memcpy(r->columns, columns, sizeof(columns));
    r->cells = xcalloc(n * COUNT(columns) + 1, sizeof(*r->cells));
    for (size_t i = 0; i < n; i++) {
        if (!hits[i])
            continue;
        struct sigma_event event = sigma_log_event(log, i);
        const char *cells[] = {event.time, event.name, event.who, event.id, event.path};
        memcpy(&r->cells[r->n_rows++ * COUNT(columns)], cells, sizeof(cells));
    }
}

static void print_found(const struct athena_result *found, const struct rule_trial *t, size_t records)
{
    AUTO(str_drop) struct str text = {0};
    if (t->format == RULE_CSV)
        athena_add_csv(&text, found);
    else if (t->format == RULE_JSON)
        athena_add_json(&text, found);
    else {
        bool cut = found->n_rows && athena_add_table(&text, found, t->width);
        str_addf(&text, "%zu of %zu events found%s\n", found->n_rows, records,
                 cut ? "; cut to the terminal's width, --wide shows all" : "");
    }
    print_text(&text);
}

static void warn_field(const struct sigma_rule *rule, const struct sigma_log *log)
{
    AUTO(str_drop) struct str name = {0}, near = {0};
    const char *meant = NULL, *field = sigma_unknown_field(rule, log, &meant);
    if (!field)
        return;
    str_add_log(&name, field);
    str_add_log(&near, meant ? meant : "");
    fprintf(stderr, "cafelab: warning: no record has a field \"%s\"%s%s%s\n", str_text(&name), meant ? " (did you mean \"" : "",
            str_text(&near), meant ? "\"?)" : "");
}

bool rule_try(const struct rule_trial *t, struct err *e)
{
    AUTO(sigma_free) struct sigma_rule *rule = rule_of(t->name, t->text, e);
    AUTO(sigma_log_free) struct sigma_log *log = rule ? read_logs(t->dir, e) : NULL;
    if (!log)
        return false;
    size_t n = sigma_log_size(log);
    bool *hits = xcalloc(n + 1, sizeof(*hits));
    bool good = sigma_run(rule, log, t->timeout_ms, hits, e);
    if (good) {
        struct athena_result found = {0};
        collect(log, hits, &found);
        warn_field(rule, log);
        print_found(&found, t, n);
        athena_result_drop(&found);
    }
    free(hits);
    return good;
}
