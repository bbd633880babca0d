"""Pure rules of relationships: what each side is called, who fits, and that no hierarchy runs in a circle."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from shouxin.core.text import Text
from shouxin.customers.registry.models import Kind as CustomerKind
from shouxin.customers.relationships.models import SYMMETRIC, Kind, Side

# What the other customer is to this one: (seen from the first side, seen from the second).
CALLED: Mapping[Kind, tuple[Text, Text]] = {
    Kind.PARENT: (Text("子公司", "subsidiary"), Text("母公司", "parent company")),
    Kind.EMPLOYER: (Text("员工", "employee"), Text("任职单位", "employer")),
    Kind.CONTACT: (Text("联系人", "contact person"), Text("所代表的单位", "represents")),
    Kind.GUARANTOR: (Text("被担保人", "guarantees for"), Text("担保人", "guarantor")),
    Kind.GUARDIAN: (Text("被监护人", "ward"), Text("监护人", "guardian")),
    Kind.SPOUSE: (Text("配偶", "spouse"), Text("配偶", "spouse")),
    Kind.RELATIVE: (Text("亲属", "relative"), Text("亲属", "relative")),
    Kind.REFERRER: (Text("被介绍人", "referred"), Text("介绍人", "referred by")),
    Kind.PARTNER: (Text("合作方", "partner"), Text("合作方", "partner")),
}
PERSON, ORGANISATION = CustomerKind.PERSON.value, CustomerKind.ORGANISATION.value
# Which kind of customer stands on the first and on the second side; none named fits all.
FITTING: Mapping[Kind, tuple[str | None, str | None]] = {
    Kind.PARENT: (ORGANISATION, ORGANISATION),
    Kind.EMPLOYER: (ORGANISATION, PERSON),
    Kind.CONTACT: (ORGANISATION, PERSON),
    Kind.GUARDIAN: (PERSON, PERSON),
    Kind.SPOUSE: (PERSON, PERSON),
    Kind.RELATIVE: (PERSON, PERSON),
}


def called(kind: str, side: str) -> Text:
    """What the other one is to the customer that stands on `side`."""
    first, second = CALLED[Kind(kind)]
    return first if side == Side.FIRST else second


def opposite(side: Side) -> Side:
    return Side.SECOND if side is Side.FIRST else Side.FIRST


def fits(kind: Kind, side: Side, mine: str, other: str) -> bool:
    """Whether a customer of the kind `mine` may stand on `side`, with one of the kind `other` opposite."""
    first, second = FITTING.get(kind, (None, None))
    one, two = (mine, other) if side is Side.FIRST else (other, mine)
    return first in {None, one} and second in {None, two}


def roles(mine: str) -> list[tuple[str, Kind, Side]]:
    """Every way another can stand to a customer of the kind `mine`, as (key, kind, this customer's side)."""
    return [
        (f"{kind.value}.{side.value}", kind, side)
        for kind in CALLED
        for side in (Side.SECOND, Side.FIRST)
        if (side is Side.SECOND or kind not in SYMMETRIC)
        and FITTING.get(kind, (None, None))[side is Side.SECOND] in {None, mine}
    ]


def circular(edges: Iterable[tuple[UUID, UUID]], above: UUID, below: UUID) -> bool:
    """Whether putting `above` over `below` closes a circle, given who stands over whom."""
    under: dict[UUID, set[UUID]] = {}
    for one, two in edges:
        under.setdefault(one, set()).add(two)
    waiting, seen = [below], {below}
    while waiting:
        here = waiting.pop()
        if here == above:
            return True
        fresh = under.get(here, set()) - seen
        seen |= fresh
        waiting.extend(fresh)
    return False
