"""Verifying a value stores who did it, when and how; nothing is opened, and a changed value is to be verified anew."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from shouxin.core.policy import Action, Form, NotAllowed
from shouxin.core.policy.permit import mint
from shouxin.customers.quality import queries, rules, services
from shouxin.customers.quality.models import Standing, Verified
from shouxin.customers.quality.services import QualityProblem, Seen
from shouxin.customers.quality.tests.conftest import Age, See
from shouxin.customers.registry import exchange
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.rules import Kept
from shouxin.customers.registry.services import EditConflict
from shouxin.customers.registry.telling import Teller
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.rules import REASON_CLASSES
from shouxin.journal.models import Entry
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.kit.statements import execute
from shouxin.vault.services import Revealed
from tests.register import FOOTING, PHONE, SALES, Register


@pytest.fixture
def clerk(register: Register, client: Client) -> Client:
    register.world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    return client


def verify(register: Register, *seen: Seen, method: str = "called_back", who: str = "clerk") -> services.Done:
    actor = register.world.actor(who)
    return services.verify(actor=actor, purpose=SALES, seen=seen, method=method, now=clock.now())


@pytest.mark.clause("A5.2", "C3.5")
def test_who_when_and_how_stand_on_the_page_and_in_the_journal(
    register: Register, see: See, age: Age, clerk: Client
) -> None:
    age("li", 400)
    page = clerk.get(f"/customers/{register['li']}/").content.decode()
    assert "已过期" in page
    assert "从未核实" in page
    verify(register, see("li", "mobile"))
    kept = Verified.objects.get()
    assert (kept.field, kept.method, kept.by) == (
        "mobile",
        "called_back",
        register.world.people["clerk"].pseudonym,
    )
    entry = of_events(["value.verified"])[0]
    assert (entry.customer, entry.data["fields"], entry.data["verified_how"]) == (
        register["li"],
        ["mobile"],
        "called_back",
    )
    page = clerk.get(f"/customers/{register['li']}/").content.decode()
    assert f"最近核实 {timezone.localdate():%Y-%m-%d} · 电话回访 · 王芳" in page
    assert "已核验" in page
    assert "核实 手机号码：电话回访" in page


def test_nothing_is_opened_for_it(register: Register, see: See) -> None:
    before = Entry.objects.filter(
        event__in=["field.revealed", "maintenance.opened", "profile.viewed"]
    ).count()
    verify(register, see("li", "mobile", "person_name"))
    after = Entry.objects.filter(event__in=["field.revealed", "maintenance.opened", "profile.viewed"]).count()
    assert after == before


@pytest.mark.clause("B6.1.2")
def test_a_value_that_is_changed_is_not_verified_any_more(register: Register, see: See) -> None:
    verify(register, see("li", "mobile", "person_name"))
    row = Customer.objects.get(id=register["li"])
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=row.id,
        revision=row.revision,
        values={"mobile": Kept("13900001111", 1)},
        now=clock.now(),
    )
    known = queries.verifications([row.id], clock.now())
    assert known[row.id, "mobile"].on is None
    assert known[row.id, "person_name"].on == timezone.localdate()


def test_what_was_changed_meanwhile_is_not_verified(register: Register, see: See) -> None:
    old = see("li", "mobile")
    Customer.objects.filter(id=register["li"]).update(revision=2)
    with pytest.raises(EditConflict):
        verify(register, old)
    assert not Verified.objects.exists()


def test_of_several_the_changed_one_is_left_out_and_named(register: Register, see: See) -> None:
    both = see("li", "mobile"), see("zhang", "mobile")
    Customer.objects.filter(id=register["li"]).update(revision=2)
    done = verify(register, *both)
    assert (done.customers, done.changed) == (1, (register["li"],))
    assert Verified.objects.get().customer_id == register["zhang"]


def test_holding_it_against_a_document_needs_a_contact(register: Register, see: See) -> None:
    with pytest.raises(QualityProblem, match=r"method\.needs-contact"):
        verify(register, see("li", "id_number"), method="document_seen")
    gate.open_contact(
        actor=register.world.actor("clerk"),
        customer=register["li"],
        purpose=SALES,
        reason_class=next(iter(REASON_CLASSES)),
        note="",
        now=clock.now(),
    )
    assert verify(register, see("li", "id_number"), method="document_seen").values == 1


@pytest.mark.parametrize("method", ["code", "guess", ""])
def test_nobody_says_by_hand_that_a_code_was_read_back(register: Register, see: See, method: str) -> None:
    with pytest.raises(QualityProblem, match=r"method\.unknown"):
        verify(register, see("li", "mobile"), method=method)


def test_others_customers_are_not_verified(register: Register, see: See) -> None:
    with pytest.raises(gate.Refused):
        verify(register, see("service", "mobile"))
    with pytest.raises(NotAllowed):
        verify(register, see("li", "mobile"), who="officer")
    assert not Verified.objects.exists()


def test_a_field_without_a_value_or_another_customers_record_is_refused(register: Register, see: See) -> None:
    with pytest.raises(QualityProblem, match=r"value\.none"):
        verify(register, see("li", "email"))
    with pytest.raises(QualityProblem, match=r"value\.none"):
        verify(register, see("li", "mobile", record=register["zhang"]))
    assert not Verified.objects.exists()


def test_a_program_is_told_that_it_is_verified(register: Register, see: See) -> None:
    verify(register, see("zhang", "customer_no"))
    found = exchange.read_many(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customers=[register["zhang"]],
        fields=["customer_no", "mobile"],
        reason=next(iter(REASON_CLASSES)),
        now=clock.now(),
    )
    view = found[register["zhang"]].view
    assert view
    told = exchange.shown(view)["values"]
    assert (told["customer_no"]["mark"], told["mobile"]["mark"]) == ("verified", "well_formed")


@pytest.mark.parametrize("altered", [False, True])
def test_many_are_told_to_a_program_as_one_is(register: Register, see: See, *, altered: bool) -> None:
    """The short way of telling leaves out, adds and renames nothing, of no field: masked, hidden, clear, verified, with
    a problem or without, and altered since it was verified."""
    verify(register, see("zhang", "customer_no"))
    if altered:
        execute(
            "UPDATE vault_sealed_record SET sealed = set_byte(sealed, 25, get_byte(sealed, 25) # 1)"
            " WHERE customer_id = %b::uuid",
            (register["zhang"],),
        )
    book = rulebooks["rulebook"]
    purpose, known = book.purpose(SALES), book.fields()
    assert purpose
    asked: dict[str, Any] = {
        "actor": register.world.actor("clerk"),
        "purpose": SALES,
        "customers": [register["zhang"], register["li"], register["huaxin"]],
        "fields": [key for key in purpose.fields if known[key].record == "profile"],
        "reason": next(iter(REASON_CLASSES)),
        "now": clock.now(),
    }
    viewed, told = exchange.read_many(**asked), exchange.read_many(**asked, tell=True)
    for place, customer in enumerate(asked["customers"]):
        view = viewed[customer].view
        assert view
        assert view.cells
        short = msgspec.json.decode(msgspec.json.encode(told[customer].told))
        assert short == {"position": place, **exchange.shown(view)}
        assert list(short["values"]) == list(view.cells)
        broken = {value["broken"] for value in short["values"].values()}
        assert (True in broken) is (altered and customer == register["zhang"])


def test_a_value_that_stands_in_clear_is_told_only_where_the_permit_shows_it(register: Register) -> None:
    huaxin, field = register["huaxin"], "company_name"
    permit = gate.open_sealed(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customers=[huaxin],
        fields=[field],
        action=Action.READ,
        reason=next(iter(REASON_CLASSES)),
        now=clock.now(),
    ).permit
    row = Customer.objects.get(id=huaxin)
    for form in Form:
        given = {
            name: getattr(permit, name) for name in ("actor", "purpose", "action", "reason", "at", "fields")
        }
        one = mint(**given, forms={huaxin: {field: form}}, refused={}, grants=(), alarms=())
        told = Teller(gate.Opened(one, Revealed()), {}, {}).tell(0, row)
        assert (field in told.values) is (form is Form.CLEAR)


@pytest.mark.clause("A5.2", "C3.5")
def test_what_has_grown_old_since_shows_when_it_was_verified_last(
    register: Register, see: See, clerk: Client
) -> None:
    verify(register, see("li", "mobile"))
    row, before = Standing.objects.get(id=register["li"]), timezone.localdate() - timedelta(days=400)
    values = rules.read(row.values)
    aged = values["mobile"]._replace(collected=rules.day(before) - 9, verified=rules.day(before))
    row.values = rules.stored({**values, "mobile": aged})
    row.save()
    page = clerk.get(f"/customers/{register['li']}/").content.decode()
    assert "已过期" in page
    assert f"最近核实 {before:%Y-%m-%d} · 电话回访" in page


@pytest.mark.django_db(transaction=True)
def test_two_people_verifying_at_once_lose_nothing(register: Register, see: See) -> None:
    fields = ["mobile", "person_name", "home_address", "id_number"]
    seen = [see("li", key) for key in fields]

    def one(number: int) -> None:
        try:
            verify(register, seen[number])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(4)))
    known = queries.verifications([register["li"]], clock.now())
    assert all(known[register["li"], key].on for key in fields)
    assert Verified.objects.count() == 4


def test_the_page_offers_masked_values_and_takes_several(register: Register, clerk: Client, age: Age) -> None:
    age("li", 400)
    address = f"/customers/{register['li']}/verify/"
    page = clerk.get(address).content.decode()
    assert PHONE not in page
    assert "138****5678" in page
    one = f"{register['li']}:mobile", f"{register['li']}:home_address"
    done = clerk.post(address, {"fields_": one, "method": "own_statement", "revision": "1"})
    assert done.status_code == 302
    assert {row.field for row in Verified.objects.all()} == {"mobile", "home_address"}
    row = Standing.objects.get(id=register["li"])
    assert row.due_on
    assert row.due_on > timezone.localdate()
    late = clerk.post(address, {"fields_": one, "method": "own_statement", "revision": "7"})
    assert late.status_code == 409
