"""Accepting a register file by two persons: what becomes of the residents, and what is remembered."""

import datetime as dt

import pytest
from django.db import DatabaseError

from sesshu.base import clock
from sesshu.base.errors import Refused
from sesshu.inside.register.imports import actions, queries
from sesshu.inside.register.imports.models import Import
from sesshu.inside.register.residents.models import FormerAddress, History, Protection, Resident
from tests.support import place as p
from tests.support import register as r
from tests.support.register import accept, person, stage, take_in


def one(n: int) -> Resident:
    return Resident.objects.get(reference_no=str(1000 + n))


def code_of(act, **kwargs) -> str:
    with pytest.raises(Refused) as no:
        act(**kwargs)
    return no.value.refusal.code


# --- two persons ---------------------------------------------------------------------------------------------


def test_the_first_approval_changes_nothing(tmp_path):
    report = stage(tmp_path, person(1))
    assert not actions.accept(by=r.FIRST, import_id=report.id, protect=r.no_walls).complete
    assert Resident.objects.count() == 0
    found = queries.get_import(report.id)
    assert (found.state, found.first_by, found.second_by) == ("staged", "OF-1", None)


def test_one_person_twice_is_refused(tmp_path):
    """一人で二度 — and the first approval still stands for somebody else."""
    report = stage(tmp_path, person(1))
    more = {"import_id": report.id, "protect": r.no_walls}
    actions.accept(by=r.FIRST, **more)
    assert code_of(actions.accept, by=r.FIRST, **more) == "A03"
    assert Resident.objects.count() == 0
    assert actions.accept(by=r.SECOND, **more).complete


def test_an_approval_is_void_after_ten_minutes(tmp_path):
    report = stage(tmp_path, person(1))
    more = {"import_id": report.id, "protect": r.no_walls}
    actions.accept(by=r.FIRST, **more)
    p.place().set_clock(clock.now() + dt.timedelta(minutes=10, seconds=5))
    assert not actions.accept(by=r.SECOND, **more).complete
    assert actions.accept(by=r.FIRST, **more).complete


def test_neither_the_host_nor_a_stale_proof_accepts(tmp_path):
    from dataclasses import replace

    from sesshu.trust.access.matrix import Proof

    report = stage(tmp_path, person(1))
    more = {"import_id": report.id, "protect": r.no_walls}
    assert code_of(actions.accept, by=r.HOST, **more) == "A01"
    assert code_of(actions.accept, by=replace(r.FIRST, proof=Proof.SIGNED_IN), **more) == "A02"


def test_an_import_is_accepted_or_withdrawn_once(tmp_path):
    report = stage(tmp_path, person(1))
    accept(report)
    assert code_of(actions.accept, by=r.FIRST, import_id=report.id, protect=r.no_walls) == "R81"
    assert code_of(actions.withdraw, by=r.FIRST, import_id=report.id) == "R81"
    assert code_of(actions.withdraw, by=r.FIRST, import_id=99999) == "R80"


def test_a_withdrawn_import_leaves_no_line(tmp_path):
    first, second = stage(tmp_path, person(1)), stage(tmp_path, person(2))
    actions.withdraw(by=r.FIRST, import_id=first.id)
    assert r.run("SELECT import_id FROM register.staging") == [(second.id,)]
    actions.withdraw(by=r.FIRST, import_id=second.id)
    assert r.run("SELECT count(*) FROM register.staging") == [(0,)]
    assert Resident.objects.count() == 0


def test_accepting_one_withdraws_the_others(tmp_path):
    """They were compared with a register that is no more."""
    old, new = stage(tmp_path, person(1)), stage(tmp_path, person(2))
    accept(new)
    assert Import.objects.get(id=old.id).state == "withdrawn"
    assert r.run("SELECT count(*) FROM register.staging") == [(0,)]


def test_lines_lost_by_a_hard_stop_are_noticed(tmp_path):
    report = stage(tmp_path, person(1), person(2))
    r.run("DELETE FROM register.staging")
    assert code_of(actions.accept, by=r.FIRST, import_id=report.id, protect=r.no_walls) == "R82"


