/* SPDX-License-Identifier: MIT */
/* Reads options: clusters, values beside and behind, long names by their beginnings, operands anywhere, "--". */
#include "sim/host/options.h"

static int fail(struct options *o, const char *fmt, const char *what)
{
    const char *name = path_base(o->p->argv[0]);

    o->failed = true;
    str_addf(o->p->io.err, "%s: ", name);
    str_addf(o->p->io.err, fmt, what); /* NOLINT: the formats below are literals */
    str_addc(o->p->io.err, '\n');
    if (o->spec->hint)
        str_addf(o->p->io.err, "Try '%s --help' for more information.\n", name);
    return 0;
}

static bool takes_value(const struct option_spec *spec, int letter)
{
    const char *at = strchr(spec->letters, letter);

    return at && at[1] == ':';
}

static bool may_take_value(const struct option_spec *spec, int letter)
{
    const char *at = strchr(spec->letters, letter);

    return at && at[1] && strchr(":?", at[1]);
}

/* The letter of a long option or 0; *ret_value is what follows "=". */
static int long_letter(const struct option_spec *spec, const char *word, const char **ret_value)
{
    size_t n = strcspn(word, "=");
    int found = 0;

    *ret_value = word[n] == '=' ? word + n + 1 : NULL;
    for (const char *at = spec->longs; *at;) {
        size_t len = strcspn(at, "=");

        if (len >= n && strncmp(at, word, n) == 0) {
            if (len == n)
                return (unsigned char)at[len + 1];
            found = found && found != at[len + 1] ? '?' : (unsigned char)at[len + 1];
        }
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    return found == '?' ? 0 : found;
}

static int next_long(struct options *o, const char *word, const char **ret_value)
{
    int letter = long_letter(o->spec, word, ret_value);

    if (!letter)
        return fail(o, "unrecognized option '--%s'", arena_dupn(&o->p->m->arena, word, strcspn(word, "=")));
    if (!may_take_value(o->spec, letter) && *ret_value)
        return fail(o, "option '--%s' doesn't allow an argument", arena_dupn(&o->p->m->arena, word, strcspn(word, "=")));
    if (takes_value(o->spec, letter) && !*ret_value) {
        if (o->next >= o->p->argc)
            return fail(o, "option '--%s' requires an argument", word);
        *ret_value = o->p->argv[o->next++];
    }
    return letter;
}

static int next_short(struct options *o, const char **ret_value)
{
    char letter[2] = {*o->cluster++, '\0'};
    const char *known = strchr(":+?", letter[0]) ? NULL : strchr(o->spec->letters, letter[0]);

    if (!known)
        return fail(o, "invalid option -- '%s'", letter);
    if (known[1] == ':') {
        if (*o->cluster == '\0' && o->next >= o->p->argc)
            return fail(o, "option requires an argument -- '%s'", letter);
        *ret_value = *o->cluster ? o->cluster : o->p->argv[o->next++];
        o->cluster = "";
    }
    return (unsigned char)letter[0];
}

/* Operands come last, in their order. */
static int finish(struct options *o)
{
    while (o->next < o->p->argc)
        o->operands[o->n_operands++] = o->p->argv[o->next++];
    o->at = o->p->argc - o->n_operands;
    memcpy(&o->p->argv[o->at], o->operands, (size_t)o->n_operands * sizeof(*o->operands));
    return 0;
}

int options_next(struct options *o, const char **ret_value)
{
    struct arena *arena = &o->p->m->arena;

    *ret_value = NULL;
    if (!o->operands) { /* argv is another's: it is what the program's facts and ps say */
        const char **copy = arena_alloc(arena, ((size_t)o->p->argc + 1) * sizeof(*copy));

        memcpy(copy, o->p->argv, (size_t)o->p->argc * sizeof(*copy));
        o->p->argv = copy;
        o->operands = arena_alloc(arena, ((size_t)o->p->argc + 1) * sizeof(*o->operands));
        o->next = 1;
        o->cluster = "";
    }
    if (o->failed)
        return finish(o);
    if (*o->cluster)
        return next_short(o, ret_value);
    while (o->next < o->p->argc) {
        const char *word = o->p->argv[o->next];

        if (word[0] != '-' || word[1] == '\0') {
            if (o->spec->letters[0] == '+')
                return finish(o);
            o->operands[o->n_operands++] = word;
            o->next++;
            continue;
        }
        o->next++;
        if (strcmp(word, "--") == 0)
            return finish(o);
        if (word[1] == '-')
            return next_long(o, word + 2, ret_value);
        o->cluster = word + 1;
        return next_short(o, ret_value);
    }
    return finish(o);
}
