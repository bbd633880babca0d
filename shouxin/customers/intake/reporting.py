"""首日体检报告: what one import brought into the house, each line with what to do about it. Counts, never a value."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from shouxin.core.policy import FieldRule, PurposeRule, PurposeStatus
from shouxin.core.text import Text
from shouxin.customers.intake.drafts import Draft
from shouxin.customers.intake.mapping import DROPPED
from shouxin.customers.intake.models import Existing, ImportBatch
from shouxin.customers.intake.presenting import language, said, sheet_label
from shouxin.customers.registry.models import Customer, Kind, Record, RecordKind
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.rules import cite
from shouxin.kit import clock
from shouxin.rulebook import wording
from shouxin.rulebook.catalogue.models import ReferenceRow, RetentionRule
from shouxin.rulebook.purposes.models import PurposeField
from shouxin.vault.models import Group

# Periods that begin with the import itself; every other begins with an event that is still to come.
FROM_IMPORT = frozenset({"collection", "created", "capture_time", "record_date"})
OPERATORS = {">=": "≥", "<=": "≤"}
COUNTERS = {"live_persons": False, "live_sensitive_persons": True}
# Codes that speak of the row or the file, not of what a value claims to be.
NOT_OF_VALUES = ("row.", "field.", "cell.", "value.", "plan.")
MONTHS = {"year": 12, "month": 1}


@dataclass(frozen=True, slots=True)
class Way:
    """What can be done about a line of the report, and where."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Report:
    """One batch as it is examined: its counts, the catalogue, and its purpose if that still exists."""

    batch: ImportBatch
    draft: Draft | None  # only for the importer, and only while it is kept
    rules: dict[str, FieldRule]
    purpose: PurposeRule | None

    @classmethod
    def of(cls, batch: ImportBatch, draft: Draft | None) -> "Report":
        book = rulebooks["rulebook"]
        return cls(batch, draft, dict(book.fields()), book.purpose(batch.purpose))

    def filled(self) -> dict[str, int]:
        """How many values of each field the file brought, as the check counted them."""
        found: dict[str, int] = self.batch.findings.get("filled", {})
        return {key: count for key, count in found.items() if key in self.rules}


def context_of(batch: ImportBatch, draft: Draft | None) -> dict[str, Any]:
    """Everything on the page."""
    report = Report.of(batch, draft)
    return {
        "sensitive": sensitive(report),
        "left_out": left_out(report),
        "wrong": wrong_values(report),
        "shared": shared(report),
        "existing": batch.findings.get("existing", 0),
        "existing_policy": str(Existing(batch.existing).label),
        "retention": retention(report),
        "thresholds": thresholds(report.rules.values()),
        "bases": missing_bases(report),
        "article": cite(report.purpose.article, language()) if report.purpose else "",
        "purpose_way": purpose_way(batch),
        "find_way": Way(_("查找并核对"), reverse("customers:find")),
        "result_way": Way(_("看对账与被拒绝的行"), reverse("customers:import_result", args=[batch.id])),
    }


def purpose_way(batch: ImportBatch) -> Way:
    return Way(_("打开处理目的"), reverse("rulebook:purpose", args=[batch.purpose]))


def sensitive(report: Report) -> list[dict[str, Any]]:
    """The sensitive fields that were found, with the reason why the purpose needs each (PIPL 28)."""
    found = {key: count for key, count in report.filled().items() if report.rules[key].sensitive}
    needs = {
        need.field_id: need
        for need in PurposeField.objects.filter(purpose_id=report.batch.purpose, field_id__in=list(found))
    }
    return [
        {
            "name": said(report.rules[key].name),
            "rule": report.rules[key],
            "count": count,
            "reason": needs[key].sensitive_reason if key in needs else "",
            "way": Way(_("看字段规则"), reverse("rulebook:field", args=[key])),
        }
        for key, count in sorted(found.items(), key=lambda pair: -pair[1])
    ]


def left_out(report: Report) -> dict[str, Any]:
    """The columns that were not taken in; by name for the importer, as long as the names are kept."""
    names = [
        (sheet_label(plan), plan.layout.header[number] or str(number + 1))
        for plan in (report.draft.sheets if report.draft else ())
        if plan.used
        for number, key in enumerate(plan.columns)
        if key == DROPPED and plan.layout.header[number]
    ]
    sheets = [sheet_label(plan) for plan in (report.draft.sheets if report.draft else ()) if not plan.used]
    return {
        "count": report.batch.findings.get("columns_left_out", 0),
        "names": names,
        "sheets": sheets,
    }


