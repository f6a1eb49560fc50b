"""Makes the Django settings of a process without pages: workers, couriers, the command line (設定)."""

from sesshu.base.machine import Machine
from sesshu.web.settings import database


def make(machine: Machine, apps: tuple[str, ...]) -> dict:
    """All Django settings of a process that answers no request. ``apps``: applications whose models it may load."""
    return {
        "DEBUG": False,
        "SECRET_KEY": machine.secret_key,
        "DATABASES": {"default": database(machine.database)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": list(apps),
        "LOGGING_CONFIG": None,  # base.logs sets logging up
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "USE_TZ": True,
        "TIME_ZONE": "Asia/Tokyo",
        "USE_I18N": False,
        "LANGUAGE_CODE": "ja",
    }
