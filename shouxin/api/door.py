"""What stands before every route: a token, the shape of the request, one reading of the rules."""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache, update_wrapper
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_header_parameters
from ninja.parser import Parser
from ninja.security import HttpBearer

from shouxin.access.clients import door
from shouxin.api.problems import of, respond
from shouxin.core.text import Text
from shouxin.kit import clock
from shouxin.kit.problems import Problem
from shouxin.kit.programs import Program, ProgramRequest
from shouxin.rulebook.catalogue.queries import held_revision

View = Callable[..., HttpResponse]
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
NOT_ALLOWED = 405


class Token(HttpBearer):
    """The token of an API client; every failure looks the same."""

    def authenticate(self, request: HttpRequest, token: str) -> Program:
        """Let the program in, or raise the problem that it gets."""
        program, asking = let_in(token, request.META), cast("ProgramRequest", request)
        asking.actor, asking.take_rows, asking.receipts = program.actor, program.take_rows, program.receipts
        return program


def let_in(token: str | None, environ: Mapping[str, Any], rows: int = 0) -> Program:
    """The program that holds `token`, counted as come in, with the customers it names; what it sends is JSON.

    Raises:
        Problem: it is not let in, or is told why this cannot be read.
    """
    if token is None:
        raise door.unauthorised()
    now = clock.now()
    caller = door.come_in(token=token, address=environ.get("REMOTE_ADDR", ""), now=now, rows=rows)
    receipts = door.Receipts(caller.id, environ.get("HTTP_IDEMPOTENCY_KEY", ""), now)
    check_shape(environ)
    return Program(caller.actor, lambda rows: caller.take_rows(rows, now), receipts, caller.revision)


def bearer(authorization: str) -> str | None:
    """The token in the header, as `HttpBearer` reads it; None where the header holds none."""
    scheme, *rest = authorization.split(" ")
    return " ".join(rest) if scheme.lower() == Token.openapi_scheme else None


def check_shape(environ: Mapping[str, Any]) -> None:
    """Whether what is sent is said to be JSON, and not too much of it."""
    if environ["REQUEST_METHOD"].upper() not in {"POST", "PATCH", "PUT"}:
        return
    if _media_type(environ.get("CONTENT_TYPE", "")) not in {
        "application/json",
        "application/merge-patch+json",
    }:
        raise Problem(
            415,
            "body.not-json",
            Text("正文须为 application/json。", "The body must be application/json."),
            ways=[
                (
                    "send_json",
                    Text("设置 Content-Type: application/json。", "Set Content-Type: application/json."),
                )
            ],
        )
    if not is_small(environ):
        raise _too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)


def is_json(environ: Mapping[str, Any]) -> bool:
    """Whether the body is said to be JSON."""
    return _media_type(environ.get("CONTENT_TYPE", "")) in {
        "application/json",
        "application/merge-patch+json",
    }


def is_small(environ: Mapping[str, Any]) -> bool:
    """Whether the body is one that is read."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
    return not most or length_of(environ) <= most


@lru_cache(maxsize=64)
def _media_type(header: str) -> str:
    return parse_header_parameters(header)[0]


def length_of(environ: Mapping[str, Any]) -> int:
    """How many bytes the body has; none where that is not told."""
    try:
        return int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _too_large(most: int) -> Problem:
    return Problem(
        413,
        "body.too-large",
        Text(f"正文最大 {most} 字节。", f"A body has at most {most} bytes."),
        ways=[("split", Text("分成几批发送。", "Send it in several batches."))],
        extra={"limit": most},
    )


class Reader(Parser):
    """JSON objects of real text: lone surrogates, which no database and no digest can take, are no text."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        return parsed(request.body)


def parsed(body: bytes) -> dict[str, Any]:
    """The object in `body`; whatever is raised says that there is none."""
    found = json.loads(body, parse_constant=_refuse_constant)
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - all that is wrong here is one kind of wrong
    if SURROGATE.search(body):
        json.dumps(found, ensure_ascii=False).encode()
    return found


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def guarded(view: View) -> View:
    """`view` with every answer a program cannot read turned into a problem, and one reading of the rules."""

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with held_revision():
                response = view(request, *args, **kwargs)
        except RequestDataTooBig:
            return respond(_too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0))
        except Exception as error:  # noqa: BLE001 - nobody gets a trace
            return respond(of(error))
        if response.status_code == NOT_ALLOWED:
            return not_allowed(response.headers.get("Allow", ""))
        return response

    update_wrapper(answer, view)
    answer.csrf_exempt = True  # type: ignore[attr-defined] # a token in a header is what no other site can send
    return answer


def not_allowed(allowed: str) -> HttpResponse:
    """405, with what is taken here."""
    text = Text(f"此处只接受 {allowed}。", f"Only {allowed} is taken here.")
    problem = respond(Problem(405, "method.not-allowed", text))
    problem.headers["Allow"] = allowed
    return problem
