"""The halls of the made-up town (見本の会場): three halls, two products, hours on most days (計画ファイルの形)."""

import datetime as dt


def plan(programme: str, first: dt.date, until: dt.date) -> dict:
    """A plan file (sesshu-plan/1) from ``first`` to ``until``: enough places that a demo never runs dry."""

    def hall(
        name: str,
        kana: str,
        address: str,
        access: str,
        product: str,
        weekdays: list[str],
        web: int,
        phone: int,
    ) -> dict:
        hours = [
            {"opens": "09:30", "closes": "12:00", "minutes": 30, "web": web, "phone": phone},
            {"opens": "13:30", "closes": "16:00", "minutes": 30, "web": web, "phone": phone},
        ]
        opening = {
            "product": product, "from": str(first), "until": str(until), "weekdays": weekdays, "hours": hours,
            "closed_on": [str(d) for d in _new_year(first, until)],
        }  # fmt: skip
        return {
            "name": name,
            "kana": kana,
            "address": address,
            "access": access,
            "step_free": True,
            "open": [opening],
        }

    every = ["mon", "tue", "wed", "thu", "fri", "sat"]
    lots = [
        ("pfizer", "EW4811", dt.timedelta(days=70)),
        ("pfizer", "EX3617", dt.timedelta(days=140)),
        ("moderna", "3004667", dt.timedelta(days=120)),
    ]
    return {
        "format": "sesshu-plan/1", "programme": programme, "written_by": "見本 担当03", "checked_by": "見本 係長01",
        "venues": [
            hall("中央体育館", "ちゅうおうたいいくかん", "中央町二丁目", "駅から歩いて6分。入口に段差はありません", "pfizer", every, 6, 3),
            hall("緑が丘文化会館", "みどりがおかぶんかかいかん", "緑が丘一丁目", "駅から歩いて3分。車いす用の駐車場があります", "pfizer", ["tue", "thu", "sat", "sun"], 4, 2),
            hall("八雲住区センター", "やくもじゅうくせんたー", "八雲一丁目", "バス停から歩いて2分", "moderna", ["mon", "wed", "fri", "sun"], 4, 2),
        ],
        "lots": [{"product": p, "lot_no": n, "expires_on": str(first + keep)} for p, n, keep in lots],
        "deliveries": [
            {"venue": "中央体育館", "product": "pfizer", "lot_no": "EW4811", "doses": 1170, "on": str(first)},
            {"venue": "中央体育館", "product": "pfizer", "lot_no": "EX3617", "doses": 1170, "on": str(first)},
            {"venue": "緑が丘文化会館", "product": "pfizer", "lot_no": "EX3617", "doses": 585, "on": str(first)},
            {"venue": "八雲住区センター", "product": "moderna", "lot_no": "3004667", "doses": 400, "on": str(first)},
        ],
    }  # fmt: skip


def _new_year(first: dt.date, until: dt.date) -> list[dt.date]:
    days = (first + dt.timedelta(days=n) for n in range((until - first).days + 1))
    return [d for d in days if (d.month, d.day) in {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}]
