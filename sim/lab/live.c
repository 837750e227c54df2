/* SPDX-License-Identifier: MIT */
/*
 * One lock around the lab; one file that grows. A request acts under the lock and appends its lines; then it waits, without
 * the lock, until they are on the disk: requests that come meanwhile share the same fsync.
 */
#include "sim/lab/live_parts.h"
#include "sim/lab/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int64_t live_time(const struct live *live)
{
    return live->lab.live ? clock_now_ms() : live->lab.world.now_ms;
}

/* ---- opening ---- */

bool live_announce(struct live *live, unsigned port, struct err *e)
{
    return lab_hold_says(live->held, live->lab.dir, port, e);
}

static bool open_journal(struct live *live, struct err *e)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char *path = lab_file(&arena, live->lab.dir, ".cafelab/journal.jsonl");
    live->journal = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    if (live->journal < 0 || ftruncate(live->journal, (off_t)live->lab.journal_len))
        return err_set(e, "open '%s': %m", path);
    live->n_appended = live->lab.world.journal.n;
    return true;
}

/* A static lab has no story to go on; its clock stands until somebody acts. */
static bool open_story(struct live *live, const struct live_options *o, struct err *e)
{
    struct lab *lab = &live->lab;
    if (!lab->live)
        return true;
    if (!lab->scenario)
        return err_set(e, "a live lab needs its scenario: expected \"%s\" on this machine, as '%s' was built from it",
                       lab->scenario_id, lab->dir);
    return lab_everyday_open(lab, e) && story_open(&live->story, lab, o->pace, e);
}

static bool open_buckets(struct live *live, struct err *e)
{
    live->lab.world.deliveries_known = true;
    return lab_objects_take(&live->lab, e);
}

struct live *live_open(const char *dir, const struct live_options *o, struct err *e)
{
    struct live *live = xcalloc(1, sizeof(*live));
    live->journal = -1;
    live->held = lab_hold(dir, e);
    pthread_mutex_init(&live->lock, NULL);
    pthread_mutex_init(&live->disk, NULL);
    pthread_mutex_init(&live->files, NULL);
    pthread_cond_init(&live->queries.wake, NULL);
    if (live->held >= 0 && lab_open_served(dir, &live->lab, e) && open_journal(live, e) && open_buckets(live, e) &&
        open_story(live, o, e)) {
        queries_start(live);
        live->files_ms = clock_now_ms(); /* the first answer comes before files follow */
        return live;
    }
    live_close(live);
    return NULL;
}

void live_close(struct live *live)
{
    struct err ignored = {0};
    if (!live)
        return;
    queries_stop(live);
    if (live->journal >= 0 && !live->broken && live->lab.n_told < live->lab.world.journal.n)
        lab_traces_write(&live->lab, live_time(live), &ignored);
    if (live->journal >= 0)
        close(live->journal);
    if (live->held >= 0)
        close(live->held);
    story_drop(&live->story);
    lab_drop(&live->lab);
    pthread_mutex_destroy(&live->lock);
    pthread_mutex_destroy(&live->disk);
    pthread_mutex_destroy(&live->files);
    pthread_cond_destroy(&live->queries.wake);
    free(live);
}

const char *live_dir(const struct live *live)
{
    return live->lab.dir;
}

/* ---- the journal's file ---- */

/* Under the lock. A line that is only half there is what a restart cuts off: the request was not answered. */
bool live_append(struct live *live, struct err *e)
{
    AUTO(str_drop) struct str lines = {0};
    if (live->n_appended == live->lab.world.journal.n)
        return true;
    lab_journal_add(&lines, &live->lab.world, live->n_appended);
    live->n_appended = live->lab.world.journal.n;
    for (size_t done = 0; done < lines.len;) {
        ssize_t n = write(live->journal, lines.s + done, lines.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            live->broken = true;
            return err_set(
                e, "write '%s/.cafelab/journal.jsonl': %m; nothing more can happen in this lab until it is started again",
                live->lab.dir);
        }
        done += (size_t)n;
    }
    live->appended += lines.len;
    live->lab.journal_len += lines.len;
    return true;
}

