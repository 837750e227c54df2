#!/bin/sh
# SPDX-License-Identifier: MIT
# The whole exercise in a live lab, with the real CLI and nothing else: from the student's own rule through the trail and the
# attack to the last answer, until the lab grades 100 %. $AWS names the CLI.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"

# Digests are written on the hour: what is counted below must not fall on it.
minute=$(date -u +%M)
[ "${minute#0}" -lt 58 ] || sleep $(((60 - ${minute#0}) * 60 + 25))

serve "$tmp/lab" --seed walkthrough
text() { # TEXT of a query
    aws "$@" --output text
}
account=$(text sts get-caller-identity --query Account)
has 'GetCallerIdentity' '.Arn | endswith(":user/sofia")' <<END
$(aws sts get-caller-identity)
END

# ---- one's own way in ----
text ec2 describe-instances --filters 'Name=tag:Name,Values=Café Web Server' \
    --query 'Reservations[].Instances[].[InstanceId,SecurityGroups[0].GroupId]' >"$tmp/server"
read -r instance group <"$tmp/server"
check 'the web server is found by its name' expr "$instance $group" : 'i-[0-9a-f]\{17\} sg-[0-9a-f]\{17\}$'
my_ip=$(sed -n 's/.*from home (one rule, one address: \([0-9.]*\)).*/\1/p' "$lab/README.md")
own="ec2 authorize-security-group-ingress --group-id $group --protocol tcp --port 22 --cidr $my_ip/32"
refused DryRunOperation 'Request would have succeeded, but DryRun flag is set.' $own --dry-run
aws $own >"$tmp/rule"
has 'a rule of one address' --arg ip "$my_ip/32" '.Return and .SecurityGroupRules[0].CidrIpv4 == $ip' "$tmp/rule"
refused InvalidPermission.Duplicate "the specified rule \"peer: $my_ip/32, TCP, from port: 22, to port: 22, ALLOW\" already exists" $own
refused InvalidGroup.NotFound "The security group 'sg-00000000000000000' does not exist" \
    ec2 authorize-security-group-ingress --group-id sg-00000000000000000 --protocol tcp --port 22 --cidr "$my_ip/32"

# ---- the trail, and what it needs first ----
bucket=monitoring$(sed -n 's/.*`monitoring\([0-9]*\)`.*/\1/p' "$lab/README.md")
trail="cloudtrail create-trail --name monitor --s3-bucket-name $bucket --enable-log-file-validation --is-multi-region-trail"
refused S3BucketDoesNotExistException "S3 bucket $bucket does not exist!" $trail
aws s3 mb "s3://$bucket" >"$tmp/reply"
says "make_bucket: $bucket" "$tmp/reply"
refused InsufficientS3BucketPolicyException "Incorrect S3 bucket policy is detected for bucket: $bucket" $trail
jq -n --arg b "arn:aws:s3:::$bucket" --arg a "$account" '{Version: "2012-10-17", Statement: [
    {Sid: "AWSCloudTrailAclCheck20150319", Effect: "Allow", Principal: {Service: "cloudtrail.amazonaws.com"},
     Action: "s3:GetBucketAcl", Resource: $b},
    {Sid: "AWSCloudTrailWrite20150319", Effect: "Allow", Principal: {Service: "cloudtrail.amazonaws.com"},
     Action: "s3:PutObject", Resource: "\($b)/AWSLogs/\($a)/*",
     Condition: {StringEquals: {"s3:x-amz-acl": "bucket-owner-full-control"}}}]}' >"$tmp/policy.json"
aws s3api put-bucket-policy --bucket "$bucket" --policy "file://$tmp/policy.json"
aws s3api get-bucket-policy --bucket "$bucket" --query Policy --output text | jq -S . >"$tmp/policy.back"
jq -S . "$tmp/policy.json" >"$tmp/policy.sorted"
same "$tmp/policy.sorted" "$tmp/policy.back"
key=$(text kms create-key --description 'CloudTrail logs' --query KeyMetadata.KeyId)
aws kms create-alias --alias-name alias/cloudtrail-logs --target-key-id "$key"
trail="$trail --kms-key-id alias/cloudtrail-logs"
refused InsufficientEncryptionPolicyException "Insufficient permissions to access S3 bucket $bucket or KMS key" $trail
jq -n --arg a "arn:aws:iam::$account:root" '{Version: "2012-10-17", Statement: [
    {Sid: "Owners", Effect: "Allow", Principal: {AWS: $a}, Action: "kms:*", Resource: "*"},
    {Sid: "CloudTrail", Effect: "Allow", Principal: {Service: "cloudtrail.amazonaws.com"},
     Action: ["kms:GenerateDataKey*", "kms:DescribeKey"], Resource: "*"}]}' >"$tmp/key.json"
