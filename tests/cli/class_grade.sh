# SPDX-License-Identifier: MIT
# A class graded: any mix of uploads, results that survive, rules, decisions of people, regrading, receipts.
. "$(dirname "$0")/../check.sh"
cd "$tmp" || exit 1

cat >roster.csv <<'END'
id,name,email,login,section,deadline
ana,Ana Núñez,ana@example.edu,an,A,
rui,Rui Roe,rui@example.edu,rr,A,
mia,Mia Poe,mia@example.edu,mp,B,2026-03-05T12:00:00Z
zoe,Zoë Doe,zoe@example.edu,zd,B,
END
run class init ir --scenario cafe-breach --roster roster.csv --events 200
is 0 "$status" 'init'
run class build ir
is 0 "$status" 'build'
mkdir labs subs
for s in ana rui mia zoe; do
    mkdir labs/$s
    tar xzf ir/bundles/$s.tar.gz -C labs/$s --strip-components=1
done

# ana answers four, rui hands in his lab as it lies there with one that is wrong, mia a broken sheet, zoe nothing; and somebody's junk
sed -i 's/^who:.*/who: chaos/; s/^method:.*/method: programmatic/; s/^range:.*/range: "0.0.0.0\/0"/; s/^account:.*/account: chaos-user/' labs/ana/answers.yaml
run submit labs/ana -o subs/ana.tar.gz
is 0 "$status" 'submit'
sed -i 's/^who:.*/who: martha/' labs/rui/answers.yaml
cp -R labs/rui subs/rui
sed -i 's/^who:.*/who: "chaos/' labs/mia/answers.yaml
run submit labs/mia -o subs/mia.tar.gz
head -c 700 subs/ana.tar.gz >subs/cut.tar.gz
echo 'no archive at all' >subs/junk.zip
run class grade ir subs
is 1 "$status" 'some could not be graded'
says '5 uploads: 2 graded, 0 known from before, 3 not gradable, 0 errors; 2 of nobody in the class' "$out"
says 'cut.tar.gz: truncated: ' "$err"
says 'junk.zip: no-archive: ' "$err"
is 25 "$(jq '.attempts[0].report.score' ir/results/ana.json)" 'ana'
is 0 "$(jq '.attempts[0].report.score' ir/results/rui.json)" 'rui'
is ungradable "$(jq -r '.attempts[0].outcome' ir/results/mia.json)" 'mia'
has 'why' '.attempts[0].reason | test("answers.yaml:[0-9]+")' ir/results/mia.json
is 600 "$(stat -c %a ir/results/ana.json)" 'mode of results'
check 'no result of zoe' test ! -e ir/results/zoe.json
is 2 "$(ls ir/results/unclaimed | wc -l)" 'unclaimed'
run class grade ir subs
says '; 2 of nobody in the class (2 told before: see cafelab class report)' "$out"
is '' "$(cat "$err")" 'told once'
run class grade ir subs --json
has 'for machines each time' '.unclaimed == 2' "$out"

