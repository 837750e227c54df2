/* SPDX-License-Identifier: MIT */
/* What shells remember, and when they write it down. */
#include "evidence_host.inc"

#define HOME "/home/ec2-user"

static void typed(struct world *w, int64_t at, const char *line)
{
    AUTO(str_drop) struct str facts = {0};

    str_add(&facts, "{\"session\":109,\"uid\":1000,\"gid\":1000,\"home\":\"" HOME "\",\"typed\":");
    str_add_json(&facts, line);
    str_addc(&facts, '}');
    journal_entry(w, at, "host:Run", NULL, facts.s);
}

static void ends(struct world *w, const char *how, int signal)
{
    AUTO(str_drop) struct str facts = {0};

    str_addf(&facts,
             "{\"programs\":[{\"pid\":9,\"until\":%lld,\"signals\":[{\"pid\":9044,\"signal\":%d}],\"ended\":[{\"session\":109,"
             "\"uid\":1000,\"gid\":1000,\"pids\":{\"shell\":9044},\"how\":\"%s\"}]}]}",
             (long long)STORY + 290000, signal, how);
    journal_entry(w, STORY + 290000, "host:Run", NULL, facts.s);
}

static const struct {
    const char *lines[4], *how;
    int signal;
    const char *written; /* NULL = no file */
} rows[] = {
    {{"ls", "ls", "pwd"},           NULL,             0,  NULL                                                   },
    {{"ls", "ls", "pwd"},           "child-killed",   15, "#1760550250\nls\n#1760550252\npwd\n"                  },
    {{"ls", " id", "pwd"},          "shell-killed",   1,  "#1760550250\nls\n#1760550251\n id\n#1760550252\npwd\n"},
    {{"ls"},                        "shell-killed",   9,  NULL                                                   },
    {{"ls"},                        "monitor-killed", 9,  NULL                                                   },
    {{"unset HISTFILE", "ls"},      "child-killed",   15, NULL                                                   },
    {{"export HISTFILE=/dev/null"}, "child-killed",   15, NULL                                                   },
    {{"rm x", "history -c", "ls"},  "child-killed",   15, "#1760550252\nls\n"                                    },
    {{"ls", "history -a"},          NULL,             0,  "#1760550250\nls\n#1760550251\nhistory -a\n"           },
    {{"ls", "history -w", "id"},    "shell-killed",   9,  "#1760550250\nls\n#1760550251\nhistory -w\n"           },
};

static void written_when_the_shell_ends(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(world_drop) struct world w = {0};
        struct server *server = begin(&w);
        struct evidence_task task = task_of(&w);
        struct err e = {0};
        w.journal.n = 0; /* not the story: only this */
        for (size_t k = 0; k < COUNT(rows[i].lines) && rows[i].lines[k]; k++)
            typed(&w, STORY + 250000 + (int64_t)k * 1000, rows[i].lines[k]);
        if (rows[i].how)
            ends(&w, rows[i].how, rows[i].signal);
        CU_ASSERT(host_write_history(&task, &e));
        const struct file *file = tree_find(&server->tree, HOME "/.bash_history");
        CU_ASSERT(text_same(file ? file->data : NULL, rows[i].written));
        if (!text_same(file ? file->data : NULL, rows[i].written))
            fprintf(stderr, "row %zu: %s\n", i, file ? file->data : "no file");
        if (file)
            CU_ASSERT(file->mode == 0600 && file->uid == 1000 && file->gid == 1000);
    }
}

static void the_past_is_there(void)
{
    AUTO(world_drop) struct world w = {0};
    struct server *server = begin(&w);
    struct evidence_task task = task_of(&w);
    struct err e = {0};

    CU_ASSERT(host_write_past(&task, &e));
    CU_ASSERT(host_write_history(&task, &e)); /* the owner has logged out in the story, without a command typed but one */
    CU_ASSERT(holds(server, "/var/log/yum.log", "Oct 03 08:01:58 Installed: httpd-2.4.62"));
    CU_ASSERT(holds(server, "/var/log/dmesg", "[    0.000000] Linux version 4.14."));
    CU_ASSERT(holds(server, HOME "/.bash_history",
                    "sudo systemctl enable httpd\n#1727943165\nexit\n#1760550090\nsudo useradd chaos-user\n"));
    CU_ASSERT_PTR_NULL(tree_find(&server->tree, "/home/chaos-user/.bash_history")); /* still logged in */
}

CU_TestInfo evidence_host_history_tests[] = {
    {"written when the shell ends", written_when_the_shell_ends},
    {"the past is there",           the_past_is_there          },
    CU_TEST_INFO_NULL,
};
