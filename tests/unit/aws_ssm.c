/* SPDX-License-Identifier: MIT */
/* Systems Manager, with a server that only remembers what it was told: what sim/host does is tested there. */
#include "tests/unit/aws_desk.inc"

static void told_run(struct call *c)
{
    const char *command = call_text(c, "command");
    int code = strstr(command, "false") != NULL;
    c->reply = json_object();
    json_put(c->reply, "exitCode", json_integer(code));
    json_put(c->reply, "stdout", json_textf("%s:%s", c->action->who.name, command));
    json_put_text(c->reply, "stderr", code ? "it failed" : "");
}

static void told_log_in(struct call *c)
{
    struct server *server = find_server(c->w, c->action->on);
    struct os_session *session = arena_alloc(c->arena, sizeof(*session));
    session->number = (long)1;
    session->user = arena_dup(c->arena, call_text(c, "user"));
    session->started_ms = c->now_ms;
    list_append(&server->sessions, session);
    c->reply = json_pack("{s:I}", "session", (json_int_t)session->number);
}

static void told_log_out(struct call *c)
{
    struct os_session *session = find_session(find_server(c->w, c->action->on), c->action->who.os_session);
    if (session)
        session->ended_ms = c->now_ms;
}

static const struct op told_ops[] = {
    {"host:LogIn",  "user! by!",                           OP_HOST, NULL, NULL, told_log_in },
    {"host:LogOut", "",                                    OP_HOST, NULL, NULL, told_log_out},
    {"host:Run",    "command! cwd commandId documentName", OP_HOST, NULL, NULL, told_run    },
};
static const struct service told_host = {.name = "host", .ops = told_ops, .n = COUNT(told_ops)};
static const struct service *const services[] = {&aws_iam, &aws_ec2, &aws_ssm, &told_host};
static const struct catalog catalog = {.services = services, .n = COUNT(services)};

static const struct row setup[] = {
    {"-", "ec2:RunInstances",
     "{'instancesSet': {'items': [{'imageId': 'ami-0abcdef1234567890', 'minCount': 1, 'maxCount': 1}]}, 'instanceType': "
     "'t3.micro', "
     "'tagSpecificationSet': {'items': [{'resourceType': 'instance', 'tags': [{'key': 'Name', 'value': 'web'}]}]}}", NULL, "keep web = reply.Instances.0.InstanceId" },
    {"-", "ec2:RunInstances",
     "{'instancesSet': {'items': [{'imageId': 'ami-0abcdef1234567890', 'minCount': 1, 'maxCount': 1}]}, 'instanceType': "
     "'t3.micro'}",                                                                                                  NULL, "keep bare = reply.Instances.0.InstanceId"},
};

