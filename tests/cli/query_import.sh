#!/bin/sh
# SPDX-License-Identifier: MIT
# The import: made once, made again when a log comes, goes or changes, by two at once, in a lab that cannot be written;
# damaged logs are named and left out; nothing outside the lab is read.
. "$(dirname "$0")/../check.sh"
. "$top/tests/data/sql/lab.sh"

lay_out_lab "$tmp/lab"
kept=$tmp/lab/.cafelab/athena/logs
day=$tmp/lab/s3/monitoring9966/AWSLogs/111122223333/CloudTrail/us-east-1/2025/10/15
count() { # ROWS WHAT
    run query "$tmp/lab" --format csv 'SELECT count(*) FROM logs'
    is "$1" "$(sed '1d; s/"//g' "$out")" "$2"
    is 0 "$status" "$2"
}
one='{"Records":[{"eventName":"One","eventTime":"2025-10-15T18:00:00Z"}]}'

count 11 "the first query"
check "the import is kept" test -f "$kept"
before=$(stat -c %i.%Y "$kept")
count 11 "a later query"
is "$before" "$(stat -c %i.%Y "$kept")" "the import was used again"
echo "$one" | gzip -nc >"$day/new.json.gz"
count 12 "a log came"
echo "$one" | sed 's/}]/},{"eventName":"Two"}]/' | gzip -nc >"$day/new.json.gz"
count 13 "a log changed"
rm "$day/new.json.gz"
count 11 "a log went"
echo "$one" >"$day/plain.json"
count 12 "a log that is not packed"
rm "$day/plain.json"
mkdir -p "$tmp/lab/s3/monitoring9966/AWSLogs/111122223333/CloudTrail-Digest/x"
echo '{"digestStartTime":"x"}' | gzip -nc >"$tmp/lab/s3/monitoring9966/AWSLogs/111122223333/CloudTrail-Digest/x/d.json.gz"
echo '"id","name"' >"$tmp/lab/s3/monitoring9966/results.csv"
count 11 "digests and results are no logs"
is "" "$(cat "$err")" "nothing to warn of"

