"""Requests of people for programs: one route that hands them in. Nothing that comes by it is believed.

The same service takes them down as at the counter: a repeat is joined to what is open, and staff find out who asks
before anything is granted.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import override
from ninja import Router
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from shouxin.core.text import Text
from shouxin.customers.registry.bodies import Body, Code, Key, Value, problems
from shouxin.kit import clock
from shouxin.kit.problems import FieldError, Problem
from shouxin.kit.programs import AlreadyKept, ProgramRequest
from shouxin.rights.cases import rules, services
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Channel, Kind, Requester, Wish
from shouxin.rights.cases.presenting import PROBLEMS
from shouxin.rights.cases.services import Asked, Filed

router = Router(tags=["requests"])
NOT_FOUND = 404
# Where a problem of the service lies in the body.
_PLACES = {
    "text.length": "text",
    "requester.unsuitable": "requester",
    "customer.unknown": "customer",
    "accused.unsuitable": "accused",
    "erase.unsuitable": "fields",
    "purposes.missing": "purposes",
    "wish.missing": "wish",
}
_encode: Callable[[Any], bytes] = msgspec.json.Encoder().encode


def _by_person(kind: Kind) -> Kind:
    if kind is Kind.INQUIRY:  # an authority shows an official letter to somebody
        raise PydanticCustomError("enum", "not a request of a person")
    return kind


class RequestIn(Body):
    """What somebody asks for, in their own words. `customer` is whom it is about, where the program knows them.

    `fields` are the single items to delete, `purposes` what is withdrawn, restricted or refused
    (`all`: every one). `accused` is the department that a complaint is about, where it is known: nobody of it deals
    with it. `wish` is what a close relative of the deceased asks for.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "kind": "access",
                "text": "请给我一份你们保存的我的信息",
                "name": "示例客户",
                "contact": "13800138000",
            }
        },
    )
    kind: Annotated[Kind, AfterValidator(_by_person)]
    text: Annotated[Value, Field(min_length=1, max_length=rules.MOST_TEXT)]
    name: Annotated[Value, Field(max_length=100)] = ""
    contact: Annotated[Value, Field(max_length=200)] = ""
    about: Annotated[Value, Field(max_length=200)] = ""
    requester: Requester = Requester.SELF
    wish: Wish | None = None
    minor: bool = False
    customer: UUID | None = None
    accused: UUID | None = None
    fields: Annotated[list[Key], Field(max_length=200)] = []
    purposes: Annotated[list[Code], Field(max_length=50)] = []


class RequestOut(BaseModel):
    """`code` follows the request on the public page; it is told once, so a repeat under the same key has none.

    `duplicate`: the same was asked for already and is dealt with there. `level`: how well whoever asks must be known
    before anything is granted (0 to 3).
    """

    number: str
    code: str | None
    due_on: str
    duplicate: bool
    level: int


@router.post("/requests", response={201: RequestOut, **problems(404, 409)}, summary="Hand in a request")
def hand_in(request: ProgramRequest, body: RequestIn) -> HttpResponse:
    """Taken down as at the counter: with a number and a day; staff establish who asks before they answer."""
    content = body.model_dump_json()
    earlier = request.receipts.recall(content)
    if earlier is not None:
        return _answer(earlier, None)
    request.take_rows(1)
    try:
        with transaction.atomic():
            filed = services.file(actor=request.actor, asked=_asked(body), now=clock.now())
            answer = _told(filed)
            request.receipts.keep(content, answer)
    except CaseProblem as problem:
        raise _of(problem) from problem
    except AlreadyKept:
        return _answer(request.receipts.recall(content) or {}, None)
    return _answer(answer, filed.code)


def _asked(body: RequestIn) -> Asked:
    """Raises:
    Problem: 422, what is withdrawn, restricted or refused is not named."""
    if body.kind in rules.AT_ONCE and not body.purposes:
        missing = Text(
            "请写明涉及的处理目的；全部的写 all。", "Name the purposes it is about, or all of them: all."
        )
        raise _unfit("purposes", "value.missing", missing)
    if body.fields and body.kind is not Kind.DELETE:
        raise _unfit(
            "fields", "value.unsuitable", Text("只有要求删除才写。", "Only for a request to delete.")
        )
    return Asked(
        body.kind,
        Channel.API,
        Words(body.text, body.name, body.contact, about=body.about),
        body.customer,
        body.requester,
        body.minor,
        fields=tuple(dict.fromkeys(body.fields)),
        wish=body.wish.value if body.wish else "",
        accused=body.accused,
        purposes=tuple(dict.fromkeys(body.purposes)) if body.kind in rules.AT_ONCE else (),
    )


def _told(filed: Filed) -> dict[str, Any]:
    """What a receipt keeps of the answer: no code, which stands nowhere but as a digest."""
    return {
        "number": filed.case.number,
        "due_on": filed.case.due_on.isoformat(),
        "duplicate": filed.repeats is not None,
        "level": filed.case.level,
    }


def _answer(answer: Mapping[str, Any], code: str | None) -> HttpResponse:
    return HttpResponse(_encode({**answer, "code": code}), status=201, content_type="application/json")


def _of(problem: CaseProblem) -> Problem:
    text = _in_words(problem.code)
    if problem.code == "customer.unknown":
        return Problem(NOT_FOUND, problem.code, text)
    return _unfit(_PLACES.get(problem.code, "kind"), problem.code, text)


def _unfit(field: str, code: str, text: Text) -> Problem:
    detail = Text("请求的内容不对。", "Something in the request is not right.")
    return Problem(422, "request.invalid", detail, errors=[FieldError(field, code, text)])


def _in_words(code: str) -> Text:
    said = []
    for language in ("zh-hans", "en"):
        with override(language):
            said.append(str(PROBLEMS.get(code, code)))
    return Text(*said)
