#!/bin/sh
# SPDX-License-Identifier: MIT
# cafelab query: where the statement comes from, what is printed, the prompt, limits and interrupts.
. "$(dirname "$0")/../check.sh"
. "$top/tests/data/sql/lab.sh"

lay_out_lab "$tmp/lab"
chaos="SELECT eventname, count(*) AS n FROM logs WHERE useridentity.username = 'chaos' AND eventname LIKE '%Users' GROUP BY 1 ORDER BY 1"

# ---- formats ----
run query "$tmp/lab" "$chaos"
is 0 "$status" "a query"
says 'eventname  n' "$out"
says 'ListUsers  1' "$out"
says '(1 row, 0.' "$out"
run query "$tmp/lab" --format csv "$chaos"
printf '"eventname","n"\n"ListUsers","1"\n' >"$tmp/want"
same "$tmp/want" "$out"
run query "$tmp/lab" --json "$chaos"
is 1 "$(jq '.[0].n' "$out")" "a number in JSON is one"
run query "$tmp/lab" --format json "$chaos"
is ListUsers "$(jq -r '.[].eventname' "$out")" "JSON"
run query "$tmp/lab" "SELECT eventname FROM logs WHERE false"
says '(0 rows, ' "$out"
run query "$tmp/lab" --format yaml "$chaos"
is 2 "$status" "an unknown format"
says '--format: expected table, csv or json, got "yaml"' "$err"

# ---- where it comes from ----
echo "$chaos;" >"$tmp/q.sql"
run query "$tmp/lab" --format csv -f "$tmp/q.sql"
same "$tmp/want" "$out"
"$CAFELAB" query "$tmp/lab" --format csv <"$tmp/q.sql" >"$out" 2>"$err"
same "$tmp/want" "$out"
"$CAFELAB" query "$tmp/lab" --format csv -f - <"$tmp/q.sql" >"$out" 2>"$err"
same "$tmp/want" "$out"
run query "$tmp/lab" -f "$tmp/q.sql" "SELECT 1"
is 2 "$status" "a statement and a file"
says 'expected a statement or --file, not both' "$err"
run query "$tmp/lab" -f "$tmp/none.sql"
says "open '$tmp/none.sql': No such file" "$err"
head -c 300000 /dev/zero | tr '\0' 'x' >"$tmp/large.sql"
run query "$tmp/lab" -f "$tmp/large.sql"
says "is larger than 256 KiB" "$err"
printf 'SELECT 1\0' >"$tmp/nul.sql"
run query "$tmp/lab" -f "$tmp/nul.sql"
says "it holds a NUL byte" "$err"
run query
is 2 "$status" "no lab"
run query "$tmp/lab" --timeout 0 'SELECT 1'
says '--timeout: expected a whole number from 1' "$err"
is '' "$(cat "$out")" "nothing on standard output after a mistake"

# ---- a detection rule, tried before it is handed in ----
rule='logsource: {product: aws, service: cloudtrail}
detection:
  users: {userIdentity.userName: chaos, eventName|endswith: Users}
  condition: users'
printf 'title: who looks around\n%s\n' "$rule" >"$tmp/rule.yml"
run query "$tmp/lab" --rule "$tmp/rule.yml"
is 0 "$status" "a rule"
run query "$tmp/lab" "SELECT eventtime, eventid, \"\$path\" AS p FROM logs WHERE eventname = 'ListUsers'" --json
id=$(jq -r '.[0].eventid' "$out") time=$(jq -r '.[0].eventtime' "$out") records=$("$CAFELAB" query "$tmp/lab" 'SELECT count(*) FROM logs' --format csv | tail -n 1 | tr -d '"')
run query "$tmp/lab" --rule "$tmp/rule.yml"
says "$time  ListUsers  chaos  $id" "$out"
says "1 of $records events found" "$out"
run query "$tmp/lab" --json --rule - <"$tmp/rule.yml"
is 2 "$status" "a rule from an empty standard input"
"$CAFELAB" query "$tmp/lab" --json --rule - <"$tmp/rule.yml" >"$out" 2>"$err"
is "ListUsers $id" "$(jq -r '.[] | "\(.eventname) \(.eventid)"' "$out")" "a rule from standard input, in JSON"
has 'the file is there' --arg lab "$tmp/lab" '.[0].file | test("^s3/.*json.gz$")' "$out"
sed 's/eventName|ends/eventname|ends/' "$tmp/rule.yml" >"$tmp/misspelt.yml"
run query "$tmp/lab" --rule "$tmp/misspelt.yml"
says "0 of $records events found" "$out"
says 'no record has a field "eventname" (did you mean "eventName"?)' "$err"
sed 's/condition: users/condition: user/' "$tmp/rule.yml" >"$tmp/wrong.yml"
run query "$tmp/lab" --rule "$tmp/wrong.yml"
is 2 "$status" "a rule with a mistake"
says "$tmp/wrong.yml:5:14: error: " "$err"
echo 'SELECT eventid FROM logs' >"$tmp/select.sql"
run query "$tmp/lab" --rule "$tmp/select.sql"
says 'is SQL: expected a Sigma rule; a statement is run with --file' "$err"
run query "$tmp/lab" 'SELECT 1' --rule "$tmp/rule.yml"
says 'expected a statement or --rule, not both' "$err"
run query "$tmp/none" --rule "$tmp/rule.yml"
is 2 "$status" "a rule without a lab"

