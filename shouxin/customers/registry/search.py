"""Finding a customer over sealed values: keyed tokens give candidates, opening them in-process gives the hits."""

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from math import ceil
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.conf import settings

from shouxin.core import identifiers
from shouxin.core.crypto.indexes import KINDS
from shouxin.core.identifiers import reading, recognise
from shouxin.core.policy import Action, Actor, FieldRule, Permission, service_actor
from shouxin.customers.registry import clear, queries, wishes
from shouxin.customers.registry.models import Record
from shouxin.customers.registry.queries import CustomerView, Filters
from shouxin.customers.registry.understanding import Understood, understand
from shouxin.gate import comparing
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.statements import execute
from shouxin.people.leaving.rules import LIST_ROWS
from shouxin.vault import searching
from shouxin.vault.searching import Asked

ROWS = 20  # of a page, unless more are asked for
MOST = 50  # of a page
LONGEST = 2000  # characters of pasted text
AT_ONCE = 10  # identifiers of one pasted text that are searched
CANDIDATES = 2000  # opened for one page, the newest first; a term that has more should be narrower
A_FEW = 14  # candidates of a page that are none, mostly; looked up at first with those that fill it
GROWTH = 3  # how many times as many a further lot may have
SPARE, MORE = 1.25, 6  # as many times, and as many more than the share of hits so far lets expect
SEARCHER = service_actor("search")
MAINTENANCE = "maintenance"

# Those one may see at all; nothing has been opened yet. Who was merged is found as the customer that stands for them.
# OFFSET 0 keeps the planner from reading the whole register to look up a few candidates in it.
# Of the others only one number leaves the database: below which of them the next lot begins, when there may be one.
_SEALED = """
WITH n AS MATERIALIZED ({newest})
SELECT 0::int2, n.customer_id, n.alternatives, v.id, NULL::jsonb FROM n
CROSS JOIN LATERAL (
    (SELECT s.id FROM ({scope}) s WHERE s.id = n.customer_id OFFSET 0)
    UNION ALL
    (SELECT v.id FROM (SELECT absorbed_by FROM customers_customer WHERE id = n.customer_id OFFSET 0) c
    CROSS JOIN LATERAL (SELECT s.id FROM ({scope}) s WHERE s.id = c.absorbed_by OFFSET 0) v)
    LIMIT 1
) v
UNION ALL
(SELECT 0::int2, n.customer_id, NULL, NULL, NULL FROM n ORDER BY n.customer_id DESC OFFSET %b::int4 - 1 LIMIT 1)
"""
_OUTDATED = f"""
SELECT {searching.OUTDATED}::int2, NULL::uuid, NULL::int2[], NULL::uuid, NULL::jsonb WHERE {searching.CHANGED}
"""
_IN_CLEAR = """
SELECT 1::int2, c.customer_id, NULL::int2[], v.id, c.public_values FROM (
    SELECT id AS customer_id, COALESCE(absorbed_by, id) AS stands, public_values FROM customers_customer
    WHERE ({wanted}) AND NOT (search_parts = '{{}}') AND id < %b::uuid ORDER BY id DESC OFFSET 0
) c
CROSS JOIN LATERAL (SELECT s.id FROM ({scope}) s WHERE s.id = c.stands OFFSET 0) v
LIMIT %b::int4
"""
_WANTED = "search_parts @> %b::text[]"
_EVERYBODY = """
SELECT 2::int2, s.id, NULL::int2[], s.id, NULL::jsonb FROM customers_customer s
WHERE s.id IN ({scope}) AND s.id < %b::uuid ORDER BY s.id DESC LIMIT %b::int4
"""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the hits of a search, masked.

    Attributes:
        pasted: identifiers found in a longer text, each searched by itself.
        little: what was typed is too short for a name, and nothing else was found by it.
        crowd: so many candidates that were none that looking through them stopped before the page was full.
        more: there are further hits, or candidates not looked through.
        following: the next page is asked for with the same term and this; None when there is none.
        cut: the reader has announced a departure and sees the beginning alone.
        left_out: hits that may not be used for the purpose, counted by reason.
    """

    customers: list[CustomerView]
    pasted: int = 0
    little: bool = False
    crowd: bool = False
    more: bool = False
    following: UUID | None = None
    cut: bool = False
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hits:
    """Which customers hold what was looked for, newest first, and the candidate below which the next page begins."""

    customers: list[UUID]
    following: UUID | None = None
    crowd: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Somebody who may hold one of the `sealed` alternatives, or holds what stands in clear."""

    stands: UUID
    sealed: set[int]
    in_clear: bool = False


