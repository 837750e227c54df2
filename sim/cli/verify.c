/* SPDX-License-Identifier: MIT */
/* cafelab verify: a scenario is proved before it is handed out. */
#include "grader/verify/verify.h"
#include "sim/cli/cli.h"

#include <signal.h>

enum { MOST_SEEDS = 10000, MOST_EVENTS = 2000000, SEEDS = 10 };

static volatile int cancelled;

static void cancel(int signal)
{
    (void)signal;
    cancelled = 1;
}

static void print_as_text(const struct verify_report *report)
{
    AUTO(str_drop) struct str text = {0};
    verify_text(report, &text);
    print_text(&text);
}

static void print_as_json(const struct verify_report *report)
{
    json_auto_t *value = verify_json(report);
    print_json(value);
}

static void print_as_html(const struct verify_report *report)
{
    AUTO(str_drop) struct str text = {0};
    verify_html(report, &text);
    print_text(&text);
}

static const struct format {
    const char *name;
    void (*print)(const struct verify_report *);
} formats[] = {
    {"text", print_as_text},
    {"json", print_as_json},
    {"html", print_as_html},
};

static bool write_page(const struct verify_report *report, const char *path, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    verify_html(report, &text);
    return file_write(path, str_text(&text), text.len, 0644, e);
}

/* What lint says of it, for people and for machines. */
static int refuse(const struct verify_plan *plan, struct diags *diags, bool json)
{
    AUTO(str_drop) struct str mistakes = {0};
    diags_show(diags, &mistakes);
    fputs(str_text(&mistakes), stderr);
    if (json) {
        json_auto_t *value = json_pack("{s:o, s:o}", "scenario", json_clean(plan->scenario), "mistakes", diags_json(diags));
        print_json(value);
    }
    return trouble("the scenario has mistakes: nothing was proved");
}

static int prove(const struct request *r, const struct verify_plan *plan, int format)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(verify_report_drop) struct verify_report report = {0};
    struct err e = {0};
    bool good = verify(plan, &report, &diags, &e);
    progress_end();
    if (good) {
        formats[format].print(&report);
        if (request_has(r, "html") && !write_page(&report, request_value(r, "html"), &e))
            return trouble_err(&e);
        return report.n_errors ? EXIT_FINDINGS : EXIT_GOOD;
    }
    return e.set ? trouble_err(&e) : refuse(plan, &diags, formats[format].print == print_as_json);
}

static int print_rules(const struct request *r)
{
    json_auto_t *rules = verify_rules();
    size_t i;
    json_t *rule;
    if (request_has(r, "json"))
        print_json(rules);
    else
        json_array_foreach(rules, i, rule)
            printf("%s: %s\n    %s\n", json_str(rule, "property"), json_str(rule, "says"), json_str(rule, "sql"));
    return EXIT_GOOD;
}

static int run(const struct request *r)
{
    if (request_has(r, "rules"))
        return print_rules(r);
    if (!r->n_args)
        return misused(r, "expected a scenario");
    int format = REQUEST_FORMAT(r, formats);
    int64_t seeds = SEEDS, jobs = 0, events = -1;
    if (format < 0)
        return EXIT_TROUBLE;
    if (request_has(r, "seed") && request_has(r, "seeds"))
        return misused(r, "--seed is one seed alone: expected it without --seeds");
    if (!request_int(r, "seeds", 1, MOST_SEEDS, &seeds) || !request_int(r, "jobs", 1, 64, &jobs) ||
        !request_int(r, "events", 0, MOST_EVENTS, &events))
        return EXIT_TROUBLE;
    struct sigaction action = {.sa_handler = cancel};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return prove(r,
                 &(struct verify_plan){.scenario = r->args[0],
                                       .seed = request_value(r, "seed"),
                                       .seeds = request_has(r, "seed") ? 1 : (unsigned)seeds,
                                       .jobs = (unsigned)jobs,
                                       .events = events,
                                       .every_way = request_has(r, "every-way"),
                                       .strict = request_has(r, "strict"),
                                       .progress = progress_show,
                                       .cancelled = &cancelled},
                 format);
}

const struct command command_verify = {
    .name = "verify",
    .synopsis = "SCENARIO | --rules",
    .says = "prove that a scenario is sound, for many seeds",
    .more = "For each seed a lab is built aside. Its questions must be answerable by the ways they declare, with one answer;\n"
            "hints must lead somewhere, known wrong answers be told as such; an untouched lab is worth nothing, the\n"
            "reference solution everything, each step of it exactly what it earns; other_repairs break what they say,\n"
            "or nothing; nothing may leak, and no effect come before its cause. Values and rhythms that only intruders\n"
            "have are warned of. Exit status 1: it is refused.",
    .least = 0,
    .most = 1,
    .run = run,
    .options = {{"seeds", 0, "N", "how many seeds: 1 to N; 10 without"},
                {"seed", 's', "S", "this seed alone"},
                {"jobs", 'j', "J", "how many at a time; as many as there are cores without"},
                {"events", 0, "N", "records of everyday life in each lab; as the scenario says without"},
                {"every-way", 0, NULL, "run all command lines in every seed; of more than 10 seeds, in every 20th without"},
                {"strict", 0, NULL, "refuse what is only warned of, too"},
                {"format", 0, "F", "text, json, html"},
                {"html", 0, "FILE", "write the report as a page, too"},
                {"rules", 0, NULL, "print what is asked of the records of any scenario, as SQL; nothing is proved"},
                OPTION_JSON},
};
