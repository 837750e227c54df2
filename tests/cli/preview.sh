# SPDX-License-Identifier: MIT
# What a preview shows is what the lab of the same seed holds.
. "$(dirname "$0")/../check.sh"
run preview cafe-breach --seed 7
is 0 "$status" "preview"
says 'The Café website breach (cafe-breach), seed 7' "$out"
says 'rogue_rule       T1562.007' "$out"
says 'AccessDenied' "$out"
check "draws, as people read them" grep -qE 'about [0-9.]+ x 10\^[0-9]+ different draws' "$out"
is '' "$(grep -n ' $' "$out")" "blanks at the end of lines"
run preview cafe-breach --seed 7 --json
is 0 "$status" "preview --json"
cp "$out" "$tmp/preview.json"
has "in the order of time" '[.timeline[].time] | . == sort and length > 15' "$tmp/preview.json"
has "one row for each step" '[.timeline[] | select(.mark == "rogue_rule")] | length == 1 and .[0].op == "ec2:AuthorizeSecurityGroupIngress" and .[0].as == "chaos"' "$tmp/preview.json"
has "a typed line is not its login" '[.timeline[] | select(.mark == "colleague_visit") | .op] == ["host:LogIn"]' "$tmp/preview.json"

# the lab says the same
run build cafe-breach -o "$tmp/lab" --seed 7
run query "$tmp/lab" "SELECT eventtime, sourceipaddress, eventid FROM logs WHERE eventname = 'AuthorizeSecurityGroupIngress' AND requestparameters LIKE '%\"0.0.0.0/0\"%'" --format csv
is 0 "$status" "query"
is "$(jq -r '[(.timeline[] | select(.mark == "rogue_rule") | .time), (.questions[] | select(.id == "where" or .id == "event") | .answer[0])] | join(",")' "$tmp/preview.json")" \
    "$(tail -1 "$out" | tr -d '"')" "time, address and id in the lab"

# what is evidence for what: every record is where it is said to be, and nowhere else; every file is there
jq -r '.timeline[] | select(.event_id and (.evidence | index("s3"))) | .event_id' "$tmp/preview.json" | sort >"$tmp/said"
run query "$tmp/lab" "SELECT eventid FROM logs" --format csv
tr -d '"\r' <"$out" | sort >"$tmp/logged"
check "records in the trail" test "$(wc -l <"$tmp/said")" -ge 9
is '' "$(comm -23 "$tmp/said" "$tmp/logged")" "records that are said to be in the trail and are not"
jq -r '.timeline[] | select(.event_id and (.evidence | index("s3") | not)) | .event_id' "$tmp/preview.json" | sort >"$tmp/before"
check "records before the trail" test "$(wc -l <"$tmp/before")" -ge 3
is '' "$(comm -12 "$tmp/before" "$tmp/logged")" "records in the trail that are not said to be"
jq -r '.timeline[] | select(.event_id and (.evidence | index("account/event-history.json"))) | .event_id' "$tmp/preview.json" >"$tmp/history"
for id in $(cat "$tmp/history"); do
    check "$id in the event history" grep -q "\"EventId\":\"$id\"" "$tmp/lab/account/event-history.json"
done
for file in $(jq -r '[.timeline[].evidence[]] | unique[]' "$tmp/preview.json"); do
    check "$file is in the lab" test -e "$tmp/lab/$file"
done
has "what answers rest on" '[.questions[] | select(.id == "who" or .id == "account") | .rests_on] == ["rogue_rule", "intrusion"]' "$tmp/preview.json"
has "how they are found" '[.questions[] | select(.id == "who" or .id == "account") | .found_by] == ["SQL, command line", "host/var/log/secure, command line"]' "$tmp/preview.json"
has "cast and checks" '(.cast | map(select(.student)) | length) == 1 and (.checks | map(select(.veto)) | length) == 1' "$tmp/preview.json"
run preview cafe-breach --seed 7
check "how many each variable can be" grep -qE '^  password +[a-z]+ +one of 5$' "$out"
check "what is evidence" grep -qE '^  intrusion +host/var/log/secure, host/var/log/audit/audit.log, host/var/log/wtmp' "$out"

