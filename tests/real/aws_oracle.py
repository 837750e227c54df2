# SPDX-License-Identifier: MIT
"""Every reply of a live lab against the public API models: tags, keys, kinds, what must be there, the form of errors.

    aws_oracle.py LAB OPERATIONS      LAB is served; OPERATIONS holds what `cafelab operations` printed

Clients drop what they do not know without a word, so that a printed reply proves little; here the raw bytes are walked
together with the model that the CLI ships. aws_oracle_calls.py says what is asked. Every operation that the lab lists has
to be answered well once and refused once, and nobody without a policy may do any of it.
"""
import configparser
import json
import re
import sys
import time
import xml.etree.ElementTree as ElementTree

import aws_oracle_calls

try:
    import awscli.botocore # Debian's CLI carries its own, and makes it known by its usual name
except ImportError:
    pass
import botocore
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

# Where the models that Debian's CLI carries are older than AWS, or wrong about it.
NEWER = {'SubstatementType', 'securityGroupArn', 'revokedSecurityGroupRuleSet', 'IsTruncated', 'PolicyName'} # members added since 2023
NOT_ALWAYS = {'LastUsedDate'} # of a key that was never used; required no more since 2024
OTHER_VALUES = {'available', 'connected', 'notconnected'} # of a gateway's attachment (EC2 User Guide), of a connection (SSM API)
NO_MESSAGE = {'InvalidCiphertextException', 'InvocationDoesNotExist'} # these come without a sentence
UNLISTED = {'TerminateSession'} # lists no error but InternalServerError

# ---- the walk ----

DATE = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z')
HTTP_DATE = re.compile(r'(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT')
WHOLE = re.compile(r'-?\d+')
XSI_TYPE = '{http://www.w3.org/2001/XMLSchema-instance}type'


def plain(tag):
    """A tag without its name space."""
    return tag.rpartition('}')[2]


def text_faults(shape, text, where):
    """What is wrong with a scalar that travels as text."""
    kind = shape.type_name
    if kind == 'timestamp' and not DATE.fullmatch(text):
        yield f'{where}: {text!r} is no time'
    elif kind in ('integer', 'long') and not WHOLE.fullmatch(text):
        yield f'{where}: {text!r} is no whole number'
    elif kind == 'boolean' and text not in ('true', 'false'):
        yield f'{where}: {text!r} is neither true nor false'
    elif kind == 'string':
        yield from string_faults(shape, text, where)


def string_faults(shape, text, where):
    choices, pattern = getattr(shape, 'enum', None), shape.metadata.get('pattern')
    if choices and text not in choices and text not in OTHER_VALUES:
        yield f'{where}: {text!r} is none of {", ".join(choices[:8])}'
    try:
        if pattern and not choices and not re.search(pattern, text):
            yield f'{where}: {text!r} does not look like {pattern}'
    except re.error: # a few patterns are of another dialect
        pass
    if len(text) < shape.metadata.get('min', 0):
        yield f'{where}: {text!r} is shorter than {shape.metadata["min"]}'


class Xml:
    """Walks elements; `ec2` knows other names for the elements of lists."""

    def __init__(self, ec2=False):
        self.default_element = 'item' if ec2 else 'member'

    def children(self, shape):
        """Tag: (member's name, shape of one such element)."""
        known = {}
        for name, member in shape.members.items():
            said = member.serialization
            if said.get('location') in ('header', 'headers', 'statusCode') or said.get('xmlAttribute'):
                continue
            if member.type_name == 'list' and said.get('flattened'):
                known[said.get('name') or member.member.serialization.get('name', name)] = name, member.member
            else:
                known[said.get('name', name)] = name, member
        return known

    def faults(self, shape, element, where):
        kind = shape.type_name
        if kind == 'structure':
            yield from self.structure_faults(shape, element, where)
        elif kind == 'list':
            wanted = shape.member.serialization.get('name', self.default_element)
            for i, child in enumerate(element):
                if plain(child.tag) != wanted:
                    yield f'{where}: <{plain(child.tag)}> in a list of <{wanted}>'
                else:
                    yield from self.faults(shape.member, child, f'{where}[{i}]')
        elif kind != 'map':
            if len(element):
                yield f'{where}: elements where a {kind} is expected'
            yield from text_faults(shape, (element.text or '').strip() if kind != 'string' else element.text or '', where)

    def structure_faults(self, shape, element, where):
        known, seen = self.children(shape), set()
        if (element.text or '').strip():
            yield f'{where}: text where elements are expected'
        for name, member in shape.members.items():
            if member.serialization.get('xmlAttribute') and XSI_TYPE in element.attrib:
                seen.add(name)
        for child in element:
            tag = plain(child.tag)
            if tag not in known:
                if tag not in NEWER:
                    yield f'{where}: the model knows no <{tag}>'
                continue
            name, member = known[tag]
            repeated = shape.members[name].type_name == 'list' and shape.members[name].serialization.get('flattened')
            if name in seen and not repeated:
                yield f'{where}: <{tag}> twice'
            seen.add(name)
            yield from self.faults(member, child, f'{where}.{tag}')
        for name in shape.required_members:
            if name not in seen and name not in NOT_ALWAYS and shape.members[name].serialization.get('location') is None:
                yield f'{where}: {name} is missing'


