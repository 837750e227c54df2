/* SPDX-License-Identifier: MIT */
/* The server's logs: one breach in, files out that tell it with the same pids, ports, sessions and times. */
#include "sim/evidence/host_traces.h"
#include "sim/evidence/writers.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#define BOOT 1760167000000  /* 2025-10-11T07:16:40Z, a Saturday */
#define STORY 1760550000000 /* 2025-10-15T17:40:00Z, a Wednesday */

static const struct { /* what sim/host/host.h says a journal holds */
    int64_t at;
    const char *op, *error, *response;
} story[] = {
    {STORY,          "host:LogIn",  "PermissionDenied",
     "{\"user\":\"admin\",\"by\":\"password\",\"addr\":\"192.0.2.9\",\"port\":40022,\"laddr\":\"172.31.20.7\",\"listener\":"
     "2301,"
     "\"pids\":{\"monitor\":9001,\"preauth\":9002},\"known\":false,\"offered\":\"publickey,password\",\"reason\":\"bad-"
     "password\"}"                                                                                                   },
    {STORY + 20000,  "host:LogIn",  "ConnectionTimedOut", "{\"addr\":\"192.0.2.77\",\"port\":40023}"                 },
    {STORY + 60000,  "host:LogIn",  NULL,
     "{\"user\":\"ec2-user\",\"by\":\"publickey\",\"addr\":\"203.0.113.7\",\"port\":50111,\"laddr\":\"172.31.20.7\","
     "\"listener\":2301,"
     "\"pids\":{\"monitor\":9021,\"preauth\":9022,\"child\":9023,\"shell\":9024},\"known\":true,\"uid\":1000,\"gid\":1000,"
     "\"key\":{\"type\":\"RSA\",\"bits\":2048,\"fingerprint\":\"SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8\"},"
     "\"session\":108,\"tty\":\"pts/0\",\"home\":\"/home/ec2-user\",\"shell\":\"/bin/bash\"}"                        },
    {STORY + 90000,  "host:Run",    NULL,
     "{\"session\":108,\"user\":\"ec2-user\",\"uid\":1000,\"gid\":1000,\"tty\":\"pts/0\",\"shell\":9024,\"typed\":\"sudo "
     "useradd "
     "chaos-user\",\"home\":\"/home/ec2-user\",\"cwd\":\"/home/ec2-user\",\"exit\":0,\"programs\":["
     "{\"pid\":9031,\"ppid\":9024,\"at\":1760550090010,\"until\":1760550090400,\"exit\":0,\"comm\":\"sudo\",\"exe\":\"/usr/bin/"
     "sudo\","
     "\"argv\":[\"sudo\",\"useradd\",\"chaos-user\"],\"cwd\":\"/home/ec2-user\",\"uid\":0,\"gid\":0,\"auid\":1000,\"ses\":108,"
     "\"tty\":\"pts/0\",\"sudo\":{\"user\":\"ec2-user\",\"runas\":\"root\",\"command\":\"/sbin/useradd "
     "chaos-user\",\"allowed\":true,\"child\":9032}},"
     "{\"pid\":9032,\"ppid\":9031,\"at\":1760550090100,\"until\":1760550090390,\"exit\":0,\"comm\":\"useradd\",\"exe\":\"/usr/"
     "sbin/"
     "useradd\",\"argv\":[\"useradd\",\"chaos-user\"],\"cwd\":\"/home/ec2-user\",\"uid\":0,\"gid\":0,\"auid\":1000,\"ses\":108,"
     "\"tty\":\"pts/0\",\"accounts\":[{\"does\":\"add-group\",\"name\":\"chaos-user\",\"group\":\"chaos-user\",\"gid\":1001},"
     "{\"does\":\"add-user\",\"name\":\"chaos-user\",\"uid\":1001,\"gid\":1001,\"home\":\"/home/chaos-user\",\"shell\":\"/bin/"
     "bash\"}],"
     "\"files\":[{\"does\":\"rename\",\"path\":\"/etc/passwd+\",\"name\":\"/etc/passwd+\",\"to\":\"/etc/"
     "passwd\",\"to_name\":\"/etc/"
     "passwd\",\"inode\":77,\"mode\":33188,\"uid\":0,\"gid\":0,\"parent\":{\"path\":\"/"
     "etc\",\"inode\":3,\"mode\":16877,\"uid\":0,"
     "\"gid\":0},\"replaced\":{\"inode\":70,\"mode\":33188,\"uid\":0,\"gid\":0},\"at\":1760550090120}]}]}"           },
    {STORY + 150000, "host:LogIn",  NULL,
     "{\"user\":\"chaos-user\",\"by\":\"password\",\"addr\":\"198.51.100.23\",\"port\":51560,\"laddr\":\"172.31.20.7\","
     "\"listener\":2301,\"pids\":{\"monitor\":9041,\"preauth\":9042,\"child\":9043,\"shell\":9044},\"known\":true,\"uid\":1001,"
     "\"gid\":1001,\"session\":109,\"tty\":\"pts/1\",\"home\":\"/home/chaos-user\",\"shell\":\"/bin/bash\"}"         },
    {STORY + 170000, "host:Run",    NULL,
     "{\"session\":109,\"user\":\"chaos-user\",\"uid\":1001,\"gid\":1001,\"tty\":\"pts/1\",\"shell\":9044,\"typed\":\"mv "
     "a\",\"home\":"
     "\"/home/chaos-user\",\"cwd\":\"/var/www/html/cafe/images\",\"exit\":0,\"programs\":[{\"pid\":9051,\"ppid\":9044,"
     "\"at\":1760550170005,\"until\":1760550170009,\"exit\":0,\"comm\":\"mv\",\"exe\":\"/usr/bin/mv\",\"argv\":[\"mv\",\"a "
     "b.jpg\",\"c.jpg\"],\"cwd\":\"/var/www/html/cafe/"
     "images\",\"uid\":1001,\"gid\":1001,\"auid\":1001,\"ses\":109,\"tty\":\"pts/1\","
     "\"files\":[{\"does\":\"rename\",\"path\":\"/var/www/html/cafe/images/a b.jpg\",\"name\":\"a "
     "b.jpg\",\"to\":\"/var/www/html/cafe/images/"
     "c.jpg\",\"to_name\":\"c.jpg\",\"errno\":\"EACCES\",\"inode\":90,\"mode\":33188,"
     "\"uid\":0,\"gid\":0,\"parent\":{\"path\":\"/var/www/html/cafe/"
     "images\",\"inode\":60,\"mode\":16877,\"uid\":0,\"gid\":0}}]}]}"                                                },
    {STORY + 200000, "host:LogOut", NULL,
     "{\"session\":108,\"user\":\"ec2-user\",\"uid\":1000,\"gid\":1000,\"by\":\"publickey\",\"addr\":\"203.0.113.7\",\"port\":"
     "50111,"
     "\"tty\":\"pts/0\",\"pids\":{\"monitor\":9021,\"preauth\":9022,\"child\":9023,\"shell\":9024},\"how\":\"exit\"}"},
    {STORY + 240000, "host:Run",    NULL,
     "{\"user\":\"root\",\"uid\":0,\"gid\":0,\"commandId\":\"1234-5678\",\"documentName\":\"AWS-RunShellScript\",\"exit\":0,"
     "\"programs\":[{\"pid\":9061,\"ppid\":9060,\"at\":1760550240050,\"until\":1760550240300,\"exit\":0,\"comm\":\"systemctl\","
     "\"exe\":\"/usr/bin/systemctl\",\"argv\":[\"systemctl\",\"restart\",\"sshd\"],\"cwd\":\"/\",\"uid\":0,\"gid\":0,"
     "\"services\":[{\"unit\":\"sshd\",\"does\":\"stop\",\"result\":\"success\",\"description\":\"OpenSSH server "
     "daemon\",\"old_pid\":2301},{\"unit\":\"sshd\",\"does\":\"start\",\"result\":\"success\",\"description\":\"OpenSSH server "
     "daemon\",\"new_pid\":9065}]}]}"                                                                                },
};

