"""An officer at a browser without JavaScript: follows redirects, sends the forms that the page showed."""

import html
import re
import time

from django.test import Client

from sesshu.cli.ready import ready_account
from sesshu.trust.access import factors

ROLES = {"OF": "officer", "CH": "chief", "AU": "auditor"}


class Officer:
    """Holds the last page. ``seen``: every page and every address of this browser, for the walls."""

    def __init__(self):
        self.client = Client(HTTP_HOST="office.localhost")
        self.answer = None
        self.page, self.path = "", "/"
        self.seen: list[str] = []
        self.paths: list[str] = []

    def sign_in(self, code: str, place) -> "Officer":
        account = ready_account(place, "office", code, ROLES[code[:2]], display=f"担当 {code[3:]}")
        self.open("/signin")
        typed = {"code": code, "password": account.password, "totp": factors.totp(account.totp_secret)}
        self._keep(self.client.post("/signin", typed, follow=True))
        assert self.path == "/", self.path
        return self

    def fresh(self) -> "Officer":
        return self._proven(time.time())

    def stale(self) -> "Officer":
        """The confirmation code was shown long ago."""
        return self._proven(0)

    def _proven(self, at: float) -> "Officer":
        session = self.client.session
        session["fresh"] = at
        session.save()
        return self

    def open(self, path: str) -> "Officer":
        return self._keep(self.client.get(path, follow=True))

    def post(self, path: str, **fields) -> "Officer":
        return self._keep(self.client.post(path, fields, follow=True))

    def send(self, action: str = "", **fields) -> "Officer":
        """Post the page's form that leads to ``action`` (the page itself where it says none), hidden fields and all."""
        return self.post(action or self.path, **(self.hidden(action, fields) | fields))

    def hidden(self, action: str, fields: dict) -> dict[str, str]:
        for form in re.findall(r"<form\b.*?</form>", self.page, re.S):
            head = form[: form.index(">")]
            leads = re.search(r'action="([^"]*)"', head)
            if (leads[1] if leads else "") != action or "csrfmiddlewaretoken" not in form:
                continue
            pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
            found = {name: html.unescape(value) for name, value in pairs if name != "csrfmiddlewaretoken"}
            if "how" not in fields or found.get("how") == fields["how"]:
                return found
        raise AssertionError(f"no form {action!r} on {self.path}")

    def find(self, **typed: str) -> "Officer":
        """Search by ``reference``, ``ticket``, or ``name`` and ``born``."""
        how = "person" if "name" in typed else next(iter(typed))
        self.open("/residents")
        return self.post("/residents", how=how, **{f"{how}-{name}": value for name, value in typed.items()})

    def _keep(self, answer) -> "Officer":
        self.answer = answer
        text = answer["Content-Type"].startswith("text/html")
        self.page = answer.content.decode() if text else ""
        chain = getattr(answer, "redirect_chain", None)
        self.path = chain[-1][0] if chain else answer.request["PATH_INFO"]
        self.seen.append(self.page)
        self.paths += [where for where, _status in chain or []] + [answer.request["PATH_INFO"]]
        return self

    @property
    def main(self) -> str:
        """What stands between the band and the foot."""
        return self.page[self.page.index("<main") : self.page.index("</main>")]

    @property
    def words(self) -> str:
        """The main part as a reader hears it."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.main).split())
