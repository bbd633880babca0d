"""Copies of proofs: sealed as they come, opened on record, and gone with the end of the case."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import filetype
from django.db import transaction

from shouxin.core.policy import Actor, ActorKind
from shouxin.core.text import Text
from shouxin.customers.attachments import scanning
from shouxin.kit import ids
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, Proof
from shouxin.rights.cases.recording import record
from shouxin.vault import parcels

CONTENT = "proof"
LARGEST = 5 * 1024 * 1024
MOST = 6
MEDIA = frozenset({"application/pdf", "image/jpeg", "image/png"})


def keep(actor: Actor, row: Case, content: bytes, now: datetime) -> Proof:
    """Seal a copy before it is written, in the caller's transaction.

    Raises:
        CaseProblem: empty, too large, one too many, or no picture and no PDF by its own bytes.
    """
    kind = filetype.guess(content[:4096]) if content else None
    if kind is None or kind.mime not in MEDIA or len(content) > LARGEST:
        raise CaseProblem("proof.unsuitable")
    try:
        found = scanning.scan(content)
    except scanning.ScannerAway:
        raise CaseProblem("proof.scanner") from None
    if found is scanning.Verdict.FOUND:
        raise CaseProblem("proof.unsuitable")
    if row.proofs.count() >= MOST:
        raise CaseProblem("proof.many")
    proof = ids.new()
    key = parcels.new_key(proof)
    made = Proof.objects.create(
        id=proof,
        case=row,
        customer_id=row.customer_id,
        media=kind.mime,
        size=len(content),
        by_id=actor.id if actor.kind is ActorKind.STAFF else None,
        at=now,
        key_suite=key.suite.id,
        wrapped_key=key.wrapped,
        sealed=key.seal(CONTENT, content),
    )
    record(actor, "proof_kept", row, proof=str(proof))
    return made


def opened(*, actor: Actor, proof: Proof) -> bytes:
    """The copy, for whoever may see the case; that it was opened is journalled first."""
    with transaction.atomic():
        record(actor, "proof_opened", proof.case, proof=str(proof.id))
        return _key_of(proof).open(CONTENT, bytes(proof.sealed))


def forget_proofs(actor: Actor, row: Case) -> None:
    """Destroy all copies with their keys; that identity was checked, and how, stays."""
    count = row.proofs.all().delete()[0]
    if count:
        record(actor, "proofs_destroyed", row, count=count)


def _key_of(row: Proof) -> parcels.ParcelKey:
    return parcels.open_key(row.id, row.key_suite, bytes(row.wrapped_key))


def _parcels(proof: UUID) -> Iterator[tuple[str, bytes]]:
    yield CONTENT, bytes(Proof.objects.get(id=proof).sealed)


def _reseal(proof: UUID) -> bool:
    row = Proof.objects.select_for_update(of=("self",)).filter(id=proof).first()
    if row is None:
        return True  # destroyed with the end of its case meanwhile
    old, new = _key_of(row), parcels.new_key(row.id)
    row.sealed = new.seal(CONTENT, old.open(CONTENT, bytes(row.sealed)))
    row.key_suite, row.wrapped_key = new.suite.id, new.wrapped
    row.save(update_fields=["sealed", "key_suite", "wrapped_key"])
    return True


parcels.places.register(
    "rights.proof",
    parcels.Place(
        "rights.proof",
        Text("个人行权：身份证明的副本", "Copies of proofs of identity"),
        Proof,
        (("rights_proof", "wrapped_key"), ("rights_proof", "sealed")),
        _parcels,
        _reseal,
    ),
)
