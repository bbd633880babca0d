"""GDPRBench as it is measured (docs/performance.md, line 9): every answer is right, each operation leaves an entry."""

from typing import Any

import psycopg
import pytest

from benchmarks.gdprbench.operations import WORKLOADS, Model, Operation, Size, draw, read_by_user
from benchmarks.gdprbench.ours import Ours
from benchmarks.gdprbench.plain import Plain
from benchmarks.line09_gdprbench import Running
from shouxin.journal.models import Entry
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
SMALL = Size(records=160, operations=30, purposes=3)


class Watched(Ours):
    """Notes which operations left nothing in the journal."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.silent: list[str] = []

    def do(self, one: Operation) -> Any:
        before = Entry.objects.count()
        answer = super().do(one)
        self.silent += [one.kind] * (Entry.objects.count() == before)
        return answer


def test_every_answer_is_right_and_journalled_and_a_wrong_one_is_noticed(
    ruled: World, superuser: psycopg.Connection[Any]
) -> None:
    model = Model(SMALL, seed=7)
    ours, plain = Watched(ruled), Plain(superuser, "TEMPORARY")
    sides = Running(ours), Running(plain)
    ours.load(model)
    plain.load(model)
    for workload in WORKLOADS:
        operations = draw(model, workload, SMALL.operations)
        for side in sides:
            side.run(workload, operations)
            assert side.wrong == []
    assert ours.silent == []
    assert len(sides[0].by_kind) >= 15

    left = next(number for number, user in enumerate(model.users) if user.texts)
    ours.do(Operation("delete-record-by-usr", None, left))  # behind the model's back
    superuser.execute("DELETE FROM gdprbench_record WHERE usr = %s", [left])
    model.zipf = lambda: left
    for side in sides:
        side.run("customer", [read_by_user(model)])
        assert side.wrong == ["read-data-by-usr"]
