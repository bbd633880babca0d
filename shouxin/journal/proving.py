"""One entry and its proof: made to hand out, and gone over step by step from the bytes that are stored now."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import transaction

from shouxin.core.ledger.checkpoint import VerifyingKey, open_note
from shouxin.core.ledger.entry import JSON, VERSION, decode, heads, moment
from shouxin.core.ledger.errors import LedgerError, ProofError
from shouxin.core.ledger.proof import EntryProof
from shouxin.core.ledger.tiles import WIDTH
from shouxin.core.ledger.tree import leaf_hash
from shouxin.core.policy import Actor, Permission
from shouxin.journal import outside, queries, services
from shouxin.journal.models import Checkpoint, Entry, Leaf

ATTEMPTS = 3


class NotSealedYet(Exception):
    """The entry waits for its place in the tree; a second later it has one."""


class Step(StrEnum):
    """What is gone over, in this order; a step that fails ends it."""

    BYTES = "bytes"  # the stored bytes are an entry, and the columns beside them repeat it
    LEAF = "leaf"  # their hash is the one that was sealed
    OUTSIDE = "outside"  # and the one kept outside the database
    PATH = "path"  # the path leads from it to the root
    SIGNATURE = "signature"  # the root is the one the ledger's key signed


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found about one entry: the steps that held, the one that failed, and under which checkpoint."""

    entry: UUID
    at: datetime
    index: int
    size: int
    leaf: str
    root: str
    signed_at: datetime
    held: tuple[Step, ...]
    failed: Step | None

    @property
    def sound(self) -> bool:
        return self.failed is None


@dataclass(frozen=True, slots=True)
class Checked:
    """A proof that held: the place of its entry in a log of `size`."""

    index: int
    size: int
    root: bytes


def bytes_of(actor: Actor, entry_id: UUID) -> tuple[int, str] | None:
    """How many bytes an entry has and their leaf hash, computed now.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not read the journal.
    """
    actor.require(Permission.JOURNAL_ENTRY_READ)
    body = Entry.objects.filter(id=entry_id).values_list("body", flat=True).first()
    return (len(body), leaf_hash(bytes(body)).hex()) if body is not None else None


def proof_of(actor: Actor, entry_id: UUID) -> EntryProof:
    """The proof of one entry, to hand out; that it was made is recorded.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not verify the ledger.
        NotSealedYet: there is no such entry under a checkpoint.
        shouxin.core.ledger.errors.LedgerError: the stored tree does not prove it.
    """
    actor.require(Permission.JOURNAL_LEDGER_VERIFY)
    return _handed_out(actor, entry_id, Entry.objects.filter(id=entry_id).first())


def receipt_of(actor: Actor, entry_id: UUID, *, mine: Collection[UUID]) -> EntryProof:
    """The proof of something that the actor did themselves or that happened to them: a receipt to keep.

    The caller has established that the customers `mine` are who the actor is.

    Raises:
        NotSealedYet: there is no such entry about them under a checkpoint.
        shouxin.core.ledger.errors.LedgerError: the stored tree does not prove it.
    """
    return _handed_out(actor, entry_id, Entry.objects.filter(id=entry_id, customer__in=list(mine)).first())


def _handed_out(actor: Actor, entry_id: UUID, found: Entry | None) -> EntryProof:
    inclusion = queries.inclusion(entry_id) if found else None
    if found is None or inclusion is None:
        raise NotSealedYet
    path = tuple(bytes.fromhex(step) for step in inclusion.path)
    proof = EntryProof(bytes(found.body), inclusion.index, path, inclusion.note)
    proof.check(services.public_key())  # nothing is handed out that would be refused elsewhere
    with transaction.atomic():
        data: dict[str, JSON] = {"entry": str(entry_id), "index": inclusion.index, "size": inclusion.size}
        services.append(actor=actor, event="entry.proof_made", data=data)
    return proof


