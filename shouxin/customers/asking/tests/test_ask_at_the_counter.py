"""At the counter: nothing is ticked, what the person says is written down with its page, taken back as easily, and
children are spoken for by a guardian whose proof was seen."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shouxin.core.policy import customer_actor
from shouxin.customers.attachments.models import Attachment
from shouxin.customers.consents import pages, queries, services
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.models import Channel, Decision, Refusal, State
from shouxin.customers.consents.services import How
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Kind, Scope
from shouxin.customers.relationships import services as relationships
from shouxin.customers.relationships.models import Kind as Relation
from shouxin.customers.relationships.models import Side
from shouxin.kit import clock
from tests.companies import ABROAD, PARTNER, entered, revised
from tests.register import FOOTING, SALES, Register, kept

MARKETING = "marketing"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\n"
    b"IDATx\x9cc\xf8\x0f\x00\x01\x01\x01\x00\x1b\xb6\xeeV\x00\x00\x00\x00IEND\xaeB`\x82"
)


def number_of(year: int) -> str:
    """An identity number of somebody born on the first of January of `year`."""
    digits = f"110105{year}0101002"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


@pytest.mark.django_db(transaction=True)
def test_a_decision_is_asked_shown_again_and_taken_back_on_screen(register: Register, client: Client) -> None:
    register.world.signed_in(client, "clerk")
    li = register["li"]
    client.post("/purpose/", {"purpose": SALES})
    overview, ask = f"/customers/{li}/consents/", f"/customers/{li}/consents/{MARKETING}/"
    page = client.get(ask)
    form = page.context["form"]
    assert not re.search(r'type="checkbox"[^>]*checked', page.content.decode())
    said: dict[str, Any] = {"shown": form["shown"].value(), "told": "on", "channel": "counter", "box_0": "on"}
    assert client.post(ask, {**said, "told": ""}).status_code == 422
    assert client.post(ask, {**said, "channel": "paper"}).status_code == 422
    assert not Decision.objects.exists()
    paper = {**said, "channel": "paper", "scan": SimpleUploadedFile("同意书.png", PNG, "image/png")}
    assert client.post(ask, paper).status_code == 302
    made = Decision.objects.get(kind="general")
    assert made.channel == Channel.PAPER
    assert Attachment.objects.get(customer=li).id == made.paper
    told = client.get(overview).content.decode()
    assert "已同意" in told
    assert f"/consents/seen/{made.id}/" in told
    seen = client.get(f"{overview}seen/{made.id}/").content.decode()
    assert made.shown_id in seen
    assert pages.again(made.shown).boxes[0].label.zh in seen
    client.post(f"{overview}{MARKETING}/withdraw/")
    assert queries.standing(li).get(kind="general").state == State.WITHDRAWN
    closed = queries.closed_until(li, MARKETING, clock.now())
    assert closed
    assert f"{clock.today(closed)} 之前不再征求" in client.get(ask).content.decode()
    assert client.post(ask, said).status_code == 422  # and nobody writes a yes down before that day
    wish = f"{ask}?own=1"
    assert client.post(wish, said).status_code == 422  # unless the person came by themselves, which is said
    assert client.post(wish, {**said, "own_wish": "on", "box_0": ""}).status_code == 422
    assert not Decision.objects.filter(own_wish=True).exists()
    assert client.post(wish, {**said, "own_wish": "on"}).status_code == 302
    wished = Decision.objects.get(kind="general", own_wish=True)
    assert (wished.decided, wished.shown_id, wished.channel) == (State.GIVEN, made.shown_id, Channel.COUNTER)
    assert queries.closed_until(li, MARKETING, clock.now()) is None
    told = client.get(f"{overview}seen/{wished.id}/").content.decode()
    assert "本人主动提出，工作人员没有征求" in told
    client.post(f"{overview}{SALES}/restrict/")
    assert Refusal.objects.get(customer=li).purpose == SALES
    client.post(f"{overview}{SALES}/allow/")
    assert not queries.refusals(li).exists()
    assert "法律要求继续、不能拒绝的" in client.get(overview).content.decode()
    assert client.get(f"/customers/{register['secret']}/consents/").status_code == 404


def noted_guardian(register: Register, child: UUID) -> None:
    """李小明 is noted as the guardian since yesterday."""
    now = clock.now()
    relationships.relate(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customer=child,
        other=register["li"],
        kind=Relation.GUARDIAN,
        side=Side.SECOND,
        since=clock.today(now) - timedelta(days=1),
        now=now,
    )


@pytest.mark.clause("C3.2")
@pytest.mark.django_db(transaction=True)
def test_a_child_is_spoken_for_by_a_guardian_alone(register: Register) -> None:
    clerk, now = register.world.actor("clerk"), clock.now()
    child = CustomerEntry(
        Kind.PERSON,
        kept({"person_name": "李小宝", "id_number": number_of(now.year - 10)}),
        register.world.departments["sales"].id,
        Scope.DEPARTMENT,
        clerk.id,
    )
    made = registry.store(actor=clerk, footing=FOOTING, entries=[child], now=now)[0].customer
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=now)

    def say(how: How, actor: Any = clerk, *ticked: str) -> None:
        services.decide(
            actor=actor,
            customer=made,
            shown=page.sha256,
            ticked=frozenset(ticked or {"general"}),
            how=how,
            now=now,
        )

    with pytest.raises(ConsentProblem) as needed:
        say(How(Channel.COUNTER))
    assert "14" in needed.value.text.zh
    with pytest.raises(ConsentProblem, match=r"guardian\.needed"):
        say(How(Channel.PORTAL), customer_actor(made))
    with pytest.raises(ConsentProblem, match=r"guardian\.unknown"):
        say(How(Channel.COUNTER, guardian=register["li"], guardian_proof="birth"))
    noted_guardian(register, made)
    with pytest.raises(ConsentProblem, match=r"guardian\.no-proof"):
        say(How(Channel.COUNTER, guardian=register["li"]))
    say(How(Channel.COUNTER, guardian=register["li"], guardian_proof="birth"))
    assert queries.consenting(MARKETING, [made], now)
    assert Decision.objects.filter(kind="general").get().guardian == register["li"]


@pytest.mark.clause("C3.2")
@pytest.mark.django_db(transaction=True)
def test_each_company_is_asked_about_at_the_counter_and_taken_back_alone(
    register: Register, client: Client
) -> None:
    partner, lion = entered(register.world, PARTNER, ABROAD)
    revised(register.world, MARKETING, named=[partner, lion])
    register.world.signed_in(client, "clerk")
    li = register["li"]
    overview, ask = f"/customers/{li}/consents/", f"/customers/{li}/consents/{MARKETING}/"
    page = client.get(ask)
    text = page.content.decode()
    assert not re.search(r'type="checkbox"[^>]*checked', text)
    assert "涉及：" in text
    names = {box.item: f"box_{number}" for number, box in enumerate(page.context["page"].boxes)}
    said = {"shown": page.context["form"]["shown"].value(), "told": "on", "channel": "counter"}
    assert (
        client.post(ask, {**said, names[str(partner.id)]: "on"}).status_code == 422
    )  # not without the purpose
    assert not Decision.objects.exists()
    assert client.post(ask, {**said, "box_0": "on", names[str(partner.id)]: "on"}).status_code == 302
    states = {row.item: row.state for row in queries.standing(li) if row.kind in {"provision", "abroad"}}
    assert states == {str(partner.id): State.GIVEN, str(lion.id): State.REFUSED}
    told = client.get(overview).content.decode()
    assert "向他人提供的单独同意：佳居家装有限公司" in told
    assert "向境外提供的单独同意：狮城家居有限公司" in told
    made = Decision.objects.get(kind="provision")
    seen = client.get(f"{overview}seen/{made.id}/").content.decode()
    assert "境外的狮城家居有限公司（新加坡）" in seen
    again = client.get(ask)
    assert names[str(partner.id)] not in again.context["form"].fields  # agreed to: not asked again
    assert "box_0" not in again.context["form"].fields
    # Refused: not asked again for a while either, unless the person brings it up; the rest stays as it is.
    assert names[str(lion.id)] not in again.context["form"].fields
    assert "之前不再征求" in again.content.decode()
    assert "之前不再征求" in client.get(overview).content.decode()
    assert client.post(ask, {**said, names[str(lion.id)]: "on"}).status_code == 422
    wish = f"{ask}?own=1"
    assert names[str(lion.id)] in client.get(wish).context["form"].fields
    assert client.post(wish, {**said, names[str(lion.id)]: "on"}).status_code == 422  # which is said
    assert client.post(wish, {**said, "own_wish": "on", names[str(lion.id)]: "on"}).status_code == 302
    states = {row.item: row.state for row in queries.standing(li) if row.kind != "sensitive"}
    assert set(states.values()) == {State.GIVEN}
    client.post(f"{overview}{MARKETING}/withdraw/", {"box": f"provision:{partner.id}"})
    states = {row.kind: row.state for row in queries.standing(li) if row.kind in {"general", "provision"}}
    assert states == {"general": State.GIVEN, "provision": State.WITHDRAWN}
    register.world.signed_in(client, "sales_head")
    company = client.get(f"/rules/recipients/{partner.id}/").content.decode()
    assert "同意 0 位" in company
    assert "已撤回此项同意" in company
    assert "同意 1 位" in client.get(f"/rules/recipients/{lion.id}/").content.decode()