# a bundle as it was handed out is no attempt, however it comes; whoever did the least thing is judged
mkdir barely bare did
cp -R ir/class.json ir/secret ir/scenario ir/roster.csv ir/variants.csv ir/keys barely/
run submit labs/zoe -o bare/zoe.tar.gz
says 'note: no question is answered and nothing was done in this lab: there is nothing to grade in it yet' "$out"
cp -R labs/zoe bare/zoe
tar -C labs -czf bare/whole.tgz zoe
did() { # NAME: her lab once more, in which something is done
    rm -rf at && cp -R labs/zoe at && cd at && eval "$2" >/dev/null && cd .. && run submit at -o did/$1.tar.gz
    is 0 "$status" "$1"
}
did blank 'sed -i "s/^who:.*/who: \"  \"/; s/^when:.*/when: ~  # no idea/; s/^method:.*/method: '"'\"\"'"'/; s/^files:.*/files: [\"\", \" \"]/" answers.yaml'
says '  0 answers, 10 left open' "$out"
mv did/blank.tar.gz bare
did torn 'sed -i "s/^who:.*/who: \"chaos/" answers.yaml'
says '  no answers: answers.yaml cannot be read; 0 hints taken' "$out"
is 1 "$(grep -c '^note: ' "$out")" 'one note of it is enough'
says 'note: answers.yaml cannot be read: answers.yaml:' "$out"
rm did/torn.tar.gz
did sheet 'rm answers.yaml'
says '  no answers.yaml; 0 hints taken' "$out"
is 1 "$(grep -c '^note: ' "$out")" 'nothing to grade is all there is to say'
mv did/sheet.tar.gz bare
run class grade barely bare
is 1 "$status" 'untouched'
says '5 uploads: 0 graded, 0 known from before, 5 not gradable, 0 errors' "$out"
says 'bare/whole.tgz: answers.yaml: untouched: nothing is answered, no hint was taken, and account, servers and journal are' "$err"
is 5 "$(jq '[.attempts[] | select(.outcome == "untouched")] | length' barely/results/zoe.json)" 'five times'
run class report barely
says '4 students, 1 handed in, 0 have a grade' "$out"
says 'zd,zoe,zoe@example.edu,-,"not graded: answers.yaml: untouched: nothing is answered, no hint' barely/reports/moodle.csv
says 'untouched: nothing is answered' barely/reports/index.html
says 'This uses up no attempt.' barely/reports/students/zoe.html
run class report barely --lang pt
says 'untouched: nada está respondido, não se usou nenhuma pista' barely/reports/students/zoe.html
did answer 'echo "whoo: somebody" >>answers.yaml'
lacks 'nothing to grade' "$out"
did hint '"$CAFELAB" hint . who --yes'
did look '"$CAFELAB" call . iam:ListUsers "{}"'
did packed '"$CAFELAB" call . host:Run "{\"command\": \"tar czf e.tgz /etc/ssh; tar xzf e.tgz; gzip -k e.tgz; sha1sum e.tgz; sudo loginctl terminate-user chaos-user\"}"'
did repair 'rm -r host/home/chaos-user'
tar -czf did/repair.tgz at
did edited 'rm "$(find s3 -name "*.json.gz" | head -n 1)"'
tar -czf did/edited.tgz at
run class grade barely did --json
is '8 0' "$(jq -r '"\(.graded) \(.ungradable)"' "$out")" 'what is something'
gunzip -c bare/zoe.tar.gz | gzip -1n >zoe.tar.gz # handed in last it takes nothing away
run class grade barely zoe.tar.gz
jq '.grading = {keep: "last", attempts: 7}' ir/class.json >barely/class.json
run class report barely --json
is '0 7' "$(jq -r '.grades[3] | "\(.score) \(.attempts)"' "$out")" 'a grade, of seven attempts'
rm -r barely/results
head -c 200 bare/zoe.tar.gz >zoe.tar.gz
run class grade barely zoe.tar.gz
says 'zoe.tar.gz: truncated: the gzip data ends in the middle' "$err"
run class report barely --lang es
says 'truncated: los datos gzip se acaban a la mitad: el archivo no llegó entero' barely/reports/students/zoe.html
rm -rf barely bare did at zoe.tar.gz

# uploads whose names tell nothing stand in the order in which they came, however long each takes to judge
cp -R ir slow && rm -rf slow/results
for n in 1 2 3 4 5; do
    mkdir -p order/$n
    case $n in 1 | 3) head -c 6000000 /dev/urandom >labs/zoe/host/root/noise ;; *) rm -f labs/zoe/host/root/noise ;; esac
    "$CAFELAB" call labs/zoe iam:ListUsers >/dev/null
    run submit labs/zoe -o order/$n/me.tar.gz
done
cp order/2/me.tar.gz order/5
run class grade slow order --workers 4 --json
is '4 1' "$(jq -r '"\(.graded) \(.kept)"' "$out")" 'one of them twice'
is 'order/1/me.tar.gz order/2/me.tar.gz order/3/me.tar.gz order/4/me.tar.gz' "$(jq -r '[.attempts[].upload] | join(" ")' slow/results/zoe.json)" 'in order'
rm -rf slow order labs/zoe && mkdir labs/zoe && tar xzf ir/bundles/zoe.tar.gz -C labs/zoe --strip-components=1

