/* SPDX-License-Identifier: MIT */
/*
 * What CloudTrail delivers when.
 *
 * A log file's stamp is a mark, a multiple of five minutes; it holds what happened until some time before (its lag: 5 s to
 * 2.5 min, drifting slowly) and after the file before it. So the newest record is 0 to 5 minutes old (1.7 in the median), the
 * oldest seldom more than eight, as in the 3,386 genuine files measured. The file is written one to three minutes after its
 * stamp: GenerateDataKey records and the times of objects tell that of genuine files. Before CloudTrail writes, it calls S3 and
 * KMS, and those calls are records again, which a later mark delivers: once logging has begun, no mark is without a file.
 */
#include "sim/evidence/cloudtrail.h"

#include "sim/base/services.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEAST_LAG 5000
#define DRIFT 10000 /* of the lag from mark to mark */

/* From the stamp to the writing; nobody likes to wait, so in a live lab it is quicker. */
#define LEAST_DELAY 50000
#define MOST_DELAY 170000
#define LIVE_DELAY 20000

#define MINUTE_MS 60000
#define LONGEST_CALLS 3000 /* CloudTrail's own, before it writes */

static bool entry_is_recorded(const struct entry *entry)
{
    return !entry->silent && !entry->prelude && entry->region && entry->event_id && entry->identity;
}

/* ---- streams ---- */

static struct stream *stream_of(struct plan *p, const char *region)
{
    for (size_t i = 0; i < p->n_streams; i++)
        if (strcmp(p->streams[i].region, region) == 0)
            return &p->streams[i];
    struct stream *s = GROW(p->streams, p->n_streams, p->cap_streams);
    *s = (struct stream){.region = region};
    return s;
}

