/* SPDX-License-Identifier: MIT */
/*
 * Reads sshd_config as sshd does, twice: first the settings for everybody, where the first value of a keyword counts and
 * what stands below Match is only checked; then, for one client, the blocks that match it, whose first values win over
 * the others. Include'd files are part of the block they stand in.
 */
#include "sim/host/sshd.h"
#include "sim/host/accounts.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#define MAX_DEPTH 16 /* SERVCONF_MAX_DEPTH */
#define MAX_LINES 20000
#define MAX_WORDS 256
#define BLANKS " \t\r\n"

enum {
    MATCH_ONLY = 1,
    NEVER_MATCH = 2
}; /* of a file: before its first Match in the second pass; included in a block that is off */

struct line {
    struct sshd_config *c;
    const char *file;
    unsigned number, *flags, depth;
    const char *keyword, *rest; /* as written; rest is all that follows */
    const char *words[MAX_WORDS];
    size_t n;
    const struct sshd_keyword *known;
};

static bool reject(struct line *l, const char *fmt, ...) PRINTF(2, 3);
static bool reject(struct line *l, const char *fmt, ...)
{
    AUTO(str_drop) struct str why = {0};
    va_list args;

    str_addf(&why, "%s line %u: ", l->file, l->number);
    va_start(args, fmt);
    str_vaddf(&why, fmt, args);
    va_end(args);
    if (!l->c->why)
        l->c->why = arena_dup(l->c->arena, str_text(&why));
    return false;
}

/* ---- a line's words ---- */

/* strdelim(): the first word, ended by a blank, a quote or "="; *ret_rest is what follows. NULL for bad quotes. */
static char *first_word(char *s, char **ret_rest)
{
    char *end = s + strcspn(s, BLANKS "\"=");
    bool blank;

    *ret_rest = NULL;
    if (*end == '\0')
        return s;
    if (*end == '"') {
        memmove(end, end + 1, strlen(end));
        end = strchr(end, '"');
        if (!end)
            return NULL;
        *end = '\0';
        *ret_rest = end + 1 + strspn(end + 1, BLANKS);
        return s;
    }
    blank = *end != '=';
    *end++ = '\0';
    end += strspn(end, BLANKS);
    if (blank && *end == '=')
        end += 1 + strspn(end + 1, BLANKS);
    *ret_rest = end;
    return s;
}

/* argv_split(): one word with quotes and escapes taken off. False for an open quote. */
static bool take_word(const char **s, char *to)
{
    char quote = '\0';
    const char *at = *s;

    for (; *at; at++) {
        if (*at == '\\' && at[1] && (strchr("'\"\\", at[1]) || (!quote && at[1] == ' ')))
            *to++ = *++at;
        else if (!quote && (*at == ' ' || *at == '\t'))
            break;
        else if (!quote && (*at == '"' || *at == '\''))
            quote = *at;
        else if (quote && *at == quote)
            quote = '\0';
        else
            *to++ = *at;
    }
    *to = '\0';
    *s = at;
    return !quote;
}

static bool split_words(struct line *l)
{
    const char *at = l->rest;
    char *word = arena_alloc(l->c->arena, strlen(at) + 1);

    for (;;) {
        at += strspn(at, " \t");
        if (*at == '\0' || *at == '#')
            return true;
        if (l->n == MAX_WORDS)
            return reject(l, "more than %d words", MAX_WORDS);
        if (!take_word(&at, word))
            return reject(l, "invalid quotes");
        l->words[l->n++] = arena_dup(l->c->arena, word);
    }
}

/* ---- values ---- */

static const char **slot_of(struct line *l)
{
    return &l->c->slots[l->known - sshd_keywords];
}

static void set(struct line *l, const char *value)
{
    if (l->c->active && !*slot_of(l))
        *slot_of(l) = value;
}

static void add(struct line *l, const char *value)
{
    const char **slot = slot_of(l);

    if (l->c->active)
        *slot = *slot ? arena_printf(l->c->arena, "%s %s", *slot, value) : value;
}

static bool no_more(struct line *l, size_t taken)
{
    return l->n <= taken || reject(l, "keyword %s extra arguments at end of line", l->keyword);
}

static bool one(struct line *l)
{
    return (l->n > 0 && *l->words[0]) || reject(l, "missing argument.");
}

