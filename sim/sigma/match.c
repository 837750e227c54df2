/* SPDX-License-Identifier: MIT */
/*
 * A rule over a log. What a matcher says to a value is remembered, since most values occur in many records. A selection is
 * asked only when the condition needs it.
 */
#include "sim/sigma/rule.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEFAULT_CPU_MS = 5000, CLOCK_EVERY = 32 };
enum said { SAID_NOTHING, SAID_NO, SAID_YES };

/* Items and matchers by number: they are counted in the order of the rule. */
struct place {
    size_t item, matcher;
};

struct run {
    const struct sigma_rule *rule;
    const struct sigma_log *log;
    const struct record *record;
    unsigned char **said;    /* by matcher, by value; made when they are first needed */
    size_t *paths;           /* by item: the number of its field; SIZE_MAX = no record has it */
    struct place *places;    /* by selection: of its first item */
    unsigned char *selected; /* of this record, by selection: enum said */
    int64_t until_us;
    unsigned asked;
    const char *stopped; /* why */
};

static struct place place_of(const struct sigma_rule *rule, size_t selection)
{
    struct place p = {0, 0};
    for (size_t i = 0; i < selection; i++)
        for (size_t j = 0; j < rule->selections[i].n; j++)
            for (size_t k = 0; k < rule->selections[i].maps[j].n; k++) {
                p.item++;
                p.matcher += rule->selections[i].maps[j].items[k].n;
            }
    return p;
}

static void look_at_clock(struct run *r)
{
    if (++r->asked % CLOCK_EVERY == 0 && clock_cpu_us() > r->until_us)
        r->stopped = "the rule takes too long";
}

static bool says_yes(struct run *r, const struct matcher *m, size_t number, uint32_t value)
{
    if (!r->said[number])
        r->said[number] = xcalloc(r->log->values.n, 1);
    unsigned char *said = &r->said[number][value];
    if (*said)
        return *said == SAID_YES;
    look_at_clock(r);
    int matches = r->stopped ? 0 : matcher_matches(m, &r->log->values.list[value]);
    if (matches < 0)
        r->stopped = "a regular expression of the rule takes too long";
    *said = matches > 0 ? SAID_YES : SAID_NO;
    return matches > 0;
}

/* Does one value of the rule hold for one field of the record? */
static bool matcher_holds(struct run *r, const struct item *item, size_t path, const struct matcher *m, size_t number)
{
    const struct entry *entry = r->log->entries + r->record->first;
    bool there = false, all_null = true, found = false;
    for (size_t i = 0; i < r->record->n && !found; i++) {
        enum value_kind kind = r->log->values.list[entry[i].value].kind;
        if (item->field ? entry[i].path != path : kind == VALUE_OBJECT || kind == VALUE_LIST)
            continue;
        there = true;
        all_null = all_null && kind == VALUE_NULL;
        found = m->compare != COMPARE_NULL && m->compare != COMPARE_EXISTS && says_yes(r, m, number, entry[i].value);
    }
    if (m->compare == COMPARE_EXISTS)
        return there == m->there;
    return m->compare == COMPARE_NULL ? all_null : found;
}

static bool item_holds(struct run *r, const struct item *item, struct place at)
{
    bool holds = item->all;
    for (size_t i = 0; i < item->n && holds == item->all; i++)
        holds = matcher_holds(r, item, r->paths[at.item], &item->matchers[i], at.matcher + i);
    return holds != item->negated;
}

static bool selection_holds(struct run *r, size_t number)
{
    const struct selection *s = &r->rule->selections[number];
    if (r->selected[number])
        return r->selected[number] == SAID_YES;
    struct place at = r->places[number];
    bool any = false;
    for (size_t i = 0; i < s->n && !any; i++) {
        bool all = true;
        for (size_t j = 0; j < s->maps[i].n; j++) {
            const struct item *item = &s->maps[i].items[j];
            all = all && item_holds(r, item, at);
            at.item++;
            at.matcher += item->n;
        }
        any = all;
    }
    r->selected[number] = any ? SAID_YES : SAID_NO;
    return any;
}

