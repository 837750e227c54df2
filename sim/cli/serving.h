/* SPDX-License-Identifier: MIT */
/* Private: a lab that this process serves. */
#pragma once

#include "sim/cli/served.h"

struct serving {
    struct live *live;
    struct aws_server *server;
    struct client_plan client; /* texts in the arena */
    struct arena arena;
};
struct serving_plan {
    const char *dir;
    unsigned port, site_port, pace;
};
/* Opens, listens, and writes what clients need. */
bool serving_begin(struct serving *, const struct serving_plan *, struct err *);
void serving_end(struct serving *);
/* Does what is due until SIGINT or SIGTERM, or until process `child` has ended (0 = none); its wait status is returned. */
int serving_wait(struct serving *, long child);