static const struct row commands[] = {
    {"chaos", "ssm:DescribeInstanceInformation", NULL,                                                                         NULL,
     "reply.InstanceInformationList.0.InstanceId = {web}\nreply.InstanceInformationList.1 = -"                                                                                                                                              },
    {"chaos", "ssm:DescribeInstanceInformation", "{'filters': [{'key': 'InstanceIds', 'values': ['{bare}']}]}",                NULL,
     "reply.InstanceInformationList = []"                                                                                                                                                                                                   },
    {"chaos", "ssm:DescribeInstanceInformation",
     "{'instanceInformationFilterList': [{'key': 'PingStatus', 'valueSet': ['Online']}]}",                                     NULL,
     "reply.InstanceInformationList.0.PingStatus = Online"                                                                                                                                                                                  },
    {"chaos", "ssm:DescribeInstanceInformation", "{'filters': [{'key': 'Colour', 'values': ['x']}]}",
     "InvalidInstanceInformationFilterValue",                                                                                                            NULL                                                                               },
    {"chaos", "ssm:GetConnectionStatus",         "{'target': '{web}'}",                                                        NULL,                     "reply.Status = connected"                                                         },
    {"chaos", "ssm:GetConnectionStatus",         "{'target': '{bare}'}",                                                       NULL,                     "reply.Status = notconnected"                                                      },
    {"chaos", "ssm:SendCommand",
     "{'instanceIds': ['{bare}'], 'documentName': 'AWS-RunShellScript', 'parameters': {'commands': ['id']}}",                  "InvalidInstanceId",
     "says = Instances [[{bare}]] not in a valid state for account 123456789012\n"
     "record.params.parameters = HIDDEN_DUE_TO_SECURITY_REASONS"                                                                                                                                                                            },
    {"chaos", "ssm:SendCommand",
     "{'instanceIds': ['{web}'], 'documentName': 'AWS-RunScript', 'parameters': {'commands': ['id']}}",                        "InvalidDocument",
     "says = Document with name AWS-RunScript does not exist."                                                                                                                                                                              },
    {"chaos", "ssm:SendCommand",                 "{'instanceIds': ['{web}'], 'documentName': 'AWS-RunShellScript'}",           "InvalidParameters",      NULL                                                                               },
    {"chaos", "ssm:SendCommand",
     "{'instanceIds': ['{web}'], 'documentName': 'AWS-RunShellScript', 'parameters': {'commands': [1]}}",                      "InvalidParameters",
     NULL                                                                                                                                                                                                                                   },
    {"chaos", "ssm:SendCommand",                 "{'documentName': 'AWS-RunShellScript', 'parameters': {'commands': ['id']}}",
     "ValidationException",                                                                                                                              NULL                                                                               },
    {"chaos", "ssm:SendCommand",
     "{'instanceIds': ['{web}'], 'documentName': 'AWS-RunShellScript', 'parameters': {'commands': ['useradd x', 'id x']}}",    NULL,
     "keep command = reply.Command.CommandId\nreply.Command.Status = Pending\nreply.Command.Parameters.commands.1 = id x\n"
     "record.params = {\"instanceIds\":[\"{web}\"],\"documentName\":\"AWS-RunShellScript\",\"parameters\":"
     "\"HIDDEN_DUE_TO_SECURITY_REASONS\",\"interactive\":false}\n"
     "record.response.command.commandId = {command}\nrecord.response.command.parameters = HIDDEN_DUE_TO_SECURITY_REASONS\n"
     "record.response.command.documentVersion = $DEFAULT\nrecord.response.command.status = Pending\n"
     "record.response.command.requestedDateTime = Oct 13, 2025, 4:*"                                                                                                                                                                        },
    {"chaos", "ssm:GetCommandInvocation",        "{'commandId': '{command}', 'instanceId': '{web}'}",                          NULL,
     "reply.Status = Success\nreply.ResponseCode = 0\nreply.StandardOutputContent = root:useradd x*id x"                                                                                                                                    },
    {"chaos", "ssm:GetCommandInvocation",        "{'commandId': '{command}', 'instanceId': '{bare}'}",                         "InvocationDoesNotExist", NULL                                                                               },
    {"chaos", "ssm:GetCommandInvocation",        "{'commandId': '{command}', 'instanceId': '{web}', 'pluginName': 'x'}",
     "InvalidPluginName",                                                                                                                                NULL                                                                               },
    {"chaos", "ssm:SendCommand",
     "{'targets': [{'key': 'tag:Name', 'values': ['web']}], 'documentName': 'AWS-RunShellScript', 'parameters': {'commands': "
     "['false']}}",                                                                                                            NULL,                     "record.response.command.targetCount = 1\nrecord.response.command.instanceIds = []"},
    {"chaos", "ssm:ListCommands",                NULL,                                                                         NULL,                     "reply.Commands.0.Status = Failed\nreply.Commands.1.CommandId = {command}"         },
    {"chaos", "ssm:ListCommands",                "{'commandId': 'x'}",                                                         "InvalidCommandId",       NULL                                                                               },
    {"chaos", "ssm:ListCommands",                "{'instanceId': '{bare}'}",                                                   NULL,                     "reply.Commands = []"                                                              },
    {"chaos", "ssm:ListCommandInvocations",      "{'details': true}",                                                          NULL,
     "reply.CommandInvocations.0.CommandPlugins.0.ResponseCode = 1\nreply.CommandInvocations.1.Status = Success"                                                                                                                            },
};

static const struct row sessions[] = {
    {"chaos", "ssm:StartSession",     "{'target': '{bare}'}",                         "TargetNotConnected",    "says = {bare} is not connected."      },
    {"chaos", "ssm:StartSession",     "{'target': '{web}', 'documentName': 'Other'}", "InvalidDocument",       NULL                                   },
    {"chaos", "ssm:StartSession",     "{'target': '{web}'}",                          NULL,
     "keep session = reply.SessionId\nrecord.response.tokenValue = Value hidden due to security reasons.\n"
     "record.response.sessionId = chaos-??????????????????????????\n"
     "record.response.streamUrl = wss://ssmmessages.us-west-2.amazonaws.com/v1/data-channel/{session}?role=publish_subscribe"                         },
    {"chaos", "ssm:DescribeSessions", "{'state': 'Active'}",                          NULL,
     "reply.Sessions.0.SessionId = {session}\nreply.Sessions.0.Owner = arn:aws:iam::123456789012:user/chaos"                                          },
    {"chaos", "ssm:DescribeSessions", "{'state': 'Some'}",                            "ValidationException",   NULL                                   },
    {"chaos", "ssm:TerminateSession", "{'sessionId': 'x'}",                           "DoesNotExistException", NULL                                   },
    {"chaos", "ssm:TerminateSession", "{'sessionId': '{session}'}",                   NULL,                    "record.response.sessionId = {session}"},
    {"chaos", "ssm:DescribeSessions", "{'state': 'Active'}",                          NULL,                    "reply.Sessions = []"                  },
    {"chaos", "ssm:DescribeSessions", "{'state': 'History'}",                         NULL,                    "reply.Sessions.0.Status = Terminated" },
};

