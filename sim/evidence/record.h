/* SPDX-License-Identifier: MIT */
/*
 * Private: one CloudTrail record, and what varies in it from one call to the next.
 *
 * There is one function that knows the order of keys. It writes a record either with the entry's own facts, or with marks in
 * their places; from the latter a template is made (template.h), so that everyday records cannot look otherwise than others.
 */
#pragma once

#include "sim/evidence/evidence.h"

#define OBJECT_GOES_HERE "(object)" /* in the shape of a call that is about another object each time */
enum record_client {                /* how the call reached AWS: decides on tlsDetails and sessionCredentialFromConsole */
                     CLIENT_TLS12,
                     CLIENT_TLS13,
                     CLIENT_CONSOLE, /* the console's back end called for somebody */
                     CLIENT_SERVICE, /* an AWS service called, for itself or for somebody */
};
struct record_parts {
    const char *identity;                          /* JSON */
    const char *time;                              /* 2025-10-14T13:00:00Z */
    const char *ip, *agent;                        /* JSON strings, quoted */
    const char *request_id, *event_id, *shared_id; /* NULL = the record has none */
    const char *in_request_id;                     /* stands for the entry's request id inside the bodies; NULL = itself */
    const char *in_amz_id;                         /* stands for the value of "x-amz-id-2"; NULL = itself */
    const char *in_object;                         /* stands for OBJECT_GOES_HERE inside the bodies; NULL = nothing does */
    enum record_client client;
};
void record_add_parts(struct str *, const struct world *, const struct record_facts *, const struct entry *,
                      const struct record_parts *);
/* userAgent as the record shows it: S3 puts what a client sent in brackets. Appends a quoted JSON string. */
void record_add_agent(struct str *, const struct record_facts *, const char *agent, bool by_service);
bool record_is_s3(const struct record_facts *);

/* The LookupEvents form: `head` is what differs by caller. */
struct lookup_head {
    const char *event_id, *time;
    const char *access_key, *user_name; /* JSON members with a comma ("\"Username\":\"ada\","), or "" */
};
void lookup_add_head(struct str *, const struct record_facts *, const struct entry *, const struct lookup_head *);
void lookup_add_key(struct str *, const json_t *identity);     /* the member for lookup_head.access_key */
void lookup_add_name(struct str *, const json_t *identity);    /* and for user_name */
void lookup_add_resources(struct str *, const struct entry *); /* "Resources":[...] */
