/* SPDX-License-Identifier: MIT */
/*
 * Private to grader and the folders below it: what the build wrote. The same scenario, seed and events give the same bytes on
 * every machine, so the grader builds the lab once more and keeps each evidence file's hash; nothing that lies in a student's
 * directory is believed.
 */
#pragma once

#include "grader/rubric.h"

#include <pthread.h>

struct delivered_file {
    const char *path; /* within the lab: "s3/..." or "host/var/log/..." */
    uint64_t size;
    char sha256[65];
    char unpacked[65]; /* of a .gz: of what is in it; "" = not known */
    bool grows;        /* a log of the server: what was delivered must still be its beginning */
};
struct delivered_record { /* where the record of a marked step lies */
    const char *event_id, *path;
};
struct delivered {
    struct arena arena;
    struct delivered_file *files;
    size_t n, cap;
    struct delivered_record *records;
    size_t n_records, cap_records;
};
bool delivered_make(const struct play *, const struct play_options *, struct delivered *, struct err *);
/* The same for one who builds the lab anyway: between begin and end, delivered_take() is the `take` of its lab_plan. */
struct delivering {
    pthread_mutex_t lock;
    const struct play *story; /* whose marks are looked for */
    struct delivered made;
};
void delivered_begin(struct delivering *, const struct play *);
bool delivered_take(void *delivering, const struct made_file *, struct err *);
void delivered_end(struct delivering *, struct delivered *);
/* Keeps what was looked at for key_make_kept(), if such a rubric's key needs it. */
bool key_remember(const struct play *, const struct rubric *filled, int64_t events, const struct delivered *, const char *kept,
                  struct err *);
/* The same out of a file, if there is one that says the same of what it is (one line); and into it. */
bool delivered_load(const char *path, const char *of, struct delivered *);
bool delivered_save(const char *path, const char *of, const struct delivered *, struct err *);
const char *delivered_record_path(const struct delivered *, const char *event_id); /* NULL if not known */
void delivered_drop(struct delivered *);
/* Builds a lab aside and shows its folder, which is removed again. */
bool with_lab_aside(const struct scenario *, const struct play_options *, bool (*look)(void *, const char *dir, struct err *),
                    void *, struct err *);
/* A folder for what is written and soon gone: $TMPDIR; memory where there is plenty; /tmp. */
const char *place_aside(void);
/* One gzip member with nothing behind it: how large it says that it is once unpacked; and unpacked to where there is exactly so
 * much room. False for anything else, and in builds without libdeflate: then zlib has to say. */
bool unpack_size(const char *gz, size_t n, size_t *ret);
bool unpack_to(const char *gz, size_t n, char *to, size_t size);
/* False when the bytes are no whole gzip file of at most that size; what could be unpacked is in `text`. */
bool unpack_gzip(const struct str *gz, size_t most, struct str *text);
