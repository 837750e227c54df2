/* SPDX-License-Identifier: MIT */
/*
 * The kernel's part of audit.log, which no kernel writes for a namespace: changes of files that /etc/audit/rules.d watches.
 *
 * What a visitor's processes ask of the kernel that could change a name, a content or an attribute is first shown to PID 1
 * (seccomp_unotify(2)) and then goes on. PID 1 looks at the names and at who asks; for a watched one it writes the event as
 * the kernel would: SYSCALL with the true number, arguments and ids, CWD, a PATH for each name, PROCTITLE. Nothing of this
 * can refuse anything: it is a record, no guard. Layout as in sim/evidence/host_watch.c (kernel 4.14 without SELinux).
 */
#include "sim/shell/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define ROOT_DEVICE "103:01"
#define PATHS 2

/* ---- the calls ---- */

enum effect { OPENS, MAKES, REMOVES, RENAMES, ATTRIBUTES };
struct watched_call {
    int number;
    enum effect effect;
    signed char path[PATHS], dir[PATHS]; /* which arguments are names, and the directories that they start from; -1 = none */
    signed char flags;                   /* of open(2), -1 = none */
};
#ifdef __x86_64__
static const struct watched_call calls[] = {
    {SYS_open,      OPENS,      {0, -1},  {-1, -1}, 1 },
    {SYS_openat,    OPENS,      {1, -1},  {0, -1},  2 },
    {SYS_creat,     OPENS,      {0, -1},  {-1, -1}, -1},
    {SYS_truncate,  OPENS,      {0, -1},  {-1, -1}, -1},
    {SYS_rename,    RENAMES,    {0, 1},   {-1, -1}, -1},
    {SYS_renameat,  RENAMES,    {1, 3},   {0, 2},   -1},
    {SYS_renameat2, RENAMES,    {1, 3},   {0, 2},   -1},
    {SYS_unlink,    REMOVES,    {0, -1},  {-1, -1}, -1},
    {SYS_unlinkat,  REMOVES,    {1, -1},  {0, -1},  -1},
    {SYS_rmdir,     REMOVES,    {0, -1},  {-1, -1}, -1},
    {SYS_mkdir,     MAKES,      {0, -1},  {-1, -1}, -1},
    {SYS_mkdirat,   MAKES,      {1, -1},  {0, -1},  -1},
    {SYS_symlink,   MAKES,      {1, -1},  {-1, -1}, -1},
    {SYS_symlinkat, MAKES,      {2, -1},  {1, -1},  -1},
    {SYS_link,      MAKES,      {1, -1},  {-1, -1}, -1},
    {SYS_linkat,    MAKES,      {3, -1},  {2, -1},  -1},
    {SYS_chmod,     ATTRIBUTES, {0, -1},  {-1, -1}, -1},
    {SYS_fchmodat,  ATTRIBUTES, {1, -1},  {0, -1},  -1},
    {SYS_fchmod,    ATTRIBUTES, {-1, -1}, {0, -1},  -1},
    {SYS_chown,     ATTRIBUTES, {0, -1},  {-1, -1}, -1},
    {SYS_lchown,    ATTRIBUTES, {0, -1},  {-1, -1}, -1},
    {SYS_fchownat,  ATTRIBUTES, {1, -1},  {0, -1},  -1},
    {SYS_fchown,    ATTRIBUTES, {-1, -1}, {0, -1},  -1},
};
#else
static const struct watched_call calls[] = {
    {-1, OPENS, {-1, -1}, {-1, -1}, -1},
}; /* another machine's numbers would be no AL2's of x86_64: nothing is watched */
#endif

static const struct watched_call *call_of(int number)
{
    for (size_t i = 0; i < COUNT(calls); i++)
        if (calls[i].number == number)
            return &calls[i];
    return NULL;
}

/* ---- the filter, in the visitor's shell before it gives up root's rights ---- */

/* One that opens is of interest if it may change what it opens: any of these flags is enough. */
static int add_opening(scmp_filter_ctx filter, const struct watched_call *c)
{
    static const scmp_datum_t changing[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC};
    int bad = 0;
    for (size_t i = 0; !bad && i < COUNT(changing); i++)
        bad = seccomp_rule_add(filter, SCMP_ACT_NOTIFY, c->number, 1,
                               SCMP_CMP((unsigned)c->flags, SCMP_CMP_MASKED_EQ, changing[i], changing[i]));
    return bad;
}

