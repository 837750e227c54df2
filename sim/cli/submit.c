/* SPDX-License-Identifier: MIT */
/* cafelab submit: what a student hands in. */
#include "grader/pace.h"
#include "grader/handin/handin.h"
#include "sim/cli/cli.h"
#include "sim/cli/served.h"

#include <unistd.h>

static void print_packed(const struct packing *p, const char *path, size_t bytes)
{
    printf("%s: %zu bytes\n", path, bytes);
    long long minutes = (long long)((p->at_work_ms + 59999) / 60000);
    if (p->sheet == SHEET_READ)
        printf("  %zu answer%s, %zu left open", p->answers, p->answers == 1 ? "" : "s", p->empty);
    else
        fputs(p->sheet == SHEET_NONE ? "  no answers.yaml" : "  no answers: answers.yaml cannot be read", stdout);
    printf("; %zu hint%s taken\n", p->hints, p->hints == 1 ? "" : "s");
    if (minutes)
        printf("  about %lld minute%s at work, as cafelab's commands noted it for your teacher\n", minutes,
               minutes == 1 ? "" : "s");
    printf("  %zu %s of your own in the journal, %zu file%s of the servers changed\n", p->entries,
           p->entries == 1 ? "entry" : "entries", p->files, p->files == 1 ? "" : "s");
    if (p->evidence)
        printf("  %zu %s handed out: see below s3/\n", p->evidence,
               p->evidence == 1 ? "file of the evidence is not as it was" : "files of the evidence are not as they were");
    for (size_t i = 0; i < p->n_notes; i++)
        printf("note: %s\n", p->notes[i]);
}

static void print_packed_json(const struct packing *p, const char *path, size_t bytes)
{
    json_auto_t *out =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "file", path, "bytes", (json_int_t)bytes, "answers",
                  (json_int_t)p->answers, "empty", (json_int_t)p->empty, "hints", (json_int_t)p->hints, "entries",
                  (json_int_t)p->entries, "files", (json_int_t)p->files, "evidence", (json_int_t)p->evidence);
    json_t *notes = json_array();
    for (size_t i = 0; i < p->n_notes; i++)
        json_array_append_new(notes, json_clean(p->notes[i]));
    json_put(out, "seconds", json_integer((json_int_t)(p->at_work_ms / 1000)));
    json_put(out, "notes", notes);
    print_json(out);
}

static bool pack(const struct request *r, struct lab *lab, struct err *e)
{
    AUTO(str_drop) struct str bytes = {0};
    AUTO(packing_drop) struct packing says = {0};
    const char *path = request_value(r, "out");
    file_sweep(path);
    if (!submission_pack(lab, &bytes, &says, e) || !file_write(path, str_text(&bytes), bytes.len, 0644, e))
        return false;
    if (request_has(r, "json"))
        print_packed_json(&says, path, bytes.len);
    else
        print_packed(&says, path, bytes.len);
    return true;
}

static int run(const struct request *r)
{
    struct err e = {0};
    struct lab lab = {0};
    if (!request_value(r, "out"))
        return misused(r, "expected -o FILE: what to hand in");
    unsigned port = 0;
    pace_note_answers(r->args[0], "submit", clock_now_ms());
    int held = served_or_hold(r->args[0], &port, &e); /* who serves it goes on; what was answered is in the journal */
    bool good = (held >= 0 || port) && lab_open(r->args[0], &lab, &e) && pack(r, &lab, &e);
    lab_drop(&lab);
    if (held >= 0)
        close(held);
    return good ? EXIT_GOOD : trouble_err(&e);
}

const struct command command_submit = {
    .name = "submit",
    .synopsis = "DIR -o FILE",
    .says = "pack what you hand in: answers, what you did, files that you changed",
    .more = "FILE becomes a small tar.gz. It says what is in it and what is missing; it can be made again at any time,\n"
            "of a live lab while it is served, too. That takes along what its trail delivered: answers that are queries or\n"
            "rules are run over it.",
    .least = 1,
    .most = 1,
    .run = run,
    .options = {{"out", 'o', "FILE", "where to put it, such as me.tar.gz"}, OPTION_JSON},
};
