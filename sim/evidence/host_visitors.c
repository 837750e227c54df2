/* SPDX-License-Identifier: MIT */
/*
 * The website's guests: access_log in combined form, drawn from the seed. Regulars come back with what their browser kept
 * (304 until a picture changes), guests of one visit, a monitor, search engines, scanners that find nothing, people of the
 * café who look after signing in to the console, and whoever changed the site and looks at what he did.
 *
 * Sizes, 304s and 404s are those of the files at that moment (host_site.c). Addresses are from 198.18.0.0/15 (RFC 2544):
 * nobody real, and none of the cast. Every day and every visit draws from a stream of its own.
 */
#include "sim/evidence/host_site.h"

#include <stdlib.h>
#include <string.h>

#define HOUR_MS 3600000
#define DAY_MS 86400000
#define ROOT "/var/www/html"
#define REGULARS 48
#define PER_DAY 42
#define NOT_FOUND 196 /* bytes of httpd's own error pages */
#define BAD_REQUEST 226
#define MONITOR_MS 900000

static const char *const browsers[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 "
    "Edg/141.0.0.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
};
static const char *const referers[] = {"-",
                                       "-",
                                       "-",
                                       "https://www.google.com/",
                                       "https://www.google.com/",
                                       "https://www.bing.com/",
                                       "https://duckduckgo.com/",
                                       "https://www.instagram.com/"};
static const char *const robots[] = {
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
};
static const char *const scans[] = {"/.env",
                                    "/.git/config",
                                    "/wp-login.php",
                                    "/phpmyadmin/index.php",
                                    "/admin/",
                                    "/config.json",
                                    "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
                                    "/actuator/health",
                                    "/boaform/admin/formLogin",
                                    "/cgi-bin/luci/;stok=/locale",
                                    "/xmlrpc.php",
                                    "/server-status",
                                    "/login.action"};
static const char *const scanners[] = {"Mozilla/5.0 zgrab/0.x",
                                       "python-requests/2.32.3",
                                       "Go-http-client/1.1",
                                       "curl/7.88.1",
                                       "-",
                                       "Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)"};

struct guest {
    const char *ip, *agent;
    int64_t last_ms; /* of the visit before; 0 = never here */
    struct {         /* fetched during this visit */
        const char *url;
        int64_t ms;
    } seen[24];
    size_t n_seen;
};
struct links {
    const char *list[24];
    size_t n;
};
struct page { /* as it is now */
    const char *url;
    struct links styles, pictures, pages;
};
struct guests {
    struct traces *t;
    struct site site;
    const char *home;        /* "/cafe/" */
    struct page front, menu; /* the page there, and the first one that it leads to; url NULL = to none */
    const char *origin;      /* "http://34.201.10.20" */
    int zone_minutes, child_pid;
    int64_t gone_ms; /* from then on no guest reaches the site */
    struct guest regulars[REGULARS];
    struct str path, request, line; /* of the request that is being told */
};

/* ---- one request ---- */

/* Thousands a day: put together by hand. Size -1 = no body. */
static void logged(struct guests *g, int64_t ms, const struct guest *who, const char *request, int status, int64_t size,
                   const char *referer)
{
    struct str *line = &g->line;

    if (ms >= g->gone_ms || ms > g->t->task->until_ms || trace_told(g->t, TO_HTTPD_ACCESS, ms))
        return;
    str_clear(line);
    str_add(line, who->ip);
    str_add(line, " - - [");
    str_add(line, stamp_of(&g->t->web_stamp, ms, "%d/%b/%Y:%H:%M:%S +0000"));
    str_add(line, "] \"");
    str_add(line, request);
    str_add(line, "\" ");
    str_add_int(line, status);
    str_addc(line, ' ');
    if (size >= 0)
        str_add_int(line, size);
    else
        str_addc(line, '-');
    str_add(line, " \"");
    str_add(line, referer);
    str_add(line, "\" \"");
    str_add(line, who->agent);
    str_add(line, "\"\n");
    trace_bytes(g->t, TO_HTTPD_ACCESS, ms, line->s, line->len);
}

static const struct file_version *served(struct guests *g, const char *url, int64_t ms)
{
    size_t n = strcspn(url, "?#");

    str_clear(&g->path);
    str_add(&g->path, ROOT);
    str_addn(&g->path, url, n);
    if (n && url[n - 1] == '/')
        str_add(&g->path, "index.html");
    return site_file(&g->site, str_text(&g->path), ms);
}

