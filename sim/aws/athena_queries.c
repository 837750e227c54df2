/* SPDX-License-Identifier: MIT */
/*
 * Athena's query executions. SQL does not run in here: StartQueryExecution notes the statement, the layers above run it, and
 * query:Ended writes down what came of it, so that a replay of the journal needs no SQL. Results are objects of the student's
 * bucket, put there in the student's name by Athena; GetQueryResults reads them from there, as Athena does.
 * Sources: Athena API Reference 2017-05-18; user guide, "Athena error catalog", "Work with query results and recent queries";
 * sentences as Athena says them.
 */
#include "sim/aws/athena.h"

#include "sim/aws/s3.h"
#include "sim/base/services.h"

#include <strings.h>

#define MOST_ROWS 1000

/* ---- look-ups ---- */

static struct query_execution *asked_query(struct call *c)
{
    const char *id = call_text(c, "queryExecutionId");
    struct query_execution *query = find_query(c->w, id);
    if (!query)
        call_fail(c, ATHENA_INVALID, "QueryExecution %s was not found", id);
    return query;
}

static bool is_over(const struct query_execution *query)
{
    return query->state >= QUERY_SUCCEEDED;
}

static const char *state_name(const struct query_execution *query)
{
    static const char *const names[] = {"QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"};
    return names[query->state];
}

/* ---- what a statement is: known before it runs ---- */

static const char *behind_comments(const char *sql)
{
    for (;;) {
        sql += strspn(sql, " \t\r\n(");
        if (text_starts(sql, "--"))
            sql += strcspn(sql, "\n");
        else if (text_starts(sql, "/*") && strstr(sql, "*/"))
            sql = strstr(sql, "*/") + 2;
        else
            return sql;
    }
}

static const struct {
    const char *word, *statement, *substatement; /* NULL = none */
} statements[] = {
    {"select",   "DML",     "SELECT"     },
    {"with",     "DML",     "SELECT"     },
    {"values",   "DML",     "SELECT"     },
    {"explain",  "UTILITY", "EXPLAIN"    },
    {"show",     "UTILITY", NULL         },
    {"describe", "UTILITY", NULL         },
    {"desc",     "UTILITY", NULL         },
    {"create",   "DDL",     NULL         },
    {"drop",     "DDL",     NULL         },
    {"alter",    "DDL",     NULL         },
    {"msck",     "DDL",     "MSCK_REPAIR"},
    {NULL,       "DML",     NULL         },
};

static size_t statement_of(const char *sql)
{
    const char *word = behind_comments(sql);
    size_t i = 0, n = strspn(word, ALPHABET_LOWER ALPHABET_UPPER "_");
    while (statements[i].word && (strlen(statements[i].word) != n || strncasecmp(statements[i].word, word, n) != 0))
        i++;
    return i;
}

/* ---- starting ---- */

/* "s3://bucket/prefix/" of the call or the work group; the bucket must be there. */
static const char *output_location(struct call *c, const struct workgroup *group)
{
    const char *given = json_str(json_object_get(c->params, "resultConfiguration"), "outputLocation");
    const char *output = group->enforced || !given ? group->output : given;
    if (!output) {
        call_fail(c, ATHENA_INVALID,
                  "No output location provided. An output location is required either through the Workgroup result "
                  "configuration setting or as an API input.");
        return NULL;
    }
    const char *bucket = text_starts(output, "s3://") ? output + strlen("s3://") : "";
    bucket = arena_dupn(c->arena, bucket, strcspn(bucket, "/"));
    if (!*bucket)
        call_fail(c, ATHENA_INVALID, "outputLocation is not a valid S3 path.");
    else if (!find_bucket(c->w, bucket))
        call_fail(c, ATHENA_INVALID, "Unable to verify/create output bucket %s", bucket);
    return c->failed ? NULL : output;
}

static struct principal kept_principal(struct call *c)
{
    struct principal who = c->action->who;
    who.name = kept(c, who.name);
    who.access_key_id = kept(c, who.access_key_id);
    who.session_name = kept(c, who.session_name);
    who.invoked_by = SERVICE_ATHENA;
    return who;
}

