/* SPDX-License-Identifier: MIT */
/*
 * How fast CloudTrail's log files are written, beside the limits of the parts it is made of, on one thread and the same
 * bytes: the café's people play their days (EVENTS records), then each round runs every row once, in turn. Figures are CPU
 * time, the median of the rounds; "files" includes planning, sorting, emitting, gzip and writing to the disk.
 */
#include "sim/evidence/cloudtrail.h"
#include "sim/evidence/gzip.h"
#include "sim/lab/parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum row { FILES, FILES_AND_DIGESTS, EMIT, COMPRESS, COPY, HISTORY, ROWS };
static const char *const says[ROWS] = {
    [FILES] = "log files, written",       [FILES_AND_DIGESTS] = "log files with hashes, and digests",
    [EMIT] = "  emitting alone",          [COMPRESS] = "  compressor alone, on the same text",
    [COPY] = "  memcpy of the same text", [HISTORY] = "event history (uncompressed)",
};
#define MOST_ROUNDS 15

struct bench {
    struct play play;
    struct evidence_task task;
    const char *root;
    char folder[128];
    size_t n_labs;
    struct str text;       /* of all files, one after the other */
    size_t *ends, n_files; /* where each ends */
    size_t records, told, zipped;
    double seconds[ROWS][MOST_ROUNDS];
};

static double cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void die(const char *what, const struct err *e)
{
    fprintf(stderr, "bench-write: %s: %s\n", what, e->msg);
    exit(2);
}

static void want_digests(struct bench *b, bool yes)
{
    for (struct logging_span *span = b->play.world.account.spans; span; span = span->next)
        span->validation = yes;
}

static void gather_texts(struct bench *b)
{
    AUTO(stock_drop) struct stock stock = {0};
    AUTO(plan_drop) struct plan plan = {0};
    struct err e = {0};
    stock_open(&stock, &b->task);
    if (!plan_open(&plan, &stock, false, &e))
        die("plan", &e);
    stock_prepare(&stock, &plan, STOCK_PLAIN);
    struct hand *h = hand_new(&plan);
    b->ends = xcalloc(plan.n_files, sizeof(*b->ends));
    for (size_t i = 0; i < plan.n_files; i++) {
        hand_write(h, &plan, &plan.files[i]);
        str_addn(&b->text, h->text.s, h->text.len);
        str_clear(&h->gz);
        gzip_coder_add(h->gzip, &h->gz, h->text.s, h->text.len);
        b->zipped += h->gz.len;
        b->records += h->n;
        b->ends[b->n_files++] = b->text.len;
    }
    hand_drop(h);
    b->told = b->play.background.everyday.n;
}

static double write_files(struct bench *b, bool digests)
{
    struct err e = {0};
    snprintf(b->folder, sizeof(b->folder), "%s/lab%zu", b->root, b->n_labs++); /* removing would slow ext4's next creations */
    if (!dir_make(b->folder, &e))
        die("folder", &e);
    want_digests(b, digests);
    double begin = cpu();
    if (!evidence_writers[1].write(&b->task, &e))
        die("write", &e);
    return cpu() - begin;
}

static double write_history(struct bench *b)
{
    char path[256];
    struct err e = {0};
    double begin = cpu();
    if (!evidence_writers[0].write(&b->task, &e))
        die("history", &e);
    double took = cpu() - begin;
    snprintf(path, sizeof(path), "%s/account/event-history.json", b->folder); /* a gigabyte or two */
    unlink(path);
    return took;
}

static double emit(struct bench *b)
{
    AUTO(stock_drop) struct stock stock = {0};
    AUTO(plan_drop) struct plan plan = {0};
    struct err e = {0};
    double begin = cpu();
    stock_open(&stock, &b->task);
    if (!plan_open(&plan, &stock, false, &e))
        die("plan", &e);
    stock_prepare(&stock, &plan, STOCK_PLAIN);
    struct hand *h = hand_new(&plan);
    for (size_t i = 0; i < plan.n_files; i++)
        hand_write(h, &plan, &plan.files[i]);
    hand_drop(h);
    return cpu() - begin;
}

static double compress_texts(struct bench *b)
{
    AUTO(gzip_coder_drop) struct gzip_coder *gzip = gzip_coder_new();
    AUTO(str_drop) struct str gz = {0};
    double begin = cpu();
    for (size_t i = 0; i < b->n_files; i++) {
        size_t from = i ? b->ends[i - 1] : 0;
        str_clear(&gz);
        gzip_coder_add(gzip, &gz, b->text.s + from, b->ends[i] - from);
    }
    return cpu() - begin;
}

