"""What stands before every route: a token, the shape of the request, one reading of the rules."""

import json
import re
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja.parser import Parser
from ninja.security import HttpBearer

from shouxin.access.clients import door
from shouxin.api.problems import of, respond
from shouxin.core.text import Text
from shouxin.kit import clock
from shouxin.kit.problems import Problem
from shouxin.kit.programs import ProgramRequest
from shouxin.rulebook.catalogue.queries import held_revision

View = Callable[..., HttpResponse]
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
NOT_ALLOWED = 405


class Token(HttpBearer):
    """The token of an API client; every failure looks the same."""

    def authenticate(self, request: HttpRequest, token: str) -> door.Caller:
        """Let the program in, or raise the problem that it gets."""
        now = clock.now()
        caller = door.come_in(token=token, address=request.META.get("REMOTE_ADDR", ""), now=now)
        program = cast("ProgramRequest", request)
        program.actor = caller.actor
        program.take_rows = lambda rows: caller.take_rows(rows, now)
        program.receipts = door.Receipts(caller.id, request.headers.get("Idempotency-Key", ""), now)
        check_shape(request)
        return caller


def check_shape(request: HttpRequest) -> None:
    if request.method not in {"POST", "PATCH", "PUT"}:
        return
    if request.content_type not in {"application/json", "application/merge-patch+json"}:
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
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
    if most and length > most:
        raise _too_large(most)


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
        body = request.body
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
            allowed = response.headers.get("Allow", "")
            problem = respond(
                Problem(
                    405,
                    "method.not-allowed",
                    Text(f"此处只接受 {allowed}。", f"Only {allowed} is taken here."),
                )
            )
            problem.headers["Allow"] = allowed
            return problem
        return response

    update_wrapper(answer, view)
    answer.csrf_exempt = True  # type: ignore[attr-defined] # a token in a header is what no other site can send
    return answer
