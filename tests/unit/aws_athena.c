/* SPDX-License-Identifier: MIT */
#include "tests/unit/aws_desk.inc"

/* Answers every SELECT, and nothing else. */
static bool run_sql(const struct world *w, const char *sql, json_t **ret, struct err *e)
{
    if (text_same(sql, "SHOW TABLES")) {
        *ret = w->account.spans ? json_pack("{s:[[s]]}", "rows", "cloudtrail_logs_logs_1_a") : json_pack("{s:[]}", "rows");
        return true;
    }
    if (text_starts(sql, "DESCRIBE ")) {
        *ret = json_pack("{s:[], s:[[s, s]], s:s}", "columns", "rows", "eventname", "string", "statementType", "DDL");
        return true;
    }
    if (!text_starts(sql, "SELECT "))
        return err_set(e, "line 1:1: mismatched input '%.6s'", sql);
    *ret = json_pack("{s:[{s:s, s:s}, {s:s}], s:[[s, n], [s, s]], s:s, s:i, s:i}", "columns", "Name", "who", "Type", "varchar",
                     "Name", "where", "rows", "chaos", "ines", "office", "statementType", "DML", "milliseconds", 321, "bytes",
                     4096);
    return true;
}

static const struct catalog with_sql = {.services = desk_services, .n = COUNT(desk_services), .run_sql = run_sql};

#define START(sql) "{'queryString': '" sql "', 'resultConfiguration': {'outputLocation': 's3://results-1/a'}}"

static const struct row rows[] = {
    {"sofia", "athena:StartQueryExecution",    "{'queryString': 'SELECT 1'}",                                                    "InvalidRequestException",
     "says = No output location provided.*"                                                                                                                                                                                     },
    {"sofia", "athena:StartQueryExecution",    START("SELECT 1"),                                                                "InvalidRequestException",
     "says = Unable to verify/create output bucket results-1"                                                                                                                                                                   },
    {"sofia", "athena:StartQueryExecution",    "{'queryString': 'SELECT 1', 'resultConfiguration': {'outputLocation': '/tmp'}}",
     "InvalidRequestException",                                                                                                                             "says = outputLocation is not a valid S3 path."                     },
    {"sofia", "s3:CreateBucket",               "{'bucketName': 'results-1'}",                                                    NULL,                      NULL                                                                },
    {"sofia", "athena:StartQueryExecution",    START("  "),                                                                      "InvalidRequestException", NULL                                                                },
    {"sofia", "athena:StartQueryExecution",    "{'queryString': 'SELECT 1', 'workGroup': 'other'}",                              "InvalidRequestException",
     "says = WorkGroup other is not found."                                                                                                                                                                                     },
    {"sofia", "athena:StartQueryExecution",    START("SELECT 1"),                                                                NULL,
     "keep q = reply.QueryExecutionId\nrecord.response.queryExecutionId = {q}\nrecord.params.queryString = SELECT 1"                                                                                                            },
    {"sofia", "athena:GetQueryExecution",      "{'queryExecutionId': '{q}'}",                                                    NULL,
     "reply.QueryExecution.Status.State = SUCCEEDED\nreply.QueryExecution.StatementType = DML\n"
     "reply.QueryExecution.ResultConfiguration.OutputLocation = s3://results-1/a/{q}.csv\n"
     "reply.QueryExecution.Statistics.DataScannedInBytes = 4096\nrecord.response = null"                                                                                                                                        },
    {"sofia", "athena:GetQueryResults",        "{'queryExecutionId': '{q}'}",                                                    NULL,
     "reply.ResultSet.Rows.0.Data.1.VarCharValue = where\nreply.ResultSet.Rows.1.Data.0.VarCharValue = chaos\n"
     "reply.ResultSet.Rows.1.Data.1 = {}\nreply.ResultSet.ResultSetMetadata.ColumnInfo.0.Type = varchar\nreply.NextToken = -"                                                                                                   },
    {"sofia", "athena:GetQueryResults",        "{'queryExecutionId': '{q}', 'maxResults': 2}",                                   NULL,
     "reply.ResultSet.Rows.1.Data.0.VarCharValue = chaos\nreply.ResultSet.Rows.2 = -\nreply.NextToken = 2"                                                                                                                      },
    {"sofia", "athena:GetQueryResults",        "{'queryExecutionId': '{q}', 'nextToken': '2'}",                                  NULL,
     "reply.ResultSet.Rows.0.Data.0.VarCharValue = ines"                                                                                                                                                                        },
    {"sofia", "athena:StartQueryExecution",    START("SELEKT 1"),                                                                NULL,                      "keep bad = reply.QueryExecutionId"                                 },
    {"sofia", "athena:GetQueryExecution",      "{'queryExecutionId': '{bad}'}",                                                  NULL,
     "reply.QueryExecution.Status.State = FAILED\nreply.QueryExecution.Status.StateChangeReason = line 1:1: mismatched input*"                                                                                                  },
    {"sofia", "athena:GetQueryResults",        "{'queryExecutionId': '{bad}'}",                                                  "InvalidRequestException",
     "says = *Final query state: FAILED"                                                                                                                                                                                        },
    {"sofia", "athena:BatchGetQueryExecution", "{'queryExecutionIds': ['{q}', 'none']}",                                         NULL,
     "reply.QueryExecutions.0.QueryExecutionId = {q}\nreply.UnprocessedQueryExecutionIds.0.QueryExecutionId = none"                                                                                                             },
    {"sofia", "athena:ListQueryExecutions",    NULL,                                                                             NULL,                      "reply.QueryExecutionIds.0 = {bad}\nreply.QueryExecutionIds.1 = {q}"},
    {"sofia", "athena:StopQueryExecution",     "{'queryExecutionId': '{q}'}",                                                    NULL,                      NULL                                                                },
    {"sofia", "athena:GetQueryExecution",      "{'queryExecutionId': 'none'}",                                                   "InvalidRequestException",
     "says = QueryExecution none was not found"                                                                                                                                                                                 },
    {"sofia", "athena:UpdateWorkGroup",
     "{'workGroup': 'primary', 'configurationUpdates': {'resultConfigurationUpdates': {'outputLocation': 'results'}}}",          "InvalidRequestException", NULL                                                                },
    {"sofia", "athena:UpdateWorkGroup",
     "{'workGroup': 'primary', 'configurationUpdates': {'resultConfigurationUpdates': {'outputLocation': 's3://results-1/'}}}",  NULL,                      NULL                                                                },
    {"sofia", "athena:GetWorkGroup",           "{'workGroup': 'primary'}",                                                       NULL,
     "reply.WorkGroup.Configuration.ResultConfiguration.OutputLocation = s3://results-1/"                                                                                                                                       },
    {"sofia", "athena:StartQueryExecution",    "{'queryString': 'SELECT 1'}",                                                    NULL,                      NULL                                                                },
    {"sofia", "athena:UpdateWorkGroup",
     "{'workGroup': 'primary', 'configurationUpdates': {'resultConfigurationUpdates': {'removeOutputLocation': true}}}",         NULL,
     NULL                                                                                                                                                                                                                       },
    {"sofia", "athena:StartQueryExecution",    "{'queryString': 'SELECT 1'}",                                                    "InvalidRequestException", NULL                                                                },
    {"sofia", "athena:ListWorkGroups",         NULL,                                                                             NULL,                      "reply.WorkGroups.0.Name = primary"                                 },
    {"sofia", "athena:ListDataCatalogs",       NULL,                                                                             NULL,                      "reply.DataCatalogsSummary.0.Type = GLUE"                           },
    {"sofia", "athena:ListDatabases",          "{'catalogName': 'AwsDataCatalog'}",                                              NULL,                      "reply.DatabaseList.0.Name = default"                               },
    {"sofia", "athena:ListDatabases",          "{'catalogName': 'x'}",                                                           "InvalidRequestException", NULL                                                                },
    {"sofia", "athena:GetDatabase",            "{'catalogName': 'AwsDataCatalog', 'databaseName': 'default'}",                   NULL,
     "reply.Database.Name = default"                                                                                                                                                                                            },
    {"sofia", "athena:GetDatabase",            "{'catalogName': 'AwsDataCatalog', 'databaseName': 'x'}",                         "MetadataException",       NULL                                                                },
    {"sofia", "athena:ListTableMetadata",      "{'catalogName': 'AwsDataCatalog', 'databaseName': 'default'}",                   NULL,
     "reply.TableMetadataList = []"                                                                                                                                                                                             },
    {"chaos", "athena:ListWorkGroups",         NULL,                                                                             "AccessDeniedException",   NULL                                                                },
};

