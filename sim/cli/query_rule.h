/* SPDX-License-Identifier: MIT */
/* Private: a detection rule tried on a lab's logs. */
#pragma once

#include "sim/cli/cli.h"

enum rule_format { RULE_TABLE, RULE_CSV, RULE_JSON }; /* as query.c's */
struct rule_trial {
    const char *dir;
    const char *name; /* of the rule's file, for messages */
    const struct str *text;
    enum rule_format format;
    unsigned width; /* of tables; 0 = not cut */
    int64_t timeout_ms;
};
void warn_damaged(struct str *warnings); /* of reading logs: a line each, on stderr; changes the text */
/* Prints what it finds. Mistakes of the rule are told on stderr, with their places. */
bool rule_try(const struct rule_trial *, struct err *);
