/* SPDX-License-Identifier: MIT */
/* The key: the story played once more, the rubric filled in from it, and what the build must have written. */
#include "grader/grading.h"

#include <stdlib.h>
#include <string.h>

static bool asks_for(const struct condition *c, const struct check_kind *kind)
{
    bool asks = c->kind == kind;
    for (size_t i = 0; i < c->n_parts; i++)
        asks |= asks_for(&c->parts[i], kind);
    return asks;
}

static bool needs_delivered(const struct rubric *r)
{
    const struct check *c = r->checks.items;
    for (size_t i = 0; i < r->checks.n; i++)
        if (asks_for(&c[i].what, &check_evidence))
            return true;
    return false;
}

/* The lines that the build writes, hashed as lab.json has it. */
static void hash_journal(const struct world *w, char out[65])
{
    AUTO(str_drop) struct str lines = {0};
    for (size_t i = 0; i < w->journal.n; i++)
        entry_add_json(&lines, w->journal.list[i], true);
    sha256_hex(str_text(&lines), lines.len, out);
}

/* Binds a receipt to the seed without telling it: a student's bundle may show it. */
static void commit_seed(const struct seed *seed, char out[65])
{
    static const char what[] = "cafelab receipt: ";
    uint8_t bytes[sizeof(what) + sizeof(seed->key)];
    memcpy(bytes, what, sizeof(what));
    memcpy(bytes + sizeof(what), seed->key, sizeof(seed->key));
    sha256_hex(bytes, sizeof(bytes), out);
}

/* What follows from the story once it is known. */
static bool complete(struct key *key, struct err *e)
{
    commit_seed(&key->play.seed, key->seed_commitment);
    key->rubric = rubric_fill(key->scenario, play_lookup, &key->play, e);
    return key->rubric != NULL;
}

/* What the file must say that it is of. */
static void name_delivered(const struct play *p, int64_t events, struct str *out)
{
    char commitment[65];
    commit_seed(&p->seed, commitment);
    str_addf(out, "cafelab %s delivered %s %s %lld", CAFELAB_VERSION, p->scenario->content_hash, commitment, (long long)events);
}

bool key_remember(const struct play *p, const struct rubric *filled, int64_t events, const struct delivered *d,
                  const char *kept, struct err *e)
{
    AUTO(str_drop) struct str of = {0};
    name_delivered(p, events, &of);
    return !needs_delivered(filled) || delivered_save(kept, str_text(&of), d, e);
}

static bool remembered(struct key *key, const struct play_options *options, const char *kept, struct err *e)
{
    AUTO(str_drop) struct str of = {0};
    name_delivered(&key->play, options->events, &of);
    if (kept && delivered_load(kept, str_text(&of), &key->delivered))
        return true;
    if (!delivered_make(&key->play, options, &key->delivered, e))
        return false;
    struct err ignored = {0}; /* a full disk costs time, no grade */
    if (kept)
        delivered_save(kept, str_text(&of), &key->delivered, &ignored);
    return true;
}

/* The options outlive whoever gave them: what answers are run over is written later. */
static struct key *begin(const struct scenario *s, const struct play_options *options, const char *dir)
{
    struct key *key = xcalloc(1, sizeof(*key));
    struct arena *a = &key->arena;
    key->scenario = s;
    key->known = arena_alloc(a, sizeof(*key->known));
    key->running = arena_alloc(a, sizeof(*key->running));
    *key->running = (struct running){.dir = arena_dup(a, dir), .options = *options};
    key->running->options.seed = arena_dup(a, options->seed);
    key->running->options.student = arena_dup(a, options->student);
    key->running->options.content_hash = arena_dup(a, options->content_hash);
    return key;
}

/* What is run is run over what the student's trail delivered. */
static void run_live(struct key *key)
{
    key->running->live = key->running->by_hand = true;
}

/* The key, or NULL when something on the way to it went wrong. */
static struct key *finish(struct key *key, bool good)
{
    if (!good)
        key_free(&key);
    return key;
}

