#!/bin/sh
# SPDX-License-Identifier: MIT
# S3 in a live lab with the real CLI: objects in parts both ways, sync both ways, ranges, what belongs to an object, copies,
# moves; and bodies in AWS's own chunks, which this CLI does not send over HTTP: by aws_sign.py.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../live.sh"
export PYTHONDONTWRITEBYTECODE=1
sign="/usr/bin/python3 $(dirname "$0")/aws_sign.py"

serve "$tmp/lab" --seed s3
bucket=cafelab-s3-test
aws s3 mb "s3://$bucket" >/dev/null
head_of() { # KEY: jq's filter follows
    aws s3api head-object --bucket "$bucket" --key "$1" >"$tmp/head"
    shift
    has "head: $*" "$@" "$tmp/head"
}

# ---- more than 8 MB goes in parts, and comes in ranges ----
head -c 20000003 /dev/urandom >"$tmp/big"
aws s3 cp "$tmp/big" "s3://$bucket/dir/big" --quiet
is 0 $? 's3 cp of 20 MB'
head_of dir/big '.ContentLength == 20000003 and (.ETag | test("^\"[0-9a-f]{32}-3\"$"))'
aws s3 cp "s3://$bucket/dir/big" "$tmp/back" --quiet
same "$tmp/big" "$tmp/back"
is '' "$(find "$lab/.cafelab/objects" -name '*.parts')" 'parts that are left'
aws s3 cp "s3://$bucket/dir/big" "s3://$bucket/copied" --quiet # in parts, too
head_of copied '.ContentLength == 20000003 and (.ETag | test("-3\"$"))'
aws s3 cp - "s3://$bucket/piped" <"$tmp/big"
aws s3 cp "s3://$bucket/copied" - >"$tmp/back"
same "$tmp/big" "$tmp/back"
upload=$(aws s3api create-multipart-upload --bucket "$bucket" --key half --query UploadId --output text)
aws s3api upload-part --bucket "$bucket" --key half --upload-id "$upload" --part-number 1 --body "$tmp/lab/README.md" >/dev/null
has 'an upload that is under way' '.Uploads | length == 1' <<END_OF_LIST
$(aws s3api list-multipart-uploads --bucket "$bucket")
END_OF_LIST
leave KILL
serve "$lab"
has 'which outlives the server' '.Parts | length == 1 and .[0].Size > 0' <<END_OF_LIST
$(aws s3api list-parts --bucket "$bucket" --key half --upload-id "$upload")
END_OF_LIST
aws s3api abort-multipart-upload --bucket "$bucket" --key half --upload-id "$upload"
refused NoSuchUpload 'The specified upload does not exist.' s3api list-parts --bucket "$bucket" --key half --upload-id "$upload"
is '' "$(find "$lab/.cafelab/objects" -name '*.parts')" 'parts that are left after an abort'

# ---- what is not simulated is said, and nothing else is done instead: no bucket goes with its rules for other origins ----
aws s3 mb s3://cafelab-not-simulated >/dev/null
refused NotImplemented 'cafelab does not simulate DELETE of this' s3api delete-bucket-cors --bucket cafelab-not-simulated
refused NotImplemented 'cafelab does not simulate DELETE of this' s3api delete-bucket-website --bucket cafelab-not-simulated
refused NotImplemented 'cafelab does not simulate PUT of this' s3 website s3://cafelab-not-simulated --index-document index.html
refused NotImplemented 'cafelab does not simulate GET of this' s3api list-bucket-inventory-configurations --bucket cafelab-not-simulated
aws s3 rb s3://cafelab-not-simulated >"$tmp/reply" 2>&1
is 0 $? "the bucket was still there: $(cat "$tmp/reply")"

# ---- ranges ----
address=$(aws s3 presign "s3://$bucket/dir/big")
for range in 0-0 5-9 19999999- -7 0-99999999; do
    curl -s -H "Range: bytes=$range" -o "$tmp/part" "$address"
    case $range in
    0-0) head -c 1 "$tmp/big" >"$tmp/want" ;;
    5-9) head -c 10 "$tmp/big" | tail -c 5 >"$tmp/want" ;;
    19999999-) tail -c 4 "$tmp/big" >"$tmp/want" ;;
    -7) tail -c 7 "$tmp/big" >"$tmp/want" ;;
    *) cp "$tmp/big" "$tmp/want" ;;
    esac
    check "bytes=$range" cmp -s "$tmp/want" "$tmp/part"
done
refused InvalidRange 'The requested range is not satisfiable' s3api get-object --bucket "$bucket" --key dir/big --range bytes=20000003- "$tmp/part"

