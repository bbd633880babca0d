"""Narrowing what a person sees of customers: the security administrator sets it, the head confirms it."""

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
from shouxin.people.sights import queries, rules
from shouxin.people.sights.models import SightSetting


@transaction.atomic
def ask(*, actor: Actor, staff_id: UUID, sight: Sight | None, now: datetime) -> SightSetting:
    """Ask for a narrower view, or (None) for what the roles give; it works once the head has confirmed it."""
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
    if not staff.is_active or (sight is not None and rules.narrowed(roles, sight) != sight):
        raise PeopleError(
            "not_narrower",
            Text(
                "只能比角色所给的范围更窄。请另选。",
                "It can only be narrower than what the roles give. Choose again.",
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
    """The head confirms; from the next page on the person sees no more than that."""
    actor.require(Permission.PEOPLE_ROLE_CONFIRM)
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
                "没有等待您确认的可见范围；须由该部门负责人确认，且不能是设定人或本人。",
                "Nothing waits for you here; the head confirms, who is neither the setter nor the one concerned.",
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
