/* SPDX-License-Identifier: MIT */
/* cafelab preview: what one seed of a scenario comes to, for its author. */
#include "sim/cli/preview_parts.h"

static bool add_page(const struct preview *p, struct str *out, struct err *e)
{
    (void)e;
    preview_html(p, out);
    return true;
}

static bool add_svg(const struct preview *p, struct str *out, struct err *e)
{
    (void)e;
    preview_svg(p, out);
    return true;
}

static const struct preview_form forms[] = {
    {"html", add_page},
    {"svg",  add_svg },
};

static int run(const struct request *r)
{
    AUTO(preview_drop) struct preview p = {0};
    size_t written = 0;
    if (!preview_told(r, &p) || !preview_write(r, &p, forms, COUNT(forms), &written))
        return EXIT_TROUBLE;
    if (written)
        return EXIT_GOOD;
    if (request_has(r, "json")) {
        json_auto_t *value = preview_json(&p);
        print_json(value);
    } else {
        AUTO(str_drop) struct str text = {0};
        preview_text(&p, &text);
        print_text(&text);
    }
    return EXIT_GOOD;
}

const struct command command_preview = {
    .name = "preview",
    .synopsis = "SCENARIO",
    .says = "show what a seed of a scenario comes to: for its author",
    .more = "Cast, timeline in order, what is evidence for what, questions with this seed's answers, checks, what was drawn,\n"
            "and how many different draws there are. It holds the whole key: nothing for students.",
    .least = 1,
    .most = 1,
    .run = run,
    .options = {{"seed", 's', "S", "which variant; 0 without"},
                {"student", 0, "ID", "whose variant it is"},
                {"html", 0, "FILE", "write a page with a picture of the timeline"},
                {"svg", 0, "FILE", "write that picture alone"},
                {"lang", 0, "L", "language of titles and questions: en, pt, es"},
                OPTION_JSON},
};
