/* SPDX-License-Identifier: MIT */
/*
 * Private: from what happened to what CloudTrail delivers.
 *
 *   stock   the everyday calls, and the calls that CloudTrail itself makes, as templates
 *   plan    which record goes into which file: regions' streams of records, cut at marks five minutes apart
 *   files   the plan's files, written
 *   state   .cafelab/delivery.json: where delivery stands, so that the student's own calls can be added
 *   digest  the hourly chain of signed digests over the files
 */
#pragma once

#include "sim/evidence/template.h"

#define MARK_MS 300000       /* log files are delivered on marks five minutes apart */
#define HOUR_MS 3600000      /* digests */
#define MOST_LAG 150000      /* a file reaches so far before its mark at the least */
#define RECORDS_PER_FILE 600 /* more become several files with one stamp (genuine ones hold up to 622) */

/* ---- what a record is ---- */

enum ref_kind { REF_ENTRY, REF_OCCURRENCE, REF_SERVICE, REF_BRIEF };
struct ref {
    int64_t time_ms;
    uint32_t index; /* in the journal, the everyday list, the plan's service calls, or the journal's briefs */
    enum ref_kind kind;
};

/* ---- stock: everything that is emitted by template ---- */

struct stock_call {
    const struct entry *shape;
    struct record_facts facts;
    bool known; /* facts were found: otherwise CloudTrail does not know the operation */
};
struct stock {
    const struct evidence_task *task;
    struct arena arena;
    struct caller *callers; /* the everyday sessions; the last is CloudTrail itself */
    size_t n_callers;
    struct stock_call *calls; /* the everyday calls; then for each logging span GetBucketAcl and GenerateDataKey */
    size_t n_calls, n_everyday;
    struct template *templates[2]; /* plain, lookup: call * CLIENTS + client; made when stock_prepare() says so */
    uint64_t salt;
};
#define CLIENTS 4
void stock_open(struct stock *, const struct evidence_task *);
void stock_drop(struct stock *);

/* ---- plan ---- */

struct service_call { /* made by CloudTrail for a delivery */
    int64_t time_ms;
    uint32_t call; /* in the stock */
    const struct logging_span *span;
    const char *region; /* that logs it */
    const char *object; /* key of the file that was delivered */
    uint64_t number;    /* its ids are drawn from it */
};
struct stream { /* all records of one region, by time */
    const char *region;
    struct ref *list;
    size_t n, cap;
    struct ref *service; /* CloudTrail's own calls: they come up while files are planned */
    size_t n_service, cap_service;
};
struct channel { /* what one trail delivers of one region in one of its spans */
    const struct logging_span *span;
    struct stream *stream;
    bool *calls;  /* which of the stock's calls it lets through */
    bool goes_on; /* from another span of the trail: see span_covers() */
    struct chance phase;
    int64_t mark_ms, lag_ms; /* records up to lag before the mark are in its files */
    size_t next, next_service;
};
struct log_file {
    const struct channel *channel;
    int64_t stamp_ms, written_ms;
    const char *key;                           /* in the bucket */
    size_t from, to, service_from, service_to; /* of the channel's stream */
    bool takes_all;                            /* everything in there */
    unsigned part, parts;
    uint64_t number;
    /* known once it is written */
    size_t n;
    int64_t newest_ms, oldest_ms;
    char hash[65]; /* SHA-256 of the text; only if the trail wants digests */
};
struct chain {                                                    /* digests of one trail and region so far */
    const char *trail, *region, *bucket, *key, *hash, *signature; /* of the newest digest; key NULL = none yet */
    int64_t end_ms;                                               /* of the newest, or where the first window begins */
    int64_t hour_ms; /* the same, but for those out of turn: full hours are counted from here */
};
struct waiting { /* a file that no digest names yet */
    const char *trail, *region, *bucket, *key, *hash;
    int64_t newest_ms, oldest_ms, written_ms;
    bool named; /* by now one does */
};
struct deleted_file { /* delivered, and deleted by somebody; texts are the journal's */
    const char *bucket, *key;
    int64_t time_ms;
};
struct plan {
    struct arena arena;
    const struct evidence_task *task;
    struct stock *stock;
    size_t first_occurrence; /* of everyday life that its streams hold */
    struct stream *streams;
    size_t n_streams, cap_streams;
    struct channel *channels;
    size_t n_channels, cap_channels;
    struct service_call *service;
    size_t n_service, cap_service;
    struct log_file *files; /* in order of delivery */
    size_t n_files, cap_files;
    int64_t mark_ms;    /* the newest one; 0 = none yet */
    int64_t flushed_ms; /* what happened until then was delivered without waiting for its mark; 0 = never */
    int64_t told_ms;    /* event history holds what happened until then; 0 = nothing yet */
    int64_t tell_ms;    /* and now until then: CloudTrail's own calls may still come up for what is later */
    struct chain *chains;
    size_t n_chains, cap_chains;
    struct waiting *waiting;
    size_t n_waiting, cap_waiting;
    struct deleted_file *deleted; /* in order of time */
    size_t n_deleted, cap_deleted;
    int journal; /* its file, to recall what is there alone; -1 = there is none */
};
/* `unlogged`: its streams hold what happened before anybody logged, too. */
bool plan_open(struct plan *, struct stock *, bool unlogged, struct err *);
void plan_drop(struct plan *);
/* What event history and log files are both written from. */
struct account_plan {
    struct stock stock;
    struct plan plan;
    bool made;
};
/* The one that the task's writers share, or `own` where one writes alone; made, if it was not yet, with templates of these
 * forms at least. NULL with an error. */
