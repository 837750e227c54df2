/* SPDX-License-Identifier: MIT */
/* cafelab ddl: the logs' table for the real Athena, Trino or Spark. What there is is read off the paths below LAB/s3. */
#include "sim/athena/athena.h"
#include "sim/cli/cli.h"

#include <stdlib.h>
#include <string.h>

struct found { /* below LAB/s3 */
    struct arena arena;
    const char *bucket, *prefix;
    const char *regions[65];
    size_t n_regions;
    const char *first, *last; /* days */
    bool several;             /* buckets or accounts */
};

static void add_region(struct found *f, const char *region)
{
    for (size_t i = 0; i < f->n_regions; i++)
        if (text_same(f->regions[i], region))
            return;
    if (f->n_regions + 1 < COUNT(f->regions))
        f->regions[f->n_regions++] = arena_dup(&f->arena, region);
}

/* bucket / prefix... / CloudTrail / region / yyyy / mm / dd / file */
static bool look(void *context, const struct dir_entry *entry, struct err *e)
{
    struct found *f = context;
    const char *mark = strstr(entry->path, "/CloudTrail/"), *slash = strchr(entry->path, '/');
    char region[64], day[11];
    (void)e;
    if (entry->is_dir || entry->is_link || !mark || !text_ends(entry->path, ".json.gz") ||
        sscanf(mark, "/CloudTrail/%63[a-z0-9-]/%10[0-9/]", region, day) != 2 || strlen(day) != 10)
        return true;
    const char *bucket = arena_dupn(&f->arena, entry->path, (size_t)(slash - entry->path));
    const char *prefix = arena_dupn(&f->arena, slash + 1, (size_t)(mark - slash - 1) + strlen("/CloudTrail"));
    f->several |= f->bucket && (!text_same(f->bucket, bucket) || !text_same(f->prefix, prefix));
    if (!f->bucket) {
        f->bucket = bucket;
        f->prefix = prefix;
    }
    add_region(f, region);
    if (!f->first || strcmp(day, f->first) < 0)
        f->first = arena_dup(&f->arena, day);
    if (!f->last || strcmp(day, f->last) > 0)
        f->last = arena_dup(&f->arena, day);
    return true;
}

static bool is_bucket(const char *s)
{
    size_t n = strlen(s);
    return n >= 3 && n <= 63 && strspn(s, ALPHABET_LOWER ".-") == n;
}

static int run(const struct request *r)
{
    struct found f = {0};
    struct err e = {0};
    AUTO(str_drop) struct str out = {0};
    const char *engine = request_value(r, "engine"), *bucket = request_value(r, "bucket");
    int status = EXIT_TROUBLE;
    if (bucket && !is_bucket(bucket))
        return misused(r, "--bucket: expected the name of a bucket, got \"%s\"", bucket);
    if (!dir_walk(arena_printf(&f.arena, "%s/s3", r->args[0]), look, &f, &e))
        trouble_err(&e);
    else if (!f.bucket)
        trouble("'%s' holds no logs of a trail below s3/", r->args[0]);
    else if (f.several)
        trouble("'%s' holds logs of several trails below s3/: a table is of one", r->args[0]);
    else {
        struct athena_logs logs = {.bucket = bucket ? bucket : f.bucket,
                                   .prefix = f.prefix,
                                   .regions = f.regions,
                                   .from = f.first,
                                   .to = request_has(r, "growing") ? "NOW" : f.last};
        logs.table = athena_table_name(&f.arena, logs.bucket);
        if (athena_add_ddl(&out, engine ? engine : "athena", &logs)) {
            print_text(&out);
            status = EXIT_GOOD;
        } else
            misused(r, "--engine: expected athena, trino or spark, got \"%s\"", engine);
    }
    arena_drop(&f.arena);
    return status;
}

const struct command command_ddl = {
    .name = "ddl",
    .synopsis = "DIR",
    .says = "print the logs' table for the real Athena, Trino or Spark",
    .more =
        "For log sets that one machine does not hold: upload DIR/s3/BUCKET as it lies there (aws s3 sync), then run what this\n"
        "prints. Partitions by region and day follow from the path; nobody has to add them.",
    .least = 1,
    .most = 1,
    .run = run,
    .options = {{"engine", 0, "NAME", "athena, as without; trino or spark"},
                {"bucket", 0, "BUCKET", "where the logs were uploaded to; the lab's own name without"},
                {"growing", 0, NULL, "more logs will come: days up to now, not to the last one"}},
};
