/* SPDX-License-Identifier: MIT */
/* The server's logs: one breach in, files out that tell it with the same pids, ports, sessions and times. */
#include "evidence_host.inc"

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
    {"/var/log/messages",                        "rsyslogd was HUPed\n"                                                                            },
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

static const char *const logs[] = {
    "/var/log/audit/audit.log",
    "/var/log/secure",
    "/var/log/messages",
    "/var/log/cron",
    "/var/log/wtmp",
    "/var/log/btmp",
    "/var/log/lastlog",
    "/run/utmp",
    "/var/log/httpd/access_log",
    "/var/log/httpd/error_log",
    "/var/log/amazon/ssm/amazon-ssm-agent.log",
    "/home/ec2-user/.bash_history",
};

static void write_part(struct world *w, size_t first, size_t n, int64_t until_ms)
{
    struct evidence_task task = task_of(w);
    struct err e = {0};
    size_t all = w->journal.n;

    w->journal.n = n;
    task.first = first;
    task.until_ms = until_ms;
    CU_ASSERT(host_write_past(&task, &e) && host_write_logs(&task, &e) && host_write_history(&task, &e));
    w->journal.n = all;
}

/* What a student's calls add later is what would have been written at once. */
static void appending_is_writing_later(void)
{
    AUTO(world_drop) struct world once = {0}, twice = {0};
    struct server *a = begin(&once), *b = begin(&twice);
    size_t n = once.journal.n;

    write_part(&once, 0, n, STORY + 90000000);
    write_part(&twice, 0, n - 2, STORY + 195000);
    write_part(&twice, n - 2, n - 1, STORY + 201000);
    write_part(&twice, n - 1, n, STORY + 90000000);
    for (size_t i = 0; i < COUNT(logs); i++) {
        const struct file *one = tree_find(&a->tree, logs[i]), *two = tree_find(&b->tree, logs[i]);
        CU_ASSERT(one && two && one->size == two->size && memcmp(one->data, two->data, one->size) == 0);
        CU_ASSERT(one && two && one->mtime_ms == two->mtime_ms && one->mode == two->mode);
        if (!one || !two || one->size != two->size)
            fprintf(stderr, "%s: %zu and %zu bytes\n", logs[i], one ? one->size : 0, two ? two->size : 0);
    }
}

/* A log that somebody emptied or removed is not written anew: only what happens afterwards is in it. */
static void tampering_stays(void)
{
    AUTO(world_drop) struct world w = {0};
    struct server *server = begin(&w);
    size_t n = w.journal.n;

    write_part(&w, 0, n - 1, STORY + 201000);
    CU_ASSERT_PTR_NOT_NULL(tree_put(&w, &server->tree, "/var/log/secure", "", 0, STORY + 230000));
    CU_ASSERT(tree_remove(&server->tree, "/var/log/audit", STORY + 230000));
    CU_ASSERT(tree_remove(&server->tree, "/var/log/messages", STORY + 230000));
    tree_find(&server->tree, "/var/log/cron")->data = NULL; /* as an empty file is read from a disk */
    tree_find(&server->tree, "/var/log/cron")->size = 0;
    write_part(&w, n - 1, n, STORY + 300000);
    CU_ASSERT_PTR_NULL(strstr(text_of(server, "/var/log/secure"), "chaos-user"));
    CU_ASSERT(holds(server, "/var/log/secure", "Server listening on"));
    CU_ASSERT_PTR_NULL(tree_find(&server->tree, "/var/log/audit/audit.log"));
    CU_ASSERT_PTR_NULL(strstr(text_of(server, "/var/log/messages"), "chaos-user"));
    CU_ASSERT(holds(server, "/var/log/messages", "Started OpenSSH server daemon"));
    CU_ASSERT_EQUAL(tree_find(&server->tree, "/var/log/cron")->size, 0);
}

static void serials_and_times_rise(void)
{
    AUTO(world_drop) struct world w = {0};
    struct server *server = begin(&w);
    unsigned long serial, last_serial = 0;
    double time, last_time = 0;

    write_part(&w, 0, w.journal.n, STORY + 300000);
    for (const char *line = text_of(server, "/var/log/audit/audit.log"); *line; line = strchr(line, '\n') + 1) {
        const char *at = strstr(line, "msg=audit(");
        CU_ASSERT(at && sscanf(at, "msg=audit(%lf:%lu): ", &time, &serial) == 2);
        CU_ASSERT(time >= last_time && (serial == last_serial || serial == last_serial + 1));
        last_time = time;
        last_serial = serial;
    }
    CU_ASSERT(last_serial > 500);
}