# the picture alone: a file that a browser shows
run preview cafe-breach --seed 7 --svg "$tmp/t.svg"
is 0 "$status" "preview --svg"
check "well-formed" /usr/bin/python3 -c 'import sys, xml.etree.ElementTree as t; r = t.parse(sys.argv[1]).getroot(); assert r.tag == "{http://www.w3.org/2000/svg}svg", r.tag' "$tmp/t.svg"
is "$(jq '.timeline | length' "$tmp/preview.json")" "$(grep -c '<circle class=' "$tmp/t.svg")" "dots of the picture"
says ' rogue_rule</text>' "$tmp/t.svg"
is "$(jq '[.timeline[] | select(.error)] | length' "$tmp/preview.json")" "$(grep -c '<circle class="refused"' "$tmp/t.svg")" "dots of what was refused"

run preview cafe-breach --seed 8 --json
check "another seed is another variant" sh -c "! cmp -s '$out' '$tmp/preview.json'"

# the page: whole, with a dot for each step, in the language asked for
run preview cafe-breach --seed 7 --lang pt --html "$tmp/page.html"
is 0 "$status" "preview --html"
says '<html lang="pt">' "$tmp/page.html"
says 'A invasão do site do Café' "$tmp/page.html"
is "$(jq '.timeline | length' "$tmp/preview.json")" "$(grep -c '<circle class=' "$tmp/page.html")" "dots"
is 0 "$(grep -c '<th>' "$tmp/page.html")" "headers say what they head"
lacks 'src=' "$tmp/page.html"
lacks 'http:' "$tmp/page.html"
lacks 'https' "$tmp/page.html"
says '<a href="host/var/log/secure">host/var/log/secure</a>' "$tmp/page.html"
check "the page is well-formed" /usr/bin/python3 - "$tmp/page.html" <<'P'
import sys, html.parser
class Balanced(html.parser.HTMLParser):
    open_tags = []
    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "br"):
            self.open_tags.append(tag)
    def handle_endtag(self, tag):
        assert self.open_tags.pop() == tag, tag
    def handle_startendtag(self, tag, attributes):
        pass
page = Balanced()
page.feed(open(sys.argv[1], encoding="utf-8").read())
assert not page.open_tags, page.open_tags
P

# steps that the file tells out of order come in the order of time
mkdir "$tmp/order" && cp "$top/docs/examples/old-key/brief.md" "$tmp/order"
sed 's/^questions:/  - as: rosa\n    at: +20m\n    do: iam:ListUsers\n    mark: early\n&/' "$top/docs/examples/old-key/scenario.yaml" >"$tmp/order/scenario.yaml"
run preview "$tmp/order" --json
is 0 "$status" "a step out of order"
has "in the order of time" '[.timeline[].time] | . == sort and length > 8' "$out"
has "a block's default" '.timeline | (map(.mark) | index("honest_first_look")) as $i | (.[$i + 1].time | fromdate) - (.[$i].time | fromdate) == 20' "$out"

# what a trail was told to leave out is not said to be in it
run preview silenced-trail --seed 3 --json
has "changes in the dark" '[.timeline[] | select(.mark == "narrowed" or .mark == "ghost_made" or .mark == "hole") | .evidence | index("s3")] == [0, null, null]' "$out"
has "reads meanwhile" '[.timeline[] | select(.mark == "ghost_key" or .op == "ec2:DescribeSecurityGroups") | .evidence | index("s3")] == [null, 0]' "$out"

run preview "$top/tests/data/invalid/cidr-bad"
is 2 "$status" "a scenario with mistakes"
says 'expected a network' "$err"
run preview cafe-breach --html "$tmp/none/page.html"
is 2 "$status" "a folder that is not there"
checked
