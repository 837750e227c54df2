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
run call "$lab" sts:GetCallerIdentity
is 2 $status 'call while it is served'
aws s3 mb s3://cafelab-goes-on >/dev/null
leave INT
is 0 $status 'Ctrl-C'
serve "$lab"
aws s3 ls >"$tmp/reply"
says cafelab-goes-on "$tmp/reply"
leave TERM
is 0 $status 'TERM'
is '' "$(cat "$tmp/served.err")" 'complaints'
checked
