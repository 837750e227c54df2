/* SPDX-License-Identifier: MIT */
/*
 * sudoers(5) of sudo 1.8.23: aliases, user specifications with runas and tags, includes. The last line that fits decides.
 * Defaults are read for "authenticate" only. One syntax error and sudo does nothing for anybody.
 */
#include "sim/host/sudoers.h"
#include "sim/host/accounts.h"

#include <ctype.h>

#define MAX_FILES 64
#define MAX_LINES 4000
#define MAX_DEPTH 8

struct alias {
    struct alias *next;
    const char *kind, *name, *list;
};
struct reading {
    struct machine *m;
    const struct sudo_question *q;
    struct sudo_answer answer;
    struct alias *aliases;
    const char *file;
    unsigned line, files, lines;
    bool authenticate_off;
    struct cred cred; /* of who was asked about last */
    const struct os_user *cred_of;
    struct str *good; /* sudoers_check(): the files that were read; NULL = sudo asks */
};

static bool broken(struct reading *r)
{
    if (!r->answer.broken)
        r->answer.broken =
            arena_printf(&r->m->arena,
                         ">>> %s: syntax error near line %u <<<\nsudo: parse error in %s near line %u\nsudo: no valid "
                         "sudoers sources found, quitting\nsudo: unable to initialize policy plugin\n",
                         r->file, r->line, r->file, r->line);
    return false;
}

/* ---- lists ---- */

static const char *blanks(const char *s)
{
    return s + strspn(s, " \t");
}

/* One item up to a comma or, when `words` is not set, a blank, "=" or ":"; quotes and escapes are kept together. */
static const char *item_end(const char *s, bool words)
{
    bool quoted = false;

    for (; *s; s++) {
        if (*s == '\\' && s[1])
            s++;
        else if (*s == '"')
            quoted = !quoted;
        else if (!quoted && (*s == ',' || (!words && strchr(" \t=:()", *s))))
            break;
    }
    return s;
}

/* A list of names: "a, %b, !c". Returns what follows it; *ret_list is the list without blanks. */
static const char *take_list(struct reading *r, const char *s, const char **ret_list)
{
    AUTO(str_drop) struct str list = {0};

    for (;;) {
        const char *end;

        s = blanks(s);
        while (*s == '!') {
            str_addc(&list, '!');
            s = blanks(s + 1);
        }
        end = item_end(s, false);
        str_addn(&list, s, (size_t)(end - s));
        s = blanks(end);
        if (*s != ',')
            break;
        str_addc(&list, ',');
        s++;
    }
    *ret_list = arena_dup(&r->m->arena, str_text(&list));
    return s;
}

static const struct alias *alias_find(const struct reading *r, const char *kind, const char *name)
{
    for (const struct alias *a = r->aliases; a; a = a->next)
        if (strcmp(a->kind, kind) == 0 && strcmp(a->name, name) == 0)
            return a;
    return NULL;
}

static bool is_alias_name(const char *s)
{
    return isupper((unsigned char)*s) && strspn(s, ALPHABET_UPPER "_") == strlen(s) && strcmp(s, "ALL") != 0;
}

/* ---- people ---- */

static const struct cred *groups_of(struct reading *r, const struct os_user *user)
{
    if (r->cred_of != user)
        r->cred = cred_of(r->m, user);
    r->cred_of = user;
    return &r->cred;
}

static bool user_is(struct reading *r, const struct os_user *user, const char *item)
{
    const struct cred *cred;
    unsigned id;

    if (strcmp(item, "ALL") == 0 || strcmp(item, user->name) == 0)
        return true;
    if (*item == '#')
        return id_parse(item + 1, &id) && id == user->uid;
    if (*item != '%')
        return false;
    cred = groups_of(r, user);
    if (item[1] == '#')
        return id_parse(item + 2, &id) && in_group(cred, id);
    return os_group_find(r->m, item + 1, &id) && in_group(cred, id);
}

/* 1 yes, 0 not spoken of, -1 excluded; the last item that fits counts. */
static int users_have(struct reading *r, const char *kind, const char *list, const struct os_user *user, unsigned depth)
{
    int found = 0;

    while (*list) {
        size_t n = strcspn(list, ","), bangs = strspn(list, "!");
        const char *item = bangs <= n ? arena_dupn(&r->m->arena, list + bangs, n - bangs) : "";
        const struct alias *alias = is_alias_name(item) ? alias_find(r, kind, item) : NULL;
        int fits = alias && depth < MAX_DEPTH ? users_have(r, kind, alias->list, user, depth + 1) : user_is(r, user, item);

        if (fits)
            found = bangs % 2 ? -fits : fits;
        list += n + (list[n] == ',');
    }
    return found;
}

