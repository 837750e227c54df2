/* SPDX-License-Identifier: MIT */
/* The debriefing's page behind the story: what is easily missed, techniques, questions with their answers, repairs. */
#include "grader/checks.h"
#include "grader/story/debrief_parts.h"
#include "grader/types.h"

static const char *say(const struct debriefing *d, enum told w)
{
    return told(d->language, w);
}

static void add_table(struct debriefing *d, const enum told *columns, size_t n)
{
    str_add(d->out, "<div class=\"scroll\"><table>\n<thead><tr>");
    for (size_t i = 0; i < n; i++)
        tell_element(d, "th scope=\"col\"", say(d, columns[i]));
    str_add(d->out, "</tr></thead>\n<tbody>\n");
}

static void end_table(struct debriefing *d)
{
    str_add(d->out, "</tbody></table></div>\n");
}

static void add_label(struct debriefing *d, enum told w)
{
    tell_element(d, "div class=\"name\"", say(d, w));
}

static const char *title_of_check(const struct debriefing *d, const char *id)
{
    const struct check *c = d->p->rubric->checks.items;
    for (size_t i = 0; i < d->p->rubric->checks.n; i++)
        if (text_same(c[i].id, id))
            return local_text_get(&c[i].title, d->language);
    return id;
}

static void add_check_titles(struct debriefing *d, const struct texts *ids)
{
    for (size_t i = 0; i < ids->n; i++) {
        str_add(d->out, i ? "; " : " ");
        str_add_html(d->out, title_of_check(d, ids->list[i]));
    }
}

/* ---- decoys ---- */

static void add_wrong(struct debriefing *d, size_t question)
{
    const struct question *q = (const struct question *)d->p->rubric->questions.items + question;
    const struct node *wrong = node_get(debrief_question_node(d, question), "wrong");
    for (size_t i = 0; i < q->n_wrong; i++) {
        str_add(d->out, "<tr>");
        if (!i) {
            str_addf(d->out, "<th scope=\"rowgroup\" rowspan=\"%zu\"><a href=\"#q-%s\">", q->n_wrong, q->id);
            str_add_html(d->out, local_text_get(&q->ask, d->language));
            str_add(d->out, "</a></th>");
        }
        str_add(d->out, "<td>");
        tell_element(d, "code", q->wrong[i].answer);
        if (wrong && wrong->kind == NODE_MAP && i < wrong->n)
            tell_steps_named(d, wrong->pairs[i].key, "<br>");
        str_add(d->out, "</td>");
        tell_element(d, "td", local_text_get(&q->wrong[i].says, d->language));
        str_add(d->out, "</tr>\n");
    }
}

static bool has_wrong(const struct debriefing *d)
{
    const struct question *q = d->p->rubric->questions.items;
    for (size_t i = 0; i < d->p->rubric->questions.n; i++)
        if (q[i].n_wrong)
            return true;
    return false;
}

/* Other repairs: those that cost something, or those that do not. */
static void add_repairs(struct debriefing *d, bool costly, enum told title)
{
    const struct repair *r = d->p->scenario->other_repairs.items;
    bool titled = false;
    for (size_t i = 0; i < d->p->scenario->other_repairs.n; i++) {
        if ((r[i].costs.n > 0) != costly)
            continue;
        if (!titled) {
            tell_element(d, "h3", say(d, title));
            str_add(d->out, "<ul>\n");
        }
        titled = true;
        str_add(d->out, "<li>");
        str_add_html(d->out, *local_text_get(&r[i].title, d->language) ? local_text_get(&r[i].title, d->language) : r[i].id);
        if (costly) {
            str_addf(d->out, ". <span class=\"name\">%s:</span>", say(d, TOLD_COSTS));
            add_check_titles(d, &r[i].costs);
        }
        str_add(d->out, "</li>\n");
    }
    if (titled)
        str_add(d->out, "</ul>\n");
}

