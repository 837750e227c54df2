/* SPDX-License-Identifier: MIT */
/*
 * What a scenario says of operations and habits, held against the tables that know them. Author's mistakes: all of them
 * are told, with their place.
 */
#include "sim/lab/playing.h"

#include <string.h>

/* A habit that nobody could live by says nothing. */
static void check_equipment(const struct scenario *s, const struct person *person, enum habit habit, struct diags *diags)
{
    bool password, key;
    unsigned width;
    habit_needs(habit, &password, &key);
    if ((!password && !key) || (password && person->console_password) || (key && person->access_key))
        return;
    struct src_pos at = scenario_place(s, person->habit, &width);
    diag_error(diags, at, width, "no-credentials", "the habit \"%s\" needs %s", person->habit,
               password && key ? "access_key: true or console_password: true"
               : password      ? "console_password: true"
                               : "access_key: true");
}

static void check_habit(const struct scenario *s, const struct person *person, struct diags *diags)
{
    enum habit habit;
    unsigned width;
    if (habit_named(person->habit, &habit))
        return check_equipment(s, person, habit, diags);
    const char *meant = text_meant(person->habit, habit_names);
    struct src_pos at = scenario_place(s, person->habit, &width);
    AUTO(str_drop) struct str all = {0};
    for (int i = 1; habit_names[i]; i++)
        str_addf(&all, "%s%s", i > 1 ? ", " : "", habit_names[i]);
    diag_error(diags, at, width, "unknown-habit",
               meant ? "unknown habit \"%s\" (did you mean \"%s\"?)" : "unknown habit \"%s\": expected one of %s",
               person->habit, meant ? meant : str_text(&all));
}

/* Every reference is some text; whether it is the right one shows when the scenario is played. */
static const char *some_text(void *context, const char *name, const char *field)
{
    (void)context;
    (void)name;
    (void)field;
    return "1";
}

/* The parameter that the sentence is about stands in quotes: the caret goes under it. */
static void bad_params(const struct op *op, const struct step *step, const char *why, struct diags *diags)
{
    const char *quote = strchr(why, '"'), *named = strstr(why, op->name);
    for (size_t i = 0; quote && step->with && step->with->kind == NODE_MAP && i < step->with->n; i++) {
        const struct node *key = step->with->pairs[i].key;
        size_t n = strlen(key->text);
        if (strncmp(quote + 1, key->text, n) == 0 && quote[1 + n] == '"') {
            diag_error(diags, key->at, key->width, "bad-parameters", "%s%s%s", named ? "" : op->name, named ? "" : ": ", why);
            return;
        }
    }
    diag_error(diags, step->op_at, (unsigned)strlen(op->name), "bad-parameters", "%s%s%s", named ? "" : op->name,
               named ? "" : ": ", why);
}

static void check_params(const struct op *op, const struct step *step, struct diags *diags)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    const char *why = "";
    json_auto_t *params = step->with ? scenario_expand_node(step->with, some_text, NULL, &e) : json_object();
    if (params && text_same(op->name, "ssm:SendCommand") && step->run.n) { /* `run` brings them */
        json_put_text(params, "documentName", "AWS-RunShellScript");
        json_put(params, "instanceIds", json_pack("[s]", "1"));
    }
    if (params && !op_check_params(op, params, &arena, &why))
        bad_params(op, step, why, diags);
}

static void check_step(const struct step *step, struct diags *diags)
{
    if (!step->op || !strchr(step->op, ':'))
        return; /* told when the file was read */
    const struct op *op = catalog_find(&lab_catalog, step->op, NULL);
    const char *meant = op ? NULL : catalog_meant(&lab_catalog, step->op);
    if (op)
        check_params(op, step, diags);
    else
        diag_error(diags, step->op_at, (unsigned)strlen(step->op), "unknown-operation",
                   meant ? "unknown operation \"%s\" (did you mean \"%s\"?)"
                         : "unknown operation \"%s\": `cafelab operations` lists those there are",
                   step->op, meant);
}

/* The scenario's reader has told names that are neither its own nor spelled like one of AWS. */
static void check_policies(const struct scenario *s, const struct texts *policies, struct diags *diags)
{
    AUTO(arena_drop) struct arena arena = {0};
    for (size_t i = 0; i < policies->n; i++) {
        const char *name = policies->list[i];
        const struct policy *own = s->account.policies.items;
        bool known = name[0] < 'A' || name[0] > 'Z' || aws_policy_arn(&arena, name);
        for (size_t k = 0; k < s->account.policies.n; k++)
            known |= text_same(own[k].name, name);
        if (known)
            continue;
        unsigned width;
        struct src_pos at = scenario_place(s, name, &width);
        const char *meant = managed_policy_meant(name);
        diag_error(diags, at, width, "unknown-policy",
                   "no policy \"%s\" under account.policies, and none that is known of AWS%s%s%s", name,
                   meant ? " (did you mean \"" : "", meant ? meant : "", meant ? "\"?)" : "");
    }
}

void lab_check(const struct scenario *s, struct diags *diags)
{
    const struct person *person = s->cast.items;
    if (s->library) {
        diag_error(diags, (struct src_pos){s->file, 0, 0}, 1, "library", "this is a library file: scenarios use it");
        return;
    }
    check_files(s, diags);
    for (size_t i = 0; i < s->cast.n; i++)
        check_habit(s, &person[i], diags);
    for (size_t i = 0; i < s->cast.n; i++)
        check_policies(s, &person[i].policies, diags);
    const struct group_spec *group = s->account.groups.items;
    for (size_t i = 0; i < s->account.groups.n; i++)
        check_policies(s, &group[i].policies, diags);
    const struct role_spec *role = s->account.roles.items;
    for (size_t i = 0; i < s->account.roles.n; i++)
        check_policies(s, &role[i].policies, diags);
    const struct step *step = s->timeline.items;
    for (size_t i = 0; i < s->timeline.n; i++)
        check_step(&step[i], diags);
    step = s->solution.items;
    for (size_t i = 0; i < s->solution.n; i++)
        check_step(&step[i], diags);
    const struct repair *repair = s->other_repairs.items;
    for (size_t i = 0; i < s->other_repairs.n; i++)
        for (size_t j = 0; j < repair[i].steps.n; j++)
            check_step((const struct step *)repair[i].steps.items + j, diags);
}
