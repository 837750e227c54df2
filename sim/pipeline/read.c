/* SPDX-License-Identifier: MIT */
/*
 * A line into words: blanks, '...', "...", backslashes, * ? [ and |, as in sh(1). Whatever else a shell does (variables,
 * substitutions, lists, redirections, braces, tildes, comments) is a mistake with its place, never taken as plain text: a line
 * that is accepted means to us what it means to the student's shell.
 */
#include "sim/pipeline/parts.h"

#include <string.h>

struct reading_line {
    struct arena *arena;
    const char *line;
    size_t at;
    struct err *e;
    struct str text, pattern; /* the word so far; the pattern has a backslash before what is meant literally */
    bool any, globs;
};

static void add(struct reading_line *r, char c, bool literal)
{
    str_addc(&r->text, c);
    if (literal && strchr("*?[]\\", c))
        str_addc(&r->pattern, '\\');
    str_addc(&r->pattern, c);
    r->any = true;
}

static bool is_expansion(const char *s)
{
    return s[0] == '`' || (s[0] == '$' && s[1] && strchr(ALPHABET_ALNUM "_{([?$!@*#-'\"", s[1]));
}

static bool refuse_expansion(struct reading_line *r)
{
    return err_set(r->e, "no variables and no $(...): nothing but the program's own text; '...' keeps a dollar sign as it is");
}

static bool read_single(struct reading_line *r)
{
    size_t start = r->at++;
    r->any = true;
    for (; r->line[r->at] && r->line[r->at] != '\''; r->at++)
        add(r, r->line[r->at], true);
    if (r->line[r->at++])
        return true;
    r->at = start;
    return err_set(r->e, "this ' has no end");
}

static bool read_double(struct reading_line *r)
{
    size_t start = r->at++;
    r->any = true;
    for (; r->line[r->at] && r->line[r->at] != '"'; r->at++) {
        const char *s = r->line + r->at;
        if (s[0] == '`' || (s[0] == '$' && s[1] != '"' && is_expansion(s)))
            return refuse_expansion(r);
        if (s[0] == '\\' && s[1] && strchr("\"\\$`", s[1]))
            r->at++;
        add(r, r->line[r->at], true);
    }
    if (r->line[r->at++])
        return true;
    r->at = start;
    return err_set(r->e, "this \" has no end");
}

/* What a shell would take for something of its own. */
static const char *shell_means(const char *s, bool first)
{
    switch (*s) {
    case ';':
    case '&':
        return s[0] == '&' && s[1] == '&' ? "\"&&\": one line is one chain of programs with | between them"
                                          : "one line is one chain of programs with | between them: no ; and no &";
    case '<':
    case '>': return "no redirections: programs read the files that they are given, and print";
    case '(':
    case ')': return "no subshells: a bracket needs quotes";
    case '{':
    case '}': return "a brace needs quotes";
    case '#': return first ? "a word that begins with # is a comment to a shell: it needs quotes" : NULL;
    case '~': return first ? "there is no home: files are named from the lab's folder" : NULL;
    case '!': return "an exclamation mark needs single quotes";
    default: return NULL;
    }
}

static bool read_plain(struct reading_line *r)
{
    const char *s = r->line + r->at, *why = shell_means(s, !r->any);
    if (why)
        return err_set(r->e, "%s", why);
    if (is_expansion(s))
        return refuse_expansion(r);
    if (*s == '\\') {
        if (!s[1] || s[1] == '\n')
            return err_set(r->e, "a backslash with nothing behind it");
        r->at++;
        add(r, s[1], true);
    } else {
        r->globs = r->globs || strchr("*?[", *s);
        add(r, *s, *s == ']' && !r->globs);
    }
    r->at++;
    return true;
}

