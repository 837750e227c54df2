/* SPDX-License-Identifier: MIT */
/*
 * The account and its servers as they are now, and the append-only journal of what happened. Depends on base.
 * Callers include this header alone; servers, the journal and lists have parts of it to themselves.
 *
 * Only act() changes a world. The journal is the truth: replaying it gives the same world. Files of a server are the
 * one exception (see struct tree): on disk the tree under host/ is the truth, however it was changed.
 *
 * Everything lives in the world's arena until world_drop(); a removed thing is unlinked, not freed, so pointers taken
 * before stay readable. Collections are intrusive lists in order of creation; those that may grow long are rolls. Texts are
 * never NULL unless said so.
 * JSON documents are counted, so each one that is put into the world is given to world_keep(), which releases it in
 * the end: `bucket->policy = world_keep(w, json_deep_copy(document))`. Replaced ones are not released before.
 * Field names follow the AWS API references (IAM, EC2, S3, CloudTrail, KMS) in snake case.
 */
#pragma once

#include "sim/base/base.h"
#include "sim/world/journal.h"
#include "sim/world/roll.h"
#include "sim/world/server.h"

/* ---- IAM ---- */

struct policy_doc { /* an inline policy, or one attached: managed ones are shared, and in a roll */
    struct policy_doc *next, *prev;
    const char *arn; /* managed; NULL = inline */
    const char *name;
    const char *path, *description; /* managed; NULL = "/", none */
    const char *policy_id;          /* ANPA.. */
    json_t *document;               /* NULL when the account only knows an AWS managed policy's name: see managed_policy() */
    int64_t created_ms;
};
struct attachment { /* of a managed policy */
    struct attachment *next;
    struct policy_doc *policy;
};
struct access_key {
    struct access_key *next;
    const char *id, *secret;
    bool active;
    int64_t created_ms, last_used_ms; /* 0 = never */
    const char *last_service, *last_region;
};
#define INSTANCE_SESSION_S 21600 /* of an instance's role */
struct session_key {             /* temporary credentials that STS gave out; kept when they have expired */
    struct session_key *next, *prev;
    const char *id, *secret, *token; /* ASIA.. */
    struct principal who;            /* what requests signed with them act as */
    int64_t expires_ms;
};
struct mfa_device {
    struct mfa_device *next;
    const char *serial; /* arn:aws:iam::<account>:mfa/<name> */
    int64_t enabled_ms;
};
struct tag {
    struct tag *next;
    const char *key, *value;
};
struct user {
    struct user *next, *prev;
    const char *name, *path, *id, *arn; /* AIDA.. */
    int64_t created_ms, password_last_used_ms;
    bool has_login_profile, password_reset_required;
    const char *password;
    int64_t login_profile_ms;
    struct access_key *keys;
    struct policy_doc *inline_policies;
    struct attachment *attached;
    struct mfa_device *mfa;
    struct tag *tags;
};
struct membership {
    struct membership *next, *prev;
    const char *user_id; /* names change */
    struct user *user;
};
struct group {
    struct group *next, *prev;
    const char *name, *path, *id, *arn; /* AGPA.. */
    int64_t created_ms;
    ROLL(membership, members);
    struct policy_doc *inline_policies;
    struct attachment *attached;
};
struct role {
    struct role *next, *prev;
    const char *name, *path, *id, *arn; /* AROA.. */
    const char *description;            /* NULL = none */
    int64_t created_ms, max_session_s;
    json_t *trust;
    struct policy_doc *inline_policies;
    struct attachment *attached;
};

/* ---- EC2 ---- */

