"""Public forms for the organisation's own web site: described and handed in by a key that is no secret.

A browser may call these from the web sites registered with the form, and from no other. Nobody is named in an address
and nobody is looked up: the answer is the same for whoever is registered already.
"""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.text import Text
from shouxin.customers.collection import api as collection
from shouxin.customers.collection import consenting
from shouxin.customers.collection.api import ConsentIn, PageOut
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection.services import Asked
from shouxin.customers.collection_forms import queries as forms
from shouxin.customers.consents import pages
from shouxin.customers.public_forms import queries, receiving
from shouxin.customers.public_forms.models import PublicForm
from shouxin.customers.public_forms.problems import PublicProblem
from shouxin.customers.public_forms.receiving import Sent
from shouxin.customers.registry.bodies import problems
from shouxin.customers.registry.models import Kind
from shouxin.gate.services import Refused
from shouxin.kit import clock, ids
from shouxin.kit.bots import services as bots
from shouxin.kit.bots.problems import Turned
from shouxin.kit.problems import Problem
from shouxin.rulebook.purposes.models import NoticeVersion
from shouxin.vault.errors import VaultError

router = Router(tags=["public forms"])
DESCRIBED = 120  # times within ten minutes that one network is told what a form asks
CLOSED, FORBIDDEN, MANY = 410, 403, 429
_encode: Callable[[Any], bytes] = msgspec.json.Encoder().encode


class GuardIn(BaseModel):
    """The token of the description, and either the work done or the answer to its question."""

    model_config = ConfigDict(extra="forbid")
    token: Annotated[str, Field(max_length=400)]
    work: Annotated[str, Field(max_length=16)] = ""
    answer: Annotated[str, Field(max_length=16)] = ""


