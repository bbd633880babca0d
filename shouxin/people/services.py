"""Every change to departments, staff and their roles: check, change, record, in one transaction."""

import secrets
import unicodedata
from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, connection, transaction

from shouxin.core.policy import Actor, ActorKind, Permission, Role
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.kit import clock, ids
from shouxin.people import queries, rules
from shouxin.people.delegations import services as delegations
from shouxin.people.departments import change_department, create_department, open_department
from shouxin.people.duties import queries as duties
from shouxin.people.leaving import ties
from shouxin.people.leaving.ties import Cause, Going, Tied
from shouxin.people.models import Department, RoleAssignment, SetupLink, Staff
from shouxin.people.problems import PeopleError

__all__ = ["PeopleError", "change_department", "create_department"]

# No 0/O, 1/l/I: a first password is often read aloud or copied from paper.
_PASSWORD_SIGNS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # noqa: S105 - an alphabet
_FIRST_PASSWORD_LENGTH = 14
_LAST_ONES = int.from_bytes(b"lastones")  # the advisory lock of `one_after_another`


def first_password() -> str:
    """A password for the first sign-in; 81 bits, and to be changed at once."""
    return "".join(secrets.choice(_PASSWORD_SIGNS) for _ in range(_FIRST_PASSWORD_LENGTH))


@transaction.atomic
def create_staff(
    *,
    actor: Actor,
    user_name: str,
    display_name: str,
    department: UUID,
    password: str | None,
    same_person_as: UUID | None = None,
) -> Staff:
    """Create a log-in without any role, and without a password where a directory outside brings somebody."""
    actor.require(Permission.PEOPLE_STAFF_WRITE)
    person = ids.new() if same_person_as is None else Staff.objects.get(id=same_person_as).person
    staff = _new_staff(user_name, display_name, open_department(department), password, person)
    journal.append(
        actor=actor, event="staff.created", data={"staff": staff.pseudonym, "department": department}
    )
    return staff


def _new_staff(
    user_name: str, display_name: str, department: Department, password: str | None, person: UUID
) -> Staff:
    staff = Staff(
        person=person,
        user_name=unicodedata.normalize("NFKC", user_name).strip(),
        display_name=display_name.strip(),
        department=department,
        password=make_password(password),
        must_change_password=password is not None,
    )
    if not staff.user_name or not staff.display_name:
        raise PeopleError("nameless", Text("请填写用户名和姓名。", "Give a user name and a name."))
    try:
        with transaction.atomic():
            staff.save()
    except IntegrityError as error:
        raise PeopleError(
            "user_name_taken", Text("用户名已被使用。请换一个。", "The user name is taken. Choose another.")
        ) from error
    return staff


@transaction.atomic
def move_staff(*, actor: Actor, staff_id: UUID, department: UUID) -> Staff:
    """Move somebody to another department; their confirmed roles end, since another head answers for them there."""
    actor.require(Permission.PEOPLE_STAFF_WRITE)
    staff = _locked(staff_id)
    target = open_department(department)
    if staff.department_id == target.id:
        return staff
    check_not_last(staff)
    cut = cut_ties(actor, staff, Cause.MOVED)
    staff.department, staff.roles = target, []
    staff.save(update_fields=["department", "roles"])
    journal.append(
        actor=actor,
        event="staff.moved",
        data={"staff": staff.pseudonym, "department": target.id, **cut},
    )
    return staff


def cut_ties(actor: Actor, staff: Staff, cause: Cause) -> dict[str, int]:
    """Roles, headships and whatever rooms above hold for who goes end in this very transaction."""
    _end_assignments(actor, staff, [Role(a.role) for a in staff.assignments.filter(ended_at__isnull=True)])
    try:
        # Before the headship: what falls to the head of the department must still find who that is.
        cut = ties.cut(actor, Going(staff.id, staff.department_id, cause, clock.now()))
    except Tied as tied:
        raise PeopleError(tied.code, tied.text) from tied
    _release_headships(staff)
    return cut


@transaction.atomic
def end_staff(*, actor: Actor, staff_id: UUID) -> Staff:
    """End a log-in: sessions, tokens, roles and grants end at once, its traces stay."""
    actor.require(Permission.PEOPLE_STAFF_WRITE)
    if staff_id == actor.id:
        raise PeopleError(
            "own_log_in",
            Text(
                "不能停用自己的登录名。请由另一位系统管理员办理。",
                "You cannot end your own log-in. Ask another system administrator.",
            ),
        )
    return close_log_in(actor, staff_id)


