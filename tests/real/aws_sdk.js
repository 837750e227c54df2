// SPDX-License-Identifier: MIT
// Asks a live lab by the AWS SDK for JavaScript v3: for aws_sdk.sh and aws_offline.sh, which set NODE_PATH and the lab's own
// environment (`cafelab env`).
//
//   aws_sdk.js rows     lines of "SERVICE OPERATION JSON" on standard input; a line of JSON each: the reply without $metadata
//   aws_sdk.js story    the exercise's calls in order; prints what does not hold, exit 1 then
'use strict';
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const readline = require('node:readline');

const clients = new Map();

function load(service) {
    return require(`@aws-sdk/client-${service}`);
}

/** Sends one command; throws the SDK's own exceptions. */
async function ask(service, operation, input = {}) {
    const sdk = load(service);
    if (!clients.has(service)) {
        const name = Object.keys(sdk).find((key) => key.endsWith('Client') && key.toLowerCase() === `${service}client`);
        clients.set(service, new sdk[name]({ maxAttempts: 1 }));
    }
    const reply = await clients.get(service).send(new sdk[`${operation}Command`](input));
    delete reply.$metadata;
    return reply;
}

/** The name of the exception that a call ends with. */
async function refusal(service, operation, input) {
    try {
        await ask(service, operation, input);
    } catch (error) {
        return `${error.name}: ${error.message}`;
    }
    return 'no error';
}

async function rows() {
    for await (const line of readline.createInterface({ input: process.stdin })) {
        const [, service, operation, input] = /^(\S+) (\S+) (.*)$/.exec(line);
        let reply;
        try {
            reply = await ask(service, operation, JSON.parse(input));
        } catch (error) {
            reply = { error: error.name, message: error.message };
        }
        console.log(JSON.stringify(reply));
    }
}

// ---- the story ----

async function ownRule() {
    const { Reservations } = await ask('ec2', 'DescribeInstances', { Filters: [{ Name: 'tag:Name', Values: ['Café Web Server'] }] });
    const [instance] = Reservations[0].Instances;
    const rule = {
        GroupId: instance.SecurityGroups[0].GroupId,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '192.0.2.77/32' }] }],
    };
    assert.match(await refusal('ec2', 'AuthorizeSecurityGroupIngress', { ...rule, DryRun: true }), /^DryRunOperation: Request would have/);
    const made = await ask('ec2', 'AuthorizeSecurityGroupIngress', rule);
    assert.equal(made.SecurityGroupRules[0].CidrIpv4, '192.0.2.77/32');
    assert.match(await refusal('ec2', 'AuthorizeSecurityGroupIngress', rule), /^InvalidPermission.Duplicate: the specified rule "peer: 192/);
    const { SecurityGroupRules } = await ask('ec2', 'DescribeSecurityGroupRules', { Filters: [{ Name: 'group-id', Values: [rule.GroupId] }] });
    assert(SecurityGroupRules.some((r) => r.SecurityGroupRuleId === made.SecurityGroupRules[0].SecurityGroupRuleId));
    return { instance: instance.InstanceId, rule };
}

async function objects(Bucket) {
    const Key = 'a/sp ace+é.bin';
    const bytes = crypto.createHash('sha256').update('cafelab').digest();
    const body = Buffer.alloc(300000, bytes);
    await ask('s3', 'PutObject', { Bucket, Key, Body: body, Metadata: { roast: 'dark' }, ContentType: 'application/x-beans' });
    const got = await ask('s3', 'GetObject', { Bucket, Key });
    const chunks = [];
    for await (const chunk of got.Body) chunks.push(chunk);
    assert(Buffer.concat(chunks).equals(body), 'the stream of an object');
    assert.equal(got.ContentType, 'application/x-beans');
    assert.deepEqual(got.Metadata, { roast: 'dark' });
    assert.equal(got.ETag, `"${crypto.createHash('md5').update(body).digest('hex')}"`);
    const part = await ask('s3', 'GetObject', { Bucket, Key, Range: 'bytes=10-19' });
    assert(Buffer.from(await part.Body.transformToByteArray()).equals(body.subarray(10, 20)), 'a range');
    assert.match(await refusal('s3', 'GetObject', { Bucket, Key: 'none' }), /^NoSuchKey: The specified key does not exist/);
    const listed = await ask('s3', 'ListObjectsV2', { Bucket });
    assert.deepEqual(listed.Contents.map((o) => [o.Key, o.Size]), [[Key, 300000]]);
    await parts(Bucket);
    const gone = await ask('s3', 'DeleteObjects', { Bucket, Delete: { Objects: [{ Key }, { Key: 'parts' }] } });
    assert.deepEqual(gone.Deleted.map((o) => o.Key).sort(), [Key, 'parts'].sort());
}

async function parts(Bucket) {
    const body = crypto.randomBytes(6 * 1024 * 1024);
    const { UploadId } = await ask('s3', 'CreateMultipartUpload', { Bucket, Key: 'parts' });
    const Parts = [];
    for (const [i, part] of [body.subarray(0, 5 * 1024 * 1024), body.subarray(5 * 1024 * 1024)].entries()) {
        const { ETag } = await ask('s3', 'UploadPart', { Bucket, Key: 'parts', UploadId, PartNumber: i + 1, Body: part });
        Parts.push({ ETag, PartNumber: i + 1 });
    }
    const done = await ask('s3', 'CompleteMultipartUpload', { Bucket, Key: 'parts', UploadId, MultipartUpload: { Parts } });
    assert.match(done.ETag, /^"[0-9a-f]{32}-2"$/);
    const got = await ask('s3', 'GetObject', { Bucket, Key: 'parts' });
    assert(Buffer.from(await got.Body.transformToByteArray()).equals(body), 'an object of two parts');
}