# a whole lab whose name tells nothing, and nothing before it for which a key was made
mkdir alone
python3 -c 'import tarfile; tarfile.open("alone/x.tgz", "w:gz", format=tarfile.PAX_FORMAT).add("labs/rui", "rui")' # parts of a second: pax headers
cp -R ir first && rm -rf first/results/*
run class grade first alone
is 0 "$status" 'a whole lab first of all'
is good "$(jq -r '.attempts[0].outcome' first/results/rui.json)" 'it is found whose it is'

# what commands noted of the time goes with it, and is told: a bundle says when it was used, a lab of one's own does not
is '"submit"' "$(tail -n 1 labs/ana/.cafelab/work.jsonl | jq .did)" 'a line of work'
has 'with what was answered' '.answers | keys == ["account", "method", "range", "who"]' labs/ana/.cafelab/work.jsonl
run build cafe-breach -o own --seed 1 --events 10
run query own 'SELECT 1'
check 'a lab of one'"'"'s own notes nothing' test ! -e own/.cafelab/work.jsonl
rm -rf own
mkdir timed && cp -R ir/class.json ir/secret ir/scenario ir/roster.csv ir/variants.csv timed/ && mkdir in
timed() { # STUDENT MINUTES
    printf '{"at":"2026-03-01T10:00:00Z"}\n{"at":"2026-03-01T10:%02d:00Z","answers":{"who":"a","range":"b"}}\n' $(($2 / 2)) >labs/$1/.cafelab/work.jsonl
    printf '{"at":"2026-03-01T10:%02d:00Z","answers":{"method":"c"}}\n' "$2" >>labs/$1/.cafelab/work.jsonl
    run submit labs/$1 -o in/$1.tar.gz
}
timed ana 30
says 'about 30 minutes at work, as cafelab'"'"'s commands noted it for your teacher' "$out"
timed rui 10
head -c 300000 /dev/zero | tr '\0' ' ' >labs/zoe/.cafelab/work.jsonl
run call labs/zoe host:Put '{"file": "/tmp/x.jpg", "fixture": "defaced"}'
is 0 "$status" 'a picture from the fixtures'
run submit labs/zoe -o in/zoe.tar.gz
says 'work.jsonl' "$out"
tar -xzOf in/zoe.tar.gz journal.jsonl >packed.jsonl
is '"host:Put"' "$(jq -c 'select(.op == "host:Put") | .op' packed.jsonl)" 'what she did is packed'
is '' "$(jq -c 'select(.on and .response)' packed.jsonl)" 'and not what came of it on the server'
is true "$(jq -c 'select(.op == "host:Put") | .response.programs != null' labs/zoe/.cafelab/journal.jsonl)" 'which her lab knows'
run class grade timed in
is good "$(jq -r '.attempts[0].outcome' timed/results/zoe.json)" 'a judge has the picture without opening a file'
run class report timed
says 'time at work, as noted: median 20 min, of 2 students' "$out"
is '20 300 600' "$(jq -r '"\(.median_seconds / 60) \([.items[] | select(.id == "who") | .seconds][0]) \([.items[] | select(.id == "method") | .seconds][0])"' timed/reports/class.json)" 'who took how long, and what'
is '1800 600 null' "$(jq -r '[.grades[] | select(.student != "mia") | .seconds | tostring] | join(" ")' timed/reports/class.json)" 'each'
says '<tr><th scope="row"><strong>method</strong>' timed/reports/index.html
says 'anybody could edit it' timed/reports/index.html
rm -rf timed in

# what was judged is left alone; a lab in a folder is known by what is in it
cp ir/results/ana.json before.json
run class grade ir subs --json
is '0 3 1' "$(jq -r '"\(.graded) \(.kept) \(.kept_ungradable)"' "$out")" 'again nothing'
run class grade ir subs/mia.tar.gz
is 1 "$status" 'known not to be gradable, that is no grade'
says '1 upload: 0 graded, 1 known from before (1 of them not gradable), 0 not gradable, 0 errors' "$out"
is '' "$(cat "$err")" 'which was told'
run class grade ir subs/ana.tar.gz
is 0 "$status" 'known and graded'
same before.json ir/results/ana.json
# what another version judged, and what ended in an error of ours, is judged once more
cp ir/results/rui.json rui.json
jq -c '.attempts[0].judged.version = "0.0.1"' before.json >ir/results/ana.json
jq -c '.attempts[0] |= (.outcome = "error" | del(.report))' rui.json >ir/results/rui.json
run class grade ir subs --json
is '2 1' "$(jq -r '"\(.graded) \(.kept)"' "$out")" 'another version, an error'
same before.json ir/results/ana.json
same rui.json ir/results/rui.json

# of one there is the singular
cp -R ir one && rm -rf one/results && sed -i '/^rui\|^mia\|^zoe/d' one/roster.csv
run class grade one subs/ana.tar.gz
says '1 upload: 1 graded, 0 known from before, 0 not gradable, 0 errors' "$out"
run class report one
says ': 1 student, 1 handed in, 1 has a grade' "$out"
says 'one/reports: index.html, 1 page in students/' "$out"
check 'no plural of one' sh -c '! grep -E "(^|[^0-9.])1 (students|grades|pages|uploads|files|things)" one/reports/index.html'
echo '# corrected' >>one/scenario/scenario.yaml
run class regrade one subs/ana.tar.gz --apply
says '0 grades change, 1 stays as it is' "$out"
says 'applied to 1 student' "$out"
# why is said in a few words, whatever changed
sed -i 's/points: 10$/points: 9/' one/scenario/scenario.yaml
run class regrade one subs/ana.tar.gz
check 'three clauses' grep -qE '^ana +25/120 -> 24/[0-9]+ +who: pass 10 of 10 -> pass 9 of 9; [a-z-]+: [^;]*; [a-z-]+: [^;]*; and [0-9]+ more$' "$out"
rm -rf one/results
run class regrade one subs/ana.tar.gz
check 'no grade before' grep -qE '^ana +none -> 24/[0-9]+ +no grade before$' "$out"
rm -rf one

# a second attempt; then the rules say what it is worth
mkdir more
sed -i 's/^setting:.*/setting: PasswordAuthentication/' labs/ana/answers.yaml
run submit labs/ana -o more/ana.tar.gz
sed -i 's/^who:.*/who: chaos/' labs/mia/answers.yaml
run submit labs/mia -o more/mia.tar.gz
run class grade ir more
is 0 "$status" 'second attempts'
is 2 "$(jq '.attempts | length' ir/results/ana.json)" 'two attempts'
scores() {
    run class report ir --format json
    jq -r '[.grades[] | "\(.student) \(.score) \(.attempts)"] | join(", ")' "$out"
}
is 'ana 30 2, rui 0 1, mia 10 1, zoe null 0' "$(scores)" 'the best counts, and what cannot be graded is no attempt'
rules() {
    jq ".grading = $1" ir/class.json >class.json && cat class.json >ir/class.json
}
rules '{"penalty": 10}'
is 'ana 27 2, rui 0 1, mia 10 1, zoe null 0' "$(scores)" 'a penalty'
rules '{"penalty": 50}'
is 'ana 25 2, rui 0 1, mia 10 1, zoe null 0' "$(scores)" 'the first is better now'
rules '{"penalty": 50, "keep": "last"}'
is 'ana 15 2, rui 0 1, mia 10 1, zoe null 0' "$(scores)" 'the last counts'
rules '{"attempts": 1}'
is 'ana 25 1, rui 0 1, mia 10 1, zoe null 0' "$(scores)" 'one attempt'
rules '{"atempts": 1}'
run class report ir
is 2 "$status" 'a misspelt rule'
says 'ir/class.json:10:5: error: unknown key "atempts" in "grading" (did you mean "attempts"?)' "$err"
says '    "atempts": 1' "$err"
says '    ^~~~~~~~~' "$err"
rules '{"penalty": 200, "late": [{"after": "later", "percent": 50}]}'
run class report ir
says 'class.json:10:16: error: "penalty": expected a number from 0 to 100, got 200' "$err"
says 'class.json:13:18: error: "after": expected a duration such as "30s" or "2h30m", got "later"' "$err"
says 'cafelab: ir/class.json: 2 mistakes' "$err"
cp ir/class.json good.json
printf '{\n  "name": "ir",\n}\n' >ir/class.json
run class report ir
is 2 "$status" 'a comma too many'
says "ir/class.json:3:1: error: string or '}' expected near '}'" "$err"
cat good.json >ir/class.json

