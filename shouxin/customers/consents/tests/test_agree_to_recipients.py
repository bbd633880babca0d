"""Giving information to another company is agreed to for each by itself: nobody is given anything without."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shouxin.core.policy import customer_actor
from shouxin.customers.consents import leaving, pages, services
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.leaving import Leaving
from shouxin.customers.consents.models import Channel, Decision, RefusalKind, Shown
from shouxin.customers.consents.services import How
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from tests.companies import MALL, PARTNER, PRINTER, entered, revised
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
    partner, mall, printer = entered(register, PARTNER, MALL, PRINTER)
    revised(register, MARKETING, named=[partner, mall, printer])
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


@pytest.mark.clause("C6.2")
@pytest.mark.django_db(transaction=True)
def test_only_who_agreed_is_given_to_the_company_and_taking_back_holds_at_once(register: Register) -> None:
    partner, mall, printer = entered(register, PARTNER, MALL, PRINTER)
    revised(register, MARKETING, named=[partner, mall, printer])
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


@pytest.mark.django_db(transaction=True)
def test_a_consent_covers_what_its_page_said_for_as_long_as_it_said(register: Register) -> None:
    (partner,) = entered(register, PARTNER)
    revised(register, MARKETING, named=[partner])
    yes = f"provision:{partner.id}"
    decide(register, "general", yes, until=clock.now() + timedelta(hours=1))
    first = given(register, partner.id, "li").fields[register["li"]]
    later = clock.now() + timedelta(hours=2)
    over = leaving.to_company(purpose=MARKETING, recipient=partner.id, customers=[register["li"]], now=later)
    assert over.left_out == {"purpose": 1}
    # Named no longer: nothing goes, and whoever decides anew agrees to it no longer.
    revised(register, MARKETING)
    with pytest.raises(ConsentProblem, match="not-named"):
        given(register, partner.id, "li")
    decide(register, "general")
    revised(register, MARKETING, named=[partner])
    assert given(register, partner.id, "li").left_out == {"refused": 1}
    decide(register, "general", yes)
    assert given(register, partner.id, "li").fields[register["li"]] == first


@pytest.mark.django_db(transaction=True)
def test_what_does_not_rest_on_consent_asks_for_none(register: Register) -> None:
    (partner,) = entered(register, PARTNER)
    revised(register, SALES, named=[partner])
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
