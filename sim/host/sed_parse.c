/* SPDX-License-Identifier: MIT */
/* Reads a sed script: addresses, and the commands s y d p q = n a i c with blocks. Complaints are GNU sed 4.2.2's. */
#include "sim/host/sed.h"

#include <ctype.h>
#include <stdlib.h>

struct reader {
    struct sed_script *s;
    const char *start, *at;
};

static bool fail(struct reader *r, const char *why)
{
    if (!r->s->why)
        r->s->why = arena_printf(r->s->arena, "char %zu: %s", (size_t)(r->at - r->start), why);
    return false;
}

static void blanks(struct reader *r)
{
    while (*r->at && isspace((unsigned char)*r->at) && *r->at != '\n')
        r->at++;
}

/* Text up to an unescaped delimiter, which is stepped over; "\n" becomes a newline and an escaped delimiter itself when
 * the text is a regular expression. NULL when it does not end. */
static char *delimited(struct reader *r, char delimiter, bool is_regex)
{
    AUTO(str_drop) struct str out = {0};
    bool in_class = false;

    for (; *r->at && (*r->at != delimiter || in_class); r->at++) {
        if (*r->at == '\\' && r->at[1] && !in_class) {
            r->at++;
            if (*r->at == delimiter && delimiter != '&') {
                str_addc(&out, delimiter);
                continue;
            }
            if (is_regex && (*r->at == 'n' || *r->at == 't')) {
                str_addc(&out, *r->at == 'n' ? '\n' : '\t');
                continue;
            }
            str_addc(&out, '\\');
        } else if (is_regex && *r->at == '[' && !in_class) {
            in_class = true;
            str_addc(&out, *r->at);
            if (r->at[1] == '^')
                str_addc(&out, *++r->at);
            if (r->at[1] == ']')
                str_addc(&out, *++r->at);
            continue;
        } else if (*r->at == ']') {
            in_class = false;
        }
        str_addc(&out, *r->at);
    }
    if (!*r->at)
        return NULL;
    r->at++;
    return arena_dup(r->s->arena, str_text(&out));
}

/* Sets *ret to the compiled one, or NULL for the empty expression. */
static bool compile(struct reader *r, const char *text, int flags, struct regex **ret)
{
    const char *why;

    *ret = NULL;
    if (*text == '\0')
        return true;
    if (r->s->n_regexes == SED_MAX_COMMANDS)
        return fail(r, "too many expressions");
    *ret = &r->s->regexes[r->s->n_regexes];
    if (!regex_make(*ret, r->s->m, text, r->s->flags | flags, &why))
        return fail(r, why);
    r->s->n_regexes++;
    return true;
}

static unsigned long number(struct reader *r)
{
    char *end;
    unsigned long n = strtoul(r->at, &end, 10);

    r->at = end;
    return n;
}

static bool read_address(struct reader *r, struct sed_address *a)
{
    char delimiter = '/';
    const char *text;
    int flags = 0;

    if (isdigit((unsigned char)*r->at)) {
        a->where = SED_LINE;
        a->n = number(r);
        if (*r->at == '~') {
            r->at++;
            a->where = SED_STEP;
            a->step = number(r);
        }
        return true;
    }
    if (*r->at == '$') {
        a->where = SED_LAST;
        r->at++;
        return true;
    }
    if (*r->at != '/' && !(*r->at == '\\' && r->at[1]))
        return true;
    if (*r->at == '\\')
        delimiter = *++r->at;
    r->at++;
    text = delimited(r, delimiter, true);
    if (!text)
        return fail(r, "unterminated address regex");
    while (*r->at == 'I' || *r->at == 'M')
        flags |= *r->at++ == 'I' ? REG_ICASE : 0;
    a->where = SED_MATCH;
    return compile(r, text, flags, &a->regex);
}

static bool read_addresses(struct reader *r, struct sed_command *c)
{
    if (!read_address(r, &c->from))
        return false;
    blanks(r);
    if (*r->at == ',' && c->from.where == SED_ANY)
        return fail(r, "unexpected `,'");
    if (*r->at == ',') {
        r->at++;
        blanks(r);
        if (*r->at == '+') {
            r->at++;
            c->plus = true;
        }
        if (!read_address(r, &c->to))
            return false;
        if (c->to.where == SED_ANY)
            return fail(r, "unexpected `,'");
    }
    blanks(r);
    while (*r->at == '!') {
        c->negated = true;
        r->at++;
        blanks(r);
    }
    return true;
}

