/* SPDX-License-Identifier: MIT */
/* Time at work: pauses taken out, shared by the answers that came of it; a student's file, so anything may stand in it. */
#include "grader/pace.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define AT(hms) "{\"at\":\"2026-03-01T" hms "Z\",\"did\":\"query\""

static void times(void)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"",                                                                                                                    "0: 0 min" },
        {AT("10:00:00") "}\n",                                                                                                  "1: 0 min" },
        {AT("10:00:00") "}\n" AT("10:10:00") "}\n",                                                                             "2: 10 min"},
        {AT("10:00:00") "}\n" AT("10:20:00") "}\n" AT("10:40:01") "}\n",                                                        "3: 20 min"}, /* a pause is over 20 */
        {AT("10:00:00") "}\n" AT("10:06:00") ",\"answers\":{\"who\":\"a\"}}\n" AT("10:10:00") "}\n" AT(
             "10:14:00") ",\"answers\":{\"when\":\"b\",\"where\":\"c\"}}\n",
         "4: 14 min who=6 when=4 where=4"                                                                                                  },
        {AT("10:00:00") "}\n" AT("10:06:00") ",\"answers\":{\"who\":\"a\"}}\n" AT("10:09:00") ",\"answers\":{\"who\":null}}\n",
         "3: 9 min who=9"                                                                                                                  },
        {AT("10:10:00") "}\n" AT("10:00:00") "}\n" AT("10:10:00") "}\n" AT("10:11:00") "}\n",
         "2: 1 min"                                                                                                                        }, /* time only goes on */
        {"nonsense\n[]\n{\"at\":7}\n{\"at\":\"2026-03-01T10:00:00\"}\n{\"at\":\"2999-01-01T00:00:00Z\"}\n" AT(
             "10:00:00") ",\"answers\":[1]}\n" AT("10:05:00") ",\"answers\":{\"a\\u0001\":7,\"b\":{}}}",
         "2: 5 min"                                                                                                                        },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(pace_drop) struct pace p = {0};
        AUTO(str_drop) struct str said = {0};
        pace_read(rows[i].text, strlen(rows[i].text), &p);
        str_addf(&said, "%zu: %lld min", p.lines, (long long)(p.at_work_ms / 60000));
        for (size_t j = 0; j < p.n && strstr(rows[i].says, "="); j++)
            str_addf(&said, " %s=%lld", p.list[j].id, (long long)(p.list[j].ms / 60000));
        if (strcmp(str_text(&said), rows[i].says) != 0)
            printf("row %zu: %s\n", i, str_text(&said));
        CU_ASSERT_STRING_EQUAL(str_text(&said), rows[i].says);
    }
}

static char root[] = "/tmp/cafelab-pace-XXXXXX";

static void put(const char *name, const char *text, int64_t at_ms)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    const char *path = arena_printf(&arena, "%s/%s", root, name);
    struct timespec t[2] = {{.tv_sec = at_ms / 1000}, {.tv_sec = at_ms / 1000}};
    CU_ASSERT(file_write(path, text, strlen(text), 0644, &e));
    CU_ASSERT_EQUAL(utimensat(AT_FDCWD, path, t, 0), 0);
}

static void noted(const char *want)
{
    AUTO(str_drop) struct str text = {0}, path = {0};
    struct err e = {0};
    str_addf(&path, "%s/.cafelab/work.jsonl", root);
    file_read(str_text(&path), 1 << 20, &text, &e);
    CU_ASSERT_STRING_EQUAL(str_text(&text), want);
}

#define FIRST "{\"at\":\"2033-05-18T03:33:20Z\",\"did\":\"query\",\"answers\":{\"who\":\"a1cf074992f3\"}}\n"

/* A line a minute; at once when there are new answers; none outside of bundles and live labs. */
static void noting(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    const int64_t t0 = 2000000000000;
    CU_ASSERT_PTR_NOT_NULL(mkdtemp(root));
    CU_ASSERT(dir_make(arena_printf(&arena, "%s/.cafelab", root), &e));
    put("answers.yaml", "who: chaos\nwhen:\n", t0);
    put(".cafelab/lab.json", "{\"live\": false}", t0);
    pace_note(root, "query", t0);
    noted("");
    put(".cafelab/lab.json", "{\"live\": true}", t0);
    pace_note(root, "query", t0);
    noted(FIRST);
    put(".cafelab/work.jsonl", FIRST, t0);
    pace_note(root, "call", t0 + 59000);
    noted(FIRST);
    pace_note(root, "call", t0 + 60000);
    noted(FIRST "{\"at\":\"2033-05-18T03:34:20Z\",\"did\":\"call\"}\n");
    put(".cafelab/work.jsonl", FIRST, t0);
    put("answers.yaml", "when: noon\n", t0 + 5000);
    pace_note(root, "check", t0 + 6000);
    AUTO(str_drop) struct str text = {0};
    CU_ASSERT(file_read(arena_printf(&arena, "%s/.cafelab/work.jsonl", root), 1 << 20, &text, &e));
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&text), "03:33:26Z\",\"did\":\"check\",\"answers\":{\"when\":\""));
    put(".cafelab/work.jsonl", FIRST, t0); /* handing in the same twice notes nothing, however late, whatever the file's time */
    put("answers.yaml", "who: chaos\n", t0 + 5000);
    pace_note_answers(root, "submit", t0 + 900000);
    noted(FIRST);
    put("answers.yaml", "who: chaos\nwhen: noon\n", t0 + 5000);
    pace_note_answers(root, "submit", t0 + 900000);
    AUTO(str_drop) struct str handed_in = {0};
    CU_ASSERT(file_read(arena_printf(&arena, "%s/.cafelab/work.jsonl", root), 1 << 20, &handed_in, &e));
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&handed_in), "\"did\":\"submit\",\"answers\":{\"when\":\""));
    put("answers.yaml", "when: \"noon\n", t0 + 7000); /* it does not read: nothing is known of its answers */
    put(".cafelab/work.jsonl", FIRST, t0);
    pace_note(root, "check", t0 + 8000);
    noted(FIRST "{\"at\":\"2033-05-18T03:33:28Z\",\"did\":\"check\"}\n");
    CU_ASSERT(dir_remove(root, &e));
}

CU_TestInfo grader_pace_tests[] = {
    {"times",  times },
    {"noting", noting},
    CU_TEST_INFO_NULL,
};
