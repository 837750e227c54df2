# SPDX-License-Identifier: MIT
"""A grader as a teacher would write it in Python, for tests/bench/grade.sh: ten answers and eleven checks of one submission.

    grade_peer.py KEY.json SUBMISSION.tgz [TIMES]     prints {"right": N, "of": 21}; TIMES: again and again, in one process
"""
import hashlib, json, sys, tarfile, yaml


def load(path):
    files = {}
    with tarfile.open(path, "r:gz") as tar:
        for member in tar:
            if member.isfile():
                files[member.name.split("/", 1)[1]] = tar.extractfile(member).read()
    return files


def answers(files, key):
    sheet = yaml.load(files["answers.yaml"], Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}
    for question, expected in key["answers"].items():
        given = sheet.get(question)
        if isinstance(expected, list):
            yield sorted(map(str, given or [])) == sorted(expected)
        else:
            yield str(given).strip().lower() == expected.lower()


def first_value(config, option):
    for line in config.decode().splitlines():
        words = line.split()
        if words and words[0].lower() == option.lower():
            return words[1].lower()
    return "yes"


def has_line(files, path, prefix):
    return any(line.startswith(prefix) for line in files.get(path, b"").decode(errors="replace").splitlines())


def ranges(groups, name, port):
    for group in groups["SecurityGroups"]:
        for rule in group["IpPermissions"] if group["GroupName"] == name else []:
            if rule["IpProtocol"] == "-1" or rule.get("FromPort", -1) <= port <= rule.get("ToPort", -1):
                yield from (r["CidrIp"] for r in rule["IpRanges"])


def state(files, key):
    groups = json.loads(files["account/ec2/describe-security-groups.json"])
    users = json.loads(files["account/iam/list-users.json"])["Users"]
    trails = json.loads(files["account/cloudtrail/get-trail-status.json"])
    picture = files.get("host/var/www/html/cafe/images/Coffee-and-Pastries.jpg", b"")
    yield not has_line(files, "host/etc/passwd", "chaos-user:")
    yield not has_line(files, "host/etc/shadow", "chaos-user:")
    yield not has_line(files, "host/etc/group", "chaos-user:")
    yield "host/etc/sudoers.d/chaos" not in files
    yield not any(path.startswith("host/home/chaos-user/") for path in files)
    yield first_value(files["host/etc/ssh/sshd_config"], "PasswordAuthentication") == "no"
    yield hashlib.sha256(picture).hexdigest() == key["picture"]
    yield "0.0.0.0/0" not in ranges(groups, "WebSecurityGroup", 22)
    yield "0.0.0.0/0" in ranges(groups, "WebSecurityGroup", 80)
    yield all(user["UserName"] != "chaos" for user in users)
    yield trails["monitor"]["IsLogging"]


def main():
    key = json.load(open(sys.argv[1]))
    for _ in range(int(sys.argv[3]) if len(sys.argv) > 3 else 1):
        files = load(sys.argv[2])
        outcomes = [*answers(files, key), *state(files, key)]
        report = json.dumps({"right": sum(outcomes), "of": len(outcomes)})
    print(report)


main()
