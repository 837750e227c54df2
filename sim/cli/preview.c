/* SPDX-License-Identifier: MIT */
/* cafelab preview: what one seed of a scenario comes to, for its author. */
#include "grader/preview.h"
#include "grader/verify/verify.h"
#include "sim/cli/cli.h"

static bool write_page(const struct preview *p, const char *file, struct err *e)
{
    AUTO(str_drop) struct str page = {0};
    preview_html(p, &page);
    return file_write(file, str_text(&page), page.len, 0644, e);
}

static bool write_picture(const struct preview *p, const char *file, struct err *e)
{
    AUTO(str_drop) struct str picture = {0};
    preview_svg(p, &picture);
    return file_write(file, str_text(&picture), picture.len, 0644, e);
}

static int show(const struct request *r, const struct preview *p)
{
    const char *page = request_value(r, "html"), *picture = request_value(r, "svg");
    struct err e = {0};
    if ((page && !write_page(p, page, &e)) || (picture && !write_picture(p, picture, &e)))
        return trouble_err(&e);
    if (page)
        printf("%s is written\n", page);
    if (picture)
        printf("%s is written\n", picture);
    if (page || picture)
        return EXIT_GOOD;
    if (request_has(r, "json")) {
        json_auto_t *value = preview_json(p);
        print_json(value);
    } else {
        AUTO(str_drop) struct str text = {0};
        preview_text(p, &text);
        print_text(&text);
    }
    return EXIT_GOOD;
}

static int run(const struct request *r)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    const char *language = request_language(r), *seed = request_value(r, "seed");
    if (!language)
        return EXIT_TROUBLE;
    AUTO(scenario_free) struct scenario *s = scenario_load(r->args[0], &diags, &e);
    if (s)
        lab_check(s, &diags);
    AUTO(rubric_free) struct rubric *author = s ? rubric_read(s, &diags) : NULL;
    (void)author; /* reading it is the check */
    if (e.set)
        return trouble_err(&e);
    if (!s || diags.n_errors) {
        AUTO(str_drop) struct str mistakes = {0};
        diags_show(&diags, &mistakes);
        fputs(str_text(&mistakes), stderr);
        return trouble("the scenario has mistakes: there is nothing to show");
    }
    AUTO(preview_drop) struct preview p = {0};
    if (!preview_make(s, seed ? seed : "0", request_value(r, "student"), language, &p, &e))
        return trouble_err(&e);
    p.variants = verify_variants(s);
    return show(r, &p);
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
