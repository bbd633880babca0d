import threading
from collections.abc import Callable, Collection, Sequence
from uuid import UUID

import pytest
from django.db import connection, transaction

from shouxin.core.policy import GroupState
from shouxin.kit import ids
from shouxin.vault import groups, sealing
from shouxin.vault.errors import RevisionConflict
from shouxin.vault.groups import Loaded, Pair
from shouxin.vault.models import SealedHistory, SealedRecord
from shouxin.vault.services import reveal
from shouxin.vault.tests import cast

pytestmark = pytest.mark.django_db
THREADS, ROUNDS = 8, 6


def together(work: Callable[[int], object]) -> list[BaseException]:
    problems: list[BaseException] = []
    start = threading.Barrier(THREADS)

    def run(number: int) -> None:
        try:
            start.wait()
            work(number)
        except Exception as problem:  # noqa: BLE001 - handed to the main thread
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def write_aside(customer: UUID, field: str) -> None:
    """One write on a connection of its own."""
    try:
        cast.store(cast.write(customer, **{field: "13800138000"}))  # type: ignore[arg-type]
    finally:
        connection.close()


def test_eight_writers_of_one_customer_lose_no_revision(shared_vault: None) -> None:
    customer, order = ids.new(), ids.new()

    def work(number: int) -> None:
        for turn in range(ROUNDS):
            field = ("note", "mobile", "person_name", "customer_no")[number % 4]
            cast.store(
                cast.write(customer, **{field: f"{number}-{turn}"}),  # type: ignore[arg-type]  # texts
                cast.write(customer, cast.ORDER, record=order, order_note=f"{number}-{turn}"),
            )

    assert not together(work)
    record = SealedRecord.objects.get(record_id=customer)
    assert record.revision == THREADS * ROUNDS
    kept = SealedHistory.objects.filter(record_id=customer).values_list("revision", flat=True)
    assert sorted(kept) == list(range(1, THREADS * ROUNDS))
    with transaction.atomic():
        opened = reveal(cast.permit(customer))
    assert not opened.alarms
    assert set(opened.of(customer)) == {"note", "mobile", "person_name", "customer_no"}


def test_of_eight_writers_expecting_one_revision_one_wins(shared_vault: None) -> None:
    customer = cast.new_customer()
    problems = together(lambda number: cast.store(cast.write(customer, expected=1, note=str(number))))
    assert len(problems) == THREADS - 1
    assert all(isinstance(p, RevisionConflict) for p in problems)
    assert SealedRecord.objects.get(record_id=customer).revision == 2


def test_a_group_that_begins_after_it_was_looked_for_is_held_before_it_is_written(
    shared_vault: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, look, read = ids.new(), sealing.lock, groups.load
    second = threading.Thread(target=write_aside, args=(customer, "mobile"))

    def overtaken(pairs: Sequence[Pair], writable: frozenset[GroupState]) -> list[Pair]:
        monkeypatch.setattr(sealing, "lock", look)
        held = look(pairs, writable)
        first = threading.Thread(target=write_aside, args=(customer, "person_name"))
        first.start()
        first.join()
        return held

    def followed(pairs: Collection[Pair], records: Sequence[UUID] | None = None) -> dict[Pair, Loaded]:
        found = read(pairs, records)
        if found and not second.ident:
            second.start()
            second.join(0.5)  # done within it only where nothing holds it back, which is the fault looked for
        return found

    monkeypatch.setattr(sealing, "lock", overtaken)
    monkeypatch.setattr(sealing, "load", followed)
    done = cast.store(cast.write(customer, note="x"))
    second.join()
    assert done.revisions == [2]
    with transaction.atomic():
        opened = reveal(cast.permit(customer))
    assert set(opened.of(customer)) == {"person_name", "note", "mobile"}
    assert list(SealedHistory.objects.values_list("revision", flat=True).order_by("revision")) == [1, 2]
