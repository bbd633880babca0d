"""Every change of the region profiles: check, change, record, in one transaction."""

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from uuid import UUID
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.db.models import Max

from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.rulebook.catalogue import pack
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import Field, Pack
from shouxin.rulebook.catalogue.queries import same_person
from shouxin.rulebook.catalogue.services import PIPL, START
from shouxin.rulebook.regions import queries, rules
from shouxin.rulebook.regions.models import RegionField, RegionVersion
from shouxin.rulebook.regions.rules import Hours, Raise


@transaction.atomic
def load_regions(actor: Actor, *, now: datetime, folder: Path = pack.CURRENT) -> list[RegionVersion]:
    """Lay the pack's profiles before the approvers, for jurisdictions that have none yet; they bind nobody before.

    Raises:
        shouxin.rulebook.catalogue.pack.PackBroken: a file differs from the manifest.
    """
    if actor != START:
        actor.require(Permission.RULEBOOK_REGION_DRAFT)
    delivered = pack.read(folder)
    loaded = Pack.objects.select_for_update().get(sha256=delivered.sha256)
    known = set(RegionVersion.objects.values_list("jurisdiction", flat=True))
    raises: dict[str, list[Raise]] = {}
    for row in delivered.rows("region-fields"):
        level = int(row["level"]) if row["level"] else None
        one = Raise(row["field_key"], level, row["sensitive"] == "y", row["reason"], row["verification"])
        raises.setdefault(row["jurisdiction"], []).append(one)
    made = []
    for row in delivered.rows("region-profiles"):
        code = row["id"]
        if code in known:
            continue
        weekdays = tuple(int(day) for day in row["weekdays"].split())
        begins, ends = time.fromisoformat(row["from_hour"]), time.fromisoformat(row["until_hour"])
        hours = Hours(row["timezone"], weekdays, begins, ends)
        version = _new_version(actor, code, hours, raises.get(code, ()), row["note"], now)
        version.pack, version.verification = loaded, row["verification"]
        version.save(update_fields=["pack", "verification"])
        _tell(actor, "region.delivered", version)
        made.append(version)
    return made


@transaction.atomic
def draft_region(
    actor: Actor, *, jurisdiction: str, hours: Hours, raises: Sequence[Raise], note: str, now: datetime
) -> RegionVersion:
    """Write the next profile of a jurisdiction; it binds nobody until another person approves it."""
    actor.require(Permission.RULEBOOK_REGION_DRAFT)
    if not note.strip():
        raise Refused("region.no_reason", Text("请说明理由。", "Say why."))
    if hours.timezone not in available_timezones():
        raise Refused("region.timezone", Text("没有这个时区。", "There is no such time zone."))
    for one in raises:
        _check(one)
    try:
        with transaction.atomic():
            version = _new_version(actor, jurisdiction, hours, raises, note.strip(), now)
    except IntegrityError:
        text = Text(
            "该法域已有一版待批准，或同一字段列了两次，或时间段不成立。",
            "A version of this jurisdiction waits already, or a field is named twice, or the hours make no sense.",
        )
        raise Refused("region.not_possible", text) from None
    _tell(actor, "region.drafted", version)
    return version


def _check(one: Raise) -> None:
    field = Field.objects.filter(key=one.field).first()
    if field is None:
        raise Refused("field.unknown", Text("没有这个字段。", "There is no such field."))
    if not one.reason.strip():
        raise Refused("region.no_reason", Text("每个字段都要说明理由。", "Say why, for each field."))
    if field.exposure == Field.ExposureClass.PUBLIC:
        text = Text(
            f"“{field.name_zh}”是公开字段。先在字段目录提高公开程度。",
            f"{field.name_en} is public. Raise its class in the catalogue first.",
        )
        raise Refused("region.public_field", text)
    higher = one.level is not None and one.level > field.level
    if not higher and not (one.sensitive and field.is_sensitive is False):
        text = Text(
            f"“{field.name_zh}”本来就这么严（{field.level} 级）。地区规则只能从严，不能放宽。",
            f"{field.name_en} is as strict already (level {field.level}). A region can only be stricter.",
        )
        raise Refused("region.not_stricter", text)


def _new_version(
    actor: Actor, jurisdiction: str, hours: Hours, raises: Sequence[Raise], note: str, now: datetime
) -> RegionVersion:
    latest = RegionVersion.objects.filter(jurisdiction=jurisdiction).aggregate(latest=Max("number"))["latest"]
    version = RegionVersion.objects.create(
        jurisdiction=jurisdiction,
        number=(latest or 0) + 1,
        timezone=hours.timezone,
        weekdays=sorted(hours.weekdays),
        from_hour=hours.from_hour,
        until_hour=hours.until_hour,
        holidays=sorted(hours.holidays),
        note=note,
        sha256=rules.digest(jurisdiction, hours, raises, note),
        drafted_by=actor.pseudonym,
        drafted_at=now,
    )
    RegionField.objects.bulk_create(
        RegionField(
            version=version,
            field_id=one.field,
            level=one.level,
            sensitive=one.sensitive,
            reason=one.reason.strip(),
            verification=one.verification,
        )
        for one in raises
    )
    return version


@transaction.atomic
def approve_region(actor: Actor, *, version_id: UUID, seen: str, now: datetime) -> RegionVersion:
    """Approve a profile as shown (`seen` is its digest), as another person than its drafter; it holds at once."""
    actor.require(Permission.RULEBOOK_REGION_APPROVE)
    version = _open_draft(version_id)
    if same_person(actor.pseudonym, version.drafted_by):
        text = Text("起草人不能批准，请由另一人批准。", "The drafter cannot approve; ask another person.")
        raise Refused("region.needs_two", text, f"{PIPL} 第51条、第52条")
    if seen != version.sha256:
        raise Refused("region.changed", Text("内容已变，请重新查看。", "It has changed; look again."))
    version.approved_by, version.approved_at = actor.pseudonym, now
    version.save(update_fields=["approved_by", "approved_at"])
    _tell(actor, "region.approved", version)
    return version


@transaction.atomic
def discard_region(actor: Actor, *, version_id: UUID, reason: str) -> None:
    """Take back a profile that was never approved: its drafter, or one who approves."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    version = _open_draft(version_id)
    if not reason.strip():
        raise Refused("reason.missing", Text("请填写理由。", "Give a reason."))
    if not (
        actor.may(Permission.RULEBOOK_REGION_APPROVE) or same_person(actor.pseudonym, version.drafted_by)
    ):
        text = Text("只有起草人或审批人可以撤下。", "Only its drafter or an approver can take it back.")
        raise Refused("region.not_yours", text)
    _tell(actor, "region.discarded", version)
    version.delete()


def _open_draft(version_id: UUID) -> RegionVersion:
    version = RegionVersion.objects.select_for_update(of=("self",)).filter(id=version_id).first()
    if version is None:
        raise Refused("region.unknown", Text("没有这个版本。", "There is no such version."))
    if version.approved_at is not None:
        raise Refused("region.approved", Text("此版本已批准。", "This version is approved already."))
    return version


def _tell(actor: Actor, event: str, version: RegionVersion) -> None:
    journal.append(
        actor=actor,
        event=event,
        data={
            "region": version.jurisdiction,
            "number": version.number,
            "sha256": version.sha256,
            "fields": sorted(one.field for one in queries.raises_of(version)),
        },
    )
