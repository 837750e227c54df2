/* SPDX-License-Identifier: MIT */
/* Becoming somebody else (sudo, su) and starting shells and commands from commands. */
#include "sim/host/accounts.h"
#include "sim/host/commands.h"
#include "sim/host/sudoers.h"

/* ---- sudo ---- */

struct sudo {
    struct program *p;
    struct os_user from, as;
    const struct command *command;
    const char *path, *line; /* "/sbin/useradd", "/sbin/useradd chaos-user": as it is logged */
    const char **argv;
    bool login, shell, from_stdin, list;
    json_t *fact; /* the program's; borrowed */
};

/* secure_path of the server's sudoers: /sbin:/bin:/usr/sbin:/usr/bin. */
static const char *searched(struct arena *arena, const char *name, const struct command *command)
{
    if (strchr(name, '/'))
        return name;
    return arena_printf(arena, "%s%s", strstr(command->exe, "/sbin/") ? "/sbin/" : "/bin/", path_base(command->exe));
}

static const char *joined(struct arena *arena, const char *const *argv)
{
    AUTO(str_drop) struct str all = {0};

    for (; *argv; argv++) {
        if (all.len)
            str_addc(&all, ' ');
        str_add(&all, *argv);
    }
    return arena_dup(arena, str_text(&all));
}

static int refused(struct sudo *s, const char *why, const char *fmt, ...) PRINTF(3, 4);
static int refused(struct sudo *s, const char *why, const char *fmt, ...)
{
    va_list args;

    json_put(s->fact, "allowed", json_false());
    json_put_text(s->fact, "reason", why);
    va_start(args, fmt);
    str_vaddf(s->p->io.err, fmt, args);
    va_end(args);
    return 1;
}

/* Nobody types a password here, but -S reads one. */
static bool password_given(struct sudo *s)
{
    struct machine *m = s->p->m;
    const char *password = arena_dupn(&m->arena, s->p->io.in, s->p->io.in_given ? s->p->io.in_len : 0);
    struct rows shadow;
    const struct row *row;
    bool good;

    if (!s->from_stdin || !s->p->io.in_given)
        return false;
    password = arena_dupn(&m->arena, password, strcspn(password, "\n"));
    rows_read(m, "/etc/shadow", SP_FIELDS, &shadow);
    row = rows_find(&shadow, s->from.name);
    good = row && row->n > SP_HASH && *row->field[SP_HASH] && password_fits(m, row->field[SP_HASH], password);
    rows_drop(&shadow);
    return good;
}

static int ask(struct sudo *s)
{
    struct program *p = s->p;
    struct sudo_question q = {.user = &s->from, .as = &s->as, .path = s->path, .args = joined(&p->m->arena, s->argv + 1)};
    struct sudo_answer answer;

    if (p->cred.uid == 0)
        return 0;
    answer = sudoers_ask(p->m, &q);
    if (answer.broken)
        return refused(s, "parse error", "%s", answer.broken);
    if (answer.allowed && (answer.no_password || password_given(s)))
        return 0;
    if (answer.allowed)
        return refused(s, "a password is required", "sudo: a password is required\n");
    if (!answer.listed)
        return refused(s, "user NOT in sudoers", "%s is not in the sudoers file.  This incident will be reported.\n",
                       s->from.name);
    return refused(s, "command not allowed", "Sorry, user %s is not allowed to execute '%s' as %s on %.*s.\n", s->from.name,
                   s->line, s->as.name, (int)strcspn(p->m->server->hostname, "."), p->m->server->hostname);
}

static int go(struct sudo *s)
{
    struct program *p = s->p;
    struct spawned child = {
        .shell = p->shell,
        .command = s->command,
        .argv = s->argv,
        .ppid = p->pid,
        .cred = cred_of(p->m, &s->as),
        .cwd = s->login ? s->as.home : p->cwd,
        .user = s->as.name,
        .home = s->as.home,
        .umask = p->umask | 022, /* sudo joins its own 022 to the user's */
    };
    size_t before = json_array_size(p->m->programs);
    int status = spawn(&child, &p->io);
    const json_t *started = json_array_get(p->m->programs, before);

    if (started && !p->m->w->untold)
        json_put(s->fact, "child", json_incref(json_object_get(started, "pid")));
    return status;
}

