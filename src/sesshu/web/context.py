"""What every template knows about its place (テンプレート共通の値)."""

from django.conf import settings
from django.http import HttpRequest

from sesshu.base.machine import machine

ZONE_NAMES = {
    "public": "ワクチン接種の予約",
    "desk": "コールセンター",
    "venue": "接種会場",
    "office": "予防接種担当",
    "sealed": "支援措置 所管課",
}


def place(request: HttpRequest) -> dict:
    """Municipality, phone, zone; the actor where there is one."""
    m = machine()
    return {
        "zone": settings.SESSHU_ZONE,
        "zone_name": ZONE_NAMES[settings.SESSHU_ZONE],
        "staff": settings.SESSHU_STAFF,
        "municipality": m.municipality,
        "prefecture": m.prefecture,
        "phone": m.phone,
        "phone_hours": m.phone_hours,
        "host_shown": m.host_shown,
        "actor": getattr(request, "actor", None),
    }
