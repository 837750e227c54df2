/* SPDX-License-Identifier: MIT */
/* Watched files: rules read, values encoded, changes told as the kernel tells them. */
#include "sim/evidence/host_traces.h"

#include <CUnit/CUnit.h>
#include <string.h>

static const char rules[] = "# comment\n-D\n-b 8192\n-w /etc/passwd -p wa -k identity\n-w /etc/ssh/sshd_config -p a -k conf\n"
                            "-w /var/www/html/ -p w -k web\n-w /plain\n-w relative -p wa -k no\n-a always,exit -S all\n-w";

static const struct {
    const char *path;
    bool attributes;
    const char *key;
} watched[] = {
    {"/etc/passwd",          false, "identity"},
    {"/etc/passwd",          true,  "identity"},
    {"/etc/passwd-",         false, NULL      },
    {"/etc/ssh/sshd_config", false, NULL      },
    {"/etc/ssh/sshd_config", true,  "conf"    },
    {"/var/www/html/cafe/a", false, "web"     },
    {"/var/www/html",        false, "web"     },
    {"/var/www/html2",       false, NULL      },
    {"/plain",               true,  "(null)"  },
    {"relative",             false, NULL      },
};

static void rules_are_read(void)
{
    AUTO(traces_drop) struct traces t = {0};

    watches_read(&t, rules, strlen(rules));
    CU_ASSERT_EQUAL(t.n_watches, 4);
    for (size_t i = 0; i < COUNT(watched); i++) {
        CU_ASSERT(text_same(watch_key(&t, watched[i].path, watched[i].attributes), watched[i].key));
        if (!text_same(watch_key(&t, watched[i].path, watched[i].attributes), watched[i].key))
            fprintf(stderr, "%s: %s\n", watched[i].path, watched[i].key ? watched[i].key : "none");
    }
    CU_ASSERT_PTR_NULL(watch_key(&t, NULL, false));
}

static const struct {
    const char *value, *encoded;
} values[] = {
    {"root",           "\"root\""                    },
    {"(invalid user)", "28696E76616C6964207573657229"},
    {"a\"b",           "612262"                      },
    {"caf\303\251",    "636166C3A9"                  },
    {"line\n",         "6C696E650A"                  },
    {"",               "\"\""                        },
};

static void values_are_encoded(void)
{
    for (size_t i = 0; i < COUNT(values); i++) {
        AUTO(str_drop) struct str out = {0};
        audit_value(&out, values[i].value, strlen(values[i].value));
        CU_ASSERT_STRING_EQUAL(str_text(&out), values[i].encoded);
    }
}

static const struct {
    const char *change, *must[4];
} changes[] = {
    {"{\"does\":\"open\",\"flags\":\"O_WRONLY|O_CREAT|O_TRUNC\",\"path\":\"/etc/passwd\",\"name\":\"/etc/"
     "passwd\",\"inode\":7,\"mode\":33188}",                                                         {"SYSCALL arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c", " a2=241 a3=1b6 items=2 ",
      "PATH item=0 name=\"/etc/\"",
      "PATH item=1 name=\"/etc/passwd\" inode=7 dev=103:01 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype=CREATE"}                                                        },
    {"{\"does\":\"open\",\"flags\":\"O_WRONLY|O_APPEND\",\"path\":\"/etc/"
     "passwd\",\"name\":\"passwd\",\"errno\":\"EACCES\",\"inode\":7}",                               {"success=no exit=-13 ", " a2=401 a3=0 items=1 ", "PATH item=0 name=\"passwd\"", "CWD cwd=\"/etc\""}             },
    {"{\"does\":\"unlink\",\"path\":\"/etc/passwd\",\"name\":\"passwd\",\"inode\":7}",
     {"syscall=263 success=yes exit=0 ", "items=2", "PATH item=0 name=\"/etc\"", "nametype=DELETE"}                                                                                                                        },
    {"{\"does\":\"chmod\",\"path\":\"/etc/passwd\",\"name\":\"./passwd\",\"to_mode\":33279,\"inode\":7}",
     {"syscall=268 ", " a2=1ff ", "items=1 ", "name=\"./passwd\" inode=7"}                                                                                                                                                 },
    {"{\"does\":\"rename\",\"path\":\"/tmp/x\",\"name\":\"/tmp/x\",\"to\":\"/var/www/html/y\",\"to_name\":\"/var/www/html/"
     "y\",\"inode\":7,"
     "\"was\":{\"inode\":8}}",                                                                       {"syscall=82 ", "items=5 ", "item=3 name=\"/var/www/html/y\" inode=8", "item=4 name=\"/var/www/html/y\" inode=7"}},
};

static const char a_program[] =
    "{\"pid\":5,\"ppid\":4,\"at\":9,\"uid\":0,\"gid\":0,\"auid\":1001,\"ses\":7,\"tty\":\"pts/1\",\"comm\":\"x\","
    "\"exe\":\"/bin/x\",\"argv\":[\"x\",\"y\"],\"cwd\":\"/etc\"}";

static void changes_are_told(void)
{
    struct evidence_task task = {.seed = seed_from_text("x")};

    json_begin();
    for (size_t i = 0; i < COUNT(changes); i++) {
        AUTO(traces_drop) struct traces t = {.task = &task};
        struct err e = {0};
        json_auto_t *program = json_read(a_program, strlen(a_program), &e);
        json_t *change = json_read(changes[i].change, strlen(changes[i].change), &e), *list = json_array();
        if (!program || !change) {
            CU_FAIL("the test's own JSON is broken");
            fprintf(stderr, "%s\n", e.msg);
            json_decref(list);
            json_decref(change);
            continue;
        }
        json_array_append_new(list, change);
        json_put(program, "files", list);
        watches_read(&t, rules, strlen(rules));
        traces_of_files(&t, program);
        CU_ASSERT_EQUAL(t.n, 1);
        for (size_t k = 0; k < COUNT(changes[i].must); k++) {
            CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&t.bytes), changes[i].must[k]));
            if (!strstr(str_text(&t.bytes), changes[i].must[k]))
                fprintf(stderr, "lacks '%s':\n%s", changes[i].must[k], str_text(&t.bytes));
        }
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&t.bytes), "tty=pts1 ses=7 comm=\"x\" exe=\"/bin/x\" key=\""));
        CU_ASSERT_PTR_NOT_NULL(strstr(str_text(&t.bytes), "PROCTITLE proctitle=780079\n"));
    }
}

static void unwatched_files_are_not_told(void)
{
    struct evidence_task task = {.seed = seed_from_text("x")};
    AUTO(traces_drop) struct traces t = {.task = &task};
    struct err e = {0};
    static const char text[] =
        "{\"pid\":5,\"files\":[{\"does\":\"open\",\"path\":\"/tmp/x\"},{\"does\":\"utimes\",\"path\":\"/etc/passwd\"},"
        "{\"does\":\"chmod\",\"path\":\"/var/www/html/x\"},{\"does\":\"read\",\"path\":\"/etc/passwd\"},{}]}";

    json_begin();
    json_auto_t *program = json_read(text, strlen(text), &e);
    watches_read(&t, rules, strlen(rules));
    traces_of_files(&t, program);
    CU_ASSERT_EQUAL(t.n, 0);
}

CU_TestInfo evidence_host_watch_tests[] = {
    {"rules are read",               rules_are_read              },
    {"values are encoded",           values_are_encoded          },
    {"changes are told",             changes_are_told            },
    {"unwatched files are not told", unwatched_files_are_not_told},
    CU_TEST_INFO_NULL,
};
