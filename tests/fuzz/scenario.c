/* SPDX-License-Identifier: MIT */
/* A whole scenario file: any bytes as YAML, decoded, checked, drawn; every mistake shown. */
#include "sim/scenario/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void draw(const struct scenario *s)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct seed seed = seed_from_text("fuzz");
    struct draw drawn = {0};
    struct err e = {0};

    if (!scenario_draw(s, &seed, &arena, &drawn, &e) && !e.set)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(str_drop) struct str said = {0};
    AUTO(scenario_free) struct scenario *s = scenario_read("fuzz.yaml", (const char *)data, size, &diags);

    diags_show(&diags, &said);
    if ((diags.n_errors > 0) != (said.len > 0))
        __builtin_trap(); /* a mistake that nobody is told, or nothing told as one */
    if (!s && diags.n_errors == 0)
        __builtin_trap();
    if (!text_utf8(str_text(&said), said.len))
        __builtin_trap(); /* what a terminal gets */
    json_decref(diags_json(&diags));
    if (s && diags.n_errors == 0)
        draw(s);
    return 0;
}
