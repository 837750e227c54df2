# SPDX-License-Identifier: MIT
# Answers that are run: queries judged by their rows, rules by what they find on two variants; hostile ones; and a class of them
# in its sandbox, on logs that the grader wrote.
. "$(dirname "$0")/../check.sh"
cd "$tmp" || exit 1
TMPDIR=$tmp/work
export TMPDIR
mkdir "$TMPDIR"

run build open-bucket -o lab --seed 5 --events 300
is 0 "$status" 'build'
check 'the sheet asks for blocks' grep -qx 'takings: |' lab/answers.yaml
run grade lab --json
is 'not answered' "$(jq -r '.findings[] | select(.id == "rule") | .found' "$out")" 'the sheet as it is handed out reads'
run solve lab
is 0 "$status" 'solve'
run grade lab --json
is 100 "$(jq .percent "$out")" 'the reference solution'
run check lab
is 0 "$status" 'check'

# Cases are gathered, and graded at once: their logs are written once.
# answer KEY < TEXT: a lab with this answer alone, case-N; `graded` then puts its finding into finding-N
n=100
answer() {
    n=$((n + 1))
    cp -Rl lab "case-$n" && rm "case-$n/answers.yaml"
    { echo "$1: |" && sed 's/^/  /'; } >"case-$n/answers.yaml"
    echo "$1" >"case-$n/key"
}
# judged KEY OUTCOME POINTS WORDS < TEXT
judged() {
    answer "$1"
    printf '%s\n%s\n' "$2 $3" "$4" >"case-$n/want"
}
graded() {
    run grade case-* --json
    jq '[.] | flatten | .[]' -c "$out" >all
    for c in case-*; do
        read -r one <&3
        printf '%s\n' "$one" | jq --arg id "$(cat "$c/key")" '.findings[] | select(.id == $id)' >"finding-${c#case-}"
        [ -f "$c/want" ] || continue
        is "$(head -n 1 "$c/want")" "$(jq -r '"\(.outcome) \(.points)"' "finding-${c#case-}")" "$(cat "$c/answers.yaml")"
        says "$(tail -n +2 "$c/want")" "finding-${c#case-}"
    done 3<all
    rm -rf case-*
}
strangers="eventname = 'GetObject' AND errorcode IS NULL AND useridentity.accountid = 'ANONYMOUS_PRINCIPAL' AND regexp_like(json_extract_scalar(requestparameters, '\$.key'), '^(guests|staff)/')"
judged takings pass 10 '"evidence": []' <<END
-- other names, another order of columns
SELECT count(*) AS n, sourceipaddress, count(DISTINCT json_extract_scalar(requestparameters, '\$.key')) FROM logs WHERE $strangers GROUP BY 2 ORDER BY 1 DESC
END
judged takings partial 5 '2 rows are expected, 2 came: 1 right, 1 missing, 1 too many. Too many: ' <<END
SELECT sourceipaddress, files, CASE WHEN requests = (SELECT min(n) FROM (SELECT count(*) AS n FROM logs WHERE $strangers GROUP BY sourceipaddress)) THEN 999 ELSE requests END FROM (SELECT sourceipaddress, count(DISTINCT json_extract_scalar(requestparameters, '\$.key')) AS files, count(*) AS requests FROM logs WHERE $strangers GROUP BY 1)
END
partial=$n
run query lab "SELECT sourceipaddress, count(DISTINCT json_extract_scalar(requestparameters, '\$.key')) AS files, count(*) AS requests FROM logs WHERE $strangers GROUP BY 1" --json
rows=$(jq -r "map(\"('\\(.sourceipaddress)', \\(.files), \\(.requests))\") | join(\", \")" "$out")
judged takings fail 0 'The query reads no log: its rows are written in it.' <<END
VALUES $rows
END
# a log that is read for nothing, one row of it beside them, and what only depends on there being one
written='Over other logs the query returns these rows, too, though others are right there: they are not found, but written in it.'
judged takings fail 0 "$written" <<END
SELECT DISTINCT v.* FROM (VALUES $rows) v, logs
END
judged takings fail 0 "$written" <<END
SELECT DISTINCT v.* FROM (VALUES $rows) v, logs UNION ALL SELECT eventid, 1, 2 FROM (SELECT min(eventid) AS eventid FROM logs)
END
judged takings fail 0 "$written" <<END
SELECT v.* FROM (VALUES $rows) v WHERE (SELECT count(*) FROM logs) > 7
END
# who names what only the own lab has found it, all the same
judged takings pass 10 '"evidence": []' <<END
SELECT sourceipaddress, count(DISTINCT json_extract_scalar(requestparameters, '\$.key')), count(*) FROM logs
WHERE $strangers AND sourceipaddress IN ($(jq -r "map(\"'\\(.sourceipaddress)'\") | join(\", \")" "$out")) GROUP BY 1
END
judged takings fail 0 '3 columns are expected, 1 came' <<END
SELECT DISTINCT sourceipaddress FROM logs WHERE $strangers
END
judged takings fail 0 "The query does not run: COLUMN_NOT_FOUND: line 2:3: Column 'adress' cannot be resolved" <<'END'
SELECT sourceipaddress,
  adress, 1 FROM logs
END
judged takings fail 0 "line 1:20: mismatched input 'logs'" <<'END'
SELECT 1, 2, 3 FRM logs
END
judged takings fail 0 'more than 10000 rows' <<'END'
SELECT a.eventid, 1, 2 FROM logs a, logs b LIMIT 20000
END
for hostile in "COPY logs TO '$tmp/out.csv'" "SELECT * FROM read_text('/etc/passwd')" "SELECT getenv('HOME'), 1, 2" \
    "ATTACH '$tmp/x.db'" "INSTALL httpfs" "SET memory_limit='99GB'" "CREATE TABLE x (a string)" "SELECT 1, 2, 3; SELECT 1" "EXPLAIN SELECT 1"; do
    echo "$hostile" >sql
    judged takings fail 0 'The query does not run: ' <sql
done
# one step of the engine that nothing interrupts: it ends its process, and the rest of the lab is graded
endless="SELECT sum(levenshtein_distance(rpad('a', 30000, 'a'), rpad(eventid, 30000, 'b'))), 1, 2 FROM logs"
cp -Rl lab endless
rm endless/answers.yaml
printf 'takings: |\n  %s\n' "$endless" >endless/answers.yaml
(ulimit -t 20 && exec "$CAFELAB" grade endless --json) >"$out" 2>"$err"
says 'The query does not run: Query timeout: it took longer than 5 s.' "$out"
rm -rf endless
cp -Rl "case-$partial" half
graded
cp -R "$top/scenarios/open-bucket" whole
sed -i 's/partial: true}/partial: false}/' whole/scenario.yaml
run grade half --scenario whole --json
says "the scenario's text was changed since the lab was built" "$out"
is 'fail 0' "$(jq -r '.findings[] | select(.id == "takings") | "\(.outcome) \(.points)"' "$out")" 'half of the rows, where no part counts'
rm -rf half
has 'what is missing is evidence' '.evidence[0].text | startswith("missing: ")' finding-$partial
check 'nothing was written' test ! -e "$tmp/out.csv" -a ! -e "$tmp/x.db"

head='title: x
logsource: {product: aws, service: cloudtrail}
detection:'
id=$("$CAFELAB" query lab --format csv "SELECT eventid FROM logs WHERE eventname = 'PutBucketPolicy' AND useridentity.userName = 'frank' AND errorcode IS NULL" | tail -n 1 | tr -d '"')
judged rule fail 0 'The rule names what only your lab has.' <<END
$head
  s: {eventID: $id}
  condition: s
END
own=$n
answer rule <<END
$head
  s: {eventName: [GetObject, ListObjects]}
  condition: s
END
many=$n
judged rule fail 0 'No record has a field eventname (did you mean eventName?).' <<END
$head
  s: {eventname: PutBucketPolicy}
  condition: s
END
missed=$n
judged rule partial 10 'On your logs: 1 of 1 found, 0 missed, 1 false hit.' <<END
$head
  s: {eventName: PutBucketPolicy, userIdentity.type: IAMUser, requestParameters.bucketPolicy.Statement.Sid: Menu*}
  condition: s
END
false_hit=$n
judged rule fail 0 'That is no rule: line 5:14: \"condition\": no selection is called \"selection\".' <<END
$head
  s: {eventName: PutBucketPolicy}
  condition: selection
END
judged rule fail 0 'false hits' <<'END'
SELECT eventid FROM logs
END
judged rule fail 0 'it must return a column eventid' <<'END'
SELECT eventname FROM logs
END
# an error tells a value: none of the variant that is held back
judged rule fail 0 'The rule runs on your logs, and does not on a variant that is held back.' <<END
SELECT CASE WHEN EXISTS (SELECT 1 FROM logs WHERE eventid = '$id') THEN eventid ELSE CAST(CAST(sourceipaddress AS integer) AS varchar) END AS eventid FROM logs
END
told=$n
judged rule pass 15 '"outcome": "pass"' <<'END'
SELECT eventid FROM logs WHERE eventname = 'PutBucketPolicy' AND requestparameters LIKE '%"Principal":"*"%' AND requestparameters LIKE '%ListBucket%'
END
graded
lacks 'Cannot cast' "finding-$told"
says 'On your logs: 1 of 1 found, 0 missed, 0 false hits. On a variant that is held back, with other names, addresses and times: 0 of 1 found, 1 missed, 0 false hits.' "finding-$own"
is "$id" "$(jq -r '.evidence[0].eventID' "finding-$missed")" 'the one that was missed'
has 'the false hit, and where' '.evidence[0] | .text == "false hit: PutBucketPolicy by faythe" and (.file | startswith("s3/"))' "finding-$false_hit"
# only the own lab's events are told
is 7 "$(jq '.evidence | length' "finding-$many")" 'events are shown'
"$CAFELAB" query lab --format csv 'SELECT eventid FROM logs' >ids
for told in $(jq -r '.evidence[].eventID' "finding-$many"); do
    check 'an event of the own lab' grep -q "$told" ids
done

# a query returns what it likes: on a page that is a text
printf "rule: |\n  SELECT '<b id=x>' AS eventid\n" >lab/answers.yaml
run grade lab --format html --show-answers
says 'eventID <code>&lt;b id=x&gt;</code>' "$out"
lacks '<b id=x>' "$out"

# answers are not told before the deadline
printf 'rule: |\n  SELECT eventid FROM logs LIMIT 1\n' >lab/answers.yaml
run grade lab --json --hide-answers
lacks '"missed: ' "$out"

# without DuckDB no answer fails, and Sigma needs none
CAFELAB_DUCKDB=/nowhere
export CAFELAB_DUCKDB
judged takings error 0 "This could not be judged, which says nothing of the answer: SQL needs DuckDB's library" <<'END'
SELECT 1, 2, 3
END
judged rule error 0 "SQL needs DuckDB's library" <<'END'
SELECT eventid FROM logs
END
judged rule partial 10 'On your logs: 1 of 1 found, 0 missed, 1 false hit.' <<END
$head
  s: {eventName: PutBucketPolicy, userIdentity.type: IAMUser, requestParameters.bucketPolicy.Statement.Sid: Menu*}
  condition: s
END
graded
unset CAFELAB_DUCKDB

# what a student finds out alone: does it read
printf 'takings: |\n  SELECT nosuch(1) FROM logs\n' >lab/answers.yaml
run check lab
says "Function 'nosuch' not registered" "$out"

# a class: judged in the sandbox, on logs of the grader's own
cat >roster.csv <<'END'
id,name
ana,Ana
rui,Rui
mia,Mia
lea,Lea
tom,Tom
END
run class init ir --scenario open-bucket --roster roster.csv --events 300
run class build ir
is 0 "$status" 'class build'
mkdir labs subs
for s in ana rui mia lea tom; do
    mkdir labs/$s
    tar xzf ir/bundles/$s.tar.gz -C labs/$s --strip-components=1
done
sed -n '/^    answer: |$/,/^    hints:/p' "$top/scenarios/open-bucket/scenario.yaml" | sed '/^    hints:/d; s/^    answer:/answer:/' >references
awk '/^answer:/ { n++; print (n == 1 ? "takings: |" : "rule: |"); next } { sub(/^    /, ""); print }' references >labs/ana/answers.yaml
# rui edits his own logs so that his rule is right there; mia writes what takes for ever, and what nobody may
find labs/rui/s3 -name '*.json.gz' -path '*CloudTrail/*' >logs
xargs gunzip <logs
sed 's/\.gz$//' logs | xargs sed -i 's/ListBuckets/OpenedByMe/g'
sed 's/\.gz$//' logs | xargs gzip -n
cat >labs/rui/answers.yaml <<END
rule: |
  title: x
  logsource: {product: aws, service: cloudtrail}
  detection: {s: {eventName: OpenedByMe}, condition: s}
takings: |
  SELECT sourceipaddress, 1, 1 FROM logs WHERE eventname = 'OpenedByMe'
END
cat >labs/mia/answers.yaml <<'END'
takings: |
  SELECT sum(length(a.eventid || b.eventid || c.eventid)), 1, 2 FROM logs a, logs b, logs c
rule: |
  SELECT eventid FROM read_csv('/etc/passwd')
END
# lea's query ends the judge, and takes nothing from her rule
{
    printf 'takings: |\n  %s\n' "$endless"
    sed -n '/^rule: |$/,$p' labs/ana/answers.yaml
} >labs/lea/answers.yaml
# tom's query has his rows written in it
run query labs/tom "$(sed -n '/^takings: |$/,/^rule: |$/p' labs/ana/answers.yaml | sed '1d; $d')" --json
printf 'takings: |\n  SELECT DISTINCT v.* FROM (VALUES %s) v, logs\n' \
    "$(jq -r "map(\"('\\(.sourceipaddress)', \\(.files), \\(.requests))\") | join(\", \")" "$out")" >labs/tom/answers.yaml
for s in ana rui mia lea tom; do
    run submit labs/$s -o subs/$s.tar.gz
    is 0 "$status" "submit $s"
done
run class grade ir subs
is 0 "$status" 'class grade'
says '5 graded' "$out"
finding() {
    jq -r --arg id "$2" '.attempts[0].report.findings[] | select(.id == $id) | "\(.outcome) \(.points)"' "ir/results/$1.json"
}
is 'pass 10' "$(finding ana takings)" 'ana: the query'
is 'pass 15' "$(finding ana rule)" 'ana: the rule'
is 'fail 0' "$(finding rui takings)" 'rui: the query'
is 'fail 0' "$(finding rui rule)" 'rui: the rule'
says 'On your logs: 0 of 1 found' ir/results/rui.json
is 'fail 0' "$(finding mia takings)" 'mia: the query'
says 'Query timeout: it took longer than 5 s' ir/results/mia.json
is 'fail 0' "$(finding mia rule)" 'mia: the rule'
is 'fail 0 pass 15' "$(finding lea takings) $(finding lea rule)" 'lea'
says 'Query timeout: it took longer than 5 s' ir/results/lea.json
is 'fail 0' "$(finding tom takings)" 'tom'
says "$written" ir/results/tom.json
is '' "$(ls "$TMPDIR")" 'what is left behind'

# the same where every look at the clock is a system call
cc -shared -fPIC -o clock.so "$top/tests/cli/answers_clock.c" || fail 'cannot build the other clock'
rm -rf ir/results
env ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 LD_PRELOAD="$tmp/clock.so" "$CAFELAB" class grade ir subs/ana.tar.gz subs/rui.tar.gz >"$out" 2>"$err"
is 'pass 10 fail 0' "$(finding ana takings) $(finding rui takings)" 'queries by another clock'
checked
