/* SPDX-License-Identifier: MIT */
/* Programs that show bytes: base64 (GNU coreutils 8.22), xxd (vim), hexdump (util-linux 2.30), strings (binutils), cmp
 * (diffutils). */
#include "sim/host/commands.h"

#include <ctype.h>
#include <stdlib.h>

static int told(struct program *p, int status, const char *name, int error)
{
    return complain(p, status, "%s: %s", name, strerror(error));
}

static bool number(const char *text, size_t *ret)
{
    const char *end;

    return number_take(text, 0, ret, &end) && *end == '\0';
}

/* ---- base64 ---- */

static int decode(struct program *p, const char *data, size_t n, bool careless)
{
    AUTO(str_drop) struct str clean = {0}, out = {0};

    for (size_t i = 0; i < n; i++)
        if (data[i] != '\n' && (!careless || isalnum((unsigned char)data[i]) || strchr("+/=", data[i])))
            str_addc(&clean, data[i]);
    bool good = base64_decode(str_text(&clean), clean.len, &out);
    if (!good) { /* what came before it is there */
        str_clear(&out);
        base64_decode(str_text(&clean), strspn(str_text(&clean), ALPHABET_ALNUM "+/") / 4 * 4, &out);
    }
    say(p, str_text(&out), out.len);
    return good ? 0 : complain(p, 1, "invalid input");
}

static void encode(struct program *p, const char *data, size_t n, size_t wrap)
{
    AUTO(str_drop) struct str text = {0};

    str_add_base64(&text, data, n);
    for (size_t at = 0; at < text.len; at += wrap) {
        size_t len = text.len - at < wrap ? text.len - at : wrap;

        say(p, text.s + at, len);
        if (wrap != SIZE_MAX)
            say(p, "\n", 1);
        else
            break;
    }
}

int run_base64(struct program *p)
{
    static const struct option_spec spec = {"diw:", "decode=d ignore-garbage=i wrap=w", true};
    struct options o = {.p = p, .spec = &spec};
    bool decodes = false, careless = false;
    const char *value, *data, *name, *end;
    size_t n, wrap = 76;
    int letter, error;

    while ((letter = options_next(&o, &value))) {
        decodes |= letter == 'd';
        careless |= letter == 'i';
        if (letter == 'w' && !(number_take(value, 10, &wrap, &end) && *end == '\0'))
            return complain(p, 1, "invalid wrap size: '%s'", value);
    }
    if (o.failed)
        return 1;
    if (p->argc - o.at > 1) {
        complain(p, 1, "extra operand '%s'", p->argv[o.at + 1]);
        return usage_hint(p);
    }
    name = o.at < p->argc ? p->argv[o.at] : "-";
    error = input_read(p, name, &data, &n);
    if (error)
        return error == EISDIR ? complain(p, 1, "read error: %s", strerror(error)) : told(p, 1, name, error);
    if (decodes)
        return decode(p, data, n, careless);
    encode(p, data, n, wrap ? wrap : SIZE_MAX);
    return 0;
}

/* ---- xxd ---- */

struct xxd {
    struct program *p;
    bool plain, reverse, upper, bits, from_end;
    size_t columns, group, skip, most;
};

static void add_byte(const struct xxd *x, struct str *out, unsigned char byte)
{
    if (x->bits)
        for (int bit = 7; bit >= 0; bit--)
            str_addc(out, byte >> bit & 1 ? '1' : '0');
    else
        str_addf(out, x->upper ? "%02X" : "%02x", byte);
}

static void show_plain(const struct xxd *x, const char *data, size_t n)
{
    AUTO(str_drop) struct str out = {0};

    for (size_t i = 0; i < n; i++) {
        add_byte(x, &out, (unsigned char)data[i]);
        if ((i + 1) % x->columns == 0 || i + 1 == n)
            str_addc(&out, '\n');
    }
    say(x->p, str_text(&out), out.len);
}

