/* SPDX-License-Identifier: MIT */
/*
 * The coordinator: reads uploads one after the other, hands each to a key holder that is free, and writes what comes back.
 * It never looks into an upload: what is in it is known from a judge's record. No more uploads are in memory than there are
 * key holders, however many there are in all.
 */
#include "grader/batch/batch.h"
#include "grader/batch/judge.h"
#include "grader/batch/patience.h"
#include "grader/batch/results.h"
#include "grader/batch/times.h"
#include "grader/handin/archive.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_WAITING = 64 };

struct seat { /* a key holder and what it works at */
    pid_t pid;
    int socket;
    bool busy, dated, late;
    size_t order; /* of this run's uploads, as they came */
    struct job job;
    int named;            /* whom its names may mean, as long as it does not say itself whose it is; -1 = nobody */
    size_t zip;           /* of those of this run, the one that it lies in; 0 = none */
    struct recent recent; /* whose keys it has */
    int fd;               /* the upload's bytes; -1 = a folder */
    int memory;           /* the file that they are put into, each upload's over the last one's; -1 = not yet made */
};
struct waiting { /* a record that waits for what came before it */
    struct seat from;
    json_t *record;
};
struct batch {
    struct class *class;
    const struct batch_plan *plan;
    struct batch_done *done;
    struct results store;
    struct variants variants;
    struct times times;
    struct seat *seats;
    size_t n;
    unsigned *graded; /* in this run, by student */
    struct patience patience;
    size_t taken;
    struct waiting *waiting;
    size_t n_waiting, cap_waiting;
    struct err *e;
};

static void tell(struct batch *b, const char *fmt, ...) PRINTF(2, 3);
static void tell(struct batch *b, const char *fmt, ...)
{
    AUTO(str_drop) struct str line = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&line, fmt, args);
    va_end(args);
    if (b->plan->tell)
        b->plan->tell(b->plan->context, str_text(&line));
}

/* ---- shards ---- */

static bool in_shard(const struct batch *b, const char *name)
{
    uint8_t hash[32];
    if (!b->plan->shards)
        return true;
    sha256(name, strlen(name), hash);
    uint32_t number = (uint32_t)hash[0] << 24 | (uint32_t)hash[1] << 16 | (uint32_t)hash[2] << 8 | hash[3];
    return number % b->plan->shards == b->plan->shard - 1;
}

static bool leave_to_another(struct batch *b)
{
    b->done->elsewhere++;
    return true;
}

/* ---- what came back ---- */

/* What a judge says of a folder becomes a file's name. */
static const char *hash_said(const json_t *record)
{
    const char *hash = json_str_or(record, "sha256", "");
    return sha256_is_hex(hash) ? hash : "";
}

/* The attempt as it is stored: what the judge says, and what is known from outside. */
static json_t *attempt_of(struct batch *b, const struct seat *s, const char *student, json_t *record)
{
    json_t *attempt = json_object(), *by = json_object();
    json_put_text(attempt, "upload", s->job.from);
    json_put_text(attempt, "sha256", *s->job.sha256 ? s->job.sha256 : hash_said(record));
    const char *submitted = student ? times_of(&b->times, student) : NULL;
    json_put_text(attempt, "submitted", submitted);
    if (s->dated)
        json_put(attempt, "marked_late", json_boolean(s->late));
    static const char *const keys[] = {"outcome", "place", "reason", "facts", "report"};
    for (size_t i = 0; i < COUNT(keys); i++)
        if (json_object_get(record, keys[i]))
            json_object_set(attempt, keys[i], json_object_get(record, keys[i]));
    json_put_text(by, "version", CAFELAB_VERSION);
    json_put_text(by, "scenario", b->class->scenario->content_hash);
    json_put(attempt, "judged", by);
    return attempt;
}

static void count(struct batch *b, const char *outcome, const json_t *attempt, bool told)
{
    const char *place = attempt_place(attempt), *reason = json_str_or(attempt, "reason", "");
    bool error = text_same(outcome, "error"), good = text_same(outcome, "good");
    b->done->graded += good;
    b->done->errors += error;
    b->done->ungradable += !good && !error;
    if (!good && !told)
        tell(b, "%s%s%s: %s: %.*s", json_str_or(attempt, "upload", "?"), *place ? ": " : "", place, outcome,
             (int)strcspn(reason, "\n"), reason);
}

