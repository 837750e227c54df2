/* SPDX-License-Identifier: MIT */
/*
 * Athena: the table of operations, and the catalog of tables.
 *
 * Queries are athena_queries.c's, work groups and saved queries athena_groups.c's. Tables are the engine's
 * (catalog.describe_table, act.h). Sources: Athena API Reference 2017-05-18; user guide, "Log Amazon Athena API calls with AWS
 * CloudTrail".
 */
#include "sim/aws/athena.h"

#include "sim/base/services.h"

#define CATALOG "AwsDataCatalog"

#define GROUPS "arn:aws:athena:$region:$account:workgroup/"
#define WORKGROUP GROUPS ATHENA_GROUP
#define PAGED "maxResults# nextToken"

static op_fn list_catalogs, list_databases, get_database, list_tables, get_table;

/* clang-format off */
static const struct op athena_ops[] = {
    {"athena:BatchGetNamedQuery",     "namedQueryIds[]!",                         OP_READ, WORKGROUP, NULL, athena_batch_get_saved},
    {"athena:BatchGetQueryExecution", "queryExecutionIds[]!",                     OP_READ, WORKGROUP, NULL, athena_batch_get_query},
    {"athena:CreateNamedQuery",       "name! description database! queryString! clientRequestToken workGroup",
                                                                                  0,       WORKGROUP, NULL, athena_save_query     },
    {"athena:CreateWorkGroup",        "name! configuration{} description tags[]", 0, GROUPS "{name}", NULL, athena_create_group   },
    {"athena:DeleteNamedQuery",       "namedQueryId!",                            0,       WORKGROUP, NULL, athena_delete_saved   },
    {"athena:DeleteWorkGroup",        "workGroup! recursiveDeleteOption?",   0, GROUPS "{workGroup}", NULL, athena_delete_group   },
    {"athena:GetDatabase",            "catalogName! databaseName!",               OP_READ, "*",       NULL, get_database          },
    {"athena:GetNamedQuery",          "namedQueryId!",                            OP_READ, WORKGROUP, NULL, athena_get_saved      },
    {"athena:GetQueryExecution",      "queryExecutionId!",                        OP_READ, WORKGROUP, NULL, athena_get_query      },
    {"athena:GetQueryResults",        "queryExecutionId! " PAGED,                 OP_READ, WORKGROUP, NULL, athena_get_results    },
    {"athena:GetTableMetadata",       "catalogName! databaseName! tableName!",    OP_READ, "*",       NULL, get_table             },
    {"athena:GetWorkGroup",           "workGroup!",                    OP_READ, GROUPS "{workGroup}", NULL, athena_get_group      },
    {"athena:ListDataCatalogs",       PAGED,                                      OP_READ, "*",       NULL, list_catalogs         },
    {"athena:ListDatabases",          "catalogName! " PAGED,                      OP_READ, "*",       NULL, list_databases        },
    {"athena:ListNamedQueries",       "workGroup " PAGED,                         OP_READ, WORKGROUP, NULL, athena_list_saved     },
    {"athena:ListQueryExecutions",    "workGroup " PAGED,                         OP_READ, WORKGROUP, NULL, athena_list_queries   },
    {"athena:ListTableMetadata",      "catalogName! databaseName! " PAGED,        OP_READ, "*",       NULL, list_tables           },
    {"athena:ListWorkGroups",         PAGED,                                      OP_READ, "*",       NULL, athena_list_groups    },
    {"athena:StartQueryExecution",    "clientRequestToken queryString! queryExecutionContext{} resultConfiguration{} workGroup",
                                                                                  0,       WORKGROUP, NULL, athena_start_query    },
    {"athena:StopQueryExecution",     "queryExecutionId!",                        0,       WORKGROUP, NULL, athena_stop_query     },
    {"athena:UpdateWorkGroup",        "workGroup! description configurationUpdates{}", 0, GROUPS "{workGroup}", NULL, athena_update_group},
};
/* clang-format on */

const struct service aws_athena = {
    .name = "athena",
    .source = SERVICE_ATHENA,
    .event_version = "1.08",
    .host = "athena.$region.amazonaws.com",
    .denied_code = "AccessDeniedException",
    .error_prefix = "",
    .console_agent = "AWS Internal",
    .ops = athena_ops,
    .n = COUNT(athena_ops),
};

/* ---- look-ups ---- */

static bool catalog_known(struct call *c)
{
    const char *name = text_or(call_text(c, "catalogName"), CATALOG);
    if (!text_same(name, CATALOG))
        call_fail(c, ATHENA_INVALID, "Catalog %s does not exist", name);
    return !c->failed;
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
    reply_page(c, "TableMetadataList", list, 50);
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
