/* SPDX-License-Identifier: MIT */
/*
 * Athena: work groups, and the queries that people save in them. "primary" is there before anybody makes it, and stays.
 * Sources: Athena API Reference 2017-05-18 (CreateWorkGroup, DeleteWorkGroup, CreateNamedQuery, BatchGetNamedQuery); user
 * guide, "Use workgroups to control query access and costs", "Override client-side settings".
 */
#include "sim/aws/athena.h"

#define MOST_NAME 128
#define MOST_TEXT 1024
#define MOST_AT_ONCE 50

/* ---- work groups ---- */

const struct workgroup *athena_group(struct call *c, const char *name)
{
    static const struct workgroup untouched = {.name = ATHENA_GROUP, .description = ""};
    const struct workgroup *group = roll_find(&c->w->account.workgroups_roll, text_or(name, ATHENA_GROUP));
    if (group)
        return group;
    if (!name || text_same(name, ATHENA_GROUP))
        return &untouched;
    call_fail(c, ATHENA_INVALID, "WorkGroup %s is not found.", name);
    return NULL;
}

static bool good_output(struct call *c, const char *output)
{
    if (output && (!text_starts(output, "s3://") || !output[strlen("s3://")]))
        call_fail(c, ATHENA_INVALID, "outputLocation is not a valid S3 path.");
    return !c->failed;
}

static struct workgroup *make_group(struct call *c, const char *name)
{
    struct workgroup *group = arena_alloc(c->arena, sizeof(*group));
    group->name = kept(c, name);
    group->description = "";
    group->created_ms = c->now_ms;
    roll_add(&c->w->account.workgroups_roll, c->arena, group);
    return group;
}

/* A new group's settings override those of calls unless it says that they do not. */
void athena_create_group(struct call *c)
{
    const char *name = call_text(c, "name");
    const json_t *configuration = json_object_get(c->params, "configuration");
    const char *output = json_str(json_object_get(configuration, "resultConfiguration"), "outputLocation");
    if (!*name || strlen(name) > MOST_NAME || name[strspn(name, ALPHABET_ALNUM "._-")])
        return call_fail(c, ATHENA_INVALID,
                         "1 validation error detected: Value '%.128s' at 'name' failed to satisfy constraint: Member must "
                         "satisfy regular expression pattern: [a-zA-Z0-9._-]{1,128}",
                         name);
    if (text_same(name, ATHENA_GROUP) || roll_find(&c->w->account.workgroups_roll, name))
        return call_fail(c, ATHENA_INVALID, "WorkGroup is already created");
    if (!good_output(c, output))
        return;
    struct workgroup *group = make_group(c, name);
    group->description = kept(c, text_or(call_text(c, "description"), ""));
    group->output = kept(c, output);
    group->enforced = json_bool_or(configuration, "enforceWorkGroupConfiguration", true);
}

static json_t *summary(const struct workgroup *group)
{
    json_t *j = json_pack("{s:s, s:s, s:s}", "Name", group->name, "State", "ENABLED", "Description", group->description);
    if (group->created_ms)
        json_put(j, "CreationTime", date_iso(group->created_ms));
    return j;
}

void athena_list_groups(struct call *c)
{
    json_t *list = json_array();
    json_array_append_new(list, summary(athena_group(c, ATHENA_GROUP)));
    for (const struct workgroup *group = c->w->account.workgroups; group; group = group->next)
        if (!text_same(group->name, ATHENA_GROUP))
            json_array_append_new(list, summary(group));
    reply_page(c, "WorkGroups", list, MOST_AT_ONCE);
}

void athena_get_group(struct call *c)
{
    const struct workgroup *group = athena_group(c, call_text(c, "workGroup"));
    if (!group)
        return;
    json_t *results = json_object(), *said = summary(group);
    json_put_text(results, "OutputLocation", group->output);
    json_put(said, "Configuration",
             json_pack("{s:o, s:b, s:b, s:b, s:{s:s, s:s}}", "ResultConfiguration", results, "EnforceWorkGroupConfiguration",
                       (int)group->enforced, "PublishCloudWatchMetricsEnabled", 0, "RequesterPaysEnabled", 0, "EngineVersion",
                       "SelectedEngineVersion", "AUTO", "EffectiveEngineVersion", "Athena engine version 3"));
    c->reply = wrapped("WorkGroup", said);
}

void athena_update_group(struct call *c)
{
    const json_t *updates = json_object_get(c->params, "configurationUpdates");
    const json_t *results = json_object_get(updates, "resultConfigurationUpdates");
    const char *name = call_text(c, "workGroup"), *output = json_str(results, "outputLocation");
    if (!athena_group(c, name) || !good_output(c, output))
        return;
    struct workgroup *group = roll_find(&c->w->account.workgroups_roll, name);
    if (!group) {
        group = make_group(c, name);
        group->created_ms = 0; /* nobody made it */
    }
    if (output)
        group->output = kept(c, output);
    else if (json_bool_or(results, "removeOutputLocation", false))
        group->output = NULL;
    if (call_text(c, "description"))
        group->description = kept(c, call_text(c, "description"));
    group->enforced = json_bool_or(updates, "enforceWorkGroupConfiguration", group->enforced);
}

