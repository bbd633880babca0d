"""Every write to collection forms: drafted by one person, published by another, frozen from then on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.customers.collection_forms import queries, rules
from shouxin.customers.collection_forms.models import (
    CollectionForm,
    FormField,
    FormKind,
    FormState,
    FormVersion,
    Needed,
)
from shouxin.customers.collection_forms.rules import Lack
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.rules import check_note
from shouxin.journal import services as journal
from shouxin.kit.registry import Registry
from shouxin.people.queries import same_person
from shouxin.rulebook.catalogue.models import Field

WORDS = ("title_zh", "title_en", "purpose", "subjects", "known_only", "existing", "offers")
OF_FIELD = ("label_zh", "label_en", "help_zh", "help_en", "necessity", "reason_zh", "reason_en", "mandatory")

# Told in the same transaction that a form is not to be filled any more: (actor, form, now).
withdrawn: Registry[Callable[[Actor, UUID, datetime], None]] = Registry("withdrawn collection forms")


class FormProblem(Exception):
    """The step cannot be taken; `code` and `text` say why, `lacks` what is missing, field by field."""

    def __init__(self, code: str, text: Text, lacks: tuple[Lack, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.lacks = lacks


@dataclass(frozen=True, slots=True)
class Words:
    """What a version says besides its fields."""

    title_zh: str
    purpose: str
    title_en: str = ""
    subjects: str = "person"
    known_only: bool = False
    existing: str = "fill"
    offers: tuple[str, ...] = ()  # purposes resting on consent, asked about beside the form's own


@transaction.atomic
def draft(*, actor: Actor, kind: FormKind, words: Words, now: datetime) -> FormVersion:
    """Begin a form."""
    actor.require(Permission.CUSTOMERS_FORM_DRAFT)
    form = CollectionForm.objects.create(kind=kind, created_by=actor.pseudonym, created_at=now)
    version = FormVersion(form=form, number=1, drafted_by=actor.pseudonym, drafted_at=now)
    _say(version, words)
    version.save(force_insert=True)
    _told(actor, "form.drafted", version, form_kind=kind.value)
    return version


@transaction.atomic
def draft_next(*, actor: Actor, form: UUID, now: datetime) -> FormVersion:
    """Begin the next version of a form with the content of its newest one; the published one goes on meanwhile.

    Raises:
        FormProblem: a version is being worked on already.
    """
    actor.require(Permission.CUSTOMERS_FORM_DRAFT)
    CollectionForm.objects.select_for_update().get(id=form)
    newest = queries.versions_of(form).first()
    if newest is None or newest.state in (FormState.DRAFT, FormState.SUBMITTED):
        text = Text("这份表单已有一个正在准备的版本。", "A version of this form is being prepared already.")
        raise FormProblem("form.in-work", text)
    number = queries.versions_of(form).aggregate(last=Max("number"))["last"] + 1
    version = FormVersion(
        form_id=form,
        number=number,
        drafted_by=actor.pseudonym,
        drafted_at=now,
        **{name: getattr(newest, name) for name in WORDS},
    )
    version.save(force_insert=True)
    FormField.objects.bulk_create(
        FormField(
            version=version,
            field_id=row.field_id,
            position=row.position,
            **{name: getattr(row, name) for name in OF_FIELD},
        )
        for row in queries.asked(newest)
    )
    _told(actor, "form.drafted", version, form_kind=version.form.kind)
    return version


@transaction.atomic
def reword(*, actor: Actor, version: UUID, words: Words, now: datetime) -> None:
    """Change what a draft says besides its fields."""
    row = _draft(actor, version, now)
    _say(row, words)
    row.save()
    _told(actor, "form.edited", row, attributes=["words"])


@transaction.atomic
def ask(*, actor: Actor, version: UUID, field: str, now: datetime, **said: Any) -> FormField:
    """Put a field on a draft, at its end, or say anew how a field that is there is asked.

    Raises:
        FormProblem: no such field, too many, or mandatory without being necessary.
    """
    row = _draft(actor, version, now)
    if stray := set(said) - set(OF_FIELD):
        raise TypeError(f"not part of a field: {', '.join(sorted(stray))}")
    if not Field.objects.filter(key=field).exists():
        raise FormProblem("field.unknown", Text("没有这个字段。", "There is no such field."))
    if said.get("mandatory") and said.get("necessity") != Needed.REQUIRED:
        text = Text("只有必需的字段可以设为必填。", "Only a necessary field may be mandatory.")
        raise FormProblem("field.not-necessary", text)
    standing = row.asked.filter(field_id=field).first()
    if standing is None and row.asked.count() >= rules.MOST_FIELDS:
        text = Text(
            f"一份表单最多 {rules.MOST_FIELDS} 个字段。", f"A form asks at most {rules.MOST_FIELDS} fields."
        )
        raise FormProblem("form.too-many", text)
    asked = standing or FormField(version=row, field_id=field, position=_end(row))
    for name, value in said.items():
        setattr(asked, name, value.strip() if isinstance(value, str) else value)
    asked.clean_fields(exclude=["version", "field"])
    asked.save()
    row.save(update_fields=["drafted_by", "drafted_at"])
    _told(actor, "form.edited", row, attributes=["fields"], field=field)
    return asked


@transaction.atomic
def drop(*, actor: Actor, version: UUID, field: str, now: datetime) -> None:
    """Take a field off a draft."""
    row = _draft(actor, version, now)
    row.asked.filter(field_id=field).delete()
    row.save(update_fields=["drafted_by", "drafted_at"])
    _told(actor, "form.edited", row, attributes=["fields"], field=field)


@transaction.atomic
def move(*, actor: Actor, version: UUID, field: str, up: bool, now: datetime) -> None:
    """Let a field change places with its neighbour."""
    row = _draft(actor, version, now)
    order = queries.asked(row)
    place = next((n for n, one in enumerate(order) if one.field_id == field), None)
    if place is None:
        raise FormProblem("field.unknown", Text("表单上没有这个字段。", "The form does not ask this field."))
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order):
        return
    order[place], order[other] = order[other], order[place]
    for position, one in enumerate(order, start=1):
        if one.position != position:
            one.position = position
            one.save(update_fields=["position"])
    row.save(update_fields=["drafted_by", "drafted_at"])
    _told(actor, "form.edited", row, attributes=["order"], field=field)


@transaction.atomic
def submit(*, actor: Actor, version: UUID, now: datetime) -> None:
    """Hand a complete draft to another person.

    Raises:
        FormProblem: it lacks something; `lacks` names each field.
    """
    actor.require(Permission.CUSTOMERS_FORM_DRAFT)
    row = _in(version, FormState.DRAFT)
    _complete(row)
    row.state, row.submitted_by, row.submitted_at = FormState.SUBMITTED, actor.pseudonym, now
    row.save(update_fields=["state", "submitted_by", "submitted_at"])
    _told(actor, "form.submitted", row)


@transaction.atomic
def send_back(*, actor: Actor, version: UUID, reason: str) -> None:
    """Give a submitted version back to its drafter, with a reason."""
    actor.require(Permission.CUSTOMERS_FORM_PUBLISH)
    row = _in(version, FormState.SUBMITTED)
    row.state, row.reason = FormState.DRAFT, _given(reason)
    row.submitted_by = row.submitted_at = None
    row.save(update_fields=["state", "reason", "submitted_by", "submitted_at"])
    _told(actor, "form.returned", row)


@transaction.atomic
def publish(*, actor: Actor, version: UUID, seen: str, now: datetime) -> FormVersion:
    """Publish, as a person who neither drafted nor submitted it; the version published before ends.

    `seen` is the digest of what the approver was shown; nothing else is published.

    Raises:
        FormProblem: one's own form, changed meanwhile, or something is lacking by now.
    """
    actor.require(Permission.CUSTOMERS_FORM_PUBLISH)
    row = _in(version, FormState.SUBMITTED)
    if any(one and same_person(actor.pseudonym, one) for one in (row.drafted_by, row.submitted_by)):
        text = Text(
            "起草或提交的人不能发布，请由另一人审批。", "Whoever drafted or submitted it cannot publish it."
        )
        raise FormProblem("form.needs-two", text)
    if seen != queries.digest_of(row):
        text = Text(
            "您查看之后内容有改动，请重新查看。", "It was changed after you looked at it; look again."
        )
        raise FormProblem("form.changed-meanwhile", text)
    _complete(row)
    purpose = rulebooks["rulebook"].purpose(row.purpose)
    former = (
        FormVersion.objects.select_for_update().filter(form_id=row.form_id, state=FormState.PUBLISHED).first()
    )
    if former is not None:
        former.state, former.withdrawn_by, former.withdrawn_at = FormState.WITHDRAWN, actor.pseudonym, now
        former.save(update_fields=["state", "withdrawn_by", "withdrawn_at"])
    row.state, row.published_by, row.published_at = FormState.PUBLISHED, actor.pseudonym, now
    row.notice_version = purpose.notice_version_id if purpose else None
    row.content_sha256 = seen
    row.save()
    _told(actor, "form.published", row, sha256=seen, fields=sorted(queries.content_of(row).keys))
    return row


@transaction.atomic
def withdraw(*, actor: Actor, version: UUID, reason: str, now: datetime) -> None:
    """End a published version; nothing is collected on it any more."""
    actor.require(Permission.CUSTOMERS_FORM_PUBLISH)
    row = _in(version, FormState.PUBLISHED)
    row.state, row.reason = FormState.WITHDRAWN, _given(reason)
    row.withdrawn_by, row.withdrawn_at = actor.pseudonym, now
    row.save(update_fields=["state", "reason", "withdrawn_by", "withdrawn_at"])
    _told(actor, "form.withdrawn", row)
    for tell in withdrawn.values():
        tell(actor, row.form_id, now)


def _complete(row: FormVersion) -> None:
    if found := queries.lacks_of(row):
        text = Text(
            "还不能提交或发布，缺少下列内容。", "It cannot be submitted or published yet; this is lacking."
        )
        raise FormProblem("form.incomplete", text, tuple(found))


def _given(reason: str) -> str:
    if not reason.strip():
        raise FormProblem("reason.missing", Text("请填写理由。", "Give a reason."))
    return reason.strip()[:400]


def _say(version: FormVersion, words: Words) -> None:
    if check_note(f"{words.title_zh} {words.title_en}"):
        text = Text("名称里不要写电话、证件号等个人信息。", "The name must not hold personal information.")
        raise FormProblem("title.identifier", text)
    for name in WORDS:
        value = getattr(words, name)
        value = list(value) if isinstance(value, tuple) else value
        setattr(version, name, value.strip() if isinstance(value, str) else value)
    version.clean_fields(exclude={field.name for field in FormVersion._meta.fields} - set(WORDS))  # noqa: SLF001 - Django's public Meta


def _end(version: FormVersion) -> int:
    last: int | None = version.asked.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _in(version: UUID, state: FormState) -> FormVersion:
    row = (
        FormVersion.objects.select_for_update(of=("self",)).select_related("form").filter(id=version).first()
    )
    if row is None:
        raise FormProblem("form.unknown", Text("没有这份表单。", "There is no such form."))
    if row.state != state:
        text = Text("表单的状态已变，请刷新后再试。", "The form is in another state by now; look again.")
        raise FormProblem("form.wrong-state", text)
    return row


def _draft(actor: Actor, version: UUID, now: datetime) -> FormVersion:
    """The locked draft, with the actor as the one who wrote it last."""
    actor.require(Permission.CUSTOMERS_FORM_DRAFT)
    row = _in(version, FormState.DRAFT)
    row.drafted_by, row.drafted_at = actor.pseudonym, now
    return row


def _told(actor: Actor, event: str, row: FormVersion, **more: Any) -> None:
    data: Mapping[str, Any] = {"collection_form": str(row.form_id), "number": row.number, **more}
    journal.append(actor=actor, event=event, purpose=row.purpose or None, data=data)
