/* SPDX-License-Identifier: MIT */
/* Strangers' statements: a process each, which writes what came of it into a pipe. */
#include "grader/apart.h"

#include "sim/base/sanitized.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    STATUS = 64,       /* of a process that a statement ended; the statement's number is added */
    NUMBERS = 64,      /* and these are told apart */
    GRACE_S = 3,       /* when the kernel ends it, if nothing else did */
    MEMORY_MIB = 2048, /* more than the process has already */
    TOLD_MOST = 1 << 30,
};

static struct {
    bool yes;
    uint64_t without;
    unsigned n;
} here;

void apart_is_here(uint64_t without)
{
    here.yes = true;
    here.without = without;
    here.n = 0;
}

int apart_overrun(int exit_status)
{
    return exit_status >= STATUS && exit_status < STATUS + NUMBERS ? exit_status - STATUS : -1;
}

static bool time_is_over(int64_t ms, struct err *e)
{
    return err_set(e, "Query timeout: it took longer than %lld s", (long long)((ms + 999) / 1000));
}

/* ---- what came of it, as bytes ---- */

static void put_number(struct str *out, int64_t n)
{
    str_addn(out, (const char *)&n, sizeof(n));
}

static void put_text(struct str *out, const char *text)
{
    put_number(out, text ? (int64_t)strlen(text) : -1);
    str_add(out, text ? text : "");
}

static void put_result(struct str *out, const struct athena_result *r)
{
    put_number(out, (int64_t)r->n_columns);
    put_number(out, (int64_t)r->n_rows);
    put_number(out, r->scanned);
    for (size_t i = 0; i < r->n_columns; i++) {
        put_text(out, r->columns[i].name);
        put_text(out, r->columns[i].type);
    }
    for (size_t i = 0; i < r->n_rows * r->n_columns; i++)
        put_text(out, r->cells[i]);
}

struct told { /* it was written by a process that a stranger's statement was run in */
    const char *at, *end;
    bool bad;
};

static int64_t take_number(struct told *t)
{
    int64_t n = -1;
    t->bad = t->bad || t->end - t->at < (ptrdiff_t)sizeof(n);
    if (t->bad)
        return -1;
    memcpy(&n, t->at, sizeof(n));
    t->at += sizeof(n);
    return n;
}

static const char *take_text(struct told *t, struct arena *arena)
{
    int64_t n = take_number(t);
    t->bad = t->bad || n < -1 || n > t->end - t->at;
    if (t->bad || n < 0)
        return NULL;
    t->at += n;
    return arena_dupn(arena, t->at - n, (size_t)n);
}

static bool take_result(struct told *t, struct athena_result *r)
{
    int64_t columns = take_number(t), rows = take_number(t), most = t->end - t->at;
    r->scanned = take_number(t);
    r->statement = "DML";
    if (t->bad || columns < 0 || rows < 0 || columns > most || (columns && rows > most / columns))
        return false;
    r->columns = arena_alloc(&r->arena, ((size_t)columns + 1) * sizeof(*r->columns));
    r->cells = xcalloc((size_t)(columns * rows) + 1, sizeof(*r->cells));
    for (; r->n_columns < (size_t)columns; r->n_columns++) {
        struct athena_column *c = &r->columns[r->n_columns];
        c->name = take_text(t, &r->arena);
        c->type = take_text(t, &r->arena);
        t->bad = t->bad || !c->name || !c->type;
    }
    for (int64_t i = 0; i < columns * rows && !t->bad; i++)
        r->cells[i] = take_text(t, &r->arena);
    r->n_rows = (size_t)rows;
    return !t->bad;
}

/* ---- the process ---- */

static bool limit(int what, rlim_t most)
{
    return setrlimit(what, &(struct rlimit){most, most}) == 0;
}

