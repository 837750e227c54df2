/* SPDX-License-Identifier: MIT */
/*
 * What cafelab's own commands ask of who serves a lab: a stay on a server, one call as the student. Their users look at the
 * files next, so these follow before the answer.
 */
#include "sim/lab/live_parts.h"
#include "sim/lab/parts.h"
#include "sim/lab/stay.h"

static json_t *end_stay(struct live *live, const json_t *asked, struct err *e)
{
    AUTO(stay_drop) struct stay stay = {0};
    bool good = stay_from_json(&stay, asked) || err_set(e, "expected on, session, changes and settled");
    return good && stay_leave(&live->lab, &stay, e) ? json_object() : NULL;
}

static json_t *stay(struct live *live, const json_t *asked, struct err *e)
{
    if (text_same(json_str(asked, "do"), "begin"))
        return stay_enter(&live->lab,
                          &(struct arrival){.on = json_str(asked, "on"),
                                            .console = json_bool_or(asked, "console", false),
                                            .joins = json_bool_or(asked, "joins", false)},
                          e);
    if (text_same(json_str(asked, "do"), "end"))
        return end_stay(live, asked, e);
    if (text_same(json_str(asked, "do"), "credentials"))
        return stay_credentials(&live->lab, json_str(asked, "on"), e);
    err_set(e, "do: expected begin, end or credentials");
    return NULL;
}

static bool lab_act_in(struct live *live, const char *region, const json_t *asked, json_t *params, struct outcome *out,
                       struct err *e)
{
    live->lab.region = region;
    bool good = lab_act(&live->lab, json_str(asked, "as"), json_str(asked, "op"), json_str(asked, "on"), params, out, e);
    live->lab.region = NULL;
    return good;
}

static json_t *call(struct live *live, const json_t *asked, struct err *e)
{
    json_t *params = json_object_get(asked, "params"), *answer = json_object();
    struct outcome out = {0};
    lab_objects_see(&live->lab, json_str(asked, "op"), params);
    if (!json_str(asked, "op") || !json_is_object(params))
        err_set(e, "expected op and params");
    else if (json_str(asked, "region") && !region_known(json_str(asked, "region")))
        err_set(e, "there is no region \"%.40s\"", json_str(asked, "region"));
    else if (lab_act_in(live, json_str(asked, "region"), asked, params, &out, e)) {
        if (!out.error_code)
            lab_objects_settle(&live->lab, json_str(asked, "op"), params);
        json_put_text(answer, "errorCode", out.error_code);
        json_put_text(answer, "errorMessage", out.error_message);
        if (out.reply)
            json_put(answer, "reply", json_deep_copy(out.reply));
        return answer;
    }
    json_decref(answer);
    return NULL;
}

/* Under the lock: tries it, and writes it down. */
static json_t *try(struct live *live, json_t *(*way)(struct live *, const json_t *, struct err *), const json_t *asked,
                   uint64_t *upto, struct err *e)
{
    json_t *answer = NULL;
    if (live->broken) {
        err_set(e, "the journal of '%s' cannot be written", live->lab.dir);
        return NULL;
    }
    answer = way(live, asked, e);
    struct err journal = {0};
    if (!live_append(live, &journal))
        *e = journal;
    if (live->lab.live)
        story_notice(&live->story, &live->lab);
    queries_notice(live);
    *upto = live->appended;
    return answer;
}

/* `sees`: what somebody just did to the servers' files by hand is there before it is tried. */
static json_t *ask(struct live *live, json_t *(*way)(struct live *, const json_t *, struct err *), const json_t *asked,
                   bool sees, struct err *e)
{
    uint64_t upto = 0;
    json_t *answer = NULL;
    bool changed = false;
    pthread_mutex_lock(&live->files);
    pthread_mutex_lock(&live->lock);
    size_t before = live->lab.world.journal.n;
    if (!sees || live_follow_servers(live, clock_now_ms(), e))
        answer = try(live, way, asked, &upto, e);
    for (size_t i = before; i < live->lab.world.journal.n && !changed; i++)
        changed = !live->lab.world.journal.list[i]->read_only;
    pthread_mutex_unlock(&live->lock);
    bool good = !e->set && (!changed || live_follow(live, clock_now_ms(), e)) && live_make_safe(live, upto, e);
    pthread_mutex_unlock(&live->files);
    if (good)
        return answer;
    json_decref(answer);
    return NULL;
}

json_t *live_stay(struct live *live, const json_t *asked, struct err *e)
{
    return ask(live, stay, asked, false, e);
}

json_t *live_call(struct live *live, const json_t *asked, struct err *e)
{
    return ask(live, call, asked, json_str(asked, "on") != NULL, e);
}
