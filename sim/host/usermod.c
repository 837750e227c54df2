/* SPDX-License-Identifier: MIT */
/* usermod: words and exit codes of shadow-utils 4.1.5.1. */
#include "sim/host/accounts.h"
#include "sim/host/commands.h"

struct usermod {
    struct program *p;
    struct accounts a;
    const char *name, *comment, *home, *expires, *gid_text, *groups, *login, *hash, *shell, *uid_text;
    bool append, lock, unlock, move_home, duplicate;
    unsigned uid, gid, new_gid;
    struct row *passwd, *shadow;
};

static int check(struct usermod *u)
{
    struct program *p = u->p;
    const char *at = u->groups ? u->groups : "";
    unsigned id;

    u->passwd = rows_find(&u->a.passwd, u->name);
    if (!u->passwd || u->passwd->n < PW_FIELDS)
        return complain(p, 6, "user '%s' does not exist", u->name);
    u->shadow = rows_find(&u->a.shadow, u->name);
    id_parse(u->passwd->field[PW_UID], &u->uid);
    id_parse(u->passwd->field[PW_GID], &u->gid);
    if (u->gid_text && !os_group_find(p->m, u->gid_text, &u->new_gid) &&
        !(id_parse(u->gid_text, &u->new_gid) && gid_taken(&u->a, u->new_gid)))
        return complain(p, 6, "group '%s' does not exist", u->gid_text);
    while (*at) {
        size_t n = strcspn(at, ",");
        const char *group = arena_dupn(&p->m->arena, at, n);

        if (!rows_find(&u->a.group, group))
            return complain(p, 6, "group '%s' does not exist", group);
        at += n + (at[n] == ',');
    }
    if (u->login && !account_name_good(u->login))
        return complain(p, 3, "invalid user name '%s'", u->login);
    if (u->login && rows_find(&u->a.passwd, u->login))
        return complain(p, 9, "user '%s' already exists", u->login);
    if (u->uid_text && (!id_parse(u->uid_text, &id) || (!u->duplicate && uid_taken(&u->a, id))))
        return complain(p, 4, "UID '%s' already exists", u->uid_text);
    if ((u->shell && strpbrk(u->shell, ":\n")) || (u->home && strpbrk(u->home, ":\n")) ||
        (u->comment && strpbrk(u->comment, ":\n")) || (u->hash && strpbrk(u->hash, ":\n")))
        return complain(p, 3, "invalid field");
    for (const struct process *at2 = p->m->server->processes; at2 && (u->login || u->uid_text); at2 = at2->next)
        if (at2->uid == u->uid)
            return complain(p, 8, "user %s is currently used by process %d", u->name, at2->pid);
    return 0;
}

static json_t *note(struct usermod *u, const char *does)
{
    return accounts_fact(u->p, does, u->name, u->uid, u->gid);
}

static void set_groups(struct usermod *u)
{
    struct arena *arena = &u->p->m->arena;

    for (size_t i = 0; i < u->a.group.n; i++) {
        struct row *row = &u->a.group.list[i], *gshadow;
        bool wanted, is;

        if (row->n != GR_FIELDS)
            continue;
        wanted = members_have(u->groups, row->field[GR_NAME]);
        is = members_have(row->field[GR_MEMBERS], u->name);
        if (is == wanted || (is && u->append))
            continue;
        row->field[GR_MEMBERS] = wanted ? members_with(arena, row->field[GR_MEMBERS], u->name)
                                        : members_without(arena, row->field[GR_MEMBERS], u->name);
        json_put_text(note(u, wanted ? "add-to-group" : "delete-from-group"), "group", row->field[GR_NAME]);
        gshadow = rows_find(&u->a.gshadow, row->field[GR_NAME]);
        if (gshadow && gshadow->n == SG_FIELDS)
            gshadow->field[SG_MEMBERS] = row->field[GR_MEMBERS];
    }
}

static int set_lock(struct usermod *u)
{
    struct arena *arena = &u->p->m->arena;
    const char *hash = u->shadow && u->shadow->n > SP_HASH ? u->shadow->field[SP_HASH] : NULL;

    if (!hash)
        return 0;
    if (u->lock && *hash != '!') {
        u->shadow->field[SP_HASH] = arena_printf(arena, "!%s", hash);
        note(u, "lock-password");
    }
    if (u->unlock && *hash == '!') {
        if (hash[1] == '\0' || strcmp(hash, "!!") == 0) {
            complain(u->a.p, 1, "unlocking the user's password would result in a passwordless account.");
            str_add(u->a.p->io.err, "You should set a password with usermod -p to unlock this user's password.\n");
            return 1;
        }
        u->shadow->field[SP_HASH] = hash + 1;
        note(u, "unlock-password");
    }
    return 0;
}

