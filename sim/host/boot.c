/* SPDX-License-Identifier: MIT */
/*
 * A server as it stands before the story: the fixture's tree with its tokens filled in and its times moved to where this server
 * was installed, the site where Apache serves it, and what systemd had started by the end of the boot.
 */
#include "sim/host/machine.h"
#include "sim/host/accounts.h"
#include "sim/host/image.h"

#include <stdlib.h>

#define IMAGE_MADE_MS INT64_C(1727740800000) /* tree.mtree: the oldest of its times */
#define IMAGE_DAY 19000                      /* shadow: days after it are of the image */

/* ---- the tree ---- */

static const char *host_name(struct world *w, const struct instance *instance)
{
    char *ip = arena_dup(&w->arena, instance->private_ip);
    const char *region = w->account.region;

    for (char *dot = ip; *dot; dot++)
        if (*dot == '.')
            *dot = '-';
    if (strcmp(region, "us-east-1") == 0)
        return arena_printf(&w->arena, "ip-%s.ec2.internal", ip);
    return arena_printf(&w->arena, "ip-%s.%s.compute.internal", ip, region);
}

static void set_data(struct world *w, struct file *file, const struct str *text)
{
    file->data = arena_dupn(&w->arena, str_text(text), text->len);
    file->size = file->room = text->len;
    file->owner = file;
    file->dirty = true;
}

static void fill_in(struct world *w, struct server *server, struct file *file)
{
    const char *host = server->hostname, *domain = strchr(host, '.') ? strchr(host, '.') + 1 : "";
    const struct {
        const char *token, *text;
    } tokens[] = {
        {"@HOSTNAME@",     host              },
        {"@DOMAIN@",       domain            },
        {"@EC2_USER_KEY@", server->public_key}
    };
    AUTO(str_drop) struct str out = {0};
    bool changed = false;

    for (const char *at = file->data, *end = at + file->size, *sign; at < end; at = sign) {
        size_t i = 0, left = (size_t)(end - at);

        while (i < COUNT(tokens) &&
               !(left >= strlen(tokens[i].token) && memcmp(at, tokens[i].token, strlen(tokens[i].token)) == 0))
            i++;
        if (i < COUNT(tokens)) {
            str_add(&out, tokens[i].text);
            sign = at + strlen(tokens[i].token);
            changed = true;
        } else {
            sign = memchr(at + 1, '@', left - 1);
            sign = sign ? sign : end;
            str_addn(&out, at, (size_t)(sign - at));
        }
    }
    if (changed)
        set_data(w, file, &out);
}

/* The fixture was made at one time, this server at another; nothing in it is younger than its boot. */
static void move_times(struct server *server, const struct server_plan *plan)
{
    int64_t shift = plan->installed_ms - IMAGE_MADE_MS;

    for (struct file *file = server->tree.files; file; file = file->next) {
        file->mtime_ms += shift;
        if (file->mtime_ms > plan->booted_ms)
            file->mtime_ms = plan->booted_ms;
        file->dirty = true;
    }
}

/* shadow counts days, too. */
static void move_days(struct world *w, struct server *server, const char *path, int64_t days)
{
    struct machine m = {.w = w, .server = server, .tree = &server->tree};
    AUTO(str_drop) struct str text = {0};
    struct file *file = tree_find(&server->tree, path);
    struct rows rows;

    rows_read(&m, path, SP_FIELDS, &rows);
    for (size_t i = 0; i < rows.n; i++) {
        struct row *row = &rows.list[i];
        unsigned day;

        if (row->n > SP_CHANGED && id_parse(row->field[SP_CHANGED], &day) && day > IMAGE_DAY)
            row->field[SP_CHANGED] = arena_printf(&m.arena, "%lld", (long long)day + (long long)days);
        for (size_t f = 0; f < row->n; f++)
            str_addf(&text, "%s%s", f ? ":" : "", row->field[f]);
        str_addc(&text, '\n');
    }
    if (file)
        set_data(w, file, &text);
    rows_drop(&rows);
    arena_drop(&m.arena);
}