def check_file(actor: Actor, *, text: str) -> Checked:
    """Does a proof that somebody was handed hold, and does this ledger still have that entry in that place?

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not verify the ledger.
        services.NoLedgerYet: no sealer has ever run.
        shouxin.core.ledger.errors.LedgerError: it does not hold, or contradicts this ledger.
    """
    actor.require(Permission.JOURNAL_LEDGER_VERIFY)
    proof = EntryProof.parse(text)
    checkpoint = proof.check(services.public_key())
    sealed = Leaf.objects.filter(index=proof.index).values_list("leaf_hash", flat=True).first()
    if sealed is None or bytes(sealed) != leaf_hash(proof.entry):
        raise ProofError("the ledger here holds another entry in this place")
    return Checked(proof.index, checkpoint.size, checkpoint.root)


def verify_entry(actor: Actor, entry_id: UUID, *, now: datetime) -> Verified:
    """Go over one entry from its stored bytes up to the signature, and record that this was done.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not verify the ledger.
        NotSealedYet: there is no such entry under a checkpoint.
        services.NoLedgerYet: no sealer has ever run.
    """
    actor.require(Permission.JOURNAL_LEDGER_VERIFY)
    entry, leaf = Entry.objects.filter(id=entry_id).first(), Leaf.objects.filter(entry_id=entry_id).first()
    latest = Checkpoint.objects.order_by("-size").first()
    if entry is None or leaf is None or latest is None or leaf.index >= latest.size:
        raise NotSealedYet
    key = services.public_key()
    steps: dict[Step, Callable[[], bool]] = {
        Step.BYTES: lambda: _readable(entry),
        Step.LEAF: lambda: leaf_hash(bytes(entry.body)) == bytes(leaf.leaf_hash),
        Step.OUTSIDE: lambda: _kept_outside(leaf, key),
        Step.PATH: lambda: bool(queries.inclusion_under(leaf, latest).root),
        Step.SIGNATURE: lambda: _signed(latest, key),
    }
    held, failed = _go_over(steps)
    verified = Verified(
        entry=entry_id,
        at=now,
        index=leaf.index,
        size=latest.size,
        leaf=leaf_hash(bytes(entry.body)).hex(),
        root=bytes(latest.root).hex(),
        signed_at=latest.at,
        held=held,
        failed=failed,
    )
    _record(actor, verified)
    return verified


def _go_over(steps: dict[Step, Callable[[], bool]]) -> tuple[tuple[Step, ...], Step | None]:
    held: list[Step] = []
    for step, holds in steps.items():
        try:
            if not holds():
                return tuple(held), step
        except LedgerError:
            return tuple(held), step
        held.append(step)
    return tuple(held), None


def _readable(entry: Entry) -> bool:
    body = bytes(entry.body)
    decode(body)
    beside = (entry.id, moment(entry.at), entry.event, entry.actor, entry.customer, entry.purpose)
    return body[:1] == VERSION and heads(body) == beside


def _kept_outside(leaf: Leaf, key: VerifyingKey) -> bool:
    """The same hash stands outside the database; asked again when the sealer was just replacing a file."""
    kept, place = outside.Outside(settings.DATA), leaf.index % WIDTH
    for _attempt in range(ATTEMPTS):
        size = kept.size(key)
        hashes = kept.hashes(leaf.index // WIDTH, size) if leaf.index < size else []
        if len(hashes) > place:
            return hashes[place] == bytes(leaf.leaf_hash)
    return False


def _signed(latest: Checkpoint, key: VerifyingKey) -> bool:
    opened = open_note(latest.note, key)
    return (opened.size, opened.root) == (latest.size, bytes(latest.root))


def _record(actor: Actor, found: Verified) -> None:
    data: dict[str, JSON] = {
        "entry": str(found.entry),
        "index": found.index,
        "size": found.size,
        "proved": "sound" if found.sound else str(found.failed),
    }
    with transaction.atomic():
        services.append(actor=actor, event="entry.verified", data=data)
