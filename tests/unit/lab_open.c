/* SPDX-License-Identifier: MIT */
/* A lab on the disk: opened again it is the same world; an edited past is refused; calls go to the end of the journal. */
#include "sim/lab/parts.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/cafelab-unit-XXXXXX";
static char path[256];

static const char *below(const char *name)
{
    snprintf(path, sizeof(path), "%s/lab/%s", dir, name);
    return path;
}

static bool build(void)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    strcpy(dir, "/tmp/cafelab-unit-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL(mkdtemp(dir));
    struct lab_plan plan = {
        .scenario = "tests/data/small", .out = below(""), .play = {.seed = "7", .events = -1},
                .threads = 1
    };
    char out[256];
    snprintf(out, sizeof(out), "%s/lab", dir);
    plan.out = out;
    bool good = lab_build(&plan, &diags, &e);
    CU_ASSERT(good);
    if (!good)
        fprintf(stderr, "lab_open: %s\n", e.msg);
    return good;
}

static bool open_lab(struct lab *lab)
{
    struct err e = {0};
    char at[256];
    snprintf(at, sizeof(at), "%s/lab", dir);
    bool good = lab_open(at, lab, &e);
    CU_ASSERT(good);
    if (!good)
        fprintf(stderr, "lab_open: %s\n", e.msg);
    return good;
}

static void remove_lab(void)
{
    CU_ASSERT(dir_remove(dir, &(struct err){0}));
}

static char *world_text(const struct world *w)
{
    struct str text = {0};
    for (size_t i = 0; i < w->journal.n; i++)
        entry_add_json(&text, w->journal.list[i], true);
    for (const struct user *u = w->account.users; u; u = u->next)
        str_addf(&text, "%s %s %s\n", u->name, u->id, u->keys ? u->keys->id : "");
    for (const struct process *p = w->servers->processes; p; p = p->next)
        str_addf(&text, "%d %s\n", p->pid, p->title);
    return str_steal(&text);
}

static void same_world(void)
{
    struct lab lab;
    struct play p;
    if (build() && open_lab(&lab)) {
        CU_ASSERT_PTR_NOT_NULL(lab.scenario);
        CU_ASSERT(lab.scenario && play(lab.scenario, &(struct play_options){.seed = "7", .events = -1}, &p, &(struct err){0}));
        AUTO(free_text) char *replayed = world_text(&lab.world);
        AUTO(free_text) char *played = world_text(&p.world);
        CU_ASSERT_STRING_EQUAL(replayed, played);
        CU_ASSERT_EQUAL(lab.n_changes, 0);
        CU_ASSERT_EQUAL(lab.built_entries, lab.world.journal.n);
        CU_ASSERT_STRING_EQUAL(lab.me.who.name, "me");
        play_drop(&p);
        lab_drop(&lab);
    }
    remove_lab();
}

static void calls(void)
{
    struct lab lab;
    struct outcome out = {0};
    struct err e = {0};
    if (build() && open_lab(&lab)) {
        size_t before = lab.world.journal.n;
        int64_t ends_ms = lab.until_ms;
        json_auto_t *user = json_pack("{s:s}", "userName", "eve"), *command = json_pack("{s:s}", "command", "sudo useradd eve");
        CU_ASSERT(lab_call(&lab, NULL, "iam:CreateUser", NULL, user, &out, &e));
        CU_ASSERT_PTR_NULL(out.error_code);
        CU_ASSERT(out.entry->time_ms > ends_ms);
        CU_ASSERT(lab_call(&lab, "mallory", "iam:ListUsers", NULL, NULL, &out, &e));
        CU_ASSERT_STRING_EQUAL(out.error_code, "AccessDenied");
        CU_ASSERT(lab_call(&lab, NULL, "host:Run", "web1", command, &out, &e));
        CU_ASSERT_PTR_NULL(out.error_code);
        CU_ASSERT_EQUAL(json_int_or(out.reply, "exitCode", -1), 0);
        lab_drop(&lab);
        if (open_lab(&lab)) {
            CU_ASSERT_EQUAL(lab.world.journal.n, before + 5); /* with a login and a logout */
            CU_ASSERT_PTR_NOT_NULL(find_user(&lab.world, "eve"));
            CU_ASSERT_EQUAL(lab.n_changes, 0);
            struct os_user os;
            CU_ASSERT(os_user_find(&lab.world, lab.world.servers, "eve", &os));
            lab_drop(&lab);
        }
    }
    remove_lab();
}

