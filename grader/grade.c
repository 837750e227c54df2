/* SPDX-License-Identifier: MIT */
/*
 * Key and submission to findings and a score.
 *
 * Questions and checks with points add up; a penalty takes away when it does not hold; a veto that does not hold takes
 * everything: nothing a student repairs counts while the trail is off or the evidence is edited. The score is never below
 * zero. Hints lower what their question brings when it is solved, and never more than that.
 */
#include "grader/grading.h"
#include "grader/types.h"

#include <inttypes.h>
#include <string.h>

struct grading {
    const struct key *key;
    const struct submission *s;
    const char *language;
    struct report *out;
    struct scene scene;
};

static void note(struct report *out, const char *fmt, ...) PRINTF(2, 3);
static void note(struct report *out, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    *GROW(out->notes, out->n_notes, out->cap_notes) = arena_dup(&out->arena, str_text(&text));
}

static void add_exhibit(struct grading *g, struct finding *f, const struct exhibit *e)
{
    (void)g;
    *GROW(f->evidence, f->n_evidence, f->cap_evidence) = *e;
}

/* ---- where the answer is to be seen ---- */

struct marks_named {
    const struct play *play;
    const struct entry *first;
};

/* A reference_fn that fills nothing in: it notes the first mark that is referred to. */
static const char *note_mark(void *context, const char *name, const char *field)
{
    struct marks_named *named = context;
    (void)field;
    const struct mark *mark = play_mark(named->play, name);
    if (mark && !named->first)
        named->first = mark->entry;
    return "";
}

static const struct entry *entry_behind(const struct key *key, size_t question)
{
    const struct node *list = key->scenario->questions;
    const struct node *answer = list && question < list->n ? node_get(list->items[question], "answer") : NULL;
    struct marks_named named = {&key->play, NULL};
    AUTO(str_drop) struct str ignored = {0};
    struct err e = {0};
    if (answer && answer->kind == NODE_TEXT)
        scenario_expand(answer->text, note_mark, &named, &ignored, &e);
    for (size_t i = 0; answer && answer->kind == NODE_LIST && i < answer->n; i++)
        if (answer->items[i]->kind == NODE_TEXT)
            scenario_expand(answer->items[i]->text, note_mark, &named, &ignored, &e);
    return named.first;
}

/* The file of the lab as it lies in a server's tree. */
static const struct file *file_of_lab(const struct world *w, const char *path)
{
    if (!text_starts(path, "host/"))
        return NULL;
    for (const struct server *s = w->servers; s; s = s->next) {
        const char *inside = path + strlen("host");
        size_t n = strlen(s->name);
        if (w->servers->next && !strncmp(inside + 1, s->name, n) && inside[1 + n] == '/')
            inside += 1 + n;
        const struct file *file = tree_find(&s->tree, inside);
        if (file)
            return file;
    }
    return NULL;
}

static void cite_file(struct grading *g, const struct method *m, struct finding *f)
{
    const struct file *file = file_of_lab(g->scene.now, m->file), *was = file_of_lab(g->scene.then, m->file);
    struct known *known = file && was && file->data == was->data ? g->scene.known : NULL; /* nobody has touched it */
    struct known_line found = {0};
    if (file && file->data)
        found = known_line(known, &g->out->arena, file->data, file->size, m->match);
    add_exhibit(g, f,
                &(struct exhibit){
                    .file = m->file, .line = found.line, .text = found.text ? arena_dup(&g->out->arena, found.text) : NULL});
}

static void cite_answer(struct grading *g, const struct question *q, size_t i, struct finding *f)
{
    const struct entry *entry = entry_behind(g->key, i);
    if (entry && q->solve.sql)
        add_exhibit(g, f,
                    &(struct exhibit){.file = delivered_record_path(&g->key->delivered, entry->event_id),
                                      .event_id = entry->event_id,
                                      .seq = entry->seq,
                                      .time_ms = entry->time_ms,
                                      .text = entry->op});
    if (q->solve.sql)
        add_exhibit(g, f, &(struct exhibit){.query = q->solve.sql});
    if (q->solve.file && q->solve.match)
        cite_file(g, &q->solve, f);
    if (q->solve.command)
        add_exhibit(g, f, &(struct exhibit){.text = arena_printf(&g->out->arena, "$ %s", q->solve.command)});
}

/* ---- questions ---- */

