/* SPDX-License-Identifier: MIT */
/*
 * DuckDB says what went wrong as JSON: kind, message, names, and the byte of its text. Athena's code, its wording and
 * the place in the author's own text are made of it; what has no wording there is passed on in DuckDB's first line.
 */
#include "sim/athena/words.h"

#include <string.h>

struct failure {
    const char *kind, *message, *name, *candidates;
    char place[40]; /* "line 1:8: " */
    struct arena arena;
    struct err *e;
};

/* The text between the first `open` in the message and the `close` behind it; NULL if there is none. */
static const char *between(struct failure *f, const char *open, const char *close)
{
    const char *from = strstr(f->message, open), *to = from ? strstr(from + strlen(open), close) : NULL;
    return to ? arena_dupn(&f->arena, from + strlen(open), (size_t)(to - from - strlen(open))) : NULL;
}

static const char *meant(struct failure *f)
{
    const char *first = f->candidates ? f->candidates : between(f, "Candidate bindings: \"", "\"");
    if (!first)
        first = between(f, "Candidate bindings: : \"", "\"");
    if (!first)
        return "";
    char *name = arena_dup(&f->arena, first);
    name[strcspn(name, ",")] = 0;
    return arena_printf(&f->arena, " (did you mean '%s'?)", strrchr(name, '.') ? strrchr(name, '.') + 1 : name);
}

static bool column(struct failure *f)
{
    const char *name = f->name ? f->name : between(f, "Referenced column \"", "\"");
    if (!name && strstr(f->message, "does not have a column named"))
        name = arena_printf(&f->arena, "%s.%s", between(f, "Table \"", "\"") ? between(f, "Table \"", "\"") : "?",
                            between(f, "does not have a column named \"", "\""));
    if (!name)
        name = between(f, "Referenced table \"", "\"");
    if (!name && strstr(f->message, "Could not find key \""))
        name = between(f, "Could not find key \"", "\"");
    return name && err_set(f->e, "COLUMN_NOT_FOUND: %sColumn '%s' cannot be resolved%s", f->place, name, meant(f));
}

static bool table(struct failure *f)
{
    return f->name && err_set(f->e, "TABLE_NOT_FOUND: %sTable 'awsdatacatalog.default.%s' does not exist", f->place, f->name);
}

/* "athena_if" is nobody's name but ours. */
static const char *own_name(const char *name)
{
    return name && text_starts(name, "athena_") ? name + strlen("athena_") : name;
}

static bool function(struct failure *f)
{
    const char *name = f->name ? f->name : between(f, "function '", "(");
    AUTO(str_drop) struct str found = {0};
    const char *types = between(f, "argument types '", "'");
    if (!name && strstr(f->message, "function call \""))
        name = between(f, "function call \"", "(");
    if (types)
        str_addf(&found, " for the argument types %s", types);
    return name && err_set(f->e, "FUNCTION_NOT_FOUND: %sUnexpected parameters for function %s%s", f->place, own_name(name),
                           str_text(&found));
}

static bool macro(struct failure *f)
{
    const char *name = between(f, "Macro \"", "\"");
    if (!name)
        name = between(f, "Macro ", "(");
    return name && err_set(f->e, "FUNCTION_NOT_FOUND: %sUnexpected parameters for function %s", f->place, own_name(name));
}

static bool not_grouped(struct failure *f)
{
    const char *name = between(f, "column \"", "\"");
    return name &&
           err_set(f->e, "EXPRESSION_NOT_AGGREGATE: %s'%s' must be an aggregate expression or appear in GROUP BY clause",
                   f->place, name);
}

static bool syntax(struct failure *f)
{
    const char *near = between(f, "at or near \"", "\"");
    if (!near && strstr(f->message, "at end of input"))
        near = "<EOF>";
    return near && err_set(f->e, "%smismatched input '%s'", f->place, near);
}

static bool conversion(struct failure *f)
{
    const char *value = between(f, "string '", "'"), *type = strstr(f->message, "' to ");
    bool timestamp = strstr(f->message, "timestamp field");
    if (timestamp || strstr(f->message, "date field")) {
        value = between(f, "ormat: \"", "\"");
        return value &&
               err_set(f->e, "INVALID_CAST_ARGUMENT: Value cannot be cast to %s: %s", timestamp ? "timestamp" : "date", value);
    }
    return value && type &&
           err_set(f->e, "INVALID_CAST_ARGUMENT: Cannot cast '%s' to %s", value,
                   text_starts(type, "' to INT32")   ? "INT"
                   : text_starts(type, "' to INT64") ? "BIGINT"
                                                     : type + strlen("' to "));
}

