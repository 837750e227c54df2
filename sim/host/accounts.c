/* SPDX-License-Identifier: MIT */
/*
 * The account files as rows. What cannot be read as a row is kept as it stands: editors leave comments, and a student's
 * mistake must not vanish.
 */
#include "sim/host/accounts.h"

#include <stdlib.h>

#define ROWS_MAX 5000

/* ---- rows ---- */

/* Cuts a line into its fields where it lies. */
static void split(char *line, char *end, size_t n_fields, struct row *row)
{
    row->n = 0;
    *end = '\0';
    while (row->n + 1 < n_fields) {
        char *colon = memchr(line, ':', (size_t)(end - line));

        if (!colon)
            break;
        *colon = '\0';
        row->field[row->n++] = line;
        line = colon + 1;
    }
    row->field[row->n++] = line;
}

static const struct file *account_file(struct machine *m, const char *path)
{
    const struct file *file = tree_find(m->tree, path);

    return file && file->kind == FILE_REGULAR && file->data ? file : NULL;
}

void rows_read(struct machine *m, const char *path, size_t n_fields, struct rows *rows)
{
    const struct file *file = account_file(m, path);
    char *at, *end;

    *rows = (struct rows){.path = path, .missing = !file};
    if (rows->missing)
        return;
    at = arena_dupn(&m->arena, file->data, file->size);
    end = at + file->size;
    while (at < end && rows->n < ROWS_MAX) {
        char *newline = memchr(at, '\n', (size_t)(end - at));
        char *stop = newline ? newline : end;

        split(at, stop, n_fields, GROW(rows->list, rows->n, rows->cap));
        at = stop + 1;
    }
}

void rows_drop(struct rows *rows)
{
    free(rows->list);
    *rows = (struct rows){0};
}

struct row *rows_find(const struct rows *rows, const char *name)
{
    for (size_t i = 0; i < rows->n; i++)
        if (rows->list[i].n > 1 && strcmp(rows->list[i].field[0], name) == 0)
            return &rows->list[i];
    return NULL;
}

struct row *rows_add(struct rows *rows, size_t n_fields)
{
    struct row *row = GROW(rows->list, rows->n, rows->cap);

    row->n = n_fields;
    for (size_t i = 0; i < n_fields; i++)
        row->field[i] = "";
    return row;
}

void rows_remove(struct rows *rows, const struct row *row)
{
    size_t at = (size_t)(row - rows->list);

    memmove(&rows->list[at], &rows->list[at + 1], (rows->n - at - 1) * sizeof(*row));
    rows->n--;
}

static void rows_text(const struct rows *rows, struct str *out)
{
    for (size_t i = 0; i < rows->n; i++) {
        for (size_t f = 0; f < rows->list[i].n; f++) {
            if (f)
                str_addc(out, ':');
            str_add(out, rows->list[i].field[f]);
        }
        str_addc(out, '\n');
    }
}

int rows_write(struct program *p, const struct rows *rows)
{
    AUTO(str_drop) struct str text = {0};
    const struct file *file = tree_find(p->m->tree, rows->path);
    const char *backup = arena_printf(&p->m->arena, "%s-", rows->path);
    struct file *kept;
    int error;

    if (!file)
        return ENOENT;
    error = fs_write(p, backup, file->data ? file->data : "", file->data ? file->size : 0);
    if (error)
        return error;
    kept = tree_find(p->m->tree, backup);
    kept->mode = file->mode;
    kept->mtime_ms = file->mtime_ms; /* shadow-utils gives the backup the file's own times */
    rows_text(rows, &text);
    return fs_replace(p, rows->path, arena_printf(&p->m->arena, "%s+", rows->path), str_text(&text), text.len);
}

int rows_write_pam(struct program *p, const struct rows *rows)
{
    AUTO(str_drop) struct str text = {0};

    rows_text(rows, &text);
    return fs_replace(p, rows->path, "/etc/nshadow", str_text(&text), text.len);
}

bool id_parse(const char *text, unsigned *ret)
{
    uint64_t value = 0;
    size_t n = strspn(text, "0123456789");

    if (n == 0 || n > 10 || text[n] != '\0')
        return false;
    for (size_t i = 0; i < n; i++)
        value = value * 10 + (uint64_t)(text[i] - '0');
    *ret = (unsigned)value;
    return value < UINT32_MAX;
}

/* ---- lists of members ---- */

bool members_have(const char *members, const char *name)
{
    size_t n = strlen(name);

    while (*members) {
        size_t len = strcspn(members, ",");

        if (len == n && strncmp(members, name, n) == 0)
            return true;
        members += len + (members[len] == ',');
    }
    return false;
}

const char *members_with(struct arena *arena, const char *members, const char *name)
{
    return members_have(members, name) ? members : arena_printf(arena, "%s%s%s", members, *members ? "," : "", name);
}

