/* SPDX-License-Identifier: MIT */
/*
 * A scenario's YAML file turned into plain structs that know their line and column, or a list of mistakes; and the
 * values drawn for one student. Depends on base and yaml.
 *
 * Facts are stated once: everything else refers to them as {{ name.field }}. The names are variables, places, people,
 * resources, servers and marks, in one name space. References are checked when the file is read (does the name exist,
 * has that kind of thing that field), and filled in when it is played.
 */
#pragma once

#include "sim/yaml/yaml.h"

#define LANGUAGES 3 /* en, pt, es */
extern const char *const scenario_languages[LANGUAGES + 1];
const char *language_find(const char *name); /* one of them, or NULL; NULL for NULL */
struct local_text {                          /* a text in one or several languages; a plain text is English */
    const char *in[LANGUAGES];               /* NULL = not translated */
    struct src_pos at;
};
const char *local_text_get(const struct local_text *, const char *language); /* falls back to what there is; "" if none */
decode_fn decode_local; /* struct local_text: a text, or a map of languages */

struct value { /* a text that may hold references; or, for `with:`, any JSON with such texts in it */
    struct src_pos at;
    unsigned width;
    const char *text;        /* NULL when absent */
    const struct node *node; /* of structured values */
};

enum variable_kind {
    VARY_PICK,
    VARY_IP,
    VARY_PORT,
    VARY_TIME,
    VARY_DURATION,
    VARY_DIGITS,
    VARY_WORDS,
    VARY_NAME,
    VARY_TEXT,
    VARY_NUMBER
};
struct variable {
    const char *name;
    struct src_pos at;
    enum variable_kind kind;
    struct texts pick; /* VARY_PICK: one of these */
    struct cidr net;   /* VARY_IP: an address within it, never its first or last */
    int64_t low, high; /* VARY_TIME and _DURATION: ms; VARY_PORT, _NUMBER: values; inclusive */
    int64_t count;     /* VARY_DIGITS: how many; VARY_WORDS: how many, joined by "-" */
    struct value text; /* VARY_TEXT: made of other variables */
};
struct place { /* a network where people are */
    const char *name;
    struct src_pos at;
    struct value cidr; /* or an address */
    int zone_minutes;  /* local time there */
};
struct person {
    const char *name; /* in this file: "chaos" */
    struct src_pos at;
    const char *full_name; /* "Faythe Lind"; NULL = none */
    const char *user;      /* IAM user name; NULL = nobody in the account */
    struct texts groups, policies;
    const char *place;  /* name of a place */
    const char *habit;  /* "" = takes no part in everyday life */
    const char *client; /* "aws-cli", "console", ... : a row of scenario_clients */
    bool access_key, console_password, mfa, student;
};
struct policy { /* a customer managed policy */
    const char *name;
    struct src_pos at;
    struct texts allow, deny;    /* actions on every resource */
    const struct node *document; /* or a whole document */
};
struct group_spec {
    const char *name;
    struct src_pos at;
    struct texts policies; /* of AWS ("AmazonEC2FullAccess") or of this file */
};
struct role_spec {
    const char *name;
    struct src_pos at;
    const char *called, *description; /* RoleName */
    struct texts trusts;              /* who may assume it: services of AWS, people, "account" */
    const struct node *trust;         /* or a whole document */
    struct texts policies;            /* attached: of AWS or of this file */
    struct list inline_policies;      /* struct policy */
};
struct opening {          /* what a security group lets in */
    int64_t tcp, udp, to; /* port; `to` for a range; 0 = not given */
    struct value from;    /* CIDR */
    const char *description;
};
struct security_group_spec {
    const char *name;
    struct src_pos at;
    const char *called, *description; /* GroupName */
    struct list lets_in;              /* struct opening */
};
struct instance_spec {
    const char *name;
    struct src_pos at;
    const char *called, *type, *key_name; /* tag Name */
    struct texts groups;                  /* security groups by their names here */
    int tokens;                           /* of its metadata: TOKENS_OPTIONAL, TOKENS_REQUIRED */
    const char *role;                     /* of account.roles, by its name here; NULL = the one for Systems Manager */
};
enum { TOKENS_OPTIONAL, TOKENS_REQUIRED };
struct object_spec { /* what lies in a bucket at the start */
    struct value key;
    struct value size; /* bytes: a number or a variable; absent: as long as the text */
    struct value text; /* its content; absent: nobody knows */
};
struct bucket_spec {
    const char *name;
    struct src_pos at;
    struct value called;
    bool public;               /* no public access block: its policy may let everybody in */
    const struct node *policy; /* NULL = none */
    struct list objects;       /* struct object_spec */
};
struct account_spec {
    struct list policies, groups, roles, security_groups, instances, buckets;
};
struct server_spec {
    const char *name;
    struct src_pos at;
    const char *instance;   /* name of an instance */
    const char *like;       /* "amazon-linux-2" */
    const char *login_user; /* "ec2-user" */
    const char *site;       /* directory of fixtures/site; NULL = no website */
};

