# SPDX-License-Identifier: MIT
# A sound scenario is proved; what is warned of, what is told, and how. (What is refused: verify_unsound.sh)
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../repeat.sh"

# what is sound holds, in every property
run verify cafe-breach --seeds 2 --json
is 0 "$status" "cafe-breach"
is 0 "$(jq .errors "$out")" "errors"
is '' "$(jq -r '.properties | to_entries[] | select(.value.facts == 0) | .key' "$out")" "properties without anything proved"
is '' "$(jq -r '.properties | to_entries[] | select(.value.state == "REFUSED") | .key' "$out")" "properties refused"
is 20000 "$(jq .events "$out")" "the scenario's own everyday life"
is 1 "$(jq .written "$out")" "the first of eight has its solution written"
run verify "$top/docs/examples/old-key" --seeds 3 --jobs 2
is 0 "$status" "old-key"
says 'holds    solvable' "$out"
says "only intruders' records have this operation: \"AttachUserPolicy\" [tell]" "$out"
says '0 errors' "$out"
is '' "$(ls "$TMPDIR")" "what is left behind"

# the same, however many processes: but for the time that it took
run verify "$top/docs/examples/old-key" --seeds 3 --jobs 1 --json
cp "$out" "$tmp/once"
run verify "$top/docs/examples/old-key" --seeds 3 --jobs 3 --json
same "$tmp/once" "$out"

# nothing is asked twice, nothing left out: all rules in each seed; one intruder, in all columns and his rhythm
"$CAFELAB" verify --rules --json >"$tmp/rules"
is "$((3 * $(jq '[.[] | select(.property == "realism")] | length' "$tmp/rules")))" "$(jq .properties.realism.facts "$out")" "rules of realism"
is "$((3 * 12))" "$(jq .properties.tell.facts "$out")" "eleven columns and a rhythm"
is 3 "$(jq .properties.variants.facts "$out")" "pairs of three"

# a file that is older than its coming is warned of: an intruder may set times back
run verify "$top/tests/data/unsound/file-set-back" --seeds 1 --json
is 0 "$status" "file-set-back"
has "file-set-back" '[.findings[] | select(.property == "causality")] | length == 1 and .[0].severity == "warning" and .[0].file == "host/etc/shop.conf" and (.[0].message | test("is new or other since .planted., yet its time lies before that"))' "$out"

# a trail that is turned on after the deed: why nothing is found is told
mkdir "$tmp/late"
cp "$top/docs/examples/old-key/brief.md" "$tmp/late"
sed 's/^    at: +5m/    at: +18h/' "$top/docs/examples/old-key/scenario.yaml" >"$tmp/late/scenario.yaml"
run verify "$tmp/late" --seeds 1 --events 100
is 1 "$status" "a trail that is late"
says '; no trail'\''s file has a record of "new_account" (was one logging by then?) [solvable]' "$out"
run verify "$top/tests/data/unsound/nothing-found" --seeds 1 --events 100
lacks 'was one logging' "$out"

# a check's title is read by whoever asks whether it holds: that it says an answer is warned of, until it is hidden
mkdir "$tmp/titled"
cp "$top/docs/examples/old-key/brief.md" "$tmp/titled"
sed "s/title: The intern's key opens/title: The key of ilse opens/" "$top/docs/examples/old-key/scenario.yaml" >"$tmp/titled/scenario.yaml"
run verify "$tmp/titled" --seeds 1 --json
is 0 "$status" "an answer in a title"
has "an answer in a title" '[.findings[] | select(.property == "leak")] | length == 1 and .[0].severity == "warning" and (.[0].message | test("prints the answer of .who. in the title of .key-off."))' "$out"
run build "$tmp/titled" -o "$tmp/titled/lab" --events 10
run check "$tmp/titled/lab"
says 'The key of ilse opens' "$out"
sed -i '/title: The key of ilse/a\    hidden: true' "$tmp/titled/scenario.yaml"
run verify "$tmp/titled" --seeds 1 --json
has "hidden" '[.findings[] | select(.property == "leak")] == []' "$out"
rm -r "$tmp/titled/lab"
run build "$tmp/titled" -o "$tmp/titled/lab" --events 10
run check "$tmp/titled/lab"
is 1 "$status" "check: something is left"
lacks 'key-off' "$out"
says 'account-gone' "$out"
run grade "$tmp/titled/lab"
says 'key-off' "$out"

