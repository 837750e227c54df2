#!/bin/sh
# SPDX-License-Identifier: MIT
# The man page: well-formed, complete, and its examples work.
. "$(dirname "$0")/../check.sh"
page=$top/docs/man/cafelab.1

mandoc -Tlint "$page" >"$tmp/lint" 2>/dev/null
is '' "$(grep -v 'outdated mandoc.db\|referenced manual not found' "$tmp/lint")" 'mandoc -Tlint'
mandoc -Tascii "$page" | col -b >"$tmp/text"
says 'a lab for cloud incident response' "$tmp/text"

# section COMMAND: the page's lines on a command
section() {
    awk -v want="$1" '/^\.S[hs] /{on = $1 == ".Ss" && $2 == want} on' "$page"
}
commands=$("$CAFELAB" help | sed -n 's/^  \([a-z-]*\)  *[A-Za-z].*/\1/p')
check 'there are commands' test -n "$commands"
for command in $commands; do
    check "the page has $command" test -n "$(section "$command")"
    # options as "--seed" or "-s --seed", in the table and on the page
    "$CAFELAB" help "$command" | sed -n 's/^  \(-.\), \(--[a-z-]*\).*/\1 \2/p; s/^  \(--[a-z-]*\).*/\1/p' |
        grep -v -e '--help$' | sort >"$tmp/table"
    section "$command" | sed -n 's/^\.It Fl \([a-z]\) .*Fl -\([a-z-]*\).*/-\1 --\2/p; s/^\.It Fl -\([a-z-]*\).*/--\1/p' |
        sort >"$tmp/page"
    same "$tmp/table" "$tmp/page"
done
is "$(echo "$commands" | sort)" "$(sed -n 's/^\.Ss \([a-z-]*\).*/\1/p' "$page" | sort)" 'commands on the page'

# the examples, as they stand
mkdir "$tmp/work" "$tmp/bin"
ln -s "$CAFELAB" "$tmp/bin/cafelab"
sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^\.Dl //p' "$page" >"$tmp/examples"
check 'there are examples' test -s "$tmp/examples"
while read -r line; do
    (cd "$tmp/work" && PATH="$tmp/bin:$PATH" && export PATH && eval "$line") >"$out" 2>"$err" </dev/null
    is 0 $? "$line"
done <"$tmp/examples"
checked