/* Who stops the daemon that would tell on him is seen by its silence. */
static void a_stopped_daemon_writes_nothing(void)
{
    static const char facts[] =
        "{\"uid\":0,\"programs\":[{\"pid\":9101,\"ppid\":1,\"at\":1760550155000,\"uid\":0,\"services\":[{\"unit\":"
        "\"%s\",\"does\":\"stop\",\"result\":\"success\",\"at\":1760550155000}]}]}";
    static const struct {
        const char *unit, *log, *last, *never;
    } rows[] = {
        {"auditd",  "/var/log/audit/audit.log",  "ses=109", "Coffee-and-Pastries"             },
        {"rsyslog", "/var/log/secure",           "51560",   "Received signal 15; terminating."},
        {"httpd",   "/var/log/httpd/access_log", "GET",     "16/Oct/2025"                     },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(world_drop) struct world w = {0};
        AUTO(str_drop) struct str text = {0};
        struct server *server = begin(&w);
        str_addn(&text, facts, (size_t)(strstr(facts, "%s") - facts));
        str_addf(&text, "%s%s", rows[i].unit, strstr(facts, "%s") + 2);
        journal_entry(&w, STORY + 155000, "host:RestartService", NULL, text.s);
        write_part(&w, 0, w.journal.n, STORY + 90000000);
        CU_ASSERT(holds(server, rows[i].log, rows[i].last));
        CU_ASSERT_PTR_NULL(strstr(text_of(server, rows[i].log), rows[i].never));
    }
}

static void ssm_keeps_the_script(void)
{
    AUTO(world_drop) struct world w = {0};
    struct server *server = begin(&w);
    struct entry *entry = w.journal.list[w.journal.n - 1];
    struct evidence_task task = task_of(&w);
    struct err e = {0};

    server->instance->id = "i-0123";
    entry->asked = world_keep(&w, json_pack("{s:s}", "command", "useradd x\nsystemctl restart sshd"));
    CU_ASSERT(host_write_scripts(&task, &e));
    const char *path =
        "/var/lib/amazon/ssm/i-0123/document/orchestration/1234-5678/awsrunShellScript/0.awsrunShellScript/_script.sh";
    CU_ASSERT(holds(server, path, "useradd x\nsystemctl restart sshd\n"));
}

static const struct {
    const char *facts, *secure, *audit; /* of a refused login; NULL = nothing */
    unsigned bad_logins;
} refusals[] = {
    {"\"user\":\"root\",\"by\":\"password\",\"known\":true,\"uid\":0,\"reason\":\"bad-password\"",
     "rhost=192.0.2.9  user=root\n",                                                                                                                                                                                              "op=login acct=\"root\" exe=\"/usr/sbin/sshd\" hostname=? addr=192.0.2.9 terminal=ssh res=failed", 1},
    {"\"user\":\"x y\",\"by\":\"password\",\"known\":false,\"reason\":\"bad-password\"",
     "Failed password for invalid user x y from 192.0.2.9 port 4 ssh2\n",                                                                                                                                                         "acct=28696E76616C6964207573657229",                                                               2},
    {"\"user\":\"ec2-user\",\"by\":\"publickey\",\"known\":true,\"uid\":1000,\"reason\":\"no-such-key\"",
     "Connection closed by 192.0.2.9 port 4 [preauth]\n",                                                                                                                                                                         "op=pubkey acct=\"ec2-user\"",                                                                     0},
    {"\"user\":\"ec2-user\",\"by\":\"password\",\"known\":true,\"uid\":1000,\"reason\":\"method-off\"",
     "Connection closed by 192.0.2.9 port 4 [preauth]\n",                                                                                                                                                                         "USER_LOGIN",                                                                                      0},
    {"\"user\":\"bob\",\"by\":\"password\",\"known\":true,\"uid\":1002,\"reason\":\"not-allowed\",\"by_option\":\"AllowUsers\"",
     "User bob from 192.0.2.9 not allowed because not listed in AllowUsers\n",                                                                                                                                                    NULL,                                                                                              0},
    {"\"user\":\"bob\",\"by\":\"password\",\"known\":true,\"uid\":1002,\"reason\":\"not-allowed\",\"by_option\":"
     "\"AllowGroups\"",                                                                                                     "User bob from 192.0.2.9 not allowed because none of user's groups are listed in AllowGroups\n", NULL,                                                                                              0},
    {"\"user\":\"bob\",\"by\":\"password\",\"known\":true,\"uid\":1002,\"reason\":\"denied\",\"by_option\":\"DenyGroups\"",
     "not allowed because a group is listed in DenyGroups\n",                                                                                                                                                                     NULL,                                                                                              0},
    {"\"user\":\"root\",\"by\":\"password\",\"known\":true,\"uid\":0,\"reason\":\"root-login\"",
     "ROOT LOGIN REFUSED FROM 192.0.2.9 port 4\n",                                                                                                                                                                                NULL,                                                                                              0},
    {"\"user\":\"bob\",\"by\":\"publickey\",\"known\":true,\"uid\":1002,\"reason\":\"strict-modes\",\"file\":\"/home/bob/"
     ".ssh\"",                                                                                                              "Authentication refused: bad ownership or modes for file /home/bob/.ssh\n",                      NULL,                                                                                              0},
    {"\"user\":\"bob\\nOct 1 x sshd: Accepted\",\"by\":\"password\",\"known\":false,\"reason\":\"bad-password\"",
     "Invalid user bob#012Oct 1 x sshd: Accepted from 192.0.2.9 port 4\n",                                                                                                                                                        NULL,                                                                                              2},
};

