/* SPDX-License-Identifier: MIT */
/*
 * Time passes in a live lab: scripted steps come, and files follow what happened. Everything that takes long is done without
 * the lock, on a picture of the world, so that nobody who asks something waits for it; and it is only done when something
 * happened, when people changed files by hand, or when there is something to be delivered.
 */
#include "sim/lab/live_parts.h"
#include "sim/lab/parts.h"

#define DELIVERY_MS 300000 /* marks of log files */
#define LAG_MS 21000       /* event history and deliveries come that much later */

/* ---- files follow ---- */

/* Under the lock. What happened in here goes to the disk before what people did there is taken: a tree that is read again from
 * the disk knows nothing that was not written to it. */
bool live_follow_servers(struct live *live, int64_t now_ms, struct err *e)
{
    struct lab *lab = &live->lab;
    if (!lab_servers_follow(lab, lab->live ? now_ms : live_time(live), e))
        return false;
    if (disk_differs(lab) && !lab_disk_take(lab, lab->live ? now_ms : lab_now(lab), e))
        return false;
    return live_append(live, e);
}

/* Under the lock. Status of trails tells of what was delivered, so that is taken first. */
static bool follow_account(struct live *live, const struct cloud *c, struct err *e)
{
    struct lab *lab = &live->lab;
    if (!lab_objects_take(lab, e))
        return false;
    if ((c->views || lab->delivered) && !lab_views_write(&lab->world, &(struct folder){.dir = lab->dir}, lab->views, e))
        return false;
    lab->delivered = false;
    return cloud_done(lab, c, e);
}

/* The next delivery, and what event history has not been told yet. */
static int64_t next_due(int64_t now_ms)
{
    int64_t mark = (now_ms - LAG_MS) / DELIVERY_MS * DELIVERY_MS + DELIVERY_MS + LAG_MS;
    return mark < now_ms + LAG_MS ? mark : now_ms + LAG_MS;
}

bool live_follow(struct live *live, int64_t now_ms, struct err *e)
{
    struct cloud c;
    pthread_mutex_lock(&live->lock);
    live->files_ms = now_ms;
    live->due_ms = next_due(now_ms);
    bool good = !live->broken && live_follow_servers(live, now_ms, e);
    cloud_see(&live->lab, live->lab.live ? now_ms : live_time(live), &c);
    live->n_followed = c.n;
    pthread_mutex_unlock(&live->lock);
    good = good && cloud_write(&c, e);
    pthread_mutex_lock(&live->lock);
    good = good && follow_account(live, &c, e);
    pthread_mutex_unlock(&live->lock);
    cloud_drop(&c);
    memory_trim();
    return good;
}

/* Under the lock. */
static bool is_due(const struct live *live, int64_t now_ms)
{
    if (live->lab.flush)
        return true;
    if (live->broken || now_ms - live->files_ms < FILES_EVERY_MS)
        return false;
    return live->lab.world.journal.n > live->n_followed || (live->lab.live && now_ms >= live->due_ms) ||
           disk_differs(&live->lab);
}

/* ---- the story goes on ---- */

/* Under the lock. Returns when the next step comes. */
static int64_t go_on(struct live *live, int64_t now_ms, struct err *e)
{
    bool skipped = live->story.skipping;
    int64_t next = live->lab.live && !live->broken ? story_play_due(&live->story, &live->lab, now_ms) : NOT_YET;
    live->lab.flush |=
        skipped && (!live->story.skipping || live->story.wants_files); /* the waits for the trail are over, too */
    live->story.wants_files = false;
    if (!live->broken)
        live_append(live, e);
    return next;
}

int64_t live_tick(struct live *live, int64_t now_ms)
{
    struct err e = {0};
    pthread_mutex_lock(&live->files);
    pthread_mutex_lock(&live->lock);
    int64_t next = go_on(live, now_ms, &e);
    bool due = !e.set && is_due(live, now_ms);
    pthread_mutex_unlock(&live->lock);
    if (due)
        live_follow(live, now_ms, &e);
    pthread_mutex_lock(&live->lock);
    uint64_t upto = live->appended;
    pthread_mutex_unlock(&live->lock);
    if (!e.set)
        live_make_safe(live, upto, &e);
    pthread_mutex_unlock(&live->files);
    if (e.set)
        fprintf(stderr, "cafelab: %s\n", e.msg);
    return next < now_ms + FILES_EVERY_MS ? next : now_ms + FILES_EVERY_MS;
}

bool live_skip(struct live *live, struct err *e)
{
    pthread_mutex_lock(&live->lock);
    bool good = live->lab.live || err_set(e, "'%s' is a static lab: nothing is yet to come in it", live->lab.dir);
    live->story.skipping = good;
    pthread_mutex_unlock(&live->lock);
    return good;
}
