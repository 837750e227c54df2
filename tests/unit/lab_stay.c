/* SPDX-License-Identifier: MIT */
/* What a shell changed: each difference between two files is told in its own way, and what is the same is not told. */
#include "sim/lab/parts.h"
#include "sim/lab/stay.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

struct look { /* at /f; mode 0: it is not there. text NULL: a folder; ">x": a link to x */
    const char *text;
    unsigned mode, uid, gid;
    int64_t mtime_ms;
};

static void put(struct world *w, struct tree *tree, const struct look *look)
{
    *tree = (struct tree){0};
    CU_ASSERT_PTR_NOT_NULL(tree_mkdir(w, tree, "/", 0755, 0, 0, 1));
    if (!look->mode)
        return;
    struct file *f = !look->text          ? tree_mkdir(w, tree, "/f", 0755, 0, 0, 1)
                     : *look->text == '>' ? tree_link(w, tree, "/f", look->text + 1, 1)
                                          : tree_put(w, tree, "/f", look->text, strlen(look->text), 1);
    f->mode = look->mode;
    f->uid = look->uid;
    f->gid = look->gid;
    f->mtime_ms = look->mtime_ms;
    tree_find(tree, "/")->mtime_ms = 1;
}

/* "append bye 644 5 6 7": what it does, the bytes, and whose it is then. */
static void say(const struct stay *stay, struct str *out)
{
    for (size_t i = 0; i < stay->n_changes; i++) {
        const json_t *c = stay->changes[i];
        AUTO(str_drop) struct str data = {0};
        const char *text = json_str_or(c, "data", "");
        CU_ASSERT(base64_decode(text, strlen(text), &data) && text_same(json_str(c, "path"), "/f"));
        str_addf(out, "%s%s %s", i ? "; " : "", json_str(c, "does"), str_text(&data));
        if (json_object_get(c, "mode"))
            str_addf(out, " %o %d %d %d", (unsigned)json_int_or(c, "mode", 0), (int)json_int_or(c, "uid", -1),
                     (int)json_int_or(c, "gid", -1), (int)json_int_or(c, "mtime", -1));
    }
}

static bool nothing(const char *path)
{
    return text_same(path, "/"); /* whose time changes with names in it */
}

static void differences(void)
{
    static const struct {
        struct look was, is;
        const char *says;
    } rows[] = {
        {{0},                     {"bye", 0644, 5, 6, 7},   "write bye 644 5 6 7"                    },
        {{0},                     {NULL, 0700, 5, 6, 7},    "mkdir  700 5 6 7; attributes  700 5 6 7"},
        {{0},                     {">bye", 0777, 0, 0, 7},  "link bye 777 0 0 7"                     },
        {{"bye", 0644, 5, 6, 7},  {0},                      "remove "                                },
        {{"bye", 0644, 5, 6, 7},  {"bye", 0644, 5, 6, 7},   ""                                       },
        {{"bye", 0644, 5, 6, 7},  {"bye\n", 0644, 5, 6, 8}, "append \n 644 5 6 8"                    },
        {{"bye", 0644, 5, 6, 7},  {"byte", 0644, 5, 6, 8},  "write byte 644 5 6 8"                   },
        {{"bye", 0644, 5, 6, 7},  {"by", 0644, 5, 6, 8},    "write by 644 5 6 8"                     },
        {{"bye", 0644, 5, 6, 7},  {"buy", 0644, 5, 6, 7},   "write buy 644 5 6 7"                    },
        {{"bye", 0644, 5, 6, 7},  {">bye", 0644, 5, 6, 7},  "link bye 644 5 6 7"                     },
        {{"bye", 0644, 5, 6, 7},  {"bye", 04755, 5, 6, 7},  "attributes  4755 5 6 7"                 },
        {{"bye", 0644, 5, 6, 7},  {"bye", 0644, 0, 6, 7},   "attributes  644 0 6 7"                  },
        {{"bye", 0644, 5, 6, 7},  {"bye", 0644, 5, 0, 7},   "attributes  644 5 0 7"                  },
        {{"bye", 0644, 5, 6, 7},  {"bye", 0644, 5, 6, 8},   "attributes  644 5 6 8"                  },
        {{">bye", 0777, 5, 6, 7}, {">bye", 0755, 5, 6, 7},  ""                                       }, /* links have no mode */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct world w;
        struct tree was, is;
        struct seed seed = seed_from_text("stay");
        struct err e = {0};
        AUTO(stay_drop) struct stay stay = {0};
        AUTO(str_drop) struct str said = {0};
        world_init(&w, &seed, "123456789012", "us-west-2", 1000);
        put(&w, &was, &rows[i].was);
        put(&w, &is, &rows[i].is);
        CU_ASSERT(stay_compare(&stay, &was, &is, nothing, &e));
        say(&stay, &said);
        if (!text_same(str_text(&said), rows[i].says))
            printf("lab_stay: row %zu: %s\n", i, str_text(&said));
        CU_ASSERT_STRING_EQUAL(str_text(&said), rows[i].says);
        world_drop(&w);
    }
}

/* 5 MiB of one file go into the journal, whether it is new or grew; of more it says so. */
static void too_big(void)
{
    enum { MOST = 5 << 20 };
    AUTO(str_drop) struct str text = {0};
    struct world w;
    struct tree was, is;
    struct seed seed = seed_from_text("stay");
    world_init(&w, &seed, "123456789012", "us-west-2", 1000);
    put(&w, &was, &(struct look){"x", 0644, 0, 0, 1});
    memset(str_reserve(&text, MOST + 2), 'x', MOST + 2);
    for (size_t over = 0; over < 2; over++) {
        AUTO(stay_drop) struct stay stay = {0};
        struct err e = {0};
        put(&w, &is, &(struct look){"x", 0644, 0, 0, 1});
        CU_ASSERT_PTR_NOT_NULL(tree_put(&w, &is, "/f", text.s, MOST + 1 + over, 2));
        CU_ASSERT_EQUAL(stay_compare(&stay, &was, &is, nothing, &e), !over);
        CU_ASSERT(!over || text_starts(e.msg, "/f has 5242882 bytes: more than the 5 MiB that a lab's journal takes"));
    }
    world_drop(&w);
}

/* What a shell asks of whoever serves the lab. */
static void asked(void)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"{\"on\": \"cafe\", \"session\": 7, \"changes\": [], \"settled\": {}}",   true },
        {"{\"on\": \"cafe\", \"session\": 7, \"changes\": [], \"settled\": null}", true },
        {"{\"on\": \"cafe\", \"session\": 7, \"changes\": [], \"settled\": []}",   false},
        {"{\"on\": \"cafe\", \"session\": 7, \"changes\": {}, \"settled\": {}}",   false},
        {"{\"session\": 7, \"changes\": [], \"settled\": {}}",                     false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(stay_drop) struct stay stay = {0};
        struct err e = {0};
        json_auto_t *said = json_read(rows[i].text, strlen(rows[i].text), &e);
        CU_ASSERT_EQUAL(stay_from_json(&stay, said), rows[i].good);
        CU_ASSERT_EQUAL(stay.session, 7);
    }
}

CU_TestInfo lab_stay_tests[] = {
    {"differences", differences},
    {"too big",     too_big    },
    {"asked",       asked      },
    CU_TEST_INFO_NULL,
};