static bool load_tree(struct world *w, struct server *server, const struct server_plan *plan, struct err *e)
{
    int64_t days = (plan->installed_ms - IMAGE_MADE_MS) / 86400000;

    if (!image_tree(w, &server->tree, e))
        return err_wrap(e, "server \"%s\"", server->name);
    for (struct file *file = server->tree.files; file; file = file->next)
        if (file->kind == FILE_REGULAR && file->data)
            fill_in(w, server, file);
    move_times(server, plan);
    move_days(w, server, "/etc/shadow", days);
    move_days(w, server, "/etc/shadow-", days);
    return true;
}

/* ---- the site ---- */

struct site {
    struct world *w;
    struct server *server;
    const char *target;
    unsigned uid, gid;
    int64_t from_ms, until_ms;
};

/* The web team put it up between the set-up of the server and its last boot: each file has an hour of its own. */
static int64_t put_up(const struct site *s, const char *path)
{
    struct chance chance = chance_of(&s->w->seed, "site/%s/%s", s->server->name, path);

    return chance_between(&chance, s->from_ms, s->until_ms) / 1000 * 1000;
}

static bool put_file(const struct site *s, const struct image_file *from, struct err *e)
{
    const char *path = arena_printf(&s->w->arena, "%s/%s", s->target, from->path);
    struct file *file;

    if (from->is_dir)
        file = tree_mkdir(s->w, &s->server->tree, path, 0755, s->uid, s->gid, s->from_ms);
    else
        file = tree_put_lasting(s->w, &s->server->tree, path, from->data, from->n, put_up(s, from->path));
    if (!file)
        return err_set(e, "\"%s\" does not fit into the server's tree", path);
    file->uid = s->uid;
    file->gid = s->gid;
    return true;
}

static bool put_site(const struct site *s, const char *name, struct err *e)
{
    const struct image_site *from = image_site(name, e);

    for (size_t i = 0; from && i < from->n; i++)
        if (!put_file(s, &from->files[i], e))
            return false;
    return from != NULL;
}

/* A directory is as old as the youngest name in it. */
static void age_dirs(struct site *s)
{
    size_t n = strlen(s->target);

    for (struct file *dir = s->server->tree.files; dir; dir = dir->next) {
        if (dir->kind != FILE_DIR || strncmp(dir->path, s->target, n) != 0)
            continue;
        dir->mtime_ms = s->from_ms;
        for (struct file *at = dir_next(dir, NULL); at; at = dir_next(dir, at))
            if (at->kind == FILE_REGULAR && at->mtime_ms > dir->mtime_ms)
                dir->mtime_ms = at->mtime_ms;
    }
}

static bool load_site(struct world *w, struct server *server, const struct server_plan *plan, struct err *e)
{
    const struct file *www = tree_find(&server->tree, "/var/www/html");
    struct os_user apache;
    struct site s = {.w = w, .server = server};
    int64_t html_ms;
    struct file *top;

    if (!www || !os_user_find(w, server, "apache", &apache))
        return err_set(e, "server \"%s\": there is no web server in its tree", server->name);
    html_ms = www->mtime_ms;
    s.target = arena_printf(&w->arena, "/var/www/html/%s", path_base(plan->site));
    s.uid = apache.uid;
    s.gid = apache.gid;
    s.from_ms = html_ms < plan->booted_ms ? html_ms : plan->booted_ms;
    s.until_ms = plan->booted_ms;
    top = tree_mkdir(w, &server->tree, s.target, 0755, s.uid, s.gid, s.from_ms);
    if (!top)
        return err_set(e, "server \"%s\": \"%s\" does not fit into its tree", server->name, s.target);
    if (!put_site(&s, plan->site, e))
        return err_wrap(e, "server \"%s\": site \"%s\"", server->name, plan->site);
    age_dirs(&s);
    tree_find(&server->tree, "/var/www/html")->mtime_ms = s.from_ms;
    return true;
}

/* ---- processes: what ps -ef shows on Amazon Linux 2 after a boot, in the order of their start ---- */

