"""How rows of this app's lists read on the workbench: who asks for what, until when."""

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from shouxin.access.clients.models import ApiClient
from shouxin.access.emergency.models import EmergencyAccess
from shouxin.access.grants.models import StandingGrant
from shouxin.access.highrisk.models import RiskAlert, RiskMark
from shouxin.access.reviews.models import Review
from shouxin.access.secrets.models import SecretReader
from shouxin.access.sync.models import CustomerChange
from shouxin.access.webhooks.models import Endpoint
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.naming import nameable
from shouxin.kit.workbench import Line
from shouxin.people.models import Department
from shouxin.people.readers import role_name


def _language() -> str:
    return get_language() or "zh-hans"


def purpose_name(key: str) -> str:
    """A purpose by its name, or its key where it is gone."""
    rule = rulebooks["rulebook"].purpose(key)
    return rule.name.in_(_language()) if rule else key


def _fields(count: int) -> str:
    return ngettext("%(n)d 个字段", "%(n)d 个字段", count) % {"n": count}


def _asked(row: StandingGrant, *, ends: bool) -> Line:
    what = f"{purpose_name(row.purpose)} · {_fields(len(row.fields))}"
    address = reverse("access:grant", args=[row.id])
    if ends:
        return Line(what, row.staff.display_name, until=row.until, address=address)
    return Line(what, row.staff.display_name, since=row.proposed_at, address=address)


def grant(row: StandingGrant) -> Line:
    return _asked(row, ends=False)


def ending_grant(row: StandingGrant) -> Line:
    return _asked(row, ends=True)


def client(row: ApiClient) -> Line:
    return Line(
        row.name,
        row.owner.display_name,
        since=row.proposed_at,
        address=reverse("access:client", args=[row.id]),
    )


def ending_client(row: ApiClient) -> Line:
    return Line(
        row.name, row.owner.display_name, until=row.ends_at, address=reverse("access:client", args=[row.id])
    )


def endpoint(row: Endpoint) -> Line:
    what = _("推送地址 · %(name)s") % {"name": row.client.name}
    return Line(
        what,
        row.proposed_by.display_name,
        since=row.disabled_at or row.proposed_at,
        address=reverse("access:webhook", args=[row.id]),
    )


def emergency(row: EmergencyAccess) -> Line:
    return Line(
        f"{purpose_name(row.purpose)} · {_fields(len(row.fields))}",
        row.staff.display_name,
        until=row.review_due,
        address=reverse("access:emergency", args=[row.id]),
        customer=row.customer_id,
    )


def review(row: Review) -> Line:
    what = row.department.name if row.department else ""
    return Line(what, until=row.due_at, address=reverse("access:review", args=[row.id]))


def risk(row: RiskMark) -> Line:
    known = rulebooks["rulebook"].fields().get(row.field)
    what = (
        known.name.in_(_language()) if known and nameable(row.field) else "" if row.customer_id else row.field
    )
    by, since = row.proposed_by, row.proposed_at
    if row.end_proposed_by and row.end_proposed_at:
        by, since = row.end_proposed_by, row.end_proposed_at
        what = " · ".join(part for part in (what, _("取消标记")) if part)
    return Line(
        what,
        by.display_name,
        since=since,
        address=reverse("access:risk", args=[row.id]),
        customer=row.customer_id,
    )


def alert(row: RiskAlert) -> Line:
    return Line(
        f"{purpose_name(row.purpose)} · {_fields(len(row.fields))}",
        row.reader.display_name,
        since=row.at,
        customer=row.customer_id,
    )


def secret(row: SecretReader) -> Line:
    what = f"{row.department.name} · {role_name(row.role, _language())}"
    address = reverse("access:secret", args=[row.id])
    return Line(what, row.asked_by.display_name, until=row.until, address=address)


def change(row: CustomerChange) -> Line:
    return Line("", row.client.name, since=row.at, customer=row.customer_id)


def department(row: Department) -> Line:
    return Line(row.name)
