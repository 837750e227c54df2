/* SPDX-License-Identifier: MIT */
/* Private: what the services' functions share: dates, sets, tags, paging, the usual look-ups. */
#pragma once

#include "sim/aws/aws.h"

#include <string.h>

json_t *date_iso(int64_t ms);                    /* "2025-10-14T13:00:00Z", of replies */
json_t *date_log_comma(int64_t ms);              /* "Oct 14, 2025, 1:00:00 PM", of KMS, SSM and CloudTrail */
json_t *date_log(int64_t ms);                    /* "Oct 14, 2025 1:00:00 PM", of IAM's, STS's and KMS's responseElements */
json_t *wrapped(const char *key, json_t *value); /* {key: value} */
json_t *items(json_t *list);                     /* {"items": [...]}, or {} for an empty list; EC2's sets */
json_t *text_list(const char *const *list, size_t n);
json_t *tags_reply(const struct tag *);                   /* [{"Key", "Value"}] */
struct tag *tags_read(struct call *, const json_t *list); /* [{"key"|"Key", "value"|"Value"}] or {"items": ...} */
void tags_add(struct tag **tags, struct tag *given);      /* each instead of what has its key; takes `given` apart */
void tag_drop(struct tag **tags, const char *key);
const char *kept(struct call *, const char *s); /* a copy in the world's arena; NULL stays NULL */
const char *text_or(const char *s, const char *otherwise);

/* A document that may come as a text or as a map, which scenarios give: a new reference; NULL if it is neither. In records it
 * is a text, however it came. */
json_t *document_given(const struct call *, const char *param);
void log_document_as_text(struct call *, const char *param);

/* ---- what is where the call is ---- */

struct instance *instance_here(const struct call *, const char *id); /* NULL if there is none in the call's region */
struct network network_here(const struct call *);
const char *instance_profile_arn(const struct call *, const char *name);

/* ---- lists ---- */

struct paging {                /* what a service calls it: */
    const char *most_param;    /* how many at the most; NULL = nobody may ask for less */
    const char *marker_param;  /* where to go on */
    const char *marker_key;    /* the same in the reply, for the next call */
    const char *truncated_key; /* is there more? NULL = the marker says so */
};
/* The reply {list_key: a page of `list`}: from the marker on, at most `most`, or fewer if asked for. Takes over `list`. */
void reply_page(struct call *, const char *list_key, json_t *list, int64_t most); /* maxResults, nextToken, NextToken */
void reply_page_by(struct call *, const struct paging *, const char *list_key, json_t *list, int64_t most);

/* EC2's filterSet {"items": [{"name", "valueSet": {"items": [{"value"}]}}]}: does the named text pass? */
struct filter_value {
    const char *name;
    const char *value; /* NULL = the thing has none */
};
/* True if every filter of the call names one of `values` and one of its patterns fits. False and a failed call when a
 * filter's name is not in `known`. */
bool filters_known(struct call *, const char *const *known);
bool filters_pass(const struct call *, const struct filter_value *values, size_t n);
/* Ids asked for in a set ("instancesSet" of "instanceId"); NULL when all are meant. New reference. */
json_t *asked_ids(const struct call *, const char *set, const char *member);
