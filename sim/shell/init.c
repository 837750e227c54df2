/* SPDX-License-Identifier: MIT */
/*
 * PID 1 of the server: brings its processes about, serves /dev/log and systemctl, buries the dead, notices logins that end,
 * and whenever the keeper asks tells what has become of the server. With it everything ends.
 */
#include "sim/shell/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct init {
    struct inside *in;
    struct cast cast;
    struct units units;
    struct endings endings;
    struct seen *seen;
    struct watch_rules rules;
    int log;
};

/* NULL: nobody is there yet, as in a container. */
static bool let_go(struct init *i, const struct visitor *v)
{
    char number[32];
    int n = snprintf(number, sizeof(number), "%ld", v ? v->session->number : 0);
    link_send(i->in->link, LINK_GO, number, (size_t)n, NULL, 0);
    return !v || write(v->go[1], "", 1) == 1;
}

/* What we put there is not the server's, and no trace of anybody's: the directory is as old as it was. */
static void keep_time(const char *dir, struct timespec *was, bool restore)
{
    struct stat st;
    struct timespec times[2] = {*was, *was};
    if (restore && utimensat(AT_FDCWD, dir, times, 0))
        errno = 0;
    if (!restore && !stat(dir, &st))
        *was = st.st_mtim;
}

/* The keeper has the files written meanwhile. */
static bool files_there(const struct init *i, struct err *e)
{
    AUTO(message_drop)
    struct message m = {
        .fds = {-1, -1, -1}
    };
    return link_receive(i->in->link, &m, e) && (m.kind == LINK_FILES || err_set(e, "the server's files did not come"));
}

static bool begin(struct init *i, struct err *e)
{
    struct timespec run = {0};
    if (!cast_begin(&i->cast, i->in, e) || !files_there(i, e))
        return false;
    keep_time("/run", &run, false);
    if (mkdir("/run/sshd", 0755) && errno != EEXIST)
        return err_set(e, "make /run/sshd: %m");
    i->log = syslog_open();
    if (i->log < 0)
        return err_set(e, "open /dev/log: %m");
    if (!cast_go_on(&i->cast, e) || !units_begin(&i->units, &i->cast, i->in, e))
        return false;
    keep_time("/run", &run, true);
    i->seen = state_seen();
    watch_read_rules(&i->rules);
    if (i->in->means->mode == SHELL_SINGLE)
        state_give(i->in, i->seen, &i->cast, &i->units, &i->endings);
    if (!let_go(i, i->in->visitors))
        return err_set(e, "the shell is gone");
    cast_start_sshd(&i->cast);
    if (write(i->in->host_keys, "", 1) != 1)
        errno = 0; /* who makes them was killed: there is one, that is enough to log in */
    close_fd(&i->in->host_keys);
    return true;
}

/* ---- logins of others ---- */

static void session_closed(struct init *i, const struct os_session *s)
{
    AUTO(str_drop) struct str text = {0};
    utmp_close(i->in, s, true);
    str_addf(&text, "pam_unix(sshd:session): session closed for user %s", s->user);
    log_secure(i->in, "sshd", s->monitor_pid, str_text(&text));
    str_clear(&text);
    str_addf(&text,
             "pid=%d uid=0 auid=%u ses=%ld msg='op=PAM:session_close grantors=pam_loginuid,pam_keyinit,pam_limits,pam_unix "
             "acct=\"%s\" exe=\"/usr/sbin/sshd\" hostname=%s addr=%s terminal=ssh res=success'",
             s->monitor_pid, s->uid, s->number, s->user, s->host, s->host);
    log_audit(i->in, "USER_END", str_text(&text));
}

/* Nobody is left to close a session whose monitor was killed first: wtmp keeps it open, as on a real server. */
static void watch_sessions(struct init *i)
{
    for (const struct os_session *s = i->in->server->sessions; s; s = s->next) {
        if (s->ended_ms || is_visitors(i->in, s->number))
            continue;
        struct ending *ending = ending_of(&i->endings, s->number);
        bool monitor = cast_alive(&i->cast, s->monitor_pid), child = s->child_pid && cast_alive(&i->cast, s->child_pid);
        ending->orphaned |= child && !monitor;
        if (ending->ended_ms || child || monitor)
            continue;
        ending->ended_ms = lab_time_ms(i->in);
        if (!ending->orphaned)
            session_closed(i, s);
    }
}

/* What is looked at just after somebody was killed shall tell of it: the kernel takes a moment, and so do the shell and the
 * monitor of a session whose child has gone. */
static void await_ends(struct init *i)
{
    for (const struct os_session *s = i->in->server->sessions; s; s = s->next) {
        if (s->ended_ms || is_visitors(i->in, s->number) || !s->child_pid)
            continue;
        struct ending *ending = ending_of(&i->endings, s->number);
        if (ending->ended_ms)
            continue;
        cast_await_end(&i->cast, s->shell_pid, false);
        cast_await_end(&i->cast, s->child_pid, false);
        if (cast_alive(&i->cast, s->child_pid) || ending->awaited)
            continue;
        cast_await_end(&i->cast, s->shell_pid, true); /* its terminal has gone */
        cast_await_end(&i->cast, s->monitor_pid, true);
        ending->awaited = true;
    }
}

/* ---- visitors ---- */

