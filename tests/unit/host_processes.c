/* SPDX-License-Identifier: MIT */
/* Processes, sessions and services: what kill, pkill and systemctl do, and what is left. */
#include "tests/unit/host_server.h"

struct intruder { /* chaos-user is logged in, the owner acts */
    struct lab_server s;
    struct os_session *session;
};

static bool intruder_open(struct intruder *i)
{
    long owner;

    server_open(&i->s, NULL);
    server_run(
        &i->s,
        "useradd chaos-user; echo chaos-user:coffee123 | chpasswd; sed -i 's/^PasswordAuthentication no/PasswordAuthentication "
        "yes/' /etc/ssh/sshd_config; systemctl restart sshd");
    i->session = find_session(i->s.server, server_login(&i->s, "chaos-user", "coffee123"));
    i->s.session = 0;
    owner = server_login(&i->s, "ec2-user", NULL);
    CU_ASSERT(owner > 0 && i->session != NULL);
    return i->session != NULL;
}

static unsigned processes_of(const struct intruder *i)
{
    unsigned n = 0;

    for (const struct process *p = i->s.server->processes; p; p = p->next)
        n += p->uid == 1001;
    return n;
}

enum target { MONITOR, CHILD, SHELL };

/* What is left after a signal to one of the session's three. */
static void signals(void)
{
    static const struct {
        enum target target;
        const char *signal;
        unsigned left; /* processes of the intruder */
        bool over, noted;
    } rows[] = {
        {CHILD,   "KILL", 0, true,  true },
        {CHILD,   "TERM", 0, true,  true },
        {SHELL,   "KILL", 0, true,  true },
        {SHELL,   "HUP",  0, true,  true },
        {SHELL,   "TERM", 2, false, false},
        {SHELL,   "INT",  2, false, false},
        {MONITOR, "TERM", 0, true,  true },
        {MONITOR, "KILL", 2, false, true },
        {CHILD,   "STOP", 2, false, false},
        {CHILD,   "0",    2, false, false},
        {CHILD,   "CONT", 2, false, false},
    };

    for (size_t k = 0; k < COUNT(rows); k++) {
        struct intruder i;
        struct outcome out;
        const json_t *program;
        int pid;

        if (intruder_open(&i)) {
            pid = rows[k].target == MONITOR ? i.session->monitor_pid
                  : rows[k].target == CHILD ? i.session->child_pid
                                            : i.session->shell_pid;
            out = server_act(&i.s, "host:Kill", json_pack("{s:i,s:s}", "pid", pid, "signal", rows[k].signal));
            CU_ASSERT_PTR_NULL(out.error_code);
            CU_ASSERT_EQUAL(processes_of(&i), rows[k].left);
            CU_ASSERT_EQUAL(i.session->ended_ms != 0, rows[k].over);
            program = json_array_get(json_object_get(out.entry->response, "programs"), 1);
            CU_ASSERT_EQUAL(json_object_get(program, "ended") != NULL, rows[k].noted);
            if (processes_of(&i) != rows[k].left)
                printf("row %zu: %u left\n", k, processes_of(&i));
        }
        server_close(&i.s);
    }
}

