"""The registry of fact providers: each room says, in one SQL expression, what it knows about a customer or an actor.

All expressions are put into one statement, so that a batch of customers costs one round trip.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, overload
from uuid import UUID

import msgspec

from shouxin.core.policy import (
    Actor,
    ActorKind,
    ContactFact,
    CustomerFacts,
    FieldRule,
    Grant,
    GroupState,
    Permit,
    PurposeRule,
)
from shouxin.core.policy.refusals import Refusal
from shouxin.core.policy.regions import Regions
from shouxin.core.text import Text
from shouxin.kit.registry import Registry
from shouxin.kit.statements import execute
from shouxin.vault.services import Fetched, Fetching

Known = dict[str, Any]
_read: Callable[[str], Any] = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class CustomerFact:
    """`sql` is an expression over `q.customer_id` and the named parameters actor, person, now, purpose, departments;
    it gives one JSON value or NULL. `read` turns that value into what changes in `CustomerFacts`.

    `of_showing`: it bears only on what somebody is shown. A service shows nothing to anybody (`decide` refuses it
    that), so it is not asked for one. `only`: the table it reads names actors of this kind and no others (a foreign key
    says so), so others are not asked. Whatever does not say so of itself is always asked.

    `whom`: a query for the ids of all of whom `sql` says anything; it may name others, but must leave out nobody. Of
    several customers it finds those few at once, and the others are not looked up one by one.
    """

    name: str
    meaning: Text
    sql: str
    read: Callable[[Any, Actor], Known]
    of_showing: bool = False
    only: ActorKind | None = None
    whom: str = ""

    def of_several(self) -> str:
        """`sql`, asked only of those of whom there may be something to say."""
        if not self.whom:
            return self.sql
        concerned = f"SELECT w.id FROM ({self.whom}) AS w (id) WHERE w.id = ANY(%(customers)s::uuid[])"  # noqa: S608 - our own
        return f"CASE WHEN q.customer_id IN ({concerned}) THEN ({self.sql}) END"


@dataclass(frozen=True, slots=True)
class ActorFact:
    """`sql` is an expression over the named parameters alone; `read` gives the grants it speaks of. `of_showing` and
    `only` as of a `CustomerFact`."""

    name: str
    meaning: Text
    sql: str
    read: Callable[[Any, Actor], Sequence[Grant]]
    # Counts a use of the grant within the caller's transaction, under a row lock; refuses when none is left.
    consume: Callable[[Actor, UUID, int, datetime], Refusal | None] | None = None
    of_showing: bool = False
    only: ActorKind | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a member of staff still has to do before any customer page opens. `sql` is an expression over the named
    parameters; it gives one JSON value, or NULL when nothing is missing. `read` says in words what is."""

    name: str
    meaning: Text
    sql: str
    read: Callable[[Any], Text]
    programs: bool = False  # whether it is asked of programs, too


