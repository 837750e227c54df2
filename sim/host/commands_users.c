/* SPDX-License-Identifier: MIT */
/* Accounts: passwd, chpasswd, usermod, chage, id, whoami, groups, getent. Words of shadow-utils 4.1.5.1 and RHEL's passwd 0.79.
 */
#include "sim/host/accounts.h"
#include "sim/host/commands.h"

#include <stdlib.h>

/* ---- who am I ---- */

static const char *name_or_number(struct program *p, const char *name, unsigned id)
{
    return name ? name : arena_printf(&p->m->arena, "%u", id);
}

int run_whoami(struct program *p)
{
    const char *name = os_user_name(p->m, p->cred.uid);

    if (!name)
        return complain(p, 1, "cannot find name for user ID %u", p->cred.uid);
    sayf(p, "%s\n", name);
    return 0;
}

struct id {
    struct program *p;
    struct cred cred;
    bool user, group, groups, names;
};

static void id_whole(struct id *i)
{
    struct machine *m = i->p->m;
    const char *user = os_user_name(m, i->cred.uid), *group = os_group_name(m, i->cred.gid);

    sayf(i->p, "uid=%u", i->cred.uid);
    if (user)
        sayf(i->p, "(%s)", user);
    sayf(i->p, " gid=%u", i->cred.gid);
    if (group)
        sayf(i->p, "(%s)", group);
    sayf(i->p, " groups=%u", i->cred.gid);
    if (group)
        sayf(i->p, "(%s)", group);
    for (size_t k = 0; k < i->cred.n_groups; k++) {
        const char *name = os_group_name(m, i->cred.groups[k]);

        sayf(i->p, ",%u", i->cred.groups[k]);
        if (name)
            sayf(i->p, "(%s)", name);
    }
    sayf(i->p, "\n");
}

static void id_group(struct id *i, unsigned gid, const char *before)
{
    sayf(i->p, "%s%s", before, name_or_number(i->p, i->names ? os_group_name(i->p->m, gid) : NULL, gid));
}

int run_id(struct program *p)
{
    static const struct option_spec spec = {"agGnruz", "user=u group=g groups=G name=n real=r", true};
    struct options o = {.p = p, .spec = &spec};
    struct id i = {.p = p, .cred = p->cred};
    struct os_user account;
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value))) {
        i.user |= letter == 'u';
        i.group |= letter == 'g';
        i.groups |= letter == 'G';
        i.names |= letter == 'n';
    }
    if (o.failed)
        return 1;
    if (o.at < p->argc) {
        if (!os_user_find(p->m->w, p->m->server, p->argv[o.at], &account))
            return complain(p, 1, "%s: no such user", p->argv[o.at]);
        i.cred = cred_of(p->m, &account);
    }
    if (i.user) {
        sayf(p, "%s\n", name_or_number(p, i.names ? os_user_name(p->m, i.cred.uid) : NULL, i.cred.uid));
    } else if (i.group || i.groups) {
        id_group(&i, i.cred.gid, "");
        for (size_t k = 0; i.groups && k < i.cred.n_groups; k++)
            id_group(&i, i.cred.groups[k], " ");
        sayf(p, "\n");
    } else {
        id_whole(&i);
    }
    return 0;
}

int run_groups(struct program *p)
{
    struct id i = {.p = p, .cred = p->cred, .names = true};
    struct os_user account;

    if (p->argc > 1) {
        if (!os_user_find(p->m->w, p->m->server, p->argv[1], &account))
            return complain(p, 1, "%s: no such user", p->argv[1]);
        i.cred = cred_of(p->m, &account);
        sayf(p, "%s : ", p->argv[1]);
    }
    id_group(&i, i.cred.gid, "");
    for (size_t k = 0; k < i.cred.n_groups; k++)
        id_group(&i, i.cred.groups[k], " ");
    sayf(p, "\n");
    return 0;
}

