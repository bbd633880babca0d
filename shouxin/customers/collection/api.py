"""Forms for programs: what a form asks, as JSON Schema, and handing in a filled one. Values stand in bodies alone."""

import re
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from django.http import HttpResponse
from django.utils.translation import get_language
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from shouxin.core.policy import Permission
from shouxin.core.text import Text
from shouxin.customers.collection import consenting, services
from shouxin.customers.collection.consenting import Choice
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection.services import Done, Filled
from shouxin.customers.collection_forms.rules import Content
from shouxin.customers.consents import pages
from shouxin.customers.consents.pages import Page
from shouxin.customers.consents.rules import GENERAL
from shouxin.customers.registry import exchange
from shouxin.customers.registry.bodies import ErrorOut, problems
from shouxin.customers.registry.models import Kind, Method, Scope
from shouxin.customers.registry.rules import LONGEST, CellProblem
from shouxin.gate import services as gate
from shouxin.kit import clock, ids
from shouxin.kit.problems import FieldError, Problem
from shouxin.kit.programs import AlreadyKept, ProgramRequest

router = Router(tags=["forms"])
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
NOT_FOUND, CONFLICT, INVALID = 404, 409, 422
STATUS = {
    "form.not-published": NOT_FOUND,
    "plan.unknown": NOT_FOUND,
    "form.undeclared": INVALID,
    "form.wrong-kind": INVALID,
    "department.outside": INVALID,
    "plan.outside": INVALID,
    "plan.other-form": INVALID,
    "consent.not-shown": INVALID,
    "consent.not-given": INVALID,
    "consent.child": INVALID,
}
UNDECLARED = Text("表单没有声明此项。", "The form does not declare this.")
NO_TEXT = Text("应为文字。", "Must be a string.")
_encode: Callable[[Any], bytes] = msgspec.json.Encoder().encode


class ConsentIn(BaseModel):
    """What the person ticked on the page of boxes that was shown to them, named by its digest."""

    model_config = ConfigDict(extra="forbid")
    shown: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    ticked: Annotated[list[Annotated[str, Field(max_length=120)]], Field(max_length=200)] = []


class SubmissionIn(BaseModel):
    """A filled form. Members and values that the form does not declare refuse all of it; each refusal is counted."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "kind": "person",
                "notice_version": "019ab000-0000-7000-8000-000000000001",
                "values": {"person_name": "示例客户", "mobile": "13800138000"},
            }
        },
    )
    kind: Kind
    notice_version: UUID
    values: dict[str, Any]
    plan: UUID | None = None
    department: UUID | None = None
    scope: Scope = Scope.DEPARTMENT
    province: Annotated[str, Field(max_length=40, pattern=r"^[^\x00]*$")] = ""
    consent: ConsentIn | None = None
    offers: Annotated[list[ConsentIn], Field(max_length=20)] = []


class AskedOut(BaseModel):
    """One field; `reason` says why it is needed."""

    key: str
    label: str
    help: str
    reason: str
    necessity: str
    mandatory: bool


class BoxOut(BaseModel):
    """One thing the person may agree to; it is shown empty. `fields` are stored only if it is ticked."""

    key: str
    label: str
    fields: list[str]
    separate: bool
    written: bool


class PageOut(BaseModel):
    """A page of boxes to show: of the form's own purpose before anything is collected, or of one offered beside it."""

    purpose: str
    shown: str
    language: str
    text: str
    boxes: list[BoxOut]


class FormOut(BaseModel):
    """A published form; `values_schema` is, by kind of customer, the JSON Schema of `values`."""

    id: UUID
    version: UUID
    number: int
    kind: str
    title: str
    purpose: str
    basis: str
    notice_version: UUID
    fields: list[AskedOut]
    values_schema: dict[str, dict[str, Any]]
    consent: PageOut | None = None
    offers: list[PageOut] = []


class SubmissionOut(BaseModel):
    """`inside`: whether the person belongs to the plan's group; `left`: fields that were known already and stay."""

    id: UUID
    customer: UUID
    created: bool
    inside: bool
    left: list[str] = []
    remarks: list[ErrorOut] = []


def _language() -> str:
    return get_language() or "zh-hans"


@router.get("/forms/{uuid:form}", response={200: FormOut, **problems(404, 409)}, summary="What a form asks")
def describe(request: ProgramRequest, form: UUID) -> HttpResponse:
    """The published version, for programs bound to its purpose."""
    asked = _opened(request, form)
    language = _language()
    answer = {
        "id": str(form),
        "version": str(asked.content.version),
        "number": asked.content.number,
        "kind": asked.content.kind,
        "title": asked.content.title.in_(language),
        "purpose": asked.content.purpose,
        "basis": asked.purpose.basis,
        "notice_version": str(asked.purpose.notice_version_id),
        "fields": [
            {
                "key": one.key,
                "label": one.label.in_(language),
                "help": one.help.in_(language),
                "reason": one.reason,
                "necessity": one.necessity.value,
                "mandatory": one.mandatory,
            }
            for one in asked.content.asked
        ],
        "values_schema": {kind: schema(asked, kind, language) for kind in asked.content.kinds},
        "consent": own_page(asked, language),
        "offers": [
            page(one, language)
            for one in consenting.offers(
                asked.content.offers, language=language, customer=None, now=clock.now()
            )
        ],
    }
    return HttpResponse(_encode(answer), content_type="application/json")


