/* SPDX-License-Identifier: MIT */
/*
 * From a step to actions. A step that says only what somebody does at home (run: a command line) brings its way in
 * along: who has no session on the server logs in by key as the server's owner, and logs out afterwards.
 */
#include "sim/lab/playing.h"

#include <stdlib.h>
#include <string.h>

bool step_fail(const struct step *step, struct err *e, const char *fmt, ...)
{
    AUTO(str_drop) struct str text = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    if (e->set)
        return err_wrap(e, "%s:%u:%u: %s", step->at.file, step->at.line, step->at.col, str_text(&text));
    return err_set(e, "%s:%u:%u: %s", step->at.file, step->at.line, step->at.col, str_text(&text));
}

/* ---- what a step stands for ---- */

void deeds_drop(struct deeds *d)
{
    for (size_t i = 0; i < d->n; i++)
        json_decref(d->list[i].params);
    free(d->list);
    *d = (struct deeds){0};
}

/* A reference that stands alone is what it refers to: a variable that is a number is one, a list is a list. */
static json_t *as_meant(const struct play *p, const char *written, const char *value)
{
    AUTO(arena_drop) struct arena arena = {0};
    const void *item = NULL;
    struct err ignored = {0};
    size_t n = strlen(written);
    if (n < 6 || !text_starts(written, "{{ ") || !text_ends(written, " }}") || strstr(written + 2, "{{"))
        return NULL;
    const char *name = arena_dupn(&arena, written + 3, n - 6);
    if (scenario_name(p->scenario, name, &item) == NAME_VARIABLE && ((const struct variable *)item)->kind == VARY_NUMBER)
        return json_integer(strtoll(value, NULL, 10));
    return text_ends(name, ".instances") && *value == '[' ? json_read(value, strlen(value), &ignored) : NULL;
}

static json_t *with_meaning(const struct play *p, const struct node *node, json_t *value)
{
    if (node->kind == NODE_TEXT && json_is_string(value)) {
        json_t *meant = as_meant(p, node->text, json_string_value(value));
        if (meant)
            json_decref(value);
        return meant ? meant : value;
    }
    for (size_t i = 0; i < node->n && json_is_array(value); i++)
        json_array_set_new(value, i, with_meaning(p, node->items[i], json_incref(json_array_get(value, i))));
    for (size_t i = 0; i < node->n && json_is_object(value); i++) {
        const char *key = node->pairs[i].key->text;
        json_t *item = json_object_get(value, key);
        if (item)
            json_object_set_new(value, key, with_meaning(p, node->pairs[i].value, json_incref(item)));
    }
    return value;
}

static json_t *step_params(struct play *p, const struct step *step, struct err *e)
{
    json_t *params = step->with ? scenario_expand_node(step->with, play_lookup, p, e) : json_object();
    if (!params)
        step_fail(step, e, "\"with\"");
    return params && step->with ? with_meaning(p, step->with, params) : params;
}

static json_t *command_lines(struct play *p, const struct step *step, struct err *e)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < step->run.n; i++) {
        AUTO(str_drop) struct str line = {0};
        if (!scenario_expand(step->run.list[i], play_lookup, p, &line, e)) {
            step_fail(step, e, "\"run\"");
            json_decref(lines);
            return NULL;
        }
        json_array_append_new(lines, json_clean(str_text(&line)));
    }
    return lines;
}

static bool add_sent(struct play *p, const struct step *step, json_t *params, json_t *lines, struct deeds *out, struct err *e)
{
    const struct server *server = find_server(&p->world, step->on);
    if (!server || !server->instance)
        return step_fail(step, e, "the server \"%s\" does not run", step->on);
    json_put_text(params, "documentName", "AWS-RunShellScript");
    json_put(params, "instanceIds", json_pack("[s]", server->instance->id));
    json_put(params, "parameters", json_pack("{s:O}", "commands", lines));
    *GROW(out->list, out->n, out->cap) = (struct deed){step->op, NULL, json_incref(params)};
    return true;
}

