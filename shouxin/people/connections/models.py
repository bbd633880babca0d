"""Connections that bring people in or let them in: drafted by one administrator, in force once another confirmed."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids


class Kind(models.TextChoices):
    SCIM = "scim", _("SCIM 人员同步")
    OIDC = "oidc", _("统一登录（OIDC）")
    LDAP = "ldap", _("LDAP 目录")
    FEISHU = "feishu", _("飞书登录")
    DINGTALK = "dingtalk", _("钉钉登录")
    WECOM = "wecom", _("企业微信登录")
    SMS = "sms", _("短信网关")


class State(models.TextChoices):
    DRAFTED = "drafted", _("待确认")
    ACTIVE = "active", _("使用中")
    REFUSED = "refused", _("已拒绝")
    ENDED = "ended", _("已停用")


class Connection(models.Model):
    """One connection. `settings` are in force; `draft` waits for the security administrator, secrets sealed apart."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    # Stands in the journal for the program at the other end.
    pseudonym = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    name = models.CharField(_("名称"), max_length=40)
    state = models.CharField(max_length=16, choices=State, default=State.DRAFTED)
    settings = models.JSONField(default=dict)
    settings_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    secret = models.BinaryField(null=True)  # sealed for this connection alone
    draft = models.JSONField(null=True)
    draft_secret = models.BinaryField(null=True)  # sealed; none where the secret in force stays
    drafted_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    decided_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)
    ended_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    # Of a program that comes to us: the public start of its token, and the keyed digest of the whole.
    prefix = models.CharField(max_length=16, null=True, unique=True)  # noqa: DJ001 - NULL may stand many times
    token_digest = models.BinaryField(max_length=32, null=True)
    used_at = models.DateTimeField(null=True)
    turned_away_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="connection_state_known"),
            models.CheckConstraint(condition=~Q(name=""), name="connection_has_a_name"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(decided_by__isnull=False, settings_by__isnull=False),
                name="connection_was_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | ~Q(decided_by=F("settings_by")),
                name="connection_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(token_digest__isnull=True) | Q(state="active"),
                name="connection_token_lives_with_it",
            ),
        ]

    def __str__(self) -> str:
        return self.name