static bool take_flag(struct line *l)
{
    bool exact = strcmp(l->known->name, "permittunnel") == 0; /* the one that servconf.c compares with strcmp() */

    if (!one(l))
        return false;
    for (const struct sshd_choice *choice = l->known->choices; choice->word; choice++)
        if ((exact ? strcmp : strcasecmp)(choice->word, l->words[0]) == 0) {
            set(l, choice->means);
            return no_more(l, 1);
        }
    return exact ? reject(l, "bad %s argument %s", l->keyword, l->words[0])
                 : reject(l, "unsupported option \"%s\".", l->words[0]);
}

static bool take_number(struct line *l)
{
    const char *digits;
    unsigned value;

    if (l->n == 0)
        return reject(l, "%s integer value missing.", l->keyword);
    digits = l->words[0] + (*l->words[0] == '-');
    if (!id_parse(digits, &value) || value > INT32_MAX)
        return reject(l, "%s integer value invalid.", l->keyword);
    set(l, arena_printf(l->c->arena, "%s%u", digits != l->words[0] && value ? "-" : "", value));
    return no_more(l, 1);
}

/* convtime(): "90", "1h30m"; seconds, or -1. */
static int64_t seconds(const char *s)
{
    static const char units[] = "smhdw";
    static const int64_t length[] = {1, 60, 3600, 86400, 604800};
    int64_t total = 0;

    if (*s == '\0')
        return -1;
    while (*s) {
        size_t n = strspn(s, "0123456789");
        const char *unit;
        int64_t value;

        if (n == 0 || n > 9)
            return -1;
        value = strtol(s, NULL, 10);
        s += n;
        unit = *s ? strchr(units, tolower((unsigned char)*s)) : units;
        if (!unit)
            return -1;
        total += value * length[unit - units];
        if (total > INT32_MAX)
            return -1;
        s += *s != '\0';
    }
    return total;
}

static bool take_time(struct line *l)
{
    int64_t value = l->n ? seconds(l->words[0]) : -1;

    if (l->n == 0)
        return reject(l, "missing time value.");
    if (value < 0)
        return reject(l, "invalid time value.");
    set(l, arena_printf(l->c->arena, "%lld", (long long)value));
    return no_more(l, 1);
}

static bool take_port(struct line *l)
{
    unsigned port;

    if (l->n == 0)
        return reject(l, "missing port number.");
    if (!id_parse(l->words[0], &port) || port == 0 || port > 65535)
        return reject(l, "Badly formatted port number.");
    add(l, arena_printf(l->c->arena, "%u", port));
    return no_more(l, 1);
}

static bool take_text(struct line *l)
{
    if (!one(l))
        return false;
    set(l, l->words[0]);
    return no_more(l, 1);
}

static bool take_line(struct line *l)
{
    const char *text = l->rest + strspn(l->rest, BLANKS);

    if (l->known->kind == SSHD_PATH && *text != '/' && strcasecmp(text, "none") != 0)
        return reject(l, "%s must be an absolute path", l->keyword);
    if (!one(l))
        return false;
    set(l, text);
    return true;
}

static bool take_words(struct line *l)
{
    bool first = !*slot_of(l);

    for (size_t i = 0; i < l->n; i++) {
        if (*l->words[i] == '\0')
            return reject(l, "keyword %s empty argument", l->keyword);
        if (first)
            add(l, l->words[i]);
    }
    return l->n > 0 || reject(l, "no %s specified", l->keyword);
}

static bool take_patterns(struct line *l)
{
    bool users = l->known->kind == SSHD_USERS;

    for (size_t i = 0; i < l->n; i++) {
        if (users ? !sshd_user_pattern_good(l->words[i]) : *l->words[i] == '\0')
            return users ? reject(l, "invalid %s pattern: \"%s\"", l->keyword, l->words[i])
                         : reject(l, "empty %s pattern", l->keyword);
        add(l, l->words[i]);
    }
    return l->n > 0 || reject(l, "no %s specified", l->keyword);
}

static bool take_env(struct line *l)
{
    for (size_t i = 0; i < l->n; i++) {
        if (*l->words[i] == '\0' || strchr(l->words[i], '='))
            return reject(l, "Invalid environment name.");
        add(l, l->words[i]);
    }
    return l->n > 0 || reject(l, "no %s specified", l->keyword);
}

static bool method_known(const char *s, size_t n)
{
    static const char *const known[] = {"none",      "password",        "publickey",   "keyboard-interactive",
                                        "hostbased", "gssapi-with-mic", "gssapi-keyex"};

    n = memchr(s, ':', n) ? (size_t)((const char *)memchr(s, ':', n) - s) : n;
    for (size_t i = 0; i < COUNT(known); i++)
        if (strlen(known[i]) == n && strncmp(known[i], s, n) == 0)
            return strcmp(known[i], "none") != 0;
    return false;
}

