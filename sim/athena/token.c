/* SPDX-License-Identifier: MIT */
/* The tokenizer: comments and blanks go, everything else keeps its place. */
#include "sim/athena/token.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct cursor {
    const char *p, *end, *line_start;
    uint32_t line;
};

static bool is_word_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_word_start(c) || is_digit(c);
}

static uint32_t column_of(const struct cursor *c, const char *p)
{
    uint32_t n = 1;
    for (const char *q = c->line_start; q < p; q++)
        n += (*q & 0xc0) != 0x80;
    return n;
}

static bool wrong_at(const struct cursor *c, const char *p, struct err *e, const char *what)
{
    return err_set(e, "line %u:%u: %s", c->line, column_of(c, p), what);
}

/* Blanks and comments. */
static bool skip_between(struct cursor *c, struct err *e)
{
    while (c->p < c->end) {
        const char *begin = c->p;
        if (*c->p == '\n') {
            c->line++;
            c->line_start = ++c->p;
        } else if (*c->p == ' ' || *c->p == '\t' || *c->p == '\r' || *c->p == '\f' || *c->p == '\v') {
            c->p++;
        } else if (c->end - c->p > 1 && c->p[0] == '-' && c->p[1] == '-') {
            while (c->p < c->end && *c->p != '\n')
                c->p++;
        } else if (c->end - c->p > 1 && c->p[0] == '/' && c->p[1] == '*') {
            struct cursor start = *c;
            for (c->p += 2; c->p < c->end && !(c->p[-1] == '*' && *c->p == '/' && c->p - begin > 2); c->p++)
                if (*c->p == '\n') {
                    c->line++;
                    c->line_start = c->p + 1;
                }
            if (c->p == c->end)
                return wrong_at(&start, begin, e, "mismatched input '/*': a comment that never ends");
            c->p++;
        } else
            return true;
    }
    return true;
}

/* From an opening quote to behind the closing one; a doubled quote stands for itself. */
static bool read_quoted(struct cursor *c, char quote, struct err *e)
{
    struct cursor start = *c;
    for (c->p++; c->p < c->end; c->p++) {
        if (*c->p == '\n') {
            c->line++;
            c->line_start = c->p + 1;
        }
        if (*c->p != quote)
            continue;
        if (c->p + 1 < c->end && c->p[1] == quote)
            c->p++;
        else {
            c->p++;
            return true;
        }
    }
    return wrong_at(&start, start.p, e,
                    quote == '\'' ? "mismatched input ''': a text that never ends" : "a quoted name that never ends");
}

static void read_number(struct cursor *c)
{
    while (c->p < c->end && is_digit(*c->p))
        c->p++;
    if (c->p < c->end && *c->p == '.')
        for (c->p++; c->p < c->end && is_digit(*c->p);)
            c->p++;
    const char *exponent = c->p;
    if (c->p < c->end && (*c->p == 'e' || *c->p == 'E')) {
        c->p++;
        c->p += c->p < c->end && (*c->p == '+' || *c->p == '-');
        if (c->p < c->end && is_digit(*c->p))
            while (c->p < c->end && is_digit(*c->p))
                c->p++;
        else
            c->p = exponent;
    }
}

static bool read_mark(struct cursor *c, struct err *e)
{
    static const char *const marks[] = {"<>", "!=", "<=", ">=", "||", "->", "(", ")", ",", ".", "[", "]", "+",
                                        "-",  "*",  "/",  "%",  "=",  "<",  ">", ":", ";", "?", "{", "}"};
    for (size_t i = 0; i < COUNT(marks); i++)
        if (strlen(marks[i]) <= (size_t)(c->end - c->p) && !memcmp(c->p, marks[i], strlen(marks[i]))) {
            c->p += strlen(marks[i]);
            return true;
        }
    AUTO(str_drop) struct str what = {0};
    size_t n = 1;
    while (c->p + n < c->end && (c->p[n] & 0xc0) == 0x80)
        n++;
    str_add(&what, "mismatched input '");
    char one[5] = "";
    memcpy(one, c->p, n < 4 ? n : 4);
    str_add_log(&what, one);
    str_add(&what, "'");
    return wrong_at(c, c->p, e, str_text(&what));
}

