/* SPDX-License-Identifier: MIT */
/* cafelab doctor: what this machine allows `cafelab shell`, and the one command that mends what it does not. */
#include "sim/cli/cli.h"
#include "sim/shell/shell.h"

static const char *const shows[] = {
    [SHELL_NONE] = "no shell: files can be read and edited in host/, `cafelab call` simulates commands",
    [SHELL_SINGLE] = "a shell with one user, shown as root",
    [SHELL_MULTI] = "all of the server: its users, processes, sudo and sshd, isolated in namespaces of yours",
    [SHELL_CONTAINER] = "all of the server, which this container is",
    [SHELL_ROOT] = "all of the server: its users, processes, sudo and sshd, under ids that this machine gives nobody",
};

static void print_report(const struct shell_means *m, const char *missing)
{
    printf("shell mode: %s (%s)\n", shell_mode_name(m->mode), shows[m->mode]);
    if (m->mode == SHELL_SINGLE || m->mode == SHELL_CONTAINER)
        printf("what it cannot show: %s\n", shell_cannot(m->mode));
    if (m->why)
        printf("why: %s\n", m->why);
    if (m->cure)
        printf("what helps: %s\n", m->cure);
    if (missing)
        printf("programs that a shell lacks here: sudo apt-get install %s\n", missing);
}

static int run(const struct request *r)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct shell_means m;
    shell_means(&arena, &m);
    const char *missing = shell_missing(&arena);
    if (request_has(r, "json")) {
        json_auto_t *report = json_pack("{s:s, s:s?, s:s?, s:s?, s:s?}", "mode", shell_mode_name(m.mode), "cannot",
                                        shell_cannot(m.mode), "why", m.why, "cure", m.cure, "packages", missing);
        print_json(report);
    } else {
        print_report(&m, missing);
    }
    return m.why || missing ? EXIT_FINDINGS : EXIT_GOOD;
}

const struct command command_doctor = {
    .name = "doctor",
    .synopsis = "",
    .says = "what this machine allows `cafelab shell`, and what mends the rest",
    .more = "Exit status 1 when something is missing.",
    .run = run,
    .options = {OPTION_JSON},
};
