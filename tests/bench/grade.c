/* SPDX-License-Identifier: MIT */
/*
 * How many submissions a core grades in a second: bench-grade LAB... Each LAB is opened once; then, with the key of the
 * first made once and reused, "judge" grades the opened submissions in turn, answers and all checks; "open" opens one from
 * disk each time (journal replayed, sheet and server tree read) and judges it. The evidence check, which reads and hashes
 * every delivered file, is part of both; "files not hashed" leaves only that out. With --class CLASS STUDENT FILE
 * an upload of that student is taken apart in memory, its journal replayed, and judged, each time. Figures are CPU time.
 */
#include "grader/class/class.h"

#include <stdlib.h>
#include <sys/resource.h>

#define MOST 64

struct bench {
    struct scenario *scenario;
    struct key *key;
    struct submission *list[MOST];
    const char *dirs[MOST];
    int n;
};

static int64_t cpu_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static void stop(const struct err *e)
{
    fprintf(stderr, "bench-grade: %s\n", e->msg);
    exit(2);
}

static void grade_once(const struct bench *b, const struct submission *s)
{
    AUTO(report_drop) struct report report = {0};
    grade(b->key, s, "en", &report);
    json_decref(report_json(&report, false));
}

static void say(const char *what, int64_t us, int n)
{
    printf("%-34s %8.0f /s   %8.3f ms each\n", what, n * 1e6 / (double)us, (double)us / 1e3 / n);
}

static void judge(const struct bench *b, const char *what)
{
    int n = 0;
    int64_t start = cpu_us(), now;
    do {
        for (int i = 0; i < b->n; i++)
            grade_once(b, b->list[i]);
        n += b->n;
        now = cpu_us();
    } while (now - start < 1000000);
    say(what, now - start, n);
}

static void open_and_judge(const struct bench *b)
{
    struct err e = {0};
    int n = 0;
    int64_t start = cpu_us(), now;
    do {
        struct submission *s = submission_open(b->dirs[n % b->n], &e);
        if (!s)
            stop(&e);
        grade_once(b, s);
        submission_free(&s);
        n++;
        now = cpu_us();
    } while (now - start < 1000000);
    say("open from disk and judge", now - start, n);
}

static void judge_bytes(struct key *key, const struct arrival *upload)
{
    struct err e = {0};
    struct handin_fault fault = {0};
    struct claim claim;
    AUTO(parcel_drop) struct parcel parcel = {0};
    AUTO(report_drop) struct report report = {0};
    AUTO(submission_free) struct submission *s = NULL;
    if (parcel_read(upload, &parcel, &fault) && parcel_claim(&parcel, &claim, &fault))
        s = submission_open_memory(key, &parcel, &claim, &fault);
    if (!s) {
        err_set(&e, "%s: %s", fault.place, fault.reason);
        stop(&e);
    }
    grade(key, s, "en", &report);
    json_decref(report_json(&report, false));
}

/* argv: CLASS STUDENT FILE. The bytes are read once: a grader gets them from a socket or a zip. */
static void upload_and_judge(char **argv)
{
    AUTO(class_close) struct class c = {0};
    AUTO(variants_drop) struct variants variants = {0};
    AUTO(str_drop) struct str bytes = {0};
    struct err e = {0};
    if (!class_open(argv[0], &c, &e) || !class_variants(&c, &variants, &e) || !file_read(argv[2], UPLOAD_MAX_BYTES, &bytes, &e))
        stop(&e);
    int64_t start = cpu_us(), now;
    struct key *key = class_key(&c, variants_of(&variants, argv[1]), &e);
    if (!key)
        stop(&e);
    say("make a class's key (a student)", cpu_us() - start, 1);
    const struct arrival upload = {.from = argv[2], .owner = "", .bytes = bytes.s, .size = bytes.len};
    int n = 0;
    start = cpu_us();
    do {
        judge_bytes(key, &upload);
        n++;
        now = cpu_us();
    } while (now - start < 1000000);
    say("take an upload apart and judge", now - start, n);
    key_free(&key);
}

int main(int argc, char **argv)
{
    char **class = NULL;
    struct bench b = {0};
    struct err e = {0};
    AUTO(diags_drop) struct diags diags = {0};
    json_begin();
    for (int i = 1; i < argc && b.n < MOST; i++) {
        if (text_same(argv[i], "--class") && i + 3 < argc) {
            class = argv + i + 1;
            break;
        }
        b.dirs[b.n] = argv[i];
        if (!(b.list[b.n++] = submission_open(argv[i], &e)))
            stop(&e);
    }
    if (!b.n && class)
        upload_and_judge(class);
    if (!b.n)
        return class ? 0 : 2;
    struct lab *lab = submission_lab(b.list[0]);
    int64_t start = cpu_us();
    b.scenario = scenario_load(lab->scenario_id, &diags, &e);
    b.key = b.scenario ? key_of_lab(b.scenario, lab, &e) : NULL;
    if (!b.key)
        stop(&e);
    say("make a key (once per variant)", cpu_us() - start, 1);
    judge(&b, "judge, every file hashed");
    key_trust_files(b.key);
    judge(&b, "judge, files not hashed");
    if (class)
        upload_and_judge(class);
    open_and_judge(&b);
    for (int i = 0; i < b.n; i++)
        submission_free(&b.list[i]);
    key_free(&b.key);
    scenario_free(&b.scenario);
    return 0;
}
