"""A small plan file: one hall, two stretches of hours, one lot."""

PLAN = {
    "format": "sesshu-plan/1",
    "written_by": "作成 担当",
    "checked_by": "確認 担当",
    "programme": "demo-covid19",
    "venues": [
        {
            "name": "見本会場",
            "kana": "みほん",
            "address": "中央町一丁目9番",
            "open": [
                {
                    "product": "pfizer",
                    "from": "2026-11-26",
                    "until": "2026-12-02",
                    "weekdays": ["mon", "thu"],
                    "closed_on": ["2026-11-30"],
                    "hours": [
                        {"opens": "13:30", "closes": "15:00", "minutes": 45, "web": 6, "phone": 2},
                        {
                            "opens": "09:30",
                            "closes": "12:00",
                            "minutes": 30,
                            "web": 6,
                            "phone": 2,
                            "section": 1,
                        },
                    ],
                }
            ],
        }
    ],
    "lots": [{"product": "pfizer", "lot_no": "FA1234", "expires_on": "2027-03-31"}],
    "deliveries": [
        {"venue": "見本会場", "product": "pfizer", "lot_no": "FA1234", "doses": 600, "on": "2026-11-25"}
    ],
}
