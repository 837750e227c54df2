#!/bin/sh
# The author's guide: its pieces are those of the examples, and the examples do what the guide says.
. "$(dirname "$0")/../check.sh"
example=$top/docs/examples/old-key roles=$top/docs/examples/borrowed-role

# every quoted line of YAML stands in an example as it is
awk '/^```yaml$/ {on = 1; next} /^```$/ {on = 0} on' "$top/docs/authoring.md" >"$tmp/quoted"
check "the guide quotes something" test "$(wc -l <"$tmp/quoted")" -gt 60
while IFS= read -r line; do
    check "in the example: $line" grep -qxF -- "$line" "$example/scenario.yaml" "$roles/scenario.yaml"
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

# the borrowed role: verified, and in the records as the guide says
run verify "$roles" --seeds 2 --events 300
is 0 $status "verify: $(grep -v '^  ' "$out")"
run build "$roles" -o "$tmp/borrowed" --seed 1 --events 300
is 0 $status "build the borrowed role"
stolen='.Records[] | select(.userIdentity.type == "AssumedRole" and .eventName == "GetCallerIdentity") | .userIdentity'
zcat "$tmp"/borrowed/s3/*/AWSLogs/*/CloudTrail/*/*/*/*/*.json.gz | jq -c "$stolen" >"$tmp/identity"
is 1 "$(wc -l <"$tmp/identity")" "who asked who he was"
instance=$(jq -r '.Reservations[0].Instances[0].InstanceId' "$tmp/borrowed/account/ec2/describe-instances.json")
check "the session is the instance's" jq -e --arg i "$instance" '(.principalId | test("^AROA[A-Z0-9]+:" + $i + "$"))
    and (.arn | endswith(":assumed-role/ShopServer/" + $i)) and (.accessKeyId | startswith("ASIA"))
    and .sessionContext.sessionIssuer.userName == "ShopServer" and .sessionContext.ec2RoleDelivery == "1.0"' "$tmp/identity"
key=$(jq -r .accessKeyId "$tmp/identity")
zcat "$tmp"/borrowed/s3/*/AWSLogs/*/CloudTrail/*/*/*/*/*.json.gz | jq -c --arg key "$key" \
    '.Records[] | select(.eventName == "AssumeRole" and .responseElements.credentials.accessKeyId == $key)' >"$tmp/assumed"
check "EC2 assumed the role before" jq -e '.userIdentity == {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}
    and (.requestParameters | has("durationSeconds") | not)' "$tmp/assumed"
checked
