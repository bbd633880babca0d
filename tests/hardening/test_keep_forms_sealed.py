"""A form that breaks midway, by a database error or a lost connection, leaves nothing of it in clear anywhere."""

import logging
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from shouxin.customers.collection.models import FormDraft, Submission
from shouxin.customers.collection.tests.cast import notice_of
from shouxin.customers.collection_forms.models import FormVersion
from shouxin.customers.collection_forms.tests.cast import PERSON, published
from shouxin.customers.registry.models import Customer
from shouxin.kit import ids
from shouxin.vault import services as vault
from tests.hardening.plaintext import Place, files, leaks, tables
from tests.harness import early
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

DIGITS = f"{secrets.randbelow(10**7):07}"
PLANTED = {
    "person_name": "阿依古丽买买提",
    "mobile": f"1397{DIGITS}",
    "email": f"gul.{secrets.token_hex(4)}@example.com",
    "remark": f"对坚果过敏 {secrets.token_hex(4)}",
}
FIELDS = (*PERSON, ("remark", "optional", False))


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The product's log in a file, and a temporary folder of the test's own."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    root, handler = logging.getLogger(), logging.FileHandler(tmp_path / "web.log", encoding="utf-8")
    handler.setFormatter(
        next(h.formatter for h in root.handlers if "Processor" in type(h.formatter).__name__)
    )
    root.addHandler(handler)
    yield tmp_path
    root.removeHandler(handler)
    handler.close()


def _database_error(superuser: psycopg.Connection, _patch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The very last row of the submission is refused by the database, whose message repeats the row."""
    superuser.execute("ALTER TABLE collection_submission ADD CONSTRAINT broken CHECK (false) NOT VALID")

    def mend() -> None:
        superuser.execute("ALTER TABLE collection_submission DROP CONSTRAINT broken")

    return mend


def _lost_connection(superuser: psycopg.Connection, patch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The connection is killed while the values are being stored."""
    seal = vault.seal

    def killed(**given: Any) -> Any:
        done = seal(**given)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            superuser.execute("SELECT pg_terminate_backend(%s)", cursor.fetchone())
        return done

    patch.setattr(vault, "seal", killed)
    return patch.undo


def _error_with_the_value(_superuser: psycopg.Connection, patch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Something raises an error whose own message holds what was typed."""

    def broken(**_given: Any) -> Any:
        raise RuntimeError(f"cannot store {PLANTED['mobile']} {PLANTED['person_name']}")

    patch.setattr(vault, "seal", broken)
    return patch.undo


def _sent(world: World, row: FormVersion, values: Mapping[str, str], verb: str) -> dict[str, str]:
    return {
        "draft": str(ids.new()),
        "kind": "person",
        "notice_version": str(notice_of(row)),
        "told": "on",
        "department": str(world.departments["sales"].id),
        "scope": "department",
        "verb": verb,
        **values,
    }


@pytest.mark.clause("D8.1")
@pytest.mark.parametrize("fail", [_database_error, _lost_connection, _error_with_the_value])
def test_drafts_queue_log_and_errors_of_a_broken_submission_hold_no_plaintext(
    ruled: World,
    client: Client,
    log: Path,
    superuser: psycopg.Connection,
    fail: Callable[[psycopg.Connection, pytest.MonkeyPatch], Callable[[], None]],
) -> None:
    row, began = published(ruled, FIELDS), time.time() - 1
    ruled.signed_in(client, "clerk")
    client.raise_request_exception = False
    path = f"/customers/collect/{row.form_id}/"
    assert client.post(path, _sent(ruled, row, PLANTED, "keep")).status_code == 302
    assert client.post(path, _sent(ruled, row, PLANTED | {"id_number": "x"}, "send")).status_code == 422
    with pytest.MonkeyPatch.context() as patch:
        mend = fail(superuser, patch)
        broken = client.post(path, _sent(ruled, row, PLANTED, "send"))
        mend()
    assert broken.status_code in {500, 503}
    assert (Customer.objects.count(), Submission.objects.count(), FormDraft.objects.count()) == (0, 0, 1)
    assert leaks([Place("the answer", broken.content)], PLANTED) == set()
    superuser.execute("CHECKPOINT")
    places = [*tables(superuser), *files([log, Path(settings.DATA), early.RUN], since=began)]
    assert leaks(places, PLANTED) == set()
    assert not list((log / "temporary").iterdir())
    assert "500" in (log / "web.log").read_text(encoding="utf-8")