/* It was judged before. When it was handed in may be told now. */
static bool leave(struct batch *b, const struct seat *s, int at, const char *sha256)
{
    const char *student = b->class->roster.list[at].id, *submitted = times_of(&b->times, student);
    bool graded = results_was_graded(&b->store, student, sha256);
    b->done->kept++;
    b->done->kept_ungradable += !graded;
    patience_note(&b->patience, s->zip, s->named, at, graded);
    return !submitted || results_set_time(&b->store, student, sha256, submitted, b->e);
}

/* The same bytes had a grade: it is not they that have changed. Only `class regrade --apply` takes grades away. */
static bool let_stand(struct batch *b)
{
    b->done->standing++;
    return true;
}

static bool keep(struct batch *b, const struct seat *s, json_t *record)
{
    int at = s->job.student >= 0 ? s->job.student : s->named;
    const char *student = at >= 0 ? b->class->roster.list[at].id : NULL;
    json_auto_t *attempt = attempt_of(b, s, student, record);
    const char *outcome = json_str_or(attempt, "outcome", "error"), *sha256 = json_str_or(attempt, "sha256", "");
    bool good = text_same(outcome, handin_names[HANDIN_GOOD]);
    if (student && !in_shard(b, student))
        return leave_to_another(b);
    if (student) { /* what is in it, or whose it is, may be known only now; or the same came twice at once */
        if (!b->plan->again && results_has_current(&b->store, student, sha256))
            return leave(b, s, at, sha256);
        patience_note(&b->patience, s->zip, s->named, at, good);
        count(b, outcome, attempt, false);
        if (!good && !b->plan->regrade && results_was_graded(&b->store, student, sha256))
            return let_stand(b);
        b->done->several += good && ++b->graded[at] == 2;
        return results_add(&b->store, student, attempt, b->e);
    }
    char key[65];
    results_key(attempt, key);
    if (!in_shard(b, key))
        return leave_to_another(b);
    bool told = !b->plan->again && results_has_unclaimed(&b->store, attempt);
    b->done->unclaimed++;
    b->done->unclaimed_told += told;
    patience_note(&b->patience, s->zip, s->named, -1, good);
    count(b, outcome, attempt, told);
    return results_add_unclaimed(&b->store, attempt, b->e);
}

/* ---- in the order in which they came ---- */

static int owner_after_all(const struct seat *s)
{
    return s->job.student >= 0 ? s->job.student : s->named;
}

/* Two of nobody that are the same bytes are one record. */
static bool same_unclaimed(const struct seat *a, const struct seat *b)
{
    return owner_after_all(a) < 0 && owner_after_all(b) < 0 && *a->job.sha256 && text_same(a->job.sha256, b->job.sha256);
}

/* An upload that came before may be the same student's: which attempt is the last, or beyond those that count, must not depend
 * on which judge is faster. */
static bool must_wait(const struct batch *b, const struct seat *s)
{
    int student = owner_after_all(s);
    for (size_t i = 0; i < b->n; i++) {
        const struct seat *other = &b->seats[i];
        bool may_be_his = student >= 0 && (other->job.student < 0 || other->job.student == student);
        if (other->busy && other->order < s->order && (may_be_his || same_unclaimed(other, s)))
            return true;
    }
    for (size_t i = 0; i < b->n_waiting; i++) {
        const struct seat *other = &b->waiting[i].from;
        bool is_his = student >= 0 && owner_after_all(other) == student;
        if (other->order < s->order && (is_his || same_unclaimed(other, s)))
            return true;
    }
    return false;
}

static bool keep_those_in_order(struct batch *b)
{
    bool good = true;
    for (size_t i = 0; good && i < b->n_waiting;) {
        struct waiting j = b->waiting[i];
        if (must_wait(b, &j.from)) {
            i++;
            continue;
        }
        b->waiting[i] = b->waiting[--b->n_waiting];
        good = keep(b, &j.from, j.record);
        json_decref(j.record);
        i = 0; /* another may have waited for this one */
    }
    return good;
}

