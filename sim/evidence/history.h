/* SPDX-License-Identifier: MIT */
/* Private: the frame of account/event-history.json, and how new events come in front of old ones. Depends on base. */
#pragma once

#include "sim/base/base.h"

#define HISTORY_HEAD "{\"Events\":[\n"
#define HISTORY_BETWEEN ",\n"
#define HISTORY_TAIL "\n]}\n"

bool history_write_at(int fd, const char *data, size_t n, off_t at, struct err *);
/* `to` holds the head and new events up to `end`. Appends the events of `from`, which an earlier run wrote. A run that was
 * killed after it wrote history told some of the new events already: they stand at the front of `from` and are left out. */
bool history_join(int from, int to, off_t end, struct err *);
