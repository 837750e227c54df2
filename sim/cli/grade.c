/* SPDX-License-Identifier: MIT */
/* cafelab grade: what submissions are worth, and why. */
#include "grader/grader.h"
#include "sim/cli/cli.h"
#include "sim/cli/grading.h"

#include <string.h>

struct batch { /* several submissions, one after the other */
    const struct request *r;
    const char *language;
    bool json;
    int64_t fail_under; /* percent */
    json_t *reports;    /* of --format json */
    struct grading_key key;
    int status;
};

static void worst(struct batch *b, int status)
{
    if (status > b->status)
        b->status = status;
}

static void show_text(const struct batch *b, const struct report *report)
{
    AUTO(str_drop) struct str text = {0};
    struct report_style style = {.width = terminal_width(stdout), .colour = wants_colour(stdout)};
    style.hide_answers = request_has(b->r, "hide-answers");
    report_text(report, &style, &text);
    print_text(&text);
}

static void show(struct batch *b, const char *dir, const struct report *report)
{
    if (b->json) {
        json_t *value = report_json(report, request_has(b->r, "hide-answers"));
        json_put_text(value, "submission", dir);
        json_array_append_new(b->reports, value);
        return;
    }
    if (b->r->n_args > 1)
        printf("%s== %s ==\n", dir == b->r->args[0] ? "" : "\n", dir);
    show_text(b, report);
}

static void grade_one(struct batch *b, const char *dir)
{
    struct err e = {0};
    AUTO(report_drop) struct report report = {0};
    AUTO(submission_free) struct submission *s = submission_open(dir, &e);
    const struct key *key = s ? grading_key_for(&b->key, submission_lab(s), request_value(b->r, "scenario"), &e) : NULL;
    if (!key) {
        err_wrap(&e, "%s", dir);
        worst(b, trouble_err(&e));
        return;
    }
    grade(key, s, b->language, &report);
    show(b, dir, &report);
    if (report.ungradable)
        worst(b, EXIT_TROUBLE);
    else if (report_percent(&report) < b->fail_under)
        worst(b, EXIT_FINDINGS);
    if (submission_lab(s)->live) /* its key borrows from it */
        grading_key_drop(&b->key);
}

static bool read_format(struct batch *b)
{
    const char *format = request_value(b->r, "format");
    b->json = request_has(b->r, "json") || text_same(format, "json");
    if (!format || text_same(format, "text") || text_same(format, "json"))
        return true;
    misused(b->r, "--format: expected text or json, got \"%s\"", format);
    return false;
}

static int run(const struct request *r)
{
    struct batch b = {.r = r, .language = request_language(r), .status = EXIT_GOOD};
    if (!b.language || !read_format(&b) || !request_int(r, "fail-under", 0, 100, &b.fail_under))
        return EXIT_TROUBLE;
    b.reports = json_array();
    for (size_t i = 0; i < r->n_args; i++)
        grade_one(&b, r->args[i]);
    if (b.json && r->n_args == 1 && json_array_size(b.reports))
        print_json(json_array_get(b.reports, 0));
    else if (b.json && r->n_args > 1)
        print_json(b.reports);
    json_decref(b.reports);
    grading_key_drop(&b.key);
    return b.status;
}

const struct command command_grade = {
    .name = "grade",
    .synopsis = "DIR...",
    .says = "grade labs: every point that was lost, why, and where it is to be seen",
    .more = "Answers are judged by what they mean, repairs by the state that was left behind, however it was reached.\n"
            "A failed veto (the trail is off, the evidence was edited) takes the whole score.\n"
            "Exit status 1: --fail-under was given and a score lies below; 2: a submission cannot be graded.",
    .least = 1,
    .most = SIZE_MAX,
    .run = run,
    .options = {{"format", 0, "FORMAT", "text (as without) or json"},
                OPTION_JSON, {"fail-under", 0, "PERCENT", "exit with 1 when a score is below this"},
                {"lang", 0, "LANG", "language of titles and feedback: en, pt or es"},
                {"scenario", 0, "NAME", "grade with this scenario instead of the one on hand"},
                {"hide-answers", 0, NULL, "leave out what questions expected: to show to students"}},
};
