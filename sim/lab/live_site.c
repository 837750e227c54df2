/* SPDX-License-Identifier: MIT */
/* The website of a live lab: its files as they are now, whether guests get to it, and the lines that they leave in httpd's log.
 */
#include "sim/lab/live_parts.h"

#include <string.h>

#define ACCESS_LOG "/var/log/httpd/access_log"
#define ANYBODY "8.8.8.8" /* for a rule that lets in who is nobody in particular */

bool live_site_open(struct live *live)
{
    bool open = false;
    pthread_mutex_lock(&live->lock);
    const struct server *server = live->lab.world.servers;
    const struct daemon *httpd = server ? find_daemon(server, "httpd") : NULL;
    if (server && server->instance && (!httpd || httpd->running))
        open = host_reachable(server->instance, ANYBODY, 80);
    pthread_mutex_unlock(&live->lock);
    return open;
}

bool live_file(struct live *live, const char *path, struct arena *arena, struct live_file *out)
{
    bool found = false;
    pthread_mutex_lock(&live->lock);
    const struct server *server = live->lab.world.servers;
    const struct file *file = server ? tree_find(&server->tree, path) : NULL;
    if (file && file->kind == FILE_REGULAR && file->data) {
        char *copy = arena_alloc(arena, file->size + 1);
        memcpy(copy, file->data, file->size);
        *out = (struct live_file){copy, file->size, file->mtime_ms};
        found = true;
    }
    pthread_mutex_unlock(&live->lock);
    return found;
}

/* As Apache writes it: quotes, backslashes and what cannot be printed are escaped. */
static void add_logged(struct str *out, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)(text && *text ? text : "-"); *p; p++)
        if (*p == '"' || *p == '\\')
            str_addf(out, "\\%c", *p);
        else if (*p < ' ' || *p > '~')
            str_addf(out, "\\x%02x", *p);
        else
            str_addc(out, (char)*p);
}

static void write_line(struct live *live, const struct live_visit *visit, int64_t now_ms, const char *ip)
{
    AUTO(str_drop) struct str log = {0};
    struct server *server = live->lab.world.servers;
    const struct file *file = server ? tree_find(&server->tree, ACCESS_LOG) : NULL;
    if (!file || file->kind != FILE_REGULAR || !file->data) /* who removes it has httpd write into nothing */
        return;
    str_addn(&log, file->data, file->size);
    str_addf(&log, "%s - - [", ip);
    str_add_time(&log, now_ms, "%d/%b/%Y:%H:%M:%S +0000");
    str_add(&log, "] \"");
    add_logged(&log, visit->request);
    str_addf(&log, visit->size ? "\" %u %llu \"" : "\" %u - \"", visit->status, (unsigned long long)visit->size);
    add_logged(&log, visit->referer);
    str_add(&log, "\" \"");
    add_logged(&log, visit->agent);
    str_add(&log, "\"\n");
    tree_put(&live->lab.world, &server->tree, ACCESS_LOG, log.s, log.len, now_ms);
}

/* Other guests' lines up to now come first, once a second at most. */
void live_visit(struct live *live, const struct live_visit *visit)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};
    const char *ip = live_student_ip(live, &arena);
    pthread_mutex_lock(&live->lock);
    int64_t now_ms = live_time(live);
    if (live->lab.written_ms / 1000 != now_ms / 1000)
        live->lab.written_ms = 0; /* daemons write now */
    if (!live->broken && !live_follow_servers(live, clock_now_ms(), &e))
        fprintf(stderr, "cafelab: %s\n", e.msg);
    write_line(live, visit, now_ms, ip);
    live->due_ms = now_ms;
    pthread_mutex_unlock(&live->lock);
}
