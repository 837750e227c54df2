#!/bin/sh
# SPDX-License-Identifier: MIT
# Every statement of tests/data/sql gives what is expected, to the letter. `query_dialect.sh write` rewrites what is expected.
. "$(dirname "$0")/../check.sh"
. "$top/tests/data/sql/lab.sh"

lay_out_lab "$tmp/lab"
for query in "$top"/tests/data/sql/*/query.sql; do
    dir=$(dirname "$query")
    run query "$tmp/lab" --format csv -f "$query"
    cat "$out" "$err" >"$tmp/got"
    [ "${1:-}" != write ] || cp "$tmp/got" "$dir/expect"
    same "$dir/expect" "$tmp/got"
    is "$([ -s "$err" ] && echo 2 || echo 0)" "$status" "exit status of $(basename "$dir")"
done
checked
