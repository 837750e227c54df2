/* SPDX-License-Identifier: MIT */
/*
 * Traces into files: each log in its place with its owner and mode, rotated as logrotate and auditd rotate, its time that
 * of its last record. A log that is already there is appended to; what people did to it stays.
 */
#include "sim/evidence/writers.h"

#include "sim/evidence/host_traces.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS 86400000
#define UTMP_GROUP 22
#define AUDIT_MAX (8u << 20) /* auditd.conf: max_log_file = 8, num_logs = 5, ROTATE */
#define AUDIT_NUM_LOGS 5

static const struct log_file {
    enum channel channel;
    const char *path;
    unsigned mode, gid;
    enum turn turns; /* /etc/logrotate.conf, with dateext */
} log_files[] = {
    {TO_AUDIT,        "/var/log/audit/audit.log",                 0600, 0,          TURNS_NEVER  },
    {TO_SECURE,       "/var/log/secure",                          0600, 0,          TURNS_WEEKLY },
    {TO_MESSAGES,     "/var/log/messages",                        0600, 0,          TURNS_WEEKLY },
    {TO_CRON,         "/var/log/cron",                            0600, 0,          TURNS_WEEKLY },
    {TO_MAIL,         "/var/log/maillog",                         0600, 0,          TURNS_WEEKLY },
    {TO_SSM_AGENT,    "/var/log/amazon/ssm/amazon-ssm-agent.log", 0600, 0,          TURNS_NEVER  },
    {TO_SSM_ERRORS,   "/var/log/amazon/ssm/errors.log",           0600, 0,          TURNS_NEVER  },
    {TO_HTTPD_ACCESS, "/var/log/httpd/access_log",                0644, 0,          TURNS_WEEKLY },
    {TO_HTTPD_ERRORS, "/var/log/httpd/error_log",                 0644, 0,          TURNS_WEEKLY },
    {TO_WTMP,         "/var/log/wtmp",                            0664, UTMP_GROUP, TURNS_NEVER  },
    {TO_BTMP,         "/var/log/btmp",                            0600, UTMP_GROUP, TURNS_MONTHLY},
};

/* ---- the tree ---- */

bool host_put(const struct evidence_task *task, struct server *server, const char *path, const struct str *data, unsigned mode,
              unsigned uid, unsigned gid, int64_t mtime_ms)
{
    struct world *w = (struct world *)task->w; /* writers with `host` add to the trees and to nothing else */
    bool is_new = !tree_find(&server->tree, path);
    struct file *file = tree_put(w, &server->tree, path, str_text(data), data->len, mtime_ms);

    if (!file)
        return false; /* somebody removed the directory: then no daemon could write there either */
    if (is_new) {
        file->mode = mode;
        file->uid = uid;
        file->gid = gid;
    }
    return true;
}

/* One that somebody removed begins anew with what happens now. */
static int64_t last_record_ms(const struct evidence_task *task, const struct server *server, const char *path)
{
    const struct file *file = tree_find(&server->tree, path);
    const struct journal *journal = &task->w->journal;

    if (task->first == 0)
        return INT64_MIN;
    if (!file || file->kind != FILE_REGULAR)
        return task->first < journal->n ? journal->list[task->first]->time_ms - 1000 : task->until_ms;
    return file->mtime_ms;
}

/* What a log holds already; NULL = nothing. */
static const struct file *log_now(const struct evidence_task *task, const struct server *server, const char *path)
{
    const struct file *file = tree_find(&server->tree, path);

    return task->first && file && file->kind == FILE_REGULAR && file->data && file->size ? file : NULL;
}

