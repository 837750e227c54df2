/* SPDX-License-Identifier: MIT */
/*
 * What a server writes when nobody is there: cron's hourly and daily runs, the lease of its address, the SSM agent's
 * health. Drawn, not journalled: every time has a stream of its own, so that a later look at the same hours is the same.
 */
#include "sim/evidence/host_traces.h"

#include <string.h>

#define HOUR_MS 3600000
#define DAY_MS 86400000
#define CRON "exe=\"/usr/sbin/crond\" hostname=? addr=? terminal=cron"
#define CRON_OPEN "pam_loginuid,pam_keyinit,pam_limits,pam_systemd"

/* ---- cron ---- */

/* Audit sessions that logins took before; cron's own numbers come on top (see server_take_session). */
static long logins_before(const struct traces *t, int64_t ms)
{
    const struct journal *journal = &t->task->w->journal;
    long n = 0;

    for (size_t i = 0; i < journal->n && journal->list[i]->time_ms < ms; i++) {
        const struct entry *entry = journal->list[i];
        n += text_same(entry->op, "host:LogIn") && text_same(entry->on, t->server->name) && !entry->error_code &&
             !entry->prelude && !text_same(json_str(entry->response, "by"), "ssm");
    }
    return n;
}

static void cron_audited(struct traces *t, int64_t ms, int pid, long session)
{
    struct actor before = ACTOR_UNSET(pid), root = {.pid = pid, .auid = 0, .ses = (uint32_t)session};
    AUTO(str_drop) struct str login = {0};

    audit_user(t, ms, "USER_ACCT", &before,
               "op=PAM:accounting grantors=pam_access,pam_unix,pam_localuser acct=\"root\" " CRON " res=success");
    audit_user(t, ms, "CRED_ACQ", &before, "op=PAM:setcred grantors=pam_env,pam_unix acct=\"root\" " CRON " res=success");
    str_addf(&login, "LOGIN pid=%d uid=0 old-auid=4294967295 auid=0 tty=(none) old-ses=4294967295 ses=%ld res=1\n", pid,
             session);
    audit_event(t, ms + 1, &login);
    audit_user(t, ms + 14, "USER_START", &root,
               "op=PAM:session_open grantors=" CRON_OPEN " acct=\"root\" " CRON " res=success");
    audit_user(t, ms + 14, "CRED_REFR", &root, "op=PAM:setcred grantors=pam_env,pam_unix acct=\"root\" " CRON " res=success");
    audit_user(t, ms + 31, "CRED_DISP", &root, "op=PAM:setcred grantors=pam_env,pam_unix acct=\"root\" " CRON " res=success");
    audit_user(t, ms + 32, "USER_END", &root, "op=PAM:session_close grantors=" CRON_OPEN " acct=\"root\" " CRON " res=success");
}

static bool cron_told(const struct traces *t, int64_t ms)
{
    return trace_told(t, TO_AUDIT, ms) && trace_told(t, TO_SECURE, ms) && trace_told(t, TO_MESSAGES, ms) &&
           trace_told(t, TO_CRON, ms);
}

static void cron_hour(struct traces *t, int64_t hour_ms)
{
    int64_t start = hour_ms + 60000; /* 01 * * * *, from /etc/cron.d/0hourly */
    if (cron_told(t, start + 2000))
        return;
    struct chance draw = chance_of(&t->task->seed, "host/%s/cron/%lld", t->server->name, (long long)(hour_ms / HOUR_MS));
    int64_t ms = start + 1000 + (int64_t)chance_below(&draw, 400); /* crond wakes with the next second */
    long session = server_cron_runs(t->server, start) + logins_before(t, start);
    int pid = server_quiet_pid(t->server, start, 0), parts = server_quiet_pid(t->server, start, 1);

    cron_audited(t, ms, pid, session);
    trace_session_opened(t, ms + 9, "root", session, false);
    trace_syslog(t, TO_CRON, ms + 15, "CROND", pid, "(root) CMD (run-parts /etc/cron.hourly)");
    if (tree_find(&t->server->tree, "/etc/cron.hourly/0anacron")) {
        trace_syslog(t, TO_CRON, ms + 18, "run-parts(/etc/cron.hourly)", parts, "starting 0anacron");
        trace_syslog(t, TO_CRON, ms + 29, "run-parts(/etc/cron.hourly)", parts, "finished 0anacron");
    }
    trace_session_closed(t, ms + 33, "root", session, false);
}

