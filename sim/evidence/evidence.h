/* SPDX-License-Identifier: MIT */
/*
 * Journal in, files out: one writer per artifact, in a table. Depends on world.
 *
 * A writer sees what happened (entries) and how the world ended up; it decides nothing. It is used twice: for a whole
 * lab, and for the tail that a student's own calls add ("first" below): log writers append, snapshots are rewritten.
 *
 * A server's logs, wtmp, utmp and shell histories are files of its tree. What it would show to somebody who looks at the
 * lab's end (ps, ss, who, w, uptime) lies beside the tree, in server/NAME/: a lab without a shell has its processes
 * and sessions there.
 */
#pragma once

#include "sim/world/world.h"

/* Everyday calls that change nothing skip the journal: each distinct call was rehearsed once (its entry is a shape),
 * an occurrence says when it happened again and in which session. */
struct everyday_call {
    const struct entry *shape; /* from act_rehearse(): parameters, outcome, user agent, TLS version */
    const struct service *service;
};
struct everyday_session { /* who, with which credentials, from where: userIdentity as text, prepared once */
    const char *identity; /* JSON */
    size_t len;
    struct origin from; /* its address; what the client says of itself is the shape's */
    bool console;
};
struct occurrence {
    int64_t time_ms;
    uint32_t call, session;
};
struct everyday {
    struct everyday_call *calls;
    size_t n_calls, cap_calls;
    struct everyday_session *sessions;
    size_t n_sessions, cap_sessions;
    struct occurrence *list; /* sorted by time, then call, then session */
    size_t n, cap;
};

struct service;       /* act.h: eventSource, eventVersion, host, apiVersion of a record. Looked up by `about`. */
struct record_facts { /* of an operation, as its table says */
    const char *source, *name, *version, *host, *api_version;
};
struct evidence_task {
    const struct world *w;
    const struct everyday *everyday;                                            /* may be NULL */
    bool (*about)(const struct world *, const char *op, struct record_facts *); /* the catalog's; called by all threads */
    struct seed seed;          /* for what the writers draw: file names, jitter, visitors */
    struct folder to;          /* written into: s3/, account/, server/ lie below. Zeroed, of `host` writers: the trees alone */
    size_t first;              /* index of the first journal entry to write; 0 = all */
    int64_t from_ms, until_ms; /* the evidence's span: history begins, lab ends */
    /* Time goes on, and until_ms is now: CloudTrail delivers what it would have by now, and continues where the run before
     * stopped (.cafelab/delivery.json says where; `first` does not matter: the journal and the everyday list are given whole).
     * Otherwise the clock stands at until_ms, and everything is delivered at once. */
    bool live;
    /* Live, and nobody wants to wait: what happened until until_ms is delivered now, and a digest that ends now (in whole
     * seconds) names it. Later runs go on from here; the digest after it ends when it would have. What happens later must not
     * be dated until_ms or before. Event history is no delivery: it follows as always. */
    bool flush;
    /* Where the account's writers say up to when everything was written that will ever be asked of the journal: entries until
     * then may leave memory for good. NULL = nobody wants to know. */
    int64_t *settled_ms;
    /* Of a bundle: what servers did by routine until then is told, and would be drawn otherwise from its own seed. Else 0. */
    int64_t routine_told_ms;
    /* A story goes on after this: what a guest's visit says later than until_ms waits. And the until_ms of such a run before.
     */
    bool midway;
    int64_t held_ms;
    struct account_plan *shared; /* private to the writers (cloudtrail.h): set while they run; else NULL */
    unsigned threads;            /* 0 = one per core. Any number gives the same bytes */
    bool unsigned_digests;       /* signatures are zeros: of a lab that nobody validates, since they are a tenth of the work */
    /* Gets the event history instead of the disk: head, blocks of whole events, tail, each by the thread that made it, so in
     * order where there is one. NULL = it is written. */
    bool (*history)(void *context, const char *lines, size_t n, struct err *);
    void *history_context;
    bool no_history;           /* there is none: of a lab whose delivered files alone are looked at */
    const char *visitors_site; /* "/cafe/": path of the website that visitors ask for, NULL = no web server */
};
struct writer {
    const char *name; /* "cloudtrail" */
    const char *says; /* one line: what it writes and where */
    bool host;        /* of the servers: adds to their trees (in memory; before they are saved) and to server/ */
    bool (*write)(const struct evidence_task *, struct err *);
};
extern const struct writer evidence_writers[]; /* ends with a NULL name */
/* Run all writers of one kind; both may run at the same time. The account's: s3/<bucket>/...,
 * account/event-history.json, .cafelab/delivery.json (where delivery stands: private to the writers) and
 * .cafelab/s3-metadata.jsonl: a line for each digest, {"Bucket", "Key", "Metadata": {"signature-algorithm", "signature": hex}},
 * as head-object would show it. The first run expects s3/ without any of its files: build aside and rename. A later one that
 * fails or is killed is repeated with the same `first`: it writes the same again. */
bool evidence_write_account(const struct evidence_task *, struct err *);
bool evidence_write_servers(const struct evidence_task *, struct err *);

/* One record as CloudTrail writes it, for event history, look-ups and feedback. */
void record_add(struct str *, const struct world *, const struct record_facts *, const struct entry *);
/* The LookupEvents form of an entry: {"EventId":..., "Resources":[...], "CloudTrailEvent":"{...}"}. */
void record_add_lookup(struct str *, const struct world *, const struct record_facts *, const struct entry *);

/* Does a trail deliver the entry's record? */
bool cloudtrail_takes(const struct evidence_task *, const struct entry *);
/* The key of the log file that holds the entry's record, before anything is written, and when that file is written: for a
 * story in which somebody deletes it. In the arena; NULL when no trail takes the record. Where a trail needs several files
 * for one mark (more than 600 records) it is the first of them. */
const char *cloudtrail_file_of(const struct evidence_task *, const struct entry *, struct arena *, int64_t *ret_written_ms);

/* Gzip of one buffer at once: ISA-L where the build has it, else zlib. Same bytes for same input and build. */
void gzip_add(struct str *out, const void *data, size_t n);
/* The same of a mixture, such as an archive with pictures in it: what is as good as random is stored as it is, which costs half
 * a per cent of it and saves whoever unpacks it nearly all the time. */
void gzip_add_mixed(struct str *out, const void *data, size_t n);
/* The same of parts that come one after the other: one member. What is packed already (gzip, JPEG, PNG by their first bytes) is
 * stored as it is. The end belongs to it: it frees. */
struct gzip_parts *gzip_parts_new(struct str *out);
void gzip_parts_add(struct gzip_parts *, const void *data, size_t n);
void gzip_parts_end(struct gzip_parts *);
/* The public key that digests are signed with, as PKCS#1 DER (what ListPublicKeys returns as Value), and its fingerprint as
 * digests name it: 32 hex digits. `der` may be NULL. The key pair is fixtures/cloudtrail/digest-key.pem. */
bool digest_public_key(struct str *der, char fingerprint[33], struct err *);
