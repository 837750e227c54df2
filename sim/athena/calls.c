/* SPDX-License-Identifier: MIT */
/* Calls of functions: each by the form that its row in functions.c names. */
#include "sim/athena/rewriter.h"

#include <stdlib.h>

#define MAX_ARGS 64

struct args { /* of a call: where each begins and ends */
    size_t from[MAX_ARGS], to[MAX_ARGS], n;
    size_t name, close;
};

static const char *const comma[] = {",", NULL};

static bool split(struct rewriter *r, size_t name, size_t to, struct args *a)
{
    *a = (struct args){.name = name, .close = token_close(r->t, name + 1)};
    if (a->close >= to)
        return refuse_open(r, name + 1, to);
    for (size_t i = name + 2; i < a->close;) {
        size_t stop = find_word(r, i, a->close, comma);
        if (a->n == MAX_ARGS)
            return fail_at(r, name, "SYNTAX_ERROR", "too many arguments");
        if (stop == i)
            return refuse(r, i, NULL);
        a->from[a->n] = i;
        a->to[a->n++] = stop;
        if (stop < a->close && stop + 1 == a->close)
            return refuse(r, a->close, NULL);
        i = stop + (stop < a->close);
    }
    return true;
}

/* The arguments first..end, with commas. */
static bool put_args(struct rewriter *r, const struct args *a, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        if (i > first)
            put_text(r, a->from[i], ",");
        if (!range(r, a->from[i], a->to[i]))
            return false;
    }
    return true;
}

static bool has_args(struct rewriter *r, const struct args *a, const char *name, size_t least, size_t most)
{
    return (a->n >= least && a->n <= most) ||
           fail_at(r, a->name, "FUNCTION_NOT_FOUND", "Unexpected parameters for function %s: expected %zu%s%s, found %zu", name,
                   least, most > least ? " or more" : "", least == 1 && most == 1 ? " argument" : " arguments", a->n);
}

/* name(arguments), the arguments with everything that may stand in them: DISTINCT, ORDER BY, *, nothing. */
static bool plain(struct rewriter *r, const struct args *a, const char *name)
{
    put_text(r, a->name, name);
    return brackets(r, a->name + 1, a->close + 1) != SIZE_MAX;
}

/* Whether a cast takes JSON apart into rows. DuckDB's cast wants every key to have a field; its json_transform does not. */
static bool is_json_to_row(const struct rewriter *r, size_t from, size_t at, size_t to)
{
    static const char *const json[] = {"json_extract", "json_parse", "json_array_get", NULL};
    bool row = false;
    for (size_t i = at; i < to; i++)
        row = row || (token_is(r->t, i, "row") && token_is(r->t, i + 1, "("));
    return row && one_of(r, from, json);
}

static bool json_to_row(struct rewriter *r, const struct args *a, size_t at)
{
    AUTO(str_drop) struct str structure = {0};
    put_text(r, a->name, "json_transform(");
    if (!range(r, a->name + 2, at))
        return false;
    if (!type_as_json(r, at + 1, a->close, &structure))
        return false;
    put_text(r, at, ", '");
    str_add(&r->to->text, str_text(&structure));
    str_add(&r->to->text, "')");
    return true;
}

/* CAST(x AS type); to text by a macro, for JSON texts lose their quotes. */
static bool cast(struct rewriter *r, const struct args *a, const char *name)
{
    static const char *const as[] = {"as", NULL};
    size_t at = find_word(r, a->name + 2, a->close, as);
    if (at == a->close || at == a->name + 2)
        return refuse(r, a->close, "'AS'");
    if (is_json_to_row(r, a->name + 2, at, a->close))
        return json_to_row(r, a, at);
    bool text = token_is(r->t, at + 1, "varchar");
    if (text)
        put_macro(r, a->name, "varchar");
    else
        put_text(r, a->name, name);
    put_text(r, a->name, "(");
    if (!range(r, a->name + 2, at))
        return false;
    if (!text) {
        put_text(r, at, "AS");
        if (!type(r, at + 1, a->close))
            return false;
    }
    put_text(r, a->close, ")");
    return true;
}

