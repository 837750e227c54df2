/* SPDX-License-Identifier: MIT */
/*
 * A command line read as bash reads it, as far as people at a prompt and their scripts go: pipelines, && || ; &, groups and
 * subshells, if, for, while and until, redirections, quotes, substitutions, comments. The rest is refused by name.
 */
#include "sim/host/shell.h"

#include <ctype.h>

#define MAX_NESTING 16
#define MAX_WORDS 2000 /* of a line */

struct parser {
    struct arena *arena;
    const char *at, *why;
    unsigned line, nesting, words;
};

/* To the byte `until`, or to one of the words in `stops` (ends with NULL). */
static struct line_list *parse_list(struct parser *, char until, const char *const *stops);

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
    size_t word = strcspn(p->at, " \t\n;&|<>()"), n = *p->at && strchr("&|;", p->at[0]) && p->at[1] == p->at[0] ? 2 : 1;

    if (!p->why)
        p->why = *p->at == '\0' ? "syntax error: unexpected end of file"
                 : *p->at == '\n'
                     ? "syntax error near unexpected token `newline'"
                     : arena_printf(p->arena, "syntax error near unexpected token `%.*s'", (int)(word ? word : n), p->at);
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

/* A word where a command may begin, and what it would be there. */
static bool reserved(struct parser *p, const char *word)
{
    static const char *const unknown[] = {"case", "select", "function", "[[", "coproc"};
    static const char *const misplaced[] = {"do", "done", "then", "elif", "else", "fi", "esac", "}"};

    for (size_t i = 0; i < COUNT(unknown) && !p->why; i++)
        if (strcmp(unknown[i], word) == 0)
            p->why = arena_printf(p->arena, "%s: not part of this lab's shell", word);
    for (size_t i = 0; i < COUNT(misplaced) && !p->why; i++)
        if (strcmp(misplaced[i], word) == 0)
            p->why = arena_printf(p->arena, "syntax error near unexpected token `%s'", word);
    return p->why != NULL;
}

static bool at_word(struct parser *p, const char *word)
{
    skip(p);
    return text_starts(p->at, word) && is_meta(p->at[strlen(word)]);
}

static bool accept_word(struct parser *p, const char *word)
{
    bool there = at_word(p, word);

    p->at += there ? strlen(word) : 0;
    return there;
}

static bool expect_word(struct parser *p, const char *word)
{
    return accept_word(p, word) || (unexpected(p), false);
}

static void skip_lines(struct parser *p)
{
    while (skip(p), *p->at == '\n')
        p->at++, p->line++;
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
    simple->kind = close == ')' ? COMPOUND_SUBSHELL : COMPOUND_GROUP;
    simple->inner = parse_list(p, close, NULL);
    if (!simple->inner)
        return false;
    if (*p->at != close)
        return unexpected(p), false;
    p->at++;
    return true;
}

static bool parse_body(struct parser *p, struct simple *simple)
{
    static const char *const done[] = {"done", NULL};

    return expect_word(p, "do") && (simple->inner = parse_list(p, '\0', done)) && expect_word(p, "done");
}

static bool parse_for(struct parser *p, struct simple *simple)
{
    const char *name = take_word(p), *word;

    if (!name)
        return unexpected(p), false;
    if (name[strspn(name, ALPHABET_ALNUM "_")] || isdigit((unsigned char)*name))
        return p->why = arena_printf(p->arena, "`%s': not a valid identifier", name), false;
    simple->variable = name;
    skip_lines(p);
    if (accept_word(p, "in"))
        while (skip(p), !is_meta(*p->at))
            if (!(word = take_word(p)) || !add_word(p, simple, word))
                return false;
    skip(p);
    p->at += *p->at == ';';
    skip_lines(p);
    return parse_body(p, simple);
}

static bool parse_while(struct parser *p, struct simple *simple)
{
    static const char *const then[] = {"do", NULL};

    simple->test = parse_list(p, '\0', then);
    return simple->test && parse_body(p, simple);
}

/* What stands after elif is an if of its own, which the same fi ends. */
static struct line_list *parse_elif(struct parser *p);

