"""Keys, keyed hashes and envelopes (暗号)."""

import json
import os
import pickle
import stat
from uuid import UUID

import pytest

from sesshu.base import crypto
from sesshu.base.crypto import KeyRing
from sesshu.base.errors import Refused

TICKET, DOB = "1234567890", "19500401"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("keys") / "root"
    crypto.make_keys(root)
    return root


@pytest.fixture
def inside(root):
    return KeyRing.load(root / "inside")


@pytest.fixture
def outside(root):
    return KeyRing.load(root / "outside")


@pytest.fixture
def sealed(root):
    return KeyRing.load(root / "sealed")


def refused_with(code, do, *args, **kwargs):
    with pytest.raises(Refused) as e:
        do(*args, **kwargs)
    assert e.value.refusal.code == code


def test_folders_are_0700_and_files_0600(root):
    for folder in (root / "inside", root / "outside", root / "sealed"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        for file in folder.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    assert sorted(p.name for p in root.iterdir()) == ["inside", "outside", "sealed"]  # nothing half made


def test_permissions_do_not_depend_on_the_umask(tmp_path):
    old = os.umask(0)
    try:
        crypto.make_keys(tmp_path / "root")
    finally:
        os.umask(old)
    assert not [s for s in crypto.status(tmp_path / "root") if s.problem or s.mode != "0600"]


def test_keys_are_never_overwritten(root):
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    refused_with("K01", crypto.make_keys, root)
    assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before


def test_one_folder_alone_is_not_overwritten_either(tmp_path):
    (tmp_path / "outside").mkdir()
    refused_with("K01", crypto.make_keys, tmp_path)
    assert not (tmp_path / "inside").exists()


def test_the_sealed_private_key_is_in_one_place_only(root):
    secret = (root / "sealed" / "age.key").read_bytes()
    holders = [p for p in root.rglob("*") if p.is_file() and secret in p.read_bytes()]
    assert holders == [root / "sealed" / "age.key"]


def test_a_key_that_others_can_read_is_refused(tmp_path):
    crypto.make_keys(tmp_path)
    (tmp_path / "inside" / "act.hmac").chmod(0o640)
    ring = KeyRing.load(tmp_path / "inside")
    refused_with("K03", crypto.hash_act, ring, TICKET, DOB)
    refused_with("K03", KeyRing.load, tmp_path / "inside", need=("act.hmac",))
    (tmp_path / "outside").chmod(0o755)
    refused_with("K03", KeyRing.load, tmp_path / "outside")
    assert [s.name for s in crypto.status(tmp_path) if s.problem == "open to others"] == ["act.hmac"]


def test_a_missing_or_broken_key_is_refused(tmp_path):
    refused_with("K02", KeyRing.load, tmp_path)
    (tmp_path / "place.json").write_text(json.dumps({"place": "elsewhere"}))
    refused_with("K02", KeyRing.load, tmp_path)
    crypto.make_keys(tmp_path / "root")
    (tmp_path / "root" / "outside" / "try.hmac").unlink()
    refused_with("K02", KeyRing.load, tmp_path / "root" / "outside", need=("try.hmac",))
    (tmp_path / "root" / "outside" / "act.hmac").write_bytes(b"short")
    refused_with("K02", KeyRing.load, tmp_path / "root" / "outside", need=("act.hmac",))
    assert {s.name: s.problem for s in crypto.status(tmp_path / "root") if s.problem} == {
        "try.hmac": "missing",
        "act.hmac": "broken",
    }


def test_a_ring_prints_no_key(root, inside):
    crypto.hash_act(inside, TICKET, DOB)
    inside.sign(b"x"), inside.identity
    printed = repr(inside) + repr(vars(inside)) + str(crypto.status(root))
    for file in (root / "inside").glob("*.*"):
        if file.suffix in (".key", ".hmac"):
            data = file.read_bytes()
            assert data.hex() not in printed and repr(data)[2:-1] not in printed
    with pytest.raises(TypeError):
        pickle.dumps(inside)


def test_status_shows_that_both_buildings_hold_the_same_hash_keys(root):
    by = {(s.place, s.name): s.fingerprint for s in crypto.status(root)}
    for name in ("act.hmac", "ask.hmac", "try.hmac"):
        assert by["inside", name] == by["outside", name]
    assert by["inside", "sign.key"] == by["outside", "inside-sign.pub"]
    assert by["sealed", "age.key"] == by["inside", "sealed-age.pub"]
    assert len({by["inside", f"{n}.hmac"] for n in ("act", "ask", "try", "mark")}) == 4
    assert ("sealed", "act.hmac") not in by and ("inside", "receipt.hmac") not in by


def test_signatures_hold_between_the_buildings(inside, outside):
    signature = inside.sign(b"text")
    assert outside.verified(b"text", signature, by="inside")
    assert not outside.verified(b"texu", signature, by="inside")
    assert not inside.verified(b"text", signature, by="outside")
    assert not outside.verified(b"text", b"short", by="inside")


# Keyed hashes


def test_both_buildings_compute_the_same_hash(inside, outside):
    assert crypto.hash_act(inside, TICKET, DOB) == crypto.hash_act(outside, TICKET, DOB)
    assert crypto.hash_ask(inside, "目黒区上目黒2-19-15", DOB, 1) == crypto.hash_ask(
        outside, "目黒区上目黒2-19-15", DOB, 1
    )
    assert crypto.hash_try(inside, TICKET) == crypto.hash_try(outside, TICKET)


def test_the_bulk_form_gives_the_same_hashes(inside):
    act, ask, try_ = crypto.act_hasher(inside), crypto.ask_hasher(inside, 3), crypto.try_hasher(inside)
    for n in range(50):
        ticket, address = f"{n:010d}", f"目黒区見本{n}-1"
        assert act(ticket, DOB) == crypto.hash_act(inside, ticket, DOB)
        assert ask(address, DOB) == crypto.hash_ask(inside, address, DOB, 3)
        assert try_(ticket) == crypto.hash_try(inside, ticket)


def test_a_hash_of_one_kind_is_never_a_hash_of_another(root, tmp_path):
    """Domain separation must hold even if somebody copied one key over another."""
    same = (root / "inside" / "act.hmac").read_bytes()
    crypto.make_keys(tmp_path)
    for name in ("act", "ask", "try", "mark"):
        (tmp_path / "inside" / f"{name}.hmac").write_bytes(same)
    ring = KeyRing.load(tmp_path / "inside")
    found = [
        crypto.hash_act(ring, TICKET, DOB),
        crypto.hash_ask(ring, TICKET, DOB, 1),
        crypto.hash_ask(ring, TICKET, DOB, 2),
        crypto.hash_try(ring, TICKET),
        crypto.change_mark(ring, TICKET),
    ]
    assert len(set(found)) == 5 and {len(h) for h in found} == {32}


def test_parts_cannot_slide_into_each_other(inside):
    assert crypto.hash_act(inside, "12", "34") != crypto.hash_act(inside, "123", "4")
    assert crypto.hash_act(inside, "1234", "") != crypto.hash_act(inside, "", "1234")
    assert crypto.hash_ask(inside, "1-1", "11", 1) != crypto.hash_ask(inside, "1-11", "1", 1)


def test_another_installation_has_other_hashes(inside, tmp_path):
    crypto.make_keys(tmp_path)
    assert crypto.hash_try(inside, TICKET) != crypto.hash_try(KeyRing.load(tmp_path / "inside"), TICKET)


def test_a_receipt_is_the_same_for_one_request_and_differs_between_its_bookings(outside):
    request = UUID("00000000-0000-4000-8000-000000000001")
    first = crypto.receipt_bytes(outside, request, 1)
    assert first == crypto.receipt_bytes(outside, request, 1) and len(first) == 32
    assert first != crypto.receipt_bytes(outside, request, 2)
    assert first != crypto.receipt_bytes(outside, UUID(int=2), 1)


# Envelopes


def test_only_the_receiver_opens_an_envelope(inside, outside, sealed):
    text = "東京都目黒区見本町1-2-3 𠮷野様方"
    box = crypto.seal(text, inside.recipient("sealed"))
    assert crypto.unseal_text(box, sealed) == text
    assert text.encode() not in box
    for ring in (inside, outside):
        refused_with("K04", crypto.unseal, box, ring)
    assert crypto.seal(text, inside.recipient("sealed")) != box  # equal texts do not look equal


def test_bytes_and_the_own_address_work_too(inside):
    assert crypto.unseal(crypto.seal(b"\x00\xff", inside.recipient("inside")), inside) == b"\x00\xff"


def test_an_envelope_cannot_be_laid_on_another_row(inside, sealed):
    box = crypto.seal("text", inside.recipient("sealed"), about="resident:17")
    assert crypto.unseal_text(box, sealed, about="resident:17") == "text"
    refused_with("K04", crypto.unseal, box, sealed, about="resident:18")
    refused_with(
        "K04", crypto.unseal, crypto.seal("text", inside.recipient("sealed")), sealed, about="resident:17"
    )


def test_one_flipped_bit_in_an_envelope_is_found(inside, sealed):
    box = crypto.seal("text", inside.recipient("sealed"))
    for i in range(0, len(box), 7):
        broken = bytearray(box)
        broken[i] ^= 1
        refused_with("K04", crypto.unseal, bytes(broken), sealed)
    refused_with("K04", crypto.unseal, b"", sealed)
    refused_with("K04", crypto.unseal, b"text", sealed)


def test_a_change_mark_tells_change_and_nothing_else(inside, outside):
    assert (
        crypto.change_mark(inside, "a") == crypto.change_mark(inside, "a") != crypto.change_mark(inside, "b")
    )
    refused_with("K02", crypto.change_mark, outside, "a")  # the outside has no such key
