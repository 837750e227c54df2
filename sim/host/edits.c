/* SPDX-License-Identifier: MIT */
/* Directives ("Keyword value", one a line) set in place; what stands below the first Match is left alone. */
#include "sim/host/edits.h"

#include <stdlib.h>
#include <strings.h>

struct edited { /* a line */
    const char *s;
    size_t n;
    bool active, about; /* about: of the keyword, commented out or not */
    bool says;          /* and its value is the wanted one */
};

static const char *skip_blanks(const char *s, const char *end)
{
    while (s < end && (*s == ' ' || *s == '\t'))
        s++;
    return s;
}

static void look_at(struct edited *line, const char *keyword, const char *value)
{
    const char *end = line->s + line->n, *s = skip_blanks(line->s, end);
    size_t n = strlen(keyword), len = strlen(value);

    line->active = s == end || *s != '#';
    if (!line->active)
        s++; /* "# Keyword" with a blank is prose, not an option that is off */
    line->about = (size_t)(end - s) > n && strncasecmp(s, keyword, n) == 0 && strchr(" \t=", s[n]);
    if (!line->about)
        return;
    s = skip_blanks(s + n, end);
    while (end > s && strchr(" \t\r", end[-1]))
        end--;
    line->says = (size_t)(end - s) == len && memcmp(s, value, len) == 0;
}

static bool begins_match(const struct edited *line)
{
    const char *s = skip_blanks(line->s, line->s + line->n);

    return (size_t)(line->s + line->n - s) > 5 && strncasecmp(s, "match", 5) == 0 && strchr(" \t", s[5]);
}

static struct edited *split(const char *data, size_t n, size_t *ret_n)
{
    struct edited *lines = NULL;
    size_t cap = 0;
    const char *end = data + n;

    *ret_n = 0;
    while (data < end) {
        const char *newline = memchr(data, '\n', (size_t)(end - data)), *stop = newline ? newline : end;

        *GROW(lines, *ret_n, cap) = (struct edited){.s = data, .n = (size_t)(stop - data)};
        data = stop + 1;
    }
    return lines;
}

/* Where the wanted line goes: the line that is turned into it, or (insert) the one that it follows. n: at the end. */
static size_t best_line(struct edited *lines, size_t n, bool *ret_insert)
{
    size_t commented = n;

    *ret_insert = false;
    for (size_t i = 0; i < n; i++)
        if (lines[i].about && lines[i].says && lines[i].active)
            return i;
    for (size_t i = 0; i < n; i++)
        if (lines[i].about && lines[i].says)
            return i;
    *ret_insert = true;
    for (size_t i = 0; i < n; i++) {
        if (lines[i].about && lines[i].active)
            return i;
        if (lines[i].about && commented == n)
            commented = i;
    }
    return commented;
}

static void set_one(struct str *out, const char *data, size_t size, const char *keyword, const char *value)
{
    size_t n, global, at;
    struct edited *lines = split(data, size, &n);
    bool insert;

    for (global = 0; global < n && !begins_match(&lines[global]); global++)
        look_at(&lines[global], keyword, value);
    at = best_line(lines, global, &insert);
    for (size_t i = 0; i < n; i++) {
        if (i == global && at == global)
            str_addf(out, "%s %s\n", keyword, value);
        if (i == at && !insert) {
            str_addf(out, "%s %s\n", keyword, value);
            continue;
        }
        if (i < global && lines[i].about && lines[i].active)
            str_addc(out, '#');
        str_addn(out, lines[i].s, lines[i].n);
        str_addc(out, '\n');
        if (i == at && i < global)
            str_addf(out, "%s %s\n", keyword, value);
    }
    if (at == n)
        str_addf(out, "%s %s\n", keyword, value);
    free(lines);
}

void set_directives(struct str *out, const char *data, size_t n, const json_t *set)
{
    AUTO(str_drop) struct str text = {0};
    const char *keyword;
    json_t *value;

    str_addn(&text, data, n);
    json_object_foreach((json_t *)set, keyword, value)
    {
        AUTO(str_drop) struct str next = {0};

        if (!json_is_string(value) || !*keyword)
            continue;
        set_one(&next, str_text(&text), text.len, keyword, json_string_value(value));
        str_clear(&text);
        str_addn(&text, str_text(&next), next.len);
    }
    str_addn(out, str_text(&text), text.len);
}
