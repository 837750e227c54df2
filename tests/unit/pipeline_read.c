/* SPDX-License-Identifier: MIT */
/* Lines into words, and what is no line: each mistake with its byte and its words. */
#include "sim/pipeline/parts.h"

#include <CUnit/CUnit.h>
#include <string.h>

/* Programs and words as "grep|a|b >> sort": a glob is shown by its pattern in < >. */
static void show(const struct pipeline *p, struct str *out)
{
    for (size_t i = 0; i < p->n; i++) {
        str_addf(out, "%s%s", i ? " >> " : "", p->segments[i].program->name);
        for (size_t j = 0; j < p->segments[i].n; j++) {
            const struct word *w = &p->segments[i].words[j];
            str_addf(out, w->pattern ? "|<%s>" : "|%s", w->pattern ? w->pattern : w->text);
        }
    }
}

static const struct {
    const char *line, *shown;
} good[] = {
    {"cat README.md",                                       "cat|README.md"                                       },
    {"  zcat s3/*/x.gz|jq -r '.Records[] | .a' |sort\t-u ", "zcat|<s3/*/x.gz> >> jq|-r|.Records[] | .a >> sort|-u"},
    {"grep 'a b'\"c d\"e f",                                "grep|a bc de|f"                                      },
    {"grep -c '' f",                                        "grep|-c||f"                                          },
    {"grep \"\" f",                                         "grep||f"                                             },
    {"grep \"say \\\"x\\\" \\$HOME \\n\" f",                "grep|say \"x\" $HOME \\n|f"                          },
    {"grep a\\ b\\*c f",                                    "grep|a b*c|f"                                        },
    {"cat 'a*'b?",                                          "cat|<a\\*b?>"                                        },
    {"cat x[12]",                                           "cat|<x[12]>"                                         },
    {"grep 'end$' f",                                       "grep|end$|f"                                         },
    {"grep end$ f",                                         "grep|end$|f"                                         },
    {"grep \"end$\" f",                                     "grep|end$|f"                                         },
    {"awk '{print $1}' f",                                  "awk|{print $1}|f"                                    },
    {"sort -t: -k1,1 f",                                    "sort|-t:|-k1,1|f"                                    },
    {"cat a |\n  sort\n",                                   "cat|a >> sort"                                       },
    {"cut -d# -f1 a#b",                                     "cut|-d#|-f1|a#b"                                     },
    {"jq '.x ; .y & (.z) > 3' f",                           "jq|.x ; .y & (.z) > 3|f"                             },
    {"find s3 -name '*.gz' -newer x",                       "find|s3|-name|*.gz|-newer|x"                         },
    {"sed 's/a/b/' f",                                      "sed|s/a/b/|f"                                        },
};

