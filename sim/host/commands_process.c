/* SPDX-License-Identifier: MIT */
/* Processes: ps, kill, pkill, pgrep, killall (procps-ng 3.3.10, psmisc 22.20, bash's own kill). */
#include "sim/host/accounts.h"
#include "sim/host/commands.h"
#include "sim/host/regexes.h"

#include <stdlib.h>

/* ---- a copy of the table, sorted by pid: the killing goes on in it while the real one shrinks ---- */

static int by_pid(const void *a, const void *b)
{
    const struct process *x = a, *y = b;

    return (x->pid > y->pid) - (x->pid < y->pid);
}

static struct process *table(struct program *p, size_t *ret_n)
{
    struct process *list, *at;
    size_t n = 0;

    for (at = p->m->server->processes; at; at = at->next)
        n++;
    list = arena_alloc(&p->m->arena, (n + 2) * sizeof(*list));
    n = 0;
    for (at = p->m->server->processes; at; at = at->next)
        list[n++] = *at;
    qsort(list, n, sizeof(*list), by_pid);
    *ret_n = n;
    return list;
}

/* ---- ps ---- */

struct ps {
    struct program *p;
    bool every, full, by_user, bsd_all, bsd_user; /* -e -f -u; a(x) u */
    unsigned uid;
    const char *tty; /* its own, when nothing else is asked for */
    const char *columns;
    int one_pid;
    bool wide;
};

static const char *user_column(struct program *p, unsigned uid)
{
    const char *name = os_user_name(p->m, uid);

    if (!name)
        return arena_printf(&p->m->arena, "%u", uid);
    return strlen(name) > 8 ? arena_printf(&p->m->arena, "%.7s+", name) : name;
}

static const char *start_column(struct program *p, int64_t ms)
{
    return arena_time(&p->m->arena, ms, p->m->now_ms - ms < 86400000 ? "%H:%M" : "%b%d");
}

static void ps_row(struct ps *ps, const struct process *at)
{
    struct program *p = ps->p;
    const char *user = user_column(p, at->uid), *start = start_column(p, at->started_ms);
    const char *tty = *at->tty ? at->tty : "?";

    if (ps->bsd_user)
        sayf(p, "%-8s %5d  0.0  0.%d %6d %5d %-8s %-4s %5s   0:00 %s\n", user, at->pid, at->pid % 7,
             11000 + at->pid % 97 * 1024, 2000 + at->pid % 89 * 64, tty,
             strcmp(tty, "?") == 0 || text_starts(at->title, "-") ? "Ss" : "S", start, at->title);
    else if (ps->full)
        sayf(p, "%-8s %5d %5d  0 %5s %-8s 00:00:00 %s\n", user, at->pid, at->ppid, start, tty, at->title);
    else if (ps->bsd_all)
        sayf(p, "%5d %-8s S      0:00 %s\n", at->pid, tty, at->title);
    else
        sayf(p, "%5d %-8s 00:00:00 %s\n", at->pid, tty, process_comm(&p->m->arena, at));
}

/* -o pid,ppid,user,uid,tty,comm,cmd,args,lstart,start */
static void ps_columns(struct ps *ps, const struct process *at, bool heading)
{
    struct program *p = ps->p;

    for (const char *c = ps->columns; *c;) {
        size_t n = strcspn(c, ",= ");
        const char *name = arena_dupn(&p->m->arena, c, n), *gap = c == ps->columns ? "" : " ";

        if (strcmp(name, "pid") == 0 || strcmp(name, "ppid") == 0)
            heading ? sayf(p, "%s%5s", gap, name[1] == 'i' ? "PID" : "PPID")
                    : sayf(p, "%s%5d", gap, name[1] == 'i' ? at->pid : at->ppid);
        else if (strcmp(name, "user") == 0)
            sayf(p, "%s%-8s", gap, heading ? "USER" : user_column(p, at->uid));
        else if (strcmp(name, "uid") == 0)
            heading ? sayf(p, "%s%5s", gap, "UID") : sayf(p, "%s%5u", gap, at->uid);
        else if (strcmp(name, "tty") == 0)
            sayf(p, "%s%-8s", gap, heading ? "TT" : at->tty);
        else if (strcmp(name, "comm") == 0)
            sayf(p, "%s%-15s", gap, heading ? "COMMAND" : process_comm(&p->m->arena, at));
        else if (strcmp(name, "lstart") == 0)
            sayf(p, "%s%24s", gap, heading ? "STARTED" : arena_time(&p->m->arena, at->started_ms, "%b %e %H:%M:%S %Y"));
        else
            sayf(p, "%s%s", gap, heading ? "COMMAND" : at->title);
        c += n;
        c += strspn(c, ",= ");
    }
    sayf(p, "\n");
}

