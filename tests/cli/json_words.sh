# SPDX-License-Identifier: MIT
# The words of the JSON that commands print are told, and no others. Those of grading stand in the guide in backticks, in the section
# about them; those of all other commands in the tables of docs/json.md, each member with its type.
. "$(dirname "$0")/../check.sh"
cd "$tmp" || exit 1

# words FILE: every key in it, but for those of .items of a grade and of .answers, which are the scenario's
words() {
    jq -r 'del(.grades[]?.items[]?) | [paths[] | strings] | unique[]' "$1"
}
# told SECTION GUIDE FILE: all words of FILE are in that section
told() {
    awk -v want="$1" '/^## /{on = $0 == want} on' "$top/docs/$2" | grep -o '`[^`]*`' | tr -d '`' | sort -u >words
    words "$3" | sort -u | tee -a "all-$2" | comm -23 - words >missing
    is '' "$(tr '\n' ' ' <missing)" "words of $3 that $2 does not tell"
    check "$3 has words" test "$(words "$3" | wc -l)" -ge 3
}
# tabled SECTION FILE...: its table and what the files hold are the same members, of the same types
tabled() {
    section=$1
    shift
    members "$section" | sort -u >members
    # a name that may be any is `*` in the table: "draw.look" is "draw.*"
    awk -F'\t' '/[*]/ {is = $1; gsub(/[][.]/, "[&]", is); sub(/[*]/, "[^.\t]*", is); print "s@^" is "\t@" $1 "\t@"}' members >any
    jq -r 'paths(type != "object" and type != "array") as $path
        | (reduce $path[] as $at (""; if $at | type == "number" then . + "[]" elif . == "" then $at else "\(.).\($at)" end))
        + "\t" + (getpath($path) | type | sub("string"; "text"))' "$@" | sed -f any | sort -u >printed
    is '' "$(comm -13 members printed | tr '\n' ' ')" "printed by $section, and not in its table"
    # what a machine lacks is known there alone
    [ "$section" != doctor ] || for list in members printed; do cut -f1 $list | sort -u >$list.new && mv $list.new $list; done
    is '' "$(comm -23 members printed | tr '\n' ' ')" "in the table of $section, and not printed"
}
# members SECTION: "items[].why", a tab and "text", of each word and type in the section's tables; one type for all words of a row, or one for each
members() {
    awk -F'|' -v want="## $1" '/^## /{on = $0 == want} on && $2 ~ /`/ {
        n_words = split($2, words, "`"); gsub(/^ | $/, "", $3); n_types = split($3, types, ", ")
        for (i = 2; i < n_words; i += 2) {
            n = split(n_types == int(n_words / 2) ? types[i / 2] : $3, each, /, | or /)
            for (j = 1; j <= n; j++) print words[i] "\t" each[j]
        }
    }' "$top/docs/json.md"
}
# prints NAME ARGS...: the command's JSON goes to NAME.json, whether it finds something or not
prints() {
    name=$1
    shift
    run "$@" --json
    has "$* prints JSON" . "$out"
    cp "$out" "$name.json"
}

# a lab with something of everything: a hint, a wrong answer, a veto, what hangs on something else, a key that is no question
mkdir play && cp "$top"/scenarios/cafe-breach/* play
sed -i '0,/^    type: event$/s//    type: event\n    requires: [who]/' play/scenario.yaml
run build "$tmp/play" -o lab --events 200
is 0 "$status" 'build'
run hint lab who --yes
sed -i 's/^who:.*/who: martha/' lab/answers.yaml && echo 'whoo: chaos' >>lab/answers.yaml
run call lab cloudtrail:StopLogging '{"name": "monitor"}'
cp -R lab torn && sed -i 's/^who:.*/who: "chaos/' torn/answers.yaml
for lab in lab torn; do
    run grade $lab --json
    cp "$out" $lab.json
    told '## The grade' questions-and-checks.md $lab.json
done
has 'something of everything' '.vetoed and .notes and ([.findings[] | select(.depends_on or .hint_cost)] | length == 2)' lab.json

