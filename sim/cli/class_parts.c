/* SPDX-License-Identifier: MIT */
/* What the commands of a class share. */
#include "sim/cli/class_parts.h"

bool class_open_told(const char *dir, struct class *c)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    if (class_open(dir, c, &diags, &e))
        return true;
    class_mistakes(&diags, &e, "mistakes in the class's roster or scenario");
    return false;
}
