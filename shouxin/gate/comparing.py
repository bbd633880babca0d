"""Telling real hits from coincidences: sealed values compared inside the process under the name of a service."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Actor
from shouxin.gate import services as gate
from shouxin.journal import services as journal
from shouxin.vault import services as vault
from shouxin.vault.searching import Alternative


def compare(
    *,
    actor: Actor,
    purpose: str,
    alternatives: Sequence[Alternative],
    possible: Mapping[UUID, Collection[int]],
    reason: str,
    now: datetime,
) -> set[tuple[UUID, UUID]]:
    """Which (customer, record) really holds one of the customer's `possible` alternatives. Journalled by the statement
    that reads them; not within a transaction.

    Raises:
        Refused: the service may not do this for `purpose`.
        RuntimeError: within a transaction.
    """
    numbers = {number for numbers in possible.values() for number in numbers}
    fields = sorted({asked.rule.key for number in numbers for asked in alternatives[number]})
    permit = gate.leave_inside(actor, purpose, list(possible), fields, reason, now)
    entry = journal.beside(
        actor=actor, event=gate.INSIDE, purpose=permit.purpose, data=gate.told_inside(permit)
    )
    return vault.matching(permit, alternatives, possible, entry)
