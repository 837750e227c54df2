/* SPDX-License-Identifier: MIT */
/*
 * Systems Manager: commands. A command is a script of lines that the agent runs as root on each instance; what came of it
 * is known at once and kept for those who ask. CloudTrail hides the lines.
 */
#include "sim/aws/ssm.h"

#define SCRIPT "AWS-RunShellScript"
#define HIDDEN "HIDDEN_DUE_TO_SECURITY_REASONS"
#define EXPIRES_MS (2 * 3600000LL)
#define MOST_OUTPUT 24000 /* characters that GetCommandInvocation returns */

/* ---- whom it is for ---- */

static bool has_value(const json_t *values, const char *text)
{
    for (size_t i = 0; i < json_array_size(values); i++)
        if (text && text_same(json_string_value(json_array_get(values, i)), text))
            return true;
    return false;
}

/* {"key": "tag:Name" | "InstanceIds", "values": [...]} */
static bool is_target(const struct instance *i, const json_t *target)
{
    const char *key = json_str_or(target, "key", "");
    const json_t *values = json_object_get(target, "values");
    if (text_starts(key, "tag:"))
        return has_value(values, tag_value(i->tags, key + strlen("tag:")));
    return (text_same(key, "InstanceIds") || text_same(key, "instanceids")) && has_value(values, i->id);
}

static json_t *found_targets(const struct call *c, const json_t *targets)
{
    json_t *list = json_array();
    for (const struct instance *i = c->w->account.instances; i; i = i->next) {
        bool all = instance_in(i, c->entry->region) && ssm_reaches(c->w, i);
        for (size_t k = 0; k < json_array_size(targets); k++)
            all &= is_target(i, json_array_get(targets, k));
        if (all)
            json_array_append_new(list, json_string(i->id));
    }
    return list;
}

/* Instances by name must be reachable; targets are those that happen to be. NULL after a failure. */
static json_t *find_instances(struct call *c)
{
    const json_t *ids = json_object_get(c->params, "instanceIds"), *targets = json_object_get(c->params, "targets");
    if (!json_array_size(ids) == !json_array_size(targets)) {
        call_fail(c, "ValidationException", "Either instanceIds or targets must be given, not both");
        return NULL;
    }
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = text_or(json_string_value(json_array_get(ids, i)), "");
        if (!ssm_reaches(c->w, instance_here(c, id))) {
            call_fail(c, "InvalidInstanceId", "Instances [[%s]] not in a valid state for account %s", id, c->w->account.id);
            return NULL;
        }
    }
    return world_keep(c->w, json_array_size(ids) ? json_deep_copy(ids) : found_targets(c, targets));
}

/* ---- running it ---- */

static const char *joined(struct call *c, const json_t *lines)
{
    AUTO(str_drop) struct str text = {0};
    for (size_t i = 0; i < json_array_size(lines); i++) {
        if (i)
            str_addc(&text, '\n');
        str_add(&text, text_or(json_string_value(json_array_get(lines, i)), ""));
    }
    return arena_dup(c->arena, str_text(&text));
}

static json_t *run_on(struct call *c, const struct ssm_command *command, const char *instance_id)
{
    struct outcome out;
    const struct instance *instance = find_instance(c->w, instance_id);
    const char *directory = json_string_value(json_path(c->params, "parameters.workingDirectory.0"));
    json_auto_t *params = json_pack("{s:s, s:s, s:s}", "command", joined(c, command->commands), "commandId", command->id,
                                    "documentName", command->document);
    if (directory && *directory)
        json_put_text(params, "cwd", directory);
    call_cause(c,
               &(struct action){
                   .time_ms = c->now_ms + 500 + (int64_t)chance_below(&c->ids, 1500),
                   .who = {.kind = PRINCIPAL_OS, .name = "root"},
                   .op = "host:Run",
                   .on = instance->server,
                   .params = params
    },
               &out);
    int64_t code = out.error_code ? 1 : json_int_or(out.reply, "exitCode", 0);
    json_t *result = json_object();
    json_put_text(result, "instanceId", instance->id);
    json_put_text(result, "status", code == 0 ? "Success" : "Failed");
    json_put(result, "exitCode", json_integer(code));
    json_put_text(result, "stdout", json_str_or(out.reply, "stdout", ""));
    json_put_text(result, "stderr", text_or(out.error_message, json_str_or(out.reply, "stderr", "")));
    json_put(result, "endedMs", json_integer(out.entry->time_ms + 200));
    return result;
}

