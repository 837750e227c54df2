/* SPDX-License-Identifier: MIT */
/*
 * A program at work on a server: who it is, what it may touch, and the facts that it leaves behind. Private to sim/host.
 *
 * A struct machine lasts for one host: operation. In it a shell runs programs one after the other; each becomes an
 * object of the response's "programs" (host.h says what is in it). Texts and other temporary things live in the machine's
 * arena, what stays lives in the world's.
 *
 * The folder:  host.c       the table of operations      boot.c        a server before the story
 *              login*.c     host:LogIn, host:LogOut      sshd_*.c      sshd_config as sshd reads it
 *              deeds.c      all others: command lines    edits.c picture.c   what they put into files
 *              shell_*.c    reads and runs lines         commands.c    the programs; one file for each theme
 *              paths.c globs.c files.c   the kernel's file system, with its refusals and the facts
 *              process.c daemons.c       processes, signals, sessions; systemd's units
 *              accounts.c useradd.c userdel.c password.c sudoers.c   who may do what
 */
#pragma once

#include "sim/host/host.h"

#include <errno.h>
#include <string.h>

/* ---- limits: whoever types a command line may be hostile, and the grader replays it ---- */

#define LINE_MAX_BYTES (16u << 10)
#define REPLY_MAX_BYTES (1u << 20)  /* of an operation's stdout and stderr */
#define STREAM_MAX_BYTES (8u << 20) /* of one pipe */
#define SAID_MAX_BYTES (64u << 20)  /* of all of an operation's programs */
#define FILE_MAX_BYTES (8u << 20)   /* that a program may write */
#define PROGRAMS_MAX 400            /* of one operation */
#define HASHES_MAX 100
#define BYTE_MAX_WORK (256u << 20) /* see work_on(): some seconds */
#define NO_ID UINT32_MAX           /* auid, uid: unset */

struct cred { /* what decides permissions */
    unsigned uid, gid;
    unsigned groups[32]; /* supplementary */
    size_t n_groups;
};
struct machine {
    struct call *c; /* NULL in tests that only parse */
    struct world *w;
    struct server *server;
    struct tree *tree;
    struct arena arena;
    int64_t now_ms;             /* goes on by some milliseconds with each program */
    struct os_session *session; /* NULL = no login: a daemon's child */
    json_t *programs;
    size_t n_programs, said; /* bytes of output so far */
    size_t unpacked;         /* bytes out of archives */
    uint64_t regex_work;     /* see regexes.h */
    uint64_t byte_work;      /* see work_on() */
    unsigned hashes;         /* passwords hashed: each takes milliseconds */
    const char *edited;      /* what a person makes of the file in an editor started now; NULL = nobody is there */
    size_t edited_len;
};
struct variable {
    struct variable *next;
    const char *name, *value;
};
struct shell { /* its state as it goes on from command to command */
    struct machine *m;
    int pid, ppid;
    const char *name;  /* before its complaints: "-bash" */
    const char **argv; /* as it was started */
    bool script;       /* complaints say the line, too */
    unsigned line;
    const char *cwd; /* "/home/ec2-user" */
    struct cred cred;
    const char *user, *home;
    unsigned umask;
    struct variable *variables;
    int status;
    unsigned depth;  /* of subshells, substitutions and shells started */
    unsigned loops;  /* around what is run now */
    unsigned leaves; /* so many of them are left by break or continue */
    bool goes_on;    /* the last of them by continue */
    bool exited;
};
struct streams {
    const char *in; /* standard input, not terminated */
    size_t in_len;
    size_t *in_taken; /* how much of it was read already, by whoever shares it; NULL = nobody does */
    bool in_given;    /* else it is the terminal, where nobody types */
    bool out_pipe;    /* standard output is no terminal */
    struct str *out, *err;
};
struct program {
    struct machine *m;
    struct shell *shell; /* whose child it is; NULL = a daemon's */
    int pid, ppid;
    struct cred cred;
    const char *cwd;
    unsigned umask;
    const char **argv; /* ends with NULL */
    int argc;
    struct streams io;
    json_t *fact;
};

/* ---- facts ---- */

json_t *fact_list(struct program *, const char *key); /* of the program's facts, made when missing; borrowed */
unsigned file_type_mode(const struct file *);         /* with S_IFREG, .. */

/* A new process of the operation: pid, time, facts. `exe` "/usr/bin/mv". The clock goes on. */
void program_begin(struct program *, const char *exe, bool builtin);
void program_end(struct program *, int status);
/* Counts bytes that are dear, those of checksums and packing, and some for each input; false: an operation has had enough. */
bool work_on(struct machine *, size_t n);
/* "name: text\n" on standard error; returns the exit status given. */
int complain(struct program *, int status, const char *fmt, ...) PRINTF(3, 4);
/* Standard output; what is over the limits is lost. */
void say(struct program *, const void *data, size_t n);
void sayf(struct program *, const char *fmt, ...) PRINTF(2, 3);

/* ---- people (accounts.c) ---- */

struct cred cred_of(struct machine *, const struct os_user *); /* with the groups of etc/group */
bool os_group_find(struct machine *, const char *name, unsigned *ret_gid);
const char *os_group_name(struct machine *, unsigned gid); /* NULL if there is none */
const char *os_user_name(struct machine *, unsigned uid);  /* NULL if there is none */
bool in_group(const struct cred *, unsigned gid);

/* ---- files, as the kernel would treat them (paths.c, files.c). All give 0 or an errno. ---- */

