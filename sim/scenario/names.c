/* SPDX-License-Identifier: MIT */
/*
 * What a reference {{ name.field }} may be: one name space for the whole file, and the fields that each kind of thing
 * has. sim/lab fills the fields in when the scenario is played.
 */
#include "sim/scenario/decode.h"

#include <string.h>

#define NAME_AND_FIELD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."

static const char *const no_fields[] = {NULL};
static const char *const place_fields[] = {"cidr", NULL};
static const char *const person_fields[] = {"user", "name", "ip", "key", "arn", "password", "records", "bytes", NULL};
static const char *const group_fields[] = {"id", "name", "rule.*", NULL};
static const char *const role_fields[] = {"id", "name", "arn", NULL};
static const char *const instance_fields[] = {"id", "name", "key", "public_ip", "private_ip", NULL};
static const char *const bucket_fields[] = {"name", NULL};
static const char *const server_fields[] = {"hostname", NULL};
static const char *const mark_fields[] = {"time",     "local_time", "who",      "arn",        "ip",  "event_id", "operation",
                                          "method",   "agent",      "key",      "user",       "pid", "session",  "server",
                                          "log_file", "instances",  "params.*", "response.*", NULL};
static const char *const account_fields[] = {"id", NULL};

static const struct kind {
    const char *called;        /* in messages */
    const char *const *fields; /* "x.*" = anything below x */
    bool alone;                /* {{ name }} without a field is a text, too */
} kinds[] = {
    [NAME_VARIABLE] = {"a variable",       no_fields,       true },
      [NAME_PLACE] = {"a place",          place_fields,    true },
    [NAME_PERSON] = {"a person",         person_fields,   true },
      [NAME_GROUP] = {"a security group", group_fields,    false},
    [NAME_ROLE] = {"a role",           role_fields,     false},
      [NAME_INSTANCE] = {"an instance",      instance_fields, false},
    [NAME_BUCKET] = {"a bucket",         bucket_fields,   true },
      [NAME_SERVER] = {"a server",         server_fields,   true },
    [NAME_MARK] = {"a mark",           mark_fields,     false},
      [NAME_BUILT_IN] = {"the account",      account_fields,  false},
};

const char *const *reference_fields(enum name_kind kind, const char **ret_called, bool *ret_alone)
{
    *ret_called = kinds[kind].called;
    *ret_alone = kinds[kind].alone;
    return kinds[kind].fields;
}

/* All named things start with their name (decode_named promises it). */
static const void *find_named(const struct list *list, size_t size, const char *name)
{
    for (size_t i = 0; i < list->n; i++) {
        const void *item = (const char *)list->items + i * size;
        if (text_same(*(const char *const *)item, name))
            return item;
    }
    return NULL;
}

static const struct step *find_mark(const struct list *steps, const char *name)
{
    const struct step *step = steps->items;
    for (size_t i = 0; i < steps->n; i++)
        if (text_same(step[i].mark, name))
            return &step[i];
    return NULL;
}

enum name_kind scenario_name(const struct scenario *s, const char *name, const void **ret_item)
{
    const struct {
        enum name_kind kind;
        const struct list *list;
        size_t size;
    } spaces[] = {
        {NAME_VARIABLE, &s->vary,                    sizeof(struct variable)           },
        {NAME_PLACE,    &s->places,                  sizeof(struct place)              },
        {NAME_PERSON,   &s->cast,                    sizeof(struct person)             },
        {NAME_GROUP,    &s->account.security_groups, sizeof(struct security_group_spec)},
        {NAME_ROLE,     &s->account.roles,           sizeof(struct role_spec)          },
        {NAME_INSTANCE, &s->account.instances,       sizeof(struct instance_spec)      },
        {NAME_BUCKET,   &s->account.buckets,         sizeof(struct bucket_spec)        },
        {NAME_SERVER,   &s->servers,                 sizeof(struct server_spec)        },
    };
    const void *item = NULL, **ret = ret_item ? ret_item : &item;
    for (size_t i = 0; i < COUNT(spaces); i++)
        if ((*ret = find_named(spaces[i].list, spaces[i].size, name)))
            return spaces[i].kind;
    if ((*ret = find_mark(&s->timeline, name)))
        return NAME_MARK;
    if (text_same(name, "account"))
        return NAME_BUILT_IN;
    return NAME_NONE;
}

