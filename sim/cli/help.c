/* SPDX-License-Identifier: MIT */
/* cafelab help, and what --help prints: all of it from the commands' tables. */
#include "sim/cli/cli.h"

#include <string.h>

static void add_help(struct str *out, const struct program *p)
{
    str_add(out, "cafelab: a lab for cloud incident response, on this machine alone\n\nusage: cafelab COMMAND [ARGUMENTS]\n\n");
    for (size_t i = 0; i < p->n; i++)
        str_addf(out, "  %-14s %s\n", p->commands[i]->name, p->commands[i]->says);
    str_add(out, "\nA first lab:  cafelab build cafe-breach -o mylab\n"
                 "More on one:  cafelab help COMMAND\n"
                 "Exit status:  0 good, 1 findings, 2 usage or failure\n");
}

static void add_option(struct str *out, const struct option *o)
{
    AUTO(str_drop) struct str left = {0};
    if (o->letter)
        str_addf(&left, "-%c, ", o->letter);
    str_addf(&left, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
    str_addf(out, "  %-22s %s\n", str_text(&left), o->says);
}

static void add_parts_help(struct str *out, const struct command *c)
{
    str_addf(out, "usage: cafelab %s ", c->name);
    for (size_t i = 0; c->parts[i]; i++)
        str_addf(out, "%s%s", i ? "|" : "", strchr(c->parts[i]->name, ' ') + 1);
    str_addf(out, "\n\n%s\n", c->says);
    if (c->more)
        str_addf(out, "\n%s\n", c->more);
    for (size_t i = 0; c->parts[i]; i++) {
        str_add(out, "\n");
        add_command_help(out, c->parts[i]);
    }
}

/* Behind "--" stands what is another program's: options come before it. */
static void add_usage(struct str *out, const struct command *c)
{
    const char *rest = strstr(c->synopsis, " [--"), *options = c->options[0].name ? " [OPTIONS]" : "";
    size_t own = rest ? (size_t)(rest - c->synopsis) : strlen(c->synopsis);
    str_addf(out, "usage: cafelab %s%s%.*s%s%s", c->name, own ? " " : "", (int)own, c->synopsis, options, rest ? rest : "");
}

void add_command_help(struct str *out, const struct command *c)
{
    if (c->parts)
        return add_parts_help(out, c);
    add_usage(out, c);
    str_addf(out, "\n\n%s\n", c->says);
    if (c->more)
        str_addf(out, "\n%s\n", c->more);
    str_add(out, "\noptions:\n");
    for (size_t i = 0; i < COMMAND_OPTIONS && c->options[i].name; i++)
        add_option(out, &c->options[i]);
    add_option(out, &(struct option){"help", 'h', NULL, "print this"});
}

/* ---- the command ---- */

static int run(const struct request *r)
{
    AUTO(str_drop) struct str text = {0};
    const char *name = request_arg(r, 0), *shell = request_value(r, "completion");
    const struct command *c = name ? program_find(r->program, name) : NULL;
    if (shell && !text_same(shell, "bash"))
        return misused(r, "--completion: expected bash, got \"%s\"", shell);
    if (name && !c)
        return misused(r, "unknown command \"%s\"", name);
    if (request_arg(r, 1) && (!c || !c->parts))
        return misused(r, "unexpected argument \"%s\"", request_arg(r, 1));
    if (request_arg(r, 1) && !(c = command_part(c, request_arg(r, 1))))
        return misused(r, "unknown command \"%s %s\"", name, request_arg(r, 1));
    if (shell)
        add_bash_completion(&text, r->program);
    else if (c)
        add_command_help(&text, c);
    else
        add_help(&text, r->program);
    print_text(&text);
    return EXIT_GOOD;
}

const struct command command_help = {
    .name = "help",
    .synopsis = "[COMMAND [PART]]",
    .says = "what the commands do",
    .more = "Completion for bash:  eval \"$(cafelab help --completion bash)\"",
    .most = 2,
    .run = run,
    .options = {{"completion", 0, "SHELL", "print a completion script; SHELL is bash"}},
};
