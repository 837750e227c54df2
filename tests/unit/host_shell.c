/* SPDX-License-Identifier: MIT */
/* The shell: quoting, joining, pipes, redirections, expansions; as bash at an ec2-user's prompt. */
#include "tests/unit/host_server.h"

static const struct command_row rows[] = {
    {"echo hello  world",                                                                                "hello world\n",                              "",                                                       0  },
    {"echo 'a  b' \"c $USER\" \\$x $x.",                                                                 "a  b c ec2-user $x .\n",                     "",                                                       0  },
    {"true && echo yes || echo no",                                                                      "yes\n",                                      "",                                                       0  },
    {"false && echo yes || echo no; echo $?",                                                            "no\n0\n",                                    "",                                                       0  },
    {"false; echo $?",                                                                                   "1\n",                                        "",                                                       0  },
    {"! false; echo $?",                                                                                 "0\n",                                        "",                                                       0  },
    {"echo b > f; echo a >> f; cat f; cat < f | sort",                                                   "b\na\na\nb\n",                               "",                                                       0  },
    {"cat nothing",                                                                                      "",                                           "cat: nothing: No such file or directory\n",              1  },
    {"cat nothing 2>/dev/null || echo none",                                                             "none\n",                                     "",                                                       0  },
    {"cat nothing 2>&1 | wc -l",                                                                         "1\n",                                        "",                                                       0  },
    {"foo",                                                                                              "",                                           "-bash: foo: command not found\n",                        127},
    {"./foo",                                                                                            "",                                           "-bash: ./foo: No such file or directory\n",              127},
    {"/etc",                                                                                             "",                                           "-bash: /etc: Is a directory\n",                          126},
    {"/etc/passwd",                                                                                      "",                                           "-bash: /etc/passwd: Permission denied\n",                126},
    {"echo x > /etc/motd",                                                                               "",                                           "-bash: /etc/motd: Permission denied\n",                  1  },
    {"sudo echo x > /etc/motd",                                                                          "",                                           "-bash: /etc/motd: Permission denied\n",                  1  },
    {"echo x | sudo tee /etc/motd",                                                                      "x\n",                                        "",                                                       0  },
    {"cat /etc/motd",                                                                                    "x\n",                                        "",                                                       0  },
    {"cat /etc/shadow",                                                                                  "",                                           "cat: /etc/shadow: Permission denied\n",                  1  },
    {"cd /var; pwd; cd log; pwd",                                                                        "/var\n/var/log\n",                           "",                                                       0  },
    {"pwd; cd; pwd; cd -",                                                                               "/var/log\n/home/ec2-user\n/var/log\n",       "",                                                       0  },
    {"cd ~; echo ~ ~root",                                                                               "/home/ec2-user /root\n",                     "",                                                       0  },
    {"cd /nowhere",                                                                                      "",                                           "-bash: cd: /nowhere: No such file or directory\n",       1  },
    {"mkdir g; cd g; touch b.txt a.txt .c.txt 'd e.txt'; echo *.txt; echo '*.txt' \\*.txt; echo *.none",
     "a.txt b.txt d e.txt\n*.txt *.txt\n*.none\n",                                                                                                     "",                                                       0  },
    {"case x in x) echo;; esac",                                                                         "",                                           "-bash: case: not part of this lab's shell\n",            2  },
    {"for f in a b; do echo $f; done",                                                                   "a\nb\n",                                     "",                                                       0  },
    {"for f in a; echo; done",                                                                           "",                                           "-bash: syntax error near unexpected token `echo'\n",     2  },
    {"while true; do done",                                                                              "",                                           "-bash: syntax error near unexpected token `done'\n",     2  },
    {"if true; then echo a",                                                                             "",                                           "-bash: syntax error: unexpected end of file\n",          2  },
    {"done",                                                                                             "",                                           "-bash: syntax error near unexpected token `done'\n",     2  },
    {"for 1x in a; do :; done",                                                                          "",                                           "-bash: `1x': not a valid identifier\n",                  2  },
    {"while :; do :; done; echo never",                                                                  "",                                           "-bash: fork: retry: No child processes\n",               254},
    {"for i in 1 2; do while :; do break 2; done; done; break",                                          "",
     "-bash: break: only meaningful in a `for', `while', or `until' loop\n",                                                                                                                                     0  },
    {"echo a &&",                                                                                        "",                                           "-bash: syntax error: unexpected end of file\n",          2  },
    {"echo 'a",                                                                                          "",                                           "-bash: unexpected EOF while looking for matching `''\n", 2  },
    {"| echo",                                                                                           "",                                           "-bash: syntax error near unexpected token `|'\n",        2  },
    {"echo a;; echo b",                                                                                  "",                                           "-bash: syntax error near unexpected token `;;'\n",       2  },
    {"x=5; echo $x ${x}y \"$(echo in $(echo side))\" `echo back`",                                       "5 5y in side back\n",                        "",                                                       0  },
    {"(cd /; pwd); pwd; { echo a; echo b; } | wc -l",                                                    "/\n/home/ec2-user/g\n2\n",                   "",                                                       0  },
    {"echo $(false); echo $?",                                                                           "\n0\n",                                      "",                                                       0  },
    {"printf '%s-%d\\n' a 1 b 2",                                                                        "a-1\nb-2\n",                                 "",                                                       0  },
    {"echo -e 'a\\tb\\n\\x41'; echo -n z",                                                               "a\tb\nA\nz",                                 "",                                                       0  },
    {"[ -f a.txt ] && test -d /etc -a 3 -lt 5 && echo ok; [ a = b ]",                                    "ok\n",                                       "",                                                       1  },
    {"cat <<< \"$USER\"; echo a b c | xargs -n 1 echo -",                                                "ec2-user\n- a\n- b\n- c\n",                  "",                                                       0  },
    {"echo one # two",                                                                                   "one\n",                                      "",                                                       0  },
    {"sh -c 'echo inner; exit 3'; echo $?",                                                              "inner\n3\n",                                 "",                                                       0  },
    {"echo 'echo from script; nope' > s.sh; bash s.sh",                                                  "from script\n",                              "s.sh: line 1: nope: command not found\n",                127},
    {"chmod +x s.sh; ./s.sh 2>/dev/null; rm s.sh",                                                       "from script\n",                              "",                                                       0  },
    {"umask; umask 077; touch u; stat -c %a u",                                                          "0002\n600\n",                                "",                                                       0  },
    {"type cd mv nope",                                                                                  "cd is a shell builtin\nmv is /usr/bin/mv\n", "-bash: type: nope: not found\n",                         1  },
};

