/* SPDX-License-Identifier: MIT */
/*
 * The walk through a query's tokens. range() goes from token to token; what needs more than a look (a select list, a
 * table's name, a call, a cast) has a function of its own, which walks its parts by range() again.
 */
#include "sim/athena/rewrite.h"

#include "sim/athena/rewriter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_DEPTH 200

bool one_of(const struct rewriter *r, size_t i, const char *const *words)
{
    for (; *words; words++)
        if (token_is(r->t, i, *words))
            return true;
    return false;
}

bool refuse(struct rewriter *r, size_t i, const char *expected)
{
    return token_mismatch(r->t, i, expected, r->e);
}

bool fail_at(struct rewriter *r, size_t i, const char *code, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    const struct token *token = token_at(r->t, i);
    return err_set(r->e, "%s: line %u:%u: %s", code, token->line, token->col, str_text(&text));
}

/* ---- writing ---- */

static void mark_place(struct rewriter *r, size_t i)
{
    *GROW(r->to->places, r->to->n_places, r->to->cap_places) = (struct place){r->to->text.len, i};
}

void put_text(struct rewriter *r, size_t i, const char *text)
{
    str_addc(&r->to->text, ' ');
    mark_place(r, i);
    str_add(&r->to->text, text);
}

void put(struct rewriter *r, size_t i)
{
    const struct token *token = token_at(r->t, i);
    str_addc(&r->to->text, ' ');
    mark_place(r, i);
    str_addn(&r->to->text, r->t->sql + token->at, token->len);
}

void put_macro(struct rewriter *r, size_t i, const char *name)
{
    put_text(r, i, "athena_");
    str_add(&r->to->text, name);
    r->to->uses[function_number(function_find(name))] = true;
}

void put_name(struct rewriter *r, size_t i, const char *name)
{
    put_text(r, i, "\"");
    for (; *name; name++)
        str_add(&r->to->text, (char[]){*name, *name == '"' ? '"' : 0, 0});
    str_addc(&r->to->text, '"');
}

/* ---- looking ---- */

/* A keyword that begins no clause: x.group, WITHIN GROUP, IS [NOT] DISTINCT FROM. */
static bool is_other_use(const struct rewriter *r, size_t i)
{
    if (!i)
        return false;
    if (token_is(r->t, i, "from") && token_is(r->t, i - 1, "distinct"))
        return i > 1 && (token_is(r->t, i - 2, "is") || token_is(r->t, i - 2, "not"));
    return token_is(r->t, i - 1, ".") || (token_is(r->t, i, "group") && token_is(r->t, i - 1, "within"));
}

/* The first token in i..to, outside brackets, that is one of the words; `to` if none is. */
size_t find_word(const struct rewriter *r, size_t i, size_t to, const char *const *words)
{
    for (; i < to; i++) {
        if (token_is(r->t, i, "(") || token_is(r->t, i, "[")) {
            size_t close = token_close(r->t, i);
            i = close < to ? close : to;
        } else if (one_of(r, i, words) && !is_other_use(r, i))
            return i;
    }
    return to;
}

static const char *const list_ends[] = {"from",  "where", "group",     "having", "order",  "limit", "offset",
                                        "fetch", "union", "intersect", "except", "window", NULL};
static const char *const comma[] = {",", NULL};

/* ---- select lists ---- */

/* a, a.b, "a".b: names and dots only. */
static bool is_chain(const struct rewriter *r, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if ((i - from) % 2 ? !token_is(r->t, i, ".") : !token_is_name(r->t, i))
            return false;
    return (to - from) % 2;
}

static const char *const constants[] = {"null",           "true",         "false", "current_date", "current_timestamp",
                                        "localtimestamp", "current_time", "end",   "current_user", NULL};
static const char *const no_ends[] = {"is",   "not",  "and",  "or",   "like",     "in",       "between", "escape", "from",
                                      "then", "else", "when", "case", "distinct", "interval", "zone",    NULL};

/* Whether the item's last token is an alias without AS: a name right behind the end of an expression. */
static bool has_bare_alias(const struct rewriter *r, size_t from, size_t to)
{
    if (to - from < 2 || !token_is_name(r->t, to - 1) || one_of(r, to - 1, constants))
        return false;
    const struct token *before = token_at(r->t, to - 2);
    if (before->kind == TOKEN_TEXT && to - from > 2 && token_is(r->t, to - 3, "interval"))
        return false;
    return before->kind == TOKEN_TEXT || before->kind == TOKEN_NUMBER || before->kind == TOKEN_QUOTED ||
           token_is(r->t, to - 2, ")") || token_is(r->t, to - 2, "]") ||
           (before->kind == TOKEN_WORD && !one_of(r, to - 2, no_ends));
}

