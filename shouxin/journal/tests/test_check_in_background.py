"""A check of the whole ledger is a job: one at a time, with progress, its result kept, begun anew when cut off."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from shouxin.core.policy import Actor, NotAllowed
from shouxin.journal import checking
from shouxin.journal.models import CheckState, Entry, LedgerCheck
from shouxin.journal.services import NoLedgerYet, public_key
from shouxin.journal.tests.test_seal_entries import append_rows
from shouxin.journal.verification import Verification
from shouxin.kit import clock
from tests.harness.jobs import run_queued

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ids(actor: Actor, seal: Callable[[], int]) -> list[UUID]:
    written = append_rows(actor, 300)
    seal()
    return written


def ask(auditor: Actor) -> UUID:
    return checking.ask(auditor, now=clock.now()).id


def test_a_sound_ledger_is_found_sound_and_the_result_is_kept(auditor: Actor, ids: list[UUID]) -> None:
    check = ask(auditor)
    assert run_queued() == [checking.CHECK]
    found = LedgerCheck.objects.get(id=check)
    assert (found.state, found.size, found.done, found.findings) == (CheckState.SOUND, 300, 300, [])
    assert (found.asked_by, bool(found.finished_at)) == (auditor.pseudonym, True)
    assert [one.id for one in checking.latest(auditor)] == [check]
    told = list(Entry.objects.order_by("id").values_list("event", "actor"))[-2:]
    assert told == [
        ("ledger.check_asked", auditor.pseudonym),
        ("ledger.verified", checking.CHECKER.pseudonym),
    ]


def test_entries_that_are_sealed_meanwhile_raise_no_alarm(
    auditor: Actor, actor: Actor, ids: list[UUID], seal: Callable[[], int], data: Path
) -> None:
    for grown in (20, 300):  # the partial tile outside is replaced by a wider one, then by a complete one
        begun = Verification(data=data, key=public_key())
        append_rows(actor, grown)
        seal()
        report = begun.run()
        assert (report.sound, report.findings) == (True, [])


def test_a_removed_entry_is_named_in_the_result(
    auditor: Actor, ids: list[UUID], superuser: psycopg.Connection[Any]
) -> None:
    superuser.execute("DELETE FROM journal_entry WHERE id = %s", [ids[100]])
    check = ask(auditor)
    run_queued()
    found = LedgerCheck.objects.get(id=check)
    assert found.state == CheckState.UNSOUND
    assert found.findings[0]["what"] == "removed"
    assert "100" in found.findings[0]["zh"]


def test_a_second_one_waits_for_the_first(auditor: Actor, ids: list[UUID]) -> None:
    ask(auditor)
    with pytest.raises(checking.CheckRunning):
        ask(auditor)
    run_queued()
    ask(auditor)
    assert LedgerCheck.objects.count() == 2


def test_a_stopped_check_begins_anew(auditor: Actor, ids: list[UUID]) -> None:
    check = ask(auditor)
    with pytest.raises(checking.Stopped):
        checking.run(check=check, stop=lambda: True)
    assert LedgerCheck.objects.get(id=check).state == CheckState.RUNNING
    run_queued()
    assert LedgerCheck.objects.get(id=check).state == CheckState.SOUND


def test_a_check_that_breaks_off_says_so_and_stands_in_nobodys_way(
    auditor: Actor, ids: list[UUID], data: Path
) -> None:
    check = ask(auditor)
    (data / "keys" / "ledger.pub").unlink()
    with pytest.raises(NoLedgerYet):
        run_queued()
    found = LedgerCheck.objects.get(id=check)
    assert (found.state, bool(found.finished_at)) == (CheckState.FAILED, True)


def test_a_check_whose_job_is_lost_is_given_up(auditor: Actor, ids: list[UUID]) -> None:
    lost = ask(auditor)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    again = ask(auditor)
    assert LedgerCheck.objects.get(id=lost).state == CheckState.FAILED
    assert again != lost


def test_only_those_who_may_verify_ask(actor: Actor, ids: list[UUID]) -> None:
    with pytest.raises(NotAllowed):
        checking.ask(actor, now=clock.now())
