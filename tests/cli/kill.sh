#!/bin/sh
# SPDX-License-Identifier: MIT
# A call that is killed has happened or has not: what the journal holds is on the disk after the next call, once.
. "$(dirname "$0")/../check.sh"
lab=$tmp/lab
run build "$top/tests/data/small" -o "$lab" --seed 7
is 0 $status 'build'

users=
for ms in 4 8 12 16 20 24 28 32 40 50 60 80 100; do
    "$CAFELAB" call "$lab" host:Run "{\"command\": \"sudo useradd u$ms\"}" --on web1 >/dev/null 2>&1 &
    pid=$!
    sleep "$(printf '0.%03d' $ms)"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    users="$users u$ms"
    run call "$lab" sts:GetCallerIdentity
    is 0 $status "the call after a kill at $ms ms"
done
n=$(wc -l <"$lab/.cafelab/journal.jsonl")
is "$n $n" "$(cat "$lab/.cafelab/written")" 'all that happened is written'
check 'nothing is left to be done again' test ! -e "$lab/.cafelab/redo"
for user in $users; do
    happened=$(grep -c "sudo useradd $user\"" "$lab/.cafelab/journal.jsonl")
    is "$happened" "$(grep -c "^$user:" "$lab/host/etc/passwd")" "$user in passwd"
    is "$happened" "$(grep -c "new user: name=$user," "$lab/host/var/log/secure")" "$user in secure"
done
checked
