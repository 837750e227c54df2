/* SPDX-License-Identifier: MIT */
/*
 * Programs over text and files: the lines of tests/data/host/lines, typed one after the other. What they say is in transcript
 * beside it, as tests/real/host_commands.sh found the real programs to say; and lines of our own whose words the real ones have
 * changed since.
 */
#include "tests/unit/host_server.h"

#include <stdlib.h>

static void add_transcript(struct lab_server *s, struct str *lines, struct str *out)
{
    server_login(s, "ec2-user", NULL);
    server_run(s, "mkdir w; cd w");
    for (char *at = lines->s, *end; at && (end = strchr(at, '\n')); at = end + 1) {
        struct outcome said;

        *end = '\0';
        said = server_run(s, arena_printf(&s->w.arena, "umask 022;%s", at));
        str_addf(out, "$ %s\n%s\n[%lld]\n", at, json_str_or(said.reply, "stdout", ""),
                 (long long)json_int_or(said.reply, "exitCode", -1));
    }
}

static void transcript(void)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str lines = {0}, want = {0}, got = {0};
    struct lab_server s;
    struct err e = {0};

    CU_ASSERT(file_read(data_path(&arena, "tests/data/host/lines"), 1u << 20, &lines, &e));
    CU_ASSERT(file_read(data_path(&arena, "tests/data/host/transcript"), 1u << 20, &want, &e));
    server_open(&s, NULL);
    add_transcript(&s, &lines, &got);
    CU_ASSERT_STRING_EQUAL(str_text(&got), str_text(&want));
    server_close(&s);
}

