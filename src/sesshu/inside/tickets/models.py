"""Tables of tickets (接種券). Not managed by Django: the tables are ``db/tables/inside/0110_tickets_records.sql``."""

from django.db import models


class Ticket(models.Model):
    """接種券 — one number for one resident and programme. The number is never in a page's address or a log."""

    number = models.CharField(max_length=10, unique=True)
    try_hash = models.BinaryField(db_column="try")
    resident_id = models.BigIntegerField()
    programme = models.TextField()
    state = models.TextField(default="issued")
    issued_at = models.DateTimeField()
    issued_by = models.TextField()
    void_at = models.DateTimeField(null=True)
    void_reason = models.TextField(default="")
    replaces_id = models.BigIntegerField(null=True, db_column="replaces")

    class Meta:
        managed = False
        db_table = "ticket"

    def __str__(self) -> str:
        return f"ticket {self.pk}"
