"""Notices shown again (再次告知): who was told of which version, when and by which way.

A `Receipt` is written once and never changed (trigger). `Mailing` says which message tells of which version.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.customers.messages.models import Message
from shouxin.customers.registry.models import Customer
from shouxin.kit import ids
from shouxin.rulebook.purposes.models import NoticeVersion


class Way(models.TextChoices):
    """By which way somebody was told."""

    PORTAL = "portal", _("门户")
    EMAIL = "email", _("邮件")
    SMS = "sms", _("短信")
    COUNTER = "counter", _("当面")


class Receipt(models.Model):
    """One person was told of one version by one way."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="told_notices", db_index=False
    )
    version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    notice = models.CharField(max_length=50)
    number = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)  # of the text in the language it was told in
    way = models.CharField(max_length=8, choices=Way)
    operator = models.UUIDField()  # pseudonym of whoever told them; the person's own id at their own door
    message = models.UUIDField(null=True)  # by which it was sent
    entry = models.UUIDField()  # in the journal
    at = models.DateTimeField()

    class Meta:
        db_table = "customers_notice_receipt"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "notice", "number", "way"], name="notice_receipt_once"
            ),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="notice_receipt_way_known"),
            models.CheckConstraint(
                condition=Q(way__in=["email", "sms"], message__isnull=False)
                | Q(way__in=["portal", "counter"], message__isnull=True),
                name="notice_receipt_names_its_message",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["notice", "number", "way"], name="notice_receipt_by_version"),
        ]

    def __str__(self) -> str:
        return f"{self.notice} {self.number} {self.way}"


class Mailing(models.Model):
    """A message that tells of a version."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        db_table = "customers_notice_mailing"
        indexes: ClassVar = [models.Index(fields=["version", "-made_at"], name="notice_mailing_of")]

    def __str__(self) -> str:
        return str(self.message_id)
