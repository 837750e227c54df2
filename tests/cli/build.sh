#!/bin/sh
# SPDX-License-Identifier: MIT
# cafelab build: a whole lab or none, the same bytes everywhere, and clear words for what cannot be.
. "$(dirname "$0")/../check.sh"
small=$top/tests/data/small

# facts DIR: one line for each file below it: kind, mode, size, hash
facts() {
    (cd "$1" && find . -mindepth 1 -printf '%y %m %P\n' | sort -k3 && find . -type f -print0 | sort -z | xargs -0 sha256sum)
}

run build "$small" -o "$tmp/one" --seed 7
is 0 $status 'build'
says "$tmp/one is ready: begin with $tmp/one/README.md" "$out"
is '' "$(cat "$err")" 'no progress in a pipe'
for part in README.md answers.yaml s3 account host server .cafelab/lab.json .cafelab/journal.jsonl; do
    check "the lab has $part" test -e "$tmp/one/$part"
done
says 'Somebody left a door of account' "$tmp/one/README.md"
lacks '{{' "$tmp/one/README.md"
lacks '<!--' "$tmp/one/README.md"
says '--on web' "$tmp/one/README.md"
for lang in en pt es; do # nothing is said of a server where there is none
    run build "$top/docs/examples/old-key" -o "$tmp/serverless-$lang" --events 10 --lang $lang
    says 'cafelab call . ec2:DescribeSecurityGroups' "$tmp/serverless-$lang/README.md"
    for part in 'host' 'server' '--on' 'servidor' '<!--'; do
        lacks "$part" "$tmp/serverless-$lang/README.md"
    done
done
lacks '"mark"' "$tmp/one/.cafelab/journal.jsonl"
lacks 'hole' "$tmp/one/.cafelab/journal.jsonl"

# same inputs, same bytes: whoever asks, however many write
facts "$tmp/one" >"$tmp/facts"
(umask 077 && LC_ALL=tr_TR.UTF-8 TZ=Asia/Kolkata run build "$small/scenario.yaml" -o "$tmp/two" --seed=7 --threads 3)
facts "$tmp/two" >"$tmp/facts2"
same "$tmp/facts" "$tmp/facts2"
(cd "$tmp" && LC_ALL=C TZ=America/Bogota run build "$small" -s 7 -o three --threads 1)
facts "$tmp/three" >"$tmp/facts3"
same "$tmp/facts" "$tmp/facts3"
for other in '--seed 8' '--seed 7 --student x' '--seed 7 --events 10'; do
    rm -rf "$tmp/other"
    # shellcheck disable=SC2086
    run build "$small" $other -o "$tmp/other"
    check "$other makes another lab" sh -c "! cmp -s '$tmp/one/account/event-history.json' '$tmp/other/account/event-history.json'"
done
run build "$small" -o "$tmp/json" --json
is "$tmp/json" "$(jq -r .lab "$out")" 'build --json'

# what cannot be: exit 2, words, and nothing half-written
mkdir "$tmp/there"
printf 'x' >"$tmp/file"
sed 's/do: iam:ListUsers/do: sts:GetCallerIdentity/' "$small/scenario.yaml" >"$tmp/fails.yaml"
cp "$small/brief.md" "$tmp/brief.md"
sed 's/as: mallory/as: malory/' "$small/scenario.yaml" >"$tmp/wrong.yaml"
sed 's/^brief: .*/brief: nothing.md/' "$small/scenario.yaml" >"$tmp/nobrief.yaml"
while IFS='|' read -r arguments words; do
    # shellcheck disable=SC2086
    run build $arguments
    is 2 $status "build $arguments"
    says "$words" "$err"
    check "nothing half-written by build $arguments" sh -c "! ls -d '$tmp'/no '$tmp'/.no.*.partial 2>/dev/null | grep -q ."
done <<END
|cafelab build: expected SCENARIO -o DIR
$small|cafelab build: expected -o DIR: where the lab shall be
$small -o|--out: expected DIR after it
$small extra -o $tmp/no|unexpected argument "extra"
$small -o $tmp/there|cafelab: '$tmp/there' exists already: expected a new directory
$small -o $tmp/one|exists already: expected a new directory
$small -o $tmp/file/no|cafelab: '$tmp/file' is not a directory
$small -o /proc/no|cafelab: make directory
nowhere -o $tmp/no|cafelab: no scenario 'nowhere'
$small -o $tmp/no --events many|--events: expected a whole number from 0 to 2000000, got "many"
$small -o $tmp/no --events -1|--events: expected a whole number from 0 to 2000000, got "-1"
$small -o $tmp/no --events 99999999999999999999|--events: expected a whole number
$small -o $tmp/no --threads 0|--threads: expected a whole number from 1 to 256, got "0"
$small -o $tmp/no --lang klingon|--lang: expected en, pt or es, got "klingon"
$small -o $tmp/no --sead 7|unknown option "--sead" (did you mean "--seed"?)
$tmp/fails.yaml -o $tmp/no|fails.yaml:118:5: sts:GetCallerIdentity: expected AccessDenied
$tmp/wrong.yaml -o $tmp/no|no person "malory" under cast (did you mean "mallory"?)
$tmp/nobrief.yaml -o $tmp/no|nothing.md
END

# whoever hides his files hides his labs
(umask 027 && "$CAFELAB" build "$small" -o "$tmp/hidden" >/dev/null)
is 750 "$(stat -c %a "$tmp/hidden")" 'the mode of a lab under umask 027'
(umask 0 && "$CAFELAB" build "$small" -o "$tmp/open" >/dev/null)
is 755 "$(stat -c %a "$tmp/open")" 'the mode of a lab under umask 0'

# killed anywhere it leaves no lab, or a whole one; the next build clears up
for ms in 1 3 6 10 15 20 30 40 60 80 120; do
    "$CAFELAB" build "$small" -o "$tmp/killed" --events 20000 >/dev/null 2>&1 &
    pid=$!
    sleep "$(printf '0.%03d' $ms)"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    if [ -e "$tmp/killed" ]; then
        run call "$tmp/killed" sts:GetCallerIdentity
        is 0 $status "a lab that was there after $ms ms"
        rm -rf "$tmp/killed"
    fi
done
run build "$small" -o "$tmp/killed"
is 0 $status 'build after kills'
check 'nothing is left aside' sh -c "! ls -d '$tmp'/.killed.*.partial 2>/dev/null | grep -q ."
# what wants a served lab says what is missing: a server, or a lab
for command in env skip; do
    run $command "$tmp/one"
    is 2 $status "$command of a lab that nobody serves"
    says "nobody serves '$tmp/one': run \`cafelab start $tmp/one\` in another terminal" "$err"
    run $command "$tmp/nowhere"
    is 2 $status "$command of nothing"
    says "'$tmp/nowhere' is no lab" "$err"
done
checked
