/* SPDX-License-Identifier: MIT */
/* What scripts lean on: read, break and continue; seq, yes, truncate. */
#include "sim/host/commands.h"
#include "sim/host/accounts.h"

#include <errno.h>
#include <stdlib.h>

#define YES_MAX_BYTES 65536  /* who reads from a pipe has long had enough, and nobody fills a disk with it */
#define SEQ_MAX_LINES 100000 /* of an operation's answer */
#define TRUNCATE_MAX_BYTES (5 << 20)

/* ---- break and continue ---- */

int run_break(struct program *p)
{
    struct shell *sh = p->shell;
    unsigned n = 1;

    if (!sh->loops)
        return shell_complain(sh, &p->io, 0, "%s: only meaningful in a `for', `while', or `until' loop", p->argv[0]);
    if (p->argc > 1 && !id_parse(p->argv[1], &n))
        return shell_complain(sh, &p->io, 128, "%s: %s: numeric argument required", p->argv[0], p->argv[1]);
    if (n == 0)
        return shell_complain(sh, &p->io, 1, "%s: %s: loop count out of range", p->argv[0], p->argv[1]);
    sh->leaves = n < sh->loops ? n : sh->loops;
    sh->goes_on = strcmp(p->argv[0], "continue") == 0;
    return 0;
}

/* ---- read ---- */

/* One line; without -r a backslash quotes what follows, and joins lines. False: the input ended before its newline. */
static bool take_line(struct program *p, bool raw, struct str *out)
{
    size_t at = p->io.in_taken ? *p->io.in_taken : 0, end = p->io.in_given ? p->io.in_len : 0;
    bool whole = false;

    for (; at < end && !whole; at++) {
        char c = p->io.in[at];

        whole = c == '\n';
        if (!raw && c == '\\' && at + 1 < end) {
            if (p->io.in[++at] != '\n')
                str_addc(out, p->io.in[at]);
        } else if (!whole && c) {
            str_addc(out, c);
        }
    }
    if (p->io.in_taken)
        *p->io.in_taken = at;
    return whole;
}

static bool splits(const char *ifs, char c)
{
    return c && strchr(ifs, c);
}

static bool blank(const char *ifs, char c)
{
    return splits(ifs, c) && strchr(" \t\n", c);
}

/* The next field, and behind what divides it from the rest. */
static const char *take_field(struct program *p, const char *ifs, const char **at)
{
    const char *start = *at;
    size_t n = 0;

    while (start[n] && !splits(ifs, start[n]))
        n++;
    *at = start + n;
    while (blank(ifs, **at))
        ++*at;
    if (splits(ifs, **at) && !blank(ifs, **at))
        ++*at;
    while (blank(ifs, **at))
        ++*at;
    return arena_dupn(&p->m->arena, start, n);
}

static void set_fields(struct program *p, const char *ifs, char *line, int first)
{
    const char *at = line;
    size_t n = strlen(line);

    while (n > 0 && blank(ifs, line[n - 1]))
        line[--n] = '\0';
    while (blank(ifs, *at))
        at++;
    for (int i = first; i < p->argc - 1; i++)
        shell_set(p->shell, p->argv[i], take_field(p, ifs, &at));
    shell_set(p->shell, p->argv[p->argc - 1], at);
}

int run_read(struct program *p)
{
    static const struct option_spec spec = {"+ersp:", "", false};
    struct options o = {.p = p, .spec = &spec};
    AUTO(str_drop) struct str line = {0};
    const char *value, *ifs = shell_get(p->shell, "IFS");
    bool raw = false, whole;
    int letter;

    while ((letter = options_next(&o, &value)))
        raw |= letter == 'r';
    if (o.failed)
        return 2;
    for (int i = o.at; i < p->argc; i++)
        if (!*p->argv[i] || strspn(p->argv[i], ALPHABET_ALNUM "_") != strlen(p->argv[i]) ||
            strchr(ALPHABET_DIGITS, *p->argv[i]))
            return shell_complain(p->shell, &p->io, 1, "read: `%s': not a valid identifier", p->argv[i]);
    whole = take_line(p, raw, &line);
    if (o.at == p->argc)
        shell_set(p->shell, "REPLY", str_text(&line));
    else
        set_fields(p, ifs ? ifs : " \t\n", arena_dup(&p->m->arena, str_text(&line)), o.at);
    return !whole;
}

/* ---- seq ---- */

static bool number(struct program *p, const char *text, long long *ret)
{
    char *end;

    errno = 0;
    *ret = strtoll(text, &end, 10);
    if (end == text || *end || errno)
        return complain(p, 1, "invalid floating point argument: '%s'", text), false;
    return true;
}

static bool numeric(const char *s)
{
    return *s == '-' && strchr(ALPHABET_DIGITS, s[1]) && s[1];
}

