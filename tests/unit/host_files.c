/* SPDX-License-Identifier: MIT */
/* Files: who may do what, what keeps inode and time, and the facts that are left; the operations that touch files. */
#include "tests/unit/host_server.h"

#include <stdlib.h>

static const struct command_row rows[] = {
    {"ls /root",                                                                                                                "",                                                               "ls: cannot open directory /root: Permission denied\n",            2},
    {"cat /root/.bashrc",                                                                                                       "",                                                               "cat: /root/.bashrc: Permission denied\n",                         1},
    {"cd /root",                                                                                                                "",                                                               "-bash: cd: /root: Permission denied\n",                           1},
    {"mv /etc/motd /tmp",                                                                                                       "",                                                               "mv: cannot move '/etc/motd' to '/tmp/motd': Permission denied\n", 1},
    {"rm /etc/motd",                                                                                                            "",                                                               "rm: cannot remove '/etc/motd': Permission denied\n",              1},
    {"touch /etc/x; touch /etc/motd",                                                                                           "",
     "touch: cannot touch '/etc/x': Permission denied\ntouch: setting times of '/etc/motd': Permission denied\n",                                                                                                                                                    1},
    {"mkdir /x; rmdir /tmp",                                                                                                    "",
     "mkdir: cannot create directory '/x': Permission denied\nrmdir: failed to remove '/tmp': Permission denied\n",                                                                                                                                                  1},
    {"chmod 777 /etc/motd; chown ec2-user /etc/motd",                                                                           "",
     "chmod: changing permissions of '/etc/motd': Operation not permitted\nchown: changing ownership of '/etc/motd': Operation "
     "not permitted\n",                                                                                                                                                                                                                                              1},
    {"sudo touch /tmp/r; rm /tmp/r; mv /tmp/r /tmp/s",                                                                          "",
     "rm: cannot remove '/tmp/r': Operation not permitted\nmv: cannot move '/tmp/r' to '/tmp/s': Operation not permitted\n",                                                                                                                                         1}, /* sticky */
    {"echo mine > /tmp/m; sudo chown apache /tmp/m; ls -l /tmp/m | cut -c1-25",                                                 "-rw-rw-r-- 1 apache ec2-u\n",                                    "",                                                                0},
    {"chown ec2-user:adm a; touch a; chown :adm a; stat -c '%U %G' a; chown :root a",                                           "ec2-user adm\n",
     "chown: cannot access 'a': No such file or directory\nchown: changing ownership of 'a': Operation not permitted\n",                                                                                                                                             1},
    {"sudo chown -R apache: /home/ec2-user/.ssh; sudo stat -c '%U %G' /home/ec2-user/.ssh/authorized_keys; chown nobodyhere a",
     "apache apache\n",                                                                                                                                                                           "chown: invalid user: 'nobodyhere'\n",                             1},
    {"mv a a; cp a a; mv a /nowhere/b; cp /etc /tmp; mv /tmp /tmp/x",                                                           "",
     "mv: 'a' and 'a' are the same file\ncp: 'a' and 'a' are the same file\nmv: cannot move 'a' to '/nowhere/b': No such file "
     "or "
     "directory\ncp: omitting directory '/etc'\nmv: cannot move '/tmp' to a subdirectory of itself, '/tmp/x'\n",                                                                                                                                                     1},
    {"mv; cp a; rm; mkdir; touch; chmod 1",                                                                                     "",
     "mv: missing file operand\nTry 'mv --help' for more information.\ncp: missing destination file operand after 'a'\nTry 'cp "
     "--help' for more "
     "information.\nrm: missing operand\nTry 'rm --help' for more information.\nmkdir: missing operand\nTry 'mkdir --help' for "
     "more "
     "information.\ntouch: missing file operand\nTry 'touch --help' for more information.\nchmod: missing operand after "
     "'1'\nTry 'chmod --help' "
     "for more information.\n",                                                                                                                                                                                                                                      1},
    {"rm -rf /; rm -r ..",                                                                                                      "",
     "rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\nrm: refusing to "
     "remove '.' or '..' "
     "directory: skipping '..'\n",                                                                                                                                                                                                                                   1},
    {"cat /var/run/../run/lock/.. /etc/motd/x",                                                                                 "",
     "cat: /var/run/../run/lock/..: Is a directory\ncat: /etc/motd/x: Not a directory\n",                                                                                                                                                                            1},
    {"ls -l /bin /etc/localtime | sed 's/.*[0-9] //'",                                                                          "/bin -> usr/bin\n/etc/localtime -> ../usr/share/zoneinfo/UTC\n", "",                                                                0},
    {"stat -c '%n %F %s' /etc/localtime; stat -L -c %F /etc/httpd/logs; stat /nowhere",
     "/etc/localtime symbolic link 25\ndirectory\n",                                                                                                                                              "stat: cannot stat '/nowhere': No such file or directory\n",       1},
    {"ln a b; ln -s /etc link; ls -d link/motd; rm link; ls -d /etc",                                                           "link/motd\n/etc\n",
     "ln: failed to create hard link 'b' => 'a': Operation not permitted\n",                                                                                                                                                                                         0},
    {"crontab -l; echo '* * * * * id' | crontab -; crontab -l; sudo stat -c '%a %U' /var/spool/cron/ec2-user; crontab -r",
     "* * * * * id\n600 ec2-user\n",                                                                                                                                                              "no crontab for ec2-user\n",                                       0},
    {"hostname; hostname -s; uname; uname -r; date",
     "ip-10-0-1-23.us-west-2.compute.internal\nip-10-0-1-23\nLinux\n4.14.355-277.643.amzn2.x86_64\n"
     "Wed Oct 15 17:47:20 UTC 2025\n",                                                                                                                                                            "",                                                                0},
    {"date +%F; date -d 2025-01-02T03:04:05Z +'%s %j'; date -r /etc/hostname +%Y; date -s now",
     "2025-10-15\n1735787045 002\n2025\n",                                                                                                                                                        "date: cannot set date: Operation not permitted\n",                1},
    {"vi /etc/motd",                                                                                                            "",                                                               NULL,                                                              1},
    {"history | tail -1 | cut -c1-30",                                                                                          "   24  2025-10-15 17:48:20 his\n",                               "",                                                                0},
    {"sudo ls /var/log | head -2; ls -ld /var/log/httpd | cut -c1-10; env | grep ^HOME",
     "amazon\naudit\ndrwx------\nHOME=/home/ec2-user\n",                                                                                                                                          "",                                                                0},
    {"cd /tmp; echo one > a; cp a b; cp b c; echo two >> a; echo three >> b; echo four > c; cat a b c; rm a b c",
     "one\ntwo\none\nthree\nfour\n",                                                                                                                                                              "",                                                                0},
};