/* A query in one line; of a rule what it must do. */
static const char *expected_run(struct grading *g, const struct question *q)
{
    AUTO(str_drop) struct str text = {0};
    if (q->type->judge == judge_rule) {
        str_add(&text, "a rule that finds the records of ");
        for (size_t i = 0; i < q->matches.n; i++)
            str_addf(&text, "%s%s", i ? ", " : "", q->matches.list[i]);
        return arena_printf(&g->out->arena, "%s and no others, whatever the names, addresses and times", str_text(&text));
    }
    str_add_words(&text, q->answer.list[0]);
    return arena_printf(&g->out->arena, "the rows of: %s", str_text(&text));
}

static const char *expected_answer(struct grading *g, const struct question *q)
{
    AUTO(str_drop) struct str text = {0};
    if (q->type->judge)
        return expected_run(g, q);
    for (size_t i = 0; i < q->answer.n; i++) {
        str_add(&text, i ? ", " : "");
        if (q->type->takes == TAKES_PAIRS)
            str_addf(&text, "%s = %s", pair_left(&g->out->arena, q->answer.list[i]), pair_right(q->answer.list[i]));
        else
            str_add(&text, q->answer.list[i]);
    }
    if (q->within)
        str_addf(&text, " (within %s)", q->within);
    return arena_dup(&g->out->arena, str_text(&text));
}

static int64_t hint_cost(const struct question *q, unsigned taken)
{
    const struct hint *hint = q->hints.items;
    int64_t cost = 0;
    for (size_t i = 0; i < taken && i < q->hints.n; i++)
        cost += hint[i].cost;
    return cost * 100;
}

/* What answers are run over. */
static void make_ready(struct grading *g)
{
    struct running *running = g->key->running;
    if (running->live)
        running_read(running, &g->key->play, &g->scene);
    else
        key_prepare(g->key, NULL);
}

static void grade_question(struct grading *g, size_t i, struct finding *f)
{
    struct arena *arena = &g->out->arena;
    const struct question *q = (const struct question *)g->key->rubric->questions.items + i;
    unsigned taken = taken_of(&g->s->taken, q->id);
    *f = (struct finding){
        .kind = FINDING_QUESTION, .id = q->id, .title = local_text_get(&q->ask, g->language), .max = q->points * 100};
    f->expected = expected_answer(g, q);
    f->hints = taken < q->hints.n ? taken : (unsigned)q->hints.n;
    f->hint_cost = hint_cost(q, taken);
    if (g->s->malformed) {
        f->outcome = OUTCOME_UNGRADABLE;
        f->found = "the sheet cannot be read";
        return;
    }
    AUTO(verdict_drop) struct verdict v = {0};
    struct reader reader = {.arena = arena, .question = q, .world = g->scene.then, .running = g->key->running};
    const struct texts *given = answers_find(&g->s->answers, q->id);
    if (q->type->judge && given->n)
        make_ready(g);
    judge(&reader, g->language, given, &v);
    f->outcome = v.outcome;
    f->found = arena_dup(arena, str_text(&v.found));
    f->feedback = v.feedback.len ? arena_dup(arena, str_text(&v.feedback)) : NULL;
    int64_t earned = v.outcome == OUTCOME_PASS ? f->max : v.outcome == OUTCOME_PARTIAL ? f->max * (v.hits - v.extra) / v.of : 0;
    f->points = earned > f->hint_cost ? earned - f->hint_cost : 0;
    if (v.outcome != OUTCOME_PASS && !q->type->judge)
        cite_answer(g, q, i, f);
    for (size_t j = 0; v.outcome != OUTCOME_PASS && j < v.n_evidence; j++)
        add_exhibit(g, f, &v.evidence[j]);
}

/* ---- checks ---- */

