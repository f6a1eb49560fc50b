"""Tables of the residents (住民の表). Of a protected resident the whereabouts are NULL here."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Resident(models.Model):
    """住民 — one person of the register, as the last accepted file had them.

    ``dob_key``: YYYYMMDD with 00 where unknown; ``dob`` only where the day is known; ``digest``: keyed, over the
    file's line; ``gone_at``: absent since from the full extract.
    """

    reference_no = models.TextField(unique=True)
    household_no = models.TextField(null=True)
    relation = models.TextField(null=True)
    name = models.TextField()
    kana = models.TextField(default="")
    latin = models.TextField(default="")
    common_name = models.TextField(default="")
    dob_text = models.TextField()
    dob_key = models.CharField(max_length=8)
    dob = models.DateField(null=True)
    sex = models.TextField(default="")
    postcode = models.TextField(null=True)
    town = models.TextField(null=True)
    banchi = models.TextField(null=True)
    building = models.TextField(null=True)
    phone = models.TextField(null=True)
    resident_from = models.DateField(null=True)
    event = models.TextField(null=True)
    event_on = models.DateField(null=True)
    status = models.TextField()
    is_foreign = models.BooleanField(default=False)
    protected = models.BooleanField(default=False)
    protected_at = models.DateTimeField(null=True)
    digest = models.BinaryField()
    gone_at = models.DateTimeField(null=True)
    last_import = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "resident"

    def __str__(self) -> str:
        return f"resident {self.pk}"


class History(models.Model):
    """異動履歴 — old values of the fields that an import changed; of the protected no whereabouts."""

    resident = models.ForeignKey(Resident, models.DO_NOTHING, related_name="history")
    until_at = models.DateTimeField()
    import_id = models.BigIntegerField(null=True)
    changed = ArrayField(models.TextField())
    old = models.JSONField()

    class Meta:
        managed = False
        db_table = "history"
        ordering = ("-until_at", "-id")

    def __str__(self) -> str:
        return f"history {self.pk}"


class FormerAddress(models.Model):
    """前住所 — what a caller may still say, for 30 days after a move."""

    resident = models.OneToOneField(Resident, models.DO_NOTHING, primary_key=True, related_name="former")
    town = models.TextField()
    banchi = models.TextField()
    building = models.TextField()
    until_on = models.DateField()

    class Meta:
        managed = False
        db_table = "former_address"

    def __str__(self) -> str:
        return f"former address of {self.pk}"


class Protection(models.Model):
    """支援措置の経過 — one period behind the wall: begun and ended by dated acts, never by a list (P-13)."""

    resident = models.ForeignKey(Resident, models.DO_NOTHING, related_name="protections")
    began_at = models.DateTimeField()
    began_by = models.TextField()
    source = models.TextField()
    release_asked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(null=True)
    ended_second = models.TextField(null=True)
    decision = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "protection"

    def __str__(self) -> str:
        return f"protection {self.pk}"
