# SPDX-License-Identifier: MIT
# Any right repair counts, however it was done; doing too much is found and named.
. "$(dirname "$0")/../check.sh"

run build cafe-breach -o "$tmp/lab" --seed repairs --events 300
cp -R "$tmp/lab" "$tmp/solved"
run solve "$tmp/solved" --no-answers
is 0 "$status" "solve"
full=$("$CAFELAB" grade "$tmp/solved" --json | jq .score)
images=/var/www/html/cafe/images
ssh_config=host/etc/ssh/sshd_config

lab=$tmp/solved
fresh() { # a copy of the solved lab, or of the delivered one: $lab
    rm -rf "$tmp/try"
    cp -R "$tmp/${1:-solved}" "$tmp/try"
    lab=$tmp/try
}
on_server() { run call "$lab" host:Run "$(jq -n --arg c "$1" '{command: $c}')" --on cafe; }
# graded WHAT LOST-POINTS [IDS-THAT-FAIL...]
graded() {
    what=$1 lost=$2
    shift 2
    run grade "$lab" --json
    is "$((full - lost))" "$(jq .score "$out")" "score: $what"
    is "$*" "$(jq -r '[.findings[] | select(.kind != "question") | select(.outcome != "pass") | .id] | join(" ")' "$out")" "lost: $what"
}
found() {
    has "found '$2' for $1, got: $(jq -r --arg id "$1" '.findings[] | select(.id == $id) | .found' "$out")" \
        --arg id "$1" --arg says "$2" '.findings[] | select(.id == $id) | .found | contains($says)' "$out"
}

graded "the reference solution" 0

# ---- other ways to the same ----

fresh lab
on_server "sudo pkill -KILL -u chaos-user"
on_server "sudo userdel -r chaos-user"
on_server "sudo sed -i '/^PasswordAuthentication yes/d' /etc/ssh/sshd_config"
on_server "sudo sed -i 's/^#PasswordAuthentication no/PasswordAuthentication no/' /etc/ssh/sshd_config"
on_server "sudo service sshd restart"
on_server "sudo cp $images/Coffee-and-Pastries.backup $images/Coffee-and-Pastries.jpg"
rule=$("$CAFELAB" call "$lab" ec2:DescribeSecurityGroupRules | jq -r '.SecurityGroupRules[] | select(.FromPort == 22 and .CidrIpv4 == "0.0.0.0/0") | .SecurityGroupRuleId')
group=$("$CAFELAB" call "$lab" ec2:DescribeSecurityGroupRules | jq -r '.SecurityGroupRules[] | select(.FromPort == 22 and .CidrIpv4 == "0.0.0.0/0") | .GroupId')
run call "$lab" ec2:RevokeSecurityGroupIngress "{\"groupId\": \"$group\", \"securityGroupRuleIds\": {\"items\": [{\"securityGroupRuleId\": \"$rule\"}]}}"
[ "$status" -eq 0 ] || run call "$lab" ec2:RevokeSecurityGroupIngress "{\"groupId\": \"$group\", \"securityGroupRuleIds\": [\"$rule\"]}"
is 0 "$status" "revoke by the rule's id"
for p in AmazonEC2FullAccess AmazonSSMFullAccess; do
    run call "$lab" iam:DetachUserPolicy "{\"userName\": \"chaos\", \"policyArn\": \"arn:aws:iam::aws:policy/$p\"}"
done
key=$("$CAFELAB" call "$lab" iam:ListAccessKeys '{"userName": "chaos"}' | jq -r '.AccessKeyMetadata[0].AccessKeyId')
run call "$lab" iam:DeleteAccessKey "{\"userName\": \"chaos\", \"accessKeyId\": \"$key\"}"
run call "$lab" iam:DeleteUser '{"userName": "chaos"}'
is 0 "$status" "DeleteUser"
graded "another way" 0

