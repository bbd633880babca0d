"""The routes that are answered beside Django answer what Django would: headers, problems, languages, shapes."""

import io
import json
import threading
from typing import Any

import msgspec
import pydantic
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client

from shouxin.api import lean
from shouxin.api.tests.conftest import Make, Program
from shouxin.customers.registry.bodies import QuickRead, QuickSearch, ReadIn, SearchIn
from shouxin.kit import direct, holding
from tests.register import PHONE, SALES, Register

ID = "019ab000-0000-7000-8000-000000000001"
READ: dict[str, Any] = {"purpose": SALES, "reason": "order", "fields": ["mobile"], "ids": [ID]}


def by_django(app: Program, path: str, body: Any, **headers: Any) -> Any:
    """The answer when everything stays with Django."""
    kept, app.http = app.http, Client()
    try:
        return app.send("POST", path, body, **headers)
    finally:
        app.http = kept


def told(response: Any) -> tuple[int, dict[str, str], bytes]:
    return response.status_code, dict(response.headers), response.content


def test_headers_are_those_of_every_other_route(program: Make) -> None:
    """Of an answer, and of a problem, in every language; the other routes are Django's own."""
    app = program()
    for language in ("", "en", "zh-CN,en;q=0.5", "fr"):
        sent = {"Accept-Language": language} if language else {}
        ours = app.send("POST", "customers:search", {"purpose": SALES, "term": "没有这个人"}, **sent)
        theirs = by_django(app, "changes:list", {}, **sent)
        assert (ours.status_code, theirs.status_code) == (200, 200), theirs.content
        for one in (ours, theirs):
            del one.headers["Content-Length"]
        assert dict(ours.headers) == dict(theirs.headers)
        refused = app.send("POST", "customers:read", READ, token="none", **sent)
        assert told(refused) == told(by_django(app, "customers", READ, token="none", **sent))


WRONG: dict[str, Any] = {
    "two members wrong": {**READ, "more": 1, "reason": ""},
    "no purpose": {key: READ[key] for key in ("reason", "fields", "ids")},
    "an unknown reason": {**READ, "reason": "because"},
    "nobody": {**READ, "ids": []},
    "too many": {**READ, "ids": [ID] * 600, "customer_nos": ["1"] * 600},
    "a key with a line break": {**READ, "fields": ["mobile\n"]},
    "a NUL": {**READ, "customer_nos": ["a\x00"]},
    "a number": {**READ, "fields": 7},
    "no id": {**READ, "ids": ["7"]},
    "null": {**READ, "form": None},
}
RIGHT: dict[str, Any] = {
    "as in the description": READ,
    "an id without dashes": {**READ, "ids": [ID.replace("-", "")]},
    "an id as a name": {**READ, "ids": [f"urn:uuid:{ID}"]},
    "a number of a customer": {**READ, "ids": [], "customer_nos": ["C-1", "二"]},
    "for tokens": {**READ, "form": "token"},
}


@pytest.mark.parametrize("name", [*WRONG, *RIGHT])
def test_the_quick_reader_takes_nothing_that_the_thorough_one_does_not(name: str) -> None:
    sent = (WRONG | RIGHT)[name]
    try:
        thorough = ReadIn.model_validate(sent)
    except pydantic.ValidationError:
        thorough = None
    try:
        quick = msgspec.json.decode(json.dumps(sent), type=QuickRead)
    except msgspec.ValidationError:
        quick = None
    assert (thorough is None) == (name in WRONG)
    if quick is not None:
        assert thorough is not None
        for key in QuickRead.__struct_fields__:
            assert getattr(quick, key) == getattr(thorough, key)


def test_both_readers_know_the_same_members() -> None:
    for quick, thorough in ((QuickRead, ReadIn), (QuickSearch, SearchIn)):
        assert set(quick.__struct_fields__) == set(thorough.model_fields)
        defaults = msgspec.json.decode(
            json.dumps(READ if quick is QuickRead else {"purpose": SALES}), type=quick
        )
        for key in set(thorough.model_fields) - set(READ):
            assert getattr(defaults, key) == thorough.model_fields[key].default


def test_what_is_wrong_is_told_member_by_member(program: Make) -> None:
    """As of the routes of Django's: all that is wrong, not only the first of it."""
    app = program()
    for name, sent in WRONG.items():
        status, problem = app.call("POST", "customers:read", sent)
        assert (status, problem["code"]) == (422, "request.invalid"), name
        with pytest.raises(pydantic.ValidationError) as wrong:
            ReadIn.model_validate(sent)
        places = [".".join(map(str, one["loc"])) or "body" for one in wrong.value.errors()]
        assert [one["field"] for one in problem["errors"]] == places


def asked(**changes: Any) -> tuple[dict[str, Any], list[Any]]:
    body = json.dumps({"purpose": SALES, "term": PHONE}).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/customers:search",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        **changes,
    }
    return environ, []


