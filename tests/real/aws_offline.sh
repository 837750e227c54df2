#!/bin/sh
# SPDX-License-Identifier: MIT
# Nothing ever asks a real AWS host: the CLI and the SDK at work in a network of their own without a way out, where every name
# resolves to a trap and every address is one (aws_trap.py). Whoever falls into it is named.
if [ -z "${OFFLINE_INSIDE:-}" ]; then
    root=
    [ "$(id -u)" = 0 ] || root='--user --map-root-user'
    # shellcheck disable=SC2086
    if ! unshare $root --net --mount true; then
        echo "${0##*/}: FAILED: this machine allows no network of one's own (unshare --net), as in a chroot"
        exit 1
    fi
    # shellcheck disable=SC2086
    OFFLINE_INSIDE=yes exec unshare $root --net --mount sh "$0"
fi
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"
export NODE_PATH="$top/build/aws-sdk/node_modules" PYTHONDONTWRITEBYTECODE=1
sdk="node $(dirname "$0")/aws_sdk.js"
[ -d "$NODE_PATH" ] || { fail "no SDK: build-aux/aws-sdk/fetch gets it"; checked; }

ip link set lo up
ip route add local 0.0.0.0/0 dev lo # every address is here
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$tmp/resolv.conf"
printf 'hosts: files dns\n' >"$tmp/nsswitch.conf"
mount --bind "$tmp/resolv.conf" "$(realpath /etc/resolv.conf)"
mount --bind "$tmp/nsswitch.conf" /etc/nsswitch.conf
mkfifo "$tmp/leash"
/usr/bin/python3 "$(dirname "$0")/aws_trap.py" "$tmp/trapped" <"$tmp/leash" >"$tmp/set" 2>&1 &
exec 9>"$tmp/leash"
check 'the trap is set' until_true 10 grep -q set "$tmp/set"
caught() {
    sort -u "$tmp/trapped" | tr '\n' ';'
}

# ---- the trap works: a client without the lab's environment falls into it ----
AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=x AWS_MAX_ATTEMPTS=1 AWS_DEFAULT_REGION=us-east-1 \
    "$AWS" sts get-caller-identity --cli-connect-timeout 2 >"$tmp/reply" 2>&1
says 'asked for sts.' "$tmp/trapped"
says 'came to 192.0.2.99:443' "$tmp/trapped"
: >"$tmp/trapped"

# ---- the exercise's calls, and more ----
serve "$tmp/lab" --seed offline
$sdk story >"$tmp/story" 2>&1
is 0 $? "the SDK's story: $(head -20 "$tmp/story")"
is '' "$(caught)" 'caught: the SDK'
bucket=cafelab-by-sdk
run skip "$lab"
aws s3 ls >/dev/null
aws s3 cp "$lab/README.md" "s3://$bucket/readme" --quiet
aws s3 sync "s3://$bucket" "$tmp/synced" --quiet
aws ec2 describe-instances >/dev/null
aws iam list-users >/dev/null
aws kms list-aliases >/dev/null
aws athena list-work-groups >/dev/null
aws ssm describe-instance-information >/dev/null
aws cloudtrail lookup-events --max-items 1 >/dev/null
validated() {
    aws cloudtrail validate-logs --trail-arn "$(aws cloudtrail describe-trails --query 'trailList[0].TrailARN' --output text)" --start-time 2020-01-01T00:00:00Z >"$tmp/verdict" 2>&1 &&
        grep -q 'digest files valid' "$tmp/verdict"
}
check 'validate-logs' until_true 60 validated
curl -s -o "$tmp/fetched" "$(aws s3 presign "s3://$bucket/readme")"
same "$lab/README.md" "$tmp/fetched"
is '' "$(caught)" 'caught: the CLI'

# ---- what the lab does not have does not go elsewhere either; nor do other regions and wrong keys ----
for command in 'rds describe-db-instances' 'lambda list-functions' 'sso list-accounts --access-token x' 'glue get-databases' 'ec2 describe-vpcs --region eu-north-1' \
    's3 ls --region ap-south-1' 's3api get-object --bucket nowhere-at-all --key x /dev/null' 'organizations describe-organization' 'cloudwatch list-metrics'; do
    # shellcheck disable=SC2086
    AWS_MAX_ATTEMPTS=1 aws $command >"$tmp/reply" 2>&1
    is '' "$(caught)" "caught: aws $command"
done
AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=x aws sts get-caller-identity >"$tmp/reply" 2>&1
says InvalidClientTokenId "$tmp/reply"
rm -r "$lab/.cafelab/aws/credentials"
AWS_MAX_ATTEMPTS=1 aws sts get-caller-identity >"$tmp/reply" 2>&1
says 'Unable to locate credentials' "$tmp/reply"
is '' "$(caught)" 'caught: a client without keys'
leave
exec 9>&-
is '' "$(cat "$tmp/served.err")" 'the server had nothing to complain about'
checked
