"""Needs of a customer and promises made to them: who sees to it, and by which day. The words lie in the vault."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.customers.registry.models import Customer, Record
from shouxin.kit import ids
from shouxin.people.models import Staff


class Kind(models.TextChoices):
    PROMISE = "promise", _("承诺")
    NEED = "need", _("需求")


class State(models.TextChoices):
    OPEN = "open", _("未结")
    KEPT = "kept", _("已兑现")
    DROPPED = "dropped", _("已取消")


class Why(models.TextChoices):
    """Why something promised is not done after all."""

    WITHDRAWN = "withdrawn", _("客户不再需要")
    IMPOSSIBLE = "impossible", _("无法办到，已向客户说明")
    ELSEWHERE = "elsewhere", _("已用别的办法解决")
    MISTAKE = "mistake", _("登记有误")


class Promise(models.Model):
    """One need or promise. What was said stands under `record` in the vault; overdue is what is open after its day."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    # A customer whose import is rejected is destroyed, and its lines here with it; the journal keeps what happened.
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="promises")
    record = models.OneToOneField(Record, on_delete=models.CASCADE, related_name="promise")
    kind = models.CharField(_("类型"), max_length=16, choices=Kind)
    owner = models.ForeignKey(Staff, verbose_name=_("承办人"), on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("期限"))
    state = models.CharField(_("状态"), max_length=16, choices=State, default=State.OPEN)
    why = models.CharField(max_length=16, choices=Why, blank=True)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "customers_promise"
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "due_on", "id"], name="promise_of_owner", condition=Q(state="open")
            ),
            models.Index(fields=["customer", "state", "due_on"], name="promise_of_customer"),
            models.Index(
                fields=["owner", "-closed_at", "-id"], name="promise_closed", condition=~Q(state="open")
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="promise_kind_known"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, closed_by__isnull=True)
                | Q(state__in=["kept", "dropped"], closed_at__isnull=False, closed_by__isnull=False),
                name="promise_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(state="dropped") & Q(why__in=Why.values)) | (~Q(state="dropped") & Q(why="")),
                name="promise_dropped_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
