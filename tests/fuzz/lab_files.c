/* SPDX-License-Identifier: MIT */
/* What a lab's own files say, edited by a student: lab.json, and a redo that is applied to a server's tree. */
#include "sim/lab/parts.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void facts(const char *text, size_t n)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct lab_facts facts = {.arena = &arena};
    struct err e = {0};
    if (lab_facts_parse(text, n, &facts, &e) ? strspn(facts.scenario_id, ALPHABET_LOWER "_-") != strlen(facts.scenario_id)
                                             : !e.set)
        __builtin_trap();
}

static void redo(const char *text, size_t n)
{
    AUTO(world_drop) struct world w;
    struct seed seed = seed_from_text("a desk");
    struct server *server;
    struct err e = {0};
    world_init(&w, &seed, "123456789012", "us-west-2", 1760371200000);
    server = arena_alloc(&w.arena, sizeof(*server));
    server->name = "cafe";
    list_append(&w.servers, server);
    tree_mkdir(&w, &server->tree, "/", 0755, 0, 0, 1760371200000);
    tree_mkdir(&w, &server->tree, "/etc", 0755, 0, 0, 1760371200000);
    if (!redo_apply_text(&w, text, n, &e) && !e.set)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_begin();
    facts((const char *)data, size);
    redo((const char *)data, size);
    return 0;
}