static const struct {
    const char *title, *exe, *user, *tty;
    int pid, parent;  /* parent 0 or 1, or the pid of an earlier row */
    int after_ms;     /* since the boot */
    const char *unit; /* daemons */
} first[] = {
    {"/usr/lib/systemd/systemd --switched-root --system --deserialize 21",                               "/usr/lib/systemd/systemd",          "root",    "?",     1,    0,    0,
     NULL                                                                                                                                                                                              },
    {"[kthreadd]",                                                                                       "",                                  "root",    "?",     2,    0,    0,     NULL              },
    {"[kworker/0:0H]",                                                                                   "",                                  "root",    "?",     4,    2,    0,     NULL              },
    {"[mm_percpu_wq]",                                                                                   "",                                  "root",    "?",     6,    2,    0,     NULL              },
    {"[ksoftirqd/0]",                                                                                    "",                                  "root",    "?",     7,    2,    0,     NULL              },
    {"[rcu_sched]",                                                                                      "",                                  "root",    "?",     8,    2,    0,     NULL              },
    {"[rcu_bh]",                                                                                         "",                                  "root",    "?",     9,    2,    0,     NULL              },
    {"[migration/0]",                                                                                    "",                                  "root",    "?",     10,   2,    0,     NULL              },
    {"[watchdog/0]",                                                                                     "",                                  "root",    "?",     11,   2,    0,     NULL              },
    {"[kdevtmpfs]",                                                                                      "",                                  "root",    "?",     15,   2,    0,     NULL              },
    {"[kauditd]",                                                                                        "",                                  "root",    "?",     18,   2,    0,     NULL              },
    {"[khungtaskd]",                                                                                     "",                                  "root",    "?",     22,   2,    0,     NULL              },
    {"[kswapd0]",                                                                                        "",                                  "root",    "?",     41,   2,    0,     NULL              },
    {"[xfsaild/xvda1]",                                                                                  "",                                  "root",    "?",     1548, 2,    900,   NULL              },
    {"/usr/lib/systemd/systemd-journald",                                                                "/usr/lib/systemd/systemd-journald", "root",    "?",     1612, 1,    1400,  NULL              },
    {"/usr/sbin/lvmetad -f",                                                                             "/usr/sbin/lvmetad",                 "root",    "?",     1631, 1,    1600,  NULL              },
    {"/usr/lib/systemd/systemd-udevd",                                                                   "/usr/lib/systemd/systemd-udevd",    "root",    "?",     1640, 1,    1700,  NULL              },
    {"/sbin/auditd",                                                                                     "/usr/sbin/auditd",                  "root",    "?",     1712, 1,    2600,  "auditd"          },
    {"/usr/lib/systemd/systemd-logind",                                                                  "/usr/lib/systemd/systemd-logind",   "root",    "?",     1743, 1,    3100,  NULL              },
    {"/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation",       "/usr/bin/dbus-daemon",
     "dbus",                                                                                                                                             "?",     1748, 1,    3100,  NULL              },
    {"/sbin/rpcbind -w",                                                                                 "/usr/sbin/rpcbind",                 "rpc",     "?",     1752, 1,    3150,  NULL              },
    {"/usr/sbin/chronyd",                                                                                "/usr/sbin/chronyd",                 "chrony",  "?",     1763, 1,    3300,  "chronyd"         },
    {"/usr/sbin/gssproxy -D",                                                                            "/usr/sbin/gssproxy",                "root",    "?",     1771, 1,    3400,  NULL              },
    {"/sbin/dhclient -q -lf /var/lib/dhclient/dhclient--eth0.lease -pf /var/run/dhclient-eth0.pid eth0", "/usr/sbin/dhclient",
     "root",                                                                                                                                             "?",     2006, 1,    5200,  NULL              },
    {"/usr/libexec/postfix/master -w",                                                                   "/usr/libexec/postfix/master",       "root",    "?",     2139, 1,    6900,  NULL              },
    {"qmgr -l -t unix -u",                                                                               "/usr/libexec/postfix/qmgr",         "postfix", "?",     2141, 2139, 6950,  NULL              },
    {"/usr/sbin/rsyslogd -n",                                                                            "/usr/sbin/rsyslogd",                "root",    "?",     2163, 1,    7200,  "rsyslog"         },
    {"/usr/bin/amazon-ssm-agent",                                                                        "/usr/bin/amazon-ssm-agent",         "root",    "?",     2178, 1,    7400,  "amazon-ssm-agent"},
    {"/usr/sbin/httpd -DFOREGROUND",                                                                     "/usr/sbin/httpd",                   "root",    "?",     2185, 1,    7500,  "httpd"           },
    {"/usr/sbin/sshd -D",                                                                                "/usr/sbin/sshd",                    "root",    "?",     2298, 1,    8100,  "sshd"            },
    {"/usr/sbin/httpd -DFOREGROUND",                                                                     "/usr/sbin/httpd",                   "apache",  "?",     2311, 2185, 8200,  NULL              },
    {"/usr/sbin/httpd -DFOREGROUND",                                                                     "/usr/sbin/httpd",                   "apache",  "?",     2312, 2185, 8200,  NULL              },
    {"/usr/sbin/httpd -DFOREGROUND",                                                                     "/usr/sbin/httpd",                   "apache",  "?",     2313, 2185, 8200,  NULL              },
    {"/usr/sbin/httpd -DFOREGROUND",                                                                     "/usr/sbin/httpd",                   "apache",  "?",     2314, 2185, 8200,  NULL              },
    {"/usr/sbin/httpd -DFOREGROUND",                                                                     "/usr/sbin/httpd",                   "apache",  "?",     2315, 2185, 8200,  NULL              },
    {"/usr/sbin/crond -n",                                                                               "/usr/sbin/crond",                   "root",    "?",     2327, 1,    8400,  "crond"           },
    {"/usr/sbin/atd -f",                                                                                 "/usr/sbin/atd",                     "root",    "?",     2329, 1,    8400,  NULL              },
    {"/sbin/agetty --noclear tty1 linux",                                                                "/usr/sbin/agetty",                  "root",    "tty1",  2336, 1,    8500,  NULL              },
    {"/sbin/agetty --keep-baud 115200,38400,9600 ttyS0 vt220",                                           "/usr/sbin/agetty",                  "root",    "ttyS0", 2337, 1,    8500,  NULL              },
    {"/usr/bin/ssm-agent-worker",                                                                        "/usr/bin/ssm-agent-worker",         "root",    "?",     2402, 2178, 11300, NULL              },
};

