/* SPDX-License-Identifier: MIT */
/*
 * Acting in a lab: the operation goes through the one door, its entry to the end of the journal (that is when it has
 * happened), and then files, logs and views follow. A kill between the two is made good by the next call.
 */
#include "sim/lab/parts.h"
#include "sim/lab/queries.h"
#include "sim/lab/stay.h"

#include <unistd.h>

#define TICK_MS 20000 /* a call takes a person that long */

int64_t lab_now(const struct lab *lab)
{
    if (lab->live)
        return clock_now_ms() > lab->world.now_ms ? clock_now_ms() : lab->world.now_ms;
    int64_t last = lab->world.now_ms > lab->until_ms ? lab->world.now_ms : lab->until_ms;
    return last / 1000 * 1000 + TICK_MS;
}

/* ---- who ---- */

/* Another of the cast: as the scenario draws them for this seed, with the keys of the account as it is now. */
static bool find_person(struct lab *lab, const char *as, struct member *out, struct err *e)
{
    *out = lab->me;
    if (!as || (lab->me.person && text_same(as, lab->me.person->name)))
        return true;
    if (!lab->scenario)
        return err_set(e, "acting as \"%s\" needs the scenario \"%s\" as the lab was built from it", as, lab->scenario_id);
    struct play p = {.scenario = lab->scenario, .seed = lab->world.seed};
    world_init(&p.world, &p.seed, lab->world.account.id, lab->world.account.region, lab->world.start_ms);
    bool good = scenario_draw(p.scenario, &p.seed, &p.world.arena, &p.draw, e) && cast_draw(&p, e);
    const struct member *m = good ? play_member(&p, as) : NULL;
    const char *name = m ? m->person->user : NULL;
    if (good && !name)
        good = err_set(e, "nobody of the cast is called \"%s\" and has a user in the account", as);
    if (m && name) {
        const struct user *user = find_user(&lab->world, name);
        *out = *m;
        out->from.ip = arena_dup(&lab->arena, m->from.ip);
        out->who = (struct principal){.kind = PRINCIPAL_USER, .name = name};
        if (user && user->keys)
            out->who.access_key_id = out->access_key_id = user->keys->id;
    }
    play_drop(&p);
    return good;
}

static const char *usual_client(const struct member *m)
{
    return m->person ? m->person->client : "aws-cli";
}

static struct origin call_origin(struct lab *lab, const struct member *m, const char *client, const char *op)
{
    struct person unknown = {.client = "aws-cli"};
    struct member known = *m;
    known.person = m->person ? m->person : &unknown;
    return member_origin(&lab->world.arena, &known, client, op);
}

/* ---- sessions on servers ---- */

struct visit { /* whose session the operation happens in */
    struct principal os;
    bool own; /* began for this one operation */
};

static const struct os_session *live_session(const struct server *server, const struct member *m)
{
    for (const struct os_session *s = server->sessions; s; s = s->next)
        if (!s->ended_ms && text_same(s->user, server->login_user) && text_same(s->host, m->from.ip))
            return s;
    return NULL;
}

static void act_at(struct lab *lab, struct action *action, const char *op, const char *on, json_t *params, struct outcome *out)
{
    action->op = op;
    action->on = on;
    action->params = params;
    act(&lab->world, action, out);
}

/* How long it takes in a static lab, whose clock these calls are. A live lab's is the machine's: nothing is dated later. */
#define ENTER_MS 4000
#define LEAVE_MS 3000

static bool log_in(struct lab *lab, const struct server *server, const struct member *m, struct visit *v, int64_t *now_ms,
                   struct outcome *out)
{
    json_auto_t *params =
        json_pack("{s:s, s:s, s:s}", "user", server->login_user, "by", "publickey", "key", server->public_key);
    struct action action = {
        .time_ms = *now_ms, .who = {.kind = PRINCIPAL_ANONYMOUS}, .from = call_origin(lab, m, "ssh", "host:LogIn")};
    act_at(lab, &action, "host:LogIn", server->name, params, out);
    v->own = !out->error_code;
    v->os = (struct principal){
        .kind = PRINCIPAL_OS, .name = server->login_user, .os_session = (long)json_int_or(out->reply, "session", 0)};
    *now_ms += lab->live ? 0 : ENTER_MS;
    return v->own;
}

static bool begin_visit(struct lab *lab, const struct server *server, const struct member *m, struct visit *v, int64_t *now_ms,
                        struct outcome *out)
{
    const struct os_session *live = live_session(server, m);
    if (!live)
        return log_in(lab, server, m, v, now_ms, out);
    v->os = (struct principal){.kind = PRINCIPAL_OS, .name = server->login_user, .os_session = live->number};
    return true;
}

