/* SPDX-License-Identifier: MIT */
/* Private: what the files of sim/shell share. Outside, gate, PID 1 and the server's processes are forks of one program. */
#pragma once

#include "sim/shell/shell.h"

#define SECOND_MS 1000

/* Of <grp.h>, whose struct group would be another than the account's. */
int setgroups(size_t n, const gid_t *list);
int initgroups(const char *user, gid_t group);

/* ---- link.c: messages between guest, keeper and inside: a byte of kind, four of length, the bytes ---- */

enum link_kind {
    LINK_ERROR = 'E',  /* text: it did not come to a shell */
    LINK_READY = 'R',  /* session; with descriptors: the terminal's master, or the ends of three pipes */
    LINK_GO = 'G',     /* session: all is there, the shell runs */
    LINK_STATUS = 'X', /* "SESSION STATUS": a shell is over */
    /* keeper to inside */
    LINK_LOOK = 'L',   /* send your state */
    LINK_BRIEF = 'B',  /* JSON, brief.c's: which server it is; the gate waits for it */
    LINK_FILES = 'F',  /* its files are there */
    LINK_NEWS = 'W',   /* JSON, news.c's: what happened in the lab; perhaps a visitor */
    LINK_HANGUP = 'H', /* session: its guest is gone (a guest says it without) */
    /* inside to keeper */
    LINK_STATE = 'S', /* state.c's */
    LINK_DOORS = 'O', /* before all: sockets, doors.c's; the server's root stands, its files may come */
    LINK_SAME = 'N',  /* as it was */
    LINK_TAKEN = 'T', /* the news are taken in */
    /* guest and keeper */
    LINK_VISIT = 'V',   /* JSON: what is wished */
    LINK_REFUSED = 'D', /* JSON: nobody gets in */
    LINK_NOTE = 'M',    /* text for the student */
    LINK_SAVED = 'K',   /* after the status: all is in the lab; "last": and the keeper ends */
};
#define LINK_SAVED_LAST "last"
#define LINK_MAX_BYTES (96u << 20)
struct message {
    enum link_kind kind;
    struct str bytes;
    int fds[3]; /* -1 = none */
};
void message_drop(struct message *);
bool link_send(int fd, enum link_kind, const void *data, size_t n, const int *fds, size_t n_fds);
bool link_say(int fd, enum link_kind, const char *text);
bool link_receive(int fd, struct message *ret, struct err *); /* false at the end, too */
void close_fd(int *fd);
void close_all_but(const int *fds, size_t n); /* and the standard streams; -1 = none */

/* ---- gate.c: the way in ---- */

struct visitor { /* a login of the student's */
    struct visitor *next;
    const struct os_session *session;
    const char *command, *term;         /* NULL = a login shell; NULL = no TERM */
    const char *access_key_id, *secret; /* the student's, for aws; NULL = none */
    bool terminal;                      /* wanted; else three pipes */
    int done;                           /* read end: one byte, the shell's exit status */
    int done_peer;                      /* write end, for the session's child alone */
    int go[2];                          /* its shell waits for a byte: it may only look around when all is there */
    int watched[2];                     /* its shell sends what watch_begin() returned */
    int listener;                       /* that; -1 = not yet, or none */
    pid_t shell;                        /* 0 = not yet */
    bool over;
};
struct inside { /* what PID 1 works with: a fork of the keeper from before the lab was opened, and what the brief says */
    const struct shell_means *means;
    struct server *server;
    struct world *w;          /* of that server alone */
    const char *region, *key; /* the account's; the owner's private key, NULL = it is not to be had */
    int64_t lab_ms;           /* what the lab's clock said at the start: the files' times are the lab's */
    int64_t now_ms;           /* and the machine's */
    int link;
    const struct shell_house *house; /* its files */
    int tools[SHELL_TOOLS]; /* folders over /usr, opened while we may: their path may not be the server's root's to walk */
    size_t n_tools;
    struct visitor *visitors;
    int host_keys;              /* a byte in there, and all of sshd's keys are made; the first is */
    bool renumbers;             /* ids cannot be chosen here: what the world has is known by number + PID_WORLD until it runs */
    bool deaf;                  /* auditd does not run */
    int ended_sshd, begun_sshd; /* what they say of that is in the log already; 0 = none */
};
struct visitor *visitor_of(const struct inside *, long session); /* NULL: it is another's, or over */
bool is_visitors(const struct inside *, long session);           /* over or not: the lab is told of its end by the keeper */
/* Forks two: the gate, which makes namespaces and mounts and then waits for a brief, and who gives it its ids; `link` is the
 * inside's end, what goes wrong is said there. The namespaces end when the gate does. */
