"""Every change of purposes and notices: drafted by one person, approved by another, recorded."""

from collections.abc import Iterable, Mapping
from operator import attrgetter, itemgetter
from typing import Any

from django.db import transaction

from shouxin.core.policy import Actor, Permission, PurposeStatus
from shouxin.core.text import Text
from shouxin.gate import facts
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.kit.instances import update
from shouxin.kit.statements import execute
from shouxin.people.models import Department
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import Field
from shouxin.rulebook.catalogue.queries import same_person
from shouxin.rulebook.purposes import composing, naming, reading, rules
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose, PurposeField
from shouxin.rulebook.recipients.models import Recipient

PIPL = rules.PIPL
# The digest of what the notice in force tells of a purpose.
_COVERED = """
SELECT covers ->> %b::text FROM rulebook_noticeversion
WHERE notice_id = %b AND approved_at IS NOT NULL AND effective_on <= %b AND language = %b
ORDER BY effective_on DESC, number DESC LIMIT 1
"""
TEXTS = (
    "name_zh", "name_en", "description_zh", "description_en", "handler", "subjects_zh", "subjects_en", "use",
    "recipients_zh", "recipients_en", "publishes_zh", "publishes_en",
)  # fmt: skip
LINKS = ("basis_id", "article_id", "retention_rule_id", "department_id", "notice_id")
LISTS = ("roles", "services")
LASTS = ("consent_months",)
CONTENT = TEXTS + LINKS + LISTS + LASTS
# Said of few purposes; left out of what is approved where nothing is said, so that earlier digests stay true.
SELDOM = (("publishes_zh", "publishes_en"), LASTS)
QUALITY = ("counted", "max_age_months")
SAID = ("field_id", "necessity", "reason_zh", "reason_en", "sensitive_reason_zh", "sensitive_reason_en")
_DRAFTED = ("drafted_by", "drafted_at")
# What a step may change; the rest is frozen, and need not be written again.
_STEPPED = (
    "status", "status_reason", "submitted_by", "submitted_at", "approved_by", "approved_at", "content_sha256",
    "activated_by", "activated_at", "retired_by", "retired_at",
)  # fmt: skip


@transaction.atomic
def draft_purpose(
    actor: Actor,
    *,
    key: str,
    departments: Iterable[Department] = (),
    named: Iterable[Recipient] = (),
    needs_of: str = "",
    **content: Any,
) -> Purpose:
    """Begin a record of processing; it stays unused until approved by another person and activated.

    `needs_of` names a purpose whose field × necessity table is taken over, to be edited.
    """
    actor.require(Permission.RULEBOOK_PURPOSE_DRAFT)
    _check_names(content)
    if Purpose.objects.filter(key=key).exists():
        raise Refused("purpose.exists", Text("目的编码已存在。", "There is a purpose of this key already."))
    purpose = Purpose(key=key, drafted_by=actor.pseudonym, drafted_at=clock.now(), **content)
    purpose.full_clean()
    purpose.save(force_insert=True)
    purpose.departments.set(departments)
    purpose.named.set(named)
    copied = [_copied(row, purpose) for row in PurposeField.objects.filter(purpose_id=needs_of)]
    PurposeField.objects.bulk_create(copied)
    journal.append(actor=actor, event="purpose.drafted", data={"purpose": key})
    return purpose


def _copied(row: PurposeField, purpose: Purpose) -> PurposeField:
    texts = ("reason_zh", "reason_en", "sensitive_reason_zh", "sensitive_reason_en", *QUALITY)
    return PurposeField(
        purpose=purpose,
        field_id=row.field_id,
        necessity=row.necessity,
        **{name: getattr(row, name) for name in texts},
    )


@transaction.atomic
def edit_purpose(
    actor: Actor,
    *,
    key: str,
    departments: Iterable[Department] | None = None,
    named: Iterable[Recipient] | None = None,
    **changes: Any,
) -> Purpose:
    """Change a draft; whoever edited last counts as its drafter and cannot approve it."""
    actor.require(Permission.RULEBOOK_PURPOSE_DRAFT)
    _check_names(changes)
    purpose = _draft(actor, key)
    for name, value in changes.items():
        setattr(purpose, name, value)
    # What is not changed was looked at when it was written; the constraints are kept by the database in any case.
    kept = {name.removesuffix("_id") for name in (*CONTENT, "pack_id", "pack_row") if name not in changes}
    purpose.full_clean(exclude=kept, validate_unique=False, validate_constraints=False)
    purpose.save(update_fields=[*changes, *_DRAFTED])
    if departments is not None:
        purpose.departments.set(departments)
    if named is not None:
        purpose.named.set(named)
    journal.append(actor=actor, event="purpose.edited", data={"purpose": key, "attributes": sorted(changes)})
    return purpose


