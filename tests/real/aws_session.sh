#!/bin/sh
# SPDX-License-Identifier: MIT
# Temporary credentials over the wire, and who holds a lab: session tokens count, a second start is told pid and port, a
# server ends well on TERM and INT, and the lab goes on where it was.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"

serve "$tmp/lab" --seed session
aws sts get-session-token >"$tmp/session"
as_session() { # TOKEN ARGS...
    token=$1
    shift
    AWS_ACCESS_KEY_ID=$(jq -r .Credentials.AccessKeyId "$tmp/session") AWS_SECRET_ACCESS_KEY=$(jq -r .Credentials.SecretAccessKey "$tmp/session") \
        AWS_SESSION_TOKEN=$token "$AWS" "$@" >"$tmp/reply" 2>"$tmp/refusal"
}
as_session "$(jq -r .Credentials.SessionToken "$tmp/session")" sts get-caller-identity
has 'the session is the user' '.Arn | endswith(":user/sofia")' "$tmp/reply"
as_session wrong sts get-caller-identity
says '(InvalidClientTokenId)' "$tmp/refusal"
as_session wrong s3 ls
says '(InvalidToken)' "$tmp/refusal"

run start "$lab"
is 2 $status 'a second start'
says "pid $served, port $port" "$err"

# cafelab's own commands, while it is served: a call is made there, by the same person, in the same journal
run call "$lab" sts:GetCallerIdentity
is 0 $status 'call while it is served'
has 'as the student' '.Arn | endswith(":user/sofia")' "$out"
run call "$lab" iam:DeleteUser '{"userName": "nobody"}'
is 1 $status 'a refusal'
says '(NoSuchEntity) when calling the DeleteUser operation' "$err"
run call "$lab" iam:DeletUser '{}'
is 2 $status 'no such operation'
says 'did you mean "iam:DeleteUser"?' "$err"
run call "$lab" query:Ended '{"queryExecutionId": "x"}'
is 2 $status 'nobody but the engine says that a query ended'
for i in 1 2 3 4; do
    "$CAFELAB" call "$lab" iam:CreateUser "{\"userName\": \"at-once-$i\"}" >"$tmp/made.$i" &
    eval "call$i=\$!"
done
wait $call1 $call2 $call3 $call4
is 4 "$(aws iam list-users --query 'length(Users[?starts_with(UserName, `at-once`)])')" 'four calls at one moment'
check 'what it changed is in the files when it returns' grep -q at-once-4 "$lab/account/iam/list-users.json"
run query "$lab" 'SELECT count(*) FROM logs'
is 0 $status 'query while it is served'
aws s3 mb s3://cafelab-goes-on >/dev/null
for command in check grade "hint --yes"; do
    run $command "$lab" $([ "$command" = "hint --yes" ] && echo who)
    is 2 $status "$command before the story is over"
    says 'the story of this live lab is not over' "$err"
    lacks faythe "$err"
done
says 'This lab is live' "$lab/README.md"
says 'The table is called `logs`:' "$lab/README.md" # no trail of its own writes yet: it has no other name
leave INT
is 0 $status 'Ctrl-C'
serve "$lab"
aws s3 ls >"$tmp/reply"
says cafelab-goes-on "$tmp/reply"

# what is done on a server takes its time, but nothing is dated later than the clock says: while it is served, and at rest
run call "$lab" ec2:AuthorizeSecurityGroupIngress "{\"groupId\": \"$(jq -r '.SecurityGroups[] | select(.GroupName | test("Web")).GroupId' \
    "$lab/account/ec2/describe-security-groups.json")\", \"ipProtocol\": \"tcp\", \"fromPort\": 22, \"toPort\": 22, \"cidrIp\": \"$(jq -r .myIp "$lab/.cafelab/lab.json")/32\"}"
is 0 $status 'the own rule'
visit() { # WHEN
    run call "$lab" host:Run '{"command": "whoami"}' --on cafe
    is ec2-user "$(cat "$out")" "on the server, $1"
    is '' "$(jq -r --argjson now "$(date +%s%3N)" 'select(.time > $now) | .op' "$lab/.cafelab/journal.jsonl")" "ahead of the clock, $1"
}
visit 'served'
leave TERM
is 0 $status 'TERM'
is '' "$(cat "$tmp/served.err")" 'complaints'
visit 'at rest'

# the clock of a static lab stands at the end of its story, and the client's does not: credentials end by the lab's
run build cafe-breach -o "$tmp/static" --seed session
is 0 $status 'build'
serve "$tmp/static"
aws sts get-session-token >"$tmp/session"
has 'it is over by the client'"'"'s clock' --arg now "$(date -u +%Y-%m-%dT%H:%M:%SZ)" '.Credentials.Expiration < $now' "$tmp/session"
as_session "$(jq -r .Credentials.SessionToken "$tmp/session")" sts get-caller-identity
has 'and still the user' '.Arn | endswith(":user/sofia")' "$tmp/reply"
leave
is 0 $status 'TERM, of a static lab'
checked
