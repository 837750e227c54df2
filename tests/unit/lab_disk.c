/* SPDX-License-Identifier: MIT */
/* Files that were changed by hand, as entries of the journal: what they do to a server's tree, and what they refuse. */
#include "sim/lab/lab.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define START INT64_C(1760371200000)

static struct server *make_world(struct world *w)
{
    struct seed seed = seed_from_text("a desk");
    world_init(w, &seed, "123456789012", "us-west-2", START);
    w->catalog = &lab_catalog;
    struct server *server = arena_alloc(&w->arena, sizeof(*server));
    server->name = "web1";
    list_append(&w->servers, server);
    tree_mkdir(w, &server->tree, "/", 0755, 0, 0, START);
    tree_mkdir(w, &server->tree, "/etc", 0755, 0, 0, START);
    tree_put(w, &server->tree, "/etc/motd", "hello", 5, START);
    return server;
}

static const char *change(struct world *w, const char *op, const char *params)
{
    struct outcome out = {0};
    struct err e = {0};
    json_auto_t *asked = json_read(params, strlen(params), &e);
    CU_ASSERT_PTR_NOT_NULL(asked);
    act(w,
        &(struct action){
            .time_ms = START + 60000,
            .who = {.kind = PRINCIPAL_OS, .name = "root" },
            .from = {.ip = "127.0.0.1",    .agent = "disk"},
            .op = op,
            .on = "web1",
            .params = asked
    },
        &out);
    return out.error_code;
}

/* One after the other, on the same tree. */
static void changes(void)
{
    static const struct {
        const char *params, *code; /* NULL = it works */
        const char *path, *holds;  /* what is there then; NULL holds = nothing is there */
        enum file_kind kind;
    } rows[] = {
        {"{\"path\": \"/etc/motd\", \"does\": \"write\", \"data\": \"YnllCg==\"}",                                    NULL,              "/etc/motd",    "bye\n",  FILE_REGULAR},
        {"{\"path\": \"/etc/motd\", \"does\": \"append\", \"data\": \"Yg==\"}",                                       NULL,              "/etc/motd",    "bye\nb", FILE_REGULAR},
        {"{\"path\": \"/srv/a/b/new\", \"does\": \"write\", \"data\": \"eA==\", \"mode\": 384}",                      NULL,              "/srv/a/b/new", "x",
         FILE_REGULAR                                                                                                                                                          },
        {"{\"path\": \"/srv/a/link\", \"does\": \"link\", \"data\": \"L2V0Yw==\"}",                                   NULL,              "/srv/a/link",  "/etc",   FILE_LINK   },
        {"{\"path\": \"/srv/a/link\", \"does\": \"link\", \"data\": \"L3Vzcg==\"}",                                   NULL,              "/srv/a/link",  "/usr",   FILE_LINK   },
        {"{\"path\": \"/srv/a/link\", \"does\": \"mkdir\", \"mode\": 448}",                                           NULL,              "/srv/a/link",  "",       FILE_DIR    },
        {"{\"path\": \"/srv/a/link\", \"does\": \"write\", \"data\": \"\"}",                                          NULL,              "/srv/a/link",  "",       FILE_REGULAR},
        {"{\"path\": \"/srv/a\", \"does\": \"remove\"}",                                                              NULL,              "/srv/a/b/new", NULL,     FILE_REGULAR},
        {"{\"path\": \"/srv/a\", \"does\": \"remove\"}",                                                              NULL,              "/srv/a",       NULL,     FILE_REGULAR},
        {"{\"path\": \"/etc/motd\", \"does\": \"write\", \"data\": \"!\"}",                                           "ValidationError", "/etc/motd",    "bye\nb",
         FILE_REGULAR                                                                                                                                                          },
        {"{\"path\": \"/etc/motd\", \"does\": \"eat\"}",                                                              "ValidationError", "/etc/motd",    "bye\nb", FILE_REGULAR},
        {"{\"path\": \"/etc/../x\", \"does\": \"write\", \"data\": \"eA==\"}",                                        "InvalidPath",     "/x",           NULL,     FILE_REGULAR},
        {"{\"path\": \"relative\", \"does\": \"write\", \"data\": \"eA==\"}",                                         "InvalidPath",     "/relative",    NULL,     FILE_REGULAR},
        {"{\"path\": \"/etc/motd\", \"does\": \"attributes\", \"uid\": 5, \"gid\": 6, \"mode\": 256, \"mtime\": 77}", NULL,
         "/etc/motd",                                                                                                                                    "bye\nb", FILE_REGULAR},
    };
    AUTO(world_drop) struct world w = {0};
    struct server *server = make_world(&w);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *code = change(&w, "disk:Changed", rows[i].params);
        const struct file *f = tree_find(&server->tree, rows[i].path);
        bool good = rows[i].code ? code != NULL : !code;
        good = good && (rows[i].holds ? f && f->kind == rows[i].kind : !f);
        if (good && rows[i].holds && f->kind != FILE_DIR)
            good = f->size == strlen(rows[i].holds) && (!f->size || !memcmp(f->data, rows[i].holds, f->size));
        if (!good)
            fprintf(stderr, "lab_disk: row %zu: %s\n", i, code ? code : "success");
        CU_ASSERT(good);
    }
    const struct file *motd = tree_find(&server->tree, "/etc/motd");
    static const char *const no_owners[] = {"\"mode\": 511, \"mtime\": 78", "\"uid\": 4294967296, \"mode\": 511",
                                            "\"uid\": -1, \"mode\": 511", "\"uid\": 5, \"gid\": -1, \"mode\": 511",
                                            "\"uid\": 5, \"mtime\": -1, \"mode\": 511"};
    CU_ASSERT(motd && motd->uid == 5 && motd->gid == 6 && motd->mode == 0400 && motd->mtime_ms == 77);
    for (size_t i = 0; i < COUNT(no_owners); i++) { /* nothing of it is taken then */
        AUTO(str_drop) struct str params = {0};
        str_addf(&params, "{\"path\": \"/etc/motd\", \"does\": \"attributes\", %s}", no_owners[i]);
        change(&w, "disk:Changed", str_text(&params));
        CU_ASSERT(motd->uid == 5 && motd->gid == 6 && motd->mode == 0400 && motd->mtime_ms == 77);
    }
}

