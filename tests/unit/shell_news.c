/* SPDX-License-Identifier: MIT */
/* What happened in a lab while a shell is open: what is told inside, what is not because it came from there. */
#include "sim/shell/parts.h"

#include <CUnit/CUnit.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct looks { /* of looks at a server */
    struct world was_world, is_world;
    struct server was, is;
};

static void put(struct world *w, struct server *s, const char *path, const char *text)
{
    tree_mkdir(w, &s->tree, "/", 0755, 0, 0, 1000);
    struct file *f = tree_put(w, &s->tree, path, text, strlen(text), 1000);
    if (f)
        f->mtime_ms = 1000;
    tree_find(&s->tree, "/")->mtime_ms = 1000;
}

static void begin(struct looks *p, const char *was, const char *is)
{
    *p = (struct looks){.was = {.name = "cafe"}, .is = {.name = "cafe"}};
    put(&p->was_world, &p->was, "/log", was);
    put(&p->is_world, &p->is, "/log", is);
}

static void end(struct looks *p)
{
    world_drop(&p->was_world);
    world_drop(&p->is_world);
}

static void tell(struct stay *told, const char *does, const char *text)
{
    AUTO(str_drop) struct str data = {0};
    str_add_base64(&data, text, strlen(text));
    *GROW(told->changes, told->n_changes, told->cap_changes) =
        json_pack("{s:s, s:s, s:s}", "path", "/log", "does", does, "data", str_text(&data));
}

