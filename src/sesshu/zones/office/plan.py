"""Programmes and halls as an officer reads them (計画): products, doses, intervals in words, places and bookings."""

import datetime as dt
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sesshu.base import clock
from sesshu.base.errors import Refused
from sesshu.inside.planning import queries
from sesshu.inside.planning.programme import wording
from sesshu.inside.records.entitlements import actions as entitlements
from sesshu.inside.records.entitlements import queries as counts
from sesshu.inside.records.ledger import queries as ledger
from sesshu.web.guard import may
from sesshu.zones.office import frame
from sesshu.zones.office.frame import page, say, say_no

DAYS_SHOWN = 28
LOT_TAGS = {"usable": ("ok", "使える"), "recalled": ("stop", "回収"), "used_up": ("idle", "使い切り")}


@dataclass(frozen=True, slots=True)
class SessionLine:
    """開設時間帯の一行 — hours, product, places and how many are booked."""

    on_date: dt.date
    opens_at: dt.time
    closes_at: dt.time
    product: str
    web: int
    phone: int
    section: int
    booked: int
    is_open: bool

    @property
    def places(self) -> int:
        return self.web + self.phone + self.section

    @property
    def share(self) -> int:
        return min(100, round(100 * self.booked / self.places)) if self.places else 0


@may("plan.show", methods=("GET", "HEAD"))
def index(request: HttpRequest) -> HttpResponse:
    """計画 — programmes, halls, lots."""
    names = {
        code: product.name
        for p in queries.list_programmes()
        for code, product in queries.get_rules(p.code).products.items()
    }
    return page(
        request,
        "plan",
        "plan",
        programmes=[(p, queries.count_plan(p.code)) for p in queries.list_programmes()],
        drafts=queries.list_drafts(),
        halls=queries.list_venues(),
        lots=[
            (lot, names.get(lot.product, lot.product), *LOT_TAGS[lot.state]) for lot in queries.list_lots()
        ],
    )


@may("programme.show", post="entitlement.recompute")
def programme(request: HttpRequest, programme: str) -> HttpResponse:
    """接種事業 — its rules as sentences; POST recomputes the entitlements of everybody."""
    found = next((p for p in queries.list_programmes() if p.code == programme), None)
    if found is None:
        raise Http404
    if request.method == "POST":
        try:
            done = entitlements.recompute(by=request.actor, programme=programme)
        except Refused as no:
            say_no(request, no)
        else:
            words = _("計算しました。住民 %(all)s人のうち対象 %(some)s人、変わった方 %(changed)s人。")
            say(
                request,
                words
                % {
                    "all": f"{done.residents:,}",
                    "some": f"{done.entitled:,}",
                    "changed": f"{done.changed:,}",
                },
            )
        return redirect("programme", programme)
    document = queries.get_rules(programme).document
    names = {p["id"]: p["name"] for p in document["products"]}
    return page(
        request,
        "programme",
        "plan",
        programme=found,
        document=document,
        seasons=[(s["title"], wording.stretch(s)) for s in document["seasons"]],
        products=[(p["name"], p.get("route", ""), p.get("volume_ml")) for p in document["products"]],
        groups=_groups(document),
        waves=_waves(document),
        series=[(s["title"], _doses(s, names)) for s in document["series"]],
        spacing=[
            _("%(give)s は、%(after)s から %(least)sあける。")
            % {
                "give": _names(row["give"], names),
                "after": _names(row["after"], names),
                "least": wording.least(row["min"]),
            }
            for row in document.get("spacing", ())
        ],
        entitled=counts.count_entitled(programme),
        versions=queries.list_versions(programme),
        may_recompute=frame.may(request, "entitlement.recompute"),
    )


def _groups(document: dict) -> list[tuple[str, str]]:
    marks = {m["id"]: m["title"] for m in document.get("marks", ())}
    return [(g["title"], wording.who(g["who"], marks)) for g in document["groups"]]


def _waves(document: dict) -> list[tuple[str, str, str, str]]:
    titles = {g["id"]: g["title"] for g in document["groups"]}
    return [
        (
            w["title"],
            "、".join(titles[g] for g in w["groups"]),
            wording.stretch(w),
            wording.moment(w.get("booking_from")),
        )
        for w in document["waves"]
    ]


def _names(ids: list[str], names: dict[str, str]) -> str:
    return "・".join(names.get(i, i) for i in ids)


def _doses(series: dict, names: dict[str, str]) -> list[tuple[int, list[str]]]:
    """(dose, sentences): what may be given to whom, and how long after what."""
    found = []
    for dose in series["doses"]:
        said = []
        for row in dose["give"]:
            when = wording.stretch(row)
            said.append(
                f"{names[row['product']]}：{wording.age(row.get('age'))}"
                + (f"（{when}）" if when != "—" else "")
            )
        for row in dose.get("intervals", ()):
            said.append(_interval(row, dose["dose"], names))
        found.append((dose["dose"], said))
    return found


def _interval(row: dict, dose: int, names: dict[str, str]) -> str:
    after = f"{row.get('after_dose', dose - 1)}回目（{_names(row['after'], names)}）から {wording.least(row.get('min'))}"
    more = [f"標準 {wording.advised(row)}"] if "standard" in row else []
    if wording.most(row) != "なし":
        more.append(f"{wording.most(row)}に")
    give = f"{_names(row['give'], names)}を接種する。"
    return f"{after}あけて、{'、'.join(more)}{'、' if more else ''}{give}"


@may("plan.show", methods=("GET", "HEAD"))
def hall(request: HttpRequest, venue: int) -> HttpResponse:
    """会場 — four weeks of sessions from today, with places and bookings."""
    found = next((v for v in queries.list_venues() if v.pk == venue), None)
    if found is None:
        raise Http404
    first = frame.day_of(request) or clock.today()
    last = first + dt.timedelta(days=DAYS_SHOWN - 1)
    sessions = queries.list_sessions(venue, first, last)
    slots = queries.list_slots([s.pk for s in sessions])
    booked = ledger.count_booked_by_slot([slot.pk for slot in slots])
    lines = []
    for s in sessions:
        mine = [slot for slot in slots if slot.session_id == s.pk]
        names = queries.get_rules(s.programme).products
        lines.append(
            SessionLine(
                s.on_date,
                s.opens_at,
                s.closes_at,
                names[s.product].name if s.product in names else s.product,
                sum(slot.cap_web for slot in mine),
                sum(slot.cap_phone for slot in mine),
                sum(slot.cap_section for slot in mine),
                sum(booked.get(slot.pk, 0) for slot in mine),
                s.state == "open",
            )
        )
    return page(
        request,
        "hall",
        "plan",
        hall=found,
        lines=lines,
        first=first,
        last=last,
        earlier=first - dt.timedelta(days=DAYS_SHOWN),
        later=first + dt.timedelta(days=DAYS_SHOWN),
        booked=sum(line.booked for line in lines),
        places=sum(line.places for line in lines),
    )
