# SPDX-License-Identifier: MIT
# A scenario that is broken on purpose is refused for exactly that reason.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../repeat.sh"

# refused: NAME, the properties that must be named (no others), the words, what stands on the line that is named, and what the
# command shows that is to repeat it. Every finding has a line of the scenario, a seed, a file of the lab and such a command.
refused() {
    name=$1 properties=$2 words=$3 line=$4 shows=$5
    run verify "$top/tests/data/unsound/$name" --seeds "${6:-1}" --json
    is 1 "$status" "$name"
    is "$properties" "$(jq -r '[.findings[] | select(.severity == "error") | .property] | unique | join(",")' "$out")" "$name"
    says "$words" "$out"
    has "$name: line, seed, file and command" '.findings | length > 0 and all(.line > 0 and .seed != "" and .file != null and (.command | test("^(for seed|cafelab) ")))' "$out"
    jq '[.findings[] | select(.severity == "error")][0]' "$out" >"$tmp/first"
    check "$name: the line of the fault" sh -c "sed -n '$(jq .line "$tmp/first")p' '$(jq -r .scenario "$tmp/first")' | grep -qF -- \"\$1\"" - "$line"
    repeat "$(jq -r .command "$tmp/first")"
    says "$shows" "$tmp/shown"
}
refused nothing-found solvable 'question \"when\": the declared way finds nothing; the answer is \"2025-11-0' \
    'sql: SELECT eventtime FROM logs WHERE eventname = '\''CreateAccessKeys'\''' '(0 rows'
refused another-found solvable 'question \"when\": the declared way finds \"2025-11-0' \
    'sql: SELECT eventtime FROM logs WHERE eventname = '\''AttachUserPolicy'\''' '(1 row,'
refused accepts-another unique ', which is of rosa, is right, too, by \"accept\"; the answer is \"198.51.100.' \
    'accept: ["{{ rosa.ip }}"]' 'PASS   10/10  where'
has "accepts-another: a moment too near" '[.findings[] | select(.severity == "warning" and .property == "unique")] | length == 1 and (.[0].message | test("of the step .first_look., is right, too, by .within."))' "$out"
refused no-such-column solvable "COLUMN_NOT_FOUND: line 1:8: Column 'eventtimes' cannot be resolved" \
    'sql: SELECT eventtimes FROM logs' 'Column '\''eventtimes'\'' cannot be resolved'
refused rule-of-one-variant solvable 'question \"alarm\": its own answer is judged as fail: ' \
    '- id: alarm' 'On a variant that is held back, with other names, addresses and times: 0 of 1 found'
refused rule-finds-more solvable 'question \"alarm\": its own answer is judged as partial: ' \
    '- id: alarm' '1 false hit.'
refused query-finds-nothing solvable 'question \"count\": the query of its answer returns nothing' \
    '- id: count' '(0 rows'
refused file-finds-nothing solvable 'question \"when\": the declared way finds nothing; the answer is \"2025-11-0' \
    'match: ' 'try is ready'
refused rule-without-record solvable 'question \"alarm\": what \"bucket_made\" did has no record in the logs' \
    '- id: alarm' 'missed: no record has this eventID'
refused set-too-large unique 'question \"made\": the declared way finds 2 values, the answer has 1: \"trainee\"' \
    'sql: SELECT json_extract_scalar(' '(2 rows'
refused two-found unique 'values, of which one is meant' \
    'sql: SELECT eventtime FROM logs WHERE eventname IN ('\''CreateUser'\'', '\''CreateAccessKey'\'')' '(4 rows'
refused empty-hint hints 'question \"who\": the query of hint 2 returns nothing' \
    '- text: "Look for eventname = '\''AttachUserPolicy'\''."' '(0 rows'
refused command-finds-nothing solvable 'question \"where\": the declared way finds nothing; the answer is \"198.51.100.' \
    'command: zcat ' 'try is ready'
refused command-finds-another unique 'values, of which one is meant: \"' \
    'command: zcat ' '203.0.113.'
refused command-fails solvable "question 'where': 'cat' fails (status 1): cat: s3/no-such-file: No such file or directory" \
    'command: cat s3/no-such-file | sort' 'cat: s3/no-such-file: No such file or directory'
refused command-reads-key solvable "question 'where': 'grep' fails (status 2): grep: .cafelab/journal.jsonl: Permission denied" \
    'command: grep ' '.cafelab/journal.jsonl: Permission denied'
refused command-endless solvable "question 'where': the command prints more than 4 MiB" \
    'command: jq -n '\''range(1e18)'\''' 'the command prints more than 4 MiB'
refused empty-hint-command hints 'question \"who\": the command of hint 2 returns nothing' \
    '- text: "Look for eventname = '\''AttachUserPolicy'\''."' 'try is ready'
refused hint-shows-other hints 'question \"who\": the command of hint 2 does not show \"AttachUserPolicy\", which it says it finds' \
    '- text: "Look for eventname = '\''AttachUserPolicy'\''."' '"eventName":"'
refused hint-query-other hints 'question \"who\": the query of hint 2 does not show \"ilse\", which it says it finds' \
    '- text: "Look for eventname = '\''AttachUserPolicy'\''."' ' row'
refused right-wrong 'wrong answers' 'question \"who\": the known wrong answer \"ilse\" is right' \
    'ilse: Rosa made a trainee' 'PASS   10/10  who'
refused told-otherwise 'wrong answers' 'whoever answers \"\"rosa\\n\"\" is told \"You made a trainee.\", not what `wrong` says' \
    '"rosa\n"'\'': Rosa made a trainee' 'You made a trainee.'
refused free-points mutation,solution,untouched '\"key-off\" holds before anything was done: it must be a penalty or a veto' \
    '- id: key-off' 'PASS   15/15  key-off'
refused costly-start solution,untouched '\"nobody-else-hurt\" costs points before anything was done' \
    '- id: nobody-else-hurt' 'FAIL     -10  nobody-else-hurt'
refused check-undecided solution,untouched '\"note-signed\" cannot be decided on an untouched lab: it takes too long to match' \
    '- id: note-signed' '????          note-signed'
refused half-solution solution 'the reference solution leaves \"key-off\" as fail' \
    '- id: key-off' 'FAIL    0/15  key-off'
refused refused-solution solution 'the solution cannot be played: iam:DeleteUser: NoSuchEntity: The user with name nobody-there cannot be found.' \
    '- as: rosa' 'The user with name nobody-there cannot be found.'
refused hurting-solution solution 'the reference solution leaves \"nobody-else-hurt\" as fail' \
    '- id: nobody-else-hurt' 'FAIL     -10  nobody-else-hurt'
refused idle-step mutation 'step 3 (iam:ListUsers) says it earns \"account-gone\", which holds without it' \
    '- as: rosa' 'PASS   15/15  account-gone'
refused silent-step mutation 'leaving out step 1 (iam:DetachUserPolicy) also costs \"account-gone\", which it does not say it earns' \
    '- as: rosa' 'FAIL    0/15  account-gone'
mkdir "$tmp/run" && cp "$top"/scenarios/cafe-breach/* "$tmp/run"
sed -i 's/earns: \[session-ended, user-gone\]/earns: [session-ended, user-gone, hole-closed]/' "$tmp/run/scenario.yaml"
run verify "$tmp/run" --seeds 1 --events 100 --json
is 1 "$status" 'a step that is a command line'
says 'step 0 (run) says it earns \"hole-closed\", which holds without it' "$out"
refused told-by-brief leak 'the answer of \"where\" stands in README.md: \"198.51.100.' \
    '- id: where' 'The calls came from 198.51.100.'
refused password-in-brief leak 'the password of \"nuno\" stands in README.md' \
    'nuno:' 'Nuno lends you his password: '
refused hint-in-brief leak "a hint of \\\"who\\\" stands in README.md: \\\"Look for eventname = 'AttachUserPolicy'.\\\"" \
    '- text: "Look for eventname = '\''AttachUserPolicy'\''."' 'Look for eventname = '\''AttachUserPolicy'\''.'
refused why-in-brief leak "what is told of a step of \\\"new_account\\\" stands in README.md: \\\"A user of the thief's own" \
    '- as: intern' 'A user of the thief'\''s own'
refused costly-alternative mutation 'the repair \"key-deleted\" is said to be right, yet \"key-off\" does not hold after it' \
    '- id: key-deleted' 'FAIL    0/15  key-off'
refused harmless-excess mutation 'the repair \"trainee-deleted\" says it costs \"nobody-else-hurt\", which holds after it' \
    '- id: trainee-deleted' 'PASS          nobody-else-hurt'
refused dear-excess mutation 'the repair \"trainee-deleted\" also costs \"trail-kept\", which it does not say' \
    '- id: trainee-deleted' 'FAIL          trail-kept'
refused refused-repair mutation 'the repair \"trainee-deleted\" cannot be played: ' \
    '- as: rosa' 'The user with name trainees cannot be found.'
refused file-from-the-future causality "host/etc/shop.conf was changed after the lab's end" \
    '- as: intern' './etc/shop.conf type=file'
refused log-goes-back causality 'host/var/log/secure:3 goes back in time by ' '- as: intern' 'Server listening on 0.0.0.0'
refused private-source realism 'a request from the internet comes from a private or reserved address: \"10.20.30.40\"' \
    '- as: intern' '10.20.30.40'
refused console-key realism 'the console signs with a long-lived key: \"' \
    '- as: intern' '(1 row'
refused one-for-all variants 'seeds 1 and 2 have the same answers' \
    'vary:' '["198.51.100.7"]' 2

# the commands are to be copied: folders and seeds that a shell would take apart are quoted
mkdir "$tmp/b s"
for name in two-found one-for-all; do
    rm -rf "$tmp/b s/it's" && cp -R "$top/tests/data/unsound/$name" "$tmp/b s/it's"
    run verify "$tmp/b s/it's" --seeds 2 --json
    jq -r '[.findings[] | select(.severity == "error")][0].command' "$out" >"$tmp/command"
    repeat "$(cat "$tmp/command")"
    is 0 $? "a folder with a blank: $(cat "$tmp/command" "$tmp/shown")"
done
run verify "$tmp/b s/it's" --seed 'a b' --json
says " --seed 'a b'" "$out"
is '' "$(ls "$TMPDIR")" "what is left behind"
checked
