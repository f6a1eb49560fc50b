"""Versions of a programme: drafted, tried out, approved by two people, in force by themselves on their day."""

import copy
import datetime as dt

import pytest

from sesshu.base.errors import Refused
from sesshu.inside.planning import queries
from sesshu.inside.planning.models import ProgrammeVersion
from sesshu.inside.planning.programme import document
from sesshu.inside.planning.programme.actions import draft_version, load_programme, withdraw_version
from sesshu.inside.records.entitlements import versions
from sesshu.inside.records.entitlements.actions import recompute
from sesshu.inside.records.entitlements.queries import count_entitled
from sesshu.inside.records.rebooking.actions import show_to_call
from sesshu.inside.tickets.actions import issue
from sesshu.jobs import inside as jobs
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.matrix import Proof, Role, Zone
from tests.support import place as p
from tests.support.residents import (
    AUDITOR,
    HOST,
    OFFICER,
    PROGRAMME,
    given_booking,
    given_programme,
    given_resident,
    given_slot,
    messages,
    newest_message,
    run,
)

CHIEF = Actor("CH-1", Role.CHIEF, Zone.OFFICE, Proof.FRESH)
TODAY = p.DAY.date()
ALL = {"G24", "G25", "G26"}


@pytest.fixture(autouse=True)
def programme():
    given_programme()


def changed(*path: object, to: object, **top: object) -> dict:
    """The document in force with one place changed."""
    made = copy.deepcopy(document.read(document.SHIPPED / f"{PROGRAMME}.json")) | top
    node = made
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = to
    return made


def from_60(**top: object) -> dict:
    return changed("groups", 0, "who", "age", "min", "years", to=60, **top)


def from_70(**top: object) -> dict:
    """Whoever is between 65 and 69 waits for the second wave."""
    return changed("groups", 0, "who", "age", "min", "years", to=70, **top)


def code_of(call, **arguments) -> str:
    with pytest.raises(Refused) as no:
        call(**arguments)
    return no.value.refusal.code


def both(version: int, despite=ALL) -> versions.Approved:
    versions.approve(by=OFFICER, version_id=version, despite=despite)
    return versions.approve(by=CHIEF, version_id=version, despite=despite)


def state_of(version: int) -> str:
    return queries.find_version(version).state


# --- drafts -----------------------------------------------------------------------------------------------


def test_a_changed_document_is_a_draft_and_changes_nothing():
    before = newest_message()
    said = load_programme(by=HOST, document=from_60())
    assert (said.version, said.is_new, said.state) == (2, True, "draft")
    assert [r.version for r in queries.list_programmes()] == [1]
    assert queries.get_rules(PROGRAMME).document["groups"][0]["who"]["age"]["min"]["years"] == 65
    assert messages(after=before) == []


def test_a_new_draft_takes_the_place_of_the_old():
    first = draft_version(by=OFFICER, document=from_60())
    second = draft_version(by=OFFICER, document=from_70())
    assert [(v.version, v.state) for v in queries.list_versions(PROGRAMME)] == [
        (3, "draft"), (2, "withdrawn"), (1, "approved"),
    ]  # fmt: skip
    assert code_of(versions.approve, by=OFFICER, version_id=first, despite=ALL) == "G28"
    assert state_of(second) == "draft"


def test_a_version_never_starts_in_the_past():
    yesterday = str(TODAY - dt.timedelta(days=1))
    with pytest.raises(Refused) as no:
        draft_version(by=OFFICER, document=from_60(valid_from=yesterday))
    assert (no.value.refusal.code, no.value.column) == ("G22", "/valid_from")
    version = draft_version(by=OFFICER, document=from_60(valid_from=str(TODAY)))
    p.place().set_clock(p.DAY + dt.timedelta(days=1))
    assert code_of(versions.approve, by=OFFICER, version_id=version, despite=ALL) == "G22"


def test_a_draft_needs_a_programme_and_the_right():
    other = from_60(name="another")
    assert code_of(draft_version, by=OFFICER, document=other) == "L04"
    assert code_of(draft_version, by=AUDITOR, document=from_60()) == "A01"
    assert code_of(versions.approve, by=OFFICER, version_id=0) == "G27"
    assert code_of(versions.note_look, by=OFFICER, version_id=0) == "G27"
    assert code_of(withdraw_version, by=OFFICER, version_id=0) == "G27"


# --- approval ---------------------------------------------------------------------------------------------


