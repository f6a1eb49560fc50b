"""The WSGI application of one zone: ``granian --interface wsgi sesshu.web.serve:application``.

The settings file named by SESSHU_CONFIG says which zone this process is.
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from sesshu.base import clock, logs
from sesshu.base.machine import machine, set_variable

ZONES = ("public", "desk", "venue", "partner", "office", "sealed")


def start():
    """Set up clock, logging and Django, then refuse to start with a page that no act guards."""
    m = machine()
    if m.zone not in ZONES:
        raise ImproperlyConfigured(f"setting zone must be one of {', '.join(ZONES)}")
    clock.use_file(Path(m.clock_file) if m.clock_file else None)
    logs.set_up(m.zone)
    set_variable("DJANGO_SETTINGS_MODULE", f"sesshu.zones.{m.zone}.settings")
    made = get_wsgi_application()
    from sesshu.web.guard import refuse_to_start_unguarded

    refuse_to_start_unguarded()
    return made


application = start()
