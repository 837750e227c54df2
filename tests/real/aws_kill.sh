#!/bin/sh
# SPDX-License-Identifier: MIT
# kill -9 in a loop, at any moment, while clients make users and objects and a trail logs: what was answered is there after each
# restart, no line of the journal is torn, the lab always opens, and what the trail delivered in the end is valid. ROUNDS says
# how often (20; in 200 the journal grows to some 100,000 lines), SHIFT moves the moments. The clients are bench-load's, which sign for themselves.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"
rounds=${ROUNDS:-20}
load=${LOAD:-$(dirname "$(realpath "$CAFELAB")")/bench-load}
[ -x "$load" ] || make -s -C "$top" V="$(basename "$(dirname "$load")" | cut -d- -f1)" CC="$(basename "$(dirname "$load")" | cut -d- -f2)" "${load#"$top"/}"

# ask MODE CLIENTS REQUESTS [PREFIX]
ask() {
    # shellcheck disable=SC2046
    "$load" "$port" $(sed -n 's/aws_access_key_id = //p; s/aws_secret_access_key = //p' "$lab/.cafelab/aws/credentials") \
        "$AWS_REGION" "$@"
}
shift=${SHIFT:-0}
serve "$tmp/lab" --seed "kill$shift"
export BUCKET=cafelab-kill-test
make() { # OPERATION JSON
    run call "$lab" "$1" "$2"
    is 0 $status "$1: $(cat "$err")"
}
make s3:CreateBucket "{\"bucketName\": \"$BUCKET\"}"
make s3:CreateBucket '{"bucketName": "cafelab-kill-trail"}'
make s3:PutBucketPolicy '{"bucketName": "cafelab-kill-trail", "bucketPolicy": {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::cafelab-kill-trail"},
    {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::cafelab-kill-trail/*"}]}}'
make cloudtrail:CreateTrail '{"name": "killed", "s3BucketName": "cafelab-kill-trail", "enableLogFileValidation": true, "isMultiRegionTrail": true}'
trail=$(jq -r .TrailARN "$out")
make cloudtrail:StartLogging '{"name": "killed"}'
: >"$tmp/answered"
round=0 lost=0 broken=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    ask write 8 100000 "r$round" >"$tmp/new" 2>/dev/null &
    loader=$!
    sleep "0.$(printf %03d $((((round + shift) * 37) % 150 + 30)))"
    kill -9 "$served"
    wait "$served" 2>/dev/null
    wait $loader
    grep -E '^(user|object) r[0-9]+-[0-9]+$' "$tmp/new" >>"$tmp/answered"
    serve "$lab"
    tail -n 600 "$tmp/answered" | ask check 8 100000 2>"$tmp/check" || { lost=$((lost + 1)); tail -3 "$tmp/check" >&2; }
done
ask check 8 100000 <"$tmp/answered" 2>"$tmp/check" || { lost=$((lost + 1)); tail -3 "$tmp/check" >&2; }
is 0 $lost "rounds of $rounds in which something answered was lost"
check 'there was load' test "$(wc -l <"$tmp/answered")" -gt $((rounds * 5))
name=$(sed -n 's/^object //p' "$tmp/answered" | tail -1)
is "$name" "$(aws s3 cp "s3://$BUCKET/$name" -)" "an object's bytes"
is "$(printf %s "$name" | md5sum | cut -d' ' -f1)" "$(aws s3api head-object --bucket $BUCKET --key "$name" --query ETag --output text | tr -d '"')" 'its ETag'
run skip "$lab"
delivered() {
    find "$lab/s3/cafelab-kill-trail" -path '*CloudTrail-Digest*' -name '*.gz' | grep -q .
}
check 'a digest comes' until_true 90 delivered
aws cloudtrail validate-logs --trail-arn "$trail" --start-time 2020-01-01T00:00:00Z >"$tmp/verdict" 2>&1
is 0 $? 'validate-logs'
says ' log files valid' "$tmp/verdict"
lacks INVALID "$tmp/verdict"
leave
is 0 $status 'the server ends well'
is "$(wc -l <"$lab/.cafelab/journal.jsonl")" "$(jq -c . "$lab/.cafelab/journal.jsonl" | wc -l)" 'whole lines of the journal'
has 'every seq once' -n '[inputs | .seq] | length == (unique | length)' "$lab/.cafelab/journal.jsonl"
is "$(wc -l <"$lab/.cafelab/journal.jsonl") $(wc -l <"$lab/.cafelab/journal.jsonl")" "$(cat "$lab/.cafelab/written")" 'files are up to date'
is '' "$(cat "$tmp/served.err")" 'complaints'
checked
