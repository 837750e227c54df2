/* SPDX-License-Identifier: MIT */
/*
 * The list of check kinds, how a check is decoded from it, and how conditions are joined: all, any, not.
 */
#include "grader/checks.h"
#include "grader/sentences.h"

#include <string.h>

const struct check_kind *const check_kinds[] = {
    &check_access_key, &check_bucket,  &check_call,       &check_evidence, &check_file,      &check_iam_policy,
    &check_iam_user,

    &check_login,      &check_os_user, &check_permission, &check_process,  &check_region,    &check_security_group,
    &check_service,    &check_session, &check_sshd,       &check_trail,    &check_unchanged, NULL,
};

static void run_joined(struct scene *, const void *, struct result *);
static const struct check_kind join_all = {"all", "every condition of the list holds", NULL, NULL, run_joined};
static const struct check_kind join_any = {"any", "at least one condition of the list holds", NULL, NULL, run_joined};
static const struct check_kind join_not = {"not", "the condition does not hold", NULL, NULL, run_joined};

/* ---- decoding ---- */

static bool decode_kind(struct decoder *d, const struct node *node, const struct check_kind *kind, struct condition *out)
{
    out->at = node->at;
    out->kind = kind;
    out->params = arena_alloc(d->arena, kind->params->size);
    if (!decode_map(d, node, kind->params, out->params))
        return false;
    if (kind->lint)
        kind->lint(d, node, out->params);
    return true;
}

static bool decode_joined(struct decoder *, const struct node *, const struct check_kind *, struct condition *);

static const struct check_kind *find_kind(const char *name)
{
    for (size_t i = 0; check_kinds[i]; i++)
        if (text_same(check_kinds[i]->name, name))
            return check_kinds[i];
    const struct check_kind *const joins[] = {&join_all, &join_any, &join_not};
    for (size_t i = 0; i < COUNT(joins); i++)
        if (text_same(joins[i]->name, name))
            return joins[i];
    return NULL;
}

static void all_kinds(const char *names[64])
{
    size_t n = 0;
    for (; check_kinds[n]; n++)
        names[n] = check_kinds[n]->name;
    names[n++] = "all";
    names[n++] = "any";
    names[n++] = "not";
    names[n] = NULL;
}

/* {security_group: {...}}: one kind and its parameters. */
static bool decode_condition(struct decoder *d, const struct node *node, struct condition *out)
{
    const char *names[64];
    all_kinds(names);
    if (node->kind != NODE_MAP || node->n != 1) {
        node_error(d->diags, node, "wrong-kind", "expected one condition: a kind of check and its parameters");
        return false;
    }
    const struct node *key = node->pairs[0].key;
    const struct check_kind *kind = find_kind(key->text);
    if (!kind) {
        const char *meant = text_meant(key->text, names);
        AUTO(str_drop) struct str list = {0};
        for (size_t i = 0; names[i]; i++)
            str_addf(&list, "%s%s", i ? ", " : "", names[i]);
        if (meant)
            node_error(d->diags, key, "unknown-check", "unknown kind of check \"%s\" (did you mean \"%s\"?)", key->text, meant);
        else
            node_error(d->diags, key, "unknown-check", "unknown kind of check \"%s\": expected one of %s", key->text,
                       str_text(&list));
        return false;
    }
    return kind->params ? decode_kind(d, node->pairs[0].value, kind, out) : decode_joined(d, node->pairs[0].value, kind, out);
}

static bool decode_joined(struct decoder *d, const struct node *node, const struct check_kind *kind, struct condition *out)
{
    bool one = kind == &join_not;
    out->at = node->at;
    out->kind = kind;
    if (!one && (node->kind != NODE_LIST || !node->n)) {
        node_error(d->diags, node, "empty-list", "\"%s\": expected a list of conditions; an empty one asserts nothing",
                   kind->name);
        return false;
    }
    out->n_parts = one ? 1 : node->n;
    out->parts = arena_alloc(d->arena, out->n_parts * sizeof(*out->parts));
    bool good = true;
    for (size_t i = 0; i < out->n_parts; i++)
        good &= decode_condition(d, one ? node : node->items[i], &out->parts[i]);
    return good;
}

/* One row of a check's table: the kind is the row's argument. */
bool decode_what(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct check *check = out;
    const struct check_kind *kind = field->arg;
    if (check->conditions++) {
        node_error(d->diags, node, "two-kinds", "a check is of one kind: join several with \"all\" or \"any\"");
        return false;
    }
    return kind->params ? decode_kind(d, node, kind, &check->what) : decode_joined(d, node, kind, &check->what);
}

#define CHECK(member) offsetof(struct check, member)

const struct fields *check_fields(struct arena *arena)
{
    static const int64_t limits[2] = {1, 1000};
    static const struct field plain[] = {
        {"id",       decode_id,    CHECK(id),       true,  "its name in reports",                              NULL  },
        {"title",    decode_local, CHECK(title),    true,  "what holds when it is good",                       NULL  },
        {"points",   decode_int,   CHECK(points),   false, "what it earns",                                    limits},
        {"penalty",  decode_int,   CHECK(penalty),  false, "what it takes away when it does not hold",         limits},
        {"veto",     decode_bool,  CHECK(veto),     false, "true: the whole score is 0 when it does not hold", NULL  },
        {"hidden",   decode_bool,  CHECK(hidden),   false, "true: `cafelab check` does not tell of it",        NULL  },
        {"requires", decode_texts, CHECK(requires), false,
         "questions, and checks before it, that must be right, else it is skipped",                            NULL  },
    };
    const char *names[64];
    all_kinds(names);
    struct field *list = arena_alloc(arena, (COUNT(plain) + COUNT(names)) * sizeof(*list));
    memcpy(list, plain, sizeof(plain));
    size_t n = COUNT(plain);
    for (size_t i = 0; names[i]; i++) {
        const struct check_kind *kind = find_kind(names[i]);
        struct field row = {names[i], decode_what, 0, false, kind->says, kind};
        memcpy(&list[n++], &row, sizeof(row));
    }
    struct fields *table = arena_alloc(arena, sizeof(*table));
    *table = (struct fields){"a check", list, n, sizeof(struct check), 1 + offsetof(struct check, at)};
    return table;
}