# lateness: the class's deadline, and an own one of mia's
printf 'student,submitted\nana,2026-03-02T12:00:01Z\nmia@example.edu,2026-03-05T13:00:00Z\n' >times.csv
rules '{"deadline": "2026-03-01T12:00:00Z", "late": [{"after": "0s", "percent": 90}, {"after": "24h", "percent": 50}]}'
run class grade ir more --times times.csv
is 0 "$status" 'times'
says ' 0 graded, 2 known from before' "$out" # and noted all the same
is 'ana 25 2, rui 0 1, mia 9 1, zoe null 0' "$(scores)" 'the late attempt is worth half, the first all; an hour costs a tenth'
run class grade ir more --again
is 'ana 25 2, rui 0 1, mia 9 1, zoe null 0' "$(scores)" 'judged again without times, it came when it came'
printf 'student,submitted\nmia,2026-03-07T13:00:00Z\n' >later.csv
run class grade ir more --again --times later.csv
is 'ana 25 2, rui 0 1, mia 5 1, zoe null 0' "$(scores)" 'judged again with a time, it came when that says'
run class grade ir more --again --times times.csv
is 'ana 25 2, rui 0 1, mia 9 1, zoe null 0' "$(scores)" 'and once more'
mkdir late
cp more/ana.tar.gz late/nunezana_LATE_7_8_ana.tar.gz
echo 'no archive' >'late/zoe (2).zip'
cp -R ir marked && rm -rf marked/results/*
run class grade marked late
check 'a name with the number of a browser' test -e marked/results/zoe.json
run class report marked --format json
is '27 90 % of it, because it was late' "$(jq -r '.grades[0] | "\(.score) \(.why)"' "$out")" 'marked late by Canvas it is just late'
sed -i 's/2026-03-05T12:00:00Z/2026-03-05 12:00/' marked/roster.csv
run class report marked
is 2 "$status" 'an own deadline without a zone'
says 'marked/roster.csv:4:34: error: the deadline "2026-03-05 12:00": expected a time with its zone' "$err"
rm -rf marked late
rules '{"deadline": "2026-03-01T12:00:00Z", "keep": "last", "late": [{"after": "0s", "percent": 90}, {"after": "24h", "percent": 50}]}'
is 'ana 15 2, rui 0 1, mia 9 1, zoe null 0' "$(scores)" 'late by a day and a second'
run class report ir --format nbgrader
says ',mia,Mia Poe,,mia@example.edu,10,1,9,120' "$out"
run class report ir --json
has 'it says why' '.grades[0].why | test("50 % of it, because it was late by ")' "$out"
printf 'student,submitted\nana,yesterday\n' >times.csv
run class grade ir more --times times.csv
is 2 "$status" 'a time that is none'
says 'times.csv:2:5: error: expected a time with its zone' "$err"
rules '{}'

# what people decide
printf '\357\273\277student;item;points;reason\r\nana;when;7;a slip\r\nana;when;7,5;right day\r\nana;site-up;3;it was down\r\n' >ir/overrides.csv
is 'ana 34.5 2, rui 0 1, mia 10 1, zoe null 0' "$(scores)" 'the last of two; as a spreadsheet saves it; a penalty takes away'
run class report ir --format csv-items
lacks 'a slip' "$out"
for slip in 'ana,when,75,x:"when" is worth 10 at most, got 75 (for ana)' 'zoe,total,121,x:"total" is worth 120 at most, got 121 (for zoe)' \
    'ana,total,120.01,x:"total" is worth 120 at most, got 120.01 (for ana)'; do
    printf 'student,item,points,reason\n%s\n' "${slip%%:*}" >ir/overrides.csv
    run class report ir
    is 2 "$status" "a slip: $slip"
    says "error: \"points\": ${slip#*:}" "$err"
done
cp -R ir lifted
cp -R labs/rui stopped
run call stopped cloudtrail:StopLogging '{"name": "monitor"}'
sed -i 's/^who:.*/who: chaos/' stopped/answers.yaml
run submit stopped -o rui.tar.gz
run class grade lifted rui.tar.gz
jq '.grading = {keep: "last"}' ir/class.json >lifted/class.json
rm lifted/overrides.csv
run class report lifted
says 'nothing counts, because this does not hold: The trail is logging' lifted/reports/index.html
says '"0 of 120 points, 0 %; ""The trail is logging and the evidence is as it was"" does not hold, so nothing else counts"' lifted/reports/moodle.csv
printf 'student,item,points,reason\nrui,trail-kept,0,we had asked for it\n' >lifted/overrides.csv
run class report lifted --format json
has 'a veto that a person lifts' '.grades[1] | .score == 10 and (has("vetoed") | not)' "$out"
rm -rf lifted stopped rui.tar.gz
printf 'student,item,points,reason\nana,when,7.5,right day\nzoe,total,60,ill; took an oral exam\n' >ir/overrides.csv
is 'ana 37.5 2, rui 0 1, mia 10 1, zoe 60 0' "$(scores)" 'overrides'
run class report ir --format csv-items
says 'Set by hand: right day.' "$out"
printf 'student,item,points,reason\nana,when,7.5,\nlea,when,7.5,x\nana,when,many,x\n' >ir/overrides.csv
run class report ir
is 2 "$status" 'an override without a reason'
says 'overrides.csv:2:14: error: an override needs its reason' "$err"
says 'overrides.csv:3:1: error: no student "lea" in this class' "$err"
says 'overrides.csv:4:10: error: "points": expected a number such as 7.5, got "many"' "$err"
says 'overrides.csv: 3 mistakes' "$err"
printf 'student,item,points,reason\nana,whenn,7.5,x\nmia,who,11,x\nana,when,75,x\nzoe,total,121,x\n' >ir/overrides.csv
run class receipt ir ana
is 2 "$status" 'slips, of one'
says 'ir/overrides.csv: 2 mistakes' "$err"
lacks 'for mia' "$err"
run class report ir
is 2 "$status" 'slips, of all'
says 'ir/overrides.csv:2:5: error: the scenario has no item "whenn" (did you mean "when"?) (for ana)' "$err"
says '    ^~~~~' "$err"
says 'ir/overrides.csv:3:9: error: "points": "who" is worth 10 at most, got 11 (for mia)' "$err"
says 'ir/overrides.csv:4:10: error: "points": "when" is worth 10 at most, got 75 (for ana)' "$err"
says 'ir/overrides.csv:5:11: error: "points": "total" is worth 120 at most, got 121 (for zoe)' "$err"
says 'ir/overrides.csv: 4 mistakes' "$err"
rm ir/overrides.csv

