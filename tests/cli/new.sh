# SPDX-License-Identifier: MIT
# What `new` writes works: lint, schema, build, and verify.
. "$(dirname "$0")/../check.sh"
cd "$tmp" || exit 1
run new my-theft
is 0 "$status" "new"
says 'my-theft is ready: edit my-theft/scenario.yaml' "$out"
is 'brief.md cafelab.schema.json scenario.yaml' "$(ls my-theft | tr '\n' ' ' | sed 's/ $//')" "files"
is '# yaml-language-server: $schema=cafelab.schema.json' "$(head -1 my-theft/scenario.yaml)" "the line for editors"
says 'id: my-theft' my-theft/scenario.yaml
lacks 'id: old-key' my-theft/scenario.yaml
run schema
same "$out" my-theft/cafelab.schema.json
run lint my-theft
is '1 file, no mistakes' "$(cat "$out")" "lint"
run verify my-theft --seeds 1 --events 500
is 0 "$status" "verify"
run debrief my-theft --navigator layer.json
has "the layer says which ATT&CK it is of" '.versions.attack == "18" and (.techniques | length) > 0' layer.json

run new spaced -o 'a b'
says "edit a b/scenario.yaml, then cafelab lint 'a b' && cafelab verify 'a b'" "$out"
run new second --like cafe-breach -o "$tmp/elsewhere"
is 0 "$status" "another template, elsewhere"
is 'brief.es.md brief.md brief.pt.md' "$(cd elsewhere && ls brief* | tr '\n' ' ' | sed 's/ $//')" "translations"
run lint elsewhere
is 0 "$status" "lint"

run new my-theft
is 2 "$status" "it is there already"
says 'my-theft' "$err"
says 'id: my-theft' my-theft/scenario.yaml
run new 'My Theft'
is 2 "$status" "no id"
says 'beginning with a letter, got "My Theft"' "$err"
run new third --like nothing
is 2 "$status" "no template"
says 'expected old-key or cafe-breach, got "nothing"' "$err"
check "nothing is left behind" test ! -e third
checked
