"""What the inside's worker does and how often (庁内の定時処理)."""

from sesshu.base import clock, logs
from sesshu.db import calls
from sesshu.inside.mailing.batches import printing
from sesshu.inside.planning.queries import list_due, list_open
from sesshu.inside.records.entitlements import versions
from sesshu.inside.records.entitlements.actions import recompute
from sesshu.inside.records.rebooking import actions as rebooking
from sesshu.inside.records.rebooking.queries import is_due
from sesshu.inside.records.subjects.actions import check_subjects, send_changes, send_waiting
from sesshu.jobs.checkpoint import checkpoint
from sesshu.jobs.loop import Job
from sesshu.trust.access.actor import worker_actor

log = logs.get("sesshu.jobs")
WORKER = worker_actor()
NIGHT_HOUR = 2  # after midnight, when nobody books


def send() -> int:
    """Who waits by name is recomputed and compared; the difference crosses."""
    done = 0
    for programme in list_open():
        sent = send_waiting(by=WORKER, programme=programme)
        done += sent.new + sent.changed + sent.withdrawn + sent.died
    return done


def wake_due() -> int:
    """Time passes: former addresses end. Bookings open by themselves, outside, at the moment that crossed ahead."""
    return calls.scalar("records.wake_due_v1")


def take_effect() -> int:
    """Versions whose day has come take effect; nobody flips a switch at midnight (G-02)."""
    due = list_due()
    for version_id in due:
        versions.take_effect(by=WORKER, version_id=version_id)
    return len(due)


def reach() -> int:
    """Places that were to go and have become free go; who has moved or cancelled leaves the call list."""
    return rebooking.reach_wishes(by=WORKER) if is_due() else 0


def night() -> int:
    """Once a day everybody is recomputed and compared; what is found was overlooked and is mended."""
    if clock.now().hour < NIGHT_HOUR:
        return 0
    done = 0
    for programme in list_open():
        if not calls.scalar("records.begin_night_v1", p_programme=programme):
            continue
        changed = recompute(by=WORKER, programme=programme).changed
        send_changes(by=WORKER, programme=programme)
        left = check_subjects(programme)
        if left:
            log.error("subjects differ", programme=programme, count=left.new + left.changed + left.withdrawn)
        log.info("night", programme=programme, count=changed)
        done += 1
    return done


def print_files() -> int:
    """Print files that an officer asked for, one at a time; files that must not leave are destroyed."""
    return printing.tidy(by=WORKER)


JOBS = [
    Job(0.5, "send", send),
    Job(5, "wake_due", wake_due),
    Job(1, "print_files", print_files),
    Job(5, "take_effect", take_effect),
    Job(5, "reach", reach),
    Job(60, "night", night),
    Job(60, "checkpoint", checkpoint),  # the audit log is sealed
]
