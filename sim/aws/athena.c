/* SPDX-License-Identifier: MIT */
/*
 * Athena: queries, the work group "primary", and the catalog of tables.
 *
 * Queries are athena_queries.c's. Tables are the engine's (catalog.describe_table, act.h).
 * Sources: Athena API Reference 2017-05-18; user guide, "Log Amazon Athena API calls with AWS CloudTrail".
 */
#include "sim/aws/athena.h"

#define CATALOG "AwsDataCatalog"

/* ---- look-ups ---- */

bool athena_group_known(struct call *c)
{
    const char *name = text_or(call_text(c, "workGroup"), ATHENA_GROUP);
    if (!text_same(name, ATHENA_GROUP))
        call_fail(c, ATHENA_INVALID, "WorkGroup %s is not found.", name);
    return !c->failed;
}

static bool catalog_known(struct call *c)
{
    const char *name = text_or(call_text(c, "catalogName"), CATALOG);
    if (!text_same(name, CATALOG))
        call_fail(c, ATHENA_INVALID, "Catalog %s does not exist", name);
    return !c->failed;
}

/* ---- the work group ---- */

static void list_groups(struct call *c)
{
    c->reply =
        wrapped("WorkGroups", json_pack("[{s:s, s:s, s:s}]", "Name", ATHENA_GROUP, "State", "ENABLED", "Description", ""));
}

static void get_group(struct call *c)
{
    if (!athena_group_known(c))
        return;
    json_t *results = json_object();
    json_put_text(results, "OutputLocation", c->w->account.athena_output);
    c->reply =
        wrapped("WorkGroup", json_pack("{s:s, s:s, s:{s:o, s:b, s:b, s:b, s:{s:s, s:s}}}", "Name", ATHENA_GROUP, "State",
                                       "ENABLED", "Configuration", "ResultConfiguration", results,
                                       "EnforceWorkGroupConfiguration", (int)c->w->account.athena_enforced,
                                       "PublishCloudWatchMetricsEnabled", 0, "RequesterPaysEnabled", 0, "EngineVersion",
                                       "SelectedEngineVersion", "AUTO", "EffectiveEngineVersion", "Athena engine version 3"));
}

static void update_group(struct call *c)
{
    const json_t *updates = json_object_get(c->params, "configurationUpdates");
    const json_t *results = json_object_get(updates, "resultConfigurationUpdates");
    struct account *account = &c->w->account;
    const char *output = json_str(results, "outputLocation");
    if (!athena_group_known(c))
        return;
    if (output && (!text_starts(output, "s3://") || !output[strlen("s3://")]))
        return call_fail(c, ATHENA_INVALID, "outputLocation is not a valid S3 path.");
    if (output)
        account->athena_output = kept(c, output);
    else if (json_bool_or(results, "removeOutputLocation", false))
        account->athena_output = NULL;
    account->athena_enforced = json_bool_or(updates, "enforceWorkGroupConfiguration", account->athena_enforced);
}

/* ---- the catalog: one database, a table for each bucket that a trail has delivered to ---- */

static void list_catalogs(struct call *c)
{
    c->reply = wrapped("DataCatalogsSummary", json_pack("[{s:s, s:s}]", "CatalogName", CATALOG, "Type", "GLUE"));
}

static void list_databases(struct call *c)
{
    if (catalog_known(c))
        c->reply = wrapped("DatabaseList", json_pack("[{s:s}]", "Name", "default"));
}

static bool database_known(struct call *c)
{
    const char *name = call_text(c, "databaseName");
    if (!text_same(name, "default"))
        call_fail(c, "MetadataException", "Database %s not found.", name);
    return !c->failed && catalog_known(c);
}

static void get_database(struct call *c)
{
    if (database_known(c))
        c->reply = wrapped("Database", wrapped("Name", json_string("default")));
}

/* SHOW and DESCRIBE, as the engine answers them: new reference. NULL after a failure. */
static json_t *ask_engine(struct call *c, const char *statement)
{
    struct err e = {0};
    json_t *(*rows)(const struct world *, const char *, struct err *) = c->w->catalog->table_rows;
    json_t *answer = rows ? rows(c->w, statement, &e) : NULL;
    if (!answer)
        call_fail(c, "MetadataException", "%s", e.set ? e.msg : "no engine knows this account's tables");
    return answer;
}

