#!/bin/sh
# SPDX-License-Identifier: MIT
# A class's bundles, from the roster to the last tar.gz, beside what copying and packing such a lab takes, and beside what its
# digests' signatures alone take (RSA has to be done once for each hour and region). Wall and CPU time of the whole run.
cd "$(dirname "$0")/../.." || exit 2
CC=${CC:-gcc} students=${STUDENTS:-300} events=${EVENTS:-5000}
make --no-print-directory -s V=rel CC="$CC" "build/rel-$CC/cafelab" || exit 2
export CAFELAB_DATA=. CAFELAB="build/rel-$CC/cafelab"
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
{ echo id,name; seq "$students" | sed 's/.*/s&,Student &/'; } >"$tmp/roster.csv"
"$CAFELAB" class init "$tmp/class" --scenario cafe-breach --roster "$tmp/roster.csv" --events "$events" >/dev/null || exit 2
echo "$students bundles of $events background events ($(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg), $(df --output=fstype "$tmp" | tail -1))"
python3 - "$tmp" "$students" <<'PY' || exit 2
import glob, os, re, resource, statistics, subprocess, sys, time
folder, students, copies = sys.argv[1], int(sys.argv[2]), 7
def took(command):
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
wall, cpu = took([os.environ["CAFELAB"], "class", "build", f"{folder}/class"])
sizes = [os.path.getsize(path) for path in glob.glob(f"{folder}/class/bundles/*.tar.gz")]
if len(sizes) != students:
    sys.exit(f"{len(sizes)} bundles, expected {students}")
subprocess.run(["tar", "-xzf", f"{folder}/class/bundles/s1.tar.gz", "-C", folder], check=True)
lab = f"{folder}/class-s1"
pack = [took(["sh", "-c", f"cp -R {lab} {folder}/copy{i} && tar -czf {folder}/copy{i}.tar.gz -C {folder} copy{i}"])[1] for i in range(copies)]
speed = subprocess.run(["openssl", "speed", "-seconds", "1", "rsa2048"], capture_output=True, text=True).stdout
sign = float(re.search(r"rsa 2048 bits +([0-9.]+)s", speed)[1])
digests = len(glob.glob(f"{lab}/s3/*/AWSLogs/*/CloudTrail-Digest/**/*.gz", recursive=True))
print(f"  cafelab class build      {wall:6.1f} s wall {cpu:6.1f} s CPU, {1000 * cpu / students:4.0f} ms CPU a bundle of {statistics.mean(sizes) / 1e6:.1f} MB")
print(f"  cp -R and tar -cz alone                          {1000 * statistics.median(pack):4.0f} ms CPU: {cpu / students / statistics.median(pack):.2f} of it")
print(f"  {digests} signatures alone                              {1000 * sign * digests:4.0f} ms CPU: {cpu / students / sign / digests:.1f} times")
PY
echo "target: 300 bundles of 5000 events within 10 s on two cores"
