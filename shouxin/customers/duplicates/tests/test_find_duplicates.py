"""A search through the register: what it finds, that it goes on after being cut off, and that nothing leaks."""

import random
from datetime import datetime
from itertools import combinations
from uuid import UUID

import pytest
from procrastinate.exceptions import JobAborted

from shouxin.customers.duplicates import exact, finding, jobs, probable, queries, services
from shouxin.customers.duplicates.models import DuplicateRun, PairState, RunState, SuspectedPair
from shouxin.customers.duplicates.reading import DEDUPLICATION
from shouxin.customers.duplicates.rules import Suspicion
from shouxin.customers.duplicates.services import DuplicateProblem
from shouxin.customers.duplicates.tests.test_merge_customers import TWIN, store
from shouxin.customers.registry import services as services_of_register
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Kind, Scope
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.vault import rebuilding
from shouxin.vault.tests.cast import OPERATOR
from tests.register import FOOTING, ID_NUMBER, Register, kept
from tests.world import without_keys

pytestmark = pytest.mark.django_db
SLIPPED = {
    "person_name": "李晓明",
    "mobile": "13900001234",
    "id_number": "110105491231002",
    "customer_no": "S-1",
}


@pytest.fixture
def doubled(register: Register) -> Register:
    """Li has a second entry with the same telephone and a name of the same sound, and a third by an old ID number."""
    register.ids["twin"] = store(register, TWIN)
    register.ids["slipped"] = store(register, SLIPPED)
    return register


def run(register: Register, *, thorough: bool = True) -> DuplicateRun:
    row = services.ask_run(actor=register.world.actor("sales_head"), thorough=thorough, now=clock.now())
    jobs.work(run=row.id, now=clock.now())
    row.refresh_from_db()
    return row


def found() -> dict[tuple[UUID, UUID], SuspectedPair]:
    return {(pair.customer_id, pair.other_id): pair for pair in SuspectedPair.objects.all()}


def test_equal_numbers_are_found_without_the_extra(
    doubled: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probable, "is_available", lambda: False)
    row = run(doubled)
    assert (row.state, row.found) == (RunState.DONE, 1)
    (pair,) = SuspectedPair.objects.all()
    assert {pair.customer_id, pair.other_id} == {doubled["li"], doubled["twin"]}
    assert pair.reasons == ["phone:same", "name:sound"]


def test_a_shared_telephone_alone_is_no_reason(register: Register) -> None:
    other = store(register, {"person_name": "王建国", "mobile": "13812345678"})
    # Short tokens bring others together by chance.
    assert any({register["li"], other} <= {*group} for group in exact.candidates())
    run(register, thorough=False)
    assert not SuspectedPair.objects.exists()


@pytest.mark.parametrize("seed", range(2))
def test_equal_numbers_are_found_among_all_who_share_a_token_by_chance(register: Register, seed: int) -> None:
    """With the shortest tokens there are, in a register that has outgrown them; a switchboard tells nobody apart."""
    rebuilding.begin(actor=OPERATOR, planned=64)
    list(rebuilding.work(actor=OPERATOR, batch=500))
    chance, sales = random.Random(seed), register.world.departments["sales"].id
    phones = [f"13{chance.randrange(10**9):09}" for _ in range(500)]
    people = [
        (chance.choice("王李张刘") + chance.choice("伟芳敏静"), chance.choice(phones)) for _ in range(900)
    ]
    people += [(f"王{chance.choice('伟芳')}", "13000000000") for _ in range(exact.MOST + 1)]
    entries = [
        CustomerEntry(Kind.PERSON, kept({"person_name": name, "mobile": phone}), sales, Scope.DEPARTMENT)
        for name, phone in people
    ]
    clerk = register.world.actor("clerk")
    stored = services_of_register.store(actor=clerk, footing=FOOTING, entries=entries, now=clock.now())
    run(register, thorough=False)
    same: dict[tuple[str, str], list[UUID]] = {}
    for one, who in zip(stored, people, strict=True):
        same.setdefault(who, []).append(one.customer)
    expected = {
        pair
        for (_name, phone), some in same.items()
        if phone != "13000000000"
        for pair in combinations(sorted(some), 2)
    }
    told = {pair for pair, row in found().items() if row.reasons == ["phone:same", "name:same"]}
    assert len(expected) > 20
    assert told == expected