static struct query_execution *note_query(struct call *c, const struct workgroup *group, const char *sql, const char *output)
{
    struct query_execution *query = arena_alloc(c->arena, sizeof(*query));
    size_t kind = statement_of(sql);
    const char *slash = text_ends(output, "/") ? "" : "/";
    query->id = call_uuid(c);
    query->sql = kept(c, sql);
    query->workgroup = group->name;
    query->statement = statements[kind].statement;
    query->output =
        arena_printf(c->arena, "%s%s%s.%s", output, slash, query->id, text_same(query->statement, "DML") ? "csv" : "txt");
    query->database = kept(c, json_str_or(json_object_get(c->params, "queryExecutionContext"), "database", ""));
    query->token = kept(c, call_text(c, "clientRequestToken"));
    query->who = kept_principal(c);
    query->submitted_ms = c->now_ms;
    roll_add(&c->w->account.queries_roll, c->arena, query);
    if (query->token)
        index_put(&c->w->account.query_tokens, c->arena, query->token, query);
    return query;
}

/* The same call sent again: its token is known. NULL if it is not, or after a failure. */
static const struct query_execution *sent_before(struct call *c, const char *sql)
{
    const struct query_execution *query = index_find(&c->w->account.query_tokens, call_text(c, "clientRequestToken"));
    if (!query || text_same(query->sql, sql))
        return query;
    call_fail(c, ATHENA_INVALID, "Idempotent parameters do not match");
    return NULL;
}

void athena_start_query(struct call *c)
{
    const char *sql = call_text(c, "queryString");
    const struct query_execution *query = sent_before(c, sql);
    const struct workgroup *group = c->failed ? NULL : athena_group(c, call_text(c, "workGroup"));
    const char *output = !query && group ? output_location(c, group) : NULL;
    if (!query && !output)
        return;
    if (!sql[strspn(sql, " \t\r\n;")] || strlen(sql) > ATHENA_MOST_SQL)
        return call_fail(c, ATHENA_INVALID, "Query string must be 1 to %u characters long", ATHENA_MOST_SQL);
    if (!c->w->catalog->query_page)
        return call_fail(c, ATHENA_INVALID, "Queries do not run in this account; the command `cafelab query` runs them");
    if (!query)
        query = note_query(c, group, sql, output);
    call_log_response(c, wrapped("queryExecutionId", json_string(query->id)));
    c->reply = wrapped("QueryExecutionId", json_string(query->id));
}

/* One that is over stays what it is. */
void athena_stop_query(struct call *c)
{
    struct query_execution *query = asked_query(c);
    if (!query || is_over(query))
        return;
    query->state = QUERY_CANCELLED;
    query->reason = "Query cancelled by user";
    query->ended_ms = c->now_ms;
}

/* ---- looking ---- */

/* Types of the error catalog: 206 timed out, 401 result not written, 1003 DDL task failed, 1006 syntax, 1000 user error. */
static int error_type(const char *reason)
{
    static const struct {
        const char *begins;
        int type;
    } types[] = {
        {"Query timeout",   206 },
        {"Access denied",   401 },
        {"The S3 location", 401 },
        {"FAILED: ",        1003},
        {"line ",           1006},
    };
    for (size_t i = 0; i < COUNT(types); i++)
        if (text_starts(reason, types[i].begins))
            return types[i].type;
    return 1000;
}

static json_t *status(const struct query_execution *query)
{
    json_t *j = json_object();
    json_put_text(j, "State", state_name(query));
    json_put_text(j, "StateChangeReason", query->reason);
    json_put(j, "SubmissionDateTime", date_iso(query->submitted_ms));
    if (query->ended_ms)
        json_put(j, "CompletionDateTime", date_iso(query->ended_ms));
    if (query->state == QUERY_FAILED)
        json_put(j, "AthenaError",
                 json_pack("{s:i, s:i, s:b, s:s}", "ErrorCategory", 2, "ErrorType", error_type(query->reason), "Retryable", 0,
                           "ErrorMessage", query->reason));
    return j;
}

static json_t *statistics(const struct call *c, const struct query_execution *query)
{
    int64_t whole = (query->ended_ms ? query->ended_ms : c->now_ms) - query->submitted_ms;
    int64_t engine = query->ended_ms ? query->engine_ms : whole;
    int64_t queued = whole > engine ? whole - engine : 0;
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "EngineExecutionTimeInMillis", (json_int_t)engine, "DataScannedInBytes",
                     (json_int_t)query->scanned, "TotalExecutionTimeInMillis", (json_int_t)queued + (json_int_t)engine,
                     "QueryQueueTimeInMillis", (json_int_t)queued, "ServiceProcessingTimeInMillis", (json_int_t)0);
}

