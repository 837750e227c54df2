/* SPDX-License-Identifier: MIT */
/*
 * Scenarios that nobody wrote: drawn from a seed, with what each step must come to reckoned beside it. What must hold of any
 * scenario is asked of each: no mistakes, the same again, nothing before its cause, and a journal that replays.
 */
#include "sim/lab/lab.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCENARIOS = 40, BUILT = 4, USERS = 4, RULES = 5, BUCKETS = 3 };

struct making { /* a scenario, and the account as it must be after the steps so far */
    struct chance c;
    struct str text;
    bool user[USERS], key[USERS], rule[RULES], bucket[BUCKETS], os_user[USERS];
    unsigned marks;
    bool server;
};

static const char head[] =
    "cafelab: 1\nid: random\ntitle: Nobody wrote this\nbrief: brief.md\nlevel: beginner\nminutes: 5\n"
    "clock: {start: 2025-10-13T08:00:00Z, history: 6h, length: 2d}\nregion: eu-central-1\n"
    "vary:\n  digits: {digits: 5}\n  glance: {duration: 2s .. 40s}\n  thought: {duration: 1m .. 9m}\n  far: {ip: "
    "198.51.100.0/24}\n"
    "places:\n  office: {cidr: 203.0.113.0/27, zone: \"+01:00\"}\n  abroad: {cidr: \"{{ far }}\", zone: Z}\n"
    "cast:\n"
    "  me: {user: me, groups: [admins], place: office, client: aws-cli, access_key: true, student: true}\n"
    "  boss: {user: boss, groups: [admins], place: office, client: console, console_password: true}\n"
    "  guest: {user: guest, groups: [lookers], place: abroad, client: boto3, access_key: true}\n"
    "  bot: {user: bot, groups: [lookers], place: office, client: boto3, habit: monitor, access_key: true}\n"
    "account:\n  policies: {look: {allow: [\"ec2:Describe*\", \"sts:*\"]}}\n"
    "  groups: {admins: {policies: [AdministratorAccess]}, lookers: {policies: [look]}}\n"
    "  security_groups:\n    web:\n      name: web\n      description: web\n      lets_in:\n"
    "        - {tcp: 80, from: 0.0.0.0/0}\n        - {tcp: 22, from: 203.0.113.0/27}\n"
    "  instances: {box: {name: Box, type: t3.micro, groups: [web]}}\n";
static const char server[] = "servers: {shop: {instance: box, like: amazon-linux-2, login_user: ec2-user}}\n";
static const char questions[] =
    "questions:\n  - id: who\n    ask: Who?\n    type: principal\n    points: 1\n    answer: \"{{ m0.who }}\"\n"
    "    solve: {sql: SELECT useridentity.username FROM logs}\n";

/* ---- drawing ---- */

/* When: after the step above, by a pause that is drawn or given; now and then after the last mark, which is the same. */
static void add_when(struct making *m, bool first)
{
    static const char *const waits[] = {"\"{{ glance }}\"", "\"{{ thought }}\"", "1s", "90s", "7m"};
    const char *wait = waits[chance_below(&m->c, COUNT(waits))];
    if (first)
        str_add(&m->text, "    at: +30m\n");
    else
        str_addf(&m->text, "    wait: %s\n", wait);
}

static void add_step(struct making *m, const char *as, const char *op, const char *expect, const char *with, ...) PRINTF(5, 6);
static void add_step(struct making *m, const char *as, const char *op, const char *expect, const char *with, ...)
{
    va_list args;
    str_addf(&m->text, "  - as: %s\n", as);
    add_when(m, m->marks == 0);
    str_addf(&m->text, "    do: %s\n    mark: m%u\n", op, m->marks++);
    if (expect)
        str_addf(&m->text, "    expect: %s\n", expect);
    str_add(&m->text, "    with: ");
    va_start(args, with);
    str_vaddf(&m->text, with, args);
    va_end(args);
    str_addc(&m->text, '\n');
}

static const char *admin(struct making *m)
{
    return chance_one_in(&m->c, 2) ? "me" : "boss";
}