/* anacron: started with the 03:01 run, each job after its delay and up to 45 minutes more (/etc/anacrontab). */
int64_t host_daily_ms(const struct traces *t, int64_t day_ms)
{
    struct chance draw = chance_of(&t->task->seed, "host/%s/anacron/%lld", t->server->name, (long long)(day_ms / DAY_MS));

    return day_ms + 3 * HOUR_MS + 61000 + (5 + (int64_t)chance_below(&draw, 41)) * 60000;
}

static void cron_day(struct traces *t, int64_t day_ms)
{
    int64_t started = day_ms + 3 * HOUR_MS + 61000 + 430, job = host_daily_ms(t, day_ms);
    int anacron = server_quiet_pid(t->server, started, 2), parts = server_quiet_pid(t->server, job, 3);
    const char *date = arena_time(&t->arena, day_ms, "%Y-%m-%d");

    if (!tree_find(&t->server->tree, "/etc/cron.hourly/0anacron"))
        return;
    trace_syslog(t, TO_CRON, started, "anacron", anacron, "Anacron started on %s", date);
    trace_syslog(t, TO_CRON, started, "anacron", anacron, "Will run job `cron.daily' in %lld min.",
                 (long long)((job - started + 59999) / 60000));
    trace_syslog(t, TO_CRON, started, "anacron", anacron, "Jobs will be executed sequentially");
    trace_syslog(t, TO_CRON, job, "anacron", anacron, "Job `cron.daily' started");
    trace_syslog(t, TO_CRON, job + 5, "run-parts(/etc/cron.daily)", parts, "starting logrotate");
    trace_syslog(t, TO_CRON, job + 690, "run-parts(/etc/cron.daily)", parts, "finished logrotate");
    trace_syslog(t, TO_CRON, job + 702, "anacron", anacron, "Job `cron.daily' terminated");
    trace_syslog(t, TO_CRON, job + 702, "anacron", anacron, "Normal exit (1 job run)");
}

static void cron(struct traces *t)
{
    int64_t until = t->task->until_ms;

    for (int64_t hour = (t->begin_ms / HOUR_MS) * HOUR_MS; hour + 61500 <= until; hour += HOUR_MS)
        if (hour + 60000 > t->server->booted_ms)
            cron_hour(t, hour);
    for (int64_t day = (t->begin_ms / DAY_MS) * DAY_MS; day < until; day += DAY_MS)
        if (day + 3 * HOUR_MS > t->server->booted_ms && host_daily_ms(t, day) + 1000 <= until)
            cron_day(t, day);
}

/* ---- the address ---- */

static const char *gateway(struct traces *t, const char *ip)
{
    const char *last = strrchr(ip, '.');

    /* The first address of the subnet. Its third number is a multiple of 16 in a default VPC's /20. */
    int a = 0, b = 0, c = 0;
    if (!last || sscanf(ip, "%d.%d.%d.", &a, &b, &c) != 3)
        return "169.254.0.1";
    return arena_printf(&t->arena, "%d.%d.%d.1", a, b, a == 172 ? c & ~15 : c);
}

static const char *hardware_address(struct traces *t)
{
    struct chance draw = chance_of(&t->task->seed, "host/%s/mac", t->server->name);
    char hex[11];

    chance_text(&draw, ALPHABET_HEX, 10, hex);
    return arena_printf(&t->arena, "02:%.2s:%.2s:%.2s:%.2s:%.2s", hex, hex + 2, hex + 4, hex + 6, hex + 8);
}

struct leasing { /* the same in every lease */
    const char *ip, *gateway, *mac;
    int pid;
};

static struct leasing leasing_of(struct traces *t)
{
    const char *ip = t->server->instance ? t->server->instance->private_ip : "10.0.0.10";

    return (struct leasing){ip, gateway(t, ip), hardware_address(t), pid_titled(t->server, "dhclient", "eth0", 2822)};
}

