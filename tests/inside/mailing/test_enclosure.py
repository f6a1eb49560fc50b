"""The enclosure check on real tables: logs, the station, differences and how they end; returned mail."""

import pytest
from django.db import Error

from sesshu.base.errors import Refused
from sesshu.inside.mailing.batches import files, handover, queries, rules
from sesshu.inside.mailing.enclosure import queries as enclosure
from sesshu.inside.mailing.enclosure.actions import check_next, reconcile, resolve
from sesshu.inside.mailing.enclosure.rules import CANNOT_END_SO, NO_DIFFERENCE, STOPPED, Kind, Resolution
from sesshu.inside.mailing.enclosure.scanlog import ALL_OTHER, CUT, TWICE
from sesshu.inside.mailing.returns import queries as returns
from sesshu.inside.mailing.returns.actions import finish, take_back
from sesshu.inside.mailing.returns.rules import Next, Reason
from sesshu.inside.records.protection.actions import protect_by_hand
from tests.support.mailing import (
    HOST,
    OFFICER,
    code,
    given_posted,
    given_released,
    given_tickets,
    piece_of,
    read_all,
    run,
    scan_log,
    serials,
    state,
)
from tests.support.residents import AUDITOR


@pytest.fixture(autouse=True)
def _no_files_stay():
    yield
    for batch in files.list_batch_ids():
        files.remove_all(batch)


@pytest.fixture
def batch():
    """Fifteen pieces with the printer."""
    given_tickets()
    return given_released()


def refusal_of(call, **arguments) -> str:
    with pytest.raises(Refused) as no:
        call(**arguments)
    return no.value.refusal.code


def open_kinds(batch) -> list[tuple[str, str]]:
    return sorted((str(d.kind), d.code) for d in enclosure.list_differences(batch, open_only=True))


def difference(batch, kind) -> int:
    return next(d.id for d in enclosure.list_differences(batch, open_only=True) if d.kind is kind)


def test_a_right_log(batch, tmp_path):
    done = reconcile(by=HOST, batch_id=batch, path=scan_log(tmp_path / "1.csv", batch, range(1, 11)))
    assert (done.envelopes, done.enclosed, done.differences) == (10, 10, {})
    now = queries.tally(batch)
    assert (now.enclosed, now.unread) == (10, 5) and now.adds_up
    found = queries.get_piece(code(batch, 4))
    assert (found.box, found.position) == ("01", 4)


def test_every_kind_of_difference_keeps_the_batch_open(batch, tmp_path):
    rows = [
        1,
        (code(batch, 2), code(batch, 3), 1200),  # swapped
        (code(batch, 3), code(batch, 2), 1200),
        (code(batch, 4), "", 1450),  # too thick
        5, 5,  # twice
        ("12-00000-A", "", 1200),  # no code
        (code(batch + 1, 7), "", 1200),  # of another batch
        # 6 is missing
        7, 9, 8, 10,  # out of order
    ]  # fmt: skip
    done = reconcile(by=HOST, batch_id=batch, path=scan_log(tmp_path / "1.csv", batch, rows))
    assert done.differences == {
        "double": 1, "foreign": 1, "missing": 1, "order": 1, "other_batch": 1, "swapped": 2, "window": 1
    }  # fmt: skip
    now = queries.tally(batch)
    # Of the twice read one and of the seven with a difference of their own none counts as enclosed.
    assert now.adds_up and now.off == 6 and now.open_differences == 8 and now.unread == 5
    assert refusal_of(handover.post, by=HOST, batch_id=batch) == rules.OPEN_DIFFERENCE.code
    shown = {d.kind: d for d in enclosure.list_differences(batch)}
    assert shown[Kind.WINDOW].measure == 1450 and shown[Kind.WINDOW].position == 4
    assert all(
        d.sentence.endswith("。") and d.next_step and d.refusal_code.startswith("SC") for d in shown.values()
    )


