/* SPDX-License-Identifier: MIT */
/*
 * The one way the world changes: find the operation, authorise, run, journal. Depends on world.
 *
 * act() cannot fail. It journals every branch, refusals included, as CloudTrail does. Parameters are in CloudTrail's
 * own form (requestParameters). An operation is a row in its service's table: name, parameters, flags, what it
 * is authorised against, and the function that does it. To add one is one row and one function.
 */
#pragma once

#include "sim/world/world.h"

struct action {
    int64_t time_ms;
    struct principal who;
    struct origin from;
    const char *op;     /* "iam:CreateUser" */
    const char *on;     /* server of a host: operation */
    const char *region; /* NULL = the account's */
    json_t *params;     /* the entry holds them, too: nobody changes them any more. NULL = none */
    const char *mark;   /* scenario's name for the entry or NULL */
    /* The path that names the stream of the entry's ids ("chaos/12", "faythe/2025-10-14/3"), so that they do not depend
     * on what else happens; NULL = the entry's seq names it (a student's own call). No two actions of a world may have
     * the same: they would draw the same ids, and seeing to that is the caller's duty. It stands in the student's journal
     * and must not tell which actions are the attack. */
    const char *stream;
    bool prelude; /* makes the world before the story: authorised as root, in no evidence */
};
struct outcome { /* borrowed from the world: valid until world_drop() */
    const struct entry *entry;
    const char *error_code; /* as the API spells it ("InvalidPermission.Duplicate"); NULL = it worked */
    const char *error_message;
    const json_t *
        reply; /* what the caller gets, in the API's JSON form ({"Users": [...]}); NULL if none; on error what goes beside it */
};
void act(struct world *, const struct action *, struct outcome *);
/* What act() would journal for an operation that only reads (OP_READ), without journalling it or touching the world's
 * order of ids: the shape of an everyday call, without identity: whoever repeats it has one. Authorised and run like any other.
 * With a `stream` it draws the ids that act() will draw for the same action (the key that AssumeRole hands out). NULL if it is
 * not OP_READ. */
const struct entry *act_rehearse(struct world *, const struct action *);
/* The same for who wants the reply. False if it is not OP_READ. */
bool act_look(struct world *, const struct action *, struct outcome *);

/* ---- for the tables of operations ---- */

struct call { /* one operation being run */
    struct world *w;
    const struct action *action;
    const struct op *op;
    const struct service *service; /* whose row it is */
    struct entry *entry;           /* being filled; becomes the journal's */
    const json_t *params;          /* never NULL: an object, already checked against the row */
    int64_t now_ms;
    struct chance ids;   /* stream of this entry: every id drawn in it stays the same in a replay */
    struct arena *arena; /* the world's */
    json_t *reply;       /* set by the operation (a new reference); the world keeps it afterwards */
    json_t *aside;       /* the same, beside a failure: what its headers say (S3's delete markers) */
    bool failed;
    const char *error_code, *error_message;
};
enum op_flags {
    OP_READ = 1,             /* readOnly true */
    OP_GLOBAL = 2,           /* recorded in us-east-1 */
    OP_DATA = 4,             /* a data event: in trails that select it, never in event history */
    OP_UNLOGGED = 8,         /* CloudTrail does not record it */
    OP_FREE = 16,            /* needs no permission (sts:GetCallerIdentity, sign-in) */
    OP_SIGNIN = 32,          /* eventType AwsConsoleSignIn */
    OP_HOST = 64,            /* happens on a server: no IAM, no CloudTrail */
    OP_KEEPS_RESPONSE = 128, /* a read that still logs responseElements (sts:AssumeRole) */
    OP_HIDES_PARAMS = 256,   /* logs requestParameters null even on success */
    OP_LEAVES = 512,         /* CloudTrail calls it a read, but something is left of it (credentials, a report) */
};
typedef void op_fn(struct call *);
struct op {
    const char *name; /* "iam:CreateUser": service, colon, the name in the API and in eventName */
    /* Parameters, in CloudTrail's names: "userName! path tags[]". ! required, # number, ? true/false, [] list, {} object,
     * ~ a JSON document, as text or as object; a name without suffix is text. Anything else that is given is refused by
     * name, with "did you mean". */
    const char *params;
    unsigned flags;
    /* Resource that the policy is asked about: "*", or an ARN with $account, $region, $partition and {param}:
     * "arn:aws:iam::$account:user/{userName}". */
    const char *resource;
    const char *action; /* when the IAM action is named otherwise ("s3:ListAllMyBuckets"); NULL = name */
    op_fn *run;
};
struct service {
    const char *name;          /* "iam" */
    const char *source;        /* "iam.amazonaws.com" */
    const char *event_version; /* "1.09": genuine logs mix them by service */
    const char *host;          /* clientProvidedHostHeader: "iam.amazonaws.com", "ec2.$region.amazonaws.com" */
    const char *api_version;   /* the record's apiVersion, or NULL when the service logs none */
    const char *denied_code;   /* "AccessDenied", "Client.UnauthorizedOperation", "AccessDeniedException" */
    const char *error_prefix;  /* "Client." for ec2, else "" */
    bool denied_keeps_params;  /* genuine: ec2 and s3 keep requestParameters of a denied call, the others log null */
    const char *console_agent; /* userAgent of calls made by the console's back end: "AWS Internal" */
    /* Called once for every call, refused or not, when its outcome is known: puts into the entry what all records of the
     * service have (S3's Host and additionalEventData). Parameters may be anything. NULL = nothing. */
    void (*complete)(struct call *);
    const struct op *ops; /* sorted by name */
    size_t n;
};
struct catalog {
    const struct service *const *services;
    size_t n;
    /* What operations need of the layers above, plugged in by lab; NULL = there is none, and they say so.
     * lookup_form: an entry as LookupEvents returns it. event_history: hands out all of event history in that form, newest
     * first, everyday calls included, until `each` returns false; false if there is none: then the journal alone is looked
     * through.
     * public_keys: [{"Value", "ValidityStartTime", "ValidityEndTime", "Fingerprint"}] of what signs digests (new reference).
     * query_page: rows of a query's result as they lie in its bucket, from a token on (NULL = the first): {"columns":
     * [{"Name", "Type", "Precision", "Scale", "CaseSensitive"}], "rows": [[text or null]], "NextToken"} (new reference); NULL
     * when the files are not there, or the token is none. table_rows: what SHOW and DESCRIBE give, [[text or null]] (new
     * reference); NULL with Athena's sentence. Without these two no query is taken. */
    void (*lookup_form)(struct str *, const struct world *, const struct entry *);
    bool (*event_history)(const struct world *, bool (*each)(void *context, const char *event, size_t n), void *context);
    json_t *(*public_keys)(const struct world *);
    json_t *(*query_page)(const struct world *, const char *location, const char *token, int64_t most);
    json_t *(*table_rows)(const struct world *, const char *statement, struct err *);
};
const struct op *catalog_find(const struct catalog *, const char *name, const struct service **ret_service);
/* Does nothing change by it but the journal? (When a key was used last is noted all the same.) What it makes may be made aside.
 */
