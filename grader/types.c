/* SPDX-License-Identifier: MIT */
/* The types of answers, one row each. */
#include "grader/types.h"

/* clang-format off */
const struct answer_type answer_types[] = {
    /* name       says                                                     takes        options within  manual  read            same          same_wrong       near_miss    judge */
    {"arn",       "an ARN; of a user its name or key will do",             TAKES_ONE,   false,  false,  false,  read_arn,       same_norm,    NULL,            NULL,        NULL},
    {"choice",    "one of the options",                                    TAKES_ONE,   true,   false,  false,  read_choice,    same_norm,    NULL,            NULL,        NULL},
    {"cidr",      "a network such as 192.0.2.0/24",                        TAKES_ONE,   false,  false,  false,  read_cidr,      same_norm,    NULL,            near_cidr,   NULL},
    {"essay",     "a text of your own",                                    TAKES_ONE,   false,  false,  true,   read_whole,     same_norm,    NULL,            NULL,        NULL},
    {"event",     "the eventID of a CloudTrail record",                    TAKES_ONE,   false,  false,  false,  read_event,     same_norm,    NULL,            NULL,        NULL},
    {"file",      "a file, by name or path",                               TAKES_ONE,   false,  false,  false,  read_file,      same_file,    NULL,            NULL,        NULL},
    {"hash",      "a hash in hexadecimal",                                 TAKES_ONE,   false,  false,  false,  read_hash,      same_norm,    NULL,            near_hash,   NULL},
    {"ip",        "an address such as 192.0.2.7",                          TAKES_ONE,   false,  false,  false,  read_ip,        same_norm,    NULL,            NULL,        NULL},
    {"match",     "what belongs to each, as left = right",                 TAKES_PAIRS, false,  false,  false,  read_pair,      same_pair,    NULL,            NULL,        NULL},
    {"multi",     "all options that are true, as a list",                  TAKES_SET,   true,   false,  false,  read_choice,    same_norm,    NULL,            NULL,        NULL},
    {"number",    "a number, without a unit",                              TAKES_ONE,   false,  true,   false,  read_number,    same_number,  NULL,            near_number, NULL},
    {"order",     "a list, in order",                                      TAKES_ORDER, false,  false,  false,  read_plain,     same_norm,    NULL,            NULL,        NULL},
    {"principal", "who: a user name, an ARN or an access key id",          TAKES_ONE,   false,  false,  false,  read_principal, same_norm,    NULL,            NULL,        NULL},
    {"regex",     "a text",                                                TAKES_ONE,   false,  false,  false,  read_whole,     same_pattern, same_norm,       NULL,        NULL},
    {"rule",      "a detection rule: Sigma, or a SELECT that returns eventid", TAKES_ONE, false, false,  false,  read_rule,      same_norm,    NULL,            NULL,        judge_rule},
    {"set",       "a list, in any order",                                  TAKES_SET,   false,  false,  false,  read_plain,     same_norm,    NULL,            NULL,        NULL},
    {"sql",       "a SELECT on the logs",                                  TAKES_ONE,   false,  true,   false,  read_sql,       same_norm,    NULL,            NULL,        judge_sql},
    {"text",      "a word or a few",                                       TAKES_ONE,   false,  false,  false,  read_plain,     same_norm,    NULL,            NULL,        NULL},
    {"time",      "a moment such as 2025-10-14T13:00:00Z, in any zone",    TAKES_ONE,   false,  true,   false,  read_time,      same_time,    same_wrong_time, near_time,   NULL},
};
/* clang-format on */
const size_t n_answer_types = COUNT(answer_types);

const struct answer_type *answer_type_find(const char *name)
{
    for (size_t i = 0; i < COUNT(answer_types); i++)
        if (text_same(answer_types[i].name, name))
            return &answer_types[i];
    return NULL;
}

const struct answer_type *answer_item_type(const struct question *q)
{
    return q->of && q->type->takes != TAKES_PAIRS ? q->of : q->type;
}

const char *answer_spelled_once(struct arena *arena, const char *text)
{
    static const struct question nothing;
    struct reader reader = {.arena = arena, .question = &nothing};
    struct reading reading = {0};
    AUTO(str_drop) struct str why = {0};
    if (read_time(&reader, text, &reading, &why))
        return arena_printf(arena, "%lld s", (long long)(reading.ms / 1000));
    return read_ip(&reader, text, &reading, &why) ? reading.norm : plain_text(arena, text);
}