# reports
run class report ir
is 0 "$status" 'report'
says '4 students, 3 handed in, 3 have a grade' "$out"
check 'the class page is good HTML' tidy -q -e ir/reports/index.html 2>"$err"
lacks '<script' ir/reports/index.html
is "$(grep -c '<table' ir/reports/index.html)" "$(grep -c '<caption>' ir/reports/index.html)" 'a caption a table'
check 'a page of each' test -e ir/reports/students/ana.html -a -e ir/reports/students/mia.html
check 'none of who has nothing' test ! -e ir/reports/students/zoe.html
is 5 "$(wc -l <ir/reports/grades.csv)" 'grades.csv'
says 'an,ana,ana@example.edu,25,' ir/reports/moodle.csv
says 'zd,zoe,zoe@example.edu,-,not graded: nothing was handed in' ir/reports/moodle.csv
lacks '<dd>chaos-user</dd>' ir/reports/students/mia.html

# somebody hands in another's lab, and another's value
cp subs/ana.tar.gz more/zoe.tar.gz
value=$(jq -r '.attempts[0].report.findings[] | select(.id == "event") | .expected' ir/results/rui.json)
sed -i "s/^event:.*/event: $value/" labs/ana/answers.yaml
run submit labs/ana -o more/ana.tar.gz
run class grade ir more
says 'other-student' "$err"
run class report ir --json
is '' "$(cat "$err")" 'no progress in a pipe'
has 'the value is found' '[.alike[] | select(.kind == "another'"'"'s value" and .students == ["ana", "rui"])] | length == 1' "$out"
has 'the lab is found' '[.alike[] | select(.kind == "another'"'"'s lab" and .students == ["zoe"])] | length == 1' "$out"
has 'the same file from two' '[.alike[] | select(.kind == "same bytes") | [.students, .how_common]] == [[["ana", "zoe"], "2 of 4 students: 50 %"]]' "$out"