static void test_queries(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open_with(&d, &with_sql);
    desk_staff(&d);
    desk_play(&d, rows, COUNT(rows));
    desk_replay(&d);
    struct logging_span span = {.bucket = "logs-1.a"};
    list_append(&d.w.account.spans, &span);
    PLAY(&d,
         {"sofia", "athena:ListTableMetadata", "{'catalogName': 'AwsDataCatalog', 'databaseName': 'default'}", NULL,
          "reply.TableMetadataList.0.Name = cloudtrail_logs_logs_1_a\nreply.TableMetadataList.0.Columns.0.Name = eventname"},
         {"sofia", "athena:GetTableMetadata",
          "{'catalogName': 'AwsDataCatalog', 'databaseName': 'default', 'tableName': 'cloudtrail_logs_logs_1_a'}", NULL,
          "reply.TableMetadata.TableType = EXTERNAL_TABLE"},
         {"sofia", "athena:GetTableMetadata", "{'catalogName': 'AwsDataCatalog', 'databaseName': 'default', 'tableName': 'x'}",
          "MetadataException", NULL});
}

/* Without an engine nothing pretends to run. */
static void test_no_engine(void)
{
    AUTO(desk_drop) struct desk d;
    desk_open(&d);
    desk_staff(&d);
    PLAY(&d, {"sofia", "s3:CreateBucket", "{'bucketName': 'results-1'}", NULL, NULL},
         {"sofia", "athena:StartQueryExecution", START("SELECT 1"), "InvalidRequestException", "says = *cafelab query*"});
}

CU_TestInfo aws_athena_tests[] = {
    {"queries, results, the work group, tables", test_queries  },
    {"no engine, no queries",                    test_no_engine},
    CU_TEST_INFO_NULL,
};
