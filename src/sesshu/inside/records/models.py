"""Tables of records (接種記録). Not managed by Django: the tables are ``db/tables/inside/0110_tickets_records.sql``."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Entitlement(models.Model):
    """予約資格 — a dose that a resident may book, on the days from … until, both included."""

    pk = models.CompositePrimaryKey("resident_id", "programme", "dose")
    resident_id = models.BigIntegerField()
    programme = models.TextField()
    dose = models.SmallIntegerField()
    from_on = models.DateField()
    until_on = models.DateField()
    products = ArrayField(models.TextField())
    after_previous = models.BooleanField()
    opens_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "entitlement"

    def __str__(self) -> str:
        return f"entitlement to dose {self.dose}"


class Subject(models.Model):
    """対象者 — the pseudonym of a resident outside, and a digest of what was last sent of them."""

    id = models.UUIDField(primary_key=True)
    resident_id = models.BigIntegerField()
    programme = models.TextField()
    dob_key = models.CharField(max_length=8)
    sent_digest = models.BinaryField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "subject"

    def __str__(self) -> str:
        return f"subject {self.pk}"


class Booking(models.Model):
    """予約 — what the outside told of a booking, by pseudonym."""

    id = models.BigIntegerField(primary_key=True)
    subject_id = models.UUIDField()
    programme = models.TextField()
    dose = models.SmallIntegerField()
    slot_id = models.BigIntegerField()
    channel = models.TextField()
    state = models.TextField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "booking"

    def __str__(self) -> str:
        return f"booking {self.pk}"


class Visit(models.Model):
    """来場 — what the outside told of a visit, by pseudonym."""

    id = models.UUIDField(primary_key=True)
    subject_id = models.UUIDField()
    booking_id = models.BigIntegerField(null=True)
    received_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="")
    reason = models.TextField(default="")
    prechecked_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "visit"

    def __str__(self) -> str:
        return f"visit {self.pk}"


class Record(models.Model):
    """接種記録 — one line of the ledger (予防接種台帳). Only grows: a correction is a new row that names the old one."""

    id = models.UUIDField(primary_key=True)
    resident_id = models.BigIntegerField(null=True)
    subject_id = models.UUIDField(null=True)
    programme = models.TextField()
    dose = models.SmallIntegerField()
    product = models.TextField()
    lot_id = models.IntegerField(null=True)
    lot_no = models.TextField()
    venue_id = models.IntegerField(null=True)
    place = models.TextField(default="")
    given_on = models.DateField()
    given_at = models.DateTimeField(null=True)
    entered_at = models.DateTimeField()
    arrived_at = models.DateTimeField()
    by = models.TextField()
    site = models.TextField(default="")
    source = models.TextField()
    state = models.TextField(default="valid")
    replaces_id = models.UUIDField(null=True, db_column="replaces")
    reason = models.TextField(default="")

    class Meta:
        managed = False
        db_table = "record"

    def __str__(self) -> str:
        return f"record {self.pk}"


class CertificateMade(models.Model):
    """発行した接種済証 — number and fingerprint of a paper; the paper itself is not kept."""

    number = models.TextField(unique=True)
    resident_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    sha256 = models.BinaryField()

    class Meta:
        managed = False
        db_table = "certificate"

    def __str__(self) -> str:
        return f"certificate {self.number}"


class ToCall(models.Model):
    """連絡一覧の一行 — somebody with a booking that will not hold. ``why``: rule (a version) or capacity (a change)."""

    booking_id = models.BigIntegerField()
    resident_id = models.BigIntegerField()
    why = models.TextField()
    ref = models.BigIntegerField()
    put_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.TextField(null=True)
    outcome = models.TextField(default="")

    class Meta:
        managed = False
        db_table = "to_call"

    def __str__(self) -> str:
        return f"line {self.pk}"
