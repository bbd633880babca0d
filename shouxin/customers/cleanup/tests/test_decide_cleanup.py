"""A clean-up run: three lists with reasons, decided by the owner; nothing happens by itself, all can be undone."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from shouxin.core.policy import GroupState
from shouxin.customers.cleanup import jobs, queries, services
from shouxin.customers.cleanup.models import CleanupItem, CleanupRun, Decision
from shouxin.customers.cleanup.services import CleanupProblem
from shouxin.customers.duplicates.models import SuspectedPair
from shouxin.customers.duplicates.tests.test_find_duplicates import run as find_duplicates
from shouxin.customers.duplicates.tests.test_merge_customers import TWIN, merge, store, undo
from shouxin.customers.quality.models import Standing
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Customer, Kind, Scope
from shouxin.customers.registry.rules import Kept
from shouxin.gate import services as gate
from shouxin.journal.models import Entry
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from shouxin.vault.queries import states
from tests.register import FOOTING, SALES, Register

pytestmark = pytest.mark.django_db


@pytest.fixture
def untidy(register: Register) -> Register:
    """Nobody has any way to reach `lost`; the telephone of `wrong` is malformed; li has a twin."""
    for name, values in (
        ("lost", {"person_name": Kept("钱多", 1)}),
        ("wrong", {"person_name": Kept("孙少", 1), "mobile": Kept("138", 0, "mobile.form")}),
    ):
        entry = CustomerEntry(
            Kind.PERSON,
            values,
            register.world.departments["sales"].id,
            Scope.DEPARTMENT,
            register.world.people["clerk"].id,
        )
        (done,) = registry.store(
            actor=register.world.actor("clerk"), footing=FOOTING, entries=[entry], now=clock.now()
        )
        register.ids[name] = done.customer
    register.ids["twin"] = store(register, TWIN)
    find_duplicates(register, thorough=False)
    return register


def run(register: Register, now: datetime | None = None) -> CleanupRun:
    row = services.ask_run(actor=register.world.actor("sales_head"), now=clock.now())
    jobs.work(run=row.id, now=now or clock.now())
    row.refresh_from_db()
    assert row.problem == ""
    return row


def listed(group: str) -> dict[UUID, list[str]]:
    return dict(CleanupItem.objects.filter(group=group).values_list("customer_id", "reasons"))


def decide(register: Register, name: str, decision: Decision, *, who: str = "sales_head") -> int:
    items = CleanupItem.objects.filter(customer_id=register[name], decision="").exclude(group="duplicate")
    return services.decide(
        actor=register.world.actor(who), items=[item.id for item in items], decision=decision, now=clock.now()
    )


def take_back(register: Register, name: str) -> None:
    (item,) = CleanupItem.objects.filter(customer_id=register[name]).exclude(decision="")
    services.take_back(actor=register.world.actor("sales_head"), item=item.id, now=clock.now())


@pytest.mark.clause("C5.5")
def test_dead_inactive_and_duplicate_stand_on_lists_of_their_own_with_reasons(untidy: Register) -> None:
    run(untidy)
    assert listed("dead") == {untidy["lost"]: ["reach.none"], untidy["wrong"]: ["reach.malformed"]}
    assert listed("inactive") == {}
    (pair,) = SuspectedPair.objects.all()
    assert listed("duplicate") == {pair.customer_id: ["duplicate"]}
    assert CleanupItem.objects.get(group="duplicate").pair_id == pair.id


def test_long_without_dealings_is_listed_and_a_dealing_takes_off(untidy: Register) -> None:
    later = clock.now() + timedelta(days=800)
    run(untidy, later)
    assert {untidy["li"], untidy["zhang"], untidy["huaxin"]} <= set(listed("inactive"))
    item = CleanupItem.objects.get(group="inactive", customer_id=untidy["li"])
    assert item.last_active_at is not None
    assert timezone.localdate(item.last_active_at) == timezone.localdate()
    run(untidy)
    assert listed("inactive") == {}


def test_nothing_is_changed_by_a_run(untidy: Register) -> None:
    before = [list(Customer.objects.order_by("id").values()), list(Standing.objects.order_by("id").values())]
    run(untidy)
    assert [
        list(Customer.objects.order_by("id").values()),
        list(Standing.objects.order_by("id").values()),
    ] == before
    assert not Entry.objects.filter(event__in=["group.state_changed", "customer.restricted"]).exists()


@pytest.mark.clause("C5.5")
def test_each_decision_does_what_it_says_and_can_be_taken_back(untidy: Register) -> None:
    run(untidy)
    lost, today = untidy["lost"], timezone.localdate()
    decide(untidy, "lost", Decision.REFRESH, who="clerk")
    assert Standing.objects.get(id=lost).due_on == today
    take_back(untidy, "lost")
    decide(untidy, "lost", Decision.RESTRICT)
    with pytest.raises(gate.Refused, match="restricted"):
        gate.admit(
            actor=untidy.world.actor("clerk"), purpose=SALES, customers=[lost], fields=[], now=clock.now()
        )
    take_back(untidy, "lost")
    assert Customer.objects.get(id=lost).restricted is False
    decide(untidy, "lost", Decision.SEAL)
    assert set(states([lost])[lost].values()) == {GroupState.LOCKED}
    with pytest.raises(gate.Refused, match="locked"):
        gate.admit(
            actor=untidy.world.actor("clerk"),
            purpose=SALES,
            customers=[lost],
            fields=["person_name"],
            now=clock.now(),
        )
    take_back(untidy, "lost")
    assert set(states([lost])[lost].values()) == {GroupState.IN_USE}
    told = [line.event for line in timeline(lost) if line.event.startswith("cleanup.")]
    assert told == [
        "cleanup.undone", "cleanup.seal", "cleanup.undone", "cleanup.restrict", "cleanup.undone", "cleanup.refresh",
    ]  # fmt: skip


def test_what_was_kept_is_not_asked_for_again(untidy: Register) -> None:
    run(untidy)
    decide(untidy, "wrong", Decision.KEEP, who="clerk")
    run(untidy)
    item = CleanupItem.objects.get(customer_id=untidy["wrong"])
    assert (item.decision, item.decided_by) == (Decision.KEEP, untidy.world.people["clerk"])
    assert untidy["wrong"] not in {
        one.customer_id for one in queries.listed(untidy.world.actor("clerk"), "dead", decided=False)
    }


def test_dealings_with_whom_was_merged_into_somebody_are_dealings_with_them(
    untidy: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody had to do with li for two years, but with the entry of the same person that was made meanwhile."""
    later = clock.now() + timedelta(days=800)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: later - timedelta(days=9))
        newer = store(untidy, {**TWIN, "customer_no": "李小明-20001"})
        merge(untidy, untidy["li"], newer)
    run(untidy, later)
    assert untidy["zhang"] in listed("inactive")
    assert untidy["li"] not in listed("inactive")


