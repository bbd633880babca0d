import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from shouxin.kit import ids
from shouxin.vault.errors import RevisionConflict
from shouxin.vault.models import SealedHistory, SealedRecord
from shouxin.vault.services import reveal
from shouxin.vault.tests import cast

pytestmark = pytest.mark.django_db
THREADS, ROUNDS = 8, 6


def together(work: Callable[[int], None]) -> list[BaseException]:
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


def test_eight_writers_of_one_customer_lose_no_revision(shared_vault: None) -> None:
    customer, order = ids.new(), ids.new()

    def work(number: int) -> None:
        for turn in range(ROUNDS):
            field = ("note", "mobile", "person_name", "customer_no")[number % 4]
            cast.store(
                cast.write(customer, **{field: f"{number}-{turn}"}),  # type: ignore[arg-type] - texts
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
    problems = together(
        lambda number: cast.store(cast.write(customer, expected=1, note=str(number))) and None
    )
    assert len(problems) == THREADS - 1
    assert all(isinstance(p, RevisionConflict) for p in problems)
    assert SealedRecord.objects.get(record_id=customer).revision == 2