python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' "$CAFELAB" class report ir --json >screen </dev/null
says "[........................] who has another's value" screen
sed "s/.*$(printf '\033')\[K//" screen >printed
has 'what is printed begins where the bar was' .alike printed

# two runs do not mix; shards stand beside each other
exec 8>>ir/results/.lock
flock 8
run class grade ir subs
is 2 "$status" 'a second run'
says 'another run is grading this class' "$err"
run class grade ir subs --shard 1/3
is 2 "$status" 'a shard beside a run of the whole'
exec 8>>ir/results/.lock-1-of-3
flock 8
run class grade ir subs --shard 1/3
is 2 "$status" 'a shard that another run has'
run class grade ir subs --shard 2/3
lacks 'another run' "$err"
exec 8>&-
run class build ir --again
cp -R ir ir2
rm -rf ir2/results
for i in 1 2 3; do
    run class grade ir2 subs more --shard $i/3 --json
    cp "$out" shard-$i
done
is '4 0' "$(jq -rs '"\([.[].graded] | add) \([.[].kept] | add)"' shard-*)" 'shards judge each once, and nobody else'"'"'s'
rm -rf ir3 && cp -R ir2 ir3 && rm -rf ir3/results
run class grade ir3 subs more
says '1 student handed in more than one' "$out"
diff -rq -x '.lock*' ir2/results ir3/results >"$out" 2>&1
same /dev/null "$out"

