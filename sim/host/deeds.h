/* SPDX-License-Identifier: MIT */
/* Private to sim/host: the operations' functions, and how each begins and ends. */
#pragma once

#include "sim/host/machine.h"

void machine_open(struct machine *, struct call *);
void machine_close(struct machine *);

void run_log_in(struct call *);  /* login.c */
void run_log_out(struct call *); /* login.c */
void run_run(struct call *);     /* deeds.c, as are the rest */
void run_add_user(struct call *);
void run_set_password(struct call *);
void run_delete_user(struct call *);
void run_edit(struct call *);
void run_put(struct call *);
void run_move(struct call *);
void run_remove(struct call *);
void run_kill_process(struct call *);
void run_restart_service(struct call *);
