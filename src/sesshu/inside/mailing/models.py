"""Tables of mailing (発送). Not managed by Django: the tables are ``db/tables/inside/0130_mailing.sql``."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Printer(models.Model):
    """印刷・封入の受託者 — whose age key may open the print files."""

    id = models.AutoField(primary_key=True)
    name = models.TextField(unique=True)
    recipient = models.TextField()
    state = models.TextField(default="enabled")
    put_at = models.DateTimeField()
    put_by = models.TextField()

    class Meta:
        managed = False
        db_table = "printer"

    def __str__(self) -> str:
        return self.name


class WatchAddress(models.Model):
    """監視先の住所 — the city's own, where letters to invented households arrive."""

    id = models.AutoField(primary_key=True)
    postcode = models.TextField()
    town = models.TextField()
    banchi = models.TextField()
    building = models.TextField()
    state = models.TextField(default="enabled")

    class Meta:
        managed = False
        db_table = "watch_address"

    def __str__(self) -> str:
        return f"watch address {self.pk}"


class Batch(models.Model):
    """発送単位 — one question, its pieces, and what became of them."""

    id = models.AutoField(primary_key=True)
    title = models.TextField()
    programme = models.TextField()
    dose = models.SmallIntegerField()
    entitled_from = models.DateField()
    entitled_until = models.DateField()
    cohort_from = models.IntegerField(null=True)
    cohort_until = models.IntegerField(null=True)
    never_mailed = models.BooleanField()
    printer = models.ForeignKey(Printer, models.DO_NOTHING)
    part_size = models.IntegerField()
    seeds = models.SmallIntegerField()
    measure_low = models.IntegerField(null=True)
    measure_high = models.IntegerField(null=True)
    state = models.TextField(default="draft")
    counts = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    built_at = models.DateTimeField(null=True)
    built_by = models.TextField(null=True)
    sealed_at = models.DateTimeField(null=True)
    sealed_by = models.TextField(null=True)
    sheets_asked = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    first_by = models.TextField(null=True)
    second_by = models.TextField(null=True)
    posted_at = models.DateTimeField(null=True)
    posted_by = models.TextField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(null=True)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "batch"

    def __str__(self) -> str:
        return f"batch {self.pk}"


class Part(models.Model):
    """印刷ファイル — one file for the printer, of at most 10,000 sheets."""

    batch = models.ForeignKey(Batch, models.DO_NOTHING, related_name="parts")
    number = models.SmallIntegerField()
    reprint = models.BooleanField(default=False)
    state = models.TextField(default="planned")
    pages = models.IntegerField(null=True)
    size = models.BigIntegerField(null=True)
    sha256 = models.BinaryField(null=True)
    sampled = models.IntegerField(null=True)
    read_back = models.IntegerField(null=True)
    made_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    released_sha256 = models.BinaryField(null=True)

    class Meta:
        managed = False
        db_table = "part"
        ordering = ("number",)

    def __str__(self) -> str:
        return f"part {self.number} of batch {self.batch_id}"


class Seed(models.Model):
    """架空世帯 — nobody; a letter or a number of theirs that turns up names the job."""

    batch = models.ForeignKey(Batch, models.DO_NOTHING)
    watch = models.ForeignKey(WatchAddress, models.DO_NOTHING)
    number = models.CharField(max_length=10, unique=True)
    try_hash = models.BinaryField(db_column="try")
    name = models.TextField(unique=True)
    kana = models.TextField()
    dob_key = models.CharField(max_length=8)
    postcode = models.TextField()
    town = models.TextField()
    banchi = models.TextField()
    building = models.TextField()

    class Meta:
        managed = False
        db_table = "seed"

    def __str__(self) -> str:
        return f"seed {self.pk}"


class Piece(models.Model):
    """封書 — one envelope. Without resident and seed: its person became protected, nothing here leads there."""

    batch = models.ForeignKey(Batch, models.DO_NOTHING, related_name="pieces")
    serial = models.IntegerField()
    part = models.ForeignKey(Part, models.DO_NOTHING)
    ticket_id = models.BigIntegerField(null=True)
    resident_id = models.BigIntegerField(null=True)
    seed = models.ForeignKey(Seed, models.DO_NOTHING, null=True)
    state = models.TextField(default="planned")
    replaces = models.OneToOneField(
        "self", models.DO_NOTHING, null=True, db_column="replaces", related_name="instead"
    )
    pull_reason = models.TextField(null=True)
    pull_asked_at = models.DateTimeField(null=True)
    spoil_reason = models.TextField(null=True)
    printed_at = models.DateTimeField(null=True)
    enclosed_at = models.DateTimeField(null=True)
    box = models.TextField(null=True)
    position = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "piece"

    def __str__(self) -> str:
        return f"piece {self.batch_id}-{self.serial}"


class Withheld(models.Model):
    """印字できなかった理由 — which field, and the code points of the sign that no font has (empty: too long)."""

    pk = models.CompositePrimaryKey("piece_id", "field", "code_points")
    piece = models.ForeignKey(Piece, models.DO_NOTHING)
    field = models.TextField()
    code_points = ArrayField(models.IntegerField())

    class Meta:
        managed = False
        db_table = "withheld"

    def __str__(self) -> str:
        return f"withheld piece {self.piece_id}"


class ScanLog(models.Model):
    """読取記録 — a file of the printer, or a box at the station."""

    batch = models.ForeignKey(Batch, models.DO_NOTHING, related_name="logs")
    sha256 = models.BinaryField(null=True)
    box = models.TextField(null=True)
    lines = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        managed = False
        db_table = "scan_log"

    def __str__(self) -> str:
        return f"scan log {self.pk}"


class Scan(models.Model):
    """読取 — one envelope, as read. ``serial``: of a right one."""

    pk = models.CompositePrimaryKey("log_id", "line")
    log = models.ForeignKey(ScanLog, models.DO_NOTHING)
    line = models.IntegerField()
    box = models.TextField()
    position = models.IntegerField()
    code = models.TextField()
    insert_code = models.TextField()
    measure = models.IntegerField(null=True)
    serial = models.IntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "scan"

    def __str__(self) -> str:
        return f"scan {self.log_id}/{self.line}"


class Difference(models.Model):
    """照合の差 — while one is open the batch is."""

    batch = models.ForeignKey(Batch, models.DO_NOTHING, related_name="differences")
    log = models.ForeignKey(ScanLog, models.DO_NOTHING)
    kind = models.TextField()
    piece = models.ForeignKey(Piece, models.DO_NOTHING, null=True)
    code = models.TextField()
    box = models.TextField()
    position = models.IntegerField(null=True)
    measure = models.IntegerField(null=True)
    found_at = models.DateTimeField()
    state = models.TextField(default="open")
    resolution = models.TextField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "difference"

    def __str__(self) -> str:
        return f"difference {self.pk}"


class Return(models.Model):
    """返戻 — a posted piece that came back, why, and what is done next."""

    piece = models.OneToOneField(Piece, models.DO_NOTHING)
    reason = models.TextField()
    next = models.TextField()
    at = models.DateTimeField()
    by = models.TextField()
    done_at = models.DateTimeField(null=True)
    done_by = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "return_"

    def __str__(self) -> str:
        return f"return {self.pk}"
