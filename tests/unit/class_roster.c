/* SPDX-License-Identifier: MIT */
/* Rosters: what is read of each, and the exact words about what is wrong. */
#include "grader/class/class.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define BOM "\xEF\xBB\xBF"

static void read_rows(void)
{
    static const struct {
        const char *says, *text;
        const char *students; /* kind; then id|name|email|login|section|lms id of each */
    } rows[] = {
        {"the least",          "id\n1\n2\n",                                                               "plain 1||||| 2|||||"                 },
        {"the usual",          "id,name,email,section\n4711,\"Roe, Jane\",j@x.org,A\n",                    "plain 4711|Roe, Jane|j@x.org||A|"    },
        {"any order, case",    "Email,Student ID,First Name,Last Name\nj@x.org,a-1,Jane,Roe\n",            "plain a-1|Jane Roe|j@x.org|||"       },
        {"a login will do",    "username,name\njroe,Jane\n",                                               "plain jroe|Jane||jroe||"             },
        {"columns of others",  "id,name,shoe size\n1,Jane,38\n",                                           "plain 1|Jane||||"                    },
        {"byte order mark",    BOM "id,name\n1,J\xC3\xBA\n",                                               "plain 1|J\xC3\xBA||||"               },
        {"Windows's ends",     "id,name\r\n1,Jane\r\n\r\n2,Joe\r\n",                                       "plain 1|Jane|||| 2|Joe||||"          },
        {"semicolons",         "id;name\n1;Roe, Jane\n",                                                   "plain 1|Roe, Jane||||"               },
        {"tabs",               "id\tname\n1\tJane\n",                                                      "plain 1|Jane||||"                    },
        {"Excel says how",     "sep=;\nid;name\n1;Jane\n",                                                 "plain 1|Jane||||"                    },
        {"no last line end",   "id,name\n1,Jane",                                                          "plain 1|Jane||||"                    },
        {"quotes in quotes",   "id,name\n1,\"Jane \"\"J\"\" Roe\"\n",                                      "plain 1|Jane \"J\" Roe||||"          },
        {"line in a cell",     "id,name\n1,\"Jane\nRoe\"\n2,Joe\n",                                        "plain 1|Jane\nRoe|||| 2|Joe||||"     },
        {"blanks around",      "id , name\n 1 ,  Jane \n",                                                 "plain 1|Jane||||"                    },
        {"empty lines",        "id,name\n,\n1,Jane\n,\n",                                                  "plain 1|Jane||||"                    },
        {"blanks unseen",      BOM BOM "id\xC2\xA0,name\n\xE2\x80\x8B\x31\xC2\xA0,Jane\t\n",               "plain 1|Jane||||"                    },
        {"near to rounded",    "id\n2E3\n1E+\n",                                                           "plain 2E3||||| 1E+|||||"             },
        {"an address as id",   "id\njane.roe+lab@example.org\n",                                           "plain jane.roe+lab@example.org|||||" },
        {"Canvas",
         "Student,ID,SIS User ID,SIS Login ID,Section,IR lab (12)\n,,,,,Manual Posting\n"
         "    Points Possible,,,,,10\n\"Roe, Jane\",101,s1,jroe,CS 1,\n\"Student, Test\",102,,,CS 1,\n",   "canvas jroe|Roe, Jane||jroe|CS 1|101"},
        {"Canvas, no SIS",     "Student,ID,Section,Quiz\n\"Roe, Jane\",101,CS 1,\n",                       "canvas 101|Roe, Jane|||CS 1|101"     },
        {"Canvas, some SIS",   "Student,ID,SIS Login ID,Section\n\"Roe, Jane\",101,,A\nJoe,102,joe,A\n",
         "canvas 101|Roe, Jane|||A|101 102|Joe||joe|A|102"                                                                                       },
        {"Moodle",             "First name,Last name,Email address,Groups\nJane,Roe,j@x.org,A\n",          "moodle j@x.org|Jane Roe|j@x.org||A|" },
        {"Moodle, numbers",    "First name,Surname,ID number,Email address\nJane,Roe,77,j@x.org\n",
         "moodle 77|Jane Roe|j@x.org|||"                                                                                                         },
        {"Moodle, no numbers", "First name,Surname,ID number,Email address\nJane,Roe,,j@x.org\n",
         "moodle j@x.org|Jane Roe|j@x.org|||"                                                                                                    },
        {"Moodle, pt",         "Nome;Apelido(s);Endere\xC3\xA7o de email\nAna;Reis;a@x.org\n",             "moodle a@x.org|Ana Reis|a@x.org|||"  },
        {"Moodle, es",         "Nombre,Apellido(s),Direcci\xC3\xB3n de correo\nAna,R\xC3\xADos,a@x.org\n",
         "moodle a@x.org|Ana R\xC3\xADos|a@x.org|||"                                                                                             },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(diags_drop) struct diags diags = {0};
        AUTO(roster_drop) struct roster r = {0};
        AUTO(str_drop) struct str got = {0};
        CU_ASSERT(roster_read("r.csv", rows[i].text, strlen(rows[i].text), &r, &diags));
        str_add(&got, roster_kinds[r.kind]);
        for (size_t k = 0; k < r.n; k++)
            str_addf(&got, " %s|%s|%s|%s|%s|%s", r.list[k].id, r.list[k].name, r.list[k].email, r.list[k].login,
                     r.list[k].section, r.list[k].lms_id);
        CU_ASSERT_STRING_EQUAL(str_text(&got), rows[i].students);
        if (strcmp(str_text(&got), rows[i].students) != 0)
            printf("%s: %s\n", rows[i].says, str_text(&got));
    }
}

