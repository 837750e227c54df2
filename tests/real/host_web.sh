#!/bin/sh
# SPDX-License-Identifier: MIT
# access_log, read by goaccess: every line parses, and what guests got changes with the picture. error_log beside it.
. "$(dirname "$0")/../check.sh"
lab=$tmp/lab
run build cafe-breach -o "$lab" --seed web
is 0 $status 'build'
web=$lab/host/var/log/httpd images=$lab/host/var/www/html/cafe/images
count=0
for log in "$web"/access_log "$web"/access_log-*; do
    [ -e "$log" ] || continue
    goaccess "$log" --log-format=COMBINED --no-global-config -o "$tmp/report.json" >/dev/null 2>&1
    is 0 $? "goaccess $(basename "$log")"
    is "$(wc -l <"$log")" "$(jq .general.total_requests "$tmp/report.json")" 'goaccess sees every line'
    is 0 "$(jq .general.failed_requests "$tmp/report.json")" 'goaccess understands every line'
    check 'more than a handful of visitors' test "$(jq .general.unique_visitors "$tmp/report.json")" -gt 20
    count=$((count + $(wc -l <"$log")))
done
check 'days of visits' test "$count" -gt 1000

before=$(stat -c %s "$images/Coffee-and-Pastries.backup") after=$(stat -c %s "$images/Coffee-and-Pastries.jpg")
check 'both pictures were seen' sh -c "cat '$web'/access_log* | grep -q '/cafe/images/Coffee-and-Pastries.jpg HTTP/1.1\" 200 $before ' &&
    grep -q '/cafe/images/Coffee-and-Pastries.jpg HTTP/1.1\" 200 $after ' '$web/access_log'"
defaced=$(stat -c %Y "$images/Coffee-and-Pastries.jpg")
# times of requests as seconds: the old picture is never served afterwards, the new one never before
cat "$web"/access_log* | grep 'Coffee-and-Pastries.jpg HTTP/1.1" 200 ' |
    sed 's/.*\[\([0-9]*\)\/\([A-Za-z]*\)\/\([0-9]*\):\([0-9:]*\) +0000\].* 200 \([0-9]*\) .*/\1 \2 \3 \4 \5/' |
    while read -r day month year time size; do
        echo "$(date -u -d "$day $month $year $time" +%s) $size"
    done >"$tmp/served"
is '' "$(awk -v t="$defaced" -v old="$before" -v new="$after" \
    '($1 > t && $2 == old) || ($1 < t && $2 == new) { print "at " $1 ": " $2 }' "$tmp/served")" 'sizes follow the picture'
check 'not modified, sometimes' sh -c "cat '$web'/access_log* | grep -q ' 304 - '"
check 'times rise' sh -c "sed 's/.*\[\([^]]*\)\].*/\1/; s/:/ /; s/ +0000//; s/\// /g' '$web/access_log' | LC_ALL=C sort -c -s -k3n -k2M -k1n -k4"

cat "$web"/error_log* >"$tmp/errors"
check 'httpd says that it started' grep -qE '^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [0-9]{2} [0-9:.]{15} [0-9]{4}\] \[mpm_prefork:notice\] \[pid [0-9]+\] AH00163: ' "$tmp/errors"
checked
