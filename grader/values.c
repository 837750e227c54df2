/* SPDX-License-Identifier: MIT */
/*
 * Values of checks: texts that may hold references while the author's file is linted, and must be what they are said to be
 * when they are literal or filled in.
 */
#include "grader/rubric.h"

#include <stdlib.h>
#include <string.h>

static const struct rubric_reader *reader_of(const struct decoder *d)
{
    return d->context;
}

bool decode_filled(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    return decode_text(d, node, field, out);
}

/* A text; `wrong` tells what it is not. */
static bool decode_as(struct decoder *d, const struct node *node, const struct field *field, void *out,
                      bool (*good)(struct decoder *, const char *), const char *rule, const char *example)
{
    const char *text = NULL;
    if (!decode_text(d, node, field, &text))
        return false;
    if (!still_open(text) && !good(d, text)) {
        node_error(d->diags, node, rule, "\"%s\": expected %s, got \"%s\"", field->key, example, text);
        return false;
    }
    *(const char **)out = text;
    return true;
}

static bool is_address(struct decoder *d, const char *s)
{
    (void)d;
    struct cidr c;
    return !strchr(s, '/') && cidr_parse(s, &c);
}

bool decode_address(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    return decode_as(d, node, field, out, is_address, "bad-address", "an address such as 192.0.2.7");
}

/* ---- names of the scenario ---- */

static bool is_kind(struct decoder *d, const struct node *node, const struct field *field, enum name_kind kind,
                    const char *called, const char **out)
{
    if (!decode_text(d, node, field, out))
        return false;
    if (still_open(*out) || scenario_name(reader_of(d)->scenario, *out, NULL) == kind)
        return true;
    node_error(d->diags, node, "dangling-reference", "\"%s\": \"%s\" is not %s of this scenario", field->key, *out, called);
    return false;
}

bool decode_server(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    return is_kind(d, node, field, NAME_SERVER, "a server", out);
}

bool decode_mark(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    return is_kind(d, node, field, NAME_MARK, "a mark", out);
}

bool decode_group(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    const struct rubric_reader *reader = reader_of(d);
    const char *name = NULL;
    if (node->kind == NODE_TEXT && text_starts(node->text, "sg-"))
        return decode_text(d, node, field, out);
    if (!is_kind(d, node, field, NAME_GROUP, "a security group", &name))
        return false;
    const char *id = reader->lookup && !still_open(name) ? reader->lookup(reader->context, name, "id") : name;
    if (!id) {
        node_error(d->diags, node, "no-value", "\"%s\": the security group \"%s\" has no id here", field->key, name);
        return false;
    }
    *(const char **)out = arena_dup(d->arena, id);
    return true;
}

/* The scenario mentions the name: as somebody's user, or anywhere in the texts of its timeline. */
static bool mentions(const struct node *node, const char *name)
{
    if (!node)
        return false;
    if (node->kind == NODE_TEXT)
        return strstr(node->text, name) != NULL;
    for (size_t i = 0; i < node->n; i++)
        if (mentions(node->kind == NODE_LIST ? node->items[i] : node->pairs[i].value, name))
            return true;
    return false;
}

static bool is_mentioned(struct decoder *d, const char *name)
{
    const struct scenario *s = reader_of(d)->scenario;
    const struct person *p = s->cast.items;
    for (size_t i = 0; i < s->cast.n; i++)
        if (text_same(p[i].user, name))
            return true;
    const struct server_spec *server = s->servers.items;
    for (size_t i = 0; i < s->servers.n; i++)
        if (text_same(server[i].login_user, name))
            return true;
    const struct step *step = s->timeline.items;
    for (size_t i = 0; i < s->timeline.n; i++) {
        if (mentions(step[i].with, name))
            return true;
        for (size_t j = 0; j < step[i].run.n; j++)
            if (strstr(step[i].run.list[j], name))
                return true;
    }
    return false;
}

static const char *user_meant(struct arena *arena, const struct scenario *s, const char *name)
{
    const struct person *p = s->cast.items;
    const char **users = arena_alloc(arena, (s->cast.n + 1) * sizeof(*users));
    size_t n = 0;
    for (size_t i = 0; i < s->cast.n; i++)
        if (p[i].user)
            users[n++] = p[i].user;
    users[n] = NULL;
    return arena_meant(arena, name, users);
}

