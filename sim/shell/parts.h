/* SPDX-License-Identifier: MIT */
/* Private: what the files of sim/shell share. Outside, gate, PID 1 and the server's processes are forks of one program. */
#pragma once

#include "sim/shell/shell.h"

#define SECOND_MS 1000

/* Of <grp.h>, whose struct group would be another than the account's. */
int setgroups(size_t n, const gid_t *list);
int initgroups(const char *user, gid_t group);

/* ---- link.c: messages between outside and inside: a byte of kind, four of length, the bytes ---- */

enum link_kind {
    LINK_ERROR = 'E',  /* text: it did not come to a shell */
    LINK_READY = 'R',  /* with descriptors: the terminal's master, or the ends of three pipes */
    LINK_GO = 'G',     /* all is there: the shell runs */
    LINK_STATUS = 'X', /* one byte: the shell is over */
    LINK_STATE = 'S',  /* state.c's */
};
#define LINK_MAX_BYTES (96u << 20)
struct message {
    enum link_kind kind;
    struct str bytes;
    int fds[3]; /* -1 = none */
};
void message_drop(struct message *);
bool link_send(int fd, enum link_kind, const void *data, size_t n, const int *fds, size_t n_fds);
bool link_receive(int fd, struct message *ret, struct err *); /* false at the end, too */
void close_fd(int *fd);

/* ---- gate.c: the way in ---- */

struct inside { /* what PID 1 works with */
    const struct shell_plan *plan;
    const struct server *server;
    struct world *w; /* its arena is for use: the fork dies soon */
    int link;
    int tools[SHELL_TOOLS]; /* folders over /usr, opened while we may: their path may not be the server's root's to walk */
    size_t n_tools;
    bool terminal; /* wanted */
    const char *term;
};
/* Forks; the child and its namespaces end when `*ret_pid` does. `link` is the inside's end. */
bool gate_open(const struct inside *, pid_t *ret_pid, struct err *);

/* ---- root.c: the file system ---- */

bool root_mount(const struct inside *, struct err *); /* becomes / ; files are written */
bool root_is_ours(const char *path);                  /* put there by us or mounted: no file of the server's */

/* ---- init.c ---- */

_Noreturn void init_run(const struct inside *);

/* ---- cast.c: the server's processes ---- */

struct cast {
    const struct inside *in;
    int done;      /* read end: one byte, the student's exit status */
    int done_peer; /* write end, for the session's child alone */
    int go[2];     /* the student's shell waits for a byte: it may only look around when all is there */
    struct actor *actors;
    size_t n;
};
struct actor { /* a process of the world's, as it is here */
    const struct process *process;
    int pidfd; /* -1: it could not be brought about */
};
bool cast_begin(struct cast *, const struct inside *, struct err *);
bool cast_alive(const struct cast *, int pid); /* a process of the world's */
void next_pid(int pid);                        /* the next fork gets this one, where it can be had */
void title_area(void);                         /* once, in PID 1 */
void title_set(const char *title, const char *comm);
pid_t actor_fork(const char *title, const char *comm, unsigned uid, unsigned gid); /* a process that waits; pid */

/* ---- units.c: services ---- */

struct unit_now {
    const struct daemon *daemon; /* as the world has it */
    int pid, pidfd;
    bool running, changed;
    int64_t started_ms; /* lab time */
    char *config;       /* sshd: as it was loaded; NULL = as in the world */
};
struct units {
    struct cast *cast;
    struct unit_now *list;
    size_t n;
    int control; /* requests of systemctl come here */
};
bool units_begin(struct units *, struct cast *, struct err *);
void units_serve(struct units *);
bool units_logging(const struct units *); /* does rsyslogd run? */
void units_check(struct units *);         /* who died? */

/* ---- records.c: what goes on leaves traces ---- */

int64_t lab_time_ms(const struct inside *);
int syslog_open(void);
void syslog_serve(const struct inside *, int fd, bool logging);
void log_secure(const struct inside *, const char *tag, int pid, const char *text);
void log_audit(const struct inside *, const char *type, const char *body);
void utmp_close(const struct inside *, const struct os_session *);

/* ---- state.c: files and the rest, out and back in ---- */

void state_give(const struct inside *, const struct cast *, const struct units *, const int64_t *ended_ms);
bool state_take(const struct str *, const struct shell_plan *, struct world *, struct shell_left *, struct err *);

/* ---- relay.c ---- */

struct relay { /* of the outside */
    int link;
    int fds[3];    /* the terminal's master; or the shell's stdin, stdout, stderr */
    bool terminal; /* fds[0] is a master, and our standard input a terminal */
};
/* Until the shell is over; returns its status, -1 when the inside vanished. */
int relay_run(struct relay *);
