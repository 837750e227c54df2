#!/bin/sh
# SPDX-License-Identifier: MIT
# How long it takes until a shell on the server is ready, in each mode that this machine allows (as root: also as a plain user
# made for it). Two figures of the same runs:
#   ready   from the first thing that `cafelab shell` does about it to the start of the student's own shell (--timing): the lab
#           opened, the login in the logs, namespaces, files, some 50 processes. This is what the target speaks of.
#   typed   from the command's start outside to the first command's output inside: the program's own loading and what bash and
#           that command take are in it, too.
# Beside them what namespaces alone cost here. Each is the median and the best of 15: a machine that others use shows in the one.
top=$(cd "$(dirname "$0")/../.." && pwd)
CC=${CC:-gcc}
make -s -C "$top" V=rel CC="$CC" all || exit 1
CAFELAB=$top/build/rel-$CC/cafelab
. "$top/tests/check.sh"
. "$top/tests/shell.sh"

figures() { # FILE of microseconds
    sort -n "$1" | awk '{ us[NR] = $1 } END { printf "median %.0f ms, best %.0f ms", us[int((NR + 1) / 2)] / 1000, us[1] / 1000 }'
}
for _ in $(seq 15); do
    began=$(date +%s%N)
    unshare --user --map-root-user --mount --pid --net --ipc --uts --fork true
    echo $((($(date +%s%N) - began) / 1000))
done >"$tmp/alone"
for mode in $modes; do
    lab_for $mode
    for _ in $(seq 15); do
        began=$(date +%s%N)
        as $mode shell "$lab" --timing -- 'date +%s%N'
        echo $((($(cat "$out") - began) / 1000)) >>"$tmp/typed-$mode"
        sed -n 's/shell ready after \([0-9]*\) us/\1/p' "$err" >>"$tmp/ready-$mode"
    done
    [ "$(wc -l <"$tmp/ready-$mode")" = 15 ] || fail "a shell in mode $mode did not come about: $(cat "$err")"
    echo "shell ready, mode $mode: $(figures "$tmp/ready-$mode") (target: median 50 ms); typed: $(figures "$tmp/typed-$mode")"
done
echo "unshare(1) alone: $(figures "$tmp/alone")"
[ "$failed" = 0 ]
