"""Counting what sources do, keeping them out, telling the owners of accounts, letting a source in again."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission, Role, service_actor
from shouxin.journal import services as journal
from shouxin.kit.sources import source_of
from shouxin.kit.statements import execute
from shouxin.people import queries as people
from shouxin.people.guarding import rules
from shouxin.people.guarding.models import Place, SecurityNotice, Source
from shouxin.people.guarding.rules import EVERYWHERE, Kind, Level, Standing
from shouxin.people.models import Staff

GUARD = service_actor("guard")
Notice = SecurityNotice.Kind
OWNER_NOTICE = {
    Kind.SIGN_IN: Notice.GUESSED,
    Kind.TOKEN: Notice.TOKEN_GUESSED,
    Kind.LISTS: Notice.LISTS,
    Kind.PORTAL: Notice.SOURCE_BLOCKED,  # no log-in is tried there: only the administrators hear of it
}
SPREAD_NOTICE = {
    Kind.SIGN_IN: Notice.GUESSED_SPREAD,
    Kind.TOKEN: Notice.TOKEN_GUESSED,
    Kind.PORTAL: Notice.SOURCE_BLOCKED,
}
AGAIN = timedelta(days=1)  # the same thing is told again no sooner


class SourceUnknown(Exception):
    """There is no such source."""


def sign_in_failed(*, address: str, account: UUID | None, now: datetime) -> None:
    """A wrong name or password: counted for the address, the log-in if there is one, and everybody together."""
    _failed(Kind.SIGN_IN, address, account, now)


def token_failed(*, address: str, client: UUID | None, now: datetime) -> None:
    """A token that opens nothing: counted for the address, the program it names, and everybody together."""
    _failed(Kind.TOKEN, address, client, now)


def token_elsewhere(*, client: UUID, address: str, now: datetime) -> None:
    """A token that is right, from an address that is not its own: its owner is told at once."""
    with transaction.atomic():
        _tell([client], Notice.TOKEN_ELSEWHERE, source_of(address), client, now)


def factor_guessed(*, staff: Staff, now: datetime) -> None:
    """The second factor of a log-in was wrong so often that it rests: whoever tried knows the password."""
    with transaction.atomic():
        _tell([staff.id], Notice.FACTOR_GUESSED, "", None, now)


def passkey_copied(*, staff: Staff, now: datetime) -> None:
    """A passkey whose counter went back: its owner and the security administrators are told."""
    with transaction.atomic():
        _tell({staff.id, *_in_office(Role.SECURITY_ADMIN)}, Notice.PASSKEY_COPIED, "", staff.id, now)


def push_stopped(*, client: UUID, now: datetime) -> None:
    """A program is no longer told of changes: whoever answers for it and the system administrators hear of it.

    Each time anew: between two times somebody enabled the address again.
    """
    with transaction.atomic():
        told = {*_in_office(Role.SYSTEM_ADMIN), *_owners([client])}
        SecurityNotice.objects.bulk_create(
            SecurityNotice(staff_id=one, kind=Notice.PUSH_STOPPED, about=client, at=now)
            for one in sorted(told)
        )


def malicious_file(*, account: UUID, now: datetime) -> None:
    """A file handed in was found to hold a virus: officers and security administrators hear of it, with whose hand."""
    with transaction.atomic():
        _tell(
            {*_in_office(Role.OFFICER), *_in_office(Role.SECURITY_ADMIN)},
            Notice.MALICIOUS_FILE,
            "",
            account,
            now,
        )


def lists_read(*, account: UUID, weight: int, now: datetime) -> None:
    """Customers shown on a masked list or page, or ids that nobody has."""
    if weight and not _calm(Kind.LISTS, str(account), weight, now):
        with transaction.atomic():
            _count(Kind.LISTS, str(account), weight, [account], now)


def portal_asked(*, address: str, now: datetime) -> None:
    """A code was asked for at the customers' door, whoever for."""
    with transaction.atomic():
        _count(Kind.PORTAL, source_of(address), 1, [], now)


