/* SPDX-License-Identifier: MIT */
/*
 * What goes on leaves traces: programs' messages from /dev/log go to the files that rsyslog.conf of the server names, in its
 * layout and in the lab's time; audit records that no kernel writes for a namespace are written here from them; a login that
 * ends is closed in utmp and wtmp.
 */
#include "sim/shell/parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utmp.h>

#define FACILITY_AUTH 4
#define FACILITY_AUTHPRIV 10

int64_t lab_time_ms(const struct inside *in)
{
    return in->lab_ms + clock_now_ms() - in->now_ms;
}

/* Appends to a log as root would: what is no plain file there is left alone. */
static void append(const char *path, const struct str *line)
{
    AUTO(close_fd) int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    struct stat st;
    if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && write(fd, line->s, line->len) < 0)
        return;
}

static void log_line(const struct inside *in, const char *path, const char *text)
{
    AUTO(str_drop) struct str line = {0};
    const char *host = in->server->hostname;
    str_add_time(&line, lab_time_ms(in), "%b %e %H:%M:%S");
    str_addf(&line, " %.*s ", (int)strcspn(host, "."), host);
    str_add_log(&line, text);
    str_addc(&line, '\n');
    append(path, &line);
}

void log_secure(const struct inside *in, const char *tag, int pid, const char *text)
{
    AUTO(str_drop) struct str line = {0};
    str_addf(&line, "%s[%d]: %s", tag, pid, text);
    log_line(in, "/var/log/secure", str_text(&line));
}

/* ---- audit ---- */

/* What the next record is numbered and dated by: the log's newest ones, read from its end. A login's own records reach a moment
 * beyond its time, and nothing that comes after them is older; a date far ahead is somebody's own doing and moves nothing. */
struct next {
    unsigned long serial;
    int64_t ms;
};
#define AHEAD_MS 5000

static struct next next_record(const struct inside *in)
{
    char tail[8192];
    struct next next = {1, lab_time_ms(in)};
    const int64_t latest = next.ms + AHEAD_MS;
    AUTO(close_fd) int fd = open("/var/log/audit/audit.log", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
        return next;
    off_t from = st.st_size > (off_t)sizeof(tail) - 1 ? st.st_size - (off_t)sizeof(tail) + 1 : 0;
    ssize_t n = pread(fd, tail, sizeof(tail) - 1, from);
    tail[n > 0 ? n : 0] = 0;
    for (const char *at = tail; (at = strstr(at, "msg=audit(")); at++) {
        long long seconds = 0;
        unsigned ms = 0;
        unsigned long serial = 0;
        if (sscanf(at, "msg=audit(%lld.%3u:%lu", &seconds, &ms, &serial) != 3)
            continue;
        next.serial = serial >= next.serial ? serial + 1 : next.serial;
        if (seconds > 0 && seconds < latest / 1000 && seconds * 1000 + ms > next.ms)
            next.ms = seconds * 1000 + ms;
    }
    return next;
}

void log_audit(const struct inside *in, const char *type, const char *body)
{
    AUTO(str_drop) struct str line = {0};
    struct next next = next_record(in);
    if (in->deaf)
        return;
    str_addf(&line, "type=%s msg=audit(%lld.%03d:%lu): %s\n", type, (long long)(next.ms / 1000), (int)(next.ms % 1000),
             next.serial, body);
    append("/var/log/audit/audit.log", &line);
}

/* Records of one event share its time and number: "TYPE body" lines. */
void log_audit_event(const struct inside *in, const char *records)
{
    AUTO(str_drop) struct str all = {0};
    struct next next = next_record(in);
    if (in->deaf)
        return;
    for (const char *line = records; *line;) {
        size_t n = strcspn(line, "\n"), type = strcspn(line, " ");
        str_addf(&all, "type=%.*s msg=audit(%lld.%03d:%lu):%.*s\n", (int)type, line, (long long)(next.ms / 1000),
                 (int)(next.ms % 1000), next.serial, (int)(n - type), line + type);
        line += n + (line[n] == '\n');
    }
    append("/var/log/audit/audit.log", &all);
}

/* Blanks and quotes make a value hexadecimal. */
void audit_add_value(struct str *out, const char *s, size_t n)
{
    bool plain = true;
    for (size_t i = 0; i < n; i++)
        plain &= s[i] > ' ' && s[i] != '"' && (unsigned char)s[i] < 0x7f;
    if (!plain)
        return str_add_hex_upper(out, s, n);
    str_addf(out, "\"%.*s\"", (int)n, s);
}

/* The value after "KEY=" up to " ;" or the end. */
static const char *field(const char *text, const char *key, size_t *n)
{
    const char *at = strstr(text, key);
    if (!at)
        return NULL;
    at += strlen(key);
    const char *end = strstr(at, " ; ");
    *n = end && strcmp(key, "COMMAND=") != 0 ? (size_t)(end - at) : strlen(at);
    return at;
}

/* ---- whose doing it was ---- */

static int parent_of(int pid)
{
    char path[32], line[512];
    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, line, sizeof(line) - 1) : 0;
    line[n > 0 ? n : 0] = 0;
    const char *after = strrchr(line, ')');
    return after && strlen(after) > 4 ? atoi(after + 4) : 0;
}

