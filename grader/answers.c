/* SPDX-License-Identifier: MIT */
/*
 * answers.yaml: writing the empty sheet, and reading what came back. A key per question; its value is a text, a list of
 * texts, or nothing. Reading forgives what people do to a sheet and YAML allows, and nothing that could mean two things.
 */
#include "grader/answers.h"
#include "grader/types.h"

#include <string.h>

/* ---- reading ---- */

static bool is_blank(const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t n = strcspn(text + i, "\n");
        size_t lead = strspn(text + i, " \t\r");
        if (lead < n && text[i + lead] != '#')
            return false;
        i += n + 1;
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
    bool null = !node->quoted && (!*node->text || text_same(node->text, "~") || text_same(node->text, "null"));
    if (!null)
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
            "the answer to \"%s\" must be a text or a list of texts, got a map: put quotes around a text with \": \" in it",
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
        node_error(diags, node, "wrong-kind", "expected one line per question such as \"who: chaos\"");
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

/* ---- the sheet ---- */

/* Comment lines of at most 100 columns. */
static void add_comment(struct str *out, const char *lead, const char *text)
{
    size_t column = 0;
    while (*text) {
        text += strspn(text, " \n");
        size_t n = strcspn(text, " \n");
        if (!n)
            break;
        if (!column || column + 1 + n > 100) {
            str_addf(out, "%s# %s", column ? "\n" : "", column ? "   " : lead);
            column = strlen(lead) + 2;
        } else {
            str_addc(out, ' ');
            column++;
        }
        str_addn(out, text, n);
        column += n;
        text += n;
    }
    if (column)
        str_addc(out, '\n');
}

void answers_sheet(const struct rubric *rubric, const char *language, struct str *out)
{
    AUTO(arena_drop) struct arena arena = {0};
    const struct question *q = rubric->questions.items;
    add_comment(out, "", arena_printf(&arena, "%s", local_text_get(&rubric->scenario->title, language)));
    str_add(out, "#\n# Write each answer behind its key; a list as [one, two]. Leave open what you do not know.\n"
                 "# `cafelab check` says whether this file can be read, not whether it is right.\n");
    for (size_t i = 0; i < rubric->questions.n; i++) {
        str_addc(out, '\n');
        add_comment(
            out, "",
            arena_printf(&arena, "%zu. %s (%lld points)", i + 1, local_text_get(&q[i].ask, language), (long long)q[i].points));
        AUTO(str_drop) struct str says = {0};
        str_addf(&says, "%s", q[i].type->says);
        for (size_t j = 0; j < q[i].options.n; j++)
            str_addf(&says, "%s%s", j ? ", " : ": ", q[i].options.list[j]);
        add_comment(out, "   ", str_text(&says));
        str_addf(out, "%s:\n", q[i].id);
    }
}

void questions_text(const struct rubric *rubric, const char *language, struct str *out)
{
    const struct question *q = rubric->questions.items;
    for (size_t i = 0; i < rubric->questions.n; i++) {
        str_addf(out, "%zu. %s `%s`, %lld points", i + 1, local_text_get(&q[i].ask, language), q[i].id, (long long)q[i].points);
        if (q[i].hints.n)
            str_addf(out, ", %zu hint%s", q[i].hints.n, q[i].hints.n == 1 ? "" : "s");
        str_addc(out, '\n');
    }
}

bool answers_for_play(const struct play *p, const char *language, struct str *answers, struct str *questions, struct err *e)
{
    struct rubric *rubric = rubric_fill(p->scenario, play_lookup, (void *)p, e);
    if (!rubric)
        return false;
    answers_sheet(rubric, language, answers);
    questions_text(rubric, language, questions);
    rubric_free(&rubric);
    return true;
}
