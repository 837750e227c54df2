/* SPDX-License-Identifier: MIT */
/*
 * Shapes read where they are needed: a text such as "{UserName:s!,Tags:[member|{Key:s,Value:s}]}" is walked together
 * with the data, so that nothing is compiled, kept or freed. The texts are ours (shapes.inc), never a client's.
 */
#include "sim/serve/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct wire_shape wire_shapes[] = {
#include "sim/serve/shapes.inc"
};

const struct wire_shape *wire_shape_find(const char *op)
{
    for (size_t i = 0; i < COUNT(wire_shapes); i++)
        if (text_same(wire_shapes[i].op, op))
            return &wire_shapes[i];
    return NULL;
}

/* ---- walking ---- */

/* Behind the shape that begins at `s`. */
static const char *shape_end(const char *s)
{
    int depth = 0;
    do {
        if (strchr("{[<", *s))
            depth++;
        else if (strchr("}]>", *s))
            depth--;
        s++;
    } while (depth > 0);
    return s;
}

struct span { /* a part of a shape's text */
    const char *s;
    size_t n;
};
struct member {
    struct span name, wire;
    const char *shape;
    bool required;
};

/* The next member of a structure; *at begins behind its "{". */
static bool member_next(const char **at, struct member *out)
{
    const char *s = *at;
    if (*s == ',')
        s++;
    if (*s == '}' || !*s)
        return false;
    out->name = out->wire = (struct span){s, strcspn(s, "=:")};
    s += out->name.n;
    if (*s == '=') {
        out->wire = (struct span){s + 1, strcspn(s + 1, ":")};
        s = out->wire.s + out->wire.n;
    }
    out->shape = s + 1;
    s = shape_end(out->shape);
    out->required = *s == '!';
    *at = s + out->required;
    return true;
}

/* Of "[item|shape]": the element's name on the wire and its shape. */
static const char *list_element(const char *shape, struct span *wire)
{
    *wire = (struct span){shape + 1, strcspn(shape + 1, "|")};
    return wire->s + wire->n + 1;
}

static const char *named(struct arena *arena, const struct span *span)
{
    return arena_dupn(arena, span->s, span->n);
}

/* ---- forms ---- */

struct reading {
    const struct form_field *fields;
    size_t n;
    bool *used;
    struct arena *arena;
    const char *why;
};

static json_t *fault(struct reading *r, const char *why)
{
    if (!r->why)
        r->why = why;
    return NULL;
}

static json_t *scalar_from_text(struct reading *r, char kind, const char *name, const char *text)
{
    char *end = NULL;
    errno = 0;
    if (kind == 'i') {
        long long value = strtoll(text, &end, 10);
        if (!*text || *end || errno)
            return fault(r, arena_printf(r->arena, "Invalid value '%.60s' for %s: expected a whole number", text, name));
        return json_integer(value);
    }
    if (kind == 'b') {
        if (!text_same(text, "true") && !text_same(text, "false"))
            return fault(r, arena_printf(r->arena, "Invalid value '%.60s' for %s: expected true or false", text, name));
        return json_boolean(*text == 't');
    }
    return json_string(text);
}

static bool begins(const char *name, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(name, prefix, n) == 0 && name[n] == '.';
}

static bool any_below(const struct reading *r, const char *prefix)
{
    for (size_t i = 0; i < r->n; i++)
        if (text_same(r->fields[i].name, prefix) || begins(r->fields[i].name, prefix))
            return true;
    return false;
}

static json_t *read_form(struct reading *, const char *shape, const char *prefix);

static json_t *read_form_members(struct reading *r, const char *shape, const char *prefix)
{
    json_t *object = json_object();
    struct member m;
    for (const char *at = shape + 1; member_next(&at, &m);) {
        const char *wire = named(r->arena, &m.wire);
        const char *path = *prefix ? arena_printf(r->arena, "%s.%s", prefix, wire) : wire;
        json_t *value = any_below(r, path) ? read_form(r, m.shape, path) : NULL;
        if (value)
            json_object_set_new(object, named(r->arena, &m.name), value);
    }
    return object;
}

/* "Tags.member.1.Key" or, flattened, "Filter.1.Name". AWS takes the elements in order and does not mind gaps. */
static json_t *read_form_list(struct reading *r, const char *shape, const char *prefix)
{
    struct span wire;
    const char *element = list_element(shape, &wire);
    const char *base = wire.n ? arena_printf(r->arena, "%s.%.*s", prefix, (int)wire.n, wire.s) : prefix;
    json_t *list = json_array();
    size_t missing = 0;
    for (int i = 1; i <= FORM_MAX_INDEX && missing < 20; i++) {
        const char *path = arena_printf(r->arena, "%s.%d", base, i);
        json_t *value = any_below(r, path) ? read_form(r, element, path) : NULL;
        missing = value ? 0 : missing + 1;
        if (value)
            json_array_append_new(list, value);
    }
    return list;
}

