"""Finding a customer over sealed values: keyed tokens give candidates, opening them in-process gives the hits."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from shouxin.core.identifiers import reading, recognise
from shouxin.core.policy import Action, Actor, FieldRule, Permission, Storage, service_actor
from shouxin.customers.registry import merging, queries
from shouxin.customers.registry.models import Record
from shouxin.customers.registry.queries import CustomerView
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.people.leaving.rules import LIST_ROWS
from shouxin.vault import queries as vault_queries
from shouxin.vault import services as vault

MOST = 50
LONGEST = 2000  # characters of pasted text
AT_ONCE = 10  # identifiers of one pasted text that are searched
CANDIDATES = 2000
LAST = 4
SEARCHER = service_actor("search")
MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one search, masked; `more` tells that there are others and the search should be narrower."""

    customers: list[CustomerView]
    more: bool
    pasted: int = 0  # identifiers found in a longer text, each searched by itself


def digest_of(text: str) -> str:
    """A keyed digest of a filter or search, for the journal: equal searches are seen to be equal, nothing else."""
    key = hashlib.sha256(b"shouxin-filter" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def search(*, actor: Actor, purpose: str, term: str, now: datetime) -> Found:
    """Customers of the actor's scope that hold exactly `term`, or end in it when it has four characters.

    Of pasted text, a line of a chat for instance, the identifiers that stand in it are searched too, each by itself;
    the text is kept nowhere.

    Only fields of the purpose (and of a program's token) are searched: what somebody may not use, they may not find
    people by either.

    Raises:
        Refused: the actor may not work for `purpose`.
    """
    actor.require(Permission.CUSTOMERS_PROFILE_SEARCH)
    pasted = _identifiers(term)
    terms = [term.strip(), *pasted]
    with transaction.atomic():
        hits = set[UUID]().union(*(_hits(actor, purpose, one, now) for one in terms))
    most = LIST_ROWS if queries.is_cut(actor) else MOST
    rows = list(queries.visible(actor).filter(id__in=hits).order_by("-id")[: most + 1])
    views = queries.masked(
        actor=actor,
        purpose=purpose,
        rows=rows[:most],
        action=Action.SEARCH,
        now=now,
        digest=digest_of("\n".join(terms)),
    )
    return Found(views, len(rows) > most, len(pasted))


def _identifiers(text: str) -> list[str]:
    """What identifies somebody in a longer text; nothing when the text itself is one."""
    found = recognise(text[:LONGEST])
    if len(found) == 1 and text[found[0].start : found[0].end] == text.strip() == reading(text, found[0]):
        return []
    return list(dict.fromkeys(reading(text, one) for one in found))[:AT_ONCE]


def _hits(actor: Actor, purpose: str, term: str, now: datetime) -> set[UUID]:
    book = rulebooks["rulebook"]
    rule = book.purpose(purpose)
    kind = "last4" if len(term) == LAST and term.isalnum() and any(c.isdigit() for c in term) else "exact"
    known = {key: found for key in (rule.fields if rule else ()) if (found := book.fields().get(key))}
    mine = gate.usable_fields(actor=actor, purpose=purpose, fields=list(known), action=Action.SEARCH, now=now)
    fields = [found for key, found in known.items() if key in mine and kind in found.indexes]
    sealed = [found for found in fields if found.storage is not Storage.CLEAR]
    public = [found.key for found in fields if found.storage is Storage.CLEAR and kind == "exact"]
    return _public_hits(actor, public, term) | _sealed_hits(actor, sealed, kind, term, now)


def _public_hits(actor: Actor, keys: list[str], term: str) -> set[UUID]:
    visible, hits = queries.visible(actor), set[UUID]()
    for key in keys:
        holding = {f"public_values__{key}": term}
        hits |= set(visible.filter(**holding).values_list("id", flat=True)[: MOST + 1])
        merged = merging.absorbed().filter(**holding).values_list("absorbed_by", flat=True)[: MOST + 1]
        hits |= {one for one in merged if one}
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
    stands = merging.standing(wanted)  # who was merged is found as the customer that stands for them
    visible = queries.visible(actor).filter(id__in=set(stands.values()))
    there = set(visible.values_list("id", flat=True))
    seen = [one for one in sorted(wanted) if stands[one] in there]
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
        found_in = _kept(vault.matching(permit, field_key=key, kind=kind, text=term)) & possible
        hits |= {stands[one] for one in found_in}
    return hits


def _kept(found: set[vault_queries.Record]) -> set[UUID]:
    """The customers that hold it themselves or in a record; what only waits for review (`offers`) finds nobody."""
    elsewhere = {record for customer, record in found if record != customer}
    known = set(Record.objects.filter(id__in=elsewhere).values_list("id", flat=True)) if elsewhere else set()
    return {customer for customer, record in found if record == customer or record in known}
