/* SPDX-License-Identifier: MIT */
/* Private: the functions of each form's row. */
#pragma once

#include "grader/formats/formats.h"

typedef bool begin_fn(struct writing *, struct err *);
typedef void add_fn(struct writing *, const struct graded *);
typedef void end_fn(struct writing *);

begin_fn json_begin_all, junit_begin, tap_begin, table_begin, items_begin, canvas_begin, moodle_begin, nbgrader_begin;
add_fn text_add, json_add, jsonl_add, html_add, junit_add, tap_add, table_add, items_add, gradescope_add, github_add,
    autolab_add, prairielearn_add, check50_add, submitty_add, canvas_add, moodle_add, nbgrader_add, lti_add;
end_fn json_end_all, junit_end, table_end, table_drop, canvas_end, canvas_drop;