static const struct command_row rows[] = {
    {"who | cut -d' ' -f1",                                                                                     "chaos-user\nec2-user\n", "",                                                                                  0},
    {"kill -9 1",                                                                                               "",                       "-bash: kill: (1) - Operation not permitted\n",                                      1},
    {"kill 99999",                                                                                              "",                       "-bash: kill: (99999) - No such process\n",                                          1},
    {"kill x",                                                                                                  "",                       "-bash: kill: x: arguments must be process or job IDs\n",                            1},
    {"kill -FROG 1",                                                                                            "",                       "-bash: kill: FROG: invalid signal specification\n",                                 1},
    {"sudo kill 99999",                                                                                         "",                       "kill: sending signal to 99999 failed: No such process\n",                           1},
    {"sudo kill -9 1; pgrep systemd | head -1",                                                                 "1\n",                    "",                                                                                  0}, /* init takes no KILL */
    {"pkill -u chaos-user",                                                                                     "",                       NULL,                                                                                1},
    {"pkill -u ghost",                                                                                          "",                       "pkill: invalid user name: ghost\n",                                                 2},
    {"pkill",                                                                                                   "",                       "pkill: no matching criteria specified\nTry `pkill --help' for more information.\n", 2},
    {"pgrep -u chaos-user -l | cut -d' ' -f2",                                                                  "sshd\nbash\n",           "",                                                                                  0},
    {"pgrep -f 'chaos-user@'  | wc -l; pgrep -x sshd -c; pgrep nothing",                                        "1\n5\n",                 "",                                                                                  1},
    {"ps -ef | grep -c 'sshd: chaos-[u]ser'; ps -u chaos-user -o pid,comm | wc -l; ps aux | grep -c '^apache'", "2\n3\n5\n",              "",
     0                                                                                                                                                                                                                          },
    {"ps | tail -1 | cut -c7-11; ps -p 1 -o comm; ps 1 | tail -1 | cut -c1-5",
     "pts/1\nCOMMAND        \nsystemd        \n    1\n",                                                                                  "",                                                                                  0},
    {"ps -p 99999; ps --frog",                                                                                  NULL,                     NULL,                                                                                1},
    {"sudo userdel -r chaos-user",                                                                              "",                       NULL,                                                                                8},
    {"sudo pkill -KILL -u chaos-user; who | cut -d' ' -f1; pgrep -u chaos-user",                                "ec2-user\n",             "",                                                                                  1},
    {"sudo userdel -r chaos-user; last | head -2 | cut -c1-37",                                                 NULL,                     "",                                                                                  0},
    {"sudo killall frog",                                                                                       "",                       "frog: no process found\n",                                                          1},
    {"sudo killall -q frog; sudo killall atd; pgrep atd",                                                       "",                       "",                                                                                  1},
    {"who am i | cut -d' ' -f1; who -b | cut -c10-20; uptime | grep -c 'up 10 days, 23:'; w | wc -l",
     "ec2-user\nsystem boot\n1\n3\n",                                                                                                     "",                                                                                  0},
    {"exit",                                                                                                    "",                       "",                                                                                  0},
};

static void lines(void)
{
    struct intruder i;

    if (intruder_open(&i)) {
        run_rows(&i.s, rows, COUNT(rows));
        CU_ASSERT_STRING_EQUAL(server_run(&i.s, "id").error_code, "NoSuchSession");
    }
    server_close(&i.s);
}

static const struct command_row service_rows[] = {
    {"systemctl restart sshd",                                                                                                   "",
     "Failed to restart sshd.service: The name org.freedesktop.PolicyKit1 was not provided by any .service files\nSee system "
     "logs and "
     "'systemctl status sshd.service' for details.\n",                                                                                                                                                        4  },
    {"sudo systemctl restart sshd; systemctl is-active sshd; systemctl is-enabled httpd",                                        "active\nenabled\n", "",                                                     0  },
    {"sudo service sshd restart",                                                                                                "",                  "Redirecting to /bin/systemctl restart sshd.service\n", 0  },
    {"sudo systemctl restart frog",                                                                                              "",                  "Failed to restart frog.service: Unit not found.\n",    5  },
    {"sudo systemctl frog sshd",                                                                                                 "",                  "Unknown operation 'frog'.\n",                          1  },
    {"sudo systemctl stop httpd; systemctl is-active httpd; pgrep -c httpd",                                                     "inactive\n0\n",     "",                                                     1  },
    {"sudo systemctl reload httpd",                                                                                              "",                  "Job for httpd.service invalid.\n",                     1  },
    {"sudo systemctl start httpd; pgrep -c httpd; pgrep -c -u apache",                                                           "6\n5\n",            "",                                                     0  },
    {"systemctl status httpd | head -3 | cut -c1-40",
     "\xe2\x97\x8f httpd.service - The Apache HTTP Serv\n   Loaded: loaded (/usr/lib/systemd/syst\n   Active: active (running) "
     "since Wed 20\n",                                                                                                                                "",                                                     0  },
    {"sudo systemctl stop auditd",                                                                                               "",                  NULL,                                                   4  },
    {"sudo systemctl disable httpd; systemctl is-enabled httpd",                                                                 "disabled\n",
     "Removed symlink /etc/systemd/system/multi-user.target.wants/httpd.service.\n",                                                                                                                          1  },
    {"sudo systemctl enable httpd; systemctl is-enabled httpd",                                                                  "enabled\n",
     "Created symlink from /etc/systemd/system/multi-user.target.wants/httpd.service to "
     "/usr/lib/systemd/system/httpd.service.\n",                                                                                                                                                              0  },
    {"sudo sshd -t; sshd -t; sudo sshd -T -C user=a,addr=b | grep -E '^(passwordauth|usepam)'",
     "passwordauthentication no\nusepam yes\n",                                                                                                       NULL,                                                   0  },
    {"echo 'UsePAM maybe' | sudo tee -a /etc/ssh/sshd_config; sudo sshd -t",                                                     "UsePAM maybe\n",
     "/etc/ssh/sshd_config line 141: unsupported option \"maybe\".\n",                                                                                                                                        255},
    {"sudo systemctl restart sshd",                                                                                              "",
     "Job for sshd.service failed because the control process exited with error code. See \"systemctl status sshd.service\" "
     "and \"journalctl "
     "-xe\" for details.\n",                                                                                                                                                                                  1  },
    {"systemctl is-active sshd; systemctl status sshd | grep Active",
     "inactive\n   Active: activating (auto-restart) (Result: exit-code)\n",                                                                          "",                                                     0  },
    {"sudo sed -i '$d' /etc/ssh/sshd_config; systemctl is-active sshd",                                                          "inactive\n",        "",                                                     3  },
    {"sleep 30; true",                                                                                                           "",                  "",                                                     0  },
    {"systemctl is-active sshd",                                                                                                 "active\n",          "",                                                     0  }, /* 42 s later systemd has tried again */
    {"echo 'UsePAM maybe' | sudo tee -a /etc/ssh/sshd_config > /dev/null; sudo systemctl reload sshd; systemctl is-active sshd",
     "inactive\n",                                                                                                                                    "",                                                     3  },
};

