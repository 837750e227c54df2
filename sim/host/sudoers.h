/* SPDX-License-Identifier: MIT */
/* Private to sim/host: what sudoers(5) says about one command. */
#pragma once

#include "sim/host/machine.h"

struct sudo_question {
    const struct os_user *user; /* who asks */
    const struct os_user *as;   /* as whom */
    const char *path, *args;    /* "/sbin/useradd", "chaos-user" */
};
struct sudo_answer {
    bool listed; /* some line is about this user */
    bool allowed, no_password;
    const char *broken; /* what visudo would say about the files; sudo refuses everybody then. NULL = they are good */
};
struct sudo_answer sudoers_ask(struct machine *, const struct sudo_question *);
/* What visudo -c says: adds "FILE: parsed OK" for each file that `path` leads to, in sudo's order. NULL, or what is wrong: then
 * sudo would refuse everybody. Whose files they are and who may write them is not looked at. */
const char *sudoers_check(struct machine *, const char *path, struct str *ret_good);
