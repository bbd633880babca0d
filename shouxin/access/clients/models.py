"""API clients (接口客户端): the grant of a machine. It names purposes, fields, addresses, an end, and two people."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.access.clients import rules
from shouxin.kit import ids
from shouxin.people.models import Department, Staff


class ClientState(models.TextChoices):
    PROPOSED = "proposed", _("待审批")
    APPROVED = "approved", _("使用中")
    REFUSED = "refused", _("已拒绝")
    WITHDRAWN = "withdrawn", _("已撤回")
    ENDED = "ended", _("已终止")


class ApiClient(models.Model):
    """A program that may ask for customers: what it may read, see clear and write, from where and until when."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    # Stands in the journal for the program; its name is resolved outside.
    pseudonym = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("名称"), max_length=80)
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="api_clients")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    purposes = ArrayField(models.CharField(max_length=64))
    readable = ArrayField(models.CharField(max_length=64), default=list)
    clear = ArrayField(models.CharField(max_length=64), default=list)
    writable = ArrayField(models.CharField(max_length=64), default=list)
    addresses = ArrayField(models.CharField(max_length=64))
    per_minute = models.PositiveIntegerField(default=rules.PER_MINUTE)
    daily_rows = models.PositiveIntegerField(default=rules.DAILY_ROWS)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=16, choices=ClientState, default=ClientState.PROPOSED)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=300, blank=True)
    ended_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_api_client"
        indexes: ClassVar = [
            models.Index(fields=["-proposed_at"], name="api_client_newest"),
            models.Index(fields=["ends_at", "id"], name="api_client_by_end"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ClientState.values), name="api_client_state_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="api_client_ends_later"),
            models.CheckConstraint(
                condition=Q(purposes__len__gt=0) & Q(addresses__len__gt=0), name="api_client_is_bound"
            ),
            models.CheckConstraint(
                condition=Q(clear__contained_by=F("readable")), name="api_client_reads_what_it_sees_clear"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("proposed_by")) & ~Q(decided_by=F("owner"))),
                name="api_client_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused"]) | Q(decided_by__isnull=False),
                name="api_client_decision_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClientToken(models.Model):
    """One token of a client. While a rotation overlaps there are two; what ended keeps its line, never its digest."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="tokens")
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.BinaryField(max_length=32, null=True)
    last_four = models.CharField(max_length=4)
    issued_at = models.DateTimeField()
    asked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True)  # set when a newer token takes over
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    last_at = models.DateTimeField(null=True)
    last_address = models.CharField(max_length=45, blank=True)

    class Meta:
        db_table = "access_client_token"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(digest__isnull=False, ended_at__isnull=True)
                | Q(digest__isnull=True, ended_at__isnull=False),
                name="client_token_digest_ends_with_it",
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=F("asked_by")), name="client_token_approved_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"…{self.last_four}"


class ClientChange(models.Model):
    """Asked for by one person, decided by another: a new token beside the old one, or another list of addresses."""

    class Kind(models.TextChoices):
        ROTATION = "rotation", _("更换令牌")
        ADDRESSES = "addresses", _("变更来源地址")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待审批")
        APPROVED = "approved", _("已通过")
        REFUSED = "refused", _("已拒绝")
        WITHDRAWN = "withdrawn", _("已撤回")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(max_length=16, choices=State, default=State.PROPOSED)
    overlap_days = models.PositiveSmallIntegerField(default=rules.OVERLAP_DAYS)
    addresses = ArrayField(models.CharField(max_length=64), default=list)
    reason = models.CharField(max_length=300)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "access_client_change"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["client", "kind"],
                condition=Q(state="proposed"),
                name="client_change_one_of_a_kind_waits",
            ),
            models.CheckConstraint(
                condition=Q(kind="rotation", addresses__len=0) | Q(kind="addresses", addresses__len__gt=0),
                name="client_change_kind_says_what",
            ),
            models.CheckConstraint(
                condition=Q(overlap_days__lte=rules.MOST_OVERLAP_DAYS), name="client_change_overlap"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="client_change_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused"]) | Q(decided_by__isnull=False),
                name="client_change_decision_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class ClientUse(models.Model):
    """One day (Asia/Shanghai) of one client: requests of the minute, customers of the day, last use."""

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="uses")
    day = models.DateField()
    minute = models.BigIntegerField()
    requests = models.PositiveIntegerField()
    rows = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        db_table = "access_client_use"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["client", "day"], name="client_use_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.day}"


class TurnedAway(models.Model):
    """A token that was known but not let in: how often in a minute, and for which cause."""

    class Cause(models.TextChoices):
        SECRET = "secret", _("令牌错误")
        STATE = "state", _("未批准或已终止")
        DATES = "dates", _("不在有效期内")
        ADDRESS = "address", _("来源地址不在名单内")
        OWNER = "owner", _("负责人已离岗")
        ROTATED = "rotated", _("令牌已更换停用")

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="turned_away")
    cause = models.CharField(max_length=16, choices=Cause)
    minute = models.BigIntegerField()
    count = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "access_client_turned_away"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["client", "cause", "minute"], name="client_turned_away_once_a_minute"
            )
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.cause}"


class ClientReceipt(models.Model):
    """What a client was answered under an Idempotency-Key: ids and codes, so that a repeat stores nothing twice."""

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="receipts")
    key_digest = models.CharField(max_length=64)
    content_digest = models.CharField(max_length=64)
    answer = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "access_client_receipt"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["client", "key_digest"], name="client_receipt_once")
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.at}"