/* `sudo -i` and `sudo -s`: the user's shell, with the command for -c. */
static void make_shell_command(struct sudo *s)
{
    struct arena *arena = &s->p->m->arena;
    const char **argv = arena_alloc(arena, 4 * sizeof(*argv));
    size_t n = 0;

    argv[n++] = s->login ? "-bash" : "/bin/bash";
    if (s->argv[0]) {
        argv[n++] = "-c";
        argv[n++] = joined(arena, s->argv);
    }
    s->argv = argv;
    s->command = command_find("bash");
    s->path = "/bin/bash";
}

static int take_sudo_options(struct sudo *s)
{
    static const struct option_spec spec = {"+AbEHiKklnPSsu:g:p:vV",
                                            "login=i shell=s user=u group=g list=l non-interactive=n stdin=S preserve-env=E "
                                            "set-home=H validate=v remove-timestamp=K reset-timestamp=k prompt=p",
                                            false};
    struct options o = {.p = s->p, .spec = &spec};
    const char *value, *as = "root";
    unsigned uid;
    int letter;

    while ((letter = options_next(&o, &value))) {
        s->login |= letter == 'i';
        s->shell |= letter == 's' || letter == 'i';
        s->from_stdin |= letter == 'S';
        s->list |= letter == 'l' || letter == 'v' || letter == 'K' || letter == 'k';
        if (letter == 'u')
            as = value;
    }
    if (o.failed)
        return 1;
    s->argv = s->p->argv + o.at;
    if (*as == '#' ? !id_parse(as + 1, &uid) || !os_user_by_uid(s->p->m->w, s->p->m->server, uid, &s->as)
                   : !os_user_find(s->p->m->w, s->p->m->server, as, &s->as)) {
        str_addf(s->p->io.err, "sudo: unknown user: %s\nsudo: unable to initialize policy plugin\n", as);
        return 1;
    }
    return 0;
}

static int find_command(struct sudo *s)
{
    struct program *p = s->p;

    s->command = command_at(s->argv[0]);
    if (!s->command) {
        struct place at = place_find(p, s->argv[0], FOLLOW);

        if (!strchr(s->argv[0], '/') || !at.file || at.file->kind != FILE_REGULAR || !(at.file->mode & 0111)) {
            str_addf(p->io.err, "sudo: %s: command not found\n", s->argv[0]);
            return 1;
        }
        s->path = at.path;
        s->command = command_find("bash");
        return 0;
    }
    s->path = searched(&p->m->arena, s->argv[0], s->command);
    return 0;
}

static void begin_fact(struct sudo *s)
{
    const char *args = s->argv[0] ? joined(&s->p->m->arena, s->argv + 1) : "";

    s->line = arena_printf(&s->p->m->arena, "%s%s%s", s->path, *args ? " " : "", args);
    s->fact = json_object();
    json_put_text(s->fact, "user", s->from.name);
    json_put_text(s->fact, "runas", s->as.name);
    json_put_text(s->fact, "command", s->line);
    json_put(s->fact, "allowed", json_true());
    json_put(s->p->fact, "sudo", s->fact);
}

/* A script's words become bash's. */
static void script_argv(struct sudo *s)
{
    size_t n = 0;
    const char **argv;

    if (s->command != command_find("bash") || command_at(s->argv[0]) || s->shell)
        return;
    while (s->argv[n])
        n++;
    argv = arena_alloc(&s->p->m->arena, (n + 2) * sizeof(*argv));
    argv[0] = "/bin/bash";
    memcpy(argv + 1, s->argv, n * sizeof(*argv));
    s->argv = argv;
}

int run_sudo(struct program *p)
{
    struct sudo s = {.p = p};
    int status = take_sudo_options(&s);

    if (status)
        return status;
    if (!os_user_by_uid(p->m->w, p->m->server, p->cred.uid, &s.from)) {
        str_addf(p->io.err, "sudo: unknown uid %u: who are you?\n", p->cred.uid);
        return 1;
    }
    if (s.shell)
        make_shell_command(&s);
    if (!s.argv[0]) {
        if (s.list)
            return 0;
        str_add(p->io.err,
                "usage: sudo -h | -K | -k | -V\nusage: sudo -v [-AknS] [-g group] [-h host] [-p prompt] [-u user]\n");
        return 1;
    }
    if (!s.shell && find_command(&s) != 0)
        return 1;
    begin_fact(&s);
    status = ask(&s);
    if (status)
        return status;
    script_argv(&s);
    return go(&s);
}