static void end_visit(struct lab *lab, const struct server *server, const struct member *m, const struct visit *v,
                      int64_t now_ms)
{
    struct outcome ignored;
    const struct os_session *session = find_session(server, v->os.os_session);
    struct action action = {.time_ms = now_ms, .who = v->os, .from = call_origin(lab, m, "ssh", "host:LogOut")};
    if (v->own && session && !session->ended_ms)
        act_at(lab, &action, "host:LogOut", server->name, NULL, &ignored);
}

/* ---- the operation ---- */

/* Where there is but one server, nobody has to say which. */
static const struct server *server_meant(const struct lab *lab, const char *op, const char *on, struct err *e)
{
    const struct server *only = lab->world.servers, *server = on ? find_server(&lab->world, on) : only;
    if (on && !server)
        err_set(e, "there is no server \"%s\"", on);
    else if (!on && !only)
        err_set(e, "%s: this lab has no server", op);
    else if (!on && only->next)
        err_set(e, "%s: on which server? \"%s\" is one", op, only->name);
    return e->set ? NULL : server;
}

static bool act_on_server(struct lab *lab, const struct member *m, const char *op, const char *on, json_t *params,
                          struct outcome *out, struct err *e)
{
    const struct server *server = server_meant(lab, op, on, e);
    int64_t now_ms = lab_now(lab);
    struct visit visit = {0};
    if (!server)
        return false;
    struct action action = {.time_ms = now_ms, .from = call_origin(lab, m, "ssh", op), .who = {.kind = PRINCIPAL_ANONYMOUS}};
    if (text_same(op, "host:LogIn")) {
        act_at(lab, &action, op, server->name, params, out);
        return true;
    }
    if (!begin_visit(lab, server, m, &visit, &now_ms, out))
        return true; /* the refusal is the outcome */
    action.time_ms = now_ms;
    action.who = visit.os;
    act_at(lab, &action, op, server->name, params, out);
    end_visit(lab, server, m, &visit, now_ms + (lab->live ? 0 : LEAVE_MS));
    return true;
}

static bool act_in_account(struct lab *lab, const struct member *m, const char *op, json_t *params, struct outcome *out)
{
    struct sign_in console = {.time_ms = lab->until_ms,
                              .key = arena_printf(&lab->world.arena, "ASIA%sCONSOLE1", lab->world.account.key_prefix)};
    struct action action = {.time_ms = lab_now(lab),
                            .who = m->person ? member_principal(m, NULL, &console) : m->who,
                            .region = lab->region,
                            .from = call_origin(lab, m, usual_client(m), op)};
    act_at(lab, &action, op, NULL, params, out);
    return true;
}

bool lab_act(struct lab *lab, const char *as, const char *op, const char *on, json_t *params, struct outcome *out,
             struct err *e)
{
    struct member m;
    const char *meant = NULL;
    if (!find_person(lab, as, &m, e))
        return false;
    if (!catalog_find(&lab_catalog, op, NULL)) {
        meant = catalog_meant(&lab_catalog, op);
        return meant ? err_set(e, "unknown operation \"%s\" (did you mean \"%s\"?)", op, meant)
                     : err_set(e, "unknown operation \"%s\": expected service:Operation such as ec2:DescribeInstances", op);
    }
    if (text_starts(op, "disk:"))
        return err_set(e, "%s: change the files themselves", op);
    if (text_starts(op, "query:"))
        return err_set(e, "%s: athena:StartQueryExecution brings it about", op);
    disk_note_changes(lab, lab_now(lab));
    return text_starts(op, "host:") ? act_on_server(lab, &m, op, on, params, out, e) : act_in_account(lab, &m, op, params, out);
}

/* ---- the files follow ---- */

static bool write_journal(struct lab *lab, size_t first, struct err *e)
{
    AUTO(str_drop) struct str lines = {0};
    const char *path = lab_file(&lab->arena, lab->dir, ".cafelab/journal.jsonl");
    lab_journal_add(&lines, &lab->world, first);
    if (!lines.len)
        return true;
    if (truncate(path, (off_t)lab->journal_len))
        return err_set(e, "cut '%s' to its last whole line: %m", path);
    lab->journal_len += lines.len;
    return file_append(path, str_text(&lines), lines.len, e);
}

bool lab_call(struct lab *lab, const char *as, const char *op, const char *on, json_t *params, struct outcome *out,
              struct err *e)
{
    size_t first = lab->world.journal.n;
    if (!lab_everyday_open(lab, e) || !lab_act(lab, as, op, on, params, out, e))
        return false;
    lab_queries_run(lab);
    return write_journal(lab, first, e) && lab_traces_write(lab, lab->world.now_ms, e);
}

/* ---- a stay: somebody is on the server in a real shell ---- */

