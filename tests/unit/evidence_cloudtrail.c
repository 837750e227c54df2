/* SPDX-License-Identifier: MIT */
/* Log files as a whole: names, stamps, who is in them and how often, and the same bytes on any number of threads. */
#include "evidence_rig.h"

#include <regex.h>
#include <sys/stat.h>

struct tally {
    struct rig *r;
    size_t files, digests, records, swapped, pairs, own, unnamed;
    struct str all; /* path and text of every file */
    bool good;
};

static bool matches(const char *pattern, const char *s)
{
    regex_t re;
    bool yes = regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) == 0 && regexec(&re, s, 0, NULL, 0) == 0;
    regfree(&re);
    return yes;
}

static int64_t stamp_of(const char *path, const char *fmt_start)
{
    const char *at = strstr(path, fmt_start);
    struct civil c = {0};
    if (!at || sscanf(at + strlen(fmt_start), "%4d%2d%2dT%2d%2d", &c.year, &c.month, &c.day, &c.hour, &c.minute) != 5)
        return -1;
    return ms_from_civil(&c);
}

static void count_records(struct tally *t, const char *path, const struct str *text)
{
    struct err e = {0};
    json_auto_t *doc = json_read(text->s, text->len, &e);
    const json_t *list = json_object_get(doc, "Records");
    int64_t stamp =
        stamp_of(path, text_starts(strstr(path, "CloudTrail/"), "CloudTrail/us-east-1") ? "_us-east-1_" : "_us-west-2_");
    int64_t last = 0;
    CU_ASSERT(json_array_size(list) > 0);
    CU_ASSERT_EQUAL(stamp % MARK_MS, 0);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *record = json_array_get(list, i);
        int64_t time = 0;
        CU_ASSERT(time_parse(json_str_or(record, "eventTime", ""), &time, NULL));
        CU_ASSERT(time <= stamp && time >= stamp - 611000);
        CU_ASSERT(strstr(path, json_str_or(record, "awsRegion", "?")) != NULL);
        t->own += text_same(json_str(record, "sourceIPAddress"), "cloudtrail.amazonaws.com");
        t->swapped += i && time < last;
        t->pairs += i > 0;
        last = time;
    }
    t->records += json_array_size(list);
}

static bool see(void *context, const struct dir_entry *entry, struct err *e)
{
    static const char log_name[] =
        "^monitoring1234/AWSLogs/123456789012/CloudTrail/us-(west-2|east-1)/2025/10/1[34]/"
        "123456789012_CloudTrail_us-(west-2|east-1)_2025101[34]T[0-9]{4}Z_[A-Za-z0-9]{16}\\.json\\.gz$";
    static const char digest_name[] =
        "^monitoring1234/AWSLogs/123456789012/CloudTrail-Digest/us-(west-2|east-1)/2025/10/1[34]/"
        "123456789012_CloudTrail-Digest_us-(west-2|east-1)_monitor_us-west-2_2025101[34]T[0-9]{6}Z\\.json\\.gz$";
    struct tally *t = context;
    AUTO(str_drop) struct str path = {0}, text = {0};
    (void)e;
    if (entry->is_dir)
        return true;
    str_addf(&path, "%s/s3/%s", t->r->lab, entry->path);
    CU_ASSERT(rig_read(str_text(&path), &text));
    CU_ASSERT_EQUAL(entry->mode & 0777, 0644);
    CU_ASSERT(!strchr(text.s, '\n'));
    if (matches(digest_name, entry->path))
        t->digests++;
    else {
        CU_ASSERT(matches(log_name, entry->path));
        CU_ASSERT(text_starts(text.s, "{\"Records\":[{") && text_ends(text.s, "}]}"));
        t->files++;
        count_records(t, entry->path, &text);
    }
    str_addf(&t->all, "%s %lld %s\n", entry->path, (long long)entry->mtime_ms, text.s);
    return true;
}

static void tally(struct tally *t, struct rig *r)
{
    struct err e = {0};
    AUTO(str_drop) struct str root = {0};
    *t = (struct tally){.r = r};
    str_addf(&root, "%s/s3", r->lab);
    CU_ASSERT(dir_walk(str_text(&root), see, t, &e));
}

static size_t delivered(const struct rig *r) /* everyday calls that the trail takes */
{
    size_t n = 0;
    for (size_t i = 0; i < r->everyday.n; i++)
        n += r->everyday.list[i].time_ms >= r->span.from_ms && !r->everyday.calls[r->everyday.list[i].call].shape->data_event;
    return n;
}