void tell_decoys(struct debriefing *d)
{
    static const enum told columns[] = {TOLD_QUESTION, TOLD_WHOEVER_ANSWERS, TOLD_WHAT_SPEAKS_AGAINST};
    tell_heading(d, "decoys", TOLD_DECOYS);
    tell_element(d, "p", say(d, TOLD_DECOYS_ARE));
    if (has_wrong(d)) {
        add_table(d, columns, COUNT(columns));
        for (size_t i = 0; i < d->p->rubric->questions.n; i++)
            add_wrong(d, i);
        end_table(d);
    }
    add_repairs(d, true, TOLD_TOO_MUCH);
}

/* ---- techniques ---- */

static bool seen_before(const struct debriefing *d, size_t row)
{
    for (size_t i = 0; i < row; i++)
        if (text_same(d->p->rows[i].step->technique, d->p->rows[row].step->technique))
            return true;
    return false;
}

static void add_technique(struct debriefing *d, size_t row)
{
    const char *id = d->p->rows[row].step->technique;
    const struct technique *t = technique_find(id);
    bool another = false;
    str_addf(d->out, "<tr><th scope=\"row\"><a href=\"https://attack.mitre.org/techniques/%.5s%s%s/\">%s</a></th>", id,
             id[5] ? "/" : "", id[5] ? id + 6 : "", id);
    tell_element(d, "td", t ? t->name : "");
    tell_element(d, "td", t ? t->tactic : "");
    str_add(d->out, "<td>");
    for (size_t i = row; i < d->p->n; i++)
        if (text_same(d->p->rows[i].step->technique, id)) {
            str_addf(d->out, "%s<a href=\"#s%zu\">%zu</a>", another ? ", " : "", i + 1, i + 1);
            another = true;
        }
    str_add(d->out, "</td></tr>\n");
}

void tell_techniques(struct debriefing *d)
{
    static const enum told columns[] = {TOLD_TECHNIQUE, TOLD_NAME, TOLD_TACTIC, TOLD_STEPS};
    bool any = false;
    tell_heading(d, "techniques", TOLD_TECHNIQUES);
    for (size_t i = 0; i < d->p->n; i++) {
        if (!d->p->rows[i].step->technique || seen_before(d, i))
            continue;
        if (!any)
            add_table(d, columns, COUNT(columns));
        any = true;
        add_technique(d, i);
    }
    if (!any) {
        tell_element(d, "p", say(d, TOLD_NOTHING));
        return;
    }
    end_table(d);
    if (d->p->scenario->attack_version)
        tell_element(d, "p", arena_printf(&d->arena, "%s %s.", say(d, TOLD_VERSION), d->p->scenario->attack_version));
}

/* ---- questions ---- */

static void add_ways(struct debriefing *d, const struct method *m)
{
    bool sql = method_has(m, WAY_SQL), line = method_has(m, WAY_COMMAND);
    if (sql || line)
        add_label(d, TOLD_FOUND_WITH);
    if (sql)
        tell_element(d, "pre", tell_filled(d, m->sql));
    if (line)
        tell_element(d, "pre", tell_filled(d, m->command));
    if (method_has(m, WAY_VALIDATE))
        tell_element(d, "pre", "aws cloudtrail validate-logs");
    if (!method_has(m, WAY_FILE))
        return;
    add_label(d, TOLD_FOUND_IN);
    str_add(d->out, "<p><a href=\"");
    str_add_html(d->out, m->file);
    str_add(d->out, "\">");
    str_add_html(d->out, m->file);
    str_add(d->out, "</a></p>");
    tell_element(d, "pre", m->match);
}

static void add_hints(struct debriefing *d, const struct question *q)
{
    const struct hint *h = q->hints.items;
    if (!q->hints.n)
        return;
    add_label(d, TOLD_HINTS);
    str_add(d->out, "<ol>\n");
    for (size_t i = 0; i < q->hints.n; i++) {
        str_add(d->out, "<li>");
        str_add_html(d->out, local_text_get(&h[i].text, d->language));
        if (h[i].cost)
            str_addf(d->out, " (-%lld)", (long long)h[i].cost);
        str_add(d->out, "</li>\n");
    }
    str_add(d->out, "</ol>\n");
}

