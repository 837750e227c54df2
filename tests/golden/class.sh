#!/bin/sh
# SPDX-License-Identifier: MIT
# A class of thirty from a fixed secret, and all that teachers and students get to see of it: the records, tables and pages in
# tests/golden/class. GOLDEN_WRITE=1 (`make golden`) writes them anew; review what changed before you commit it.
#
# Left out are versions and hashes of packed bytes, which another library may pack otherwise. The class's variants are drawn with
# a fixed hash in place of the scenario's: a word in the scenario changes a word here, and not thirty labs.
. "$(dirname "$0")/../check.sh"
golden=$top/tests/golden/class
cd "$tmp" || exit 1

# ---- the class ----

cp -R "$top/scenarios/cafe-breach" scenario
python3 - <<'END'
text = open("scenario/scenario.yaml").read()
text = text.replace("    type: event\n    points: 5\n", "    type: event\n    points: 5\n    requires: [who]\n", 1)
text = text.replace("\nchecks:\n", """
  - id: story
    ask: {en: Tell Frank what happened., pt: Conta ao Frank o que aconteceu., es: Cuenta a Frank lo que pasó.}
    type: essay
    points: 20
    answer: Key misused, port opened, account made, picture replaced; without jargon.

checks:
""", 1)
open("scenario/scenario.yaml", "w").write(text)
END
printf '%064d\n' 4711 >secret
chmod 600 secret
cat >roster.csv <<'END'
id,name,email,login,section,deadline
s01,Ana Núñez,ana@cafe.example,ana,A,
s02,"Müller, Jörg",joerg@cafe.example,joerg,A,
s03,王小明,xiaoming@cafe.example,xiaoming,A,
s04,Олена Шевченко,olena@cafe.example,olena,A,
s05,Zoë O'Brien,zoe@cafe.example,zoe,A,
s06,Łukasz Żak,lukasz@cafe.example,lukasz,A,
s07,İpek Yılmaz,ipek@cafe.example,ipek,A,
s08,María-José García,mj@cafe.example,mj,A,
s09,João da Conceição,joao@cafe.example,joao,A,
s10,Nguyễn Thị Minh,minh@cafe.example,minh,A,
s11,محمد علي,mohamed@cafe.example,mohamed,B,
s12,דנה כהן,dana@cafe.example,dana,B,
s13,Παύλος Νικολάου,pavlos@cafe.example,pavlos,B,
s14,Søren Kjær,soren@cafe.example,soren,B,
s15,Ægir Þórsson,aegir@cafe.example,aegir,B,
s16,<b>Robert</b> & Söhne,robert@cafe.example,robert,B,
s17,佐藤 花子,hanako@cafe.example,hanako,B,
s18,김민준,minjun@cafe.example,minjun,B,
s19,अनन्या शर्मा,ananya@cafe.example,ananya,B,2026-03-08T12:00:00Z
s20,ณัฐพล ใจดี,nattapon@cafe.example,nattapon,B,
s21,"=HYPERLINK(""x"")",formula@cafe.example,formula,C,
s22,Dvořák Jiří,jiri@cafe.example,jiri,C,
s23,Škoda Ľudmila,ludmila@cafe.example,ludmila,C,
s24,Ștefan Țepeș,stefan@cafe.example,stefan,C,
s25,Gül Şahin,gul@cafe.example,gul,C,
s26,Chloé Lefèvre,chloe@cafe.example,chloe,C,
s27,Đorđe Petrović,djordje@cafe.example,djordje,C,
s28,Õnne Jõgi,onne@cafe.example,onne,C,
s29,Rūta Kazlauskaitė,ruta@cafe.example,ruta,C,
s30,Nobody Yet,,nobody,C,
END
run class init ir --scenario scenario --roster roster.csv --secret secret --events 50
is 0 "$status" 'init'
jq '.hash = ("0" * 64)
    | .grading = {deadline: "2026-03-02T12:00:00Z", late: [{after: "0s", percent: 80}, {after: "48h", percent: 50}], attempts: 2}' \
    ir/class.json >class.json && cat class.json >ir/class.json
run class build ir
is 0 "$status" 'build'
[ "$status" -eq 0 ] || checked

# ---- what students do ----

