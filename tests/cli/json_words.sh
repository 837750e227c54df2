# SPDX-License-Identifier: MIT
# The words of the JSON that grading prints are told in the guide: each stands there in backticks, in the section about it.
. "$(dirname "$0")/../check.sh"
cd "$tmp" || exit 1

# words FILE: every key in it, but for those of .items of a grade and of .answers, which are the scenario's
words() {
    jq -r 'del(.grades[]?.items[]?) | [paths[] | strings] | unique[]' "$1"
}
# told SECTION GUIDE FILE: all words of FILE are in that section
told() {
    awk -v want="$1" '/^## /{on = $0 == want} on' "$top/docs/$2" | grep -o '`[^`]*`' | tr -d '`' | sort -u >words
    words "$3" | sort -u | comm -23 - words >missing
    is '' "$(tr '\n' ' ' <missing)" "words of $3 that $2 does not tell"
    check "$3 has words" test "$(words "$3" | wc -l)" -ge 3
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
run class grade ir in --json
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
checked
