/* SPDX-License-Identifier: MIT */
/*
 * References in texts: finding {{ name.field }} and filling them in. There is no expression language: what needs
 * reckoning belongs into the story or into a variable.
 */
#include "sim/scenario/decode.h"

#include <ctype.h>
#include <string.h>

static bool copy_part(char *out, size_t size, const char *from, size_t n)
{
    if (n >= size)
        return false;
    memcpy(out, from, n);
    out[n] = 0;
    return true;
}

/* " rogue_rule.params.groupId " to name and field. */
static bool split_reference(const char *s, size_t n, struct reference *ref)
{
    while (n && s[0] == ' ')
        s++, n--;
    while (n && s[n - 1] == ' ')
        n--;
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)s[i]) && !strchr("._-", s[i]))
            return false;
    const char *dot = memchr(s, '.', n);
    size_t name_len = dot ? (size_t)(dot - s) : n;
    if (!name_len || (dot && name_len + 1 == n))
        return false;
    ref->field[0] = 0;
    return copy_part(ref->name, sizeof(ref->name), s, name_len) &&
           (!dot || copy_part(ref->field, sizeof(ref->field), dot + 1, n - name_len - 1));
}

bool reference_next(const char **rest, struct reference *ref)
{
    const char *open = strstr(*rest, "{{");
    if (!open)
        return false;
    const char *close = strstr(open, "}}");
    ref->start = (size_t)(open - *rest);
    ref->len = close ? (size_t)(close + 2 - open) : strlen(open);
    size_t shown = ref->len < sizeof(ref->whole) ? ref->len : sizeof(ref->whole) - 1;
    copy_part(ref->whole, sizeof(ref->whole), open, shown);
    ref->bad = !close || !split_reference(open + 2, ref->len - 4, ref);
    *rest = open + ref->len;
    return true;
}

bool scenario_expand(const char *text, reference_fn *lookup, void *context, struct str *out, struct err *e)
{
    struct reference ref = {0};
    const char *from = text, *rest = text;
    while (reference_next(&rest, &ref)) {
        str_addn(out, from, ref.start);
        if (ref.bad)
            return err_set(e, "expected {{ name.field }}, got \"%s\"", ref.whole);
        const char *value = lookup(context, ref.name, ref.field);
        if (!value)
            return err_set(e, "%s has no value here", ref.whole);
        str_add(out, value);
        from = rest;
    }
    str_add(out, from);
    return true;
}

static json_t *expand_list(const struct node *node, reference_fn *lookup, void *context, struct err *e)
{
    json_t *list = json_array();
    for (size_t i = 0; i < node->n; i++) {
        json_t *item = scenario_expand_node(node->items[i], lookup, context, e);
        if (!item) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *expand_map(const struct node *node, reference_fn *lookup, void *context, struct err *e)
{
    json_t *map = json_object();
    for (size_t i = 0; i < node->n; i++) {
        AUTO(str_drop) struct str key = {0};
        json_t *value = NULL;
        if (scenario_expand(node->pairs[i].key->text, lookup, context, &key, e))
            value = scenario_expand_node(node->pairs[i].value, lookup, context, e);
        if (!value) {
            json_decref(map);
            return NULL;
        }
        json_put(map, str_text(&key), value);
    }
    return map;
}

json_t *scenario_expand_node(const struct node *node, reference_fn *lookup, void *context, struct err *e)
{
    if (node->kind == NODE_LIST)
        return expand_list(node, lookup, context, e);
    if (node->kind == NODE_MAP)
        return expand_map(node, lookup, context, e);
    if (!strstr(node->text, "{{"))
        return node_json(node);
    AUTO(str_drop) struct str text = {0};
    return scenario_expand(node->text, lookup, context, &text, e) ? json_clean(str_text(&text)) : NULL;
}
