/* SPDX-License-Identifier: MIT */
/* groupadd, groupdel, gpasswd: words and exit codes of shadow-utils 4.1.5.1. */
#include "sim/host/accounts.h"
#include "sim/host/commands.h"

/* ---- groupadd ---- */

struct new_group {
    const char *name, *gid_text;
    unsigned gid;
    bool system, duplicate, force; /* force: it is no mistake that it is there already */
};

/* A status; -1: there is nothing to do. */
static int group_check(struct accounts *a, struct new_group *g)
{
    struct program *p = a->p;

    if (!account_name_good(g->name))
        return complain(p, 3, "'%s' is not a valid group name", g->name);
    if (g->gid_text && !id_parse(g->gid_text, &g->gid))
        return complain(p, 3, "invalid group ID '%s'", g->gid_text);
    if (rows_find(&a->group, g->name))
        return g->force ? -1 : complain(p, 9, "group '%s' already exists", g->name);
    if (g->gid_text && !g->duplicate && gid_taken(a, g->gid))
        return complain(p, 4, "GID '%u' already exists", g->gid);
    if (!accounts_lock(a, "/etc/group"))
        return 10;
    if (!g->gid_text && !accounts_free_gid(a, g->system, g->system ? 999 : 1000, &g->gid))
        return complain(p, 4, "Can't get unique GID (no more available GIDs)");
    return 0;
}

static void group_add(struct accounts *a, const struct new_group *g)
{
    struct program *p = a->p;
    struct row *row = rows_add(&a->group, GR_FIELDS);

    row->field[GR_NAME] = g->name;
    row->field[GR_PASSWORD] = "x";
    row->field[GR_GID] = arena_printf(&p->m->arena, "%u", g->gid);
    accounts_fact(p, "add-group", g->name, NO_ID, g->gid);
    rows_write(p, &a->group);
    if (a->gshadow.missing)
        return;
    row = rows_add(&a->gshadow, SG_FIELDS);
    row->field[SG_NAME] = g->name;
    row->field[SG_PASSWORD] = "!";
    accounts_fact(p, "add-shadow-group", g->name, NO_ID, g->gid);
    rows_write(p, &a->gshadow);
}

int run_groupadd(struct program *p)
{
    static const struct option_spec spec = {"fg:Kop:r", "force=f gid=g non-unique=o password=p system=r", false};
    struct options o = {.p = p, .spec = &spec};
    struct new_group g = {0};
    struct accounts a;
    const char *value;
    int letter, status;

    while ((letter = options_next(&o, &value))) {
        g.force |= letter == 'f';
        g.system |= letter == 'r';
        g.duplicate |= letter == 'o';
        g.gid_text = letter == 'g' ? value : g.gid_text;
    }
    if (o.failed || p->argc - o.at != 1) {
        str_add(p->io.err, "Usage: groupadd [options] GROUP\n");
        return 2;
    }
    g.name = p->argv[o.at];
    accounts_open(&a, p);
    status = group_check(&a, &g);
    if (!status)
        group_add(&a, &g);
    accounts_drop(&a);
    return status < 0 ? 0 : status;
}

/* ---- groupdel ---- */

static const char *primary_of(const struct accounts *a, unsigned gid)
{
    unsigned used;

    for (size_t i = 0; i < a->passwd.n; i++)
        if (a->passwd.list[i].n > PW_GID && id_parse(a->passwd.list[i].field[PW_GID], &used) && used == gid)
            return a->passwd.list[i].field[PW_NAME];
    return NULL;
}

int run_groupdel(struct program *p)
{
    struct accounts a;
    const char *name = p->argc == 2 ? p->argv[1] : NULL, *user;
    struct row *row, *gshadow;
    unsigned gid = NO_ID;
    int status = 0;

    if (!name) {
        str_add(p->io.err, "Usage: groupdel [options] GROUP\n");
        return 2;
    }
    accounts_open(&a, p);
    row = rows_find(&a.group, name);
    if (row && row->n > GR_GID)
        id_parse(row->field[GR_GID], &gid);
    user = row ? primary_of(&a, gid) : NULL;
    if (!row)
        status = complain(p, 6, "group '%s' does not exist", name);
    else if (user)
        status = complain(p, 8, "cannot remove the primary group of user '%s'", user);
    else if (!accounts_lock(&a, "/etc/group"))
        status = 10;
    if (!status) {
        rows_remove(&a.group, row);
        accounts_fact(p, "delete-group", name, NO_ID, gid);
        rows_write(p, &a.group);
        gshadow = rows_find(&a.gshadow, name);
        if (gshadow) {
            rows_remove(&a.gshadow, gshadow);
            accounts_fact(p, "delete-shadow-group", name, NO_ID, gid);
            rows_write(p, &a.gshadow);
        }
    }
    accounts_drop(&a);
    return status;
}

/* ---- gpasswd ---- */

static void set_member(struct accounts *a, struct row *row, const struct os_user *user, bool add)
{
    struct program *p = a->p;
    const char *group = row->field[GR_NAME], *before = row->field[GR_MEMBERS];
    struct row *gshadow = rows_find(&a->gshadow, group);

    sayf(p, add ? "Adding user %s to group %s\n" : "Removing user %s from group %s\n", user->name, group);
    row->field[GR_MEMBERS] = (add ? members_with : members_without)(&p->m->arena, before, user->name);
    if (gshadow && gshadow->n == SG_FIELDS)
        gshadow->field[SG_MEMBERS] = row->field[GR_MEMBERS];
    json_put_text(accounts_fact(p, add ? "add-to-group" : "delete-from-group", user->name, user->uid, NO_ID), "group", group);
    rows_write(p, &a->group);
    if (!a->gshadow.missing)
        rows_write(p, &a->gshadow);
}

int run_gpasswd(struct program *p)
{
    static const struct option_spec spec = {"a:d:rR", "add=a delete=d remove-password=r restrict=R", false};
    struct options o = {.p = p, .spec = &spec};
    const char *value, *user = NULL, *group;
    struct os_user account = {0};
    struct accounts a;
    struct row *row;
    bool add = false;
    int letter, status = 0;

    while ((letter = options_next(&o, &value))) {
        user = letter == 'a' || letter == 'd' ? value : user;
        add = letter == 'a' || (add && letter != 'd');
    }
    if (o.failed || !user || p->argc - o.at != 1) {
        str_add(p->io.err, "Usage: gpasswd [option] GROUP\n");
        return 2;
    }
    group = p->argv[o.at];
    accounts_open(&a, p);
    row = rows_find(&a.group, group);
    if (p->cred.uid != 0)
        status = complain(p, 1, "Permission denied.");
    else if (!os_user_find(p->m->w, p->m->server, user, &account))
        status = complain(p, 3, "user '%s' does not exist", user);
    else if (!row || row->n < GR_FIELDS)
        status = complain(p, 3, "group '%s' does not exist in /etc/group", group);
    else if (!add && !members_have(row->field[GR_MEMBERS], user))
        status = complain(p, 3, "user '%s' is not a member of '%s'", user, group);
    else
        set_member(&a, row, &account, add);
    accounts_drop(&a);
    return status;
}
