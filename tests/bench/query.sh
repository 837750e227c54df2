#!/bin/sh
# SPDX-License-Identifier: MIT
# The walkthrough's last SELECT on some 500,000 records (EVENTS are asked for, a trail logs its share): our first query, which imports, and a later one, beside zcat and jq and
# beside Python over the same files. All in one run, wall time; the ratios are what counts on a machine that others use, too.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
events=${EVENTS:-1000000} rounds=${ROUNDS:-3}
folder=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$folder"' EXIT
cd "$top"
make --no-print-directory -s V=rel CC="${CC:-gcc}" "build/rel-${CC:-gcc}/cafelab"
build-aux/duckdb/fetch
cafelab=$top/build/rel-${CC:-gcc}/cafelab
export CAFELAB_DATA="$top"

"$cafelab" build "${SCENARIO:-cafe-breach}" -o "$folder/lab" --seed bench --events "$events" >/dev/null
sql="SELECT useridentity.userName, eventtime, eventsource, eventname, requestparameters FROM logs
WHERE eventsource = 'ec2.amazonaws.com' AND eventname = 'AuthorizeSecurityGroupIngress'"
cat >"$folder/peer.py" <<'PY'
import csv, glob, gzip, json, sys
out = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL)
for name in sorted(glob.glob(sys.argv[1] + "/**/CloudTrail/**/*.json.gz", recursive=True)):
    with gzip.open(name) as f:
        for r in json.load(f)["Records"]:
            if r["eventSource"] == "ec2.amazonaws.com" and r["eventName"] == "AuthorizeSecurityGroupIngress":
                out.writerow([r["userIdentity"].get("userName"), r["eventTime"], r["eventSource"], r["eventName"], json.dumps(r["requestParameters"])])
PY
by_first() {
    rm -rf "$folder/lab/.cafelab/athena"
    "$cafelab" query "$folder/lab" --format csv "$sql" | sed 1d
}
by_later() {
    "$cafelab" query "$folder/lab" --format csv "$sql" | sed 1d
}
by_python() {
    python3 "$folder/peer.py" "$folder/lab/s3"
}
by_jq() {
    find "$folder/lab/s3" -path '*/CloudTrail/*' -name '*.json.gz' -print0 | xargs -0 zcat |
        jq -r '.Records[] | select(.eventSource == "ec2.amazonaws.com" and .eventName == "AuthorizeSecurityGroupIngress") |
            [.userIdentity.userName, .eventTime, .eventSource, .eventName, (.requestParameters | tojson)] | @csv'
}
seconds() { # the median of the rounds' wall times
    for _ in $(seq "$rounds"); do
        begin=$(date +%s%N)
        "$1" >"$folder/rows.$1"
        echo $(($(date +%s%N) - begin))
    done | sort -n | awk '{ t[NR] = $1 } END { printf "%.3f", t[int((NR + 1) / 2)] / 1e9 }'
}
first=$(seconds by_first) later=$(seconds by_later) python=$(seconds by_python) rounds=1 jq=$(seconds by_jq)
records=$("$cafelab" query "$folder/lab" --format csv 'SELECT count(*) FROM logs' | sed '1d; s/"//g')
size=$(du -sk "$folder/lab/s3" | cut -f1) kept=$(du -sk "$folder/lab/.cafelab/athena" | cut -f1)
inside=$("$cafelab" query "$folder/lab" "$sql" | sed -n 's/.* rows*, \(.*\) s)$/\1/p')
echo "The walkthrough's query on $records records ($((size / 1024)) MiB of logs, import $((kept / 1024)) MiB, $(nproc) cores), seconds"
printf '%-34s %8s %12s\n' '' seconds "x of Python"
for row in "ours, first (imports)=$first" "ours, later=$later" "ours, later, the query alone=$inside" "Python, gzip and json=$python" "zcat and jq=$jq"; do
    echo "${row%=*}|${row#*=}" | awk -F'|' -v python="$python" '{ printf "%-34s %8.3f %12.3f\n", $1, $2, $2 / python }'
done
for rows in first later jq; do
    n=$(wc -l <"$folder/rows.by_$rows")
    [ "$n" -eq "$(wc -l <"$folder/rows.by_python")" ] || {
        echo "by_$rows found $n rows, Python $(wc -l <"$folder/rows.by_python")" >&2
        exit 1
    }
done
