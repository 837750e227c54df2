/* SPDX-License-Identifier: MIT */
/*
 * What one server's daemons would have written, before it is sorted into files. Private to the log writers host_*.c.
 *
 * One function per kind of happening writes the traces of it to every log at once, so that pids, ports, sessions and
 * times agree. host_gather() walks the journal once; host_files.c then sorts the traces into files.
 */
#pragma once

#include "sim/evidence/evidence.h"

#define HOST_KERNEL "4.14.355-277.643.amzn2.x86_64" /* what `uname -r` says */

enum channel {
    TO_AUDIT,
    TO_SECURE,
    TO_MESSAGES,
    TO_CRON,
    TO_MAIL,
    TO_SSM_AGENT,
    TO_SSM_ERRORS,
    TO_HTTPD_ACCESS,
    TO_HTTPD_ERRORS,
    TO_WTMP,
    TO_BTMP,
    TO_LASTLOG,
    CHANNELS
};
struct trace { /* one record of one log; `at` and `len` say where its bytes are in `bytes` */
    int64_t time_ms;
    uint32_t order;
    uint8_t to;
    bool fresh;   /* of a journal entry that is to be written now */
    bool routine; /* drawn, not journalled: fresh when younger than the file */
    size_t at, len;
};
struct watch { /* a rule "-w path -p perms -k key" */
    const char *path, *key;
    bool write, attributes;
};
struct outage { /* a daemon was down from..until */
    const char *unit;
    int64_t from_ms, until_ms;
};
struct traces {
    const struct evidence_task *task;
    struct server *server;
    const char *host;          /* as syslog writes it: up to the first dot */
    int64_t begin_ms;          /* what is older has been rotated away */
    bool fresh, routine;       /* of what is added next */
    int64_t told_ms[CHANNELS]; /* routine up to then, and entries that are not fresh, are in the log; 0 = nothing is */
    unsigned caller_uid;       /* of the session whose programs are being told */
    struct arena arena;
    struct str bytes;
    struct stamp {         /* a time as the line before had it: many lines are of one second */
        int64_t second_ms; /* when it began */
        char text[32];
    } syslog_stamp, web_stamp;
    struct trace *list;
    size_t n, cap;
    struct watch *watches;
    size_t n_watches, cap_watches;
    struct outage *outages;
    size_t n_outages, cap_outages;
    const char *host_keys[3]; /* fingerprints as audit writes them: "SHA256:4f:19:.."; NULL = no such key */
    struct {                  /* logind keeps a slice per user while he has a session */
        const char *user;
        unsigned open;
    } slices[64];
    size_t n_slices;
};

struct cron_job {       /* a line of a crontab */
    uint64_t fields[5]; /* minute, hour, day, month, weekday: a bit for each value */
    bool any_day, any_weekday;
    const char *user, *command; /* user NULL: the crontab's owner */
};
/* False when the line is no job that cron would run. */
bool cron_line(struct arena *, const char *line, bool with_user, struct cron_job *);
void traces_of_jobs(struct traces *); /* host_jobs.c */

/* Everything that the journal and daily routine say about one server. */
void host_gather(const struct evidence_task *, struct server *, struct traces *);
void traces_drop(struct traces *);
bool trace_told(const struct traces *, enum channel, int64_t ms); /* what is told just now is in that log already */
/* host_files.c: what the logs hold, into told_ms. */
void host_know_told(struct traces *);

/* The pid of a process by a part of its title ("agetty ... ttyS0": all words); `otherwise` if there is none. */
int pid_titled(const struct server *, const char *word, const char *other_word, int otherwise);

/* ---- adding ---- */

void trace_bytes(struct traces *, enum channel, int64_t ms, const void *data, size_t n);
/* "Oct 15 17:20:01 ip-10-0-1-23 sshd[3021]: text"; pid 0 = without */
void trace_syslog(struct traces *, enum channel, int64_t ms, const char *tag, int pid, const char *fmt, ...) PRINTF(6, 7);
void trace_line(struct traces *, enum channel, int64_t ms, const char *fmt, ...) PRINTF(4, 5);
const char *stamp_of(struct stamp *, int64_t ms, const char *fmt); /* of one format each, to the second; at most 31 bytes */

/* ---- audit: an event is one or more records "TYPE body", a line each; serials are given when the file is written ---- */

