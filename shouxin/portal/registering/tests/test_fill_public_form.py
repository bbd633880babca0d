"""A form anybody fills: told, asked box by box, stored with its evidence, answered with a number."""

import logging
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from shouxin.customers.collection import queries as collected
from shouxin.customers.collection.models import FormDraft, Submission
from shouxin.customers.consents.models import Channel, Consent, Decision
from shouxin.customers.leads.models import Lead
from shouxin.customers.public_forms import services
from shouxin.customers.public_forms.models import Becomes, PublicForm, PublicSubmission
from shouxin.customers.public_forms.tests.cast import MARKETING, VALUES, browser, filled, opened
from shouxin.customers.registry.models import Customer, Method, Provenance
from shouxin.kit import clock
from shouxin.kit.bots import rules as bots
from tests.companies import PARTNER, entered, revised
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ruled")]


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The clock of the product, moved by the test, from one minute into the next window of counting on."""
    now = [bots.window_of(clock.now()) + bots.WINDOW + timedelta(minutes=1)]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    return now


def path(row: PublicForm) -> str:
    return f"/my/f/{row.code}/"


def send(row: PublicForm, time: list[datetime], client: Client | None = None, **values: Any) -> Any:
    """Open the page, read it for twenty seconds, send it."""
    client = client or browser()
    page = client.get(path(row))
    sent = filled(page, **values)
    time[0] += timedelta(seconds=20)
    return client.post(path(row), sent)


def stored() -> list[int]:
    return [table.objects.count() for table in (Customer, Submission, PublicSubmission, FormDraft)]


@pytest.mark.clause("B5.1.4")
def test_a_person_gives_one_consent_or_none_and_gets_a_number(world: World, time: list[datetime]) -> None:
    row, client = opened(world), browser()
    page = client.get(path(row)).content.decode()
    assert not re.search(r'type="checkbox"[^>]*checked', page)
    assert stored() == [0, 0, 0, 0]
    answer = send(row, time, client)
    assert (answer.status_code, answer.url) == (302, f"{path(row)}done/")
    thanks = client.get(answer.url).content.decode()
    kept = PublicSubmission.objects.get()
    assert kept.number in thanks
    assert re.search(
        r'href="/my/receipts/handed/[^"]+"', thanks
    )  # of what was decided, to be checked elsewhere
    assert "/my/sign-in/" in thanks
    assert Consent.objects.get(customer=kept.customer_id, kind="general").state == "refused"
    found = Provenance.objects.get()
    assert (found.method, found.channel, found.purpose) == (Method.WEB, "registration", "sales_contract")
    yes = send(row, time, browser("203.0.113.8"), **{f"offer-{MARKETING}-box_0": "on"})
    assert yes.status_code == 302
    evidence = Decision.objects.get(kind="general", decided="given")
    assert evidence.channel == Channel.FORM
    assert PublicForm.objects.get().taken == 2


def test_a_company_is_asked_about_on_the_form_by_itself(world: World, time: list[datetime]) -> None:
    (partner,) = entered(world, PARTNER)
    revised(world, MARKETING, named=[partner])
    row = opened(world)
    page = browser().get(path(row))
    text = page.content.decode()
    assert "把我的信息提供给佳居家装有限公司" in text
    assert not re.search(r'type="checkbox"[^>]*checked', text)
    boxes = page.context["page"].offered[0].page.boxes
    place = next(number for number, box in enumerate(boxes) if box.item == str(partner.id))
    name = f"offer-{MARKETING}-box_"
    alone: Any = {f"{name}{place}": "on"}
    assert send(row, time, **alone).status_code == 422
    assert stored() == [0, 0, 0, 0]
    send(row, time, browser("203.0.113.8"), **{f"{name}0": "on"})
    assert Consent.objects.get(item=str(partner.id)).state == "refused"
    send(row, time, browser("203.0.113.9"), **{f"{name}0": "on", f"{name}{place}": "on"})
    assert list(
        Consent.objects.filter(item=str(partner.id)).order_by("since").values_list("state", flat=True)
    ) == [
        "refused",
        "given",
    ]


@pytest.mark.clause("C1.3")
def test_a_form_can_bring_leads_with_what_each_permitted(world: World, time: list[datetime]) -> None:
    row = opened(world, becomes=Becomes.LEAD)
    send(row, time)
    send(row, time, browser("203.0.113.8"), **{f"offer-{MARKETING}-box_0": "on"})
    found = Lead.objects.order_by("made_at").values_list("source", "permission", "purpose")
    assert list(found) == [
        ("public_form", "inquiry", "sales_contract"),
        ("public_form", "consent", MARKETING),
    ]
    assert all(lead.expires_at > lead.made_at for lead in Lead.objects.all())


def test_the_receipt_is_for_the_browser_that_sent_the_form(world: World, time: list[datetime]) -> None:
    row = opened(world)
    answer = send(row, time)
    back: Any = browser().get(answer.url)
    assert back.url == path(row)


def test_somebody_on_file_already_gets_the_same_answer(world: World, time: list[datetime]) -> None:
    row = opened(world)
    answers = [send(row, time, browser(f"203.0.113.{number}")) for number in (1, 2)]
    assert {(one.status_code, one.url, len(one.content)) for one in answers} == {
        (302, f"{path(row)}done/", 0)
    }
    assert Customer.objects.count() == 2  # found to be one by staff, never by asking


@pytest.mark.clause("C10.2")
def test_an_undeclared_field_refuses_everything_and_is_counted_per_source(
    world: World, time: list[datetime]
) -> None:
    row = opened(world)
    for number in (1, 1, 2):
        refused = send(row, time, browser(f"203.0.113.{number}"), id_number="11010519491231002X")
        assert refused.status_code == 422
        assert "11010519491231002X" not in refused.content.decode()
    assert stored() == [0, 0, 0, 0]
    counted = sorted((one.door, one.count) for one in collected.refusals(world.actor("officer")))
    assert counted == [("public", 1), ("public", 2)]
    assert send(row, time, browser("203.0.113.1")).status_code == 429  # it weighed on its source
    assert send(row, time, browser("203.0.113.3")).status_code == 302


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost_or_kept(
    world: World, time: list[datetime]
) -> None:
    row = opened(world)
    answer = send(row, time, None, **{"person_name": "", f"offer-{MARKETING}-box_0": "on"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert VALUES["mobile"] in text  # on the page that goes back, nowhere else
    assert 'id="id_person_name_error"' in text
    assert stored() == [0, 0, 0, 0]


def test_programs_replays_and_foreign_pages_store_nothing(world: World, time: list[datetime]) -> None:
    row, client = opened(world), browser()
    first = filled(client.get(path(row)))
    assert client.post(path(row), first).status_code == 422  # at once
    time[0] += timedelta(seconds=20)
    assert client.post(path(row), first).status_code == 422  # the same page again
    assert send(row, time, client, form_token="forged").status_code == 422
    assert send(row, time, client, form_company_url="x").status_code == 422
    assert send(row, time, client, form_work="").status_code == 422
    strict = Client(enforce_csrf_checks=True, REMOTE_ADDR="203.0.113.9")
    page = strict.get(path(row))
    sent = {key: text for key, text in filled(page).items() if key != "csrfmiddlewaretoken"}
    time[0] += timedelta(seconds=20)
    assert strict.post(path(row), sent).status_code == 403
    assert client.post(path(row), {"person_name": "x" * 70_000}).status_code == 413
    assert stored() == [0, 0, 0, 0]


def test_hostile_text_is_shown_as_text(world: World, time: list[datetime]) -> None:
    row = opened(world)
    answer = send(row, time, person_name="", mobile='"><script>alert(1)</script>')
    assert "<script>alert(1)" not in answer.content.decode()
    assert browser().get(f"{path(row)}?kind=<script>").status_code == 200


def test_it_stops_at_its_maximum_and_its_end_paused_and_closed(world: World, time: list[datetime]) -> None:
    row = opened(world, maximum=1)
    late = browser("203.0.113.8")
    begun = filled(late.get(path(row)))
    assert send(row, time).status_code == 302
    told = late.post(path(row), begun)  # filled in while somebody took the last place
    assert (told.status_code, "名额已满" in told.content.decode()) == (410, True)
    other = opened(world)
    services.pause(actor=world.actor("sales_head"), public_form=other.id)
    assert "暂停" in browser().get(path(other)).content.decode()
    services.resume(actor=world.actor("officer"), public_form=other.id)
    assert browser().get(path(other)).status_code == 200
    begun = filled(browser().get(path(other)))
    time[0] += timedelta(days=31)
    assert browser().get(path(other)).status_code == 410
    services.close(actor=world.actor("officer"), public_form=other.id, reason="活动结束", now=time[0])
    assert browser().post(path(other), begun).status_code == 410
    assert browser().get("/my/f/nosuchcode/").status_code == 404
    assert Customer.objects.count() == 1


def test_nothing_of_it_stands_in_the_log(
    world: World, time: list[datetime], caplog: pytest.LogCaptureFixture
) -> None:
    row = opened(world)
    with caplog.at_level(logging.DEBUG):
        send(row, time)
        send(row, time, id_number="planted-number")
    for planted in (*VALUES.values(), "planted-number", "203.0.113.7"):
        assert planted not in caplog.text


def test_a_form_asked_for_and_not_approved_is_behind_no_address(world: World) -> None:
    from shouxin.customers.public_forms.tests.cast import proposed

    row = proposed(world)
    assert browser().get(path(row)).status_code == 404
