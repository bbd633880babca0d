"""Searching sealed values: tokens give candidates, opening these inside the process gives those that really match."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core import identifiers
from shouxin.core.crypto.indexes import COMPARED, KINDS, code_of
from shouxin.core.policy import Action, FieldRule, Form, Permit
from shouxin.journal import services as journal
from shouxin.vault import control, database
from shouxin.vault.errors import NotPermitted, TamperFound
from shouxin.vault.groups import Loaded, Pair, load, open_record, readable, unlock
from shouxin.vault.opening import check_action, sound
from shouxin.vault.tickets import SEALED

# Who has all parts of some way of an alternative: each way gives its newest, and the newest of them all are kept. Each
# once, in however many records: of a way that gives fewer than asked for there is no more.
_NEWEST = """
SELECT t.customer_id, array_agg(w.alternative) AS alternatives
FROM unnest(%s::int4[], %s::int2[], %s::int4[], %s::int4[], %s::int4[], %s::int2[])
    AS w(field, kind, token, first, last, alternative)
CROSS JOIN LATERAL (
    SELECT DISTINCT t.customer_id FROM vault_search_token t
    WHERE t.field = w.field AND t.kind = w.kind AND t.version = %b::int2 AND t.token = w.token
        AND t.customer_id < %b::uuid AND NOT EXISTS (
            SELECT FROM unnest((%s::int4[])[w.first:w.last]) AS other(token) WHERE NOT EXISTS (
                SELECT FROM vault_search_token o
                WHERE o.field = w.field AND o.kind = w.kind AND o.version = %b::int2 AND o.token = other.token
                    AND o.customer_id = t.customer_id
            )
        )
    ORDER BY t.customer_id DESC LIMIT %b::int4
) t
GROUP BY t.customer_id ORDER BY t.customer_id DESC LIMIT %b::int4
"""
# Whether another index answers by now than the one whose `state` is given. A statement that looks up tokens asks this
# as well: both are then of one moment, in which the tokens of the index that answers are complete.
CHANGED = """NOT EXISTS (
    SELECT FROM vault_search_index
    WHERE state = 'current' AND version = %b::int2 AND suite = %b::int2 AND bits = %b::int2 AND wrapped = %b::bytea
)"""
OUTDATED = -1
LAST_ID = UUID(int=2**128 - 1)  # nobody has it
EVERYBODY = 2**31 - 1


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


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search looks up: ways in which a customer may hold one of the alternatives."""

    state: Sequence[Any]  # of the index, by which `CHANGED` knows it
    ways: Sequence[str]  # arrays: field, kind, token, where the other parts begin and end, alternative
    others: str  # an array

    def statement(self, *, before: UUID, most: int) -> tuple[str, list[Any]]:
        """SQL that gives (customer_id, alternatives) for the newest `most` below `before`, in no order.

        Some are there by coincidence: compare those one may see at all (`gate.comparing`).
        """
        version = self.state[0]
        return _NEWEST, [*self.ways, version, before, self.others, version, most, most]


def sought(alternatives: Sequence[Alternative], *, anew: bool = False) -> Sought:
    """What is looked up for `alternatives`, numbered as here, in the index that answered last; `anew`: answers now.

    Raises:
        KeyServiceUnavailable, VaultNotReady: there is no index key to compute tokens with.
    """
    index, state = control.presumed_index(anew=anew)
    ways: list[tuple[int, ...]] = []
    others: list[int] = []
    for number, alternative in enumerate(alternatives):
        for asked in alternative:
            if not asked.looked_up or asked.kind not in asked.rule.indexes or asked.kind not in KINDS:
                continue
            kind, field = KINDS[asked.kind].number, code_of(asked.rule.key)
            for parts in index.sought(asked.rule.key, asked.kind, asked.normalised):
                for token, *rest in zip(*parts, strict=True):  # a customer stands in one partition
                    first = len(others) + 1
                    others += rest
                    ways.append((field, kind, token, first, len(others), number))
    return Sought(state, [_array(column) for column in zip(*ways, strict=True)], _array(others))


def _array(numbers: Iterable[int]) -> str:
    """As PostgreSQL reads an array: many numbers are written so several times as fast as psycopg writes them."""
    return f"{{{','.join(map(str, numbers))}}}"


def candidates(alternatives: Sequence[Alternative]) -> dict[UUID, list[int]]:
    """Everybody who has the tokens, whoever may see them, with the numbers of their alternatives."""
    every = sought(alternatives, anew=True)
    return {
        customer: sorted(set(numbers))
        for customer, numbers in (
            database.execute(*every.statement(before=LAST_ID, most=EVERYBODY)) if every.ways else ()
        )
    }


def matching(
    permit: Permit,
    alternatives: Sequence[Alternative],
    possible: Mapping[UUID, Collection[int]],
    entry: journal.Beside,
) -> set[tuple[UUID, UUID]]:
    """Which (customer, record) really holds one of the customer's possible alternatives, all of it in the one record.

    They are read by the one statement that adds `entry` to the journal, then opened and compared here, inside the
    process; no value is handed out.

    Raises:
        NotPermitted: the permit does not open one of the fields.
        RuntimeError: inside a transaction, whose rollback would take the entry away.
        KeyServiceUnavailable: the key provider does not answer.
    """
    journal.stand_alone()
    check_action(permit)
    wanted: dict[Pair, set[str]] = {}
    places = [
        [(one.rule.key, one.rule.storage_group) for one in alternative if one.rule.storage in SEALED]
        for alternative in alternatives
    ]
    for customer, numbers in possible.items():
        forms = permit.forms.get(customer, {})
        for key, group in (place for number in numbers for place in places[number]):
            if forms.get(key) is not Form.CLEAR:
                raise NotPermitted(f"the permit does not search {key}")
            wanted.setdefault((customer, group), set()).add(key)
    alarms: list[TamperFound] = []
    records: dict[UUID, dict[UUID, dict[str, str]]] = {}
    for pair, loaded in load(list(wanted), entry=entry).items():
        if readable(loaded, maintenance=permit.action is Action.MAINTAIN):
            of = records.setdefault(pair[0], {})
            for record, texts in _opened(loaded, wanted[pair], alarms):
                of.setdefault(record, {}).update(texts)
    if alarms:
        with transaction.atomic(durable=True):
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