/* What a shell left: a killed process, an ended session, a service that was restarted. */
static void settled(void)
{
    AUTO(world_drop) struct world w = {0};
    struct server *server = make_world(&w);
    struct process *sshd = arena_alloc(&w.arena, sizeof(*sshd)), *left = arena_alloc(&w.arena, sizeof(*left));
    struct process orphan = {.pid = 201, .ppid = 100, .title = "sleep", .exe = "/bin/sleep", .tty = "?"};
    struct daemon *daemon = arena_alloc(&w.arena, sizeof(*daemon));
    struct os_session *session = arena_alloc(&w.arena, sizeof(*session));
    *sshd = (struct process){.pid = 100, .ppid = 1, .title = "sshd", .exe = "/usr/sbin/sshd", .tty = "?"};
    *left = (struct process){.pid = 200, .ppid = 100, .title = "-bash", .exe = "/bin/bash", .tty = "pts/0"};
    *daemon = (struct daemon){.unit = "sshd", .pid = 100, .running = true, .config = "old"};
    *session = (struct os_session){.number = 3, .user = "eve", .tty = "pts/0", .host = "192.0.2.1", .method = "password"};
    list_append(&server->processes, sshd);
    list_append(&server->processes, left);
    list_append(&server->processes, &orphan);
    list_append(&server->daemons, daemon);
    list_append(&server->sessions, session);
    CU_ASSERT_PTR_NULL(
        change(&w, "disk:Settled",
               "{\"daemons\": [{\"unit\": \"sshd\", \"pid\": 300, \"running\": true, \"started\": 1760371230000,"
               " \"config\": \"new\"}], \"processes\": [200], \"sessions\": [{\"session\": 3, \"ended\": 1760371240000}]}"));
    CU_ASSERT_PTR_NULL(find_process(server, 100));
    CU_ASSERT_PTR_NULL(find_process(server, 200));
    CU_ASSERT_PTR_NOT_NULL(find_process(server, 300));
    CU_ASSERT_EQUAL(orphan.ppid, 1);
    CU_ASSERT_EQUAL(daemon->pid, 300);
    CU_ASSERT_STRING_EQUAL(daemon->config, "new");
    CU_ASSERT_EQUAL(session->ended_ms, INT64_C(1760371240000));
    CU_ASSERT_PTR_NOT_NULL(change(&w, "disk:Settled", "{\"daemons\": [{\"unit\": \"nosuch\", \"pid\": 5, \"started\": 1}]}"));
    CU_ASSERT_PTR_NOT_NULL(change(&w, "disk:Settled", "{\"daemons\": [{\"unit\": \"sshd\", \"pid\": -5, \"started\": 1}]}"));
}

/* A service that a shell has started anew answers in the next one, too; and an id that two have given is one process's. */
static void settled_services(void)
{
    AUTO(world_drop) struct world w = {0};
    struct server *server = make_world(&w);
    struct process httpd = {.pid = 100, .ppid = 1, .title = "httpd", .exe = "/usr/sbin/httpd", .tty = "?"};
    const char *title = "/usr/sbin/httpd -DFOREGROUND";
    struct process worker = {.pid = 101, .ppid = 100, .title = title, .exe = "/usr/sbin/httpd", .tty = "?"};
    struct process other = {.pid = 102, .ppid = 100, .title = "rotatelogs", .exe = "/usr/sbin/rotatelogs", .tty = "?"};
    struct process login = {.pid = 400, .ppid = 1, .title = "sshd: eve [priv]", .exe = "/usr/sbin/sshd", .tty = "?"};
    struct daemon daemon = {.unit = "httpd", .pid = 100, .running = true};
    list_append(&server->processes, &httpd);
    list_append(&server->processes, &worker);
    list_append(&server->processes, &other);
    list_append(&server->processes, &login);
    list_append(&server->daemons, &daemon);
    CU_ASSERT_PTR_NULL(change(&w, "disk:Settled",
                              "{\"daemons\": [{\"unit\": \"httpd\", \"pid\": 300, \"running\": true, \"started\": 5,"
                              " \"workers\": [301, 302, 400, -1]}]}"));
    CU_ASSERT_PTR_NULL(change(&w, "disk:Settled", /* of those who died in there two had ids that it has now */
                              "{\"daemons\": [{\"unit\": \"httpd\", \"pid\": 300, \"running\": true, \"started\": 5,"
                              " \"workers\": [301, 302]}], \"processes\": [101, 300, 301]}"));
    CU_ASSERT_PTR_NULL(find_process(server, 101));
    CU_ASSERT_PTR_NOT_NULL(find_process(server, 300));
    const struct process *first = find_process(server, 301);
    CU_ASSERT(first && first->ppid == 300 && first->uid == 48 && first->started_ms == 5);
    CU_ASSERT(first && text_same(first->title, title));
    CU_ASSERT(other.ppid == 1 && find_process(server, 102) == &other);
    CU_ASSERT_PTR_NOT_NULL(find_process(server, 302));
    CU_ASSERT_STRING_EQUAL(find_process(server, 400)->title, login.title);
    CU_ASSERT_PTR_NULL(
        change(&w, "disk:Settled", "{\"daemons\": [{\"unit\": \"httpd\", \"pid\": 400, \"running\": true, \"started\": 6}]}"));
    CU_ASSERT_NOT_EQUAL(daemon.pid, 400);
    CU_ASSERT_STRING_EQUAL(find_process(server, 400)->title, login.title);
    const struct process *now = find_process(server, daemon.pid);
    CU_ASSERT(now && text_same(now->title, "httpd"));
    CU_ASSERT_PTR_NULL(find_process(server, 300));
    int given = daemon.pid; /* what is told again is no other start */
    CU_ASSERT_PTR_NULL(
        change(&w, "disk:Settled", "{\"daemons\": [{\"unit\": \"httpd\", \"pid\": 400, \"running\": true, \"started\": 6}]}"));
    CU_ASSERT_EQUAL(daemon.pid, given);
}

static unsigned n_of(const struct server *server, const char *exe)
{
    unsigned n = 0;
    for (const struct process *p = server->processes; p; p = p->next)
        n += text_same(p->exe, exe);
    return n;
}

/* Nobody is left of one that is stopped; started again later it is what it was. */
static void services_end(void)
{
    static const struct {
        const char *daemons;
        unsigned processes; /* of httpd */
    } rows[] = {
        {"{\"unit\": \"httpd\", \"pid\": 300, \"running\": true, \"started\": 5, \"workers\": [301, 302, 303, 40000, 2]}",      6},
        {"{\"unit\": \"httpd\", \"pid\": 310, \"running\": true, \"started\": 5}",                                              6},
        {"{\"unit\": \"httpd\", \"pid\": 400, \"running\": false, \"started\": 5, \"workers\": [311]}",                         0},
        {"{\"unit\": \"httpd\", \"pid\": 320, \"running\": true, \"started\": 7, \"workers\": [321, 322, 323, 324, 325, 326]}",
         6                                                                                                                       },
        {"{\"unit\": \"httpd\", \"pid\": 330, \"running\": true, \"started\": 8, \"workers\": [331, \"x\", -5, 331]}",          3},
        {"{\"unit\": \"sshd\", \"pid\": 100, \"running\": true, \"started\": 9, \"workers\": [101]}",                           3},
    };
    AUTO(world_drop) struct world w = {0};
    struct server *server = make_world(&w);
    struct process first = {.pid = 1, .title = "systemd", .exe = "systemd", .tty = "?"};
    struct process threads = {.pid = 2, .title = "[kthreadd]", .exe = "", .tty = "?"};
    struct process sshd = {.pid = 100, .ppid = 1, .title = "sshd", .exe = "/usr/sbin/sshd", .tty = "?"};
    struct process login = {.pid = 400, .ppid = 100, .title = "sshd: eve [priv]", .exe = "/usr/sbin/sshd", .tty = "?"};
    struct daemon httpd = {.unit = "httpd"}, ssh = {.unit = "sshd", .pid = 100, .running = true};
    list_append(&server->processes, &first);
    list_append(&server->processes, &threads);
    list_append(&server->processes, &sshd);
    list_append(&server->processes, &login);
    list_append(&server->daemons, &httpd);
    list_append(&server->daemons, &ssh);
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str params = {0};
        str_addf(&params, "{\"daemons\": [%s], \"processes\": [1, 4294967297]}", rows[i].daemons);
        CU_ASSERT_PTR_NULL(change(&w, "disk:Settled", str_text(&params)));
        CU_ASSERT_EQUAL(n_of(server, "/usr/sbin/httpd"), rows[i].processes);
        const struct process *main = httpd.running ? find_process(server, httpd.pid) : NULL;
        CU_ASSERT_EQUAL(main && text_same(main->title, "/usr/sbin/httpd -DFOREGROUND"), httpd.running);
    }
    CU_ASSERT_PTR_NOT_NULL(find_process(server, 1));
    CU_ASSERT_STRING_EQUAL(find_process(server, 2)->title, "[kthreadd]");
    CU_ASSERT_PTR_NOT_NULL(find_process(server, 400)); /* httpd's id when it ran no more; sshd has logins and no workers */
}

/* Ids that processes had in a shell which nobody else knows of are not given again. */
static void settled_pids(void)
{
    AUTO(world_drop) struct world w = {0};
    struct server *server = make_world(&w);
    int before = server_take_pid(server, w.now_ms), ahead = before + 500;
    AUTO(str_drop) struct str params = {0};
    str_addf(&params, "{\"lastPid\": %d}", ahead);
    CU_ASSERT_PTR_NULL(change(&w, "disk:Settled", str_text(&params)));
    int64_t passed = server->pids_given;
    CU_ASSERT_PTR_NULL(change(&w, "disk:Settled", str_text(&params))); /* told again, it is as far as before */
    CU_ASSERT_EQUAL(server->pids_given, passed);
    CU_ASSERT(server_take_pid(server, w.now_ms) > ahead);
    CU_ASSERT_PTR_NULL(change(&w, "disk:Settled", "{\"lastPid\": 2}")); /* they never go back */
    CU_ASSERT(server_take_pid(server, w.now_ms) > ahead + 1);
    int64_t given = server->pids_given;
    str_clear(&params);
    str_addf(&params, "{\"lastPid\": %d}", PID_MAX); /* no process has that */
    CU_ASSERT_PTR_NULL(change(&w, "disk:Settled", str_text(&params)));
    CU_ASSERT_EQUAL(server->pids_given, given);
}

CU_TestInfo lab_disk_tests[] = {
    {"files changed by hand",    changes         },
    {"what a shell left behind", settled         },
    {"services of a shell's",    settled_services},
    {"services end",             services_end    },
    {"ids that a shell gave",    settled_pids    },
    CU_TEST_INFO_NULL,
};