static bool methods_good(const char *list)
{
    if (*list == '\0')
        return false;
    for (;;) {
        size_t n = strcspn(list, ",");

        if (!method_known(list, n))
            return false;
        if (list[n] == '\0')
            return true;
        list += n + 1;
    }
}

static bool take_methods(struct line *l)
{
    bool first = !*slot_of(l);

    for (size_t i = 0; i < l->n; i++) {
        bool any = strcmp(l->words[i], "any") == 0;

        if (any ? i > 0 || !first : i > 0 && strcmp(l->words[0], "any") == 0)
            return reject(l, "\"any\" must appear alone in %s", l->keyword);
        if (!any && !methods_good(l->words[i]))
            return reject(l, "invalid %s method list.", l->keyword);
        if (first)
            add(l, l->words[i]);
    }
    return l->n > 0 || reject(l, "no %s specified", l->keyword);
}

static bool take_raw(struct line *l)
{
    bool first = !*slot_of(l);

    if (!one(l))
        return false;
    for (size_t i = 0; i < l->n && first; i++)
        add(l, l->words[i]);
    return true;
}

/* ---- Match ---- */

/* What a criterion says about the client; -1 when it is bad. */
static int criterion(struct line *l, const char *what, const char *arg, const struct sshd_client *who)
{
    unsigned port;
    int fits;

    if (strcasecmp(what, "user") == 0)
        return who && who->user && sshd_list_fits(who->user, arg, false) == 1;
    if (strcasecmp(what, "group") == 0)
        return who && who->user && sshd_groups_fit(l->c->tree, who->user, arg) == 1;
    if (strcasecmp(what, "host") == 0)
        return who && who->host && sshd_list_fits(who->host, arg, true) == 1;
    if (strcasecmp(what, "address") == 0 || strcasecmp(what, "localaddress") == 0) {
        bool local = tolower((unsigned char)*what) == 'l';
        const char *addr = !who ? NULL : local ? who->local_addr : who->addr;

        fits = sshd_addr_fits(addr, arg);
        if (fits == -2)
            return reject(l, "Invalid Match %s argument '%s'", local ? "localaddress" : "address", arg), -1;
        return addr && fits == 1;
    }
    if (strcasecmp(what, "localport") == 0) {
        if (!id_parse(arg, &port) || port > 65535)
            return reject(l, "Invalid LocalPort '%s' on Match line", arg), -1;
        return who && who->local_port && (int)port == who->local_port;
    }
    if (strcasecmp(what, "rdomain") == 0)
        return 0; /* a client's routing domain is never known here */
    return reject(l, "Unsupported Match attribute %s", what), -1;
}

static int match(struct line *l, const struct sshd_client *who)
{
    int result = 1;

    if (l->n == 0)
        return reject(l, "One or more attributes required for Match"), -1;
    for (size_t i = 0; i < l->n; i += 2) {
        int fits;

        if (strcasecmp(l->words[i], "all") == 0) {
            if (i > 0 || (l->n > 1 && *l->words[1]))
                return reject(l, "'all' cannot be combined with other Match attributes"), -1;
            return 1;
        }
        if (i + 1 >= l->n || *l->words[i + 1] == '\0')
            return reject(l, "Missing Match criteria for %s", l->words[i]), -1;
        fits = criterion(l, l->words[i], l->words[i + 1], who);
        if (fits < 0)
            return -1;
        result &= fits;
    }
    return result;
}

static bool take_match(struct line *l)
{
    bool never = *l->flags & NEVER_MATCH;
    int result = match(l, never ? NULL : l->c->asked);

    if (result < 0)
        return false;
    l->c->active = !never && result;
    *l->flags &= ~(unsigned)MATCH_ONLY;
    return true;
}

/* ---- Include ---- */

static bool read_file(struct sshd_config *c, const char *name, const char *text, unsigned flags, unsigned depth);

static bool include_one(struct line *l, const char *path, bool was_active)
{
    static const struct cred root = {0};
    struct place at = place_walk(&root, l->c->tree, l->c->arena, "/", path, true);
    unsigned flags = *l->flags & MATCH_ONLY ? MATCH_ONLY : was_active ? 0 : NEVER_MATCH;

    if (at.error || at.file->kind != FILE_REGULAR)
        return true;
    return read_file(l->c, path, arena_dupn(l->c->arena, at.file->data ? at.file->data : "", at.file->data ? at.file->size : 0),
                     flags, l->depth + 1);
}

