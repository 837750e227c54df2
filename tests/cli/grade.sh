# SPDX-License-Identifier: MIT
# An untouched lab is worth nothing, the reference solution everything; what the report looks like; bad input.
. "$(dirname "$0")/../check.sh"

run build cafe-breach -o "$tmp/lab" --seed grade --events 400
is 0 "$status" "build"

# untouched: 0 of everything, and what must be kept is kept
run grade "$tmp/lab" --format json
is 0 "$status" "grade"
is 0 "$(jq .score "$out")" "untouched score"
is 0 "$(jq .percent "$out")" "untouched percent"
is 0 "$(jq '[.findings[] | select(.points != 0)] | length' "$out")" "untouched points"
is "fail" "$(jq -r '[.findings[] | select(.kind == "question" or .kind == "check") | .outcome] | unique | join(",")' "$out")" "untouched outcomes"
is "pass" "$(jq -r '[.findings[] | select(.kind == "penalty" or .kind == "veto") | .outcome] | unique | join(",")' "$out")" "kept outcomes"
is "not answered" "$(jq -r '[.findings[] | select(.kind == "question") | .found] | unique | join(",")' "$out")" "found"
is 0 "$(jq '[.findings[] | select(.outcome == "fail") | select(.expected == "" or .found == "" or (.evidence | length) == 0)] | length' "$out")" "lost points without evidence"
has "each SQL question cites its query" '[.findings[] | select(.kind == "question") | select(.id == "who") | .evidence[].query | strings] | length == 1' "$out"
has "the record is cited with its file" '[.findings[] | select(.id == "when") | .evidence[] | select(.eventID and .time and (.file | test("^s3/.*json.gz$")))] | length == 1' "$out"
file=$(jq -r '.findings[] | select(.id == "when") | .evidence[0].file' "$out")
id=$(jq -r '.findings[] | select(.id == "when") | .evidence[0].eventID' "$out")
check "the cited record is in the cited file" sh -c "gzip -dc '$tmp/lab/$file' | grep -qF '$id'"
has "a line of a file is cited" '.findings[] | select(.id == "setting") | .evidence[0] | .line > 0 and .text == "PasswordAuthentication yes"' "$out"
has "the receipt is whole" '.receipt | .scenario == "cafe-breach" and (.content_hash | length) == 64 and (.seed_commitment | length) == 64 and (.submission_hash | length) == 64 and .events == 400 and .version != ""' "$out"
cp "$out" "$tmp/once"
run grade "$tmp/lab" --format json
same "$tmp/once" "$out"
run grade "$tmp/lab" --fail-under 50
is 1 "$status" "--fail-under above"
says "Score: 0 of" "$out"
says "0 %" "$out"
says "FAIL" "$out"
lacks "$(printf '\033')" "$out"
run grade "$tmp/lab" --hide-answers --json
is 0 "$(jq '[.findings[] | select(.kind == "question") | select(.expected or (.evidence | length) > 0)] | length' "$out")" "hidden answers"
run grade "$tmp/lab" --lang pt
says "Que identidade abriu o servidor web" "$out"

# solved
run solve "$tmp/lab"
is 0 "$status" "solve"
run grade "$tmp/lab" --fail-under 100 --json
is 0 "$status" "grade of the solution"
is 100 "$(jq .percent "$out")" "solved percent"
is "$(jq .max "$out")" "$(jq .score "$out")" "solved score"
is "pass" "$(jq -r '[.findings[].outcome] | unique | join(",")' "$out")" "solved outcomes"
run check "$tmp/lab"
is 0 "$status" "check of the solution"
lacks "not yet" "$out"

# a sheet that cannot be read is not graded, and says where
printf 'who: chaos\nwhen: "2025\n' >"$tmp/lab/answers.yaml"
run grade "$tmp/lab" --json
is 2 "$status" "malformed sheet"
is null "$(jq .score "$out")" "score of a malformed sheet"
has "the place is told" '.ungradable | test("answers.yaml:[0-9]+:[0-9]+: error: ")' "$out"
is "ungradable" "$(jq -r '[.findings[] | select(.kind == "question") | .outcome] | unique | join(",")' "$out")" "outcomes"
run grade "$tmp/lab"
says "NOT GRADED: answers.yaml:" "$out"
lacks "expected: chaos" "$out" # an attempt that does not count tells no answers
run check "$tmp/lab"
is 1 "$status" "check of a malformed sheet"
says "cannot be graded: answers.yaml:" "$out"

# a link could show a file of whoever grades
rm "$tmp/lab/answers.yaml"
ln -s /etc/passwd "$tmp/lab/answers.yaml"
run grade "$tmp/lab"
is 2 "$status" "a link for a sheet"
says "NOT GRADED: answers.yaml: error: expected a file, not a link or a folder" "$out"
lacks "root:" "$out"
rm "$tmp/lab/answers.yaml"

# unknown keys are told, an absent sheet too
printf 'whoo: chaos\n' >"$tmp/lab/answers.yaml"
run grade "$tmp/lab"
says "note: answers.yaml:1:1: no question 'whoo' (did you mean 'who'?)" "$out"
rm "$tmp/lab/answers.yaml"
run grade "$tmp/lab"
says "note: there is no answers.yaml" "$out"

# a lab of another past is not graded with this key; one whose scenario only got another text is, and says so
cp -R "$top/scenarios/cafe-breach" "$tmp/edited"
sed -i 's/wait: 12s/wait: 13s/' "$tmp/edited/scenario.yaml"
run grade "$tmp/lab" --json --scenario "$tmp/edited"
is 2 "$status" "another story"
is null "$(jq .score "$out")" "score of another story"
has "the reason is told" '.ungradable | contains("past is not what this scenario and seed come to")' "$out"
is skipped "$(jq -r '[.findings[].outcome] | unique | join(",")' "$out")" "outcomes of another story"
sed 's/Exactly when (UTC)?/When exactly (UTC)?/' "$top/scenarios/cafe-breach/scenario.yaml" >"$tmp/edited/scenario.yaml"
run grade "$tmp/lab" --json --scenario "$tmp/edited"
is 0 "$status" "another text"
has "the other text is used" '.findings[] | select(.id == "when") | .title == "When exactly (UTC)?"' "$out"
has "an answer is judged as before" '.findings[] | select(.id == "who") | .outcome == "fail"' "$out"
has "and noted" '.notes | map(contains("text was changed since the lab was built")) | any' "$out"
jq '.seed = "another"' "$tmp/lab/.cafelab/lab.json" >"$tmp/lab.json"
cp -R "$tmp/lab" "$tmp/other"
cp "$tmp/lab.json" "$tmp/other/.cafelab/lab.json"
run grade "$tmp/other"
is 2 "$status" "another seed"
says "the journal was changed" "$err"

# calls as a colleague are no crime, but said
cp -R "$tmp/lab" "$tmp/colleague"
run call "$tmp/colleague" iam:ListUsers --as faythe
run call "$tmp/colleague" iam:ListUsers
run grade "$tmp/colleague" --json
has "who else acted" '.notes | map(startswith("1 call was made as somebody else than sofia: the first is iam:ListUsers by faythe")) | any' "$out"

# several at once, one of them no lab
run grade "$tmp/lab" "$tmp/none"
is 2 "$status" "one is no lab"
says "== $tmp/lab ==" "$out"
says "$tmp/none" "$err"
run grade "$tmp/lab" --format yaml
is 2 "$status" "unknown format"
says 'unknown format "yaml"' "$err"
run grade "$tmp/lab" --fail-under 101
is 2 "$status" "bad percent"
checked
