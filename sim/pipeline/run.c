/* SPDX-License-Identifier: MIT */
/*
 * A line is run: a process a program, pipes between them, limits on time, memory and output. What a process does between its
 * start and the program's is here, in the order that matters: give up what it holds, see the lab only, fill in the globs (of
 * what it can see), give up system calls, become the program.
 */
#include "sim/pipeline/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_NOT_STARTED = 126 };

struct running {
    const struct pipeline *p;
    const char *lab;
    const char *programs[MOST_SEGMENTS]; /* where they are */
    pid_t pids[MOST_SEGMENTS];
    int status[MOST_SEGMENTS];
    int out, said; /* what the last prints, what all complain of */
    struct str complaints;
};

/* ---- in the child ---- */

static bool add_globbed(struct arena *arena, const struct word *w, char **argv, size_t *n)
{
    glob_t found = {0};
    bool good = true;
    if (glob(w->pattern, 0, NULL, &found) != 0)
        argv[(*n)++] = arena_dup(arena, w->text); /* as a shell does with what matches nothing */
    for (size_t i = 0; i < found.gl_pathc && good; i++) {
        good = *n < MOST_FILES;
        if (good)
            argv[(*n)++] = arena_dup(arena, found.gl_pathv[i]);
    }
    globfree(&found);
    return good;
}

/* NULL when there are too many. */
static char **make_argv(struct arena *arena, const struct segment *s)
{
    char **argv = arena_alloc(arena, (MOST_FILES + MOST_WORDS + 8) * sizeof(*argv));
    size_t n = 0;
    argv[n++] = arena_dup(arena, s->program->name);
    for (size_t i = 0; i < COUNT(s->program->first) && s->program->first[i]; i++)
        argv[n++] = arena_dup(arena, s->program->first[i]);
    for (size_t i = 0; i < s->n; i++)
        if (!s->words[i].pattern)
            argv[n++] = arena_dup(arena, s->words[i].text);
        else if (!add_globbed(arena, &s->words[i], argv, &n))
            return NULL;
    return argv;
}

static bool limit(int what, rlim_t most, struct err *e)
{
    const struct rlimit limit = {most, most};
    return !setrlimit(what, &limit) || err_set(e, "setrlimit: %m");
}

static bool limit_all(struct err *e)
{
    return limit(RLIMIT_CPU, STAGE_CPU_S, e) && limit(RLIMIT_CORE, 0, e) && limit(RLIMIT_FSIZE, 0, e) &&
           limit(RLIMIT_NOFILE, STAGE_OPEN_FILES, e) && limit(RLIMIT_AS, (rlim_t)STAGE_MEMORY_MIB << 20, e);
}

static void give_up(int in, int out, int said)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int i = 1; i < 32; i++)
        signal(i, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid(); /* no terminal */
    dup2(in, 0);
    dup2(out, 1);
    dup2(said, 2);
    close_range(3, ~0u, 0);
}

static void become(const struct running *r, size_t i, int in, int out, int said)
{
    static char *const environment[] = {"LC_ALL=C.UTF-8", "TZ=UTC", "PATH=/usr/bin:/bin", "HOME=/nonexistent", NULL};
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    struct calls_filter filter;
    char **argv = NULL;
    give_up(in, out, said);
    if (chdir(r->lab))
        err_set(&e, "open '%s': %m", r->lab);
    else if (confine_files(".", r->programs[i], &e) && !(argv = make_argv(&arena, &r->p->segments[i])))
        err_set(&e, "more than %d files", MOST_FILES);
    else if (argv && confine_prepare(&filter, &e) && limit_all(&e) && confine_calls(&filter, &e)) {
        execve(r->programs[i], argv, environment);
        err_set(&e, "start it: %m");
    }
    if (write(2, e.msg, strlen(e.msg)) < 0)
        _exit(STATUS_NOT_STARTED);
    _exit(STATUS_NOT_STARTED);
}

/* ---- finding programs ---- */

