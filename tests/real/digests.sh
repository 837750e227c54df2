#!/bin/sh
# SPDX-License-Identifier: MIT
# Digests, judged with openssl, sha256sum and jq by the algorithm of `aws cloudtrail validate-logs`: from the newest digest
# back to the first, each signature over end time, place, hash and the signature before; then the hashes of the log files.
# At last the same judge must find what was tampered with.
. "$(dirname "$0")/../check.sh"

run build cafe-breach -o "$tmp/lab"
is 0 $status 'cafelab build'
openssl rsa -in "$top/fixtures/cloudtrail/digest-key.pem" -pubout -out "$tmp/public.pem" 2>/dev/null
fingerprint=$(openssl rsa -in "$top/fixtures/cloudtrail/digest-key.pem" -RSAPublicKey_out -outform DER 2>/dev/null | md5sum | cut -d' ' -f1)
metadata=$tmp/lab/.cafelab/s3-metadata.jsonl

# SHA-256 of the uncompressed text of files, by name: lines "bucket/key hash"; a file that is no gzip has none.
hash_files() {
    while read -r name; do
        gunzip -c "$tmp/lab/s3/$name" >"$tmp/text" 2>/dev/null && echo "$name $(sha256sum "$tmp/text" | cut -c1-64)"
    done
}
rehash() {
    grep -vF "$1 " "$tmp/hashes" >"$tmp/others"
    { cat "$tmp/others"; echo "$1" | hash_files; } >"$tmp/hashes"
}
hash_of() {
    grep -F "$1 " "$tmp/hashes" | cut -d' ' -f2
}

# judge REGION: lines "valid|INVALID digest|log name"
judge() {
    region=$1
    name=$(cd "$tmp/lab/s3" && find . -path "*/CloudTrail-Digest/$region/*" -name '*.json.gz' | sort | tail -1 | cut -c3-)
    while [ "$name" != null/null ]; do
        verdict=valid
        if ! gunzip -c "$tmp/lab/s3/$name" >"$tmp/digest" 2>/dev/null; then
            echo "INVALID digest $name"
            return
        fi
        jq -r '.digestEndTime, .previousDigestSignature, "\(.digestS3Bucket)/\(.digestS3Object)", .digestPublicKeyFingerprint,
            "\(.previousDigestS3Bucket)/\(.previousDigestS3Object)", (.logFiles[] | "\(.s3Bucket)/\(.s3Object) \(.hashValue)")' "$tmp/digest" >"$tmp/says"
        { read -r end; read -r before; read -r place; read -r signer; read -r previous; cat >"$tmp/files"; } <"$tmp/says"
        grep -F "\"Key\":\"${name#*/}\"" "$metadata" | jq -r .Metadata.signature | tr a-f A-F | tr -d '\n' | basenc --base16 -d >"$tmp/signature"
        printf '%s\n%s\n%s\n%s' "$end" "$name" "$(hash_of "$name")" "$before" >"$tmp/signed"
        openssl dgst -sha256 -verify "$tmp/public.pem" -signature "$tmp/signature" "$tmp/signed" >/dev/null 2>&1 || verdict=INVALID
        [ "$place" = "$name" ] || verdict=INVALID
        [ "$signer" = "$fingerprint" ] || verdict=INVALID
        echo "$verdict digest $name"
        [ $verdict = valid ] || return
        awk 'NR == FNR { hash[$1] = $2; next } { print (hash[$1] == $2 ? "valid" : "INVALID"), "log", $1 }' "$tmp/hashes" "$tmp/files"
        name=$previous
    done
}

cp -R "$tmp/lab/s3" "$tmp/plain"
find "$tmp/plain" -name '*.json.gz' -exec gunzip {} +
(cd "$tmp/plain" && find . -type f -exec sha256sum {} +) | sed 's,^\([0-9a-f]*\)  \./\(.*\),\2.gz \1,' | sort >"$tmp/hashes"
for region in us-west-2 us-east-1; do
    judge $region >"$tmp/verdicts"
    is 0 "$(grep -c INVALID "$tmp/verdicts")" "$region: invalid files"
    check "$region: a digest for every hour of three days" test "$(grep -c '^valid digest' "$tmp/verdicts")" -ge 70
    check "$region: log files are named" test "$(grep -c '^valid log' "$tmp/verdicts")" -gt 100
    is 0 "$(sort "$tmp/verdicts" | uniq -d | wc -l)" "$region: files named twice"
done

# Every file is named by a digest, but for those of the hour that has not ended.
judge us-west-2 | sed -n 's/^valid log //p' | sort >"$tmp/named"
(cd "$tmp/lab/s3" && find . -path '*/CloudTrail/us-west-2/*' -name '*.gz' | sed 's,^\./,,' | sort) >"$tmp/all"
check 'nearly all files are named' test "$(comm -13 "$tmp/named" "$tmp/all" | wc -l)" -le 16

# Somebody edits a record; somebody removes a file; somebody edits a digest.
edited=$(sed -n 40p "$tmp/named") removed=$(sed -n 50p "$tmp/named")
gunzip -c "$tmp/lab/s3/$edited" | sed 's/"readOnly":true/"readOnly":false/' | gzip >"$tmp/new"
cat "$tmp/new" >"$tmp/lab/s3/$edited"
rm "$tmp/lab/s3/$removed"
rehash "$edited"
rehash "$removed"
judge us-west-2 >"$tmp/verdicts"
is 2 "$(grep -c INVALID "$tmp/verdicts")" 'tampered log files'
says "INVALID log $edited" "$tmp/verdicts"
says "INVALID log $removed" "$tmp/verdicts"
digest=$(cd "$tmp/lab/s3" && find . -path '*/CloudTrail-Digest/us-east-1/*' | sort | sed -n '/gz$/p' | sed -n 30p)
gunzip -c "$tmp/lab/s3/$digest" | sed 's/"hashValue":"./"hashValue":"0/; s/"digestStartTime":"2/"digestStartTime":"1/' | gzip >"$tmp/new"
cat "$tmp/new" >"$tmp/lab/s3/$digest"
rehash "${digest#./}"
judge us-east-1 >"$tmp/verdicts"
says "INVALID digest ${digest#./}" "$tmp/verdicts"
checked
