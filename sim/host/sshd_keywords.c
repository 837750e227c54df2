/* SPDX-License-Identifier: MIT */
/* The keywords of sshd_config, as Debian's OpenSSH 9.2 has them (servconf.c), with what `sshd -T` prints when none is set. */
#include "sim/host/sshd.h"

#include <stdlib.h>
#include <strings.h>

#define CHOICES(name) static const struct sshd_choice name[]
CHOICES(flag) = {
    {"yes", "yes"},
    {"no",  "no" },
    {NULL,  NULL }
};
CHOICES(root_login) = {
    {"without-password",     "without-password"    },
    {"prohibit-password",    "without-password"    },
    {"forced-commands-only", "forced-commands-only"},
    {"yes",                  "yes"                 },
    {"no",                   "no"                  },
    {NULL,                   NULL                  }
};
CHOICES(compression) = {
    {"yes",     "yes"},
    {"delayed", "yes"},
    {"no",      "no" },
    {NULL,      NULL }
};
CHOICES(family) = {
    {"inet",  "inet" },
    {"inet6", "inet6"},
    {"any",   "any"  },
    {NULL,    NULL   }
};
CHOICES(forwarding) = {
    {"yes",    "yes"   },
    {"all",    "yes"   },
    {"no",     "no"    },
    {"remote", "remote"},
    {"local",  "local" },
    {NULL,     NULL    }
};
CHOICES(gateway) = {
    {"clientspecified", "clientspecified"},
    {"yes",             "yes"            },
    {"no",              "no"             },
    {NULL,              NULL             }
};
CHOICES(rhosts) = {
    {"yes",         "yes"        },
    {"no",          "no"         },
    {"shosts-only", "shosts-only"},
    {NULL,          NULL         }
};
CHOICES(tunnel) = {
    {"yes",            "yes"           },
    {"no",             "no"            },
    {"point-to-point", "point-to-point"},
    {"ethernet",       "ethernet"      },
    {NULL,             NULL            }
};

