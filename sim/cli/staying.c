/* SPDX-License-Identifier: MIT */
/*
 * A stay's begin and end. Who serves a lab holds its journal, so it is asked over loopback; where nobody does we hold the lab
 * ourselves, for as long as it takes to write, not while the shell is open: other commands work meanwhile.
 */
#include "sim/cli/staying.h"

#include "sim/cli/served.h"

#include <unistd.h>

static bool begin_alone(const char *dir, struct arrival a, struct lab *lab, json_t **ret, struct err *e)
{
    bool good = lab_open(dir, lab, e);
    if (good && !a.on && lab->world.servers)
        a.on = lab->world.servers->name;
    *ret = good ? lab_stay_begin(lab, &a, e) : NULL;
    if (good && !*ret)
        lab_drop(lab);
    return *ret != NULL;
}

static bool begin_served(const char *dir, unsigned port, struct arrival a, struct lab *lab, json_t **ret, struct err *e)
{
    struct lab before;
    AUTO(free_text) char *name = NULL;
    if (!a.on && !lab_open(dir, &before, e))
        return false;
    if (!a.on) {
        name = xstrdup(before.world.servers ? before.world.servers->name : "");
        a.on = name;
        lab_drop(&before);
    }
    json_auto_t *what = stay_ask_begin(&a);
    *ret = served_ask(port, SERVE_STAY_PATH, what, e);
    if (*ret && lab_open(dir, lab, e))
        return true;
    json_decref(*ret);
    *ret = NULL;
    return false;
}

bool staying_begin(const char *dir, const struct arrival *arrival, struct lab *lab, json_t **ret, int *ret_held, struct err *e)
{
    unsigned port = 0;
    int held = served_or_hold(dir, &port, e);
    *ret_held = -1;
    if (port)
        return begin_served(dir, port, *arrival, lab, ret, e);
    bool good = held >= 0 && begin_alone(dir, *arrival, lab, ret, e);
    if (good)
        *ret_held = held;
    else if (held >= 0)
        close(held);
    return good;
}

bool staying_trace(struct lab *lab, int held, struct err *e)
{
    return held < 0 || lab_stay_trace(lab, e);
}

bool staying_begun(struct lab *lab, int held, struct err *e)
{
    bool good = held < 0 || lab_stay_begun(lab, e);
    if (held >= 0)
        close(held);
    return good;
}

bool staying_end(const char *dir, const struct stay *stay, struct err *e)
{
    struct lab lab;
    unsigned port = 0;
    int held = served_or_hold(dir, &port, e);
    if (port) {
        json_auto_t *what = stay_ask_end(stay);
        json_auto_t *answer = served_ask(port, SERVE_STAY_PATH, what, e);
        return answer != NULL;
    }
    bool good = held >= 0 && lab_open(dir, &lab, e);
    if (good) {
        good = lab_stay_end(&lab, stay, e);
        lab_drop(&lab);
    }
    if (held >= 0)
        close(held);
    return good;
}

json_t *staying_credentials(const char *dir, const char *on, struct err *e)
{
    struct lab lab;
    unsigned port = 0;
    int held = served_or_hold(dir, &port, e);
    json_t *answer = NULL;
    if (port) {
        json_auto_t *what = json_pack("{s:s, s:s}", "do", "credentials", "on", on);
        answer = served_ask(port, SERVE_STAY_PATH, what, e);
    } else if (held >= 0 && lab_open(dir, &lab, e)) {
        answer = lab_stay_credentials(&lab, on, e);
        lab_drop(&lab);
    }
    if (held >= 0)
        close(held);
    return answer;
}
