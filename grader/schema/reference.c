/* SPDX-License-Identifier: MIT */
/*
 * docs/reference: a page for each part of the language, written from the tables that decode it (`make reference`). A key
 * that is in no table is on no page, and the other way round.
 */
#include "grader/schema/schema.h"
#include "grader/checks.h"
#include "grader/types.h"
#include "sim/scenario/decode.h"

/* ---- what a value may be ---- */

static const struct {
    decode_fn *decode;
    const char *says;
} values[] = {
    {decode_plain,     "text"                                             },
    {decode_text,      "text"                                             },
    {decode_id,        "a short name: a-z, 0-9, `_`, `-`"                 },
    {decode_bool,      "`true` or `false`"                                },
    {decode_duration,  "a duration: `90s`, `2h30m`"                       },
    {decode_time,      "a time with its zone: `2025-10-14T13:00:00Z`"     },
    {decode_texts,     "a text or a list of texts"                        },
    {decode_local,     "a text, or a map of `en`, `pt`, `es`"             },
    {decode_value,     "text; may hold references"                        },
    {decode_any_value, "anything; texts in it may hold references"        },
    {decode_node,      "anything; texts in it may hold references"        },
    {decode_zone,      "an offset: `\"-07:00\"`, `Z`"                     },
    {decode_variables, "a map of names to one of the kinds below"         },
    {decode_at,        "a time, a variable, or `+10m` after the start"    },
    {decode_after,     "a mark"                                           },
    {decode_op,        "an operation: `ec2:RunInstances`"                 },
    {decode_operation, "an operation: `ec2:RunInstances`"                 },
    {decode_type,      "a type of answer"                                 },
    {decode_wrong,     "a map of wrong answers to what is said to them"   },
    {decode_partial,   "a map of answers to per cent: `{us-east-1: 50}`"  },
    {decode_sql,       "a statement of Athena's SQL (docs/athena.md)"     },
    {decode_command,   "a command line (docs/authoring.md)"               },
    {decode_pattern,   "a regular expression (PCRE2)"                     },
    {decode_cidrs,     "a network or a list of them"                      },
    {decode_server,    "a server of the scenario"                         },
    {decode_group,     "a security group of the scenario"                 },
    {decode_mark,      "a mark of the timeline"                           },
    {decode_path,      "an absolute path on the server"                   },
    {decode_globs,     "a path or a list of them; `*` and `?` are allowed"},
    {decode_sha256,    "64 hexadecimal digits"                            },
    {decode_filled,    "text; may hold references"                        },
    {decode_file_mode, "a file mode in quotes: `\"0644\"`"                },
    {decode_mode,      "a file mode in quotes: `\"0644\"`"                },
    {decode_address,   "an address"                                       },
    {decode_mentioned, "a name; may hold references"                      },
};

struct page {
    struct str *out;
    const struct fields *told[96], *pending[96]; /* tables that were written, and those that others point at */
    size_t n_told, n_pending;
};

/* For a cell of a table. */
static void add_cell(struct str *out, const char *s)
{
    for (; *s; s++) {
        if (*s == '|')
            str_addc(out, '\\');
        str_addc(out, *s == '\n' ? ' ' : *s);
    }
}

static void add_anchor(struct str *out, const char *what)
{
    str_addf(out, "[%s](#", what);
    for (const char *s = what; *s; s++)
        str_addc(out, *s == ' ' ? '-' : *s);
    str_addc(out, ')');
}

static void point_at(struct page *p, const struct fields *table)
{
    for (size_t i = 0; i < p->n_told; i++)
        if (p->told[i] == table)
            return;
    for (size_t i = 0; i < p->n_pending; i++)
        if (p->pending[i] == table)
            return;
    if (p->n_pending < COUNT(p->pending))
        p->pending[p->n_pending++] = table;
}

static const struct fields *table_of(const struct field *f)
{
    bool nested = f->decode == decode_struct || f->decode == decode_list || f->decode == decode_named ||
                  f->decode == decode_steps || f->decode == decode_method || f->decode == decode_part ||
                  f->decode == decode_compare;
    return f->decode == decode_live ? &live_fields : nested ? f->arg : NULL;
}

