/* SPDX-License-Identifier: MIT */
/* cafelab export: what other systems take in: an autograder, challenges, a question bank. */
#include "grader/formats/autograder.h"
#include "grader/formats/questions.h"
#include "sim/cli/class_parts.h"
#include "sim/cli/cli.h"
#include "sim/cli/grading.h"

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

static void tell_variant(const char *out, const char *wanted, const struct play_options *options)
{
    AUTO(str_drop) struct str lab = {0};
    str_add(&lab, "cafelab build ");
    str_add_shell_word(&lab, wanted);
    str_add(&lab, " --seed ");
    str_add_shell_word(&lab, options->seed ? options->seed : "0");
    if (options->student) {
        str_add(&lab, " --student ");
        str_add_shell_word(&lab, options->student);
    }
    printf("%s: the answers in it are those of this seed alone; a lab of it is %s\n", out, str_text(&lab));
}

static int export_questions(const struct request *r, bool ctfd)
{
    const char *out = request_value(r, "output"), *wanted = r->args[0];
    if (!out)
        return misused(r, "expected -o OUT");
    struct err e = {0};
    AUTO(str_drop) struct str xml = {0};
    const char *language = request_language(r);
    struct lab named = {.scenario_id = wanted};
    struct play_options options = {.seed = request_value(r, "seed"), .student = request_value(r, "student"), .events = -1};
    if (!language)
        return EXIT_TROUBLE;
    struct scenario *s = grading_scenario(&named, wanted, &e);
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
    tell_variant(out, wanted, &options);
    return EXIT_GOOD;
}

static int run_ctfd(const struct request *r)
{
    return export_questions(r, true);
}

static int run_moodle(const struct request *r)
{
    return export_questions(r, false);
}

static int run_gradescope(const struct request *r)
{
    const char *out = request_value(r, "output");
    return out ? export_gradescope(r->args[0], out) : misused(r, "expected -o OUT");
}

/* ---- the commands ---- */

static const struct command ctfd = {
    .name = "export ctfd",
    .synopsis = "SCENARIO",
    .says = "a folder a question with its challenge.yml, for CTFd",
    .least = 1,
    .most = 1,
    .run = run_ctfd,
    .options = {{"output", 'o', "OUT", "the folder to write"},
                {"seed", 0, "SEED", "whose answers"},
                {"student", 0, "ID", "the same"},
                {"lang", 0, "LANG", "language of questions: en, pt or es"}},
};

static const struct command moodle_xml = {
    .name = "export moodle-xml",
    .synopsis = "SCENARIO",
    .says = "a question bank for Moodle",
    .least = 1,
    .most = 1,
    .run = run_moodle,
    .options = {{"output", 'o', "OUT", "the file to write"},
                {"seed", 0, "SEED", "whose answers"},
                {"student", 0, "ID", "the same"},
                {"lang", 0, "LANG", "language of questions: en, pt or es"}},
};

static const struct command gradescope_zip = {
    .name = "export gradescope-zip",
    .synopsis = "CLASS",
    .says = "the upload for Gradescope's autograder",
    .least = 1,
    .most = 1,
    .run = run_gradescope,
    .options = {{"output", 'o', "OUT", "the zip to write; it holds the class's secret"}},
};

static const struct command *const parts[] = {&gradescope_zip, &ctfd, &moodle_xml, NULL};

const struct command command_export = {
    .name = "export",
    .synopsis = "WHAT ...",
    .says = "an autograder for Gradescope, challenges for CTFd, a question bank for Moodle",
    .more = "Questions have the answers of one variant: everybody needs the lab of that seed and student.",
    .parts = parts,
};

/* The same under the name that teachers look for. */
const struct command command_gradescope_zip = {
    .name = "gradescope-zip",
    .synopsis = "CLASS",
    .says = "the upload for Gradescope's autograder: export gradescope-zip",
    .least = 1,
    .most = 1,
    .run = run_gradescope,
    .options = {{"output", 'o', "OUT", "the zip to write; it holds the class's secret"}},
};
