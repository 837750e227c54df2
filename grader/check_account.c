/* SPDX-License-Identifier: MIT */
/*
 * Checks of an OS account: gone means gone everywhere it leaves a trace that still gives somebody something: passwd,
 * shadow, groups, sudoers, home, mail, cron, and whoever else carries its uid.
 */
#include "grader/checks.h"

#include <ctype.h>
#include <string.h>

enum { ACCOUNT_ABSENT, ACCOUNT_LOCKED, ACCOUNT_PRESENT };
static const char *const account_states[] = {"absent", "locked", "present", NULL};
struct os_user_params {
    const char *server, *name;
    int is;
};

#define ACCOUNT(member) offsetof(struct os_user_params, member)
static const struct field account_list[] = {
    {"server", decode_server,    ACCOUNT(server), true, "the server",                                                        NULL},
    {"name",   decode_mentioned, ACCOUNT(name),   true, "the account's name",                                                NULL},
    {"is",     decode_choice,    ACCOUNT(is),     true, "absent: everywhere; locked: absent, or no way in is left; present",
     account_states                                                                                                              },
};
static const struct fields account_fields = FIELDS("os_user", account_list, struct os_user_params);

struct search {
    struct scene *scene;
    const struct server *server;
    const char *name;
    struct result *r;
    unsigned traces;
};

static void trace(struct search *s, const char *path, const struct line *line, const char *says)
{
    s->traces++;
    found(s->r, line ? "%s line %u: %s" : "%s%.0u: %s", path, line ? line->number : 0, says);
    /* what stands in shadow is nobody's business in a report */
    bool secret = text_starts(path, "/etc/shadow") || text_starts(path, "/etc/gshadow");
    cite_line(s->scene, s->r, s->server, path, line ? line->number : 0,
              line && !secret ? line_text(s->scene->arena, line) : NULL);
}

/* The n-th part of a line of parts with colons; false when there are fewer. */
static bool part_of(const struct line *line, unsigned n, const char **ret, size_t *ret_n)
{
    const char *at = line->s, *end = line->s + line->n;
    for (; n; n--) {
        at = memchr(at, ':', (size_t)(end - at));
        if (!at)
            return false;
        at++;
    }
    const char *stop = memchr(at, ':', (size_t)(end - at));
    *ret = at;
    *ret_n = (size_t)((stop ? stop : end) - at);
    return true;
}

static bool is_word(const char *s, size_t n, const char *word)
{
    return strlen(word) == n && !memcmp(s, word, n);
}

static bool in_members(const char *s, size_t n, const char *name)
{
    for (size_t from = 0; from <= n;) {
        const char *comma = memchr(s + from, ',', n - from);
        size_t len = comma ? (size_t)(comma - s) - from : n - from;
        if (is_word(s + from, len, name))
            return true;
        from += len + 1;
    }
    return false;
}

/* Word of its own in a line that is no comment: sudoers, cron. */
static bool names_user(const struct line *line, const char *name)
{
    size_t n = strlen(name), lead = 0;
    while (lead < line->n && isspace((unsigned char)line->s[lead]))
        lead++;
    if (lead < line->n && line->s[lead] == '#')
        return false;
    for (size_t i = lead; i + n <= line->n; i++) {
        bool before = i == 0 || !(isalnum((unsigned char)line->s[i - 1]) || strchr("_-.", line->s[i - 1]));
        bool after = i + n == line->n || !(isalnum((unsigned char)line->s[i + n]) || strchr("_-.", line->s[i + n]));
        if (before && after && !memcmp(line->s + i, name, n))
            return true;
    }
    return false;
}

/* "passwd", "shadow": a line of that name. With `members`, also the parts that list members. */
static void search_lines(struct search *s, const char *path, const char *says, const unsigned members[2])
{
    struct line line = {0};
    const struct file *file = tree_find(&s->server->tree, path);
    while (next_line(file, &line)) {
        const char *part;
        size_t n;
        if (part_of(&line, 0, &part, &n) && is_word(part, n, s->name)) {
            trace(s, path, &line, says);
            continue;
        }
        for (int i = 0; members && i < 2; i++)
            if (members[i] && part_of(&line, members[i], &part, &n) && in_members(part, n, s->name)) {
                trace(s, path, &line, "a member of the group");
                break;
            }
    }
}

/* An account that was given the uid under another name is the same account. */
static void search_uid(struct search *s, unsigned uid)
{
    char digits[16];
    snprintf(digits, sizeof(digits), "%u", uid);
    struct line line = {0};
    const struct file *file = tree_find(&s->server->tree, "/etc/passwd");
    while (next_line(file, &line)) {
        const char *name, *number;
        size_t n, digits_n;
        if (part_of(&line, 0, &name, &n) && part_of(&line, 2, &number, &digits_n) && is_word(number, digits_n, digits) &&
            !is_word(name, n, s->name))
            trace(s, "/etc/passwd", &line, "its uid under another name");
    }
}