/* A program proper: a script would need a shell. */
static bool is_program(const char *path)
{
    struct stat st;
    char magic[4] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool good = fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && (st.st_mode & 0111) && read(fd, magic, 4) == 4 &&
                memcmp(magic, "\177ELF", 4) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

static const char *find_program(struct arena *arena, const char *path, const char *name)
{
    for (const char *at = path; *at;) {
        size_t n = strcspn(at, ":");
        const char *whole = arena_printf(arena, "%.*s/%s", (int)n, at, name);
        char real[PATH_MAX];
        if (at[0] == '/' && realpath(whole, real) && is_program(real))
            return arena_dup(arena, real);
        at += n + (at[n] == ':');
    }
    return NULL;
}

static bool find_programs(struct running *r, struct arena *arena, const char *path, struct err *e)
{
    const char *all = arena_printf(arena, "%s:/usr/bin:/bin:/usr/sbin:/sbin", path ? path : "");
    for (size_t i = 0; i < r->p->n; i++)
        if (!(r->programs[i] = find_program(arena, all, r->p->segments[i].program->runs)))
            return err_set(e, "this machine has no program '%s'", r->p->segments[i].program->runs);
    return true;
}

/* ---- in the parent ---- */

static bool start_all(struct running *r, struct err *e)
{
    int said[2] = {-1, -1}, in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    bool good = (in >= 0 && !pipe2(said, O_CLOEXEC)) || err_set(e, "make a pipe: %m");
    for (size_t i = 0; good && i < r->p->n; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC)) {
            good = err_set(e, "make a pipe: %m");
            break;
        }
        r->pids[i] = fork();
        if (r->pids[i] == 0)
            become(r, i, in, ends[1], said[1]);
        close(in);
        close(ends[1]);
        in = ends[0];
        good = r->pids[i] > 0 || err_set(e, "start a process: %m");
    }
    if (said[1] >= 0)
        close(said[1]);
    r->said = said[0];
    r->out = in;
    return good;
}

/* Reads what is there, and keeps of it what there is room for; false at the end. */
static bool read_some(int fd, struct str *to, size_t most, bool *ret_more)
{
    char some[65536];
    ssize_t n = read(fd, some, sizeof(some));
    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    size_t room = most - to->len;
    *ret_more = (size_t)n > room;
    str_addn(to, some, *ret_more ? room : (size_t)n);
    return n > 0;
}

/* Until all is said, there is enough, or it has taken too long. */
static bool listen_to(struct running *r, size_t most, struct pipeline_result *to, struct err *e)
{
    int64_t until_us = clock_monotonic_us() + LINE_MS * 1000ll;
    bool out = true, said = true;
    while ((out || said) && !to->cut) {
        struct pollfd fds[2] = {
            {out ? r->out : -1,   POLLIN, 0},
            {said ? r->said : -1, POLLIN, 0}
        };
        int64_t left_ms = (until_us - clock_monotonic_us()) / 1000;
        bool ignored = false;
        if (left_ms <= 0)
            return err_set(e, "it takes longer than %d s", LINE_MS / 1000);
        if (poll(fds, 2, (int)left_ms) < 0 && errno != EINTR)
            return err_set(e, "poll: %m");
        if (fds[0].revents)
            out = read_some(r->out, &to->out, most, &to->cut);
        if (fds[1].revents) /* to the end, or who complains without end would wait for us */
            said = read_some(r->said, &r->complaints, MOST_SAID, &ignored);
    }
    return true;
}

static void end_all(struct running *r, bool kill_them)
{
    for (size_t i = 0; i < r->p->n && r->pids[i] > 0; i++) {
        if (kill_them)
            kill(r->pids[i], SIGKILL);
        while (waitpid(r->pids[i], &r->status[i], 0) < 0 && errno == EINTR)
            ;
    }
    if (r->out >= 0)
        close(r->out);
    if (r->said >= 0)
        close(r->said);
}

static bool complain(const struct running *r, size_t i, const char *how, struct err *e)
{
    const char *says = str_text(&r->complaints);
    int n = (int)strcspn(says, "\n");
    return err_set(e, "'%s' %s%s%.*s", r->p->segments[i].program->name, how, n ? ": " : "", n > 200 ? 200 : n, says);
}

/* The first of the chain that failed: others follow from it. */
static bool all_went_well(const struct running *r, struct err *e)
{
    for (size_t i = 0; i < r->p->n; i++) {
        int status = r->status[i];
        unsigned code = WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 0;
        char how[60];
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
            return complain(r, i, "works longer than it may", e);
        if (WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE) {
            snprintf(how, sizeof(how), "came to grief (signal %d)", WTERMSIG(status));
            return complain(r, i, how, e);
        }
        snprintf(how, sizeof(how), "fails (status %u)", code);
        if (code && code != r->p->segments[i].program->quiet)
            return complain(r, i, how, e);
    }
    return true;
}

enum pipeline_end pipeline_run(const struct pipeline *p, const char *lab, const char *path, size_t most,
                               struct pipeline_result *to, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct running r = {.p = p, .lab = lab, .out = -1, .said = -1};
    *to = (struct pipeline_result){0};
    if (!pipeline_possible(e) || !find_programs(&r, &arena, path, e))
        return PIPELINE_MISSING;
    bool good = start_all(&r, e) && listen_to(&r, most, to, e);
    end_all(&r, !good || to->cut);
    good = good && (to->cut || all_went_well(&r, e));
    str_drop(&r.complaints);
    if (!good)
        pipeline_result_drop(to);
    return good ? PIPELINE_RAN : PIPELINE_FAILED;
}

void pipeline_result_drop(struct pipeline_result *r)
{
    str_drop(&r->out);
}
