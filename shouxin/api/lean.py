"""The routes that programs ask thousands of times a minute, answered without Django's request machinery (decision 50).

Beside Django's application, not instead of it: it takes the plain requests to these routes and leaves all else to
Django, where the same addresses lead here again (`through`). What stands before an answer is what stands before every
other route of the API: the proxies that are believed, the token, its limits, the language, one reading of the rules.
What it lacks is what a program has no use for: sessions, cookies, messages, forms, pages.
"""

import io
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import msgspec
import pydantic
from django.conf import settings
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.http.request import split_domain_port, validate_host
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils import translation
from ninja.errors import HttpError, ValidationError

import shouxin.customers.registry.api  # noqa: F401 - signs up its routes
from shouxin.api.door import bearer, is_json, is_small, length_of, let_in, not_allowed, parsed
from shouxin.api.problems import of, respond
from shouxin.kit import holding
from shouxin.kit.programs import Route, routes
from shouxin.operations.server import middleware
from shouxin.rulebook.catalogue.queries import held_revision

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Answer = tuple[int, Headers, bytes]
ROOT = "/api/v1/"
VARY = "Accept-Language, Cookie"  # what chooses the language
_UNREAD = 400
_PART = 65_536  # bytes that are read at a time
_PHRASES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_encode = msgspec.json.Encoder().encode


def beside(django: Application) -> Application:
    """The application that answers these routes itself and leaves the others to `django`."""
    known = {ROOT + name: (ROOT.lstrip("/") + name, routes[name]) for name in routes}

    def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ and environ["PATH_INFO"].startswith(ROOT):
            environ = _measured(environ)
        found = known.get(environ["PATH_INFO"])
        if found is None or environ["REQUEST_METHOD"] != "POST":
            return django(environ, start_response)
        start, told = time.perf_counter(), dict(environ)
        middleware.believe(told)
        if not _is_plain(told):
            return django(environ, start_response)
        holding.take()
        try:
            status, headers, body = answer(told, found[1], told["wsgi.input"].read)
        finally:
            holding.leave()
        middleware.tell("POST", found[0], status, start)
        start_response(_PHRASES[status], headers)
        return [body]

    return application


def _measured(environ: Environ) -> Environ:
    """A request whose body comes in chunks, as one whose length is told; no more is read than shows it too long."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    source, parts, length = environ["wsgi.input"], list[bytes](), 0
    while (not most or length <= most) and (part := source.read(_PART)):
        parts.append(part)
        length += len(part)
    return {**environ, "CONTENT_LENGTH": str(length), "wsgi.input": io.BytesIO(b"".join(parts))}


def through(name: str) -> Callable[[HttpRequest], HttpResponse]:
    """Django's view of one of these routes: for what was left to Django."""
    route = routes[name]

    def view(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return not_allowed("POST")
        status, headers, body = answer(request.META, route, request.read)
        response = HttpResponse(body, status=status)
        for key, value in headers:
            response.headers[key] = value
        return response

    view.csrf_exempt = True  # type: ignore[attr-defined] # a token in a header is what no other site can send
    return view


def answer(environ: Environ, route: Route, read: Callable[[int], bytes]) -> Answer:
    """What a program is told: what the route's work gives, or a problem; whatever happens."""
    language = _language(
        environ.get("HTTP_ACCEPT_LANGUAGE", ""), environ.get("HTTP_COOKIE", ""), settings.LANGUAGE_CODE
    )
    translation.activate(language)
    secure = _is_encrypted(environ)
    try:
        sent = read(max(0, length_of(environ))) if is_json(environ) and is_small(environ) else b""
        body = _quickly(route, sent)
        rows = route.names(body) if route.names and body is not None else 0
        program = let_in(bearer(environ.get("HTTP_AUTHORIZATION", "")), environ, rows)
        with held_revision(program.revision):
            content = _encode(route.work(program, body or _thoroughly(route, sent)))
    except Exception as error:  # noqa: BLE001 - nobody gets a trace
        return _problem(respond(of(error)), language, secure=secure)
    headers = [*_worn(language, secure=secure), ("Content-Length", str(len(content)))]
    return 200, headers, content


def _quickly(route: Route, sent: bytes) -> Any:
    """What was sent, if the quick reader takes it, which takes nothing that the thorough one would not."""
    if route.quick is None:
        return None
    try:
        return route.quick(sent)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _thoroughly(route: Route, sent: bytes) -> Any:
    """What was sent, or all that is wrong with it."""
    if not sent:
        raise ValidationError([{"type": "missing", "loc": ("body", "body")}])
    try:
        found = parsed(sent)
    except Exception as error:
        raise HttpError(_UNREAD, "Cannot parse request body") from error
    try:
        return route.check(found)
    except pydantic.ValidationError as wrong:
        errors = wrong.errors(include_url=False, include_context=False, include_input=False)
        raise ValidationError(
            [{"type": one["type"], "loc": ("body", "body", *one["loc"])} for one in errors]
        ) from None


def _problem(response: HttpResponse, language: str, *, secure: bool) -> Answer:
    """A problem's own headers, and those that every answer wears."""
    worn = dict(_worn(language, secure=secure)) | dict(response.headers) | {"Vary": VARY}
    body = response.content
    return response.status_code, [*worn.items(), ("Content-Length", str(len(body)))], body


@lru_cache(maxsize=8)
def _worn(language: str, *, secure: bool) -> Headers:
    """The headers of an answer, put on by whoever puts them on Django's; the same for all answers."""
    request, bare = HttpRequest(), HttpResponse(content_type="application/json")
    if secure:
        request._get_scheme = lambda: "https"  # type: ignore[attr-defined] # noqa: SLF001 - Django's own hook
    bare.headers["Vary"] = VARY
    bare.headers["Content-Language"] = language
    unframed = XFrameOptionsMiddleware(lambda _: bare)
    safe: Any = SecurityMiddleware(unframed)
    middleware.add_security_headers(lambda one: safe.process_response(one, unframed(one)))(request)
    return list(bare.headers.items())


@lru_cache(maxsize=256)
def _language(accepted: str, cookies: str, _otherwise: str) -> str:
    """As Django's own middleware finds it out."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    request.COOKIES = parse_cookie(cookies) if cookies else {}
    return translation.get_language_from_request(request)


def _is_plain(environ: Environ) -> bool:
    """Whether nothing stands against answering: sent to a name of ours, and encrypted where that is asked for."""
    if settings.SECURE_SSL_REDIRECT and not _is_encrypted(environ):
        return False
    host = environ.get("HTTP_HOST", "")
    return bool(host) and _is_ours(host, tuple(settings.ALLOWED_HOSTS))


def _is_encrypted(environ: Environ) -> bool:
    told = settings.SECURE_PROXY_SSL_HEADER
    if told and (value := environ.get(told[0])) is not None:
        return bool(value.split(",", 1)[0].strip() == told[1])
    return bool(environ["wsgi.url_scheme"] == "https")


@lru_cache(maxsize=64)
def _is_ours(host: str, names: tuple[str, ...]) -> bool:
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, names)