/* Other machines' calls pass, as does all else; and sudo may still give rights. */
static scmp_filter_ctx make_filter(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int bad = !filter || seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW) ||
              seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);
    for (size_t i = 0; !bad && i < COUNT(calls) && calls[i].number >= 0; i++)
        bad = calls[i].flags >= 0 ? add_opening(filter, &calls[i])
                                  : seccomp_rule_add(filter, SCMP_ACT_NOTIFY, calls[i].number, 0);
    if (!bad)
        return filter;
    seccomp_release(filter);
    return NULL;
}

/* Returns the descriptor that tells of calls; -1 where the kernel cannot. */
int watch_begin(void)
{
    scmp_filter_ctx filter = make_filter();
    int listener = filter && !seccomp_load(filter) ? seccomp_notify_fd(filter) : -1;
    seccomp_release(filter);
    return listener;
}

/* ---- the rules: "-w PATH -p wa -k KEY", as auditctl(8) reads them ---- */

#define RULES "/etc/audit/rules.d/audit.rules"

void watch_read_rules(struct watch_rules *rules)
{
    AUTO(str_drop) struct str text = {0};
    struct err ignored = {0};
    char *rest = NULL;
    rules->n = 0;
    if (!file_read(RULES, 1 << 20, &text, &ignored) || !text.len)
        return;
    for (char *line = strtok_r(text.s, "\n", &rest); line && rules->n < COUNT(rules->list);
         line = strtok_r(NULL, "\n", &rest)) {
        struct watch_rule *r = &rules->list[rules->n];
        char how[16] = "rwxa";
        *r = (struct watch_rule){.key = "(null)"};
        int got = sscanf(line, "-w %255s -p %15s -k %63s", r->path, how, r->key);
        if (got < 1 || r->path[0] != '/')
            continue;
        if (got == 1)
            sscanf(line, "-w %*s -k %63s", r->key);
        r->write = strchr(how, 'w');
        r->attributes = strchr(how, 'a');
        rules->n++;
    }
}

static const char *key_of(const struct watch_rules *rules, const char *path, enum effect effect)
{
    for (size_t i = 0; i < rules->n; i++) {
        const struct watch_rule *r = &rules->list[i];
        size_t n = strlen(r->path);
        if (!strncmp(path, r->path, n) && (!path[n] || path[n] == '/') && (effect == ATTRIBUTES ? r->attributes : r->write))
            return r->key;
    }
    return NULL;
}

/* ---- who asks, and for what ---- */

struct asked {
    struct arena arena;
    const struct seccomp_notif *notif;
    const struct watched_call *call;
    int pid, ppid;
    unsigned uid[4], gid[4]; /* real, effective, saved, of files */
    char comm[20], tty[16];
    const char *exe, *cwd;
    struct str title;
    const char *name[PATHS], *path[PATHS]; /* as given; and where that is: NULL = none */
};

static const char *link_of(struct arena *arena, const char *path)
{
    char target[4096];
    ssize_t n = readlink(path, target, sizeof(target) - 1);
    return n > 0 ? arena_dupn(arena, target, (size_t)n) : NULL;
}

static ssize_t read_of(int pid, const char *what, char *out, size_t n)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
    AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, out, n - 1) : 0;
    out[got > 0 ? got : 0] = 0;
    return got;
}

static void read_ids(const char *status, const char *label, unsigned ids[4])
{
    const char *line = strstr(status, label);
    if (line)
        sscanf(line + strlen(label), "%u %u %u %u", &ids[0], &ids[1], &ids[2], &ids[3]);
}