static void journal_entry(struct world *w, int64_t at, const char *op, const char *error, const char *response)
{
    struct entry *entry = journal_add(w);
    struct err e = {0};

    entry->time_ms = at;
    entry->op = op;
    entry->on = "cafe";
    entry->error_code = error;
    entry->who = (struct principal){.kind = PRINCIPAL_OS, .name = "root"};
    entry->response = world_keep(w, json_read(response, strlen(response), &e));
    CU_ASSERT_PTR_NOT_NULL(entry->response);
    if (!entry->response)
        fprintf(stderr, "%s\n%s\n", e.msg, response);
}

static void put_site(struct world *w, struct server *server)
{
    static const char *const names[] = {"index.html", "menu.html", "css/cafe.css", "images/Coffee-and-Pastries.jpg",
                                        "images/Strawberry-Tarts.jpg"};
    AUTO(arena_drop) struct arena a = {0};

    CU_ASSERT_PTR_NOT_NULL(tree_mkdir(w, &server->tree, "/var/www/html/cafe", 0755, 48, 48, BOOT));
    CU_ASSERT_PTR_NOT_NULL(tree_mkdir(w, &server->tree, "/var/www/html/cafe/css", 0755, 48, 48, BOOT));
    CU_ASSERT_PTR_NOT_NULL(tree_mkdir(w, &server->tree, "/var/www/html/cafe/images", 0755, 48, 48, BOOT));
    for (size_t i = 0; i < COUNT(names); i++) {
        AUTO(str_drop) struct str data = {0};
        struct err e = {0};
        CU_ASSERT(file_read(data_path(&a, "fixtures/site/cafe/%s", names[i]), 1u << 20, &data, &e));
        CU_ASSERT_PTR_NOT_NULL(
            tree_put(w, &server->tree, arena_printf(&a, "/var/www/html/cafe/%s", names[i]), data.s, data.len, BOOT - 86400000));
    }
}

