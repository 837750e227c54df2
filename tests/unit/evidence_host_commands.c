/* SPDX-License-Identifier: MIT */
/* What each kind of command and happening leaves in which log. */
#include "evidence_host.inc"

static const struct {
    const char *op, *facts;
    struct {
        const char *log, *text;
    } must[5];
} rows[] = {
    {"host:Run",
     "{\"session\":108,\"user\":\"ec2-user\",\"uid\":1000,\"gid\":1000,\"tty\":\"pts/"
     "0\",\"programs\":[{\"pid\":9100,\"ppid\":9044,\"at\":1760550250000,\"until\":1760550250900,\"exit\":0,\"cwd\":\"/home/"
     "ec2-user\",\"uid\":0,\"gid\":0,\"auid\":1000,\"ses\":108,\"tty\":\"pts/0\",\"comm\":\"sudo\",\"exe\":\"/usr/bin/"
     "sudo\",\"sudo\":{\"user\":\"ec2-user\",\"runas\":\"root\",\"command\":\"/bin/ls\",\"allowed\":false,\"reason\":\"user "
     "NOT in sudoers\"}}]}",                                                                                 {{"/var/log/secure",
       "sudo: ec2-user : user NOT in sudoers ; TTY=pts/0 ; PWD=/home/ec2-user ; USER=root ; COMMAND=/bin/ls\n"},
      {"/var/log/audit/audit.log",
       "uid=1000 auid=1000 ses=108 msg='cwd=\"/home/ec2-user\" cmd=\"/bin/ls\" terminal=pts/0 res=failed'"}}                                                                                        },
    {"host:Run",
     "{\"session\":108,\"user\":\"ec2-user\",\"uid\":1000,\"gid\":1000,\"tty\":\"pts/"
     "0\",\"programs\":[{\"pid\":9100,\"ppid\":9044,\"at\":1760550250000,\"until\":1760550250900,\"exit\":0,\"cwd\":\"/home/"
     "ec2-user\",\"uid\":0,\"gid\":0,\"auid\":1000,\"ses\":108,\"tty\":\"?\",\"comm\":\"sudo\",\"exe\":\"/usr/bin/"
     "sudo\",\"sudo\":{\"user\":\"root\",\"runas\":\"apache\",\"command\":\"/bin/ls\",\"allowed\":true}}]}", {{"/var/log/secure", "sudo:     root : TTY=unknown ; PWD=/home/ec2-user ; USER=apache ; COMMAND=/bin/ls\n"},
      {"/var/log/secure", "session opened for user apache by root(uid=0)\n"},
      {"/var/log/audit/audit.log", "cmd=\"/bin/ls\" terminal=? res=success'"}}                                      },
    {"host:Run",
     "{\"session\":108,\"user\":\"ec2-user\",\"uid\":1000,\"gid\":1000,\"tty\":\"pts/"
     "0\",\"programs\":[{\"pid\":9100,\"ppid\":9044,\"at\":1760550250000,\"until\":1760550250900,\"exit\":0,\"cwd\":\"/home/"
     "ec2-user\",\"uid\":0,\"gid\":0,\"auid\":1000,\"ses\":108,\"tty\":\"pts/0\",\"comm\":\"passwd\",\"exe\":\"/usr/bin/"
     "passwd\",\"accounts\":[{\"does\":\"change-password\",\"name\":\"bob\",\"uid\":1002}]}]}",              {{"/var/log/secure", " passwd: pam_unix(passwd:chauthtok): password changed for bob\n"},
      {"/var/log/audit/audit.log", "op=change password id=1002 exe=\"/usr/bin/passwd\""},
      {"/var/log/audit/audit.log", "op=PAM:chauthtok grantors=pam_unix acct=\"bob\""}}                                           },
    {"host:Run",
     "{\"session\":108,\"user\":\"ec2-user\",\"uid\":1000,\"gid\":1000,\"tty\":\"pts/"
     "0\",\"programs\":[{\"pid\":9100,\"ppid\":9044,\"at\":1760550250000,\"until\":1760550250900,\"exit\":0,\"cwd\":\"/home/"
     "ec2-user\",\"uid\":0,\"gid\":0,\"auid\":1000,\"ses\":108,\"tty\":\"pts/0\",\"comm\":\"chpasswd\",\"exe\":\"/usr/sbin/"
     "chpasswd\",\"accounts\":[{\"does\":\"change-password\",\"name\":\"bob\",\"uid\":1002}]}]}",            {{"/var/log/secure", " chpasswd[9100]: pam_unix(chpasswd:chauthtok): password changed for bob\n"}}                 },
    {"host:Run",
     "{\"session\":108,\"user\":\"ec2-user\",\"uid\":1000,\"gid\":1000,\"tty\":\"pts/"
     "0\",\"programs\":[{\"pid\":9100,\"ppid\":9044,\"at\":1760550250000,\"until\":1760550250900,\"exit\":0,\"cwd\":\"/home/"
     "ec2-user\",\"uid\":0,\"gid\":0,\"auid\":1000,\"ses\":108,\"tty\":\"pts/0\",\"comm\":\"userdel\",\"exe\":\"/usr/sbin/"
     "userdel\",\"accounts\":[{\"does\":\"delete-user\",\"name\":\"bob\",\"uid\":1002,\"gid\":1002},{\"does\":\"delete-group\","
     "\"name\":\"bob\",\"group\":\"bob\",\"gid\":1002},{\"does\":\"delete-from-group\",\"name\":\"bob\",\"group\":\"wheel\","
     "\"uid\":1002}]}]}",                                                                                    {{"/var/log/secure", "userdel[9100]: delete user 'bob'\n"},
      {"/var/log/secure", "userdel[9100]: removed group 'bob' owned by 'bob'\n"},
      {"/var/log/secure", "delete 'bob' from group 'wheel'\n"},
      {"/var/log/audit/audit.log", "DEL_USER msg=audit("},
      {"/var/log/audit/audit.log", "op=delete-user-from-group grp=\"wheel\" acct=\"bob\""}}                                                                                                            },
    {"host:Run",
     "{\"session\":108,\"user\":\"ec2-user\",\"uid\":1000,\"gid\":1000,\"tty\":\"pts/"
     "0\",\"programs\":[{\"pid\":9100,\"ppid\":9044,\"at\":1760550250000,\"until\":1760550250900,\"exit\":0,\"cwd\":\"/home/"
     "ec2-user\",\"uid\":0,\"gid\":0,\"auid\":1000,\"ses\":108,\"tty\":\"pts/0\",\"comm\":\"userdel\",\"exe\":\"/usr/sbin/"
     "userdel\",\"accounts\":[{\"does\":\"delete-user\",\"name\":\"bob\",\"uid\":1002,\"result\":\"failed\",\"reason\":\"in-"
     "use\"},{\"does\":\"fly\",\"name\":\"bob\"}]}]}",                                                       {{"/var/log/audit/audit.log", "op=delete-user acct=\"bob\" exe=\"/usr/sbin/userdel\" "
                                   "hostname=ip-172-31-20-7.us-west-2.compute.internal addr=? terminal=pts/0 res=failed'"}}                                               },
    {"host:Run",
     "{\"session\":108,\"user\":\"ec2-user\",\"uid\":1000,\"gid\":1000,\"tty\":\"pts/"
     "0\",\"programs\":[{\"pid\":9100,\"ppid\":9044,\"at\":1760550250000,\"until\":1760550250900,\"exit\":0,\"cwd\":\"/home/"
     "ec2-user\",\"uid\":0,\"gid\":0,\"auid\":1000,\"ses\":108,\"tty\":\"?\",\"comm\":\"usermod\",\"exe\":\"/usr/sbin/"
     "usermod\",\"accounts\":[{\"does\":\"change-shell\",\"name\":\"bob\",\"uid\":1002,\"shell\":\"/sbin/"
     "nologin\"},{\"does\":\"change-uid\",\"name\":\"bob\",\"uid\":1003}]}]}",                               {{"/var/log/secure", "usermod[9100]: change user 'bob' shell to '/sbin/nologin'\n"},
      {"/var/log/secure", "change user 'bob' UID to '1003'\n"},
      {"/var/log/audit/audit.log",
       "op=changing-shell id=1002 exe=\"/usr/sbin/usermod\" hostname=? addr=? terminal=? res=success'"}}                                          },
    {"host:RestartService",
     "{\"session\":108,\"user\":\"ec2-user\",\"uid\":1000,\"gid\":1000,\"tty\":\"pts/"
     "0\",\"programs\":[{\"pid\":9100,\"ppid\":9044,\"at\":1760550250000,\"until\":1760550250900,\"exit\":0,\"cwd\":\"/home/"
     "ec2-user\",\"uid\":0,\"gid\":0,\"auid\":1000,\"ses\":108,\"tty\":\"pts/"
     "0\",\"comm\":\"systemctl\",\"services\":[{\"unit\":\"sshd\",\"does\":\"stop\",\"result\":\"success\",\"description\":"
     "\"OpenSSH server "
     "daemon\",\"old_pid\":9065,\"at\":1760550250010},{\"unit\":\"sshd\",\"does\":\"start\",\"result\":\"failed\","
     "\"description\":\"OpenSSH server daemon\",\"main_exit\":255,\"complaint\":\"/etc/ssh/sshd_config: line 41: Bad "
     "configuration option: x\",\"at\":1760550250020}]}]}",                                                  {{"/var/log/messages", "sshd: /etc/ssh/sshd_config: line 41: Bad configuration option: x\n"},
      {"/var/log/messages", "systemd: sshd.service: main process exited, code=exited, status=255/n/a\n"},
      {"/var/log/messages", "systemd: Failed to start OpenSSH server daemon.\n"},
      {"/var/log/messages", "systemd: sshd.service failed.\n"},
      {"/var/log/audit/audit.log",
       "unit=sshd comm=\"systemd\" exe=\"/usr/lib/systemd/systemd\" hostname=? addr=? terminal=? res=failed'"}}                                                      },
    {"host:RestartService",
     "{\"session\":108,\"user\":\"ec2-user\",\"uid\":1000,\"gid\":1000,\"tty\":\"pts/"
     "0\",\"programs\":[{\"pid\":9100,\"ppid\":9044,\"at\":1760550250000,\"until\":1760550250900,\"exit\":0,\"cwd\":\"/home/"
     "ec2-user\",\"uid\":0,\"gid\":0,\"auid\":1000,\"ses\":108,\"tty\":\"pts/"
     "0\",\"comm\":\"systemctl\",\"services\":[{\"unit\":\"sshd\",\"does\":\"reload\",\"result\":\"success\",\"description\":"
     "\"OpenSSH server "
     "daemon\",\"old_pid\":9065,\"new_pid\":9065},{\"unit\":\"httpd\",\"does\":\"reload\",\"result\":\"success\","
     "\"description\":\"The Apache HTTP Server\",\"old_pid\":2185}]}]}",                                     {{"/var/log/secure", "sshd[9065]: Received SIGHUP; restarting.\n"},
      {"/var/log/messages", "Reloaded The Apache HTTP Server.\n"},
      {"/var/log/httpd/error_log", "AH00171: Graceful restart requested, doing restart\n"}}                                                             },
    {"host:RestartService",
     "{\"session\":108,\"user\":\"ec2-user\",\"uid\":1000,\"gid\":1000,\"tty\":\"pts/"
     "0\",\"programs\":[{\"pid\":9100,\"ppid\":9044,\"at\":1760550250000,\"until\":1760550250900,\"exit\":0,\"cwd\":\"/home/"
     "ec2-user\",\"uid\":0,\"gid\":0,\"auid\":1000,\"ses\":108,\"tty\":\"pts/"
     "0\",\"comm\":\"systemctl\",\"services\":[{\"unit\":\"httpd\",\"does\":\"stop\",\"result\":\"success\",\"description\":"
     "\"The Apache HTTP "
     "Server\",\"old_pid\":2185,\"at\":1760550250010},{\"unit\":\"httpd\",\"does\":\"start\",\"result\":\"success\","
     "\"description\":\"The Apache HTTP Server\",\"new_pid\":9200,\"at\":1760550250100}]}]}",                {{"/var/log/httpd/error_log", "[Wed Oct 15 17:44:10.012029 2025] [mpm_prefork:notice] [pid 2185] AH00170: caught "
                                   "SIGWINCH, shutting down gracefully\n"},
      {"/var/log/httpd/error_log", "[pid 9200] AH00163: Apache/2.4.62 () configured -- resuming normal operations\n"},
      {"/var/log/messages", "systemd: Stopped The Apache HTTP Server.\n"}}                                                         },
    {"host:Kill",
     "{\"session\":108,\"user\":\"ec2-user\",\"uid\":1000,\"gid\":1000,\"tty\":\"pts/"
     "0\",\"programs\":[{\"pid\":9100,\"ppid\":9044,\"at\":1760550250000,\"until\":1760550250900,\"exit\":0,\"cwd\":\"/home/"
     "ec2-user\",\"uid\":0,\"gid\":0,\"auid\":1000,\"ses\":108,\"tty\":\"pts/"
     "0\",\"comm\":\"kill\",\"signals\":[{\"pid\":9041,\"signal\":9,\"comm\":\"sshd\"}],\"ended\":[{\"session\":109,\"user\":"
     "\"chaos-user\",\"uid\":1001,\"by\":\"password\",\"addr\":\"198.51.100.23\",\"port\":51560,\"tty\":\"pts/"
     "1\",\"pids\":{\"monitor\":9041,\"child\":9043,\"shell\":9044},\"how\":\"child-killed\"}]}]}",          {{"/var/log/secure", "sshd[9041]: pam_unix(sshd:session): session closed for user chaos-user\n"},
      {"/var/log/messages", "systemd-logind: Removed session 109.\n"},
      {"/var/log/audit/audit.log",
       "op=login id=1001 exe=\"/usr/sbin/sshd\" hostname=198.51.100.23 addr=198.51.100.23 terminal=/dev/pts/1 res=success'"}}},
    {"host:LogIn",
     "{\"user\":\"ssm-user\",\"by\":\"ssm\",\"uid\":1002,\"gid\":1002,\"session\":5,\"tty\":\"pts/"
     "2\",\"pids\":{\"monitor\":9300,\"shell\":9302},\"created\":{\"ssm-user\":{\"uid\":1002}}}",            {{"/var/log/amazon/ssm/amazon-ssm-agent.log", "[ssm-user] session worker started\n"},
      {"/var/log/secure",
       "useradd[9301]: new user: name=ssm-user, UID=1002, GID=1002, home=/home/ssm-user, shell=/bin/bash\n"}}                  },
    {"host:Run",
     "{\"user\":\"root\",\"uid\":0,\"gid\":0,\"commandId\":\"c-1\",\"documentName\":\"AWS-RunShellScript\",\"exit\":2,"
     "\"programs\":[]}",                                                                                     {{"/var/log/amazon/ssm/errors.log", "[c-1] failed to run commands: exit status 2\n"}}                              },
};

