/* SPDX-License-Identifier: MIT */
/* Private to grader and the folders below it: the student's answers.yaml. Hostile: read with limits, and whatever is wrong is
 * told with its place. */
#pragma once

#include "grader/rubric.h"

#define ANSWERS_MAX_BYTES (256u << 10)
struct answer {
    const char *id;
    struct src_pos at;
    struct texts given; /* none = not answered */
};
struct answers {
    struct arena arena;
    struct answer *list;
    size_t n;
};
/* False when the sheet as a whole is malformed; `diags` says where. An empty sheet is a good one. */
bool answers_read(const char *file, const char *text, size_t len, struct answers *, struct diags *);
const struct texts *answers_find(const struct answers *, const char *id); /* never NULL */
void answers_drop(struct answers *);