static bool raised(struct failure *f)
{
    return err_set(f->e, "INVALID_FUNCTION_ARGUMENT: %s", f->message);
}

/* The first row that fits and has words for it. */
static const struct {
    const char *kind, *part; /* of the message; NULL = any */
    bool (*say)(struct failure *);
    const char *text; /* instead of `say`; "%s" is the place */
} words[] = {
    {"Catalog",       "Table with name",                        table,       NULL                                                                   },
    {"Catalog",       "unction with name",                      function,    NULL                                                                   },
    {"Binder",        "Referenced column",                      column,      NULL                                                                   },
    {"Binder",        "does not have a column named",           column,      NULL                                                                   },
    {"Binder",        "Referenced table",                       column,      NULL                                                                   },
    {"Binder",        "Could not find key",                     column,      NULL                                                                   },
    {"Binder",        "must appear in the GROUP BY",            not_grouped, NULL                                                                   },
    {"Binder",        "WHERE clause cannot contain aggregates", NULL,
     "EXPRESSION_NOT_SCALAR: %sWHERE clause cannot contain aggregations, window functions or grouping operations"                                   },
    {"Binder",        "Macro",                                  macro,       NULL                                                                   },
    {"Binder",        "o function matches",                     function,    NULL                                                                   },
    {"Binder",        "best candidate function",                function,    NULL                                                                   },
    {"Parser",        NULL,                                     syntax,      NULL                                                                   },
    {"Conversion",    NULL,                                     conversion,  NULL                                                                   },
    {NULL,            "Division by zero",                       NULL,        "DIVISION_BY_ZERO: Division by zero"                                   },
    {NULL,            "is not a valid Timestamp field",         raised,      NULL                                                                   },
    {"Out of Memory", NULL,                                     NULL,        "EXCEEDED_MEMORY_LIMIT: Query exhausted resources at this scale factor"},
    {"INTERRUPT",     NULL,                                     NULL,        "Query cancelled"                                                      },
};

static bool say(struct failure *f)
{
    for (size_t i = 0; i < COUNT(words); i++) {
        if ((words[i].kind && !text_same(words[i].kind, f->kind)) || (words[i].part && !strstr(f->message, words[i].part)))
            continue;
        if (words[i].say)
            words[i].say(f);
        else if (strstr(words[i].text, "%s"))
            err_set(f->e, "%.*s%s%s", (int)(strstr(words[i].text, "%s") - words[i].text), words[i].text, f->place,
                    strstr(words[i].text, "%s") + 2);
        else
            err_set(f->e, "%s", words[i].text);
        if (f->e->set)
            return true;
    }
    return false;
}

/* The first line, with the names that the author wrote. */
static void pass_on(struct failure *f)
{
    AUTO(str_drop) struct str text = {0};
    for (const char *p = f->message; *p && *p != '\n'; p++) {
        if (text_starts(p, "athena_"))
            p += strlen("athena_");
        str_addc(&text, *p);
    }
    bool typed = text_same(f->kind, "Binder") || text_same(f->kind, "Mismatch Type");
    err_set(f->e, "%s: %s%s", typed ? "TYPE_MISMATCH" : "GENERIC_USER_ERROR", f->place, str_text(&text));
}

bool words_of_error(const char *said, const struct rewritten *to, const struct tokens *t, struct err *e)
{
    struct err ignored = {0};
    const char *json = strchr(said, '{');
    json_t *doc = json ? json_read(json, strlen(json), &ignored) : NULL;
    struct failure f = {.e = e};
    f.kind = doc ? json_str_or(doc, "exception_type", "") : "";
    f.message = doc ? json_str_or(doc, "exception_message", "") : said;
    f.name = doc ? json_str(doc, "name") : NULL;
    f.candidates = doc ? json_str(doc, "candidates") : NULL;
    int64_t at = doc ? json_int_or(doc, "position", -1) : -1;
    if (at >= 0 && to && t) {
        const struct token *token = token_at(t, rewritten_token(to, (size_t)at));
        snprintf(f.place, sizeof(f.place), "line %u:%u: ", token->line, token->col);
    }
    if (!say(&f))
        pass_on(&f);
    json_decref(doc);
    arena_drop(&f.arena);
    return false;
}
