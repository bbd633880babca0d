"""What customers think and suggest (意见反馈): each with its kind, somebody who answers it, and the day of the answer.

What was written, how to reach whoever wrote it, and the answer are sealed under a key of the item.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.people.models import Department, Staff


class Category(models.TextChoices):
    SERVICE = "service", _("服务")
    PRIVACY = "privacy", _("信息保护")
    PRODUCT = "product", _("产品")
    CHANNEL = "channel", _("网站、门户和通知")
    OTHER = "other", _("其他")


class Source(models.TextChoices):
    PORTAL = "portal", _("客户门户")
    PUBLIC = "public", _("公开页面")


class State(models.TextChoices):
    OPEN = "open", _("待答复")
    ANSWERED = "answered", _("已答复")


class Feedback(models.Model):
    """One item. It always has an owner and a day; answered, it stands."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    number = models.CharField(max_length=20, unique=True)
    code_digest = models.BinaryField()
    customer_id = models.UUIDField(null=True)  # who was signed in; None for whoever has no account
    category = models.CharField(max_length=10, choices=Category)
    source = models.CharField(max_length=10, choices=Source)
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")  # the owner's
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    filed_at = models.DateTimeField()
    due_on = models.DateField()
    escalated_at = models.DateTimeField(null=True)  # past its day: those above the owner know
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    key_suite = models.SmallIntegerField()
    wrapped_key = models.BinaryField()
    words = models.BinaryField()
    answer = models.BinaryField(null=True)

    class Meta:
        db_table = "rights_feedback"
        indexes: ClassVar = [
            models.Index(fields=["due_on", "id"], name="rights_feedback_due", condition=Q(state="open")),
            models.Index(
                fields=["owner", "due_on", "id"], name="rights_feedback_of", condition=Q(state="open")
            ),
            models.Index(fields=["-filed_at", "-id"], name="rights_feedback_newest"),
            models.Index(fields=["customer_id", "-filed_at"], name="rights_feedback_customer"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="rights_feedback_state_known"),
            models.CheckConstraint(
                condition=Q(category__in=Category.values), name="rights_feedback_category"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None, answered_by=None, answer=None)
                | (
                    Q(state="answered")
                    & Q(answered_at__isnull=False, answered_by__isnull=False, answer__isnull=False)
                ),
                name="rights_feedback_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.number
