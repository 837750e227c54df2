/* SPDX-License-Identifier: MIT */
/*
 * account/event-history.json: what LookupEvents without a filter would return, all pages in one: management events of the last
 * 90 days, trail or not, newest first. One event a line, so that grep works too. Sizes are known before anything is written,
 * so that threads write their parts of the file at once: to the disk, or where it is not to be there, into memory. Who only
 * wants to read it gets its parts as they are made.
 *
 * What happened later goes in front: one event after the other, since most of a busy lab's are read from the journal's file.
 * Who removed the file goes on without it.
 */
#include "sim/evidence/history.h"

#include "sim/evidence/cloudtrail.h"
#include "sim/evidence/writers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAYS_90 (90 * 86400000LL)
#define BLOCK 512 /* events that one thread writes at a time */
#define AT_ONCE (1u << 20)

struct history {
    const struct evidence_task *task;
    const struct plan *plan;
    struct ref *list; /* newest first */
    size_t n, cap;
    struct str *texts;    /* of the journal's entries, by their place in the journal, then of its briefs */
    size_t *block_starts; /* in the file */
    int fd;               /* of the file; -1 = it is handed out, or made in memory: */
    char *whole;
};

/* ---- which events ---- */

static bool is_told(const struct history *h, const struct ref *ref)
{
    const struct evidence_task *task = h->task;
    const struct entry *shape;
    if (ref->time_ms < task->until_ms - DAYS_90)
        return false;
    if ((task->live || ref->kind == REF_SERVICE) && (ref->time_ms <= h->plan->told_ms || ref->time_ms > h->plan->tell_ms))
        return false; /* told before, or still to come */
    switch (ref->kind) {
    case REF_ENTRY: shape = task->w->journal.list[ref->index]; break;
    case REF_BRIEF: return !task->w->journal.briefs[ref->index].data_event;
    case REF_OCCURRENCE: shape = task->everyday->calls[task->everyday->list[ref->index].call].shape; break;
    default: return true;
    }
    struct record_facts facts;
    return !shape->data_event && (ref->kind != REF_ENTRY || task->about(task->w, shape->op, &facts));
}

static int newest_first(const void *a, const void *b)
{
    const struct ref *x = a, *y = b;
    if (x->time_ms != y->time_ms)
        return x->time_ms > y->time_ms ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind > y->kind ? -1 : 1;
    return x->index > y->index ? -1 : x->index < y->index;
}

static void take(struct history *h, const struct ref *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_told(h, &list[i]))
            *GROW(h->list, h->n, h->cap) = list[i];
}

static void collect(struct history *h)
{
    for (size_t i = 0; i < h->plan->n_streams; i++) {
        const struct stream *s = &h->plan->streams[i];
        take(h, s->list, s->n);
        take(h, s->service, s->n_service);
    }
    if (h->n)
        qsort(h->list, h->n, sizeof(*h->list), newest_first);
}

static bool add_entry(const struct history *h, struct str *out, const struct ref *ref, struct err *e)
{
    AUTO(recalled_drop) struct recalled recalled = {0};
    const struct entry *entry = plan_entry(h->plan, ref, &recalled, e);
    struct record_facts facts;
    if (entry && h->task->about(h->task->w, entry->op, &facts))
        record_add_lookup(out, h->task->w, &facts, entry);
    return entry != NULL;
}

static size_t n_texts(const struct history *h)
{
    return h->task->w->journal.n + h->task->w->journal.n_briefs;
}

static struct str *text_of(const struct history *h, const struct ref *ref)
{
    return &h->texts[ref->kind == REF_BRIEF ? h->task->w->journal.n + ref->index : ref->index];
}

static bool write_entries(struct history *h, struct err *e)
{
    h->texts = xcalloc(n_texts(h), sizeof(*h->texts));
    for (size_t i = 0; i < h->n; i++) {
        const struct ref *ref = &h->list[i];
        if ((ref->kind == REF_ENTRY || ref->kind == REF_BRIEF) && !add_entry(h, text_of(h, ref), ref, e))
            return false;
    }
    return true;
}

/* ---- blocks ---- */

static size_t size_of(const struct history *h, const struct ref *ref)
{
    const struct template *t;
    const struct caller *caller;
    struct moment m;
    if (stock_find(h->plan->stock, h->plan, ref, true, &t, &caller, &m))
        return template_size(t, caller, &m);
    return text_of(h, ref)->len;
}

static size_t n_blocks(const struct history *h)
{
    return (h->n + BLOCK - 1) / BLOCK;
}

/* Returns the length of all; block_starts then says where each block begins, and where the last one ends. */
static size_t measure(struct history *h)
{
    size_t at = strlen(HISTORY_HEAD);
    h->block_starts = xcalloc(n_blocks(h) + 1, sizeof(*h->block_starts));
    for (size_t i = 0; i < h->n; i++) {
        if (i % BLOCK == 0)
            h->block_starts[i / BLOCK] = at;
        at += size_of(h, &h->list[i]) + (i + 1 < h->n ? strlen(HISTORY_BETWEEN) : 0);
    }
    return h->block_starts[n_blocks(h)] = at;
}

struct pen {
    struct emitter emitter;
    struct str text;
};

static void *pen_new(void *history)
{
    struct pen *pen = xcalloc(1, sizeof(*pen));
    pen->emitter.salt = ((const struct history *)history)->plan->stock->salt;
    return pen;
}

static void pen_drop(void *own)
{
    struct pen *pen = own;
    str_drop(&pen->text);
    free(pen);
}

/* A call of everyday life; false: it is another. */
static bool add_drawn(const struct history *h, struct pen *pen, size_t i)
{
    const struct template *t;
    const struct caller *caller;
    struct moment m;
    if (!stock_find(h->plan->stock, h->plan, &h->list[i], true, &t, &caller, &m))
        return false;
    template_add(&pen->text, t, caller, &pen->emitter, &m);
    return true;
}

