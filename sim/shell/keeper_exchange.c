/* SPDX-License-Identifier: MIT */
/* The keeper between the lab and its server's inside: what was done inside goes to the lab, the lab's news go in. */
#include "sim/shell/keeper.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SETTLE_MS 5000 /* logs follow what is done in the lab after a moment */
#define TOLD_MAX 64    /* looks at the lab at least after so many notes */
#define FAILED_WAIT_MS 5000

static struct guest *guest_of(struct keeper *k, long session)
{
    for (size_t i = 0; i < k->n_guests; i++)
        if (k->guests[i].session == session)
            return &k->guests[i];
    return NULL;
}

static void note_to_all(struct keeper *k, const char *text)
{
    for (size_t i = 0; i < k->n_guests; i++)
        if (k->guests[i].session)
            link_say(k->guests[i].fd, LINK_NOTE, text);
}

/* ---- what inside says: by the way, while an answer is waited for ---- */

void keeper_pass_on(struct keeper *k, struct message *m)
{
    struct guest *g = guest_of(k, atol(str_text(&m->bytes)));
    const char *blank = strchr(str_text(&m->bytes), ' ');
    size_t n = 0;
    if (m->kind != LINK_READY && m->kind != LINK_GO && m->kind != LINK_STATUS)
        return; /* root inside can speak with PID 1's voice: nothing else is a guest's to hear */
    while (n < COUNT(m->fds) && m->fds[n] >= 0)
        n++;
    if (m->kind == LINK_STATUS && g)
        g->gone = true;
    if (!g || g->fd < 0)
        return;
    const unsigned char status = (unsigned char)(blank ? atoi(blank + 1) : 255);
    if (m->kind == LINK_STATUS)
        link_send(g->fd, LINK_STATUS, &status, 1, NULL, 0);
    else
        link_send(g->fd, m->kind, NULL, 0, m->fds, n);
}

/* The next message that is an answer. False: PID 1 is gone. */
static bool answer(struct keeper *k, struct message *m)
{
    struct err e = {0};
    for (;;) {
        if (!link_receive(k->link, m, &e)) {
            k->broken = true;
            return false;
        }
        if (m->kind != LINK_READY && m->kind != LINK_GO && m->kind != LINK_STATUS)
            return true;
        keeper_pass_on(k, m);
        message_drop(m);
    }
}

/* ---- from inside to the lab ---- */

static void forget(struct state **s, const struct state *other)
{
    if (*s && *s != other) {
        state_drop(*s);
        free(*s);
    }
    *s = NULL;
}

bool keeper_ask(struct keeper *k, struct err *e)
{
    AUTO(message_drop)
    struct message m = {
        .fds = {-1, -1, -1}
    };
    if (!link_say(k->link, LINK_LOOK, "") || !answer(k, &m))
        return err_set(e, "the server's first process is gone");
    if (m.kind == LINK_SAME)
        return true;
    struct state *now = xcalloc(1, sizeof(*now));
    if (m.kind != LINK_STATE || !state_take(&m.bytes, k->latest, k->lab_ms, k->now_ms, now, e)) {
        state_drop(now);
        free(now);
        return e->set ? false : err_set(e, "the server sent \"%c\" instead of its state", m.kind >= ' ' ? m.kind : '?');
    }
    if (k->one_id)
        state_own(now, k->latest, true);
    forget(&k->latest, k->agreed);
    k->latest = now;
    return true;
}

static void remember_told(struct keeper *k, const struct stay *stay)
{
    for (size_t i = 0; i < stay->n_changes; i++)
        *GROW(k->told.changes, k->told.n_changes, k->told.cap_changes) = json_incref(stay->changes[i]);
    k->n_told++;
}

/* What inside has changed; and the end of a login, if `session` is one. */
bool keeper_tell(struct keeper *k, long session, struct err *e)
{
    AUTO(stay_drop) struct stay stay = {.on = k->server->name, .session = session};
    AUTO(str_drop) struct str settled = {0};
    struct err too_big = {0};
    stay.left_ms = k->lab_ms + clock_now_ms() - k->now_ms;
    if (k->latest != k->agreed)
        stay_compare(&stay, &k->agreed->tree, &k->latest->tree, root_is_ours, &too_big);
    if (k->latest->settled)
        str_add_json_value(&settled, k->latest->settled);
    if (settled.len && !text_same(str_text(&settled), k->settled))
        stay.settled = k->latest->settled;
    bool silent = !stay.n_changes && !stay.settled && !session;
    if (!silent && !k->house->tell(k->house->context, &stay, e))
        return false;
    if (too_big.set)
        note_to_all(k, arena_printf(&k->lab.arena, "not kept: %s", too_big.msg));
    if (!silent)
        remember_told(k, &stay);
    forget(&k->agreed, k->latest);
    k->agreed = k->latest;
    free(k->settled);
    k->settled = str_steal(&settled);
    return true;
}

