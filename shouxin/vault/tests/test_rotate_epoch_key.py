import os
import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from shouxin.core.policy import NotAllowed
from shouxin.journal.models import Entry
from shouxin.vault import rotation
from shouxin.vault.errors import TamperFound
from shouxin.vault.models import DataKey, EpochKey
from shouxin.vault.queries import key_status
from shouxin.vault.services import reveal, rotate
from shouxin.vault.tests import cast


class Interrupted(Exception):
    """Stands for the process being killed in the middle of a batch."""


def name_of(customer: UUID) -> str | None:
    with transaction.atomic():
        return reveal(cast.permit(customer)).of(customer)["person_name"].text


@pytest.mark.django_db
@pytest.mark.clause("A7.2")
def test_rotation_ends_with_a_count_of_nothing_under_the_old_key(vault: None) -> None:
    customers = [cast.new_customer() for _ in range(7)]
    steps = list(rotate(actor=cast.OPERATOR, batch=3))
    assert [s.rewrapped for s in steps] == [3, 3, 1, 0]
    assert (steps[-1].finished, steps[-1].remaining, steps[-1].old, steps[-1].new) == (True, 0, 1, 2)
    status = key_status(actor=cast.OPERATOR)
    assert [(e.epoch, e.state, e.data_keys) for e in status.epochs] == [(1, "retired", 0), (2, "current", 7)]
    assert EpochKey.objects.get(epoch=1).wrapped is None
    assert {name_of(c) for c in customers} == {"王芳"}
    assert b'"remaining":0' in bytes(Entry.objects.get(event="rotation.finished").body)


@pytest.mark.django_db
@pytest.mark.clause("A7.2")
def test_an_interrupted_rotation_goes_on_where_it_stood(
    shared_vault: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    customers = [cast.new_customer() for _ in range(6)]
    rewrapped, calls = rotation._rewrapped, 0

    def killed(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise Interrupted
        return rewrapped(*arguments)

    monkeypatch.setattr(rotation, "_rewrapped", killed)
    with pytest.raises(Interrupted):
        list(rotate(actor=cast.OPERATOR, batch=2))
    assert sorted(DataKey.objects.values_list("epoch", flat=True)) == [1, 1, 1, 1, 2, 2]
    assert {name_of(c) for c in customers} == {"王芳"}  # old and new keys side by side
    late = cast.new_customer()
    assert DataKey.objects.get(customer_id=late).epoch == 2
    steps = list(rotate(actor=cast.OPERATOR, batch=100))
    assert [(s.rewrapped, s.finished) for s in steps] == [(4, False), (0, True)]
    assert not EpochKey.objects.filter(epoch__gt=2).exists()
    assert {name_of(c) for c in [*customers, late]} == {"王芳"}


@pytest.mark.django_db
def test_a_killed_process_leaves_a_rotation_that_can_go_on(shared_vault: None, root_key: Path) -> None:
    customers = [cast.new_customer() for _ in range(6)]
    connection.close()
    child = os.fork()
    if not child:
        for _ in rotate(actor=cast.OPERATOR, batch=2):
            os.kill(os.getpid(), 9)
    assert os.waitpid(child, 0)[1] == 9
    assert sorted(DataKey.objects.values_list("epoch", flat=True)) == [1, 1, 1, 1, 2, 2]
    assert list(rotate(actor=cast.OPERATOR, batch=2))[-1].remaining == 0
    assert {name_of(c) for c in customers} == {"王芳"}


@pytest.mark.django_db
@pytest.mark.clause("A7.2")
def test_users_read_and_write_while_keys_are_rotated(shared_vault: None) -> None:
    customers = [cast.new_customer() for _ in range(12)]
    stop, problems, made = threading.Event(), [], []

    def work(number: int) -> None:
        try:
            count = 0
            while not stop.is_set() or count < 5:
                count += 1
                customer = customers[(number + count) % len(customers)]
                if number % 2:
                    cast.store(cast.write(customer, note=str(count)))
                    made.append(cast.new_customer())
                else:
                    assert name_of(customer) == "王芳"
        except Exception as problem:  # noqa: BLE001 - handed to the main thread
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    try:
        finals = [list(rotate(actor=cast.OPERATOR, batch=4))[-1] for _ in range(2)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not problems
    assert [(f.old, f.new, f.remaining, f.finished) for f in finals] == [(1, 2, 0, True), (2, 3, 0, True)]
    assert set(DataKey.objects.values_list("epoch", flat=True)) == {3}
    assert {name_of(c) for c in [*customers, *made]} == {"王芳"}


@pytest.mark.django_db
def test_a_foreign_key_row_stops_the_rotation_by_name(vault: None) -> None:
    one, two = cast.new_customer(), cast.new_customer()
    DataKey.objects.filter(customer_id=one).update(wrapped=DataKey.objects.get(customer_id=two).wrapped)
    with pytest.raises(TamperFound) as caught:
        list(rotate(actor=cast.OPERATOR))
    assert caught.value.customer_id == one


@pytest.mark.django_db
def test_only_those_who_may_rotate(vault: None) -> None:
    with pytest.raises(NotAllowed):
        list(rotate(actor=cast.KEEPER))
