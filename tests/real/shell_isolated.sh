#!/bin/sh
# SPDX-License-Identifier: MIT
# Nobody gets out of the shell, and nothing of it stays: root inside against the machine, prepared trees, kills and crashes.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../shell.sh"

on_server() { # MODE CMD
    as "$1" shell "$lab" -- "$2"
}
sleep 9731 & # of the machine: nobody inside may see it, let alone end it
bystander=$!
echo 'out of bounds' >"$tmp/secret"
chmod 666 "$tmp/secret"
queue=$(ipcmk -Q | sed 's/.*: //') && trap 'ipcrm -q $queue; forget_user; chmod -R u+rwX "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
mkdir -p "$stage/build/tools/auditd/usr/sbin" # a folder that lies over /usr inside, as where the package is not installed
mounts=$(cat /proc/self/mounts | wc -l)
left() { # how many processes are of this test's cafelab, inside or outside
    n=0
    for exe in /proc/[0-9]*/exe; do
        [ "$(readlink "$exe" 2>/dev/null)" != "$stage/cafelab" ] || n=$((n + 1))
    done
    echo $n
}
gone() { # they end a moment after the one that kept them
    [ "$(left)" -eq 0 ]
}
keepers() { # of this test's labs
    for pid in $(pgrep -x cafelab-keeper; pgrep -x cafelab-gate); do
        ! tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$tmp/" || echo "$pid"
    done
}
begin_shell() { # MODE CMD: in the background, until it says "in": $shell is its pid
    rm -f "$tmp/in"
    if [ "$1" = multi ] && [ "$(id -u)" = 0 ]; then
        (cd "$tmp" && exec setpriv --reuid $plain --regid $plain --init-groups "$stage/cafelab" shell "$lab" -- "$2") >"$tmp/in" 2>&1 &
    else
        "$stage/cafelab" shell "$lab" -- "$2" >"$tmp/in" 2>&1 &
    fi
    shell=$!
    check "a shell in the background ($1)" until_true 30 grep -q '^in$' "$tmp/in"
}