struct account_plan *account_plan(const struct evidence_task *, struct account_plan *own, unsigned forms, struct err *);
void account_plan_drop(struct account_plan *);
/* The record of a reference is one that this channel delivers. */
bool channel_takes(const struct channel *, const struct plan *, const struct ref *);
void stream_add_service(struct stream *, struct ref); /* in its place */
/* The entry of a reference, one that is in the journal's file alone in `room`, for recalled_drop(). NULL with an error. */
const struct entry *plan_entry(const struct plan *, const struct ref *, struct recalled *room, struct err *);

/* Makes the templates that the plan's records need, in one form or both; before threads start. */
enum stock_forms { STOCK_PLAIN = 1, STOCK_LOOKUP = 2 };
void stock_prepare(struct stock *, const struct plan *, unsigned forms);
/* What emits a reference: false for an entry, which is written by record_add(). */
bool stock_find(const struct stock *, const struct plan *, const struct ref *, bool lookup, const struct template **,
                const struct caller **, struct moment *);

struct placed { /* a record in the order of its file */
    int64_t arrival_ms;
    struct ref ref;
};
struct hand { /* what one thread writes log files with */
    struct gzip_coder *gzip;
    struct emitter emitter;
    struct str text, gz, path, folder_path;
    int folder; /* at folder_path; -1 = none yet */
    struct placed *list;
    size_t n, cap;
    struct err failed; /* a record could not be read from the journal's file */
};
void *hand_new(void *plan);
void hand_drop(void *hand);
void hand_write(struct hand *, const struct plan *, const struct log_file *); /* the file's text, uncompressed */
bool files_write(struct plan *, struct err *);
void deleted_find(struct plan *);
bool deleted_is(const struct plan *, const char *bucket, const char *key, int64_t written_ms); /* after it was written */
void deleted_remove(const struct plan *); /* from the disk, those of earlier runs */
struct packed {                           /* what an object below s3/ is made of */
    const struct str *gz, *text;
    const char *hash; /* SHA-256 of the text; NULL = not known */
    int64_t mtime_ms;
};
/* The object; and the folder that it goes into (`made` remembers the last one). */
bool lab_object_write(const struct plan *, const char *bucket, const char *key, const struct packed *, struct err *);
bool lab_folder_make(const struct plan *, const char *bucket, const char *key, struct str *made, struct err *);
bool state_read(struct plan *, struct err *);
bool state_parse(struct plan *, const char *text, size_t len, struct err *); /* on an error the plan is good for plan_drop() */
bool state_write(const struct plan *, struct err *);
bool digests_write(struct plan *, struct err *);
