"""Finding by how a customer wants to be reached: opened and compared, since so few values must not stand in an index.

A wish narrows what a search found by something else; alone it is looked for among the newest customers that the scope
and the chosen filters leave, as many as one search opens.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Action, Actor, service_actor
from shouxin.core.text import Text
from shouxin.customers.registry import queries
from shouxin.customers.registry.queries import Filters
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.registry import Registry
from shouxin.vault import services as vault
from shouxin.vault.searching import Asked

SEARCHER = service_actor("search")
MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing a customer may have asked for: any of `texts` in the list that `field` holds."""

    field: str
    texts: tuple[str, ...]
    label: Text


wishes: Registry[Wish] = Registry("wishes that searches are narrowed to")


def narrowed(
    *,
    actor: Actor,
    purpose: str,
    filters: Filters,
    found: Collection[UUID] | None,
    most: int,
    now: datetime,
) -> tuple[set[UUID], bool]:
    """Those of `found` (None: of all that the filters leave) with the wish; whether more than `most` were there.

    Nobody, when the purpose or the actor may not use what the wish stands in.
    """
    wish, known = wishes[filters.wish], rulebooks["rulebook"].fields()
    usable = gate.usable_fields(
        actor=actor, purpose=purpose, fields=[wish.field], action=Action.SEARCH, now=now
    )
    if wish.field not in usable or wish.field not in known:
        return set(), False
    if found is None:
        rows = queries.narrowed(queries.visible(actor), filters, actor).order_by("-id")
        found = list(rows.values_list("id", flat=True)[: most + 1])
    looked_through = sorted(found, reverse=True)[:most]
    if not looked_through:
        return set(), False
    permit = gate.permit_maintenance(
        actor=SEARCHER,
        purpose=MAINTENANCE,
        customers=looked_through,
        fields=[wish.field],
        reason="search",
        now=now,
    )
    asked = [(Asked(known[wish.field], "lists", text, looked_up=False),) for text in wish.texts]
    holding = vault.matching(permit, asked, dict.fromkeys(looked_through, range(len(asked))))
    return {customer for customer, record in holding if record == customer}, len(found) > most
