#!/bin/sh
# SPDX-License-Identifier: MIT
# Proving a scenario for many seeds, beside building as many labs and nothing else. CPU time is user and system time of all
# processes, which other work on the machine disturbs by some percent; wall time counts on an idle machine alone, and half of the
# CPU time is what two idle cores take.
cd "$(dirname "$0")/../.." || exit 2
CC=${CC:-gcc} seeds=${SEEDS:-100}
make --no-print-directory -s V=rel CC="$CC" all || exit 2
export CAFELAB_DATA=. CAFELAB="build/rel-$CC/cafelab"
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
echo "verify cafe-breach, $seeds seeds ($(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg))"
python3 - "$tmp" "$seeds" <<'PY' || exit 2
import os, resource, statistics, subprocess, sys, time
folder, seeds, labs = sys.argv[1], int(sys.argv[2]), 7
def took(*arguments):
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([os.environ["CAFELAB"], *arguments], check=True, stdout=subprocess.DEVNULL)
    wall, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
wall, cpu = took("verify", "cafe-breach", "--seeds", str(seeds))
build = statistics.median(took("build", "cafe-breach", "-o", f"{folder}/lab{i}", "--seed", str(i + 1))[1] for i in range(labs))
print(f"  cafelab verify       {wall:6.1f} s wall {cpu:6.1f} s CPU, {1000 * cpu / seeds:4.0f} ms CPU a seed")
print(f"  on two idle cores    {cpu / 2 * 100 / seeds:6.1f} s for 100 seeds, half of the CPU time")
print(f"  building alone                              {1000 * build:4.0f} ms CPU: {cpu / seeds / build:.1f} times")
PY
echo "target: 100 seeds within 30 s on two cores"