def json_faults(shape, value, where):
    kind = shape.type_name
    if value is None:
        yield f'{where}: null'
    elif kind == 'structure':
        if not isinstance(value, dict):
            yield f'{where}: {type(value).__name__} instead of an object'
            return
        members = {m.serialization.get('name', n): (n, m) for n, m in shape.members.items()}
        for key, below in value.items():
            if key not in members:
                if key not in NEWER:
                    yield f'{where}: the model knows no "{key}"'
            else:
                yield from json_faults(members[key][1], below, f'{where}.{key}')
        for name in shape.required_members:
            if shape.members[name].serialization.get('name', name) not in value:
                yield f'{where}: {name} is missing'
    elif kind == 'list':
        if not isinstance(value, list):
            yield f'{where}: {type(value).__name__} instead of a list'
            return
        for i, below in enumerate(value):
            yield from json_faults(shape.member, below, f'{where}[{i}]')
    elif kind == 'map':
        for key, below in value.items():
            yield from json_faults(shape.value, below, f'{where}.{key}')
    else:
        yield from json_scalar_faults(shape, value, where)


def json_scalar_faults(shape, value, where):
    kind, truth = shape.type_name, isinstance(value, bool)
    number = isinstance(value, (int, float)) and not truth
    right = {'timestamp': number, 'double': number, 'float': number, 'boolean': truth,
             'integer': number and isinstance(value, int), 'long': number and isinstance(value, int)}
    if not right.get(kind, isinstance(value, str)):
        yield f'{where}: {value!r} is no {kind}'
    elif kind == 'blob' and (len(value) % 4 or not re.fullmatch(r'[A-Za-z0-9+/]*={0,2}', value)):
        yield f'{where}: {value!r} is no base64'
    elif kind == 'string':
        yield from string_faults(shape, value, where)


def header_faults(shape, headers, where):
    for name, member in shape.members.items():
        said = member.serialization
        if said.get('location') != 'header':
            continue
        value = headers.get(said['name'].lower())
        if value is None and name in shape.required_members:
            yield f'{where}: the header {said["name"]} is missing'
        elif value is not None and member.type_name == 'timestamp':
            if not HTTP_DATE.fullmatch(value):
                yield f'{where}: {said["name"]}: {value!r} is no date of HTTP'
        elif value is not None:
            yield from text_faults(member, value, f'{where}: {said["name"]}')


# ---- whole replies ----


def query_faults(model, operation, root):
    out = operation.output_shape
    wrapper = out.serialization.get('resultWrapper') if out is not None else None
    expected = ([wrapper] if wrapper else []) + ['ResponseMetadata']
    space = model.metadata['xmlNamespace']
    if root.tag != '{%s}%sResponse' % (space, operation.name):
        yield f'root element {root.tag}'
    if [plain(child.tag) for child in root] != expected:
        yield f'<{plain(root.tag)}> holds {[plain(c.tag) for c in root]}, expected {expected}'
    elif wrapper:
        yield from Xml().faults(out, root[0], operation.name)


