/* SPDX-License-Identifier: MIT */
/* Logging in: the network, sshd's configuration as loaded, passwords, keys; what it leaves in processes and sessions. */
#include "tests/unit/host_server.h"

static const char *tried(struct lab_server *s, const char *user, const char *by, const char *secret, const char *ip)
{
    struct outcome out;
    json_t *params = json_pack("{s:s,s:s}", "user", user, "by", by);
    struct action a = {.time_ms = s->now_ms += 20000, .op = "host:LogIn", .on = "cafe", .params = params, .from = {.ip = ip}};
    const char *reason;

    if (secret)
        json_put_text(params, strcmp(by, "password") == 0 ? "password" : "key", secret);
    a.who.kind = PRINCIPAL_OS;
    a.who.name = user;
    act(&s->w, &a, &out);
    json_decref(params);
    reason = json_str(out.entry->response, "reason");
    return !out.error_code ? "in" : reason ? reason : out.error_code;
}

struct login_row {
    const char *before; /* run as root first; NULL = nothing */
    const char *user, *by, *secret, *ip, *want;
};
#define SOMEWHERE "198.51.100.23"
#define RESTART "systemctl restart sshd"
static const struct login_row rows[] = {
    {NULL,                                                                                                      "ec2-user",   "publickey", OWNER_KEY,                                                                            SOMEWHERE,   "in"            },
    {NULL,                                                                                                      "ec2-user",   "publickey", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x",
     SOMEWHERE,                                                                                                                                                                                                                               "no-such-key"   },
    {NULL,                                                                                                      "ec2-user",   "publickey", NULL,                                                                                 SOMEWHERE,   "no-such-key"   },
    {NULL,                                                                                                      "root",       "publickey", OWNER_KEY,                                                                            SOMEWHERE,   "forced-command"},
    {NULL,                                                                                                      "ghost",      "publickey", OWNER_KEY,                                                                            SOMEWHERE,   "no-such-key"   },
    {"useradd chaos-user; echo chaos-user:coffee123 | chpasswd",                                                "chaos-user", "password",  "coffee123",                                                                          SOMEWHERE,
     "method-off"                                                                                                                                                                                                                                             },
 /* the file alone changes nothing: the daemon has its own copy */
    {"sed -i -e 's/^#PasswordAuthentication yes/PasswordAuthentication yes/' -e 's/^PasswordAuthentication no/#&/' "
     "/etc/ssh/sshd_config",                                                                               "chaos-user", "password",  "coffee123",                                                                          SOMEWHERE,   "method-off"    },
    {RESTART,                                                                                                   "chaos-user", "password",  "coffee123",                                                                          SOMEWHERE,   "in"            },
    {NULL,                                                                                                      "chaos-user", "password",  "coffee124",                                                                          SOMEWHERE,   "bad-password"  },
    {NULL,                                                                                                      "chaos-user", "password",  "",                                                                                   SOMEWHERE,   "bad-password"  },
    {NULL,                                                                                                      "ghost",      "password",  "x",                                                                                  SOMEWHERE,   "bad-password"  },
    {NULL,                                                                                                      "ec2-user",   "password",  "!!",                                                                                 SOMEWHERE,   "bad-password"  },
    {"usermod -L chaos-user",                                                                                   "chaos-user", "password",  "coffee123",                                                                          SOMEWHERE,   "bad-password"  },
    {"usermod -U chaos-user",                                                                                   "chaos-user", "password",  "coffee123",                                                                          SOMEWHERE,   "in"            },
    {"usermod -s /sbin/nologin chaos-user",                                                                     "chaos-user", "password",  "coffee123",                                                                          SOMEWHERE,   "nologin-shell" },
    {"usermod -s /bin/nosh chaos-user",                                                                         "chaos-user", "password",  "coffee123",                                                                          SOMEWHERE,   "no-shell"      },
    {"usermod -s /bin/bash -e 2020-01-01 chaos-user",                                                           "chaos-user", "password",  "coffee123",                                                                          SOMEWHERE,   "expired"       },
    {"usermod -e '' chaos-user; touch /etc/nologin",                                                            "chaos-user", "password",  "coffee123",                                                                          SOMEWHERE,   "nologin-file"  },
    {"rm /etc/nologin; echo 'DenyUsers chaos-*' >> /etc/ssh/sshd_config; " RESTART,                             "chaos-user", "password",  "coffee123",
     SOMEWHERE,                                                                                                                                                                                                                               "denied"        },
    {NULL,                                                                                                      "ec2-user",   "publickey", OWNER_KEY,                                                                            SOMEWHERE,   "in"            },
    {"sed -i 's/^DenyUsers.*/AllowUsers ec2-user@192.0.2.0\\/24/' /etc/ssh/sshd_config; " RESTART,              "ec2-user",   "publickey",
     OWNER_KEY,                                                                                                                                                                                                                  SOMEWHERE,   "not-allowed"   },
    {NULL,                                                                                                      "ec2-user",   "publickey", OWNER_KEY,                                                                            "192.0.2.7", "in"            },
    {"sed -i '/^AllowUsers/d' /etc/ssh/sshd_config; echo 'PermitRootLogin no' >> /etc/ssh/sshd_config; echo root:toor | "
     "chpasswd; " RESTART,
     "root",                                                                                                                  "password",  "toor",                                                                               SOMEWHERE,   "root-login"    },
    {"sed -i 's/^PermitRootLogin no/PermitRootLogin yes/' /etc/ssh/sshd_config; " RESTART,                      "root",       "password",  "toor",
     SOMEWHERE,                                                                                                                                                                                                                               "in"            },
    {"printf 'Match Address 198.51.100.0/24\\nPasswordAuthentication no\\n' >> /etc/ssh/sshd_config; " RESTART, "root",
     "password",                                                                                                                           "toor",                                                                               SOMEWHERE,   "method-off"    },
    {NULL,                                                                                                      "root",       "password",  "toor",                                                                               "192.0.2.7", "in"            },
    {"chmod 777 /home/ec2-user",                                                                                "ec2-user",   "publickey", OWNER_KEY,                                                                            SOMEWHERE,   "strict-modes"  },
    {"chmod 700 /home/ec2-user; sed -i 's/^/from=\"192.0.2.0\\/24\" /' /home/ec2-user/.ssh/authorized_keys",    "ec2-user",
     "publickey",                                                                                                                          OWNER_KEY,                                                                            SOMEWHERE,   "no-such-key"   },
    {NULL,                                                                                                      "ec2-user",   "publickey", OWNER_KEY,                                                                            "192.0.2.7", "in"            },
    {"sed -i 's/^Authorized/Pubkey&/' /etc/ssh/sshd_config; " RESTART,                                          "ec2-user",   "publickey", OWNER_KEY,                                                                            "192.0.2.7",
     "ConnectionRefused"                                                                                                                                                                                                                                      },
};