struct sg_rule {
    struct sg_rule *next;
    const char *id; /* sgr-.. */
    bool egress;
    const char *protocol;                 /* "tcp", "udp", "icmp", "-1" */
    int from_port, to_port;               /* -1 = all */
    const char *cidr4, *cidr6, *group_id; /* exactly one */
    const char *description;              /* NULL = none */
};
struct security_group {
    struct security_group *next, *prev;
    const char *id, *name, *description, *vpc_id;
    struct sg_rule *rules;
    struct tag *tags;
};
struct instance {
    struct instance *next, *prev;
    const char *id, *reservation_id, *image_id, *type, *key_name;   /* key_name NULL = none */
    const char *vpc_id, *subnet_id, *zone, *private_ip, *public_ip; /* public_ip NULL = none */
    const char *eni_id, *volume_id;
    const char *state;                  /* pending running stopping stopped shutting-down terminated */
    const char *profile_role;           /* role of the instance profile; NULL = none */
    bool keep;                          /* disableApiTermination */
    bool tokens_required, metadata_off; /* of its metadata: HttpTokens "required", HttpEndpoint "disabled" */
    int hops;                           /* HttpPutResponseHopLimit; 0 = 1 */
    int64_t launched_ms;
    struct security_group *groups[5];
    size_t n_groups;
    struct tag *tags;
    const char *server;    /* the simulated server that it runs; NULL = none */
    const char *user_data; /* base64, as the API has it; NULL = none */
};
struct key_pair {
    struct key_pair *next, *prev;
    const char *id, *name, *type, *fingerprint, *region; /* key-..; "rsa", "ed25519" */
    int64_t created_ms;
    struct tag *tags;
};
struct network { /* one VPC with its subnets: enough for the describe calls */
    const char *vpc_id, *vpc_cidr, *igw_id, *rtb_id, *acl_id;
    const char *subnet_ids[3], *subnet_cidrs[3], *zones[3];
};

/* ---- S3 ---- */

#define OBJECT_VERSION_ID 32 /* characters of a version's id */
#define OBJECT_VERSION_ALPHABET ALPHABET_ALNUM "._"
struct object {
    struct object *next, *prev;
    const char *key;
    uint64_t size;
    const char *etag; /* MD5 in hex, without quotes */
    const char *data; /* `size` bytes; NULL when only its size is known */
    int64_t modified_ms;
    const char *kms_key;       /* ARN of what it is encrypted with; NULL = S3's own key */
    json_t *headers;           /* that its PUT came with and GETs give back: {"content-type", "x-amz-meta-..."}; NULL = none */
    const char *storage_class; /* NULL = STANDARD */
    struct tag *tags;
    const char *acl;     /* canned; NULL = private */
    const char *version; /* NULL = "null": put while its bucket was not versioned */
    bool marker;         /* of a deletion: it has no bytes */
    bool delivered;      /* by a trail: its file is in the lab's s3/, or in .cafelab/superseded/ if it is an older version */
    bool missed;         /* while lab looks whether that is still so */
};
struct upload_part {
    struct upload_part *next; /* sorted by number */
    int64_t number, modified_ms;
    uint64_t size;
    const char *etag;
};
struct upload { /* in parts, begun and neither completed nor aborted */
    struct upload *next;
    const char *id, *key;
    int64_t started_ms;
    struct object said; /* what the object will be but for its bytes */
    struct upload_part *parts;
};
struct bucket {
    struct bucket *next, *prev;
    const char *name, *region;
    int64_t created_ms;
    json_t *policy;         /* NULL = none */
    json_t *encryption;     /* ServerSideEncryptionConfiguration; NULL = the default, SSE-S3 */
    json_t *public_block;   /* PublicAccessBlockConfiguration; NULL = none */
    json_t *logging;        /* LoggingEnabled; NULL = none */
    const char *ownership;  /* "BucketOwnerEnforced" (no ACLs but the owner's), "BucketOwnerPreferred", "ObjectWriter" */
    const char *versioning; /* "", "Enabled", "Suspended" */
    int64_t versioned_ms, suspended_ms; /* when that was first enabled, and last suspended; 0 = never */
    const char *acl;                    /* canned: "private", ... */
    struct tag *tags;
    ROLL(object, objects); /* sorted by key. Those that operations put; delivered logs are files */
    struct object *older;  /* versions that are not current, and markers: by key, newest first; see bucket_supersede() */
    struct upload *uploads;
};

/* ---- KMS ---- */