# ---- limits ----
slow='SELECT count(*) FROM logs a, logs b, logs c, logs d, logs e, logs f, logs g, logs h WHERE a.eventid || h.eventid < d.eventid'
run query "$tmp/lab" --timeout 1 "$slow"
is 2 "$status" "a query that takes too long"
says 'Query timeout: it took longer than 1 s' "$err"
"$CAFELAB" query "$tmp/lab" "$slow" >"$out" 2>"$err" &
sleep 1
kill -INT $!
wait $!
is 2 $? "a query that is interrupted"
says 'Query cancelled' "$err"
run query "$tmp/lab" "SELECT length(array_join(array_agg(a.useragent || b.useragent || c.useragent || d.useragent || e.useragent || f.eventid ||
    g.useragent), '')) FROM logs a, logs b, logs c, logs d, logs e, logs f, logs g"
is 2 "$status" "a query that wants too much memory"
says 'EXCEEDED_MEMORY_LIMIT: Query exhausted resources at this scale factor' "$err"
check "nothing is spilled where we stand" test ! -e .tmp

# ---- nothing but the logs: beside tests/data/sql/bad_*, what a quoted name or a path could do ----
while read -r hostile; do
    run query "$tmp/lab" "$hostile"
    is 2 "$status" "$hostile"
    lacks 'root:' "$out"
done <<'SQL'
SELECT "read_text"('/etc/passwd')
SELECT * FROM "read_csv"('/etc/passwd')
SELECT * FROM "/etc/passwd"
SELECT * FROM "../../etc/passwd"
SELECT * FROM default."/etc/passwd"
SELECT * FROM logs, "s3://monitoring9966/x.parquet"
SELECT * FROM "https://example.com/x.csv"
SELECT "getenv"('HOME')
SELECT current_setting('memory_limit')
SELECT * FROM (FROM logs)
FROM logs
SELECT * FROM information_schema."/etc/passwd"
WITH x AS (COPY logs TO '/tmp/x') SELECT 1
EXPLAIN COPY logs TO '/tmp/x'
EXPLAIN ANALYZE ATTACH '/etc/passwd'
TABLE logs
SELECT * FROM (DESCRIBE logs)
SELECT * FROM (SHOW TABLES)
SELECT * FROM (TABLE logs)
SELECT * FROM (PIVOT logs ON readonly)
SELECT 1 UNION ALL FROM logs
WITH x AS (SELECT 1) FROM x
WITH x AS (DESCRIBE logs) SELECT * FROM x
SELECT (FROM logs)
SELECT 1 WHERE 1 IN (FROM logs)
SELECT getvariable('x')
SELECT nextval('x')
CALL pragma_version()
CREATE MACRO f() AS 1
CREATE TEMP TABLE x (a int)
EXPORT DATABASE '/tmp/x'
LOAD httpfs
VACUUM
CHECKPOINT
SQL

# ---- a statement may begin with a comment ----
run query "$tmp/lab" '-- how many?
SELECT 1 AS one'
is 0 $status 'a comment first'
run query "$tmp/lab" --nosuch
is 2 $status 'no comment'
says 'unknown option "--nosuch"' "$err"

# ---- without the engine everything else works, and SQL says what it needs ----
CAFELAB_DUCKDB=/nonexistent "$CAFELAB" query "$tmp/lab" 'SELECT 1' >"$out" 2>"$err"
is 2 $? "no library"
says "SQL needs DuckDB's library, and \$CAFELAB_DUCKDB is '/nonexistent'" "$err"
mkdir "$tmp/alone"
cp "$CAFELAB" "$tmp/alone/cafelab"
(cd / && CAFELAB_DATA=/nonexistent "$tmp/alone/cafelab" query "$tmp/lab" 'SELECT 1') >"$out" 2>"$err"
is 2 $? "no library anywhere"
says "in cafelab's sources, run build-aux/duckdb/fetch" "$err"
echo text >"$tmp/no.so"
CAFELAB_DUCKDB=$tmp/no.so "$CAFELAB" query "$tmp/lab" 'SELECT 1' >"$out" 2>"$err"
is 2 $? "a library that is none"

# ---- the prompt, on a terminal of 40 columns ----
typed() {
    { sleep 1; cat; } | script -qec "stty cols 40; $CAFELAB query $tmp/lab" /dev/null | tr -d '\r' >"$out"
}
typed <<'SQL'
SELECT eventname, useragent
FROM logs WHERE eventname = 'SendCommand';
\w
SELECT eventname, useragent FROM logs WHERE eventname = 'SendCommand';
SELECT nonsense FROM logs;
\h
\?
\q
SQL
says 'athena> ' "$out"
says '     -> ' "$out"
says 'SendCommand  aws-cli/2.17.32' "$out"
says 'cut to the terminal' "$out"
says 'lines are shown whole' "$out"
says 'cafelab: COLUMN_NOT_FOUND: line 1:8: Column '"'nonsense'"' cannot be resolved' "$out"
says '\q   leave (or Ctrl-D)' "$out"

# A log that arrives while someone types is there with the next statement.
late=$tmp/lab/s3/monitoring9966/AWSLogs/111122223333/CloudTrail/us-east-1/2025/10/15/late.json.gz
{
    sleep 1
    echo "SELECT count(*) AS before FROM logs;"
    sleep 1
    echo '{"Records":[{"eventName":"Late"}]}' | gzip -nc >"$late"
    echo "SELECT eventname FROM logs WHERE eventname = 'Late';"
} | script -qec "$CAFELAB query $tmp/lab" /dev/null | tr -d '\r' >"$out"
is 1 "$(grep -c '^Late' "$out")" "a log that arrived late"
checked
