"""Somebody without an account asks, complains and follows it by number and code; nothing of it is believed unproved."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shouxin.core.policy import NotAllowed
from shouxin.kit import clock
from shouxin.kit.bots import rules as work
from shouxin.kit.bots import services as bots
from shouxin.people.guarding import rules as guard
from shouxin.portal.anyone import keys
from shouxin.portal.anyone.views import FORM
from shouxin.portal.entering.tests.test_resist_attacks import shape
from shouxin.rights.cases import answering, outside, queries, services
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, Check, Outcome, Proof
from shouxin.rights.cases.tests.cast import PNG
from shouxin.rights.packages import services as packages
from tests.register import PHONE, Register

pytestmark = pytest.mark.django_db
SAID = "营业员把我的号码念给了别人"
WRONG = "编号或查询码不对"


def passed(form: str = FORM) -> dict[str, str]:
    """What a browser adds that showed the form a while ago and did its work."""
    offered = bots.offer(form=form, now=clock.now() - timedelta(seconds=5))
    token = work.read(offered.token, work.key_of(_secret()))
    return {bots.TOKEN: offered.token, bots.SOLUTION: work.work(token.nonce, token.bits)}


def _secret() -> str:
    from django.conf import settings

    return str(settings.SECRET_KEY)


def sent(client: Client, form: str = FORM, path: str = "/my/anyone/", **said: Any) -> Any:
    said = {"kind": "complaint", "requester": "self", "text": SAID, **said}
    return client.post(path, {**passed(form), **said})


def code_in(page: str) -> tuple[str, str]:
    number, code = re.search(r"QX\d{11}", page), re.search(r"\b[2-9A-HJ-Z]{4}(-[2-9A-HJ-Z]{4}){2}\b", page)
    assert number
    assert code
    return number[0], code[0]


def followed(client: Client, number: str, code: str) -> Any:
    return client.post("/my/follow/", {"number": number, "code": code}, follow=True)


def test_a_complaint_is_filed_followed_answered_and_opened_again(register: Register) -> None:
    world, now, sales = register.world, clock.now(), register.world.departments["sales"].id
    page = sent(Client(), accused=str(sales), contact=PHONE).content.decode()
    row = Case.objects.get()
    assert (row.channel, row.customer_id, row.filed_by_id, row.verified_at) == ("public", None, None, None)
    assert row.accused_id == sales
    assert f"{row.due_on:%Y-%m-%d}" in page
    assert SAID not in page
    number, code = code_in(page)
    assert number == row.number
    other = Client()  # another browser, later
    shown = followed(other, f" {number.lower()} ", code.lower()).content.decode()
    assert "等人受理" in shown
    assert SAID not in shown
    assert PHONE not in shown
    clerk = world.actor("clerk")
    with pytest.raises(CaseProblem):  # the department that is complained about
        services.take(actor=clerk, case=row.id, now=now)
    officer, head = world.actor("officer"), world.actor("top_head")
    assert row in queries.to_take(officer)
    services.take(actor=officer, case=row.id, now=now)
    answering.propose(
        actor=officer, case=row.id, answer=Answer(Outcome.REFUSED, "unfounded", "未发现"), now=now
    )
    assert "未发现" not in other.get("/my/follow/case/").content.decode()  # weighed, not decided
    answering.approve(actor=head, case=row.id, now=now)
    answered = other.get("/my/follow/case/").content.decode()
    for said in ("未发现", "经调查", "受理申请", "身份核验通过" if row.level else "不同意"):
        assert said in answered
    assert world.people["officer"].display_name not in answered
    assert other.post("/my/follow/rate/", {"score": "1"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.escalated) == ("handling", True)
    other.post("/my/follow/away/")
    assert other.get("/my/follow/case/").url == "/my/follow/"  # type: ignore[attr-defined]


def test_a_representative_hands_in_proofs_and_nothing_is_granted_before_they_are_judged(
    register: Register,
) -> None:
    world, now, client = register.world, clock.now(), Client()
    said = {"kind": "deceased", "requester": "relative", "contact": PHONE, "text": "请给我父亲的资料"}
    told = sent(client, **said).content.decode()
    assert "请填您替谁提出" in told
    assert "请选择您作为近亲属要求什么" in told
    said["wish"] = "access"
    proof = SimpleUploadedFile("死亡证明.png", PNG, "image/png")
    page = sent(client, **said, about="李大明 13811110000", proof=proof).content.decode()
    row = Case.objects.get()
    assert (row.requester, row.proofs.count(), row.level) == ("relative", 1, 3)
    assert PNG not in bytes(Proof.objects.get().sealed)
    more = SimpleUploadedFile("户口本.png", PNG, "image/png")
    assert client.post("/my/follow/proof/", {"proof": more}).status_code == 302
    assert "已收到 2 份" in client.get("/my/follow/case/").content.decode()
    assert client.post("/my/follow/proof/", {}).status_code == 422
    officer = world.actor("officer")
    services.take(actor=officer, case=row.id, now=now)
    assert services.read(actor=officer, case=row).about == "李大明 13811110000"
    with pytest.raises(CaseProblem, match="unproved"):
        answering.propose(actor=officer, case=row.id, answer=Answer(Outcome.GRANTED, "", "给"), now=now)
    for method in (Check.Method.IN_PERSON, Check.Method.DEATH, Check.Method.KINSHIP):
        services.check(actor=officer, case=row.id, method=method, now=now)
    row.refresh_from_db()
    assert row.verified_at is None  # nobody knows yet whom it is about
    done = Client()
    followed(done, *code_in(page))
    done.post("/my/follow/take-back/")
    row.refresh_from_db()
    assert (row.state, row.proofs.count()) == ("withdrawn", 0)
    with pytest.raises(NotAllowed):
        answering.approve(actor=outside.PUBLIC, case=row.id, now=now)


def test_an_answer_for_the_identified_is_not_shown_to_whoever_has_the_code(register: Register) -> None:
    world, now, client = register.world, clock.now(), Client()
    page = sent(client, kind="access", contact=PHONE, name="李小明").content.decode()
    row, officer = Case.objects.get(), world.actor("officer")
    services.take(actor=officer, case=row.id, now=now)
    services.match(actor=officer, case=row.id, customer=register["li"], now=now)
    services.check(actor=officer, case=row.id, method=Check.Method.IN_PERSON, now=now)
    packages.assemble(actor=officer, case=row.id, now=now)
    packages.freeze(actor=officer, case=row.id, withheld={}, now=now)
    answer = Answer(Outcome.GRANTED, "", f"您的号码是 {PHONE}")
    answering.propose(actor=officer, case=row.id, answer=answer, now=now)
    answering.approve(actor=world.actor("sales_head"), case=row.id, now=now)
    shown = followed(client, *code_in(page)).content.decode()
    assert PHONE not in shown
    assert "只交给核实过身份的人" in shown
    assert client.post("/my/follow/proof/", {"proof": SimpleUploadedFile("a.png", PNG)}).status_code == 422


def test_nobody_learns_what_the_owner_of_a_contact_asked_for(register: Register) -> None:
    """Whoever types somebody's number is told and shown the same, whether its owner has asked for the same or not."""
    sent(Client(), kind="delete", contact=PHONE, text="请删除")
    theirs = Case.objects.get()
    told = [
        shape(
            Client(REMOTE_ADDR=f"192.0.2.{place}"),
            "/my/anyone/",
            {**passed(), "kind": "delete", "requester": "self", "text": "请删除", "contact": contact},
        )
        for place, contact in enumerate((PHONE, "13900000000"))
    ]
    words = [re.sub(rb"QX\d{11}|[2-9A-HJ-Z]{4}(-[2-9A-HJ-Z]{4}){2}", b"", one[3]) for one in told]
    assert (told[0][:3], words[0]) == (told[1][:3], words[1])
    assert "并入" not in told[0][3].decode()
    follower = Client()
    assert "重复" not in followed(follower, *code_in(told[0][3].decode())).content.decode()
    theirs.refresh_from_db()
    assert theirs.state == "received"  # and nothing of theirs is taken away