# a correction
cp ir3/results/ana.json before.json
cp ir3/scenario/scenario.yaml right.yaml
sed '0,/points: 10/s//points: 9/; s/answer: "{{ rogue_rule.method }}"/answer: console/' right.yaml >ir3/scenario/scenario.yaml
run class regrade ir3 more
says 'of 3 students not every upload was given' "$out"
says 'attempt 1 counts instead of 2; ' "$out"
sed 's/answer: "{{ rogue_rule.method }}"/answer: console/' right.yaml >ir3/scenario/scenario.yaml
run class regrade ir3 subs more
lacks 'not every upload' "$out"
is 1 "$status" 'grades change'
says 'ana                    30/120 -> 25/120       method: pass 5 of 5 -> fail 0 of 5, expected was "programmatic", is "console"' "$out"
says '1 grade changes, 3 stay as they are' "$out"
same before.json ir3/results/ana.json
cp ir3/scenario/scenario.yaml wrong.yaml
cp right.yaml ir3/scenario/scenario.yaml
run class regrade ir3 subs/rui
is 0 "$status" 'another correction: what the one before came to does not count'
says '0 grades change, 4 stay as they are' "$out"
cp wrong.yaml ir3/scenario/scenario.yaml
run class regrade ir3 subs more --apply
says 'applied to 4 students' "$out"
check 'it is applied' test ! -e ir3/regrade
run class regrade ir3 subs more
is 0 "$status" 'nothing changes any more'
sed -i 's/^checks:/  - id: story\n    ask: What happened?\n    type: essay\n    points: 20\n    answer: x\n\n&/' ir3/scenario/scenario.yaml
run class regrade ir3 subs more
is 1 "$status" 'the same points, of more'
says '25/120 -> 25/140       story: nothing -> fail 0 of 20' "$out"