enum step_time { STEP_FOLLOWS, STEP_AT, STEP_AT_OFFSET, STEP_AFTER };
#define STEP_MOST_TIMES 200
struct step {
    struct src_pos at;
    const char *as; /* person */
    const char *op; /* "ec2:RunInstances" */
    struct src_pos op_at;
    const char *on;          /* server of a host: operation or of `run` */
    struct texts run;        /* short for host:Run of each line: as a command sent through SSM (do: ssm:SendCommand) or typed */
    const struct node *with; /* parameters in CloudTrail's names, with references; NULL = none */
    const char *client;      /* other than the person's usual one; NULL */
    const char *place;       /* likewise: who has stolen a password is elsewhere */
    struct value key;        /* id of the access key it is done with, if not the person's own; text NULL = the person's */
    enum step_time when;
    struct value at_time;   /* STEP_AT: absolute, may be a variable */
    int64_t offset_ms;      /* STEP_AT_OFFSET: since clock.start */
    const char *after;      /* STEP_AFTER: a mark */
    struct value wait;      /* after that, or after the step before; a duration or a variable; absent = 0 */
    struct {                /* when it happens in a live lab, if not as above; all absent = as above */
        const char *after;  /* a mark, which may be the student's to make */
        struct value wait;  /* after that */
        struct value or_at; /* "+90m": so long after the start at the latest */
        struct src_pos at;  /* line 0 = absent */
    } live;
    const char *mark;
    const char *session;   /* the mark of the host:LogIn or signin:ConsoleLogin in whose session it happens */
    struct value region;   /* where it is done, if not in the home region: a region or a variable */
    struct value times;    /* how often, a few seconds apart: a number or a variable; absent = once */
    const char *expect;    /* error code; NULL = must succeed */
    const char *technique; /* ATT&CK id */
    struct local_text why; /* what it means: told in the debriefing, to nobody before it */
    struct texts earns;    /* solution steps: ids of checks */
};

struct repair { /* another one than the solution, tried by verify: as right, or wrong in a known way */
    const char *id;
    struct src_pos at;
    struct local_text title; /* "" = none */
    struct texts instead_of; /* checks: steps of the solution that earn nothing else are left out; none = all are played */
    struct list steps;       /* struct step: in the place of those, or behind the solution */
    struct texts costs;      /* checks that hold after the solution and not after this; none = it is as right */
};

struct block { /* a building block, as it is written; its uses are steps by the time that anybody sees them */
    const char *name;
    struct src_pos at;
    const char *about;
    struct texts takes;
    const struct node *defaults;
    struct list steps; /* struct step, but for uses of other blocks */
};
struct block_use {
    const char *block, *prefix, *after;
    const struct node *with, *at, *wait, *live;
};

struct used_file {    /* one that a scenario uses, and those that they use */
    const char *path; /* where it was read */
    const char *as;   /* where it lies in a folder that holds all of a scenario: "library/cafe/cast.yaml" */
};

struct scenario {
    struct arena arena;
    const char *file, *dir;   /* as named; the folder that holds it */
    const char *content_hash; /* SHA-256 hex of the file's bytes, and of those that it uses */
    bool library;             /* no scenario, but a file that scenarios use: nothing is checked across its parts */
    struct texts use;         /* library files whose content comes before the scenario's own: "cafe/cast", "./mine" */
    struct list used;         /* struct used_file, all that were read for it */
    const char *id;
    struct local_text title;
    const char *brief; /* file name of the brief, beside the scenario; brief.pt.md, brief.es.md are its translations */
    const char *level;
    int64_t minutes;
    const char *attack_version;
    struct {
        int64_t start, history, length; /* ms */
    } clock;
    const char *region;
    struct list vary;   /* struct variable */
    struct list places; /* struct place */
    struct list cast;   /* struct person */
    struct account_spec account;
    struct list servers; /* struct server_spec */
    struct {
        int64_t events;
        const char *scanned_after; /* mark from which the internet knocks at tcp/22; NULL */
    } background;
    struct list blocks;                    /* struct block */
    struct list timeline;                  /* struct step */
    struct list solution;                  /* struct step */
    struct list other_repairs;             /* struct repair */
    const struct node *questions, *checks; /* decoded by the grader's rubric */
    const struct node *root;               /* the whole file, for scenario_place */
};
/* Reads and checks everything but questions and checks. NULL only when nothing could be read; a scenario with errors
 * in `diags` must not be played. scenario_free takes NULL, too. */
