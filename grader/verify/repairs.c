/* SPDX-License-Identifier: MIT */
/*
 * Repairs: nothing done is worth nothing, the reference solution everything, a step left out costs exactly the checks that
 * it says it earns, and the scenario's other repairs break what they say, or nothing. The mutations are played in forks of this
 * process: each begins with the same untouched lab, and nothing is written.
 */
#include "grader/verify/proof.h"

static const struct check *check_of(const struct proof *p, const char *id)
{
    const struct check *c = p->author->checks.items;
    for (size_t i = 0; i < p->author->checks.n; i++)
        if (text_same(c[i].id, id))
            return &c[i];
    return NULL;
}

static struct src_pos place_of(const struct proof *p, const struct finding *f)
{
    const struct question *q = p->author->questions.items;
    const struct check *c = check_of(p, f->id);
    for (size_t i = 0; !c && i < p->author->questions.n; i++)
        if (text_same(q[i].id, f->id))
            return q[i].at;
    return c ? c->at : (struct src_pos){.file = p->scenario->file};
}

/* What the finding cites. */
static const char *file_of(const struct finding *f)
{
    for (size_t i = 0; i < f->n_evidence; i++)
        if (f->evidence[i].file)
            return f->evidence[i].file;
    return f->kind == FINDING_QUESTION ? "answers.yaml" : "account";
}

void prove_untouched(struct proof *p)
{
    struct report report;
    grade(p->key, p->untouched, "en", &report);
    for (size_t i = 0; i < report.n; i++) {
        const struct finding *f = &report.findings[i];
        struct fault fault = {
            .property = PROVE_UNTOUCHED, .at = place_of(p, f), .file = file_of(f), .command = "cafelab grade try"};
        bool keeps = f->kind == FINDING_PENALTY || f->kind == FINDING_VETO;
        p->facts[PROVE_UNTOUCHED]++;
        if (f->outcome == OUTCOME_ERROR)
            fault_note(p, &fault, "\"%s\" cannot be decided on an untouched lab: %s", f->id, f->found);
        else if (!keeps && f->points > 0)
            fault_note(p, &fault, "\"%s\" holds before anything was done: it must be a penalty or a veto", f->id);
        else if (keeps && f->outcome != OUTCOME_PASS)
            fault_note(p, &fault, "\"%s\" costs points before anything was done: %s", f->id, f->found);
    }
    if (report.ungradable)
        fault_note(p, &(struct fault){.property = PROVE_UNTOUCHED, .command = "cafelab grade try"}, "%s", report.ungradable);
    report_drop(&report);
}

/* ---- mutation ---- */

struct mutation {
    const struct repair_step *steps;
    size_t n;
};

/* Plays a repair, says one letter for each check: + it holds, - it does not. Or a message that begins with '!'. */
static void mutate(struct proof *p, void *mutation, struct str *said)
{
    const struct mutation *m = mutation;
    struct err e = {0};
    struct report report;
    if (!lab_rehearse(&p->untouched->lab, &p->key->play, m->steps, m->n, &e)) {
        str_addf(said, "!%s", e.msg);
        return;
    }
    key_trust_files(p->key); /* nobody wrote: they are as they were */
    grade(p->key, p->untouched, "en", &report);
    for (size_t i = 0; i < report.n; i++)
        if (report.findings[i].kind != FINDING_QUESTION)
            str_addc(said, report.findings[i].outcome == OUTCOME_PASS ? '+' : '-');
}

/* '!' and why when it could not be played. False when the fork did not come to its end. */
static bool mutation_run(struct proof *p, const struct repair *other, int skip, struct str *said)
{
    struct mutation m;
    m.steps = repair_steps(p->scenario, other, skip, &p->arena, &m.n);
    if (proof_apart(p, mutate, &m, said) && said->len)
        return true;
    str_clear(said);
    str_add(said, "!the process that played it came to grief");
    return false;
}

static bool earns(const struct step *step, const char *check)
{
    for (size_t i = 0; i < step->earns.n; i++)
        if (text_same(step->earns.list[i], check))
            return true;
    return false;
}

/* The step that could not be played, if the message names it. */
static struct src_pos refused_at(const struct proof *p, const char *message, struct src_pos otherwise)
{
    struct src_pos at = place_in_message(p->scenario, message);
    return at.line ? at : otherwise;
}

static bool was_played(struct proof *p, struct fault fault, const char *what, const char *said)
{
    if (*said != '!')
        return true;
    fault.at = refused_at(p, said + 1, fault.at);
    fault_note(p, &fault, "%s cannot be played: %s", what, said + 1);
    return false;
}

/* Against the whole solution: what that does not come to is told as such, once. */
static void judge_mutation(struct proof *p, size_t n, const char *whole, const char *said)
{
    const struct step *step = (const struct step *)p->scenario->solution.items + n;
    const struct check *c = p->author->checks.items;
    const char *does = step->op ? step->op : "run";
    struct fault fault = {.property = PROVE_MUTATION,
                          .at = step->at,
                          .command =
                              arena_printf(&p->arena, "cafelab solve try --no-answers --skip %zu && cafelab grade try", n)};
    if (!was_played(p, fault, arena_printf(&p->arena, "the solution without its step %zu", n), said))
        return;
    for (size_t i = 0; i < p->author->checks.n && said[i] && whole[i]; i++) {
        p->facts[PROVE_MUTATION]++;
        bool lost = said[i] == '-' && whole[i] == '+', meant = earns(step, c[i].id);
        if (lost && !meant)
            fault_note(p, &fault, "leaving out step %zu (%s) also costs \"%s\", which it does not say it earns", n, does,
                       c[i].id);
        if (said[i] == '+' && meant)
            fault_note(p, &fault, "step %zu (%s) says it earns \"%s\", which holds without it", n, does, c[i].id);
    }
}