static void utf16(void)
{
    static const char text[] = "\xFF\xFEi\0d\0\t\0n\0a\0m\0e\0\n\0"
                               "1\0\t\0\xFA\0\x3D\xD8\x00\xDE\n\0";
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(roster_drop) struct roster r = {0};
    CU_ASSERT(roster_read("r.csv", text, sizeof(text) - 1, &r, &diags));
    CU_ASSERT_EQUAL(r.n, 1);
    CU_ASSERT_STRING_EQUAL(r.n ? r.list[0].name : "", "\xC3\xBA\xF0\x9F\x98\x80");
}

static void mistakes(void)
{
    static const struct {
        const char *text, *says; /* the first lines of what is shown, without the source lines */
    } rows[] = {
        {"",                                                              "r.csv: error: no student: expected a line of titles, then one for each"                },
        {"id,name\n",                                                     "r.csv: error: no student: expected a line of titles, then one for each"                },
        {"id,Deadline\n1,\n2,2026-03-01T23:59:00Z\n3,2026-03-01 23:59\n",
         "r.csv:4:3: error: the deadline \"2026-03-01 23:59\": expected a time with its zone such as 2026-03-01T23:59:00Z"                                        },
        {"PK\003\004xl",                                                  "r.csv: error: a workbook of a spreadsheet: save the list as \"CSV UTF-8\""             },
        {"name,email\nJane,j@x.org\n",                                    "r.csv:1:1: error: expected a column \"id\" in the first line"                          },
        {"id,name\n,Jane\n",                                              "r.csv:2:1: error: \"Jane\" has no id"                                                  },
        {"name,id\nJane,\nJoe,2\n",                                       "r.csv:2:6: error: \"Jane\" has no id"                                                  },
        {"id,name\n1,Jane\n2,Joe\n1,Jim\n",                               "r.csv:4:1: error: the id \"1\" stands in line 2, too"                                  },
        {"id\nAb\naB\n",                                                  "r.csv:3:1: error: the id \"aB\" stands in line 2, too"                                 },
        {"id,name\n../x,Jane\n",                                          "r.csv:2:1: error: the id \"../x\": expected at most 64 of A-Z a-z 0-9 . _ @ + - that begin "
                                 "with a letter or digit"                                                                         },
        {"id;name\n2,02312E+11;Jane\n2.1E+11;Joe\n",
         "r.csv:2:1: error: the id \"2,02312E+11\" is a number that a spreadsheet has rounded: make the "
         "column one of text, and put the ids in again"                                                                                                           },
        {"id,name\na/b,Jane\n",                                           "r.csv:2:1: error: the id \"a/b\": expected at most 64 of A-Z a-z 0-9 . _ @ + - that begin "
                                "with a letter or digit"                                                                           },
        {"id,name\n1,Roe, Jane\n",                                        "r.csv:2:7: error: 3 cells under 2 columns: a text with \",\" in it needs quotes"       },
        {"id,name,email\n1,Jane\n",                                       "r.csv:2:3: error: 2 cells under 3 columns"                                             },
        {"id,name\n1\n",                                                  "r.csv:2:1: error: 1 cell under 2 columns"                                              },
        {"id,name\n1,\"Jane\n2,Joe\n",                                    "r.csv:2:3: error: this quote never ends"                                               },
        {"id,name\n1,\"Jane\" Roe\n",                                     "r.csv:2:3: error: text after the closing quote: expected a delimiter or the line's end"},
        {"id,name\n1,N\xFA\xF1"
         "ez\n",                                                 "r.csv:2:4: error: not UTF-8: save the file as \"CSV UTF-8\""                           },
        {"id,name,Name\n1,a,b\n",                                         "r.csv:1:9: error: \"name\" and \"Name\" both say the same of a student"                },
        {"id,name\n\xC3\xBA,Jane\n",                                      "r.csv:2:1: error: the id \"\xC3\xBA\": expected at most 64 of A-Z a-z 0-9 . _ @ + - that "
                                     "begin with a letter or digit"                                                           },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(diags_drop) struct diags diags = {0};
        AUTO(roster_drop) struct roster r = {0};
        AUTO(str_drop) struct str shown = {0};
        CU_ASSERT_FALSE(roster_read("r.csv", rows[i].text, strlen(rows[i].text), &r, &diags));
        diags_show(&diags, &shown);
        shown.len = strcspn(str_text(&shown), "\n");
        if (shown.s)
            shown.s[shown.len] = 0;
        CU_ASSERT_STRING_EQUAL(str_text(&shown), rows[i].says);
        if (strcmp(str_text(&shown), rows[i].says) != 0)
            printf("%s\n", str_text(&shown));
    }
}

