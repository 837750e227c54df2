/* SPDX-License-Identifier: MIT */
/*
 * Passwords, as crypt(3) of the server knows them. Amazon Linux 2's glibc has DES, $1$, $5$ and $6$; a hash of another
 * kind, or one so dear that checking it would hold up a grader, opens for nobody.
 */
#include "sim/host/accounts.h"

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX 20000
#define SALT_ALPHABET ALPHABET_ALNUM "./"

/* crypt(3) is dear on purpose, and a story asks it twice for the same: a password is set, and somebody logs in with it. */
static _Thread_local struct {
    char password[PASSWORD_MAX + 1], setting[64], hash[160];
} last;

/* "$6$salt$", of a setting or of a hash; 0 = of another kind. */
static size_t setting_of(const char *hash)
{
    const char *end = *hash == '$' ? strrchr(hash, '$') : NULL;
    size_t n = end ? (size_t)(end + 1 - hash) : 0;

    return n < sizeof(last.setting) ? n : 0;
}

static void remember(const char *password, const char *setting, const char *hash)
{
    size_t n = setting_of(setting);

    if (!n || strlen(hash) >= sizeof(last.hash))
        return;
    snprintf(last.password, sizeof(last.password), "%s", password);
    snprintf(last.setting, sizeof(last.setting), "%.*s", (int)n, setting);
    snprintf(last.hash, sizeof(last.hash), "%s", hash);
}

static bool remembered(const char *password, const char *setting)
{
    size_t n = setting_of(setting);

    return n && strlen(last.setting) == n && !memcmp(last.setting, setting, n) && strcmp(last.password, password) == 0;
}

static const char *crypted(struct machine *m, const char *password, const char *setting)
{
    bool too_many = ++m->hashes > HASHES_MAX; /* also of what is remembered: results depend on nothing that was before */
    if (!too_many && remembered(password, setting))
        return arena_dup(&m->arena, last.hash);
    struct crypt_data *data = too_many ? NULL : xcalloc(1, sizeof(*data));
    const char *hash = data ? crypt_r(password, setting, data) : NULL;
    const char *kept = hash && *hash != '*' ? arena_dup(&m->arena, hash) : NULL;

    if (!data)
        return NULL;
    if (kept)
        remember(password, setting, kept);
    explicit_bzero(data, sizeof(*data));
    free(data);
    return kept;
}

const char *password_hash(struct machine *m, const char *password)
{
    char salt[9];

    if (strlen(password) > PASSWORD_MAX)
        return NULL;
    chance_text(&m->c->ids, SALT_ALPHABET, 8, salt);
    return crypted(m, password, arena_printf(&m->arena, "$6$%s$", salt));
}

static bool kind_known(const char *hash)
{
    const char *rounds = "rounds=";

    if (strlen(hash) > 256)
        return false;
    if (*hash != '$')
        return strlen(hash) == 13 && strspn(hash, SALT_ALPHABET) == 13;
    if (!strchr("156", hash[1]) || hash[1] == '\0' || hash[2] != '$')
        return false;
    return !text_starts(hash + 3, rounds) || strtoul(hash + 3 + strlen(rounds), NULL, 10) <= ROUNDS_MAX;
}

bool password_fits(struct machine *m, const char *hash, const char *password)
{
    const char *made;

    if (*hash == '\0')
        return *password == '\0';
    if (!kind_known(hash) || strlen(password) > PASSWORD_MAX)
        return false;
    made = crypted(m, password, hash);
    return made && strcmp(made, hash) == 0;
}

/* As pam_unix writes it: shadow alone, and the day. */
bool password_set(struct program *p, const char *user, const char *hash)
{
    struct os_user account;
    struct rows shadow;
    struct row *row;

    if (!os_user_find(p->m->w, p->m->server, user, &account))
        return false;
    rows_read(p->m, "/etc/shadow", SP_FIELDS, &shadow);
    row = rows_find(&shadow, user);
    if (!row) {
        row = rows_add(&shadow, SP_FIELDS);
        row->field[SP_NAME] = user;
    }
    row->field[SP_HASH] = hash;
    if (row->n > SP_CHANGED)
        row->field[SP_CHANGED] = today(p->m);
    rows_write_pam(p, &shadow);
    accounts_fact(p, "change-password", user, account.uid, account.gid);
    rows_drop(&shadow);
    return true;
}