static void let_go(struct seat *s)
{
    s->fd = -1;
    s->busy = false;
}

static void settle(struct batch *b, struct seat *s, json_t *record)
{
    let_go(s);
    *GROW(b->waiting, b->n_waiting, b->cap_waiting) = (struct waiting){*s, json_incref(record)};
}

static bool start(struct batch *b, struct seat *s);

static bool is_known(struct batch *b, struct seat *s)
{
    return !b->plan->again && *s->job.sha256 &&
           results_has_current(&b->store, b->class->roster.list[s->job.student].id, s->job.sha256);
}

/* An upload whose name told nothing: its record says whose it is. With a key it is judged. */
static bool go_on(struct batch *b, struct seat *s, json_t *record)
{
    const char *says = json_str(record, "student");
    const struct student *student = says ? roster_student(&b->class->roster, says) : NULL;
    if (!student) {
        settle(b, s, record);
        return true;
    }
    s->job.student = (int)(student - b->class->roster.list);
    if (!in_shard(b, student->id)) {
        let_go(s);
        return leave_to_another(b);
    }
    b->done->misplaced += s->named >= 0 && s->named != s->job.student;
    if (is_known(b, s)) {
        bool left = leave(b, s, s->job.student, s->job.sha256);
        let_go(s);
        return left;
    }
    if (!text_same(json_str(record, "outcome"), handin_names[HANDIN_GOOD])) {
        settle(b, s, record);
        return true;
    }
    return start(b, s);
}

/* A judge wrote it, who read what a stranger wrote: it need not be a record. */
static json_t *read_record(int fd, const char *from)
{
    AUTO(str_drop) struct str text = {0};
    struct err e = {0};
    off_t size = lseek(fd, 0, SEEK_END);
    if (size <= 0 || size > RECORD_MAX)
        return judge_error(from, "the judge left no record");
    ssize_t got = pread(fd, str_reserve(&text, (size_t)size), (size_t)size, 0);
    text.len = got < 0 ? 0 : (size_t)got;
    str_addn(&text, "", 0);
    json_t *record = json_read(str_text(&text), text.len, &e);
    return record ? record : judge_error(from, "the judge's record cannot be read: %s", e.msg);
}

static json_t *read_answer(struct batch *b, struct seat *s)
{
    struct answer_packet answer = {0};
    int fd = -1;
    if (!packet_take(s->socket, &answer, sizeof(answer), &fd) || fd < 0) {
        err_set(b->e, "a key holder is gone while it worked at '%s'", s->job.from);
        return NULL;
    }
    json_t *record = read_record(fd, s->job.from);
    close(fd);
    return record;
}

static bool finish(struct batch *b, struct seat *s)
{
    json_auto_t *record = read_answer(b, s);
    if (!record)
        return false;
    bool good = true;
    if (s->job.student < 0)
        good = go_on(b, s, record);
    else
        settle(b, s, record);
    return good && keep_those_in_order(b);
}

/* Takes at least one answer if `needed`; those that are there in any case. */
static bool collect(struct batch *b, bool needed)
{
    struct pollfd *waits = xcalloc(b->n, sizeof(*waits));
    for (size_t i = 0; i < b->n; i++)
        waits[i] = (struct pollfd){.fd = b->seats[i].busy ? b->seats[i].socket : -1, .events = POLLIN};
    int ready;
    do
        ready = poll(waits, b->n, needed ? -1 : 0);
    while (ready < 0 && errno == EINTR);
    bool good = true;
    for (size_t i = 0; good && i < b->n; i++)
        if (waits[i].fd >= 0 && waits[i].revents)
            good = finish(b, &b->seats[i]);
    free(waits);
    return good;
}

/* ---- handing out ---- */

