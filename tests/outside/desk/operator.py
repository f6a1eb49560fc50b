"""An operator at the desk, as a browser without JavaScript: follows redirects, sends the form that the page showed."""

import html
import re
from urllib.parse import urlencode

from django.test import Client

from sesshu.trust.access import factors
from tests.outside.desk import given


class Desk:
    """Holds the last page; ``send`` fills in a form of it and sends its hidden fields with it."""

    def __init__(self):
        self.client = Client(HTTP_HOST="desk.localhost")
        self.page = ""
        self.answer = None
        self.path = "/"
        self.seen: list[str] = []  # every page that was shown

    def sign_in(self, account) -> "Desk":
        self.open("/signin")
        fields = {
            "code": account.code,
            "password": account.password,
            "totp": factors.totp(account.totp_secret),
        }
        self._keep(self.client.post("/signin", fields, follow=True))
        assert self.path == "/", self.path
        return self

    def open(self, path: str, **query) -> "Desk":
        return self._keep(self.client.get(path + ("?" + urlencode(query) if query else ""), follow=True))

    def send(self, action: str, **fields) -> "Desk":
        """Post the form with this action."""
        return self._keep(self.client.post(action, self.hidden(action) | fields, follow=True))

    def post(self, action: str, fields: dict) -> "Desk":
        """Post what an old page would post."""
        return self._keep(self.client.post(action, fields, follow=True))

    def hidden(self, action: str) -> dict[str, str]:
        """The hidden fields of a form on the page."""
        for form in re.findall(r"<form\b.*?</form>", self.page, re.S):
            if f'action="{action}"' in form:
                assert "csrfmiddlewaretoken" in form and ('name="request"' in form or action == "/signout")
                pairs = re.findall(
                    r'<input type="hidden" name="([^"]+)" (?:autocomplete="off" )?(?:value="([^"]*)")?', form
                )
                return {name: html.unescape(value) for name, value in pairs if name != "csrfmiddlewaretoken"}
        raise AssertionError(f"no form {action} on {self.path}")

    def _keep(self, answer) -> "Desk":
        self.answer = answer
        self.page = answer.content.decode()
        chain = getattr(answer, "redirect_chain", None)
        self.path = chain[-1][0] if chain else answer.request["PATH_INFO"]
        self.seen.append(self.page)
        return self

    # --- what an operator does ------------------------------------------------------------------------------

    def start(self) -> "Desk":
        return self.open("/").send("/case/start")

    def by_ticket(self, ticket: str, born: str) -> "Desk":
        return self.open("/case/", by="ticket").send("/case/match", ticket=ticket, born=born)

    def by_address(self, address: str, born: str) -> "Desk":
        return self.open("/case/", by="address").send("/case/match", address=address, born=born)

    def identified(self, who: given.Resident) -> "Desk":
        self.start().by_ticket(who.ticket, who.born)
        assert "一致しました" in self.page
        return self

    def read_back(self, slot: int, dose: int = 1, **more) -> "Desk":
        return self.open("/case/read-back", dose=dose, slot=slot, **more)

    def book(self, slot: int, dose: int = 1, **more) -> "Desk":
        self.read_back(slot, dose, **more)
        assert "まだ予約されていません" in self.page, self.path
        return self.send("/case/book")

    def move(self, slot: int, **more) -> "Desk":
        self.open("/case/read-back", move=1, slot=slot, **more)
        assert "まだ変更されていません" in self.page, self.path
        return self.send("/case/move")

    def slip(self, **fields) -> "Desk":
        said = {
            "kind": "identity",
            "name": "みほん はなこ",
            "phone": "090-0000-1234",
            "words": "折り返し希望",
        }
        return self.open("/case/slip").send("/case/slip", **(said | fields))

    @property
    def codes(self) -> list[str]:
        """Receipt codes that the page reads out."""
        return re.findall(r"予約番号 </span>([0-9A-Z]{4}-[0-9A-Z]{4})", self.page)