static void know_asker(struct asked *a)
{
    char text[4096], title[129];
    unsigned tty = 0;
    if (read_of(a->pid, "status", text, sizeof(text)) > 0) {
        read_ids(text, "\nUid:", a->uid);
        read_ids(text, "\nGid:", a->gid);
    }
    if (read_of(a->pid, "stat", text, sizeof(text)) > 0 && strrchr(text, ')'))
        sscanf(strrchr(text, ')') + 1, " %*c %d %*d %*d %u", &a->ppid, &tty);
    if (tty >> 8 == 136) /* the kernel's name of a terminal: pts0 */
        snprintf(a->tty, sizeof(a->tty), "pts%u", tty & 255);
    else
        snprintf(a->tty, sizeof(a->tty), "(none)");
    read_of(a->pid, "comm", a->comm, sizeof(a->comm));
    a->comm[strcspn(a->comm, "\n")] = 0;
    ssize_t n = read_of(a->pid, "cmdline", title, sizeof(title));
    while (n > 0 && !title[n - 1])
        n--;
    str_addn(&a->title, title, n > 0 ? (size_t)n : 0);
    const char *exe = link_of(&a->arena, arena_printf(&a->arena, "/proc/%d/exe", a->pid));
    a->exe = exe ? exe : "?";
}

static const char *text_at(struct asked *a, uint64_t address)
{
    char text[4096];
    struct iovec mine = {text, sizeof(text) - 1}, theirs = {(void *)(uintptr_t)address, sizeof(text) - 1};
    size_t to_page = 4096 - (address & 4095); /* what lies behind may not be there */
    if (theirs.iov_len > to_page)
        theirs.iov_len = to_page;
    ssize_t n = process_vm_readv(a->pid, &mine, 1, &theirs, 1, 0);
    if (n <= 0)
        return NULL;
    text[n] = 0;
    if (strlen(text) == (size_t)n && (size_t)n == to_page) { /* it goes on */
        struct iovec rest = {text + n, sizeof(text) - 1 - (size_t)n}, there = {(void *)(uintptr_t)(address + to_page), 0};
        there.iov_len = rest.iov_len;
        ssize_t more = process_vm_readv(a->pid, &rest, 1, &there, 1, 0);
        text[n + (more > 0 ? more : 0)] = 0;
    }
    return arena_dup(&a->arena, text);
}

/* Where a name is: its directory without links, and its last part. */
static const char *place_of(struct asked *a, const char *name, int dir)
{
    const char *base = name[0] == '/'    ? ""
                       : dir == AT_FDCWD ? a->cwd
                                         : link_of(&a->arena, arena_printf(&a->arena, "/proc/%d/fd/%d", a->pid, dir));
    if (!base)
        return NULL;
    char *full = arena_printf(&a->arena, "%s/%s", base, name), *end = full + strlen(full);
    while (end > full + 1 && end[-1] == '/')
        *--end = 0;
    char *slash = strrchr(full, '/');
    *slash = 0;
    AUTO(free_text) char *real = realpath(*full ? full : "/", NULL);
    return real ? arena_printf(&a->arena, "%s/%s", text_same(real, "/") ? "" : real, slash + 1) : NULL;
}

static void know_names(struct asked *a)
{
    const uint64_t *args = (const uint64_t *)a->notif->data.args;
    const char *cwd = link_of(&a->arena, arena_printf(&a->arena, "/proc/%d/cwd", a->pid));
    a->cwd = cwd ? cwd : "/";
    for (int i = 0; i < PATHS; i++) {
        int dir = a->call->dir[i] < 0 ? AT_FDCWD : (int)args[(int)a->call->dir[i]];
        if (a->call->path[i] >= 0) {
            a->name[i] = text_at(a, args[(int)a->call->path[i]]);
            a->path[i] = a->name[i] && *a->name[i] ? place_of(a, a->name[i], dir) : NULL;
        } else if (i == 0 && a->call->dir[0] >= 0) { /* fchmod and its like: the file itself */
            a->name[0] = a->path[0] = link_of(&a->arena, arena_printf(&a->arena, "/proc/%d/fd/%d", a->pid, dir));
        }
    }
}

/* ---- what comes of it: found out as the kernel will ---- */

static bool may(const struct asked *a, const char *path, int how)
{
    if (!a->uid[3])
        return true;
    setfsgid(a->gid[3]);
    setfsuid(a->uid[3]);
    bool good = !syscall(SYS_faccessat2, AT_FDCWD, path, how, AT_EACCESS);
    setfsuid(0);
    setfsgid(0);
    return good;
}

static const char *parent_of_path(struct asked *a, const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    return !slash || slash == path ? "/" : arena_dupn(&a->arena, path, (size_t)(slash - path));
}

