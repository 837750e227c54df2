/* SPDX-License-Identifier: MIT */
/* cafelab grade: what submissions are worth, and why, in the form that is asked for. */
#include "grader/class/class.h"
#include "grader/formats/formats.h"
#include "sim/cli/cli.h"
#include "sim/cli/grade_files.h"

#include <string.h>

struct batch { /* several submissions, one after the other */
    const struct request *r;
    const char *language;
    int64_t fail_under; /* percent */
    struct format_style style;
    struct writing writing;
    struct str out, roster;
    struct grading_key key;
    struct file_grading files;
    size_t n_uploads; /* of files and folders of such */
    const char *path; /* at which it is */
    int status;
};

static void worst(struct batch *b, int status)
{
    if (status > b->status)
        b->status = status;
}

/* How much of the path that was named is where it lies on this machine, if students read the report: no matter of theirs. */
static size_t folder_len(const struct batch *b)
{
    size_t n = b->writing.format->to_students && *b->path == '/' ? strlen(b->path) : 0;
    while (n > 1 && b->path[n - 1] == '/')
        n--;
    while (n && b->path[n - 1] != '/')
        n--;
    return n;
}

static const char *without_folder(const struct batch *b, struct str *out, const char *text)
{
    AUTO(str_drop) struct str folder = {0};
    str_addn(&folder, b->path, folder_len(b));
    if (!text || folder.len < 2)
        return text;
    for (const char *at; (at = strstr(text, str_text(&folder))); text = at + folder.len)
        str_addn(out, text, (size_t)(at - text));
    str_add(out, text);
    return str_text(out);
}

static void show(struct batch *b, const char *name, const struct report *report)
{
    AUTO(str_drop) struct str submission = {0}, ungradable = {0};
    struct report shown = *report;
    shown.ungradable = without_folder(b, &ungradable, report->ungradable);
    writing_add(&b->writing, &(struct graded){.report = &shown, .submission = without_folder(b, &submission, name)});
    print_text(&b->out);
    str_clear(&b->out);
}

/* Machines get a record of what could not be opened, too: an autograder without a result is a broken one. */
static void show_unreadable(struct batch *b, const char *dir, const struct err *e)
{
    AUTO(report_drop) struct report report = {0};
    worst(b, trouble_err(e));
    report_unreadable(&report, e->msg);
    if (!text_same(b->writing.format->name, "text"))
        show(b, dir, &report);
}

static void judged(void *context, const char *name, const struct report *report)
{
    struct batch *b = context;
    show(b, name, report);
    if (report->ungradable)
        worst(b, EXIT_TROUBLE);
    else if (report_percent(report) < b->fail_under)
        worst(b, EXIT_FINDINGS);
}

static bool grade_file(void *context, const struct arrival *f)
{
    struct batch *b = context;
    struct err e = {0};
    if (f->typed)
        return true;
    b->n_uploads++;
    if (!file_grade(&b->files, f, &(struct showing){judged, b, b->language}, &e))
        show_unreadable(b, f->from, &e);
    return true;
}

/* A lab that lies open on this disk, and knows its seed. */
static bool is_open_lab(const char *path)
{
    AUTO(arena_drop) struct arena arena = {0};
    return !file_exists(path) || (file_exists(arena_printf(&arena, "%s/.cafelab/journal.jsonl", path)) &&
                                  !file_exists(arena_printf(&arena, "%s/.cafelab/built", path)));
}

static void grade_one(struct batch *b, const char *dir)
{
    struct err e = {0};
    AUTO(report_drop) struct report report = {0};
    AUTO(submission_free) struct submission *s = submission_open(dir, &e);
    const struct key *key = s ? grading_key_for(&b->key, submission_lab(s), request_value(b->r, "scenario"), &e) : NULL;
    if (!key) {
        err_wrap(&e, "%s", dir);
        show_unreadable(b, dir, &e);
        return;
    }
    grade(key, s, b->language, &report);
    judged(b, dir, &report);
    if (submission_lab(s)->live) /* its key borrows from it */
        grading_key_drop(&b->key);
}

static void grade_path(struct batch *b, const char *path)
{
    struct err e = {0};
    b->path = path;
    if (is_open_lab(path))
        grade_one(b, path);
    else {
        size_t before = b->n_uploads;
        if (!uploads_each(path, grade_file, b, &e) ||
            (b->n_uploads == before && !err_set(&e, "'%s': nothing that was handed in is there", path)))
            show_unreadable(b, path, &e);
    }
}

