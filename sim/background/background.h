/* SPDX-License-Identifier: MIT */
/*
 * Everyday life: draws who does what when, from people's working hours, clients and habits. Depends on scenario, act,
 * evidence.
 *
 * What only reads becomes occurrences (each distinct call is rehearsed once, see evidence.h). What changes something,
 * sign-ins, assumed roles and commands sent to servers become actions that the player merges into the timeline.
 *
 * Every person's every day draws from streams of its own ("background/faythe/2025-10-14/..."): another person more, or
 * another day more, leaves it alone. Only how many of the reading calls are kept depends on `events`, and so on
 * everybody: calls are drawn in layers, in an order of their own, and the last layer is thinned to meet the number.
 *
 * Habits are tables: habits.c (who works when), console.c, commands.c, programs.c (which calls), changes.c (what is
 * changed now and then). To add a habit, a page or a mistake is to add a row.
 */
#pragma once

#include "sim/act/act.h"
#include "sim/evidence/evidence.h"

/* How a person or program works; facts about each in habits.c. */
enum habit {
    HABIT_NONE,
    HABIT_CONSOLE_OFFICE,   /* console during office hours */
    HABIT_CONSOLE_EVENINGS, /* console after work */
    HABIT_CLI_OFFICE,       /* aws cli all working day, the console for a while */
    HABIT_SDK_MONITOR,      /* a program that polls around the clock */
    HABIT_TERRAFORM,        /* plan runs a few times a day, now and then an apply */
    HABIT_NIGHT_OWL,        /* cli, now and then late */
    HABIT_BACKUP,           /* nightly program */
    HABIT_AUDITOR,          /* a role assumed weekly, reads everything */
};
extern const char *const habit_names[];                    /* "none", "console-office-hours", ... by enum; ends with NULL */
bool habit_named(const char *name, enum habit *ret_habit); /* "" and NULL are HABIT_NONE; false: there is no such habit */

/* What somebody must have to live like that: a console password, an access key, or either of them. */
void habit_needs(enum habit, bool *ret_password, bool *ret_key);

struct regular { /* one of the cast with a habit */
    const char *id;
    struct principal who; /* a user; access_key_id for what goes through the CLI or an SDK (NULL: does none of it) */
    struct origin from;   /* usual address (NULL: one of `place`) and client; the agent may hold $command */
    const char *place;    /* CIDR of the usual network */
    int zone_minutes;     /* local time */
    enum habit habit;
    const char *role; /* HABIT_AUDITOR: name of the role that is assumed; NULL = reads as the user */
    bool in_story;    /* something happens to that user: nobody else hands out keys for it */
};
struct background_plan {
    struct world *w; /* as it is before the story; rehearsals leave no trace in its journal, but their shapes live in it */
    const struct regular *people;
    size_t n_people;
    struct seed seed;
    int64_t from_ms, until_ms;
    uint64_t events;           /* CloudTrail records wanted in all, those of the actions included; met exactly unless nobody
                                  has a habit. 0 = none */
    bool actions_alone;        /* the actions are the same, and everyday stays without calls: a third of the work */
    const char *server;        /* name of the web server that colleagues look after through SSM; NULL = none */
    const char *const *in_use; /* ids of instances beside it that work for the story: nobody stops those */
    size_t n_in_use;
    const char *const *avoid; /* CIDRs that belong to somebody: travellers and scanners come from elsewhere */
    size_t n_avoid;
};
#define BACKGROUND_MAX_EVENTS 20000000u
struct background_action { /* to be merged into the timeline */
    struct action action;  /* params and texts live until background_drop(); each has its own `stream` */
    const char *who_id;    /* of the person; "internet" for a scanner */
};
struct background {
    struct arena arena;
    struct everyday everyday;
    struct background_action *actions; /* sorted by time */
    size_t n_actions, cap_actions;
};
/* Fails on a plan that cannot be: no time in it, too many events, a person without id, two with the same. */
bool background_draw(const struct background_plan *, struct background *, struct err *);
/* What the internet does once a server's tcp/22 is open: scanners try passwords, in bursts, a few hundred logins a lab,
 * none of which can succeed (they know neither the server's accounts nor their passwords). Call it when the time of
 * the opening is known, with the same plan (seed, server, until_ms and avoid are read) and a zeroed `out`; merge
 * out->actions with the others. out->everyday stays empty. Their host:LogIn fails in any case; whether the packets get
 * through at all is for the security group to say. */
void background_knock(const struct background_plan *, int64_t opened_ms, struct background *out);
void background_drop(struct background *); /* zeroed is fine */
