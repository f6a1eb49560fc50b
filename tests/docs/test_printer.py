"""The printer's page says what the code does: codes, places, spoil codes, a scan log that is taken."""

import re
from pathlib import Path

from sesshu.inside.mailing.batches.rules import LETTERS, SPOIL_WORDS, parse_code
from sesshu.inside.mailing.enclosure.rules import FOUND_SENTENCES
from sesshu.inside.mailing.enclosure.scanlog import COLUMNS, read_log
from sesshu.inside.mailing.sheets import sheet

PAGE = (Path(__file__).parents[2] / "docs/reference/printer.md").read_text(encoding="utf-8")


def test_its_codes_are_codes():
    codes = set(re.findall(r"\d\d-\d{6}-[A-Z]", PAGE))
    assert codes and all(map(parse_code, codes)) and LETTERS in PAGE


def test_its_scan_log_is_taken(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(re.search(r"```\n(箱番号.*?)```", PAGE, re.S)[1], encoding="utf-8")
    readings, _ = read_log(path)
    assert [r.measure for r in readings] == [1240, 1235]
    assert [row for row in COLUMNS if f"\n| {row} |" in PAGE] == list(COLUMNS)


def test_its_places_are_the_sheets():
    for x, y in (
        sheet.LABELS[0],
        sheet.LABELS[1],
        sheet.WINDOW[:2],
        sheet.SLIP[:2],
        sheet.LABEL_QR[:2],
        sheet.LABEL_BARS[:2],
    ):
        assert f"{x:g}, {y:g}" in PAGE
    for size in (sheet.LABEL, sheet.WINDOW[2:], sheet.SLIP[2:], sheet.LABEL_BARS[2:]):
        assert f"{size[0]:g} × {size[1]:g}" in PAGE
    assert f"y = {sheet.FOLDS[0]:g} と {sheet.FOLDS[1]:g}" in PAGE
    place = sheet.PLACES["management"]
    assert f"右端 {place.x + place.width:g}、基線 {place.y:g}" in PAGE


def test_it_names_every_spoil_code_and_every_difference():
    assert all(f"| {code} | {word} |" in PAGE for code, word in SPOIL_WORDS.items())
    assert all(found.code in PAGE for found in FOUND_SENTENCES.values())
