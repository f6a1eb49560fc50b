"""Tables of the imports (取込の表): counts, lines refused, characters. The staged lines themselves have no model."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Import(models.Model):
    """取込 — one extract file. ``state``: staged, accepted, withdrawn; ``held``: codes of reasons to wait."""

    sha256 = models.BinaryField()
    as_of = models.DateField()
    is_full = models.BooleanField()
    staged_at = models.DateTimeField()
    staged_by = models.TextField()
    state = models.TextField(default="staged")
    held = ArrayField(models.TextField(), default=list)
    counts = models.JSONField(default=dict)
    first_by = models.TextField(null=True)
    first_at = models.DateTimeField(null=True)
    second_by = models.TextField(null=True)
    second_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "import_"

    def __str__(self) -> str:
        return f"import {self.pk}"


class ImportRefusal(models.Model):
    """受け付けない行 — line, column and rule; never the value."""

    pk = models.CompositePrimaryKey("source_id", "line")
    source = models.ForeignKey(Import, models.DO_NOTHING, db_column="import_id", related_name="refusals")
    line = models.IntegerField()
    column_name = models.TextField()
    rule = models.TextField()

    class Meta:
        managed = False
        db_table = "import_refusal"
        ordering = ("line",)

    def __str__(self) -> str:
        return f"line {self.line}: {self.rule}"


class ImportGaiji(models.Model):
    """外字 — how often one character outside JIS X 0213 occurs; ``is_new``: in no accepted import before."""

    pk = models.CompositePrimaryKey("source_id", "code_point")
    source = models.ForeignKey(Import, models.DO_NOTHING, db_column="import_id", related_name="gaiji")
    code_point = models.TextField()
    n = models.IntegerField()
    is_new = models.BooleanField(default=False)

    class Meta:
        managed = False
        db_table = "import_gaiji"
        ordering = ("code_point",)

    def __str__(self) -> str:
        return self.code_point


class ImportBirthYear(models.Model):
    """年度別の人数 — present residents by fiscal year of birth, beside the last accepted import (G-03)."""

    pk = models.CompositePrimaryKey("source_id", "fiscal_year")
    source = models.ForeignKey(Import, models.DO_NOTHING, db_column="import_id", related_name="birth_years")
    fiscal_year = models.IntegerField()
    n = models.IntegerField()
    before = models.IntegerField(default=0)

    class Meta:
        managed = False
        db_table = "import_birth_year"
        ordering = ("fiscal_year",)

    def __str__(self) -> str:
        return str(self.fiscal_year)
