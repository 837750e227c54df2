/* SPDX-License-Identifier: MIT */
/* sshd's configuration: what counts for whom, and what is rejected, in sshd's words (the real one is asked in tests/real). */
#include "sim/host/sshd.h"

#include <CUnit/CUnit.h>

static const struct sshd_client bob = {"bob", "192.0.2.7", "h.example", "10.0.1.23", 22};

static const struct {
    const char *config, *keyword, *value; /* value NULL: rejected, and keyword is why */
} rows[] = {
    {"",                                                                        "passwordauthentication",                                                              "yes"                                  },
    {"",                                                                        "PermitRootLogin",                                                                     "without-password"                     },
    {"PasswordAuthentication no\nPasswordAuthentication yes\n",                 "passwordauthentication",                                                              "no"                                   },
    {"  passwordAUTHENTICATION = \"no\" # never\n",                             "passwordauthentication",                                                              "no"                                   },
    {"#PasswordAuthentication no\n",                                            "passwordauthentication",                                                              "yes"                                  },
    {"ChallengeResponseAuthentication no",                                      "kbdinteractiveauthentication",                                                        "no"                                   },
    {"PermitRootLogin prohibit-password",                                       "permitrootlogin",                                                                     "without-password"                     },
    {"PasswordAuthentication no\nMatch User bob\nPasswordAuthentication yes\n", "passwordauthentication",                                                              "yes"                                  },
    {"Match User alice\nPasswordAuthentication no\n",                           "passwordauthentication",                                                              "yes"                                  },
    {"Match User *,!bob\nPasswordAuthentication no\n",                          "passwordauthentication",                                                              "yes"                                  },
    {"Match Address 192.0.2.0/24\nPasswordAuthentication no\n",                 "passwordauthentication",                                                              "no"                                   },
    {"Match Address 192.0.2.*\nPasswordAuthentication no\n",                    "passwordauthentication",                                                              "no"                                   },
    {"Match Address !192.0.2.7,192.0.2.0/24\nPasswordAuthentication no\n",      "passwordauthentication",                                                              "yes"                                  },
    {"Match Group wheel\nPasswordAuthentication no\n",                          "passwordauthentication",                                                              "no"                                   },
    {"Match Group bob\nPasswordAuthentication no\n",                            "passwordauthentication",                                                              "no"                                   },
    {"Match Group !wheel,*\nPasswordAuthentication no\n",                       "passwordauthentication",                                                              "yes"                                  },
    {"Match Host *.EXAMPLE\nPasswordAuthentication no\n",                       "passwordauthentication",                                                              "no"                                   },
    {"Match LocalPort 22 LocalAddress 10.0.0.0/8\nPasswordAuthentication no\n", "passwordauthentication",                                                              "no"                                   },
    {"Match LocalPort 2222\nPasswordAuthentication no\n",                       "passwordauthentication",                                                              "yes"                                  },
    {"Match rdomain x\nPasswordAuthentication no\n",                            "passwordauthentication",                                                              "yes"                                  },
    {"Match all\nPasswordAuthentication no\n",                                  "passwordauthentication",                                                              "no"                                   },
    {"Include inc.conf\nPasswordAuthentication yes\n",                          "passwordauthentication",                                                              "no"                                   },
    {"Include /etc/ssh/*.conf nothing*\n",                                      "maxauthtries",                                                                        "4"                                    },
    {"Match User alice\nInclude inc.conf\nMatch User bob\nMaxSessions 1\n",     "maxsessions",                                                                         "1"                                    },
    {"Match User alice\nInclude blocks\n",                                      "maxsessions",                                                                         "10"                                   },
    {"AllowUsers a b\nAllowUsers c@192.0.2.0/24\n",                             "allowusers",                                                                          "a b c@192.0.2.0/24"                   },
    {"AllowUsers a\nMatch all\nAllowUsers b\n",                                 "allowusers",                                                                          "b"                                    },
    {"AllowUsers a\nMatch User bob\nAllowUsers b\n",                            "allowusers",                                                                          "b"                                    },
    {"DenyGroups x \"y z\"\n",                                                  "denygroups",                                                                          "x y z"                                },
    {"",                                                                        "denyusers",                                                                           ""                                     },
    {"AuthorizedKeysFile a b\nAuthorizedKeysFile c\n",                          "authorizedkeysfile",                                                                  "a b"                                  },
    {"AuthenticationMethods publickey,password publickey\n",                    "authenticationmethods",                                                               "publickey,password publickey"         },
    {"LoginGraceTime 1h30m",                                                    "logingracetime",                                                                      "5400"                                 },
    {"ClientAliveInterval 1w2d3",                                               "clientaliveinterval",                                                                 "777603"                               },
    {"MaxAuthTries 3",                                                          "maxauthtries",                                                                        "3"                                    },
    {"Port 22\nPort 2222",                                                      "port",                                                                                "22 2222"                              },
    {"ForceCommand echo \"a  b\" # c",                                          "forcecommand",                                                                        "echo \"a  b\" # c"                    },
    {"AcceptEnv A B\nAcceptEnv C",                                              "acceptenv",                                                                           "A B C"                                },
    {"Banner 'a b'",                                                            "banner",                                                                              "a b"                                  },
    {"Subsystem sftp /usr/libexec/sftp-server -l INFO",                         "subsystem",                                                                           "sftp /usr/libexec/sftp-server -l INFO"},
    {"Compression delayed",                                                     "compression",                                                                         "yes"                                  },
    {"AllowTcpForwarding local",                                                "allowtcpforwarding",                                                                  "local"                                },
    {"AuthorizedKeysCommand /bin/x %u\nAuthorizedKeysCommandUser nobody",       "authorizedkeyscommand",                                                               "/bin/x %u"                            },
    {"UseLogin yes\nProtocol 2\nRSAAuthentication x",                           "usedns",                                                                              "no"                                   },
    {"PasswordAuthentication maybe",                                            "/etc/ssh/sshd_config line 1: unsupported option \"maybe\".",                          NULL                                   },
    {"\nPaswordAuthentication no",                                              "/etc/ssh/sshd_config: line 2: Bad configuration option: PaswordAuthentication",       NULL                                   },
    {"PasswordAuthentication",                                                  "/etc/ssh/sshd_config line 1: no argument after keyword \"PasswordAuthentication\"",   NULL                                   },
    {"PasswordAuthentication \"no",                                             "/etc/ssh/sshd_config line 1: invalid quotes",                                         NULL                                   },
    {"PasswordAuthentication \"\"",                                             "/etc/ssh/sshd_config line 1: missing argument.",                                      NULL                                   },
    {"PasswordAuthentication no no",
     "/etc/ssh/sshd_config line 1: keyword PasswordAuthentication extra arguments at end of line",                                                                     NULL                                   },
    {"Match User x\nUsePAM yes",                                                "/etc/ssh/sshd_config line 2: Directive 'UsePAM' is not allowed within a Match block", NULL                                   },
    {"Match Frog x",                                                            "/etc/ssh/sshd_config line 1: Unsupported Match attribute Frog",                       NULL                                   },
    {"Match User",                                                              "/etc/ssh/sshd_config line 1: Missing Match criteria for User",                        NULL                                   },
    {"Match User bob all",                                                      "/etc/ssh/sshd_config line 1: 'all' cannot be combined with other Match attributes",   NULL                                   },
    {"Match Address 10.0.0.1/8",                                                "/etc/ssh/sshd_config line 1: Invalid Match address argument '10.0.0.1/8'",            NULL                                   },
    {"Match LocalPort x",                                                       "/etc/ssh/sshd_config line 1: Invalid LocalPort 'x' on Match line",                    NULL                                   },
    {"Match # nothing",                                                         "/etc/ssh/sshd_config line 1: One or more attributes required for Match",              NULL                                   },
    {"AllowUsers a@10.0.0.1/8",                                                 "/etc/ssh/sshd_config line 1: invalid AllowUsers pattern: \"a@10.0.0.1/8\"",           NULL                                   },
    {"AllowUsers # x",                                                          "/etc/ssh/sshd_config line 1: no AllowUsers specified",                                NULL                                   },
    {"MaxAuthTries x",                                                          "/etc/ssh/sshd_config line 1: MaxAuthTries integer value invalid.",                    NULL                                   },
    {"MaxAuthTries #",                                                          "/etc/ssh/sshd_config line 1: MaxAuthTries integer value missing.",                    NULL                                   },
    {"LoginGraceTime 1x",                                                       "/etc/ssh/sshd_config line 1: invalid time value.",                                    NULL                                   },
    {"LoginGraceTime #",                                                        "/etc/ssh/sshd_config line 1: missing time value.",                                    NULL                                   },
    {"Port 0",                                                                  "/etc/ssh/sshd_config line 1: Badly formatted port number.",                           NULL                                   },
    {"PermitTunnel YES",                                                        "/etc/ssh/sshd_config line 1: bad PermitTunnel argument YES",                          NULL                                   },
    {"AcceptEnv A=B",                                                           "/etc/ssh/sshd_config line 1: Invalid environment name.",                              NULL                                   },
    {"AuthenticationMethods smoke",                                             "/etc/ssh/sshd_config line 1: invalid AuthenticationMethods method list.",             NULL                                   },
    {"AuthenticationMethods publickey any",                                     "/etc/ssh/sshd_config line 1: \"any\" must appear alone in AuthenticationMethods",
     NULL                                                                                                                                                                                                     },
    {"AuthenticationMethods password\nPasswordAuthentication no",
     "AuthenticationMethods cannot be satisfied by enabled authentication methods",                                                                                    NULL                                   },
    {"AuthorizedKeysCommand x",                                                 "/etc/ssh/sshd_config line 1: AuthorizedKeysCommand must be an absolute path",         NULL                                   },
    {"AuthorizedKeysCommand /bin/x",                                            "AuthorizedKeysCommand set without AuthorizedKeysCommandUser",                         NULL                                   },
    {"AuthorizedKeysFile \"\"",                                                 "/etc/ssh/sshd_config line 1: keyword AuthorizedKeysFile empty argument",              NULL                                   },
    {"Include \"\"",                                                            "/etc/ssh/sshd_config line 1: keyword Include empty argument",                         NULL                                   },
    {"Include bad",                                                             "/etc/ssh/bad: line 1: Bad configuration option: Frog",                                NULL                                   },
    {"Include loop",                                                            "Too many recursive configuration includes",                                           NULL                                   },
};

