#!/bin/sh
# SPDX-License-Identifier: MIT
# The server's own aureport says what the real one says about the same log (which dates as in C, not as in en_US).
. "$(dirname "$0")/../check.sh"
run build cafe-breach -o "$tmp/lab" --events 0
is 0 $status build
for report in --auth --login '--auth --failed' '--auth --success' '--login --failed' '--auth --summary' '--login --failed --summary' '--auth --success --summary'; do
    cp "$tmp/lab/host/var/log/audit/audit.log" "$tmp/audit.log" # as it is before the call adds to it
    run call "$tmp/lab" host:Run "{\"command\": \"sudo cp /var/log/audit/audit.log /tmp/a; sudo aureport $report -if /tmp/a\"}" --on cafe
    is 0 $status "$report"
    sed 's/\([0-9]*\. [0-9]*\/[0-9]*\/\)20/\1/' "$out" >"$tmp/ours"
    # shellcheck disable=SC2086
    aureport $report -if "$tmp/lab/host/tmp/a" </dev/null >"$tmp/theirs" 2>/dev/null
    case $report in *summary) sort -o "$tmp/ours" "$tmp/ours" && sort -o "$tmp/theirs" "$tmp/theirs" ;; esac
    same "$tmp/theirs" "$tmp/ours"
done
run call "$tmp/lab" host:Run '{"command": "aureport --auth"}' --on cafe
says 'Error opening /var/log/audit/audit.log (Permission denied)' "$err"
checked