customer_facts: Registry[CustomerFact] = Registry("customer facts")
actor_facts: Registry[ActorFact] = Registry("actor facts")


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rulebook, on a higher floor, answers: the fields, the purposes, and those open to an actor."""

    fields: Callable[[], Mapping[str, FieldRule]]
    purpose: Callable[[str], PurposeRule | None]
    purposes_of: Callable[[Actor], Sequence[PurposeRule]]
    purposes: Callable[[], Sequence[PurposeRule]]
    # Which rules are in force: an SQL expression, asked with the facts, and "take these rules as given inside".
    revision: str
    held: Callable[[Any], AbstractContextManager[None]]
    regions: Callable[[], Regions] = dict  # what the region profiles in force demand of fields


rules: Registry[Rules] = Registry("rules")


class Others(Sequence[PurposeRule]):
    """The other purposes open to an actor, looked up when somebody asks: a refusal that names ways out, no permit."""

    def __init__(self, actor: Actor, purpose: str) -> None:
        self._actor, self._purpose = actor, purpose

    def _all(self) -> tuple[PurposeRule, ...]:
        found = rules["rulebook"].purposes_of(self._actor)
        return tuple(rule for rule in found if rule.key != self._purpose)

    @overload
    def __getitem__(self, index: int) -> PurposeRule: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[PurposeRule]: ...

    def __getitem__(self, index: int | slice) -> PurposeRule | Sequence[PurposeRule]:
        return self._all()[index]

    def __iter__(self) -> Iterator[PurposeRule]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


# Other rooms sign up (rules to acknowledge, training, pledges). Programs answer for nothing; their owners do.
readiness: Registry[Readiness] = Registry("readiness")

# Fields that leave the house in no file, whoever asks; rooms sign up why.
withheld: Registry[Callable[[], frozenset[str]]] = Registry("withheld fields")
# Told within the transaction, before a value of high risk is shown: (permit, now). Without one, none is shown.
alarms: Registry[Callable[[Permit, datetime], None]] = Registry("alarms")


def withheld_fields() -> frozenset[str]:
    """The fields that stand in no file that leaves."""
    return frozenset().union(*(fields() for fields in withheld.values()))


def every(rows: str) -> str:
    """All rows of a statement of one column, as one JSON list; NULL without any.

    An aggregate gives the same, but making one ready at every read costs more than finding that there are no rows.
    """
    return f"SELECT array_to_json(NULLIF(ARRAY({rows}), '{{}}'))"


def is_available(name: str) -> bool:
    """Whether a provider of the fact `name` (e.g. consent) has signed up; a purpose resting on it needs one."""
    return name in customer_facts or name in actor_facts


# What rooms tell about one customer beside the values of these fields, in the statement that reads them: an SQL
# expression over the named parameter customer, giving one JSON value or NULL. Nothing is decided by it.
beside: Registry[Callable[[Sequence[str]], str]] = Registry("told beside")


@dataclass(slots=True)
class Gathered:
    """The answers of all providers for one question."""

    customers: dict[UUID, CustomerFacts] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    source_of: dict[UUID, str] = field(default_factory=dict)  # grant -> name of its provider
    missing: list[Text] = field(default_factory=list)  # before the actor is ready for customers
    revision: Any = None  # of the rulebook
    fetched: Fetched | None = None  # what was read, sealed, with the facts
    # For asking the same again: the statement, how many columns it has, and its answers in short (`gate.again`).
    statement: str = ""
    width: int = 0
    print: bytes = b""
    beside: Mapping[str, Any] | None = None  # what rooms tell, where it was asked for and came along


def gather(
    *,
    actor: Actor,
    purpose: str,
    customers: Sequence[UUID],
    now: datetime,
    fetching: Fetching | None = None,
    with_beside: Sequence[str] | None = None,
) -> Gathered:
    """Ask every provider that bears on it about these customers and this actor, in one statement; sealed values of one
    customer may come along in it, and what rooms tell beside the values of some fields."""
    about, of_actor, ready = asked_of(actor, bool(customers))
    several = len(customers) > 1
    statement = _statement(
        rules["rulebook"].revision,
        tuple([fact.of_several() if several else fact.sql for fact in about]),
        tuple([fact.sql for fact in of_actor] + [one.sql for one in ready]),
        _MANY if several else _ONE,
    )
    values = parameters(actor, purpose, customers, now)
    found = Gathered(statement=statement)
    if fetching is None:
        rows = execute(statement, values)
    else:
        found.width = 2 + len(about) + len(of_actor) + len(ready)
        rows = _fetch(found, values, fetching, told_beside(with_beside))
    alike: dict[tuple[Any, ...], CustomerFacts] = {}  # by the answers: read once for all who have the same
    for position, (customer, revision, *answers) in enumerate(rows):
        if customer is not None:
            theirs = tuple(answers[: len(about)])
            known = alike.get(theirs)
            if known is None:
                known = alike[theirs] = _customer(customer, zip(about, theirs, strict=True), actor)
            found.customers[customer] = known
        if position == 0:
            found.revision = revision
            rest = answers[len(about) :]
            for fact, value in zip(of_actor, rest[: len(of_actor)], strict=True):
                grants = fact.read(_read(value), actor) if value is not None else ()
                found.grants.extend(grants)
                found.source_of.update((grant.id, fact.name) for grant in grants)
            found.missing = [
                one.read(_read(value))
                for one, value in zip(ready, rest[len(of_actor) :], strict=True)
                if value is not None
            ]
    return found


def asked_of(
    actor: Actor,
    anybody: bool,  # noqa: FBT001 - whether a customer is named
) -> tuple[list[CustomerFact], list[ActorFact], list[Readiness]]:
    """The providers whose facts bear on what `actor` asks."""
    about = [fact for fact in customer_facts.values() if anybody and _bears_on(actor, fact)]
    of_actor = [fact for fact in actor_facts.values() if _bears_on(actor, fact)]
    ready = [
        one
        for one in readiness.values()
        if actor.kind is ActorKind.STAFF or (one.programs and actor.kind is ActorKind.CLIENT)
    ]
    return about, of_actor, ready


def _bears_on(actor: Actor, fact: CustomerFact | ActorFact) -> bool:
    shown = actor.kind is not ActorKind.SERVICE or not fact.of_showing
    return shown and fact.only in {None, actor.kind}


def parameters(actor: Actor, purpose: str, customers: Sequence[UUID], now: datetime) -> dict[str, Any]:
    """The named parameters of every expression."""
    return of_kind(actor, purpose) | {"now": now, "customers": [*customers] if customers else [None]}


def of_kind(actor: Actor, purpose: str) -> dict[str, Any]:
    """Those of them that are the same whoever is asked about, and whenever."""
    return {"actor": actor.id, "purpose": purpose, "departments": list(actor.department_ids)}


def _fetch(found: Gathered, values: dict[str, Any], fetching: Fetching, told: str) -> list[tuple[Any, ...]]:
    """The facts of one customer, which stand in the first columns of every row, and what came along."""
    width = found.width
    rows = execute(with_fetched(found.statement, fetching.text, width, told), values | fetching.values)
    found.print, found.beside = rows[0][width], read_beside(rows[0][width + 1])
    found.fetched = Fetched(fetching, [row[width + 2 :] for row in rows if row[width + 2] is not None])
    return [rows[0][:width]]


def told_beside(fields: Sequence[str] | None) -> str:
    """What rooms tell beside the values of these, as one expression; NULL where nobody wants to know."""
    return "NULL::text" if fields is None else _together(tuple([tell(fields) for tell in beside.values()]))


@lru_cache(maxsize=8)
def _together(expressions: tuple[str, ...]) -> str:
    return f"jsonb_build_array({', '.join(f'({one})' for one in expressions)})::text"


def read_beside(told: str | None) -> Mapping[str, Any] | None:
    """By room; None where nothing was asked."""
    return None if told is None else dict(zip(beside, _read(told), strict=True))


def _print(width: int) -> str:
    """What is known, in thirty-two bytes: the same for customers of whom the same is known, and for no others."""
    columns = ", ".join(f"k.f{number}::text" for number in range(width - 1))
    return f"sha256(convert_to(ARRAY[{columns}]::text, 'UTF8')) AS print"


@lru_cache(maxsize=16)
def with_fetched(statement: str, fetched: str, width: int, told: str) -> str:
    """Facts first, then what comes along; only texts of this program's own."""
    return (
        f"WITH known AS MATERIALIZED (SELECT k.*, {_print(width)}, {told} AS told FROM ({statement}) AS k)"  # noqa: S608 - see above
        f" SELECT known.*, fetched.* FROM known LEFT JOIN ({fetched}) AS fetched ON true"
    )


