/* SPDX-License-Identifier: MIT */
/*
 * Ways in which something can be found: their keys, and what is wrong with a query or a command line, told at the very word
 * inside the author's text. Both are only read here; what they find, derive.c sees.
 */
#include "grader/rubric.h"
#include "grader/types.h"
#include "sim/athena/athena.h"
#include "sim/pipeline/pipeline.h"

#include <string.h>

#define METHOD(member) offsetof(struct method, member)

bool decode_method(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct method *m = out;
    m->there = true;
    if (!decode_struct(d, node, field, out))
        return false;
    m->at = node->at;
    return true;
}

bool decode_validate(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    int way = 0;
    if (!decode_choice(d, node, field, &way))
        return false;
    *(int *)out = way + VALIDATE_MISSING;
    return true;
}

/* A text with references is read when they are filled in. */
bool decode_sql(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    const char *text = NULL;
    struct err e = {0};
    size_t at = 0;
    if (!decode_text(d, node, field, &text))
        return false;
    if (!still_open(text) && !athena_check(text, &at, &e)) {
        diag_error(d->diags, node_inside(d->diags, node, at), 1, "bad-sql", "\"%s\": %s", field->key, e.msg);
        return false;
    }
    *(const char **)out = text;
    return true;
}

bool decode_command(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *text = NULL;
    struct err e = {0};
    size_t at = 0;
    if (!decode_text(d, node, field, &text))
        return false;
    if (!still_open(text) && !pipeline_read(&arena, text, &at, &e)) {
        diag_error(d->diags, node_inside(d->diags, node, at), 1, "bad-command", "\"%s\": %s", field->key, e.msg);
        return false;
    }
    *(const char **)out = text;
    return true;
}

static const char *const validate_ways[] = {"missing", "altered", NULL};
static const struct field method_list[] = {
    {"sql",      decode_sql,      METHOD(sql),      false, "a query on the logs; its first column holds the answer",       NULL         },
    {"command",  decode_command,  METHOD(command),  false,
     "a command line in the lab's folder, zcat ... | grep ... | jq ...; each line that it prints is a value",              NULL         },
    {"file",     decode_text,     METHOD(file),     false, "a file of the lab: host/var/log/secure",                       NULL         },
    {"match",    decode_pattern,  METHOD(match),    false, "a regular expression on it; its first group holds the answer", NULL         },
    {"validate", decode_validate, METHOD(validate), false,
     "the trail's files that its digests name and that are missing, or altered",                                           validate_ways},
};
const struct fields method_fields = FIELDS("a method", method_list, struct method);

bool method_has(const struct method *m, enum way way)
{
    const bool has[WAYS] = {[WAY_SQL] = m->sql, [WAY_FILE] = m->file, [WAY_VALIDATE] = m->validate, [WAY_COMMAND] = m->command};
    return has[way];
}

bool method_any(const struct method *m, enum way *ret_first)
{
    for (enum way way = 0; way < WAYS; way++)
        if (method_has(m, way)) {
            *ret_first = way;
            return true;
        }
    return false;
}

void method_check(struct decoder *d, const struct method *m)
{
    enum way first;
    if (!method_any(m, &first) || !m->file != !m->match)
        diag_error(d->diags, m->at, 1, "bad-method",
                   "expected \"sql\", \"command\", \"file\" with \"match\", or \"validate\": one or several, each by itself");
    if (m->sql && !still_open(m->sql) && !rule_is_sql(m->sql))
        diag_error(d->diags, m->at, 1, "bad-sql",
                   "\"sql\": expected a query, which begins with SELECT or WITH: only rows hold answers");
    if (m->file && (m->file[0] == '/' || strstr(m->file, "..")))
        diag_error(d->diags, m->at, 1, "bad-path",
                   "\"file\": expected a path within the lab such as host/var/log/secure, got \"%s\"", m->file);
}