static int outcome(struct asked *a, const char *path, const struct stat *was, bool there, bool target_there)
{
    int flags = a->call->flags >= 0 ? (int)a->notif->data.args[(int)a->call->flags] : O_WRONLY;
    bool in_parent = may(a, parent_of_path(a, path), W_OK | X_OK);
    switch (a->call->effect) {
    case OPENS:
        if (!there)
            return flags & O_CREAT ? (in_parent ? 0 : EACCES) : ENOENT;
        return flags & O_CREAT && flags & O_EXCL ? EEXIST : S_ISDIR(was->st_mode) ? EISDIR : may(a, path, W_OK) ? 0 : EACCES;
    case MAKES: return there ? EEXIST : in_parent ? 0 : EACCES;
    case REMOVES: return !there ? ENOENT : in_parent ? 0 : EACCES;
    case RENAMES:
        if (a->notif->data.nr == SYS_renameat2 && a->notif->data.args[4] & 1 && target_there)
            return EEXIST; /* RENAME_NOREPLACE: today's mv tries that first */
        return !there ? ENOENT : in_parent && a->path[1] && may(a, parent_of_path(a, a->path[1]), W_OK | X_OK) ? 0 : EACCES;
    case ATTRIBUTES: return !there ? ENOENT : !a->uid[3] || was->st_uid == a->uid[3] ? 0 : EPERM;
    }
    return 0;
}

static int next_fd(int pid)
{
    char path[64];
    struct stat st;
    int fd = 0;
    do
        snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
    while (!lstat(path, &st) && ++fd < 1024);
    return fd;
}

/* ---- the event ---- */

static void add_item(struct str *out, int item, const char *name, const struct stat *st, const char *kind)
{
    str_addf(out, "PATH item=%d name=", item);
    audit_add_value(out, name, strlen(name));
    str_addf(out,
             " inode=%llu dev=" ROOT_DEVICE " mode=0%o ouid=%u ogid=%u rdev=00:00 nametype=%s"
             " cap_fp=0000000000000000 cap_fi=0000000000000000 cap_fe=0 cap_fver=0\n",
             (unsigned long long)st->st_ino, st->st_mode, st->st_uid, st->st_gid, kind);
}

static const char *parent_named(struct asked *a, const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? arena_dupn(&a->arena, name, (size_t)(slash - name) + 1) : a->cwd;
}

static void add_parent(struct asked *a, struct str *out, int *items, int i)
{
    struct stat st;
    if (!stat(parent_of_path(a, a->path[i]), &st))
        add_item(out, (*items)++, parent_named(a, a->name[i]), &st, "PARENT");
}

/* True: the call that we let go on is over, so what it makes would be there: its process is gone, or waits in another. */
static bool call_over(const struct asked *a)
{
    char text[64];
    char *end = text;
    if (read_of(a->pid, "syscall", text, sizeof(text)) <= 0)
        return true;
    long now_in = strtol(text, &end, 10);
    return end != text && now_in != a->notif->data.nr; /* "running" tells nothing */
}

#define APPEARS_WITHIN_MS 2000

/* What was made is there as soon as its process gets a processor, with an inode of its own. */
static bool appears(const struct asked *a, const char *path, struct stat *st)
{
    int64_t until_ms = clock_now_ms() + APPEARS_WITHIN_MS;
    for (bool over = false; lstat(path, st); nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL)) {
        if (over || clock_now_ms() > until_ms)
            return false;
        over = call_over(a);
    }
    return true;
}

struct before { /* how the names were before the call */
    bool there[PATHS];
    struct stat was[PATHS];
};

static int add_items(struct asked *a, struct str *out, const struct before *b, int error)
{
    int items = 0;
    struct stat st;
    enum effect effect = a->call->effect;
    int flags = effect == OPENS && a->call->flags >= 0 ? (int)a->notif->data.args[(int)a->call->flags] : O_CREAT;
    if (effect != ATTRIBUTES && (effect != OPENS || flags & O_CREAT))
        add_parent(a, out, &items, 0);
    if (effect == RENAMES && a->path[1])
        add_parent(a, out, &items, 1);
    if (b->there[0])
        add_item(out, items++, a->name[0], &b->was[0], effect == REMOVES || effect == RENAMES ? "DELETE" : "NORMAL");
    else if (!error && appears(a, a->path[0], &st))
        add_item(out, items++, a->name[0], &st, "CREATE");
    if (effect == RENAMES && a->path[1] && b->there[1])
        add_item(out, items++, a->name[1], &b->was[1], "DELETE");
    if (effect == RENAMES && a->path[1] && !error)
        add_item(out, items++, a->name[1], &b->was[0], "CREATE");
    return items;
}

