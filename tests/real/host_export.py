# SPDX-License-Identifier: MIT
"""Takes an image apart and holds it against what it must be.

    host_export.py blobs IMAGE             every blob has its hash and size, every layer its diff_id; prints the layers' paths
    host_export.py server IMAGE N MTREE    layer N is the server's tree as the manifest MTREE has it, no more and no less
    host_export.py listed MTREE TOOL       what TOOL (tar or bsdtar -tv, on standard input) lists is what MTREE says
    host_export.py compose FILE IMAGENAME  compose.yaml is what it must be
"""
import hashlib
import json
import re
import sys
import tarfile
import zlib

import yaml


def members(path):
    with tarfile.open(path) as tar:
        return {m.name: (tar.extractfile(m).read() if m.isfile() else None) for m in tar}


def blob(files, descriptor):
    data = files["blobs/sha256/" + descriptor["digest"].removeprefix("sha256:")]
    assert len(data) == descriptor["size"], descriptor
    assert "sha256:" + hashlib.sha256(data).hexdigest() == descriptor["digest"], descriptor
    return data


def image(path):
    files = members(path)
    assert json.loads(files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    index = json.loads(files["index.json"])
    assert index["schemaVersion"] == 2 and len(index["manifests"]) == 1
    manifest = json.loads(blob(files, index["manifests"][0]))
    config = json.loads(blob(files, manifest["config"]))
    layers = [blob(files, layer) for layer in manifest["layers"]]
    docker = json.loads(files["manifest.json"])
    assert docker[0]["Config"] == "blobs/sha256/" + manifest["config"]["digest"][7:]
    assert docker[0]["Layers"] == ["blobs/sha256/" + l["digest"][7:] for l in manifest["layers"]]
    assert docker[0]["RepoTags"] == [index["manifests"][0]["annotations"]["org.opencontainers.image.ref.name"]]
    named = {"oci-layout", "index.json", "manifest.json", "blobs", "blobs/sha256"}
    named |= {"blobs/sha256/" + d["digest"][7:] for d in [index["manifests"][0], manifest["config"], *manifest["layers"]]}
    assert set(files) == named, set(files) ^ named
    return manifest, config, layers, docker[0]


def blobs(path):
    manifest, config, layers, docker = image(path)
    plain = [zlib.decompress(l, 31) if d["mediaType"].endswith("gzip") else l for d, l in zip(manifest["layers"], layers)]
    ids = ["sha256:" + hashlib.sha256(l).hexdigest() for l in plain]
    assert ids == config["rootfs"]["diff_ids"], "diff_ids"
    lines = [h for h in config["history"] if not h.get("empty_layer")]
    assert len(lines) == len(layers), "a line of history for each layer"
    print(*docker["Layers"], sep="\n")


def manifest_of(path):
    """{"etc/passwd": {"type": "file", ...}}, with the root as "."."""
    tree = {}
    for line in open(path, encoding="utf-8"):
        if line.startswith("#"):
            continue
        name, *words = line.split()
        name = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), name).encode("latin-1").decode("utf-8", "surrogateescape")
        facts = dict(w.split("=", 1) for w in words)
        facts["link"] = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), facts.get("link", ""))
        tree[name.removeprefix("./") or "."] = facts
    return tree


def server(path, number, mtree):
    import io

    _, _, layers, _ = image(path)
    want = manifest_of(mtree)
    kinds = {tarfile.DIRTYPE: "dir", tarfile.REGTYPE: "file", tarfile.SYMTYPE: "link"}
    order = []
    with tarfile.open(fileobj=io.BytesIO(layers[int(number)])) as tar:
        for m in tar:
            name = m.name.removeprefix("./") or "."
            assert not name.split("/")[-1].startswith(".wh."), name
            facts = want.pop(name)
            order.append(name)
            is_ = (kinds[m.type], m.mode, m.uid, m.gid, m.linkname, round(m.mtime * 1000), m.uname, m.gname)
            ms = round(float(facts["time"]) * 1000)
            must = (facts["type"], int(facts["mode"], 8), int(facts["uid"]), int(facts["gid"]), facts["link"], ms, "", "")
            assert is_ == must, (name, is_, must)
            if m.isfile():
                assert m.size == int(facts["size"]), name
    assert not want, sorted(want)[:5]
    for before, name in enumerate(order):
        parent = name.rsplit("/", 1)[0] if "/" in name else "."
        assert name == "." or parent in order[:before], name + " before its folder"
    print(len(order))


def listed(mtree, tool):
    """`tar --numeric-owner -tvf` and bsdtar's lines: mode, owners, name as they show them."""
    def bits(kind, mode):
        text = "".join(c if mode >> (8 - i) & 1 else "-" for i, c in enumerate("rwxrwxrwx"))
        for bit, at, low, high in ((0o4000, 2, "s", "S"), (0o2000, 5, "s", "S"), (0o1000, 8, "t", "T")):
            if mode & bit:
                text = text[:at] + (low if text[at] == "x" else high) + text[at + 1:]
        return {"dir": "d", "file": "-", "link": "l"}[kind] + text

    want = manifest_of(mtree)
    n = 0
    for line in sys.stdin:
        words = line.split()
        mode, owner, name = (words[0], words[1], words[5]) if tool == "tar" else (words[0], words[2] + "/" + words[3], words[8])
        facts = want[name.rstrip("/").removeprefix("./") or "."]
        must = (bits(facts["type"], int(facts["mode"], 8)), facts["uid"] + "/" + facts["gid"])
        assert (mode, owner) == must, (name, mode, owner, must)
        n += 1
    assert n == len(want), (n, len(want))
    print(n)


def compose(path, name):
    text = open(path, encoding="utf-8").read()
    file = yaml.safe_load(text)
    assert set(file) == {"services", "volumes"}, set(file)  # docker-compose 1 knows no other
    assert re.fullmatch("cafelab-[a-z0-9_-]+-[0-9a-f]{12}", file["volumes"]["lab"]["name"]), file["volumes"]
    assert set(file["services"]) == {"account", "server"} and set(file["volumes"]) == {"lab"} and set(file["volumes"]["lab"]) == {"name"}
    for key, s in file["services"].items():
        assert s["image"] == name and s["pull_policy"] == "never" and isinstance(s["command"], list)
        assert s["volumes"] == [{"type": "volume", "source": "lab", "target": "/usr/lib/cafelab/lab"}]
        assert s["restart"] == "no" and "privileged" not in s and "networks" not in s and "ports" not in s, key
        assert not {"SYS_ADMIN", "ALL"} & set(s.get("cap_add", []))
    account, server_ = file["services"]["account"], file["services"]["server"]
    assert account["network_mode"] == "none" and account["cap_drop"] == ["ALL"] and "cap_add" not in account and account["read_only"] is True
    assert server_["network_mode"] == "service:account" and server_["depends_on"] == ["account"]
    assert {"SYS_PTRACE", "NET_ADMIN"} == set(server_["cap_add"]) and "hostname" not in server_
    print(account["hostname"], file["volumes"]["lab"]["name"][-12:])


if __name__ == "__main__":
    {"blobs": blobs, "server": server, "listed": listed, "compose": compose}[sys.argv[1]](*sys.argv[2:])
