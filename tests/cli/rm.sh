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
is '' "$(ls -d "$tmp"/*.new "$tmp"/*.old 2>/dev/null)" 'what is left behind'
mkdir "$tmp/lab.old" # what is not ours is not written over
run build cafe-breach -o "$tmp/lab" --events 0 --replace
is 2 $status 'something in the way'
says "'$tmp/lab.old' is in the way: the old lab is put there until it is removed; what is there is no whole lab" "$err"
check 'it stays as well' test -d "$tmp/lab/host"
rmdir "$tmp/lab.old"
run build cafe-breach -o "$tmp/lab.new" --events 0 # as a run leaves it that is killed before it takes the old one's place
run build cafe-breach -o "$tmp/lab" --events 0 --replace
is 2 $status 'the lab of a killed run is in the way'
says "'$tmp/lab.new' is in the way: the new lab is made there first; what is there is a lab" "$err"
says 'remove it with `cafelab rm`' "$err"
check 'both stay' test -d "$tmp/lab/host" -a -d "$tmp/lab.new/host"
run rm "$tmp/lab.new"
is 0 $status 'as it was told'
run build cafe-breach -o "$tmp/by-name" --events 0 --replace
is 2 $status 'a link to a lab'
says 'is a link' "$err"
(cd "$tmp/lab" && "$CAFELAB" build cafe-breach -o . --events 0 --replace) >"$out" 2>"$err"
is 2 $? 'a lab in which one is'
check 'nobody saws off where he sits' test -f "$tmp/lab/.cafelab/lab.json"
check 'nor is anything left in it' test ! -e "$tmp/lab/..new"
checked