static bool write_at(const struct history *h, const char *data, size_t n, size_t at, struct err *e)
{
    if (h->task->history)
        return h->task->history(h->task->history_context, data, n, e);
    if (!h->whole)
        return history_write_at(h->fd, data, n, (off_t)at, e);
    memcpy(h->whole + at, data, n);
    return true;
}

/* Returns where it ends. */
static char *put_event(const struct history *h, struct pen *pen, const struct ref *ref, char *to)
{
    const struct template *t;
    const struct caller *caller;
    struct moment m;
    if (stock_find(h->plan->stock, h->plan, ref, true, &t, &caller, &m))
        return template_emit(t, caller, &pen->emitter, &m, to);
    return mempcpy(to, str_text(text_of(h, ref)), text_of(h, ref)->len);
}

/* In memory it is written where it stays. */
static bool write_block(void *history, void *own, size_t block, struct err *e)
{
    const struct history *h = history;
    struct pen *pen = own;
    size_t at = h->block_starts[block], n = h->block_starts[block + 1] - at;
    char *from = h->whole ? h->whole + at : (str_clear(&pen->text), str_reserve(&pen->text, n)), *to = from;
    for (size_t i = block * BLOCK; i < h->n && i < (block + 1) * BLOCK; i++) {
        to = put_event(h, pen, &h->list[i], to);
        if (i + 1 < h->n)
            to = mempcpy(to, HISTORY_BETWEEN, strlen(HISTORY_BETWEEN));
    }
    return h->whole || write_at(h, from, n, at, e);
}

/* ---- the file ---- */

/* All but the tail, which begins at `end`. */
static bool write_events(struct history *h, size_t end, struct err *e)
{
    const struct work work = {n_blocks(h), h, pen_new, pen_drop, write_block};
    return write_at(h, HISTORY_HEAD, strlen(HISTORY_HEAD), 0, e) && parallel_run(&work, h->task->threads, e) &&
           write_at(h, HISTORY_TAIL, strlen(HISTORY_TAIL), end, e);
}

static bool fill(struct history *h, struct err *e)
{
    return write_entries(h, e) && write_events(h, measure(h), e);
}

static bool fill_memory(struct history *h, const char *path, struct err *e)
{
    AUTO(str_drop) struct str whole = {0};
    if (!write_entries(h, e))
        return false;
    size_t end = measure(h);
    h->fd = -1;
    h->whole = str_reserve(&whole, end + strlen(HISTORY_TAIL));
    whole.len = end + strlen(HISTORY_TAIL);
    const struct made_file file = {
        .path = path, .mode = S_IFREG | 0644, .mtime_ms = MADE_NOW, .data = h->whole, .n = whole.len, .gives = &whole};
    return write_events(h, end, e) && folder_give(&h->task->to, &file, e);
}

/* In front of what the file held: there is no need to know how long all of it is. */
static bool add_in_front(struct history *h, int old, struct err *e)
{
    struct pen *pen = pen_new(h);
    off_t at = 0;
    bool good = true;
    str_add(&pen->text, HISTORY_HEAD);
    for (size_t i = 0; i < h->n && good; i++) {
        if (!add_drawn(h, pen, i))
            good = add_entry(h, &pen->text, &h->list[i], e);
        if (i + 1 < h->n)
            str_add(&pen->text, HISTORY_BETWEEN);
        if (good && (pen->text.len >= AT_ONCE || i + 1 == h->n)) {
            good = history_write_at(h->fd, pen->text.s, pen->text.len, at, e);
            at += (off_t)pen->text.len;
            str_clear(&pen->text);
        }
    }
    pen_drop(pen);
    return good && history_join(old, h->fd, at, e);
}

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static bool write_all(struct history *h, const char *path, int old, struct err *e)
{
    AUTO(str_drop) struct str aside = {0};
    AUTO(close_fd) int fd = aside_open(path, &aside);
    if (fd < 0)
        return err_set(e, "create '%s': %m", path);
    h->fd = fd;
    if ((old < 0 ? fill(h, e) : add_in_front(h, old, e)) && !fchmod(fd, 0644) && !rename(str_text(&aside), path))
        return true;
    err_set(e, "write '%s': %m", path);
    unlink(str_text(&aside));
    return false;
}

static bool write_history(struct history *h, struct err *e)
{
    static const char name[] = "account/event-history.json";
    AUTO(arena_drop) struct arena arena = {0};
    const struct folder *to = &h->task->to;
    bool adds = h->task->first > 0 || h->plan->told_ms > 0;
    collect(h);
    if (adds && h->n == 0)
        return true;
    if (!folder_make(to, "account", e))
        return false;
    if (h->task->history)
        return fill(h, e);
    if (!to->dir)
        return fill_memory(h, name, e);
    const char *path = arena_printf(&arena, "%s/%s", to->dir, name);
    AUTO(close_fd) int old = adds ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if (adds && old < 0)
        return errno == ENOENT || err_set(e, "open '%s': %m", path);
    return write_all(h, path, old, e);
}

bool history_write(const struct evidence_task *task, struct err *e)
{
    AUTO(account_plan_drop) struct account_plan own = {0};
    if (task->no_history)
        return true;
    const struct account_plan *account = account_plan(task, &own, STOCK_LOOKUP, e);
    if (!account)
        return false;
    struct history h = {.task = task, .plan = &account->plan, .fd = -1};
    bool good = write_history(&h, e);
    for (size_t i = 0; h.texts && i < n_texts(&h); i++)
        str_drop(&h.texts[i]);
    free(h.texts);
    free(h.list);
    free(h.block_starts);
    return good;
}
