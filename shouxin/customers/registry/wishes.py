"""Finding by how a customer wants to be reached: opened and compared, since so few values must not stand in an index.

A wish narrows what a search found by something else; alone it is looked for among the customers that the scope and the
chosen filters leave, newest first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Action, Actor, FieldRule, service_actor
from shouxin.core.text import Text
from shouxin.gate import comparing
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.registry import Registry
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish that the searcher may look for; `rule` is None when the purpose or the actor may not use it."""

    wish: Wish
    rule: FieldRule | None

    def holding(self, customers: Sequence[UUID], now: datetime) -> set[UUID]:
        """Those of `customers` who asked for it, opened and compared inside the process."""
        if self.rule is None or not customers:
            return set()
        alternatives = [(Asked(self.rule, "lists", text, looked_up=False),) for text in self.wish.texts]
        found = comparing.compare(
            actor=SEARCHER,
            purpose=MAINTENANCE,
            alternatives=alternatives,
            possible=dict.fromkeys(customers, range(len(alternatives))),
            reason="search",
            now=now,
        )
        return {customer for customer, record in found if record == customer}


def asked(*, actor: Actor, purpose: str, name: str, now: datetime) -> Wanted:
    """The wish `name` as `actor` may look for it.

    Raises:
        Refused: the actor may not work for `purpose`.
    """
    wish, known = wishes[name], rulebooks["rulebook"].fields()
    usable = gate.usable_fields(
        actor=actor, purpose=purpose, fields=[wish.field], action=Action.SEARCH, now=now
    )
    return Wanted(wish, known.get(wish.field) if wish.field in usable else None)
