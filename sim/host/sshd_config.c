/* SPDX-License-Identifier: MIT */
/*
 * Reads sshd_config as sshd does, twice: first the settings for everybody, where the first value of a keyword counts and
 * what stands below Match is only checked; then, for one client, the blocks that match it, whose first values win over
 * the others. Include'd files are part of the block they stand in.
 */
#include "sim/host/sshd_line.h"
#include "sim/host/accounts.h"

#include <ctype.h>
#include <strings.h>

#define MAX_DEPTH 16    /* SERVCONF_MAX_DEPTH */
#define MAX_STEPS 20000 /* lines read, and names that an Include with a pattern tries: in all */

/* Flags of a file: before its first Match in the second pass; included in a block that is off. */
enum { MATCH_ONLY = 1, NEVER_MATCH = 2 };

/* ---- a line's words ---- */

/* strdelim(): the first word, ended by a blank, a quote or "="; *ret_rest is what follows. NULL for bad quotes. */
static char *first_word(char *s, char **ret_rest)
{
    char *end = s + strcspn(s, SSHD_BLANKS "\"=");
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
        *ret_rest = end + 1 + strspn(end + 1, SSHD_BLANKS);
        return s;
    }
    blank = *end != '=';
    *end++ = '\0';
    end += strspn(end, SSHD_BLANKS);
    if (blank && *end == '=')
        end += 1 + strspn(end + 1, SSHD_BLANKS);
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

static bool split_words(struct sshd_line *l)
{
    const char *at = l->rest;
    char *word = arena_alloc(l->c->arena, strlen(at) + 1);

    for (;;) {
        at += strspn(at, " \t");
        if (*at == '\0' || *at == '#')
            return true;
        if (l->n == SSHD_MAX_WORDS)
            return sshd_reject(l, "more than %d words", SSHD_MAX_WORDS);
        if (!take_word(&at, word))
            return sshd_reject(l, "invalid quotes");
        l->words[l->n++] = arena_dup(l->c->arena, word);
    }
}

/* ---- Match ---- */

/* What a criterion says about the client; -1 when it is bad. */
static int criterion(struct sshd_line *l, const char *what, const char *arg, const struct sshd_client *who)
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
            return sshd_reject(l, "Invalid Match %s argument '%s'", local ? "localaddress" : "address", arg), -1;
        return addr && fits == 1;
    }
    if (strcasecmp(what, "localport") == 0) {
        if (!id_parse(arg, &port) || port > 65535)
            return sshd_reject(l, "Invalid LocalPort '%s' on Match line", arg), -1;
        return who && who->local_port && (int)port == who->local_port;
    }
    if (strcasecmp(what, "rdomain") == 0)
        return 0; /* a client's routing domain is never known here */
    return sshd_reject(l, "Unsupported Match attribute %s", what), -1;
}

static int match(struct sshd_line *l, const struct sshd_client *who)
{
    int result = 1;

    if (l->n == 0)
        return sshd_reject(l, "One or more attributes required for Match"), -1;
    for (size_t i = 0; i < l->n; i += 2) {
        int fits;

        if (strcasecmp(l->words[i], "all") == 0) {
            if (i > 0 || (l->n > 1 && *l->words[1]))
                return sshd_reject(l, "'all' cannot be combined with other Match attributes"), -1;
            return 1;
        }
        if (i + 1 >= l->n || *l->words[i + 1] == '\0')
            return sshd_reject(l, "Missing Match criteria for %s", l->words[i]), -1;
        fits = criterion(l, l->words[i], l->words[i + 1], who);
        if (fits < 0)
            return -1;
        result &= fits;
    }
    return result;
}

static bool take_match(struct sshd_line *l)
{
    bool never = *l->flags & NEVER_MATCH;
    int result = match(l, never ? NULL : l->c->asked);

    l->c->has_match = true;
    if (result < 0)
        return false;
    l->c->active = !never && result;
    *l->flags &= ~(unsigned)MATCH_ONLY;
    return true;
}

/* ---- Include ---- */

static bool read_file(struct sshd_config *c, const char *name, const char *text, unsigned flags, unsigned depth);

static bool include_one(struct sshd_line *l, const char *path, bool was_active)
{
    static const struct cred root = {0};
    struct place at = place_walk(&root, l->c->tree, l->c->arena, "/", path, FOLLOW);
    unsigned flags = *l->flags & MATCH_ONLY ? MATCH_ONLY : was_active ? 0 : NEVER_MATCH;

    if (at.error || at.file->kind != FILE_REGULAR)
        return true;
    return read_file(l->c, path, arena_dupn(l->c->arena, at.file->data ? at.file->data : "", at.file->data ? at.file->size : 0),
                     flags, l->depth + 1);
}

static bool take_include(struct sshd_line *l)
{
    static const struct cred root = {0};
    bool was_active = l->c->active;

    l->c->has_include = true;
    for (size_t i = 0; i < l->n; i++) {
        const char *pattern = l->words[i], **paths;
        size_t n;

        if (*pattern == '\0')
            return sshd_reject(l, "keyword %s empty argument", l->keyword);
        if (*pattern != '/' && *pattern != '~')
            pattern = path_join(l->c->arena, "/etc/ssh", pattern);
        n = glob_paths(&root, l->c->tree, l->c->arena, "/", pattern, &paths, &l->c->steps);
        for (size_t k = 0; k < n; k++) {
            if (!include_one(l, paths[k], was_active))
                return false;
            l->c->active = was_active;
        }
    }
    return l->n > 0 || sshd_reject(l, "%s missing filename argument", l->keyword);
}

