/* SPDX-License-Identifier: MIT */
/*
 * A command line read as bash reads it, as far as people at a prompt go: pipelines, && || ; &, groups and subshells,
 * redirections, quotes, substitutions, comments. Loops and conditions are refused by name.
 */
#include "sim/host/shell.h"

#include <ctype.h>
#include <stdlib.h>

#define MAX_NESTING 16
#define MAX_WORDS 2000 /* of a line */

struct parser {
    struct arena *arena;
    const char *at, *why;
    unsigned line, nesting, words;
};

static struct line_list *parse_list(struct parser *, char until);

/* ---- words ---- */

static const char *quote_end(const char *s);

/* Behind "$(": behind the end of the substitution, or NULL. Parentheses and quotes in it are balanced. */
static const char *paren_end(const char *s)
{
    unsigned depth = 1;

    for (; *s; s++) {
        if (*s == '\\' && s[1])
            s++;
        else if (*s == '\'' || *s == '"' || *s == '`') {
            s = quote_end(s);
            if (!s)
                return NULL;
            s--;
        } else if (*s == '(')
            depth++;
        else if (*s == ')' && --depth == 0)
            return s + 1;
    }
    return NULL;
}

/* At a quote: behind its end, or NULL. */
static const char *quote_end(const char *s)
{
    char quote = *s++;

    for (; *s && *s != quote; s++)
        if (quote != '\'' && *s == '\\' && s[1]) {
            s++;
        } else if (quote == '"' && *s == '$' && s[1] == '(') {
            s = paren_end(s + 2);
            if (!s)
                return NULL;
            s--;
        }
    return *s ? s + 1 : NULL;
}

static bool is_meta(char c)
{
    return c == '\0' || strchr(" \t\n;&|<>()", c);
}

static const char *word_end(struct parser *p, const char *s)
{
    while (!is_meta(*s)) {
        if (*s == '\\' && s[1]) {
            s += 2;
        } else if (*s == '$' && s[1] == '(') {
            s = paren_end(s + 2);
            if (!s)
                return p->why = "unexpected EOF while looking for matching `)'", NULL;
        } else if (*s == '\'' || *s == '"' || *s == '`') {
            const char *end = quote_end(s);

            if (!end) {
                p->why = arena_printf(p->arena, "unexpected EOF while looking for matching `%c'", *s);
                return NULL;
            }
            s = end;
        } else {
            s++;
        }
    }
    return s;
}

static void skip(struct parser *p)
{
    for (;;) {
        p->at += strspn(p->at, " \t\r");
        if (p->at[0] == '\\' && p->at[1] == '\n') {
            p->at += 2;
            p->line++;
        } else {
            break;
        }
    }
    if (*p->at == '#')
        p->at += strcspn(p->at, "\n");
}

static const char *take_word(struct parser *p)
{
    const char *end, *word;

    skip(p);
    end = word_end(p, p->at);
    if (!end || end == p->at)
        return NULL;
    word = arena_dupn(p->arena, p->at, (size_t)(end - p->at));
    p->at = end;
    return word;
}

static void *unexpected(struct parser *p)
{
    size_t n = *p->at && strchr("&|;", p->at[0]) && p->at[1] == p->at[0] ? 2 : 1;

    if (!p->why)
        p->why = *p->at == '\0'   ? "syntax error: unexpected end of file"
                 : *p->at == '\n' ? "syntax error near unexpected token `newline'"
                                  : arena_printf(p->arena, "syntax error near unexpected token `%.*s'", (int)n, p->at);
    return NULL;
}

/* ---- redirections ---- */

static bool at_redirect(const char *s)
{
    if (isdigit((unsigned char)*s))
        s++;
    return *s == '<' || *s == '>' || (*s == '&' && s[1] == '>');
}

static bool take_redirect(struct parser *p, struct simple *simple)
{
    struct redirect *r = arena_alloc(p->arena, sizeof(*r)), **end = &simple->redirects;
    int fd = isdigit((unsigned char)*p->at) ? *p->at++ - '0' : -1;

    if (text_starts(p->at, "&>"))
        r->kind = REDIRECT_BOTH, p->at += 2;
    else if (text_starts(p->at, "<<<"))
        r->kind = REDIRECT_TEXT, p->at += 3;
    else if (text_starts(p->at, "<<"))
        return p->why = "here-documents are not part of this lab's shell", false;
    else if (text_starts(p->at, ">>"))
        r->kind = REDIRECT_APPEND, p->at += 2;
    else if (text_starts(p->at, ">&") || text_starts(p->at, "<&"))
        r->kind = REDIRECT_DUP, p->at += 2;
    else
        r->kind = *p->at++ == '<' ? REDIRECT_IN : REDIRECT_OUT, p->at += *p->at == '|';
    r->fd = fd >= 0 ? fd : r->kind == REDIRECT_IN || r->kind == REDIRECT_TEXT ? 0 : 1;
    if (r->fd > 2)
        return p->why = arena_printf(p->arena, "%d: Bad file descriptor", r->fd), false;
    r->word = take_word(p);
    if (!r->word)
        return unexpected(p), false;
    if (r->kind == REDIRECT_DUP) {
        if (strcmp(r->word, "1") != 0 && strcmp(r->word, "2") != 0)
            return p->why = arena_printf(p->arena, "%s: ambiguous redirect", r->word), false;
        r->to = r->word[0] - '0';
    }
    while (*end)
        end = &(*end)->next;
    *end = r;
    return true;
}

