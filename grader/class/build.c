/* SPDX-License-Identifier: MIT */
/*
 * All bundles of a class: processes take the next student from a counter that they share, and tell the one that waits what they
 * have done. A bundle appears under its name when it is whole, so that a run that is killed is simply gone on with.
 */
#include "grader/class/class.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_WORKERS = 256 };

struct shared { /* between the processes */
    atomic_size_t next;
    atomic_bool stop;
};
struct building {
    struct class *c;
    struct variants variants;
    struct bundling *b;
    const struct variant **todo;
    size_t n;
    struct shared *shared;
    int from; /* the reading end of the pipe */
    pid_t workers[MOST_WORKERS];
    unsigned n_workers;
};
struct said { /* what a worker says, in one write: a pipe keeps it whole */
    bool failed;
    struct err err;
};

/* ---- a worker ---- */

static const char *path_of(struct arena *arena, const struct class *c, const struct student *s)
{
    return class_path(arena, c, c->live ? "bundles/%s.txt" : "bundles/%s.tar.gz", s->id);
}

/* Of a live class: what the student types. */
static void tell_start(struct class *c, const struct variant *v, struct str *out)
{
    struct play_options options = class_options(c, v->student, v->draw);
    str_addf(out, "cafelab start %s --seed %s --student %s --events %lld --lang %s -o %s-%s\n", c->scenario_id, options.seed,
             options.student, (long long)c->events, c->language, c->name, v->student->id);
}

/* `bytes` is where the bundle before was: so much of it need not grow once more. */
static bool build_one(struct building *b, const struct variant *v, struct str *bytes, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *path = path_of(&arena, b->c, v->student);
    str_clear(bytes);
    if (b->c->live)
        tell_start(b->c, v, bytes);
    return ((b->c->live || bundle_make(b->c, v, bytes, e)) && file_write(path, str_text(bytes), bytes->len, 0644, e)) ||
           err_wrap(e, "student \"%s\"", v->student->id);
}

static void work(struct building *b, int to, pid_t parent)
{
    AUTO(str_drop) struct str bytes = {0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    memory_keep(96u << 20); /* one bundle's memory is the next one's */
    for (size_t i; getppid() == parent && !b->shared->stop && (i = atomic_fetch_add(&b->shared->next, 1)) < b->n;) {
        struct said said = {0};
        said.failed = !build_one(b, b->todo[i], &bytes, &said.err);
        b->shared->stop |= said.failed;
        if (write(to, &said, sizeof(said)) != (ssize_t)sizeof(said))
            break;
    }
    _exit(0);
}

/* ---- the one that waits ---- */

static bool start_workers(struct building *b, struct err *e)
{
    int ends[2];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = b->b->threads ? b->b->threads : cores > 0 ? (size_t)cores : 1;
    pid_t self = getpid();
    wanted = wanted > b->n ? b->n : wanted > MOST_WORKERS ? MOST_WORKERS : wanted;
    if (pipe(ends))
        return err_set(e, "make a pipe: %m");
    b->from = ends[0];
    for (; b->n_workers < wanted; b->n_workers++) {
        pid_t pid = fork();
        if (pid < 0 && !b->n_workers)
            err_set(e, "start a process: %m");
        if (pid < 0)
            break; /* fewer will do */
        if (!pid) {
            close(ends[0]);
            work(b, ends[1], self);
        }
        b->workers[b->n_workers] = pid;
    }
    close(ends[1]);
    return b->n_workers > 0;
}

static void tell(const struct building *b)
{
    AUTO(str_drop) struct str what = {0};
    str_addf(&what, "%zu of %zu bundle%s", b->b->made, b->n, b->n == 1 ? "" : "s");
    if (b->b->progress)
        b->b->progress(b->b->context, str_text(&what), (unsigned)b->b->made, (unsigned)b->n);
}

static void listen(struct building *b, struct err *e)
{
    struct said said;
    ssize_t n;
    while ((n = read(b->from, &said, sizeof(said))) == (ssize_t)sizeof(said) || (n < 0 && errno == EINTR)) {
        if (n < 0)
            continue;
        if (said.failed && !e->set)
            *e = said.err;
        b->b->made += !said.failed;
        tell(b);
    }
    close(b->from);
}

static void join(struct building *b, struct err *e)
{
    for (unsigned i = 0; i < b->n_workers; i++) {
        int status = 0;
        while (waitpid(b->workers[i], &status, 0) < 0 && errno == EINTR)
            ;
        if (status)
            err_set(e, "a process that built bundles came to grief (status %d): build again, what is done is kept", status);
    }
}

/* A file of no bytes is what a full disk or a cloud's folder leaves. */
static bool is_built(const char *path)
{
    struct stat st;
    return !stat(path, &st) && S_ISREG(st.st_mode) && st.st_size > 0;
}

/* The shard's students whose bundle is not there. */
static void choose(struct building *b)
{
    AUTO(arena_drop) struct arena arena = {0};
    b->todo = xcalloc(b->variants.n + 1, sizeof(*b->todo));
    for (size_t i = 0; i < b->variants.n; i++) {
        const struct variant *v = &b->variants.list[i];
        if (b->b->shards && i % b->b->shards != b->b->shard - 1)
            continue;
        if (!b->b->again && is_built(path_of(&arena, b->c, v->student)))
            b->b->kept++;
        else
            b->todo[b->n++] = v;
    }
}

void class_sweep(struct class *c)
{
    AUTO(arena_drop) struct arena arena = {0};
    dir_sweep(class_path(&arena, c, "bundles"), c->live ? "*.txt" : "*.tar.gz");
    dir_sweep(class_path(&arena, c, "keys"), "*");
}

bool class_build(struct class *c, struct bundling *bundling, struct err *e)
{
    struct building b = {.c = c, .b = bundling};
    bundling->made = bundling->kept = 0;
    if (!class_variants(c, &b.variants, e))
        return false;
    bundling->shared = b.variants.shared;
    bundling->n_gone = b.variants.n_gone;
    bundling->gone = arena_alloc(&c->arena, (b.variants.n_gone + 1) * sizeof(*bundling->gone));
    for (size_t i = 0; i < b.variants.n_gone; i++)
        bundling->gone[i] = b.variants.gone[i];
    class_sweep(c);
    choose(&b);
    b.shared = mmap(NULL, sizeof(*b.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (b.shared == MAP_FAILED)
        err_set(e, "share memory: %m");
    else if (b.n && dir_make(class_path(&c->arena, c, "bundles"), e) && start_workers(&b, e)) { /* it may be deleted, too */
        listen(&b, e);
        join(&b, e);
        munmap(b.shared, sizeof(*b.shared));
    }
    free(b.todo);
    variants_drop(&b.variants);
    return !e->set;
}
