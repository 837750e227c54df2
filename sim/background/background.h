/* SPDX-License-Identifier: MIT */
/*
 * Everyday life: draws who does what when, from people's working hours, clients and habits. Depends on scenario, act,
 * evidence.
 *
 * What changes nothing becomes occurrences (rehearsed once, see evidence.h). What changes something, and sign-ins, and
 * logins on servers, become actions that the player merges into the timeline. Every person's every day draws from a
 * stream of its own ("background/faythe/2025-10-14").
 */
#pragma once

#include "sim/act/act.h"
#include "sim/evidence/evidence.h"

/* How a person or program works; facts about each in habits.c. */
enum habit {
    HABIT_NONE,
    HABIT_CONSOLE_OFFICE,   /* console during office hours */
    HABIT_CONSOLE_EVENINGS, /* console after work */
    HABIT_CLI_OFFICE,       /* aws cli all working day */
    HABIT_SDK_MONITOR,      /* a program that polls around the clock */
    HABIT_TERRAFORM,        /* plan runs a few times a day, now and then an apply */
    HABIT_NIGHT_OWL,        /* cli, now and then late */
    HABIT_BACKUP,           /* nightly program */
    HABIT_AUDITOR,          /* a role assumed weekly, reads everything */
};
extern const char *const habit_names[]; /* "console-office-hours", ... by enum, ends with NULL */

struct regular { /* one of the cast with a habit */
    const char *id;
    struct principal who;
    struct origin from; /* of the usual client */
    const char *place;  /* CIDR its address is drawn from, per session */
    int zone_minutes;   /* local time */
    enum habit habit;
    bool mfa;
};
struct background_plan {
    struct world *w; /* as it is before the story; rehearsals leave no trace in it */
    const struct regular *people;
    size_t n_people;
    struct seed seed;
    int64_t from_ms, until_ms;
    uint64_t events;    /* records wanted in all; met to within 1 % */
    const char *server; /* name of the web server for SSM sessions and log noise; NULL = none */
};
struct background_action { /* to be merged into the timeline */
    struct action action;  /* params owned by the caller's arena life: json references live until background_drop */
    const char *who_id;    /* person */
};
struct background {
    struct arena arena;
    struct everyday everyday;
    struct background_action *actions; /* sorted by time */
    size_t n_actions, cap_actions;
};
bool background_draw(const struct background_plan *, struct background *, struct err *);
void background_drop(struct background *);