aws kms put-key-policy --key-id "$key" --policy-name default --policy "file://$tmp/key.json"
aws $trail >"$tmp/reply"
has 'the trail is encrypted and validated' --arg k ":key/$key" '.LogFileValidationEnabled and (.KmsKeyId | endswith($k))' "$tmp/reply"
refused TrailAlreadyExistsException 'Trail monitor already exists' $trail
has 'not logging yet' '.IsLogging == false' <<END
$(aws cloudtrail get-trail-status --name monitor)
END
aws cloudtrail start-logging --name monitor
has 'logging' '.IsLogging' <<END
$(aws cloudtrail get-trail-status --name monitor)
END

# ---- the attack comes while we look: the trail is set up at the usual pace, however slow this machine is; then waits are short ----
leave
is 0 $status 'the server ends well'
serve "$lab" --pace 400
defaced() {
    grep -q '"op":"host:Put"' "$lab/.cafelab/journal.jsonl" && "$CAFELAB" grade "$lab" --json
}
until_true 90 defaced || { fail 'the attack does not come'; checked; }
run skip "$lab"
is 0 $status 'skip'
delivered() {
    aws s3 cp "s3://$bucket/" "$tmp/logs" --recursive --quiet --exclude '*Digest*' && find "$tmp/logs" -name '*.gz' -exec gunzip -c {} + |
        jq -r '.Records[] | select(.userIdentity.userName == "chaos") | .eventName' | sort -u | grep -cxE 'AuthorizeSecurityGroupIngress|SendCommand' | grep -qx 2
}
check 'its records are delivered soon' until_true 60 delivered
shown() {
    jq -e '.[] | .LatestDeliveryTime and .LatestDigestDeliveryTime' "$lab/account/cloudtrail/get-trail-status.json" >/dev/null
}
check 'account/ tells of it' until_true 10 shown

find "$tmp/logs" -name '*.gz' -exec gunzip -c {} + | jq -c '.Records[]' >"$tmp/records"
rogue='select(.eventName == "AuthorizeSecurityGroupIngress" and (.requestParameters | tostring | contains("\"0.0.0.0/0\"")))'
jq -c "$rogue" "$tmp/records" >"$tmp/rogue"
is 1 "$(wc -l <"$tmp/rogue")" 'calls that let in the whole internet'
is sofia "$(jq -r 'select(.eventName == "StartLogging") | .userIdentity.userName' "$tmp/records")" 'the student is in the same files'
told() { # event history lags a little
    aws cloudtrail lookup-events --lookup-attributes "AttributeKey=EventId,AttributeValue=$(jq -r .eventID "$tmp/rogue")" --query 'Events[].EventId' --output text | grep -q .
}
check 'event history follows' until_true 60 told
aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AuthorizeSecurityGroupIngress >"$tmp/events"
has 'event history has it, too' --arg id "$(jq -r .eventID "$tmp/rogue")" '[.Events[] | select(.EventId == $id and .Username == "chaos")] | length == 1' "$tmp/events"
has 'and the refused second rule' '[.Events[].CloudTrailEvent | fromjson | select(.errorCode == "Client.InvalidPermission.Duplicate")] | length == 1' "$tmp/events"
id=$(jq -r .eventID "$tmp/rogue")
for pair in "EventId=$id" EventName=SendCommand Username=chaos ReadOnly=false EventSource=ssm.amazonaws.com ResourceName="$group" \
    ResourceType=AWS::EC2::SecurityGroup "AccessKeyId=$(jq -r .userIdentity.accessKeyId "$tmp/rogue")"; do
    has "look-up by ${pair%%=*}" '.Events | length > 0' <<END
$(aws cloudtrail lookup-events --max-items 2 --lookup-attributes "AttributeKey=${pair%%=*},AttributeValue=${pair#*=}")
END
done