/* Two who are called the same: not refused, since an id tells them apart. */
static void doubts(void)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"id,name,email\n1,Jane,j@x.org\n2,Joe,J@x.org\n3,Jim,\n4,Jo,\n",
         "r.csv:3:7: warning: the email \"J@x.org\" stands in line 2, too: what is named so is nobody's\n"              },
        {"id,E-Mail\n1,n/a\n2,n/a\n3,n/a\n",
         "r.csv:3:3: warning: the E-Mail \"n/a\" stands in line 2, too: what is named so is nobody's\n"                 },
        {"id,login\nana,rui\nrui,rr\n",
         "r.csv:2:5: warning: the login \"rui\" is the id in line 3: what is named so may be taken for that student's\n"},
        {"id,login,email\n1,a,b\n2,b,a\n",
         "r.csv:3:3: warning: the login \"b\" stands in line 2, too: what is named so is nobody's\n"
         "r.csv:3:5: warning: the email \"a\" stands in line 2, too: what is named so is nobody's\n"                    },
        {"Student,ID,SIS Login ID,Section\nJane,101,102,A\nJoe,102,joe,A\n",
         "r.csv:3:5: warning: the ID \"102\" is the id in line 2: what is named so may be taken for that student's\n"   },
        {"First name,Surname,Email address\nJane,Roe,j@x.org\nJane,Roe,k@x.org\n", ""                                   },
        {"id,login,email\n1,1,1\n2,two,two\n",                                     ""                                   },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(diags_drop) struct diags diags = {0};
        AUTO(roster_drop) struct roster r = {0};
        AUTO(str_drop) struct str shown = {0}, told = {0};
        CU_ASSERT(roster_read("r.csv", rows[i].text, strlen(rows[i].text), &r, &diags));
        diags_show(&diags, &shown);
        for (const char *line = str_text(&shown); *line; line += strcspn(line, "\n") + 1)
            if (text_starts(line, "r.csv"))
                str_addn(&told, line, strcspn(line, "\n") + 1);
        CU_ASSERT_STRING_EQUAL(str_text(&told), rows[i].says);
        if (strcmp(str_text(&told), rows[i].says) != 0)
            printf("%s\n", str_text(&told));
    }
}

