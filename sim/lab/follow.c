/* SPDX-License-Identifier: MIT */
/*
 * Files follow what happened. First the servers' trees: their daemons write into the trees in memory, which are saved then.
 * After that what CloudTrail tells and delivers, and the account's views. The second half needs only a picture of the world:
 * who serves a lab takes the picture and goes on answering while it is written.
 */
#include "sim/lab/hooks.h"
#include "sim/lab/parts.h"

#include <string.h>

#define PATIENCE_MS 500        /* with those who read; after that they have to look again */
#define ROUTINE_EVERY_MS 20000 /* what daemons write when nobody is there comes no more often than that */

static struct evidence_task task_of(const struct lab *lab, const struct world *w, int64_t now_ms)
{
    struct evidence_task task = lab_task(w, &lab->world.seed, lab->dir);
    task.from_ms = lab->from_ms;
    task.until_ms = now_ms > lab->until_ms ? now_ms : lab->until_ms;
    task.visitors_site = lab->visitors_site;
    task.routine_told_ms = lab->seed ? 0 : lab->until_ms;
    task.live = lab->live;
    task.flush = lab->flush;
    task.everyday = lab->before ? play_everyday(lab->before) : NULL;
    return task;
}

/* ---- servers ---- */

/* What happens on servers, and what Systems Manager's agent notes there. */
static bool leaves_traces(const struct entry *entry)
{
    return entry->on || text_starts(entry->op, "ssm:");
}

static bool servers_are_due(const struct lab *lab, int64_t now_ms)
{
    bool due = !lab->live || lab->flush || (!lab->seed && lab->n_written < lab->world.journal.n) || !lab->written_ms ||
               now_ms >= lab->written_ms + ROUTINE_EVERY_MS;
    for (size_t i = lab->n_written; i < lab->world.journal.n && !due; i++)
        due = leaves_traces(lab->world.journal.list[i]);
    for (const struct server *server = lab->world.servers; server && !due; server = server->next)
        due = tree_is_dirty(&server->tree);
    return due;
}

static bool write_servers(struct lab *lab, const struct evidence_task *task, size_t n, struct err *e)
{
    const struct folder to = {.dir = lab->dir};
    bool seen = lab->n_seen == n;
    if ((!seen && !evidence_write_servers(task, e)) || (!lab->seed && !lab_state_put(&lab->world, &lab->world.seed, &to, e)) ||
        !redo_write(&lab->world, lab->dir, e) || !lab_trees_write(&lab->world, &to, false, e) ||
        !lab_written_put(&to, (struct written){n, lab->n_told}, e) || !redo_done(lab->dir, e))
        return false;
    if (!lab->seed && lab->n_state != n)
        lab_state_forget(lab->dir, lab->n_state);
    lab->n_state = n;
    return true;
}

bool lab_servers_see(struct lab *lab, int64_t now_ms, struct err *e)
{
    struct evidence_task task = task_of(lab, &lab->world, now_ms);
    task.first = lab->n_written;
    if (!evidence_write_servers(&task, e))
        return false;
    lab->n_seen = lab->world.journal.n;
    return true;
}

bool lab_servers_follow(struct lab *lab, int64_t now_ms, struct err *e)
{
    struct evidence_task task = task_of(lab, &lab->world, now_ms);
    size_t n = lab->world.journal.n;
    task.first = lab->n_written;
    if (task.flush && lab->world.now_ms <= task.until_ms)
        lab->world.now_ms = task.until_ms + 1; /* a request that was on its way is later than what is delivered */
    if (!servers_are_due(lab, now_ms)) {
        lab->n_written = n; /* none of them leaves anything there */
        return true;
    }
    int claim = lab_files_claim(lab->dir, false, PATIENCE_MS);
    bool good = write_servers(lab, &task, n, e);
    lab_files_release(claim);
    if (!good)
        return false;
    lab->n_written = n;
    lab->written_ms = now_ms;
    return true;
}

/* ---- the account ---- */

/* A list of structs whose first member is the next one, copied flatly. */
static void *copy_list(struct arena *arena, const void *list, size_t size)
{
    void *first = NULL, **end = &first;
    for (const void *one = list; one; one = *(void *const *)one) {
        void *copy = arena_alloc(arena, size);
        memcpy(copy, one, size);
        *end = copy;
        end = copy;
        *end = NULL;
    }
    return first;
}