static void add_call(const struct inside *in, struct asked *a, struct str *out, int error, int items, int fd, const char *key)
{
    const struct seccomp_data *d = &a->notif->data;
    const struct os_session *login = login_of(in, a->pid, NULL, 0);
    str_addf(out,
             "SYSCALL arch=c000003e syscall=%d success=%s exit=%d a0=%llx a1=%llx a2=%llx a3=%llx items=%d ppid=%d pid=%d ",
             d->nr, error ? "no" : "yes",
             error                      ? -error
             : a->call->effect == OPENS ? fd
                                        : 0,
             (unsigned long long)d->args[0], (unsigned long long)d->args[1], (unsigned long long)d->args[2],
             (unsigned long long)d->args[3], items, a->ppid, a->pid);
    str_addf(out, "auid=%u uid=%u gid=%u euid=%u suid=%u fsuid=%u egid=%u sgid=%u fsgid=%u tty=%s ses=%ld comm=",
             login ? login->uid : 4294967295u, a->uid[0], a->gid[0], a->uid[1], a->uid[2], a->uid[3], a->gid[1], a->gid[2],
             a->gid[3], a->tty, login ? login->number : 4294967295L);
    audit_add_value(out, a->comm, strlen(a->comm));
    str_add(out, " exe=");
    audit_add_value(out, a->exe, strlen(a->exe));
    str_addf(out, text_same(key, "(null)") ? " key=%s\n" : " key=\"%s\"\n", key);
}

static void write_event(const struct inside *in, struct asked *a, const struct before *b, int error, int fd, const char *key)
{
    AUTO(str_drop) struct str items = {0}, event = {0};
    int n = add_items(a, &items, b, error);
    add_call(in, a, &event, error, n, fd, key);
    str_add(&event, "CWD cwd=");
    audit_add_value(&event, a->cwd, strlen(a->cwd));
    str_addc(&event, '\n');
    str_addn(&event, str_text(&items), items.len);
    str_add(&event, "PROCTITLE proctitle=");
    audit_add_value(&event, str_text(&a->title), a->title.len);
    str_addc(&event, '\n');
    log_audit_event(in, str_text(&event));
}

/* ---- one call ---- */

static const char *is_watched(const struct watch_rules *rules, const struct asked *a)
{
    const char *key = NULL;
    for (int i = 0; i < PATHS && !key; i++)
        key = a->path[i] ? key_of(rules, a->path[i], a->call->effect) : NULL;
    return key;
}

static void one_call(const struct inside *in, const struct watch_rules *rules, int listener, const struct seccomp_notif *n)
{
    struct asked a = {.notif = n, .call = call_of(n->data.nr), .pid = (int)n->pid};
    struct before b = {0};
    const char *key = NULL;
    int error = 0, fd = 0;
    if (a.call && rules->n)
        know_names(&a);
    const char *path = a.path[0];
    if (path && (key = is_watched(rules, &a))) {
        know_asker(&a);
        for (int i = 0; i < PATHS; i++)
            b.there[i] = a.path[i] && !lstat(a.path[i], &b.was[i]);
        error = outcome(&a, path, &b.was[0], b.there[0], b.there[1]);
        fd = next_fd(a.pid);
    }
    bool asked = !seccomp_notify_id_valid(listener, n->id);
    struct seccomp_notif_resp go_on = {.id = n->id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    if (!seccomp_notify_respond(listener, &go_on) && asked && key)
        write_event(in, &a, &b, error, fd, key);
    str_drop(&a.title);
    arena_drop(&a.arena);
}

/* False: nobody is left who could ask. */
bool watch_serve(const struct inside *in, const struct watch_rules *rules, int listener)
{
    struct seccomp_notif *n = NULL; /* a newer kernel's may be longer than the one that we know */
    int bad = seccomp_notify_alloc(&n, NULL);
    bool asked = !bad && !(bad = seccomp_notify_receive(listener, n));
    if (asked)
        one_call(in, rules, listener, n);
    seccomp_notify_free(n, NULL);
    return asked || bad == -EINTR || bad == -ENOENT || bad == -EAGAIN || bad == -ECANCELED;
}