static double copy_texts(struct bench *b)
{
    AUTO(str_drop) struct str copy = {0};
    volatile char seen = 0;
    str_reserve(&copy, 64u << 20);
    double begin = cpu();
    for (size_t i = 0; i < b->n_files; i++) {
        size_t from = i ? b->ends[i - 1] : 0;
        str_clear(&copy);
        str_addn(&copy, b->text.s + from, b->ends[i] - from);
        seen ^= copy.s[copy.len / 2];
    }
    return cpu() - begin;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double run(struct bench *b, enum row row)
{
    switch (row) {
    case FILES: return write_files(b, false);
    case FILES_AND_DIGESTS: return write_files(b, true);
    case EMIT: return emit(b);
    case COMPRESS: return compress_texts(b);
    case COPY: return copy_texts(b);
    default: return write_history(b);
    }
}

static void print(struct bench *b, size_t rounds)
{
    double rate[ROWS];
    printf("%zu records in %zu files (%.0f a file), %.0f bytes a record, %s, ratio %.2f; %zu kinds of calls\n\n", b->records,
           b->n_files, (double)b->records / (double)b->n_files, (double)b->text.len / (double)b->records, gzip_coder_name,
           (double)b->text.len / (double)b->zipped, b->play.background.everyday.n_calls);
    printf("%-42s %14s %10s %8s\n", "one core, CPU time", "records/s", "MB/s raw", "share");
    for (size_t i = 0; i < ROWS; i++) {
        size_t n = i == HISTORY ? b->told : b->records;
        qsort(b->seconds[i], rounds, sizeof(double), ascending);
        double median = b->seconds[i][rounds / 2];
        rate[i] = (double)n / median;
        printf("%-42s %14.0f %10.0f", says[i], rate[i], (double)b->text.len / (double)b->records * rate[i] / 1e6);
        if (i != HISTORY && i != COMPRESS)
            printf(" %8.2f", rate[i] / ((double)b->records / b->seconds[COMPRESS][rounds / 2]));
        printf("\n");
    }
    printf("share: of the compressor alone\n");
}

/* Who does what is dealt anew over the same times: no two neighbours belong together, which is the compressor's worst case. */
static void shuffle(struct bench *b)
{
    struct everyday *everyday = &b->play.background.everyday;
    struct chance c = chance_of(&b->play.seed, "bench/shuffle");
    for (size_t i = everyday->n; i > 1; i--) {
        struct occurrence *x = &everyday->list[i - 1], *y = &everyday->list[chance_below(&c, i)], was = *x;
        x->call = y->call;
        x->session = y->session;
        y->call = was.call;
        y->session = was.session;
    }
}

static void prepare(struct bench *b, int64_t events, const char *folder)
{
    struct err e = {0};
    struct diags diags = {0};
    struct scenario *s = scenario_load("cafe-breach", &diags, &e);
    if (!s || !play(s, &(struct play_options){.events = events}, &b->play, &e))
        die("cafe-breach", &e);
    b->root = folder;
    snprintf(b->folder, sizeof(b->folder), "%s/lab", folder);
    b->task = lab_task(&b->play.world, &b->play.seed, b->folder);
    b->task.everyday = &b->play.background.everyday;
    b->task.from_ms = b->play.from_ms;
    b->task.until_ms = b->play.until_ms;
    b->task.threads = 1;
    if (!dir_make(b->folder, &e))
        die(folder, &e);
}

int main(int argc, char **argv)
{
    static struct bench b;
    size_t rounds = argc > 3 ? (size_t)atoi(argv[3]) : 5;
    bool shuffled = argc > 4 && strcmp(argv[4], "shuffled") == 0;
    if (argc < 3 || rounds < 1 || rounds > MOST_ROUNDS) {
        fprintf(stderr, "usage: bench-write FOLDER EVENTS [ROUNDS 1..%d [shuffled]]\n", MOST_ROUNDS);
        return 2;
    }
    json_begin();
    prepare(&b, atoll(argv[2]), argv[1]);
    if (shuffled)
        shuffle(&b);
    gather_texts(&b);
    for (size_t round = 0; round < rounds; round++)
        for (int row = 0; row < ROWS; row++)
            b.seconds[row][round] = run(&b, (enum row)row);
    print(&b, rounds);
    return 0;
}
