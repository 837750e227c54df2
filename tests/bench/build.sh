#!/bin/sh
# SPDX-License-Identifier: MIT
# A static Café lab, from YAML to a directory, beside plain `cp -R` of the same lab. Wall time, medians; every copy and every lab
# gets a new name and stays until the end: ext4 looks past inodes that were freed within the last seconds, which is not ours.
cd "$(dirname "$0")/../.." || exit 2
CC=${CC:-gcc} rounds=${ROUNDS:-7}
make --no-print-directory -s V=rel CC="$CC" "build/rel-$CC/cafelab" || exit 2
export CAFELAB_DATA=. CAFELAB="build/rel-$CC/cafelab"
echo "building a lab of ${EVENTS:-20000} background events ($rounds rounds, $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg))"
for parent in "${TMPDIR:-/tmp}" /dev/shm; do
    tmp=$(mktemp -d -p "$parent") || exit 2
    trap 'rm -rf "$tmp"' EXIT
    python3 - "$tmp" "${EVENTS:-20000}" "$rounds" "$(df --output=fstype "$tmp" | tail -1)" <<'PY' || exit 2
import os, resource, statistics, subprocess, sys, time
folder, events, rounds, fs = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
build = lambda to: [os.environ["CAFELAB"], "build", "cafe-breach", "-o", to, "--seed", "bench", "--events", events]
def took(command):
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
rows = {"cafelab build": [], "cp -R of it": []}
for i in range(rounds):
    rows["cafelab build"].append(took(build(f"{folder}/lab{i}")))
    rows["cp -R of it"].append(took(["cp", "-R", f"{folder}/lab{i}", f"{folder}/copy{i}"]))
copy = statistics.median(wall for wall, _ in rows["cp -R of it"])
for name, times in rows.items():
    wall, cpu = (statistics.median(column) for column in zip(*times))
    print(f"  {fs:8} {name:16} {wall:6.3f} s wall {cpu:6.3f} s CPU {wall / copy:5.2f} of cp")
PY
    rm -rf "$tmp"
done
echo "target: 0.15 s"
