/* SPDX-License-Identifier: MIT */
/*
 * The website as a browser would find it: files of the web server's tree as they are in the lab now. While no security
 * group lets strangers reach port 80 the connection is dropped, as near as loopback comes to a time-out.
 */
#include "sim/serve/exchange.h"

#include <string.h>

static const struct {
    const char *suffix, *type;
} types[] = {
    {".html", "text/html; charset=UTF-8"},
    {".css",  "text/css"                },
    {".jpg",  "image/jpeg"              },
    {".png",  "image/png"               },
    {".svg",  "image/svg+xml"           },
    {".js",   "text/javascript"         },
    {".txt",  "text/plain"              },
};

static const char *type_of(const char *path)
{
    for (size_t i = 0; i < COUNT(types); i++)
        if (text_ends(path, types[i].suffix))
            return types[i].type;
    return "application/octet-stream";
}

static void not_found(struct http_request *r, struct http_reply *reply)
{
    reply->wire.status = 404;
    reply->wire.content_type = "text/html; charset=iso-8859-1";
    str_add(&reply->wire.body,
            "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>404 Not Found</title>\n"
            "</head><body>\n<h1>Not Found</h1>\n<p>The requested URL ");
    str_add_xml(&reply->wire.body, r->path);
    str_add(&reply->wire.body, " was not found on this server.</p>\n</body></html>\n");
}

static void send_file(struct http_request *r, struct http_reply *reply, const char *path, const struct live_file *file)
{
    reply->wire.status = 200;
    reply->wire.content_type = type_of(path);
    str_addn(&reply->wire.body, file->data, file->size);
    http_reply_header(reply, "Last-Modified", arena_time(&r->arena, file->mtime_ms, "%a, %d %b %Y %H:%M:%S GMT"));
    http_reply_header(reply, "Cache-Control", "no-cache"); /* the picture changes while one looks */
}

static void answer(struct live *live, const char *dir, struct http_request *r, struct http_reply *reply)
{
    const char *path = NULL;
    struct live_file file;
    if (!uri_decode(&r->arena, r->path, strlen(r->path), false, &path) || strstr(path, "..")) {
        reply->wire.status = 400;
        return;
    }
    if (text_same(path, "/") || text_same(path, "/cafe")) {
        reply->wire.status = 301;
        http_reply_header(reply, "Location", "/cafe/");
        return;
    }
    path = arena_printf(&r->arena, "%s%s%s", dir, path, text_ends(path, "/") ? "index.html" : "");
    if (live_file(live, path, &r->arena, &file))
        send_file(r, reply, path, &file);
    else
        not_found(r, reply);
}

static void note_visit(struct live *live, const struct http_request *r, const struct http_reply *reply, struct arena *arena)
{
    const char *mark = *r->query ? "?" : "";
    live_visit(live, &(struct live_visit){
                         .request = arena_printf(arena, "%s %s%s%s HTTP/1.1", r->method, r->path, mark, r->query),
                         .referer = http_header(r, "referer"),
                         .agent = http_header(r, "user-agent"),
                         .status = reply->wire.status,
                         .size = reply->wire.body.len,
                     });
}

bool site_answer(struct live *live, const char *dir, const char *prefix, struct http_request *r, struct http_reply *reply)
{
    bool asked = dir && (text_starts(r->path, prefix) || text_same(r->path, "/cafe"));
    if (!asked || (!text_same(r->method, "GET") && !text_same(r->method, "HEAD")))
        return false;
    reply->hang_up = !live_site_open(live);
    if (reply->hang_up)
        return true;
    answer(live, dir, r, reply);
    note_visit(live, r, reply, &r->arena);
    return true;
}
