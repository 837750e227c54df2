/* SPDX-License-Identifier: MIT */
/*
 * The scenario language told to editors and to people, from the tables that decode it: nothing here can say otherwise than the
 * program does. Depends on grader and everything below it.
 */
#pragma once

#include "sim/base/base.h"

/* The scenario language as a JSON Schema, draft-07, from the tables that decode it. A new reference. */
json_t *schema_json(void);
json_t *schema_library_json(void); /* of the files that scenarios use */

/* docs/reference: the language for people, from the same tables. */
extern const struct reference_page {
    const char *file; /* "checks.md" */
    void (*write)(struct str *markdown);
} reference_pages[];
extern const size_t n_reference_pages;
