"""Whoever asked for somebody else is given answer and package by a code to the contact they left, nobody else."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client

from shouxin.core.policy import customer_actor
from shouxin.journal.queries import of_events
from shouxin.kit import clock, mail
from shouxin.portal.anyone import keys
from shouxin.portal.anyone.tests.test_ask_without_account import sent
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.portal.entering.models import Challenge, Session
from shouxin.portal.entering.tests.conftest import ADDRESS, Post, give, post  # noqa: F401 - a fixture
from shouxin.rights.arranged.tests.test_hear_relatives import GRANTED, answered, known
from shouxin.rights.cases import answering
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Case, Channel, Check, Kind, Outcome
from shouxin.rights.cases.services import Asked
from shouxin.rights.packages import services as packages
from shouxin.rights.packages.models import Package
from tests.harness.jobs import run_queued
from tests.register import PHONE, Register

pytestmark = pytest.mark.django_db(transaction=True)
GOODBYE = "您的账户已注销，感谢您"
SON = "son@example.cn"
SAID = {
    "kind": "deceased", "requester": "relative", "wish": "copy", "text": "家父去世了，想要一份他的记录",
    "about": "李小明 13812345678", "name": "李大为", "contact": SON,
}  # fmt: skip


def turned_down(**_letter: object) -> None:
    raise mail.NotSent("refused")


def granted(register: Register, client: Client) -> Case:
    """Asked for on the public page, looked into by staff and granted with its package."""
    told = sent(client, **SAID).content.decode()
    case = Case.objects.get()
    assert case.number in told
    clerk, now = register.world.actor("clerk"), clock.now()
    officer = register.world.actor("officer")
    cases.take(actor=officer, case=case.id, now=now)
    cases.match(actor=officer, case=case.id, customer=register["li"], now=now)
    Case.objects.filter(id=case.id).update(handler=clerk.id)
    known(register, case)
    packages.assemble(actor=clerk, case=case.id, now=now)
    packages.freeze(actor=clerk, case=case.id, withheld={}, now=now)
    return answered(register, case, GRANTED)


def test_a_code_to_the_contact_opens_answer_and_package(
    register: Register,
    client: Client,
    post: Post,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = granted(register, client)
    with monkeypatch.context() as server:
        server.setattr(mail, "send", turned_down)
        client.post("/my/follow/code/")
        run_queued("portal")
    assert [line.event for line in of_events(["portal.code_not_taken"])] == ["portal.code_not_taken"]
    page = client.get("/my/follow/case/").content.decode()
    assert GRANTED.text not in page
    assert "先向您提出时留的联系方式发一个验证码" in page
    assert "要先输入第二个验证码" in client.post("/my/follow/package/").content.decode()
    asked: Any = client.post("/my/follow/code/")
    run_queued("portal")
    assert [to for to, _body in post.letters] == [SON]
    assert 'name="code"' in client.get(asked.url).content.decode()
    empty = client.post("/my/follow/prove/", {"code": ""})
    assert 'name="code"' in empty.content.decode()
    wrong = client.post("/my/follow/prove/", {"code": "1"})
    assert (wrong.status_code, "验证码不对" in wrong.content.decode()) == (422, True)
    client.post("/my/follow/prove/", {"code": post.code})
    page = client.get("/my/follow/case/").content.decode()
    assert GRANTED.text in page
    archive = b"".join(client.post("/my/follow/package/"))
    assert PHONE in ZipFile(BytesIO(archive)).read("data.json").decode()
    assert "只能下载一次，已于" in client.post("/my/follow/package/").content.decode()
    assert Package.objects.get().way == "follow"
    told = of_events(["portal.case_code_sent", "portal.case_proved"])
    assert {line.data["case"] for line in told} == {str(case.id)}
    assert not any(SON in str(line.data) for line in told)
    assert not Challenge.objects.filter(identifier__isnull=False).exists()


def test_neither_the_deceased_s_sign_in_nor_another_browser_gets_it(
    register: Register,
    client: Client,
    post: Post,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = granted(register, client)
    client.post("/my/follow/code/")
    run_queued("portal")
    client.post("/my/follow/prove/", {"code": post.code})
    inside = browser(register)
    assert case.number not in inside.get("/my/requests/").content.decode()
    assert inside.get(f"/my/requests/{case.id}/").status_code == 404
    assert inside.post(f"/my/requests/{case.id}/package/").status_code == 404
    stranger = Client()
    stranger.cookies[keys.COOKIE] = client.cookies[keys.COOKIE].value  # number and code, and no more
    assert "要先输入第二个验证码" in stranger.post("/my/follow/package/").content.decode()
    assert stranger.post("/my/follow/prove/", {"code": post.code}).status_code == 422  # used
    monkeypatch.setattr(keys, "FRESH", timedelta(seconds=-1))
    assert "要先输入第二个验证码" in client.post("/my/follow/package/").content.decode()
    assert Package.objects.get().state == "ready"


def cancelled(register: Register) -> tuple[Case, Client]:
    """李小明 had the account closed at the own door; a browser with number and look-up code."""
    filed = cases.file(
        actor=customer_actor(register["li"]),
        asked=Asked(Kind.CANCEL, Channel.PORTAL, Words("请注销我的账户"), register["li"]),
        now=clock.now(),
    )
    clerk, now = register.world.actor("clerk"), clock.now()
    cases.take(actor=clerk, case=filed.case.id, now=now)
    cases.check(actor=clerk, case=filed.case.id, method=Check.Method.DOCUMENT, now=now)
    answering.propose(actor=clerk, case=filed.case.id, answer=Answer(Outcome.GRANTED, "", GOODBYE), now=now)
    answering.approve(actor=register.world.actor("sales_head"), case=filed.case.id, now=now)
    client = Client()
    told = client.post("/my/follow/", {"number": filed.case.number, "code": filed.code})
    assert told.status_code == 302
    return filed.case, client


def test_whoever_closed_their_account_reads_the_answer_by_their_contact_on_file(
    register: Register,
    post: Post,  # noqa: F811
) -> None:
    """They sign in no more; number and look-up code alone show nothing of it, as of any other."""
    give(register, "li", email=ADDRESS)
    _case, client = cancelled(register)
    page = client.get("/my/follow/case/").content.decode()
    assert GOODBYE not in page
    assert "登录“我的信息”也能看到" not in page
    assert "先向您登记过的联系方式发一个验证码" in page
    client.post("/my/follow/code/")
    run_queued("portal")
    assert [to for to, _body in post.letters] == [ADDRESS]
    client.post("/my/follow/prove/", {"code": post.code})
    page = client.get("/my/follow/case/").content.decode()
    assert GOODBYE in page
    assert "我们做了什么" in page
    assert Session.objects.count() == 0  # nobody is signed in by it
    assert not Challenge.objects.filter(identifier__isnull=False).exists()


def test_no_code_about_a_closed_account_goes_to_a_contact_that_others_may_have(
    register: Register,
    post: Post,  # noqa: F811
) -> None:
    give(register, "li", email=ADDRESS)
    give(register, "zhang", email=ADDRESS)
    _case, client = cancelled(register)
    told = client.post("/my/follow/code/")
    assert "请联系我们，由工作人员交给您" in told.content.decode()
    run_queued("portal")
    assert post.letters == []