static json_t *execution(const struct call *c, const struct query_execution *query)
{
    json_t *j = json_object(), *context = json_object();
    json_put_text(j, "QueryExecutionId", query->id);
    json_put_text(j, "Query", query->sql);
    json_put_text(j, "StatementType", query->statement);
    json_put(j, "ResultConfiguration", wrapped("OutputLocation", json_string(query->output)));
    if (*query->database)
        json_put_text(context, "Database", query->database);
    json_put(j, "QueryExecutionContext", context);
    json_put(j, "Status", status(query));
    json_put(j, "Statistics", statistics(c, query));
    json_put_text(j, "WorkGroup", query->workgroup);
    json_put(j, "EngineVersion",
             json_pack("{s:s, s:s}", "SelectedEngineVersion", "AUTO", "EffectiveEngineVersion", "Athena engine version 3"));
    json_put_text(j, "SubstatementType", statements[statement_of(query->sql)].substatement);
    return j;
}

void athena_get_query(struct call *c)
{
    struct query_execution *query = asked_query(c);
    if (query)
        c->reply = wrapped("QueryExecution", execution(c, query));
}

void athena_batch_get_query(struct call *c)
{
    const json_t *ids = json_object_get(c->params, "queryExecutionIds");
    if (!json_array_size(ids) || json_array_size(ids) > 50)
        return call_fail(c, ATHENA_INVALID,
                         "1 validation error detected: Value at 'queryExecutionIds' failed to satisfy constraint: Member must "
                         "have length between 1 and 50");
    json_t *list = json_array(), *unknown = json_array();
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = text_or(json_string_value(json_array_get(ids, i)), "");
        const struct query_execution *query = find_query(c->w, id);
        if (query)
            json_array_append_new(list, execution(c, query));
        else
            json_array_append_new(unknown, json_pack("{s:s, s:s, s:s}", "QueryExecutionId", id, "ErrorCode", "INVALID_INPUT",
                                                     "ErrorMessage", "QueryExecution was not found"));
    }
    c->reply = json_pack("{s:o, s:o}", "QueryExecutions", list, "UnprocessedQueryExecutionIds", unknown);
}

void athena_list_queries(struct call *c)
{
    const struct workgroup *group = athena_group(c, call_text(c, "workGroup"));
    if (!group)
        return;
    json_t *list = json_array();
    for (const struct query_execution *query = c->w->account.queries; query; query = query->next)
        if (text_same(query->workgroup, group->name))
            json_array_insert_new(list, 0, json_string(query->id)); /* the newest first */
    reply_page(c, "QueryExecutionIds", list, 50);
}

/* ---- rows ---- */

static json_t *row(const json_t *cells)
{
    json_t *data = json_array();
    for (size_t i = 0; i < json_array_size(cells); i++) {
        json_t *cell = json_object(); /* SQL's NULL is an item without a value */
        json_put_text(cell, "VarCharValue", json_string_value(json_array_get(cells, i)));
        json_array_append_new(data, cell);
    }
    return wrapped("Data", data);
}

static json_t *column_info(const json_t *column)
{
    const char *name = json_str_or(column, "Name", "");
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:b}", "CatalogName", "hive", "SchemaName", "", "TableName",
                     "", "Name", name, "Label", name, "Type", json_str_or(column, "Type", "varchar"), "Precision",
                     (json_int_t)json_int_or(column, "Precision", 0), "Scale", (json_int_t)json_int_or(column, "Scale", 0),
                     "Nullable", "UNKNOWN", "CaseSensitive", (int)json_bool_or(column, "CaseSensitive", false));
}

/* They are the bucket's: whoever may not read them there does not get them here. */
static bool may_read(struct call *c, const struct query_execution *query)
{
    const char *name = query->output + strlen("s3://");
    size_t n = strcspn(name, "/");
    const struct bucket *bucket = find_bucket(c->w, arena_dupn(c->arena, name, n));
    return bucket && s3_may(c, bucket, "s3:GetObject", name + n + (name[n] == '/'));
}

static json_t *asked_page(struct call *c, const struct query_execution *query)
{
    int64_t most = call_int(c, "maxResults", MOST_ROWS);
    json_t *page = NULL;
    if (most < 1 || most > MOST_ROWS)
        call_fail(c, ATHENA_INVALID, "MaxResults is more than maximum allowed length %d.", MOST_ROWS);
    else if (!is_over(query))
        call_fail(c, ATHENA_INVALID, "Query has not yet finished. Current state: %s", state_name(query));
    else if (query->state != QUERY_SUCCEEDED)
        call_fail(c, ATHENA_INVALID, "Query did not finish successfully. Final query state: %s", state_name(query));
    else if (!may_read(c, query) || !(page = c->w->catalog->query_page(c->w, query->output, call_text(c, "nextToken"), most)))
        call_fail(c, ATHENA_INVALID,
                  "You do not seem to have access to the S3 location of your query results. Please confirm your account has "
                  "access to the S3 location where your query results are saved and try again. If specifying an expected "
                  "bucket owner, confirm the bucket is owned by the expected account. If you are using KMS to encrypt query "
                  "results, please ensure you have permission to access your KMS key. If you continue to see the issue, "
                  "contact customer support for further assistance.");
    return page;
}

