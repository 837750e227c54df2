/* SPDX-License-Identifier: MIT */
/*
 * userdel(8) of shadow-utils 4.1.5.1 (Amazon Linux 2): who is logged in or has a process cannot be deleted; the own group goes
 * with the user; with -r mail spool and home, if they are the user's. Exit codes are those of its man page.
 */
#include "sim/host/accounts.h"
#include "sim/host/options.h"

struct userdel {
    struct accounts a;
    const char *name, *home;
    unsigned uid, gid;
    bool remove, force;
};

static int busy(struct userdel *d)
{
    struct program *p = d->a.p;
    const struct process *first = NULL;
    json_t *fact;

    for (const struct process *at = p->m->server->processes; at; at = at->next)
        if (at->uid == d->uid && (!first || at->pid < first->pid))
            first = at;
    if (!first || d->force)
        return 0;
    fact = accounts_fact(p, "delete-user", d->name, d->uid, d->gid);
    json_put_text(fact, "result", "failed");
    json_put_text(fact, "reason", "in-use");
    json_put(fact, "by", json_integer(first->pid));
    return complain(p, 8, "user %s is currently used by process %d", d->name, first->pid);
}

static void leave_groups(struct userdel *d)
{
    struct arena *arena = &d->a.p->m->arena;

    for (size_t i = 0; i < d->a.group.n; i++) {
        struct row *row = &d->a.group.list[i];

        if (row->n == GR_FIELDS && members_have(row->field[GR_MEMBERS], d->name)) {
            row->field[GR_MEMBERS] = members_without(arena, row->field[GR_MEMBERS], d->name);
            json_put_text(accounts_fact(d->a.p, "delete-from-group", d->name, d->uid, NO_ID), "group", row->field[GR_NAME]);
        }
    }
    for (size_t i = 0; i < d->a.gshadow.n; i++) {
        struct row *row = &d->a.gshadow.list[i];

        if (row->n == SG_FIELDS)
            row->field[SG_MEMBERS] = members_without(arena, row->field[SG_MEMBERS], d->name);
    }
}

static bool others_have_group(const struct userdel *d, unsigned gid)
{
    unsigned used;

    for (size_t i = 0; i < d->a.passwd.n; i++) {
        const struct row *row = &d->a.passwd.list[i];

        if (row->n > PW_GID && strcmp(row->field[PW_NAME], d->name) != 0 && id_parse(row->field[PW_GID], &used) && used == gid)
            return true;
    }
    return false;
}

/* USERGROUPS_ENAB: the group of the same name goes, too, when nobody else is in it. */
static void remove_own_group(struct userdel *d)
{
    struct row *row = rows_find(&d->a.group, d->name), *gshadow;
    unsigned gid = NO_ID;

    if (!row || row->n < GR_FIELDS || strcmp(login_def(d->a.p->m, "USERGROUPS_ENAB", "no"), "yes") != 0)
        return;
    id_parse(row->field[GR_GID], &gid);
    if (*row->field[GR_MEMBERS]) {
        complain(d->a.p, 0, "group %s not removed because it has other members.", d->name);
        return;
    }
    if (!d->force && others_have_group(d, gid)) {
        complain(d->a.p, 0, "group %s is the primary group of another user and is not removed.", d->name);
        return;
    }
    rows_remove(&d->a.group, row);
    accounts_fact(d->a.p, "delete-group", d->name, NO_ID, gid);
    gshadow = rows_find(&d->a.gshadow, d->name);
    if (gshadow) {
        rows_remove(&d->a.gshadow, gshadow);
        accounts_fact(d->a.p, "delete-shadow-group", d->name, NO_ID, gid);
    }
}