/* Settings of trails change in place, and are replaced in others' pictures by those of now. */
static void point_at_copies(struct logging_span *spans, const struct trail *now, struct trail *copies)
{
    for (struct logging_span *span = spans; span; span = span->next) {
        const struct trail *trail = now;
        struct trail *copy = copies;
        while (trail && copy && trail != span->trail)
            trail = trail->next, copy = copy->next;
        span->trail = copy;
    }
}

/* Trails that were deleted are in no list: their spans still know them. */
static void copy_trails(struct cloud *c, const struct world *w)
{
    struct account *account = &c->view.account;
    account->spans = copy_list(&c->arena, w->account.spans, sizeof(struct logging_span));
    account->trails = copy_list(&c->arena, w->account.trails, sizeof(struct trail));
    struct logging_span *copy = account->spans;
    point_at_copies(account->spans, w->account.trails, account->trails);
    for (const struct logging_span *span = w->account.spans; span; span = span->next, copy = copy->next)
        if (!copy->trail) {
            copy->trail = arena_alloc(&c->arena, sizeof(struct trail));
            *copy->trail = *span->trail;
        }
}

static bool account_changed(const struct lab *lab)
{
    for (size_t i = lab->n_told; i < lab->world.journal.n; i++)
        if (!lab->world.journal.list[i]->read_only)
            return true;
    return false;
}

void cloud_see(struct lab *lab, int64_t now_ms, struct cloud *c)
{
    const struct world *w = &lab->world;
    *c = (struct cloud){.view = *w, .n = w->journal.n, .views = account_changed(lab) || !lab->views[0]};
    c->view.arena = (struct arena){0};
    c->view.journal.list = arena_alloc(&c->arena, (c->n + 1) * sizeof(struct entry *));
    if (c->n)
        memcpy(c->view.journal.list, w->journal.list, c->n * sizeof(struct entry *));
    c->view.journal.briefs = arena_alloc(&c->arena, (w->journal.n_briefs + 1) * sizeof(struct brief));
    if (w->journal.n_briefs)
        memcpy(c->view.journal.briefs, w->journal.briefs, w->journal.n_briefs * sizeof(struct brief));
    roll_copy(&c->view.account.buckets_roll, &c->arena, &w->account.buckets_roll, sizeof(struct bucket));
    for (struct bucket *bucket = c->view.account.buckets; bucket; bucket = bucket->next) /* which files were deleted */
        bucket->older = copy_list(&c->arena, bucket->older, sizeof(struct object));
    copy_trails(c, w);
    c->task = task_of(lab, &c->view, now_ms);
    c->task.first = lab->n_told;
    c->task.about = hook_about;
    c->task.seed = lab->world.seed;
}

bool cloud_write(struct cloud *c, struct err *e)
{
    struct evidence_task task = c->task;
    task.w = &c->view;
    task.settled_ms = &c->settled_ms;
    return evidence_write_account(&task, e);
}

/* Briefs whose records were all written. */
static void forget_briefs(struct lab *lab, const struct cloud *c)
{
    const struct journal *journal = &lab->world.journal;
    size_t n = 0;
    while (n < journal->n_briefs && journal->briefs[n].seq <= c->n &&
           (!lab->live || journal->briefs[n].time_ms <= c->settled_ms))
        n++;
    if (n)
        journal_forget(&lab->world.journal, n);
}

bool cloud_done(struct lab *lab, const struct cloud *c, struct err *e)
{
    if (!lab_written_put(&(struct folder){.dir = lab->dir}, (struct written){lab->n_written, c->n}, e))
        return false;
    lab->n_told = c->n;
    forget_briefs(lab, c);
    if (c->task.flush)
        lab->flush = false;
    return true;
}

void cloud_drop(struct cloud *c)
{
    arena_drop(&c->arena);
    arena_drop(&c->view.arena);
}

bool lab_traces_write(struct lab *lab, int64_t now_ms, struct err *e)
{
    struct cloud c;
    if (!lab_servers_follow(lab, now_ms, e))
        return false;
    cloud_see(lab, now_ms, &c);
    bool good = cloud_write(&c, e) &&
                (!c.views || lab_views_write(&lab->world, &(struct folder){.dir = lab->dir}, lab->views, e)) &&
                cloud_done(lab, &c, e);
    cloud_drop(&c);
    return good;
}
