/* SPDX-License-Identifier: MIT */
/*
 * A server of the world: its file tree, processes, logins and daemons. Depends on base. Included by world.h.
 */
#pragma once

#include "sim/base/base.h"

struct world;
struct instance;

/* ---- files ---- */

enum file_kind { FILE_REGULAR, FILE_DIR, FILE_LINK };
struct file {
    struct file *next; /* sorted by path */
    const char *path;  /* absolute, no trailing slash; "/" is the root */
    enum file_kind kind;
    unsigned mode; /* permission bits, e.g. 0644 */
    unsigned uid, gid;
    int64_t mtime_ms;
    const char *data; /* FILE_REGULAR: `size` bytes; FILE_LINK: the target */
    size_t size;
    size_t room;              /* bytes that `data` may grow to in place: of a file that grows, such as a log */
    const struct file *owner; /* who may: itself; a copy of the struct may not */
    uint64_t inode;           /* stable within a tree: for audit PATH records */
    uint64_t hash;            /* of the path, for the index; 0 = not known yet */
    bool dirty;               /* changed since the tree was read or written */
};
struct tree {            /* a server's file system; in memory while a lab is open */
    struct file *files;  /* sorted list */
    struct file **index; /* hash by path, rebuilt when it grows */
    size_t n, index_size;
    size_t bytes; /* of all contents */
    uint64_t next_inode;
    struct file *removed; /* what tree_save() has to remove from the disk */
};
#define TREE_MAX_FILES 20000
#define TREE_MAX_BYTES (64u << 20) /* of all contents */
#define TREE_MAX_PATH 1024
#define TREE_MAX_DEPTH 64
/* All take absolute paths without "..", "." or empty parts; others are like absent ones. tree_put replaces content, keeps
 * mode and owner of an existing file; parents must exist. NULL or false: no parent, or something of another kind there.
 * The times of the directories that gain or lose a name become now_ms. */
struct file *tree_find(const struct tree *, const char *path); /* NULL if absent; does not follow links */
/* The file of the same path as one of another tree: tree_find(), but the path's hash is known. */
struct file *tree_find_like(const struct tree *, const struct file *);
struct file *tree_put(struct world *, struct tree *, const char *path, const void *data, size_t n, int64_t now_ms);
/* The same without a copy: the data outlives the world. */
struct file *tree_put_lasting(struct world *, struct tree *, const char *path, const void *data, size_t n, int64_t now_ms);
/* To the end of what is there; a file that is not there begins. */
struct file *tree_append(struct world *, struct tree *, const char *path, const void *data, size_t n, int64_t now_ms);
bool tree_is_dirty(const struct tree *); /* tree_save() would write something */
struct file *tree_mkdir(struct world *, struct tree *, const char *path, unsigned mode, unsigned uid, unsigned gid,
                        int64_t now_ms);
struct file *tree_link(struct world *, struct tree *, const char *path, const char *target, int64_t now_ms);
bool tree_move(struct world *, struct tree *, const char *from, const char *to, int64_t now_ms); /* also a directory */
bool tree_remove(struct tree *, const char *path, int64_t now_ms);                               /* the whole subtree */
/* Reads the manifest format of fixtures/host (mtree-like: "./path type=file mode=0644 uid=0 gid=0 time=1.0 [link=x]")
 * and the files below `root`; limits on size and count; links are not followed. Replaces what the tree held.
 * A manifest that tree_save() wrote (first line "#mtree saved") describes a disk that people work on: what is missing on
 * the disk is gone, what is new is taken (disk mode, root's), and the disk's time counts where second or size differ.
 * Any other manifest is the truth, and the disk only has the contents. */
bool tree_load(struct world *, struct tree *, const char *root, const char *manifest_path, struct err *);
/* The same, and what the manifest says: see tree_read_manifest(). Of the world nothing but its arena and start is used. */
bool tree_load_listed(struct world *, struct tree *, struct tree *ret_listed, const char *root, const char *manifest_path,
                      struct err *);
