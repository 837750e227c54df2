/* SPDX-License-Identifier: MIT */
/*
 * The internet at an open tcp/22. Scanners find it within the hour and try names and passwords in bursts; their names
 * are those of public honeypot reports (root, admin, test, ...), less the ones a lab's server could have.
 */
#include "sim/background/habits.h"

#include <stdlib.h>
#include <string.h>

#define SECOND 1000
#define MINUTE 60000
#define MOST 400 /* logins in a lab */

static const char *const names[] = {"root",  "admin",  "root", "test",    "root",    "oracle",   "postgres", "ubuntu",
                                    "git",   "pi",     "user", "ftpuser", "guest",   "hadoop",   "jenkins",  "deploy",
                                    "mysql", "nagios", "odoo", "steam",   "support", "minecraft"};
static const char *const passwords[] = {"123456", "password", "admin",    "root",    "12345678",
                                        "qwerty", "test",     "1q2w3e4r", "P@ssw0rd"};
static const char *const banners[] = {"SSH-2.0-Go", "SSH-2.0-libssh_0.9.6", "SSH-2.0-libssh2_1.11.0", "SSH-2.0-paramiko_3.4.0"};

struct scanner {
    const char *ip, *banner;
    bool one_name; /* tries many passwords for one name, not one for many */
    size_t name;
};

static void try_login(const struct background_plan *plan, struct chance *c, const struct scanner *s, int64_t when_ms,
                      struct background *out)
{
    const char *user = names[s->one_name ? s->name : chance_below(c, COUNT(names))];
    const char *stream = arena_printf(&out->arena, "internet/%zu", out->n_actions);
    const char *password = passwords[chance_below(c, COUNT(passwords))];
    int64_t port = chance_between(c, 32768, 60999);
    json_t *params =
        json_pack("{s:s, s:s, s:s, s:I}", "user", user, "by", "password", "password", password, "fromPort", (json_int_t)port);

    *GROW(out->actions, out->n_actions, out->cap_actions) = (struct background_action){
        .action = {.time_ms = when_ms,
                   .who = {.kind = PRINCIPAL_ANONYMOUS, .name = user},
                   .from = {.ip = s->ip, .agent = s->banner},
                   .op = "host:LogIn",
                   .on = plan->server,
                   .params = params,
                   .stream = stream},
        .who_id = "internet"
    };
}

/* A burst of one scanner: some look once, most try a handful, a few go on for minutes. */
static void burst(const struct background_plan *plan, struct chance *c, int64_t when_ms, struct background *out)
{
    struct scanner s = {.banner = banners[chance_below(c, COUNT(banners))]};
    s.one_name = chance_one_in(c, 2);
    int64_t tries = chance_one_in(c, 4) ? 1 : chance_one_in(c, 6) ? chance_between(c, 15, 40) : chance_between(c, 2, 9);

    s.name = (size_t)chance_below(c, COUNT(names));
    s.ip = address_elsewhere(&out->arena, c, plan, true);
    for (int64_t i = 0; s.ip && i < tries && out->n_actions < MOST; i++) {
        if (when_ms >= plan->until_ms)
            return;
        try_login(plan, c, &s, when_ms, out);
        when_ms += chance_between(c, 1800, 4200);
    }
}

static int by_time(const void *a, const void *b)
{
    const struct background_action *x = a, *y = b;

    if (x->action.time_ms != y->action.time_ms)
        return x->action.time_ms < y->action.time_ms ? -1 : 1;
    return strcmp(x->action.stream, y->action.stream);
}

void background_knock(const struct background_plan *plan, int64_t opened_ms, struct background *out)
{
    struct chance c = chance_of(&plan->seed, "background/internet");
    int64_t span = plan->until_ms - opened_ms;
    int64_t mean = span / 45 > 4 * MINUTE ? span / 45 : 4 * MINUTE; /* about forty-five bursts, however long it is */

    *out = (struct background){0};
    for (int64_t when = opened_ms + 6 * MINUTE + chance_gap(&c, 12 * MINUTE); plan->server && when < plan->until_ms;
         when += 20 * SECOND + chance_gap(&c, mean))
        burst(plan, &c, when, out);
    if (out->n_actions)
        qsort(out->actions, out->n_actions, sizeof(*out->actions), by_time);
}