def digest_of(text: str) -> str:
    """A keyed digest of a filter or search, for the journal: equal searches are seen to be equal, nothing else."""
    key = hashlib.sha256(b"shouxin-filter" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def search(
    *,
    actor: Actor,
    purpose: str,
    term: str,
    now: datetime,
    filters: Filters | None = None,
    before: UUID | None = None,
    rows: int | None = None,
) -> Found:
    """Customers of the actor's scope that `term` speaks of, as `understand` reads it, narrowed to `filters`.

    Of pasted text, a line of a chat for instance, the identifiers that stand in it are searched too, each by itself;
    the text is kept nowhere. Who turns the page asks again, with `before` as the page before gave it. A page has `rows`
    customers, at most `MOST`; unless they are named, `ROWS`: the fewer it has, the fewer are opened for it.

    With a wish among the filters nothing need be typed.

    Only fields of the purpose (and of a program's token) are searched: what somebody may not use, they may not find
    people by either.

    Raises:
        Refused: the actor may not work for `purpose`.
    """
    actor.require(Permission.CUSTOMERS_PROFILE_SEARCH)
    pasted = _identifiers(term)
    terms, narrow = [term.strip(), *pasted], filters or Filters()
    cut = queries.is_cut(actor)
    with rulebooks["rulebook"].held(None):
        understood, hits = look_up(
            actor=actor,
            purpose=purpose,
            terms=terms,
            filters=narrow,
            now=now,
            before=None if cut else before,
            most=LIST_ROWS if cut else min(rows or ROWS, MOST),
        )
        views, gone = _masked(actor, purpose, hits, digest_of("\n".join([*terms, repr(narrow)])), now)
    return Found(
        views,
        pasted=len(pasted),
        little=understood.little and not hits.customers,
        crowd=hits.crowd,
        more=hits.following is not None,
        following=None if cut else hits.following,
        cut=cut,
        left_out=gone,
    )


def look_up(
    *,
    actor: Actor,
    purpose: str,
    terms: Sequence[str],
    filters: Filters,
    now: datetime,
    before: UUID | None = None,
    most: int = ROWS,
) -> tuple[Understood, Hits]:
    """What was understood, and the customers that hold it; not inside a transaction.

    Candidates are opened in lots, newest first, until a page is full. That they were is journalled by the statement
    that reads them, without waiting for the disk: whatever is shown of them is journalled after it and waits, and
    nothing can be kept without what stands before it.
    """
    understood = _understood(actor, purpose, terms, now)
    wish = wishes.asked(actor=actor, purpose=purpose, name=filters.wish, now=now) if filters.wish else None
    candidates = _Candidates(actor, filters, understood, wish, all_of_them=not any(terms))
    return understood, _looked_through(candidates, before, most, now)


def _masked(
    actor: Actor, purpose: str, hits: Hits, digest: str, now: datetime
) -> tuple[list[CustomerView], dict[str, int]]:
    found = (
        {row.id: row for row in queries.visible(actor).filter(id__in=hits.customers)}
        if hits.customers
        else {}
    )
    rows = [found[one] for one in hits.customers if one in found]
    return queries.listed(
        actor=actor, purpose=purpose, rows=rows, action=Action.SEARCH, now=now, digest=digest
    )


def _identifiers(text: str) -> list[str]:
    """What identifies somebody in a longer text; nothing when the text itself is one."""
    found = recognise(text[:LONGEST])
    if len(found) == 1 and text[found[0].start : found[0].end] == text.strip() == reading(text, found[0]):
        return []
    return list(dict.fromkeys(reading(text, one) for one in found))[:AT_ONCE]


def _understood(actor: Actor, purpose: str, terms: Sequence[str], now: datetime) -> Understood:
    usable = gate.usable_rules(actor=actor, purpose=purpose, action=Action.SEARCH, now=now)
    fields = [rule for rule in usable.values() if rule.indexes]
    understood = Understood()
    for number, term in enumerate(terms):
        one = understand(term, fields)
        understood.sealed += one.sealed
        understood.clear += one.clear
        understood.little = one.little if not number else False
    return understood


@lru_cache(maxsize=256)
def _scope(actor: Actor, filters: Filters) -> tuple[str, tuple[Any, ...]]:
    """SQL of the customers that `actor` may see, narrowed: it depends on nothing but these two."""
    scope = queries.narrowed(queries.visible(actor), filters, actor).values("id")
    text, its = scope.order_by().query.sql_with_params()
    return text, tuple(its)


_as_number = attrgetter("int")


class _Candidates:
    """Who may be found, a lot at a time: who has the tokens or clear parts, is visible and passes the filters."""

    def __init__(
        self,
        actor: Actor,
        filters: Filters,
        understood: Understood,
        wish: wishes.Wanted | None,
        *,
        all_of_them: bool,
    ) -> None:
        self.understood, self.wish = understood, wish
        self._everybody = bool(wish) and all_of_them  # nothing was typed: whoever may be found at all
        self._clear = sorted({tuple(wanted) for asked in understood.clear for wanted in clear.sought(asked)})
        self._scope, self._its = _scope(actor, filters)
        self._sought = searching.sought(understood.sealed)

    def below(self, before: UUID, together: int) -> tuple[dict[UUID, _Candidate], UUID | None]:
        """The newest below `before`, newest first, and where the next lot begins, if any.

        The sealed values, those in clear and, where nothing was typed, everybody give their newest `together`; all are
        known only as far back as those reach that have more.
        """
        if not (self._sought.ways or self._clear or self._everybody):
            return {}, None
        rows = execute(*self._statement(before, together))
        while any(row[0] == searching.OUTDATED for row in rows):
            self._sought = searching.sought(self.understood.sealed, anew=True)
            rows = execute(*self._statement(before, together))
        return self._read(rows, together)

    def _read(
        self, rows: Sequence[tuple[Any, ...]], together: int
    ) -> tuple[dict[UUID, _Candidate], UUID | None]:
        given: dict[int, list[UUID]] = {}
        found: dict[UUID, _Candidate] = {}
        horizons: list[UUID] = []
        for source, customer, alternatives, stands, public in rows:
            if stands is None:
                horizons.append(customer)
                continue
            one = found.setdefault(customer, _Candidate(stands, set()))
            if alternatives is not None:
                one.sealed.update(alternatives)
                continue
            given.setdefault(source, []).append(customer)
            if self._everybody or any(_holds(asked, public) for asked in self.understood.clear):
                found[customer] = replace(one, in_clear=True)
        horizons += [min(ids) for ids in given.values() if len(ids) == together]
        horizon = max(horizons, default=None)
        newest = sorted(found, key=_as_number, reverse=True)  # many ids compare faster as numbers
        return {one: found[one] for one in newest if horizon is None or one >= horizon}, horizon

    def _statement(self, before: UUID, most: int) -> tuple[str, list[Any]]:
        """One statement for all sources: the sealed values, those in clear, everybody."""
        parts: list[str] = []
        parameters: list[Any] = []
        if self._clear:
            wanted = " OR ".join([_WANTED] * len(self._clear))
            parts.append(_IN_CLEAR.format(wanted=wanted, scope=self._scope))
            parameters += [*map(list, self._clear), before, *self._its, most]
        if self._everybody:
            parts.append(_EVERYBODY.format(scope=self._scope))
            parameters += [*self._its, before, most]
        if self._sought.ways:
            text, values = self._sought.statement(before=before, most=most)
            parts += [_SEALED.format(newest=text, scope=self._scope), _OUTDATED]
            parameters += [*values, *self._its, *self._its, most, *self._sought.state]
        return " UNION ALL ".join(f"({part})" for part in parts), parameters


def _looked_through(candidates: _Candidates, before: UUID | None, most: int, now: datetime) -> Hits:
    """Candidates opened and compared in the process, until `most` customers are found and one more is known of.

    The next page begins below somebody this one's reader may see: who else was passed over is not to be told.
    """
    hits: dict[UUID, UUID] = {}  # customer -> the candidate it was found by
    seen = below = before or searching.LAST_ID
    together, passed, opened = _first_lot(most), 0, 0
    while True:
        lot, horizon = candidates.below(below, together)
        seen = next(reversed(lot), seen)
        possible = {one: found.sealed for one, found in lot.items() if found.sealed and not found.in_clear}
        holding = _opened(candidates.understood, possible, now) if possible else set()
        fitting = {one: found.stands for one, found in lot.items() if found.in_clear or one in holding}
        if candidates.wish:
            wishing = candidates.wish.holding([*fitting.values()], now)
            opened += len(fitting)
            fitting = {one: stands for one, stands in fitting.items() if stands in wishing}
        for one, stands in fitting.items():
            if len(hits) == most and stands not in hits:
                return Hits([*hits], next(reversed(hits.values()), seen))
            hits.setdefault(stands, one)
        if horizon is None:
            return Hits([*hits])
        passed, opened = passed + together, opened + len(possible)
        if opened >= CANDIDATES:
            return Hits([*hits], seen, crowd=True)
        below, together = horizon, _next_lot(most + 1 - len(hits), len(hits), passed, together)


def _first_lot(most: int) -> int:
    return most + A_FEW


def _next_lot(needed: int, found: int, passed: int, last: int) -> int:
    """How many candidates are likely to hold as many hits as are still needed, by the share of hits among those passed.

    Whoever found next to nothing takes lots that grow, so that a register of which they see little costs few of them.
    """
    expected = ceil(needed * SPARE * passed / found) + MORE if found else last * GROWTH
    return min(expected, last * GROWTH)


def _opened(understood: Understood, possible: Mapping[UUID, Collection[int]], now: datetime) -> set[UUID]:
    """Those of the candidates that hold it themselves or in a record."""
    return _kept(
        comparing.compare(
            actor=SEARCHER,
            purpose=MAINTENANCE,
            alternatives=understood.sealed,
            possible=possible,
            reason="search",
            now=now,
        )
    )


def _kept(found: set[tuple[UUID, UUID]]) -> set[UUID]:
    """The customers that hold it themselves or in a record; what only waits for review (`offers`) finds nobody."""
    elsewhere = {record for customer, record in found if record != customer}
    known = set(Record.objects.filter(id__in=elsewhere).values_list("id", flat=True)) if elsewhere else set()
    return {customer for customer, record in found if record == customer or record in known}


def _holds(asked: Asked, public: Mapping[str, str]) -> bool:
    rule: FieldRule = asked.rule
    text = public.get(rule.key, "")
    return bool(text) and KINDS[asked.kind].holds(
        identifiers.normalise(rule.validator, text), asked.normalised
    )