#define AUDIT_UNSET UINT32_MAX
struct actor { /* who did it, as audit sees it */
    int pid;
    unsigned uid;
    uint32_t auid, ses;
};
#define ACTOR_UNSET(p) ((struct actor){.pid = (p), .auid = AUDIT_UNSET, .ses = AUDIT_UNSET})
void audit_event(struct traces *, int64_t ms, const struct str *records);
/* A record from user space: TYPE pid= uid= auid= ses= msg='...' */
void audit_user(struct traces *, int64_t ms, const char *type, const struct actor *, const char *fmt, ...) PRINTF(5, 6);
/* "text", or upper-case hex when it holds a blank, a quote or a byte that is not printable ASCII (audit_encode_nv_string). */
void audit_value(struct str *, const char *s, size_t n);
const char *audit_quoted(struct traces *, const char *s);                  /* the same, in the arena */
const char *audit_fingerprint(struct traces *, const char *sha256_base64); /* "SHA256:nThb.." as "SHA256:9d:38:.." */

void watches_read(struct traces *, const char *rules, size_t n);
/* Whose key a change of `path` is logged under; NULL = nobody watches it. */
const char *watch_key(const struct traces *, const char *path, bool attributes);

void outages_read(struct traces *);
bool daemon_down(const struct traces *, const char *unit, int64_t ms);

/* ---- who leaves which traces ---- */

void traces_of_login(struct traces *, const struct entry *);
void traces_of_logout(struct traces *, int64_t ms, const json_t *session);
void traces_of_programs(struct traces *, const struct entry *);
void traces_of_files(struct traces *, const json_t *program); /* kernel's part: watched files */
void traces_of_agent_start(struct traces *, int64_t ms);
void traces_of_agent_login(struct traces *, const struct entry *);      /* Session Manager */
void traces_of_command_document(struct traces *, const struct entry *); /* ssm:SendCommand's Run on the server */
void traces_of_boot(struct traces *);
void traces_of_routine(struct traces *); /* cron, dhclient, agent: in no journal */
void traces_of_guests(struct traces *);  /* of the website */
void trace_httpd_start(struct traces *, int64_t ms, int pid);
void trace_httpd_stop(struct traces *, int64_t ms, int pid);
void trace_httpd_reload(struct traces *, int64_t ms, int pid);
void trace_httpd_error(struct traces *, int64_t ms, int pid, const char *says);
/* A session of logind: cron's, too. */
void trace_session_opened(struct traces *, int64_t ms, const char *user, long session, bool announced);
void trace_session_closed(struct traces *, int64_t ms, const char *user, long session, bool announced);

/* ---- files ---- */

/* Puts a file into the server's tree; mode and owner are those of a new one. False when its directory is gone. */
bool host_put(const struct evidence_task *, struct server *, const char *path, const struct str *, unsigned mode, unsigned uid,
              unsigned gid, int64_t mtime_ms);
int64_t host_daily_ms(const struct traces *, int64_t day_ms); /* when cron.daily runs on a day */
enum turn { TURNS_NEVER, TURNS_WEEKLY, TURNS_MONTHLY };
int64_t host_rotation_after(const struct traces *, int64_t ms, enum turn); /* when logrotate turns a log over next */

/* ---- utmp ---- */

#define UTMP_SIZE 384 /* struct utmp of glibc on x86_64 */
#define LASTLOG_SIZE 292
enum utmp_type { UTMP_RUN_LEVEL = 1, UTMP_BOOT = 2, UTMP_INIT = 5, UTMP_LOGIN = 6, UTMP_USER = 7, UTMP_DEAD = 8 };
struct utmp_record {
    int type, pid, session;
    char line[33], id[5], user[33], host[257];
    int64_t time_us;
    uint8_t addr[16];
};
void utmp_add(struct str *, const struct utmp_record *);
/* Any 384 bytes are a record; texts end at their first NUL. False when fewer are left. */
bool utmp_read(const char *data, size_t n, size_t *pos, struct utmp_record *out);
void utmp_address(struct utmp_record *, const char *ip); /* and `host` */
void trace_utmp(struct traces *, enum channel, int64_t ms, const struct utmp_record *);
/* The slots of /run/utmp after these records of wtmp. */
void utmp_slots(const struct str *wtmp, struct str *out);
