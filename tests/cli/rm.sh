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
checked
