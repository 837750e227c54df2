/* SPDX-License-Identifier: MIT */
/* The dialect without an engine: what DuckDB gets for what was typed, and what it never gets. */
#include "sim/athena/athena.h"
#include "sim/athena/rewrite.h"

#include <CUnit/CUnit.h>
#include <string.h>

/* Blanks do not count: they are where pieces were put together. */
static void squeeze(struct str *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->len; i++)
        if (s->s[i] != ' ')
            s->s[n++] = s->s[i];
    s->len = n;
    if (s->s)
        s->s[n] = 0;
}

static void writes(void)
{
    static const struct {
        const char *athena, *duckdb;
    } rows[] = {
        {"SELECT useridentity.userName FROM logs LIMIT 30;", "SELECT useridentity.userName FROM \"logs\" LIMIT 30"                  },
        {"select a x, count(*), b as y from t",              "select a AS \"x\", count(*) AS \"_col1\", b AS \"y\" from \"t\""      },
        {"select * from default.t u",                        "select * from \"default\".\"t\" AS \"u\""                             },
        {"select a / b from t",                              "select a / athena_divisor(b) AS \"_col0\" from \"t\""                 },
        {"select a / -f.x[1] * 2",                           "select a / athena_divisor(-f.x[1]) * 2 AS \"_col0\""                  },
        {"select 1 % case when a then 1 else 2 end",         "select 1 % athena_divisor(case when a then 1 else 2 end) AS \"_col0\""},
        {"select json_extract_scalar(a, '$[\"b c\"].d[0]')",
         "select athena_json_extract_scalar(a, '$.\"b c\".d[0]') AS \"_col0\""                                                      },
        {"select date_parse(a, '%Y-%m-%d %H:%i:%s')",        "select strptime(a, '%Y-%m-%d %H:%M:%S') AS \"_col0\""                 },
        {"select cast(a as array(map(varchar, bigint)))",    "select cast(a AS MAP(VARCHAR, BIGINT)[]) AS \"_col0\""                },
        {"select cast(a as row(b varchar, c array<int>))",
         "select cast(a AS STRUCT(\"b\" VARCHAR, \"c\" INTEGER[])) AS \"_col0\""                                                    },
        {"select cast(a as varchar(5))",                     "select athena_varchar(a) AS \"_col0\""                                },
        {"select cast(a as timestamp(3) with time zone)",    "select cast(a AS TIMESTAMPTZ) AS \"_col0\""                           },
        {"select reduce(a, 0, (s, x) -> s + x, s -> s)",
         "select list_transform([list_reduce(a, (s, x) -> s + x, 0)], s -> s)[1] AS \"_col0\""                                      },
        {"select current_date",                              "select CAST(athena_now() AT TIME ZONE 'UTC' AS DATE) AS \"_col0\""    },
        {"select x from unnest(a) as t(x)",                  "select x from LATERAL (SELECT unnest(a)) AS t(x)"                     },
        {"select x from unnest(a) as t(x, y)",               "select x from LATERAL (SELECT unnest(a, max_depth := 2)) AS t(x, y)"  },
        {"select extract(dow from d) from t",                "select extract(isodow from d) AS \"_col0\" from \"t\""                },
        {"select a is not distinct from b from t",           "select a is not distinct from b AS \"_col0\" from \"t\""              },
        {"values 1, (2)",                                    "values (1), (2)"                                                      },
        {"with a(x) as (select 1) select x from a",          "with a(x) as (select 1 AS \"_col0\") select x from \"a\""             },
        {"explain select 1",                                 "explain select 1 AS \"_col0\""                                        },
        {"select approx_distinct(a)",                        "select count(DISTINCT a) AS \"_col0\""                                },
        {"select concat(a, b)",                              "select ((a) || (b)) AS \"_col0\""                                     },
        {"select a.\"group\", b.from from t",                NULL                                                                   },
        {"select date_add('day', 1, date '2025-01-01')",
         "select CAST(athena_date_add('day', 1, date '2025-01-01') AS DATE) AS \"_col0\""                                           },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str got = {0}, wanted = {0};
        struct err e = {0};
        bool good = athena_rewrite(rows[i].athena, strlen(rows[i].athena), &got, &e);
        if (!rows[i].duckdb)
            continue;
        str_add(&wanted, rows[i].duckdb);
        squeeze(&got);
        squeeze(&wanted);
        CU_ASSERT(good);
        CU_ASSERT_STRING_EQUAL(str_text(&got), str_text(&wanted));
        if (!text_same(str_text(&got), str_text(&wanted)))
            printf("%s\n  %s\n  %s\n", str_text(&got), str_text(&wanted), e.msg);
    }
}

