/* SPDX-License-Identifier: MIT */
/*
 * Athena: queries, the work group "primary", and the catalog of tables.
 *
 * SQL does not run in here: the layers above plug in who runs it (catalog.run_sql, act.h). StartQueryExecution only notes
 * the statement; whoever asks for its state or rows has it run, so that a replay of the journal needs no SQL at all.
 * Where nobody runs SQL, starting a query is refused.
 * Sources: Athena API Reference 2017-05-18; user guide, "Log Amazon Athena API calls with AWS CloudTrail".
 */
#include "sim/aws/shapes.h"

#include <stdlib.h>

#define GROUP "primary"
#define CATALOG "AwsDataCatalog"
#define INVALID "InvalidRequestException"

/* ---- look-ups ---- */

static bool group_known(struct call *c)
{
    const char *name = text_or(call_text(c, "workGroup"), GROUP);
    if (!text_same(name, GROUP))
        call_fail(c, INVALID, "WorkGroup %s is not found.", name);
    return !c->failed;
}

static struct query_execution *asked_query(struct call *c)
{
    const char *id = call_text(c, "queryExecutionId");
    struct query_execution *query = c->w->account.queries;
    while (query && !text_same(query->id, id))
        query = query->next;
    if (!query)
        call_fail(c, INVALID, "QueryExecution %s was not found", id);
    return query;
}

static bool catalog_known(struct call *c)
{
    const char *name = text_or(call_text(c, "catalogName"), CATALOG);
    if (!text_same(name, CATALOG))
        call_fail(c, INVALID, "Catalog %s does not exist", name);
    return !c->failed;
}

/* ---- running ---- */

struct ran { /* a statement that was run; result NULL = failed, the error says why */
    json_t *result;
    struct err error;
};

static struct ran run_query(const struct call *c, const char *sql)
{
    struct ran ran = {0};
    bool (*run)(const struct world *, const char *, json_t **, struct err *) = c->w->catalog->run_sql;
    if (!run)
        err_set(&ran.error, "no engine runs this account's queries");
    else if (!run(c->w, sql, &ran.result, &ran.error))
        ran.result = NULL;
    return ran;
}

static void ran_drop(struct ran *ran)
{
    json_decref(ran->result);
}

/* ---- queries ---- */

/* "s3://bucket/prefix/" of the call or the work group; the bucket must be there. */
static const char *output_location(struct call *c)
{
    const char *output = json_str(json_object_get(c->params, "resultConfiguration"), "outputLocation");
    output = text_or(output, c->w->account.athena_output);
    if (!output) {
        call_fail(c, INVALID,
                  "No output location provided. An output location is required either through the Workgroup result "
                  "configuration setting or as an API input.");
        return NULL;
    }
    const char *bucket = text_starts(output, "s3://") ? output + strlen("s3://") : "";
    bucket = arena_dupn(c->arena, bucket, strcspn(bucket, "/"));
    if (!*bucket)
        call_fail(c, INVALID, "outputLocation is not a valid S3 path.");
    else if (!find_bucket(c->w, bucket))
        call_fail(c, INVALID, "Unable to verify/create output bucket %s", bucket);
    return c->failed ? NULL : output;
}

static void start_query(struct call *c)
{
    const char *sql = call_text(c, "queryString");
    const char *output = group_known(c) ? output_location(c) : NULL;
    if (!output)
        return;
    if (!sql[strspn(sql, " \t\r\n;")] || strlen(sql) > 262144)
        return call_fail(c, INVALID, "Query string must be 1 to 262144 characters long");
    if (!c->w->catalog->run_sql)
        return call_fail(c, INVALID, "Queries do not run in this account; the command `cafelab query` runs them");
    struct query_execution *query = arena_alloc(c->arena, sizeof(*query));
    query->id = call_uuid(c);
    query->sql = kept(c, sql);
    query->workgroup = GROUP;
    query->output = kept(c, output);
    query->database = kept(c, json_str_or(json_object_get(c->params, "queryExecutionContext"), "database", ""));
    query->submitted_ms = c->now_ms;
    list_append(&c->w->account.queries, query);
    call_log_response(c, wrapped("queryExecutionId", json_string(query->id)));
    c->reply = wrapped("QueryExecutionId", json_string(query->id));
}

static json_t *status(const struct query_execution *query, const struct ran *ran)
{
    json_t *j = json_object();
    json_put_text(j, "State", query->cancelled ? "CANCELLED" : ran->result ? "SUCCEEDED" : "FAILED");
    if (!query->cancelled && !ran->result)
        json_put_text(j, "StateChangeReason", ran->error.msg);
    json_put(j, "SubmissionDateTime", date_iso(query->submitted_ms));
    json_put(j, "CompletionDateTime", date_iso(query->submitted_ms + json_int_or(ran->result, "milliseconds", 0)));
    return j;
}

