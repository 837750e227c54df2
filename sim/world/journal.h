/* SPDX-License-Identifier: MIT */
/*
 * The append-only journal of what happened: the truth, of which the world is the replay. Depends on base. Included by world.h.
 */
#pragma once

#include "sim/base/base.h"

struct world;

/* ---- identity ---- */

enum principal_kind { PRINCIPAL_ROOT, PRINCIPAL_USER, PRINCIPAL_ROLE, PRINCIPAL_SERVICE, PRINCIPAL_ANONYMOUS, PRINCIPAL_OS };
struct principal { /* who acts, as far as the account knows it */
    enum principal_kind kind;
    const char *name;          /* user name; role name; "cloudtrail.amazonaws.com"; OS user name (PRINCIPAL_OS) */
    const char *access_key_id; /* AKIA.. or ASIA..; NULL for console sign-in, services, OS users */
    const char *session_name;  /* PRINCIPAL_ROLE: role session name */
    const char *delivery; /* of an instance's role: the version of the metadata service that handed it out, "1.0"; else NULL */
    const char *invoked_by;   /* NULL, or a service acting for the principal ("athena.amazonaws.com") */
    int64_t session_start_ms; /* of temporary credentials (ASIA): creationDate; else 0 */
    bool mfa;                 /* session made with MFA */
    bool console;             /* temporary credentials of a console session */
    long os_session;          /* PRINCIPAL_OS: audit session number `ses`; 0 = none (a daemon) */
};
struct origin {        /* from where and with what */
    const char *ip;    /* sourceIPAddress; for services "cloudtrail.amazonaws.com" */
    const char *agent; /* userAgent as the client sends it */
    bool tls13;        /* TLS version of a direct call; console and service calls have no tlsDetails */
};

/* ---- what happened ---- */

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

struct entry *journal_add(struct world *); /* a zeroed entry with its seq */
/* An empty journal gets n entries of which nothing is known: they leave no record, are nobody's, and cannot be written. */
void journal_skip(struct world *, size_t n);
struct entry *journal_absent(struct arena *); /* such an entry */
/* The newest entry leaves memory: its line, of so many bytes, begins there in the journal's file. It must have been made aside.
 * A brief stays if it is `recorded`. Then the first n briefs are forgotten. */
void journal_put_aside(struct world *, uint64_t at, size_t bytes, bool recorded);
void journal_forget(struct journal *, size_t n_briefs);
#define ENTRY_MAX_BYTES (8u << 20)
/* One line of journal.jsonl for an entry, with newline; and back. Marks are left out when `public`. */
void entry_add_json(struct str *, const struct entry *, bool public);
bool entry_read(struct world *, const char *line, size_t n, struct entry *out, struct err *);
/* Its two halves: the document of a line, which any thread may make, and an entry whose texts and documents are parts of it;
 * entry_keep() makes them the world's. */
json_t *entry_document(const char *line, size_t n, struct err *);
bool entry_borrow(const json_t *document, struct entry *out, struct err *);
void entry_keep(struct world *, struct entry *);
