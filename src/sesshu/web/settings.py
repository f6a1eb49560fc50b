"""Makes the Django settings of a zone from the typed settings of its process (設定).

A zone's ``settings.py`` says what differs: its applications, sessions, middleware. Nothing branches on the name of
an environment; ``https`` is false only for plain HTTP on loopback.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from sesshu.base.machine import Machine

HERE = Path(__file__).parent
ZONES = HERE.parent / "zones"

# Without ``unsafe-*``: no script at all, styles and pictures from ourselves only.
POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
POWERFUL = (
    "accelerometer autoplay browsing-topics camera clipboard-read display-capture fullscreen "
    "geolocation gyroscope hid idle-detection local-fonts magnetometer microphone midi payment "
    "publickey-credentials-create publickey-credentials-get screen-wake-lock serial usb "
    "window-management xr-spatial-tracking"
).split()
PASSKEYS = {"publickey-credentials-create", "publickey-credentials-get"}

IDLE_SECONDS = 30 * 60  # a staff session ends after half an hour without a request
LONGEST_SECONDS = 12 * 60 * 60  # and after twelve hours in any case
DRAFT_SECONDS = 60 * 60  # the cookie of a visitor; the draft in the database decides, and ends earlier


@dataclass(frozen=True)
class Shape:
    """区画の形 — what differs between zones."""

    zone: str
    staff: bool  # accounts and server-side sessions on the zone's own shelf
    apps: tuple[str, ...] = ()  # applications with models (inside zones only)


def database(address: str) -> dict:
    """Django's DATABASES entry for ``postgresql://login:password@host:port/name?host=socket_folder``."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": query.pop("port", "") or str(parts.port or ""),
        # Measured: persistent connections with a health check survive a database restart without an error.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # The default, client-side binding, would run stacked statements even with parameters.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3, **query},
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "TIME_ZONE": None,
    }


def cookie_name(machine: Machine, zone: str, what: str) -> str:
    """Cookies ignore ports, so each zone has its own names; ``__Host-`` needs HTTPS."""
    return f"__Host-{zone}-{what}" if machine.https else f"{zone}-{what}"


def make(shape: Shape, machine: Machine) -> dict:
    """All Django settings of a zone."""
    zone = shape.zone
    settings = {
        "DEBUG": False,
        "SECRET_KEY": machine.secret_key,
        "ALLOWED_HOSTS": list(machine.hosts),
        "ROOT_URLCONF": f"sesshu.zones.{zone}.urls",
        "SESSHU_ZONE": zone,
        "SESSHU_STAFF": shape.staff,
        "DATABASES": {"default": database(machine.database)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": _apps(shape),
        "MIDDLEWARE": _middleware(shape),
        "TEMPLATES": [_templates(shape)],
        "LOGGING_CONFIG": None,  # base.logs sets logging up
        "CSRF_FAILURE_VIEW": "sesshu.web.errors.csrf_failure",
        "SILENCED_SYSTEM_CHECKS": ["security.W003"],  # our own CSRF middleware is a subclass
        "APPEND_SLASH": False,
        "USE_TZ": True,
        "TIME_ZONE": "Asia/Tokyo",
        "USE_I18N": True,
        "LANGUAGE_CODE": "ja",
        "LANGUAGES": [("ja", "日本語")],  # a language is added when its translation is complete
        "LOCALE_PATHS": [str(HERE / "locale")],
        "STATIC_URL": "/static/",
        "STATICFILES_DIRS": [str(HERE / "static")],
        "WHITENOISE_USE_FINDERS": True,  # straight from the package: no collectstatic, no hashing
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_ALLOW_ALL_ORIGINS": False,
        "WHITENOISE_MAX_AGE": 24 * 60 * 60,  # addresses carry the file's own hash as ?v=
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 256 * 1024,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 200,
        "FILE_UPLOAD_PERMISSIONS": 0o600,
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
    }
    return settings | _cookies(shape, machine) | _headers(shape, machine)


def _apps(shape: Shape) -> list[str]:
    """No ``django.contrib.auth`` and no content types: they would bring models that no zone may have."""
    staff = (
        ["django.contrib.sessions", "django.contrib.messages", "sesshu.trust.access"] if shape.staff else []
    )
    return ["django.contrib.staticfiles", "sesshu.web", *staff, *shape.apps]


def _middleware(shape: Shape) -> list[str]:
    staff = ["django.contrib.messages.middleware.MessageMiddleware", "sesshu.web.signin.seat.SeatMiddleware"]
    return [
        # From the outermost: whatever fails further in, the answer still carries an id and all headers.
        "sesshu.web.middleware.RequestIdMiddleware",
        "sesshu.web.middleware.HeadersMiddleware",
        "sesshu.web.middleware.ContentPolicyMiddleware",
        "django_permissions_policy.PermissionsPolicyMiddleware",
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "sesshu.web.middleware.CommonMiddleware",
        "sesshu.web.middleware.CsrfMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        *(staff if shape.staff else ["sesshu.web.middleware.VisitorMiddleware"]),
    ]


def _templates(shape: Shape) -> dict:
    notes = ["django.contrib.messages.context_processors.messages"] if shape.staff else []
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(ZONES / shape.zone / "templates"), str(HERE / "templates")],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "sesshu.web.context.place",
                *notes,
            ],
            "builtins": ["django.templatetags.i18n", "sesshu.web.templatetags.look"],
        },
    }


def _cookies(shape: Shape, machine: Machine) -> dict:
    zone, kind = shape.zone, "db" if shape.staff else "signed_cookies"
    return {
        "SESSION_ENGINE": f"django.contrib.sessions.backends.{kind}",
        "SESSION_COOKIE_NAME": cookie_name(machine, zone, "session"),
        "SESSION_COOKIE_AGE": IDLE_SECONDS if shape.staff else DRAFT_SECONDS,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": False,
        "SESSION_COOKIE_SECURE": machine.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict" if shape.staff else "Lax",
        "CSRF_COOKIE_NAME": cookie_name(machine, zone, "csrf"),
        "CSRF_COOKIE_SECURE": machine.https,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Strict" if shape.staff else "Lax",
        "CSRF_COOKIE_AGE": None,
    }


def _headers(shape: Shape, machine: Machine) -> dict:
    powers = [p for p in POWERFUL if not (shape.staff and p in PASSKEYS)]
    own = {p: ["self"] for p in PASSKEYS} if shape.staff else {}
    settings = {
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": POLICY},
        "PERMISSIONS_POLICY": {p: [] for p in powers} | own,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "no-referrer",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
    }
    if machine.https:
        settings |= {
            "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
            "SECURE_SSL_REDIRECT": True,
            "SECURE_REDIRECT_EXEMPT": [r"^health$"],
            "SECURE_HSTS_SECONDS": 2 * 365 * 24 * 60 * 60,
            "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        }
    return settings


STATIC_VERSIONS = {
    f.name: hashlib.sha256(f.read_bytes()).hexdigest()[:8] for f in (HERE / "static").iterdir()
}
"""Eight hex digits of each static file's content, for its address: a new release is seen at once."""