def close_log_in(actor: Actor, staff_id: UUID) -> Staff:
    """End a log-in within the caller's transaction; whether `actor` may is the caller's to know."""
    staff = _locked(staff_id)
    if staff.left_at is not None:
        raise PeopleError("ended", Text("该登录名已停用。", "This log-in has ended."))
    check_not_last(staff)
    _check_duties_handed_over(staff)
    cut = cut_ties(actor, staff, Cause.LEFT)
    now = clock.now()
    staff.is_active, staff.left_at, staff.roles = False, now, []
    staff.set_unusable_password()
    staff.save(update_fields=["is_active", "left_at", "roles", "password"])
    staff.departures.filter(withdrawn_at__isnull=True, ended_at__isnull=True).update(ended_at=now)
    journal.append(actor=actor, event="staff.ended", data={"staff": staff.pseudonym, **cut})
    return staff


def one_after_another() -> None:
    """Of two last administrators that go at once the second waits here, then finds that it is the last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LAST_ONES])


def check_not_last(
    staff: Staff, lost: Iterable[str] | None = None, kinds: Iterable[Role] = rules.LAST_ADMINISTRATORS
) -> None:
    """Nobody could create log-ins or grant rights any more if the last administrator of a kind went."""
    for role in kinds:
        if role.value not in (staff.roles if lost is None else lost) or role.value not in staff.roles:
            continue
        one_after_another()
        others = Staff.objects.filter(is_active=True, department__isnull=False, roles__contains=[role.value])
        if not others.exclude(id=staff.id).exists():
            raise PeopleError(
                "last_of_its_kind",
                Text(
                    f"这是最后一位{rules.ROLE_NAMES[role].zh}。请先授予另一人该角色。",
                    f"This is the last {rules.ROLE_NAMES[role].en.lower()}. Grant the role to somebody else first.",
                ),
            )


def _check_duties_handed_over(staff: Staff) -> None:
    """What somebody answers for is answered by a successor before the log-in is closed for good."""
    held = duties.held_by(staff)
    if held:
        zh = "、".join(f"{duty.department.name}·{duty.name.zh}" for duty in held)
        en = ", ".join(f"{duty.department.name} · {duty.name.en}" for duty in held)
        raise PeopleError(
            "duties_open",
            Text(
                f"还负有职责：{zh}。请先在“职责”页指定接任人；要立即停止其权限，请用“暂停”。",
                f"Still answers for: {en}. Name a successor under “Duties” first; to stop the rights now, suspend.",
            ),
        )


def _release_headships(staff: Staff) -> None:
    Department.objects.filter(head=staff).update(head=None)


def _locked(staff_id: UUID) -> Staff:
    """The log-in, locked until the transaction ends, so that two changes of its roles follow one another."""
    return Staff.objects.select_for_update().get(id=staff_id)


@transaction.atomic
def grant_role(*, actor: Actor, staff_id: UUID, role: Role) -> RoleAssignment:
    """The security administrator asks for a role; it gives no right until a department head confirms it."""
    actor.require(Permission.PEOPLE_ROLE_GRANT)
    staff = _locked(staff_id)
    if queries.same_person(actor.id, staff.id):
        raise PeopleError(
            "own_role",
            Text(
                "不能给自己授予角色。请由另一位安全管理员办理。",
                "You cannot grant yourself a role. Ask another security administrator.",
            ),
        )
    if not staff.is_active:
        raise PeopleError("ended", Text("该登录名已停用。", "This log-in has ended."))
    open_roles = [Role(a.role) for a in staff.assignments.filter(ended_at__isnull=True)]
    if role in open_roles:
        raise PeopleError(
            "has_role", Text("已有或正在等待确认该角色。", "The role is held or waiting already.")
        )
    _check_apart([*open_roles, role])
    assignment = RoleAssignment.objects.create(staff=staff, role=role, granted_by_id=actor.id)
    journal.append(actor=actor, event="role.granted", data={"staff": staff.pseudonym, "role": role})
    return assignment


def _check_apart(roles: Iterable[Role]) -> None:
    broken = rules.separation_broken(list(roles))
    if broken is not None:
        raise PeopleError(broken.code, broken.reason)


@transaction.atomic
def confirm_role(*, actor: Actor, assignment_id: UUID) -> RoleAssignment:
    """The department head confirms a granted role; from now on it works."""
    actor.require(Permission.PEOPLE_ROLE_CONFIRM)
    staff = _locked(RoleAssignment.objects.get(id=assignment_id).staff_id)
    assignment = RoleAssignment.objects.select_related("granted_by").get(id=assignment_id)
    if assignment.confirmed_at is not None or assignment.ended_at is not None:
        raise PeopleError("not_waiting", Text("该角色已不在等待确认。", "This role is not waiting any more."))
    standing = queries.confirming(actor=actor, assignment=assignment)
    if standing is None:
        raise PeopleError(
            "not_yours_to_confirm",
            Text(
                "须由该部门的负责人确认，且不能是授予人或本人。",
                "The head of that department confirms, who is neither the granter nor the person concerned.",
            ),
        )
    if staff.suspended_at is not None:
        raise PeopleError(
            "suspended",
            Text(
                "此人已暂停。恢复后再确认。", "This person is suspended. Confirm when they have been resumed."
            ),
        )
    _check_apart([Role(role) for role in (*staff.roles, assignment.role)])
    assignment.confirmed_by_id, assignment.confirmed_at = actor.id, clock.now()
    assignment.save(update_fields=["confirmed_by", "confirmed_at"])
    staff.roles = sorted({*staff.roles, assignment.role})
    staff.save(update_fields=["roles"])
    journal.append(
        actor=actor, event="role.confirmed", data={"staff": staff.pseudonym, "role": assignment.role}
    )
    delegations.record_use(actor=actor, standing=standing, deed="role.confirmed")
    return assignment


@transaction.atomic
def end_role(*, actor: Actor, assignment_id: UUID) -> RoleAssignment:
    """Take a role away, or withdraw one that waits; works at once and needs nobody's confirmation."""
    actor.require(Permission.PEOPLE_ROLE_GRANT)
    staff = _locked(RoleAssignment.objects.get(id=assignment_id).staff_id)
    assignment = RoleAssignment.objects.get(id=assignment_id)
    if assignment.ended_at is not None:
        raise PeopleError("ended", Text("该角色已收回。", "This role has been taken away already."))
    if assignment.confirmed_at is not None:
        check_not_last(staff, [assignment.role])
    _take_away(actor, staff, Role(assignment.role))
    assignment.refresh_from_db()
    return assignment