static bool start(struct batch *b, struct seat *s)
{
    size_t ignored;
    s->busy = packet_send(s->socket, &s->job, sizeof(s->job), s->fd);
    if (s->busy && s->job.student >= 0)
        recent_use(&s->recent, s->job.student, &ignored);
    return s->busy || err_set(b->e, "a key holder does not take '%s': %m", s->job.from);
}

/* A free seat; one that has this student's key, if one has. NULL after a failure. */
static struct seat *free_seat(struct batch *b, int student)
{
    for (;;) {
        struct seat *any = NULL, *own = NULL;
        bool at_work = false;
        for (size_t i = 0; i < b->n; i++) {
            struct seat *s = &b->seats[i];
            at_work |= s->busy && student >= 0 && s->job.student == student;
            if (!s->busy && recent_has(&s->recent, student))
                own = s;
            if (!s->busy && (!any || s->recent.n < any->recent.n))
                any = s;
        }
        if (!at_work && (own || any) &&
            b->n_waiting < MOST_WAITING) /* a student's attempts are judged one after the other: their order counts */
            return own ? own : any;
        if (!collect(b, true))
            return NULL;
    }
}

static int owner_of(const struct batch *b, const struct arrival *upload, bool *ret_sure)
{
    const struct student *s = class_named(b->class, upload, ret_sure);
    return s ? (int)(s - b->class->roster.list) : -1;
}

static bool pass_over(struct batch *b, const struct arrival *upload)
{
    b->done->typed++;
    tell(b, "%s: typed into the LMS: not looked at, since only the file of `cafelab submit` is graded", upload->from);
    return true;
}

/* What could not even be taken out of what it came in needs no judge. */
static bool keep_fault(struct batch *b, struct seat *s, const struct arrival *upload)
{
    json_auto_t *record = json_object();
    json_put_text(record, "outcome", handin_names[upload->fault.outcome]);
    json_put_text(record, "place", upload->fault.place);
    json_put_text(record, "reason", upload->fault.reason);
    settle(b, s, record);
    return keep_those_in_order(b);
}

static bool keep_rest(struct batch *b, struct seat *s, const struct arrival *upload)
{
    struct arrival rest = *upload;
    fault_set(&rest.fault, HANDIN_TOO_MANY, upload->from,
              "too many before it in this zip cannot be graded%s: nothing more is looked at",
              s->named >= 0 ? ", of the same student" : ", and are of nobody");
    return keep_fault(b, s, &rest);
}

/* Nobody looks at the last upload's bytes any more: its judge has ended. To make a file for each takes as long as to copy it.
 */
static bool hold_bytes(struct batch *b, struct seat *s, const struct arrival *upload)
{
    if (s->memory < 0)
        s->memory = memory_file(NULL, 0, b->e);
    s->fd = s->memory;
    return s->fd >= 0 && memory_fill(s->fd, upload->bytes, upload->size, b->e);
}

static bool any_busy(const struct batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->seats[i].busy)
            return true;
    return false;
}

/* Is it enough of this zip, as far as these names go? What is still judged counts, too: the answer must not depend on which
 * judge is faster. */
static bool enough(struct batch *b, size_t zip, int named, bool *ret_failed)
{
    if (!zip)
        return false;
    while (!patience_is_over(&b->patience, named) && patience_left(&b->patience, named) <= b->n + b->n_waiting && any_busy(b))
        if ((*ret_failed = !collect(b, true)))
            return false;
    return !patience_left(&b->patience, named);
}

