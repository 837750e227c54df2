/* SPDX-License-Identifier: MIT */
/* Private: a lab that another process serves, or may. */
#pragma once

#include "sim/cli/cli.h"
#include "sim/serve/client.h"
#include "sim/serve/serve.h"

/* The port at which another process serves the lab: 0 with an error when none does. */
unsigned served_port(const char *dir, struct err *);
/* What clients of that lab need; for `cafelab env`. */
bool served_client(const char *dir, struct arena *, struct client_plan *out, struct err *);
/* Asks it, at one of its own paths (serve.h): the answer, a new reference; or NULL with its words. */
json_t *served_ask(unsigned port, const char *path, const json_t *what, struct err *);
/* Either somebody serves the lab (*port, and -1), or we hold it until the descriptor is closed: other commands are waited for,
 * for some seconds. -1 with an error: neither. */
int served_or_hold(const char *dir, unsigned *port, struct err *);
