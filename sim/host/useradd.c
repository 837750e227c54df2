/* SPDX-License-Identifier: MIT */
/*
 * useradd(8), in the order and words of shadow-utils 4.1.5.1 (Amazon Linux 2): group, shadow group, user, home, mail spool.
 * Exit codes are those of its man page.
 */
#include "sim/host/accounts.h"
#include "sim/host/options.h"

#include <stdlib.h>

/* ---- useradd ---- */

struct useradd {
    struct accounts a;
    const char *name, *comment, *home, *shell, *group, *groups, *skel, *expires, *hash;
    bool system, make_home, no_home, no_user_group, duplicate;
    const char *uid_text;
    unsigned uid, gid;
};

static void take_options(struct useradd *u, struct options *o)
{
    const char *value;
    int letter;

    while ((letter = options_next(o, &value))) {
        switch (letter) {
        case 'c': u->comment = value; break;
        case 'd': u->home = value; break;
        case 'e': u->expires = value; break;
        case 'g': u->group = value; break;
        case 'G': u->groups = value; break;
        case 'k': u->skel = value; break;
        case 'm': u->make_home = true; break;
        case 'M': u->no_home = true; break;
        case 'N': u->no_user_group = true; break;
        case 'o': u->duplicate = true; break;
        case 'p': u->hash = value; break;
        case 'r': u->system = true; break;
        case 's': u->shell = value; break;
        case 'u': u->uid_text = value; break;
        default: break; /* -U is what happens anyway */
        }
    }
}

static int check_names(struct useradd *u)
{
    struct program *p = u->a.p;
    unsigned id;

    if (!account_name_good(u->name))
        return complain(p, 3, "invalid user name '%s'", u->name);
    if (u->uid_text && !id_parse(u->uid_text, &u->uid))
        return complain(p, 3, "invalid user ID '%s'", u->uid_text);
    if (u->shell && (*u->shell != '/' || strpbrk(u->shell, ":\n")))
        return complain(p, 3, "invalid shell '%s'", u->shell);
    if (u->home && (*u->home != '/' || strpbrk(u->home, ":\n")))
        return complain(p, 3, "invalid home directory '%s'", u->home);
    if (u->comment && strpbrk(u->comment, ":\n"))
        return complain(p, 3, "invalid comment '%s'", u->comment);
    if (u->group && !os_group_find(p->m, u->group, &id) && !(id_parse(u->group, &id) && gid_taken(&u->a, id)))
        return complain(p, 6, "group '%s' does not exist", u->group);
    if (rows_find(&u->a.passwd, u->name)) {
        json_put_text(accounts_fact(p, "add-user", u->name, NO_ID, NO_ID), "result", "failed");
        return complain(p, 9, "user '%s' already exists", u->name);
    }
    if (u->uid_text && !u->duplicate && uid_taken(&u->a, u->uid))
        return complain(p, 4, "UID %u is not unique", u->uid);
    if (!u->group && !u->no_user_group && rows_find(&u->a.group, u->name))
        return complain(p, 9, "group %s exists - if you want to add this user to that group, use -g.", u->name);
    return 0;
}

/* Supplementary groups that exist, or a complaint about the first that does not. */
static int check_groups(struct useradd *u)
{
    const char *at = u->groups ? u->groups : "";

    while (*at) {
        size_t n = strcspn(at, ",");
        const char *name = arena_dupn(&u->a.p->m->arena, at, n);

        if (!rows_find(&u->a.group, name))
            return complain(u->a.p, 6, "group '%s' does not exist", name);
        at += n + (at[n] == ',');
    }
    return 0;
}

static bool find_ids(struct useradd *u)
{
    unsigned gid;

    if (!u->uid_text && !accounts_free_uid(&u->a, u->system, &u->uid))
        return complain(u->a.p, 4, "Can't get unique UID (no more available UIDs)"), false;
    if (!u->group && u->no_user_group)
        u->gid = 100;
    else if (!u->group)
        return accounts_free_gid(&u->a, u->system, u->uid, &u->gid);
    else if (os_group_find(u->a.p->m, u->group, &gid) || id_parse(u->group, &gid))
        u->gid = gid;
    return true;
}