def test_how_each_difference_ends(batch, tmp_path):
    rows = [1, (code(batch, 2), code(batch, 3), 1200), (code(batch, 3), code(batch, 2), 1200),
            (code(batch, 4), "", 1450), 5, 5, ("12-00000-A", "", 1200), 7, 9, 8, 10]  # fmt: skip
    reconcile(by=HOST, batch_id=batch, path=scan_log(tmp_path / "1.csv", batch, rows))
    for kind, wrong in (
        (Kind.SWAPPED, Resolution.CHECKED),
        (Kind.FOREIGN, Resolution.REPRINTED),
        (Kind.MISSING, Resolution.FOUND),
    ):
        assert (
            refusal_of(resolve, by=HOST, difference_id=difference(batch, kind), resolution=wrong)
            == CANNOT_END_SO.code
        )
    assert (
        resolve(by=HOST, difference_id=difference(batch, Kind.WINDOW), resolution=Resolution.CHECKED) is None
    )
    assert queries.get_piece(code(batch, 4)).enclosed_at is not None
    resolve(by=HOST, difference_id=difference(batch, Kind.DOUBLE), resolution=Resolution.CHECKED)
    resolve(by=HOST, difference_id=difference(batch, Kind.FOREIGN), resolution=Resolution.REMOVED)
    resolve(by=HOST, difference_id=difference(batch, Kind.ORDER), resolution=Resolution.CHECKED)
    first = resolve(by=HOST, difference_id=difference(batch, Kind.SWAPPED), resolution=Resolution.REPRINTED)
    second = resolve(by=HOST, difference_id=difference(batch, Kind.SWAPPED), resolution=Resolution.REPRINTED)
    assert {first, second} == {code(batch, 16), code(batch, 17)}
    assert state(batch, 2) == state(batch, 3) == "spoiled"
    assert open_kinds(batch) == [("missing", code(batch, 6))]
    gone = difference(batch, Kind.MISSING)
    read_all(tmp_path, batch)
    assert open_kinds(batch) == []  # it was read in a later log: found
    assert (
        refusal_of(resolve, by=HOST, difference_id=gone, resolution=Resolution.REPRINTED)
        == NO_DIFFERENCE.code
    )
    assert (
        refusal_of(resolve, by=HOST, difference_id=9999, resolution=Resolution.CHECKED) == NO_DIFFERENCE.code
    )
    [(how,)] = run("SELECT resolution FROM mailing.difference WHERE id = %s", gone)
    assert how == "found"


def test_a_lost_piece_is_printed_again(batch, tmp_path):
    reconcile(by=HOST, batch_id=batch, path=scan_log(tmp_path / "1.csv", batch, [1, 2, 4]))
    assert resolve(
        by=HOST, difference_id=difference(batch, Kind.MISSING), resolution=Resolution.REPRINTED
    ) == code(batch, 16)
    assert run("SELECT spoil_reason FROM mailing.piece WHERE batch_id = %s AND serial = 3", batch) == [("L",)]
    late = scan_log(tmp_path / "2.csv", batch, [3], box="02")
    assert reconcile(by=HOST, batch_id=batch, path=late).differences == {"dead": 1}  # the old one turned up
    resolve(by=HOST, difference_id=difference(batch, Kind.DEAD), resolution=Resolution.REMOVED)


def test_a_piece_on_the_pull_list_was_enclosed(batch, tmp_path):
    """It ends when its code is read at the pull list, not by saying so."""
    from sesshu.inside.mailing.enclosure.actions import pull, put_on_list

    put_on_list(by=OFFICER, code=code(batch, 2))
    reconcile(by=HOST, batch_id=batch, path=scan_log(tmp_path / "1.csv", batch, [1, 2, 3]))
    assert open_kinds(batch) == [("pulled", code(batch, 2))]
    held = difference(batch, Kind.PULLED)
    for resolution in Resolution:
        assert refusal_of(resolve, by=HOST, difference_id=held, resolution=resolution) == CANNOT_END_SO.code
    pull(by=HOST, batch_id=batch, code=code(batch, 2))
    assert open_kinds(batch) == []


# --- 記録の拒否 ---------------------------------------------------------------------------------------------


def nothing_kept(batch) -> bool:
    counts = run(
        "SELECT (SELECT count(*) FROM mailing.scan_log), (SELECT count(*) FROM mailing.difference), "
        "(SELECT count(*) FROM mailing.piece WHERE batch_id = %s AND enclosed_at IS NOT NULL)", batch,
    )  # fmt: skip
    return counts == [(0, 0, 0)]


def test_a_log_that_was_cut(batch, tmp_path):
    path = scan_log(tmp_path / "1.csv", batch, [1, 2, 3], end=False)
    assert refusal_of(reconcile, by=HOST, batch_id=batch, path=path) == CUT.code and nothing_kept(batch)


def test_a_log_of_another_batch(batch, tmp_path):
    path = scan_log(tmp_path / "1.csv", batch + 1, [1, 2, 3])
    assert refusal_of(reconcile, by=HOST, batch_id=batch, path=path) == ALL_OTHER.code and nothing_kept(batch)


def test_a_log_in_the_wrong_encoding(batch, tmp_path):
    path = tmp_path / "1.csv"
    path.write_bytes("箱番号,通番".encode("utf-16"))
    assert refusal_of(reconcile, by=HOST, batch_id=batch, path=path) == "TB01" and nothing_kept(batch)


def test_the_same_log_twice(batch, tmp_path):
    path = scan_log(tmp_path / "1.csv", batch, [1, 2, 3])
    reconcile(by=HOST, batch_id=batch, path=path)
    assert refusal_of(reconcile, by=HOST, batch_id=batch, path=path) == TWICE.code
    assert open_kinds(batch) == []


