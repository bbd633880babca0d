"""A supply contract that is over lists every value that came under it; they are taken out for good, ours stay."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from shouxin.core.policy import Action, NotAllowed
from shouxin.customers.quality import supplies
from shouxin.customers.quality.models import OfferState, OutsideValue, Standing, Supplied
from shouxin.customers.quality.services import QualityProblem
from shouxin.customers.registry import queries, search
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel, Customer, Method, Provenance, Source, SupplyContract
from shouxin.customers.registry.removal import remove_supplied
from shouxin.customers.registry.rules import Kept
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.vault.models import BusinessKey, DataKey, SealedRecord, SearchToken
from tests.harness.jobs import run_queued
from tests.register import FOOTING, SALES, Register

SUPPLIER = "甲数据公司"
OUTSIDE = Footing(SALES, Channel.SERVICE, Method.HAND, Source.EXTERNAL, SUPPLIER)
MAIL = "li@example.com"


@pytest.fixture
def contract(register: Register) -> SupplyContract:
    today = timezone.localdate()
    return supplies.enter(
        actor=register.world.actor("sales_head"),
        name="客户数据供应",
        number="SC-2026-1",
        supplier=SUPPLIER,
        purpose=SALES,
        begins_on=today,
        ends_on=today + timedelta(days=30),
        declared="供应方已取得个人同意",
        now=clock.now(),
    )


def edit(register: Register, footing: Footing, name: str = "li", **values: str) -> None:
    row = Customer.objects.get(id=register[name])
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=footing,
        customer=row.id,
        revision=row.revision,
        values={key: Kept(text, 1) for key, text in values.items()},
        now=clock.now(),
    )


def shown(register: Register, name: str = "li") -> dict[str, str | None]:
    view = queries.profile(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        row=Customer.objects.get(id=register[name]),
        fields=["mobile", "email", "employer", "person_name", "registered_address"],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
    )
    return {key: cell.text for key, cell in view.cells.items()}


def finish(register: Register, contract: UUID) -> None:
    head, now = register.world.actor("sales_head"), clock.now()
    supplies.end(actor=head, contract=contract, now=now)
    supplies.remove(actor=head, contract=contract, typed="SC-2026-1", now=now)
    run_queued("quality")


@pytest.mark.clause("C4.2")
def test_ending_lists_each_value_and_removal_leaves_ours(
    register: Register, contract: SupplyContract
) -> None:
    edit(register, OUTSIDE, email=MAIL)
    edit(register, OUTSIDE, "huaxin", registered_address="福州市鼓楼区软件大道1号")
    assert set(Supplied.objects.values_list("customer_id", "field")) == {
        (register["li"], "email"),
        (register["huaxin"], "registered_address"),
    }
    assert set(Provenance.objects.filter(source="external").values_list("contract", flat=True)) == {
        contract.id
    }
    keys = dict(DataKey.objects.filter(customer_id=register["li"]).values_list("storage_group", "wrapped"))
    finish(register, contract.id)
    assert supplies.progress(register.world.actor("officer"), contract.id) == {
        "all": 2,
        "left": 0,
        "customers": 0,
    }
    left = shown(register)
    assert "email" not in left
    assert (left["mobile"], left["person_name"]) == ("138****5678", "李**")
    assert "registered_address" not in Customer.objects.get(id=register["huaxin"]).public_values
    assert "email" not in Standing.objects.get(id=register["li"]).values
    after = dict(DataKey.objects.filter(customer_id=register["li"]).values_list("storage_group", "wrapped"))
    assert all(bytes(keys[group]) != bytes(after[group]) for group in keys)
    assert {line.customer for line in of_events(["supply.removed"])} == {register["li"], register["huaxin"]}


def test_it_is_gone_from_the_history_and_the_search_as_well(
    register: Register, contract: SupplyContract
) -> None:
    edit(register, OUTSIDE, email=MAIL)
    edit(register, FOOTING, email="ours@example.com")  # the former one stands in the history
    before = SearchToken.objects.filter(customer_id=register["li"]).count()
    finish(register, contract.id)
    assert shown(register)["email"]
    assert SearchToken.objects.filter(customer_id=register["li"]).count() == before
    assert not BusinessKey.objects.filter(customer_id=register["li"], field="email").exists()
    assert supplies.progress(register.world.actor("officer"), contract.id)["all"] == 1
    edit(
        register,
        Footing(SALES, Channel.SERVICE, Method.HAND, Source.EXTERNAL, "乙"),
        "zhang",
        email="z@example.com",
    )
    clerk = register.world.actor("clerk")
    found = search.search(actor=clerk, purpose=SALES, term="z@example.com", now=clock.now())
    assert len(found.customers) == 1  # another supplier's stays


def test_what_waits_under_it_is_dropped_as_well(register: Register, contract: SupplyContract) -> None:
    edit(register, OUTSIDE, mobile="13999998888")
    row = OutsideValue.objects.get()
    finish(register, contract.id)
    row.refresh_from_db()
    assert row.state == OfferState.DROPPED
    assert not SealedRecord.objects.filter(record_id=row.id).exists()
    assert shown(register)["mobile"] == "138****5678"
    assert Standing.objects.filter(customer_id=register["li"]).count() == 1


def test_without_a_contract_in_force_nothing_comes_under_one(
    register: Register, contract: SupplyContract
) -> None:
    supplies.end(actor=register.world.actor("officer"), contract=contract.id, now=clock.now())
    edit(register, OUTSIDE, email=MAIL)
    assert not Supplied.objects.exists()


def test_it_is_removed_only_when_it_is_over_and_its_number_is_typed(
    register: Register, contract: SupplyContract
) -> None:
    head = register.world.actor("sales_head")
    with pytest.raises(QualityProblem, match=r"supply\.in-force"):
        supplies.remove(actor=head, contract=contract.id, typed="SC-2026-1", now=clock.now())
    with pytest.raises(QualityProblem, match=r"supply\.typed"):
        supplies.remove(
            actor=head, contract=contract.id, typed="SC", now=clock.now() + timedelta(days=31)
        )  # past its last day nobody has to end it
    with pytest.raises(NotAllowed):
        supplies.end(actor=register.world.actor("clerk"), contract=contract.id, now=clock.now())


def test_cut_off_it_goes_on_with_who_is_left(
    register: Register, contract: SupplyContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(register, OUTSIDE, email=MAIL)
    edit(register, OUTSIDE, "zhang", email="z@example.com")
    head, now = register.world.actor("sales_head"), clock.now()
    supplies.end(actor=head, contract=contract.id, now=now)
    monkeypatch.setattr(supplies, "AT_ONCE", 1)
    done: list[object] = []

    def once(**arguments: object) -> int:
        if done:
            raise ConnectionError
        done.append(arguments)
        return remove_supplied(**arguments)  # type: ignore[arg-type] # passed on

    monkeypatch.setattr(supplies, "remove_supplied", once)
    with pytest.raises(ConnectionError):
        supplies.work_remove(actor=head, contract=contract.id, now=now)
    assert supplies.progress(head, contract.id)["left"] == 1
    monkeypatch.setattr(supplies, "remove_supplied", remove_supplied)
    supplies.work_remove(actor=head, contract=contract.id, now=now)
    assert supplies.progress(head, contract.id)["left"] == 0


def test_whoever_is_to_be_retained_keeps_theirs_and_stays_on_the_list(
    register: Register, contract: SupplyContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(register, OUTSIDE, email=MAIL)
    edit(register, OUTSIDE, "zhang", email="z@example.com")
    monkeypatch.setattr(supplies, "retained", lambda found: {register["li"]} & set(found))
    head = register.world.actor("sales_head")
    finish(register, contract.id)
    assert shown(register)["email"]
    assert supplies.progress(head, contract.id)["left"] == 1
    monkeypatch.undo()
    supplies.remove(actor=head, contract=contract.id, typed="SC-2026-1", now=clock.now())
    run_queued("quality")
    assert supplies.progress(head, contract.id)["left"] == 0


@pytest.mark.clause("C4.2")
def test_a_head_enters_ends_and_removes_on_the_page(register: Register, client: Client) -> None:
    head = register.world.signed_in(client, "sales_head")
    head.post("/purpose/", {"purpose": SALES})
    today = timezone.localdate()
    form = {
        "name": "供应", "number": "SC-2026-1", "supplier": SUPPLIER, "purpose": SALES, "declared": "见合同附件",
        "begins_on": today.isoformat(), "ends_on": (today + timedelta(days=9)).isoformat(),
    }  # fmt: skip
    address = head.post("/customers/supplies/", form).headers["Location"]
    assert head.post("/customers/supplies/", form).status_code == 422
    edit(register, OUTSIDE, email=MAIL)
    page = head.get(address).content.decode()
    assert "电子邮箱" in page
    assert MAIL not in page
    head.post(f"{address}end/")
    assert "须移除的内容" in head.get(address).content.decode()
    head.post(f"{address}remove/", {"typed": "wrong"})
    assert Supplied.objects.filter(removed_at__isnull=True).exists()
    head.post(f"{address}remove/", {"typed": "SC-2026-1"})
    run_queued("quality")
    assert "现存 0 项" in head.get(address).content.decode()
