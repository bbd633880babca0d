"""Finding a customer over sealed values: keyed tokens give candidates, opening them in-process gives the hits."""

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from shouxin.core import identifiers
from shouxin.core.crypto.indexes import KINDS
from shouxin.core.identifiers import reading, recognise
from shouxin.core.policy import Action, Actor, FieldRule, Permission, service_actor
from shouxin.customers.registry import clear, queries, results, wishes
from shouxin.customers.registry.models import Record
from shouxin.customers.registry.queries import CustomerView, Filters
from shouxin.customers.registry.understanding import Understood, understand
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.statements import execute
from shouxin.people.leaving.rules import LIST_ROWS
from shouxin.vault import searching
from shouxin.vault import services as vault
from shouxin.vault.searching import Asked

MOST = 50
LONGEST = 2000  # characters of pasted text
AT_ONCE = 10  # identifiers of one pasted text that are searched
CANDIDATES = 2000  # opened for one search, the newest first; a term that has more should be narrower
SEARCHER = service_actor("search")
MAINTENANCE = "maintenance"

# Candidates among those one may see at all; nothing has been opened yet. Who was merged is found as the customer that
# stands for them. OFFSET 0 keeps the planner from reading the whole register to look up a few candidates in it.
_WITHIN = """
WITH found (customer_id, alternatives) AS MATERIALIZED ({found}), shown AS MATERIALIZED (
    SELECT customer_id, array_agg(alternative) AS alternatives
    FROM found, unnest(alternatives) AS alternative GROUP BY customer_id
)
SELECT c.id, shown.alternatives, c.public_values, v.id
FROM shown
CROSS JOIN LATERAL (
    SELECT id, public_values, COALESCE(absorbed_by, id) AS stands FROM customers_customer
    WHERE id = shown.customer_id OFFSET 0
) c
CROSS JOIN LATERAL (SELECT s.id FROM ({scope}) s WHERE s.id = c.stands OFFSET 0) v
ORDER BY v.id DESC, c.id LIMIT %b
"""
_IN_CLEAR = """
SELECT id, ARRAY[-1]::int2[] FROM customers_customer
WHERE search_parts @> %b::text[] AND NOT (search_parts = '{}')
"""


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one search, masked, a page at a time.

    Attributes:
        pasted: identifiers found in a longer text, each searched by itself.
        little: what was typed is too short for a name, and nothing else was found by it.
        crowd: more candidates than are opened at once; only the newest of them were looked through.
        following: what the next page is asked for by; None when this is the last.
        cut: the reader has announced a departure and sees the beginning alone.
    """

    customers: list[CustomerView]
    pasted: int = 0
    little: bool = False
    crowd: bool = False
    following: results.Place | None = None
    total: int = 0
    cut: bool = False

    @property
    def more(self) -> bool:
        return self.following is not None or self.crowd or (self.cut and self.total > len(self.customers))


def digest_of(text: str) -> str:
    """A keyed digest of a filter or search, for the journal: equal searches are seen to be equal, nothing else."""
    key = hashlib.sha256(b"shouxin-filter" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def search(*, actor: Actor, purpose: str, term: str, now: datetime, filters: Filters | None = None) -> Found:
    """Customers of the actor's scope that `term` speaks of, as `understand` reads it, narrowed to `filters`.

    Of pasted text, a line of a chat for instance, the identifiers that stand in it are searched too, each by itself;
    the text is kept nowhere.

    With a wish among the filters nothing need be typed.

    Only fields of the purpose (and of a program's token) are searched: what somebody may not use, they may not find
    people by either.

    Raises:
        Refused: the actor may not work for `purpose`.
    """
    actor.require(Permission.CUSTOMERS_PROFILE_SEARCH)
    pasted = _identifiers(term)
    terms, narrow = [term.strip(), *pasted], filters or Filters()
    understood, hits, crowd = look_up(actor=actor, purpose=purpose, terms=terms, filters=narrow, now=now)
    wanted = results.Wanted(
        purpose, tuple(sorted(hits, reverse=True)), digest_of("\n".join([*terms, repr(narrow)])), crowd=crowd
    )
    page = results.first(actor, wanted, _most(actor), now)
    return _shown(actor, page, now, pasted=len(pasted), little=understood.little and not hits)


def look_up(
    *, actor: Actor, purpose: str, terms: Sequence[str], filters: Filters, now: datetime
) -> tuple[Understood, set[UUID], bool]:
    """What was understood, which customers hold it, and whether there were too many to look through them all."""
    with transaction.atomic():
        searching.hold_index()
        understood = _understood(actor, purpose, terms, now)
        hits, crowd = _hits(actor, filters, understood, now)
        if filters.wish:
            found = hits if any(terms) else None
            hits, more = wishes.narrowed(
                actor=actor, purpose=purpose, filters=filters, found=found, most=CANDIDATES, now=now
            )
            crowd = crowd or more
    return understood, hits, crowd


def turn(*, actor: Actor, token: str, after: UUID | None, now: datetime) -> Found | None:
    """A further page of a search that was made a short while ago; None when it is not known any more.

    Raises:
        Refused: the actor may not work for its purpose by now.
    """
    actor.require(Permission.CUSTOMERS_PROFILE_SEARCH)
    page = results.next_page(actor, token, None if queries.is_cut(actor) else after, _most(actor), now)
    return _shown(actor, page, now) if page else None


def _most(actor: Actor) -> int:
    return LIST_ROWS if queries.is_cut(actor) else MOST


def _shown(
    actor: Actor, page: results.Page, now: datetime, *, pasted: int = 0, little: bool = False
) -> Found:
    rows = list(queries.visible(actor).filter(id__in=page.ids).order_by("-id")) if page.ids else []
    views = queries.masked(
        actor=actor,
        purpose=page.wanted.purpose,
        rows=rows,
        action=Action.SEARCH,
        now=now,
        digest=page.wanted.digest,
    )
    cut = queries.is_cut(actor)
    following = None if cut else page.following
    return Found(views, pasted, little, page.wanted.crowd, following, len(page.wanted.ids), cut)


def _identifiers(text: str) -> list[str]:
    """What identifies somebody in a longer text; nothing when the text itself is one."""
    found = recognise(text[:LONGEST])
    if len(found) == 1 and text[found[0].start : found[0].end] == text.strip() == reading(text, found[0]):
        return []
    return list(dict.fromkeys(reading(text, one) for one in found))[:AT_ONCE]


def _understood(actor: Actor, purpose: str, terms: Sequence[str], now: datetime) -> Understood:
    book = rulebooks["rulebook"]
    rule = book.purpose(purpose)
    known = {key: found for key in (rule.fields if rule else ()) if (found := book.fields().get(key))}
    mine = gate.usable_fields(actor=actor, purpose=purpose, fields=list(known), action=Action.SEARCH, now=now)
    fields = [found for key, found in known.items() if key in mine and found.indexes]
    understood = Understood()
    for number, term in enumerate(terms):
        one = understand(term, fields)
        understood.sealed += one.sealed
        understood.clear += one.clear
        understood.little = one.little if not number else False
    return understood


def _hits(actor: Actor, filters: Filters, understood: Understood, now: datetime) -> tuple[set[UUID], bool]:
    """Candidates, limited to the actor's scope and the filters first, then opened and compared in the process."""
    rows = _candidates(actor, filters, understood)
    crowd, hits = len(rows) > CANDIDATES, set[UUID]()
    possible: dict[UUID, Collection[int]] = {}
    for customer, numbers, public, stands in rows[:CANDIDATES]:
        if -1 in numbers and any(_holds(asked, public) for asked in understood.clear):
            hits.add(stands)
        elif sealed := [number for number in numbers if number >= 0]:
            possible[customer] = sealed
    if possible:
        standing = {row[0]: row[3] for row in rows}
        hits |= {standing[one] for one in _opened(understood, possible, now)}
    return hits, crowd


def _opened(understood: Understood, possible: Mapping[UUID, Collection[int]], now: datetime) -> set[UUID]:
    """Those of the candidates that hold it themselves or in a record, opened and compared in the process."""
    numbers = {number for numbers in possible.values() for number in numbers}
    permit = gate.permit_maintenance(
        actor=SEARCHER,
        purpose=MAINTENANCE,
        customers=list(possible),
        fields=sorted({asked.rule.key for number in numbers for asked in understood.sealed[number]}),
        reason="search",
        now=now,
    )
    return _kept(vault.matching(permit, understood.sealed, possible))


def _kept(found: set[tuple[UUID, UUID]]) -> set[UUID]:
    """The customers that hold it themselves or in a record; what only waits for review (`offers`) finds nobody."""
    elsewhere = {record for customer, record in found if record != customer}
    known = set(Record.objects.filter(id__in=elsewhere).values_list("id", flat=True)) if elsewhere else set()
    return {customer for customer, record in found if record == customer or record in known}


def _candidates(
    actor: Actor, filters: Filters, understood: Understood
) -> list[tuple[UUID, list[int], dict[str, str], UUID]]:
    """One statement: who has the tokens or clear parts, is visible to the actor and passes the filters."""
    parts: list[str] = []
    parameters: list[Any] = []
    if tokens := searching.statement(understood.sealed):
        parts.append(tokens[0])
        parameters += tokens[1]
    for wanted in {tuple(wanted) for asked in understood.clear for wanted in clear.sought(asked)}:
        parts.append(_IN_CLEAR)
        parameters.append(list(wanted))
    if not parts:
        return []
    scope = queries.narrowed(queries.visible(actor), filters, actor).values("id")
    within, its = scope.order_by().query.sql_with_params()
    statement = _WITHIN.format(found=" UNION ALL ".join(f"({part})" for part in parts), scope=within)
    return execute(statement, [*parameters, *its, CANDIDATES + 1])


def _holds(asked: Asked, public: Mapping[str, str]) -> bool:
    rule: FieldRule = asked.rule
    text = public.get(rule.key, "")
    return bool(text) and KINDS[asked.kind].holds(
        identifiers.normalise(rule.validator, text), asked.normalised
    )
