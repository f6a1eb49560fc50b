"""The case that an operator is in (応対中): kept in the staff session, never in an address line.

The session holds the case's id, how the last look-up ended and the request of the last booking; no word of a caller.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sesshu.base.errors import Refusal, sentence_of
from sesshu.outside.calls import gateway, rules

BLANK_SECONDS = 180  # a page that nobody touches goes blank (画面の目隠し)
BLANK_SECONDS_WRITING = 600  # longer where words are being written down
_KIND_LEVEL = 21  # between Django's own levels, so that the kind alone is the class of the note


@dataclass(frozen=True)
class Now:
    """いまの応対 — the case as the database has it, and the notes of this session about it."""

    id: UUID
    case: gateway.Case
    notes: dict

    @property
    def verdict(self) -> str:
        """How the last look-up ended: match none several spent, or "" before the first."""
        return self.notes.get("verdict", "")

    @property
    def done(self) -> dict:
        """The last booking made or moved here: how, request, dose, slot, slot2."""
        return self.notes.get("done", {})

    @property
    def slip(self) -> int | None:
        """The number of the slip that was written in this case."""
        return self.notes.get("slip")


def note(request: HttpRequest, kind: str, words: str) -> None:
    """A sentence for the next page, in the colour of its kind (ok warn stop)."""
    messages.add_message(request, _KIND_LEVEL, words, extra_tags=kind)


def say_no(request: HttpRequest, why: Refusal | str, kind: str = "warn") -> None:
    """A refusal for the next page: the sentence for people, the code for staff."""
    code = why if isinstance(why, str) else why.code
    note(request, kind, f"{sentence_of(code)}（{code}）")


def take_up(request: HttpRequest, case_id: UUID) -> None:
    """The session is in this case from now on; what was noted of another is gone."""
    request.session["case"] = {"id": str(case_id)}


def put_down(request: HttpRequest) -> None:
    """The session is in no case."""
    request.session.pop("case", None)


def remember(request: HttpRequest, **notes) -> None:
    """Note something about the present case."""
    request.session["case"] = request.session["case"] | notes


def current(request: HttpRequest) -> Now | None:
    """The open case of this session; after a new sign-in the operator's open case of today is taken up again."""
    operator = request.actor.code
    if "case" not in request.session:
        left = [m for m in gateway.list_my_cases(operator) if m.state == "open"]
        if not left:
            return None
        take_up(request, left[0].case_id)
    notes = request.session["case"]
    case = gateway.show_case(UUID(notes["id"]), operator)
    if case is None or not case.open:
        put_down(request)
        return None
    return Now(UUID(notes["id"]), case, notes)


def in_case(view: Callable) -> Callable:
    """Pages of a case. A form that an earlier case showed changes nothing: the latest case wins, and says so."""

    @wraps(view)
    def run(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        now = current(request)
        if now is None:
            say_no(request, rules.NO_CASE)
            return redirect("home")
        if request.method == "POST" and request.POST.get("case") != str(now.case.number):
            say_no(request, rules.OLD_SCREEN)
            return redirect("case")
        return view(request, now, *args, **kwargs)

    return run


def identified(view: Callable) -> Callable:
    """Pages that need a match that still holds (20 minutes); elsewhere back to the identity check."""

    @wraps(view)
    def run(request: HttpRequest, now: Now, *args, **kwargs) -> HttpResponse:
        if not now.case.matched:
            if request.method == "POST":
                say_no(request, rules.NOT_MATCHED)
            return redirect("case")
        return view(request, now, *args, **kwargs)

    return in_case(run)


def page(
    request: HttpRequest,
    now: Now,
    template: str,
    *,
    at: int,
    script: str,
    say: tuple[str, ...] = (),
    writing: bool = False,
    **context,
) -> HttpResponse:
    """A page of a case: line of steps, the words to say, what to mind; goes blank when nobody touches it."""
    words = rules.SCRIPTS[script]
    context |= {
        "now": now,
        "case": now.case,
        "at": at,
        "steps": rules.STEPS,
        "say": say or words.say,
        "mind": words.mind,
    }
    return blanking(render(request, template, context), BLANK_SECONDS_WRITING if writing else BLANK_SECONDS)


def blanking(response: HttpResponse, seconds: int = BLANK_SECONDS) -> HttpResponse:
    """Let the browser leave this page for the blank one after a while, without a script."""
    response["Refresh"] = f"{seconds}; url={reverse('away')}"
    return response