static bool script_valid(struct call *c)
{
    const char *document = call_text(c, "documentName");
    const json_t *lines = json_path(c->params, "parameters.commands");
    if (text_starts(document, "arn:aws:ssm:") && strstr(document, ":document/"))
        document = strrchr(document, '/') + 1;
    if (!text_same(document, SCRIPT))
        call_fail(c, "InvalidDocument", "Document with name %s does not exist.", document);
    else if (!json_array_size(lines))
        call_fail(c, "InvalidParameters", "Parameter commands is required by document %s", SCRIPT);
    for (size_t i = 0; i < json_array_size(lines); i++)
        if (!json_is_string(json_array_get(lines, i)))
            call_fail(c, "InvalidParameters", "Parameter commands must be a list of texts");
    return !c->failed;
}

/* ---- shapes ---- */

static json_t *command_log(const struct call *c, const struct ssm_command *command)
{
    json_t *j = json_object();
    const json_t *targets = json_object_get(c->params, "targets");
    json_put_text(j, "commandId", command->id);
    json_put_text(j, "documentName", command->document);
    json_put_text(j, "documentVersion", text_or(call_text(c, "documentVersion"), "$DEFAULT"));
    json_put_text(j, "comment", command->comment);
    json_put(j, "expiresAfter", date_log_comma(c->now_ms + EXPIRES_MS));
    json_put_text(j, "parameters", HIDDEN);
    json_put(j, "instanceIds", json_array_size(targets) ? json_array() : json_deep_copy(command->instance_ids));
    json_put(j, "targets", targets ? json_deep_copy(targets) : json_array());
    json_put(j, "requestedDateTime", date_log_comma(c->now_ms));
    json_put_text(j, "status", "Pending");
    json_put_text(j, "statusDetails", "Pending");
    json_put_text(j, "outputS3Region", c->entry->region);
    json_put_text(j, "outputS3BucketName", "");
    json_put_text(j, "outputS3KeyPrefix", "");
    json_put_text(j, "maxConcurrency", text_or(call_text(c, "maxConcurrency"), "50"));
    json_put_text(j, "maxErrors", text_or(call_text(c, "maxErrors"), "0"));
    json_put(j, "targetCount", json_integer((json_int_t)json_array_size(command->instance_ids)));
    json_put(j, "completedCount", json_integer(0));
    json_put(j, "errorCount", json_integer(0));
    json_put(j, "deliveryTimedOutCount", json_integer(0));
    json_put_text(j, "serviceRole", "");
    json_put(j, "notificationConfig",
             json_pack("{s:s, s:[], s:s}", "notificationArn", "", "notificationEvents", "notificationType", ""));
    json_put(j, "cloudWatchOutputConfig", json_pack("{s:s, s:b}", "cloudWatchLogGroupName", "", "cloudWatchOutputEnabled", 0));
    json_put(j, "timeoutSeconds", json_integer(call_int(c, "timeoutSeconds", 3600)));
    json_put(j, "interactive", json_false());
    json_put_text(j, "clientName", "");
    json_put_text(j, "clientSourceId", "");
    json_put(j, "hasCancelCommandSignature", json_false());
    json_put(j, "hasSendCommandSignature", json_false());
    json_put(j, "alarmConfiguration", json_pack("{s:b, s:[]}", "ignorePollAlarmFailure", 0, "alarms"));
    json_put(j, "triggeredAlarms", json_array());
    return j;
}

