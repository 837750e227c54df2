/* SPDX-License-Identifier: MIT */
/*
 * What stands behind a keyword of sshd_config, by its kind: taken when the line counts and nothing was set before, checked in
 * any case. The words of rejections are sshd's.
 */
#include "sim/host/accounts.h"
#include "sim/host/sshd_line.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

bool sshd_reject(struct sshd_line *l, const char *fmt, ...)
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

static const char **slot_of(struct sshd_line *l)
{
    return &l->c->slots[l->known - sshd_keywords];
}

static void set(struct sshd_line *l, const char *value)
{
    if (l->c->active && !*slot_of(l))
        *slot_of(l) = value;
}

static void add(struct sshd_line *l, const char *value)
{
    const char **slot = slot_of(l);

    if (l->c->active)
        *slot = *slot ? arena_printf(l->c->arena, "%s %s", *slot, value) : value;
}

static bool no_more(struct sshd_line *l, size_t taken)
{
    return l->n <= taken || sshd_reject(l, "keyword %s extra arguments at end of line", l->keyword);
}

static bool one(struct sshd_line *l)
{
    return (l->n > 0 && *l->words[0]) || sshd_reject(l, "missing argument.");
}

static bool take_flag(struct sshd_line *l)
{
    bool exact = strcmp(l->known->name, "permittunnel") == 0; /* the one that servconf.c compares with strcmp() */

    if (!one(l))
        return false;
    for (const struct sshd_choice *choice = l->known->choices; choice->word; choice++)
        if ((exact ? strcmp : strcasecmp)(choice->word, l->words[0]) == 0) {
            set(l, choice->means);
            return no_more(l, 1);
        }
    return exact ? sshd_reject(l, "bad %s argument %s", l->keyword, l->words[0])
                 : sshd_reject(l, "unsupported option \"%s\".", l->words[0]);
}

static bool take_number(struct sshd_line *l)
{
    const char *digits;
    unsigned value;

    if (l->n == 0)
        return sshd_reject(l, "%s integer value missing.", l->keyword);
    digits = l->words[0] + (*l->words[0] == '-');
    if (!id_parse(digits, &value) || value > INT32_MAX)
        return sshd_reject(l, "%s integer value invalid.", l->keyword);
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

static bool take_time(struct sshd_line *l)
{
    int64_t value = l->n ? seconds(l->words[0]) : -1;

    if (l->n == 0)
        return sshd_reject(l, "missing time value.");
    if (value < 0)
        return sshd_reject(l, "invalid time value.");
    set(l, arena_printf(l->c->arena, "%lld", (long long)value));
    return no_more(l, 1);
}

static bool take_port(struct sshd_line *l)
{
    unsigned port;

    if (l->n == 0)
        return sshd_reject(l, "missing port number.");
    if (!id_parse(l->words[0], &port) || port == 0 || port > 65535)
        return sshd_reject(l, "Badly formatted port number.");
    add(l, arena_printf(l->c->arena, "%u", port));
    return no_more(l, 1);
}

static bool take_text(struct sshd_line *l)
{
    if (!one(l))
        return false;
    set(l, l->words[0]);
    return no_more(l, 1);
}

static bool take_line(struct sshd_line *l)
{
    const char *text = l->rest + strspn(l->rest, SSHD_BLANKS);

    if (l->known->kind == SSHD_PATH && *text != '/' && strcasecmp(text, "none") != 0)
        return sshd_reject(l, "%s must be an absolute path", l->keyword);
    if (!one(l))
        return false;
    set(l, text);
    return true;
}

static bool take_words(struct sshd_line *l)
{
    bool first = !*slot_of(l);

    for (size_t i = 0; i < l->n; i++) {
        if (*l->words[i] == '\0')
            return sshd_reject(l, "keyword %s empty argument", l->keyword);
        if (first)
            add(l, l->words[i]);
    }
    return l->n > 0 || sshd_reject(l, "no %s specified", l->keyword);
}

static bool take_patterns(struct sshd_line *l)
{
    bool users = l->known->kind == SSHD_USERS;

    for (size_t i = 0; i < l->n; i++) {
        if (users ? !sshd_user_pattern_good(l->words[i]) : *l->words[i] == '\0')
            return users ? sshd_reject(l, "invalid %s pattern: \"%s\"", l->keyword, l->words[i])
                         : sshd_reject(l, "empty %s pattern", l->keyword);
        add(l, l->words[i]);
    }
    return l->n > 0 || sshd_reject(l, "no %s specified", l->keyword);
}

static bool take_env(struct sshd_line *l)
{
    for (size_t i = 0; i < l->n; i++) {
        if (*l->words[i] == '\0' || strchr(l->words[i], '='))
            return sshd_reject(l, "Invalid environment name.");
        add(l, l->words[i]);
    }
    return l->n > 0 || sshd_reject(l, "no %s specified", l->keyword);
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

static bool take_methods(struct sshd_line *l)
{
    bool first = !*slot_of(l);

    for (size_t i = 0; i < l->n; i++) {
        bool any = strcmp(l->words[i], "any") == 0;

        if (any ? i > 0 || !first : i > 0 && strcmp(l->words[0], "any") == 0)
            return sshd_reject(l, "\"any\" must appear alone in %s", l->keyword);
        if (!any && !methods_good(l->words[i]))
            return sshd_reject(l, "invalid %s method list.", l->keyword);
        if (first)
            add(l, l->words[i]);
    }
    return l->n > 0 || sshd_reject(l, "no %s specified", l->keyword);
}

static bool take_raw(struct sshd_line *l)
{
    bool first = !*slot_of(l);

    if (!one(l))
        return false;
    for (size_t i = 0; i < l->n && first; i++)
        add(l, l->words[i]);
    return true;
}

static bool take_nothing(struct sshd_line *l)
{
    (void)l;
    return true;
}

bool sshd_take_value(struct sshd_line *l)
{
    static bool (*const takers[])(struct sshd_line *) = {
        [SSHD_FLAG] = take_flag,       [SSHD_NUMBER] = take_number, [SSHD_TIME] = take_time,       [SSHD_PORT] = take_port,
        [SSHD_TEXT] = take_text,       [SSHD_LINE] = take_line,     [SSHD_WORDS] = take_words,     [SSHD_USERS] = take_patterns,
        [SSHD_GROUPS] = take_patterns, [SSHD_ADD] = take_env,       [SSHD_METHODS] = take_methods, [SSHD_PATH] = take_line,
        [SSHD_IGNORED] = take_nothing, [SSHD_RAW] = take_raw,
    };

    return takers[l->known->kind](l);
}
