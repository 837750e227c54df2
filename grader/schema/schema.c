/* SPDX-License-Identifier: MIT */
/*
 * The scenario language as a JSON Schema (draft-07), written from the tables that decode it: editors complete and explain
 * keys by it. A decode function that has no row here ends the program: no key can be forgotten.
 *
 * It says what a single key can say. What needs more than one (references, times in order, an answer that reads as its
 * type) is told by `cafelab lint` alone.
 */
#include "grader/schema/schema.h"
#include "grader/schema/schema_parts.h"
#include "grader/checks.h"
#include "grader/types.h"
#include "sim/scenario/decode.h"

#include <stdlib.h>

static json_t *table_schema(const struct fields *);

/* ---- what a text may be: YAML reads 22 as a number, and the tables take it as a text ---- */

static json_t *scalar(void)
{
    return json_pack("{s:[s,s,s]}", "type", "string", "number", "boolean");
}

static json_t *matching(const char *pattern)
{
    return json_pack("{s:s, s:s}", "type", "string", "pattern", pattern);
}

static json_t *text_form(const struct field *f)
{
    (void)f;
    return scalar();
}

static json_t *texts_form(const struct field *f)
{
    (void)f;
    return json_pack("{s:[o, {s:s, s:o}]}", "anyOf", scalar(), "type", "array", "items", scalar());
}

static json_t *any_form(const struct field *f)
{
    (void)f;
    return json_object();
}

static json_t *id_form(const struct field *f)
{
    (void)f;
    return matching("^[a-z][a-z0-9_-]{0,39}$");
}

static json_t *bool_form(const struct field *f)
{
    (void)f;
    return json_pack("{s:s}", "type", "boolean");
}

static json_t *int_form(const struct field *f)
{
    const int64_t *limits = f->arg;
    json_t *out = json_pack("{s:s}", "type", "integer");
    if (limits) {
        json_put(out, "minimum", json_integer(limits[0]));
        json_put(out, "maximum", json_integer(limits[1]));
    }
    return out;
}

static json_t *duration_form(const struct field *f)
{
    (void)f;
    return matching("^([0-9]+(ms|[smhd]))+$");
}

static json_t *time_form(const struct field *f)
{
    (void)f;
    return matching("^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})$");
}

/* A version is a number in YAML, and its text is the same. */
static json_t *choice_form(const struct field *f)
{
    const char *const *names = f->arg;
    json_t *list = json_array();
    for (size_t i = 0; names[i]; i++) {
        char *end = NULL;
        long number = strtol(names[i], &end, 10);
        json_array_append_new(list, json_string(names[i]));
        if (*names[i] && !*end)
            json_array_append_new(list, json_integer(number));
    }
    return json_pack("{s:o}", "enum", list);
}

static json_t *struct_form(const struct field *f)
{
    return table_schema(f->arg);
}

static json_t *list_form(const struct field *f)
{
    return json_pack("{s:s, s:i, s:o}", "type", "array", "minItems", 1, "items", table_schema(f->arg));
}

static json_t *steps_form(const struct field *f)
{
    return json_pack("{s:s, s:i, s:{s:[o, o]}}", "type", "array", "minItems", 1, "items", "anyOf", table_schema(f->arg),
                     table_schema(&use_of_block_fields));
}

static json_t *named_form(const struct field *f)
{
    return json_pack("{s:s, s:{s:s}, s:o}", "type", "object", "propertyNames", "pattern", "^[a-z][a-z0-9_-]{0,39}$",
                     "additionalProperties", table_schema(f->arg));
}

static json_t *local_form(const struct field *f)
{
    (void)f;
    json_t *languages = json_object();
    for (size_t i = 0; i < LANGUAGES; i++)
        json_put(languages, scenario_languages[i], scalar());
    return json_pack("{s:[o, {s:s, s:i, s:b, s:o}]}", "anyOf", scalar(), "type", "object", "minProperties", 1,
                     "additionalProperties", false, "properties", languages);
}

/* ---- the scenario's own ---- */

static json_t *live_form(const struct field *f)
{
    (void)f;
    return table_schema(&live_fields);
}