static bool ps_wanted(const struct ps *ps, const struct process *at)
{
    if (ps->one_pid)
        return at->pid == ps->one_pid;
    if (ps->by_user)
        return at->uid == ps->uid;
    if (ps->every)
        return true;
    if (ps->bsd_all)
        return strcmp(at->tty, "?") != 0;
    return strcmp(at->tty, ps->tty) == 0 && (ps->bsd_user ? at->uid == ps->p->cred.uid : true);
}

/* -u USER, -p PID, -o COLUMNS */
static int ps_choice(struct ps *ps, char letter, const char *value)
{
    struct os_user user;

    if (letter == 'o') {
        ps->columns = value;
    } else if (letter == 'p') {
        ps->one_pid = atoi(value);
    } else {
        ps->by_user = true;
        if (os_user_find(ps->p->m->w, ps->p->m->server, value, &user))
            ps->uid = user.uid;
        else if (!id_parse(value, &ps->uid))
            return str_addf(ps->p->io.err, "error: user name does not exist\n"), 1;
    }
    return 0;
}

static int ps_option(struct ps *ps, const char *word, const char *next, bool *took_next)
{
    size_t flags = word[0] == '-' ? strspn(word + 1, "eAfFlwHLyja") : 0;
    const char *choice = word[0] == '-' && word[1 + flags] && strchr("uUop", word[1 + flags]) ? word + 1 + flags : NULL;
    const char *value = choice && choice[1] ? choice + 1 : next;

    *took_next = false;
    if (choice && value) { /* with flags before it: -fp PID */
        *took_next = value == next;
        ps->every |= memchr(word, 'e', flags + 1) || memchr(word, 'A', flags + 1);
        ps->full |= memchr(word, 'f', flags + 1) || memchr(word, 'F', flags + 1);
        return ps_choice(ps, *choice, value);
    } else if (word[0] == '-' && strspn(word + 1, "eAfFlwHLyja") == strlen(word) - 1 && word[1]) {
        ps->every |= strpbrk(word, "eA") != NULL;
        ps->full |= strpbrk(word, "fF") != NULL;
    } else if (word[0] != '-' && strspn(word, "auxfwle") == strlen(word)) {
        ps->bsd_all |= strchr(word, 'a') != NULL;
        ps->bsd_user |= strchr(word, 'u') != NULL;
        ps->every |= strchr(word, 'x') && strchr(word, 'a');
    } else if (strspn(word, "0123456789") == strlen(word) && strlen(word) < 8) {
        ps->one_pid = atoi(word);
    } else {
        str_add(ps->p->io.err, "error: unsupported option (BSD syntax)\n\nUsage:\n ps [options]\n");
        return 1;
    }
    return 0;
}

static void ps_heading(struct ps *ps)
{
    if (ps->columns)
        ps_columns(ps, NULL, true);
    else if (ps->bsd_user)
        sayf(ps->p, "USER       PID %%CPU %%MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n");
    else if (ps->full)
        sayf(ps->p, "UID        PID  PPID  C STIME TTY          TIME CMD\n");
    else
        sayf(ps->p, ps->bsd_all ? "  PID TTY      STAT   TIME COMMAND\n" : "  PID TTY          TIME CMD\n");
}

static const char *title_of(struct program *p)
{
    AUTO(str_drop) struct str title = {0};

    for (int i = 0; i < p->argc; i++)
        str_addf(&title, "%s%s", i ? " " : "", p->argv[i]);
    return arena_dup(&p->m->arena, str_text(&title));
}