/* A tree of its own with the same files; their contents are shared and must outlive it. */
void tree_copy(struct world *, struct tree *to, const struct tree *from);
/* Writes dirty files (or all) below `root` and the manifest. Disk modes give the owner at least read and write. */
bool tree_save(struct tree *, const char *root, const char *manifest_path, bool all, struct err *);
/* The same, all of it but the manifest, to whoever takes files, in a folder of that name: as it would be on a disk. */
bool tree_give(const struct tree *, const char *name, const struct folder *, struct err *);
/* The two halves of it without a disk: files get no content (`data` NULL) and the size that the manifest says. */
bool tree_read_manifest(struct world *, struct tree *, const char *text, size_t n, bool *ret_saved, struct err *);
void tree_add_manifest(struct str *, const struct tree *);

/* ---- what runs ---- */

struct process {
    struct process *next;
    int pid, ppid;
    unsigned uid;
    const char *title; /* as ps shows it: "sshd: chaos-user@pts/0" */
    const char *exe;
    const char *tty; /* "?" or "pts/0" */
    int64_t started_ms;
    long session; /* audit session; 0 = daemon */
};
struct os_session { /* a login; SSM and ssh alike */
    struct os_session *next;
    long number; /* audit `ses` */
    const char *user;
    unsigned uid;
    const char *tty;  /* "pts/0" */
    const char *host; /* remote address; "" for SSM */
    int remote_port;
    int monitor_pid, child_pid, shell_pid; /* sshd [priv], sshd user@pts, -bash; for SSM the worker and sh */
    const char *method;                    /* "password", "publickey", "ssm" */
    int64_t started_ms, ended_ms;          /* ended_ms 0 = alive */
    const char *cwd;                       /* where its shell is; NULL = at home */
};
struct daemon { /* a running service */
    struct daemon *next;
    const char *unit; /* sshd, httpd, crond, auditd, rsyslog, amazon-ssm-agent, chronyd */
    int pid;
    bool running;
    int64_t started_ms;           /* last start: what changed later is not in effect yet */
    int64_t restart_ms;           /* when systemd will try to start it again; 0 = not */
    const char *config;           /* sshd: the text of sshd_config as loaded at the start; else NULL */
    struct sshd_reading *reading; /* what sim/host has read in `config`, if it has; no state of the world's */
};
struct server {
    struct server *next;
    const char *name;     /* as the scenario names it */
    const char *hostname; /* ip-10-0-1-23.us-west-2.compute.internal */
    struct instance *instance;
    struct tree tree;
    struct process *processes;
    struct os_session *sessions; /* ended ones stay, for last(1) */
    struct daemon *daemons;
    int next_pid;        /* the newest one, see server_take_pid() */
    int64_t pids_given;  /* the counter behind it, never wrapped */
    long sessions_given; /* to logins, see server_take_session() */
    int64_t booted_ms;
    const char *login_user; /* ec2-user: the owner's way in */
    const char *public_key; /* in its authorized_keys at the start */
};

/* ---- a server's counters ---- */

/* A process id as the kernel would give it at this time: rising with uptime, starting again at PID_MAX, never one in use. */
#define PID_MAX 32768
int server_take_pid(struct server *, int64_t now_ms);
/* One of four ids of about this time that server_take_pid() leaves free, for cron and the like (not in the journal). */
int server_quiet_pid(const struct server *, int64_t now_ms, unsigned nth);
/* The audit session number of a login that begins now. Cron's hourly jobs (at hh:01:00) take numbers, too. */
long server_take_session(struct server *, int64_t now_ms);
long server_cron_runs(const struct server *, int64_t until_ms); /* hourly jobs since the boot */

/* ---- OS accounts: read from the tree's etc/passwd, group, shadow ---- */

struct os_user {
    const char *name, *home, *shell;
    unsigned uid, gid;
};
bool os_user_find(struct world *, const struct server *, const char *name, struct os_user *out); /* out in the arena */
bool os_user_by_uid(struct world *, const struct server *, unsigned uid, struct os_user *out);