static bool hosts_have(struct reading *r, const char *list)
{
    const char *name = r->m->server->hostname;
    size_t short_len = strcspn(name, ".");
    bool found = false;

    while (*list) {
        size_t n = strcspn(list, ","), bangs = strspn(list, "!");
        const char *item = bangs <= n ? arena_dupn(&r->m->arena, list + bangs, n - bangs) : "";
        const struct alias *alias = is_alias_name(item) ? alias_find(r, "Host_Alias", item) : NULL;
        bool fits = alias ? strstr(alias->list, name) || strcmp(alias->list, "ALL") == 0
                          : strcmp(item, "ALL") == 0 || strcasecmp(item, name) == 0 ||
                                (strlen(item) == short_len && strncasecmp(item, name, short_len) == 0);

        if (fits)
            found = bangs % 2 == 0;
        list += n + (list[n] == ',');
    }
    return found;
}

/* ---- commands ---- */

static bool args_fit(const char *spec, const char *args)
{
    spec = blanks(spec);
    if (*spec == '\0')
        return true;
    if (strcmp(spec, "\"\"") == 0)
        return *args == '\0';
    return text_glob(spec, args);
}

static bool path_fits(struct reading *r, const char *spec, size_t n)
{
    const char *pattern = arena_dupn(&r->m->arena, spec, n), *path = r->q->path;
    size_t dir = (size_t)(path_base(path) - path);

    if (n > 0 && pattern[n - 1] == '/')
        return dir == n && strncmp(pattern, path, n) == 0;
    return text_glob(pattern, path);
}

static int command_fits(struct reading *r, const char *spec, unsigned depth)
{
    const struct alias *alias = is_alias_name(spec) ? alias_find(r, "Cmnd_Alias", spec) : NULL;
    size_t n = strcspn(spec, " \t");
    int found = 0;

    if (strcmp(spec, "ALL") == 0)
        return 1;
    if (!alias)
        return *spec == '/' && path_fits(r, spec, n) && args_fit(spec + n, r->q->args);
    for (const char *at = alias->list; *at && depth < MAX_DEPTH;) {
        const char *end = item_end(at, true);
        size_t bangs = strspn(at, "! \t");
        const char *item = arena_dupn(&r->m->arena, at + bangs, end > at + bangs ? (size_t)(end - at) - bangs : 0);
        int fits = command_fits(r, item, depth + 1);

        if (fits)
            found = memchr(at, '!', bangs) ? -fits : fits;
        at = blanks(end + (*end == ','));
    }
    return found;
}

/* ---- lines ---- */

struct spec { /* carries on from command to command */
    const char *runas;
    bool no_password;
};

static const char *take_tags(struct spec *s, const char *at)
{
    static const char *const tags[] = {"NOPASSWD",    "PASSWD",     "NOEXEC",       "EXEC", "SETENV", "NOSETENV", "LOG_INPUT",
                                       "NOLOG_INPUT", "LOG_OUTPUT", "NOLOG_OUTPUT", "MAIL", "NOMAIL", "FOLLOW",   "NOFOLLOW"};

    for (;;) {
        size_t n, i = 0;

        at = blanks(at);
        n = strspn(at, ALPHABET_UPPER "_");
        while (i < COUNT(tags) && (strlen(tags[i]) != n || strncmp(tags[i], at, n) != 0))
            i++;
        if (i == COUNT(tags) || *blanks(at + n) != ':')
            return at;
        if (i < 2)
            s->no_password = i == 0;
        at = blanks(at + n) + 1;
    }
}

static const char *take_runas(struct reading *r, struct spec *s, const char *at)
{
    const char *end;

    at = blanks(at);
    if (*at != '(')
        return at;
    end = strchr(at, ')');
    if (!end)
        return NULL;
    take_list(r, arena_dupn(&r->m->arena, at + 1, (size_t)(end - at) - 1), &s->runas);
    if (*s->runas == '\0')
        s->runas = r->q->user->name;
    return end + 1;
}