static void show_dump_row(const struct xxd *x, const char *data, size_t n, size_t at)
{
    AUTO(str_drop) struct str out = {0};
    size_t width = x->bits ? 8 : 2, group = x->group ? x->group : x->columns;

    str_addf(&out, "%08zx: ", at);
    for (size_t i = 0; i < x->columns; i++) {
        if (i < n)
            add_byte(x, &out, (unsigned char)data[i]);
        else
            str_addf(&out, "%*s", (int)width, "");
        if ((i + 1) % group == 0 || i + 1 == x->columns)
            str_addc(&out, ' ');
    }
    str_addc(&out, ' ');
    for (size_t i = 0; i < n; i++)
        str_addc(&out, data[i] >= ' ' && data[i] < 127 ? data[i] : '.');
    str_addc(&out, '\n');
    say(x->p, str_text(&out), out.len);
}

/* Dumps and plain hex back into bytes. */
static void reverse(const struct xxd *x, const char *data, size_t n)
{
    AUTO(str_drop) struct str out = {0};

    for (const char *at = data, *end = data + n; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)), *stop = newline ? newline : end;
        const char *colon = x->plain ? NULL : memchr(at, ':', (size_t)(stop - at));
        size_t left = x->plain ? SIZE_MAX : x->columns;

        for (at = colon ? colon + 1 : x->plain ? at : stop; at < stop && left > 0; at += *at == ' ') {
            if (stop - at > 1 && isxdigit((unsigned char)at[0]) && isxdigit((unsigned char)at[1])) {
                str_addc(&out, (char)strtoul((const char[]){at[0], at[1], '\0'}, NULL, 16));
                at += 2;
                left--;
            } else if (*at != ' ' || (at + 1 < stop && at[1] == ' ' && !x->plain)) {
                break; /* the text at its right */
            }
        }
        at = stop + 1;
    }
    say(x->p, str_text(&out), out.len);
}

static void dump(const struct xxd *x, const char *data, size_t n)
{
    for (size_t at = x->skip; at < n; at += x->columns)
        show_dump_row(x, data + at, n - at < x->columns ? n - at : x->columns, at);
}

/* "-4" is from the end of the input. */
static bool take_seek(struct xxd *x, const char *value)
{
    x->from_end = *value == '-';
    return number(value + (*value == '-' || *value == '+'), &x->skip);
}

/* 0, or the exit status of a complaint. */
static int xxd_options(struct xxd *x, struct options *o)
{
    const char *value;
    int letter;

    while ((letter = options_next(o, &value))) {
        size_t *to = letter == 'c' ? &x->columns : letter == 'g' ? &x->group : &x->most;

        x->bits |= letter == 'b';
        x->plain |= letter == 'p';
        x->reverse |= letter == 'r';
        x->upper |= letter == 'u';
        if (value && (!(letter == 's' ? take_seek(x, value) : number(value, to)) ||
                      (letter == 'c' && (x->columns == 0 || x->columns > 256))))
            return complain(x->p, 1, "invalid number of columns (max. 256).");
    }
    if (o->failed || x->p->argc - o->at > 2)
        return str_add(x->p->io.err,
                       "Usage:\n       xxd [options] [infile [outfile]]\n    or\n       xxd -r [-s [-]offset] [-c cols] "
                       "[-ps] [infile [outfile]]\n"),
               1;
    x->columns = x->columns ? x->columns : x->plain ? 30 : x->bits ? 6 : 16;
    x->group = x->group != SIZE_MAX ? x->group : x->bits ? 1 : 2;
    return 0;
}

/* The second operand: -r patches what is there. */
static int put_out(const struct xxd *x, const char *name, struct str *made)
{
    struct place at = place_find(x->p, name, FOLLOW);
    int error;

    if (x->reverse && at.file && at.file->kind == FILE_REGULAR && at.file->data && at.file->size > made->len)
        str_addn(made, at.file->data + made->len, at.file->size - made->len);
    error = fs_write(x->p, name, str_text(made), made->len);
    return error ? told(x->p, 3, name, error) : 0;
}