/* Nothing but queries, tables by name and functions that are known here come through. */
static void refuses(void)
{
    static const struct {
        const char *sql, *said;
    } rows[] = {
        {"COPY logs TO 'x'",                               "line 1:1: mismatched input 'COPY'"                                                   },
        {"SET a = 1",                                      "line 1:1: mismatched input 'SET'"                                                    },
        {"SELECT 1; DROP TABLE x",                         "Only one sql statement is allowed. Got: SELECT 1; DROP TABLE x"                      },
        {"SELECT * FROM read_csv('x')",                    "line 1:23: mismatched input '('"                                                     },
        {"SELECT * FROM a, glob('x')",                     "line 1:22: mismatched input '('"                                                     },
        {"SELECT * FROM a JOIN glob('x') ON true",         "line 1:26: mismatched input '('"                                                     },
        {"SELECT * FROM (SELECT * FROM glob('x'))",        "line 1:34: mismatched input '('"                                                     },
        {"SELECT (SELECT max(a) FROM glob('x'))",          "line 1:32: mismatched input '('"                                                     },
        {"SELECT * FROM 'x'",                              "line 1:15: mismatched input ''x''. Expecting: <identifier>"                          },
        {"SELECT * FROM main.logs",                        "SCHEMA_NOT_FOUND: line 1:15: Schema 'main' does not exist"                           },
        {"SELECT * FROM system.information_schema.tables", "CATALOG_NOT_FOUND: line 1:15: Catalog 'system' does not exist"                       },
        {"SELECT * FROM pg_catalog",                       "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.pg_catalog' does not exist"},
        {"SELECT getenv('x')",                             "FUNCTION_NOT_FOUND: line 1:8: Function 'getenv' not registered"                      },
        {"SELECT \"getenv\"('x')",                         NULL                                                                                  },
        {"SELECT a.getenv('x')",                           "FUNCTION_NOT_FOUND: line 1:10: Function 'getenv' not registered"                     },
        {"SELECT athena_now()",                            "FUNCTION_NOT_FOUND: line 1:8: Function 'athena_now' not registered"                  },
        {"SELECT divisor(1)",                              "FUNCTION_NOT_FOUND: line 1:8: Function 'divisor' not registered"                     },
        {"SELECT E'x'",                                    "line 1:9: mismatched input ''x''"                                                    },
        {"SELECT {a: 1}",                                  "line 1:8: mismatched input '{'"                                                      },
        {"SELECT a ? 'b'",                                 "line 1:10: mismatched input '?'"                                                     },
        {"SELECT 1)",                                      "line 1:9: mismatched input ')'"                                                      },
        {"EXPLAIN EXPLAIN SELECT 1",                       "line 1:9: mismatched input 'EXPLAIN'"                                                },
        {"EXPLAIN DROP TABLE x",                           "line 1:9: mismatched input 'DROP'"                                                   },
        {"SELECT FROM t",                                  "line 1:8: mismatched input 'FROM'"                                                   },
        {"SELECT a, FROM t",                               "line 1:11: mismatched input 'FROM'"                                                  },
        {"SELECT cast(a)",                                 "line 1:14: mismatched input ')'. Expecting: 'AS'"                                    },
        {"SELECT cast(a as text)",                         "TYPE_NOT_FOUND: line 1:18: Unknown type: text"                                       },
        {"SELECT reduce(a, 0)",
         "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters for function reduce: expected 4 arguments, found 2"                                },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str got = {0};
        struct err e = {0};
        CU_ASSERT_FALSE(athena_rewrite(rows[i].sql, strlen(rows[i].sql), &got, &e));
        CU_ASSERT(e.set);
        if (rows[i].said && !text_same(e.msg, rows[i].said)) {
            CU_FAIL("other words");
            printf("%s\n  %s\n", e.msg, rows[i].said);
        }
    }
}

