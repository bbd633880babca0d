"""A read like one before it, by a single statement (decision 51).

The statement learns all that bears on the decision, as always, and adds the entry of the journal by itself if that is,
to the letter, what an earlier decision of the same kind rested on; then that decision is the one that would be made
now. If it is anything else, nothing was added, and the question is asked from the beginning.

A kind is an actor with all rights, a purpose, fields and a reason. What is kept is bounded, holds no customer and no
value, and is worth nothing as soon as a rule, a right, a consent or a mark is another: the facts are asked every time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from shouxin.core.policy import Action, Actor, ActorKind, Permit, Question
from shouxin.core.policy import again as renewed
from shouxin.gate import facts, fetching
from shouxin.journal import services as journal
from shouxin.kit import bounded, clock, direct, ids
from shouxin.kit.statements import execute, execute_early, settle
from shouxin.vault import services as vault

KINDS: Final = 1024  # kept
PRINTS: Final = 32  # of a kind: customers differ in who is responsible for them and the like
_NOBODY: Final = UUID(int=0)
_ALWAYS: Final = datetime.max.replace(tzinfo=UTC)
_SHOWN_TO = frozenset({ActorKind.STAFF, ActorKind.CLIENT})

Key = tuple[Actor, str, tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What was decided, by what was known; all of it comes to the same entry in the journal."""

    statement: str
    width: int
    told: Mapping[str, Any]
    entry: journal.Repeated
    alike: Mapping[str, Any]  # the parameters that are the same each time
    decided: Mapping[bytes, Permit]
    until: datetime  # when the first thing that it rests on ends


_kinds: dict[Key, _Kind] = {}


def forget() -> None:
    """Decide everything anew."""
    _kinds.clear()


@dataclass(frozen=True, slots=True)
class Done:
    """The permit, what was read with it, sealed, and what rooms tell beside."""

    permit: Permit
    fetched: vault.Fetched
    beside: Mapping[str, Any] | None


def ask(question: Question, records: Sequence[UUID] | None, *, beside: bool = False) -> Done | None:
    """The decision given again, its entry committed by the time `settle` has come back (kit.statements), which nobody
    is shown anything before. None: nothing of the kind was done."""
    if question.action is not Action.READ or len(question.customers) != 1:
        return None
    kind = _kinds.get((question.actor, question.purpose, question.fields, question.reason))
    if kind is None or question.now >= kind.until:
        return None
    along = fetching.along(question, records)
    if along is None or not vault.ready():  # no entry for what will not open
        return None
    recorded = kind.entry.values(identity=ids.new(), at=clock.now(), customer=question.customers[0])
    asked = {**kind.alike, "now": question.now, "customers": [*question.customers]}
    told = facts.told_beside(question.fields if beside else None)
    text = facts.only_print(kind.statement, journal.recorded(), along.text, kind.width, told)
    # Where many programs ask at once no processor is idle, and working while the disk writes would win nothing.
    rows = (execute if beside else execute_early)(text, asked | along.values | recorded)
    known, added, told = rows[0][:3]
    if not added:
        settle()
        return None
    fetched = vault.Fetched(along, [row[3:] for row in rows if row[3] is not None])
    return Done(renewed(kind.decided[known], question), fetched, facts.read_beside(told))


def learn(permit: Permit, gathered: facts.Gathered, told: Mapping[str, Any]) -> None:
    """Keep a decision whose entry `told` has been written."""
    actor, customers = permit.actor, permit.customers
    if permit.action is not Action.READ or len(customers) != 1 or actor.kind not in _SHOWN_TO:
        return
    if (
        not gathered.print
        or permit.emergency
        or any(grant.customers is not None for grant in gathered.grants)
    ):
        return
    ((_customer, data),) = told["rows"]
    key = (actor, permit.purpose, tuple(permit.fields), permit.reason)
    contact = gathered.customers[customers[0]].contact
    ends = [grant.until for grant in gathered.grants] + ([contact.until] if contact else [])
    until = min(ends, default=_ALWAYS)
    kind = _kinds.pop(key, None)
    if (
        kind is None
        or kind.told != data
        or kind.statement != gathered.statement
        or len(kind.decided) >= PRINTS
    ):
        entry = journal.repeated(actor=actor, event=told["event"], purpose=permit.purpose, data=data)
        kind = _Kind(gathered.statement, gathered.width, data, entry, {}, {}, until)
    nobody = Question(actor, permit.purpose, permit.action, (_NOBODY,), key[2], permit.reason, permit.at)
    decided = {**kind.decided, gathered.print: renewed(permit, nobody)}
    alike = facts.of_kind(actor, permit.purpose) | kind.entry.alike(list(decided))
    alike = {name: direct.kept(value) for name, value in alike.items()}
    kind = replace(kind, alike=alike, decided=decided, until=min(until, kind.until))
    bounded.keep(_kinds, key, kind, KINDS)
