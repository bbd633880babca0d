"""Two approvers at the same moment, and a sealing that is killed: once, whole, and to the end."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from shouxin.customers.registry import sealing_up, services
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Kind, Scope
from shouxin.kit import clock
from shouxin.operations.server.credentials import Credentials
from shouxin.rulebook.catalogue import grading
from shouxin.rulebook.catalogue.models import Field, FieldSealing, LevelLowering
from shouxin.vault import services as vault
from shouxin.vault.keyring import root_key_path
from tests.harness.jobs import ROOT
from tests.register import FOOTING, Register, kept

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "company_name"
# Seals customer by customer and stops dead within the second step, before it is committed.
CUT_OFF = """
import time
import django
django.setup()
from shouxin.customers.registry import sealing_up

steps = []

def stand_still(sealing, **counted):
    advance(sealing, **counted)
    steps.append(1)
    if len(steps) == 2:
        print("within", flush=True)
        time.sleep(600)

advance, sealing_up.sealings.advance = sealing_up.sealings.advance, stand_still
sealing_up.seal_up(stop=lambda: False, batch=1)
"""


def at_once(*deeds: Callable[[], object]) -> list[BaseException]:
    """What went wrong when all of them were done at the same moment."""
    start, problems = threading.Barrier(len(deeds)), list[BaseException]()

    def run(deed: Callable[[], object]) -> None:
        try:
            start.wait()
            deed()
        except Exception as problem:  # noqa: BLE001 - handed to the main thread
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def proposed(register: Register) -> str:
    found = Field.objects.filter(level=3, is_sensitive=False, active=True, exposure="private")
    key = found.exclude(verification__startswith="VERIFIED").order_by("key")[0].key
    grading.propose_lowering(register.world.actor("officer"), key=key, level=2, reason="放宽")
    return key


def test_one_person_approving_twice_at_once_counts_once(register: Register) -> None:
    key, head = proposed(register), register.world.actor("sales_head")
    problems = at_once(*[lambda: grading.approve_lowering(head, key=key)] * 2)
    assert [str(problem) for problem in problems] == ["field.needs_two"]
    assert Field.objects.get(key=key).level == 3


def test_two_people_at_once_are_two(register: Register) -> None:
    key, world = proposed(register), register.world
    head, security = world.actor("sales_head"), world.actor("security_admin")
    problems = at_once(
        lambda: grading.approve_lowering(head, key=key), lambda: grading.approve_lowering(security, key=key)
    )
    assert problems == []
    proposal = LevelLowering.objects.get()
    assert {proposal.first_by, proposal.closed_by} == {head.pseudonym, security.pseudonym}
    assert Field.objects.get(key=key).level == 2


def test_raised_and_lowered_at_once_it_is_never_lower_than_raised(register: Register) -> None:
    key, world = proposed(register), register.world
    grading.approve_lowering(world.actor("sales_head"), key=key)
    security, officer = world.actor("security_admin"), world.actor("officer")
    problems = at_once(
        lambda: grading.approve_lowering(security, key=key),
        lambda: grading.raise_grade(officer, key=key, level=4, reason="从严"),
    )
    assert len(problems) <= 1  # whoever came second may have been told that the level had changed
    assert Field.objects.get(key=key).level == 4


def test_a_sealing_that_is_killed_goes_on_where_it_was(
    register: Register, cluster: Credentials, test_database: str, tmp_path: Path
) -> None:
    clerk, sales = register.world.actor("clerk"), register.world.departments["sales"].id
    entries = [
        CustomerEntry(Kind.ORGANISATION, kept({KEY: f"第{n}家有限公司"}), sales, Scope.DEPARTMENT, clerk.id)
        for n in range(3)
    ]
    services.store(actor=clerk, footing=FOOTING, entries=entries, now=clock.now())
    grading.raise_grade(
        register.world.actor("officer"), key=KEY, level=3, exposure="private", reason="客户要求保密"
    )
    assert sealing_up.in_clear(KEY) == 4
    data = tmp_path / "data"
    (data / "run").mkdir(parents=True)
    known = {**cluster.as_json(), "name": test_database}
    (data / "run" / "database.json").write_text(json.dumps(known))
    (data / "keys").mkdir(mode=0o700)
    shutil.copy(root_key_path(), data / root_key_path().relative_to(root_key_path().parents[1]))
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"SHOUXIN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "shouxin.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", CUT_OFF], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "within\n"
        os.kill(process.pid, signal.SIGKILL)
    assert FieldSealing.objects.get().sealed == 1
    assert sealing_up.seal_up(stop=lambda: False)
    done = FieldSealing.objects.get()
    assert (done.sealed, done.left, sealing_up.in_clear(KEY)) == (4, 0, 0)
    *_, last = vault.check(actor=register.world.actor("security_admin"))
    assert last.found == []
