/* SPDX-License-Identifier: MIT */
/*
 * httpd of the server: what its processes do. They serve files below /var/www/html under apache's id, as it would: what that
 * user cannot read is forbidden, what is stopped does not answer. Every request is a line of access_log.
 */
#include "sim/shell/parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT "/var/www/html"
#define LOG "/var/log/httpd/access_log"
#define HEAD_MAX 8192

static const struct {
    const char *suffix, *type;
} types[] = {
    {".html", "text/html; charset=UTF-8" },
    {".css",  "text/css"                 },
    {".jpg",  "image/jpeg"               },
    {".png",  "image/png"                },
    {".svg",  "image/svg+xml"            },
    {".js",   "text/javascript"          },
    {".txt",  "text/plain; charset=UTF-8"},
};

/* By root, before there are workers. A port that is taken stays closed to us, as it would. */
void website_open(struct website *site, const struct inside *in)
{
    site->fds[0] = door_open("127.0.0.1", 80);
    site->fds[1] = door_open(in->server->instance->private_ip, 80);
    site->log = open(LOG, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    site->in = in;
}

void website_close(struct website *site)
{
    close_fd(&site->fds[0]);
    close_fd(&site->fds[1]);
    close_fd(&site->log);
}

struct answer {
    int status;
    const char *type;
    struct str body;
    char location[512];
    int64_t modified_ms; /* 0 = not said */
};

static void fail(struct answer *a, int status)
{
    static const struct {
        int status;
        const char *title, *says;
    } words[] = {
        {301, "Moved Permanently",  "The document has moved."                                           },
        {400, "Bad Request",        "Your browser sent a request that this server could not understand."},
        {403, "Forbidden",          "You don't have permission to access this resource."                },
        {404, "Not Found",          "The requested URL was not found on this server."                   },
        {405, "Method Not Allowed", "The requested method is not allowed for this URL."                 },
    };
    a->status = status;
    a->type = "text/html; charset=iso-8859-1";
    for (size_t i = 0; i < COUNT(words); i++)
        if (words[i].status == status)
            str_addf(&a->body,
                     "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>%d %s</title>\n</head><body>\n"
                     "<h1>%s</h1>\n<p>%s</p>\n</body></html>\n",
                     status, words[i].title, words[i].title, words[i].says);
}

static const char *words_of(int status)
{
    return status == 200   ? "OK"
           : status == 301 ? "Moved Permanently"
           : status == 400 ? "Bad Request"
           : status == 403 ? "Forbidden"
           : status == 405 ? "Method Not Allowed"
                           : "Not Found";
}

static void give_file(struct answer *a, const char *path)
{
    AUTO(close_fd) int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st))
        return fail(a, errno == EACCES ? 403 : 404);
    if (!S_ISREG(st.st_mode) || st.st_size > (64 << 20))
        return fail(a, 403);
    a->status = 200;
    a->type = "text/plain; charset=UTF-8";
    for (size_t i = 0; i < COUNT(types); i++)
        if (text_ends(path, types[i].suffix))
            a->type = types[i].type;
    a->modified_ms = (int64_t)st.st_mtim.tv_sec * 1000;
    for (size_t left = (size_t)st.st_size; left;) {
        ssize_t n = read(fd, str_reserve(&a->body, left), left);
        if (n <= 0)
            break;
        a->body.len += (size_t)n;
        left -= (size_t)n;
    }
}

/* The path of a target, decoded; false: it is none. */
static bool path_of(const char *target, struct str *out)
{
    for (const char *at = target; *at && *at != '?' && *at != '#'; at++) {
        char hex[3] = {at[0] == '%' ? at[1] : 0, at[0] == '%' && at[1] ? at[2] : 0, 0}, *end = hex;
        long byte = *at == '%' ? strtol(hex, &end, 16) : *at;
        if ((*at == '%' && end != hex + 2) || !byte)
            return false;
        str_addc(out, (char)byte);
        at += *at == '%' ? 2 : 0;
    }
    return true;
}

static void answer_path(struct answer *a, const char *uri)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str decoded = {0};
    struct stat st;
    bool good = path_of(uri, &decoded);
    const char *path = str_text(&decoded);
    if (!good || path[0] != '/' || strstr(path, "/../") || text_ends(path, "/.."))
        return fail(a, 400);
    const char *file = arena_printf(&arena, ROOT "%s", path);
    if (strstr(path, "/.ht"))
        return fail(a, 403);
    if (!stat(file, &st) && S_ISDIR(st.st_mode)) {
        if (!text_ends(path, "/")) {
            snprintf(a->location, sizeof(a->location), "%s/", path);
            return fail(a, 301);
        }
        file = arena_printf(&arena, "%sindex.html", file);
        if (access(file, F_OK))
            return fail(a, 403);
    }
    give_file(a, file);
}

