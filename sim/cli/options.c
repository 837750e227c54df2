/* SPDX-License-Identifier: MIT */
/*
 * From the command line to a request: finds the command, then its options by its table. Options and arguments may come
 * in any order; "--" ends the options; --seed=7 is --seed 7.
 */
#include "sim/cli/cli.h"
#include "sim/scenario/scenario.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *request_arg(const struct request *r, size_t i)
{
    return i < r->n_args ? r->args[i] : NULL;
}

static size_t n_options(const struct command *command)
{
    size_t n = 0;
    while (n < COMMAND_OPTIONS && command->options[n].name)
        n++;
    return n;
}

const char *request_value(const struct request *r, const char *option)
{
    for (size_t i = 0; i < n_options(r->command); i++)
        if (text_same(r->command->options[i].name, option))
            return r->values[i];
    abort(); /* asked for an option that is not in the command's table */
}

bool request_has(const struct request *r, const char *option)
{
    return request_value(r, option);
}

bool request_int(const struct request *r, const char *option, int64_t least, int64_t most, int64_t *ret)
{
    const char *text = request_value(r, option);
    if (!text)
        return true;
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || value < least || value > most) {
        misused(r, "--%s: expected a whole number from %lld to %lld, got \"%s\"", option, (long long)least, (long long)most,
                text);
        return false;
    }
    *ret = value;
    return true;
}

