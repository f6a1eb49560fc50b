"""The wall on every page about one resident (支援措置の表示): first the warning, alone, whichever way one came (P-05)."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import register_converter

from sesshu.base import clock
from sesshu.inside.accountability.disclosure import actions as disclosure
from sesshu.inside.accountability.looks import actions as looks
from sesshu.inside.register.residents import queries as residents
from sesshu.zones.office.frame import may, page


class IdConverter:
    """内部の番号 — a positive number that a bigint holds; anything longer is no page."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(IdConverter, "id")


def walled(view: Callable) -> Callable:
    """Mark a page about one resident: ``<id:resident>`` becomes the resident, or 404, or the warning and nothing else.

    A test finds every route about a resident without this mark.
    """

    @wraps(view)
    def behind(request: HttpRequest, resident: int, *args, **kwargs) -> HttpResponse:
        found = residents.find_resident(resident)
        if found is None:
            raise Http404
        if found.protected:
            return warning(request, found.pk)
        return view(request, found, *args, **kwargs)

    behind.walled = True  # type: ignore[attr-defined]
    return behind


def warning(request: HttpRequest, resident_id: int, slip: int | None = None) -> HttpResponse:
    """The warning: no reason, no kin, no value; the only way on is the hand-off. That it was shown is in the log."""
    see = looks.warn if may(request, "resident.show") else disclosure.warn
    see(by=request.actor, resident_id=resident_id)
    slip = slip or request.session.get("slip")
    return page(
        request,
        "protected",
        resident_id=resident_id,
        slip=slip,
        may_hand_on=may(request, "slip.hand_on"),
        shown_at=clock.now(),
    )