def test_held_reasons_are_named_by_both(tmp_path):
    take_in(tmp_path, *(person(n) for n in range(4)))
    report = stage(tmp_path, person(1), person(2))
    assert [h.code for h in report.held] == ["R72"]
    more = {"import_id": report.id, "protect": r.no_walls}
    assert code_of(actions.accept, by=r.FIRST, **more) == "R72"
    actions.accept(by=r.FIRST, despite={"R72"}, **more)
    assert code_of(actions.accept, by=r.SECOND, **more) == "R72"
    assert actions.accept(by=r.SECOND, despite={"R72"}, **more).complete
    told = r.run(
        "SELECT purpose FROM audit.entry WHERE act = 'import.accept' AND resident IS NULL AND result = 'done'"
    )
    assert [x for (x,) in told][-2:] == ["despite R72"] * 2


# --- what becomes of the residents ------------------------------------------------------------------------------


def test_residents_are_what_the_file_says(tmp_path):
    take_in(
        tmp_path,
        person(1, foreign="1", latin="TARO KAKU", common_name="架空"),
        person(2, dob_text="S21.04.00"),
    )
    who = one(1)
    assert (who.name, who.dob, who.is_foreign, who.status) == (
        "架空　太郎",
        dt.date(1946, 4, 1),
        True,
        "present",
    )
    assert (who.town, who.building, who.resident_from) == (
        "中目黒二丁目",
        "架空荘２０１",
        dt.date(2000, 5, 1),
    )
    assert (one(2).dob, one(2).dob_key) == (None, "19460400")


def test_what_was_is_history(tmp_path):
    take_in(tmp_path, person(1), person(2))
    done = take_in(tmp_path, person(1, name="見本　花子", phone="", dob_text="S21.04.02"), person(2))
    assert (done.added, done.changed, done.gone) == (0, 1, 0)
    (was,) = History.objects.all()
    assert was.resident == one(1) and sorted(was.changed) == ["dob_key", "name", "phone"]
    assert was.old == {
        "name": "架空　太郎", "phone": "03-0000-0000", "dob_key": "19460401", "dob_text": "S21.04.01",
    }  # fmt: skip
    assert one(1).name == "見本　花子" and one(1).dob == dt.date(1946, 4, 2)


def test_another_notation_of_the_same_day_is_no_change(tmp_path):
    take_in(tmp_path, person(1))
    assert take_in(tmp_path, person(1, dob_text="1946/04/01")).changed == 0
    assert History.objects.count() == 0 and one(1).dob_text == "1946/04/01"
    assert stage(tmp_path, person(1, dob_text="1946/04/01")).counts["unchanged"] == 1


def test_a_former_address_is_kept_for_thirty_days(tmp_path):
    take_in(tmp_path, person(1))
    take_in(tmp_path, person(1, town="上目黒一丁目", banchi="3番9号", building="", event="転居"))
    kept = FormerAddress.objects.get()
    assert (kept.town, kept.banchi, kept.building) == ("中目黒二丁目", "2番2号", "架空荘２０１")
    assert kept.until_on == dt.date(2026, 12, 24)
    p.place().set_clock(p.DAY + dt.timedelta(days=31))
    take_in(tmp_path, person(1, town="上目黒一丁目", banchi="3番9号", building="", event="転居", phone=""))
    assert not FormerAddress.objects.exists()


def test_who_is_absent_is_gone_and_may_come_back(tmp_path):
    left = person(9, status="転出", event="国内転出")
    take_in(tmp_path, person(1), person(2), left, *(person(n) for n in range(20, 80)))
    rest = [person(n) for n in range(20, 80)]
    done = take_in(tmp_path, person(1), *rest)
    assert done.gone == 2
    assert (one(2).status, one(2).event_on) == ("removed", r.AS_OF)
    assert one(9).status == "left"
    assert stage(tmp_path, person(1), *rest).counts["gone"] == 0
    assert stage(tmp_path, person(1), person(2), *rest).counts["kinds"]["revived"] == 1
    assert take_in(tmp_path, person(1), person(2), *rest).changed == 1
    assert one(2).status == "present" and one(2).gone_at is None


def test_a_cancelled_move_revives(tmp_path):
    """異動の取消し."""
    take_in(tmp_path, person(1, status="転出", event="国内転出"))
    take_in(tmp_path, person(1, event="異動の取消し(増)"))
    assert one(1).status == "present"


