"""`sesshu doctor`: everything is right after an install, and whatever is not is named with its mend."""

import json
import shutil
import time

import pytest

from sesshu.cli import doctor
from sesshu.cli.doctor import host
from sesshu.cli.place import Place
from tests.support import place as p
from tests.support import tampering as t
from tests.support.commands import sesshu


def wrong(found):
    return [f for f in found if f.state == doctor.WRONG]


def test_after_an_install_nothing_is_wrong():
    said = sesshu("doctor", "--json")
    found = json.loads(said.stdout)
    assert said.returncode == 0 and said.stderr == ""
    assert [f for f in found if f["state"] == "wrong"] == [] and len(found) > 40
    assert {f["what"] for f in found if f["area"] == "clocks"} == {"the test clock is on: demo or tests only"}
    assert all(bool(f["mend"]) == (f["state"] != "ok") for f in found)
    lines = sesshu("doctor").stdout
    assert "0 wrong" in lines and "→ " in lines  # what is not ok has its mend beside it
    for secret in p.place().passwords.values():
        assert secret not in said.stdout


TAMPERED = [
    ("outside", "GRANT CONNECT ON DATABASE sesshu_outside TO PUBLIC", "REVOKE ALL ON DATABASE sesshu_outside FROM PUBLIC", "PUBLIC may enter: sesshu_outside"),
    ("outside", "ALTER ROLE out_owner LOGIN", "ALTER ROLE out_owner NOLOGIN", "the owner can log in: out_owner"),
    ("outside", "ALTER ROLE out_desk CREATEROLE", "ALTER ROLE out_desk NOCREATEROLE", "logins with more rights than a login has: out_desk"),
    ("outside", "GRANT out_owner TO out_desk", "REVOKE out_owner FROM out_desk", "logins with more rights than a login has: out_desk"),
    ("outside", "ALTER ROLE out_partner NOLOGIN", "ALTER ROLE out_partner LOGIN", "logins are missing: out_partner"),
    ("outside", "GRANT CONNECT ON DATABASE sesshu_outside TO in_office", "REVOKE CONNECT ON DATABASE sesshu_outside FROM in_office", "other logins may enter: in_office"),
    ("outside", "GRANT USAGE ON SCHEMA booking TO out_desk", "REVOKE USAGE ON SCHEMA booking FROM out_desk", "walls: out_desk in booking"),
    ("outside", "GRANT SELECT (id) ON booking.booking TO out_public", "REVOKE SELECT (id) ON booking.booking FROM out_public", "beyond the walls: out_public SELECT on booking.booking"),
    ("outside", "GRANT UPDATE ON audit.entry TO out_worker", "REVOKE UPDATE ON audit.entry FROM out_worker", "out_worker UPDATE on audit.entry"),
    ("outside", "GRANT EXECUTE ON FUNCTION api.cancel_v1 TO out_venue", "REVOKE EXECUTE ON FUNCTION api.cancel_v1 FROM out_venue", "matrix: out_venue cancel_v1"),
    ("outside", "GRANT EXECUTE ON FUNCTION audit.ship_v1 TO PUBLIC", "REVOKE EXECUTE ON FUNCTION audit.ship_v1 FROM PUBLIC", "open to PUBLIC: audit.ship_v1"),
    ("outside", "ALTER FUNCTION api.cancel_v1 RESET search_path", "ALTER FUNCTION api.cancel_v1 SET search_path = booking, pg_temp", "loose functions: api.cancel_v1"),
    ("outside", "ALTER TABLE audit.entry DISABLE TRIGGER only_grows", "ALTER TABLE audit.entry ENABLE TRIGGER only_grows", "guards of the audit log are off: entry.only_grows"),
    ("outside", "UPDATE bridge.stream SET state = 'stopped', reason = 'X09' WHERE direction = 'in'", "UPDATE bridge.stream SET state = 'running', reason = ''", "the stream in is stopped (X09)"),
    ("outside", "UPDATE base.setting SET value = 'off' WHERE name = 'test_clock'", "UPDATE base.setting SET value = 'on' WHERE name = 'test_clock'", "the test clock is on in the database or in the settings"),
    ("inside", "GRANT USAGE ON SCHEMA sealed TO in_office", "REVOKE USAGE ON SCHEMA sealed FROM in_office", "walls: in_office in sealed"),
    ("inside", "GRANT SELECT ON register.resident TO in_courier", "REVOKE SELECT ON register.resident FROM in_courier", "in_courier SELECT on register.resident"),
    ("inside", "GRANT SELECT ON records.record TO in_sealed", "REVOKE SELECT ON records.record FROM in_sealed", "in_sealed SELECT on records.record"),
]  # fmt: skip


@pytest.mark.parametrize("building, harm, undo, said", TAMPERED, ids=[x[3] for x in TAMPERED])
def test_a_wall_that_has_a_hole_is_named(building, harm, undo, said):
    with p.superuser(building) as c:
        c.execute(harm)
    try:
        found = wrong(doctor.look(p.place()))
    finally:
        with p.superuser(building) as c:
            c.execute(undo)
    assert len([f for f in found if said in f.what]) == 1 and all(f.mend for f in found)
    assert {f.area for f in found} == {building}


