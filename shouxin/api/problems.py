"""Every way a request can fail, as application/problem+json (RFC 9457): a stable code, no value, no trace."""

import json
import re
from collections.abc import Callable
from typing import Any

import structlog
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from ninja.errors import AuthenticationError, HttpError, ValidationError

from shouxin.access.clients.door import unauthorised
from shouxin.core.policy import NotAllowed, Refusal
from shouxin.core.policy.refusals import refuse
from shouxin.core.text import Text
from shouxin.customers.registry.services import EditConflict, RegistryProblem
from shouxin.gate.services import Refused
from shouxin.kit.problems import FieldError, Problem
from shouxin.vault.errors import DuplicateKey, GroupClosed, KeyServiceUnavailable, VaultError

log = structlog.get_logger("shouxin.api")
TYPE = "urn:shouxin:problem:"

TITLES = {
    400: Text("请求无法读取", "The request cannot be read"),
    401: Text("令牌无效", "Not authorised"),
    403: Text("没有放行", "Refused"),
    404: Text("没有找到", "Not found"),
    405: Text("不支持的方法", "Method not allowed"),
    409: Text("与现状冲突", "Conflict"),
    413: Text("请求过大", "Request too large"),
    415: Text("请求格式不受支持", "Unsupported media type"),
    422: Text("请求内容有误", "Invalid content"),
    429: Text("超出限额", "Over the limit"),
    500: Text("系统出错", "Internal error"),
    503: Text("暂不可用", "Unavailable"),
}
STATUS = {
    "customer.unknown": 404,
    "reason.missing": 422,
    "field.unknown": 422,
    "field.not-for-purpose": 422,
    "field.forbidden": 422,
    "state.locked": 409,
    "state.destroyed": 409,
}
SAFE = re.compile(r"[a-z][a-z0-9_]{0,63}|[0-9]{1,6}|Idempotency-Key")
SHAPES = {
    "missing": ("field.missing", Text("缺少此项。", "This is missing.")),
    "extra_forbidden": ("field.unknown", Text("没有这一项。", "There is no such member.")),
    "enum": ("value.choice", Text("不在可选值之内。", "Not one of the allowed values.")),
    "literal_error": ("value.choice", Text("不在可选值之内。", "Not one of the allowed values.")),
    "list_type": ("value.type", Text("应为数组。", "Must be an array.")),
    "dict_type": ("value.type", Text("应为对象。", "Must be an object.")),
    "model_type": ("value.type", Text("应为对象。", "Must be an object.")),
    "model_attributes_type": ("value.type", Text("应为对象。", "Must be an object.")),
    "value_nul": ("value.nul", Text("含有不可存储的字符。", "Holds a character that cannot be stored.")),
    "customers_none": (
        "customers.none",
        Text("请指明 1 到 1000 位客户。", "Name between 1 and 1,000 customers."),
    ),
    "too_long": ("value.too-many", Text("项数过多。", "Too many items.")),
    "too_short": ("value.too-few", Text("项数过少。", "Too few items.")),
    "string_too_long": ("value.too-long", Text("文字过长。", "The text is too long.")),
    "string_too_short": ("value.too-short", Text("不能为空。", "Must not be empty.")),
    "string_type": ("value.type", Text("应为文字。", "Must be a string.")),
    "string_pattern_mismatch": ("value.format", Text("编码格式不符。", "Not a code of the right form.")),
    "uuid_parsing": ("value.format", Text("应为 UUID。", "Must be a UUID.")),
    "uuid_type": ("value.type", Text("应为 UUID。", "Must be a UUID.")),
    "int_type": ("value.type", Text("应为整数。", "Must be a whole number.")),
}
ELSE = ("value.invalid", Text("此项内容不符合要求。", "This value is not as required."))


def respond(problem: Problem) -> HttpResponse:
    """`problem` in the language of the request."""
    language = get_language() or "zh-hans"
    detail = problem.detail.in_(language)
    body = {
        "type": TYPE + problem.code,
        "title": TITLES[problem.status].in_(language),
        "status": problem.status,
        "detail": detail,
        "code": problem.code,
        "reason": detail,
        "article": problem.article,
        "ways": [{"code": code, "text": text.in_(language)} for code, text in problem.ways],
        "errors": [{"field": e.field, "code": e.code, "text": e.text.in_(language)} for e in problem.errors],
        **problem.extra,
    }
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=problem.status, content_type="application/problem+json"
    )
    response.headers["Content-Language"] = "en" if language.startswith("en") else "zh-Hans"
    patch_vary_headers(response, ["Accept-Language"])
    if problem.status == 401:  # noqa: PLR2004 - the status that asks for a token
        response.headers["WWW-Authenticate"] = "Bearer"
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def of_refusal(refusal: Refusal) -> Problem:
    """A decision against, with its rule, article and what would work."""
    return Problem(
        STATUS.get(refusal.code, 403),
        refusal.code,
        refusal.reason,
        article=refusal.article,
        ways=[(way.code, way.text) for way in refusal.ways_out],
        errors=[
            FieldError(key if SAFE.fullmatch(key) else "?", refusal.code, refusal.reason)
            for key in refusal.fields
        ],
    )


