/* SPDX-License-Identifier: MIT */
/*
 * Names that the program knows and the decoding tables do not: editors offer them, too. Where a name must be one of them the
 * schema says so; where a reference may stand instead, anything is taken, and `cafelab lint` decides.
 */
#include "grader/schema/schema_parts.h"
#include "sim/background/background.h"
#include "sim/lab/catalog.h"
#include "sim/scenario/scenario.h"

static json_t *clients(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < scenario_n_clients; i++)
        json_array_append_new(list, json_string(scenario_clients[i].name));
    return list;
}

static json_t *habits(void)
{
    json_t *list = json_array();
    for (size_t i = 1; habit_names[i]; i++) /* the first is "none" */
        json_array_append_new(list, json_string(habit_names[i]));
    return list;
}

static json_t *regions(void)
{
    json_t *list = json_array();
    for (size_t i = 0; scenario_regions[i]; i++)
        json_array_append_new(list, json_string(scenario_regions[i]));
    return list;
}

static json_t *operations(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < lab_catalog.n; i++) {
        const struct service *service = lab_catalog.services[i];
        for (size_t j = 0; j < service->n; j++)
            json_array_append_new(list, json_string(service->ops[j].name));
    }
    return list;
}

static const struct {
    const char *what, *key; /* of the table, as in messages; the key */
    json_t *(*names)(void);
    bool only; /* no reference may stand there */
} known[] = {
    {"a person", "client", clients,    true },
    {"a person", "habit",  habits,     true },
    {"a step",   "client", clients,    false},
    {"a step",   "do",     operations, false},
    {"a step",   "region", regions,    false},
};

void schema_add_names(json_t *key_schema, const char *what, const char *key)
{
    for (size_t i = 0; i < COUNT(known); i++) {
        if (!text_same(known[i].what, what) || !text_same(known[i].key, key))
            continue;
        if (known[i].only) {
            json_object_del(key_schema, "type");
            json_put(key_schema, "enum", known[i].names());
        } else
            json_put(key_schema, "anyOf", json_pack("[{s:o}, {s:s}]", "enum", known[i].names(), "type", "string"));
    }
}
