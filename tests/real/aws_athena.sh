#!/bin/sh
# SPDX-License-Identifier: MIT
# Athena with the real CLI, as students use it: the console's DDL, queries, pages of rows, result files in the bucket, the work
# group's location, failures in Athena's words, a query that is stopped while others are answered, a restart. The CLI is slow to start: what
# only has to be looked at again and again is asked by `cafelab call`.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"

serve "$tmp/lab" --seed athena
call() { # OPERATION JSON: the reply in $out
    run call "$lab" "athena:$1" "$2"
}
start() { # SQL
    sql=$1
    call StartQueryExecution "$(jq -nc --arg q "$1" '{queryString: $q}')"
    id=$(jq -r .QueryExecutionId "$out")
}
is_in() { # STATE
    call GetQueryExecution "{\"queryExecutionId\": \"$id\"}"
    [ "$(jq -r .QueryExecution.Status.State "$out")" = "$1" ]
}
is_over() {
    call GetQueryExecution "{\"queryExecutionId\": \"$id\"}"
    jq -e .QueryExecution.Status.CompletionDateTime "$out"
}
ends() { # STATE
    until_true 60 is_over
    is_in "$1" || fail "$sql: expected $1, got $(cat "$out")"
}
results() {
    call GetQueryResults "{\"queryExecutionId\": \"$id\"}"
}

# ---- where results go ----
aws s3 mb s3://cafelab-athena-results >/dev/null
refused InvalidRequestException 'No output location provided.' athena start-query-execution --query-string 'SELECT 1'
aws athena update-work-group --work-group primary \
    --configuration-updates 'ResultConfigurationUpdates={OutputLocation=s3://cafelab-athena-results/group/}'
has 'the work group knows' '.WorkGroup.Configuration.ResultConfiguration.OutputLocation == "s3://cafelab-athena-results/group/"' <<END
$(aws athena get-work-group --work-group primary)
END

# ---- a query: rows, types, NULL, and its two files ----
sql="SELECT 1 AS one, 'a\"b,c' AS two, CAST(NULL AS varchar) AS three UNION ALL SELECT 2, '', 'x' ORDER BY 1"
id=$(aws athena start-query-execution --query-string "$sql" --query QueryExecutionId --output text)
ends SUCCEEDED
aws athena get-query-execution --query-execution-id "$id" >"$tmp/execution"
has 'the execution' --arg id "$id" '.QueryExecution | .StatementType == "DML" and .QueryExecutionId == $id and .WorkGroup == "primary"
    and .ResultConfiguration.OutputLocation == "s3://cafelab-athena-results/group/\($id).csv" and .Status.CompletionDateTime
    and .Statistics.TotalExecutionTimeInMillis >= .Statistics.EngineExecutionTimeInMillis' "$tmp/execution"
aws athena get-query-results --query-execution-id "$id" >"$tmp/rows"
has 'rows behind a header; NULL is an item without a value' \
    '[.ResultSet.Rows[].Data | map(.VarCharValue)] == [["one", "two", "three"], ["1", "a\"b,c", null], ["2", "", "x"]]' "$tmp/rows"
has 'columns' '[.ResultSet.ResultSetMetadata.ColumnInfo[] | "\(.Name) \(.Type) \(.Precision)"] ==
    ["one integer 10", "two varchar 2147483647", "three varchar 2147483647"]' "$tmp/rows"
aws s3 cp "s3://cafelab-athena-results/group/$id.csv" - >"$tmp/csv"
printf '"one","two","three"\n"1","a""b,c",\n"2","","x"\n' >"$tmp/expected"
same "$tmp/expected" "$tmp/csv"
aws s3 cp "s3://cafelab-athena-results/group/$id.csv.metadata" - >"$tmp/metadata"
check 'metadata names types' grep -aq varchar "$tmp/metadata"

# ---- pages: the CLI asks for all of them ----
start 'SELECT n FROM UNNEST(sequence(1, 2500)) AS t(n)'
ends SUCCEEDED
aws athena get-query-results --query-execution-id "$id" >"$tmp/rows"
has 'all rows of three pages' '.ResultSet.Rows | length == 2501 and .[0].Data[0].VarCharValue == "n" and .[2500].Data[0].VarCharValue == "2500"' "$tmp/rows"
call GetQueryResults "{\"queryExecutionId\": \"$id\", \"maxResults\": 3}"
has 'one page' '[.ResultSet.Rows[].Data[0].VarCharValue] == ["n", "1", "2"]' "$out"
call GetQueryResults "{\"queryExecutionId\": \"$id\", \"maxResults\": 2, \"nextToken\": \"$(jq -r .NextToken "$out")\"}"
has 'the next one' '[.ResultSet.Rows[].Data[0].VarCharValue] == ["3", "4"]' "$out"
call GetQueryResults "{\"queryExecutionId\": \"$id\", \"nextToken\": \"Mg==\"}"
is 1 $status 'a token that is none'

