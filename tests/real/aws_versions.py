# SPDX-License-Identifier: MIT
"""Versions of objects and their access control lists in a live lab, by the clients that Debian's CLI carries.

    aws_versions.py LAB PART     PART: pictures (then again after a kill: kept), logs, gone KEY, back KEY; prints what does not hold

What a responder does with it: a picture that was painted over and a log file that was deleted come back.
"""
import gzip
import json
import os
import sys

try:
    import awscli.botocore # Debian's CLI carries its own
except ImportError:
    pass
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

PICTURES = 'cafelab-versions'
LOGS = 'cafelab-version-logs'
findings = []


def holds(what, good, seen=''):
    if not good:
        findings.append(f'{what}: {seen}')


def fails(what, code, call, **params):
    """The failure's headers; its code has to be this one."""
    try:
        call(**params)
    except ClientError as e:
        holds(what, e.response['Error']['Code'] == code, e.response['Error'])
        return e.response['ResponseMetadata']
    holds(what, False, 'it is not refused')
    return {'HTTPStatusCode': 0, 'HTTPHeaders': {}}


def body(s3, bucket, key, version=None):
    return s3.get_object(Bucket=bucket, Key=key, **({'VersionId': version} if version else {}))['Body'].read()


def listed(s3, bucket, **params):
    """(id, latest, marker) in the order of the list, which has two lists in one."""
    page = s3.list_object_versions(Bucket=bucket, **params)
    both = [(v['LastModified'], v['VersionId'], v['IsLatest'], 'ETag' not in v) for v in page.get('Versions', []) + page.get('DeleteMarkers', [])]
    return [entry[1:] for entry in sorted(both, key=lambda entry: (entry[0], entry[2]), reverse=True)], page  # the latest of one second first


def pictures(s3):
    s3.create_bucket(Bucket=PICTURES, CreateBucketConfiguration={'LocationConstraint': s3.meta.region_name})
    s3.put_object(Bucket=PICTURES, Key='pic', Body=b'coffee')
    holds('no versions yet', 'VersionId' not in s3.head_object(Bucket=PICTURES, Key='pic'))
    s3.put_bucket_versioning(Bucket=PICTURES, VersioningConfiguration={'Status': 'Enabled'})
    painted = s3.put_object(Bucket=PICTURES, Key='pic', Body=b'skull', ACL='bucket-owner-full-control')['VersionId']
    marker = s3.delete_object(Bucket=PICTURES, Key='pic')
    holds('a delete leaves a marker', marker.get('DeleteMarker') and marker['VersionId'] != painted, marker)
    meta = fails('a deleted key', 'NoSuchKey', s3.get_object, Bucket=PICTURES, Key='pic')
    holds('says that it was deleted', meta['HTTPHeaders'].get('x-amz-delete-marker') == 'true', meta)
    meta = fails('a marker has no bytes', 'MethodNotAllowed', s3.get_object, Bucket=PICTURES, Key='pic', VersionId=marker['VersionId'])
    holds('with status 405', meta['HTTPStatusCode'] == 405 and 'last-modified' in meta['HTTPHeaders'], meta)
    meta = fails('no such version', 'NoSuchVersion', s3.get_object, Bucket=PICTURES, Key='pic', VersionId='a' * 32)
    holds('with status 404', meta['HTTPStatusCode'] == 404, meta)
    fails('no version id', 'InvalidArgument', s3.get_object, Bucket=PICTURES, Key='pic', VersionId='1')
    holds('what was there first', body(s3, PICTURES, 'pic', 'null') == b'coffee')
    holds('what came then', body(s3, PICTURES, 'pic', painted) == b'skull')
    seen, page = listed(s3, PICTURES)
    holds('markers hide what is under them', len(page.get('DeleteMarkers', [])) == 1 and page['DeleteMarkers'][0]['IsLatest'] and
          {v['VersionId']: v['IsLatest'] for v in page['Versions']} == {painted: False, 'null': False}, page)
    holds('an empty list', 'Contents' not in s3.list_objects_v2(Bucket=PICTURES))
    restored = s3.copy_object(Bucket=PICTURES, Key='pic', CopySource={'Bucket': PICTURES, 'Key': 'pic', 'VersionId': 'null'})
    holds('a copy of a version', restored.get('CopySourceVersionId') == 'null' and body(s3, PICTURES, 'pic') == b'coffee', restored)
    gone = s3.delete_object(Bucket=PICTURES, Key='pic', VersionId=restored['VersionId'])
    holds('a version is deleted for good', gone.get('VersionId') == restored['VersionId'] and not gone.get('DeleteMarker'), gone)
    fails('the marker is in force again', 'NoSuchKey', s3.get_object, Bucket=PICTURES, Key='pic')
    fails('and the version is no more', 'NoSuchVersion', s3.get_object, Bucket=PICTURES, Key='pic', VersionId=restored['VersionId'])
    back = s3.delete_object(Bucket=PICTURES, Key='pic', VersionId=marker['VersionId'])
    holds('a marker is deleted', back.get('DeleteMarker') and body(s3, PICTURES, 'pic') == b'skull', back)
    s3.delete_object(Bucket=PICTURES, Key='pic', VersionId=painted)
    holds('what was under it is current', body(s3, PICTURES, 'pic') == b'coffee')
    many(s3)
    lists(s3)


