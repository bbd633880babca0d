"""Which column holds which field: proposed from headings and values, decided by a person, column by column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shouxin.core.identifiers import columns
from shouxin.core.policy import FieldRule, Necessity, PurposeRule, Storage
from shouxin.core.text import Text
from shouxin.customers.intake.agreeing import KEYS as CONSENTS
from shouxin.customers.intake.agreeing import NAMES as CONSENT_NAMES
from shouxin.customers.intake.reading import Inspection, Layout, SheetInfo
from shouxin.customers.registry.rules import NAME_OF, required_fields

SURE = 0.6  # a proposal below it is shown, but the person decides
DROPPED = ""
CUSTOMER_KEY, ORDER_KEY, CONTRACT_KEY = "customer_no", "order_no", "contract_no"
OF_ORDER = frozenset({"order", "order_line"})


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """One sheet: how it is read and what its columns are. A column is a field key, "" (dropped) or None (undecided).

    `used` False: the whole sheet is left aside, by decision; None: not decided yet.
    """

    layout: Layout
    columns: tuple[str | None, ...]
    used: bool | None = None

    @property
    def name(self) -> str:
        return self.layout.sheet

    @property
    def creates(self) -> bool:
        """Whether its rows can begin a customer; otherwise they only add to customers that are there."""
        return any(name in self.columns for name in NAME_OF.values())

    def position(self, key: str) -> int | None:
        """The column that holds `key`."""
        return self.columns.index(key) if key in self.columns else None

    def as_json(self) -> dict[str, Any]:
        return {"layout": self.layout.as_json(), "columns": list(self.columns), "used": self.used}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "SheetPlan":
        return cls(Layout.from_json(data["layout"]), tuple(data["columns"]), data["used"])


@dataclass(frozen=True, slots=True)
class Gap:
    """Why the plan cannot be run yet: `code`, where (sheet, 0-based column, field) and a sentence."""

    code: str
    text: Text
    sheet: str = ""
    column: int | None = None
    field: str = ""


@dataclass(slots=True)
class Proposed:
    """What the columns of a sheet may be; `reasons` says by column what each proposal rests on."""

    plan: SheetPlan
    reasons: list[list[columns.Proposal]] = field(default_factory=list)


def mappable(rules: Mapping[str, FieldRule], purpose: PurposeRule | None = None) -> dict[str, FieldRule]:
    """The fields a column may be mapped to: active, storable and, once it is known, needed for the purpose."""
    return {
        key: rule
        for key, rule in rules.items()
        if rule.active
        and rule.storage is not Storage.FORBIDDEN
        and rule.record != "attachment"  # files are not cells of a table
        and (
            purpose is None
            or (
                purpose.fields.get(key) in {Necessity.REQUIRED, Necessity.OPTIONAL}
                and (purpose.use is None or purpose.use in rule.uses)
            )
        )
    }


def propose(
    inspection: Inspection,
    rules: Mapping[str, FieldRule],
    remembered: Mapping[str, Sequence[str]] | None = None,
) -> list[SheetPlan]:
    """A first plan: every sheet with its proposals; blank columns are dropped, unsure ones left open.

    `remembered` gives, by sheet, the mapping last used for the same heading; it wins where its fields still exist.
    """
    known = mappable(rules)
    plans = []
    for sheet in inspection.sheets:
        layout = inspection.layout(sheet.name)
        earlier = (remembered or {}).get(sheet.name)
        if earlier is not None and len(earlier) == layout.width:
            decided = tuple(key if key in known or key in {DROPPED, *CONSENTS} else None for key in earlier)
        else:
            decided = _chosen(proposals(sheet, known), sheet)
        main = sheet.name == inspection.proposed_sheet
        used = True if main else (None if sheet.rows and not sheet.hidden else False)
        plans.append(SheetPlan(layout, decided, used))
    return plans


def proposals(sheet: SheetInfo, known: Mapping[str, FieldRule]) -> list[list[columns.Proposal]]:
    """By column, what it may hold and why, the likeliest first."""
    return [
        columns.propose(
            name,
            [row.cells[number] for row in sheet.samples if number < len(row.cells)],
            keys=known.keys(),
        )
        for number, name in enumerate(sheet.header)
    ]


def _chosen(found: Sequence[Sequence[columns.Proposal]], sheet: SheetInfo) -> tuple[str | None, ...]:
    """The likeliest field of each column; a field goes to the column that is surest of it."""
    taken: dict[str, tuple[float, int]] = {}
    for number, offers in enumerate(found):
        if offers and offers[0].confidence >= SURE:
            best = offers[0]
            if best.confidence > taken.get(best.field_key, (0.0, 0))[0]:
                taken[best.field_key] = (best.confidence, number)
    by_column = {number: key for key, (_, number) in taken.items()}
    return tuple(
        by_column.get(number, DROPPED if number in sheet.blank_columns else None)
        for number in range(len(sheet.header))
    )


def gaps(
    plans: Sequence[SheetPlan], rules: Mapping[str, FieldRule], purpose: PurposeRule | None
) -> list[Gap]:
    """Everything that keeps these plans from being run; empty when they can."""
    found: list[Gap] = []
    used = [plan for plan in plans if plan.used]
    if not used:
        found.append(
            Gap(
                "plan.no-sheet",
                Text("请至少选择一个要导入的工作表。", "Choose at least one sheet to import."),
            )
        )
    found += [
        Gap(
            "plan.sheet-open",
            Text(
                f"工作表“{plan.name}”尚未决定：导入还是不导入。",
                f"Decide whether sheet “{plan.name}” is imported.",
            ),
            plan.name,
        )
        for plan in plans
        if plan.used is None
    ]
    allowed = mappable(rules, purpose) if purpose else mappable(rules)
    for plan in used:
        found += _column_gaps(plan, rules, allowed, purpose)
        found += _key_gaps(plan, used)
        found += _required_gaps(plan, rules, purpose) if purpose else []
        found += _consent_gaps(plan) if purpose and purpose.consent_based else []
    if used and not any(plan.creates for plan in used) and not any(CUSTOMER_KEY in p.columns for p in used):
        found.append(
            Gap(
                "plan.no-name",
                Text(
                    "没有一列是姓名或单位名称，也没有客户编号，无法知道每一行属于谁。",
                    "No column holds a name, a company name or a customer number, so no row says whose it is.",
                ),
                field="person_name",
            )
        )
    return found


def _column_gaps(
    plan: SheetPlan,
    rules: Mapping[str, FieldRule],
    allowed: Mapping[str, FieldRule],
    purpose: PurposeRule | None,
) -> list[Gap]:
    found = []
    seen: dict[str, int] = {}
    for number, key in enumerate(plan.columns):
        heading = plan.layout.header[number] or str(number + 1)
        if key is None:
            text = Text(
                f"“{heading}”列尚未决定：对应字段，或不导入。",
                f"Column “{heading}”: choose a field, or leave it out.",
            )
            found.append(Gap("plan.column-open", text, plan.name, number))
        elif key == DROPPED:
            continue
        elif key in CONSENTS and (purpose is None or purpose.consent_based) and key not in seen:
            seen[key] = number
        elif key not in allowed and key not in seen:
            name = rules[key].name if key in rules else CONSENT_NAMES.get(key, Text(key, key))
            zh, en = (purpose.name.zh, purpose.name.en) if purpose else ("", "")
            text = Text(
                f"“{heading}”列对应的“{name.zh}”不是目的“{zh}”所需要的，请不导入此列或更换目的。",
                f"“{name.en}” (column “{heading}”) is not needed for “{en}”: leave it out or choose another purpose.",
            )
            found.append(Gap("field.not-for-purpose", text, plan.name, number, key))
        elif key in seen:
            name = rules[key].name if key in rules else CONSENT_NAMES[key]
            text = Text(
                f"“{name.zh}”对应了两列（第 {seen[key] + 1} 列和第 {number + 1} 列）。",
                f"“{name.en}” is given to two columns ({seen[key] + 1} and {number + 1}).",
            )
            found.append(Gap("plan.field-twice", text, plan.name, number, key))
        else:
            seen[key] = number
    return found


def _consent_gaps(plan: SheetPlan) -> list[Gap]:
    """A purpose that rests on consent takes rows only with who agreed to which page, when and how."""
    return [
        Gap(
            "plan.no-consent",
            Text(
                f"目的以同意为基础，但没有一列是“{CONSENT_NAMES[key].zh}”。",
                f"The purpose rests on consent, but no column holds “{CONSENT_NAMES[key].en}”.",
            ),
            plan.name,
            field=key,
        )
        for key in CONSENTS
        if key not in plan.columns
    ]


def _required_gaps(plan: SheetPlan, rules: Mapping[str, FieldRule], purpose: PurposeRule) -> list[Gap]:
    """Fields without which the purpose takes no customer, contact or contract: every row would be refused."""
    mapped = {key for key in plan.columns if key and key not in CONSENTS}
    needed: set[str] = set()
    for kind, name in NAME_OF.items():
        if name in mapped:
            needed.update(required_fields("profile", kind, rules, purpose))
    for record in {rules[key].record for key in mapped if key in rules} & {
        "contact",
        "contract",
        "interaction",
    }:
        needed.update(required_fields(record, None, rules, purpose))
    return [
        Gap(
            "field.required",
            Text(
                f"目的“{purpose.name.zh}”必须有“{rules[key].name.zh}”，但没有一列是它。",
                f"“{purpose.name.en}” requires “{rules[key].name.en}”, but no column holds it.",
            ),
            plan.name,
            field=key,
        )
        for key in sorted(needed - mapped)
    ]


def _key_gaps(plan: SheetPlan, used: Sequence[SheetPlan]) -> list[Gap]:
    """Orders and contracts need their number; whose they are must be told by a customer number or another sheet."""
    needs_order = {
        "order_date",
        "ship_date",
        "order_returned",
        "line_no",
        "product_name",
        "line_sales",
        "product_id",
    }
    found = []
    if needs_order & set(plan.columns) and ORDER_KEY not in plan.columns:
        text = Text(
            "有订单内容的列，但没有“订单编号”列。",
            "There are columns of orders but none holds the order number.",
        )
        found.append(Gap("field.required", text, plan.name, field=ORDER_KEY))
    joins = any(other is not plan and {ORDER_KEY, CUSTOMER_KEY} <= set(other.columns) for other in used)
    if not plan.creates and CUSTOMER_KEY not in plan.columns and not (ORDER_KEY in plan.columns and joins):
        text = Text(
            "此表没有姓名或客户编号列，也不能凭订单编号找到客户。",
            "This sheet has neither names nor customer numbers, and no order number that leads to a customer.",
        )
        found.append(Gap("plan.no-owner", text, plan.name, field=CUSTOMER_KEY))
    if ORDER_KEY in plan.columns and plan.creates and CUSTOMER_KEY not in plan.columns:
        text = Text(
            "有订单编号的表需要“客户编号”列：绝不按姓名合并客户。",
            "A sheet of orders needs a column with customer numbers: customers are never merged by name.",
        )
        found.append(Gap("field.required", text, plan.name, field=CUSTOMER_KEY))
    return found


def decided(plan: SheetPlan, chosen: Sequence[str | None], *, used: bool | None) -> SheetPlan:
    """The plan with a person's word on each column.

    Raises:
        ValueError: not as many choices as columns.
    """
    if len(chosen) != plan.layout.width:
        raise ValueError("one choice for each column")
    return replace(plan, columns=tuple(chosen), used=used)
