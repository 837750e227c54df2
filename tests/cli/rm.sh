#!/bin/sh
# SPDX-License-Identifier: MIT
# cafelab rm: labs go, whatever their modes; nothing else does.
. "$(dirname "$0")/../check.sh"
run build cafe-breach -o "$tmp/lab" --events 0
is 0 $status 'build'
mkdir -p "$tmp/other/.cafelab" "$tmp/kept"
echo kept >"$tmp/kept/file"
run rm "$tmp/other"
is 2 $status 'no lab'
says "is no lab" "$err"
run rm "$tmp/nothing"
is 2 $status 'nothing there'
ln -s "$tmp/kept" "$tmp/lab/host/link"
mkdir -p "$tmp/lab/host/closed/deep"
chmod 0 "$tmp/lab/host/closed/deep" "$tmp/lab/host/closed"
ln -s "$tmp/lab" "$tmp/by-name"
run rm "$tmp/by-name"
is 2 $status 'a link to a lab'
check 'the lab is there' test -d "$tmp/lab/host"
run rm "$tmp/lab"
is 0 $status "rm: $(cat "$err")"
check 'it is gone' test ! -e "$tmp/lab"
is kept "$(cat "$tmp/kept/file")" 'behind a link'
# build --replace: the new lab in the place of the old one; what is no lab stays, and nothing is left beside it
run build cafe-breach -o "$tmp/lab" --events 0 --replace
is 0 $status 'nothing there yet'
touch "$tmp/lab/mine"
run build cafe-breach -o "$tmp/lab/" --events 0 --seed 2 --replace
is 0 $status "build --replace: $(cat "$err")"
check 'the old one is gone' test ! -e "$tmp/lab/mine"
run grade "$tmp/lab" --json
is 0 $status 'the new one is a lab'
run build cafe-breach -o "$tmp/kept" --events 0 --replace
is 2 $status 'no lab'
says "'$tmp/kept' is no lab: expected a directory that \`cafelab build\` made" "$err"
is kept "$(cat "$tmp/kept/file")" 'what is no lab stays'
run build "$top/tests/data/invalid/cidr-bad" -o "$tmp/lab" --replace
is 2 $status 'a scenario with mistakes'
check 'the old one stays' test -d "$tmp/lab/host"
is '' "$(ls -d "$tmp"/*.new 2>/dev/null)" 'what is left behind'
checked