int run_ps(struct program *p)
{
    struct ps ps = {.p = p, .tty = p->m->session ? p->m->session->tty : "?"};
    struct process *list;
    bool any = false, took;
    size_t n;

    for (int i = 1; i < p->argc; i++) {
        if (ps_option(&ps, p->argv[i], i + 1 < p->argc ? p->argv[i + 1] : NULL, &took) != 0)
            return 1;
        i += took;
    }
    list = table(p, &n);
    list[n++] = (struct process){.pid = p->pid,
                                 .ppid = p->ppid,
                                 .uid = p->cred.uid,
                                 .title = title_of(p),
                                 .exe = "/usr/bin/ps",
                                 .tty = ps.tty,
                                 .started_ms = p->m->now_ms};
    qsort(list, n, sizeof(*list), by_pid);
    ps_heading(&ps);
    for (size_t i = 0; i < n; i++) {
        if (!ps_wanted(&ps, &list[i]))
            continue;
        any = true;
        if (ps.columns)
            ps_columns(&ps, &list[i], false);
        else
            ps_row(&ps, &list[i]);
    }
    return !any;
}

/* ---- kill: bash's builtin, or the program when sudo runs it ---- */

static int kill_failed(struct program *p, const char *pid, int error)
{
    if (json_object_get(p->fact, "builtin"))
        return shell_complain(p->shell, &p->io, 1, "kill: (%s) - %s", pid, strerror(error));
    return complain(p, 1, "sending signal to %s failed: %s", pid, strerror(error));
}

static int kill_list(struct program *p)
{
    for (int i = 1; i < 32; i++)
        if (signal_name(i))
            sayf(p, "%2d) SIG%s%s", i, signal_name(i), i % 5 ? "\t" : "\n");
    sayf(p, "\n");
    return 0;
}

int run_kill(struct program *p)
{
    int signal = 15, at = 1, status = 0;

    if (p->argc > 1 && strcmp(p->argv[1], "-l") == 0)
        return kill_list(p);
    if (p->argc > 2 &&
        (strcmp(p->argv[1], "-s") == 0 || strcmp(p->argv[1], "-n") == 0 || strcmp(p->argv[1], "--signal") == 0)) {
        signal = signal_number(p->argv[2]);
        at = 3;
    } else if (p->argc > 1 && p->argv[1][0] == '-' && strcmp(p->argv[1], "--") != 0) {
        signal = signal_number(p->argv[1] + 1);
        at = 2;
    }
    if (at < p->argc && strcmp(p->argv[at], "--") == 0)
        at++;
    if (signal < 0)
        return shell_complain(p->shell, &p->io, 1, "kill: %s: invalid signal specification", p->argv[at - 1] + (at == 2));
    if (at >= p->argc) {
        str_add(p->io.err, "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n");
        return 2;
    }
    for (; at < p->argc; at++) {
        unsigned pid;
        int error;

        if (!id_parse(p->argv[at], &pid) || pid > INT32_MAX) {
            status = shell_complain(p->shell, &p->io, 1, "kill: %s: arguments must be process or job IDs", p->argv[at]);
            continue;
        }
        error = process_signal(p, (int)pid, signal);
        if (error)
            status = kill_failed(p, p->argv[at], error);
    }
    return status;
}

/* ---- pkill, pgrep, killall ---- */

struct choice {
    struct program *p;
    int signal;
    bool full, exact, invert, newest, oldest, list_name, count, fold, has_uid, has_pattern, has_parent;
    unsigned uid, parent;
    const char *tty;
    struct regex regex;
    size_t n;   /* chosen */
    int status; /* of killall */
};

static bool chosen(struct choice *c, const struct process *at)
{
    const char *text = c->full ? at->title : process_comm(&c->p->m->arena, at);
    struct regex_span spans[10];
    bool fits = true;

    if (c->has_uid && at->uid != c->uid)
        fits = false;
    if (c->tty && strcmp(at->tty, c->tty) != 0)
        fits = false;
    if (c->has_parent && (unsigned)at->ppid != c->parent)
        fits = false;
    if (fits && c->has_pattern) {
        fits = regex_find(&c->regex, text, strlen(text), 0, spans);
        if (fits && c->exact)
            fits = spans[0].from == 0 && spans[0].to == strlen(text);
    }
    return fits != c->invert;
}

