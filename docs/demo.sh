#!/bin/sh
# SPDX-License-Identifier: MIT
# The Café breach from one YAML file to a graded repair: `make demo`, or docs/demo.sh [DIR].
# Every line of output is the real program's. Without DIR the lab is made in a temporary folder and goes away.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
cafelab=${CAFELAB:-$top/build/cafelab}
PATH="$top/build/tools/bin:$PATH:/usr/sbin:/sbin"
sshd=$(command -v sshd || echo sshd) # it wants to be called by its whole path
export PATH CAFELAB_DATA="$top" LC_ALL=C.UTF-8 TZ=UTC

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
lab=${1:-$work/cafe-breach-lab}

bold='' dim='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') dim=$(printf '\033[2m') plain=$(printf '\033[0m')
fi
chapter() {
    printf '\n%s== %s ==%s\n%s\n' "$bold" "$1" "$plain" "$2"
}
shown() {
    printf '\n%s$ %s%s\n' "$dim" "$1" "$plain"
}
# tell COMMAND LINES: the command as one would type it in the lab, then the first lines of what it prints
tell() {
    shown "$1"
    (cd "$lab" && eval "$1") >"$work/said" 2>&1 || { cat "$work/said" && echo "demo: that failed" >&2 && exit 1; }
    head -n "$2" "$work/said"
    more=$(($(wc -l <"$work/said") - $2))
    [ "$more" -le 0 ] || echo "$dim  ... and $more lines more$plain"
}
cafelab() {
    "$cafelab" "$@"
}
sshd() {
    "$sshd" "$@" 2>/dev/null # it warns of the key's permissions
}
began=$(date +%s)

chapter 'An instructor has a scenario' 'One YAML file says who works at the café, what happened, what is asked and what a repair must achieve.'
shown 'cafelab lint cafe-breach'
cafelab lint cafe-breach
shown 'cafelab build cafe-breach -o cafe-breach-lab'
[ ! -e "$lab" ] || { echo "demo: '$lab' exists already" >&2 && exit 2; }
cafelab build cafe-breach -o "$lab"

chapter 'A student opens the lab' 'Plain files: the brief, the logs as they were delivered, the web server, the account.'
tell 'ls' 20
tell 'find s3 -name "*.json.gz" -not -path "*Digest*" | wc -l' 1
tell 'find s3 -name "*.json.gz" -not -path "*Digest*" | head -n 1 | xargs zcat | jq -c ".Records[0] | {eventTime, eventName, user: .userIdentity.userName}"' 1
table=$(jq -r .table "$lab/.cafelab/lab.json")

chapter 'Who opened the door?' "The four queries of the investigation, as in Athena. The table is $table."
columns='useridentity.userName, eventtime, eventsource, eventname, requestparameters'
tell "cafelab query . \"SELECT $columns
FROM $table
LIMIT 30\" | cut -c1-150" 5
tell "cafelab query . \"SELECT $columns
FROM $table
WHERE eventsource = 'ec2.amazonaws.com'\" | cut -c1-150" 5
tell "cafelab query . \"SELECT $columns
FROM $table
WHERE eventsource = 'ec2.amazonaws.com'
AND eventname = 'AuthorizeSecurityGroupIngress'\" | cut -c1-150" 12
tell "cafelab query . \"SELECT useridentity.userName, eventtime, sourceipaddress
FROM $table
WHERE eventsource = 'ec2.amazonaws.com'
AND eventname = 'AuthorizeSecurityGroupIngress'
AND requestparameters LIKE '%0.0.0.0/0%'\"" 8

chapter 'What happened on the server?' 'The real tools read its logs.'
tell "aureport --auth -if host/var/log/audit/audit.log 2>&1 | grep ' yes '" 6
tell 'last -f host/var/log/wtmp | head -n 3' 3
ssh-keygen -q -t ed25519 -N '' -f "$work/host_key" # sshd wants some host key, even to tell its settings
tell "sshd -T -f host/etc/ssh/sshd_config -h $work/host_key | grep -i passwordauth" 2
tell "cafelab call . host:Run '{\"command\": \"who\"}' --on cafe" 4

# The report's own lines: what holds, what does not, the score
verdicts='^  (PASS|FAIL|PART)|^[A-Z][a-z ]+$|^(VETO|Score)'
chapter 'Nothing is answered or repaired yet' 'Each lost point says what was found, what was expected, and where it is to be seen.'
tell "cafelab grade . | grep -E '$verdicts'" 40
tell "cafelab grade . | grep -A 9 ' user-gone '" 10

chapter 'The reference solution' 'Answers found by queries, repairs by calls and commands: what CI plays for every seed.'
tell 'cafelab solve .' 5
tell "cafelab grade . | grep -E '$verdicts'" 40

printf '\n%sThat took %s s.%s Play it yourself: cafelab build cafe-breach -o mylab\n' "$bold" $(($(date +%s) - began)) "$plain"
