/* SPDX-License-Identifier: MIT */
/*
 * Which lab a parcel says it is of. Two forms: what `cafelab submit` packs, with submission.json; and a lab as it lies on a
 * disk, with .cafelab/lab.json.
 */
#include "grader/handin/archive.h"
#include "grader/handin/form.h"
#include "sim/lab/parts.h"

#include <string.h>

enum { HEAD_MAX = 64 << 10 };
#define LATEST_MS INT64_C(253402300799999) /* the end of the year 9999 */

static const struct packed *file_in(const struct parcel *p, const char *path)
{
    const struct packed *m = parcel_find(p, path);
    return m && m->kind == MEMBER_FILE ? m : NULL;
}

/* "4711/2" is the third variant that was drawn for 4711. */
static const char *student_of(struct arena *arena, const char *text)
{
    return arena_dupn(arena, text, strcspn(text, "/"));
}

static bool malformed(struct handin_fault *fault, const char *place, const char *why)
{
    return fault_set(fault, HANDIN_MALFORMED, place, "%s", why);
}

/* ---- packed ---- */

static bool number(const json_t *head, const char *path, int64_t most, int64_t *ret, struct handin_fault *fault)
{
    const json_t *value = json_path(head, path);
    *ret = json_is_integer(value) ? json_integer_value(value) : -1;
    if (*ret >= 0 && *ret <= most)
        return true;
    return fault_set(fault, HANDIN_MALFORMED, FORM_HEAD, "\"%s\": expected a whole number", path);
}

static bool text(struct parcel *p, const json_t *head, const char *key, const char **ret, struct handin_fault *fault)
{
    const char *value = json_str(head, key);
    if (!value || strlen(value) > 200)
        return fault_set(fault, HANDIN_MALFORMED, FORM_HEAD, "\"%s\": expected a text", key);
    *ret = arena_dup(&p->arena, value);
    return true;
}

static bool claim_of_head(struct parcel *p, const struct packed *m, struct claim *c, struct handin_fault *fault)
{
    struct err e = {0};
    json_auto_t *head = m->size > HEAD_MAX ? NULL : json_read(m->data, m->size, &e);
    const char *hash = json_string_value(json_path(head, "built.hash"));
    int64_t format, entries, own, members;
    if (!head)
        return malformed(fault, FORM_HEAD, e.set ? e.msg : "more than 64 KiB");
    if (!number(head, "format", 1000, &format, fault))
        return false;
    if (format != FORM_NUMBER)
        return fault_set(fault, HANDIN_OTHER_VERSION, FORM_HEAD,
                         "packed by another cafelab (%s), whose form %lld this one (%s) does not read",
                         json_str_or(head, "packedBy", "?"), (long long)format, CAFELAB_VERSION);
    if (!text(p, head, "id", &c->scenario_id, fault) || !text(p, head, "hash", &c->content_hash, fault) ||
        !text(p, head, "version", &c->version, fault) || !text(p, head, "student", &c->student, fault) ||
        !text(p, head, "language", &c->language, fault) || !number(head, "events", LAB_MAX_EVENTS, &c->events, fault) ||
        !number(head, "built.entries", INT32_MAX, &entries, fault) || !number(head, "entries", INT32_MAX, &own, fault) ||
        !number(head, "members", PARCEL_MAX_MEMBERS, &members, fault))
        return false;
    if (strspn(c->scenario_id, ALPHABET_LOWER "_-") != strlen(c->scenario_id))
        return malformed(fault, FORM_HEAD, "\"id\": expected a name of a-z, 0-9, _ and -");
    if (!sha256_is_hex(hash))
        return malformed(fault, FORM_HEAD, "\"built.hash\": expected 64 digits of 0-9 a-f");
    c->seed = arena_dup(&p->arena, json_str(head, "seed"));
    c->built_hash = arena_dup(&p->arena, hash);
    c->built_entries = (size_t)entries;
    c->entries = (size_t)own;
    c->live = json_object_get(head, "startMs") != NULL;
    if (c->live && (!c->seed || !number(head, "startMs", LATEST_MS, &c->start_ms, fault)))
        return c->seed ? false : malformed(fault, FORM_HEAD, "\"seed\": expected a text");
    size_t files = 0;
    for (size_t i = 0; i < p->n; i++)
        files += p->list[i].kind == MEMBER_FILE;
    if (files < (size_t)members)
        return fault_set(fault, HANDIN_TRUNCATED, FORM_HEAD, "%lld files were packed, %zu are here", (long long)members, files);
    if (!file_in(p, FORM_JOURNAL) || !file_in(p, FORM_CHANGES))
        return malformed(fault, file_in(p, FORM_JOURNAL) ? FORM_CHANGES : FORM_JOURNAL, "is not there");
    return true;
}

/* ---- a whole lab ---- */

static bool claim_of_lab(struct parcel *p, const struct packed *m, struct claim *c, struct handin_fault *fault)
{
    struct lab_facts facts = {.arena = &p->arena};
    struct err e = {0};
    if (m->size > HEAD_MAX || !lab_facts_parse(m->data, m->size, &facts, &e))
        return malformed(fault, ".cafelab/lab.json", e.set ? e.msg : "more than 64 KiB");
    *c = (struct claim){.scenario_id = facts.scenario_id,
                        .content_hash = facts.content_hash,
                        .version = facts.version,
                        .student = facts.student,
                        .language = facts.language,
                        .seed = facts.seed,
                        .built_hash = arena_dup(&p->arena, facts.built_hash),
                        .built_entries = facts.built_entries,
                        .events = facts.events,
                        .live = facts.live,
                        .start_ms = facts.live ? facts.start_ms : 0,
                        .whole = true};
    if (!sha256_is_hex(c->built_hash))
        return malformed(fault, ".cafelab/lab.json", "\"built\": expected a hash");
    if (!file_in(p, ".cafelab/journal.jsonl"))
        return malformed(fault, ".cafelab/journal.jsonl", "is not there");
    return true;
}

bool parcel_claim(struct parcel *p, struct claim *c, struct handin_fault *fault)
{
    const struct packed *head = file_in(p, FORM_HEAD), *lab = file_in(p, ".cafelab/lab.json");
    *c = (struct claim){0};
    *fault = (struct handin_fault){0};
    bool good = head  ? claim_of_head(p, head, c, fault)
                : lab ? claim_of_lab(p, lab, c, fault)
                      : fault_set(fault, HANDIN_NO_LAB, "", "neither submission.json nor .cafelab/lab.json");
    if (good)
        c->student = student_of(&p->arena, c->student);
    return good;
}