static json_t *read_form(struct reading *r, const char *shape, const char *prefix)
{
    if (*shape == '{')
        return read_form_members(r, shape, prefix);
    if (*shape == '[')
        return read_form_list(r, shape, prefix);
    for (size_t i = 0; i < r->n; i++)
        if (text_same(r->fields[i].name, prefix)) {
            r->used[i] = true;
            return scalar_from_text(r, *shape, prefix, r->fields[i].value);
        }
    return NULL;
}

/* The first member that must be there and is not. */
static const char *missing_member(const char *shape, const json_t *value, struct arena *arena)
{
    struct member m;
    for (const char *at = shape + 1; *shape == '{' && member_next(&at, &m);)
        if (m.required && !json_object_getn(value, m.name.s, m.name.n))
            return named(arena, &m.name);
    return NULL;
}

json_t *shape_from_form(const char *shape, const struct form_field *fields, size_t n, bool strict, struct arena *arena,
                        struct shape_fault *fault)
{
    struct reading r = {fields, n, arena_alloc(arena, (n + 1) * sizeof(bool)), arena, NULL};
    json_t *tree = read_form(&r, shape, "");
    const char *missing = missing_member(shape, tree, arena);
    for (size_t i = 0; i < n && strict && !r.why && !missing; i++)
        if (!r.used[i] && !text_same(fields[i].name, "Action") && !text_same(fields[i].name, "Version"))
            r.why = arena_printf(arena, "The parameter %.80s is not recognized", fields[i].name);
    *fault = (struct shape_fault){r.why ? NULL : missing, r.why};
    if (!r.why && !missing)
        return tree;
    json_decref(tree);
    return NULL;
}

/* ---- JSON bodies ---- */

static json_t *read_json(const char *shape, const json_t *value, const char *name, struct arena *arena, const char **why);

static json_t *wrong_kind(const char *name, const char *expected, struct arena *arena, const char **why)
{
    if (!*why)
        *why = arena_printf(arena, "%s: expected %s", *name ? name : "the body", expected);
    return NULL;
}

static json_t *read_json_members(const char *shape, const json_t *value, const char *name, struct arena *arena,
                                 const char **why)
{
    if (!json_is_object(value))
        return wrong_kind(name, "an object", arena, why);
    json_t *object = json_object();
    struct member m;
    for (const char *at = shape + 1; member_next(&at, &m);) {
        const json_t *given = json_object_getn(value, m.wire.s, m.wire.n);
        const char *key = named(arena, &m.name);
        json_t *read = given && !json_is_null(given) ? read_json(m.shape, given, key, arena, why) : NULL;
        if (read)
            json_object_set_new(object, key, read);
    }
    return object;
}

static json_t *read_json_list(const char *shape, const json_t *value, const char *name, struct arena *arena, const char **why)
{
    struct span wire;
    const char *element = list_element(shape, &wire);
    if (!json_is_array(value))
        return wrong_kind(name, "a list", arena, why);
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *read = read_json(element, json_array_get(value, i), name, arena, why);
        if (read)
            json_array_append_new(list, read);
    }
    return list;
}

static json_t *read_json_map(const char *shape, const json_t *value, const char *name, struct arena *arena, const char **why)
{
    if (!json_is_object(value))
        return wrong_kind(name, "an object", arena, why);
    json_t *object = json_object();
    const char *key;
    json_t *given;
    json_object_foreach((json_t *)value, key, given)
    {
        json_t *read = read_json(shape + 1, given, name, arena, why);
        if (read)
            json_object_set_new(object, key, read);
    }
    return object;
}

static json_t *read_json_scalar(char kind, const json_t *value, const char *name, struct arena *arena, const char **why)
{
    if (kind == 't' && json_is_number(value))
        return json_string(arena_time(arena, (int64_t)(json_number_value(value) * 1000), TIME_ISO));
    if (kind == 'i' && json_is_real(value) && json_real_value(value) == (double)(int64_t)json_real_value(value))
        return json_integer((json_int_t)json_real_value(value));
    bool good = kind == 'i'   ? json_is_integer(value)
                : kind == 'b' ? json_is_boolean(value)
                : kind == 'd' ? json_is_number(value)
                : kind == '?' ? true
                              : json_is_string(value);
    if (!good)
        return wrong_kind(name, kind == 'i' ? "a whole number" : kind == 'b' ? "true or false" : "a text", arena, why);
    return json_deep_copy(value);
}

static json_t *read_json(const char *shape, const json_t *value, const char *name, struct arena *arena, const char **why)
{
    switch (*shape) {
    case '{': return read_json_members(shape, value, name, arena, why);
    case '[': return read_json_list(shape, value, name, arena, why);
    case '<': return read_json_map(shape, value, name, arena, why);
    default: return read_json_scalar(*shape, value, name, arena, why);
    }
}

