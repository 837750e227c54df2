/* SPDX-License-Identifier: MIT */
/* The forms, one row each, and running one. */
#include "grader/formats/rows.h"
#include "grader/formats/writing.h"

/* clang-format off */
const struct format formats[] = {
    /* name           says                                                             file                alone  students roster begin          add              end            drop */
    {"text",         "for people, in a terminal",                                      ".txt",             false, false, false, NULL,          text_add,         NULL,         NULL},
    {"json",         "everything, for machines",                                       ".json",            false, false, false, json_begin_all, json_add,        json_end_all, NULL},
    {"jsonl",        "the same, a submission a line",                                  ".jsonl",           false, false, false, NULL,          jsonl_add,        NULL,         NULL},
    {"html",         "a page for the student; prints well, needs no script",           ".html",            true,  true,  false, NULL,          html_add,         NULL,         NULL},
    {"junit",        "JUnit XML: GitLab, Jenkins, CodeGrade",                          ".xml",             false, true,  false, junit_begin,   junit_add,        junit_end,    NULL},
    {"tap",          "Test Anything Protocol",                                         ".tap",             false, true,  false, tap_begin,     tap_add,          NULL,         NULL},
    {"csv",          "a table: a row a submission, a column an item",                  ".csv",             false, false, false, table_begin,     table_add,          table_end,      table_drop},
    {"csv-items",    "a table: a row an item of each submission",                      "-items.csv",       false, false, false, items_begin,   items_add,        NULL,         NULL},
    {"gradescope",   "Gradescope: /autograder/results/results.json",                   "results.json",     true,  true,  false, NULL,          gradescope_add,   NULL,         NULL},
    {"github",       "GitHub Classroom: lines for $GITHUB_ENV, a runner an item",      ".env",             true,  true,  false, NULL,          github_add,       NULL,         NULL},
    {"autolab",      "Autolab: the last lines of the autograder's output",             ".txt",             true,  true,  false, NULL,          autolab_add,      NULL,         NULL},
    {"prairielearn", "PrairieLearn: /grade/results/results.json",                      "results.json",     true,  true,  false, NULL,          prairielearn_add, NULL,         NULL},
    {"check50",      "what check50 -o json prints",                                    ".json",            true,  true,  false, NULL,          check50_add,      NULL,         NULL},
    {"submitty",     "Submitty: validation_results.json",                              "validation_results.json", true, true, false, NULL,     submitty_add,     NULL,         NULL},
    {"canvas", "Canvas gradebook: the export in, one column added", "-canvas.csv", false, true, true, canvas_begin, canvas_add, canvas_end, canvas_drop},
    {"moodle",       "Moodle grades: user, grade and feedback to map while importing", "-moodle.csv",      false, true,  false, moodle_begin,  moodle_add,       NULL,         NULL},
    {"nbgrader",     "nbgrader's grades.csv",                                          "grades.csv",       false, true,  false, nbgrader_begin, nbgrader_add,    NULL,         NULL},
    {"lti",          "LTI scores, one a line, for a site's own gateway",               "scores.jsonl",     false, true,  false, NULL,          lti_add,          NULL,         NULL},
};
/* clang-format on */
const size_t n_formats = COUNT(formats);

const struct format *format_find(const char *name)
{
    for (size_t i = 0; i < n_formats; i++)
        if (text_same(formats[i].name, name))
            return &formats[i];
    return NULL;
}

const char *format_meant(const char *name)
{
    const char *names[COUNT(formats) + 1] = {NULL};
    for (size_t i = 0; i < n_formats; i++)
        names[i] = formats[i].name;
    return text_meant(name, names);
}

void formats_list(struct str *out)
{
    for (size_t i = 0; i < n_formats; i++)
        str_addf(out, "%s%s", i ? ", " : "", formats[i].name);
}

bool writing_begin(struct writing *w, struct err *e)
{
    if (w->format->alone && w->of > 1)
        return err_set(e, "%s is about one submission, %zu are given", w->format->name, w->of);
    if (w->format->wants_roster && !w->style->roster)
        return err_set(e, "%s needs the gradebook that it exported: --roster FILE", w->format->name);
    return !w->format->begin || w->format->begin(w, e);
}

void writing_add(struct writing *w, const struct graded *g)
{
    w->n++;
    w->format->add(w, g);
}

void writing_end(struct writing *w)
{
    if (w->format->end)
        w->format->end(w);
    writing_drop(w);
}

void writing_drop(struct writing *w)
{
    if (w->own && w->format->drop)
        w->format->drop(w);
    w->own = NULL;
}

void report_unreadable(struct report *r, const char *why)
{
    *r = (struct report){.scenario = "", .title = "", .student = ""};
    r->ungradable = arena_dup(&r->arena, why);
    r->receipt.version = CAFELAB_VERSION;
}
