# SPDX-License-Identifier: MIT
"""Requests as no library would send them: signed by hand, with one thing wrong, written byte by byte.

    aws_sign.py chunks PORT LAB BUCKET     bodies in AWS's own chunks
    aws_sign.py wrong PORT LAB             every way a signature can be wrong, in each service's own words
    aws_sign.py http PORT LAB              what no honest client sends, and ten thousand that say nothing

Prints what does not hold; exit 1 then.
"""
import base64
import configparser
import datetime
import hashlib
import hmac
import re
import resource
import socket
import sys
import time
import zlib

FAULTS = []
EMPTY = hashlib.sha256(b'').hexdigest()


def note(name, what):
    FAULTS.append(f'{name}: {what}')


def sha(data):
    return hashlib.sha256(data).hexdigest()


def mac(key, text):
    return hmac.new(key, text.encode() if isinstance(text, str) else text, hashlib.sha256).digest()


class Keys:
    def __init__(self, key_id, secret, token=None):
        self.key_id, self.secret, self.token = key_id, secret, token


class Lab:
    def __init__(self, port, folder):
        config, credentials = configparser.ConfigParser(), configparser.ConfigParser()
        config.read(f'{folder}/.cafelab/aws/config')
        credentials.read(f'{folder}/.cafelab/aws/credentials')
        own = credentials['default']
        self.port, self.region = int(port), config['default']['region']
        self.keys = Keys(own['aws_access_key_id'], own['aws_secret_access_key'])

    def connect(self, patience=60):
        return socket.create_connection(('127.0.0.1', self.port), patience)


class Reply:
    def __init__(self, data):
        head, _, self.body = data.partition(b'\r\n\r\n')
        lines = head.decode('latin-1').split('\r\n')
        self.status = int(lines[0].split()[1]) if data else 0 # 0: hung up
        self.headers = {k.lower(): v for k, v in (line.split(': ', 1) for line in lines[1:] if ': ' in line)}
        found = re.search(rb'<Code>([^<]*)</Code>|"__type":"([^"]*)"', self.body)
        self.code = (found.group(1) or found.group(2)).decode() if found else ''

    def __repr__(self):
        return f'{self.status} {self.code} {self.body[:160]!r}'


class Request:
    """A request that is signed last; everything can be set before, or spoilt after."""

    def __init__(self, lab, service, method='POST', path='/', query='', body=b'', headers=None):
        self.lab, self.service, self.method, self.path, self.query, self.body = lab, service, method, path, query, body
        self.keys, self.now, self.payload = lab.keys, datetime.datetime.now(datetime.timezone.utc), None
        self.headers = {'host': f'127.0.0.1:{lab.port}', **(headers or {})}
        self.scope_day = None

    def sign(self, leave_out=()):
        stamp = self.now.strftime('%Y%m%dT%H%M%SZ')
        day = self.scope_day or stamp[:8]
        payload = self.payload or sha(self.body)
        self.headers['x-amz-date'] = stamp
        if self.service == 's3':
            self.headers['x-amz-content-sha256'] = payload
        if self.keys.token:
            self.headers['x-amz-security-token'] = self.keys.token
        names = sorted(n.lower() for n in self.headers if n not in leave_out)
        lower = {k.lower(): v for k, v in self.headers.items()}
        canonical = '\n'.join([self.method, self.path, self.query] + [f'{n}:{lower[n].strip()}' for n in names] +
                              ['', ';'.join(names), payload])
        self.scope = f'{day}/{self.lab.region}/{self.service}/aws4_request'
        self.stamp = stamp
        self.key = ('AWS4' + self.keys.secret).encode()
        for part in self.scope.split('/'):
            self.key = mac(self.key, part)
        text = f'AWS4-HMAC-SHA256\n{stamp}\n{self.scope}\n{sha(canonical.encode())}'
        self.signature = mac(self.key, text).hex()
        self.headers['authorization'] = (f'AWS4-HMAC-SHA256 Credential={self.keys.key_id}/{self.scope}, '
                                         f'SignedHeaders={";".join(names)}, Signature={self.signature}')
        return self

    def bytes(self):
        target = self.path + ('?' + self.query if self.query else '')
        head = [f'{self.method} {target} HTTP/1.1'] + [f'{k}: {v}' for k, v in self.headers.items()]
        return '\r\n'.join(head + [f'Content-Length: {len(self.body)}', 'Connection: close', '', '']).encode() + self.body

    def send(self):
        return exchange(self.lab, self.bytes())


