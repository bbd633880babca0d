"""One entry is gone over from its bytes to the signature, and its proof convinces the verifier that is handed out."""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from shouxin.core.ledger.entry import Entry as Happening
from shouxin.core.ledger.entry import decode, encode
from shouxin.core.ledger.errors import LedgerError
from shouxin.core.ledger.tree import leaf_hash
from shouxin.core.policy import Actor, NotAllowed
from shouxin.journal import commands, proving
from shouxin.journal.models import Entry
from shouxin.journal.tests.test_seal_entries import append_one, append_rows
from shouxin.kit import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ids(actor: Actor, seal: Callable[[], int]) -> list[UUID]:
    written = append_rows(actor, 300)
    seal()
    return written


def last(event: str) -> dict[str, Any]:
    found = Entry.objects.filter(event=event).order_by("-id").first()
    assert found is not None
    data: dict[str, Any] = json.loads(bytes(found.body)[1:])["data"]
    return data


def stand_alone(file: Path, key: Path) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "shouxin.core.ledger.standalone", str(file), "--key", str(key), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def command_line(file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    given = argparse.Namespace(checkpoint=[], proof=file, json=True)
    status = commands.verify(given)
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("place", [0, 255, 256, 299])
def test_a_sealed_entry_is_proved_step_by_step(auditor: Actor, ids: list[UUID], place: int) -> None:
    found = proving.verify_entry(auditor, ids[place], now=clock.now())
    assert found.sound
    assert found.held == tuple(proving.Step)
    assert (found.index, found.size) == (place, 300)
    assert last("entry.verified") == {
        "entry": str(ids[place]),
        "index": place,
        "size": 300,
        "proved": "sound",
    }


def test_the_downloaded_proof_convinces_both_verifiers(
    auditor: Actor, ids: list[UUID], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "one.tlog-proof"
    file.write_text(proving.proof_of(auditor, ids[200]).text(), encoding="utf-8")
    status, verdict = stand_alone(file, data / "keys" / "ledger.pub")
    assert (status, verdict["index"], verdict["entry"]["id"]) == (0, 200, str(ids[200]))
    status, verdict = command_line(file, capsys)
    assert (status, verdict["ok"], verdict["index"], verdict["size"]) == (0, True, 200, 300)
    assert last("entry.proof_made") == {"entry": str(ids[200]), "index": 200, "size": 300}
    file.write_text(file.read_text(encoding="utf-8").replace("index 200", "index 201"), encoding="utf-8")
    assert command_line(file, capsys)[0] == 1


def changed(body: bytes) -> bytes:
    read = decode(body)
    return encode(Happening(read.id, read.at, read.event, UUID(int=99), None, None, read.data))


def failing(auditor: Actor, entry_id: UUID) -> proving.Step | None:
    found = proving.verify_entry(auditor, entry_id, now=clock.now())
    assert last("entry.verified")["proved"] == found.failed
    return found.failed


def test_whatever_was_changed_is_named_by_the_step_that_fails(
    auditor: Actor, ids: list[UUID], superuser: psycopg.Connection[Any], data: Path
) -> None:
    body = changed(bytes(Entry.objects.get(id=ids[7]).body))
    superuser.execute("UPDATE journal_entry SET body = %s WHERE id = %s", [body, ids[7]])
    assert failing(auditor, ids[7]) is proving.Step.BYTES  # the columns beside it tell the old story
    superuser.execute("UPDATE journal_entry SET actor = %s WHERE id = %s", [UUID(int=99), ids[7]])
    assert failing(auditor, ids[7]) is proving.Step.LEAF
    superuser.execute("UPDATE journal_leaf SET leaf_hash = %s WHERE index = 7", [leaf_hash(body)])
    assert failing(auditor, ids[7]) is proving.Step.OUTSIDE
    tile = data / "ledger" / "tile" / "0" / "000"
    kept = tile.read_bytes()
    tile.write_bytes(kept[: 7 * 32] + leaf_hash(body) + kept[8 * 32 :])
    # Whoever reaches the files outside as well still cannot make the path lead to the root.
    superuser.execute("UPDATE journal_tile SET hashes = %s WHERE path = 'tile/0/000'", [tile.read_bytes()])
    assert failing(auditor, ids[7]) is proving.Step.PATH


def test_a_checkpoint_that_the_key_did_not_sign_is_named(
    auditor: Actor, ids: list[UUID], superuser: psycopg.Connection[Any]
) -> None:
    superuser.execute("UPDATE journal_checkpoint SET note = replace(note, '=', 'A')")
    assert failing(auditor, ids[8]) is proving.Step.SIGNATURE


def test_no_proof_is_made_of_what_the_tree_does_not_prove(
    auditor: Actor, ids: list[UUID], superuser: psycopg.Connection[Any]
) -> None:
    superuser.execute("UPDATE journal_leaf SET leaf_hash = %s WHERE index = 7", [bytes(32)])
    with pytest.raises(LedgerError):
        proving.proof_of(auditor, ids[7])


def test_what_waits_to_be_sealed_has_no_proof_yet(auditor: Actor, actor: Actor, ids: list[UUID]) -> None:
    waiting = append_one(actor)
    with pytest.raises(proving.NotSealedYet):
        proving.proof_of(auditor, waiting)
    with pytest.raises(proving.NotSealedYet):
        proving.verify_entry(auditor, waiting, now=clock.now())


def test_only_those_who_may_verify_do(actor: Actor, ids: list[UUID]) -> None:
    for refused in (
        lambda: proving.proof_of(actor, ids[0]),
        lambda: proving.verify_entry(actor, ids[0], now=clock.now()),
        lambda: proving.check_file(actor, text=""),
    ):
        with pytest.raises(NotAllowed):
            refused()