static void set_fields(struct usermod *u)
{
    struct arena *arena = &u->p->m->arena;

    if (u->comment)
        u->passwd->field[PW_COMMENT] = u->comment;
    if (u->shell) {
        u->passwd->field[PW_SHELL] = u->shell;
        json_put_text(note(u, "change-shell"), "shell", u->shell);
    }
    if (u->home) {
        u->passwd->field[PW_HOME] = u->home;
        json_put_text(note(u, "change-home"), "home", u->home);
    }
    if (u->gid_text) {
        u->passwd->field[PW_GID] = arena_printf(arena, "%u", u->new_gid);
        note(u, "change-gid");
    }
    if (u->uid_text) {
        u->passwd->field[PW_UID] = u->uid_text;
        note(u, "change-uid");
    }
    if (u->hash && u->shadow) {
        u->shadow->field[SP_HASH] = u->hash;
        note(u, "change-password");
    }
    if (u->expires && u->shadow && u->shadow->n == SP_FIELDS) {
        u->shadow->field[SP_EXPIRES] = u->expires;
        note(u, "change-expiry");
    }
}

static void set_login(struct usermod *u)
{
    struct arena *arena = &u->p->m->arena;

    u->passwd->field[PW_NAME] = u->login;
    if (u->shadow)
        u->shadow->field[SP_NAME] = u->login;
    for (size_t i = 0; i < u->a.group.n; i++) {
        struct row *row = &u->a.group.list[i];

        if (row->n == GR_FIELDS && members_have(row->field[GR_MEMBERS], u->name))
            row->field[GR_MEMBERS] = members_with(arena, members_without(arena, row->field[GR_MEMBERS], u->name), u->login);
    }
    note(u, "change-name");
}

static int modify(struct usermod *u)
{
    struct program *p = u->p;
    const char *old_home;
    int status = check(u);

    if (status)
        return status;
    if (!accounts_lock(&u->a, "/etc/passwd"))
        return 1;
    old_home = u->passwd->field[PW_HOME];
    if (u->groups)
        set_groups(u);
    status = set_lock(u);
    if (status)
        return status;
    set_fields(u);
    if (u->login)
        set_login(u);
    accounts_write(&u->a);
    if (u->move_home && u->home && strcmp(old_home, u->home) != 0 && fs_rename(p, old_home, u->home) != 0)
        return complain(p, 12, "cannot rename directory %s to %s", old_home, u->home);
    return 0;
}

static int take_option(struct usermod *u, int letter, const char *value)
{
    switch (letter) {
    case 'a': u->append = true; break;
    case 'c': u->comment = value; break;
    case 'd': u->home = value; break;
    case 'e': u->expires = day_parse(u->p, value); return u->expires ? 0 : complain(u->p, 3, "invalid date '%s'", value);
    case 'g': u->gid_text = value; break;
    case 'G': u->groups = value; break;
    case 'l': u->login = value; break;
    case 'L': u->lock = true; break;
    case 'm': u->move_home = true; break;
    case 'o': u->duplicate = true; break;
    case 'p': u->hash = value; break;
    case 's': u->shell = value; break;
    case 'u': u->uid_text = value; break;
    case 'U': u->unlock = true; break;
    default: break;
    }
    return 0;
}

int run_usermod(struct program *p)
{
    static const struct option_spec spec = {"ac:d:e:f:g:G:l:Lmop:s:u:U",
                                            "append=a comment=c home=d expiredate=e gid=g groups=G login=l lock=L move-home=m "
                                            "non-unique=o password=p shell=s uid=u unlock=U",
                                            false};
    struct options o = {.p = p, .spec = &spec};
    struct usermod u = {.p = p};
    const char *value;
    int letter, status;

    while ((letter = options_next(&o, &value)))
        if (take_option(&u, letter, value) != 0)
            return 3;
    if (o.failed || p->argc - o.at != 1) {
        if (!o.failed)
            str_add(p->io.err, "Usage: usermod [options] LOGIN\n");
        return 2;
    }
    u.name = p->argv[o.at];
    accounts_open(&u.a, p);
    status = modify(&u);
    accounts_drop(&u.a);
    return status;
}
