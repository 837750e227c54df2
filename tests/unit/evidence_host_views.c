/* SPDX-License-Identifier: MIT */
/* What ps, ss, who, w and uptime would show at the end. */
#include "evidence_host.inc"

static struct process monitor = {
    .pid = 9041, .ppid = 2301, .title = "sshd: chaos-user [priv]", .tty = "?", .started_ms = STORY};
static struct process child = {
    .pid = 9043, .ppid = 9041, .uid = 1001, .title = "sshd: chaos-user@pts/1", .tty = "?", .started_ms = STORY};
static struct process shell = {.pid = 9044, .ppid = 9043, .uid = 1000, .title = "-bash", .tty = "pts/1", .started_ms = BOOT};
static struct os_session session = {.number = 109,
                                    .user = "chaos-user",
                                    .uid = 1001,
                                    .tty = "pts/1",
                                    .host = "198.51.100.23",
                                    .remote_port = 51560,
                                    .monitor_pid = 9041,
                                    .child_pid = 9043,
                                    .shell_pid = 9044,
                                    .method = "password",
                                    .started_ms = STORY + 150000};

static void read_view(const char *dir, const char *name, struct str *out)
{
    AUTO(arena_drop) struct arena a = {0};
    struct err e = {0};

    str_clear(out);
    CU_ASSERT(file_read(arena_printf(&a, "%s/server/cafe/%s", dir, name), 1u << 20, out, &e));
}

static const struct {
    const char *name, *text;
    bool gone_afterwards;
} shown[] = {
    {"ps-ef.txt",   "UID        PID  PPID  C STIME TTY          TIME CMD\n",                                            false},
    {"ps-ef.txt",   "root      9041  2301  0 17:40 ?        00:00:00 sshd: chaos-user [priv]\n",                        true },
    {"ps-ef.txt",   "1001      9043  9041  0 17:40 ?        00:00:00 sshd: chaos-user@pts/1\n",                         true },
    {"ps-ef.txt",   "ec2-user  9044  9043  0 Oct11 pts/1    00:00:00 -bash\n",                                          true },
    {"ss-tanp.txt",
     "172.31.20.7:22             198.51.100.23:51560        users:((\"sshd\",pid=9043,fd=3),(\"sshd\",pid=9041,fd=3))", true },
    {"ss-tanp.txt", "users:((\"sshd\",pid=9065,fd=3))\n",                                                               false},
    {"who.txt",     "chaos-user pts/1        2025-10-15 17:42 (198.51.100.23)\n",                                       true },
    {"w.txt",       "chaos-us pts/1    198.51.100.23    17:42    1:48   0.00s  0.00s -bash\n",                          true },
    {"uptime.txt",  " 17:45:00 up 4 days, 10:28,  1 user,  load average: ",                                             true },
};

static void the_intruder_is_seen(void)
{
    char dir[] = "/tmp/cafelab-views-XXXXXX";
    AUTO(world_drop) struct world w = {0};
    AUTO(str_drop) struct str text = {0};
    struct server *server = begin(&w);
    struct evidence_task task = task_of(&w);
    struct err e = {0};

    CU_ASSERT_PTR_NOT_NULL(mkdtemp(dir));
    task.to.dir = dir;
    list_append(&server->processes, &monitor);
    list_append(&server->processes, &child);
    list_append(&server->processes, &shell);
    list_append(&server->sessions, &session);
    for (int gone = 0; gone < 2; gone++) {
        CU_ASSERT(host_write_views(&task, &e));
        for (size_t i = 0; i < COUNT(shown); i++) {
            read_view(dir, shown[i].name, &text);
            CU_ASSERT((strstr(str_text(&text), shown[i].text) != NULL) == !(gone && shown[i].gone_afterwards));
            if ((strstr(str_text(&text), shown[i].text) != NULL) == (gone && shown[i].gone_afterwards))
                fprintf(stderr, "%s (%d): %s\n%s", shown[i].name, gone, shown[i].text, str_text(&text));
        }
        server->processes = NULL;
        session.ended_ms = STORY + 200000;
    }
    session.ended_ms = 0;
    CU_ASSERT(dir_remove(dir, &e));
}

static void says_where_it_cannot_write(void)
{
    AUTO(world_drop) struct world w = {0};
    begin(&w);
    struct evidence_task task = task_of(&w);
    struct err e = {0};

    task.to.dir = "/dev/null/lab";
    CU_ASSERT_FALSE(host_write_views(&task, &e));
    CU_ASSERT(e.set && strstr(e.msg, "/dev/null"));
}

CU_TestInfo evidence_host_views_tests[] = {
    {"the intruder is seen",       the_intruder_is_seen      },
    {"says where it cannot write", says_where_it_cannot_write},
    CU_TEST_INFO_NULL,
};
