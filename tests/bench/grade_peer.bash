#!/bin/bash
# SPDX-License-Identifier: MIT
# A grader as a teacher would write it in bash, for tests/bench/grade.sh: the same ten answers and eleven checks.
#   grade_peer.bash KEY.json SUBMISSION.tgz     prints {"right": N, "of": 21}
key=$1
lab=$(mktemp -d -p "${TMPDIR:-/tmp}")
trap 'rm -rf "$lab"' EXIT
tar -xzf "$2" -C "$lab" --strip-components=1 || exit 2
right=0 of=0
check() {
    of=$((of + 1))
    "$@" >/dev/null 2>&1 && right=$((right + 1))
}
no() { ! "$@"; }
ranges() { # PORT
    jq -r --argjson p "$1" '.SecurityGroups[] | select(.GroupName == "WebSecurityGroup") | .IpPermissions[]
        | select(.IpProtocol == "-1" or (.FromPort <= $p and .ToPort >= $p)) | .IpRanges[].CidrIp' \
        "$lab/account/ec2/describe-security-groups.json"
}
open_to_all() { ranges "$1" | grep -qxF 0.0.0.0/0; }
answer() { # KEY: without quotes, brackets and order
    sed -n "s/^$1: *//p" "$lab/answers.yaml" | tr -d '"[] ' | tr ',' '\n' | sort | paste -sd, | tr '[:upper:]' '[:lower:]'
}
while IFS='	' read -r question expected; do
    check test "$(answer "$question")" = "$expected"
done < <(jq -r '.answers | to_entries[] | [.key, (.value | if type == "array" then sort | join(",") else . end | ascii_downcase)] | @tsv' "$key")
for file in passwd shadow group; do
    check no grep -q '^chaos-user:' "$lab/host/etc/$file"
done
check no test -e "$lab/host/etc/sudoers.d/chaos"
check no test -e "$lab/host/home/chaos-user"
check test "$(awk 'tolower($1) == "passwordauthentication" { print tolower($2); exit }' "$lab/host/etc/ssh/sshd_config")" = no
check test "$(sha256sum <"$lab/host/var/www/html/cafe/images/Coffee-and-Pastries.jpg" | cut -d' ' -f1)" = "$(jq -r .picture "$key")"
check no open_to_all 22
check open_to_all 80
check no jq -e '.Users[] | select(.UserName == "chaos")' "$lab/account/iam/list-users.json"
check jq -e '.monitor.IsLogging' "$lab/account/cloudtrail/get-trail-status.json"
echo "{\"right\": $right, \"of\": $of}"
