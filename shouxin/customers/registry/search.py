"""Finding a customer over sealed values: keyed tokens give candidates, opening them in-process gives the hits."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from shouxin.core.policy import Action, Actor, FieldRule, Permission, Storage, service_actor
from shouxin.customers.registry import queries
from shouxin.customers.registry.queries import CustomerView
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.people.leaving.rules import LIST_ROWS
from shouxin.vault import queries as vault_queries
from shouxin.vault import services as vault

MOST = 50
CANDIDATES = 2000
LAST = 4
SEARCHER = service_actor("search")
MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one search, masked; `more` tells that there are others and the search should be narrower."""

    customers: list[CustomerView]
    more: bool


def digest_of(text: str) -> str:
    """A keyed digest of a filter or search, for the journal: equal searches are seen to be equal, nothing else."""
    key = hashlib.sha256(b"shouxin-filter" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def search(*, actor: Actor, purpose: str, term: str, now: datetime) -> Found:
    """Customers of the actor's scope that hold exactly `term`, or end in it when it has four characters.

    Only fields of the purpose (and of a program's token) are searched: what somebody may not use, they may not find
    people by either.

    Raises:
        Refused: the actor may not work for `purpose`.
    """
    actor.require(Permission.CUSTOMERS_PROFILE_SEARCH)
    term = term.strip()
    book = rulebooks["rulebook"]
    rule = book.purpose(purpose)
    kind = "last4" if len(term) == LAST and term.isalnum() and any(c.isdigit() for c in term) else "exact"
    known = {key: field for key in (rule.fields if rule else ()) if (field := book.fields().get(key))}
    mine = gate.usable_fields(actor=actor, purpose=purpose, fields=list(known), action=Action.SEARCH, now=now)
    fields = [field for key, field in known.items() if key in mine and kind in field.indexes]
    sealed = [field for field in fields if field.storage is not Storage.CLEAR]
    public = [field.key for field in fields if field.storage is Storage.CLEAR and kind == "exact"]
    with transaction.atomic():
        hits = _public_hits(actor, public, term) | _sealed_hits(actor, sealed, kind, term, now)
    most = LIST_ROWS if queries.is_cut(actor) else MOST
    rows = list(queries.visible(actor).filter(id__in=hits).order_by("-id")[: most + 1])
    views = queries.masked(
        actor=actor, purpose=purpose, rows=rows[:most], action=Action.SEARCH, now=now, digest=digest_of(term)
    )
    return Found(views, len(rows) > most)


def _public_hits(actor: Actor, keys: list[str], term: str) -> set[UUID]:
    visible, hits = queries.visible(actor), set[UUID]()
    for key in keys:
        hits |= set(
            visible.filter(**{f"public_values__{key}": term}).values_list("id", flat=True)[: MOST + 1]
        )
    return hits


def _sealed_hits(actor: Actor, fields: list[FieldRule], kind: str, term: str, now: datetime) -> set[UUID]:
    """Candidates by token, limited to the actor's scope first, then opened and compared inside the process."""
    candidates: dict[str, set[UUID]] = {}
    for rule in fields:
        found = vault_queries.candidates(rule=rule, kind=kind, text=term, limit=CANDIDATES)
        if found:
            candidates[rule.key] = {customer for customer, _ in found}
    if not candidates:
        return set()
    wanted = set[UUID]().union(*candidates.values())
    seen = list(queries.visible(actor).filter(id__in=wanted).values_list("id", flat=True))
    if not seen:
        return set()
    permit = gate.permit_maintenance(
        actor=SEARCHER,
        purpose=MAINTENANCE,
        customers=seen,
        fields=sorted(candidates),
        reason="search",
        now=now,
    )
    hits: set[UUID] = set()
    for key, possible in candidates.items():
        hits |= {c for c, _ in vault.matching(permit, field_key=key, kind=kind, text=term)} & possible
    return hits