static void add_output(struct rewriter *r, const char *name)
{
    *GROW(r->to->outputs, r->to->n_outputs, r->to->cap_outputs) = (struct output){name};
}

static bool star(struct rewriter *r, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        put(r, i);
    if (r->to->uses_path)
        put_text(r, from, "NOT LIKE '$path'");
    return true;
}

/* One item; *nth: its number, or -1 behind a star. */
static bool item(struct rewriter *r, size_t from, size_t to, bool named, int *nth, const char **ret_alias)
{
    if (from == to)
        return refuse(r, to, NULL);
    bool is_star =
        token_is(r->t, to - 1, "*") && (to - from == 1 || (token_is(r->t, to - 2, ".") && is_chain(r, from, to - 2)));
    bool with_as = to - from > 2 && token_is(r->t, to - 2, "as");
    bool alias = with_as || has_bare_alias(r, from, to);
    size_t first = from, last = to; /* (eventname) is named as eventname is */
    while (token_is(r->t, first, "(") && token_close(r->t, first) + 1 == last) {
        first++;
        last--;
    }
    bool chain = !alias && is_chain(r, first, last) && !one_of(r, first, constants);
    const char *name = is_star ? "*"
                       : alias ? token_text(r->t, to - 1, &r->to->arena)
                       : chain ? token_text(r->t, last - 1, &r->to->arena)
                               : NULL;
    *ret_alias = alias ? name : NULL;
    if (named)
        add_output(r, name);
    if (is_star) {
        *nth = -1;
        return star(r, from, to);
    }
    if (with_as && !token_is_name(r->t, to - 1))
        return refuse(r, to - 1, "<identifier>");
    if (!range(r, from, alias ? to - 1 - with_as : to))
        return false;
    AUTO(str_drop) struct str number = {0};
    str_addf(&number, "_col%d", *nth);
    if (alias || (!chain && *nth >= 0)) {
        put_text(r, to - 1, "AS");
        put_name(r, to - 1, alias ? name : str_text(&number));
    }
    *nth += *nth >= 0;
    return true;
}

static size_t select_list(struct rewriter *r, size_t i, size_t to)
{
    bool named = r->depth == 0 && !r->to->n_outputs;
    put(r, i++);
    if (token_is(r->t, i, "distinct") || token_is(r->t, i, "all"))
        put(r, i++);
    size_t end = find_word(r, i, to, list_ends);
    if (token_is(r->t, i, "on") || i == end)
        return refuse(r, i, NULL), SIZE_MAX;
    size_t n_aliases = 0;
    const char **aliases = arena_alloc(&r->to->arena, (end - i) * sizeof(*aliases));
    for (int nth = 0; i < end;) {
        size_t stop = find_word(r, i, end, comma);
        if (!item(r, i, stop, named, &nth, &aliases[n_aliases]))
            return SIZE_MAX;
        n_aliases += aliases[n_aliases] && !text_same(aliases[n_aliases], "");
        if (stop < end) {
            put(r, stop);
            if (stop + 1 == end)
                return refuse(r, end, NULL), SIZE_MAX;
        }
        i = stop + (stop < end);
    }
    if (!strict_aliases(r, end, to, aliases, n_aliases))
        return SIZE_MAX;
    r->list_end = end;
    return end;
}

/* ---- brackets, words, marks ---- */

/* A bracket that nothing closes: what is wrong is the clause that begins within, if one does. */
bool refuse_open(struct rewriter *r, size_t i, size_t to)
{
    size_t at = token_is(r->t, i + 1, "select") ? to : find_word(r, i + 1, to, list_ends);
    return refuse(r, at < to ? at : r->t->n - 1, "')', ','");
}

size_t brackets(struct rewriter *r, size_t i, size_t to)
{
    size_t close = token_close(r->t, i);
    if (close >= to)
        return refuse_open(r, i, to), SIZE_MAX;
    if (++r->depth > MAX_DEPTH)
        return fail_at(r, i, "SYNTAX_ERROR", "the query is nested too deep"), SIZE_MAX;
    put(r, i);
    if (!range(r, i + 1, close))
        return SIZE_MAX;
    put(r, close);
    r->depth--;
    return close + 1;
}

