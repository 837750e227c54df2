#!/bin/sh
# SPDX-License-Identifier: MIT
# The web console as a browser without scripts sees it: the walkthrough's clicks, the traces that they leave, who is not let in.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"

serve "$tmp/lab" --seed console
aws iam create-login-profile --user-name sofia --password 'Sec-ret99x' >/dev/null
aws iam create-login-profile --user-name chaos --password 'Sec-ret98x' >/dev/null # more that hangs on a user
aws iam add-user-to-group --user-name chaos --group-name responders
aws iam put-user-policy --user-name chaos --policy-name more --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
aws iam create-user --user-name guest >/dev/null
aws iam create-login-profile --user-name guest --password 'Sec-ret99x' >/dev/null
aws iam attach-user-policy --user-name guest --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess
python3 "$(dirname "$0")/console_clicks.py" "$port" >"$tmp/clicks" 2>&1 || fail "$(tail -3 "$tmp/clicks")"
told() { # event history lags a little: this came last
    aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteUser --query 'Events[].Username' --output text | grep -q sofia
}
check 'event history has the clicks' until_true 60 told
aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AuthorizeSecurityGroupIngress --query 'Events[?Username==`sofia`] | [0].CloudTrailEvent' --output text >"$tmp/record"
has 'a session of the console' '.userIdentity.sessionContext.attributes.creationDate != null and .sessionCredentialFromConsole == "true"' "$tmp/record"
has 'temporary credentials' '.userIdentity.accessKeyId | startswith("ASIA")' "$tmp/record"
has 'by the rule that was asked for' '.requestParameters.ipPermissions.items[0].ipRanges.items[0].cidrIp == "198.51.100.7/32"' "$tmp/record"
has 'without a TLS version of its own' 'has("tlsDetails") | not' "$tmp/record"
aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=ConsoleLogin --query 'Events[].CloudTrailEvent' --output text | tr '\t' '\n' |
    jq -s 'map(select(.userIdentity.userName == "sofia"))' >"$tmp/logins"
has 'a failure, then a success' 'map(.responseElements.ConsoleLogin) | index("Failure") and index("Success")' "$tmp/logins"
has "the browser's name" 'all(.userAgent | startswith("Mozilla/5.0"))' "$tmp/logins"
refused NoSuchEntity 'chaos' iam get-user --user-name chaos
is true "$(aws cloudtrail get-trail-status --name monitor --query IsLogging --output text | tr TF tf)" 'the trail that the wizard made logs'
leave
serve "$tmp/lab"
is 1 "$(curl -s "http://127.0.0.1:$port/console/" | grep -c 'Sign in as an IAM user')" 'a restart ends sessions'
leave
checked
