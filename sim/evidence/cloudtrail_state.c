/* SPDX-License-Identifier: MIT */
/*
 * .cafelab/delivery.json: where delivery stands. The student's own calls are delivered after the build; then CloudTrail goes
 * on from here: its newest mark, its own calls that no file holds yet, each chain of digests, and the files that no digest
 * names yet. The file lies on a student's disk, so everything read is checked; damage is an error, never a guess.
 */
#include "sim/evidence/cloudtrail.h"

#include <string.h>

#define DELIVERY ".cafelab/delivery.json"
#define STATE_MAX_BYTES (8u << 20)
#define MOST_ITEMS 20000 /* of a list; a day has 288 marks for each trail and region, and hardly one is waiting */

static const char *path_of(struct arena *arena, const struct evidence_task *task)
{
    return arena_printf(arena, "%s/" DELIVERY, task->to.dir);
}

/* ---- writing ---- */

static json_t *own_calls(const struct plan *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->n_service; i++) {
        const struct service_call *c = &p->service[i];
        if (c->time_ms <= p->mark_ms - MARK_MS && c->time_ms <= p->tell_ms) /* in every file and in event history */
            continue;
        bool key = strcmp(p->stock->calls[c->call].shape->op, "kms:GenerateDataKey") == 0;
        json_array_append_new(list, json_pack("{s:I, s:b, s:s, s:I, s:s, s:o}", "time", (json_int_t)c->time_ms, "key", key,
                                              "trail", c->span->trail->arn, "since", (json_int_t)c->span->from_ms, "object",
                                              c->object, "number", json_textf("%016llx", (unsigned long long)c->number)));
    }
    return list;
}

static json_t *chains(const struct plan *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->n_chains; i++) {
        const struct chain *c = &p->chains[i];
        json_t *one = json_pack("{s:s, s:s, s:I}", "trail", c->trail, "region", c->region, "end", (json_int_t)c->end_ms);
        if (c->hour_ms != c->end_ms)
            json_object_set_new(one, "hour", json_integer((json_int_t)c->hour_ms));
        if (c->key)
            json_object_update_new(one, json_pack("{s:s, s:s, s:s, s:s}", "bucket", c->bucket, "key", c->key, "hash", c->hash,
                                                  "signature", c->signature));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *waiting_files(const struct plan *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->n_waiting; i++) {
        const struct waiting *f = &p->waiting[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "trail", f->trail, "region", f->region,
                                        "bucket", f->bucket, "key", f->key, "hash", f->hash, "newest", (json_int_t)f->newest_ms,
                                        "oldest", (json_int_t)f->oldest_ms, "written", (json_int_t)f->written_ms));
    }
    return list;
}

bool state_write(const struct plan *p, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    json_auto_t *state = json_pack("{s:I, s:I, s:o, s:o, s:o}", "mark", (json_int_t)p->mark_ms, "told", (json_int_t)p->tell_ms,
                                   "ownCalls", own_calls(p), "chains", chains(p), "waiting", waiting_files(p));
    if (p->flushed_ms)
        json_object_set_new(state, "flushed", json_integer((json_int_t)p->flushed_ms));
    str_add_json_pretty(&text, state);
    return folder_make(&p->task->to, ".cafelab", e) && folder_put(&p->task->to, DELIVERY, text.s, text.len, e);
}

/* ---- reading ---- */

static const char *text(struct plan *p, const json_t *object, const char *key)
{
    return arena_dup(&p->arena, json_str(object, key));
}

/* It comes into records as it is. */
static bool is_key(const char *s)
{
    size_t n = s ? strlen(s) : 0;
    return n > 0 && n <= 1024 && strspn(s, ALPHABET_ALNUM "/_.-+=:@!*'(),& ") == n;
}

static bool is_region(const char *s)
{
    return s && *s && strlen(s) <= 32 && strspn(s, ALPHABET_LOWER "-") == strlen(s); /* it comes into the names of files */
}

static bool read_own_call(struct plan *p, const json_t *one, struct err *e)
{
    const char *trail = json_str_or(one, "trail", ""), *object = text(p, one, "object"), *number = json_str(one, "number");
    int64_t time = json_int_or(one, "time", -1), since = json_int_or(one, "since", -1);
    uint32_t call = (uint32_t)p->stock->n_everyday + json_bool_or(one, "key", false);
    unsigned long long n = 0;
    const struct logging_span *span = p->task->w->account.spans;
    for (; span && (strcmp(span->trail->arn, trail) != 0 || span->from_ms != since); span = span->next)
        call += 2;
    if (!span || !is_key(object) || !number || sscanf(number, "%16llx", &n) != 1 || time < 0 || !p->stock->calls[call].known)
        return err_set(e, "ownCalls: expected calls of this account's trails");
    const char *region = p->stock->calls[call].shape->region;
    struct ref ref = {time, (uint32_t)p->n_service, REF_SERVICE};
    *GROW(p->service, p->n_service, p->cap_service) = (struct service_call){time, call, span, region, object, n};
    for (size_t i = 0; i < p->n_streams; i++)
        if (strcmp(p->streams[i].region, region) == 0)
            stream_add_service(&p->streams[i], ref);
    return true;
}

