"""A verified guardian decides for a child at their own door, and asks for it; others are told what to do.

What verifies a guardian is the proof that staff saw when they decided at the counter once.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from shouxin.core.policy import customer_actor
from shouxin.customers.asking.tests.test_ask_at_the_counter import noted_guardian, number_of
from shouxin.customers.consents import pages, queries, services, standing_in
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.models import Channel, Decision
from shouxin.customers.consents.services import How
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Kind, Scope
from shouxin.customers.relationships.models import Relationship
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import MARKETING, browser
from shouxin.rights.cases import answering
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, Check, Outcome
from tests.register import FOOTING, SALES, Register, kept

pytestmark = pytest.mark.django_db(transaction=True)


def ward_of(register: Register, age: int = 10, name: str = "李小宝") -> UUID:
    """A child in the register, of whom 李小明 is noted as the guardian."""
    clerk, now = register.world.actor("clerk"), clock.now()
    entry = CustomerEntry(
        Kind.PERSON,
        kept({"person_name": name, "id_number": number_of(now.year - age)}),
        register.world.departments["sales"].id,
        Scope.DEPARTMENT,
        clerk.id,
    )
    made = registry.store(actor=clerk, footing=FOOTING, entries=[entry], now=now)[0].customer
    noted_guardian(register, made)
    return made


def verified(register: Register, ward: UUID, proof: str = "birth", *, agreeing: bool = False) -> None:
    """Staff saw a proof when the guardian decided at the counter once."""
    page = pages.present(purpose=MARKETING, language="zh-hans", now=clock.now())
    services.decide(
        actor=register.world.actor("clerk"),
        customer=ward,
        shown=page.sha256,
        ticked=frozenset({"general"} if agreeing else ()),
        how=How(Channel.COUNTER, guardian=register["li"], guardian_proof=proof, own_wish=agreeing),
        now=clock.now(),
    )


@pytest.fixture
def ward(register: Register) -> UUID:
    return ward_of(register)


def agree(client: Client, ward: UUID) -> Any:
    page = pages.present(purpose=MARKETING, language="zh-hans", now=clock.now())
    return client.post(f"/my/wards/{ward}/{MARKETING}/", {"shown": page.sha256, "box": ["general"]})


@pytest.mark.clause("C3.2")
def test_a_guardian_gives_and_withdraws_and_it_says_who_did(register: Register, ward: UUID) -> None:
    client = browser(register)
    verified(register, ward)
    assert f"/my/wards/{ward}/" in client.get("/my/choices/").content.decode()
    assert MARKETING in client.get(f"/my/wards/{ward}/").content.decode()
    page = client.get(f"/my/wards/{ward}/{MARKETING}/").content.decode()
    assert "以监护人的身份代为决定" in page
    assert "checked" not in page
    given = agree(client, ward)
    assert queries.consenting(MARKETING, [ward], clock.now())
    assert not queries.consenting(MARKETING, [register["li"]], clock.now())  # nothing about themselves
    made = Decision.objects.filter(customer_id=ward, kind="general", decided="given").get()
    assert (made.guardian, made.guardian_proof, made.operator, made.channel) == (
        register["li"], "birth", register["li"], "portal",
    )  # fmt: skip
    assert "由监护人代为作出" in client.get(given.url).content.decode()
    assert client.get(f"/my/seen/{made.entry}/").status_code == 200
    record = client.get(f"/my/receipts/{made.entry}/receipt.jsonld").content.decode()
    assert str(register["li"]) in record
    done: Any = client.post(f"/my/wards/{ward}/{MARKETING}/withdraw/")
    assert done.url.startswith("/my/receipts/")
    assert not queries.consenting(MARKETING, [ward], clock.now())
    entry = timeline(ward, limit=1)[0]
    assert (entry.event, entry.data["guardian"]) == ("consent.withdrawn", str(register["li"]))
    assert entry.actor == customer_actor(register["li"]).pseudonym
    assert "您代为作过的决定" in client.get(f"/my/wards/{ward}/").content.decode()
    own = browser_of(register, ward)
    assert "由监护人代为作出" in own.get(given.url).content.decode()  # the child reads who decided


def browser_of(register: Register, customer: UUID) -> Client:
    register.ids["ward"] = customer
    return browser(register, "ward")


def test_unverified_ended_or_grown_is_refused_with_what_to_do(register: Register, ward: UUID) -> None:
    client = browser(register)

    def refused(whom: UUID, why: str) -> None:
        for answer in (client.get(f"/my/wards/{whom}/"), agree(client, whom)):
            assert (answer.status_code, why in answer.content.decode()) == (422, True)
        assert not queries.consenting(MARKETING, [whom], clock.now())

    refused(ward, "请带户口簿等证明到营业场所核验一次")
    verified(register, ward)
    assert agree(client, ward).status_code == 302
    withdrawn = client.post(f"/my/wards/{ward}/{MARKETING}/withdraw/")
    assert withdrawn.status_code == 302
    Relationship.objects.update(until=clock.today(clock.now()) - timedelta(days=1))
    refused(ward, "监护关系已经结束")
    assert f"/my/wards/{ward}/" not in client.get("/my/choices/").content.decode()
    grown = ward_of(register, 30, "李大宝")
    verified(register, grown)
    refused(grown, "由本人自己决定")
    verified(register, grown, "order", agreeing=True)  # appointed: whoever cannot decide themselves
    assert agree(client, grown).status_code == 302


def test_nobody_else_speaks_for_a_child(register: Register, ward: UUID) -> None:
    verified(register, ward)
    stranger = browser(register, "zhang")
    assert stranger.get(f"/my/wards/{ward}/").status_code == 404
    assert agree(stranger, ward).status_code == 404
    assert stranger.post(f"/my/wards/{ward}/{MARKETING}/withdraw/").status_code == 404
    assert stranger.post(f"/my/wards/{ward}/ask/", {"kind": "copy", "text": "要"}).status_code == 404
    page = pages.present(purpose=MARKETING, language="zh-hans", now=clock.now())
    for how, why in (
        (How(Channel.PORTAL), "customer.unknown"),
        (How(Channel.PORTAL, guardian=register["li"], guardian_proof="birth"), "customer.unknown"),
        (How(Channel.PORTAL, guardian=register["zhang"], guardian_proof="birth"), "guardian.ended"),
    ):
        with pytest.raises(ConsentProblem, match=why):
            services.decide(
                actor=customer_actor(register["zhang"]),
                customer=ward,
                shown=page.sha256,
                ticked=frozenset({"general"}),
                how=how,
                now=clock.now(),
            )
    assert standing_in.proof_for(guardian=register["li"], customer=ward, now=clock.now()) == "birth"
    assert rulebooks["rulebook"].purpose(MARKETING)


def test_a_guardian_asks_for_a_child_and_follows_it(register: Register, ward: UUID) -> None:
    client = browser(register)
    asked = {"kind": "delete", "text": "请删除孩子的姓名", "fields_only": ["person_name"]}
    assert client.post(f"/my/wards/{ward}/ask/", asked).status_code == 422
    assert not Case.objects.exists()
    verified(register, ward)
    assert client.post(f"/my/wards/{ward}/ask/", {"kind": "delete"}).status_code == 422
    told = client.post(f"/my/wards/{ward}/ask/", asked).content.decode()
    case = Case.objects.get()
    assert case.number in told
    assert case.fields == ["person_name"]
    assert (case.customer_id, case.requester, case.representative) == (ward, "guardian", register["li"])
    assert set(Check.objects.values_list("method", flat=True)) == {"portal", "guardianship"}
    assert case.number in client.get("/my/requests/").content.decode()
    assert "请删除孩子的姓名" in client.get(f"/my/requests/{case.id}/").content.decode()
    assert browser(register, "zhang").get(f"/my/requests/{case.id}/").status_code == 404
    Relationship.objects.update(until=clock.today(clock.now()) - timedelta(days=1))
    assert client.get(f"/my/requests/{case.id}/").status_code == 404  # no longer theirs to read
    assert case.number not in client.get("/my/requests/").content.decode()
    own = browser_of(register, ward)
    assert case.number in own.get("/my/requests/").content.decode()  # the child's own all the same
    assert client.post(f"/my/requests/{case.id}/package/").status_code == 404


def test_a_guardian_complains_for_a_child_and_says_of_whom(register: Register, ward: UUID) -> None:
    verified(register, ward)
    client, sales = browser(register), register.world.departments["sales"]
    assert f'<option value="{sales.id}">' in client.get(f"/my/wards/{ward}/").content.decode()
    asked = {"kind": "complaint", "text": "当着邻居念了孩子的名字", "accused": str(sales.id)}
    assert client.post(f"/my/wards/{ward}/ask/", asked).status_code == 200
    case = Case.objects.get()
    assert (case.customer_id, case.accused, case.accused_named) == (ward, sales, True)
    with pytest.raises(CaseProblem, match=r"case\.accused"):
        cases.take(actor=register.world.actor("sales_head"), case=case.id, now=clock.now())


def test_a_guardian_restricts_and_objects_for_a_child_and_names_what(register: Register, ward: UUID) -> None:
    """What rests on a contract has no consent to take back: it is stopped by a request that names it."""
    verified(register, ward)
    client, path = browser(register), f"/my/wards/{ward}/ask/"
    page: Any = client.get(f"/my/wards/{ward}/")
    offered = {value for value, _label in page.context["form"].fields["kind"].choices}
    assert {"restrict", "object"} <= offered
    assert f'name="purposes" value="{SALES}"' in page.content.decode()
    assert "withdraw" not in offered  # one click, beside the consent
    assert client.post(path, {"kind": "restrict", "text": "别再用"}).status_code == 422
    assert client.post(path, {"kind": "copy", "text": "要", "purposes": [SALES]}).status_code == 422
    assert not Case.objects.exists()
    for kind in ("restrict", "object"):
        told = client.post(path, {"kind": kind, "text": "别再用", "purposes": [SALES]})
        assert told.status_code == 200
        case = Case.objects.get(kind=kind)
        assert case.number in told.content.decode()
        assert (case.customer_id, case.requester, case.purposes) == (ward, "guardian", [SALES])
    clerk = register.world.actor("clerk")
    cases.take(actor=clerk, case=case.id, now=clock.now())
    cases.check(actor=clerk, case=case.id, method=Check.Method.DOCUMENT, now=clock.now())
    answering.propose(actor=clerk, case=case.id, answer=Answer(Outcome.GRANTED), now=clock.now())
    assert [row.purpose for row in queries.refusals(ward)] == [SALES]