def portal_failed(*, address: str, now: datetime) -> None:
    """A wrong code, detail or invitation at the customers' door: counted for the address and everybody together."""
    with transaction.atomic():
        _count(Kind.PORTAL, source_of(address), rules.WRONG_CODE_WEIGHT, [], now)
        _count(Kind.PORTAL, EVERYWHERE, 1, [], now)


def note_place(*, staff: Staff, address: str, now: datetime) -> None:
    """Where somebody signed in from; a place that the log-in has never been used from is told to its owner."""
    network = rules.place_of(address)
    if network is None:
        return
    with transaction.atomic():
        known = Place.objects.filter(staff=staff, last_at__gt=now - rules.PLACE_KEPT)
        new = known.exists() and not known.filter(network=network).exists()
        Place.objects.update_or_create(
            staff=staff,
            network=network,
            defaults={"last_at": now},
            create_defaults={"first_at": now, "last_at": now},
        )
        if new:
            _tell([staff.id], Notice.NEW_PLACE, source_of(address), None, now)
            journal.append(actor=GUARD, event="guard.new_place", data={"staff": str(staff.pseudonym)})


def release(*, actor: Actor, source: UUID, now: datetime) -> Source:
    """Let a source in again before its time."""
    actor.require(Permission.PEOPLE_SOURCE_RELEASE)
    with transaction.atomic():
        row = Source.objects.select_for_update().filter(id=source).first()
        if row is None:
            raise SourceUnknown
        row.count, row.until, row.released_at, row.released_by_id = 0, None, now, actor.id
        row.save(update_fields=["count", "until", "released_at", "released_by"])
        _record(actor, "guard.released", row)
    return row


def see_notices(*, actor: Actor, now: datetime) -> int:
    """Say that one has read what one was told about one's own account; how many notices they were."""
    with transaction.atomic():
        count = SecurityNotice.objects.filter(staff_id=actor.id, seen_at__isnull=True).update(seen_at=now)
        if count:
            journal.append(actor=actor, event="guard.notices_seen", data={"count": count})
    return count


def tidy(*, now: datetime) -> int:
    """Forget quiet sources, old places and notices that were read long ago; how many rows."""
    with transaction.atomic():
        old = now - rules.QUIET_KEPT
        count = Source.objects.filter(last_at__lt=old).delete()[0]
        count += Place.objects.filter(last_at__lt=now - rules.PLACE_KEPT).delete()[0]
        count += SecurityNotice.objects.filter(seen_at__lt=old).delete()[0]
        if count:
            journal.append(actor=GUARD, event="guard.tidied", data={"count": count})
    return count


def _failed(kind: Kind, address: str, account: UUID | None, now: datetime) -> None:
    source, accounts = source_of(address), [account] if account else []
    if Source.objects.filter(kind=kind.value, source=source, count=0, until__gt=now).exists():
        return  # blocked: what it goes on trying is not even counted
    with transaction.atomic():
        # For an account the addresses count, not the tries: one that keeps trying is the address's own affair.
        for one in _count(kind, source, 1, accounts, now):
            _count(kind, str(one), 1, [one], now)
        _count(kind, EVERYWHERE, 1, [], now)


_CALM = """
UPDATE people_guarded_source SET total = total + %(weight)b::int4, last_at = %(now)b,
    count = CASE WHEN window_at > %(from)b THEN count ELSE 0 END + %(weight)b::int4,
    window_at = CASE WHEN window_at > %(from)b THEN window_at ELSE %(now)b END
WHERE kind = %(kind)b AND source = %(source)b AND (until IS NULL OR until <= %(now)b)
  AND CASE WHEN window_at > %(from)b THEN count ELSE 0 END + %(weight)b::int4 < %(slow)b::int4
RETURNING 1
"""