# only warned of: a choice that hides a second value, a part worth all, what is known before anybody looks; each once, and shown
run verify "$top/tests/data/unsound/only-warned" --seeds 1 --json
is 0 "$status" "only-warned"
cp "$out" "$tmp/warned"
warns() { # PROPERTY, words, what stands on its line, what its command shows
    jq --arg words "$2" '[.findings[] | select(.message | contains($words))][0]' "$tmp/warned" >"$tmp/first"
    is "warning $1" "$(jq -r '"\(.severity) \(.property)"' "$tmp/first")" "$2"
    says "$3" "$tmp/line$(sed -n "$(jq '.line // 0' "$tmp/first")p" "$top/tests/data/unsound/only-warned/scenario.yaml" >"$tmp/line")"
    repeat "$(jq -r .command "$tmp/first") </dev/null"
    says "$4" "$tmp/shown"
}
warns unique 'question "who": "head -n 1" hides what is found besides: "rosa"' 'command: >-' rosa
warns unique 'question "who": "nuno" is worth 95 of 100 by "partial": as good as right; the answer is "ilse"' 'nuno: 95' 'PART 9.50/10  who'
warns unique 'question "where": "LIMIT 1" hides what is found besides: "203.0.113.' 'sql: SELECT sourceipaddress' '203.0.113.'
warns unique 'question "where": "tail -1" hides what is found besides: "203.0.113.' 'command: >-' '203.0.113.'
warns leak 'the answer of "who" stands in the description of the security group "web", which is there from the start: "The shop, watched since ilse left"' 'web:' 'watched since ilse left'
warns leak 'the answer of "who" stands in the tag Name of the instance "shop"' 'shop:' '"Shop of ilse"'
warns leak 'the answer of "where" stands in the name of the bucket "notes", which is there from the start: "seen-198.51.100.' 'notes:' '"seen-198.51.100.'
warns leak 'hint 1 of "who" costs nothing and tells the answer of "where": "198.51.100.' '- text: Which call' 'hint 1 of'
is 8 "$(jq '[.findings[] | select(.property == "unique" or .property == "leak")] | length' "$tmp/warned")" "and no other: an order that decides hides nothing"
run lint "$top/tests/data/unsound/only-warned"
is 0 "$status" "lint only-warned"
says 'warning: "nuno" is worth 95 of 100: as good as right; expected less than 90, or the answer in "accept" [part-is-most]' "$out"
is 1 "$(grep -c 'warning:' "$out")" "a part that is one is none"

# a lab that cannot be built with some seed: the step has its line; there is no file to look into
run verify "$top/tests/data/unsound/seed-refused" --seeds 8 --json
is 1 "$status" "seed-refused"
jq '.findings[] | select(.severity == "error")' "$out" >"$tmp/first"
has "one fault, of some seeds" '.property == "solvable" and .file == null and .seeds > 0 and .seeds < 8' "$tmp/first"
says 'iam:CreateUser: EntityAlreadyExists: User with name trainee already exists.' "$tmp/first"
is '  - as: intern' "$(sed -n "$(jq .line "$tmp/first")p" "$top/tests/data/unsound/seed-refused/scenario.yaml")" "seed-refused: the line"
repeat "$(jq -r .command "$tmp/first")"
is 2 $? "seed-refused: its command"
says 'iam:CreateUser: EntityAlreadyExists: User with name trainee already exists.' "$tmp/shown"

# each rule about records finds the record that breaks it, and none of them an honest one
mkdir -p "$tmp/crafted/s3/logs/AWSLogs/111122223333/CloudTrail/us-east-1/2025/10/15" "$tmp/crafted/.cafelab"
"$CAFELAB" verify --rules --json >"$tmp/rules"
is 0 $? "--rules"
/usr/bin/python3 "$(dirname "$0")/verify_rules.py" "$tmp/rules" "$tmp/crafted/s3/logs/AWSLogs/111122223333/CloudTrail/us-east-1/2025/10/15/a.json.gz" >"$tmp/asked"
run query "$tmp/crafted" -f "$tmp/asked" --format csv
is 0 "$status" "rules as queries"
is "$(jq length "$tmp/rules")" "$(grep -c right "$out")" "rules that find their record"
is "" "$(grep wrong "$out")" "each finds its own, and no other"

# a tell is warned of; --strict refuses it
run verify "$top/tests/data/unsound/same-rhythm" --seeds 2
is 0 "$status" "a tell alone"
says 'acts in a rhythm of its own: 4 records, each ' "$out"
check "how many variants, as people read them" grep -qE '^about [0-9.]+ x 10\^[0-9]+ different draws: two of 30 students draw the same in one class of about [0-9.]+ x 10\^[0-9]+$' "$out"
run verify "$top/docs/examples/old-key" --seeds 2 --json
check "no rhythm where pauses are drawn" sh -c "! grep -q rhythm '$out'"
run verify "$top/tests/data/unsound/same-rhythm" --seeds 2 --strict --json
is 1 "$status" "a tell, --strict"
is tell "$(jq -r '[.findings[].property] | unique | join(",")' "$out")" "a tell, --strict"
has "a tell, --strict" '.errors == (.findings | length) and ([.findings[].message] | any(test("rhythm")))' "$out"

