/* SPDX-License-Identifier: MIT */
/*
 * How the scenario language's own kinds of values are read: texts with references, translations, zones, variables and
 * the times of steps. Everything plainer is in yaml.h.
 */
#include "sim/scenario/decode.h"

#include <stdlib.h>
#include <string.h>

const char *const scenario_languages[LANGUAGES + 1] = {"en", "pt", "es", NULL};

const char *language_find(const char *name)
{
    for (const char *const *l = scenario_languages; *l; l++)
        if (text_same(*l, name))
            return *l;
    return NULL;
}

const char *local_text_get(const struct local_text *text, const char *language)
{
    for (int i = 0; i < LANGUAGES; i++)
        if (text_same(scenario_languages[i], language) && text->in[i])
            return text->in[i];
    for (int i = 0; i < LANGUAGES; i++)
        if (text->in[i])
            return text->in[i];
    return "";
}

bool decode_value(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct value *value = out;
    if (!decode_text(d, node, field, &value->text))
        return false;
    value->at = node->at;
    value->width = node->width;
    return true;
}

bool decode_any_value(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct value *value = out;
    value->node = node;
    value->at = node->at;
    value->width = node->width;
    return node->kind != NODE_TEXT || decode_text(d, node, field, &value->text);
}

bool decode_plain(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    if (!decode_text(d, node, field, out))
        return false;
    if (!strstr(node->text, "{{"))
        return true;
    node_error(d->diags, node, "not-filled-in",
               "\"%s\" is the same for everybody: references are not filled in here, got \"%s\"", field->key, node->text);
    return false;
}

bool decode_local(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct local_text *text = out;
    text->at = node->at;
    if (node->kind == NODE_TEXT)
        return decode_text(d, node, field, &text->in[0]);
    static const struct field languages[LANGUAGES] = {
        {"en", decode_text, offsetof(struct local_text, in[0]), false, "English",    NULL},
        {"pt", decode_text, offsetof(struct local_text, in[1]), false, "Portuguese", NULL},
        {"es", decode_text, offsetof(struct local_text, in[2]), false, "Spanish",    NULL},
    };
    static const struct fields table = FIELDS("a translated text", languages, struct local_text);
    if (!decode_map(d, node, &table, text))
        return false;
    if (*local_text_get(text, "en"))
        return true;
    node_error(d->diags, node, "no-text", "expected a text in at least one of en, pt, es");
    return false;
}

bool decode_zone(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    (void)field;
    if (node->kind == NODE_TEXT && zone_parse(node->text, out))
        return true;
    node_error(d->diags, node, "bad-zone", "expected a time zone such as \"-07:00\" or Z, got %s%s%s",
               node->kind == NODE_TEXT ? "\"" : "", node->kind == NODE_TEXT ? node->text : "something else",
               node->kind == NODE_TEXT ? "\"" : "");
    return false;
}

/* ---- variables: a map with one key, which names the kind ---- */

/* Behind what was expected: what stands there. */
static const char *got(struct decoder *d, const struct node *node)
{
    if (node->kind != NODE_TEXT)
        return node->kind == NODE_MAP ? "a map" : "a list";
    return arena_printf(d->arena, "\"%.*s\"", (int)strcspn(node->text, "\n"), node->text);
}

/* "20s .. 55s" in two halves; both in the arena. */
static bool split_range(struct decoder *d, const struct node *node, char **low, char **high)
{
    const char *dots = node->kind == NODE_TEXT ? strstr(node->text, "..") : NULL;
    if (!dots)
        return false;
    size_t n = (size_t)(dots - node->text);
    while (n > 0 && node->text[n - 1] == ' ')
        n--;
    *low = arena_dupn(d->arena, node->text, n);
    dots += 2;
    *high = arena_dup(d->arena, dots + strspn(dots, " "));
    return true;
}

static bool parse_number(const char *s, int64_t *out)
{
    char *end = NULL;
    *out = strtoll(s, &end, 10);
    return end != s && !*end;
}

static bool parse_time(const char *s, int64_t *out)
{
    bool zoned = false;
    return time_parse(s, out, &zoned) && zoned;
}

static bool read_range(struct decoder *d, const struct node *node, struct variable *v, bool (*parse)(const char *, int64_t *),
                       const char *example)
{
    char *low = NULL, *high = NULL;
    if (!split_range(d, node, &low, &high) || !parse(low, &v->low) || !parse(high, &v->high)) {
        node_error(d->diags, node, "bad-range", "expected a range such as \"%s\", got %s", example, got(d, node));
        return false;
    }
    if (v->low <= v->high)
        return true;
    node_error(d->diags, node, "empty-range", "the range ends (%s) before it begins (%s)", high, low);
    return false;
}

static bool read_pick(struct decoder *d, const struct node *node, struct variable *v)
{
    static const struct field pick = {"pick", decode_texts, 0, true, "", NULL};
    return decode_texts(d, node, &pick, &v->pick);
}

static bool read_net(struct decoder *d, const struct node *node, struct variable *v)
{
    if (node->kind != NODE_TEXT || !cidr_parse(node->text, &v->net) || v->net.family != 4) {
        node_error(d->diags, node, "bad-cidr", "expected a network such as 198.51.100.0/24, got %s", got(d, node));
        return false;
    }
    if (cidr_strict(&v->net) && v->net.bits >= 8 && v->net.bits <= 30)
        return true;
    node_error(d->diags, node, "bad-cidr", "expected a network of /8 to /30 such as %s, got \"%s\"",
               v->net.bits >= 8 && v->net.bits <= 30 ? cidr_network(d->arena, &v->net) : "198.51.100.0/24", node->text);
    return false;
}