/* ---- one request ---- */

static bool read_head(int fd, char head[HEAD_MAX])
{
    size_t have = 0;
    for (head[0] = 0; !strstr(head, "\r\n\r\n");) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (have == HEAD_MAX - 1 || poll(&p, 1, 20000) <= 0)
            return false;
        ssize_t n = recv(fd, head + have, HEAD_MAX - 1 - have, 0);
        if (n <= 0)
            return false;
        have += (size_t)n;
        head[have] = 0;
    }
    return true;
}

static void add_piece(struct str *out, const char *s, size_t n)
{
    AUTO(arena_drop) struct arena arena = {0};
    str_add_log(out, arena_dupn(&arena, s, n));
}

static void add_header(struct str *out, const char *head, const char *name)
{
    size_t len = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line && line[2]; line = strstr(line + 2, "\r\n"))
        if (!strncasecmp(line + 2, name, len) && line[2 + len] == ':') {
            const char *value = line + 3 + len + strspn(line + 3 + len, " ");
            return add_piece(out, value, strcspn(value, "\r\n"));
        }
    str_addc(out, '-');
}

static void log_request(const struct website *site, const struct sockaddr_in *peer, const char *head, const struct answer *a)
{
    AUTO(str_drop) struct str line = {0};
    char ip[INET_ADDRSTRLEN] = "-";
    inet_ntop(AF_INET, &peer->sin_addr, ip, sizeof(ip));
    str_addf(&line, "%s - - [", ip);
    str_add_time(&line, lab_time_ms(site->in), "%d/%b/%Y:%H:%M:%S +0000");
    str_add(&line, "] \"");
    add_piece(&line, head, strcspn(head, "\r\n"));
    str_addf(&line, "\" %d %zu \"", a->status, a->body.len);
    add_header(&line, head, "referer");
    str_add(&line, "\" \"");
    add_header(&line, head, "user-agent");
    str_add(&line, "\"\n");
    if (site->log >= 0 && write(site->log, line.s, line.len) < 0)
        return;
}

static void send_answer(const struct website *site, int fd, const struct answer *a, bool body)
{
    AUTO(str_drop) struct str out = {0};
    str_addf(&out, "HTTP/1.1 %d %s\r\nDate: ", a->status, words_of(a->status));
    str_add_time(&out, lab_time_ms(site->in), "%a, %d %b %Y %H:%M:%S GMT");
    str_add(&out, "\r\nServer: Apache\r\n");
    if (a->modified_ms) {
        str_add(&out, "Last-Modified: ");
        str_add_time(&out, a->modified_ms, "%a, %d %b %Y %H:%M:%S GMT");
        str_add(&out, "\r\n");
    }
    if (*a->location)
        str_addf(&out, "Location: http://localhost%s\r\n", a->location);
    str_addf(&out, "Content-Length: %zu\r\nConnection: close\r\nContent-Type: %s\r\n\r\n", a->body.len, a->type);
    if (body)
        str_addn(&out, str_text(&a->body), a->body.len);
    for (size_t done = 0; done < out.len;) {
        ssize_t n = send(fd, out.s + done, out.len - done, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        done += (size_t)n;
    }
}

static void serve(const struct website *site, int fd, const struct sockaddr_in *peer)
{
    char head[HEAD_MAX];
    struct answer a = {0};
    if (!read_head(fd, head))
        return;
    bool get = text_starts(head, "GET "), asks_head = text_starts(head, "HEAD ");
    const char *uri = head + strcspn(head, " \r\n");
    if (*uri != ' ' || strstr(head, "\r\n") < uri) {
        fail(&a, 400);
    } else if (!get && !asks_head) {
        fail(&a, 405);
    } else {
        AUTO(arena_drop) struct arena arena = {0};
        answer_path(&a, arena_dupn(&arena, uri + 1, strcspn(uri + 1, " \r\n")));
    }
    send_answer(site, fd, &a, !asks_head);
    log_request(site, peer, head, &a);
    str_drop(&a.body);
}

/* A worker of httpd's; does not return. It must not hold what tells of a visitor's end. */
void website_serve(const struct website *site)
{
    close_all_but((const int[]){site->fds[0], site->fds[1], site->log}, 3);
    for (;;) {
        struct pollfd fds[2] = {
            {.fd = site->fds[0], .events = POLLIN},
            {.fd = site->fds[1], .events = POLLIN},
        };
        poll(fds, 2, -1);
        for (int i = 0; i < 2; i++) {
            struct sockaddr_in peer = {0};
            socklen_t n = sizeof(peer);
            AUTO(close_fd)
            int fd = fds[i].revents ? accept4(site->fds[i], (struct sockaddr *)&peer, &n, SOCK_CLOEXEC) : -1;
            if (fd >= 0)
                serve(site, fd, &peer);
        }
    }
}
