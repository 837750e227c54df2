/* SPDX-License-Identifier: MIT */
/*
 * One YAML document turned into nodes. Built from libyaml's events, where anchors, aliases, tags and further documents
 * can all be seen and refused with their place; nothing here knows what the text means.
 */
#include "sim/yaml/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct reader {
    yaml_parser_t parser;
    yaml_event_t event;
    struct arena *arena;
    struct diags *diags;
    const char *file;
    const char *text;
    size_t len, n_nodes;
    bool failed;  /* nothing more can be read */
    bool aliased; /* values are missing where aliases stand */
};

static struct src_pos place(const struct reader *r, yaml_mark_t mark)
{
    return (struct src_pos){r->file, (unsigned)mark.line + 1, (unsigned)mark.column + 1};
}

static void say(struct reader *r, yaml_mark_t mark, const char *rule, const char *message)
{
    diag_error(r->diags, place(r, mark), 1, rule, "%s", message);
}

static bool stop(struct reader *r, const char *rule, const char *message)
{
    say(r, r->event.start_mark, rule, message);
    r->failed = true;
    return false;
}

/* Where a byte stands that is no UTF-8: libyaml only counts how far it got. */
static struct src_pos place_of_byte(const struct reader *r, size_t offset)
{
    struct src_pos at = {r->file, 1, 1};

    for (size_t i = 0; i < offset && i < r->len; i++) {
        if (r->text[i] == '\n') {
            at.line++;
            at.col = 1;
        } else if (((unsigned char)r->text[i] & 0xc0) != 0x80)
            at.col++;
    }
    return at;
}

/* libyaml's own offset is that of the byte after it, now and then. */
static size_t first_bad_byte(const struct reader *r)
{
    size_t i = 0;

    while (i < r->len) {
        unsigned char c = (unsigned char)r->text[i];
        size_t n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
        if (n > r->len - i || (c && !text_utf8(r->text + i, n)))
            break;
        i += n;
    }
    return i;
}

static char char_at(const struct reader *r, yaml_mark_t mark)
{
    size_t characters = 0; /* which is what marks count */

    for (size_t i = 0; i < r->len; i++)
        if (((unsigned char)r->text[i] & 0xc0) != 0x80 && characters++ == mark.index)
            return r->text[i];
    return 0;
}

/* A text that was read as something else: a value after ": ", a block after ">", an anchor after "&". */
static bool is_about_text(const yaml_parser_t *p)
{
    static const char *const signs[] = {
        "mapping values are not allowed", "block scalar", "next token", "an alias", "an anchor", "a tag"};

    for (size_t i = 0; i < COUNT(signs); i++)
        if ((p->problem && strstr(p->problem, signs[i])) || (p->context && strstr(p->context, signs[i])))
            return true;
    return false;
}

/* Where a line of the text begins; its end when there are fewer. */
static const char *line_at(const struct reader *r, size_t line)
{
    const char *s = r->text, *end = r->text + r->len;
    for (const char *stop; line && s < end && (stop = memchr(s, '\n', (size_t)(end - s))); line--)
        s = stop + 1;
    return line ? end : s;
}

/* How many bytes from here on, before the text ends, are of the set. */
static size_t run_of(const struct reader *r, const char *s, const char *set)
{
    const char *at = s;
    while (at < r->text + r->len && *at && strchr(set, *at))
        at++;
    return (size_t)(at - s);
}

/* "name: Rosa" and then "  user: rosa", further in: the key of the second is taken for more of the first's text. */
static bool is_too_deep(const struct reader *r, yaml_mark_t colon)
{
    if (!colon.line)
        return false;
    const char *s = line_at(r, colon.line), *above = line_at(r, colon.line - 1), *end = above;
    while (end < r->text + r->len && *end != '\n' && *end != '\r')
        end++;
    size_t blanks = run_of(r, s, " "), word = run_of(r, s + blanks, ALPHABET_ALNUM "_-"), in = run_of(r, above, " -");
    return blanks + word == colon.column && blanks > in && above + in < end && above[in] != '#' && end[-1] != ':';
}

static bool say_plainly(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    yaml_mark_t key = p->problem_mark;
    if (p->problem && strstr(p->problem, "mapping values are not allowed") && is_too_deep(r, key)) {
        key.column = run_of(r, line_at(r, key.line), " ");
        say(r, key, "syntax",
            "this line begins further in than the one above it, which has its value already: expected it to begin where that "
            "does");
        return true;
    }
    if (p->context && strstr(p->context, "simple key") && p->problem && strstr(p->problem, "expected ':'")) {
        say(r, p->context_mark, "syntax", "expected \"key: value\" here, with a colon and a blank behind the key");
        return true;
    }
    return false;
}