static void add_nested(struct page *p, const struct field *f, const struct fields *table)
{
    point_at(p, table);
    if (f->decode == decode_steps)
        point_at(p, &use_of_block_fields);
    if (f->decode == decode_list || f->decode == decode_steps)
        str_add(p->out, "a list, each ");
    else if (f->decode == decode_named)
        str_add(p->out, "a map of names, each ");
    add_anchor(p->out, table->what);
    if (f->decode == decode_steps) {
        str_add(p->out, " or ");
        add_anchor(p->out, use_of_block_fields.what);
    }
}

static void add_choices(struct str *out, const char *const *choices)
{
    for (size_t i = 0; choices && choices[i]; i++)
        str_addf(out, "%s`%s`", i ? ", " : choices[1] ? "one of " : "", choices[i]);
}

static void add_value(struct page *p, const struct field *f)
{
    const struct fields *table = table_of(f);
    const int64_t *limits = f->decode == decode_int ? f->arg : NULL;
    bool choice =
        f->decode == decode_choice || f->decode == decode_version || f->decode == decode_level || f->decode == decode_validate;
    if (table)
        add_nested(p, f, table);
    else if (f->decode == decode_node && (text_same(f->key, "questions") || text_same(f->key, "checks"))) {
        str_addf(p->out, "a list: [%s](%s.md)", f->key, f->key);
        return;
    } else if (choice)
        add_choices(p->out, f->arg);
    else if (limits)
        str_addf(p->out, "a number from %lld to %lld", (long long)limits[0], (long long)limits[1]);
    else if (f->decode == decode_int)
        str_add(p->out, "a number");
    for (size_t i = 0; !table && !choice && i < COUNT(values); i++)
        if (values[i].decode == f->decode)
            str_add(p->out, values[i].says);
}

static void add_table(struct page *p, const struct fields *table)
{
    p->told[p->n_told++] = table;
    str_add(p->out, "| key | is needed | holds | value |\n|---|---|---|---|\n");
    for (size_t i = 0; i < table->n; i++) {
        const struct field *f = &table->list[i];
        if (f->decode == decode_what)
            continue; /* kinds of checks have their own table */
        str_addf(p->out, "| `%s` | %s | ", f->key, f->required ? "yes" : "");
        add_cell(p->out, f->help);
        str_add(p->out, " | ");
        add_value(p, f);
        str_add(p->out, " |\n");
    }
}

/* Tables that were pointed at, and those that they point at. */
static void add_pending(struct page *p)
{
    for (size_t i = 0; i < p->n_pending && p->n_told < COUNT(p->told); i++) {
        str_addf(p->out, "\n### %s\n\n", p->pending[i]->what);
        add_table(p, p->pending[i]);
    }
}

static void begin(struct str *out, const char *title, const char *says)
{
    str_addf(out, "<!-- Written by `make reference` from the tables; do not edit. -->\n# %s\n\n%s\n\n", title, says);
}

/* ---- the pages ---- */

static void add_variables(struct str *out)
{
    str_add(out, "\n### kinds of variables\n\nA map with one of these keys: `{digits: 4}`.\n\n");
    for (size_t i = 0; variable_kind(i); i++)
        str_addf(out, "- `%s`\n", variable_kind(i));
}

static void add_references(struct str *out)
{
    str_add(out,
            "\n### references\n\n`{{ name.field }}`; a name alone where that is a text, too. `x.*` stands for anything below "
            "`x`.\n\n| of | fields |\n|---|---|\n");
    for (enum name_kind kind = NAME_VARIABLE; kind <= NAME_BUILT_IN; kind++) {
        const char *called;
        bool alone;
        const char *const *fields = reference_fields(kind, &called, &alone);
        str_addf(out, "| %s | %s", called, alone ? "alone" : "");
        for (; *fields; fields++)
            str_addf(out, "%s`%s`", text_ends(str_text(out), "| ") ? "" : ", ", *fields);
        str_add(out, " |\n");
    }
}

