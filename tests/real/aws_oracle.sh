#!/bin/sh
# SPDX-License-Identifier: MIT
# Every operation that the lab lists, asked over HTTP for a good answer and for an error: the raw replies against the public
# API models, which the CLI carries. And the table of shapes against the same models. $PYTHON names another python3.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"
python=${PYTHON:-/usr/bin/python3}

"$python" "$top/build-aux/wire-shapes" --check >"$tmp/shapes" 2>&1
is 0 $? "build-aux/wire-shapes --check: $(cat "$tmp/shapes")"

serve "$tmp/lab" --seed oracle
run operations
cp "$out" "$tmp/operations"
AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=1 PYTHONDONTWRITEBYTECODE=1 "$python" "$(dirname "$0")/aws_oracle.py" "$lab" "$tmp/operations" >"$tmp/verdict" 2>&1
is 0 $? "the oracle: $(cat "$tmp/verdict")"
check 'it asked a lot' test "$(sed -n 's/^\([0-9]*\) replies.*/\1/p' "$tmp/verdict")" -gt 500
leave
is 0 $status 'the server ends well'
is '' "$(cat "$tmp/served.err")" 'the server had nothing to complain about'
checked
