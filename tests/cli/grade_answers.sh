# SPDX-License-Identifier: MIT
# Known wrong answers are diagnosed in words, right ones accepted in every spelling, guesses of everything refused.
. "$(dirname "$0")/../check.sh"

run build cafe-breach -o "$tmp/lab" --seed answers --events 300
cp -R "$tmp/lab" "$tmp/solved"
run solve "$tmp/solved"
run grade "$tmp/lab" --json
cp "$out" "$tmp/key"
right() { jq -r --arg id "$1" '.findings[] | select(.id == $id) | .expected | sub(" \\(within.*"; "")' "$tmp/key"; }

# given ID ANSWER OUTCOME [WORDS]
given() {
    printf '%s: %s\n' "$1" "$2" >"$tmp/lab/answers.yaml"
    run grade "$tmp/lab" --json
    is "$3" "$(jq -r --arg id "$1" '.findings[] | select(.id == $id) | .outcome' "$out")" "$1: $2"
    [ -z "${4:-}" ] || has "$1: $2 is told '$4', got $(jq -r --arg id "$1" '.findings[] | select(.id == $id) | .feedback' "$out")" \
        --arg id "$1" --arg says "$4" '.findings[] | select(.id == $id) | .feedback | contains($says)' "$out"
}

given who chaos pass
given who Chaos pass
given who sofia fail "That is your own rule"
given who faythe fail "only changed a description"
given who ines fail "let the office into the staging box"
given who '"chaos or faythe"' fail "Several answers"
given who '[chaos, faythe]' fail "One answer is asked for"
when=$(right when)
plain=$(echo "$when" | tr T ' ' | tr -d Z)
given when "$when" pass
given when "$plain" pass
given when "$plain UTC" pass
given when "$(date -u -d "$when" +%s)" pass
given when "\"$(date -u -R -d "$when")\"" pass
given when "$(TZ=UTC+7 date -d "$when" +%Y-%m-%dT%H:%M:%S-07:00)" pass
given when "$(TZ=UTC+7 date -d "$when" +%Y-%m-%dT%H:%M:%S)" fail "local time"
given when "$(TZ=UTC-3 date -d "$when" +%Y-%m-%dT%H:%M:%S)" fail "off by exactly +3:00"
given when "$(date -u -d "$when + 1 minute" +%Y-%m-%dT%H:%M:%SZ)" fail
given where "$(right where)" pass
given where "$(right where):443" fail "without a port"
given method programmatic pass
given method Programatic pass
given method console fail
given method '"console, programmatic"' fail "Several answers"
given range 0.0.0.0/0 pass
given range 0.0.0.0/0.0.0.0 pass
given range 203.0.113.0/28 fail "the office"
given event "$(right event | tr a-f A-F)" pass
given event 1234 fail "expected an event id"
given account chaos-user pass
given account chaos fail "users of its own"
given account ec2-user fail "came with"
given setting passwordauthentication pass
given setting '"PasswordAuthentication yes"' pass
given files '[Coffee-and-Pastries.backup, Coffee-and-Pastries.jpg]' pass
given files '"/var/www/html/cafe/images/Coffee-and-Pastries.jpg, Coffee-and-Pastries.backup"' pass
given files Coffee-and-Pastries.backup partial
given files '[Coffee-and-Pastries.jpg, Coffee-and-Pastries.backup, a]' partial "1 too many"
is 2.5 "$(jq '.findings[] | select(.id == "files") | .points' "$out")" 'one too many takes one hit away'
given files '[Coffee-and-Pastries.jpg, Coffee-and-Pastries.backup, a, b, c, d]' fail "a list of everything"
given commands "$(right commands)" pass
given commands "\"$(right commands) records\"" fail 'without "records"'
given commands "$(($(right commands) + 1))" fail "off by one"

# hints: the price first, charged only when the question is solved, never more than offered
run hint "$tmp/lab" who
says 'hint 1 of 6 for "who" costs 0 points; solved, the question is then worth 10' "$out"
says "Which fields name a person?" "$out"
run hint "$tmp/lab" who
says "costs 1 point" "$out"
says "not taken: say --yes" "$out"
lacks "eventsource" "$out"
run hint "$tmp/lab" who --json
has 'an offer for machines' '.taken == false and .cost == 1 and .hint == 2 and .of == 6 and .worth == 9 and (has("text") | not)' "$out"
run hint "$tmp/lab" who --yes --json
has 'and what was taken' '.taken and .question == "who" and (.text | contains("eventsource"))' "$out"
rm "$tmp/lab/.cafelab/hints.jsonl"
run hint "$tmp/lab" who
run hint "$tmp/lab" who --yes
says "eventsource = 'ec2.amazonaws.com'" "$out"
given who sofia fail
is 0 "$(jq '.findings[] | select(.id == "who") | .points' "$out")" "hints cost nothing unsolved"
given who chaos pass
is 9 "$(jq '.findings[] | select(.id == "who") | .points' "$out")" "a hint of 1"
is 2 "$(jq '.findings[] | select(.id == "who") | .hints' "$out")" "hints taken"
for n in 3 4 5 6; do run hint "$tmp/lab" who --yes; done
is 0 "$status" "the last hint"
says "query: SELECT" "$out"
run hint "$tmp/lab" who --yes
is 2 "$status" "beyond the last hint"
says "no further hint: all 6 were taken" "$err"
given who chaos pass
is 2 "$(jq '.findings[] | select(.id == "who") | .points' "$out")" "all hints"
for n in 1 2; do run hint "$tmp/lab" files --yes; done
given files Coffee-and-Pastries.backup partial
is 1.5 "$(jq '.findings[] | select(.id == "files") | .points' "$out")" "half right, less a hint of 1"
run hint "$tmp/lab" whoo
is 2 "$status" "no such question"
says "no question 'whoo' (did you mean 'who'?)" "$err"
run hint "$tmp/lab" method
says "has no hints" "$err"
run hint "$tmp/lab" who --lang fr
says "expected en, pt or es" "$err"

# a lab speaks its own language unless another is asked for, to whoever it is shown
run build cafe-breach -o "$tmp/es" --seed answers --events 300 --lang es
for shown in 'grade' 'check' 'grade --format html'; do
    # shellcheck disable=SC2086
    run $shown "$tmp/es"
    says '¿Qué identidad abrió el servidor web a todo internet?' "$out"
    # shellcheck disable=SC2086
    run $shown "$tmp/es" --lang en
    says 'Which identity opened the web server to the whole internet?' "$out"
done
run hint "$tmp/es" who --yes
says 'Mira primero' "$out"
run grade "$tmp/es" --format html
says '<html lang="es">' "$out"
sed -i 's/"language": "es"/"language": "\\"><b>"/' "$tmp/es/.cafelab/lab.json"
run grade "$tmp/es" --format html
says '<html lang="en">' "$out"

# self-check never says whether an answer is right
printf 'who: nonsense\nwhen: soon\nwhere:\n' >"$tmp/lab/answers.yaml"
run check "$tmp/lab"
is 1 "$status" "check"
says "answered    who" "$out"
says "unreadable  when" "$out"
says "expected a time such as" "$out"
says "empty       where" "$out"
says "not yet     user-gone" "$out"
says "holds       site-up" "$out"
lacks "$(right where)" "$out"
run check "$tmp/lab" --json
is answered "$(jq -r '.items[0].state' "$out")" "check --json"
checked
