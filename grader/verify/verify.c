/* SPDX-License-Identifier: MIT */
/*
 * The seeds, a process each, so many at a time; what they say is gathered, and the same fault of several seeds told once.
 * What only several seeds together can show is proved here: variants differ.
 */
#include "grader/verify/proof.h"
#include "grader/verify/seed.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MOST_JOBS = 64,
    POLL_MS = 200,
    HEAP = 96 << 20, /* bytes that a proof comes to, or a little more */
    DISK_EVERY = 8,  /* the first of so many seeds has its solution written and read again; the others' is played in memory */
    FEW = 10,        /* seeds that all run all command lines ... */
    COMMANDS_EVERY = 20 /* ... of more, the first of so many: jq takes 0.25 s for a lab's logs */
};

const struct property_row verify_properties[PROPERTIES] = {
    [PROVE_SOLVABLE] = {"solvable",      "each question's declared way finds the answer",         "ways walked"     },
    [PROVE_UNIQUE] = {"unique",        "and no other value",                                    "answers"         },
    [PROVE_HINTS] = {"hints",         "what a hint shows returns something, and what it says", "hints followed"  },
    [PROVE_WRONG] = {"wrong answers", "known wrong answers are wrong, and told as such",       "answers judged"  },
    [PROVE_UNTOUCHED] = {"untouched",     "nothing done is worth nothing, and costs nothing",      "findings"        },
    [PROVE_SOLUTION] = {"solution",      "the reference solution earns everything",               "findings"        },
    [PROVE_MUTATION] = {"mutation",      "steps left out, other repairs: just what they cost",    "checks graded"   },
    [PROVE_VARIANTS] = {"variants",      "no two students have the same answers",                 "pairs compared"  },
    [PROVE_LEAK] = {"leak",          "no answer, hint, check or secret beside the evidence",  "texts looked for"},
    [PROVE_CAUSALITY] = {"causality",     "no effect before its cause",                            "things looked at"},
    [PROVE_TELL] = {"tell",          "nothing but understanding gives the intruders away",    "columns compared"},
    [PROVE_REALISM] = {"realism",       "ids, regions, addresses as AWS has them",               "rules"           },
};

struct job {   /* one process */
    pid_t pid; /* 0 = free */
    int from;
    unsigned seed; /* index */
    char *dir;
    struct str said;
};
struct run {
    const struct verify_plan *plan;
    const struct scenario *scenario;
    const struct rubric *author;
    struct verify_report *report;
    char *work; /* folder of all labs */
    struct job jobs[MOST_JOBS];
    unsigned n_jobs, next, done;
    json_t **said;        /* by seed: what its process said */
    const char **answers; /* by seed: all answers as JSON; NULL = it came to nothing */
};

static const char *seed_name(struct run *r, unsigned i)
{
    return r->plan->seed ? r->plan->seed : arena_printf(&r->report->arena, "%u", i + 1);
}

/* ---- gathering ---- */

static bool same_fault(const struct verify_finding *a, const struct verify_finding *b)
{
    if (a->property != b->property || a->severity != b->severity || a->at.line != b->at.line || a->at.col != b->at.col ||
        !text_same(a->at.file, b->at.file))
        return false;
    return text_same(a->about, b->about);
}

static void add_finding(struct run *r, struct verify_finding f)
{
    struct verify_report *report = r->report;
    for (size_t i = 0; i < report->n; i++) {
        struct verify_finding *known = &report->findings[i];
        if (!same_fault(known, &f))
            continue;
        known->seeds += !text_same(known->last_seed, f.seed); /* a seed's faults come one after the other */
        known->last_seed = f.seed;
        return;
    }
    f.last_seed = f.seed;
    report->n_errors += f.severity == SEVERITY_ERROR;
    *GROW(report->findings, report->n, report->cap) = f;
}

static void gather_finding(struct run *r, const char *seed, const json_t *said)
{
    struct arena *arena = &r->report->arena;
    int64_t property = json_int_or(said, "property", 0);
    add_finding(r, (struct verify_finding){
                       .property = property >= 0 && property < PROPERTIES ? (enum property)property : PROVE_SOLVABLE,
                       .severity = json_bool_or(said, "warns", false) && !r->plan->strict ? SEVERITY_WARNING : SEVERITY_ERROR,
                       .at = {arena_dup(arena, json_str_or(said, "scenario", r->report->file)),
                              (unsigned)json_int_or(said, "line", 0), (unsigned)json_int_or(said, "column", 0)},
                       .message = arena_dup(arena, json_str_or(said, "message", "?")),
                       .about = arena_dup(arena, json_str_or(said, "about", "")),
                       .file = arena_dup(arena, json_str(said, "file")),
                       .command = arena_dup(arena, json_str(said, "command")),
                       .seed = seed,
                       .seeds = 1
    });
}

