/* SPDX-License-Identifier: MIT */
/* Private: what cast.c and login.c share in making processes. */
#pragma once

#include "sim/shell/parts.h"

static inline bool cast_has_one_id(const struct cast *c) /* nobody can become anybody */
{
    return c->in->means->mode == SHELL_SINGLE;
}
void cast_note_id(const struct cast *, int world_pid, int pid); /* what an actor's process got */
void wait_until_free(int pid);
_Noreturn void wait_for_ever(void);
/* sshd's child (or the worker of Session Manager) of a login: makes its shell, then writes a byte to `ready`. */
_Noreturn void child_of_login(struct cast *, const struct process *, const struct os_session *, int ready);
bool visitor_open(struct visitor *); /* its pipes */
