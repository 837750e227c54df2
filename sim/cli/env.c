/* SPDX-License-Identifier: MIT */
/* cafelab env: shell exports that make plain `aws` talk to a served lab. */
#include "sim/cli/served.h"

#include <string.h>

/* Proxies are for the clients of AWS alone, not for the rest of the shell: `aws` becomes a function that sets them. */
static bool is_proxy(const char *name)
{
    return strstr(name, "PROXY") || strstr(name, "proxy");
}

static void add_shell(struct str *out, const struct client_variable *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (is_proxy(v[i].name))
            continue;
        str_addf(out, v[i].value ? "export %s=" : "unset %s", v[i].name);
        if (v[i].value)
            str_add_shell(out, v[i].value);
        str_addc(out, '\n');
    }
    str_add(out, "aws() {\n    env");
    for (size_t i = 0; i < n; i++)
        if (is_proxy(v[i].name) && !v[i].value)
            str_addf(out, " -u %s", v[i].name);
    for (size_t i = 0; i < n; i++)
        if (is_proxy(v[i].name) && v[i].value) {
            str_addf(out, " %s=", v[i].name);
            str_add_shell(out, v[i].value);
        }
    str_add(out, " aws \"$@\"\n}\n");
}

static void print_variables(const struct client_variable *v, size_t n)
{
    json_auto_t *object = json_object();
    for (size_t i = 0; i < n; i++)
        json_put(object, v[i].name, v[i].value ? json_string(v[i].value) : json_null());
    print_json(object);
}

static int run(const struct request *r)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str text = {0};
    struct client_variable variables[CLIENT_VARIABLES];
    struct client_plan client;
    struct err e = {0};
    size_t n = served_client(r->args[0], &arena, &client, &e) ? client_environment(&client, &arena, variables, &e) : 0;
    if (!n)
        return trouble_err(&e);
    if (request_has(r, "json")) {
        print_variables(variables, n);
        return EXIT_GOOD;
    }
    add_shell(&text, variables, n);
    print_text(&text);
    return EXIT_GOOD;
}

const struct command command_env = {
    .name = "env",
    .synopsis = "DIR",
    .says = "shell exports that make plain `aws` talk to a served lab",
    .more =
        "Use it as  eval \"$(cafelab env DIR)\"  in a shell of its own. Nothing of what `aws` then does can reach a real AWS\n"
        "host: requests for anybody else end at the lab's door.",
    .least = 1,
    .most = 1,
    .run = run,
    .options = {{"json", 0, NULL, "print names and values as JSON; null = to be unset"}},
};