/* Sorted by name. */
const struct sshd_keyword sshd_keywords[] = {
    {"acceptenv",                       SSHD_ADD,     true,  "",                                           NULL,        NULL                          },
    {"addressfamily",                   SSHD_FLAG,    false, "any",                                        family,      NULL                          },
    {"afstokenpassing",                 SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"allowagentforwarding",            SSHD_FLAG,    true,  "yes",                                        flag,        NULL                          },
    {"allowgroups",                     SSHD_GROUPS,  true,  "",                                           NULL,        NULL                          },
    {"allowstreamlocalforwarding",      SSHD_FLAG,    true,  "yes",                                        forwarding,  NULL                          },
    {"allowtcpforwarding",              SSHD_FLAG,    true,  "yes",                                        forwarding,  NULL                          },
    {"allowusers",                      SSHD_USERS,   true,  "",                                           NULL,        NULL                          },
    {"authenticationmethods",           SSHD_METHODS, true,  "any",                                        NULL,        NULL                          },
    {"authorizedkeyscommand",           SSHD_PATH,    true,  "none",                                       NULL,        NULL                          },
    {"authorizedkeyscommanduser",       SSHD_TEXT,    true,  "none",                                       NULL,        NULL                          },
    {"authorizedkeysfile",              SSHD_WORDS,   true,  ".ssh/authorized_keys .ssh/authorized_keys2", NULL,        NULL                          },
    {"authorizedkeysfile2",             SSHD_IGNORED, true,  NULL,                                         NULL,        NULL                          },
    {"authorizedprincipalscommand",     SSHD_PATH,    true,  "none",                                       NULL,        NULL                          },
    {"authorizedprincipalscommanduser", SSHD_TEXT,    true,  "none",                                       NULL,        NULL                          },
    {"authorizedprincipalsfile",        SSHD_TEXT,    true,  "none",                                       NULL,        NULL                          },
    {"banner",                          SSHD_TEXT,    true,  "none",                                       NULL,        NULL                          },
    {"casignaturealgorithms",           SSHD_RAW,     true,  NULL,                                         NULL,        NULL                          },
    {"challengeresponseauthentication", SSHD_FLAG,    true,  "yes",                                        flag,        "kbdinteractiveauthentication"},
    {"checkmail",                       SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"chrootdirectory",                 SSHD_TEXT,    true,  "none",                                       NULL,        NULL                          },
    {"ciphers",                         SSHD_RAW,     false, NULL,                                         NULL,        NULL                          },
    {"clientalivecountmax",             SSHD_NUMBER,  true,  "3",                                          NULL,        NULL                          },
    {"clientaliveinterval",             SSHD_TIME,    true,  "0",                                          NULL,        NULL                          },
    {"compression",                     SSHD_FLAG,    false, "yes",                                        compression, NULL                          },
    {"debianbanner",                    SSHD_FLAG,    false, "yes",                                        flag,        NULL                          },
    {"denygroups",                      SSHD_GROUPS,  true,  "",                                           NULL,        NULL                          },
    {"denyusers",                       SSHD_USERS,   true,  "",                                           NULL,        NULL                          },
    {"disableforwarding",               SSHD_FLAG,    true,  "no",                                         flag,        NULL                          },
    {"dsaauthentication",               SSHD_FLAG,    false, "yes",                                        flag,        "pubkeyauthentication"        },
    {"exposeauthinfo",                  SSHD_FLAG,    true,  "no",                                         flag,        NULL                          },
    {"fingerprinthash",                 SSHD_RAW,     false, "SHA256",                                     NULL,        NULL                          },
    {"forcecommand",                    SSHD_LINE,    true,  "none",                                       NULL,        NULL                          },
    {"gatewayports",                    SSHD_FLAG,    true,  "no",                                         gateway,     NULL                          },
    {"gssapiauthentication",            SSHD_FLAG,    true,  "no",                                         flag,        NULL                          },
    {"gssapicleanupcredentials",        SSHD_FLAG,    false, "yes",                                        flag,        NULL                          },
    {"gssapicleanupcreds",              SSHD_FLAG,    false, "yes",                                        flag,        "gssapicleanupcredentials"    },
    {"gssapikexalgorithms",             SSHD_RAW,     false, NULL,                                         NULL,        NULL                          },
    {"gssapikeyexchange",               SSHD_FLAG,    false, "no",                                         flag,        NULL                          },
    {"gssapistorecredentialsonrekey",   SSHD_FLAG,    false, "no",                                         flag,        NULL                          },
    {"gssapistrictacceptorcheck",       SSHD_FLAG,    false, "yes",                                        flag,        NULL                          },
    {"gssapiusesessioncredcache",       SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"gssusesessionccache",             SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"hostbasedacceptedalgorithms",     SSHD_RAW,     true,  NULL,                                         NULL,        NULL                          },
    {"hostbasedacceptedkeytypes",       SSHD_RAW,     true,  NULL,                                         NULL,        "hostbasedacceptedalgorithms" },
    {"hostbasedauthentication",         SSHD_FLAG,    true,  "no",                                         flag,        NULL                          },
    {"hostbasedusesnamefrompacketonly", SSHD_FLAG,    true,  "no",                                         flag,        NULL                          },
    {"hostcertificate",                 SSHD_RAW,     false, NULL,                                         NULL,        NULL                          },
    {"hostdsakey",                      SSHD_RAW,     false, NULL,                                         NULL,        "hostkey"                     },
    {"hostkey",                         SSHD_RAW,     false, NULL,                                         NULL,        NULL                          },
    {"hostkeyagent",                    SSHD_TEXT,    false, "none",                                       NULL,        NULL                          },
    {"hostkeyalgorithms",               SSHD_RAW,     false, NULL,                                         NULL,        NULL                          },
    {"ignorerhosts",                    SSHD_FLAG,    true,  "yes",                                        rhosts,      NULL                          },
    {"ignoreuserknownhosts",            SSHD_FLAG,    false, "no",                                         flag,        NULL                          },
    {"include",                         SSHD_INCLUDE, true,  NULL,                                         NULL,        NULL                          },
    {"ipqos",                           SSHD_RAW,     true,  "lowdelay throughput",                        NULL,        NULL                          },
    {"kbdinteractiveauthentication",    SSHD_FLAG,    true,  "yes",                                        flag,        NULL                          },
    {"keepalive",                       SSHD_FLAG,    false, "yes",                                        flag,        "tcpkeepalive"                },
    {"kerberosauthentication",          SSHD_FLAG,    true,  "no",                                         flag,        NULL                          },
    {"kerberosgetafstoken",             SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"kerberosorlocalpasswd",           SSHD_FLAG,    false, "yes",                                        flag,        NULL                          },
    {"kerberostgtpassing",              SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"kerberosticketcleanup",           SSHD_FLAG,    false, "yes",                                        flag,        NULL                          },
    {"kexalgorithms",                   SSHD_RAW,     false, NULL,                                         NULL,        NULL                          },
    {"keyregenerationinterval",         SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"listenaddress",                   SSHD_RAW,     false, NULL,                                         NULL,        NULL                          },
    {"logingracetime",                  SSHD_TIME,    false, "120",                                        NULL,        NULL                          },
    {"loglevel",                        SSHD_RAW,     true,  "INFO",                                       NULL,        NULL                          },
    {"logverbose",                      SSHD_ADD,     true,  "",                                           NULL,        NULL                          },
    {"macs",                            SSHD_RAW,     false, NULL,                                         NULL,        NULL                          },
    {"match",                           SSHD_MATCH,   true,  NULL,                                         NULL,        NULL                          },
    {"maxauthtries",                    SSHD_NUMBER,  true,  "6",                                          NULL,        NULL                          },
    {"maxsessions",                     SSHD_NUMBER,  true,  "10",                                         NULL,        NULL                          },
    {"maxstartups",                     SSHD_RAW,     false, "10:30:100",                                  NULL,        NULL                          },
    {"modulifile",                      SSHD_TEXT,    false, "/etc/ssh/moduli",                            NULL,        NULL                          },
    {"pamauthenticationviakbdint",      SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"passwordauthentication",          SSHD_FLAG,    true,  "yes",                                        flag,        NULL                          },
    {"permitemptypasswords",            SSHD_FLAG,    true,  "no",                                         flag,        NULL                          },
    {"permitlisten",                    SSHD_RAW,     true,  "any",                                        NULL,        NULL                          },
    {"permitopen",                      SSHD_RAW,     true,  "any",                                        NULL,        NULL                          },
    {"permitrootlogin",                 SSHD_FLAG,    true,  "without-password",                           root_login,  NULL                          },
    {"permittty",                       SSHD_FLAG,    true,  "yes",                                        flag,        NULL                          },
    {"permittunnel",                    SSHD_FLAG,    true,  "no",                                         tunnel,      NULL                          },
    {"permituserenvironment",           SSHD_RAW,     false, "no",                                         NULL,        NULL                          },
    {"permituserrc",                    SSHD_FLAG,    true,  "yes",                                        flag,        NULL                          },
    {"persourcemaxstartups",            SSHD_RAW,     false, "none",                                       NULL,        NULL                          },
    {"persourcenetblocksize",           SSHD_RAW,     false, "32:128",                                     NULL,        NULL                          },
    {"pidfile",                         SSHD_TEXT,    false, "/run/sshd.pid",                              NULL,        NULL                          },
    {"port",                            SSHD_PORT,    false, "22",                                         NULL,        NULL                          },
    {"printlastlog",                    SSHD_FLAG,    false, "yes",                                        flag,        NULL                          },
    {"printmotd",                       SSHD_FLAG,    false, "yes",                                        flag,        NULL                          },
    {"protocol",                        SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"pubkeyacceptedalgorithms",        SSHD_RAW,     true,  NULL,                                         NULL,        NULL                          },
    {"pubkeyacceptedkeytypes",          SSHD_RAW,     true,  NULL,                                         NULL,        "pubkeyacceptedalgorithms"    },
    {"pubkeyauthentication",            SSHD_FLAG,    true,  "yes",                                        flag,        NULL                          },
    {"pubkeyauthoptions",               SSHD_RAW,     true,  "none",                                       NULL,        NULL                          },
    {"rdomain",                         SSHD_RAW,     true,  "none",                                       NULL,        NULL                          },
    {"rekeylimit",                      SSHD_RAW,     true,  "0 0",                                        NULL,        NULL                          },
    {"requiredrsasize",                 SSHD_NUMBER,  true,  "1024",                                       NULL,        NULL                          },
    {"reversemappingcheck",             SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"revokedkeys",                     SSHD_TEXT,    true,  "none",                                       NULL,        NULL                          },
    {"rhostsauthentication",            SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"rhostsrsaauthentication",         SSHD_IGNORED, true,  NULL,                                         NULL,        NULL                          },
    {"rsaauthentication",               SSHD_IGNORED, true,  NULL,                                         NULL,        NULL                          },
    {"securitykeyprovider",             SSHD_RAW,     false, "internal",                                   NULL,        NULL                          },
    {"serverkeybits",                   SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"setenv",                          SSHD_RAW,     true,  "",                                           NULL,        NULL                          },
    {"skeyauthentication",              SSHD_FLAG,    true,  "yes",                                        flag,        "kbdinteractiveauthentication"},
    {"streamlocalbindmask",             SSHD_RAW,     true,  "0177",                                       NULL,        NULL                          },
    {"streamlocalbindunlink",           SSHD_FLAG,    true,  "no",                                         flag,        NULL                          },
    {"strictmodes",                     SSHD_FLAG,    false, "yes",                                        flag,        NULL                          },
    {"subsystem",                       SSHD_RAW,     false, "",                                           NULL,        NULL                          },
    {"syslogfacility",                  SSHD_RAW,     false, "AUTH",                                       NULL,        NULL                          },
    {"tcpkeepalive",                    SSHD_FLAG,    false, "yes",                                        flag,        NULL                          },
    {"trustedusercakeys",               SSHD_TEXT,    true,  "none",                                       NULL,        NULL                          },
    {"unusedconnectiontimeout",         SSHD_RAW,     true,  "none",                                       NULL,        NULL                          },
    {"usedns",                          SSHD_FLAG,    false, "no",                                         flag,        NULL                          },
    {"uselogin",                        SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"usepam",                          SSHD_FLAG,    false, "no",                                         flag,        NULL                          },
    {"useprivilegeseparation",          SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"verifyreversemapping",            SSHD_IGNORED, false, NULL,                                         NULL,        NULL                          },
    {"versionaddendum",                 SSHD_LINE,    false, "none",                                       NULL,        NULL                          },
    {"x11displayoffset",                SSHD_NUMBER,  true,  "10",                                         NULL,        NULL                          },
    {"x11forwarding",                   SSHD_FLAG,    true,  "no",                                         flag,        NULL                          },
    {"x11uselocalhost",                 SSHD_FLAG,    true,  "yes",                                        flag,        NULL                          },
    {"xauthlocation",                   SSHD_TEXT,    false, "/usr/bin/xauth",                             NULL,        NULL                          },
};
const size_t sshd_n_keywords = COUNT(sshd_keywords);
_Static_assert(COUNT(sshd_keywords) <= SSHD_KEYWORDS_MAX, "room for every keyword's value");

static int by_name(const void *name, const void *row)
{
    return strcasecmp(name, ((const struct sshd_keyword *)row)->name);
}

const struct sshd_keyword *sshd_keyword_row(const char *name)
{
    return bsearch(name, sshd_keywords, sshd_n_keywords, sizeof(sshd_keywords[0]), by_name);
}

const struct sshd_keyword *sshd_keyword_find(const char *name)
{
    const struct sshd_keyword *row = sshd_keyword_row(name);

    return row && row->alias_of ? sshd_keyword_row(row->alias_of) : row;
}
