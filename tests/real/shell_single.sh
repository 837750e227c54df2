#!/bin/sh
# SPDX-License-Identifier: MIT
# A user without subordinate ids: what the shell then shows, what it says that it does not, and owners that are kept all the same.
. "$(dirname "$0")/../check.sh"
[ "$(id -u)" = 0 ] || { echo "a user without ids is made by root: not tried"; pass; checked; }
. "$(dirname "$0")/../shell.sh"
alone=cafelone$$
forget_alone() {
    ! getent passwd $alone >/dev/null || until_true 20 userdel -r $alone
}
trap 'forget_alone; forget_user; chmod -R u+rwX "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
until_true 20 useradd -m -s /bin/sh -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 $alone
is '' "$(grep "^$alone:" /etc/subuid)" 'no subordinate ids'
alone_does() {
    (cd "$tmp" && setpriv --reuid $alone --regid $alone --init-groups "$stage/cafelab" "$@") >"$out" 2>"$err" </dev/null
    status=$?
}
alone_does doctor --json
is 1 $status 'doctor'
has 'the mode, why, and what helps' '.mode == "single" and (.cannot | test("shown as root")) and (.why | test("subordinate ids")) and (.cure | test("usermod --add-subuids"))' "$out"
lab_for root
chown -R $alone: "$lab"
alone_does shell "$lab" -- 'soon() { for i in $(seq 100); do "$@" && return; sleep .1; done; }
    id -u; sudo true; soon sudo grep -q "USER=root ; COMMAND=.*/true" /var/log/secure && echo 1; who | grep -c chaos-user
    ps -ef | grep -c "[s]shd: [c]haos-user@pts"; sudo kill -9 $(pgrep -f "[c]haos-user@pts")
    gone() { ! pgrep -f "[c]haos-user@pts" >/dev/null; }; soon gone && echo 0
    cd /var/www/html/cafe/images && sudo mv Coffee-and-Pastries.backup Coffee-and-Pastries.jpg
    echo mine > ~/note; sudo sed -i "s/^PasswordAuthentication yes/PasswordAuthentication no/" /etc/ssh/sshd_config; sudo service sshd restart; echo rc $?
    curl -s http://localhost/cafe/ | grep -c "<html"'
is 0 $status "the shell: $(cat "$err")"
says 'shown as root' "$err"
is '0
1
1
1
0
Redirecting to /bin/systemctl restart sshd.service
rc 0
1' "$(cat "$out")" "what it shows: $(cat "$err")"
is mine "$(cat "$lab/host/home/ec2-user/note")" 'what was done'
grep '^\./home/ec2-user/note ' "$lab/.cafelab/host.mtree" >"$tmp/manifest"
says 'uid=1000 gid=1000' "$tmp/manifest"
grep '^\./var/www/html/cafe/images/Coffee-and-Pastries.jpg ' "$lab/.cafelab/host.mtree" >"$tmp/manifest"
says 'uid=48 gid=48' "$tmp/manifest"
"$stage/cafelab" grade --format json "$lab" >"$tmp/report" 2>/dev/null
for repair in session-ended passwords-off image-restored site-up nobody-else-hurt; do
    is pass "$(jq -r --arg id $repair '.. | objects | select(.id? == $id) | .outcome' "$tmp/report" | head -1)" "$repair"
done

# typed at a terminal: the screen, job control, the repairs
lab_for root
chown -R $alone: "$lab"
(cd "$tmp" && ALONE=1 TERM=xterm expect -f "$top/tests/real/shell_walkthrough.exp" setpriv --reuid $alone --regid $alone --init-groups "$stage/cafelab" shell "$lab") >"$out" 2>&1
status=$?
is 0 $status 'the walkthrough'
[ $status = 0 ] || tail -30 "$out" >&2
"$stage/cafelab" grade --format json "$lab" >"$tmp/report"
for repair in session-ended user-gone passwords-off image-restored owner-gets-in; do
    is pass "$(jq -r --arg id $repair '.. | objects | select(.id? == $id) | .outcome' "$tmp/report" | head -1)" "$repair"
done
checked
