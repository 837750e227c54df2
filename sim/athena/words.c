/* SPDX-License-Identifier: MIT */
/*
 * DuckDB says what went wrong as JSON: kind, message, names, and the byte of its text. Athena's code, its wording and
 * the place in the author's own text are made of it; what has no wording there is passed on in DuckDB's first line.
 */
#include "sim/athena/words.h"

#include "sim/athena/columns.h"

#include <string.h>
#include <strings.h>

struct failure {
    const char *kind, *message, *name;
    const char *const *tables;
    const struct tokens *t;
    size_t token; /* where it went wrong, if `placed` */
    bool placed;
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

/* A column, or a field, that is near enough to what was written. */
static const char *meant(struct failure *f, const char *name)
{
    const char *names[LEAVES + 1] = {0};
    AUTO(str_drop) struct str first = {0};
    for (size_t i = 0; i < LEAVES; i++)
        names[i] = leaves[i].name;
    for (size_t n = strcspn(name, "."), i = 0; i < n; i++)
        str_addc(&first, (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] | 0x20 : name[i]));
    const char *near = text_meant(str_text(&first), names);
    return near && !text_same(near, str_text(&first)) ? arena_printf(&f->arena, " (did you mean '%s'?)", near) : "";
}

/* The name that begins at the token, with what follows its dots. */
static const char *chain(struct failure *f)
{
    AUTO(str_drop) struct str name = {0};
    for (size_t i = f->token;; i += 2) {
        str_add(&name, token_text(f->t, i, &f->arena));
        if (!token_is(f->t, i + 1, ".") || !token_is_name(f->t, i + 2))
            return arena_dup(&f->arena, str_text(&name));
        str_addc(&name, '.');
    }
}

static void set_place(struct failure *f, size_t token)
{
    const struct token *at = token_at(f->t, token);
    f->token = token;
    f->placed = true;
    snprintf(f->place, sizeof(f->place), "line %u:%u: ", at->line, at->col);
}

/* DuckDB does not always say where: then it is where the name is written first. */
static void find_place(struct failure *f, const char *name)
{
    for (size_t i = 0; !f->placed && f->t && i < f->t->n; i++)
        if (token_is_name(f->t, i) && !strcasecmp(token_text(f->t, i, &f->arena), name))
            set_place(f, i);
}

static bool column(struct failure *f)
{
    const char *name = between(f, "Could not find key \"", "\"");
    bool field = name;
    if (!name)
        name = f->name ? f->name : between(f, "Referenced column \"", "\"");
    if (!name)
        name = between(f, "does not have a column named \"", "\"");
    if (!name)
        name = between(f, "Referenced table \"", "\"");
    if (!name)
        return false;
    find_place(f, name);
    if (f->placed && !field && token_is_name(f->t, f->token))
        name = chain(f);
    if (f->placed && token_at(f->t, f->token)->kind == TOKEN_QUOTED)
        return err_set(f->e, "COLUMN_NOT_FOUND: %sColumn '%s' cannot be resolved (a text has single quotes)", f->place, name);
    return err_set(f->e, "COLUMN_NOT_FOUND: %sColumn '%s' cannot be resolved%s", f->place, name, meant(f, name));
}

static bool table(struct failure *f)
{
    if (!f->name)
        return false;
    char *lower = arena_dup(&f->arena, f->name);
    for (char *p = lower; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p | 0x20 : *p);
    const char *near = text_meant(lower, f->tables);
    return err_set(f->e, "TABLE_NOT_FOUND: %sTable 'awsdatacatalog.default.%s' does not exist%s%s%s", f->place, lower,
                   near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
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
    if (near && f->placed) /* as it is written, not as it was rewritten */
        near = arena_dupn(&f->arena, f->t->sql + token_at(f->t, f->token)->at, token_at(f->t, f->token)->len);
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

/* An error of our macro date_add(), which comes as that of a cast. */
static bool unit(struct failure *f)
{
    const char *name = between(f, "string '", " is not a valid");
    return name && err_set(f->e, "INVALID_FUNCTION_ARGUMENT: '%s' is not a valid Timestamp field", name);
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
    {NULL,            "Division by zero",                       NULL,        "DIVISION_BY_ZERO: Division by zero"                                   },
    {NULL,            "is not a valid Timestamp field",         unit,        NULL                                                                   },
    {"Conversion",    NULL,                                     conversion,  NULL                                                                   },
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

bool words_of_error(const char *said, const struct rewritten *to, const struct tokens *t, const char *const *tables,
                    struct err *e)
{
    struct err ignored = {0};
    const char *json = strchr(said, '{');
    json_t *doc = json ? json_read(json, strlen(json), &ignored) : NULL;
    struct failure f = {.tables = tables, .e = e};
    f.kind = doc ? json_str_or(doc, "exception_type", "") : "";
    f.message = doc ? json_str_or(doc, "exception_message", "") : said;
    f.name = doc ? json_str(doc, "name") : NULL;
    int64_t at = doc ? json_int_or(doc, "position", -1) : -1;
    f.t = t;
    if (at >= 0 && to && t)
        set_place(&f, rewritten_token(to, (size_t)at));
    if (!say(&f))
        pass_on(&f);
    json_decref(doc);
    arena_drop(&f.arena);
    return false;
}