@pytest.mark.skipif(not probable.is_available(), reason="the extra dedupe is not installed")
def test_likeness_finds_a_legacy_number_and_says_why(doubled: Register) -> None:
    row = run(doubled)
    assert row.state == RunState.DONE
    assert row.compared == row.customers == 7
    pair = found()[doubled["li"], doubled["slipped"]]
    assert "number:same" in pair.reasons
    assert "name:sound" in pair.reasons
    assert pair.score > 0.99


def test_the_job_is_journalled_by_the_named_service_without_a_value(doubled: Register) -> None:
    run(doubled)
    told = [
        entry
        for entry in Entry.objects.all()
        if entry.event in {"maintenance.opened", "duplicates.run_finished"}
    ]
    assert {entry.event for entry in told} == {"maintenance.opened", "duplicates.run_finished"}
    assert all(entry.actor == DEDUPLICATION.pseudonym for entry in told)
    everything = str([bytes(entry.body) for entry in Entry.objects.all()]) + str(
        list(SuspectedPair.objects.values_list()) + list(DuplicateRun.objects.values_list())
    )
    for planted in ("13812345678", "李晓明".encode().hex(), ID_NUMBER, "li@example.cn"):
        assert planted not in everything


@pytest.mark.skipif(not probable.is_available(), reason="the extra dedupe is not installed")
@pytest.mark.parametrize("after", [0, 1, 2])
def test_cut_off_anywhere_and_started_again_it_suggests_nothing_twice(
    doubled: Register, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "KEEP_AT_ONCE", 1)
    row = services.ask_run(actor=doubled.world.actor("sales_head"), thorough=True, now=clock.now())
    asked = iter([False] * after + [True] * 99)
    with pytest.raises(JobAborted):
        jobs.work(run=row.id, now=clock.now(), stop=lambda: next(asked))
    jobs.work(run=row.id, now=clock.now())
    row.refresh_from_db()
    assert row.state == RunState.DONE
    assert len(found()) == SuspectedPair.objects.count() == 2
    jobs.work(run=row.id, now=clock.now())  # delivered twice: over already
    assert SuspectedPair.objects.count() == 2


def test_what_was_judged_is_never_suggested_again(doubled: Register) -> None:
    run(doubled)
    pair = found()[doubled["li"], doubled["twin"]]
    head = doubled.world.actor("sales_head")
    services.judge(actor=head, pair=pair.id, verdict=PairState.DIFFERENT, now=clock.now())
    run(doubled)
    pair.refresh_from_db()
    assert pair.state == PairState.DIFFERENT
    with pytest.raises(DuplicateProblem, match="decided"):
        services.judge(actor=head, pair=pair.id, verdict=PairState.LATER, now=clock.now())
    services.judge(actor=head, pair=pair.id, verdict=PairState.OPEN, now=clock.now())
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == (PairState.OPEN, None)


def test_one_search_at_a_time(register: Register) -> None:
    head = register.world.actor("sales_head")
    services.ask_run(actor=head, thorough=True, now=clock.now())
    with pytest.raises(DuplicateProblem, match=r"run\.open"):
        services.ask_run(actor=head, thorough=True, now=clock.now())
    assert services.ask_by_calendar(now=clock.now()) is None


def test_without_keys_the_run_says_so(doubled: Register) -> None:
    row = services.ask_run(actor=doubled.world.actor("sales_head"), thorough=True, now=clock.now())
    with without_keys():
        jobs.work(run=row.id, now=clock.now())
    row.refresh_from_db()
    assert (row.state, row.problem) == (RunState.FAILED, "keys")


@pytest.mark.parametrize(
    ("who", "sees"), [("sales_head", 3), ("clerk", 3), ("marketing_head", 0), ("agent", 0), ("newcomer", 0)]
)
def test_only_who_may_see_both_sees_the_pair(doubled: Register, who: str, sees: int) -> None:
    now: datetime = clock.now()
    row = services.ask_run(actor=doubled.world.actor("sales_head"), thorough=False, now=now)
    li, twin, slipped = doubled["li"], doubled["twin"], doubled["slipped"]
    pairs = [(li, twin), (li, slipped), (twin, slipped)]
    finding.keep(row, [(*sorted(pair), Suspicion(0.9, ("name:same",))) for pair in pairs], now)  # type: ignore[misc]
    listed = queries.pairs(doubled.world.actor(who), queries.Filters())
    assert len(listed) == sees