/* Where the operand that begins at `i` ends: what binds closer than * and /. */
static size_t operand_end(const struct rewriter *r, size_t i, size_t to)
{
    while (i < to && (token_is(r->t, i, "+") || token_is(r->t, i, "-")))
        i++;
    if (token_is(r->t, i, "case")) {
        for (size_t depth = 0; i < to; i++) {
            depth += token_is(r->t, i, "case");
            if (token_is(r->t, i, "end") && --depth == 0)
                break;
        }
    } else if (token_is(r->t, i, "(") || token_is(r->t, i, "["))
        i = token_close(r->t, i);
    i++;
    for (; i < to; i++) {
        bool behind =
            token_is(r->t, i + 1, "(") && (token_is(r->t, i, "over") || token_is(r->t, i, "filter")); /* sum(x) OVER (..) */
        if (token_is(r->t, i, "(") || token_is(r->t, i, "["))
            i = token_close(r->t, i);
        else if ((token_is(r->t, i, ".") && token_is_name(r->t, i + 1)) || behind)
            i++;
        else if (token_at(r->t, i)->kind != TOKEN_TEXT)
            break;
        if (behind)
            i = token_close(r->t, i);
    }
    return i < to ? i : to;
}

/* a / b: an error when b is 0, as with Trino. */
static size_t division(struct rewriter *r, size_t i, size_t to)
{
    size_t end = operand_end(r, i + 1, to);
    put(r, i);
    if (end <= i + 1 || token_at(r->t, i + 1)->kind == TOKEN_MARK)
        if (!token_is(r->t, i + 1, "(") && !token_is(r->t, i + 1, "-") && !token_is(r->t, i + 1, "+"))
            return refuse(r, i + 1, NULL), SIZE_MAX;
    put_macro(r, i + 1, "divisor");
    put_text(r, i + 1, "(");
    if (!range(r, i + 1, end))
        return SIZE_MAX;
    put_text(r, end - 1, ")");
    return end;
}

/* Words that are calls of now(): what stands before and behind it. */
static const struct {
    const char *word, *before, *behind;
} moments[] = {
    {"current_timestamp", "",      "()"                            },
    {"current_date",      "CAST(", "() AT TIME ZONE 'UTC' AS DATE)"},
    {"localtimestamp",    "(",     "() AT TIME ZONE 'UTC')"        },
};

/* current_timestamp, current_timestamp(3) */
static size_t moment(struct rewriter *r, size_t i)
{
    for (size_t m = 0; m < COUNT(moments); m++)
        if (token_is(r->t, i, moments[m].word)) {
            put_text(r, i, moments[m].before);
            put_macro(r, i, "now");
            put_text(r, i, moments[m].behind);
            bool precise =
                token_is(r->t, i + 1, "(") && token_at(r->t, i + 2)->kind == TOKEN_NUMBER && token_is(r->t, i + 3, ")");
            return precise ? i + 4 : i + 1;
        }
    return i;
}

/* TIMESTAMP '2025-10-15 17:20:33 UTC' has a zone, and then another type. */
static size_t timestamp_text(struct rewriter *r, size_t i)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *text = token_text(r->t, i + 1, &arena), *time = strchr(text, ':');
    bool zoned = time && strpbrk(time, "+-ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    put_text(r, i, zoned ? "TIMESTAMPTZ" : "TIMESTAMP");
    put(r, i + 1);
    return i + 2;
}

static size_t alias(struct rewriter *r, size_t i)
{
    AUTO(arena_drop) struct arena arena = {0};
    put(r, i);
    if (token_is(r->t, i + 1, "("))
        return i + 1; /* WITH x AS (...) */
    if (!token_is_name(r->t, i + 1))
        return refuse(r, i + 1, "<identifier>"), SIZE_MAX;
    put_name(r, i + 1, token_text(r->t, i + 1, &arena));
    return token_is(r->t, i + 2, "(") ? names(r, i + 2) : i + 2;
}

/* (a, b): names of columns. Gives what comes behind. */
size_t names(struct rewriter *r, size_t i)
{
    size_t close = token_close(r->t, i);
    for (size_t n = i + 1; n < close; n++)
        if ((n - i) % 2 ? !token_is_name(r->t, n) : !token_is(r->t, n, ","))
            return refuse(r, n, "<identifier>"), SIZE_MAX;
    if (!token_is(r->t, close, ")"))
        return refuse(r, close, "')'"), SIZE_MAX;
    for (; i <= close; i++)
        put(r, i);
    return close + 1;
}

