/* SPDX-License-Identifier: MIT */
/*
 * Private to grader and the folders below it: strangers' statements, each in a process that may be lost.
 *
 * DuckDB looks whether it is to stop between two portions of rows. What a single step of it takes, such as a text of a
 * gigabyte, or the value of an expression while it still plans, goes on as long as it likes, and can be ended only with its
 * process. So a statement has one of its own, with limits on time and memory. A judge is such a process already, and may start
 * none: there the statement ends the judge, who waits for it learns which it was, and has the upload judged again without.
 */
#pragma once

#include "sim/athena/athena.h"

/* Runs it for `ms` of processor time. *ret_cpu_us: what it took. */
bool apart_query(struct athena *, const char *sql, int64_t ms, struct athena_result *, int64_t *ret_cpu_us, struct err *);

/* From here on this process may be lost: statements are run in it. Those whose numbers' bits are set in `without`, counted from
 * 0 as they come, are not, and are told of as those whose time is over. */
void apart_is_here(uint64_t without);
#define APART_ALL UINT64_MAX
int apart_overrun(int exit_status); /* number of the statement that ended such a process; -1 = none did */