static void add_question(struct debriefing *d, size_t i)
{
    const struct question *q = (const struct question *)d->p->rubric->questions.items + i;
    const struct node *node = debrief_question_node(d, i);
    str_addf(d->out, "<article id=\"q-%s\">\n", q->id);
    tell_element(d, "h3", local_text_get(&q->ask, d->language));
    add_label(d, TOLD_ANSWER);
    if (q->type->judge)
        tell_element(d, "pre class=\"answer\"", preview_answer(d->p, q));
    else
        tell_element(d, "p class=\"answer\"", preview_answer(d->p, q));
    str_addf(d->out, "<p>%lld %s", (long long)q->points, say(d, TOLD_POINTS));
    tell_steps_named(d, node_get(node, "answer"), arena_printf(&d->arena, ". %s ", say(d, TOLD_RESTS_ON)));
    str_add(d->out, "</p>\n");
    add_ways(d, &q->solve);
    add_hints(d, q);
    str_add(d->out, "</article>\n");
}

void tell_questions(struct debriefing *d)
{
    tell_heading(d, "questions", TOLD_QUESTIONS);
    for (size_t i = 0; i < d->p->rubric->questions.n; i++)
        add_question(d, i);
}

/* ---- repairs ---- */

static void add_solution_step(struct debriefing *d, const struct step *step)
{
    struct err ignored = {0};
    json_auto_t *asked = step->with ? scenario_expand_node(step->with, play_lookup, (void *)&d->p->play, &ignored) : NULL;
    AUTO(str_drop) struct str lines = {0};
    for (size_t i = 0; i < step->run.n; i++)
        str_addf(&lines, "%s%s", i ? "\n" : "", tell_filled(d, step->run.list[i]));
    str_add(d->out, "<li>");
    tell_deed(d, step->op ? step->op : "host:Run", asked);
    if (step->on) {
        str_addf(d->out, " %s ", say(d, TOLD_ON));
        tell_element(d, "code", step->on);
    }
    if (lines.len)
        tell_element(d, "pre", str_text(&lines));
    if (*local_text_get(&step->why, d->language))
        tell_element(d, "p", tell_filled(d, local_text_get(&step->why, d->language)));
    if (step->earns.n) {
        str_addf(d->out, "<p><span class=\"name\">%s:</span>", say(d, TOLD_EARNS));
        add_check_titles(d, &step->earns);
        str_add(d->out, "</p>");
    }
    str_add(d->out, "</li>\n");
}

static void add_check(struct debriefing *d, const struct check *c)
{
    str_add(d->out, "<tr>");
    tell_element(d, "td", local_text_get(&c->title, d->language));
    if (c->veto)
        tell_element(d, "td", say(d, TOLD_VETO));
    else
        str_addf(d->out, "<td>%+lld</td>", (long long)(c->penalty ? -c->penalty : c->points));
    str_add(d->out, "</tr>\n");
}

void tell_repairs(struct debriefing *d)
{
    static const enum told columns[] = {TOLD_HOLDS, TOLD_WORTH};
    const struct step *step = d->p->scenario->solution.items;
    const struct check *c = d->p->rubric->checks.items;
    tell_heading(d, "repairs", TOLD_REPAIRS);
    if (d->p->scenario->solution.n) {
        tell_element(d, "p", say(d, TOLD_SOLUTION_IS));
        str_add(d->out, "<ol class=\"steps\">\n");
        for (size_t i = 0; i < d->p->scenario->solution.n; i++)
            add_solution_step(d, &step[i]);
        str_add(d->out, "</ol>\n");
    }
    add_repairs(d, false, TOLD_OTHER_RIGHT);
    if (!d->p->rubric->checks.n)
        return;
    tell_element(d, "h3", say(d, TOLD_CHECKS));
    add_table(d, columns, COUNT(columns));
    for (size_t i = 0; i < d->p->rubric->checks.n; i++)
        add_check(d, &c[i]);
    end_table(d);
}
