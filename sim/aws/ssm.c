/* SPDX-License-Identifier: MIT */
/*
 * Systems Manager: the table, what it reaches, and sessions. Commands are in ssm_commands.c.
 *
 * Everything that it does on a server is a host: operation, caused by the call: StartSession logs ssm-user in,
 * TerminateSession logs that session out, SendCommand runs a script as root without a session.
 * Sources: SSM API Reference 2014-11-06; public logs of 2020 to 2025 for responseElements.
 */
#include "sim/aws/ssm.h"

#define TARGET "arn:aws:ec2:$region:$account:instance/{target}"
#define FIRST "arn:aws:ec2:$region:$account:instance/{instanceIds.0}"

/* clang-format off */
static const struct op ssm_ops[] = {
    {"ssm:DescribeInstanceInformation", "filters[] instanceInformationFilterList[] maxResults# nextToken", OP_READ, "*", NULL,
     ssm_describe_instance_information},
    {"ssm:DescribeSessions",       "state! filters[] maxResults# nextToken",   OP_READ, "*", NULL, ssm_describe_sessions},
    {"ssm:GetCommandInvocation",   "commandId! instanceId! pluginName",        OP_READ, "*", NULL, ssm_get_command_invocation},
    {"ssm:GetConnectionStatus",    "target!",                                  OP_READ, TARGET, NULL, ssm_get_connection_status},
    {"ssm:ListCommandInvocations", "commandId instanceId details? maxResults# nextToken", OP_READ, "*", NULL,
     ssm_list_command_invocations},
    {"ssm:ListCommands",           "commandId instanceId maxResults# nextToken", OP_READ, "*", NULL, ssm_list_commands},
    {"ssm:SendCommand",            "instanceIds[] targets[] documentName! documentVersion parameters{} comment timeoutSeconds# "
                                   "maxConcurrency maxErrors interactive?",    0, FIRST, NULL, ssm_send_command},
    {"ssm:StartSession",           "target! documentName reason",              0, TARGET, NULL, ssm_start_session},
    {"ssm:TerminateSession",       "sessionId!",                               0, "arn:aws:ssm:$region:$account:session/{sessionId}",
     NULL, ssm_terminate_session},
};
/* clang-format on */

const struct service aws_ssm = {
    .name = "ssm",
    .source = "ssm.amazonaws.com",
    .event_version = "1.08",
    .host = "ssm.$region.amazonaws.com",
    .denied_code = "AccessDeniedException",
    .error_prefix = "",
    .console_agent = "AWS Internal",
    .ops = ssm_ops,
    .n = COUNT(ssm_ops),
};

/* ---- what it reaches ---- */

struct server *ssm_reaches(const struct world *w, const struct instance *instance)
{
    struct server *server = instance && instance->server ? find_server(w, instance->server) : NULL;
    const struct daemon *agent = server ? find_daemon(server, "amazon-ssm-agent") : NULL;
    return server && text_same(instance->state, "running") && (!agent || agent->running) ? server : NULL;
}

#define PING_MS (5 * 60000LL) /* the agent calls every five minutes */

static json_t *information(const struct call *c, const struct instance *i, const struct server *server)
{
    json_t *j = json_object();
    json_put_text(j, "InstanceId", i->id);
    json_put_text(j, "PingStatus", "Online");
    json_put(j, "LastPingDateTime", date_iso(c->now_ms / PING_MS * PING_MS));
    json_put_text(j, "AgentVersion", "3.3.2299.0");
    json_put(j, "IsLatestVersion", json_false());
    json_put_text(j, "PlatformType", "Linux");
    json_put_text(j, "PlatformName", "Amazon Linux");
    json_put_text(j, "PlatformVersion", "2");
    json_put_text(j, "ResourceType", "EC2Instance");
    json_put_text(j, "IPAddress", i->private_ip);
    json_put_text(j, "ComputerName", server->hostname);
    json_put_text(j, "SourceId", i->id);
    json_put_text(j, "SourceType", "AWS::EC2::Instance");
    return j;
}

/* Both generations of filters: {"key", "values"} and {"key", "valueSet"}. Only InstanceIds and PingStatus tell anything
 * apart here. */
static bool passes(const json_t *filter, const struct instance *i)
{
    const json_t *values = json_object_get(filter, "values");
    const char *key = json_str_or(filter, "key", "");
    if (!values)
        values = json_object_get(filter, "valueSet");
    for (size_t k = 0; k < json_array_size(values); k++) {
        const char *value = json_string_value(json_array_get(values, k));
        if ((text_same(key, "InstanceIds") && text_same(value, i->id)) ||
            (text_same(key, "PingStatus") && text_same(value, "Online")))
            return true;
    }
    return false;
}

static bool filters_hold(struct call *c, const json_t *filters, const struct instance *i)
{
    for (size_t k = 0; k < json_array_size(filters); k++) {
        const char *key = json_str_or(json_array_get(filters, k), "key", "");
        if (!text_same(key, "InstanceIds") && !text_same(key, "PingStatus"))
            call_fail(c, "InvalidInstanceInformationFilterValue", "The filter key %s is not InstanceIds or PingStatus", key);
        if (c->failed || !passes(json_array_get(filters, k), i))
            return false;
    }
    return true;
}

void ssm_describe_instance_information(struct call *c)
{
    json_t *list = json_array();
    for (const struct instance *i = c->w->account.instances; i; i = i->next) {
        const struct server *server = instance_in(i, c->entry->region) ? ssm_reaches(c->w, i) : NULL;
        if (server && filters_hold(c, json_object_get(c->params, "filters"), i) &&
            filters_hold(c, json_object_get(c->params, "instanceInformationFilterList"), i))
            json_array_append_new(list, information(c, i, server));
    }
    if (c->failed)
        return json_decref(list);
    reply_page(c, "InstanceInformationList", list, 50);
}

