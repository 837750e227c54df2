#!/bin/sh
# SPDX-License-Identifier: MIT
# The gallery shows every scenario that comes with the program: its title, and a picture that a browser shows.
. "$(dirname "$0")/../check.sh"
gallery=$top/docs/gallery.md

run list --json
is 0 "$status" "list"
cp "$out" "$tmp/list.json"
check "scenarios" test "$(jq length "$tmp/list.json")" -ge 1
for name in $(jq -r '.[].id' "$tmp/list.json"); do
    check "$name: title" grep -qxF "## $(jq -r --arg name "$name" '.[] | select(.id == $name) | .title' "$tmp/list.json")" "$gallery"
    check "$name: picture" grep -qF "](gallery/$name.svg)" "$gallery"
    check "$name: well-formed, with dots" /usr/bin/python3 -c 'import sys, xml.etree.ElementTree as t; r = t.parse(sys.argv[1]).getroot(); assert len(list(r.iter("{http://www.w3.org/2000/svg}circle"))) > 5' "$top/docs/gallery/$name.svg"
done
for picture in "$top"/docs/gallery/*.svg; do
    name=$(basename "$picture" .svg)
    check "$name is a scenario" grep -qF "\"id\": \"$name\"" "$tmp/list.json"
done

# `make gallery` writes the same form: a copy of the tree, one scenario
mkdir -p "$tmp/tree/build-aux" "$tmp/tree/docs" "$tmp/tree/scenarios"
cp "$top/build-aux/gallery" "$tmp/tree/build-aux"
cp -R "$top/scenarios/cafe-breach" "$top/scenarios/library" "$tmp/tree/scenarios"
ln -s "$top/fixtures" "$tmp/tree/fixtures"
"$tmp/tree/build-aux/gallery" "$CAFELAB" >"$out" 2>"$err"
is 0 $? "build-aux/gallery"
is 1 "$(grep -c '^!\[timeline of' "$tmp/tree/docs/gallery.md")" "one picture"
says '`cafe-breach`, beginner, ' "$tmp/tree/docs/gallery.md"
check "the picture is there" test -s "$tmp/tree/docs/gallery/cafe-breach.svg"
checked
