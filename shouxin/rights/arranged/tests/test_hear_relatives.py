"""Close relatives of the deceased are heard, identified and answered, unless arranged otherwise."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.core.policy import customer_actor
from shouxin.kit import clock
from shouxin.rights.arranged import queries as arranged
from shouxin.rights.arranged import services as arranging
from shouxin.rights.cases import answering, doing, presenting
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, Check, Kind, Outcome, Proof, Requester, State
from shouxin.rights.cases.queries import visible_to
from shouxin.rights.cases.tests.cast import PNG, filed
from shouxin.rights.packages import services, writing
from shouxin.rights.packages.models import Package
from tests.register import PHONE, Register

pytestmark = pytest.mark.django_db
GRANTED = Answer(Outcome.GRANTED, "", "已按您的要求办理。")


def asked(register: Register, wish: str, **more: Any) -> Case:
    row = filed(
        register, Kind.DECEASED, requester=Requester.RELATIVE, wish=wish, text="家父的信息", **more
    ).case
    return cases.take(actor=register.world.actor("clerk"), case=row.id, now=clock.now())


def known(register: Register, case: Case) -> Case:
    """Who asks was seen with papers, the death and the kinship shown."""
    for method in (Check.Method.DEATH, Check.Method.KINSHIP, Check.Method.IN_PERSON):
        proof = PNG if method is Check.Method.DEATH else None
        case = cases.check(
            actor=register.world.actor("clerk"), case=case.id, method=method, now=clock.now(), proof=proof
        )
    return case


def answered(register: Register, case: Case, answer: Answer = GRANTED) -> Case:
    now = clock.now()
    answering.propose(actor=register.world.actor("clerk"), case=case.id, answer=answer, now=now)
    return answering.approve(actor=register.world.actor("sales_head"), case=case.id, now=now)


@pytest.mark.parametrize("wish", ["access", "copy"])
def test_a_relative_gets_the_package_and_the_deceased_s_sign_in_nothing(
    register: Register, wish: str
) -> None:
    case, clerk, now = asked(register, wish), register.world.actor("clerk"), clock.now()
    with pytest.raises(CaseProblem, match="identity"):
        answering.propose(actor=clerk, case=case.id, answer=GRANTED, now=now)
    case = known(register, case)
    assert (case.state, Proof.objects.count()) == (State.HANDLING, 1)
    services.assemble(actor=clerk, case=case.id, now=now)
    address = f"{register['li']}:home_address"
    services.freeze(actor=clerk, case=case.id, withheld={address: "others"}, now=now)
    assert answered(register, case).state == State.ANSWERED
    assert not Proof.objects.exists()  # what proved death and kinship is gone with the end
    me = customer_actor(register["li"], second_factor_at=clock.now())
    assert not visible_to(me).exists()
    with pytest.raises(CaseProblem, match="unknown"):
        services.hand_over(actor=me, case=case.id, now=clock.now())
    _package, content = services.hand_over(actor=clerk, case=case.id, now=clock.now())
    opened = ZipFile(BytesIO(b"".join(content)))
    page = opened.read(writing.PAGES["zh"]).decode()
    for said in ("逝者的个人信息", "个人信息保护法第49条", PHONE, "为保护他人合法权益没有列出"):
        assert said in page
    assert "中关村" not in page
    assert json.loads(opened.read(writing.JSON_NAME))["request"] == case.number


def test_a_relative_s_correction_and_deletion_are_carried_out(register: Register) -> None:
    wrong = known(register, asked(register, "correct", fields=["home_address"]))
    with pytest.raises(CaseProblem, match="not-yet"):
        answered(register, wrong)
    gone = known(register, asked(register, "delete"))
    assert answered(register, gone).state == State.WATCHING
    assert {one.what for one in gone.deeds.all()} == {"waiting"}
    assert doing.waits(gone)


@pytest.mark.parametrize("who", ["themselves", "clerk"])
def test_what_the_deceased_arranged_is_honoured(register: Register, who: str) -> None:
    li = register["li"]
    actor = customer_actor(li) if who == "themselves" else register.world.actor("clerk")
    arranging.arrange(actor=actor, customer=li, allowed=["correct"], now=clock.now())
    case = known(register, asked(register, "access"))
    assert presenting.arranged_for(case) == ["更正"]
    with pytest.raises(CaseProblem, match=r"deceased\.arranged"):
        answered(register, case)
    row = answered(register, case, Answer(Outcome.REFUSED, "arranged"))
    letter = presenting.letter(row, "", "zh-hans")
    assert (letter["article"], len(letter["redress"])) == ("个人信息保护法 第49条", 3)
    other = known(register, asked(register, "correct", fields=["home_address"]))
    with pytest.raises(CaseProblem, match="nothing-arranged"):
        answered(register, other, Answer(Outcome.REFUSED, "arranged"))
    arranging.arrange(actor=actor, customer=li, allowed=list(arranged.ALL), now=clock.now())
    assert arranged.standing(li) is None


def test_two_relatives_are_heard_apart_and_who_repeats_is_recognised(register: Register) -> None:
    first = filed(register, Kind.DECEASED, requester=Requester.RELATIVE, contact="son@example.cn")
    second = filed(register, Kind.DECEASED, requester=Requester.RELATIVE, contact="daughter@example.cn")
    again = filed(register, Kind.DECEASED, requester=Requester.RELATIVE, contact="Son@example.cn")
    assert (first.repeats, second.repeats, again.repeats) == (None, None, first.case)
    for wish in ("", "port"):
        with pytest.raises(CaseProblem, match=r"wish\.missing"):
            filed(register, Kind.DECEASED, requester=Requester.RELATIVE, wish=wish)
    with pytest.raises(CaseProblem, match=r"wish\.missing"):
        filed(register, Kind.ACCESS, wish="access")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(id=first.case.id).update(wish="")


def test_the_screens_ask_what_the_relative_wants(register: Register) -> None:
    client = register.world.signed_in(Client(), "clerk")
    said = {
        "kind": "deceased",
        "channel": "counter",
        "requester": "relative",
        "text": "家父去世了，想要他的记录",
    }
    intake = f"/rights/customers/{register['li']}/new/"
    assert "请选择近亲属要求什么" in client.post(intake, said).content.decode()
    client.post(intake, {**said, "wish": "copy", "contact": "son@example.cn"})
    case = Case.objects.get()
    cases.take(actor=register.world.actor("clerk"), case=case.id, now=clock.now())
    sent = SimpleUploadedFile("death.png", PNG)
    client.post(f"/rights/{case.id}/check/", {"method": "death", "copy": sent})
    client.post(f"/rights/customers/{register['li']}/arrangement/", {"wish": ["copy", "delete"]})
    page = client.get(f"/rights/{case.id}/").content.decode()
    for told in ("死者近亲属行权 · 复制", "近亲属只可以要求：复制、删除", "亲属关系证明"):
        assert told in page
    cases.check(
        actor=register.world.actor("clerk"), case=case.id, method=Check.Method.KINSHIP, now=clock.now()
    )
    cases.check(
        actor=register.world.actor("clerk"), case=case.id, method=Check.Method.IN_PERSON, now=clock.now()
    )
    assert "汇集材料" in client.get(f"/rights/{case.id}/package/").content.decode()
    client.post(f"/rights/{case.id}/package/make/")
    assert Package.objects.get().customer_id == register["li"]
