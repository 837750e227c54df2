#!/bin/sh
# SPDX-License-Identifier: MIT
# cafelab list: the scenarios on hand, and those that do not read.
. "$(dirname "$0")/../check.sh"

run list
is 0 $status 'list'
says 'SCENARIO                LEVEL         MINUTES  TITLE' "$out"
says 'cafe-breach             beginner           75  The Café website breach' "$out"
run list --lang es
says 'El ataque al sitio del Café' "$out"
run list --json
is 'cafe-breach beginner 75' "$(jq -r '.[] | select(.id == "cafe-breach") | "\(.id) \(.level) \(.minutes)"' "$out")" 'list --json'
run list --names
says 'cafe-breach' "$out"
lacks 'TITLE' "$out"

# one that has mistakes is named and does not hide the others
mkdir -p "$tmp/data/scenarios/bad"
cp -R "$top/scenarios/cafe-breach" "$top/scenarios/library" "$tmp/data/scenarios/"
echo 'cafelab: 1' >"$tmp/data/scenarios/bad/scenario.yaml"
CAFELAB_DATA="$tmp/data" run list
is 1 $status 'list with a bad one'
says "scenarios/bad/scenario.yaml' has mistakes: see cafelab lint" "$err"
says 'cafe-breach' "$out"

CAFELAB_DATA="$tmp/nowhere" run list
is 2 $status 'list without data'
says 'cafelab: read directory' "$err"
checked