/* getent passwd|group|shadow [name...] */
int run_getent(struct program *p)
{
    static const char *const tables[] = {"passwd", "group", "shadow", "gshadow"};
    const char *path = NULL, *data;
    struct rows rows;
    size_t n;
    int status = 0;

    for (size_t i = 0; i < COUNT(tables) && p->argc > 1; i++)
        if (strcmp(p->argv[1], tables[i]) == 0)
            path = arena_printf(&p->m->arena, "/etc/%s", tables[i]);
    if (!path)
        return complain(p, 1, p->argc > 1 ? "Unknown database: %s" : "wrong number of arguments%s",
                        p->argc > 1 ? p->argv[1] : "");
    if (fs_read(p, path, &data, &n) != 0)
        return 2;
    if (p->argc == 2) {
        say(p, data, n);
        return 0;
    }
    rows_read(p->m, path, ROW_FIELDS, &rows);
    for (int i = 2; i < p->argc; i++) {
        const struct row *row = rows_find(&rows, p->argv[i]);

        status = row ? status : 2;
        for (size_t f = 0; row && f < row->n; f++)
            sayf(p, "%s%s%s", f ? ":" : "", row->field[f], f + 1 == row->n ? "\n" : "");
    }
    rows_drop(&rows);
    return status;
}

/* ---- passwd ---- */

struct passwd {
    struct program *p;
    const char *name;
    struct os_user account;
    char does; /* 'l', 'u', 'd', 'S', 'e', 'i' (stdin), 0 */
    bool force;
};

static const char *hash_of(struct machine *m, const char *name)
{
    struct rows shadow;
    const struct row *row;
    const char *hash = NULL;

    rows_read(m, "/etc/shadow", SP_FIELDS, &shadow);
    row = rows_find(&shadow, name);
    if (row && row->n > SP_HASH)
        hash = row->field[SP_HASH];
    rows_drop(&shadow);
    return hash;
}

/* Changes the hash alone, as passwd -l does: the day stays. */
static void put_hash(struct passwd *w, const char *does, const char *hash)
{
    struct rows shadow;
    struct row *row;

    rows_read(w->p->m, "/etc/shadow", SP_FIELDS, &shadow);
    row = rows_find(&shadow, w->name);
    if (row) {
        row->field[SP_HASH] = hash;
        rows_write(w->p, &shadow);
        accounts_fact(w->p, does, w->name, w->account.uid, w->account.gid);
    }
    rows_drop(&shadow);
}

static int passwd_status(struct passwd *w)
{
    const char *hash = hash_of(w->p->m, w->name);
    struct rows shadow;
    const struct row *row;
    int64_t changed;

    rows_read(w->p->m, "/etc/shadow", SP_FIELDS, &shadow);
    row = rows_find(&shadow, w->name);
    if (row && row->n == SP_FIELDS) {
        AUTO(str_drop) struct str day = {0};
        bool locked = *hash == '!' || *hash == '*';

        changed = strtol(row->field[SP_CHANGED], NULL, 10);
        str_add_time(&day, changed * 86400000, "%Y-%m-%d");
        sayf(w->p, "%s %s %s %s %s %s %s (%s)\n", w->name,
             locked  ? "LK"
             : *hash ? "PS"
                     : "NP",
             str_text(&day), *row->field[SP_MIN] ? row->field[SP_MIN] : "-1", *row->field[SP_MAX] ? row->field[SP_MAX] : "-1",
             *row->field[SP_WARN] ? row->field[SP_WARN] : "-1", *row->field[SP_INACTIVE] ? row->field[SP_INACTIVE] : "-1",
             locked                     ? "Password locked."
             : *hash == '\0'            ? "Empty password."
             : text_starts(hash, "$6$") ? "Password set, SHA512 crypt."
             : text_starts(hash, "$5$") ? "Password set, SHA256 crypt."
             : text_starts(hash, "$1$") ? "Password set, MD5 crypt."
                                        : "Password set, DES crypt.");
    }
    rows_drop(&shadow);
    return 0;
}

static int passwd_stdin(struct passwd *w)
{
    struct program *p = w->p;
    const char *text = arena_dupn(&p->m->arena, p->io.in, p->io.in_given ? p->io.in_len : 0), *hash;

    sayf(p, "Changing password for user %s.\n", w->name);
    text = arena_dupn(&p->m->arena, text, strcspn(text, "\n"));
    hash = *text ? password_hash(p->m, text) : NULL;
    if (!hash) {
        str_add(p->io.err, "passwd: Authentication token manipulation error\n");
        return 1;
    }
    password_set(p, w->name, hash);
    sayf(p, "passwd: all authentication tokens updated successfully.\n");
    return 0;
}

