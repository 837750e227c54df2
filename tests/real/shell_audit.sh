#!/bin/sh
# SPDX-License-Identifier: MIT
# What a student does on the server leaves the traces that it would leave there: the real ausearch and aureport read them.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../shell.sh"
for mode in $modes; do
    lab_for $mode
    before=$(grep -c '' "$lab/host/var/log/audit/audit.log")
    as $mode shell "$lab" -- 'cd /var/www/html/cafe/images; sudo mv Coffee-and-Pastries.backup Coffee-and-Pastries.jpg
        echo mine 2>/dev/null > menu.txt; sudo touch new.txt; sudo rm new.txt; echo x > /tmp/elsewhere
        sudo sed -i "s/^PasswordAuthentication yes/PasswordAuthentication no/" /etc/ssh/sshd_config
        cd /etc; sudo chmod 600 ../etc/sudoers; sudo useradd eve; sudo userdel -r eve
        sudo ausearch -k web -i 2>/dev/null </dev/null | grep -c "syscall=renameat success=yes .*comm=mv"
        sudo tail -1 /var/log/audit/audit.log | cut -d" " -f1'
    is 0 $status "the shell ($mode): $(cat "$err")"
    is 1 "$(head -1 "$out")" "read inside, while it goes on ($mode)"
    tail -n +$((before + 1)) "$lab/host/var/log/audit/audit.log" >"$tmp/audit.log"
    is '' "$(awk -F'[(:)]' '/^type=/{ if ($2 + 0 < last + 0) print; last = $2 }' "$tmp/audit.log")" "in the order of time ($mode)"
    ausearch -k web -if "$tmp/audit.log" --format text >"$tmp/text" 2>/dev/null
    says 'successfully renamed' "$tmp/text"
    says 'new.txt' "$tmp/text"
    ausearch -k web -sv no -i -if "$tmp/audit.log" >"$tmp/refused" 2>/dev/null
    says 'exit=EACCES' "$tmp/refused"
    is 1 "$(grep -c '^type=SYSCALL .* success=no exit=-13 .* uid=1000 .*comm="bash"' "$tmp/audit.log")" "refused to a plain user ($mode)"
    lacks elsewhere "$tmp/audit.log"
    ausearch -k sshd_config -i -if "$tmp/audit.log" >"$tmp/sshd" 2>/dev/null
    says 'proctitle=sed -i' "$tmp/sshd"
    says 'name=/etc/ssh/sshd_config' "$tmp/sshd"
    ausearch -k sudoers -i -if "$tmp/audit.log" >"$tmp/sudoers" 2>/dev/null
    says 'syscall=fchmodat success=yes' "$tmp/sudoers"
    says 'name=../etc/sudoers' "$tmp/sudoers"
    ausearch -k identity -if "$tmp/audit.log" 2>/dev/null | grep -c comm=.useradd >"$tmp/useradd"
    check "useradd on /etc/passwd ($mode)" test "$(cat "$tmp/useradd")" -ge 2
    aureport -f -if "$tmp/audit.log" >"$tmp/files" 2>/dev/null
    says /etc/sudoers "$tmp/files"
    aureport -m -if "$tmp/audit.log" >"$tmp/changes" 2>/dev/null
    says '/usr/sbin/userdel' "$tmp/changes"
    is 0 "$(aureport --summary -if "$tmp/audit.log" 2>&1 | grep -ciE 'malformed|error')" "no record is malformed ($mode)"
    session=$(sed -n 's/^type=LOGIN .* ses=\([0-9]*\) res=1/\1/p' "$tmp/audit.log" | tail -1)
    is "$session" "$(sed -n 's/^type=SYSCALL .* ses=\([0-9]*\) .*/\1/p' "$tmp/audit.log" | sort -u)" "all in the student's own session ($mode)"
    says "new user: name=eve" "$lab/host/var/log/secure"

    # who stops the log is not logged; who starts it again is, also when there are many others who want the processors
    as $mode shell "$lab" -- 'sudo service auditd stop; sudo touch /etc/cron.d/silent; sudo service auditd start
        for i in 1 2 3 4 5 6; do while :; do :; done & done
        sudo nice -n 19 touch /etc/cron.d/loud; kill $(jobs -p)'
    lacks 'cron.d/silent' "$lab/host/var/log/audit/audit.log"
    is 1 "$(grep -c 'name="/etc/cron.d/loud" .* nametype=CREATE' "$lab/host/var/log/audit/audit.log")" "what was made is named ($mode)"
done
checked