static int64_t stay_now(const struct lab *lab)
{
    return lab->live ? clock_now_ms() : lab_now(lab);
}

static struct visit visit_of(const struct os_session *s)
{
    return (struct visit){
        .os = {.kind = PRINCIPAL_OS, .name = s->user, .os_session = s->number},
          .own = true
    };
}

static const struct ssm_session *ssm_session_of(const struct lab *lab, const struct server *server, const char *id,
                                                long session)
{
    for (const struct ssm_session *s = lab->world.account.ssm_sessions; s; s = s->next)
        if (!s->ended_ms && text_same(s->target, server->instance->id) &&
            (id ? text_same(s->id, id) : s->os_session == session))
            return s;
    return NULL;
}

/* As the student's own call: it is in the trail. */
static void act_by_ssm(struct lab *lab, const char *op, json_t *params, int64_t now_ms, struct outcome *out)
{
    struct action action = {.time_ms = now_ms, .who = lab->me.who, .from = call_origin(lab, &lab->me, "aws-cli", op)};
    act_at(lab, &action, op, NULL, params, out);
}

static json_t *refusal(const struct outcome *out)
{
    return json_pack("{s:s, s:s}", "code", out->error_code, "message", out->error_message ? out->error_message : "");
}

static json_t *enter_by_ssm(struct lab *lab, const struct server *server)
{
    struct outcome out = {0};
    json_auto_t *params = json_pack("{s:s}", "target", server->instance->id);
    act_by_ssm(lab, "ssm:StartSession", params, stay_now(lab), &out);
    if (out.error_code)
        return refusal(&out);
    const char *id = json_str(out.reply, "SessionId");
    const struct ssm_session *s = id ? ssm_session_of(lab, server, id, 0) : NULL;
    return json_pack("{s:I}", "session", (json_int_t)(s ? s->os_session : 0));
}

/* Of a shell that was killed. */
static void end_left_visits(struct lab *lab, const struct server *server)
{
    for (const struct os_session *left; (left = live_session(server, &lab->me));) {
        struct visit old = visit_of(left);
        end_visit(lab, server, &lab->me, &old, stay_now(lab));
        if (!left->ended_ms)
            return;
    }
}

json_t *stay_enter(struct lab *lab, const struct arrival *a, struct err *e)
{
    const struct server *server = a->on ? find_server(&lab->world, a->on) : NULL;
    struct outcome out = {0};
    if (!server) {
        err_set(e, "there is no server \"%s\"", a->on ? a->on : "");
        return NULL;
    }
    disk_note_changes(lab, stay_now(lab));
    if (a->console)
        return enter_by_ssm(lab, server);
    if (!a->joins)
        end_left_visits(lab, server);
    int64_t now_ms = stay_now(lab);
    struct visit visit = {0};
    log_in(lab, server, &lab->me, &visit, &now_ms, &out);
    return out.error_code ? refusal(&out) : json_pack("{s:I}", "session", (json_int_t)visit.os.os_session);
}

static void leave(struct lab *lab, const struct server *server, const struct os_session *session, int64_t now_ms)
{
    const struct ssm_session *ssm = ssm_session_of(lab, server, NULL, session->number);
    struct visit visit = visit_of(session);
    struct outcome ignored = {0};
    if (!ssm)
        return end_visit(lab, server, &lab->me, &visit, now_ms);
    json_auto_t *params = json_pack("{s:s}", "sessionId", ssm->id);
    act_by_ssm(lab, "ssm:TerminateSession", params, now_ms, &ignored);
}

bool stay_leave(struct lab *lab, const struct stay *stay, struct err *e)
{
    const struct server *server = stay->on ? find_server(&lab->world, stay->on) : NULL;
    const struct os_session *session = server ? find_session(server, stay->session) : NULL;
    if (!server || (stay->session && !session))
        return err_set(e, "the lab knows of no session %ld", stay->session);
    int64_t now_ms = lab->live || stay->left_ms <= lab->world.now_ms ? stay_now(lab) : stay->left_ms;
    disk_note_changes(lab, now_ms);
    for (size_t i = 0; i < stay->n_changes; i++)
        stay_act(lab, server->name, "disk:Changed", stay->changes[i], now_ms);
    if (json_is_object(stay->settled))
        stay_act(lab, server->name, "disk:Settled", stay->settled, now_ms);
    if (session && !session->ended_ms)
        leave(lab, server, session, now_ms);
    return true;
}

json_t *lab_stay_begin(struct lab *lab, const struct arrival *arrival, struct err *e)
{
    size_t first = lab->world.journal.n;
    json_t *answer = lab_everyday_open(lab, e) ? stay_enter(lab, arrival, e) : NULL;
    if (answer && write_journal(lab, first, e))
        return answer;
    json_decref(answer);
    return NULL;
}

