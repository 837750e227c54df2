/* SPDX-License-Identifier: MIT */
/* Nodes into structs: every kind of field, what it takes and what it says of the rest. */
#include "sim/yaml/yaml.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

struct part {
    const char *name;
    struct src_pos at;
    int64_t weight;
};
struct thing {
    const char *text, *id;
    bool yes;
    int64_t number, duration, time;
    int choice;
    struct texts texts;
    struct list parts, named;
    struct part part;
    const struct node *any;
};
#define THING(m) offsetof(struct thing, m)
#define PART(m) offsetof(struct part, m)

static const int64_t limits[2] = {-5, 100};
static const char *const colours[] = {"red", "green", "blue", NULL};
static const struct field part_list[] = {
    {"weight", decode_int, PART(weight), true, "how heavy", NULL},
};
static const struct fields part_fields = FIELDS_AT("a part", part_list, struct part, at);
static const struct field thing_list[] = {
    {"text",     decode_text,     THING(text),     false, "", NULL        },
    {"id",       decode_id,       THING(id),       false, "", NULL        },
    {"yes",      decode_bool,     THING(yes),      false, "", NULL        },
    {"number",   decode_int,      THING(number),   false, "", limits      },
    {"duration", decode_duration, THING(duration), false, "", NULL        },
    {"time",     decode_time,     THING(time),     false, "", NULL        },
    {"choice",   decode_choice,   THING(choice),   false, "", colours     },
    {"texts",    decode_texts,    THING(texts),    false, "", NULL        },
    {"parts",    decode_list,     THING(parts),    false, "", &part_fields},
    {"named",    decode_named,    THING(named),    false, "", &part_fields},
    {"part",     decode_struct,   THING(part),     false, "", &part_fields},
    {"any",      decode_node,     THING(any),      false, "", NULL        },
};
static const struct fields thing_fields = FIELDS("a thing", thing_list, struct thing);

struct decoded {
    struct arena arena;
    struct diags diags;
    struct thing thing;
    struct str said;
    bool good;
};

static void decoded_drop(struct decoded *d)
{
    arena_drop(&d->arena);
    diags_drop(&d->diags);
    str_drop(&d->said);
}

static void decode(struct decoded *d, const char *yaml)
{
    *d = (struct decoded){0};
    const struct node *node = yaml_read(&d->arena, "t", yaml, strlen(yaml), &d->diags);
    struct decoder decoder = {&d->arena, &d->diags, NULL};
    d->good = node && decode_map(&decoder, node, &thing_fields, &d->thing);
    for (size_t i = 0; i < d->diags.n; i++)
        str_addf(&d->said, "%u:%u: %s\n", d->diags.list[i].at.line, d->diags.list[i].at.col, d->diags.list[i].message);
}

static void test_good(void)
{
    AUTO(decoded_drop) struct decoded d;
    decode(&d, "text: a b\nid: a-b_9\nyes: true\nnumber: -5\nduration: 2h\ntime: 2025-10-14T13:00:00+02:00\nchoice: green\n"
               "texts: [x, y]\nparts:\n  - weight: 1\n  - {weight: 2}\nnamed:\n  one: {weight: 3}\npart: {weight: 4}\nany: [1, "
               "{a: b}]\n");
    const struct part *parts = d.thing.parts.items, *named = d.thing.named.items;

    CU_ASSERT_STRING_EQUAL(str_text(&d.said), "");
    CU_ASSERT(d.good && d.thing.parts.n == 2 && d.thing.named.n == 1 && d.thing.texts.n == 2);
    if (!d.good)
        return;
    CU_ASSERT_STRING_EQUAL(d.thing.text, "a b");
    CU_ASSERT_STRING_EQUAL(d.thing.id, "a-b_9");
    CU_ASSERT(d.thing.yes && d.thing.number == -5 && d.thing.duration == 7200000 && d.thing.choice == 1);
    CU_ASSERT_EQUAL(d.thing.time, 1760439600000);
    CU_ASSERT_STRING_EQUAL(d.thing.texts.list[1], "y");
    CU_ASSERT(parts[0].weight == 1 && parts[1].weight == 2 && parts[1].at.line == 11);
    CU_ASSERT_STRING_EQUAL(named[0].name, "one");
    CU_ASSERT(named[0].weight == 3 && named[0].at.line == 13 && d.thing.part.weight == 4);
    CU_ASSERT_EQUAL(d.thing.any->kind, NODE_LIST);
}

static void test_one_text_is_a_list(void)
{
    AUTO(decoded_drop) struct decoded d;
    decode(&d, "texts: alone\n");
    CU_ASSERT(d.good && d.thing.texts.n == 1);
    CU_ASSERT_STRING_EQUAL(d.thing.texts.list[0], "alone");
}