static json_t *table(struct call *c, const char *name)
{
    json_auto_t *rows = ask_engine(c, arena_printf(c->arena, "DESCRIBE `%s`", name));
    json_t *columns = json_array();
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *cells = json_array_get(rows, i);
        const char *column = json_string_value(json_array_get(cells, 0)), *type = json_string_value(json_array_get(cells, 1));
        if (!column || !*column) /* what follows is about partitions */
            break;
        json_array_append_new(columns, json_pack("{s:s, s:s}", "Name", column, "Type", text_or(type, "string")));
    }
    if (rows)
        return json_pack("{s:s, s:s, s:o, s:[]}", "Name", name, "TableType", "EXTERNAL_TABLE", "Columns", columns,
                         "PartitionKeys");
    json_decref(columns);
    return NULL;
}

/* Names of tables, as the engine has them. New reference. */
static json_t *table_names(struct call *c)
{
    json_auto_t *rows = c->w->catalog->table_rows ? ask_engine(c, "SHOW TABLES") : NULL;
    json_t *names = json_object();
    for (size_t i = 0; i < json_array_size(rows); i++)
        json_put(names, text_or(json_string_value(json_array_get(json_array_get(rows, i), 0)), ""), json_true());
    return names;
}

static void list_tables(struct call *c)
{
    if (!database_known(c))
        return;
    json_auto_t *names = table_names(c);
    json_t *list = json_array(), *value;
    const char *name;
    json_object_foreach(names, name, value)
    {
        json_t *one = table(c, name);
        if (one)
            json_array_append_new(list, one);
    }
    if (c->failed)
        return json_decref(list);
    reply_page(c, "TableMetadataList", list, "maxResults", 50, "nextToken", "NextToken", NULL);
}

static void get_table(struct call *c)
{
    const char *name = call_text(c, "tableName");
    if (!database_known(c))
        return;
    json_auto_t *names = table_names(c);
    if (!json_object_get(names, name))
        return call_fail(c, "MetadataException", "Table %s not found.", name);
    json_t *one = table(c, name);
    c->reply = one ? wrapped("TableMetadata", one) : NULL;
}

/* ---- the table of operations ---- */

#define WORKGROUP "arn:aws:athena:$region:$account:workgroup/" ATHENA_GROUP
#define PAGED "maxResults# nextToken"

/* clang-format off */
static const struct op athena_ops[] = {
    {"athena:BatchGetQueryExecution", "queryExecutionIds[]!",                     OP_READ, WORKGROUP, NULL, athena_batch_get_query},
    {"athena:GetDatabase",            "catalogName! databaseName!",               OP_READ, "*",       NULL, get_database   },
    {"athena:GetQueryExecution",      "queryExecutionId!",                        OP_READ, WORKGROUP, NULL, athena_get_query      },
    {"athena:GetQueryResults",        "queryExecutionId! " PAGED,                 OP_READ, WORKGROUP, NULL, athena_get_results    },
    {"athena:GetTableMetadata",       "catalogName! databaseName! tableName!",    OP_READ, "*",       NULL, get_table      },
    {"athena:GetWorkGroup",           "workGroup!",                               OP_READ, WORKGROUP, NULL, get_group      },
    {"athena:ListDataCatalogs",       PAGED,                                      OP_READ, "*",       NULL, list_catalogs  },
    {"athena:ListDatabases",          "catalogName! " PAGED,                      OP_READ, "*",       NULL, list_databases },
    {"athena:ListQueryExecutions",    "workGroup " PAGED,                         OP_READ, WORKGROUP, NULL, athena_list_queries   },
    {"athena:ListTableMetadata",      "catalogName! databaseName! " PAGED,        OP_READ, "*",       NULL, list_tables    },
    {"athena:ListWorkGroups",         PAGED,                                      OP_READ, "*",       NULL, list_groups    },
    {"athena:StartQueryExecution",    "clientRequestToken queryString! queryExecutionContext{} resultConfiguration{} workGroup",
                                                                                  0,       WORKGROUP, NULL, athena_start_query    },
    {"athena:StopQueryExecution",     "queryExecutionId!",                        0,       WORKGROUP, NULL, athena_stop_query     },
    {"athena:UpdateWorkGroup",        "workGroup! configurationUpdates{}",        0,       WORKGROUP, NULL, update_group   },
};
/* clang-format on */

const struct service aws_athena = {
    .name = "athena",
    .source = "athena.amazonaws.com",
    .event_version = "1.08",
    .host = "athena.$region.amazonaws.com",
    .denied_code = "AccessDeniedException",
    .error_prefix = "",
    .console_agent = "AWS Internal",
    .ops = athena_ops,
    .n = COUNT(athena_ops),
};