static void lease(struct traces *t, const struct leasing *n, int64_t ms, long long renewal, unsigned xid, bool first)
{
    const char *from = n->gateway;
    int pid = n->pid;

    if (trace_told(t, TO_MESSAGES, ms + 130)) /* to its last line */
        return;
    if (first)
        trace_syslog(t, TO_MESSAGES, ms, "dhclient", pid,
                     "DHCPDISCOVER on eth0 to 255.255.255.255 port 67 interval 8 (xid=0x%x)", xid);
    trace_syslog(t, TO_MESSAGES, ms, "dhclient", pid, "DHCPREQUEST on eth0 to %s port 67 (xid=0x%x)",
                 first ? "255.255.255.255" : from, xid);
    if (first)
        trace_syslog(t, TO_MESSAGES, ms, "dhclient", pid, "DHCPOFFER from %s", from);
    trace_syslog(t, TO_MESSAGES, ms, "dhclient", pid, "DHCPACK from %s (xid=0x%x)", from, xid);
    trace_syslog(t, TO_MESSAGES, ms + 30, "dhclient", pid, "bound to %s -- renewal in %lld seconds.", n->ip, renewal);
    trace_syslog(t, TO_MESSAGES, ms + 95, "ec2net", 0,
                 "[get_meta] Trying to get http://169.254.169.254/latest/meta-data/network/interfaces/macs/%s/local-ipv4s",
                 n->mac);
    trace_syslog(t, TO_MESSAGES, ms + 130, "ec2net", 0, "[rewrite_aliases] Rewriting aliases of eth0");
}

/* A lease of an hour, asked for again after half of it, more or less (RFC 2131, 4.4.5). */
static void leases(struct traces *t)
{
    int64_t ms = t->server->booted_ms + 5200;
    const struct leasing same = leasing_of(t);

    for (uint64_t n = 0; ms <= t->task->until_ms; n++) {
        struct chance draw = chance_of(&t->task->seed, "host/%s/dhcp/%llu", t->server->name, (unsigned long long)n);
        long long renewal = (long long)chance_between(&draw, 1353, 1799);
        unsigned xid = (unsigned)chance_u64(&draw) & 0x7fffffff;
        if (ms >= t->begin_ms && ms + 200 <= t->task->until_ms)
            lease(t, &same, ms, renewal, xid, n == 0);
        ms += renewal * 1000 + (int64_t)chance_below(&draw, 900);
    }
}

/* ---- the agent ---- */

#define HEALTH_MS 300000

static void agent_health(struct traces *t)
{
    int64_t start = t->server->booted_ms + 13000;
    int64_t n = t->begin_ms > start ? (t->begin_ms - start) / HEALTH_MS + 1 : 1;

    for (int64_t ms = start + n * HEALTH_MS; ms <= t->task->until_ms; ms += HEALTH_MS)
        if (!trace_told(t, TO_SSM_AGENT, ms))
            trace_line(t, TO_SSM_AGENT, ms, "%s INFO [ssm-agent-worker] [HealthCheck] HealthCheck reporting agent health.",
                       arena_time(&t->arena, ms, "%Y-%m-%d %H:%M:%S"));
}

static void cleanup(struct traces *t)
{
    int64_t start = t->server->booted_ms + 15 * 60000; /* systemd-tmpfiles-clean.timer: 15 min after boot, then daily */

    for (int64_t ms = start; ms + 60 <= t->task->until_ms; ms += DAY_MS) {
        trace_syslog(t, TO_MESSAGES, ms, "systemd", 0, "Starting Cleanup of Temporary Directories...");
        trace_syslog(t, TO_MESSAGES, ms + 38, "systemd", 0, "Started Cleanup of Temporary Directories.");
    }
}

/* What logrotate's postrotate scripts make daemons say, at the top of the new logs. */
static void rotations(struct traces *t)
{
    const struct daemon *rsyslog = find_daemon(t->server, "rsyslog"), *httpd = find_daemon(t->server, "httpd");
    int64_t ms = t->begin_ms;

    while ((ms = host_rotation_after(t, ms, TURNS_WEEKLY)) + 700 <= t->task->until_ms) {
        trace_syslog(t, TO_MESSAGES, ms + 90, "rsyslogd", 0,
                     "[origin software=\"rsyslogd\" swVersion=\"8.24.0-57.amzn2.2.0.2\" x-pid=\"%d\" "
                     "x-info=\"http://www.rsyslog.com\"] rsyslogd was HUPed",
                     rsyslog ? rsyslog->pid : 2400);
        if (!httpd)
            continue;
        trace_syslog(t, TO_MESSAGES, ms + 210, "systemd", 0, "Reloading The Apache HTTP Server.");
        trace_syslog(t, TO_MESSAGES, ms + 260, "systemd", 0, "Reloaded The Apache HTTP Server.");
        trace_httpd_reload(t, ms + 240, httpd->pid);
    }
}

void traces_of_routine(struct traces *t)
{
    cron(t);
    traces_of_jobs(t);
    rotations(t);
    leases(t);
    agent_health(t);
    cleanup(t);
}