@transaction.atomic
def lapse_role(*, actor: Actor, assignment_id: UUID) -> None:
    """End a role that was not confirmed when rights were reviewed: by who reviews it, or when the time is over.

    Raises:
        PeopleError: `last_of_its_kind`: without it nobody could grant, confirm or decide any more.
    """
    if actor.kind is not ActorKind.SERVICE:
        actor.require(Permission.ACCESS_REVIEW_CONFIRM)
    staff = _locked(RoleAssignment.objects.get(id=assignment_id).staff_id)
    assignment = RoleAssignment.objects.get(id=assignment_id)
    if assignment.ended_at is not None:
        return
    check_not_last(staff, [assignment.role], rules.KEYSTONES)
    _take_away(actor, staff, Role(assignment.role))


def _take_away(actor: Actor, staff: Staff, role: Role) -> None:
    """The role ends with what rested on it alone: granted again later, it starts with nothing."""
    if role is Role.HEAD:
        _release_headships(staff)
    _end_assignments(actor, staff, [role])
    staff.roles = [held for held in staff.roles if held != role]
    staff.save(update_fields=["roles"])
    kept = staff.assignments.filter(confirmed_at__isnull=False, ended_at__isnull=True)
    left = frozenset(Role(held) for held in kept.values_list("role", flat=True))
    ties.cut(actor, Going(staff.id, staff.department_id, Cause.ROLE_ENDED, clock.now(), left))


def _end_assignments(actor: Actor, staff: Staff, roles: Iterable[Role]) -> None:
    by = actor.id if actor.kind is ActorKind.STAFF else None
    for role in roles:
        staff.assignments.filter(role=role, ended_at__isnull=True).update(
            ended_at=clock.now(), ended_by_id=by
        )
        journal.append(actor=actor, event="role.ended", data={"staff": staff.pseudonym, "role": role})
        if role is Role.HEAD:
            delegations.end_of(actor=actor, staff_id=staff.id, now=clock.now())


@transaction.atomic
def reset_password(*, actor: Actor, staff_id: UUID) -> str:
    """Give a log-in a new first password and end its sessions; the password is shown once and never kept."""
    actor.require(Permission.PEOPLE_STAFF_WRITE)
    staff = _locked(staff_id)
    if not staff.is_active:
        raise PeopleError("ended", Text("该登录名已停用。", "This log-in has ended."))
    if staff.id == actor.id:
        raise PeopleError(
            "own_log_in", Text("请用“修改密码”更换自己的密码。", "Use “Change password” for your own.")
        )
    if staff.only_through_id is not None:
        raise PeopleError(
            "no_password",
            Text(
                "没有密码：请先在“登录方式”里改回。",
                "No password: change that under “How they sign in” first.",
            ),
        )
    password = first_password()
    staff.set_password(password)
    staff.must_change_password = True
    staff.save(update_fields=["password", "must_change_password"])
    journal.append(actor=actor, event="staff.password_reset", data={"staff": staff.pseudonym})
    return password