/* sudoers(5) passes over names with a dot in them, and those that end in ~. */
static bool sudo_reads(const char *path)
{
    const char *name = strrchr(path, '/');
    return !text_starts(path, "/etc/sudoers.d/") || (!strchr(name, '.') && !text_ends(name, "~"));
}

static void search_words(struct search *s, const char *prefix, const char *says)
{
    for (const struct file *file = s->server->tree.files; file; file = file->next) {
        size_t n = strlen(prefix);
        bool inside = !strncmp(file->path, prefix, n) && (!file->path[n] || file->path[n] == '/') && sudo_reads(file->path);
        struct line line = {0};
        while (inside && next_line(file, &line))
            if (names_user(&line, s->name))
                trace(s, file->path, &line, says);
    }
}

static void search_path(struct search *s, const char *path, const char *says)
{
    if (path && tree_find(&s->server->tree, path))
        trace(s, path, NULL, says);
}

static void search_everywhere(struct search *s, const struct os_user *was)
{
    static const unsigned group[2] = {3, 0}, gshadow[2] = {2, 3};
    struct arena *arena = s->scene->arena;
    search_lines(s, "/etc/passwd", "the account", NULL);
    if (was)
        search_uid(s, was->uid);
    search_lines(s, "/etc/shadow", "its password", NULL);
    search_lines(s, "/etc/group", "its group", group);
    search_lines(s, "/etc/gshadow", "its group", gshadow);
    search_lines(s, "/etc/subuid", "its range of uids", NULL);
    search_lines(s, "/etc/subgid", "its range of gids", NULL);
    search_words(s, "/etc/sudoers", "may use sudo");
    search_words(s, "/etc/sudoers.d", "may use sudo");
    search_words(s, "/etc/cron.d", "runs a job");
    search_words(s, "/etc/crontab", "runs a job");
    search_path(s, was && strlen(was->home) > 1 ? was->home : arena_printf(arena, "/home/%s", s->name),
                "its home is still there");
    search_path(s, arena_printf(arena, "/var/spool/mail/%s", s->name), "its mail");
    search_path(s, arena_printf(arena, "/var/spool/cron/%s", s->name), "its cron jobs");
}

static bool has_keys(const struct file *file)
{
    struct line line = {0};
    while (next_line(file, &line)) {
        size_t blank = 0;
        while (blank < line.n && isspace((unsigned char)line.s[blank]))
            blank++;
        if (blank < line.n && line.s[blank] != '#')
            return true;
    }
    return false;
}

/* Password locked or shell none, and no key in its home. */
static bool locked(struct search *s, const struct os_user *user)
{
    struct line line = {0};
    bool password = true;
    const struct file *shadow = tree_find(&s->server->tree, "/etc/shadow");
    while (next_line(shadow, &line)) {
        const char *part;
        size_t n;
        if (part_of(&line, 0, &part, &n) && is_word(part, n, s->name) && part_of(&line, 1, &part, &n))
            password = n && part[0] != '!' && part[0] != '*';
    }
    bool no_shell = text_ends(user->shell, "/nologin") || text_ends(user->shell, "/false");
    bool key = has_keys(host_file(&s->server->tree, arena_printf(s->scene->arena, "%s/.ssh/authorized_keys", user->home)));
    found(s->r, "%s; %s; shell %s", password ? "it has a password" : "its password is locked",
          key ? "it has keys" : "it has no keys", user->shell);
    return no_shell || (!password && !key);
}

static void run_os_user(struct scene *scene, const void *params, struct result *r)
{
    const struct os_user_params *p = params;
    struct server *server = scene_server(scene, p->server, r);
    struct os_user now, was;
    if (!server)
        return;
    const struct server *before = scene->then ? find_server(scene->then, p->server) : NULL;
    bool known = before && os_user_find(scene->then, before, p->name, &was);
    bool exists = os_user_find(scene->now, server, p->name, &now);
    struct search s = {scene, server, p->name, r, 0};
    expected(r,
             p->is == ACCOUNT_ABSENT   ? "no trace of the account %s"
             : p->is == ACCOUNT_LOCKED ? "nobody gets in as %s"
                                       : "the account %s is still there",
             p->name);
    if (p->is == ACCOUNT_PRESENT) {
        found(r, exists ? "%s exists" : "there is no account %s", p->name);
        r->good = exists;
    } else if (p->is == ACCOUNT_LOCKED) {
        r->good = !exists || locked(&s, &now);
        if (!exists)
            found(r, "there is no account %s", p->name);
    } else {
        search_everywhere(&s, known ? &was : NULL);
        if (!s.traces)
            found(r, "no trace of %s", p->name);
        r->good = !s.traces;
    }
}

const struct check_kind check_os_user = {"os_user", "an OS account is gone everywhere, locked, or still there", &account_fields,
                                         NULL, run_os_user};