static void limits(void)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(str_drop) struct str text = {0};
    AUTO(roster_drop) struct roster wide = {0};
    for (int i = 0; i < ROSTER_MAX_COLUMNS + 1; i++)
        str_add(&text, "id,");
    CU_ASSERT_FALSE(roster_read("r.csv", str_text(&text), text.len, &wide, &diags));
    CU_ASSERT_STRING_EQUAL(diags.list[0].rule, "too-many-columns");
    AUTO(diags_drop) struct diags again = {0};
    AUTO(roster_drop) struct roster big = {0};
    str_clear(&text);
    CU_ASSERT_FALSE(roster_read("r.csv", "id\n", (size_t)ROSTER_MAX_BYTES + 1, &big, &again));
    CU_ASSERT_STRING_EQUAL(again.list[0].rule, "too-big");
}

static void who_is_meant(void)
{
    static const char text[] = "Student,ID,SIS Login ID,Section\n\"N\xC3\xBA\xC3\xB1"
                               "ez, Zo\xC3\xAB\",101,zoe,A\n"
                               "\"Roe, Jane\",102,jroe,A\n\"Roe, Jane\",103,jroe2,B\n\"O'Neil, Sean\",104,sean,B\n";
    static const struct {
        const char *typed, *id;
    } rows[] = {
        {"zoe",                    "zoe"  },
        {"101",                    "zoe"  },
        {"ZOE",                    "zoe"  },
        {"N\xC3\xBA\xC3\xB1"
         "ez Zo\xC3\xAB", "zoe"  },
        {"Zo\xC3\xAB N\xC3\xBA\xC3\xB1"
         "ez",            "zoe"  },
        {"nunezzoe",               "zoe"  },
        {"Nun\xCC\x83"
         "ez Zoe",        "zoe"  },
        {"oneilsean",              "sean" },
        {"jroe2",                  "jroe2"},
        {"roejane",                NULL   },
        {"nobody",                 NULL   },
        {"",                       NULL   },
    };
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(roster_drop) struct roster r = {0};
    CU_ASSERT(roster_read("r.csv", text, sizeof(text) - 1, &r, &diags));
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct student *s = roster_meant(&r, rows[i].typed);
        CU_ASSERT(text_same(s ? s->id : NULL, rows[i].id));
        if (!text_same(s ? s->id : NULL, rows[i].id))
            printf("%s: %s\n", rows[i].typed, s ? s->id : "nobody");
    }
}

static void cells(void)
{
    static const struct {
        const char *cell, *plain, *guarded;
    } rows[] = {
        {"a",    "a",          "a"         },
        {"a,b",  "\"a,b\"",    "\"a,b\""   },
        {"a\"b", "\"a\"\"b\"", "\"a\"\"b\""},
        {"=1+1", "=1+1",       "\"'=1+1\"" },
        {"-",    "-",          "\"'-\""    },
        {"a\nb", "\"a\nb\"",   "\"a\nb\""  },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str plain = {0}, guarded = {0};
        csv_add(&plain, rows[i].cell, ',', false);
        csv_add(&guarded, rows[i].cell, ',', true);
        CU_ASSERT_STRING_EQUAL(str_text(&plain), rows[i].plain);
        CU_ASSERT_STRING_EQUAL(str_text(&guarded), rows[i].guarded);
    }
}

CU_TestInfo class_roster_tests[] = {
    {"rosters as they come",         read_rows   },
    {"Excel's Unicode text",         utf16       },
    {"every mistake with its place", mistakes    },
    {"two who are called the same",  doubts      },
    {"limits",                       limits      },
    {"who is meant",                 who_is_meant},
    {"cells written",                cells       },
    CU_TEST_INFO_NULL,
};
