/* SPDX-License-Identifier: MIT */
/* The shell's builtins: they run in the shell itself, and some change it. */
#include "sim/host/commands.h"
#include "sim/host/accounts.h"

#include <ctype.h>
#include <stdlib.h>

int run_true(struct program *p)
{
    (void)p;
    return 0;
}

int run_false(struct program *p)
{
    (void)p;
    return 1;
}

/* ---- echo and printf ---- */

/* One escape after a backslash; returns what follows. `octal0`: echo -e wants \0nnn, printf takes \nnn. */
static const char *escape(struct str *out, const char *s, bool *ret_stop)
{
    static const char from[] = "abefnrtv\\", to[] = "\a\b\033\f\n\r\t\v\\";
    const char *at = *s ? strchr(from, *s) : NULL;
    int value = 0, n = 0;

    if (*s == 'c') {
        *ret_stop = true;
        return s + 1;
    }
    if (at) {
        str_addc(out, to[at - from]);
        return s + 1;
    }
    if (*s == 'x' && isxdigit((unsigned char)s[1])) {
        for (s++; n < 2 && isxdigit((unsigned char)*s); n++, s++)
            value = value * 16 + (isdigit((unsigned char)*s) ? *s - '0' : (tolower((unsigned char)*s) - 'a') + 10);
        str_addc(out, (char)value);
        return s;
    }
    if (*s >= '0' && *s <= '7') {
        for (s += *s == '0'; n < 3 && *s >= '0' && *s <= '7'; n++, s++)
            value = value * 8 + *s - '0';
        str_addc(out, (char)value);
        return s;
    }
    str_addc(out, '\\');
    return s;
}

static void add_escaped(struct str *out, const char *s, bool *ret_stop)
{
    while (*s && !*ret_stop) {
        if (*s == '\\')
            s = escape(out, s + 1, ret_stop);
        else
            str_addc(out, *s++);
    }
}

int run_echo(struct program *p)
{
    AUTO(str_drop) struct str out = {0};
    bool newline = true, escapes = false, stop = false;
    int at = 1;

    for (; at < p->argc && p->argv[at][0] == '-' && p->argv[at][1] && strspn(p->argv[at] + 1, "neE") == strlen(p->argv[at]) - 1;
         at++)
        for (const char *letter = p->argv[at] + 1; *letter; letter++) {
            newline &= *letter != 'n';
            escapes = *letter == 'e' || (*letter != 'E' && escapes);
        }
    for (int i = at; i < p->argc && !stop; i++) {
        if (i > at)
            str_addc(&out, ' ');
        if (escapes)
            add_escaped(&out, p->argv[i], &stop);
        else
            str_add(&out, p->argv[i]);
    }
    if (newline && !stop)
        str_addc(&out, '\n');
    say(p, str_text(&out), out.len);
    return 0;
}

/* %s %b %d %i %u %x %o %c %% with flags and width. */
static const char *conversion(struct program *p, struct str *out, const char *s, const char *arg, int *status)
{
    char spec[32] = "%";
    size_t n = 1 + strspn(s + 1, "-+ #0123456789.");
    bool stop = false;

    if (n > 8 || !s[n]) {
        *status = complain(p, 1, "`%c': invalid format character", s[n] ? s[n] : '%');
        return s + strlen(s);
    }
    memcpy(spec, s, n);
    if (s[n] == 's') {
        AUTO(str_drop) struct str text = {0};

        memcpy(spec + n, "s", 2);
        str_addf(&text, spec, arg); /* NOLINT: a format of at most 8 checked characters */
        str_addn(out, str_text(&text), text.len < FILE_MAX_BYTES ? text.len : 0);
    } else if (s[n] == 'b') {
        add_escaped(out, arg, &stop);
    } else if (s[n] == 'c') {
        str_addn(out, arg, *arg != '\0');
    } else if (strchr("diuxXo", s[n])) {
        char *end;
        long long value = strtoll(arg, &end, 0);

        if (*end)
            *status = complain(p, 1, "%s: invalid number", arg);
        memcpy(spec + n, "ll", 2);
        spec[n + 2] = s[n];
        spec[n + 3] = '\0';
        str_addf(out, spec, value); /* NOLINT */
    } else {
        *status = complain(p, 1, "`%c': invalid format character", s[n]);
        return s + strlen(s);
    }
    return s + n + 1;
}