static bool read_format(struct batch *b)
{
    const char *name = request_value(b->r, "format");
    AUTO(str_drop) struct str list = {0};
    if (!name)
        name = request_has(b->r, "json") ? "json" : "text";
    b->writing.format = format_find(name);
    if (b->writing.format)
        return true;
    formats_list(&list);
    const char *meant = format_meant(name);
    if (meant)
        misused(b->r, "--format: unknown format \"%s\" (did you mean \"%s\"?)", name, meant);
    else
        misused(b->r, "--format: expected one of %s, got \"%s\"", str_text(&list), name);
    return false;
}

static bool begin(struct batch *b)
{
    struct err e = {0};
    b->style = (struct format_style){.language = b->language,
                                     .width = terminal_width(stdout),
                                     .colour = wants_colour(stdout),
                                     .answers = request_has(b->r, "show-answers"),
                                     .hide_answers = request_has(b->r, "hide-answers")};
    b->writing = (struct writing){.format = b->writing.format, .style = &b->style, .out = &b->out, .of = b->r->n_args};
    if (b->style.answers && b->style.hide_answers)
        return misused(b->r, "--show-answers and --hide-answers contradict each other"), false;
    const char *roster = request_value(b->r, "roster");
    if (roster && !file_read(roster, ROSTER_MAX_BYTES, &b->roster, &e))
        return trouble_err(&e), false;
    b->style.roster = roster ? &b->roster : NULL;
    b->style.column = request_value(b->r, "column");
    if (!writing_begin(&b->writing, &e))
        return misused(b->r, "--format: %s", e.msg), false;
    return true;
}

static void batch_drop(struct batch *b)
{
    writing_drop(&b->writing);
    str_drop(&b->out);
    str_drop(&b->roster);
    grading_key_drop(&b->key);
    file_grading_drop(&b->files);
}

static int run(const struct request *r)
{
    AUTO(batch_drop) struct batch b = {.r = r, .status = EXIT_GOOD};
    const char *class = request_value(r, "class");
    if (!request_own_language(r, &b.language) || !read_format(&b) || !request_int(r, "fail-under", 0, 100, &b.fail_under) ||
        !begin(&b))
        return EXIT_TROUBLE;
    b.files.scenario = request_value(r, "scenario");
    if (class && !file_grading_class(&b.files, class))
        return EXIT_TROUBLE;
    for (size_t i = 0; i < r->n_args; i++)
        grade_path(&b, r->args[i]);
    writing_end(&b.writing);
    print_text(&b.out);
    return b.status;
}

const struct command command_grade = {
    .name = "grade",
    .synopsis = "DIR|FILE...",
    .says = "grade labs and what was handed in: every point that was lost, why, and where it is to be seen",
    .more = "Answers are judged by what they mean, repairs by the state that was left behind, however it was reached.\n"
            "A failed veto (the trail is off, the evidence was edited) takes the whole score.\n"
            "FILE is what `cafelab submit` packed, a lab as tar, tar.gz or zip, or an LMS's zip of many; nothing is unpacked.\n"
            "\n"
            "Formats: text, json, jsonl, csv, csv-items for teachers; html, junit, tap, gradescope, github, autolab,\n"
            "prairielearn, check50, submitty, moodle, canvas, nbgrader and lti, which students see, too: they leave out what\n"
            "questions expected, and reasons of repairs that would tell it, unless --show-answers is given.\n"
            "\n"
            "Exit status 1: --fail-under was given and a score lies below; 2: a submission cannot be graded.",
    .least = 1,
    .most = SIZE_MAX,
    .run = run,
    .options = {{"format", 0, "FORMAT", "text (as without), json, html, junit, gradescope, ...: see above"},
                OPTION_JSON, {"fail-under", 0, "PERCENT", "exit with 1 when a score is below this"},
                {"lang", 0, "LANG", "language of titles and feedback: en, pt or es; the lab's own without"},
                {"class", 0, "CLASSDIR", "the class whose bundles were handed in"},
                {"scenario", 0, "NAME", "grade with this scenario instead of the one on hand"},
                {"roster", 0, "FILE", "of canvas: the gradebook as it was exported"},
                {"column", 0, "TITLE", "of canvas and moodle: what the grade is called there; the scenario's title without"},
                {"hide-answers", 0, NULL, "leave out what questions expected: to show to students"},
                {"show-answers", 0, NULL, "tell what questions expected, in formats for students, too"}},
};