def receive(connection):
    data = b''
    try:
        while chunk := connection.recv(65536):
            data += chunk
    except ConnectionResetError:
        pass
    return Reply(data)


def exchange(lab, data, patience=60):
    with lab.connect(patience) as connection:
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return receive(connection)


def expect(name, reply, status, code='', words=''):
    if reply.status != status or reply.code != code or words.encode() not in reply.body:
        note(name, f'expected {status} {code} {words!r}, got {reply!r}')


# ---- bodies in chunks ----


def chunk_signatures(request, chunks, trailer):
    """The chunks' signatures, each over the one before, and the trailer's."""
    previous, out = request.signature, []
    for chunk in chunks:
        text = f'AWS4-HMAC-SHA256-PAYLOAD\n{request.stamp}\n{request.scope}\n{previous}\n{EMPTY}\n{sha(chunk)}'
        previous = mac(request.key, text).hex()
        out.append(previous)
    text = f'AWS4-HMAC-SHA256-TRAILER\n{request.stamp}\n{request.scope}\n{previous}\n{sha(trailer)}'
    return out, mac(request.key, text).hex()


def chunked(lab, bucket, kind, data, trailer=None, length=None, spoil=lambda body: body, announce=None):
    """A PUT of `data` in two chunks; `trailer` is (name, value)."""
    headers = {'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': str(len(data) if length is None else length)}
    if announce or trailer:
        headers['x-amz-trailer'] = announce or trailer[0]
    request = Request(lab, 's3', 'PUT', f'/{bucket}/chunked', headers=headers)
    request.payload = kind
    request.sign()
    half = len(data) // 2
    chunks = [c for c in (data[:half], data[half:]) if c] + [b'']
    signatures, last = chunk_signatures(request, chunks, f'{trailer[0]}:{trailer[1]}\n'.encode() if trailer else b'')
    body = b''
    for chunk, signature in zip(chunks, signatures):
        extension = '' if 'UNSIGNED' in kind else f';chunk-signature={signature}'
        body += f'{len(chunk):x}{extension}\r\n'.encode() + chunk + (b'\r\n' if chunk else b'')
    if trailer:
        body += f'{trailer[0]}:{trailer[1]}\r\n'.encode()
        if 'UNSIGNED' not in kind:
            body += f'x-amz-trailer-signature:{last}\r\n'.encode()
    request.body = spoil(body + b'\r\n')
    return request.send()


def kept(lab, bucket):
    return Request(lab, 's3', 'GET', f'/{bucket}/chunked').sign().send()


