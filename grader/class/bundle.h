/* SPDX-License-Identifier: MIT */
/* Private: one bundle. */
#pragma once

#include "grader/class/class.h"

void bundle_sweep(void); /* removes what killed processes left where bundles are built */
