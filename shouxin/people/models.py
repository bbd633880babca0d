"""Who works here. A log-in belongs to a person; a person may hold several log-ins when roles must stay apart."""

import uuid
from datetime import UTC
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.people.connections.models import Connection
from shouxin.people.delegations.models import Delegation
from shouxin.people.duties.models import Duty
from shouxin.people.guarding.models import Place, SecurityNotice, Source
from shouxin.people.joining.models import RoleProposal
from shouxin.people.leaving.models import Departure
from shouxin.people.lists.models import ListLook, ListQuery, SavedFilter
from shouxin.people.notices.models import Address, Choice, Delivery, Notice, Preference, RobotHost
from shouxin.people.preferences.rules import DEFAULT_ZONE, MOST_PINS
from shouxin.people.second_factor.models import FactorDemand, FactorFailure, FactorReset
from shouxin.people.sights.models import SIGHTS, SightSetting
from shouxin.people.suspensions.models import Suspension
from shouxin.people.thresholds.models import ThresholdChange

__all__ = [
    "Address",
    "Choice",
    "Connection",
    "Delegation",
    "Delivery",
    "Department",
    "Departure",
    "Duty",
    "ExternalIdentity",
    "FactorDemand",
    "FactorFailure",
    "FactorReset",
    "LdapGroup",
    "ListLook",
    "ListQuery",
    "Notice",
    "Place",
    "Preference",
    "RobotHost",
    "RoleAssignment",
    "RoleProposal",
    "SavedFilter",
    "ScimGroup",
    "ScimPerson",
    "SecurityNotice",
    "SetupLink",
    "SightSetting",
    "Source",
    "Staff",
    "StaffManager",
    "Suspension",
    "ThresholdChange",
]

ROLE_LENGTH = 32

# The audit administrator stands apart from every other administrator (house rule, also in the database).
AUDIT_APART = Q(roles__contains=["audit_admin"]) & Q(roles__overlap=["system_admin", "security_admin"])
# An administrator's log-in never reads customer data.
ADMIN_READS = Q(roles__overlap=["system_admin", "security_admin", "audit_admin"]) & Q(
    roles__overlap=["clerk", "head", "officer"]
)


