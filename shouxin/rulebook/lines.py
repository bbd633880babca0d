"""How rows of this app's lists read on the workbench: which rule, by whom, since when."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.kit.workbench import Line
from shouxin.people.models import Staff
from shouxin.rulebook.catalogue import jurisdictions
from shouxin.rulebook.catalogue.models import LevelLowering
from shouxin.rulebook.policies.models import PolicyVersion
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose
from shouxin.rulebook.regions.models import RegionVersion


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _named(zh: str, en: str) -> str:
    return en if _english() and en else zh


def purpose(row: Purpose) -> Line:
    address = reverse("rulebook:purpose", args=[row.key])
    return Line(_named(row.name_zh, row.name_en), row.submitted_by or row.drafted_by or "", address=address)


def delivered(row: Mapping[str, str]) -> Line:
    return Line(_named(row["name_zh"], row["name_en"]))


def notice(row: NoticeVersion) -> Line:
    what = _("%(name)s · 第 %(n)d 版") % {
        "name": _named(row.notice.title_zh, row.notice.title_en),
        "n": row.number,
    }
    address = reverse("rulebook:notice_version", args=[row.id])
    return Line(what, row.drafted_by, since=row.drafted_at, address=address)


def policy(row: PolicyVersion) -> Line:
    what = _("%(name)s · 第 %(n)d 版") % {"name": _named(row.title_zh, row.title_en), "n": row.number}
    address = reverse("rulebook:policy_version", args=[row.id])
    return Line(what, row.drafted_by, since=row.drafted_at, address=address)


def to_acknowledge(row: PolicyVersion) -> Line:
    return Line(_named(row.title_zh, row.title_en), since=row.approved_at)


def region(row: RegionVersion) -> Line:
    address = reverse("rulebook:region_version", args=[row.id])
    found = jurisdictions.known().get(row.jurisdiction)
    what = found.name.in_(get_language() or "zh-hans") if found else row.jurisdiction
    return Line(what, row.drafted_by, since=row.drafted_at, address=address)


def lowering(row: LevelLowering) -> Line:
    what = f"{_named(row.field.name_zh, row.field.name_en)} {row.from_level} → {row.to_level}"
    address = reverse("rulebook:field", args=[row.field_id])
    return Line(what, row.proposed_by, since=row.proposed_at, address=address)


def account(row: Staff) -> Line:
    return Line(row.display_name, row.department.name if row.department else "")
