#!/bin/sh
# SPDX-License-Identifier: MIT
# cafelab class build: bundles that tell nothing, work like a lab, come whole or not at all, and are graded like any other.
. "$(dirname "$0")/../check.sh"
cd "$tmp" || exit 1
printf 'id,name\n4711,"Roe, Jane"\n4712,Núñez Zoë\n4713,Ana Reis\n4714,Bo Li\n' >roster.csv
run class init c --scenario cafe-breach --roster roster.csv --events 150
run class build c --threads 2
is 0 $status 'class build'
says 'c/bundles: 4 made, 0 were there' "$out"
is 600 "$(stat -c %a c/variants.csv)" 'mode of variants.csv'

# what is there is kept; what is missing is made, the same bytes
sha256sum c/bundles/* >sums
rm c/bundles/4712.tar.gz
run class build c --json
is '1 3' "$(jq -r '"\(.made) \(.kept)"' "$out")" 'made and kept'
check 'the same bytes' sha256sum -c --quiet sums
rm c/bundles/*
run class build c --shard 2/2
is '4712.tar.gz 4714.tar.gz' "$(cd c/bundles && echo *)" 'the second of two shards'
run class build c --shard 1/2 --threads 1 # both by one process: what it keeps changes nothing
check 'shards come to the same' sha256sum -c --quiet sums
for shard in 0/2 3/2 x 1 1/ /2 -1/2; do
    run class build c --shard "$shard"
    is 2 $status "--shard $shard"
    says 'expected I/N with I from 1 to N' "$err"
done

# killed at any moment: whole bundles or none, nothing left where they are built, and the next run goes on
for pause in 0.05 0.2 0.35 0.5; do
    rm -f c/bundles/*.gz
    flock -F held "$CAFELAB" class build c >/dev/null 2>&1 &
    pid=$!
    sleep $pause
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    flock held true # until the last of its workers is gone
    for bundle in c/bundles/*.tar.gz; do
        [ ! -e "$bundle" ] || check "whole after $pause s: $bundle" gzip -t "$bundle"
    done
done
echo half | tee c/bundles/4712.tar.gz.7~ >c/keys/4714.7~ # in case that none was killed while it wrote
run class build c
is 0 $status 'build after kills'
check 'the same bytes after kills' sha256sum -c --quiet sums
is '4711.tar.gz 4712.tar.gz 4713.tar.gz 4714.tar.gz' "$(cd c/bundles && echo *)" 'nothing beside them'

# what the grader's keys begin with is the instructor's: the same as it would come to; torn, edited or of another text, it is made again
is '4711 4712 4713 4714' "$(cd c/keys && echo *)" 'keys of all'
is 600 "$(stat -c %a c/keys/4711)" 'mode of a key'
cp -R c/keys built
mkdir up lab
rm c/keys/4711
head -c 20000 built/4712 >c/keys/4712
sed '1s/ [0-9a-f]/ 0/' built/4713 >c/keys/4713
for id in 4711 4712 4713; do
    tar -C lab -xzf c/bundles/$id.tar.gz
    sed -i 's/^who:.*/who: somebody/' lab/c-$id/answers.yaml
    "$CAFELAB" submit lab/c-$id -o up/$id.tar.gz >/dev/null
done
run class grade c up
says '3 graded' "$out"
check 'made again, the same' diff -r built c/keys
rm -rf up lab

# what a student holds
mkdir lab
for id in 4711 4712; do tar -C lab -xzf c/bundles/$id.tar.gz; done
a=lab/c-4711 b=lab/c-4712
lacks seed "$a/.cafelab/lab.json"
is '' "$(cat $a/.cafelab/journal.jsonl)" 'no story in the journal'
check 'other variants' test "$(jq -r .account $a/.cafelab/lab.json)" != "$(jq -r .account $b/.cafelab/lab.json)"
for id in 4711 4712; do
    cp -R lab/c-$id tried
    sed -i 's/^who:.*/who: somebody/' tried/answers.yaml
    run submit tried -o tried.tar.gz
    rm -rf tried
    "$CAFELAB" grade tried.tar.gz --class c --format json --show-answers >$id.json
    python3 "$top/tests/cli/bundle_apart.py" c/bundles/$id.tar.gz $id.json "$CAFELAB" "$(cat c/secret)" 'The intruder is out' \
        "The OS account is gone everywhere" 'Look at' >apart
    is 1 "$(wc -l <apart)" "bundle of $id taken apart: $(cat apart)"
