#!/bin/sh
# SPDX-License-Identifier: MIT
# Versions of objects: a picture that was painted over and a log file that was deleted come back, also after a kill, and
# validate-logs sees both. The calls are aws_versions.py's.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"
export PYTHONDONTWRITEBYTECODE=1
part() { # PART ARGS...: what it prints goes to $tmp/told
    "${PYTHON:-/usr/bin/python3}" "$(dirname "$0")/aws_versions.py" "$lab" "$@" >"$tmp/told" 2>"$tmp/findings"
    is 0 $? "$1: $(tail -5 "$tmp/findings")"
    kill -0 "$served" || { fail 'the server is gone'; checked; }
}
named() { # a digest names a log file
    "$CAFELAB" skip "$lab" >/dev/null 2>&1
    find "$lab/s3/cafelab-version-logs" -path '*/CloudTrail-Digest/*' -type f -exec gunzip -c {} + 2>/dev/null |
        jq -r '.logFiles[].s3Object' | grep . >"$tmp/named"
}
emptied() { # what is delivered to the end goes as well
    aws s3api list-object-versions --bucket cafelab-version-logs --output json |
        jq '{Objects: [(.Versions // [])[], (.DeleteMarkers // [])[] | {Key, VersionId}]}' >"$tmp/all"
    aws s3api delete-objects --bucket cafelab-version-logs --delete "file://$tmp/all" >/dev/null 2>&1
    aws s3 rb s3://cafelab-version-logs >"$tmp/reply" 2>&1
}
validated() { # STATUS TEXT
    aws cloudtrail validate-logs --trail-arn "$trail" --start-time "$began" >"$tmp/verdict" 2>&1
    is "$1" $? "validate-logs: $(cat "$tmp/verdict")"
    says "$2" "$tmp/verdict"
}

serve "$tmp/lab" --seed versions
began=$(date -u +%FT%TZ)
part pictures
part logs
until_true 60 named || { fail 'nothing is delivered'; checked; }
trail=$(aws cloudtrail get-trail --name versions --query Trail.TrailARN --output text)
key=$(head -1 "$tmp/named")
part gone "$key"
validated 1 'INVALID: not found'
leave KILL
serve "$lab"
part kept
part back "$key"
validated 0 'log files valid'
lacks INVALID "$tmp/verdict"

# ---- the bucket goes when all is deleted, and the lab opens again ----
aws cloudtrail delete-trail --name versions
until_true 60 emptied || fail "the bucket stays: $(cat "$tmp/reply")"
says 'remove_bucket: cafelab-version-logs' "$tmp/reply"
is '' "$(find "$lab/s3/cafelab-version-logs" "$lab/.cafelab/superseded" -type f)" 'files of a bucket that is gone'
leave
is 0 $status 'the server ends well'
is '' "$(cat "$tmp/served.err")" 'the server had nothing to complain about'
serve "$lab"
leave
is '' "$(cat "$tmp/served.err")" 'the journal is read again'
checked
