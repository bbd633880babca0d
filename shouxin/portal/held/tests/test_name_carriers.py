"""Whoever carried a message or a code is told, as set up at that moment; what did not leave was handed to nobody."""

import re
from pathlib import Path

import pytest
from django.test import Client

import shouxin
from shouxin.customers.messages.tests.test_send_by_gateway import gateway  # noqa: F401 - a fixture
from shouxin.customers.quality import codes
from shouxin.customers.quality.codes import Place
from shouxin.kit import clock, mail
from shouxin.people.connections import services as connections
from shouxin.people.connections.models import Connection, Kind
from shouxin.portal.answers import services as answers
from shouxin.portal.answers.models import Letter
from shouxin.portal.answers.tests.test_tell_answers import answered
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.portal.entering.tests.conftest import Post, ask, give, known, post
from shouxin.portal.held import handed, presenting
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.models import Case, Requester
from shouxin.rights.cases.models import Kind as CaseKind
from shouxin.rights.cases.tests.cast import in_hand
from shouxin.rights.packages import services as packages
from shouxin.rights.packages.tests.test_hand_over_package import ready
from shouxin.rulebook.recipients.services import enter_recipient
from tests.harness.receiver import Receiver
from tests.register import PHONE, SALES, Register

__all__ = ["known", "post"]
NOTHING = "没有把您的信息交给过其他单位或个人的记录"
OUTSIDE = "smtp.carrier.example"


def home(register: Register, who: str = "li") -> str:
    page = browser(register, who).get("/my/?later=1").content.decode()
    return page[page.index('id="shared"') :]


def reads(register: Register, who: str = "li") -> str:
    return browser(register, who).get("/my/reads/").content.decode()


def another_gateway(register: Register) -> None:
    """The one in force goes, and one of another name comes."""
    old, world = Connection.objects.get(kind=Kind.SMS), register.world
    connections.end(actor=world.actor("security_admin"), connection_id=old.id, now=clock.now())
    new = connections.draft(
        actor=world.actor("system_admin"),
        kind=Kind.SMS,
        name="新网关",
        settings=old.settings,
        secret="a new key",
        now=clock.now(),
    )
    connections.confirm(
        actor=world.actor("security_admin"),
        connection_id=new.id,
        drafted_at=new.drafted_at,
        now=clock.now(),
    )


@pytest.mark.django_db(transaction=True)
def test_a_code_by_text_message_is_told_with_the_gateway_of_then(
    register: Register,
    gateway: Receiver,  # noqa: F811
    client: Client,
) -> None:
    assert NOTHING in home(register)
    give(register, "zhang", mobile=PHONE)  # two have the number: it is the contact of both
    ask(client, PHONE)
    assert len(gateway.got) == 1
    another_gateway(register)
    for who in ("li", "zhang"):
        assert "本单位网内的短信平台（短信）" in home(register, who)
        assert "新网关" not in home(register, who)
        page = reads(register, who)
        assert "程序发送验证码，没有人看到" in page
        assert "用到：手机号码" in page
    assert "程序发送验证码" not in reads(register, "huaxin")
    assert "新网关" not in browser(register, "li").get("/my/lists/mine/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_code_the_gateway_did_not_take_was_handed_to_nobody(
    register: Register,
    gateway: Receiver,  # noqa: F811
    client: Client,
) -> None:
    gateway.answers = [400]
    ask(client, PHONE)
    assert len(gateway.got) == 1
    assert "短信平台" not in home(register)
    assert "程序发送验证码" not in reads(register)


@pytest.mark.django_db(transaction=True)
def test_what_was_cut_off_while_it_was_sent_is_told_without_a_guess(known: Register, post: Post) -> None:
    """Which way it went was lost with the program; it was no code."""
    case, now = in_hand(known, CaseKind.KNOW), clock.now()
    cases.extend(actor=known.world.actor("clerk"), case=case.id, why="complexity", now=now)
    Letter.objects.update(outcome="claimed", claimed_at=now - 2 * answers.CUT_OFF)
    assert answers.tell(now_is=clock.now) == 0
    page = home(known)
    assert "消息服务商（当时没有记下名称）" in page
    for guess in ("短信平台", "短信服务商", "邮件服务器", "邮件服务商"):
        assert guess not in page


