/* SPDX-License-Identifier: MIT */
/*
 * Private: the parts of play(), in the order in which they come: the cast gets its addresses, the prelude makes the
 * account, servers boot, the schedule says what happens when, and each step becomes the actions that it stands for.
 */
#pragma once

#include "sim/lab/lab.h"

/* ---- play_cast.c: who everybody is, seen from outside ---- */

bool cast_draw(struct play *, struct err *); /* addresses and clients; before there is an account */
void cast_meet_account(struct play *);       /* names, keys: after the prelude */
struct sign_in {                             /* a console session that a step needs */
    int64_t time_ms;
    const char *key; /* ASIA.. */
};
/* Whoever does the step, where it is done: a member of the cast, or a copy with the address and the client of elsewhere. */
const struct member *member_of_step(struct play *, const struct step *, struct err *);
struct principal member_principal(const struct member *, const char *client, const struct sign_in *);
struct origin member_origin(struct arena *, const struct member *, const char *client, const char *op);
/* The same of a step of the story: a client that is not the person's usual one is a program that others have, too. */
struct origin step_origin(struct play *, const struct member *, const char *as, const char *client, const char *op);
char *place_cidr(struct play *, const char *place, struct err *); /* in the world's arena */

/* ---- check_files.c ---- */

#define BRIEF_MAX_BYTES (1u << 20)
void check_files(const struct scenario *, struct diags *); /* a part of lab_check */
/* "brief.pt.md", which need not be there; in the arena. */
char *brief_translation(struct arena *, const struct scenario *, const char *language);

/* ---- play.c ---- */

struct background_plan life_plan(struct play *, int64_t events); /* of everyday life; in the world's arena */

/* ---- play_prelude.c: the account and its servers before the story ---- */

bool prelude_play(struct play *, struct err *);
bool servers_boot(struct play *, struct err *);
struct instance *instance_of(struct world *, const struct instance_spec *); /* by its tag Name; NULL = it is gone */
const char *aws_policy_arn(struct arena *, const char *name); /* of one that AWS manages; NULL = it is not known */
struct boot { /* what host_boot() needs to do the same again; kept in lab.json */
    const char *instance_id;
    struct server_plan plan;
};
/* What a server of the scenario is to boot as, now that its instance runs. In the world's arena. */
struct boot boot_of(struct play *, const struct server_spec *);

/* ---- play_schedule.c: what happens when ---- */

enum due_kind { DUE_SIGN_IN, DUE_KEY, DUE_STEP, DUE_LIFE };
struct due {
    int64_t time_ms;
    enum due_kind kind;
    size_t index;            /* of the step in its list, of the action or of the instance in its own */
    const struct step *step; /* DUE_STEP, and whose sign-in it is */
    struct sign_in console;  /* of a step that is done in the console */
    const struct background_action *life;
    bool once;      /* of a step that is done again and again: only the nth time is played now */
    size_t nth;     /* from 0; also of DUE_KEY */
    bool ends_then; /* time_ms is a live lab's clock: what takes a while has begun before, and nothing is dated later */
};
struct schedule {
    struct due *list;
    size_t n, cap;
};
/* Where a step's wait begins, given the times of the steps before it (the first step's is the start); how long it is. */
bool step_base(struct play *, size_t i, const int64_t *times, int64_t *ret, struct err *);
bool step_wait(struct play *, const struct step *, const struct value *wait, int64_t *ret, struct err *);
bool step_time_of_mark(const struct play *, const int64_t *times, size_t before, const char *mark, int64_t *ret);
/* Does whoever does the step work in the console, and has to sign in first? And with a session of which key: it begins at a
 * time. */
bool step_needs_console(struct play *, const struct step *);
struct sign_in step_console(struct play *, size_t i, int64_t time_ms);
/* May a step be done in the session that another step of the same person needed? */
bool step_shares_console(const struct step *, const struct step *other, const struct sign_in *, int64_t time_ms);
bool step_sign_in(struct play *, const struct due *, struct err *); /* play.c; the stream is sign-in/<step> */
bool schedule_story(struct play *, struct schedule *, struct err *);
void schedule_life(struct play *, struct schedule *); /* everyday actions among them; sorts */
void schedule_drop(struct schedule *);

/* ---- instance_keys.c: the credentials that an instance's metadata hands out ---- */

/* The newest of its role; the same, if they are good for some minutes more. NULL = none. */
const struct session_key *instance_key(const struct world *, const struct instance *);
const struct session_key *instance_key_at(const struct world *, const struct instance *, int64_t now_ms);
/* EC2 assumes the instance's role, which there must be, for it: `when` has the time and the stream. */
void instance_renew(struct world *, const struct instance *, const struct action *when, struct outcome *);
void keys_begin(struct play *); /* of instances with a role: what they have before it all begins; last in the prelude */
void schedule_keys(struct play *, struct schedule *); /* and what comes after that */
void key_play(struct play *, const struct due *);     /* DUE_KEY */
/* Before a step that is done with an instance's key: makes one if there is none that is good. */
void step_meets_key(struct play *, const struct step *, int64_t time_ms);

/* ---- play_step.c: from a step to actions ---- */

struct deed { /* one operation that a step stands for */
    const char *op, *on;
    json_t *params; /* owned */
};
struct deeds {
    struct deed *list;
    size_t n, cap;
};
/* Parameters with references filled in. False with the step's place in the message. */
bool step_deeds(struct play *, const struct step *, struct deeds *, struct err *);
void deeds_drop(struct deeds *);
void mark_keep_before(struct play *, const struct step *, struct mark *); /* its server's files as they are now */
bool step_play(struct play *, const struct due *, struct err *);
/* How often it is done: what may be played one by one, see struct due; and how long it pauses before the nth time. */
size_t step_times(struct play *, const struct step *);
int64_t step_pause(const struct play *, size_t step, size_t nth);
bool step_fail(const struct step *, struct err *, const char *fmt, ...) PRINTF(3, 4); /* "file:line:col: ..."; false */
/* Where it is done; NULL = in the home region. */
bool step_region(struct play *, const struct step *, const char **ret, struct err *);
/* Did it end as the step expects? */
bool step_judge(const struct step *, const struct world *, const struct outcome *, struct err *);

/* ---- play_logs.c: steps that read or change the servers' logs ---- */

/* Before such a deed, in the session of that number: the servers' trees get what would have been logged by then. */
bool play_logs_before(struct play *, const struct deed *, long session, int64_t now_ms, struct err *);
const char *play_visitors_site(struct play *); /* "/cafe/", or NULL; in the world's arena */

/* ---- streams.c ---- */

/* The name of an action's stream of ids. It stands in the student's journal, so it must not tell a story's step from
 * everyday life: a few digits of an HMAC of the path ("story/12", "prelude/3"). In the world's arena. */
const char *stream_name(struct world *, const char *fmt, ...) PRINTF(2, 3);
