#!/bin/sh
# SPDX-License-Identifier: MIT
# cafelab call and solve: operations as the student, and the words for what cannot be.
. "$(dirname "$0")/../check.sh"
lab=$tmp/lab
run build "$top/tests/data/small" -o "$lab" --seed 7
is 0 $status 'build'
cp -R "$lab" "$tmp/untouched"

run call "$lab" sts:GetCallerIdentity
is 0 $status 'who am I'
is me "$(jq -r .Arn "$out" | sed 's/.*user.//')" 'who am I'
run call "$lab" iam:CreateUser '{"userName": "eve"}'
is eve "$(jq -r .User.UserName "$out")" 'CreateUser'
run call "$lab" iam:ListUsers
is 1 "$(jq '[.Users[] | select(.UserName == "eve")] | length' "$out")" 'the user is there in the next call'
is 1 "$(jq '[.Users[] | select(.UserName == "eve")] | length' "$lab/account/iam/list-users.json")" 'and in the view'
printf '{"userName": "eve"}' | "$CAFELAB" call "$lab" iam:DeleteUser - >"$out" 2>"$err"
is 0 $? 'parameters from standard input'

# refusals are the account's own words, exit 1, and leave a trace
run call "$lab" iam:ListUsers --as mallory
is 1 $status 'refused'
says 'An error occurred (AccessDenied) when calling the ListUsers operation: User: arn:aws:iam::' "$err"
is AccessDenied "$(tail -n 1 "$lab/.cafelab/journal.jsonl" | jq -r .errorCode)" 'the refusal is in the journal'
run call "$lab" iam:DeleteUser '{"userName": "nobody"}'
is 1 $status 'no such user'
says 'An error occurred (NoSuchEntity) when calling the DeleteUser operation: The user with name nobody cannot be found.' "$err"

# on the server: in a session of one's own
run call "$lab" host:Run '{"command": "whoami"}' --on web1
is ec2-user "$(cat "$out")" 'whoami'
run call "$lab" host:Run '{"command": "false"}' --on web1
is 1 $status 'a command that fails'
run call "$lab" host:Run '{"command": "nosuchprogram"}' --on web1
is 1 $status 'no such command'
says 'command not found' "$err"
run call "$lab" host:Run '{"command": "whoami"}' --on web1 --json
is 0 "$(jq .exitCode "$out")" 'host:Run --json'
check 'the login is in the log' grep -q 'Accepted publickey for ec2-user' "$lab/host/var/log/secure"

# one server: nobody has to name it
run call "$lab" host:Run '{"command": "hostname"}'
is 0 $status 'the only server'
says 'ip-' "$out"

# what cannot be tried: exit 2, and not a byte changes
cp -R "$lab" "$tmp/there"
while IFS='|' read -r operation parameters options words; do
    # shellcheck disable=SC2086
    run call "$lab" "$operation" "$parameters" $options
    is 2 $status "call $operation $parameters $options"
    says "$words" "$err"
done <<'END'
iam:ListUzers|{}||cafelab: unknown operation "iam:ListUzers" (did you mean "iam:ListUsers"?)
ListUsers|{}||cafelab: unknown operation "ListUsers"
iam:ListUsers|{||cafelab: parameters: JSON line 1
iam:ListUsers|[]||cafelab: parameters: expected an object such as
iam:ListUsers|{"a": 1, "a": 2}||cafelab: parameters: JSON line 1
host:Run|{"command": "who"}|--on web9|cafelab: there is no server "web9"
iam:ListUsers|{}|--as nobody|cafelab: nobody of the cast is called "nobody"
disk:Changed|{}|--on web1|change the files themselves
END
check 'nothing changed' diff -r --no-dereference --exclude held "$tmp/there" "$lab"
run call "$tmp/nothing" iam:ListUsers
is 2 $status 'no lab'
says "cafelab: '$tmp/nothing' is no lab: expected a directory that \`cafelab build\` made" "$err"
run call "$lab"
says 'cafelab call: expected DIR OPERATION [JSON]' "$err"

# wrong parameters are the operation's own refusal
run call "$lab" iam:CreateUser '{"username": "x"}'
is 1 $status 'unknown parameter'
says 'username' "$err"

# files that were changed by hand count
echo 'be careful' >"$lab/host/etc/motd"
run call "$lab" host:Run '{"command": "cat /etc/motd"}' --on web1
is 'be careful' "$(cat "$out")" 'an edited file'

# the reference solution, whole and with a step left out
run solve "$lab"
is 0 $status 'solve'
is "2 steps of the reference solution played on $lab" "$(cat "$out")" 'solve'
run solve "$lab"
is 2 $status 'solve again'
says 'ec2:RevokeSecurityGroupIngress: InvalidPermission.NotFound' "$err"
run solve "$tmp/untouched" --skip 0
is 0 $status 'solve --skip'
check 'the rule is still there' grep -q '"CidrIp": "0.0.0.0/0"' "$tmp/untouched/account/ec2/describe-security-groups.json"
run solve "$tmp/untouched" --skip 7
is 2 $status 'solve --skip 7'
says 'the solution has 2 steps: expected one from 0 to 1' "$err"

# whoever finds the lab in the hands of another command waits for it
flock "$lab/.cafelab/held" sh -c 'touch "$1"; until [ -e "$2" ]; do sleep 0.02; done' hold "$tmp/held" "$tmp/let-go" &
until_true 20 test -e "$tmp/held"
"$CAFELAB" call "$lab" iam:ListUsers >"$out" 2>"$err" &
second=$!
stands_before_it() {
    ls -l "/proc/$second/fd" | grep -q 'cafelab/held$'
}
check 'the second one has come' until_true 20 stands_before_it
touch "$tmp/let-go"
wait $second
is 0 $? 'the second one had its turn'

# what there is and what there is not
run operations
says 'athena:CreateNamedQuery ' "$out"
lacks ' absent ' "$out"
run operations --absent
says 'ec2:CreateSnapshot ' "$out"
check 'nothing is both' test -z "$("$CAFELAB" operations | sed 's/ .*//' | grep -Fxf - "$out")"
lacks 's3:ListObjectsV2 ' "$out" # which CloudTrail calls ListObjects
run operations ec2:CreateSnapshot --json
is absent "$(jq -r '.[0].kind' "$out")" 'one by its name'
run operations ec2:CreateSnapshotz
is 2 $status 'nobody has it'

# a lab that somebody prepared: log files go to folders of its own, however deep one leads elsewhere
run build cafe-breach -o "$tmp/prepared" --events 200
month=$(find "$tmp/prepared/s3" -type d -path '*/CloudTrail/us-west-2/2025/10')
mv "$month" "$tmp/elsewhere" && ln -s "$tmp/elsewhere" "$month"
find "$tmp/elsewhere" -type f | sort >"$tmp/led.before"
run call "$tmp/prepared" iam:CreateUser '{"userName": "late"}'
is 2 $status 'a folder that leads elsewhere'
says "2025/10' is not a directory" "$err"
find "$tmp/elsewhere" -type f | sort >"$tmp/led.after"
same "$tmp/led.before" "$tmp/led.after"

# a lab that was tampered with
sed -i '5s/"time":1/"time":2/' "$lab/.cafelab/journal.jsonl"
run call "$lab" iam:ListUsers
is 2 $status 'an edited past'
says 'journal.jsonl: the past was changed: the first' "$err"
printf '{}' >"$lab/.cafelab/lab.json"
run call "$lab" iam:ListUsers
is 2 $status 'an empty lab.json'
says 'lab.json: "id": expected a name of a-z, 0-9, _ and -' "$err"
checked