done
expected() { # what a variant's questions expect; one of them alone may be the same by chance: there are few addresses
    jq -r '.findings[] | select(.kind == "question") | "\(.id) \(.expected)"' "$1"
}
check 'answers are there' test "$(expected 4711.json | grep -c '^where [0-9.]*$')" -eq 1
check 'answers differ' test "$(expected 4711.json)" != "$(expected 4712.json)"

# it works like a lab
run query $a "SELECT count(*) AS n FROM logs WHERE eventname = 'AuthorizeSecurityGroupIngress'" --format csv
is 0 $status 'query'
run call $a iam:ListUsers
says '"UserName": "chaos"' "$out"
run call $a host:Run '{"command": "who"}' --on cafe
says 'chaos-user pts/0' "$out"
lacks disk:Changed $a/.cafelab/journal.jsonl # as it was unpacked nothing was changed by hand
run check $a
is 1 $status 'check: nothing is answered'
says 'empty       who' "$out"
run hint $a who --yes
is 0 $status 'hint'
check 'a hint says something' test "$(wc -l <"$out")" -ge 2
run solve $a
is 2 $status 'solve'
says 'is a bundle of a class: the solution is not in it' "$err"
run grade $a
says 'a bundle of a class: say --class DIR' "$err"
run call $a iam:ListUsers --as martha
is 2 $status 'acting as somebody else'

# the two failures of the original lab: a wrong answer that nobody noticed, a lock-out that was praised
sed -i 's/^who:.*/who: voclabs/; s/^where:.*/where: 191.241.157.79/' $a/answers.yaml
run call $a host:Run '{"command": "sudo systemctl stop sshd"}' --on cafe
is 0 $status 'the owner locks himself out'
run submit $a -o a.tar.gz --json
is '2 true' "$(jq -r '"\(.answers) \(.bytes < 40000)"' "$out")" 'what is in it'
run grade a.tar.gz --class c --format json
is 'fail fail' "$(jq -r '[.findings[] | select(.id == "who" or .id == "where") | .outcome] | join(" ")' "$out")" 'voclabs is wrong'
has 'the lock-out is found' '[.findings[] | select(.id == "owner-gets-in") | .outcome != "pass"] | all' "$out"

# the same work, handed in three ways, is worth the same; and as much as in a lab that the teacher solves
who=$(jq -r '.findings[] | select(.id == "who") | .expected' 4712.json)
where=$(jq -r '.findings[] | select(.id == "where") | .expected' 4712.json)
sed -i "s/^who:.*/who: $who/; s/^where:.*/where: $where/" $b/answers.yaml
for command in 'sudo pkill -KILL -u chaos-user' 'sudo userdel -r chaos-user' \
    'sudo mv /var/www/html/cafe/images/Coffee-and-Pastries.backup /var/www/html/cafe/images/Coffee-and-Pastries.jpg'; do
    run call $b host:Run "{\"command\": \"$command\"}" --on cafe
    is 0 $status "$command"
done
sed -i 's/^PasswordAuthentication yes/PasswordAuthentication no/' $b/host/etc/ssh/sshd_config
run call $b host:Run '{"command": "sudo systemctl restart sshd"}' --on cafe
run submit $b -o b.tar.gz
tar -C lab -czf whole.tar.gz c-4712
(cd lab && python3 -m zipfile -c ../whole.zip c-4712)
for file in b.tar.gz whole.tar.gz whole.zip $b; do
    run grade $file --class c --format json
    jq '[.findings[] | {id, outcome, points}]' "$out" >"judged.$(basename "$file")"
    is 0 $status "grade $file"
    same judged.b.tar.gz "judged.$(basename "$file")"
done
for id in who where intruder-out user-gone passwords-off; do
    has "$id is earned" "[.[] | select(.id == \"$id\") | .outcome == \"pass\"] | all" judged.b.tar.gz
done

checked