static const char *const no_calls[] = {
    "in",       "exists", "and",   "or",     "not",       "over",   "as",        "values", "from",   "join",   "on",
    "where",    "using",  "by",    "any",    "all",       "some",   "case",      "when",   "then",   "else",   "select",
    "distinct", "having", "union", "except", "intersect", "filter", "group",     "sets",   "rollup", "cube",   "between",
    "like",     "is",     "limit", "offset", "lateral",   "order",  "partition", "with",   "array",  "escape", NULL};

/* name(a, b) AS ( .. ) in WITH */
static bool is_named_query(const struct rewriter *r, size_t i)
{
    size_t close = token_close(r->t, i + 1);
    return i && (token_is(r->t, i - 1, "with") || token_is(r->t, i - 1, ",") || token_is(r->t, i - 1, "recursive")) &&
           token_is(r->t, close + 1, "as") && token_is(r->t, close + 2, "(");
}

/* VALUES 1, 2 is short for VALUES (1), (2). */
static size_t values(struct rewriter *r, size_t i, size_t to)
{
    put(r, i++);
    for (size_t end = find_word(r, i, to, list_ends); i < end;) {
        size_t stop = find_word(r, i, end, comma);
        bool bare = !token_is(r->t, i, "(") || token_close(r->t, i) + 1 != stop;
        put_text(r, i, bare ? "(" : "");
        if (stop == i)
            return refuse(r, i, NULL), SIZE_MAX;
        if (!range(r, i, stop))
            return SIZE_MAX;
        put_text(r, stop - 1, bare ? ")" : "");
        if (stop < end)
            put(r, stop);
        i = stop + (stop < end);
    }
    return i;
}

/* Names for Trino, keywords for DuckDB: quoted they are names there, too, and nothing of DuckDB's own comes of them. */
static const char *const plain_names[] = {
    "analyse",   "analyze",   "anti",       "asof",       "asymmetric", "at",       "authorization", "binary",  "check",
    "collate",   "column",    "default",    "deferrable", "do",         "foreign",  "freeze",        "glob",    "grant",
    "ilike",     "initially", "isnull",     "lambda",     "notnull",    "overlaps", "pivot",         "placing", "positional",
    "primary",   "qualify",   "references", "returning",  "semi",       "show",     "similar",       "struct",  "summarize",
    "symmetric", "to",        "unique",     "unpivot",    "user",       "variadic", "verbose",       NULL};

static size_t word(struct rewriter *r, size_t i, size_t to)
{
    bool after_dot = i && token_is(r->t, i - 1, ".");
    size_t next = after_dot ? i : moment(r, i);
    if (next > i)
        return next;
    if (!after_dot && token_is(r->t, i, "select"))
        return select_list(r, i, to);
    if (!after_dot && token_is(r->t, i, "values"))
        return values(r, i, to);
    if (!after_dot && token_is(r->t, i, "as"))
        return alias(r, i);
    if (!after_dot && token_is(r->t, i, "timestamp") && token_at(r->t, i + 1)->kind == TOKEN_TEXT)
        return timestamp_text(r, i);
    if (token_is(r->t, i + 1, "(") && i + 1 < to && !one_of(r, i, no_calls)) {
        if (is_named_query(r, i)) {
            put(r, i);
            return names(r, i + 1);
        }
        return call(r, i, to);
    }
    if (one_of(r, i, plain_names) && !(token_is(r->t, i, "at") && token_is(r->t, i + 1, "time"))) {
        put_name(r, i, token_text(r->t, i, &r->to->arena));
        return i + 1;
    }
    if (token_at(r->t, i + 1)->kind == TOKEN_TEXT &&
        token_at(r->t, i + 1)->at == token_at(r->t, i)->at + token_at(r->t, i)->len && token_at(r->t, i)->len == 1)
        return refuse(r, i + 1, NULL), SIZE_MAX; /* E'..', X'..': DuckDB's, or of a kind it reads otherwise */
    put(r, i);
    return i + 1;
}

static const char *const strange[] = {":", "?", "{", "}", ";", NULL};

static size_t mark(struct rewriter *r, size_t i, size_t to)
{
    if (token_is(r->t, i, "(") || token_is(r->t, i, "["))
        return brackets(r, i, to);
    if (token_is(r->t, i, "/") || token_is(r->t, i, "%"))
        return division(r, i, to);
    if (!strict_comparison(r, i))
        return SIZE_MAX;
    if (one_of(r, i, strange) || token_is(r->t, i, ")") || token_is(r->t, i, "]"))
        return refuse(r, i, NULL), SIZE_MAX;
    put(r, i);
    return i + 1;
}