/* Serials of an audit log that was emptied are counted by what it held: then all of it is needed. wtmp is utmp's source. */
void host_know_told(struct traces *t)
{
    for (size_t i = 0; i < COUNT(log_files) && t->task->first; i++) {
        const struct log_file *log = &log_files[i];
        int64_t last_ms = last_record_ms(t->task, t->server, log->path);
        const struct file *file = tree_find(&t->server->tree, log->path);
        bool counted = log->channel == TO_AUDIT && (!file || !file->size);
        if (log->channel != TO_WTMP && !counted)
            t->told_ms[log->channel] = last_ms > t->task->routine_told_ms ? last_ms : t->task->routine_told_ms;
    }
}

/* ---- rotation ---- */

/* The first rotation after a moment: logrotate runs with cron.daily and turns logs over on Sundays, or on the first. */
int64_t host_rotation_after(const struct traces *t, int64_t ms, enum turn turns)
{
    if (turns == TURNS_NEVER)
        return INT64_MAX;
    for (int64_t day = (ms / DAY_MS) * DAY_MS;; day += DAY_MS) {
        struct civil civil = civil_from_ms(day);
        int64_t when = host_daily_ms(t, day) + 400;
        if ((turns == TURNS_WEEKLY ? civil.weekday == 0 : civil.day == 1) && when > ms)
            return when;
    }
}

static void turn_over(struct traces *t, const struct log_file *log, const struct str *data, int64_t when, int64_t mtime_ms)
{
    const char *old = arena_printf(&t->arena, "%s-%s", log->path, arena_time(&t->arena, when, "%Y%m%d"));

    host_put(t->task, t->server, old, data, log->mode, 0, log->gid, mtime_ms);
}

/* auditd: audit.log becomes audit.log.1 (read-only), that .2, ... and the last one goes. */
static void audit_turn_over(struct traces *t, const struct log_file *log, const struct str *data, int64_t mtime_ms)
{
    struct world *w = (struct world *)t->task->w;

    tree_remove(&t->server->tree, arena_printf(&t->arena, "%s.%d", log->path, AUDIT_NUM_LOGS - 1), mtime_ms);
    for (int n = AUDIT_NUM_LOGS - 2; n >= 1; n--)
        tree_move(w, &t->server->tree, arena_printf(&t->arena, "%s.%d", log->path, n),
                  arena_printf(&t->arena, "%s.%d", log->path, n + 1), mtime_ms);
    host_put(t->task, t->server, arena_printf(&t->arena, "%s.1", log->path), data, 0400, 0, 0, mtime_ms);
}

/* ---- audit's serials ---- */

/* Of the last line that has one; a log that people wrote into is not searched for long. */
static unsigned long last_serial(const char *text, size_t end)
{

    for (int lines = 0; end > 0 && lines < 1000; lines++) {
        const char *newline = memrchr(text, '\n', end - 1);
        size_t start = newline ? (size_t)(newline + 1 - text) : 0;
        const char *stamp = memmem(text + start, end - start, "msg=audit(", 10);
        const char *colon = stamp ? memchr(stamp, ':', end - (size_t)(stamp - text)) : NULL;
        if (colon)
            return strtoul(colon + 1, NULL, 10);
        end = start;
    }
    return 0;
}

static void add_event(struct str *out, const struct traces *t, const struct trace *trace, unsigned long serial)
{
    const char *at = t->bytes.s + trace->at, *end = at + trace->len;
    AUTO(str_drop) struct str stamp = {0};
    int ms = (int)(trace->time_ms % 1000);

    str_add_int(&stamp, trace->time_ms / 1000);
    str_addn(&stamp, (const char[]){'.', (char)('0' + ms / 100), (char)('0' + ms / 10 % 10), (char)('0' + ms % 10), ':'}, 5);
    str_add_int(&stamp, (int64_t)serial);
    str_add(&stamp, "): ");
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at)), *blank = memchr(at, ' ', (size_t)(stop - at));
        str_add(out, "type=");
        str_addn(out, at, (size_t)(blank - at));
        str_add(out, " msg=audit(");
        str_addn(out, stamp.s, stamp.len);
        str_addn(out, blank + 1, (size_t)(stop + 1 - (blank + 1)));
        at = stop + 1;
    }
}