/* ---- checking references ---- */

static bool has_field(const struct kind *kind, const char *field)
{
    if (!*field)
        return kind->alone;
    for (const char *const *f = kind->fields; *f; f++) {
        size_t n = strlen(*f);
        if (text_ends(*f, ".*") ? !strncmp(*f, field, n - 1) && field[n - 1] : text_same(*f, field))
            return true;
    }
    return false;
}

struct all_names {
    const char *list[512];
    size_t n;
};

static void add_names(struct all_names *names, const struct list *list, size_t size)
{
    for (size_t i = 0; i < list->n && names->n + 1 < COUNT(names->list); i++)
        names->list[names->n++] = *(const char *const *)((const char *)list->items + i * size);
}

static const char *name_meant(const struct scenario *s, const char *name)
{
    struct all_names names = {{"account"}, 1};
    add_names(&names, &s->vary, sizeof(struct variable));
    add_names(&names, &s->places, sizeof(struct place));
    add_names(&names, &s->cast, sizeof(struct person));
    add_names(&names, &s->account.security_groups, sizeof(struct security_group_spec));
    add_names(&names, &s->account.roles, sizeof(struct role_spec));
    add_names(&names, &s->account.instances, sizeof(struct instance_spec));
    add_names(&names, &s->account.buckets, sizeof(struct bucket_spec));
    add_names(&names, &s->servers, sizeof(struct server_spec));
    const struct step *step = s->timeline.items;
    for (size_t i = 0; i < s->timeline.n && names.n + 1 < COUNT(names.list); i++)
        if (step[i].mark)
            names.list[names.n++] = step[i].mark;
    return text_meant(name, names.list);
}

static void check_reference(const struct scenario *s, struct diags *diags, const char *name, const char *field,
                            struct src_pos at, unsigned width)
{
    const void *item = NULL;
    enum name_kind kind = scenario_name(s, name, &item);
    bool lost = !s->timeline.n && diags->n_errors; /* with all marks: what became of it was told */
    if (kind == NAME_NONE && (s->library || lost)) /* of whatever uses the file */
        return;
    if (kind == NAME_NONE) {
        const char *meant = name_meant(s, name);
        if (meant)
            diag_error(diags, at, width, "dangling-reference", "nothing is called \"%s\" (did you mean \"%s\"?)", name, meant);
        else
            diag_error(diags, at, width, "dangling-reference", "nothing is called \"%s\"", name);
        return;
    }
    if (kind == NAME_INSTANCE && text_same(field, "key") && !((const struct instance_spec *)item)->role)
        diag_error(diags, at, width, "no-role",
                   "\"%s\" has no role, and so no key that its metadata hands out: missing key \"role\" under "
                   "account.instances.%s",
                   name, name);
    if (has_field(&kinds[kind], field))
        return;
    AUTO(str_drop) struct str list = {0};
    for (const char *const *f = kinds[kind].fields; *f; f++)
        str_addf(&list, "%s%s", list.len ? ", " : "", *f);
    if (!*field)
        diag_error(diags, at, width, "dangling-reference", "\"%s\" is %s: say which field, one of %s", name, kinds[kind].called,
                   str_text(&list));
    else if (!list.len)
        diag_error(diags, at, width, "dangling-reference", "\"%s\" is %s and has no field \"%s\"", name, kinds[kind].called,
                   field);
    else {
        const char *meant = text_meant(field, kinds[kind].fields);
        diag_error(diags, at, width, "dangling-reference", "\"%s\" is %s and has no field \"%s\"%s%s%s", name,
                   kinds[kind].called, field, meant ? " (did you mean \"" : ": expected one of ",
                   meant ? meant : str_text(&list), meant ? "\"?)" : "");
    }
}

