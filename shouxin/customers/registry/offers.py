"""Values from outside that meet a value of ours: they change nothing, but wait, sealed, for a person's review.

A room above signs up what waits (`judges`) and keeps the list of what does (`keepers`). The offered value lies in the
vault under an id of its own, in the storage group of its field: state, keys, masks and retention are the field's.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Actor, Storage
from shouxin.customers.registry import grounds
from shouxin.customers.registry.entries import CustomerEntry, Footing
from shouxin.customers.registry.models import Source
from shouxin.customers.registry.problems import RegistryProblem
from shouxin.customers.registry.rules import Kept
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.kit import ids
from shouxin.kit.registry import Registry
from shouxin.vault import services as vault
from shouxin.vault.payload import Value
from shouxin.vault.tickets import SealedWrite

Place = tuple[UUID, UUID, str]  # customer, record, field


@dataclass(frozen=True, slots=True)
class Offer:
    """One value that waits. `public` is its text where the field is graded public, and so may stand in clear."""

    id: UUID
    customer: UUID
    record: UUID
    field: str
    mark: int
    provenance: UUID
    by: UUID  # pseudonym
    public: str = ""


OFFERED = frozenset({"profile", "contact"})
# Of these places, which may not be written at once; and what became of those.
judges: Registry[Callable[[Footing, Sequence[Place]], set[Place]]] = Registry("judges of outside values")
keepers: Registry[Callable[[Footing, Sequence[Offer], datetime], None]] = Registry(
    "keepers of outside values"
)
# The source of a batch was rejected: whatever of it waits is taken out for good.
droppers: Registry[Callable[[Actor, UUID, datetime], int]] = Registry("droppers of outside values")


def set_aside(
    *, actor: Actor, footing: Footing, places: Mapping[Place, Kept | None], now: datetime
) -> set[Place]:
    """Put those of `places` that may not be written at once on the list of what waits; within the caller's transaction.

    Gives which they are; the caller writes the others. Taking a value away is never from outside.

    Raises:
        Refused: the actor may not even offer them (journalled).
        RegistryProblem: orders, contracts and interactions are ours; nobody outside changes them.
    """
    if footing.source != Source.EXTERNAL or footing.reviewed or not places:
        return set()
    fields = rulebooks["rulebook"].fields()
    for _customer, _record, key in places:
        if key in fields and fields[key].record not in OFFERED:
            raise RegistryProblem("source.profile-only", key)
    waiting = would_wait(footing, list(places))
    offered = {place: kept for place, kept in places.items() if place in waiting and kept}
    if offered:
        _keep(actor, footing, offered, now)
    return waiting


def would_wait(footing: Footing, places: Sequence[Place]) -> set[Place]:
    """Which of these values would wait for review if they were written on this footing."""
    if footing.source != Source.EXTERNAL or footing.reviewed:
        return set()
    return set[Place]().union(*(judge(footing, places) for judge in judges.values()))


def _keep(actor: Actor, footing: Footing, offered: Mapping[Place, Kept], now: datetime) -> None:
    customers = sorted({customer for customer, _, _ in offered})
    keys = sorted({key for _, _, key in offered})
    permit = grounds.admit(actor, footing, customers, keys, now)
    provenance = grounds.provenance(actor, footing, now)
    offers, writes = [], []
    for (customer, record, key), kept in offered.items():
        rule, offer = permit.fields[key], ids.new()
        public = rule.storage is Storage.CLEAR
        offers.append(
            Offer(
                offer,
                customer,
                record,
                key,
                kept.mark,
                provenance.id,
                actor.pseudonym,
                kept.text if public else "",
            )
        )
        if not public:
            value = Value(kept.text, provenance.id, kept.mark, kept.problem)
            writes.append(SealedWrite(customer, rule.storage_group, offer, {key: value}))
    sealed = vault.seal(ticket=grounds.ticket(permit, provenance), writes=writes, indexed=False)
    for keep in keepers.values():
        keep(footing, offers, now)
    fields: dict[UUID, list[str]] = {}
    for offer_ in offers:
        fields.setdefault(offer_.customer, []).append(offer_.field)
    journal.append_many(
        actor=actor,
        event="external.offered",
        purpose=footing.purpose,
        rows=[
            (
                customer,
                {
                    "purpose": footing.purpose,
                    "fields": sorted(names),
                    "batch": str(footing.batch_id) if footing.batch_id else None,
                    "sealed": sealed.marks(customer),
                },
            )
            for customer, names in fields.items()
        ],
    )


def left_of(
    actor: Actor,
    footing: Footing,
    entries: Sequence[CustomerEntry],
    now: datetime,
    *,
    but: Collection[UUID] = (),
) -> list[CustomerEntry]:
    """The entries without what was set aside; what completes a customer and has nothing left stays, empty.

    Customers in `but` are still being created by this very batch: nothing of them stands against it.
    """
    places: dict[Place, Kept | None] = {}
    for entry in entries:
        if entry.id is None or entry.id in but:
            continue
        places |= {(entry.id, entry.id, key): kept for key, kept in entry.values.items()}
        for record in entry.records:
            if record.id is not None:
                places |= {(entry.id, record.id, key): kept for key, kept in record.values.items()}
    aside = set_aside(actor=actor, footing=footing, places=places, now=now)
    return [_without(entry, aside) for entry in entries] if aside else list(entries)


def _without(entry: CustomerEntry, aside: set[Place]) -> CustomerEntry:
    if entry.id is None:
        return entry
    customer = entry.id
    records = [
        replace(
            record,
            values={
                key: kept
                for key, kept in record.values.items()
                if record.id is None or (customer, record.id, key) not in aside
            },
        )
        for record in entry.records
    ]
    values = {key: kept for key, kept in entry.values.items() if (customer, customer, key) not in aside}
    return replace(entry, values=values, records=[one for one in records if one.values or one.id is None])


def drop_batch(actor: Actor, batch: UUID, now: datetime) -> int:
    """Take out what of a rejected batch waits for review; within the caller's transaction. How many values."""
    return sum(drop(actor, batch, now) for drop in droppers.values())