def many(s3):
    """DeleteObjects, pages, suspended versioning."""
    for key in ('a/1', 'a/2', 'b'):
        for text in (b'1', b'22'):
            s3.put_object(Bucket=PICTURES, Key=key, Body=text)
    reply = s3.delete_objects(Bucket=PICTURES, Delete={'Objects': [{'Key': 'a/1'}, {'Key': 'b', 'VersionId': listed(s3, PICTURES, Prefix='b')[0][0][0]}]})
    told = {d['Key']: d for d in reply['Deleted']}
    holds('many at once', told['a/1'].get('DeleteMarkerVersionId') and 'DeleteMarker' not in told['b'] and body(s3, PICTURES, 'b') == b'1', reply)
    whole, paged, marks = s3.list_object_versions(Bucket=PICTURES, Prefix='a/'), [], {}
    for _ in range(9):
        page = s3.list_object_versions(Bucket=PICTURES, Prefix='a/', MaxKeys=2, **marks)
        paged += [v['VersionId'] for v in page.get('Versions', []) + page.get('DeleteMarkers', [])]
        if not page['IsTruncated']:
            break
        marks = {'KeyMarker': page['NextKeyMarker'], 'VersionIdMarker': page['NextVersionIdMarker']}
    holds('pages', len(paged) == 5 and set(paged) == {v['VersionId'] for v in whole['Versions'] + whole['DeleteMarkers']}, paged)
    folders = s3.list_object_versions(Bucket=PICTURES, Delimiter='/')
    holds('folders', [p['Prefix'] for p in folders['CommonPrefixes']] == ['a/'] and {v['Key'] for v in folders['Versions']} == {'b', 'pic'}, folders)
    meta = fails('a bucket of old versions', 'BucketNotEmpty', s3.delete_bucket, Bucket=PICTURES)
    holds('with status 409', meta['HTTPStatusCode'] == 409, meta)
    s3.put_bucket_versioning(Bucket=PICTURES, VersioningConfiguration={'Status': 'Suspended'})
    s3.put_object(Bucket=PICTURES, Key='b', Body=b'null')
    s3.put_object(Bucket=PICTURES, Key='b', Body=b'null again')
    seen, _ = listed(s3, PICTURES, Prefix='b')
    holds('suspended: one null version', sorted(entry[0] == 'null' for entry in seen) == [False, True], seen)
    gone = s3.delete_object(Bucket=PICTURES, Key='b')
    holds('suspended: the marker is the null version', gone.get('VersionId') == 'null' and len(listed(s3, PICTURES, Prefix='b')[0]) == 2, gone)
    s3.delete_object(Bucket=PICTURES, Key='b', VersionId='null')
    holds('suspended: and back', body(s3, PICTURES, 'b') == b'1')


def lists(s3):
    """Access control lists of objects: who may read without a signature."""
    public = botocore.session.get_session().create_client('s3', region_name=s3.meta.region_name, config=Config(signature_version=botocore.UNSIGNED))
    own = s3.get_object_acl(Bucket=PICTURES, Key='pic')
    holds('the owner has it all', [g['Permission'] for g in own['Grants']] == ['FULL_CONTROL'], own)
    fails('lists are off', 'AccessControlListNotSupported', s3.put_object_acl, Bucket=PICTURES, Key='pic', ACL='public-read')
    s3.put_bucket_ownership_controls(Bucket=PICTURES, OwnershipControls={'Rules': [{'ObjectOwnership': 'ObjectWriter'}]})
    fails('public lists are blocked', 'AccessDenied', s3.put_object_acl, Bucket=PICTURES, Key='pic', ACL='public-read')
    s3.delete_public_access_block(Bucket=PICTURES)
    fails('a stranger', 'AccessDenied', public.get_object, Bucket=PICTURES, Key='pic')
    fails('no such list', 'InvalidArgument', s3.put_object_acl, Bucket=PICTURES, Key='pic', ACL='log-delivery-write')
    s3.put_object_acl(Bucket=PICTURES, Key='pic', ACL='public-read')
    holds('a stranger reads what is public', body(public, PICTURES, 'pic') == b'coffee')
    fails('but nothing else', 'AccessDenied', public.get_object, Bucket=PICTURES, Key='a/2')
    fails('and lists nothing', 'AccessDenied', public.list_objects_v2, Bucket=PICTURES)
    holds('the list says so', [g['Grantee'].get('URI', '').rpartition('/')[2] for g in s3.get_object_acl(Bucket=PICTURES, Key='pic')['Grants']] == ['', 'AllUsers'])
    s3.put_public_access_block(Bucket=PICTURES, PublicAccessBlockConfiguration={'IgnorePublicAcls': True})
    fails('unless such lists are ignored', 'AccessDenied', public.get_object, Bucket=PICTURES, Key='pic')