/* What we told, and what both looks have: what then is to be written inside, and how. */
static void logs(void)
{
    static const struct {
        const char *was, *is, *told[3], *does, *wanted;
    } rows[] = {
        {"a\n", "a\nb\n",             {NULL},                "append", "b\n"        },
        {"a\n", "a\nmine\n",          {"mine\n"},            NULL,     NULL         },
        {"a\n", "a\ntheirs\nmine\n",  {"mine\n"},            "append", "theirs\n"   },
        {"a\n", "a\nmine\ntheirs\n",  {"mine\n"},            "append", "theirs\n"   },
        {"a\n", "a\n1\nT\n2\nU\n3\n", {"1\n", "2\n", "3\n"}, "append", "T\nU\n"     },
        {"a\n", "other\n",            {NULL},                "write",  "other\n"    },
        {"a\n", "rewritten\n",        {"mine\n"},            "write",  "rewritten\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct looks p;
        AUTO(stay_drop) struct stay told = {0};
        AUTO(str_drop) struct str data = {0};
        begin(&p, rows[i].was, rows[i].is);
        for (size_t k = 0; k < COUNT(rows[i].told) && rows[i].told[k]; k++)
            tell(&told, "append", rows[i].told[k]);
        json_auto_t *news = news_of(&p.was, &p.is, &told);
        const json_t *change = json_array_get(json_object_get(news, "files"), 0);
        CU_ASSERT_EQUAL(news != NULL, rows[i].does != NULL);
        CU_ASSERT(text_same(json_str(change, "does"), rows[i].does));
        const char *text = json_str_or(change, "data", "");
        CU_ASSERT(base64_decode(text, strlen(text), &data));
        CU_ASSERT_STRING_EQUAL(str_text(&data), rows[i].wanted ? rows[i].wanted : "");
        end(&p);
    }
}

static void what_we_wrote(void)
{
    struct looks p;
    AUTO(stay_drop) struct stay told = {0};
    begin(&p, "a\n", "ours\n");
    tell(&told, "write", "ours\n");
    CU_ASSERT_PTR_NULL(news_of(&p.was, &p.is, &told));
    end(&p);
}

static void people(void)
{
    struct looks p;
    struct stay told = {0};
    begin(&p, "a\n", "a\n");
    struct process gone = {.pid = 40, .title = "x", .exe = "", .tty = "?"};
    struct process daemon = {.pid = 50, .title = "sshd", .exe = "", .tty = "?"};
    struct process came = {
        .pid = 60, .ppid = 50, .uid = 1001, .title = "-bash", .exe = "/bin/bash", .tty = "pts/0", .session = 7};
    struct os_session old = {.number = 5, .user = "eve", .tty = "pts/1", .host = "", .method = "ssm"}, ended = old;
    struct os_session begun = {.number = 7, .user = "mallory", .tty = "pts/0", .host = "192.0.2.1", .method = "password"};
    struct daemon before = {.unit = "sshd", .pid = 30, .running = true}, after = {.unit = "sshd", .pid = 50, .running = true};
    ended.ended_ms = 2000;
    list_append(&p.was.processes, &gone);
    list_append(&p.was.sessions, &old);
    list_append(&p.was.daemons, &before);
    list_append(&p.is.processes, &daemon);
    list_append(&p.is.processes, &came);
    list_append(&p.is.sessions, &ended);
    list_append(&p.is.sessions, &begun);
    list_append(&p.is.daemons, &after);
    json_auto_t *news = news_of(&p.was, &p.is, &told);
    CU_ASSERT_EQUAL(json_integer_value(json_array_get(json_object_get(news, "gone"), 0)), 40);
    CU_ASSERT_EQUAL(json_integer_value(json_array_get(json_object_get(news, "ended"), 0)), 5);
    CU_ASSERT_EQUAL(json_array_size(json_object_get(news, "processes")), 1); /* the daemon is started as a service */
    CU_ASSERT_EQUAL(json_int_or(json_array_get(json_object_get(news, "processes"), 0), "pid", 0), 60);
    CU_ASSERT_EQUAL(json_int_or(json_array_get(json_object_get(news, "sessions"), 0), "number", 0), 7);
    CU_ASSERT_EQUAL(json_int_or(json_array_get(json_object_get(news, "daemons"), 0), "pid", 0), 50);
    CU_ASSERT_EQUAL(json_array_size(json_object_get(news, "files")), 0);
    end(&p);
}

/* auditd ran as 30. What the lab says now, what inside it was told to be: it is news only if somebody else did it. */
static void services(void)
{
    static const struct {
        int pid;
        bool running;
        const char *told;
        bool news;
    } rows[] = {
        {30, false, "[]",                                                        true },
        {30, false, "[{\"unit\": \"auditd\", \"pid\": 30, \"running\": false}]", false},
        {77, true,  "[{\"unit\": \"auditd\", \"pid\": 77, \"running\": true}]",  false},
        {99, true,  "[{\"unit\": \"auditd\", \"pid\": 77, \"running\": true}]",  true },
        {77, true,  "[{\"unit\": \"sshd\", \"pid\": 77, \"running\": true}]",    true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct looks p;
        struct daemon was = {.unit = "auditd", .pid = 30, .running = true}, is = was;
        json_auto_t *settled = json_pack("{s:o}", "daemons", json_loads(rows[i].told, 0, NULL));
        const struct stay told = {.settled = settled};
        is.pid = rows[i].pid;
        is.running = rows[i].running;
        begin(&p, "a\n", "a\n");
        list_append(&p.was.daemons, &was);
        list_append(&p.is.daemons, &is);
        json_auto_t *news = news_of(&p.was, &p.is, &told);
        CU_ASSERT_EQUAL(json_array_size(json_object_get(news, "daemons")), rows[i].news);
        end(&p);
    }
}

/* Where ids cannot be chosen the lab knows a service by another one: that is no reason to start it anew. */
static void services_by_number(void)
{
    struct inside in = {.renumbers = true};
    struct daemon crond = {.unit = "crond", .pid = 2500, .running = true};
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    struct unit_now unit = {
        .daemon = &crond, .pid = pid, .pidfd = (int)syscall(SYS_pidfd_open, pid, 0), .running = true, .started_ms = 5000};
    struct cast nobody = {.in = &in};
    struct units all = {.in = &in, .cast = &nobody, .list = &unit, .n = 1};
    struct pollfd end = {.fd = unit.pidfd, .events = POLLIN};
    CU_ASSERT_FATAL(pid > 0 && end.fd >= 0);
    units_follow(&all, "crond", 2600, true, 5000);
    CU_ASSERT(unit.running && !unit.changed && unit.pid == pid && poll(&end, 1, 0) == 0);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(end.fd);
}

/* What is told inside is known of it then: it does not come back as something that was done there. */
static void known_then(void)
{
    struct looks p;
    struct stay told = {0};
    struct stay back = {0};
    struct err e = {0};
    AUTO(state_drop) struct state inside = {0};
    begin(&p, "a\n", "a\nb\n");
    put(&p.is_world, &p.is, "/new", "n");
    tree_find(&p.is.tree, "/")->mtime_ms = 4000; /* as each name changes its directory's */
    state_copy(&inside, &p.was.tree);
    json_auto_t *news = news_of(&p.was, &p.is, &told);
    news_apply(&inside, news, 5000);
    CU_ASSERT(stay_compare(&back, &inside.tree, &p.is.tree, root_is_ours, &e));
    CU_ASSERT_EQUAL(back.n_changes, 0);
    stay_drop(&back);
    end(&p);
}

CU_TestInfo shell_news_tests[] = {
    {"logs that grew",     logs              },
    {"what we wrote",      what_we_wrote     },
    {"people",             people            },
    {"services",           services          },
    {"services by number", services_by_number},
    {"known then",         known_then        },
    CU_TEST_INFO_NULL,
};
