"""The account of a member of staff (利用者): one row on the shelf of its zone, found by the login's search path."""

from django.db import models


class Account(models.Model):
    """利用者 — a code, a role, a password, a second factor; no name of anybody.

    ``state``: invited (has a one-time code), enabled, disabled. ``totp_last`` is the last time step used, so that a
    confirmation code is good once. ``session_key`` is the one seat: a second sign-in ends the first.
    """

    code = models.TextField(unique=True)  # OP-117
    display = models.TextField(default="")  # what colleagues see: 担当 03
    role = models.TextField()
    state = models.TextField(default="invited")
    password = models.TextField(default="")
    totp_secret = models.TextField(default="")  # sealed to the zone's key, see factors.seal_secret
    totp_last = models.BigIntegerField(default=-1)
    enrol_hash = models.TextField(default="")
    enrol_until = models.DateTimeField(null=True)
    failed = models.IntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    venue_id = models.IntegerField(null=True)
    trained_until = models.DateField(null=True)
    session_key = models.TextField(default="")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "account"

    def __str__(self) -> str:
        return self.code
