#!/bin/sh
# SPDX-License-Identifier: MIT
# cafelab lint: all mistakes of a scenario in one run, with place, line and caret.
. "$(dirname "$0")/../check.sh"

run lint cafe-breach
is 0 $status 'lint cafe-breach'
is '1 file, no mistakes' "$(cat "$out")" 'lint cafe-breach'
run lint "$top/scenarios/cafe-breach" "$top/scenarios/cafe-breach/scenario.yaml"
is '2 files, no mistakes' "$(cat "$out")" 'lint by folder and file'

# mistake SED-SCRIPT WORDS...: the scenario changed by a sed script is told off in these words
cp "$top"/scenarios/cafe-breach/brief*.md "$tmp"
mistake() {
    sed "$1" "$top/scenarios/cafe-breach/scenario.yaml" >"$tmp/s.yaml"
    check "the script changes something: $1" sh -c "! cmp -s '$tmp/s.yaml' '$top/scenarios/cafe-breach/scenario.yaml'"
    run lint "$tmp/s.yaml"
    is 1 $status "lint after $1"
    shift
    for words; do
        says "$words" "$out"
    done
}
mistake 's/^level: beginner/level: easy/' '/s.yaml:10:8: error:' 'level: easy' '^~~~'
mistake 's/^minutes:/minuets:/' 'unknown key "minuets"' 'did you mean "minutes"?' 'missing key "minutes"'
mistake 's/^    client: aws-cli$/&\n    habit: cli-ofice-hours/' 'unknown habit "cli-ofice-hours" (did you mean "cli-office-hours"?)'
mistake 's/do: sts:GetCallerIdentity/do: sts:GetCallerIdentify/' \
    'unknown operation "sts:GetCallerIdentify" (did you mean "sts:GetCallerIdentity"?)'
mistake 's/with: {name: monitor}/with: {nmae: monitor}/' 'cloudtrail:StartLogging'
mistake 's/{{ web.id }}/{{ wed.id }}/' 'nothing is called "wed" (did you mean "web"?)'
mistake 's/^    user: chaos$/&\n    groups: [owner]/' 'no group "owner" under account.groups (did you mean "owners"?)'
mistake 's/after: trail_on/after: staging_rule/' 'after'

run lint "$tmp/s.yaml" --json
is 1 $status 'lint --json'
is error "$(jq -r '.[-1].severity' "$out")" 'lint --json'
is "$tmp/s.yaml" "$(jq -r '.[0].file' "$out")" 'lint --json'

# what only shows when the story is played: told with its place, and what build says, too
line_of() { echo $(($(grep -n "$1" "$top/scenarios/cafe-breach/scenario.yaml" | cut -d: -f1) + $2)); }
unplayable() {
    rm -rf "$tmp/play" "$tmp/lab"
    cp -R "$top/scenarios/cafe-breach" "$tmp/play"
    sed -i "$1" "$tmp/play/scenario.yaml"
    run lint "$tmp/play"
    is 1 $status "lint after $1"
    says "$2" "$out"
    says '1 error, 0 warnings' "$out"
    run build "$tmp/play" -o "$tmp/lab" --events 0
    is 2 $status "build after $1"
}
unplayable 's/^    expect: AccessDenied$/    expect: Throttling/' "scenario.yaml:$(line_of 'do: iam:ListUsers' -2):5: error: iam:ListUsers: expected Throttling, but it came to AccessDenied"
unplayable 's/answer: "{{ rogue_rule.time }}"/answer: "{{ rogue_rule.session }}"/' "scenario.yaml:$(line_of 'answer: "{{ rogue_rule.time }}"' 0):13: error: {{ rogue_rule.session }} has no value here"
unplayable 's/cidr: "{{ attacker_ip }}"/cidr: "{{ password }}"/' "scenario.yaml:$(line_of '^  chaos:' 0):3: error: place \"attacker\": expected an IPv4 network"

# a brief that is not there, from elsewhere than its folder
sed 's/^brief: brief.md/brief: nowhere.md/' "$top/scenarios/cafe-breach/scenario.yaml" >"$tmp/play/scenario.yaml"
run lint "$tmp/play"
is 1 $status 'lint without a brief'
says "scenario.yaml:9:8: error: the brief cannot be read: open '$tmp/play/nowhere.md': No such file or directory" "$out"
run build "$tmp/play" -o "$tmp/lab" --events 0
is 2 $status 'build without a brief'
says "scenario.yaml:9:8: error: the brief cannot be read" "$err"