bool op_only_reads(const struct op *);
const char *catalog_meant(const struct catalog *, const char *name); /* nearest name, or NULL */

/* Checks parameters against the row. False with one line in `why` (arena): for lint, call, and act itself. */
bool op_check_params(const struct op *, const json_t *params, struct arena *, const char **why);

/* Ends the operation with a simulated failure, spelled as the API spells it (CloudTrail's prefix is added by act()).
 * Returns so that an operation can say: return call_fail(c, "NoSuchEntityException", "The user with name %s ...", n); */
void call_fail(struct call *, const char *code, const char *fmt, ...) PRINTF(3, 4);
const char *call_text(const struct call *, const char *param); /* NULL if absent */
int64_t call_int(const struct call *, const char *param, int64_t otherwise);
bool call_bool(const struct call *, const char *param, bool otherwise);
const char *call_id(struct call *, const char *prefix, const char *alphabet, size_t n); /* "sg-" + 17 hex */
const char *call_account_id(struct call *,
                            const char *prefix); /* "AIDA" + the account's 8 + 9 more, base32; AKIA, ASIA + 8 + 8 */
const char *call_uuid(struct call *);
/* What is logged when it is not simply what was asked: both steal. NULL params = as asked. */
void call_log_params(struct call *, json_t *params);
void call_log_response(struct call *, json_t *response);
void call_log_additional(struct call *, json_t *additional);              /* additionalEventData; steals */
void call_log_resource(struct call *, const char *type, const char *arn); /* the record's resources, in order */
/* An action caused by this one (SSM runs a command on a server; CloudTrail asks KMS for a data key). Its ids come from
 * the cause's stream: "<stream>/<n>" for the nth one, from 0. */
void call_cause(struct call *, const struct action *, struct outcome *);

/* ---- authorisation, on its own for tests ---- */

struct decision {
    bool allowed, explicit_deny, by_resource_policy;
};
struct question_of_access { /* NULL context values are absent keys */
    const struct principal *who;
    const char *action, *resource;
    const char *source_ip;
    int64_t now_ms;
    const json_t *context;         /* further condition keys: {"ec2:ResourceTag/x": "y"}; may be NULL */
    const json_t *resource_policy; /* bucket or key policy; may be NULL */
    const char *version;           /* of an object, as the request names it; NULL = the current one */
};
struct decision authorise(const struct world *, const struct question_of_access *);
/* The document of an AWS managed policy ("arn:aws:iam::aws:policy/ReadOnlyAccess"), or NULL. Facts: what they allow. */
const json_t *managed_policy(const char *arn);
/* The name of one that may be meant by `name`, or NULL. */
const char *managed_policy_meant(const char *name);
/* Does a bucket's policy let everybody in? S3 user guide, "The meaning of public"; a condition is taken to narrow it. */
bool policy_is_public(const json_t *document);
/* The policy that counts for who asks: none for those outside of the account where public policies are restricted. */
const json_t *bucket_policy_for(const struct bucket *, const struct principal *);
/* Is this a policy document that IAM would take? False with IAM's sentence in *why (a literal). */
bool policy_valid(const json_t *document, bool is_resource_policy, const char **why);

/* Fails in the service's words for who may not do this to that: act() does so for an operation's own action and resource, an
 * operation for what else it needs. */
void call_deny(struct call *, const char *action, const char *resource, const struct decision *);

/* userIdentity as CloudTrail writes it for a principal at this time. New reference. */
json_t *identity_json(const struct world *, const struct principal *);
const char *principal_arn(const struct world *, struct arena *, const struct principal *);

/* ---- replay ---- */

/* Does a journalled entry's action again: same time, ids, effects. False when it comes out otherwise than recorded
 * (an impossible or edited journal); host file effects are repeated on the tree in memory. */
bool act_replay(struct world *, const struct entry *recorded, struct err *);