# ---- damage ----
good=$(ls "$day"/*T1725Z*.gz)
damage() { # NAME WHAT; the bytes from standard input
    cat >"$day/bad-$1.json.gz"
    count 11 "$1"
    says "cafelab: warning: 's3/monitoring9966/AWSLogs/111122223333/CloudTrail/us-east-1/2025/10/15/bad-$1.json.gz' is left out: $2" "$err"
    run query "$tmp/lab" 'SELECT 1'
    says "bad-$1.json.gz' is left out: $2" "$err" # also when the import is an old one
    rm "$day/bad-$1.json.gz"
}
head -c 700 "$good" | damage cut "its gzip data ends too early"
{ head -c 300 "$good"; printf 'XXXXXXXX'; tail -c +309 "$good"; } | damage flipped "its gzip data is damaged"
printf '' | damage empty "it is empty"
echo hello | damage plain "it is not gzip data"
{ cat "$good"; echo behind; } | damage behind "there is more behind its gzip data"
printf '' | gzip -nc | damage nothing "it is empty (at byte 0)"
echo 'not JSON' | gzip -nc | damage text "it does not begin with '{' (at byte 0)"
echo '{"records":[]}' | gzip -nc | damage norecords 'it has no "Records" (at byte 15)'
echo '{"Records":{}}' | gzip -nc | damage nolist '"Records" is no list (at byte 11)'
echo '{"Records":[{"eventName":"x"}' | gzip -nc | damage open "it ends too early (at byte 30)"
echo '{"Records":[{"eventName":tru}]}' | gzip -nc | damage word "a value that is none (at byte 25)"
echo '{"Records":[{"eventName":"a","eventTime":01}]}' | gzip -nc | damage number "expected ',' or '}' (at byte 42)"
printf '{"Records":[{"eventName":"\377"}]}' | gzip -nc | damage utf8 "text that is not UTF-8 (at byte 27)"
echo '{"Records":["x"]}' | gzip -nc | damage noobject "a record that is no object (at byte 12)"
echo '{"Records":[{"eventName":"\x"}]}' | gzip -nc | damage escape "a bad escape (at byte 26)"
{ printf '{"Records":[{"requestParameters":'; head -c 100000 /dev/zero | tr '\0' '['; } | gzip -nc | damage deep "nested too deep (at byte 95)"
head -c 300000000 /dev/zero | gzip -1nc | damage bomb "it unpacks to more than 256 MiB"

# ---- a damaged import ----
for at in 0 20 60 100 5000; do
    count 11 "before damage at $at"
    { head -c $at "$kept"; printf '\377\377\377\377\377\377\377\377'; tail -c +$((at + 9)) "$kept"; } >"$tmp/kept"
    cp "$tmp/kept" "$kept"
    run query "$tmp/lab" --format csv 'SELECT * FROM logs'
    check "an import damaged at $at is made again or refused: $(cat "$err")" test "$status" -eq 0 -o -s "$err"
    rm "$kept"
done
head -c 3000 "$tmp/kept" >"$kept"
count 11 "an import that was cut"

# ---- two at once, and a lab that cannot be written ----
rm -rf "$tmp/lab/.cafelab/athena"
for i in 1 2 3 4; do
    "$CAFELAB" query "$tmp/lab" --format csv 'SELECT count(*) FROM logs' >"$tmp/at-once.$i" 2>&1 &
done
wait
for i in 1 2 3 4; do
    is '"11"' "$(sed 1d "$tmp/at-once.$i")" "several at once"
done
is logs "$(ls "$tmp/lab/.cafelab/athena")" "nothing is left lying about"
echo x >"$tmp/lab/.cafelab/athena/logs.999999~"
rm "$kept"
count 11 "after a killed import"
is logs "$(ls "$tmp/lab/.cafelab/athena")" "what a killed import left is gone"
rm -rf "$tmp/lab/.cafelab/athena"
echo 'in the way' >"$tmp/lab/.cafelab/athena" # as good as a lab without permission, for root, too
count 11 "a lab that cannot be written"
is 'in the way' "$(cat "$tmp/lab/.cafelab/athena")" "it is as it was"
rm "$tmp/lab/.cafelab/athena"

# ---- nothing outside ----
mkdir -p "$tmp/outside/AWSLogs"
echo "$one" | gzip -nc >"$tmp/outside/AWSLogs/secret.json.gz"
ln -s "$tmp/outside/AWSLogs/secret.json.gz" "$day/link.json.gz"
ln -s "$tmp/outside" "$tmp/lab/s3/other"
count 11 "links are not followed"
says "'s3/other' is a symbolic link: it is not followed" "$err"
says "link.json.gz' is a symbolic link: it is not followed" "$err"
rm "$day/link.json.gz" "$tmp/lab/s3/other"
mkfifo "$day/pipe.json.gz"
count 11 "a pipe is not read"
rm "$day/pipe.json.gz"
mkdir "$tmp/linked"
ln -s "$tmp/lab/s3" "$tmp/linked/s3"
run query "$tmp/linked" 'SELECT 1'
is 2 "$status" "s3 itself is a link"
# progress: on a terminal, and drawn no oftener than it grows
rm -rf "$tmp/lab/.cafelab/athena"
script -qec "$CAFELAB query $tmp/lab 'SELECT 1'" /dev/null </dev/null >"$out"
draws=$(grep -ao 'reading the logs' "$out" | wc -l)
[ "$draws" -ge 1 ] && [ "$draws" -le 25 ] && pass || fail "the bar was drawn $draws times"
run query "$tmp/nowhere" 'SELECT 1'
says "'$tmp/nowhere': expected a lab directory" "$err"
mkdir "$tmp/nolab"
run query "$tmp/nolab" 'SELECT 1'
says "'$tmp/nolab' is no lab: it has no directory s3" "$err"
mkdir "$tmp/nolab/s3"
run query "$tmp/nolab" 'SELECT count(*) AS n FROM logs'
says '0' "$out"
checked