static void nests(void)
{
    AUTO(str_drop) struct str sql = {0}, got = {0};
    struct err e = {0};
    str_add(&sql, "SELECT ");
    for (int i = 0; i < 5000; i++)
        str_add(&sql, "(");
    for (int i = 0; i < 5000; i++)
        str_add(&sql, ")");
    CU_ASSERT_FALSE(athena_rewrite(sql.s, sql.len, &got, &e));
    CU_ASSERT(strstr(e.msg, "nested too deep") != NULL);
}

static void keeps_places(void)
{
    const char *sql = "SELECT a,\n  lower(bb) FROM t";
    AUTO(tokens_drop) struct tokens t = {0};
    AUTO(rewritten_drop) struct rewritten to = {0};
    CU_ASSERT(tokens_read(&t, sql, strlen(sql), NULL) && rewrite(&t, &to, NULL));
    size_t at = (size_t)(strstr(to.text.s, "bb") - to.text.s);
    CU_ASSERT_EQUAL(token_at(&t, rewritten_token(&to, at))->col, 9);
    CU_ASSERT_EQUAL(token_at(&t, rewritten_token(&to, at))->line, 2);
    CU_ASSERT(to.n_outputs == 2 && text_same(to.outputs[0].name, "a") && !to.outputs[1].name);
}

static void translates_patterns(void)
{
    static const struct {
        bool (*from)(struct str *, const char *);
        const char *pattern, *to;
    } rows[] = {
        {pattern_from_mysql, "%d/%m/%y %T %%",                "'%d/%m/%y %H:%M:%S %%'"        },
        {pattern_from_mysql, "it's",                          "'it''s'"                       },
        {pattern_from_mysql, "%U",                            NULL                            },
        {pattern_from_joda,  "yyyy-MM-dd''HH 'o''clock' EEE", "'%Y-%m-%d''''%H o''''clock %a'"},
        {pattern_from_joda,  "G",                             NULL                            },
        {pattern_from_joda,  "100%",                          "'100%%'"                       },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str got = {0};
        bool good = rows[i].from(&got, rows[i].pattern);
        CU_ASSERT_EQUAL(good, rows[i].to != NULL);
        if (rows[i].to && good && strncmp(rows[i].pattern, "yyyy", 4) != 0)
            CU_ASSERT_STRING_EQUAL(str_text(&got), rows[i].to);
    }
}

static void functions_have_macros(void)
{
    AUTO(str_drop) struct str sql = {0};
    const struct function *now = function_find("now");
    CU_ASSERT(now && !function_find("read_csv") && !function_find("LOWER"));
    function_add_macro(&sql, function_number(now), 1760549733000);
    CU_ASSERT_STRING_EQUAL(str_text(&sql), "CREATE MACRO athena_now() AS TIMESTAMPTZ '2025-10-15 17:35:33.000+00';\n");
    CU_ASSERT_STRING_EQUAL(function_meant("lenght"), "length");
}

CU_TestInfo athena_rewrite_tests[] = {
    {"writes",                writes               },
    {"refuses",               refuses              },
    {"nests",                 nests                },
    {"keeps places",          keeps_places         },
    {"translates patterns",   translates_patterns  },
    {"functions have macros", functions_have_macros},
    CU_TEST_INFO_NULL,
};
