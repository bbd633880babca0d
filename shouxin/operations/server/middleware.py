"""What every request passes first: whom to believe about addresses, what is logged, which headers leave."""

import ipaddress
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")
# 'unsafe-eval' is what Unfold's Alpine build needs; no script of a page itself is ever run.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

log = structlog.get_logger("shouxin.requests")


def believe_named_proxies(handler: Handler) -> Handler:
    """Forwarded headers count only when a proxy named in SHOUXIN_PROXY sent them; from others they are dropped."""

    def answer(request: HttpRequest) -> HttpResponse:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        if request.META.get("REMOTE_ADDR") in settings.PROXIES:
            last = forwarded.rpartition(",")[2].strip()
            if _is_address(last):
                request.META["REMOTE_ADDR"] = last
        else:
            for name in FORWARDED:
                request.META.pop(name, None)
        return handler(request)

    return answer


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
            log.info(
                "request",
                method=request.method,
                route=match.route if match else None,
                status=response.status_code,
                ms=round((time.perf_counter() - start) * 1000, 1),
            )
        return response

    return answer


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
