# SPDX-License-Identifier: MIT
# For shell tests that work in a live lab with real clients: sourced after check.sh.
#
#   serve LAB ARGS...     starts LAB (made if need be) and makes plain `aws` talk to it; $served is its pid, $port its port
#   leave [SIGNAL]        ends the server; $status is what it ended with
#   refused CODE TEXT ARGS...   `aws ARGS` fails with that code and sentence
#
# $AWS names the CLI; Debian's if it is not set, or else the one at hand. LC_ALL lets names like Café through.

[ -x /usr/bin/aws ] && AWS=${AWS:-/usr/bin/aws} || AWS=${AWS:-$(command -v aws)}
export LC_ALL=C.UTF-8
mkdir -p "$tmp/bin"
ln -sf "$AWS" "$tmp/bin/aws"
PATH=$tmp/bin:$PATH
served=
trap '[ -z "$served" ] || kill -9 "$served" 2>/dev/null; chmod -R u+rwX "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT

serve() {
    lab=$1
    shift
    rm -f "$tmp/started"
    if [ -e "$lab/.cafelab/lab.json" ]; then set -- "$lab" "$@"; else set -- cafe-breach -o "$lab" "$@"; fi
    "$CAFELAB" start "$@" --json >"$tmp/started" 2>"$tmp/served.err" &
    served=$!
    until_true 60 start_answered
    [ -s "$tmp/started" ] || { fail "start: $(cat "$tmp/served.err")"; checked; }
    port=$(jq .port "$tmp/started")
    eval "$("$CAFELAB" env "$lab")"
}
start_answered() {
    [ -s "$tmp/started" ] || ! kill -0 "$served" 2>/dev/null
}
leave() {
    kill "-${1:-TERM}" "$served"
    wait "$served"
    status=$?
    served=
}
refused() {
    code=$1 text=$2
    shift 2
    aws "$@" >"$tmp/reply" 2>"$tmp/refusal" && fail "aws $*: expected $code"
    says "($code)" "$tmp/refusal"
    says "$text" "$tmp/refusal"
}