def _calm(kind: Kind, source: str, weight: int, now: datetime) -> bool:
    """Count in one statement, where nothing comes of it: the way of nearly every page."""
    limit = rules.limit_of(kind, source)
    asked = {
        "kind": kind.value,
        "source": source,
        "weight": weight,
        "now": now,
        "from": now - limit.window,
        "slow": limit.slow,
    }
    return bool(execute(_CALM, asked))


def _count(kind: Kind, source: str, weight: int, accounts: Sequence[UUID], now: datetime) -> list[UUID]:
    """One more; whoever comes at the same moment waits for this row. Gives the accounts it had not tried lately."""
    Source.objects.bulk_create(
        [Source(kind=kind.value, source=source, first_at=now, last_at=now)], ignore_conflicts=True
    )
    row = Source.objects.select_for_update().get(kind=kind.value, source=source)
    was_slowed = row.slowed_at is not None and row.count > 0
    before = Standing(row.count, row.window_at, row.until, row.blocks)
    blocked_already = row.until is not None and row.until > now and row.count == 0
    limit = rules.limit_of(kind, source)
    after, level = rules.weigh(before, limit, weight, now)
    row.count, row.window_at, row.until, row.blocks = after.count, after.window_at, after.until, after.blocks
    row.total, row.last_at = row.total + weight, now
    lately = before.window_at is not None and now - before.window_at <= limit.window
    tried = row.accounts if lately else []
    row.accounts = list(dict.fromkeys([*tried, *accounts]))[-rules.MOST_ACCOUNTS :]
    if level is Level.SLOWED and not (was_slowed and row.slowed_at and row.slowed_at > now - AGAIN):
        row.slowed_at = now
        _record(GUARD, "guard.slowed", row)
    if level is Level.BLOCKED and not blocked_already:
        row.blocked_at = row.told_at = now
        _record(GUARD, "guard.blocked", row)
        _tell_about(kind, row, now)
    row.save()
    return [one for one in accounts if one not in tried]


def _tell_about(kind: Kind, row: Source, now: datetime) -> None:
    """Those whose accounts were tried, and the security administrators."""
    administrators = _in_office(Role.SECURITY_ADMIN)
    if row.source == EVERYWHERE:
        _tell(administrators, Notice.EVERYWHERE, "", row.id, now)
        return
    spread = kind is not Kind.LISTS and not rules.is_address(row.source)
    told = (SPREAD_NOTICE if spread else OWNER_NOTICE)[kind]
    address = row.source if rules.is_address(row.source) else ""
    _tell(row.accounts, told, address, row.id, now)
    _tell(
        [one for one in administrators if one not in row.accounts],
        Notice.SOURCE_BLOCKED,
        address,
        row.id,
        now,
    )


def _tell(
    accounts: Iterable[UUID], kind: SecurityNotice.Kind, address: str, about: UUID | None, now: datetime
) -> None:
    """Log-ins are told themselves; of a program, whoever answers for it."""
    wanted = list(accounts)
    known = set(Staff.objects.filter(id__in=[*wanted, *_owners(wanted)]).values_list("id", flat=True))
    lately = SecurityNotice.objects.filter(
        staff_id__in=known, kind=kind, address=address, about=about, at__gt=now - AGAIN
    )
    known -= set(lately.values_list("staff_id", flat=True))
    SecurityNotice.objects.bulk_create(
        SecurityNotice(staff_id=one, kind=kind, address=address, about=about, at=now) for one in sorted(known)
    )


def _owners(accounts: list[UUID]) -> list[UUID]:
    """Who answers for the programs among these accounts."""
    return [owner for source in people.other_accounts.values() for _name, owner in source(accounts).values()]


def _in_office(role: Role) -> list[UUID]:
    found = Staff.objects.filter(is_active=True, roles__contains=[role.value]).order_by("id")
    return list(found.values_list("id", flat=True))


def _record(actor: Actor, event: str, row: Source) -> None:
    """Addresses stand in the room's own table; the journal names the row."""
    journal.append(
        actor=actor,
        event=event,
        data={"source": str(row.id), "watched": row.kind, "count": row.total},
    )
