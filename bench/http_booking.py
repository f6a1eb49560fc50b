"""HTTP booking beside the database's own limit (row 3): the real POST of the last page, everything in front of it.

Subject: ``POST /check`` of the public zone under granian, as wrk sends it: signed session cookie, CSRF token, all
middleware, the booking function with its audit entry and message, durable commit, a redirect as the answer. Each request
is another visitor with a draft, a session and a request id of their own, prepared beforehand. Baseline: the best bare
statement by pgbench (see booking.py). wrk, the zone and the database share the machine's cores.
"""

import re
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from bench import booking, frame
from sesshu.base import machine as machines
from sesshu.cli.place import PORTS, Place
from sesshu.cli.supervise import Children

ROUNDS, SECONDS, WORKERS = 5, 8, 2
SEND = """
local lines, n = {}, 0
for line in io.lines(os.getenv("VISITORS")) do lines[#lines + 1] = line end
function request()
  n = n + 1
  local cookie, body = lines[n]:match("^([^\\t]+)\\t(.+)$")
  return wrk.format("POST", "/check", {["Cookie"] = cookie, ["Content-Type"] = "application/x-www-form-urlencoded", ["Origin"] = "null"}, body)
end
function response(status, headers)
  if status ~= 302 or not (headers["Location"] or headers["location"]):find("done") then bad = (bad or 0) + 1 end
end
function done(summary)
  io.write(string.format("sent %d in %d us, errors %d\\n", summary.requests, summary.duration, summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


def visitors(place: Place, count: int) -> list[str]:
    """Cookie and body of ``count`` visitors who stand before the last button, as the zone itself would sign them."""
    machines.set_variable("SESSHU_CONFIG", str(place.config("public")))
    machines.set_variable("DJANGO_SETTINGS_MODULE", "sesshu.zones.public.settings")
    machines.machine.cache_clear()
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.sessions.backends.signed_cookies import SessionStore
    from django.middleware.csrf import _get_new_csrf_string

    with psycopg.connect(place.admin("outside")) as c:
        drafts = [d for (d,) in c.execute("SELECT id FROM booking.draft ORDER BY id LIMIT %s", [count])]
    found = []
    for n, draft in enumerate(drafts):
        request, token = uuid.uuid4(), _get_new_csrf_string()
        session = SessionStore()
        session.update(
            {
                "draft": str(draft), "until": time.time() + 86_400, "proven": False, "dose": 1, "with_next": False,
                "venue": 1, "slot": n % booking.SLOTS + 1, "slot2": None, "request": str(request),
            }
        )  # fmt: skip
        session.save()
        cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={token}"
        found.append(f"{cookie}\tcsrfmiddlewaretoken={token}&request={request}")
    return found


def posts(place: Place, file: Path, script: Path) -> float:
    """Accepted bookings a second over one round that begins with no booking."""
    admin = place.admin("outside")
    frame.empty(admin, "booking.booking", "audit.entry", "bridge.outbox")
    with psycopg.connect(admin, autocommit=True) as c:
        c.execute("UPDATE booking.slot SET taken_web = 0")
    done = subprocess.run(
        ["wrk", "-t", "1", "-c", "32", "-d", f"{SECONDS}s", "-s", str(script), f"http://127.0.0.1:{place.base_port + PORTS['public']}"],
        env={"VISITORS": str(file), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    took = re.search(r"sent (\d+) in (\d+) us, errors (\d+)", done.stdout)
    assert took and took[3] == "0", done.stdout
    time.sleep(1)  # requests that wrk cut off at its end finish before anybody counts or empties
    with psycopg.connect(admin) as c:
        booked = c.execute("SELECT count(*) FROM booking.booking").fetchone()[0]
    assert booked >= 0.95 * int(took[1]), f"{took[1]} sent, {booked} booked"
    return booked / (int(took[2]) / 1e6)


def rows() -> Iterator[frame.Row]:
    with frame.standing() as place, TemporaryDirectory() as folder:
        booking.fill(place.admin("outside"))
        file, script = Path(folder) / "visitors", Path(folder) / "send.lua"
        file.write_text("\n".join(visitors(place, booking.CLIENTS * booking.EACH)))
        script.write_text(SEND)
        children = Children(place, workers=WORKERS)
        try:
            children.start("public")
            children.wait_for_zones()
            found = frame.in_turns(
                {
                    "post": lambda: posts(place, file, script),
                    "bare": lambda: booking.tps(place, place.admin("outside"), booking.ONE_STATEMENT),
                },
                ROUNDS,
            )
        finally:
            children.stop()
            frame.empty(
                place.admin("outside"), "booking.booking", "audit.entry", "bridge.outbox", "booking.subject"
            )
    what = "booking POSTs (session, CSRF, all middleware, audit) beside the best bare statement by pgbench"
    yield frame.row("http-booking", what, found["post"], found["bare"], "/s", "≥ 0.12")