void ssm_get_connection_status(struct call *c)
{
    const char *target = call_text(c, "target");
    bool connected = ssm_reaches(c->w, instance_here(c, target));
    c->reply = json_pack("{s:s, s:s}", "Target", target, "Status", connected ? "connected" : "notconnected");
}

/* ---- sessions ---- */

static const char *caller_name(const struct call *c)
{
    const struct principal *who = &c->action->who;
    return who->session_name ? who->session_name : text_or(who->name, "root");
}

/* Logs ssm-user in on the server, on behalf of whoever called. The session's number, or 0 after a failure. */
static long log_in(struct call *c, const struct server *server)
{
    struct outcome out;
    json_auto_t *params = json_pack("{s:s, s:s}", "user", "ssm-user", "by", "ssm");
    call_cause(c,
               &(struct action){.time_ms = c->now_ms + 300 + (int64_t)chance_below(&c->ids, 900),
                                .who = c->entry->who,
                                .from = c->entry->from,
                                .op = "host:LogIn",
                                .on = server->name,
                                .params = params},
               &out);
    if (out.error_code)
        call_fail(c, "TargetNotConnected", "%s is not connected.", call_text(c, "target"));
    return out.error_code ? 0 : (long)json_int_or(out.reply, "session", 0);
}

void ssm_start_session(struct call *c)
{
    const char *target = call_text(c, "target"), *document = call_text(c, "documentName");
    struct server *server = ssm_reaches(c->w, instance_here(c, target));
    if (document && !text_same(document, "SSM-SessionManagerRunShell"))
        return call_fail(c, "InvalidDocument", "Document with name %s does not exist.", document);
    if (!server)
        return call_fail(c, "TargetNotConnected", "%s is not connected.", target);
    struct ssm_session *session = arena_alloc(c->arena, sizeof(*session));
    session->id = arena_printf(c->arena, "%s-%s", caller_name(c), call_id(c, "", ALPHABET_LOWER, 26));
    session->target = kept(c, target);
    session->owner = kept(c, principal_arn(c->w, c->arena, &c->action->who));
    session->os_session = log_in(c, server);
    session->started_ms = c->now_ms;
    if (c->failed)
        return;
    roll_add(&c->w->account.ssm_sessions_roll, c->arena, session);
    const char *url = arena_printf(c->arena, "wss://ssmmessages.%s.amazonaws.com/v1/data-channel/%s?role=publish_subscribe",
                                   c->entry->region, session->id);
    call_log_response(c, json_pack("{s:s, s:s, s:s}", "sessionId", session->id, "tokenValue",
                                   "Value hidden due to security reasons.", "streamUrl", url));
    c->reply = json_pack("{s:s, s:s, s:s}", "SessionId", session->id, "TokenValue",
                         call_id(c, "AAEAA", ALPHABET_ALNUM "+/", 250), "StreamUrl", url);
}

/* It may have ended on the server's side. */
static bool alive(const struct world *w, const struct ssm_session *session)
{
    const struct instance *instance = find_instance(w, session->target);
    const struct server *server = instance && instance->server ? find_server(w, instance->server) : NULL;
    const struct os_session *os = server ? find_session(server, session->os_session) : NULL;
    return !session->ended_ms && os && !os->ended_ms;
}

static void log_out(struct call *c, const struct ssm_session *session)
{
    struct outcome out;
    const struct instance *instance = find_instance(c->w, session->target);
    if (!alive(c->w, session))
        return;
    call_cause(c,
               &(struct action){
                   .time_ms = c->now_ms + 200 + (int64_t)chance_below(&c->ids, 400),
                   .who = {.kind = PRINCIPAL_OS, .name = "ssm-user", .os_session = session->os_session},
                   .from = c->entry->from,
                   .op = "host:LogOut",
                   .on = instance->server
    },
               &out);
}

void ssm_terminate_session(struct call *c)
{
    const char *id = call_text(c, "sessionId");
    struct ssm_session *session = roll_find(&c->w->account.ssm_sessions_roll, id);
    if (!session || !instance_here(c, session->target))
        return call_fail(c, "DoesNotExistException", "Session %s does not exist", id);
    log_out(c, session);
    session->ended_ms = session->ended_ms ? session->ended_ms : c->now_ms;
    call_log_response(c, wrapped("sessionId", json_string(id)));
    c->reply = wrapped("SessionId", json_string(id));
}

void ssm_describe_sessions(struct call *c)
{
    const char *state = call_text(c, "state");
    json_t *list = json_array();
    if (!text_same(state, "Active") && !text_same(state, "History"))
        call_fail(
            c, "ValidationException",
            "1 validation error detected: Value '%.60s' at 'state' failed to satisfy constraint: Member must satisfy enum "
            "value set: [Active, History]",
            state);
    for (const struct ssm_session *session = c->w->account.ssm_sessions; session; session = session->next) {
        bool active = alive(c->w, session);
        if (active != text_same(state, "Active") || !instance_here(c, session->target))
            continue;
        json_t *j =
            json_pack("{s:s, s:s, s:s, s:o, s:s}", "SessionId", session->id, "Target", session->target, "Status",
                      active ? "Connected" : "Terminated", "StartDate", date_iso(session->started_ms), "Owner", session->owner);
        if (session->ended_ms)
            json_put(j, "EndDate", date_iso(session->ended_ms));
        json_array_append_new(list, j);
    }
    if (c->failed)
        return json_decref(list);
    reply_page(c, "Sessions", list, 200);
}