static bool read_word(struct reading_line *r, struct word *out)
{
    str_clear(&r->text);
    str_clear(&r->pattern);
    r->any = r->globs = false;
    while (r->line[r->at] && !strchr(" \t\n|", r->line[r->at])) {
        char c = r->line[r->at];
        if ((unsigned char)c < 0x20 || c == 0x7f)
            return err_set(r->e, "control characters are not allowed");
        if (!(c == '\'' ? read_single(r) : c == '"' ? read_double(r) : read_plain(r)))
            return false;
    }
    out->text = arena_dup(r->arena, str_text(&r->text));
    out->pattern = r->globs ? arena_dup(r->arena, str_text(&r->pattern)) : NULL;
    out->end = r->at;
    return true;
}

static bool take_program(struct reading_line *r, struct segment *segment, const struct word *word, size_t start)
{
    const char *const *names = pipeline_programs();
    const char *meant = text_meant(word->text, names);
    segment->at = word->at;
    segment->end = word->end;
    if ((segment->program = program_named(word->text)))
        return true;
    r->at = start;
    if (meant)
        return err_set(r->e, "\"%s\" is no program of the list (did you mean \"%s\"?)", word->text, meant);
    AUTO(str_drop) struct str list = {0};
    for (size_t i = 0; names[i]; i++)
        str_addf(&list, "%s%s", i ? ", " : "", names[i]);
    return err_set(r->e, "\"%s\" is not run: expected one of %s", word->text, str_text(&list));
}

static bool take_word(struct reading_line *r, struct segment *segment, const struct word *word, size_t start)
{
    const char *refused = segment->program ? program_refuses(segment->program, word->text) : NULL;
    if (!segment->program)
        return take_program(r, segment, word, start);
    if (!refused && segment->n < MOST_WORDS) {
        segment->words[segment->n++] = *word;
        return true;
    }
    r->at = start;
    if (refused)
        return err_set(r->e, "%s %s is not run: a line only reads and prints", segment->program->name, refused);
    return err_set(r->e, "too many words: at most %d to a program", MOST_WORDS);
}

/* Where a word, a | or the end is: blanks; the line goes on behind a |. False at a line's end that is none of the text's. */
static bool skip_blanks(struct reading_line *r, bool behind_pipe)
{
    size_t start = r->at;
    r->at += strspn(r->line + r->at, " \t\n");
    const char *line_end = memchr(r->line + start, '\n', r->at - start);
    if (!line_end || behind_pipe || !r->line[r->at])
        return true;
    r->at = (size_t)(line_end - r->line);
    return err_set(r->e, "one line: it goes on in the next only behind a |");
}

static bool read_segment(struct reading_line *r, struct segment *segment)
{
    if (!skip_blanks(r, true))
        return false;
    while (r->line[r->at] && r->line[r->at] != '|') {
        size_t start = r->at;
        struct word word = {.at = start};
        if (!read_word(r, &word) || !take_word(r, segment, &word, start) || !skip_blanks(r, false))
            return false;
    }
    return segment->program || err_set(r->e, "expected a program here");
}

static bool read_line(struct reading_line *r, struct pipeline *p)
{
    if (strlen(r->line) > MOST_LINE)
        return err_set(r->e, "too long: at most %d bytes", MOST_LINE);
    for (;;) {
        if (p->n == MOST_SEGMENTS)
            return err_set(r->e, "too many programs: at most %d in a line", MOST_SEGMENTS);
        if (!read_segment(r, &p->segments[p->n++]))
            return false;
        if (!r->line[r->at])
            return true;
        if (r->line[++r->at] == '|')
            return err_set(r->e, "\"||\": one line is one chain of programs with | between them");
    }
}

struct pipeline *pipeline_read(struct arena *arena, const char *line, size_t *ret_at, struct err *e)
{
    struct reading_line r = {.arena = arena, .line = line, .e = e};
    struct pipeline *p = arena_alloc(arena, sizeof(*p));
    bool good = read_line(&r, p);
    str_drop(&r.text);
    str_drop(&r.pattern);
    if (ret_at)
        *ret_at = r.at;
    return good ? p : NULL;
}