struct kms_key {
    struct kms_key *next, *prev;
    const char *id, *arn, *description, *state; /* Enabled Disabled PendingDeletion */
    const char *manager;                        /* CUSTOMER or AWS */
    struct tag *tags;
    json_t *policy;
    int64_t created_ms, deletion_ms;
    bool rotation;
};
struct kms_alias {
    struct kms_alias *next, *prev;
    const char *name; /* alias/.. */
    struct kms_key *key;
    int64_t created_ms;
};

/* ---- CloudTrail ---- */

struct trail {
    struct trail *next;
    const char *name, *arn, *bucket, *prefix, *home_region; /* prefix "" = none */
    struct kms_key *key;                                    /* NULL = not encrypted by KMS */
    bool multi_region, global_events, validation, logging;
    json_t *selectors;                          /* eventSelectors as last put; NULL = management events, read and write */
    int64_t created_ms, started_ms, stopped_ms; /* 0 = never */
    struct tag *tags;
};
/* When a trail was logging, and how it was set at the time: whatever changes its settings ends a span and begins the next.
 * Oldest first, never removed. All that is delivered follows from spans: log files, digests, and what the service itself
 * does for them (GetBucketAcl on the bucket, GenerateDataKey with the key), which sim/evidence draws; the journal has none. */
struct logging_span {
    struct logging_span *next;
    struct trail *trail;            /* stays readable after DeleteTrail */
    int64_t from_ms, to_ms;         /* to_ms INT64_MAX = still */
    bool management, reads, writes; /* what its selectors let through */
    bool data_events;               /* some: of which objects, its selectors say */
    json_t *selectors;              /* eventSelectors; NULL = management events */
    const char *bucket, *prefix;
    bool validation;
    struct kms_key *key; /* NULL = SSE-S3 */
    bool multi_region, global_events;
};
/* Is that time in the span? Its end is, with what ended it: new settings are for what comes after. Its beginning is only
 * if no other span of the trail ends there. */
bool span_covers(const struct logging_span *, int64_t time_ms, bool goes_on);
/* Do the span's selectors take this data event of S3? `key` NULL: it is about the bucket's objects as such. */
bool span_takes_object(const struct logging_span *, const char *bucket, const char *key, bool read_only);
bool span_goes_on(const struct logging_span *all, const struct logging_span *); /* from another one, without a gap */

/* ---- Athena, SSM: what list calls return ---- */

enum query_state { QUERY_QUEUED, QUERY_RUNNING, QUERY_SUCCEEDED, QUERY_FAILED, QUERY_CANCELLED };
struct query_execution { /* SQL runs outside of the world; who ran it says what came of it: query:Ended */
    struct query_execution *next, *prev;
    const char *id, *sql, *workgroup, *database;        /* database "" = none */
    const char *output;                                 /* s3://bucket/prefix/<id>.csv, .txt for what is no query */
    const char *statement;                              /* "DML", "DDL", "UTILITY" */
    const char *token;                                  /* of the client, for a call that is sent again; NULL = none */
    struct principal who;                               /* who writes its result */
    enum query_state state;                             /* QUERY_RUNNING is known to who runs it only: a replay has it queued */
    const char *reason;                                 /* of a failure */
    int64_t submitted_ms, ended_ms, engine_ms, scanned; /* scanned: bytes of logs; ended_ms 0 = not yet */
};
struct named_query { /* a saved query */
    struct named_query *next, *prev;
    const char *id, *name, *description, *database, *sql, *workgroup; /* description NULL = none */
};
struct workgroup {
    struct workgroup *next, *prev;
    const char *name, *description; /* description "" = none */
    const char *output;             /* s3://..; NULL = none */
    bool enforced;                  /* its settings override those of calls */
    int64_t created_ms;
};
struct ssm_command {
    struct ssm_command *next, *prev;
    const char *id, *document, *comment, *status; /* Success, Failed, Undeliverable, Cancelled */
    json_t *instance_ids, *commands;
    json_t *results; /* [{"instanceId", "status", "exitCode", "stdout", "stderr"}], one for each instance */
    int64_t requested_ms;
};
struct ssm_session {
    struct ssm_session *next, *prev;
    const char *id, *target, *owner; /* ARN of who started it */
    long os_session;                 /* on the target's server; 0 = the target is no simulated server */
    int64_t started_ms, ended_ms;    /* ended_ms 0 = alive */
};

