/* SPDX-License-Identifier: MIT */
/* For the suites of sim/host: a world with one booted server that the whole internet reaches, and ways to act on it. */
#pragma once

#include "sim/host/machine.h"

#include <CUnit/CUnit.h>

#define OWNER_KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDjQ7EFiXLJZkvpj5Qn7cQ9bAsAJsVdyTXBlvGWTzzUu owner"
#define BOOTED_MS INT64_C(1759600800000) /* 2025-10-04T18:00:00Z */
#define NOW_MS INT64_C(1760550000000)    /* 2025-10-15T17:40:00Z */

struct lab_server {
    struct world w;
    struct server *server;
    struct sg_rule rule;
    struct security_group group;
    struct instance instance;
    long session;
    int64_t now_ms;
};

static const struct service *const test_services[] = {&host_service};
static const struct catalog test_catalog = {.services = test_services, .n = 1};

static inline void server_open(struct lab_server *s, const char *site)
{
    struct server_plan plan = {"cafe", "ec2-user", OWNER_KEY, site, BOOTED_MS, BOOTED_MS - 30 * INT64_C(86400000)};
    struct seed seed = seed_from_text("test");
    struct err e = {0};

    *s = (struct lab_server){.now_ms = NOW_MS};
    world_init(&s->w, &seed, "111122223333", "us-west-2", NOW_MS);
    s->w.catalog = &test_catalog;
    s->rule = (struct sg_rule){.protocol = "tcp", .from_port = 22, .to_port = 22, .cidr4 = "0.0.0.0/0"};
    s->group = (struct security_group){.id = "sg-1", .name = "web", .rules = &s->rule};
    s->instance = (struct instance){.id = "i-0abc",
                                    .private_ip = "10.0.1.23",
                                    .public_ip = "203.0.113.9",
                                    .state = "running",
                                    .groups = {&s->group},
                                    .n_groups = 1};
    s->server = host_boot(&s->w, &s->instance, &plan, &e);
    if (!s->server)
        printf("host_boot: %s\n", e.msg);
}

static inline void server_close(struct lab_server *s)
{
    world_drop(&s->w);
}

/* As the session (0 = SSM, root). Steals params. */
static inline struct outcome server_act(struct lab_server *s, const char *op, json_t *params)
{
    struct outcome out;
    struct action a = {.time_ms = s->now_ms += 20000, .op = op, .on = "cafe", .params = params};

    a.who = (struct principal){.kind = PRINCIPAL_OS, .name = "root", .os_session = s->session};
    a.from.ip = "198.51.100.23";
    act(&s->w, &a, &out);
    json_decref(params);
    return out;
}

static inline struct outcome server_run(struct lab_server *s, const char *line)
{
    return server_act(s, "host:Run", json_pack("{s:s}", "command", line));
}

/* The owner's session becomes the one that acts; its number. */
static inline long server_login(struct lab_server *s, const char *user, const char *password)
{
    json_t *params = password ? json_pack("{s:s,s:s,s:s}", "user", user, "by", "password", "password", password)
                              : json_pack("{s:s,s:s,s:s}", "user", user, "by", "publickey", "key", OWNER_KEY);
    struct outcome out = server_act(s, "host:LogIn", params);

    s->session = out.error_code ? 0 : (long)json_int_or(out.reply, "session", 0);
    if (out.error_code)
        printf("login of %s: %s: %s\n", user, out.error_code, out.error_message);
    return s->session;
}

struct command_row {              /* a line typed by the owner, one after the other on one server */
    const char *line, *out, *err; /* NULL = any */
    int exit;
};

static inline void run_rows(struct lab_server *s, const struct command_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct outcome out = server_run(s, rows[i].line);
        const char *said = json_str_or(out.reply, "stdout", ""), *err = json_str_or(out.reply, "stderr", "");
        bool good = !out.error_code && (!rows[i].out || strcmp(said, rows[i].out) == 0) &&
                    (!rows[i].err || strcmp(err, rows[i].err) == 0) && json_int_or(out.reply, "exitCode", -1) == rows[i].exit;

        CU_ASSERT(good);
        if (!good)
            printf("$ %s\n%s%s%s[%lld] expected:\n%s%s[%d]\n", rows[i].line, out.error_code ? out.error_code : "", said, err,
                   (long long)json_int_or(out.reply, "exitCode", -1), rows[i].out ? rows[i].out : "(any)\n",
                   rows[i].err ? rows[i].err : "", rows[i].exit);
    }
}
