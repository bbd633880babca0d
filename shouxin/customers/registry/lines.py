"""Lines of an order are changed one by one inside the order's sealed lists, which are opened for it in the process."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core import identifiers
from shouxin.core.policy import Actor, FieldRule, Permission, service_actor
from shouxin.customers.registry import services
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.rules import UNVERIFIED, VERIFIED, WELL_FORMED, Kept
from shouxin.customers.registry.search import MAINTENANCE
from shouxin.customers.registry.services import RegistryProblem
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.vault import services as vault

RESEALER = service_actor("reencryption")  # opens lists to seal them again with a line changed
NUMBER = "line_no"

Columns = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class LineChange:
    """What happens to the lines of one order; positions count from 0 and are those before the change.

    An empty text takes a value away; a field not named stays as it is.
    """

    changed: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    removed: frozenset[int] = frozenset()
    added: Sequence[Mapping[str, str]] = ()


def edit(
    *,
    actor: Actor,
    footing: Footing,
    customer: UUID,
    record: UUID,
    revision: int,
    fields: Sequence[str],
    change: LineChange,
    now: datetime,
) -> int:
    """Change, add and remove lines of an order; `fields` are the line fields the actor works with.

    The former lists stay sealed in the history. Returns the customer's revision; what stands already is no change.

    Raises:
        EditConflict: the customer is no longer at `revision`.
        Refused: not for this actor, purpose or customer (journalled).
        RegistryProblem: no such line, an altered order, or lines to remove that hold more than the purpose knows.
    """
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    # Asked before anything is opened, and outside the transaction: a refusal's entry must stay.
    keys = sorted({*fields, *(key for line in change.changed.values() for key in line)})
    permit = gate.admit(actor=actor, purpose=footing.purpose, customers=[customer], fields=keys, now=now)
    if permit.refused:
        raise gate.Refused(next(iter(permit.refused.values())))
    with transaction.atomic():
        services.hold(customer, revision, record)
        standing = _opened(customer, record, whole=bool(change.removed), now=now)
        if change.removed and not standing.keys() <= permit.fields.keys():
            raise RegistryProblem("lines.beyond-purpose")
        values = lines_after(standing, change, fields, permit.fields, now)
        if not values:
            return revision
        return services.edit(
            actor=actor,
            footing=footing,
            customer=customer,
            revision=revision,
            values=values,
            now=now,
            record=record,
        )


def _opened(customer: UUID, record: UUID, *, whole: bool, now: datetime) -> dict[str, vault.Shown]:
    """The order's lists; `whole`: all there may be, as a line leaves every list or none."""
    book = rulebooks["rulebook"].fields()
    wanted = sorted(key for key, rule in book.items() if rule.active and rule.record == "order_line")
    permit = gate.permit_maintenance(
        actor=RESEALER,
        purpose=MAINTENANCE,
        customers=[customer],
        fields=wanted,
        reason="order_lines",
        now=now,
    )
    if whole and set(wanted) - permit.fields.keys():
        raise RegistryProblem("lines.beyond-purpose")
    found = vault.reveal(permit, records=[record]).of(customer, record)
    if any(shown.broken for shown in found.values()):
        raise RegistryProblem("lines.altered")
    return {key: shown for key, shown in found.items() if shown.text}


def lines_after(
    standing: Mapping[str, vault.Shown],
    change: LineChange,
    fields: Sequence[str],
    rules: Mapping[str, FieldRule],
    now: datetime,
) -> dict[str, Kept | None]:
    """The lists that differ after `change`, with the mark each deserves then; None where nothing is left.

    Raises:
        RegistryProblem: it names a line that is not there.
    """
    before: dict[str, list[str]] = {key: json.loads(shown.text or "[]") for key, shown in standing.items()}
    length = max(map(len, before.values()), default=0)
    if any(not 0 <= place < length for place in {*change.changed, *change.removed}):
        raise RegistryProblem("lines.unknown")
    added = _numbered(before.get(NUMBER, []), length, change.added) if NUMBER in fields else change.added
    after: dict[str, Kept | None] = {}
    for key in sorted({*before, *fields}):
        column = [*before.get(key, []), *[""] * (length - len(before.get(key, [])))]
        typed = {place: line[key] for place, line in change.changed.items() if key in line}
        lines = [typed.get(n, text) for n, text in enumerate(column) if n not in change.removed]
        lines += [line.get(key, "") for line in added]
        if key in rules and lines != column:
            after[key] = _kept(rules[key], lines, standing.get(key), column, now) if any(lines) else None
    return {key: kept for key, kept in after.items() if kept or key in before}


def _numbered(
    numbers: Sequence[str], length: int, added: Sequence[Mapping[str, str]]
) -> list[Mapping[str, str]]:
    """New lines go on counting where no number was typed."""
    last = max((int(text) for text in numbers if text.isdecimal()), default=length)
    return [{**line, NUMBER: line.get(NUMBER) or str(last + n)} for n, line in enumerate(added, start=1)]


def _kept(
    rule: FieldRule, lines: Sequence[str], shown: vault.Shown | None, before: Sequence[str], now: datetime
) -> Kept:
    """The list with its mark: what was verified stays so while nothing was typed; else the worst line decides."""
    text = json.dumps(lines, ensure_ascii=False)
    if shown and shown.mark == VERIFIED and set(filter(None, lines)) <= set(before):
        return Kept(text, VERIFIED)
    for line in filter(None, lines):
        wrong = identifiers.check(rule.validator, line, today=clock.today(now)) if rule.validator else None
        if wrong:
            return Kept(text, UNVERIFIED, wrong.code)
    return Kept(text, WELL_FORMED if rule.validator else UNVERIFIED)