static void every_record_is_delivered_once(void)
{
    struct rig r;
    struct tally t;
    rig_open(&r);
    rig_everyday(&r, 2000);
    rig_add(&r, "iam:CreateUser", 1000, NULL, NULL);   /* before the trail */
    rig_add(&r, "iam:CreateUser", 960500, NULL, NULL); /* with its first instant */
    rig_add(&r, "ec2:AuthorizeSecurityGroupIngress", 7200000, NULL, NULL);
    rig_add(&r, "ec2:AuthorizeSecurityGroupIngress", RIG_HOURS * 3600000, NULL, NULL)->silent = true;
    rig_write(&r);
    tally(&t, &r);
    CU_ASSERT_EQUAL(t.records - t.own, delivered(&r) + 2);
    CU_ASSERT(t.own > 2 * 60 && t.own < 3 * 150); /* an ACL check for each mark, a key for each file */
    CU_ASSERT(t.files > 2 * 60);
    CU_ASSERT_EQUAL(t.digests, 2 * (RIG_HOURS - 1));
    CU_ASSERT(t.swapped * 100 > t.pairs && t.swapped * 100 < t.pairs * 15);
    str_drop(&t.all);
    rig_drop(&r);
}

static void threads_do_not_show(void)
{
    static const unsigned threads[] = {1, 2, 7};
    AUTO(str_drop) struct str first = {0}, history = {0};
    for (size_t i = 0; i < COUNT(threads); i++) {
        struct rig r;
        struct tally t;
        AUTO(str_drop) struct str path = {0}, text = {0};
        rig_open(&r);
        rig_everyday(&r, 9000);
        rig_add(&r, "iam:CreateUser", 1060500, NULL, NULL);
        r.task.threads = threads[i];
        rig_write(&r);
        tally(&t, &r);
        str_addf(&path, "%s/account/event-history.json", r.lab);
        CU_ASSERT(rig_read(str_text(&path), &text));
        CU_ASSERT(i == 0 || (t.all.len == first.len && memcmp(t.all.s, first.s, first.len) == 0));
        CU_ASSERT(i == 0 || (text.len == history.len && memcmp(text.s, history.s, text.len) == 0));
        if (i == 0) {
            first = t.all;
            t.all = (struct str){0};
            str_addn(&history, text.s, text.len);
        }
        str_drop(&t.all);
        rig_drop(&r);
    }
}

static void many_records_share_a_stamp(void)
{
    struct rig r;
    struct tally t;
    rig_open(&r);
    rig_everyday(&r, 120000);
    rig_write(&r);
    tally(&t, &r);
    CU_ASSERT(t.files > 150);
    CU_ASSERT_EQUAL(t.records - t.own, delivered(&r));
    str_drop(&t.all);
    rig_drop(&r);
}

