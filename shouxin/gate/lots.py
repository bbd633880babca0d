"""A large batch opened in lots, each decided anew: who withdraws meanwhile is left out from the next lot on."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from shouxin.core.policy import Action, Actor
from shouxin.gate import services as gate
from shouxin.gate.services import Opened

LOT = 500


def lots(customers: Sequence[UUID], most: int = LOT) -> list[Sequence[UUID]]:
    """`customers` in as few lots as `most` allows, all of about one size: none is so small that it is no batch."""
    count = max(1, -(-len(customers) // most))
    edges = [len(customers) * number // count for number in range(count + 1)]
    return [customers[start:end] for start, end in pairwise(edges)]


def open_lots(
    *,
    actor: Actor,
    purpose: str,
    customers: Sequence[UUID],
    fields: Sequence[str],
    action: Action,
    reason: str,
    now: datetime,
    records: Sequence[UUID] | None = None,
    most: int = LOT,
    beside: bool = False,
) -> Iterator[tuple[Sequence[UUID], Opened | gate.Refused]]:
    """As `open_sealed`, lot by lot: each is asked for, opened and journalled when it is its turn, not before.

    A lot that is refused is given with its refusal; whoever asked decides what becomes of the rest.
    """
    for lot in lots(customers, most):
        try:
            opened = gate.open_sealed(
                actor=actor,
                purpose=purpose,
                customers=lot,
                fields=fields,
                action=action,
                reason=reason,
                now=now,
                records=records,
                beside=beside,
            )
        except gate.Refused as refused:
            yield lot, refused
        else:
            yield lot, opened
