#!/bin/sh
# The author's guide: its pieces are those of the example, and the example does what the guide says.
. "$(dirname "$0")/../check.sh"
example=$top/docs/examples/old-key

# every quoted line of YAML stands in the example as it is
awk '/^```yaml$/ {on = 1; next} /^```$/ {on = 0} on' "$top/docs/authoring.md" >"$tmp/quoted"
check "the guide quotes something" test "$(wc -l <"$tmp/quoted")" -gt 60
while IFS= read -r line; do
    check "in the example: $line" grep -qxF -- "$line" "$example/scenario.yaml"
done <"$tmp/quoted"

run lint "$example/scenario.yaml"
is 0 $status "lint"

cp -r "$example" "$tmp/my-scenario"
for seed in 1 2 3; do
    run build "$tmp/my-scenario" -o "$tmp/try-$seed" --seed $seed
    is 0 $status "build with seed $seed"
    run grade "$tmp/try-$seed" --json
    is 0 "$(jq .score "$out")" "an untouched lab"
    run solve "$tmp/try-$seed"
    is 0 $status "solve: $(cat "$err")"
    run grade "$tmp/try-$seed" --json
    is 100 "$(jq .percent "$out")" "a solved lab"
done

# each step of the solution left out costs the points of the checks that it earns
for step in 0 1 2 3; do
    run build "$tmp/my-scenario" -o "$tmp/skip-$step" --events 200
    run solve "$tmp/skip-$step" --skip $step
    run grade "$tmp/skip-$step" --json
    is 45 "$(jq .score "$out")" "the score without step $step"
done
checked