static void write_scenario(struct str *out)
{
    struct page p = {.out = out};
    begin(out, "The scenario language",
          "Every key of a `scenario.yaml`. Questions and checks have pages of their own. `cafelab schema` gives the same to "
          "editors.");
    add_table(&p, &scenario_fields);
    add_pending(&p);
    str_add(out, "\n### library files\n\nA file that scenarios `use` begins with `library: 1` and may hold:");
    for (size_t i = 0; i < scenario_fields.n; i++)
        if (is_shared_key(scenario_fields.list[i].key))
            str_addf(out, " `%s`", scenario_fields.list[i].key);
    str_add(out, " `use`.\n");
    add_variables(out);
    add_references(out);
    str_add(out, "\n### clients\n\n| client | is |\n|---|---|\n");
    for (size_t i = 0; i < scenario_n_clients; i++)
        str_addf(out, "| `%s` | %s |\n", scenario_clients[i].name, scenario_clients[i].says);
    str_add(out, "\n### habits\n\n| habit | needs |\n|---|---|\n");
    for (size_t i = 1; habit_names[i]; i++) {
        bool password, key;
        habit_needs((enum habit)i, &password, &key);
        str_addf(out, "| `%s` | %s |\n", habit_names[i],
                 password && key ? "`access_key` or `console_password`"
                 : password      ? "`console_password`"
                 : key           ? "`access_key`"
                                 : "");
    }
}

static void write_questions(struct str *out)
{
    static const char *const takes[] = {[TAKES_ONE] = "one",
                                        [TAKES_SET] = "a list, in any order",
                                        [TAKES_ORDER] = "a list, in order",
                                        [TAKES_PAIRS] = "a list of pairs"};
    struct page p = {.out = out};
    begin(out, "Questions", "Every key of a question, and every type of answer. `docs/questions-and-checks.md` explains them.");
    add_table(&p, &question_fields);
    add_pending(&p);
    str_add(out, "\n### types of answers\n\n| type | is | answers | `options` | `within` |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < n_answer_types; i++) {
        const struct answer_type *t = &answer_types[i];
        str_addf(out, "| `%s` | ", t->name);
        add_cell(out, t->says);
        str_addf(out, " | %s | %s | %s |\n", takes[t->takes], t->needs_options ? "needed" : "", t->may_within ? "allowed" : "");
    }
}

static void write_checks(struct str *out)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct fields *checks = check_fields(&arena);
    struct page p = {.out = out};
    begin(out, "Checks",
          "Every key of a check, every kind, and what each kind is matched by. A check has exactly one of `points`, "
          "`penalty`, `veto`, and one kind.");
    add_table(&p, checks);
    str_add(out, "\n## Kinds\n");
    for (size_t i = 0; i < checks->n; i++) {
        const struct check_kind *kind = checks->list[i].arg;
        if (checks->list[i].decode != decode_what)
            continue;
        str_addf(out, "\n### `%s`\n\n%s\n\n", kind->name, kind->says);
        if (kind->params)
            add_table(&p, kind->params);
        else
            str_addf(out, "Holds %s.\n",
                     text_same(kind->name, "not") ? "one condition: a kind and its keys"
                                                  : "a list of conditions, each a kind and its keys");
    }
    add_pending(&p);
}

static const char *kind_of(const struct op *op)
{
    return op->flags & OP_HOST ? "server" : op->flags & OP_DATA ? "data" : op->flags & OP_READ ? "read" : "write";
}

static void write_operations(struct str *out)
{
    begin(out, "Operations",
          "What `do:` may name, and what the simulated account answers to. Parameters are in CloudTrail's names: `!` is "
          "needed, `#` a number, `?` true or false, `[]` a list, `{}` an object, `~` a JSON document. `cafelab operations` "
          "prints the same.");
    for (size_t s = 0; s < lab_catalog.n; s++) {
        const struct service *service = lab_catalog.services[s];
        str_addf(out, "\n## %s\n\n| operation | kind | parameters |\n|---|---|---|\n", service->name);
        for (size_t i = 0; i < service->n; i++) {
            str_addf(out, "| `%s` | %s | ", service->ops[i].name, kind_of(&service->ops[i]));
            add_cell(out, service->ops[i].params ? service->ops[i].params : "");
            str_add(out, " |\n");
        }
    }
}

const struct reference_page reference_pages[] = {
    {"scenario.md",   write_scenario  },
    {"questions.md",  write_questions },
    {"checks.md",     write_checks    },
    {"operations.md", write_operations},
};
const size_t n_reference_pages = COUNT(reference_pages);
