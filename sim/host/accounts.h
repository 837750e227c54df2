/* SPDX-License-Identifier: MIT */
/* Private to sim/host: the account files (passwd, shadow, group, gshadow) as rows, and the deeds of useradd and its like. */
#pragma once

#include "sim/host/machine.h"

#define ROW_FIELDS 10
struct row { /* a line; its fields between colons. A line that is none of ours is kept as one field */
    const char *field[ROW_FIELDS];
    size_t n;
};
struct rows {
    const char *path;
    struct row *list;
    size_t n, cap;
    bool missing; /* there is no such file */
};
enum passwd_field { PW_NAME, PW_PASSWORD, PW_UID, PW_GID, PW_COMMENT, PW_HOME, PW_SHELL, PW_FIELDS };
enum shadow_field { SP_NAME, SP_HASH, SP_CHANGED, SP_MIN, SP_MAX, SP_WARN, SP_INACTIVE, SP_EXPIRES, SP_FLAG, SP_FIELDS };
enum group_field { GR_NAME, GR_PASSWORD, GR_GID, GR_MEMBERS, GR_FIELDS };
enum gshadow_field { SG_NAME, SG_PASSWORD, SG_ADMINS, SG_MEMBERS, SG_FIELDS };

/* Whoever asks: the rows are read as root would. `path` "/etc/passwd". */
void rows_read(struct machine *, const char *path, size_t n_fields, struct rows *);
void rows_drop(struct rows *);
struct row *rows_find(const struct rows *, const char *name);
struct row *rows_add(struct rows *, size_t n_fields); /* of empty fields */
void rows_remove(struct rows *, const struct row *);
/* A backup "passwd-", then "passwd+" renamed over: as shadow-utils does. Or "nshadow" without a backup: as pam_unix does. */
int rows_write(struct program *, const struct rows *);
int rows_write_pam(struct program *, const struct rows *);
bool id_parse(const char *text, unsigned *ret); /* a number below 2^32 - 1 */

bool members_have(const char *members, const char *name); /* "a,b" */
const char *members_with(struct arena *, const char *members, const char *name);
const char *members_without(struct arena *, const char *members, const char *name);

/* The four files at once, for one deed. */
struct accounts {
    struct program *p;
    struct rows passwd, shadow, group, gshadow;
};
void accounts_open(struct accounts *, struct program *);
void accounts_write(struct accounts *);
void accounts_drop(struct accounts *);
bool accounts_lock(struct accounts *, const char *path); /* false after the program's complaint */
json_t *accounts_fact(struct program *, const char *does, const char *name, unsigned uid, unsigned gid); /* borrowed */
const char *login_def(struct machine *, const char *key, const char *otherwise);   /* of etc/login.defs; in the arena */
const char *useradd_def(struct machine *, const char *key, const char *otherwise); /* of etc/default/useradd */
bool account_name_good(const char *name);
bool accounts_free_uid(const struct accounts *, bool system, unsigned *ret);
bool accounts_free_gid(const struct accounts *, bool system, unsigned wanted, unsigned *ret);
bool uid_taken(const struct accounts *, unsigned uid);
bool gid_taken(const struct accounts *, unsigned gid);
const char *today(struct machine *); /* days since 1970 */
/* The same of "2025-01-31", "20119", or "-1" and "" (never: ""), as it stands in shadow. NULL when it is none. */
const char *day_parse(struct program *, const char *text);

/* ---- passwords (password.c) ---- */

#define PASSWORD_MAX 512
/* "$6$salt$hash", the salt drawn from the entry's stream. */
const char *password_hash(struct machine *, const char *password);
/* Does it open this shadow field? Locked and unknown forms open for nobody. */
bool password_fits(struct machine *, const char *hash, const char *password);
bool password_set(struct program *, const char *user, const char *hash); /* with facts; false = no such user */