@pytest.mark.clause("C5.5")
def test_a_duplicate_that_is_merged_leaves_the_list_and_comes_apart_again(untidy: Register) -> None:
    row = merge(untidy, untidy["li"], untidy["twin"])
    run(untidy)
    assert listed("duplicate") == {}
    undo(untidy, row)
    run(untidy)
    assert len(listed("duplicate")) == 1


@pytest.mark.parametrize(
    ("who", "decision", "code"),
    [
        ("clerk", Decision.SEAL, "of-heads"),
        ("clerk", Decision.RESTRICT, "of-heads"),
        ("agent", Decision.KEEP, "unknown"),
        ("marketing_head", Decision.SEAL, "unknown"),
    ],
)
def test_only_the_owner_decides_and_only_a_head_restricts_or_locks(
    untidy: Register, who: str, decision: Decision, code: str
) -> None:
    run(untidy)
    with pytest.raises(CleanupProblem, match=code):
        decide(untidy, "lost", decision, who=who)
    assert not CleanupItem.objects.exclude(decision="").exists()


def test_decided_by_two_it_is_decided_once(untidy: Register) -> None:
    run(untidy)
    items = [CleanupItem.objects.get(customer_id=untidy["lost"]).id]
    head = untidy.world.actor("sales_head")
    services.decide(actor=head, items=items, decision=Decision.SEAL, now=clock.now())
    with pytest.raises(CleanupProblem, match="decided"):
        services.decide(actor=head, items=items, decision=Decision.KEEP, now=clock.now())


def test_no_value_stands_on_the_lists(untidy: Register) -> None:
    run(untidy)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cleanup_item::text FROM cleanup_item")
        everything = str(cursor.fetchall())
    assert "钱" not in everything
    reasons = list(listed("dead").values())
    assert reasons
    assert "138" not in str(reasons)


def test_the_page_shows_each_list_and_decides_in_bulk(untidy: Register, client: Client) -> None:
    run(untidy)
    untidy.world.signed_in(client, "sales_head")
    page = client.get("/customers/cleanup/").content.decode()
    assert all(words in page for words in ("没有任何联系方式", "联系方式都不正确", "封存待销毁"))
    chosen = [str(item.id) for item in CleanupItem.objects.filter(group="dead")]
    client.post("/customers/cleanup/decide/", {"group": "dead", "decision": "keep", "chosen": chosen})
    decided = client.get("/customers/cleanup/?show=decided").content.decode()
    assert "陈刚" in decided
    assert "撤回" in decided
    pair = SuspectedPair.objects.get()
    assert (
        f"/customers/duplicates/{pair.id}/"
        in client.get("/customers/cleanup/?group=duplicate").content.decode()
    )
    assert "待决定的清理名单" in client.get("/").content.decode()
