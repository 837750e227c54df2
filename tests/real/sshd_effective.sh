#!/bin/sh
# SPDX-License-Identifier: MIT
# sshd's configuration as we read it, against the real sshd: generated files, and Amazon Linux 2's own with the edits that people make.
. "$(dirname "$0")/../check.sh"
count=${COUNT:-400}
cc=${CC:-gcc}
make -C "$top" --no-print-directory -s V=rel CC="$cc" "build/rel-$cc/real-sshd_effective" || exit 2
ours=$top/build/rel-$cc/real-sshd_effective
ssh-keygen -q -t ed25519 -N '' -f "$tmp/key" || exit 2
mkdir -p "$tmp/inc" /run/sshd 2>/dev/null
printf 'PasswordAuthentication no\nMatch User bob\nX11Forwarding yes\n' >"$tmp/inc/a.conf"
printf 'AllowUsers bob alice root\nMaxAuthTries 4\nMatch Address 192.0.2.0/24\nPermitEmptyPasswords yes\n' >"$tmp/inc/b.conf"
printf 'Nonsense\n' >"$tmp/inc/c.txt"

# FILE WHO: what sshd says, in our form.
theirs() {
    if "$SSHD" -T -f "$1" -h "$tmp/key" -C "$2" >"$tmp/said" 2>"$tmp/why"; then
        awk 'NR == FNR { known[$1] = 1; next }
             $1 in known { k = $1; rest = substr($0, length(k) + 2); if (k in v) v[k] = v[k] " " rest; else v[k] = rest }
             END { for (k in v) print k " " v[k] }' "$tmp/keywords" "$tmp/said" | sort
    else
        echo "rejected $(sed -n -e '/Deprecated/d' -e 's/.* line \([0-9]*\).*/\1/p' "$tmp/why" | head -1)"
    fi
}
# NAME FILE WHO OURS: both agree; of what is rejected on the line.
agree() {
    theirs "$2" "$3" >"$tmp/theirs"
    if grep -q ^rejected "$4"; then
        cut -d' ' -f1,2 "$4" >"$tmp/mine"
        [ "$(cat "$tmp/theirs")" = 'rejected ' ] && echo 'rejected ' >"$tmp/mine" # sshd told no line
    else
        awk 'NR == FNR { known[$1] = 1; next } $1 in known' "$tmp/printed" "$4" >"$tmp/mine"
    fi
    if cmp -s "$tmp/mine" "$tmp/theirs"; then pass; else
        fail "$1 ($3):"
        diff "$tmp/mine" "$tmp/theirs" | head -6 >&2
        head -3 "$tmp/why" >&2
        cat "$2" >&2
    fi
}

# The keywords that both know how to print.
: >"$tmp/empty"
"$ours" "$tmp" "$tmp/empty" user=bob | cut -d' ' -f1 >"$tmp/all"
printf '%s\n' allowusers denyusers allowgroups denygroups acceptenv >>"$tmp/all"
"$SSHD" -T -f "$tmp/empty" -h "$tmp/key" | cut -d' ' -f1 | sort -u >"$tmp/printed"
printf '%s\n' allowusers denyusers allowgroups denygroups acceptenv >>"$tmp/printed"
cp "$tmp/all" "$tmp/keywords"

"$ours" "$tmp" "$count" || exit 2
n=0
while [ $n -lt "$count" ]; do
    agree "generated $n" "$tmp/$n.conf" "$(cat "$tmp/$n.who")" "$tmp/$n.ours"
    n=$((n + 1))
done
rejected=$(cat "$tmp"/*.ours | grep -c ^rejected)
check "some files are good ($rejected of $count rejected)" [ "$rejected" -lt $((count * 3 / 4)) ]
check "some files are bad" [ "$rejected" -gt $((count / 20)) ]

# What people do to Amazon Linux 2's file.
stock=$top/fixtures/host/amazon-linux-2/root/etc/ssh/sshd_config
number=0
edit() { # SED-SCRIPT or text to append
    number=$((number + 1))
    case $1 in s/* | /*) sed -e "$1" "$stock" >"$tmp/edit.conf" ;; *) { cat "$stock"; printf '%b\n' "$1"; } >"$tmp/edit.conf" ;; esac
    for who in user=root,addr=198.51.100.23,host=h,laddr=10.0.1.23,lport=22 user=bob,addr=192.0.2.9,host=h.example,laddr=10.0.1.23,lport=22; do
        "$ours" "$tmp" "$tmp/edit.conf" "$who" >"$tmp/edit.ours"
        agree "edit $number" "$tmp/edit.conf" "$who" "$tmp/edit.ours"
    done
}
edit 's/x/x/'
edit 's/^#PasswordAuthentication yes/PasswordAuthentication yes/'
edit 's/^PasswordAuthentication no/PasswordAuthentication yes/'
edit '/^PasswordAuthentication/d'
edit 's/^PasswordAuthentication no/PasswordAuthentication  no # really/'
edit 'PasswordAuthentication yes'
edit 'Match Address 198.51.100.0/24\n  PasswordAuthentication yes'
edit 'Match User root\nPasswordAuthentication=yes\nMatch all\nPermitRootLogin no'
edit 's/^UsePAM yes/UsePAM maybe/'
edit 's/^Subsystem.*/Subsystem/'
edit 'PermitRootLogin'
edit 'DenyUsers chaos-user\nAllowGroups root *'
checked