static void mistakes(void)
{
    static const struct {
        const char *as, *op, *on, *says;
    } rows[] = {
        {NULL,     "iam:ListUzers", NULL,   "unknown operation \"iam:ListUzers\" (did you mean \"iam:ListUsers\"?)"},
        {NULL,     "nonsense",      NULL,   "unknown operation \"nonsense\": expected service:Operation"           },
        {NULL,     "host:Run",      "web2", "there is no server \"web2\""                                          },
        {NULL,     "disk:Changed",  "web1", "disk:Changed: change the files themselves"                            },
        {"nobody", "iam:ListUsers", NULL,   "nobody of the cast is called \"nobody\""                              },
    };
    struct lab lab;
    if (build() && open_lab(&lab)) {
        size_t before = lab.world.journal.n;
        for (size_t i = 0; i < COUNT(rows); i++) {
            struct outcome out;
            struct err e = {0};
            CU_ASSERT_FALSE(lab_call(&lab, rows[i].as, rows[i].op, rows[i].on, NULL, &out, &e));
            CU_ASSERT_PTR_NOT_NULL(strstr(e.msg, rows[i].says));
        }
        CU_ASSERT_EQUAL(lab.world.journal.n, before);
        lab_drop(&lab);
    }
    remove_lab();
}

/* What an editor did to a server's files is found, journalled with the next call, and there again in a replay. */
static void edits(void)
{
    struct lab lab;
    struct outcome out;
    struct err e = {0};
    json_auto_t *look = json_pack("{s:s}", "command", "cat /etc/motd /srv/new");
    if (build() && open_lab(&lab)) {
        lab_drop(&lab);
        CU_ASSERT(file_write(below("host/etc/motd"), "be careful\n", 11, 0644, &e));
        CU_ASSERT(file_write(below("host/srv/new"), "new\n", 4, 0644, &e));
        CU_ASSERT_EQUAL(unlink(below("host/etc/crontab")), 0);
        if (open_lab(&lab)) {
            CU_ASSERT(lab.n_changes >= 3);
            CU_ASSERT(lab_call(&lab, NULL, "host:Run", "web1", look, &out, &e));
            CU_ASSERT_STRING_EQUAL(json_str_or(out.reply, "stdout", ""), "be careful\nnew\n");
            lab_drop(&lab);
        }
        if (open_lab(&lab)) {
            CU_ASSERT_EQUAL(lab.n_changes, 0);
            CU_ASSERT_PTR_NULL(tree_find(&lab.world.servers->tree, "/etc/crontab"));
            lab_drop(&lab);
        }
    }
    remove_lab();
}

static void refuse(const char *says)
{
    struct lab lab;
    struct err e = {0};
    char at[256];
    snprintf(at, sizeof(at), "%s/lab", dir);
    CU_ASSERT_FALSE(lab_open(at, &lab, &e));
    if (!strstr(e.msg, says))
        fprintf(stderr, "lab_open: expected '%s' in '%s'\n", says, e.msg);
    CU_ASSERT_PTR_NOT_NULL(strstr(e.msg, says));
}

static void replace(const char *file, const char *was, const char *becomes)
{
    AUTO(str_drop) struct str text = {0}, changed = {0};
    CU_ASSERT(file_read(below(file), 64 << 20, &text, &(struct err){0}));
    const char *at = strstr(str_text(&text), was);
    CU_ASSERT_PTR_NOT_NULL(at);
    if (!at)
        return;
    str_addn(&changed, str_text(&text), (size_t)(at - str_text(&text)));
    str_addf(&changed, "%s%s", becomes, at + strlen(was));
    CU_ASSERT(file_write(below(file), str_text(&changed), changed.len, 0644, &(struct err){0}));
}

static void edited_past(void)
{
    if (build()) {
        replace(".cafelab/journal.jsonl", "mallory", "malloru");
        refuse("journal.jsonl: the past was changed");
        replace(".cafelab/journal.jsonl", "malloru", "mallory");
        replace(".cafelab/lab.json", "\"seed\": \"7\"", "\"seed\": \"8\"");
        refuse("the journal was changed: entry ");
        replace(".cafelab/lab.json", "\"seed\": \"8\"", "\"seed\": 8");
        refuse("lab.json: \"seed\": expected a text");
        replace(".cafelab/lab.json", "{", "[");
        refuse("lab.json: JSON");
    }
    remove_lab();
}

/* Who prepared a lab may have wished that we write elsewhere. */
static void folders_elsewhere(void)
{
    static const char *const names[] = {".cafelab", "host", "s3", "account", "server", "account/iam", ".cafelab/journal.jsonl"};
    if (build()) {
        char at[256], elsewhere[256];
        snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", dir);
        for (size_t i = 0; i < COUNT(names); i++) {
            strcpy(at, below(names[i]));
            CU_ASSERT(!rename(at, elsewhere) && !symlink(elsewhere, at));
            refuse("is a link: folders of a lab are its own");
            CU_ASSERT(!unlink(at) && !rename(elsewhere, at));
        }
    }
    remove_lab();
}

