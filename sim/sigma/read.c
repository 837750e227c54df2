/* SPDX-License-Identifier: MIT */
/*
 * A rule's text to selections and a condition. What Sigma has and this does not is refused with its name: a rule that is
 * understood by halves would find something else than its author meant.
 */
#include "sim/sigma/rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct sigma_modifier sigma_modifiers[] = {
    {"contains",   "the value stands anywhere in the field"      },
    {"startswith", "the field begins with the value"             },
    {"endswith",   "the field ends with the value"               },
    {"all",        "all values of the list hold, not one of them"},
    {"cased",      "case counts"                                 },
    {"neq",        "the field is none of the values"             },
    {"re",         "a regular expression (PCRE); case counts"    },
    {"i",          "behind re: case does not count"              },
    {"m",          "behind re: ^ and $ match at lines"           },
    {"s",          "behind re: a dot matches line ends, too"     },
    {"cidr",       "the field is an address in the network"      },
    {"exists",     "true: the field is there; false: it is not"  },
    {"lt",         "a number less than the value"                },
    {"lte",        "at most the value"                           },
    {"gt",         "more than the value"                         },
    {"gte",        "at least the value"                          },
    {NULL,         NULL                                          }
};
enum modifier {
    M_CONTAINS,
    M_STARTSWITH,
    M_ENDSWITH,
    M_ALL,
    M_CASED,
    M_NEQ,
    M_RE,
    M_I,
    M_M,
    M_S,
    M_CIDR,
    M_EXISTS,
    M_LT,
    M_LTE,
    M_GT,
    M_GTE
};
#define BIT(m) (1u << (m))
#define OF_TEXT (BIT(M_CONTAINS) | BIT(M_STARTSWITH) | BIT(M_ENDSWITH) | BIT(M_CASED))
#define OF_REGEX (BIT(M_I) | BIT(M_M) | BIT(M_S))
#define OF_NUMBER (BIT(M_LT) | BIT(M_LTE) | BIT(M_GT) | BIT(M_GTE))

struct reading {
    struct sigma_rule *rule;
    struct diags *diags;
};

/* ---- field|modifier|modifier ---- */

static bool add_modifier(struct reading *r, const struct node *key, const char *name, unsigned *set)
{
    const char *names[COUNT(sigma_modifiers)] = {NULL};
    for (size_t i = 0; sigma_modifiers[i].name; i++) {
        names[i] = sigma_modifiers[i].name;
        if (text_same(names[i], name)) {
            *set |= 1u << i;
            return true;
        }
    }
    static const char *const others[] = {"base64",  "base64offset", "utf16",    "utf16le", "utf16be", "wide",
                                         "windash", "expand",       "fieldref", "minute",  "hour",    "day",
                                         "week",    "month",        "year",     NULL};
    const char *meant = text_meant(name, names);
    for (size_t i = 0; others[i]; i++)
        if (text_same(others[i], name)) {
            node_error(r->diags, key, "unsupported", "the modifier \"%s\" is Sigma's, but not supported here", name);
            return false;
        }
    node_error(r->diags, key, "unknown-modifier", "unknown modifier \"%s\"%s%s%s", name, meant ? " (did you mean \"" : "",
               meant ? meant : "", meant ? "\"?)" : "");
    return false;
}

/* Which go together: one way of comparing, and what refines it. */
static bool modifiers_agree(struct reading *r, const struct node *key, unsigned set)
{
    static const unsigned ways[] = {OF_TEXT,   BIT(M_RE),  BIT(M_CIDR), BIT(M_EXISTS),
                                    BIT(M_LT), BIT(M_LTE), BIT(M_GT),   BIT(M_GTE)};
    unsigned n = 0;
    for (size_t i = 0; i < COUNT(ways); i++)
        n += (set & ways[i]) != 0;
    const char *wrong = n > 1                                                    ? "compare in different ways"
                        : set & OF_REGEX && !(set & BIT(M_RE))                   ? "need \"re\""
                        : set & BIT(M_EXISTS) && set & (BIT(M_ALL) | BIT(M_NEQ)) ? "do not go together"
                        : set & BIT(M_NEQ) && set & BIT(M_ALL)                   ? "do not go together"
                                                                                 : NULL;
    if (wrong)
        node_error(r->diags, key, "bad-modifiers", "\"%s\": these modifiers %s", key->text, wrong);
    return !wrong;
}