/* ---- one log ---- */

static int by_time(const void *a, const void *b)
{
    const struct trace *one = a, *two = b;

    if (one->time_ms != two->time_ms)
        return one->time_ms < two->time_ms ? -1 : 1;
    return one->order < two->order ? -1 : one->order > two->order;
}

static bool is_new(const struct evidence_task *task, const struct trace *trace, int64_t last_ms)
{
    if (task->midway && trace->time_ms > task->until_ms)
        return false;
    if (task->first == 0)
        return true;
    if (trace->routine)
        return trace->time_ms > last_ms && trace->time_ms > task->routine_told_ms;
    return trace->fresh || (task->held_ms && trace->time_ms > task->held_ms);
}

/* The kernel counts from the boot, some seven events an hour while nobody is there; and on when a log was emptied. */
static unsigned long first_serial(const struct traces *t, const struct file *log, int64_t last_ms)
{
    unsigned long n = t->begin_ms > t->server->booted_ms ? 64 + (unsigned long)server_cron_runs(t->server, t->begin_ms) * 7 : 0;

    if (log)
        return last_serial(log->data, log->size);
    for (size_t i = 0; i < t->n; i++)
        n += t->list[i].to == TO_AUDIT && !is_new(t->task, &t->list[i], last_ms);
    return n;
}

struct writing { /* one log while it is written */
    struct traces *t;
    const struct log_file *log;
    const struct file *was;   /* what the log begins with; NULL = nothing, or it was turned over */
    struct str data;          /* what comes after that */
    int64_t last_ms, turn_ms; /* of the newest record; of the next rotation */
    bool changed;
};

static size_t log_size(const struct writing *w)
{
    return w->data.len + (w->was ? w->was->size : 0);
}

/* It begins anew. */
static void take_all(struct writing *w, struct str *ret)
{
    if (w->was)
        str_addn(ret, w->was->data, w->was->size);
    str_addn(ret, str_text(&w->data), w->data.len);
    str_clear(&w->data);
    w->was = NULL;
}

static void turn_over_until(struct writing *w, int64_t ms)
{
    while (w->turn_ms <= ms) {
        if (log_size(w)) {
            AUTO(str_drop) struct str whole = {0};
            take_all(w, &whole);
            turn_over(w->t, w->log, &whole, w->turn_ms, w->last_ms);
            w->last_ms = w->turn_ms;
            w->changed = true;
        }
        w->turn_ms = host_rotation_after(w->t, w->turn_ms, w->log->turns);
    }
}

static void add_trace(struct writing *w, const struct trace *trace, unsigned long *serial)
{
    turn_over_until(w, trace->time_ms);
    if (w->log->channel == TO_AUDIT && log_size(w) > AUDIT_MAX) {
        AUTO(str_drop) struct str whole = {0};
        take_all(w, &whole);
        audit_turn_over(w->t, w->log, &whole, w->last_ms);
    }
    if (w->log->channel == TO_AUDIT)
        add_event(&w->data, w->t, trace, ++*serial);
    else
        str_addn(&w->data, w->t->bytes.s + trace->at, trace->len);
    w->last_ms = trace->time_ms;
    w->changed = true;
}

static void write_log(struct traces *t, const struct log_file *log)
{
    struct writing w = {.t = t, .log = log, .was = log_now(t->task, t->server, log->path)};
    int64_t before_ms = w.last_ms = last_record_ms(t->task, t->server, log->path);
    unsigned long serial = log->channel == TO_AUDIT ? first_serial(t, w.was, before_ms) : 0;

    w.turn_ms = host_rotation_after(t, before_ms > t->begin_ms ? before_ms : t->begin_ms, log->turns);
    for (size_t i = 0; i < t->n; i++)
        if (t->list[i].to == log->channel && is_new(t->task, &t->list[i], before_ms))
            add_trace(&w, &t->list[i], &serial);
    turn_over_until(&w, t->task->until_ms);
    if (w.changed && w.was)
        tree_append((struct world *)t->task->w, &t->server->tree, log->path, str_text(&w.data), w.data.len, w.last_ms);
    else if (w.changed)
        host_put(t->task, t->server, log->path, &w.data, log->mode, 0, log->gid, w.last_ms);
    str_drop(&w.data);
}

