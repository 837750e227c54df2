/* SPDX-License-Identifier: MIT */
/*
 * Parameters against an operation's row: "userName! path tags[]".
 *
 * What comes over the query protocol is text, so "22" passes for a number and "true" for a truth value.
 */
#include "sim/act/parts.h"

#include <string.h>

struct param { /* one word of a row */
    const char *name;
    bool required;
    char kind; /* 't' text, or '#', '?', '[', '{', '~' */
};

/* What every operation of a service takes besides. */
static const struct {
    const char *prefix, *params;
} shared[] = {
    {"ec2:", "dryRun?"},
};

/* Takes the next word off *spec; false at the end. */
static bool next_param(struct arena *arena, const char **spec, struct param *out)
{
    size_t n, name_len;

    *spec += strspn(*spec, " ");
    n = strcspn(*spec, " ");
    if (n == 0)
        return false;
    name_len = strcspn(*spec, "!#?[{~ ");
    *out = (struct param){.name = arena_dupn(arena, *spec, name_len), .kind = 't'};
    for (const char *mark = *spec + name_len; mark < *spec + n; mark++) {
        if (*mark == '!')
            out->required = true;
        else if (*mark != ']' && *mark != '}')
            out->kind = *mark;
    }
    *spec += n;
    return true;
}

static bool is_number(const json_t *value)
{
    const char *text = json_string_value(value);
    size_t digits;

    if (!text)
        return json_is_number(value);
    text += *text == '-';
    digits = strspn(text, ALPHABET_DIGITS);
    return digits > 0 && digits < 19 && text[digits] == '\0';
}

static bool is_truth(const json_t *value)
{
    const char *text = json_string_value(value);

    return json_is_boolean(value) || (text && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0));
}

/* NULL when the value is of the kind, else what was expected. */
static const char *expected(char kind, const json_t *value)
{
    switch (kind) {
    case '#': return is_number(value) ? NULL : "a number";
    case '?': return is_truth(value) ? NULL : "true or false";
    case '[': return json_is_array(value) ? NULL : "a list";
    case '{': return json_is_object(value) ? NULL : "an object";
    case '~': return json_is_object(value) || json_is_string(value) ? NULL : "a document, as text or object";
    default: return json_is_string(value) ? NULL : "a text";
    }
}

struct params { /* all that a row takes */
    struct param list[64];
    size_t n;
};

static void add_spec(struct params *params, struct arena *arena, const char *spec)
{
    while (spec && params->n < COUNT(params->list) && next_param(arena, &spec, &params->list[params->n]))
        params->n++;
}

static const struct param *find_param(const struct params *params, const char *name)
{
    for (size_t i = 0; i < params->n; i++)
        if (strcmp(params->list[i].name, name) == 0)
            return &params->list[i];
    return NULL;
}

static const char *meant(const struct params *params, const char *name)
{
    const char *words[COUNT(params->list) + 1];

    for (size_t i = 0; i < params->n; i++)
        words[i] = params->list[i].name;
    words[params->n] = NULL;
    return text_meant(name, words);
}

static enum param_fault unknown(const struct op *op, const struct params *params, const char *key, struct arena *arena,
                                const char **why)
{
    const char *near = meant(params, key);

    *why = near ? arena_printf(arena, "unknown parameter \"%.60s\" of %s (did you mean \"%s\"?)", key, op->name, near)
                : arena_printf(arena, "unknown parameter \"%.60s\" of %s", key, op->name);
    return PARAM_UNKNOWN;
}

enum param_fault params_fault(const struct op *op, const json_t *given, struct arena *arena, const char **why)
{
    AUTO(arena_drop) struct arena names = {0};
    struct params params = {.n = 0};
    const char *key;
    json_t *value;

    add_spec(&params, &names, op->params);
    for (size_t i = 0; i < COUNT(shared); i++)
        if (text_starts(op->name, shared[i].prefix))
            add_spec(&params, &names, shared[i].params);
    if (given && !json_is_object(given)) {
        *why = "the parameters: expected an object";
        return PARAM_WRONG;
    }
    json_object_foreach((json_t *)given, key, value)
    {
        const struct param *param = find_param(&params, key);
        const char *want = param ? expected(param->kind, value) : NULL;

        if (!param)
            return unknown(op, &params, key, arena, why);
        if (want && !json_is_null(value)) {
            *why = arena_printf(arena, "\"%s\": expected %s", key, want);
            return PARAM_WRONG;
        }
    }
    for (size_t i = 0; i < params.n; i++) {
        value = json_object_get(given, params.list[i].name);
        if (params.list[i].required && (!value || json_is_null(value))) {
            *why = arena_printf(arena, "missing parameter \"%s\"", params.list[i].name);
            return PARAM_MISSING;
        }
    }
    return PARAM_GOOD;
}

bool op_check_params(const struct op *op, const json_t *params, struct arena *arena, const char **why)
{
    return params_fault(op, params, arena, why) == PARAM_GOOD;
}

/* CloudTrail leaves out what nobody should read in a log (genuine records of CreateLoginProfile, EnableMFADevice, Encrypt). */
static const char *const secrets[] = {
    "authenticationCode1", "authenticationCode2", "newPassword", "oldPassword", "password", "plaintext"};

json_t *params_without_secrets(json_t *params)
{
    json_t *shown = NULL;

    if (!json_is_object(params) || json_object_size(params) == 0)
        return json_null();
    for (size_t i = 0; i < COUNT(secrets); i++) {
        if (!json_object_get(params, secrets[i]))
            continue;
        shown = shown ? shown : json_copy(params);
        json_object_del(shown, secrets[i]);
    }
    if (!shown)
        return json_incref(params);
    if (json_object_size(shown))
        return shown;
    json_decref(shown);
    return json_null();
}