static void refusals_are_told(void)
{
    for (size_t i = 0; i < COUNT(refusals); i++) {
        AUTO(world_drop) struct world w = {0};
        AUTO(str_drop) struct str facts = {0};
        struct server *server = begin(&w);
        w.journal.n = 0;
        str_addf(&facts, "{\"addr\":\"192.0.2.9\",\"port\":4,\"pids\":{\"monitor\":9001,\"preauth\":9002},%s}",
                 refusals[i].facts);
        journal_entry(&w, STORY, "host:LogIn", "PermissionDenied", facts.s);
        write_part(&w, 0, 1, STORY + 60000);
        CU_ASSERT(holds(server, "/var/log/secure", refusals[i].secure));
        CU_ASSERT(!refusals[i].audit || holds(server, "/var/log/audit/audit.log", refusals[i].audit));
        CU_ASSERT_EQUAL(tree_find(&server->tree, "/var/log/btmp")->size, refusals[i].bad_logins * UTMP_SIZE);
        CU_ASSERT_PTR_NULL(strstr(text_of(server, "/var/log/secure"), "session opened"));
        CU_ASSERT_PTR_NULL(strstr(text_of(server, "/var/log/secure"), "\nOct 1 x"));
    }
}

/* auditd.conf: max_log_file = 8, num_logs = 5. */
static void audit_log_is_rotated(void)
{
    AUTO(world_drop) struct world w = {0};
    struct server *server = begin(&w);
    size_t n = w.journal.n, big = (8u << 20) + 100;
    char *old = xmalloc(big);
    const char *log;

    memset(old, 'x', big);
    memcpy(old + big - 46, "\ntype=A msg=audit(1760550000.000:77): pid=1 x\n", 46);
    for (int round = 1; round <= 6; round++) {
        CU_ASSERT_PTR_NOT_NULL(tree_put(&w, &server->tree, "/var/log/audit/audit.log", old, big, STORY + 201000));
        write_part(&w, n - 1, n, STORY + 300000);
        log = text_of(server, "/var/log/audit/audit.log");
        CU_ASSERT(text_starts(log, "type=") && strstr(log, ":78): ") && strlen(log) < 100000);
    }
    CU_ASSERT_EQUAL(tree_find(&server->tree, "/var/log/audit/audit.log.1")->size, big);
    CU_ASSERT_EQUAL(tree_find(&server->tree, "/var/log/audit/audit.log.1")->mode, 0400);
    CU_ASSERT_PTR_NOT_NULL(tree_find(&server->tree, "/var/log/audit/audit.log.4"));
    CU_ASSERT_PTR_NULL(tree_find(&server->tree, "/var/log/audit/audit.log.5"));
    free(old);
}

CU_TestInfo evidence_host_files_tests[] = {
    {"all logs agree",                  all_logs_agree                 },
    {"appending is writing later",      appending_is_writing_later     },
    {"tampering stays",                 tampering_stays                },
    {"a stopped daemon writes nothing", a_stopped_daemon_writes_nothing},
    {"audit.log is rotated",            audit_log_is_rotated           },
    {"SSM keeps the script",            ssm_keeps_the_script           },
    {"refusals are told",               refusals_are_told              },
    {"serials and times rise",          serials_and_times_rise         },
    CU_TEST_INFO_NULL,
};