static bool read_field(struct reading *r, const struct node *key, struct item *item, unsigned *set)
{
    char *rest = arena_dup(&r->rule->arena, key->text), *field = strsep(&rest, "|");
    bool good = true;
    *set = 0;
    for (char *name; rest && (name = strsep(&rest, "|"));)
        good &= add_modifier(r, key, name, set);
    item->field = *field ? field : NULL;
    item->all = *set & BIT(M_ALL);
    item->negated = *set & BIT(M_NEQ);
    return good && modifiers_agree(r, key, *set);
}

/* ---- values ---- */

static bool read_regex(struct reading *r, const struct node *node, unsigned set, struct matcher *m)
{
    AUTO(str_drop) struct str why = {0};
    unsigned flags =
        (set & BIT(M_I) ? REGEX_CASELESS : 0) | (set & BIT(M_M) ? REGEX_LINES : 0) | (set & BIT(M_S) ? REGEX_DOT_ALL : 0);
    m->compare = COMPARE_REGEX;
    if (r->rule->n_regexes == MOST_REGEXES) {
        node_error(r->diags, node, "too-many", "more than %d regular expressions", MOST_REGEXES);
        return false;
    }
    m->regex = regex_new(node->text, flags, &why);
    if (!m->regex) {
        node_error(r->diags, node, "bad-regex", "\"%s\" is no regular expression: %s", node->text, str_text(&why));
        return false;
    }
    r->rule->regexes[r->rule->n_regexes++] = m->regex;
    return true;
}

static bool read_number(struct reading *r, const struct node *node, unsigned set, struct matcher *m)
{
    char *end = NULL;
    m->compare = COMPARE_NUMBER;
    m->way = set & BIT(M_LT) ? NUMBER_LT : set & BIT(M_LTE) ? NUMBER_LTE : set & BIT(M_GT) ? NUMBER_GT : NUMBER_GTE;
    m->number = strtod(node->text, &end);
    if (end != node->text && !*end && isfinite(m->number))
        return true;
    node_error(r->diags, node, "bad-number", "expected a number, got \"%s\"", node->text);
    return false;
}

static bool read_net(struct reading *r, const struct node *node, struct matcher *m)
{
    m->compare = COMPARE_NET;
    if (cidr_parse(node->text, &m->net))
        return true;
    node_error(r->diags, node, "bad-cidr", "expected a network such as 192.0.2.0/24, got \"%s\"", node->text);
    return false;
}

static bool read_exists(struct reading *r, const struct node *node, struct matcher *m)
{
    m->compare = COMPARE_EXISTS;
    m->there = text_same(node->text, "true") || text_same(node->text, "yes");
    if (m->there || text_same(node->text, "false") || text_same(node->text, "no"))
        return true;
    node_error(r->diags, node, "wrong-value", "\"exists\": expected true or false, got \"%s\"", node->text);
    return false;
}

static bool read_value(struct reading *r, const struct node *node, const struct item *item, unsigned set, struct matcher *m)
{
    *m = (struct matcher){.compare = COMPARE_TEXT, .cased = set & BIT(M_CASED)};
    if (node->kind != NODE_TEXT) {
        node_error(r->diags, node, "wrong-kind", "expected a value, got a %s", node->kind == NODE_LIST ? "list" : "map");
        return false;
    }
    if (++r->rule->n_matchers > MOST_MATCHERS) {
        if (r->rule->n_matchers == MOST_MATCHERS + 1)
            node_error(r->diags, node, "too-many", "more than %d values in one rule", MOST_MATCHERS);
        return false;
    }
    if (node_is_null(node)) {
        m->compare = COMPARE_NULL;
        if (item->field && !(set & ~(BIT(M_NEQ) | BIT(M_ALL))))
            return true;
        node_error(r->diags, node, "wrong-value",
                   "null asks for a field that is not there: no keyword, and no modifier beside it");
        return false;
    }
    if (set & BIT(M_RE))
        return read_regex(r, node, set, m);
    if (set & OF_NUMBER)
        return read_number(r, node, set, m);
    if (set & BIT(M_CIDR))
        return read_net(r, node, m);
    if (set & BIT(M_EXISTS))
        return read_exists(r, node, m);
    bool anywhere = set & BIT(M_CONTAINS) || !item->field;
    m->wild = wild_read(&r->rule->arena, node->text, anywhere || set & BIT(M_ENDSWITH), anywhere || set & BIT(M_STARTSWITH));
    return true;
}