static bool condition_holds(struct run *r, const struct logic_node *node)
{
    if (node->kind == LOGIC_SELECTION)
        return selection_holds(r, node->selection);
    if (node->kind == LOGIC_NOT)
        return !condition_holds(r, node->parts[0]);
    bool all = node->kind == LOGIC_AND, holds = all;
    for (size_t i = 0; i < node->n && holds == all; i++)
        holds = condition_holds(r, node->parts[i]);
    return holds;
}

/* Calls `each` for every item of the rule until it says false. */
static void each_item(const struct sigma_rule *rule, bool (*each)(void *, const struct item *), void *context)
{
    for (size_t i = 0; i < rule->n; i++)
        for (size_t j = 0; j < rule->selections[i].n; j++)
            for (size_t k = 0; k < rule->selections[i].maps[j].n; k++)
                if (!each(context, &rule->selections[i].maps[j].items[k]))
                    return;
}

struct numbering {
    struct run *run;
    size_t n;
};

static bool number_path(void *context, const struct item *item)
{
    struct numbering *n = context;
    n->run->paths[n->n++] = item->field ? log_path(n->run->log, item->field) : SIZE_MAX;
    return true;
}

bool sigma_run(const struct sigma_rule *rule, const struct sigma_log *log, int64_t cpu_ms, bool *hits, struct err *e)
{
    struct place all = place_of(rule, rule->n);
    struct run r = {.rule = rule,
                    .log = log,
                    .said = xcalloc(all.matcher + 1, sizeof(*r.said)),
                    .paths = xcalloc(all.item + 1, sizeof(*r.paths)),
                    .places = xcalloc(rule->n + 1, sizeof(*r.places)),
                    .selected = xcalloc(rule->n + 1, 1),
                    .until_us = clock_cpu_us() + (cpu_ms ? cpu_ms : DEFAULT_CPU_MS) * 1000};
    struct numbering numbering = {&r, 0};
    each_item(rule, number_path, &numbering);
    for (size_t i = 0; i < rule->n; i++)
        r.places[i] = place_of(rule, i);
    for (size_t i = 0; i < log->n && !r.stopped; i++) {
        look_at_clock(&r);
        memset(r.selected, 0, rule->n);
        r.record = &log->records[i];
        hits[i] = condition_holds(&r, rule->condition);
    }
    for (size_t i = 0; i < all.matcher; i++)
        free(r.said[i]);
    free(r.said);
    free(r.paths);
    free(r.places);
    free(r.selected);
    return !r.stopped || err_set(e, "%s", r.stopped);
}

/* ---- fields that no record has ---- */

struct asking {
    const struct sigma_log *log;
    const char *unknown;
};

static bool ask_field(void *context, const struct item *item)
{
    struct asking *a = context;
    bool absent = item->n == 1 && (item->matchers[0].compare == COMPARE_NULL ||
                                   (item->matchers[0].compare == COMPARE_EXISTS && !item->matchers[0].there));
    if (item->field && !absent && log_path(a->log, item->field) == SIZE_MAX)
        a->unknown = item->field;
    return !a->unknown;
}

const char *sigma_unknown_field(const struct sigma_rule *rule, const struct sigma_log *log, const char **meant)
{
    struct asking asking = {log, NULL};
    size_t nearest = 3;
    *meant = NULL;
    each_item(rule, ask_field, &asking);
    for (size_t i = 0; asking.unknown && i < log->paths.n; i++) {
        const char *path = log->paths.list[i].s;
        size_t distance = !strcasecmp(path, asking.unknown) ? 0 : text_distance(path, asking.unknown);
        if (*path && distance < nearest) {
            nearest = distance;
            *meant = path;
        }
    }
    return asking.unknown;
}