/* When the browser last got this: in this visit or the one before; 0 = it has none. */
static int64_t kept_since(const struct guest *who, const char *url)
{
    for (size_t i = 0; i < who->n_seen; i++)
        if (text_same(who->seen[i].url, url))
            return who->seen[i].ms;
    return who->last_ms;
}

/* A request that asks "if modified since" when the browser has the file. Gives the status. */
static int fetch(struct guests *g, int64_t ms, struct guest *who, const char *method, const char *url, const char *referer)
{
    int64_t kept_ms = kept_since(who, url);
    const struct file_version *file = served(g, url, ms);
    bool head = text_same(method, "HEAD"), told = trace_told(g->t, TO_HTTPD_ACCESS, ms);
    const struct file_version *kept = kept_ms && !told ? served(g, url, kept_ms) : NULL;

    str_clear(&g->request);
    str_add(&g->request, method);
    str_addc(&g->request, ' ');
    str_add(&g->request, url);
    str_add(&g->request, " HTTP/1.1");
    const char *request = str_text(&g->request);
    if (told)
        ; /* what the guest has seen matters, the line is there */
    else if (!file)
        logged(g, ms, who, request, 404, head ? -1 : NOT_FOUND, referer);
    else if (kept && kept->mtime_ms / 1000 == file->mtime_ms / 1000 && kept->size == file->size)
        logged(g, ms, who, request, 304, -1, referer);
    else
        logged(g, ms, who, request, 200, head || file->size < 0 ? -1 : file->size, referer);
    if (who->n_seen < COUNT(who->seen)) {
        who->seen[who->n_seen].url = url;
        who->seen[who->n_seen++].ms = ms;
    }
    return file ? 200 : 404;
}

/* ---- a page with what it shows ---- */

static const char *url_beside(struct guests *g, const char *page, const char *link)
{
    const char *slash = strrchr(page, '/');

    if (link[0] == '/')
        return link;
    if (text_starts(link, "./"))
        link += 2;
    return arena_printf(&g->t->arena, "%.*s%s", (int)(slash - page) + 1, page, link);
}

/* The value of the attribute at `at`, when it is short and tame: pages are the students' to change. */
static const char *attribute(struct guests *g, const char *at, const char *end)
{
    size_t n = 0;

    while (at + n < end && n < 200 && at[n] != '"')
        if ((unsigned char)at[n] <= 0x20 || at[n] == '\\' || (unsigned char)at[n++] >= 0x7f)
            return NULL;
    return n && at + n < end && at[n] == '"' && !memchr(at, ':', n) && at[0] != '#' ? arena_dupn(&g->t->arena, at, n) : NULL;
}

/* Finds name="..." in the page as it is now; `suffix` NULL takes all. */
static void find_links(struct guests *g, const char *page, const char *name, const char *suffix, struct links *out)
{
    const char *path = arena_printf(&g->t->arena, ROOT "%s%s", page, text_ends(page, "/") ? "index.html" : "");
    const struct file *file = tree_find(&g->t->server->tree, path);
    const char *at = file && file->kind == FILE_REGULAR ? file->data : NULL, *end = at ? at + file->size : NULL;
    size_t n = strlen(name);

    while (at && out->n < COUNT(out->list) && (at = memmem(at, (size_t)(end - at), name, n))) {
        const char *link = attribute(g, at += n, end);
        if (link && (!suffix || text_ends(link, suffix)))
            out->list[out->n++] = url_beside(g, page, link);
    }
}

static void read_page(struct guests *g, const char *url, struct page *page)
{
    page->url = url;
    find_links(g, url, "href=\"", ".css", &page->styles);
    find_links(g, url, "src=\"", NULL, &page->pictures);
    find_links(g, url, "href=\"", ".html", &page->pages);
}

static void see_page(struct guests *g, int64_t ms, struct guest *who, const struct page *page, const char *referer,
                     struct chance *draw)
{
    const struct links *styles = &page->styles, *pictures = &page->pictures;
    const char *here = arena_printf(&g->t->arena, "%s%s", g->origin, page->url);
    size_t above_fold = 1;