/* Without the lock: returns when the first `upto` bytes are on the disk. */
bool live_make_safe(struct live *live, uint64_t upto, struct err *e)
{
    bool good = true;
    pthread_mutex_lock(&live->disk);
    if (live->safe < upto) {
        pthread_mutex_lock(&live->lock);
        uint64_t reached = live->appended;
        pthread_mutex_unlock(&live->lock);
        good = !fdatasync(live->journal);
        if (good)
            live->safe = reached;
        else
            err_set(e, "sync '%s/.cafelab/journal.jsonl': %m", live->lab.dir);
    }
    pthread_mutex_unlock(&live->disk);
    return good;
}

/* ---- requests ---- */

/* Temporary credentials act as what STS gave them out for. */
static void meet_session(const struct session_key *key, struct arena *arena, struct live_caller *out)
{
    out->who = key->who;
    out->who.name = arena_dup(arena, key->who.name);
    out->who.access_key_id = arena_dup(arena, key->id);
    out->who.session_name = arena_dup(arena, key->who.session_name);
    out->who.delivery = arena_dup(arena, key->who.delivery);
    out->who.invoked_by = arena_dup(arena, key->who.invoked_by);
    out->secret = arena_dup(arena, key->secret);
    out->token = arena_dup(arena, key->token);
    out->expires_ms = key->expires_ms;
}

bool live_caller(struct live *live, const char *access_key_id, struct arena *arena, struct live_caller *out)
{
    struct access_key *key = NULL;
    *out = (struct live_caller){0};
    pthread_mutex_lock(&live->lock);
    const struct user *user = find_user_by_key(&live->lab.world, access_key_id, &key);
    if (user && key->active) {
        out->who = (struct principal){
            .kind = PRINCIPAL_USER, .name = arena_dup(arena, user->name), .access_key_id = arena_dup(arena, key->id)};
        out->secret = arena_dup(arena, key->secret);
    }
    const struct session_key *session = find_session_key(&live->lab.world, access_key_id);
    if (session)
        meet_session(session, arena, out);
    if (session && !live->lab.live) /* whose time stands at the end of its story, while clients sign with theirs */
        out->expires_ms = session->expires_ms > lab_now(&live->lab) ? 0 : 1;
    pthread_mutex_unlock(&live->lock);
    return out->secret != NULL;
}

/* The reply is the caller's: threads write it out while the world goes on. The world has no need of it any more. */
static void take_answer(struct live *live, const struct outcome *out, struct arena *arena, struct live_answer *answer)
{
    answer->reply = out->reply ? json_deep_copy(out->reply) : NULL;
    answer->error_code = arena_dup(arena, out->error_code);
    answer->error_message = arena_dup(arena, out->error_message);
    answer->request_id = out->entry ? arena_dup(arena, out->entry->request_id) : NULL;
    world_forget(&live->lab.world, out->reply);
}

/* Under the lock. */
static bool act_and_append(struct live *live, const struct action *action, struct outcome *out, struct err *e)
{
    struct action timed = *action;
    if (live->broken)
        return err_set(e, "the journal of '%s' cannot be written", live->lab.dir);
    timed.time_ms = live->lab.live ? action->time_ms : lab_now(&live->lab);
    act(&live->lab.world, &timed, out);
    return live_append(live, e);
}

/* Under the lock. *changed: what only reads is on the disk with the next change or tick. */
static bool act_and_answer(struct live *live, const struct action *action, struct arena *arena, struct live_answer *answer,
                           bool *changed, struct err *e)
{
    struct outcome out = {0};
    if (!act_and_append(live, action, &out, e))
        return false;
    *changed = !(out.entry && out.entry->read_only);
    take_answer(live, &out, arena, answer);
    if (live->lab.live)
        story_notice(&live->story, &live->lab);
    if (*changed)
        queries_notice(live);
    return true;
}