int run_printf(struct program *p)
{
    AUTO(str_drop) struct str out = {0};
    int at = 2, status = 0, before;
    bool stop = false;

    if (p->argc < 2) {
        str_addf(p->io.err, "%s: printf: usage: printf [-v var] format [arguments]\n", p->shell->name);
        return 2;
    }
    do { /* the format is used again while there are arguments */
        before = at;
        for (const char *s = p->argv[1]; *s && !stop;) {
            if (*s == '\\')
                s = escape(&out, s + 1, &stop);
            else if (*s == '%' && s[1] == '%')
                str_addc(&out, '%'), s += 2;
            else if (*s == '%')
                s = conversion(p, &out, s, at < p->argc ? p->argv[at++] : "", &status);
            else
                str_addc(&out, *s++);
        }
    } while (at < p->argc && at > before && !stop && out.len < FILE_MAX_BYTES);
    say(p, str_text(&out), out.len);
    return status;
}

/* ---- where the shell is, what it knows ---- */

int run_cd(struct program *p)
{
    const char *to = p->argc > 1 ? p->argv[1] : shell_get(p->shell, "HOME");
    const char *old = shell_get(p->shell, "OLDPWD");
    struct place at;

    if (!to)
        return shell_complain(p->shell, &p->io, 1, "cd: HOME not set");
    if (strcmp(to, "-") == 0 && !old)
        return shell_complain(p->shell, &p->io, 1, "cd: OLDPWD not set");
    if (strcmp(to, "-") == 0)
        sayf(p, "%s\n", to = old);
    at = place_find(p, to, FOLLOW);
    if (at.error)
        return shell_complain(p->shell, &p->io, 1, "cd: %s: %s", to, strerror(at.error));
    if (at.file->kind != FILE_DIR)
        return shell_complain(p->shell, &p->io, 1, "cd: %s: Not a directory", to);
    if (!may(&p->cred, at.file, 1))
        return shell_complain(p->shell, &p->io, 1, "cd: %s: Permission denied", to);
    shell_set(p->shell, "OLDPWD", p->shell->cwd);
    p->shell->cwd = at.path;
    shell_set(p->shell, "PWD", at.path);
    return 0;
}

int run_pwd(struct program *p)
{
    sayf(p, "%s\n", p->cwd);
    return 0;
}

int run_exit(struct program *p)
{
    unsigned status = (unsigned)p->shell->status;
    struct os_session *s = p->m->session;

    if (p->argc > 1 && !id_parse(p->argv[1], &status))
        status = (unsigned)shell_complain(p->shell, &p->io, 255, "exit: %s: numeric argument required", p->argv[1]);
    p->shell->exited = true;
    if (s && p->shell->depth == 0 && p->shell->pid == s->shell_pid)
        session_end(p, s, "exit");
    return (int)(status & 255);
}

int run_export(struct program *p)
{
    for (int i = 1; i < p->argc; i++) {
        const char *equals = strchr(p->argv[i], '=');

        if (equals && equals > p->argv[i])
            shell_set(p->shell, arena_dupn(&p->m->arena, p->argv[i], (size_t)(equals - p->argv[i])), equals + 1);
    }
    return 0;
}

int run_umask(struct program *p)
{
    if (p->argc < 2) {
        sayf(p, "%04o\n", p->umask);
        return 0;
    }
    if (strspn(p->argv[1], "01234567") != strlen(p->argv[1]) || strlen(p->argv[1]) > 4)
        return shell_complain(p->shell, &p->io, 1, "umask: %s: invalid octal number", p->argv[1]);
    p->shell->umask = (unsigned)strtoul(p->argv[1], NULL, 8) & 0777;
    return 0;
}

int run_type(struct program *p)
{
    int status = 0;

    for (int i = 1; i < p->argc; i++) {
        const struct command *command = command_find(p->argv[i]);

        if (command && command->builtin)
            sayf(p, "%s is a shell builtin\n", p->argv[i]);
        else if (command)
            sayf(p, "%s is %s\n", p->argv[i], command->exe);
        else
            status = shell_complain(p->shell, &p->io, 1, "type: %s: not found", p->argv[i]);
    }
    return status;
}

/* What this user typed in all his sessions by ssh, with the time that /etc/profile.d makes it show: .bash_history has the
 * earlier ones by now. */
int run_history(struct program *p)
{
    const struct world *w = p->m->w;
    unsigned n = 0;

    for (size_t i = 0; i < w->journal.n && p->m->session; i++) {
        const struct entry *e = w->journal.list[i];
        bool now = e == p->m->c->entry; /* its response is still to come */
        const char *line = now ? json_str(e->asked, "command") : json_str(e->response, "typed");

        if (!line || !text_same(e->on, p->m->server->name) ||
            (!now && !text_same(json_str(e->response, "user"), p->m->session->user)))
            continue;
        sayf(p, "%5u  %s %s\n", ++n, arena_time(&p->m->arena, e->time_ms, "%Y-%m-%d %H:%M:%S"), line);
    }
    return 0;
}