int run_xxd(struct program *p)
{
    static const struct option_spec spec = {"bc:g:l:prs:u", "", false};
    struct options o = {.p = p, .spec = &spec};
    struct xxd x = {.p = p, .most = SIZE_MAX, .group = SIZE_MAX};
    AUTO(str_drop) struct str made = {0};
    struct str *terminal = p->io.out;
    const char *data, *name, *to;
    size_t n;
    int error, status = xxd_options(&x, &o);

    if (status)
        return status;
    name = o.at < p->argc ? p->argv[o.at] : "-";
    to = o.at + 1 < p->argc ? p->argv[o.at + 1] : "-";
    error = input_read(p, name, &data, &n);
    if (error)
        return told(p, 2, name, error);
    if (x.skip > n || (x.from_end && strcmp(name, "-") == 0))
        return complain(p, 4, "sorry cannot seek.");
    x.skip = x.from_end ? n - x.skip : x.skip;
    n = n - x.skip > x.most ? x.skip + x.most : n;
    if (strcmp(to, "-") != 0)
        p->io.out = &made;
    if (x.reverse)
        reverse(&x, data, n);
    else if (x.plain)
        show_plain(&x, data + x.skip, n - x.skip);
    else
        dump(&x, data, n);
    p->io.out = terminal;
    return strcmp(to, "-") != 0 ? put_out(&x, to, &made) : 0;
}

/* ---- hexdump ---- */

static void add_words(struct str *out, const char *data, size_t n)
{
    for (size_t i = 0; i < 16; i += 2)
        if (i < n)
            str_addf(out, " %02x%02x", i + 1 < n ? (unsigned char)data[i + 1] : 0, (unsigned char)data[i]);
        else
            str_add(out, "     ");
}

static void add_canonical(struct str *out, const char *data, size_t n)
{
    str_addc(out, ' ');
    for (size_t i = 0; i < 16; i++) {
        if (i < n)
            str_addf(out, " %02x", (unsigned char)data[i]);
        else
            str_add(out, "   ");
        if (i == 7)
            str_addc(out, ' ');
    }
    str_add(out, "  |");
    for (size_t i = 0; i < n; i++)
        str_addc(out, data[i] >= ' ' && data[i] < 127 ? data[i] : '.');
    str_addc(out, '|');
}

/* Rows of 16; those that are the same as the one before are one star. */
static void hexdump(struct program *p, const char *data, size_t n, size_t from, bool canonical, bool all)
{
    bool starred = false;

    for (size_t at = 0; at < n; at += 16) {
        size_t len = n - at < 16 ? n - at : 16;
        AUTO(str_drop) struct str out = {0};

        if (!all && at > 0 && len == 16 && memcmp(data + at, data + at - 16, 16) == 0) {
            if (!starred)
                say(p, "*\n", 2);
            starred = true;
            continue;
        }
        starred = false;
        str_addf(&out, canonical ? "%08zx" : "%07zx", from + at);
        (canonical ? add_canonical : add_words)(&out, data + at, len);
        str_addc(&out, '\n');
        say(p, str_text(&out), out.len);
    }
    if (n > 0)
        sayf(p, canonical ? "%08zx\n" : "%07zx\n", from + n);
}

int run_hexdump(struct program *p)
{
    static const struct option_spec spec = {"Cn:s:vx", "canonical=C length=n skip=s no-squeezing=v two-bytes-hex=x", false};
    struct options o = {.p = p, .spec = &spec};
    AUTO(str_drop) struct str all = {0};
    bool canonical = false, verbose = false, any = false;
    const char *value, *data;
    size_t n, most = SIZE_MAX, skip = 0;
    int letter, error, status = 0;

    while ((letter = options_next(&o, &value))) {
        canonical |= letter == 'C';
        verbose |= letter == 'v';
        if (value && !number(value, letter == 'n' ? &most : &skip))
            return complain(p, 1, "%s: bad %s value", value, letter == 'n' ? "length" : "skip");
    }
    if (o.failed)
        return str_add(p->io.err, "Try 'hexdump --help' for more information.\n"), 1;
    for (int i = o.at; i < p->argc || i == o.at; i++) { /* as one */
        const char *name = i < p->argc ? p->argv[i] : "-";

        error = input_read(p, name, &data, &n);
        if (error)
            status = told(p, 1, name, error);
        else
            str_addn(&all, data, n < STREAM_MAX_BYTES - all.len ? n : STREAM_MAX_BYTES - all.len);
        any |= !error;
    }
    if (!any)
        return complain(p, 1, "all input file arguments failed");
    skip = skip < all.len ? skip : all.len;
    n = all.len - skip < most ? all.len - skip : most;
    hexdump(p, str_text(&all) + skip, n, skip, canonical, verbose);
    return status;
}

