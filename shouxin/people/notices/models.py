"""Notices (通知) for staff: what was told to whom about which thing, by which way it left, and what each person chose.

None of these tables holds a value of a customer, nor a sentence: a notice is a code, an id and a moment.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids, outward


class Channel(models.TextChoices):
    MAIL = "mail", _("邮件")
    ROBOT = "robot", _("群机器人")


class Notice(models.Model):
    """One thing told to one person at one step; what was dealt with is closed and asks for nothing more."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    recipient = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    thing = models.UUIDField()
    step = models.CharField(max_length=16)
    due_at = models.DateTimeField(null=True)
    count = models.PositiveIntegerField(default=1)
    path = models.CharField(max_length=200)
    name_zh = models.CharField(
        max_length=200, blank=True
    )  # what the thing is called; for the page and the bell
    name_en = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    shown = models.BooleanField(default=True)  # on the page and the bell; else by mail or robot alone
    read_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_notice"
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-id"], name="notice_newest"),
            models.Index(
                fields=["recipient", "-id"],
                name="notice_unread",
                condition=Q(read_at=None, closed_at=None, shown=True),
            ),
            models.Index(fields=["kind"], name="notice_open", condition=Q(closed_at=None)),
            models.Index(fields=["at"], name="notice_age"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipient", "kind", "thing", "step"], name="notice_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.step}"


class Delivery(models.Model):
    """A notice, or the digest of a day, on its way out of the house; sent once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("未送达")
        DROPPED = "dropped", _("不再需要")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    recipient = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel)
    notice = models.ForeignKey(Notice, null=True, on_delete=models.CASCADE, related_name="deliveries")
    day = models.DateField(null=True)  # whose digest it is
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    at = models.DateTimeField()
    next_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=20, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_notice_delivery"
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="notice_delivery_due", condition=Q(state="waiting")),
            models.Index(fields=["recipient", "-id"], name="notice_delivery_newest"),
            models.Index(fields=["at"], name="notice_delivery_age"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["notice", "channel"], name="notice_delivery_once", condition=Q(notice__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["recipient", "day"], name="notice_digest_once", condition=Q(day__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(notice__isnull=True, day__isnull=False)
                | Q(notice__isnull=False, day__isnull=True),
                name="notice_delivery_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class Preference(models.Model):
    """How one person wants to be told; without a row the product's defaults hold. Their zone stands with the person."""

    staff = models.OneToOneField(
        "people.Staff", primary_key=True, on_delete=models.PROTECT, related_name="notice_preference"
    )
    language = models.CharField(max_length=10)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    digest_hour = models.PositiveSmallIntegerField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "people_notice_preference"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="notice_quiet_has_both_ends",
            ),
            models.CheckConstraint(
                condition=Q(digest_hour__isnull=True) | Q(digest_hour__lt=24), name="notice_digest_hour"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.language}"


class Choice(models.Model):
    """By which ways one person is told of one kind, where that differs from the product's default."""

    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    shown = models.BooleanField()
    mail = models.BooleanField()
    robot = models.BooleanField()

    class Meta:
        db_table = "people_notice_choice"
        constraints: ClassVar = [models.UniqueConstraint(fields=["staff", "kind"], name="notice_choice_once")]

    def __str__(self) -> str:
        return self.kind


class RobotHost(models.Model):
    """A host whose chat robots may be told; a system administrator allowed it."""

    class Style(models.TextChoices):
        WECOM = "wecom", _("企业微信 / 钉钉")
        FEISHU = "feishu", _("飞书")
        JSON = "json", _("通用 JSON")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    host = models.CharField(max_length=253)
    style = models.CharField(max_length=8, choices=Style)
    networks = ArrayField(models.CharField(max_length=64), default=list)
    allowed_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    allowed_at = models.DateTimeField()
    ended_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_notice_robot_host"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["host"], name="notice_host_once", condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return self.host


class Address(models.Model):
    """Where one person is told outside the console: sealed, and for mail confirmed by a code sent there."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel)
    sealed = models.BinaryField()
    host = models.ForeignKey(RobotHost, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    code_digest = models.BinaryField(null=True, max_length=32)
    code_until = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    # When something was last sent there by hand, and how often that day: nobody is flooded from here.
    by_hand_at = models.DateTimeField(null=True)
    by_hand = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)  # in a row
    outcome = models.CharField(max_length=20, blank=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_notice_address"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["staff", "channel"], name="notice_address_once"),
            models.CheckConstraint(
                condition=~Q(channel="robot") | Q(host__isnull=False), name="notice_robot_has_a_host"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} of {self.staff_id}"


LONGEST_ADDRESS = outward.LONGEST_URL
