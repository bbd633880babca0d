"""Writing the journal: one INSERT in the caller's transaction. What cannot be recorded does not happen."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import connection, transaction

from shouxin.core.ledger.checkpoint import VerifyingKey
from shouxin.core.ledger.entry import JSON, Entry, encode
from shouxin.core.policy import Actor, ActorKind, Permission
from shouxin.journal import exporting, outside
from shouxin.journal.events import events
from shouxin.journal.exporting import Exported, FolderInUse
from shouxin.journal.rows import insert
from shouxin.journal.verification import Report, Verification
from shouxin.kit import clock, ids

_COLUMNS = {
    "id": "uuid",
    "at": "timestamptz",
    "event": "varchar",
    "actor": "uuid",
    "customer": "uuid",
    "purpose": "varchar",
    "body": "bytea",
}

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
    "FolderInUse",
    "NoLedgerYet",
    "UnknownEvent",
    "append",
    "append_many",
    "export",
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
    rows: Sequence[tuple[UUID | None, Mapping[str, JSON]]],
    purpose: str | None = None,
) -> list[UUID]:
    """Record one `event` per (customer, data), in order, in one statement; as `append` otherwise."""
    return _append(actor, event, rows, purpose)


def verify(actor: Actor, *, handed_out: Sequence[Path] = ()) -> Report:
    """Go over the whole journal and record that this was done; `handed_out` are checkpoints kept by others.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not verify the ledger.
        NoLedgerYet: no sealer has ever run.
    """
    actor.require(Permission.JOURNAL_LEDGER_VERIFY)
    notes = [(path.name, path.read_text(encoding="utf-8")) for path in handed_out]
    report = Verification(data=settings.DATA, key=_public_key(), handed_out=notes).run()
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
        done = exporting.export(data=settings.DATA, key=_public_key(), folder=folder)
    except exporting.NothingSealed:
        raise NoLedgerYet from None
    with transaction.atomic():
        append(
            actor=actor, event="ledger.exported", data={"size": done.size, "checkpoints": done.checkpoints}
        )
    return done


def _public_key() -> VerifyingKey:
    try:
        return outside.load_public_key(settings.DATA)
    except FileNotFoundError:
        raise NoLedgerYet from None


def _append(
    actor: Actor, event: str, rows: Sequence[tuple[UUID | None, Mapping[str, JSON]]], purpose: str | None
) -> list[UUID]:
    if not connection.in_atomic_block:
        raise RuntimeError("the journal is written inside the transaction of what it records")
    try:
        _check_known(event)
        at = clock.now()
        entries = [
            Entry(ids.new(), at, event, actor.pseudonym, customer, purpose, data) for customer, data in rows
        ]
        if entries:
            insert("journal_entry", _COLUMNS, [_row(entry) for entry in entries])
    except BaseException:
        transaction.set_rollback(True)
        raise
    return [entry.id for entry in entries]


def _check_known(event: str) -> None:
    if event not in events:
        raise UnknownEvent(event)


def _row(entry: Entry) -> tuple[Any, ...]:
    return entry.id, entry.at, entry.event, entry.actor, entry.customer, entry.purpose, encode(entry)
