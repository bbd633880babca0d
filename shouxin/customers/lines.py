"""How rows of this app's lists read on the workbench: what it is, whose, until when; never a value of a customer."""

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.customers.cleanup import rules as cleanup_rules
from shouxin.customers.cleanup.models import CleanupItem
from shouxin.customers.collection.models import CollectionPlan
from shouxin.customers.collection_forms.models import FormVersion
from shouxin.customers.duplicates import rules as duplicate_rules
from shouxin.customers.duplicates.models import SuspectedPair
from shouxin.customers.handover.models import Handover
from shouxin.customers.handover.queries import Leaver
from shouxin.customers.intake.models import ImportBatch
from shouxin.customers.promises.models import Promise
from shouxin.gate.bench import purpose_name
from shouxin.kit.workbench import Line


def _language() -> str:
    return get_language() or "zh-hans"


def batch(row: ImportBatch) -> Line:
    count = _("%(n)d 行") % {"n": row.rows_total} if row.rows_total else ""
    what = " · ".join(part for part in (purpose_name(row.purpose) if row.purpose else "", count) if part)
    return Line(
        what or _("导入批次"),
        row.operator.display_name,
        since=row.uploaded_at,
        address=reverse("customers:import_batch", args=[row.id]),
    )


def form(row: FormVersion) -> Line:
    title = row.title_en if _language().startswith("en") and row.title_en else row.title_zh
    who, since = row.submitted_by or row.drafted_by, row.submitted_at or row.drafted_at
    return Line(title, who, since=since, address=reverse("customers:form_version", args=[row.id]))


def plan(row: CollectionPlan) -> Line:
    who, since = row.submitted_by or row.drafted_by, row.submitted_at or row.drafted_at
    return Line(row.title, who, since=since, address=reverse("customers:plan", args=[row.id]))


def ending_plan(row: CollectionPlan) -> Line:
    reached = _("已收 %(n)d / %(most)d 人") % {"n": row.people, "most": row.maximum}
    return Line(row.title, reached, until=row.ends_on, address=reverse("customers:plan", args=[row.id]))


def leaver(row: Leaver) -> Line:
    what = _("%(n)d 位客户待交接") % {"n": row.waiting}
    return Line(what, row.staff.display_name, address=reverse("customers:handover_of", args=[row.staff.id]))


def incoming(row: Handover) -> Line:
    return Line("", row.leaver.display_name, since=row.proposed_at, customer=row.customer_id)


def promise(row: Promise) -> Line:
    return Line(
        row.get_kind_display(),
        row.owner.display_name,
        until=row.due_on,
        address=reverse("customers:promise", args=[row.customer_id, row.id]),
        customer=row.customer_id,
    )


def pair(row: SuspectedPair) -> Line:
    said = [
        duplicate_rules.REASONS[code].in_(_language())
        for code in row.reasons
        if code in duplicate_rules.REASONS
    ]
    return Line(
        _("、").join(said),
        _("相似度 %(n)d%%") % {"n": round(100 * row.score)},
        since=row.found_at,
        address=reverse("customers:duplicate", args=[row.id]),
        customer=row.customer_id,
    )


def cleanup(row: CleanupItem) -> Line:
    said = [
        cleanup_rules.REASONS[code].in_(_language()) for code in row.reasons if code in cleanup_rules.REASONS
    ]
    return Line(_("、").join(said), since=row.last_active_at, customer=row.customer_id)