bool step_deeds(struct play *p, const struct step *step, struct deeds *out, struct err *e)
{
    json_auto_t *params = step_params(p, step, e);
    json_auto_t *lines = params ? command_lines(p, step, e) : NULL;
    if (!lines)
        return false;
    if (text_same(step->op, "ssm:SendCommand") && json_array_size(lines))
        return add_sent(p, step, params, lines, out, e);
    for (size_t i = 0; i < json_array_size(lines); i++)
        *GROW(out->list, out->n, out->cap) =
            (struct deed){"host:Run", step->on, json_pack("{s:O}", "command", json_array_get(lines, i))};
    if (!json_array_size(lines))
        *GROW(out->list, out->n, out->cap) = (struct deed){step->op, step->on, json_incref(params)};
    return true;
}

/* ---- how it ended ---- */

/* The exit status of a command that was typed or sent; 0 when the operation is no command. */
static int64_t exit_status(const struct world *w, const struct outcome *out)
{
    if (json_object_get(out->reply, "exitCode"))
        return json_int_or(out->reply, "exitCode", 0);
    for (size_t i = out->entry->seq; i < w->journal.n; i++) {
        const struct entry *caused = w->journal.list[i];
        if (caused->cause == out->entry->seq && text_same(caused->op, "host:Run"))
            return json_int_or(caused->response, "exit", 0);
    }
    return 0;
}

bool step_judge(const struct step *step, const struct world *w, const struct outcome *out, struct err *e)
{
    const char *wanted = step->expect;
    /* a sign-in that failed has a message only */
    const char *code = out->error_code ? out->error_code : out->entry->error_message;
    if (wanted && !text_same(code, wanted) && !text_same(out->entry->error_code, wanted))
        return step_fail(step, e, "%s: expected %s, but it came to %s", out->entry->op, wanted, code ? code : "success");
    if (!wanted && code)
        return step_fail(step, e, "%s: %s%s%s", out->entry->op, code, out->error_code ? ": " : "",
                         out->error_code ? out->error_message : "");
    int64_t status = exit_status(w, out);
    if (!wanted && status)
        return step_fail(step, e, "%s ended with status %lld: %s", json_str_or(out->entry->asked, "command", out->entry->op),
                         (long long)status, json_str_or(out->reply, "stderr", ""));
    return true;
}

/* ---- doing it ---- */

/* How long things take on a server. */
#define ENTER_MS 4000
#define NEXT_MS 6000
#define LEAVE_MS 3000

struct doing {
    struct play *p;
    const struct step *step;
    const struct due *due;
    const struct member *member;
    int64_t now_ms;
    int64_t takes_ms, room_ms; /* from its first action to its last; what there is of it: less, and it is done in haste */
    size_t n;                  /* actions so far: each has its own stream */
    struct principal os;       /* in whose session host operations happen */
    struct origin os_from;
    const char *region;         /* NULL = the home region */
    struct principal key_owner; /* of the step's `key`, or of its console session; without a name: the person itself */
};

static void pass(struct doing *d, int64_t ms)
{
    d->now_ms += d->room_ms < d->takes_ms ? ms * d->room_ms / d->takes_ms : ms;
}

static void begin(struct doing *d, size_t n_deeds, bool own_way)
{
    int64_t end = d->due->time_ms, last = d->p->world.now_ms;
    d->takes_ms = d->room_ms = (own_way ? ENTER_MS + LEAVE_MS : 0) + (n_deeds ? (int64_t)(n_deeds - 1) * NEXT_MS : 0);
    if (!d->due->ends_then)
        return;
    d->now_ms = last > end - d->takes_ms ? last : end - d->takes_ms;
    d->now_ms = d->now_ms < end ? d->now_ms : end;
    d->room_ms = end - d->now_ms;
}

static void perform(struct doing *d, const struct action *like, const char *op, const char *on, json_t *params,
                    struct outcome *out)
{
    struct action action = *like;
    action.time_ms = d->now_ms;
    action.op = op;
    action.on = on;
    action.params = params;
    action.region = d->region;
    action.stream = stream_name(&d->p->world, "story/%zu/%zu", d->due->index, d->n++);
    act(&d->p->world, &action, out);
}

