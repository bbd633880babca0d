"""Values of a profile carried from one customer to another with their provenance, and taken back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from shouxin.core.policy import FieldRule, Permit, Storage
from shouxin.customers.duplicates.reading import DEDUPLICATION, MAINTENANCE
from shouxin.customers.registry import clear
from shouxin.customers.registry.models import Customer, Provenance
from shouxin.customers.registry.rules import Kept
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.vault import services as vault
from shouxin.vault.payload import Value
from shouxin.vault.tickets import Provenance as TicketProvenance
from shouxin.vault.tickets import SealedWrite, WriteTicket

EVERY_VERSION = 100_000


@dataclass(slots=True)
class Profile:
    """What a customer's profile holds, each value as it is kept; it never leaves the process."""

    values: dict[str, Value] = field(default_factory=dict)
    revisions: Mapping[str, int] = field(default_factory=dict)  # of each storage group


@dataclass(slots=True)
class Opened:
    """Both profiles, and the leave under which they were opened."""

    permit: Permit
    of: dict[UUID, Profile]
    broken: bool = False


def open_both(one: Customer, other: Customer, now: datetime) -> Opened:
    """Open the profiles of two customers for the named service; journalled, within the caller's transaction."""
    fields = [
        key
        for key, rule in rulebooks["rulebook"].fields().items()
        if rule.record == "profile" and rule.active
    ]
    purpose = rulebooks["rulebook"].purpose(MAINTENANCE)
    permit = gate.permit_maintenance(
        actor=DEDUPLICATION,
        purpose=MAINTENANCE,
        customers=[one.id, other.id],
        fields=[key for key in fields if purpose and key in purpose.fields],
        reason="deduplication",
        now=now,
    )
    revealed = vault.reveal(permit, records=[one.id, other.id])
    opened = Opened(permit, {}, bool(revealed.alarms))
    origins = clear.origins([one, other])
    for row in (one, other):
        profile = Profile(revisions=dict(revealed.revisions.get((row.id, row.id), {})))
        for key, shown in revealed.of(row.id).items():
            if shown.text is not None and shown.provenance is not None:
                profile.values[key] = Value(shown.text, shown.provenance, shown.mark, shown.problem)
        for key, origin in origins.get(row.id, {}).items():
            if key in permit.fields and row.public_values.get(key):
                text = row.public_values[key]
                profile.values[key] = Value(text, origin.provenance, origin.mark, origin.problem)
        opened.of[row.id] = profile
    return opened


