"""What a request to withdraw, restrict or object stops, and what goes on (each kind is walked in tests/journeys)."""

import pytest
from django.test import Client

from shouxin.customers.consents.tests.test_decide_consents import MARKETING, decided
from shouxin.kit import clock
from shouxin.rights.cases import answering, presenting
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, Check, Kind, Outcome
from shouxin.rights.cases.tests.cast import filed, in_hand
from tests.register import SALES, Register, refusal

pytestmark = pytest.mark.django_db


def works(register: Register, purpose: str) -> bool:
    return not refusal(register.world, purpose, register["li"])


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
