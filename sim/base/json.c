/* SPDX-License-Identifier: MIT */
/* JSON documents: jansson, made safe. What it would refuse silently (bytes that are not UTF-8) is cleaned before. */
#include "sim/base/base.h"
#include "sim/base/json_memory.h"

#include <stdlib.h>
#include <string.h>

void json_begin(void)
{
    json_set_alloc_funcs(json_memory_take, json_memory_give);
    json_object_seed(1);
}

/* jansson recurses by nesting: depth is checked before it sees the text. */
static bool deeper_than(const char *s, size_t n, unsigned most)
{
    unsigned depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (quoted) {
            if (s[i] == '\\')
                i++;
            else if (s[i] == '"')
                quoted = false;
        } else if (s[i] == '"')
            quoted = true;
        else if (s[i] == '{' || s[i] == '[') {
            if (++depth > most)
                return true;
        } else if ((s[i] == '}' || s[i] == ']') && depth)
            depth--;
    }
    return false;
}

json_t *json_read_told(const char *s, size_t n, struct json_fault *fault)
{
    *fault = (struct json_fault){0};
    if (deeper_than(s, n, JSON_MAX_DEPTH)) {
        snprintf(fault->says, sizeof(fault->says), "JSON nested deeper than %d", JSON_MAX_DEPTH);
        return NULL;
    }
    json_error_t error;
    json_t *value = json_loadb(s, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (value)
        return value;
    if (error.line > 0)
        *fault = (struct json_fault){.line = (unsigned)error.line, .col = (unsigned)error.column};
    snprintf(fault->says, sizeof(fault->says), "%s", error.text);
    return NULL;
}

json_t *json_read(const char *s, size_t n, struct err *e)
{
    struct json_fault fault;
    json_t *value = json_read_told(s, n, &fault);
    if (!value && fault.line)
        err_set(e, "JSON line %u column %u: %s", fault.line, fault.col, fault.says);
    else if (!value)
        err_set(e, "%s", fault.says);
    return value;
}

const char *json_str(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

const char *json_str_or(const json_t *object, const char *key, const char *otherwise)
{
    const char *s = json_str(object, key);
    return s ? s : otherwise;
}

int64_t json_int_or(const json_t *object, const char *key, int64_t otherwise)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_integer(value))
        return json_integer_value(value);
    const char *text = json_string_value(value);
    char *end = NULL;
    int64_t n = text ? strtoll(text, &end, 10) : 0;
    return text && end != text && !*end ? n : otherwise;
}

bool json_bool_or(const json_t *object, const char *key, bool otherwise)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_boolean(value))
        return json_is_true(value);
    const char *text = json_string_value(value);
    return text_same(text, "true") ? true : text_same(text, "false") ? false : otherwise;
}

const json_t *json_path(const json_t *value, const char *path)
{
    while (value && *path) {
        char part[128];
        size_t n = strcspn(path, ".");
        if (n >= sizeof(part))
            return NULL;
        memcpy(part, path, n);
        part[n] = 0;
        if (json_is_array(value))
            value = n && strspn(part, ALPHABET_DIGITS) == n ? json_array_get(value, (size_t)strtoul(part, NULL, 10)) : NULL;
        else
            value = json_object_get(value, part);
        path += n + (path[n] == '.');
    }
    return value;
}

json_t *json_textf(const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    return json_clean(str_text(&text));
}

json_t *json_clean(const char *s)
{
    json_t *value = json_string(s);
    if (value)
        return value;
    AUTO(str_drop) struct str quoted = {0};
    str_add_json(&quoted, s);
    value = json_loadb(str_text(&quoted), quoted.len, JSON_DECODE_ANY, NULL);
    if (!value)
        abort();
    return value;
}

void json_put(json_t *object, const char *key, json_t *steals)
{
    if (!steals || json_object_set_new(object, key, steals))
        abort();
}

void json_put_text(json_t *object, const char *key, const char *s)
{
    if (s)
        json_put(object, key, json_clean(s));
}

static int add_chunk(const char *data, size_t n, void *out)
{
    str_addn(out, data, n);
    return 0;
}

static void add_object(struct str *out, json_t *object)
{
    const char *key;
    json_t *member;
    char before = '{';
    json_object_foreach(object, key, member)
    {
        str_addc(out, before);
        str_add_json(out, key);
        str_addc(out, ':');
        str_add_json_value(out, member);
        before = ',';
    }
    str_add(out, before == '{' ? "{}" : "}");
}

static void add_array(struct str *out, const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        str_addc(out, i ? ',' : '[');
        str_add_json_value(out, json_array_get(array, i));
    }
    str_add(out, json_array_size(array) ? "]" : "[]");
}

/* As jansson would, in a third of the time: it looks at each object whether it contains itself, and at each text whether it is
 * UTF-8; what it made or read is both. */
void str_add_json_value(struct str *out, const json_t *value)
{
    if (!value)
        return;
    switch (json_typeof(value)) {
    case JSON_OBJECT: add_object(out, (json_t *)value); break;
    case JSON_ARRAY: add_array(out, value); break;
    case JSON_STRING: str_add_jsonn(out, json_string_value(value), json_string_length(value)); break;
    case JSON_INTEGER: str_add_int(out, json_integer_value(value)); break;
    case JSON_REAL: json_dump_callback(value, add_chunk, out, JSON_ENCODE_ANY); break;
    case JSON_TRUE: str_add(out, "true"); break;
    case JSON_FALSE: str_add(out, "false"); break;
    case JSON_NULL: str_add(out, "null"); break;
    }
}

void str_add_json_pretty(struct str *out, const json_t *value)
{
    json_dump_callback(value, add_chunk, out, JSON_INDENT(2) | JSON_ENCODE_ANY);
    str_addc(out, '\n');
}
