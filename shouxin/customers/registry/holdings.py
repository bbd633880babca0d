"""What is kept here about customers: every value with where it came from, what for and until when, and earlier ones.

Values come through the gate, for a service that works inside the process: whoever asks seals them again.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache, partial
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import override

from shouxin.core.policy import FieldRule, Permit, PurposeRule, PurposeStatus
from shouxin.core.policy.decision import NEVER_SHOWN
from shouxin.core.text import Text
from shouxin.customers.registry import clear, presenting
from shouxin.customers.registry.models import (
    Channel,
    ClearVersion,
    Customer,
    Method,
    Provenance,
    Record,
    Selection,
    Source,
)
from shouxin.customers.registry.queries import Cell, cells_of
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.holdings import Asking, Column, Reads, Row, Table, Why, is_technical, register
from shouxin.rulebook import wording
from shouxin.rulebook.catalogue.categories import CATEGORIES
from shouxin.rulebook.catalogue.models import Field, RetentionRule
from shouxin.rulebook.catalogue.queries import Cached
from shouxin.vault import queries as vault_queries
from shouxin.vault import services as vault

PROFILE, ATTACHMENT = "profile", "attachment"
MOST_VERSIONS = 100_000
_LANGUAGES = ("zh-hans", "en")


def values(asking: Asking) -> Iterator[Row]:
    """One row for each value, and one for each earlier value that was another."""
    with transaction.atomic():
        permit = gate.permit_maintenance(
            actor=asking.actor,
            purpose=asking.purpose,
            customers=asking.customers,
            fields=sorted(asking.told),
            reason=asking.reason,
            now=asking.now,
        )
        for refusal in permit.refused.values():
            raise gate.Refused(refusal)
        revealed = vault.reveal(permit)
        earlier = _earlier(permit)
    known = {
        record.id: record for record in Record.objects.filter(customer_id__in=asking.customers).order_by("id")
    }
    rows = Customer.objects.in_bulk(asking.customers)
    found: list[tuple[UUID, str, Any, dict[str, Cell]]] = []
    origins = clear.origins(rows.values())
    for customer in asking.customers:
        if customer not in rows:
            continue
        row = rows[customer]
        found.append(
            (customer, PROFILE, row.created_at, cells_of(permit, revealed, row, customer, origins=origins))
        )
        for record in sorted(revealed.records(customer)):
            if record == customer:
                continue
            kept = known.get(record)
            kind, at = (kept.kind, kept.created_at) if kept else (ATTACHMENT, None)
            found.append((record, kind, at, cells_of(permit, revealed, row, record, kind)))
    about = _About(found)
    now = (about.row(record, kind, at, cell) for record, kind, at, cells in found for cell in cells.values())
    return chain(now, (about.past(*one) for one in earlier))


def _earlier(permit: Permit) -> list[tuple[UUID, str, Any, str]]:
    """(record, field, when it was written, text) of what stood there before, newest first."""
    found = []
    for customer, record in vault_queries.changed_records(list(permit.forms)):
        newer: dict[str, str | None] = {}
        versions = vault.reveal_history(permit, customer_id=customer, record_id=record, limit=MOST_VERSIONS)
        newest = {version.group: version.revision for version in reversed(versions)}
        for version in versions:
            for key, shown in version.values.items():
                if version.revision == newest[version.group] or newer.get(key) == shown.text:
                    newer[key] = shown.text
                    continue
                newer[key] = shown.text
                if shown.text and permit.fields[key].masking_rule not in NEVER_SHOWN:
                    found.append((record, key, version.at, shown.text))
    return found


class _About:
    """Where values came from, for what and until when: looked up once for all of them."""

    def __init__(self, found: list[tuple[UUID, str, Any, dict[str, Cell]]]) -> None:
        cells = [cell for _record, _kind, _at, of in found for cell in of.values()]
        self._origins = Provenance.objects.in_bulk({cell.provenance for cell in cells if cell.provenance})
        self._until, self._category = _lasting.get(), _categories.get()
        self._kinds = {record: kind for record, kind, _at, _of in found}

    def row(self, record: UUID, kind: str, at: Any, cell: Cell) -> Row:
        key, origin = cell.rule.key, self._origins.get(cell.provenance) if cell.provenance else None
        purpose = rulebooks["rulebook"].purpose(origin.held_for) if origin else None
        stated = purpose if purpose and _states(purpose, key) else None
        code = stated.retention_of(cell.rule) if stated else cell.rule.retention_rule
        hidden = cell.rule.masking_rule in NEVER_SHOWN or cell.broken
        said = {
            "category": self._category.get(key, ""),
            "record": kind,
            "entered_at": at.isoformat() if at else None,
            "field": key,
            "value": None if hidden else list(cell.lines) or _told(cell.rule, cell.text),
            "purpose": stated.key if stated else "",
            "source": _source(origin) if origin else None,
            "since": origin.collected_at.isoformat() if origin else None,
            "until": self._until.get(code),
            "earlier": False,
        }
        return Row(f"{record}:{key}", said)

    def past(self, record: UUID, key: str, at: Any, text: str) -> Row:
        rule = rulebooks["rulebook"].fields()[key]
        lines = json.loads(text) if rule.record == "order_line" else _told(rule, text)
        said = {
            "category": self._category.get(key, ""),
            "record": self._kinds.get(record, ATTACHMENT),
            "field": key,
            "value": lines,
            "since": at.isoformat(),
            "until": self._until.get(rule.retention_rule),
            "earlier": True,
        }
        return Row(f"{record}:{key}:{at:%Y%m%d%H%M%S%f}", said)


def in_both(words: Any) -> dict[str, str]:
    """The same in both languages of the product."""
    found = {}
    for language in _LANGUAGES:
        with override(language):
            found[language[:2]] = str(words())
    return found


def _told(rule: FieldRule, text: str | None) -> str | dict[str, str] | None:
    """A value as it is kept; one that is kept by its code with its words beside it."""
    if not text or not presenting.is_coded(rule.key):
        return text
    words = in_both(partial(presenting.spoken, rule, text))
    return text if set(words.values()) == {text} else {"code": text, **words}


def _states(purpose: PurposeRule, key: str) -> bool:
    return purpose.status is PurposeStatus.ACTIVE and key in purpose.fields


@cache
def _names(channel: str, method: str) -> dict[str, str]:
    channels, methods = dict(Channel.choices), dict(Method.choices)
    return in_both(lambda: f"{channels.get(channel, channel)} · {methods.get(method, method)}")


def _source(origin: Provenance) -> dict[str, str]:
    if origin.source == Source.EXTERNAL:
        return {"zh": origin.supplier, "en": origin.supplier}
    return _names(origin.channel, origin.method)


def _all_lasting() -> Mapping[str, dict[str, str]]:
    return {
        rule.code: {"code": rule.code, **in_both(partial(_lasts, rule))}
        for rule in RetentionRule.objects.defer("pack_row")
    }


def _lasts(rule: RetentionRule) -> str:
    """Until when a value is kept, as its rule says it."""
    lasts = wording.period(rule.default_value, rule.default_unit)
    if rule.default_value <= 0 or rule.default_unit == "permanent":
        return lasts
    return f"{wording.in_words('start', rule.clock_start)} + {lasts}"


# As long as the rules are the same: until when values of a retention rule are kept, and the class of each field.
_lasting: Cached[Mapping[str, dict[str, str]]] = Cached(_all_lasting, "retentionrule")
_categories: Cached[Mapping[str, str | dict[str, str]]] = Cached(
    lambda: {key: _class(code) for key, code in Field.objects.values_list("key", "category")}, "field"
)


def _class(code: str) -> str | dict[str, str]:
    """A class of the catalogue in the words in which people are told it everywhere."""
    found = CATEGORIES.get(code)
    return {"code": code, "zh": found.zh, "en": found.en} if found else code


_STORED = Why(
    Text("建档和更新时产生", "Made when your file was opened or changed"),
    Text("管理客户档案", "To keep the register"),
    Text("与档案中的信息相同", "As long as the information itself"),
)
is_technical(Selection, "customers somebody just chose in a list, for hours")
register(
    Table(
        Record,
        Text("您的信息", "Your information"),
        Why(
            Text("每项分别注明", "Said of each"),
            Text("每项分别注明", "Said of each"),
            Text("每项分别注明", "Said of each"),
        ),
        (
            Column("category", Text("类别", "Category")),
            Column("record", Text("所属", "Belongs to"), Reads.CODE),
            Column("field", Text("项目", "Item"), Reads.FIELD),
            Column("value", Text("内容", "Content")),
            Column("purpose", Text("目的", "Purpose"), Reads.PURPOSE),
            Column("source", Text("来源", "Source")),
            Column("since", Text("收集时间", "Since"), Reads.MOMENT),
            Column("until", Text("保存到", "Kept until")),
            Column("earlier", Text("以前的内容", "Earlier content"), Reads.YES),
        ),
        reader=values,
    )
)
register(
    Table(
        Customer,
        Text("客户档案", "Your file"),
        _STORED,
        (
            Column("kind", Text("类型", "Kind"), Reads.CHOICE),
            Column("segment", Text("细分", "Segment")),
            Column("jurisdiction", Text("法域", "Jurisdiction"), Reads.CODE),
            Column("also_under", Text("同时适用的法域", "Also under"), Reads.CODE),
            Column("province", Text("省份", "Province")),
            Column(
                "department",
                Text("负责部门", "Department"),
                sql="(SELECT d.name FROM people_department d WHERE d.id = r.owner_department_id)",
            ),
            Column("restricted", Text("已限制处理", "Restricted"), Reads.YES),
            Column("created_at", Text("建档时间", "Opened"), Reads.MOMENT),
        ),
        by="r.id = ANY(%s::uuid[])",
    )
)
register(
    Table(
        ClearVersion,
        Text("公开信息的历次内容", "Public information, every version"),
        _STORED,
        (
            Column("at", Text("时间", "At"), Reads.MOMENT),
            Column("values", Text("内容", "Content"), Reads.BY_FIELD),
        ),
    )
)