    if (fetch(g, ms, who, "GET", page->url, referer) != 200)
        return;
    ms += chance_between(draw, 60, 240);
    for (size_t i = 0; i < styles->n; i++)
        if (!kept_since(who, styles->list[i])) /* else fresh enough for the browser not to ask again */
            fetch(g, ms += chance_between(draw, 3, 40), who, "GET", styles->list[i], here);
    for (size_t i = 0; i < pictures->n; i++) {
        if (i == above_fold) { /* loading="lazy": fetched when the guest scrolls, if he does */
            if (chance_one_in(draw, 3))
                return;
            ms += chance_between(draw, 900, 7000);
        }
        fetch(g, ms += chance_between(draw, 8, 110), who, "GET", pictures->list[i], here);
    }
}

static void visit(struct guests *g, int64_t ms, struct guest *who, const char *referer, struct chance *draw)
{
    int64_t start = ms;

    see_page(g, ms, who, &g->front, referer, draw);
    if (!who->last_ms && chance_one_in(draw, 2))
        fetch(g, ms + chance_between(draw, 400, 900), who, "GET", "/favicon.ico",
              arena_printf(&g->t->arena, "%s%s", g->origin, g->home));
    if (g->menu.url && chance_below(draw, 100) < 38)
        see_page(g, ms + chance_between(draw, 12000, 95000), who, &g->menu,
                 arena_printf(&g->t->arena, "%s%s", g->origin, g->home), draw);
    who->last_ms = start;
    who->n_seen = 0;
}

/* ---- the day ---- */

static const char *address(struct guests *g, struct chance *draw)
{
    unsigned second = 18 + (unsigned)chance_below(draw, 2), third = (unsigned)chance_below(draw, 256);
    unsigned fourth = (unsigned)chance_between(draw, 1, 254);
    return arena_printf(&g->t->arena, "198.%u.%u.%u", second, third, fourth);
}

static struct guest somebody(struct guests *g, struct chance *draw)
{
    struct guest who = {.ip = address(g, draw)};
    who.agent = browsers[chance_below(draw, COUNT(browsers))];
    return who;
}

/* How busy each hour of the day is, local time: before work, at noon, in the afternoon. */
static const unsigned char busy[24] = {1, 0, 0, 0, 1, 3, 8, 12, 11, 9, 8, 9, 11, 9, 7, 7, 8, 7, 6, 6, 5, 4, 3, 2};

static int64_t moment_of_day(struct guests *g, struct chance *draw, int64_t day_ms)
{
    unsigned all = 0, at, hour = 0;

    for (size_t i = 0; i < COUNT(busy); i++)
        all += busy[i];
    at = (unsigned)chance_below(draw, all);
    while (at >= busy[hour])
        at -= busy[hour++];
    return day_ms - (int64_t)g->zone_minutes * 60000 + (int64_t)hour * HOUR_MS + (int64_t)chance_below(draw, HOUR_MS);
}

struct arrival {
    int64_t ms;
    unsigned nth;
};

static int sooner(const void *a, const void *b)
{
    const struct arrival *one = a, *two = b;

    return one->ms < two->ms ? -1 : one->ms > two->ms ? 1 : one->nth < two->nth ? -1 : one->nth > two->nth;
}

static void day_of_guests(struct guests *g, int64_t day_ms)
{
    const char *name = g->t->server->name;
    struct chance draw = chance_of(&g->t->task->seed, "host/%s/guests/%lld", name, (long long)(day_ms / DAY_MS));
    unsigned n = PER_DAY + (unsigned)chance_below(&draw, 17) - 8;
    struct arrival arrivals[PER_DAY * 2] = {0};

    if (civil_from_ms(day_ms).weekday == 1) /* closed on Mondays */
        n /= 2;
    for (unsigned i = 0; i < n; i++)
        arrivals[i] = (struct arrival){moment_of_day(g, &draw, day_ms), i};
    qsort(arrivals, n, sizeof(*arrivals), sooner);
    for (unsigned i = 0; i < n; i++) {
        struct chance own =
            chance_of(&g->t->task->seed, "host/%s/guest/%lld/%u", name, (long long)(day_ms / DAY_MS), arrivals[i].nth);
        struct guest once = {0};
        struct guest *who = chance_below(&own, 100) < 45 ? &g->regulars[chance_below(&own, REGULARS)] : &once;
        if (who == &once)
            once = somebody(g, &own);
        if (arrivals[i].ms >= g->t->begin_ms)
            visit(g, arrivals[i].ms, who, referers[chance_below(&own, who->last_ms ? 3 : COUNT(referers))], &own);
    }
}

