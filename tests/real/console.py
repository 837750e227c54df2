# SPDX-License-Identifier: MIT
"""A browser for tests: goes to pages, reads their tables, fills in forms and sends them, keeps cookies. No script runs."""
import html.parser
import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request

VOID = {"meta", "input", "br", "hr", "link", "img"}


class Page(html.parser.HTMLParser):
    """Tables as lists of rows, forms as dicts with their action and button, links, texts of role=alert and status, faults."""

    def __init__(self, url, status, headers, text):
        super().__init__()
        self.url, self.status, self.headers, self.text = url, status, headers, text
        self.tables, self.forms, self.links, self.said, self.faults = [], [], [], [], []
        self.open, self.labels, self.named, self.telling = [], set(), [], False
        self.feed(text)
        if self.open:
            self.faults.append(f"never closed: {self.open}")
        self.faults += [f"no label: {name}" for name in self.named if name not in self.labels]

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.faults.append("a script")
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            if tag == "th" and a.get("scope") not in ("col", "row"):
                self.faults.append("a heading without scope")
        elif tag == "form":
            self.forms.append({"action": a.get("action"), "method": a.get("method", "get"), "fields": {}, "button": ""})
        elif tag == "label":
            self.labels.add(a["for"])
        elif tag in ("input", "select", "textarea"):
            if a.get("type") != "hidden":
                self.named.append(a.get("id"))
            self.forms[-1]["fields"][a["name"]] = a.get("value", "")
            self.last = a["name"]
        elif tag == "a":
            self.links.append(a["href"])
        if a.get("role") in ("alert", "status"):
            self.said.append("")
            self.telling = True

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")
        self.telling &= tag != "p"

    def handle_data(self, data):
        if "td" in self.open or "th" in self.open:
            if "button" not in self.open and "style" not in self.open:
                self.tables[-1][-1][-1] += data
        if "button" in self.open:
            self.forms[-1]["button"] += data
        if "textarea" in self.open:
            self.forms[-1]["fields"][self.last] += data
        if "option" in self.open and not self.forms[-1]["fields"][self.last]:
            self.forms[-1]["fields"][self.last] = data
        if self.telling:
            self.said[-1] += data

    def rows(self, table=0):
        head, *rest = self.tables[table]
        return [dict(zip(head, row)) for row in rest]


class NoErrors(urllib.request.HTTPErrorProcessor):
    def http_response(self, request, response):
        return response if response.status >= 400 else super().http_response(request, response)


class Browser:
    def __init__(self, port, agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"):
        self.root, self.agent = f"http://127.0.0.1:{port}", agent
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(NoErrors, urllib.request.HTTPCookieProcessor(self.jar))
        self.page = None

    def get(self, place, data=None, headers=()):
        url = urllib.parse.urljoin(self.page.url if self.page else self.root, place)
        request = urllib.request.Request(url, data, {"User-Agent": self.agent, **dict(headers)})
        with self.opener.open(request) as answer:
            body = answer.read()
            kind = answer.headers.get("Content-Type", "")
            text = body.decode() if kind.startswith("text/") else ""
            self.page = Page(answer.url, answer.status, answer.headers, text)
            self.page.body = body
        if kind.startswith("text/html") and self.page.faults:
            raise SystemExit(f"{self.page.url}: {self.page.faults}")
        return self.page

    def send(self, button, about="", **fields):
        """The form with that button, and with that text in one of its fields where there are several."""
        for form in self.page.forms:
            if form["button"] == button and (not about or about in form["fields"].values()):
                break
        else:
            raise SystemExit(f"{self.page.url}: no form '{button}' about '{about}'")
        unknown = set(fields) - set(form["fields"])
        if unknown:
            raise SystemExit(f"{self.page.url}: the form has no {unknown}")
        data = urllib.parse.urlencode({**form["fields"], **fields})
        action = form["action"] or self.page.url.split("?")[0]
        if form["method"] == "get":
            return self.get(f"{action}?{data}")
        return self.get(action, data.encode())
