/* SPDX-License-Identifier: MIT */
/* cafelab operations: what is simulated, read off the tables. */
#include "sim/cli/cli.h"
#include "sim/lab/lab.h"

#include <string.h>

static const char *kind_of(const struct op *op)
{
    return op->flags & OP_HOST ? "server" : op->flags & OP_DATA ? "data" : op->flags & OP_READ ? "read" : "write";
}

static json_t *one(const struct op *op)
{
    return json_pack("{s:s, s:s, s:s}", "operation", op->name, "kind", kind_of(op), "parameters", op->params);
}

static int run(const struct request *r)
{
    const char *only = request_arg(r, 0);
    json_auto_t *list = json_array();
    for (size_t s = 0; s < lab_catalog.n; s++)
        for (size_t i = 0; i < lab_catalog.services[s]->n; i++) {
            const struct op *op = &lab_catalog.services[s]->ops[i];
            if (!only || text_same(only, lab_catalog.services[s]->name) || text_same(only, op->name))
                json_array_append_new(list, one(op));
        }
    if (!json_array_size(list)) {
        const char *meant = only && strchr(only, ':') ? catalog_meant(&lab_catalog, only) : NULL;
        return meant ? trouble("\"%s\" is not simulated (did you mean \"%s\"?)", only, meant)
                     : trouble("\"%s\" is not simulated: expected a service such as ec2, or an operation", only ? only : "");
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
    .more = "What is not in the list is refused as AWS refuses an unknown operation; nothing pretends. Parameters are in\n"
            "CloudTrail's names: ! is needed, # a number, ? true or false, [] a list, {} an object.",
    .least = 0,
    .most = 1,
    .run = run,
    .options = {OPTION_JSON},
};