json_t *shape_from_json(const char *shape, const json_t *body, struct arena *arena, struct shape_fault *fault)
{
    *fault = (struct shape_fault){0};
    json_t *tree = read_json(shape, body, "", arena, &fault->why);
    if (tree && !fault->why)
        fault->missing = missing_member(shape, tree, arena);
    if (!fault->why && !fault->missing)
        return tree;
    json_decref(tree);
    return NULL;
}

/* ---- replies ---- */

void str_add_xml(struct str *out, const char *text)
{
    static const char *const escapes[] = {['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\r'] = "&#xD;"};
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p < COUNT(escapes) && escapes[*p])
            str_add(out, escapes[*p]);
        else if (*p >= 0x20 || *p == '\n' || *p == '\t')
            str_addc(out, (char)*p);
    }
}

/* IAM's policies travel as JSON text, percent-encoded (IAM API Reference, GetPolicyVersion). */
static void add_document(struct str *out, const json_t *document)
{
    AUTO(str_drop) struct str text = {0};
    str_add_json_value(&text, document);
    str_add_uri(out, str_text(&text));
}

static void add_scalar_text(struct str *out, char kind, const json_t *value, bool ms)
{
    const char *text = json_string_value(value);
    size_t n = text ? strlen(text) : 0;
    if (json_is_integer(value))
        str_addf(out, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        str_add(out, json_is_true(value) ? "true" : "false");
    else if (kind == 't' && ms && n == 20 && text[n - 1] == 'Z')
        str_addf(out, "%.19s.000Z", text);
    else if (text)
        str_add_xml(out, text);
    else if (json_is_object(value))
        add_document(out, value);
}

static void add_element(struct str *out, const struct span *tag, const char *shape, const json_t *value, bool ms)
{
    str_addf(out, "<%.*s>", (int)tag->n, tag->s);
    shape_add_xml(out, shape, value, ms);
    str_addf(out, "</%.*s>", (int)tag->n, tag->s);
}

static void add_xml_list(struct str *out, const struct span *tag, const char *shape, const json_t *list, bool ms)
{
    struct span wire;
    const char *element = list_element(shape, &wire);
    if (wire.n)
        str_addf(out, "<%.*s>", (int)tag->n, tag->s);
    for (size_t i = 0; i < json_array_size(list); i++)
        add_element(out, wire.n ? &wire : tag, element, json_array_get(list, i), ms);
    if (wire.n)
        str_addf(out, "</%.*s>", (int)tag->n, tag->s);
}

void shape_add_xml(struct str *out, const char *shape, const json_t *reply, bool ms)
{
    struct member m;
    if (*shape == '<') {
        const char *key;
        json_t *value;
        json_object_foreach((json_t *)reply, key, value)
        {
            str_add(out, "<entry><key>");
            str_add_xml(out, key);
            str_add(out, "</key><value>");
            shape_add_xml(out, shape + 1, value, ms);
            str_add(out, "</value></entry>");
        }
        return;
    }
    if (*shape != '{') {
        add_scalar_text(out, *shape, reply, ms);
        return;
    }
    for (const char *at = shape + 1; member_next(&at, &m);) {
        const json_t *value = json_object_getn(reply, m.name.s, m.name.n);
        if (!value || json_is_null(value))
            continue;
        if (*m.shape == '[')
            add_xml_list(out, &m.wire, m.shape, value, ms);
        else
            add_element(out, &m.wire, m.shape, value, ms);
    }
}

static void add_json_time(struct str *out, const json_t *value)
{
    int64_t ms;
    bool zoned;
    if (json_is_string(value) && time_parse(json_string_value(value), &ms, &zoned))
        str_addf(out, ms % 1000 ? "%lld.%03lld" : "%lld", (long long)(ms / 1000), (long long)(ms % 1000));
    else
        str_add_json_value(out, value);
}

static void add_json_members(struct str *out, const char *shape, const json_t *reply)
{
    struct member m;
    const char *comma = "";
    str_addc(out, '{');
    for (const char *at = shape + 1; member_next(&at, &m);) {
        const json_t *value = json_object_getn(reply, m.name.s, m.name.n);
        if (!value || json_is_null(value))
            continue;
        str_addf(out, "%s\"%.*s\":", comma, (int)m.wire.n, m.wire.s);
        shape_add_json(out, m.shape, value);
        comma = ",";
    }
    str_addc(out, '}');
}

void shape_add_json(struct str *out, const char *shape, const json_t *reply)
{
    struct span wire;
    if (*shape == 't')
        add_json_time(out, reply);
    else if (*shape == '{' && json_is_object(reply))
        add_json_members(out, shape, reply);
    else if (*shape == '[' && json_is_array(reply)) {
        const char *element = list_element(shape, &wire);
        str_addc(out, '[');
        for (size_t i = 0; i < json_array_size(reply); i++) {
            if (i)
                str_addc(out, ',');
            shape_add_json(out, element, json_array_get(reply, i));
        }
        str_addc(out, ']');
    } else
        str_add_json_value(out, reply);
}