static bool read_item(struct reading *r, const struct node *key, const struct node *value, struct item *item)
{
    unsigned set = 0;
    size_t n = value->kind == NODE_LIST ? value->n : 1;
    *item = (struct item){0};
    if (!read_field(r, key, item, &set))
        return false;
    if (!n) {
        node_error(r->diags, value, "empty", "\"%s\": the list is empty", key->text);
        return false;
    }
    item->matchers = arena_alloc(&r->rule->arena, n * sizeof(*item->matchers));
    bool good = true;
    for (size_t i = 0; i < n; i++)
        good &= read_value(r, value->kind == NODE_LIST ? value->items[i] : value, item, set, &item->matchers[item->n++]);
    return good;
}

/* ---- selections ---- */

static bool read_map(struct reading *r, const struct node *node, struct map *map)
{
    map->items = arena_alloc(&r->rule->arena, (node->n + 1) * sizeof(*map->items));
    bool good = true;
    if (!node->n)
        node_error(r->diags, node, "empty", "a selection without a field finds everything: expected \"field: value\"");
    for (size_t i = 0; i < node->n; i++)
        good &= read_item(r, node->pairs[i].key, node->pairs[i].value, &map->items[map->n++]);
    return good && node->n;
}

static bool read_keyword(struct reading *r, const struct node *node, struct map *map)
{
    struct item *item = arena_alloc(&r->rule->arena, sizeof(*item));
    item->matchers = arena_alloc(&r->rule->arena, sizeof(*item->matchers));
    item->n = 1;
    *map = (struct map){item, 1};
    if (node->kind == NODE_TEXT && node->text[strspn(node->text, "*? ")] == 0) {
        node_error(r->diags, node, "empty", "a keyword that stands in every record finds everything");
        return false;
    }
    return read_value(r, node, item, 0, &item->matchers[0]);
}

static bool read_selection(struct reading *r, const char *name, const struct node *node, struct selection *s)
{
    *s = (struct selection){.name = name};
    size_t n = node->kind == NODE_LIST ? node->n : 1;
    s->maps = arena_alloc(&r->rule->arena, (n + 1) * sizeof(*s->maps));
    bool good = true;
    if (!n || (node->kind == NODE_TEXT && node_is_null(node))) {
        node_error(r->diags, node, "empty", "\"%s\": the selection is empty", name);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const struct node *one = node->kind == NODE_LIST ? node->items[i] : node;
        good &= one->kind == NODE_MAP ? read_map(r, one, &s->maps[s->n]) : read_keyword(r, one, &s->maps[s->n]);
        s->n++;
    }
    return good;
}

