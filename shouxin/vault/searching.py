"""Searching sealed values: tokens give candidates, opening these inside the process gives those that really match."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shouxin.core import identifiers
from shouxin.core.crypto.indexes import COMPARED, KINDS, code_of
from shouxin.core.policy import Action, FieldRule, Form, Permit
from shouxin.vault import control, database
from shouxin.vault.errors import NotPermitted, TamperFound
from shouxin.vault.groups import Loaded, Pair, load, open_record, readable, unlock
from shouxin.vault.opening import check, sound
from shouxin.vault.tickets import SEALED

# Which customers have every part of some way of an alternative; one row per customer with those alternatives.
_FIND = """
SELECT f.customer_id, array_agg(DISTINCT f.alternative) AS alternatives FROM (
    SELECT t.customer_id, w.alternative
    FROM unnest(%b::int2[], %b::int2[], %b::int2[], %b::int2[], %b::int4[], %b::int2[], %b::int4[])
        AS w(alternative, way, parts, part, field, kind, token)
    CROSS JOIN LATERAL (
        SELECT customer_id FROM vault_search_token
        WHERE field = w.field AND kind = w.kind AND version = %b::int2 AND token = w.token OFFSET 0
    ) t
    GROUP BY t.customer_id, w.alternative, w.way, w.parts HAVING count(DISTINCT w.part) = w.parts
) f GROUP BY f.customer_id
"""
_WIDTH = 7
WAYS = 400  # parts looked up at once, whatever was typed


@dataclass(frozen=True, slots=True)
class Asked:
    """What a field must hold, as it was typed. What is not looked up is only compared, in records found otherwise."""

    rule: FieldRule
    kind: str
    text: str
    looked_up: bool = True

    @property
    def normalised(self) -> str:
        return identifiers.normalise(self.rule.validator, self.text)


Alternative = tuple[Asked, ...]  # everything that one record must hold at once


def hold_index() -> None:
    """Keep the searched index version and its tokens as they are until this transaction ends."""
    control.share_epoch()


def statement(alternatives: Sequence[Alternative]) -> tuple[str, list[Any]] | None:
    """SQL that gives candidates as (customer_id, alternatives), numbered as here; None when nothing can be looked up.

    Some are there by coincidence: ask the gate for a permit to search those one may see at all, then `matching`.

    Raises:
        KeyServiceUnavailable, VaultNotReady: there is no index key to compute tokens with.
    """
    index = control.searched_index()
    rows: list[tuple[int, ...]] = []
    way = 0
    for number, alternative in enumerate(alternatives):
        for asked in alternative:
            if not asked.looked_up or asked.kind not in asked.rule.indexes or asked.kind not in KINDS:
                continue
            kind, field = KINDS[asked.kind].number, code_of(asked.rule.key)
            for parts in index.sought(asked.rule.key, asked.kind, asked.normalised):
                way += 1
                rows += [
                    (number, way, len(parts), part, field, kind, token)
                    for part, tokens in enumerate(parts)
                    for token in tokens
                ]
    if not rows:
        return None
    return _FIND, [*database.arrays(rows, _WIDTH), index.version]


def candidates(alternatives: Sequence[Alternative]) -> dict[UUID, list[int]]:
    """Everybody found by `statement`, whoever may see them."""
    found = statement(alternatives)
    return dict(database.execute(*found)) if found else {}


def matching(
    permit: Permit, alternatives: Sequence[Alternative], possible: Mapping[UUID, Collection[int]]
) -> set[tuple[UUID, UUID]]:
    """Which (customer, record) really holds one of the customer's possible alternatives, all of it in the one record.

    They are opened and compared here, inside the process, in one statement; no value is handed out.

    Raises:
        NotPermitted: the permit does not open one of the fields.
        KeyServiceUnavailable: the key provider does not answer.
    """
    check(permit)
    wanted: dict[Pair, set[str]] = {}
    for customer, numbers in possible.items():
        for asked in (one for number in numbers for one in alternatives[number]):
            rule = asked.rule
            if rule.storage not in SEALED:
                continue
            if permit.form(customer, rule.key) is not Form.CLEAR:
                raise NotPermitted(f"the permit does not search {rule.key}")
            wanted.setdefault((customer, rule.storage_group), set()).add(rule.key)
    alarms: list[TamperFound] = []
    records: dict[UUID, dict[UUID, dict[str, str]]] = {}
    for pair, group in load(list(wanted)).items():
        if readable(group, maintenance=permit.action is Action.MAINTAIN):
            of = records.setdefault(pair[0], {})
            for record, texts in _opened(group, wanted[pair], alarms):
                of.setdefault(record, {}).update(texts)
    sound(permit, alarms)
    compared = _Compared(alternatives)
    return {
        (customer, record)
        for customer, of in records.items()
        for record, texts in of.items()
        if any(compared.hold(number, texts) for number in possible[customer])
    }


class _Compared:
    """Alternatives with what was typed normalised once."""

    def __init__(self, alternatives: Sequence[Alternative]) -> None:
        self._asked = [
            [(one.rule.key, one.rule.validator, COMPARED[one.kind], one.normalised) for one in alternative]
            for alternative in alternatives
        ]

    def hold(self, number: int, texts: Mapping[str, str]) -> bool:
        return all(
            key in texts and holds(identifiers.normalise(validator, texts[key]), typed)
            for key, validator, holds, typed in self._asked[number]
        )


def _opened(
    group: Loaded, fields: Collection[str], alarms: list[TamperFound]
) -> Iterator[tuple[UUID, dict[str, str]]]:
    """The wanted fields of every record of the group that can be opened; the others are added to `alarms`."""
    try:
        key = unlock(group)
    except TamperFound as alarm:
        alarms.append(alarm)
        return
    for record in group.blobs:
        try:
            values = open_record(group, key, record)
        except TamperFound as alarm:
            alarms.append(alarm)
            continue
        yield record, {name: values[name].text for name in fields if name in values}
