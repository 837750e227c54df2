# SPDX-License-Identifier: MIT
"""console_clicks.py PORT: what tests/real/console.sh clicks. sofia's password is Sec-ret99x."""
import sys
import time

from console import Browser

PASSWORD = "Sec-ret99x"
port = int(sys.argv[1])


def expect(what, got, wanted=True):
    if got != wanted:
        raise SystemExit(f"{what}: got {got!r}, expected {wanted!r}")


def signed_in(user="sofia"):
    b = Browser(port)
    b.get("/console/")
    b.send("Sign in", userName=user, password=PASSWORD)
    expect("signed in", b.page.url.endswith("/instances/"))
    return b


def column(page, title, table=0):
    return [row[title] for row in page.rows(table)]


def run(b, statement):
    b.get("/console/us-west-2/queries/")
    return ended(b, b.send("Run", QueryString=statement, OutputLocation="s3://monitoring4711/results/"))


def ended(b, page):
    """The page of a query, asked for again as long as it says so itself."""
    for _ in range(300):
        if not page.tables or dict(page.tables[0])["State"] not in ("QUEUED", "RUNNING"):
            break
        expect("the browser asks again", page.headers["Refresh"], "1")
        time.sleep(0.1)
        page = b.get(page.url)
    return page


# ---- signing in ----
b = Browser(port)
expect("nobody is in", b.get("/console/us-west-2/users/").forms[0]["button"], "Sign in")
for user, password in (("sofia", "wrong"), ("nobody", PASSWORD), ('"><script>', PASSWORD)):
    page = b.send("Sign in", userName=user, password=password)
    expect("refused", (page.status, page.said), (403, ["Sign-in failed: your authentication information is incorrect"]))
b = signed_in()
cookie = next(iter(b.jar))
expect("a cookie that no script and no other site has", (cookie.has_nonstandard_attr("HttpOnly"), cookie.get_nonstandard_attr("SameSite")), (True, "Strict"))

# ---- pages ----
seen, todo = set(), ["/console/"]
while todo and len(seen) < 60:
    page = b.get(todo.pop(0))
    expect(f"{page.url} without a failure", [s for s in page.said], [])
    for link in page.links:
        kind = "/".join(link.split("?")[0].split("/")[:4])
        if link not in seen and sum(s.startswith(kind) for s in seen) < 3:
            seen.add(link)
            todo.append(link)
expect("each service has pages", {s.split("/")[3] for s in seen} >= {"instances", "security-groups", "security-group", "users", "user", "event-history", "event", "trails", "buckets", "bucket", "queries"})
expect("no such page", b.get("/console/us-west-2/nothing/").status, 404)
expect("no such region", b.get("/console/mars-1/users/").status, 404)
expect("a thing that is not there", "NoSuchEntity" in b.get("/console/us-west-2/user/%3Cb%3E").said[0])

# ---- a rule: in, twice, out ----
b.get("/console/us-west-2/security-groups/")
b.get(next(link for link, row in zip([l for l in b.page.links if "/security-group/" in l], b.page.rows()) if row["Name"] == "WebSecurityGroup"))
group, before = b.page.url, column(b.page, "Source")
page = b.send("Add inbound rule", CidrIp="198.51.100.7/32", FromPort="22", ToPort="22", Description="me <b>")
expect("done", (page.url, page.said), (group, ["Done: Add inbound rule"]))
expect("told once", b.get(group).said, [])
expect("the rule", [r for r in b.page.rows() if r["Source"] == "198.51.100.7/32"][0]["Description"], "me <b>")
page = b.send("Add inbound rule", CidrIp="198.51.100.7/32")
expect("twice", "InvalidPermission.Duplicate" in page.said[0])
page = b.send("Add inbound rule", CidrIp="198.51.100.7/32", FromPort="many")
expect("no port", "InvalidParameterValue" in page.said[0])
rule = [r for r in b.page.rows() if r["Source"] == "198.51.100.7/32"][0]["SecurityGroupRuleId"]
page = b.send("Delete", rule)
expect("gone", column(page, "Source"), before)
b.send("Add inbound rule", CidrIp="198.51.100.7/32")

# ---- the trail's wizard ----
b.get("/console/us-west-2/trails/")
page = b.send("Create trail", Bucket="monitoring4711")
expect("a trail", (page.said, column(page, "Name")), (["Done: Create trail"], ["monitor"]))
expect("it logs", dict(b.get("/console/us-west-2/trail/monitor").tables[0])["Logging"], "yes")
b.get("/console/us-west-2/trails/")
expect("a bucket that is there", "BucketAlreadyOwnedByYou" in b.send("Create trail", Bucket="monitoring4711").said[0])

