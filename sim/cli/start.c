/* SPDX-License-Identifier: MIT */
/* cafelab start: a live lab, made if need be, served until Ctrl-C. */
#include "grader/grader.h"
#include "sim/cli/serving.h"

#include <unistd.h>

/* "cafe-breach" and "scenarios/cafe-breach/scenario.yaml" make cafe-breach-lab. */
static const char *lab_of(struct arena *arena, const char *scenario)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err ignored = {0};
    AUTO(scenario_free) struct scenario *s = scenario_load(scenario, &diags, &ignored);
    return s && s->id ? arena_printf(arena, "%s-lab", s->id) : NULL;
}

static bool make(const struct request *r, const char *dir)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(str_drop) struct str mistakes = {0};
    struct err e = {0};
    const char *seed = request_value(r, "seed"), *student = request_value(r, "student");
    struct lab_plan plan = {
        .scenario = r->args[0],
        .out = dir,
        .play = {.seed = seed ? seed : "0",
                 .student = student ? student : "",
                 .events = -1,
                 .live_from_ms = clock_now_ms() / 1000 * 1000},
        .language = request_language(r),
        .sheet = answers_for_play,
        .progress = progress_show
    };
    if (!request_int(r, "events", 0, LAB_MAX_EVENTS, &plan.play.events))
        return false;
    bool good = plan.language && lab_build(&plan, &diags, &e);
    progress_end();
    if (good)
        return true;
    diags_show(&diags, &mistakes);
    fputs(str_text(&mistakes), stderr);
    if (e.set)
        trouble_err(&e);
    return false;
}

static void tell(const struct request *r, const struct serving *s, const char *dir)
{
    AUTO(arena_drop) struct arena arena = {0};
    unsigned port = serve_port(s->server), site = serve_site_port(s->server);
    if (request_has(r, "json")) {
        json_auto_t *made = json_object();
        json_put_text(made, "lab", dir);
        json_put(made, "pid", json_integer(getpid()));
        json_put(made, "port", json_integer(port));
        if (site)
            json_put(made, "site_port", json_integer(site));
        print_json(made);
    } else {
        printf("%s is served at http://127.0.0.1:%u  (Ctrl-C ends it; nothing is lost)\n\n", dir, port);
        printf("In another terminal:\n  eval \"$(cafelab env %s)\"\n  aws sts get-caller-identity\n\n",
               arena_shell_word(&arena, dir));
        printf("The brief:    %s/README.md\nThe website:  http://127.0.0.1:%u%s\n", dir, site ? site : port, "/cafe/");
        printf("The console:  http://127.0.0.1:%u/console/\n", port);
    }
    fflush(stdout);
}

static int run(const struct request *r)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    struct serving s;
    int64_t port = 0, site = 0, pace = 1;
    if (!request_int(r, "port", 1, 65535, &port) || !request_int(r, "site-port", 1, 65535, &site) ||
        !request_int(r, "pace", 1, 1000000, &pace))
        return EXIT_TROUBLE;
    const char *dir = is_lab(r->args[0]) ? r->args[0] : request_value(r, "out");
    if (!dir && !(dir = lab_of(&arena, r->args[0])))
        return trouble("'%s' is neither a lab nor a scenario: see `cafelab list`", r->args[0]);
    if (!is_lab(dir) && !make(r, dir))
        return EXIT_TROUBLE;
    struct serving_plan plan = {dir, (unsigned)port, (unsigned)site, (unsigned)pace};
    if (!serving_begin(&s, &plan, &e))
        return trouble_err(&e);
    tell(r, &s, dir);
    serving_wait(&s, 0);
    serving_end(&s);
    return EXIT_GOOD;
}

const struct command command_start = {
    .name = "start",
    .synopsis = "SCENARIO|DIR",
    .says = "serve a live lab: account, console, website; the attack comes while you work",
    .more = "A scenario becomes the lab SCENARIO-lab in this folder, if that is not there yet. The story begins now, by this\n"
            "machine's clock; what others do comes at its time, and `cafelab skip` shortens the wait. Everything is served on\n"
            "loopback only. A lab that was served before goes on where it was.",
    .least = 1,
    .most = 1,
    .run = run,
    .stays = true,
    .options = {{"out", 'o', "DIR", "where a new lab shall be; SCENARIO-lab without"},
                {"port", 'p', "N", "the port; any free one without"},
                {"site-port", 0, "N", "the website on a port of its own, besides"},
                {"pace", 0, "N", "waits before scripted steps are N times shorter"},
                {"seed", 's', "S", "what a new lab's variant is drawn from; 0 without"},
                {"student", 0, "ID", "whose variant a new lab is"},
                {"events", 0, "N", "records of everyday life in a new lab; as the scenario says without"},
                {"lang", 0, "L", "language of brief and questions: en, pt, es"},
                OPTION_JSON},
};