@pytest.mark.django_db(transaction=True)
def test_attacks_on_the_public_page_come_to_nothing(register: Register) -> None:
    number, code = code_in(sent(Client()).content.decode())
    # the same words and statements whether a number exists, and whatever is wrong
    wrong = [
        shape(
            Client(REMOTE_ADDR=f"192.0.2.{place}"), "/my/follow/", {"number": which, "code": "2222-3333-4444"}
        )
        for place, which in enumerate((number, "QX00000000000"))
    ]
    assert WRONG in wrong[0][3].decode()
    assert wrong[0][2] == wrong[1][2]
    assert wrong[0][3].replace(number.encode(), b"") == wrong[1][3].replace(b"QX00000000000", b"")
    # whoever guesses codes is shut out, and the right one then opens nothing either
    guesser = Client(REMOTE_ADDR="198.51.100.7")
    for _ in range(guard.OF_PORTAL.slow // guard.WRONG_CODE_WEIGHT + 1):
        guesser.post("/my/follow/", {"number": number, "code": "2222-3333-4444"})
    assert "您所在的网络" in guesser.post("/my/follow/", {"number": number, "code": code}).content.decode()
    assert "办到" not in followed(Client(REMOTE_ADDR="198.51.100.8"), number, code).content.decode()
    # a note of one's own making opens nothing, nor does another kind's
    forger: Any = Client()
    for note in ("case", f'["case","{Case.objects.get().id}"]', "a:b:c"):
        forger.cookies[keys.COOKIE] = note
        assert forger.get("/my/follow/case/").url == "/my/follow/"
    # another site's form, another host
    strict: Any = Client(enforce_csrf_checks=True)
    for path in ("/my/anyone/", "/my/follow/", "/my/follow/proof/", "/my/follow/rate/"):
        assert strict.post(path, {"text": "x"}).status_code == 403
    assert strict.get("/my/anyone/", headers={"host": "evil.example"}).status_code == 400
    # programs, replays and floods
    before = Case.objects.count()
    client = Client(REMOTE_ADDR="203.0.113.5")
    same = {**passed(), "kind": "complaint", "requester": "self", "text": SAID}
    assert client.post("/my/anyone/", {**same, bots.TOKEN: ""}).status_code == 422
    assert client.post("/my/anyone/", same).status_code == 200
    assert "已经提交过一次" in client.post("/my/anyone/", same).content.decode()
    for _ in range(10):
        last = sent(client)
    assert "提交过多" in last.content.decode()
    assert Case.objects.count() - before < bots.STANDARD.of_source


def test_hostile_and_oversized_files_are_not_kept(register: Register) -> None:
    client, asked = Client(), {"kind": "copy", "contact": PHONE}
    for kind, name, content in (
        ("copy", "a.png", b"<html><script>alert(1)</script>"),
        ("access", "a.pdf", b"MZ" + bytes(200)),
        ("delete", "large.png", PNG + bytes(5 * 1024 * 1024 + 1 - len(PNG))),
    ):
        page = sent(
            client, **{**asked, "kind": kind}, proof=SimpleUploadedFile(name, content)
        ).content.decode()
        assert "没有保存" in page
        assert "证明可以在进度页面再交" in page
    assert Case.objects.filter(state="received").count() == 3
    same = {**asked, "kind": "delete"}  # the one whose code this browser holds
    again = sent(client, **same, proof=SimpleUploadedFile("b.png", PNG)).content.decode()
    assert "请用前一件的编号和查询码补交" in again
    assert not Proof.objects.exists()
    huge = SimpleUploadedFile("huge.png", bytes(6 * 1024 * 1024))
    answer = sent(client, **asked, proof=huge)
    assert answer.status_code == 413
    assert "文件太大" in answer.content.decode()