static bool is_among(const struct texts *ids, const char *id)
{
    for (size_t i = 0; i < ids->n; i++)
        if (text_same(ids->list[i], id))
            return true;
    return false;
}

/* Another repair: it breaks what it says, and nothing else. */
static void judge_repair(struct proof *p, const struct repair *other, const char *whole, const char *said)
{
    const struct check *c = p->author->checks.items;
    struct fault fault = {
        .property = PROVE_MUTATION,
        .at = other->at,
        .command = arena_printf(&p->arena, "cafelab solve try --no-answers --repair %s && cafelab grade try", other->id)};
    if (!was_played(p, fault, arena_printf(&p->arena, "the repair \"%s\"", other->id), said))
        return;
    for (size_t i = 0; i < p->author->checks.n && said[i] && whole[i]; i++) {
        bool lost = said[i] == '-' && whole[i] == '+', meant = is_among(&other->costs, c[i].id);
        p->facts[PROVE_MUTATION]++;
        if (lost && !meant && !other->costs.n)
            fault_note(p, &fault, "the repair \"%s\" is said to be right, yet \"%s\" does not hold after it", other->id,
                       c[i].id);
        else if (lost && !meant)
            fault_note(p, &fault, "the repair \"%s\" also costs \"%s\", which it does not say", other->id, c[i].id);
        if (said[i] == '+' && meant)
            fault_note(p, &fault, "the repair \"%s\" says it costs \"%s\", which holds after it", other->id, c[i].id);
    }
}

void prove_mutation(struct proof *p)
{
    AUTO(str_drop) struct str whole = {0};
    const struct repair *other = p->scenario->other_repairs.items;
    bool ended = mutation_run(p, NULL, -1, &whole);
    if (!ended) /* a solution that is refused is told as such, when it is graded */
        was_played(p, (struct fault){.property = PROVE_MUTATION, .command = "cafelab solve try"}, "the solution",
                   str_text(&whole));
    for (size_t i = 0; *str_text(&whole) != '!' && i < p->scenario->solution.n; i++) {
        AUTO(str_drop) struct str said = {0};
        mutation_run(p, NULL, (int)i, &said);
        judge_mutation(p, i, str_text(&whole), str_text(&said));
    }
    for (size_t i = 0; *str_text(&whole) != '!' && i < p->scenario->other_repairs.n; i++) {
        AUTO(str_drop) struct str said = {0};
        mutation_run(p, &other[i], -1, &said);
        judge_repair(p, &other[i], str_text(&whole), str_text(&said));
    }
}

/* ---- the whole solution ---- */

static void judge_solution(struct proof *p, const struct report *report)
{
    for (size_t i = 0; i < report->n; i++) {
        const struct finding *f = &report->findings[i];
        struct fault fault = {.property = PROVE_SOLUTION,
                              .at = place_of(p, f),
                              .file = file_of(f),
                              .command = "cafelab solve try && cafelab grade try"};
        p->facts[PROVE_SOLUTION]++;
        if (f->kind == FINDING_QUESTION && !p->all_solved)
            continue; /* told already, as not solvable */
        if (f->outcome != OUTCOME_PASS && f->outcome != OUTCOME_MANUAL)
            fault_note(p, &fault, "the reference solution leaves \"%s\" as %s: expected %s, found %s", f->id,
                       outcome_names[f->outcome], f->expected, f->found);
    }
    if (report->ungradable)
        fault_note(p, &(struct fault){.property = PROVE_SOLUTION, .command = "cafelab solve try && cafelab grade try"}, "%s",
                   report->ungradable);
}

/* In memory: the sheet is read, the steps are played, nothing is written. The last thing that is done with the lab. */
static struct submission *solve_here(struct proof *p, const struct repair_step *steps, size_t n, struct err *e)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct submission *s = p->untouched;
    answers_drop(&s->answers);
    s->has_sheet = true;
    if (!answers_read("answers.yaml", str_text(&p->sheet), p->sheet.len, &s->answers, &diags)) {
        err_set(e, "answers.yaml: %s", diags.n ? diags.list[0].message : "cannot be read");
        return NULL;
    }
    key_trust_files(p->key);
    return lab_rehearse(&s->lab, &p->key->play, steps, n, e) ? s : NULL;
}

static struct submission *solve_on_disk(struct proof *p, const struct repair_step *steps, size_t n, struct err *e)
{
    const char *path = arena_printf(&p->arena, "%s/answers.yaml", p->dir);
    if (!file_write(path, str_text(&p->sheet), p->sheet.len, 0644, e) ||
        !lab_solve_told(&p->untouched->lab, &p->key->play, steps, n, e))
        return NULL;
    submission_free(&p->untouched);
    p->untouched = submission_open(p->dir, e);
    p->written = p->untouched;
    return p->untouched;
}

void prove_solution(struct proof *p)
{
    struct err e = {0};
    size_t n;
    const struct repair_step *steps = repair_steps(p->scenario, NULL, -1, &p->arena, &n);
    const struct submission *solved = p->on_disk ? solve_on_disk(p, steps, n, &e) : solve_here(p, steps, n, &e);
    if (!solved) {
        const struct fault fault = {.property = PROVE_SOLUTION, .command = "cafelab solve try", .about = "not played"};
        fault_note(p, &fault, "the solution cannot be played: %s",
                   e.msg); /* whose addresses and ids are other ones with every seed */
        return;
    }
    struct report report;
    grade(p->key, solved, "en", &report);
    judge_solution(p, &report);
    report_drop(&report);
}
