/* SPDX-License-Identifier: MIT */
/* A completion script for bash, made from the commands' tables: commands, their options, else files. */
#include "sim/cli/cli.h"

#include <string.h>

static void add_words(struct str *out, const struct command *c)
{
    for (size_t i = 0; i < COMMAND_OPTIONS && c->options[i].name; i++)
        str_addf(out, "--%s ", c->options[i].name);
    str_add(out, "--help");
}

/* The part's own word stands among its options: it is completed as the second word, and harmless later. */
static void add_part_words(struct str *out, const struct command *part)
{
    str_addf(out, " %s ", strchr(part->name, ' ') + 1);
    for (size_t i = 0; i < COMMAND_OPTIONS && part->options[i].name; i++)
        str_addf(out, "--%s ", part->options[i].name);
}

void add_bash_completion(struct str *out, const struct program *p)
{
    str_add(out, "_cafelab() {\n"
                 "    local word=${COMP_WORDS[COMP_CWORD]} words=\n"
                 "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words=\"");
    for (size_t i = 0; i < p->n; i++)
        str_addf(out, "%s%s", i ? " " : "", p->commands[i]->name);
    str_add(out, "\"\n    else\n        case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < p->n; i++) {
        str_addf(out, "            %s) words=\"", p->commands[i]->name);
        add_words(out, p->commands[i]);
        for (size_t k = 0; p->commands[i]->parts && p->commands[i]->parts[k]; k++)
            add_part_words(out, p->commands[i]->parts[k]);
        str_add(out, "\" ;;\n");
    }
    str_add(out, "        esac\n        case $word,${COMP_WORDS[1]}$COMP_CWORD in -*");
    for (size_t i = 0; i < p->n; i++)
        if (p->commands[i]->parts)
            str_addf(out, "|*,%s2", p->commands[i]->name);
    str_add(out, ") ;; *) words= ;; esac\n"
                 "        case ${COMP_WORDS[1]} in build|start|lint) [ \"$COMP_CWORD\" -ne 2 ] || words=$(cafelab list "
                 "--names) ;; esac\n"
                 "    fi\n"
                 "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                 "    [ -n \"$words\" ] || COMPREPLY=($(compgen -f -- \"$word\"))\n"
                 "}\n"
                 "complete -o filenames -F _cafelab cafelab\n");
}
