/* SPDX-License-Identifier: MIT */
/*
 * A submission opened in memory. The world at the end of the key's story is copied; what the student did is played on it
 * through the same door as everything else, and must come out as it was written down; then the files are as they were handed
 * in.
 *
 * A student can write into the journal whatever he likes. It counts if it can have happened: operations of his own, in
 * order, after the story, each with the outcome and the ids that the world gives. Nobody makes worlds there (`prelude`) or
 * names the streams that ids come from.
 */
#include "grader/handin/archive.h"
#include "grader/handin/files.h"
#include "grader/handin/form.h"
#include "grader/handin/unfolding.h"

#include <string.h>

enum { MOST_ENTRIES = 50000 };
#define LONGEST_MS (400LL * 86400000) /* from the story to the last thing a student does */

/* ---- is it of this key? ---- */

/* Of another past than the key's. The class's scenario may have been corrected, but not in its story. */
static bool tell_past(struct unfolding *o, const char *place)
{
    const struct claim *c = o->claim;
    if (c->seed)
        return fault_set(o->fault, HANDIN_EDITED_PAST, place,
                         "the past is not what this scenario and seed come to: another text of the scenario, or it was edited");
    if (text_same(c->content_hash, o->key->scenario->content_hash))
        return fault_set(
            o->fault, HANDIN_OTHER_CLASS, place,
            "not drawn from this class's secret for \"%s\": a bundle of another class or student, or it was edited",
            c->student);
    return fault_set(
        o->fault, HANDIN_OTHER_CLASS, place,
        "not drawn from this class's secret for \"%s\", or the story in the class's scenario was changed when that "
        "was corrected: then it has to be put back as it was",
        c->student);
}

static bool same_lab(struct unfolding *o)
{
    const struct claim *c = o->claim;
    const struct key *key = o->key;
    const char *place = c->whole ? ".cafelab/lab.json" : FORM_HEAD;
    if (!text_same(c->scenario_id, key->scenario->id))
        return fault_set(o->fault, HANDIN_OTHER_SCENARIO, place, "of the scenario \"%s\": expected \"%s\"", c->scenario_id,
                         key->scenario->id);
    if (c->live && !key->live)
        return fault_set(o->fault, HANDIN_LIVE, place, "a live lab, but those of this class are not");
    if (!c->live && key->live)
        return fault_set(o->fault, HANDIN_OTHER_CLASS, place, "no live lab, but those of this class are");
    if (text_same(c->built_hash, key->journal_hash) && c->built_entries == key->play.world.journal.n)
        return true;
    if (!text_same(c->version, CAFELAB_VERSION))
        return fault_set(o->fault, HANDIN_OTHER_VERSION, place,
                         "built by cafelab %s, in which the story comes out otherwise than in %s: grade it with that version",
                         c->version, CAFELAB_VERSION);
    if (text_same(c->built_hash, key->journal_hash))
        return fault_set(o->fault, HANDIN_EDITED_PAST, place, "says that %zu entries were built: expected %zu",
                         c->built_entries, key->play.world.journal.n);
    return tell_past(o, place);
}

/* ---- the world as it was handed out ---- */

static void begin_world(struct world *w, const struct play *story, const struct seed *ids)
{
    world_init(w, ids, story->world.account.id, story->world.account.region, story->world.start_ms);
    w->catalog = story->world.catalog;
    world_copy_state(w, &story->world);
    for (size_t i = 0; i < story->world.journal.n; i++)
        *GROW(w->journal.list, w->journal.n, w->journal.cap) = story->world.journal.list[i];
}

/* With files twice: operations change the ones, what was handed in is applied to the others. */
static struct submission *begin(const struct key *key, bool own_ids)
{
    const struct play *story = &key->play;
    struct submission *s = xcalloc(1, sizeof(*s));
    struct world *w = &s->lab.world;
    struct seed ids = own_ids ? story->seed : lab_bundle_seed(&story->seed);
    size_t n = 0;
    begin_world(w, story, &ids);
    for (const struct server *server = w->servers; server; server = server->next)
        n++;
    s->untouched = arena_alloc(&w->arena, (n + 1) * sizeof(*s->untouched));
    struct server *to = w->servers;
    for (const struct server *from = story->world.servers; from && to; from = from->next, to = to->next) {
        tree_copy(w, &to->tree, &from->tree);
        tree_copy(w, &s->untouched[--n], &from->tree);
    }
    return s;
}

