/* SPDX-License-Identifier: MIT */
/*
 * A lab's server as a place to be: namespaces of its own, its files in memory, its processes alive, a shell for the student.
 * Depends on lab and what is below it.
 *
 * Nothing of it ever is on the student's disk: the files live in a tmpfs of a mount namespace, owned by the users that the
 * server knows, and die with it, however it ends. What the student did comes back through a socket when the shell is left:
 * bytes of a process that the student had power over, so they are read with limits and never trusted.
 *
 * Modes (facts: /work's host-lab page, tried on Linux 6.18; user_namespaces(7), newuidmap(1)):
 *     root     real root maps 65536 ids that nobody has (from 0x70000000 on) into a user namespace
 *     multi    a plain user with a range in /etc/subuid, by newuidmap
 *     none     neither is possible here: the lab is files, and `cafelab call` simulates commands
 */
#pragma once

#include "sim/lab/lab.h"

/* ---- what this machine allows ---- */

enum shell_mode { SHELL_NONE, SHELL_MULTI, SHELL_ROOT };
struct shell_means { /* texts are literals or in the arena */
    enum shell_mode mode;
    const char *why;        /* SHELL_NONE: what is missing; else NULL */
    const char *cure;       /* the one command that mends it; NULL = none is known */
    unsigned first_id, ids; /* uids: what 1.. (multi) or 0.. (root) is mapped to, and how many */
    unsigned first_gid, gids;
};
void shell_means(struct arena *, struct shell_means *);
const char *shell_mode_name(enum shell_mode); /* "root", "multi", "none" */
/* One range of a user's in the text of /etc/subuid: by name or by number. False: there is none. */
bool subid_find(const char *text, const char *user, unsigned uid, unsigned *ret_first, unsigned *ret_n);
/* Folders that lie over the machine's /usr: programs whose packages would start a service on this machine, unpacked by
 * build-aux/setup. Returns how many. */
#define SHELL_TOOLS 2
size_t shell_tools(struct arena *, const char *ret[SHELL_TOOLS]);
/* Packages of programs that the shell leans on, and that are neither on this machine nor unpacked; NULL = all are there. */
const char *shell_missing(struct arena *);

/* ---- the shell ---- */

struct shell_plan {
    const struct shell_means *means;
    const struct server *server;
    const struct os_session *session; /* the student's login: its processes, its terminal */
    const char *command;              /* for bash -c; NULL = a login shell */
    int64_t lab_ms;                   /* what the lab's clock says now: the files' times are the lab's */
    int64_t now_ms;                   /* and the machine's */
};
struct shell_left { /* what was found when the shell had ended */
    int status;     /* its exit status; 255 = the session was broken off */
    struct tree tree;
    json_t *settled;  /* parameters of disk:Settled; owned */
    int64_t ready_us; /* from the start to the shell's own start */
};
/* Runs it on this process's terminal (or on its standard streams), to its end. The tree's texts are in the world's arena.
 * False: it could not begin, or nothing came back; what was done in it is lost then. */
bool shell_enter(const struct shell_plan *, struct world *, struct shell_left *ret, struct err *);