static void grade_check(struct grading *g, const struct check *c, struct finding *f)
{
    AUTO(result_drop) struct result r = {0};
    struct arena *arena = &g->out->arena;
    condition_run(&g->scene, &c->what, &r);
    *f = (struct finding){.kind = c->veto      ? FINDING_VETO
                                  : c->penalty ? FINDING_PENALTY
                                               : FINDING_CHECK,
                          .id = c->id,
                          .title = local_text_get(&c->title, g->language),
                          .outcome = r.broken ? OUTCOME_ERROR
                                     : r.good ? OUTCOME_PASS
                                              : OUTCOME_FAIL,
                          .max = c->points * 100,
                          .expected = arena_dup(arena, str_text(&r.expected)),
                          .found = arena_dup(arena, str_text(&r.found))};
    if (f->outcome == OUTCOME_PASS)
        f->points = f->max;
    else if (f->outcome == OUTCOME_FAIL)
        f->points = -c->penalty * 100;
    if (f->outcome == OUTCOME_FAIL && c->veto && !g->out->vetoed)
        g->out->vetoed = f->title;
    for (size_t i = 0; f->outcome != OUTCOME_PASS && i < r.n_evidence; i++)
        add_exhibit(g, f, &r.evidence[i]);
}

/* ---- prerequisites ---- */

static const struct finding *unmet(const struct report *out, const struct texts *requires)
{
    for (size_t i = 0; i < requires->n; i++)
        for (size_t j = 0; j < out->n; j++)
            if (text_same(out->findings[j].id, requires->list[i]) && out->findings[j].outcome != OUTCOME_PASS)
                return &out->findings[j];
    return NULL;
}

/* What needs something that is not right is skipped, not failed: it is not told whether it is right. */
static void skip_unmet(struct grading *g)
{
    const struct rubric *r = g->key->rubric;
    const struct question *q = r->questions.items;
    const struct check *c = r->checks.items;
    for (size_t i = 0; i < g->out->n; i++) {
        struct finding *f = &g->out->findings[i];
        const struct finding *needs = unmet(g->out, i < r->questions.n ? &q[i].requires : &c[i - r->questions.n].requires);
        if (!needs || f->outcome == OUTCOME_UNGRADABLE)
            continue;
        f->outcome = OUTCOME_SKIPPED;
        f->points = 0;
        f->depends_on = needs->id;
        f->found = arena_printf(&g->out->arena, "needs \"%s\" first, which is not right", needs->id);
        f->feedback = NULL;
        f->n_evidence = 0;
    }
    g->out->vetoed = NULL;
    for (size_t i = g->out->n; i-- > 0;)
        if (g->out->findings[i].kind == FINDING_VETO && g->out->findings[i].outcome == OUTCOME_FAIL)
            g->out->vetoed = g->out->findings[i].title;
}

static void skip_all(struct grading *g)
{
    const struct question *q = g->key->rubric->questions.items;
    const struct check *c = g->key->rubric->checks.items;
    for (size_t i = 0; i < g->key->rubric->questions.n; i++)
        g->out->findings[g->out->n++] = (struct finding){.kind = FINDING_QUESTION,
                                                         .id = q[i].id,
                                                         .outcome = OUTCOME_SKIPPED,
                                                         .title = local_text_get(&q[i].ask, g->language),
                                                         .max = q[i].points * 100};
    for (size_t i = 0; i < g->key->rubric->checks.n; i++)
        g->out->findings[g->out->n++] = (struct finding){.kind = c[i].veto      ? FINDING_VETO
                                                                 : c[i].penalty ? FINDING_PENALTY
                                                                                : FINDING_CHECK,
                                                         .id = c[i].id,
                                                         .outcome = OUTCOME_SKIPPED,
                                                         .title = local_text_get(&c[i].title, g->language),
                                                         .max = c[i].points * 100};
}

/* ---- the whole ---- */

static void note_sheet(struct grading *g)
{
    const struct rubric *rubric = g->key->rubric;
    for (size_t i = 0; i < g->s->answers.n; i++) {
        const struct answer *a = &g->s->answers.list[i];
        struct err e = {0};
        AUTO(str_drop) struct str said = {0};
        if (rubric_question(rubric, a->id, &e))
            continue;
        str_add_log(&said, e.msg);
        note(g->out, "answers.yaml:%u:%u: %s", a->at.line, a->at.col, str_text(&said));
    }
    if (!g->s->has_sheet)
        note(g->out, "there is no answers.yaml");
    if (g->s->taken.unreadable)
        note(g->out, ".cafelab/hints.jsonl: %u line%s cannot be read", g->s->taken.unreadable,
             g->s->taken.unreadable == 1 ? "" : "s");
}