static void lines(void)
{
    struct lab_server s;

    server_open(&s, NULL);
    CU_ASSERT(server_login(&s, "ec2-user", NULL) > 0);
    run_rows(&s, rows, COUNT(rows));
    server_close(&s);
}

/* Whoever types may be hostile: what is too much ends with a word about it. */
static void limits(void)
{
    static const struct {
        const char *part, *err; /* NULL = nothing is said */
        size_t times;
        int exit;
    } list[] = {
        {"true;",                                                                  "-bash: fork: retry: No child processes\n",      500,   254},
        {"true;",                                                                  NULL,                                            300,   0  },
        {"a",                                                                      "-bash: line too long\n",                        20000, 2  },
        {"(",                                                                      "-bash: nested too deep\n",                      50,    2  },
        {"( true; ",                                                               "-bash: syntax error: unexpected end of file\n", 12,    2  },
        {"a ",                                                                     "-bash: too many words\n",                       3000,  2  },
        {"printf 'root:a%s\\n' $(find / 2>/dev/null | head -110) | sudo chpasswd", NULL,                                            1,     1  }, /* so many hashes */
        {"printf %0999999d 1 > b; grep '\\(0*\\)*x' b;",                           "grep: memory exhausted\n",                      1,     2  },
        {"printf %0999999d 1 > b; cat b b b b b b b b b b > c; wc -c < c;",        NULL,                                            1,     0  },
        {"ln -s self self; cat self; cat self/x;",
         "cat: self: Too many levels of symbolic links\ncat: self/x: Too many levels of symbolic links\n",                          1,     1  },
    };
    struct lab_server s;

    server_open(&s, NULL);
    server_login(&s, "ec2-user", NULL);
    for (size_t i = 0; i < COUNT(list); i++) {
        AUTO(str_drop) struct str line = {0};
        struct outcome out;
        bool good;

        for (size_t k = 0; k < list[i].times; k++)
            str_add(&line, list[i].part);
        out = server_run(&s, line.s);
        good = json_int_or(out.reply, "exitCode", -1) == list[i].exit &&
               (!list[i].err || strcmp(json_str_or(out.reply, "stderr", ""), list[i].err) == 0);
        CU_ASSERT(good);
        if (!good)
            printf("%.60s: %lld %.300s\n", line.s, (long long)json_int_or(out.reply, "exitCode", -1),
                   json_str_or(out.reply, "stderr", ""));
    }
    server_close(&s);
}

CU_TestInfo host_shell_tests[] = {
    {"lines",  lines },
    {"limits", limits},
    CU_TEST_INFO_NULL
};
