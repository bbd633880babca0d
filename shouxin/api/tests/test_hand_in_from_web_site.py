"""The organisation's own web site hands in a public form: from registered sites alone, once, and learns nothing."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from shouxin.customers.consents.models import Channel, Consent, Decision
from shouxin.customers.public_forms.models import PublicForm, PublicSubmission
from shouxin.customers.public_forms.tests.cast import MARKETING, VALUES, browser, opened
from shouxin.customers.registry.models import Customer, Method, Provenance
from shouxin.kit import clock
from shouxin.kit.bots import rules as bots
from shouxin.kit.bots.services import FIELDS
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ruled")]
SITE = "https://www.example.com"


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    now = [bots.window_of(clock.now()) + bots.WINDOW + timedelta(minutes=1)]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    return now


@pytest.fixture
def row(world: World, time: list[datetime]) -> PublicForm:
    return opened(world, origins=(SITE,))


def asked(row: PublicForm, client: Client, origin: str = SITE) -> Any:
    return client.get(f"/api/public/v1/forms/{row.key}", HTTP_ORIGIN=origin)


def body_of(described: dict[str, Any], **more: Any) -> dict[str, Any]:
    guard, nonce = described["guard"], described["guard"]["challenge"]
    tried = next(n for n in range(10**7) if bots.is_work(bots._bytes(nonce), guard["bits"], str(n)))
    return {
        "kind": "person",
        "notice_version": described["notice_version"],
        "values": VALUES,
        "guard": {"token": guard["token"], "work": str(tried)},
        **more,
    }


def hand_in(row: PublicForm, body: Any, client: Client, origin: str = SITE, **more: Any) -> Any:
    said = {"content_type": "application/json", "HTTP_ORIGIN": origin, **more}
    return client.post(f"/api/public/v1/forms/{row.key}/submissions", json.dumps(body), **said)


def test_a_registered_web_site_hands_in_with_one_consent_and_shows_the_number(
    row: PublicForm, time: list[datetime]
) -> None:
    client = browser()
    found = asked(row, client)
    described = found.json()
    assert found.headers["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Credentials" not in found.headers
    (offer,) = described["offers"]
    time[0] += timedelta(seconds=20)
    said = [{"shown": offer["shown"], "ticked": ["general"]}]
    answer = hand_in(row, body_of(described, offers=said), client)
    assert answer.status_code == 201, answer.content
    kept = PublicSubmission.objects.get()
    assert answer.json() == {"number": kept.number}
    assert Consent.objects.get(customer=kept.customer_id, purpose=MARKETING, kind="general").state == "given"
    assert Decision.objects.filter(channel=Channel.FORM).exists()
    assert Provenance.objects.get().method == Method.WEB


def test_other_web_sites_programs_and_keys_get_nothing(row: PublicForm, time: list[datetime]) -> None:
    client = browser()
    elsewhere = asked(row, client, "https://evil.example")
    assert "Access-Control-Allow-Origin" not in elsewhere.headers
    body = body_of(elsewhere.json())
    time[0] += timedelta(seconds=20)
    for origin in ("https://evil.example", "null", "https://www.example.com.evil.example", ""):
        refused = hand_in(row, body, client, origin)
        assert (refused.status_code, refused.json()["code"]) == (403, "origin.not-registered")
    there = f"/api/public/v1/forms/{row.key}/submissions"
    for origin, allowed in ((SITE, SITE), ("https://evil.example", None)):
        before = client.options(there, HTTP_ORIGIN=origin, HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST")
        assert before.headers.get("Access-Control-Allow-Origin") == allowed
    assert client.get("/api/public/v1/forms/pk_unknown").status_code == 404
    plain = hand_in(row, body, client, content_type="text/plain")
    assert plain.status_code == 415  # what a form of another site could send without asking first
    assert hand_in(row, {**body, "values": {"person_name": "x" * 70_000}}, client).status_code == 413
    assert not Customer.objects.exists()


def test_replays_work_not_done_and_undeclared_members_store_nothing(
    row: PublicForm, time: list[datetime]
) -> None:
    client = browser()
    first = body_of(asked(row, client).json())
    assert hand_in(row, first, client).json()["code"] == "bots.fast"
    time[0] += timedelta(seconds=20)
    assert hand_in(row, first, client).json()["code"] == "bots.replayed"
    lazy = body_of(asked(row, client).json())
    lazy["guard"]["work"] = ""
    time[0] += timedelta(seconds=20)
    assert hand_in(row, lazy, client).json()["code"] == "bots.work"
    for more in ({"tracking": "1"}, {"values": {**VALUES, "id_number": "11010519491231002X"}}):
        stray = {**body_of(asked(row, client).json()), **more}
        time[0] += timedelta(seconds=20)
        refused = hand_in(row, stray, client)
        assert (refused.status_code, refused.json()["code"]) == (422, "form.undeclared")
    assert hand_in(row, lazy, client).status_code == 429
    assert not Customer.objects.exists()


def test_the_description_for_builders_needs_no_token_and_tells_of_nobody() -> None:
    schema = browser().get("/api/public/v1/openapi.json").json()
    assert set(schema["paths"]) == {
        "/api/public/v1/forms/{key}",
        "/api/public/v1/forms/{key}/submissions",
    }
    assert "guard" in schema["components"]["schemas"]["PublicSubmissionIn"]["required"]
    assert not FIELDS & set(schema["components"]["schemas"]["PublicSubmissionIn"]["properties"])
