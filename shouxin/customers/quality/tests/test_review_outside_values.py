"""A value from outside never takes the place of ours by itself: a person decides, once, and never who brought it."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from shouxin.core.policy import Action
from shouxin.customers.intake import services as intake
from shouxin.customers.intake.models import Existing, ImportBatch
from shouxin.customers.intake.tests import cast
from shouxin.customers.quality import queries, review_queries, reviewing, rules, services
from shouxin.customers.quality.models import OfferState, OutsideValue, Standing
from shouxin.customers.quality.services import QualityProblem
from shouxin.customers.quality.tests.conftest import See
from shouxin.customers.registry import queries as registry_queries
from shouxin.customers.registry import search
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel, Customer, Method, Source
from shouxin.customers.registry.problems import RegistryProblem
from shouxin.customers.registry.rules import Kept
from shouxin.gate import services as gate
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.vault.models import SealedHistory, SealedRecord, SearchToken
from tests.register import SALES, Register

OUTSIDE = Footing(SALES, Channel.SERVICE, Method.HAND, Source.EXTERNAL, "甲数据公司")
THEIRS = "13999998888"


def offer(register: Register, name: str = "li", who: str = "clerk", **values: str) -> OutsideValue | None:
    """Values from outside, as `who` types them; the first of what waits."""
    row = Customer.objects.get(id=register[name])
    registry.edit(
        actor=register.world.actor(who),
        footing=OUTSIDE,
        customer=row.id,
        revision=row.revision,
        values={key: Kept(text, 1) for key, text in (values or {"mobile": THEIRS}).items()},
        now=clock.now(),
    )
    return OutsideValue.objects.order_by("-id").first()


def decide(register: Register, offer_id: UUID, outcome: str, who: str = "sales_head") -> OutsideValue:
    return reviewing.decide(
        actor=register.world.actor(who), offer=offer_id, outcome=outcome, reason="asked", now=clock.now()
    )


def phone(register: Register, name: str = "li") -> str | None:
    row = Customer.objects.get(id=register[name])
    view = registry_queries.profile(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        row=row,
        fields=["mobile"],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
    )
    return view.cells["mobile"].text


@pytest.fixture
def waiting(register: Register) -> OutsideValue:
    found = offer(register)
    assert found
    return found


@pytest.mark.clause("C4.2")
def test_what_meets_a_value_of_ours_waits_and_changes_nothing(
    register: Register, see: See, waiting: OutsideValue
) -> None:
    assert phone(register) == "138****5678"
    assert Customer.objects.get(id=register["li"]).revision == 1
    assert (waiting.state, waiting.field, waiting.supplier) == (OfferState.WAITING, "mobile", "甲数据公司")
    assert of_events(["external.offered"])[0].data["fields"] == ["mobile"]
    assert SealedRecord.objects.filter(record_id=waiting.id).exists()
    assert THEIRS not in "".join(str(value) for value in vars(waiting).values())


def test_it_finds_nobody_while_it_waits(register: Register, waiting: OutsideValue) -> None:
    found = search.search(actor=register.world.actor("clerk"), purpose=SALES, term=THEIRS, now=clock.now())
    assert found.customers == []


@pytest.mark.clause("C4.2")
def test_what_we_do_not_have_is_filled_in_and_names_its_supplier(register: Register, client: Client) -> None:
    assert offer(register, email="li@example.com") is None
    register.world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    page = client.get(f"/customers/{register['li']}/").content.decode()
    assert "外部提供：甲数据公司" in page
    assert "内部来源" in page


def test_a_verified_value_from_outside_is_ours_by_now(register: Register, see: See) -> None:
    offer(register, email="li@example.com")
    assert offer(register, email="other@example.com") is None  # outside over outside
    services.verify(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        seen=[see("li", "email")],
        method="called_back",
        now=clock.now(),
    )
    assert offer(register, email="third@example.com") is not None


@pytest.mark.clause("C4.2")
def test_taken_it_stands_with_its_supplier_and_the_waiting_text_is_gone(
    register: Register, waiting: OutsideValue
) -> None:
    decide(register, waiting.id, "taken")
    assert phone(register) == "139****8888"
    entry = of_events(["external.decided"])[0]
    assert (entry.data["reviewed"], entry.actor) == ("taken", register.world.people["sales_head"].pseudonym)
    assert rules_of(register)["mobile"].outside == 1
    gone(waiting)


def rules_of(register: Register) -> dict[str, rules.Known]:
    return rules.read(Standing.objects.get(id=register["li"]).values)


def gone(row: OutsideValue) -> None:
    for table in (SealedRecord, SealedHistory, SearchToken):
        assert not table.objects.filter(record_id=row.id).exists()


def test_kept_ours_stays_and_theirs_is_gone(register: Register, waiting: OutsideValue) -> None:
    decide(register, waiting.id, "kept", who="clerk")
    assert phone(register) == "138****5678"
    gone(waiting)
    assert phone(register, "li") == "138****5678"  # what remains in the group is still whole


def test_both_wrong_is_due_at_once_and_unverified(
    register: Register, see: See, waiting: OutsideValue
) -> None:
    decide(register, waiting.id, "neither")
    page = queries.due(actor=register.world.actor("clerk"), whose=queries.Whose.MINE, now=clock.now())
    assert [(line.customer, line.fields) for line in page.lines] == [(register["li"], ("mobile",))]
    assert rules_of(register)["mobile"].mark == 0
    services.verify(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        seen=[see("li", "mobile")],
        method="visit",
        now=clock.now(),
    )
    due = Standing.objects.get(id=register["li"]).due_on
    assert due
    assert due > timezone.localdate()


def test_who_brought_it_does_not_take_it(register: Register, waiting: OutsideValue) -> None:
    with pytest.raises(QualityProblem, match=r"offer\.own"):
        decide(register, waiting.id, "taken", who="clerk")
    assert phone(register) == "138****5678"


def test_another_department_decides_nothing(register: Register, waiting: OutsideValue) -> None:
    assert review_queries.one(register.world.actor("service_head"), waiting.id) is None
    with pytest.raises(gate.Refused):
        decide(register, waiting.id, "taken", who="service_head")


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_stands(register: Register, waiting: OutsideValue) -> None:
    def one(outcome: str) -> str:
        try:
            decide(register, waiting.id, outcome)
        except QualityProblem as problem:
            return problem.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, ["kept", "taken"])) == ["done", "offer.decided"]
    assert len(of_events(["external.decided"])) == 1


def test_a_public_value_waits_too(register: Register) -> None:
    row = offer(register, "huaxin", company_name="华信家居有限公司")
    assert row
    assert Customer.objects.get(id=register["huaxin"]).public_values["company_name"] == "华信家具有限公司"
    decide(register, row.id, "taken")
    assert Customer.objects.get(id=register["huaxin"]).public_values["company_name"] == "华信家居有限公司"


def test_orders_are_not_changed_from_outside(register: Register) -> None:
    with pytest.raises(RegistryProblem, match=r"source\.profile-only"):
        registry.edit(
            actor=register.world.actor("clerk"),
            footing=OUTSIDE,
            customer=register["huaxin"],
            revision=1,
            values={"order_date": Kept("2026-10-02", 1)},
            now=clock.now(),
            record=register.records["order"],
        )


FILE = cast.table(
    ("客户编号", "姓名", "手机号码", "电子邮箱"),
    ("李小明-10001", "李小明", THEIRS, "li@example.com"),
    ("N-1", "钱七", "13611119999", ""),
)


def imported(register: Register) -> ImportBatch:
    return cast.imported(
        register,
        FILE,
        "f.csv",
        source=Source.EXTERNAL,
        supplier="乙公司",
        evidence="合同 2 号",
        existing=Existing.REPLACE,
    )


@pytest.mark.clause("C4.2")
def test_an_import_counts_what_waits_and_shows_it_once_its_source_is_accepted(register: Register) -> None:
    batch = imported(register)
    assert cast.counts(batch) == (1, 0, 0, 0, 0)
    assert batch.waiting_count == 1
    assert phone(register) == "138****5678"
    head = register.world.actor("sales_head")
    assert {row.field for row in OutsideValue.objects.all()} == {"mobile", "email"}
    assert review_queries.waiting(head).count() == 0
    intake.accept(actor=register.world.actor("officer"), batch=batch.id, note="", now=clock.now())
    assert review_queries.waiting(head).count() == 2


def test_what_a_rejected_batch_brought_is_destroyed(register: Register) -> None:
    batch = imported(register)
    rows = list(OutsideValue.objects.all())
    intake.reject(actor=register.world.actor("officer"), batch=batch.id, note="来源说不清", now=clock.now())
    assert set(OutsideValue.objects.values_list("state", flat=True)) == {OfferState.DROPPED}
    for row in rows:
        gone(row)
    assert phone(register) == "138****5678"
    assert of_events(["external.dropped"])[0].data["count"] == 2


@pytest.mark.clause("C4.2")
def test_a_head_compares_both_masked_and_decides_on_the_page(
    register: Register, waiting: OutsideValue, client: Client
) -> None:
    head = register.world.signed_in(client, "sales_head")
    head.post("/purpose/", {"purpose": SALES})
    assert "待审核的外部值" in head.get("/").content.decode()
    listed = head.get("/customers/outside/").content.decode()
    assert "甲数据公司" in listed
    address = f"/customers/outside/{waiting.id}/"
    page = head.get(address).content.decode()
    assert "138****5678" in page
    assert "139****8888" in page
    assert THEIRS not in page
    assert head.post(address, {"outcome": "taken", "reason": ""}).status_code == 422
    assert head.post(address, {"outcome": "taken", "reason": "asked"}).status_code == 302
    assert head.get(address).status_code == 404
    assert phone(register) == "139****8888"


@pytest.mark.clause("C4.2")
def test_a_clerk_names_the_supplier_on_the_page_of_change(register: Register, client: Client) -> None:
    clerk = register.world.signed_in(client, "clerk")
    clerk.post("/purpose/", {"purpose": SALES})
    form = {"revision": "1", "mobile": THEIRS, "email": "li@example.com", "supplier": "丙公司"}
    done = clerk.post(f"/customers/{register['li']}/edit/", form, follow=True)
    assert "等待审核：手机号码" in done.content.decode()
    assert OutsideValue.objects.get().supplier == "丙公司"
    assert phone(register) == "138****5678"
    assert "丙公司 提供了不同的值" in done.content.decode()
