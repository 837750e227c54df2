/* SPDX-License-Identifier: MIT */
/* diff: normal and unified output. Long files are compared by their middles only: what is equal at both ends is cut off first.
 */
#include "sim/host/commands.h"

#include <stdlib.h>

#define MIDDLE_MAX 1500 /* lines a side of what differs: the table has this squared entries */

struct side {
    struct text_line *lines;
    size_t n, cap;
    const char *name;
    const struct file *file;
};
struct diff {
    struct program *p;
    struct side a, b;
    bool unified, brief;
    char *edits; /* '=' both, '-' a only, '+' b only */
    size_t n_edits;
};

static bool same(const struct text_line *x, const struct text_line *y)
{
    return x->n == y->n && memcmp(x->s, y->s, x->n) == 0 && x->newline == y->newline;
}

static void edit(struct diff *d, char c)
{
    d->edits[d->n_edits++] = c;
}

/* Longest common subsequence of the middles, by the table of lengths. */
static bool compare_middles(struct diff *d, size_t from, size_t na, size_t nb)
{
    const struct text_line *a = d->a.lines + from, *b = d->b.lines + from;
    uint16_t *lengths;
    size_t width = nb + 1, i = 0, j = 0;

    if (na > MIDDLE_MAX || nb > MIDDLE_MAX)
        return false;
    lengths = xcalloc((na + 1) * width, sizeof(*lengths));
    for (size_t y = na; y-- > 0;)
        for (size_t x = nb; x-- > 0;) {
            uint16_t down = lengths[(y + 1) * width + x], right = lengths[y * width + x + 1];

            lengths[y * width + x] = same(&a[y], &b[x]) ? (uint16_t)(lengths[(y + 1) * width + x + 1] + 1)
                                     : down > right     ? down
                                                        : right;
        }
    while (i < na || j < nb) {
        if (i < na && j < nb && same(&a[i], &b[j]))
            edit(d, '='), i++, j++;
        else if (i < na && (j == nb || lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]))
            edit(d, '-'), i++;
        else
            edit(d, '+'), j++;
    }
    free(lengths);
    return true;
}

static bool compare(struct diff *d)
{
    size_t head = 0, tail = 0, least = d->a.n < d->b.n ? d->a.n : d->b.n;

    d->edits = xmalloc(d->a.n + d->b.n + 1);
    while (head < least && same(&d->a.lines[head], &d->b.lines[head]))
        head++, edit(d, '=');
    while (tail < least - head && same(&d->a.lines[d->a.n - 1 - tail], &d->b.lines[d->b.n - 1 - tail]))
        tail++;
    if (!compare_middles(d, head, d->a.n - head - tail, d->b.n - head - tail))
        return false;
    for (size_t i = 0; i < tail; i++)
        edit(d, '=');
    return true;
}

static void show_line(struct diff *d, const char *mark, const struct text_line *line)
{
    sayf(d->p, "%s", mark);
    say(d->p, line->s, line->n);
    say(d->p, "\n", 1);
    if (!line->newline)
        sayf(d->p, "\\ No newline at end of file\n");
}

/* "3", "3,5"; an empty stretch is named by the line before it. */
static void show_range(struct diff *d, size_t from, size_t n)
{
    if (n == 0)
        sayf(d->p, "%zu", from);
    else if (n == 1)
        sayf(d->p, "%zu", from + 1);
    else
        sayf(d->p, "%zu,%zu", from + 1, from + n);
}

static void show_normal(struct diff *d)
{
    size_t a = 0, b = 0;

    for (size_t i = 0; i < d->n_edits;) {
        size_t from_a = a, from_b = b;

        if (d->edits[i] == '=') {
            a++, b++, i++;
            continue;
        }
        for (; i < d->n_edits && d->edits[i] != '='; i++)
            d->edits[i] == '-' ? a++ : b++;
        show_range(d, from_a, a - from_a);
        sayf(d->p, "%c", a == from_a ? 'a' : b == from_b ? 'd' : 'c');
        show_range(d, from_b, b - from_b);
        sayf(d->p, "\n");
        for (size_t k = from_a; k < a; k++)
            show_line(d, "< ", &d->a.lines[k]);
        if (a > from_a && b > from_b)
            sayf(d->p, "---\n");
        for (size_t k = from_b; k < b; k++)
            show_line(d, "> ", &d->b.lines[k]);
    }
}