/* libyaml's sentences, but for those that nobody understands. */
static void say_syntax(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    AUTO(str_drop) struct str text = {0};

    if (p->error == YAML_READER_ERROR) {
        bool control = strstr(p->problem, "control");
        diag_error(r->diags, place_of_byte(r, control ? p->problem_offset : first_bad_byte(r)), 1, "encoding", "%s",
                   control ? "control characters are not allowed" : "expected UTF-8, found a byte that is not");
        return;
    }
    if (p->error == YAML_SCANNER_ERROR && char_at(r, p->problem_mark) == '\t')
        return say(r, p->problem_mark, "syntax", "a tab cannot indent: use blanks");
    if (say_plainly(r))
        return;
    str_add(&text, p->problem ? p->problem : "cannot be read");
    if (p->context)
        str_addf(&text, " %s", p->context);
    if (p->context && p->context_mark.line != p->problem_mark.line)
        str_addf(&text, " that begins on line %zu", p->context_mark.line + 1);
    if (p->context && strstr(p->context, "block") && p->problem && strstr(p->problem, "did not find expected"))
        str_add(&text, " (is a quote left open, or a line indented otherwise than those around it?)");
    if (p->context && strstr(p->context, "flow") && p->problem && strstr(p->problem, "did not find expected"))
        str_add(&text, " (is a quote or a bracket left open, or a text with , or : in it not in quotes?)");
    if (is_about_text(p))
        str_add(&text, " (a text that holds \": \" or begins with a sign such as * & ! > | @ % needs quotes)");
    say(r, p->problem_mark, "syntax", str_text(&text));
}

static bool next(struct reader *r)
{
    if (r->failed)
        return false;
    yaml_event_delete(&r->event);
    if (yaml_parser_parse(&r->parser, &r->event))
        return true;
    say_syntax(r);
    r->failed = true;
    return false;
}

static unsigned width_of(const yaml_event_t *event)
{
    if (event->start_mark.line != event->end_mark.line || event->end_mark.column <= event->start_mark.column)
        return 1;
    return (unsigned)(event->end_mark.column - event->start_mark.column);
}

static struct node *new_node(struct reader *r, enum node_kind kind)
{
    if (++r->n_nodes > YAML_MAX_NODES) {
        stop(r, "too-large", "too many values in one file");
        return NULL;
    }
    struct node *node = arena_alloc(r->arena, sizeof(*node));
    node->kind = kind;
    node->at = place(r, r->event.start_mark);
    node->width = kind == NODE_TEXT ? width_of(&r->event) : 1;
    return node;
}

static struct node *read_node(struct reader *r, unsigned depth);

static struct node *read_text(struct reader *r)
{
    struct node *node = new_node(r, NODE_TEXT);
    if (!node)
        return NULL;
    const char *value = (const char *)r->event.data.scalar.value;
    if (strlen(value) != r->event.data.scalar.length)
        node_error(r->diags, node, "nul", "a text may not hold a NUL character");
    node->text = arena_dup(r->arena, value);
    node->quoted = r->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return node;
}

static struct node *read_list(struct reader *r, unsigned depth)
{
    struct node *node = new_node(r, NODE_LIST);
    struct node **items = NULL;
    size_t n = 0, cap = 0;
    while (node && next(r) && r->event.type != YAML_SEQUENCE_END_EVENT) {
        struct node *item = read_node(r, depth + 1);
        if (item)
            *GROW(items, n, cap) = item;
    }
    if (node && n) {
        node->items = arena_alloc(r->arena, n * sizeof(*items));
        memcpy(node->items, items, n * sizeof(*items));
        node->n = n;
    }
    free(items);
    return node;
}

static bool is_duplicate(struct reader *r, const struct pair *pairs, size_t n, const struct node *key)
{
    for (size_t i = 0; i < n; i++)
        if (text_same(pairs[i].key->text, key->text)) {
            node_error(r->diags, key, "duplicate-key", "duplicate key \"%s\": the first is on line %u", key->text,
                       pairs[i].key->at.line);
            return true;
        }
    return false;
}

/* {{ name }} without quotes is a map whose key is a map, to YAML. */
static bool is_reference(const struct node *key)
{
    return key->kind == NODE_MAP && key->n == 1 && node_is_null(key->pairs[0].value);
}

static void say_bad_key(struct reader *r, const struct node *key)
{
    if (is_reference(key))
        node_error(r->diags, key, "bad-key", "a reference needs quotes: expected \"{{ %s }}\"", key->pairs[0].key->text);
    else
        node_error(r->diags, key, "bad-key", "expected a plain key, got a %s", key->kind == NODE_LIST ? "list" : "map");
}

/* It was told; from here on the map is what was meant. */
static void take_as_reference(struct reader *r, struct node *node, const struct node *key)
{
    node->kind = NODE_TEXT;
    node->text = arena_printf(r->arena, "{{ %s }}", key->pairs[0].key->text);
    node->quoted = true;
}

static struct node *read_map(struct reader *r, unsigned depth)
{
    struct node *node = new_node(r, NODE_MAP), *bad = NULL;
    struct pair *pairs = NULL;
    size_t n = 0, cap = 0;
    while (node && next(r) && r->event.type != YAML_MAPPING_END_EVENT) {
        struct node *key = read_node(r, depth + 1);
        if (key && key->kind != NODE_TEXT) {
            say_bad_key(r, key);
            bad = key;
            key = NULL;
        }
        struct node *value = next(r) ? read_node(r, depth + 1) : NULL;
        if (key && value && !is_duplicate(r, pairs, n, key))
            *GROW(pairs, n, cap) = (struct pair){key, value};
        if (n > YAML_MAX_KEYS)
            stop(r, "too-large", "too many keys in one map");
    }
    if (node && n) {
        node->pairs = arena_alloc(r->arena, n * sizeof(*pairs));
        memcpy(node->pairs, pairs, n * sizeof(*pairs));
        node->n = n;
    } else if (node && bad && is_reference(bad))
        take_as_reference(r, node, bad);
    free(pairs);
    return node;
}

