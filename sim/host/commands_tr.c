/* SPDX-License-Identifier: MIT */
/* tr: bytes turned into others, taken away, or squeezed. */
#include "sim/host/commands.h"

#include <ctype.h>

struct set {
    unsigned char list[1024];
    size_t n;
};

static void add(struct set *set, int c)
{
    if (set->n < sizeof(set->list))
        set->list[set->n++] = (unsigned char)c;
}

/* "[:upper:]" at `s`: adds its bytes and returns what follows, or NULL. */
static const char *add_class(struct set *set, const char *s)
{
    static const struct {
        const char *name;
        int (*holds)(int);
    } classes[] = {
        {"[:alnum:]", isalnum},
        {"[:alpha:]", isalpha},
        {"[:digit:]", isdigit},
        {"[:lower:]", islower},
        {"[:upper:]", isupper},
        {"[:space:]", isspace},
        {"[:punct:]", ispunct},
        {"[:blank:]", isblank}
    };

    for (size_t i = 0; i < COUNT(classes); i++)
        if (text_starts(s, classes[i].name)) {
            for (int c = 0; c < 256; c++)
                if (classes[i].holds(c))
                    add(set, c);
            return s + strlen(classes[i].name);
        }
    return NULL;
}

static int one_byte(const char **s)
{
    static const char from[] = "abfnrtv\\", to[] = "\a\b\f\n\r\t\v\\";
    const char *known;

    if (**s != '\\' || !(*s)[1])
        return (unsigned char)*(*s)++;
    known = strchr(from, (*s)[1]);
    *s += 2;
    return known ? to[known - from] : (unsigned char)(*s)[-1];
}

static bool set_read(struct set *set, const char *s)
{
    while (*s) {
        const char *next = add_class(set, s);
        int low, high;

        if (next) {
            s = next;
            continue;
        }
        low = high = one_byte(&s);
        if (*s == '-' && s[1]) {
            s++;
            high = one_byte(&s);
            if (high < low)
                return false;
        }
        for (int c = low; c <= high; c++)
            add(set, c);
    }
    return true;
}

static void complement(struct set *set)
{
    bool in[256] = {0};

    for (size_t i = 0; i < set->n; i++)
        in[set->list[i]] = true;
    set->n = 0;
    for (int c = 0; c < 256; c++)
        if (!in[c])
            add(set, c);
}

struct tr {
    bool drop[256], squeeze[256];
    unsigned char map[256];
};

static void tr_make(struct tr *t, const struct set *from, const struct set *to, bool deletes, bool squeezes)
{
    const struct set *squeezed = to->n > 0 ? to : from;

    for (int c = 0; c < 256; c++)
        t->map[c] = (unsigned char)c;
    for (size_t i = 0; i < from->n; i++) {
        t->drop[from->list[i]] = deletes;
        if (!deletes && to->n > 0)
            t->map[from->list[i]] = to->list[i < to->n ? i : to->n - 1];
    }
    for (size_t i = 0; squeezes && i < squeezed->n; i++)
        t->squeeze[squeezed->list[i]] = true;
}

static void translate(struct program *p, const struct tr *t)
{
    AUTO(str_drop) struct str out = {0};
    int last = -1;

    for (size_t i = 0; p->io.in_given && i < p->io.in_len; i++) {
        unsigned char c = (unsigned char)p->io.in[i];

        if (t->drop[c])
            continue;
        c = t->map[c];
        if (!(t->squeeze[c] && c == last))
            str_addc(&out, (char)c);
        last = c;
    }
    say(p, str_text(&out), out.len);
}

int run_tr(struct program *p)
{
    static const struct option_spec spec = {"+cCdst", "complement=c delete=d squeeze-repeats=s truncate-set1=t", true};
    struct options o = {.p = p, .spec = &spec};
    struct set from = {0}, to = {0};
    bool deletes = false, squeezes = false, others = false;
    struct tr t = {0};
    const char *value;
    int letter, sets;

    while ((letter = options_next(&o, &value))) {
        deletes |= letter == 'd';
        squeezes |= letter == 's';
        others |= letter == 'c' || letter == 'C';
    }
    sets = p->argc - o.at;
    if (o.failed)
        return 1;
    if (sets < 1)
        return usage_missing(p, "operand");
    if (sets < 2 && !deletes && !squeezes)
        return usage_missing(p, arena_printf(&p->m->arena, "operand after '%s'", p->argv[o.at]));
    if (!set_read(&from, p->argv[o.at]) || (sets > 1 && !set_read(&to, p->argv[o.at + 1])))
        return complain(p, 1, "range-endpoints are in reverse collating sequence order");
    if (others)
        complement(&from);
    tr_make(&t, &from, &to, deletes, squeezes);
    translate(p, &t);
    return 0;
}
