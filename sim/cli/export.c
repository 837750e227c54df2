/* SPDX-License-Identifier: MIT */
/* cafelab export: what other systems take in: an autograder, challenges, a question bank. */
#include "grader/formats/autograder.h"
#include "grader/formats/questions.h"
#include "sim/cli/class_parts.h"
#include "sim/cli/cli.h"
#include "sim/cli/grading.h"

#include <string.h>

static int export_gradescope(const char *class, const char *out)
{
    AUTO(class_close) struct class c = {0};
    AUTO(str_drop) struct str zip = {0};
    struct err e = {0};
    if (!class_open_told(class, &c))
        return EXIT_TROUBLE;
    if (!autograder_zip(&c, &zip, &e) || !file_write(out, str_text(&zip), zip.len, 0600, &e))
        return trouble_err(&e);
    printf("%s: upload it as the autograder. It holds the class's secret: give it to nobody else\n", out);
    return EXIT_GOOD;
}

static bool write_challenge(void *context, const char *folder, const struct str *text, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *dir = arena_printf(&arena, "%s/%s", (const char *)context, folder);
    return dir_make(dir, e) && file_write(arena_printf(&arena, "%s/challenge.yml", dir), str_text(text), text->len, 0644, e);
}

static int export_questions(const struct request *r, const char *out, bool ctfd)
{
    struct err e = {0};
    AUTO(str_drop) struct str xml = {0};
    const char *language = request_language(r);
    struct lab named = {.scenario_id = r->args[1]};
    struct play_options options = {.seed = request_value(r, "seed"), .student = request_value(r, "student"), .events = -1};
    if (!language)
        return EXIT_TROUBLE;
    struct scenario *s = grading_scenario(&named, r->args[1], &e);
    struct key *key = s ? key_make(s, &options, &e) : NULL;
    bool good = key != NULL;
    if (good && ctfd)
        good = questions_ctfd(key, language, write_challenge, (void *)out, &e);
    else if (good) {
        questions_moodle(key, language, &xml);
        good = file_write(out, str_text(&xml), xml.len, 0644, &e);
    }
    key_free(&key);
    scenario_free(&s);
    if (!good)
        return trouble_err(&e);
    printf("%s: the answers in it are those of this seed alone; a lab of it is cafelab build %s --seed %s%s%s\n", out,
           r->args[1], options.seed ? options.seed : "0", options.student ? " --student " : "",
           options.student ? options.student : "");
    return EXIT_GOOD;
}

static int run(const struct request *r)
{
    const char *out = request_value(r, "output"), *what = r->args[0];
    if (!out)
        return misused(r, "expected -o OUT");
    if (text_same(what, "gradescope-zip"))
        return export_gradescope(r->args[1], out);
    if (text_same(what, "ctfd"))
        return export_questions(r, out, true);
    if (text_same(what, "moodle-xml"))
        return export_questions(r, out, false);
    return misused(r, "expected gradescope-zip, ctfd or moodle-xml, got \"%s\"", what);
}

const struct command command_export = {
    .name = "export",
    .synopsis = "WHAT CLASS|SCENARIO",
    .says = "an autograder for Gradescope, challenges for CTFd, a question bank for Moodle",
    .more = "gradescope-zip CLASS     the upload for Gradescope's autograder; OUT is a zip\n"
            "ctfd SCENARIO            a folder a question with its challenge.yml; OUT is a folder\n"
            "moodle-xml SCENARIO      a question bank; OUT is a file\n"
            "\n"
            "Questions have the answers of one variant: everybody needs the lab of that seed and student.",
    .least = 2,
    .most = 2,
    .run = run,
    .options = {{"output", 'o', "OUT", "the file or folder to write"},
                {"seed", 0, "SEED", "of ctfd and moodle-xml: whose answers"},
                {"student", 0, "ID", "the same"},
                {"lang", 0, "LANG", "language of questions: en, pt or es"}},
};

/* The same under the name that teachers look for. */
static int run_gradescope(const struct request *r)
{
    const char *out = request_value(r, "output");
    return out ? export_gradescope(r->args[0], out) : misused(r, "expected -o OUT");
}

const struct command command_gradescope_zip = {
    .name = "gradescope-zip",
    .synopsis = "CLASS",
    .says = "the upload for Gradescope's autograder: export gradescope-zip",
    .least = 1,
    .most = 1,
    .run = run_gradescope,
    .options = {{"output", 'o', "OUT", "the zip to write; it holds the class's secret"}},
};
