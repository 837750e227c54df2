#!/bin/sh
# SPDX-License-Identifier: MIT
# audit.log, read by the audit tools: every login, account, command and file of the story is in their reports.
. "$(dirname "$0")/../check.sh"
lab=$tmp/lab
run build cafe-breach -o "$lab" --seed audit
is 0 $status 'build'
log=$lab/host/var/log/audit/audit.log
# entry FILTER PATH: of the journal's entries that happened on the server in the story
entry() {
    jq -rs "[.[] | select(.on == \"cafe\" and (.prelude | not)) | select($1)] | first | $2" "$lab/.cafelab/journal.jsonl"
}
intrusion='.op == "host:LogIn" and .response.user == "chaos-user" and .errorCode == null'
ip=$(entry "$intrusion" .response.addr)
ses=$(entry "$intrusion" .response.session)
uid=$(entry "$intrusion" .response.uid)
tty=$(entry "$intrusion" .response.tty)
monitor=$(entry "$intrusion" .response.pids.monitor)
check 'the intruder logged in' test -n "$ip"

# what a reader said, but for its note on a machine without auditd
complaints() {
    grep -v "^Config file /etc/audit/auditd.conf doesn't exist" "$tmp/said"
}

# report OPTIONS: an aureport table without its head
report() {
    aureport -if "$log" "$@" >"$tmp/table" 2>"$tmp/said" </dev/null
    is 0 $? "aureport $*"
    is '' "$(complaints)" "aureport $* has nothing to complain about"
    sed -n 's/^[0-9][0-9]*\. //p' "$tmp/table"
}
report --auth >"$tmp/auth"
is 2 "$(grep -c " chaos-user $ip ssh /usr/sbin/sshd yes " "$tmp/auth")" 'one login by password is two authentications'
check 'failed tries are there, too' grep -q ' /usr/sbin/sshd no ' "$tmp/auth"
report --login >"$tmp/login"
is 1 "$(grep -c " $uid $ip /dev/$tty /usr/sbin/sshd yes " "$tmp/login")" "the intruder's login"
report -m >"$tmp/accounts"
check 'useradd' grep -q ' /usr/sbin/useradd .* yes ' "$tmp/accounts"
report -f >"$tmp/files"
check 'watched files' test -s "$tmp/files"
report --summary >/dev/null
logins=$(sed -n 's/^Number of logins: //p' "$tmp/table")
is "$(jq -s '[.[] | select(.on == "cafe" and (.prelude | not) and .op == "host:LogIn" and .errorCode == null and .response.by != "ssm")] | length' "$lab/.cafelab/journal.jsonl")" \
    "$logins" 'as many logins as the journal has'
is 0 "$(sed -n 's/^Number of AVC.s: //p' "$tmp/table")" 'no AVCs'

# search OPTIONS
search() {
    ausearch -if "$log" "$@" >"$tmp/found" 2>"$tmp/said" </dev/null
    is 0 $? "ausearch $*"
    is '' "$(complaints)" "ausearch $* has nothing to complain about"
}
search -k sshd_config -i
says 'name=/etc/ssh/sshd_config' "$tmp/found"
says 'key=sshd_config' "$tmp/found"
search -k identity -i
says 'proctitle=useradd chaos-user' "$tmp/found"
says 'exe=/usr/sbin/useradd' "$tmp/found"
search -k web -i
says 'Coffee-and-Pastries.backup' "$tmp/found"
says "ses=$ses" "$tmp/found"
search -k sudoers -i
says 'proctitle=rm /etc/sudoers.d/chaos' "$tmp/found"
search --session "$ses" --format text
says 'successfully renamed' "$tmp/found"
says 'Coffee-and-Pastries' "$tmp/found"
search --session "$ses" -m USER_CMD -i
says 'cmd=/bin/mv /var/www/html/cafe/images/Coffee-and-Pastries.jpg /var/www/html/cafe/images/Coffee-and-Pastries.backup' "$tmp/found"
says 'cmd=/bin/rm /etc/sudoers.d/chaos' "$tmp/found"
search -ul "$uid" -m LOGIN
says "pid=$monitor uid=0 old-auid=4294967295 auid=$uid" "$tmp/found"
search -m SERVICE_START -i
says 'unit=sshd' "$tmp/found"

# each event's records stand together, serials rise by one, times never fall
is '' "$(sed -n 's/.*msg=audit(\([0-9.]*\):\([0-9]*\)):.*/\1 \2/p' "$log" |
    awk 'NR > 1 && ($1 < t || ($2 != s && $2 != s + 1)) { print "line " NR } { t = $1; s = $2 }')" 'order of audit.log'
is "$(wc -l <"$log")" "$(grep -cE '^type=[A-Z_]+ msg=audit\([0-9]+\.[0-9]{3}:[0-9]+\): ' "$log")" 'each line is a record'

# sudo says who asks before the command does anything
search -m USER_CMD
sed -n 's/.*:\([0-9]*\)): pid=\([0-9]*\) .*/\2 \1/p' "$tmp/found" >"$tmp/asked"
sed -n 's/^type=SYSCALL msg=audit([0-9.]*:\([0-9]*\)): .* ppid=\([0-9]*\) .*/\2 \1/p' "$log" >"$tmp/done"
awk 'NR == FNR { asked[$1] = $2; next } $1 in asked { n++; if ($2 < asked[$1]) print "syscall " $2 " before " asked[$1] }
    END { if (!n) print "none" }' "$tmp/asked" "$tmp/done" >"$tmp/early"
is '' "$(cat "$tmp/early")" 'sudo before its command'

aulast -f "$log" >"$tmp/aulast" 2>&1
is 0 $? aulast
check 'aulast shows the intruder, still there' grep -qE "$tty +$ip .* still logged in" "$tmp/aulast"

# the other logs tell the same: pid and port, to the second
port=$(entry "$intrusion" .response.port)
says "sshd[$monitor]: Accepted password for chaos-user from $ip port $port ssh2" "$lab/host/var/log/secure"
stamp=$(sed -n "s/^\(.* [0-9:]*\) [^ ]* sshd\[$monitor\]: Accepted.*/\1/p" "$lab/host/var/log/secure")
second=$(sed -n "s/^type=USER_AUTH msg=audit(\([0-9]*\)\.[0-9]*:[0-9]*): pid=$monitor .*op=success.*/\1/p" "$log")
is "$(date -u -d "@$second" '+%b %e %H:%M:%S')" "$stamp" 'audit.log and secure agree to the second'
says "New session $ses of user chaos-user." "$lab/host/var/log/messages"
checked