# receipts
printf 'student,submitted\nana,2026-03-02T12:00:01Z\n' >times.csv
run class grade ir more --times times.csv
run class receipt ir 'Ana Núñez'
is 0 "$status" 'a receipt'
cp "$out" receipt.json
is "$(jq -r '.attempts[2] | "\(.sha256) \(.submitted)"' ir/results/ana.json)" "$(jq -r '"\(.upload) \(.submitted)"' receipt.json)" 'of which upload'
run class receipt ir --verify receipt.json
is 0 "$status" 'it is genuine'
says 'grade: as it stands in results (now 30 of 120)' "$out"
sed 's/"score": 30/"score": 120/' receipt.json >forged.json
run class receipt ir --verify forged.json
is 1 "$status" 'it is not'
says "NOT of this class's secret, or changed since" "$out"
# signed with the secret, but of another seed: that is told apart from what was changed, and so is another grade
sign() { # RECEIPT FILTER: as whoever has the secret could write it
    jq -c "$2" "$1" | python3 -c 'import hashlib, hmac, json, sys
text = sys.stdin.read().strip()
bare = json.loads(text)
del bare["mac"]
key = hmac.new(open("ir/secret").read().strip().encode(), b"cafelab grade receipt", hashlib.sha256).digest()
said = json.dumps(bare, separators=(",", ":"), ensure_ascii=False)
bare["mac"] = hmac.new(key, said.encode(), hashlib.sha256).hexdigest()
print(json.dumps(bare, separators=(",", ":"), ensure_ascii=False))' >signed.json
}
sign receipt.json .
run class receipt ir --verify signed.json
is 0 "$status" 'signed again it is the same'
sign receipt.json ".receipt.seed_commitment = \"$(jq -r '.attempts[0].report.receipt.seed_commitment' ir/results/rui.json)\""
run class receipt ir --verify signed.json
is 1 "$status" 'of another seed'
says "signature: made with this class's secret" "$out"
says 'seed: NOT what this class draws for the student' "$out"
for other in '.score = 29' '.max = 119' '.score = 30.5'; do
    sign receipt.json "$other"
    run class receipt ir --verify signed.json
    says 'grade: another one stands in results (now 30 of 120)' "$out"
done
sign receipt.json '.student = "nobody"'
run class receipt ir --verify signed.json
says 'the class has no student "nobody"' "$err"
run class receipt ir zoe
is 2 "$status" 'no grade, no receipt'

# what cannot even be read has no hash: the same file is the same attempt all the same, another one another
mkdir huge
truncate -s 70M huge/zoe.tar.gz
run class grade ir huge
run class grade ir huge
is 'too-big' "$(jq -r '[.attempts[].outcome | select(. == "too-big")] | join(" ")' ir/results/zoe.json)" 'looked at twice'
truncate -s 70M huge/zoe-2.tar.gz
run class grade ir huge
is 'too-big too-big' "$(jq -r '[.attempts[].outcome | select(. == "too-big")] | join(" ")' ir/results/zoe.json)" 'two of them'
# nor has what is no file; whose it was is known when somebody of its name joins the class, or when it is a file after all
mkdir -p pipes joined/results && mkfifo pipes/eva.tar.gz pipes/report.tar.gz
cp ir/class.json ir/secret ir/roster.csv ir/variants.csv joined && cp -R ir/scenario joined
run class grade joined pipes
says '2 of nobody in the class' "$out"
cp -R joined/results/unclaimed left
echo 'eva,Eva Roe,eva@example.edu,er,A,' >>joined/roster.csv
rm pipes/report.tar.gz && cp subs/ana.tar.gz pipes/report.tar.gz
run class grade joined pipes
is unreadable "$(jq -r '.attempts[].outcome' joined/results/eva.json)" 'hers'
is '' "$(ls joined/results/unclaimed)" 'nothing is of nobody any more'
cp left/"$(printf pipes/eva.tar.gz | sha256sum | cut -d' ' -f1)".json joined/results/unclaimed # as a run that was killed leaves it
run class report joined --json
has 'what is known as hers is of nobody else' '.unclaimed == []' "$out"
checked
