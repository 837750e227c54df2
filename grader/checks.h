/* SPDX-License-Identifier: MIT */
/*
 * Private to grader and the folders below it: checks of the state that the student left behind. A kind is a row: its name, its
 * parameters as a table of fields, and one function that says what was expected, what it found, whether that is good, and where
 * it is to be seen. To add a kind write the row and the function, and put it into the list in checks.c.
 */
#pragma once

#include "grader/known.h"

struct delivered_file;
struct delivered; /* what the build wrote, by file (delivered.h) */

typedef void delivered_file_fn(void *context, const char *path, const char *bytes, size_t n); /* "s3/b/AWSLogs/..." */

struct scene { /* what a check may look at */
    struct arena *arena;
    const struct scenario *scenario;
    struct world *then;      /* as delivered: the story played again */
    struct world *now;       /* as submitted: the journal replayed, files as they are */
    const struct play *play; /* whose world `then` is; NULL in tests without one */
    const char *dir;         /* the lab directory; NULL = none */
    /* Without one: how a file of the evidence differs from what was delivered, NULL when it does not; its context. */
    const char *(*altered)(const void *handed, const struct delivered_file *);
    const void *handed;
    void (*each)(const void *handed, delivered_file_fn *, void *context); /* of a live one: see struct submission */
    const struct str *signer;                                             /* of digests, DER; NULL = it is read */
    const struct delivered *delivered;                                    /* NULL = not known */
    struct known *known;  /* of bytes of `then` and `play`; NULL in tests without */
    bool live;            /* the trail's files came while people worked: see trail_files.h */
    const char *language; /* of clauses; NULL = English */
    size_t built_entries; /* of the submission's journal: the rest is the student's */
};

struct result {           /* of one condition; zeroed = nothing said yet */
    const char *language; /* of its clauses, as far as they have it; NULL = English */
    bool good;
    bool broken; /* could not be decided: `found` says why. Never counts as failed */
    struct str expected, found;
    struct exhibit *evidence;
    size_t n_evidence, cap_evidence;
};
void result_drop(struct result *);
/* Each adds a clause, joined by "; ". */
void expected(struct result *, const char *fmt, ...) PRINTF(2, 3);
void found(struct result *, const char *fmt, ...) PRINTF(2, 3);
/* Cites; texts must live in the scene's arena or longer. */
void cite(struct result *, const struct exhibit *);
void cite_line(struct scene *, struct result *, const struct server *, const char *path, unsigned line, const char *text);
void cite_entry(struct scene *, struct result *, const struct entry *);

/* Runs a condition with all that is joined in it. */
void condition_run(struct scene *, const struct condition *, struct result *);

struct check_kind {
    const char *name, *says; /* says: one line for the guide */
    const struct fields *params;
    void (*lint)(struct decoder *, const struct node *, const void *params); /* beyond the table; may be NULL */
    void (*run)(struct scene *, const void *params, struct result *);
};
extern const struct check_kind *const check_kinds[]; /* ends with NULL */
extern const struct check_kind check_access_key, check_bucket, check_call, check_evidence, check_file, check_iam_policy,
    check_iam_user, check_login, check_os_user, check_permission, check_process, check_region, check_security_group,
    check_service, check_session, check_sshd, check_trail, check_unchanged;

decode_fn decode_what;      /* of a check: sets what; out is the struct check; arg: the struct check_kind */
decode_fn decode_operation; /* const char *: one that there is */
decode_fn decode_file_mode; /* of a file check: sets its mode */
decode_fn decode_part;      /* a pointer to a struct that may be absent; arg: its table */

/* ---- looking ---- */

/* The server now; a result that is broken when it is gone. */
struct server *scene_server(struct scene *, const char *name, struct result *);
/* Servers by where their trees lie in the lab: "host". */
const char *lab_path(struct scene *, const struct server *, const char *path);
/* The uid that the OS account had when the lab was delivered, else the one it has now. */
bool scene_uid(struct scene *, const char *server, const char *user, unsigned *ret_uid);
/* The newest successful entry of this operation whose params or response hold `text`; NULL if none. */
const struct entry *entry_about(const struct world *, const char *op, const char *text);

struct line { /* of a file */
    const char *s;
    size_t n;
    unsigned number;
};
bool next_line(const struct file *, struct line *); /* start with a zeroed one */
const char *line_text(struct arena *, const struct line *);

/* Does the name match one of the globs, or lie below one of them? */
bool excepted(const struct texts *globs, const char *path);
