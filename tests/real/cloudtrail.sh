#!/bin/sh
# SPDX-License-Identifier: MIT
# The trail's files as a student's tools see them: gunzip and jq read every one, names say what is inside, keys come in the
# order that genuine records have, and event history tells the same events.
. "$(dirname "$0")/../check.sh"

run build cafe-breach -o "$tmp/lab"
is 0 $status 'cafelab build'
cd "$tmp/lab/s3" || exit 1
bucket=$(ls)
account=$(ls "$bucket/AWSLogs")
find . -path './*/CloudTrail/*' -name '*.json.gz' | sort >"$tmp/logs"
check 'more than 500 log files' test "$(wc -l <"$tmp/logs")" -gt 500

# ---- files ----
xargs gunzip -t <"$tmp/logs" 2>"$tmp/damaged"
check 'gunzip -t takes all' test ! -s "$tmp/damaged"
name="^\./$bucket/AWSLogs/$account/CloudTrail/([a-z0-9-]+)/(2[0-9]{3})/([0-9]{2})/([0-9]{2})/${account}_CloudTrail_\1_\2\3\4T[0-9]{2}[0-9][05]Z_[A-Za-z0-9]{16}\.json\.gz\$"
is 0 "$(grep -Evc "$name" "$tmp/logs")" 'names that do not fit the documented pattern'
is 0 "$(sed 's/.*Z_//' "$tmp/logs" | sort | uniq -d | wc -l)" 'unique parts that come twice'
is 0 "$(find . -type f ! -perm 644 | wc -l)" 'files with another mode than 0644'
cp -R . "$tmp/plain"
sed 's/\.gz$//' "$tmp/logs" >"$tmp/names"
(cd "$tmp/plain" && xargs gunzip <"$tmp/logs")
is 0 "$(cd "$tmp/plain" && xargs cat <"$tmp/names" | wc -l)" 'newlines in files'
(cd "$tmp/plain" && xargs awk 1 <"$tmp/names") >"$tmp/texts"
is "$(wc -l <"$tmp/logs")" "$(grep -c '^{"Records":\[{".*}\]}$' "$tmp/texts")" 'files of one line {"Records":[...]}'

# ---- records ----
jq -c '.Records[]' "$tmp/texts" >"$tmp/records"
order='["eventVersion","userIdentity","eventTime","eventSource","eventName","awsRegion","sourceIPAddress","userAgent","errorCode",
"errorMessage","requestParameters","responseElements","additionalEventData","requestID","eventID","readOnly","resources","eventType",
"apiVersion","managementEvent","recipientAccountId","sharedEventID","vpcEndpointId","serviceEventDetails","eventCategory","tlsDetails",
"sessionCredentialFromConsole"]'
jq -r --argjson order "$order" '(keys_unsorted) as $k | if [$order[] | select(. as $x | $k | index($x))] == $k then empty else .eventName + ": " + ($k | join(" ")) end' \
    "$tmp/records" >"$tmp/odd"
check "keys are those of genuine records, in their order ($(head -1 "$tmp/odd"))" test ! -s "$tmp/odd"
who='["type","principalId","arn","accountId","accessKeyId","userName","sessionContext","invokedBy"]'
jq -r --argjson order "$who" '(.userIdentity | keys_unsorted) as $k | if [$order[] | select(. as $x | $k | index($x))] == $k then empty else $k | join(" ") end' \
    "$tmp/records" >"$tmp/odd"
check "so are those of userIdentity ($(head -1 "$tmp/odd"))" test ! -s "$tmp/odd"

