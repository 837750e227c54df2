/* SPDX-License-Identifier: MIT */
/* Nodes into structs, by tables. Unknown, missing and wrong keys are told here, once for every table. */
#include "sim/yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

static const char *kind_word(const struct node *node)
{
    static const char *const words[] = {"a text", "a list", "a map"};
    return node_is_null(node) || (node->kind == NODE_TEXT && !*node->text) ? "nothing" : words[node->kind];
}

/* "echo done: yes" is a map to YAML, and a sentence to whoever wrote it. */
static bool is_unquoted_text(const struct node *node, const char *expected)
{
    return text_starts(expected, "a text") && node->kind == NODE_MAP && node->n == 1 && strchr(node->pairs[0].key->text, ' ');
}

static bool wrong(struct decoder *d, const struct node *node, const struct field *field, const char *expected)
{
    if (node->kind == NODE_TEXT && *node->text && !node_is_null(node))
        node_error(d->diags, node, "wrong-value", "\"%s\": expected %s, got \"%s\"", field->key, expected, node->text);
    else
        node_error(d->diags, node, "wrong-kind", "\"%s\": expected %s, got %s%s", field->key, expected, kind_word(node),
                   is_unquoted_text(node, expected) ? "; a text that holds \": \" must be in quotes" : "");
    return false;
}

static void unknown_key(struct decoder *d, const struct node *key, const struct fields *table)
{
    const char *known[128] = {NULL};
    AUTO(str_drop) struct str list = {0};
    for (size_t i = 0; i < table->n && i + 1 < COUNT(known); i++) {
        known[i] = table->list[i].key;
        str_addf(&list, "%s%s", i ? ", " : "", known[i]);
    }
    const char *meant = text_meant(key->text, known);
    if (meant)
        node_error(d->diags, key, "unknown-key", "unknown key \"%s\" in %s (did you mean \"%s\"?)", key->text, table->what,
                   meant);
    else
        node_error(d->diags, key, "unknown-key", "unknown key \"%s\" in %s: expected one of %s", key->text, table->what,
                   str_text(&list));
}

static const struct field *find_field(const struct fields *table, const char *key)
{
    for (size_t i = 0; i < table->n; i++)
        if (text_same(table->list[i].key, key))
            return &table->list[i];
    return NULL;
}

bool decode_map(struct decoder *d, const struct node *node, const struct fields *table, void *out)
{
    if (node->kind != NODE_MAP) {
        node_error(d->diags, node, "wrong-kind", "expected %s: a map of keys and values, got %s", table->what, kind_word(node));
        return false;
    }
    bool good = true;
    for (size_t i = 0; i < node->n; i++) {
        const struct field *field = find_field(table, node->pairs[i].key->text);
        if (!field)
            unknown_key(d, node->pairs[i].key, table);
        good &= field && field->decode(d, node->pairs[i].value, field, (char *)out + field->offset);
    }
    for (size_t i = 0; i < table->n; i++)
        if (table->list[i].required && !node_get(node, table->list[i].key)) {
            node_error(d->diags, node, "missing-key", "missing key \"%s\" in %s", table->list[i].key, table->what);
            good = false;
        }
    return good;
}

/* ---- scalars ---- */

bool decode_text(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    if (node->kind != NODE_TEXT || node_is_null(node))
        return wrong(d, node, field, "a text");
    *(const char **)out = node->text;
    return true;
}

bool decode_id(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    if (node->kind != NODE_TEXT || node->text[0] < 'a' || node->text[0] > 'z' || strlen(node->text) > 40 ||
        node->text[strspn(node->text, ALPHABET_LOWER "_-")])
        return wrong(d, node, field, "a name of a-z, 0-9, _ and -, at most 40 long");
    *(const char **)out = node->text;
    return true;
}

bool decode_bool(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    bool yes = node->kind == NODE_TEXT && !node->quoted && text_same(node->text, "true");
    if (!yes && !(node->kind == NODE_TEXT && !node->quoted && text_same(node->text, "false")))
        return wrong(d, node, field, "true or false");
    *(bool *)out = yes;
    return true;
}

