#!/bin/sh
# SPDX-License-Identifier: MIT
# What scenarios use from a library: found, joined, covered by the content hash, followed by every command.
. "$(dirname "$0")/../check.sh"
TMPDIR=$tmp/work
export TMPDIR
mkdir "$TMPDIR"

# every file of the library is one
run lint "$top"/scenarios/library/*/*.yaml
is 0 "$status" "lint the library"
run build "$top/scenarios/library/cafe/places.yaml" -o "$tmp/none"
is 2 "$status" "a library file is no scenario"
says 'places.yaml: error: this is a library file: scenarios use it' "$err"

# own NAME: old-key, with its places and people in a library of its own
own() {
    mkdir -p "$tmp/$1/library/shop"
    cp "$top/docs/examples/old-key/brief.md" "$tmp/$1"
    awk '/^cast:/ {on = 0} /^places:/ {on = 1; print "library: 1"} on' "$top/docs/examples/old-key/scenario.yaml" >"$tmp/$1/library/shop/places.yaml"
    sed -i '/far_away/,$d' "$tmp/$1/library/shop/places.yaml"
    {
        printf 'library: 1\nuse: ./places\n'
        awk '/^cast:/ {on = 1} /^  intern:/ {exit} on' "$top/docs/examples/old-key/scenario.yaml"
    } >"$tmp/$1/library/shop/people.yaml"
    awk '/^  rosa:/ {skip = 1} /^  intern:/ {skip = 0} /^  office:/ {skip = 1} /^  far_away:/ {skip = 0} !skip' \
        "$top/docs/examples/old-key/scenario.yaml" | sed 's/^region: .*/&\nuse: [shop\/people, shop\/places]/' >"$tmp/$1/scenario.yaml"
}
own first
run lint "$tmp/first"
is '1 file, no mistakes' "$(cat "$out")" "lint"
is 1 "$(grep -c 'office:' "$tmp/first/library/shop/places.yaml")" "the place is in the library"
is 0 "$(grep -c 'office:' "$tmp/first/scenario.yaml")" "and nowhere else"
run preview "$tmp/first" --json
has "preview" '.timeline | length > 5' "$out"
run verify "$tmp/first" --seeds 2 --json
is 0 "$status" "verify"

# the same story: but for the hash, and what is drawn from it
run build "$tmp/first" -o "$tmp/lab1" --events 100
is 0 "$status" "build"
run build "$top/docs/examples/old-key" -o "$tmp/lab0" --events 100
users() { jq -r '.Users[].UserName' "$1/account/iam/list-users.json" | sort; }
check "people" test "$(users "$tmp/lab1" | wc -l)" -ge 4
is "$(users "$tmp/lab0" | grep -v '^\(support\|helpdesk\|backup-admin\|monitoring\)$')" "$(users "$tmp/lab1" | grep -v '^\(support\|helpdesk\|backup-admin\|monitoring\)$')" "the same people"
hash_of() { jq -r .hash "$1/.cafelab/lab.json"; }
check "another hash" test "$(hash_of "$tmp/lab0")" != "$(hash_of "$tmp/lab1")"
own second
run build "$tmp/second" -o "$tmp/lab2" --events 100
is "$(hash_of "$tmp/lab1")" "$(hash_of "$tmp/lab2")" "the same files elsewhere, the same hash"
same "$tmp/lab1/account/event-history.json" "$tmp/lab2/account/event-history.json"
printf '# a remark\n' >>"$tmp/second/library/shop/places.yaml"
run build "$tmp/second" -o "$tmp/lab3" --events 100
check "a library file that changed, another hash" test "$(hash_of "$tmp/lab1")" != "$(hash_of "$tmp/lab3")"
run grade "$tmp/lab2"
is 2 "$status" "a lab whose library changed is not graded with the new one"
says "no scenario 'old-key'" "$err"

# what the scenario says itself wins; two files that say it are a mistake
sed -i 's/^  intern:/  nuno:\n    user: nuno\n    place: office\n    client: boto3\n    access_key: true\n    policies: [PowerUserAccess]\n  intern:/' "$tmp/second/scenario.yaml"
run preview "$tmp/second"
check "the scenario's own nuno" grep -qE '^  nuno +nuno +203\.0\.113\.[0-9]+ +boto3' "$out"
run preview "$tmp/first"
check "the library's nuno" grep -qE '^  nuno +Nuno Prata +nuno +203\.0\.113\.[0-9]+ +aws-cli' "$out"

# mistakes and faults are where they stand
sed -i 's/habit: cli-office-hours/habit: cli-ofice-hours/' "$tmp/second/library/shop/people.yaml"
run lint "$tmp/second"
is 1 "$status" "a mistake in the library"
says "$tmp/second/library/shop/people.yaml:10:12: error: unknown habit \"cli-ofice-hours\" (did you mean \"cli-office-hours\"?)" "$out"
says '   10 |     habit: cli-ofice-hours' "$out"
run verify "$tmp/second" --seeds 1
is 2 "$status" "verify: mistakes"
says 'library/shop/people.yaml:10:12: error: unknown habit' "$err"
own third
sed -i 's/^    client: aws-cli$/&\n    console_password: true/' "$tmp/third/library/shop/people.yaml"
printf '\n{{ nuno.password }}\n' >>"$tmp/third/brief.md"
run verify "$tmp/third" --seeds 1 --json
is "$tmp/third/library/shop/people.yaml" "$(jq -r '.findings[] | select(.property == "leak") | .scenario' "$out")" "a fault in the library"
ln -s /etc/passwd "$tmp/third/library/shop/secrets.yaml"
sed -i 's,^use: .*,use: [shop/people\, shop/places\, shop/secrets],' "$tmp/third/scenario.yaml"
run lint "$tmp/third"
is 1 "$status" "a link out of the library"
says "secrets.yaml' is a link that leads out of its folder" "$out"
lacks root: "$out"

# a class keeps what it was made with; `new` copies what lies beside
printf 'id,name\ns1,One\n' >"$tmp/roster.csv"
cd "$tmp" || exit 2
run class init ir101 --scenario "$tmp/first" --roster "$tmp/roster.csv"
is 0 "$status" "class init: $(cat "$err")"
same "$tmp/first/library/shop/people.yaml" ir101/scenario/library/shop/people.yaml
same "$tmp/first/library/shop/places.yaml" ir101/scenario/library/shop/places.yaml
run build ir101/scenario -o "$tmp/lab4" --events 100
is "$(hash_of "$tmp/lab1")" "$(hash_of "$tmp/lab4")" "the class's scenario is the same"
run class init ir102 --scenario cafe-breach --roster "$tmp/roster.csv"
is 0 "$status" "class init cafe-breach"
for name in people places responder server everyday; do
    same "$top/scenarios/library/cafe/$name.yaml" ir102/scenario/library/cafe/$name.yaml
done
run new mine --like cafe-breach
is 0 "$status" "new"
run lint mine
is 0 "$status" "lint what new made"

# editors
run schema --library
has "the schema of a library file" '.required == ["library"] and (.properties | has("cast") and has("use") and has("library")) and (.properties | has("region") | not)' "$out"
run schema
has "use in the schema" '.properties | has("use") and (has("library") | not)' "$out"
checked
