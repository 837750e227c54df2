#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes wrong and hostile submissions out of a good one, and the words that each must get.

    handin_corpus.py GOOD.tar.gz WHOLE.tar.gz OTHER.tar.gz OUT

GOOD is what `cafelab submit` packed, WHOLE a lab as a tar, OTHER another student's. OUT/files/NNN-name are the submissions,
OUT/expected the messages, a line each, in the same order; a submission that can be graded all the same has none.
"""
import gzip
import io
import json
import os
import random
import re
import struct
import sys
import tarfile
import zipfile
import zlib

good_path, whole_path, other_path, out = sys.argv[1:]
good = open(good_path, "rb").read()
other = open(other_path, "rb").read()
rows = []


def members(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return [(m.name, tar.extractfile(m).read() if m.isfile() else None, m) for m in tar.getmembers()]


def pack(entries, mode="w:gz", fmt=tarfile.USTAR_FORMAT):
    """entries: (name, bytes) or (name, bytes, change of TarInfo)."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode=mode, format=fmt) as tar:
        for entry in entries:
            info = tarfile.TarInfo(entry[0])
            info.size = len(entry[1])
            if len(entry) > 2:
                entry[2](info)
            tar.addfile(info, io.BytesIO(entry[1]))
    return raw.getvalue()


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", method) as z:
        for name, data in entries:
            z.writestr(name, data)
    return raw.getvalue()


parts = [(n, d) for n, d, _ in members(good)]


def swap(name, data):
    return [(n, data if n == name else d) for n, d in parts]


def without(name):
    return [(n, d) for n, d in parts if n != name]


def head(**change):
    h = json.loads(dict(parts)["submission.json"])
    for key, value in change.items():
        if value is None:
            h.pop(key)
        else:
            h[key] = value
    return pack(swap("submission.json", json.dumps(h).encode()))


def journal(edit):
    lines = [json.loads(x) for x in dict(parts)["journal.jsonl"].decode().splitlines()]
    edit(lines)
    text = "".join(json.dumps(x, separators=(",", ":")) + "\n" for x in lines).encode()
    h = json.loads(dict(parts)["submission.json"])
    h["entries"] = len(lines)
    return pack([(n, text if n == "journal.jsonl" else json.dumps(h).encode() if n == "submission.json" else d) for n, d in parts])


def changes(edit):
    lines = [json.loads(x) for x in dict(parts)["changes.jsonl"].decode().splitlines()]
    edit(lines)
    return pack(swap("changes.jsonl", "".join(json.dumps(x) + "\n" for x in lines).encode()))


def row(name, data, place=None, outcome=None, reason=None):
    """place is what follows the file's own name; None as outcome: it is graded."""
    rows.append((name, data, place, outcome, reason))


def kind(type_, link=""):
    def change(info):
        info.type = type_
        info.linkname = link
        info.size = 0
    return change


def attributes(**values):
    def change(info):
        for key, value in values.items():
            setattr(info, key, value)
    return change


extra = parts + [("host/x", b"")]

# ---- the file ----
row("empty", b"", "", "empty", "a file of no bytes")
row("text", b"who: chaos\n", "", "no-archive", "a text: expected a tar.gz, tar or zip")
row("pdf", b"%PDF-1.7\n%\xe2\xe3", "", "no-archive", "a PDF: expected a tar.gz, tar or zip")
row("rar", b"Rar!\x1a\x07\x00" + bytes(50), "", "no-archive", "a RAR archive: expected a tar.gz, tar or zip")
row("7z", b"7z\xbc\xaf\x27\x1c" + bytes(50), "", "no-archive", "a 7z archive: expected a tar.gz, tar or zip")
row("xz", b"\xfd7zXZ\x00" + bytes(50), "", "no-archive", "packed with xz: expected a tar.gz, tar or zip")
row("bz2", b"BZh91AY&SY" + bytes(50), "", "no-archive", "packed with bzip2: expected a tar.gz, tar or zip")
row("zstd", b"\x28\xb5\x2f\xfd" + bytes(50), "", "no-archive", "packed with zstd: expected a tar.gz, tar or zip")
row("picture", b"\x89PNG\r\n\x1a\n" + bytes(50), "", "no-archive", "a picture: expected a tar.gz, tar or zip")
row("program", b"\x7fELF\x02\x01" + bytes(50), "", "no-archive", "a program: expected a tar.gz, tar or zip")
row("page", b"<html></html>", "", "no-archive", "a page or an XML text: expected a tar.gz, tar or zip")
row("noise", bytes(range(128, 256)) * 8, "", "no-archive", "something else: expected a tar.gz, tar or zip")
row("gzip-of-text", gzip.compress(b"who: chaos\n"), "", "no-archive",
    "packed with gzip, but no tar archive: expected what `cafelab submit` makes")
