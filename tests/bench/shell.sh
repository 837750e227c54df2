#!/bin/sh
# SPDX-License-Identifier: MIT
# How long it takes until a shell on the server is ready, from the command to its own start: the lab opened, the login in the
# logs, namespaces, files and 50 processes. Beside it what namespaces alone cost here. Best and median of 15.
cd "$(dirname "$0")/../.." || exit 2
CC=${CC:-gcc}
make -s V=rel CC="$CC" all || exit 1
cafelab=$PWD/build/rel-$CC/cafelab
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export CAFELAB_DATA="$PWD" LC_ALL=C
"$cafelab" build cafe-breach -o "$tmp/lab" --events 500 >/dev/null
mode=$("$cafelab" doctor --json | jq -r .mode)
for _ in $(seq 15); do
    "$cafelab" shell "$tmp/lab" --timing -- true 2>&1 | sed -n 's/shell ready after \([0-9]*\) us/\1/p'
done | sort -n >"$tmp/us"
for _ in $(seq 15); do
    began=$(date +%s%N)
    unshare --user --map-root-user --mount --pid --net --ipc --uts --fork true
    echo $((($(date +%s%N) - began) / 1000))
done | sort -n >"$tmp/alone"
ms() {
    awk -v n="$2" 'NR == n { printf "%.0f ms", $1 / 1000 }' "$1"
}
echo "shell ready, mode $mode: best $(ms "$tmp/us" 1), median $(ms "$tmp/us" 8) (wanted: 50 ms); unshare(1) alone: $(ms "$tmp/alone" 1), $(ms "$tmp/alone" 8)"
