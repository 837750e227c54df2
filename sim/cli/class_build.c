/* SPDX-License-Identifier: MIT */
/* cafelab class build: a bundle for each student. */
#include "grader/class/class.h"
#include "sim/cli/class_parts.h"

#include <stdlib.h>
#include <string.h>

#define MOST_THREADS 256
#define MOST_SHARDS 10000

bool request_shard(const struct request *r, unsigned *shard, unsigned *shards)
{
    const char *text = request_value(r, "shard");
    char *slash = NULL, *end = NULL;
    if (!text)
        return true;
    unsigned long i = strtoul(text, &slash, 10), n = *slash == '/' ? strtoul(slash + 1, &end, 10) : 0;
    if (!end || *end || i < 1 || n < 1 || i > n || n > MOST_SHARDS || *text < '0' || *text > '9')
        return misused(r, "--shard: expected I/N with I from 1 to N, got \"%s\"", text), false;
    *shard = (unsigned)i;
    *shards = (unsigned)n;
    return true;
}

/* They left, or an id is spelled otherwise now: that would be another student, with another variant. */
static void tell_gone(const struct bundling *b)
{
    enum { MOST = 8 };
    AUTO(str_drop) struct str ids = {0};
    for (size_t i = 0; i < b->n_gone && i < MOST; i++)
        str_addf(&ids, "%s%s", i ? ", " : "", b->gone[i]);
    if (b->n_gone > MOST)
        str_addf(&ids, " and %zu more", b->n_gone - MOST);
    if (b->n_gone && b->made)
        fprintf(stderr,
                "note: had a variant, and not in roster.csv any more: %s. What they hand in cannot be graded; who is there "
                "under another id now needs the id of before\n",
                str_text(&ids));
}

static json_t *gone_json(const struct bundling *b)
{
    json_t *gone = json_array();
    for (size_t i = 0; i < b->n_gone; i++)
        json_array_append_new(gone, json_clean(b->gone[i]));
    return gone;
}

static int tell_built(const struct request *r, const struct class *c, const struct bundling *b)
{
    if (request_has(r, "json")) {
        json_auto_t *built = json_pack("{s:s, s:I, s:I, s:o}", "bundles", c->dir, "made", (json_int_t)b->made, "kept",
                                       (json_int_t)b->kept, "gone", gone_json(b));
        print_json(built);
    } else
        printf("%s/bundles: %zu made, %zu were there\n", c->dir, b->made, b->kept);
    if (b->shared)
        fprintf(stderr, "note: %zu student%s only account and ids of their own: the scenario varies too little\n", b->shared,
                b->shared == 1 ? " has" : "s have");
    tell_gone(b);
    return EXIT_GOOD;
}

static int run(const struct request *r)
{
    AUTO(class_close) struct class c = {0};
    struct err e = {0};
    int64_t threads = 0;
    struct bundling b = {.again = request_has(r, "again"), .progress = progress_show};
    if (!request_int(r, "threads", 1, MOST_THREADS, &threads) || !request_shard(r, &b.shard, &b.shards))
        return EXIT_TROUBLE;
    b.threads = (unsigned)threads;
    if (!class_open_told(r->args[0], &c))
        return EXIT_TROUBLE;
    bool good = class_build(&c, &b, &e);
    progress_end();
    return good ? tell_built(r, &c, &b) : trouble_err(&e);
}

const struct command command_class_build = {
    .name = "class build",
    .synopsis = "DIR",
    .says = "a bundle for each student, in DIR/bundles",
    .more = "What is there is not built again, so a run that was stopped is gone on with. Nobody gets another's variant.",
    .least = 1,
    .most = 1,
    .run = run,
    .options = {{"threads", 0, "N", "how many at a time; as many as there are cores without"},
                {"shard", 0, "I/N", "only every Nth student, beginning with the Ith: for N machines"},
                {"again", 0, NULL, "build those that are there, too"},
                OPTION_JSON},
};
