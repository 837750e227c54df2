/* SPDX-License-Identifier: MIT */
/* cafelab rm: removes a lab, whoever owns its files; nothing that is no lab. */
#include "sim/cli/cli.h"
#include "sim/cli/served.h"
#include "sim/shell/shell.h"

#include <sys/stat.h>
#include <unistd.h>

static bool free_to_go(const char *dir, struct err *e)
{
    unsigned port = 0;
    if (shell_open(dir))
        return err_set(e, "a shell is open on '%s': leave it first", dir);
    int held = served_or_hold(dir, &port, e);
    if (held >= 0)
        close(held);
    return held >= 0 || (port ? err_set(e, "'%s' is served at port %u: end that first", dir, port) : false);
}

bool lab_may_go(const char *dir, struct err *e)
{
    struct stat st;
    if (!lstat(dir, &st) && S_ISLNK(st.st_mode))
        return err_set(e, "'%s' is a link: expected the lab itself", dir);
    return lab_expected(dir, e) && free_to_go(dir, e);
}

bool remove_lab(const char *dir, struct err *e)
{
    return lab_may_go(dir, e) && shell_remove(dir, e);
}

static int run(const struct request *r)
{
    for (size_t i = 0; i < r->n_args; i++) {
        struct err e = {0};
        if (!remove_lab(r->args[i], &e))
            return trouble_err(&e);
    }
    return EXIT_GOOD;
}

const struct command command_rm = {
    .name = "rm",
    .synopsis = "DIR...",
    .says = "removes labs, whoever owns their files",
    .more = "Refuses what is no lab, one that is served, and one on whose server a shell is open. Files of your subordinate "
            "ids, as\n"
            "a container leaves them, go, too.",
    .least = 1,
    .most = 1000,
    .run = run,
    .options = {{0}},
};
