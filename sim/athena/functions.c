/* SPDX-License-Identifier: MIT */
/*
 * Trino's functions, one a row, and what each is in DuckDB. Sorted by kind, as Athena's manual has them.
 *
 * A macro stands where the two differ in silence: Trino gives NULL where a regular expression does not match, for a JSON
 * object asked for as a scalar, for text that is no JSON; it replaces every match; its date_diff counts whole units.
 */
#include "sim/athena/rewrite.h"

#include <string.h>

static const struct function functions[] = {
  /* aggregates and windows */
    {"count",                  FORM_SAME,     NULL                                                                              },
    {"count_if",               FORM_SAME,     NULL                                                                              },
    {"sum",                    FORM_SAME,     NULL                                                                              },
    {"avg",                    FORM_SAME,     NULL                                                                              },
    {"min",                    FORM_SAME,     NULL                                                                              },
    {"max",                    FORM_SAME,     NULL                                                                              },
    {"min_by",                 FORM_SAME,     NULL                                                                              },
    {"max_by",                 FORM_SAME,     NULL                                                                              },
    {"arbitrary",              FORM_NAMED,    "any_value"                                                                       },
    {"any_value",              FORM_SAME,     NULL                                                                              },
    {"array_agg",              FORM_SAME,     NULL                                                                              },
    {"bool_and",               FORM_SAME,     NULL                                                                              },
    {"bool_or",                FORM_SAME,     NULL                                                                              },
    {"every",                  FORM_NAMED,    "bool_and"                                                                        },
    {"approx_distinct",        FORM_DISTINCT, NULL                                                                              },
    {"approx_percentile",      FORM_NAMED,    "quantile_disc"                                                                   },
    {"histogram",              FORM_SAME,     NULL                                                                              },
    {"map_agg",                FORM_MACRO,    "(k, v) AS map(list(k), list(v))"                                                 },
    {"listagg",                FORM_LISTAGG,  NULL                                                                              },
    {"stddev",                 FORM_SAME,     NULL                                                                              },
    {"stddev_pop",             FORM_SAME,     NULL                                                                              },
    {"stddev_samp",            FORM_SAME,     NULL                                                                              },
    {"variance",               FORM_SAME,     NULL                                                                              },
    {"var_pop",                FORM_SAME,     NULL                                                                              },
    {"var_samp",               FORM_SAME,     NULL                                                                              },
    {"corr",                   FORM_SAME,     NULL                                                                              },
    {"skewness",               FORM_SAME,     NULL                                                                              },
    {"kurtosis",               FORM_SAME,     NULL                                                                              },
    {"grouping",               FORM_SAME,     NULL                                                                              },
    {"row_number",             FORM_SAME,     NULL                                                                              },
    {"rank",                   FORM_SAME,     NULL                                                                              },
    {"dense_rank",             FORM_SAME,     NULL                                                                              },
    {"percent_rank",           FORM_SAME,     NULL                                                                              },
    {"cume_dist",              FORM_SAME,     NULL                                                                              },
    {"ntile",                  FORM_SAME,     NULL                                                                              },
    {"lag",                    FORM_SAME,     NULL                                                                              },
    {"lead",                   FORM_SAME,     NULL                                                                              },
    {"first_value",            FORM_SAME,     NULL                                                                              },
    {"last_value",             FORM_SAME,     NULL                                                                              },
    {"nth_value",              FORM_SAME,     NULL                                                                              },
 /* conditions and types */
    {"coalesce",               FORM_SAME,     NULL                                                                              },
    {"nullif",                 FORM_SAME,     NULL                                                                              },
    {"greatest",               FORM_MACRO,    "(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE greatest(a, b) END"    },
    {"least",                  FORM_MACRO,    "(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE least(a, b) END"       },
    {"if",                     FORM_MACRO,    "(c, a) AS CASE WHEN c THEN a END, (c, a, b) AS CASE WHEN c THEN a ELSE b END"    },
    {"try",                    FORM_SAME,     NULL                                                                              },
    {"cast",                   FORM_CAST,     NULL                                                                              },
    {"try_cast",               FORM_CAST,     NULL                                                                              },
    {"typeof",                 FORM_MACRO,    "(x) AS lower(typeof(x))"                                                         },
    {"row",                    FORM_SAME,     NULL                                                                              },
    {"uuid",                   FORM_SAME,     NULL                                                                              },
 /* text */
    {"length",                 FORM_SAME,     NULL                                                                              },
    {"lower",                  FORM_SAME,     NULL                                                                              },
    {"upper",                  FORM_SAME,     NULL                                                                              },
    {"trim",                   FORM_FROM,     "trim"                                                                            },
    {"ltrim",                  FORM_SAME,     NULL                                                                              },
    {"rtrim",                  FORM_SAME,     NULL                                                                              },
    {"substr",                 FORM_SAME,     NULL                                                                              },
    {"substring",              FORM_FROM,     "substring"                                                                       },
    {"position",               FORM_FROM,     "position"                                                                        },
    {"replace",                FORM_MACRO,    "(s, x) AS replace(s, x, ''), (s, x, y) AS replace(s, x, y)"                      },
    {"reverse",                FORM_SAME,     NULL                                                                              },
    {"concat",                 FORM_CONCAT,   NULL                                                                              },
    {"concat_ws",              FORM_SAME,     NULL                                                                              },
    {"split",                  FORM_NAMED,    "string_split"                                                                    },
    {"split_part",             FORM_MACRO,    "(s, d, n) AS CASE WHEN n <= len(string_split(s, d)) THEN split_part(s, d, n) END"},
    {"split_to_map",           FORM_MACRO,
     "(s, a, b) AS map_from_entries(list_transform(string_split(s, a), "
     "lambda x: {'k': split_part(x, b, 1), 'v': split_part(x, b, 2)}))"                                                         },
    {"strpos",                 FORM_SAME,     NULL                                                                              },
    {"starts_with",            FORM_SAME,     NULL                                                                              },
    {"ends_with",              FORM_SAME,     NULL                                                                              },
    {"lpad",                   FORM_SAME,     NULL                                                                              },
    {"rpad",                   FORM_SAME,     NULL                                                                              },
    {"chr",                    FORM_SAME,     NULL                                                                              },
    {"codepoint",              FORM_NAMED,    "unicode"                                                                         },
    {"translate",              FORM_SAME,     NULL                                                                              },
    {"levenshtein_distance",   FORM_NAMED,    "levenshtein"                                                                     },
    {"hamming_distance",       FORM_NAMED,    "hamming"                                                                         },
    {"format",                 FORM_NAMED,    "printf"                                                                          },
    {"to_utf8",                FORM_NAMED,    "encode"                                                                          },
    {"from_utf8",              FORM_NAMED,    "decode"                                                                          },
    {"to_base64",              FORM_SAME,     NULL                                                                              },
    {"from_base64",            FORM_SAME,     NULL                                                                              },
    {"to_hex",                 FORM_NAMED,    "hex"                                                                             },
    {"from_hex",               FORM_NAMED,    "unhex"                                                                           },
    {"md5",                    FORM_MACRO,    "(x) AS unhex(md5(x))"                                                            },
    {"sha1",                   FORM_MACRO,    "(x) AS unhex(sha1(x))"                                                           },
    {"sha256",                 FORM_MACRO,    "(x) AS unhex(sha256(x))"                                                         },
    {"url_encode",             FORM_SAME,     NULL                                                                              },
    {"url_decode",             FORM_SAME,     NULL                                                                              },
    {"url_extract_protocol",   FORM_MACRO,    "(u) AS nullif(regexp_extract(u, '^([A-Za-z][A-Za-z0-9+.-]*):', 1), '')"          },
    {"url_extract_host",       FORM_MACRO,    "(u) AS nullif(regexp_extract(u, '^[^:/?#]+://(?:[^/?#@]*@)?([^:/?#]+)', 1), '')" },
    {"url_extract_port",       FORM_MACRO,
     "(u) AS TRY_CAST(regexp_extract(u, '^[^:/?#]+://(?:[^/?#@]*@)?[^:/?#]*:([0-9]+)', 1) AS BIGINT)"                           },
    {"url_extract_path",       FORM_MACRO,    "(u) AS regexp_extract(u, '^(?:[^:/?#]+:)?(?://[^/?#]*)?([^?#]*)', 1)"            },
    {"url_extract_query",      FORM_MACRO,    "(u) AS regexp_extract(u, '^[^?#]*\\?([^#]*)', 1)"                                },
    {"url_extract_fragment",   FORM_MACRO,    "(u) AS regexp_extract(u, '#(.*)$', 1)"                                           },
    {"url_extract_parameter",  FORM_MACRO,
     "(u, n) AS CASE WHEN len(list_filter(string_split(regexp_extract(u, '^[^?#]*\\?([^#]*)', 1), '&'), "
     "lambda x: split_part(x, '=', 1) = n)) > 0 THEN url_decode(split_part(list_filter(string_split(regexp_extract(u, "
     "'^[^?#]*\\?([^#]*)', 1), '&'), lambda x: split_part(x, '=', 1) = n)[1], '=', 2)) END"                                     },
 /* regular expressions */
    {"regexp_like",            FORM_NAMED,    "regexp_matches"                                                                  },
    {"regexp_extract",         FORM_MACRO,
     "(s, p) AS CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p) END, "
     "(s, p, g) AS CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p, g) END"                                             },
    {"regexp_extract_all",     FORM_SAME,     NULL                                                                              },
    {"regexp_count",           FORM_MACRO,    "(s, p) AS len(regexp_extract_all(s, p))"                                         },
    {"regexp_replace",         FORM_MACRO,
     "(s, p) AS regexp_replace(s, p, '', 'g'), "
     "(s, p, r) AS regexp_replace(s, p, regexp_replace(r, '\\$([0-9])', '\\\\\\1', 'g'), 'g')"                                  },
    {"regexp_split",           FORM_NAMED,    "string_split_regex"                                                              },
 /* JSON */
    {"json_extract",           FORM_PATH,     "(j, p) AS CASE WHEN json_valid(j) THEN json_extract(j, p) END"                   },
    {"json_extract_scalar",    FORM_PATH,
     "(j, p) AS CASE WHEN json_valid(j) AND json_type(j, p) NOT IN ('OBJECT', 'ARRAY') "
     "THEN json_extract_string(j, p) END"                                                                                       },
    {"json_size",              FORM_PATH,
     "(j, p) AS CASE WHEN json_valid(j) THEN CASE json_type(j, p) WHEN 'OBJECT' THEN len(json_keys(j, p)) "
     "WHEN 'ARRAY' THEN json_array_length(j, p) ELSE 0 END END"                                                                 },
    {"json_parse",             FORM_MACRO,    "(s) AS json(s)"                                                                  },
    {"json_format",            FORM_MACRO,    "(j) AS CAST(j AS VARCHAR)"                                                       },
    {"json_array_length",      FORM_MACRO,
     "(j) AS CASE WHEN json_valid(j) AND json_type(j) = 'ARRAY' THEN json_array_length(j) END"                                  },
    {"json_array_get",         FORM_MACRO,
     "(j, i) AS CASE WHEN json_valid(j) AND json_type(j) = 'ARRAY' THEN json_extract(j, '$[' || i || ']') END"                  },
    {"json_array_contains",    FORM_MACRO,
     "(j, v) AS CASE WHEN json_valid(j) AND json_type(j) = 'ARRAY' THEN json_contains(j, to_json(v)) END"                       },
    {"is_json_scalar",         FORM_MACRO,    "(j) AS json_type(j) NOT IN ('OBJECT', 'ARRAY')"                                  },
 /* times */
    {"now",                    FORM_MACRO,    NULL                                                                              },
    {"date",                   FORM_MACRO,    "(x) AS CAST(x AS DATE)"                                                          },
    {"from_iso8601_timestamp", FORM_MACRO,    "(s) AS CAST(s AS TIMESTAMPTZ)"                                                   },
    {"from_iso8601_date",      FORM_MACRO,    "(s) AS CAST(s AS DATE)"                                                          },
    {"to_iso8601",             FORM_MACRO,
     "(t) AS CASE WHEN typeof(t) = 'DATE' THEN strftime(CAST(t AS TIMESTAMP), '%Y-%m-%d') "
     "WHEN typeof(t) = 'TIMESTAMP' THEN strftime(CAST(t AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%g') "
     "ELSE strftime(CAST(t AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%gZ') END"                                                         },
    {"date_parse",             FORM_MYSQL,    "strptime"                                                                        },
    {"date_format",            FORM_MYSQL,    "strftime"                                                                        },
    {"parse_datetime",         FORM_JODA,     "strptime"                                                                        },
    {"format_datetime",        FORM_JODA,     "strftime"                                                                        },
    {"date_trunc",             FORM_SAME,     NULL                                                                              },
    {"date_diff",              FORM_NAMED,    "date_sub"                                                                        },
    {"date_add",               FORM_DATE_ADD,
     "(u, n, d) AS d + CASE lower(u) WHEN 'millisecond' THEN to_milliseconds(n) WHEN 'second' THEN to_seconds(n) "
     "WHEN 'minute' THEN to_minutes(n) WHEN 'hour' THEN to_hours(n) WHEN 'day' THEN to_days(CAST(n AS INTEGER)) "
     "WHEN 'week' THEN to_days(7 * CAST(n AS INTEGER)) WHEN 'month' THEN to_months(CAST(n AS INTEGER)) "
     "WHEN 'quarter' THEN to_months(3 * CAST(n AS INTEGER)) WHEN 'year' THEN to_years(CAST(n AS INTEGER)) "
     "ELSE to_days(CAST(u || ' is not a valid Timestamp field' AS INTEGER)) END"                                                },
    {"to_unixtime",            FORM_MACRO,    "(t) AS epoch(t)"                                                                 },
    {"from_unixtime",          FORM_NAMED,    "to_timestamp"                                                                    },
    {"at_timezone",            FORM_MACRO,    "(t, z) AS t AT TIME ZONE z"                                                      },
    {"with_timezone",          FORM_MACRO,    "(t, z) AS t AT TIME ZONE z"                                                      },
    {"current_timezone",       FORM_MACRO,    "() AS 'UTC'"                                                                     },
    {"last_day_of_month",      FORM_NAMED,    "last_day"                                                                        },
    {"extract",                FORM_FROM,     "extract"                                                                         },
    {"year",                   FORM_SAME,     NULL                                                                              },
    {"quarter",                FORM_SAME,     NULL                                                                              },
    {"month",                  FORM_SAME,     NULL                                                                              },
    {"week",                   FORM_SAME,     NULL                                                                              },
    {"week_of_year",           FORM_NAMED,    "week"                                                                            },
    {"year_of_week",           FORM_NAMED,    "isoyear"                                                                         },
    {"yow",                    FORM_NAMED,    "isoyear"                                                                         },
    {"day",                    FORM_SAME,     NULL                                                                              },
    {"day_of_month",           FORM_NAMED,    "day"                                                                             },
    {"day_of_week",            FORM_NAMED,    "isodow"                                                                          },
    {"dow",                    FORM_NAMED,    "isodow"                                                                          },
    {"day_of_year",            FORM_NAMED,    "dayofyear"                                                                       },
    {"doy",                    FORM_NAMED,    "dayofyear"                                                                       },
    {"hour",                   FORM_SAME,     NULL                                                                              },
    {"minute",                 FORM_SAME,     NULL                                                                              },
    {"second",                 FORM_SAME,     NULL                                                                              },
    {"millisecond",            FORM_MACRO,    "(t) AS millisecond(t) % 1000"                                                    },
 /* arrays and maps */
    {"cardinality",            FORM_MACRO,
     "(x) AS CASE WHEN x IS NULL THEN NULL WHEN json_type(to_json(x)) = 'OBJECT' THEN len(json_keys(to_json(x))) "
     "ELSE json_array_length(to_json(x)) END"                                                                                   },
    {"element_at",             FORM_MACRO,    "(x, k) AS x[k]"                                                                  },
    {"contains",               FORM_SAME,     NULL                                                                              },
    {"array_join",             FORM_MACRO,
     "(a, d) AS array_to_string(a, d), "
     "(a, d, n) AS array_to_string(list_transform(a, lambda x: coalesce(CAST(x AS VARCHAR), n)), d)"                            },
    {"array_position",         FORM_MACRO,    "(a, x) AS coalesce(list_position(a, x), 0)"                                      },
    {"array_distinct",         FORM_MACRO,    "(a) AS list_filter(a, lambda x, i: list_position(a, x) = i)"                     },
    {"array_sort",             FORM_NAMED,    "list_sort"                                                                       },
    {"array_max",              FORM_NAMED,    "list_max"                                                                        },
    {"array_min",              FORM_NAMED,    "list_min"                                                                        },
    {"array_intersect",        FORM_NAMED,    "list_intersect"                                                                  },
    {"array_union",            FORM_MACRO,    "(a, b) AS list_distinct(list_concat(a, b))"                                      },
    {"array_except",           FORM_MACRO,    "(a, b) AS list_distinct(list_filter(a, lambda x: NOT list_contains(b, x)))"      },
    {"array_remove",           FORM_MACRO,    "(a, e) AS list_filter(a, lambda x: x <> e)"                                      },
    {"arrays_overlap",         FORM_NAMED,    "list_has_any"                                                                    },
    {"flatten",                FORM_SAME,     NULL                                                                              },
    {"slice",                  FORM_MACRO,    "(a, s, n) AS list_slice(a, s, s + n - 1)"                                        },
    {"sequence",               FORM_NAMED,    "generate_series"                                                                 },
    {"zip",                    FORM_NAMED,    "list_zip"                                                                        },
    {"transform",              FORM_NAMED,    "list_transform"                                                                  },
    {"filter",                 FORM_NAMED,    "list_filter"                                                                     },
    {"any_match",              FORM_MATCH,    "> 0"                                                                             },
    {"none_match",             FORM_MATCH,    "= 0"                                                                             },
    {"all_match",              FORM_MATCH,    NULL                                                                              },
    {"reduce",                 FORM_REDUCE,   NULL                                                                              },
    {"map",                    FORM_SAME,     NULL                                                                              },
    {"map_keys",               FORM_SAME,     NULL                                                                              },
    {"map_values",             FORM_SAME,     NULL                                                                              },
    {"map_entries",            FORM_SAME,     NULL                                                                              },
    {"map_concat",             FORM_SAME,     NULL                                                                              },
    {"map_from_entries",       FORM_SAME,     NULL                                                                              },
 /* numbers */
    {"abs",                    FORM_SAME,     NULL                                                                              },
    {"ceil",                   FORM_SAME,     NULL                                                                              },
    {"ceiling",                FORM_SAME,     NULL                                                                              },
    {"floor",                  FORM_SAME,     NULL                                                                              },
    {"round",                  FORM_SAME,     NULL                                                                              },
    {"truncate",               FORM_NAMED,    "trunc"                                                                           },
    {"sign",                   FORM_SAME,     NULL                                                                              },
    {"mod",                    FORM_MACRO,
     "(a, b) AS CASE WHEN b = 0 THEN CAST('Division by zero' || left(CAST(b AS VARCHAR), 0) AS INTEGER) ELSE a % b END"         },
    {"power",                  FORM_SAME,     NULL                                                                              },
    {"pow",                    FORM_SAME,     NULL                                                                              },
    {"sqrt",                   FORM_SAME,     NULL                                                                              },
    {"cbrt",                   FORM_SAME,     NULL                                                                              },
    {"exp",                    FORM_SAME,     NULL                                                                              },
    {"ln",                     FORM_SAME,     NULL                                                                              },
    {"log",                    FORM_SAME,     NULL                                                                              },
    {"log2",                   FORM_SAME,     NULL                                                                              },
    {"log10",                  FORM_SAME,     NULL                                                                              },
    {"pi",                     FORM_SAME,     NULL                                                                              },
    {"rand",                   FORM_NAMED,    "random"                                                                          },
    {"random",                 FORM_SAME,     NULL                                                                              },
    {"is_nan",                 FORM_NAMED,    "isnan"                                                                           },
    {"bitwise_and",            FORM_MACRO,    "(a, b) AS a & b"                                                                 },
    {"bitwise_or",             FORM_MACRO,    "(a, b) AS a | b"                                                                 },
    {"bitwise_xor",            FORM_NAMED,    "xor"                                                                             },
 /* What CAST(x AS VARCHAR) and division are made of: a JSON text loses its quotes; nothing is divided by 0. The error is
  * one of a cast, because try() takes those and not error(); that the text hangs on x keeps it from coming too early. */
    {"varchar",                FORM_INNER,
     "(x) AS CASE typeof(x) WHEN 'JSON' THEN json_extract_string(TRY_CAST(x AS JSON), '$') "
     "WHEN 'TIMESTAMP' THEN strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g') "
     "WHEN 'TIMESTAMP WITH TIME ZONE' THEN strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g UTC') "
     "ELSE CAST(x AS VARCHAR) END"                                                                                              },
    {"divisor",                FORM_INNER,
     "(x) AS CASE WHEN x = 0 AND typeof(x) NOT IN ('DOUBLE', 'FLOAT') THEN CAST('Division by zero' || left(CAST(x AS VARCHAR), "
     "0) AS INTEGER) ELSE x END"                                                                                                },
};
_Static_assert(COUNT(functions) <= FUNCTIONS_MAX, "struct rewritten has a flag for each");

const struct function *function_find(const char *name)
{
    for (size_t i = 0; i < COUNT(functions); i++)
        if (text_same(functions[i].name, name))
            return &functions[i];
    return NULL;
}

const char *function_meant(const char *name)
{
    const char *names[COUNT(functions) + 1] = {0};
    size_t n = 0;
    for (size_t i = 0; i < COUNT(functions); i++)
        if (functions[i].form != FORM_INNER)
            names[n++] = functions[i].name;
    return text_meant(name, names);
}

size_t function_number(const struct function *f)
{
    return (size_t)(f - functions);
}

void function_add_macro(struct str *s, size_t number, int64_t now_ms)
{
    const struct function *f = &functions[number];
    str_addf(s, "CREATE MACRO athena_%s", f->name);
    if (f->to)
        str_add(s, f->to);
    else { /* now() */
        str_add(s, "() AS TIMESTAMPTZ '");
        str_add_time(s, now_ms, "%Y-%m-%d %H:%M:%S.%L+00");
        str_addc(s, '\'');
    }
    str_add(s, ";\n");
}
