"""What a customer's page shows of the values: groups by grade and state, and each kind of record as a table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy

from shouxin.core.policy import Exposure, FieldRule, GroupState, PurposeRule
from shouxin.customers.registry import origins
from shouxin.customers.registry.models import TYPED, Kind, RecordKind
from shouxin.customers.registry.presenting import FIGURES, Checked, cell, in_reading_order, spoken
from shouxin.customers.registry.queries import Cell, CustomerView, RecordView
from shouxin.gate.facts import rules as rulebooks

ROWS = 10  # of a kind of record before the rest is folded away
MOST_COLUMNS = 5
GOODS = "product_name"
DAYS = ("interaction_at", "order_date", "contract_signed_on")  # the days dealings are of
# What a row of the table says, in this order, as far as the reader sees it; the rest unfolds below the row.
COLUMNS: Mapping[RecordKind, tuple[str, ...]] = {
    RecordKind.CONTACT: (
        *("contact_name", "contact_person", "contact_title", "contact_mobile"),
        *("contact_landline", "contact_email"),
    ),
    RecordKind.ORDER: ("order_no", "order_date", "ship_date", "order_returned"),
    RecordKind.CONTRACT: (
        *("contract_no", "lease_contract_no", "contract_name", "contract_type"),
        *("contract_signed_on", "contract_end", "contract_status", "contract_amount", "lease_amount"),
    ),
    RecordKind.INTERACTION: (
        *("interaction_at", "interaction_channel", "interaction_direction", "interaction_outcome"),
        *("complaint", "interaction_note", "visit_record"),
    ),
}
STATES: Mapping[GroupState, tuple[str, Any]] = {
    GroupState.COLLECTED: ("info", gettext_lazy("已收集")),
    GroupState.IN_USE: ("ok", gettext_lazy("使用中")),
    GroupState.LOCKED: ("warn", gettext_lazy("封存")),
    GroupState.DESTROYED: ("bad", gettext_lazy("已销毁")),
    GroupState.TRANSFERRED: ("muted", gettext_lazy("已转移")),
    GroupState.ANONYMISED: ("muted", gettext_lazy("已匿名化")),
}
OVER: Mapping[GroupState, Any] = {
    GroupState.LOCKED: gettext_lazy("只存储和采取安全保护，不再使用，因此不显示。"),
    GroupState.DESTROYED: gettext_lazy("密钥已销毁，内容不可恢复。"),
    GroupState.TRANSFERRED: gettext_lazy("已转移给接收方，这里不再显示。"),
    GroupState.ANONYMISED: gettext_lazy("已匿名化，不再对应到这位客户。"),
}
_CARE = {Exposure.PUBLIC: 0, Exposure.SEMI_PUBLIC: 1, Exposure.PRIVATE: 2}
Standings = Mapping[str, GroupState]  # by storage group
Origins = Mapping[UUID, origins.Origin]


def provenances_of(view: CustomerView) -> dict[UUID, origins.Origin]:
    """Where everything shown came from."""
    wanted = {
        found.provenance
        for cells in (view.cells, *(record.cells for record in view.records))
        for found in cells.values()
        if found.provenance
    }
    return origins.of(wanted)


def groups(
    view: CustomerView, standings: Standings, provenances: Origins, checked: Checked
) -> list[dict[str, Any]]:
    """The profile's values by grade and state; what needs the most care first, within a grade in reading order."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in in_reading_order(view.cells):
        rule, state = one.rule, standings.get(one.rule.storage_group)
        key = (rule.exposure, rule.level, rule.sensitive, rule.trade_secret, state)
        if key not in found:
            kind, name = STATES[state] if state else ("", "")
            found[key] = {"rule": rule, "state_kind": kind, "state": name, "cells": []}
        found[key]["cells"].append(cell(one, provenances, checked.get((view.row.id, rule.key))))
    return sorted(found.values(), key=lambda group: care(group["rule"]), reverse=True)


def care(rule: FieldRule) -> tuple[int, int]:
    """How much care a field needs, for comparing."""
    return _CARE[rule.exposure], rule.level


