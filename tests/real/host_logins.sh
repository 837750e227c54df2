#!/bin/sh
# SPDX-License-Identifier: MIT
# wtmp, btmp, utmp and lastlog, read by last, lastb, who, utmpdump and lastlog; the views beside them say the same.
. "$(dirname "$0")/../check.sh"
lab=$tmp/lab
run build cafe-breach -o "$lab" --seed logins
is 0 $status 'build'
host=$lab/host
login=$(jq -cs '[.[] | select(.op == "host:LogIn" and .errorCode == null and .response.user == "chaos-user")] | first | .response' \
    "$lab/.cafelab/journal.jsonl")
field() {
    printf '%s' "$login" | jq -r "$1"
}
ip=$(field .addr) tty=$(field .tty) uid=$(field .uid) port=$(field .port)

last -w -f "$host/var/log/wtmp" >"$tmp/last"
is 0 $? last
check 'last: the intruder has not logged out' grep -qE "^chaos-user +$tty +$ip .*(gone - no logout|still logged in)" "$tmp/last"
check 'last: the boot' grep -qE '^reboot +system boot +4\.14\.' "$tmp/last"
lastb -w -f "$host/var/log/btmp" >"$tmp/lastb"
is 0 $? lastb
tries=$(jq -s '[.[] | select(.op == "host:LogIn" and .response.reason == "bad-password") | if .response.known then 1 else 2 end] | add // 0' \
    "$lab/.cafelab/journal.jsonl")
is "$tries" "$(grep -c ssh:notty "$tmp/lastb")" 'lastb: a failed password is one record, two for a name that does not exist'
LC_ALL=C.UTF-8 who "$host/run/utmp" >"$tmp/who"
check 'who: the intruder is there' grep -qE "^chaos-user $tty .*\($ip\)" "$tmp/who"
who -b "$host/run/utmp" | grep -q 'system boot'
is 0 $? 'who -b'
utmpdump "$host/run/utmp" >"$tmp/dump" 2>/dev/null
check 'utmpdump: type, user, host and address' grep -qE "^\[7\] \[0*$(field .pids.monitor)\] .*\[chaos-user\] \[$tty *\] \[$ip *\] \[$ip *\]" "$tmp/dump"
is "$(stat -c %s "$host/var/log/wtmp")" "$((384 * $(utmpdump "$host/var/log/wtmp" 2>/dev/null | wc -l)))" 'wtmp holds whole records'

# lastlog: a table by uid; `lastlog -R` needs root, so root's eyes only where they are
is "$ip" "$(dd if="$host/var/log/lastlog" bs=292 skip="$uid" count=1 2>/dev/null | tail -c +37 | tr -d '\0')" 'lastlog: address'
is "$tty" "$(dd if="$host/var/log/lastlog" bs=292 skip="$uid" count=1 2>/dev/null | head -c 36 | tail -c +5 | tr -d '\0')" 'lastlog: line'
if [ "$(id -u)" = 0 ]; then
    lastlog -R "$host" -u chaos-user >"$tmp/lastlog"
    check 'lastlog -R' grep -qE "^chaos-user +$tty +$ip " "$tmp/lastlog"
fi

# the views
same "$tmp/who" "$lab/server/cafe/who.txt"
says "sshd: chaos-user@$tty" "$lab/server/cafe/ps-ef.txt"
says "$ip:$port" "$lab/server/cafe/ss-tanp.txt"
says "pid=$(field .pids.child)" "$lab/server/cafe/ss-tanp.txt"
check 'w' grep -qE "^chaos-us $tty +$ip " "$lab/server/cafe/w.txt"
check 'ps shows the pids that the logs name' grep -qE "^root +$(field .pids.monitor) .* sshd: chaos-user \[priv\]" "$lab/server/cafe/ps-ef.txt"

# after the repair the record is closed and the views are empty
run solve "$lab"
is 0 $status 'solve'
last -w -f "$host/var/log/wtmp" >"$tmp/last"
check 'last: the session has ended' grep -qE "^chaos-user +$tty +$ip .* - " "$tmp/last"
lacks 'no logout' "$tmp/last"
lacks chaos-user "$lab/server/cafe/who.txt"
lacks chaos-user "$lab/server/cafe/ps-ef.txt"
lacks "$ip:$port" "$lab/server/cafe/ss-tanp.txt"
says "delete user 'chaos-user'" "$host/var/log/secure"
check 'no history of a shell that was killed' test ! -e "$host/home/chaos-user"
aureport -if "$host/var/log/audit/audit.log" -m </dev/null >"$tmp/accounts"
check 'aureport -m: userdel' grep -q ' /usr/sbin/userdel .* yes ' "$tmp/accounts"
checked
