#!/bin/sh
# SPDX-License-Identifier: MIT
# cafelab class init: the folder, its secret, and what is refused.
. "$(dirname "$0")/../check.sh"
cd "$tmp" || exit 1

printf 'id,name,email\n4711,"Roe, Jane",jane@example.org\n4712,Núñez Zoë,\n' >roster.csv
run class init ir101 --scenario cafe-breach --roster roster.csv
is 0 $status 'class init'
says 'ir101 is ready: 2 students (plain roster), scenario cafe-breach' "$out"
says 'Back it up now' "$out"
says 'cannot promise' "$out"
is 600 "$(stat -c %a ir101/secret)" 'mode of the secret'
is 700 "$(stat -c %a ir101)" 'mode of the folder'
is 1 "$(grep -c '^[0-9a-f]\{64\}$' ir101/secret)" 'the secret'
same roster.csv ir101/roster.csv
same "$top/scenarios/cafe-breach/scenario.yaml" ir101/scenario/scenario.yaml
is cafe-breach "$(jq -r .scenario ir101/class.json)" 'class.json'

# the secret is drawn anew each time, or taken from a backup
run class init other --scenario cafe-breach --roster roster.csv --json
is 2 "$(jq .students "$out")" '--json'
check 'two secrets' test "$(cat ir101/secret)" != "$(cat other/secret)"
run class init again --scenario cafe-breach --roster roster.csv --secret ir101/secret --events 300 --lang pt
same ir101/secret again/secret
is '300 pt' "$(jq -r '"\(.events) \(.language)"' again/class.json)" 'events and language'

# what is refused leaves nothing behind
run class init ir101 --scenario cafe-breach --roster roster.csv
is 2 $status 'a folder that is there'
printf 'id,name\n1,Jane\n1,Joe\n' >double.csv
run class init new --scenario cafe-breach --roster double.csv
is 2 $status 'a double id'
says 'double.csv:3:1: error: the id "1" stands in line 2, too' "$err"
check 'nothing was made' test ! -e new
printf 'id,name,email\n1,Jane,jane@example.org\n2,Joe,jane@example.org\n' >alike.csv
run class init alike --scenario cafe-breach --roster alike.csv --events 10
is 0 $status 'two of one address are no mistake'
says 'alike/roster.csv:3:7: warning: the email "jane@example.org" stands in line 2, too: what is named so is nobody'"'s" "$err"
run class build alike
says 'alike/roster.csv:3:7: warning: ' "$err"
echo no lab >jane@example.org.txt
run class grade alike jane@example.org.txt
says 'alike/roster.csv:3:7: warning: ' "$err"
says '1 of nobody in the class' "$out"
printf 'student,submitted\njane@example.org,2026-03-01T10:00:00Z\n' >times.csv
run class grade alike jane@example.org.txt --times times.csv
is 2 $status 'a time of two'
says 'times.csv:2:1: error: "jane@example.org" may mean several students: expected an id' "$err"
run class init new --scenario nowhere --roster roster.csv
is 2 $status 'no scenario'
echo short >short
run class init new --scenario cafe-breach --roster roster.csv --secret short
says 'expected 64 digits' "$err"
run class init new --scenario cafe-breach
says 'expected --scenario S and --roster FILE' "$err"
check 'no leftovers' test -z "$(find . -maxdepth 1 -name '*new*')"

# the commands of a class
run class
is 2 $status 'class alone'
run class inti
says 'class: unknown command "inti" (did you mean "init"?)' "$err"
run help class init
says 'usage: cafelab class init NAME' "$out"
run class init --help
says 'usage: cafelab class init NAME' "$out"
checked
