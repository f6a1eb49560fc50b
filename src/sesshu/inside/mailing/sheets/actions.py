"""Making one resident's sheet (接種券のシートを一枚作る), for a reissue at the counter or by post."""

from sesshu.base import jdate
from sesshu.base.errors import Refused, refusal
from sesshu.base.machine import machine
from sesshu.inside.mailing.sheets.sheet import Kinds, Letter, PastDose, Sheet, make_sheets
from sesshu.inside.mailing.sheets.words import Sender, booking_letter
from sesshu.inside.planning import queries as planning
from sesshu.inside.planning.programme.terms import Programme
from sesshu.inside.records.ledger import queries as ledger
from sesshu.inside.register.residents import queries as residents
from sesshu.inside.register.residents.models import Resident
from sesshu.inside.register.residents.words import address_line, full_address, shown_name, shown_postcode
from sesshu.inside.tickets import queries as tickets
from sesshu.inside.tickets.queries import TicketRow
from sesshu.inside.tickets.rules import HANDED_ON, TICKET_DEAD
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor

SECTION = "予防接種担当"
KINDS = Kinds(vaccination="2", examination="1")
MOST_ROWS = 5  # of the slip
CANNOT_PRINT = refusal(
    "P10",
    "氏名か住所に、正しく印刷できない文字があります。住民記録担当に、外字の代わりの文字を確かめてください。",
    "a character of name or address has no exact glyph; the sheet is withheld",
)
NO_ADDRESS = refusal(
    "P11",
    "住所がないため、シートを作れません。住民記録を確かめてください。",
    "the register has no address for this resident",
)


@action("sheet.make")
def make_one(*, by: Actor, ticket_id: int) -> bytes:
    """接種券のシート — A4, one page, PDF. Refuses T03, T04, P10, P11."""
    held = tickets.find_ticket(ticket_id)
    if held is None or held.row.state != "issued":
        raise Refused(TICKET_DEAD)
    resident = residents.get_resident(held.resident_id)
    if resident.protected:
        raise Refused(HANDED_ON)
    if not resident.town or not resident.banchi:
        raise Refused(NO_ADDRESS)
    tell(resident=resident.pk, fields=("name", "dob", "address", "ticket", "records"))
    printed = make_sheets([_sheet(held.row, resident)])
    if printed.withheld:
        raise Refused(CANNOT_PRINT)
    return printed.pdf


def _sheet(ticket: TicketRow, resident: Resident) -> Sheet:
    m, rules = machine(), planning.get_rules(ticket.programme)
    given = {r.dose: r for r in ledger.list_records(resident.pk, ticket.programme, valid_only=True)}
    due = ledger.find_due(resident.pk, ticket.programme)
    doses = max(dose.number for series in rules.series for dose in series.doses)
    # What is due may be a moment behind the ledger; a dose that was given is never asked for again.
    dose = due.dose if due and due.dose not in given else min(max(given, default=0) + 1, doses)
    here = full_address(resident, m.prefecture, m.municipality)
    return Sheet(
        record_id=str(ticket.id),
        letter=letter_for(rules, dose),
        management_code=f"R-{ticket.id:08d}",
        ticket_number=ticket.number,
        name=shown_name(resident),
        postcode=shown_postcode(resident.postcode),
        address=tuple(part for part in (here, resident.building or "") if part),
        register_address=address_line(resident, m.prefecture, m.municipality),
        birth=jdate.parse_birth_date(resident.dob_text).japanese(),
        past=tuple(
            PastDose(n, jdate.japanese(r.given_on), f"{rules.products[r.product].name} {r.lot_no}", _place(r))
            for n, r in sorted(given.items())
            if r.product in rules.products
        ),
    )


def _place(r: ledger.LedgerLine) -> str:
    return r.place or (planning.find_venue_name(r.venue_id) if r.venue_id else "")


def letter_for(rules: Programme, dose: int) -> Letter:
    """お知らせ — the standing words of a programme's letter for one dose, signed by this municipality."""
    m = machine()
    doses = max(d.number for series in rules.series for d in series.doses)
    sender = Sender(
        prefecture=m.prefecture,
        municipality=m.municipality,
        municipality_code=m.municipality_code,
        section=SECTION,
        phone=m.phone,
        phone_hours=m.phone_hours,
        host=m.host_shown,
        head=f"{m.prefecture}{m.municipality}長",
        kinds=KINDS,
    )
    return booking_letter(
        sender,
        disease=letter_name(rules.title),
        dose=dose,
        slip_doses=tuple(range(1, min(doses, MOST_ROWS) + 1)),
        slip_title=f"予防接種済証（{rules.law_class}）",
    )


def letter_name(title: str) -> str:
    """新型コロナワクチン — how the letter calls it: the programme's title without 接種 and what follows."""
    return title.split("（")[0].removesuffix("接種").removesuffix("予防").removesuffix("定期") or title