lab() {
    mkdir "$1" && tar -xzf "ir/bundles/$1.tar.gz" -C "$1" --strip-components=1
}
call() {
    run call "$@"
    [ "$status" -eq 0 ] || fail "$*: $(cat "$err")"
}
on_server() { # LAB COMMAND
    call "$1" host:Run "$(jq -n --arg c "$2" '{command: $c}')"
}
images=/var/www/html/cafe/images
session() { on_server "$1" 'sudo pkill -KILL -u chaos-user'; }
account() { on_server "$1" 'sudo userdel -r chaos-user'; }
passwords() { on_server "$1" "sudo sed -i '1i PasswordAuthentication no' /etc/ssh/sshd_config; sudo systemctl reload sshd"; }
image() { on_server "$1" "sudo mv $images/Coffee-and-Pastries.backup $images/Coffee-and-Pastries.jpg"; }
rule() { # LAB PORT: no longer from everywhere
    group=$(jq -r '.SecurityGroups[] | select(.GroupName == "WebSecurityGroup") | .GroupId' "$1/account/ec2/describe-security-groups.json")
    call "$1" ec2:RevokeSecurityGroupIngress \
        "$(jq -n --arg g "$group" --argjson p "$2" '{groupId: $g, ipProtocol: "tcp", fromPort: $p, toPort: $p, cidrIp: "0.0.0.0/0"}')"
}
user() {
    for policy in AmazonEC2FullAccess AmazonSSMFullAccess; do
        call "$1" iam:DetachUserPolicy "{\"userName\": \"chaos\", \"policyArn\": \"arn:aws:iam::aws:policy/$policy\"}"
    done
    key=$(grep -o '"AKIA[A-Z0-9]*"' "$1/account/iam/list-access-keys.json" | sort -u | while read -r id; do
        jq -r --argjson id "$id" '.. | objects | select(.AccessKeyId? == $id and .UserName? == "chaos") | .AccessKeyId' "$1/account/iam/list-access-keys.json"
    done)
    call "$1" iam:DeleteAccessKey "{\"userName\": \"chaos\", \"accessKeyId\": \"$key\"}"
    call "$1" iam:DeleteUser '{"userName": "chaos"}'
}
repairs() { # LAB REPAIR...
    of=$1
    shift
    for repair in "$@"; do
        "$repair" "$of"
    done
}
all='session account passwords image user'
says_in_sheet() { # LAB KEY VALUE, a line of YAML
    grep -q "^$2:" "$1/answers.yaml" || fail "no question $2"
    awk -v key="$2:" -v value="$3" 'index($0, key) == 1 { print key " " value; next } { print }' "$1/answers.yaml" >sheet && cat sheet >"$1/answers.yaml"
}
# What is right in somebody's lab is looked up in the teacher's results for one in which nothing is.
expected() {
    jq -r --arg id "$2" '.attempts[0].report.findings[] | select(.id == $id) | .expected | sub(" \\(.*"; "")' "peek/results/$1.json"
}
right() { # LAB KEY...
    of=$1
    shift
    for key in "$@"; do
        case $key in
        files) says_in_sheet "$of" files '[Coffee-and-Pastries.backup, Coffee-and-Pastries.jpg]' ;;
        story) says_in_sheet "$of" story '"=Somebody stole a key, opened the door, moved in & <painted> over the picture."' ;;
        *) says_in_sheet "$of" "$key" "\"$(expected "${of%-*}" "$key")\"" ;;
        esac
    done
}
every='who when where method range event account setting files commands story'
# When commands were used is the clock's: here every student has a time of his own, s05 hardly any.
work() { # LAB NUMBER
    awk -v n="$2" 'BEGIN {
        split("{} {\"who\":\"1\"} {\"when\":\"1\",\"where\":\"1\"} {} {\"event\":\"1\"} {} {\"files\":\"1\",\"story\":\"1\"}", a, " ")
        for (i = 1; i <= 7; i++) {
            at = n == 5 ? i * 20 : i * (7 + n % 6) * 60 + (i > 4) * 3600
            printf "{\"at\":\"2026-03-01T%02d:%02d:%02dZ\",\"did\":\"query\",\"answers\":%s}\n", 10 + int(at / 3600), int(at / 60) % 60, at % 60, a[i]
        }
    }' >"$1/.cafelab/work.jsonl"
}
hand_in() { # LAB FILE
    case $1 in s*) work "$1" "${1#s}" ;; esac
    run submit "$1" -o "$2"
    is 0 "$status" "submit $1"
}

