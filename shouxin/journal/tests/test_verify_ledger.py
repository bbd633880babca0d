"""Whoever has all rights over the database can do anything to it but hide it: each deed is found and located.

Every deed is done as cleverly as somebody can who knows the format: leaf hashes, tiles and roots in the database are
made to fit. Only the key, the files outside and the checkpoints that were handed out are beyond reach.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from shouxin.core.ledger import standalone
from shouxin.core.ledger.checkpoint import Checkpoint, SigningKey
from shouxin.core.ledger.entry import Entry as Happening
from shouxin.core.ledger.entry import decode, encode
from shouxin.core.ledger.tiles import Edge, join_hashes, tile_path
from shouxin.core.ledger.tree import leaf_hash
from shouxin.core.ledger.verify import Finding, What
from shouxin.core.policy import Actor, NotAllowed
from shouxin.journal import commands
from shouxin.journal.models import Entry, Leaf
from shouxin.journal.outside import Outside, load_key
from shouxin.journal.services import NoLedgerYet, export, verify
from shouxin.journal.tests.test_seal_entries import append_one, append_rows

pytestmark = pytest.mark.django_db(transaction=True)
Connection = psycopg.Connection[Any]
SIZES = (250, 150, 300)


@pytest.fixture
def ids(actor: Actor, seal: Callable[[], int]) -> list[UUID]:
    """A log of 700 entries under three checkpoints."""
    written = []
    for number in SIZES:
        written += append_rows(actor, number)
        seal()
    return written


@pytest.fixture
def handed_out(ids: list[UUID], data: Path, tmp_path: Path) -> Path:
    """The latest checkpoint, in the hands of somebody else."""
    path = tmp_path / "handed-out"
    path.write_text((data / "ledger" / "checkpoint").read_text())
    return path


@pytest.fixture
def judge(
    auditor: Actor, handed_out: Path, data: Path, tmp_path: Path
) -> Callable[[], tuple[Finding, dict[str, Any]]]:
    """What `shouxin ledger verify` finds first, and the stand-alone verifier on an export made afterwards."""
    trusted = tmp_path / "trusted.pub"
    trusted.write_text((data / "keys" / "ledger.pub").read_text())

    def judged() -> tuple[Finding, dict[str, Any]]:
        report = verify(auditor)
        assert report.first is not None
        assert not report.sound
        export(auditor, folder=tmp_path / "export")
        verdict = standalone.verify(tmp_path / "export", standalone.read_key(trusted), [handed_out])
        assert not verdict["ok"]
        return report.first, verdict["findings"][0]

    return judged


def rebuild(superuser: Connection, rows: Sequence[tuple[UUID, bytes]], key: SigningKey | None = None) -> None:
    """Make leaves and tiles fit `rows`; with a key, sign a checkpoint over them too."""
    superuser.execute("TRUNCATE journal_leaf, journal_tile")
    edge = Edge()
    for index, (entry_id, body) in enumerate(rows):
        leaf = leaf_hash(body)
        superuser.execute("INSERT INTO journal_leaf VALUES (%s, %s, %s)", [index, entry_id, leaf])
        for tile in edge.append(leaf):
            superuser.execute(
                "INSERT INTO journal_tile VALUES (%s, %s)",
                [tile_path(tile.level, tile.index), join_hashes(tile.hashes)],
            )
    if key is not None:
        note = key.sign(Checkpoint(key.name, edge.size, edge.root()))
        superuser.execute("TRUNCATE journal_checkpoint")
        superuser.execute(
            "INSERT INTO journal_checkpoint VALUES (%s, %s, %s, now())", [edge.size, edge.root(), note]
        )


def log() -> list[tuple[UUID, bytes]]:
    bodies = dict(Entry.objects.values_list("id", "body"))
    return [
        (one, bytes(bodies[one])) for one in Leaf.objects.order_by("index").values_list("entry_id", flat=True)
    ]


def changed(body: bytes) -> bytes:
    read = decode(body)
    return encode(
        Happening(read.id, read.at, read.event, UUID(int=99), read.customer, read.purpose, read.data)
    )


@pytest.mark.clause("A14.2", "C2.0", "D15.1")
def test_a_sound_log_verifies(ids: list[UUID], auditor: Actor, handed_out: Path) -> None:
    report = verify(auditor, handed_out=[handed_out])
    assert (report.sound, report.size, report.findings) == (True, 700, [])
    assert report.checkpoints == len(SIZES) + 2 + 1  # in the database, outside (latest, kept), handed out


@pytest.mark.clause("A14.2", "C2.0", "D15.1")
def test_a_changed_entry_is_named(ids: list[UUID], superuser: Connection, judge: Callable[[], Any]) -> None:
    body = changed(bytes(Entry.objects.get(id=ids[300]).body))
    superuser.execute(
        "UPDATE journal_entry SET body = %s, actor = %s WHERE id = %s", [body, UUID(int=99), ids[300]]
    )
    found, alone = judge()
    assert (found.what, found.first, found.entry) == (What.ALTERED, 300, ids[300])
    assert (alone["what"], alone["index"], alone["entry"]) == ("altered", 300, str(ids[300]))


@pytest.mark.clause("A14.2", "C2.0", "D15.1")
def test_an_entry_changed_with_all_its_hashes_is_named(
    ids: list[UUID], superuser: Connection, judge: Callable[[], Any]
) -> None:
    rows = log()
    rows[300] = (ids[300], changed(rows[300][1]))
    superuser.execute(
        "UPDATE journal_entry SET body = %s, actor = %s WHERE id = %s", [rows[300][1], UUID(int=99), ids[300]]
    )
    rebuild(superuser, rows)
    found, alone = judge()
    assert (found.what, found.first, found.entry) == (What.ALTERED, 300, ids[300])
    assert alone["what"] == "rewritten"
    assert alone["index"] <= 300 <= alone["last"]


def test_an_entry_shown_otherwise_than_it_is_sealed_is_named(
    ids: list[UUID], superuser: Connection, auditor: Actor
) -> None:
    for column, value in (("actor", UUID(int=99)), ("customer", UUID(int=98)), ("purpose", "other")):
        superuser.execute(f"UPDATE journal_entry SET {column} = %s WHERE id = %s", [value, ids[123]])
        found = verify(auditor).first
        assert found is not None
        assert (found.what, found.first, found.entry) == (What.ALTERED, 123, ids[123])
        superuser.execute(
            "UPDATE journal_entry SET actor = %s, customer = NULL, purpose = NULL", [UUID(int=2)]
        )


@pytest.mark.clause("A14.2", "C2.0", "D15.1")
def test_a_deleted_entry_is_named(ids: list[UUID], superuser: Connection, judge: Callable[[], Any]) -> None:
    superuser.execute("DELETE FROM journal_entry WHERE id = %s", [ids[260]])
    found, alone = judge()
    assert (found.what, found.first, found.entry) == (What.REMOVED, 260, ids[260])
    assert (alone["what"], alone["index"], alone["after"]) == ("removed", 260, str(ids[259]))


@pytest.mark.clause("A14.2", "C2.0", "D15.1")
def test_an_entry_deleted_with_its_place_is_located(
    ids: list[UUID], superuser: Connection, judge: Callable[[], Any]
) -> None:
    superuser.execute("DELETE FROM journal_entry WHERE id = %s", [ids[260]])
    rows = [row for row in zip(ids, [bytes(b) for b in _bodies(ids)], strict=True) if row[0] != ids[260]]
    rebuild(superuser, rows)
    found, alone = judge()
    assert (found.what, found.first) == (What.REMOVED, 260)
    assert alone["what"] == "truncated" or alone["index"] <= 260 <= alone["last"]


def _bodies(ids: list[UUID]) -> list[bytes]:
    known = dict(Entry.objects.values_list("id", "body"))
    return [bytes(known.get(one, b"\x01{}")) for one in ids]


@pytest.mark.clause("A14.2", "C2.0", "D15.1")
def test_an_inserted_entry_is_named(
    ids: list[UUID], superuser: Connection, actor: Actor, judge: Callable[[], Any]
) -> None:
    rows = log()
    added = append_one(actor, 9)
    rows.insert(50, (added, bytes(Entry.objects.get(id=added).body)))
    rebuild(superuser, rows)
    found, alone = judge()
    assert (found.what, found.first, found.entry) == (What.ADDED, 50, added)
    assert alone["index"] <= 50 <= alone["last"]


@pytest.mark.clause("A14.2", "C2.0", "D15.1")
def test_an_entry_slipped_in_at_the_end_is_named(
    ids: list[UUID], superuser: Connection, actor: Actor, auditor: Actor
) -> None:
    """A leaf nobody signed."""
    added = append_one(actor, 9)
    body = bytes(Entry.objects.get(id=added).body)
    superuser.execute("INSERT INTO journal_leaf VALUES (700, %s, %s)", [added, leaf_hash(body)])
    found = verify(auditor).first
    assert found is not None
    assert (found.what, found.first) == (What.ADDED, 700)


@pytest.mark.clause("A14.2", "C2.0", "D15.1")
@pytest.mark.parametrize("fit", [False, True])
def test_reordered_entries_are_named(
    *, fit: bool, ids: list[UUID], superuser: Connection, judge: Callable[[], Any]
) -> None:
    rows = log()
    rows[40], rows[650] = rows[650], rows[40]
    if fit:
        rebuild(superuser, rows)
    else:
        superuser.execute("UPDATE journal_leaf SET entry_id = %s WHERE index = 40", [UUID(int=1)])
        superuser.execute("UPDATE journal_leaf SET entry_id = %s WHERE index = 650", [ids[40]])
        superuser.execute("UPDATE journal_leaf SET entry_id = %s WHERE index = 40", [ids[650]])
    found, alone = judge()
    assert (found.what, found.first, found.entry) == (What.REORDERED, 40, ids[650])
    if fit:
        assert alone["index"] <= 40 <= alone["last"]
    else:
        assert (alone["what"], alone["index"], alone["entry"]) == ("reordered", 40, str(ids[650]))


@pytest.mark.clause("A14.2", "C2.0", "D15.1")
def test_a_truncated_log_is_located(ids: list[UUID], superuser: Connection, judge: Callable[[], Any]) -> None:
    """Everything after the second checkpoint is gone, without a trace in the database."""
    superuser.execute("DELETE FROM journal_entry WHERE id = ANY(%s)", [ids[400:]])
    superuser.execute("DELETE FROM journal_checkpoint WHERE size > 400")
    rebuild(superuser, log()[:400] if Leaf.objects.count() == 400 else _kept(ids[:400]))
    found, alone = judge()
    assert (found.what, found.first) == (What.TRUNCATED, 400)
    assert (alone["what"], alone["index"], alone["after"]) == ("truncated", 400, str(ids[399]))


def _kept(ids: list[UUID]) -> list[tuple[UUID, bytes]]:
    return list(zip(ids, _bodies(ids), strict=True))


@pytest.mark.clause("A14.2", "C2.0", "D15.1")
def test_a_log_signed_again_with_another_key_is_found(
    ids: list[UUID], superuser: Connection, judge: Callable[[], Any], data: Path, auditor: Actor
) -> None:
    rows = log()
    rows[300] = (ids[300], changed(rows[300][1]))
    superuser.execute(
        "UPDATE journal_entry SET body = %s, actor = %s WHERE id = %s", [rows[300][1], UUID(int=99), ids[300]]
    )
    rebuild(superuser, rows, SigningKey.generate(load_key(data).name))
    found, alone = judge()
    assert (found.what, found.first, found.entry) == (What.ALTERED, 300, ids[300])
    assert What.CHECKPOINT in {one.what for one in verify(auditor).findings}
    assert alone["what"] in {"rewritten", "checkpoint"}


@pytest.mark.clause("A14.2", "C2.0", "D15.1")
@pytest.mark.parametrize("go_on", [False, True])
def test_a_whole_installation_set_back_is_found_by_what_was_handed_out(
    *,
    go_on: bool,
    ids: list[UUID],
    superuser: Connection,
    data: Path,
    auditor: Actor,
    actor: Actor,
    handed_out: Path,
    seal: Callable[[], int],
) -> None:
    """The database and the files outside are those of an older day; the real key even signs what came after."""
    superuser.execute("DELETE FROM journal_entry WHERE id = ANY(%s)", [ids[400:]])
    superuser.execute("DELETE FROM journal_checkpoint WHERE size > 400")
    rebuild(superuser, _kept(ids[:400]))
    _set_outside_back(superuser, data)
    if go_on:
        append_rows(actor, 500)
        assert seal() == 900
    assert verify(auditor).sound  # nothing inside the installation contradicts it
    found = verify(auditor, handed_out=[handed_out]).first
    assert found is not None
    expected = (What.REWRITTEN, 400, 699) if go_on else (What.TRUNCATED, 400, 699)
    assert (found.what, found.first, found.last) == expected


def _set_outside_back(superuser: Connection, data: Path) -> None:
    kept = Outside(data)
    hashes = [bytes(one) for one in Leaf.objects.order_by("index").values_list("leaf_hash", flat=True)]
    row = superuser.execute("SELECT note FROM journal_checkpoint WHERE size = 400").fetchone()
    assert row is not None
    kept.write(400, [(0, hashes[:256])], hashes[256:], row[0])


def test_without_the_files_outside_signed_roots_still_narrow_it_down(
    ids: list[UUID], superuser: Connection, data: Path, auditor: Actor
) -> None:
    rows = log()
    rows[300] = (ids[300], changed(rows[300][1]))
    superuser.execute(
        "UPDATE journal_entry SET body = %s, actor = %s WHERE id = %s", [rows[300][1], UUID(int=99), ids[300]]
    )
    rebuild(superuser, rows)
    for path in sorted((data / "ledger").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    found = verify(auditor).first
    assert found is not None
    assert (found.what, found.first, found.last) == (What.REWRITTEN, 250, 399)


def test_a_spoiled_file_outside_is_not_blamed_on_the_entry(
    ids: list[UUID], data: Path, auditor: Actor
) -> None:
    path = data / "ledger" / "tile" / "0" / "001"
    path.write_bytes(b"\x00" * 32 + path.read_bytes()[32:])
    report = verify(auditor)
    assert [found.what for found in report.findings] == [What.TILE]
    assert report.size == 700


@pytest.mark.parametrize(
    ("deed", "source"),
    [
        (
            "UPDATE journal_tile SET hashes = sha256('x') || substr(hashes, 33) WHERE path = 'tile/0/001'",
            "tile/0/001",
        ),
        ("DELETE FROM journal_tile WHERE path = 'tile/0/000'", "tile/0/000"),
    ],
)
def test_a_spoiled_tile_is_named(
    deed: str, source: str, ids: list[UUID], superuser: Connection, auditor: Actor
) -> None:
    superuser.execute(deed)
    found = verify(auditor).first
    assert found is not None
    assert (found.what, found.source) == (What.TILE, source)


def test_a_checkpoint_row_that_differs_from_its_note_is_named(
    ids: list[UUID], superuser: Connection, auditor: Actor
) -> None:
    superuser.execute("UPDATE journal_checkpoint SET root = sha256('x') WHERE size = 400")
    found = verify(auditor).first
    assert found is not None
    assert (found.what, found.source) == (What.CHECKPOINT, "journal_checkpoint 400")


def test_only_who_may_verify_can(actor: Actor, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        verify(actor)
    with pytest.raises(NotAllowed):
        export(actor, folder=tmp_path / "export")


def test_before_anything_was_sealed_there_is_nothing_to_verify(auditor: Actor, data: Path) -> None:
    with pytest.raises(NoLedgerYet):
        verify(auditor)


def test_verifying_is_recorded(ids: list[UUID], auditor: Actor) -> None:
    verify(auditor)
    latest = Entry.objects.order_by("-id")[0]
    assert (latest.event, latest.actor) == ("ledger.verified", auditor.pseudonym)
    assert verify(auditor).waiting == 1


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser.add_subparsers(required=True))
    parsed = parser.parse_args(["ledger", *arguments])
    status: int = parsed.run(parsed)
    return status


def test_the_command_proves_exports_and_names(
    ids: list[UUID],
    superuser: Connection,
    tmp_path: Path,
    handed_out: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "export"
    assert run("verify", "--checkpoint", str(handed_out)) == 0
    assert run("export", str(folder)) == 0
    assert run("export", str(folder)) == 2  # not empty
    assert run("verify", "--checkpoint", str(tmp_path / "missing")) == 2
    assert standalone.main([str(folder), "--key", str(folder / "ledger.pub")]) == 0
    capsys.readouterr()
    superuser.execute("DELETE FROM journal_entry WHERE id = %s", [ids[260]])
    assert run("verify", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["first"]["what"], told["first"]["index"], told["first"]["entry"]) == (
        "removed",
        260,
        str(ids[260]),
    )
    assert run("verify") == 1
    assert str(ids[260]) in capsys.readouterr().out


def test_the_command_says_when_nothing_is_sealed(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify") == 2
    assert run("export", str(tmp_path / "export"), "--json") == 2
    assert json.loads(capsys.readouterr().out)["code"] == "nothing_sealed"
