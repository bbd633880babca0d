"""Reading how far people see, and what waits to be confirmed."""

from shouxin.core.policy import Actor, Permission
from shouxin.people.delegations.queries import Standing, standing
from shouxin.people.models import Staff
from shouxin.people.sights.models import SightSetting


def confirming(*, actor: Actor, setting: SightSetting) -> Standing | None:
    """On whose strength `actor` may confirm a setting: as the head, who is neither setter nor the one concerned."""
    if not actor.may(Permission.PEOPLE_ROLE_CONFIRM):
        return None
    about = {setting.staff.person, *([setting.set_by.person] if setting.set_by else [])}
    return standing(actor=actor, department_id=setting.staff.department_id, about=about)


def waiting(actor: Actor) -> list[SightSetting]:
    """The settings that `actor` can confirm now."""
    if not actor.may(Permission.PEOPLE_ROLE_CONFIRM):
        return []
    found = SightSetting.objects.filter(
        confirmed_at__isnull=True, ended_at__isnull=True, staff__is_active=True
    ).select_related("staff", "staff__department", "set_by")
    return [one for one in found if confirming(actor=actor, setting=one)]


def history(staff: Staff) -> list[SightSetting]:
    """Every setting of a log-in, newest first."""
    return list(staff.sights.select_related("staff", "set_by", "confirmed_by"))