static bool take_include(struct line *l)
{
    static const struct cred root = {0};
    bool was_active = l->c->active;

    for (size_t i = 0; i < l->n; i++) {
        const char *pattern = l->words[i], **paths;
        size_t n;

        if (*pattern == '\0')
            return reject(l, "keyword %s empty argument", l->keyword);
        if (*pattern != '/' && *pattern != '~')
            pattern = path_join(l->c->arena, "/etc/ssh", pattern);
        n = glob_paths(&root, l->c->tree, l->c->arena, "/", pattern, &paths);
        for (size_t k = 0; k < n; k++) {
            if (!include_one(l, paths[k], was_active))
                return false;
            l->c->active = was_active;
        }
    }
    return l->n > 0 || reject(l, "%s missing filename argument", l->keyword);
}

static bool take_ignored(struct line *l)
{
    (void)l;
    return true;
}

static bool (*const takers[])(struct line *) = {
    [SSHD_FLAG] = take_flag,       [SSHD_NUMBER] = take_number, [SSHD_TIME] = take_time,       [SSHD_PORT] = take_port,
    [SSHD_TEXT] = take_text,       [SSHD_LINE] = take_line,     [SSHD_WORDS] = take_words,     [SSHD_USERS] = take_patterns,
    [SSHD_GROUPS] = take_patterns, [SSHD_ADD] = take_env,       [SSHD_METHODS] = take_methods, [SSHD_PATH] = take_line,
    [SSHD_IGNORED] = take_ignored, [SSHD_RAW] = take_raw,       [SSHD_MATCH] = take_match,     [SSHD_INCLUDE] = take_include,
};

/* ---- a file ---- */

static bool unknown(struct line *l)
{
    if (!l->c->why)
        l->c->why = arena_printf(l->c->arena, "%s: line %u: Bad configuration option: %.200s", l->file, l->number, l->keyword);
    return false;
}

static bool read_line(struct line *l, char *text)
{
    const struct sshd_keyword *row;
    size_t len = strlen(text);
    char *rest;

    while (len > 0 && strchr(BLANKS "\f", text[len - 1]))
        text[--len] = '\0';
    text += strspn(text, BLANKS);
    if (*text == '\0' || *text == '#')
        return true;
    l->keyword = first_word(text, &rest);
    if (!l->keyword || !*l->keyword)
        return true;
    if (!rest || !*rest)
        return reject(l, "no argument after keyword \"%.200s\"", l->keyword);
    l->rest = rest;
    row = sshd_keyword_row(l->keyword);
    if (!row)
        return unknown(l);
    l->known = sshd_keyword_find(row->name);
    if (!split_words(l))
        return false;
    if (!l->c->active && !row->in_match)
        return l->c->asked || reject(l, "Directive '%s' is not allowed within a Match block", l->keyword);
    return takers[l->known->kind](l);
}

static bool read_file(struct sshd_config *c, const char *name, const char *text, unsigned flags, unsigned depth)
{
    unsigned number = 0;

    if (depth > MAX_DEPTH) {
        c->why = c->why ? c->why : "Too many recursive configuration includes";
        return false;
    }
    while (*text) {
        size_t n = strcspn(text, "\n");
        struct line l = {.c = c, .file = name, .number = ++number, .flags = &flags, .depth = depth};

        if (++c->lines > MAX_LINES)
            return reject(&l, "more than %d lines in all", MAX_LINES);
        if (!read_line(&l, arena_dupn(c->arena, text, n)))
            return false;
        text += n + (text[n] == '\n');
    }
    return true;
}

/* ---- all of it ---- */

static bool pass(struct sshd_config *c, const char *text, const char **slots, const struct sshd_client *asked)
{
    c->slots = slots;
    c->asked = asked;
    c->active = !asked;
    c->lines = 0;
    return read_file(c, SSHD_CONFIG_NAME, text, asked ? MATCH_ONLY : 0, 0);
}