static void services(void)
{
    struct lab_server s;

    server_open(&s, NULL);
    CU_ASSERT(server_login(&s, "ec2-user", NULL) > 0);
    run_rows(&s, service_rows, COUNT(service_rows));
    server_close(&s);
}

static void restart_by_operation(void)
{
    struct lab_server s;
    const json_t *facts;
    struct outcome out;
    int before;

    server_open(&s, NULL);
    server_login(&s, "ec2-user", NULL);
    before = find_daemon(s.server, "sshd")->pid;
    out = server_act(&s, "host:RestartService", json_pack("{s:s}", "service", "sshd"));
    CU_ASSERT_PTR_NULL(out.error_code);
    facts = json_object_get(json_array_get(json_object_get(out.entry->response, "programs"), 1), "services");
    CU_ASSERT_EQUAL(json_int_or(json_array_get(facts, 0), "old_pid", 0), before);
    CU_ASSERT_EQUAL(json_int_or(json_array_get(facts, 1), "new_pid", 0), find_daemon(s.server, "sshd")->pid);
    CU_ASSERT(find_daemon(s.server, "sshd")->pid != before);
    CU_ASSERT_EQUAL(find_session(s.server, s.session)->ended_ms, 0); /* logins live on */
    CU_ASSERT_STRING_EQUAL(server_act(&s, "host:RestartService", json_pack("{s:s}", "service", "frog")).error_code,
                           "NoSuchService");
    CU_ASSERT_STRING_EQUAL(
        server_act(&s, "host:RestartService", json_pack("{s:s,s:s}", "service", "sshd", "action", "frob")).error_code,
        "InvalidParameter");
    server_act(&s, "host:Edit", json_pack("{s:s,s:s}", "file", "/etc/ssh/sshd_config", "text", "Frog yes\n"));
    CU_ASSERT_STRING_EQUAL(server_act(&s, "host:RestartService", json_pack("{s:s}", "service", "sshd")).error_code,
                           "ServiceFailed");
    CU_ASSERT_FALSE(find_daemon(s.server, "sshd")->running);
    CU_ASSERT_STRING_EQUAL(server_act(&s, "host:Kill", json_pack("{s:i}", "pid", 99999)).error_code, "NoSuchProcess");
    CU_ASSERT_STRING_EQUAL(server_act(&s, "host:Kill", json_pack("{s:i,s:s}", "pid", 1, "signal", "FROG")).error_code,
                           "InvalidParameter");
    server_close(&s);
}

CU_TestInfo host_processes_tests[] = {
    {"signals",              signals             },
    {"lines",                lines               },
    {"services",             services            },
    {"restart by operation", restart_by_operation},
    CU_TEST_INFO_NULL
};
