# SPDX-License-Identifier: MIT
# What other systems take in: CTFd's flags accept the right answers and no others, Moodle's bank is well-formed, and Gradescope's
# autograder runs with nothing but what is in its zip.
. "$(dirname "$0")/../check.sh"
cd "$tmp" || exit 1

run build cafe-breach -o lab --seed 7 --events 200
run solve lab
is 0 "$status" 'a lab of the same seed'

run export ctfd cafe-breach -o ctfd --seed 7
is 0 "$status" 'ctfd'
says 'ctfd: the answers in it are those of this seed alone; a lab of it is cafelab build cafe-breach --seed 7' "$out"
is 10 "$(ls ctfd | wc -l)" 'a folder a question'
cat >flags.py <<'END'
import re, sys, yaml
def right(challenge, answer):
    for flag in challenge["flags"]:
        content, data = flag["content"], flag["data"]
        if flag["type"] == "static" and content.lower() == answer.lower():
            return True
        if flag["type"] == "regex":
            found = re.match(content, answer, re.IGNORECASE)
            if found and found.group() == answer:
                return True
    return False
sheet = yaml.safe_load(open("lab/answers.yaml"))
for id in sys.argv[1:]:
    c = yaml.safe_load(open("ctfd/%s/challenge.yml" % id))
    for key in ("name", "author", "category", "description", "attribution", "value"):
        assert c.get(key) is not None, (id, key) # ctfcli/core/lint.py
    answer = sheet[id]
    if isinstance(answer, list):
        assert right(c, ", ".join(answer)) and right(c, ",".join(reversed(answer))), (id, answer)
        assert not right(c, answer[0]) and not right(c, answer[0] + ", " + answer[0]), (id, "one alone")
        assert not right(c, ", ".join(answer + ["x.jpg"])), (id, "too many")
    else:
        answer = str(answer)
        assert right(c, answer), (id, answer)
        assert not right(c, answer + "x") and not right(c, "") and not right(c, "*"), id
    if id == "when":
        assert right(c, answer.replace("T", " ").replace("Z", "")), answer
    keys = [h["key"] for h in c.get("hints", [])]
    for i, h in enumerate(c.get("hints", [])):
        assert h.get("requirements", []) == keys[:i][-1:], (id, h)
assert len(yaml.safe_load(open("ctfd/who/challenge.yml"))["hints"]) == 6
END
check 'the flags' python3 flags.py who when where method range event account setting files

run export moodle-xml cafe-breach -o bank.xml --seed 7 --lang pt
is 0 "$status" 'moodle'
check 'well-formed' xmllint --noout bank.xml
is '<?xml version="1.0" encoding="UTF-8"?>' "$(head -n 1 bank.xml)" 'the first bytes'
is 10 "$(xmllint --xpath 'count(/quiz/question[@type != "category"])' bank.xml)" 'questions'
is 10 "$(xmllint --xpath 'count(/quiz/question[answer/@fraction = 100])' bank.xml)" 'each has a right answer'
is 'multichoice' "$(xmllint --xpath 'string(//question[name/text = "method"]/@type)' bank.xml)" 'a choice'
is 'numerical' "$(xmllint --xpath 'string(//question[name/text = "commands"]/@type)' bank.xml)" 'a number'
is "$(python3 -c 'import yaml; print(yaml.safe_load(open("lab/answers.yaml"))["where"])')" \
    "$(xmllint --xpath 'string(//question[name/text = "where"]/answer[@fraction = 100]/text)' bank.xml)" 'the answer'
is 6 "$(xmllint --xpath 'count(//question[name/text = "who"]/hint)' bank.xml)" 'hints'
says 'Exatamente quando (UTC)?' bank.xml

# Gradescope: as its harness does it, with no library of this machine
printf 'id,name,email\nana,Ana,ana@example.edu\nrui,Rui,rui@example.edu\n' >roster.csv
run class init ir --scenario cafe-breach --roster roster.csv --events 200
run class build ir
run export gradescope-zip ir -o auto.zip
is 0 "$status" 'gradescope'
run gradescope-zip ir -o same.zip
same auto.zip same.zip
is 600 "$(stat -c %a auto.zip)" 'it holds a secret'
mkdir -p box/source box/submission
(cd box/source && python3 -m zipfile -e ../../auto.zip .)
check 'setup.sh and run_autograder are at the root' test -e box/source/setup.sh -a -e box/source/run_autograder
check 'setup.sh' env -i PATH=/usr/bin:/bin AUTOGRADER="$tmp/box" sh box/source/setup.sh
tar xzf ir/bundles/ana.tar.gz
sed -i 's/^who:.*/who: chaos/' ir-ana/answers.yaml
run submit ir-ana -o box/submission/mine.tar.gz
autograde() {
    printf '{"users": [{"email": "%s", "id": 1}]}' "$1" >box/submission_metadata.json
    rm -rf box/results
    env -i PATH=/usr/bin:/bin AUTOGRADER="$tmp/box" sh box/source/run_autograder
}
if [ "${CAFELAB#*asan}" = "$CAFELAB" ]; then # a sanitizer's libraries want to come first
    autograde ana@example.edu
    is 10 "$(jq .score box/results/results.json)" 'graded'
    autograde rui@example.edu
    is 0 "$(jq .score box/results/results.json)" "another's"
    has 'it says so' '.output | test("other-student")' box/results/results.json
    cp box/submission/mine.tar.gz box/submission/other.tar.gz
    autograde ana@example.edu
    has 'two files' '.score == 0 and (.output | test("expected one file"))' box/results/results.json
fi
run export pigeon ir -o x
is 2 "$status" 'something else'
says 'export: unknown command "pigeon": expected gradescope-zip, ctfd, moodle-xml' "$err"
# what is of questions alone is refused elsewhere, and help tells each apart
for option in '--seed 7' '--student ana' '--lang pt'; do
    run export gradescope-zip ir -o none.zip $option
    is 2 "$status" "gradescope-zip $option"
    says "cafelab export gradescope-zip: unknown option \"${option% *}\"" "$err"
done
check 'nothing was written' test ! -e none.zip
run help export gradescope-zip
is 0 "$status" 'help of one'
says 'usage: cafelab export gradescope-zip CLASS [OPTIONS]' "$out"
lacks '--seed' "$out"
run help export ctfd
says '  --seed SEED ' "$out"
checked