def wrong_values(report: Report) -> list[dict[str, Any]]:
    """Identifiers and dates that are not what they claim to be, by field and rule."""
    return [
        {
            "name": said(report.rules[found["field"]].name),
            "text": said(Text(*found["text"])),
            "count": found["count"],
            "refused": found["refuses"],
        }
        for found in report.batch.findings.get("problems", [])
        if found["field"] in report.rules and not found["code"].startswith(NOT_OF_VALUES)
    ]


def shared(report: Report) -> list[dict[str, Any]]:
    """Identifiers that several customers of the file hold."""
    found: dict[str, int] = report.batch.findings.get("shared", {})
    return [
        {"name": said(report.rules[key].name), "count": count}
        for key, count in found.items()
        if count and key in report.rules
    ]


def retention(report: Report) -> list[dict[str, Any]]:
    """By retention rule: which fields, for how long, from when on, and until when where that is known already."""
    fields: dict[str, list[str]] = {}
    for key in report.filled():
        rule = report.rules[key]
        code = report.purpose.retention_of(rule) if report.purpose else rule.retention_rule
        fields.setdefault(code, []).append(said(rule.name))
    begun = clock.today(report.batch.finished_at) if report.batch.finished_at else None
    return [
        {
            "rule": rule,
            "fields": fields[rule.code],
            "period": wording.period(rule.default_value, rule.default_unit),
            "start": wording.in_words("start", rule.clock_start),
            "action": wording.in_words("action", rule.action_at_expiry),
            "until": _end(rule, begun),
        }
        for rule in RetentionRule.objects.filter(code__in=list(fields)).order_by("code")
    ]


def _end(rule: RetentionRule, begun: date | None) -> date | None:
    known = begun is not None and rule.clock_start in FROM_IMPORT and rule.default_unit in MONTHS
    if not known or begun is None or rule.default_value <= 0:
        return None
    return clock.months_later(begun, rule.default_value * MONTHS[rule.default_unit])


def persons() -> int:
    """Everybody alive in the register: customers who are persons, and contacts of organisations."""
    contacts = Record.objects.filter(kind=RecordKind.CONTACT, ended_at__isnull=True)
    return Customer.objects.filter(kind=Kind.PERSON).count() + contacts.count()


def persons_with_sensitive(rules: Iterable[FieldRule]) -> int:
    """Customers who have a storage group in which sensitive values can stand: at most so many."""
    groups = {rule.storage_group for rule in rules if rule.sensitive and rule.active}
    held = Group.objects.filter(storage_group__in=groups).exclude(state="destroyed")
    return held.values("customer_id").distinct().count()


def thresholds(rules: Iterable[FieldRule]) -> list[dict[str, Any]]:
    """The thresholds of the rule pack that count persons, and how far off each is."""
    rows = ReferenceRow.objects.filter(table="thresholds", pack_row__counter__in=list(COUNTERS))
    now = {"live_persons": persons(), "live_sensitive_persons": persons_with_sensitive(rules)}
    lines = []
    for row in rows:
        facts, limit = row.pack_row, int(row.pack_row["value"])
        count = now[facts["counter"]]
        lines.append(
            {
                "row": row,
                "sensitive": COUNTERS[facts["counter"]],
                "count": count,
                "limit": limit,
                "operator": OPERATORS.get(facts["operator"], facts["operator"]),
                "below": facts["operator"] == "<",
                "reached": count > limit if facts["operator"] == ">" else count >= limit,
                "left": max(0, limit - count),
                "effect": said(Text(facts["effect_zh"], facts["effect_en"])),
                "basis": facts["basis"],
            }
        )
    return sorted(lines, key=lambda line: (line["limit"], line["sensitive"]))


def missing_bases(report: Report) -> Sequence[str]:
    """What the import rests on and is not there, or no longer."""
    batch, purpose, found = report.batch, report.purpose, list[str]()
    if purpose is None or purpose.status is not PurposeStatus.ACTIVE:
        found.append(_("声明的处理目的已经停用：不能再为它使用这些信息。"))
    elif purpose.notice_version_id != batch.notice_version:
        found.append(_("导入之后告知有了新版本：请判断是否需要重新告知这些客户。"))
    found += [
        _("敏感个人信息“%(field)s”没有写明对这个目的的必要性（个人信息保护法 第28条）。")
        % {"field": line["name"]}
        for line in sensitive(report)
        if not line["reason"]
    ]
    if batch.source == "external" and not batch.accepted_by_id:
        found.append(_("外部来源还没有经另一位人员核准（个人信息保护法 第23条）。"))
    return found