static void show_head(struct diff *d, const char *mark, const struct side *side)
{
    AUTO(str_drop) struct str when = {0};

    if (side->file)
        str_add_time(&when, side->file->mtime_ms, "%Y-%m-%d %H:%M:%S.%L000000 +0000");
    sayf(d->p, "%s %s\t%s\n", mark, side->name, str_text(&when));
}

static void show_count(struct diff *d, char mark, size_t from, size_t n)
{
    if (n == 1)
        sayf(d->p, "%c%zu", mark, from + 1);
    else
        sayf(d->p, "%c%zu,%zu", mark, n ? from + 1 : from, n);
}

/* Three lines of context; changes that are no more than six apart share a hunk. */
static void show_unified(struct diff *d)
{
    size_t a = 0, b = 0, i = 0;

    show_head(d, "---", &d->a);
    show_head(d, "+++", &d->b);
    while (i < d->n_edits) {
        size_t start = i, end, calm = 0, na = 0, nb = 0, first_a = a, first_b = b;

        if (d->edits[i] == '=') {
            a++, b++, i++;
            continue;
        }
        for (size_t back = 0; back < 3 && start > 0 && d->edits[start - 1] == '='; back++)
            start--, first_a--, first_b--;
        for (end = i; end < d->n_edits && calm <= 6; end++)
            calm = d->edits[end] == '=' ? calm + 1 : 0;
        end -= calm > 3 ? calm - 3 : 0;
        for (size_t k = start; k < end; k++) {
            na += d->edits[k] != '+';
            nb += d->edits[k] != '-';
        }
        sayf(d->p, "@@ ");
        show_count(d, '-', first_a, na);
        sayf(d->p, " ");
        show_count(d, '+', first_b, nb);
        sayf(d->p, " @@\n");
        for (a = first_a, b = first_b, i = start; i < end; i++) {
            if (d->edits[i] == '+')
                show_line(d, "+", &d->b.lines[b]);
            else
                show_line(d, d->edits[i] == '-' ? "-" : " ", &d->a.lines[a]);
            a += d->edits[i] != '+';
            b += d->edits[i] != '-';
        }
    }
}

static bool keep(void *context, const struct text_line *line)
{
    struct side *side = context;

    *GROW(side->lines, side->n, side->cap) = *line;
    return true;
}

static int read_side(struct program *p, const char *name, struct side *side)
{
    const char *argv[] = {p->argv[0], name, NULL};
    struct program one = *p;

    one.argv = argv;
    one.argc = 2;
    side->name = name;
    side->file = strcmp(name, "-") == 0 ? NULL : place_find(p, name, FOLLOW).file;
    return each_line(&one, 1, keep, side) ? 2 : 0;
}

int run_diff(struct program *p)
{
    static const struct option_spec spec = {"abBiqruNw", "unified=u brief=q text=a recursive=r", true};
    struct options o = {.p = p, .spec = &spec};
    struct diff d = {.p = p};
    const char *value;
    int letter, status;

    while ((letter = options_next(&o, &value))) {
        d.unified |= letter == 'u';
        d.brief |= letter == 'q';
    }
    if (o.failed)
        return 2;
    if (p->argc - o.at < 2)
        return usage_missing(p, arena_printf(&p->m->arena, "operand after '%s'", p->argv[p->argc - 1])), 2;
    if (p->argc - o.at > 2)
        return complain(p, 2, "extra operand '%s'\nTry 'diff --help' for more information.", p->argv[o.at + 2]);
    status = read_side(p, p->argv[o.at], &d.a) | read_side(p, p->argv[o.at + 1], &d.b);
    if (!status && !compare(&d)) {
        sayf(p, "Files %s and %s differ\n", d.a.name, d.b.name);
        status = 1;
    } else if (!status && memchr(d.edits, '-', d.n_edits) == NULL && memchr(d.edits, '+', d.n_edits) == NULL) {
        status = 0;
    } else if (!status) {
        status = 1;
        if (d.brief)
            sayf(p, "Files %s and %s differ\n", d.a.name, d.b.name);
        else
            (d.unified ? show_unified : show_normal)(&d);
    }
    free(d.a.lines);
    free(d.b.lines);
    free(d.edits);
    return status;
}