/* extract(x FROM y), trim(LEADING x FROM y), substring(x FROM a FOR b), position(x IN y): FROM is no clause here. */
static bool with_words(struct rewriter *r, const struct args *a, const char *name)
{
    static const char *const words[] = {"from", "for", "in", NULL};
    put_text(r, a->name, name);
    put_text(r, a->name, "(");
    for (size_t i = a->name + 2; i < a->close;) {
        size_t stop = find_word(r, i, a->close, words);
        bool first_day = i == a->name + 2 && (token_is(r->t, i, "dow") || token_is(r->t, i, "day_of_week"));
        if (first_day && stop == i + 1)
            put_text(r, i, "isodow"); /* Monday is 1 */
        else if (!range(r, i, stop))
            return false;
        if (stop < a->close)
            put(r, stop);
        i = stop + (stop < a->close);
    }
    put_text(r, a->close, ")");
    return true;
}

/* The text of an argument that is one text and no more; NULL if it is not. */
static const char *literal(struct rewriter *r, const struct args *a, size_t i)
{
    return a->to[i] == a->from[i] + 1 && token_at(r->t, a->from[i])->kind == TOKEN_TEXT
               ? token_text(r->t, a->from[i], &r->to->arena)
               : NULL;
}

static bool with_path(struct rewriter *r, const struct args *a, const struct function *f)
{
    AUTO(str_drop) struct str text = {0};
    if (!has_args(r, a, f->name, 2, 2))
        return false;
    const char *path = literal(r, a, 1);
    if (path && *path != '$')
        return err_set(r->e, "INVALID_FUNCTION_ARGUMENT: Invalid JSON path: '%s'", path);
    put_macro(r, a->name, f->name);
    put_text(r, a->name, "(");
    if (!range(r, a->from[0], a->to[0]))
        return false;
    put_text(r, a->from[1], ",");
    if (path) {
        path_from_trino(&text, path);
        put_text(r, a->from[1], str_text(&text));
    } else if (!range(r, a->from[1], a->to[1]))
        return false;
    put_text(r, a->close, ")");
    return true;
}

static bool with_pattern(struct rewriter *r, const struct args *a, const struct function *f)
{
    AUTO(str_drop) struct str text = {0};
    if (!has_args(r, a, f->name, 2, 2))
        return false;
    const char *pattern = literal(r, a, 1);
    if (!pattern)
        return fail_at(r, a->from[1], "NOT_SUPPORTED", "this lab wants the pattern of %s as a text", f->name);
    if (f->form == FORM_MYSQL ? !pattern_from_mysql(&text, pattern) : !pattern_from_joda(&text, pattern))
        return fail_at(r, a->from[1], "NOT_SUPPORTED", "this lab does not know all of the pattern '%s'", pattern);
    put_text(r, a->name, f->to);
    put_text(r, a->name, "(");
    if (!range(r, a->from[0], a->to[0]))
        return false;
    put_text(r, a->from[1], ",");
    put_text(r, a->from[1], str_text(&text));
    put_text(r, a->close, ")");
    return true;
}

/* any_match(a, f): len(list_filter(a, f)) > 0 */
static bool match(struct rewriter *r, const struct args *a, const struct function *f)
{
    if (!has_args(r, a, f->name, 2, 2))
        return false;
    put_text(r, a->name, "(len(list_filter(");
    if (!put_args(r, a, 0, 2))
        return false;
    put_text(r, a->close, "))");
    if (f->to)
        put_text(r, a->close, f->to);
    else {
        put_text(r, a->close, "= len(");
        if (!range(r, a->from[0], a->to[0]))
            return false;
        put_text(r, a->close, ")");
    }
    put_text(r, a->close, ")");
    return true;
}

/* reduce(a, start, step, last): DuckDB has no last step, so it is a transform of a list of one. */
static bool reduce(struct rewriter *r, const struct args *a)
{
    if (!has_args(r, a, "reduce", 4, 4))
        return false;
    put_text(r, a->name, "list_transform([list_reduce(");
    if (!range(r, a->from[0], a->to[0]))
        return false;
    put_text(r, a->from[2], ",");
    if (!range(r, a->from[2], a->to[2]))
        return false;
    put_text(r, a->from[1], ",");
    if (!range(r, a->from[1], a->to[1]))
        return false;
    put_text(r, a->from[3], ")],");
    if (!range(r, a->from[3], a->to[3]))
        return false;
    put_text(r, a->close, ")[1]");
    return true;
}

static bool concat(struct rewriter *r, const struct args *a)
{
    if (!has_args(r, a, "concat", 2, MAX_ARGS))
        return false;
    put_text(r, a->name, "(");
    for (size_t i = 0; i < a->n; i++) {
        put_text(r, a->from[i], i ? "|| (" : "(");
        if (!range(r, a->from[i], a->to[i]))
            return false;
        put_text(r, a->from[i], ")");
    }
    put_text(r, a->close, ")");
    return true;
}