def kept(s3):
    """The same after a kill."""
    holds('kept: what is current', body(s3, PICTURES, 'pic') == b'coffee' and body(s3, PICTURES, 'a/2') == b'22')
    old = [v for v, latest, marker in listed(s3, PICTURES, Prefix='a/1')[0] if not latest and not marker]
    holds('kept: what is older', sorted(body(s3, PICTURES, 'a/1', v) for v in old) == [b'1', b'22'], old)
    fails('kept: what is deleted', 'NoSuchKey', s3.get_object, Bucket=PICTURES, Key='a/1')


# ---- what trails deliver ----

def logs(s3, session, account):
    """A trail into a versioned bucket."""
    s3.create_bucket(Bucket=LOGS, CreateBucketConfiguration={'LocationConstraint': s3.meta.region_name})
    s3.put_bucket_versioning(Bucket=LOGS, VersioningConfiguration={'Status': 'Enabled'})
    arn, service = f'arn:aws:s3:::{LOGS}', {'Service': 'cloudtrail.amazonaws.com'}
    s3.put_bucket_policy(Bucket=LOGS, Policy=json.dumps({'Version': '2012-10-17', 'Statement': [
        {'Effect': 'Allow', 'Principal': service, 'Action': 's3:GetBucketAcl', 'Resource': arn},
        {'Effect': 'Allow', 'Principal': service, 'Action': 's3:PutObject', 'Resource': f'{arn}/AWSLogs/{account}/*',
         'Condition': {'StringEquals': {'s3:x-amz-acl': 'bucket-owner-full-control'}}}]}))
    trail = session.create_client('cloudtrail')
    trail.create_trail(Name='versions', S3BucketName=LOGS, EnableLogFileValidation=True)
    trail.start_logging(Name='versions')
    session.create_client('iam').create_user(UserName='written-down')


def gone(s3, lab, key):
    """A log file is tagged, then somebody deletes it."""
    seen, _ = listed(s3, LOGS, Prefix=key)
    holds('a delivered file has a version', len(seen) == 1 and seen[0][0] != 'null' and seen[0][1], seen)
    s3.put_object_tagging(Bucket=LOGS, Key=key, Tagging={'TagSet': [{'Key': 'case', 'Value': '1'}]})
    fails('no such file is tagged', 'NoSuchKey', s3.put_object_tagging, Bucket=LOGS, Key=key + '.none', Tagging={'TagSet': []})
    s3.delete_object(Bucket=LOGS, Key=key)
    holds('it is no file any more', not os.path.exists(f'{lab}/s3/{LOGS}/{key}'))
    fails('nor an object', 'NoSuchKey', s3.get_object, Bucket=LOGS, Key=key)
    fails('its bucket stays', 'BucketNotEmpty', s3.delete_bucket, Bucket=LOGS)


def back(s3, lab, key):
    """After a kill: what was deleted can be read, and brought back both ways."""
    seen, page = listed(s3, LOGS, Prefix=key)
    holds('the version is there', [entry[1:] for entry in seen] == [(True, True), (False, False)], seen)
    version, marker = page['Versions'][0]['VersionId'], page['DeleteMarkers'][0]['VersionId']
    records = json.loads(gzip.decompress(body(s3, LOGS, key, version)))['Records']
    holds('and holds records', len(records) > 0)
    s3.delete_object(Bucket=LOGS, Key=key, VersionId=marker)
    path = f'{lab}/s3/{LOGS}/{key}'
    holds('without its marker it is a file again', os.path.exists(path) and json.loads(gzip.open(path).read())['Records'] == records)
    s3.delete_object(Bucket=LOGS, Key=key)
    s3.copy_object(Bucket=LOGS, Key=key, CopySource={'Bucket': LOGS, 'Key': key, 'VersionId': version})
    holds('and after a copy', os.path.exists(path) and body(s3, LOGS, key) == body(s3, LOGS, key, version))


def main():
    lab, part = sys.argv[1:3]
    session = botocore.session.get_session()
    s3 = session.create_client('s3')
    if part == 'logs':
        logs(s3, session, session.create_client('sts').get_caller_identity()['Account'])
    elif part in ('gone', 'back'):
        {'gone': gone, 'back': back}[part](s3, lab, sys.argv[3])
    else:
        {'pictures': pictures, 'kept': kept}[part](s3)
    for finding in findings:
        print(finding, file=sys.stderr)
    sys.exit(1 if findings else 0)


main()
