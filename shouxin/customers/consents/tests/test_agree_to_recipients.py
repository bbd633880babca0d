"""What leaves is agreed to by itself, for every company and for publication: nothing is given or published without."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from shouxin.core.policy import Action, customer_actor
from shouxin.customers.consents import exporting, leaving, pages, queries, services
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.leaving import Leaving
from shouxin.customers.consents.models import Channel, Consent, Decision, RefusalKind, Shown
from shouxin.customers.consents.services import How
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.journal.queries import of_events, timeline
from shouxin.kit import clock
from shouxin.rulebook.catalogue import services as catalogue
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.purposes import services as purposes
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose
from shouxin.rulebook.recipients import services as recipients
from shouxin.rulebook.recipients.models import Recipient
from tests.companies import ABROAD, MALL, PARTNER, PRINTER, entered, revised
from tests.register import SALES, Register

MARKETING = "marketing"


def decide(register: Register, *ticked: str, name: str = "li", **how: Any) -> Decision:
    now = clock.now()
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=now)
    me = customer_actor(register[name])
    return services.decide(
        actor=me,
        customer=me.id,
        shown=page.sha256,
        ticked=frozenset(ticked),
        how=How(Channel.PORTAL, **how),
        now=now,
    )


def given(register: Register, company: UUID, *names: str, purpose: str = MARKETING) -> Leaving:
    asked = [register[name] for name in names]
    return leaving.to_company(purpose=purpose, recipient=company, customers=asked, now=clock.now())


@pytest.mark.clause("C3.2")
@pytest.mark.django_db(transaction=True)
def test_each_company_has_a_box_of_its_own_and_no_box_is_bundled(register: Register) -> None:
    partner, mall, printer = entered(register.world, PARTNER, MALL, PRINTER)
    revised(register.world, MARKETING, named=[partner, mall, printer])
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=clock.now())
    asked = {box.key: box for box in page.boxes if box.kind == "provision"}
    assert set(asked) == {f"provision:{partner.id}", f"provision:{mall.id}"}  # who is entrusted needs none
    box = asked[f"provision:{partner.id}"]
    assert "佳居家装有限公司" in box.label.zh
    assert "Jiaju Interiors" in box.label.en
    assert "mobile" in box.fields
    assert '"ticked":true' not in Shown.objects.get(sha256=page.sha256).content
    with pytest.raises(ConsentProblem, match="bundled"):
        decide(register, f"provision:{partner.id}")


@pytest.mark.django_db(transaction=True)
def test_only_who_agreed_is_given_to_the_company_and_taking_back_holds_at_once(register: Register) -> None:
    partner, mall, printer = entered(register.world, PARTNER, MALL, PRINTER)
    revised(register.world, MARKETING, named=[partner, mall, printer])
    yes = f"provision:{partner.id}"
    decide(register, "general", yes)
    decide(register, "general", name="zhang")
    decide(register, name="secret")
    everybody = ("li", "zhang", "secret", "service")
    found = given(register, partner.id, *everybody)
    assert set(found.fields) == {register["li"]}
    assert "mobile" in found.fields[register["li"]]
    assert found.left_out == {"purpose": 2, "refused": 1}
    assert given(register, mall.id, *everybody).fields == {}  # a yes to one is no yes to another
    # Saying no to the companies takes nothing else away.
    assert set(given(register, printer.id, *everybody).fields) == {register["li"], register["zhang"]}

    me = customer_actor(register["li"])
    taken = services.withdraw(
        actor=me, customer=me.id, purpose=MARKETING, how=How(Channel.PORTAL), now=clock.now(), box=yes
    )
    assert [(row.kind, row.item) for row in taken] == [("provision", str(partner.id))]
    found = given(register, partner.id, *everybody)
    assert found == Leaving({}, {"purpose": 2, "refused": 1, "withdrawn": 1})
    assert set(given(register, printer.id, *everybody).fields) == {register["li"], register["zhang"]}
    line = timeline(register["li"], limit=1)[0]
    assert "佳居家装有限公司" in line.sentence("zh-hans")
    assert "Jiaju Interiors" in line.sentence("en")


def ask(register: Register, at: datetime, *ticked: str, **how: Any) -> Decision:
    """The counter asks, with whatever was agreed to before left as it is."""
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=at)
    return services.decide(
        actor=register.world.actor("clerk"),
        customer=register["li"],
        shown=page.sha256,
        ticked=frozenset(ticked),
        how=How(Channel.COUNTER, **how),
        now=at,
        kept=frozenset(box.key for box in page.boxes),
    )


def standing(register: Register) -> dict[str, tuple[str, datetime]]:
    return {queries.key_of(row): (row.state, row.since) for row in queries.standing(register["li"])}


@pytest.mark.django_db(transaction=True)
def test_a_refused_box_is_not_asked_again_while_a_new_one_and_the_rest_are(register: Register) -> None:
    partner, mall = entered(register.world, PARTNER, MALL)
    revised(register.world, MARKETING, named=[partner])
    old, new, tag = f"provision:{partner.id}", f"provision:{mall.id}", "sensitive:customer_tag"
    first = clock.now()
    ask(register, first, "general", tag)
    revised(register.world, MARKETING, named=[partner, mall])
    soon = first + timedelta(days=60)
    with pytest.raises(ConsentProblem, match=r"box\.recently") as told:
        ask(register, soon, "general", tag, old)
    assert f"{clock.today(first + timedelta(days=90))}" in told.value.text.zh
    ask(register, soon, "general", tag, new)  # the new company is asked about, beside what was refused
    held = standing(register)
    assert held[old] == ("refused", first)  # not asked: nor refused anew, so the days run from the first no
    assert [held[key][0] for key in ("general", tag, new)] == ["given"] * 3
    ask(register, soon, old, own_wish=True)  # whoever comes by themselves is heard
    assert standing(register)[old][0] == "given"
    me = customer_actor(register["li"])
    how = How(Channel.PORTAL)
    services.withdraw(actor=me, customer=me.id, purpose=MARKETING, how=how, now=soon, box=new)
    with pytest.raises(ConsentProblem, match=r"box\.recently"):
        ask(register, soon + timedelta(days=89), new)
    ask(register, soon + timedelta(days=91), new)
    assert standing(register)[new][0] == "given"


@pytest.mark.django_db(transaction=True)
def test_what_a_purpose_asked_for_no_longer_was_refused_by_nobody(register: Register) -> None:
    (partner,) = entered(register.world, PARTNER)
    revised(register.world, MARKETING, named=[partner])
    yes, now = f"provision:{partner.id}", clock.now()
    ask(register, now, "general", yes)
    revised(register.world, MARKETING)
    ask(register, now + timedelta(days=1), "general")
    assert standing(register)[yes][0] == "refused"
    revised(register.world, MARKETING, named=[partner])
    ask(register, now + timedelta(days=2), "general", yes)  # may be asked at once
    assert standing(register)[yes][0] == "given"


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_for_no_longer_is_over_for_whoever_was_merged_too(register: Register) -> None:
    """Though the one who stands for them had never agreed to it."""
    (partner,) = entered(register.world, PARTNER)
    revised(register.world, MARKETING, named=[partner])
    decide(register, "general", f"provision:{partner.id}", name="zhang")
    Customer.objects.filter(id=register["zhang"]).update(absorbed_by=register["li"])
    revised(register.world, MARKETING)
    decide(register, "general", name="li")
    held = Consent.objects.get(customer_id=register["zhang"], kind="provision")
    assert (held.state, held.fields) == ("refused", [])
    assert [line.data["lapsed"] for line in of_events(["consent.lapsed"])] == [[f"provision:{partner.id}"]]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_kept_of_a_purpose_that_is_refused_itself(register: Register) -> None:
    (partner,) = entered(register.world, PARTNER)
    revised(register.world, MARKETING, named=[partner])
    yes, me, now = f"provision:{partner.id}", customer_actor(register["li"]), clock.now()
    decide(register, "general", yes, "sensitive:customer_tag")
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=now)
    services.decide(
        actor=me,
        customer=me.id,
        shown=page.sha256,
        ticked=frozenset(),
        how=How(Channel.PORTAL),
        now=now,
        kept=frozenset({yes, "sensitive:customer_tag"}),  # whatever a browser sends
    )
    assert {state for state, _since in standing(register).values()} == {"refused"}


@pytest.mark.django_db(transaction=True)
def test_a_consent_covers_what_its_page_said_for_as_long_as_it_said(register: Register) -> None:
    (partner,) = entered(register.world, PARTNER)
    revised(register.world, MARKETING, named=[partner])
    yes = f"provision:{partner.id}"
    decide(register, "general", yes, until=clock.now() + timedelta(hours=1))
    first = given(register, partner.id, "li").fields[register["li"]]
    later = clock.now() + timedelta(hours=2)
    over = leaving.to_company(purpose=MARKETING, recipient=partner.id, customers=[register["li"]], now=later)
    assert over.left_out == {"purpose": 1}
    # Named no longer: nothing goes, and whoever decides anew agrees to it no longer.
    revised(register.world, MARKETING)
    with pytest.raises(ConsentProblem, match="not-named"):
        given(register, partner.id, "li")
    decide(register, "general")
    revised(register.world, MARKETING, named=[partner])
    assert given(register, partner.id, "li").left_out == {"refused": 1}
    decide(register, "general", yes)
    assert given(register, partner.id, "li").fields[register["li"]] == first


@pytest.mark.django_db(transaction=True)
def test_a_company_gets_no_more_than_its_page_said_and_no_field_without_its_own_consent(
    register: Register,
) -> None:
    (partner,) = entered(register.world, PARTNER)
    revised(register.world, MARKETING, named=[partner])
    yes, tag = f"provision:{partner.id}", "sensitive:customer_tag"
    decide(register, "general", yes, tag)
    assert "customer_tag" not in given(register, partner.id, "li").fields[register["li"]]
    revised(register.world, MARKETING)
    more = {**PARTNER, "kinds": ["个人基本资料", "个人标签信息"]}
    recipients.change_recipient(register.world.actor("sales_head"), recipient=partner.id, **more)
    revised(register.world, MARKETING, named=[partner])
    assert (
        "customer_tag" not in given(register, partner.id, "li").fields[register["li"]]
    )  # not what they read
    decide(register, "general", yes)
    assert "customer_tag" not in given(register, partner.id, "li").fields[register["li"]]
    decide(register, "general", yes, tag)
    assert "customer_tag" in given(register, partner.id, "li").fields[register["li"]]


@pytest.mark.django_db(transaction=True)
def test_what_does_not_rest_on_consent_asks_for_none(register: Register) -> None:
    (partner,) = entered(register.world, PARTNER)
    revised(register.world, SALES, named=[partner])
    found = given(register, partner.id, "li", "zhang", purpose=SALES)
    assert set(found.fields) == {register["li"], register["zhang"]}
    services.refuse_purpose(
        actor=customer_actor(register["li"]),
        customer=register["li"],
        purpose=SALES,
        kind=RefusalKind.OBJECTED,
        now=clock.now(),
    )
    found = given(register, partner.id, "li", "zhang", purpose=SALES)
    assert (set(found.fields), found.left_out) == ({register["zhang"]}, {"purpose": 1})


@pytest.mark.clause("C3.2")
@pytest.mark.django_db(transaction=True)
def test_a_company_abroad_is_asked_about_as_such_even_if_it_is_entrusted(register: Register) -> None:
    head = register.world.actor("sales_head")
    with pytest.raises(Refused, match="no_redress"):
        recipients.enter_recipient(head, **{**ABROAD, "redress_zh": " "})
    with pytest.raises(Refused, match="country"):
        recipients.enter_recipient(head, **{**ABROAD, "country": "XX"})
    lion, printer = entered(register.world, ABROAD, {**PRINTER, "country": "HK", "redress_zh": "写信"})
    revised(register.world, MARKETING, named=[lion, printer])
    with pytest.raises(IntegrityError), transaction.atomic():
        Recipient.objects.filter(id=lion.id).update(country="CN")  # told so by a purpose in use
    text = NoticeVersion.objects.filter(notice="customers", language="zh-Hans").latest("number").text
    assert "境外：新加坡；行使权利：写信到 privacy@lion.example" in text
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=clock.now())
    asked = {box.key: box for box in page.boxes if box.kind == "abroad"}
    assert set(asked) == {f"abroad:{lion.id}", f"abroad:{printer.id}"}
    assert "境外的狮城家居有限公司（新加坡）" in asked[f"abroad:{lion.id}"].label.zh
    decide(register, "general")
    assert given(register, lion.id, "li").left_out == {"refused": 1}
    decide(register, "general", f"abroad:{lion.id}")
    assert register["li"] in given(register, lion.id, "li").fields
    assert given(register, printer.id, "li").left_out == {"refused": 1}
    graph = exporting.records(register["li"], "en", clock.now())["@graph"]
    told = next(
        one["dpv:hasProcess"]
        for one in graph
        if one["dpv:hasProcess"].get("dpv:hasRecipient", {}).get("dpv:hasName") == "Lion City Homes"
    )
    assert told["dpv:hasProcessing"] == "dpv:CrossBorderTransfer"
    assert told["dpv:hasRecipient"]["@type"] == "dpv:DataImporter"
    assert told["dpv:hasRecipient"]["dpv:hasThirdCountry"] == "SG"


@pytest.mark.clause("C3.2")
@pytest.mark.django_db(transaction=True)
def test_nothing_is_published_of_who_did_not_agree_to_that(register: Register) -> None:
    head, officer = register.world.actor("sales_head"), register.world.actor("officer")
    wall: dict[str, Any] = {
        "publishes_zh": "官网感谢墙显示姓氏",
        "publishes_en": "Family names on the wall of thanks",
    }
    decide(register, "general")
    with pytest.raises(ConsentProblem, match="publishes-nothing"):
        leaving.to_everybody(purpose=MARKETING, customers=[register["li"]], now=clock.now())
    purposes.revise_purpose(officer, key=SALES, reason="试")
    purposes.edit_purpose(head, key=SALES, **wall)
    with pytest.raises(Refused, match="publishes_unasked"):  # it rests on a contract: nobody would be asked
        purposes.submit_purpose(head, key=SALES)
    revised(register.world, MARKETING, **wall)
    with pytest.raises(IntegrityError), transaction.atomic():
        Purpose.objects.filter(key=MARKETING).update(publishes_zh="报纸")
    text = NoticeVersion.objects.filter(notice="customers", language="zh-Hans").latest("number").text
    assert "公开：官网感谢墙显示姓氏" in text
    everybody = [register["li"], register["zhang"]]

    def published() -> Leaving:
        return leaving.to_everybody(purpose=MARKETING, customers=everybody, now=clock.now())

    assert published() == Leaving({}, {"purpose": 1, "unasked": 1})
    decide(register, "general", "publication")
    found = published()
    assert set(found.fields) == {register["li"]}
    assert (
        "customer_tag" not in found.fields[register["li"]]
    )  # what needs a consent of its own is not published
    me = customer_actor(register["li"])
    how = How(Channel.PORTAL)
    services.withdraw(
        actor=me, customer=me.id, purpose=MARKETING, how=how, now=clock.now(), box="publication"
    )
    assert published() == Leaving({}, {"purpose": 1, "withdrawn": 1})


GAIT: dict[str, Any] = {
    "name_zh": "步态特征",
    "name_en": "Gait",
    "subject_type": "natural",
    "record": "profile",
    "classification": "用户数据",
    "category": "个人生物识别信息",
    "source_class": "internal",
    "identifier_role": "other",
    "uses": ["business", "marketing", "service"],
    "masking_rule": "M-NONE",
    "retention_rule": "R-FACE",
    "legal_basis_default": "13(1)(1) consent",
    "consent_type": "separate",
    "validator": "LINE",
    "sector": "all",
    "note_zh": "",
    "note_en": "",
}


@pytest.mark.django_db(transaction=True)
def test_what_a_body_is_recognised_by_opens_by_its_own_consent_alone(register: Register) -> None:
    officer = register.world.actor("officer")
    catalogue.add_field(officer, key="gait", **GAIT)
    for flag, value in (("sensitive", True), ("trade_secret", False)):
        catalogue.decide_flag(officer, key="gait", flag=flag, value=value, reason="生物识别信息")  # type: ignore[arg-type] # one of its flags
    catalogue.activate_field(officer, key="gait")
    need = {
        "field": "gait",
        "necessity": "optional",
        "reason_zh": "会员识别",
        "sensitive_reason_zh": "本人选用",
    }
    revised(register.world, MARKETING, needs=[need])
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=clock.now())
    assert [box.fields for box in page.boxes if box.kind == "face"] == [("gait",)]
    assert not any("gait" in box.fields for box in page.boxes if box.kind != "face")

    def shown() -> bool:
        opened = gate.open_sealed(
            actor=register.world.actor("clerk"),
            purpose=MARKETING,
            customers=[register["li"]],
            fields=["mobile", "gait"],
            action=Action.VIEW,
            reason="",
            now=clock.now(),
        )
        assert "mobile" in opened.permit.forms[register["li"]]
        return "gait" in opened.permit.forms[register["li"]]

    decide(register, "general")
    assert not shown()
    decide(register, "general", "face:gait")
    assert shown()
    me = customer_actor(register["li"])
    services.withdraw(
        actor=me, customer=me.id, purpose=MARKETING, how=How(Channel.PORTAL), now=clock.now(), box="face:gait"
    )
    assert not shown()
