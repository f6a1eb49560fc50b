"""Rules in words (規定の言い回し): ages and intervals as an officer writes them."""

import datetime as dt

from sesshu.base import jdate

KINDS = {"age_on_day": "接種日に", "fy_end_age": "年度末に", "school_year": ""}
SEXES = {"female": "女子・女性", "male": "男子・男性"}


def length(raw: dict) -> str:
    """A length of time without 以上 or 未満: 18日, 3週間, 2月半, 14週6日."""
    if "weeks" in raw:
        words = f"{raw['weeks']}週" + (f"{raw['days']}日" if raw.get("days") else "間")
    elif "months" in raw:
        words = f"{raw['months']}月" + ("半" if raw.get("half") else "")
    elif "years" in raw:
        words = f"{raw['years']}年"
    else:
        words = f"{raw.get('days_between', raw.get('days'))}日"
    return words + (f"（{raw['less_days']}日の猶予）" if raw.get("less_days") else "")


def least(raw: dict | None) -> str:
    """最短の間隔 — with the first day, where that is a plain count: 18日以上（19日後から）."""
    if raw is None:
        return "—"
    if "days_between" in raw:
        return f"{length(raw)}以上（{raw['days_between'] + 1 - raw.get('less_days', 0)}日後から）"
    return f"{length(raw)}以上"


def most(row: dict) -> str:
    """間隔の上限."""
    if "under" in row:
        return f"{length(row['under'])}未満"
    return f"{length(row['max'])}以内" if "max" in row else "なし"


def advised(row: dict) -> str:
    """標準的な間隔."""
    return f"{length(row['standard'])}" if "standard" in row else "—"


def _age(raw: dict) -> str:
    return f"{raw['years']}歳" if "years" in raw else f"生後{length(raw)}"


def age(rule: dict | None) -> str:
    """年齢要件."""
    if rule is None:
        return "制限なし"
    lead = f"{rule['fiscal_year']}年度末に" if "fiscal_year" in rule else KINDS[rule["kind"]]
    if "ages" in rule:
        return lead + "・".join(str(a) for a in rule["ages"]) + "歳"
    if rule["kind"] == "school_year":
        return f"{rule['from']}–{rule['to']}相当"
    if rule["kind"] == "fy_end_age":
        low = f"{rule['from']}歳以上" if "from" in rule else ""
        return lead + low + (f"{rule['to']}歳以下" if "to" in rule else "")
    words = lead
    if "min" in rule:
        words += _age(rule["min"]) + ("に至った日の翌日から" if rule.get("from_birthday") else "以上")
    if "until" in rule:
        words += _age(rule["until"]) + ("未満（前々日まで）" if rule.get("strict") else "に至るまで")
    return words + (f"（標準{_age(rule['recommended'])}）" if "recommended" in rule else "")


def who(raw: dict, marks: dict[str, str]) -> str:
    """対象要件."""
    words = [SEXES[raw["sex"]]] if "sex" in raw else []
    if "age" in raw:
        words.append(age(raw["age"]))
    if "born" in raw:
        words.append("生年月日 " + stretch(raw["born"]))
    if "marked" in raw:
        words.append(f"登録: {marks[raw['marked']]}")
    return "、".join(words) or "すべての方"


def date(text: str) -> str:
    return jdate.japanese(dt.date.fromisoformat(text))


def stretch(row: dict) -> str:
    """A stretch of days, both ends included; empty where it is open at both ends."""
    if "from" not in row and "until" not in row:
        return "—"
    first = date(row["from"]) + "から" if "from" in row else ""
    return first + (date(row["until"]) + "まで" if "until" in row else "")


def moment(text: str | None) -> str:
    """A date, or a date with the time: 令和8年12月7日 9:00."""
    if not text:
        return "—"
    day, _, time = text.partition("T")
    return f"{date(day)} {time.lstrip('0')}".strip()