struct gate {
    pid_t pid, giver;
};
bool gate_open(const struct shell_house *, int link, struct gate *ret, struct err *);
/* Of the gate, for who makes no namespaces: it waits for the brief, its addresses on loopback, what systemd would have set. */
bool gate_hear(struct inside *, struct err *);
bool gate_network(const char *private_ip, struct err *);
void gate_environment(void);
bool gate_give_ids(const struct shell_means *, pid_t, struct err *); /* to a process in a new user namespace */

/* ---- brief.c: what PID 1 knows ---- */

json_t *process_said(const struct process *); /* JSON, and back into the server of `inside`; news are told with these, too */
json_t *session_said(const struct os_session *);
struct process *process_heard(const struct inside *, const json_t *);
struct os_session *session_heard(const struct inside *, const json_t *);
bool visitor_heard(struct inside *, const json_t *, struct err *);
/* `visitor` (stolen): a wish with its "session". */
json_t *brief_of(struct world *, const struct server *, int64_t lab_ms, int64_t now_ms, json_t *visitor);
bool brief_take(struct inside *, const json_t *, struct err *);

/* ---- doors.c, metadata.c: what answers at addresses that are not the server's ---- */

struct metadata_item {
    const char *path, *value; /* below /latest/ */
};
struct metadata {
    const struct shell_house *house;
    struct seed key; /* of tokens */
    const char *server;
    bool off, insists;              /* on tokens */
    const char *role, *key_name;    /* NULL = none */
    struct metadata_item items[48]; /* those of one directory stand together */
    size_t n;
};
void metadata_begin(struct metadata *, struct world *, const struct server *, const struct shell_house *);
void metadata_print(const struct metadata *, uint8_t ret[32]); /* equal: it answers the same */
/* One request's head in, the reply out; false: the connection ends. */
bool metadata_answer(const struct metadata *, const char *head, int64_t now_ms, struct str *out);
int door_open(const char *ip, unsigned port); /* listens there; -1 = it is taken */
#define DOORS 2
void doors_open(int link); /* inside, before it is shut: LINK_DOORS */
/* Out of that message; -1: its address is not to be had (a container without NET_ADMIN has no 169.254.169.254). */
void doors_take(struct message *, int ret[DOORS]);
/* A process. SIGTERM: it lets nobody in any more, and ends when those who are there have gone. */
pid_t doors_attend(const struct shell_house *, const struct metadata *, const int fds[DOORS]);

/* ---- key.c, host_keys.c ---- */

void ssh_add_bytes(struct str *, const void *data, size_t n); /* a string of ssh's: four bytes of length before it */
bool ssh_ed25519_private(const struct seed *, const char *comment, struct str *out); /* a key file */
/* The first is there; a process of ours makes the others once a byte is in *ret_others, and it ends when nobody has that. */
bool host_keys_make(const char *dir, int *ret_others, struct err *);

bool lab_key(const struct world *, const struct server *, struct str *out); /* false: it is not to be had */

/* ---- website.c: httpd ---- */

struct website {
    const struct inside *in;
    int fds[2], log;
};
void website_open(struct website *, const struct inside *);
void website_close(struct website *);
void website_serve(const struct website *); /* does not return */

/* ---- root.c: the file system ---- */

bool root_build(struct inside *, struct err *);      /* the gate, before there is a brief */
bool root_turn(const struct inside *, struct err *); /* PID 1: it becomes / */
bool root_lay_here(struct inside *, struct err *);   /* in a container: our programs into its own /usr */
bool root_is_ours(const char *path);                 /* put there by us or mounted: no file of the server's */
/* fill.c. The keeper: the lab's files go there. `alone`: there is one id. */
bool root_fill(pid_t gate, const struct tree *, bool alone, struct err *);
bool root_refresh(const struct tree *, struct err *); /* the same where many of them are there already: in a container */