/* Whoever has the lab has everybody's keys (`call --as`, or another name in lab.json): that is no crime, and no secret. */
static void note_others(struct grading *g)
{
    const struct lab *lab = &g->s->lab;
    const struct journal *journal = &lab->world.journal;
    const struct member *student = play_student(&g->key->play);
    const struct entry *first = NULL;
    size_t n = 0;
    for (size_t i = lab->built_entries; student && i < journal->n; i++) {
        const struct entry *entry = journal->list[i];
        if ((lab->live && entry->stream) || entry->who.kind != PRINCIPAL_USER || text_same(entry->who.name, student->who.name))
            continue;
        first = first ? first : entry;
        n++;
    }
    if (first)
        note(g->out, "%zu %s made as somebody else than %s: the first is %s by %s (journal entry %" PRIu64 ")", n,
             n == 1 ? "call was" : "calls were", student->who.name, first->op, first->who.name, first->seq);
}

/* A lab of another past cannot be graded with this key: another seed, scenario or version, or an edited journal. */
static void compare_past(struct grading *g)
{
    const struct lab *lab = &g->s->lab;
    bool same = text_same(lab->built_hash, g->key->journal_hash);
    struct report *out = g->out;
    if (!same)
        out->ungradable =
            text_same(lab->version, CAFELAB_VERSION)
                ? "the lab's past is not what this scenario and seed come to: the scenario's story was changed since, or "
                  "journal.jsonl and lab.json were edited"
                : arena_printf(
                      &out->arena,
                      "the lab was built by cafelab %s and its past comes out otherwise in %s: grade it with that version",
                      lab->version ? lab->version : "?", CAFELAB_VERSION);
    else if (!text_same(lab->content_hash, g->key->scenario->content_hash))
        note(out, "the scenario's text was changed since the lab was built; its story comes out the same");
}

static void make_scene(struct grading *g)
{
    g->scene = (struct scene){.arena = &g->out->arena,
                              .scenario = g->key->scenario,
                              .then = (struct world *)&g->key->play.world,
                              .now = (struct world *)&g->s->lab.world,
                              .play = &g->key->play,
                              .known = g->key->known,
                              .dir = g->s->lab.dir,
                              .altered = g->s->altered,
                              .handed = g->s->handed,
                              .each = g->s->each,
                              .signer = g->key->signer.len ? &g->key->signer : NULL,
                              .delivered = g->key->has_delivered ? &g->key->delivered : NULL,
                              .live = g->s->lab.live,
                              .language = g->language,
                              .built_entries = g->s->lab.built_entries};
}

static void fill_receipt(struct grading *g)
{
    struct report *out = g->out;
    out->scenario = g->key->scenario->id;
    out->title = local_text_get(&g->key->scenario->title, g->language);
    out->student = g->s->lab.student ? g->s->lab.student : "";
    out->receipt.content_hash = g->key->scenario->content_hash;
    out->receipt.seed_commitment = g->key->seed_commitment;
    out->receipt.lab_version = g->s->lab.version ? g->s->lab.version : "?";
    out->receipt.version = CAFELAB_VERSION;
    out->receipt.submission_hash = arena_dup(&out->arena, g->s->hash);
    out->receipt.journal_hash = g->key->journal_hash;
    out->receipt.events = g->s->lab.events;
}

static void add_up(struct report *out)
{
    for (size_t i = 0; i < out->n; i++) {
        out->score += out->findings[i].points;
        out->max += out->findings[i].max;
    }
    if (out->score < 0 || out->vetoed || out->ungradable)
        out->score = 0;
}

void grade(const struct key *key, const struct submission *s, const char *language, struct report *out)
{
    struct grading g = {.key = key, .s = s, .language = submission_speaks(s, language), .out = out};
    *out = (struct report){.language = g.language};
    make_scene(&g);
    fill_receipt(&g);
    note_sheet(&g);
    note_others(&g);
    compare_past(&g);
    out->findings = xcalloc(key->rubric->questions.n + key->rubric->checks.n + 1, sizeof(*out->findings));
    if (out->ungradable)
        skip_all(&g);
    else {
        running_begin(key->running);
        for (size_t i = 0; i < key->rubric->questions.n; i++)
            grade_question(&g, i, &out->findings[out->n++]);
        const struct check *c = key->rubric->checks.items;
        for (size_t i = 0; i < key->rubric->checks.n; i++)
            grade_check(&g, &c[i], &out->findings[out->n++]);
        skip_unmet(&g);
        if (s->malformed)
            out->ungradable = s->malformed;
    }
    add_up(out);
}