struct scenario *scenario_read(const char *file, const char *text, size_t len, struct diags *);
/* The same, with files to be used from elsewhere than where they lie: "./x" beside the file that says so, others in the
 * folder library/ beside the scenario, else in scenarios/library. */
struct shelf {
    /* The text of `name` as the file `from` of a scenario in the folder `home` uses it, and the path by which messages name
     * it. */
    bool (*read)(void *context, const char *home, const char *from, const char *name, struct str *path, struct str *text,
                 struct err *);
    void *context;
};
struct scenario *scenario_read_from(const struct shelf *, const char *file, const char *text, size_t len, struct diags *);
/* Finds NAME (scenarios/NAME/scenario.yaml), a folder, or a file; reads it. */
struct scenario *scenario_load(const char *name, struct diags *, struct err *);
void scenario_free(struct scenario **);
/* Where a text of the structs above stands in the file: a caret right under the word. A text that is not of the file (a
 * copy, a literal, NULL) is at the file as a whole. */
struct src_pos scenario_place(const struct scenario *, const char *text, unsigned *ret_width);
const struct node *scenario_text(const struct scenario *, const char *text); /* its node; NULL if it is not of the file */

extern const char *const scenario_regions[]; /* AWS's, ends with NULL */
bool region_known(const char *);             /* one of AWS's: "us-west-2" */

/* Clients that a person may use, and what they look like from outside. */
struct client {
    const char *name; /* "aws-cli" */
    const char *says;
    bool console;
    const char *const *agents; /* user agents, NULL-terminated; $command is replaced by "ec2.describe-instances" */
};
extern const struct client scenario_clients[];
extern const size_t scenario_n_clients;
const struct client *client_find(const char *name);
/* The agent with its $command filled in for an operation ("ec2:DescribeInstances"); one without it comes back as it is. */
const char *client_agent(struct arena *, const char *agent, const char *op);

/* ---- repairs ---- */

struct repair_step {
    const struct step *step;
    bool must_hold; /* or a refusal is no matter: what it builds on was left out */
};
const struct repair *scenario_repair(const struct scenario *, const char *id, struct err *); /* NULL if there is none */
bool repair_replaces(const struct scenario *, const struct repair *); /* some step of the solution, by its "instead_of" */
/* What is played, in order: the solution, but for its step `skip` (0-based; -1 = all), changed as `other` says (NULL = not).
 * In the arena. */
struct repair_step *repair_steps(const struct scenario *, const struct repair *other, int skip, struct arena *, size_t *ret_n);

/* ---- references ---- */

enum name_kind {
    NAME_NONE,
    NAME_VARIABLE,
    NAME_PLACE,
    NAME_PERSON,
    NAME_GROUP,
    NAME_ROLE,
    NAME_INSTANCE,
    NAME_BUCKET,
    NAME_SERVER,
    NAME_MARK,
    NAME_BUILT_IN
};
enum name_kind scenario_name(const struct scenario *, const char *name, const void **ret_item); /* struct by kind */
/* Reports every reference in `text` that leads nowhere. Used by the rubric, too. */
void scenario_check_references(const struct scenario *, struct diags *, const char *text, struct src_pos, unsigned width);
/* The same for a whole file beside the scenario, as a brief is: each mistake at its own line and column of it. */
void scenario_check_lines(const struct scenario *, struct diags *, const char *file, const char *text, size_t len);
void scenario_check_node(const struct scenario *, struct diags *, const struct node *); /* every text in it */
/* Warns when steps have techniques and no word says which version of ATT&CK these are of: once, at the first. */
void scenario_check_techniques(const struct scenario *, struct diags *);
/* Fills references in: `lookup` gives the text for name and field ("" = the name alone), or NULL. False when one is NULL. */
typedef const char *reference_fn(void *context, const char *name, const char *field);
bool scenario_expand(const char *text, reference_fn *lookup, void *context, struct str *out, struct err *e);
/* The same for a node; texts that are one reference alone stay texts. New reference or NULL. */
json_t *scenario_expand_node(const struct node *, reference_fn *, void *context, struct err *);

/* ---- variation ---- */

struct draw { /* the variables' values for one seed, in order of the file */
    const char **values;
    size_t n;
};
/* Values live in the arena. Times as ISO 8601, durations as "4m30s". */
bool scenario_draw(const struct scenario *, const struct seed *, struct arena *, struct draw *, struct err *);
/* How many different values a variable can have; 1 where that is not known (words, names) or follows from others. */
double variable_variants(const struct variable *);
/* Such a number, or a product of them, for people: "960", "about 8 x 10^31". */
void str_add_variants(struct str *, double n);
const char *draw_value(const struct scenario *, const struct draw *, const char *variable); /* NULL if there is none */