static json_t *variables_form(const struct field *f)
{
    (void)f;
    json_t *kinds = json_object();
    for (size_t i = 0; variable_kind(i); i++) {
        json_t *kind = text_same(variable_kind(i), "pick") ? texts_form(f) : scalar();
        schema_add_example(kind, "a variable", variable_kind(i));
        json_put(kinds, variable_kind(i), kind);
    }
    return json_pack("{s:s, s:{s:s}, s:{s:s, s:i, s:i, s:b, s:o}}", "type", "object", "propertyNames", "pattern",
                     "^[a-z][a-z0-9_-]{0,39}$", "additionalProperties", "type", "object", "minProperties", 1, "maxProperties",
                     1, "additionalProperties", false, "properties", kinds);
}

/* ---- the grader's own ---- */

static json_t *type_form(const struct field *f)
{
    (void)f;
    json_t *list = json_array();
    for (size_t i = 0; i < n_answer_types; i++)
        json_array_append_new(list, json_string(answer_types[i].name));
    return json_pack("{s:o}", "enum", list);
}

static json_t *partial_form(const struct field *f)
{
    (void)f;
    return json_pack("{s:s, s:i, s:{s:s, s:i, s:i}}", "type", "object", "minProperties", 1, "additionalProperties", "type",
                     "integer", "minimum", 1, "maximum", 99);
}

static json_t *wrong_form(const struct field *f)
{
    return json_pack("{s:s, s:i, s:o}", "type", "object", "minProperties", 1, "additionalProperties", local_form(f));
}

static json_t *condition_reference(void)
{
    return json_pack("{s:s}", "$ref", "#/definitions/condition");
}

/* A kind of check; all and any take a list of conditions, not takes one. */
static json_t *what_form(const struct field *f)
{
    const struct check_kind *kind = f->arg;
    if (kind->params)
        return table_schema(kind->params);
    if (text_same(kind->name, "not"))
        return condition_reference();
    return json_pack("{s:s, s:i, s:o}", "type", "array", "minItems", 1, "items", condition_reference());
}

static const struct {
    decode_fn *decode;
    json_t *(*form)(const struct field *);
} forms[] = {
    {decode_plain,     text_form     },
    {decode_text,      text_form     },
    {decode_id,        id_form       },
    {decode_bool,      bool_form     },
    {decode_int,       int_form      },
    {decode_duration,  duration_form },
    {decode_time,      time_form     },
    {decode_choice,    choice_form   },
    {decode_node,      any_form      },
    {decode_texts,     texts_form    },
    {decode_struct,    struct_form   },
    {decode_list,      list_form     },
    {decode_named,     named_form    },
    {decode_steps,     steps_form    },
    {decode_local,     local_form    },
    {decode_value,     text_form     },
    {decode_any_value, any_form      },
    {decode_zone,      text_form     },
    {decode_variables, variables_form},
    {decode_at,        text_form     },
    {decode_after,     text_form     },
    {decode_op,        text_form     },
    {decode_live,      live_form     },
    {decode_version,   choice_form   },
    {decode_level,     choice_form   },
    {decode_type,      type_form     },
    {decode_wrong,     wrong_form    },
    {decode_partial,   partial_form  },
    {decode_method,    struct_form   },
    {decode_sql,       text_form     },
    {decode_command,   text_form     },
    {decode_compare,   struct_form   },
    {decode_validate,  choice_form   },
    {decode_what,      what_form     },
    {decode_operation, text_form     },
    {decode_part,      struct_form   },
    {decode_file_mode, text_form     },
    {decode_filled,    text_form     },
    {decode_cidrs,     texts_form    },
    {decode_server,    text_form     },
    {decode_group,     text_form     },
    {decode_mark,      text_form     },
    {decode_path,      text_form     },
    {decode_globs,     texts_form    },
    {decode_pattern,   text_form     },
    {decode_sha256,    text_form     },
    {decode_mode,      text_form     },
    {decode_address,   text_form     },
    {decode_mentioned, text_form     },
};

static json_t *field_schema(const struct field *f)
{
    for (size_t i = 0; i < COUNT(forms); i++)
        if (forms[i].decode == f->decode) {
            json_t *out = forms[i].form(f);
            if (!json_object_get(out, "$ref")) /* draft-07 reads nothing beside it */
                json_put_text(out, "description", f->help);
            return out;
        }
    fprintf(stderr, "grader/schema.c: no form for \"%s\"\n", f->key);
    abort();
}

