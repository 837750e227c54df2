/* SPDX-License-Identifier: MIT */
/*
 * A judge: a child that holds the student's key, gives up what it does not need, takes the upload apart, and writes a record
 * into a file of memory. Its parent waits, not for ever, and makes a record of whatever else happened.
 */
#include "grader/batch/judge.h"

#include "grader/apart.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- records ---- */

static json_t *fault_record(const struct handin_fault *fault)
{
    json_t *out = json_object();
    json_put_text(out, "outcome", handin_names[fault->outcome]);
    json_put_text(out, "place", fault->place);
    json_put_text(out, "reason", fault->reason);
    return out;
}

json_t *judge_error(const char *from, const char *fmt, ...)
{
    AUTO(str_drop) struct str reason = {0};
    json_t *out = json_object();
    va_list args;
    va_start(args, fmt);
    str_vaddf(&reason, fmt, args);
    va_end(args);
    json_put_text(out, "outcome", "error");
    json_put_text(out, "place", from);
    json_put_text(out, "reason", str_text(&reason));
    return out;
}

/* ---- in the child: nothing is freed, the process goes as a whole ---- */

static json_t *judged(struct key *key, const char *language, const struct parcel *parcel, const struct claim *claim)
{
    struct handin_fault fault = {0};
    struct report report = {0};
    struct submission *s = submission_open_memory(key, parcel, claim, &fault);
    if (!s)
        return fault_record(&fault);
    grade(key, s, language, &report);
    json_t *out = json_object();
    json_put_text(out, "outcome", report.ungradable ? "ungradable" : handin_names[HANDIN_GOOD]);
    json_put_text(out, "reason", report.ungradable);
    json_put(out, "facts", submission_facts(s));
    json_put(out, "report", report_json(&report, false));
    return out;
}

/* What is judged, and with what. */
struct hearing {
    const struct class *class;
    const struct confinement *confinement;
    struct key *key; /* NULL: only whose it is */
    const char *student;
    const struct arrival *upload;
    uint64_t without; /* statements: apart_is_here() */
    struct parcel parcel;
    struct handin_fault fault;
};

/* The file's name said whose it is before anybody had looked into it; the class says it again with what is in it. */
static const struct student *owner_of(struct hearing *h, const struct claim *claim)
{
    const struct student *s = class_student_of(h->class, h->upload, claim, &h->fault);
    if (!s || !h->student || text_same(s->id, h->student))
        return s;
    h->fault = (struct handin_fault){.outcome = HANDIN_OTHER_STUDENT};
    snprintf(h->fault.place, sizeof(h->fault.place), "%.255s", h->upload->from);
    snprintf(h->fault.reason, sizeof(h->fault.reason), "this is the lab of %s, handed in under the name of %s", s->id,
             h->student);
    return NULL;
}

/* What the bytes come to. Everything here has only memory. */
static json_t *look(struct hearing *h)
{
    struct claim claim = {0};
    if (h->fault.outcome == HANDIN_GOOD && !h->upload->folder)
        parcel_read(h->upload, &h->parcel, &h->fault);
    bool read = h->fault.outcome == HANDIN_GOOD && parcel_claim(&h->parcel, &claim, &h->fault);
    const struct student *owner = read ? owner_of(h, &claim) : NULL;
    json_t *out = NULL;
    if (owner && h->key)
        out = judged(h->key, h->class->language, &h->parcel, &claim);
    else if (owner) {
        out = json_object();
        json_put_text(out, "outcome", handin_names[HANDIN_GOOD]);
        if (claim.live)
            json_put(out, "startMs", json_integer((json_int_t)claim.start_ms));
    } else
        out = fault_record(&h->fault);
    json_put_text(out, "sha256", *h->parcel.sha256 ? h->parcel.sha256 : NULL);
    json_put_text(out, "student", owner ? owner->id : NULL);
    return out;
}