def test_what_is_odd_is_left_to_django(settings: Any) -> None:
    """Names that are not ours, unencrypted where that is not taken, methods, and every other address."""
    application = lean.beside(lambda _environ, start: start("by Django", []) or [])

    def answers(**changes: Any) -> str:
        environ, seen = asked(**changes)
        application(environ, lambda status, _headers: seen.append(status))
        return str(seen[0])

    assert answers(HTTP_HOST="elsewhere.example") == "by Django"
    assert answers(HTTP_HOST="") == "by Django"
    assert answers(REQUEST_METHOD="GET") == "by Django"
    assert answers(PATH_INFO="/api/v1/customers") == "by Django"
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.PROXIES = frozenset({"10.0.0.1"})
    assert answers() == "by Django"
    assert answers(HTTP_X_FORWARDED_PROTO="https") == "by Django"  # said by nobody who is believed
    assert answers(HTTP_X_FORWARDED_PROTO="http", REMOTE_ADDR="10.0.0.1") == "by Django"


class Chunks:
    """A body that comes piece by piece, as granian hands on one in chunks."""

    def __init__(self, *parts: bytes) -> None:
        self.parts = list(parts)

    def read(self, _size: int = -1) -> bytes:
        return self.parts.pop(0) if self.parts else b""


def in_chunks(*parts: bytes, **changes: Any) -> tuple[dict[str, Any], list[Any]]:
    """What .NET and others send: nobody says beforehand how long it is."""
    environ, seen = asked(HTTP_TRANSFER_ENCODING="chunked", **changes)
    del environ["CONTENT_LENGTH"]
    return {**environ, "wsgi.input": Chunks(*parts)}, seen


@pytest.mark.django_db
def test_a_body_in_chunks_is_read_whole(program: Make) -> None:
    """By the routes beside Django, and by those of Django's, which reads as much as it is told there is."""
    body = json.dumps({"purpose": SALES, "term": PHONE}).encode()
    parts = [body[at : at + 7] for at in range(0, len(body), 7)]
    environ, seen = in_chunks(*parts, HTTP_AUTHORIZATION=f"Bearer {program().token}")
    lean.beside(get_wsgi_application())(environ, lambda *given: seen.append(given))
    assert seen[0][0] == "200 OK"
    environ, _ = in_chunks(*parts, PATH_INFO="/api/v1/customers")
    told = lean.beside(lambda left, _start: [left["wsgi.input"].read(int(left["CONTENT_LENGTH"]))])
    assert list(told(environ, lambda *_: None)) == [body]


@pytest.mark.django_db
def test_chunks_without_end_are_read_no_further_than_the_limit(settings: Any, program: Make) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    environ, seen = in_chunks(*[b"x" * 100] * 1000, HTTP_AUTHORIZATION=f"Bearer {program().token}")
    lean.beside(get_wsgi_application())(environ, lambda *given: seen.append(given))
    assert seen[0][0].startswith("413 ")
    assert len(environ["wsgi.input"].parts) == 989


@pytest.mark.django_db
def test_a_named_proxy_is_believed_about_the_client_and_encryption(settings: Any, program: Make) -> None:
    app = program(addresses=["203.0.113.9"])
    settings.PROXIES = frozenset({"10.0.0.1"})
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 1000
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    lean._worn.cache_clear()
    environ, seen = asked(
        HTTP_AUTHORIZATION=f"Bearer {app.token}",
        REMOTE_ADDR="10.0.0.1",
        HTTP_X_FORWARDED_FOR="198.51.100.1, 203.0.113.9",
        HTTP_X_FORWARDED_PROTO="https",
    )
    lean.beside(get_wsgi_application())(environ, lambda *given: seen.append(given))
    lean._worn.cache_clear()
    status, headers = seen[0]
    assert status == "200 OK"
    assert dict(headers)["Strict-Transport-Security"] == "max-age=1000"


@pytest.mark.django_db(transaction=True)
def test_a_connection_is_kept_while_it_answers(superuser: Any, program: Make, register: Register) -> None:
    """A restart of the database, or an operator who ends its sessions, costs no program an answer."""
    app = program()
    assert app.read(register["li"])[0] == 200
    known = connections["default"]
    first = known.connection
    assert app.read(register["li"])[0] == 200
    assert known.connection is first
    superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [first.info.backend_pid])
    assert app.read(register["li"])[0] == 200
    assert known.connection is not first
    holding.leave()


@pytest.mark.django_db(transaction=True)
def test_a_read_like_one_before_takes_two_statements(
    program: Make, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One at the door, which counts the customer too and waits for no disk, one that reads and records."""
    app, seen = program(daily_rows=4), list[str]()
    assert app.read(register["li"])[0] == 200
    answer = app.read(register["li"])
    work = direct.rows

    def rows(connection: Any, statement: str, parameters: Any) -> Any:
        seen.append(statement)
        return work(connection, statement, parameters)

    monkeypatch.setattr(direct, "rows", rows)
    assert app.read(register["li"]) == answer
    assert ["access_client_use" in one for one in seen] == [True, False]
    assert "synchronous_commit" in seen[0]
    assert "synchronous_commit" not in seen[1]
    assert "INSERT INTO journal_entry" in seen[1]
    assert app.read(register["li"])[0] == 200
    assert app.read(register["li"])[0] == 429  # all four were counted, none twice


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_ends_gives_its_connection_back() -> None:
    """The web server ends threads that have nothing to do; a connection kept by one would be nobody's."""
    kept: list[Any] = []

    def work() -> None:
        holding.take()
        kept.append(connections["default"].connection)
        holding.leave()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert kept[0].closed
    assert connections["default"].connection is not kept[0]