static bool take(void *context, const struct arrival *upload)
{
    struct batch *b = context;
    if (upload->typed)
        return pass_over(b, upload);
    bool sure = false;
    int named = owner_of(b, upload, &sure), student = sure ? named : -1;
    size_t zip = patience_zip(&b->patience, upload->zip);
    bool failed = false, given_up = enough(b, zip, named, &failed);
    if (failed || (given_up && !patience_end(&b->patience, named)))
        return !failed;
    b->done->uploads++;
    if (b->plan->progress)
        b->plan->progress(b->plan->context, upload->from, (unsigned)(b->done->graded + b->done->kept),
                          (unsigned)b->done->uploads);
    if (student >= 0 && !in_shard(b, b->class->roster.list[student].id))
        return leave_to_another(b);
    struct seat *s = free_seat(b, student);
    if (!s)
        return false;
    s->job = (struct job){.student = student, .has_bytes = !upload->folder, .size = upload->size};
    s->named = named;
    s->zip = zip;
    s->order = ++b->taken;
    s->dated = upload->dated;
    s->late = upload->late;
    s->fd = -1;
    snprintf(s->job.from, sizeof(s->job.from), "%s", upload->from);
    snprintf(s->job.owner, sizeof(s->job.owner), "%s", student >= 0 ? b->class->roster.list[student].id : "");
    if (upload->folder && snprintf(s->job.folder, sizeof(s->job.folder), "%s", upload->folder) >= (int)sizeof(s->job.folder))
        return err_set(b->e, "'%s': the path is too long", upload->from);
    if (given_up)
        return keep_rest(b, s, upload);
    if (upload->fault.outcome != HANDIN_GOOD)
        return keep_fault(b, s, upload);
    if (!upload->folder)
        sha256_hex(upload->bytes, upload->size, s->job.sha256);
    if (student >= 0 && is_known(b, s))
        return leave(b, s, student, s->job.sha256);
    if (!upload->folder && !hold_bytes(b, s, upload))
        return false;
    return start(b, s);
}

/* ---- the whole ---- */

static bool open_seats(struct batch *b)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = b->plan->workers ? b->plan->workers : cores > 0 ? (size_t)cores : 1;
    b->seats = xcalloc(wanted, sizeof(*b->seats));
    fflush(NULL);
    for (; b->n < wanted; b->n++) {
        struct seat *s = &b->seats[b->n];
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
            return err_set(b->e, "socketpair: %m");
        *s = (struct seat){.pid = fork(), .socket = ends[0], .fd = -1, .memory = -1, .named = -1, .job = {.student = -1}};
        if (!s->pid) {
            for (size_t i = 0; i <= b->n; i++) /* what others hear of a seat is that seat's alone */
                close(b->seats[i].socket);
            results_close(&b->store);
            holder_run(b->class, &b->variants, ends[1]);
        }
        close(ends[1]);
        if (s->pid < 0) {
            close(ends[0]);
            return err_set(b->e, "fork: %m");
        }
    }
    return true;
}

static void close_seats(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        close(b->seats[i].socket);
        if (b->seats[i].memory >= 0)
            close(b->seats[i].memory);
    }
    for (size_t i = 0; i < b->n; i++)
        while (waitpid(b->seats[i].pid, NULL, 0) < 0 && errno == EINTR)
            ;
    free(b->seats);
}

static bool run(struct batch *b)
{
    for (size_t i = 0; i < b->plan->n; i++) {
        size_t before = b->done->uploads;
        if (!uploads_each(b->plan->paths[i], take, b, b->e))
            return false;
        if (b->done->uploads == before) {
            b->done->nothing++;
            tell(b, "'%s': nothing that was handed in is there", b->plan->paths[i]);
        }
    }
    while (any_busy(b))
        if (!collect(b, true))
            return false;
    return true;
}

bool batch_grade(struct class *class, const struct batch_plan *plan, struct batch_done *done, struct err *e)
{
    struct batch b = {.class = class, .plan = plan, .done = done, .e = e};
    *done = (struct batch_done){0};
    b.graded = xcalloc(class->roster.n + 1, sizeof(*b.graded));
    patience_begin(&b.patience, class->roster.n);
    bool good = results_open(&b.store, class, plan->regrade ? REGRADE : RESULTS, plan->shard, plan->shards, e) &&
                (!plan->regrade || results_empty(&b.store, e)) && class_variants(class, &b.variants, e) &&
                times_read(&b.times, &class->roster, plan->times, &class->told, e) && open_seats(&b) && run(&b);
    close_seats(&b);
    times_drop(&b.times);
    variants_drop(&b.variants);
    results_close(&b.store);
    for (size_t i = 0; i < b.n_waiting; i++)
        json_decref(b.waiting[i].record);
    free(b.waiting);
    free(b.graded);
    patience_drop(&b.patience);
    return good && !e->set;
}
