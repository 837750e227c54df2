/* SPDX-License-Identifier: MIT */
/*
 * The one door. An action becomes an entry of the journal; then it passes the gates in order (does the operation exist,
 * is the access key alive, are the parameters good, may the principal do this), runs, and whatever came of it is written
 * down. Every branch ends in finish(), so a refusal leaves its trace as success does.
 */
#include "sim/act/parts.h"

#include <string.h>

#define MAX_DEPTH 8

/* ---- opening the entry ---- */

/* Most entries repeat what the one before says of who asks, and with what client: then they share it. */
static const char *copy_text(struct arena *arena, const char *before, const char *text)
{
    return text && before && text_same(before, text) ? before : arena_dup(arena, text);
}

static const struct entry *entry_before(const struct call *c)
{
    static const struct entry none;
    uint64_t seq = c->entry->seq;

    return seq > 1 && c->w->journal.list[seq - 2] ? c->w->journal.list[seq - 2] : &none;
}

static void copy_principal(struct arena *arena, const struct principal *before, const struct principal *from,
                           struct principal *to)
{
    *to = *from;
    to->name = copy_text(arena, before->name, from->name);
    to->access_key_id = copy_text(arena, before->access_key_id, from->access_key_id);
    to->session_name = copy_text(arena, before->session_name, from->session_name);
    to->delivery = copy_text(arena, before->delivery, from->delivery);
    to->invoked_by = copy_text(arena, before->invoked_by, from->invoked_by);
}

static void share_identity(struct call *c)
{
    json_t *before = entry_before(c)->identity;

    if (!c->entry->identity || !before || !json_equal(before, c->entry->identity))
        return;
    json_decref(c->entry->identity);
    c->entry->identity = json_incref(before);
}

static const char *draw_request_id(struct call *c)
{
    char *id = arena_alloc(c->arena, UUID_LEN + 1);

    if (c->service && strcmp(c->service->name, "s3") == 0)
        chance_text(&c->ids, ALPHABET_UPPER, 16, id);
    else
        chance_uuid(&c->ids, id);
    return id;
}

static bool is_host(const struct call *c)
{
    return c->op && c->op->flags & OP_HOST;
}

static void describe(struct call *c)
{
    const struct action *a = c->action;
    struct entry *e = c->entry;

    e->op = c->op ? c->op->name : arena_dup(c->arena, a->op ? a->op : "");
    e->on = arena_dup(c->arena, a->on);
    const struct entry *before = entry_before(c);
    copy_principal(c->arena, &before->who, &a->who, &e->who);
    e->from = (struct origin){copy_text(c->arena, before->from.ip, a->from.ip),
                              copy_text(c->arena, before->from.agent, a->from.agent), a->from.tls13};
    e->mark = arena_dup(c->arena, a->mark);
    e->prelude = a->prelude;
    e->asked = json_incref(a->params);
    e->params = is_host(c) ? NULL : params_without_secrets(e->asked);
    e->response = is_host(c) ? NULL : json_null();
    e->silent = a->prelude || !c->op || c->op->flags & (OP_UNLOGGED | OP_HOST);
    if (c->op) {
        e->read_only = c->op->flags & OP_READ;
        e->data_event = c->op->flags & OP_DATA;
        e->signin = c->op->flags & OP_SIGNIN;
    }
}

static void open_entry(struct call *c)
{
    const char *home = c->w->account.region;
    struct entry *e = c->entry;

    describe(c);
    c->params = json_is_object(e->asked) ? e->asked : world_keep(c->w, json_object());
    if (is_host(c))
        return;
    e->region = c->op && c->op->flags & OP_GLOBAL ? "us-east-1" : c->action->region ? c->action->region : home;
    e->region = copy_text(c->arena, entry_before(c)->region, e->region);
    e->event_id = call_uuid(c);
    if (!e->signin) {
        e->request_id = draw_request_id(c);
        if (e->seq) /* sign-in writes its own, and whoever repeats what was rehearsed */
            e->identity = identity_json(c->w, &e->who);
    }
}

/* ---- the gates: each fails the call or lets it pass ---- */

static void operation_known(struct call *c)
{
    const char *name = c->entry->op, *near = c->op ? NULL : catalog_meant(c->w->catalog, name);
    const char *code = dialect_of(c->service ? c->service->name : NULL)->no_operation;

    if (!c->op && near)
        call_fail(c, code, "unknown operation \"%.80s\" (did you mean \"%s\"?)", name, near);
    else if (!c->op)
        call_fail(c, code, "unknown operation \"%.80s\"", name);
}