static const struct entry *last_of(const struct world *w, const char *op)
{
    for (size_t i = w->journal.n; i-- > 0;)
        if (text_same(w->journal.list[i]->op, op))
            return w->journal.list[i];
    return NULL;
}

static void test_ssm(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open_with(&d, &catalog);
    desk_staff(&d);
    desk_play(&d, setup, COUNT(setup));
    struct server *server = arena_alloc(&d.w.arena, sizeof(*server));
    *server = (struct server){.name = "cafe", .hostname = "ip-172-31-0-5"};
    list_append(&d.w.servers, server);
    find_instance(&d.w, json_str(d.kept, "web"))->server = "cafe";
    desk_play(&d, commands, COUNT(commands));
    const struct entry *run = last_of(&d.w, "host:Run"), *sent = last_of(&d.w, "ssm:SendCommand");
    CU_ASSERT(run && sent && run->cause == sent->seq && run->time_ms > sent->time_ms);
    CU_ASSERT(run && run->who.kind == PRINCIPAL_OS && run->who.os_session == 0);
    d.region = "eu-west-1"; /* nothing of it is seen from elsewhere */
    PLAY(&d, {"chaos", "ssm:DescribeInstanceInformation", NULL, NULL, "reply.InstanceInformationList = []"},
         {"chaos", "ssm:ListCommands", NULL, NULL, "reply.Commands = []"},
         {"chaos", "ssm:ListCommands", "{'commandId': '{command}'}", "InvalidCommandId", NULL},
         {"chaos", "ssm:ListCommandInvocations", NULL, NULL, "reply.CommandInvocations = []"},
         {"chaos", "ssm:GetCommandInvocation", "{'commandId': '{command}', 'instanceId': '{web}'}", "InvocationDoesNotExist",
          NULL},
         {"chaos", "ssm:SendCommand",
          "{'targets': [{'key': 'tag:Name', 'values': ['web']}], 'documentName': 'AWS-RunShellScript', 'parameters': "
          "{'commands': ['id']}}",
          NULL, "record.response.command.targetCount = 0"},
         {"chaos", "ssm:ListCommands", NULL, NULL, "reply.Commands = []"},
         {"chaos", "ssm:StartSession", "{'target': '{web}'}", "TargetNotConnected", NULL},
         {"chaos", "ssm:GetConnectionStatus", "{'target': '{web}'}", NULL, "reply.Status = notconnected"},
         {"chaos", "ssm:SendCommand",
          "{'instanceIds': ['{web}'], 'documentName': 'AWS-RunShellScript', 'parameters': {'commands': ['id']}}",
          "InvalidInstanceId", NULL});
    d.region = NULL;
    desk_play(&d, sessions, COUNT(sessions));
    const struct entry *out = last_of(&d.w, "host:LogOut");
    CU_ASSERT(out && out->who.os_session == 1);
}

/* A stopped agent hears nothing, nor does one on a stopped instance. */
static void test_agent(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open_with(&d, &catalog);
    desk_staff(&d);
    desk_play(&d, setup, COUNT(setup));
    struct server *server = arena_alloc(&d.w.arena, sizeof(*server));
    struct daemon *agent = arena_alloc(&d.w.arena, sizeof(*agent));
    *agent = (struct daemon){.unit = "amazon-ssm-agent"};
    *server = (struct server){.name = "cafe", .hostname = "h", .daemons = agent};
    list_append(&d.w.servers, server);
    find_instance(&d.w, json_str(d.kept, "web"))->server = "cafe";
    PLAY(&d, {"chaos", "ssm:StartSession", "{'target': '{web}'}", "TargetNotConnected", NULL},
         {"chaos", "ssm:DescribeInstanceInformation", NULL, NULL, "reply.InstanceInformationList = []"});
    agent->running = true;
    PLAY(&d, {"chaos", "ssm:GetConnectionStatus", "{'target': '{web}'}", NULL, "reply.Status = connected"},
         {"chaos", "ec2:StopInstances", "{'instancesSet': {'items': [{'instanceId': '{web}'}]}}", NULL, NULL},
         {"chaos", "ssm:GetConnectionStatus", "{'target': '{web}'}", NULL, "reply.Status = notconnected"},
         {"chaos", "ssm:StartSession", "{'target': '{web}'}", "TargetNotConnected", NULL});
}

CU_TestInfo aws_ssm_tests[] = {
    {"commands and sessions", test_ssm  },
    {"a stopped agent",       test_agent},
    CU_TEST_INFO_NULL,
};