def _check_names(content: Mapping[str, Any]) -> None:
    if stray := set(content) - set(CONTENT):
        raise TypeError(f"not part of a purpose: {', '.join(sorted(stray))}")


@transaction.atomic
def set_need(
    actor: Actor,
    *,
    key: str,
    field: str,
    necessity: str,
    reason_zh: str,
    reason_en: str = "",
    sensitive_reason_zh: str = "",
    sensitive_reason_en: str = "",
    counted: bool | None = None,
    max_age_months: int | None = None,
) -> PurposeField:
    """State for a draft whether it needs a field, and why; a sensitive field needs a reason of its own (PIPL 28).

    `counted` and `max_age_months` say when a customer's information is good enough for the purpose; None leaves it
    to the product's default.
    """
    actor.require(Permission.RULEBOOK_PURPOSE_DRAFT)
    purpose = _draft(actor, key)
    known = Field.objects.filter(key=field).first()
    if known is None:
        raise Refused("field.unknown", Text("没有这个字段。", "There is no such field."))
    row = PurposeField(
        purpose=purpose,
        field=known,
        necessity=necessity,
        reason_zh=reason_zh.strip(),
        reason_en=reason_en.strip(),
        sensitive_reason_zh=sensitive_reason_zh.strip(),
        sensitive_reason_en=sensitive_reason_en.strip(),
        counted=counted,
        max_age_months=max_age_months,
    )
    for problem in rules.problems_of_need(key, need_of(row), purpose.use):
        raise problem
    row.clean_fields()
    PurposeField.objects.filter(purpose=purpose, field=known).delete()
    row.save()
    update(purpose, _DRAFTED)
    data = {"purpose": key, "attributes": ["fields"], "field": field, "necessity": necessity}
    journal.append(actor=actor, event="purpose.edited", data=data)
    return row


@transaction.atomic
def drop_need(actor: Actor, *, key: str, field: str) -> None:
    """Take a field out of a draft's table; unlisted means not needed."""
    actor.require(Permission.RULEBOOK_PURPOSE_DRAFT)
    purpose = _draft(actor, key)
    PurposeField.objects.filter(purpose=purpose, field_id=field).delete()
    update(purpose, _DRAFTED)
    data = {"purpose": key, "attributes": ["fields"], "field": field, "necessity": None}
    journal.append(actor=actor, event="purpose.edited", data=data)


def need_of(row: PurposeField) -> rules.Need:
    """A row of the table as the rules see it."""
    field = row.field
    return rules.Need(
        key=field.key,
        name=Text(field.name_zh, field.name_en),
        necessity=row.necessity,
        reason=row.reason_zh,
        sensitive_reason=row.sensitive_reason_zh,
        sensitive=field.is_sensitive is not False,
        forbidden=field.storage == Field.StorageRule.FORBIDDEN,
        uses=frozenset(field.uses),
    )


def problems(purpose: Purpose) -> list[Refused]:
    """What a draft still lacks."""
    reading.load([purpose])
    needs = sorted(purpose.needs.all(), key=lambda need: need.field.record)
    found = rules.problems(
        purpose=purpose.key,
        basis=purpose.basis_id,
        article=purpose.article_id,
        description=purpose.description_zh,
        actors=len(purpose.roles) + len(purpose.services),
        use=purpose.use,
        needs=[need_of(row) for row in needs],
    )
    return [*found, *naming.problems(purpose), *_unasked(purpose)]


