#!/bin/sh
# SPDX-License-Identifier: MIT
# Twenty thousand calls that only read: the server stays as small as it was, each of them is in the trail's files, once, and in event
# history, and so they are when the lab is started again. The client is bench-load, which signs for itself.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"
load=${LOAD:-$(dirname "$(realpath "$CAFELAB")")/bench-load}
[ -x "$load" ] || make -s -C "$top" V="$(basename "$(dirname "$load")" | cut -d- -f1)" CC="$(basename "$(dirname "$load")" | cut -d- -f2)" "${load#"$top"/}"
n=20000
anonymous() { # kB of memory of the server's own
    awk '/RssAnon/ { print $2 }' "/proc/$served/status"
}
ask() { # REQUESTS
    # shellcheck disable=SC2046
    "$load" "$port" $(sed -n 's/aws_access_key_id = //p; s/aws_secret_access_key = //p' "$lab/.cafelab/aws/credentials") "$AWS_REGION" read 50 "$1" 2>"$tmp/load"
    tail -1 "$tmp/load"
}
make_call() {
    run call "$lab" "$1" "$2"
    is 0 $status "$1: $(cat "$err")"
}
serve "$tmp/lab" --seed many
make_call s3:CreateBucket '{"bucketName": "cafelab-many-calls"}'
make_call s3:PutBucketPolicy '{"bucketName": "cafelab-many-calls", "bucketPolicy": {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::cafelab-many-calls"},
    {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::cafelab-many-calls/*"}]}}'
make_call cloudtrail:CreateTrail '{"name": "many", "s3BucketName": "cafelab-many-calls", "enableLogFileValidation": true, "isMultiRegionTrail": true}'
make_call cloudtrail:StartLogging '{"name": "many"}'
has 'answered' --argjson n 1000 '.answered == $n and .failed == 0' <<END
$(ask 1000)
END
before=$(anonymous)
has 'answered' --argjson n $n '.answered == $n and .failed == 0' <<END
$(ask $n)
END
check "memory: $before kB before, $(anonymous) kB after $n calls" test $(($(anonymous) - before)) -lt 8000
leave
is 0 $status 'the server ends well'
serve "$lab"
run skip "$lab"
records() {
    find "$lab/s3/cafelab-many-calls" -path '*/CloudTrail/*' -name '*.gz' -exec gunzip -c {} + >"$tmp/records"
    [ "$(grep -o '"eventName":"GetCallerIdentity"' "$tmp/records" | wc -l)" -ge $((n + 1000)) ]
}
check 'all of them are delivered' until_true 60 records
jq -r '.Records[] | select(.eventName == "GetCallerIdentity" and .userIdentity.userName == "sofia") | .eventID' "$tmp/records" | sort >"$tmp/ids"
is $((n + 1000)) "$(wc -l <"$tmp/ids")" 'each once'
is $((n + 1000)) "$(uniq "$tmp/ids" | wc -l)" 'each is another'
first=$(grep -m 1 '"op":"sts:GetCallerIdentity"' "$lab/.cafelab/journal.jsonl" | jq -r .eventId)
told() {
    aws cloudtrail lookup-events --lookup-attributes "AttributeKey=EventId,AttributeValue=$first" --query 'Events[].EventId' --output text | grep -qx "$first"
}
check 'event history has the first of them' until_true 60 told
leave
is 0 $status 'the server ends well'
is '' "$(cat "$tmp/served.err")" 'complaints'
checked