static void add_group(struct useradd *u)
{
    struct row *row = rows_add(&u->a.group, GR_FIELDS);

    row->field[GR_NAME] = u->name;
    row->field[GR_PASSWORD] = "x";
    row->field[GR_GID] = arena_printf(&u->a.p->m->arena, "%u", u->gid);
    accounts_fact(u->a.p, "add-group", u->name, NO_ID, u->gid);
    if (u->a.gshadow.missing)
        return;
    row = rows_add(&u->a.gshadow, SG_FIELDS);
    row->field[SG_NAME] = u->name;
    row->field[SG_PASSWORD] = "!";
    accounts_fact(u->a.p, "add-shadow-group", u->name, NO_ID, u->gid);
}

static void add_user(struct useradd *u)
{
    struct arena *arena = &u->a.p->m->arena;
    struct row *row = rows_add(&u->a.passwd, PW_FIELDS);
    json_t *fact = accounts_fact(u->a.p, "add-user", u->name, u->uid, u->gid);

    row->field[PW_NAME] = u->name;
    row->field[PW_PASSWORD] = "x";
    row->field[PW_UID] = arena_printf(arena, "%u", u->uid);
    row->field[PW_GID] = arena_printf(arena, "%u", u->gid);
    row->field[PW_COMMENT] = u->comment ? u->comment : "";
    row->field[PW_HOME] = u->home;
    row->field[PW_SHELL] = u->shell;
    json_put_text(fact, "home", u->home);
    json_put_text(fact, "shell", u->shell);
    if (u->a.shadow.missing)
        return;
    row = rows_add(&u->a.shadow, SP_FIELDS);
    row->field[SP_NAME] = u->name;
    row->field[SP_HASH] = u->hash ? u->hash : "!!";
    row->field[SP_CHANGED] = today(u->a.p->m);
    if (!u->system) {
        row->field[SP_MIN] = login_def(u->a.p->m, "PASS_MIN_DAYS", "0");
        row->field[SP_MAX] = login_def(u->a.p->m, "PASS_MAX_DAYS", "99999");
        row->field[SP_WARN] = login_def(u->a.p->m, "PASS_WARN_AGE", "7");
    }
}

static void join_groups(struct useradd *u)
{
    struct arena *arena = &u->a.p->m->arena;
    const char *at = u->groups ? u->groups : "";

    while (*at) {
        size_t n = strcspn(at, ",");
        const char *name = arena_dupn(arena, at, n);
        struct row *group = rows_find(&u->a.group, name), *gshadow = rows_find(&u->a.gshadow, name);

        if (group && group->n == GR_FIELDS)
            group->field[GR_MEMBERS] = members_with(arena, group->field[GR_MEMBERS], u->name);
        if (gshadow && gshadow->n == SG_FIELDS)
            gshadow->field[SG_MEMBERS] = members_with(arena, gshadow->field[SG_MEMBERS], u->name);
        json_put_text(accounts_fact(u->a.p, "add-to-group", u->name, u->uid, NO_ID), "group", name);
        at += n + (at[n] == ',');
    }
}

/* The skeleton keeps its files' modes and times (copydir.c); the owner is the new user. */
static void copy_skeleton(struct useradd *u, const char *from, const char *to)
{
    struct program *p = u->a.p;
    const struct file *dir = tree_find(p->m->tree, from);

    for (struct file *file = dir ? dir_next(dir, NULL) : NULL; file; file = dir_next(dir, file)) {
        const char *target = path_join(&p->m->arena, to, path_base(file->path));
        int64_t mtime = file->mtime_ms;
        struct file *made;

        if (file->kind == FILE_DIR && fs_mkdir(p, target, file->mode) == 0)
            copy_skeleton(u, file->path, target);
        else if (file->kind == FILE_LINK)
            fs_symlink(p, file->data ? file->data : "", target);
        else if (file->kind == FILE_REGULAR)
            fs_write(p, target, file->data ? file->data : "", file->data ? file->size : 0);
        made = tree_find(p->m->tree, target);
        if (!made)
            continue;
        made->uid = u->uid;
        made->gid = u->gid;
        made->mode = file->mode;
        made->mtime_ms = mtime;
    }
}