int request_choice(const struct request *r, const char *option, const void *rows, size_t n, size_t size, int without)
{
    const char *text = request_value(r, option);
    AUTO(str_drop) struct str names = {0};
    if (!text)
        return without;
    for (size_t i = 0; i < n; i++) {
        const char *const *name = (const void *)((const char *)rows + i * size);
        if (text_same(*name, text))
            return (int)i;
        str_addf(&names, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ", *name);
    }
    misused(r, "--%s: expected %s, got \"%s\"", option, str_text(&names), text);
    return -1;
}

const char *request_language(const struct request *r)
{
    const char *language;
    return !request_own_language(r, &language) ? NULL : language ? language : "en";
}

bool request_own_language(const struct request *r, const char **ret)
{
    const char *text = request_value(r, "lang");
    *ret = language_find(text);
    if (text && !*ret)
        misused(r, "--lang: expected en, pt or es, got \"%s\"", text);
    return !text || *ret;
}

/* ---- options ---- */

static int option_at(const struct command *command, const char *name, size_t len, char letter)
{
    for (size_t i = 0; i < n_options(command); i++) {
        const struct option *o = &command->options[i];
        if (letter ? o->letter == letter : strlen(o->name) == len && !strncmp(o->name, name, len))
            return (int)i;
    }
    return -1;
}

static bool unknown_option(const struct request *r, const char *typed)
{
    const char *names[COMMAND_OPTIONS + 2] = {"help"};
    for (size_t i = 0; i < n_options(r->command); i++)
        names[i + 1] = r->command->options[i].name;
    AUTO(str_drop) struct str bare = {0};
    str_addn(&bare, typed, strcspn(typed, "="));
    const char *meant = text_starts(typed, "--") ? text_meant(str_text(&bare) + 2, names) : NULL;
    misused(r, meant ? "unknown option \"%s\" (did you mean \"--%s\"?)" : "unknown option \"%s\"", str_text(&bare), meant);
    return false;
}

/* Takes argv[*i], an option, and its value. */
static bool take_option(struct request *r, int argc, char **argv, int *i)
{
    const char *typed = argv[*i];
    bool is_long = typed[1] == '-';
    const char *name = typed + (is_long ? 2 : 1), *value = is_long ? strchr(name, '=') : NULL;
    int at = option_at(r->command, name, value ? (size_t)(value - name) : strlen(name), is_long ? 0 : *name);
    if (at < 0)
        return unknown_option(r, typed);
    const struct option *o = &r->command->options[at];
    value = is_long ? value ? value + 1 : NULL : name[1] ? name + 1 : NULL;
    if (r->values[at])
        return misused(r, "--%s: given twice", o->name), false;
    if (!o->value && value)
        return misused(r, "--%s: takes no value, got \"%s\"", o->name, value), false;
    if (o->value && !value && *i + 1 < argc)
        value = argv[++*i];
    if (o->value && !value)
        return misused(r, "--%s: expected %s after it", o->name, o->value), false;
    r->values[at] = o->value ? value : "";
    return true;
}

/* An option has no blank in its name: what begins with two dashes and a blank is a comment of SQL. */
static bool is_option(const char *typed)
{
    return typed[0] == '-' && typed[1] && !strchr(" \t\n", typed[1]) &&
           !(typed[1] == '-' && typed[2] && strchr(" \t\n", typed[2]));
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (text_same(argv[i], "--help") || text_same(argv[i], "-h"))
            return true;
    return false;
}

static bool enough_arguments(const struct request *r)
{
    const struct command *c = r->command;
    if (r->n_args >= c->least && r->n_args <= c->most)
        return true;
    if (r->n_args > c->most)
        misused(r, "unexpected argument \"%s\"", r->args[c->most]);
    else
        misused(r, "expected %s", c->synopsis);
    return false;
}

static int command_run(struct request *r, int argc, char **argv)
{
    if (wants_help(argc, argv)) {
        AUTO(str_drop) struct str text = {0};
        add_command_help(&text, r->command);
        print_text(&text);
        return EXIT_GOOD;
    }
    bool options = true;
    for (int i = 0; i < argc; i++) {
        if (options && text_same(argv[i], "--"))
            options = false;
        else if (!options || !is_option(argv[i]))
            r->args[r->n_args++] = argv[i];
        else if (!take_option(r, argc, argv, &i))
            return EXIT_TROUBLE;
    }
    return enough_arguments(r) ? r->command->run(r) : EXIT_TROUBLE;
}

/* ---- commands ---- */

const struct command *program_find(const struct program *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (text_same(p->commands[i]->name, name))
            return p->commands[i];
    return NULL;
}

static int unknown_command(const struct program *p, const char *typed)
{
    AUTO(arena_drop) struct arena arena = {0};
    const char **names = arena_alloc(&arena, (p->n + 1) * sizeof(*names));
    for (size_t i = 0; i < p->n; i++)
        names[i] = p->commands[i]->name;
    const char *meant = text_meant(typed, names);
    return trouble(meant ? "unknown command \"%s\" (did you mean \"%s\"?)" : "unknown command \"%s\": see cafelab help", typed,
                   meant);
}

const struct command *command_part(const struct command *c, const char *word)
{
    for (size_t i = 0; c->parts && word && c->parts[i]; i++)
        if (text_same(strchr(c->parts[i]->name, ' ') + 1, word))
            return c->parts[i];
    return NULL;
}

static int unknown_part(const struct command *c, const char *typed)
{
    const char *names[COMMAND_OPTIONS + 1] = {NULL};
    AUTO(str_drop) struct str all = {0};
    for (size_t i = 0; i < COMMAND_OPTIONS && c->parts[i]; i++) {
        names[i] = strchr(c->parts[i]->name, ' ') + 1;
        str_addf(&all, "%s%s", i ? ", " : "", names[i]);
    }
    const char *meant = typed ? text_meant(typed, names) : NULL;
    if (!typed)
        return trouble("%s: expected %s: see cafelab help %s", c->name, str_text(&all), c->name);
    return meant ? trouble("%s: unknown command \"%s\" (did you mean \"%s\"?)", c->name, typed, meant)
                 : trouble("%s: unknown command \"%s\": expected %s", c->name, typed, str_text(&all));
}

/* What was printed must have arrived: a full disk is no success. */
static int finish(int status)
{
    if (fflush(stdout) || ferror(stdout))
        return trouble("write standard output: %m");
    return status;
}

int program_run(const struct program *p, int argc, char **argv)
{
    json_begin();
    umask_settle();
    AUTO(arena_drop) struct arena arena = {0};
    const char *name = argc > 1 ? argv[1] : "help";
    if (text_same(name, "--help") || text_same(name, "-h"))
        name = "help";
    if (text_same(name, "--version") || text_same(name, "-V"))
        name = "version";
    struct request r = {.program = p, .command = program_find(p, name)};
    if (!r.command)
        return unknown_command(p, name);
    r.args = arena_alloc(&arena, (size_t)(argc + 1) * sizeof(*r.args));
    int taken = argc > 1 ? 2 : 1;
    const char *word = argc > 2 ? argv[2] : NULL;
    if (r.command->parts && !(word && wants_help(1, argv + 2))) {
        const struct command *part = command_part(r.command, word);
        if (!part)
            return unknown_part(r.command, word);
        r.command = part;
        taken++;
    }
    if (!r.command->stays)
        memory_keep(64u << 20); /* opening a lab and making one take about that */
    int status = command_run(&r, argc - taken, argv + taken);
    return finish(argc > 1 ? status : EXIT_TROUBLE);
}
