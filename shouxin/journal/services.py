"""Writing the journal: one INSERT in the caller's transaction. What cannot be recorded does not happen."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID, uuid5

from django.conf import settings
from django.db import connection, transaction

from shouxin.core.ledger.checkpoint import VerifyingKey
from shouxin.core.ledger.entry import JSON, Entry
from shouxin.core.policy import Actor, ActorKind, Permission
from shouxin.journal import exporting, outside
from shouxin.journal import rows as entry_rows
from shouxin.journal.events import events
from shouxin.journal.exporting import Exported, FolderInUse
from shouxin.journal.rows import Beside, Repeated
from shouxin.journal.verification import Report, Verification
from shouxin.kit import clock, ids

Row = tuple[UUID | None, Mapping[str, JSON]]  # whom an entry is about, and its data

_NAMESPACE = UUID("c9e5a8f0-6d0d-5b5c-9f0a-6a3c1d2e4b70")
# Whoever works at the server's command line: no person of the organisation, but named all the same.
OPERATOR = Actor(
    id=uuid5(_NAMESPACE, "operator"),
    kind=ActorKind.SERVICE,
    pseudonym=uuid5(_NAMESPACE, "operator pseudonym"),
    permissions=frozenset({Permission.JOURNAL_LEDGER_VERIFY}),
    name="command line",
)

__all__ = [
    "OPERATOR",
    "Beside",
    "FolderInUse",
    "NoLedgerYet",
    "Repeated",
    "UnknownEvent",
    "append",
    "append_at_once",
    "append_many",
    "beside",
    "export",
    "public_key",
    "recorded",
    "repeated",
    "stand_alone",
    "verify",
]


class NoLedgerYet(Exception):
    """Nothing has been sealed, so there is nothing to verify or export."""


class UnknownEvent(LookupError):
    """The event is registered by no room; a programming error."""


def append(
    *,
    actor: Actor,
    event: str,
    customer: UUID | None = None,
    purpose: str | None = None,
    data: Mapping[str, JSON] | None = None,
) -> UUID:
    """Record that `actor` did `event`, in the transaction of the deed itself, and give the entry's id.

    Whatever goes wrong here also undoes the deed, even if the caller swallows the exception.

    Raises:
        RuntimeError: not inside `transaction.atomic()`.
        UnknownEvent: nobody registered `event`.
        shouxin.core.ledger.errors.EntryError: `data` holds something that is not a code.
    """
    return _append(actor, event, [(customer, data or {})], purpose)[0]


def append_many(
    *,
    actor: Actor,
    event: str,
    rows: Sequence[Row],
    purpose: str | None = None,
) -> list[UUID]:
    """Record one `event` per (customer, data), in order, in one statement; as `append` otherwise."""
    return _append(actor, event, rows, purpose)


def append_at_once(
    *, actor: Actor, event: str, rows: Sequence[Row], purpose: str | None = None
) -> list[UUID]:
    """As `append_many`, for a deed that changes nothing (showing values): committed when this returns.

    One statement is a transaction of its own, so nothing has to be opened and closed around it.

    Raises:
        RuntimeError: inside a transaction, whose rollback would take the entries away.
    """
    stand_alone()
    return _insert(actor, event, rows, purpose)


def beside(
    *, actor: Actor, event: str, purpose: str | None = None, data: Mapping[str, JSON] | None = None
) -> Beside:
    """As `append`, for what a service reads inside the process: written by the statement that reads, with it or not at
    all. Nobody is told that it is on the disk; whatever is shown of what was read is journalled after it, and waits.

    Raises:
        RuntimeError: inside a transaction, which would not wait for the disk either.
    """
    stand_alone()
    return entry_rows.beside(_entries(actor, event, [(None, data or {})], purpose)[0])


def repeated(*, actor: Actor, event: str, purpose: str | None, data: Mapping[str, JSON]) -> Repeated:
    """As `append_at_once`, for the many entries of one kind that reads of single customers come to.

    Raises:
        UnknownEvent: nobody registered `event`.
        shouxin.core.ledger.errors.EntryError: `data` holds something that is not a code.
    """
    if event not in events:
        raise UnknownEvent(event)
    return Repeated(event=event, actor=actor.pseudonym, purpose=purpose, data=data)


def recorded() -> str:
    """What adds a repeated entry, within a WITH that knows `known` with its `print`."""
    return entry_rows.recorded()


def stand_alone() -> None:
    """Make sure that what is written next is committed by itself.

    Raises:
        RuntimeError: inside a transaction.
    """
    blocks = connection.atomic_blocks
    # As for Django's own durable blocks, the transaction around a whole test does not count.
    if blocks and not getattr(blocks[-1], "_from_testcase", False):
        raise RuntimeError("what is shown is journalled in a transaction of its own")


def verify(actor: Actor, *, handed_out: Sequence[Path] = ()) -> Report:
    """Go over the whole journal and record that this was done; `handed_out` are checkpoints kept by others.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not verify the ledger.
        NoLedgerYet: no sealer has ever run.
    """
    actor.require(Permission.JOURNAL_LEDGER_VERIFY)
    notes = [(path.name, path.read_text(encoding="utf-8")) for path in handed_out]
    report = Verification(data=settings.DATA, key=public_key(), handed_out=notes).run()
    facts: dict[str, JSON] = {
        "size": report.size,
        "checkpoints": report.checkpoints,
        "findings": len(report.findings),
    }
    with transaction.atomic():
        append(actor=actor, event="ledger.verified", data=facts)
    return report


def export(actor: Actor, *, folder: Path) -> Exported:
    """Write the sealed journal to an empty folder, for others to verify, and record it.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not verify the ledger.
        NoLedgerYet: nothing has been sealed.
        FolderInUse: there is something in the folder.
    """
    actor.require(Permission.JOURNAL_LEDGER_VERIFY)
    try:
        done = exporting.export(data=settings.DATA, key=public_key(), folder=folder)
    except exporting.NothingSealed:
        raise NoLedgerYet from None
    with transaction.atomic():
        append(
            actor=actor, event="ledger.exported", data={"size": done.size, "checkpoints": done.checkpoints}
        )
    return done


def public_key() -> VerifyingKey:
    """The key that every checkpoint must be signed with.

    Raises:
        NoLedgerYet: no sealer has ever run.
    """
    try:
        return outside.load_public_key(settings.DATA)
    except FileNotFoundError:
        raise NoLedgerYet from None


def _append(actor: Actor, event: str, rows: Sequence[Row], purpose: str | None) -> list[UUID]:
    if not connection.in_atomic_block:
        raise RuntimeError("the journal is written inside the transaction of what it records")
    try:
        return _insert(actor, event, rows, purpose)
    except BaseException:
        transaction.set_rollback(True)
        raise


def _insert(actor: Actor, event: str, rows: Sequence[Row], purpose: str | None) -> list[UUID]:
    if len(rows) > 1 and (about := _alike(rows)):
        like = repeated(event=event, actor=actor, purpose=purpose, data=rows[0][1])
        identities = ids.several(len(about))
        entry_rows.insert_alike(like, identities, clock.now(), about)
        return identities
    entries = _entries(actor, event, rows, purpose)
    entry_rows.insert(entries)
    return [entry.id for entry in entries]


def _alike(rows: Sequence[Row]) -> list[UUID]:
    """Whom the entries are about, where all tell the very same of one customer each; else nobody."""
    data = rows[0][1]
    about = [customer for customer, told in rows if customer is not None and told is data]
    return about if len(about) == len(rows) else []


def _entries(actor: Actor, event: str, rows: Sequence[Row], purpose: str | None) -> list[Entry]:
    if event not in events:
        raise UnknownEvent(event)
    at, pseudonym = clock.now(), actor.pseudonym
    told = zip(ids.several(len(rows)), rows, strict=True)
    return [Entry(one, at, event, pseudonym, customer, purpose, data) for one, (customer, data) in told]
