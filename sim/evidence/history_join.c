/* SPDX-License-Identifier: MIT */
/* Old events behind new ones: by lines, of which each holds one event. */
#include "sim/evidence/history.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define COPY_AT_ONCE (1u << 20)
#define LINE_AT_ONCE (16u << 10)
#define LINE_MOST (64u << 20)

bool history_write_at(int fd, const char *data, size_t n, off_t at, struct err *e)
{
    while (n) {
        ssize_t got = pwrite(fd, data, n, at);
        if (got < 0 && errno != EINTR)
            return err_set(e, "write account/event-history.json: %m");
        got = got < 0 ? 0 : got;
        data += got;
        at += got;
        n -= (size_t)got;
    }
    return true;
}

/* Up to n bytes; fewer only at the end of the file. */
static bool read_at(int fd, struct str *out, size_t n, off_t at, struct err *e)
{
    str_clear(out);
    while (n) {
        ssize_t got = pread(fd, str_reserve(out, n), n, at);
        if (got < 0 && errno != EINTR)
            return err_set(e, "read account/event-history.json: %m");
        if (got == 0)
            break;
        got = got < 0 ? 0 : got;
        out->len += (size_t)got;
        at += got;
        n -= (size_t)got;
    }
    str_addn(out, "", 0);
    return true;
}

/* The line at `at`, with its newline if it has one. */
static bool read_line(int fd, struct str *line, off_t at, struct err *e)
{
    for (size_t n = LINE_AT_ONCE; n <= LINE_MOST; n *= 4) {
        if (!read_at(fd, line, n, at, e))
            return false;
        char *end = memchr(line->s, '\n', line->len);
        if (end)
            line->len = (size_t)(end - line->s) + 1;
        if (end || line->len < n)
            return true;
    }
    return err_set(e, "account/event-history.json: a line of more than %u MiB", LINE_MOST >> 20);
}

/* Moves *at behind the old events that are among the new ones. */
static bool skip_told(int from, const char *new_events, size_t n_new, off_t *at, struct err *e)
{
    AUTO(str_drop) struct str line = {0};
    for (;; *at += (off_t)line.len) {
        if (!read_line(from, &line, *at, e))
            return false;
        size_t n = line.len;
        while (n && strchr(",\n", line.s[n - 1]))
            n--;
        if (n == 0 || line.s[0] != '{' || !memmem(new_events, n_new, line.s, n))
            return true;
    }
}

static bool copy(int from, off_t at, int to, off_t end, struct err *e)
{
    AUTO(str_drop) struct str buffer = {0};
    bool first = true;
    do {
        if (!read_at(from, &buffer, COPY_AT_ONCE, at, e))
            return false;
        if (first && buffer.len && buffer.s[0] != '\n') { /* an event, or the end of a list whose events were all told */
            const char *between = buffer.s[0] == '{' ? HISTORY_BETWEEN : "\n";
            if (!history_write_at(to, between, strlen(between), end, e))
                return false;
            end += (off_t)strlen(between);
        }
        if (!history_write_at(to, buffer.s, buffer.len, end, e))
            return false;
        at += (off_t)buffer.len;
        end += (off_t)buffer.len;
        first = false;
    } while (buffer.len == COPY_AT_ONCE);
    return true;
}

/* The new ones are looked through where they lie: there may be many. */
static bool skip_told_of(int from, int to, off_t end, off_t *at, struct err *e)
{
    char *map = mmap(NULL, (size_t)end, PROT_READ, MAP_SHARED, to, 0);
    if (map == MAP_FAILED)
        return err_set(e, "read account/event-history.json: %m");
    bool good = skip_told(from, map, (size_t)end, at, e);
    munmap(map, (size_t)end);
    return good;
}

bool history_join(int from, int to, off_t end, struct err *e)
{
    AUTO(str_drop) struct str head = {0};
    const size_t n = strlen(HISTORY_HEAD);
    off_t at = (off_t)n;
    if (!read_at(from, &head, n, 0, e))
        return false;
    if (strcmp(head.s, HISTORY_HEAD) != 0)
        return err_set(e, "account/event-history.json: not as cafelab wrote it; remove it to go on without");
    return skip_told_of(from, to, end, &at, e) && copy(from, at, to, end, e);
}
