#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Takes a student's bundle and the program apart, and looks for every answer outside the evidence.

    bundle_apart.py BUNDLE.tar.gz REPORT.json PROGRAM SECRET SEED SAYS...

REPORT is the teacher's: what each question expected. Evidence is what a student is meant to look at: s3/, host/, server/,
account/. What is looked for: answers (moments in every form, too), the secret, the seed's digits, texts of hints and checks (SAYS).
host.mtree lists the names of the evidence's files; answers that are part of such names may stand there. Choices stand where they
are offered, and in the program; a network of everybody is everywhere. The state of the world is unsealed: of passwords and of
secrets of access keys it holds the student's own alone. Prints what it finds; the last line says how much was
looked through.
"""
import datetime
import gzip
import hmac
import json
import re
import subprocess
import sys
import tarfile

bundle, report_path, program, secret, *says = sys.argv[1:]
report = json.load(open(report_path))
options = re.compile(r"answers\.yaml$|README\.md$|questions\.json$")
listing = re.compile(r"\.cafelab/host\.mtree$")

wanted = {}
for f in report["findings"]:
    if f["kind"] != "question":
        continue
    expected = f["expected"].split(" (within")[0]
    for answer in expected.split(", ") if f["id"] in ("files",) else [expected]:
        forms = [answer]
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", answer):
            t = datetime.datetime.strptime(answer, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
            forms += [str(int(t.timestamp())), answer[:-1], answer.replace("T", " ")[:-1], t.strftime("%b %e %H:%M:%S")]
        wanted.setdefault(f["id"], []).extend(x for x in forms if len(x) >= 4)
assert len(wanted) >= 8, wanted
found = []
looked = bytes_ = 0


def unpacked(data):
    while data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return data


def look(name, data):
    global looked, bytes_
    looked += 1
    bytes_ += len(data)
    for text in [secret] + says:
        if text.encode() in data:
            found.append("%s: %s" % (name, text))
    for question, forms in wanted.items():
        for form in forms:
            at = re.search(rb"(?<![A-Za-z0-9])" + re.escape(form).encode() + rb"(?![A-Za-z0-9])", data)
            everywhere = (question == "method" and (options.search(name) or name == program)) or (form == "0.0.0.0/0" and name == program)
            if at and not everywhere and not (listing.search(name) and form in ("chaos", "chaos-user") + tuple(wanted["files"])):
                found.append("%s: the answer to %s: %s" % (name, question, form))


def unsealed(data, ids, what):  # as sim/lab/bundle.c seals
    key = hmac.digest(bytes.fromhex(ids), b"seal/" + what.encode(), "sha256")
    openssl = ["openssl", "enc", "-d", "-aes-256-ctr", "-K", key.hex(), "-iv", "00" * 16]
    return subprocess.run(openssl, input=data, stdout=subprocess.PIPE, check=True).stdout


def look_at_state(name, data, lab):
    state = json.loads(unsealed(data, lab["ids"], "state/" + name.rsplit("-", 1)[1]))
    users = state["account"]["users"]
    knowing = [u["name"] for u in users if u.get("password") or any(k.get("secret") for k in u.get("keys", []))]
    if knowing != [lab["myUser"]] or len(users) < 5 or state["account"].get("sessionKeys"):
        found.append("%s: passwords or secrets of %s" % (name, ", ".join(knowing)))


names = []
kept = {}
with tarfile.open(bundle) as tar:
    for m in tar.getmembers():
        path = m.name.split("/", 1)[1] if "/" in m.name else ""
        names.append(path)
        if m.isfile():
            data = unpacked(tar.extractfile(m).read())
            if re.match(r"(s3|host|server|account)/", path):
                for text in [secret] + says:  # not even there
                    if text.encode() in data:
                        found.append("%s: %s" % (path, text))
            else:
                look(path, data)
                kept[path] = data
states = [path for path in kept if path.startswith(".cafelab/state-")]
assert len(states) == 1, states
look_at_state(states[0], kept[states[0]], json.loads(kept[".cafelab/lab.json"]))
for m in (".cafelab/journal.jsonl", ".cafelab/lab.json", "answers.yaml", "README.md"):
    assert m in names, m
# of the program what `strings` would show, and its read-only data: names of a scenario have no place there
look(program, open(program, "rb").read())
for line in found:
    print(line)
print("%d files, %d bytes, %d answers" % (looked, bytes_, sum(map(len, wanted.values()))))
