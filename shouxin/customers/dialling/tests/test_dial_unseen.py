"""拨号不看号: a code, sixty seconds, once; the number goes to the phone and to nothing else."""

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.policy import Role
from shouxin.customers.dialling import rules, services
from shouxin.customers.dialling.models import Dial
from shouxin.customers.dialling.services import DialProblem, Prepared
from shouxin.customers.preferences import services as preferences
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.gate.queries import live_contact
from shouxin.gate.services import Refused
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from shouxin.people.guarding.models import Source
from shouxin.people.models import Staff
from tests.register import PHONE, SALES, Register

pytestmark = pytest.mark.django_db
PHONE_AT, DESK = "203.0.113.7", "192.0.2.1"


def meet(register: Register, name: str = "li", who: str = "clerk") -> None:
    gate.open_contact(
        actor=register.world.actor(who),
        customer=register[name],
        purpose=SALES,
        reason_class="customer_called",
        note="",
        now=clock.now(),
    )


def prepared(register: Register, name: str = "li", who: str = "clerk", **more: Any) -> Prepared:
    said = {"record": register[name], "field": "mobile", **more}
    return services.prepare(
        actor=register.world.actor(who), customer=register[name], purpose=SALES, now=clock.now(), **said
    )


def use(made: Prepared, after: float = 0, address: str = PHONE_AT) -> str:
    now = made.dial.made_at + timedelta(seconds=after)
    return services.use(code=made.code, address=address, now=now)


def stories(register: Register, name: str = "li") -> list[str]:
    return [
        line.event
        for line in timeline(register[name])
        if line.event.startswith(("number.", "dial.", "read."))
    ]


def test_the_phone_is_led_to_its_dialler_once(register: Register) -> None:
    meet(register)
    made = prepared(register)
    assert use(made, 59) == f"tel:{PHONE}"
    with pytest.raises(DialProblem, match=r"dial\.unknown"):
        use(made, 59)
    assert stories(register) == ["number.dialled", "dial.prepared"]
    called = timeline(register["li"])[0]
    assert called.actor == register.world.people["clerk"].pseudonym
    assert called.data["fields"] == ["mobile"]
    assert called.data["reason"] == "customer_called"
    assert called.purpose == SALES
    assert PHONE not in str(called.data)


def test_a_contact_person_is_called_too(register: Register) -> None:
    meet(register, "huaxin")
    made = prepared(register, "huaxin", field="contact_mobile", record=register.records["chen"])
    assert use(made) == "tel:13511112222"


def test_sixty_seconds_and_not_one_more(register: Register) -> None:
    meet(register)
    made = prepared(register)
    with pytest.raises(DialProblem, match=r"dial\.unknown"):
        use(made, 60)
    assert stories(register) == ["dial.prepared"]


def test_neither_number_nor_code_stands_anywhere(
    register: Register, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    meet(register)
    browser = register.world.signed_in(client, "clerk")
    browser.post("/purpose/", {"purpose": SALES})
    card = browser.get(f"/customers/{register['li']}/").content.decode()
    assert "拨号不看号" in card
    with caplog.at_level(logging.DEBUG):
        screen = browser.post(f"/customers/{register['li']}/dial/", {"field": "mobile"}).content.decode()
        code = rules.normal(screen.split('id="code">')[1].split("<")[0])
        phone = Client(REMOTE_ADDR=PHONE_AT)
        assert phone.get("/customers/dial/").status_code == 200
        answer = phone.post("/customers/dial/", {"code": f" {code[:5].lower()}-{code[5:]}"})
    assert answer["Location"] == f"tel:{PHONE}"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "form-action 'self' tel:" in answer["Content-Security-Policy"]
    assert PHONE not in card + screen
    assert answer.content == b""
    for secret in (PHONE, code, code.lower()):
        assert secret not in caplog.text
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT d::text FROM customers_dial d UNION ALL SELECT e.event FROM journal_entry e"
            )
            assert not [row for (row,) in cursor.fetchall() if secret in row]
    assert code not in repr(Prepared(Dial(), code))


@pytest.mark.parametrize(
    ("before", "code"),
    [
        (lambda _register: None, "contact.missing"),
        (meet, "dial.no-number"),
    ],
    ids=["outside a contact", "what is no number"],
)
def test_no_code_is_made(register: Register, before: Callable[[Register], None], code: str) -> None:
    before(register)
    field = "mobile" if code == "contact.missing" else "customer_no"
    with pytest.raises(Refused) as refusal:
        prepared(register, field=field)
    assert refusal.value.refusal.code == code
    assert stories(register) == ["read.refused"]
    assert not Dial.objects.exists()


def test_a_colleagues_customer_is_not_called_without_a_grant(register: Register) -> None:
    meet(register, who="sales_head")
    with pytest.raises(Refused) as refusal:
        prepared(register, who="sales_head")
    assert refusal.value.refusal.code == "grant.missing"


def test_a_record_of_somebody_else_is_no_record(register: Register) -> None:
    meet(register)
    with pytest.raises(DialProblem, match=r"dial\.unknown"):
        prepared(register, field="contact_mobile", record=register.records["chen"])