def _unasked(purpose: Purpose) -> list[Refused]:
    """Nothing is published of anybody who was not asked for it, and nothing ends that nobody agreed to: only a purpose
    that rests on consent asks."""
    basis, found = purpose.basis, []
    if basis and basis.requires == "consent":
        return []
    if purpose.consent_months:
        text = Text(
            "不以同意为基础的目的没有同意的有效期：清空它，或者改以同意为基础。",
            "A purpose that does not rest on consent has no consents to end: clear the period, or rest it on consent.",
        )
        found.append(Refused("purpose.ends_unasked", text))
    if not purpose.publishes_zh.strip():
        return found
    text = Text(
        "公开个人信息须逐人单独同意：合法性基础要是同意，或者把“公开”清空。",
        "Publishing information needs everybody's separate consent: rest the purpose on consent, or publish nothing.",
    )
    return [*found, Refused("purpose.publishes_unasked", text, f"{PIPL} 第25条")]


@transaction.atomic
def submit_purpose(actor: Actor, *, key: str) -> Purpose:
    """Hand a complete draft to another person for approval."""
    actor.require(Permission.RULEBOOK_PURPOSE_DRAFT)
    purpose = _step("submit", key)
    reading.load([purpose], hold=True)
    for problem in problems(purpose):
        raise problem
    purpose.submitted_by, purpose.submitted_at = actor.pseudonym, clock.now()
    return _save(actor, purpose, "submit")


@transaction.atomic
def return_purpose(actor: Actor, *, key: str, reason: str) -> Purpose:
    """Give a submitted purpose back to its drafter, with a reason."""
    actor.require(Permission.RULEBOOK_PURPOSE_APPROVE)
    purpose = _step("return", key, reason)
    return _save(actor, _reopened(purpose), "return", reason)


@transaction.atomic
def approve_purpose(actor: Actor, *, key: str, seen: str = "") -> Purpose:
    """Approve, as a person who neither drafted nor submitted it; the content is frozen by its digest.

    `seen` is the digest of what the approver was shown; nothing else is approved.
    """
    actor.require(Permission.RULEBOOK_PURPOSE_APPROVE)
    purpose = _step("approve", key)
    if seen and seen != rules.digest(content(purpose)):
        text = Text(
            "您查看之后内容有改动，请重新查看后再批准。",
            "It was changed after you looked at it; look at it again before you approve.",
        )
        raise Refused("purpose.changed_meanwhile", text)
    authors = [one for one in (purpose.drafted_by, purpose.submitted_by) if one]
    if same_person(actor.pseudonym, *authors):
        text = Text(
            "起草或提交的人不能批准，请由另一人批准。",
            "Whoever drafted or submitted it cannot approve; ask another person.",
        )
        raise Refused("purpose.needs_two", text, f"{PIPL} 第51条、第52条")
    for problem in problems(purpose):
        raise problem
    purpose.approved_by, purpose.approved_at = actor.pseudonym, clock.now()
    purpose.content_sha256 = rules.digest(content(purpose))
    return _save(actor, purpose, "approve", digest=purpose.content_sha256)


def content(purpose: Purpose) -> dict[str, Any]:
    """Everything an approval covers."""
    reading.load([purpose])
    said = attrgetter(*SAID, *QUALITY)
    needs = sorted(map(said, purpose.needs.all()), key=itemgetter(0))
    return {
        "key": purpose.key,
        **{name: getattr(purpose, name) for name in CONTENT if not any(name in one for one in SELDOM)},
        "departments": reading.departments(purpose.key),
        "needs": [list(need[: len(SAID)]) for need in needs],
        **_quality(needs),
        **_named(purpose),
        **_seldom(purpose),
    }


def _named(purpose: Purpose) -> dict[str, Any]:
    """The companies that get something; left out where there are none, so that earlier digests stay true."""
    named = naming.said_of(purpose, reached=False)
    return {"named": named} if named else {}


def _seldom(purpose: Purpose) -> dict[str, Any]:
    said = [{name: getattr(purpose, name) for name in names} for names in SELDOM]
    return {name: value for one in said if any(one.values()) for name, value in one.items()}


