#!/bin/sh
# SPDX-License-Identifier: MIT
# The README's commands print what the README says: every `$` line of its sections on static labs, in their order, in one folder.
# `...` stands for lines that are left out, or for the rest of a line; the time that a query took is not compared.
. "$(dirname "$0")/../check.sh"
mkdir "$tmp/bin" "$tmp/work"
ln -s "$CAFELAB" "$tmp/bin/cafelab"
PATH="$tmp/bin:$PATH"
cd "$tmp/work" || exit 2
python3 - "$top/README.md" <<'PY' >"$tmp/verdicts"
import re, subprocess, sys
text = open(sys.argv[1], encoding="utf-8").read().split("\n## Live")[0]
steps, command = [], None
for line in text.splitlines():
    if not line.startswith("    "):
        command = None
        continue
    line = line[4:]
    if command is None and line.startswith("$ "):
        steps.append([line[2:], []])
    elif command is not None and line.startswith("$ "):
        steps.append([line[2:], []])
    elif command is not None and steps[-1][0].count('"') % 2:
        steps[-1][0] += "\n" + line
        continue
    elif command is not None:
        steps[-1][1].append(line)
        continue
    else:
        continue
    command = steps[-1]
plain = lambda line: " ".join(re.sub(r", [\d.]+ s\)", ", 0 s)", line).split())
pattern = lambda line: re.escape(plain(line)).replace(r"\.\.\.", ".*")
for command, expected in steps:
    said = subprocess.run(re.sub("^ls ", "ls -C ", command), shell=True, capture_output=True, text=True)
    got = [plain(line) for line in (said.stdout + said.stderr).splitlines()]
    at, gap, wrong = 0, False, None
    for line in expected:
        if line.strip() == "...":
            gap = True
            continue
        while gap and at < len(got) and not re.fullmatch(pattern(line), got[at]):
            at += 1
        if at == len(got) or not re.fullmatch(pattern(line), got[at]):
            wrong = f"expected {line!r}, got {got[at] if at < len(got) else 'the end'!r}"
            break
        at, gap = at + 1, False
    if not wrong and expected and not gap and at < len(got):
        wrong = f"says more: {got[at]!r}"
    print(("no " if wrong else "yes ") + command.splitlines()[0] + (": " + wrong if wrong else ""))
PY
while read -r verdict what; do
    if [ "$verdict" = yes ]; then pass; else fail "README: \$ $what"; fi
done <"$tmp/verdicts"
is 15 $((passed + failed)) 'commands of the README'
checked