static const struct command_row rows[] = {
    {"printf 'b\\na\\n' > l; sort -z l; sort -k 0 l; cut l; cut -d ab -f1 l; cut -f x l",                                        "",
     "sort: invalid option -- 'z'\nTry 'sort --help' for more information.\nsort: invalid number at field start: invalid count "
     "at start of "
     "'0'\ncut: you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.\ncut: the "
     "delimiter must be a "
     "single character\nTry 'cut --help' for more information.\ncut: invalid byte, character or field list\nTry 'cut --help' "
     "for more information.\n",                                                                                                                                                                                                                                                                      1  },
    {"head -n x l; tail -c y l; head nothing",                                                                                   "",
     "head: invalid number of lines: 'x'\ntail: invalid number of bytes: 'y'\nhead: cannot open 'nothing' for reading: No such "
     "file or directory\n",                                                                                                                                                                                                                                                                          1  },
    {"grep; grep -A x a l; grep '[' l; grep 'a\\{1,999\\}' l; grep '\\(a\\)\\1' l; grep -E '((a{1,99}){1,99}){1,99}' l; grep a "
     "/etc",                                                                                                                "",
     "Usage: grep [OPTION]... PATTERN [FILE]...\nTry 'grep --help' for more information.\ngrep: x: invalid context length "
     "argument\ngrep: Invalid regular expression\ngrep: Regular expression too big\ngrep: back-references are not part of this "
     "lab's regular "
     "expressions\ngrep: Regular "
     "expression too big\ngrep: /etc: Is a directory\n",                                                                                                                                                                                                                                             2  },
    {"grep -r coffee /root; grep -s x nothing; grep -c a l /etc/motd",                                                           "l:1\n/etc/motd:4\n",                                "grep: /root: Permission denied\n",
     0                                                                                                                                                                                                                                                                                                  },
    {"sed; sed -n '/x' l; sed 's/a/b/z' l; sed 'y/ab/c/' l; sed '1,p' l; sed '{p' l; sed 'p}' l; sed 'p x' l; sed , l; sed "
     "'//p' l",                                                                                                             "",
     "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\nsed: -e expression #1, char 2: unterminated "
     "address regex\nsed: -e "
     "expression #1, char 7: unknown option to `s'\nsed: -e expression #1, char 7: strings for `y' command are different "
     "lengths\nsed: -e expression "
     "#1, char 2: unexpected `,'\nsed: -e expression #1, char 0: unmatched `{'\nsed: -e expression #1, char 2: unexpected "
     "`}'\nsed: -e expression #1, "
     "char 3: extra characters after command\nsed: -e expression #1, char 0: unexpected `,'\nsed: no previous regular "
     "expression\n",                                                                                                                                                                                                                                                                                 1  },
    {"sed -i 's/a/x/' nothing; sed -i p /tmp; sed -i p; sed -n p nothing; sed p /tmp; sed -i s/a/b/ /etc/motd",                  "",                                                  NULL,                                                                                                          4  },
    {"printf 's/a/A/\\n' > script; sed -f script l; sed -f nothing l; sed -s -n '1p' l",                                         "b\nA\nb\n",
     "sed: couldn't open file nothing: No such file or directory\n",                                                                                                                                                                                                                                 0  },
    {"ls -la /etc/skel | tail -3 | cut -c1-10; ls -1p /home; ls -i l | cut -c1-3; ls -lh /etc/mime.types | cut -d' ' -f5",       NULL,
     "",                                                                                                                                                                                                                                                                                             0  },
    {"touch -d 2025-01-02T03:04:05Z t; touch -r t u; stat -c '%y %Y' u; ls -l --full-time u | cut -d' ' -f6,7; touch -d frog t",
     NULL,                                                                                                                                                                            "touch: invalid date format 'frog'\n",                                                                         1  },
    {"ls -lt l t | cut -c1-10; ls -S; ls -rt; ls -lS /var/log | head -1; ls -d /nowhere",                                        NULL,
     "ls: cannot access /nowhere: No such file or directory\n",                                                                                                                                                                                                                                      2  },
    {"stat l | head -4 | cut -c1-12; stat; stat /etc/localtime | head -1",
     "  File: 'l'\n  Size: 4   \nDevice: ca01\nAccess: (066\n  File: '/etc/localtime' -> "
     "'../usr/share/zoneinfo/UTC'\n",                                                                                                                                                 "stat: missing operand\nTry 'stat --help' for more information.\n",                                            0  },
    {"find / -user ec2-user -type f -name '.bash*' 2>/dev/null; find /etc -newermt 2030-01-01T00:00Z; find . -mmin -60 -type f "
     "| wc -l",                                                                                                             NULL,                                                NULL,                                                                                                          0  },
    {"find . -frog; find . -type q; find . -perm z; find . -user nobodyhere; find . -name; find x y",                            "",
     "find: missing argument to '-frog'\nfind: Unknown argument to -type: q\nfind: invalid mode 'z'\nfind: 'nobodyhere' is not "
     "the name of a known "
     "user\nfind: missing argument to '-name'\nfind: 'x': No such file or directory\nfind: 'y': No such file or directory\n",                                                                                                                                                                        1  },
    {"find /etc/ssh -iname 'SSHD_*' -mtime +3 -perm -600 -uid 0; find /var/spool -maxdepth 1 -mindepth 1 -type d | wc -l",
     "/etc/ssh/sshd_config\n5\n",                                                                                                                                                     "",                                                                                                            0  },
    {"sudo aureport --auth; aureport --auth; sudo aureport --frog; sudo aureport",                                               NULL,                                                NULL,                                                                                                          1  },
    {"sudo sh -c 'echo \"type=USER_AUTH msg=audit(1760550000.1:7): pid=1 msg=\\x27op=x acct=726F6F74 exe=\\\"/a\\\" hostname=? "
     "addr=1.2.3.4 "
     "terminal=ssh res=failed\\x27\" > /tmp/log'; sed -i \"s/.x27/'/g\" /tmp/log 2>/dev/null; sudo aureport --auth --failed "
     "-if /tmp/log | tail -1",                                                                                              "1. 10/15/2025 17:40:00 root 1.2.3.4 ssh /a no 7\n", "",                                                                                                            0  },
    {"usermod; groupadd; groupdel; gpasswd x; chage; sudo groupadd -g 10 x; sudo groupadd 'a b'; sudo groupdel frog; sudo "
     "groupadd -f wheel",                                                                                                   "",                                                  NULL,                                                                                                          0  },
    {"kill; kill -l | head -1 | cut -c1-10; kill -s FROG 1; pkill -x frog; pgrep -P 1 -o -l; pgrep -n sshd -f -a | cut -d' ' "
     "-f2",                                                                                                                 NULL,                                                NULL,                                                                                                          0  },
    {"which mv useradd frog",                                                                                                    "/bin/mv\n/usr/sbin/useradd\n",
     "which: no frog in (/usr/local/bin:/bin:/usr/bin:/usr/local/sbin:/usr/sbin)\n",                                                                                                                                                                                                                 1  },
    {"ss -tnp | tail -1 | tr -s ' '; sudo ss -ltnp | tr -s ' ' | cut -d' ' -f1,4,6",
     "ESTAB 0 0 10.0.1.23:22 198.51.100.23:53330 \nState Local Peer\nLISTEN *:22 "
     "users:((\"sshd\",pid=2298,fd=3))\nLISTEN :::22 users:((\"sshd\",pid=2298,fd=4))\nLISTEN :::80 "
     "users:((\"httpd\",pid=2185,fd=4))\n",                                                                                                                                           "",                                                                                                            0  },
    {"last | head -1 | cut -c1-37; last -n 1 nobody; lastb; last -f nothing",
     "ec2-user pts/0        198.51.100.23  \n\nwtmp begins Sat Oct  4 18:00:00 2025\n",                                                                                               "lastb: cannot open /var/log/btmp: Permission denied\nlast: cannot open nothing: No such file or directory\n", 1  },
    {"type; cd -; umask 9; exit 300x",                                                                                           NULL,                                                NULL,                                                                                                          255},
};

static void lines(void)
{
    struct lab_server s;

    server_open(&s, NULL);
    CU_ASSERT(server_login(&s, "ec2-user", NULL) > 0);
    run_rows(&s, rows, COUNT(rows));
    server_close(&s);
}

CU_TestInfo host_commands_tests[] = {
    {"transcript", transcript},
    {"lines",      lines     },
    CU_TEST_INFO_NULL
};
