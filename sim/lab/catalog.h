/* SPDX-License-Identifier: MIT */
/* Every service of the simulation, in one list. */
#pragma once

#include "sim/act/act.h"

extern const struct catalog lab_catalog;
extern const struct service disk_service; /* files that were changed by hand: disk.c */