static bool distinct(struct rewriter *r, const struct args *a)
{
    if (!has_args(r, a, "approx_distinct", 1, 2))
        return false;
    put_text(r, a->name, "count(DISTINCT");
    if (!range(r, a->from[0], a->to[0]))
        return false;
    put_text(r, a->close, ")");
    return true;
}

/* listagg(x, y) WITHIN GROUP (ORDER BY z): string_agg(x, y ORDER BY z). Gives what comes behind. */
static size_t listagg(struct rewriter *r, const struct args *a)
{
    size_t open = a->close + 3, close = token_close(r->t, open);
    if (!has_args(r, a, "listagg", 1, 2))
        return SIZE_MAX;
    if (!token_is(r->t, open - 2, "within") || !token_is(r->t, open - 1, "group") || !token_is(r->t, open, "(") ||
        !token_is(r->t, close, ")"))
        return refuse(r, open - 2, "'WITHIN'"), SIZE_MAX;
    put_text(r, a->name, "string_agg(");
    if (!put_args(r, a, 0, a->n))
        return SIZE_MAX;
    put_text(r, a->close, a->n == 1 ? ", ''" : "");
    if (!range(r, open + 1, close))
        return SIZE_MAX;
    put_text(r, close, ")");
    return close + 1;
}

/* Whether the text says that an argument is a date: date_add() of one is one, too. */
static bool is_date(const struct rewriter *r, const struct args *a, size_t i)
{
    static const char *const words[] = {"date", "current_date", "from_iso8601_date", NULL};
    size_t end = a->to[i];
    return one_of(r, a->from[i], words) || (end - a->from[i] > 3 && token_is(r->t, a->from[i], "cast") &&
                                            token_is(r->t, end - 3, "as") && token_is(r->t, end - 2, "date"));
}

static bool date_add(struct rewriter *r, const struct args *a)
{
    if (!has_args(r, a, "date_add", 3, 3))
        return false;
    bool date = is_date(r, a, 2);
    put_text(r, a->name, date ? "CAST(" : "");
    put_macro(r, a->name, "date_add");
    if (brackets(r, a->name + 1, a->close + 1) == SIZE_MAX)
        return false;
    put_text(r, a->close, date ? "AS DATE)" : "");
    return true;
}

static bool by_form(struct rewriter *r, const struct args *a, const struct function *f)
{
    switch (f->form) {
    case FORM_SAME: return plain(r, a, f->name);
    case FORM_NAMED: return plain(r, a, f->to);
    case FORM_MACRO: put_macro(r, a->name, f->name); return brackets(r, a->name + 1, a->close + 1) != SIZE_MAX;
    case FORM_CAST: return cast(r, a, f->name);
    case FORM_FROM: return with_words(r, a, f->to);
    case FORM_PATH: return with_path(r, a, f);
    case FORM_MYSQL:
    case FORM_JODA: return with_pattern(r, a, f);
    case FORM_MATCH: return match(r, a, f);
    case FORM_REDUCE: return reduce(r, a);
    case FORM_CONCAT: return concat(r, a);
    case FORM_DISTINCT: return distinct(r, a);
    case FORM_DATE_ADD: return date_add(r, a);
    case FORM_INNER:
    case FORM_LISTAGG: break; /* call() */
    }
    abort();
}

size_t call(struct rewriter *r, size_t i, size_t to)
{
    char *name = token_text(r->t, i, &r->to->arena);
    for (char *p = name; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p | 0x20 : *p);
    const struct function *f = i && token_is(r->t, i - 1, ".") ? NULL : function_find(name);
    struct args a;
    if (!f || f->form == FORM_INNER) {
        const char *meant = function_meant(name);
        fail_at(r, i, "FUNCTION_NOT_FOUND", "Function '%s' not registered%s%s%s", name, meant ? " (did you mean '" : "",
                meant ? meant : "", meant ? "'?)" : "");
        return SIZE_MAX;
    }
    if (++r->depth > 200)
        return fail_at(r, i, "SYNTAX_ERROR", "the query is nested too deep"), SIZE_MAX;
    if (token_is(r->t, i + 2, "select"))
        return refuse(r, i + 2, NULL), SIZE_MAX; /* a query as an argument has brackets of its own */
    if (!split(r, i, to, &a))
        return SIZE_MAX;
    size_t next = a.close + 1;
    if (f->form == FORM_LISTAGG)
        next = listagg(r, &a);
    else if (!by_form(r, &a, f))
        next = SIZE_MAX;
    r->depth--;
    return next;
}