static json_t *command_reply(const struct ssm_command *command, const char *status)
{
    size_t n = json_array_size(command->results), failed = 0;
    for (size_t i = 0; i < n; i++)
        failed += text_same(json_str(json_array_get(command->results, i), "status"), "Failed");
    bool pending = text_same(status, "Pending");
    json_t *j = json_object();
    json_put_text(j, "CommandId", command->id);
    json_put_text(j, "DocumentName", command->document);
    json_put_text(j, "DocumentVersion", "$DEFAULT");
    json_put_text(j, "Comment", command->comment);
    json_put(j, "ExpiresAfter", date_iso(command->requested_ms + EXPIRES_MS));
    json_put(j, "Parameters", wrapped("commands", json_deep_copy(command->commands)));
    json_put(j, "InstanceIds", json_deep_copy(command->instance_ids));
    json_put(j, "RequestedDateTime", date_iso(command->requested_ms));
    json_put_text(j, "Status", status);
    json_put_text(j, "StatusDetails", status);
    json_put(j, "TargetCount", json_integer((json_int_t)json_array_size(command->instance_ids)));
    json_put(j, "CompletedCount", json_integer(pending ? 0 : (json_int_t)n));
    json_put(j, "ErrorCount", json_integer(pending ? 0 : (json_int_t)failed));
    return j;
}

static void log_hidden(struct call *c)
{
    json_t *params = json_copy((json_t *)c->params);
    if (json_object_get(params, "parameters"))
        json_put_text(params, "parameters", HIDDEN);
    json_put(params, "interactive", json_boolean(call_bool(c, "interactive", false)));
    call_log_params(c, params);
}

void ssm_send_command(struct call *c)
{
    log_hidden(c);
    json_t *ids = script_valid(c) ? find_instances(c) : NULL;
    if (!ids)
        return;
    struct ssm_command *command = arena_alloc(c->arena, sizeof(*command));
    command->id = call_uuid(c);
    command->document = SCRIPT;
    command->comment = kept(c, text_or(call_text(c, "comment"), ""));
    command->instance_ids = ids;
    command->commands = world_keep(c->w, json_deep_copy(json_path(c->params, "parameters.commands")));
    command->requested_ms = c->now_ms;
    command->results = world_keep(c->w, json_array());
    command->status = "Success";
    roll_add(&c->w->account.commands_roll, c->arena, command);
    call_log_response(c, wrapped("command", command_log(c, command)));
    for (size_t i = 0; i < json_array_size(ids); i++) {
        json_t *result = run_on(c, command, json_string_value(json_array_get(ids, i)));
        if (text_same(json_str(result, "status"), "Failed"))
            command->status = "Failed";
        json_array_append_new(command->results, result);
    }
    c->reply = wrapped("Command", command_reply(command, "Pending"));
}

/* ---- who asks afterwards ---- */

/* It was given where its instances are. */
static bool was_here(const struct call *c, const struct ssm_command *command)
{
    const char *first = json_string_value(json_array_get(command->instance_ids, 0));
    return first ? instance_here(c, first) != NULL : text_same(c->entry->region, c->w->account.region);
}

static bool is_asked(struct call *c, const struct ssm_command *command)
{
    const char *id = call_text(c, "commandId"), *instance = call_text(c, "instanceId");
    return was_here(c, command) && (!id || text_same(id, command->id)) &&
           (!instance || has_value(command->instance_ids, instance));
}

static bool command_known(struct call *c)
{
    const char *id = call_text(c, "commandId");
    const struct ssm_command *command = id ? roll_find(&c->w->account.commands_roll, id) : NULL;
    if (id && (!command || !was_here(c, command)))
        call_fail(c, "InvalidCommandId", "The command ID %.60s is not one of this account", id);
    return !c->failed;
}

