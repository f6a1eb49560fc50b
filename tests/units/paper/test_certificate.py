"""The certificate says what is known of each dose, and a star where nothing is."""

from dataclasses import replace

import pytest

from sesshu.base.paper.clusters import Unprintable
from sesshu.base.paper.faces import WHEEL_ONLY
from sesshu.inside.records.certificates.certificate import (
    QR,
    Certificate,
    Dose,
    make_certificate,
    verification_text,
)
from tests.support import paper

DISEASE = "新型コロナウイルス感染症"
DOSE = Dose(1, DISEASE, "令和8年11月24日", "コミナティ筋注", "EY0001", "中央体育館")
CERTIFICATE = Certificate(
    record_id="r1", number="C-2026-000123", title="予防接種済証", name="辻\U000e0101　花子", birth="昭和21年4月1日",
    address="東京都見本区中央町一丁目3番12号", doses=(DOSE,), issued_on="令和8年11月25日", head="東京都見本区長",
    section="見本区 予防接種担当", phone="03-0000-0000",
    verification=verification_text("131997", "C-2026-000123", "2026-11-25"),
)  # fmt: skip


def test_all_items_of_the_law_are_there():
    pdf = make_certificate(CERTIFICATE)
    text = paper.text(pdf)
    for item in (
        "予防接種済証", "辻\U000e0101花子", "昭和21年4月1日", CERTIFICATE.address, "1回", DISEASE, "令和8年11月24日",
        "コミナティ筋注", "製造番号EY0001", "中央体育館", "令和8年11月25日", "東京都見本区長", "C-2026-000123",
    ):  # fmt: skip
        assert item in text
    assert "*" not in text and pdf == make_certificate(CERTIFICATE)


def test_the_code_holds_number_and_day_and_nobody():
    x, y, side = QR
    page = paper.picture(make_certificate(CERTIFICATE, WHEEL_ONLY))
    assert paper.codes(paper.cut(page, x - 4, y - 4, side + 8, side + 8)) == {
        "QRCode": "SESSHU1 131997 C-2026-000123 2026-11-25"
    }


def test_what_is_not_known_is_a_star():
    text = paper.text(make_certificate(replace(CERTIFICATE, doses=(Dose(1, DISEASE),)), WHEEL_ONLY))
    assert text.count("*") == 5  # date, product, lot, venue, and the sentence that explains it
    assert "記録がない" in text


@pytest.mark.parametrize("count, pages", [(1, 1), (7, 1), (8, 2), (13, 2), (25, 2), (26, 3)])
def test_many_doses_take_more_pages_and_one_signature(count, pages):
    doses = tuple(replace(DOSE, number=n + 1) for n in range(count))
    pdf = make_certificate(replace(CERTIFICATE, doses=doses), WHEEL_ONLY)
    texts = [paper.text(pdf, page) for page in range(paper.pages(pdf))]
    assert len(texts) == pages
    assert sum(t.count("東京都見本区長") for t in texts) == 1 and "東京都見本区長" in texts[-1]
    assert sum(t.count("中央体育館") for t in texts) == count
    assert all(f"{n}/{pages}" in t for n, t in enumerate(texts, 1)) or pages == 1


def test_a_name_that_cannot_be_exact_is_not_certified():
    with pytest.raises(Unprintable) as caught:
        make_certificate(replace(CERTIFICATE, name="渡邉\U000e01ef"), WHEEL_ONLY)
    assert [(p.record_id, p.field) for p in caught.value.problems] == [("r1", "name")]


def test_a_certificate_does_not_print_its_person():
    assert (
        "花子" not in repr(CERTIFICATE)
        and "中央" not in repr(CERTIFICATE)
        and "令和8年11月24日" not in repr(DOSE)
    )