static bool hear(struct run *r, struct job *job, int status, struct err *e)
{
    struct err unreadable = {0};
    json_t *said = status ? NULL : json_read(str_text(&job->said), job->said.len, &unreadable);
    r->said[job->seed] = said;
    if (!said)
        return err_set(e, "the process that proved seed %s came to grief (status %d)", seed_name(r, job->seed), status);
    return !json_str(said, "failed") || err_set(e, "%s", json_str(said, "failed"));
}

/* In the order of the seeds, whichever was through first. */
static void gather(struct run *r, unsigned n)
{
    const char *seed = seed_name(r, n);
    const json_t *said = r->said[n];
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(said, "findings"), i, item) gather_finding(r, seed, item);
    json_array_foreach(json_object_get(said, "facts"), i, item) if (i < PROPERTIES) r->report->facts[i] +=
        (uint64_t)json_integer_value(item);
    r->report->written += json_bool_or(said, "written", false);
    AUTO(str_drop) struct str answers = {0};
    str_add_json_value(&answers, json_object_get(said, "answers"));
    r->answers[n] = arena_dup(&r->report->arena, str_text(&answers));
}

/* ---- processes ---- */

static void work(struct run *r, const struct job *job, int to)
{
    AUTO(str_drop) struct str out = {0};
    memory_keep(HEAP); /* what one step gave back serves the next: no new pages for each */
    seed_prove(
        &(struct seed_plan){
            .plan = r->plan,
            .scenario = r->scenario,
            .author = r->author,
            .seed = seed_name(r, job->seed),
            .dir = job->dir,
            .on_disk = job->seed % DISK_EVERY == 0,
            .runs_commands = r->plan->every_way || r->plan->seeds <= FEW || job->seed % COMMANDS_EVERY == 0,
        },
        &out);
    size_t from = 0;
    for (ssize_t n; from < out.len && (n = write(to, out.s + from, out.len - from)) > 0;)
        from += (size_t)n;
    _exit(from < out.len);
}

static bool start_job(struct run *r, struct job *job, struct err *e)
{
    int ends[2];
    *job = (struct job){.seed = r->next};
    job->dir = arena_printf(&r->report->arena, "%s/%u", r->work, r->next);
    if (pipe(ends))
        return err_set(e, "make a pipe: %m");
    job->pid = fork();
    if (job->pid == 0) {
        close(ends[0]);
        work(r, job, ends[1]);
    }
    close(ends[1]);
    job->from = ends[0];
    if (job->pid < 0) {
        job->pid = 0;
        close(job->from);
        return err_set(e, "start a process: %m");
    }
    r->next++;
    return true;
}

static void end_job(struct job *job)
{
    struct err ignored = {0};
    close(job->from);
    dir_remove(job->dir, &ignored);
    str_drop(&job->said);
    job->pid = 0;
}

static bool finish_job(struct run *r, struct job *job, struct err *e)
{
    int status = 0;
    while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
        ;
    bool good = hear(r, job, status, e);
    end_job(job);
    r->done++;
    if (r->plan->progress)
        r->plan->progress(r->plan->context, "seeds", r->done, r->plan->seeds);
    return good;
}

static bool read_job(struct run *r, struct job *job, struct err *e)
{
    ssize_t n = read(job->from, str_reserve(&job->said, 1 << 16), 1 << 16);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN || err_set(e, "read from a process: %m");
    job->said.len += (size_t)n;
    str_reserve(&job->said, 1)[0] = 0;
    return n || finish_job(r, job, e);
}

static bool listen(struct run *r, struct err *e)
{
    struct pollfd fds[MOST_JOBS];
    unsigned which[MOST_JOBS], n = 0;
    for (unsigned i = 0; i < r->n_jobs; i++)
        if (r->jobs[i].pid) {
            fds[n] = (struct pollfd){r->jobs[i].from, POLLIN, 0};
            which[n++] = i;
        }
    if (poll(fds, n, POLL_MS) < 0 && errno != EINTR)
        return err_set(e, "wait for processes: %m");
    for (unsigned i = 0; i < n; i++)
        if (fds[i].revents && !read_job(r, &r->jobs[which[i]], e))
            return false;
    return !(r->plan->cancelled && *r->plan->cancelled) || err_set(e, "cancelled");
}

static bool run_jobs(struct run *r, struct err *e)
{
    bool good = true;
    while (good && r->done < r->plan->seeds) {
        for (unsigned i = 0; good && i < r->n_jobs && r->next < r->plan->seeds; i++)
            if (!r->jobs[i].pid)
                good = start_job(r, &r->jobs[i], e);
        good = good && listen(r, e);
    }
    for (unsigned i = 0; i < r->n_jobs; i++)
        if (r->jobs[i].pid) {
            kill(r->jobs[i].pid, SIGKILL);
            waitpid(r->jobs[i].pid, NULL, 0);
            end_job(&r->jobs[i]);
        }
    return good;
}

