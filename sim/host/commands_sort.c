/* SPDX-License-Identifier: MIT */
/* sort and uniq. Lines are compared by bytes, as with LC_ALL=C. */
#include "sim/host/commands.h"

#include <ctype.h>
#include <stdlib.h>

struct sort {
    struct program *p;
    struct text_line *lines;
    size_t n, cap, bytes;
    bool reverse, numeric, unique, fold, human;
    unsigned key; /* field, 0 = the line */
    char separator;
};

static bool keep_line(void *context, const struct text_line *line)
{
    struct sort *s = context;

    s->bytes += line->n + 1;
    if (s->bytes > STREAM_MAX_BYTES) /* more would not come out of it */
        return false;
    *GROW(s->lines, s->n, s->cap) = *line;
    return true;
}

static struct text_line sort_key(const struct sort *s, struct text_line line)
{
    const char *end = line.s + line.n;

    for (unsigned field = 1; field < s->key && line.s < end; field++) {
        if (s->separator) {
            const char *next = memchr(line.s, s->separator, (size_t)(end - line.s));

            line.s = next ? next + 1 : end;
        } else {
            while (line.s < end && (*line.s == ' ' || *line.s == '\t'))
                line.s++;
            while (line.s < end && *line.s != ' ' && *line.s != '\t')
                line.s++;
        }
    }
    line.n = (size_t)(end - line.s);
    return line;
}

static double number_of(struct text_line line)
{
    char text[64];
    size_t n = line.n < sizeof(text) - 1 ? line.n : sizeof(text) - 1;

    memcpy(text, line.s, n);
    text[n] = '\0';
    n = strspn(text, " \t");
    text[n + strspn(text + n, "-0123456789.")] = '\0'; /* no exponents, no "inf" */
    return strtod(text, NULL);
}

static int text_order(const struct sort *s, struct text_line a, struct text_line b)
{
    size_t n = a.n < b.n ? a.n : b.n;

    for (size_t i = 0; i < n; i++) {
        int x = s->fold ? toupper((unsigned char)a.s[i]) : (unsigned char)a.s[i];
        int y = s->fold ? toupper((unsigned char)b.s[i]) : (unsigned char)b.s[i];

        if (x != y)
            return x - y;
    }
    return (a.n > b.n) - (a.n < b.n);
}

static int sort_compare(const struct sort *s, const struct text_line *a, const struct text_line *b)
{
    struct text_line x = sort_key(s, *a), y = sort_key(s, *b);
    int order;

    if (s->numeric) {
        double m = number_of(x), n = number_of(y);

        order = (m > n) - (m < n);
    } else {
        order = text_order(s, x, y);
    }
    return order;
}

static int sort_order(const void *a, const void *b, void *context)
{
    const struct sort *s = context;
    int order = sort_compare(s, a, b);

    if (order == 0 && !s->unique) /* the last resort: the whole line */
        order = text_order(&(struct sort){0}, *(const struct text_line *)a, *(const struct text_line *)b);
    return s->reverse ? -order : order;
}

static int sort_options(struct sort *s, struct options *o, const char **ret_output)
{
    const char *value;
    int letter;

    while ((letter = options_next(o, &value))) {
        s->reverse |= letter == 'r';
        s->numeric |= letter == 'n' || letter == 'g' || letter == 'h';
        s->unique |= letter == 'u';
        s->fold |= letter == 'f';
        if (letter == 't')
            s->separator = *value;
        if (letter == 'k') {
            s->key = (unsigned)strtoul(value, NULL, 10);
            s->numeric |= strchr(value, 'n') != NULL;
            s->reverse |= strchr(value, 'r') != NULL;
            if (s->key == 0 || s->key > 1000)
                return complain(s->p, 2, "invalid number at field start: invalid count at start of '%s'", value);
        }
        if (letter == 'o')
            *ret_output = value;
    }
    return o->failed ? 2 : 0;
}

int run_sort(struct program *p)
{
    static const struct option_spec spec = {"bdfghik:no:rst:uV",
                                            "reverse=r numeric-sort=n unique=u key=k field-separator=t output=o", true};
    struct options o = {.p = p, .spec = &spec};
    struct sort s = {.p = p};
    AUTO(str_drop) struct str out = {0};
    const char *output = NULL;
    int status = sort_options(&s, &o, &output), error;

    if (status)
        return status;
    status = each_line(p, o.at, keep_line, &s) ? 2 : 0;
    if (s.n > 0)
        qsort_r(s.lines, s.n, sizeof(*s.lines), sort_order, &s);
    for (size_t i = 0; i < s.n; i++) {
        if (s.unique && i > 0 && sort_compare(&s, &s.lines[i - 1], &s.lines[i]) == 0)
            continue;
        str_addn(&out, s.lines[i].s, s.lines[i].n);
        str_addc(&out, '\n');
    }
    free(s.lines);
    if (!output) {
        say(p, str_text(&out), out.len);
        return status;
    }
    error = fs_write(p, output, str_text(&out), out.len);
    return error ? complain(p, 2, "open failed: %s: %s", output, strerror(error)) : status;
}

struct uniq {
    struct program *p;
    struct text_line last;
    unsigned long n;
    bool count, doubles, singles, fold;
};

static void uniq_end(struct uniq *u)
{
    if (u->n == 0 || (u->doubles && u->n < 2) || (u->singles && u->n > 1))
        return;
    if (u->count)
        sayf(u->p, "%7lu ", u->n);
    say(u->p, u->last.s, u->last.n);
    say(u->p, "\n", 1);
}

static bool uniq_line(void *context, const struct text_line *line)
{
    struct uniq *u = context;
    struct sort order = {.fold = u->fold};

    if (u->n > 0 && text_order(&order, u->last, *line) == 0) {
        u->n++;
        return true;
    }
    uniq_end(u);
    u->last = *line;
    u->n = 1;
    return true;
}

int run_uniq(struct program *p)
{
    static const struct option_spec spec = {"cdiu", "count=c repeated=d unique=u ignore-case=i", true};
    struct options o = {.p = p, .spec = &spec};
    struct uniq u = {.p = p};
    const char *value;
    int letter, status;

    while ((letter = options_next(&o, &value))) {
        u.count |= letter == 'c';
        u.doubles |= letter == 'd';
        u.singles |= letter == 'u';
        u.fold |= letter == 'i';
    }
    if (o.failed)
        return 1;
    status = each_line(p, o.at, uniq_line, &u);
    uniq_end(&u);
    return status;
}
