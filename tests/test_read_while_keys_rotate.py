"""Eight readers while an import, a key rotation and the sealer run: none is turned away, each read is journalled."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from shouxin.core.policy import Action
from shouxin.customers.registry import services
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Kind, Scope
from shouxin.gate import services as gate
from shouxin.journal.models import Entry, Leaf
from shouxin.journal.sealer import Sealer
from shouxin.kit import clock
from shouxin.vault import services as vault
from shouxin.vault.jobs import KEEPER
from shouxin.vault.models import DataKey, EpochKey, EpochState
from tests.register import FOOTING, PEOPLE, SALES, Register, kept

pytestmark = pytest.mark.django_db(transaction=True)
READERS, READS, BATCHES, ROTATIONS = 8, 6, 3, 2


def reads(register: Register, seen: list[bool]) -> None:
    for turn in range(READS):
        name = ("li", "zhang")[turn % 2]
        opened = gate.open_sealed(
            actor=register.world.actor("clerk"),
            purpose=SALES,
            customers=[register[name]],
            fields=["person_name", "mobile"],
            action=Action.READ,
            reason="order",
            now=clock.now(),
        )
        phone = PEOPLE[name]["mobile"]
        seen.append(opened.revealed.of(register[name])["mobile"].text == f"{phone[:3]}****{phone[-4:]}")


def imports(register: Register) -> None:
    sales = register.world.departments["sales"].id
    for batch in range(BATCHES):
        entries = [
            CustomerEntry(Kind.PERSON, kept({"person_name": f"客户{n}"}), sales, Scope.DEPARTMENT)
            for n in range(batch * 20, batch * 20 + 20)
        ]
        services.store(actor=register.world.actor("clerk"), footing=FOOTING, entries=entries, now=clock.now())


def rotates() -> None:
    for _ in range(ROTATIONS):
        for _done in vault.rotate(actor=KEEPER, batch=5):
            pass


def at_once(works: Sequence[Callable[[], None]], beside: Callable[[], object]) -> list[Exception]:
    """What went wrong when all of them were done at the same moment, and something again and again beside them."""
    problems, start, done = list[Exception](), threading.Barrier(len(works) + 1), threading.Event()

    def run(work: Callable[[], None]) -> None:
        try:
            start.wait()
            work()
        except Exception as problem:  # noqa: BLE001 - told in the main thread
            problems.append(problem)
        finally:
            connection.close()

    def again() -> None:
        while not done.is_set():
            beside()

    threads = [threading.Thread(target=run, args=(work,)) for work in (*works, again)]
    for thread in threads:
        thread.start()
    for thread in threads[:-1]:
        thread.join()
    done.set()
    threads[-1].join()
    return problems


def test_reads_go_on_while_everything_else_runs(
    register: Register, superuser: psycopg.Connection[Any], tmp_path: Path
) -> None:
    sealer, seen = Sealer(superuser, tmp_path), list[bool]()
    before = Entry.objects.filter(event="field.read").count()
    reading = [lambda: reads(register, seen)] * READERS
    problems = at_once([*reading, lambda: imports(register), rotates], sealer.round)
    sealer.round()

    assert problems == []
    assert seen == [True] * (READERS * READS)
    assert Entry.objects.filter(event="field.read").count() - before == READERS * READS
    assert Leaf.objects.count() == Entry.objects.count()
    current = EpochKey.objects.get(state=EpochState.CURRENT)
    assert set(DataKey.objects.values_list("epoch", flat=True)) == {current.epoch}