static struct sg_rule http = {.protocol = "tcp", .from_port = 80, .to_port = 80, .cidr4 = "0.0.0.0/0"};
static struct security_group web = {.id = "sg-1", .rules = &http};

static struct server *begin(struct world *w)
{
    AUTO(arena_drop) struct arena a = {0};
    struct seed seed = seed_from_text("hostlogs");
    struct err e = {0};

    json_begin();
    world_init(w, &seed, "111122223333", "us-west-2", STORY);
    struct server *server = arena_alloc(&w->arena, sizeof(*server));
    struct instance *instance = arena_alloc(&w->arena, sizeof(*instance));
    struct daemon *sshd = arena_alloc(&w->arena, sizeof(*sshd));
    instance->private_ip = "172.31.20.7";
    instance->public_ip = "34.201.10.20";
    instance->groups[instance->n_groups++] = &web;
    *sshd = (struct daemon){.unit = "sshd", .pid = 9065, .running = true};
    *server = (struct server){.name = "cafe", .hostname = "ip-172-31-20-7.us-west-2.compute.internal", .booted_ms = BOOT};
    server->instance = instance;
    server->daemons = sshd;
    w->servers = server;
    CU_ASSERT(tree_load(w, &server->tree, data_path(&a, "fixtures/host/amazon-linux-2/root"),
                        data_path(&a, "fixtures/host/amazon-linux-2/tree.mtree"), &e));
    put_site(w, server);
    for (size_t i = 0; i < COUNT(story); i++)
        journal_entry(w, story[i].at, story[i].op, story[i].error, story[i].response);
    return server;
}

static struct evidence_task task_of(const struct world *w)
{
    return (struct evidence_task){
        .w = w,
        .seed = w->seed,
        .from_ms = BOOT,
        .until_ms = STORY + 300000,
        .threads = 1,
        .visitors_site = "/cafe/",
    };
}

static const char *text_of(const struct server *server, const char *path)
{
    const struct file *file = tree_find(&server->tree, path);

    CU_ASSERT_PTR_NOT_NULL(file);
    return file && file->data ? file->data : "";
}

static bool holds(const struct server *server, const char *path, const char *text)
{
    bool found = strstr(text_of(server, path), text) != NULL;

    if (!found)
        fprintf(stderr, "%s lacks: %s\n", path, text);
    return found;
}

