#!/bin/sh
# SPDX-License-Identifier: MIT
# What must not get in: every way a signature can be wrong, in each service's words; HTTP that no honest client sends; clients
# that go away in the middle or say nothing, ten thousand of them. The server goes on as if nothing had been.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"
export PYTHONDONTWRITEBYTECODE=1
sign="/usr/bin/python3 $(dirname "$0")/aws_sign.py"

ulimit -Sn 1024 # as most shells begin: the server asks for more
serve "$tmp/lab" --seed wrong
for mode in wrong http; do
    $sign $mode "$port" "$lab" >"$tmp/verdict" 2>&1
    is 0 $? "$mode: $(cat "$tmp/verdict")"
    says 'rows hold' "$tmp/verdict"
done
has 'the CLI is still served' '.Account | length == 12' <<END_OF_REPLY
$(aws sts get-caller-identity)
END_OF_REPLY
leave
is 0 $status 'the server ends well'
is '' "$(cat "$tmp/served.err")" 'the server had nothing to complain about'
checked