for mode in $modes; do
    lab_for $mode
    exec 9<"$tmp" # of the caller's: nobody inside gets that
    on_server $mode 'sudo sh -c "
        for f in /usr/bin/x /usr/lib/x /etc/alternatives/x /proc/sys/kernel/core_pattern /proc/sysrq-trigger; do
            (echo b > \$f) 2>/dev/null && echo wrote \$f; done
        mknod /root/disk b 8 0 2>/dev/null && echo made a disk
        mknod /root/mem c 1 1 2>/dev/null && echo made memory
        mount -o remount,rw /usr 2>/dev/null && touch /usr/bin/x 2>/dev/null && echo wrote after remount
        mount -t sysfs s /sys 2>/dev/null && (echo 1 > /sys/kernel/mm/ksm/run) 2>/dev/null && echo wrote to sysfs
        for d in /proc/[0-9]*/cwd /proc/[0-9]*/root /proc/[0-9]*/fd/*; do
            [ ! -e \$d/../../../../../../../../../..'"$tmp"'/secret ] || echo walked out by \$d; done
        umount -l /usr 2>/dev/null; ls -d '"$top $tmp"' 2>/dev/null
        insmod x 2>&1 | grep -c inserted
        date -s 2001-01-01 >/dev/null 2>&1 && echo set the clock
        sysctl -w kernel.hostname=x >/dev/null 2>&1
        chroot /proc/1/root ls -d '"$tmp"' 2>/dev/null
        nsenter -t 1 -m -p -n ls -d '"$tmp"' 2>/dev/null; unshare -m ls -d '"$tmp"' 2>/dev/null
        for n in vda sda nvme0n1 vdb; do head -c 1 /dev/\$n 2>/dev/null; done
        for t in sysfs debugfs securityfs bpf tracefs; do mkdir -p /mnt/\$t; mount -t \$t x /mnt/\$t 2>/dev/null; done
        (echo 1 > /mnt/sysfs/kernel/mm/ksm/run) 2>/dev/null && echo wrote to sysfs; ls /mnt/debugfs /mnt/tracefs
        head -c 1 /proc/kcore 2>/dev/null; dmesg 2>/dev/null | head -1; swapoff -a 2>/dev/null; reboot -f 2>/dev/null; true"'
    exec 9<&-
    is 0 "$(grep -vc '^0$' "$out")" "root inside against the machine ($mode): $(cat "$out")"
    on_server $mode 'ps -eo args | grep -c "[s]leep 9731"; cut -d: -f1 /proc/net/dev | tail -n +3 | xargs; find / -xdev -name secret 2>/dev/null | wc -l; env | grep -c CAFELAB; sudo tr "\0" "\n" < /proc/1/environ | grep -c HOME'
    is "0
lo
0
0
0" "$(cat "$out")" "what is to be seen inside ($mode)"

    # each mount has the least that it needs, and there is no other but for plain devices; nothing of the caller's is shared
    on_server $mode 'cat /proc/self/mounts; [ "$(ulimit -u)" -gt 4000 ] || echo "limit 4000"; echo "queues $(tail -n +2 /proc/sysvipc/msg | wc -l)"
        echo "groups $(grep -vc ":/$" /proc/self/cgroup)"'
    cp "$out" "$tmp/mounts"
    for want in "/ nodev" "/usr ro nodev" "/usr/lib/cafelab ro nosuid nodev" "/etc/alternatives ro" "/dev nosuid noexec" \
        "/dev/pts nosuid noexec" "/dev/shm nosuid nodev" "/proc nosuid nodev noexec"; do
        # shellcheck disable=SC2086
        set -- $want
        flags=$(awk -v at="$1" '$2 == at { print $4 }' "$tmp/mounts")
        shift
        for flag in "$@"; do
            check "$want: $flag of '$flags' ($mode)" sh -c "echo ',$flags,' | grep -q ',$flag,'"
        done
    done
    is '' "$(awk '$3 != "tmpfs" && $3 != "devpts" && $3 != "proc" && $3 != "overlay" && $2 !~ /^.dev.(null|zero|full|random|urandom|tty)$/ &&
        $4 !~ /^ro,/ { print }' "$tmp/mounts" | grep ' /')" "mounts that can be written to ($mode)"
    is "limit 4000
queues 0
groups 0" "$(grep -v / "$tmp/mounts")" "limits, and what is shared with the outside ($mode)"

    # root inside may read the memory of every process there is, and finds nothing of the story or of the caller; texts are
    # written backwards, else they would be in the seeker's own
    export CAFE_OUTSIDE=hush-hush-4711
    on_server $mode 'sudo python3 -c "
import os
def find(text):
    found = set()
    for pid in os.listdir(chr(47) + \"proc\"):
        if not pid.isdigit() or int(pid) == os.getpid(): continue
        try:
            memory = open(\"/proc/%s/mem\" % pid, \"rb\", 0)
            for line in open(\"/proc/%s/maps\" % pid):
                area, rights = line.split()[:2]
                start, end = (int(x, 16) for x in area.split(\"-\"))
                if rights[0] != \"r\" or end - start > 1 << 28: continue
                try:
                    memory.seek(start)
                    if text in memory.read(end - start): found.add(int(pid))
                except (OSError, ValueError): pass
        except OSError: pass
    return found
print(\"knows its server:\", 1 in find(b\"dlanruoj-dmetsys\"[::-1]))
for text in b\"elur_eugor\", b\"erehwyreve enog si tnuocca SO ehT\", b\"1174-hsuh-hsuh\":
    print(len(find(text[::-1])))
"'
    unset CAFE_OUTSIDE
    is "knows its server: True
0
0
0" "$(cat "$out")" "what root inside finds in memory ($mode): $(cat "$err")"

    # a port of the machine's loopback is not the server's
    python3 -c 'import socket,time
s=socket.socket(); s.bind(("127.0.0.1",0)); s.listen(); print(s.getsockname()[1],flush=True); time.sleep(20)' >"$tmp/port" &
    listener=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s "$tmp/port" ] || sleep .2; done
    on_server $mode "exec 2>/dev/null; (exec 3<>/dev/tcp/127.0.0.1/$(cat "$tmp/port")) && echo reached; true"
    is '' "$(cat "$out")" "the machine's network ($mode)"
    kill $listener

    # to end everything there is ends the shell, and only that
    on_server $mode 'sudo kill -9 -1; sleep 5'
    is 255 $status "broken off ($mode): $(cat "$err")"
    check "the bystander lives ($mode)" kill -0 $bystander
    check "nothing is left after an end ($mode)" until_true 20 gone
    is "$mounts" "$(cat /proc/self/mounts | wc -l)" "mounts ($mode)"

    # who ends the process above the own shell is out, too
    on_server $mode 'sudo kill -9 $PPID; sleep 1'
    is 255 $status "out by the own doing ($mode): $(cat "$err")"
    check "nothing is left after that ($mode)" until_true 20 gone

    # PID 1 is stopped by a tracer: the keeper does not wait for it for ever, nothing is left
    if [ $mode = "${modes##* }" ]; then # it takes as long as the keeper has patience
        lab_for $mode
        on_server $mode 'sudo python3 -c "
import ctypes, time
c = ctypes.CDLL(None)
c.ptrace.argtypes = [ctypes.c_long] * 4
print(\"seized\", c.ptrace(0x4206, 1, 0, 0), c.ptrace(0x4207, 1, 0, 0), flush=True)
time.sleep(300)"'
        is 'seized 0 0' "$(cat "$out")" "a tracer ($mode): $(cat "$err")"
        is 255 $status "PID 1 stopped ($mode): $(cat "$err")"
        check "nothing is left after that tracer ($mode)" until_true 20 gone
        lab_for $mode # nor where the keeper is killed before it could give up
        begin_shell $mode 'sudo python3 -c "
import ctypes, time
c = ctypes.CDLL(None)
c.ptrace.argtypes = [ctypes.c_long] * 4
c.ptrace(0x4206, 1, 0, 0), c.ptrace(0x4207, 1, 0, 0)
print(\"in\", flush=True)
time.sleep(300)"'
        kill -9 "$(keepers | head -1)"
        wait "$shell" 2>/dev/null
        check "nothing is left of a keeper killed with PID 1 stopped ($mode)" until_true 20 gone
    fi

    # a tree that somebody prepared: links and hard links lead nowhere
    lab_for $mode
    ln -s "$tmp/secret" "$lab/host/var/www/html/cafe/images/link.jpg"
    ln "$tmp/secret" "$lab/host/var/www/html/cafe/images/hard.jpg"
    ln -s "$tmp" "$lab/host/home/everywhere"
    mkfifo "$lab/host/home/pipe"
    ln -s ../../../../../.. "$lab/host/var/www/html/cafe/up"
    [ "$mode" != multi ] || chown -hR $plain: "$lab" 2>/dev/null
    on_server $mode 'cd /var/www/html/cafe/images; echo mine | sudo tee link.jpg >/dev/null 2>&1; echo mine | sudo tee hard.jpg >/dev/null; ls /home/everywhere; sudo rm -rf /home/everywhere/; true'
    is 'out of bounds' "$(cat "$tmp/secret")" "a file outside the lab ($mode)"
    is mine "$(cat "$lab/host/var/www/html/cafe/images/hard.jpg")" "the lab's own file ($mode)"

    # the terminal's process is killed: what was done stays done; another shell was in the same server meanwhile
    lab_for $mode
    begin_shell $mode 'echo kept > note; echo in; sleep 600'
    on_server $mode 'cat note; pgrep -fc "[s]leep 600"; echo other > other; who | grep -c ec2-user'
    is "kept
1
2
other" "$(cat "$out"; cat "$lab/host/home/ec2-user/other")" "a second shell ($mode): $(cat "$err")"
    kill -9 "$shell"
    wait "$shell" 2>/dev/null
    check "nothing is left after kill -9 ($mode)" until_true 20 gone
    is kept "$(cat "$lab/host/home/ec2-user/note")" "what was done before kill -9 ($mode)"

    # the keeper is killed: what was done until a second before is there, the next shell begins anew
    lab_for $mode
    begin_shell $mode 'echo early > note; echo in; sleep 600'
    check "noted meanwhile ($mode)" until_true 20 test -s "$lab/host/home/ec2-user/note"
    kill -9 "$(keepers | head -1)"
    wait "$shell" 2>/dev/null
    says 'was killed' "$tmp/in"
    check "nothing is left after the keeper's end ($mode)" until_true 20 gone
    is "$mounts" "$(cat /proc/self/mounts | wc -l)" "mounts after a kill ($mode)"
    on_server $mode 'cat note; who | grep -c ec2-user'
    is "early
1" "$(cat "$out")" "one login after kill -9 ($mode): $(cat "$err")"

    # a lost terminal ends the shell; what was done stays done
    lab_for $mode
    become=
    [ "$mode" != multi ] || [ "$(id -u)" != 0 ] || become="setpriv --reuid $plain --regid $plain --init-groups"
    # shellcheck disable=SC2086
    (cd "$tmp" && TERM=xterm expect -f "$top/tests/real/shell_lost.exp" $become "$stage/cafelab" shell "$lab") >"$out" 2>&1
    check "nothing is left after a lost terminal ($mode)" until_true 20 gone
    says kept "$lab/host/home/ec2-user/note"
    as $mode grade --json "$lab"
    is pass "$(jq -r '.. | objects | select(.id? == "session-ended") | .outcome' "$out" | head -1)" "the session that was ended ($mode)"
done
kill $bystander

# a lab goes, with files of a container's users in it; what is no lab, and what links lead to, stays
for mode in $modes; do
    lab_for $mode
    mkdir "$tmp/own-$mode" && mv "$lab" "$tmp/own-$mode/lab" && lab=$tmp/own-$mode/lab
    [ "$mode" != multi ] || chown $plain: "$tmp/own-$mode" 2>/dev/null
    ln -s "$tmp/secret" "$lab/host/link"
    if [ "$mode" = multi ] && [ "$(id -u)" = 0 ]; then
        theirs=$(($(sed -n "s/^$plain:\([0-9]*\):.*/\1/p" /etc/subuid | head -1) + 32))
        mkdir -p "$lab/host/owned/deep" && echo x >"$lab/host/owned/deep/file" && chown -R $theirs:$theirs "$lab/host/owned" && chmod 700 "$lab/host/owned"
    fi
    as $mode rm "$lab"
    is 0 $status "removed ($mode): $(cat "$err")"
    check "nothing is left of the lab ($mode)" test ! -e "$lab"
    is 'out of bounds' "$(cat "$tmp/secret")" "what a link leads to ($mode)"
done
checked