/* ---- scripts.c ---- */

struct server_script {
    const char *path, *text; /* below /usr */
};
extern const struct server_script server_scripts[]; /* to a NULL path */

/* ---- init.c ---- */

_Noreturn void init_run(struct inside *);

/* ---- cast.c: the server's processes ---- */

struct cast {
    const struct inside *in;
    const struct website *site; /* in httpd's processes */
    int settled;                /* while they are made: who is done writes a byte */
    int files[2];               /* sshd waits for a byte: its configuration is there; -1 = nobody needs to */
    size_t n_unsettled;
    struct actor *actors;
    size_t n, cap;
};
struct actor { /* a process of the world's, as it is here */
    struct process *process;
    int world_pid;
    int pidfd; /* -1: it could not be brought about */
};
bool cast_begin(struct cast *, const struct inside *, struct err *); /* those who need no files of the server's */
bool cast_go_on(struct cast *, struct err *);                        /* the others: its files are there */
void cast_start_sshd(struct cast *); /* it reads them, and that takes its time: it may when the shell runs */
bool cast_add(struct cast *, struct process *list, struct err *); /* more of them, parents before children */
#define PID_WORLD 0x40000000                                      /* above what a process can have */
int cast_world_pid(const struct cast *, int pid);                 /* as the lab knows it; what it has here otherwise */
int cast_pid(const struct cast *, int world_pid);
int cast_came(const struct cast *, int pid);              /* the id that it got: another one where its own was taken */
bool cast_alive(const struct cast *, int pid);            /* a process of the world's */
void cast_kill(const struct cast *, int pid, int signal); /* it and no stranger with its id */
/* Waits for the end of one that is about to: somebody has killed it (SIGKILL is pending), or `certain`. */
void cast_await_end(const struct cast *, int pid, bool certain);
void next_pid(int pid);                         /* the next fork gets this one, where it can be had */
int newest_pid(void);                           /* what the last fork got; 0 = that cannot be known */
bool become(const struct cast *, unsigned uid); /* and its group; where there is one id, nobody else */
pid_t actor_fork(const struct cast *, const char *title, const char *comm, unsigned uid); /* a process that waits; pid */
_Noreturn void sshd_run(void);                                                            /* the real one, in its own process */

/* ---- light.c ---- */

void light_forks(bool); /* from here on light_fork() leaves out what a process that only waits, or execs, never needs */
pid_t light_fork(void); /* fork(2) otherwise; which must not be called while they are light */

/* ---- connection.c ---- */

/* The server's end of a connection to its port 22, established; -1 = it cannot be had here. */
int connection_open(const char *server_ip, const char *peer_ip, int peer_port);

/* ---- titles.c ---- */

void title_area(void); /* once, in PID 1 */
void title_set(const char *title, const char *comm);
void title_of(const struct process *); /* the process that calls is shown as this one */

/* ---- units.c: services ---- */

#define WORKERS_MOST 8

struct unit_now {
    const struct daemon *daemon; /* as the world has it */
    int pid, pidfd;
    int workers[WORKERS_MOST]; /* that it came with when it was started in here */
    size_t n_workers;
    bool running, changed;
    int64_t started_ms; /* lab time */
    char *config;       /* sshd: as it was loaded; NULL = as in the world */
};
struct units {
    struct cast *cast;
    struct inside *in;
    struct unit_now *list;
    size_t n;
    int control; /* requests of systemctl come here */
};
bool units_begin(struct units *, struct cast *, struct inside *, struct err *);
void units_serve(struct units *);
bool units_running(const struct units *, const char *unit);
void units_check(struct units *); /* who died? */
/* What happened to a service elsewhere: it is started or stopped here, too, under that id where ids can be chosen. */
void units_follow(struct units *, const char *unit, int pid, bool running, int64_t started_ms);

/* ---- records.c: what goes on leaves traces ---- */

