"""Records (接種記録): what came that leads to nobody, counts by programme, certificates."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sesshu.base.errors import Refused
from sesshu.inside.accountability.looks.queries import product_names
from sesshu.inside.planning import queries as planning
from sesshu.inside.records.certificates import actions as certificates
from sesshu.inside.records.entitlements import queries as entitlements
from sesshu.inside.records.ledger import queries
from sesshu.inside.register.residents.models import Resident
from sesshu.web.guard import may
from sesshu.zones.office.frame import download, page, request_id, say_no
from sesshu.zones.office.walls import walled


@may("record.show", methods=("GET", "HEAD"))
def index(request: HttpRequest) -> HttpResponse:
    """記録 — numbers by programme and dose; doses whose owner an officer has to find."""
    rows = []
    for p in planning.list_programmes():
        given = queries.count_given(p.code)
        booked = queries.count_booked(p.code)
        entitled = Counter(entitlements.count_entitled(p.code))
        doses = sorted({*given, *booked, *entitled})
        rows.append((p, [(n, entitled[n], booked.get(n, 0), given.get(n, 0)) for n in doses]))
    loose = [
        (
            line,
            product_names(line.programme).get(line.product, line.product),
            planning.find_venue_name(line.venue_id or 0),
        )
        for line in queries.list_unattributed()[:200]
    ]
    return page(request, "records", "records", rows=rows, loose=loose)


@may("certificate.make", methods=("POST",))
@walled
def certificate(request: HttpRequest, resident: Resident) -> HttpResponse:
    """接種済証 — a PDF; its number follows from the form's request id, so a doubled click makes one."""
    try:
        made = certificates.make(by=request.actor, resident_id=resident.pk, request=request_id(request))
    except Refused as no:
        say_no(request, no)
        return redirect("resident", resident.pk)
    return download(made.pdf, f"certificate-{made.number}.pdf")