/* The login that a process belongs to: that of an ancestor, or of its terminal; NULL = nobody's. */
const struct os_session *login_of(const struct inside *in, int pid, const char *tty, size_t n_tty)
{
    for (int depth = 0; pid > 1 && depth < 64; depth++, pid = parent_of(pid))
        for (const struct os_session *s = in->server->sessions; s; s = s->next)
            if (!s->ended_ms && (s->shell_pid == pid || s->child_pid == pid || s->monitor_pid == pid))
                return s;
    for (const struct os_session *s = in->server->sessions; s && tty; s = s->next)
        if (!s->ended_ms && strlen(s->tty) == n_tty && !memcmp(s->tty, tty, n_tty))
            return s;
    for (const struct visitor *v = in->visitors; v; v = v->next)
        if (!v->over)
            return v->session; /* it is gone already: a visitor's, as nobody else does anything here */
    return NULL;
}

/* "ec2-user : TTY=pts/1 ; PWD=/home/ec2-user ; USER=root ; COMMAND=/bin/cat /etc/passwd" */
static void audit_sudo(const struct inside *in, int pid, const char *text)
{
    AUTO(str_drop) struct str body = {0};
    AUTO(free_text) char *name = xstrdup(text + strspn(text, " "));
    size_t n_pwd = 0, n_command = 0, n_tty = 0;
    const char *pwd = field(text, "PWD=", &n_pwd), *command = field(text, "COMMAND=", &n_command);
    const char *tty = field(text, "TTY=", &n_tty);
    struct os_user user;
    name[strcspn(name, " ")] = 0;
    if (!pwd || !command || !os_user_find(in->w, in->server, name, &user))
        return;
    const struct os_session *login = login_of(in, pid, tty, n_tty);
    str_addf(&body, "pid=%d uid=%u auid=%u ses=%ld msg='cwd=", pid, user.uid, login ? login->uid : user.uid,
             login ? login->number : 0);
    audit_add_value(&body, pwd, n_pwd);
    str_add(&body, " cmd=");
    audit_add_value(&body, command, n_command);
    str_addf(&body, " terminal=%.*s res=%s'", tty ? (int)n_tty : 1, tty ? tty : "?",
             strstr(text, "NOT in sudoers") || strstr(text, "not allowed") ? "failed" : "success");
    log_audit(in, "USER_CMD", str_text(&body));
}

/* "delete user 'chaos-user'", "removed group 'chaos-user' owned by 'chaos-user'", "new user: name=x, UID=1002, ..." */
static void audit_account(const struct inside *in, int pid, const char *program, const char *text)
{
    static const struct {
        const char *starts, *type, *op;
    } kinds[] = {
        {"delete user '",    "DEL_USER",  "delete-user" },
        {"removed group '",  "DEL_GROUP", "delete-group"},
        {"new user: name=",  "ADD_USER",  "add-user"    },
        {"new group: name=", "ADD_GROUP", "add-group"   },
    };
    const struct os_session *s = login_of(in, pid, NULL, 0);
    for (size_t i = 0; s && i < COUNT(kinds); i++) {
        if (!text_starts(text, kinds[i].starts))
            continue;
        AUTO(str_drop) struct str body = {0};
        const char *name = text + strlen(kinds[i].starts);
        str_addf(&body, "pid=%d uid=0 auid=%u ses=%ld msg='op=%s acct=", pid, s->uid, s->number, kinds[i].op);
        audit_add_value(&body, name, strcspn(name, "',"));
        str_addf(&body, " exe=\"/usr/sbin/%s\" hostname=%s addr=? terminal=%s res=success'", program, in->server->hostname,
                 s->tty);
        log_audit(in, kinds[i].type, str_text(&body));
    }
}