static bool read_s(struct reader *r, struct sed_command *c)
{
    char delimiter = *r->at;
    const char *text;
    int flags = 0;

    if (!delimiter || delimiter == '\n' || delimiter == '\\')
        return fail(r, "unterminated `s' command");
    r->at++;
    text = delimited(r, delimiter, true);
    c->text = text ? delimited(r, delimiter, false) : NULL;
    if (!c->text)
        return fail(r, "unterminated `s' command");
    for (;; r->at++) {
        if (*r->at == 'g')
            c->global = true;
        else if (*r->at == 'p')
            c->print = true;
        else if (*r->at == 'i' || *r->at == 'I')
            flags |= REG_ICASE;
        else if (isdigit((unsigned char)*r->at) && *r->at != '0')
            c->nth = number(r), r->at--;
        else
            break;
    }
    if (*r->at && !strchr(" \t;\n}#", *r->at))
        return r->at++, fail(r, "unknown option to `s'");
    return compile(r, text, flags, &c->regex);
}

static bool read_y(struct reader *r, struct sed_command *c)
{
    char delimiter = *r->at;

    if (!delimiter)
        return fail(r, "unterminated `y' command");
    r->at++;
    c->text = delimited(r, delimiter, false);
    c->other = c->text ? delimited(r, delimiter, false) : NULL;
    if (!c->other)
        return fail(r, "unterminated `y' command");
    return strlen(c->text) == strlen(c->other) || fail(r, "strings for `y' command are different lengths");
}

/* "a text", or "a\" and the text on the next line. It goes to the end of the line. */
static bool read_text(struct reader *r, struct sed_command *c)
{
    AUTO(str_drop) struct str out = {0};

    blanks(r);
    if (*r->at == '\\') {
        r->at++;
        blanks(r);
        r->at += *r->at == '\n';
    }
    if (!*r->at)
        return fail(r, "expected \\ after `a', `c' or `i'");
    for (; *r->at && *r->at != '\n'; r->at++) {
        if (*r->at == '\\' && r->at[1])
            r->at++;
        str_addc(&out, *r->at);
    }
    c->text = arena_dup(r->s->arena, str_text(&out));
    return true;
}

static bool close_block(struct reader *r, size_t at)
{
    for (size_t i = at; i > 0; i--)
        if (r->s->list[i - 1].name == '{' && r->s->list[i - 1].end == 0) {
            r->s->list[i - 1].end = at;
            return true;
        }
    return fail(r, "unexpected `}'");
}

static bool read_command(struct reader *r)
{
    struct sed_command *c = &r->s->list[r->s->n];

    if (r->s->n == SED_MAX_COMMANDS)
        return fail(r, "too many commands");
    if (!read_addresses(r, c))
        return false;
    c->name = *r->at;
    if (!c->name || c->name == '\n' || c->name == ';')
        return fail(r, "missing command");
    r->at++;
    r->s->n++;
    switch (c->name) {
    case 's': return read_s(r, c);
    case 'y': return read_y(r, c);
    case 'a':
    case 'i':
    case 'c': return read_text(r, c);
    case '{': return true;
    case '}': return close_block(r, r->s->n - 1);
    case 'q':
        blanks(r);
        c->nth = isdigit((unsigned char)*r->at) ? number(r) & 255 : 0;
        return true;
    case 'd':
    case 'p':
    case 'n':
    case '=': return true;
    default: return fail(r, arena_printf(r->s->arena, "unknown command: `%c'", c->name));
    }
}

bool sed_parse(struct sed_script *s, const char *text)
{
    struct reader r = {s, text, text};

    for (;;) {
        while (*r.at && (isspace((unsigned char)*r.at) || *r.at == ';'))
            r.at++;
        if (*r.at == '#') {
            r.at += strcspn(r.at, "\n");
            continue;
        }
        if (!*r.at)
            break;
        if (!read_command(&r))
            return false;
        blanks(&r);
        if (*r.at && !strchr(";\n}#", *r.at) && s->list[s->n - 1].name != '{' && s->list[s->n - 1].name != '}')
            return r.at++, fail(&r, "extra characters after command");
    }
    for (size_t i = 0; i < s->n; i++)
        if (s->list[i].name == '{' && s->list[i].end == 0)
            return s->why = "char 0: unmatched `{'", false;
    return true;
}

void sed_drop(struct sed_script *s)
{
    for (size_t i = 0; i < s->n_regexes; i++)
        regex_drop(&s->regexes[i]);
}
