/* SPDX-License-Identifier: MIT */
/* Private: what the keeper knows. Its guests are keeper.c's; what goes between lab and inside is keeper_exchange.c's. */
#pragma once

#include "sim/shell/parts.h"

#define GUESTS 16
#define LOOK_EVERY_MS 500

struct guest {
    int fd;
    long session; /* 0 = none yet */
    bool gone;    /* its login is to be ended */
};
struct keeper {
    const struct shell_house *house;
    struct guest guests[GUESTS];
    size_t n_guests;
    int listening, link;
    int door_fds[DOORS];
    uint8_t metadata[32]; /* what who sits there tells of the instance */
    struct gate waiting;  /* for a brief; .pid 0 = there is none */
    pid_t gate, doors;
    struct lab lab; /* as at the last look */
    struct server *server;
    int64_t lab_ms, now_ms; /* what the lab's clock said when the machine's said that */
    struct state *latest;   /* what is inside, as it said */
    struct state *agreed;   /* what of it the lab knows; may be the same */
    char *settled;          /* as told last */
    struct stay told;       /* changes, since the last look */
    size_t n_told;
    off_t journal;         /* looked at up to there */
    struct timespec files; /* when the lab's list of files was written, at the last look */
    int64_t next_note_ms, alert_until_ms;
    bool news_due, broken, one_id;
    bool stays;   /* in a container: it and the server end when that does, and not with the last guest */
    bool visited; /* by somebody already: logins that a container's end left open have been ended */
};

/* What PID 1 said of a guest's shell: to that guest. */
void keeper_pass_on(struct keeper *, struct message *);
/* Asks what is inside now, into `latest`; and tells the lab what of it is new, with the end of a login if `session` is one. */
bool keeper_ask(struct keeper *, struct err *);
bool keeper_tell(struct keeper *, long session, struct err *);
/* What happened in the lab goes in, and the lab (taken over) is the one that is known. `visitor` (owned) is somebody who came
 * with it; NULL = nobody. */
bool keeper_bring(struct keeper *, struct lab *, json_t *visitor, struct err *);
/* Who sits at the doors knows the lab as it is now: others take over when it has changed. */
void keeper_attend_doors(struct keeper *);
/* Both ways: now, or when it is time. */
bool keeper_exchange(struct keeper *, struct err *);
void keeper_note(struct keeper *);
void keeper_begin(struct keeper *); /* all is known by now: news are what comes later */