static void put(struct world *w, struct tree *tree, const char *path, const char *text)
{
    tree_put(w, tree, path, text, strlen(text), 0);
}

static void settings(void)
{
    struct seed seed = seed_from_text("sshd");
    struct tree tree = {0};
    struct world w;

    world_init(&w, &seed, "111122223333", "us-west-2", 0);
    for (const char *const *dir = (const char *const[]){"/", "/etc", "/etc/ssh", NULL}; *dir; dir++)
        tree_mkdir(&w, &tree, *dir, 0755, 0, 0, 0);
    put(&w, &tree, "/etc/passwd", "bob:x:1000:1000::/home/bob:/bin/sh\n");
    put(&w, &tree, "/etc/group", "bob:x:1000:\nwheel:x:10:alice,bob\n");
    put(&w, &tree, "/etc/ssh/inc.conf", "PasswordAuthentication no\nMatch User alice\nX11Forwarding yes\n");
    put(&w, &tree, "/etc/ssh/two.conf", "MaxAuthTries 4\n");
    put(&w, &tree, "/etc/ssh/blocks", "Match User bob\nMaxSessions 2\nMatch User bob\nMaxSessions 1\n");
    put(&w, &tree, "/etc/ssh/bad", "Frog 1\n");
    put(&w, &tree, "/etc/ssh/loop", "Include loop\n");
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *why, *keyword = rows[i].value ? rows[i].keyword : "usedns";
        const char *value = sshd_effective(&tree, rows[i].config, keyword, &bob, NULL, &w.arena, &why);
        bool good = rows[i].value ? text_same(value, rows[i].value) : !value && text_same(why, rows[i].keyword);

        CU_ASSERT(good);
        if (!good)
            printf("%s: %s: %s\n", rows[i].config, value ? value : "(null)", why ? why : "");
    }
    world_drop(&w);
}

