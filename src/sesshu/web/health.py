"""``/health``: alive, with no detail for strangers (死活監視)."""

from django.http import HttpRequest, JsonResponse


def health(request: HttpRequest) -> JsonResponse:
    """200 and ``{"ok": true}``. Asks no database: a restart of the database must not restart the zones."""
    return JsonResponse({"ok": True})