/* 022 is 18 to some readers of YAML and 22 to others: to us it is a mistake. */
static bool whole_number(const char *s)
{
    size_t sign = s[0] == '-', digits = strspn(s + sign, ALPHABET_DIGITS);
    return digits && digits <= 18 && !s[sign + digits] && (digits == 1 || s[sign] != '0');
}

bool decode_int(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    const int64_t *limits = field->arg;
    if (node->kind != NODE_TEXT || !whole_number(node->text))
        return wrong(d, node, field, "a whole number");
    int64_t value = strtoll(node->text, NULL, 10);
    if (limits && (value < limits[0] || value > limits[1])) {
        node_error(d->diags, node, "out-of-range", "\"%s\": expected a number from %lld to %lld, got %lld", field->key,
                   (long long)limits[0], (long long)limits[1], (long long)value);
        return false;
    }
    *(int64_t *)out = value;
    return true;
}

bool decode_duration(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    return (node->kind == NODE_TEXT && duration_parse(node->text, out)) ||
           wrong(d, node, field, "a duration such as \"30s\" or \"2h30m\"");
}

bool decode_time(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    bool zoned = false;
    int64_t ms = 0;
    if (node->kind != NODE_TEXT || !time_parse(node->text, &ms, &zoned) || !zoned)
        return wrong(d, node, field, "a time with its zone such as 2025-10-14T13:00:00Z");
    *(int64_t *)out = ms;
    return true;
}

bool decode_choice(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    const char *const *choices = field->arg;
    AUTO(str_drop) struct str list = {0};
    for (int i = 0; choices[i]; i++) {
        if (node->kind == NODE_TEXT && text_same(node->text, choices[i])) {
            *(int *)out = i;
            return true;
        }
        str_addf(&list, "%s%s", i ? ", " : choices[1] ? "one of " : "", choices[i]);
    }
    const char *meant = node->kind == NODE_TEXT ? text_meant(node->text, choices) : NULL;
    if (meant)
        str_addf(&list, " (did you mean %s?)", meant);
    return wrong(d, node, field, str_text(&list));
}

bool decode_node(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    (void)d;
    (void)field;
    *(const struct node **)out = node;
    return true;
}

/* ---- collections ---- */

bool decode_texts(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct texts *texts = out;
    size_t n = node->kind == NODE_LIST ? node->n : 1;
    if (node->kind == NODE_LIST && !n) {
        node_error(d->diags, node, "empty-list", "\"%s\": an empty list says nothing", field->key);
        return false;
    }
    texts->list = arena_alloc(d->arena, n * sizeof(*texts->list));
    bool good = true;
    for (size_t i = 0; i < n; i++)
        good &= decode_text(d, node->kind == NODE_LIST ? node->items[i] : node, field, &texts->list[i]);
    texts->n = good ? n : 0;
    return good;
}

bool decode_struct(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    return decode_map(d, node, field->arg, out);
}

bool decode_list(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    const struct fields *table = field->arg;
    struct list *list = out;
    if (node->kind != NODE_LIST)
        return wrong(d, node, field, "a list");
    if (!node->n) {
        node_error(d->diags, node, "empty-list", "\"%s\": an empty list says nothing", field->key);
        return false;
    }
    char *items = arena_alloc(d->arena, node->n * table->size);
    bool good = true;
    for (size_t i = 0; i < node->n; i++) {
        if (table->place)
            memcpy(items + i * table->size + table->place - 1, &node->items[i]->at, sizeof(struct src_pos));
        good &= decode_map(d, node->items[i], table, items + i * table->size);
    }
    *list = (struct list){items, node->n};
    return good;
}

bool decode_named(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    const struct fields *table = field->arg;
    struct list *list = out;
    struct named {
        const char *name;
        struct src_pos at;
    };
    if (node->kind != NODE_MAP)
        return wrong(d, node, field, "a map of names");
    if (!node->n) {
        node_error(d->diags, node, "empty-list", "\"%s\": nothing is named here", field->key);
        return false;
    }
    char *items = arena_alloc(d->arena, node->n * table->size);
    bool good = true;
    for (size_t i = 0; i < node->n; i++) {
        struct named *named = (void *)(items + i * table->size);
        *named = (struct named){node->pairs[i].key->text, node->pairs[i].key->at};
        good &= decode_map(d, node->pairs[i].value, table, named);
    }
    *list = (struct list){items, node->n};
    return good;
}
