"""Several people at once: a pair is merged once, no edit is lost, chains do not cross; a killed job begins again."""

import os
import signal
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections

from shouxin.customers.duplicates import finding, jobs
from shouxin.customers.duplicates import services as duplicates
from shouxin.customers.duplicates.models import Merge, RunState, SuspectedPair
from shouxin.customers.duplicates.services import DuplicateProblem
from shouxin.customers.duplicates.tests.test_merge_customers import TWIN, content, merge, store, undo
from shouxin.customers.registry import services
from shouxin.customers.registry.models import Customer
from shouxin.kit import clock
from tests.register import FOOTING, Register, kept

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], object]) -> list[str]:
    """Run these at once; how each ended."""
    begin, ended = Barrier(len(works)), ["?"] * len(works)

    def one(number: int, work: Callable[[], object]) -> None:
        try:
            begin.wait()
            work()
            ended[number] = "done"
        except (DuplicateProblem, services.RegistryProblem) as problem:
            ended[number] = problem.code
        finally:
            connection.close()

    threads = [Thread(target=one, args=(n, work)) for n, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def test_two_stewards_merge_the_same_pair_once(register: Register) -> None:
    li, twin = register["li"], store(register, TWIN)
    before = content(li, twin)
    ended = together(lambda: merge(register, li, twin), lambda: merge(register, twin, li, who="top_head"))
    assert sorted(ended) in (["done", "pair.changed-meanwhile"], ["done", "pair.merged-meanwhile"])
    (row,) = Merge.objects.all()
    undo(register, row, who="top_head")
    assert content(li, twin) == before


def test_of_an_edit_and_a_merge_neither_is_lost(register: Register) -> None:
    li, twin = register["li"], store(register, TWIN)
    revision = Customer.objects.get(id=twin).revision

    def edit() -> None:
        services.edit(
            actor=register.world.actor("clerk"),
            footing=FOOTING,
            customer=twin,
            revision=revision,
            values=kept({"email": "new@example.cn"}),
            now=clock.now(),
        )

    ended = together(edit, lambda: merge(register, li, twin))
    assert sorted(ended) in (["customer.changed-meanwhile", "done"], ["done", "pair.changed-meanwhile"])


def test_a_chain_made_at_once_has_one_end(register: Register) -> None:
    li, twin, third = register["li"], store(register, TWIN), store(register, {"person_name": "李小明"})
    ended = together(lambda: merge(register, twin, third), lambda: merge(register, li, twin))
    assert "done" in ended
    stands = {row.id: row.absorbed_by for row in Customer.objects.filter(id__in=[li, twin, third])}
    assert stands[li] is None
    for customer in (twin, third):
        end = stands[customer]
        assert end is None or stands[end] is None  # never through another one


def test_two_undo_it_once(register: Register) -> None:
    li, twin = register["li"], store(register, TWIN)
    before = content(li, twin)
    row = merge(register, li, twin)
    ended = together(lambda: undo(register, row), lambda: undo(register, row, who="top_head"))
    assert sorted(ended) == ["done", "merge.undone"]
    assert content(li, twin) == before


def test_a_search_killed_in_the_middle_begins_again_and_suggests_nothing_twice(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(register, TWIN)
    store(register, {**TWIN, "customer_no": "3"})
    row = duplicates.ask_run(actor=register.world.actor("sales_head"), thorough=False, now=clock.now())
    connections.close_all()
    child = os.fork()
    if child == 0:  # dies as soon as something is kept
        keep = finding.keep

        def once(*given: Any) -> None:
            keep(*given)
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(finding, "keep", once)
        jobs.work(run=row.id, now=clock.now())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    kept = SuspectedPair.objects.count()
    assert kept == 3
    row.refresh_from_db()
    assert row.state == RunState.RUNNING
    jobs.work(run=row.id, now=clock.now())
    row.refresh_from_db()
    assert (row.state, SuspectedPair.objects.count()) == (RunState.DONE, kept)