row("gzip-of-nothing", gzip.compress(b""), "", "empty", "packed with gzip, but nothing is in it")
row("gzip-header-only", b"\x1f\x8b\x08\x00", "", "truncated", "the gzip data ends in the middle")
row("cut-in-half", good[: len(good) // 2], "", "truncated", "the gzip data ends in the middle")
row("cut-last-byte", good[:-1], "", "truncated", "the gzip data ends in the middle")
row("bit-flipped", good[:-6] + bytes([good[-6] ^ 1]) + good[-5:], "", "damaged", "incorrect data check")
row("wrong-length", good[:-1] + bytes([good[-1] ^ 1]), "", "damaged", "incorrect length check")
row("bad-deflate", good[:18] + b"\xff" * 40, "", "damaged", "invalid code lengths set")
row("text-behind-gzip", good + b"hello", "", "damaged", "there is something behind the gzip data")
row("zeros-behind-gzip", good + bytes(1024))
row("two-gzip-members", gzip.compress(gzip.decompress(good)[:1000]) + gzip.compress(gzip.decompress(good)[1000:]))
row("gzip-with-a-name", good[:3] + b"\x08" + good[4:10] + b"me.tar\0" + good[10:])
row("gzip-wrong-header-sum", good[:3] + b"\x02" + good[4:10] + b"\0\0" + good[10:], "", "damaged", "header crc mismatch")
row("gzip-says-less", good[:-4] + b"\x00\x02\0\0", "", "damaged", "incorrect length check")
row("gzip-says-more", good[:-4] + b"\x00\x00\x80\0", "", "damaged", "incorrect length check")
row("gzip-says-a-bomb", good[:-4] + b"\xff\xff\xff\xff", "", "damaged", "incorrect length check")
row("gzip-wrong-sum", good[:-8] + b"\0\0\0\0" + good[-4:], "", "damaged", "incorrect data check")
row("tar-plain", gzip.decompress(good))
tar = gzip.decompress(good)
row("tar-cut-in-a-member", gzip.compress(tar[:700]), ": submission.json", "truncated", "Truncated tar archive")
row("tar-cut-between-members", gzip.compress(tar[:1024]), ": submission.json", "truncated",
    "%d files were packed, 1 are here" % len(parts))
row("tar-bad-header", gzip.compress(tar[:1024] + b"\xff" * 512 + tar[1536:]), "", "damaged", "Damaged tar archive")
row("tar-of-nothing", gzip.compress(bytes(1024)), "", "no-archive",
    "packed with gzip, but no tar archive: expected what `cafelab submit` makes")

# ---- zip ----
row("zip", zipped(parts))
row("zip-stored", zipped(parts, zipfile.ZIP_STORED))
row("zip-in-folder", zipped([("me/" + n, d) for n, d in parts]))
row("zip-with-mac-junk", zipped(parts + [("__MACOSX/._answers.yaml", b"x"), (".DS_Store", b"x")]))
row("zip-in-a-folder-with-a-name", zipped([("Zo\u00eb N\u00fa\u00f1ez/" + n, d) for n, d in parts]))
row("zip-of-tar-gz", zipped([("me.tar.gz", good)]))
row("zip-of-two", zipped([("me", good), ("again", good)]), "", "no-lab",
    "no submission in it: expected what `cafelab submit` makes, or a lab's folder")
row("zip-in-zip-in-zip", zipped([("a.zip", zipped([("b.zip", zipped(parts))]))]), "", "nested", "an archive in an archive in an archive")
row("zip-empty", zipped([]), "", "empty", "an archive with nothing in it")
row("zip-cut", zipped(parts)[:400], "", "truncated", "the zip's directory, which stands at its end, is not there")
z = bytearray(zipped(parts))
at = z.find(b"PK\x01\x02")
z[at + 8] |= 1  # the first member's flag, in the directory and at the member
z[6] |= 1
row("zip-encrypted", bytes(z), ": submission.json", "encrypted", "is encrypted")
z = bytearray(zipped(parts, zipfile.ZIP_STORED))
z[z.find(b'"format"')] ^= 1
row("zip-bad-crc", bytes(z), ": submission.json", "damaged", None)


def lying(n, said):
    """A zip with a member of n zeros behind the others, whose size, wherever it stands, is what is said."""
    z = bytearray(zipped(parts + [("files/lies", bytes(n))]))
    entry = z.rfind(b"PK\x01\x02")
    for at in (entry + 24, struct.unpack_from("<I", z, entry + 42)[0] + 22):
        struct.pack_into("<I", z, at, said)
    return bytes(z)


row("zip-says-less", lying(700000, 10), ": files/lies", "damaged", "holds more than it says")
row("zip-says-less-of-one-piece", lying(200000, 10), ": files/lies", "damaged", "ZIP uncompressed data is wrong size (read 200000, expected 10)")
row("zip-other-things", zipped([("report.docx", b"x" * 50), ("notes.txt", b"hello")]), "", "no-lab",
    "no submission in it: expected what `cafelab submit` makes, or a lab's folder")

# ---- members ----
row("symlink", pack(parts + [("answers.link", b"", kind(tarfile.SYMTYPE, "/etc/passwd"))]), ": answers.link", "link", "is a link")
row("sheet-is-symlink", pack(without("answers.yaml") + [("answers.yaml", b"", kind(tarfile.SYMTYPE, "/etc/passwd"))]),
    ": answers.yaml", "link", "is a link")
row("symlink-up", pack(parts + [("files/up", b"", kind(tarfile.SYMTYPE, "../.."))]), ": files/up", "link", "is a link")
row("hard-link", pack(parts + [("files/hard", b"", kind(tarfile.LNKTYPE, "answers.yaml"))]), ": files/hard", "link", "is a hard link")
row("hard-link-out", pack(parts + [("files/hard", b"", kind(tarfile.LNKTYPE, "/etc/shadow"))]), ": files/hard", "link",
    "is a hard link")
for name, type_ in (("char", tarfile.CHRTYPE), ("block", tarfile.BLKTYPE), ("fifo", tarfile.FIFOTYPE)):
    row(name + "-device", pack(parts + [("files/dev", b"", kind(type_))]), ": files/dev", "device", "is a device, a pipe or a socket")
row("absolute", pack(parts + [("/etc/cron.d/x", b"x")]), ": /etc/cron.d/x", "bad-path", "an absolute path")
row("dot-dot", pack(parts + [("../../x", b"x")]), ": ../../x", "bad-path", "a path with ..")
row("dot-dot-inside", pack(parts + [("files/../../x", b"x")]), ": files/../../x", "bad-path", "a path with ..")
row("dot-inside", pack(parts + [("files/./x", b"x")]), ": files/./x", "bad-path", "a path with an empty part")
row("empty-part", pack(parts + [("files//x", b"x")]), ": files//x", "bad-path", "a path with an empty part")
row("backslash-in-zip", zipped(parts + [("files\\..\\x", b"x")]), None, "bad-path", None)
row("backslash", pack(parts + [("files\\x", b"x")]), ": files\\x", "bad-path", "a path with backslashes")
row("control", pack(parts + [("files/a\x1b[31m", b"x")]), ": files/a\\x1b[31m", "bad-path", "a path with control characters")
row("delete", pack(parts + [("files/a\x7f", b"x")]), ": files/a\\x7f", "bad-path", "a path with control characters")
row("newline", pack(parts + [("files/a\nb", b"x")]), ": files/a\\x0ab", "bad-path", "a path with control characters")
row("not-utf-8", pack([(n, d) for n, d in parts] + [("files/\udcff", b"x")]), ": files/\\xff", "bad-path", "a path that is not UTF-8")
row("long-path", pack(parts + [("files/" + "a/" * 100 + "b" * 1000, b"x")], fmt=tarfile.GNU_FORMAT), None, "bad-path",
    "a path of more than 1024 bytes")
row("deep-path", pack(parts + [("a/" * 70 + "b", b"x")], fmt=tarfile.GNU_FORMAT), None, "bad-path", "a path of more than 64 folders")
row("duplicate", pack(parts + [("answers.yaml", b"who: eve\n")]), ": answers.yaml", "duplicate", "is there twice")
row("duplicate-by-dot", pack(parts + [("./answers.yaml", b"who: eve\n")]), ": answers.yaml", "duplicate", "is there twice")
row("file-and-folder", pack(parts + [("answers.yaml/x", b"x")]), ": answers.yaml", "duplicate", "is a file and a folder")
row("folder-of-the-same-name", pack(parts + [("answers.yaml", b"", kind(tarfile.DIRTYPE))]), ": answers.yaml", "duplicate", "is there twice")
row("folder-twice", pack(parts + [("notes", b"", kind(tarfile.DIRTYPE))] * 2))
row("two-submissions", pack([("a/" + n, d) for n, d in parts] + [("b/" + n, d) for n, d in parts]), ": b/submission.json",
    "duplicate", "is a second submission beside the first")
row("two-heads", pack(parts + [("inner/" + n, d) for n, d in parts]))


def sparse():
    """GNU's old form: a header that says that nearly all of it are holes."""
    info = tarfile.TarInfo("files/sparse")
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    block[124:136] = b"%011o\0" % 512  # bytes stored
    block[156:157] = b"S"
    block[386:398] = b"%011o\0" % 0
    block[398:410] = b"%011o\0" % 512
    block[483:495] = b"%011o\0" % (1 << 32)  # claimed size
    block[148:156] = b"        "
    block[148:156] = b"%06o\0 " % sum(block)
    return gzip.compress(gzip.decompress(pack(parts))[: tar_end(parts)] + bytes(block) + bytes(512) + bytes(1024))


def tar_end(entries):
    return sum(512 + (len(d) + 511) // 512 * 512 for _, d in entries)


row("sparse", sparse(), ": files/sparse", "sparse", "is a sparse file")


def huge(size):
    info = tarfile.TarInfo("files/huge")
    info.size = size
    return gzip.compress(gzip.decompress(pack(parts))[: tar_end(parts)] + info.tobuf(tarfile.GNU_FORMAT))


row("huge-claim", huge(1 << 33), ": files/huge", "huge-member", "claims to be of more than 64 MiB")
row("huge-claim-at-the-limit", huge(60 << 20), None, "bomb", "each of its bytes unpacks to more than 250")


def bomb(n):
    """n MiB of zeros in few bytes."""
    z = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([z.compress(bytes(1 << 20)) for _ in range(n)] + [z.flush()])


row("gzip-bomb", bomb(300), "", "bomb", "each of its bytes unpacks to more than 250")
row("zip-bomb", zipped(parts + [("files/b%d" % i, bytes(20 << 20)) for i in range(4)]), None, "bomb",
    "each of its bytes unpacks to more than 250")
row("zip-bomb-in-proportion", zipped([("files/noise", random.Random(1).randbytes(3 << 19))] + [("files/b%d" % i, bytes(60 << 20)) for i in range(4)]),
    ": files/b3", "bomb", "unpacks to more than 192 MiB")
row("too-many", pack([("files/m%d" % i, b"") for i in range(30001)]), "", "too-many-members", "more than 30000 members")

# ---- what they say ----
row("no-head", pack(without("submission.json")), "", "no-lab", "no submission in it: expected what `cafelab submit` makes, or a lab's folder")
row("head-no-json", pack(swap("submission.json", b"hello")), ": submission.json", "malformed", None)
row("head-deep", pack(swap("submission.json", b"[" * 100000)), ": submission.json", "malformed", None)
row("head-huge", pack(swap("submission.json", b" " * 70000)), ": submission.json", "malformed", "more than 64 KiB")
row("head-double-key", pack(swap("submission.json", b'{"format":1,"format":1}')), ": submission.json", "malformed", None)
row("head-list", pack(swap("submission.json", b"[]")), ": submission.json", "malformed", '"format": expected a whole number')
row("head-no-id", head(id=None), ": submission.json", "malformed", '"id": expected a text')
row("head-long-id", head(id="x" * 201), ": submission.json", "malformed", '"id": expected a text')
row("head-bad-id", head(id="../cafe-breach"), ": submission.json", "malformed", '"id": expected a name of a-z, 0-9, _ and -')
row("head-many-events", head(events=10 << 40), ": submission.json", "malformed", '"events": expected a whole number')
row("head-live-no-seed", head(startMs=1760000000000), ": submission.json", "malformed", '"seed": expected a text')
row("head-later-draw", head(student=json.loads(dict(parts)["submission.json"])["student"] + "/1"))
row("head-bad-hash", head(built={"entries": 1, "hash": "zz"}), ": submission.json", "malformed",
    '"built.hash": expected 64 digits of 0-9 a-f')
row("head-negative", head(events=-1), ": submission.json", "malformed", '"events": expected a whole number')
row("other-form", head(format=2, packedBy="9.9.9"), ": submission.json", "other-version",
    "packed by another cafelab (9.9.9), whose form 2 this one (0.1.0) does not read")
row("other-version", head(version="0.0.1", built={"entries": 1, "hash": "0" * 64}), ": submission.json", "other-version",
    "built by cafelab 0.0.1, in which the story comes out otherwise than in 0.1.0: grade it with that version")
row("other-scenario", head(id="old-key"), "", "other-scenario", 'of the scenario "old-key": the class is of "cafe-breach"')
row("unknown-student", head(student="nobody"), "", "unknown-student", 'the bundle of "nobody", who is not in roster.csv')
row("other-class", head(built={"entries": 1, "hash": "0" * 64}), ": submission.json", "other-class",
    'not drawn from this class\'s secret for "4711": a bundle of another class or student, or it was edited')
row("other-class-same-length", head(built=dict(json.loads(dict(parts)["submission.json"])["built"], hash="0" * 64)), ": submission.json", "other-class",
    'not drawn from this class\'s secret for "4711": a bundle of another class or student, or it was edited')
row("someone-elses-past", head(student="4712"), ": submission.json", "other-class",
    'not drawn from this class\'s secret for "4712": a bundle of another class or student, or it was edited')
row("self-study", head(seed="0"), "", "other-class", 'a lab that "4711" built, not the bundle that was handed out')
row("edited-count", head(built=dict(json.loads(dict(parts)["submission.json"])["built"], entries=7)), ": submission.json", "edited-past", None)
row("no-journal", pack([(n, d) for n, d in without("journal.jsonl")] + [("files/x", b"")]), ": journal.jsonl", "malformed", "is not there")
row("no-changes", pack(without("changes.jsonl") + [("files/x", b"")]), ": changes.jsonl", "malformed", "is not there")
row("member-missing", pack(parts[:-1]), ": submission.json", "truncated",
    "%d files were packed, %d are here" % (len(parts), len(parts) - 1))

# ---- the journal ----
row("journal-cut-line", pack(swap("journal.jsonl", dict(parts)["journal.jsonl"][:-20])), None, "truncated", "the line does not end")
row("journal-line-missing", pack(swap("journal.jsonl", b"".join(dict(parts)["journal.jsonl"].splitlines(True)[:-1]))),
    ": journal.jsonl", "truncated", None)
row("journal-no-json", pack(swap("journal.jsonl", b"hello\n")), ": journal.jsonl:1", "bad-journal", None)
row("journal-binary", pack(swap("journal.jsonl", bytes(range(256)) + b"\n")), ": journal.jsonl:1", "bad-journal", None)
row("journal-deep", pack(swap("journal.jsonl", b'{"asked":' * 5000 + b"\n")), ": journal.jsonl:1", "bad-journal", None)
row("journal-unknown-key", journal(lambda x: x[0].update(hello=1)), ": journal.jsonl:1", "bad-journal", 'entry: unknown key "hello"')
row("journal-no-op", journal(lambda x: x[0].pop("op")), ": journal.jsonl:1", "bad-journal", 'entry: missing key "op"')
row("journal-seq", journal(lambda x: x[0].update(seq=9999)), ": journal.jsonl:1", "impossible-journal", None)
row("journal-from-middle", journal(lambda x: x.pop(0)), ": journal.jsonl:1", "impossible-journal", None)
row("journal-swapped", journal(lambda x: x.insert(0, x.pop(1))), ": journal.jsonl:1", "impossible-journal", None)
row("journal-unknown-op", journal(lambda x: x[0].update(op="iam:MakeMeRich")), ": journal.jsonl:1", "impossible-journal",
    "iam:MakeMeRich: no operation is called that")
row("journal-prelude", journal(lambda x: x[0].update(prelude=True)), ": journal.jsonl:1", "impossible-journal", None)
row("journal-stream", journal(lambda x: x[0].update(stream="abcd")), ": journal.jsonl:1", "impossible-journal", None)
row("journal-mark", journal(lambda x: x[0].update(mark="rogue_rule")), ": journal.jsonl:1", "impossible-journal", None)
row("journal-past", journal(lambda x: x[0].update(time=1000)), ": journal.jsonl:1", "impossible-journal", None)
row("journal-future", journal(lambda x: x[0].update(time=x[0]["time"] + 500 * 86400000)), ": journal.jsonl:1", "impossible-journal", None)
row("journal-typed-otherwise", journal(lambda x: next(e for e in x if e["op"] == "host:Run").setdefault("response", {}).update(typed="sudo ls")), None,
    "impossible-journal", "host:Run: what was typed is not what was run")
row("journal-no-server", journal(lambda x: [e.update(on="nowhere") for e in x if "on" in e]), None, "impossible-journal", None)


def refused_made_good(lines):
    e = next(x for x in lines if x.get("errorCode"))
    e.pop("errorCode")
    e.pop("errorMessage", None)


row("journal-refusal-made-good", journal(refused_made_good), None, "impossible-journal", None)


def other_event(lines):
    next(x for x in lines if x.get("eventId"))["eventId"] = "00000000-0000-4000-8000-000000000000"


row("journal-other-event-id", journal(other_event), None, "impossible-journal", None)


def by_root(lines):
    e = next(x for x in lines if x["op"].startswith("iam:"))
    e["who"] = {"kind": "root", "name": "root"}


row("journal-by-root", journal(by_root), None, "impossible-journal", None)


# with an identity that agrees: nobody asks these for permission, so nobody may say that he was one
def forged(kind, name, **identity):
    def edit(lines):
        e = next(x for x in lines if x["op"].startswith("iam:"))
        account = e["identity"]["accountId"]
        e["who"] = {"kind": kind, "name": name}
        e["identity"] = {k: v.replace("ACCOUNT", account) for k, v in identity.items()}

    return journal(edit)


row("journal-by-real-root", forged("root", "root", type="Root", principalId="ACCOUNT", arn="arn:aws:iam::ACCOUNT:root", accountId="ACCOUNT"),
    None, "impossible-journal", "iam:DeleteUser: nobody signs in as root")
row("journal-by-service", forged("service", "ec2.amazonaws.com", type="AWSService", invokedBy="ec2.amazonaws.com"),
    None, "impossible-journal", "iam:DeleteUser: no service does that of itself")
row("journal-by-role", forged("role", "CafeRole", type="AssumedRole"), None, "impossible-journal",
    "iam:DeleteUser: nobody was given these temporary credentials")


def on_server(**who):
    def edit(lines):
        next(x for x in lines if x["op"] == "host:Run")["who"] = {"kind": "os", **who}

    return journal(edit)


def for_me(lines):
    next(x for x in lines if x["op"].startswith("iam:"))["who"]["invokedBy"] = "athena.amazonaws.com"


row("journal-by-server-root", on_server(name="root"), None, "impossible-journal", "host:Run: nobody is on a server without a session")
row("journal-invoked-by", journal(for_me), None, "impossible-journal", "iam:DeleteUser: no service calls for you here")

# ---- files ----
row("changes-no-json", pack(swap("changes.jsonl", b"hello\n")), ": changes.jsonl:1", "malformed", None)
row("changes-no-path", changes(lambda x: x[0].pop("path")), ": changes.jsonl:1", "bad-files", '"path": expected a path')
row("changes-outside", changes(lambda x: x[0].update(path="etc/passwd")), ": changes.jsonl:1", "bad-files",
    '"etc/passwd" is no file of a server')
row("changes-dot-dot", changes(lambda x: x.append({"path": "host/../../x", "kind": "dir"})), None, "bad-files",
    '"host/../../x" cannot be there')
row("changes-no-member", changes(lambda x: x.append({"path": "host/root/x", "kind": "file", "content": "files/77"})), None, "bad-files",
    '"files/77": there is no such member')
row("changes-answers-as-content", changes(lambda x: x.append({"path": "host/root/x", "kind": "file", "content": "answers.yaml"})), None,
    "bad-files", '"answers.yaml": there is no such member')
row("changes-kind", changes(lambda x: x.append({"path": "host/root/x", "kind": "socket"})), None, "bad-files",
    '"kind": expected file, dir or link')
row("changes-mode", changes(lambda x: x.append({"path": "host/root/x", "kind": "dir", "mode": 99999})), None, "bad-files",
    '"mode": expected a whole number')
row("changes-no-parent", changes(lambda x: x.append({"path": "host/no/such/dir", "kind": "dir"})), None, "bad-files",
    '"host/no/such/dir" cannot be there')
row("changes-link-nowhere", changes(lambda x: x.append({"path": "host/root/l", "kind": "link"})), None, "bad-files",
    '"target": expected where the link points to')
row("untouched", other, ": answers.yaml", "untouched", "nothing is answered, no hint was taken, and account, servers and journal are as "
    "they were handed out: perhaps the work was done in another copy of the lab")
row("changes-twice", changes(lambda x: x.append(dict(x[0]))), ": changes.jsonl", "bad-files", None)

# ---- the sheet: ungradable, with line and column, by grade() ----
for name, text in (("sheet-alias-bomb", b"a: &a [x,x]\nb: &b [*a,*a]\nwho: *b\n"), ("sheet-deep", b"who: " + b"[" * 200 + b"\n"),
                   ("sheet-double-key", b"who: a\nwho: b\n"), ("sheet-no-yaml", b"who: [a\n"), ("sheet-tag", b"who: !!python/object a\n")):
    row(name, pack(swap("answers.yaml", text)), None, "sheet", None)

# ---- whole labs ----
whole = [(n, d, m) for n, d, m in members(open(whole_path, "rb").read())]


def lab(edit, more=()):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz", format=tarfile.GNU_FORMAT) as t:
        for n, d, m in whole:
            new = edit(n, d)
            if new is None and d is not None:
                continue
            info = tarfile.TarInfo(n)
            info.type, info.linkname, info.mode, info.mtime = m.type, m.linkname, m.mode, m.mtime
            info.size = len(new) if m.isfile() else 0
            t.addfile(info, io.BytesIO(new) if m.isfile() else None)
        for n, d in more:
            info = tarfile.TarInfo(n)
            info.size = len(d)
            t.addfile(info, io.BytesIO(d))
    return raw.getvalue()


root = whole[0][0].split("/")[0]
row("lab-no-journal", lab(lambda n, d: None if n.endswith("journal.jsonl") else d), ": .cafelab/journal.jsonl", "malformed", "is not there")
row("lab-no-manifest", lab(lambda n, d: None if n.endswith("host.mtree") else d), ": .cafelab/host.mtree", "malformed", "is not there")
row("lab-bad-manifest", lab(lambda n, d: b"./x type=what\n" if n.endswith("host.mtree") else d), ": .cafelab/host.mtree", "malformed", None)
row("lab-bad-json", lab(lambda n, d: b"{}" if n.endswith("lab.json") else d), ": .cafelab/lab.json", "malformed", None)
row("lab-huge-json", lab(lambda n, d: d + b" " * 70000 if n.endswith("lab.json") else d), ": .cafelab/lab.json", "malformed", "more than 64 KiB")
row("lab-bad-hash", lab(lambda n, d: re.sub(rb'("entries": [0-9]+,\s*"hash": ")..', rb"\1zz", d) if n.endswith("lab.json") else d),
    ": .cafelab/lab.json", "malformed", '"built": expected a hash')
row("lab-as-live", lab(lambda n, d: d.replace(b'"live": false', b'"live": true') if n.endswith("lab.json") else d), ": .cafelab/lab.json",
    "malformed", None)
row("lab-edited-journal", lab(lambda n, d: d.replace(b'"op":"iam:', b'"op":"ec2:') if n.endswith("journal.jsonl") else d), None,
    "impossible-journal", None)
row("lab-link-outside-host", lab(lambda n, d: d, [])[:0] or pack([(root + "/x", b"", kind(tarfile.SYMTYPE, "/"))] + [
    (root + "/.cafelab/lab.json", next(d for n, d, m in whole if n.endswith("lab.json")))]), ": %s/x" % root, "link", "is a link")

os.makedirs(out + "/files")
with open(out + "/expected", "w") as expected:
    for i, (name, data, place, outcome, reason) in enumerate(rows):
        file = "%03d-%s" % (i, name)
        with open("%s/files/%s" % (out, file), "wb") as f:
            f.write(data)
        print("|".join([file, "*" if place is None else place, outcome or "", "*" if reason is None else reason]), file=expected)
