"""Addresses that connected systems are told at (推送地址), what was sent there, and every try."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.access.clients.models import ApiClient
from shouxin.access.webhooks import rules
from shouxin.kit import ids, outward
from shouxin.people.models import Staff


class EndpointState(models.TextChoices):
    PROPOSED = "proposed", _("待审批")
    APPROVED = "approved", _("使用中")
    DISABLED = "disabled", _("已自动停用")
    REFUSED = "refused", _("已拒绝")
    WITHDRAWN = "withdrawn", _("已撤回")
    ENDED = "ended", _("已终止")


LIVING = (EndpointState.APPROVED, EndpointState.DISABLED)


class Endpoint(models.Model):
    """Where a client is told of events. The signing secret is sealed and lives as long as the endpoint does."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    # Stands in the journal for the endpoint.
    pseudonym = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="endpoints")
    url = models.CharField(_("地址"), max_length=outward.LONGEST_URL)
    events = ArrayField(models.CharField(max_length=32))
    # Ranges that are not public and may be reached all the same, because the organisation named them.
    networks = ArrayField(models.CharField(max_length=64), default=list)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=16, choices=EndpointState, default=EndpointState.PROPOSED)
    key_suite = models.PositiveSmallIntegerField(null=True)
    wrapped_key = models.BinaryField(null=True)
    secret = models.BinaryField(null=True)
    earlier_secret = models.BinaryField(null=True)
    earlier_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    paused_until = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=300, blank=True)
    ended_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_webhook_endpoint"
        indexes: ClassVar = [models.Index(fields=["-proposed_at"], name="webhook_endpoint_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=EndpointState.values), name="webhook_endpoint_state_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["approved", "disabled"], secret__isnull=False, wrapped_key__isnull=False
                )
                | (~Q(state__in=["approved", "disabled"]) & Q(secret__isnull=True, wrapped_key__isnull=True)),
                name="webhook_secret_lives_with_approval",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="webhook_endpoint_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused"]) | Q(decided_by__isnull=False),
                name="webhook_endpoint_decision_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One message for one endpoint: ids and codes alone. It keeps its id however often it is tried or replayed."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待送达")
        DELIVERED = "delivered", _("已送达")
        FAILED = "failed", _("未送达")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.CharField(max_length=32)
    body = models.TextField()
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)  # since it was queued or replayed
    next_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_webhook_delivery"
        indexes: ClassVar = [
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_newest"),
            models.Index(fields=["at"], name="webhook_delivery_age"),
            models.Index(fields=["-id"], name="webhook_undelivered", condition=~Q(state="delivered")),
        ]

    def __str__(self) -> str:
        return rules.message_id(self.id)


class Attempt(models.Model):
    """One try: when, how long, and what came of it."""

    class Outcome(models.TextChoices):
        DELIVERED = "delivered", _("已送达")
        STATUS = "status", _("对方拒收")
        GONE = "gone", _("对方已撤销该地址（410）")
        REDIRECT = "redirect", _("对方要求转向，未跟随")
        TIMEOUT = "timeout", _("超时")
        UNREACHABLE = "unreachable", _("无法连接")
        TLS = "tls", _("证书无效")
        NAME = "name", _("域名无法解析")
        FORBIDDEN = "forbidden", _("目标地址不在允许范围")

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=16, choices=Outcome)
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField()

    class Meta:
        db_table = "access_webhook_attempt"

    def __str__(self) -> str:
        return f"{self.at} {self.outcome}"