/* What operations did to files is in what was handed in, with what hands did since. */
static void turn_to_untouched(struct submission *s)
{
    size_t n = 0;
    for (const struct server *server = s->lab.world.servers; server; server = server->next)
        n++;
    for (struct server *server = s->lab.world.servers; server; server = server->next)
        server->tree = s->untouched[--n];
}

/* Judging what nobody has touched finds out what is the same for everybody (known.h), once and not in each process. */
static void try_out(const struct key *key, struct submission *s)
{
    AUTO(report_drop) struct report report = {0};
    memcpy(s->lab.built_hash, key->journal_hash, sizeof(s->lab.built_hash));
    grade(key, s, "en", &report);
}

void submission_begin(struct key *key)
{
    if (key->begun)
        return;
    key->begun = begin(key, false);
    if (!key->known->n_hashes && !key->known->n_lines)
        try_out(key, key->begun);
}

static struct submission *begun(struct key *key, const struct claim *claim)
{
    struct submission *ready = key->begun;
    if (!ready || claim->seed)
        return begin(key, claim->seed != NULL);
    key->begun = NULL;
    return ready;
}

void unfold_begin(struct unfolding *o)
{
    o->s = begun(o->key, o->claim);
    struct lab *lab = &o->s->lab;
    lab->world.untold = !o->claim->live; /* only a live one's story is told again */
    lab->scenario_id = o->claim->scenario_id;
    lab->content_hash = o->claim->content_hash;
    lab->version = o->claim->version;
    lab->seed = o->claim->seed;
    lab->student = o->claim->student;
    lab->language = o->claim->language;
    lab->events = o->claim->events;
    lab->live = o->claim->live;
    lab->from_ms = o->key->play.from_ms;
    lab->until_ms = o->key->play.until_ms;
    lab->built_entries = o->claim->built_entries;
    memcpy(lab->built_hash, o->key->journal_hash, sizeof(lab->built_hash));
}

/* ---- the student's entries ---- */

/* What a server answered is not compared, since files differ; but what somebody typed was this command. */
static bool typed_otherwise(const struct entry *entry)
{
    const char *typed = json_str(entry->response, "typed"), *command = json_str(entry->asked, "command");
    return text_same(entry->op, "host:Run") && typed && command && !text_same(typed, command);
}

static bool may_be_a_students(const struct entry *entry, const struct unfolding *o, const char **why)
{
    const struct op *op = catalog_find(&lab_catalog, entry->op, NULL);
    *why = NULL;
    if (!op)
        *why = "no operation is called that";
    else if (entry->prelude)
        *why = "worlds are not made here";
    else if (entry->stream && !o->claim->live) /* a live one's story is looked at when all is played */
        *why = "ids come from no stream of their own";
    else if (entry->mark)
        *why = "entries have no marks";
    else if (entry->time_ms > o->key->play.until_ms + LONGEST_MS)
        *why = "it is more than 400 days after the story";
    else if (typed_otherwise(entry))
        *why = "what was typed is not what was run";
    else if (!entry->cause && (op->flags & OP_HOST) && (!entry->on || !find_server(&o->s->lab.world, entry->on)))
        *why = "it is on no server of this lab";
    else
        *why = actor_impossible(o, entry);
    return !*why;
}

static bool play_line(struct unfolding *o, const char *line, size_t n, size_t number)
{
    struct world *w = &o->s->lab.world;
    struct entry entry;
    struct err e = {0};
    char place[80];
    const char *why;
    json_auto_t *document = entry_document(line, n, &e);
    snprintf(place, sizeof(place), "%s:%zu", o->journal, number);
    if (!document || !entry_borrow(document, &entry, &e))
        return fault_set(o->fault, HANDIN_BAD_JOURNAL, place, "%s", e.msg);
    if (!may_be_a_students(&entry, o, &why))
        return fault_set(o->fault, HANDIN_IMPOSSIBLE, place, "%s: %s", entry.op, why);
    if (o->retelling)
        o->retelling->before(o->retelling->context, w, &entry);
    return act_replay(w, &entry, &e) || fault_set(o->fault, HANDIN_IMPOSSIBLE, place, "%s", e.msg);
}

