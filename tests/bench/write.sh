#!/bin/sh
# SPDX-License-Identifier: MIT
# Writing CloudTrail log files: ours, the limits of its parts, and the same records written by Python and by Node.
#
# All in one run on one core, CPU time. The text is what the café's people leave in six days when they are EVENTS busy; files
# hold what the trail delivers on each five-minute mark. Python and Node do what their users do: take a record, set time and
# ids, serialise, gzip at level 6, files of the same number of records (from the same records; nothing is written to the disk).
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
events=${EVENTS:-600000} rounds=${ROUNDS:-3}
parent=${TMPDIR:-/tmp}
[ "$(df --output=avail /dev/shm 2>/dev/null | tail -1)" -gt 4000000 ] 2>/dev/null && parent=/dev/shm # in memory, if there is room
folder=$(mktemp -d -p "$parent")
trap 'rm -rf "$folder"' EXIT
cd "$top"
make --no-print-directory -s V=rel CC="${CC:-gcc}" "build/rel-${CC:-gcc}/bench-write"
bench=build/rel-${CC:-gcc}/bench-write
pin=$(command -v taskset >/dev/null && echo 'taskset -c 0' || true)

echo "Writing CloudTrail log files (medians of $rounds rounds, $(df --output=fstype "$folder" | tail -1), $(nproc) cores, one used)"
CAFELAB_DATA=$top $pin "$bench" "$folder" "$events" "$rounds"

# Some thousand of the records just written, a JSON array a line: one line a file.
find "$folder" -path '*/lab1/s3/*/CloudTrail/*' -name '*.gz' | sort | awk 'NR % 12 == 0' | head -100 |
    while read -r file; do gunzip -c "$file"; echo; done >"$folder/texts"

cat >"$folder/peer.py" <<'PY'
import gzip, json, resource, sys, uuid
files = [json.loads(line)["Records"] for line in open(sys.argv[1])]
def cpu():
    u = resource.getrusage(resource.RUSAGE_SELF)
    return u.ru_utime + u.ru_stime
best, n = None, sum(map(len, files))
for _ in range(3):
    begin = cpu()
    for records in files:
        out = []
        for i, r in enumerate(records):
            r = dict(r)
            r["eventTime"] = "2025-10-14T%02d:%02d:%02dZ" % (i // 3600 % 24, i // 60 % 60, i % 60)
            r["eventID"] = str(uuid.uuid4())
            r["requestID"] = str(uuid.uuid4())
            out.append(r)
        gzip.compress(json.dumps({"Records": out}, separators=(",", ":")).encode(), 6)
    took = cpu() - begin
    best = took if best is None or took < best else best
print("%-42s %14.0f" % ("Python %d.%d, json and gzip 6" % sys.version_info[:2], n / best))
PY
cat >"$folder/peer.js" <<'JS'
const fs = require('fs'), zlib = require('zlib'), crypto = require('crypto');
const files = fs.readFileSync(process.argv[2], 'utf8').trim().split('\n').map(line => JSON.parse(line).Records);
const n = files.reduce((sum, records) => sum + records.length, 0);
let best = Infinity;
for (let round = 0; round < 3; round++) {
    const begin = process.cpuUsage();
    for (const records of files) {
        const out = records.map((r, i) => ({...r, eventTime: new Date(1760400000000 + i * 1000).toISOString().slice(0, 19) + 'Z',
                                            eventID: crypto.randomUUID(), requestID: crypto.randomUUID()}));
        zlib.gzipSync(JSON.stringify({Records: out}), {level: 6});
    }
    const took = process.cpuUsage(begin);
    best = Math.min(best, (took.user + took.system) / 1e6);
}
console.log(`Node ${process.versions.node.split('.')[0]}, JSON.stringify and gzip 6`.padEnd(42), (n / best).toFixed(0).padStart(14));
JS
if command -v python3 >/dev/null; then $pin python3 "$folder/peer.py" "$folder/texts"; fi
if command -v node >/dev/null; then $pin node "$folder/peer.js" "$folder/texts"; fi