/* ---- strings ---- */

int run_strings(struct program *p)
{
    static const struct option_spec spec = {"an:t:f0123456789", "all=a bytes=n radix=t print-file-name=f", false};
    struct options o = {.p = p, .spec = &spec};
    const char *value, *radix = "";
    bool named = false;
    size_t least = 4, digits = 0;
    int letter, status = 0;

    while ((letter = options_next(&o, &value))) {
        named |= letter == 'f';
        radix = letter == 't' ? value : radix;
        if (letter == 'n' && (!number(value, &least) || least == 0))
            return complain(p, 1, "invalid minimum string length %s", value);
        if (isdigit(letter))
            least = digits = digits % 10000 * 10 + (size_t)(letter - '0');
    }
    if (o.failed || (*radix && (!strchr("dox", *radix) || radix[1])))
        return str_add(p->io.err, "Usage: strings [option(s)] [file(s)]\n"), 1;
    for (int i = o.at; i < p->argc || i == o.at; i++) {
        const char *name = i < p->argc ? p->argv[i] : "-", *data;
        size_t n, start = 0;
        int error = input_read(p, name, &data, &n);

        if (error == ENOENT || error == EISDIR)
            status = error == EISDIR ? complain(p, 1, "Warning: '%s' is a directory", name)
                                     : complain(p, 1, "'%s': No such file", name);
        else if (error)
            status = told(p, 1, name, error);
        for (size_t at = 0; at <= n && !error; at++) {
            if (at < n && ((data[at] >= ' ' && data[at] < 127) || data[at] == '\t'))
                continue;
            if (at - start >= least) {
                if (named)
                    sayf(p, "%s: ", i < p->argc ? name : "{standard input}");
                if (*radix)
                    sayf(p, *radix == 'd' ? "%7zu " : *radix == 'o' ? "%7zo " : "%7zx ", start);
                sayf(p, "%.*s\n", (int)(at - start), data + start);
            }
            start = at + 1;
        }
    }
    return status;
}

/* ---- cmp ---- */

struct cmp {
    struct program *p;
    bool silent, list;
    const char *name[2], *data[2];
    size_t n[2];
};

static int compare(const struct cmp *c)
{
    size_t both = c->n[0] < c->n[1] ? c->n[0] : c->n[1], lines = 1, width = (size_t)snprintf(NULL, 0, "%zu", both);
    bool differ = false;

    for (size_t i = 0; i < both; i++) {
        unsigned char a = (unsigned char)c->data[0][i], b = (unsigned char)c->data[1][i];

        if (a != b) {
            differ = true;
            if (c->list && !c->silent)
                sayf(c->p, "%*zu %3o %3o\n", (int)width, i + 1, a, b);
            else if (!c->silent)
                sayf(c->p, "%s %s differ: byte %zu, line %zu\n", c->name[0], c->name[1], i + 1, lines);
            if (!c->list)
                return 1;
        }
        lines += a == '\n';
    }
    if (c->n[0] == c->n[1])
        return differ;
    if (!c->silent)
        complain(c->p, 1, "EOF on %s", c->name[c->n[0] < c->n[1] ? 0 : 1]);
    return 1;
}

int run_cmp(struct program *p)
{
    static const struct option_spec spec = {"ls", "silent=s quiet=s verbose=l", false};
    struct options o = {.p = p, .spec = &spec};
    struct cmp c = {.p = p};
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value))) {
        c.silent |= letter == 's';
        c.list |= letter == 'l';
    }
    if (o.failed || o.at >= p->argc) {
        if (!o.failed)
            complain(p, 2, "missing operand after '%s'", p->argv[0]);
        return complain(p, 2, "Try 'cmp --help' for more information.");
    }
    for (int i = 0; i < 2; i++) {
        c.name[i] = o.at + i < p->argc ? p->argv[o.at + i] : "-";
        int error = input_read(p, c.name[i], &c.data[i], &c.n[i]);
        if (error)
            return told(p, 2, c.name[i], error);
    }
    return compare(&c);
}
