"""What is handed in for storing: a customer with its records, and the footing on which it is kept."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from shouxin.core.policy import Actor
from shouxin.customers.registry.models import Channel, Kind, Method, RecordKind, Scope, Source, Visibility
from shouxin.customers.registry.rules import Kept


class Agreement(ABC):
    """What the people concerned agree to by the very act that brings their values (PIPL 13–14).

    The register has it recorded before the first value is sealed, in the same transaction; made by `consents` alone.
    """

    fields: frozenset[str]

    @abstractmethod
    def record(self, *, actor: Actor, customers: Sequence[UUID], now: datetime) -> None:
        """Write the consents of `customers` down, with their evidence."""


@dataclass(frozen=True, slots=True)
class Footing:
    """Why and whence: known before the first value is stored (PIPL 6, 13, 17; house rule)."""

    purpose: str
    channel: Channel
    method: Method
    source: Source = Source.INTERNAL
    supplier: str = ""
    batch_id: UUID | None = None
    form_version: UUID | None = None
    plan: UUID | None = None
    paper_on: date | None = None
    agreement: Agreement | None = None  # to a purpose that rests on consent, given with the values
    kept_for: str = ""  # where somebody corrects by right what was collected for this purpose
    reviewed: bool = False  # values from outside that a person decided to take in the place of ours


@dataclass(slots=True)
class RecordEntry:
    """One contact, order, contract or interaction; order lines are lists of equal length under their field keys.

    `id` names an existing record to be completed, None a new one.
    """

    kind: RecordKind
    values: Mapping[str, Kept]
    id: UUID | None = None


@dataclass(slots=True)
class CustomerEntry:
    """A customer to be stored. `id` names an existing customer to be completed, None a new one."""

    kind: Kind
    values: Mapping[str, Kept]
    department: UUID | None = None
    scope: Scope | None = None
    responsible: UUID | None = None
    visibility: Visibility = Visibility.OPEN
    province: str = ""
    records: list[RecordEntry] = field(default_factory=list)
    id: UUID | None = None


def keys_of(entries: Sequence[CustomerEntry]) -> list[str]:
    """The fields of all of them, each once, in order."""
    found = set[str]().union(*(entry.values for entry in entries))
    return sorted(found.union(*(record.values for entry in entries for record in entry.records)))
