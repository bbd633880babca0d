"""Several people, or a process that is killed, while files are stored: once, whole, or not at all."""

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from shouxin.customers.attachments import upkeep
from shouxin.customers.attachments.models import Attachment, StoredFile
from shouxin.customers.attachments.rules import STRAY_AFTER
from shouxin.customers.attachments.tests import cast
from shouxin.kit import clock
from shouxin.operations.server.credentials import Credentials
from shouxin.vault.models import FileKey
from tests.attachments.opening import NAME
from tests.harness.jobs import ROOT
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4
# Stores a file and stops dead before the transaction is committed, when its bytes lie there already.
CUT_OFF = """
import sys, time
import django
django.setup()
from uuid import UUID
from shouxin.customers.attachments import services
from shouxin.customers.attachments.models import Kind
from shouxin.customers.attachments.tests import cast
from shouxin.kit import clock
from shouxin.people import queries
from shouxin.people.models import Staff
from tests.register import FOOTING

def stand_still(**_told):
    print("stored", flush=True)
    time.sleep(600)

services.journal.append = stand_still
services.attach(
    actor=queries.actor_of(Staff.objects.get(user_name="clerk")), footing=FOOTING, customer=UUID(sys.argv[1]),
    file=services.NewFile(Kind.CONTRACT, "a.pdf", cast.pdf(2)), now=clock.now(),
)
"""


def test_the_same_file_attached_by_several_at_once_is_stored_once(register: Register, folder: Path) -> None:
    start, problems = threading.Barrier(AT_ONCE), list[BaseException]()

    def run() -> None:
        try:
            start.wait()
            cast.attach(register, cast.pdf(), NAME)
        except Exception as problem:  # noqa: BLE001 - handed to the main thread
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert Attachment.objects.count() == AT_ONCE
    assert StoredFile.objects.count() == len(list(folder.iterdir())) == 1


def test_of_two_who_replace_the_same_version_one_is_told(register: Register, folder: Path) -> None:
    first = cast.attach(register, cast.pdf(), NAME)
    start, done, problems = threading.Barrier(2), list[Attachment](), list[BaseException]()

    def run(pages: int) -> None:
        try:
            start.wait()
            done.append(cast.attach(register, cast.pdf(pages), NAME, replaces=first.id))
        except Exception as problem:  # noqa: BLE001 - handed to the main thread
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(pages,)) for pages in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), [str(problem) for problem in problems]) == (1, ["attachment.not-current"])
    assert len(list(folder.iterdir())) == 2


def test_an_upload_killed_in_the_middle_is_not_seen_and_is_swept(
    register: Register, folder: Path, cluster: Credentials, test_database: str
) -> None:
    (folder.parent / "run").mkdir()
    known = {**cluster.as_json(), "name": test_database}
    (folder.parent / "run" / "database.json").write_text(json.dumps(known))
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"SHOUXIN_DATA": str(folder.parent), "DJANGO_SETTINGS_MODULE": "shouxin.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", CUT_OFF, str(register["li"])],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "stored\n"
        os.kill(process.pid, signal.SIGKILL)
    assert not Attachment.objects.exists()
    assert not StoredFile.objects.exists()
    assert not FileKey.objects.exists()
    (left,) = folder.iterdir()
    assert upkeep.sweep(now=clock.now()) == 0  # it might be of an upload that is still under way
    assert left.exists()
    assert upkeep.sweep(now=clock.now() + STRAY_AFTER + timedelta(minutes=1)) == 1
    assert list(folder.iterdir()) == []
