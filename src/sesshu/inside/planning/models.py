"""Tables of planning (計画). Not managed by Django: the tables are ``db/tables/inside/0100_planning_register.sql``."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Programme(models.Model):
    """接種事業 — one programme; its rules are the document of the version in force."""

    code = models.TextField(primary_key=True)
    title = models.TextField()
    state = models.TextField(default="open")

    class Meta:
        managed = False
        db_table = "programme"

    def __str__(self) -> str:
        return self.code


class ProgrammeVersion(models.Model):
    """接種事業の版 — one document. In force is the approved one with the highest number whose day has come.

    ``look``: counts of its dry run; ``takes``: bookings whose entitlement it takes; ``golden``: the answers that two
    people signed; ``in_force_at``: since when it crossed and everybody was recomputed by it.
    """

    programme_code = models.TextField(db_column="programme")
    number = models.IntegerField()
    document = models.JSONField()
    valid_from = models.DateField()
    author = models.TextField()
    checker = models.TextField(default="")
    loaded_at = models.DateTimeField()
    state = models.TextField(default="draft")
    first_by = models.TextField(null=True)
    first_at = models.DateTimeField(null=True)
    second_by = models.TextField(null=True)
    second_at = models.DateTimeField(null=True)
    in_force_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(null=True)
    look = models.JSONField(null=True)
    takes = ArrayField(models.BigIntegerField(), default=list)
    golden = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "programme_version"

    def __str__(self) -> str:
        return f"{self.programme_code} version {self.number}"


class Venue(models.Model):
    """会場 — where injections are given."""

    id = models.AutoField(primary_key=True)
    name = models.TextField(unique=True)
    kana = models.TextField(default="")
    address = models.TextField(default="")
    access = models.TextField(default="")
    step_free = models.BooleanField(default=False)
    state = models.TextField(default="open")

    class Meta:
        managed = False
        db_table = "venue"

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    """開設時間帯 — a stretch of hours of one hall on one day, with one product. ``planned``: a second person is awaited."""

    id = models.AutoField(primary_key=True)
    venue_id = models.IntegerField()
    programme = models.TextField()
    product = models.TextField()
    on_date = models.DateField()
    opens_at = models.TimeField()
    closes_at = models.TimeField()
    state = models.TextField(default="open")
    planned = models.BooleanField(default=False)

    class Meta:
        managed = False
        db_table = "session"

    def __str__(self) -> str:
        return f"session {self.pk}"


class Slot(models.Model):
    """予約枠 — a moment of a session, with the places of each share. The plan owns the capacity."""

    session_id = models.IntegerField()
    at = models.TimeField()
    cap_web = models.SmallIntegerField()
    cap_phone = models.SmallIntegerField()
    cap_section = models.SmallIntegerField(default=0)

    class Meta:
        managed = False
        db_table = "slot"

    def __str__(self) -> str:
        return f"slot {self.pk}"


class Lot(models.Model):
    """ロット — vaccine of one production number."""

    id = models.AutoField(primary_key=True)
    product = models.TextField()
    lot_no = models.TextField()
    expires_on = models.DateField()
    state = models.TextField(default="usable")

    class Meta:
        managed = False
        db_table = "lot"

    def __str__(self) -> str:
        return self.lot_no


class Delivery(models.Model):
    """納入 — doses of a lot that come to a hall on a day."""

    venue_id = models.IntegerField()
    lot_id = models.IntegerField()
    doses = models.IntegerField()
    on_date = models.DateField()

    class Meta:
        managed = False
        db_table = "delivery"

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class CapacityChange(models.Model):
    """枠数の変更 — so many places for each slot of some sessions, decided by two people."""

    sessions = ArrayField(models.IntegerField())
    web = models.SmallIntegerField()
    phone = models.SmallIntegerField()
    section = models.SmallIntegerField()
    closes = models.BooleanField()
    state = models.TextField(default="draft")
    made_at = models.DateTimeField()
    made_by = models.TextField()
    first_by = models.TextField(null=True)
    first_at = models.DateTimeField(null=True)
    second_by = models.TextField(null=True)
    second_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "capacity_change"

    def __str__(self) -> str:
        return f"change {self.pk}"


class SlotWish(models.Model):
    """目指す枠数 — places that a slot is to have, while more are booked."""

    slot_id = models.BigIntegerField(primary_key=True)
    change_id = models.BigIntegerField()
    web = models.SmallIntegerField()
    phone = models.SmallIntegerField()
    section = models.SmallIntegerField()
    sent_at = models.DateTimeField(null=True)
    sent_message = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "slot_wish"

    def __str__(self) -> str:
        return f"wish of slot {self.pk}"