int64_t lab_time_ms(const struct inside *);
int syslog_open(void);
void syslog_serve(const struct inside *, int fd, bool logging);
const struct os_session *login_of(const struct inside *, int pid, const char *tty, size_t n_tty);
void log_secure(const struct inside *, const char *tag, int pid, const char *text);
void log_audit(const struct inside *, const char *type, const char *body);
void log_audit_event(const struct inside *, const char *records); /* lines of "TYPE body" */
void audit_add_value(struct str *, const char *s, size_t n);
void utmp_open(const struct os_session *); /* its slot in utmp */
void utmp_close(const struct inside *, const struct os_session *, bool in_wtmp);

/* ---- watch.c: what is done to files that audit rules watch ---- */

struct watch_rule {
    char path[256], key[64];
    bool write, attributes;
};
struct watch_rules {
    struct watch_rule list[64];
    size_t n;
};
int watch_begin(void); /* in who is to be watched: a descriptor for PID 1; -1 = this kernel cannot */
void watch_read_rules(struct watch_rules *);
bool watch_serve(const struct inside *, const struct watch_rules *, int listener);

/* ---- state.c: files and the rest, out and back in ---- */

struct ending { /* of a login of somebody else's */
    long session;
    int64_t ended_ms; /* 0 = alive, or as in the world */
    bool orphaned;    /* its monitor died first: nobody closes it */
    bool awaited;     /* its monitor was given the time to follow its child */
};
struct endings {
    struct ending *list;
    size_t n, cap;
};
struct ending *ending_of(struct endings *, long session); /* made if need be */

struct seen;                   /* how the files were when they were sent last */
struct seen *state_seen(void); /* as they are now: nothing of them needs to be sent */
/* Sends what has changed, or that nothing has. */
void state_give(const struct inside *, struct seen *, const struct cast *, const struct units *, struct endings *);

struct state {      /* what was found inside */
    struct world w; /* of the server's tree and nothing else */
    struct tree tree;
    json_t *settled; /* parameters of disk:Settled; owned */
};
void state_drop(struct state *);
void state_copy(struct state *, const struct tree *); /* of a lab's tree */
/* Where all is root's inside: what was there keeps its owner, what is new is that of the directory's owner at home. `by_inode`:
 * both are of one server inside; else `before` is the lab's, and names are all that they share. */
void state_own(struct state *, const struct state *before, bool by_inode);
/* Bytes of PID 1's; contents that it did not send again are `before`'s. Times that are the machine's become the lab's. */
bool state_take(const struct str *, const struct state *before, int64_t lab_ms, int64_t now_ms, struct state *ret,
                struct err *);

/* ---- news.c: what happened in the lab goes in ---- */

/* The differences of a server between two looks at its lab: {"files", "processes", "sessions", "ended", "gone", "daemons"};
 * NULL when there are none. Changes of ours in `told` are left out. New reference. */
json_t *news_of(const struct server *was, const struct server *is, const struct stay *told);
void news_apply(struct state *, const json_t *news, int64_t now_ms); /* to what we know of the files inside */
struct inner {                                                       /* PID 1's parts */
    struct inside *in;
    struct cast *cast;
    struct units *units;
    struct endings *endings;
};
bool news_take(const struct inner *, const json_t *news, struct err *);

/* ---- container.c ---- */

bool container_is_ours(void);             /* an image of ours, and we are its root */
bool container_mounted(const char *path); /* something of the container's own lies there */

int container_status(void); /* what its first process ends with */

/* ---- keeper.c ---- */

/* In a container, from its start to its stop: PID 1 is at the other end of `link`. */
_Noreturn void keeper_stay(const struct shell_house *, const char *on, int link, int lock);

/* Until the last guest is gone. `first` is one's connection, `lock` its hold of the lab's shells. */
_Noreturn void keeper_run(const struct shell_house *, int first, int lock);
int keeper_socket(const char *dir, bool listens); /* connected to it or it itself; -1 = there is none */

/* ---- relay.c ---- */

struct relay { /* of the outside */
    int link;
    int fds[3];    /* the terminal's master; or the shell's stdin, stdout, stderr */
    bool terminal; /* fds[0] is a master, and our standard input a terminal */
};
/* Until the shell is over; returns its status, -1 when the keeper vanished. */
int relay_run(struct relay *);