# ---- sync both ways ----
mkdir -p "$tmp/tree/a b/ü" && cp "$lab/README.md" "$tmp/tree/a b/ü/one+two.txt" && echo 2 >"$tmp/tree/2" && : >"$tmp/tree/empty"
find "$tmp/tree" -type f -exec touch -d '2026-01-01' {} + # older than the second in which they are put
aws s3 sync "$tmp/tree" "s3://$bucket/tree" --quiet
aws s3 sync "s3://$bucket/tree" "$tmp/tree2" --quiet
check 'sync there and back' diff -r "$tmp/tree" "$tmp/tree2"
is '' "$(aws s3 sync "$tmp/tree" "s3://$bucket/tree")" 'a second sync moves nothing'
rm "$tmp/tree/2"
aws s3 sync "$tmp/tree" "s3://$bucket/tree" --delete >"$tmp/reply"
says "delete: s3://$bucket/tree/2" "$tmp/reply"
aws s3 mv "s3://$bucket/tree/empty" "s3://$bucket/tree/moved" >/dev/null
aws s3 ls "s3://$bucket/tree/" >"$tmp/reply"
says ' moved' "$tmp/reply"
lacks ' empty' "$tmp/reply"

# ---- what belongs to an object ----
aws s3 cp "$lab/README.md" "s3://$bucket/said" --quiet --content-type text/x-beans --cache-control no-store --metadata roast=dark --storage-class STANDARD_IA --content-encoding identity
head_of said '.ContentType == "text/x-beans" and .CacheControl == "no-store" and .Metadata == {roast: "dark"} and .StorageClass == "STANDARD_IA" and .ContentEncoding == "identity"'
aws s3api copy-object --bucket "$bucket" --key kept --copy-source "$bucket/said" >/dev/null
head_of kept '.Metadata == {roast: "dark"} and .ContentType == "text/x-beans"'
aws s3api copy-object --bucket "$bucket" --key anew --copy-source "$bucket/said" --metadata-directive REPLACE --metadata cup=1 >/dev/null
head_of anew '.Metadata == {cup: "1"}'
aws s3api put-object --bucket "$bucket" --key tagged --body "$lab/README.md" --tagging 'team=web&floor=2' >/dev/null
aws s3api get-object-tagging --bucket "$bucket" --key tagged >"$tmp/reply"
has 'tags of a PUT' '.TagSet == [{Key: "team", Value: "web"}, {Key: "floor", Value: "2"}]' "$tmp/reply"
aws s3api get-object-acl --bucket "$bucket" --key tagged >"$tmp/reply"
has 'its ACL' '.Grants | length == 1 and .[0].Permission == "FULL_CONTROL"' "$tmp/reply"
key=$(aws kms create-key --query KeyMetadata.Arn --output text)
aws s3 cp "$lab/README.md" "s3://$bucket/sealed" --quiet --sse aws:kms --sse-kms-key-id "$key"
head_of sealed --arg k "$key" '.ServerSideEncryption == "aws:kms" and .SSEKMSKeyId == $k'
aws s3api get-object --bucket "$bucket" --key said --if-none-match "$(aws s3api head-object --bucket "$bucket" --key said --query ETag --output text)" "$tmp/none" >/dev/null 2>"$tmp/refusal"
says '(304)' "$tmp/refusal"
refused PreconditionFailed 'At least one of the pre-conditions' s3api get-object --bucket "$bucket" --key said --if-match '"0"' "$tmp/none"
aws s3api get-object --bucket "$bucket" --key said --response-content-type text/plain --response-content-disposition attachment "$tmp/none" >"$tmp/reply"
has 'headers that the address asks for' '.ContentType == "text/plain" and .ContentDisposition == "attachment" and .CacheControl == "no-store"' "$tmp/reply"
address=$(aws s3 presign "s3://$bucket/said")
put=$(curl -s -D - -o "$tmp/none" "$address" | sed -n 's/\r$//; s/^Last-Modified: //p')
while read -r status header when; do
    is "$status" "$(curl -s -o "$tmp/none" -w '%{http_code}' -H "$header: $when" "$address")" "$header: $when"
done <<END_OF_CONDITIONS
304 If-Modified-Since $put
200 If-Modified-Since Sat, 01 Jan 2000 00:00:00 GMT
200 If-Modified-Since yesterday
200 If-Unmodified-Since $put
412 If-Unmodified-Since Sat, 01 Jan 2000 00:00:00 GMT
END_OF_CONDITIONS
is 200 "$(curl -s -o "$tmp/none" -w '%{http_code}' "$(aws s3 presign "s3://$bucket/said")")" 'a presigned address'

# ---- AWS's own chunks, and digests ----
$sign chunks "$port" "$lab" "$bucket" >"$tmp/chunks" 2>&1
is 0 $? "chunked bodies: $(cat "$tmp/chunks")"
says 'rows hold' "$tmp/chunks"
leave
is 0 $status 'the server ends well'
is '' "$(cat "$tmp/served.err")" 'the server had nothing to complain about'
checked