# whoever is killed has proved nothing: the process that proves a seed, one that builds or repairs a lab for it
child() {
    pgrep -P "$1" | head -n 1
}
without() { # COMMAND that kills a process of $proves; what is said is in $out and $err
    "$CAFELAB" verify cafe-breach --seeds 2 --jobs 1 >"$out" 2>"$err" &
    proves=$!
    until "$@" 2>/dev/null; do
        kill -0 $proves || break
    done
    wait $proves
    status=$?
}
kill_child() {
    kill -9 "$(child $proves)"
}
kill_grandchild() {
    kill -9 "$(child "$(child $proves)")"
}
without kill_child
is 2 "$status" "the process of a seed is killed"
says 'the process that proved seed 1 came to grief (status 9)' "$err"
is '' "$(ls "$TMPDIR")" "what is left behind"
without kill_grandchild
is 1 "$status" "a process that it started is killed"
says 'came to grief' "$out"

# a bar on a terminal, none in a pipe
script -qec "$CAFELAB verify $top/docs/examples/old-key --seeds 2 --events 100" /dev/null </dev/null >"$out"
check "the bar is drawn for each seed" sh -c "grep -aq '\\[#.*\\] seeds' '$out'"
run verify "$top/docs/examples/old-key" --seeds 1 --events 100
is '' "$(cat "$err")" "no bar in a pipe"

# as a page: every property and every finding, no script, nothing from elsewhere
run verify "$top/tests/data/unsound/two-found" --seeds 2 --html "$tmp/page.html"
is 1 "$status" "--html"
says 'REFUSED  unique' "$out"
is 12 "$(grep -c '<tr><td><span class="state' "$tmp/page.html")" "properties on the page"
is "$(grep -c '<article' "$tmp/page.html")" "$(grep -cE ': (error|warning): ' "$out")" "findings on the page"
says 'the declared way finds' "$tmp/page.html"
is 0 "$(grep -c '<th>' "$tmp/page.html")" "headers say what they head"
says '&quot;SELECT eventtime' "$tmp/page.html"
check "no script, nothing loaded" sh -c "! grep -qiE '<script|https?:|src=|url\(' '$tmp/page.html'"
run verify "$top/docs/examples/old-key" --seeds 1 --format html
is 0 "$status" "--format html"
says 'sound</span>' "$out"
run verify "$top/docs/examples/old-key" --seeds 1 --format pdf
is 2 "$status" "--format pdf"
says 'expected text, json or html, got "pdf"' "$err"
run verify "$top/docs/examples/old-key" --seeds 1 --html "$tmp/no/such/folder.html"
is 2 "$status" "a page that cannot be written"

# a command line that finds nothing ends with grep's status; the lab is there
run verify "$top/tests/data/unsound/empty-hint-command" --seeds 1 --json
repeat "$(jq -r '.findings[] | select(.property == "hints") | .command' "$out")"
is 1 $? "grep finds nothing"
lacks 'AttachRolePolicy' "$tmp/shown"
check "its lab" test -d "$tmp/try/s3"

# the command for a repair: each costs what it says, on the disk, too
for repair in key-deleted trainee-deleted trail-stopped; do
    rm -rf "$tmp/try"
    run build "$top/docs/examples/old-key" -o "$tmp/try" --events 100
    run solve "$tmp/try" --no-answers --repair $repair
    is 0 "$status" "solve --repair $repair"
    says "steps of the repair $repair played" "$out"
    run grade "$tmp/try" --json
    jq -r '[.findings[] | select(.kind != "question" and .outcome != "pass") | .id] | join(",")' "$out" >>"$tmp/costs"
done
is ',nobody-else-hurt,trail-kept,' "$(tr '\n' ',' <"$tmp/costs")" "what the repairs cost"
run solve "$tmp/try" --repair none
is 2 "$status" "an unknown repair"
says 'no repair "none" under other_repairs: expected one of key-deleted, trainee-deleted, trail-stopped' "$err"
run solve "$tmp/try" --repair key-deleted --skip 1
is 2 "$status" "--repair and --skip"

# one seed alone; mistakes; usage
run verify "$top/tests/data/unsound/two-found" --seed 2
is 1 "$status" "one seed"
says '  seed 2, in s3' "$out"
says 'try --replace --seed 2 && cafelab query try "SELECT eventtime' "$out"
printf 'cafelab: 1\nid: x\n' >"$tmp/scenario.yaml"
run verify "$tmp/scenario.yaml"
is 2 "$status" "mistakes"
says 'scenario.yaml:1:1: error: ' "$err"
says 'the scenario has mistakes: nothing was proved' "$err"
run verify "$tmp/scenario.yaml" --json
is 2 "$status" "mistakes, for a machine"
is 'true missing-key' "$(jq -r --arg file "$tmp/scenario.yaml" '"\(.scenario == $file) \(.mistakes[0].rule)"' "$out")" "mistakes as lint tells them"
run verify cafe-breach --seeds 0
is 2 "$status" "no seeds"
says '--seeds: expected a whole number from 1 to 10000, got "0"' "$err"
run verify cafe-breach --seeds 2 --seed 1
is 2 "$status" "--seed and --seeds"
run verify no-such-scenario
is 2 "$status" "no scenario"
CAFELAB_DUCKDB=$tmp/none run verify "$top/docs/examples/old-key" --seeds 1
is 2 "$status" "no SQL engine"
is '' "$(ls "$TMPDIR")" "what is left behind"
checked