static void lines(void)
{
    struct lab_server s;

    server_open(&s, NULL);
    CU_ASSERT(server_login(&s, "ec2-user", NULL) > 0);
    run_rows(&s, rows, COUNT(rows));
    server_close(&s);
}

/* The story's defacement: what moves keeps inode, owner and time; what comes is the intruder's. */
static void defacement(void)
{
    static const char *const image = "/var/www/html/cafe/images/Coffee-and-Pastries.jpg";
    static const char *const backup = "/var/www/html/cafe/images/Coffee-and-Pastries.backup";
    struct lab_server s;
    struct file before = {0}, *at;
    const json_t *programs, *fact;
    struct outcome out;

    server_open(&s, "cafe");
    server_login(&s, "ec2-user", NULL);
    at = tree_find(&s.server->tree, image);
    CU_ASSERT_PTR_NOT_NULL(at);
    if (!at)
        return;
    before = *at;
    CU_ASSERT_EQUAL(before.uid, 48);
    CU_ASSERT(before.mtime_ms > BOOTED_MS - 30 * INT64_C(86400000) && before.mtime_ms <= BOOTED_MS);
    out = server_act(&s, "host:Move", json_pack("{s:s,s:s}", "from", image, "to", backup));
    CU_ASSERT_PTR_NULL(out.error_code);
    at = tree_find(&s.server->tree, backup);
    CU_ASSERT(at && at->inode == before.inode && at->mtime_ms == before.mtime_ms && at->uid == 48 && at->size == before.size);
    CU_ASSERT_PTR_NULL(tree_find(&s.server->tree, image));
    CU_ASSERT(tree_find(&s.server->tree, "/var/www/html/cafe/images")->mtime_ms >= s.now_ms);
    programs = json_object_get(out.entry->response, "programs");
    CU_ASSERT_EQUAL(json_array_size(programs), 2);
    CU_ASSERT_STRING_EQUAL(
        json_str_or(json_object_get(json_array_get(programs, 0), "sudo"), "command", ""),
        "/bin/mv /var/www/html/cafe/images/Coffee-and-Pastries.jpg /var/www/html/cafe/images/Coffee-and-Pastries.backup");
    fact = json_array_get(json_object_get(json_array_get(programs, 1), "files"), 0);
    CU_ASSERT_STRING_EQUAL(json_str_or(fact, "does", ""), "rename");
    CU_ASSERT_EQUAL(json_int_or(fact, "inode", 0), (int64_t)before.inode);
    out = server_act(&s, "host:Put", json_pack("{s:s,s:s,s:s}", "file", image, "fixture", "defaced", "tag", "amber-otter"));
    CU_ASSERT_PTR_NULL(out.error_code);
    at = tree_find(&s.server->tree, image);
    CU_ASSERT(at && at->inode != before.inode && at->uid == 1000 && at->mode == 0644 && at->mtime_ms >= s.now_ms);
    CU_ASSERT(at && at->size > 50000 && memcmp(at->data, "\xff\xd8\xff", 3) == 0);
    CU_ASSERT_PTR_NULL(tree_find(&s.server->tree, "/home/ec2-user/Coffee-and-Pastries.jpg")); /* moved on */
    out = server_act(&s, "host:Put", json_pack("{s:s,s:s}", "file", image, "fixture", "frog"));
    CU_ASSERT_STRING_EQUAL(out.error_code, "NoSuchFixture");
    out =
        server_act(&s, "host:Put", json_pack("{s:s,s:s,s:s}", "file", image, "fixture", "defaced", "tag", "no blanks allowed"));
    CU_ASSERT_STRING_EQUAL(out.error_code, "NoSuchFixture");
    out = server_act(&s, "host:Remove", json_pack("{s:s}", "file", image));
    CU_ASSERT_PTR_NULL(out.error_code);
    out = server_act(&s, "host:Move", json_pack("{s:s,s:s}", "from", backup, "to", image));
    CU_ASSERT_PTR_NULL(out.error_code);
    CU_ASSERT_EQUAL(tree_find(&s.server->tree, image)->inode, before.inode);
    server_close(&s);
}