struct place {
    const char *path;           /* absolute, links resolved */
    struct file *file, *parent; /* file NULL = not there */
    int error;                  /* ENOENT with a parent: only the last part is missing */
};
enum { NO_FOLLOW, FOLLOW }; /* a link at the end of a name: itself, or what it leads to */
struct place place_find(struct program *, const char *name, bool follow);
struct place place_walk(const struct cred *, const struct tree *, struct arena *, const char *cwd, const char *name,
                        bool follow);
/* Does the name fit the pattern: * ? [a-z] [!a-z] and \ before what is meant as it stands. * fits a dot in front, too. */
bool pattern_fits(const char *pattern, const char *name);
bool glob_has_magic(const char *pattern);
/* The paths that fit, sorted; their number. Relative patterns give relative paths. The names that were tried are added to
 * *looked, which may be NULL. */
size_t glob_paths(const struct cred *, const struct tree *, struct arena *, const char *cwd, const char *pattern,
                  const char ***ret_paths, size_t *looked);
bool may(const struct cred *, const struct file *, unsigned want);            /* 4 read, 2 write, 1 search or execute */
const char *path_absolute(struct arena *, const char *cwd, const char *name); /* without "." and ".."; links not looked at */
const char *path_base(const char *path);
const char *path_join(struct arena *, const char *dir, const char *name);
/* The files in a directory, one after the other: first NULL, then the last one given. */
struct file *dir_next(const struct file *dir, struct file *last);

int fs_read(struct program *, const char *name, const char **ret_data, size_t *ret_len);
int fs_write(struct program *, const char *name, const void *data, size_t n); /* its new content */
int fs_append(struct program *, const char *name, const void *data, size_t n);
/* The same of what stays where it is as long as the world, such as another file's content: nothing is copied. */
int fs_write_lasting(struct program *, const char *name, const void *data, size_t n);
/* More for a file that fs_write() has opened: no new fact, but the size of the old one. */
void fs_fill(struct program *, const char *name, const void *data, size_t n);
int fs_rename(struct program *, const char *from, const char *to);
int fs_unlink(struct program *, const char *name);
int fs_rmdir(struct program *, const char *name);
int fs_mkdir(struct program *, const char *name, unsigned mode);
int fs_symlink(struct program *, const char *target, const char *name);
int fs_chmod(struct program *, const char *name, unsigned mode);
int fs_chown(struct program *, const char *name, unsigned uid, unsigned gid, bool follow); /* NO_ID = leave */
int fs_utimes(struct program *, const char *name, int64_t mtime_ms);
/* A directory and all in it; *ret_path is where it failed. */
int fs_remove_tree(struct program *, const char *name, const char **ret_path);
/* What sed -i and useradd do: the new content goes to `aside`, gets mode and owner of what is there, and is renamed over. */
int fs_replace(struct program *, const char *path, const char *aside, const void *data, size_t n);
bool is_null_device(const char *path);

/* ---- processes and sessions (process.c) ---- */

struct process *process_add(struct machine *, int pid, int ppid, unsigned uid, const char *title, const char *exe,
                            const char *tty, long session);
const char *process_comm(struct arena *, const struct process *); /* at most 15 characters */
/* Sends a signal; 0, EPERM, ESRCH. What it ends (sessions, daemons) is noted in the program's facts. */
int process_signal(struct program *, int pid, int signal);
void session_end(struct program *, struct os_session *, const char *how); /* NULL program: facts are not wanted */
json_t *session_fact(const struct os_session *, unsigned gid);
int signal_number(const char *name); /* "KILL", "SIGKILL", "9"; -1 if there is none */
const char *signal_name(int number); /* "KILL"; NULL */

/* ---- services (daemons.c) ---- */

/* A file of that path in which a running daemon keeps its process id; NULL = there is none. It is read off the daemons, so it
 * cannot disagree with them: those who ask for the path find it, lists of /run do not have it. */
struct file *pid_file(struct machine *, const char *path);
const struct unit *unit_next(const struct unit *last); /* NULL first */
/* Starts, stops, reloads; false when it failed. `program` may be NULL (systemd by itself). */
bool unit_start(struct machine *, const struct unit *, struct program *);
bool unit_stop(struct machine *, const struct unit *, struct program *);
bool unit_reload(struct machine *, const struct unit *, struct program *);
void unit_died(struct machine *, struct daemon *, int signal, struct program *);
void units_catch_up(struct machine *); /* what systemd has restarted by now */

/* ---- commands ---- */

struct command {
    const char *name, *exe; /* exe NULL = only a builtin of the shell */
    bool builtin;
    int (*run)(struct program *);
};
const struct command *command_find(const char *name);           /* "mv" */
const struct command *command_next(const struct command *last); /* by name; NULL first */
/* By name or path ("/bin/mv"); NULL when there is no such program on the server. */
const struct command *command_at(const char *path);

/* ---- the shell ---- */

#define SHELL_MAX_DEPTH 8
int shell_run(struct shell *, const char *text, const struct streams *); /* the exit status */
void shell_set(struct shell *, const char *name, const char *value);
const char *shell_get(const struct shell *, const char *name); /* NULL if unset */
int shell_complain(struct shell *, const struct streams *, int status, const char *fmt, ...) PRINTF(4, 5);
/* Runs a command as a process of its own: what sudo, su, xargs and find -exec do. */
struct spawned {
    struct shell *shell;
    const struct command *command;
    const char **argv;
    int ppid;
    struct cred cred;
    const char *cwd, *user, *home; /* the last two for shells that it starts */
    unsigned umask;
};
int spawn(const struct spawned *, const struct streams *);