static bool read_port(struct decoder *d, const struct node *node, struct variable *v)
{
    if (!read_range(d, node, v, parse_number, "32768 .. 60999"))
        return false;
    if (v->low >= 1 && v->high <= 65535)
        return true;
    node_error(d->diags, node, "bad-range", "expected ports between 1 and 65535, got %s", got(d, node));
    return false;
}

static bool read_count(struct decoder *d, const struct node *node, struct variable *v)
{
    static const int64_t limits[2] = {1, 12};
    const struct field count = {v->kind == VARY_DIGITS ? "digits" : "words", decode_int, 0, true, "", limits};
    return decode_int(d, node, &count, &v->count);
}

static bool read_time_range(struct decoder *d, const struct node *node, struct variable *v)
{
    return read_range(d, node, v, parse_time, "2025-10-15T17:00:00Z .. 2025-10-16T05:00:00Z");
}

static bool read_duration_range(struct decoder *d, const struct node *node, struct variable *v)
{
    return read_range(d, node, v, duration_parse, "20s .. 55s");
}

static bool read_number_range(struct decoder *d, const struct node *node, struct variable *v)
{
    return read_range(d, node, v, parse_number, "1 .. 100");
}

static bool read_name(struct decoder *d, const struct node *node, struct variable *v)
{
    (void)v;
    if (node->kind == NODE_TEXT && text_same(node->text, "person"))
        return true;
    node_error(d->diags, node, "bad-name", "expected \"name: person\", a person's first name, got %s", got(d, node));
    return false;
}

static bool read_text(struct decoder *d, const struct node *node, struct variable *v)
{
    static const struct field text = {"text", decode_value, 0, true, "", NULL};
    return decode_value(d, node, &text, &v->text);
}

static const struct generator {
    const char *key;
    enum variable_kind kind;
    bool (*read)(struct decoder *, const struct node *, struct variable *);
} generators[] = {
    {"pick",     VARY_PICK,     read_pick          },
    {"ip",       VARY_IP,       read_net           },
    {"port",     VARY_PORT,     read_port          },
    {"time",     VARY_TIME,     read_time_range    },
    {"duration", VARY_DURATION, read_duration_range},
    {"digits",   VARY_DIGITS,   read_count         },
    {"words",    VARY_WORDS,    read_count         },
    {"name",     VARY_NAME,     read_name          },
    {"number",   VARY_NUMBER,   read_number_range  },
    {"text",     VARY_TEXT,     read_text          },
};

const char *variable_kind(size_t i)
{
    return i < COUNT(generators) ? generators[i].key : NULL;
}

static void unknown_generator(struct decoder *d, const struct node *key)
{
    const char *words[COUNT(generators) + 1] = {NULL};
    for (size_t i = 0; i < COUNT(generators); i++)
        words[i] = generators[i].key;
    const char *meant = text_meant(key->text, words);
    node_error(d->diags, key, "bad-variable",
               "a variable is drawn from pick, ip, port, time, duration, digits, words, name, number or text, "
               "not from \"%s\"%s%s%s",
               key->text, meant ? " (did you mean \"" : "", meant ? meant : "", meant ? "\"?)" : "");
}

static bool read_variable(struct decoder *d, const struct node *node, struct variable *v)
{
    if (node->kind != NODE_MAP || node->n != 1) {
        node_error(d->diags, node, "bad-variable",
                   "expected one thing that the variable is drawn from, such as \"digits: 4\", got %s",
                   node->kind == NODE_MAP ? arena_printf(d->arena, "%zu of them", node->n) : got(d, node));
        return false;
    }
    const struct pair *pair = &node->pairs[0];
    for (size_t i = 0; i < COUNT(generators); i++)
        if (text_same(generators[i].key, pair->key->text)) {
            v->kind = generators[i].kind;
            return generators[i].read(d, pair->value, v);
        }
    unknown_generator(d, pair->key);
    return false;
}

bool decode_variables(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct list *list = out;
    if (node->kind != NODE_MAP || node->n == 0) {
        node_error(d->diags, node, "wrong-kind", "expected variables under \"%s\", each with what it is drawn from",
                   field->key);
        return false;
    }
    struct variable *v = arena_alloc(d->arena, node->n * sizeof(*v));
    bool good = true;
    for (size_t i = 0; i < node->n; i++) {
        v[i].name = node->pairs[i].key->text;
        v[i].at = node->pairs[i].key->at;
        good &= read_variable(d, node->pairs[i].value, &v[i]);
    }
    *list = (struct list){v, node->n};
    return good;
}

/* ---- when a step happens ---- */

static bool only_one_time(struct decoder *d, const struct node *node, const struct step *step)
{
    if (step->when == STEP_FOLLOWS)
        return true;
    node_error(d->diags, node, "two-times", "a step has either \"at\" or \"after\", not both");
    return false;
}

bool decode_at(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct step *step = out;
    if (!only_one_time(d, node, step) || !decode_value(d, node, field, &step->at_time))
        return false;
    const char *text = step->at_time.text;
    int64_t ms;
    if (text[0] == '+' && duration_parse(text + 1, &step->offset_ms))
        step->when = STEP_AT_OFFSET;
    else if (strstr(text, "{{") || parse_time(text, &ms))
        step->when = STEP_AT;
    else {
        node_error(d->diags, node, "bad-time", "expected a time such as 2025-10-14T13:00:00Z, or +10m after the start, got %s",
                   got(d, node));
        return false;
    }
    return true;
}

bool decode_after(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct step *step = out;
    if (!only_one_time(d, node, step) || !decode_text(d, node, field, &step->after))
        return false;
    step->when = STEP_AFTER;
    return true;
}