static void visitor_done(struct init *i, struct visitor *v)
{
    unsigned char byte;
    char text[48];
    ssize_t n = read(v->done, &byte, 1);
    snprintf(text, sizeof(text), "%ld %d", v->session->number, n == 1 ? byte : 255); /* without a word: it was killed */
    syslog_serve(i->in, i->log, units_running(&i->units, "rsyslog"));
    v->over = true;
    close_fd(&v->done);
    close_fd(&v->go[0]);
    close_fd(&v->go[1]);
    link_say(i->in->link, LINK_STATUS, text);
}

/* Its guest is gone: what a terminal's end would do is done to a shell that has none. */
static void hang_up(struct init *i, long session)
{
    const struct visitor *v = visitor_of(i->in, session);
    if (!v)
        return;
    kill(-v->session->shell_pid, SIGHUP);
    kill(-v->session->shell_pid, SIGCONT);
    if (!v->terminal)
        kill(v->session->shell_pid, SIGKILL);
}

/* ---- what the keeper says ---- */

static void take_news(struct init *i, const struct str *text)
{
    struct err e = {0};
    json_auto_t *news = json_read(text->s, text->len, &e);
    const struct inner inner = {i->in, &i->cast, &i->units, &i->endings};
    if (!news || !news_take(&inner, news, &e)) {
        link_say(i->in->link, LINK_ERROR, e.msg);
        return;
    }
    link_say(i->in->link, LINK_TAKEN, "");
    struct visitor *newest = i->in->visitors;
    while (newest && newest->next)
        newest = newest->next;
    for (struct visitor *v = newest; v; v = v->next)
        if (!v->over && v->go[1] > 0 && !v->shell) {
            v->shell = v->session->shell_pid;
            let_go(i, v);
        }
}

static void listen_to_keeper(struct init *i)
{
    AUTO(message_drop)
    struct message m = {
        .fds = {-1, -1, -1}
    };
    struct err gone = {0};
    if (!link_receive(i->in->link, &m, &gone))
        _exit(container_status()); /* nobody is outside any more */
    if (m.kind == LINK_LOOK) {
        syslog_serve(i->in, i->log, units_running(&i->units, "rsyslog"));
        units_check(&i->units);
        await_ends(i);
        watch_sessions(i);
        state_give(i->in, i->seen, &i->cast, &i->units, &i->endings);
    } else if (m.kind == LINK_NEWS) {
        take_news(i, &m.bytes);
    } else if (m.kind == LINK_HANGUP) {
        hang_up(i, atol(str_text(&m.bytes)));
    }
}

/* ---- the loop ---- */

static void bury(void)
{
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
}

/* A visitor's shell has said what its calls are told by; or one of them is to be looked at. */
static void watch(struct init *i, struct visitor *v, short events)
{
    AUTO(message_drop)
    struct message m = {
        .fds = {-1, -1, -1}
    };
    struct err gone = {0};
    if (v->listener >= 0) {
        struct pollfd more = {.fd = v->listener, .events = POLLIN, .revents = events};
        for (int k = 0; k < 200 && more.revents & POLLIN; k++) /* to ask without need would wait for ever */
            if (!watch_serve(i->in, &i->rules, v->listener) || poll(&more, 1, 0) < 0)
                break;
        if (more.revents & (POLLHUP | POLLERR))
            close_fd(&v->listener); /* nobody is left who could ask */
        return;
    }
    if (link_receive(v->watched[0], &m, &gone) && m.fds[0] >= 0) {
        v->listener = fcntl(m.fds[0], F_DUPFD_CLOEXEC, 3);
    }
    close_fd(&v->watched[0]);
}

static struct pollfd watched(const struct visitor *v)
{
    return (struct pollfd){.fd = v->listener >= 0 ? v->listener : v->watched[0], .events = POLLIN};
}

#define MOST_VISITORS 16

static void turn(struct init *i)
{
    struct pollfd fds[3 + 2 * MOST_VISITORS] = {
        {.fd = i->in->link,      .events = POLLIN},
        {.fd = i->log,           .events = POLLIN},
        {.fd = i->units.control, .events = POLLIN},
    };
    struct visitor *of[MOST_VISITORS];
    size_t n = 0;
    for (struct visitor *v = i->in->visitors; v && n < MOST_VISITORS; v = v->next, n++) {
        of[n] = v;
        fds[3 + 2 * n] = (struct pollfd){.fd = v->over ? -1 : v->done, .events = POLLIN};
        fds[4 + 2 * n] = watched(v); /* what it left behind may live longer than it */
    }
    poll(fds, 3 + 2 * n, 100);
    bury();
    if (fds[1].revents)
        syslog_serve(i->in, i->log, units_running(&i->units, "rsyslog"));
    if (fds[2].revents)
        units_serve(&i->units);
    units_check(&i->units);
    i->in->deaf = !units_running(&i->units, "auditd");
    watch_sessions(i);
    for (size_t k = 0; k < n; k++) {
        if (fds[4 + 2 * k].revents)
            watch(i, of[k], fds[4 + 2 * k].revents);
        if (fds[3 + 2 * k].revents)
            visitor_done(i, of[k]);
    }
    if (fds[0].revents)
        listen_to_keeper(i);
}

_Noreturn void init_run(struct inside *in)
{
    struct init i = {.in = in};
    struct err e = {0};
    title_area();
    title_set("/usr/lib/systemd/systemd --switched-root --system --deserialize 21", "systemd");
    umask(022);
    if (!begin(&i, &e)) {
        link_say(in->link, LINK_ERROR, e.msg);
        _exit(1);
    }
    if (in->visitors)
        in->visitors->shell = in->visitors->session->shell_pid;
    for (;;)
        turn(&i);
}
