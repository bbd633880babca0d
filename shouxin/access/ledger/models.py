"""Tokens with which an auditor's program mirrors the ledger over HTTP, and nothing else."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from shouxin.kit import ids
from shouxin.people.models import Staff


class LedgerToken(models.Model):
    """One program of one person, from stated addresses, until a stated day; what ended keeps its line, no digest."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(pgettext_lazy("label", "名称"), max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.BinaryField(max_length=32, null=True)
    last_four = models.CharField(max_length=4)
    addresses = ArrayField(models.CharField(max_length=64))
    issued_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    last_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_ledger_token"
        ordering: ClassVar = ["-issued_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("issued_at")), name="ledger_token_ends_later"),
            models.CheckConstraint(condition=Q(addresses__len__gt=0), name="ledger_token_is_bound"),
            models.CheckConstraint(
                condition=Q(digest__isnull=False, ended_at__isnull=True)
                | Q(digest__isnull=True, ended_at__isnull=False),
                name="ledger_token_digest_ends_with_it",
            ),
        ]

    def __str__(self) -> str:
        return f"…{self.last_four}"
