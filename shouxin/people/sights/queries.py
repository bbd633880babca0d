"""Reading how far people see, and what waits to be confirmed."""

from uuid import UUID

from django.db.models import Q

from shouxin.core.policy import Actor, Permission, Role, Sight
from shouxin.kit.remembering import once
from shouxin.people.delegations.queries import Standing, person_behind, standing
from shouxin.people.models import Staff
from shouxin.people.sights import rules
from shouxin.people.sights.models import SightSetting
from shouxin.people.tree import whole_tree


def confirming(*, actor: Actor, setting: SightSetting) -> Standing | None:
    """On whose strength `actor` may confirm a setting, being neither setter nor the one concerned.

    The head, for the own department. A view of everybody's customers is the officer's to confirm, and so is that of
    somebody above whom there is no other head.
    """
    if not actor.may(Permission.PEOPLE_SIGHT_CONFIRM):
        return None
    about = {setting.staff.person, *([setting.set_by.person] if setting.set_by else [])}
    wider = rules.is_wider({Role(role) for role in setting.staff.roles}, setting.sight)
    if wider or not _has_head(setting.staff, about):
        person = person_behind(actor)
        return Standing(None) if Role.OFFICER in actor.roles and person not in about else None
    return standing(actor=actor, department_id=setting.staff.department_id, about=about)


def _has_head(staff: Staff, about: set[UUID]) -> bool:
    """Whether a head other than those concerned answers for the department."""
    heads = Staff.objects.filter(is_active=True, roles__contains=[Role.HEAD.value])
    known = once(("heads",), lambda: list(heads.values_list("person", "department_id")))
    below = once(("tree",), whole_tree)
    places = {place for person, place in known if person not in about}
    return any(staff.department_id in below(place) for place in places if place)


def waiting(actor: Actor) -> list[SightSetting]:
    """The settings that `actor` can confirm now."""
    if not actor.may(Permission.PEOPLE_SIGHT_CONFIRM):
        return []
    found = SightSetting.objects.filter(
        confirmed_at__isnull=True, ended_at__isnull=True, staff__is_active=True
    ).select_related("staff", "staff__department", "set_by")
    return [one for one in found if confirming(actor=actor, setting=one)]


def sees_more(staff_id: UUID) -> bool:
    """Whether a log-in sees all customers by a setting of its own, confirmed or asked for."""
    wide = Q(sight=Sight.ALL.value)
    return (
        Staff.objects.filter(wide, id=staff_id).exists()
        or SightSetting.objects.filter(wide, staff_id=staff_id, ended_at__isnull=True).exists()
    )


def history(staff: Staff) -> list[SightSetting]:
    """Every setting of a log-in, newest first."""
    return list(staff.sights.select_related("staff", "set_by", "confirmed_by"))
