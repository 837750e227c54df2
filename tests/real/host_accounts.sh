#!/bin/sh
# SPDX-License-Identifier: MIT
# The server's accounts and configuration as the story leaves them: pwck, grpck, john, sshd, visudo.
. "$(dirname "$0")/../check.sh"
lab=$tmp/lab
run build cafe-breach -o "$lab" --seed accounts
is 0 $status 'build'
etc=$lab/host/etc

# against itself: the tools take PASSWD and SHADOW; bare files are held against this machine's, so a root is made
pwck -r -q "$etc/passwd" "$etc/shadow" >"$tmp/pwck" 2>&1
lacks 'invalid' "$tmp/pwck"
lacks 'duplicate' "$tmp/pwck"
lacks 'no matching' "$tmp/pwck"
if [ "$(id -u)" = 0 ]; then
    pwck -r -q -R "$lab/host" >"$tmp/pwck" 2>&1
    lacks 'chaos-user' "$tmp/pwck"
    grpck -r -R "$lab/host" >"$tmp/grpck" 2>&1
    is '' "$(cat "$tmp/grpck")" 'grpck'
fi

# the weak password falls to john's own word list; one word of it is enough here
password=$(jq -rs '[.[] | select(.op == "host:LogIn" and .errorCode == null and .response.user == "chaos-user")] | first | .asked.password' \
    "$lab/.cafelab/journal.jsonl")
unshadow "$etc/passwd" "$etc/shadow" 2>/dev/null | grep '^chaos-user:' >"$tmp/hash"
is 1 "$(wc -l <"$tmp/hash")" 'a hash to crack'
grep -x -e "$password" /usr/share/john/password.lst >"$tmp/words"
john --format=crypt --wordlist="$tmp/words" --session="$tmp/session" "$tmp/hash" >"$tmp/john" 2>&1 # its pot is below $HOME
john --show --format=crypt "$tmp/hash" >"$tmp/shown" 2>&1
says "chaos-user:$password:" "$tmp/shown"
says '1 password hash cracked, 0 left' "$tmp/shown"

# sshd itself says what its configuration means
ssh-keygen -q -t ed25519 -N '' -f "$tmp/key"
effective() {
    "$SSHD" -T -f "$etc/ssh/sshd_config" -h "$tmp/key" -C "user=$1,host=h,addr=$2,laddr=10.0.0.1,lport=22" 2>"$tmp/said"
}
is 'passwordauthentication yes' "$(effective chaos-user 198.51.100.9 | grep '^passwordauthentication')" 'passwords are on'
is 'pubkeyauthentication yes' "$(effective ec2-user 192.0.2.70 | grep '^pubkeyauthentication')" 'keys are on'

# sudoers: well-formed, so it works; the intruder's own is gone
visudo -c -q -O -P -f "$etc/sudoers" >"$tmp/visudo" 2>&1
is '' "$(cat "$tmp/visudo")" 'visudo: sudoers'
visudo -c -q -O -P -f "$etc/sudoers.d/90-cloud-init-users" >"$tmp/visudo" 2>&1
is '' "$(cat "$tmp/visudo")" 'visudo: sudoers.d/90-cloud-init-users'
is 90-cloud-init-users "$(ls "$etc/sudoers.d")" 'what sudo includes'

# and after the repair
run solve "$lab"
is 0 $status 'solve'
is 'passwordauthentication no' "$(effective chaos-user 198.51.100.9 | grep '^passwordauthentication')" 'passwords are off'
is '' "$(grep -l chaos-user "$etc/passwd" "$etc/shadow" "$etc/group" "$etc/gshadow")" 'the account is gone'
checked