/* ---- from the lab to inside ---- */

/* Lines that were added to the journal by somebody else, about this server or its instance. */
static bool journal_has_news(struct keeper *k)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct stat st;
    bool news = false;
    const char *path = arena_printf(&arena, "%s/.cafelab/journal.jsonl", k->house->dir);
    const char *on = arena_printf(&arena, "\"on\":\"%s\"", k->server->name);
    const char *instance = k->server->instance->id;
    FILE *file = stat(path, &st) || st.st_size <= k->journal ? NULL : fopen(path, "re");
    AUTO(free_text) char *line = NULL;
    size_t cap = 0;
    if (!file || fseeko(file, k->journal, SEEK_SET)) {
        if (file)
            fclose(file);
        return false;
    }
    for (ssize_t n; (n = getline(&line, &cap, file)) > 0 && line[n - 1] == '\n';) {
        news |= strstr(line, on) && !strstr(line, "\"agent\":\"shell\"");
        news |= strstr(line, "\"op\":\"ec2:") && strstr(line, instance);
        k->journal += n;
    }
    fclose(file);
    return news;
}

static bool files_written(struct keeper *k)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct stat st;
    if (stat(arena_printf(&arena, "%s/.cafelab/written", k->house->dir), &st))
        return false;
    bool newer = st.st_mtim.tv_sec != k->files.tv_sec || st.st_mtim.tv_nsec != k->files.tv_nsec;
    k->files = st.st_mtim;
    return newer;
}

static void take_lab(struct keeper *k, struct lab *lab)
{
    char *name = xstrdup(k->server ? k->server->name : "");
    lab_drop(&k->lab);
    k->lab = *lab;
    k->server = *name ? find_server(&k->lab.world, name) : k->lab.world.servers;
    free(name);
    if (k->server && k->doors > 0)
        keeper_attend_doors(k);
    stay_drop(&k->told);
    k->n_told = 0;
}

/* `visitor` (owned) is somebody who came with it; NULL = nobody. */
bool keeper_bring(struct keeper *k, struct lab *lab, json_t *visitor, struct err *e)
{
    AUTO(message_drop)
    struct message m = {
        .fds = {-1, -1, -1}
    };
    const struct server *is = find_server(&lab->world, k->server->name);
    k->told.settled = k->agreed->settled;
    json_auto_t *news = is ? news_of(k->server, is, &k->told) : NULL;
    AUTO(str_drop) struct str text = {0};
    if (visitor) {
        news = news ? news : json_object();
        json_object_set_new(news, "visitor", visitor);
    }
    if (news)
        str_add_json_value(&text, news);
    bool good = !news || (link_send(k->link, LINK_NEWS, text.s, text.len, NULL, 0) && answer(k, &m)) ||
                err_set(e, "the server's first process is gone");
    if (good && news && m.kind != LINK_TAKEN)
        good = err_set(e, "%s", m.kind == LINK_ERROR ? str_text(&m.bytes) : "the server did not take the news");
    if (news)
        news_apply(k->agreed, news, k->lab_ms + clock_now_ms() - k->now_ms);
    if (news && k->latest != k->agreed)
        news_apply(k->latest, news, k->lab_ms + clock_now_ms() - k->now_ms);
    if (is)
        take_lab(k, lab);
    return good;
}

static bool look_at_lab(struct keeper *k, struct err *e)
{
    struct lab lab;
    files_written(k);
    if (!k->house->look(k->house->context, &lab, e))
        return false;
    k->news_due = false;
    return keeper_bring(k, &lab, NULL, e);
}

/* Both ways; now and then, and before somebody comes or goes. */
bool keeper_exchange(struct keeper *k, struct err *e)
{
    bool news = journal_has_news(k);
    int64_t now_ms = clock_now_ms();
    if (news)
        k->alert_until_ms = now_ms + SETTLE_MS;
    k->news_due |= news || k->n_told > TOLD_MAX || (now_ms < k->alert_until_ms && files_written(k));
    return keeper_ask(k, e) && keeper_tell(k, 0, e) && (!k->news_due || look_at_lab(k, e));
}

void keeper_note(struct keeper *k)
{
    struct err e = {0};
    int64_t now_ms = clock_now_ms();
    if (now_ms < k->next_note_ms || !k->agreed)
        return;
    bool good = keeper_exchange(k, &e);
    k->next_note_ms = clock_now_ms() + (good ? LOOK_EVERY_MS : FAILED_WAIT_MS);
    if (!good && !k->broken)
        note_to_all(k, e.msg);
}

void keeper_begin(struct keeper *k)
{
    files_written(k);
    journal_has_news(k);
    k->next_note_ms = clock_now_ms() + LOOK_EVERY_MS;
}
