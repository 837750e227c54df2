# SPDX-License-Identifier: MIT
# The logs' table for the real engines: what it says is what lies there.
. "$(dirname "$0")/../check.sh"

run build cafe-breach -o "$tmp/lab" --seed ddl --events 200
is 0 "$status" 'build'
bucket=$(ls "$tmp/lab/s3")
trail=$(cd "$tmp/lab/s3/$bucket" && echo AWSLogs/*/CloudTrail)
table=cloudtrail_logs_$(echo "$bucket" | tr -c 'a-z0-9\n' _)

run ddl "$tmp/lab"
is 0 "$status" 'athena'
cp "$out" "$tmp/athena"
says "CREATE EXTERNAL TABLE \`$table\`(" "$out"
says "'storage.location.template'='s3://$bucket/$trail/\${region}/\${day}'" "$out"
regions=$(sed -n "s/.*'projection.region.values'='\(.*\)',/\1/p" "$out")
is "$(ls "$tmp/lab/s3/$bucket/$trail" | paste -sd,)" "$(echo "$regions" | tr , '\n' | sort | paste -sd,)" 'regions'
range=$(sed -n "s/.*'projection.day.range'='\(.*\)',/\1/p" "$out")
days=$(cd "$tmp/lab/s3/$bucket/$trail" && ls -d */*/*/* | cut -d/ -f2- | sort -u)
is "$(echo "$days" | head -n 1),$(echo "$days" | tail -n 1)" "$range" 'days'

# its columns are those of the console's table, which the lab's own Athena has
run query "$tmp/lab" 'SHOW CREATE TABLE logs'
grep -E '^  `[a-z]+` ' "$out" | sed 's/[,)]*$//' >"$tmp/columns"
check 'there are columns' test -s "$tmp/columns"
sed '/^PARTITIONED/,$d' "$tmp/athena" | grep -E '^  `[a-z]+` ' | sed 's/[,)]*$//' >"$tmp/ours"
same "$tmp/columns" "$tmp/ours"

run query "$tmp/lab" -f "$tmp/athena"
is 0 "$status" "the lab's Athena takes the statement"

balanced() {
    python3 -c 'import sys
text = open(sys.argv[1]).read()
for a, b in ("()", "<>", "[]", "{}"):
    text = text.replace("->", "")
    assert text.count(a) == text.count(b), a' "$1"
}
for engine in athena trino spark; do
    run ddl "$tmp/lab" --engine $engine --bucket my-big-logs --growing
    is 0 "$status" $engine
    says "s3" "$out"
    says "://my-big-logs/$trail/" "$out"
    says 'cloudtrail_logs_my_big_logs' "$out"
    lacks "$bucket" "$out"
    check "$engine: brackets" balanced "$out"
    for column in $(sed 's/^  `\([a-z]*\)` .*/\1/' "$tmp/columns"); do
        grep -qE "(\`$column\` |AS $column(,|\$))" "$out" || fail "$engine has no column $column"
    done
done
run ddl "$tmp/lab" --engine trino --growing
says "partition_projection_range = ARRAY['$(echo "$days" | head -n 1)', 'NOW']" "$out"

run ddl "$tmp/lab" --engine presto
is 2 "$status" 'another engine'
says 'expected athena, trino or spark, got "presto"' "$err"
run ddl "$tmp/lab" --bucket 'a;b'
is 2 "$status" 'no bucket'
mkdir -p "$tmp/none/s3"
run ddl "$tmp/none"
is 2 "$status" 'no logs'
says 'holds no logs of a trail' "$err"
checked