struct account {
    const char *id, *region, *alias;
    const char *key_prefix; /* 8 characters that nearly all ids of one account share (genuine logs) */
    const char *report;     /* the credential report as generated, CSV; NULL = none */
    int64_t report_ms;
    ROLL(session_key, session_keys);
    ROLL(user, users);
    struct index key_owners; /* users by the ids of their access keys: user_add_key() */
    ROLL(group, groups);
    ROLL(role, roles);
    ROLL(policy_doc, policies);  /* customer and AWS managed, as far as used */
    struct mfa_device *idle_mfa; /* virtual devices that nobody uses any more, until they are deleted */
    struct network network;
    ROLL(security_group, security_groups);
    ROLL(instance, instances);
    ROLL(key_pair, key_pairs); /* those that were made in the story */
    ROLL(bucket, buckets);
    ROLL(kms_key, keys);
    ROLL(kms_alias, aliases);
    struct trail *trails;
    struct logging_span *spans;
    ROLL(query_execution, queries);
    struct index query_tokens; /* queries by their clients' tokens */
    ROLL(named_query, named_queries);
    ROLL(workgroup, workgroups); /* those that were made or changed; "primary" is always there */
    ROLL(ssm_command, commands);
    ROLL(ssm_session, ssm_sessions);
};

/* ---- the world ---- */

struct world {
    struct arena arena;
    struct seed seed; /* of ids; an entry draws from the stream that it names */
    int64_t now_ms;   /* time of the newest action */
    int64_t start_ms; /* of the story: scenario's clock.start */
    struct account account;
    struct server *servers;
    struct journal journal;
    const struct catalog *catalog; /* the operations plugged in by lab (act.h) */
    const char *lab;               /* directory of the lab, for what is on the disk only; NULL while there is none */
    bool deliveries_known;         /* lab has put what trails delivered into the buckets: bucket_put_object() */
    unsigned depth;                /* of caused actions */
    bool replaying;
    const struct entry *recorded; /* while an entry of the journal is done again: that entry */
    bool untold;                  /* nobody will read what programs on servers did: the facts of it are not written down */
    bool contents_come; /* what a replay puts into servers' files now comes from the disk afterwards: no picture is drawn */
    json_t **kept;      /* see world_keep() */
    size_t n_kept, cap_kept;
    struct arena *lasting; /* while everything is made aside: see world_scratch(); else NULL */
    const char **regions;  /* see world_region() */
    size_t n_regions, cap_regions;
};
/* An account with an id, its region and default network; nothing else. Zeroed on failure never happens. */
void world_init(struct world *, const struct seed *, const char *account_id, const char *region, int64_t start_ms);
void world_drop(struct world *);                    /* zeroed is fine */
json_t *world_keep(struct world *, json_t *steals); /* lives as long as the world; NULL gives NULL */
/* Releases what was kept last, if that is it: the reply of an action that nobody reads any more. */
void world_forget(struct world *, const json_t *);

/* The account and the servers as they are now, as JSON; not their files, not the journal, not what trails delivered. Taken
 * into a world after world_init(), it replaces what is there. */
void world_add_state(struct str *, const struct world *);
bool world_take_state(struct world *, const char *text, size_t n, struct err *);
/* The same without the text between them; `from` must outlive it: texts and documents are shared. */
void world_copy_state(struct world *, const struct world *from);
/* Forgets passwords, secret keys and tokens of everybody but this user: of a world that is given away. */
void world_forget_secrets(struct world *, const char *but_user);

/* From here to world_unscratch() everything is made aside, and gone then: for looking only. The struct stays where it is until
 * then. world_keep_scratch() ends it, too, but what was made stays. */
struct scratch {
    struct arena arena;
    size_t n_kept;
};
void world_scratch(struct world *, struct scratch *);
void world_unscratch(struct world *, struct scratch *);
void world_keep_scratch(struct world *, struct scratch *);
/* A region's name that lasts as long as the world, even if it is asked for aside; NULL gives NULL. */
const char *world_region(struct world *, const char *name);

