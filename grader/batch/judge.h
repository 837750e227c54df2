/* SPDX-License-Identifier: MIT */
/* Private: one upload judged in a process of its own. */
#pragma once

#include "grader/batch/batch.h"

#include <linux/filter.h>

enum { JUDGE_CPU_S = 30, JUDGE_WALL_MS = 120000, JUDGE_MEMORY_MIB = 2048, RECORD_MAX = 16 << 20 };

/* What a judge gives things up with: made once by who forks judges. */
struct confinement {
    struct sock_filter filter[512];
    unsigned short n;
    size_t memory; /* bytes of address space, as it was measured last */
    int failed;    /* errno: then no judge is confined, and none judges */
};
void confinement_make(struct confinement *);
void confinement_measure(struct confinement *); /* again, after who forks has grown */
/* Gives up everything but memory and the descriptors that are open. False if the system would not take it: then nothing of a
 * stranger's may be read. */
bool judge_confine(const struct confinement *, struct err *);

/* In a child that judges: {"outcome": "good", "student", "sha256", "facts", "report"}, or {"outcome": "truncated", "place",
 * "reason", ...}. With a key it is that of `student`; without, the record only says whose the upload is, and when a
 * live lab began ("startMs"). Whatever comes of
 * the child there is a record: one that crashes, hangs or does what it must not is outcome "error". A file of memory with the
 * record, which the child wrote: whoever reads it trusts nothing in it. -1 when there is no memory for one. */
int judge_upload(const struct class *, const struct confinement *, struct key *, const char *student, const struct arrival *);
/* {"outcome": "error", "place": from, "reason"}: a new reference. */
json_t *judge_error(const char *from, const char *fmt, ...) PRINTF(2, 3);

/* ---- key holders ---- */

/* How many students' keys a holder keeps: who was asked for longest ago is forgotten. The coordinator knows by the same rule
 * which holder has whose. */
#define KEYS_KEPT 8
struct recent {
    int students[KEYS_KEPT]; /* newest first; n of them */
    size_t n;
};
/* The student's place, made the newest: what stood before it moves back by one. *ret_was: where it was, or where what is
 * forgotten was (n not yet KEYS_KEPT: n). True if it was there. */
bool recent_use(struct recent *, int student, size_t *ret_was);
bool recent_has(const struct recent *, int student);

struct job {        /* one packet, with a descriptor beside it when the upload is bytes */
    int student;    /* of the roster; -1 = to be found */
    bool has_bytes; /* else it is a folder */
    size_t size;
    char from[512], owner[256] /* an id, or "" */, folder[3072];
    char sha256[65]; /* of the bytes; "" of a folder */
};
struct answer_packet { /* its descriptor holds the record, JSON */
    int student;
};
/* Serves jobs that come on the socket until it is closed. Forked off the coordinator; never returns. */
void holder_run(struct class *, const struct variants *, int socket) __attribute__((noreturn));
bool packet_send(int socket, const void *packet, size_t size, int fd);  /* fd -1 = none */
bool packet_take(int socket, void *packet, size_t size, int *ret_fd);   /* false at the end, too */
int memory_file(const void *bytes, size_t size, struct err *);          /* -1 with an error */
bool memory_fill(int fd, const void *bytes, size_t size, struct err *); /* with these bytes instead, and no others */