cp -R ir peek
mkdir tried first second late
for s in s02 s03 s04 s05 s06 s07 s08 s09 s10 s12 s13 s15 s19 s20 s21 s26 s27 s28; do lab $s; done
for s in s02 s03 s04 s05 s10 s13 s19 s20 s26 s27; do
    cp $s/answers.yaml empty
    says_in_sheet $s who nobody
    hand_in $s tried/$s.tar.gz
    cp empty $s/answers.yaml
done
run class grade peek tried
is 0 "$status" 'what is right'

# the bundle as it was handed out; hardly anything done: packed, in a folder
cp ir/bundles/s01.tar.gz first/
lab s11
says_in_sheet s11 who martha
hand_in s11 first/s11.tar.gz
lab s14
says_in_sheet s14 who martha
cp -R s14 first/s14

# all of it; the second in another way and with a hint, the third with a rule that must stay as well
for s in s02 s03 s04; do
    repairs $s $all
    right $s $every
done
says_in_sheet s03 story 'First there was the key, left in a repository; with it a door in the firewall; with that an account.'
says_in_sheet s04 story 'Frank, whoever it was came in by ssh with a password, and we had allowed that for nobody.'
rule s02 22
rule s03 22
rule s04 80
run hint s03 who --yes
run hint s03 who --yes
for s in s02 s03 s04; do hand_in $s first/$s.tar.gz; done

# answers alone: right, wrong in ways that are known, in other words, contradictory
right s05 $every
says_in_sheet s06 who chaos
says_in_sheet s06 account chaos-user
right s06 files
says_in_sheet s06 when '2026-01-01T00:00:00Z'
says_in_sheet s06 where '"203.0.113.300"'
says_in_sheet s07 method programmatic
says_in_sheet s07 commands 6
says_in_sheet s07 who sofia
says_in_sheet s07 account chaos
says_in_sheet s07 event '"11111111-2222-4333-8444-555555555555"'
says_in_sheet s07 files '[Coffee-and-Pastries.jpg, index.html, a.txt]'
says_in_sheet s08 who '[chaos, sofia, faythe, frank]'
says_in_sheet s08 method both
says_in_sheet s08 commands about ten
for s in s05 s06 s07 s08; do hand_in $s first/$s.tar.gz; done

# repairs alone: some; all and too much (nobody gets in any more, the trail is silenced)
repairs s09 session passwords image
repairs s10 $all
rule s10 22
call s10 cloudtrail:StopLogging '{"name": "monitor"}'
right s10 who when where
on_server s12 'sudo rm -rf /home/ec2-user/.ssh'
for s in s09 s10 s12; do hand_in $s first/$s.tar.gz; done

# three attempts, of which the class allows two; and a worse one after a better one
says_in_sheet s13 who martha
hand_in s13 first/s13.tar.gz
right s13 who when
hand_in s13 second/s13.tar.gz
right s13 $every
hand_in s13 late/s13.tar.gz
right s20 who when where
hand_in s20 first/s20.tar.gz
says_in_sheet s20 when nonsense
hand_in s20 second/s20.tar.gz

# late: by a day, with an own deadline, by weeks
for s in s19 s26 s27; do
    right $s who when where
    hand_in $s first/$s.tar.gz
done
cat >times.csv <<'END'
student,submitted
s02,2026-03-02T11:59:59Z
s19,2026-03-05T12:00:00Z
s26,2026-03-03T13:00:00+01:00
s27,2026-03-20T12:00:00Z
END

# what cannot be graded: a broken sheet, half a file, no archive, another's lab, an edited journal, a lab of no class
says_in_sheet s15 who '"chaos'
hand_in s15 first/s15.tar.gz
cp first/s05.tar.gz first/s16.tar.gz
head -c 900 first/s05.tar.gz >first/s17.tar.gz
echo 'I did it all in the web console.' >first/s18.zip
mkdir edited && hand_in s21 edited.tar.gz && tar -xzf edited.tar.gz -C edited
find edited -name journal.jsonl -exec sh -c 'echo "{\"time\": 1}" >>"$1"' - {} \;
tar -C edited -czf first/s21.tar.gz .
mv first/s02.tar.gz first/by-a-friend.tar.gz
printf 'PK\003\004 and nothing more' >first/unknown.zip
"$CAFELAB" build cafe-breach -o other --seed elsewhere --student s22 --events 50 >/dev/null
hand_in other first/s22.tar.gz
mkdir first/s23 && echo notes >first/s23/notes.txt

