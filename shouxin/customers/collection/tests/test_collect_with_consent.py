"""A form whose purpose rests on consent: nothing is ticked, nothing is stored without a tick, the evidence is whole."""

import re
from typing import Any

import pytest
from django.test import Client

from shouxin.core.policy import Action
from shouxin.customers.collection import services
from shouxin.customers.collection.consenting import Choice
from shouxin.customers.collection.models import FormDraft, Submission
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection.tests.cast import filled, notice_of
from shouxin.customers.collection_forms.tests.cast import published
from shouxin.customers.consents import pages, queries
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import Channel, Consent, Decision
from shouxin.customers.consents.services import How
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.kit import clock, ids
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("ruled")]
MARKETING = "marketing"
ASKED = (("person_name", "required", True), ("mobile", "optional", False))
VALUES = {"person_name": "林黛玉", "mobile": "13900001111"}


def form(world: World) -> Any:
    return published(world, ASKED, said={"purpose": MARKETING, "title_zh": "活动报名"})


@pytest.mark.clause("B5.1.4")
def test_values_are_stored_with_a_tick_and_its_evidence_alone(world: World, client: Client) -> None:
    row = form(world)
    world.signed_in(client, "clerk")
    path = f"/customers/collect/{row.form_id}/"
    page = client.get(path)
    text = page.content.decode()
    assert not re.search(r'name="consent-box_\d+"[^>]*checked', text)
    assert 'value="keep"' not in text
    sent = {
        "draft": str(ids.new()),
        "kind": "person",
        "notice_version": str(notice_of(row)),
        "told": "on",
        "department": str(world.departments["sales"].id),
        "scope": "department",
        "province": "",
        "verb": "send",
        "consent-shown": page.context["page"].consent["shown"].value(),
        **VALUES,
    }
    assert client.post(path, {**sent, "verb": "keep"}).status_code == 409
    refused = client.post(path, sent)
    assert refused.status_code == 422
    assert "没有同意此目的，没有保存任何内容" in refused.content.decode()
    assert [table.objects.count() for table in (Customer, FormDraft, Submission)] == [0, 0, 0]
    assert client.post(path, {**sent, "consent-box_0": "on"}).status_code == 302
    customer = Customer.objects.get().id
    evidence = Decision.objects.get(kind="general")
    assert (evidence.channel, evidence.operator) == (Channel.COUNTER, world.actor("clerk").pseudonym)
    assert str(evidence.shown.notice_version_id) == sent["notice_version"]
    seen = client.get(f"/customers/{customer}/consents/seen/{evidence.id}/").content.decode()
    assert pages.again(evidence.shown).boxes[0].label.zh in seen
    assert evidence.shown_id in seen


@pytest.mark.clause("C3.2")
def test_what_is_not_agreed_to_is_stored_nowhere_and_blocks_nothing_else(world: World) -> None:
    row, now, clerk = form(world), clock.now(), world.actor("clerk")
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=now)
    general = Choice(page.sha256, frozenset({"general"}))

    def send(choice: Choice | None, **values: str) -> Any:
        sent = filled(world, row, {**VALUES, **values}, choice=choice)
        return services.submit(actor=clerk, filled=sent, now=clock.now())

    for choice, code in (
        (None, "consent.not-shown"),
        (Choice("0" * 64, general.ticked), "consent.refused"),
        (Choice(page.sha256, frozenset()), "consent.not-given"),
    ):
        with pytest.raises(SubmissionProblem) as problem:
            send(choice)
        assert problem.value.code == code
    assert not Customer.objects.exists()
    done = send(general)
    alone = {box.item for box in page.boxes if box.kind == "sensitive"}
    agreed = set(Consent.objects.get(customer=done.customer, kind="general").fields)
    assert not agreed & alone
    opened = gate.open_sealed(
        actor=clerk,
        purpose=MARKETING,
        customers=[done.customer],
        fields=["person_name", "mobile"],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
    )
    assert set(opened.permit.fields) == {"person_name", "mobile"}
    consents.withdraw(
        actor=clerk, customer=done.customer, purpose=MARKETING, how=How(Channel.COUNTER), now=clock.now()
    )
    sent = filled(world, row, VALUES, choice=general, customer=done.customer)
    with pytest.raises(SubmissionProblem, match=r"consent\.refused"):  # nor asked again by way of a form
        services.submit(actor=clerk, filled=sent, now=clock.now())
    assert not queries.consenting(MARKETING, [done.customer], clock.now())


@pytest.mark.clause("B5.1.4")
def test_further_purposes_are_offered_unticked_and_block_nothing(world: World, client: Client) -> None:
    row = published(world, ASKED, said={"offers": (MARKETING,)})
    assert row.offers == [MARKETING]
    world.signed_in(client, "clerk")
    path = f"/customers/collect/{row.form_id}/"
    page = client.get(path)
    assert not re.search(r'name="offer-marketing-box_\d+"[^>]*checked', page.content.decode())
    shown = page.context["page"].offered[0]["shown"].value()
    sent = {
        "draft": str(ids.new()),
        "kind": "person",
        "notice_version": str(notice_of(row)),
        "told": "on",
        "department": str(world.departments["sales"].id),
        "scope": "department",
        "province": "",
        "verb": "send",
        "offer-marketing-shown": shown,
        **VALUES,
    }
    assert client.post(path, sent).status_code == 302
    said_no = Customer.objects.get().id
    assert Consent.objects.get(customer=said_no, kind="general").state == "refused"
    agreed = {**sent, "draft": str(ids.new()), "offer-marketing-box_0": "on"}
    assert client.post(path, agreed).status_code == 302
    said_yes = Customer.objects.exclude(id=said_no).get().id
    assert set(queries.consenting(MARKETING, [said_no, said_yes], clock.now())) == {said_yes}
    # Who said no is not asked again by the next form.
    again = client.get(f"{path}?customer={said_no}")
    assert again.context["page"].offered == []


def test_a_form_asks_nobody_again_for_what_they_said_no_to(world: World, client: Client) -> None:
    own, beside = form(world), published(world, ASKED, said={"offers": (MARKETING,)})
    now, clerk, tag = clock.now(), world.actor("clerk"), "sensitive:customer_tag"
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=now)
    general = Choice(page.sha256, frozenset({"general"}))
    li = services.submit(actor=clerk, filled=filled(world, own, VALUES, choice=general), now=now).customer
    refused = Consent.objects.get(customer=li, kind="sensitive", item="customer_tag")
    assert refused.state == "refused"
    world.signed_in(client, "clerk")
    for row, part in ((own, "consent"), (beside, "offered")):
        asked = getattr(client.get(f"/customers/collect/{row.form_id}/?customer={li}").context["page"], part)
        boxes = asked if part == "consent" else asked[0]
        assert tag in boxes.closed
        assert len(boxes.fields) == len(page.boxes) - len(boxes.closed) + 1  # the page's name

    both = Choice(page.sha256, frozenset({"general", tag}))
    with pytest.raises(SubmissionProblem, match=r"consent\.refused"):
        services.submit(
            actor=clerk, filled=filled(world, own, VALUES, choice=both, customer=li), now=clock.now()
        )
    sent = filled(world, beside, VALUES, offered=(both,), customer=li)
    services.submit(actor=clerk, filled=sent, now=clock.now())
    again = Consent.objects.get(customer=li, kind="sensitive", item="customer_tag")
    assert (again.state, again.since) == ("refused", refused.since)
    assert Consent.objects.get(customer=li, kind="general").state == "given"