@pytest.mark.django_db(transaction=True)
def test_a_carrier_outside_is_named_as_entrusted_and_as_the_register_knows_it(
    known: Register, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUXIN_SMTP", f"{OUTSIDE}:587")
    monkeypatch.setenv("SHOUXIN_SMTP_FROM", "news@shouxin.example")
    answered(known, in_hand(known, CaseKind.KNOW))
    assert answers.tell(now_is=clock.now) == 1
    codes.send(
        actor=known.world.actor("clerk"),
        purpose=SALES,
        place=Place(known["li"], known["li"], "email"),
        now=clock.now(),
    )
    monkeypatch.setenv("SHOUXIN_SMTP", "mail.shouxin.example:587")  # moved home since
    page = home(known)
    assert NOTHING not in page
    assert f"邮件服务商（{OUTSIDE}）" in page
    assert "受托人" in page
    assert "2 次，最近一次" in page
    told = reads(known)
    for said in ("程序告诉您申请有答复，没有人看到", "程序发送验证码，没有人看到", "用到：电子邮箱"):
        assert said in told
    assert OUTSIDE in browser(known, "li").get("/my/lists/mine/").content.decode()
    assert OUTSIDE not in browser(known, "zhang").get("/my/lists/mine/").content.decode()
    enter_recipient(
        known.world.actor("officer"),
        name_zh=OUTSIDE,
        name_en="",
        part="joint",
        contact="400-000-0000",
        way_zh="逐封提供",
        way_en="",
        kinds=["个人基本资料"],
    )
    assert "共同处理者" in home(known)
    assert "400-000-0000" in home(known)


@pytest.mark.django_db(transaction=True)
def test_a_copy_that_an_agent_fetched_is_told(known: Register) -> None:
    case = in_hand(known, CaseKind.ACCESS)
    ready(known, case)
    _package, content = packages.hand_over(actor=known.world.actor("clerk"), case=case.id, now=clock.now())
    assert b"".join(content)
    assert NOTHING in home(known)  # the person has it
    Case.objects.filter(id=case.id).update(requester=Requester.AGENT)
    page = home(known)
    assert NOTHING not in page
    assert f"代理人凭申请 {case.number} 领取过一份您的信息副本" in page
    assert NOTHING in home(known, "zhang")


@pytest.mark.parametrize(
    ("server", "carrier"),
    [
        ("127.0.0.1:25", "own"),
        ("10.2.3.4:25", "own"),
        ("relay:25", "own"),
        ("mail.shouxin.example:465", "own"),
        ("smtp.carrier.example:465", "smtp.carrier.example"),
        ("notshouxin.example:465", "notshouxin.example"),
        ("8.8.4.4:465", "unnamed"),
        ("mx13812345678.example:465", "unnamed"),
    ],
)
def test_a_mail_server_is_ours_or_named(monkeypatch: pytest.MonkeyPatch, server: str, carrier: str) -> None:
    monkeypatch.setenv("SHOUXIN_SMTP", server)
    monkeypatch.setenv("SHOUXIN_SMTP_TLS", "tls")
    monkeypatch.setenv("SHOUXIN_SMTP_FROM", "news@shouxin.example")
    assert mail.carrier() == carrier


# Whatever hands a contact over to somebody who carries it, and how the person reads of it afterwards.
HANDS_OVER = {
    "customers/messages/drivers.py": {"message.sent", "message.unclear"},
    "customers/messages/sending.py": {"message.sent", "message.unclear"},
    "customers/messages/codes.py": {"portal.code_sent", "code.sent"},
    "customers/messages/direct.py": {"portal.change_told", "portal.answer_told", "portal.extension_told"},
    "customers/quality/codes.py": {"code.sent"},
    "portal/entering/channels.py": {"portal.code_sent"},
    "portal/entering/services.py": {"portal.code_sent"},
    "portal/answers/services.py": {"portal.answer_told", "portal.answer_unclear", "portal.extension_unclear"},
    "portal/changes/telling.py": {"portal.change_told", "portal.change_unclear"},
    "people/notices/posting.py": set(),  # to staff
}
CALLS = re.compile(
    r"(?<!def )\b(mail\.send|codes\.hand_over|direct\.hand_over|drivers\.by_sms|channel\.deliver)\("
    r"|DRIVERS\[|\.hand_over\(sent"
)


def test_whatever_hands_a_contact_over_is_told() -> None:
    root = Path(shouxin.__file__).parent
    found = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "tests" not in path.parts and CALLS.search(path.read_text(encoding="utf-8"))
    }
    assert found == set(HANDS_OVER)
    told = {event for events in HANDS_OVER.values() for event in events}
    assert told <= handed.REACHED
    assert set(presenting.HOW) >= handed.REACHED
