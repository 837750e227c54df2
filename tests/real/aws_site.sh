#!/bin/sh
# SPDX-License-Identifier: MIT
# The café's website beside the account: on a port of its own and below /cafe/, as the server's files are now; gone while port 80
# is closed or httpd is stopped; and every visit is a line of httpd's log, in its place.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"

free_port() {
    /usr/bin/python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
serve "$tmp/lab" --seed site --site-port "$(free_port)"
site=http://127.0.0.1:$(jq .site_port "$tmp/started")
log=$lab/host/var/log/httpd/access_log
[ -e "$log" ] || log=$(find "$lab/host" -name access_log | head -1)
get() { # PATH: $code; the body is in $tmp/body
    code=$(curl -s --path-as-is -A 'Mozilla/5.0 "x"' -e http://example.com/ -o "$tmp/body" -w '%{http_code}' "$@")
}

# ---- what is there ----
get "$site/cafe/"
is 200 "$code" 'the page'
says '<html' "$tmp/body"
same "$(find "$lab/host" -path '*/var/www/html/cafe/index.html')" "$tmp/body"
get "http://127.0.0.1:$port/cafe/"
is 200 "$code" 'the page beside the account'
get "$site/"
is 301 "$code" 'the root'
get "$site/cafe/images/Coffee-and-Pastries.jpg"
is 200 "$code" 'the picture'
same "$(find "$lab/host" -path '*/images/Coffee-and-Pastries.jpg')" "$tmp/body"
get "$site/cafe/none%20there"
is 404 "$code" 'what is not there'
get "$site/../../etc/passwd"
is 400 "$code" 'what is out of bounds'
get "$site/" -X POST -d Action=ListUsers
is 404 "$code" 'the account is not on that port'
get -I "$site/cafe/"
is 200 "$code" 'its head'

# ---- the log ----
me=$(sed -n 's/.*from home (one rule, one address: \([0-9.]*\)).*/\1/p' "$lab/README.md")
check 'visits are logged' until_true 20 grep -q "^$me .*HEAD /cafe/ HTTP/1.1" "$log" # the last one
check 'as httpd writes it' grep -qE "^$me - - \[[^]]* \+0000\] \"GET /cafe/ HTTP/1.1\" 200 $(wc -c <"$(find "$lab/host" -path '*/cafe/index.html')") \"http://example.com/\" \"Mozilla/5.0 ..x..\"\$" "$log"
grep -F "$me" "$log" | sed 's/.*"\([A-Z]* [^ ]* HTTP\/1.1" [0-9]*\) .*/\1/' >"$tmp/mine"
cat >"$tmp/want" <<'END_OF_LINES'
GET /cafe/ HTTP/1.1" 200
GET /cafe/ HTTP/1.1" 200
GET / HTTP/1.1" 301
GET /cafe/images/Coffee-and-Pastries.jpg HTTP/1.1" 200
GET /cafe/none%20there HTTP/1.1" 404
GET /../../etc/passwd HTTP/1.1" 400
HEAD /cafe/ HTTP/1.1" 200
END_OF_LINES
same "$tmp/want" "$tmp/mine"
awk '{ split(substr($4, 2), t, "[/:]"); m = index("JanFebMarAprMayJunJulAugSepOctNovDec", t[2]); printf "%s%02d%s%s%s%s\n", t[3], m, t[1], t[4], t[5], t[6] }' "$log" >"$tmp/times"
check 'all lines are in the order of their times' sort -c "$tmp/times"

# ---- when nobody gets through ----
group=$(aws ec2 describe-instances --filters 'Name=tag:Name,Values=Café Web Server' --query 'Reservations[].Instances[].SecurityGroups[0].GroupId' --output text)
instance=$(aws ec2 describe-instances --filters 'Name=tag:Name,Values=Café Web Server' --query 'Reservations[].Instances[].InstanceId' --output text)
aws ec2 revoke-security-group-ingress --group-id "$group" --protocol tcp --port 80 --cidr 0.0.0.0/0 >/dev/null
get "$site/cafe/?closed"
is 000 "$code" 'port 80 is closed'
get "http://127.0.0.1:$port/cafe/?closed"
is 000 "$code" 'port 80 is closed, beside the account'
aws ec2 authorize-security-group-ingress --group-id "$group" --protocol tcp --port 80 --cidr 0.0.0.0/0 >/dev/null
get "$site/cafe/?open"
is 200 "$code" 'port 80 is open again'
on_server() {
    jq -n --arg c "$1" '{commands: [$c]}' >"$tmp/command.json"
    aws ssm send-command --document-name AWS-RunShellScript --instance-ids "$instance" --parameters "file://$tmp/command.json" >/dev/null
}
on_server 'systemctl stop httpd; mv /var/www/html/cafe/images/Coffee-and-Pastries.jpg /tmp/; echo new >/var/www/html/cafe/new.txt'
get "$site/cafe/?stopped"
is 000 "$code" 'httpd is stopped'
on_server 'systemctl start httpd'
get "$site/cafe/images/Coffee-and-Pastries.jpg"
is 404 "$code" 'a picture that was moved away'
get "$site/cafe/new.txt"
is new "$(cat "$tmp/body")" 'a file that has come'
check 'a visit through the open port is logged' until_true 20 grep -qF 'GET /cafe/?open HTTP/1.1' "$log"
lacks '?closed' "$log"
lacks '?stopped' "$log"
leave
is 0 $status 'the server ends well'
is '' "$(cat "$tmp/served.err")" 'the server had nothing to complain about'
checked