static bool take_commands(struct reading *r, const char *at, bool about_user)
{
    struct spec s = {.runas = "root", .no_password = r->authenticate_off};

    for (;;) {
        const char *end, *item;
        bool negated = false;
        int fits;

        at = take_runas(r, &s, at);
        if (!at)
            return broken(r);
        at = take_tags(&s, at);
        for (at = blanks(at); *at == '!'; at = blanks(at + 1))
            negated = !negated;
        end = item_end(at, true);
        item = arena_dupn(&r->m->arena, at, (size_t)(end - at));
        if (*item != '/' && strcmp(item, "ALL") != 0 && !is_alias_name(item) && !text_starts(item, "sudoedit"))
            return broken(r);
        fits = command_fits(r, item, 0);
        if (about_user && fits && users_have(r, "Runas_Alias", s.runas, r->q->as, 0) == 1) {
            r->answer.allowed = (fits > 0) != negated;
            r->answer.no_password = s.no_password;
        }
        if (*end == '\0')
            return true;
        at = end + 1;
    }
}

static bool take_spec(struct reading *r, const char *line)
{
    const char *users, *hosts, *at = take_list(r, line, &users);
    bool about;

    at = take_list(r, at, &hosts);
    if (*users == '\0' || *hosts == '\0' || *at != '=')
        return broken(r);
    about = users_have(r, "User_Alias", users, r->q->user, 0) == 1 && hosts_have(r, hosts);
    r->answer.listed |= about;
    return take_commands(r, at + 1, about);
}

static bool take_alias(struct reading *r, const char *kind, const char *at)
{
    for (;;) {
        struct alias *alias = arena_alloc(&r->m->arena, sizeof(*alias));
        const char *end;
        size_t n;

        at = blanks(at);
        n = strspn(at, ALPHABET_UPPER "_");
        alias->kind = kind;
        alias->name = arena_dupn(&r->m->arena, at, n);
        at = blanks(at + n);
        if (n == 0 || *at != '=')
            return broken(r);
        if (strcmp(kind, "Cmnd_Alias") == 0) {
            end = at + 1 + strcspn(at + 1, ":");
            alias->list = arena_dupn(&r->m->arena, blanks(at + 1), (size_t)(end - blanks(at + 1)));
        } else {
            end = take_list(r, at + 1, &alias->list);
        }
        alias->next = r->aliases;
        r->aliases = alias;
        if (*end == '\0')
            return true;
        if (*end != ':')
            return broken(r);
        at = end + 1;
    }
}

static void take_defaults(struct reading *r, const char *at)
{
    const char *off = strstr(at, "!authenticate");
    const char *who;

    if (*at == ':') {
        take_list(r, at + 1, &who);
        if (users_have(r, "User_Alias", who, r->q->user, 0) != 1)
            return;
    } else if (*at != ' ' && *at != '\t') {
        return;
    }
    if (off)
        r->authenticate_off = true;
}

/* ---- files ---- */

static bool read_file(struct reading *r, const char *path, unsigned depth);

static bool include_dir(struct reading *r, const char *path, unsigned depth)
{
    const struct file *dir = tree_find(r->m->tree, path);

    for (struct file *at = dir && dir->kind == FILE_DIR ? dir_next(dir, NULL) : NULL; at; at = dir_next(dir, at)) {
        const char *name = path_base(at->path);

        if (strchr(name, '.') || text_ends(name, "~") || at->kind == FILE_DIR)
            continue;
        if (!read_file(r, at->path, depth + 1))
            return false;
    }
    return true;
}

static bool take_line(struct reading *r, const char *line, unsigned depth)
{
    static const char *const kinds[] = {"User_Alias", "Runas_Alias", "Host_Alias", "Cmnd_Alias"};
    const char *at = blanks(line);
    bool directive = (*at == '#' || *at == '@') && text_starts(at + 1, "include");

    if (directive && text_starts(at + 1, "includedir"))
        return include_dir(r, blanks(at + 1 + strlen("includedir")), depth);
    if (directive)
        return read_file(r, blanks(at + 1 + strlen("include")), depth + 1);
    if (*at == '\0' || (*at == '#' && !isdigit((unsigned char)at[1])))
        return true;
    if (text_starts(at, "Defaults")) {
        take_defaults(r, at + strlen("Defaults"));
        return true;
    }
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (text_starts(at, kinds[i]) && strchr(" \t", at[strlen(kinds[i])]))
            return take_alias(r, kinds[i], at + strlen(kinds[i]));
    return take_spec(r, at);
}

