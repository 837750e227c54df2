/* SPDX-License-Identifier: MIT */
/* cafelab skip: the next scripted steps of a live lab happen now. */
#include "sim/cli/served.h"

static int run(const struct request *r)
{
    struct err e = {0};
    unsigned port = served_port(r->args[0], &e);
    json_auto_t *nothing = json_object();
    json_auto_t *answer = port ? served_ask(port, SERVE_SKIP_PATH, nothing, &e) : NULL;
    if (!answer)
        return trouble_err(&e);
    printf("the waits in %s are over: what was to come comes now\n", r->args[0]);
    return EXIT_GOOD;
}

const struct command command_skip = {
    .name = "skip",
    .synopsis = "DIR",
    .says = "let the next scripted steps of a live lab happen now",
    .more = "The waits before them are over, one a second, until what follows depends on you; and the trail delivers what it\n"
            "has. The clock stays what it is.",
    .least = 1,
    .most = 1,
    .run = run,
    .options = {{0}},
};
