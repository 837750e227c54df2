/* SPDX-License-Identifier: MIT */
/* The table of subcommands, nothing else. */
#include "sim/cli/cli.h"

static const struct command *const commands[] = {
    &command_list, &command_lint, &command_query, &command_help, &command_version,
};

int main(int argc, char **argv)
{
    return program_run(&(struct program){commands, COUNT(commands)}, argc, argv);
}