# files edited by hand, without any command: the daemon must still be told
fresh lab
sed -i -e 's/^PasswordAuthentication yes/#&/' -e 's/^#PasswordAuthentication no/PasswordAuthentication no/' "$lab/$ssh_config"
run grade "$lab" --json
is fail "$(jq -r '.findings[] | select(.id == "passwords-off") | .outcome' "$out")" "edited, not restarted"
found passwords-off "it was not restarted since the change"
on_server "sudo systemctl restart sshd"
cp "$lab/host$images/Coffee-and-Pastries.backup" "$lab/host$images/Coffee-and-Pastries.jpg"
run grade "$lab" --json
is pass "$(jq -r '.findings[] | select(.id == "passwords-off") | .outcome' "$out")" "edited and restarted"
is pass "$(jq -r '.findings[] | select(.id == "image-restored") | .outcome' "$out")" "copied by hand"

# ---- not quite ----

fresh lab
on_server "sudo sed -i 's/^PasswordAuthentication yes/PasswordAuthentication no/' /etc/ssh/sshd_config"
printf 'Match User root\n    PasswordAuthentication yes\n' >>"$lab/$ssh_config"
on_server "sudo systemctl restart sshd"
run grade "$lab" --json
is fail "$(jq -r '.findings[] | select(.id == "passwords-off") | .outcome' "$out")" "a Match block"
found passwords-off "is yes for root"

fresh lab
on_server "echo 'chaos-user ALL=(ALL) NOPASSWD:ALL' | sudo tee /etc/sudoers.d/again"
on_server "sudo userdel -f chaos-user"
run grade "$lab" --json
is fail "$(jq -r '.findings[] | select(.id == "user-gone") | .outcome' "$out")" "traces"
found user-gone "/home/chaos-user: its home is still there"
found user-gone "/etc/sudoers.d/again line 1: may use sudo"

# ---- undone by hand: what is handed in counts, whatever commands had come to before, in the folder and packed ----

fresh
for file in "$ssh_config" host/etc/passwd "host$images/Coffee-and-Pastries.jpg"; do
    check "the solution changed $file" sh -c '! cmp -s "$1" "$2"' - "$tmp/lab/$file" "$lab/$file"
    cat "$tmp/lab/$file" >"$lab/$file"
done
echo 'chaos-user ALL=(ALL) NOPASSWD:ALL' >"$lab/host/etc/sudoers.d/again"
run submit "$lab" -o "$tmp/undone.tar.gz"
is 0 "$status" "submit: $(cat "$err")"
for lab in "$lab" "$tmp/undone.tar.gz"; do
    graded "undone by hand, of $(basename "$lab")" 30 user-gone passwords-off image-restored
    found user-gone "the account"
    found user-gone "/etc/sudoers.d/again line 1: may use sudo"
    found passwords-off "/etc/ssh/sshd_config: PasswordAuthentication is yes"
    found image-restored "another content"
done

# of two servers each its own: a guest of one is deleted and put back by hand, the other never had one
cp -r "$top/tests/data/small" "$tmp/two"
sed -i -e 's/^  buckets:/    second: {name: Second, type: t3.micro, groups: [web]}\n&/' \
    -e 's/^background:/  web2: {instance: second, like: amazon-linux-2, login_user: ec2-user}\n&/' \
    -e '/^solution:/i\  - {id: one, title: x, points: 5, os_user: {server: web1, name: guest, is: absent}}' \
    -e '/^solution:/i\  - {id: two, title: x, points: 5, os_user: {server: web2, name: guest, is: absent}}' \
    -e '$s/shut/one, two/' "$tmp/two/scenario.yaml"
run build "$tmp/two" -o "$tmp/two-lab" --events 100
is 0 "$status" "two servers: $(cat "$err")"
cp -R "$tmp/two-lab" "$tmp/two-undone"
run call "$tmp/two-undone" host:Run '{"command": "sudo userdel guest"}' --on web1
is 0 "$status" "userdel: $(cat "$err")"
for file in passwd shadow group gshadow; do
    cat "$tmp/two-lab/host/etc/$file" >"$tmp/two-undone/host/etc/$file"
done
run submit "$tmp/two-undone" -o "$tmp/two.tar.gz"
is 0 "$status" "submit: $(cat "$err")"
run grade "$tmp/two.tar.gz" --scenario "$tmp/two" --json
is 'one fail, two pass' "$(jq -r '[.findings[] | select(.id == "one" or .id == "two") | "\(.id) \(.outcome)"] | join(", ")' "$out")" "whose guest is there: $(cat "$err")"