def _close(register: Register) -> None:
    actor = register.world.actor("clerk")
    contact = live_contact(actor=actor, customer=register["li"], now=clock.now())
    assert contact
    gate.close_contact(actor=actor, contact=contact.id, now=clock.now())


def _restrict(register: Register) -> None:
    Customer.objects.filter(id=register["li"]).update(restricted=True)


def _leave(register: Register) -> None:
    Staff.objects.filter(id=register.world.people["clerk"].id).update(is_active=False)


def _lose_role(register: Register) -> None:
    Staff.objects.filter(id=register.world.people["clerk"].id).update(roles=[Role.OFFICER.value])


@pytest.mark.parametrize("change", [_close, _restrict, _leave, _lose_role])
def test_what_changed_since_the_press_counts(register: Register, change: Callable[[Register], None]) -> None:
    """Attack: a code is kept for later, while what allowed it goes away."""
    meet(register)
    made = prepared(register)
    change(register)
    with pytest.raises((Refused, DialProblem)):
        services.use(code=made.code, address=PHONE_AT, now=clock.now())
    assert "number.dialled" not in stories(register)
    with pytest.raises(DialProblem, match=r"dial\.unknown"):  # and it is spent
        services.use(code=made.code, address=PHONE_AT, now=clock.now())


def test_a_refused_channel_holds_back_and_says_so(register: Register, client: Client) -> None:
    preferences.set_limits(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customer=register["li"],
        revision=Customer.objects.get(id=register["li"]).revision,
        refused=["phone"],
        hours=None,
        language="",
        now=clock.now(),
    )
    meet(register)
    browser = register.world.signed_in(client, "clerk")
    browser.post("/purpose/", {"purpose": SALES})
    answer = browser.post(f"/customers/{register['li']}/dial/", {"field": "mobile"}, follow=True)
    assert "客户谢绝用这种方式联系" in answer.content.decode()
    assert stories(register)[0] == "dial.held_back"
    assert not Dial.objects.exists()


def test_guessing_slows_the_address_down(register: Register) -> None:
    """Attack: somebody types codes until one opens a number."""
    meet(register)
    made = prepared(register)
    for _ in range(10):
        with pytest.raises(DialProblem, match=r"dial\.unknown"):
            services.use(code=rules.new_code(), address=DESK, now=clock.now())
    assert Source.objects.filter(kind="token", source=DESK, until__gt=clock.now()).exists()
    with pytest.raises(DialProblem, match=r"dial\.unknown"):  # even the right one, from there
        services.use(code=made.code, address=DESK, now=clock.now())
    assert services.use(code=made.code, address=PHONE_AT, now=clock.now()) == f"tel:{PHONE}"


def test_the_days_number_ends(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "value", lambda _threshold: 2)
    meet(register)
    prepared(register)
    prepared(register)
    with pytest.raises(DialProblem, match=r"dial\.daily-limit"):
        prepared(register)


@pytest.mark.parametrize("broken", [{"ends_at": timedelta(seconds=61)}, {"used_at": timedelta(seconds=60)}])
def test_the_database_refuses_a_longer_life(register: Register, broken: dict[str, timedelta]) -> None:
    meet(register)
    made = prepared(register)
    changes: dict[str, Any] = {key: made.dial.made_at + after for key, after in broken.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Dial.objects.filter(id=made.dial.id).update(**changes)


@pytest.mark.django_db(transaction=True)
def test_two_phones_at_once_dial_once(register: Register) -> None:
    meet(register)
    made, begin, outcomes = prepared(register), Barrier(2), list[str]()

    def scan() -> None:
        begin.wait()
        try:
            outcomes.append(services.use(code=made.code, address=PHONE_AT, now=made.dial.made_at))
        except DialProblem as problem:
            outcomes.append(problem.code)
        finally:
            connection.close()

    threads = [Thread(target=scan) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["dial.unknown", f"tel:{PHONE}"]
    assert stories(register).count("number.dialled") == 1


@pytest.mark.parametrize(
    ("kept", "leads"),
    [
        ("138 1234 5678", "tel:13812345678"),
        ("+86 138-1234-5678", "tel:+8613812345678"),
        ("010-12345678转801", "tel:01012345678,801"),
        ("021-1234567 ext. 9", "tel:0211234567,9"),
        ("无", None),
        ("1234", None),
        ("1" * 16, None),
    ],
)
def test_a_number_as_phones_read_it(kept: str, leads: str | None) -> None:
    assert rules.address(kept) == leads


@given(st.text(max_size=40))
def test_whatever_is_kept_leads_to_a_number_or_nowhere(kept: str) -> None:
    leads = rules.address(kept)
    assert leads is None or set(leads) <= set("tel:+,0123456789")


@given(st.text(max_size=14))
def test_what_is_typed_is_a_code_or_nothing(typed: str) -> None:
    code = rules.normal(typed)
    assert code == "" or (len(code) == rules.LENGTH and set(code) <= set(rules.ALPHABET))
    assert rules.normal(code) == code