static void not_too_deep(struct call *c)
{
    if (c->w->depth > MAX_DEPTH)
        call_fail(c, "LimitExceeded", "one action causes another more than %d deep", MAX_DEPTH);
}

static void server_known(struct call *c)
{
    if (!is_host(c))
        return;
    if (!c->action->on)
        call_fail(c, "NoSuchServer", "%s: on which server?", c->op->name);
    else if (!find_server(c->w, c->action->on))
        call_fail(c, "NoSuchServer", "there is no server \"%.80s\"", c->action->on);
}

/* Signatures are checked where requests arrive; but the key may have been deleted since, or its user. */
static bool key_alive(const struct world *w, const struct principal *who)
{
    struct access_key *key = NULL;
    const struct user *owner;

    if (who->kind == PRINCIPAL_ROLE)
        return find_role(w, who->name) != NULL;
    if (who->kind != PRINCIPAL_USER)
        return true;
    if (!find_user(w, who->name))
        return false;
    if (!who->access_key_id || !text_starts(who->access_key_id, "AKIA"))
        return true;
    owner = find_user_by_key(w, who->access_key_id, &key);
    return owner && key->active && strcmp(owner->name, who->name) == 0;
}

/* CloudTrail keeps no record of calls that nobody could be found for. */
static void credentials_good(struct call *c)
{
    const struct dialect *dialect = dialect_of(c->service->name);

    if (c->action->prelude || c->op->flags & (OP_HOST | OP_SIGNIN) || key_alive(c->w, &c->action->who))
        return;
    c->entry->silent = true;
    call_fail(c, dialect->bad_key, "%s", dialect->bad_key_says);
}

static void params_good(struct call *c)
{
    const struct dialect *dialect = dialect_of(c->service->name);
    const char *why = "";
    const char *const codes[] = {
        [PARAM_MISSING] = dialect->missing, [PARAM_UNKNOWN] = dialect->unknown, [PARAM_WRONG] = dialect->wrong};
    enum param_fault fault = params_fault(c->op, c->entry->asked, c->arena, &why);

    if (fault != PARAM_GOOD)
        call_fail(c, codes[fault], "%s", why);
}

static void allowed(struct call *c)
{
    const struct principal *who = &c->entry->who;
    bool needs_none = c->action->prelude || c->op->flags & (OP_FREE | OP_HOST) || who->kind == PRINCIPAL_ROOT ||
                      who->kind == PRINCIPAL_SERVICE;
    const char *resource = needs_none ? NULL : op_resource(c);
    json_auto_t *context = needs_none ? NULL : access_context(c, resource);
    struct decision decision;

    if (needs_none)
        return;
    decision = authorise(c->w, &(struct question_of_access){
                                   .who = who,
                                   .action = call_action(c),
                                   .resource = resource,
                                   .source_ip = c->entry->from.ip,
                                   .now_ms = c->now_ms,
                                   .context = context,
                                   .resource_policy = resource_policy(c->w, c, resource),
                                   .version = call_text(c, "versionId"),
                               });
    if (decision.allowed)
        return;
    if (!c->service->denied_keeps_params)
        call_log_params(c, json_null());
    call_deny(c, call_action(c), resource, &decision);
}