static void user_step(struct making *m)
{
    size_t i = chance_below(&m->c, USERS);
    uint64_t what = chance_below(&m->c, 4);
    const char *who = admin(m);
    if (what == 0) {
        add_step(m, who, "iam:CreateUser", m->user[i] ? "EntityAlreadyExistsException" : NULL, "{userName: u%zu}", i);
        m->user[i] = true;
    } else if (what == 1) {
        const char *refused = !m->user[i] ? "NoSuchEntityException" : m->key[i] ? "DeleteConflictException" : NULL;
        add_step(m, who, "iam:DeleteUser", refused, "{userName: u%zu}", i);
        m->user[i] = m->user[i] && refused;
    } else if (what == 2 && !m->key[i]) {
        add_step(m, who, "iam:CreateAccessKey", m->user[i] ? NULL : "NoSuchEntityException", "{userName: u%zu}", i);
        if (m->user[i]) { /* and somebody uses it at once */
            str_addf(&m->text, "  - as: guest\n    key: \"{{ m%u.response.accessKey.accessKeyId }}\"\n", m->marks - 1);
            str_addf(&m->text, "    wait: \"{{ glance }}\"\n    do: sts:GetCallerIdentity\n    mark: m%u\n", m->marks);
            m->marks++;
        }
        m->key[i] = m->user[i];
    } else
        add_step(m, "guest", "iam:ListUsers", "AccessDenied", "{}");
}

static void rule_step(struct making *m)
{
    size_t i = chance_below(&m->c, RULES);
    bool opens = chance_one_in(&m->c, 2);
    const char *refused = opens == m->rule[i] ? opens ? "InvalidPermission.Duplicate" : "InvalidPermission.NotFound" : NULL;
    add_step(m, admin(m), opens ? "ec2:AuthorizeSecurityGroupIngress" : "ec2:RevokeSecurityGroupIngress", refused,
             "{groupId: \"{{ web.id }}\", ipProtocol: tcp, fromPort: %zu, toPort: %zu, cidrIp: 192.0.2.0/24}", 8000 + i,
             8000 + i);
    m->rule[i] = opens;
}

static void bucket_step(struct making *m)
{
    size_t i = chance_below(&m->c, BUCKETS);
    bool makes = chance_one_in(&m->c, 2);
    const char *refused = makes ? m->bucket[i] ? "BucketAlreadyOwnedByYou" : NULL : m->bucket[i] ? NULL : "NoSuchBucket";
    add_step(m, admin(m), makes ? "s3:CreateBucket" : "s3:DeleteBucket", refused, "{bucketName: \"b%zu-{{ digits }}\"}", i);
    m->bucket[i] = makes;
}

static void server_step(struct making *m)
{
    size_t i = chance_below(&m->c, USERS);
    str_add(&m->text, "  - as: me\n    on: shop\n");
    add_when(m, m->marks == 0);
    str_addf(&m->text, "    mark: m%u\n    run: [%s os%zu, touch /tmp/f%u]\n", m->marks,
             m->os_user[i] ? "sudo userdel -r" : "sudo useradd", i, m->marks);
    m->marks++;
    m->os_user[i] = !m->os_user[i];
}

static void look_step(struct making *m)
{
    static const char *const looks[] = {"ec2:DescribeInstances", "ec2:DescribeSecurityGroups", "sts:GetCallerIdentity"};
    add_step(m, chance_one_in(&m->c, 2) ? "guest" : "me", looks[chance_below(&m->c, COUNT(looks))], NULL, "{}");
}

/* Others, meanwhile, by the clock: written below what they lie between. */
static void add_meanwhile(struct making *m)
{
    for (uint64_t n = chance_below(&m->c, 4); n > 0; n--) {
        str_addf(&m->text, "  - as: guest\n    at: +%llum\n    do: ec2:DescribeInstances\n    mark: m%u\n",
                 (unsigned long long)(600 - 100 * n + chance_below(&m->c, 90)), m->marks);
        m->marks++;
    }
}

