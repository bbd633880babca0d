"""A mail address is confirmed by a code that nobody here sees, and by no other way round."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from shouxin.customers.quality import codes, queries
from shouxin.customers.quality.codes import Place
from shouxin.customers.quality.models import MailCode, Verified
from shouxin.customers.quality.services import QualityProblem
from shouxin.customers.quality.tests.conftest import Mailbox
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.rules import Kept
from shouxin.gate import services as gate
from shouxin.journal.models import Entry
from shouxin.kit import clock, mail
from tests.register import FOOTING, SALES, Register
from tests.world import ORGANISATION

ADDRESS = "li.xiaoming@example.com"


def give_address(register: Register, address: str = ADDRESS) -> None:
    row = Customer.objects.get(id=register["li"])
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=row.id,
        revision=row.revision,
        values={"email": Kept(address, 1)},
        now=clock.now(),
    )


@pytest.fixture
def place(register: Register) -> Place:
    give_address(register)
    return Place(register["li"], register["li"], "email")


def send(register: Register, place: Place, who: str = "clerk") -> None:
    codes.send(actor=register.world.actor(who), purpose=SALES, place=place, now=clock.now())


def read(
    register: Register, place: Place, code: str, who: str = "clerk", after: timedelta = timedelta(0)
) -> str:
    """What reading the code back comes to: nothing when it is accepted."""
    try:
        codes.read_back(
            actor=register.world.actor(who), purpose=SALES, place=place, code=code, now=clock.now() + after
        )
    except QualityProblem as problem:
        return problem.code
    return ""


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.mark.clause("B6.1.2")
def test_the_code_read_back_verifies_the_address(register: Register, place: Place, mailbox: Mailbox) -> None:
    send(register, place)
    assert mailbox.letters[0][0] == [ADDRESS]
    assert read(register, place, f" {mailbox.code()} ") == ""
    kept = Verified.objects.get()
    assert (kept.field, kept.method) == ("email", "code")
    known = queries.verifications([register["li"]], clock.now())[register["li"], "email"]
    assert known.on
    assert known.method
    assert known.method.en == "code sent and read back"


def test_the_mail_holds_the_code_and_the_organisation_and_nothing_of_the_customer(
    register: Register, place: Place, mailbox: Mailbox
) -> None:
    send(register, place)
    text = mailbox.letters[0][1]
    assert ORGANISATION in text
    for said in ("李小明", "李", "13812345678", ADDRESS, "10001", "王芳"):
        assert said not in text


def test_neither_code_nor_address_lies_anywhere(register: Register, place: Place, mailbox: Mailbox) -> None:
    send(register, place)
    read(register, place, another(mailbox.code()))
    row = MailCode.objects.get()
    assert mailbox.code().encode() not in bytes(row.digest or b"")
    bodies = b"".join(bytes(body) for body in Entry.objects.values_list("body", flat=True))
    assert ADDRESS.encode() not in bodies
    assert f'"{mailbox.code()}"'.encode() not in bodies


def test_five_wrong_tries_end_it(register: Register, place: Place, mailbox: Mailbox) -> None:
    send(register, place)
    right = mailbox.code()
    tries = [read(register, place, another(right)) for _ in range(5)]
    assert tries == ["code.wrong"] * 4 + ["code.used-up"]
    assert read(register, place, right) == "code.none"
    assert not Verified.objects.exists()


def test_it_is_used_once(register: Register, place: Place, mailbox: Mailbox) -> None:
    send(register, place)
    assert read(register, place, mailbox.code()) == ""
    assert read(register, place, mailbox.code()) == "code.none"


def test_it_is_over_after_ten_minutes(register: Register, place: Place, mailbox: Mailbox) -> None:
    send(register, place)
    assert read(register, place, mailbox.code(), after=timedelta(minutes=10)) == "code.over"
    assert read(register, place, mailbox.code()) == "code.none"


def test_a_newer_code_ends_the_older_one(register: Register, place: Place, mailbox: Mailbox) -> None:
    send(register, place)
    old = mailbox.code()
    send(register, place)
    if old != mailbox.code():
        assert read(register, place, old) == "code.wrong"
    assert read(register, place, mailbox.code()) == ""


def test_an_address_changed_after_sending_is_not_confirmed(
    register: Register, place: Place, mailbox: Mailbox
) -> None:
    send(register, place)
    give_address(register, "somebody.else@example.com")
    assert read(register, place, mailbox.code()) == "code.wrong"
    assert not Verified.objects.exists()


def test_somebody_elses_code_confirms_nothing(register: Register, place: Place, mailbox: Mailbox) -> None:
    send(register, place)
    assert read(register, place, mailbox.code(), who="sales_head") == "code.none"
    other = Place(register["zhang"], register["zhang"], "email")
    assert read(register, other, mailbox.code()) == "code.none"
    assert read(register, place, mailbox.code()) == ""


def test_only_so_many_are_sent_in_an_hour(register: Register, place: Place, mailbox: Mailbox) -> None:
    for _ in range(codes.PER_CUSTOMER):
        send(register, place)
    with pytest.raises(QualityProblem, match=r"code\.too-many"):
        send(register, place)
    assert len(mailbox.letters) == codes.PER_CUSTOMER


def test_nothing_is_sent_for_others_customers_or_fields_that_are_no_mail(
    register: Register, place: Place, mailbox: Mailbox
) -> None:
    with pytest.raises(gate.Refused):
        send(register, place, who="agent")
    with pytest.raises(QualityProblem, match=r"mail\.no-address"):
        send(register, Place(register["li"], register["li"], "mobile"))
    with pytest.raises(QualityProblem, match=r"mail\.no-address"):
        send(register, Place(register["zhang"], register["zhang"], "email"))
    assert mailbox.letters == []


@pytest.mark.django_db(transaction=True)
def test_of_two_readings_at_once_one_counts(register: Register, place: Place, mailbox: Mailbox) -> None:
    send(register, place)
    code = mailbox.code()

    def one(_number: int) -> str:
        try:
            return read(register, place, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, range(2))) == ["", "code.none"]
    assert Verified.objects.count() == 1


def test_a_mail_that_does_not_leave_leaves_no_code(
    register: Register, place: Place, mailbox: Mailbox
) -> None:
    mailbox.refuses = True
    with pytest.raises(QualityProblem, match=r"mail\.turned-away") as caught:
        send(register, place)
    assert ADDRESS not in repr(caught.value)
    assert MailCode.objects.get().digest is None


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"SHOUXIN_SMTP": "mail.example.com:25", "SHOUXIN_SMTP_TLS": "none"}, "unencrypted"),
        ({"SHOUXIN_SMTP": "mail.example.com"}, "settings"),
        ({"SHOUXIN_SMTP_FROM": ""}, "settings"),
        ({"SHOUXIN_SMTP": "127.0.0.1:1"}, "unreachable"),
    ],
)
def test_settings_that_will_not_do_are_refused(
    monkeypatch: pytest.MonkeyPatch, mailbox: Mailbox, variables: dict[str, str], code: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(mail.NotSent, match=code):
        mail.send(to=ADDRESS, subject="x", body="x")


def test_an_address_with_a_line_break_makes_no_header(mailbox: Mailbox) -> None:
    with pytest.raises(mail.NotSent, match="address") as caught:
        mail.send(to="a@example.com\nBcc: b@example.com", subject="x", body="x")
    assert "example" not in repr(caught.value)
    assert mailbox.letters == []


def test_a_server_without_encryption_gets_no_code(monkeypatch: pytest.MonkeyPatch, mailbox: Mailbox) -> None:
    monkeypatch.setenv("SHOUXIN_SMTP_TLS", "starttls")
    with pytest.raises(mail.NotSent, match="turned-away"):
        mail.send(to=ADDRESS, subject="x", body="x")
    assert mailbox.letters == []


def test_the_doctor_tries_the_mail_server(monkeypatch: pytest.MonkeyPatch, mailbox: Mailbox) -> None:
    assert [one.state.value for one in mail.look()] == ["ok"]
    monkeypatch.setenv("SHOUXIN_SMTP", "127.0.0.1:1")
    assert [one.state.value for one in mail.look()] == ["unreachable"]


@pytest.mark.clause("B6.1.2")
def test_without_a_mail_server_the_page_says_that_it_stays_unverified(
    register: Register, place: Place, client: Client
) -> None:
    register.world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    page = client.get(f"/customers/{register['li']}/verify/").content.decode()
    assert "发送验证码" not in page
    assert "没有配置邮件服务" in page
    assert "没有短信通道" in page


def test_a_clerk_sends_and_types_it_on_the_page(
    register: Register, place: Place, mailbox: Mailbox, client: Client
) -> None:
    register.world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    page = client.get(f"/customers/{register['li']}/verify/").content.decode()
    assert ADDRESS not in page
    address = f"/customers/{register['li']}/code/{register['li']}/email/"
    assert client.post(f"{address}send/").headers["Location"] == address
    wrong = client.post(address, {"code": another(mailbox.code())})
    assert wrong.status_code == 422
    assert "验证码不符" in wrong.content.decode()
    assert client.post(address, {"code": mailbox.code()}).status_code == 302
    assert "验证码 · 王芳" in client.get(f"/customers/{register['li']}/").content.decode()