static bool enter(struct doing *d, const char *on, struct err *e)
{
    const struct server *server = find_server(&d->p->world, on);
    struct outcome out;
    if (!server)
        return step_fail(d->step, e, "there is no server \"%s\"", on ? on : "");
    json_auto_t *params =
        json_pack("{s:s, s:s, s:s}", "user", server->login_user, "by", "publickey", "key", server->public_key);
    struct origin from = member_origin(&d->p->world.arena, d->member, "ssh", "host:LogIn");
    perform(d, &(struct action){.who = {.kind = PRINCIPAL_ANONYMOUS}, .from = from}, "host:LogIn", on, params, &out);
    if (out.error_code)
        return step_fail(d->step, e, "logging in on \"%s\" as %s: %s: %s", on, server->login_user, out.error_code,
                         out.error_message);
    d->os = (struct principal){
        .kind = PRINCIPAL_OS, .name = server->login_user, .os_session = (long)json_int_or(out.reply, "session", 0)};
    d->os_from = from;
    pass(d, ENTER_MS);
    return true;
}

static void leave(struct doing *d, const char *on)
{
    struct outcome out;
    pass(d, LEAVE_MS);
    perform(d, &(struct action){.who = d->os, .from = d->os_from}, "host:LogOut", on, NULL, &out);
}

/* The session that a marked login came to: its own, or that which it caused (an SSM session). */
static bool take_session(struct doing *d, struct err *e)
{
    const struct mark *mark = play_mark(d->p, d->step->session);
    const struct entry *login = mark ? mark->entry : NULL;
    const struct journal *journal = &d->p->world.journal;
    for (size_t i = login ? login->seq : journal->n; i < journal->n && !json_object_get(login->response, "session"); i++)
        if (journal->list[i]->cause == mark->entry->seq && text_same(journal->list[i]->op, "host:LogIn"))
            login = journal->list[i];
    if (!login || !json_object_get(login->response, "session"))
        return step_fail(d->step, e, "\"session: %s\" has not begun", d->step->session);
    d->os = (struct principal){.kind = PRINCIPAL_OS,
                               .name = json_str_or(login->response, "user", ""),
                               .os_session = (long)json_int_or(login->response, "session", 0)};
    d->os_from = login->from;
    return true;
}

static bool on_server(const struct deed *deed)
{
    return text_starts(deed->op, "host:") && !text_same(deed->op, "host:LogIn");
}

/* Who logs in with a key and does not say which has the owner's. */
static void complete_login(struct doing *d, const struct deed *deed)
{
    const struct server *server = find_server(&d->p->world, deed->on);
    if (text_same(deed->op, "host:LogIn") && server && text_same(json_str(deed->params, "by"), "publickey") &&
        !json_object_get(deed->params, "key"))
        json_put_text(deed->params, "key", server->public_key);
}

bool step_region(struct play *p, const struct step *step, const char **ret, struct err *e)
{
    AUTO(str_drop) struct str region = {0};
    *ret = NULL;
    if (!step->region.text)
        return true;
    if (!scenario_expand(step->region.text, play_lookup, p, &region, e))
        return step_fail(step, e, "\"region\"");
    *ret = arena_dup(&p->world.arena, str_text(&region));
    return true;
}

/* Temporary credentials act as whom STS gave them out for, until they end. */
static bool take_session_key(struct doing *d, const struct session_key *key, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    if (key->expires_ms <= d->now_ms)
        return step_fail(d->step, e, "\"key\": the temporary credentials %s were good until %s, and this is at %s", key->id,
                         arena_time(&arena, key->expires_ms, TIME_ISO), arena_time(&arena, d->now_ms, TIME_ISO));
    d->key_owner = key->who;
    return true;
}