static int take_user(struct choice *c, const char *name)
{
    struct os_user user;

    c->has_uid = true;
    if (os_user_find(c->p->m->w, c->p->m->server, name, &user))
        c->uid = user.uid;
    else if (!id_parse(name, &c->uid))
        return complain(c->p, 2, "invalid user name: %s", name);
    return 0;
}

/* "-9", "-KILL" and "--signal KILL" anywhere, as pkill takes them. */
static bool take_signal_word(struct choice *c)
{
    const char **argv = arena_alloc(&c->p->m->arena, ((size_t)c->p->argc + 1) * sizeof(*argv));
    int n = 0;

    for (int i = 0; i < c->p->argc; i++) {
        const char *word = c->p->argv[i];

        if (i > 0 && word[0] == '-' && word[1] != '-' && strlen(word) > 1 && signal_number(word + 1) >= 0 &&
            (strlen(word) > 2 || strchr(ALPHABET_DIGITS, word[1])))
            c->signal = signal_number(word + 1);
        else
            argv[n++] = word;
    }
    argv[n] = NULL;
    c->p->argv = argv;
    c->p->argc = n;
    return true;
}

static int choice_options(struct choice *c, struct options *o)
{
    const char *value;
    int letter;

    while ((letter = options_next(o, &value))) {
        c->full |= letter == 'f';
        c->exact |= letter == 'x';
        c->invert |= letter == 'v';
        c->newest |= letter == 'n';
        c->oldest |= letter == 'o';
        c->list_name |= letter == 'l' || letter == 'a';
        c->count |= letter == 'c';
        c->fold |= letter == 'i';
        c->tty = letter == 't' ? value : c->tty;
        if (letter == 's' && (c->signal = signal_number(value)) < 0)
            return complain(c->p, 2, "unknown signal name %s", value);
        if ((letter == 'u' || letter == 'U') && take_user(c, value) != 0)
            return 2;
        if (letter == 'P' && (c->has_parent = true) && !id_parse(value, &c->parent))
            return complain(c->p, 2, "not a number: %s", value);
    }
    return o->failed ? 2 : 0;
}

static int choose(struct choice *c)
{
    static const struct option_spec spec = {"acfG:ilns:oP:t:u:U:vx",
                                            "full=f exact=x signal=s euid=u uid=U terminal=t inverse=v newest=n "
                                            "oldest=o parent=P list-name=l list-full=a count=c",
                                            false};
    struct program *p = c->p;
    struct options o = {.p = p, .spec = &spec};
    int status = choice_options(c, &o);
    const char *why;

    if (status)
        return status;
    if (p->argc - o.at > 1)
        return complain(p, 2, "only one pattern can be provided\nTry `%s --help' for more information.", path_base(p->argv[0]));
    if (o.at < p->argc) {
        if (!regex_make(&c->regex, p->m, p->argv[o.at], REG_EXTENDED | (c->fold ? REG_ICASE : 0), &why))
            return complain(p, 2, "%s", why);
        c->has_pattern = true;
    } else if (!c->has_uid && !c->tty && !c->has_parent) {
        return complain(p, 2, "no matching criteria specified\nTry `%s --help' for more information.", path_base(p->argv[0]));
    }
    return 0;
}

static struct process *choose_all(struct choice *c)
{
    size_t n, kept = 0;
    struct process *list = table(c->p, &n);

    for (size_t i = 0; i < n; i++)
        if (chosen(c, &list[i]))
            list[kept++] = list[i];
    if (kept > 0 && c->newest)
        list[0] = list[kept - 1];
    c->n = kept > 0 && (c->newest || c->oldest) ? 1 : kept;
    return list;
}

int run_pkill(struct program *p)
{
    struct choice c = {.p = p, .signal = 15};
    struct process *list;
    int status, error;

    take_signal_word(&c);
    status = choose(&c);
    if (status)
        return status;
    list = choose_all(&c);
    regex_drop(&c.regex);
    for (size_t i = 0; i < c.n; i++) {
        if (!find_process(p->m->server, list[i].pid)) /* went with one before it */
            continue;
        error = process_signal(p, list[i].pid, c.signal);
        if (error)
            status = complain(p, 1, "killing pid %d failed: %s", list[i].pid, strerror(error));
    }
    return c.n == 0 ? 1 : status;
}

