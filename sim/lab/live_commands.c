/* SPDX-License-Identifier: MIT */
/*
 * What cafelab's own commands ask of who serves a lab: a stay on a server, one call as the student. Their users look at the
 * files next, so these follow before the answer.
 */
#include "sim/lab/live_parts.h"
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

/* What somebody just did to the servers' files by hand is there before a command looks at them. */
static bool see_files(struct live *live, const char *on, struct err *e)
{
    return !on || live_bring_files(live, clock_now_ms(), true, e);
}

static json_t *call(struct live *live, const json_t *asked, struct err *e)
{
    json_t *params = json_object_get(asked, "params"), *answer = json_object();
    struct outcome out = {0};
    if (!json_str(asked, "op") || !json_is_object(params))
        err_set(e, "expected op and params");
    else if (see_files(live, json_str(asked, "on"), e) &&
             lab_act(&live->lab, json_str(asked, "as"), json_str(asked, "op"), json_str(asked, "on"), params, &out, e)) {
        json_put_text(answer, "errorCode", out.error_code);
        json_put_text(answer, "errorMessage", out.error_message);
        if (out.reply)
            json_put(answer, "reply", json_deep_copy(out.reply));
        return answer;
    }
    json_decref(answer);
    return NULL;
}

static json_t *ask(struct live *live, json_t *(*way)(struct live *, const json_t *, struct err *), const json_t *asked,
                   struct err *e)
{
    struct err said = {0};
    pthread_mutex_lock(&live->lock);
    bool good = !live->broken || err_set(e, "the journal of '%s' cannot be written", live->lab.dir);
    json_t *answer = good ? way(live, asked, &said) : NULL;
    good = good && live_append(live, e) && (said.set || lab_traces_write(&live->lab, live_time(live), e));
    if (good && live->lab.live)
        story_notice(&live->story, &live->lab);
    queries_notice(live);
    uint64_t upto = live->appended;
    pthread_mutex_unlock(&live->lock);
    if (said.set && !e->set)
        *e = said;
    if (good && live_make_safe(live, upto, e) && !e->set)
        return answer;
    json_decref(answer);
    return NULL;
}

json_t *live_stay(struct live *live, const json_t *asked, struct err *e)
{
    return ask(live, stay, asked, e);
}

json_t *live_call(struct live *live, const json_t *asked, struct err *e)
{
    return ask(live, call, asked, e);
}