def over(purpose: PurposeRule, standings: Standings) -> list[dict[str, Any]]:
    """Groups of the profile that are closed for good or locked: which fields, and what that means."""
    fields, language = rulebooks["rulebook"].fields(), get_language() or "zh-hans"
    closed: dict[GroupState, list[str]] = {}
    for key in purpose.fields:
        rule = fields.get(key)
        state = standings.get(rule.storage_group) if rule and rule.record == "profile" else None
        if rule and state and state in OVER:
            closed.setdefault(state, []).append(rule.name.in_(language))
    return [
        {"kind": STATES[state][0], "state": STATES[state][1], "what": OVER[state], "fields": sorted(names)}
        for state, names in closed.items()
    ]


def sections(
    view: CustomerView, purpose: PurposeRule, provenances: Origins, checked: Checked
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A table for each kind of record there is, and the kinds of which there is none yet.

    A kind of which the purpose has nothing that a row is known by is not offered: nobody could tell such records apart.
    """
    kinds = [kind for kind in TYPED if kind is not RecordKind.CONTACT or view.row.kind == Kind.ORGANISATION]
    filled, empty = [], []
    for kind in kinds:
        records = sorted(view.of_kind(kind.value), key=_when, reverse=True)  # of one day: as they came
        if records:
            filled.append(_table(kind, records, provenances, checked))
        elif purpose.fields.keys() & set(COLUMNS[kind]):
            empty.append({"kind": kind, "label": kind.label})
    return filled, empty


def _when(record: RecordView) -> str:
    """The day a dealing is of, where it has one."""
    return next((record.cells[key].text or "" for key in DAYS if key in record.cells), "")


def _table(
    kind: RecordKind, records: Sequence[RecordView], provenances: Origins, checked: Checked
) -> dict[str, Any]:
    there = {key for record in records for key in record.cells}
    heads = [key for key in COLUMNS[kind] if key in there][:MOST_COLUMNS]
    fields, language = rulebooks["rulebook"].fields(), get_language() or "zh-hans"
    names = {key: fields[key].name.in_(language) for key in heads}
    rows = [_row(record, names, provenances, checked) for record in records]
    return {
        "kind": kind,
        "label": kind.label,
        "anchor": f"records-{kind.value}",
        "count": len(rows),
        "heads": list(names.values()),
        "goods": fields[GOODS].name.in_(language) if any(row["goods"] for row in rows) else "",
        "width": len(heads) + (1 if any(row["goods"] for row in rows) else 0) or 1,
        "rows": rows[:ROWS],
        "folded": rows[ROWS:],
    }


def _row(
    record: RecordView, heads: Mapping[str, str], provenances: Origins, checked: Checked
) -> dict[str, Any]:
    cells = {
        found.rule.key: cell(found, provenances, checked.get((record.id, found.rule.key)))
        for found in in_reading_order(record.cells)
        if not found.lines
    }
    goods = record.cells.get(GOODS)
    return {
        "record": record,
        "shown": [cells.get(key) or {"label": name, "absent": True} for key, name in heads.items()],
        "goods": " · ".join(goods.lines) if goods else "",
        "cells": list(cells.values()),
        "columns": [
            cell(column) | {"figure": column.rule.key in FIGURES} for column in _line_columns(record)
        ],
        "lines": _line_rows(record),
    }


def _line_columns(record: RecordView) -> list[Cell]:
    return [found for found in in_reading_order(record.cells) if found.lines]


def _line_rows(record: RecordView) -> list[list[tuple[str, bool]]]:
    """Rows of (text, whether it is a figure)."""
    columns = [(found.rule, found.rule.key in FIGURES) for found in _line_columns(record)]
    return [
        [(spoken(rule, line[rule.key]) or "", figure) for rule, figure in columns] for line in record.lines
    ]


def names_of(keys: Iterable[str]) -> list[str]:
    """Fields by their names, in no order of their own."""
    fields, language = rulebooks["rulebook"].fields(), get_language() or "zh-hans"
    return [fields[key].name.in_(language) for key in keys if key in fields]
