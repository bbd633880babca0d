"""What is put together for a person (汇集材料): reviewed, frozen by its hash, handed over once, destroyed.

The content lies in pieces under a key of the package: rows while it is reviewed, the file once it is frozen. When it is
over the key and the pieces go; that it was handed over, when and which, stays.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.people.models import Staff
from shouxin.rights.cases.models import Case


class State(models.TextChoices):
    REVIEW = "review", _("待审阅")
    FROZEN = "frozen", _("已定稿")
    READY = "ready", _("可以领取")
    TAKEN = "taken", _("已领取")
    ENDED = "ended", _("已销毁")


class Way(models.TextChoices):
    """How it was handed over."""

    PORTAL = "portal", _("客户门户下载")
    STAFF = "staff", _("工作人员交付")
    FOLLOW = "follow", _("凭查询码和验证码下载")  # by whoever asked for somebody else


class Package(models.Model):
    """`withheld` says by row which are left out, and why: codes and random ids alone."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="packages")
    customer_id = models.UUIDField()
    customers = ArrayField(models.UUIDField(), default=list)  # whose it holds: those who are one
    state = models.CharField(max_length=8, choices=State, default=State.REVIEW)
    made_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    counts = models.JSONField(default=dict)  # table -> rows
    withheld = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    frozen_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)  # how often somebody began to fetch it
    taken_at = models.DateTimeField(null=True)  # wholly
    way = models.CharField(max_length=8, choices=Way, blank=True)
    taken_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    key_suite = models.SmallIntegerField()
    wrapped_key = models.BinaryField(null=True)

    class Meta:
        db_table = "rights_package"
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"], name="rights_package_open", condition=Q(wrapped_key__isnull=False)
            ),
            models.Index(fields=["customer_id", "-made_at"], name="rights_package_of"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="rights_package_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["review", "ended"]) | ~Q(sha256=""),
                name="rights_package_frozen_by_hash",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["taken", "ended"], ended_at__isnull=False, wrapped_key__isnull=True)
                | Q(wrapped_key__isnull=False, ended_at__isnull=True),
                name="rights_package_gone_with_key",
            ),
            models.CheckConstraint(
                condition=~Q(state="taken") | Q(taken_at__isnull=False), name="rights_package_taken_once"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(wrapped_key__isnull=False), name="rights_package_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class Piece(models.Model):
    """A part of the content, sealed: some rows of one table, or some bytes of the file."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    table = models.CharField(max_length=64, blank=True)  # of whose rows it is; empty: of the file
    sealed = models.BinaryField()

    class Meta:
        db_table = "rights_package_piece"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["package", "table", "number"], name="rights_package_piece_once"),
        ]

    def __str__(self) -> str:
        return f"{self.package_id} {self.table} {self.number}"