static void refused_root(struct guests *g, int64_t ms, const struct guest *who, unsigned port)
{
    logged(g, ms, who, "GET / HTTP/1.1", 404, NOT_FOUND, "-");
    if (ms < g->gone_ms && ms <= g->t->task->until_ms)
        trace_httpd_error(
            g->t, ms, g->child_pid,
            arena_printf(&g->t->arena, "[client %s:%u] AH00129: Attempt to serve directory: " ROOT "/", who->ip, port));
}

static void day_of_machines(struct guests *g, int64_t day_ms)
{
    struct chance draw =
        chance_of(&g->t->task->seed, "host/%s/machines/%lld", g->t->server->name, (long long)(day_ms / DAY_MS));

    for (size_t i = 0; i < COUNT(robots); i++) {
        struct guest robot = {.ip = address(g, &draw), .agent = robots[i]};
        int64_t ms = day_ms + (int64_t)chance_below(&draw, DAY_MS - 60000);
        fetch(g, ms, &robot, "GET", "/robots.txt", "-");
        fetch(g, ms + chance_between(&draw, 900, 5000), &robot, "GET", g->home, "-");
    }
    for (unsigned n = 2 + (unsigned)chance_below(&draw, 5); n > 0; n--) {
        struct guest scanner = {.ip = address(g, &draw)};
        scanner.agent = scanners[chance_below(&draw, COUNT(scanners))];
        int64_t ms = day_ms + (int64_t)chance_below(&draw, DAY_MS - 60000);
        refused_root(g, ms, &scanner, (unsigned)chance_between(&draw, 32768, 60999));
        for (unsigned probes = (unsigned)chance_below(&draw, 6); probes > 0; probes--) {
            ms += chance_between(&draw, 150, 2600);
            fetch(g, ms, &scanner, "GET", scans[chance_below(&draw, COUNT(scans))], "-");
        }
        if (chance_one_in(&draw, 4))
            logged(g, ms + 800, &(struct guest){.ip = scanner.ip, .agent = "-"}, "\\x16\\x03\\x01", 400, BAD_REQUEST, "-");
    }
}

static void monitor(struct guests *g)
{
    struct chance draw = chance_of(&g->t->task->seed, "host/%s/monitor", g->t->server->name);
    const char *ip = address(g, &draw), *agent = "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)";
    int64_t phase = (int64_t)chance_below(&draw, MONITOR_MS), ms = (g->t->begin_ms / MONITOR_MS) * MONITOR_MS + phase;

    for (; ms <= g->t->task->until_ms; ms += MONITOR_MS)
        if (ms >= g->t->begin_ms && !trace_told(g->t, TO_HTTPD_ACCESS, ms + 900))
            fetch(g, ms + (ms / MONITOR_MS * 7919) % 900, &(struct guest){.ip = ip, .agent = agent}, "HEAD", g->home, "-");
}

/* ---- people of the story ---- */

/* Somebody of the café signed in to the console: now and then he looks at the site, too, with the same browser. */
static void owner_looks(struct guests *g, const struct entry *entry)
{
    struct chance draw = chance_of(&g->t->task->seed, "host/%s/owner/%llu", g->t->server->name, (unsigned long long)entry->seq);
    struct guest owner = {.ip = entry->from.ip, .agent = entry->from.agent, .last_ms = entry->time_ms - DAY_MS};

    if (owner.ip && owner.agent && !strpbrk(owner.agent, "\"\\\n") && chance_one_in(&draw, 3))
        visit(g, entry->time_ms + chance_between(&draw, 150000, 900000), &owner, "-", &draw);
}

/* Whoever changes a page looks at what has become of it. */
static void changer_looks(struct guests *g, const struct entry *entry)
{
    const char *addr = json_str(entry->response, "addr");
    const json_t *program, *fact;
    size_t p, f;

    json_array_foreach(json_object_get(entry->response, "programs"), p, program)
        json_array_foreach(json_object_get(program, "files"), f, fact)
    {
        const char *path = json_str(fact, json_str(fact, "to") ? "to" : "path");
        if (!addr || !path || json_str(fact, "errno") || !text_starts(path, ROOT "/") || !text_ends(path, ".jpg"))
            continue;
        struct chance draw =
            chance_of(&g->t->task->seed, "host/%s/changer/%llu", g->t->server->name, (unsigned long long)entry->seq);
        struct guest who = {.ip = addr, .agent = browsers[7]};
        fetch(g, entry->time_ms + chance_between(&draw, 4000, 11000), &who, "GET", path + strlen(ROOT), "-");
        return;
    }
}