# ---- too much ----

fresh
run call "$lab" ec2:RevokeSecurityGroupIngress "{\"groupId\": \"$group\", \"ipProtocol\": \"tcp\", \"fromPort\": 80, \"toPort\": 80, \"cidrIp\": \"0.0.0.0/0\"}"
graded "port 80 closed" 10 site-up
found site-up "0.0.0.0/0 is not let in"

fresh
on_server "sudo systemctl stop httpd"
graded "httpd stopped" 10 site-up
found site-up "httpd does not run"

fresh
mine=$("$CAFELAB" call "$lab" ec2:DescribeSecurityGroupRules | jq -r --arg g "$group" '.SecurityGroupRules[] | select(.GroupId == $g and .FromPort == 22) | .CidrIpv4')
run call "$lab" ec2:RevokeSecurityGroupIngress "{\"groupId\": \"$group\", \"ipProtocol\": \"tcp\", \"fromPort\": 22, \"toPort\": 22, \"cidrIp\": \"$mine\"}"
graded "the owner's rule revoked" 15 owner-gets-in
found owner-gets-in "tcp/22 is not open"

fresh
: >"$lab/host/home/ec2-user/.ssh/authorized_keys"
run grade "$lab" --json
is fail "$(jq -r '.findings[] | select(.id == "owner-gets-in") | .outcome' "$out")" "the owner's key gone"

fresh
for p in $("$CAFELAB" call "$lab" iam:ListGroupsForUser '{"userName": "ines"}' | jq -r '.Groups[].GroupName'); do
    run call "$lab" iam:RemoveUserFromGroup "{\"userName\": \"ines\", \"groupName\": \"$p\"}"
done
key=$("$CAFELAB" call "$lab" iam:ListAccessKeys '{"userName": "ines"}' | jq -r '.AccessKeyMetadata[0].AccessKeyId')
run call "$lab" iam:DeleteAccessKey "{\"userName\": \"ines\", \"accessKeyId\": \"$key\"}"
run call "$lab" iam:DeleteUser '{"userName": "ines"}'
is 0 "$status" "DeleteUser ines"
graded "an innocent user deleted" 5 nobody-else-hurt
found nobody-else-hurt "the user ines was deleted"

fresh
rm "$lab/host$images/Layer-Cake.jpg"
graded "another picture removed" 5 nobody-else-hurt
found nobody-else-hurt "Layer-Cake.jpg was removed"

fresh
run call "$lab" cloudtrail:UpdateTrail '{"name": "monitor", "enableLogFileValidation": false}'
is 0 "$status" "UpdateTrail"
graded "validation switched off" 5 trail-sound
found trail-sound "without log file validation"

# ---- the veto ----

fresh
run call "$lab" cloudtrail:StopLogging '{"name": "monitor"}'
graded "the trail stopped" "$full" trail-kept
found trail-kept "the trail monitor exists and does not log"
run grade "$lab"
says "VETO: " "$out"

fresh
log=$(find "$lab/s3" -name '*CloudTrail_*.json.gz' | sort | sed -n 3p)
gzip -dc "$log" | sed 's/chaos/faythe/g; s/}$/ }/' | gzip -c >"$tmp/edited"
cat "$tmp/edited" >"$log"
graded "a log file edited" "$full" trail-kept
found trail-kept "$(basename "$log") was edited"

fresh
find "$lab/s3" -name '*.json.gz' -exec gunzip {} +
graded "log files unpacked where they lie" 0
echo >>"$(find "$lab/s3" -name '*CloudTrail_*.json' | sort | sed -n 3p)"
graded "an unpacked log file edited" "$full" trail-kept

fresh
sed -i '1d' "$lab/host/var/log/secure"
graded "secure edited" "$full" trail-kept

fresh
sed -i '0,/AuthorizeSecurityGroupIngress/s//RevokeSecurityGroupIngress/' "$lab/.cafelab/journal.jsonl"
run grade "$lab"
is 2 "$status" "an edited journal"
checked