bool lab_stay_trace(struct lab *lab, struct err *e)
{
    return lab_servers_see(lab, lab->world.now_ms, e);
}

bool lab_stay_begun(struct lab *lab, struct err *e)
{
    return lab_traces_write(lab, lab->world.now_ms, e);
}

bool lab_stay_end(struct lab *lab, const struct stay *stay, struct err *e)
{
    size_t first = lab->world.journal.n;
    return lab_everyday_open(lab, e) && stay_leave(lab, stay, e) && write_journal(lab, first, e) &&
           lab_traces_write(lab, lab->world.now_ms, e);
}

/* ---- the credentials of an instance's role, as its metadata hands them out ---- */

json_t *stay_credentials(struct lab *lab, const char *on, struct err *e)
{
    const struct server *server = on ? find_server(&lab->world, on) : NULL;
    const struct role *role =
        server && server->instance->profile_role ? find_role(&lab->world, server->instance->profile_role) : NULL;
    int64_t now_ms = stay_now(lab);
    struct outcome out = {0};
    if (!role)
        return err_set(e, "the instance of \"%s\" has no role", on ? on : ""), NULL;
    if (!instance_key_at(&lab->world, server->instance, now_ms))
        instance_renew(&lab->world, server->instance, &(struct action){.time_ms = now_ms}, &out);
    const struct session_key *key = instance_key_at(&lab->world, server->instance, now_ms);
    if (!key)
        return err_set(e, "%s", out.error_message ? out.error_message : "the role cannot be assumed"), NULL;
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "AccessKeyId", key->id, "SecretAccessKey", key->secret, "SessionToken",
                     key->token, "Expiration", arena_time(&lab->arena, key->expires_ms, TIME_ISO), "LastUpdated",
                     arena_time(&lab->arena, key->who.session_start_ms, TIME_ISO));
}

json_t *lab_stay_credentials(struct lab *lab, const char *on, struct err *e)
{
    size_t first = lab->world.journal.n;
    json_t *answer = stay_credentials(lab, on, e);
    if (answer && write_journal(lab, first, e) && lab_traces_write(lab, lab->world.now_ms, e))
        return answer;
    json_decref(answer);
    return NULL;
}

/* ---- the reference solution ---- */

static bool solve_step(struct lab *lab, struct play *p, const struct step *step, bool must_hold, struct err *e)
{
    AUTO(deeds_drop) struct deeds deeds = {0};
    if (!step_deeds(p, step, &deeds, e) || !step_region(p, step, &lab->region, e))
        return false;
    for (size_t i = 0; i < deeds.n; i++) {
        struct outcome out = {0};
        if (!lab_act(lab, step->as, deeds.list[i].op, deeds.list[i].on, deeds.list[i].params, &out, e))
            return step_fail(step, e, "solution");
        if (must_hold && !step_judge(step, &lab->world, &out, e))
            return false;
    }
    lab->region = NULL;
    return true;
}

bool lab_rehearse(struct lab *lab, struct play *story, const struct repair_step *steps, size_t n, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (!solve_step(lab, story, steps[i].step, steps[i].must_hold, e))
            return false;
    return true;
}

bool lab_solve_told(struct lab *lab, struct play *story, const struct repair_step *steps, size_t n, struct err *e)
{
    size_t first = lab->world.journal.n;
    return lab_rehearse(lab, story, steps, n, e) && write_journal(lab, first, e) && lab_traces_write(lab, lab->world.now_ms, e);
}

bool lab_solve(struct lab *lab, const char *other, int skip, size_t *ret_n, struct err *e)
{
    struct play p;
    const struct repair *repair = NULL;
    if (!lab->scenario)
        return err_set(e, "the solution is the scenario's: expected \"%s\" on this machine, as the lab was built from it",
                       lab->scenario_id);
    if (!lab->scenario->solution.n)
        return err_set(e, "the scenario \"%s\" has no solution", lab->scenario_id);
    if (other && !(repair = scenario_repair(lab->scenario, other, e)))
        return false;
    if (skip >= (int)lab->scenario->solution.n)
        return err_set(e, "the solution has %zu steps: expected one from 0 to %zu", lab->scenario->solution.n,
                       lab->scenario->solution.n - 1);
    const struct play_options options = {
        .seed = lab->seed, .student = lab->student, .events = lab->events, .reads_later = true};
    if (!play(lab->scenario, &options, &p, e))
        return false;
    const struct repair_step *steps = repair_steps(lab->scenario, repair, skip, &p.world.arena, ret_n);
    bool good = lab_solve_told(lab, &p, steps, *ret_n, e);
    play_drop(&p);
    return good;
}