static const char *const from_ends[] = {"where", "group",  "having",    "order",  "limit",  "offset", "fetch",
                                        "union", "except", "intersect", "window", "select", NULL};

/* What DuckDB takes for a query and Athena does not, where a query may stand: (DESCRIBE x), (FROM x), (PIVOT x ..). */
static const char *const strangers[] = {"describe", "desc",   "show",   "summarize", "pivot",  "unpivot",
                                        "table",    "insert", "update", "delete",    "create", "drop",
                                        "copy",     "merge",  "attach", "load",      "set",    NULL};

static bool is_stranger(const struct rewriter *r, size_t i)
{
    enum token_kind next = token_at(r->t, i + 1)->kind;
    return i && token_is(r->t, i - 1, "(") && one_of(r, i, strangers) &&
           (next == TOKEN_WORD || next == TOKEN_QUOTED || next == TOKEN_TEXT);
}

static size_t step(struct rewriter *r, size_t i, size_t to)
{
    const struct token *token = token_at(r->t, i);
    if (is_stranger(r, i))
        return refuse(r, i, NULL), SIZE_MAX;
    if (token->kind == TOKEN_TICKED) {
        err_set(r->e, "line %u:%u: backquoted identifiers are not supported; use double quotes to quote identifiers",
                token->line, token->col);
        return SIZE_MAX;
    }
    if (token_is_name(r->t, i))
        return word(r, i, to);
    if (token->kind == TOKEN_MARK)
        return mark(r, i, to);
    put(r, i);
    return i + 1;
}

bool walk(struct rewriter *r, size_t from, size_t to, bool in_from)
{
    for (size_t i = from; i < to;) {
        bool is_from = token_is(r->t, i, "from") && !(i && token_is(r->t, i - 1, "distinct"));
        if (is_from && i != r->list_end)
            return refuse(r, i, NULL); /* there is one behind every select list and nowhere else */
        in_from = in_from ? !one_of(r, i, from_ends) : is_from;
        if (is_from || (in_from && (token_is(r->t, i, ",") || token_is(r->t, i, "join")))) {
            put(r, i);
            i = table(r, i + 1, to);
        } else
            i = step(r, i, to);
        if (i == SIZE_MAX)
            return false;
    }
    return true;
}

bool range(struct rewriter *r, size_t from, size_t to)
{
    return walk(r, from, to, false);
}

/* ---- the whole ---- */

static const char *const beginnings[] = {"select", "with", "values", "(", "explain", NULL};

size_t statement_end(const struct tokens *t, struct err *e)
{
    size_t end = t->n - 1;
    for (size_t i = 0; i < end; i++)
        if (token_is(t, i, ";")) {
            if (i + 1 < end) {
                size_t len = token_at(t, end - 1)->at + token_at(t, end - 1)->len;
                return err_set(e, "Only one sql statement is allowed. Got: %.*s", (int)(len < 300 ? len : 300), t->sql),
                       SIZE_MAX;
            }
            return i;
        }
    return end;
}

static bool uses_path(const struct tokens *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->items[i].kind == TOKEN_QUOTED && t->items[i].len == 7 && !strncasecmp(t->sql + t->items[i].at, "\"$path\"", 7))
            return true;
    return false;
}

bool rewrite(const struct tokens *t, struct rewritten *to, struct err *e)
{
    struct rewriter r = {.t = t, .to = to, .e = e};
    size_t end = statement_end(t, e), i = 0;
    if (end == SIZE_MAX)
        return false;
    if (!one_of(&r, 0, beginnings))
        return refuse(&r, 0, NULL);
    to->uses_path = uses_path(t);
    if (token_is(t, 0, "explain")) {
        put(&r, i++);
        if (token_is(t, i, "analyze"))
            put(&r, i++);
        if (!one_of(&r, i, beginnings) || token_is(t, i, "explain"))
            return refuse(&r, i, NULL);
    }
    return range(&r, i, end);
}

void rewritten_drop(struct rewritten *to)
{
    str_drop(&to->text);
    free(to->places);
    free(to->outputs);
    arena_drop(&to->arena);
    *to = (struct rewritten){0};
}

size_t rewritten_token(const struct rewritten *to, size_t at)
{
    size_t found = 0;
    for (size_t i = 0; i < to->n_places && to->places[i].at <= at; i++)
        found = to->places[i].token;
    return found;
}