static void operations(void)
{
    static const struct {
        const char *op, *params, *code; /* NULL = it works */
        const char *file, *holds;       /* afterwards; NULL = not looked at */
    } list[] = {
        {"host:Put",    "{\"file\":\"/home/ec2-user/a\",\"text\":\"one\\n\"}",                            NULL,               "/home/ec2-user/a",      "one\n"  },
        {"host:Put",    "{\"file\":\"/etc/motd\",\"text\":\"two\\n\"}",                                   NULL,               "/etc/motd",             "two\n"  },
        {"host:Put",    "{\"file\":\"/etc/motd\"}",                                                       "InvalidParameter", NULL,                    NULL     },
        {"host:Put",    "{\"file\":\"/nowhere/x\",\"text\":\"\"}",                                        "NoSuchFile",       NULL,                    NULL     },
        {"host:Edit",   "{\"file\":\"/home/ec2-user/a\",\"text\":\"three\\n\"}",                          NULL,               "/home/ec2-user/a",      "three\n"},
        {"host:Edit",   "{\"file\":\"/etc/motd\",\"text\":\"four\\n\"}",                                  NULL,               "/etc/motd",             "four\n" },
        {"host:Edit",   "{\"file\":\"/etc/motd\"}",                                                       "InvalidParameter", NULL,                    NULL     },
        {"host:Edit",   "{\"file\":\"/etc/frog\",\"set\":{\"a\":\"b\"}}",                                 "NoSuchFile",       NULL,                    NULL     },
        {"host:Put",    "{\"file\":\"/etc/x.conf\",\"text\":\"A 1\\n#B 2\\nB 3\\n\\nMatch x\\nA 9\\n\"}", NULL,               NULL,                    NULL     },
        {"host:Edit",   "{\"file\":\"/etc/x.conf\",\"set\":{\"B\":\"2\",\"a\":\"7\",\"C\":\"5\"}}",       NULL,               "/etc/x.conf",
         "#A 1\na 7\nB 2\n#B 3\n\nC 5\nMatch x\nA 9\n"                                                                                                          },
        {"host:Remove", "{\"file\":\"/etc/frog\"}",                                                       "NoSuchFile",       NULL,                    NULL     },
        {"host:Remove", "{\"file\":\"/etc/ssh\"}",                                                        "IsDirectory",      NULL,                    NULL     },
        {"host:Remove", "{\"file\":\"/etc/cron.d\",\"recursive\":true}",                                  NULL,               NULL,                    NULL     },
        {"host:Move",   "{\"from\":\"/etc/frog\",\"to\":\"/etc/toad\"}",                                  "NoSuchFile",       NULL,                    NULL     },
        {"host:Move",   "{\"from\":\"/home/ec2-user/a\",\"to\":\"/home/ec2-user/it's b\"}",               NULL,               "/home/ec2-user/it's b",
         "three\n"                                                                                                                                              },
    };
    struct lab_server s;

    server_open(&s, NULL);
    server_login(&s, "ec2-user", NULL);
    for (size_t i = 0; i < COUNT(list); i++) {
        struct outcome out = server_act(&s, list[i].op, json_loads(list[i].params, 0, NULL));
        const struct file *file = list[i].file ? tree_find(&s.server->tree, list[i].file) : NULL;
        bool good = list[i].code ? text_same(out.error_code, list[i].code) : !out.error_code;

        good &= !list[i].file ||
                (file && file->size == strlen(list[i].holds) && memcmp(file->data, list[i].holds, file->size) == 0);
        CU_ASSERT(good);
        if (!good)
            printf("%s %s: %s: %s\n%.*s", list[i].op, list[i].params, out.error_code ? out.error_code : "worked",
                   out.error_message ? out.error_message : "", file ? (int)file->size : 0, file ? file->data : "");
    }
    server_close(&s);
}