# copied: a neighbour's values, a neighbour's words
says_in_sheet s28 where "\"$(expected s05 where)\""
says_in_sheet s28 event "\"$(expected s05 event)\""
says_in_sheet s28 who chaos
says_in_sheet s28 story '"Somebody stole a key; opened the door, moved in & <painted> over our picture!"'
hand_in s28 first/s28.tar.gz

# ---- what the teacher does ----

cat >ir/overrides.csv <<'END'
student,item,points,reason
s05,story,15,"good, but jargon"
s30,total,60,"ill; took an oral exam"
END
grade_all() { # CLASS: into the file "told" what was told
    class=$1
    shift
    for round in first second late; do
        run class grade "$class" $round --times times.csv "$@"
        echo "## $round: exit $status"
        cat "$out"
        sort "$err"
    done
}
grade_all ir >told
run class report ir
is 0 "$status" 'report'
cp "$out" report.txt
for l in pt es; do
    run class report ir --lang $l --format html
    is 0 "$status" "the page in $l"
    cp "$out" index.$l.html
done

# ---- and what it must be ----

# What another machine or another version writes otherwise.
fixed() {
    sed -E "s/\"(sha256|submission_hash|content_hash|scenario|journal_hash)\": ?\"[0-9a-f]{64}\"/\"\1\":\"HASH\"/g
        s/\"(version|lab_version)\": ?\"$(cat "$top/VERSION")\"/\"\1\":\"VERSION\"/g; s/cafelab $(cat "$top/VERSION")/cafelab VERSION/g
        s/[0-9a-f]{64}/HASH/g; s/Receipt: ([a-z-]+) [0-9a-f]{12}/Receipt: \\1 HASH/; s/submission [0-9a-f]{12}/submission HASH/
        s/SHA-256 [0-9a-f]{12}/SHA-256 HASH/g"
}
made=$tmp/made
collect() { # CLASS: all of it, small enough to be read
    mkdir -p "$made/students" "$made/results"
    fixed <told >"$made/grade.txt"
    fixed <report.txt >"$made/report.txt"
    for f in index.html class.json grades.csv items.csv moodle.csv marking.csv; do
        fixed <"$1/reports/$f" >"$made/$f"
    done
    for l in pt es; do fixed <index.$l.html >"$made/index.$l.html"; done
    # who stands for which kind: whole record and page; of the others a hash, and outcome and points of each item
    for s in s03 s07 s10 s15; do
        fixed <"$1/results/$s.json" | jq . >"$made/results/$s.json"
        fixed <"$1/reports/students/$s.html" >"$made/students/$s.html"
    done
    (cd "$1" && for f in results/s*.json reports/students/*.html; do
        echo "$(fixed <"$f" | sha256sum | cut -c1-16) $f"
    done) >"$made/hashes"
    for f in "$1"/results/s*.json "$1"/results/unclaimed/*.json; do
        jq -r 'def line: "\(.upload) \(.outcome)\(if .place then " \(.place)" else "" end)\(if .reason then ": \(.reason)" else "" end)";
            (.attempts // [.])[] | line, (.report.findings[]? | "  \(.outcome) \(.points)/\(.max) \(.id): \(.found)")' "$f"
    done | fixed >"$made/items.txt"
}
collect ir
if [ -n "${GOLDEN_WRITE:-}" ]; then
    rm -rf "$golden" && cp -R "$made" "$golden"
fi
(cd "$golden" && find . -type f | sort) >files.wanted
(cd "$made" && find . -type f | sort) >files.made
same files.wanted files.made
while read -r f; do
    same "$golden/$f" "$made/$f"
done <files.made

# graded elsewhere, all of it in one go and by several: the same records
cp -R ir elsewhere && rm -rf elsewhere/results elsewhere/reports
(umask 077 && export LC_ALL=tr_TR.UTF-8 TZ=Asia/Kathmandu && grade_all elsewhere --workers 3 >/dev/null)
diff -rq -x '.lock*' ir/results elsewhere/results >"$out" 2>&1
same /dev/null "$out"
checked
