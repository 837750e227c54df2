#!/bin/sh
# SPDX-License-Identifier: MIT
# Steps that others take while a shell is open (the story, `cafelab call`) are not to be told from what was done inside: the same
# questions, asked of the real server and of the lab, get the same answers; processes are there and gone under the same ids.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../shell.sh"
mode=${modes##* } # the last: a plain user, where that is possible
lab_for $mode
step() { # COMMAND: of somebody else's, on the lab
    as $mode call "$lab" host:Run "$(jq -nc --arg c "$1" '{command: $c}')"
    is 0 $status "a step: $(cat "$err")"
}
open_shell() {
    if [ "$mode" = multi ] && [ "$(id -u)" = 0 ]; then
        (cd "$tmp" && exec setpriv --reuid $plain --regid $plain --init-groups "$stage/cafelab" shell "$lab" -- "$1") >"$tmp/in" 2>&1 &
    else
        "$stage/cafelab" shell "$lab" -- "$1" >"$tmp/in" 2>&1 &
    fi
    shell=$!
    check "a shell is open ($mode)" until_true 30 grep -q '^in$' "$tmp/in"
}
both() { # WHAT COMMAND: asked inside and of the lab
    as $mode shell "$lab" -- "$2"
    cp "$out" "$tmp/inside"
    step "$2"
    check "$1: an answer" test -s "$tmp/inside"
    same "$tmp/inside" "$out"
}
inside_soon() { # WHAT COMMAND: holds inside within half a minute
    as $mode shell "$lab" -- "for i in \$(seq 150); do $2 && exit; sleep .2; done; exit 1"
    is 0 $status "$1: $(cat "$err")"
}
open_shell 'echo in; sleep 600'
images=/var/www/html/cafe/images
step "sudo useradd -m -c 'Bob B' bob; echo bob:secret99 | sudo chpasswd; sudo mkdir -p /srv/data/a; echo one two | sudo tee /srv/data/a/f
sudo chmod 640 /srv/data/a/f; sudo chown bob:bob /srv/data/a; sudo ln -s a/f /srv/data/l; sudo rm /etc/motd
sudo mv $images/Coffee-and-Pastries.backup $images/kept.jpg; sudo sed -i 's/^PasswordAuthentication yes/PasswordAuthentication no/' /etc/ssh/sshd_config"
inside_soon 'files come' "sudo grep -q '^PasswordAuthentication no' /etc/ssh/sshd_config"
both 'files' "cd /; sudo stat -c '%n %F %a %u %g %Y' home/bob srv/data srv/data/a etc $images; sudo stat -c '%n %F %a %u %g %s %Y' etc/passwd etc/shadow etc/group etc/gshadow home/bob/.bashrc srv/data/a/f srv/data/l etc/motd $images/kept.jpg etc/ssh/sshd_config 2>/dev/null
sudo sha256sum etc/passwd etc/shadow etc/group srv/data/a/f $images/kept.jpg etc/ssh/sshd_config; ls $images; ls /srv/data; ls etc/motd 2>/dev/null; readlink srv/data/l; id bob"
inside_soon 'traces come' 'sudo grep -q "name=bob" /var/log/secure && sudo grep -q "op=add-user" /var/log/audit/audit.log'
both 'traces' 'sudo grep -h "name=bob\|useradd.*bob\|chpasswd" /var/log/secure | grep -v COMMAND=/bin/grep; sudo grep -h "ADD_USER\|ADD_GROUP\|USER_CHAUTHTOK" /var/log/audit/audit.log'
as $mode shell "$lab" -- 'sudo aureport -m -if /var/log/audit/audit.log | tail -n +6'
cp "$out" "$tmp/inside"
aureport -m -if "$lab/host/var/log/audit/audit.log" 2>/dev/null | tail -n +6 >"$tmp/outside"
says 'pts/1 /usr/sbin/useradd' "$tmp/inside"
same "$tmp/inside" "$tmp/outside"
both 'the intruder' 'who | grep -c chaos; pgrep -u chaos-user; pgrep -f "[s]shd -D"; true'
was=$(tail -1 "$out")
step 'sudo pkill -KILL -u chaos-user; sudo systemctl restart sshd'
inside_soon 'his processes end' '! pgrep -u chaos-user >/dev/null && [ "$(pgrep -f "[s]shd -D")" != '"$was"' ]'
both 'after the intruder' 'who | grep -c chaos; pgrep -u chaos-user; pgrep -f "[s]shd -D"; pgrep -c -f "[c]haos-user@pts"; true'
as $mode shell "$lab" -- 'until (exec 3<>/dev/tcp/127.0.0.1/22) 2>/dev/null; do sleep .1; done
    ssh -o StrictHostKeyChecking=no -o PreferredAuthentications=none -o BatchMode=yes ec2-user@127.0.0.1 2>&1 | grep -c password; sudo userdel -r bob; echo rc $?'
is '0
rc 0' "$(cat "$out")" "the restarted sshd has the new configuration; who came by a step can be removed: $(cat "$err")"
kill $shell
wait $shell 2>/dev/null
lacks bob "$lab/host/etc/passwd"
checked
