/* SPDX-License-Identifier: MIT */
/* Event history: everything but data events, newest first, the student's calls in front, and what hand-made files do. */
#include "evidence_rig.h"

static const char *path_of(struct rig *r)
{
    return arena_printf(&r->w.arena, "%s/account/event-history.json", r->lab);
}

static json_t *read_history(struct rig *r)
{
    AUTO(str_drop) struct str text = {0};
    CU_ASSERT(rig_read(path_of(r), &text));
    json_t *doc = text.len ? rig_json(text.s) : json_object();
    return json_object_get(world_keep(&r->w, doc), "Events");
}

static bool write_all(struct rig *r, struct err *e)
{
    return evidence_write_account(&r->task, e);
}

static void everything_newest_first(void)
{
    struct rig r;
    struct err e = {0};
    size_t data = 0, own = 0;
    rig_open(&r);
    rig_everyday(&r, 3000);
    rig_add(&r, "iam:CreateUser", 1000, NULL, NULL); /* before the trail: history holds it */
    rig_add(&r, "s3:GetObject", 2000, NULL, NULL);
    rig_add(&r, "iam:CreateUser", 3000, NULL, NULL)->silent = true;
    rig_add(&r, "iam:CreateUser", -91 * 86400000LL, NULL, NULL);
    CU_ASSERT(write_all(&r, &e));
    const json_t *events = read_history(&r);
    const char *last = "9";
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        const char *time = json_str_or(event, "EventTime", "?");
        AUTO(str_drop) struct str id = {0};
        CU_ASSERT(strcmp(time, last) <= 0);
        last = time;
        str_addf(&id, "\"eventID\":\"%s\"", json_str_or(event, "EventId", "?"));
        CU_ASSERT_PTR_NOT_NULL(strstr(json_str_or(event, "CloudTrailEvent", ""), str_text(&id)));
        own += !json_str(event, "Username");
    }
    for (size_t i = 0; i < r.everyday.n; i++)
        data += r.everyday.calls[r.everyday.list[i].call].shape->data_event;
    CU_ASSERT(own > 100);
    CU_ASSERT_EQUAL(json_array_size(events) - own, r.everyday.n - data + 1);
    rig_drop(&r);
}

static void log_files_say_the_same(void)
{
    struct rig r;
    struct err e = {0};
    AUTO(str_drop) struct str text = {0};
    rig_open(&r);
    rig_everyday(&r, 500);
    rig_add(&r, "iam:CreateUser", 2000000, NULL, NULL);
    CU_ASSERT(write_all(&r, &e));
    CU_ASSERT(rig_read(path_of(&r), &text));
    AUTO(stock_drop) struct stock stock = {0};
    AUTO(plan_drop) struct plan plan = {0};
    stock_open(&stock, &r.task);
    CU_ASSERT(plan_open(&plan, &stock, true, &e));
    stock_prepare(&stock, &plan, STOCK_PLAIN);
    struct hand *h = hand_new(&plan);
    for (size_t i = 0; i < plan.n_files; i++) {
        hand_write(h, &plan, &plan.files[i]);
        json_auto_t *doc = json_read(h->text.s, h->text.len, &e);
        const json_t *list = json_object_get(doc, "Records");
        for (size_t k = 0; k < json_array_size(list); k++) {
            AUTO(str_drop) struct str record = {0}, quoted = {0};
            int64_t time = 0;
            CU_ASSERT(time_parse(json_str_or(json_array_get(list, k), "eventTime", ""), &time, NULL));
            if (time > r.task.until_ms - 1000) /* in a file that is not delivered yet */
                continue;
            str_add_json_value(&record, json_array_get(list, k));
            str_add_jsonn(&quoted, record.s, record.len);
            CU_ASSERT_PTR_NOT_NULL(strstr(text.s, quoted.s));
        }
    }
    hand_drop(h);
    rig_drop(&r);
}

static void tail_stands_in_front(void)
{
    struct rig r;
    struct err e = {0};
    rig_open(&r);
    rig_everyday(&r, 300);
    rig_add(&r, "iam:CreateUser", 2000000, NULL, NULL);
    CU_ASSERT(write_all(&r, &e));
    size_t before = json_array_size(read_history(&r));
    r.task.everyday = NULL;
    for (int i = 0; i < 3; i++) {
        r.task.first = r.w.journal.n;
        r.task.until_ms += 20000;
        rig_add(&r, "ec2:AuthorizeSecurityGroupIngress", r.task.until_ms - RIG_START, NULL, NULL);
        CU_ASSERT(write_all(&r, &e));
        const json_t *events = read_history(&r);
        CU_ASSERT_STRING_EQUAL(json_str_or(json_array_get(events, 0), "EventName", "?"), "AuthorizeSecurityGroupIngress");
    }
    r.task.first = r.w.journal.n;
    r.task.until_ms += 3600000;
    rig_add(&r, "ec2:AuthorizeSecurityGroupIngress", r.task.until_ms - RIG_START, NULL, NULL);
    CU_ASSERT(write_all(&r, &e));
    const json_t *events = read_history(&r);
    CU_ASSERT(json_array_size(events) >= before + 4 + 2 * 11);
    AUTO(str_drop) struct str seen = {0};
    for (size_t i = 0; i < json_array_size(events); i++) { /* none twice, all in order */
        const char *id = json_str_or(json_array_get(events, i), "EventId", "?");
        CU_ASSERT(!strstr(str_text(&seen), id));
        str_add(&seen, id);
        if (i)
            CU_ASSERT(strcmp(json_str_or(json_array_get(events, i - 1), "EventTime", "?"),
                             json_str_or(json_array_get(events, i), "EventTime", "?")) >= 0);
    }
    rig_drop(&r);
}

