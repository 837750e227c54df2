/* SPDX-License-Identifier: MIT */
/*
 * The account and its servers as they are now, and the append-only journal of what happened. Depends on base.
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

/* ---- identity ---- */

enum principal_kind { PRINCIPAL_ROOT, PRINCIPAL_USER, PRINCIPAL_ROLE, PRINCIPAL_SERVICE, PRINCIPAL_ANONYMOUS, PRINCIPAL_OS };
struct principal { /* who acts, as far as the account knows it */
    enum principal_kind kind;
    const char *name;          /* user name; role name; "cloudtrail.amazonaws.com"; OS user name (PRINCIPAL_OS) */
    const char *access_key_id; /* AKIA.. or ASIA..; NULL for console sign-in, services, OS users */
    const char *session_name;  /* PRINCIPAL_ROLE: role session name */
    const char *invoked_by;    /* NULL, or a service acting for the principal ("athena.amazonaws.com") */
    int64_t session_start_ms;  /* of temporary credentials (ASIA): creationDate; else 0 */
    bool mfa;                  /* session made with MFA */
    bool console;              /* temporary credentials of a console session */
    long os_session;           /* PRINCIPAL_OS: audit session number `ses`; 0 = none (a daemon) */
};
struct origin {        /* from where and with what */
    const char *ip;    /* sourceIPAddress; for services "cloudtrail.amazonaws.com" */
    const char *agent; /* userAgent as the client sends it */
    bool tls13;        /* TLS version of a direct call; console and service calls have no tlsDetails */
};

/* ---- things that there may be many of ---- */

/* Things by a text: found, put in and taken out without walking through the others. Texts are borrowed. Zeroed = none. */
struct twig;
struct index {
    struct twig *root;
};
void index_put(struct index *, struct arena *, const char *text, void *thing); /* instead of what had the same text */
void index_drop(struct index *, const char *text);
void *index_find(const struct index *, const char *text); /* NULL if absent */
void *index_from(const struct index *, const char *text); /* of the texts that are not less, by strcmp(), the least; or NULL */

/* A roll: a list in order of creation that knows its end, and an index of it by name. ROLL(user, users) in a struct is the
 * list `users`, to walk, and the whole of it `users_roll`, to change. Names are unique. Zeroed = empty. */
struct rolled { /* what every struct in a roll begins with */
    struct rolled *next, *prev;
    const char *name; /* or its id, ARN, key: what it is found by */
};
struct roll {
    struct rolled *first, *last;
    struct index names;
};
/* NOLINTBEGIN(bugprone-macro-parentheses): a member's name takes none */
#define ROLL(type, list)                                                                                                       \
    union {                                                                                                                    \
        struct type *list;                                                                                                     \
        struct roll list##_roll;                                                                                               \
    }