class PublicSubmissionIn(BaseModel):
    """A filled form. Members and values that the form does not declare refuse all of it; each refusal is counted."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "kind": "person",
                "notice_version": "019ab000-0000-7000-8000-000000000001",
                "values": {"person_name": "示例客户", "mobile": "13800138000"},
                "guard": {"token": "1.w:…", "work": "10231"},
            }
        },
    )
    kind: Kind
    notice_version: UUID
    values: dict[str, Any]
    guard: GuardIn
    consent: ConsentIn | None = None
    offers: Annotated[list[ConsentIn], Field(max_length=20)] = []


class AskedByPublicOut(BaseModel):
    """One question; `reason` says why it is asked."""

    key: str
    label: str
    help: str
    reason: str
    necessity: str
    mandatory: bool


class GuardOut(BaseModel):
    """Find the smallest number whose SHA-256, of `challenge:number`, begins with `bits` zero bits; send it as `work`,
    after `wait` seconds at the earliest. Or have the person answer `question`."""

    token: str
    challenge: str
    bits: int
    wait: int
    question: str


class PublicFormOut(BaseModel):
    """What a public form asks now. Show `notice` before the questions, and every box empty."""

    title: str
    purpose: str
    notice_version: UUID
    notice: str
    fields: list[AskedByPublicOut]
    values_schema: dict[str, dict[str, Any]]
    consent: PageOut | None = None
    offers: list[PageOut] = []
    guard: GuardOut


class ReceiptOut(BaseModel):
    """The number to show the person; the same answer for everybody."""

    number: str


@router.get(
    "/forms/{str:key}",
    response={200: PublicFormOut, **problems(404, 410, 429)},
    summary="What a public form asks",
    auth=None,
)
def describe(request: HttpRequest, key: str) -> HttpResponse:
    """With a token that is taken once; ask anew for each person."""
    row, now = _row(key), clock.now()
    name = queries.api_name(row)
    try:
        bots.look_on(form=name, address=_address(request), most=DESCRIBED, now=now)
    except Turned as turned:
        raise _turned(turned) from turned
    asked, language = _opened(row), get_language() or "zh-hans"
    offer = bots.offer(form=name, now=now)
    main = NoticeVersion.objects.get(id=asked.notice)
    why = {one.field_id: one for one in forms.asked(asked.version)}
    english = language.startswith("en")
    answer = {
        "title": asked.content.title.in_(language),
        "purpose": asked.purpose.name.in_(language),
        "notice_version": str(asked.notice),
        "notice": pages.in_language(main, language).text,
        "fields": [
            {
                "key": one.key,
                "label": one.label.in_(language),
                "help": one.help.in_(language),
                "reason": why[one.key].reason_en if english else one.reason,
                "necessity": one.necessity.value,
                "mandatory": one.mandatory,
            }
            for one in asked.content.asked
        ],
        "values_schema": {kind: collection.schema(asked, kind, language) for kind in asked.content.kinds},
        "consent": collection.own_page(asked, language),
        "offers": [
            collection.page(one, language)
            for one in consenting.offers(asked.content.offers, language=language, customer=None, now=now)
        ],
        "guard": {
            "token": offer.token,
            "challenge": offer.challenge,
            "bits": offer.bits,
            "wait": offer.wait,
            "question": offer.question.in_(language),
        },
    }
    return HttpResponse(_encode(answer), content_type="application/json")


@router.post(
    "/forms/{str:key}/submissions",
    response={201: ReceiptOut, **problems(403, 404, 409, 410, 429)},
    summary="Hand in a filled public form",
    auth=None,
)
def hand_in(request: HttpRequest, key: str, body: PublicSubmissionIn) -> HttpResponse:
    """Stored wholly or not at all. Only for pages of the registered web sites."""
    row, now = _row(key), clock.now()
    if request.headers.get("Origin", "") not in row.origins:
        raise Problem(
            FORBIDDEN,
            "origin.not-registered",
            Text("这个网站没有登记，不能提交这份表单。", "This web site is not registered for the form."),
        )
    name, address = queries.api_name(row), _address(request)
    given = {bots.TOKEN: body.guard.token, bots.SOLUTION: body.guard.work, bots.ANSWER: body.guard.answer}
    try:
        bots.admit(form=name, sent=given, address=address, now=now)
    except Turned as turned:
        raise _turned(turned) from turned
    texts = {field: text if isinstance(text, str) else "" for field, text in body.values.items()}
    sent = Sent(
        id=ids.new(),
        kind=body.kind.value,
        values=texts,
        notice_version=body.notice_version,
        choice=collection.choice(body.consent) if body.consent else None,
        offered=tuple(collection.choice(one) for one in body.offers),
        strays=tuple(body.model_extra or ()),
        address=address,
    )
    try:
        receipt = receiving.receive(row=row, sent=sent, name=name, now=now)
    except PublicProblem as problem:
        raise _closed(problem.code) from problem
    except SubmissionProblem as problem:
        raise collection.of_submission(problem) from problem
    except (Refused, VaultError, CryptoError) as error:
        raise Problem(
            503, "unavailable", Text("暂不可用，没有保存任何内容。", "Unavailable; nothing was stored.")
        ) from error
    return HttpResponse(_encode({"number": receipt.number}), status=201, content_type="application/json")


def origins_of(key: str) -> list[str]:
    """The web sites that browsers may call from with this key."""
    row = queries.by_key(key)
    return row.origins if row else []


def _row(key: str) -> PublicForm:
    row = queries.by_key(key)
    if row is None:
        raise Problem(404, "form.unknown", Text("没有这份公开表单。", "There is no such public form."))
    return row


def _opened(row: PublicForm) -> Asked:
    try:
        return receiving.opened(row, clock.now())
    except PublicProblem as problem:
        raise _closed(problem.code) from problem
    except SubmissionProblem as problem:
        raise _closed("closed") from problem


def _closed(code: str) -> Problem:
    return Problem(CLOSED, f"form.{code}", PublicProblem(code).text)


def _turned(turned: Turned) -> Problem:
    return Problem(MANY if turned.wait else 422, turned.code, turned.text, retry_after=turned.wait)


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