# ---- statements that are no queries ----
start "CREATE EXTERNAL TABLE mine (eventname string, eventsource string) ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
    STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
    OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat' LOCATION 's3://cafelab-athena-results/AWSLogs/'"
ends SUCCEEDED
has 'DDL leaves a text file' '.QueryExecution | .StatementType == "DDL" and (.ResultConfiguration.OutputLocation | endswith(".txt"))' "$out"
results
has 'and no rows' '.ResultSet.Rows == []' "$out"
start 'SHOW TABLES'
ends SUCCEEDED
results
has 'SHOW has no header' '[.ResultSet.Rows[].Data[0].VarCharValue] | index("mine") and index("logs")' "$out"
start 'DESCRIBE mine'
ends SUCCEEDED
results
has 'DESCRIBE' '.ResultSet.Rows[0].Data[0].VarCharValue == "eventname"' "$out"

# ---- failures, in Athena's words ----
start 'SELECT nothing FROM mine'
ends FAILED
has 'why' '.QueryExecution.Status | (.StateChangeReason | test("^COLUMN_NOT_FOUND: line 1:8: Column .nothing. cannot be resolved"))
    and .AthenaError.ErrorCategory == 2 and .AthenaError.ErrorMessage == .StateChangeReason' "$out"
refused InvalidRequestException 'Final query state: FAILED' athena get-query-results --query-execution-id "$id"

# ---- one that takes long holds nobody up, and can be stopped ----
slow='SELECT count(*) FROM UNNEST(sequence(1, 20000)) AS a(x) CROSS JOIN UNNEST(sequence(1, 20000)) AS b(y) CROSS JOIN UNNEST(sequence(1, 1000)) AS c(z) WHERE (x * y) % 7 = z % 3'
start "$slow"
check 'it runs' until_true 30 is_in RUNNING
waiting=$id
results
is 1 $status 'there are no results yet'
says 'Query has not yet finished. Current state: RUNNING' "$err"
check 'others are answered meanwhile' "$CAFELAB" call "$lab" sts:GetCallerIdentity
check 'still running' is_in RUNNING
start 'SELECT 7 AS seven'
next=$id
check 'the next one waits' is_in QUEUED
aws athena stop-query-execution --query-execution-id "$waiting"
ends SUCCEEDED
id=$waiting
ends CANCELLED
has 'the list has both, the newest first' --arg a "$next" --arg b "$waiting" '.QueryExecutionIds[0] == $a and .QueryExecutionIds[1] == $b' <<END
$(aws athena list-query-executions)
END

# ---- results that are gone are not there for anybody ----
run call "$lab" s3:DeleteObject "{\"bucketName\": \"cafelab-athena-results\", \"key\": \"group/$next.csv\"}"
rm -f "$lab/.cafelab/objects/$(printf %s "cafelab-athena-results/group/$next.csv" | sha256sum | cut -d' ' -f1)"
id=$next
results
says 'You do not seem to have access to the S3 location of your query results.' "$err"

# ---- a kill while one runs: it waits, and runs when the lab is served again ----
start "$slow"
check 'it runs' until_true 30 is_in RUNNING
waiting=$id
start 'SELECT 8 AS eight'
next=$id
leave KILL
serve "$lab"
id=$waiting
check 'it runs again' until_true 30 is_in RUNNING
call StopQueryExecution "{\"queryExecutionId\": \"$waiting\"}"
id=$next
ends SUCCEEDED
results
has 'the one that waited' '.ResultSet.Rows[1].Data[0].VarCharValue == "8"' "$out"
leave
is 0 $status 'the server ends well'
is '' "$(cat "$tmp/served.err")" 'complaints'

# ---- what it left in the record: the calls, and the result files in the student's name ----
jq -c 'select(.op == "s3:PutObject" and .from.ip == "athena.amazonaws.com")' "$lab/.cafelab/journal.jsonl" >"$tmp/puts"
has 'by the student, through Athena' -s 'length > 5 and all(.[]; .identity.userName == "sofia" and .identity.invokedBy == "athena.amazonaws.com")' "$tmp/puts"
ends SUCCEEDED
checked