/* ---- the tables: utmp and lastlog ---- */

static void write_utmp(struct traces *t)
{
    AUTO(str_drop) struct str wtmp = {0}, slots = {0};
    int64_t last_ms = t->server->booted_ms;
    const struct journal *journal = &t->task->w->journal;
    const struct file *now = tree_find(&t->server->tree, "/run/utmp");

    bool forgotten = t->task->first && journal->n && !journal->list[0]->time_ms; /* the past: utmp goes on from what it holds */

    if (forgotten && now && now->data)
        str_addn(&wtmp, now->data, now->size);

    for (size_t i = 0; i < t->n; i++)
        if (t->list[i].to == TO_WTMP && (!forgotten || t->list[i].fresh)) {
            str_addn(&wtmp, t->bytes.s + t->list[i].at, t->list[i].len);
            last_ms = t->list[i].time_ms;
        }
    utmp_slots(&wtmp, &slots);
    host_put(t->task, t->server, "/run/utmp", &slots, 0664, 0, UTMP_GROUP, last_ms);
}

#define LASTLOG_UIDS 100000 /* a table by uid: nobody above has a line in it */

static void set_last_login(struct str *table, const struct utmp_record *r)
{
    size_t at = (size_t)r->session * LASTLOG_SIZE;
    uint32_t seconds = (uint32_t)(r->time_us / 1000000);

    if (r->session < 0 || r->session >= LASTLOG_UIDS)
        return;
    if (table->len < at + LASTLOG_SIZE) {
        size_t n = at + LASTLOG_SIZE - table->len;
        memset(str_reserve(table, n), 0, n);
        table->len += n;
        table->s[table->len] = '\0';
    }
    assert(table->s);
    memset(table->s + at, 0, LASTLOG_SIZE);
    for (int i = 0; i < 4; i++)
        table->s[at + (size_t)i] = (char)(seconds >> (8 * i));
    memcpy(table->s + at + 4, r->line, strnlen(r->line, 32));
    memcpy(table->s + at + 36, r->host, strnlen(r->host, 256));
}

static void write_lastlog(struct traces *t)
{
    AUTO(str_drop) struct str table = {0};
    const struct file *was = log_now(t->task, t->server, "/var/log/lastlog");
    int64_t last_ms = last_record_ms(t->task, t->server, "/var/log/lastlog");
    bool any = false;

    if (was)
        str_addn(&table, was->data, was->size);

    for (size_t i = 0; i < t->n; i++) {
        struct utmp_record r;
        size_t pos = 0;
        if (t->list[i].to != TO_LASTLOG || !is_new(t->task, &t->list[i], last_ms) ||
            !utmp_read(t->bytes.s + t->list[i].at, t->list[i].len, &pos, &r))
            continue;
        set_last_login(&table, &r);
        last_ms = t->list[i].time_ms;
        any = true;
    }
    if (any)
        host_put(t->task, t->server, "/var/log/lastlog", &table, 0644, 0, UTMP_GROUP, last_ms);
}

bool host_write_logs(const struct evidence_task *task, struct err *e)
{
    (void)e;
    for (struct server *server = task->w->servers; server; server = server->next) {
        AUTO(traces_drop) struct traces t;
        host_gather(task, server, &t);
        if (t.n)
            qsort(t.list, t.n, sizeof(*t.list), by_time);
        for (size_t i = 0; i < COUNT(log_files); i++)
            write_log(&t, &log_files[i]);
        write_utmp(&t);
        write_lastlog(&t);
    }
    return true;
}
