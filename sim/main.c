/* SPDX-License-Identifier: MIT */
/* The table of subcommands, nothing else. */
#include "sim/cli/cli.h"

static const struct command *const commands[] = {
    &command_list,       &command_build,   &command_start,  &command_env,
    &command_aws,        &command_query,   &command_ddl,    &command_call,
    &command_skip,       &command_hint,    &command_check,  &command_submit,
    &command_grade,      &command_solve,   &command_shell,  &command_doctor,
    &command_host,       &command_rm,      &command_lint,   &command_new,
    &command_preview,    &command_debrief, &command_verify, &command_schema,
    &command_operations, &command_class,   &command_export, &command_gradescope_zip,
    &command_help,       &command_version,
};

int main(int argc, char **argv)
{
    return program_run(&(struct program){commands, COUNT(commands)}, argc, argv);
}
