# SPDX-License-Identifier: MIT
# Every form of a report, read back by what stands in for its reader: xmllint, TAP::Parser, jsonschema, csv, tidy. Three
# submissions: untouched, half done with hostile answers, one that cannot be graded.
. "$(dirname "$0")/../check.sh"
data=$top/tests/data/formats

run build cafe-breach -o "$tmp/lab" --seed formats --student 'ana' --events 300
cp -R "$tmp/lab" "$tmp/half"
run hint "$tmp/half" who -y
run hint "$tmp/half" who -y
run solve "$tmp/half" --skip 2
is 0 "$status" solve
sed -i 's|^account:.*|account: "<script>]]>\&amp; =cmd()\\x1b[31m \\"q\\" # x"|; s|^files:.*|files: [Coffee-and-Pastries.jpg]|' "$tmp/half/answers.yaml"
cp -R "$tmp/lab" "$tmp/broken"
printf 'who: "chaos\n' >"$tmp/broken/answers.yaml"
run grade "$tmp/half" --json
score=$(jq .score "$out") max=$(jq .max "$out")
is '101.5 of 120' "$score of $max" 'half done'

# of LAB FORMAT: the form of one lab, as $tmp/FORMAT; what students read says nothing of where that lies on this machine
of() {
    run grade "$tmp/$1" --format "$2"
    cp "$out" "$tmp/$2"
    case $2 in json | jsonl | text | csv*) ;; *) lacks "$tmp" "$tmp/$2" ;; esac
}
# JSON forms
for lab in half broken; do
    for form in gradescope prairielearn check50 submitty; do
        of $lab $form
        valid $form "$tmp/$form"
    done
    of $lab json
    valid report "$tmp/json"
    of $lab lti
    valid lti "$tmp/lti"
done
of half gradescope
is "$score" "$(jq .score "$tmp/gradescope")" 'gradescope score'
is "$score" "$(jq '[.tests[].score | numbers] | add' "$tmp/gradescope")" 'gradescope tests add up'
has 'what holds without points has none' '[.tests[] | select(.name | startswith("site-up"))][0] | .status == "passed" and (has("score") | not)' "$tmp/gradescope"
lacks 'expected: chaos-user' "$tmp/gradescope"
has 'the answer is in extra_data only' '[.tests[] | select(.name | startswith("account"))][0] | .extra_data.expected == "chaos-user" and (.output | contains("chaos-user") | not)' "$tmp/gradescope"
run grade "$tmp/half" --format gradescope --show-answers
has 'answers where they are asked for' '[.tests[] | select(.name | startswith("account"))][0] | .output | contains("expected: chaos-user")' "$out"
run grade "$tmp/half" --format gradescope --hide-answers
has 'nor in it, where they are to be hidden' '[.tests[] | select(.name | startswith("account"))][0] | .extra_data | has("outcome") and (has("expected") | not)' "$out"
of half prairielearn
has 'prairielearn score' --argjson score "$score" --argjson max "$max" '(.score - $score / $max) | fabs < 0.000001' "$tmp/prairielearn"
of half check50
is 'false' "$(jq -r '.results[] | select(.name == "files") | .passed' "$tmp/check50")" 'a part is not passed'
of broken prairielearn
has 'no attempt is used up' '.gradable == false and (.format_errors[0] | contains("answers.yaml:"))' "$tmp/prairielearn"
of broken check50
has 'an error, not results' '.error.value | contains("answers.yaml:")' "$tmp/check50"

# GitHub Classroom: what the reporter would add up
of half github
names=$(sed -n 's/^RUNNERS=//p' "$tmp/github" | tr , ' ')
sum=0
for name in $names; do
    check "$name is letters and digits" expr "$name" : '[a-z0-9]*$' >/dev/null
    sed -n "s/^$(echo "$name" | tr a-z A-Z)_RESULTS=//p" "$tmp/github" | base64 -d >"$tmp/runner"
    valid github "$tmp/runner"
    sum=$(jq --argjson sum "$sum" '$sum + ([.tests[].score] | add)' "$tmp/runner")
done
is "$score" "$sum" 'github points'
mv "$tmp/half/s3" "$tmp/s3.aside" # the veto takes everything, in every form
of half github
for name in $(sed -n 's/^RUNNERS=//p' "$tmp/github" | tr , ' '); do
    sed -n "s/^$(echo "$name" | tr a-z A-Z)_RESULTS=//p" "$tmp/github" | base64 -d
done >"$tmp/runners"
is 0 "$(jq -s '[.[].tests[].score] | add' "$tmp/runners")" 'github points under a veto'
of half gradescope
is 0 "$(jq .score "$tmp/gradescope")" 'gradescope score under a veto'
of half autolab
is 0 "$(tail -n 1 "$tmp/autolab" | jq '[.scores[]] | add')" 'autolab points under a veto'
mv "$tmp/s3.aside" "$tmp/half/s3"