static void make(struct making *m, unsigned number)
{
    static void (*const steps[])(struct making *) = {user_step, rule_step, bucket_step, look_step, user_step, server_step};
    struct seed seed = seed_from_text("random scenarios");
    *m = (struct making){.c = chance_of(&seed, "%u", number)};
    m->server = number % 2;
    str_add(&m->text, head);
    str_add(&m->text, m->server ? server : "");
    str_addf(&m->text, "background: {events: %llu}\ntimeline:\n", (unsigned long long)chance_below(&m->c, 60));
    for (uint64_t n = 1 + chance_below(&m->c, 24); n > 0; n--)
        steps[chance_below(&m->c, COUNT(steps) - !m->server)](m);
    add_meanwhile(m);
    str_add(&m->text, questions);
}

/* ---- properties ---- */

static bool play_it(const struct scenario *s, const char *seed, bool alone, struct play *p)
{
    struct err e = {0};
    bool good = play(s, &(struct play_options){.seed = seed, .events = -1, .no_background = alone}, p, &e);
    CU_ASSERT(good);
    if (!good)
        fprintf(stderr, "lab_random: %s\n", e.msg);
    return good;
}

static void add_all(const struct play *p, struct str *out)
{
    for (size_t i = 0; i < p->world.journal.n; i++)
        entry_add_json(out, p->world.journal.list[i], false);
    world_add_state(out, &p->world);
}

static void same_again(const struct scenario *s, const struct play *p)
{
    AUTO(str_drop) struct str first = {0}, second = {0}, other = {0};
    struct play again, another;
    add_all(p, &first);
    if (play_it(s, "1", false, &again)) {
        add_all(&again, &second);
        CU_ASSERT_STRING_EQUAL(str_text(&first), str_text(&second));
        play_drop(&again);
    }
    if (play_it(s, "2", false, &another)) {
        add_all(&another, &other);
        CU_ASSERT_STRING_NOT_EQUAL(str_text(&first), str_text(&other));
        play_drop(&another);
    }
}

/* Everyday life changes nothing of the story: not its times, ids or outcomes. */
static void same_alone(const struct scenario *s, const struct play *p)
{
    struct play alone;
    if (!play_it(s, "1", true, &alone))
        return;
    for (size_t i = 0; i < s->timeline.n; i++) {
        const struct entry *a = play_step_entry(p, i), *b = play_step_entry(&alone, i);
        CU_ASSERT(a && b);
        if (!a || !b)
            continue;
        CU_ASSERT_EQUAL(a->time_ms, b->time_ms);
        CU_ASSERT(text_same(a->op, b->op) && text_same(a->error_code, b->error_code) && text_same(a->event_id, b->event_id));
        CU_ASSERT(json_equal(a->asked, b->asked));
    }
    play_drop(&alone);
}

static void in_order(const struct scenario *s, const struct play *p)
{
    const struct step *step = s->timeline.items;
    const struct journal *j = &p->world.journal;
    int64_t last = 0;
    for (size_t i = 0; i < j->n; i++) {
        CU_ASSERT(j->list[i]->time_ms >= last || j->list[i]->cause);
        last = j->list[i]->cause ? last : j->list[i]->time_ms;
    }
    for (size_t i = 0; i < s->timeline.n; i++) {
        const struct entry *e = play_step_entry(p, i), *before = i ? play_step_entry(p, i - 1) : NULL;
        if (!e)
            continue;
        CU_ASSERT(e->time_ms >= s->clock.start && e->time_ms <= s->clock.start + s->clock.length);
        int64_t late_ms = step[i].when == STEP_AT_OFFSET ? e->time_ms - s->clock.start - step[i].offset_ms : 0;
        CU_ASSERT(late_ms >= 0 && late_ms < (step[i].on ? 60000 : 1000)); /* on a server there is a login first */
        CU_ASSERT(step[i].when != STEP_FOLLOWS || !before || e->time_ms >= before->time_ms);
    }
}

/* Nobody acts with a key, or upon a user, before it was made. */
static void causes_first(const struct play *p)
{
    const struct journal *j = &p->world.journal;
    for (size_t i = 0; i < j->n; i++) {
        const json_t *made = json_path(j->list[i]->response, "accessKey.accessKeyId");
        for (size_t k = 0; made && !j->list[i]->prelude && k < i; k++)
            CU_ASSERT_FALSE(text_same(j->list[k]->who.access_key_id, json_string_value(made)));
    }
}

