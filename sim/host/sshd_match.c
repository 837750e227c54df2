/* SPDX-License-Identifier: MIT */
/* Who and where, as patterns: the criteria of Match and of AllowUsers and its like (OpenSSH's match.c and addrmatch.c). */
#include "sim/host/accounts.h"
#include "sim/host/sshd.h"

#include <ctype.h>

/* * and ?: no classes and no escapes here, unlike in file names. Never back further than to the last star. */
static bool word_fits(const char *s, const char *pattern)
{
    const char *star = NULL, *again = NULL;

    while (*s) {
        if (*pattern == '*') {
            star = ++pattern;
            again = s;
        } else if (*pattern && (*pattern == '?' || *pattern == *s)) {
            pattern++;
            s++;
        } else if (star) {
            pattern = star;
            s = ++again;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

int sshd_list_fits(const char *s, const char *list, bool lower)
{
    int found = 0;

    while (*list) {
        char part[1025];
        size_t n = strcspn(list, ","), skip = *list == '!';

        if (n - skip >= sizeof(part))
            return 0;
        memcpy(part, list + skip, n - skip);
        part[n - skip] = '\0';
        for (char *p = part; lower && *p; p++)
            *p = (char)tolower((unsigned char)*p);
        if (word_fits(s, part)) {
            if (skip)
                return -1;
            found = 1;
        }
        list += n + (list[n] == ',');
    }
    return found;
}

/* ---- addresses ---- */

/* 0 a network or address, -1 something else, -2 a network with host bits, or of an impossible size. */
static int network(const char *s, struct cidr *out)
{
    const char *slash = strchr(s, '/');
    char text[129];
    unsigned bits;

    if (!slash)
        return cidr_parse(s, out) ? 0 : -1;
    if (strlen(s) >= sizeof(text) || !id_parse(slash + 1, &bits) || bits > 128)
        return -1;
    memcpy(text, s, (size_t)(slash - s));
    text[slash - s] = '\0';
    if (!cidr_parse(text, out))
        return -1;
    if (bits > (out->family == 4 ? 32u : 128u))
        return -2;
    out->bits = (int)bits;
    return cidr_strict(out) ? 0 : -2;
}

int sshd_addr_fits(const char *addr, const char *list)
{
    struct cidr client, net;
    int found = 0;

    if (addr && !cidr_parse(addr, &client))
        return 0;
    for (;;) {
        char part[1025];
        size_t n = strcspn(list, ","), skip = *list == '!';
        bool fits;
        int kind;

        if (n - skip == 0 || n - skip >= sizeof(part))
            return -2;
        memcpy(part, list + skip, n - skip);
        part[n - skip] = '\0';
        kind = network(part, &net);
        if (kind == -2)
            return -2;
        fits = addr && (kind == 0 ? cidr_contains(&net, &client) : word_fits(addr, part));
        if (fits && skip)
            return -1;
        found |= fits;
        if (list[n] == '\0')
            return found;
        list += n + 1;
    }
}

/* ---- people ---- */

bool sshd_user_pattern_good(const char *pattern)
{
    const char *at = strchr(pattern, '@');

    return *pattern && (!at || sshd_addr_fits(NULL, at + 1) != -2);
}

static bool host_fits(const struct sshd_client *client, const char *patterns)
{
    char host[1025];
    int by_addr = sshd_addr_fits(client->addr, patterns), by_host;

    if (by_addr < 0)
        return false;
    snprintf(host, sizeof(host), "%s", client->host ? client->host : "");
    for (char *p = host; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    by_host = sshd_list_fits(host, patterns, true);
    return by_host >= 0 && (by_host || by_addr);
}

bool sshd_user_fits(const struct sshd_client *client, const char *pattern)
{
    const char *at = strchr(pattern, '@');
    char name[1025];

    if (!client->user)
        return false;
    if (!at)
        return word_fits(client->user, pattern);
    if ((size_t)(at - pattern) >= sizeof(name))
        return false;
    memcpy(name, pattern, (size_t)(at - pattern));
    name[at - pattern] = '\0';
    return word_fits(client->user, name) && host_fits(client, at + 1);
}

/* As getgrouplist(3): the group of passwd, and those of group. */
static bool user_in(const struct rows *passwd, const struct row *group, const char *user)
{
    const struct row *row = rows_find(passwd, user);
    unsigned own, gid;

    if (group->n == GR_FIELDS && members_have(group->field[GR_MEMBERS], user))
        return true;
    return row && row->n > PW_GID && group->n > GR_GID && id_parse(row->field[PW_GID], &own) &&
           id_parse(group->field[GR_GID], &gid) && own == gid;
}

int sshd_groups_fit(const struct tree *tree, const char *user, const char *list)
{
    struct machine m = {.tree = (struct tree *)tree};
    struct rows passwd, group;
    int found = 0;

    rows_read(&m, "/etc/passwd", PW_FIELDS, &passwd);
    rows_read(&m, "/etc/group", GR_FIELDS, &group);
    if (rows_find(&passwd, user))
        for (size_t i = 0; i < group.n && found >= 0; i++) {
            int fits = user_in(&passwd, &group.list[i], user) ? sshd_list_fits(group.list[i].field[GR_NAME], list, false) : 0;

            found = fits ? fits : found;
        }
    rows_drop(&passwd);
    rows_drop(&group);
    arena_drop(&m.arena);
    return found;
}
