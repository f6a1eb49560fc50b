"""Somebody with a browser that knows forms and cookies and nothing else: for tests against real zone processes."""

import html
import http.client
import re
import urllib.parse
from dataclasses import dataclass, field


@dataclass
class Answer:
    """A page as it came: status, headers, text."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def header(self, name: str) -> str:
        return next((v for k, v in self.headers if k.lower() == name.lower()), "")

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        return html.unescape(found[1]) if found else ""

    def values(self, name: str) -> list[str]:
        """The values of all choices of this name that can be taken."""
        inputs = re.findall(rf'<input[^>]*name="{name}"[^>]*>', self.text)
        return [m[1] for i in inputs if "disabled" not in i and (m := re.search(r'value="([^"]*)"', i))]


@dataclass
class Visitor:
    """A browser without JavaScript. ``at`` is the address of the page that it shows now."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    at: str = "/"
    page: Answer | None = None
    seen: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> Answer:
        """One request, no redirect followed."""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"Host": f"127.0.0.1:{self.port}"} | headers
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if method == "POST":
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": "null"}
        c.request(method, path, body or None, sent)
        r = c.getresponse()
        made = Answer(r.status, r.getheaders(), r.read())
        c.close()
        for name, value in made.headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0].strip('"')
        self.seen.append(path)
        return made

    def go(self, path: str) -> Answer:
        """Open a page and follow redirects."""
        self.page = self.ask("GET", path)
        self.at = path
        return self._follow()

    def send(self, path: str | None = None, **fields: str) -> Answer:
        """Send the form of the present page."""
        self.page = self.ask("POST", path or self.at, self.form(**fields))
        self.at = path or self.at
        return self._follow()

    def form(self, **fields: str) -> str:
        """The body of a form with the present page's token."""
        return urllib.parse.urlencode(
            {"csrfmiddlewaretoken": self.page.hidden("csrfmiddlewaretoken")} | fields
        )

    def _follow(self) -> Answer:
        while self.page.status in (301, 302, 303):
            self.at = self.page.header("Location")
            self.page = self.ask("GET", self.at)
        return self.page
