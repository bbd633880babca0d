"""Each part of the server says how it is and, where something is to be done, what; page and doctor say the same."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.kit import backups, clock
from shouxin.operations.server import doctor, readings
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    settings.DATA = tmp_path


def kinds() -> dict[str, str]:
    return {one.key: one.kind for one in readings.readings()}


def test_the_page_and_the_doctor_give_the_same_answers(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_tried", list)
    page = world.signed_in(client, "system_admin").get("/system/").content.decode()
    told = {one["name"]: one for one in doctor.look().facts()["readings"]}
    for one in readings.readings():
        assert one.title.zh in page
        if one.key not in {"sealer", "queue"}:  # asked only beside a server that runs
            assert told[one.key]["kind"] == one.kind
    assert "PostgreSQL" in page
    assert "Shouxin 0." in page


def test_what_is_not_in_order_says_what_to_do(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "MOST_DRIFT", -timedelta(seconds=1))
    monkeypatch.setattr(readings, "NEEDED_BYTES", 1 << 62)
    monkeypatch.setattr("shouxin.vault.control.provider_state", lambda: None)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status, attempts)"
            " VALUES ('upkeep', 'vault.rotate', 0, '{}', 'failed', 1)"
        )
    found = {one.key: one for one in readings.readings()}
    assert {key: found[key].kind for key in ("clock", "disk", "keys", "queue")} == {
        "clock": "bad",
        "disk": "bad",
        "keys": "bad",
        "queue": "warn",
    }
    assert all(found[key].advice for key in ("clock", "disk", "keys", "queue"))


def test_entries_that_wait_too_long_to_be_sealed_are_told(world: World) -> None:
    assert kinds()["sealer"] == "ok"
    with transaction.atomic():
        journal.append(actor=world.actor("clerk"), event="ledger.check_asked")
    assert kinds()["sealer"] == "bad"


def test_an_old_backup_is_told_and_a_missing_one_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kinds()["backup"] == "warn"
    at = clock.now() - timedelta(days=3)
    one = backups.Backup("nightly", "tape", at, frozenset({1}))
    monkeypatch.setattr(backups.sources, "_entries", {"trial": lambda: [one]})
    assert kinds()["backup"] == "bad"
    fresh = backups.Backup("nightly", "tape", clock.now(), frozenset({1}))
    monkeypatch.setattr(backups.sources, "_entries", {"trial": lambda: [fresh]})
    assert kinds()["backup"] == "ok"


def test_a_part_that_cannot_be_asked_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise ZeroDivisionError

    monkeypatch.setitem(readings.PARTS, "disk", (Text("磁盘", "Disk"), broken))
    found = {one.key: one for one in readings.readings()}
    assert found["disk"].kind == "bad"
    assert found["versions"].kind == "ok"
