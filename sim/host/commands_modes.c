/* SPDX-License-Identifier: MIT */
/* chmod, chown and chgrp: GNU coreutils 8.22 in options, words and exit codes. */
#include "sim/host/accounts.h"
#include "sim/host/commands.h"

#include <ctype.h>
#include <stdlib.h>

/* "u+rwx", "go-w", "a=r", "+x". Returns what follows the clause, NULL when it is none. */
static const char *mode_clause(struct program *p, const char *s, bool dir, unsigned *mode)
{
    unsigned who = 0;

    for (; *s && strchr("ugoa", *s); s++)
        who |= *s == 'u' ? 04700u : *s == 'g' ? 02070u : *s == 'o' ? 01007u : 07777u;
    if (!*s || !strchr("+-=", *s))
        return NULL;
    while (*s && strchr("+-=", *s)) {
        char op = *s++;
        unsigned bits = 0, mask = who ? who : 07777 & ~p->umask;

        for (; *s && strchr("rwxXst", *s); s++)
            bits |= *s == 'r'                          ? 0444u
                    : *s == 'w'                        ? 0222u
                    : *s == 's'                        ? 06000u
                    : *s == 't'                        ? 01000u
                    : *s == 'x' || dir || *mode & 0111 ? 0111u
                                                       : 0u;
        bits &= mask;
        *mode = op == '+' ? *mode | bits : op == '-' ? *mode & ~bits : (*mode & ~(who ? who : 07777u)) | bits;
    }
    return s;
}

bool mode_change(struct program *p, const char *text, bool dir, unsigned old, unsigned *ret)
{
    unsigned mode = old;

    if (isdigit((unsigned char)*text)) {
        if (strspn(text, "01234567") != strlen(text) || strlen(text) > 5)
            return false;
        *ret = (unsigned)strtoul(text, NULL, 8) & 07777;
        return true;
    }
    for (;;) {
        text = mode_clause(p, text, dir, &mode);
        if (!text)
            return false;
        if (*text == '\0')
            break;
        if (*text++ != ',')
            return false;
    }
    *ret = mode;
    return true;
}

struct change { /* of mode or owner, perhaps of a whole tree */
    struct program *p;
    const char *mode;
    unsigned uid, gid;
    bool recursive, quiet;
    int status;
};

static void change_one(struct change *c, const char *name)
{
    struct program *p = c->p;
    struct place at = place_find(p, name, !c->recursive);
    unsigned mode = 0;
    int error = at.error;

    if (error) {
        c->status = complain(p, 1, "cannot access '%s': %s", name, strerror(error));
        return;
    }
    if (c->mode && at.file->kind != FILE_LINK) {
        mode_change(p, c->mode, at.file->kind == FILE_DIR, at.file->mode, &mode);
        error = fs_chmod(p, name, mode);
        if (error)
            c->status = complain(p, 1, "changing permissions of '%s': %s", name, strerror(error));
    } else if (!c->mode) {
        error = fs_chown(p, name, c->uid, c->gid, !c->recursive);
        if (error)
            c->status = complain(p, 1, "changing ownership of '%s': %s", name, strerror(error));
    }
    if (!c->recursive || at.file->kind != FILE_DIR)
        return;
    for (struct file *child = dir_next(at.file, NULL); child; child = dir_next(at.file, child))
        change_one(c, path_join(&p->m->arena, name, path_base(child->path)));
}

/* Modes look like options ("chmod -x"): they are taken apart by hand. */
int run_chmod(struct program *p)
{
    struct change c = {.p = p};
    unsigned probe;
    int at = 1;

    for (; at < p->argc && p->argv[at][0] == '-' && !strchr("rwxXst", p->argv[at][1]); at++) {
        if (strcmp(p->argv[at], "-R") == 0 || strcmp(p->argv[at], "--recursive") == 0)
            c.recursive = true;
        else if (strspn(p->argv[at] + 1, "cfv") != strlen(p->argv[at]) - 1)
            return complain(p, 1, "unrecognized option '%s'\nTry 'chmod --help' for more information.", p->argv[at]);
    }
    if (at >= p->argc)
        return usage_missing(p, "operand");
    c.mode = p->argv[at++];
    if (!mode_change(p, c.mode, false, 0, &probe)) {
        complain(p, 1, "invalid mode: '%s'", c.mode);
        str_add(p->io.err, "Try 'chmod --help' for more information.\n");
        return 1;
    }
    if (at >= p->argc)
        return usage_missing(p, arena_printf(&p->m->arena, "operand after '%s'", c.mode));
    for (; at < p->argc; at++)
        change_one(&c, path_trimmed(p, p->argv[at]));
    return c.status;
}

static bool parse_owner(struct program *p, const char *text, unsigned *uid, unsigned *gid)
{
    size_t n = strcspn(text, ":");
    const char *user = arena_dupn(&p->m->arena, text, n), *group = text[n] ? text + n + 1 : NULL;
    struct os_user account;

    *uid = *gid = NO_ID;
    if (*user && os_user_find(p->m->w, p->m->server, user, &account)) {
        *uid = account.uid;
        *gid = group && !*group ? account.gid : NO_ID;
    } else if (*user && !id_parse(user, uid)) {
        return complain(p, 1, "invalid user: '%s'", text), false;
    }
    if (group && *group && !os_group_find(p->m, group, gid) && !id_parse(group, gid))
        return complain(p, 1, "invalid group: '%s'", text), false;
    return true;
}

static bool parse_group(struct program *p, const char *text, unsigned *uid, unsigned *gid)
{
    *uid = NO_ID;
    return os_group_find(p->m, text, gid) || id_parse(text, gid) || (complain(p, 1, "invalid group: '%s'", text), false);
}

/* chown OWNER[:GROUP], chgrp GROUP; --reference=FILE stands for either. */
int run_chown(struct program *p)
{
    static const struct option_spec spec = {
        "cfhRv\1:", "recursive=R no-dereference=h changes=c silent=f quiet=f verbose=v reference=\1", true};
    struct options o = {.p = p, .spec = &spec};
    struct change c = {.p = p, .uid = NO_ID, .gid = NO_ID};
    bool group = strcmp(path_base(p->argv[0]), "chgrp") == 0;
    const char *value, *like = NULL;
    int letter;

    while ((letter = options_next(&o, &value))) {
        c.recursive |= letter == 'R';
        like = letter == '\1' ? value : like;
    }
    if (o.failed)
        return 1;
    struct place at = like ? place_find(p, like, FOLLOW) : (struct place){0};
    if (at.error)
        return complain(p, 1, "failed to get attributes of '%s': %s", like, strerror(at.error));
    if (p->argc - o.at < 1)
        return usage_missing(p, "operand");
    if (!like && p->argc - o.at < 2)
        return usage_missing(p, arena_printf(&p->m->arena, "operand after '%s'", p->argv[o.at]));
    if (like) {
        c.uid = group ? NO_ID : at.file->uid;
        c.gid = at.file->gid;
    } else if (!(group ? parse_group : parse_owner)(p, p->argv[o.at++], &c.uid, &c.gid)) {
        return 1;
    }
    for (int i = o.at; i < p->argc; i++)
        change_one(&c, path_trimmed(p, p->argv[i]));
    return c.status;
}
