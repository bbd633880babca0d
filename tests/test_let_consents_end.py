"""A purpose says how long what people agree to holds: every door sets the end and shows it, nothing goes on after it,
and before it people may go on."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.core.policy import Action, customer_actor
from shouxin.customers.collection import services as collecting
from shouxin.customers.collection.consenting import Choice
from shouxin.customers.collection.tests import cast as forms
from shouxin.customers.collection_forms.tests.cast import published
from shouxin.customers.consents import leaving, pages, queries, receipts, rules, services
from shouxin.customers.consents.models import Channel, Consent, Decision, Shown
from shouxin.customers.consents.services import How
from shouxin.customers.intake import agreeing
from shouxin.customers.messages import judging
from shouxin.customers.messages.tests.cast import approved, with_mail
from shouxin.customers.public_forms.tests import cast as public
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.purposes import composing
from shouxin.rulebook.purposes import rules as purpose_rules
from shouxin.rulebook.purposes import services as purposes
from shouxin.rulebook.purposes.models import Notice, NoticeVersion, Purpose
from tests.companies import PARTNER, entered, revised
from tests.register import SALES, Register, told_of_anew

pytestmark = pytest.mark.django_db(transaction=True)
MARKETING = "marketing"
TAG = "sensitive:customer_tag"


def page_now() -> pages.Page:
    return pages.present(purpose=MARKETING, language="zh-hans", now=clock.now())


def decide(customer: UUID, *ticked: str, at: datetime | None = None, **how: Any) -> Decision:
    me = customer_actor(customer)
    return services.decide(
        actor=me,
        customer=customer,
        shown=page_now().sha256,
        ticked=frozenset(ticked),
        how=How(Channel.PORTAL, **how),
        now=at or clock.now(),
    )


def end_of(customer: UUID, box: str = "general") -> datetime | None:
    return {queries.key_of(row): row.until for row in queries.standing(customer)}[box]


def in_a_year(at: datetime | None = None) -> datetime:
    """The midnight that ends the same day of next year."""
    return rules.end_of(clock.months_later(clock.today(at or clock.now()), 12))


def test_a_purpose_says_how_long_and_it_is_approved_and_told(register: Register, client: Client) -> None:
    head, officer = register.world.actor("sales_head"), register.world.actor("officer")
    before = Purpose.objects.get(key=MARKETING)
    assert before.content_sha256 == purpose_rules.digest(purposes.content(before))
    text = page_now().text
    purposes.revise_purpose(officer, key=SALES, reason="试")
    purposes.edit_purpose(head, key=SALES, consent_months=12)
    with pytest.raises(Refused, match="ends_unasked"):  # it rests on a contract: nobody agrees to anything
        purposes.submit_purpose(head, key=SALES)
    with pytest.raises(IntegrityError), transaction.atomic():
        Purpose.objects.filter(key=SALES).update(consent_months=0)
    purposes.revise_purpose(officer, key=MARKETING, reason="一年")
    register.world.signed_in(client, "sales_head")
    edit = f"/rules/purposes/{MARKETING}/edit/"
    form = client.get(edit).context["form"]
    said = {name: form[name].value() for name in form.fields}
    said = {name: "" if value is None else value for name, value in said.items()}
    assert client.post(edit, {**said, "consent_months": "121"}).status_code != 302
    assert client.post(edit, {**said, "consent_months": "12"}).status_code == 302
    purposes.edit_purpose(head, key=SALES, consent_months=None)
    purposes.submit_purpose(head, key=MARKETING)
    register.world.signed_in(client, "officer")
    assert "12 个月内有效" in client.get(f"/rules/purposes/{MARKETING}/approve/").content.decode()
    approved_now = purposes.approve_purpose(officer, key=MARKETING)
    assert approved_now.content_sha256 != before.content_sha256
    with pytest.raises(IntegrityError), transaction.atomic():
        Purpose.objects.filter(key=MARKETING).update(consent_months=24)
    purposes.revise_purpose(officer, key=MARKETING, reason="再改")
    revised_again(register)
    assert "同意自作出起 12 个月内有效" in page_now().text
    assert "12 个月内有效" not in text
    notice = Notice.objects.get(key="customers")
    english = composing.compose(
        notice=notice, template="{purposes}", spoken=NoticeVersion.Language.EN, organisation=str, contact=""
    )
    assert "a consent holds for 12 months" in english.text


def revised_again(register: Register) -> None:
    head, officer = register.world.actor("sales_head"), register.world.actor("officer")
    purposes.submit_purpose(head, key=MARKETING)
    purposes.approve_purpose(officer, key=MARKETING)
    told_of_anew(register.world)
    purposes.activate_purpose(officer, key=MARKETING)


def test_every_door_sets_the_end_and_shows_it(register: Register, client: Client) -> None:
    revised(register.world, MARKETING, consent_months=12)
    page, world = page_now(), register.world
    assert "，12 个月内有效" in page.boxes[0].label.zh
    assert ", for 12 months" in page.boxes[0].label.en
    assert pages.again(Shown.objects.get(sha256=page.sha256)) == page
    # At the portal.
    li = browser(register)
    assert "12 个月内有效" in li.get(f"/my/choices/{MARKETING}/").content.decode()
    done: Any = li.post(f"/my/choices/{MARKETING}/", {"shown": page.sha256, "box": ["general", TAG]})
    assert end_of(register["li"]) == end_of(register["li"], TAG) == in_a_year()
    last = in_a_year() - timedelta(days=1)
    assert f"同意到 {clock.today(last)} 为止" in li.get(done.url).content.decode()
    assert "自动失效" in li.get("/my/choices/").content.decode()
    # At the counter, where a person may say a shorter time, and no longer one.
    world.signed_in(client, "clerk")
    ask = f"/customers/{register['zhang']}/consents/{MARKETING}/"
    said = {"shown": page.sha256, "told": "on", "channel": "counter", "box_0": "on"}
    longer = {**said, "until": f"{clock.today(in_a_year()):%Y-%m-%d}"}
    assert client.post(ask, longer).status_code == 422
    assert client.post(ask, said).status_code == 302
    assert end_of(register["zhang"]) == in_a_year()
    shorter = clock.today(clock.now()) + timedelta(days=40)
    decide(register["zhang"])
    wish = {**said, "until": f"{shorter:%Y-%m-%d}", "own_wish": "on"}
    assert client.post(f"{ask}?own=1", wish).status_code == 302
    assert end_of(register["zhang"]) == rules.end_of(shorter)
    # On a form that staff fill.
    form = published(world, public.ASKED, said={"purpose": MARKETING, "title_zh": "活动报名"})
    choice = Choice(page.sha256, frozenset({"general"}))
    values = {"person_name": "林黛玉", "mobile": "13900001111"}
    sent = forms.filled(world, form, values, choice=choice)
    made = collecting.submit(actor=world.actor("clerk"), filled=sent, now=clock.now())
    assert end_of(made.customer) == in_a_year()


def test_a_public_form_sets_the_end_and_its_receipt_says_it(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    revised(register.world, MARKETING, consent_months=12)
    row, anybody = public.opened(register.world), public.browser()
    path, begun = f"/my/f/{row.code}/", clock.now()
    page = anybody.get(path)
    assert "12 个月内有效" in page.content.decode()
    monkeypatch.setattr(clock, "now", lambda: begun + timedelta(seconds=20))  # it takes a while to read
    sent = public.filled(page, **{f"offer-{MARKETING}-box_0": "on"})
    assert anybody.post(path, sent).status_code == 302
    made = Decision.objects.get(channel=Channel.FORM, decided="given")
    assert made.until == in_a_year()
    told = Client().get(receipts.address(made.entry)).content.decode()
    assert f"同意到 {clock.today(in_a_year() - timedelta(days=1))} 为止" in told


def test_what_a_table_brings_ends_by_its_own_day_and_page(register: Register) -> None:
    revised(register.world, MARKETING, consent_months=1)
    page, now = page_now(), clock.now()
    on = clock.today(now) - timedelta(days=70)
    brought = agreeing.agreement(agreeing.Given(page, clock.today(now), Channel.PAPER))
    with transaction.atomic():
        brought.record(actor=register.world.actor("clerk"), customers=[register["li"]], now=now)
    assert end_of(register["li"]) == rules.end_of(clock.months_later(clock.today(now), 1))
    book = agreeing.Book({page.sha256: page}, {page.sha256: on}, clock.today(now))
    texts = {agreeing.PAGE: page.sha256, agreeing.DAY: f"{on}", agreeing.WAY: "paper"}
    assert book.read(texts) == (None, [(agreeing.DAY, "consent.over")])
    later = now + timedelta(days=40)  # what ran out since is no consent that a table can lean on
    with transaction.atomic():
        said = agreeing.Standing.of(MARKETING, [register["li"]], later)
    assert said.obstacle(register["li"], agreeing.Given(page, on, Channel.PAPER)) == "consent.over"


def test_what_ran_out_is_no_basis_to_read_list_give_or_send(register: Register) -> None:
    (partner,) = entered(register.world, PARTNER)
    revised(register.world, MARKETING, consent_months=12, named=[partner])
    with_mail(register, "li")
    li, clerk = register["li"], register.world.actor("clerk")
    decide(li, "general", TAG, f"provision:{partner.id}")
    # What is agreed to separately stands no longer than the purpose itself, whatever its own end says.
    Consent.objects.filter(customer=li).exclude(kind="general").update(until=None)
    message = approved(register, "li", at=clock.now())

    def bases(at: datetime) -> list[bool]:
        try:
            opened = gate.open_sealed(
                actor=clerk,
                purpose=MARKETING,
                customers=[li],
                fields=["mobile", "customer_tag"],
                action=Action.VIEW,
                reason="",
                now=at,
            )
            read = bool(opened.permit.forms[li])
        except gate.Refused:
            read = False
        listed, left = registry.listed(
            actor=clerk,
            purpose=MARKETING,
            rows=list(Customer.objects.filter(id=li)),
            action=Action.VIEW,
            now=at,
        )
        assert left == ({} if listed else {"consent.missing": 1})
        given = leaving.to_company(purpose=MARKETING, recipient=partner.id, customers=[li], now=at).fields
        judged = judging.judge(message, [li], at)[li].verdict
        return [read, bool(listed), bool(given), judged.code != "consent.missing"]

    assert bases(in_a_year() - timedelta(seconds=1)) == [True] * 4
    assert bases(in_a_year()) == [False] * 4


def test_before_the_end_people_may_go_on_and_whoever_does_not_loses_nothing(
    register: Register, client: Client
) -> None:
    revised(register.world, MARKETING, consent_months=12)
    li, zhang, soon = register["li"], register["zhang"], clock.now() + timedelta(days=20)
    decide(li, "general", TAG, until=soon)
    decide(zhang, "general", until=clock.now() + timedelta(days=200))
    mine = browser(register)
    assert "快到期" in mine.get("/my/choices/").content.decode()
    assert "快到期" not in browser(register, "zhang").get("/my/choices/").content.decode()
    page = mine.get(f"/my/choices/{MARKETING}/")
    text = page.content.decode()
    assert "继续同意请勾选" in text
    assert "checked" not in text
    kept = {"shown": page_now().sha256, "kept": ["general", TAG]}
    boxes = [box.key for box in page_now().boxes if box.key not in kept["kept"]]
    mine.post(f"/my/choices/{MARKETING}/", {**kept, "box": boxes})  # not ticked: it holds until its end
    assert (end_of(li), end_of(li, TAG)) == (soon, soon)
    mine.post(f"/my/choices/{MARKETING}/", {**kept, "box": ["general"]})
    assert (end_of(li), end_of(li, TAG)) == (in_a_year(), soon)
    register.world.signed_in(client, "clerk")
    asked = client.get(f"/customers/{li}/consents/{MARKETING}/").context["form"]
    assert set(asked.ending) == {TAG}
    assert client.get(f"/customers/{zhang}/consents/{MARKETING}/").context["form"].ending == {}


def test_the_person_sees_what_ran_out(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    decide(register["li"], "general", until=clock.now() + timedelta(days=1))
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    text = browser(register).get("/my/choices/").content.decode()
    assert "已到期" in text
    assert f"撤回对“{Purpose.objects.get(key=MARKETING).name_zh}”的同意" not in text
