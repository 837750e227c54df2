#!/bin/sh
# SPDX-License-Identifier: MIT
# The commands' table is what help, usage errors and completion say.
. "$(dirname "$0")/../check.sh"

run help
is 0 $status 'help'
says 'usage: cafelab COMMAND' "$out"
says '  list           the scenarios on hand' "$out"
run
is 2 $status 'no command'
says 'usage: cafelab COMMAND' "$out"

run --version
is "cafelab $(cat "$top/VERSION")" "$(cat "$out")" '--version'
run version --json
is "$(cat "$top/VERSION")" "$(jq -r .version "$out")" 'version --json'

# every command has help of its own, by all three ways
for command in $("$CAFELAB" help | sed -n 's/^  \([a-z-]*\)  *[A-Za-z].*/\1/p'); do
    run help "$command"
    is 0 $status "help $command"
    says "usage: cafelab $command" "$out"
    cp "$out" "$tmp/one"
    run "$command" --help
    is 0 $status "$command --help"
    same "$tmp/one" "$out"
    run "$command" -h
    same "$tmp/one" "$out"
done

run help shell
says 'usage: cafelab shell DIR [OPTIONS] [-- CMD ...]' "$out"

# mistakes: one line that says what was meant, nothing on standard output, exit 2
while IFS='|' read -r arguments words; do
    # shellcheck disable=SC2086
    run $arguments
    is 2 $status "cafelab $arguments"
    says "$words" "$err"
    is '' "$(cat "$out")" "output of cafelab $arguments"
done <<'END'
lsit|cafelab: unknown command "lsit" (did you mean "list"?)
frobnicate|cafelab: unknown command "frobnicate": see cafelab help
help nothing|cafelab help: unknown command "nothing"
help list lint|cafelab help: unexpected argument "lint"
list --jsno|cafelab list: unknown option "--jsno" (did you mean "--json"?)
list --wild=3|cafelab list: unknown option "--wild"
list -x|cafelab list: unknown option "-x"
list --json=yes|cafelab list: --json: takes no value, got "yes"
list --json --json|cafelab list: --json: given twice
list --lang|cafelab list: --lang: expected L after it
list --lang de|cafelab list: --lang: expected en, pt or es, got "de"
list extra|cafelab list: unexpected argument "extra"
lint|cafelab lint: expected FILE...
help --completion tcsh|cafelab help: --completion: expected bash, got "tcsh"
END

# "--" ends the options
run lint -- --json
is 2 $status 'lint -- --json'
says "no scenario '--json'" "$err"

# a control character that was typed does not reach the terminal
run "$(printf 'a\033[31m')"
lacks "$(printf '\033')" "$err"

# completion: bash takes the script, and it completes commands, options and scenarios
run help --completion bash
cp "$out" "$tmp/completion"
PATH="$(dirname "$CAFELAB"):$PATH" bash -c '
    . "$1"
    COMP_WORDS=(cafelab li) COMP_CWORD=1; _cafelab; echo "${COMPREPLY[*]}"
    COMP_WORDS=(cafelab list --j) COMP_CWORD=2; _cafelab; echo "${COMPREPLY[*]}"
    COMP_WORDS=(cafelab export mo) COMP_CWORD=2; _cafelab; echo "${COMPREPLY[*]}"
    COMP_WORDS=(cafelab build false) COMP_CWORD=2; _cafelab; echo "${COMPREPLY[*]}"' - "$tmp/completion" >"$tmp/completed" 2>"$err"
is 'list lint
--json
moodle-xml
false-alarm' "$(cat "$tmp/completed")" 'completion'

# what could not be printed is a failure
"$CAFELAB" help >/dev/full 2>"$err"
is 2 $? 'help to a full disk'
says 'write standard output' "$err"
checked
