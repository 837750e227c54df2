#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/demo.sh tells the whole story: an untouched lab is worth nothing, the reference solution everything.
. "$(dirname "$0")/../check.sh"

began=$(date +%s)
TMPDIR=$tmp CAFELAB=$CAFELAB sh "$top/docs/demo.sh" "$tmp/demo-lab" >"$out" 2>"$err"
is 0 $? 'the demonstration'
took=$(($(date +%s) - began))
check "it takes less than a minute: $took s" test $took -lt 60
is '' "$(cat "$err")" 'standard error'
lacks "$(printf '\033')" "$out"
says 'chaos     2025-10-1' "$out"
says ' ssh /usr/sbin/sshd yes ' "$out"
says 'gone - no logout' "$out"
says 'passwordauthentication yes' "$out"
is 'Score: 0 of 120 points, 0 %
Score: 120 of 120 points, 100 %' "$(grep '^Score' "$out")" 'both scores'

TMPDIR=$tmp sh "$top/docs/demo.sh" "$tmp/demo-lab" >"$out" 2>"$err"
is 2 $? 'where something is already'
says "demo: '$tmp/demo-lab' exists already" "$err"
checked
