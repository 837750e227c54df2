/* SPDX-License-Identifier: MIT */
/* The class's rules in class.json. What is misspelt is an error: a rule that is not applied is worse. */
#include "grader/batch/columns.h"
#include "grader/batch/standing.h"

#include <string.h>

/* Numbers in quotes are numbers to YAML and texts to JSON. */
static bool decode_number(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    if (!node->quoted)
        return decode_int(d, node, field, out);
    node_error(d->diags, node, "wrong-kind", "\"%s\": expected a number without quotes", field->key);
    return false;
}

static const int64_t per_cent[] = {0, 100}, how_many[] = {0, 1000};

static const struct field step_fields[] = {
    {"after",   decode_duration, offsetof(struct late_step, after_ms), true, "how long after the deadline",      NULL    },
    {"percent", decode_number,   offsetof(struct late_step, percent),  true, "what a score is worth from there", per_cent},
};
static const struct fields step_table = FIELDS("a step of \"late\"", step_fields, struct late_step);

static bool decode_steps(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct late_steps *steps = out;
    struct list list = {0};
    if (node->kind == NODE_LIST && node->n > LATE_STEPS) {
        node_error(d->diags, node, "too-many", "\"late\": expected %d steps at most, got %zu", LATE_STEPS, node->n);
        return false;
    }
    if (!decode_list(d, node, field, &list))
        return false;
    const struct late_step *read = list.items;
    bool good = true;
    for (size_t i = 0; i < list.n; i++) {
        steps->list[steps->n++] = read[i];
        if (!i || read[i].after_ms > read[i - 1].after_ms)
            continue;
        node_error(d->diags, node_get(node->items[i], "after"), "out-of-order",
                   "\"after\": steps must come in order, each later than the one before");
        good = false;
    }
    return good;
}

static const char *const keeps[] = {[KEEP_BEST] = "best", [KEEP_LAST] = "last", NULL};
static const struct field fields[] = {
    {"attempts", decode_number, offsetof(struct class_rules, attempts),    false, "how many count",          how_many   },
    {"penalty",  decode_number, offsetof(struct class_rules, penalty),     false, "for each attempt before", per_cent   },
    {"keep",     decode_choice, offsetof(struct class_rules, keep),        false, "the best or the last",    keeps      },
    {"deadline", decode_time,   offsetof(struct class_rules, deadline_ms), false, "when it is due",          NULL       },
    {"late",     decode_steps,  offsetof(struct class_rules, late),        false, "what it is worth later",  &step_table},
};
static const struct fields table = FIELDS("\"grading\"", fields, struct class_rules);

static size_t place_of(const json_t *object, const char *name)
{
    size_t n = 0;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        if (text_same(key, name))
            break;
        n++;
    }
    return n;
}

/* Of JSON that is good: where the value of the nth key begins and ends. */
static void find_value(const char *s, size_t nth, const char **begin, const char **end)
{
    size_t depth = 0, commas = 0;
    for (*begin = *end = NULL; !*end; s++) {
        if (*s == '"')
            for (s++; *s != '"'; s++)
                s += *s == '\\';
        depth += *s == '{' || *s == '[';
        depth -= *s == '}' || *s == ']';
        if (depth == 1 && *s == ':' && commas == nth)
            *begin = s + 1;
        if ((depth == 1 && *s == ',') || !depth)
            *end = *begin ? s : NULL, commas++;
    }
}

/* class.json with all else blank: other people's keys may hold what JSON allows and YAML does not. */
static void add_alone(struct str *out, const struct class *c, const char *key)
{
    const char *begin, *end;
    find_value(c->written, place_of(c->settings, key), &begin, &end);
    for (const char *s = c->written; *s; s++) {
        bool kept = (s >= begin && s < end) || *s == '\n';
        if (kept || ((unsigned char)*s & 0xc0) != 0x80) /* columns count characters */
            str_addc(out, (char)(kept ? *s : ' '));
    }
}

bool rules_read(struct class *c, struct class_rules *rules, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    const char *path = class_path(&arena, c, "class.json");
    size_t known = c->told.n_errors;
    *rules = (struct class_rules){0};
    if (!json_object_get(c->settings, "grading"))
        return true;
    add_alone(&text, c, "grading");
    const struct node *node = yaml_read(&arena, path, str_text(&text), text.len, &c->told);
    diag_source(&c->told, path, c->written, strlen(c->written));
    if (node)
        decode_map(&(struct decoder){&arena, &c->told, NULL}, node, &table, rules);
    return none_wrong(c->told.n_errors - known, path, e);
}