static void empty_history_is_json_too(void)
{
    struct rig r;
    struct err e = {0};
    rig_open(&r);
    r.w.account.spans = NULL;
    CU_ASSERT(write_all(&r, &e));
    CU_ASSERT_EQUAL(json_array_size(read_history(&r)), 0);
    r.task.first = r.w.journal.n;
    rig_add(&r, "iam:CreateUser", 2000000, NULL, NULL);
    r.task.first = 0; /* as a build */
    CU_ASSERT(write_all(&r, &e));
    CU_ASSERT_EQUAL(json_array_size(read_history(&r)), 1);
    rig_drop(&r);
}

static void first_event_of_an_empty_history(void)
{
    struct rig r;
    struct err e = {0};
    rig_open(&r);
    r.w.account.spans = NULL;
    rig_add(&r, "iam:CreateUser", 1, NULL, NULL)->silent = true;
    CU_ASSERT(write_all(&r, &e));
    r.task.first = r.w.journal.n;
    rig_add(&r, "iam:CreateUser", 2000000, NULL, NULL);
    CU_ASSERT(write_all(&r, &e));
    CU_ASSERT_EQUAL(json_array_size(read_history(&r)), 1);
    rig_drop(&r);
}

static void edited_file_is_told_removed_one_stays_away(void)
{
    struct rig r;
    struct err e = {0};
    rig_open(&r);
    rig_add(&r, "iam:CreateUser", 1000, NULL, NULL);
    CU_ASSERT(write_all(&r, &e));
    r.task.first = r.w.journal.n;
    rig_add(&r, "iam:CreateUser", 2000000, NULL, NULL);
    CU_ASSERT(file_write(path_of(&r), "[]\n", 3, 0644, &e));
    CU_ASSERT_FALSE(history_write(&r.task, &e));
    CU_ASSERT_PTR_NOT_NULL(strstr(e.msg, "not as cafelab wrote it; remove it to go on without"));
    unlink(path_of(&r));
    e = (struct err){0};
    CU_ASSERT(history_write(&r.task, &e));
    CU_ASSERT_FALSE(file_exists(path_of(&r)));
    rig_drop(&r);
}

static bool take_lines(void *text, const char *lines, size_t n, struct err *e)
{
    (void)e;
    str_addn(text, lines, n);
    return true;
}

static void handed_out_it_is_what_the_file_says(void)
{
    struct rig r;
    struct err e = {0};
    AUTO(str_drop) struct str file = {0}, handed_out = {0};
    rig_open(&r);
    rig_everyday(&r, 3000); /* several blocks */
    rig_add(&r, "iam:CreateUser", 1000, NULL, NULL);
    r.task.threads = 1;
    r.task.history = take_lines;
    r.task.history_context = &handed_out;
    CU_ASSERT(history_write(&r.task, &e));
    CU_ASSERT_FALSE(file_exists(path_of(&r)));
    r.task.history = NULL;
    CU_ASSERT(history_write(&r.task, &e));
    CU_ASSERT(rig_read(path_of(&r), &file));
    CU_ASSERT(file.len > 1000000);
    CU_ASSERT_EQUAL(file.len, handed_out.len);
    CU_ASSERT_STRING_EQUAL(str_text(&file), str_text(&handed_out));
    rig_drop(&r);
}

CU_TestInfo evidence_history_tests[] = {
    {"everything, newest first",                everything_newest_first                   },
    {"log files say the same",                  log_files_say_the_same                    },
    {"a tail stands in front",                  tail_stands_in_front                      },
    {"an empty history is JSON, too",           empty_history_is_json_too                 },
    {"the first event of an empty history",     first_event_of_an_empty_history           },
    {"handed out, it is what the file says",    handed_out_it_is_what_the_file_says       },
    {"an edited file is told, a removed stays", edited_file_is_told_removed_one_stays_away},
    CU_TEST_INFO_NULL,
};
