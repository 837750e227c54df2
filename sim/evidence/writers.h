/* SPDX-License-Identifier: MIT */
/*
 * Private: the functions behind the rows of writers.c. To add an artifact write its function, declare it here, and give it
 * a row there. Host writers (host_write_*) are in files host_*.c; they add to the servers' trees in memory, or to
 * server/. The others write into task->to.
 */
#pragma once

#include "sim/evidence/evidence.h"

typedef bool evidence_writer_fn(const struct evidence_task *, struct err *);

evidence_writer_fn host_write_past;
evidence_writer_fn host_write_logs;
evidence_writer_fn host_write_history;
evidence_writer_fn host_write_scripts;
evidence_writer_fn host_write_views;
evidence_writer_fn history_write;    /* history.c; before cloudtrail_write, which moves the state of delivery on */
evidence_writer_fn cloudtrail_write; /* cloudtrail.c */