function policyFor(Bucket, account) {
    const Principal = { Service: 'cloudtrail.amazonaws.com' };
    return JSON.stringify({ Version: '2012-10-17', Statement: [
        { Effect: 'Allow', Principal, Action: 's3:GetBucketAcl', Resource: `arn:aws:s3:::${Bucket}` },
        { Effect: 'Allow', Principal, Action: 's3:PutObject', Resource: `arn:aws:s3:::${Bucket}/AWSLogs/${account}/*`,
          Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } } }] });
}

async function trail(Bucket, account) {
    const { KeyMetadata } = await ask('kms', 'CreateKey', { Description: 'trail' });
    assert(KeyMetadata.CreationDate instanceof Date);
    const sealed = await ask('kms', 'Encrypt', { KeyId: KeyMetadata.KeyId, Plaintext: Buffer.from('espresso') });
    const open = await ask('kms', 'Decrypt', { CiphertextBlob: sealed.CiphertextBlob });
    assert.equal(Buffer.from(open.Plaintext).toString(), 'espresso');
    const wanted = { Name: 'by-sdk', S3BucketName: Bucket, EnableLogFileValidation: true };
    assert.match(await refusal('cloudtrail', 'CreateTrail', wanted), /^InsufficientS3BucketPolicyException: Incorrect S3 bucket policy/);
    await ask('s3', 'PutBucketPolicy', { Bucket, Policy: policyFor(Bucket, account) });
    const made = await ask('cloudtrail', 'CreateTrail', wanted);
    assert.equal(made.LogFileValidationEnabled, true);
    await ask('cloudtrail', 'StartLogging', { Name: 'by-sdk' });
    const status = await ask('cloudtrail', 'GetTrailStatus', { Name: made.TrailARN });
    assert.equal(status.IsLogging, true);
    assert(status.StartLoggingTime instanceof Date && Math.abs(Date.now() - status.StartLoggingTime) < 60000);
    let events = 0, pages = 0;
    const { paginateLookupEvents, CloudTrailClient } = load('cloudtrail');
    for await (const page of paginateLookupEvents({ client: new CloudTrailClient({}), pageSize: 50 }, {})) {
        events += page.Events.length;
        if (++pages === 3) break;
    }
    assert.equal(events, 150);
}

async function query(Bucket) {
    const place = { OutputLocation: `s3://${Bucket}/results/` };
    const { QueryExecutionId } = await ask('athena', 'StartQueryExecution', { QueryString: "SELECT 'a' AS x, 1 AS n", ResultConfiguration: place });
    let state;
    for (let i = 0; i < 200 && !['SUCCEEDED', 'FAILED'].includes(state); i++) {
        state = (await ask('athena', 'GetQueryExecution', { QueryExecutionId })).QueryExecution.Status.State;
        await new Promise((done) => setTimeout(done, 50));
    }
    assert.equal(state, 'SUCCEEDED');
    const { ResultSet } = await ask('athena', 'GetQueryResults', { QueryExecutionId });
    assert.deepEqual(ResultSet.Rows.map((row) => row.Data.map((cell) => cell.VarCharValue)), [['x', 'n'], ['a', '1']]);
}

async function repair({ instance, rule }) {
    const sent = await ask('ssm', 'SendCommand', { DocumentName: 'AWS-RunShellScript', InstanceIds: [instance], Parameters: { commands: ['id -u'] } });
    const ran = await ask('ssm', 'GetCommandInvocation', { CommandId: sent.Command.CommandId, InstanceId: instance });
    assert.equal(ran.StandardOutputContent.trim(), '0');
    assert.equal((await ask('ec2', 'RevokeSecurityGroupIngress', rule)).Return, true);
    assert.match(await refusal('ec2', 'RevokeSecurityGroupIngress', rule), /^InvalidPermission.NotFound: The specified rule does not exist/);
    assert.match(await refusal('iam', 'DeleteUser', { UserName: 'chaos' }), /^DeleteConflictException: Cannot delete entity/);
    assert.match(await refusal('iam', 'GetUser', { UserName: 'nobody' }), /^NoSuchEntityException: The user with name nobody cannot be found/);
    const { PolicyVersion } = await ask('iam', 'GetPolicyVersion', { PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess', VersionId: 'v1' });
    assert.equal(JSON.parse(decodeURIComponent(PolicyVersion.Document)).Statement[0].Effect, 'Allow');
}

async function wrongKeys() {
    const { STSClient, GetCallerIdentityCommand } = load('sts');
    const client = new STSClient({ credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' }, maxAttempts: 1 });
    await assert.rejects(client.send(new GetCallerIdentityCommand({})), { name: 'InvalidClientTokenId' });
}

async function story() {
    const { Account } = await ask('sts', 'GetCallerIdentity');
    const Bucket = 'cafelab-by-sdk';
    const own = await ownRule();
    await ask('s3', 'CreateBucket', { Bucket });
    await objects(Bucket);
    await trail(Bucket, Account);
    await query(Bucket);
    await repair(own);
    await wrongKeys();
    console.log('the story holds');
}

({ rows, story })[process.argv[2]]().catch((error) => {
    console.error(error);
    process.exit(1);
});