/* ---- commands ---- */

static bool reserved(struct parser *p, const char *word)
{
    static const char *const words[] = {"if", "for", "while", "until", "case", "select", "function", "[[", "coproc"};

    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(words[i], word) == 0) {
            p->why = arena_printf(p->arena, "%s: not part of this lab's shell", word);
            return true;
        }
    return false;
}

static bool add_word(struct parser *p, struct simple *simple, const char *word)
{
    if (++p->words > MAX_WORDS)
        return p->why = "too many words", false;
    if (simple->n + 1 >= simple->cap) {
        size_t cap = simple->cap ? simple->cap * 2 : 8;
        const char **words = arena_alloc(p->arena, cap * sizeof(*words));

        if (simple->n)
            memcpy(words, simple->words, simple->n * sizeof(*words));
        simple->words = words;
        simple->cap = cap;
    }
    simple->words[simple->n++] = word;
    return true;
}

static bool parse_group(struct parser *p, struct simple *simple)
{
    char close = *p->at == '(' ? ')' : '}';

    p->at++;
    simple->subshell = close == ')';
    simple->inner = parse_list(p, close);
    if (!simple->inner)
        return false;
    if (*p->at != close)
        return unexpected(p), false;
    p->at++;
    return true;
}

static struct simple *parse_simple(struct parser *p)
{
    struct simple *simple = arena_alloc(p->arena, sizeof(*simple));

    skip(p);
    simple->line = p->line;
    if (*p->at == '(' || (*p->at == '{' && is_meta(p->at[1]))) {
        if (!parse_group(p, simple))
            return NULL;
    }
    for (;;) {
        skip(p);
        if (at_redirect(p->at)) {
            if (!take_redirect(p, simple))
                return NULL;
        } else if (simple->inner || is_meta(*p->at)) {
            break;
        } else {
            const char *word = take_word(p);

            if (!word || (simple->n == 0 && reserved(p, word)) || !add_word(p, simple, word))
                return NULL;
        }
    }
    if (!simple->n && !simple->inner && !simple->redirects)
        return unexpected(p);
    return simple;
}

static struct pipeline *parse_pipeline(struct parser *p)
{
    struct pipeline *pipeline = arena_alloc(p->arena, sizeof(*pipeline));
    struct simple **end = &pipeline->first;

    skip(p);
    if (*p->at == '!' && strchr(" \t", p->at[1]) && p->at[1]) {
        pipeline->negated = true;
        p->at++;
    }
    for (;;) {
        *end = parse_simple(p);
        if (!*end)
            return NULL;
        end = &(*end)->next;
        skip(p);
        if (p->at[0] != '|' || p->at[1] == '|')
            return pipeline;
        p->at += 1 + (p->at[1] == '&');
        while (skip(p), *p->at == '\n')
            p->at++, p->line++;
    }
}

/* The joint behind a pipeline; false when nothing joins on. */
static bool take_joint(struct parser *p, enum joined *ret_joined)
{
    skip(p);
    *ret_joined = JOIN_ALWAYS;
    if (text_starts(p->at, "&&") || text_starts(p->at, "||")) {
        *ret_joined = *p->at == '&' ? JOIN_AND : JOIN_OR;
        p->at += 2;
        while (skip(p), *p->at == '\n')
            p->at++, p->line++;
        return true;
    }
    if (*p->at == ';' && p->at[1] != ';') {
        p->at++;
        return true;
    }
    if (*p->at == '&' || *p->at == '\n') {
        p->line += *p->at == '\n';
        p->at++;
        return true;
    }
    return false;
}

static struct line_list *parse_list(struct parser *p, char until)
{
    struct line_list *list = arena_alloc(p->arena, sizeof(*list));
    struct pipeline **end = &list->first;
    enum joined joined = JOIN_ALWAYS;
    bool more = true;

    if (++p->nesting > MAX_NESTING)
        return p->why = "nested too deep", NULL;
    while (more) {
        while (joined == JOIN_ALWAYS && (skip(p), *p->at == '\n'))
            p->at++, p->line++;
        if (joined == JOIN_ALWAYS && (*p->at == until || *p->at == '\0'))
            break;
        *end = parse_pipeline(p);
        if (!*end)
            return NULL;
        (*end)->joined = joined;
        end = &(*end)->next;
        more = take_joint(p, &joined);
    }
    p->nesting--;
    if (*p->at != until || (until != '\0' && !list->first))
        return unexpected(p);
    return list;
}

struct line_list *shell_parse(struct arena *arena, const char *text, const char **why)
{
    struct parser p = {.arena = arena, .at = text, .line = 1};
    struct line_list *list = strlen(text) > LINE_MAX_BYTES ? NULL : parse_list(&p, '\0');

    *why = list ? NULL : p.why ? p.why : "line too long";
    return list;
}
