/* SPDX-License-Identifier: MIT */
/* The error of an operation that failed: a line of text in the caller's hands, no global state. */
#include "sim/base/base.h"

#include <errno.h>
#include <string.h>

bool err_set(struct err *e, const char *fmt, ...)
{
    int saved = errno; /* for %m */
    if (!e || e->set)
        return false;
    va_list args;
    va_start(args, fmt);
    errno = saved;
    vsnprintf(e->msg, sizeof(e->msg), fmt, args);
    va_end(args);
    e->set = true;
    return false;
}

bool err_wrap(struct err *e, const char *fmt, ...)
{
    if (!e)
        return false;
    AUTO(str_drop) struct str text = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    str_addf(&text, ": %s", e->msg);
    size_t n = text.len < sizeof(e->msg) ? text.len : sizeof(e->msg) - 1;
    memcpy(e->msg, str_text(&text), n);
    e->msg[n] = 0;
    e->set = true;
    return false;
}