bool decode_mentioned(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    const char *name = NULL;
    if (!decode_text(d, node, field, &name))
        return false;
    const struct scenario *s = reader_of(d)->scenario;
    bool lost = !s->timeline.n && d->diags->n_errors; /* the timeline: what became of it was told */
    if (!still_open(name) && !reader_of(d)->lookup && !lost && !is_mentioned(d, name)) {
        node_error(d->diags, node, "cannot-fail", "\"%s\": neither the cast nor the timeline knows \"%s\"%s", field->key, name,
                   user_meant(d->arena, s, name));
        return false;
    }
    *(const char **)out = name;
    return true;
}

/* ---- networks ---- */

bool decode_cidrs(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct texts *texts = out;
    bool good = decode_texts(d, node, field, texts);
    for (size_t i = 0; i < texts->n; i++) {
        const struct node *at = node->kind == NODE_LIST ? node->items[i] : node;
        const char *text = texts->list[i];
        struct cidr c;
        if (still_open(text) || text_starts(text, "sg-") || (cidr_parse(text, &c) && cidr_strict(&c)))
            continue;
        if (cidr_parse(text, &c))
            node_error(d->diags, at, "bad-cidr", "\"%s\": \"%s\" has bits set behind its prefix: expected %s", field->key, text,
                       cidr_network(d->arena, &c));
        else
            node_error(d->diags, at, "bad-cidr", "\"%s\": expected a network such as 192.0.2.0/24, got \"%s\"", field->key,
                       text);
        good = false;
    }
    return good;
}

/* ---- files ---- */

static bool is_path(struct decoder *d, const char *s)
{
    (void)d;
    return s[0] == '/' && s[1] && !strstr(s, "/../") && !strstr(s, "/./") && !strstr(s, "//") && !text_ends(s, "/..") &&
           !text_ends(s, "/") && strlen(s) < TREE_MAX_PATH;
}

bool decode_path(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    return decode_as(d, node, field, out, is_path, "bad-path", "an absolute path such as /etc/ssh/sshd_config");
}

bool decode_globs(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    struct texts *texts = out;
    bool good = decode_texts(d, node, field, texts);
    for (size_t i = 0; i < texts->n; i++)
        if (!still_open(texts->list[i]) && !is_path(d, texts->list[i])) {
            node_error(d->diags, node->kind == NODE_LIST ? node->items[i] : node, "bad-path",
                       "\"%s\": expected an absolute path such as /etc/ssh, got \"%s\"", field->key, texts->list[i]);
            good = false;
        }
    return good;
}

bool decode_pattern(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    const char *text = NULL;
    if (!decode_text(d, node, field, &text))
        return false;
    AUTO(str_drop) struct str why = {0};
    AUTO(pattern_drop) struct pattern *p = still_open(text) ? NULL : pattern_new(text, &why);
    if (!p && why.len) {
        node_error(d->diags, node, "bad-regex", "\"%s\": \"%s\" is no regular expression: %s", field->key, text,
                   str_text(&why));
        return false;
    }
    *(const char **)out = text;
    return true;
}

static bool is_sha256(struct decoder *d, const char *s)
{
    (void)d;
    return sha256_is_hex(s);
}

bool decode_sha256(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    return decode_as(d, node, field, out, is_sha256, "bad-hash", "64 small hexadecimal digits");
}

bool decode_mode(struct decoder *d, const struct node *node, const struct field *field, void *out)
{
    char *end = NULL;
    long mode = node->kind == NODE_TEXT ? strtol(node->text, &end, 8) : -1;
    if (node->kind != NODE_TEXT || end == node->text || *end || mode < 0 || mode > 07777) {
        node_error(d->diags, node, "wrong-value", "\"%s\": expected a mode such as \"0644\", got %s%s%s", field->key,
                   node->kind == NODE_TEXT ? "\"" : "", node->kind == NODE_TEXT ? node->text : "a list or a map",
                   node->kind == NODE_TEXT ? "\"" : "");
        return false;
    }
    *(int64_t *)out = mode;
    return true;
}