/* EC2's rehearsal of a call: everything but the deed (EC2 API reference, "Common query parameters"). */
static void not_a_dry_run(struct call *c)
{
    if (strcmp(c->service->name, "ec2") == 0 && call_bool(c, "dryRun", false))
        call_fail(c, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
}

static void run(struct call *c)
{
    c->op->run(c);
}

static void (*const stages[])(struct call *) = {
    operation_known, not_too_deep, server_known, credentials_good, params_good, allowed, not_a_dry_run, run,
};

/* ---- closing it ---- */

static void log_failure(struct call *c)
{
    struct entry *e = c->entry;

    json_decref(c->reply);
    c->reply = c->aside;
    e->error_code = c->error_code;
    e->error_message = c->error_message;
    if (is_host(c))
        return;
    e->error_code = code_in_record(c->arena, c->service, c->error_code);
    if (e->signin) /* genuine: errorMessage and {"ConsoleLogin": "Failure"}, but no errorCode */
        e->error_code = NULL;
    else
        call_log_response(c, NULL);
}

static void finish(struct call *c)
{
    struct entry *e = c->entry;
    bool reads_only = c->op && c->op->flags & OP_READ && !(c->op->flags & (OP_KEEPS_RESPONSE | OP_HOST | OP_SIGNIN));

    if (c->failed)
        log_failure(c);
    if (reads_only)
        call_log_response(c, NULL);
    if (c->op && c->op->flags & OP_HIDES_PARAMS)
        call_log_params(c, json_null());
    if (c->op && c->service->complete)
        c->service->complete(c);
    bool from_outside = e->who.kind == PRINCIPAL_SERVICE || e->who.kind == PRINCIPAL_ANONYMOUS;
    if (from_outside && e->resources) /* genuine: the other side gets a record with the same id */
        e->shared_event_id = call_uuid(c);
    if (!e->identity && e->signin)
        e->identity = identity_json(c->w, &e->who);
    world_keep(c->w, e->asked);
    world_keep(c->w, e->params);
    world_keep(c->w, e->response);
    share_identity(c);
    world_keep(c->w, e->identity);
    world_keep(c->w, e->additional);
    world_keep(c->w, e->resources);
}

static void note_key_use(const struct call *c)
{
    struct access_key *key = NULL;

    if (!c->service || is_host(c) || !find_user_by_key(c->w, c->entry->who.access_key_id, &key))
        return;
    key->last_used_ms = c->entry->time_ms;
    key->last_service = c->service->name;
    key->last_region = world_region(c->w, c->entry->region);
}

static void answer(struct call *c, struct outcome *out)
{
    *out = (struct outcome){.entry = c->entry, .error_code = c->error_code, .error_message = c->error_message};
    if (c->w->replaying && c->w->depth == 0) /* nobody waits for it */
        json_decref(c->reply);
    else
        out->reply = world_keep(c->w, c->reply);
}

static struct chance id_stream(const struct world *w, const struct entry *entry, const char *op)
{
    if (entry->stream)
        return chance_of(&w->seed, "stream %s", entry->stream);
    if (!entry->seq)
        return chance_of(&w->seed, "rehearsal of %s", op);
    return chance_of(&w->seed, "entry %llu", (unsigned long long)entry->seq);
}

static void perform(struct world *w, const struct action *action, struct entry *entry, struct outcome *out)
{
    struct call c = {.w = w, .action = action, .entry = entry, .now_ms = entry->time_ms, .arena = &w->arena};
    const char *op = action->op ? action->op : "";

    c.ids = id_stream(w, entry, op);
    c.op = catalog_find(w->catalog, op, &c.service);
    open_entry(&c);
    for (size_t i = 0; i < COUNT(stages) && !c.failed; i++)
        stages[i](&c);
    finish(&c);
    if (entry->seq)
        note_key_use(&c);
    answer(&c, out);
}

static struct entry *rehearse(struct world *w, const struct action *action, struct outcome *out)
{
    struct entry *entry = arena_alloc(&w->arena, sizeof(*entry));

    entry->time_ms = action->time_ms;
    entry->stream = arena_dup(&w->arena, action->stream);
    perform(w, action, entry, out);
    return entry;
}

static void act_as(struct world *w, const struct action *action, struct entry *cause, struct outcome *out)
{
    struct entry *entry = journal_add(w);

    entry->cause = cause ? cause->seq : 0;
    if (cause && cause->stream)
        entry->stream = arena_printf(&w->arena, "%s/%u", cause->stream, cause->n_caused++);
    else if (!cause)
        entry->stream = arena_dup(&w->arena, action->stream);
    entry->time_ms = cause || action->time_ms > w->now_ms ? action->time_ms : w->now_ms;
    if (!cause)
        w->now_ms = entry->time_ms;
    perform(w, action, entry, out);
}

void act(struct world *w, const struct action *action, struct outcome *out)
{
    act_as(w, action, NULL, out);
}

void call_cause(struct call *c, const struct action *action, struct outcome *out)
{
    c->w->depth++;
    if (c->entry->seq)
        act_as(c->w, action, c->entry, out);
    else
        rehearse(c->w, action, out);
    c->w->depth--;
}

bool act_look(struct world *w, const struct action *action, struct outcome *out)
{
    const struct op *op = catalog_find(w->catalog, action->op, NULL);

    if (!op || !(op->flags & OP_READ))
        return false;
    rehearse(w, action, out);
    return true;
}

const struct entry *act_rehearse(struct world *w, const struct action *action)
{
    struct outcome out;

    if (!act_look(w, action, &out))
        return NULL;
    world_forget(w, out.reply); /* nobody waits for it */
    return out.entry;
}
