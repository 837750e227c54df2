#!/bin/sh
# SPDX-License-Identifier: MIT
# Every scenario that comes with the program: nothing to say against its text, and proved for a few seeds. The seeds are
# others than an author tries first.
. "$(dirname "$0")/../check.sh"
TMPDIR=$tmp/work
export TMPDIR
mkdir "$TMPDIR"

for file in "$top"/scenarios/*/scenario.yaml; do
    folder=$(dirname "$file")
    [ -f "$folder/scenario.yaml" ] || continue # what scenarios share
    name=$(basename "$folder")
    run lint "$name"
    is 0 "$status" "$name: lint"
    says '1 file, no mistakes' "$out"
    run verify "$name" --seeds 2 --jobs 2 --json
    is 0 "$status" "$name: verify"
    is '' "$(jq -r '.findings[] | .message' "$out")" "$name: findings"
    is '' "$(jq -r '.properties | to_entries[] | select(.value.state == "REFUSED") | .key' "$out")" "$name: refused"
    check "$name: eight questions or more" test "$(grep -c '^    ask:' "$folder/scenario.yaml")" -ge 8
    check "$name: in the README" grep -qF "| \`$name\` |" "$top/README.md"
done
checked
