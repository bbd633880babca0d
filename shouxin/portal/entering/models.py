"""How a customer comes in: codes that were asked for, sessions of their own, invitations handed over by staff.

Nothing here is a member of staff's log-in: other table, other cookie, other rules.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.customers.registry.models import Customer
from shouxin.kit import ids
from shouxin.people.models import Staff


class Way(models.TextChoices):
    """By what somebody came in."""

    EMAIL = "email", _("邮箱验证码")
    SMS = "sms", _("短信验证码")
    INVITATION = "invitation", _("邀请码")


class Session(models.Model):
    """A customer who is in. The browser holds the token; here lies its digest."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    token_digest = models.BinaryField(unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    way = models.CharField(max_length=12, choices=Way)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    second_factor_at = models.DateTimeField(null=True)  # when a second code was typed
    # Whether it went by another way than the first: two codes to one phone prove no more than one.
    second_apart = models.BooleanField(default=False, db_default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "portal_session"
        indexes: ClassVar = [models.Index(fields=["started_at"], name="portal_session_age")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(seen_at__gte=F("started_at")), name="portal_session_seen_later"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Challenge(models.Model):
    """A code that was asked for, by a browser that holds the token; whom it concerns is known to the server alone.

    The request writes the same row whoever is asked for; a job looks up what it means.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    token_digest = models.BinaryField(unique=True)
    identifier = models.BinaryField(null=True)  # sealed; gone when this is over
    identifier_digest = models.CharField(max_length=32)  # keyed
    customer_id = models.UUIDField(null=True)  # once known
    way = models.CharField(max_length=12, choices=Way, blank=True)  # by which the code went, once it did
    session = models.ForeignKey(
        Session, null=True, on_delete=models.CASCADE, related_name="+"
    )  # a second code
    case_id = models.UUIDField(null=True)  # of a request that is followed: the code goes to whoever made it
    code_digest = models.BinaryField(null=True)
    attribute = models.BooleanField(default=False)  # the contact alone opens nothing
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    proved_at = models.DateTimeField(null=True)  # the code was right; the attribute is still asked for
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "portal_challenge"
        indexes: ClassVar = [
            models.Index(fields=["identifier_digest", "-sent_at"], name="portal_challenge_of"),
            models.Index(fields=["made_at"], name="portal_challenge_age"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(tries__lte=10), name="portal_challenge_few_tries"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(code_digest__isnull=True),
                name="portal_challenge_used_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Invitation(models.Model):
    """A code that staff handed to a customer, on paper or aloud; it opens with something only they know besides."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    code_digest = models.BinaryField(unique=True)
    made_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "portal_invitation"
        indexes: ClassVar = [models.Index(fields=["customer", "-made_at"], name="portal_invitation_of")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(used_at__isnull=True, ended_at__isnull=True),
                name="portal_invitation_one_open",
            ),
            models.CheckConstraint(condition=Q(tries__lte=5), name="portal_invitation_few_tries"),
        ]

    def __str__(self) -> str:
        return str(self.id)