static void each_leaves_its_traces(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(world_drop) struct world w = {0};
        struct server *server = begin(&w);
        struct evidence_task task = task_of(&w);
        struct err e = {0};
        journal_entry(&w, STORY + 250000, rows[i].op, NULL, rows[i].facts);
        CU_ASSERT(host_write_logs(&task, &e));
        for (size_t k = 0; k < COUNT(rows[i].must) && rows[i].must[k].log; k++)
            CU_ASSERT(holds(server, rows[i].must[k].log, rows[i].must[k].text));
    }
}

/* After `kill -9` of sshd's monitor nobody closes the session: no line, no record of wtmp. */
static void a_dead_monitor_closes_nothing(void)
{
    static const char facts[] =
        "{\"programs\":[{\"pid\":1,\"at\":1760550250000,\"ended\":[{\"session\":109,\"user\":\"chaos-user\",\"uid\":1001,"
        "\"by\":\"password\",\"addr\":\"198.51.100.23\",\"port\":51560,\"tty\":\"pts/1\",\"pids\":{\"monitor\":9041},\"how\":"
        "\"monitor-killed\"}]}]}";
    AUTO(world_drop) struct world w = {0};
    struct server *server = begin(&w);
    struct evidence_task task = task_of(&w);
    struct err e = {0};

    journal_entry(&w, STORY + 250000, "host:Kill", NULL, facts);
    CU_ASSERT(host_write_logs(&task, &e));
    CU_ASSERT_PTR_NULL(strstr(text_of(server, "/var/log/secure"), "session closed for user chaos-user"));
    CU_ASSERT_PTR_NULL(strstr(text_of(server, "/var/log/messages"), "Removed session 109."));
}

static void an_old_instance_has_booted_before(void)
{
    AUTO(world_drop) struct world w = {0};
    struct server *server = begin(&w);
    struct evidence_task task = task_of(&w);
    struct utmp_record r;
    struct err e = {0};
    size_t pos = 0;
    static const char *const users[] = {"reboot", "runlevel", "shutdown", "reboot"};

    server->instance->launched_ms = BOOT - 40 * (int64_t)86400000;
    CU_ASSERT(host_write_logs(&task, &e));
    const struct file *wtmp = tree_find(&server->tree, "/var/log/wtmp");
    for (size_t i = 0; i < COUNT(users); i++)
        CU_ASSERT(utmp_read(wtmp->data, wtmp->size, &pos, &r) && text_same(r.user, users[i]));
}

CU_TestInfo evidence_host_commands_tests[] = {
    {"each leaves its traces",            each_leaves_its_traces           },
    {"a dead monitor closes nothing",     a_dead_monitor_closes_nothing    },
    {"an old instance has booted before", an_old_instance_has_booted_before},
    CU_TEST_INFO_NULL,
};
