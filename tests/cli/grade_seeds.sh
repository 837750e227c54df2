# SPDX-License-Identifier: MIT
# Every variant is solvable by its own methods: 20 seeds, untouched 0, solved 100 %.
. "$(dirname "$0")/../check.sh"

for seed in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    lab=$tmp/lab-$seed
    run build cafe-breach -o "$lab" --seed "$seed" --student "student-$seed" --events 300
    is 0 "$status" "build of seed $seed"
    run grade "$lab" --json
    is "0 0" "$(jq -r '"\(.score) \([.findings[] | select(.outcome != "fail" and .kind != "penalty" and .kind != "veto")] | length)"' "$out")" "untouched, seed $seed"
    run solve "$lab"
    is 0 "$status" "solve of seed $seed"
    run grade "$lab" --json
    is 100 "$(jq .percent "$out")" "solved, seed $seed"
    [ "$(jq .percent "$out")" = 100 ] || jq -c '.findings[] | select(.outcome != "pass") | {id, expected, found, feedback}' "$out" >&2
    rm -rf "$lab"
done
checked