/* ---- test ---- */

struct test {
    struct program *p;
    int at, end;
    bool failed;
};

static bool test_or(struct test *);

static bool file_test(struct test *t, char letter, const char *name)
{
    struct place at = place_find(t->p, name, letter != 'L' && letter != 'h');

    if (letter == 'e')
        return at.file != NULL;
    if (!at.file)
        return false;
    switch (letter) {
    case 'f': return at.file->kind == FILE_REGULAR;
    case 'd': return at.file->kind == FILE_DIR;
    case 'L':
    case 'h': return at.file->kind == FILE_LINK;
    case 's': return at.file->size > 0 || at.file->kind == FILE_DIR;
    case 'r': return may(&t->p->cred, at.file, 4);
    case 'w': return may(&t->p->cred, at.file, 2);
    case 'x': return may(&t->p->cred, at.file, 1);
    case 'O': return at.file->uid == t->p->cred.uid;
    default: return false;
    }
}

static bool compare(struct test *t, const char *a, const char *op, const char *b)
{
    static const char *const ops[] = {"-eq", "-ne", "-lt", "-le", "-gt", "-ge"};
    char *end_a, *end_b;
    long long x = strtoll(a, &end_a, 10), y = strtoll(b, &end_b, 10);

    if (strcmp(op, "=") == 0 || strcmp(op, "==") == 0)
        return strcmp(a, b) == 0;
    if (strcmp(op, "!=") == 0)
        return strcmp(a, b) != 0;
    for (size_t i = 0; i < COUNT(ops); i++) {
        const bool results[] = {x == y, x != y, x<y, x <= y, x> y, x >= y};

        if (strcmp(op, ops[i]) != 0)
            continue;
        if (*end_a || *end_b || !*a || !*b) {
            t->failed = true;
            shell_complain(t->p->shell, &t->p->io, 2, "test: %s: integer expression expected", *end_a || !*a ? a : b);
            return false;
        }
        return results[i];
    }
    t->failed = true;
    shell_complain(t->p->shell, &t->p->io, 2, "test: %s: binary operator expected", op);
    return false;
}

static bool is_binary(const char *s)
{
    static const char *const ops[] = {"=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge"};

    for (size_t i = 0; i < COUNT(ops); i++)
        if (strcmp(s, ops[i]) == 0)
            return true;
    return false;
}

static bool test_primary(struct test *t)
{
    const char **argv = t->p->argv;
    int left = t->end - t->at;

    if (left <= 0)
        return false;
    if (left >= 3 && is_binary(argv[t->at + 1])) {
        t->at += 3;
        return compare(t, argv[t->at - 3], argv[t->at - 2], argv[t->at - 1]);
    }
    if (strcmp(argv[t->at], "!") == 0 && left > 1) {
        t->at++;
        return !test_primary(t);
    }
    if (left >= 2 && argv[t->at][0] == '-' && strlen(argv[t->at]) == 2 && strchr("efdLhsrwxOnz", argv[t->at][1])) {
        char letter = argv[t->at][1];
        const char *arg = argv[t->at + 1];

        t->at += 2;
        return letter == 'n' ? *arg != '\0' : letter == 'z' ? *arg == '\0' : file_test(t, letter, arg);
    }
    return *argv[t->at++] != '\0';
}

static bool test_and(struct test *t)
{
    bool value = test_primary(t);

    while (t->at < t->end && strcmp(t->p->argv[t->at], "-a") == 0) {
        t->at++;
        value = test_primary(t) && value;
    }
    return value;
}

static bool test_or(struct test *t)
{
    bool value = test_and(t);

    while (t->at < t->end && strcmp(t->p->argv[t->at], "-o") == 0) {
        t->at++;
        value = test_and(t) || value;
    }
    return value;
}

int run_test(struct program *p)
{
    struct test t = {.p = p, .at = 1, .end = p->argc};
    bool value;

    if (strcmp(path_base(p->argv[0]), "[") == 0 && (p->argc < 2 || strcmp(p->argv[--t.end], "]") != 0))
        return shell_complain(p->shell, &p->io, 2, "[: missing `]'");
    value = test_or(&t);
    if (!t.failed && t.at < t.end)
        return shell_complain(p->shell, &p->io, 2, "%s: too many arguments", path_base(p->argv[0]));
    return t.failed ? 2 : !value;
}
