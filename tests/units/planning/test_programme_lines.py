"""``sesshu programme``: a line in, a line out; broken lines are answered and the run goes on."""

import json

import pytest
from click.testing import CliRunner

from sesshu.cli.programme import programme as command
from sesshu.inside.planning.programme import document
from sesshu.inside.planning.programme.lines import answer_line
from tests.spec.samples import sample

COVID = document.SHIPPED / "covid19-2021.json"
CASE = {
    "id": "1",
    "dob": "1950-05-05",
    "sex": "female",
    "asof": "2021-06-10",
    "doses": [{"date": "2021-06-01", "product": "ファイザー"}],
}


def asked(**changes: object) -> dict:
    case = {k: v for k, v in (CASE | changes).items() if v is not ...}
    return json.loads(answer_line(document.shipped("covid19-2021"), json.dumps(case).encode()))


def test_an_answer_has_the_promised_shape():
    assert asked() == {
        "id": "1",
        "doses": ["valid"],
        "status": "not_complete",
        "next": 2,
        "earliest": "2021-06-20",
        "recommended": "2021-06-22",
        "why": ["J11"],
    }
    assert list(asked()) == ["id", "doses", "status", "next", "earliest", "recommended", "why"]


def test_products_are_known_by_id_name_and_spelling():
    for word in ("pfizer", "ファイザー", "コミナティ"):
        assert asked(doses=[{"date": "2021-06-01", "product": word}])["doses"] == ["valid"]


@pytest.mark.parametrize("sex", ["female", "male", "unknown", "F", "M", "女", "男", "", None, ...])
def test_sex_is_read_in_its_usual_words(sex):
    assert asked(sex=sex)["status"] == "not_complete"


def test_a_chosen_birth_date_takes_the_place_of_a_missing_one():
    assert asked(dob=None)["status"] == "not_eligible" and asked(dob=None)["why"] == ["J14"]
    assert asked(dob=None, eligibility="1950-05-05")["next"] == 2


def test_marks_are_read():
    case = {"dob": "1990-01-01", "asof": "2021-03-01", "doses": []}
    assert asked(**case)["why"] == ["J11"]
    assert asked(**case, marks=["medical"])["earliest"] == "2021-02-17"


BROKEN = [
    (b"", "J21", None),
    (b"{", "J21", None),
    (b"[1]", "J21", None),
    (b"\xff\xfe", "J21", None),
    (b'{"id": NaN}', "J21", None),
    (b"[" * 200_000, "J21", None),
    (b'{"id": ' + b"9" * 5000 + b"}", "J21", None),
    ({"id": ...}, "J22", None),
    ({"dob": ...}, "J22", "1"),
    ({"asof": ...}, "J22", "1"),
    ({"doses": ...}, "J22", "1"),
    ({"doses": {}}, "J22", "1"),
    ({"doses": ["x"]}, "J22", "1"),
    ({"doses": [{"date": "2021-06-01"}]}, "J22", "1"),
    ({"doses": [{"date": "2021-06-01", "product": ["x"]}]}, "J22", "1"),
    ({"marks": "medical"}, "J22", "1"),
    ({"marks": [["medical"]]}, "J22", "1"),
    ({"dob": "1950-02-29"}, "J23", "1"),
    ({"dob": "1950-5-5"}, "J23", "1"),
    ({"dob": "19500505"}, "J23", "1"),
    ({"dob": 19500505}, "J23", "1"),
    ({"dob": "1950-W01-1"}, "J23", "1"),
    ({"dob": "0001-01-01"}, "J23", "1"),
    ({"dob": "9999-12-31"}, "J23", "1"),
    ({"dob": {"year": 1}}, "J23", "1"),
    ({"asof": ""}, "J23", "1"),
    ({"asof": "二〇二一-〇六"}, "J23", "1"),
    ({"doses": [{"date": None, "product": "pfizer"}]}, "J23", "1"),
    ({"doses": [{"date": "2021-06-01", "product": "x"}]}, "J24", "1"),
    ({"doses": [{"date": "2021-06-11", "product": "pfizer"}]}, "J25", "1"),
    ({"doses": [{"date": "1950-05-04", "product": "pfizer"}]}, "J25", "1"),
    ({"dob": "2021-06-11", "doses": []}, "J25", "1"),
    ({"sex": "x"}, "J26", "1"),
    ({"sex": 1}, "J26", "1"),
    ({"marks": ["x"]}, "J27", "1"),
]


@pytest.mark.parametrize(
    ("broken", "code", "number"), BROKEN, ids=[f"{i}-{c}" for i, (_, c, _) in enumerate(BROKEN)]
)
def test_a_broken_line_is_answered_with_code_and_sentence(broken, code, number):
    if isinstance(broken, bytes):
        said = json.loads(answer_line(document.shipped("covid19-2021"), broken))
    else:
        said = asked(**broken)
    assert said == {"id": number, "error": {"code": code, "sentence": said["error"]["sentence"]}}
    assert said["error"]["sentence"].endswith("。")


def test_ids_come_back_as_they_were():
    for number in (7, "七", None, ["a"], {"b": 1}, 1.5, True, "\ud800"):
        assert asked(id=number)["id"] == number


# --- the command ------------------------------------------------------------------------------------------


def run(*arguments: object, **more: object):
    return CliRunner().invoke(command, [str(a) for a in arguments], **more)


def test_judge_answers_every_line_in_order():
    lines = [json.dumps(CASE), "broken", "", json.dumps(CASE | {"id": "2"})]
    done = run("judge", COVID, input="\n".join(lines))
    assert done.exit_code == 0
    assert [json.loads(line).get("id") for line in done.stdout.splitlines()] == ["1", None, "2"]


def test_judge_says_nothing_for_nothing():
    done = run("judge", COVID, input="")
    assert (done.exit_code, done.stdout) == (0, "")


def test_check_passes_every_shipped_programme():
    for name in document.list_shipped():
        done = run("check", document.SHIPPED / f"{name}.json")
        assert done.exit_code == 0 and name in done.stdout
        assert run("check", "--sheet", document.SHIPPED / f"{name}.json").stdout.startswith("# ")


def test_a_refused_document_ends_with_one_and_tells_code_place_and_sentence(tmp_path):
    path = tmp_path / "programme.json"
    wrong = sample()
    wrong["waves"][0]["groups"] = ["nobody"]
    path.write_text(json.dumps(wrong))
    done = run("check", path)
    assert done.exit_code == 1
    assert "G12 /waves/0/groups/0" in done.stderr and "G11 /groups/0" in done.stderr
    said = json.loads(run("check", "--json", path).stdout)
    assert said["ok"] is False and {f["code"] for f in said["findings"]} == {"G11", "G12"}
    judged = run("judge", path, input=json.dumps(CASE))
    assert judged.exit_code == 1 and judged.stdout == "" and "G12" in judged.stderr


def test_wrong_use_ends_with_two(tmp_path):
    assert run("check").exit_code == 2
    assert run("judge", tmp_path / "none.json").exit_code == 2
    assert run("nothing").exit_code == 2


def test_check_reports_as_json():
    said = json.loads(run("check", "--json", COVID).stdout)
    assert said["ok"] is True and said["name"] == "covid19-2021" and said["interval_rows"] == 2238