/* ---- a file ---- */

static bool unknown(struct sshd_line *l)
{
    if (!l->c->why)
        l->c->why = arena_printf(l->c->arena, "%s: line %u: Bad configuration option: %.200s", l->file, l->number, l->keyword);
    return false;
}

static bool read_line(struct sshd_line *l, char *text)
{
    const struct sshd_keyword *row;
    size_t len = strlen(text);
    char *rest;

    while (len > 0 && strchr(SSHD_BLANKS "\f", text[len - 1]))
        text[--len] = '\0';
    text += strspn(text, SSHD_BLANKS);
    if (*text == '\0' || *text == '#')
        return true;
    l->keyword = first_word(text, &rest);
    if (!l->keyword || !*l->keyword)
        return true;
    if (!rest || !*rest)
        return sshd_reject(l, "no argument after keyword \"%.200s\"", l->keyword);
    l->rest = rest;
    row = sshd_keyword_row(l->keyword);
    if (!row)
        return unknown(l);
    l->known = row->alias_of ? sshd_keyword_row(row->alias_of) : row;
    if (!split_words(l))
        return false;
    if (!l->c->active && !row->in_match)
        return l->c->asked || sshd_reject(l, "Directive '%s' is not allowed within a Match block", l->keyword);
    if (l->known->kind == SSHD_MATCH)
        return take_match(l);
    return l->known->kind == SSHD_INCLUDE ? take_include(l) : sshd_take_value(l);
}

static bool read_numbered(struct sshd_line *l, char *text)
{
    return l->c->steps > MAX_STEPS ? sshd_reject(l, "more than %d lines in all, and names that Include looks at", MAX_STEPS)
                                   : read_line(l, text);
}

/* Most lines of a configuration say nothing; a replay reads it for each login. */
static bool says_nothing(const char *text)
{
    size_t blanks = strspn(text, " \t");
    return text[blanks] == '#' || text[blanks] == '\n';
}

static bool read_file(struct sshd_config *c, const char *name, const char *text, unsigned flags, unsigned depth)
{
    if (depth > MAX_DEPTH) {
        c->why = c->why ? c->why : "Too many recursive configuration includes";
        return false;
    }
    struct sshd_line line = {.c = c, .file = name, .flags = &flags, .depth = depth};
    while (*text) {
        size_t n = strcspn(text, "\n");
        bool counts = ++c->steps > MAX_STEPS || !says_nothing(text);
        line.number++;
        line.n = 0;
        if (counts && !read_numbered(&line, arena_dupn(c->arena, text, n)))
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
    c->steps = 0;
    bool good = read_file(c, SSHD_CONFIG_NAME, text, asked ? MATCH_ONLY : 0, 0);
    c->all_steps += c->steps;
    return good;
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

static bool read_for_everybody(struct sshd_config *c, const char *text)
{
    return pass(c, text, c->value, NULL) && pairs_good(c) && methods_satisfiable(c);
}

static bool read_for_client(struct sshd_config *c, const char *text)
{
    if (c->client && c->has_match && !pass(c, text, c->matched, c->client))
        return false;
    for (size_t i = 0; i < sshd_n_keywords; i++) {
        if (c->matched[i])
            c->value[i] = c->matched[i];
        if (!c->value[i])
            c->value[i] = sshd_keywords[i].otherwise;
    }
    return true;
}

bool sshd_config_read(struct sshd_config *c, const char *text)
{
    return read_for_everybody(c, text) && read_for_client(c, text);
}

static void remember(const struct sshd_config *c, const char *text, struct sshd_reading **known, struct arena *lasting)
{
    *known = arena_alloc(lasting, sizeof(**known));
    **known = (struct sshd_reading){.text = text, .has_match = c->has_match};
    for (size_t i = 0; i < sshd_n_keywords; i++)
        (*known)->value[i] = arena_dup(lasting, c->value[i]);
}

bool sshd_config_read_again(struct sshd_config *c, const char *text, struct sshd_reading **known, struct arena *lasting)
{
    if (*known && (*known)->text == text) {
        memcpy(c->value, (*known)->value, sizeof(c->value));
        c->has_match = (*known)->has_match;
        return read_for_client(c, text);
    }
    if (!read_for_everybody(c, text))
        return false;
    if (!c->has_include)
        remember(c, text, known, lasting);
    return read_for_client(c, text);
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

const char *sshd_effective(const struct tree *tree, const char *config_text, const char *keyword,
                           const struct sshd_client *client, size_t *steps, struct arena *arena, const char **why)
{
    AUTO(arena_drop) struct arena reading = {0};
    struct sshd_config c = {.tree = tree, .arena = &reading, .client = client};
    const struct sshd_keyword *known = sshd_keyword_find(keyword);
    const char *value;

    *why = NULL;
    if (!known || known->kind == SSHD_IGNORED || known->kind == SSHD_MATCH || known->kind == SSHD_INCLUDE) {
        *why = arena_printf(arena, "sshd has no option \"%s\"", keyword);
        return NULL;
    }
    bool good = sshd_config_read(&c, config_text);
    if (steps)
        *steps += c.all_steps;
    if (!good) {
        *why = arena_dup(arena, c.why);
        return NULL;
    }
    value = c.value[known - sshd_keywords];
    if (!value)
        *why = arena_printf(arena, "sshd's default for \"%s\" is not known here", keyword);
    return arena_dup(arena, value);
}