static void who_gets_in(void)
{
    struct lab_server s;

    server_open(&s, NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got, *why, *refusal;
        struct login_try try = {rows[i].user, rows[i].by, NULL, NULL, rows[i].ip};

        if (rows[i].before)
            server_run(&s, rows[i].before);
        *(strcmp(rows[i].by, "password") == 0 ? &try.password : &try.key) = rows[i].secret;
        refusal = host_login_refusal(&s.w, s.server, &try, &why);
        CU_ASSERT(refusal ? text_same(why, rows[i].want) : strcmp(rows[i].want, "in") == 0);
        got = tried(&s, rows[i].user, rows[i].by, rows[i].secret, rows[i].ip);
        CU_ASSERT_STRING_EQUAL(got, rows[i].want);
        if (strcmp(got, rows[i].want) != 0)
            printf("row %zu (%s): %s, expected %s\n", i, rows[i].before ? rows[i].before : "", got, rows[i].want);
    }
    server_close(&s);
}

static void the_network(void)
{
    struct lab_server s;

    server_open(&s, NULL);
    s.rule.cidr4 = "192.0.2.7/32";
    CU_ASSERT_STRING_EQUAL(tried(&s, "ec2-user", "publickey", OWNER_KEY, SOMEWHERE), "ConnectionTimedOut");
    CU_ASSERT_STRING_EQUAL(tried(&s, "ec2-user", "publickey", OWNER_KEY, "192.0.2.7"), "in");
    s.rule.to_port = s.rule.from_port = 80;
    CU_ASSERT_STRING_EQUAL(tried(&s, "ec2-user", "publickey", OWNER_KEY, "192.0.2.7"), "ConnectionTimedOut");
    s.rule.to_port = 80, s.rule.from_port = 0;
    CU_ASSERT_STRING_EQUAL(tried(&s, "ec2-user", "publickey", OWNER_KEY, "192.0.2.7"), "in");
    s.instance.state = "stopped";
    CU_ASSERT_STRING_EQUAL(tried(&s, "ec2-user", "publickey", OWNER_KEY, "192.0.2.7"), "ConnectionTimedOut");
    CU_ASSERT_STRING_EQUAL(tried(&s, "ec2-user", "smoke", NULL, "192.0.2.7"), "InvalidParameter");
    server_close(&s);
}