/* The object of this key, made if need be, in its place: buckets are sorted by key. */
struct object *bucket_put_object(struct world *, struct bucket *, const char *key);
/* Versions. A key's current version is in `objects`; without one there the newest in `older` is a marker, or there is none.
 * supersede: what is current becomes an older version. put_older: before those of its key that are not newer. restore: the
 * newest version becomes current again, unless a marker hides it; returns it, or NULL. */
void bucket_supersede(struct bucket *, const char *key);
void bucket_put_older(struct bucket *, struct object *);
struct object *bucket_restore(struct world *, struct bucket *, const char *key);
/* The id of what a trail delivered at this time; NULL = the null version. In the arena. */
const char *delivered_version(const struct world *, const struct bucket *, const char *key, int64_t ms, struct arena *);
struct object *find_older(const struct bucket *, const char *key); /* the newest version that is not current; `next` is older */
struct object *find_version(const struct bucket *, const char *key, const char *version); /* current or not; NULL = "null" */

struct recalled { /* zeroed = none */
    struct world aside;
    struct entry entry;
};
/* Reads the entry back from the journal's file, for recalled_drop(). Any thread. */
bool brief_recall(const struct brief *, int journal, struct recalled *out, struct err *e);
void recalled_drop(struct recalled *);

/* ---- finding; NULL if absent ---- */

struct user *find_user(const struct world *, const char *name);
struct user *find_user_by_key(const struct world *, const char *access_key_id, struct access_key **key);
struct session_key *find_session_key(const struct world *, const char *access_key_id); /* expired or not */
struct kms_alias *find_kms_alias(const struct world *, const char *name);
struct group *find_group(const struct world *, const char *name);
struct role *find_role(const struct world *, const char *name_or_arn);
struct policy_doc *find_policy(const struct world *, const char *arn);
struct security_group *find_security_group(const struct world *, const char *id_or_name);
struct instance *find_instance(const struct world *, const char *id);
struct bucket *find_bucket(const struct world *, const char *name);
struct object *find_object(const struct bucket *, const char *key);
struct kms_key *find_kms_key(const struct world *, const char *id_arn_or_alias);
struct query_execution *find_query(const struct world *, const char *id);
struct trail *find_trail(const struct world *, const char *name_or_arn);
struct server *find_server(const struct world *, const char *name);
/* Regions: each has a network of its own, an instance is where its zone is, a group where its VPC is. */
struct network network_in(struct world *, const char *region);
bool instance_in(const struct instance *, const char *region);
/* "AIPA..", of the instance profile that has a role's name. */
const char *instance_profile_id(const struct world *, struct arena *, const char *name);
const char *instance_mac(struct arena *, const struct instance *); /* "02:..", of its one interface */
/* "ip-172-31-0-5.us-west-2.compute.internal" and "ec2-....us-west-2.compute.amazonaws.com"; the latter NULL without an address.
 * Facts: EC2 user guide, "Amazon EC2 instance hostname types". */
const char *instance_private_dns(struct arena *, const struct instance *, const char *region);
const char *instance_public_dns(struct arena *, const struct instance *, const char *region);
bool security_group_in(struct world *, const struct security_group *, const char *region);
/* Every region has a group "default". Where nobody has used it, it stands in no list: it is made up when it is asked for, with
 * the same ids each time, and whoever changes it or puts something into it has it held. */
struct security_group *default_group_in(struct world *, const char *region);
void security_group_hold(struct world *, struct security_group *); /* held once, however often it is said */
struct os_session *find_session(const struct server *, long number);
struct process *find_process(const struct server *, int pid);
struct daemon *find_daemon(const struct server *, const char *unit);
bool group_has(const struct group *, const struct user *);
void group_add_user(struct world *, struct group *, struct user *);
void group_remove_user(struct group *, const struct user *);
void user_add_key(struct world *, struct user *, struct access_key *);
void user_remove_key(struct world *, struct user *, struct access_key *);
const char *tag_value(const struct tag *, const char *key);