def test_each_change_is_in_the_residents_own_audit(tmp_path):
    take_in(tmp_path, person(1), person(2), *(person(n) for n in range(20, 60)))
    report = stage(tmp_path, person(1, phone="", town="南一丁目"), *(person(n) for n in range(20, 60)))
    accept(report)
    case = f"import {report.id}"
    found = r.run(
        "SELECT resident, actor, zone, fields FROM audit.entry WHERE case_ref = %s AND resident IS NOT NULL ORDER BY resident",
        case,
    )
    assert found == [
        (one(1).id, "OF-2", "office", ["phone", "town"]),
        (one(2).id, "OF-2", "office", ["gone"]),
    ]


def test_who_changed_is_to_be_looked_at_again_in_every_open_programme(tmp_path):
    r.run(
        "INSERT INTO planning.programme VALUES ('a', 'あ', 'open'), ('b', 'い', 'open'), ('c', 'う', 'closed')"
    )
    take_in(tmp_path, person(1), person(2), person(3, protected="1"))
    assert len(r.run("SELECT * FROM records.dirty")) == 4
    r.run("DELETE FROM records.dirty")
    take_in(tmp_path, person(1, phone=""), person(2), person(3, protected="1", phone=""))
    assert r.run("SELECT resident_id, programme FROM records.dirty ORDER BY 2") == [
        (one(1).id, "a"),
        (one(1).id, "b"),
    ]


# --- 支援措置 ---------------------------------------------------------------------------------------------------


def test_who_is_flagged_at_first_is_born_behind_the_wall(tmp_path):
    done = take_in(tmp_path, person(1, protected="1"), person(2))
    who = one(1)
    assert (
        who.protected and who.protected_at and (who.town, who.phone, who.household_no) == (None, None, None)
    )
    assert done.protected == 1 and not one(2).protected
    wall = Protection.objects.get()
    assert (wall.resident_id, wall.ended_at, wall.source) == (who.id, None, f"import {done.import_id}")


def test_a_vanished_flag_tells_the_section_and_releases_nothing(tmp_path):
    """P-13 — a file, a list or a date never ends a protection."""
    take_in(tmp_path, person(1, protected="1"))
    take_in(tmp_path, person(1))
    assert one(1).protected and one(1).town is None
    asked = Protection.objects.get()
    assert asked.release_asked_at and asked.ended_at is None
    take_in(tmp_path, person(1, protected="1"))
    assert Protection.objects.get().release_asked_at is None


def test_history_of_the_protected_holds_no_whereabouts(tmp_path):
    take_in(tmp_path, person(1, protected="1"))
    take_in(tmp_path, person(1, protected="1", name="見本　花子", town="南一丁目", phone=""))
    (was,) = History.objects.all()
    assert was.old == {"name": "架空　太郎"}
    told = r.run("SELECT fields FROM audit.entry WHERE resident = %s ORDER BY id DESC LIMIT 1", one(1).id)
    assert told == [(["name", "whereabouts"],)]


def test_whoever_becomes_protected_is_given_to_the_one_who_builds_walls(tmp_path):
    take_in(tmp_path, person(1), person(2), person(3))
    ids = {n: one(n).id for n in (1, 2, 3)}
    given = []

    def protect(resident_ids, *, by, source):
        given.append((list(resident_ids), by.code, source))
        hidden = "household_no relation postcode town banchi building phone resident_from event".split()
        Resident.objects.filter(id__in=resident_ids).update(protected=True, **dict.fromkeys(hidden))

    report = stage(tmp_path, person(1, protected="1"), person(2, protected="1", sex="?"), person(3))
    assert report.counts["kinds"] == {"seal": 1} and report.counts["refused_protected"] == 1
    accept(report, protect)
    assert given == [([ids[1], ids[2]], "OF-2", f"import {report.id}")]
    assert one(1).town is None and one(2).protected


def test_a_wall_that_was_not_built_stops_the_import(tmp_path):
    """Whoever forgot it: nothing of the file is taken."""
    take_in(tmp_path, person(1))
    report = stage(tmp_path, person(1, protected="1", town="南一丁目"), person(2))
    with pytest.raises(DatabaseError):
        accept(report, lambda ids, *, by, source: None)
