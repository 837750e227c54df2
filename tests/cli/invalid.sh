#!/bin/sh
# SPDX-License-Identifier: MIT
# Every mistake of a scenario gets its words: tests/data/invalid/NAME/{scenario.yaml,expect}. The same words stand in the
# unit test scenario_invalid; here they come from the program, with its exit status, and
# with the rules, which `expect` leaves out.
. "$(dirname "$0")/../check.sh"

for folder in "$top"/tests/data/invalid/*/; do
    name=$(basename "$folder")
    cd "$folder" || exit 2
    run lint scenario.yaml
    is 1 $status "$name: exit status"
    lines=$(wc -l <expect)
    check "$name: each message names its rule" test "$(grep -cE ': (error|warning): .* \[[a-z0-9-]+\]$' "$out")" = "$(grep -cE '^[^ ]+: (error|warning): ' "$out")"
    head -n "$lines" "$out" | sed -E '/: (error|warning): /s/ \[[a-z0-9-]+\]$//' >"$tmp/said"
    same expect "$tmp/said"
    check "$name: the last line counts" grep -qE '^[1-9][0-9]* errors?, 0 warnings$' "$out"
    is $((lines + 1)) "$(wc -l <"$out")" "$name: nothing more is said"
    is '' "$(cat "$err")" "$name: standard error"
done
cd "$top" || exit 2
checked