/* "{ digits }", which YAML takes as it stands, and the author meant as a reference. */
static void check_single_braces(const struct scenario *s, struct diags *diags, const char *text, struct src_pos at,
                                unsigned width)
{
    for (const char *open = strchr(text, '{'); open; open = strchr(open + strspn(open, "{"), '{')) {
        AUTO(arena_drop) struct arena arena = {0};
        const char *name = open + 1 + strspn(open + 1, " ");
        size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-"), all = strspn(name, NAME_AND_FIELD);
        const char *close = name + all + strspn(name + all, " ");
        if (!n || *close != '}' || close[1] == '}' || scenario_name(s, arena_dupn(&arena, name, n), NULL) == NAME_NONE)
            continue;
        diag_warn(diags, at, width, "single-braces", "\"%.*s\" is plain text: a reference has two braces, {{ %.*s }}",
                  (int)(close + 1 - open), open, (int)all, name);
    }
}

/* What an office program made of "{{ name }}". */
static void check_quotes(struct diags *diags, const char *text, struct src_pos at, unsigned width)
{
    static const char *const quotes[] = {"\u201c", "\u201d", "\u201e", "\u2018", "\u2019"};
    bool begins = false, ends = false;
    for (size_t i = 0; i < COUNT(quotes); i++) {
        begins |= text_starts(text, quotes[i]);
        ends |= text_ends(text, quotes[i]);
    }
    if (begins && ends && strstr(text, "{{"))
        diag_warn(diags, at, width, "curly-quotes", "curly quotes are part of the text: expected straight ones, \"...\"");
}

void scenario_check_references(const struct scenario *s, struct diags *diags, const char *text, struct src_pos at,
                               unsigned width)
{
    struct reference ref = {0};
    const char *rest = text;
    if (!text)
        return;
    while (reference_next(&rest, &ref)) {
        if (ref.bad)
            diag_error(diags, at, width, "bad-reference", "expected {{ name.field }}, got \"%s\"", ref.whole);
        else
            check_reference(s, diags, ref.name, ref.field, at, width);
    }
    check_single_braces(s, diags, text, at, width);
    check_quotes(diags, text, at, width);
}

static unsigned characters(const char *s, size_t n)
{
    unsigned count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)s[i] & 0xc0) != 0x80;
    return count;
}

void scenario_check_lines(const struct scenario *s, struct diags *diags, const char *file, const char *text, size_t len)
{
    struct reference ref = {0};
    struct src_pos at = {file, 1, 1};
    const char *rest = text, *from = text, *line = text;
    size_t before = diags->n;
    while (reference_next(&rest, &ref)) {
        const char *open = from + ref.start;
        for (const char *end; (end = memchr(line, '\n', (size_t)(open - line))); line = end + 1)
            at.line++;
        at.col = characters(line, (size_t)(open - line)) + 1;
        unsigned width = ref.bad ? 2 : characters(open, ref.len);
        if (ref.bad)
            diag_error(diags, at, width, "bad-reference", "expected {{ name.field }}, got \"%.*s\"",
                       (int)strcspn(ref.whole, "\n"), ref.whole);
        else
            check_reference(s, diags, ref.name, ref.field, at, width);
        from = rest;
    }
    if (diags->n > before)
        diag_source(diags, file, text, len);
}

void scenario_check_node(const struct scenario *s, struct diags *diags, const struct node *node)
{
    if (!node)
        return;
    if (node->kind == NODE_TEXT)
        scenario_check_references(s, diags, node->text, node->at, node->width);
    for (size_t i = 0; i < node->n; i++) {
        if (node->kind == NODE_LIST)
            scenario_check_node(s, diags, node->items[i]);
        else if (node->kind == NODE_MAP) {
            scenario_check_node(s, diags, node->pairs[i].key);
            scenario_check_node(s, diags, node->pairs[i].value);
        }
    }
}
