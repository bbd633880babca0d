"""Requests of the wrong shape, at the wrong place or at the wrong time: each a problem with a stable code."""

import json
from typing import Any

import pytest
from django.db import OperationalError

from shouxin.api.tests.conftest import Make
from shouxin.customers.registry import exchange
from shouxin.journal import services as journal
from shouxin.journal.models import Entry
from shouxin.vault.keyring import keyring, root_key_path
from tests.register import PHONE, SALES, Register

SEARCH = {"purpose": SALES, "term": PHONE}

ROWS: dict[str, tuple[str, str, Any, dict[str, str], int, str]] = {
    "not JSON": ("POST", "customers:search", "{term: 1", {}, 400, "body.not-json"),
    "not text": ("POST", "customers:search", b"\xff\xfe", {}, 400, "body.not-json"),
    "a list": ("POST", "customers:search", "[]", {}, 400, "body.not-json"),
    "NaN": ("POST", "customers:search", '{"purpose": NaN, "term": "x"}', {}, 400, "body.not-json"),
    "half a character": (
        "POST",
        "customers:search",
        '{"purpose": "sales_contract", "term": "\\ud800"}',
        {},
        400,
        "body.not-json",
    ),
    "nested without end": ("POST", "customers:search", "[" * 100_000, {}, 400, "body.not-json"),
    "a zero byte": ("POST", "customers:search", {**SEARCH, "term": "a\x00b"}, {}, 422, "request.invalid"),
    "blank": ("POST", "customers:search", " ", {}, 400, "body.not-json"),
    "empty": ("POST", "customers:search", "", {}, 415, "body.not-json"),
    "a form": (
        "POST",
        "customers:search",
        "term=1",
        {"Content-Type": "application/x-www-form-urlencoded"},
        415,
        "body.not-json",
    ),
    "another method": ("GET", "customers:search", "", {}, 405, "method.not-allowed"),
    "another address": ("POST", "customers:burn", SEARCH, {}, 404, "route.unknown"),
    "an id that is none": ("PATCH", "customers/7", {}, {}, 404, "route.unknown"),
    "a key too long": (
        "POST",
        "customers:search",
        SEARCH,
        {"Idempotency-Key": "k" * 201},
        422,
        "request.invalid",
    ),
}


@pytest.mark.parametrize("name", list(ROWS))
def test_wrong_request_gets_a_problem(program: Make, name: str) -> None:
    method, path, body, headers, status, code = ROWS[name]
    response = program().send(method, path, body, **headers)
    problem = json.loads(response.content)
    assert (response.status_code, problem["code"]) == (status, code)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "ways", "errors"} <= set(problem)


SHAPES: dict[str, tuple[str, dict[str, Any], tuple[str, str, str]]] = {
    "one in place of several": (
        "customers:read",
        {
            "purpose": SALES,
            "reason": "order",
            "fields": "mobile",
            "ids": ["019ab000-0000-7000-8000-000000000001"],
        },
        ("fields", "value.type", "Must be an array."),
    ),
    "none of the choices": (
        "customers:search",
        {**SEARCH, "kind": "cat"},
        ("kind", "value.choice", "allowed"),
    ),
    "a text in place of a customer": (
        "customers:batch",
        {
            "purpose": SALES,
            "basis": "x",
            "notice_version": "019ab000-0000-7000-8000-000000000001",
            "rows": ["甲"],
        },
        ("rows.0", "value.type", "Must be an object."),
    ),
}


@pytest.mark.parametrize("name", list(SHAPES))
def test_a_member_of_another_shape_is_told_the_shape_it_should_have(program: Make, name: str) -> None:
    path, body, (field, code, text) = SHAPES[name]
    status, problem = program().call("POST", path, body, Accept_Language="en")
    assert status == 422
    assert [(one["field"], one["code"]) for one in problem["errors"]] == [(field, code)]
    assert text in problem["errors"][0]["text"]


def test_body_beyond_the_limit_is_refused_unread(program: Make, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    status, problem = program().call("POST", "customers:search", {**SEARCH, "term": "x" * 1000})
    assert (status, problem["code"], problem["limit"]) == (413, "body.too-large", 1000)


def test_method_not_allowed_says_which_are(program: Make) -> None:
    assert program().send("DELETE", "customers").headers["Allow"] == "POST"


def test_a_host_that_is_not_ours_is_a_problem_and_no_page(program: Make, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["shouxin.example"]
    for path in ("customers:search", "customers", "docs"):
        status, problem = program().call("POST", path, SEARCH, Host="other.example")
        assert (status, problem["code"]) == (400, "request.unruly"), path
    settings.ALLOWED_HOSTS = ["*"]
    refused = program().send("POST", "docs", "")  # which is only read
    assert (refused.status_code, json.loads(refused.content)["code"]) == (405, "method.not-allowed")
    assert "GET" in refused.headers["Allow"]


def test_without_keys_nothing_is_read_or_stored(program: Make, register: Register) -> None:
    app, path = program(), root_key_path()
    aside = path.rename(path.with_suffix(".aside"))
    keyring.drop()
    try:
        status, problem = app.read(register["li"])
        assert (status, problem["code"]) == (503, "service.unavailable")
        assert app.call("POST", "customers", {**app.footing(), **app.person()})[0] == 503
    finally:
        aside.rename(path)
        keyring.drop()
    assert not Entry.objects.filter(event="field.read").exists()


def test_without_journal_nothing_is_shown(
    program: Make, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = program()

    def away(*_: object, **__: object) -> None:
        raise OperationalError(f"could not insert {PHONE}")

    monkeypatch.setattr(journal, "_insert", away)
    response = app.send(
        "POST",
        "customers:read",
        {"purpose": SALES, "reason": "order", "fields": ["mobile"], "ids": [str(register["li"])]},
    )
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert PHONE not in response.content.decode()


def test_a_fault_of_ours_shows_no_trace_and_logs_no_value(
    program: Make, register: Register, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError(PHONE)

    monkeypatch.setattr(exchange, "read_many", fail)
    status, problem = program().read(register["li"])
    assert (status, problem["code"]) == (500, "internal")
    assert "RuntimeError" in caplog.text
    assert PHONE not in caplog.text + str(problem)


def test_no_session_and_no_cookie_is_made(program: Make) -> None:
    response = program().send("POST", "customers:search", SEARCH)
    assert response.status_code == 200
    assert not response.cookies
    assert response.headers["Cache-Control"] == "no-store"