static void unknown_options(void)
{
    struct tree tree = {0};
    struct arena arena = {0};
    const char *why;

    for (const char *const *name = (const char *const[]){"frog", "match", "protocol", "ciphers", NULL}; *name; name++) {
        CU_ASSERT_PTR_NULL(sshd_effective(&tree, "", *name, &bob, NULL, &arena, &why));
        CU_ASSERT_PTR_NOT_NULL(why);
    }
    arena_drop(&arena);
}

/* What patterns try counts as lines do: some lines of them cost as much as many. */
static void bounded(void)
{
    static const struct {
        size_t files, lines;
        bool good;
    } rows[] = {
        {200, 90,   true },
        {200, 110,  false},
        {9,   1000, true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct seed seed = seed_from_text("sshd");
        struct tree tree = {0};
        struct world w;
        AUTO(str_drop) struct str text = {0};
        const char *why;
        size_t steps = 0;

        world_init(&w, &seed, "111122223333", "us-west-2", 0);
        for (const char *const *dir = (const char *const[]){"/", "/etc", "/etc/ssh", NULL}; *dir; dir++)
            tree_mkdir(&w, &tree, *dir, 0755, 0, 0, 0);
        for (size_t j = 0; j < rows[i].files; j++)
            put(&w, &tree, arena_printf(&w.arena, "/etc/ssh/%zu.conf", j), "");
        for (size_t j = 0; j < rows[i].lines; j++)
            str_add(&text, "Include *.never\n");
        bool good = sshd_effective(&tree, str_text(&text), "usedns", &bob, &steps, &w.arena, &why);
        CU_ASSERT_EQUAL(good, rows[i].good);
        CU_ASSERT_EQUAL(steps > 20000, !good);
        CU_ASSERT(good || strstr(why, "more than 20000 lines in all, and names that Include looks at"));
        world_drop(&w);
    }
}

CU_TestInfo host_sshd_config_tests[] = {
    {"settings",        settings       },
    {"unknown options", unknown_options},
    {"bounded",         bounded        },
    CU_TEST_INFO_NULL
};
