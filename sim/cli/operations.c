/* SPDX-License-Identifier: MIT */
/* cafelab operations: what is simulated, and what is not, read off the tables. */
#include "sim/cli/cli.h"
#include "sim/lab/lab.h"
#include "sim/serve/serve.h"

#include <string.h>

static const char *kind_of(const struct op *op)
{
    return op->flags & OP_HOST ? "server" : op->flags & OP_DATA ? "data" : op->flags & OP_READ ? "read" : "write";
}

static json_t *one(const struct op *op)
{
    return json_pack("{s:s, s:s, s:s}", "operation", op->name, "kind", kind_of(op), "parameters", op->params);
}

struct listing {
    json_t *list;
    const char *only; /* a service or an operation; NULL = all */
};

static bool is_meant(const struct listing *l, const char *op)
{
    size_t n = l->only ? strlen(l->only) : 0;
    return !l->only || text_same(l->only, op) || (!strncmp(op, l->only, n) && op[n] == ':');
}

static void add_absent(void *context, const char *op)
{
    const struct listing *l = context;
    if (is_meant(l, op))
        json_array_append_new(l->list, json_pack("{s:s, s:s, s:s}", "operation", op, "kind", "absent", "parameters", ""));
}

static void add_simulated(const struct listing *l)
{
    for (size_t s = 0; s < lab_catalog.n; s++)
        for (size_t i = 0; i < lab_catalog.services[s]->n; i++)
            if (is_meant(l, lab_catalog.services[s]->ops[i].name))
                json_array_append_new(l->list, one(&lab_catalog.services[s]->ops[i]));
}

static int run(const struct request *r)
{
    AUTO(arena_drop) struct arena arena = {0};
    json_auto_t *list = json_array();
    struct listing l = {list, request_arg(r, 0)};
    if (!request_has(r, "absent"))
        add_simulated(&l);
    if (request_has(r, "absent") || (l.only && !json_array_size(list)))
        serve_absent(&arena, add_absent, &l);
    if (!json_array_size(list)) {
        const char *meant = l.only && strchr(l.only, ':') ? catalog_meant(&lab_catalog, l.only) : NULL;
        return meant
                   ? trouble("\"%s\" is not simulated (did you mean \"%s\"?)", l.only, meant)
                   : trouble("\"%s\" is not simulated: expected a service such as ec2, or an operation", l.only ? l.only : "");
    }
    if (request_has(r, "json"))
        print_json(list);
    for (size_t i = 0; i < json_array_size(list) && !request_has(r, "json"); i++) {
        const json_t *op = json_array_get(list, i);
        printf("%-38s %-6s %s\n", json_str(op, "operation"), json_str(op, "kind"), json_str(op, "parameters"));
    }
    return EXIT_GOOD;
}

const struct command command_operations = {
    .name = "operations",
    .synopsis = "[SERVICE|OPERATION]",
    .says = "the operations that are simulated, with their parameters",
    .more =
        "What is not in the list is refused as AWS refuses an unknown operation; nothing pretends. --absent lists what AWS\n"
        "has and this account has not, of the services that are served. Parameters are in CloudTrail's names: ! is\n"
        "needed, # a number, ? true or false, [] a list, {} an object.",
    .least = 0,
    .most = 1,
    .run = run,
    .options = {OPTION_JSON, {"absent", 0, NULL, "those that are not simulated"}},
};
