#!/bin/sh
# SPDX-License-Identifier: MIT
# A live lab's figures: from `start` to the first answer, signed requests a second from 300 keep-alive clients (reads, and
# changes that are on the disk before they are answered), and memory. The load generator runs on the same cores.
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
for mode in read write; do
    n=20000
    [ $mode = read ] || n=3000
    echo "$mode, 300 clients: $(ask $mode 300 $n | jq -r '"\(.perSecond) a second, p50 \(.p50Ms) ms, p99 \(.p99Ms) ms, \(.failed) failed"')"
done
echo "memory after 23,000 requests: $(memory)"
