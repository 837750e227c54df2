/* SPDX-License-Identifier: MIT */
/* Scenarios of tests/data that are played, as they are and with a mistake put in. Included once by a suite. */
#pragma once

#include "sim/lab/lab.h"

#include <CUnit/CUnit.h>
#include <string.h>

static const struct play_options alone = {.seed = "7", .events = -1, .no_background = true};

static inline bool play_of(const char *folder, const struct play_options *o, struct play *p, struct scenario **s)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    *s = scenario_load(folder, &diags, &e);
    CU_ASSERT_EQUAL(diags.n_errors, 0);
    bool good = *s && play(*s, o, p, &e);
    CU_ASSERT(good);
    if (!good)
        fprintf(stderr, "%s: %s\n", folder, e.msg);
    return good;
}

struct mistake {
    const char *was, *becomes, *says;
};

/* Each alone stops the play, and is told. `file`: its name in messages. */
static inline void plays_fail(const char *path, const char *file, const struct mistake *rows, size_t n)
{
    AUTO(str_drop) struct str text = {0};
    CU_ASSERT(file_read(path, YAML_MAX_BYTES, &text, &(struct err){0}));
    for (size_t i = 0; i < n; i++) {
        AUTO(str_drop) struct str changed = {0};
        AUTO(diags_drop) struct diags diags = {0};
        const char *at = strstr(str_text(&text), rows[i].was);
        CU_ASSERT_PTR_NOT_NULL(at);
        if (!at)
            return;
        str_addn(&changed, str_text(&text), (size_t)(at - str_text(&text)));
        str_addf(&changed, "%s%s", rows[i].becomes, at + strlen(rows[i].was));
        AUTO(scenario_free) struct scenario *s = scenario_read(file, str_text(&changed), changed.len, &diags);
        struct play p;
        struct err e = {0};
        CU_ASSERT_EQUAL(diags.n_errors, 0);
        CU_ASSERT_FALSE(play(s, &alone, &p, &e));
        if (!strstr(e.msg, rows[i].says))
            fprintf(stderr, "%s: expected '%s' in '%s'\n", file, rows[i].says, e.msg);
        CU_ASSERT_PTR_NOT_NULL(strstr(e.msg, rows[i].says));
    }
}