def test_two_people_approve_and_everybody_is_recomputed_at_once():
    given_resident(dob="19640101")  # 62
    recompute(by=HOST, programme=PROGRAMME)
    version = draft_version(by=OFFICER, document=from_60())
    first = versions.approve(by=OFFICER, version_id=version, despite={"G25"})
    assert not first.complete and state_of(version) == "draft"
    assert code_of(versions.approve, by=OFFICER, version_id=version, despite={"G25"}) == "A03"
    before = newest_message()
    second = versions.approve(by=CHIEF, version_id=version, despite={"G25"})
    assert second.complete and second.in_force
    row = queries.find_version(version)
    assert (row.state, row.now, row.first_by, row.second_by, row.checker) == (
        "approved", True, "OF-1", "CH-1", "CH-1",
    )  # fmt: skip
    assert [t for t, _ in messages(after=before)][:2] == ["programme.put", "interval.rows"]
    [(from_on, opens)] = run("SELECT from_on, opens_at FROM records.entitlement WHERE dose = 1")
    assert from_on == dt.date(2026, 10, 1) and opens == dt.datetime(2026, 9, 28, 0, 0, tzinfo=dt.UTC)


def test_a_changed_answer_must_be_named_by_both():
    version = draft_version(by=OFFICER, document=from_60())
    assert code_of(versions.approve, by=OFFICER, version_id=version) == "G25"
    versions.approve(by=OFFICER, version_id=version, despite={"G25"})
    assert code_of(versions.approve, by=CHIEF, version_id=version) == "G25"
    assert state_of(version) == "draft"


def test_a_version_without_changed_answers_needs_two_people_too():
    version = draft_version(by=OFFICER, document=changed("note", to="別の注"))
    assert not versions.approve(by=OFFICER, version_id=version).complete
    assert versions.approve(by=CHIEF, version_id=version).complete


def test_after_ten_minutes_the_first_signature_is_void():
    version = draft_version(by=OFFICER, document=from_60())
    versions.approve(by=OFFICER, version_id=version, despite=ALL)
    p.place().set_clock(p.DAY + dt.timedelta(minutes=11))
    assert not versions.approve(by=CHIEF, version_id=version, despite=ALL).complete


def test_a_future_version_takes_effect_by_itself():
    given_resident(dob="19640101")
    recompute(by=HOST, programme=PROGRAMME)
    monday = TODAY + dt.timedelta(days=6)
    version = draft_version(by=OFFICER, document=from_60(valid_from=str(monday), title="新しい題"))
    said = both(version)
    assert said.complete and not said.in_force
    assert jobs.take_effect() == 0 and not queries.find_version(version).now
    p.place().set_clock(dt.datetime.combine(monday, dt.time(0, 0, 1), p.DAY.tzinfo))
    before = newest_message()
    assert queries.find_version(version).now and queries.list_due() == [version]
    assert jobs.take_effect() == 1 and jobs.take_effect() == 0
    assert messages("programme.put", before)[0][1]["title"] == "新しい題"
    assert run("SELECT from_on FROM records.entitlement WHERE dose = 1") == [(dt.date(2026, 10, 1),)]
    assert recompute(by=HOST, programme=PROGRAMME).changed == 0


def test_it_must_not_begin_before_one_that_is_approved():
    later = draft_version(by=OFFICER, document=from_60(valid_from="2026-12-10"))
    both(later)
    sooner = draft_version(by=OFFICER, document=from_70(valid_from="2026-12-01"))
    assert code_of(versions.approve, by=OFFICER, version_id=sooner, despite=ALL) == "G23"
    withdraw_version(by=OFFICER, version_id=later)
    assert versions.approve(by=OFFICER, version_id=sooner, despite=ALL).complete is False
    assert state_of(later) == "withdrawn"


def test_what_took_effect_is_not_withdrawn():
    version = draft_version(by=OFFICER, document=from_60())
    both(version)
    assert code_of(withdraw_version, by=OFFICER, version_id=version) == "G28"
    draft = draft_version(by=OFFICER, document=from_70())
    withdraw_version(by=OFFICER, version_id=draft)
    assert code_of(withdraw_version, by=OFFICER, version_id=draft) == "G28"


# --- what it would change ---------------------------------------------------------------------------------