/* Cuts a comment and trailing blanks off: "#" begins one unless a user or group number follows. */
static void trim(char *line)
{
    size_t n;

    for (char *at = line + (*blanks(line) == '#' ? strlen(line) : 0); *at; at++)
        if (*at == '#' && at > line && strchr(" \t", at[-1]) && !isdigit((unsigned char)at[1])) {
            *at = '\0';
            break;
        }
    for (n = strlen(line); n > 0 && strchr(" \t\r", line[n - 1]); n--)
        line[n - 1] = '\0';
}

/* Most lines are remarks, and each sudo reads them. One that ends in a backslash goes on. */
static bool is_remark(const char *line, size_t n)
{
    const char *at = blanks(line);

    return *at == '#' && !isdigit((unsigned char)at[1]) && !text_starts(at + 1, "include") && line[n - 1] != '\\';
}

static bool read_text(struct reading *r, const char *path, const char *text, unsigned depth)
{
    AUTO(str_drop) struct str line = {0};

    for (unsigned number = 1; *text; number++) {
        size_t n = strcspn(text, "\n");

        if (line.len > 0 || !is_remark(text, n))
            str_addn(&line, text, n);
        text += n + (text[n] == '\n');
        if (line.len > 0 && line.s[line.len - 1] == '\\' && *text) {
            line.s[--line.len] = '\0';
            continue;
        }
        r->file = path;
        r->line = number;
        if (++r->lines > MAX_LINES)
            return broken(r);
        if (line.len > 0) {
            trim(line.s);
            if (!take_line(r, line.s, depth))
                return false;
        }
        str_clear(&line);
    }
    return true;
}

/* sudo takes only files of root that others cannot write (sudo_secure_file()); it passes over included ones. */
static bool secure(struct reading *r, const struct file *file, unsigned depth)
{
    if (file->uid == 0 && !(file->mode & 022))
        return true;
    if (depth == 0)
        r->answer.broken = file->uid != 0
                               ? arena_printf(&r->m->arena, "sudo: %s is owned by uid %u, should be 0\n", file->path, file->uid)
                               : arena_printf(&r->m->arena, "sudo: %s is world writable\n", file->path);
    return false;
}

static void insert_good(struct reading *r, size_t place, const char *path)
{
    const char *behind = arena_dup(&r->m->arena, str_text(r->good) + place);

    r->good->len = place;
    str_addf(r->good, "%s: parsed OK\n%s", path, behind);
}

static bool read_file(struct reading *r, const char *path, unsigned depth)
{
    static const struct cred root = {0};
    struct place at = place_walk(&root, r->m->tree, &r->m->arena, "/etc", path, FOLLOW);

    if (at.error || at.file->kind != FILE_REGULAR || ++r->files > MAX_FILES || depth > MAX_DEPTH)
        return depth > 0; /* an include that is not there is passed over */
    if (!r->good && !secure(r, at.file, depth))
        return depth > 0;
    size_t place = r->good ? r->good->len : 0;
    if (!read_text(r, at.path, arena_dupn(&r->m->arena, at.file->data ? at.file->data : "", at.file->data ? at.file->size : 0),
                   depth))
        return false;
    if (r->good) /* before those that it includes */
        insert_good(r, place, at.path);
    return true;
}

const char *sudoers_check(struct machine *m, const char *path, struct str *ret_good)
{
    const struct os_user nobody = {.name = "", .uid = NO_ID, .gid = NO_ID};
    const struct sudo_question q = {.user = &nobody, .as = &nobody, .path = "", .args = ""};
    struct reading r = {.m = m, .q = &q, .good = ret_good};

    if (read_file(&r, path, 0))
        return NULL;
    return r.line ? arena_printf(&m->arena, ">>> %s: syntax error near line %u <<<\nparse error in %s near line %u\n", r.file,
                                 r.line, r.file, r.line)
                  : arena_printf(&m->arena, "visudo: unable to open %s: %s\n", path, strerror(ENOENT));
}

struct sudo_answer sudoers_ask(struct machine *m, const struct sudo_question *q)
{
    struct reading r = {.m = m, .q = q};

    if (!read_file(&r, "/etc/sudoers", 0) && !r.answer.broken)
        r.answer.broken = "sudo: unable to stat /etc/sudoers: No such file or directory\nsudo: no valid sudoers sources found, "
                          "quitting\nsudo: unable to initialize policy plugin\n";
    return r.answer;
}