static void audit_from(const struct inside *in, const char *message, int pid)
{
    size_t n = strcspn(message, "[:");
    const char *text = strstr(message, ": ");
    if (!text)
        return;
    text += 2;
    if (n == 4 && !strncmp(message, "sudo", n) && strstr(text, "COMMAND="))
        audit_sudo(in, pid, text);
    else if ((n == 7 && (!strncmp(message, "userdel", n) || !strncmp(message, "useradd", n))))
        audit_account(in, pid, message[4] == 'd' ? "userdel" : "useradd", text);
}

/* ---- /dev/log ---- */

int syslog_open(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) || chmod("/dev/log", 0666) ||
        setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &(int){1}, sizeof(int))) {
        close_fd(&fd);
        return -1;
    }
    return fd;
}

/* The sshd that was started with the shell has been there all along: it says nothing of that start; nor of one that follows
 * what was done in the lab, whose log has it already. */
static bool of_the_start(const struct inside *in, const char *text, int pid)
{
    const struct daemon *sshd = find_daemon(in->server, "sshd");
    if (pid == in->ended_sshd && strstr(text, "terminating."))
        return true;
    return ((sshd && sshd->pid == pid) || pid == in->begun_sshd) &&
           (strstr(text, "Server listening on") || strstr(text, "Unable to load host key") || strstr(text, "Public key for"));
}

static void take_message(const struct inside *in, char *text, int pid)
{
    int priority = 0;
    char *end = text;
    if (*text == '<')
        priority = (int)strtol(text + 1, &end, 10);
    text = *end == '>' ? end + 1 : text;
    if (strlen(text) > 16 && text[3] == ' ' && text[6] == ' ' && text[15] == ' ') /* "Nov 24 00:02:58 " */
        text += 16;
    if (of_the_start(in, text, pid))
        return;
    if (strstr(text, "pam_limits(") && strstr(text, "Could not set limit")) /* of the namespace; a server has no such line */
        return;
    bool private = priority >> 3 == FACILITY_AUTH || priority >> 3 == FACILITY_AUTHPRIV;
    log_line(in, private ? "/var/log/secure" : "/var/log/messages", text);
    if (private)
        audit_from(in, text, pid);
}

void syslog_serve(const struct inside *in, int fd, bool logging)
{
    char text[8192];
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    for (int i = 0; i < 200; i++) {
        struct iovec part = {text, sizeof(text) - 1};
        struct msghdr m = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
        ssize_t n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
        struct ucred from = {0};
        if (n < 0)
            return;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS)
            memcpy(&from, CMSG_DATA(c), sizeof(from));
        while (n > 0 && (text[n - 1] == '\n' || !text[n - 1]))
            n--;
        text[n] = 0;
        if (logging)
            take_message(in, text, from.pid);
    }
}

/* ---- utmp ---- */

static struct utmp slot_of(const struct os_session *s, short type, int64_t ms)
{
    struct utmp u = {.ut_type = type, .ut_pid = s->monitor_pid};
    bool pts = text_starts(s->tty, "pts/");
    memcpy(u.ut_line, s->tty, strnlen(s->tty, sizeof(u.ut_line)));
    memcpy(u.ut_id, (char[4]){'t', 's', pts ? '/' : s->tty[0], pts ? s->tty[4] : 0}, 4);
    u.ut_tv.tv_sec = (int32_t)(ms / 1000);
    u.ut_tv.tv_usec = (int32_t)(ms % 1000 * 1000);
    return u;
}

static void put_slot(const struct utmp *u)
{
    utmpname("/run/utmp");
    setutent();
    if (!pututline(u))
        errno = 0;
    endutent();
}

void utmp_open(const struct os_session *s)
{
    struct utmp u = slot_of(s, USER_PROCESS, s->started_ms);
    struct in_addr from;
    memcpy(u.ut_user, s->user, strnlen(s->user, sizeof(u.ut_user)));
    memcpy(u.ut_host, s->host, strnlen(s->host, sizeof(u.ut_host)));
    if (inet_pton(AF_INET, s->host, &from) == 1)
        u.ut_addr_v6[0] = (int32_t)from.s_addr;
    put_slot(&u);
}

/* A login's end: its slot in utmp, a record in wtmp. */
void utmp_close(const struct inside *in, const struct os_session *s, bool in_wtmp)
{
    struct utmp u = slot_of(s, DEAD_PROCESS, lab_time_ms(in));
    put_slot(&u);
    if (in_wtmp)
        updwtmp("/var/log/wtmp", &u);
}