static void run_and_tell(struct athena *a, const char *sql, int64_t ms, int fd) __attribute__((noreturn));
static void run_and_tell(struct athena *a, const char *sql, int64_t ms, int fd)
{
    AUTO(str_drop) struct str out = {0};
    struct athena_result result = {0};
    struct err e = {0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    bool limited = limit(RLIMIT_CPU, (rlim_t)(ms / 1000) + GRACE_S) && limit(RLIMIT_CORE, 0) &&
                   (SANITIZED || limit(RLIMIT_AS, memory_mapped() + ((rlim_t)MEMORY_MIB << 20)));
    if (!limited)
        err_set(&e, "setrlimit: %m");
    athena_set_timeout(a, ms, STATUS);
    bool good = limited && athena_query(a, sql, &result, &e);
    put_text(&out, good ? NULL : e.msg);
    if (good)
        put_result(&out, &result);
    for (size_t at = 0; at < out.len;) {
        ssize_t n = write(fd, out.s + at, out.len - at);
        if (n < 0 && errno != EINTR)
            break;
        at += n > 0 ? (size_t)n : 0;
    }
    _exit(0);
}

static bool hear(int fd, struct str *told)
{
    for (ssize_t n = 1; n && told->len < TOLD_MOST;) {
        enum { PORTION = 64 << 10 };
        n = read(fd, str_reserve(told, PORTION), PORTION);
        if (n < 0 && errno != EINTR)
            return false;
        told->len += n > 0 ? (size_t)n : 0;
        n = n < 0 ? 1 : n;
    }
    return true;
}

static bool understand(const struct str *bytes, struct athena_result *result, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct told t = {bytes->s, bytes->s + bytes->len, false};
    const char *wrong = bytes->len ? take_text(&t, &arena) : NULL;
    if (wrong)
        return err_set(e, "%s", wrong);
    if (bytes->len && take_result(&t, result))
        return true;
    athena_result_drop(result);
    return err_set(e, "the engine came to grief over it");
}

static bool query_in_child(struct athena *a, const char *sql, int64_t ms, struct athena_result *result, int64_t *ret_cpu_us,
                           struct err *e)
{
    AUTO(str_drop) struct str told = {0};
    struct rusage used = {0};
    int status = 0, ends[2];
    if (pipe(ends))
        return err_set(e, "a pipe to its process: %m");
    pid_t child = fork();
    if (!child)
        run_and_tell(a, sql, ms, ends[1]);
    if (child < 0)
        err_set(e, "a process for it: %m");
    close(ends[1]);
    bool heard = hear(ends[0], &told);
    close(ends[0]);
    if (child < 0)
        return false;
    while (wait4(child, &status, 0, &used) < 0 && errno == EINTR)
        ;
    *ret_cpu_us =
        (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * INT64_C(1000000) + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
    bool over = WIFEXITED(status) ? apart_overrun(WEXITSTATUS(status)) >= 0 : *ret_cpu_us / 1000 > ms;
    if (over)
        return time_is_over(ms, e);
    return heard && understand(&told, result, e);
}

static bool query_here(struct athena *a, const char *sql, int64_t ms, struct athena_result *result, int64_t *ret_cpu_us,
                       struct err *e)
{
    int64_t from = clock_cpu_us();
    unsigned number = here.n < NUMBERS - 1 ? here.n++ : here.n; /* more are one */
    if (here.without >> number & 1) {
        *ret_cpu_us = ms * 1000;
        return time_is_over(ms, e);
    }
    athena_set_timeout(a, ms, STATUS + (int)number);
    bool good = athena_query(a, sql, result, e);
    *ret_cpu_us = clock_cpu_us() - from;
    return good;
}

bool apart_query(struct athena *a, const char *sql, int64_t ms, struct athena_result *result, int64_t *ret_cpu_us,
                 struct err *e)
{
    *result = (struct athena_result){0};
    *ret_cpu_us = 0;
    return (here.yes ? query_here : query_in_child)(a, sql, ms, result, ret_cpu_us, e);
}