static void selectors_choose(void)
{
    static const struct {
        bool management, reads, writes, data, multi, global;
        const char *takes; /* of the six kinds of everyday calls and a CreateUser */
    } rows[] = {
        {true,  true,  true,  false, true,  true,  "1111011"},
        {true,  true,  true,  false, true,  false, "1011010"},
        {true,  true,  true,  false, false, true,  "1011010"},
        {true,  false, true,  false, true,  true,  "0000001"},
        {true,  true,  false, false, true,  true,  "1111010"},
        {false, true,  true,  true,  true,  true,  "0000100"},
        {true,  true,  true,  true,  true,  true,  "1111111"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rig r;
        struct err e = {0};
        rig_open(&r);
        rig_everyday(&r, 600);
        rig_add(&r, "iam:CreateUser", 2000000, NULL, NULL);
        r.span.management = rows[i].management;
        r.span.reads = rows[i].reads;
        r.span.writes = rows[i].writes;
        r.span.data_events = rows[i].data;
        r.span.selectors = world_keep(&r.w, rig_json("[{\"readWriteType\":\"All\",\"dataResources\":[{\"type\":"
                                                     "\"AWS::S3::Object\",\"values\":[\"arn:aws:s3:::b/\"]}]}]"));
        r.span.multi_region = rows[i].multi;
        r.span.global_events = rows[i].global;
        AUTO(stock_drop) struct stock stock = {0};
        AUTO(plan_drop) struct plan plan = {0};
        stock_open(&stock, &r.task);
        CU_ASSERT(plan_open(&plan, &stock, false, &e));
        size_t expected = 0, planned = 0;
        for (size_t j = 0; j < r.everyday.n; j++)
            expected += r.everyday.list[j].time_ms >= r.span.from_ms && rows[i].takes[r.everyday.list[j].call] == '1';
        expected += rows[i].takes[6] == '1';
        for (size_t j = 0; j < plan.n_channels; j++)
            for (size_t k = 0; k < plan.channels[j].stream->n; k++)
                planned += channel_takes(&plan.channels[j], &plan, &plan.channels[j].stream->list[k]);
        CU_ASSERT_EQUAL(planned, expected);
        rig_drop(&r);
    }
}

static void tail_is_added(void)
{
    struct rig r;
    struct tally before, after;
    rig_open(&r);
    rig_everyday(&r, 2000);
    rig_add(&r, "iam:CreateUser", 2000000, NULL, NULL);
    rig_write(&r);
    tally(&before, &r);
    size_t first = r.w.journal.n;
    for (int i = 0; i < 300; i++) { /* one by one, as calls come: an hour and forty minutes */
        r.task.first = r.w.journal.n;
        r.task.everyday = NULL;
        r.task.until_ms += 20000;
        rig_add(&r, i % 3 ? "ec2:AuthorizeSecurityGroupIngress" : "iam:CreateUser", r.task.until_ms - RIG_START, NULL, NULL);
        rig_write(&r);
    }
    tally(&after, &r);
    CU_ASSERT_EQUAL(after.records - after.own, before.records - before.own + r.w.journal.n - first);
    CU_ASSERT_EQUAL(after.digests, before.digests + 2 * 2);
    CU_ASSERT(after.own > before.own + 2 * 20);
    CU_ASSERT(after.all.len > before.all.len);
    str_drop(&before.all);
    str_drop(&after.all);
    rig_drop(&r);
}

/* Killed before it noted where it stands, a run is repeated, by then with a call more: as if nothing had happened. */
static void killed_run_is_repeated(void)
{
    struct rig killed, well;
    struct str all[2] = {{0}, {0}};
    AUTO(str_drop) struct str state = {0}, path = {0};
    struct err e = {0};
    rig_open(&killed);
    rig_open(&well);
    str_addf(&path, "%s/.cafelab/delivery.json", killed.lab);
    for (int i = 0; i < 2; i++) {
        struct rig *r = i ? &well : &killed;
        rig_everyday(r, 300);
        rig_add(r, "iam:CreateUser", 2000000, NULL, NULL);
        rig_write(r);
        r->task.everyday = NULL;
        r->task.first = r->w.journal.n;
        r->task.until_ms += 4000000;
        rig_add(r, "iam:CreateUser", r->task.until_ms - RIG_START, NULL, NULL);
        CU_ASSERT(i || file_read(str_text(&path), 1 << 20, &state, &e));
        if (i == 0) {
            rig_write(r);
            CU_ASSERT(file_write(str_text(&path), state.s, state.len, 0644, &e));
        }
        r->task.until_ms += 20000;
        rig_add(r, "ec2:AuthorizeSecurityGroupIngress", r->task.until_ms - RIG_START, NULL, NULL);
        rig_write(r);
        static const char *const files[] = {"account/event-history.json", ".cafelab/s3-metadata.jsonl",
                                            ".cafelab/delivery.json"};
        for (size_t k = 0; k < COUNT(files); k++) {
            AUTO(str_drop) struct str file = {0};
            str_addf(&file, "%s/%s", r->lab, files[k]);
            CU_ASSERT(rig_read(str_text(&file), &all[i]));
        }
        struct tally t;
        tally(&t, r);
        str_addn(&all[i], t.all.s, t.all.len);
        str_drop(&t.all);
    }
    CU_ASSERT_STRING_EQUAL(str_text(&all[0]), str_text(&all[1]));
    str_drop(&all[0]);
    str_drop(&all[1]);
    rig_drop(&killed);
    rig_drop(&well);
}

/* Run every minute, a live lab ends up with the records that a run at the end would have delivered, and none twice. */
static void live_lab_delivers_as_time_goes_on(void)
{
    struct rig r, once;
    struct tally t, whole;
    int64_t end = RIG_START + 3 * 3600000LL;
    rig_open(&r);
    rig_open(&once);
    rig_everyday(&r, 1500);
    rig_everyday(&once, 1500);
    r.task.live = once.task.live = true;
    for (r.task.until_ms = RIG_START; r.task.until_ms < end; r.task.until_ms += 61000) {
        if (r.task.until_ms > RIG_START + 2000000 && r.w.journal.n == 0)
            rig_add(&r, "iam:CreateUser", 2000000, NULL, NULL); /* written down as it happens */
        rig_write(&r);
    }
    r.task.until_ms = once.task.until_ms = end;
    rig_add(&once, "iam:CreateUser", 2000000, NULL, NULL);
    rig_write(&r);
    rig_write(&once);
    tally(&t, &r);
    tally(&whole, &once);
    CU_ASSERT(t.all.len == whole.all.len && memcmp(t.all.s, whole.all.s, t.all.len) == 0);
    CU_ASSERT(t.files > 60);
    CU_ASSERT_EQUAL(t.digests, 2 * 2);
    for (int i = 0; i < 2; i++) {
        AUTO(str_drop) struct str path = {0};
        str_addf(&path, "%s/account/event-history.json", i ? once.lab : r.lab);
        str_clear(i ? &whole.all : &t.all);
        CU_ASSERT(rig_read(str_text(&path), i ? &whole.all : &t.all));
    }
    CU_ASSERT_STRING_EQUAL(str_text(&t.all), str_text(&whole.all));
    str_drop(&t.all);
    str_drop(&whole.all);
    rig_drop(&r);
    rig_drop(&once);
}

struct ids {
    char (*list)[37];
    size_t n, cap, own, files;
    struct rig *r;
};

static bool note_ids(void *context, const struct dir_entry *entry, struct err *e)
{
    struct ids *ids = context;
    AUTO(str_drop) struct str path = {0}, text = {0};
    if (entry->is_dir || strstr(entry->path, "CloudTrail-Digest"))
        return true;
    str_addf(&path, "%s/s3/%s", ids->r->lab, entry->path);
    CU_ASSERT(rig_read(str_text(&path), &text));
    json_auto_t *doc = json_read(text.s, text.len, e);
    const json_t *list = json_object_get(doc, "Records");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *record = json_array_get(list, i);
        snprintf(*GROW(ids->list, ids->n, ids->cap), 37, "%s", json_str_or(record, "eventID", "?"));
        ids->own += text_same(json_str(record, "sourceIPAddress"), "cloudtrail.amazonaws.com");
    }
    ids->files++;
    return true;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* CloudTrail's own calls that wait for a file: they came after the flush. */
static size_t own_to_come(struct rig *r)
{
    AUTO(str_drop) struct str path = {0}, text = {0};
    struct err e = {0};
    size_t n = 0;
    str_addf(&path, "%s/.cafelab/delivery.json", r->lab);
    CU_ASSERT(rig_read(str_text(&path), &text));
    json_auto_t *state = json_read(text.s, text.len, &e);
    const json_t *calls = json_object_get(state, "ownCalls");
    for (size_t i = 0; i < json_array_size(calls); i++)
        n += json_int_or(json_array_get(calls, i), "time", 0) > r->task.until_ms;
    return n;
}

/* Everything until now is in a file, once; of CloudTrail's own calls, two for each file, all but those to come. */
static void judge_flushed(struct rig *r)
{
    struct ids ids = {.r = r};
    struct err e = {0};
    AUTO(str_drop) struct str root = {0};
    size_t expected = 0, twice = 0;
    str_addf(&root, "%s/s3", r->lab);
    CU_ASSERT(!file_exists(str_text(&root)) || dir_walk(str_text(&root), note_ids, &ids, &e));
    for (size_t i = 0; i < r->everyday.n; i++)
        expected += r->everyday.list[i].time_ms >= r->span.from_ms && r->everyday.list[i].time_ms <= r->task.until_ms &&
                    strcmp(r->everyday.calls[r->everyday.list[i].call].shape->op, "s3:GetObject") != 0;
    for (size_t i = 0; i < r->w.journal.n; i++)
        expected += r->w.journal.list[i]->time_ms >= r->span.from_ms;
    if (ids.n)
        qsort(ids.list, ids.n, sizeof(*ids.list), by_id);
    for (size_t i = 1; i < ids.n; i++)
        twice += strcmp(ids.list[i - 1], ids.list[i]) == 0;
    CU_ASSERT_EQUAL(twice, 0);
    CU_ASSERT_EQUAL(ids.n - ids.own, expected);
    CU_ASSERT_EQUAL(ids.own + own_to_come(r), 2 * ids.files);
    free(ids.list);
}

/* Flushed now and then, between marks and just after one, twice in a second: nothing is lost and nothing comes twice. */
static void flushing_loses_and_repeats_nothing(void)
{
    static const int64_t flushes[] = {960600,  1000123, 1000400, 1199999, 1200000, 1207300, 1500000, 1503001,
                                      1519999, 1811111, 4560400, 4560600, 7000001, 7200000, 9000700};
    struct rig r;
    size_t next = 0;
    rig_open(&r);
    rig_everyday(&r, 6000);
    r.task.live = true;
    for (int64_t at = 0; at < 3 * HOUR_MS; at += 17300) {
        for (; next < COUNT(flushes) && flushes[next] < at; next++) {
            r.task.until_ms = RIG_START + flushes[next];
            rig_add(&r, "iam:CreateUser", flushes[next], NULL, NULL);
            r.task.flush = true;
            rig_write(&r);
            judge_flushed(&r);
            r.task.flush = false;
        }
        r.task.until_ms = RIG_START + at;
        rig_write(&r);
    }
    CU_ASSERT_EQUAL(next, COUNT(flushes));
    r.task.flush = true;
    rig_write(&r);
    judge_flushed(&r);
    rig_drop(&r);
}

/* A call that only read, as a lab that is served keeps it: in the journal's file, and briefly in memory. */
static void add_read(struct rig *r, const char *op, int64_t after_ms, bool aside, struct str *file)
{
    static const char params[] = "{\"bucketName\":\"b\",\"key\":\"menu.txt\"}";
    struct scratch scratch;
    size_t at = file->len;
    if (aside)
        world_scratch(&r->w, &scratch);
    struct entry *entry = rig_add(r, op, after_ms, text_starts(op, "s3:") ? params : NULL, NULL);
    entry_add_json(file, entry, true);
    if (!aside)
        return;
    journal_put_aside(&r->w, at, file->len - at - 1, true);
    world_unscratch(&r->w, &scratch);
}

static void write_journal(struct rig *r, const struct str *file)
{
    AUTO(str_drop) struct str path = {0};
    struct err e = {0};
    str_addf(&path, "%s/.cafelab", r->lab);
    CU_ASSERT(dir_make(str_text(&path), &e));
    str_add(&path, "/journal.jsonl");
    CU_ASSERT(file_write(str_text(&path), str_text(file), file->len, 0644, &e));
}

/* Three hours of reads, of which memory forgets what was told; all that is written is collected. Returns the most briefs. */
static size_t read_for_hours(struct rig *r, bool aside, struct str *all)
{
    static const char *const ops[] = {"iam:ListUsers", "s3:GetObject", "ec2:DescribeInstances"};
    AUTO(str_drop) struct str file = {0}, path = {0};
    int64_t settled_ms = 0;
    size_t most = 0, forgotten = 0, n = 0;
    r->task.live = true;
    r->task.settled_ms = &settled_ms;
    r->span.data_events = true;
    r->span.selectors = world_keep(&r->w, rig_json("[{\"readWriteType\":\"All\",\"dataResources\":[{\"type\":"
                                                   "\"AWS::S3::Object\",\"values\":[\"arn:aws:s3:::b/menu\"]}]}]"));
    for (int64_t at = 0; at < 3 * HOUR_MS; at += 61000) {
        for (int64_t k = 0; k < 7; k++)
            add_read(r, ops[n++ % COUNT(ops)], at + k * 7001, aside, &file);
        rig_add(r, "iam:CreateUser", at + 60000, NULL, NULL);
        entry_add_json(&file, r->w.journal.list[r->w.journal.n - 1], true);
        write_journal(r, &file);
        r->task.until_ms = RIG_START + at + 60500;
        rig_write(r);
        most = r->w.journal.n_briefs > most ? r->w.journal.n_briefs : most;
        for (forgotten = 0; forgotten < r->w.journal.n_briefs && r->w.journal.briefs[forgotten].time_ms <= settled_ms;)
            forgotten++;
        journal_forget(&r->w.journal, forgotten);
    }
    struct tally t;
    tally(&t, r);
    str_addn(all, t.all.s, t.all.len);
    str_drop(&t.all);
    str_addf(&path, "%s/account/event-history.json", r->lab);
    CU_ASSERT(rig_read(str_text(&path), all));
    return most;
}

static void what_left_memory_is_told_all_the_same(void)
{
    struct rig in, aside;
    AUTO(str_drop) struct str told = {0}, told_aside = {0};
    rig_open(&in);
    rig_open(&aside);
    CU_ASSERT_EQUAL(read_for_hours(&in, false, &told), 0);
    size_t most = read_for_hours(&aside, true, &told_aside);
    CU_ASSERT(most > 7 && most < 200); /* of 1,239 */
    CU_ASSERT(text_same(str_text(&told), str_text(&told_aside)));
    CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&told_aside), "menu.txt"));
    rig_drop(&in);
    rig_drop(&aside);
}

