"""What one person sees of customers: the security administrator sets it; the head confirms it, or, where it is more
than the roles give, the officer."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, ActorKind, Permission, Role, Sight
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.people import queries as people
from shouxin.people.delegations.services import record_use
from shouxin.people.models import Staff
from shouxin.people.problems import PeopleError
from shouxin.people.rules import READERS
from shouxin.people.sights import queries, rules
from shouxin.people.sights.models import SightSetting


@transaction.atomic
def ask(*, actor: Actor, staff_id: UUID, sight: Sight | None, now: datetime) -> SightSetting:
    """Ask for a narrower or a wider view, or (None) for what the roles give; it works once it is confirmed."""
    actor.require(Permission.PEOPLE_SIGHT_SET)
    staff = Staff.objects.select_for_update().get(id=staff_id)
    if people.same_person(actor.id, staff.id):
        raise PeopleError(
            "own_sight",
            Text(
                "不能设定自己的可见范围。请由另一位安全管理员办理。",
                "You cannot set your own. Ask another security administrator.",
            ),
        )
    roles = {Role(role) for role in staff.roles}
    if not staff.is_active or not roles & READERS:
        raise PeopleError(
            "sees_nothing",
            Text(
                "此人的角色不接触客户信息，没有可见范围可设。",
                "Their roles see no customers, so there is no view to set.",
            ),
        )
    if sight is rules.of_roles(roles):
        raise PeopleError(
            "as_roles",
            Text(
                "这正是角色所给的范围。请选“按角色”。", "The roles give exactly this. Choose “as the roles”."
            ),
        )
    staff.sights.filter(confirmed_at__isnull=True, ended_at__isnull=True).update(ended_at=now)
    asked = SightSetting.objects.create(
        staff=staff, sight=sight.value if sight else "", set_by_id=actor.id, set_at=now
    )
    _record(actor, "sight.asked", asked)
    return asked


@transaction.atomic
def confirm(*, actor: Actor, setting_id: UUID, now: datetime) -> SightSetting:
    """The head confirms, or the officer what shows more than the roles; it holds from the next page on."""
    actor.require(Permission.PEOPLE_SIGHT_CONFIRM)
    found = SightSetting.objects.filter(id=setting_id).first()
    staff = Staff.objects.select_for_update().get(id=found.staff_id) if found else None
    setting = (
        SightSetting.objects.select_related("staff", "set_by")
        .filter(id=setting_id, confirmed_at__isnull=True, ended_at__isnull=True)
        .first()
    )
    standing = queries.confirming(actor=actor, setting=setting) if setting else None
    if staff is None or setting is None or standing is None:
        raise PeopleError(
            "not_yours_to_confirm",
            Text(
                "没有等待您确认的可见范围。比角色更宽的由个人信息保护负责人确认，其余由部门负责人确认；不能是设定人或本人。",
                "Nothing waits for you here. The officer confirms what is wider than the roles, the head the rest; "
                "never the setter or the one concerned.",
            ),
        )
    _put(staff, setting.sight, now)
    setting.confirmed_by_id, setting.confirmed_at = actor.id, now
    setting.save(update_fields=["confirmed_by", "confirmed_at"])
    _record(actor, "sight.confirmed", setting)
    record_use(actor=actor, standing=standing, deed="sight.confirmed")
    return setting


@transaction.atomic
def lapse(*, actor: Actor, staff_id: UUID, now: datetime) -> None:
    """What nobody confirmed when rights were reviewed: the person sees the own customers only."""
    if actor.kind is not ActorKind.SERVICE:
        actor.require(Permission.ACCESS_REVIEW_CONFIRM)
    staff = Staff.objects.select_for_update().get(id=staff_id)
    _put(staff, Sight.OWN.value, now)
    setting = SightSetting.objects.create(staff=staff, sight=Sight.OWN.value, set_at=now, confirmed_at=now)
    _record(actor, "sight.confirmed", setting)


@transaction.atomic
def end_wider(*, actor: Actor, staff_id: UUID, now: datetime) -> int:
    """Whoever moves or leaves takes no wider view along, asked for or confirmed; a narrower one stays.

    Within the caller's transaction: that somebody goes is decided by whoever may. Gives how many ended.
    """
    staff = Staff.objects.select_for_update().get(id=staff_id)
    wide = [sight.value for sight in Sight if rules.is_wider({Role.CLERK}, sight.value)]
    open_ones = staff.sights.filter(ended_at__isnull=True, sight__in=wide)
    ended = list(open_ones)
    open_ones.update(ended_at=now)
    if staff.sight in wide:
        staff.sight = ""
        staff.save(update_fields=["sight"])
    for setting in ended:
        _record(actor, "sight.ended", setting)
    return len(ended)


def _put(staff: Staff, sight: str, now: datetime) -> None:
    staff.sights.filter(confirmed_at__isnull=False, ended_at__isnull=True).update(ended_at=now)
    staff.sight = sight
    staff.save(update_fields=["sight"])


def _record(actor: Actor, event: str, setting: SightSetting) -> None:
    journal.append(
        actor=actor,
        event=event,
        data={"staff": setting.staff.pseudonym, "sight": setting.sight or "roles"},
    )
