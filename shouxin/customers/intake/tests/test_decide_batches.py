"""A batch is seen by importer and owner alone, masked, until the head confirms; one from outside by nobody at all."""

from uuid import UUID

import pytest

from shouxin.core.policy import Action
from shouxin.customers.intake import services
from shouxin.customers.intake.models import ImportBatch, Standing
from shouxin.customers.intake.services import IntakeProblem
from shouxin.customers.intake.tests import cast
from shouxin.customers.registry import queries as customers
from shouxin.customers.registry import search
from shouxin.customers.registry.models import Customer, Provenance, Record, Source
from shouxin.gate import services as gate
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.vault.models import BusinessKey, DataKey, Group, SearchToken
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = ("客户编号", "姓名", "手机号码")
PHONE = "13822223333"
FILE = cast.table(HEADER, ("V-1", "钱七", PHONE), ("V-2", "孙八", ""))
OUTSIDE = {"source": Source.EXTERNAL, "supplier": "甲数据公司", "evidence": "数据提供合同 2026-7"}


def seen_by(register: Register, who: str, batch: ImportBatch) -> set[UUID]:
    """Which of the batch's customers `who` has in lists."""
    mine = set(Customer.objects.filter(batch_id=batch.id).values_list("id", flat=True))
    return mine & set(customers.visible(register.world.actor(who)).values_list("id", flat=True))


def finds(register: Register, who: str) -> int:
    found = search.search(actor=register.world.actor(who), purpose=SALES, term=PHONE, now=clock.now())
    return len(found.customers)


@pytest.mark.clause("B6.2.2")
def test_an_unconfirmed_batch_is_seen_masked_by_importer_and_head_alone(register: Register) -> None:
    world = register.world
    colleague = world.people["newcomer"]
    colleague.roles = ["clerk"]
    colleague.save()
    batch = cast.imported(register, FILE, "f.csv")
    assert batch.standing == Standing.UNCONFIRMED
    assert len(seen_by(register, "clerk", batch)) == len(seen_by(register, "sales_head", batch)) == 2
    assert not seen_by(register, "newcomer", batch)
    assert not seen_by(register, "marketer", batch)
    customer = Customer.objects.get(id=next(iter(cast.kept(batch=batch.id).values())).id)
    opened = gate.open_sealed(
        actor=world.actor("clerk"),
        purpose=SALES,
        customers=[customer.id],
        fields=["mobile", "person_name"],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
    )
    shown = opened.revealed.of(customer.id)
    assert PHONE not in {value.text for value in shown.values()}
    services.confirm(actor=world.actor("sales_head"), batch=batch.id, now=clock.now())
    assert len(seen_by(register, "newcomer", batch)) == 2
    assert finds(register, "newcomer") == 1


@pytest.mark.clause("A2.2")
def test_an_outside_batch_is_found_by_nobody_until_a_second_person_accepts_it(register: Register) -> None:
    batch = cast.imported(register, FILE, "f.csv", **OUTSIDE)
    assert batch.standing == Standing.QUARANTINED
    for who in ("clerk", "sales_head", "top_head"):
        assert not seen_by(register, who, batch)
        assert finds(register, who) == 0
    with pytest.raises(IntakeProblem, match=r"batch\.not-yours"):
        services.accept(actor=register.world.actor("clerk"), batch=batch.id, note="", now=clock.now())
    services.accept(actor=register.world.actor("officer"), batch=batch.id, note="合同已核", now=clock.now())
    batch.refresh_from_db()
    assert batch.standing == Standing.UNCONFIRMED
    assert len(seen_by(register, "clerk", batch)) == 2
    services.confirm(actor=register.world.actor("sales_head"), batch=batch.id, now=clock.now())
    assert finds(register, "clerk") == 1


def test_a_head_does_not_confirm_an_own_import(register: Register) -> None:
    batch = cast.upload(register, FILE, "f.csv", who="sales_head")
    cast.decide(register, batch.id, who="sales_head")
    cast.check(register, batch.id, who="sales_head")
    done = cast.run(register, batch.id, who="sales_head")
    head, now = register.world.actor("sales_head"), clock.now()
    with pytest.raises(IntakeProblem, match=r"batch\.not-yours"):
        services.confirm(actor=head, batch=done.id, now=now)
    with pytest.raises(IntakeProblem, match=r"batch\.not-yours"):
        services.reject(actor=head, batch=done.id, note="不行", now=now)
    services.confirm(actor=register.world.actor("officer"), batch=done.id, now=clock.now())


@pytest.mark.clause("A2.2")
def test_a_rejected_batch_is_destroyed_for_good_and_the_decision_remains(register: Register) -> None:
    batch = cast.imported(register, FILE, "f.csv", **OUTSIDE)
    gone = list(Customer.objects.filter(batch_id=batch.id).values_list("id", flat=True))
    groups = Group.objects.filter(customer_id__in=gone).count()
    assert groups
    services.reject(actor=register.world.actor("officer"), batch=batch.id, note="来源不明", now=clock.now())
    batch.refresh_from_db()
    assert (batch.standing, batch.decision_note) == (Standing.REJECTED, "来源不明")
    for table in (DataKey, SearchToken, BusinessKey):
        assert not table.objects.filter(customer_id__in=gone).exists()
    assert not Customer.objects.filter(id__in=gone).exists()
    assert not Record.objects.filter(customer_id__in=gone).exists()
    assert Entry.objects.filter(event="group.destroyed", customer__in=gone).count() == groups
    assert Entry.objects.filter(event="batch.rejected").count() == 1
    # The number is free again: the same customer may come from a lawful source.
    again = cast.imported(register, FILE, "f.csv")
    assert again.created_count == 2


def test_a_batch_that_changed_customers_who_were_there_is_not_rejected_as_a_whole(register: Register) -> None:
    content = cast.table((*HEADER, "电子邮箱"), ("张伟-10002", "张伟", "", "zw@example.com"))
    batch = cast.imported(register, content, "f.csv")
    with pytest.raises(IntakeProblem, match=r"batch\.changed-others"):
        services.reject(
            actor=register.world.actor("sales_head"), batch=batch.id, note="不行", now=clock.now()
        )
    assert Customer.objects.filter(id=register["zhang"]).exists()


def test_every_value_says_whence_how_when_and_by_whom(register: Register) -> None:
    batch = cast.imported(register, FILE, "f.csv")
    clerk = register.world.people["clerk"]
    provenance = Provenance.objects.get(batch_id=batch.id)
    assert (provenance.channel, provenance.method, provenance.source) == ("migration", "import", "internal")
    assert (provenance.purpose, provenance.basis) == (SALES, batch.basis)
    assert provenance.notice_version == batch.notice_version
    assert provenance.operator == clerk.pseudonym
    assert provenance.collected_at
    created = Entry.objects.filter(event="customer.created")
    mine = set(Customer.objects.filter(batch_id=batch.id).values_list("id", flat=True))
    assert created.filter(customer__in=mine).count() == len(mine) == 2
    assert set(created.filter(customer__in=mine).values_list("customer", flat=True)) == mine
    assert Entry.objects.filter(event="batch.imported").count() == 1