static void one_scenario(unsigned number)
{
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(str_drop) struct str said = {0};
    struct making m;
    struct play p;
    make(&m, number);
    AUTO(scenario_free) struct scenario *s = scenario_read("random.yaml", m.text.s, m.text.len, &diags);
    diags_show(&diags, &said);
    CU_ASSERT_STRING_EQUAL(str_text(&said), "");
    if (s && !diags.n_errors && play_it(s, "1", false, &p)) {
        same_again(s, &p);
        same_alone(s, &p);
        in_order(s, &p);
        causes_first(&p);
        play_drop(&p);
    } else
        fprintf(stderr, "lab_random: scenario %u\n%s%s", number, str_text(&said), str_text(&m.text));
    str_drop(&m.text);
}

static void any_scenario(void)
{
    for (unsigned i = 0; i < SCENARIOS; i++)
        one_scenario(i);
}

/* ---- on the disk ---- */

static bool hash_one(void *context, const struct dir_entry *entry, struct err *e)
{
    struct str *out = ((void **)context)[1];
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str data = {0};
    char hash[65];
    if (entry->is_dir || entry->is_link || text_same(entry->path, ".cafelab/scenario"))
        return true;
    if (!file_read(arena_printf(&arena, "%s/%s", ((char **)context)[0], entry->path), 64u << 20, &data, e))
        return false;
    sha256_hex(str_text(&data), data.len, hash);
    str_addf(out, "%s %o %s\n", entry->path, entry->mode, hash);
    return true;
}

/* Any number of threads writes the same files, and the journal replays to the same world. */
static void build_one(unsigned number, const char *folder)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct str trees[2] = {{0}, {0}}, states[2] = {{0}, {0}};
    struct making m;
    struct err e = {0};
    make(&m, number);
    const char *file = arena_printf(&arena, "%s/scenario.yaml", folder);
    CU_ASSERT(file_write(file, m.text.s, m.text.len, 0644, &e));
    CU_ASSERT(file_write(arena_printf(&arena, "%s/brief.md", folder), "What?\n", 6, 0644, &e));
    for (unsigned i = 0; i < 2; i++) {
        AUTO(diags_drop) struct diags diags = {0};
        const char *out = arena_printf(&arena, "%s/lab%u-%u", folder, number, i);
        struct lab_plan plan = {
            .scenario = file, .out = out, .play = {.seed = "1", .events = -1},
                    .threads = 1 + 2 * i
        };
        struct lab lab;
        bool good = lab_build(&plan, &diags, &e) && lab_open(out, &lab, &e);
        CU_ASSERT(good);
        if (!good) {
            fprintf(stderr, "lab_random: scenario %u: %s\n", number, e.msg);
            continue;
        }
        world_add_state(&states[i], &lab.world);
        lab_drop(&lab);
        CU_ASSERT(dir_walk(out, hash_one, (void *[]){(void *)out, &trees[i]}, &e));
    }
    AUTO(diags_drop) struct diags diags = {0};
    AUTO(scenario_free) struct scenario *s = scenario_load(file, &diags, &e);
    AUTO(str_drop) struct str played = {0};
    struct play p;
    if (s && play_it(s, "1", false, &p)) {
        world_add_state(&played, &p.world);
        play_drop(&p);
    }
    CU_ASSERT_STRING_EQUAL(str_text(&trees[0]), str_text(&trees[1]));
    CU_ASSERT_STRING_EQUAL(str_text(&states[0]), str_text(&states[1]));
    CU_ASSERT_STRING_EQUAL(str_text(&played), str_text(&states[0]));
    for (unsigned i = 0; i < 2; i++) {
        str_drop(&trees[i]);
        str_drop(&states[i]);
    }
    str_drop(&m.text);
}

static void any_lab(void)
{
    char folder[] = "/tmp/cafelab-unit-XXXXXX";
    CU_ASSERT_PTR_NOT_NULL(mkdtemp(folder));
    for (unsigned i = 0; i < BUILT; i++)
        build_one(i, folder);
    CU_ASSERT(dir_remove(folder, &(struct err){0}));
}

CU_TestInfo lab_random_tests[] = {
    {"any scenario: the same again, in order, causes first", any_scenario},
    {"any lab: the same files, a journal that replays",      any_lab     },
    CU_TEST_INFO_NULL,
};
