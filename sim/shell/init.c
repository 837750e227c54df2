/* SPDX-License-Identifier: MIT */
/*
 * PID 1 of the server: brings its processes about, serves /dev/log and systemctl, buries the dead, notices logins that end,
 * and when the student's shell is over sends what has become of the server to the outside. With it everything ends.
 */
#include "sim/shell/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct init {
    const struct inside *in;
    struct cast cast;
    struct units units;
    int log;
    int64_t *ended_ms; /* by session, in the list's order; 0 = as in the world */
    bool *orphaned;
    int status; /* of the student's shell; -1 = it lives */
};

/* sshd needs a key of its own at once: the lab's tree holds public halves only. The others take longer to make. */
static bool host_key(struct err *e)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    int fd = open("/etc/ssh/ssh_host_ecdsa_key", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    BIO *out = fd >= 0 ? BIO_new_fd(fd, BIO_CLOSE) : NULL;
    bool good = key && out && PEM_write_bio_PrivateKey_traditional(out, key, NULL, NULL, 0, NULL, NULL) == 1;
    BIO_free(out);
    EVP_PKEY_free(key);
    return good || err_set(e, "make the server's host key: %m");
}

static void other_host_keys(void)
{
    if (fork())
        return;
    close_range(3, ~0u, 0);
    setsid();
    if (nice(10) == -1)
        errno = 0;
    execl("/usr/sbin/sshd-keygen", "/usr/sbin/sshd-keygen", (char *)NULL); /* root.c wrote it */
    _exit(127);
}

static bool begin(struct init *i, struct err *e)
{
    if (mkdir("/run/sshd", 0755) && errno != EEXIST)
        return err_set(e, "make /run/sshd: %m");
    i->log = syslog_open();
    if (i->log < 0)
        return err_set(e, "open /dev/log: %m");
    size_t n = 0;
    for (const struct os_session *s = i->in->server->sessions; s; s = s->next)
        n++;
    i->ended_ms = xcalloc(n + 1, sizeof(*i->ended_ms));
    i->orphaned = xcalloc(n + 1, sizeof(*i->orphaned));
    if (!host_key(e) || !cast_begin(&i->cast, i->in, e) || !units_begin(&i->units, &i->cast, e))
        return false;
    link_send(i->in->link, LINK_GO, NULL, 0, NULL, 0);
    return write(i->cast.go[1], "", 1) == 1 || err_set(e, "the shell is gone");
}

/* ---- logins of others ---- */

static void session_closed(struct init *i, const struct os_session *s)
{
    AUTO(str_drop) struct str text = {0};
    utmp_close(i->in, s);
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
    size_t k = 0;
    for (const struct os_session *s = i->in->server->sessions; s; s = s->next, k++) {
        bool monitor = cast_alive(&i->cast, s->monitor_pid), child = s->child_pid && cast_alive(&i->cast, s->child_pid);
        i->orphaned[k] |= child && !monitor;
        if (s->ended_ms || i->ended_ms[k] || s == i->in->plan->session || child || monitor)
            continue;
        i->ended_ms[k] = lab_time_ms(i->in);
        if (!i->orphaned[k])
            session_closed(i, s);
    }
}

/* ---- the loop ---- */

static void bury(void)
{
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
}

static void student_done(struct init *i)
{
    unsigned char byte;
    ssize_t n = read(i->cast.done, &byte, 1);
    i->status = n == 1 ? byte : 255; /* without a word: it was killed */
}

static void turn(struct init *i)
{
    struct pollfd fds[] = {
        {.fd = i->cast.done,     .events = POLLIN},
        {.fd = i->log,           .events = POLLIN},
        {.fd = i->units.control, .events = POLLIN},
        {.fd = i->in->link,      .events = POLLIN},
    };
    poll(fds, COUNT(fds), 100);
    bury();
    if (fds[1].revents)
        syslog_serve(i->in, i->log, units_logging(&i->units));
    if (fds[2].revents)
        units_serve(&i->units);
    units_check(&i->units);
    watch_sessions(i);
    if (fds[0].revents)
        student_done(i);
    if (fds[3].revents & (POLLHUP | POLLERR))
        _exit(0); /* nobody is outside any more */
}

_Noreturn void init_run(const struct inside *in)
{
    struct init i = {.in = in, .status = -1};
    struct err e = {0};
    title_area();
    title_set("/usr/lib/systemd/systemd --switched-root --system --deserialize 21", "systemd");
    umask(022);
    if (!begin(&i, &e)) {
        link_send(in->link, LINK_ERROR, e.msg, strlen(e.msg), NULL, 0);
        _exit(1);
    }
    other_host_keys();
    while (i.status < 0)
        turn(&i);
    const unsigned char status = (unsigned char)i.status;
    link_send(in->link, LINK_STATUS, &status, 1, NULL, 0);
    syslog_serve(in, i.log, units_logging(&i.units));
    watch_sessions(&i);
    units_check(&i.units);
    state_give(in, &i.cast, &i.units, i.ended_ms);
    _exit(0);
}