class Department(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(_("名称"), max_length=60)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级部门"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    head = models.ForeignKey(
        "people.Staff",
        verbose_name=_("负责人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("部门")
        verbose_name_plural = _("部门")
        ordering = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["parent", "name"], nulls_distinct=False, name="department_name_once_per_parent"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="department_not_its_own_parent"),
            models.CheckConstraint(condition=~Q(name=""), name="department_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class StaffManager(BaseUserManager["Staff"]):
    def get_by_natural_key(self, username: str | None) -> "Staff":
        """Log-ins are found without regard to case, as people type them."""
        return self.get(user_name__iexact=self.model.normalize_username(username or ""))


class Staff(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    # Log-ins of one human being share `person`; "applicant is not approver" compares persons.
    person = models.UUIDField(default=ids.new, editable=False, db_index=True)
    # Stands in the journal instead of the name; random, so that it says nothing by itself.
    pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user_name = models.CharField(_("用户名"), max_length=64)
    display_name = models.CharField(_("姓名"), max_length=100)
    department = models.ForeignKey(
        Department,
        verbose_name=_("部门"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="staff",
    )
    roles = ArrayField(
        models.CharField(max_length=ROLE_LENGTH), verbose_name=_("角色"), default=list, blank=True
    )
    is_active = models.BooleanField(_("在用"), default=True)
    # The one connection this log-in comes in by; none: by password (and by what it is linked to).
    only_through = models.ForeignKey(
        "people.Connection",
        verbose_name=_("只能经"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    must_change_password = models.BooleanField(_("须先修改密码"), default=True)
    password_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    left_at = models.DateTimeField(_("离岗时间"), null=True, blank=True, editable=False)
    # Which time they are here: one more each time somebody comes back, so that what they acknowledged before is over.
    stay = models.PositiveSmallIntegerField(default=1, editable=False)
    # Since when there is a second factor; empty without one. Part of the session hash, so that setting the first one
    # up, removing the last one and a reset end every other session of the log-in.
    second_factor_at = models.DateTimeField(null=True, blank=True, editable=False)
    # While suspended `roles` is empty, whatever else happens to it; the assignments stand and come back with resuming.
    suspended_at = models.DateTimeField(_("暂停时间"), null=True, blank=True, editable=False)
    resumed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Narrower than what the roles let see of customers; empty is what they give.
    sight = models.CharField(max_length=16, blank=True, default="", editable=False)

    # How their own screens look. Pins are URL names of the menu; null until somebody has chosen any.
    time_zone = models.CharField(_("时区"), max_length=40, default=DEFAULT_ZONE)
    compact = models.BooleanField(_("紧凑"), default=False)
    pins = ArrayField(
        models.CharField(max_length=64), verbose_name=_("常用"), null=True, default=None, blank=True
    )

    USERNAME_FIELD = "user_name"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    objects = StaffManager()

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        ordering = ["display_name", "id"]
        indexes: ClassVar = [
            models.Index(fields=["display_name", "id"], name="staff_by_name"),
            models.Index(fields=["user_name", "id"], name="staff_by_user_name"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("user_name"), name="staff_user_name_once"),
            models.CheckConstraint(condition=~Q(user_name="") & ~Q(display_name=""), name="staff_has_names"),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(is_active=False), name="staff_who_left_is_inactive"
            ),
            models.CheckConstraint(condition=~AUDIT_APART, name="staff_audit_stands_apart"),
            models.CheckConstraint(condition=~ADMIN_READS, name="staff_admin_reads_no_customers"),
            models.CheckConstraint(
                condition=Q(suspended_at__isnull=True) | Q(roles__len=0), name="staff_suspended_rights_rest"
            ),
            models.CheckConstraint(condition=Q(sight__in=["", *SIGHTS]), name="staff_sight_known"),
            models.CheckConstraint(
                condition=Q(pins__isnull=True) | Q(pins__len__lte=MOST_PINS), name="staff_few_pins"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_staff(self) -> bool:
        """Every active log-in may enter the console; what it finds there depends on its roles."""
        return self.is_active

    def has_perm(self, perm: str, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Django's model permissions are not used; `core.policy` alone decides."""
        return False

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002 - Django's signature
        """See `has_perm`."""
        return False

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's, over the second factor too."""
        since = self.second_factor_at.astimezone(UTC).isoformat() if self.second_factor_at else ""
        salt = "shouxin.people.models.Staff.get_session_auth_hash"
        return salted_hmac(salt, f"{self.password}|{since}", secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


class RoleAssignment(models.Model):
    """A role asked for by the security administrator; it works once the department head has confirmed it."""

    class Origin(models.TextChoices):
        GRANT = "grant", _("授予并确认")
        SETUP = "setup", _("初始设置")
        SCIM = "scim", _("SCIM 提议")
        LDAP = "ldap", _("目录提议")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=ROLE_LENGTH)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.GRANT)
    granted_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-granted_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff", "role"],
                condition=Q(ended_at__isnull=True),
                name="role_assignment_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(origin="setup") | Q(granted_by__isnull=False),
                name="role_assignment_has_a_granter",
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True)
                | (
                    ~Q(granted_by=F("staff"))
                    & (Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("granted_by")))
                ),
                name="role_assignment_granter_stands_apart",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("staff")),
                name="role_assignment_not_confirmed_by_self",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} ({self.get_origin_display()})"


class SetupLink(models.Model):
    """The one-time link with which the first two people are set up; only the token's digest is kept."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"set-up link until {self.expires_at:%Y-%m-%d %H:%M}"


# These rooms name the tables above, so they come last.
from shouxin.people.directory.models import LdapGroup  # noqa: E402
from shouxin.people.federation.models import ExternalIdentity  # noqa: E402
from shouxin.people.scim.models import ScimGroup, ScimPerson  # noqa: E402