def _quality(needs: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    """What was chosen about completeness and age; left out where nothing was, so that earlier digests stay true."""
    chosen = [
        [need[0], *need[len(SAID) :]] for need in needs if any(one is not None for one in need[len(SAID) :])
    ]
    return {"quality": chosen} if chosen else {}


@transaction.atomic
def activate_purpose(actor: Actor, *, key: str) -> Purpose:
    """Let an approved purpose be used: only with a notice in force and every fact it rests on answerable."""
    actor.require(Permission.RULEBOOK_PURPOSE_APPROVE)
    purpose = _step("activate", key)
    problem = why_not_active(purpose)
    if problem:
        raise problem
    purpose.activated_by, purpose.activated_at = actor.pseudonym, clock.now()
    return _save(actor, purpose, "activate")


def why_not_active(purpose: Purpose) -> Refused | None:
    """What stands against activating an approved purpose, or None."""
    return unanswerable(purpose) or _without_notice(purpose)


def unanswerable(purpose: Purpose) -> Refused | None:
    """The fact the purpose's basis rests on, when nothing here can answer it; such a purpose is never active."""
    fact = purpose.basis.requires if purpose.basis else ""
    if fact and not facts.is_available(fact):
        text = Text(
            f"此目的以“{purpose.basis.name_zh}”为基础，使用时须逐人核实有效同意；系统尚无同意记录，因此不能启用。",  # type: ignore[union-attr] # `fact` comes from the basis
            "This purpose rests on consent, which must be verified per person at each use; there is no record of"
            " consents yet, so it cannot be activated.",
        )
        return Refused("purpose.consent_unavailable", text, f"{PIPL} 第13条第1款第1项、第14条、第15条")
    return None


def _without_notice(purpose: Purpose) -> Refused | None:
    about = purpose.key, purpose.notice_id or "", clock.today(), NoticeVersion.Language.ZH.value
    told = execute(_COVERED, about)
    if not told:
        text = Text("没有已批准并已生效的告知版本。", "Its notice has no approved version in force.")
        return Refused("purpose.no_notice", text, f"{PIPL} 第17条")
    if told[0][0] != composing.facts_digest(purpose):
        text = Text(
            "生效的告知还没有写到这个目的，或写的是改动前的内容；请起草并批准告知的新版本。",
            "The notice in force does not tell of this purpose, or tells of it as it was: draft and approve a new"
            " version of the notice.",
        )
        return Refused("purpose.not_told", text, f"{PIPL} 第17条")
    return None


@transaction.atomic
def revise_purpose(actor: Actor, *, key: str, reason: str) -> Purpose:
    """Take a purpose out of use to change it; it must be approved and activated again."""
    actor.require(Permission.RULEBOOK_PURPOSE_APPROVE)
    purpose = _step("revise", key, reason)
    return _save(actor, _reopened(purpose), "revise", reason)


@transaction.atomic
def retire_purpose(actor: Actor, *, key: str, reason: str) -> Purpose:
    """End a purpose for good."""
    actor.require(Permission.RULEBOOK_PURPOSE_APPROVE)
    purpose = _step("retire", key, reason)
    purpose.retired_by, purpose.retired_at = actor.pseudonym, clock.now()
    return _save(actor, purpose, "retire", reason)


def _step(verb: str, key: str, reason: str | None = None) -> Purpose:
    purpose = _locked(key)
    rules.check_step(verb, PurposeStatus(purpose.status))
    if reason is not None and not reason.strip():
        raise Refused("reason.missing", Text("请填写理由。", "Give a reason."))
    return purpose


def _reopened(purpose: Purpose) -> Purpose:
    purpose.submitted_by = purpose.submitted_at = purpose.approved_by = purpose.approved_at = None
    purpose.activated_by = purpose.activated_at = None
    purpose.content_sha256 = ""
    return purpose


def _save(actor: Actor, purpose: Purpose, verb: str, reason: str = "", **data: Any) -> Purpose:
    step = rules.VERBS[verb]
    purpose.status = step.to.value
    if step.reasoned:
        purpose.status_reason = reason.strip()
    update(purpose, _STEPPED)
    journal.append(actor=actor, event=step.event, data={"purpose": purpose.key, **data})
    return purpose


def _locked(key: str) -> Purpose:
    purpose = reading.locked(key)
    if purpose is None:
        raise Refused("purpose.unknown", Text("没有这个目的。", "There is no such purpose."))
    return purpose


def _draft(actor: Actor, key: str) -> Purpose:
    """The locked draft, with the actor as the one who wrote it last."""
    purpose = _locked(key)
    if purpose.status != Purpose.Status.DRAFT:
        text = Text(
            "只有草稿可以修改；已批准的目的请先“停下修订”。",
            "Only a draft can be edited; revise an approved purpose first.",
        )
        raise Refused("purpose.not_a_draft", text)
    purpose.drafted_by, purpose.drafted_at = actor.pseudonym, clock.now()
    return purpose
