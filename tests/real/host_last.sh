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

# crashes and shutdowns: who was there ends with them, and a boot with the next shutdown
python3 - "$tmp/lab/host/tmp/odd" <<'EOF'
import struct, sys
boot = 1757219713
def record(kind, pid, line, id, user, host, second):
    return struct.pack("<hxxi32s4s32s256shhiii4i20x", kind, pid, line, id, user, host, 0, 0, 0, boot + second, 0, 0, 0, 0, 0)
def starts(second): return record(2, 0, b"~", b"~~", b"reboot", b"4.14.355", second)
def logs_in(user, line, second): return record(7, 500, b"pts/" + line, b"ts/" + line, user, b"192.0.2.1", second)
with open(sys.argv[1], "wb") as f:
    f.write(starts(0) + logs_in(b"ann", b"0", 100) + starts(5000) + logs_in(b"bob", b"1", 5100)
            + record(1, 0, b"~", b"~~", b"shutdown", b"4.14.355", 8995) + starts(9100))
EOF
ask 'last -f /tmp/odd'
grep -v '^ec2-user\|^chaos-us' "$out" >"$tmp/ours" # those that the file does not know
last -f "$tmp/lab/host/tmp/odd" >"$tmp/theirs"
says '- down ' "$tmp/ours"
says '- crash' "$tmp/ours"
same "$tmp/theirs" "$tmp/ours"
ask 'sudo lastb -f /tmp/btmp'
lastb -f "$tmp/lab/host/tmp/btmp" >"$tmp/theirs"
same "$tmp/theirs" "$out"
checked