/* A tag asks for a type; the tables know which type is meant. */
static void check_tag(struct reader *r, const yaml_char_t *tag, const yaml_char_t *anchor)
{
    if (tag)
        say(r, r->event.start_mark, "tag", "tags are not supported: write a plain value");
    if (anchor)
        say(r, r->event.start_mark, "anchor", "anchors are not supported: write the value again");
}

/* The node whose first event is the current one. */
static struct node *read_node(struct reader *r, unsigned depth)
{
    if (depth > YAML_MAX_DEPTH) {
        stop(r, "too-deep", "nested too deep");
        return NULL;
    }
    switch (r->event.type) {
    case YAML_SCALAR_EVENT: check_tag(r, r->event.data.scalar.tag, r->event.data.scalar.anchor); return read_text(r);
    case YAML_SEQUENCE_START_EVENT:
        check_tag(r, r->event.data.sequence_start.tag, r->event.data.sequence_start.anchor);
        return read_list(r, depth);
    case YAML_MAPPING_START_EVENT:
        check_tag(r, r->event.data.mapping_start.tag, r->event.data.mapping_start.anchor);
        return read_map(r, depth);
    case YAML_ALIAS_EVENT:
        say(r, r->event.start_mark, "alias", "aliases are not supported: write the value again");
        r->aliased = true;
        return NULL;
    default: return NULL;
    }
}

static struct node *read_document(struct reader *r)
{
    if (!next(r) || !next(r)) /* stream start, document start */
        return NULL;
    if (r->event.type == YAML_STREAM_END_EVENT) {
        diag_error(r->diags, (struct src_pos){r->file, 1, 1}, 1, "empty", "the file is empty");
        return NULL;
    }
    struct node *node = next(r) ? read_node(r, 0) : NULL;
    if (!node || !next(r) || !next(r)) /* document end, then stream end */
        return node;
    if (r->event.type != YAML_STREAM_END_EVENT)
        stop(r, "documents", "expected one document, found another");
    return node;
}

struct node *yaml_read(struct arena *arena, const char *file, const char *text, size_t len, struct diags *diags)
{
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { /* Windows editors begin with it */
        text += 3;
        len -= 3;
    }
    diag_source(diags, file, text, len < YAML_MAX_BYTES ? len : YAML_MAX_BYTES);
    if (len > YAML_MAX_BYTES) {
        diag_error(diags, (struct src_pos){file, 0, 0}, 1, "too-large", "larger than %u KiB", YAML_MAX_BYTES >> 10);
        return NULL;
    }
    struct reader r = {.arena = arena, .diags = diags, .file = arena_dup(arena, file), .text = text, .len = len};
    if (!yaml_parser_initialize(&r.parser))
        abort();
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    struct node *node = read_document(&r);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    return r.failed || r.aliased ? NULL : node; /* what is left of it would only be told as missing */
}

const struct node *node_get(const struct node *map, const char *key)
{
    for (size_t i = 0; map && map->kind == NODE_MAP && i < map->n; i++)
        if (text_same(map->pairs[i].key->text, key))
            return map->pairs[i].value;
    return NULL;
}

/* ---- to JSON, by YAML 1.2's core schema ---- */

static bool one_of(const char *s, const char *const *words)
{
    while (*words && strcmp(*words, s) != 0)
        words++;
    return *words;
}

bool node_is_null(const struct node *node)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    return node->kind == NODE_TEXT && !node->quoted && one_of(node->text, nulls);
}

static json_t *scalar_json(const struct node *node)
{
    static const char *const yes[] = {"true", "True", "TRUE", NULL}, *const no[] = {"false", "False", "FALSE", NULL};
    const char *s = node->text;
    if (node_is_null(node))
        return json_null();
    if (!node->quoted) {
        if (one_of(s, yes) || one_of(s, no))
            return json_boolean(one_of(s, yes));
        size_t sign = s[0] == '-', digits = strspn(s + sign, ALPHABET_DIGITS);
        if (digits && digits < 18 && !s[sign + digits] && (digits == 1 || s[sign] != '0'))
            return json_integer(strtoll(s, NULL, 10));
    }
    return json_clean(s);
}

json_t *node_json(const struct node *node)
{
    if (node->kind == NODE_TEXT)
        return scalar_json(node);
    json_t *value = node->kind == NODE_LIST ? json_array() : json_object();
    for (size_t i = 0; i < node->n; i++)
        if (node->kind == NODE_LIST)
            json_array_append_new(value, node_json(node->items[i]));
        else
            json_put(value, node->pairs[i].key->text, node_json(node->pairs[i].value));
    return value;
}
