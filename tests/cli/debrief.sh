# SPDX-License-Identifier: MIT
# The true story of a student's variant, in other tools' forms; it agrees with that student's lab.
. "$(dirname "$0")/../check.sh"
run debrief cafe-breach --seed 5 --student ana --timesketch "$tmp/t.jsonl" --navigator "$tmp/n.json" --html "$tmp/t.html"
is 0 "$status" "debrief"
is 3 "$(grep -c ' is written$' "$out")" "files"

has "every line has what Timesketch asks for" -s 'length > 15 and all(.message != "" and (.datetime | test("^2025-10-1[0-9]T[0-9:.]+\\+00:00$")) and .timestamp_desc != "")' "$tmp/t.jsonl"
has "in the order of time" -s '[.[].datetime] | . == sort' "$tmp/t.jsonl"
has "techniques are tags" -s '[.[] | select(.tag == ["T1562.007"]) | .operation] == ["ec2:AuthorizeSecurityGroupIngress"]' "$tmp/t.jsonl"
run build cafe-breach -o "$tmp/lab" --seed 5 --student ana --events 300
id=$(jq -r 'select(.tag == ["T1562.007"]) | .event_id' "$tmp/t.jsonl")
run query "$tmp/lab" "SELECT eventname, sourceipaddress FROM logs WHERE eventid = '$id'" --format csv
is "AuthorizeSecurityGroupIngress,$(jq -r 'select(.tag == ["T1562.007"]) | .source_ip' "$tmp/t.jsonl")" "$(tail -1 "$out" | tr -d '"')" "the record in the student's lab"

has "a layer" '.domain == "enterprise-attack" and .versions.layer == "4.5" and .versions.attack == "19"' "$tmp/n.json"
has "each technique once, with when" '.techniques | (map(.techniqueID) | length == (unique | length)) and all(.[]; .score > 0 and (.comment | test("^2025-10-1")))' "$tmp/n.json"
is "$(sed -n 's/^    technique: //p' "$top/scenarios/cafe-breach/scenario.yaml" | sort -u)" "$(jq -r '.techniques[].techniqueID' "$tmp/n.json" | sort)" "techniques"
says '<svg' "$tmp/t.html"

run debrief cafe-breach
is 2 "$status" "nothing asked for"
says 'expected at least one of --timesketch, --navigator, --html' "$err"
run debrief cafe-breach --navigator "$tmp/none/n.json"
is 2 "$status" "a folder that is not there"
checked
