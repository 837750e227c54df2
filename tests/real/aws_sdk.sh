#!/bin/sh
# SPDX-License-Identifier: MIT
# The AWS SDK for JavaScript v3 in a live lab: what it reads is what the CLI reads, and the exercise's calls work with it,
# streams, parts, pages and exceptions included.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"
export NODE_PATH="$top/build/aws-sdk/node_modules"
sdk="node $(dirname "$0")/aws_sdk.js"
[ -d "$NODE_PATH" ] || { fail "no SDK: build-aux/aws-sdk/fetch gets it"; checked; }

serve "$tmp/lab" --seed sdk
cat >"$tmp/rows" <<'END_OF_ROWS'
sts GetCallerIdentity {}
ec2 DescribeInstances {}
ec2 DescribeSecurityGroups {"Filters":[{"Name":"ip-permission.from-port","Values":["80"]}]}
ec2 DescribeSecurityGroupRules {}
ec2 DescribeVolumes {}
iam ListUsers {}
iam GetUser {"UserName":"martha"}
iam ListAttachedUserPolicies {"UserName":"chaos"}
iam ListAccessKeys {"UserName":"chaos"}
iam GetAccountSummary {}
s3 ListBuckets {}
cloudtrail LookupEvents {"LookupAttributes":[{"AttributeKey":"Username","AttributeValue":"martha"}],"MaxResults":5}
cloudtrail DescribeTrails {}
cloudtrail ListPublicKeys {}
kms ListAliases {}
athena GetWorkGroup {"WorkGroup":"primary"}
athena ListDatabases {"CatalogName":"AwsDataCatalog"}
ssm DescribeInstanceInformation {}
END_OF_ROWS
$sdk rows <"$tmp/rows" >"$tmp/by-sdk" 2>"$tmp/complaint"
is "$(wc -l <"$tmp/rows")" "$(wc -l <"$tmp/by-sdk")" "replies; $(head -5 "$tmp/complaint")"

# One form for all: times without fractions or zones' spelling (version 1 of the CLI prints some as seconds), what is empty left out, bytes as text, no tokens of pages.
cat >"$tmp/one.jq" <<'END_OF_JQ'
def bytes: type == "object" and length > 0 and (keys | all(test("^[0-9]+$")));
walk(if type == "string" and test("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d") then .[0:19]
     elif bytes then ([to_entries | sort_by(.key | tonumber)[].value] | @json)
     elif type == "object" then with_entries(select(.value != null and .value != [] and .value != {} and .value != "") |
         if (.key | test("(Time|Date)$")) and (.value | type) == "number" then .value |= (floor | todate)[0:19] else . end)
     else . end)
| del(.NextToken, .["$metadata"], .Prefix)
END_OF_JQ
# Members that Debian's CLI is too old to know, and one that the clock moves between two calls.
newer='del(.SecurityGroups[]?.SecurityGroupArn, .PublicKeyList[]?.Value, .Buckets[]?.BucketRegion, .Buckets[]?.BucketArn, .InstanceInformationList[]?.LastPingDateTime)'
kebab() {
    echo "$1" | sed 's/\([A-Z]\)/-\1/g; s/^-//' | tr '[:upper:]' '[:lower:]'
}
line=0
while read -r service operation input; do
    line=$((line + 1))
    if [ "$service" = s3 ]; then command=s3api; else command=$service; fi
    aws $command "$(kebab "$operation")" --no-paginate --cli-input-json "$input" >"$tmp/cli" 2>&1
    sed -n ${line}p "$tmp/by-sdk" | jq -S -f "$tmp/one.jq" | jq -S "$newer" >"$tmp/sdk.json"
    jq -S -f "$tmp/one.jq" "$tmp/cli" | jq -S "$newer" >"$tmp/cli.json"
    check "something to compare: $service $operation" test -s "$tmp/cli.json"
    check "$service $operation, both alike: $(diff "$tmp/cli.json" "$tmp/sdk.json" | head -20)" cmp -s "$tmp/cli.json" "$tmp/sdk.json"
done <"$tmp/rows"

$sdk story >"$tmp/story" 2>&1
is 0 $? "the story: $(head -30 "$tmp/story")"
leave
is 0 $status 'the server ends well'
is '' "$(cat "$tmp/served.err")" 'the server had nothing to complain about'
checked
