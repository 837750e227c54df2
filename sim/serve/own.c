/* SPDX-License-Identifier: MIT */
/* The lab's own door: who serves a lab holds it, so cafelab's other commands ask here. */
#include "sim/lab/stay.h"
#include "sim/serve/exchange.h"
#include "sim/serve/serve.h"

static json_t *skip(struct live *live, const json_t *asked, struct err *e)
{
    (void)asked;
    return live_skip(live, e) ? json_object() : NULL;
}

static const struct {
    const char *path;
    json_t *(*answer)(struct live *, const json_t *asked, struct err *); /* new reference; NULL on failure */
} ways[] = {
    {SERVE_SKIP_PATH, skip     },
    {SERVE_STAY_PATH, live_stay},
    {SERVE_CALL_PATH, live_call},
};

static void answer(struct live *live, size_t way, struct http_request *r, struct http_reply *reply)
{
    struct err e = {0};
    bool asked_well = text_same(r->method, "POST") && http_header(r, SERVE_OWN_HEADER);
    json_auto_t *asked = asked_well ? json_read(str_text(&r->body), r->body.len, &e) : NULL;
    json_auto_t *answer = asked ? ways[way].answer(live, asked, &e) : NULL;
    reply->wire.status = !asked_well ? 405 : answer ? 200 : 409;
    reply->wire.content_type = answer ? "application/json" : "text/plain; charset=UTF-8";
    if (answer)
        str_add_json_value(&reply->wire.body, answer);
    else
        str_add(&reply->wire.body, e.msg);
}

bool own_answer(struct live *live, struct http_request *r, struct http_reply *reply)
{
    for (size_t i = 0; i < COUNT(ways); i++)
        if (text_same(r->path, ways[i].path)) {
            answer(live, i, r, reply);
            return true;
        }
    return false;
}
