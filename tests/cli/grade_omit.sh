# SPDX-License-Identifier: MIT
# Leaving out one step of the solution costs exactly the points of the checks that the step serves.
. "$(dirname "$0")/../check.sh"

run build cafe-breach -o "$tmp/lab" --seed omit --events 300
cp -R "$tmp/lab" "$tmp/solved"
run solve "$tmp/solved"
is 0 "$status" "solve"
run grade "$tmp/solved" --json
cp "$out" "$tmp/full"
full=$(jq .score "$out")
is 100 "$(jq .percent "$out")" "solved"

awk '/^solution:/ { s = 1 } s && /earns:/ { sub(/.*earns: *\[/, ""); sub(/\].*/, ""); gsub(/,/, ""); print }' \
    "$top/scenarios/cafe-breach/scenario.yaml" >"$tmp/earns"
check "the solution has steps" [ "$(wc -l <"$tmp/earns")" -ge 8 ]
step=0
while read -r earns; do
    lab=$tmp/lab-$step
    cp -R "$tmp/lab" "$lab"
    run solve "$lab" --skip "$step"
    is 0 "$status" "solve without step $step"
    run grade "$lab" --json
    lost=0
    for id in $earns; do
        lost=$((lost + $(jq --arg id "$id" '.findings[] | select(.id == $id) | .max' "$tmp/full")))
    done
    is "$((full - lost))" "$(jq .score "$out")" "score without step $step ($earns)"
    is "$(printf '%s\n' $earns | sort | tr '\n' ' ')" \
        "$(jq -r '.findings[] | select(.outcome != "pass") | .id' "$out" | sort | tr '\n' ' ')" "what is lost without step $step"
    rm -rf "$lab"
    step=$((step + 1))
done <"$tmp/earns"

# no answers, all repairs
cp -R "$tmp/lab" "$tmp/mute"
run solve "$tmp/mute" --no-answers
run grade "$tmp/mute" --json
is "$(jq '[.findings[] | select(.kind == "check") | .max] | add' "$tmp/full")" "$(jq .score "$out")" "repairs alone"

# one answer left open costs that question's points
for id in who when where method range event account setting files commands; do
    grep -v "^$id:" "$tmp/solved/answers.yaml" >"$tmp/answers"
    cp "$tmp/solved/answers.yaml" "$tmp/kept"
    cp "$tmp/answers" "$tmp/solved/answers.yaml"
    run grade "$tmp/solved" --json
    is "$id" "$(jq -r '.findings[] | select(.outcome != "pass") | .id' "$out")" "without the answer to $id"
    is "$((full - $(jq --arg id "$id" '.findings[] | select(.id == $id) | .max' "$tmp/full")))" "$(jq .score "$out")" "score without $id"
    cp "$tmp/kept" "$tmp/solved/answers.yaml"
done
checked