/* ---- shells ---- */

/* bash -c 'line', bash FILE, or a shell that reads its commands from standard input. */
int run_bash(struct program *p)
{
    struct shell sh = *p->shell;
    const char *text = p->io.in_given ? arena_dupn(&p->m->arena, p->io.in, p->io.in_len) : "", *data;
    struct streams io = p->io;
    size_t n;
    int at = 1, error;

    sh.pid = p->pid;
    sh.ppid = p->ppid;
    sh.argv = p->argv;
    sh.name = "bash";
    sh.script = true;
    sh.exited = false;
    sh.status = 0;
    sh.cred = p->cred;
    sh.umask = p->umask;
    shell_set(&sh, "HOME", sh.home);
    shell_set(&sh, "USER", sh.user);
    while (at < p->argc && p->argv[at][0] == '-' && strcmp(p->argv[at], "-c") != 0)
        at++; /* -l, -x, --login: no difference here */
    if (at + 1 < p->argc && strcmp(p->argv[at], "-c") == 0) {
        text = p->argv[at + 1];
        sh.script = false;
    } else if (at < p->argc && strcmp(p->argv[at], "-c") == 0) {
        str_add(p->io.err, "bash: -c: option requires an argument\n");
        return 2;
    } else if (at < p->argc) {
        error = fs_read(p, p->argv[at], &data, &n);
        if (error)
            return complain(p, 127, "%s: %s", p->argv[at], strerror(error));
        text = arena_dupn(&p->m->arena, data, n);
        sh.name = p->argv[at];
    } else {
        io.in = "";
        io.in_len = 0;
    }
    return shell_run(&sh, text, &io);
}

static int su_refused(struct program *p)
{
    str_add(p->io.err, "su: Authentication failure\n");
    return 1;
}

int run_su(struct program *p)
{
    static const struct option_spec spec = {"+lc:s:mp", "login=l command=c shell=s preserve-environment=p", false};
    struct options o = {.p = p, .spec = &spec};
    const char *value, *command = NULL, **argv = arena_alloc(&p->m->arena, 4 * sizeof(*argv));
    bool login = false;
    struct os_user as;
    int letter, at;

    while ((letter = options_next(&o, &value))) {
        login |= letter == 'l';
        command = letter == 'c' ? value : command;
    }
    if (o.failed)
        return 1;
    at = o.at;
    if (at < p->argc && strcmp(p->argv[at], "-") == 0)
        login = true, at++;
    if (!os_user_find(p->m->w, p->m->server, at < p->argc ? p->argv[at] : "root", &as)) {
        str_addf(p->io.err, "su: user %s does not exist\n", p->argv[at]);
        return 1;
    }
    for (at++; at < p->argc; at++) /* options behind the name */
        if (strcmp(p->argv[at], "-c") == 0 && at + 1 < p->argc)
            command = p->argv[++at];
    if (p->cred.uid != 0) /* nobody types the password */
        return su_refused(p);
    argv[0] = login ? "-bash" : "bash";
    argv[1] = command ? "-c" : NULL;
    argv[2] = command;
    return spawn(&(struct spawned){p->shell, command_find("bash"), argv, p->pid, cred_of(p->m, &as), login ? as.home : p->cwd,
                                   as.name, as.home, p->umask},
                 &p->io);
}

/* ---- commands that start commands ---- */

static int start(struct program *p, const char **argv)
{
    const struct command *command = command_at(argv[0]);

    if (!command)
        return complain(p, 127, "%s: No such file or directory", argv[0]);
    return spawn(&(struct spawned){p->shell, command, argv, p->pid, p->cred, p->cwd, p->shell->user, p->shell->home, p->umask},
                 &p->io);
}

int run_env(struct program *p)
{
    int at = 1;

    while (at < p->argc && strchr(p->argv[at], '='))
        at++;
    if (at < p->argc)
        return start(p, p->argv + at);
    sayf(p,
         "HOME=%s\nUSER=%s\nLOGNAME=%s\nSHELL=/bin/bash\nPWD=%s\nPATH=/usr/local/bin:/bin:/usr/bin:/usr/local/sbin:/usr/sbin\n"
         "LANG=en_US.UTF-8\n",
         p->shell->home, p->shell->user, p->shell->user, p->cwd);
    return 0;
}

