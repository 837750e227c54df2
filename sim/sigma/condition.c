/* SPDX-License-Identifier: MIT */
/*
 * "selection and not 1 of filter*": or binds least, then and, then not. Several conditions in a list are alternatives.
 */
#include "sim/sigma/rule.h"

#include <ctype.h>
#include <string.h>

struct reading {
    struct sigma_rule *rule;
    const struct node *node; /* for messages */
    struct diags *diags;
    const char *s; /* what is left */
    char word[80]; /* the next word; "" at the end */
    unsigned depth;
    bool failed;
};

static void fail(struct reading *r, const char *fmt, ...) PRINTF(2, 3);
static void fail(struct reading *r, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    if (!r->failed)
        node_error(r->diags, r->node, "bad-condition", "\"condition\": %s", str_text(&text));
    r->failed = true;
}

static bool of_a_word(char c)
{
    return isalnum((unsigned char)c) || strchr("_-.*", c);
}

static void next(struct reading *r)
{
    size_t n = 0;
    r->s += strspn(r->s, " \t\r\n");
    while (r->s[n] && of_a_word(r->s[n]))
        n++;
    if (!n && *r->s)
        n = 1;
    if (n >= sizeof(r->word)) {
        fail(r, "\"%.20s...\" is too long for a name", r->s);
        n = 0;
    }
    memcpy(r->word, r->s, n);
    r->word[n] = 0;
    r->s += n;
}

static bool is(const struct reading *r, const char *word)
{
    const char *s = r->word;
    while (*s && tolower((unsigned char)*s) == *word)
        s++, word++;
    return !*s && !*word;
}

static struct logic_node *make(struct reading *r, enum logic kind)
{
    struct logic_node *node = arena_alloc(&r->rule->arena, sizeof(*node));
    node->kind = kind;
    return node;
}

static void add_part(struct reading *r, struct logic_node *to, struct logic_node *part)
{
    if (to->n == to->cap) {
        to->cap = to->cap ? to->cap * 2 : 2;
        struct logic_node **more = arena_alloc(&r->rule->arena, to->cap * sizeof(struct logic_node *));
        if (to->n)
            memcpy(more, to->parts, to->n * sizeof(struct logic_node *));
        to->parts = more;
    }
    to->parts[to->n++] = part;
}

static struct logic_node *selection(struct reading *r, size_t i)
{
    struct logic_node *node = make(r, LOGIC_SELECTION);
    node->selection = i;
    return node;
}

/* 1 of selection*, all of them: the names that begin with an underscore are not of "them". */
static struct logic_node *read_of(struct reading *r, bool all)
{
    struct logic_node *node = make(r, all ? LOGIC_AND : LOGIC_OR);
    next(r);
    bool them = is(r, "them");
    if (!*r->word)
        fail(r, "expected \"them\" or a pattern such as selection* behind \"of\"");
    for (size_t i = 0; i < r->rule->n; i++) {
        const char *name = r->rule->selections[i].name;
        if (them ? name[0] != '_' : text_glob(r->word, name))
            add_part(r, node, selection(r, i));
    }
    if (!node->n && !r->failed)
        fail(r, "no selection is called \"%s\"", r->word);
    next(r);
    return node;
}

static struct logic_node *read_or(struct reading *);

static struct logic_node *read_name(struct reading *r)
{
    const char *names[MOST_SELECTIONS + 1] = {NULL};
    for (size_t i = 0; i < r->rule->n; i++) {
        names[i] = r->rule->selections[i].name;
        if (text_same(names[i], r->word)) {
            next(r);
            return selection(r, i);
        }
    }
    const char *meant = text_meant(r->word, names);
    if (text_same(r->word, "|"))
        fail(r, "aggregations behind \"|\" look at several events: a rule here judges each event by itself");
    else if (!*r->word)
        fail(r, "it ends where a selection is expected");
    else
        fail(r, "no selection is called \"%s\"%s%s%s", r->word, meant ? " (did you mean \"" : "", meant ? meant : "",
             meant ? "\"?)" : "");
    return make(r, LOGIC_OR);
}

static struct logic_node *read_primary(struct reading *r)
{
    if (is(r, "(")) {
        next(r);
        struct logic_node *inner = read_or(r);
        if (!is(r, ")"))
            fail(r, "a bracket is not closed");
        next(r);
        return inner;
    }
    bool all = is(r, "all");
    const char *behind = r->s + strspn(r->s, " \t\r\n");
    bool of = (behind[0] == 'o' || behind[0] == 'O') && (behind[1] == 'f' || behind[1] == 'F') && !of_a_word(behind[2]);
    if (of && (all || is(r, "1") || is(r, "any"))) {
        next(r);
        return read_of(r, all);
    }
    if (of)
        fail(r, "\"%s of\": expected \"1 of\" or \"all of\"", r->word);
    return read_name(r);
}

static struct logic_node *read_not(struct reading *r)
{
    struct logic_node *node = NULL;
    if (++r->depth > MOST_DEPTH) {
        fail(r, "it is nested deeper than %d", MOST_DEPTH);
        return make(r, LOGIC_OR);
    }
    if (is(r, "not")) {
        next(r);
        node = make(r, LOGIC_NOT);
        add_part(r, node, read_not(r));
    } else
        node = read_primary(r);
    r->depth--;
    return node;
}

/* One part or several with this word between them. */
static struct logic_node *read_row(struct reading *r, enum logic kind, const char *word,
                                   struct logic_node *(*part)(struct reading *))
{
    struct logic_node *node = make(r, kind);
    add_part(r, node, part(r));
    while (!r->failed && is(r, word)) {
        next(r);
        add_part(r, node, part(r));
    }
    return node;
}

static struct logic_node *read_and(struct reading *r)
{
    return read_row(r, LOGIC_AND, "and", read_not);
}

static struct logic_node *read_or(struct reading *r)
{
    return read_row(r, LOGIC_OR, "or", read_and);
}

static struct logic_node *read_one(struct sigma_rule *rule, const struct node *node, struct diags *diags)
{
    struct reading r = {.rule = rule, .node = node, .diags = diags};
    if (node->kind != NODE_TEXT || strlen(node->text) > 4096) {
        node_error(diags, node, "bad-condition", "\"condition\": expected a text such as \"selection and not filter\"");
        return NULL;
    }
    r.s = node->text;
    next(&r);
    struct logic_node *all = read_or(&r);
    if (!r.failed && *r.word)
        fail(&r, "\"%s\": expected \"and\", \"or\" or the end%s", r.word,
             text_same(r.word, "|") ? ": aggregations behind \"|\" look at several events" : "");
    return r.failed ? NULL : all;
}

struct logic_node *condition_read(struct sigma_rule *rule, const struct node *node, struct diags *diags)
{
    struct reading r = {.rule = rule};
    if (node->kind != NODE_LIST)
        return read_one(rule, node, diags);
    struct logic_node *any = make(&r, LOGIC_OR);
    for (size_t i = 0; i < node->n; i++) {
        struct logic_node *one = read_one(rule, node->items[i], diags);
        if (!one)
            return NULL;
        add_part(&r, any, one);
    }
    if (!any->n)
        node_error(diags, node, "bad-condition", "\"condition\": the list is empty");
    return any->n ? any : NULL;
}
