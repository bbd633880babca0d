"""Issuing and ending tokens for the ledger, and the door at which they are shown."""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from shouxin.access.clients.rules import address_of, comes_from, network
from shouxin.access.ledger import rules
from shouxin.access.ledger.models import LedgerToken
from shouxin.core.policy import Actor, Permission
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.people import queries as people
from shouxin.people.guarding import queries as guard
from shouxin.people.guarding import services as guarding

P = Permission
_NOBODY = bytes(32)


class LedgerProblem(Exception):
    """A token cannot be issued or ended; `codes` say why."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.codes = codes


class TurnedAway(Exception):
    """No token, or one that opens nothing; nobody outside learns which."""


def issue(
    *, actor: Actor, name: str, addresses: Sequence[str], days: int, now: datetime
) -> tuple[LedgerToken, str]:
    """A token of the actor's own for `days`, and its text, which is shown this once.

    Raises:
        NotAllowed: the actor may not verify the ledger.
        LedgerProblem: no name, no address, an address that is none, too long a time.
    """
    actor.require(P.JOURNAL_LEDGER_VERIFY)
    wrong = rules.problems(name=name, addresses=addresses, days=days)
    if wrong:
        raise LedgerProblem(*wrong)
    token = rules.new_token(rules.token_key())
    bound = sorted({canonical for one in addresses if (canonical := network(one))})
    with transaction.atomic():
        row = LedgerToken.objects.create(
            owner_id=actor.id,
            name=name.strip(),
            prefix=token.prefix,
            digest=token.digest,
            last_four=token.last_four,
            addresses=bound,
            issued_at=now,
            ends_at=now + timedelta(days=days),
        )
        journal.append(
            actor=actor,
            event="ledger_token.issued",
            data={"token": str(row.id), "days": days, "networks": len(bound)},
        )
    return row, token.text


def end(*, actor: Actor, token: UUID, now: datetime) -> LedgerToken:
    """End a token before its time; everybody who may verify the ledger may end any.

    Raises:
        NotAllowed: the actor may not verify the ledger.
        LedgerProblem: no such token, or ended before.
    """
    actor.require(P.JOURNAL_LEDGER_VERIFY)
    with transaction.atomic():
        row = LedgerToken.objects.select_for_update().filter(id=token, ended_at__isnull=True).first()
        if row is None:
            raise LedgerProblem("token.ended")
        row.digest, row.ended_at, row.ended_by_id = None, now, actor.id
        row.save(update_fields=["digest", "ended_at", "ended_by"])
        journal.append(actor=actor, event="ledger_token.ended", data={"token": str(row.id)})
    return row


def come_in(*, header: str, address: str, now: datetime) -> Actor:
    """Whoever the token of an Authorization header belongs to, as they are at this moment.

    The first use of a day is journalled: what is mirrored is the journal, which must not grow by being read.

    Raises:
        TurnedAway: one answer, whatever is the matter.
    """
    if guard.token_closed_to(address=address, now=now):
        guarding.token_failed(address=address, client=None, now=now)
        raise TurnedAway
    scheme, _, text = header.partition(" ")
    text = text.strip()
    presented = rules.digest(rules.token_key(), text)
    prefix = rules.prefix_of(text) if scheme.lower() == "bearer" else None
    row = LedgerToken.objects.select_related("owner").filter(prefix=prefix or "").first()
    right = hmac.compare_digest(bytes(row.digest) if row and row.digest else _NOBODY, presented)
    source = address_of(address)
    if (
        row is None
        or not right
        or row.ends_at <= now
        or source is None
        or not comes_from(source, row.addresses)
    ):
        guarding.token_failed(address=address, client=None, now=now)
        raise TurnedAway
    actor = people.actor_of(row.owner)
    if row.owner.suspended_at is not None or not actor.may(P.JOURNAL_LEDGER_VERIFY):
        raise TurnedAway
    _note_use(actor, row, now)
    return actor


def _note_use(actor: Actor, row: LedgerToken, now: datetime) -> None:
    if row.last_at is not None and row.last_at > now - rules.ONCE_A:
        return
    before = Q(last_at__isnull=True) if row.last_at is None else Q(last_at=row.last_at)
    with transaction.atomic():
        first_to_note = LedgerToken.objects.filter(before, id=row.id).update(last_at=now)
        if first_to_note and (row.last_at is None or clock.today(row.last_at) != clock.today(now)):
            journal.append(actor=actor, event="ledger.mirrored", data={"token": str(row.id)})