# a class: two students, one of whom hands in what cannot be read, and somebody unknown
printf 'id,name,section\nana,Ana,A\nrui,Rui,A\n' >roster.csv
run class init ir --scenario cafe-breach --roster roster.csv --events 200 --json
cp "$out" init.json
told '## For machines' classroom.md init.json
run class build ir --json
cp "$out" build.json
told '## For machines' classroom.md build.json
tar xzf ir/bundles/ana.tar.gz
sed -i 's/^who:.*/who: chaos/' ir-ana/answers.yaml
mkdir in && echo junk >in/rui.zip && echo junk >in/nobody.zip
run submit ir-ana -o in/ana.tar.gz --json
cp "$out" submit.json
told '## For machines' classroom.md submit.json
printf 'student,submitted\nana,2026-03-02T12:00:01Z\n' >times.csv
run class grade ir in --times times.csv --json
cp "$out" grade.json
told '## For machines' classroom.md grade.json
run class report ir --json
cp "$out" report.json
told '## For machines' classroom.md report.json
cp "$top/tests/golden/class/class.json" golden.json
told '## For machines' classroom.md golden.json
sed -i '0,/points: 10/s//points: 9/' ir/scenario/scenario.yaml
run class regrade ir in --json
cp "$out" regrade.json
has 'a grade changes' '.changes | length == 1' regrade.json
told '## For machines' classroom.md regrade.json
# a grade that a person decided
printf 'student,item,points,reason\nana,total,15,viva\n' >ir/overrides.csv
run class report ir --format jsonl
cp "$out" decided.jsonl
told '## The grade' questions-and-checks.md decided.jsonl
run class receipt ir ana
jq .receipt "$out" >made-from.json
told '## The grade' questions-and-checks.md made-from.json
jq '.receipt = {}' "$out" >receipt.json
told '## For machines' classroom.md receipt.json

# and what a table tells was printed by one of these
printed() { # SECTION GUIDE
    awk -F'|' -v want="$1" '/^## /{on = $0 == want} on {print $2}' "$top/docs/$2" | grep -o '`[^`]*`' | tr -d '`' | sort -u >words
    check "$2 has words" test "$(wc -l <words)" -ge 10
    is '' "$(sort -u "all-$2" | comm -23 words - | tr '\n' ' ')" "told in $2, and not printed"
}
printed '## The grade' questions-and-checks.md
printed '## For machines' classroom.md

# ---- all other commands ----

example=$top/docs/examples/old-key
prints build build "$example" -o own --events 200 --student ana
tabled build build.json
prints list list
tabled list list.json
prints version version
tabled version version.json
prints doctor doctor
tabled doctor doctor.json
prints some operations ec2
prints absent operations ec2 --absent
tabled operations some.json absent.json
prints lint lint "$top/tests/data/invalid/many-at-once"
tabled lint lint.json

# a sheet of which something cannot be read, and one that cannot be read at all; a hint for nothing, one that is not taken
sed -i 's/^when:.*/when: soon/' own/answers.yaml && echo 'whoo: rosa' >>own/answers.yaml
cp -R own own-torn && sed -i 's/^who:.*/who: "rosa/' own-torn/answers.yaml
prints sheet check own
prints torn check own-torn
tabled check sheet.json torn.json
prints first hint own who
prints asked hint own who
prints taken hint own who --yes
run hint lab who --yes
prints third hint lab who --yes
has 'one is not taken' '.taken == false' asked.json
tabled hint first.json asked.json taken.json third.json
prints rows query own "SELECT 'a' AS t, 1 AS n, true AS b, null AS z"
tabled query rows.json

# a server's files alone, and on a base that is hardly one
mkdir -p base/usr/bin && ln -s usr/bin base/bin && : >base/usr/bin/bash && tar -C base -cf base.tar .
prints alone host export lab -o alone.tar
prints based host export lab -o based.tar --base base.tar
tabled 'host export' alone.json based.json

prints preview preview cafe-breach
tabled preview preview.json
TMPDIR=$tmp
export TMPDIR
prints found verify "$top/tests/data/unsound/nothing-found" --seeds 1
prints mistaken verify "$top/tests/data/invalid/action-bad"
tabled verify found.json mistaken.json
prints rules verify --rules
tabled 'verify --rules' rules.json

# served until it is ended
port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$CAFELAB" start lab --site-port "$port" --json >start.json 2>"$err" &
served=$!
trap '[ -z "$served" ] || kill "$served" 2>/dev/null; chmod -R u+rwX "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
until_true 60 test -s start.json || fail "start: $(cat "$err")"
kill "$served" && wait "$served"
is 0 $? 'the end of start'
served=
tabled start start.json

# every command that takes --json has its table, there or in the guides; what call and env print are the words of AWS
for command in $("$CAFELAB" help | sed -n 's/^  \([a-z-]*\)  *[A-Za-z].*/\1/p'); do "$CAFELAB" help "$command"; done |
    sed -n 's/^usage: cafelab \([a-z ]*[a-z]\).*/\1/p; s/^  --json .*/--json/p' | sed -n 'N; /\n--json$/P; D' >take
check 'many take --json' test "$(wc -l <take)" -gt 15
while read -r command; do
    case $command in call | env | grade | submit | class\ *) continue ;; esac
    check "docs/json.md has $command" grep -qx "## $command" "$top/docs/json.md"
done <take
checked
