/* SPDX-License-Identifier: MIT */
/*
 * A live lab: the same directory, going on while the student works in it. The host's clock is the lab's clock; scripted
 * steps come at their waits, log files on their marks. Depends on the rest of sim/lab.
 *
 * One process at a time holds a live lab. Everything here may be called from any thread: one lock is inside.
 * What was answered is on the disk: a kill at any moment loses nothing that anybody was told.
 */
#pragma once

#include "sim/lab/lab.h"

struct live;
struct live_options {
    unsigned pace; /* waits before scripted steps are divided by it; 0 = 1 */
};
/* Refuses a lab that is held by another process: the message names its pid and port. */
struct live *live_open(const char *dir, const struct live_options *, struct err *);
/* Writes down for others that this process serves the lab, and where. */
bool live_announce(struct live *, unsigned port, struct err *);
void live_close(struct live *); /* brings the files up to date; NULL is fine */
const char *live_dir(const struct live *);

/* ---- requests ---- */

struct live_caller { /* whom an access key stands for */
    struct principal who;
    const char *secret, *token; /* token NULL = none is needed */
    int64_t expires_ms;         /* 0 = never */
};
/* False: nobody has this key, or it is not active. Texts in the arena. */
bool live_caller(struct live *, const char *access_key_id, struct arena *, struct live_caller *out);
struct live_answer {                                     /* zeroed = nothing yet */
    json_t *reply;                                       /* owned; NULL = none */
    const char *error_code, *error_message, *request_id; /* in the arena given */
};
/* Acts, and returns when the entry is on the disk. False: it could not be written; nothing has happened then as far as
 * the caller may know. */
bool live_act(struct live *, const struct action *, struct arena *, struct live_answer *, struct err *);
struct live_student { /* the keys that the student is handed; texts in the arena */
    const char *access_key_id, *secret, *region;
};
bool live_student(struct live *, struct arena *, struct live_student *out); /* false: there is no key any more */
struct live_account {                                                       /* texts in the arena */
    const char *id, *region;
};
void live_account(struct live *, struct arena *, struct live_account *out);
/* An id for the temporary credentials of a new console session. Nobody can ask for these: their id is all there is of them. */
const char *live_console_key(struct live *, struct arena *, struct err *); /* NULL: the system gave no random bytes */
bool live_has_bucket(struct live *, const char *name);
/* Where the bytes of an object's version are: by id, "null", or NULL for the current one. NULL: there is none. */
const char *live_object_file(struct live *, struct arena *, const char *bucket, const char *key, const char *version);
/* The address that the student's requests come from (there is nobody else on loopback). */
const char *live_student_ip(struct live *, struct arena *);
const char *live_server_ip(struct live *, struct arena *); /* and those that come from a shell on its server */
/* May a stranger's browser reach the web server's port 80 now, and does httpd answer there? */
bool live_site_open(struct live *);
struct live_visit {                        /* texts as received; NULL = not said */
    const char *request, *referer, *agent; /* "GET /cafe/ HTTP/1.1" */
    unsigned status;
    uint64_t size; /* of the body */
};
void live_visit(struct live *, const struct live_visit *); /* a line in the server's access_log, from the student's address */
struct live_file {
    const char *data; /* in the arena given */
    size_t size;
    int64_t mtime_ms;
};
/* A regular file of the web server, as it is now. False: there is none. */
bool live_file(struct live *, const char *path, struct arena *, struct live_file *out);

/* What `cafelab call` asks of who serves the lab: {"op", "params"} and, if need be, "as" and "on", see lab_call().
 * {"reply"}, or {"errorCode", "errorMessage"} of a refusal; a new reference. NULL: it could not be tried. Files and views
 * have followed when it returns. */
json_t *live_call(struct live *, const json_t *asked, struct err *);

/* ---- time ---- */

/* Does what is due: scripted steps, deliveries, files and views. Returns when to come again (ms since 1970). */
int64_t live_tick(struct live *, int64_t now_ms);
/* The next scripted steps, and the deliveries of what they left, happen now: waits before them are over. */
bool live_skip(struct live *, struct err *);
