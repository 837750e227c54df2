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
checked
