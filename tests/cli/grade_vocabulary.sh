# SPDX-License-Identifier: MIT
# Essays, prerequisites, pairs and parts of the points, from the scenario's text to the marking sheet of a class.
. "$(dirname "$0")/../check.sh"
cd "$tmp" || exit 1
mkdir own
cp "$top"/scenarios/cafe-breach/* own/
python3 - <<'END'
text = open("own/scenario.yaml").read()
text = text.replace("    type: ip\n    points: 10\n", "    type: ip\n    points: 10\n    partial: {\"{{ webserver.public_ip }}\": 30}\n", 1)
text = text.replace("    type: event\n    points: 5\n", "    type: event\n    points: 5\n    requires: [who, where]\n", 1)
text = text.replace("  - id: user-gone\n", "  - id: user-gone\n    requires: [session-ended]\n", 1)
text = text.replace("\nchecks:\n", """
  - id: from
    ask: {en: Who changed what?, pt: Quem mudou o quê?, es: ¿Quién cambió qué?}
    type: match
    of: principal
    points: 10
    answer: ["a description = {{ colleague_edit.who }}", "the staging box = {{ staging_rule.who }}"]
    solve:
      sql: >-
        SELECT 'a description = ' || useridentity.userName FROM logs WHERE eventname = 'ModifySecurityGroupRules'
        UNION SELECT 'the staging box = ' || useridentity.userName FROM logs
        WHERE eventname = 'AuthorizeSecurityGroupIngress' AND requestparameters LIKE '%203.0.113.0/28%'
  - id: story
    ask: {en: Tell Frank what happened., pt: Conta ao Frank o que aconteceu., es: Cuenta a Frank lo que pasó.}
    type: essay
    points: 20
    answer: Key misused, port opened, account made, picture replaced; in this order, without jargon.

checks:
""", 1)
open("own/scenario.yaml", "w").write(text)
END
run lint own
is 0 "$status" 'lint'
lacks 'error' "$out"
run verify own --seeds 1
is 0 "$status" 'the proof stands with an essay in it'
sed -i 's/^    veto: true/&\n    requires: [session-ended]/' own/scenario.yaml
printf 'id,name\nana,Ana\nrui,Rui\n' >roster.csv
run class init ir --scenario own --roster roster.csv --events 200
is 0 "$status" 'init'
run class build ir
for s in ana rui; do
    mkdir -p $s
    tar xzf ir/bundles/$s.tar.gz -C $s --strip-components=1
done
says 'story:' ana/answers.yaml
is 'from:,  - a description = ,  - the staging box = ' "$(sed -n '/^from:/,/^ *- the/p' ana/answers.yaml | paste -sd ,)" 'the left sides stand in the sheet'
run check rui
says 'empty       from' "$out"
server=$(jq -r '.. | .publicIpAddress? // .PublicIpAddress? // .ipAddress? | strings' ana/account/ec2/*.json 2>/dev/null | head -n 1)
check 'the server has an address' test -n "$server"
sed -i "s/^who:.*/who: chaos/; s/^where:.*/where: $server/; s/^event:.*/event: 1234/" ana/answers.yaml
sed -i 's/^  - a description =.*/&Faythe/; s/^  - the staging box =.*/&martha/' ana/answers.yaml
sed -i 's/^story:.*/story: "=A key was misused, then somebody opened the door and painted over the picture."/' ana/answers.yaml
sed -i 's/^who:.*/who: martha/' rui/answers.yaml
mkdir subs
run submit ana -o subs/ana.tar.gz
run submit rui -o subs/rui.tar.gz
run class grade ir subs
is 0 "$status" 'grade'
finding() {
    jq -r ".attempts[0].report.findings[] | select(.id == \"$2\") | \"\(.outcome) \(.points) \(.max)\"" ir/results/"$1".json
}
is 'pass 10 10' "$(finding ana who)" 'who'
is 'partial 3 10' "$(finding ana where)" 'a part'
is 'partial 5 10' "$(finding ana from)" 'one pair of two'
is 'fail 0 10' "$(finding rui from)" 'no pair'
is 'skipped 0 5' "$(finding ana event)" 'what it needs is not right'
is 'manual 0 20' "$(finding ana story)" 'a person marks it'
is 'fail 0 20' "$(finding rui story)" 'nothing to mark'
is 'skipped 0 10' "$(finding ana user-gone)" 'a check that needs another'
has 'it says why' '.attempts[0].report.findings[] | select(.id == "event") | .found == "needs \"where\" first, which is not right" and (.evidence | length) == 0 and (.feedback | not)' ir/results/ana.json
# each form knows that what waits for a person is no loss, and what was skipped no failure
of() { # FORMAT FILTER
    run grade subs/ana.tar.gz --class ir --format "$1"
    jq -r "$2" "$out"
}
is 'null to be marked by a person' "$(of check50 '.results[] | select(.name == "story") | "\(.passed) \(.cause.rationale)"')" 'check50: an essay'
is 'null not graded where' "$(of check50 '.results[] | select(.name == "event") | "\(.passed) \(.cause.rationale) \(.dependency)"')" 'check50: skipped'
is PendingManual "$(of lti .gradingProgress)" 'lti: an essay'
is 'passed to be marked by a person' "$(of gradescope '.tests[] | select(.name | startswith("story")) | .status + " " + (.output | split("\n")[-2])')" 'gradescope: an essay'
of tap . 2>"$err"
says ' # SKIP to be marked by a person' "$out"
says 'event: Which event id does that record have? # SKIP not graded' "$out"
of junit . 2>"$err"
says '<skipped message="0 of 20 points, to be marked by a person">' "$out"
is "$(xmllint --xpath 'count(//skipped)' "$out")" "$(xmllint --xpath 'sum(//testsuite/@skipped)' "$out")" 'junit counts what is skipped'
# right it would be, but partly right is not right: nothing is earned by what needs it
right=$(jq -r '.attempts[0].report.findings[] | select(.id == "event") | .expected' ir/results/ana.json)
mkdir more
sed "s/^event:.*/event: $right/" ana/answers.yaml >sheet
cp ana/answers.yaml first
cp sheet ana/answers.yaml
find ana/s3 -name '*.json.gz' -path '*CloudTrail/*' -exec rm {} + # the veto's ground; but it needs something, too
run submit ana -o more/ana.tar.gz
cp -R ir again
run class grade again more
is 'skipped 0 5' "$(jq -r '.attempts[1].report.findings[] | select(.id == "event") | "\(.outcome) \(.points) \(.max)"' again/results/ana.json)" 'right, and skipped'
is 18 "$(jq '.attempts[1].report.score' again/results/ana.json)" 'and worth nothing'
has 'a veto that was skipped takes nothing' '.attempts[1].report | .vetoed == null and ([.findings[] | select(.id == "trail-kept") | .outcome] == ["skipped"])' again/results/ana.json
cp first ana/answers.yaml
run class report ir
is 0 "$status" 'report'
cat >wanted <<'END'
student,item,points,reason,max,question,a good answer holds,answer
ana,story,,,20,Tell Frank what happened.,"Key misused, port opened, account made, picture replaced; in this order, without jargon.","'=A key was misused, then somebody opened the door and painted over the picture."
END
same wanted ir/reports/marking.csv
cp ir/reports/marking.csv ir/overrides.csv
run class report ir --json
is 18 "$(jq '.grades[0].score' "$out")" 'a sheet that is not filled in'
# filled in where it lies, as people do
sed -i 's/^ana,story,,,/ana,story,15.5,clear but no order,/' ir/reports/marking.csv
cp ir/reports/marking.csv filled
printf 'student;reason;points;item\nrui;"late; ill";3;who' >ir/overrides.csv
echo half >ir/overrides.csv.7~ # what a killed run left; mine is another's
echo mine >ir/notes.csv.7~
run class report ir
is mine "$(cat ir/*~)" 'what was written aside'
says '1 mark of ir/reports/marking.csv stands in overrides.csv now' "$out"
printf 'student;reason;points;item\nrui;"late; ill";3;who\nana;clear but no order;15.50;story\n' >wanted
same wanted ir/overrides.csv
check 'nothing waits any more' test ! -e ir/reports/marking.csv
cp filled ir/reports/marking.csv
run class report ir
same wanted ir/overrides.csv
sed 's/15.5/15/' filled >ir/reports/marking.csv
run class report ir
is 2 "$status" 'two marks for one answer'
says 'ir/reports/marking.csv:2:11: error: overrides.csv says 15.50 of "story" of ana in line 3: make them one' "$err"
rm ir/reports/marking.csv ir/overrides.csv
cp filled ir/reports/marking.csv
run class report ir
run class report ir --json
is 33.5 "$(jq '.grades[0].score' "$out")" 'marked'
run class report ir
check 'nothing is left to mark' test "$(wc -l <ir/reports/items.csv)" -gt 40
says 'Set by hand: clear but no order.' ir/reports/items.csv
# an essay that was worked at again is the one that is marked, in its lines
python3 - <<'END'
text = open("ana/answers.yaml").read().split("\nstory:")[0]
open("ana/answers.yaml", "w").write(text + "\nstory: |\n  First <b>a key</b>.\n\n  Then, \"they\" say:\n  - a door\n")
END
run submit ana -o again.tar.gz
run class grade ir again.tar.gz
rm ir/overrides.csv
run class report ir --json
is 18 "$(jq ".grades[0].score" "$out")" "no points more"
run class report ir
is 'First <b>a key</b>.||Then, "they" say:|- a door' "$(python3 -c 'import csv; print("|".join(list(csv.DictReader(open("ir/reports/marking.csv")))[0]["answer"].split("\n")))')" 'the newer of equals'
printf 'student,item,points,reason\nana,story,5,short\n' >ir/overrides.csv
run class report ir
says 'First &lt;b&gt;a key&lt;/b&gt;.<br><br>Then, &quot;they&quot; say:<br>- a door</dd>' ir/reports/students/ana.html
run grade again.tar.gz --class ir
says '        Then, "they" say:' "$out"
checked