static bool read_detection(struct reading *r, const struct node *detection)
{
    struct sigma_rule *rule = r->rule;
    const struct node *condition = node_get(detection, "condition");
    rule->selections = arena_alloc(&rule->arena, (detection->n + 1) * sizeof(*rule->selections));
    bool good = true;
    for (size_t i = 0; i < detection->n; i++) {
        const struct node *key = detection->pairs[i].key;
        if (text_same(key->text, "condition"))
            continue;
        if (text_same(key->text, "timeframe")) {
            node_error(r->diags, key, "unsupported",
                       "\"timeframe\" looks at several events: a rule here judges each by itself");
            good = false;
        } else if (rule->n == MOST_SELECTIONS) {
            node_error(r->diags, key, "too-many", "more than %d selections", MOST_SELECTIONS);
            return false;
        } else
            good &=
                read_selection(r, arena_dup(&rule->arena, key->text), detection->pairs[i].value, &rule->selections[rule->n++]);
    }
    if (!rule->n)
        node_error(r->diags, detection, "empty", "\"detection\": expected a selection and a \"condition\"");
    if (!condition)
        node_error(r->diags, detection, "missing-key", "missing key \"condition\" in \"detection\"");
    if (!good || !condition || !rule->n)
        return false;
    rule->condition = condition_read(rule, condition, r->diags);
    return rule->condition;
}

/* ---- the rule ---- */

static bool read_logsource(struct reading *r, const struct node *source)
{
    static const char *const expected[][2] = {
        {"product", "aws"       },
        {"service", "cloudtrail"}
    };
    for (size_t i = 0; i < COUNT(expected); i++) {
        const struct node *value = node_get(source, expected[i][0]);
        if (value && value->kind == NODE_TEXT && text_same(value->text, expected[i][1]))
            continue;
        node_error(r->diags, value ? value : source, "wrong-logsource", "\"logsource\": expected %s: %s", expected[i][0],
                   expected[i][1]);
        return false;
    }
    return true;
}

static const struct node *part(struct reading *r, const struct node *top, const char *key, enum node_kind kind)
{
    const struct node *node = node_get(top, key);
    if (!node)
        node_error(r->diags, top, "missing-key", "missing key \"%s\" in a rule", key);
    else if (node->kind != kind)
        node_error(r->diags, node, "wrong-kind", "\"%s\": expected a %s", key, kind == NODE_MAP ? "map" : "text");
    return node && node->kind == kind ? node : NULL;
}

static bool read_rule(struct reading *r, const struct node *top)
{
    static const char *const others[] = {"action", "correlation", "filter"};
    if (top->kind != NODE_MAP) {
        node_error(r->diags, top, "wrong-kind", "expected a rule: title, logsource and detection");
        return false;
    }
    for (size_t i = 0; i < COUNT(others); i++)
        if (node_get(top, others[i])) {
            node_error(r->diags, node_get(top, others[i]), "unsupported", "\"%s\": only plain rules are supported here",
                       others[i]);
            return false;
        }
    const struct node *title = part(r, top, "title", NODE_TEXT), *source = part(r, top, "logsource", NODE_MAP),
                      *detection = part(r, top, "detection", NODE_MAP);
    bool good = source && read_logsource(r, source);
    return detection && read_detection(r, detection) && good && title;
}

struct sigma_rule *sigma_read(const char *text, size_t n, struct diags *diags)
{
    return sigma_read_file("rule", text, n, diags);
}

struct sigma_rule *sigma_read_file(const char *file, const char *text, size_t n, struct diags *diags)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct sigma_rule *rule = xcalloc(1, sizeof(*rule));
    struct reading r = {rule, diags};
    size_t before = diags->n_errors;
    if (n > SIGMA_MAX_BYTES)
        diag_error(diags, (struct src_pos){file, 0, 0}, 1, "too-big", "%zu bytes are no rule: at most %u", n, SIGMA_MAX_BYTES);
    const struct node *top = n <= SIGMA_MAX_BYTES ? yaml_read(&arena, file, text, n, diags) : NULL;
    if (!top && diags->n_errors == before)
        diag_error(diags, (struct src_pos){file, 1, 1}, 1, "empty", "expected a rule: title, logsource and detection");
    if (!top || !read_rule(&r, top) || diags->n_errors > before)
        sigma_free(&rule);
    return rule;
}

void sigma_free(struct sigma_rule **rule)
{
    if (!*rule)
        return;
    for (size_t i = 0; i < (*rule)->n_regexes; i++)
        regex_free((*rule)->regexes[i]);
    arena_drop(&(*rule)->arena);
    free(*rule);
    *rule = NULL;
}