static void write_all(int fd, const char *s, size_t n)
{
    while (n) {
        ssize_t written = write(fd, s, n);
        if (written < 0)
            _exit(4);
        s += written;
        n -= (size_t)written;
    }
}

static void judge_here(struct hearing *h, int fd) __attribute__((noreturn));
static void judge_here(struct hearing *h, int fd)
{
    struct err e = {0};
    AUTO(str_drop) struct str text = {0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    apart_is_here(h->without);
    if (h->upload->folder) /* no archive is in it, only files to be read: that needs the disk */
        parcel_read(h->upload, &h->parcel, &h->fault);
    json_t *record = judge_confine(h->confinement, &e) ? look(h) : judge_error(h->upload->from, "%s", e.msg);
    str_add_json_value(&text, record);
    write_all(fd, str_text(&text), text.len);
    _exit(0); /* and nothing is flushed */
}

/* ---- in the parent ---- */

static bool ended_in_time(pid_t child, int *status)
{
    int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    struct pollfd wait = {.fd = pidfd, .events = POLLIN};
    int ready = pidfd < 0 ? 1 : 0;
    int64_t until = clock_monotonic_us() + (int64_t)JUDGE_WALL_MS * 1000;
    while (!ready && clock_monotonic_us() < until) {
        ready = poll(&wait, 1, JUDGE_WALL_MS);
        ready = ready < 0 && errno == EINTR ? 0 : ready;
    }
    if (!ready)
        kill(child, SIGKILL);
    if (pidfd >= 0)
        close(pidfd);
    while (waitpid(child, status, 0) < 0 && errno == EINTR)
        ;
    return ready;
}

/* NULL: it ended as it should. *ret_overrun: the statement that ended it, if one did. */
static json_t *bad_end(pid_t child, const char *from, int *ret_overrun)
{
    int status = 0;
    bool in_time = ended_in_time(child, &status);
    *ret_overrun = in_time && WIFEXITED(status) ? apart_overrun(WEXITSTATUS(status)) : -1;
    if (!in_time)
        return judge_error(from, "the judge did not end within %d s", JUDGE_WALL_MS / 1000);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        return judge_error(from, "the judge did what it must not, and was ended");
    if (WIFSIGNALED(status))
        return judge_error(from, "the judge was ended by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status))
        return judge_error(from, "the judge ended with status %d", WEXITSTATUS(status));
    return NULL;
}

/* What the child may have written there is taken back. */
static int write_instead(int fd, json_t *record)
{
    AUTO(str_drop) struct str text = {0};
    struct err ignored = {0};
    str_add_json_value(&text, record);
    json_decref(record);
    if (fd >= 0)
        close(fd);
    return memory_file(str_text(&text), text.len, &ignored);
}

/* One judge's record; -1 when there is no memory. */
static int hear(struct hearing *h, int *ret_overrun)
{
    struct err e = {0};
    int fd = memory_file(NULL, 0, &e);
    pid_t child = fd < 0 ? -1 : fork();
    *ret_overrun = -1;
    if (child < 0)
        return write_instead(fd, judge_error(h->upload->from, "%s", e.set ? e.msg : strerror(errno)));
    if (!child)
        judge_here(h, fd);
    json_t *bad = bad_end(child, h->upload->from, ret_overrun);
    return bad ? write_instead(fd, bad) : fd;
}

/* A statement that nothing else could end has ended its judge: the next one leaves it out, and the last of them all. */
int judge_upload(const struct class *class, const struct confinement *confinement, struct key *key, const char *student,
                 const struct arrival *upload)
{
    enum { JUDGES = 3 };
    struct hearing h = {.class = class, .confinement = confinement, .key = key, .student = student, .upload = upload};
    int overrun, record = hear(&h, &overrun);
    for (int i = 2; i <= JUDGES && overrun >= 0; i++) {
        if (record >= 0)
            close(record);
        h.without = i == JUDGES ? APART_ALL : h.without | UINT64_C(1) << overrun;
        record = hear(&h, &overrun);
    }
    return record;
}
