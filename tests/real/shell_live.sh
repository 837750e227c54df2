#!/bin/sh
# SPDX-License-Identifier: MIT
# A shell in a lab that is served: the intruder comes while the server goes on, what is done on it is in the served lab at once.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../shell.sh"
lab=$tmp/live
"$stage/cafelab" start cafe-breach -o "$lab" --pace 100000 >"$tmp/served" 2>"$tmp/complaints" &
server=$!
trap 'kill $server 2>/dev/null; forget_user; chmod -R u+rwX "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
me=root
[ "$(id -u)" = 0 ] || me=multi
for _ in $(seq 60); do [ -s "$lab/.cafelab/aws/config" ] && break || sleep .5; done
"$stage/cafelab" skip "$lab" >/dev/null 2>&1
came=
for _ in $(seq 60); do
    as $me shell "$lab" -- 'pgrep -fc "[c]haos-user@pts"'
    [ "$(cat "$out")" = 1 ] && came=yes && break
    sleep 1
done
is yes "$came" "the intruder came: $(cat "$err")"
as $me shell "$lab" -- 'sudo kill -9 $(pgrep -f "[c]haos-user@pts"); sleep .3; sudo userdel -r chaos-user; echo rc $?; date -u +%F; uptime -s'
says 'rc 0' "$out"
is "$(date -u +%F)" "$(sed -n 2p "$out")" 'the clock'
as $me shell "$lab" -- 'who; ls /home; sudo grep -c "[d]elete user .chaos-user" /var/log/secure'
lacks chaos-user "$out"
is 1 "$(tail -1 "$out")" 'the log that was kept'
check 'the server goes on' kill -0 $server
as $me call "$lab" host:Run '{"command": "who"}' --on cafe
is 0 $status 'a call goes to who serves it'
lacks chaos-user "$out"
kill $server
wait $server 2>/dev/null
is '' "$(cat "$tmp/complaints")" 'what the server said'
"$stage/cafelab" call "$lab" host:Run '{"command": "cat /etc/passwd; ps -ef"}' --on cafe >"$out" 2>"$err"
lacks chaos-user "$out"
says 'sshd -D' "$out"
checked