static bool parse_if(struct parser *p, struct simple *simple)
{
    static const char *const then[] = {"then", NULL}, *const ends[] = {"elif", "else", "fi", NULL}, *const fi[] = {"fi", NULL};

    simple->kind = COMPOUND_IF;
    simple->test = parse_list(p, '\0', then);
    if (!simple->test || !expect_word(p, "then"))
        return false;
    simple->inner = parse_list(p, '\0', ends);
    if (!simple->inner)
        return false;
    if (accept_word(p, "elif"))
        return (simple->other = parse_elif(p)) != NULL;
    if (accept_word(p, "else") && !(simple->other = parse_list(p, '\0', fi)))
        return false;
    return expect_word(p, "fi");
}

static struct line_list *parse_elif(struct parser *p)
{
    struct line_list *list = arena_alloc(p->arena, sizeof(*list));
    struct simple *simple = arena_alloc(p->arena, sizeof(*simple));

    list->first = arena_alloc(p->arena, sizeof(*list->first));
    list->first->first = simple;
    simple->line = p->line;
    if (++p->nesting > MAX_NESTING)
        return p->why = "nested too deep", NULL;
    bool good = parse_if(p, simple);
    p->nesting--;
    return good ? list : NULL;
}

/* False: there is none, or it is wrong (then p->why). */
static bool parse_compound(struct parser *p, struct simple *simple)
{
    static const struct {
        const char *word;
        enum compound kind;
        bool (*parse)(struct parser *, struct simple *);
    } rows[] = {
        {"if",    COMPOUND_IF,    parse_if   },
        {"while", COMPOUND_WHILE, parse_while},
        {"until", COMPOUND_UNTIL, parse_while},
        {"for",   COMPOUND_FOR,   parse_for  },
    };

    if (*p->at == '(' || (*p->at == '{' && is_meta(p->at[1])))
        return parse_group(p, simple);
    for (size_t i = 0; i < COUNT(rows); i++)
        if (accept_word(p, rows[i].word)) {
            simple->kind = rows[i].kind;
            return rows[i].parse(p, simple) || (unexpected(p), false);
        }
    return false;
}

static struct simple *parse_simple(struct parser *p)
{
    struct simple *simple = arena_alloc(p->arena, sizeof(*simple));

    skip(p);
    simple->line = p->line;
    if (!parse_compound(p, simple) && p->why)
        return NULL;
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
        skip_lines(p);
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
        skip_lines(p);
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

static bool at_stop(struct parser *p, const char *const *stops)
{
    for (; stops && *stops; stops++)
        if (at_word(p, *stops))
            return true;
    return false;
}

static struct line_list *parse_list(struct parser *p, char until, const char *const *stops)
{
    struct line_list *list = arena_alloc(p->arena, sizeof(*list));
    struct pipeline **end = &list->first;
    enum joined joined = JOIN_ALWAYS;
    bool more = true;

    if (++p->nesting > MAX_NESTING)
        return p->why = "nested too deep", NULL;
    while (more) {
        if (joined == JOIN_ALWAYS)
            skip_lines(p);
        if (joined == JOIN_ALWAYS && (*p->at == until || *p->at == '\0' || at_stop(p, stops)))
            break;
        *end = parse_pipeline(p);
        if (!*end)
            return NULL;
        (*end)->joined = joined;
        end = &(*end)->next;
        more = take_joint(p, &joined);
    }
    p->nesting--;
    if (stops && !list->first && at_stop(p, stops))
        return reserved(p, take_word(p)), NULL;
    if (stops ? !at_stop(p, stops) : *p->at != until || (until != '\0' && !list->first))
        return unexpected(p);
    return list;
}

struct line_list *shell_parse(struct arena *arena, const char *text, const char **why)
{
    struct parser p = {.arena = arena, .at = text, .line = 1};
    struct line_list *list = strlen(text) > LINE_MAX_BYTES ? NULL : parse_list(&p, '\0', NULL);

    *why = list ? NULL : p.why ? p.why : "line too long";
    return list;
}