# ---- S3's other ways ----
log=$(text s3api list-objects-v2 --bucket "$bucket" --prefix "AWSLogs/$account/CloudTrail/" --query 'Contents[0].Key' --max-items 1 | head -1)
aws s3api get-object --bucket "$bucket" --key "$log" "$tmp/whole" >"$tmp/reply"
has 'encrypted with our key' --arg k "$key" '.ServerSideEncryption == "aws:kms" and (.SSEKMSKeyId | endswith($k))' "$tmp/reply"
aws s3api get-object --bucket "$bucket" --key "$log" --range bytes=0-9 "$tmp/part" >"$tmp/reply"
is "$(head -c 10 "$tmp/whole" | od -An -tx1)" "$(od -An -tx1 "$tmp/part")" 'a range'
aws s3 sync "s3://$bucket/AWSLogs" "$tmp/synced" --quiet
check 'sync brings all' test "$(find "$tmp/synced" -name '*.gz' | wc -l)" -ge "$(find "$tmp/logs" -name '*.gz' | wc -l)"
check 'a presigned address' sh -c "curl -sf '$(aws s3 presign "s3://$bucket/$log")' | cmp -s - '$tmp/whole'"
aws s3 cp "s3://$bucket/no/such" "$tmp/none" 2>"$tmp/refusal"
is 1 $? 's3 cp of nothing'
says 'Key "no/such" does not exist' "$tmp/refusal"
refused NoSuchKey 'The specified key does not exist.' s3api get-object --bucket "$bucket" --key no/such "$tmp/none"
refused NoSuchBucket 'The specified bucket does not exist' s3api list-objects-v2 --bucket cafelab-no-such-bucket

# ---- the trail's state agrees with the files ----
newest() { # KIND: when its newest file was written
    find "$lab/s3/$bucket" -path "*/$1/*" -name '*.gz' -printf '%T@\n' | sort -n | tail -1 | cut -d. -f1
}
agrees() { # the next delivery may come between the two
    aws cloudtrail get-trail-status --name monitor >"$tmp/reply"
    jq -e --argjson log "$(newest CloudTrail)" --argjson digest "$(newest CloudTrail-Digest)" \
        'def at: if type == "number" then floor else sub("\\.[0-9]+"; "") | sub("\\+00:00$"; "Z") | fromdate end;
         (.LatestDeliveryTime | at) == $log and (.LatestDigestDeliveryTime | at) == $digest' "$tmp/reply"
}
check "latest deliveries: $(cat "$tmp/reply")" until_true 20 agrees

# ---- are the files as they were delivered? every row of what can be wrong (the trail delivers once more before) ----
run skip "$lab"
validate() {
    aws cloudtrail validate-logs --trail-arn "$(text cloudtrail describe-trails --query 'trailList[0].TrailARN')" --start-time 2020-01-01T00:00:00Z --verbose >"$tmp/verdict" 2>&1
    status=$?
}
two_digests() {
    validate
    grep -q '^2/2 digest files valid' "$tmp/verdict"
}
check 'two digests' until_true 20 two_digests
is 0 $status 'validate-logs'
says '2/2 digest files valid' "$tmp/verdict"
lacks INVALID "$tmp/verdict"
logs=$(grep -c '^Log file.*valid$' "$tmp/verdict")
says "$logs/$logs log files valid" "$tmp/verdict"
# tampered NAME EXPECTED: with the file as it is now; then it is put back
digest=$(sed -n 's/^Digest file.*s3:\/\/\([^\t]*\).*/\1/p' "$tmp/verdict" | tail -1)
named=$(sed -n 's/^Log file.*s3:\/\/\([^\t]*\).*/\1/p' "$tmp/verdict" | tail -1)
newest=$(sed -n 's/^Digest file.*s3:\/\/\([^\t]*\).*/\1/p' "$tmp/verdict" | head -1)
tampered() {
    validate
    is 1 $status "validate-logs, $1"
    says "$2" "$tmp/verdict"
    put_back
}
put_back() {
    cp -p "$tmp/kept" "$file"
}
there() { # KEY: the next request sees it
    "$CAFELAB" call "$lab" s3:ListObjects "{\"bucketName\": \"$bucket\", \"prefix\": \"$1\"}" | jq -e '.Contents | length == 1' >"$tmp/there"
}
for row in log digest; do
    if [ $row = log ]; then file=$lab/s3/$named wrong="hash value doesn't match"; else file=$lab/s3/$digest wrong='signature verification failed'; fi
    cp -p "$file" "$tmp/kept"
    gunzip -c "$tmp/kept" | sed 's/20/21/' | gzip >"$file"
    tampered "$row changed" "INVALID: $wrong"
    rm "$file"
    tampered "$row deleted" 'INVALID: not found'
