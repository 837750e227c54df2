#!/bin/sh
# SPDX-License-Identifier: MIT
# A live lab under ThreadSanitizer while many ask it at once: readers and writers, the oracle, parts of objects, deliveries, a
# query. tests/run-all tsan runs it, with the program built by V=tsan.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"
program=$(dirname "$(realpath "$CAFELAB")")
load=$program/bench-load
[ -x "$load" ] || make -s -C "$top" V=tsan CC="${program##*-}" "${load#"$top"/}"
if ! nm "$CAFELAB" | grep -q __tsan_init; then
    fail "$CAFELAB is not built by V=tsan"
    checked
fi
export TSAN_OPTIONS="log_path=$tmp/races exitcode=0"
ask() { # MODE CLIENTS REQUESTS [PREFIX]
    # shellcheck disable=SC2046
    "$load" "$port" $(sed -n 's/aws_access_key_id = //p; s/aws_secret_access_key = //p' "$lab/.cafelab/aws/credentials") "$AWS_REGION" "$@" >"$tmp/load-$1" 2>&1
}
serve "$tmp/lab" --seed tsan --pace 400
export BUCKET=cafelab-tsan
aws s3 mb s3://$BUCKET >/dev/null
run operations
cp "$out" "$tmp/operations"
head -c 9000000 /dev/urandom >"$tmp/big"
ask write 8 600 w &
first=$!
ask read 8 2000 &
second=$!
AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=1 PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$top/tests/real/aws_oracle.py" "$lab" "$tmp/operations" >"$tmp/verdict" 2>&1 &
third=$!
aws s3 cp "$tmp/big" s3://$BUCKET/big --quiet
aws s3 cp s3://$BUCKET/big "$tmp/back" --quiet
same "$tmp/big" "$tmp/back"
run skip "$lab"
aws s3 ls --recursive s3://$BUCKET >/dev/null
wait $first $second $third
check "the oracle was content: $(cat "$tmp/verdict")" grep -q ' 0 faults' "$tmp/verdict"
check 'something was written' grep -q '^user w' "$tmp/load-write"
leave
is 0 $status 'the server ends well'
cat "$tmp"/races* >"$tmp/found" 2>/dev/null
is 0 "$(grep -c 'WARNING: ThreadSanitizer' "$tmp/found")" "races: $(head -60 "$tmp/found")"
checked
