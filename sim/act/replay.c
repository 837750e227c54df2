/* SPDX-License-Identifier: MIT */
/*
 * A journal's entries done again. What the operation of an entry caused comes back by itself; such entries are only
 * compared. Whoever edits a journal has to invent a history that the world agrees to.
 */
#include "sim/act/parts.h"

#include <inttypes.h>

static const char *came_to(const struct entry *entry)
{
    return entry->error_code ? entry->error_code : "success";
}

/* What the log writers see must be what comes of it. On a server it may not: people edit files there between two calls. */
static bool compare_documents(const struct entry *recorded, const struct entry *done, struct err *e)
{
    const struct {
        const char *name;
        const json_t *recorded, *done;
    } documents[] = {
        {"identity",   recorded->identity,   done->identity  },
        {"params",     recorded->params,     done->params    },
        {"response",   recorded->response,   done->response  },
        {"additional", recorded->additional, done->additional},
        {"resources",  recorded->resources,  done->resources },
    };

    for (size_t i = 0; i < COUNT(documents) && !done->on; i++)
        if (documents[i].recorded != documents[i].done && !json_equal(documents[i].recorded, documents[i].done))
            return err_set(e, "entry %" PRIu64 ": recorded %s is not what it comes to", recorded->seq, documents[i].name);
    return true;
}

static bool compare(const struct entry *recorded, const struct entry *done, struct err *e)
{
    if (!text_same(recorded->op, done->op) || recorded->cause != done->cause)
        return err_set(e, "entry %" PRIu64 ": recorded %s caused by %" PRIu64 ", replayed %s caused by %" PRIu64, recorded->seq,
                       recorded->op, recorded->cause, done->op, done->cause);
    if (recorded->time_ms != done->time_ms)
        return err_set(e, "entry %" PRIu64 ": recorded at %lld ms, before an earlier entry or its cause", recorded->seq,
                       (long long)recorded->time_ms);
    /* what only reads may have read what a replay does not have (files, logs), and changes nothing */
    if (!done->read_only && !text_same(recorded->error_code, done->error_code))
        return err_set(e, "entry %" PRIu64 ": recorded %s, replayed %s", recorded->seq, came_to(recorded), came_to(done));
    if (!text_same(recorded->event_id, done->event_id))
        return err_set(e, "entry %" PRIu64 ": recorded event id %s, replayed %s", recorded->seq,
                       recorded->event_id ? recorded->event_id : "none", done->event_id ? done->event_id : "none");
    return compare_documents(recorded, done, e);
}

static void do_again(struct world *w, const struct entry *recorded)
{
    struct outcome out;
    bool was_replaying = w->replaying;

    w->replaying = true;
    w->recorded = recorded;
    act(w,
        &(struct action){.time_ms = recorded->time_ms,
                         .who = recorded->who,
                         .from = recorded->from,
                         .op = recorded->op,
                         .on = recorded->on,
                         .region = recorded->region,
                         .params = recorded->asked,
                         .mark = recorded->mark,
                         .stream = recorded->stream,
                         .prelude = recorded->prelude},
        &out);
    w->replaying = was_replaying;
    w->recorded = NULL;
}

/* What was read of a bucket depends on what had been delivered by then, which the journal does not hold. It changed
 * nothing, so it is taken as it was written down. */
static bool reads_objects(const struct world *w, const struct entry *recorded)
{
    const struct op *op = catalog_find(w->catalog, recorded->op, NULL);

    return op && (op->flags & (OP_READ | OP_DATA)) == (OP_READ | OP_DATA);
}

static bool keep_as_recorded(struct world *w, const struct entry *recorded)
{
    struct entry *entry = journal_add(w);
    uint64_t seq = entry->seq;

    *entry = *recorded;
    entry_keep(w, entry);
    entry->seq = seq;
    w->now_ms = entry->time_ms > w->now_ms ? entry->time_ms : w->now_ms;
    return true;
}

/* What happened on a server is not compared, and was seen then on files that are not there now: it stays as it was seen. */
static bool settle(struct world *w, const struct entry *recorded, struct err *e)
{
    struct entry *done = w->journal.list[recorded->seq - 1];

    if (!compare(recorded, done, e))
        return false;
    if (w->contents_come && done->on && recorded->response)
        done->response = world_keep(w, json_incref(recorded->response));
    return true;
}

bool act_replay(struct world *w, const struct entry *recorded, struct err *e)
{
    uint64_t next = w->journal.n + 1;

    if (recorded->cause) {
        if (recorded->seq == 0 || recorded->seq >= next)
            return err_set(e, "entry %" PRIu64 ": entry %" PRIu64 " does not cause it", recorded->seq, recorded->cause);
        return settle(w, recorded, e);
    }
    if (recorded->seq != next)
        return err_set(e, "entry %" PRIu64 ": expected entry %" PRIu64 " here", recorded->seq, next);
    if (reads_objects(w, recorded))
        return keep_as_recorded(w, recorded);
    do_again(w, recorded);
    return settle(w, recorded, e);
}