static void a_session(void)
{
    struct lab_server s;
    struct os_session *session;
    const json_t *response;

    server_open(&s, NULL);
    session = find_session(s.server, server_login(&s, "ec2-user", NULL));
    CU_ASSERT_PTR_NOT_NULL(session);
    if (!session)
        return;
    CU_ASSERT_STRING_EQUAL(session->tty, "pts/0");
    CU_ASSERT_STRING_EQUAL(find_process(s.server, session->monitor_pid)->title, "sshd: ec2-user [priv]");
    CU_ASSERT_STRING_EQUAL(find_process(s.server, session->child_pid)->title, "sshd: ec2-user@pts/0");
    CU_ASSERT_EQUAL(find_process(s.server, session->shell_pid)->ppid, session->child_pid);
    CU_ASSERT(session->monitor_pid < session->child_pid && session->child_pid < session->shell_pid);
    response = s.w.journal.list[s.w.journal.n - 1]->response;
    CU_ASSERT_STRING_EQUAL(json_str_or(json_object_get(response, "key"), "type", ""), "ED25519");
    CU_ASSERT(text_starts(json_str_or(json_object_get(response, "key"), "fingerprint", ""), "SHA256:"));
    CU_ASSERT_EQUAL(json_int_or(response, "listener", 0), find_daemon(s.server, "sshd")->pid);
    CU_ASSERT_PTR_NULL(server_act(&s, "host:LogOut", json_object()).error_code);
    CU_ASSERT(session->ended_ms > 0);
    CU_ASSERT_PTR_NULL(find_process(s.server, session->shell_pid));
    CU_ASSERT_STRING_EQUAL(server_act(&s, "host:LogOut", json_object()).error_code, "NoSuchSession");
    CU_ASSERT_STRING_EQUAL(server_run(&s, "id").error_code, "NoSuchSession");
    server_close(&s);
}

static void by_ssm(void)
{
    struct lab_server s;
    struct outcome out;
    struct os_session *session;

    server_open(&s, NULL);
    s.group.rules = NULL; /* SSM needs no way in */
    out = server_act(&s, "host:LogIn", json_pack("{s:s,s:s}", "user", "ssm-user", "by", "ssm"));
    CU_ASSERT_PTR_NULL(out.error_code);
    session = find_session(s.server, (long)json_int_or(out.reply, "session", 0));
    CU_ASSERT_PTR_NOT_NULL(session);
    s.session = session ? session->number : 0;
    run_rows(&s,
             (const struct command_row[]){
                 {"whoami; sudo whoami", "ssm-user\nroot\n", "", 0},
                 {"who",                 "",                 "", 0}
    },
             2);
    out = server_act(&s, "host:LogIn", json_pack("{s:s,s:s}", "user", "ghost", "by", "ssm"));
    CU_ASSERT_STRING_EQUAL(out.error_code, "NoSuchUser");
    server_run(&s, "sudo systemctl stop amazon-ssm-agent");
    out = server_act(&s, "host:LogIn", json_pack("{s:s,s:s}", "user", "ssm-user", "by", "ssm"));
    CU_ASSERT_STRING_EQUAL(out.error_code, "TargetNotConnected");
    server_close(&s);
}

CU_TestInfo host_login_tests[] = {
    {"who gets in", who_gets_in},
    {"the network", the_network},
    {"a session",   a_session  },
    {"by SSM",      by_ssm     },
    CU_TEST_INFO_NULL
};