int run_which(struct program *p)
{
    int status = 0;

    for (int i = 1; i < p->argc; i++) {
        const struct command *command = command_find(p->argv[i]);

        if (command && command->exe) /* /bin comes before /usr/bin in PATH, but /sbin is not in it */
            sayf(p, "%s\n", command->exe + (text_starts(command->exe, "/usr/bin/") ? strlen("/usr") : 0));
        else
            status = complain(p, 1, "no %s in (/usr/local/bin:/bin:/usr/bin:/usr/local/sbin:/usr/sbin)", p->argv[i]);
    }
    return status;
}

/* All the words of standard input for one command, or -n N for each. */
int run_xargs(struct program *p)
{
    static const struct option_spec spec = {"+n:rt0", "max-args=n no-run-if-empty=r null=0", false};
    struct options o = {.p = p, .spec = &spec};
    const char *value, *at = arena_dupn(&p->m->arena, p->io.in, p->io.in_given ? p->io.in_len : 0);
    unsigned most = 2000;
    size_t first, n;
    bool skip_empty = false, any = false;
    int letter, status = 0;
    const char **argv;

    while ((letter = options_next(&o, &value))) {
        skip_empty |= letter == 'r';
        if (letter == 'n' && (!id_parse(value, &most) || most == 0 || most > 2000))
            return complain(p, 1, "invalid number for -n option");
    }
    if (o.failed)
        return 1;
    first = o.at < p->argc ? (size_t)(p->argc - o.at) : 1;
    do {
        argv = arena_alloc(&p->m->arena, (first + most + 1) * sizeof(*argv));
        argv[0] = "echo";
        for (size_t i = 0; o.at + (int)i < p->argc; i++)
            argv[i] = p->argv[o.at + (int)i];
        for (n = 0; n < most && *(at += strspn(at, " \t\n")); n++) {
            argv[first + n] = arena_dupn(&p->m->arena, at, strcspn(at, " \t\n"));
            at += strcspn(at, " \t\n");
        }
        if (n > 0 || (!any && !skip_empty))
            status = start(p, argv) ? 123 : status;
        any = true;
    } while (*(at += strspn(at, " \t\n")) && p->m->n_programs < PROGRAMS_MAX);
    return status;
}

/* ---- visudo ---- */

/* sudo 1.8.23's -c: is all good that sudo would read? Without it an editor wants a person. */
int run_visudo(struct program *p)
{
    static const struct option_spec spec = {"cf:qs", "check=c file=f quiet=q strict=s", false};
    struct options o = {.p = p, .spec = &spec};
    AUTO(str_drop) struct str good = {0};
    const char *value, *file = NULL, *why;
    bool check = false, quiet = false;
    int letter;

    while ((letter = options_next(&o, &value))) {
        check |= letter == 'c';
        quiet |= letter == 'q';
        file = letter == 'f' ? value : file;
    }
    if (o.failed || o.at < p->argc)
        return str_add(p->io.err, "usage: visudo [-chqsV] [-f sudoers] [-x output_file]\n"), 1;
    if (p->cred.uid != 0 && !file)
        return complain(p, 1, "/etc/sudoers: Permission denied");
    struct place at = place_find(p, file ? file : "/etc/sudoers", FOLLOW);
    if (at.error || !may(&p->cred, at.file, 4))
        return complain(p, 1, "unable to open %s: %s", at.path, strerror(at.error ? at.error : EACCES));
    if (!check)
        return complain(p, 1, "no editor found (editor path = /bin/vi)");
    why = sudoers_check(p->m, at.path, &good);
    if (!why && !file && (at.file->uid != 0 || at.file->gid != 0))
        why = arena_printf(&p->m->arena, "%s: wrong owner (uid, gid) should be (0, 0)\n", at.path);
    else if (!why && !file && at.file->mode != 0440)
        why = arena_printf(&p->m->arena, "%s: bad permissions, should be mode 0440\n", at.path);
    if (!quiet && why)
        str_add(p->io.err, why);
    else if (!quiet)
        say(p, str_text(&good), good.len);
    return why != NULL;
}
