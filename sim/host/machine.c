/* SPDX-License-Identifier: MIT */
/* A host: operation begins and ends here: the server found, its clock set, systemd's overdue restarts made good. */
#include "sim/host/deeds.h"

void machine_open(struct machine *m, struct call *c)
{
    *m = (struct machine){
        .c = c,
        .w = c->w,
        .server = find_server(c->w, c->action->on),
        .now_ms = c->now_ms,
        .programs = json_array(),
    };
    m->tree = &m->server->tree;
    units_catch_up(m);
}

void machine_close(struct machine *m)
{
    json_decref(m->programs);
    arena_drop(&m->arena);
}
