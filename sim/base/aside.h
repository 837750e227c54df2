/* SPDX-License-Identifier: MIT */
/* Private: locks by which a living owner of what lies aside is known, on another machine, too. */
#pragma once

/* A new file, 0600, locked for as long as it is open; -1 with errno. */
int aside_make(const char *path);
/* Opens and locks a file that nobody holds; -1 if somebody does, or if the name is another file's by now. `flags`: O_CREAT, or
 * 0 for one that must be there. */
int aside_lock(int dir, const char *entry, int flags);
