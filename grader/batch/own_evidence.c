/* SPDX-License-Identifier: MIT */
/*
 * A student's evidence, made once more and looked through while it is made. Addresses are few (a network for documentation has
 * 254), so an address that only Rui's intruder has is a guest or a guesser in a third of the class's web logs. Whoever answers
 * with that has misread his own logs, and not Rui's sheet.
 */
#include "grader/batch/own_evidence.h"

#include <ctype.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

struct wanted {
    const char *forms[6]; /* as logs write it; ends with NULL */
};
struct search {
    pthread_mutex_t lock; /* of `has`: files are made by several threads */
    const struct wanted *wanted;
    bool *has;
    size_t n;
};

static bool joins(const char *s, const char *begin, const char *end)
{
    return s >= begin && s < end && isalnum((unsigned char)*s);
}

/* 198.51.100.3 is no part of 198.51.100.35, nor of 198.51.100.3.example. What ends with a sign is whole. */
static bool is_word(const char *at, size_t n, const char *begin, const char *end)
{
    bool before = joins(at - 1, begin, end) || (at > begin && at[-1] == '.' && joins(at - 2, begin, end));
    bool after = joins(at + n, begin, end) || (at + n < end && at[n] == '.' && joins(at + n + 1, begin, end));
    return !before && (!after || !isalnum((unsigned char)at[n - 1]));
}

static bool stands_in(const char *form, const char *text, size_t n)
{
    size_t len = strlen(form);
    for (const char *at = text, *end = text + n; at && (at = memmem(at, (size_t)(end - at), form, len)); at++)
        if (is_word(at, len, text, end))
            return true;
    return false;
}

static bool is_evidence(const char *path)
{
    static const char *const folders[] = {"s3/", "host/", "host-", "server/", "account/"}; /* host-NAME/: other servers */
    for (size_t i = 0; i < COUNT(folders); i++)
        if (text_starts(path, folders[i]))
            return true;
    return false;
}

static bool look(void *context, const struct made_file *file, struct err *e)
{
    struct search *s = context;
    const char *text = file->unpacked ? str_text(file->unpacked) : file->data;
    size_t n = file->unpacked ? file->unpacked->len : file->n;
    (void)e;
    for (size_t i = 0; S_ISREG(file->mode) && is_evidence(file->path) && i < s->n; i++)
        for (const char *const *form = s->wanted[i].forms; *form; form++) {
            if (!stands_in(*form, text, n))
                continue;
            pthread_mutex_lock(&s->lock);
            s->has[i] = true;
            pthread_mutex_unlock(&s->lock);
        }
    return true;
}

/* A moment: of CloudTrail, flow logs, audit.log, syslog, a web server. */
static struct wanted wanted_of(struct arena *arena, const char *text)
{
    int64_t ms;
    bool zoned;
    struct wanted w = {{text}};
    if (!time_parse(text, &ms, &zoned) || !zoned)
        return w;
    w.forms[1] = arena_printf(arena, "%lld", (long long)(ms / 1000));
    w.forms[2] = arena_printf(arena, "audit(%lld.", (long long)(ms / 1000));
    w.forms[3] = arena_time(arena, ms, "%b %e %H:%M:%S");
    w.forms[4] = arena_time(arena, ms, "%d/%b/%Y:%H:%M:%S");
    return w;
}

bool own_evidence_has(struct class *c, const struct variant *v, const char *const *texts, size_t n, bool *has, struct err *e)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct wanted *wanted = arena_alloc(&arena, (n + 1) * sizeof(*wanted));
    if (c->live)
        return err_set(e, "a live lab's evidence is where it was made");
    for (size_t i = 0; i < n; i++) {
        wanted[i] = wanted_of(&arena, texts[i]);
        has[i] = false;
    }
    struct search search = {.wanted = wanted, .has = has, .n = n};
    const struct lab_plan plan = {.scenario = c->scenario->file,
                                  .play = class_options(c, v->student, v->draw),
                                  .unsigned_digests = true,
                                  .take = look,
                                  .take_context = &search};
    pthread_mutex_init(&search.lock, NULL);
    bool good = lab_build(&plan, &diags, e) || e->set || err_set(e, "the scenario has mistakes");
    pthread_mutex_destroy(&search.lock);
    return good;
}
