/* SPDX-License-Identifier: MIT */
/* The shape of the tables of habits. Private to sim/background. */
#pragma once

#include "sim/background/background.h"
#include "sim/scenario/scenario.h"

/* A call is made by a gesture with others beside it: a page that loads, a command, a run of a program. */
struct habit_call {
    const char *op;
    /* CloudTrail's names as JSON with ' for "; $things (things.c) are filled in; NULL = none. */
    const char *params;
    unsigned gap_ms;    /* mean pause after the call before; 0 = beside it */
    unsigned percent;   /* of the times that it is made; 0 = always */
    bool each;          /* once for every thing that params name */
    const char *region; /* other than the account's; NULL */
};
struct routine {
    const char *name;
    unsigned weight; /* against its neighbours */
    const struct habit_call *calls;
    size_t n;
    bool mistaken; /* of a program: keeps asking for what it may not */
};
/* clang-format off */
#define ROUTINE(name, weight, calls) {(name), (weight), (calls), COUNT(calls), false}
/* clang-format on */

enum way { BY_CONSOLE, BY_COMMAND, BY_PROGRAM, BY_ROLE };

struct hours {     /* one kind of working time; minutes are of the local day and may reach into the next */
    unsigned days; /* bit 0 = Sunday */
    unsigned percent;
    int start_low, start_high, length_low, length_high;
    enum way way;
    int64_t pause_ms; /* mean time between two gestures; of a program: its period, kept to within 2 s */
    const struct routine *routines;
    const size_t *n_routines;
};
#define EVERY_DAY 0x7f
#define WORKDAYS 0x3e
struct habit_facts {
    const struct hours *hours;
    size_t n;
    unsigned layers; /* times that a usual day's calls may be made when many events are wanted; 0 = any */
};
extern const struct habit_facts habits[]; /* by enum habit */

extern const struct routine console_pages[], shell_commands[], monitor_polls[], terraform_runs[], backup_runs[], audit_runs[];
extern const size_t n_console_pages, n_shell_commands, n_monitor_polls, n_terraform_runs, n_backup_runs, n_audit_runs;

/* ---- things that calls are about ---- */

enum thing {
    THING_INSTANCE,
    THING_STAGING, /* instances that run no server */
    THING_SERVER,  /* the instance of the plan's server */
    THING_VOLUME,
    THING_IMAGE,
    THING_SECURITY_GROUP,
    THING_STAGING_GROUP, /* security groups that no server is in, and not the default one */
    THING_VPC,
    THING_SUBNET,
    THING_USER,
    THING_GROUP,
    THING_POLICY,
    THING_ROLE,
    THING_BUCKET,
    THING_KEY_ID, /* access keys */
    THING_KMS_KEY,
    THING_COLLEAGUE, /* regulars with an access key: users that belong here */
    THING_SIGNER,    /* regulars with a password, and beside it their passwords */
    THING_PASSWORD,
    THING_NOWHERE, /* ids that do not exist: what a typing error makes of one */
    THING_KINDS
};
struct things { /* the account's, as they are before the story */
    const char **list[THING_KINDS];
    size_t n[THING_KINDS], cap[THING_KINDS];
};
void things_find(const struct background_plan *, struct things *);
void things_drop(struct things *);
/* How many different sets of parameters the template can come to; 0 = a thing is wanted of which there is none. */
size_t things_variants(const struct things *, const char *params);
/* The variant-th of them. `own` fills $own (one's address) and $me (one's user name) in. A new reference; NULL: nothing to be
 * filled in. */
struct own {
    const char *ip, *user;
};
json_t *things_fill(const struct things *, const char *params, size_t variant, const struct own *);

/* An address of a documentation network (RFC 5737) that nobody of `avoid` has; odd ones are the scanners', even ones the
 * travellers', so that nobody is both. In the arena. */
const char *address_elsewhere(struct arena *, struct chance *, const struct background_plan *, bool odd);
const char *address_within(struct arena *, struct chance *, const char *cidr);

/* ---- drawing ---- */

#define MACHINES 3
struct worker { /* a regular at work, at one of the machines that person has: workers come in threes */
    const struct regular *r;
    const struct user *user; /* of the account; NULL when it has none of that name */
    const char *ip, *agent, *browser;
};
struct working_time { /* one stretch of work: one address, one sign-in */
    const struct worker *worker;
    const struct hours *hours;
    const char *date; /* local, of the day it belongs to */
    size_t nth;       /* of that day's */
    int64_t start_ms, end_ms;
    struct principal who;
    const char **keys; /* access key ids, one for each of its sessions */
    struct origin from;
    uint32_t session, n_sessions; /* everyday.sessions: the console's one an hour, all others one */
    uint32_t rank;                /* those with the highest go first when there is no room for their actions */
    uint32_t n_actions;
    bool dropped;
};
struct draft { /* an action that is not yet sure to be kept */
    struct background_action is;
    size_t time; /* index in times */
};
struct drawing {
    const struct background_plan *plan;
    struct background *b;
    struct things things;
    struct worker *workers;
    struct working_time *times;
    size_t n_times, cap_times;
    struct draft *drafts;
    size_t n_drafts, cap_drafts;
    struct rehearsed *rehearsed; /* calls.c: hash of what was rehearsed */
    size_t n_rehearsed, cap_rehearsed;
};
/* day.c: a person's working times of one day, and how they sign in. */
void day_draw(struct drawing *, const struct worker *, int64_t local_day);
/* changes.c: what is changed in a working time. */
void changes_draw(struct drawing *, size_t time);
/* An action of that working time. Steals params. NULL (and nothing is done) outside the plan's time. */
struct draft *draft_add(struct drawing *, size_t time, int64_t when_ms, const char *op, json_t *params);
/* Which of its sessions is it at that moment? The console changes its credentials every hour. */
uint32_t session_at(const struct working_time *, int64_t when_ms);
const char *agent_for(const struct drawing *, const struct working_time *, const char *op);
/* calls.c: the index in everyday.calls of a call by that person; false: it cannot be made (no such thing or operation). */
bool call_index(struct drawing *, const struct working_time *, const struct habit_call *, size_t variant, uint32_t *ret);
/* layers.c: as many reading calls as the plan wants beside `n_records` of actions. */
void layers_draw(struct drawing *, uint64_t n_records);