def test_a_log_when_none_is_expected(tmp_path):
    given_tickets()
    batch = given_posted(tmp_path)
    path = scan_log(tmp_path / "1.csv", batch, [1])
    assert refusal_of(reconcile, by=HOST, batch_id=batch, path=path) == rules.WRONG_STATE.code
    assert refusal_of(reconcile, by=AUDITOR, batch_id=batch, path=path) == "A01"


def test_what_was_read_is_never_changed(batch, tmp_path):
    reconcile(by=HOST, batch_id=batch, path=scan_log(tmp_path / "1.csv", batch, [1]))
    with pytest.raises(Error):
        run("DELETE FROM mailing.scan")


# --- 窓口 ---------------------------------------------------------------------------------------------------


def read(batch, serial, **changes):
    values = {"box": "07", "code": code(batch, serial), "measure": 1200} | changes
    return check_next(by=HOST, batch_id=batch, **values)


def test_the_station_goes_code_after_code_and_stops_at_the_first_difference(batch):
    for n in (1, 2, 3):
        assert read(batch, n).findings == ()
    skipped = read(batch, 5)
    assert [(f.kind, f.serial) for f in skipped.findings] == [(Kind.MISSING, 4)] and skipped.position == 4
    assert refusal_of(read, batch=batch, serial=6) == STOPPED.code
    # Only this box waits; the piece that was read is enclosed, the one before it is looked for.
    assert read(batch, 10, box="08").findings == ()
    assert queries.get_piece(code(batch, 5)).enclosed_at is not None
    resolve(by=HOST, difference_id=difference(batch, Kind.MISSING), resolution=Resolution.REPRINTED)
    assert read(batch, 6).findings == ()
    assert enclosure.show_box(batch, "07").lines == 5 and enclosure.show_box(batch, "09").lines == 0


@pytest.mark.parametrize(
    "changes, kind",
    [
        ({"measure": 900}, Kind.WINDOW),
        ({"measure": None}, Kind.WINDOW),
        ({"code": "nothing"}, Kind.FOREIGN),
        ({"insert": "nothing"}, Kind.SWAPPED),
    ],
)
def test_the_station_finds(batch, changes, kind):
    read(batch, 1)
    assert [f.kind for f in read(batch, 2, **changes).findings] == [kind]
    assert queries.tally(batch).adds_up


def test_the_station_and_the_log_agree(batch, tmp_path):
    read(batch, 1)
    assert [f.kind for f in read(batch, 1).findings] == [Kind.DOUBLE]
    done = reconcile(by=HOST, batch_id=batch, path=scan_log(tmp_path / "1.csv", batch, [1, 2]))
    assert done.differences == {"double": 1} and done.enclosed == 1


# --- 返戻 ---------------------------------------------------------------------------------------------------


def test_returned_mail(tmp_path):
    dead, hidden, mover, renewed, *rest = given_tickets()
    batch = given_posted(tmp_path)
    pieces = {r: code(batch, piece_of(batch, r)) for r in (dead, hidden, mover, renewed, *rest)}
    run("UPDATE register.resident SET status = 'dead' WHERE id = %s", dead)
    protect_by_hand(by=OFFICER, resident_id=hidden)
    run(
        "INSERT INTO register.history (resident_id, until_at, changed, old) VALUES (%s, base.now_v1() + interval '1 s', '{town}', '{}')",
        mover,
    )
    seed = code(batch, serials(batch, "seed_id IS NOT NULL")[0])
    took = {typed: take_back(by=HOST, code=typed, reason=Reason.UNKNOWN).next for typed in
            (pieces[dead], pieces[hidden], pieces[mover], pieces[rest[0]], seed)}  # fmt: skip
    assert list(took.values()) == [Next.DESTROY, Next.HAND_ON, Next.NEW_ADDRESS, Next.ASK_REGISTER, Next.SEED]
    now = queries.tally(batch)
    assert now.settled and (now.posted, now.returned) == (15, 5)  # returned is part of posted
    assert refusal_of(take_back, by=HOST, code=pieces[dead], reason=Reason.UNKNOWN) == rules.NOT_POSTED.code
    assert refusal_of(take_back, by=HOST, code="12-1", reason=Reason.UNKNOWN) == rules.NO_PIECE.code
    rows = returns.list_returns(batch)
    assert len(rows) == 5 and "花子" not in repr(rows)
    finish(by=HOST, return_id=rows[0].id)
    assert refusal_of(finish, by=HOST, return_id=rows[0].id) == "ML21"
    assert len(returns.list_returns(open_only=True)) == 4
    handover.close(by=HOST, batch_id=batch)
    assert (
        take_back(by=HOST, code=pieces[rest[1]], reason=Reason.KEPT).next is Next.SEND_AGAIN
    )  # months later


def test_only_what_was_posted_comes_back(batch):
    assert refusal_of(take_back, by=HOST, code=code(batch, 1), reason=Reason.UNKNOWN) == rules.NOT_POSTED.code
    assert refusal_of(take_back, by=AUDITOR, code=code(batch, 1), reason=Reason.UNKNOWN) == "A01"