/* Who signs with somebody's key acts as its owner, whoever typed. */
static bool take_key(struct doing *d, struct err *e)
{
    AUTO(str_drop) struct str id = {0};
    const struct step *step = d->step;
    if (!step->key.text)
        return true;
    if (!scenario_expand(step->key.text, play_lookup, d->p, &id, e))
        return step_fail(step, e, "\"key\"");
    struct access_key *key = NULL;
    const struct user *owner = find_user_by_key(&d->p->world, str_text(&id), &key);
    const struct session_key *temporary = find_session_key(&d->p->world, str_text(&id));
    if (temporary)
        return take_session_key(d, temporary, e);
    if (!owner)
        return step_fail(step, e, "\"key\": there is no access key \"%s\"", str_text(&id));
    d->key_owner = (struct principal){.kind = PRINCIPAL_USER, .name = owner->name, .access_key_id = key->id};
    return true;
}

/* The console session that a marked sign-in came to. */
static bool take_console(struct doing *d, struct err *e)
{
    const struct mark *mark = play_mark(d->p, d->step->session);
    const struct entry *login = mark ? mark->entry : NULL;
    if (!login || !text_same(login->op, "signin:ConsoleLogin") || login->error_message)
        return step_fail(d->step, e, "\"session: %s\": nobody signed in there", d->step->session);
    struct chance c = chance_of(&d->p->seed, "story/%s/console", d->step->session);
    char tail[9];
    chance_text(&c, ALPHABET_BASE32, 8, tail);
    d->key_owner = (struct principal){
        .kind = PRINCIPAL_USER,
        .name = json_str_or(login->asked, "userName", ""),
        .access_key_id = arena_printf(&d->p->world.arena, "ASIA%s%s", d->p->world.account.key_prefix, tail),
        .session_start_ms = login->time_ms / 1000 * 1000,
        .mfa = text_same(json_str(login->additional, "MFAUsed"), "Yes"),
        .console = true,
    };
    return true;
}

static void do_deed(struct doing *d, const struct deed *deed, struct outcome *out)
{
    struct action action = {.mark = d->step->mark};
    if (on_server(deed)) {
        action.who = d->os;
        action.from = d->os_from;
    } else if (text_starts(deed->op, "host:")) {
        action.who = (struct principal){.kind = PRINCIPAL_ANONYMOUS};
        action.from = member_origin(&d->p->world.arena, d->member, "ssh", deed->op);
    } else {
        const char *client = d->key_owner.console ? "console" : d->step->client;
        action.who = d->key_owner.name ? d->key_owner : member_principal(d->member, client, &d->due->console);
        action.from = step_origin(d->p, d->member, d->step->as, client, deed->op);
    }
    complete_login(d, deed);
    perform(d, &action, deed->op, deed->on, deed->params, out);
}

/* ---- marks ---- */

void mark_keep_before(struct play *p, const struct step *step, struct mark *mark)
{
    const struct server *server = step->on ? find_server(&p->world, step->on) : NULL;
    if (!server)
        return;
    mark->server = server->name;
    struct file *copy = arena_alloc(&p->world.arena, (server->tree.n + 1) * sizeof(*copy));
    for (const struct file *f = server->tree.files; f && mark->n_before < server->tree.n; f = f->next)
        copy[mark->n_before++] = *f;
    mark->before = copy;
}

const struct file *play_file_before(const struct play *p, const char *name, const char *path)
{
    const struct mark *mark = play_mark(p, name);
    for (size_t i = 0; mark && i < mark->n_before; i++)
        if (text_same(mark->before[i].path, path))
            return &mark->before[i];
    return NULL;
}

/* Of what is done again and again. */
#define LEAST_AGAIN 1800
#define MOST_AGAIN 7400

static size_t times_of(struct play *p, const struct step *step)
{
    AUTO(str_drop) struct str text = {0};
    struct err ignored = {0};
    if (!step->times.text || !scenario_expand(step->times.text, play_lookup, p, &text, &ignored))
        return 1;
    long times = strtol(str_text(&text), NULL, 10);
    return times < 1 ? 1 : times > STEP_MOST_TIMES ? STEP_MOST_TIMES : (size_t)times;
}

size_t step_times(struct play *p, const struct step *step)
{
    return step->run.n || (text_starts(step->op, "host:") && !text_same(step->op, "host:LogIn")) ? 1 : times_of(p, step);
}