def before(opened: Opened, row: Customer, revisions: Mapping[str, int], revision: int) -> dict[str, Value]:
    """The profile of `row` as it was at these revisions of its storage groups, and `revision` of its clear values."""
    found: dict[str, Value] = {}
    for version in vault.reveal_history(
        opened.permit, customer_id=row.id, record_id=row.id, limit=EVERY_VERSION
    ):
        if revisions.get(version.group) == version.revision:
            for key, shown in version.values.items():
                if shown.text is not None and shown.provenance is not None:
                    found[key] = Value(shown.text, shown.provenance, shown.mark, shown.problem)
    told: set[str] = set()
    for written in clear.versions(row.id):  # newest first
        if written.revision > revision:
            continue
        for key, kept in written.values.items():
            if key not in told:
                told.add(key)
                if kept:
                    found[key] = Value(kept[0], written.provenance, kept[1], kept[2])
    return found


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did: the marks its journal entry carries, and the revision each storage group has now."""

    marks: Mapping[str, int]
    revisions: Mapping[str, int]


def write(opened: Opened, row: Customer, values: Mapping[str, Value | None], now: datetime) -> Written:
    """Put these values into the profile of `row`, None taking one away.

    The row's public values, segment and revision move on with it; the caller has it locked.
    """
    fields = opened.permit.fields
    sealed: dict[str, dict[str, Value | None]] = {}
    for key, value in values.items():
        if fields[key].storage is not Storage.CLEAR:
            sealed.setdefault(fields[key].storage_group, {})[key] = value
    ticket = WriteTicket(opened.permit, tuple(_provenances(value for value in values.values() if value)))
    writes = [SealedWrite(row.id, group, row.id, some) for group, some in sealed.items()]
    done = vault.seal(ticket=ticket, writes=writes)
    _write_clear(row, values, fields, now)
    return Written(done.marks(row.id), dict(zip(sealed, done.revisions, strict=True)))


def take_back(
    opened: Opened, row: Customer, fields: Sequence[str], kept: Mapping[str, Any], now: datetime
) -> dict[str, int]:
    """Give these fields of `row` the values they had before a merge; gives the marks for the journal.

    A storage group that nobody wrote since is as it was, byte for byte, and so are clear values: the version that the
    merge made is taken back. Of another one, the earlier value is written again.
    """
    known, profile = opened.permit.fields, opened.of[row.id]
    stood = before(opened, row, codes(kept, "groups"), int(kept["revision"]))
    after = codes(kept, "after")
    steps = {
        group: (codes(kept, "groups").get(group, 0), revision)
        for group, revision in after.items()
        if profile.revisions.get(group) == revision
    }
    marks = vault.withdraw(opened.permit, customer_id=row.id, record_id=row.id, steps=steps)
    clear_keys = [key for key in fields if known[key].storage is Storage.CLEAR]
    theirs = [version for version in clear.versions(row.id) if version.revision == int(kept["merged"])]
    untouched = {key for version in theirs for key in version.values} == set(clear_keys)
    if untouched:
        for version in theirs:
            version.delete()
        for key in clear_keys:
            row.public_values.pop(key, None)
            if key in stood:
                row.public_values[key] = stood[key].text
    rest = [
        key
        for key in fields
        if (not untouched if key in clear_keys else known[key].storage_group not in steps)
    ]
    if "segment" in fields:
        row.segment = stood["segment"].text[:40] if "segment" in stood else ""
    written = write(opened, row, {key: stood.get(key) for key in rest}, now)
    return {**marks, **written.marks}


def _write_clear(
    row: Customer, values: Mapping[str, Value | None], fields: Mapping[str, FieldRule], now: datetime
) -> None:
    kept = {key: Kept(one.text, one.mark, one.problem) if one else None for key, one in values.items()}
    row.public_values = clear.merged(row.public_values, kept, fields)
    if "segment" in values:
        segment = values["segment"]
        row.segment = segment.text[:40] if segment else ""
    row.revision, row.updated_at = row.revision + 1, now
    row.save(update_fields=["public_values", "segment", "revision", "updated_at"])
    footing: dict[UUID, dict[str, Kept | None]] = {}
    for key, text in clear.among(kept, fields).items():
        value = values[key]
        footing.setdefault(value.provenance if value else _any_provenance(row), {})[key] = text
    for provenance, some in footing.items():
        clear.remember(
            [(row.id, row.revision, some)],
            fields=fields,
            provenance=provenance,
            by=DEDUPLICATION.pseudonym,
            now=now,
        )


def _any_provenance(row: Customer) -> UUID:
    """The footing under which a clear value is taken away: that under which it stands."""
    standing = clear.versions(row.id)
    return standing[0].provenance if standing else Provenance.objects.values_list("id", flat=True)[0]


def _provenances(values: Iterable[Value]) -> list[TicketProvenance]:
    wanted = {value.provenance for value in values}
    return [_ticketed(row) for row in Provenance.objects.filter(id__in=wanted)]


def _ticketed(row: Provenance) -> TicketProvenance:
    purpose = rulebooks["rulebook"].purpose(row.purpose)
    return TicketProvenance(
        id=row.id,
        purpose=row.purpose,
        basis=row.basis,
        notice_version=row.notice_version,
        source=row.source,
        retention_rule=purpose.retention_rule if purpose and purpose.retention_rule else "R-CUST-BASE",
    )


def names(fields: Mapping[str, FieldRule]) -> Sequence[FieldRule]:
    """The rules of the profile's fields that were opened."""
    return [rule for rule in fields.values() if rule.record == "profile"]


def codes(kept: Mapping[str, Any], key: str) -> dict[str, int]:
    """A part of what a merge kept for undoing it."""
    return {str(group): int(number) for group, number in dict(kept.get(key, {})).items()}