static bool read_token(struct cursor *c, enum token_kind *kind, struct err *e)
{
    if (is_word_start(*c->p)) {
        while (c->p < c->end && is_word(*c->p))
            c->p++;
        *kind = TOKEN_WORD;
        return true;
    }
    if (is_digit(*c->p) || (*c->p == '.' && c->p + 1 < c->end && is_digit(c->p[1]))) {
        read_number(c);
        *kind = TOKEN_NUMBER;
        return true;
    }
    *kind = *c->p == '"' ? TOKEN_QUOTED : *c->p == '`' ? TOKEN_TICKED : *c->p == '\'' ? TOKEN_TEXT : TOKEN_MARK;
    return *kind == TOKEN_MARK ? read_mark(c, e) : read_quoted(c, *c->p, e);
}

bool tokens_read(struct tokens *t, const char *sql, size_t n, struct err *e)
{
    *t = (struct tokens){.sql = sql};
    struct cursor c = {sql, sql + n, sql, 1};
    if (n > SQL_MAX)
        return err_set(e, "the query is too long: expected at most %u bytes", SQL_MAX);
    if (memchr(sql, 0, n) || !text_utf8(sql, n))
        return err_set(e, "the query is not UTF-8 text");
    for (;;) {
        struct token token = {TOKEN_END, 0, 0, c.line, column_of(&c, c.p)}; /* the end is where the last token ends */
        if (!skip_between(&c, e))
            return false;
        const char *begin = c.p;
        if (c.p < c.end) {
            token.line = c.line;
            token.col = column_of(&c, begin);
            if (!read_token(&c, &token.kind, e))
                return false;
        }
        token.at = (uint32_t)(begin - sql);
        token.len = (uint32_t)(c.p - begin);
        *GROW(t->items, t->n, t->cap) = token;
        if (token.kind == TOKEN_END)
            return true;
    }
}

void tokens_drop(struct tokens *t)
{
    free(t->items);
    *t = (struct tokens){0};
}

const struct token *token_at(const struct tokens *t, size_t i)
{
    return &t->items[i < t->n ? i : t->n - 1];
}

bool token_is(const struct tokens *t, size_t i, const char *word)
{
    const struct token *token = token_at(t, i);
    return (token->kind == TOKEN_WORD || token->kind == TOKEN_MARK) && strlen(word) == token->len &&
           !strncasecmp(t->sql + token->at, word, token->len);
}

bool token_is_name(const struct tokens *t, size_t i)
{
    enum token_kind kind = token_at(t, i)->kind;
    return kind == TOKEN_WORD || kind == TOKEN_QUOTED;
}

char *token_text(const struct tokens *t, size_t i, struct arena *arena)
{
    const struct token *token = token_at(t, i);
    const char *s = t->sql + token->at;
    if (token->kind != TOKEN_QUOTED && token->kind != TOKEN_TICKED && token->kind != TOKEN_TEXT)
        return arena_dupn(arena, s, token->len);
    char *text = arena_dupn(arena, s + 1, token->len - 2), *to = text;
    for (char *from = text; *from; *to++ = *from++)
        if (from[0] == s[0] && from[1] == s[0])
            from++;
    *to = 0;
    return text;
}

size_t token_close(const struct tokens *t, size_t i)
{
    size_t depth = 0;
    for (; i + 1 < t->n; i++) {
        if (token_is(t, i, "(") || token_is(t, i, "["))
            depth++;
        else if ((token_is(t, i, ")") || token_is(t, i, "]")) && --depth == 0)
            return i;
    }
    return t->n - 1;
}

bool token_mismatch(const struct tokens *t, size_t i, const char *expected, struct err *e)
{
    const struct token *token = token_at(t, i);
    AUTO(str_drop) struct str text = {0};
    AUTO(arena_drop) struct arena arena = {0};
    str_add_log(&text,
                token->kind == TOKEN_END ? "<EOF>" : arena_dupn(&arena, t->sql + token->at, token->len < 60 ? token->len : 60));
    return err_set(e, "line %u:%u: mismatched input '%s'%s%s", token->line, token->col, str_text(&text),
                   expected ? ". Expecting: " : "", expected ? expected : "");
}