def own_page(asked: services.Asked, language: str) -> dict[str, Any] | None:
    if not asked.purpose.consent_based:
        return None
    return page(pages.present(purpose=asked.purpose.key, language=language, now=clock.now()), language)


def page(shown: Page, language: str) -> dict[str, Any]:
    return {
        "purpose": shown.purpose,
        "shown": shown.sha256,
        "language": shown.language,
        "text": shown.text,
        "boxes": [
            {
                "key": box.key,
                "label": box.label.in_(language),
                "fields": list(box.fields),
                "separate": box.kind != GENERAL,
                "written": box.written,
            }
            for box in shown.boxes
        ],
    }


def schema(asked: services.Asked, kind: str, language: str) -> dict[str, Any]:
    """The JSON Schema of the values of one kind of customer."""
    fields = asked.content.asks(kind, asked.fields)
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            one.key: {"type": "string", "maxLength": LONGEST, "title": one.label.in_(language)}
            for one in fields
        },
        "required": [one.key for one in fields if one.mandatory],
    }


@router.post(
    "/forms/{uuid:form}/submissions",
    response={201: SubmissionOut, **problems(404, 409)},
    summary="Hand in a filled form",
)
def hand_in(request: ProgramRequest, form: UUID, body: SubmissionIn) -> HttpResponse:
    """Stored wholly or not at all; a customer is recognised by the customer number alone."""
    content = body.model_dump_json()
    earlier = request.receipts.recall(content)
    if earlier is not None:
        return _answer(dict(earlier))
    asked = _opened(request, form)
    filled = _filled(request, form, body)
    try:
        services.check_declared(actor=request.actor, asked=asked.content, filled=filled, now=clock.now())
        _check_texts(body, asked.content)
        request.take_rows(1)
        done = services.submit(actor=request.actor, filled=filled, now=clock.now())
    except SubmissionProblem as problem:
        raise of_submission(problem) from problem
    answer = _told(done)
    try:
        request.receipts.keep(content, answer)
    except AlreadyKept:
        answer = dict(request.receipts.recall(content) or answer)
    return _answer(answer)


def _opened(request: ProgramRequest, form: UUID) -> services.Asked:
    """The form, for a program that may write for its purpose."""
    request.actor.require(Permission.CUSTOMERS_PROFILE_CREATE)
    try:
        asked = services.opened(form)
    except SubmissionProblem as problem:
        raise of_submission(problem) from problem
    gate.admit(actor=request.actor, purpose=asked.content.purpose, customers=[], fields=[], now=clock.now())
    return asked


def _filled(request: ProgramRequest, form: UUID, body: SubmissionIn) -> Filled:
    key = request.headers.get("Idempotency-Key", "")
    return Filled(
        # The same key is the same submission, even when the answer to the first got lost.
        id=uuid5(request.actor.id, key) if key else ids.new(),
        form=form,
        kind=body.kind.value,
        values={name: text if isinstance(text, str) else "" for name, text in body.values.items()},
        notice_version=body.notice_version,
        department=body.department or request.actor.department_id,
        plan=body.plan,
        scope=body.scope,
        province=body.province,
        method=Method.API,
        strays=tuple(body.model_extra or ()),
        address=request.META.get("REMOTE_ADDR", ""),
        choice=choice(body.consent) if body.consent else None,
        offered=tuple(choice(one) for one in body.offers),
    )


def choice(said: ConsentIn) -> Choice:
    return Choice(said.shown, frozenset(said.ticked))


def _check_texts(body: SubmissionIn, content: Content) -> None:
    """Raises:
    Problem: 422, a declared value is no text."""
    wrong = [name for name in content.keys if not isinstance(body.values.get(name, ""), str)]
    if wrong:
        raise exchange.invalid(
            [FieldError(f"values.{name}", "value.type", NO_TEXT) for name in sorted(wrong)]
        )


def of_submission(problem: SubmissionProblem) -> Problem:
    """The problem as programs are told of it, with the names of the fields and never a value."""
    if problem.errors:
        return exchange.invalid([_error(one) for one in problem.errors])
    named = [name if NAME.fullmatch(name) else "?" for name in problem.names[:20]]
    errors = [FieldError(name, "field.undeclared", UNDECLARED) for name in named]
    article = "个人信息保护法 第6条" if problem.names else ""
    return Problem(
        STATUS.get(problem.code, CONFLICT), problem.code, problem.text, article=article, errors=errors
    )


def _error(one: CellProblem) -> FieldError:
    return FieldError(f"values.{one.field}", one.code, one.text)


def _told(done: Done) -> dict[str, Any]:
    """The answer as a receipt keeps it: ids and codes, sentences in both languages."""
    return {
        "id": str(done.submission),
        "customer": str(done.customer),
        "created": done.created,
        "inside": done.inside,
        "left": list(done.left),
        "remarks": [
            {"field": one.field, "code": one.code, "text": [one.text.zh, one.text.en]} for one in done.remarks
        ],
    }


def _answer(answer: dict[str, Any]) -> HttpResponse:
    remarks = [{**one, "text": Text(*one["text"]).in_(_language())} for one in answer["remarks"]]
    body = _encode({**answer, "remarks": remarks})
    return HttpResponse(body, status=201, content_type="application/json")
