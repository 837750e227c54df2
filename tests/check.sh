# SPDX-License-Identifier: MIT
# For the shell tests below tests/: sourced first. A test is a script that makes checks; the last line is `checked`.
#
#   run ARGS...           runs cafelab; $status, and $out and $err, files with what it printed
#   says TEXT FILE        FILE holds TEXT (a fixed string)
#   lacks TEXT FILE       FILE does not hold it
#   same FILE FILE        both files are equal, byte for byte
#   is WANT GOT [WHAT]    two texts are equal
#   check WHAT COMMAND    COMMAND succeeds
#   until_true SECONDS COMMAND   waits for COMMAND to succeed; fails when it does not within that time
#   has WHAT ARGS FILE    jq with ARGS finds what it looks for in the JSON of FILE
#
#   valid SCHEMA FILE     the JSON of FILE (of a .jsonl: of each line) is what tests/data/formats/SCHEMA.json says
#
# $CAFELAB is the program, $top the checkout, $tmp a folder of the test's own that goes away, $SSHD the real sshd.
# The environment is the same everywhere: no locale, no time zone, nothing of the caller's AWS set-up.

set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
CAFELAB=${CAFELAB:-$top/build/cafelab}
tmp=$(mktemp -d)
trap 'chmod -R u+rwX "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
out=$tmp/out err=$tmp/err status=0
passed=0 failed=0
PATH="$top/build/tools/bin:$PATH:/usr/sbin:/sbin"
SSHD=$(command -v sshd || echo sshd) # it wants to be called by its whole path
export LC_ALL=C TZ=UTC NO_COLOR=1 HOME="$tmp" AWS_PAGER='' CAFELAB_DATA="$top" PAGER=cat
unset AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_ENDPOINT_URL AWS_REGION AWS_DEFAULT_REGION 2>/dev/null

pass() {
    passed=$((passed + 1))
}
fail() {
    failed=$((failed + 1))
    printf '%s: FAILED: %s\n' "${0#"$top"/}" "$*" >&2
}
run() {
    "$CAFELAB" "$@" >"$out" 2>"$err" </dev/null
    status=$?
}
says() {
    if grep -qF -- "$1" "$2"; then pass; else
        fail "expected '$1' in $(basename "$2"), which holds:"
        head -20 "$2" >&2
    fi
}
lacks() {
    if [ ! -r "$2" ]; then fail "there is no $2"
    elif grep -qF -- "$1" "$2"; then fail "did not expect '$1' in $(basename "$2")"; else pass; fi
}
same() {
    if cmp -s "$1" "$2"; then pass; else
        fail "$1 and $2 differ:"
        diff "$1" "$2" 2>&1 | head -20 >&2
    fi
}
is() {
    if [ "$1" = "$2" ]; then pass; else fail "${3:-value}: expected '$1', got '$2'"; fi
}
check() {
    what=$1
    shift
    if "$@"; then pass; else fail "$what"; fi
}
has() {
    what=$1
    shift
    if jq_said=$(jq -e "$@") && [ -n "$jq_said" ]; then pass; else fail "$what"; fi # jq 1.6 finds no fault with an empty file
}
valid() {
    check "$2 is good $1" python3 -c 'import json, jsonschema, sys
schema, name = json.load(open(sys.argv[1])), sys.argv[2]
texts = open(name).readlines() if name.endswith(".jsonl") else [open(name).read()]
for text in texts or [""]:
    jsonschema.validate(json.loads(text), schema)' "$top/tests/data/formats/$1.json" "$2"
}
until_true() {
    patience=$(($(date +%s) + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt $patience ] || return 1
        sleep 0.2
    done
}
checked() {
    printf '%s: %d passed, %d failed\n' "${0#"$top"/}" "$passed" "$failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}
