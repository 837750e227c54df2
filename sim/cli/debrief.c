/* SPDX-License-Identifier: MIT */
/* cafelab debrief: the true story, in the forms that other tools take. */
#include "grader/preview.h"
#include "grader/verify/verify.h"
#include "sim/cli/cli.h"

static bool write_timesketch(const struct preview *p, const char *file, struct err *e)
{
    AUTO(str_drop) struct str out = {0};
    debrief_timesketch(p, &out);
    return file_write(file, str_text(&out), out.len, 0644, e);
}

static bool write_navigator(const struct preview *p, const char *file, struct err *e)
{
    AUTO(str_drop) struct str out = {0};
    json_auto_t *layer = debrief_navigator(p);
    str_add_json_pretty(&out, layer);
    return file_write(file, str_text(&out), out.len, 0644, e);
}

static bool write_page(const struct preview *p, const char *file, struct err *e)
{
    AUTO(str_drop) struct str out = {0};
    preview_html(p, &out);
    return file_write(file, str_text(&out), out.len, 0644, e);
}

static const struct {
    const char *option;
    bool (*write)(const struct preview *, const char *file, struct err *);
} forms[] = {
    {"timesketch", write_timesketch},
    {"navigator",  write_navigator },
    {"html",       write_page      },
};

static int write_all(const struct request *r, const struct preview *p)
{
    struct err e = {0};
    for (size_t i = 0; i < COUNT(forms); i++) {
        const char *file = request_value(r, forms[i].option);
        if (file && !forms[i].write(p, file, &e))
            return trouble_err(&e);
        if (file)
            printf("%s is written\n", file);
    }
    return EXIT_GOOD;
}

static int run(const struct request *r)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    bool any = false;
    const char *language = request_language(r), *seed = request_value(r, "seed");
    for (size_t i = 0; i < COUNT(forms); i++)
        any |= request_has(r, forms[i].option);
    if (!any)
        return misused(r, "expected at least one of --timesketch, --navigator, --html");
    if (!language)
        return EXIT_TROUBLE;
    AUTO(scenario_free) struct scenario *s = scenario_load(r->args[0], &diags, &e);
    if (s)
        lab_check(s, &diags);
    if (e.set)
        return trouble_err(&e);
    if (!s || diags.n_errors)
        return trouble("the scenario has mistakes: see cafelab lint %s", r->args[0]);
    AUTO(preview_drop) struct preview p = {0};
    if (!preview_make(s, seed ? seed : "0", request_value(r, "student"), language, &p, &e))
        return trouble_err(&e);
    p.variants = verify_variants(s);
    return write_all(r, &p);
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
                {"html", 0, "FILE", "a page with a picture of the timeline"},
                {"lang", 0, "L", "language of titles and questions: en, pt, es"}},
};