static struct chance pauses_of(const struct play *p, size_t step)
{
    return chance_of(&p->seed, "story/%zu/pauses", step);
}

int64_t step_pause(const struct play *p, size_t step, size_t nth)
{
    struct chance pauses = pauses_of(p, step);
    int64_t pause = 0;
    for (size_t i = 0; i < nth; i++)
        pause = chance_between(&pauses, LEAST_AGAIN, MOST_AGAIN);
    return pause;
}

/* Where it is done and as whom: a login, a shell's session, the console. */
static bool arrive(struct doing *d, const struct deeds *deeds, bool inside, bool own_way, struct err *e)
{
    if (inside)
        return own_way ? enter(d, deeds->list[0].on, e) : take_session(d, e);
    return !d->step->session || take_console(d, e);
}

static bool logs_before(struct doing *d, const struct deed *deed, struct err *e)
{
    return play_logs_before(d->p, deed, d->os.os_session, d->now_ms, e) || step_fail(d->step, e, "the logs before it");
}

/* All of them, as often as the step says. *ret_first: the entry of the first. */
static bool do_deeds(struct doing *d, const struct deeds *deeds, const struct entry **ret_first, struct err *e)
{
    struct chance pauses = pauses_of(d->p, d->due->index);
    size_t times = d->due->once ? 1 : times_of(d->p, d->step);
    for (size_t i = 0; i < deeds->n * times; i++) {
        const struct deed *deed = &deeds->list[i % deeds->n];
        struct outcome out;
        if (i)
            pass(d, times > 1 ? chance_between(&pauses, LEAST_AGAIN, MOST_AGAIN) : NEXT_MS);
        if (i && !logs_before(d, deed, e))
            return false;
        do_deed(d, deed, &out);
        if (!step_judge(d->step, &d->p->world, &out, e))
            return false;
        *ret_first = *ret_first ? *ret_first : out.entry;
    }
    return true;
}

bool step_play(struct play *p, const struct due *due, struct err *e)
{
    AUTO(deeds_drop) struct deeds deeds = {0};
    struct mark mark = {.name = due->nth ? NULL : due->step->mark, .step = due->step};
    struct doing d = {.n = due->nth,
                      .p = p,
                      .step = due->step,
                      .due = due,
                      .member = member_of_step(p, due->step, e),
                      .now_ms = due->time_ms};
    if (!d.member || !step_region(p, due->step, &d.region, e) || !take_key(&d, e) || !step_deeds(p, due->step, &deeds, e))
        return false;
    bool inside = deeds.n && on_server(&deeds.list[0]), own_way = inside && !due->step->session;
    begin(&d, deeds.n, own_way);
    if (!arrive(&d, &deeds, inside, own_way, e) || (deeds.n && !logs_before(&d, &deeds.list[0], e)))
        return false;
    if (mark.name)
        mark_keep_before(p, due->step, &mark);
    if (!do_deeds(&d, &deeds, &mark.entry, e))
        return false;
    if (own_way)
        leave(&d, deeds.list[0].on);
    if (mark.name)
        p->marks[p->n_marks++] = mark;
    return true;
}

static const struct entry *entry_of_stream(const struct world *w, const char *stream)
{
    for (size_t i = 0; i < w->journal.n; i++)
        if (text_same(w->journal.list[i]->stream, stream))
            return w->journal.list[i];
    return NULL;
}

const struct entry *play_step_entry(const struct play *p, size_t step)
{
    struct world *w = (struct world *)&p->world; /* for the names of streams alone */
    const struct step *s = (const struct step *)p->scenario->timeline.items + step;
    const struct entry *first = entry_of_stream(w, stream_name(w, "story/%zu/0", step));
    bool came_for_more = first && text_same(first->op, "host:LogIn") && !text_same(s->op, "host:LogIn");
    const struct entry *second = came_for_more ? entry_of_stream(w, stream_name(w, "story/%zu/1", step)) : NULL;
    return second ? second : first;
}