/* ---- several seeds together ---- */

static void compare_variants(struct run *r)
{
    const struct rubric *author = r->author;
    for (unsigned i = 0; author->questions.n && i < r->plan->seeds; i++)
        for (unsigned j = 0; j < i; j++) {
            if (!r->answers[i] || !r->answers[j] || text_same(r->answers[i], "[]"))
                continue;
            r->report->facts[PROVE_VARIANTS]++;
            if (!text_same(r->answers[i], r->answers[j]))
                continue;
            add_finding(
                r, (struct verify_finding){.property = PROVE_VARIANTS,
                                           .at = usual_place(r->scenario, PROVE_VARIANTS),
                                           .file = usual_file(PROVE_VARIANTS),
                                           .seed = seed_name(r, i),
                                           .seeds = 1,
                                           .about = "",
                                           .message = arena_printf(&r->report->arena, "seeds %s and %s have the same answers",
                                                                   seed_name(r, j), seed_name(r, i)),
                                           .command = arena_printf(&r->report->arena,
                                                                   "for seed in %s %s; do cafelab preview %s --seed $seed "
                                                                   "--json | jq -c '[.questions[].answer]'; done",
                                                                   seed_name(r, j), seed_name(r, i),
                                                                   arena_shell_word(&r->report->arena, r->plan->scenario))});
            break;
        }
}

static int by_property(const void *a, const void *b)
{
    const struct verify_finding *x = a, *y = b;
    if (x->property != y->property)
        return x->property < y->property ? -1 : 1;
    if (x->at.line != y->at.line)
        return x->at.line < y->at.line ? -1 : 1;
    return strcmp(x->message, y->message);
}

/* ---- the whole ---- */

/* In memory where that is possible: labs are small files by the thousand. */
static char *make_work(struct arena *arena, struct err *e)
{
    const char *wanted = env_get("TMPDIR");
    const char *base = wanted && *wanted ? wanted : access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";
    char *path = arena_printf(arena, "%s/cafelab-verify-XXXXXX", base);
    if (mkdtemp(path))
        return path;
    err_set(e, "make a folder '%s': %m", path);
    return NULL;
}

static bool verify_scenario(struct run *r, struct err *e)
{
    struct err ignored = {0};
    int64_t began_us = clock_monotonic_us();
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    r->n_jobs = r->plan->jobs ? r->plan->jobs : cores > 0 ? (unsigned)cores : 1;
    r->n_jobs = r->n_jobs > MOST_JOBS ? MOST_JOBS : r->n_jobs > r->plan->seeds ? r->plan->seeds : r->n_jobs;
    r->answers = arena_alloc(&r->report->arena, (r->plan->seeds + 1) * sizeof(*r->answers));
    r->said = arena_alloc(&r->report->arena, (r->plan->seeds + 1) * sizeof(*r->said));
    if (!(r->work = make_work(&r->report->arena, e)))
        return false;
    athena_prepare(0, &ignored); /* before the forks, each of which takes it over; what it lacks they will say */
    ignored = (struct err){0};
    bool good = run_jobs(r, e);
    athena_unprepare();
    dir_remove(r->work, &ignored);
    for (unsigned i = 0; i < r->plan->seeds; i++) {
        if (good)
            gather(r, i);
        json_decref(r->said[i]);
    }
    if (good)
        compare_variants(r);
    if (r->report->n)
        qsort(r->report->findings, r->report->n, sizeof(*r->report->findings), by_property);
    r->report->jobs = r->n_jobs;
    r->report->took_ms = (clock_monotonic_us() - began_us) / 1000;
    return good;
}

bool verify(const struct verify_plan *plan, struct verify_report *report, struct diags *diags, struct err *e)
{
    *report = (struct verify_report){.seeds = plan->seeds, .events = plan->events};
    AUTO(scenario_free) struct scenario *s = scenario_load(plan->scenario, diags, e);
    if (!s)
        return false;
    lab_check(s, diags);
    AUTO(rubric_free) struct rubric *author = rubric_read(s, diags);
    if (diags->n_errors)
        return false;
    if (plan->events < 0)
        report->events = s->background.events;
    report->scenario = arena_dup(&report->arena, s->id);
    report->file = arena_dup(&report->arena, s->file);
    report->variants = verify_variants(s);
    struct run run = {.plan = plan, .scenario = s, .author = author, .report = report};
    bool good = verify_scenario(&run, e);
    for (size_t i = 0; i < report->n; i++)
        report->findings[i].at.file = arena_dup(&report->arena, report->findings[i].at.file); /* nodes go with the scenario */
    return good;
}

void verify_report_drop(struct verify_report *report)
{
    free(report->findings);
    arena_drop(&report->arena);
    *report = (struct verify_report){0};
}