/* Somebody shortens or edits the journal of a lab that is served. */
static void journal_that_was_changed_is_told(void)
{
    static const struct {
        size_t cut;
        const char *says;
    } rows[] = {
        {10, "read the journal: it is shorter than it was"},
        {0,  "entry 1 is not where it was written"        }
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rig r;
        struct err e = {0};
        AUTO(str_drop) struct str file = {0};
        rig_open(&r);
        r.task.live = true;
        r.w.account.spans = NULL;
        add_read(&r, "iam:ListUsers", 1000, true, &file);
        if (rows[i].cut)
            file.len -= rows[i].cut;
        else
            memcpy(strstr(file.s, "\"seq\":1"), "\"seq\":2", 7);
        write_journal(&r, &file);
        r.task.until_ms = RIG_START + 100000;
        CU_ASSERT_FALSE(evidence_write_account(&r.task, &e));
        CU_ASSERT_PTR_NOT_NULL(strstr(e.msg, rows[i].says));
        rig_drop(&r);
    }
}

static void damaged_state_is_an_error(void)
{
    static const struct {
        const char *state, *said;
    } rows[] = {
        {"{",                                                                                "JSON line 1"                         },
        {"{}",                                                                               "mark: expected a time of delivery"   },
        {"{\"mark\":17603712000001}",                                                        "mark: expected a time of delivery"   },
        {"{\"mark\":1760371200000,\"flushed\":1960371200000}",                               "flushed: expected a time of delivery"},
        {"{\"mark\":1760371200000}",                                                         "ownCalls: expected a list"           },
        {"{\"mark\":1760371200000,\"ownCalls\":[{}]}",                                       "ownCalls: expected calls"            },
        {"{\"mark\":1760371200000,\"ownCalls\":[],\"chains\":[3]}",                          "chains: expected digests"            },
        {"{\"mark\":1760371200000,\"ownCalls\":[],\"chains\":[],\"waiting\":[{\"key\":1}]}", "waiting: expected log files"         },
    };
    struct rig r;
    rig_open(&r);
    rig_add(&r, "iam:CreateUser", 2000000, NULL, NULL);
    rig_add(&r, "iam:CreateUser", 2000000, NULL, NULL);
    rig_write(&r);
    AUTO(str_drop) struct str path = {0};
    str_addf(&path, "%s/.cafelab/delivery.json", r.lab);
    r.task.first = 1;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        CU_ASSERT(file_write(str_text(&path), rows[i].state, strlen(rows[i].state), 0644, &e));
        CU_ASSERT_FALSE(cloudtrail_write(&r.task, &e));
        CU_ASSERT_PTR_NOT_NULL(strstr(e.msg, rows[i].said));
    }
    rig_drop(&r);
}

CU_TestInfo evidence_cloudtrail_tests[] = {
    {"every record is delivered once",        every_record_is_delivered_once       },
    {"threads do not show",                   threads_do_not_show                  },
    {"many records share a stamp",            many_records_share_a_stamp           },
    {"selectors choose",                      selectors_choose                     },
    {"a tail is added",                       tail_is_added                        },
    {"a killed run is repeated",              killed_run_is_repeated               },
    {"a live lab delivers as time goes on",   live_lab_delivers_as_time_goes_on    },
    {"flushing loses and repeats nothing",    flushing_loses_and_repeats_nothing   },
    {"what left memory is told all the same", what_left_memory_is_told_all_the_same},
    {"a journal that was changed is told",    journal_that_was_changed_is_told     },
    {"damaged state is an error",             damaged_state_is_an_error            },
    CU_TEST_INFO_NULL,
};