static json_t *execution(const struct call *c, const struct query_execution *query)
{
    AUTO(ran_drop) struct ran ran = {0};
    if (!query->cancelled)
        ran = run_query(c, query->sql);
    bool dml = !text_same(json_str(ran.result, "statementType"), "DDL");
    json_t *j = json_object(), *context = json_object();
    json_put_text(j, "QueryExecutionId", query->id);
    json_put_text(j, "Query", query->sql);
    json_put_text(j, "StatementType", json_str_or(ran.result, "statementType", "DML"));
    json_put(j, "ResultConfiguration",
             wrapped("OutputLocation", json_textf("%s%s%s.%s", query->output, text_ends(query->output, "/") ? "" : "/",
                                                  query->id, dml ? "csv" : "txt")));
    if (*query->database)
        json_put_text(context, "Database", query->database);
    json_put(j, "QueryExecutionContext", context);
    json_put(j, "Status", status(query, &ran));
    json_put(j, "Statistics",
             json_pack("{s:I, s:I}", "EngineExecutionTimeInMillis", (json_int_t)json_int_or(ran.result, "milliseconds", 0),
                       "DataScannedInBytes", (json_int_t)json_int_or(ran.result, "bytes", 0)));
    json_put_text(j, "WorkGroup", query->workgroup);
    return j;
}

static void get_query(struct call *c)
{
    struct query_execution *query = asked_query(c);
    if (query)
        c->reply = wrapped("QueryExecution", execution(c, query));
}

static void batch_get_query(struct call *c)
{
    const json_t *ids = json_object_get(c->params, "queryExecutionIds");
    if (!json_array_size(ids) || json_array_size(ids) > 50)
        return call_fail(c, "InvalidRequestException",
                         "1 validation error detected: Value at 'queryExecutionIds' failed to satisfy constraint: Member must "
                         "have length between 1 and 50");
    json_t *list = json_array(), *unknown = json_array();
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = text_or(json_string_value(json_array_get(ids, i)), "");
        struct query_execution *query = c->w->account.queries;
        while (query && !text_same(query->id, id))
            query = query->next;
        if (query)
            json_array_append_new(list, execution(c, query));
        else
            json_array_append_new(unknown, json_pack("{s:s, s:s}", "QueryExecutionId", id, "ErrorCode", "INVALID_INPUT"));
    }
    c->reply = json_pack("{s:o, s:o}", "QueryExecutions", list, "UnprocessedQueryExecutionIds", unknown);
}

/* ---- rows ---- */

static json_t *row(const json_t *cells, const char *member)
{
    json_t *data = json_array();
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const json_t *cell = json_array_get(cells, i);
        const char *text = member ? json_str(cell, member) : json_string_value(cell);
        json_t *j = json_object(); /* SQL's NULL is an item without a value */
        json_put_text(j, "VarCharValue", text);
        json_array_append_new(data, j);
    }
    return wrapped("Data", data);
}

static json_t *column_info(const json_t *columns)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const json_t *column = json_array_get(columns, i);
        const char *name = json_str_or(column, "Name", "");
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:b}", "CatalogName", "hive",
                                              "SchemaName", "", "TableName", "", "Name", name, "Label", name, "Type",
                                              json_str_or(column, "Type", "varchar"), "Precision", 2147483647, "Scale", 0,
                                              "Nullable", "UNKNOWN", "CaseSensitive", 1));
    }
    return list;
}

/* Results of DML begin with a row of the columns' names. */
static void get_results(struct call *c)
{
    struct query_execution *query = asked_query(c);
    if (!query)
        return;
    if (query->cancelled)
        return call_fail(c, INVALID, "Query did not finish successfully. Final query state: CANCELLED");
    AUTO(ran_drop) struct ran ran = run_query(c, query->sql);
    if (!ran.result)
        return call_fail(c, INVALID, "Query did not finish successfully. Final query state: FAILED");
    const json_t *columns = json_object_get(ran.result, "columns"), *rows = json_object_get(ran.result, "rows");
    json_t *list = json_array();
    if (text_same(json_str(ran.result, "statementType"), "DML"))
        json_array_append_new(list, row(columns, "Name"));
    for (size_t i = 0; i < json_array_size(rows); i++)
        json_array_append_new(list, row(json_array_get(rows, i), NULL));
    reply_page(c, "Rows", list, "maxResults", 1000, "nextToken", "NextToken", NULL);
    json_t *page = c->reply, *set = json_object();
    json_put(set, "Rows", json_incref(json_object_get(page, "Rows")));
    json_put(set, "ResultSetMetadata", wrapped("ColumnInfo", column_info(columns)));
    c->reply = json_pack("{s:i, s:o}", "UpdateCount", 0, "ResultSet", set);
    json_put_text(c->reply, "NextToken", json_str(page, "NextToken"));
    json_decref(page);
}

/* Here a query is over as soon as somebody looks; stopping is only felt before that. */
static void stop_query(struct call *c)
{
    struct query_execution *query = asked_query(c);
    if (query && c->now_ms < query->submitted_ms + 1000)
        query->cancelled = true;
}