static int by_time(const void *a, const void *b)
{
    const struct ref *x = a, *y = b;
    if (x->time_ms != y->time_ms)
        return x->time_ms < y->time_ms ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static void add_entries(struct plan *p)
{
    const struct journal *journal = &p->task->w->journal;
    for (size_t i = p->task->live ? 0 : p->task->first; i < journal->n; i++) {
        const struct entry *entry = journal->list[i];
        struct stream *s = entry_is_recorded(entry) ? stream_of(p, entry->region) : NULL;
        if (s)
            *GROW(s->list, s->n, s->cap) = (struct ref){entry->time_ms, (uint32_t)i, REF_ENTRY};
    }
    for (size_t i = 0; i < journal->n_briefs; i++) {
        const struct brief *brief = &journal->briefs[i];
        struct stream *s = p->task->live || brief->seq > p->task->first ? stream_of(p, brief->region) : NULL;
        if (s)
            *GROW(s->list, s->n, s->cap) = (struct ref){brief->time_ms, (uint32_t)i, REF_BRIEF};
    }
    for (size_t i = 0; i < p->n_streams; i++) /* a caused entry may be later than the next one */
        if (p->streams[i].n)
            qsort(p->streams[i].list, p->streams[i].n, sizeof(struct ref), by_time);
}

/* A stream being made: the journal's entries, and everyday calls put between them. At one time entries come first. */
struct merging {
    struct ref *all;
    size_t n, next; /* of the entries */
};

static inline void put_until(struct merging *m, const struct stream *s, int64_t time_ms)
{
    while (m->next < s->n && s->list[m->next].time_ms <= time_ms)
        m->all[m->n++] = s->list[m->next++];
}

static void finish(struct merging *m, struct stream *s)
{
    put_until(m, s, INT64_MAX);
    free(s->list);
    *s = (struct stream){.region = s->region, .list = m->all, .n = m->n, .cap = m->n};
}

/* Where each everyday call is recorded; its region's number, or UINT32_MAX for those that leave no record. */
static uint32_t *streams_of_calls(struct plan *p)
{
    uint32_t *of_call = xcalloc(p->stock->n_everyday, sizeof(*of_call));
    for (size_t i = 0; i < p->stock->n_everyday; i++) {
        const struct stock_call *call = &p->stock->calls[i];
        bool leaves_none = !call->known || call->shape->silent;
        of_call[i] = leaves_none ? UINT32_MAX : (uint32_t)(stream_of(p, call->shape->region) - p->streams);
    }
    return of_call;
}

static void add_occurrences(struct plan *p)
{
    const struct everyday *everyday = p->task->everyday;
    if (!everyday || (p->task->first > 0 && !p->task->live)) /* all were delivered when the lab was built */
        return;
    uint32_t *of_call = streams_of_calls(p);
    struct merging *merging = xcalloc(p->n_streams, sizeof(*merging));
    size_t *n = xcalloc(p->n_streams, sizeof(*n));
    for (size_t i = p->first_occurrence; i < everyday->n; i++)
        if (of_call[everyday->list[i].call] != UINT32_MAX)
            n[of_call[everyday->list[i].call]]++;
    for (size_t i = 0; i < p->n_streams; i++)
        merging[i].all = xmalloc((p->streams[i].n + n[i] + 1) * sizeof(struct ref));
    for (size_t i = p->first_occurrence; i < everyday->n; i++) {
        const struct occurrence *o = &everyday->list[i];
        if (of_call[o->call] == UINT32_MAX)
            continue;
        struct merging *m = &merging[of_call[o->call]];
        put_until(m, &p->streams[of_call[o->call]], o->time_ms);
        m->all[m->n++] = (struct ref){o->time_ms, (uint32_t)i, REF_OCCURRENCE};
    }
    for (size_t i = 0; i < p->n_streams; i++)
        finish(&merging[i], &p->streams[i]);
    free(merging);
    free(n);
    free(of_call);
}

/* ---- channels ---- */

/* IAM, sign-in and STS's global endpoint: recorded in us-east-1 wherever the caller is. */
static bool is_global(const char *region, const char *source)
{
    return strcmp(region, "us-east-1") == 0 &&
           (strcmp(source, SERVICE_IAM) == 0 || strcmp(source, SERVICE_STS) == 0 || strcmp(source, SERVICE_SIGNIN) == 0);
}

const struct entry *plan_entry(const struct plan *p, const struct ref *ref, struct recalled *room, struct err *e)
{
    const struct journal *journal = &p->task->w->journal;
    if (ref->kind != REF_BRIEF)
        return journal->list[ref->index];
    return brief_recall(&journal->briefs[ref->index], p->journal, room, e) ? &room->entry : NULL;
}

static bool selected(const struct logging_span *span, const struct entry *shape, const char *source)
{
    if (is_global(shape->region, source) && !span->global_events)
        return false;
    if (shape->data_event) {
        const char *bucket = text_starts(shape->op, "s3:") ? json_str(shape->params, "bucketName") : NULL;
        return span->data_events && bucket && span_takes_object(span, bucket, json_str(shape->params, "key"), shape->read_only);
    }
    return span->management && (shape->read_only ? span->reads : span->writes);
}

static bool takes_entry(const struct channel *c, const struct plan *p, const struct entry *entry)
{
    struct record_facts facts = {0};
    return p->task->about && p->task->about(p->task->w, entry->op, &facts) && selected(c->span, entry, facts.source);
}

/* Which object a data event is about stands in the file only. */
static bool takes_brief(const struct channel *c, const struct plan *p, const struct ref *ref)
{
    const struct brief *brief = &p->task->w->journal.briefs[ref->index];
    AUTO(recalled_drop) struct recalled recalled = {0};
    struct err ignored = {0}; /* who writes the record comes upon it */
    if (!brief->data_event)
        return takes_entry(c, p, &(struct entry){.op = brief->op, .region = brief->region, .read_only = true});
    if (!c->span->data_events)
        return false;
    const struct entry *entry = plan_entry(p, ref, &recalled, &ignored);
    return !entry || takes_entry(c, p, entry);
}

bool channel_takes(const struct channel *c, const struct plan *p, const struct ref *ref)
{
    const struct logging_span *span = c->span;
    if (!span_covers(span, ref->time_ms, c->goes_on))
        return false;
    if (ref->kind == REF_OCCURRENCE)
        return c->calls[p->task->everyday->list[ref->index].call];
    if (ref->kind == REF_SERVICE)
        return c->calls[p->service[ref->index].call];
    if (ref->kind == REF_BRIEF)
        return takes_brief(c, p, ref);
    return takes_entry(c, p, p->task->w->journal.list[ref->index]);
}

static int64_t mark_after(int64_t ms)
{
    return (ms / MARK_MS + 1) * MARK_MS;
}

static void go_on(struct channel *c)
{
    int64_t lag = c->lag_ms + chance_between(&c->phase, -DRIFT, DRIFT);
    c->mark_ms += MARK_MS;
    c->lag_ms = lag < LEAST_LAG ? 2 * LEAST_LAG - lag : lag > MOST_LAG ? 2 * MOST_LAG - lag : lag;
}

/* Sets the channel to its newest mark not after `mark`: what lies before has been delivered, and what was flushed, too. */
static void catch_up(struct channel *c, int64_t mark, int64_t flushed_ms, bool live)
{
    while (c->mark_ms < mark)
        go_on(c);
    int64_t of_mark = c->mark_ms - c->lag_ms, until = of_mark > flushed_ms ? of_mark : flushed_ms;
    const struct stream *s = c->stream;
    while (c->next_service < s->n_service && s->service[c->next_service].time_ms <= until)
        c->next_service++;
    while (live && c->next < s->n && s->list[c->next].time_ms <= until)
        c->next++;
}

static struct channel channel_begin(const struct evidence_task *task, const struct logging_span *span, struct stream *stream)
{
    struct channel c = {.span = span, .stream = stream, .goes_on = span_goes_on(task->w->account.spans, span)};
    c.phase = chance_of(&task->seed, "cloudtrail/lag/%s/%s/%lld", span->trail->arn, stream->region, (long long)span->from_ms);
    c.lag_ms = chance_between(&c.phase, 4 * LEAST_LAG, MOST_LAG - 3 * LEAST_LAG);
    c.mark_ms = mark_after(span->from_ms) - MARK_MS;
    return c;
}

static void add_channel(struct plan *p, const struct logging_span *span, struct stream *stream)
{
    struct channel *c = GROW(p->channels, p->n_channels, p->cap_channels);
    *c = channel_begin(p->task, span, stream);
    c->calls = arena_alloc(&p->arena, p->stock->n_calls + 1);
    for (size_t i = 0; i < p->stock->n_calls; i++) {
        const struct stock_call *call = &p->stock->calls[i];
        c->calls[i] = call->known && selected(span, call->shape, call->facts.source);
    }
}

static void add_channels(struct plan *p)
{
    const struct account *account = &p->task->w->account;
    for (const struct logging_span *span = account->spans; span; span = span->next)
        for (size_t i = 0; i < p->n_streams; i++)
            if (span->multi_region || strcmp(p->streams[i].region, span->trail->home_region) == 0)
                add_channel(p, span, &p->streams[i]);
}

/* ---- CloudTrail's own calls ---- */

static uint32_t own_call_of(const struct plan *p, const struct logging_span *span, bool key)
{
    size_t i = 0;
    for (const struct logging_span *s = p->task->w->account.spans; s && s != span; s = s->next)
        i++;
    return (uint32_t)(p->stock->n_everyday + 2 * i + key);
}

/* They come nearly in order: few steps. */
void stream_add_service(struct stream *s, struct ref ref)
{
    size_t i = s->n_service;
    (void)GROW(s->service, s->n_service, s->cap_service);
    for (; i > 0 && s->service[i - 1].time_ms > ref.time_ms; i--)
        s->service[i] = s->service[i - 1];
    s->service[i] = ref;
}

static void add_service_call(struct plan *p, const struct log_file *file, bool key, int64_t time_ms)
{
    uint32_t call = own_call_of(p, file->channel->span, key);
    const struct stock_call *what = &p->stock->calls[call];
    uint32_t index = (uint32_t)p->n_service;
    if (!what->known)
        return;
    *GROW(p->service, p->n_service, p->cap_service) =
        (struct service_call){time_ms, call, file->channel->span, what->shape->region, file->key, file->number + key};
    struct stream *s = stream_of(p, what->shape->region);
    stream_add_service(s, (struct ref){time_ms, index, REF_SERVICE});
}

/* ---- files ---- */

static const char *key_of(struct arena *arena, const struct evidence_task *task, const struct channel *c, int64_t stamp,
                          struct chance *chance)
{
    char unique[17];
    const char *account = task->w->account.id, *region = c->stream->region, *prefix = c->span->prefix;
    bool in_folder = prefix && *prefix;
    chance_text(chance, ALPHABET_ALNUM, 16, unique);
    return arena_printf(arena, "%s%sAWSLogs/%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%s_%s.json.gz", in_folder ? prefix : "",
                        in_folder ? "/" : "", account, region, arena_time(arena, stamp, "%Y/%m/%d"), account, region,
                        arena_time(arena, stamp, "%Y%m%dT%H%MZ"), unique);
}

/* The file, and CloudTrail's own calls for it: they end at `called_ms`. */
static void add_file(struct plan *p, struct log_file file, struct chance *chance, int64_t called_ms)
{
    const struct channel *c = file.channel;
    file.key = key_of(&p->arena, p->task, c, file.stamp_ms, chance);
    file.number = chance_u64(chance);
    *GROW(p->files, p->n_files, p->cap_files) = file;
    if (file.part == 0)
        add_service_call(p, &file, false, called_ms - chance_between(chance, 700, 2900));
    if (c->span->key)
        add_service_call(p, &file, true, called_ms - chance_between(chance, 120, 690));
}

/* What comes next of the channel, up to a time; how many files the trail's records of it need is in `parts`. */
static struct log_file take(struct plan *p, struct channel *c, int64_t until)
{
    struct stream *s = c->stream;
    struct log_file file = {.channel = c, .from = c->next, .service_from = c->next_service};
    size_t n = 0;
    while (c->next < s->n && s->list[c->next].time_ms <= until)
        n += channel_takes(c, p, &s->list[c->next++]);
    while (c->next_service < s->n_service && s->service[c->next_service].time_ms <= until)
        n += channel_takes(c, p, &s->service[c->next_service++]);
    file.to = c->next;
    file.service_to = c->next_service;
    file.takes_all = n == file.to - file.from + file.service_to - file.service_from;
    file.parts = (unsigned)((n + RECORDS_PER_FILE - 1) / RECORDS_PER_FILE);
    return file;
}

/* What a file of the channel's mark is drawn from, and when it is written. */
static struct chance file_chance(const struct evidence_task *task, const struct channel *c, unsigned part, int64_t *written_ms)
{
    struct chance chance = chance_of(&task->seed, "cloudtrail/file/%s/%s/%lld/%lld/%u/%zu", c->span->trail->arn,
                                     c->stream->region, (long long)c->span->from_ms, (long long)c->mark_ms, part, task->first);
    int64_t delay =
        task->live ? chance_between(&chance, LEAST_LAG, LIVE_DELAY) : chance_between(&chance, LEAST_DELAY, MOST_DELAY);
    *written_ms = c->mark_ms + delay;
    return chance;
}

/* Takes everything up to the channel's lag before its mark. */
static void deliver(struct plan *p, struct channel *c)
{
    struct log_file file = take(p, c, c->mark_ms - c->lag_ms);
    file.stamp_ms = c->mark_ms;
    for (file.part = 0; file.part < file.parts; file.part++) {
        struct chance chance = file_chance(p->task, c, file.part, &file.written_ms);
        add_file(p, file, &chance, file.written_ms);
    }
}

/* Takes everything that happened, between two marks. CloudTrail's own calls for it are the first that come after it. */
static void deliver_now(struct plan *p, struct channel *c)
{
    int64_t now = p->task->until_ms;
    struct log_file file = take(p, c, now);
    file.stamp_ms = now / MINUTE_MS * MINUTE_MS;
    file.written_ms = now / 1000 * 1000;
    for (file.part = 0; file.part < file.parts; file.part++) {
        struct chance chance = chance_of(&p->task->seed, "cloudtrail/flush/%s/%s/%lld/%lld/%u", c->span->trail->arn,
                                         c->stream->region, (long long)c->span->from_ms, (long long)now, file.part);
        add_file(p, file, &chance, now + LONGEST_CALLS);
    }
}

/* Something that happened has not been delivered yet. */
static bool behind(const struct channel *c)
{
    const struct stream *s = c->stream;
    return c->next < s->n && s->list[c->next].time_ms <= c->span->to_ms;
}

static bool all_done(const struct plan *p, int64_t mark)
{
    if (p->task->live)
        return mark + LIVE_DELAY > p->task->until_ms;
    for (size_t i = 0; i < p->n_channels; i++)
        if (behind(&p->channels[i]))
            return false;
    return mark > p->task->until_ms;
}

static void deliver_all(struct plan *p)
{
    int64_t mark = p->mark_ms && p->task->live ? p->mark_ms + MARK_MS : p->mark_ms; /* a standing clock: more for that mark */
    for (size_t i = 0; mark == 0 && i < p->n_channels; i++)
        if (i == 0 || p->channels[i].mark_ms + MARK_MS < mark)
            mark = p->channels[i].mark_ms + MARK_MS;
    for (size_t i = 0; i < p->n_channels; i++)
        catch_up(&p->channels[i], p->mark_ms ? p->mark_ms : mark - MARK_MS, p->flushed_ms, p->task->live);
    for (; p->n_channels && !all_done(p, mark); mark += MARK_MS) {
        for (size_t i = 0; i < p->n_channels; i++) {
            struct channel *c = &p->channels[i];
            if (c->mark_ms + MARK_MS == mark)
                go_on(c);
            if (c->mark_ms == mark)
                deliver(p, c);
        }
        p->mark_ms = mark;
    }
}

/* The marks until now have nothing left to deliver: the next one is later than now. */
static void flush(struct plan *p)
{
    int64_t now = p->task->until_ms, mark = now / MARK_MS * MARK_MS;
    for (size_t i = 0; i < p->n_channels; i++)
        deliver_now(p, &p->channels[i]);
    if (p->n_channels && mark > p->mark_ms)
        p->mark_ms = mark;
    if (p->n_channels && now > p->flushed_ms)
        p->flushed_ms = now;
}

/* ---- one record, ahead of all ---- */

/* The first span that takes it. */
static const struct logging_span *span_of(const struct evidence_task *task, const struct entry *entry)
{
    const struct logging_span *all = task->w->account.spans;
    struct record_facts facts;
    if (!entry_is_recorded(entry) || !task->about(task->w, entry->op, &facts))
        return NULL;
    for (const struct logging_span *span = all; span; span = span->next) {
        bool region = span->multi_region || text_same(entry->region, span->trail->home_region);
        if (region && selected(span, entry, facts.source) && span_covers(span, entry->time_ms, span_goes_on(all, span)))
            return span;
    }
    return NULL;
}

bool cloudtrail_takes(const struct evidence_task *task, const struct entry *entry)
{
    return span_of(task, entry) != NULL;
}

/* The first mark whose file reaches to the time. */
static void go_to(struct channel *c, int64_t time_ms)
{
    do
        go_on(c);
    while (c->mark_ms - c->lag_ms < time_ms);
}

const char *cloudtrail_file_of(const struct evidence_task *task, const struct entry *entry, struct arena *arena,
                               int64_t *ret_written_ms)
{
    const struct logging_span *span = span_of(task, entry);
    if (!span)
        return NULL;
    struct stream stream = {.region = entry->region};
    struct channel c = channel_begin(task, span, &stream);
    go_to(&c, entry->time_ms);
    struct chance chance = file_chance(task, &c, 0, ret_written_ms);
    return key_of(arena, task, &c, c.mark_ms, &chance);
}

/* ---- all of it ---- */

/* What happened before anybody logged is in no file: in long histories that is most. */
static size_t first_logged(const struct evidence_task *task)
{
    const struct everyday *everyday = task->everyday;
    int64_t since_ms = INT64_MAX;
    for (const struct logging_span *span = task->w->account.spans; span; span = span->next)
        since_ms = span->from_ms < since_ms ? span->from_ms : since_ms;
    size_t low = 0, high = everyday ? everyday->n : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (everyday->list[middle].time_ms < since_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_streams(struct plan *p)
{
    const struct account *account = &p->task->w->account;
    stream_of(p, account->region);
    stream_of(p, "us-east-1");
    for (size_t i = 0; i < p->stock->n_calls; i++)
        if (p->stock->calls[i].shape)
            stream_of(p, p->stock->calls[i].shape->region);
    add_entries(p);
    add_occurrences(p);
}

static bool open_journal(struct plan *p, struct err *e)
{
    const char *path = arena_printf(&p->arena, "%s/.cafelab/journal.jsonl", p->task->to.dir);
    p->journal = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return p->journal >= 0 || err_set(e, "open '%s': %m", path);
}

bool plan_open(struct plan *p, struct stock *stock, bool unlogged, struct err *e)
{
    const struct evidence_task *task = stock->task;
    *p = (struct plan){.task = task, .stock = stock, .journal = -1, .tell_ms = task->until_ms - (task->live ? LIVE_DELAY : 0)};
    if (task->w->journal.n_briefs && !open_journal(p, e))
        return false;
    p->first_occurrence = unlogged ? 0 : first_logged(task);
    add_streams(p);
    if ((task->first > 0 || task->live) && !state_read(p, e))
        return false;
    if (task->live && !p->told_ms && !task->w->account.spans) /* the first time, and no delivery makes calls that are late */
        p->tell_ms = task->until_ms;
    add_channels(p);
    deliver_all(p);
    if (task->live && task->flush)
        flush(p);
    return true;
}

void plan_drop(struct plan *p)
{
    if (p->stock && p->journal >= 0)
        close(p->journal);
    for (size_t i = 0; i < p->n_streams; i++) {
        free(p->streams[i].list);
        free(p->streams[i].service);
    }
    free(p->streams);
    free(p->channels);
    free(p->service);
    free(p->files);
    free(p->chains);
    free(p->waiting);
    free(p->deleted);
    arena_drop(&p->arena);
    *p = (struct plan){0};
}
