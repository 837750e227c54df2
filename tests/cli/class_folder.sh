#!/bin/sh
# SPDX-License-Identifier: MIT
# What people do to a class's folder between two commands: deleted, copied, edited. What can be made again is; the rest is said.
. "$(dirname "$0")/../check.sh"
cd "$tmp" || exit 1
cat >roster.csv <<'END'
id,name,email
s1,Ana Reis,ana@example.edu
s2,Rui Roe,rui@example.edu
s3,Mia Poe,mia@example.edu
END
run class init c --scenario cafe-breach --roster roster.csv --events 20
is 0 $status 'init'
run class build c
is 0 $status 'build'
mkdir labs subs
for s in s1 s2 s3; do
    tar -C labs -xzf c/bundles/$s.tar.gz
    sed -i "s/^who:.*/who: try of $s/" labs/c-$s/answers.yaml
    run submit labs/c-$s -o subs/$s.tar.gz
done
run class grade c subs
is 0 $status 'grade'
run class report c
is 0 $status 'report'
cp -R c whole

# folders that were deleted are made again
sha256sum c/bundles/* >sums
: >c/bundles/s2.tar.gz
run class build c
says 'c/bundles: 1 made, 2 were there' "$out"
check 'the same bytes' sha256sum -c --quiet sums
rm -r c/bundles c/keys c/results c/reports
run class build c
is 0 $status 'without bundles'
says 'c/bundles: 3 made, 0 were there' "$out"
check 'the same bytes' sha256sum -c --quiet sums
run class grade c subs
says '3 uploads: 3 graded, 0 known from before' "$out"
run class report c
is 0 $status 'without reports'
check 'as they were' diff -r -x '.lock*' whole c

# the class among what was handed in is not handed in; what nobody can look into is told, and the others go on
mkdir desk
cp -R whole desk/c
cp -R subs desk/
mkdir desk/subs/closed desk/subs/s3
chmod 0 desk/subs/closed desk/subs/s3
plainly() { # as who may not read everything
    [ "$(id -u)" != 0 ] || set -- setpriv --bounding-set -dac_override,-dac_read_search "$@"
    "$@" >"$out" 2>"$err" </dev/null
    status=$?
}
plainly "$CAFELAB" class grade desk/c desk --again
is 1 $status 'a folder that is closed'
says '5 uploads: 3 graded, 0 known from before, 2 not gradable, 0 errors; 1 of nobody in the class' "$out"
says 'desk/subs/closed: unreadable: Permission denied' "$err"
is 'unreadable' "$(jq -r '.attempts[1].outcome' desk/c/results/s3.json)" 'whose it is, as its name tells it'
run class grade c ./c/
is 2 $status 'the class itself'
says "'./c/' is the folder of a class: expected what students handed in" "$err"
run class grade c subs nowhere
is 2 $status 'what is not there'
says "'nowhere': No such file or directory" "$err"

# what cannot be made again is missing, half there or another's: which file it is, and what to do; no grade is made of it
set_aside() { # FILE: of a copy of the class, in which it is gone
    rm -rf c && cp -R whole c && rm -r "c/$1"
}
set_aside scenario
run class build c
is 2 $status 'no scenario'
says "'c/scenario/scenario.yaml': No such file or directory: it is the class's own copy of \"cafe-breach\"; a backup has it" "$err"
set_aside secret
run class build c
says "'c/secret': No such file or directory: without its secret" "$err"
set_aside class.json
run class build c
says "'c' is no class: expected a folder that \`cafelab class init\` made" "$err"
set_aside results/s1.json
cp c/results/s2.json c/results/s1.json
run class report c
is 2 $status "another's result"
says "'c/results/s1.json' holds the attempts of \"s2\": take it from a backup, or delete it and grade what \"s1\" handed in again" "$err"
head -c 300 whole/results/s1.json >c/results/s1.json
for command in 'class report c' 'class grade c subs' 'class receipt c s1' 'class regrade c subs'; do
    run $command
    is 2 $status "$command: half a result"
    says "'c/results/s1.json' is damaged (take it from a backup, or delete it and grade what \"s1\" handed in again): " "$err"
done
rm c/results/s1.json
run class report c --format lti
is 'Initialized NotReady' "$(jq -r 'select(.userId == "s1") | "\(.activityProgress) \(.gradingProgress)"' "$out")" 'lti: nothing was handed in'
run class grade c subs
says '3 uploads: 1 graded, 2 known from before' "$out"
check 'as it was' diff -r -x '.lock*' -x reports -x regrade whole c
chmod 0 c
plainly "$CAFELAB" class report c
is 2 $status "somebody else's class"
says "'c/class.json': Permission denied" "$err"
chmod 700 c

# the roster is edited when all are graded: who left takes the page along and can come back, with what was handed in
rm -rf c && cp -R whole c
sed -i '/^s2,/d' c/roster.csv
run class report c
says ': 2 students, 2 handed in, 2 have a grade' "$out"
is 's1.html s3.html' "$(cd c/reports/students && echo *)" 'pages of who is there'
cp whole/roster.csv c
run class report c
check 'as it was' diff -r -x '.lock*' whole c
sed -i 's/^s2,/S2,/' c/roster.csv
run class build c --json
is '1 3 s2' "$(jq -r '"\(.made) \(.kept + 1) \(.gone[])"' "$out")" 'an id of another case is another student'
says 'note: had a variant, and not in roster.csv any more: s2. What they hand in cannot be graded; who is there under another id now' "$err"
run class build c
is '' "$(cat "$err")" 'told when bundles are made'
run class grade c subs/s2.tar.gz
is 1 $status 'of nobody'
says 'unknown-student: the bundle of "s2", who is not in roster.csv (as it is spelled there: case counts)' "$err"
cp whole/roster.csv c
mkdir -p pages/students
echo mine >pages/students/notes.html
run class report c -o pages
is 'notes.html s1.html s2.html s3.html' "$(cd pages/students && echo *)" "elsewhere nothing is taken away"

# rules that find nothing because nothing tells them when: said, since it looks like a class that was in time
rules() {
    jq ".grading = $1" whole/class.json >c/class.json
}
unknown='so counts as in time: class grade --times FILE'
rules '{"deadline": "2026-03-01T12:00:00Z"}'
run class report c
says 'the deadline in class.json costs nobody anything: there is no "late" beside it' "$out"
says 'The deadline in class.json costs nobody anything' c/reports/index.html
lacks "$unknown" "$out"
rules '{"deadline": "2026-03-01T12:00:00Z", "late": [{"after": "0s", "percent": 50}]}'
run class report c
says "3 grades are of work that came nobody knows when, and $unknown" "$out"
says 'Grades of work that came nobody knows when, and so counts as in time: 3.' c/reports/index.html
lacks 'costs nobody' "$out"
printf 'student,submitted\ns1,2026-03-01T13:00:00+01:00\ns2,2026-03-01T09:00:01-03:00\n' >times.csv
run class grade c subs --times times.csv
run class report c
says "1 grade is of work that came nobody knows when, and $unknown" "$out"
is 1 "$(jq .untimed c/reports/class.json)" 'for machines'
is 'null "50 % of it, because it was late by 1s"' "$(jq -c '.grades[0, 1].why' c/reports/class.json | tr '\n' ' ' | sed 's/ $//')" 'of whom it is known'
printf 'student,submitted\ns1,2026-03-01T11:00:00Z\nana@example.edu,2026-03-01T13:00:00+02:00\ns1,2026-03-01T13:00:00Z\n' >times.csv
run class grade c subs --times times.csv
is 2 $status 'two times of one'
says 'times.csv:4:4: error: "s1" handed in at another time in a line above: expected one; grade attempts with a table each' "$err"
says 'times.csv: 1 mistake' "$err"
mkdir canvas
cp subs/s3.tar.gz canvas/poemia_77_88_me.tar.gz # Canvas marks what is late, and this it did not
rm c/results/s3.json
run class grade c canvas
is 0 $status 'Canvas'
run class report c --json
is 0 "$(jq .untimed "$out")" 'what Canvas has not marked'

# a key that was corrected, and one student's upload of many judged since: two keys in one class
rm -rf c && cp -R whole c
run class report c --json
is 0 "$(jq .outdated "$out")" 'one key'
sed -i '0,/points: 10$/s//points: 9/' c/scenario/scenario.yaml
run class grade c subs/s1.tar.gz
run class report c
says '2 grades are from before the scenario in the class was corrected: class regrade CLASS UPLOAD...' "$out"
says 'Grades from before the scenario in the class was corrected: 2.' c/reports/index.html
is 2 "$(jq .outdated c/reports/class.json)" 'for machines'
run class regrade c subs --apply
run class report c
lacks 'was corrected' "$out"

# a correction that touches the story makes other labs: the reason is the class's, not the student's
cp whole/scenario/scenario.yaml c/scenario
sed -i '0,/at: +10m/s//at: +11m/' c/scenario/scenario.yaml
run class regrade c subs/s1.tar.gz
is 1 $status 'a story that was changed'
says 'other-class: not drawn from this class'"'"'s secret for "s1", or the story in the class'"'"'s scenario was changed when that was corrected: then it' "$err"
cp c/results/s1.json graded.json
run class grade c subs/s1.tar.gz
is 1 $status 'and so for class grade'
says '1 of those not gradable had a grade, which stands' "$out"
check 'which is not touched' cmp graded.json c/results/s1.json
run class grade c subs/s1.tar.gz --json
is '1 1' "$(jq -r '"\(.ungradable) \(.standing)"' "$out")" 'for machines'

# what a shard leaves to the others is counted
for shard in 1 2; do
    rm -rf c && cp -R whole c && rm -r c/results
    run class grade c subs --shard $shard/2
    sed 's/.*: \([0-9]*\) graded, .* errors, \([0-9]*\) of other shards$/\1 + \2/' "$out" >parts
    is 3 $(($(cat parts))) "all of them, by shard $shard"
    run class grade c subs --shard $shard/2 --json
    is 3 "$(jq '.kept + .elsewhere' "$out")" 'for machines'
done

# a sheet of marks, and whoever left while it lay there
rm -rf c && cp -R whole c
cat >essay <<'END'
  - {id: story, ask: {en: What happened?}, type: essay, points: 20, answer: Key misused.}

END
sed '/^checks:/{
    e cat essay
}' whole/scenario/scenario.yaml >c/scenario/scenario.yaml
mkdir essays
for s in s1 s2 s3; do
    echo "story: $s was there" >>labs/c-$s/answers.yaml
    run submit labs/c-$s -o essays/$s.tar.gz
done
rm -r c/results
run class grade c essays
is 0 $status 'essays'
run class report c
says 'What waits for a person is in marking.csv' "$out"
cp c/reports/marking.csv sheet.csv
mark() { # STUDENT POINTS: fills in what is open
    sed "s/^$1,story,,,/$1,story,$2,read,/" sheet.csv >c/reports/marking.csv
}
sed -i '/^s3,/d' c/roster.csv
run class report c
is 0 $status 'somebody left whose essay waits'
mark s2 25
run class report c
is 2 $status 'a slip in the sheet'
says 'c/reports/marking.csv:3:10: error: "points": "story" is worth 20 at most, got 25 (for s2)' "$err"
check 'it is no decision' test ! -e c/overrides.csv
cp whole/roster.csv c
mark s3 15
run class report c
says '1 mark of c/reports/marking.csv stands in overrides.csv now' "$out"
sed -i '/^s3,/d' c/roster.csv
run class report c
is 0 $status 'somebody left who was marked'
cp whole/roster.csv c
run class report c --json
is 15 "$(jq '.grades[2].score' "$out")" 'and is back'
sed -i 's/^s3,story/s4,story/' c/overrides.csv
run class report c
says 'c/overrides.csv:2:1: error: no student "s4" in this class' "$err"

checked
