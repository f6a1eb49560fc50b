"""How a sealed letter is read on the screen (封じた内容の表し方): lines of a label and a value. Pure."""

import json
from collections.abc import Iterator

from sesshu.inside.register.residents.words import FIELD_WORDS as REGISTER_WORDS

FIELD_WORDS = REGISTER_WORDS | {
    "history": "異動の履歴",
    "former": "以前の住所",
    "until_at": "いつまで",
    "until_on": "いつまで",
    "import": "取込",
    "changed": "変わった項目",
    "old": "変わる前",
    "id": "番号",
    "subject_id": "仮の番号",
    "programme": "接種事業",
    "dose": "回数",
    "product": "ワクチン",
    "lot_id": "ロットの番号",
    "lot_no": "ロット",
    "on": "予約の日",
    "at": "予約の時刻",
    "venue": "会場",
    "visit": "来場",
    "channel": "受付",
    "made_at": "予約した時刻",
    "ended_at": "終わった時刻",
    "received_at": "受付した時刻",
    "prechecked_at": "予診の時刻",
    "outcome": "予診の結果",
    "reason": "理由",
    "state": "状態",
    "given_on": "接種日",
    "given_at": "接種した時刻",
    "entered_at": "入力した時刻",
    "site": "接種部位",
    "place": "場所",
    "source": "入力元",
    "by": "担当",
}


def lines(text: str) -> list[tuple[str, str]] | None:
    """Label and value of every field that holds something; None where the letter is plain words.

    A field without a Japanese word keeps its own name: of what was sealed, nothing is left out.
    """
    try:
        content = json.loads(text)
    except ValueError:
        return None
    return list(_walk("", content)) if isinstance(content, dict) else None


def _walk(label: str, content: object) -> Iterator[tuple[str, str]]:
    if isinstance(content, dict):
        for name, value in content.items():
            word = FIELD_WORDS.get(name) or str(name)
            yield from _walk(f"{label}・{word}" if label else word, value)
    elif isinstance(content, list):
        if all(isinstance(value, str) for value in content):
            if content:
                yield label, "、".join(FIELD_WORDS.get(value) or value for value in content)
        else:
            for number, value in enumerate(content, 1):
                yield from _walk(f"{label} {number}", value)
    elif content not in (None, ""):
        yield label, str(content)
