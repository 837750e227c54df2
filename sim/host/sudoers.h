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
