"""Keeping what is typed, throwing it away, and forgetting what is too old."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from shouxin.core.crypto.errors import SealBroken
from shouxin.core.policy import Actor, Permission
from shouxin.drafts import rules
from shouxin.drafts.keeping import CONTENT, key_of
from shouxin.drafts.kinds import DraftKind, belongs, customer_in
from shouxin.drafts.models import Draft
from shouxin.vault import parcels


class NotKept(Exception):
    """The draft was not kept; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Overtaken(NotKept):
    """Another window kept a later one, which was not overwritten."""

    def __init__(self, saved_at: datetime) -> None:
        super().__init__("draft.overtaken")
        self.saved_at = saved_at


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed so far, in the order of the form, and the query of its page."""

    pairs: Sequence[tuple[str, str]]
    query: str = ""

    def packed(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode("utf-8", "surrogatepass")

    @classmethod
    def unpacked(cls, packed: bytes) -> "Typed":
        kept = json.loads(packed)
        return cls([(name, value) for name, value in kept["pairs"]], kept["query"])


def keep(
    *, actor: Actor, kind: DraftKind, draft: UUID, revision: int, path: str, typed: Typed, now: datetime
) -> Draft:
    """Keep what was typed so far, sealed in the process before anything is written.

    `revision` is the one the page stands on, 0 for a draft that is not kept yet.

    Raises:
        NotKept: too long, not a page of this form, or sent or thrown away meanwhile.
        Overtaken: another window kept a later one.
        KeyServiceUnavailable, VaultNotReady: there are no keys to seal with; nothing is kept.
    """
    actor.require(Permission(kind.permission))
    packed = typed.packed()
    if len(packed) > rules.LARGEST:
        raise NotKept("draft.too-long")
    if not belongs(kind, path):
        raise NotKept("draft.elsewhere")
    # A fresh key each time: what was typed before is forgotten with the former one.
    key = parcels.new_key(draft)
    row = Draft(
        id=draft,
        kind=kind.key,
        owner_id=actor.id,
        customer_id=customer_in(path),
        address=path,
        revision=revision + 1,
        key_suite=key.suite.id,
        wrapped_key=key.wrapped,
        sealed=key.seal(CONTENT, packed),
        saved_at=now,
        expires_at=now + rules.KEPT,
    )
    with transaction.atomic():
        _store(actor, row, revision)
        older = Draft.objects.filter(owner_id=actor.id).order_by("-saved_at").values_list("id", flat=True)
        Draft.objects.filter(id__in=list(older[rules.MOST :])).delete()
    return row


def _store(actor: Actor, row: Draft, revision: int) -> None:
    """Store the draft in place of the one its page stands on; two windows at once meet at the lock."""
    standing = Draft.objects.select_for_update().filter(id=row.id).first()
    if standing is None and revision:
        raise NotKept("draft.gone")
    if standing is None:
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise Overtaken(row.saved_at) from None
        return
    if standing.owner_id != actor.id or standing.kind != row.kind:
        raise NotKept("draft.gone")
    if standing.revision != revision:
        raise Overtaken(standing.saved_at)
    row.save(force_update=True)


def opened(*, actor: Actor, kind: str, draft: UUID, now: datetime) -> tuple[Draft, Typed] | None:
    """A draft of this person's with what was typed; None: gone, too old, altered, or somebody else's."""
    row = Draft.objects.filter(id=draft, owner_id=actor.id, kind=kind, expires_at__gt=now).first()
    if row is None:
        return None
    try:
        return row, Typed.unpacked(key_of(row).open(CONTENT, bytes(row.sealed)))
    except SealBroken:
        return None


def discard(*, actor: Actor, draft: UUID) -> bool:
    """Throw a draft of one's own away, and its key with it; also once it is sent."""
    return bool(Draft.objects.filter(id=draft, owner_id=actor.id).delete()[0])


def sweep(*, now: datetime) -> int:
    """Throw away what is too old; how many."""
    return Draft.objects.filter(expires_at__lte=now).delete()[0]