# what is not translated is a warning, where the title promises the language
cp -R "$top/scenarios/cafe-breach" "$tmp/half"
rm "$tmp/half/brief.es.md"
sed -i 's/^      es: ¿Cuándo exactamente (UTC)?$//; s/^      pt: A sessão do intruso terminou$//; s/^      es: El trail se detiene$//; s/^      pt: A porta: a partir.*//; s/^      pt: "A porta: a partir.*//' "$tmp/half/scenario.yaml"
run lint "$tmp/half"
is 0 $status 'warnings only'
is 5 "$(grep -c ' warning: ' "$out")" 'warnings'
says 'warning: the question is not translated: expected "es", as the title has it' "$out"
says "warning: the check's title is not translated: expected \"pt\", as the title has it" "$out"
says 'warning: the brief is not translated: expected the file "brief.es.md"' "$out"
says 'warning: why the step matters is not translated: expected "pt", as the title has it' "$out"
says "warning: the repair's title is not translated: expected \"es\", as the title has it" "$out"
says '0 errors, 5 warnings' "$out"

# a reference that is none: one brace, or what an office program made of quotes
mkdir "$tmp/braces" && cp "$top/docs/examples/old-key/brief.md" "$tmp/braces"
sed 's/"shop-trail-{{ digits }}"/"shop-trail-{ digits }"/; s/answer: "{{ new_account.ip }}"/answer: “{{ new_account.ip }}”/' \
    "$top/docs/examples/old-key/scenario.yaml" >"$tmp/braces/scenario.yaml"
run lint "$tmp/braces/scenario.yaml"
says 'warning: "{ digits }" is plain text: a reference has two braces, {{ digits }}' "$out"
says 'warning: curly quotes are part of the text: expected straight ones, "..."' "$out"
sed 's/Whose access key made/Whose { access } key, { nobody.here } or {{ rosa.user }} made/' "$top/docs/examples/old-key/scenario.yaml" >"$tmp/braces/scenario.yaml"
run lint "$tmp/braces/scenario.yaml"
is 0 "$status" 'other braces'
says 'no mistakes' "$out"

# queries: what only the engine's parser sees, and columns that are not there; tables may be elsewhere
query() {
    awk -v "sql=$1" '/^ *sql: >-$/ && !done {match($0, /^ */); printf "%ssql: >-\n%s  %s\n", substr($0, 1, RLENGTH), substr($0, 1, RLENGTH), sql; done = skip = 1; indent = RLENGTH; next}
        skip {match($0, /^ */); if (RLENGTH > indent) next; skip = 0} {print}' "$top/docs/examples/old-key/scenario.yaml" >"$tmp/braces/scenario.yaml"
    at="scenario.yaml:$(grep -nF "$1" "$tmp/braces/scenario.yaml" | cut -d: -f1):$(grep -F "$1" "$tmp/braces/scenario.yaml" | awk '{match($0, /^ */); print RLENGTH}')"
    run lint "$tmp/braces/scenario.yaml"
}
while IFS='|' read -r sql column words; do
    query "$sql"
    is 1 $status "lint $sql"
    says "${at%:*}:$((${at##*:} + column)): error: \"sql\": $words [bad-sql]" "$out"
done <<'EOF'
SELECT sourceipaddress FORM logs|29|mismatched input 'logs'
SELECT eventname FROM logs WHER eventname = 'A'|33|mismatched input 'eventname'
SELECT eventname FROM logs ODER BY 1|33|mismatched input 'BY'
SELECT eventname FROM logs garbage more|36|mismatched input 'more'
SELECT evntname FROM logs|8|COLUMN_NOT_FOUND: Column 'evntname' cannot be resolved (did you mean 'eventname'?)
EOF
query 'SELECT eventname FROM logs WHERE eventname ='
is 1 $status 'a query that breaks off'
says "mismatched input '<EOF>' [bad-sql]" "$out"
query 'DROP TABLE logs'
is 1 $status 'no query'
says '"sql": expected a query, which begins with SELECT or WITH: only rows hold answers [bad-sql]' "$out"
query 'SELECT evntname FROM cloudtrail_logs_elsewhere'
is 0 $status "a table of the lab's"
query 'SELECT eventname FORM logs'
CAFELAB_DUCKDB=$tmp/none run lint "$tmp/braces/scenario.yaml"
is 0 $status 'without an engine'
says 'cafelab: note: queries are looked at without an engine: ' "$err"

# a file of a library alone: what needs no scenario around it, and whether the files that it uses are there
mkdir -p "$tmp/own/library/shop"
cat >"$tmp/own/library/shop/people.yaml" <<'EOF'
library: 1
use: [./places, cafe/places, shop/nowhere, ./people]
places:
  office: {cidr: 203.0.113.0/33}
  given: {cidr: "{{ of_the_scenario }}"}
  half: {cidr: "{{ half"}
cast:
  nuno: {user: nuno, place: of_the_scenario, client: aws-clu, access_key: true, groups: [of_the_scenario]}
  given: {user: given, place: office, client: console}