static bool pairs_good(struct sshd_config *c)
{
    static const struct {
        const char *command, *user, *says;
    } pairs[] = {
        {"authorizedkeyscommand",       "authorizedkeyscommanduser",       "AuthorizedKeysCommand set without AuthorizedKeysCommandUser"},
        {"authorizedprincipalscommand", "authorizedprincipalscommanduser",
         "AuthorizedPrincipalsCommand set without AuthorizedPrincipalsCommandUser"                                                      },
    };

    for (size_t i = 0; i < COUNT(pairs); i++) {
        const char *command = c->value[sshd_keyword_find(pairs[i].command) - sshd_keywords];
        const char *user = c->value[sshd_keyword_find(pairs[i].user) - sshd_keywords];

        if (command && strcasecmp(command, "none") != 0 && !user) {
            c->why = pairs[i].says;
            return false;
        }
    }
    return true;
}

static const char *global_value(const struct sshd_config *c, const char *keyword)
{
    const struct sshd_keyword *known = sshd_keyword_find(keyword);
    const char *value = c->value[known - sshd_keywords];

    return value ? value : known->otherwise;
}

static bool method_enabled(const struct sshd_config *c, const char *s, size_t n)
{
    static const struct {
        const char *method, *keyword;
    } rows[] = {
        {"publickey",            "pubkeyauthentication"        },
        {"password",             "passwordauthentication"      },
        {"hostbased",            "hostbasedauthentication"     },
        {"keyboard-interactive", "kbdinteractiveauthentication"},
        {"gssapi-with-mic",      "gssapiauthentication"        },
        {"gssapi-keyex",         "gssapiauthentication"        },
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        if (strlen(rows[i].method) == n && strncmp(rows[i].method, s, n) == 0)
            return strcmp(global_value(c, rows[i].keyword), "yes") == 0;
    return false;
}

/* sshd starts only when at least one list of AuthenticationMethods could be gone through with what is enabled for everybody. */
static bool methods_satisfiable(struct sshd_config *c)
{
    const char *lists = global_value(c, "authenticationmethods");

    if (strcmp(lists, "any") == 0)
        return true;
    while (*lists) {
        bool all = true;

        for (;;) {
            size_t n = strcspn(lists, " ,:"), whole = strcspn(lists, " ,");

            all &= method_enabled(c, lists, n);
            lists += whole;
            if (*lists != ',')
                break;
            lists++;
        }
        if (all)
            return true;
        lists += strspn(lists, " ");
    }
    c->why = "AuthenticationMethods cannot be satisfied by enabled authentication methods";
    return false;
}

bool sshd_config_read(struct sshd_config *c, const char *text)
{
    if (!pass(c, text, c->value, NULL) || !pairs_good(c) || !methods_satisfiable(c))
        return false;
    if (c->client && !pass(c, text, c->matched, c->client))
        return false;
    for (size_t i = 0; i < sshd_n_keywords; i++) {
        if (c->matched[i])
            c->value[i] = c->matched[i];
        if (!c->value[i])
            c->value[i] = sshd_keywords[i].otherwise;
    }
    return true;
}

const char *sshd_value(const struct sshd_config *c, const char *keyword)
{
    const struct sshd_keyword *known = sshd_keyword_find(keyword);

    return known ? c->value[known - sshd_keywords] : NULL;
}

bool sshd_value_is(const struct sshd_config *c, const char *keyword, const char *value)
{
    return text_same(sshd_value(c, keyword), value);
}

bool sshd_config_good(const struct tree *tree, const char *text, struct arena *arena, const char **why)
{
    AUTO(arena_drop) struct arena reading = {0};
    struct sshd_config c = {.tree = tree, .arena = &reading};
    bool good = sshd_config_read(&c, text);

    *why = arena_dup(arena, c.why);
    return good;
}

const char *sshd_effective(struct world *w, const struct tree *tree, const char *config_text, const char *keyword,
                           const struct sshd_client *client, struct arena *arena, const char **why)
{
    AUTO(arena_drop) struct arena reading = {0};
    struct sshd_config c = {.tree = tree, .arena = &reading, .client = client};
    const struct sshd_keyword *known = sshd_keyword_find(keyword);
    const char *value;

    (void)w;
    *why = NULL;
    if (!known || known->kind == SSHD_IGNORED || known->kind == SSHD_MATCH || known->kind == SSHD_INCLUDE) {
        *why = arena_printf(arena, "sshd has no option \"%s\"", keyword);
        return NULL;
    }
    if (!sshd_config_read(&c, config_text)) {
        *why = arena_dup(arena, c.why);
        return NULL;
    }
    value = c.value[known - sshd_keywords];
    if (!value)
        *why = arena_printf(arena, "sshd's default for \"%s\" is not known here", keyword);
    return arena_dup(arena, value);
}
