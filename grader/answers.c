/* SPDX-License-Identifier: MIT */
/*
 * Reading answers.yaml. A key per question; its value is a text, a list of texts, or nothing. What people do to a sheet
 * and YAML allows is forgiven, and nothing that could mean two things.
 */
#include "grader/answers.h"
#include "grader/types.h"

static bool is_blank(const char *text, size_t len)
{
    bool comment = false;
    for (size_t i = 0; i < len; i++) {
        comment = text[i] == '\n' ? false : comment || text[i] == '#';
        if (!comment && text[i] != ' ' && text[i] != '\t' && text[i] != '\r' && text[i] != '\n')
            return false;
    }
    return true;
}

static bool add_text(struct diags *diags, const struct node *node, const char *id, struct texts *out)
{
    if (node->kind != NODE_TEXT) {
        node_error(diags, node, "wrong-kind", "the answer to \"%s\" must be a text or a list of texts, got a %s inside", id,
                   node->kind == NODE_MAP ? "map" : "list");
        return false;
    }
    bool null = !node->quoted && (text_same(node->text, "~") || text_same(node->text, "null"));
    if (!null && !says_nothing(node->text) && !pair_is_untouched(node->text))
        out->list[out->n++] = node->text;
    return true;
}

static bool read_answer(struct arena *arena, struct diags *diags, const struct pair *pair, struct answer *out)
{
    const struct node *value = pair->value;
    *out = (struct answer){
        pair->key->text, pair->key->at, {NULL, 0}
    };
    if (value->kind == NODE_MAP) {
        node_error(
            diags, value, "wrong-kind",
            "the answer to \"%s\" must be a text or a list of texts, got a map: put quotes around a text with \": \" in it, "
            "and | behind the key of many lines",
            pair->key->text);
        return false;
    }
    bool good = true;
    size_t n = value->kind == NODE_LIST ? value->n : 1;
    out->given.list = arena_alloc(arena, (n + 1) * sizeof(*out->given.list));
    for (size_t i = 0; i < n; i++)
        good &= add_text(diags, value->kind == NODE_LIST ? value->items[i] : value, pair->key->text, &out->given);
    return good;
}

bool answers_read(const char *file, const char *text, size_t len, struct answers *out, struct diags *diags)
{
    if (len > ANSWERS_MAX_BYTES) {
        diag_error(diags, (struct src_pos){file, 0, 0}, 1, "too-big", "%zu bytes are no sheet of answers: at most %u", len,
                   ANSWERS_MAX_BYTES);
        return false;
    }
    if (is_blank(text, len))
        return true;
    size_t before = diags->n_errors;
    const struct node *node = yaml_read(&out->arena, arena_dup(&out->arena, file), text, len, diags);
    if (!node || diags->n_errors > before)
        return false;
    if (node->kind != NODE_MAP) {
        node_error(diags, node, "wrong-kind", "expected one line per question such as \"who: frank\"");
        return false;
    }
    out->list = arena_alloc(&out->arena, (node->n + 1) * sizeof(*out->list));
    bool good = true;
    for (size_t i = 0; i < node->n; i++)
        good &= read_answer(&out->arena, diags, &node->pairs[i], &out->list[out->n++]);
    return good;
}

const struct texts *answers_find(const struct answers *a, const char *id)
{
    static const struct texts none = {NULL, 0};
    for (size_t i = 0; i < a->n; i++)
        if (text_same(a->list[i].id, id))
            return &a->list[i].given;
    return &none;
}

void answers_drop(struct answers *a)
{
    arena_drop(&a->arena);
    *a = (struct answers){0};
}