int run_seq(struct program *p)
{
    long long n[3] = {1, 1, 1}, given[3];
    const char *separator = "\n";
    bool pad = false;
    int i = 1, count, width = 0;

    for (; i < p->argc && p->argv[i][0] == '-' && !numeric(p->argv[i]); i++) {
        if (strcmp(p->argv[i], "-w") == 0)
            pad = true;
        else if (text_starts(p->argv[i], "-s") && (p->argv[i][2] || i + 1 < p->argc))
            separator = p->argv[i][2] ? p->argv[i] + 2 : p->argv[++i];
        else
            return complain(p, 1, "invalid option -- '%s'", p->argv[i] + 1);
    }
    count = p->argc - i;
    if (count < 1)
        return usage_missing(p, "operand");
    if (count > 3)
        return complain(p, 1, "extra operand '%s'", p->argv[i + 3]);
    for (int k = 0; k < count; k++)
        if (!number(p, p->argv[i + k], &given[k]))
            return 1;
    n[2] = given[count - 1];
    n[0] = count > 1 ? given[0] : 1;
    n[1] = count > 2 ? given[1] : 1;
    if (n[1] == 0)
        return complain(p, 1, "invalid Zero increment value: '%s'", p->argv[i + 1]);
    if (pad) {
        int first = snprintf(NULL, 0, "%lld", n[0]), last = snprintf(NULL, 0, "%lld", n[2]);
        width = first > last ? first : last;
    }
    for (long long at = n[0], lines = 0; n[1] > 0 ? at <= n[2] : at >= n[2]; lines++) {
        if (lines == SEQ_MAX_LINES)
            return complain(p, 1, "write error: No space left on device");
        str_addf(p->io.out, "%s%0*lld", lines ? separator : "", width, at);
        if (__builtin_add_overflow(at, n[1], &at))
            break;
    }
    if (n[1] > 0 ? n[0] <= n[2] : n[0] >= n[2])
        str_addc(p->io.out, '\n');
    return 0;
}

/* ---- yes ---- */

/* It ends when nobody reads any more; on a terminal, with Ctrl-C. */
int run_yes(struct program *p)
{
    AUTO(str_drop) struct str line = {0};

    for (int i = 1; i < p->argc; i++)
        str_addf(&line, "%s%s", i > 1 ? " " : "", p->argv[i]);
    str_addf(&line, "%s\n", p->argc > 1 ? "" : "y");
    for (size_t n = 0; n + line.len <= YES_MAX_BYTES; n += line.len)
        str_addn(p->io.out, line.s, line.len);
    return p->io.out_pipe ? 128 + 13 : 128 + 2;
}

/* ---- truncate ---- */

static bool size_of(struct program *p, const char *text, long long *ret, char *ret_how)
{
    static const char units[] = "KMG";
    char *end;
    long long n;

    *ret_how = strchr("+-<>/%", *text) && *text ? *text++ : '=';
    errno = 0;
    n = strtoll(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    if (end != text && unit) {
        bool decimal = end[1] == 'B' && !end[2];
        for (long k = unit - units; k >= 0 && n < 1LL << 40; k--)
            n *= decimal ? 1000 : 1024;
        end += decimal ? 2 : 1;
    }
    if (end == text || *end || errno || n < 0)
        return complain(p, 1, "Invalid number: '%s'", text), false;
    *ret = n;
    return true;
}

static long long new_size(long long now, long long n, char how)
{
    switch (how) {
    case '+': return now + n;
    case '-': return now > n ? now - n : 0;
    case '<': return now < n ? now : n;
    case '>': return now > n ? now : n;
    case '/': return n ? now / n * n : now;
    case '%': return n ? (now + n - 1) / n * n : now;
    default: return n;
    }
}

static int truncate_one(struct program *p, const char *name, long long n, char how, bool create)
{
    struct place at = place_find(p, name, FOLLOW);
    AUTO(str_drop) struct str data = {0};
    int error = at.error == ENOENT ? 0 : at.error;

    if (at.error == ENOENT && !create)
        return 0;
    if (!error && at.file && at.file->kind == FILE_DIR)
        error = EISDIR;
    if (!error && at.file && at.file->data)
        str_addn(&data, at.file->data, at.file->size);
    n = new_size((long long)data.len, n, how);
    if (!error && n > TRUNCATE_MAX_BYTES)
        return complain(p, 1, "failed to truncate '%s' at %lld bytes: File too large", name, n);
    while (!error && (long long)data.len < n)
        str_addc(&data, '\0');
    if (!error)
        error = fs_write(p, name, str_text(&data), (size_t)n);
    return error ? complain(p, 1, "cannot open '%s' for writing: %s", name, strerror(error)) : 0;
}

int run_truncate(struct program *p)
{
    static const struct option_spec spec = {"cor:s:", "no-create=c io-blocks=o reference=r size=s", true};
    struct options o = {.p = p, .spec = &spec};
    const char *value;
    long long n = -1;
    char how = '=';
    bool create = true;
    int letter, status = 0;

    while ((letter = options_next(&o, &value))) {
        create &= letter != 'c';
        if (letter == 's' && !size_of(p, value, &n, &how))
            return 1;
        if (letter == 'r') {
            struct place like = place_find(p, value, FOLLOW);
            if (like.error)
                return complain(p, 1, "cannot stat '%s': %s", value, strerror(like.error));
            n = (long long)like.file->size;
        }
    }
    if (o.failed)
        return 1;
    if (n < 0)
        return complain(p, 1, "you must specify either '--size' or '--reference'");
    if (o.at == p->argc)
        return usage_missing(p, "file operand");
    for (int i = o.at; i < p->argc; i++)
        status |= truncate_one(p, p->argv[i], n, how, create);
    return status;
}
