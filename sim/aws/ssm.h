/* SPDX-License-Identifier: MIT */
/* Private: the functions behind ssm.c's table. */
#pragma once

#include "sim/aws/shapes.h"

/* Systems Manager reaches an instance that runs, and whose server's agent runs. NULL: it does not. */
struct server *ssm_reaches(const struct world *, const struct instance *);

op_fn ssm_describe_instance_information, ssm_describe_sessions, ssm_get_command_invocation, ssm_get_connection_status,
    ssm_list_command_invocations, ssm_list_commands, ssm_send_command, ssm_start_session, ssm_terminate_session;