# Autolab: the last line counts
of half autolab
is "$score" "$(tail -n 1 "$tmp/autolab" | jq '[.scores[]] | add')" 'autolab points'
is "$score" "$(tail -n 1 "$tmp/autolab" | jq '.scoreboard[0]')" 'autolab scoreboard'
is semantic "$(tail -n 2 "$tmp/autolab" | head -n 1 | jq -r ._presentation)" 'autolab feedback'
of broken autolab
is '{"scores":{}}' "$(tail -n 1 "$tmp/autolab")" 'autolab gets no score'

# JUnit XML
run grade "$tmp/lab" "$tmp/half" "$tmp/broken" "$tmp/none" --format junit
is 2 "$status" 'two of four cannot be graded'
check 'junit is valid' xmllint --noout --schema "$data/junit.xsd" "$out" 2>"$err"
is 4 "$(xmllint --xpath 'count(//testsuite)' "$out")" 'a suite a submission'
for what in failures:failure errors:error skipped:skipped; do
    is "$(xmllint --xpath "count(//${what#*:})" "$out")" "$(xmllint --xpath "sum(//testsuite/@${what%:*})" "$out")" "junit ${what%:*}"
done
is "$(xmllint --xpath 'count(//testcase)' "$out")" "$(xmllint --xpath 'sum(//testsuite/@tests)' "$out")" 'junit tests'
says '&lt;script&gt;]]&gt;&amp;amp; =cmd()\x1b[31m &quot;q&quot;' "$out"

# TAP
tap() {
    perl -MTAP::Parser -e 'my $p = do { local (@ARGV, $/) = ($ARGV[0]); TAP::Parser->new({tap => <>}) }; $p->run;
        print join(" ", scalar $p->passed, scalar $p->failed, scalar $p->skipped, scalar $p->parse_errors), "\n"' "$1"
}
of lab tap
is '5 16 0 0' "$(tap "$tmp/tap")" 'tap: passed, failed, skipped, errors'
of half tap
is '18 3 0 0' "$(tap "$tmp/tap")" 'tap, half done'
run grade "$tmp/lab" "$tmp/half" "$tmp/broken" --format tap
is '0 3 0 0' "$(tap "$out")" 'tap of three'
of broken tap
says 'Bail out! not graded: answers.yaml:' "$tmp/tap"

# tables
csv() {
    python3 -c 'import csv, sys
rows = list(csv.reader(open(sys.argv[1], newline="")))
assert len({len(row) for row in rows}) == 1, "rows differ in length"
assert not any(cell[:1] in "=+@" for row in rows for cell in row if cell), "a formula"
print(len(rows), len(rows[0]))' "$1"
}
run grade "$tmp/lab" "$tmp/half" "$tmp/broken" "$tmp/none" --format csv
is '5 31' "$(csv "$out")" 'csv: rows and columns'
is ",$max," "$(sed -n 4p "$out" | grep -o ",$max,")" 'who has no grade is left blank'
run grade "$tmp/half" "$tmp/lab" --format csv-items
is '43 11' "$(csv "$out")" 'csv-items'
says ",chaos-user," "$out"
run grade "$tmp/half" --format csv-items --hide-answers
lacks ",chaos-user," "$out"
run grade "$tmp/half" "$tmp/broken" --format moodle
is '3 5' "$(csv "$out")" 'moodle'
says '-,ana,-,84.58,"101.50 of 120 points, 84 %"' "$out"
check 'moodle: no grade for what cannot be graded' grep -q ',-,"*not graded: ' "$out"
# as load_data.php reads it: a blank new grade is 0 there, a blank student is the one before, above 100 or no number refuses all
check 'moodle: what its importer does with it' python3 -c 'import csv, sys
head, *rows = list(csv.reader(open(sys.argv[1], newline="")))
assert head[:3] == ["username", "idnumber", "email"] and head[4] == head[3] + " feedback", head
for row in rows:
    assert all(cell.strip() for cell in row), row
    assert row[3] == "-" or 0 <= float(row[3]) <= 100, row' "$out"
run grade "$tmp/half" --format nbgrader
is '2 11' "$(csv "$out")" 'nbgrader'

cat >"$tmp/canvas.csv" <<'END'
Student,ID,SIS User ID,SIS Login ID,Section,Quiz 1 (77),Current Score
    Points Possible,,,,,10,(read only)
"Núñez, Ana",1001,ana,ana@example.edu,"IR, 101",9,90
"Roe, Rui",1002,rui,rui@example.edu,"IR, 101",,0
END
run grade "$tmp/half" --format canvas --roster "$tmp/canvas.csv" --column 'IR lab (88)'
is 0 "$status" 'canvas'
cat >"$tmp/wanted" <<'END'
Student,ID,SIS User ID,SIS Login ID,Section,IR lab (88)
Points Possible,,,,,120
"Núñez, Ana",1001,ana,ana@example.edu,"IR, 101",101.50
"Roe, Rui",1002,rui,rui@example.edu,"IR, 101",
END
same "$tmp/wanted" "$out"
sed -i 's/101",,0$/101",7,0/' "$tmp/canvas.csv" # an assignment that is there: who has no grade keeps what stands there
for column in 'Quiz 1 (77)' 'Quiz 1'; do # of its own points, whose share is written
    run grade "$tmp/half" --format canvas --roster "$tmp/canvas.csv" --column "$column"
    is 'Section,Quiz 1 (77) ,10 IR, 101,8.46 IR, 101,7' "$(python3 -c 'import csv, sys
print(*[",".join(row[4:]) for row in csv.reader(open(sys.argv[1]))])' "$out")" 'canvas: nothing is taken away, and no more given than it is worth'
done
sed 's/,10,(read only)/,"10,00",(read only)/' "$tmp/canvas.csv" >"$tmp/comma.csv" # as half of the world writes decimals
run grade "$tmp/half" --format canvas --roster "$tmp/comma.csv" --column 'Quiz 1'
is '8.46' "$(python3 -c 'import csv, sys
print([row[5] for row in csv.reader(open(sys.argv[1]))][2])' "$out")" 'canvas: the share of 10,00 points'
sed -i 's/101",9,90$/101",EX,90/' "$tmp/canvas.csv"
run grade "$tmp/half" --format canvas --roster "$tmp/canvas.csv" --column 'Quiz 1'
is 'IR, 101,EX' "$(python3 -c 'import csv, sys
print(*[",".join(row[4:]) for row in csv.reader(open(sys.argv[1]))][2:3])' "$out")" 'canvas: who is excused stays so'
run grade "$tmp/half" --format canvas
is 2 "$status" 'canvas without a roster'
says '--roster FILE' "$err"
printf 'id,name\nana,Ana\n' >"$tmp/plain.csv"
run grade "$tmp/half" --format canvas --roster "$tmp/plain.csv"
is 2 "$status" 'canvas with another roster'
says 'as Canvas exports it' "$err"

# pages
for lab in half broken; do
    run grade "$tmp/$lab" --format html --lang es
    check "the page of $lab is good HTML" tidy -q -e "$out" 2>"$err"
    says '<html lang="es">' "$out"
    lacks '<script' "$out"
    lacks 'http' "$out"
    is "$(grep -c '<table>' "$out")" "$(grep -c '<caption>' "$out")" 'a caption a table'
    is 0 "$(grep -c '<th>' "$out")" 'headers say what they head'
done
run grade "$tmp/half" --format html
says '101.50 of 120' "$out"
says 'Partly right' "$out"
lacks '<dd>chaos-user' "$out"
run grade "$tmp/half" --format html --show-answers
says '<dd>chaos-user' "$out"

# whoever answers nothing and repairs nothing reads no answer in what is said of repairs, in no form for students
run grade "$tmp/lab" --json
jq -r '.findings[] | select(.id | IN("when", "where", "range", "event", "account", "setting")) | .expected | sub(" .within.*"; "")' "$out" >"$tmp/answers"
is 6 "$(wc -l <"$tmp/answers")" 'answers'
says "$(sed -n 4p "$tmp/answers")" "$out"
for form in html junit tap gradescope autolab prairielearn check50 submitty moodle nbgrader 'json --hide-answers' 'text --hide-answers'; do
    run grade "$tmp/lab" --format $form
    [ "$form" != gradescope ] || jq 'del(.tests[].extra_data)' "$out" >"$tmp/shown"
    [ "$form" = gradescope ] || cp "$out" "$tmp/shown"
    is 0 "$(grep -cFf "$tmp/answers" "$tmp/shown")" "$form tells no answer"
done
run grade "$tmp/lab" --format html --lang es
says 'El porqué no se dice mientras revele una respuesta que aún no es correcta.' "$out"

sed -i 's/^who:.*/who: [chaos, sofia]/; s/^where:.*/where:/; s/^when:.*/when: yesterday/' "$tmp/half/answers.yaml"
run grade "$tmp/half" --format html --lang pt
says 'Pede-se uma resposta e há 2: decide-te por uma.' "$out"
says 'Isso não se consegue ler como resposta: esperava-se um instante como 2025-10-14T13:00:00Z.' "$out"
lacks 'not answered' "$out"
run check "$tmp/half" --lang es
says 'se pide una respuesta y hay 2' "$out"

# several at once
run grade "$tmp/lab" "$tmp/half" --format json
is 2 "$(jq length "$out")" 'a list of two'
run grade "$tmp/lab" "$tmp/half" --format jsonl
is 2 "$(wc -l <"$out")" 'two lines'
run grade "$tmp/lab" "$tmp/half" --format gradescope
is 2 "$status" 'gradescope of two'
says '--format: gradescope is about one submission, 2 are given' "$err"
run grade "$tmp/lab" --format gradscope
says 'unknown format "gradscope" (did you mean "gradescope"?)' "$err"
for form in html junit tap github autolab prairielearn check50 submitty moodle nbgrader lti; do
    of none $form
done
run grade "$tmp/none" --format gradescope
has 'it is named all the same' '.output | test("none: .none. is no lab")' "$out"
is 2 "$status" 'no such lab'
valid gradescope "$out"
has 'a result even so' '.score == 0 and (.output | contains("no attempt of yours is used up"))' "$out"
run grade "$tmp/lab" --show-answers --hide-answers
is 2 "$status" 'a contradiction'
checked