const char *members_without(struct arena *arena, const char *members, const char *name)
{
    AUTO(str_drop) struct str out = {0};
    size_t n = strlen(name);

    while (*members) {
        size_t len = strcspn(members, ",");

        if (len != n || strncmp(members, name, n) != 0)
            str_addf(&out, "%s%.*s", out.len ? "," : "", (int)len, members);
        members += len + (members[len] == ',');
    }
    return arena_dup(arena, str_text(&out));
}

/* ---- who is who ---- */

/* The groups in whose line a word stands, anywhere: who looks for a name, for each login and each sudo, need not read all.
 * *at is where to look, at first NULL. */
static bool next_group_with(struct machine *m, const char *word, const char **at, struct row *ret)
{
    const struct file *file = account_file(m, "/etc/group");
    const char *from = file ? *at ? *at : file->data : NULL, *end = file ? file->data + file->size : NULL;
    const char *found = from < end ? memmem(from, (size_t)(end - from), word, strlen(word)) : NULL;

    if (!found)
        return false;
    const char *before = memrchr(from, '\n', (size_t)(found - from)), *newline = memchr(found, '\n', (size_t)(end - found));
    const char *line = before ? before + 1 : from, *stop = newline ? newline : end;
    char *copy = arena_dupn(&m->arena, line, (size_t)(stop - line));

    split(copy, copy + (stop - line), GR_FIELDS, ret);
    *at = newline ? newline + 1 : end;
    return true;
}

static void take_groups(struct machine *m, const char *name, struct cred *cred)
{
    struct row row;
    unsigned gid;

    for (const char *at = NULL; cred->n_groups < COUNT(cred->groups) && next_group_with(m, name, &at, &row);)
        if (row.n == GR_FIELDS && id_parse(row.field[GR_GID], &gid) && gid != cred->gid &&
            members_have(row.field[GR_MEMBERS], name))
            cred->groups[cred->n_groups++] = gid;
}

struct cred cred_of(struct machine *m, const struct os_user *user)
{
    struct cred cred = {.uid = user->uid, .gid = user->gid};

    take_groups(m, user->name, &cred);
    return cred;
}

bool os_group_find(struct machine *m, const char *name, unsigned *ret_gid)
{
    struct row row;
    unsigned gid;

    for (const char *at = NULL; next_group_with(m, name, &at, &row);)
        if (row.n >= GR_FIELDS - 1 && strcmp(row.field[GR_NAME], name) == 0 && id_parse(row.field[GR_GID], &gid)) {
            *ret_gid = gid;
            return true;
        }
    return false;
}

const char *os_group_name(struct machine *m, unsigned gid)
{
    char digits[16];
    struct row row;
    unsigned id;

    snprintf(digits, sizeof(digits), "%u", gid); /* "007" holds a 7, too */
    for (const char *at = NULL; next_group_with(m, digits, &at, &row);)
        if (row.n >= GR_FIELDS - 1 && id_parse(row.field[GR_GID], &id) && id == gid)
            return row.field[GR_NAME];
    return NULL;
}

const char *os_user_name(struct machine *m, unsigned uid)
{
    struct os_user user;

    return os_user_by_uid(m->w, m->server, uid, &user) ? user.name : NULL;
}

/* ---- the four files together ---- */

void accounts_open(struct accounts *a, struct program *p)
{
    a->p = p;
    rows_read(p->m, "/etc/passwd", PW_FIELDS, &a->passwd);
    rows_read(p->m, "/etc/shadow", SP_FIELDS, &a->shadow);
    rows_read(p->m, "/etc/group", GR_FIELDS, &a->group);
    rows_read(p->m, "/etc/gshadow", SG_FIELDS, &a->gshadow);
}

void accounts_drop(struct accounts *a)
{
    rows_drop(&a->passwd);
    rows_drop(&a->shadow);
    rows_drop(&a->group);
    rows_drop(&a->gshadow);
}

/* Only root can, and nobody while somebody else holds the lock. */
bool accounts_lock(struct accounts *a, const char *path)
{
    struct program *p = a->p;
    const char *lock = arena_printf(&p->m->arena, "%s.lock", path);

    if (p->cred.uid == 0 && !tree_find(p->m->tree, lock))
        return true;
    if (p->cred.uid != 0)
        complain(p, 1, "Permission denied.");
    complain(p, 1, "cannot lock %s; try again later.", path);
    return false;
}

json_t *accounts_fact(struct program *p, const char *does, const char *name, unsigned uid, unsigned gid)
{
    json_t *fact = json_object();

    json_put_text(fact, "does", does);
    json_put_text(fact, "name", name);
    if (uid != NO_ID)
        json_put(fact, "uid", json_integer(uid));
    if (gid != NO_ID)
        json_put(fact, "gid", json_integer(gid));
    json_put(fact, "at", json_integer(p->m->now_ms));
    json_array_append_new(fact_list(p, "accounts"), fact);
    return fact;
}