def test_the_dry_run_counts_without_writing():
    for dob in ("19640101", "19640101", "19500101", "20200101", "00000000"):
        given_resident(dob=dob)
    recompute(by=HOST, programme=PROGRAMME)
    rows = run("SELECT * FROM records.entitlement ORDER BY resident_id, dose")
    version = draft_version(by=OFFICER, document=from_60())
    look = versions.try_out(version).look
    assert (look.gain, look.lose, look.shift, look.same) == (0, 0, 2, 3)
    assert {y: (n.residents, n.before, n.after) for y, n in look.years.items()} == {
        1964: (2, 2, 2), 1950: (1, 1, 1), 2020: (1, 0, 0), 0: (1, 0, 0),
    }  # fmt: skip
    assert run("SELECT * FROM records.entitlement ORDER BY resident_id, dose") == rows
    assert queries.find_version(version).look is None
    versions.note_look(by=OFFICER, version_id=version)
    assert queries.find_version(version).look["shift"] == 2


def test_who_gains_and_who_loses():
    given_resident(dob="20160101")  # 10: from 10 on they gain
    given_resident(dob="19900101")  # 36: nobody asks them any more
    without = changed(
        "groups", 1, "who", to={"age": {"kind": "age_on_day", "min": {"years": 10}, "until": {"years": 30}}}
    )
    for dose in without["series"][0]["doses"]:
        for give in dose["give"]:
            give["age"]["min"]["years"] = 10
    version = draft_version(by=OFFICER, document=without)
    trial = versions.try_out(version)
    assert (trial.look.gain, trial.look.lose) == (1, 1)
    assert trial.look.lost_years == [1990] and "G26" in {r.code for r in trial.holds}
    assert code_of(versions.approve, by=OFFICER, version_id=version, despite={"G25"}) == "G26"


def test_it_takes_an_entitlement_from_somebody_who_has_booked():
    """67 today, booked for tomorrow; by the new rules they wait until the second wave in December."""
    one, other = given_resident(dob="19590101"), given_resident(dob="19400101")
    recompute(by=HOST, programme=PROGRAMME)
    issue(by=HOST, programme=PROGRAMME)
    jobs.send()
    slot = given_slot(TODAY + dt.timedelta(days=1))
    booked = given_booking(one, slot)
    given_booking(other, slot)
    version = draft_version(by=OFFICER, document=from_70())
    trial = versions.try_out(version)
    assert trial.look.takes == [booked] and "G24" in {r.code for r in trial.holds}
    assert code_of(versions.approve, by=OFFICER, version_id=version, despite={"G25"}) == "G24"
    both(version, {"G24", "G25"})
    row = queries.find_version(version)
    assert row.look["booked"] == 1 and row.taken == 1
    [(line, near)] = show_to_call(by=OFFICER)
    assert (line.resident_id, line.booking_id, line.why, line.ref) == (one, booked, "rule", version)


def test_a_second_dose_falls_with_an_interval_that_grows():
    one = given_resident(dob="19400101")
    recompute(by=HOST, programme=PROGRAMME)
    issue(by=HOST, programme=PROGRAMME)
    jobs.send()
    first = given_booking(one, given_slot(TODAY + dt.timedelta(days=1)), dose=1)
    second = given_booking(one, given_slot(TODAY + dt.timedelta(days=22)), dose=2)
    longer = changed("series", 0, "doses", 1, "intervals", 0, "min", to={"weeks": 5})
    longer["series"][0]["doses"][1]["intervals"][0]["standard"] = {"weeks": 6}
    version = draft_version(by=OFFICER, document=longer)
    assert versions.try_out(version).look.takes == [second] != [first]


# --- golden residents -------------------------------------------------------------------------------------


def test_the_answers_are_signed_and_watched():
    version = draft_version(by=OFFICER, document=from_60())
    both(version)
    held = ProgrammeVersion.objects.get(pk=version)
    assert held.golden["since"].startswith(str(TODAY)) and len(held.golden["answers"]) == 60
    assert queries.list_unsigned(PROGRAMME) == []
    held.golden["answers"]["g07"][0][1] = "別の答え"
    held.save()
    assert queries.list_unsigned(PROGRAMME) == ["g07"]
    assert versions.sign_golden(by=OFFICER, version_id=version) is False
    assert versions.sign_golden(by=CHIEF, version_id=version) is True
    assert queries.list_unsigned(PROGRAMME) == []
    assert code_of(versions.sign_golden, by=CHIEF, version_id=0) == "G27"


def test_the_first_version_has_its_answers_too():
    assert queries.list_unsigned(PROGRAMME) == []
    assert count_entitled(PROGRAMME) == {}