int run_pgrep(struct program *p)
{
    struct choice c = {.p = p};
    struct process *list;
    int status = choose(&c);

    if (status)
        return status;
    list = choose_all(&c);
    regex_drop(&c.regex);
    if (c.count)
        sayf(p, "%zu\n", c.n);
    for (size_t i = 0; i < c.n && !c.count; i++) {
        if (c.list_name)
            sayf(p, "%d %s\n", list[i].pid, c.full ? list[i].title : process_comm(&p->m->arena, &list[i]));
        else
            sayf(p, "%d\n", list[i].pid);
    }
    return c.n == 0;
}

/* NULL: whatever its name. */
static bool is_named(struct choice *c, const struct process *at, const char *name)
{
    return !name || strncmp(process_comm(&c->p->m->arena, at), name, 15) == 0;
}

/* Of the name, of the user that was asked for, or both; how many there were. */
static size_t kill_all(struct choice *c, const struct process *list, size_t n, const char *name)
{
    struct program *p = c->p;
    size_t hits = 0;

    for (size_t i = 0; i < n; i++) {
        const struct process *at = &list[i];
        int error;

        if (!is_named(c, at, name) || (c->has_uid && at->uid != c->uid) || !find_process(p->m->server, at->pid))
            continue;
        hits++;
        error = process_signal(p, at->pid, c->signal);
        if (error) {
            str_addf(p->io.err, "%s(%d): %s\n", process_comm(&p->m->arena, at), at->pid, strerror(error));
            c->status = 1;
        }
    }
    return hits;
}

int run_killall(struct program *p)
{
    static const struct option_spec spec = {"eIiqrs:u:vw", "signal=s user=u quiet=q verbose=v exact=e", false};
    struct choice c = {.p = p, .signal = 15};
    struct options o = {.p = p, .spec = &spec};
    bool quiet = false;
    struct process *list;
    const char *value;
    int letter;
    size_t n, hits, all;

    take_signal_word(&c);
    while ((letter = options_next(&o, &value))) {
        quiet |= letter == 'q';
        if (letter == 's' && (c.signal = signal_number(value)) < 0)
            return str_addf(p->io.err, "%s: unknown signal; killall -l lists signals.\n", value), 1;
        if (letter == 'u' && take_user(&c, value) != 0)
            return 1;
    }
    if (o.failed || (o.at >= p->argc && !c.has_uid)) {
        str_add(p->io.err, "Usage: killall [OPTION]... [--] NAME...\n");
        return 1;
    }
    list = table(p, &n);
    all = o.at < p->argc ? 0 : kill_all(&c, list, n, NULL);
    for (int i = o.at; i < p->argc; i++) {
        hits = kill_all(&c, list, n, p->argv[i]);
        all += hits;
        if (!hits && !quiet)
            str_addf(p->io.err, "%s: no process found\n", p->argv[i]);
    }
    return all ? c.status : 1;
}

/* Newest first, all on one line; nothing and 1 when there is none. */
int run_pidof(struct program *p)
{
    static const struct option_spec spec = {"so:x", "", false};
    struct options o = {.p = p, .spec = &spec};
    struct choice c = {.p = p};
    const char *value, *gap = "", *skip = "";
    bool single = false;
    int letter;
    size_t n;
    struct process *list = table(p, &n);

    while ((letter = options_next(&o, &value))) {
        single |= letter == 's';
        skip = letter == 'o' ? value : skip;
    }
    if (o.failed)
        return 1;
    for (int i = o.at; i < p->argc; i++)
        for (size_t k = n; k-- > 0 && !(single && *gap);)
            if (is_named(&c, &list[k], path_base(p->argv[i])) && list[k].pid != atoi(skip)) {
                sayf(p, "%s%d", gap, list[k].pid);
                gap = " ";
            }
    if (*gap)
        say(p, "\n", 1);
    return *gap == '\0';
}
