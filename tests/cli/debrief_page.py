# SPDX-License-Identifier: MIT
"""Reads the debriefing's page as a browser and a student would: PAGE LAB CAFELAB. Tags are balanced, ids are there once and links
lead to them or to files of the lab, quoted lines stand in the line that is named, and the commands show what they say."""
import html.parser
import os
import re
import subprocess
import sys
import urllib.parse

page, lab, cafelab = sys.argv[1:]
VOID = {"meta", "br"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.items, self.text = [], [], [], [], None

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag not in VOID:
            self.open.append((tag, a.get("class")))
        if "id" in a:
            self.ids.append(a["id"])
        if tag == "a":
            self.links.append(a["href"])
        if tag == "li" and ("ul", "evidence") in self.open[:-1]:
            self.items.append({"file": None, "says": "", "quote": "", "command": ""})
        if tag == "a" and self.inside("evidence"):
            self.items[-1]["file"] = urllib.parse.unquote(a["href"])
        if tag == "th":
            assert a.get("scope"), "a header without a scope"

    def inside(self, name):
        return any(c == name for _, c in self.open)

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag, tag

    def handle_data(self, data):
        if self.inside("evidence") and self.items:
            kind = "quote" if self.inside("quote") else "command" if self.inside("command") else "says"
            self.items[-1][kind] += data


p = Page()
p.feed(open(page, encoding="utf-8").read())
assert not p.open, p.open
assert len(p.ids) == len(set(p.ids)), "an id stands twice"
for link in p.links:
    if link.startswith("#"):
        assert link[1:] in p.ids, link
    elif not link.startswith("https:"):
        assert os.path.exists(os.path.join(lab, urllib.parse.unquote(link))), link
assert len(p.items) > 30, len(p.items)

kinds = {}
for item in p.items:
    line = re.search(r"line (\d+)", item["says"])
    event = re.search(r"event id ([0-9a-f-]{36})", item["says"])
    if line:
        with open(os.path.join(lab, item["file"]), encoding="utf-8", errors="replace") as f:
            text = f.read().split("\n")[int(line[1]) - 1]
        assert (event[1] in text) if event else text.startswith(item["quote"].removesuffix(" ...")), (item, text)
        assert event or item["quote"], item
    if item["command"]:
        kinds.setdefault(item["command"].split()[0], []).append((item, event))
assert set(kinds) == {"cafelab", "jq", "sed", "ausearch", "last"}, sorted(kinds)
for found in kinds.values():  # one of each: the last, which is not the first that comes to mind
    item, event = found[-1]
    command = re.sub(r"^cafelab", cafelab, item["command"])
    run = subprocess.run(command, shell=True, cwd=lab, capture_output=True, text=True, check=False)
    assert run.returncode == 0 and run.stdout.strip(), (command, run.returncode, run.stderr)
    assert not event or not command.startswith("jq") or event[1] in run.stdout, (command, run.stdout)
    assert not command.startswith("sed") or item["quote"].removesuffix(" ...") in run.stdout, (command, run.stdout)
