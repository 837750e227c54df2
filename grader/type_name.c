/* SPDX-License-Identifier: MIT */
/*
 * Names of things: principals (by user name, ARN, access key or unique id), ARNs, events, hashes, files. What a name
 * stands for is looked up in the account and on the servers as they were delivered.
 */
#include "grader/types.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- principals ---- */

static const char *lower(struct arena *arena, const char *s)
{
    char *copy = arena_dup(arena, s);
    for (char *c = copy; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

/* IAM names differ by more than case. */
static const char *arn_of_user(const struct world *w, const char *s)
{
    for (const struct user *u = w->account.users; u; u = u->next)
        if (!strcasecmp(u->name, s) || text_same(u->id, s) || !strcasecmp(u->arn, s))
            return u->arn;
    const struct user *owner = find_user_by_key(w, s, NULL);
    return owner ? owner->arn : NULL;
}

static const char *arn_of_role(const struct world *w, const char *s)
{
    for (const struct role *role = w->account.roles; role; role = role->next)
        if (!strcasecmp(role->name, s) || text_same(role->id, s) || !strcasecmp(role->arn, s))
            return role->arn;
    return NULL;
}

/* "user/web/chaos" and "IAM user chaos" end in the name; "assumed-role/Admin/session" has it in the middle. */
static const char *short_name(struct arena *arena, const char *s)
{
    static const char *const kinds[] = {"iam user", "user", "utilizador", "usu\u00e1rio", "usuario"};
    const char *role = strstr(s, "assumed-role/");
    if (role) {
        role += strlen("assumed-role/");
        return arena_dupn(arena, role, strcspn(role, "/"));
    }
    const char *slash = strrchr(s, '/');
    if (slash)
        return slash + 1;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        size_t n = strlen(kinds[i]);
        if (!strncasecmp(s, kinds[i], n) && s[n] && strchr(": ", s[n]))
            return s + n + strspn(s + n, ": ");
    }
    return s;
}

static const char *resolve(const struct reader *r, const char *s)
{
    const char *arn = NULL;
    if (r->world) {
        const char *name = short_name(r->arena, s);
        arn = arn_of_user(r->world, s);
        arn = arn ? arn : arn_of_role(r->world, s);
        const char *account = text_starts(s, "arn:") ? strstr(s, "::") : NULL; /* another account's ARN is not ours */
        if (!arn && (!account || text_starts(account + 2, r->world->account.id))) {
            arn = arn_of_user(r->world, name);
            arn = arn ? arn : arn_of_role(r->world, name);
        }
    }
    return arn;
}

bool read_principal(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    const char *s = bare_text(r->arena, text), *arn = resolve(r, s);
    if (!*s || strlen(s) > 512) {
        str_add(why, "expected a user name, an ARN or an access key id");
        return false;
    }
    out->norm = lower(r->arena, arn ? arn : s);
    return true;
}

bool read_arn(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    const char *s = bare_text(r->arena, text), *arn = resolve(r, s);
    if (!arn && text_starts(s, "arn:")) {
        int colons = 0;
        for (const char *c = s; *c; c++)
            colons += *c == ':';
        if (colons >= 5 && !strpbrk(s, " \t\n"))
            arn = s;
    }
    if (arn) {
        out->norm = arn;
        return true;
    }
    str_add(why, "expected an ARN such as arn:aws:iam::123456789012:user/name");
    return false;
}

/* ---- events and hashes ---- */

bool read_event(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    const char *s = lower(r->arena, bare_text(r->arena, text));
    size_t n = strlen(s);
    bool good = n == UUID_LEN;
    for (size_t i = 0; good && i < n; i++)
        good = i == 8 || i == 13 || i == 18 || i == 23 ? s[i] == '-' : isxdigit((unsigned char)s[i]) != 0;
    if (!good)
        str_add(why, "expected an event id such as 0b9f1b2c-6e0a-4f5d-9c3e-2a7d8e4f1a6b");
    out->norm = s;
    return good;
}

bool read_hash(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    const char *s = lower(r->arena, bare_text(r->arena, text));
    const char *mark = strpbrk(s, ":=");
    if (mark && !isxdigit((unsigned char)*s)) /* "sha256:..", "SHA256(x)= .." */
        s = mark + 1 + strspn(mark + 1, " ");
    size_t n = strspn(s, ALPHABET_HEX);
    if ((n != 32 && n != 40 && n != 64) || (s[n] && s[n] != ' ')) { /* "<hash>  file" is what sha256sum prints */
        str_add(why, "expected a hash in hexadecimal: 64 digits of SHA-256");
        return false;
    }
    out->norm = arena_dupn(r->arena, s, n);
    return true;
}

void near_hash(const struct reading *key, const struct reading *given, struct str *says)
{
    size_t want = strlen(key->norm), got = strlen(given->norm);
    const char *name = want == 64 ? "SHA-256" : want == 40 ? "SHA-1" : "MD5";
    if (want != got)
        str_addf(says, "that is %s; %s is asked for", got == 64 ? "a SHA-256" : got == 40 ? "a SHA-1" : "an MD5", name);
}

/* ---- files ---- */

static const char *path_with_hash(const struct reader *r, const char *hash)
{
    for (size_t i = 0; r->world && i < r->question->answer.n; i++)
        for (const struct server *s = r->world->servers; s; s = s->next) {
            const struct file *file = tree_find(&s->tree, r->question->answer.list[i]);
            char hex[65];
            if (!file || file->kind != FILE_REGULAR || !file->data)
                continue;
            sha256_hex(file->data, file->size, hex);
            if (text_same(hex, hash))
                return file->path;
        }
    return NULL;
}

bool read_file(const struct reader *r, const char *text, struct reading *out, struct str *why)
{
    const char *s = bare_text(r->arena, text);
    while (text_starts(s, "./"))
        s += 2;
    if (text_starts(s, "host/")) /* the server's tree, as it lies in the lab */
        s += 4;
    if (!*s || strlen(s) > 1024 || strchr(s, '\n')) {
        str_add(why, "expected a file by name or path");
        return false;
    }
    const char *by_hash = strlen(s) == 64 ? path_with_hash(r, lower(r->arena, s)) : NULL;
    out->norm = by_hash ? by_hash : s;
    return true;
}

bool same_file(const struct question *q, const struct reading *key, const struct reading *given)
{
    (void)q;
    const char *key_slash = strrchr(key->norm, '/'), *given_slash = strrchr(given->norm, '/');
    if (key_slash && given_slash)
        return text_same(key->norm, given->norm);
    return text_same(key_slash ? key_slash + 1 : key->norm, given_slash ? given_slash + 1 : given->norm);
}
