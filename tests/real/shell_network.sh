#!/bin/sh
# SPDX-License-Identifier: MIT
# What answers on the server's network: the café's page, instance metadata in both versions, the account's API for the real
# aws CLI, sshd for who has the owner's key. And what happens in a served lab while a shell is open happens inside, too.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../shell.sh"
me=${modes##* } # one mode will do: a plain user, where that is possible
lab=$tmp/live
start=
[ "$me" != multi ] || [ "$(id -u)" != 0 ] || { mkdir -m 777 "$tmp/own"; lab=$tmp/own/live; start="setpriv --reuid $plain --regid $plain --init-groups"; }
# shellcheck disable=SC2086
(cd "$tmp" && exec $start "$stage/cafelab" start cafe-breach -o "$lab" --pace 3) >"$tmp/served" 2>"$tmp/complaints" &
server=$!
trap 'kill $server 2>/dev/null; forget_user; chmod -R u+rwX "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
check 'the lab is served' until_true 60 test -s "$lab/.cafelab/aws/config"
on_server() { # where nobody was let in, what the lab knows of its services
    as "$me" shell "$lab" -- "$1"
    [ $status -ne 255 ] || grep -o '"daemons":\[{[^]]*' "$lab/.cafelab/journal.jsonl" | cut -c1-160 >>"$err"
}
ip=$(jq -r '.Reservations[].Instances[].PublicIpAddress' "$lab/account/ec2/describe-instances.json" | head -1)
group=$(jq -r '.Reservations[].Instances[].SecurityGroups[0].GroupId' "$lab/account/ec2/describe-instances.json" | head -1)
as "$me" shell "$lab" -- true
is 255 $status 'nobody gets in before there is a rule'
mine=$(sed -n 's/.*no packet of \([0-9.]*\) .*/\1/p' "$err")
as "$me" aws "$lab" -- ec2 authorize-security-group-ingress --group-id "$group" --protocol tcp --port 22 --cidr "$mine/32"
is 0 $status "the student's own rule: $(cat "$err")"

on_server 'curl -s http://localhost/cafe/ | grep -c "<html"
    curl -s -o /dev/null -w "%{http_code}\n" http://localhost/cafe/none; curl -s -o /dev/null -w "%{http_code}\n" --path-as-is http://localhost/../../etc/passwd
    sudo chmod 0 /var/www/html/cafe/menu.html; curl -s -o /dev/null -w "%{http_code}\n" http://localhost/cafe/menu.html; sudo chmod 644 /var/www/html/cafe/menu.html
    sudo tail -4 /var/log/httpd/access_log | grep -c "\"GET /cafe/none HTTP/1.1\" 404"
    sudo systemctl stop httpd; curl -s http://localhost/cafe/; echo rc $?; sudo systemctl start httpd; curl -s -o /dev/null -w "%{http_code}\n" http://localhost/cafe/'
is '1
404
400
403
1
rc 7
200' "$(cat "$out")" "the website: $(cat "$err")"

on_server 'curl -s -m 10 -o /dev/null -w "%{http_code}\n" http://localhost/cafe/; ps -o user= -C httpd | sort | uniq -c | xargs'
is '200
5 apache 1 root' "$(cat "$out")" "what was started in one shell serves the next: $(cat "$err")"

# nobody of it is left when it was stopped, and started in the next shell it is all there in the one after
on_server 'sudo systemctl restart httpd; sleep 2.5; sudo systemctl stop httpd'
on_server 'ps -C httpd -o pid= | wc -l; curl -s http://localhost/cafe/; echo rc $?; sudo systemctl start httpd; ps -C httpd -o args= | sort -u'
is '0
rc 7
/usr/sbin/httpd -DFOREGROUND' "$(cat "$out")" "what was stopped in one shell is so in the next: $(cat "$err")"
on_server 'curl -s -m 10 -o /dev/null -w "%{http_code}\n" http://localhost/cafe/; ps -o user=,args= -C httpd | sort | uniq -c | xargs'
is '200
5 apache /usr/sbin/httpd -DFOREGROUND 1 root /usr/sbin/httpd -DFOREGROUND' "$(cat "$out")" "and is what it was: $(cat "$err")"

on_server 'm=http://169.254.169.254/latest
    curl -s $m/meta-data/public-ipv4; echo; curl -s $m/meta-data/placement/region; echo
    t=$(curl -s -X PUT $m/api/token -H "X-aws-ec2-metadata-token-ttl-seconds: 60")
    curl -s -H "X-aws-ec2-metadata-token: $t" $m/dynamic/instance-identity/document | tr -d " \n" | cut -d, -f1
    curl -s -o /dev/null -w "%{http_code}\n" -H "X-aws-ec2-metadata-token: ${t%?}" $m/meta-data/ami-id
    curl -s -o /dev/null -w "%{http_code}\n" -X PUT $m/api/token; curl -s -o /dev/null -w "%{http_code}\n" $m/meta-data/nothing'
is "$ip
us-west-2
{\"accountId\":\"$(jq -r ".Reservations[0].OwnerId" "$lab/account/ec2/describe-instances.json")\"
401
400
404" "$(cat "$out")" "metadata: $(cat "$err")"

# what is changed from in there or elsewhere is so for who is in there
on_server 'code() { curl -s -m 10 -o /dev/null -w "%{http_code}" http://169.254.169.254/latest/meta-data/instance-id; }
    becomes() { for i in $(seq 100); do [ "$(code)" = "$1" ] && break; sleep .1; done; code; echo; }
    id=$(curl -s http://169.254.169.254/latest/meta-data/instance-id)
    for tokens in required optional; do
        aws ec2 modify-instance-metadata-options --instance-id "$id" --http-tokens $tokens --query InstanceMetadataOptions.HttpTokens --output text
        [ $tokens = required ] && becomes 401 || becomes 200
    done'
is 'required
401
optional
200' "$(cat "$out")" "metadata that insists on tokens from now on: $(cat "$err")"

on_server 'aws sts get-caller-identity --query Arn --output text; env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY aws sts get-caller-identity --query Arn --output text
    aws s3api list-buckets --query "Buckets[0].Name" --output text; sudo ls /root/.aws 2>&1 | grep -c "No such"'
says ':user/' "$out"
says ":assumed-role/SSMInstanceProfile/i-" "$out"
says 'cafe-assets' "$out"
is 2 "$(grep -c "\"op\":\"sts:GetCallerIdentity\".*\"ip\":\"$ip\"" "$lab/.cafelab/journal.jsonl")" "from the server's own address"
is 1 "$(grep -c '"op":"sts:AssumeRole".*ec2.amazonaws.com' "$lab/.cafelab/journal.jsonl")" 'the role is assumed by EC2, once'

on_server 'until (exec 3<>/dev/tcp/127.0.0.1/22) 2>/dev/null; do sleep .1; done
    ssh -o StrictHostKeyChecking=no -o BatchMode=yes -i /usr/lib/cafelab/labsuser.pem ec2-user@localhost id -un 2>/dev/null
    ssh -tt -o StrictHostKeyChecking=no -o BatchMode=yes -i /usr/lib/cafelab/labsuser.pem ec2-user@localhost "who | grep -c ec2-user" 2>/dev/null | tr -d "\r"
    for i in $(seq 100); do [ "$(who | grep -c ec2-user)" = 1 ] && break; sleep .1; done; who | grep -c ec2-user; sudo utmpdump /var/log/wtmp 2>/dev/null | tail -2 | grep -c "pts/"
    cp -p .ssh/authorized_keys keep; : > .ssh/authorized_keys; ssh -o StrictHostKeyChecking=no -o BatchMode=yes -i /usr/lib/cafelab/labsuser.pem ec2-user@localhost id -un 2>&1 | grep -o "Permission denied"; cp -p keep .ssh/authorized_keys
    sudo -u apache cat /usr/lib/cafelab/labsuser.pem 2>&1 | grep -o "Permission denied"'
is 'ec2-user
2
1
2
Permission denied
Permission denied' "$(cat "$out")" "the owner's key: $(cat "$err")"

as "$me" call "$lab" host:Run '{"command": "sudo systemctl restart httpd"}'
is 0 $status "a restart from outside: $(cat "$err")"
# the story goes on while a shell is open: real processes, the same traces, the ids that the lab knows them by
: >"$tmp/open"
while [ -e "$tmp/open" ]; do "$stage/cafelab" skip "$lab" >/dev/null 2>&1; sleep 1; done &
on_server 'for i in $(seq 300); do [ "$(pgrep -fc "[c]haos-user@pts")" = 1 ] && break; sleep .2; done
    ps -eo uid=,args= | grep "[c]haos-user@pts"; who | grep -c chaos-user; id -u chaos-user; sudo userdel -r chaos-user 2>&1 | grep -o "currently used"
    for i in $(seq 100); do sudo grep -q "[A]ccepted password for chaos-user" /var/log/secure && break; sleep .2; done; sudo grep -c "[A]ccepted password for chaos-user" /var/log/secure
    last | grep -c "^chaos.*still logged in"; pgrep -f "[c]haos-user .priv" >monitor
    for other in $(cat monitor) $(pgrep -o httpd); do [ "$(sh -c "echo \$\$")" -lt $other ] && echo apart; done' # what is done in there takes no id that the lab gives next
is '1001 sshd: chaos-user@pts/0
1
1001
currently used
1
1
apart
apart' "$(sed 's/^ *//; s,@pts/[0-9]*,@pts/0,' "$out")" "the intruder comes in: $(cat "$err")"
rm "$tmp/open"
wait $!
kill $server
wait $server 2>/dev/null
is '' "$(cat "$tmp/complaints")" 'what the server said'

# nobody serves it any more: each form of the API is told, and the shell goes on
on_server 'for call in "sts get-caller-identity" "ec2 describe-vpcs" "s3api list-buckets" "cloudtrail describe-trails" "guardduty list-detectors" \
        "route53 list-hosted-zones" "cloudfront list-distributions" "s3api get-object --no-sign-request --bucket b --key k /dev/null"; do
        aws $call 2>&1 | grep -o "(LabNotServed) when .* nobody serves this lab"
    done; pgrep -f "[c]haos-user .priv" | cmp - monitor && echo its own; curl -s -d "$(head -c 100000 /dev/zero | tr "\\0" x)" http://127.0.0.1:4566/ | grep -c LabNotServed'
is '8 1 1' "$(grep -c '^(LabNotServed)' "$out") $(grep -c '^its own' "$out") $(tail -n 1 "$out")" "nobody serves it: $(cat "$out" "$err")"
checked
