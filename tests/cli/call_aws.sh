#!/bin/sh
# SPDX-License-Identifier: MIT
# What a call can ask of the evidence: event history, the digests' key, Athena; and that a lab opens after it.
. "$(dirname "$0")/../check.sh"
lab=$tmp/lab
run build cafe-breach -o "$lab" --events 400
is 0 $status 'build'
bucket=$(jq -r '.trailList[0].S3BucketName' "$lab/account/cloudtrail/describe-trails.json")

run call "$lab" cloudtrail:LookupEvents '{"lookupAttributes": [{"attributeKey": "EventName", "attributeValue": "CreateTrail"}]}'
is 'CreateTrail sofia' "$(jq -r '.Events[] | "\(.EventName) \(.Username)"' "$out")" 'LookupEvents'
run call "$lab" cloudtrail:ListPublicKeys
check 'a digest is signed with that key' grep -q "$(jq -r '.PublicKeyList[0].Fingerprint' "$out")" \
    "$(find "$lab/s3" -name '*Digest*.gz' | head -n 1 | xargs zcat >"$tmp/digest" && echo "$tmp/digest")"

# Athena as the SDKs use it: start, look, read
start() {
    run call "$lab" athena:StartQueryExecution "$(jq -nc --arg q "$1" --arg o "s3://$bucket/results/" \
        '{queryString: $q, resultConfiguration: {outputLocation: $o}}')"
    id=$(jq -r .QueryExecutionId "$out")
}
start "SELECT useridentity.username FROM logs WHERE eventname = 'StartLogging'"
is 0 $status 'StartQueryExecution'
run call "$lab" athena:GetQueryExecution "{\"queryExecutionId\": \"$id\"}"
is SUCCEEDED "$(jq -r .QueryExecution.Status.State "$out")" 'GetQueryExecution'
run call "$lab" athena:GetQueryResults "{\"queryExecutionId\": \"$id\"}"
is sofia "$(jq -r '.ResultSet.Rows[1].Data[0].VarCharValue' "$out")" 'GetQueryResults'
start 'SELEC 1'
run call "$lab" athena:GetQueryExecution "{\"queryExecutionId\": \"$id\"}"
is FAILED "$(jq -r .QueryExecution.Status.State "$out")" 'a query with a mistake'
run call "$lab" athena:GetQueryResults "{\"queryExecutionId\": \"$id\"}"
is 1 $status 'results of a failed query'
start 'SELECT 1'
run call "$lab" athena:GetQueryExecution "{\"queryExecutionId\": \"$id\"}"
is 0 $status 'the lab opens after all that'

# somebody else of the cast, in the console too
run call "$lab" ec2:DescribeInstances '{}' --as martha
is 0 $status 'as martha'
is martha "$(tail -n 1 "$lab/.cafelab/journal.jsonl" | jq -r .who.name)" 'her name is in the journal'
run call "$lab" iam:ListUsers '{}' --as chaos
is 1 $status 'as chaos'

# one at a time: the second waits, but not for ever
flock "$lab/.cafelab/held" sleep 0.5 &
run call "$lab" sts:GetCallerIdentity
is 0 $status 'a lab that is held for a moment'
wait
(flock -x 9 && "$CAFELAB" call "$lab" iam:ListUsers >"$out" 2>"$err" 9>&-; echo $? >"$tmp/status") 9>"$lab/.cafelab/held"
is 2 "$(cat "$tmp/status")" 'a lab that is held'
says "the lab '$lab' is in use already" "$err"
checked
