"""How rows of this app's lists read on the workbench: who is concerned, what is asked, since when."""

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.kit.workbench import Line
from shouxin.people.connections.models import Connection
from shouxin.people.duties.models import Duty
from shouxin.people.guarding.models import SecurityNotice
from shouxin.people.joining.models import RoleProposal
from shouxin.people.models import Department, Departure, RoleAssignment, Staff
from shouxin.people.readers import role_name
from shouxin.people.second_factor.models import FactorDemand, FactorReset
from shouxin.people.sights.events import sight_name
from shouxin.people.sights.models import SightSetting
from shouxin.people.thresholds.models import ThresholdChange
from shouxin.people.thresholds.rules import thresholds


def _language() -> str:
    return get_language() or "zh-hans"


def _who(staff: Staff | None) -> str:
    return staff.display_name if staff else ""


def _page(staff: Staff) -> str:
    return reverse("people:staff_detail", args=[staff.id])


def role_granted(row: RoleAssignment) -> Line:
    what = f"{row.staff.display_name} · {role_name(row.role, _language())}"
    return Line(what, _who(row.granted_by), since=row.granted_at)


def role_proposed(row: RoleProposal) -> Line:
    what = f"{row.staff.display_name} · {role_name(row.role, _language())}"
    return Line(what, _who(row.proposed_by), since=row.proposed_at)


def sight(row: SightSetting) -> Line:
    what = f"{row.staff.display_name} · {sight_name(row.sight, _language())}"
    return Line(what, _who(row.set_by), since=row.set_at)


def connection(row: Connection) -> Line:
    return Line(
        f"{row.name} · {row.get_kind_display()}",
        row.drafted_by.display_name,
        since=row.drafted_at,
        address=reverse("people:connection", args=[row.id]),
    )


def release(row: FactorDemand) -> Line:
    return Line(role_name(row.role, _language()), _who(row.release_asked_by), since=row.release_asked_at)


def reset(row: FactorReset) -> Line:
    return Line(row.staff.display_name, _who(row.asked_by), since=row.asked_at)


def threshold(row: ThresholdChange) -> Line:
    known = thresholds.get(row.key)
    what = _("%(name)s 改为 %(value)d") % {
        "name": known.name.in_(_language()) if known else row.key,
        "value": row.value,
    }
    return Line(
        what,
        row.asked_by.display_name,
        since=row.asked_at,
        address=reverse("people:threshold", args=[row.key]),
    )


def vacancy(row: tuple[Department, list[Duty]]) -> Line:
    department, duties = row
    names = _("、").join(duty.name.in_(_language()) for duty in duties)
    return Line(f"{department.name} · {names}", address=reverse("people:duty_appoint", args=[department.id]))


def leaver(row: Staff) -> Line:
    return Line(
        row.display_name,
        row.department.name if row.department else "",
        address=reverse("people:duty_succeed", args=[row.id]),
    )


def member(row: Staff) -> Line:
    return Line(row.display_name, row.department.name if row.department else "", address=_page(row))


def departure(row: Departure) -> Line:
    place = row.staff.department.name if row.staff.department else ""
    return Line(row.staff.display_name, place, until=row.last_day, address=_page(row.staff))


def notice(row: SecurityNotice) -> Line:
    return Line(row.get_kind_display(), since=row.at)