/* Two runs are the same to the byte: the journal's lines and the trees. And act_replay agrees. */
static void the_same_again(void)
{
    static const char *const lines[] = {"sudo useradd eve; echo eve:latte42 | sudo chpasswd",
                                        "sudo sed -i 's/^X11/#&/' /etc/ssh/sshd_config", "sudo systemctl restart sshd; ps -ef",
                                        "cd /tmp; echo x > y; ls -la", "sudo userdel -r eve; pwd"};
    struct lab_server one, two;
    AUTO(str_drop) struct str a = {0}, b = {0};

    server_open(&one, "cafe");
    server_open(&two, "cafe");
    server_login(&one, "ec2-user", NULL);
    for (size_t i = 0; i < COUNT(lines); i++)
        server_run(&one, lines[i]);
    for (size_t i = 0; i < one.w.journal.n; i++) {
        struct err e = {0};

        CU_ASSERT(act_replay(&two.w, one.w.journal.list[i], &e));
        if (e.set)
            printf("%s\n", e.msg);
        str_clear(&a);
        str_clear(&b);
        entry_add_json(&a, one.w.journal.list[i], false);
        entry_add_json(&b, two.w.journal.list[i], false);
        CU_ASSERT_STRING_EQUAL(a.s, b.s);
    }
    str_clear(&a);
    str_clear(&b);
    tree_add_manifest(&a, &one.server->tree);
    tree_add_manifest(&b, &two.server->tree);
    CU_ASSERT_STRING_EQUAL(a.s, b.s);
    server_close(&one);
    server_close(&two);
}

/* SSM runs lines as root, from nowhere; sudo's and the shell's facts carry no audit session. */
static void by_ssm(void)
{
    struct lab_server s;
    struct outcome out;
    const json_t *programs;

    server_open(&s, NULL);
    out =
        server_act(&s, "host:Run", json_pack("{s:s,s:s}", "command", "id -u\nnope\necho done > /tmp/f", "commandId", "c0ffee"));
    CU_ASSERT_STRING_EQUAL(json_str_or(out.reply, "stdout", ""), "0\n");
    CU_ASSERT_STRING_EQUAL(
        json_str_or(out.reply, "stderr", ""),
        "/var/lib/amazon/ssm/i-0abc/document/orchestration/c0ffee/awsrunShellScript/0.awsrunShellScript/_script.sh: line 2: "
        "nope: command not found\n");
    programs = json_object_get(out.entry->response, "programs");
    CU_ASSERT_EQUAL(json_array_size(programs), 4);
    CU_ASSERT_STRING_EQUAL(json_str_or(json_array_get(programs, 0), "comm", ""), "ssm-document-wo");
    CU_ASSERT_PTR_NULL(json_object_get(json_array_get(programs, 2), "auid"));
    CU_ASSERT_PTR_NULL(json_object_get(out.entry->response, "typed"));
    CU_ASSERT_PTR_NOT_NULL(tree_find(&s.server->tree, "/tmp/f"));
    server_close(&s);
}

CU_TestInfo host_files_tests[] = {
    {"lines",          lines         },
    {"defacement",     defacement    },
    {"operations",     operations    },
    {"the same again", the_same_again},
    {"by SSM",         by_ssm        },
    CU_TEST_INFO_NULL
};
