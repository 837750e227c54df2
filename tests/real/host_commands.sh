#!/bin/sh
# SPDX-License-Identifier: MIT
# The simulated shell and its programs against the real bash, coreutils, grep, sed, find and diff: the same lines, the same standard
# output and exit status. (Complaints on standard error differ: Amazon Linux 2's are older.)
. "$(dirname "$0")/../check.sh"
cc=${CC:-gcc}
make -C "$top" --no-print-directory -s V=rel CC="$cc" "build/rel-$cc/real-host_commands" || exit 2
lines=$top/tests/data/host/lines
mkdir "$tmp/ours" "$tmp/theirs" "$tmp/w"
n=$("$top/build/rel-$cc/real-host_commands" "$lines" "$tmp/ours" | tail -1)
check "there are lines" [ "$n" -gt 30 ]
umask 022
i=0
while IFS= read -r line; do
    (cd "$tmp/w" && bash --norc -c "$line" >"$tmp/out" 2>/dev/null </dev/null
        status=$?
        { cat "$tmp/out"; printf '\n[%d]\n' $status; } >"$tmp/theirs/$i")
    if cmp -s "$tmp/ours/$i" "$tmp/theirs/$i"; then pass; else
        fail "$line"
        diff "$tmp/ours/$i" "$tmp/theirs/$i" | head -"${SHOW:-10}" >&2
    fi
    i=$((i + 1))
done <"$lines"
checked