/* Results of queries begin with a row of the columns' names: it is the file's first line. */
void athena_get_results(struct call *c)
{
    const struct query_execution *query = asked_query(c);
    json_auto_t *page = query ? asked_page(c, query) : NULL;
    const json_t *columns = json_object_get(page, "columns"), *rows = json_object_get(page, "rows");
    json_t *list = json_array(), *info = json_array(), *set = json_object();
    for (size_t i = 0; i < json_array_size(rows); i++)
        json_array_append_new(list, row(json_array_get(rows, i)));
    for (size_t i = 0; i < json_array_size(columns); i++)
        json_array_append_new(info, column_info(json_array_get(columns, i)));
    json_put(set, "Rows", list);
    json_put(set, "ResultSetMetadata", wrapped("ColumnInfo", info));
    json_t *reply = json_pack("{s:i, s:o}", "UpdateCount", 0, "ResultSet", set);
    json_put_text(reply, "NextToken", json_str(page, "NextToken"));
    if (page)
        c->reply = reply;
    else
        json_decref(reply);
}

/* ---- what came of one: said by who ran it ---- */

static const char *refusal(struct call *c, const struct outcome *out, const char *url)
{
    if (text_same(out->error_code, "NoSuchBucket"))
        return "The S3 location provided to save your query results is invalid. Please check your S3 location is correct and "
               "is "
               "in the same region and try again. If you continue to see the issue, contact customer support for further "
               "assistance.";
    return arena_printf(c->arena,
                        "Access denied when writing output to url: %s . Please ensure you are allowed to access the S3 bucket. "
                        "If you are encrypting query results with KMS key, please ensure you are allowed to access your KMS "
                        "key",
                        url);
}

/* In the name of who asked, as his own data events show it. NULL, or why not. */
static const char *put_result(struct call *c, const struct query_execution *query, const char *suffix, const json_t *file)
{
    const char *url = arena_printf(c->arena, "%s%s", query->output, suffix), *name = url + strlen("s3://");
    size_t bucket = strcspn(name, "/");
    struct outcome out = {0};
    json_auto_t *params =
        json_pack("{s:s%, s:s, s:O, s:O}", "bucketName", name, bucket, "key", name[bucket] ? name + bucket + 1 : "", "size",
                  json_object_get(file, "size"), "etag", json_object_get(file, "etag"));
    call_cause(c,
               &(struct action){
                   .time_ms = c->now_ms,
                   .who = query->who,
                   .from = {.ip = SERVICE_ATHENA, .agent = SERVICE_ATHENA},
                   .op = "s3:PutObject",
                   .params = params,
    },
               &out);
    return out.error_code ? refusal(c, &out, url) : NULL;
}

static bool is_file(const json_t *file)
{
    return json_is_integer(json_object_get(file, "size")) && json_is_string(json_object_get(file, "etag"));
}

/* {"result": {"size", "etag"}, "metadata": {"size", "etag"}}, or {"reason": why it failed}. One that was stopped stays so. */
static void ended(struct call *c)
{
    struct query_execution *query = asked_query(c);
    const json_t *result = json_object_get(c->params, "result"), *metadata = json_object_get(c->params, "metadata");
    const char *reason = call_text(c, "reason");
    if (!query)
        return;
    if (is_over(query))
        return call_fail(c, ATHENA_INVALID, "QueryExecution %s is over", query->id);
    if (!reason && (!is_file(result) || !is_file(metadata)))
        return call_fail(c, ATHENA_INVALID, "expected a reason, or result and metadata");
    if (!reason)
        reason = put_result(c, query, "", result);
    if (!reason)
        reason = put_result(c, query, ".metadata", metadata);
    query->reason = kept(c, reason);
    query->state = reason ? QUERY_FAILED : QUERY_SUCCEEDED;
    query->ended_ms = c->now_ms;
    query->engine_ms = call_int(c, "milliseconds", 0);
    query->scanned = call_int(c, "bytes", 0);
}

static const struct op ops[] = {
    {"query:Ended", "queryExecutionId! reason result{} metadata{} milliseconds# bytes#", OP_UNLOGGED | OP_FREE, "*", NULL,
     ended},
};
const struct service query_service = {
    .name = "query", .source = SERVICE_ATHENA, .denied_code = "AccessDenied", .error_prefix = "", .ops = ops, .n = COUNT(ops)};
