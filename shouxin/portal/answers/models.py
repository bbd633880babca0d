"""That an answer is there is told by mail: one row an answer, whether it left and why not; no address, no words."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.rights.cases.models import Case


class Letter(models.Model):
    """One mail that says that a request was answered; it holds a number and a link."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("等待发出")
        CLAIMED = "claimed", _("正在交出")
        SENT = "sent", _("已发出")
        LEFT_OUT = "left_out", _("不发")
        FAILED = "failed", _("没有发出")
        UNCLEAR = "unclear", _("已交出，结果不明")

    class Reason(models.TextChoices):
        """Why none left."""

        IDENTITY = "identity", _("申请人身份没有核实")
        OTHER = "other", _("由他人代为提出，按申请人留的联系方式答复")
        ADDRESS = "address", _("没有近期核实过的本人邮箱")
        CLOSED = "closed", _("客户资料已停用，不能读取邮箱")
        CHANGED = "changed", _("答复已重新办理")
        REFUSED = "refused", _("邮件服务没有接受")
        CUT_OFF = "cut_off", _("发送时中断")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    customer_id = models.UUIDField()
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField(max_length=8, choices=Reason, blank=True)
    noted_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=100, blank=True)

    class Meta:
        db_table = "portal_answer_letter"
        indexes: ClassVar = [
            models.Index(
                fields=["noted_at", "id"], name="answer_letter_waiting", condition=Q(outcome="waiting")
            ),
            models.Index(fields=["case", "-noted_at"], name="answer_letter_of_case"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome__in=["waiting", "claimed", "sent", "left_out", "failed", "unclear"]),
                name="answer_letter_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="sent") | Q(sent_at__isnull=False), name="answer_letter_sent_when"
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["left_out", "failed", "unclear"]) | ~Q(reason=""),
                name="answer_letter_why_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.outcome}"