/* "KEY value" or "KEY=value" lines, the last one wins (getdef.c). */
static const char *setting(struct machine *m, const char *path, const char *key, const char *otherwise)
{
    const struct file *file = tree_find(m->tree, path);
    const char *found = otherwise, *at, *end;
    size_t n = strlen(key);

    if (!file || !file->data)
        return otherwise;
    at = file->data;
    end = at + file->size;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)), *stop = newline ? newline : end;
        size_t len = (size_t)(stop - at);

        if (len > n && strncmp(at, key, n) == 0 && strchr(" \t=", at[n])) {
            char *value = arena_dupn(&m->arena, at + n + 1, len - n - 1);

            value += strspn(value, " \t\"");
            value[strcspn(value, " \t\"\r")] = '\0';
            found = value;
        }
        at = stop + 1;
    }
    return found;
}

const char *login_def(struct machine *m, const char *key, const char *otherwise)
{
    return setting(m, "/etc/login.defs", key, otherwise);
}

const char *useradd_def(struct machine *m, const char *key, const char *otherwise)
{
    return setting(m, "/etc/default/useradd", key, otherwise);
}

void accounts_write(struct accounts *a)
{
    rows_write(a->p, &a->passwd);
    if (!a->shadow.missing)
        rows_write(a->p, &a->shadow);
    rows_write(a->p, &a->group);
    if (!a->gshadow.missing)
        rows_write(a->p, &a->gshadow);
}

/* RHEL's rule: [A-Za-z0-9_.][A-Za-z0-9_.-]{0,30}[A-Za-z0-9_.$-]?, not all digits. */
bool account_name_good(const char *name)
{
    size_t n = strlen(name), body = strspn(name, ALPHABET_ALNUM "_.-");

    if (n == 0 || n > 32 || *name == '-' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    if (strspn(name, ALPHABET_DIGITS) == n)
        return false;
    return body == n || (body == n - 1 && name[body] == '$' && n > 1);
}

/* ---- free numbers ---- */

static bool id_used(const struct rows *rows, size_t field, unsigned id)
{
    unsigned used;

    for (size_t i = 0; i < rows->n; i++)
        if (rows->list[i].n > field && id_parse(rows->list[i].field[field], &used) && used == id)
            return true;
    return false;
}

bool uid_taken(const struct accounts *a, unsigned uid)
{
    return id_used(&a->passwd, PW_UID, uid);
}

bool gid_taken(const struct accounts *a, unsigned gid)
{
    return id_used(&a->group, GR_GID, gid);
}

/* People: one more than the highest in the range. System accounts: the highest free one below the lowest used. */
static bool free_id(const struct accounts *a, const struct rows *rows, size_t field, const char *kind, bool system,
                    unsigned *ret)
{
    struct machine *m = a->p->m;
    const char *prefix = system ? "SYS_" : "";
    unsigned low = system ? 201 : 1000, high = system ? 999 : 60000, id, next;

    id_parse(login_def(m, arena_printf(&m->arena, "%s%s_MIN", prefix, kind), ""), &low);
    id_parse(login_def(m, arena_printf(&m->arena, "%s%s_MAX", prefix, kind), ""), &high);
    next = system ? high : low;
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->list[i].n <= field || !id_parse(rows->list[i].field[field], &id) || id < low || id > high)
            continue;
        if (system ? id <= next : id >= next)
            next = system ? id - 1 : id + 1;
    }
    for (unsigned tries = 0; next < low || next > high || id_used(rows, field, next); tries++) {
        if (tries > high - low)
            return false;
        next = low + tries;
    }
    *ret = next;
    return true;
}

bool accounts_free_uid(const struct accounts *a, bool system, unsigned *ret)
{
    return free_id(a, &a->passwd, PW_UID, "UID", system, ret);
}

bool accounts_free_gid(const struct accounts *a, bool system, unsigned wanted, unsigned *ret)
{
    *ret = wanted;
    return !gid_taken(a, wanted) || free_id(a, &a->group, GR_GID, "GID", system, ret);
}

const char *today(struct machine *m)
{
    return arena_printf(&m->arena, "%lld", (long long)(m->now_ms / 86400000));
}

const char *day_parse(struct program *p, const char *text)
{
    int64_t ms;

    if (strcmp(text, "-1") == 0 || !*text)
        return "";
    if (strspn(text, "0123456789") == strlen(text) && strlen(text) < 7)
        return text;
    if (strlen(text) == 10 && time_parse(arena_printf(&p->m->arena, "%sT00:00Z", text), &ms, NULL))
        return arena_printf(&p->m->arena, "%lld", (long long)(ms / 86400000));
    return NULL;
}