static int passwd_lock(struct passwd *w, const char *hash)
{
    struct program *p = w->p;

    if (w->does == 'l') {
        sayf(p, "Locking password for user %s.\n", w->name);
        put_hash(w, "lock-password", text_starts(hash, "!!") ? hash : arena_printf(&p->m->arena, "!!%s", hash));
    } else if (w->does == 'd') {
        sayf(p, "Removing password for user %s.\n", w->name);
        put_hash(w, "change-password", "");
    } else {
        const char *bare = hash + strspn(hash, "!");

        sayf(p, "Unlocking password for user %s.\n", w->name);
        if (*hash != '!') {
            str_add(p->io.err, "passwd: Warning: unlocked password would be empty.\n");
            return 1;
        }
        if (!*bare && !w->force) {
            str_add(p->io.err,
                    "passwd: Warning: unlocked password would be empty.\npasswd: Unsafe operation (use -f to force)\n");
            return 3;
        }
        put_hash(w, "unlock-password", bare);
    }
    sayf(p, "passwd: Success\n");
    return 0;
}

static int passwd_expire(struct passwd *w)
{
    struct rows shadow;
    struct row *row;

    sayf(w->p, "Expiring password for user %s.\n", w->name);
    rows_read(w->p->m, "/etc/shadow", SP_FIELDS, &shadow);
    row = rows_find(&shadow, w->name);
    if (row && row->n > SP_CHANGED) {
        row->field[SP_CHANGED] = "0";
        rows_write(w->p, &shadow);
        accounts_fact(w->p, "change-expiry", w->name, w->account.uid, w->account.gid);
    }
    rows_drop(&shadow);
    sayf(w->p, "passwd: Success\n");
    return 0;
}

int run_passwd(struct program *p)
{
    static const struct option_spec spec = {"defikluSn:x:w:", "delete=d expire=e force=f lock=l unlock=u status=S stdin=i",
                                            false};
    struct options o = {.p = p, .spec = &spec};
    struct passwd w = {.p = p};
    const char *value, *hash;
    int letter;

    while ((letter = options_next(&o, &value))) {
        w.force |= letter == 'f';
        w.does = letter != 'f' && letter != 'k' ? (char)letter : w.does;
    }
    if (o.failed)
        return 2;
    w.name = o.at < p->argc ? p->argv[o.at] : name_or_number(p, os_user_name(p->m, p->cred.uid), p->cred.uid);
    if (p->cred.uid != 0 && (o.at < p->argc || w.does)) {
        str_add(p->io.err,
                o.at < p->argc && !w.does ? "passwd: Only root can specify a user name.\n" : "Only root can do that.\n");
        return 1;
    }
    if (!os_user_find(p->m->w, p->m->server, w.name, &w.account)) {
        str_addf(p->io.err, "passwd: Unknown user name '%s'.\n", w.name);
        return 1;
    }
    hash = hash_of(p->m, w.name);
    if (w.does == 'S')
        return passwd_status(&w);
    if (w.does == 'e')
        return passwd_expire(&w);
    if (w.does == 'i')
        return passwd_stdin(&w);
    if (w.does)
        return passwd_lock(&w, hash ? hash : "!!");
    sayf(p, "Changing password for user %s.\n", w.name); /* it asks twice; nobody types */
    str_add(p->io.err, "passwd: Authentication token manipulation error\n");
    return 1;
}

/* ---- chpasswd ---- */

static int set_one(struct program *p, const char *line, unsigned number, bool encrypted)
{
    const char *colon = strchr(line, ':'), *name, *hash;

    if (!colon)
        return complain(p, 1, "line %u: missing new password", number);
    name = arena_dupn(&p->m->arena, line, (size_t)(colon - line));
    hash = encrypted ? colon + 1 : password_hash(p->m, colon + 1);
    if (hash && !strpbrk(hash, ":\n") && password_set(p, name, hash))
        return 0;
    str_addf(p->io.err, "chpasswd: (user %s) pam_chauthtok() failed, error:\nAuthentication token manipulation error\n", name);
    return complain(p, 1, "(line %u, user %s) password not changed", number, name);
}

int run_chpasswd(struct program *p)
{
    static const struct option_spec spec = {"c:emR:s:", "crypt-method=c encrypted=e md5=m root=R sha-rounds=s", false};
    struct options o = {.p = p, .spec = &spec};
    const char *value, *at = arena_dupn(&p->m->arena, p->io.in, p->io.in_given ? p->io.in_len : 0);
    bool encrypted = false;
    int letter, status = 0;

    while ((letter = options_next(&o, &value)))
        encrypted |= letter == 'e';
    if (o.failed)
        return 2;
    if (p->cred.uid != 0)
        return complain(p, 1, "cannot lock /etc/passwd; try again later.");
    for (unsigned number = 1; *at && number < 200; number++) {
        size_t n = strcspn(at, "\n");

        if (n > 0 && set_one(p, arena_dupn(&p->m->arena, at, n), number, encrypted) != 0)
            status = 1;
        at += n + (at[n] == '\n');
    }
    return status;
}

