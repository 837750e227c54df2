# SPDX-License-Identifier: MIT
# The true story of a student's variant, in other tools' forms; it agrees with that student's lab.
. "$(dirname "$0")/../check.sh"
run debrief cafe-breach --seed 5 --student ana --timesketch "$tmp/t.jsonl" --navigator "$tmp/n.json" --html "$tmp/t.html"
is 0 "$status" "debrief"
is 3 "$(grep -c ' is written$' "$out")" "files"

valid timesketch "$tmp/t.jsonl"
has "the days of the story" -s 'length > 15 and all(.datetime | test("^2025-10-1[0-9]T"))' "$tmp/t.jsonl"
has "in the order of time" -s '[.[].datetime] | . == sort' "$tmp/t.jsonl"
has "techniques are tags" -s '[.[] | select(.tag == ["T1562.007"]) | .operation] == ["ec2:AuthorizeSecurityGroupIngress"]' "$tmp/t.jsonl"
run build cafe-breach -o "$tmp/lab" --seed 5 --student ana
id=$(jq -r 'select(.tag == ["T1562.007"]) | .event_id' "$tmp/t.jsonl")
run query "$tmp/lab" "SELECT eventname, sourceipaddress FROM logs WHERE eventid = '$id'" --format csv
is "AuthorizeSecurityGroupIngress,$(jq -r 'select(.tag == ["T1562.007"]) | .source_ip' "$tmp/t.jsonl")" "$(tail -1 "$out" | tr -d '"')" "the record in the student's lab"

valid navigator "$tmp/n.json"
has "sub-techniques are seen, and the darkest is the most frequent" '.layout.expandedSubtechniques == "annotated" and .gradient.maxValue == ([.techniques[].score] | max)' "$tmp/n.json"
has "a layer" '.domain == "enterprise-attack" and .versions.layer == "4.5" and .versions.attack == "18"' "$tmp/n.json"
has "each technique once, with when" '.techniques | (map(.techniqueID) | length == (unique | length)) and all(.[]; .score > 0 and (.comment | test("^2025-10-1")))' "$tmp/n.json"
has "a technique's score is how often it was used, its comment each time" '[.techniques[] | select(.techniqueID == "T1087.004") | [.score, (.comment | split("\n") | length)]] == [[2, 2]]' "$tmp/n.json"
is "$(sed -n 's/^    technique: //p' "$top/scenarios/cafe-breach/scenario.yaml" | sort -u)" "$(jq -r '.techniques[].techniqueID' "$tmp/n.json" | sort)" "techniques"

# the page: every step in order with its evidence, which is where it says; nothing loaded, no script
page=$tmp/t.html
says '<html lang="en">' "$page"
is "$(wc -l <"$tmp/t.jsonl")" "$(grep -c '<li id="s[0-9]*" class=' "$page")" "steps"
is "$(wc -l <"$tmp/t.jsonl")" "$(grep -c '<circle' "$page")" "dots"
check "well-formed, and every link leads somewhere" /usr/bin/python3 "$(dirname "$0")/debrief_page.py" "$page" "$tmp/lab" "$CAFELAB"
for text in 'Sofía lets herself in, from one address' 'The door: from now on the whole internet may knock' 'T1562.007 Disable or Modify Cloud Firewall' \
    'version 18.1' 'Faythe only changed a description. Read what the call asked for.' "A colleague's rule is taken for the intruder's" \
    'sudo userdel -r chaos-user' 'refused: AccessDenied' 'One query finds it. (-3)'; do
    says "$text" "$page"
done
says "<p class=\"answer\">$(jq -r 'select(.tag == ["T1562.007"]) | .source_ip' "$tmp/t.jsonl")</p>" "$page"
is 3 "$(grep -c 'class="tag decoy"' "$page")" "decoys in the story"
check "no script, nothing loaded" sh -c "! grep -qiE '<script|src=|url\(|@import|<link' '$page'"
is '' "$(grep -o 'href="http[^"]*"' "$page" | grep -v 'href="https://attack.mitre.org/techniques/')" "links to elsewhere"
is '' "$(cd "$top" && git ls-files scenarios | grep -v library | xargs grep -l 'technique:' | xargs grep -h 'technique: ' | sort -u | awk '{print $2}' | while read -r t; do grep -q "\"$t\"" grader/story/debrief_attack.c || echo "$t"; done)" "techniques without a name"

# in the other languages nothing is left in English but names
run debrief cafe-breach --seed 5 --student ana --lang pt --html "$tmp/pt.html"
says 'O que aconteceu' "$tmp/pt.html"
says 'A porta: a partir de agora toda a internet' "$tmp/pt.html"
says 'O trail é parado' "$tmp/pt.html"
lacks 'What happened' "$tmp/pt.html"
lacks 'Why it matters' "$tmp/pt.html"
run debrief cafe-breach --seed 5 --student ana --lang es --html "$tmp/es.html"
says 'Lo que engaña fácilmente' "$tmp/es.html"

run debrief cafe-breach
is 2 "$status" "nothing asked for"
says 'expected at least one of --timesketch, --navigator, --html' "$err"
run debrief cafe-breach --navigator "$tmp/none/n.json"
is 2 "$status" "a folder that is not there"
checked
