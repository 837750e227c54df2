#!/bin/sh
# SPDX-License-Identifier: MIT
# The walkthrough on the server, typed at a terminal, as root and as a plain user; the grader sees the repairs.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../shell.sh"
for mode in $modes; do
    lab_for $mode
    if [ "$mode" = multi ] && [ "$(id -u)" = 0 ]; then
        become="setpriv --reuid $plain --regid $plain --init-groups"
    else
        become=
    fi
    # shellcheck disable=SC2086
    (cd "$tmp" && TERM=xterm expect -f "$top/tests/real/shell_walkthrough.exp" $become "$stage/cafelab" shell "$lab") >"$out" 2>&1
    status=$?
    is 0 $status "the walkthrough in mode $mode"
    [ $status = 0 ] || tail -30 "$out" >&2
    [ "$mode" != multi ] || check "all of the lab is the user's own" test -z "$(find "$lab" ! -user "$(stat -c %u "$lab")")"
    says 'sudo service sshd restart' "$lab/host/home/ec2-user/.bash_history"
    as $mode grade --format json "$lab"
    cp "$out" "$tmp/report"
    for repair in session-ended user-gone passwords-off image-restored; do
        is pass "$(jq -r --arg id $repair '.. | objects | select(.id? == $id) | .outcome' "$tmp/report" | head -1)" "$repair ($mode)"
    done
    for kept in owner-gets-in nobody-else-hurt trail-kept site-up; do
        is pass "$(jq -r --arg id $kept '.. | objects | select(.id? == $id) | .outcome' "$tmp/report" | head -1)" "$kept ($mode)"
    done
done
checked