/* Digests of a trail end after it began to log: else there would be hours without end to catch up with. */
static bool is_time(const struct plan *p, const char *trail, int64_t end_ms)
{
    for (const struct logging_span *s = p->task->w->account.spans; s; s = s->next)
        if (text_same(s->trail->arn, trail) && end_ms >= s->from_ms / 1000 * 1000)
            return true;
    return false;
}

static bool read_chain(struct plan *p, const json_t *one, struct err *e)
{
    struct chain c = {.trail = text(p, one, "trail"),
                      .region = text(p, one, "region"),
                      .bucket = text(p, one, "bucket"),
                      .key = text(p, one, "key"),
                      .hash = text(p, one, "hash"),
                      .signature = text(p, one, "signature"),
                      .end_ms = json_int_or(one, "end", -1)};
    c.hour_ms = json_int_or(one, "hour", c.end_ms);
    bool whole = c.bucket && c.key && c.hash && c.signature, new = !c.bucket && !c.key && !c.hash && !c.signature;
    if (!is_region(c.region) || !is_time(p, c.trail, c.hour_ms) || c.hour_ms > c.end_ms || c.hour_ms + HOUR_MS <= c.end_ms ||
        !(whole || new))
        return err_set(e, "chains: expected digests");
    *GROW(p->chains, p->n_chains, p->cap_chains) = c;
    return true;
}

static bool read_waiting(struct plan *p, const json_t *one, struct err *e)
{
    struct waiting f = {.trail = text(p, one, "trail"),
                        .region = text(p, one, "region"),
                        .bucket = text(p, one, "bucket"),
                        .key = text(p, one, "key"),
                        .hash = text(p, one, "hash"),
                        .newest_ms = json_int_or(one, "newest", -1),
                        .oldest_ms = json_int_or(one, "oldest", -1),
                        .written_ms = json_int_or(one, "written", -1)};
    if (!f.trail || !f.region || !f.bucket || !f.key || !f.hash || f.newest_ms < 0 || f.oldest_ms < 0 || f.written_ms < 0)
        return err_set(e, "waiting: expected log files");
    *GROW(p->waiting, p->n_waiting, p->cap_waiting) = f;
    return true;
}

static bool read_list(struct plan *p, const json_t *state, const char *key,
                      bool (*read)(struct plan *, const json_t *, struct err *), struct err *e)
{
    const json_t *list = json_object_get(state, key);
    if (!json_is_array(list) || json_array_size(list) > MOST_ITEMS)
        return err_set(e, "%s: expected a list", key);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!read(p, json_array_get(list, i), e))
            return false;
    return true;
}

bool state_parse(struct plan *p, const char *text, size_t len, struct err *e)
{
    const int64_t farthest = (p->task->until_ms / MARK_MS + 4) * MARK_MS;
    json_auto_t *state = json_read(text, len, e);
    if (!state)
        return false;
    p->told_ms = json_int_or(state, "told", 0);
    p->mark_ms = json_int_or(state, "mark", -1);
    if (p->mark_ms < 0 || p->mark_ms % MARK_MS || p->mark_ms > farthest)
        return err_set(e, "mark: expected a time of delivery");
    p->flushed_ms = json_int_or(state, "flushed", 0);
    if (p->flushed_ms < 0 || p->flushed_ms > farthest)
        return err_set(e, "flushed: expected a time of delivery");
    return read_list(p, state, "ownCalls", read_own_call, e) && read_list(p, state, "chains", read_chain, e) &&
           read_list(p, state, "waiting", read_waiting, e);
}

bool state_read(struct plan *p, struct err *e)
{
    AUTO(str_drop) struct str text = {0};
    const char *path = path_of(&p->arena, p->task);
    if (p->task->live && !file_exists(path)) /* the first run */
        return true;
    if (!file_read(path, STATE_MAX_BYTES, &text, e))
        return false;
    return state_parse(p, text.s, text.len, e) || err_wrap(e, "%s", path);
}
