"""Making a certificate of what was given (接種済証の発行); its number and fingerprint stay, the paper does not."""

import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from sesshu.base import clock, jdate
from sesshu.base.errors import Refused, refusal
from sesshu.base.machine import machine
from sesshu.base.numbers import receipt_from_bytes
from sesshu.base.paper.clusters import Unprintable
from sesshu.inside.planning import queries as planning
from sesshu.inside.records.certificates.certificate import (
    Certificate,
    Dose,
    make_certificate,
    verification_text,
)
from sesshu.inside.records.ledger import queries as ledger
from sesshu.inside.records.models import CertificateMade
from sesshu.inside.register.residents import queries as residents
from sesshu.inside.register.residents.models import Resident
from sesshu.inside.register.residents.words import address_line, shown_name
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor

TITLE = "予防接種済証"
SECTION = "予防接種担当"
PROTECTED = refusal(
    "N01",
    "この手続は担当課で行います。所管課へ引き継いでください。",
    "a protected resident: the responsible section makes the certificate (P-05)",
)
NOTHING_GIVEN = refusal(
    "N02",
    "接種の記録がまだありません。会場からの記録が届いているか、確かめてください。",
    "no valid record of this resident: there is nothing to certify",
)
CANNOT_PRINT = refusal(
    "N03",
    "氏名か住所に、正しく印刷できない文字があります。住民記録担当に、外字の代わりの文字を確かめてください。",
    "a character of name or address has no exact glyph; the certificate is withheld",
)


@dataclass(frozen=True, slots=True)
class Made:
    """発行した接種済証 — its number and the PDF."""

    number: str
    pdf: bytes = field(repr=False)


@action("certificate.make")
def make(*, by: Actor, resident_id: int, request: UUID) -> Made:
    """接種済証を作る — all valid records of a resident. Refuses R90, N01 – N03.

    ``request``: id of the form; the number follows from it, so a doubled click makes one certificate.
    """
    resident = residents.get_resident(resident_id)
    if resident.protected:
        raise Refused(PROTECTED)
    doses = _doses(resident_id)
    if not doses:
        raise Refused(NOTHING_GIVEN)
    mark = hashlib.sha256(f"{request} {resident_id}".encode()).digest()
    number = f"C-{clock.today().year}-{receipt_from_bytes(mark)}"
    try:
        pdf = make_certificate(_certificate(number, resident, doses))
    except Unprintable:
        raise Refused(CANNOT_PRINT) from None
    CertificateMade.objects.get_or_create(
        number=number,
        defaults={
            "resident_id": resident_id,
            "made_at": clock.now(),
            "made_by": by.code,
            "sha256": hashlib.sha256(pdf).digest(),
        },
    )
    tell(resident=resident_id, case=f"certificate {number}", fields=("name", "dob", "address", "records"))
    return Made(number, pdf)


def _doses(resident_id: int) -> tuple[Dose, ...]:
    found = []
    for r in ledger.list_records(resident_id, valid_only=True):
        rules = planning.get_rules(r.programme)
        raw: dict = next((p for p in rules.document["products"] if p["id"] == r.product), {})
        found.append(
            Dose(
                r.dose,
                disease_name(raw.get("antigen", "")) or rules.title,
                jdate.japanese(r.given_on),
                raw.get("name") or None,
                r.lot_no or None,
                r.place or (planning.find_venue_name(r.venue_id) if r.venue_id else "") or None,
            )
        )
    return tuple(found)


def disease_name(antigen: str) -> str:
    """新型コロナウイルス感染症 — what a vaccination is against, from the germ's name."""
    return f"{antigen}感染症" if antigen else ""


def _certificate(number: str, resident: Resident, doses: tuple[Dose, ...]) -> Certificate:
    m, today = machine(), clock.today()
    return Certificate(
        record_id=str(resident.pk),
        number=number,
        title=TITLE,
        name=shown_name(resident),
        birth=jdate.parse_birth_date(resident.dob_text).japanese(),
        address=address_line(resident, m.prefecture, m.municipality),
        doses=doses,
        issued_on=jdate.japanese(today),
        head=f"{m.prefecture}{m.municipality}長",
        section=f"{m.municipality} {SECTION}",
        phone=m.phone,
        verification=verification_text(m.municipality_code, number, today.isoformat()),
    )
