"""Every kind of request goes its way on the staff side: taken down, identified, answered, approved, put in a letter."""

import re

import pytest
from django.test import Client

from shouxin.core.policy import Action
from shouxin.customers.consents.tests.test_decide_consents import MARKETING, decided
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.rights.cases import answering, presenting, rules
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import CLOSED, Case, Check, Kind, Outcome, Requester, State
from shouxin.rights.cases.tests.cast import filed, in_hand
from shouxin.rights.packages import rules as packages
from shouxin.rights.packages import services as packing
from tests.register import FOOTING, SALES, Register, kept

pytestmark = pytest.mark.django_db
FIELDS = {Kind.CORRECT: ["home_address"], Kind.SUPPLEMENT: ["home_address"]}


def put_together(register: Register, case: Case) -> None:
    clerk = register.world.actor("clerk")
    packing.assemble(actor=clerk, case=case.id, now=clock.now())
    packing.freeze(actor=clerk, case=case.id, withheld={}, now=clock.now())


def corrected(register: Register) -> None:
    """Staff put right what the person said was wrong; that is what granting it means."""
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=register["li"],
        revision=Customer.objects.get(id=register["li"]).revision,
        values=kept({"home_address": "北京市朝阳区建国路1号"}),
        now=clock.now(),
    )


def prepared(register: Register, kind: Kind, handler: str) -> Case:
    """Taken down, taken on, identified as its kind and whoever asks demand, and made ready to be granted."""
    who = {Kind.INQUIRY: Requester.AUTHORITY, Kind.DECEASED: Requester.RELATIVE}.get(kind, Requester.SELF)
    case = in_hand(register, kind, who=handler, requester=who, fields=FIELDS.get(kind, []))
    for method in sorted(rules.STANDING_OF[who]):
        case = cases.check(
            actor=register.world.actor(handler), case=case.id, method=Check.Method(method), now=clock.now()
        )
    if kind in packages.KINDS:
        put_together(register, case)
    if kind in FIELDS:
        corrected(register)
    return case


def works(register: Register, purpose: str) -> bool:
    """Whether staff can still use what is kept for this purpose."""
    try:
        gate.open_sealed(
            actor=register.world.actor("clerk"),
            purpose=purpose,
            customers=[register["li"]],
            fields=["mobile"],
            action=Action.VIEW,
            reason="",
            now=clock.now(),
        )
    except gate.Refused:
        return False
    return True


@pytest.mark.parametrize("kind", [Kind.WITHDRAW, Kind.RESTRICT, Kind.OBJECT])
def test_granting_withdraws_restricts_or_objects_and_the_letter_names_the_purpose(
    register: Register, kind: Kind
) -> None:
    decided(register, "general")
    purpose = MARKETING if kind is Kind.WITHDRAW else SALES
    with pytest.raises(CaseProblem, match=r"purposes\.missing"):
        filed(register, kind, purposes=[])
    case = in_hand(register, kind, purposes=[purpose])
    assert works(register, purpose)
    answering.propose(
        actor=register.world.actor("clerk"), case=case.id, answer=Answer(Outcome.GRANTED), now=clock.now()
    )
    assert not works(register, purpose)
    assert works(register, SALES if kind is Kind.WITHDRAW else MARKETING)  # nothing else stopped
    told = register.world.signed_in(Client(), "officer").get(f"/rights/{case.id}/letter/").content.decode()
    assert ("同意已撤回" if kind is Kind.WITHDRAW else "已停止处理") in told
    assert presenting.purpose_names([purpose])[0] in told


@pytest.mark.parametrize("kind", [Kind.WITHDRAW, Kind.OBJECT])
def test_all_purposes_at_once_leave_what_the_law_demands(register: Register, kind: Kind) -> None:
    decided(register, "general")
    clerk = register.world.signed_in(Client(), "clerk")
    said = {
        "kind": kind.value,
        "channel": "counter",
        "requester": "self",
        "text": "都不要再用了",
        "contact": "a@b.cn",
    }
    intake = f"/rights/customers/{register['li']}/new/"
    nothing = clerk.post(intake, said)
    assert (nothing.status_code, "请选择涉及的处理目的" in nothing.content.decode()) == (422, True)
    assert clerk.post(intake, {**said, "purposes": ["all"]}).status_code == 302
    actor = register.world.actor("clerk")
    case = cases.take(actor=actor, case=Case.objects.get().id, now=clock.now())
    cases.check(actor=actor, case=case.id, method=Check.Method.IN_PERSON, now=clock.now())
    answer = Answer(Outcome.GRANTED) if kind is Kind.WITHDRAW else Answer(Outcome.PARTLY, "contract")
    answering.propose(actor=actor, case=case.id, answer=answer, now=clock.now())
    assert not works(register, MARKETING)
    assert works(register, SALES) is (kind is Kind.WITHDRAW)
    what = dict(case.deeds.values_list("purpose", "what"))
    assert what[MARKETING] == "withdrawn"
    assert what.get("legal_obligation") == (None if kind is Kind.WITHDRAW else "goes_on")
    assert "全部（法律要求继续的除外）" in clerk.get(f"/rights/{case.id}/").content.decode()


@pytest.mark.parametrize("kind", list(Kind))
def test_a_request_is_answered_and_the_letter_says_so(register: Register, kind: Kind) -> None:
    handler = "officer" if kind in {Kind.INQUIRY, Kind.DECEASED} else "clerk"
    case = prepared(register, kind, handler)
    conditions = tuple(rules.CONDITIONS) if kind is Kind.PORT else ()
    row = answering.propose(
        actor=register.world.actor(handler),
        case=case.id,
        answer=Answer(Outcome.GRANTED, "", "已按您的要求办理。", conditions),
        now=clock.now(),
    )
    assert (row.state == State.DECIDING) is rules.needs_second(kind, Outcome.GRANTED, escalated=False)
    if row.state == State.DECIDING:
        row = answering.approve(actor=register.world.actor("sales_head"), case=case.id, now=clock.now())
    assert row.state in CLOSED or row.state == State.WATCHING
    browser = register.world.signed_in(Client(), "officer")
    page = browser.get(f"/rights/{case.id}/").content.decode()
    assert str(Kind(kind).label) in page
    letters = re.findall(rf'href="(/rights/{case.id}/letter/[^"]*)"', page)
    told = browser.get(letters[0]).content.decode()
    assert case.number in told
    assert "已按您的要求办理" in told
