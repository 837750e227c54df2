/* SPDX-License-Identifier: MIT */
/* What the files about trees share: paths, and a tree made at once from a list. Private to sim/world. */
#pragma once

#include "sim/world/world.h"

/* "/", or "/a/b": no empty, "." or ".." part, within the limits on length and depth. */
bool tree_path_ok(const char *path);

/* Takes over `n` files with good paths, in any order. False: one is there twice, or its directory is not. A tree without
 * a root gets one, of the given time. */
bool tree_take(struct world *, struct tree *, struct file **files, size_t n, int64_t root_ms, struct err *);