static const struct {
    const char *path, *text;
} expected[] = {
    {"/var/log/secure",                          "Oct 15 17:40:00 ip-172-31-20-7 sshd[9001]: Invalid user admin from 192.0.2.9 port 40022\n"       },
    {"/var/log/secure",                          "Failed password for invalid user admin from 192.0.2.9 port 40022 ssh2\n"                         },
    {"/var/log/secure",
     "Oct 15 17:41:00 ip-172-31-20-7 sshd[9021]: Accepted publickey for ec2-user from 203.0.113.7 port 50111 ssh2: "
     "RSA SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8\n"                                                                                    },
    {"/var/log/secure",
     "useradd[9032]: new user: name=chaos-user, UID=1001, GID=1001, home=/home/chaos-user, shell=/bin/bash\n"                                      },
    {"/var/log/secure",                          "sudo: ec2-user : TTY=pts/0 ; PWD=/home/ec2-user ; USER=root ; COMMAND=/sbin/useradd chaos-user\n"},
    {"/var/log/secure",
     "Oct 15 17:42:30 ip-172-31-20-7 sshd[9041]: Accepted password for chaos-user from 198.51.100.23 port 51560 ssh2\n"                            },
    {"/var/log/secure",                          "sshd[9023]: Received disconnect from 203.0.113.7 port 50111:11: disconnected by user\n"          },
    {"/var/log/secure",                          "sshd[2301]: Received signal 15; terminating.\n"                                                  },
    {"/var/log/secure",                          "sshd[9065]: Server listening on 0.0.0.0 port 22.\n"                                              },
    {"/var/log/messages",                        "systemd-logind: New session 109 of user chaos-user.\n"                                           },
    {"/var/log/messages",                        "Removed slice User Slice of ec2-user.\n"                                                         },
    {"/var/log/messages",                        "systemd: Stopping OpenSSH server daemon...\n"                                                    },
    {"/var/log/cron",                            "(root) CMD (run-parts /etc/cron.hourly)\n"                                                       },
    {"/var/log/amazon/ssm/amazon-ssm-agent.log", "[1234-5678] document: 1234-5678 worker started\n"                                                },
    {"/var/log/audit/audit.log",                 "pid=9041 uid=0 old-auid=4294967295 auid=1001 tty=(none) old-ses=4294967295 ses=109 res=1\n"      },
    {"/var/log/audit/audit.log",
     "fp=SHA256:9d:38:5b:83:a9:17:52:92:56:1a:5e:c4:d4:81:8e:0a:ca:51:a2:64:f1:74:20:11:2e:f8:8a:c3:a1:39:49:"
     "8f rport=50111 acct=\"ec2-user\""                                                                                                            },
    {"/var/log/audit/audit.log",                 "cmd=2F7362696E2F75736572616464206368616F732D75736572 terminal=pts/0 res=success'"                },
    {"/var/log/audit/audit.log",
     "op=add-user id=1001 exe=\"/usr/sbin/useradd\" hostname=ip-172-31-20-7.us-west-2.compute.internal "
     "addr=? terminal=pts/0 res=success'"                                                                                                          },
    {"/var/log/audit/audit.log",                 "syscall=82 success=yes exit=0"                                                                   },
    {"/var/log/audit/audit.log",                 "comm=\"useradd\" exe=\"/usr/sbin/useradd\" key=\"identity\"\n"                                   },
    {"/var/log/audit/audit.log",                 "syscall=82 success=no exit=-13"                                                                  },
    {"/var/log/audit/audit.log",                 "name=6120622E6A7067 inode=90"                                                                    },
    {"/var/log/audit/audit.log",
     "unit=sshd comm=\"systemd\" exe=\"/usr/lib/systemd/systemd\" hostname=? addr=? terminal=? res=success'"                                       },
    {"/var/log/secure-20251012",                 "Server listening on :: port 22.\n"                                                               },
};

static void all_logs_agree(void)
{
    AUTO(world_drop) struct world w = {0};
    struct server *server = begin(&w);
    struct evidence_task task = task_of(&w);
    struct err e = {0};

    CU_ASSERT(host_write_logs(&task, &e));
    for (size_t i = 0; i < COUNT(expected); i++)
        CU_ASSERT(holds(server, expected[i].path, expected[i].text));
    CU_ASSERT_PTR_NULL(strstr(text_of(server, "/var/log/secure"), "192.0.2.77")); /* timed out: no packet arrived */
    CU_ASSERT_PTR_NULL(strstr(text_of(server, "/var/log/secure"), "at 2025"));
    if (env_get("HOST_TREE")) {
        struct err e2 = {0};
        CU_ASSERT(tree_save(&server->tree, env_get("HOST_TREE"), env_get("HOST_MTREE"), true, &e2));
    }
}

CU_TestInfo evidence_host_files_tests[] = {
    {"all logs agree", all_logs_agree},
    CU_TEST_INFO_NULL,
};