static int remove_mail(struct userdel *d)
{
    struct program *p = d->a.p;
    const char *path = path_join(&p->m->arena, login_def(p->m, "MAIL_DIR", "/var/spool/mail"), d->name);
    const struct file *file = tree_find(p->m->tree, path);

    if (!file) {
        complain(p, 0, "%s mail spool (%s) not found", d->name, path);
        return 0;
    }
    if (file->uid != d->uid && !d->force)
        return complain(p, 12, "%s not owned by %s, not removing", path, d->name);
    fs_unlink(p, path);
    accounts_fact(p, "delete-mail-file", d->name, d->uid, d->gid);
    return 0;
}

/* Whose home it is, too; NULL when nobody's. */
static const char *home_shared_with(const struct userdel *d)
{
    for (size_t i = 0; i < d->a.passwd.n; i++) {
        const struct row *row = &d->a.passwd.list[i];

        if (row->n > PW_HOME && strcmp(row->field[PW_NAME], d->name) != 0 && strcmp(row->field[PW_HOME], d->home) == 0)
            return row->field[PW_NAME];
    }
    return NULL;
}

static int remove_home(struct userdel *d)
{
    struct program *p = d->a.p;
    const struct file *home = tree_find(p->m->tree, d->home);
    const char *where, *other = d->force ? NULL : home_shared_with(d);

    if (!home) {
        complain(p, 0, "%s home directory (%s) not found", d->name, d->home);
        return 0;
    }
    if (home->uid != d->uid && !d->force)
        return complain(p, 12, "%s not owned by %s, not removing", d->home, d->name);
    if (strcmp(d->home, "/") == 0 || other)
        return complain(p, 12, "not removing directory %s (would remove home of user %s)", d->home, other ? other : "root");
    if (fs_remove_tree(p, d->home, &where) != 0)
        return complain(p, 12, "error removing directory %s", d->home);
    json_put_text(accounts_fact(p, "delete-home-dir", d->name, d->uid, d->gid), "home", d->home);
    return 0;
}

static void remove_crontab(struct userdel *d)
{
    const char *path = path_join(&d->a.p->m->arena, "/var/spool/cron", d->name);

    if (tree_find(d->a.p->m->tree, path))
        fs_unlink(d->a.p, path);
}

static int del(struct userdel *d)
{
    struct row *row = rows_find(&d->a.passwd, d->name), *shadow;
    int status = 0, mail_status = 0;

    if (!row || row->n < PW_FIELDS || !id_parse(row->field[PW_UID], &d->uid) || !id_parse(row->field[PW_GID], &d->gid)) {
        json_put_text(accounts_fact(d->a.p, "delete-user", d->name, NO_ID, NO_ID), "result", "failed");
        return complain(d->a.p, 6, "user '%s' does not exist", d->name);
    }
    d->home = row->field[PW_HOME];
    status = busy(d);
    if (status)
        return status;
    if (!accounts_lock(&d->a, "/etc/passwd"))
        return 1;
    rows_remove(&d->a.passwd, row);
    shadow = rows_find(&d->a.shadow, d->name);
    if (shadow)
        rows_remove(&d->a.shadow, shadow);
    json_put_text(accounts_fact(d->a.p, "delete-user", d->name, d->uid, d->gid), "home", d->home);
    leave_groups(d);
    remove_own_group(d);
    accounts_write(&d->a);
    if (d->remove) {
        mail_status = remove_mail(d);
        status = remove_home(d);
    }
    remove_crontab(d);
    return status ? status : mail_status;
}

int run_userdel(struct program *p)
{
    static const struct option_spec spec = {"frZ", "force=f remove=r selinux-user=Z", false};
    struct options o = {.p = p, .spec = &spec};
    struct userdel d = {0};
    const char *value;
    int letter, status;

    while ((letter = options_next(&o, &value))) {
        d.remove |= letter == 'r';
        d.force |= letter == 'f';
    }
    if (o.failed)
        return 2;
    if (p->argc - o.at != 1) {
        str_add(p->io.err, "Usage: userdel [options] LOGIN\n");
        return 2;
    }
    d.name = p->argv[o.at];
    accounts_open(&d.a, p);
    status = del(&d);
    accounts_drop(&d.a);
    return status;
}
