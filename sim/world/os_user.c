/* SPDX-License-Identifier: MIT */
/*
 * OS accounts, as getpwnam(3) would read them from the server's own etc/passwd: the file is the truth, whoever edited it.
 *
 *     name:password:uid:gid:comment:home:shell
 */
#include "sim/world/world.h"

#include <string.h>

enum { NAME, PASSWORD, UID, GID, COMMENT, HOME, SHELL, N_FIELDS };

struct part { /* of the text; not terminated */
    const char *s;
    size_t n;
};

/* Splits one line; false when it is not a passwd line. */
static bool split_line(const char *line, size_t n, struct part fields[N_FIELDS])
{
    const char *end = line + n;

    for (int i = 0; i < N_FIELDS; i++) {
        const char *colon = i == SHELL ? NULL : memchr(line, ':', (size_t)(end - line));
        const char *stop = colon ? colon : end;

        if (!colon && i != SHELL)
            return false;
        fields[i] = (struct part){line, (size_t)(stop - line)};
        line = colon ? colon + 1 : end;
    }
    return fields[NAME].n > 0;
}

static bool read_id(struct part field, unsigned *ret)
{
    uint64_t value = 0;

    if (field.n == 0 || field.n > 10)
        return false;
    for (size_t i = 0; i < field.n; i++) {
        if (field.s[i] < '0' || field.s[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(field.s[i] - '0');
    }
    *ret = (unsigned)value;
    return value <= UINT32_MAX;
}

/* May it be this user's line? Told by its beginning, so that others' need not be split. */
static bool may_be_of(const char *line, size_t n, const char *name)
{
    size_t len = strlen(name);

    return n > len && line[len] == ':' && memcmp(line, name, len) == 0;
}

static bool read_user(struct world *w, const char *line, size_t n, const char *name, unsigned uid, struct os_user *out)
{
    struct part fields[N_FIELDS];
    struct os_user user;

    if (name && !may_be_of(line, n, name))
        return false;
    if (!split_line(line, n, fields) || !read_id(fields[UID], &user.uid) || !read_id(fields[GID], &user.gid))
        return false;
    if (name ? strlen(name) != fields[NAME].n || memcmp(name, fields[NAME].s, fields[NAME].n) != 0 : user.uid != uid)
        return false;
    user.name = arena_dupn(&w->arena, fields[NAME].s, fields[NAME].n);
    user.home = arena_dupn(&w->arena, fields[HOME].s, fields[HOME].n);
    user.shell = arena_dupn(&w->arena, fields[SHELL].s, fields[SHELL].n);
    *out = user;
    return true;
}

/* The first line that fits, as the C library does it. With a NULL name the uid is asked for. */
static bool find(struct world *w, const struct server *server, const char *name, unsigned uid, struct os_user *out)
{
    const struct file *passwd = tree_find(&server->tree, "/etc/passwd");
    const char *at, *end;

    if (!passwd || passwd->kind != FILE_REGULAR || !passwd->data)
        return false;
    at = passwd->data;
    end = at + passwd->size;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;

        if (read_user(w, at, (size_t)(stop - at), name, uid, out))
            return true;
        at = stop + 1;
    }
    return false;
}

bool os_user_find(struct world *w, const struct server *server, const char *name, struct os_user *out)
{
    return name && find(w, server, name, 0, out);
}

bool os_user_by_uid(struct world *w, const struct server *server, unsigned uid, struct os_user *out)
{
    return find(w, server, NULL, uid, out);
}
