"""“This was not me”: a change is out of use at once, what stood before is kept, and staff settle it in a case, once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test import Client

from shouxin.core.policy import Action, customer_actor
from shouxin.customers.messages import judging
from shouxin.customers.messages.models import Kind as MessageKind
from shouxin.customers.messages.models import Outcome as Left
from shouxin.customers.messages.tests.cast import NOON, agree, approved, put, said, send
from shouxin.customers.messages.tests.conftest import Mailbox, mailbox
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.journal.queries import timeline
from shouxin.kit import clock, ids
from shouxin.portal.changes import account, reading, rules, services, settling
from shouxin.portal.changes.errors import ChangeProblem
from shouxin.portal.changes.models import Freeze, Notice
from shouxin.portal.changes.queries import denied_contacts
from shouxin.portal.changes.tests.test_tell_changes import OTHER, change, settled, tell
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.portal.entering.models import Session
from shouxin.portal.entering.tests.conftest import Post, ask, known, post
from shouxin.rights.cases import answering
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Case, Channel, Check, Kind, Outcome
from shouxin.rights.cases.services import Asked
from tests.register import PHONE, SALES, Register, refusal

__all__ = ["known", "mailbox", "post"]
THIEF = "thief@example.com"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def address(settings: LazySettings) -> None:
    settings.PUBLIC_ADDRESS = "https://my.example"


def told(register: Register, post: Post) -> str:
    """Staff wrote another phone and address in, 李小明 was told; the path of the link."""
    settled()
    change(register, mobile=OTHER, email=THIEF)
    assert tell(clock.now() + rules.SETTLES + timedelta(seconds=1)) == 1
    found = re.search(r"https://my\.example(/my/not-me/\S+/)", post.letters[-1][1])
    assert found
    return found[1]


def opens(register: Register) -> bool:
    return refusal(register.world, SALES, register["li"]) != "state.locked"


def phone(register: Register) -> str:
    """What the vault has now."""
    with transaction.atomic():
        past = reading.past(
            customer=register["li"], record=register["li"], fields=["mobile"], now=clock.now()
        )
        return past.now("mobile")


def known_case(register: Register) -> Case:
    """Its case, taken on and its person established."""
    clerk, row = register.world.actor("clerk"), Freeze.objects.get().case
    assert row
    cases.take(actor=clerk, case=row.id, now=clock.now())
    row.refresh_from_db()
    if row.state == "identity":
        cases.check(actor=clerk, case=row.id, method=Check.Method.IN_PERSON, now=clock.now())
    return row


@pytest.mark.clause("A5.4")
def test_the_link_freezes_once_and_staff_put_back_what_stood_before(known: Register, post: Post) -> None:
    path, thief = told(known, post), browser(known)
    stranger = Client()
    page = stranger.get(path).content.decode()  # a mail scanner follows it: nothing happens
    assert "李" not in page
    assert opens(known)
    assert stranger.post(path).status_code == 200
    assert not opens(known)
    assert stranger.post(path).status_code == 422  # once
    assert Freeze.objects.count() == 1
    assert thief.get("/my/").url == "/my/sign-in/"  # type: ignore[attr-defined] # whoever came in is out
    letters = len(post.letters)
    ask(Client(), THIEF)  # and does not come in again by the address that was written in
    assert len(post.letters) == letters
    case = known_case(known)
    assert (case.kind, case.channel) == ("correct", "portal")
    assert Check.objects.filter(case=case, method="link").exists()
    assert "13900001111" not in str(cases.read(actor=known.world.actor("officer"), case=case))
    client = known.world.signed_in(Client(), "clerk")
    session = client.session
    session["purpose"] = SALES
    session.save()
    assert "否认了更改" in client.get(f"/customers/{known['li']}/").content.decode()
    shown: Any = client.get(f"/rights/{case.id}/")
    assert "恢复更改以前的内容" in shown.content.decode()
    freeze = Freeze.objects.get()
    settling.put_back(actor=known.world.actor("clerk"), freeze=freeze.id, purpose=SALES, now=clock.now())
    assert phone(known) == PHONE
    assert opens(known)
    with pytest.raises(ChangeProblem, match=r"freeze\.settled"):
        settling.keep(actor=known.world.actor("clerk"), freeze=freeze.id, now=clock.now())


@pytest.mark.clause("A5.4")
def test_taking_the_denial_back_puts_the_change_into_use_again(known: Register, post: Post) -> None:
    settled()
    change(known, mobile=OTHER)
    mine = browser(known)
    page: Any = mine.get("/my/changes/")
    denied: Any = mine.post(f"/my/changes/{page.context['changes'][0]['entry']}/deny/")
    assert not opens(known)
    assert denied_contacts([known["li"]])
    assert "您撤回这件申请" in mine.get(denied.url).content.decode()  # said before it is done
    assert mine.post(f"{denied.url}take-back/").status_code == 302
    assert opens(known)
    assert not denied_contacts([known["li"]])
    row = Freeze.objects.get()
    assert (row.kept, row.settled_by, phone(known)) == (True, None, OTHER)
    assert "更改后的内容恢复使用" in mine.get(denied.url).content.decode()
    assert "portal.change_given_free" in {line.event for line in timeline(known["li"], limit=9)}
    client = known.world.signed_in(Client(), "officer")
    assert "本人撤回" in client.get(f"/rights/{row.case_id}/").content.decode()


@pytest.mark.clause("A5.4")
def test_no_answer_leaves_a_denied_change_locked(known: Register, post: Post) -> None:
    """Nor does joining the request to another put back into use what nobody looked into."""
    Client().post(told(known, post))
    clerk, case = known.world.actor("clerk"), known_case(known)
    asked = Asked(Kind.CORRECT, Channel.COUNTER, Words("电话不对"), known["li"])
    other = cases.file(actor=clerk, asked=asked, now=clock.now()).case
    with pytest.raises(CaseProblem, match=r"freeze\.merge"):
        cases.merge(actor=clerk, case=case.id, into=other.id, now=clock.now())
    answer = Answer(Outcome.REFUSED, "accurate")
    with pytest.raises(CaseProblem, match=r"freeze\.open"):
        answering.propose(actor=clerk, case=case.id, answer=answer, now=clock.now())
    form = {"outcome": "refused", "reason": "accurate"}
    client = known.world.signed_in(Client(), "clerk")
    assert "客户否认的更改还没有处理" in client.post(f"/rights/{case.id}/answer/", form).content.decode()
    assert not opens(known)
    settling.keep(actor=clerk, freeze=Freeze.objects.get().id, now=clock.now())
    answering.propose(actor=clerk, case=case.id, answer=answer, now=clock.now())
    answering.approve(actor=known.world.actor("officer"), case=case.id, now=clock.now())
    case.refresh_from_db()
    assert (case.state, opens(known)) == ("answered", True)


def test_whoever_could_not_be_identified_leaves_nothing_locked(known: Register, post: Post) -> None:
    Client().post(told(known, post))
    clerk, row = known.world.actor("clerk"), Freeze.objects.get().case
    assert row
    cases.take(actor=clerk, case=row.id, now=clock.now())
    answer = Answer(Outcome.REFUSED, "identity")
    answering.propose(actor=clerk, case=row.id, answer=answer, now=clock.now())
    assert not opens(known)  # until somebody else saw the refusal
    officer = known.world.actor("officer")
    answering.approve(actor=officer, case=row.id, now=clock.now())
    assert opens(known)
    settled_by = Freeze.objects.get()
    assert (settled_by.kept, settled_by.settled_by_id) == (True, officer.id)


def test_only_whoever_deals_with_the_case_settles_and_a_right_change_stands(
    known: Register, post: Post
) -> None:
    Client().post(told(known, post))
    freeze = Freeze.objects.get()
    with pytest.raises(CaseProblem):
        settling.keep(actor=known.world.actor("officer"), freeze=freeze.id, now=clock.now())
    assert not opens(known)
    known_case(known)
    client = known.world.signed_in(Client(), "clerk")
    assert client.post(f"/portal/changes/{freeze.id}/settle/", {"verb": "keep"}).status_code == 302
    assert opens(known)
    assert phone(known) == OTHER
    assert Client().post("/my/not-me/made-up/").status_code == 422


def test_of_two_at_once_one_freezes_and_one_settles(known: Register, post: Post) -> None:
    path = told(known, post)
    token = path.split("/")[3]

    def alone(verb: Any) -> str:
        try:
            verb()
        except ChangeProblem as problem:
            return problem.code
        finally:
            connection.close()
        return "done"

    def deny() -> None:
        services.deny_by_link(token=token, address="", now=clock.now())

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(alone, [deny, deny])) == ["done", "link.over"]
    assert Case.objects.filter(kind="correct").count() == 1
    known_case(known)
    clerk, freeze = known.world.actor("clerk"), Freeze.objects.get().id
    ways = [
        lambda: settling.keep(actor=clerk, freeze=freeze, now=clock.now()),
        lambda: settling.put_back(actor=clerk, freeze=freeze, purpose=SALES, now=clock.now()),
    ]
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(alone, ways)) == ["done", "freeze.settled"]
    row = Freeze.objects.get()
    assert phone(known) == (OTHER if row.kept else PHONE)


@pytest.mark.clause("A5.4")
def test_what_was_denied_at_the_own_door_is_put_back_to_what_stood_before(known: Register) -> None:
    settled()
    change(known, mobile=OTHER)
    mine = browser(known)
    page: Any = mine.get("/my/changes/")
    mine.post(f"/my/changes/{page.context['changes'][0]['entry']}/deny/")
    known_case(known)
    clerk, freeze = known.world.actor("clerk"), Freeze.objects.get().id
    settling.put_back(actor=clerk, freeze=freeze, purpose=SALES, now=clock.now())
    assert phone(known) == PHONE


def test_over_and_made_up_links_are_told_alike(known: Register, post: Post) -> None:
    path = told(known, post)
    Notice.objects.update(expires_at=clock.now())
    answers = [Client().post(one) for one in (path, f"/my/not-me/{'A' * 48}/", "/my/not-me/x/")]
    assert {one.status_code for one in answers} == {422}
    assert opens(known)
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403


def test_at_the_own_door_changes_sign_ins_and_everything_are_stopped(known: Register, post: Post) -> None:
    settled()
    change(known, mobile=OTHER)
    mine, other = browser(known), browser(known)
    page: Any = mine.get("/my/changes/")
    text = page.content.decode()
    assert "手机号码" in text
    assert "王芳" not in text
    assert OTHER not in text
    entry = page.context["changes"][0]["entry"]
    stranger = browser(known, "zhang")
    session = Session.objects.filter(customer_id=known["li"]).earliest("started_at").id
    assert stranger.post(f"/my/changes/{entry}/deny/").status_code == 404
    assert stranger.post(f"/my/sign-ins/{session}/deny/").status_code == 404
    assert opens(known)
    before = mine.get("/my/changes/").content.decode()
    assert "停用时会一起停用：" in before  # people know beforehand that the group goes with it
    assert "姓名" in before
    answer: Any = mine.post(f"/my/changes/{entry}/deny/")
    assert answer.url.startswith("/my/requests/")
    assert not opens(known)
    assert other.get("/my/").url == "/my/sign-in/"  # type: ignore[attr-defined]
    assert mine.post(f"/my/changes/{entry}/deny/").status_code == 422
    after = mine.get("/my/changes/").content.decode()
    assert "已停用，核实中" in after
    assert "同时停用的还有：" in after
    clerk = known.world.signed_in(Client(), "clerk")
    working = clerk.session
    working["purpose"] = SALES
    working.save()
    staff = clerk.get(f"/customers/{known['li']}/").content.decode()
    assert "一并停用的还有：" in staff
    assert "不是系统故障" in staff
    again = browser(known)
    denied = Session.objects.filter(customer_id=known["li"]).latest("started_at").id
    assert mine.post(f"/my/sign-ins/{denied}/deny/").status_code == 302
    assert again.get("/my/").url == "/my/sign-in/"  # type: ignore[attr-defined]
    assert Case.objects.filter(kind="complaint").count() == 1


def test_everything_is_put_out_of_use_and_back_by_the_person_alone(known: Register) -> None:
    mine = browser(known)
    assert mine.post("/my/changes/freeze/").status_code == 302
    with pytest.raises(gate.Refused) as shut:
        gate.open_sealed(
            actor=known.world.actor("clerk"),
            purpose=SALES,
            customers=[known["li"]],
            fields=["person_name"],
            action=Action.VIEW,
            reason="",
            now=clock.now(),
        )
    assert shut.value.refusal.code == "customer.restricted"
    page: Any = mine.get("/my/changes/")
    assert "您的资料已停用" in page.content.decode()
    assert page.context["goes_on"]
    assert mine.get("/my/").status_code == 200
    assert mine.post("/my/changes/freeze/").status_code == 422
    assert mine.post("/my/changes/release/").status_code == 422  # without a second code
    Session.objects.filter(customer_id=known["li"], ended_at=None).update(second_factor_at=clock.now())
    assert mine.post("/my/changes/release/").status_code == 302
    assert not Customer.objects.get(id=known["li"]).restricted
    assert opens(known)
    with pytest.raises(ChangeProblem, match=r"account\.open"):
        account.release(me=customer_actor(known["li"], second_factor_at=clock.now()), now=clock.now())


def test_nothing_is_sent_to_a_contact_that_was_denied(register: Register, mailbox: Mailbox) -> None:
    """Neither an offer approved before nor what a law wants told at once goes to the address a thief wrote in."""
    agree(register, "li")
    put(register, "li", email=THIEF)
    me = customer_actor(register["li"])
    message, again = approved(register, "li"), approved(register, "li")
    entry = next(one for one in timeline(me.id) if one.event == "customer.changed")
    freeze = services.deny_change(me=me, entry=entry.id, session=ids.new(), now=clock.now())
    send(message)
    assert said(message) == {me.id: (Left.LEFT_OUT, "address.locked")}
    assert not mailbox.letters
    message.kind = MessageKind.STATUTORY
    assert judging.judge(message, [me.id], NOON)[me.id].address is None
    # What is locked for another reason gets no offer either, but what has to be told at once still leaves.
    Freeze.objects.filter(id=freeze.id).update(settled_at=clock.now())
    found = judging.judge(message, [me.id], NOON)[me.id].address
    assert found is not None
    assert found.text == THIEF
    send(again)
    assert said(again) == {me.id: (Left.LEFT_OUT, "address.locked")}