def ec2_faults(model, operation, root):
    if plain(root.tag) != operation.name + 'Response' or 'http://ec2.amazonaws.com/doc/' + model.api_version not in root.tag:
        yield f'root element {root.tag}'
    if not len(root) or plain(root[0].tag) != 'requestId':
        yield 'no <requestId> at its head'
    else:
        root.remove(root[0])
    if operation.output_shape is not None:
        yield from Xml(ec2=True).faults(operation.output_shape, root, operation.name)
    elif {plain(c.tag) for c in root} - {'return', 'keyPairId'}: # newer models have these
        yield f'{[plain(c.tag) for c in root]} where the model has nothing'


def rest_faults(model, operation, reply):
    out, streams = operation.output_shape, operation.has_streaming_output
    if out is None:
        if reply.body:
            yield 'a body where the model has none'
        return
    yield from header_faults(out, reply.headers, operation.name)
    payload = out.serialization.get('payload')
    shape = out.members[payload] if payload else out
    in_body = [m for m in shape.members.values() if m.serialization.get('location') is None] if shape.type_name == 'structure' else []
    if streams or shape.type_name != 'structure':
        return
    if not reply.body:
        if in_body and operation.http['method'] != 'HEAD':
            yield 'no body'
        return
    if not in_body:
        yield f'a body where the model has none: {reply.body[:60]!r}'
        return
    root = ElementTree.fromstring(reply.body)
    if 's3.amazonaws.com/doc/' + model.api_version not in root.tag:
        yield f'name space of {root.tag}'
    if operation.name == 'GetBucketLocation': # the root element is the member: the model cannot say so
        yield from text_faults(shape.members['LocationConstraint'], root.text, operation.name) if root.text else ()
        return
    yield from Xml().faults(shape, root, operation.name)


def success_faults(model, operation, reply):
    protocol = model.metadata['protocol']
    wanted = operation.http.get('responseCode', 200)
    if reply.status != wanted and reply.status != 206 and (operation.name, reply.status) != ('PutBucketPolicy', 204):
        yield f'HTTP {reply.status}, expected {wanted}'
    if protocol == 'rest-xml':
        yield from rest_faults(model, operation, reply)
    elif protocol == 'json':
        if reply.headers.get('content-type') != 'application/x-amz-json-' + model.metadata['jsonVersion']:
            yield f'Content-Type {reply.headers.get("content-type")}'
        if operation.output_shape is not None and reply.body:
            yield from json_faults(operation.output_shape, json.loads(reply.body), operation.name)
        elif operation.output_shape is not None and operation.output_shape.members:
            yield 'no body'
    elif protocol == 'query':
        yield from query_faults(model, operation, ElementTree.fromstring(reply.body))
    else:
        yield from ec2_faults(model, operation, ElementTree.fromstring(reply.body))


# Codes that any operation of a protocol may give and no model lists (the common errors of each API reference).
COMMON = {'AccessDenied', 'AccessDeniedException', 'ValidationError', 'ValidationException', 'InvalidClientTokenId',
          'UnrecognizedClientException', 'SignatureDoesNotMatch', 'InvalidSignatureException', 'SerializationException',
          'MissingAuthenticationToken', 'IncompleteSignature', 'ExpiredToken', 'ExpiredTokenException'}
ERROR_FORMS = { # tags from the root to <Error>, and what stands in it
    'query': (['ErrorResponse', 'Error'], ['Type', 'Code', 'Message'], ['Error', 'RequestId']),
    'ec2': (['Response', 'Errors', 'Error'], ['Code', 'Message'], ['Errors', 'RequestID']),
}


def listed_faults(operation, code, reply):
    """Does the model know this error of this operation, with this status?"""
    listed = {s.error_code or s.name: s for s in operation.error_shapes}
    if not listed or code in COMMON or operation.name in UNLISTED:
        return
    if code not in listed:
        yield f'the model lists no error {code}: {", ".join(sorted(listed))}'
        return
    status = listed[code].metadata.get('error', {}).get('httpStatusCode')
    if status and status != reply.status:
        yield f'{code} with HTTP {reply.status}, the model says {status}'


