/* SPDX-License-Identifier: MIT */
/*
 * Private: everyday records at the speed of copying. A record that comes again and again is written once, with marks where it
 * varies (record.h); cut at the marks it becomes a list of pieces; an occurrence is the pieces copied one after the other,
 * with its own time and ids between them. No JSON is built or escaped on the way.
 */
#pragma once

#include "sim/evidence/record.h"

/* What a piece is. Those up to the caller's end are the caller's texts, the others are made for each occurrence. */
enum slot {
    SLOT_IDENTITY,
    SLOT_IP,
    SLOT_KEY, /* LookupEvents' AccessKeyId and Username */
    SLOT_NAME,
    CALLER_SLOTS,
    SLOT_TEXT = CALLER_SLOTS, /* the template's own */
    SLOT_TIME,
    SLOT_EVENT_ID,
    SLOT_REQUEST_ID,
    SLOT_S3_REQUEST_ID,
    SLOT_SHARED_ID,
    SLOT_AMZ_ID,
    SLOT_OBJECT, /* the key of the log file that a service's call was about */
};
struct piece {
    enum slot slot;
    bool escaped; /* stands inside a JSON string */
    size_t at, len;
};
struct template
{
    struct str text;
    struct piece *list;
    size_t n, cap;
    size_t fixed; /* bytes of everything but the caller's texts and the object */
    bool has_object;
};
struct caller {
    struct str plain[CALLER_SLOTS], escaped[CALLER_SLOTS];
    size_t most; /* no record holds more bytes of it */
    bool console, service;
};
struct moment { /* one occurrence */
    int64_t time_ms;
    uint64_t number; /* its ids are drawn from it */
    const char *object;
    size_t object_len;
};
struct emitter {   /* of one thread */
    uint64_t salt; /* of the ids; from emitter_salt() */
    int64_t day;
    char date[24]; /* "2025-10-14T00:00:00Z" of that day */
};

uint64_t emitter_salt(const struct seed *);
void caller_set(struct caller *, const char *identity, size_t len, const char *ip, bool console);
enum record_client caller_client(const struct caller *, const struct entry *shape); /* when it makes calls of this shape */
void caller_drop(struct caller *);
/* The record of an entry's kind as a client makes it, in the forms of log files and of LookupEvents. The templates are zeroed;
 * NULL = that form is not wanted. */
void template_set(struct template *plain, struct template *lookup, const struct world *, const struct record_facts *,
                  const struct entry *, enum record_client);
void template_drop(struct template *);
size_t template_size(const struct template *, const struct caller *, const struct moment *);
/* Writes exactly template_size() bytes, and returns where they end. */
char *template_emit(const struct template *, const struct caller *, struct emitter *, const struct moment *, char *to);
/* Appends them (and, to save time, no NUL). */
void template_add(struct str *, const struct template *, const struct caller *, struct emitter *, const struct moment *);
