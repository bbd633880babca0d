"""That an answer is there, or takes longer, is told: a row each, whether it left and why not; no address, no words."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.rights.cases.models import Case


class Letter(models.Model):
    """One message that says that a request was answered, or will be later; it holds a number, a day and a link."""

    class About(models.TextChoices):
        ANSWER = "answer", _("答复")
        EXTENSION = "extended", _("延长期限")

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
        ADDRESS = "address", _("没有近期核实过的本人联系方式")
        CLOSED = "closed", _("客户资料已停用，不能读取联系方式")
        CHANGED = "changed", _("答复已重新办理")
        ANSWERED = "answered", _("发出前已经答复")
        CHANNEL = "channel", _("没有接通邮件或短信")
        REFUSED = "refused", _("邮件或短信服务没有接受")
        CUT_OFF = "cut_off", _("发送时中断")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    customer_id = models.UUIDField(null=True)  # None where nobody knows yet whom the request is about
    about = models.CharField(max_length=8, choices=About, default=About.ANSWER)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField(max_length=8, choices=Reason, blank=True)
    noted_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=100, blank=True)
    posted_at = models.DateTimeField(null=True)  # where none left: when staff wrote to them

    class Meta:
        db_table = "portal_answer_letter"
        indexes: ClassVar = [
            models.Index(
                fields=["noted_at", "id"], name="answer_letter_waiting", condition=Q(outcome="waiting")
            ),
            models.Index(fields=["case", "-noted_at"], name="answer_letter_of_case"),
            models.Index(
                fields=["case"],
                name="answer_letter_by_post",
                condition=Q(posted_at__isnull=True, outcome__in=["left_out", "failed", "unclear"]),
            ),
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
            models.CheckConstraint(condition=Q(about__in=["answer", "extended"]), name="answer_letter_about"),
            models.CheckConstraint(
                condition=Q(customer_id__isnull=False) | Q(outcome="left_out"),
                name="answer_letter_to_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.outcome}"