def error_faults(model, operation, reply, code):
    protocol = model.metadata['protocol']
    if not 400 <= reply.status < 600:
        yield f'HTTP {reply.status} for an error'
    if protocol == 'json':
        body = json.loads(reply.body)
        name = body.get('__type', '').rpartition('#')[2]
        said = body.get('message', body.get('Message'))
        shape = next((s for s in operation.error_shapes if s.name == name), None)
        for key in set(body) - {'__type', 'message', 'Message'} - set(shape.members if shape else ()):
            yield f'{key} in an error'
        if name not in NO_MESSAGE and (not said or not isinstance(said, str)):
            yield 'an error without a message'
        if reply.headers.get('x-amzn-errortype', name).partition(':')[0] != name:
            yield f'x-amzn-ErrorType {reply.headers.get("x-amzn-errortype")} is not {name}'
        yield from listed_faults(operation, name, reply)
        return
    if operation.http['method'] == 'HEAD':
        if reply.body:
            yield 'a body to HEAD'
        return
    root = ElementTree.fromstring(reply.body)
    if protocol == 'rest-xml':
        tags = [plain(c.tag) for c in root]
        if plain(root.tag) != 'Error' or tags[:2] != ['Code', 'Message'] or 'RequestId' not in tags or 'HostId' not in tags:
            yield f'<{plain(root.tag)}> holds {tags}'
        return
    path, inside, around = ERROR_FORMS[protocol]
    at = root
    for tag in path[1:]:
        at = next((c for c in at if plain(c.tag) == tag), None)
        if at is None:
            yield f'no <{tag}> in {reply.body[:120]!r}'
            return
    if plain(root.tag) != path[0] or [plain(c.tag) for c in root] != around or [plain(c.tag) for c in at] != inside:
        yield f'<{plain(root.tag)}> is not {path} with {inside} and {around}'
    if any(not (c.text or '').strip() for c in at):
        yield f'an empty element in {reply.body[:200]!r}'
    if protocol == 'query' and not root.tag.startswith('{%s}' % model.metadata['xmlNamespace']):
        yield f'an error in the name space {root.tag}'
    if protocol == 'query':
        yield from listed_faults(operation, code, reply)


# ---- asking ----


class Reply:
    def __init__(self, response, streams):
        self.status = response.status_code
        self.headers = {k.lower(): v for k, v in response.headers.items()}
        self.body = b'' if streams and response.status_code < 300 else response.content


class Recorder:
    """Stands between a client and its connection and keeps the last reply as it came."""

    def __init__(self, inner):
        self.inner, self.streams, self.last = inner, False, None

    def send(self, request):
        response = self.inner.send(request)
        self.last = Reply(response, self.streams)
        return response

    def close(self):
        self.inner.close()


class Caller:
    """Clients of all services with one access key."""

    def __init__(self, lab, key_id, secret):
        self.lab, self.key_id, self.secret, self.clients = lab, key_id, secret, {}

    def client(self, service):
        if service not in self.clients:
            client = self.lab.session.create_client(
                service, region_name=self.lab.region, endpoint_url=self.lab.url, aws_access_key_id=self.key_id,
                aws_secret_access_key=self.secret,
                config=Config(parameter_validation=False, s3={'addressing_style': 'path'}))
            client._endpoint.http_session = Recorder(client._endpoint.http_session)
            self.clients[service] = client
        return self.clients[service]

    def ask(self, name, params):
        """(model, operation, raw reply, what botocore's own parser made of it, error code or None)"""
        service, _, api = name.partition(':')
        client = self.client(service)
        operation = client.meta.service_model.operation_model(api)
        recorder = client._endpoint.http_session
        recorder.streams = operation.has_streaming_output
        try:
            parsed, code = client._make_api_call(api, params), None
        except ClientError as error:
            parsed, code = error.response, error.response['Error']['Code']
        except (ValueError, ResponseParserError) as error: # the client cannot read it at all
            self.lab.note(name, [f'the client gives up: {error}'])
            parsed, code = {}, None
        return client.meta.service_model, operation, recorder.last, parsed, code


CATALOG_NAMES = { # CloudTrail calls some of S3's operations by other names than the API
    'ListObjectsV2': 'ListObjects', 'GetBucketAccelerateConfiguration': 'GetAccelerateConfiguration',
    'GetBucketLifecycleConfiguration': 'GetBucketLifecycle', 'GetBucketNotificationConfiguration': 'GetBucketNotification',
    'GetObjectLockConfiguration': 'GetBucketObjectLockConfiguration', 'GetPublicAccessBlock': 'GetBucketPublicAccessBlock',
    'PutPublicAccessBlock': 'PutBucketPublicAccessBlock', 'DeletePublicAccessBlock': 'DeleteBucketPublicAccessBlock',
}
NOT_SERVED = {'cloudwatch', 'signin'} # background only: to the former new clients speak CBOR, which the lab does not
FREE = {'sts:GetCallerIdentity', 'sts:GetSessionToken'} # need no policy (STS API reference)
DENIED = {'AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', '403'} # 403: HEAD has no body to say more