void ssm_list_commands(struct call *c)
{
    if (!command_known(c))
        return;
    json_t *list = json_array();
    for (const struct ssm_command *command = c->w->account.commands; command; command = command->next)
        if (is_asked(c, command)) /* the newest first */
            json_array_insert_new(list, 0, command_reply(command, command->status));
    reply_page(c, "Commands", list, 50);
}

static const char *cut(struct call *c, const char *text)
{
    return strlen(text) > MOST_OUTPUT ? arena_dupn(c->arena, text, MOST_OUTPUT) : text;
}

static json_t *plugin(struct call *c, const json_t *result)
{
    json_t *j = json_pack("{s:s, s:s, s:I}", "Name", "aws:runShellScript", "Status", json_str_or(result, "status", ""),
                          "ResponseCode", (json_int_t)json_int_or(result, "exitCode", 0));
    json_put_text(j, "Output", cut(c, json_str_or(result, "stdout", "")));
    return j;
}

void ssm_list_command_invocations(struct call *c)
{
    if (!command_known(c))
        return;
    json_t *list = json_array();
    for (const struct ssm_command *command = c->w->account.commands; command; command = command->next)
        for (size_t i = 0; is_asked(c, command) && i < json_array_size(command->results); i++) {
            const json_t *result = json_array_get(command->results, i);
            const char *id = json_str_or(result, "instanceId", ""), *status = json_str_or(result, "status", "");
            if (call_text(c, "instanceId") && !text_same(call_text(c, "instanceId"), id))
                continue;
            json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:s}", "CommandId", command->id, "InstanceId", id, "Comment",
                                  command->comment, "DocumentName", command->document, "RequestedDateTime",
                                  date_iso(command->requested_ms), "Status", status, "StatusDetails", status);
            json_t *plugins = json_array();
            if (call_bool(c, "details", false))
                json_array_append_new(plugins, plugin(c, result));
            json_put(j, "CommandPlugins", plugins);
            json_array_insert_new(list, 0, j);
        }
    reply_page(c, "CommandInvocations", list, 50);
}

static json_t *invocation(struct call *c, const struct ssm_command *command, const json_t *result)
{
    const char *status = json_str_or(result, "status", "");
    json_t *j = json_object();
    json_put_text(j, "CommandId", command->id);
    json_put_text(j, "InstanceId", json_str(result, "instanceId"));
    json_put_text(j, "Comment", command->comment);
    json_put_text(j, "DocumentName", command->document);
    json_put_text(j, "DocumentVersion", "$DEFAULT");
    json_put_text(j, "PluginName", "aws:runShellScript");
    json_put(j, "ResponseCode", json_integer(json_int_or(result, "exitCode", 0)));
    json_put(j, "ExecutionStartDateTime", date_iso(command->requested_ms));
    json_put(j, "ExecutionEndDateTime", date_iso(json_int_or(result, "endedMs", command->requested_ms)));
    json_put_text(j, "Status", status);
    json_put_text(j, "StatusDetails", status);
    json_put_text(j, "StandardOutputContent", cut(c, json_str_or(result, "stdout", "")));
    json_put_text(j, "StandardErrorContent", cut(c, json_str_or(result, "stderr", "")));
    return j;
}

void ssm_get_command_invocation(struct call *c)
{
    const char *name = call_text(c, "pluginName");
    if (name && !text_same(name, "aws:runShellScript"))
        return call_fail(c, "InvalidPluginName", "The plugin name %.60s is not valid", name);
    const struct ssm_command *command = roll_find(&c->w->account.commands_roll, call_text(c, "commandId"));
    for (size_t i = 0; command && was_here(c, command) && i < json_array_size(command->results); i++) {
        const json_t *result = json_array_get(command->results, i);
        if (text_same(json_str(result, "instanceId"), call_text(c, "instanceId"))) {
            c->reply = invocation(c, command, result);
            return;
        }
    }
    call_fail(c, "InvocationDoesNotExist", "%s", "");
}
