"""Surveys (满意度调查): a few questions, asked of a customer at most once in a while, answered by a link used once.

Of an anonymous survey the answers stand apart: no customer, no moment but the day, an id drawn by chance. The
invitation is gone when it is answered, so that nothing is left that could be put beside the answer.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shouxin.kit import ids
from shouxin.people.models import Department, Staff


class State(models.TextChoices):
    DRAFT = "draft", _("草稿")
    OPEN = "open", pgettext_lazy("survey", "进行中")
    CLOSED = "closed", pgettext_lazy("survey", "已结束")


class Survey(models.Model):
    """What is asked. From its making on the questions stand still."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    title = models.CharField(max_length=60)
    questions = models.JSONField()
    anonymous = models.BooleanField()
    state = models.CharField(max_length=6, choices=State, default=State.DRAFT)
    made_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closes_on = models.DateField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "portal_survey"
        indexes: ClassVar = [models.Index(fields=["-made_at", "-id"], name="portal_survey_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="draft", opened_at=None, closed_at=None)
                | Q(state="open", opened_at__isnull=False, closed_at=None)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
                name="portal_survey_state_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Asked(models.Model):
    """When a customer was asked last: one row each, so that of two surveys at the same moment one comes too soon."""

    customer_id = models.UUIDField(primary_key=True)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    before = models.DateTimeField(null=True)  # what stood here before, should the message not leave

    class Meta:
        db_table = "portal_survey_asked"

    def __str__(self) -> str:
        return str(self.customer_id)


class Invite(models.Model):
    """A link that was sent to one customer and not used yet; its token is kept as a digest."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="invites")
    customer_id = models.UUIDField()
    token_digest = models.BinaryField(unique=True)
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "portal_survey_invite"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "customer_id"], name="portal_survey_invite_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Answer(models.Model):
    """What a customer answered under their own name, sealed under a key of its own."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="+")
    customer_id = models.UUIDField()
    at = models.DateTimeField()
    key_suite = models.SmallIntegerField()
    wrapped_key = models.BinaryField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "portal_survey_answer"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "customer_id"], name="portal_survey_answer_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class ApartAnswer(models.Model):
    """What somebody answered anonymously. The group stands here only where enough of it were asked."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    group = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    key_suite = models.SmallIntegerField()
    wrapped_key = models.BinaryField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "portal_survey_apart"

    def __str__(self) -> str:
        return str(self.id)