/* The same, and nothing of it stays in memory. */
static bool read_and_answer(struct live *live, const struct action *action, struct arena *arena, struct live_answer *answer,
                            struct err *e)
{
    struct lab *lab = &live->lab;
    struct scratch scratch;
    bool changed = false;
    size_t before = lab->world.journal.n, at = lab->journal_len;
    world_scratch(&lab->world, &scratch);
    bool good = act_and_answer(live, action, arena, answer, &changed, e);
    if (good)
        lab_put_aside(lab, &scratch, before, at, lab->journal_len - at - 1);
    else
        world_keep_scratch(&lab->world, &scratch);
    return good;
}

bool live_act(struct live *live, const struct action *action, struct arena *arena, struct live_answer *answer, struct err *e)
{
    bool changed = false;
    pthread_mutex_lock(&live->lock);
    lab_objects_see(&live->lab, action->op, action->params);
    bool aside = !live->broken && lab_may_put_aside(&live->lab, action->op);
    bool good =
        aside ? read_and_answer(live, action, arena, answer, e) : act_and_answer(live, action, arena, answer, &changed, e);
    if (good && !answer->error_code)
        lab_objects_settle(&live->lab, action->op, action->params);
    uint64_t upto = live->appended;
    pthread_mutex_unlock(&live->lock);
    return good && (!changed || live_make_safe(live, upto, e));
}

bool live_student(struct live *live, struct arena *arena, struct live_student *out)
{
    pthread_mutex_lock(&live->lock);
    const struct user *user = find_user(&live->lab.world, live->lab.me.who.name);
    const struct access_key *key = user ? user->keys : NULL;
    if (key)
        *out = (struct live_student){arena_dup(arena, key->id), arena_dup(arena, key->secret),
                                     arena_dup(arena, live->lab.world.account.region)};
    pthread_mutex_unlock(&live->lock);
    return key != NULL;
}

const char *live_student_ip(struct live *live, struct arena *arena)
{
    return arena_dup(arena, live->lab.me.from.ip); /* never changes */
}

const char *live_server_ip(struct live *live, struct arena *arena)
{
    pthread_mutex_lock(&live->lock);
    const struct server *server = live->lab.world.servers;
    const char *ip = server && server->instance ? server->instance->public_ip : NULL;
    ip = arena_dup(arena, ip ? ip : live->lab.me.from.ip);
    pthread_mutex_unlock(&live->lock);
    return ip;
}

void live_account(struct live *live, struct arena *arena, struct live_account *out)
{
    pthread_mutex_lock(&live->lock);
    const struct account *account = &live->lab.world.account;
    *out = (struct live_account){arena_dup(arena, account->id), arena_dup(arena, account->region)};
    pthread_mutex_unlock(&live->lock);
}

const char *live_console_key(struct live *live, struct arena *arena, struct err *e)
{
    char tail[9];
    struct seed seed;
    if (!chance_of_system(seed.key, sizeof(seed.key), e))
        return NULL;
    struct chance c = chance_of(&seed, "console");
    chance_text(&c, ALPHABET_BASE32, 8, tail);
    pthread_mutex_lock(&live->lock);
    const char *key = arena_printf(arena, "ASIA%s%s", live->lab.world.account.key_prefix, tail);
    pthread_mutex_unlock(&live->lock);
    return key;
}

bool live_has_bucket(struct live *live, const char *name)
{
    pthread_mutex_lock(&live->lock);
    bool has = find_bucket(&live->lab.world, name) != NULL;
    pthread_mutex_unlock(&live->lock);
    return has;
}

const char *live_object_file(struct live *live, struct arena *arena, const char *bucket, const char *key, const char *version)
{
    pthread_mutex_lock(&live->lock);
    const char *path = lab_object_file(&live->lab, arena, bucket, key, version);
    pthread_mutex_unlock(&live->lock);
    return path;
}