@lru_cache(maxsize=16)
def only_print(statement: str, recorded: str, fetched: str, width: int, told: str) -> str:
    """What is known in short, whether the entry was added that rests on it, then what comes along."""
    return (
        f"WITH known AS MATERIALIZED (SELECT {_print(width)}, {told} AS told FROM ({statement}) AS k), {recorded}"  # noqa: S608 - as above
        " SELECT known.print, EXISTS (SELECT FROM recorded), known.told, fetched.*"
        f" FROM known LEFT JOIN ({fetched}) AS fetched ON true"
    )


_MANY = "unnest(%(customers)s::uuid[]) WITH ORDINALITY AS q(customer_id, n) ORDER BY q.n"
# For one there is nothing to take apart and to sort; OFFSET keeps each answer from being asked for wherever it is used.
_ONE = "(SELECT (%(customers)s::uuid[])[1] AS customer_id, 1 AS n) AS q OFFSET 0"


@lru_cache(maxsize=16)
def _statement(revision: str, about: tuple[str, ...], of_actor: tuple[str, ...], asked: str) -> str:
    """Answers come as text, which is read faster than psycopg reads jsonb.

    Only expressions registered by this program's own rooms are put together here, once a process.
    """
    columns = [f"CASE WHEN q.n = 1 THEN ({revision}) END"]
    columns += [f"({expression})::text" for expression in about]
    columns += [f"CASE WHEN q.n = 1 THEN ({expression})::text END" for expression in of_actor]
    named = [f"{column} AS f{number}" for number, column in enumerate(columns)]
    return f"SELECT q.customer_id, {', '.join(named)} FROM {asked}"  # noqa: S608 - see above


def _customer(_customer: UUID, answers: Iterable[tuple[CustomerFact, Any]], actor: Actor) -> CustomerFacts:
    known: Known = {"exists": False}
    for fact, value in answers:
        if value is not None:
            known.update(fact.read(_read(value), actor))
    return CustomerFacts(**known)


def read_contact(value: list[Any], _actor: Actor) -> Known:
    return {"contact": ContactFact(value[0], datetime.fromisoformat(value[1]))}


def read_states(value: Mapping[str, str], _actor: Actor) -> Known:
    return {"states": {group: GroupState(state) for group, state in value.items()}}
