/* SPDX-License-Identifier: MIT */
/* cafelab debrief: the true story, in the forms that other tools take. */
#include "grader/story/story.h"
#include "sim/cli/preview_parts.h"

static bool add_timesketch(const struct preview *p, struct str *out, struct err *e)
{
    (void)e;
    debrief_timesketch(p, out);
    return true;
}

static bool add_navigator(const struct preview *p, struct str *out, struct err *e)
{
    (void)e;
    json_auto_t *layer = debrief_navigator(p);
    str_add_json_pretty(out, layer);
    return true;
}

static const struct preview_form forms[] = {
    {"timesketch", add_timesketch},
    {"navigator",  add_navigator },
    {"html",       debrief_page  },
};

static int run(const struct request *r)
{
    AUTO(preview_drop) struct preview p = {0};
    size_t asked = 0, written = 0;
    for (size_t i = 0; i < COUNT(forms); i++)
        asked += request_has(r, forms[i].option);
    if (!asked)
        return misused(r, "expected at least one of --timesketch, --navigator, --html");
    return preview_told(r, &p) && preview_write(r, &p, forms, COUNT(forms), &written) ? EXIT_GOOD : EXIT_TROUBLE;
}

const struct command command_debrief = {
    .name = "debrief",
    .synopsis = "SCENARIO",
    .says = "write the true timeline for other tools: Timesketch, ATT&CK Navigator, a page",
    .more = "For the lesson after the exercise. It holds the whole key: nothing for students before that.",
    .least = 1,
    .most = 1,
    .run = run,
    .options = {{"seed", 's', "S", "which variant; 0 without"},
                {"student", 0, "ID", "whose variant it is"},
                {"timesketch", 0, "FILE", "JSON lines for Timesketch"},
                {"navigator", 0, "FILE", "a layer for the ATT&CK Navigator"},
                {"html", 0, "FILE", "the story as a page, each step with its evidence: put it into the lab's folder"},
                {"lang", 0, "L", "language of the page: en, pt, es"}},
};
