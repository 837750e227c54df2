#!/bin/sh
# SPDX-License-Identifier: MIT
# What must not get in: every way a signature can be wrong, in each service's words; HTTP that no honest client sends; clients
# that go away in the middle or say nothing, ten thousand of them. The server goes on as if nothing had been.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"
export PYTHONDONTWRITEBYTECODE=1
sign="/usr/bin/python3 $(dirname "$0")/aws_sign.py"

ulimit -Sn 1024 # as most shells begin: the server asks for more
serve "$tmp/lab" --seed wrong
for mode in wrong http; do
    $sign $mode "$port" "$lab" >"$tmp/verdict" 2>&1
    is 0 $? "$mode: $(cat "$tmp/verdict")"
    says 'rows hold' "$tmp/verdict"
done

# ---- the lab's own door: shut without a header that no page of another site can send ----
door() { # STATUS WHAT ARGS...
    wanted=$1 what=$2
    shift 2
    is "$wanted" "$(curl -s -o "$tmp/reply" -w '%{http_code}' "$@")" "the lab's own door: $what"
}
own=http://127.0.0.1:$port/_cafelab
call='{"op": "iam:CreateUser", "params": {"userName": "intruder"}}'
for way in skip stay call; do door 405 "$way without the header" -d "$call" "$own/$way"; done
door 405 'not by GET' -H 'x-cafelab: 1' "$own/call"
door 409 'no JSON' -H 'x-cafelab: 1' -d '{' "$own/call"
door 409 'no operation' -H 'x-cafelab: 1' -d '{"params": {}}' "$own/call"
door 409 'no such region' -H 'x-cafelab: 1' -d '{"op": "iam:ListUsers", "params": {}, "region": "x"}' "$own/call"
refused NoSuchEntity 'intruder' iam get-user --user-name intruder
door 200 'with the header' -H 'x-cafelab: 1' -d "$call" "$own/call"
aws iam get-user --user-name intruder >"$tmp/reply"
has 'what was called has happened' '.User.UserName == "intruder"' "$tmp/reply"

# ---- services that are not simulated: each protocol's clients are told ----
refused UnknownService 'cafelab does not simulate the service "guardduty"' guardduty list-detectors
refused UnknownService 'cafelab does not simulate the service "secretsmanager"' secretsmanager list-secrets
refused UnknownService 'cafelab does not simulate the service "sns"' sns list-topics
refused UnknownService 'cafelab does not simulate the service "route53"' route53 list-hosted-zones

has 'the CLI is still served' '.Account | length == 12' <<END_OF_REPLY
$(aws sts get-caller-identity)
END_OF_REPLY
leave
is 0 $status 'the server ends well'
is '' "$(cat "$tmp/served.err")" 'the server had nothing to complain about'
checked