done
file=$lab/s3/$newest
cp -p "$file" "$tmp/kept"
gunzip -c "$tmp/kept" | sed 's/\("digestPublicKeyFingerprint": *"\)[0-9a-f]*"/\100000000000000000000000000000000"/' | gzip >"$file"
tampered 'the key is not listed' "INVALID: public key not found in region $AWS_REGION for fingerprint 00000000000000000000000000000000"
file=$lab/s3/$named
cp -p "$file" "$tmp/kept"
echo 'no gzip' >"$file"
tampered 'log no gzip' 'INVALID: invalid format'
gunzip -c "$tmp/kept" | gzip -1 >"$file"
validate
is 0 $status 'validate-logs, log recompressed'
put_back
file=$lab/s3/$newest
cp -p "$file" "$tmp/kept"
rm "$file"
gone() {
    ! there "${newest#*/}"
}
check 'what is removed by hand is gone' gone
validate
is 0 $status 'validate-logs, newest digest deleted: nobody notices'
says '1/1 digest files valid' "$tmp/verdict"
put_back

# ---- the repair ----
rule=$(text ec2 describe-security-group-rules --filters "Name=group-id,Values=$group" --query "SecurityGroupRules[?CidrIpv4=='0.0.0.0/0' && FromPort==\`22\`].SecurityGroupRuleId")
aws ec2 revoke-security-group-ingress --group-id "$group" --security-group-rule-ids "$rule" >"$tmp/reply"
has 'revoked by its id' '.Return' "$tmp/reply"
refused InvalidPermission.NotFound 'The specified rule does not exist in this security group.' \
    ec2 revoke-security-group-ingress --group-id "$group" --protocol tcp --port 22 --cidr 0.0.0.0/0
refused DeleteConflict 'Cannot delete entity, must delete access keys first.' iam delete-user --user-name chaos
for k in $(text iam list-access-keys --user-name chaos --query 'AccessKeyMetadata[].AccessKeyId'); do
    aws iam delete-access-key --user-name chaos --access-key-id "$k"
done
refused DeleteConflict 'Cannot delete entity, must detach all policies first.' iam delete-user --user-name chaos
for p in $(text iam list-attached-user-policies --user-name chaos --query 'AttachedPolicies[].PolicyArn'); do
    aws iam detach-user-policy --user-name chaos --policy-arn "$p"
done
is '' "$(text iam list-groups-for-user --user-name chaos --query 'Groups[].GroupName')" 'groups of chaos'
refused NoSuchEntity 'Login Profile for User chaos cannot be found.' iam get-login-profile --user-name chaos
aws iam delete-user --user-name chaos
refused NoSuchEntity 'The user with name chaos cannot be found.' iam get-user --user-name chaos
# on_server COMMAND: by way of SSM, as root
on_server() {
    jq -n --arg c "$1" '{commands: [$c]}' >"$tmp/command.json"
    command=$(text ssm send-command --document-name AWS-RunShellScript --instance-ids "$instance" --parameters "file://$tmp/command.json" --query Command.CommandId)
    aws ssm get-command-invocation --command-id "$command" --instance-id "$instance" >"$tmp/reply"
    has "on the server: $1" '.Status == "Success"' "$tmp/reply"
}
on_server 'pkill -KILL -u chaos-user'
on_server 'userdel -r chaos-user'
on_server "sed -i -e 's/^PasswordAuthentication yes/#PasswordAuthentication yes/' -e 's/^#PasswordAuthentication no/PasswordAuthentication no/' /etc/ssh/sshd_config"
on_server 'systemctl restart sshd'
on_server 'mv /var/www/html/cafe/images/Coffee-and-Pastries.backup /var/www/html/cafe/images/Coffee-and-Pastries.jpg'

# ---- the answers, from what was found ----
cat >"$lab/answers.yaml" <<END
who: $(jq -r .userIdentity.userName "$tmp/rogue")
when: $(jq -r .eventTime "$tmp/rogue")
where: $(jq -r .sourceIPAddress "$tmp/rogue")
method: programmatic
range: 0.0.0.0/0
event: $id
account: chaos-user
setting: PasswordAuthentication
files: [Coffee-and-Pastries.jpg, Coffee-and-Pastries.backup]
commands: $(jq -s --arg k "$(jq -r .userIdentity.accessKeyId "$tmp/rogue")" '[.[] | select(.userIdentity.accessKeyId == $k)] | length' "$tmp/records")
END
leave
is 0 $status 'the server ends well'
is '' "$(cat "$tmp/served.err")" 'the server had nothing to complain about'
run grade "$lab" --json
is 100 "$(jq .percent "$out")" "the grade; not passed: $(jq -rc '[.findings[] | select(.outcome != "pass") | "\(.id): \(.found)"]' "$out")"
checked
