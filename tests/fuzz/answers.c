/* SPDX-License-Identifier: MIT */
/* The student's sheet: any bytes as answers.yaml, and what it holds judged as every type of answer. */
#include "grader/answers.h"
#include "grader/types.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const keys[] = {
    "arn",       "arn:aws:iam::123456789012:user/chaos",
    "choice",    "programmatic",
    "cidr",      "0.0.0.0/0",
    "event",     "0b9f1b2c-6e0a-4f5d-9c3e-2a7d8e4f1a6b",
    "file",      "/var/www/html/cafe/images/Coffee-and-Pastries.jpg",
    "hash",      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "ip",        "198.51.100.7",
    "match",     "chaos = 198.51.100.7",
    "regex",     "T1562(\\.\\d+)?",
    "multi",     "console",
    "number",    "1234",
    "order",     "a",
    "principal", "chaos",
    "set",       "a",
    "text",      "chaos-user",
    "time",      "2025-10-15T17:20:33Z",
};

static void judge_as(const struct answer_type *type, const char *key, const struct texts *given)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(verdict_drop) struct verdict v = {0};
    const char *answers[] = {key, "another"}, *options[] = {"console", "programmatic", "another"};
    struct diagnosis wrong = {.answer = key, .says = {.in = {"no"}}};
    struct question q = {
        .id = "q", .type = type, .points = 10, .answer = {answers, type->takes == TAKES_ONE ? 1 : 2}
    };
    q.options = (struct texts){options, 3};
    q.wrong = &wrong;
    q.n_wrong = 1;
    q.tolerance_ms = 1000;
    struct reader reader = {.arena = &arena, .question = &q};
    judge(&reader, "en", given, &v);
    if (v.outcome == OUTCOME_PARTIAL && (v.hits <= v.extra || v.hits > v.of))
        __builtin_trap();
    if (!given->n && v.outcome != OUTCOME_FAIL)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(answers_drop) struct answers answers = {0};
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(str_drop) struct str said = {0};
    bool good = answers_read("answers.yaml", (const char *)data, size, &answers, &diags);
    diags_show(&diags, &said);
    if (good == (diags.n_errors > 0))
        __builtin_trap();
    for (size_t i = 0; good && i < answers.n && i < 20; i++)
        for (size_t k = 0; k + 1 < COUNT(keys); k += 2)
            judge_as(answer_type_find(keys[k]), keys[k + 1], &answers.list[i].given);
    return 0;
}
