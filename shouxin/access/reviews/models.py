"""Reviews of rights (权限复核): every period each right of a department is confirmed line by line, or lapses."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.people.models import Department, Staff


class LineState(models.TextChoices):
    OPEN = "open", _("待复核")
    CONFIRMED = "confirmed", _("已确认")
    ENDED = "ended", _("已收回")
    LAPSED = "lapsed", _("逾期失效")
    GONE = "gone", _("复核前已结束")
    ESCALATED = "escalated", _("逾期，已升级")


UNDECIDED = (LineState.OPEN, LineState.ESCALATED)


class Review(models.Model):
    """The rights of one department as they stood when the period began."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=10)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_review"
        ordering = ["-opened_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["-opened_at", "-id"], name="review_newest")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["department", "period"], name="review_once_a_period"),
            models.CheckConstraint(condition=Q(due_at__gt=F("opened_at")), name="review_due_later"),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.period}"


class ReviewLine(models.Model):
    """One right of one person; `what` holds the codes the reviewer saw, so that the decision stays readable."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=16)
    subject = models.UUIDField()  # the role assignment, grant, client …
    holder = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    what = models.JSONField()
    since = models.DateTimeField()
    state = models.CharField(max_length=16, choices=LineState, default=LineState.OPEN)
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_review_line"
        ordering = ["review", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["review"],
                name="review_line_undecided",
                condition=Q(state__in=[state.value for state in UNDECIDED]),
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "kind", "subject"], name="review_line_once"),
            models.CheckConstraint(condition=Q(state__in=LineState.values), name="review_line_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "ended"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="review_line_decision_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("holder")),
                name="review_line_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