def chunks(lab, bucket):
    signed, trailing = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER'
    unsigned = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
    data = bytes(range(256)) * 700
    crc = ('x-amz-checksum-crc32', base64.b64encode(zlib.crc32(data).to_bytes(4, 'big')).decode())
    sha1 = ('x-amz-checksum-sha1', base64.b64encode(hashlib.sha1(data).digest()).decode())
    sha256 = ('x-amz-checksum-sha256', base64.b64encode(hashlib.sha256(data).digest()).decode())
    bad = (crc[0], base64.b64encode(b'\0\0\0\0').decode())
    good = [(signed, None), (trailing, crc), (trailing, sha1), (unsigned, crc), (unsigned, sha256)]
    for i, (kind, trailer) in enumerate(good):
        sent = data + bytes([i]) if trailer is None else data
        expect(f'{kind} {trailer}', chunked(lab, bucket, kind, sent, trailer), 200)
        reply = kept(lab, bucket)
        if reply.body != sent or 'content-encoding' in reply.headers:
            note(kind, f'{len(reply.body)} bytes of {len(sent)} came back, {reply.headers}')
    alter = lambda body: body.replace(b'\x10\x11\x12', b'\x10\x11\x13', 1)
    rows = [
        ('a chunk altered', (signed, data, None), {'spoil': alter}, 403, 'SignatureDoesNotMatch'),
        ('a signature altered', (signed, data, None), {'spoil': lambda b: b.replace(b'signature=', b'signature=0', 1)}, 403, 'SignatureDoesNotMatch'),
        ('a chunk gone', (signed, data, None), {'spoil': lambda b: b[:9000]}, 400, 'IncompleteBody'),
        ('the last chunk gone', (signed, data, None), {'spoil': lambda b: b[:b.rindex(b'0;chunk')]}, 400, 'IncompleteBody'),
        ('another length', (signed, data, None), {'length': len(data) + 1}, 400, 'IncompleteBody'),
        ('another trailer than signed', (trailing, data, crc), {'spoil': lambda b: b.replace(crc[1].encode(), bad[1].encode())}, 403, 'SignatureDoesNotMatch'),
        ('a wrong checksum', (trailing, data, bad), {}, 400, 'BadDigest'),
        ('a wrong checksum, unsigned', (unsigned, data, bad), {}, 400, 'BadDigest'),
        ('an altered body, unsigned', (unsigned, data, crc), {'spoil': alter}, 400, 'BadDigest'),
        ('no trailer though announced', (unsigned, data, None), {'announce': crc[0]}, 400, 'MalformedTrailerError'),
        ('another trailer than announced', (unsigned, data, crc), {'announce': 'x-amz-checksum-sha1'}, 400, 'MalformedTrailerError'),
    ]
    for name, (kind, sent, trailer), how, status, code in rows:
        expect(name, chunked(lab, bucket, kind, sent, trailer, **how), status, code)
    if kept(lab, bucket).body != data:
        note('refused bodies', 'the object is another one now')
    return len(good) + len(rows)


# ---- signatures that are wrong ----


