/* SPDX-License-Identifier: MIT */
/*
 * Where a line of programs keeps some lines of many. Without an order that is chance, or the order of the files; where they
 * were sorted before, it is chance which of those comes first that the sort does not tell apart. Lines are made that show both.
 */
#include "sim/pipeline/parts.h"

#include <string.h>

struct choice { /* words of a segment that make it one: from the first to the last; the program's name alone: first == last */
    size_t segment, first, last;
};

static bool is_count(const char *text)
{
    return *text >= '0' && *text <= '9';
}

/* "-n 1", "-n1", "-1", "--lines=1", for grep "-m 1": how many words that is; 0 = it says nothing of the kind. */
static size_t count_words(const struct segment *s, size_t i, bool grep)
{
    const char *word = s->words[i].text, *next = i + 1 < s->n ? s->words[i + 1].text : "";
    const char *letter = grep ? "-m" : "-n", *name = grep ? "--max-count" : "--lines";
    if (text_same(word, letter) || text_same(word, name))
        return is_count(next) ? 2 : 0;
    if (text_starts(word, letter))
        return is_count(word + 2);
    if (text_starts(word, name) && word[strlen(name)] == '=')
        return is_count(word + strlen(name) + 1);
    return !grep && i == 0 && *word == '-' && is_count(word + 1);
}

static bool counts_otherwise(const struct segment *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (text_starts(s->words[i].text, "-c") || text_starts(s->words[i].text, "--bytes") ||
            text_starts(s->words[i].text, "-n") || text_starts(s->words[i].text, "--lines"))
            return true;
    return false;
}

static bool chooses(const struct segment *s, struct choice *ret)
{
    bool grep = text_same(s->program->runs, "grep"),
         ends = text_same(s->program->name, "head") || text_same(s->program->name, "tail");
    for (size_t i = 0; (grep || ends) && i < s->n; i++) {
        size_t n = count_words(s, i, grep);
        ret->first = i;
        ret->last = i + n;
        if (n)
            return true;
    }
    ret->first = ret->last = 0;
    return ends && !counts_otherwise(s); /* ten lines */
}

static bool find_choice(const struct pipeline *p, size_t which, struct choice *ret)
{
    for (size_t i = 0; i < p->n; i++)
        if (chooses(&p->segments[i], ret) && !which--) {
            ret->segment = i;
            return true;
        }
    return false;
}

static size_t end_of(const struct segment *s)
{
    return s->n ? s->words[s->n - 1].end : s->end;
}

/* head and tail go; the first of a line, which reads files, is cat; grep without -m. */
static const char *open_line(struct arena *arena, const struct pipeline *p, const char *line, const struct choice *c)
{
    const struct segment *s = &p->segments[c->segment];
    bool grep = text_same(s->program->runs, "grep");
    if (!grep && c->segment)
        return arena_printf(arena, "%.*s%s", (int)end_of(s - 1), line, line + end_of(s));
    size_t from = grep ? s->words[c->first].at : s->at;
    size_t to = c->last > c->first ? s->words[c->last - 1].end : s->end;
    to += grep ? strspn(line + to, " \t\n") : 0;
    return arena_printf(arena, "%.*s%s%s", (int)from, line, grep ? "" : "cat", line + to);
}

/* By the whole line: no key, no number, no month; -u and -r are of no account. */
static bool sorts_plainly(const struct segment *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->words[i].text[0] != '-' || strspn(s->words[i].text + 1, "urfbs") != strlen(s->words[i].text + 1))
            return false;
    return true;
}

static void sort_anew(struct arena *arena, const char *line, const struct segment *sort, struct pipeline_choice *ret)
{
    static const char *const before[2] = {"", "tac | "};
    for (size_t i = 0; i < 2; i++)
        ret->equals[i] = arena_printf(arena, "%.*s%ssort -s%s", (int)sort->at, line, before[i], line + sort->end);
}

bool pipeline_choice(struct arena *arena, const char *line, size_t which, struct pipeline_choice *ret)
{
    struct err ignored = {0};
    struct choice c = {0};
    const struct pipeline *p = pipeline_read(arena, line, NULL, &ignored);
    *ret = (struct pipeline_choice){0};
    if (!p || !find_choice(p, which, &c))
        return false;
    const struct segment *s = &p->segments[c.segment], *sort = s;
    size_t end = c.last > c.first ? s->words[c.last - 1].end : s->end;
    ret->words = arena_dupn(arena, line + s->at, end - s->at);
    ret->open = open_line(arena, p, line, &c);
    while (sort > p->segments && !text_same(sort->program->name, "sort"))
        sort--;
    ret->sorted = text_same(sort->program->name, "sort");
    ret->by_line = ret->sorted && sort == s - 1 && c.segment + 1 == p->n && sorts_plainly(sort);
    if (ret->sorted && sort > p->segments && p->n < MOST_SEGMENTS)
        sort_anew(arena, line, sort, ret);
    return true;
}
