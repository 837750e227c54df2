#!/bin/sh
# SPDX-License-Identifier: MIT
# A story in which somebody edits, empties and removes the server's logs: what was done to them stays, what came later follows.
. "$(dirname "$0")/../check.sh"
cp -r "$top/scenarios/cafe-breach" "$tmp/wiped"
python3 - "$tmp/wiped/scenario.yaml" <<'PY'
import sys
text = open(sys.argv[1], encoding="utf-8").read()
step = """  - as: chaos
    wait: 20s
    on: cafe
    session: intrusion
    run:
      - sudo grep -q 'Accepted password for chaos-user' /var/log/secure
      - sudo sed -i '/useradd/d' /var/log/secure
      - sudo sh -c 'echo nothing happened >> /var/log/messages'
      - cd /var/log
      - "sudo sh -c '> audit/audit.log'"
      - sudo rm wtmp
    mark: wiping
"""
before = text.index("  - as: chaos\n    wait: \"{{ first_steps }}\"")
text = text[:before] + step + text[before:]
open(sys.argv[1], "w", encoding="utf-8").write(text)
PY
run lint "$tmp/wiped"
is 0 "$status" 'the story plays: what was logged is there to be found'
run build "$tmp/wiped" -o "$tmp/lab" --events 300
is 0 "$status" 'builds'
log="$tmp/lab/host/var/log"
is 0 "$(grep -c 'useradd\[' "$log/secure")" 'lines that were cut out are gone'
is 1 "$(grep -c 'sshd.*: Accepted password for chaos-user' "$log/secure")" 'the other lines are there'
is 1 "$(grep -c 'COMMAND=/bin/sed -i /useradd/d /var/log/secure' "$log/secure")" 'and so is what cut them out'
is 1 "$(grep -c '^nothing happened$' "$log/messages")" 'a line that was added stays'
tail -n 1 "$log/messages" | grep -q '^nothing happened$' && fail 'nothing was logged afterwards' || pass
first=$(sed -n '1s/.*audit(\([0-9]*\)\.[0-9]*:\([0-9]*\)).*/\1 \2/p' "$log/audit/audit.log")
wiped=$(grep 'audit/audit.log' "$tmp/lab/.cafelab/journal.jsonl" | sed -n '1s/.*"time":\([0-9]*\)[0-9]\{3\},.*/\1/p')
[ "${first% *}" -ge "$wiped" ] && pass || fail "a log that was emptied begins when it was: $first, $wiped"
[ "${first#* }" -gt 100 ] && pass || fail "audit counts on: $first"
[ "$(wc -c <"$log/wtmp")" -lt 2000 ] && pass || fail 'a log that was removed begins anew'
run grade "$tmp/lab" --json
is 0 "$status" 'graded'
has 'what the intruder did to the logs is not the student'\''s doing' \
    '[.findings[] | select(.id == "trail-kept" or .id == "nobody-else-hurt").outcome] == ["pass", "pass"]' "$out"

# a stranger's visit takes seconds: what a colleague does meanwhile, and what is logged of it, stands between its lines
for seed in $(seq 9 16); do
    run build cafe-breach -o "$tmp/order" --seed "$seed" --events 100
    is 0 "$status" "builds, seed $seed"
    is '' "$(awk -F'[(:)]' '{ if ($2 + 0 < last + 0) print; last = $2 }' "$tmp/order/host/var/log/audit/audit.log" | head -1)" \
        "seed $seed: audit.log in the order of time"
    is '' "$(awk '{ if ($1 $2 == day && $3 < last) print; day = $1 $2; last = $3 }' "$tmp/order/host/var/log/secure" | head -1)" \
        "seed $seed: secure in the order of time"
    rm -rf "$tmp/order"
done
checked
