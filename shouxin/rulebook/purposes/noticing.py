"""Notices (告知): a template filled from the rulebook, drafted by one, approved by another, never changed again."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.kit.statements import execute
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.queries import same_person
from shouxin.rulebook.purposes import composing, reading
from shouxin.rulebook.purposes.composing import Composed
from shouxin.rulebook.purposes.models import Notice, NoticeVersion
from shouxin.rulebook.purposes.queries import organisation_name
from shouxin.rulebook.purposes.rules import PIPL

_LATEST = "SELECT coalesce(max(number), 0) FROM rulebook_noticeversion WHERE notice_id = %b AND language = %b"
_APPROVED = ("text", "covers", "sha256", "approved_by", "approved_at")
# What a draft may still lack, because it stands in the rulebook and not in the template; nothing lacks at approval.
TO_COME = frozenset({"notice.no_english", "notice.unknown_facts"})


def composed(version: NoticeVersion) -> Composed:
    """What the version would say, if it were approved now."""
    return composing.compose(
        notice=version.notice,
        template=version.template,
        spoken=version.language,
        organisation=organisation_name,
        contact=version.contact,
    )


def refresh(version: NoticeVersion) -> Composed:
    """Bring a version that nobody approved yet up to what the rulebook says now; not saved."""
    now = composed(version)
    version.text, version.covers = now.text, dict(now.covers)
    version.sha256 = sha256(now.text.encode()).hexdigest()
    return now


@transaction.atomic
def draft_notice(
    actor: Actor,
    *,
    key: str,
    language: str,
    template: str,
    contact: str,
    effective_on: date,
    title_zh: str = "",
    title_en: str = "",
) -> NoticeVersion:
    """Write the next version of a notice in one language; the first one makes the notice.

    Raises:
        Refused: the template has no place for something the law wants said (parts.py).
    """
    actor.require(Permission.RULEBOOK_NOTICE_DRAFT)
    notice = reading.locked_notice(key)
    if notice is None:
        notice, _ = Notice.objects.select_for_update().get_or_create(
            key=key, defaults={"title_zh": title_zh or key, "title_en": title_en}
        )
    latest = execute(_LATEST, (key, language))[0][0]
    version = NoticeVersion(
        notice=notice,
        number=latest + 1,
        language=language,
        template=template.strip(),
        contact=contact.strip(),
        effective_on=effective_on,
        drafted_by=actor.pseudonym,
        drafted_at=clock.now(),
    )
    _check([lack for lack in refresh(version).lacks if lack.code not in TO_COME])
    # Its number was counted while the notice was locked; what else the constraints say holds for any draft.
    version.full_clean(exclude=["notice", "covers"], validate_unique=False, validate_constraints=False)
    version.save(force_insert=True)
    journal.append(actor=actor, event="notice.drafted", data=_told(version))
    return version


@transaction.atomic
def approve_notice(actor: Actor, *, version_id: UUID, seen: str = "") -> NoticeVersion:
    """Approve another person's text; from then on it never changes.

    It is filled in once more from the rulebook; `seen` is the hash of what was shown, an empty one skips the
    comparison.

    Raises:
        Refused: something the law wants said is not, the text is another by now, or the approver drafted it.
    """
    actor.require(Permission.RULEBOOK_NOTICE_APPROVE)
    version = reading.locked_version(version_id)
    if version is None:
        raise Refused("notice.unknown", Text("没有这个告知版本。", "There is no such version."))
    if version.approved_at is not None:
        raise Refused("notice.approved", Text("此版本已批准。", "This version is approved already."))
    if same_person(actor.pseudonym, version.drafted_by):
        text = Text("起草人不能批准，请由另一人批准。", "The drafter cannot approve; ask another person.")
        raise Refused("notice.needs_two", text, f"{PIPL} 第51条、第52条")
    _check(refresh(version).lacks)
    if seen and seen != version.sha256:
        text = Text(
            "规则库在您阅读之后有改动，告知内容随之变了；请重新阅读。",
            "The rulebook changed after you read this, and the notice with it: read it again.",
        )
        raise Refused("notice.changed_meanwhile", text)
    version.approved_by, version.approved_at = actor.pseudonym, clock.now()
    version.save(update_fields=_APPROVED)
    journal.append(actor=actor, event="notice.approved", data=_told(version))
    return version


@transaction.atomic
def discard_notice(actor: Actor, *, version_id: UUID, reason: str) -> None:
    """Take back a text that was never approved: its drafter, or one who approves and returns it."""
    actor.require(Permission.RULEBOOK_NOTICE_DRAFT)
    version = NoticeVersion.objects.select_for_update().filter(id=version_id).first()
    if version is None:
        raise Refused("notice.unknown", Text("没有这个告知版本。", "There is no such version."))
    if version.approved_at is not None:
        text = Text("已批准的告知不能撤下；请起草新版本。", "An approved text stands; draft a new version.")
        raise Refused("notice.approved", text)
    if not reason.strip():
        raise Refused("reason.missing", Text("请填写理由。", "Give a reason."))
    may = actor.may(Permission.RULEBOOK_NOTICE_APPROVE) or same_person(actor.pseudonym, version.drafted_by)
    if not may:
        text = Text("只有起草人或审批人可以撤下。", "Only its drafter or an approver can take it back.")
        raise Refused("notice.not_yours", text)
    journal.append(actor=actor, event="notice.discarded", data=_told(version))
    version.delete()


def _told(version: NoticeVersion) -> dict[str, str | int]:
    """What the journal keeps of a version: never its text, always its hash."""
    return {
        "notice": version.notice_id,
        "number": version.number,
        "language": version.language,
        "sha256": version.sha256,
    }


def _check(lacks: Sequence[Refused]) -> None:
    """Raises:
    Refused: one that tells everything that lacks."""
    if not lacks:
        return
    articles = "；".join(dict.fromkeys(lack.article for lack in lacks if lack.article))
    raise Refused(
        lacks[0].code,
        Text("".join(lack.text.zh for lack in lacks), " ".join(lack.text.en for lack in lacks)),
        articles,
    )