/* Does the check try to say a kind? A misspelt one was told already. */
static bool says_a_kind(const struct node *node)
{
    static const char *const others[] = {"id", "title", "points", "penalty", "veto", "hidden", "requires"};
    size_t n = 0;
    for (size_t i = 0; i < COUNT(others); i++)
        n += node_get(node, others[i]) != NULL;
    return node->n > n;
}

void check_check(struct decoder *d, const struct node *node, struct check *c)
{
    const struct node *veto = node_get(node, "veto");
    bool vetoes = veto && (c->veto || !text_same(veto->text, "false")); /* what is neither was told */
    int worth = (node_get(node, "points") != NULL) + (node_get(node, "penalty") != NULL) + vetoes;
    if (node->kind != NODE_MAP)
        return;
    if (!says_a_kind(node))
        diag_error(d->diags, c->at, 1, "empty", "the check \"%s\" asserts nothing: expected a kind of check such as os_user",
                   c->id ? c->id : "?");
    if (worth != 1)
        diag_error(d->diags, c->at, 1, "no-worth", "the check \"%s\" must have exactly one of points, penalty, veto: true",
                   c->id ? c->id : "?");
}

/* ---- results ---- */

void result_drop(struct result *r)
{
    str_drop(&r->expected);
    str_drop(&r->found);
    free(r->evidence);
    *r = (struct result){0};
}

void expected(struct result *r, const char *fmt, ...)
{
    va_list args;
    if (r->expected.len)
        str_add(&r->expected, "; ");
    va_start(args, fmt);
    str_vaddf(&r->expected, sentence(fmt, r->language, NULL), args);
    va_end(args);
}

enum { MOST_FOUND = 1500, MOST_CITED = 12 };

void found(struct result *r, const char *fmt, ...)
{
    va_list args;
    if (r->found.len > MOST_FOUND) {
        if (!text_ends(str_text(&r->found), "; ..."))
            str_add(&r->found, "; ...");
        return;
    }
    if (r->found.len)
        str_add(&r->found, "; ");
    va_start(args, fmt);
    str_vaddf(&r->found, sentence(fmt, r->language, NULL), args);
    va_end(args);
}

void cite(struct result *r, const struct exhibit *e)
{
    if (r->n_evidence < MOST_CITED)
        *GROW(r->evidence, r->n_evidence, r->cap_evidence) = *e;
}

void cite_line(struct scene *scene, struct result *r, const struct server *server, const char *path, unsigned line,
               const char *text)
{
    cite(r, &(struct exhibit){.file = lab_path(scene, server, path), .line = line, .text = text});
}

void cite_entry(struct scene *scene, struct result *r, const struct entry *entry)
{
    if (!entry)
        return;
    const char *who = entry->who.name ? entry->who.name : entry->from.ip ? entry->from.ip : "?";
    const char *said = entry->asked ? json_str(entry->asked, "command") : NULL;
    cite(r, &(struct exhibit){.event_id = entry->event_id,
                              .seq = entry->seq,
                              .time_ms = entry->time_ms,
                              .text = said ? arena_printf(scene->arena, "%s by %s: %s", entry->op, who, said)
                                           : arena_printf(scene->arena, "%s by %s", entry->op, who)});
}

/* ---- running ---- */

static void take(struct result *to, struct result *from, bool with_found)
{
    if (from->expected.len)
        expected(to, "%s", str_text(&from->expected));
    if (with_found && from->found.len)
        found(to, "%s", str_text(&from->found));
    for (size_t i = 0; with_found && i < from->n_evidence; i++)
        cite(to, &from->evidence[i]);
}

/* all: one that fails decides, else one that is broken. any: one that holds decides. not: the other way round. */
static void join(struct scene *scene, const struct condition *c, struct result *r)
{
    bool any = c->kind == &join_any, negated = c->kind == &join_not;
    size_t good = 0, broken = 0;
    AUTO(result_drop) struct result failed = {0};
    for (size_t i = 0; i < c->n_parts; i++) {
        AUTO(result_drop) struct result part = {0};
        condition_run(scene, &c->parts[i], &part);
        good += part.good && !part.broken;
        broken += part.broken;
        if (negated)
            expected(r, "not so: %s", str_text(&part.expected));
        else if (any && i)
            str_addf(&r->expected, ", or %s", str_text(&part.expected));
        else
            expected(r, "%s", str_text(&part.expected));
        str_clear(&part.expected);
        bool tells = negated || part.broken || !part.good;
        if (tells)
            take(&failed, &part, true);
    }
    size_t bad = c->n_parts - good - broken;
    r->good = negated ? bad > 0 : any ? good > 0 : good == c->n_parts;
    r->broken = !r->good && broken && (negated || any || !bad);
    if (!r->good || negated)
        take(r, &failed, true);
    if (!r->found.len)
        found(r, "so it is");
}

static void run_joined(struct scene *scene, const void *condition, struct result *r)
{
    join(scene, condition, r);
}

void condition_run(struct scene *scene, const struct condition *c, struct result *r)
{
    r->language = scene->language;
    c->kind->run(scene, c->kind->params ? c->params : (const void *)c, r);
}
