/* SPDX-License-Identifier: MIT */
/*
 * A key holder: a process that makes students' keys, which needs the disk and costs more than judging, and forks a judge for
 * each upload, which inherits the key. The last few keys are kept: a student's attempts may come between others'.
 */
#include "grader/batch/judge.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- packets ---- */

bool memory_fill(int fd, const void *bytes, size_t size, struct err *e)
{
    const char *s = bytes;
    if (ftruncate(fd, (off_t)size))
        return err_set(e, "cannot keep %zu bytes in memory: %m", size);
    for (size_t at = 0; at < size;) {
        ssize_t n = pwrite(fd, s + at, size - at, (off_t)at);
        if (n < 0 && errno != EINTR)
            return err_set(e, "cannot keep %zu bytes in memory: %m", size);
        at += n < 0 ? 0 : (size_t)n;
    }
    return true;
}

int memory_file(const void *bytes, size_t size, struct err *e)
{
    int fd = memfd_create("upload", MFD_CLOEXEC);
    if (fd < 0) {
        err_set(e, "memfd_create: %m");
        return -1;
    }
    if (memory_fill(fd, bytes, size, e))
        return fd;
    close(fd);
    return -1;
}

union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

bool packet_send(int socket, const void *packet, size_t size, int fd)
{
    union control control = {0};
    struct iovec part = {(void *)packet, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof(control.bytes);
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        *head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(head), &fd, sizeof(fd));
    }
    ssize_t sent;
    do
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)size;
}

bool packet_take(int socket, void *packet, size_t size, int *ret_fd)
{
    union control control = {0};
    struct iovec part = {packet, size};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
    ssize_t got;
    *ret_fd = -1;
    do
        got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    struct cmsghdr *head = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
        memcpy(ret_fd, CMSG_DATA(head), sizeof(*ret_fd));
    return got == (ssize_t)size;
}

/* ---- keys ---- */

bool recent_has(const struct recent *r, int student)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->students[i] == student)
            return true;
    return false;
}

bool recent_use(struct recent *r, int student, size_t *ret_was)
{
    size_t at = 0;
    while (at < r->n && r->students[at] != student)
        at++;
    bool there = at < r->n;
    if (!there && r->n < KEYS_KEPT)
        r->n++;
    *ret_was = at < KEYS_KEPT ? at : KEYS_KEPT - 1;
    memmove(&r->students[1], &r->students[0], *ret_was * sizeof(r->students[0]));
    r->students[0] = student;
    return there;
}

enum { RECORD_MOST = 64 << 10 }; /* of one that says no more than whose an upload is */

struct holder {
    struct class *class;
    const struct variants *variants;
    struct recent recent;
    struct key *keys[KEYS_KEPT]; /* of the recent students, as far as they could be made */
    struct confinement confinement;
    struct held_back *held_back; /* of the class: made once, and never given up while keys are kept */
};

static const struct variant *variant_for(const struct holder *h, int student, struct err *e)
{
    const char *id = h->class->roster.list[student].id;
    const struct variant *variant = variants_of(h->variants, id);
    if (!variant)
        err_set(e, "the student '%s' has no variant", id);
    return variant;
}

static struct key *make_key(struct holder *h, int student, struct err *e)
{
    const struct variant *variant = variant_for(h, student, e);
    struct key *key = variant ? class_key(h->class, variant, e) : NULL;
    if (!key)
        return NULL;
    submission_begin(key);
    key_prepare(key, &h->held_back); /* judges open nothing */
    memory_trim();                   /* what is free here would be copied in each judge that uses it */
    confinement_measure(&h->confinement);
    return key;
}

static struct key *key_for(struct holder *h, int student, struct err *e)
{
    size_t was;
    bool there = recent_use(&h->recent, student, &was);
    struct key *key = h->keys[was];
    memmove(&h->keys[1], &h->keys[0], was * sizeof(struct key *));
    if (!there)
        key_free(&key);
    h->keys[0] = key ? key : make_key(h, student, e);
    return h->keys[0];
}

static int no_key(const struct job *job, const struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    struct err ignored = {0};
    json_auto_t *record = judge_error(job->from, "no key can be made for this student: %s", e->msg);
    str_add_json_value(&text, record);
    return memory_file(str_text(&text), text.len, &ignored);
}

/* A live lab has a key of its own, for which it must be known when it began: a judge tells. The record, when that is all. */
static struct key *live_key(struct holder *h, const struct job *job, const struct arrival *upload, int *ret_record,
                            struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    const struct student *student = &h->class->roster.list[job->student];
    const struct variant *variant = variant_for(h, job->student, e);
    int record = judge_upload(h->class, &h->confinement, NULL, student->id, upload);
    if (record < 0) {
        err_set(e, "there is no memory for a record");
        return NULL;
    }
    ssize_t n = pread(record, str_reserve(&text, RECORD_MOST), RECORD_MOST, 0);
    struct err unread = {0};
    text.len = n < 0 ? 0 : (size_t)n;
    str_addn(&text, "", 0);
    json_auto_t *said = json_read(str_text(&text), text.len, &unread);
    const json_t *start = json_object_get(said, "startMs");
    if (!text_same(json_str(said, "outcome"), handin_names[HANDIN_GOOD]) || !json_is_integer(start)) {
        *ret_record = record;
        return NULL;
    }
    close(record);
    struct key *key = variant ? class_key_live(h->class, variant, json_integer_value(start), e) : NULL;
    if (key)
        key_prepare(key, &h->held_back);
    confinement_measure(&h->confinement);
    return key;
}

/* A file of memory with the record; -1 when there is no memory. */
static int serve(struct holder *h, const struct job *job, int fd)
{
    struct err e = {0};
    struct arrival upload = {.from = job->from,
                             .owner = job->owner,
                             .by_lms = true,
                             .folder = job->has_bytes ? NULL : job->folder,
                             .size = job->size,
                             .sha256 = *job->sha256 ? job->sha256 : NULL};
    void *bytes = job->has_bytes && job->size ? mmap(NULL, job->size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (bytes == MAP_FAILED) {
        err_set(&e, "mmap: %m");
        return no_key(job, &e);
    }
    upload.bytes = bytes ? bytes : "";
    bool own_key = h->class->live && job->student >= 0;
    int record = -1;
    struct key *key = own_key             ? live_key(h, job, &upload, &record, &e)
                      : job->student >= 0 ? key_for(h, job->student, &e)
                                          : NULL;
    const char *student = job->student >= 0 ? h->class->roster.list[job->student].id : NULL;
    if (record < 0)
        record = e.set ? no_key(job, &e) : judge_upload(h->class, &h->confinement, key, student, &upload);
    if (own_key)
        key_free(&key);
    if (bytes)
        munmap(bytes, job->size);
    return record;
}

void holder_run(struct class *class, const struct variants *variants, int socket)
{
    struct holder h = {.class = class, .variants = variants};
    struct job job = {0};
    int fd = -1;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    confinement_make(&h.confinement);
    while (packet_take(socket, &job, sizeof(job), &fd)) {
        int record = serve(&h, &job, fd);
        if (fd >= 0)
            close(fd);
        struct answer_packet answer = {job.student};
        bool sent = record >= 0 && packet_send(socket, &answer, sizeof(answer), record);
        if (record >= 0)
            close(record);
        if (!sent)
            _exit(3);
    }
    _exit(0);
}