def of_conflict(problem: EditConflict) -> Problem:
    """What somebody else changed in the meantime; by pseudonym, without values."""
    changes = [
        {"at": change.at.isoformat(), "by": str(change.actor), "fields": list(change.fields)}
        for change in problem.changes
    ]
    return Problem(
        409,
        problem.code,
        Text(
            "该客户已被他人修改，未作任何覆盖。",
            "Somebody else changed this customer; nothing was overwritten.",
        ),
        ways=[
            (
                "read_again",
                Text("重新读取后以新的版本号再改。", "Read it again and change it at its new revision."),
            )
        ],
        extra={"changes": changes},
    )


def of_validation(problem: ValidationError) -> Problem:
    """422 with the name of each field; what was sent is not repeated."""
    errors = []
    for error in problem.errors:
        code, text = SHAPES.get(error["type"], ELSE)
        parts = [str(part) for part in error["loc"]]
        path = [part if SAFE.fullmatch(part) else "?" for part in parts if part != "[key]"]
        errors.append(FieldError(".".join(path[2:] or path[-1:]), code, text))
    detail = Text("请求内容有误，见 errors。", "Something in the request is wrong; see errors.")
    return Problem(422, "request.invalid", detail, errors=errors)


def of_registry(problem: RegistryProblem) -> Problem:
    text = Text("这一项不能这样登记。", "This cannot be registered so.")
    errors = [FieldError(problem.field, problem.code, text)] if problem.field else []
    return Problem(422, problem.code, text, errors=errors)


def of_taken(problem: DuplicateKey) -> Problem:
    text = Text("这个编号已经登记。", "This number is registered already.")
    fields = sorted({key for _, key in problem.taken})
    errors = [FieldError(f"values.{key}", "key.taken", text) for key in fields]
    return Problem(409, "customer.exists", text, errors=errors)


def unavailable(_problem: Exception) -> Problem:
    """Keys, journal or database do not answer: nothing was opened, nothing stored."""
    return Problem(
        503,
        "service.unavailable",
        Text(
            "密钥、日志或数据库暂不可用，未作任何处理。",
            "Keys, journal or database are away; nothing was done.",
        ),
        ways=[("later", Text("稍后重试。", "Try again later."))],
        retry_after=10,
    )


def broken(_problem: Exception) -> Problem:
    return Problem(
        500,
        "internal",
        Text("系统出错，未作任何处理。", "Something went wrong here; nothing was done."),
        ways=[("report", Text("请联系管理员。", "Tell the administrator."))],
    )


def nowhere() -> Problem:
    return Problem(
        404,
        "route.unknown",
        Text("没有这个地址。", "There is no such address."),
        ways=[("docs", Text("见 /api/v1/docs。", "See /api/v1/docs."))],
    )


def unread(_problem: Exception) -> Problem:
    return Problem(
        400,
        "body.not-json",
        Text("请求正文不是有效的 JSON 对象。", "The body is not a valid JSON object."),
        ways=[("send_json", Text("以 UTF-8 的 JSON 发送。", "Send JSON in UTF-8."))],
    )


def unruly() -> Problem:
    """What is turned away before anybody looks at its path: above all a Host that is not ours."""
    return Problem(
        400,
        "request.unruly",
        Text(
            "请求头不合规则，例如主机名不是本系统的。",
            "The headers are not as they must be: for example, the host is not this system's.",
        ),
        ways=[("address", Text("核对所用的地址。", "Check the address that is used."))],
    )


# The first class that fits decides; a class stands after those derived from it.
KINDS: tuple[tuple[type[Exception], Callable[[Any], Problem]], ...] = (
    (Problem, lambda problem: problem),
    (Refused, lambda problem: of_refusal(problem.refusal)),
    (NotAllowed, lambda _problem: of_refusal(refuse("role.not-allowed", "extend_client"))),
    (EditConflict, of_conflict),
    (RegistryProblem, of_registry),
    (DuplicateKey, of_taken),
    (GroupClosed, lambda _problem: of_refusal(refuse("state.locked", "ask_head"))),
    (ValidationError, of_validation),
    (AuthenticationError, lambda _problem: unauthorised()),
    (HttpError, unread),
    (Http404, lambda _problem: nowhere()),
    (KeyServiceUnavailable, unavailable),
    (VaultError, unavailable),
    (DatabaseError, unavailable),
)


def of(error: Exception) -> Problem:
    """The problem that `error` is to a program; what nobody foresaw is logged by its kind alone."""
    for kind, make in KINDS:
        if isinstance(error, kind):
            problem = make(error)
            break
    else:
        problem = broken(error)
    if problem.status >= 500:  # noqa: PLR2004 - our fault, not the caller's
        log.error("api failed", kind=type(error).__name__, where=_where(error))
    return problem


def _where(error: Exception) -> str:
    """The innermost place in this program; the message is left out, it may hold a value."""
    place, trace = "", error.__traceback__
    while trace:
        frame = trace.tb_frame
        if frame.f_globals.get("__name__", "").startswith("shouxin."):
            place = f"{frame.f_globals['__name__']}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def on_error(_request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return respond(of(error() if isinstance(error, type) else error))


def page(_request: HttpRequest, status: int) -> HttpResponse:
    """What programs get where people would get an error page."""
    if status == 500:  # noqa: PLR2004 - our fault, not the caller's
        return respond(broken(Exception()))
    known = {400: unruly, 404: nowhere}.get(status)
    codes = {405: "method.not-allowed"}
    return respond(
        known() if known else Problem(status, codes.get(status, "request.refused"), TITLES[status])
    )