struct key *key_make_kept(const struct scenario *s, const struct play_options *options, const char *kept, struct err *e)
{
    struct key *key = begin(s, options, NULL);
    struct play_options story = *options;
    story.reads_later = true;
    bool good = play(s, &story, &key->play, e) && complete(key, e);
    if (good)
        hash_journal(&key->play.world, key->journal_hash);
    if (good && needs_delivered(key->rubric))
        key->has_delivered = good = remembered(key, options, kept, e);
    return finish(key, good);
}

/* What a live lab begins with; its rubric can be read now, and filled in when the story is known. */
static bool begins_live(struct key *key, const struct play_options *options, struct err *e)
{
    AUTO(diags_drop) struct diags diags = {0};
    if (!play(key->scenario, options, &key->play, e))
        return false;
    hash_journal(&key->play.world, key->journal_hash);
    struct rubric *rubric = rubric_read(key->scenario, &diags);
    bool needed = needs_delivered(rubric);
    key->running->what = evidence_needs(rubric);
    rubric_free(&rubric);
    char fingerprint[33];
    key->has_delivered = needed && delivered_make(&key->play, options, &key->delivered, e);
    return !e->set && digest_public_key(&key->signer, fingerprint, e);
}

struct key *key_make_live(const struct scenario *s, const struct play_options *options, struct err *e)
{
    struct key *key = begin(s, options, NULL);
    key->live = true;
    run_live(key);
    return finish(key, begins_live(key, options, e));
}

void key_hold_back(struct key *key, const char *seed)
{
    key->running->options.seed = arena_dup(&key->arena, seed);
}

bool key_tell(struct key *key, struct play *story, struct err *e)
{
    if (key->rubric)
        abort(); /* one submission alone */
    key->before = key->play;
    key->play = *story;
    *story = (struct play){0};
    return complete(key, e);
}

struct key *key_make(const struct scenario *s, const struct play_options *options, struct err *e)
{
    return key_make_kept(s, options, NULL, e);
}

struct key *key_of_built(struct play *played, const struct play_options *options, const char *dir, struct delivered *delivered,
                         struct err *e)
{
    struct key *key = begin(played->scenario, options, dir);
    key->play = *played;
    *played = (struct play){0};
    bool good = complete(key, e);
    if (good)
        hash_journal(&key->play.world, key->journal_hash);
    key->has_delivered = good && needs_delivered(key->rubric);
    key->delivered = *delivered;
    *delivered = (struct delivered){0};
    return finish(key, good);
}

struct key *key_of_lab(const struct scenario *s, struct lab *lab, struct err *e)
{
    if (!lab->live)
        return key_make(
            s,
            &(struct play_options){
                .seed = lab->seed, .student = lab->student, .content_hash = lab->content_hash, .events = lab->events},
            e);
    struct play_options built = {
        .seed = lab->seed, .student = lab->student, .events = lab->events, .live_from_ms = lab->world.start_ms};
    struct key *key = begin(lab->scenario, &built, NULL);
    bool good = lab_story(lab, &key->play, e);
    memcpy(key->journal_hash, lab->built_hash, sizeof(key->journal_hash));
    good = good && complete(key, e);
    run_live(key);
    key->running->what = good ? evidence_needs(key->rubric) : 0;
    if (good && needs_delivered(key->rubric)) { /* what lay there when it was handed out: the server's logs begin with it */
        good = delivered_make(&key->play, &built, &key->delivered, e);
        key->has_delivered = good;
    }
    if (!good)
        key_free(&key);
    return key;
}

const struct rubric *key_rubric(const struct key *key)
{
    return key->rubric;
}

const char *key_commitment(const struct key *key)
{
    return key->seed_commitment;
}

void key_trust_files(struct key *key)
{
    key->delivered.n = 0;
}

void key_prepare(const struct key *key, struct held_back **shared)
{
    if (key->running->live)
        running_prepare_live(key->running, key->scenario, shared);
    else
        running_prepare(key->running, &key->play, key->rubric, shared);
}

void key_free(struct key **key)
{
    if (!*key)
        return;
    running_drop((*key)->running);
    known_drop((*key)->known);
    submission_free(&(*key)->begun);
    delivered_drop(&(*key)->delivered);
    str_drop(&(*key)->signer);
    rubric_free(&(*key)->rubric);
    play_drop(&(*key)->play);
    play_drop(&(*key)->before);
    arena_drop(&(*key)->arena);
    free(*key);
    *key = NULL;
}