static bool play_lines(struct unfolding *o, const char *s, size_t n, size_t number)
{
    const char *end = s + n;
    size_t most = o->retelling ? o->retelling->entries : SIZE_MAX;
    for (size_t count = 0; s < end && o->s->lab.world.journal.n < most; number++, count++) {
        const char *stop = memchr(s, '\n', (size_t)(end - s));
        if (!stop && o->claim->whole) /* a call was killed while it wrote */
            return true;
        if (!stop || count >= MOST_ENTRIES) {
            AUTO(str_drop) struct str place = {0};
            str_addf(&place, "%s:%zu", o->journal, number);
            return stop ? fault_set(o->fault, HANDIN_BAD_JOURNAL, str_text(&place), "more than %d entries", MOST_ENTRIES)
                        : fault_set(o->fault, HANDIN_TRUNCATED, str_text(&place), "the line does not end");
        }
        if (!play_line(o, s, (size_t)(stop - s), number))
            return false;
        s = stop + 1;
    }
    return true;
}

/* A whole lab for self-study holds the story's lines, too: they must be the key's. */
static bool skip_past(struct unfolding *o, const char **s, size_t *n)
{
    const char *at = *s, *end = at + *n;
    char hash[65];
    for (size_t i = 0; i < o->claim->built_entries; i++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            return fault_set(o->fault, HANDIN_TRUNCATED, o->journal, "%zu lines: expected at least %zu", i,
                             o->claim->built_entries);
        at = stop + 1;
    }
    sha256_hex(*s, (size_t)(at - *s), hash);
    if (!text_same(hash, o->key->journal_hash))
        return fault_set(o->fault, HANDIN_EDITED_PAST, o->journal, "the first %zu lines are not those that the build wrote",
                         o->claim->built_entries);
    *n -= (size_t)(at - *s);
    *s = at;
    return true;
}

bool unfold_journal(struct unfolding *o)
{
    const struct packed *m = parcel_find(o->parcel, o->journal);
    const char *s = m->data;
    size_t n = m->size;
    bool has_past = o->claim->whole && o->claim->seed;
    if ((has_past && !skip_past(o, &s, &n)) || !play_lines(o, s, n, has_past ? o->claim->built_entries + 1 : 1))
        return false;
    if (o->retelling)
        return true;
    size_t own = o->s->lab.world.journal.n - o->claim->built_entries;
    if (!o->claim->whole && own != o->claim->entries)
        return fault_set(o->fault, HANDIN_TRUNCATED, o->journal, "%zu %s packed, %zu %s here", o->claim->entries,
                         o->claim->entries == 1 ? "entry was" : "entries were", own, own == 1 ? "is" : "are");
    return true;
}

/* ---- sheet and hints ---- */

static const struct packed *file_named(const struct unfolding *o, const char *packed, const char *whole)
{
    const struct packed *m = parcel_find(o->parcel, o->claim->whole ? whole : packed);
    return m && m->kind == MEMBER_FILE ? m : NULL;
}

static void take_papers(struct unfolding *o)
{
    const struct packed *sheet = file_named(o, FORM_SHEET, "answers.yaml");
    const struct packed *hints = file_named(o, FORM_HINTS, ".cafelab/hints.jsonl");
    const struct packed *work = file_named(o, FORM_WORK, ".cafelab/work.jsonl");
    if (work && work->size <= PACE_MAX_BYTES)
        pace_read(work->data, work->size, &o->s->pace);
    if (sheet)
        submission_take_sheet(o->s, sheet->data, sheet->size);
    if (hints)
        taken_parse(hints->data, hints->size, &o->s->taken);
    memcpy(o->s->hash, o->parcel->sha256, sizeof(o->s->hash));
}

/* ---- all of it ---- */

static bool open_all(struct unfolding *o)
{
    unfold_begin(o);
    if (!unfold_journal(o) || (o->claim->live && !unfold_story(o)))
        return false;
    turn_to_untouched(o->s);
    o->s->handed = handed_new(o->parcel, o->claim);
    o->s->handed_drop = handed_drop;
    o->s->altered = handed_altered;
    o->s->each = handed_each;
    if (!files_take(&o->s->lab.world, o->parcel, o->claim, o->s->handed, o->fault))
        return false;
    take_papers(o);
    return unfold_something(o);
}

struct submission *submission_open_memory(struct key *key, const struct parcel *parcel, const struct claim *claim,
                                          struct handin_fault *fault)
{
    struct unfolding o = {.key = key, .parcel = parcel, .claim = claim, .fault = fault};
    o.journal = claim->whole ? ".cafelab/journal.jsonl" : FORM_JOURNAL;
    *fault = (struct handin_fault){0};
    if (!same_lab(&o))
        return NULL;
    if (!open_all(&o))
        submission_free(&o.s);
    return o.s;
}
