"""Which roles may meet in one log-in, who may confirm whom, when a log-in and a session work (house rule 6)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from shouxin.core.policy import ADMINISTRATORS, OPENS_CUSTOMER_DATA, PERMISSIONS_OF, Role
from shouxin.core.text import Text
from shouxin.people.thresholds.rules import Threshold, declare

IDLE_END = timedelta(minutes=30)
ABSOLUTE_END = timedelta(hours=12)
IDLE = declare(
    Threshold(
        "session-idle",
        Text("登录无操作多久后到期", "Sign-in ends when unused for"),
        Text("到期须重新登录。", "One has to sign in again."),
        "minutes",
        default=30,
        least=5,
        most=60,
    )
)
LONGEST_SESSION = declare(
    Threshold(
        "session-hours",
        Text("一次登录最长多久", "Longest sign-in"),
        Text("无论是否在用，到时都须重新登录。", "Whether in use or not, one has to sign in again."),
        "hours",
        default=12,
        least=1,
        most=12,
    )
)
SETUP_LINK_LASTS = timedelta(hours=24)

ROLE_NAMES: dict[Role, Text] = {
    Role.CLERK: Text("经办", "Clerk"),
    Role.HEAD: Text("部门负责人", "Department head"),
    Role.OFFICER: Text("个人信息保护负责人", "Personal information protection officer"),
    Role.SYSTEM_ADMIN: Text("系统管理员", "System administrator"),
    Role.SECURITY_ADMIN: Text("安全管理员", "Security administrator"),
    Role.AUDIT_ADMIN: Text("审计管理员", "Audit administrator"),
    Role.SUPERVISOR: Text("监督", "Supervisor"),
}

# Roles that open customer data, masked or clear: taken from the page of permissions, so that they cannot drift.
READERS = frozenset(role for role in Role if PERMISSIONS_OF[role] & OPENS_CUSTOMER_DATA)


# Without one of each nobody could create log-ins or grant rights; without one of KEYSTONES nobody could restore what a
# review let lapse: rights are granted by one, confirmed by another, and what is stuck goes to the officer.
LAST_ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
KEYSTONES = (*LAST_ADMINISTRATORS, Role.HEAD, Role.OFFICER)


@dataclass(frozen=True, slots=True)
class Separation:
    """Why two roles may not meet in one log-in, and what would work."""

    code: str
    reason: Text


AUDIT_APART = Separation(
    "audit_apart",
    Text(
        "审计管理员不得与其他管理员同用一个登录名（三员分立）。请为同一人另建一个登录名。",
        "The audit administrator never shares a log-in with another administrator. Give the person a second log-in.",
    ),
)
ADMIN_READS = Separation(
    "admin_reads",
    Text(
        "管理员与接触客户信息的角色不得同用一个登录名。请为同一人另建一个登录名。",
        "An administrator never reads customer data in the same log-in. Give the person a second log-in.",
    ),
)

_REMARKS: tuple[tuple[frozenset[Role], str, Text], ...] = (
    (
        frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}),
        "system_and_security",
        Text(
            "系统管理员与安全管理员由一个登录名兼任：建账号与授权限未分开。",
            "System and security administrator in one log-in: creating accounts and granting rights are not apart.",
        ),
    ),
    (
        frozenset({Role.HEAD, Role.OFFICER}),
        "head_and_officer",
        Text(
            "部门负责人与个人信息保护负责人由一个登录名兼任：起草与批准须由不同的人完成。",
            "Department head and officer in one log-in: drafting and approving must be done by different people.",
        ),
    ),
    (
        frozenset({Role.SUPERVISOR, Role.OFFICER}),
        "supervisor_and_officer",
        Text(
            "监督与个人信息保护负责人由一个登录名兼任：监督者检查自己的工作。",
            "Supervisor and officer in one log-in: the supervisor checks their own work.",
        ),
    ),
    (
        frozenset({Role.SUPERVISOR, Role.HEAD}),
        "supervisor_and_head",
        Text(
            "监督与部门负责人由一个登录名兼任：监督者检查自己的部门。",
            "Supervisor and department head in one log-in: the supervisor checks their own department.",
        ),
    ),
    (
        frozenset({Role.SUPERVISOR, Role.SECURITY_ADMIN}),
        "supervisor_and_security",
        Text(
            "监督与安全管理员由一个登录名兼任：监督者检查自己授予的权限。",
            "Supervisor and security administrator in one log-in: the supervisor checks rights they granted.",
        ),
    ),
)


def separation_broken(roles: Collection[Role]) -> Separation | None:
    """The separation that these roles would break in one log-in; no organisation is small enough for it."""
    held = frozenset(roles)
    if Role.AUDIT_ADMIN in held and held & (ADMINISTRATORS - {Role.AUDIT_ADMIN}):
        return AUDIT_APART
    if held & ADMINISTRATORS and held & READERS:
        return ADMIN_READS
    return None


def remarks(roles: Collection[Role]) -> list[tuple[str, Text]]:
    """Allowed for a small organisation, but to stand before the officer: (code, sentence) per combination."""
    held = frozenset(roles)
    return [(code, text) for combination, code, text in _REMARKS if combination <= held]


def may_confirm(*, confirmer: UUID, granter: UUID | None, grantee: UUID) -> bool:
    """Whether the person `confirmer` stands apart from who asked for the role and from who gets it."""
    return confirmer not in {granter, grantee}


def may_sign_in(*, is_active: bool, has_department: bool, roles: Collection[str]) -> bool:
    """A log-in works only for someone active who has a department and a role there."""
    return is_active and has_department and bool(roles)


def session_over(
    *,
    started: datetime,
    seen: datetime,
    now: datetime,
    idle: timedelta = IDLE_END,
    absolute: timedelta = ABSOLUTE_END,
) -> bool:
    """Whether a session has been idle too long or has lasted too long, whatever is done in it."""
    return now - seen > idle or now - started > absolute


def address_is_spent(failures: int) -> bool:
    """Whether one network address has failed to sign in too often within the window of the lock."""
    return failures >= ADDRESS_LIMIT


# Five wrong passwords lock one name from one address; an address may fail this often over all names.
NAME_LIMIT = 5
ADDRESS_LIMIT = 30
LOCK_LASTS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Founder:
    """One of the first two people: what they typed, and the roles of their two log-ins."""

    user_name: str
    display_name: str
    password: str
    work: frozenset[Role]
    administration: frozenset[Role]
    suffix: str


# What the first person may do the second confirms, and the reverse: rights are granted by the one and confirmed by
# the other, purposes drafted by the other and approved by the one, and the one who creates log-ins does not audit.
FIRST_FOUNDER = (frozenset({Role.OFFICER}), frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}), "-admin")
SECOND_FOUNDER = (frozenset({Role.HEAD, Role.CLERK}), frozenset({Role.AUDIT_ADMIN}), "-audit")
# The departments that the rules on customer information name first; the organisation adds its own.
FIRST_DEPARTMENTS = ("市场部", "销售部", "客服部", "信息技术部")
