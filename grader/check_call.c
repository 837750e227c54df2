/* SPDX-License-Identifier: MIT */
/*
 * Checks of what the student did, and in which order: the journal's part after the build.
 */
#include "grader/checks.h"

enum { CALL_MADE, CALL_NOT_MADE };
static const char *const call_states[] = {"made", "not_made", NULL};
struct call_params {
    const char *op, *with, *before, *after;
    int is;
};

bool decode_operation(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    if (!decode_text(d, node, field, out))
        return false;
    const char *name = *(const char **)out;
    if (catalog_find(&lab_catalog, name, NULL))
        return true;
    const char *meant = catalog_meant(&lab_catalog, name);
    if (meant)
        node_error(d->diags, node, "unknown-operation", "\"%s\": unknown operation \"%s\" (did you mean \"%s\"?)", field->key,
                   name, meant);
    else
        node_error(d->diags, node, "unknown-operation", "\"%s\": unknown operation \"%s\": expected one such as iam:DeleteUser",
                   field->key, name);
    return false;
}

#define CALL(member) offsetof(struct call_params, member)
static const struct field call_list[] = {
    {"op",     decode_operation, CALL(op),     true,  "the operation: iam:CreateAccessKey",             NULL       },
    {"with",   decode_filled,    CALL(with),   false, "one of its parameters has this value",           NULL       },
    {"is",     decode_choice,    CALL(is),     true,  "made or not_made: by the student, with success", call_states},
    {"before", decode_operation, CALL(before), false, "before the student's first call of this",        NULL       },
    {"after",  decode_operation, CALL(after),  false, "after the student's last call of this",          NULL       },
};
static const struct fields call_fields = FIELDS("call", call_list, struct call_params);

static bool is_call(const struct entry *e, const char *op, const char *with)
{
    if (e->error_code || !text_same(e->op, op))
        return false;
    const char *key;
    json_t *value;
    if (!with)
        return true;
    json_object_foreach(e->asked, key,
                        value) if (json_is_string(value) && text_same(json_string_value(value), with)) return true;
    return false;
}

/* The student's first or last successful call; NULL if none. */
static const struct entry *find_call(const struct scene *scene, const char *op, const char *with, bool last)
{
    const struct entry *found_entry = NULL;
    const struct journal *j = &scene->now->journal;
    for (size_t i = scene->built_entries; i < j->n && (last || !found_entry); i++)
        if (is_call(j->list[i], op, with))
            found_entry = j->list[i];
    return found_entry;
}

static void run_call(struct scene *scene, const void *params, struct result *r)
{
    const struct call_params *p = params;
    const struct entry *made = find_call(scene, p->op, p->with, p->after != NULL);
    const struct entry *before = p->before ? find_call(scene, p->before, NULL, false) : NULL;
    const struct entry *after = p->after ? find_call(scene, p->after, NULL, true) : NULL;
    expected(r, "%s%s%s was %s", p->op, p->with ? " " : "", p->with ? p->with : "",
             p->is == CALL_MADE ? "called" : "never called");
    if (p->before)
        expected(r, "before %s", p->before);
    if (p->after)
        expected(r, "after %s", p->after);
    bool in_order = made && (!before || made->seq < before->seq) && (!after || made->seq > after->seq);
    found(r, !made ? "it was not called" : in_order ? "it was called" : "it was called in the wrong order");
    cite_entry(scene, r, made);
    cite_entry(scene, r, before);
    cite_entry(scene, r, after);
    r->good = in_order == (p->is == CALL_MADE);
}

const struct check_kind check_call = {"call", "what the student called, and in which order", &call_fields, NULL, run_call};