/* A journal whose last line a killed call left half is as it was before the call. */
static void half_a_line(void)
{
    struct lab lab;
    struct outcome out;
    struct err e = {0};
    if (build()) {
        CU_ASSERT(file_append(below(".cafelab/journal.jsonl"), "{\"seq\":", 7, &e));
        if (open_lab(&lab)) {
            CU_ASSERT_EQUAL(lab.world.journal.n, lab.built_entries);
            CU_ASSERT(lab_call(&lab, NULL, "sts:GetCallerIdentity", NULL, NULL, &out, &e));
            lab_drop(&lab);
        }
        if (open_lab(&lab)) {
            CU_ASSERT_EQUAL(lab.world.journal.n, lab.built_entries + 1);
            lab_drop(&lab);
        }
        CU_ASSERT(file_append(below(".cafelab/journal.jsonl"), "{\"seq\": 1}\n", 11, &e));
        refuse("journal.jsonl:");
    }
    remove_lab();
}

static void solution(void)
{
    struct lab lab;
    struct err e = {0};
    size_t n = 0;
    if (build() && open_lab(&lab)) {
        CU_ASSERT_FALSE(lab_solve(&lab, NULL, 2, &n, &e));
        CU_ASSERT_PTR_NOT_NULL(strstr(e.msg, "the solution has 2 steps"));
        e = (struct err){0};
        CU_ASSERT(lab_solve(&lab, NULL, -1, &n, &e));
        const struct security_group *web = find_security_group(&lab.world, "web");
        for (const struct sg_rule *r = web->rules; r; r = r->next)
            CU_ASSERT_FALSE(!r->egress && r->from_port == 22 && text_same(r->cidr4, "0.0.0.0/0"));
        CU_ASSERT_FALSE(lab_solve(&lab, NULL, -1, &n, &e)); /* there is nothing left to revoke */
        CU_ASSERT_PTR_NOT_NULL(strstr(e.msg, "ec2:RevokeSecurityGroupIngress: InvalidPermission.NotFound"));
        lab_drop(&lab);
    }
    remove_lab();
}

/* Everyday life before a live lab began is drawn again only for a trail that was logging then. */
static void everyday(void)
{
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    struct lab lab;
    char at[256];
    strcpy(dir, "/tmp/cafelab-unit-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL(mkdtemp(dir));
    snprintf(at, sizeof(at), "%s/lab", dir);
    struct lab_plan plan = {
        .scenario = "tests/data/small",
        .out = at,
        .play = {.seed = "7", .events = 200, .live_from_ms = 1767261600000},
        .threads = 1
    };
    bool good = lab_build(&plan, &diags, &e) && lab_open(at, &lab, &e);
    CU_ASSERT(good);
    if (good) {
        struct trail trail = {.name = "old", .bucket = "b", .prefix = ""};
        struct logging_span later = {.trail = &trail, .from_ms = lab.world.start_ms + 1, .to_ms = INT64_MAX}, early = later;
        early.from_ms = lab.world.start_ms - 86400000;
        CU_ASSERT(lab_everyday_open(&lab, &e) && !lab.before);
        lab.world.account.spans = &later;
        CU_ASSERT(lab_everyday_open(&lab, &e) && !lab.before);
        lab.world.account.spans = &early;
        CU_ASSERT(lab_everyday_open(&lab, &e) && lab.before);
        if (lab.before) {
            const struct everyday *calls = &lab.before->background.everyday;
            CU_ASSERT(calls->n > 100);
            for (size_t i = 0; i < calls->n; i++)
                CU_ASSERT(calls->list[i].time_ms < lab.world.start_ms);
        }
        lab.world.account.spans = NULL;
        lab_drop(&lab);
    } else
        fprintf(stderr, "lab_open: %s\n", e.msg);
    remove_lab();
}

CU_TestInfo lab_open_tests[] = {
    {"opened again it is the same world",       same_world       },
    {"calls go to the end of the journal",      calls            },
    {"what cannot be tried leaves no trace",    mistakes         },
    {"files changed by hand are found",         edits            },
    {"an edited past is refused",               edited_past      },
    {"folders that lead elsewhere",             folders_elsewhere},
    {"half a line has not happened",            half_a_line      },
    {"the solution is played, or says why not", solution         },
    {"everyday life before a live lab began",   everyday         },
    CU_TEST_INFO_NULL,
};
