#!/bin/sh
# SPDX-License-Identifier: MIT
# The walkthrough's SQL, verbatim but for the bucket's digits, on a lab as it is built: the four SELECTs, the console's
# statement, the hint ladder of the original lab. The finding must be there: who opened port 22 to the world.
. "$(dirname "$0")/../check.sh"

run build cafe-breach -o "$tmp/lab" --seed walkthrough --events 3000
is 0 "$status" "build: $(cat "$err")"
bucket=$(basename "$(find "$tmp/lab/s3" -mindepth 1 -maxdepth 1 -name 'monitoring*' | head -1)")
digits=${bucket#monitoring} account=$(ls "$tmp/lab/s3/$bucket/AWSLogs")
sql() { # the statement from standard input, #### being the digits; bucket and account are this lab's
    sed "s/####/$digits/g; s/monitoring9966/$bucket/g; s/111122223333/$account/g" >"$tmp/typed.sql"
    run query "$tmp/lab" --format csv -f "$tmp/typed.sql"
    is 0 "$status" "$(head -c 60 "$tmp/typed.sql" | tr '\n' ' '): $(cat "$err")"
}
header='"userName","eventtime","eventsource","eventname","requestparameters"'

sql <<'SQL'
SELECT useridentity.userName, eventtime, eventsource, eventname, requestparameters
FROM cloudtrail_logs_monitoring####
LIMIT 30
SQL
is "$header" "$(head -1 "$out")" "the columns"
is 31 "$(wc -l <"$out")" "thirty rows and a header"
sql <<'SQL'
SELECT useridentity.userName, eventtime, eventsource, eventname, requestparameters
FROM cloudtrail_logs_monitoring####
WHERE eventsource = 'ec2.amazonaws.com'
SQL
is 0 "$(sed 1d "$out" | grep -vc '"ec2.amazonaws.com"')" "rows of another service"
check "there are rows" test "$(wc -l <"$out")" -gt 5
sql <<'SQL'
SELECT useridentity.userName, eventtime, eventsource, eventname, requestparameters
FROM cloudtrail_logs_monitoring9966
WHERE eventsource = 'ec2.amazonaws.com'
AND eventname = 'AuthorizeSecurityGroupIngress'
SQL
says '0.0.0.0/0' "$out"
is 0 "$(sed 1d "$out" | grep -vc 'AuthorizeSecurityGroupIngress')" "rows of another operation"
user=$(grep '""cidrIp"":""0.0.0.0/0""' "$out" | cut -d, -f1 | sort -u)
check "one user opened the port to the world: $user" test "$(echo "$user" | wc -l)" -eq 1

# The same again after the console's statement, which the test of tables has in full.
sed -n '/^CREATE EXTERNAL TABLE cloudtrail/,/^TBLPROPERTIES/p' "$top/tests/cli/query_tables.sh" | sed '/^SQL/,$d' >"$tmp/console.sql"
sql <"$tmp/console.sql"
sql <<'SQL'
SELECT * FROM cloudtrail_logs_monitoring#### LIMIT 5
SQL
is 6 "$(wc -l <"$out")" "five rows and a header"

# The rungs of the ladder.
sql <<'SQL'
SELECT useridentity.userName, eventtime, eventsource, eventname, requestparameters FROM cloudtrail_logs_monitoring####
WHERE eventsource = 'ec2.amazonaws.com' AND eventname LIKE '%Security%'
SQL
says 'DescribeSecurityGroups' "$out"
sql <<'SQL'
SELECT DISTINCT useridentity.userName, eventName, eventSource FROM cloudtrail_logs_monitoring####
WHERE from_iso8601_timestamp(eventtime) > date_add('day', -1, now()) ORDER BY eventSource;
SQL
says 'AuthorizeSecurityGroupIngress' "$out"
says "$(echo "$user" | tr -d '"')" "$out"

# Rows by jq are the rows by SQL: nothing is lost between the logs and the table.
sql <<'SQL'
SELECT eventid, eventname, sourceipaddress FROM logs ORDER BY eventid
SQL
sed 1d "$out" | tr -d '"' >"$tmp/by-sql"
find "$tmp/lab/s3" -path '*/CloudTrail/*' -name '*.json.gz' -exec gunzip -c {} + |
    jq -r '.Records[] | [.eventID, .eventName, .sourceIPAddress] | join(",")' | sort >"$tmp/by-jq"
sort "$tmp/by-sql" >"$tmp/by-sql.sorted"
same "$tmp/by-jq" "$tmp/by-sql.sorted"
check "there are thousands" test "$(wc -l <"$tmp/by-sql")" -gt 3000
checked
