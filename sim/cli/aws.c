/* SPDX-License-Identifier: MIT */
/* cafelab aws: one command of the real CLI against a lab; if nobody serves the lab, this does for as long as it takes. */
#include "sim/cli/serving.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void become_aws(const struct request *r, const struct client_variable *v, size_t n)
{
    sigset_t none;
    const char **argv = xcalloc(r->n_args + 2, sizeof(*argv));
    argv[0] = "aws";
    for (size_t i = 1; i < r->n_args; i++)
        argv[i] = r->args[i];
    for (size_t i = 0; i < n; i++)
        if (v[i].value)
            setenv(v[i].name, v[i].value, 1);
        else
            unsetenv(v[i].name);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp("aws", (char *const *)argv);
    fprintf(stderr, "cafelab: cannot run aws: %s%s\n", strerror(errno),
            errno == ENOENT ? "; on Debian and Ubuntu `apt-get install awscli` brings it" : "");
    _exit(EXIT_TROUBLE);
}

static int exit_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run(const struct request *r)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct client_variable variables[CLIENT_VARIABLES];
    struct client_plan client;
    struct serving s = {0};
    struct err e = {0}, nobody = {0};
    bool served = served_client(r->args[0], &arena, &client, &nobody);
    if (!served && !serving_begin(&s, &(struct serving_plan){.dir = r->args[0]}, &e))
        return trouble_err(&e);
    size_t n = client_environment(served ? &client : &s.client, &arena, variables, &e);
    pid_t child = n ? fork() : -1;
    if (child == 0)
        become_aws(r, variables, n);
    int status = 0;
    if (child > 0 && served)
        waitpid(child, &status, 0);
    else if (child > 0)
        status = serving_wait(&s, child);
    if (!served)
        serving_end(&s);
    if (child > 0)
        return exit_of(status);
    return e.set ? trouble_err(&e) : trouble("fork: %s", strerror(errno));
}

const struct command command_aws = {
    .name = "aws",
    .synopsis = "DIR -- ARGS",
    .says = "one command of the real aws CLI against a lab",
    .more =
        "Needs no `cafelab start`: if nobody serves the lab, it is served for this one command. The exit status is that of\n"
        "aws.",
    .least = 2,
    .most = 1000,
    .run = run,
    .options = {{0}},
};
