"""What is left of a file: sealed while it waits, gone after the run; refused rows sealed until they are destroyed."""

import os
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from shouxin.customers.intake import drafts, services, upkeep
from shouxin.customers.intake.models import BatchState, ImportBatch, RefusedRows
from shouxin.customers.intake.tests import cast
from shouxin.customers.registry import services as registry
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.vault.keyring import keyring, root_key_path
from tests.hardening.plaintext import files, leaks, tables
from tests.harness.jobs import run_queued
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = ("客户编号", "姓名", "手机号码")
PLANTED = {
    "name": "欧阳测试鹤",
    "phone": "13811239876",
    "number": "独有编号-7Q2",
    "refused": "被拒之名册",
    "file": "秘密客户名单",
}
FILE = cast.table(
    HEADER,
    (PLANTED["number"], PLANTED["name"], PLANTED["phone"]),
    (PLANTED["number"], PLANTED["refused"], PLANTED["phone"]),  # the same number, another name: refused
)


def found(superuser: psycopg.Connection, since: float) -> set[tuple[str, str]]:
    return leaks(tables(superuser), PLANTED) | leaks(files([Path(settings.DATA)], since=since), PLANTED)


def imported(register: Register) -> ImportBatch:
    return cast.imported(register, FILE, f"{PLANTED['file']}.csv")


def test_nothing_of_a_file_stands_in_clear_at_any_step(
    register: Register, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = clock.now().timestamp() - 1
    batch = cast.upload(register, FILE, f"{PLANTED['file']}.csv")
    assert not found(superuser, since)
    cast.decide(register, batch.id)
    row = ImportBatch.objects.get(id=batch.id)
    services.mend(
        actor=register.world.actor("clerk"),
        batch=batch.id,
        revision=row.draft_revision,
        sheet=0,
        row=2,
        column=2,
        text=PLANTED["phone"],
    )
    cast.check(register, batch.id)
    assert not found(superuser, since)
    with monkeypatch.context() as patch:
        patch.setattr(registry, "store", fails)
        with pytest.raises(ZeroDivisionError):
            cast.run(register, batch.id)
    assert not found(superuser, since)
    done = cast.run(register, batch.id)
    assert done.refused_count == 1
    assert not found(superuser, since)


def fails(**_: object) -> None:
    raise ZeroDivisionError


def test_after_the_run_the_file_and_its_key_are_gone(register: Register) -> None:
    batch = cast.upload(register, FILE, "f.csv")
    path = cast.file_of(batch)
    assert path.stat().st_mode & 0o077 == 0
    cast.decide(register, batch.id)
    cast.check(register, batch.id)
    done = cast.run(register, batch.id)
    assert not path.exists()
    assert done.upload_destroyed_at
    draft = drafts.opened(done)  # kept for the refused rows: headings, no key, no sample
    assert draft.upload is None
    assert not any(look.samples for look in draft.looks)
    clean = cast.imported(register, cast.table(HEADER, ("新-1", "王一", "")), "g.csv")
    assert clean.wrapped_key is None
    assert clean.draft is None


def test_refused_rows_are_destroyed_on_request(register: Register) -> None:
    batch = imported(register)
    assert [row.cells[1] for row in drafts.refused_rows(batch)] == [PLANTED["refused"]]
    services.destroy_refusals(actor=register.world.actor("clerk"), batch=batch.id, now=clock.now())
    batch.refresh_from_db()
    assert not RefusedRows.objects.exists()
    with pytest.raises(drafts.Gone):
        list(drafts.refused_rows(batch))
    assert cast.counts(batch) == (1, 0, 0, 1, 0)


def test_a_cancelled_batch_leaves_nothing_of_the_file(register: Register) -> None:
    batch = cast.upload(register, FILE, "f.csv")
    path = cast.file_of(batch)
    services.cancel(actor=register.world.actor("clerk"), batch=batch.id, now=clock.now())
    batch.refresh_from_db()
    assert not path.exists()
    assert (batch.wrapped_key, batch.draft, batch.state) == (None, None, BatchState.CANCELLED)


def test_what_waits_too_long_is_destroyed_and_stands_in_the_journal(register: Register) -> None:
    waiting = cast.upload(register, FILE, "f.csv")
    path = cast.file_of(waiting)
    done = imported(register)
    now = clock.now()
    upkeep.sweep(now=now + timedelta(days=13))
    assert path.exists()
    upkeep.sweep(now=now + timedelta(days=15))
    waiting.refresh_from_db()
    assert (waiting.state, path.exists()) == (BatchState.CANCELLED, False)
    assert RefusedRows.objects.exists()
    upkeep.sweep(now=now + timedelta(days=31))
    done.refresh_from_db()
    assert (done.wrapped_key, RefusedRows.objects.exists()) == (None, False)
    assert Entry.objects.filter(event="batch.cancelled").count() == 1
    assert Entry.objects.filter(event="batch.refusals_destroyed").count() == 1


def test_leftovers_of_an_upload_that_was_cut_off_are_swept(register: Register) -> None:
    batch = cast.upload(register, FILE, "f.csv")
    mine, part, stray = cast.file_of(batch), drafts.folder() / "x.part", drafts.folder() / "y.sealed"
    fresh = drafts.folder() / "z.part"
    for path in (part, stray, fresh):
        path.write_bytes(b"x")
    for path in (mine, part, stray):
        os.utime(path, (0, 0))
    upkeep.sweep(now=clock.now())
    assert (mine.exists(), part.exists(), stray.exists(), fresh.exists()) == (True, False, False, True)


def test_without_keys_no_file_is_taken_for_a_leftover(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "_interval", 0.0)
    path = cast.file_of(cast.upload(register, FILE, "f.csv"))
    os.utime(path, (0, 0))
    away = root_key_path().with_suffix(".away")
    root_key_path().rename(away)
    keyring.drop()
    try:
        with pytest.raises(Exception, match=r"(?i)key"):
            upkeep.sweep(now=clock.now())
    finally:
        away.rename(root_key_path())
        keyring.drop()
    assert path.exists()


def test_a_batch_whose_job_was_lost_gets_another_one(
    register: Register, superuser: psycopg.Connection
) -> None:
    batch = cast.upload(register, FILE, "f.csv")
    cast.decide(register, batch.id)
    row = ImportBatch.objects.get(id=batch.id)
    services.request_check(actor=register.world.actor("clerk"), batch=row.id, revision=row.draft_revision)
    superuser.execute("DELETE FROM procrastinate_jobs")
    upkeep.sweep(now=clock.now())
    upkeep.sweep(now=clock.now())
    assert run_queued("intake") == ["intake.check"]
    row.refresh_from_db()
    assert row.state == BatchState.CHECKED