/* NOLINTEND(bugprone-macro-parentheses) */
void roll_add(struct roll *, struct arena *, void *thing);        /* at the end */
void roll_add_sorted(struct roll *, struct arena *, void *thing); /* of a roll that is sorted by name: in its place */
void roll_remove(struct roll *, void *thing);
void roll_rename(struct roll *, struct arena *, void *thing, const char *name); /* its place stays */
void *roll_find(const struct roll *, const char *name);                         /* NULL if absent */
void *roll_from(const struct roll *, const char *name); /* of a sorted one: the first whose name is not less, or NULL */
/* Each struct copied flatly, into a roll of its own. */
void roll_copy(struct roll *to, struct arena *, const struct roll *from, size_t size);

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
struct session_key { /* temporary credentials that STS gave out; kept when they have expired */
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
    const char *state;        /* pending running stopping stopped shutting-down terminated */
    const char *profile_role; /* role of the instance profile; NULL = none */
    bool keep;                /* disableApiTermination */
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
    ROLL(policy_doc, policies); /* customer and AWS managed, as far as used */
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

/* ---- servers ---- */

enum file_kind { FILE_REGULAR, FILE_DIR, FILE_LINK };
struct file {
    struct file *next; /* sorted by path */
    const char *path;  /* absolute, no trailing slash; "/" is the root */
    enum file_kind kind;
    unsigned mode; /* permission bits, e.g. 0644 */
    unsigned uid, gid;
    int64_t mtime_ms;
    const char *data; /* FILE_REGULAR: `size` bytes; FILE_LINK: the target */
    size_t size;
    size_t room;              /* bytes that `data` may grow to in place: of a file that grows, such as a log */
    const struct file *owner; /* who may: itself; a copy of the struct may not */
    uint64_t inode;           /* stable within a tree: for audit PATH records */
    bool dirty;               /* changed since the tree was read or written */
};
struct tree {            /* a server's file system; in memory while a lab is open */
    struct file *files;  /* sorted list */
    struct file **index; /* hash by path, rebuilt when it grows */
    size_t n, index_size;
    size_t bytes; /* of all contents */
    uint64_t next_inode;
    struct file *removed; /* what tree_save() has to remove from the disk */
};
#define TREE_MAX_FILES 20000
#define TREE_MAX_BYTES (64u << 20) /* of all contents */
#define TREE_MAX_PATH 1024
#define TREE_MAX_DEPTH 64
/* All take absolute paths without "..", "." or empty parts; others are like absent ones. tree_put replaces content, keeps
 * mode and owner of an existing file; parents must exist. NULL or false: no parent, or something of another kind there.
 * The times of the directories that gain or lose a name become now_ms. */
struct file *tree_find(const struct tree *, const char *path); /* NULL if absent; does not follow links */
struct world;
struct file *tree_put(struct world *, struct tree *, const char *path, const void *data, size_t n, int64_t now_ms);
/* The same without a copy: the data outlives the world. */
struct file *tree_put_lasting(struct world *, struct tree *, const char *path, const void *data, size_t n, int64_t now_ms);
/* To the end of what is there; a file that is not there begins. */
struct file *tree_append(struct world *, struct tree *, const char *path, const void *data, size_t n, int64_t now_ms);
bool tree_is_dirty(const struct tree *); /* tree_save() would write something */
struct file *tree_mkdir(struct world *, struct tree *, const char *path, unsigned mode, unsigned uid, unsigned gid,
                        int64_t now_ms);
struct file *tree_link(struct world *, struct tree *, const char *path, const char *target, int64_t now_ms);
bool tree_move(struct world *, struct tree *, const char *from, const char *to, int64_t now_ms); /* also a directory */
bool tree_remove(struct tree *, const char *path, int64_t now_ms);                               /* the whole subtree */
/* Reads the manifest format of fixtures/host (mtree-like: "./path type=file mode=0644 uid=0 gid=0 time=1.0 [link=x]")
 * and the files below `root`; limits on size and count; links are not followed. Replaces what the tree held.
 * A manifest that tree_save() wrote (first line "#mtree saved") describes a disk that people work on: what is missing on
 * the disk is gone, what is new is taken (disk mode, root's), and the disk's time counts where second or size differ.
 * Any other manifest is the truth, and the disk only has the contents. */
bool tree_load(struct world *, struct tree *, const char *root, const char *manifest_path, struct err *);
/* The same, and what the manifest says: see tree_read_manifest(). Of the world nothing but its arena and start is used. */
bool tree_load_listed(struct world *, struct tree *, struct tree *ret_listed, const char *root, const char *manifest_path,
                      struct err *);
/* A tree of its own with the same files; their contents are shared and must outlive it. */
void tree_copy(struct world *, struct tree *to, const struct tree *from);
/* Writes dirty files (or all) below `root` and the manifest. Disk modes give the owner at least read and write. */
bool tree_save(struct tree *, const char *root, const char *manifest_path, bool all, struct err *);
/* The same, all of it but the manifest, to whoever takes files, in a folder of that name: as it would be on a disk. */
bool tree_give(const struct tree *, const char *name, const struct folder *, struct err *);
/* The two halves of it without a disk: files get no content (`data` NULL) and the size that the manifest says. */
bool tree_read_manifest(struct world *, struct tree *, const char *text, size_t n, bool *ret_saved, struct err *);
void tree_add_manifest(struct str *, const struct tree *);

struct process {
    struct process *next;
    int pid, ppid;
    unsigned uid;
    const char *title; /* as ps shows it: "sshd: chaos-user@pts/0" */
    const char *exe;
    const char *tty; /* "?" or "pts/0" */
    int64_t started_ms;
    long session; /* audit session; 0 = daemon */
};
struct os_session { /* a login; SSM and ssh alike */
    struct os_session *next;
    long number; /* audit `ses` */
    const char *user;
    unsigned uid;
    const char *tty;  /* "pts/0" */
    const char *host; /* remote address; "" for SSM */
    int remote_port;
    int monitor_pid, child_pid, shell_pid; /* sshd [priv], sshd user@pts, -bash; for SSM the worker and sh */
    const char *method;                    /* "password", "publickey", "ssm" */
    int64_t started_ms, ended_ms;          /* ended_ms 0 = alive */
    const char *cwd;                       /* where its shell is; NULL = at home */
};
struct daemon { /* a running service */
    struct daemon *next;
    const char *unit; /* sshd, httpd, crond, auditd, rsyslog, amazon-ssm-agent, chronyd */
    int pid;
    bool running;
    int64_t started_ms;           /* last start: what changed later is not in effect yet */
    int64_t restart_ms;           /* when systemd will try to start it again; 0 = not */
    const char *config;           /* sshd: the text of sshd_config as loaded at the start; else NULL */
    struct sshd_reading *reading; /* what sim/host has read in `config`, if it has; no state of the world's */
};
struct server {
    struct server *next;
    const char *name;     /* as the scenario names it */
    const char *hostname; /* ip-10-0-1-23.us-west-2.compute.internal */
    struct instance *instance;
    struct tree tree;
    struct process *processes;
    struct os_session *sessions; /* ended ones stay, for last(1) */
    struct daemon *daemons;
    int next_pid;        /* the newest one, see server_take_pid() */
    int64_t pids_given;  /* the counter behind it, never wrapped */
    long sessions_given; /* to logins, see server_take_session() */
    int64_t booted_ms;
    const char *login_user; /* ec2-user: the owner's way in */
    const char *public_key; /* in its authorized_keys at the start */
};

/* ---- the journal ---- */

struct op; /* act.h */
struct entry {
    uint64_t seq;       /* from 1 */
    uint64_t cause;     /* seq of the entry whose operation did this one; 0 = somebody's own action */
    const char *stream; /* of its ids, see struct action; NULL = "entry <seq>" */
    unsigned n_caused;  /* how many it has caused so far; not journalled */
    int64_t time_ms;    /* when it was asked; monotonic within the journal but for caused entries */
    const char *op;     /* "ec2:AuthorizeSecurityGroupIngress", "host:LogIn" */
    const char *on;     /* host operations: the server's name; else NULL */
    const char *region; /* awsRegion; NULL for host operations */
    struct principal who;
    struct origin from;
    const char *mark; /* the scenario's name for it; NULL = none. Never written into a student's journal */
    json_t *asked;    /* parameters as given, for the replay */
    /* the outcome, as CloudTrail and the host's logs need it */
    json_t *identity;                       /* userIdentity; NULL for host operations */
    const char *error_code, *error_message; /* as CloudTrail spells them; NULL = it worked */
    json_t *params;                         /* requestParameters; json null when CloudTrail logs none */
    json_t *response;                  /* responseElements; json null when CloudTrail logs none. host: pid, ses, uid, ... */
    json_t *additional;                /* additionalEventData or NULL */
    json_t *resources;                 /* record's resources or NULL */
    const char *request_id, *event_id; /* NULL for host operations */
    const char *shared_event_id;       /* NULL = none */
    bool read_only;
    bool data_event;
    bool signin;  /* eventType AwsConsoleSignIn: no requestID */
    bool silent;  /* leaves no record (a prelude's step, an operation CloudTrail does not log) */
    bool prelude; /* made the world before the story: long past, in no evidence */
};
/* What is left in memory of an entry that is in the journal's file alone: of a call that only read. In the list stands one that
 * is nobody's in its place, see journal_skip(). */
struct brief {
    int64_t time_ms;
    uint64_t at; /* where its line begins in the file */
    const char *op, *region;
    uint32_t seq, bytes; /* bytes: of the line, without its newline */
    bool data_event;
};
struct journal { /* append only */
    struct entry **list;
    size_t n, cap;
    struct brief *briefs; /* by seq: those whose records may still have to be written somewhere */
    size_t n_briefs, cap_briefs;
    struct entry *absent; /* what stands in the list for all of them */
};

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
/* The same without the text between them; `from` must outlive it: texts are shared. */
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

struct entry *journal_add(struct world *); /* a zeroed entry with its seq */
/* An empty journal gets n entries of which nothing is known: they leave no record, are nobody's, and cannot be written. */
void journal_skip(struct world *, size_t n);
struct entry *journal_absent(struct arena *); /* such an entry */
/* The newest entry leaves memory: its line, of so many bytes, begins there in the journal's file. It must have been made aside.
 * A brief stays if it is `recorded`. Then the first n briefs are forgotten. */
void journal_put_aside(struct world *, uint64_t at, size_t bytes, bool recorded);
void journal_forget(struct journal *, size_t n_briefs);
struct recalled { /* zeroed = none */
    struct world aside;
    struct entry entry;
};
/* Reads the entry back from the journal's file, for recalled_drop(). Any thread. */
bool brief_recall(const struct brief *, int journal, struct recalled *out, struct err *e);
void recalled_drop(struct recalled *);
#define ENTRY_MAX_BYTES (8u << 20)
/* One line of journal.jsonl for an entry, with newline; and back. Marks are left out when `public`. */
void entry_add_json(struct str *, const struct entry *, bool public);
bool entry_read(struct world *, const char *line, size_t n, struct entry *out, struct err *);
/* Its two halves: the document of a line, which any thread may make, and an entry whose texts and documents are parts of it;
 * entry_keep() makes them the world's. */
json_t *entry_document(const char *line, size_t n, struct err *);
bool entry_borrow(const json_t *document, struct entry *out, struct err *);
void entry_keep(struct world *, struct entry *);

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
bool security_group_in(struct world *, const struct security_group *, const char *region);
/* Every region has a group "default"; one that nobody ever used comes to be here. */
struct security_group *default_group_in(struct world *, const char *region, struct chance *ids);
struct os_session *find_session(const struct server *, long number);
struct process *find_process(const struct server *, int pid);
struct daemon *find_daemon(const struct server *, const char *unit);
bool group_has(const struct group *, const struct user *);
void group_add_user(struct world *, struct group *, struct user *);
void group_remove_user(struct group *, const struct user *);
void user_add_key(struct world *, struct user *, struct access_key *);
void user_remove_key(struct world *, struct user *, struct access_key *);
const char *tag_value(const struct tag *, const char *key);

/* Appends `item` to the end of a short intrusive list whose first member is `next`; or takes it out (false if not there). */
void list_append(void *list_head, void *item);
bool list_remove(void *list_head, void *item);

/* ---- a server's counters ---- */

/* A process id as the kernel would give it at this time: rising with uptime, starting again at PID_MAX, never one in use. */
#define PID_MAX 32768
int server_take_pid(struct server *, int64_t now_ms);
/* One of four ids of about this time that server_take_pid() leaves free, for cron and the like (not in the journal). */
int server_quiet_pid(const struct server *, int64_t now_ms, unsigned nth);
/* The audit session number of a login that begins now. Cron's hourly jobs (at hh:01:00) take numbers, too. */
long server_take_session(struct server *, int64_t now_ms);
long server_cron_runs(const struct server *, int64_t until_ms); /* hourly jobs since the boot */

/* ---- OS accounts: read from the tree's etc/passwd, group, shadow ---- */

struct os_user {
    const char *name, *home, *shell;
    unsigned uid, gid;
};
bool os_user_find(struct world *, const struct server *, const char *name, struct os_user *out); /* out in the arena */
bool os_user_by_uid(struct world *, const struct server *, unsigned uid, struct os_user *out);