@transaction.atomic
def change_password(*, actor: Actor, password: str) -> Staff:
    """Change one's own password; every other session of the log-in ends with it.

    Raises:
        django.core.exceptions.ValidationError: the password is too weak or the old one again.
    """
    staff = _locked(actor.id)
    validate_password(password, staff)
    if staff.check_password(password):
        raise PeopleError(
            "same_password",
            Text("新密码不能与原密码相同。", "The new password must differ from the old one."),
        )
    staff.set_password(password)
    staff.must_change_password, staff.password_changed_at = False, clock.now()
    staff.save(update_fields=["password", "must_change_password", "password_changed_at"])
    journal.append(actor=actor, event="staff.password_changed")
    return staff


@transaction.atomic
def issue_setup_link() -> str:
    """A path that opens the set-up page once, within 24 hours; earlier links stop working.

    Raises:
        PeopleError: somebody has been set up already.
    """
    if queries.staff_exists():
        raise PeopleError(
            "set_up", Text("系统已完成初始设置。请登录。", "The system is set up already. Please sign in.")
        )
    token = secrets.token_urlsafe(32)
    now = clock.now()
    SetupLink.objects.filter(used_at__isnull=True).update(used_at=now)
    SetupLink.objects.create(token_hash=queries.token_digest(token), expires_at=now + rules.SETUP_LINK_LASTS)
    journal.append(actor=queries.SETUP, event="setup.link_issued")
    # A query string is never logged, and the page takes it out of the address at once.
    return f"/setup/?token={token}"


@transaction.atomic
def set_up(*, token: str, organisation: str, founders: tuple[rules.Founder, rules.Founder]) -> list[Staff]:
    """Use the link: create the organisation's first departments and two people with two log-ins each.

    Raises:
        PeopleError: the link is used, expired or wrong, or a name is missing or taken.
        django.core.exceptions.ValidationError: a password is too weak.
    """
    link = queries.setup_link_of(token)
    # The row lock lets the second of two simultaneous submissions wait, then find the link used.
    if (
        link is None
        or not SetupLink.objects.select_for_update().filter(id=link.id, used_at__isnull=True).exists()
    ):
        raise PeopleError(
            "link_over",
            Text(
                "链接已使用或已过期。请在服务器上重新生成。",
                "The link was used or is over. Make a new one on the server.",
            ),
        )
    SetupLink.objects.filter(id=link.id).update(used_at=clock.now())
    if not organisation.strip():
        raise PeopleError("nameless", Text("请填写单位名称。", "Give the organisation's name."))
    root = Department.objects.create(name=organisation.strip())
    Department.objects.bulk_create(Department(name=name, parent=root) for name in rules.FIRST_DEPARTMENTS)
    made = [staff for founder in founders for staff in _found(founder, root)]
    Department.objects.filter(id=root.id).update(head=next(s for s in made if Role.HEAD.value in s.roles))
    journal.append(
        actor=queries.SETUP, event="setup.completed", data={"people": len(founders), "logins": len(made)}
    )
    return made


def _found(founder: rules.Founder, root: Department) -> list[Staff]:
    """The two log-ins of one founder; the administrative one starts with the same password, to be changed first."""
    person = ids.new()
    made = []
    for user_name, roles in (
        (founder.user_name, founder.work),
        (founder.user_name.strip() + founder.suffix, founder.administration),
    ):
        _check_apart(roles)
        staff = _new_staff(user_name, founder.display_name, root, founder.password, person)
        validate_password(founder.password, staff)
        staff.roles = sorted(role.value for role in roles)
        staff.must_change_password = staff.user_name != founder.user_name.strip()
        staff.save(update_fields=["roles", "must_change_password"])
        now = clock.now()
        RoleAssignment.objects.bulk_create(
            RoleAssignment(staff=staff, role=role, origin=RoleAssignment.Origin.SETUP, confirmed_at=now)
            for role in sorted(roles)
        )
        journal.append(
            actor=queries.SETUP,
            event="staff.created",
            data={"staff": staff.pseudonym, "roles": sorted(roles)},
        )
        made.append(staff)
    return made