static void list_queries(struct call *c)
{
    if (!group_known(c))
        return;
    json_t *list = json_array();
    for (const struct query_execution *query = c->w->account.queries; query; query = query->next)
        json_array_insert_new(list, 0, json_string(query->id)); /* the newest first */
    reply_page(c, "QueryExecutionIds", list, "maxResults", 50, "nextToken", "NextToken", NULL);
}

/* ---- the work group ---- */

static void list_groups(struct call *c)
{
    c->reply = wrapped("WorkGroups", json_pack("[{s:s, s:s, s:s}]", "Name", GROUP, "State", "ENABLED", "Description", ""));
}

static void get_group(struct call *c)
{
    if (!group_known(c))
        return;
    json_t *results = json_object();
    json_put_text(results, "OutputLocation", c->w->account.athena_output);
    c->reply = wrapped("WorkGroup", json_pack("{s:s, s:s, s:{s:o, s:b, s:b, s:b}}", "Name", GROUP, "State", "ENABLED",
                                              "Configuration", "ResultConfiguration", results, "EnforceWorkGroupConfiguration",
                                              0, "PublishCloudWatchMetricsEnabled", 0, "RequesterPaysEnabled", 0));
}

static void update_group(struct call *c)
{
    const json_t *updates = json_path(c->params, "configurationUpdates.resultConfigurationUpdates");
    const char *output = json_str(updates, "outputLocation");
    if (!group_known(c))
        return;
    if (output && (!text_starts(output, "s3://") || !output[strlen("s3://")]))
        return call_fail(c, INVALID, "outputLocation is not a valid S3 path.");
    if (output)
        c->w->account.athena_output = kept(c, output);
    else if (json_bool_or(updates, "removeOutputLocation", false))
        c->w->account.athena_output = NULL;
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

/* The engine knows the columns. NULL after a failure. */
static json_t *table(struct call *c, const char *name)
{
    AUTO(ran_drop) struct ran ran = run_query(c, arena_printf(c->arena, "DESCRIBE %s", name));
    const json_t *rows = json_object_get(ran.result, "rows");
    if (!ran.result) {
        call_fail(c, "MetadataException", "%s", ran.error.msg);
        return NULL;
    }
    json_t *columns = json_array();
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *cells = json_array_get(rows, i);
        const char *first = text_or(json_string_value(json_array_get(cells, 0)), ""), *tab = strpbrk(first, "\t ");
        const char *type = json_string_value(json_array_get(cells, 1)); /* or both in one cell, as Athena writes it */
        json_array_append_new(columns, json_pack("{s:o, s:s}", "Name",
                                                 json_stringn(first, tab ? (size_t)(tab - first) : strlen(first)), "Type",
                                                 type  ? type
                                                 : tab ? tab + strspn(tab, "\t ")
                                                       : "string"));
    }
    return json_pack("{s:s, s:s, s:o, s:[]}", "Name", name, "TableType", "EXTERNAL_TABLE", "Columns", columns, "PartitionKeys");
}

/* Names of tables, as the engine has them. New reference. */
static json_t *table_names(struct call *c)
{
    AUTO(ran_drop) struct ran ran = run_query(c, "SHOW TABLES");
    const json_t *rows = json_object_get(ran.result, "rows");
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

#define WORKGROUP "arn:aws:athena:$region:$account:workgroup/" GROUP
#define PAGED "maxResults# nextToken"

/* clang-format off */
static const struct op athena_ops[] = {
    {"athena:BatchGetQueryExecution", "queryExecutionIds[]!",                     OP_READ, WORKGROUP, NULL, batch_get_query},
    {"athena:GetDatabase",            "catalogName! databaseName!",               OP_READ, "*",       NULL, get_database   },
    {"athena:GetQueryExecution",      "queryExecutionId!",                        OP_READ, WORKGROUP, NULL, get_query      },
    {"athena:GetQueryResults",        "queryExecutionId! " PAGED,                 OP_READ, WORKGROUP, NULL, get_results    },
    {"athena:GetTableMetadata",       "catalogName! databaseName! tableName!",    OP_READ, "*",       NULL, get_table      },
    {"athena:GetWorkGroup",           "workGroup!",                               OP_READ, WORKGROUP, NULL, get_group      },
    {"athena:ListDataCatalogs",       PAGED,                                      OP_READ, "*",       NULL, list_catalogs  },
    {"athena:ListDatabases",          "catalogName! " PAGED,                      OP_READ, "*",       NULL, list_databases },
    {"athena:ListQueryExecutions",    "workGroup " PAGED,                         OP_READ, WORKGROUP, NULL, list_queries   },
    {"athena:ListTableMetadata",      "catalogName! databaseName! " PAGED,        OP_READ, "*",       NULL, list_tables    },
    {"athena:ListWorkGroups",         PAGED,                                      OP_READ, "*",       NULL, list_groups    },
    {"athena:StartQueryExecution",    "clientRequestToken queryString! queryExecutionContext{} resultConfiguration{} workGroup",
                                                                                  0,       WORKGROUP, NULL, start_query    },
    {"athena:StopQueryExecution",     "queryExecutionId!",                        0,       WORKGROUP, NULL, stop_query     },
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