static void test_wrong(void)
{
    static const struct {
        const char *yaml, *said;
    } rows[] = {
        {"- x\n",                           "1:1: expected a thing: a map of keys and values, got a list\n"                            },
        {"x\n",                             "1:1: expected a thing: a map of keys and values, got a text\n"                            },
        {"~\n",                             "1:1: expected a thing: a map of keys and values, got nothing\n"                           },
        {"txet: x\n",                       "1:1: unknown key \"txet\" in a thing (did you mean \"text\"?)\n"                          },
        {"zzzzzzz: x\n",
         "1:1: unknown key \"zzzzzzz\" in a thing: expected one of text, id, yes, number, duration, time, choice, "
         "texts, parts, named, part, any\n"                                                                                            },
        {"text: [x]\n",                     "1:7: \"text\": expected a text, got a list\n"                                             },
        {"text: {a: b}\n",                  "1:7: \"text\": expected a text, got a map\n"                                              },
        {"text:\n",                         "1:6: \"text\": expected a text, got nothing\n"                                            },
        {"text: null\n",                    "1:7: \"text\": expected a text, got nothing\n"                                            },
        {"id: 9a\n",                        "1:5: \"id\": expected a name of a-z, 0-9, _ and -, at most 40 long, got \"9a\"\n"         },
        {"id: Caf\xc3\xa9\n",               "1:5: \"id\": expected a name of a-z, 0-9, _ and -, at most 40 long, got \"Caf\xc3\xa9\"\n"},
        {"yes: yes\n",                      "1:6: \"yes\": expected true or false, got \"yes\"\n"                                      },
        {"yes: \"true\"\n",                 "1:6: \"yes\": expected true or false, got \"true\"\n"                                     },
        {"yes: [true]\n",                   "1:6: \"yes\": expected true or false, got a list\n"                                       },
        {"number: 1.5\n",                   "1:9: \"number\": expected a whole number, got \"1.5\"\n"                                  },
        {"number: 022\n",                   "1:9: \"number\": expected a whole number, got \"022\"\n"                                  },
        {"number: 0x1F\n",                  "1:9: \"number\": expected a whole number, got \"0x1F\"\n"                                 },
        {"number: 1_000\n",                 "1:9: \"number\": expected a whole number, got \"1_000\"\n"                                },
        {"number: 99999999999999999999\n",  "1:9: \"number\": expected a whole number, got \"99999999999999999999\"\n"                 },
        {"number: 101\n",                   "1:9: \"number\": expected a number from -5 to 100, got 101\n"                             },
        {"number: -6\n",                    "1:9: \"number\": expected a number from -5 to 100, got -6\n"                              },
        {"duration: 90\n",                  "1:11: \"duration\": expected a duration such as \"30s\" or \"2h30m\", got \"90\"\n"       },
        {"duration: [1s]\n",                "1:11: \"duration\": expected a duration such as \"30s\" or \"2h30m\", got a list\n"       },
        {"time: 2025-10-14T13:00:00\n",     "1:7: \"time\": expected a time with its zone such as 2025-10-14T13:00:00Z, got "
                                        "\"2025-10-14T13:00:00\"\n"                             },
        {"choice: gren\n",                  "1:9: \"choice\": expected one of red, green, blue (did you mean green?), got \"gren\"\n"  },
        {"choice: purple\n",                "1:9: \"choice\": expected one of red, green, blue, got \"purple\"\n"                      },
        {"choice: {a: b}\n",                "1:9: \"choice\": expected one of red, green, blue, got a map\n"                           },
        {"texts: []\n",                     "1:8: \"texts\": an empty list says nothing\n"                                             },
        {"texts: [x, [y]]\n",               "1:12: \"texts\": expected a text, got a list\n"                                           },
        {"texts: {a: b}\n",                 "1:8: \"texts\": expected a text, got a map\n"                                             },
        {"parts: []\n",                     "1:8: \"parts\": an empty list says nothing\n"                                             },
        {"parts: {weight: 1}\n",            "1:8: \"parts\": expected a list, got a map\n"                                             },
        {"parts: [x]\n",                    "1:9: expected a part: a map of keys and values, got a text\n"                             },
        {"parts:\n  - {}\n  - weight: x\n",
         "2:5: missing key \"weight\" in a part\n3:13: \"weight\": expected a whole number, got \"x\"\n"                               },
        {"named: [x]\n",                    "1:8: \"named\": expected a map of names, got a list\n"                                    },
        {"named: {}\n",                     "1:8: \"named\": nothing is named here\n"                                                  },
        {"named: {one: x}\n",               "1:14: expected a part: a map of keys and values, got a text\n"                            },
        {"part: {}\n",                      "1:7: missing key \"weight\" in a part\n"                                                  },
        {"text: []\nyes: no\nwieght: 1\n",
         "1:7: \"text\": expected a text, got a list\n2:6: \"yes\": expected true or false, got \"no\"\n"
         "3:1: unknown key \"wieght\" in a thing: expected one of text, id, yes, number, duration, "
         "time, choice, texts, parts, named, part, any\n"                                                                              },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(decoded_drop) struct decoded d;
        decode(&d, rows[i].yaml);
        if (!text_same(str_text(&d.said), rows[i].said))
            printf("%s: expected %sgot %s", rows[i].yaml, rows[i].said, str_text(&d.said));
        CU_ASSERT_FALSE(d.good);
        CU_ASSERT_STRING_EQUAL(str_text(&d.said), rows[i].said);
    }
}

CU_TestInfo yaml_decode_tests[] = {
    {"every kind of field",        test_good              },
    {"one text for a list of one", test_one_text_is_a_list},
    {"what is wrong is said",      test_wrong             },
    CU_TEST_INFO_NULL,
};