/* What is one of a few words, yes or no, or has keys of its own needs no example. */
static json_t *keyed_schema(const struct fields *table, const struct field *f)
{
    json_t *out = field_schema(f);
    schema_add_names(out, table->what, f->key);
    if (!json_object_get(out, "$ref") && !json_object_get(out, "enum") && !json_object_get(out, "properties") &&
        !text_same(json_str(out, "type"), "boolean") && !text_same(json_str(out, "type"), "object"))
        schema_add_example(out, table->what, f->key);
    return out;
}

static json_t *table_schema(const struct fields *table)
{
    json_t *out = json_object(), *properties = json_object(), *required = json_array();
    for (size_t i = 0; i < table->n; i++) {
        json_put(properties, table->list[i].key, keyed_schema(table, &table->list[i]));
        if (table->list[i].required)
            json_array_append_new(required, json_string(table->list[i].key));
    }
    json_put(out, "type", json_string("object"));
    json_put(out, "properties", properties);
    json_put(out, "additionalProperties", json_false());
    if (json_array_size(required))
        json_put(out, "required", required);
    else
        json_decref(required);
    return out;
}

/* ---- the whole ---- */

static json_t *table_list(const struct fields *table, const char *help)
{
    return json_pack("{s:s, s:i, s:o, s:s}", "type", "array", "minItems", 1, "items", table_schema(table), "description", help);
}

/* One kind and its parameters. */
static json_t *condition_schema(const struct fields *checks)
{
    json_t *properties = json_object();
    for (size_t i = 0; i < checks->n; i++)
        if (checks->list[i].decode == decode_what)
            json_put(properties, checks->list[i].key, field_schema(&checks->list[i]));
    return json_pack("{s:s, s:i, s:i, s:b, s:o}", "type", "object", "minProperties", 1, "maxProperties", 1,
                     "additionalProperties", false, "properties", properties);
}

/* Worth something, in exactly one way. */
static void add_worth(json_t *check)
{
    json_put(check, "oneOf",
             json_pack("[{s:[s]}, {s:[s]}, {s:[s]}]", "required", "points", "required", "penalty", "required", "veto"));
}

/* What a library file brings along need not stand in the scenario. */
static void relax_shared(json_t *schema)
{
    json_t *required = json_object_get(schema, "required"), *shared = json_array();
    for (size_t i = json_array_size(required); i-- > 0;)
        if (is_shared_key(json_string_value(json_array_get(required, i)))) {
            json_array_insert(shared, 0, json_array_get(required, i));
            json_array_remove(required, i);
        }
    json_put(schema, "anyOf", json_pack("[{s:[s]}, {s:o}]", "required", "use", "required", shared));
    json_object_del(json_object_get(json_object_get(schema, "properties"), "background"), "required");
}

json_t *schema_json(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct fields *checks = check_fields(&arena);
    json_t *out =
        json_pack("{s:s, s:s, s:s}", "$schema", "http://json-schema.org/draft-07/schema#", "title", "A scenario of cafelab",
                  "description", "What happened, what a student is asked, and what a repair must achieve.");
    json_auto_t *scenario = table_schema(&scenario_fields);
    json_t *properties = json_object_get(scenario, "properties"), *list = table_list(checks, "what a repair must achieve");
    add_worth(json_object_get(list, "items"));
    json_put(properties, "questions", table_list(&question_fields, "what the student is asked"));
    json_put(properties, "checks", list);
    json_object_update(out, scenario);
    relax_shared(out);
    json_put(out, "definitions", json_pack("{s:o}", "condition", condition_schema(checks)));
    return out;
}

json_t *schema_library_json(void)
{
    json_t *out = schema_json(), *properties = json_object_get(out, "properties");
    const char *key;
    void *next;
    json_t *value;
    json_object_foreach_safe(properties, next, key, value) if (!is_shared_key(key) && !text_same(key, "use"))
        json_object_del(properties, key);
    json_put(properties, library_field.key, field_schema(&library_field));
    json_object_del(out, "anyOf");
    json_put_text(out, "title", "A library file of cafelab");
    json_put_text(out, "description", "Places, cast, account and building blocks that scenarios use.");
    json_put(out, "required", json_pack("[s]", library_field.key));
    return out;
}
