"""引継票の封 — what the desk seals the inside alone opens, for its own case, and the length tells little."""

import pytest

from sesshu.base.crypto import load_keys, make_keys, seal, unseal
from sesshu.base.errors import Refused
from sesshu.bridge.slips import KIND_WORDS, Slip, SlipKind, open_slip, seal_slip

SLIP = Slip(SlipKind.REISSUE, "みほん はなこ", "09000001234", "再発行を希望")


@pytest.fixture(scope="module")
def rings(tmp_path_factory):
    root = tmp_path_factory.mktemp("keys")
    make_keys(root)
    return {place: load_keys(root / place) for place in ("inside", "outside", "sealed")}


def test_sealed_and_opened(rings):
    sealed = seal_slip(SLIP, rings["outside"].recipient("inside"), 7)
    assert open_slip(sealed, rings["inside"], 7) == SLIP
    for place in ("outside", "sealed"):
        with pytest.raises(Refused, match="K04"):
            open_slip(sealed, rings[place], 7)
    with pytest.raises(Refused, match="K04"):
        open_slip(sealed, rings["inside"], 8)


def test_the_length_tells_little(rings):
    to, short = rings["outside"].recipient("inside"), Slip(SlipKind.OTHER, "あ", "0312345678", "")
    inner = [unseal(seal_slip(s, to, 7), rings["inside"], about="slip of case 7") for s in (short, SLIP)]
    assert {len(plain) for plain in inner} == {256}  # age itself adds some random bytes


@pytest.mark.parametrize(
    "plain", ["", "[]", "{}", '{"version":2,"kind":"other","name":"","phone":"","words":""}']
)
def test_what_is_no_slip_is_refused(rings, plain):
    sealed = seal(plain, rings["outside"].recipient("inside"), about="slip of case 7")
    with pytest.raises(Refused, match="K04"):
        open_slip(sealed, rings["inside"], 7)


def test_a_slip_is_not_printed():
    assert "みほん" not in repr(SLIP) and set(KIND_WORDS) == set(SlipKind)
