#!/bin/sh
# SPDX-License-Identifier: MIT
# Same scenario, seed and version, same bytes: the hashes of the café's whole tree, by its parts.
# GOLDEN_WRITE=1 (`make golden`) writes cafe-breach.hashes anew; review what changed before you commit it.
. "$(dirname "$0")/../check.sh"
hashes=$top/tests/golden/cafe-breach.hashes

# part PATH: one hash of names, modes and contents. What other versions of a library may write in other bytes is left out:
# log files are compared unpacked, without the digests that sign the packed ones; a picture that libjpeg packed, and the
# web server's log, which says how long that was, are not compared.
part() {
    cd "$tmp/lab" || exit 2
    (find "$1" -printf '%y %m %p\n' | sort -k3
     find "$1" -type f -not -name '*.gz' -not -name '*.jpg' -not -name access_log -print0 | sort -z | xargs -0 -r sha256sum
     find "$1" -type f -name '*.gz' -not -path '*CloudTrail-Digest*' | sort | xargs -r zcat | sha256sum) | sha256sum | cut -c1-32
}
# hashes_by PROGRAM [OPTIONS]: builds the lab with it
hashes_by() {
    rm -rf "$tmp/lab"
    "$@" build cafe-breach -o "$tmp/lab" --seed golden --student s1 --events 5000 >"$out" 2>"$err"
    is 0 $? "build by $1"
    for name in README.md answers.yaml s3 account host server .cafelab/journal.jsonl; do
        echo "$(part "$name") $name"
    done
    for log in audit/audit.log secure messages wtmp btmp; do
        echo "$(part "host/var/log/$log") host/var/log/$log"
    done
}
hashes_by "$CAFELAB" >"$tmp/hashes"
if [ -n "${GOLDEN_WRITE:-}" ]; then
    cp "$tmp/hashes" "$hashes"
fi
same "$hashes" "$tmp/hashes"

# one thread or several, another locale, zone and umask: the same bytes
threads() {
    program=$1
    shift
    (umask 077 && LC_ALL=tr_TR.UTF-8 TZ=Asia/Kathmandu "$program" "$@" --threads "$n")
}
for n in 1 5; do
    hashes_by threads "$CAFELAB" >"$tmp/hashes"
    same "$hashes" "$tmp/hashes"
done

# another compiler, the same bytes
for other in "$top"/build/*-clang/cafelab; do
    [ -x "$other" ] || continue
    hashes_by "$other" >"$tmp/hashes"
    same "$hashes" "$tmp/hashes"
done
checked
