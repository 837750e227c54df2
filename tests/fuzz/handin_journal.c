/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the journal, and behind a byte 0 as the changes, of a submission whose frame is right: what comes of it is
 * graded or has a name, and the key's own world is as it was.
 */
#include "grader/grading.h"
#include "grader/handin/handin.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct scenario *scenario;
static struct key *key;
static struct str story; /* the key's world, as text */

static void make_key(void)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    scenario = scenario_load("scenarios/cafe-breach", &diags, &e);
    key = scenario ? key_make(scenario, &(struct play_options){.seed = "7", .student = "s", .events = 0}, &e) : NULL;
    if (!key)
        abort();
    key_trust_files(key);
    world_add_state(&story, &key->play.world);
}

static void open_it(const struct packed *list, size_t n, const struct claim *claim)
{
    AUTO(str_drop) struct str after = {0};
    struct parcel parcel = {.list = (struct packed *)list, .n = n};
    struct handin_fault fault;
    AUTO(submission_free) struct submission *s = submission_open_memory(key, &parcel, claim, &fault);
    if ((s != NULL) != (fault.outcome == HANDIN_GOOD))
        __builtin_trap();
    if (s) {
        AUTO(report_drop) struct report report = {0};
        grade(key, s, "en", &report);
    }
    world_add_state(&after, &key->play.world);
    if (strcmp(str_text(&after), str_text(&story)) != 0)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *cut = size ? memchr(data, 0, size) : NULL;
    size_t n = cut ? (size_t)(cut - data) : size;
    if (!key)
        make_key();
    AUTO(str_drop) struct str journal = {0}, changes = {0};
    str_addn(&journal, size ? (const char *)data : "", n);
    str_addn(&changes, cut ? (const char *)cut + 1 : "", cut ? size - n - 1 : 0);
    const struct packed list[] = {
        {"changes.jsonl", MEMBER_FILE, str_text(&changes), changes.len},
        {"files/1",       MEMBER_FILE, "hello\n",          6          },
        {"journal.jsonl", MEMBER_FILE, str_text(&journal), journal.len},
    };
    struct claim claim = {.scenario_id = scenario->id, .content_hash = scenario->content_hash, .version = CAFELAB_VERSION};
    claim.student = "s";
    claim.language = "en";
    claim.built_hash = key->journal_hash;
    claim.built_entries = key->play.world.journal.n;
    for (size_t i = 0; i < journal.len; i++)
        claim.entries += journal.s[i] == '\n';
    open_it(list, COUNT(list), &claim);
    return 0;
}