class Lab:
    """What aws_oracle_calls.py asks through: ok() and no(), as somebody who may do everything."""

    def __init__(self, folder):
        config, credentials = configparser.ConfigParser(), configparser.ConfigParser()
        config.read(f'{folder}/.cafelab/aws/config')
        credentials.read(f'{folder}/.cafelab/aws/credentials')
        rules = json.load(open(f'{folder}/.cafelab/aws/models/sts/2011-06-15/endpoint-rule-set-1.json'))
        self.session = botocore.session.get_session()
        self.region, self.url = config['default']['region'], rules['rules'][0]['endpoint']['url']
        self.folder = folder
        own = credentials['default']
        self.admin = Caller(self, own['aws_access_key_id'], own['aws_secret_access_key'])
        self.nobody = None # once aws_oracle_calls.py has made that user
        self.answered, self.refused, self.faults, self.asked = set(), set(), [], 0

    def caller(self, key):
        return Caller(self, key['AccessKeyId'], key['SecretAccessKey'])

    def note(self, name, faults):
        self.faults += [f'{name}: {fault}' for fault in faults]

    def catalog_name(self, name):
        service, _, api = name.partition(':')
        return f'{service}:{CATALOG_NAMES.get(api, api) if service == "s3" else api}'

    def examine(self, name, caller, params):
        self.asked += 1
        model, operation, reply, parsed, code = caller.ask(name, params)
        try:
            self.note(name, error_faults(model, operation, reply, code) if code else success_faults(model, operation, reply))
        except (ElementTree.ParseError, ValueError) as error:
            self.note(name, [f'HTTP {reply.status}, {error}: {reply.body[:200]!r}'])
        if not any(h in reply.headers for h in ('x-amzn-requestid', 'x-amz-request-id')):
            self.note(name, ['no request id in the headers'])
        return parsed, code

    def ok(self, name, **params):
        """Asks; the reply has to be good. Gives it as botocore understands it."""
        parsed, code = self.examine(name, self.admin, params)
        if code:
            self.note(name, [f'refused: {code}: {parsed["Error"].get("Message")} ({params})'])
        else:
            self.answered.add(self.catalog_name(name))
        if self.nobody and name not in FREE:
            self.denied(name, params)
        return parsed

    def denied(self, name, params):
        _, code = self.examine(name, self.nobody, params)
        if code not in DENIED:
            self.note(name, [f'somebody without a policy gets {code or "an answer"}'])

    def no(self, name, expected, **params):
        """Asks; the reply has to be this error."""
        parsed, code = self.examine(name, self.admin, params)
        if code != expected:
            self.note(name, [f'expected {expected}, got {code or "a good reply"} ({params}): {str(parsed)[:300]}'])
        self.refused.add(self.catalog_name(name))

    def state(self, query):
        return self.ok('athena:GetQueryExecution', QueryExecutionId=query)['QueryExecution']['Status']['State']

    def until(self, condition, patience=30):
        end = time.monotonic() + patience
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError('waited too long')
            time.sleep(0.2)

    def report(self, listed):
        for name in sorted(listed - self.answered):
            self.note(name, ['listed, and never answered well here: add a call to aws_oracle_calls.py'])
        for name in sorted(listed - self.refused - aws_oracle_calls.NO_ERROR_OF_THEIR_OWN):
            self.note(name, ['listed, and never refused here: add an error to aws_oracle_calls.py'])
        for fault in dict.fromkeys(self.faults):
            print(fault)
        print(f'{self.asked} replies of {len(listed)} operations, {len(set(self.faults))} faults'
              f' (models of botocore {botocore.__version__})')
        return not self.faults


def main():
    lab = Lab(sys.argv[1])
    names = [line.split()[0] for line in open(sys.argv[2]) if line.strip()]
    wired = set(lab.session.get_available_services())
    listed = {n for n in names if n.partition(':')[0] in wired - NOT_SERVED}
    aws_oracle_calls.everything(lab)
    sys.exit(0 if lab.report(listed) else 1)


if __name__ == '__main__':
    main()
