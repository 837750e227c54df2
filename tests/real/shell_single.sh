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

# what doctor says where a machine refuses: each time the one thing that is in the way, and the command that mends it
refused() { # SETTING VALUE MASK: with /proc/sys/SETTING and calls that fail
    unshare --mount sh -c 'mount -t tmpfs none "/proc/sys/${1%/*}" && echo "$2" >"/proc/sys/$1" && shift 2 &&
        exec python3 "$0" "$@" doctor --json' "$top/tests/real/refuse.py" "$@" "$stage/cafelab" >"$out" 2>"$err" </dev/null
    status=$?
}
all=0x7e020000 user=0x10000000
for row in "kernel/apparmor_restrict_unprivileged_userns 1 $((all & ~user)) AppArmor kernel.apparmor_restrict_unprivileged_userns=0" \
    "kernel/unprivileged_userns_clone 0 $all unprivileged_userns_clone kernel.unprivileged_userns_clone=1" \
    "user/max_user_namespaces 0 $all max_user_namespaces user.max_user_namespaces=15000"; do
    # shellcheck disable=SC2086
    set -- $row
    refused "$1" "$2" "$3"
    is 1 $status "doctor: $1"
    has "$1" --arg why "$4" --arg cure "sudo sysctl $5" '.mode == "none" and (.why | contains($why)) and .cure == $cure' <"$out"
done
refused kernel/none 0 $all
has 'a filter of system calls' '.mode == "none" and (.why | test("seccomp"))' <"$out"

# root of a container of a plain user: its own ids, one id, a /proc of which parts are covered
container() { # MAP SCRIPT
    # shellcheck disable=SC2086
    (cd "$tmp" && setpriv --reuid $plain --regid $plain --init-groups unshare --user $1 --mount --pid --fork --mount-proc sh -c "$2" "$stage/cafelab" "$lab") >"$out" 2>"$err" </dev/null
}
lab_for multi
container '--map-root-user --map-auto' '$0 doctor --json; $0 shell "$1" -- "id -u; sudo id -u; stat -c %u /home/chaos-user"; mount -t tmpfs none /proc/fs && $0 doctor --json'
is '"multi" 1000 0 1001 "none"' "$(sed -n 's/^[0-9]*$/&/p; s/.*"mode": \("[a-z]*"\).*/\1/p' "$out" | xargs -d '\n')" "in a rootless container: $(cat "$out" "$err")"
container '--map-root-user' '$0 doctor --json'
has 'root with one id' '.mode == "single" and (.why | test("only 1 ids"))' <"$out"

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