static void make_home(struct useradd *u)
{
    struct program *p = u->a.p;
    const char *umask_text = login_def(p->m, "UMASK", "077");
    struct file *home;

    if (tree_find(p->m->tree, u->home)) {
        complain(p, 0, "warning: the home directory already exists.");
        str_add(p->io.err, "Not copying any file from skel directory into it.\n");
        return;
    }
    if (fs_mkdir(p, u->home, 0777 & ~(unsigned)strtoul(umask_text, NULL, 8)) != 0) {
        complain(p, 12, "cannot create directory %s", u->home);
        return;
    }
    home = tree_find(p->m->tree, u->home);
    home->uid = u->uid;
    home->gid = u->gid;
    json_put_text(accounts_fact(p, "add-home-dir", u->name, u->uid, u->gid), "home", u->home);
    copy_skeleton(u, u->skel, u->home);
}

static void make_mail(struct useradd *u)
{
    struct program *p = u->a.p;
    const char *path = path_join(&p->m->arena, login_def(p->m, "MAIL_DIR", "/var/spool/mail"), u->name);
    struct file *file;
    unsigned gid = u->gid;

    if (tree_find(p->m->tree, path) || fs_write(p, path, "", 0) != 0) /* O_CREAT alone: an old one stays as it is */
        return;
    os_group_find(p->m, "mail", &gid);
    file = tree_find(p->m->tree, path);
    file->uid = u->uid;
    file->gid = gid;
    file->mode = gid == u->gid ? 0600 : 0660;
    accounts_fact(p, "add-mail-file", u->name, u->uid, u->gid);
}

static int add(struct useradd *u)
{
    struct machine *m = u->a.p->m;
    bool create = strcmp(login_def(m, "CREATE_HOME", "no"), "yes") == 0 && !u->system;
    int status = check_names(u);

    if (!status)
        status = check_groups(u);
    if (status)
        return status;
    if (!accounts_lock(&u->a, "/etc/passwd"))
        return 1;
    if (!find_ids(u))
        return 4;
    u->shell = u->shell ? u->shell : useradd_def(m, "SHELL", "/bin/bash");
    u->skel = u->skel ? u->skel : useradd_def(m, "SKEL", "/etc/skel");
    if (!u->home)
        u->home = path_join(&m->arena, useradd_def(m, "HOME", "/home"), u->name);
    if (!u->group && !u->no_user_group)
        add_group(u);
    add_user(u);
    join_groups(u);
    accounts_write(&u->a);
    if (!u->no_home && (create || u->make_home)) {
        make_home(u);
        if (strcmp(useradd_def(m, "CREATE_MAIL_SPOOL", "no"), "yes") == 0)
            make_mail(u);
    }
    return 0;
}

int run_useradd(struct program *p)
{
    static const struct option_spec spec = {
        "c:d:e:g:G:k:mMNop:rs:u:U",
        "comment=c home-dir=d expiredate=e gid=g groups=G skel=k create-home=m no-create-home=M no-user-group=N non-unique=o "
        "password=p system=r shell=s uid=u user-group=U",
        false};
    struct options o = {.p = p, .spec = &spec};
    struct useradd u = {0};
    int status = 2;

    take_options(&u, &o);
    if (o.failed)
        return 2;
    if (p->argc - o.at != 1) {
        str_add(p->io.err, "Usage: useradd [options] LOGIN\n       useradd -D\n       useradd -D [options]\n");
        return 2;
    }
    u.name = p->argv[o.at];
    accounts_open(&u.a, p);
    status = add(&u);
    accounts_drop(&u.a);
    return status;
}
