#!/bin/sh
# SPDX-License-Identifier: MIT
# A live lab's figures: from `start` to the first answer, signed requests a second from 300 keep-alive clients (reads, and
# changes that are on the disk before they are answered), memory, how long the trail takes to deliver 100,000 events at once,
# and what a start costs when the journal is long. The load generator runs on the same cores. moto's server beside it, where this machine has one (no Debian package).
cd "$(dirname "$0")/../.." || exit 2
CC=${CC:-gcc}
make -s V=rel CC="$CC" all "build/rel-$CC/bench-load" || exit 1
cafelab=$PWD/build/rel-$CC/cafelab load=$PWD/build/rel-$CC/bench-load
tmp=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; wait; rm -rf "$tmp"' EXIT
export CAFELAB_DATA="$PWD" LC_ALL=C
ms() { # since the epoch
    echo $(($(date +%s%N) / 1000000))
}
start() {
    rm -f "$tmp/started"
    "$cafelab" start "$@" --json >"$tmp/started" &
    server=$!
    until [ -s "$tmp/started" ]; do sleep 0.002; done
    port=$(jq .port "$tmp/started")
}
ask() { # MODE CLIENTS REQUESTS
    # shellcheck disable=SC2046
    "$load" "$port" $(sed -n 's/aws_access_key_id = //p; s/aws_secret_access_key = //p' "$tmp/lab/.cafelab/aws/credentials") us-west-2 "$@" 2>&1 >/dev/null | tail -1
}
memory() {
    awk '/VmRSS/ { printf "%.0f MB", $2 / 1024 }' "/proc/$server/status"
}

start cafe-breach -o "$tmp/lab"
kill "$server" && wait "$server"
began=$(ms)
start "$tmp/lab"
ask read 1 1 >/dev/null
echo "start of a lab to its first answer: $(($(ms) - began)) ms"
print() { # WHAT, of ask's last line
    jq -r --arg what "$1" '"\($what), 300 clients: \(.perSecond) a second, p50 \(.p50Ms) ms, p99 \(.p99Ms) ms, \(.failed) failed"'
}
call() {
    "$cafelab" call "$tmp/lab" "$@" >/dev/null
}
before=$(memory) flat=
for more in 10000 40000 50000 100000; do
    ask read 300 $more >"$tmp/figures"
    [ $more != 100000 ] || print read <"$tmp/figures"
    asked=$((${asked:-0} + more)) flat="$flat, $(memory) after $asked"
done
told() { # of the reads, in event history: its file lags by some 20 s
    [ "$(grep -c '"EventName":"GetCallerIdentity"' "$tmp/lab/account/event-history.json")" -ge "$asked" ]
}
until told; do sleep 1; done
sleep 2
echo "memory: $before before$flat requests; $(memory) when event history has told them all"
ask write 300 20000 | print write

# ---- a trail that has 100,000 events to deliver at once ----
b=cafelab-bench-trail
call s3:CreateBucket "{\"bucketName\": \"$b\"}"
call s3:PutBucketPolicy "{\"bucketName\": \"$b\", \"bucketPolicy\": {\"Version\": \"2012-10-17\", \"Statement\": [
    {\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"cloudtrail.amazonaws.com\"}, \"Action\": \"s3:*\", \"Resource\": [\"arn:aws:s3:::$b\", \"arn:aws:s3:::$b/*\"]}]}}"
call cloudtrail:CreateTrail "{\"name\": \"bench\", \"s3BucketName\": \"$b\", \"isMultiRegionTrail\": true, \"enableLogFileValidation\": true}"
call cloudtrail:StartLogging '{"name": "bench"}'
ask read 300 100000 >/dev/null
began=$(ms)
"$cafelab" skip "$tmp/lab" >/dev/null
until find "$tmp/lab/s3/$b" -path '*CloudTrail-Digest*' -name '*.gz' 2>/dev/null | grep -q .; do sleep 0.05; done
echo "100,000 events delivered, with a digest: $(($(ms) - began)) ms from the end of the load, the story's own steps (a second each) among it"

# ---- a long journal: each start replays all of it ----
kill "$server" && wait "$server"
rm -rf "$tmp/lab"
start cafe-breach -o "$tmp/lab"
for more in 10000 40000 50000; do
    ask write 300 $more long$more >/dev/null
    changes=$((${changes:-0} + more)) full=$(memory)
    kill -9 "$server"
    wait "$server" 2>/dev/null
    began=$(ms)
    start "$tmp/lab"
    ask read 1 1 >/dev/null
    took=$(($(ms) - began))
    cpu=$(awk -v tick="$(getconf CLK_TCK)" '{ printf "%.0f", ($14 + $15) * 1000 / tick }' "/proc/$server/stat")
    [ "$changes" != 10000 ] || each=$cpu
    echo "after $changes changes: $full; start to first answer $took ms, processor $cpu ms ($((cpu * 10000 / changes)) for each 10,000; ${each} after the first), $(awk '/VmHWM/ { printf "%.0f MB", $2 / 1024 }' "/proc/$server/status") at most"
done

# ---- moto beside it ----
if command -v moto_server >/dev/null; then
    moto_server -p 5599 >/dev/null 2>&1 &
    moto=$!
    until curl -s -o /dev/null http://127.0.0.1:5599/; do sleep 0.1; done
    "$load" 5599 test test us-west-2 read 300 3000 2>&1 >/dev/null | tail -1 | print 'moto, read'
    kill $moto
else
    echo 'moto server: not on this machine (no Debian package; pip install "moto[server]")'
fi