static void add_daemon(struct machine *m, const char *unit, int pid)
{
    struct daemon *daemon = arena_alloc(&m->w->arena, sizeof(*daemon));
    const struct file *config = strcmp(unit, "sshd") == 0 ? tree_find(m->tree, "/etc/ssh/sshd_config") : NULL;

    *daemon = (struct daemon){.unit = unit, .pid = pid, .running = true, .started_ms = m->now_ms};
    if (config)
        daemon->config = arena_dupn(&m->w->arena, config->data, config->size);
    list_append(&m->server->daemons, daemon);
}

static void start_all(struct world *w, struct server *server)
{
    struct machine m = {.w = w, .server = server, .tree = &server->tree};

    for (size_t i = 0; i < COUNT(first); i++) {
        struct os_user user = {0};

        os_user_find(w, server, first[i].user, &user);
        m.now_ms = server->booted_ms + first[i].after_ms;
        process_add(&m, first[i].pid, first[i].parent, user.uid, first[i].title, first[i].exe, first[i].tty, 0);
        if (first[i].unit)
            add_daemon(&m, first[i].unit, first[i].pid);
    }
    arena_drop(&m.arena);
}

/* ---- all of it ---- */

struct server *host_boot(struct world *w, struct instance *instance, const struct server_plan *plan, struct err *e)
{
    struct server *server = arena_alloc(&w->arena, sizeof(*server));
    struct os_user owner;

    if (plan->booted_ms < plan->installed_ms)
        return err_set(e, "server \"%s\": it cannot boot before it is installed", plan->name), NULL;
    server->name = arena_dup(&w->arena, plan->name);
    server->hostname = host_name(w, instance);
    server->instance = instance;
    server->booted_ms = plan->booted_ms;
    server->login_user = arena_dup(&w->arena, plan->login_user);
    server->public_key = arena_dup(&w->arena, plan->public_key ? plan->public_key : "");
    if (!load_tree(w, server, plan, e))
        return NULL;
    if (!os_user_find(w, server, plan->login_user, &owner))
        return err_set(e, "server \"%s\": there is no user \"%s\" in its tree", plan->name, plan->login_user), NULL;
    if (plan->site && !load_site(w, server, plan, e))
        return NULL;
    start_all(w, server);
    list_append(&w->servers, server);
    instance->server = server->name;
    return server;
}