def asks(lab):
    """A good request of each protocol, and how it spells what is wrong with another: see WRONG."""
    return {
        'query': lambda: Request(lab, 'iam', body=b'Action=ListUsers&Version=2010-05-08',
                                 headers={'content-type': 'application/x-www-form-urlencoded'}),
        'ec2': lambda: Request(lab, 'ec2', body=b'Action=DescribeRegions&Version=2016-11-15',
                               headers={'content-type': 'application/x-www-form-urlencoded'}),
        'json': lambda: Request(lab, 'kms', body=b'{}', headers={'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'TrentService.ListKeys'}),
        's3': lambda: Request(lab, 's3', 'GET', '/'),
    }


WRONG = { # what is wrong: (status, code) by protocol
    'secret': {'query': (403, 'SignatureDoesNotMatch'), 'ec2': (401, 'AuthFailure'), 'json': (400, 'InvalidSignatureException'), 's3': (403, 'SignatureDoesNotMatch')},
    'key': {'query': (403, 'InvalidClientTokenId'), 'ec2': (401, 'AuthFailure'), 'json': (400, 'UnrecognizedClientException'), 's3': (403, 'InvalidAccessKeyId')},
    'late': {'query': (403, 'SignatureDoesNotMatch'), 'ec2': (400, 'RequestExpired'), 'json': (400, 'InvalidSignatureException'), 's3': (403, 'RequestTimeTooSkewed')},
    'early': {'query': (403, 'SignatureDoesNotMatch'), 'ec2': (400, 'RequestExpired'), 'json': (400, 'InvalidSignatureException'), 's3': (403, 'RequestTimeTooSkewed')},
    'body': {'query': (403, 'SignatureDoesNotMatch'), 'ec2': (401, 'AuthFailure'), 'json': (400, 'InvalidSignatureException'), 's3': (400, 'XAmzContentSHA256Mismatch')},
    'added': {'query': (403, 'SignatureDoesNotMatch'), 'ec2': (401, 'AuthFailure'), 'json': (400, 'InvalidSignatureException'), 's3': (403, 'AccessDenied')},
    'header': {'query': (403, 'SignatureDoesNotMatch'), 'ec2': (401, 'AuthFailure'), 'json': (400, 'InvalidSignatureException'), 's3': (403, 'SignatureDoesNotMatch')},
    'host': {'query': (403, 'SignatureDoesNotMatch'), 'ec2': (401, 'AuthFailure'), 'json': (400, 'InvalidSignatureException'), 's3': (403, 'AccessDenied')},
    'token': {'query': (403, 'InvalidClientTokenId'), 'ec2': (401, 'AuthFailure'), 'json': (400, 'UnrecognizedClientException'), 's3': (400, 'InvalidToken')},
    'day': {'query': (403, 'SignatureDoesNotMatch'), 'ec2': (401, 'AuthFailure'), 'json': (400, 'InvalidSignatureException'), 's3': (400, 'AuthorizationHeaderMalformed')},
    'none': {'query': (403, 'MissingAuthenticationToken'), 'ec2': (403, 'MissingAuthenticationToken'), 'json': (400, 'MissingAuthenticationTokenException'), 's3': (403, 'AccessDenied')},
    'garbled': {'query': (400, 'IncompleteSignature'), 'ec2': (400, 'IncompleteSignature'), 'json': (400, 'IncompleteSignatureException'), 's3': (400, 'AuthorizationHeaderMalformed')},
    'method': {'query': (403, 'SignatureDoesNotMatch'), 'ec2': (401, 'AuthFailure'), 'json': (400, 'InvalidSignatureException'), 's3': (403, 'SignatureDoesNotMatch')},
    'path': {'query': (403, 'SignatureDoesNotMatch'), 'ec2': (401, 'AuthFailure'), 'json': (400, 'InvalidSignatureException'), 's3': (403, 'SignatureDoesNotMatch')},
    'query': {'query': (403, 'SignatureDoesNotMatch'), 'ec2': (401, 'AuthFailure'), 'json': (400, 'InvalidSignatureException'), 's3': (403, 'SignatureDoesNotMatch')},
}


def session(lab):
    """Temporary keys, from the lab itself."""
    reply = Request(lab, 'sts', body=b'Action=GetSessionToken&Version=2011-06-15',
                    headers={'content-type': 'application/x-www-form-urlencoded'}).sign().send()
    part = lambda tag: re.search(rb'<%s>([^<]*)' % tag, reply.body).group(1).decode()
    return Keys(part(b'AccessKeyId'), part(b'SecretAccessKey'), part(b'SessionToken'))


def spoilt(what, request, temporary):
    minutes = lambda n: request.now + datetime.timedelta(minutes=n)
    if what == 'secret':
        request.keys = Keys(request.keys.key_id, request.keys.secret[::-1])
    elif what == 'key':
        request.keys = Keys('AKIAIOSFODNN7EXAMPLE', request.keys.secret)
    elif what == 'token':
        request.keys = Keys(temporary.key_id, temporary.secret)
    elif what in ('late', 'early'):
        request.now = minutes(-16 if what == 'late' else 16)
    elif what == 'day':
        request.scope_day = '20200101'
    if what == 'host':
        return request.sign(leave_out=('host',))
    if what != 'none':
        request.sign()
    if what == 'body':
        request.body += b'&' if request.service != 's3' else b'x'
    elif what == 'added':
        request.headers['x-amz-added'] = 'after'
    elif what == 'header':
        request.headers['x-amz-date'] = minutes(1).strftime('%Y%m%dT%H%M%SZ')
    elif what == 'garbled':
        request.headers['authorization'] = 'AWS4-HMAC-SHA256 Credential=AKIA, SignedHeaders=host'
    elif what == 'method':
        request.method = 'GET' if request.method == 'POST' else 'PUT'
    elif what == 'path':
        request.path = '/else'
    elif what == 'query':
        request.query = 'x=1'
    return request


def wrong(lab):
    temporary, n = session(lab), 0
    for protocol, ask in asks(lab).items():
        expect(f'{protocol}, all well', ask().sign().send(), 200)
        request = ask()
        request.keys = temporary
        expect(f'{protocol}, with a session', request.sign().send(), 200)
        for what, codes in WRONG.items():
            status, code = codes[protocol]
            expect(f'{protocol}, wrong {what}', spoilt(what, ask(), temporary).send(), status, code)
            n += 1
    skewed = spoilt('late', asks(lab)['s3'](), temporary).send()
    for tag in (b'RequestTime', b'ServerTime', b'MaxAllowedSkewMilliseconds'):
        if b'<' + tag + b'>' not in skewed.body:
            note('s3, wrong late', f'no {tag}: {skewed.body}')
    request = Request(lab, 's3', 'PUT', '/b/k', body=b'x')
    request.payload = 'ANY-PAYLOAD'
    expect('s3, an unknown kind of payload', request.sign().send(), 400, 'InvalidArgument')
    return n


# ---- HTTP that is wrong ----


def http(lab):
    good = asks(lab)['query']().sign().bytes()
    head, _, body = good.partition(b'\r\n\r\n')
    length = b'Content-Length: %d' % len(body)
    with_header = lambda line: head + b'\r\n' + line + b'\r\n\r\n' + body
    rows = [
        ('as it should be', good, 200),
        ('a length and a coding', with_header(b'Transfer-Encoding: chunked'), 400),
        ('two lengths', with_header(length), 400),
        ('a negative length', good.replace(length, b'Content-Length: -1'), 400),
        ('no number as length', good.replace(length, b'Content-Length: ten'), 400),
        ('a length beyond the limit', good.replace(length, b'Content-Length: 99999999999'), 413),
        ('a NUL in the target', good.replace(b'POST / ', b'POST /\0x '), 400),
        ('a control byte in the target', good.replace(b'POST / ', b'POST /\x01x '), 400),
        ('a header of 70 kB', with_header(b'x-long: ' + b'a' * 70000), 431),
        ('a target of 70 kB', good.replace(b'POST / ', b'POST /' + b'a' * 70000 + b' '), 414),
        ('a hundred headers', with_header(b'\r\n'.join(b'x-h%d: 1' % i for i in range(100))), 431),
        ('another host as target', good.replace(b'POST / ', b'POST http://iam.amazonaws.com/ '), 403),
        ('CONNECT to another host', b'CONNECT s3.amazonaws.com:443 HTTP/1.1\r\nHost: s3.amazonaws.com:443\r\n\r\n', 400),
        ('no HTTP at all', b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400),
    ]
    for name, data, status in rows:
        reply = exchange(lab, data)
        if reply.status != status and not (status in (400, 414) and reply.status in (0, 400, 414)): # or hung up on, as rightly
            note(name, f'expected {status}, got {reply!r}')
    after = b'GET / HTTP/1.1\r\nHost: h\r\n\r\n'
    smuggled = exchange(lab, with_header(b'Transfer-Encoding: chunked').replace(b'Connection: close\r\n', b'') + after)
    if smuggled.body.count(b'HTTP/1.1') or smuggled.headers.get('connection', '').lower() != 'close':
        note('what follows a length and a coding', f'is answered: {smuggled!r}')
    half_sent(lab, good)
    many(lab, good)
    return len(rows) + 3


def half_sent(lab, good):
    """A client that goes away in the middle leaves nothing behind: neither an entry nor a thread that waits."""
    for _ in range(200):
        with lab.connect() as connection:
            connection.sendall(good[:-5])
    began = time.monotonic()
    expect('after half-sent bodies', exchange(lab, good), 200)
    if time.monotonic() - began > 30:
        note('after half-sent bodies', f'{time.monotonic() - began:.1f} s')


def many(lab, good, wanted=10000):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < wanted + 100:
        note('ten thousand connections', f'this machine allows {hard} files to a process: ulimit -Hn')
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted + 100), hard))
    silent = []
    try:
        for _ in range(wanted):
            silent.append(lab.connect())
        began = time.monotonic()
        expect('beside ten thousand connections', exchange(lab, good), 200)
        if time.monotonic() - began > 30:
            note('beside ten thousand connections', f'{time.monotonic() - began:.1f} s')
        for connection in silent[::1000]: # each of them is served, too
            connection.sendall(good)
            expect('one of ten thousand', receive(connection), 200)
    finally:
        for connection in silent:
            connection.close()
    expect('after ten thousand connections', exchange(lab, good), 200)


def main():
    mode, lab = sys.argv[1], Lab(*sys.argv[2:4])
    n = {'chunks': chunks, 'wrong': wrong, 'http': http}[mode](lab, *sys.argv[4:])
    print('\n'.join(FAULTS) if FAULTS else f'{n} rows hold')
    sys.exit(1 if FAULTS else 0)


main()
