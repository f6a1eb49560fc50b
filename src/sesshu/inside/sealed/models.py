"""Tables of the sealed room (所管課). Not managed by Django: see ``db/tables/inside/0110_tickets_records.sql``."""

from django.db import models


class SealedResident(models.Model):
    """支援措置対象者 — what the section's login may see of the register: number, name, birth date, flag."""

    reference_no = models.TextField()
    name = models.TextField()
    kana = models.TextField()
    dob_text = models.TextField()
    status = models.TextField()
    protected = models.BooleanField()
    protected_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "resident"

    def __str__(self) -> str:
        return f"resident {self.pk}"


class Letter(models.Model):
    """投函 — one ciphertext in the letterbox; written by others, opened only here."""

    resident_id = models.BigIntegerField()
    kind = models.TextField()
    ciphertext = models.BinaryField()
    change_mark = models.BinaryField(null=True)
    put_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "letterbox"

    def __str__(self) -> str:
        return f"letter {self.pk}"


class Opening(models.Model):
    """開封 — asked by one person with a reason, approved by another, seen once."""

    resident_id = models.BigIntegerField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    reason = models.TextField()
    seconded_by = models.TextField(null=True)
    seconded_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "opening"

    def __str__(self) -> str:
        return f"opening {self.pk}"


class Handover(models.Model):
    """引継 — the office or the desk had an inquiry about a protected person; the section answers it."""

    resident_id = models.BigIntegerField()
    by = models.TextField()
    at = models.DateTimeField()
    slip = models.BigIntegerField(null=True)
    done_by = models.TextField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "handover"

    def __str__(self) -> str:
        return f"handover {self.pk}"