# ---- event history, which lags a little ----
b.get("/console/us-west-2/event-history/")
for _ in range(300):
    page = b.send("Search", AttributeKey="EventName", AttributeValue="CreateTrail")
    if page.rows():
        break
    time.sleep(0.2)
expect("CreateTrail", set(column(page, "Event name")), {"CreateTrail"})
page = b.get([l for l in page.links if "/event/" in l][0])
expect("its record", '"eventName": "CreateTrail"' in page.text.replace("&quot;", '"'))
page = b.get("/console/us-west-2/event-history/")
first, older = column(page, "Event ID"), b.get([l for l in page.links if "NextToken" in l][0])
expect("a page of older events", (len(first), set(first) & set(column(older, "Event ID"))), (50, set()))

# ---- the table that event history offers ----
def table(bucket):
    b.get("/console/us-west-2/event-history/")
    page = ended(b, b.send("Create Athena table", Bucket=bucket, OutputLocation="s3://monitoring4711/results/"))
    return dict(page.tables[0])


made = table("monitoring4711")
expect("it is made", (made["State"], "CREATE EXTERNAL TABLE `cloudtrail_logs_monitoring4711`(" in made["Query"]), ("SUCCEEDED", True))
made = table("monitoring4711")
expect("it is there", (made["State"], "already exists" in made["Reason"]), ("FAILED", True))
expect("no such bucket", table("somebody-elses")["State"], "FAILED")
expect("it is read", len(run(b, "SELECT eventname FROM cloudtrail_logs_monitoring4711 LIMIT 3").tables), 2)

# ---- a query ----
page = run(b, "SELECT 1 AS one, '<i>' AS two")
expect("its result", page.tables[1:], [[["one", "two"], ["1", "<i>"]]])
expect("no more of that", page.headers["Refresh"], None)
own = page.url.rstrip("/").split("/")[-1] + ".csv"  # others' results lie beside it
page = run(b, "SELEC 1")
expect("no such statement", any("InvalidRequestException" in s for s in page.said) or dict(page.tables[0])["State"] == "FAILED")

# ---- a bucket ----
page = b.get("/console/us-west-2/buckets/")
page = b.get("/console/us-west-2/bucket/monitoring4711?prefix=results/")
link = [l for l in page.links if l.endswith(own)][0]
page = b.get(link)
expect("the result as a file", (page.body, "attachment" in page.headers["Content-Disposition"]), (b'"one","two"\n"1","<i>"\n', True))
expect("no such object", b.get("/console/us-west-2/object/monitoring4711?key=nothing").status, 404)
expect("no way out", b.get("/console/us-west-2/object/monitoring4711?key=../../lab.json").status, 404)

# ---- chaos goes, with all that hangs on it ----
page = b.get("/console/us-west-2/user/chaos")
expect("keys", len(page.rows(0)) > 0)
page = b.send("Delete user")
expect("gone", (page.url.endswith("/users"), page.said, "chaos" in column(page, "User name")), (True, ["Done: Delete user"], False))

# ---- a guest may look, and no more; and not even that when the user is gone ----
guest = signed_in("guest")
guest.get(group)
expect("no deeds for guests", "UnauthorizedOperation" in guest.send("Add inbound rule", CidrIp="0.0.0.0/0").said[0])
b.get("/console/us-west-2/user/guest")
expect("the guest goes", b.send("Delete user").said, ["Done: Delete user"])
expect("nobody's session", "AuthFailure" in guest.get(group).said[0])

# ---- who is not let in ----
other = signed_in()
form = b.get(group) and dict(next(f for f in b.page.forms if f["button"] == "Add inbound rule")["fields"])
stranger = "&".join(f"{k}={v}" for k, v in {**form, "form": "0" * 32, "CidrIp": "0.0.0.0/0"}.items()).encode()
expect("a form of another session", other.get(group, stranger).status, 403)
expect("a deed of another page", b.get("/console/us-west-2/users/", f"form={form['form']}&do=delete-user".encode()).status, 400)
expect("another name for this machine", b.get(group, headers={"Host": "evil.example"}).status, 403)
expect("no session", Browser(port).get(group, stranger).status, 403)
b.get(group)
b.send("Sign out")
expect("out", b.get(group).forms[0]["button"], "Sign in")