static bool is_empty(const struct account *account, const char *group)
{
    for (const struct named_query *saved = account->named_queries; saved; saved = saved->next)
        if (text_same(saved->workgroup, group))
            return false;
    for (const struct query_execution *query = account->queries; query; query = query->next)
        if (text_same(query->workgroup, group))
            return false;
    return true;
}

/* What was run in it stays in nobody's list. */
void athena_delete_group(struct call *c)
{
    struct account *account = &c->w->account;
    const char *name = call_text(c, "workGroup");
    if (!athena_group(c, name))
        return;
    if (text_same(name, ATHENA_GROUP))
        return call_fail(c, ATHENA_INVALID, "The primary workgroup cannot be deleted.");
    if (!call_bool(c, "recursiveDeleteOption", false) && !is_empty(account, name))
        return call_fail(c, ATHENA_INVALID, "WorkGroup %s is not empty", name);
    for (struct named_query *saved = account->named_queries, *next = NULL; saved; saved = next) {
        next = saved->next;
        if (text_same(saved->workgroup, name))
            roll_remove(&account->named_queries_roll, saved);
    }
    roll_remove(&account->workgroups_roll, roll_find(&account->workgroups_roll, name));
}

/* ---- saved queries ---- */

static const struct named_query *asked_saved(struct call *c)
{
    const char *id = call_text(c, "namedQueryId");
    const struct named_query *saved = roll_find(&c->w->account.named_queries_roll, id);
    if (!saved)
        call_fail(c, ATHENA_INVALID, "NamedQuery %s was not found", id);
    return saved;
}

void athena_save_query(struct call *c)
{
    const char *sql = call_text(c, "queryString"), *name = call_text(c, "name"), *about = call_text(c, "description");
    const struct workgroup *group = athena_group(c, call_text(c, "workGroup"));
    if (!group)
        return;
    if (!*name || strlen(name) > MOST_NAME || (about && strlen(about) > MOST_TEXT))
        return call_fail(c, ATHENA_INVALID, "Name must be 1 to %d, Description at most %d characters long", MOST_NAME,
                         MOST_TEXT);
    if (!sql[strspn(sql, " \t\r\n;")] || strlen(sql) > ATHENA_MOST_SQL)
        return call_fail(c, ATHENA_INVALID, "Query string must be 1 to %u characters long", ATHENA_MOST_SQL);
    struct named_query *saved = arena_alloc(c->arena, sizeof(*saved));
    saved->id = call_uuid(c);
    saved->name = kept(c, name);
    saved->description = kept(c, about);
    saved->database = kept(c, call_text(c, "database"));
    saved->sql = kept(c, sql);
    saved->workgroup = group->name;
    roll_add(&c->w->account.named_queries_roll, c->arena, saved);
    call_log_response(c, wrapped("namedQueryId", json_string(saved->id)));
    c->reply = wrapped("NamedQueryId", json_string(saved->id));
}

static json_t *saved_reply(const struct named_query *saved)
{
    json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:s}", "Name", saved->name, "Database", saved->database, "QueryString",
                          saved->sql, "NamedQueryId", saved->id, "WorkGroup", saved->workgroup);
    json_put_text(j, "Description", saved->description);
    return j;
}

void athena_get_saved(struct call *c)
{
    const struct named_query *saved = asked_saved(c);
    if (saved)
        c->reply = wrapped("NamedQuery", saved_reply(saved));
}

void athena_batch_get_saved(struct call *c)
{
    const json_t *ids = json_object_get(c->params, "namedQueryIds");
    if (!json_array_size(ids) || json_array_size(ids) > MOST_AT_ONCE)
        return call_fail(c, ATHENA_INVALID,
                         "1 validation error detected: Value at 'namedQueryIds' failed to satisfy constraint: Member must have "
                         "length between 1 and %d",
                         MOST_AT_ONCE);
    json_t *list = json_array(), *unknown = json_array();
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = text_or(json_string_value(json_array_get(ids, i)), "");
        const struct named_query *saved = roll_find(&c->w->account.named_queries_roll, id);
        if (saved)
            json_array_append_new(list, saved_reply(saved));
        else
            json_array_append_new(unknown, json_pack("{s:s, s:s, s:s}", "NamedQueryId", id, "ErrorCode", "INVALID_INPUT",
                                                     "ErrorMessage", "NamedQuery was not found"));
    }
    c->reply = json_pack("{s:o, s:o}", "NamedQueries", list, "UnprocessedNamedQueryIds", unknown);
}

void athena_list_saved(struct call *c)
{
    const struct workgroup *group = athena_group(c, call_text(c, "workGroup"));
    json_t *list = json_array();
    for (const struct named_query *saved = group ? c->w->account.named_queries : NULL; saved; saved = saved->next)
        if (text_same(saved->workgroup, group->name))
            json_array_append_new(list, json_string(saved->id));
    if (!group)
        return json_decref(list);
    reply_page(c, "NamedQueryIds", list, MOST_AT_ONCE);
}

void athena_delete_saved(struct call *c)
{
    const struct named_query *saved = asked_saved(c);
    if (saved)
        roll_remove(&c->w->account.named_queries_roll, roll_find(&c->w->account.named_queries_roll, saved->id));
}
