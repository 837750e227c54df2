#!/bin/sh
# SPDX-License-Identifier: MIT
# The server's own last and lastb say what the real ones say about the same files. (Who is logged in has no process on this machine.)
. "$(dirname "$0")/../check.sh"
run build cafe-breach -o "$tmp/lab" --events 0
is 0 $status build
ask() { # COMMAND: the server's answer
    run call "$tmp/lab" host:Run "{\"command\": \"sudo cp /var/log/wtmp /tmp/wtmp; sudo cp /var/log/btmp /tmp/btmp; $1\"}" --on cafe
    is 0 $status "$1"
}
ask true # so that files and sessions agree from now on
for options in '' '-n 3' 'reboot' 'chaos-user ec2-user'; do
    ask "last -f /tmp/wtmp $options"
    # shellcheck disable=SC2086
    last -f "$tmp/lab/host/tmp/wtmp" $options | sed 's/   gone - no logout/  still logged in/' >"$tmp/theirs"
    grep -v '^ec2-user.*still logged in' "$out" >"$tmp/ours" # the session that asks
    grep -v '^ec2-user.*still logged in' "$tmp/theirs" >"$tmp/want"
    case $options in '-n 3') head -2 "$tmp/ours" >"$tmp/o" && head -2 "$tmp/want" >"$tmp/w" ;; *) cp "$tmp/ours" "$tmp/o" && cp "$tmp/want" "$tmp/w" ;; esac
    same "$tmp/w" "$tmp/o"
done
ask 'sudo lastb -f /tmp/btmp'
lastb -f "$tmp/lab/host/tmp/btmp" >"$tmp/theirs"
same "$tmp/theirs" "$out"
checked