def test_a_command_that_finds_something_wrong_ends_with_status_one():
    with p.superuser("outside") as c:
        c.execute("ALTER TABLE audit.entry DISABLE TRIGGER not_emptied")
        said = sesshu("doctor")
        c.execute("ALTER TABLE audit.entry ENABLE TRIGGER not_emptied")
    assert said.returncode == 1 and "entry.not_emptied" in said.stdout and "1 wrong" in said.stdout


def test_checkpoints_that_stand_still_or_do_not_fit_are_wrong():
    with p.superuser("outside") as c:
        c.execute(
            "INSERT INTO audit.entry (at, shown_at, actor, zone, act) VALUES (now() - interval '6 minutes', now(), 'OP-1', 'desk', 'case.open')"
        )
    assert any("no checkpoint since 0" in f.what for f in wrong(doctor.look(p.place())))
    file = t.second_place("outside")
    file.parent.mkdir(exist_ok=True)
    file.write_text('{"statement":{"number":4},"signature":""}\n')
    assert any("0 checkpoints, the second place 4" in f.what for f in wrong(doctor.look(p.place())))


def test_a_silent_bridge_and_open_alarms_are_a_warning():
    with p.superuser("outside") as c:
        c.execute("SELECT bridge.put_v1('x.test', '{}')")
        c.execute("INSERT INTO bridge.alarm (code) VALUES ('X02')")
    found = [f.what for f in doctor.look(p.place()) if f.state == doctor.WARN and f.area == "outside"]
    assert any("1 messages wait" in w for w in found) and "1 open alarms" in found


def test_a_running_worker_is_seen():
    with p.connect("out_worker"), p.connect("out_courier"):
        time.sleep(0.05)
        found = {f.what for f in doctor.look(p.place()) if f.area == "outside"}
    assert {"the worker runs", "the courier runs"} <= found


# --- The host -------------------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path):
    """Settings and keys of the installation in another folder."""
    made = p.place()
    for name in ("etc", "keys"):
        shutil.copytree(made.dir / name, tmp_path / name)
    for file in (tmp_path / "etc").glob("*.json"):
        file.write_text(file.read_text().replace(f'"{made.dir}/keys', f'"{tmp_path}/keys'))
    return Place(tmp_path)


def put(place, process, **changes):
    file = place.config(process)
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_settings_that_are_broken_open_or_shared_are_wrong(copy):
    machines, found = host.settings(copy)
    assert wrong(found) == [] and len(machines) == 10
    copy.config("desk").chmod(0o640)
    put(copy, "venue", colour="red")
    put(copy, "office", secret_key=machines["sealed"].secret_key)
    put(copy, "sealed", building="inside")
    machines, found = host.settings(copy)
    words = "\n".join(f.what for f in wrong(found))
    assert "open to other users: desk.json" in words and "venue.json (unknown setting colour)" in words
    assert "shared: office, sealed" in words and "wrong building: sealed" in words
    shutil.rmtree(copy.etc)
    assert len(wrong(host.settings(copy)[1])) == 1


def test_keys_that_are_missing_open_or_of_another_place_are_wrong(copy):
    machines, _ = host.settings(copy)
    assert [f.state for f in host.keys(copy, machines)] == ["ok", "ok", "warn"]
    (copy.keys / "inside" / "act.hmac").unlink()
    (copy.keys / "outside" / "sign.key").chmod(0o644)
    put(copy, "office", keys_dir=str(copy.keys / "sealed"))
    words = "\n".join(f.what for f in wrong(host.keys(copy, host.settings(copy)[0])))
    assert "inside/act.hmac is missing" in words and "outside/sign.key is open to others" in words
    assert "office has those of another place" in words
    for place in ("inside", "sealed"):
        shutil.rmtree(copy.keys / place)
    only = {n: m for n, m in host.settings(copy)[0].items() if m.building == "outside"}
    (copy.keys / "outside" / "sign.key").chmod(0o600)
    assert [f.state for f in host.keys(copy, only)] == ["ok", "ok", "ok"]
    shutil.rmtree(copy.keys)
    assert len(wrong(host.keys(copy, only))) == 1


def test_a_test_clock_is_refused_in_production(copy):
    machines, _ = host.settings(copy)
    assert [f.state for f in host.clocks(machines)] == ["warn"]
    put(copy, "public", https=True)
    machines, _ = host.settings(copy)
    assert [f.what for f in wrong(host.clocks(machines))] == ["a test clock in production: public"]
    for name in machines:
        put(copy, name, clock_file="")
    machines, found = host.settings(copy)
    assert [f.state for f in host.clocks(machines)] == ["ok"]
    assert any("sample's: public" in f.what for f in found)


def test_a_folder_that_cannot_be_used_is_wrong(copy):
    put(copy, "outside_courier", spool_dir=str(copy.dir / "nowhere"))
    machines, _ = host.settings(copy)
    assert [f.what for f in wrong(host.storage(copy, machines))] == [
        f"the bridge's folder cannot be written: {copy.dir}/nowhere"
    ]


def test_without_an_installation_it_says_so(tmp_path):
    from click.testing import CliRunner

    said = CliRunner().invoke(doctor.doctor, ["--data", str(tmp_path)])
    assert said.exit_code == 1 and "sesshu db install" in said.output
