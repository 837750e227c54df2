/* SPDX-License-Identifier: MIT */
/*
 * Private to sim/host: sshd's configuration. Semantics are those of OpenSSH 9.2 (servconf.c, match.c, addrmatch.c), which
 * tests/real compares with; its own words for what it rejects.
 */
#pragma once

#include "sim/host/machine.h"

/* ---- keywords (sshd_keywords.c) ---- */

enum sshd_kind {
    SSHD_FLAG, /* one of its choices */
    SSHD_NUMBER,
    SSHD_TIME,  /* seconds */
    SSHD_PORT,  /* several lines add up */
    SSHD_TEXT,  /* one word */
    SSHD_LINE,  /* the rest of the line as it stands */
    SSHD_WORDS, /* the words of the first line that has any */
    SSHD_USERS, /* patterns that add up */
    SSHD_GROUPS,
    SSHD_ADD,     /* words that add up */
    SSHD_METHODS, /* AuthenticationMethods */
    SSHD_PATH,    /* an absolute path or "none" */
    SSHD_IGNORED, /* known, without effect */
    SSHD_RAW,     /* taken as it is; its default is not known here */
    SSHD_MATCH,
    SSHD_INCLUDE,
};
struct sshd_choice {
    const char *word, *means; /* as -T prints it */
};
struct sshd_keyword {
    const char *name; /* lower case */
    enum sshd_kind kind;
    bool in_match;                     /* allowed within a Match block */
    const char *otherwise;             /* the default as -T prints it; NULL = not known, "" = an empty list */
    const struct sshd_choice *choices; /* ends with a NULL word */
    const char *alias_of;
};
#define SSHD_KEYWORDS_MAX 160
extern const struct sshd_keyword sshd_keywords[];
extern const size_t sshd_n_keywords;
const struct sshd_keyword *sshd_keyword_row(const char *name);  /* any case */
const struct sshd_keyword *sshd_keyword_find(const char *name); /* what an alias stands for */

/* ---- patterns (sshd_match.c) ---- */

int sshd_list_fits(const char *s, const char *list, bool lower); /* "a,!b*": 1 fits, 0 does not, -1 is negated */
int sshd_addr_fits(const char *addr, const char *list);          /* and -2: the list is bad. NULL addr: is the list good? */
bool sshd_user_pattern_good(const char *pattern);                /* user, user@host, user@network */
bool sshd_user_fits(const struct sshd_client *, const char *pattern);
int sshd_groups_fit(const struct tree *, const char *user, const char *list); /* as sshd_list_fits */

/* ---- reading ---- */

struct sshd_config { /* one reading, for one client */
    const struct tree *tree;
    struct arena *arena;
    const struct sshd_client *client; /* NULL = global settings only */
    const char *value[SSHD_KEYWORDS_MAX];
    const char *why; /* the first thing that sshd rejects */
    /* private */
    const char *matched[SSHD_KEYWORDS_MAX]; /* what Match blocks set */
    const char **slots;
    const struct sshd_client *asked; /* whom Match asks about in this pass; NULL = nobody */
    bool active, has_match, has_include;
    size_t steps, all_steps; /* of this pass; of both */
};
struct sshd_reading { /* of one text, for everybody: what each client's reading begins with */
    const char *text; /* by address */
    const char *value[SSHD_KEYWORDS_MAX];
    bool has_match;
};
#define SSHD_CONFIG_NAME "/etc/ssh/sshd_config"
/* False when sshd would not start with it. Values are then meaningless. */
bool sshd_config_read(struct sshd_config *, const char *text);
/* The same for the next client of a text that stays as it is. *known is what was read before (NULL at first), in `lasting`;
 * what the text includes may be another file each time, so such a text is read anew. */
bool sshd_config_read_again(struct sshd_config *, const char *text, struct sshd_reading **known, struct arena *lasting);
const char *sshd_value(const struct sshd_config *, const char *keyword); /* lower case; "" for lists without entries */
bool sshd_value_is(const struct sshd_config *, const char *keyword, const char *value);
bool sshd_config_good(const struct tree *, const char *text, struct arena *, const char **why);