# none WHAT JQ: of no record is the expression true
none() {
    is 0 "$(jq -r "select($2) | .eventName" "$tmp/records" | wc -l)" "$1"
}
none 'records without both bodies' '(has("requestParameters") and has("responseElements")) | not'
none 'flags that are no booleans' '(.readOnly | type) != "boolean" or (.managementEvent | type) != "boolean"'
none 'ids that are no UUID of version 4' '.eventID | test("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$") | not'
none 'S3 request ids of another form' '.eventSource == "s3.amazonaws.com" and (.requestID | test("^[0-9A-Z]{16}$") | not)'
none 'calls without a request id' '.eventType != "AwsConsoleSignIn" and (has("requestID") | not)'
none 'sign-ins with a request id' '.eventType == "AwsConsoleSignIn" and has("requestID")'
none 'TLS details of the console or of services' 'has("tlsDetails") and (has("sessionCredentialFromConsole") or .userIdentity.type == "AWSService" or (.userAgent | test("AWS Internal|S3Console")))'
none 'direct calls without TLS details' '(.userAgent | test("aws-cli|Boto3|Terraform")) and (has("tlsDetails") | not)'
none 'agents in brackets but of S3' '(.userAgent | startswith("[")) and .eventSource != "s3.amazonaws.com"'
none 'long-lived keys with a session' '(.userIdentity.accessKeyId // "" | startswith("AKIA")) and (.userIdentity | has("sessionContext"))'
none 'temporary keys without a session' '(.userIdentity.accessKeyId // "" | startswith("ASIA")) and (.userIdentity | has("sessionContext") | not)'
none 'refused calls with a response' 'has("errorCode") and .responseElements != null'
none 'records of another account' ".recipientAccountId != \"$account\""
is 0 "$(jq -r .eventID "$tmp/records" | sort | uniq -d | wc -l)" 'event ids that come twice'
check 'services log different versions' test "$(jq -r .eventVersion "$tmp/records" | sort -u | wc -l)" -ge 2
check 'CloudTrail asks for the ACL of its bucket' test "$(jq -r 'select(.eventName == "GetBucketAcl" and .userIdentity.invokedBy == "cloudtrail.amazonaws.com") | .sharedEventID' "$tmp/records" | wc -l)" -gt 300
jq -r 'select(.eventName == "GenerateDataKey" and .userIdentity.invokedBy == "cloudtrail.amazonaws.com") | .requestParameters.encryptionContext["aws:s3:arn"]' \
    "$tmp/records" | sed 's,^arn:aws:s3:::,./,' | sort >"$tmp/keyed"
check 'CloudTrail asks KMS for keys' test -s "$tmp/keyed"
is 0 "$(comm -23 "$tmp/keyed" "$tmp/logs" | wc -l)" 'keys asked for files that are not there'

# A stamp is 0 to 5 minutes after the newest record, if that is not an old one, and at most 10.2 after the oldest.
sed 's/.*_\([0-9]*T[0-9]*\)Z_.*/\1/' "$tmp/logs" | jq -R 'strptime("%Y%m%dT%H%M") | mktime' >"$tmp/stamps"
jq -r '[.Records[].eventTime | fromdate] | "\(min) \(max)"' "$tmp/texts" | paste -d' ' "$tmp/stamps" - >"$tmp/spans"
is 0 "$(awk '$1 < $3 || $1 - $2 > 611 || $3 - $2 > 312' "$tmp/spans" | wc -l)" 'stamps that are not 0 to 10.2 minutes after their records'

# ---- event history ----
history="$tmp/lab/account/event-history.json"
jq -r '.Events[].CloudTrailEvent | fromjson | select(.managementEvent) | .eventID' "$history" | sort >"$tmp/told"
jq -r '.Events[] | .EventTime' "$history" >"$tmp/times"
check 'event history is newest first' sort -rc "$tmp/times"
is 0 "$(uniq -d "$tmp/told" | wc -l)" 'events told twice'
last=$(head -1 "$tmp/times")
jq -r "select(.eventTime < \"$last\" and .managementEvent) | .eventID" "$tmp/records" | sort >"$tmp/delivered"
is 0 "$(comm -23 "$tmp/delivered" "$tmp/told" | wc -l)" 'records that event history does not know'
checked
