"""Messages to customers (消息): what is sent, to whom, and what became of each recipient.

`Recipient` is the log: for every message handed over it names the consent then in force, for everybody else why not.
`Suppression` keeps numbers and addresses that want nothing more as keyed digests, whose key lies sealed beside them.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.customers.registry.models import Customer
from shouxin.kit import ids
from shouxin.people.models import Staff


class Kind(models.TextChoices):
    COMMERCIAL = "commercial", _("商业信息")
    SERVICE = "service", _("业务通知")
    STATUTORY = "statutory", _("法定告知")
    INCIDENT = "incident", _("安全事件告知")


class Channel(models.TextChoices):
    EMAIL = "email", _("邮件")
    SMS = "sms", _("短信")
    CALL = "call", _("电话清单")


class State(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待批准")
    REFUSED = "refused", _("未批准")
    SENDING = "sending", _("发送中")
    PAUSED = "paused", _("已中断")
    DONE = "done", _("已完成")
    STOPPED = "stopped", _("已停止")


APPROVED = (State.SENDING, State.PAUSED, State.DONE, State.STOPPED)


class Message(models.Model):
    """One message to many customers. From its submission on its content stands still, by its digest."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    channel = models.CharField(_("发送方式"), max_length=5, choices=Channel)
    purpose = models.CharField(max_length=64)
    sender = models.CharField(_("落款"), max_length=60)
    subject = models.CharField(_("标题"), max_length=100)
    body = models.TextField(_("正文"))
    terms = models.TextField(_("优惠条件"), blank=True)
    # The same offer picked for a stage of dealings: for those who agreed to that. Everybody else gets `body`.
    personal = models.TextField(_("个性化正文"), blank=True)
    personal_stage = models.CharField(_("个性化正文的对象"), max_length=8, blank=True)
    proof = models.BinaryField(null=True)  # the file that shows the offer is real, sealed
    proof_kind = models.CharField(max_length=100, blank=True)
    proof_sha256 = models.CharField(max_length=64, blank=True)
    enclosed = models.CharField(
        max_length=60, blank=True
    )  # what every recipient gets an address of their own for
    origin = models.CharField(max_length=200, blank=True)  # under which customers reach the unsubscribe page
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    problem = models.CharField(max_length=40, blank=True)  # why it was interrupted
    sha256 = models.CharField(max_length=64, blank=True)
    content_sha256 = models.CharField(
        max_length=64, blank=True
    )  # without the customers: asked at every sending
    counted = models.JSONField(null=True)  # code -> how many, as a dry run found them
    counted_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_message"
        indexes: ClassVar = [
            models.Index(fields=["state", "-id"], name="message_by_state"),
            models.Index(fields=["staff", "-id"], name="message_of"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="message_state_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="message_kind_known"),
            models.CheckConstraint(
                condition=Q(state="draft")
                | (~Q(sha256="") & ~Q(content_sha256="") & Q(submitted_at__isnull=False)),
                name="message_frozen_when_submitted",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="message_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("staff")),
                name="message_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.state}"


class Outcome(models.TextChoices):
    WAITING = "waiting", _("待发送")
    CLAIMED = "claimed", _("正在交出")
    SENT = "sent", _("已发送")
    LEFT_OUT = "left_out", _("未发送")
    FAILED = "failed", _("发送失败")
    UNCLEAR = "unclear", _("已交出，结果不明")


class Recipient(models.Model):
    """One customer of a message, and what became of it; never a number or an address."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="recipients")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    commercial = models.BooleanField()
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField(max_length=40, blank=True)
    decision = models.UUIDField(null=True)  # the consent in force when it was handed over
    personal = models.UUIDField(
        null=True
    )  # the consent to personal offers, where that version was handed over
    record = models.UUIDField(null=True)  # whose field the address was read from
    field = models.CharField(max_length=64, blank=True)
    address = models.BinaryField(null=True)  # keyed digest
    not_before = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=100, blank=True)

    class Meta:
        db_table = "customers_message_recipient"
        indexes: ClassVar = [
            models.Index(fields=["message", "outcome", "id"], name="recipient_next"),
            models.Index(fields=["customer", "-id"], name="recipient_of"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "customer"], name="recipient_once"),
            models.UniqueConstraint(
                fields=["message", "address"],
                condition=Q(address__isnull=False),
                name="recipient_address_once",
            ),
            models.CheckConstraint(
                condition=Q(commercial=False)
                | ~Q(outcome__in=["claimed", "sent", "unclear"])
                | Q(decision__isnull=False),
                name="recipient_commercial_by_consent",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="sent") | Q(sent_at__isnull=False), name="recipient_sent_when"
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["left_out", "failed", "unclear"]) | ~Q(reason=""),
                name="recipient_left_out_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.outcome}"


class SuppressionKey(models.Model):
    """The one key of the suppression list, sealed; destroyed, no digest can be connected with an address any more."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    only = models.BooleanField(default=True, unique=True)
    sealed = models.BinaryField()

    class Meta:
        db_table = "customers_suppression_key"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(only=True), name="suppression_key_is_one")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Suppression(models.Model):
    """A number or address that gets nothing more for a purpose, whoever it belongs to."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    digest = models.BinaryField()
    purpose = models.CharField(max_length=64)
    since = models.DateTimeField()

    class Meta:
        db_table = "customers_suppression"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest", "purpose"], name="suppression_once"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.since:%Y-%m-%d}"