static void story(struct guests *g)
{
    const struct journal *journal = &g->t->task->w->journal;

    for (size_t i = 0; i < journal->n; i++) {
        const struct entry *entry = journal->list[i];
        if (entry->prelude || entry->time_ms < g->t->begin_ms)
            continue;
        if (text_same(entry->op, "signin:ConsoleLogin") && !entry->error_code)
            owner_looks(g, entry);
        else if (text_same(entry->on, g->t->server->name))
            changer_looks(g, entry);
    }
}

/* ---- is the site there? ---- */

static bool open_to_all(const struct instance *instance)
{
    if (!instance)
        return true;
    for (size_t i = 0; i < instance->n_groups; i++)
        for (const struct sg_rule *rule = instance->groups[i]->rules; rule; rule = rule->next)
            if (!rule->egress && text_same(rule->cidr4, "0.0.0.0/0") &&
                (text_same(rule->protocol, "-1") ||
                 (text_same(rule->protocol, "tcp") && rule->from_port <= 80 && rule->to_port >= 80)))
                return true;
    return false;
}

/* When the way in was shut, if it still is. */
static int64_t gone_since(const struct traces *t)
{
    const struct journal *journal = &t->task->w->journal;

    if (open_to_all(t->server->instance))
        return INT64_MAX;
    for (size_t i = journal->n; i > 0; i--) {
        const struct entry *entry = journal->list[i - 1];
        if (entry->error_code)
            continue;
        if (text_same(entry->op, "ec2:RevokeSecurityGroupIngress") || text_same(entry->op, "ec2:ModifySecurityGroupRules"))
            return entry->time_ms;
    }
    return INT64_MIN;
}

/* ---- all of them ---- */

static const struct {
    const char *region;
    int minutes;
} zones[] = {
    {"us-west",        -420},
    {"us-east",        -240},
    {"ca-",            -240},
    {"sa-",            -180},
    {"eu-west-1",      60  },
    {"eu-west-2",      60  },
    {"eu-",            120 },
    {"af-",            120 },
    {"ap-south",       330 },
    {"ap-northeast",   540 },
    {"ap-southeast-2", 600 },
    {"ap-",            480 }
};

static int zone_of(const char *region)
{
    for (size_t i = 0; region && i < COUNT(zones); i++)
        if (text_starts(region, zones[i].region))
            return zones[i].minutes;
    return 0;
}

static int child_of_httpd(const struct server *server)
{
    for (const struct process *p = server->processes; p; p = p->next)
        if (p->uid == 48)
            return p->pid;
    return 2400;
}

void traces_of_guests(struct traces *t)
{
    struct guests g = {.t = t, .home = t->task->visitors_site, .gone_ms = gone_since(t)};
    struct chance draw = chance_of(&t->task->seed, "host/%s/regulars", t->server->name);
    const struct instance *instance = t->server->instance;

    if (!g.home || g.home[0] != '/' || !tree_find(&t->server->tree, ROOT))
        return;
    site_read(t, ROOT, &g.site);
    read_page(&g, g.home, &g.front);
    if (g.front.pages.n)
        read_page(&g, g.front.pages.list[0], &g.menu);
    g.origin =
        arena_printf(&t->arena, "http://%s", instance && instance->public_ip ? instance->public_ip : t->server->hostname);
    g.zone_minutes = zone_of(t->task->w->account.region);
    g.child_pid = child_of_httpd(t->server);
    for (size_t i = 0; i < REGULARS; i++)
        g.regulars[i] = somebody(&g, &draw);
    monitor(&g);
    for (int64_t day = (t->begin_ms / DAY_MS - 1) * DAY_MS; day <= t->task->until_ms; day += DAY_MS) {
        day_of_guests(&g, day);
        day_of_machines(&g, day);
    }
    story(&g);
    str_drop(&g.path);
    str_drop(&g.request);
    str_drop(&g.line);
    site_drop(&g.site);
}
