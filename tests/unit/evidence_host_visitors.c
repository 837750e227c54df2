/* SPDX-License-Identifier: MIT */
/* The website's guests: what they get is what stood there at that moment, and nobody comes through a closed door. */
#include "evidence_host.inc"

#define JPG IMAGES "Coffee-and-Pastries.jpg"

static void the_site_has_a_history(void)
{
    AUTO(world_drop) struct world w = {0};
    struct server *server = begin(&w);
    struct evidence_task task = task_of(&w);
    struct traces t = {.task = &task, .server = server};
    AUTO(site_drop) struct site site = {0};
    const struct file *now = tree_find(&server->tree, JPG),
                      *backup = tree_find(&server->tree, IMAGES "Coffee-and-Pastries.backup");
    const struct file_version *version;

    site_read(&t, "/var/www/html", &site);
    version = site_file(&site, JPG, STORY);
    CU_ASSERT(version && version->size == (int64_t)backup->size && version->mtime_ms == backup->mtime_ms);
    CU_ASSERT_PTR_NULL(site_file(&site, JPG, DEFACED - 6000));
    CU_ASSERT_PTR_NULL(site_file(&site, IMAGES "Coffee-and-Pastries.backup", STORY));
    CU_ASSERT_PTR_NOT_NULL(site_file(&site, IMAGES "Coffee-and-Pastries.backup", DEFACED - 6000));
    version = site_file(&site, JPG, DEFACED);
    CU_ASSERT(version && version->size == (int64_t)now->size);
    CU_ASSERT_PTR_NOT_NULL(site_file(&site, "/var/www/html/cafe/index.html", BOOT));
    CU_ASSERT_PTR_NULL(site_file(&site, "/var/www/html/cafe/nothing", BOOT));
    arena_drop(&t.arena);
}

struct request {
    char ip[64], method[16], url[256];
    int status;
    long long size; /* -1 = "-" */
    int64_t ms;
};

static bool read_request(const char *line, struct request *r)
{
    char stamp[64], size[32];
    int day, year, hour, minute, second;

    if (sscanf(line, "%63s - - [%63[^]]] \"%15s %255s HTTP/1.1\" %d %31s \"", r->ip, stamp, r->method, r->url, &r->status,
               size) != 6)
        return false;
    r->size = size[0] == '-' ? -1 : atoll(size);
    if (sscanf(stamp, "%d/Oct/%d:%d:%d:%d +0000", &day, &year, &hour, &minute, &second) != 5)
        return false;
    r->ms =
        ms_from_civil(&(struct civil){.year = year, .month = 10, .day = day, .hour = hour, .minute = minute, .second = second});
    return true;
}

static void write_all(const struct world *w, int64_t until_ms)
{
    struct evidence_task task = task_of(w);
    struct err e = {0};

    task.until_ms = until_ms;
    CU_ASSERT(host_write_logs(&task, &e));
}

static void guests_get_what_stands_there(void)
{
    AUTO(world_drop) struct world w = {0};
    struct server *server = begin(&w);
    long long before = (long long)tree_find(&server->tree, IMAGES "Coffee-and-Pastries.backup")->size;
    long long after = (long long)tree_find(&server->tree, JPG)->size;
    unsigned old_seen = 0, new_seen = 0, kept = 0, lines = 0, wrong = 0;

    write_all(&w, STORY + 86400000);
    for (const char *line = text_of(server, "/var/log/httpd/access_log"); *line; line = strchr(line, '\n') + 1) {
        struct request r = {0};
        lines++;
        if (!read_request(line, &r))
            continue; /* scanners that speak no HTTP */
        wrong += !ip_in(r.ip, "198.18.0.0/15") && !text_same(r.ip, "198.51.100.23");
        if (!text_same(r.url, "/cafe/images/Coffee-and-Pastries.jpg"))
            continue;
        old_seen += r.status == 200 && r.size == before;
        new_seen += r.status == 200 && r.size == after;
        kept += r.status == 304;
        wrong += r.status == 200 && r.size != (r.ms < DEFACED - 12000 ? before : after);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(lines > 500 && old_seen > 20 && new_seen > 5 && kept > 5);
}

static void nobody_comes_through_a_closed_door(void)
{
    AUTO(world_drop) struct world w = {0};
    struct server *server = begin(&w);
    struct entry *closing = journal_add(&w);
    int64_t last = 0;

    closing->op = "ec2:RevokeSecurityGroupIngress";
    closing->time_ms = STORY + 3600000;
    server->instance->n_groups = 0;
    write_all(&w, STORY + 86400000);
    for (const char *line = text_of(server, "/var/log/httpd/access_log"); *line; line = strchr(line, '\n') + 1) {
        struct request r = {0};
        if (read_request(line, &r))
            last = r.ms;
    }
    CU_ASSERT(last > STORY && last < STORY + 3600000);
}

static void no_website_no_guests(void)
{
    AUTO(world_drop) struct world w = {0};
    struct server *server = begin(&w);
    struct evidence_task task = task_of(&w);
    struct err e = {0};

    task.visitors_site = NULL;
    CU_ASSERT(host_write_logs(&task, &e));
    CU_ASSERT_EQUAL(tree_find(&server->tree, "/var/log/httpd/access_log")->size, 0);
}

/* A page is the student's to change: what it links to may be anything. */
static void hostile_pages_do_no_harm(void)
{
    static const char page[] =
        "<img src=\"a b.jpg\"><img src=\"x\\y\"><img src=\"http://evil/x.jpg\"><img src=\"\"><img src=\"q\n\">"
        "<link href=\"css/cafe.css\"><img src=\"ok.jpg\"><img src=\"";
    AUTO(world_drop) struct world w = {0};
    struct server *server = begin(&w);
    const char *log;

    CU_ASSERT_PTR_NOT_NULL(tree_put(&w, &server->tree, "/var/www/html/cafe/index.html", page, strlen(page), BOOT));
    write_all(&w, STORY);
    log = text_of(server, "/var/log/httpd/access_log");
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "GET /cafe/ok.jpg HTTP/1.1\" 404 196"));
    CU_ASSERT_PTR_NULL(strstr(log, "evil"));
    CU_ASSERT_PTR_NULL(strstr(log, "a b.jpg"));
}

CU_TestInfo evidence_host_visitors_tests[] = {
    {"the site has a history",             the_site_has_a_history            },
    {"guests get what stands there",       guests_get_what_stands_there      },
    {"nobody comes through a closed door", nobody_comes_through_a_closed_door},
    {"no website, no guests",              no_website_no_guests              },
    {"hostile pages do no harm",           hostile_pages_do_no_harm          },
    CU_TEST_INFO_NULL,
};