EOF
printf 'library: 1\nuse: shop/people\nplaces:\n  shop: {cidr: 192.0.2.0/28}\n' >"$tmp/own/library/shop/places.yaml"
for folder in "$tmp/own/library/shop" "$tmp/own" "$tmp/own/library" "$tmp"; do
    cd "$folder" || exit 2
    run lint "$(find . -name people.yaml | sed 's,^\./,,')"
    is 1 $status "lint a library file in $folder"
    says 'people.yaml:2:30: error: "shop/nowhere" cannot be used: ' "$out"
    says 'people.yaml:2:44: error: "./people" uses itself in the end [circle]' "$out"
    check 'a circle by another file' grep -q 'places.yaml:2:6: error: "shop/people" uses itself in the end\|places.yaml:2:6: error: "./places" uses itself' "$out"
    says 'people.yaml:4:18: error: expected a network such as 203.0.113.0/28, got "203.0.113.0/33" [bad-cidr]' "$out"
    says 'people.yaml:6:16: error: expected {{ name.field }}, got "{{ half" [bad-reference]' "$out"
    says 'people.yaml:8:54: error: unknown client "aws-clu" (did you mean "aws-cli"?) [unknown-client]' "$out"
    says 'people.yaml:9:3: error: "given" is the name of something else already: the first is on line 5 [name-taken]' "$out"
    says '"given" works with console and so needs console_password: true [no-credentials]' "$out"
    lacks dangling-reference "$out"
done
cd "$top" || exit 2

# a technique is one of a version of ATT&CK: one word for all of them, at the first
sed '/^attack_version/d' "$top/scenarios/cafe-breach/scenario.yaml" >"$tmp/half/scenario.yaml"
run lint "$tmp/half"
is 0 $status 'techniques of no version'
says "scenario.yaml:$(grep -n technique: "$tmp/half/scenario.yaml" | head -1 | cut -d: -f1):16: warning: which version of ATT&CK is it of? missing key \"attack_version\"" "$out"
is 1 "$(grep -c no-attack-version "$out")" 'once'

# for other programs: each mistake with its rule and place
run lint --format sarif "$tmp/s.yaml" "$top/tests/data/invalid/cidr-bad"
is 1 $status 'lint --format sarif'
valid sarif "$out"
has 'SARIF 2.1.0' '.version == "2.1.0" and .runs[0].tool.driver.name == "cafelab"' "$out"
has 'every result has a rule of the list, a level, a text and a place' '.runs[0] | [.tool.driver.rules[].id] as $rules | (.results | length) > 1 and all(.results[]; (.ruleId as $id | $rules | index($id) != null) and (.level | IN("error", "warning")) and .message.text != "" and .locations[0].physicalLocation.region.startLine > 0)' "$out"
has 'the place is the line and the column' '[.runs[0].results[] | select(.ruleId == "bad-cidr") | .locations[0].physicalLocation.region] == [{startLine: 18, startColumn: 11}]' "$out"
has 'no rule is listed twice' '.runs[0].tool.driver.rules | length == (unique | length)' "$out"
run lint --format github "$top/tests/data/invalid/cidr-bad"
is 1 $status 'lint --format github'
says '/scenario.yaml,line=18,col=11,title=bad-cidr::expected a network such as 203.0.113.0/28, got "203.0.113.0/33"' "$out"
is 1 "$(wc -l <"$out")" 'one annotation'
run lint --format github cafe-breach
is 0 $status 'nothing to annotate'
is '' "$(cat "$out")" 'nothing to annotate'
cp "$top/scenarios/cafe-breach/scenario.yaml" "$tmp/a,b:c%d.yaml"
printf 'extra: 1\n' >>"$tmp/a,b:c%d.yaml"
run lint --format github "$tmp/a,b:c%d.yaml"
says 'a%2Cb%3Ac%25d.yaml,line=' "$out"
run lint --format sarif "$tmp/a,b:c%d.yaml"
valid sarif "$out"
has 'a place is a URI' '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri | endswith("/a,b%3Ac%25d.yaml")' "$out"
mkdir "$tmp/o que é" && cp "$tmp/a,b:c%d.yaml" "$tmp/o que é/s.yaml"
run lint --format sarif "$tmp/o que é/s.yaml" "$tmp/o que é"
valid sarif "$out"
has 'a place is a URI' '[.runs[0].results[].locations[0].physicalLocation.artifactLocation.uri] | any(endswith("/o%20que%20%C3%A9/s.yaml"))' "$out"
run lint --format xml cafe-breach
is 2 $status 'unknown format'
says 'expected text, json, sarif or github, got "xml"' "$err"

# what cannot be read
run lint nowhere
is 2 $status 'lint nowhere'
says "cafelab: no scenario 'nowhere'" "$err"
run lint /dev/null
is 2 $status 'lint /dev/null'
head -c 2000000 /dev/zero | tr '\0' 'x' >"$tmp/big.yaml"
run lint "$tmp/big.yaml"
is 2 $status 'lint a big file'
says 'is larger than' "$err"
: >"$tmp/empty.yaml"
run lint "$tmp/empty.yaml"
is 1 $status 'lint an empty file'
printf 'a: \377\n' >"$tmp/latin.yaml"
run lint "$tmp/latin.yaml"
is 1 $status 'lint bytes that are no UTF-8'
checked
