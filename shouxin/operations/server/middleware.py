"""What every request passes first: whom to believe about addresses, what is logged, which headers leave."""

import ipaddress
import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from shouxin.operations.server import logs

Handler = Callable[[HttpRequest], HttpResponse]
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")
# 'unsafe-eval' is what Unfold's Alpine build needs; no script of a page itself is ever run.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})

log = logging.getLogger("shouxin.requests")


def believe_named_proxies(handler: Handler) -> Handler:
    """Forwarded headers count only when a proxy named in SHOUXIN_PROXY sent them; from others they are dropped."""

    def answer(request: HttpRequest) -> HttpResponse:
        believe(request.META)
        return handler(request)

    return answer


def believe(environ: dict[str, Any]) -> None:
    """Take out of `environ` what somebody only says, and put in what a named proxy knows."""
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
    if environ.get("REMOTE_ADDR") in settings.PROXIES:
        last = forwarded.rpartition(",")[2].strip()
        if _is_address(last):
            environ["REMOTE_ADDR"] = last
    else:
        for name in FORWARDED:
            environ.pop(name, None)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def log_requests(handler: Handler) -> Handler:
    """One line a request: method, the route's pattern (never the path or the query), status, milliseconds."""

    def answer(request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = handler(request)
        match = request.resolver_match
        if match is None or match.route not in {"healthz", "readyz"}:
            tell(request.method, match.route if match else None, response.status_code, start)
        return response

    return answer


def tell(method: str | None, route: str | None, status: int, start: float) -> None:
    """The line of one request that began at `start`."""
    milliseconds = round((time.perf_counter() - start) * 1000, 1)
    known = method if method in METHODS else "other"  # anything may be written there, a name or a number, too
    logs.write(log, "request", method=known, route=route, status=status, ms=milliseconds)


def add_security_headers(handler: Handler) -> Handler:
    """The content policy, and no storing of pages in anybody's cache unless the view says otherwise."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = handler(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        if not request.path_info.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer
