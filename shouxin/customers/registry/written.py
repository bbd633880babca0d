"""Who else must know, in the same transaction, which values were written, of new customers too: rooms above sign up.

Told are keys, marks and where the values came from; a value itself is told to nobody.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.customers.registry.entries import CustomerEntry, Footing
from shouxin.customers.registry.rules import Kept
from shouxin.kit.registry import Registry


@dataclass(frozen=True, slots=True)
class Written:
    """Fields of one record that were written: key → its mark, None where the value was taken away.

    `record` is the customer's own id for the profile. Of a customer that is new, `department` and `responsible` are
    told; of the others they stand in the customer's row.
    """

    customer: UUID
    record: UUID
    marks: Mapping[str, int | None]
    created: bool = False
    department: UUID | None = None
    responsible: UUID | None = None
    by: UUID | None = None  # pseudonym; a person's own id where they wrote it themselves


writers: Registry[Callable[[Sequence[Written], Footing, datetime], None]] = Registry("written values")


def tell(written: Sequence[Written], footing: Footing, now: datetime) -> None:
    """Tell everybody; what they cannot note undoes the write."""
    if written:
        for note in writers.values():
            note(written, footing, now)


def of_entries(
    entries: Iterable[CustomerEntry],
    customers: Iterable[tuple[UUID, tuple[UUID, ...], bool]],
    by: UUID,
) -> list[Written]:
    """What a batch of entries wrote; `customers` gives each entry's id, its records' ids and whether it is new."""
    found: list[Written] = []
    for entry, (customer, records, created) in zip(entries, customers, strict=True):
        place = (created, entry.department, entry.responsible, by)
        if entry.values or created:
            found.append(Written(customer, customer, marks_of(entry.values), *place))
        found += [
            Written(customer, record_id, marks_of(record.values), *place)
            for record, record_id in zip(entry.records, records, strict=True)
        ]
    return found


def marks_of(values: Mapping[str, Kept | None]) -> dict[str, int | None]:
    return {key: kept.mark if kept else None for key, kept in values.items()}