static const struct {
    const char *line;
    size_t at;
    const char *says;
} bad[] = {
    {"",                             0,  "expected a program here"                                                                           },
    {"cat a |",                      7,  "expected a program here"                                                                           },
    {"| cat",                        0,  "expected a program here"                                                                           },
    {"cat a | | sort",               8,  "expected a program here"                                                                           },
    {"cat a || sort",                7,  "\"||\": one line is one chain of programs with | between them"                                     },
    {"cat a && sort",                6,  "\"&&\": one line is one chain of programs with | between them"                                     },
    {"cat a; sort b",                5,  "one line is one chain of programs with | between them: no ; and no &"                              },
    {"cat a &",                      6,  "one line is one chain of programs with | between them: no ; and no &"                              },
    {"cat a > b",                    6,  "no redirections: programs read the files that they are given, and print"                           },
    {"cat a 2>/dev/null",            7,  "no redirections: programs read the files that they are given, and print"                           },
    {"cat < a",                      4,  "no redirections: programs read the files that they are given, and print"                           },
    {"cat $(id)",                    4,  "no variables and no $(...): nothing but the program's own text; '...' keeps a dollar sign as it is"},
    {"cat \"`id`\"",                 5,  "no variables and no $(...): nothing but the program's own text; '...' keeps a dollar sign as it is"},
    {"cat \"$HOME/x\"",              5,
     "no variables and no $(...): nothing but the program's own text; '...' keeps a dollar sign as it is"                                    },
    {"cat $'x'",                     4,  "no variables and no $(...): nothing but the program's own text; '...' keeps a dollar sign as it is"},
    {"cat {a,b}",                    4,  "a brace needs quotes"                                                                              },
    {"cat (a)",                      4,  "no subshells: a bracket needs quotes"                                                              },
    {"cat ~/x",                      4,  "there is no home: files are named from the lab's folder"                                           },
    {"cat a # b",                    6,  "a word that begins with # is a comment to a shell: it needs quotes"                                },
    {"grep a!b c",                   6,  "an exclamation mark needs single quotes"                                                           },
    {"cat 'a",                       4,  "this ' has no end"                                                                                 },
    {"cat \"a\\\"",                  4,  "this \" has no end"                                                                                },
    {"cat a\\",                      5,  "a backslash with nothing behind it"                                                                },
    {"cat a\nsort b",                5,  "one line: it goes on in the next only behind a |"                                                  },
    {"cat \x01",                     4,  "control characters are not allowed"                                                                },
    {"sh -c id",                     0,  "\"sh\" is not run: expected one of grep,"                                                          },
    {"cat a | sork -u",              8,  "\"sork\" is no program of the list (did you mean \"sort\"?)"                                       },
    {"cat a | perl -e 1",            8,  "\"perl\" is not run: expected one of grep, egrep, fgrep, zcat,"                                    },
    {"/bin/cat a",                   0,  "\"/bin/cat\" is not run: expected one of grep,"                                                    },
    {"LC_ALL=C sort a",              0,  "\"LC_ALL=C\" is not run: expected one of grep,"                                                    },
    {"find s3 -exec id +",           8,  "find -exec is not run: a line only reads and prints"                                               },
    {"find s3 -fprintf x y",         8,  "find -fprintf is not run: a line only reads and prints"                                            },
    {"sort -oout a",                 5,  "sort -o is not run: a line only reads and prints"                                                  },
    {"sort --compress-program=sh a", 5,  "sort --compress-program is not run: a line only reads and prints"                                  },
    {"tail -f a",                    5,  "tail -f is not run: a line only reads and prints"                                                  },
    {"cat a | sed -i s/a/b/ f",      12, "sed -i is not run: a line only reads and prints"                                                   },
};

static void test_good(void)
{
    for (size_t i = 0; i < COUNT(good); i++) {
        struct arena arena = {0};
        AUTO(str_drop) struct str shown = {0};
        struct err e = {0};
        const struct pipeline *p = pipeline_read(&arena, good[i].line, NULL, &e);
        if (p)
            show(p, &shown);
        if (!p || !text_same(str_text(&shown), good[i].shown))
            printf("%s: %s %s\n", good[i].line, str_text(&shown), e.msg);
        CU_ASSERT(p && text_same(str_text(&shown), good[i].shown));
        arena_drop(&arena);
    }
}

static void test_bad(void)
{
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct arena arena = {0};
        struct err e = {0};
        size_t at = 999;
        const struct pipeline *p = pipeline_read(&arena, bad[i].line, &at, &e);
        if (p || at != bad[i].at || !text_starts(e.msg, bad[i].says))
            printf("%s: at %zu: %s\n", bad[i].line, at, e.msg);
        CU_ASSERT(!p && at == bad[i].at && text_starts(e.msg, bad[i].says));
        arena_drop(&arena);
    }
}

/* Limits: words, programs, bytes. */
static void test_limits(void)
{
    static const struct {
        const char *first, *again;
        size_t times;
        const char *says;
    } rows[] = {
        {"cat",  " a",               MOST_WORDS,        NULL                                     },
        {"cat",  " a",               MOST_WORDS + 1,    "too many words: at most 64 to a program"},
        {"cat",  " | cat",           MOST_SEGMENTS - 1, NULL                                     },
        {"cat",  " | cat",           MOST_SEGMENTS,     "too many programs: at most 12 in a line"},
        {"cat ", "aaaaaaaaaaaaaaaa", 256,               "too long: at most 4096 bytes"           },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena arena = {0};
        AUTO(str_drop) struct str line = {0};
        struct err e = {0};
        str_add(&line, rows[i].first);
        for (size_t j = 0; j < rows[i].times; j++)
            str_add(&line, rows[i].again);
        const struct pipeline *p = pipeline_read(&arena, str_text(&line), NULL, &e);
        CU_ASSERT(rows[i].says ? !p && text_same(e.msg, rows[i].says) : p && !e.set);
        arena_drop(&arena);
    }
}

CU_TestInfo pipeline_read_tests[] = {
    {"lines that are read as a shell reads them", test_good  },
    {"lines that are refused",                    test_bad   },
    {"limits",                                    test_limits},
    CU_TEST_INFO_NULL
};
