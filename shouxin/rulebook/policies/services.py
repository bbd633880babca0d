"""Every change of the policies: check, change, record, in one transaction."""

from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from shouxin.core.policy import Actor, ActorKind, Permission
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.people.models import Staff
from shouxin.rulebook.catalogue import pack
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import Pack
from shouxin.rulebook.catalogue.queries import same_person
from shouxin.rulebook.catalogue.services import PIPL, START
from shouxin.rulebook.policies import queries, rules
from shouxin.rulebook.policies.models import Acknowledgement, PolicyVersion


@transaction.atomic
def load_policies(actor: Actor, *, now: datetime, folder: Path = pack.CURRENT) -> list[PolicyVersion]:
    """Bring the pack's policies into force where the organisation has none of its own; the same text again: nothing.

    Raises:
        shouxin.rulebook.catalogue.pack.PackBroken: a file differs from the manifest.
    """
    if actor != START:
        actor.require(Permission.RULEBOOK_POLICY_DRAFT)
    delivered = pack.read(folder)
    loaded = Pack.objects.select_for_update().get(sha256=delivered.sha256)
    made = []
    for row in delivered.rows("policies"):
        known = PolicyVersion.objects.filter(key=row["key"])
        texts = delivered.text(row["file_zh"]).strip(), delivered.text(row["file_en"]).strip()
        if known.filter(pack__isnull=True).exists() or known.filter(sha256=rules.digest(*texts)).exists():
            continue
        version = _new_version(
            actor,
            row["key"],
            (row["title_zh"], row["title_en"]),
            texts,
            now.astimezone(queries.ZONE).date(),
            now,
        )
        version.pack, version.verification = loaded, row["verification"]
        version.save()
        journal.append(actor=actor, event="policy.delivered", data=_told(version))
        made.append(version)
    return made


def _new_version(
    actor: Actor,
    key: str,
    titles: tuple[str, str],
    texts: tuple[str, str],
    effective_on: date,
    now: datetime,
) -> PolicyVersion:
    latest = PolicyVersion.objects.filter(key=key).aggregate(latest=Max("number"))["latest"] or 0
    return PolicyVersion(
        key=key,
        number=latest + 1,
        title_zh=titles[0],
        title_en=titles[1],
        text_zh=texts[0],
        text_en=texts[1],
        sha256=rules.digest(*texts),
        effective_on=effective_on,
        drafted_by=actor.pseudonym,
        drafted_at=now,
    )


@transaction.atomic
def draft_policy(
    actor: Actor, *, key: str, text_zh: str, text_en: str, effective_on: date, now: datetime
) -> PolicyVersion:
    """Write the organisation's next version of a policy; it binds nobody until another person approves it."""
    actor.require(Permission.RULEBOOK_POLICY_DRAFT)
    # The rows of the policy are locked, so that of two people drafting at once the second sees the first one's number.
    known = list(PolicyVersion.objects.select_for_update().filter(key=key).order_by("-number"))
    if not known:
        raise Refused("policy.unknown", Text("没有这份守则。", "There are no such rules."))
    texts = text_zh.strip(), text_en.strip()
    if not all(texts):
        raise Refused(
            "policy.empty", Text("请填写中文和英文正文。", "Give the text in Chinese and in English.")
        )
    if any(version.sha256 == rules.digest(*texts) for version in known[:1]):
        raise Refused("policy.same", Text("正文与上一版相同。", "The text is that of the latest version."))
    if effective_on < now.astimezone(queries.ZONE).date():
        text = Text("生效日期不能早于今天。", "It cannot come into force before today.")
        raise Refused("policy.past", text)
    version = _new_version(actor, key, (known[0].title_zh, known[0].title_en), texts, effective_on, now)
    version.save()
    journal.append(actor=actor, event="policy.drafted", data=_told(version))
    return version


@transaction.atomic
def approve_policy(actor: Actor, *, version_id: UUID, seen: str, now: datetime) -> PolicyVersion:
    """Approve another person's text as shown (`seen` is its digest); from its day on everybody is asked again."""
    actor.require(Permission.RULEBOOK_POLICY_APPROVE)
    version = _open_draft(version_id)
    if same_person(actor.pseudonym, version.drafted_by):
        text = Text("起草人不能批准，请由另一人批准。", "The drafter cannot approve; ask another person.")
        raise Refused("policy.needs_two", text, f"{PIPL} 第51条、第52条")
    if seen != version.sha256:
        raise Refused("policy.changed", Text("正文已变，请重新查看。", "The text has changed; look again."))
    version.approved_by, version.approved_at = actor.pseudonym, now
    version.save()
    journal.append(actor=actor, event="policy.approved", data=_told(version))
    return version


@transaction.atomic
def discard_policy(actor: Actor, *, version_id: UUID, reason: str) -> None:
    """Take back a text that was never approved: its drafter, or one who approves."""
    actor.require(Permission.RULEBOOK_POLICY_DRAFT)
    version = _open_draft(version_id)
    if not reason.strip():
        raise Refused("reason.missing", Text("请填写理由。", "Give a reason."))
    if not (
        actor.may(Permission.RULEBOOK_POLICY_APPROVE) or same_person(actor.pseudonym, version.drafted_by)
    ):
        text = Text("只有起草人或审批人可以撤下。", "Only its drafter or an approver can take it back.")
        raise Refused("policy.not_yours", text)
    journal.append(actor=actor, event="policy.discarded", data=_told(version))
    version.delete()


def _open_draft(version_id: UUID) -> PolicyVersion:
    version = PolicyVersion.objects.select_for_update(of=("self",)).filter(id=version_id).first()
    if version is None:
        raise Refused("policy.unknown", Text("没有这个版本。", "There is no such version."))
    if version.decided:
        raise Refused("policy.approved", Text("此版本已批准。", "This version is approved already."))
    return version


@transaction.atomic
def acknowledge(*, actor: Actor, version_id: UUID, seen: str, now: datetime) -> Acknowledgement:
    """Say that one has read a version in force and will keep it; a second time changes nothing.

    Raises:
        Refused: not the text in force, or another text than the one that was shown (`seen`).
    """
    staff = (
        Staff.objects.filter(id=actor.id, is_active=True).first() if actor.kind is ActorKind.STAFF else None
    )
    if staff is None:
        raise Refused("policy.not_staff", Text("只有人员可以确认。", "Only members of staff acknowledge."))
    version = next((one for one in queries.in_force(now) if one.id == version_id), None)
    if version is None or version.sha256 != seen:
        text = Text(
            "守则已有新版本，请阅读后再确认。", "There is a newer version; read it, then acknowledge."
        )
        raise Refused("policy.not_in_force", text)
    try:
        with transaction.atomic():
            done = Acknowledgement.objects.create(
                version=version, staff=staff, person=staff.person, stay=staff.stay, at=now
            )
    except IntegrityError:
        return Acknowledgement.objects.get(version=version, staff=staff, stay=staff.stay)
    journal.append(actor=actor, event="policy.acknowledged", data=_told(version))
    return done


def _told(version: PolicyVersion) -> dict[str, str | int]:
    """What the journal keeps of a version: never its text, always its hash."""
    return {
        "policy": version.key,
        "number": version.number,
        "sha256": version.sha256,
        "effective": version.effective_on.isoformat(),
    }
