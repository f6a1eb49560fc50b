"""The Django application that carries templates, tags and the start-up check of all zones."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """共通の部品 — no model; ``ready`` registers the check that every page is guarded."""

    name = "sesshu.web"
    label = "web"

    def ready(self) -> None:
        from sesshu.web import guard  # noqa: F401  (registers sesshu.E001)
