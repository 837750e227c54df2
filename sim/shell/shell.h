/* SPDX-License-Identifier: MIT */
/*
 * A lab's server as a place to be: namespaces of its own, its files in memory, its processes alive, a shell for the student.
 * Depends on lab and what is below it.
 *
 * Nothing of it ever is on the student's disk: the files live in a tmpfs of a mount namespace, owned by the users that the
 * server knows, and die with it, however it ends. What the student did comes back through a socket, every second and in the
 * end: bytes of a process that the student had power over, so they are read with limits and never trusted.
 *
 * Modes (tried on Linux 6.18; user_namespaces(7), newuidmap(1)):
 *     root     real root maps 65536 ids that nobody has (from 0x70000000 on) into a user namespace
 *     multi    a plain user with a range in /etc/subuid, by newuidmap; root of a container that has ids of its own
 *     single   a plain user without: one id, shown as root; see shell_cannot()
 *     container  root of a container that runs an image of `cafelab host export`: its file system and its processes are the
 *              server's, nothing is made anew; see container.c
 *     none     neither is possible here: the lab is files, and `cafelab call` simulates commands
 */
#pragma once

#include "sim/lab/stay.h"

/* ---- what this machine allows ---- */

enum shell_mode { SHELL_NONE, SHELL_SINGLE, SHELL_MULTI, SHELL_ROOT, SHELL_CONTAINER };
struct shell_means { /* texts are literals or in the arena */
    enum shell_mode mode;
    const char *why;        /* what is missing; NULL = nothing */
    const char *cure;       /* the one command that mends it; NULL = none is known */
    unsigned first_id, ids; /* uids: what 1.. (multi) or 0.. (root) is mapped to, and how many */
    unsigned first_gid, gids;
};
void shell_means(struct arena *, struct shell_means *);
const char *shell_mode_name(enum shell_mode); /* "root", "multi", "single", "container", "none" */
const char *shell_cannot(enum shell_mode);    /* what it does not show, a sentence; NULL = it shows all */
/* One range of a user's in the text of /etc/subuid: by name or by number. False: there is none. */
bool subid_find(const char *text, const char *user, unsigned uid, unsigned *ret_first, unsigned *ret_n);
/* How many ids from `first` on a map of user_namespaces(7) gives, the text of /proc/self/uid_map: lines of "inside outside
 * count". What begins on one line and goes on on the next counts as far as the first. */
unsigned ids_given(const char *map, unsigned first);
/* Folders that lie over the machine's /usr: programs whose packages would start a service on this machine, unpacked by
 * build-aux/setup. Returns how many. */
#define SHELL_TOOLS 2
size_t shell_tools(struct arena *, const char *ret[SHELL_TOOLS]);
/* Packages of programs that the shell leans on, and that are neither on this machine nor unpacked; NULL = all are there. */
const char *shell_missing(struct arena *);
/* The same of another file system: does it have "/usr/bin/bash"? */
const char *shell_missing_of(struct arena *, bool (*has)(const void *context, const char *path), const void *context);

/* ---- the shell ---- */

/* Who knows the lab: journal, files, whether somebody serves it. Called in the keeper's process, one at a time. */
struct shell_house {
    void *context;
    const char *dir; /* the lab's */
    const struct shell_means *means;
    /* The student logs in, and the lab is opened as it is then: *ret_answer (owned) is lab_stay_begin()'s. trace() lets its
     * servers' files tell of it. The lab is held until arrived(), which writes what else follows: no shell need wait for that.
     */
    bool (*arrive)(void *context, const struct arrival *, struct lab *ret, json_t **ret_answer, struct err *);
    bool (*trace)(void *context, struct lab *, struct err *);
    bool (*arrived)(void *context, struct lab *, struct err *);
    bool (*tell)(void *context, const struct stay *, struct err *); /* what was done inside, the end of a login */
    bool (*look)(void *context, struct lab *ret, struct err *);     /* the lab as it is now */
    unsigned (*served)(void *context); /* at which port of loopback the account's API answers; 0 = it does not */
    /* The instance's role's: {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "LastUpdated"}. */
    json_t *(*credentials)(void *context, const char *on, struct err *);
    const struct shell_file *files; /* to lie inside, below /usr/lib/cafelab */
    size_t n_files;
};
struct shell_file {
    const char *path, *text;
};
/* Where inside the API is reached, and from which address its server then is asked. */
#define SHELL_API_PORT 4566
#define SHELL_API_URL "http://127.0.0.1:4566"
#define SHELL_API_FROM "127.77.0.1"
struct shell_wish {
    const char *on;                     /* server; NULL = the lab's first */
    const char *command;                /* for bash -c; NULL = a login shell */
    bool console;                       /* by Session Manager */
    const char *access_key_id, *secret; /* the student's, for `aws`; NULL = the lab is not served */
};
struct shell_visit {
    int status;       /* its exit status; 255 = the session was broken off */
    json_t *refused;  /* {"code", "message", "user", "host", "from"}: nobody got in; owned; else NULL */
    int64_t ready_us; /* from the call to the shell's own start */
};
/*
 * A shell on this process's terminal (or on its standard streams), to its end. The first one on a lab leaves a process
 * behind it, the keeper, which has the server inside and lives as long as there is a shell: it notes every second what was
 * done, and lets others in. False: it could not begin, or what was done in its end could not be kept.
 */
bool shell_visit(const struct shell_house *, const struct shell_wish *, struct shell_visit *ret, struct err *);
/* As the first process of a container: becomes the server's, and keeps its shells. Returns in a child of it, and true, for who
 * has to visit it with what came to the container, when there is a terminal or a command; shell_leave() then ends them all.
 * False: it could not begin. */
bool shell_contain(const struct shell_house *, const struct shell_wish *, struct err *);
int shell_leave(int status);      /* returns it */
bool shell_open(const char *dir); /* is there one on this lab now? */
/* Removes a lab's directory and all in it, also what belongs to the user's subordinate ids. False: some is left (message). */
bool shell_remove(const char *dir, struct err *);
