"""Tokens that do not open: all look alike to the caller; the owner can see the cause."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from shouxin.access.clients import services
from shouxin.access.clients.models import ApiClient, TurnedAway
from shouxin.api.tests.conftest import Make, Program
from shouxin.journal.models import Entry
from shouxin.kit import clock
from tests.register import SALES, Register

BODY = {"purpose": SALES, "term": "13812345678"}


def change(**columns: object) -> Callable[[Program, Register], str]:
    def changed(app: Program, _register: Register) -> str:
        ApiClient.objects.filter(id=app.client.id).update(**columns)
        return app.token

    return changed


def altered(app: Program, _register: Register) -> str:
    return app.token[:-1] + ("A" if app.token[-1] != "A" else "B")


def ended(app: Program, register: Register) -> str:
    services.end(actor=register.world.actor("sales_head"), client=app.client.id, now=clock.now())
    return app.token


def owner_left(app: Program, register: Register) -> str:
    staff = register.world.staff("clerk")
    staff.is_active = False
    staff.save()
    return app.token


ROWS: dict[str, tuple[Callable[[Program, Register], str], str | None]] = {
    "no token": (lambda _app, _register: "", None),
    "no such token": (lambda _app, _register: "sxk_000000000000_" + "x" * 43, None),
    "not a token": (lambda _app, _register: "13812345678", None),
    "naughty text": (lambda _app, _register: "sxk_' OR 1=1 --_x", None),
    "secret altered": (altered, "secret"),
    "expired": (
        change(starts_at=clock.now() - timedelta(days=9), ends_at=clock.now() - timedelta(days=1)),
        "dates",
    ),
    "not yet begun": (change(starts_at=clock.now() + timedelta(days=1)), "dates"),
    "from another address": (change(addresses=["10.0.0.0/8"]), "address"),
    "ended": (ended, "state"),
    "its owner has left": (owner_left, "owner"),
}


@pytest.mark.parametrize("name", list(ROWS))
def test_every_token_that_does_not_open_gets_the_same_answer(
    program: Make, register: Register, name: str
) -> None:
    app = program()
    spoil, cause = ROWS[name]
    response = app.send("POST", "customers:search", BODY, token=spoil(app, register))
    reference = app.send("POST", "customers:search", BODY, token="unknown")
    assert (response.status_code, response.content) == (401, reference.content)
    assert response.headers["WWW-Authenticate"] == "Bearer"
    seen = list(TurnedAway.objects.filter(client=app.client).values_list("cause", flat=True))
    assert seen == ([cause] if cause else [])


def test_guessing_leaves_one_entry_a_minute_not_one_a_guess(program: Make, register: Register) -> None:
    app = program()
    for _ in range(5):
        app.send("POST", "customers:search", BODY, token=altered(app, register))
    assert sum(TurnedAway.objects.filter(client=app.client).values_list("count", flat=True)) == 5
    assert 1 <= Entry.objects.filter(event="api_client.turned_away").count() <= 2


def test_the_database_keeps_no_token(program: Make) -> None:
    app = program()
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM access_client_token t")
        (row,) = cursor.fetchone() or ("",)
    secret = app.token.split("_", 2)[2]
    assert secret not in row
    assert secret.encode().hex() not in row


def test_a_named_proxy_tells_the_address_and_nobody_else(program: Make, settings: object) -> None:
    settings.PROXIES = frozenset({"127.0.0.1"})  # type: ignore[attr-defined]
    app = program(addresses=["203.0.113.7/32"])
    assert app.call("POST", "customers:search", BODY, X_Forwarded_For="203.0.113.7")[0] == 200
    settings.PROXIES = frozenset()  # type: ignore[attr-defined]
    assert app.call("POST", "customers:search", BODY, X_Forwarded_For="203.0.113.7")[0] == 401


def test_last_use_is_kept(program: Make, register: Register) -> None:
    app = program()
    app.call("POST", "customers:search", BODY)
    assert app.client.uses.get().last_at <= clock.now()
    used = app.client.tokens.get()
    assert used.last_at is not None
    assert used.last_address == "127.0.0.1"
