# SPDX-License-Identifier: MIT
"""For each of verify's rules about records: one that breaks it, in a log file beside honest ones; and one statement that asks all
rules whether they find theirs. RULES OUT.json.gz; prints the statement. A rule without a record here is a failure."""
import copy
import gzip
import json
import sys

HONEST = {
    "eventVersion": "1.11",
    "userIdentity": {"type": "IAMUser", "principalId": "AIDAMKOYSZAZHR4NWHBX3", "accessKeyId": "AKIAMKOYSZAZEDWJNLJ6",
                     "accountId": "111122223333", "userName": "rosa"},
    "eventTime": "2025-10-15T17:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances",
    "awsRegion": "us-east-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.31.9", "readOnly": True,
    "eventType": "AwsApiCall", "recipientAccountId": "111122223333",
}
ID = "00000000-0000-4000-8000-%012d"
# what differs, by the rule's words; the value that is told, where it is not the event id
BROKEN = {
    "an event id is no version 4 UUID": ({"eventID": "00000000-0000-1000-8000-000000000000"}, "00000000-0000-1000-8000-000000000000"),
    "an access key id is none of AWS's": ({"userIdentity.accessKeyId": "AKIA1"}, "AKIA1"),
    "a user's principal id is none of AWS's": ({"userIdentity.principalId": "AIDA1", "userIdentity.userName": "other", "userIdentity.accessKeyId": None}, "AIDA1"),
    "there is no such region": ({"awsRegion": "us-middle-1"}, "us-middle-1"),
    "an account number has not twelve digits": ({"recipientAccountId": "123"}, "123"),
    "an event source is no service of AWS": ({"eventSource": "ec2.example.com"}, "ec2.example.com"),
    "a source is neither an address nor a service": ({"sourceIPAddress": "over there"}, "over there"),
    "a request from the internet comes from a private or reserved address": ({"sourceIPAddress": "172.31.0.9"}, "172.31.0.9"),
    "a user has a name that IAM does not take": ({"userIdentity.userName": "ro sa", "userIdentity.accessKeyId": None}, "ro sa"),
    "IAM answers from another region than us-east-1": ({"eventSource": "iam.amazonaws.com", "awsRegion": "eu-west-1"}, "eu-west-1"),
    "a call that changes something says that it only reads": ({"eventName": "DeleteUser"}, "DeleteUser"),
    "the console's own session is signed by a long-lived key": ({"sessionCredentialFromConsole": "true"}, None),
    "the console signs with a long-lived key": ({"userAgent": "AWS Internal"}, None),
    "a sign-in to the console is signed by a key": ({"eventName": "ConsoleLogin"}, None),
    "a call says nothing of the program that made it": ({"userAgent": ""}, None),
    "an error has a message and no code": ({"errorMessage": "no"}, None),
    "a record holds a secret access key": ({"responseElements": {"accessKey": {"secretAccessKey": "abc"}}}, None),
    "an event id comes twice": ({"eventID": ID % 900}, ID % 900),
    "one access key is of two users": ({"userIdentity.userName": "frank", "userIdentity.accessKeyId": "AKIAMKOYSZAZEDWJNLJ7",
                                        "userIdentity.principalId": "AIDAMKOYSZAZHR4NWHBX4"}, "AKIAMKOYSZAZEDWJNLJ7"),
    "one user has two principal ids, and was never made anew": ({"userIdentity.userName": "frank", "userIdentity.accessKeyId": None}, "frank"),
}


def record(changes, number):
    r = copy.deepcopy(HONEST)
    r["eventID"] = ID % number
    for path, value in changes.items():
        *way, last = path.split(".")
        at = r
        for step in way:
            at = at[step]
        at[last] = value
    return r


rules = json.load(open(sys.argv[1], encoding="utf-8"))
assert {rule["says"] for rule in rules} == set(BROKEN), {rule["says"] for rule in rules} ^ set(BROKEN)
records, asked = [record({}, 800), record({"userIdentity.accessKeyId": "AKIAMKOYSZAZEDWJNLJ7", "userIdentity.userName": "martha",
                                           "userIdentity.principalId": "AIDAMKOYSZAZHR4NWHBX5"}, 801), record({}, 900)], []
for i, rule in enumerate(rules):
    changes, told = BROKEN[rule["says"]]
    records.append(record(changes, i))
    sql = rule["sql"]
    asked.append(f"SELECT '{i}' AS rule, CASE WHEN ({sql}) = '{told or ID % i}' THEN 'right' ELSE 'wrong' END AS finds")
with gzip.open(sys.argv[2], "wt", encoding="utf-8") as f:
    json.dump({"Records": records}, f)
print("\nUNION ALL\n".join(asked))