/* ---- chage ---- */

static const char *day_text(struct program *p, const char *days)
{
    AUTO(str_drop) struct str day = {0};

    if (!*days)
        return "never";
    str_add_time(&day, strtol(days, NULL, 10) % 1000000 * 86400000, "%b %d, %Y");
    return arena_dup(&p->m->arena, str_text(&day));
}

static void chage_list(struct program *p, const struct row *row)
{
    sayf(p, "Last password change\t\t\t\t\t: %s\n",
         strcmp(row->field[SP_CHANGED], "0") == 0 ? "password must be changed" : day_text(p, row->field[SP_CHANGED]));
    sayf(p, "Password expires\t\t\t\t\t: never\nPassword inactive\t\t\t\t\t: never\n");
    sayf(p, "Account expires\t\t\t\t\t\t: %s\n", day_text(p, row->field[SP_EXPIRES]));
    sayf(p, "Minimum number of days between password change\t\t: %s\n", *row->field[SP_MIN] ? row->field[SP_MIN] : "-1");
    sayf(p, "Maximum number of days between password change\t\t: %s\n", *row->field[SP_MAX] ? row->field[SP_MAX] : "-1");
    sayf(p, "Number of days of warning before password expires\t: %s\n", *row->field[SP_WARN] ? row->field[SP_WARN] : "-1");
}

static const struct {
    char letter;
    enum shadow_field field;
} chage_days[] = {
    {'d', SP_CHANGED },
    {'E', SP_EXPIRES },
    {'I', SP_INACTIVE},
    {'m', SP_MIN     },
    {'M', SP_MAX     },
    {'W', SP_WARN    },
};

struct chage {
    bool list, change;
    const char *fields[SP_FIELDS]; /* NULL = as it is */
};

static int chage_option(struct program *p, struct chage *c, int letter, const char *value)
{
    c->list |= letter == 'l';
    for (size_t i = 0; i < COUNT(chage_days); i++)
        if (chage_days[i].letter == letter) {
            c->change = true;
            c->fields[chage_days[i].field] = day_parse(p, value);
            return c->fields[chage_days[i].field] ? 0 : complain(p, 2, "invalid date '%s'", value);
        }
    return 0;
}

static int chage(struct program *p, const struct chage *c, const struct os_user *user)
{
    struct rows shadow;
    int status = 0;

    rows_read(p->m, "/etc/shadow", SP_FIELDS, &shadow);
    struct row *row = rows_find(&shadow, user->name);
    if (!row || row->n < SP_FIELDS) {
        status = complain(p, 1, "user '%s' does not exist in /etc/shadow", user->name);
    } else if (c->list) {
        chage_list(p, row);
    } else if (c->change) {
        for (size_t i = 0; i < SP_FIELDS; i++)
            row->field[i] = c->fields[i] ? c->fields[i] : row->field[i];
        rows_write(p, &shadow);
        accounts_fact(p, "change-expiry", user->name, user->uid, user->gid);
    }
    rows_drop(&shadow);
    return status;
}

int run_chage(struct program *p)
{
    static const struct option_spec spec = {
        "d:E:I:lm:M:W:", "lastday=d expiredate=E inactive=I list=l mindays=m maxdays=M warndays=W", false};
    struct options o = {.p = p, .spec = &spec};
    struct chage c = {0};
    struct os_user user;
    const char *value;
    int letter;

    while ((letter = options_next(&o, &value)))
        if (chage_option(p, &c, letter, value) != 0)
            return 2;
    if (o.failed || o.at >= p->argc) {
        str_add(p->io.err, "Usage: chage [options] LOGIN\n");
        return 2;
    }
    if (p->cred.uid != 0)
        return complain(p, 1, "Permission denied.");
    if (!os_user_find(p->m->w, p->m->server, p->argv[o.at], &user))
        return complain(p, 1, "user '%s' does not exist in /etc/passwd", p->argv[o.at]);
    return chage(p, &c, &user);
}
