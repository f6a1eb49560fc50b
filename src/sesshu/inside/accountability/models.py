"""Tables of accountability (説明責任). Not managed by Django: see ``db/tables/inside/0110_tickets_records.sql``."""

from django.db import models


class Slip(models.Model):
    """引継票 — what a caller asked for, sealed by the desk. ``state``: new taken done handed (on to the section)."""

    number = models.BigIntegerField(primary_key=True)
    case_number = models.BigIntegerField()
    subject_id = models.UUIDField(null=True)
    operator = models.TextField()
    ciphertext = models.BinaryField()
    made_at = models.DateTimeField()
    arrived_at = models.DateTimeField()
    state = models.TextField(default="new")
    taken_by = models.TextField(null=True)
    taken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="")

    class Meta:
        managed = False
        db_table = "slip"

    def __str__(self) -> str:
        return f"slip {self.number}"


class Answer(models.Model):
    """庁外の断り — what the outside refused, for example a capacity below what is taken."""

    at = models.DateTimeField()
    type = models.TextField()
    code = models.TextField()
    ids = models.JSONField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "answer"

    def __str__(self) -> str:
        return f"answer {self.pk}"
