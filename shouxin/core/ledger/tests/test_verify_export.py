"""The stand-alone verifier proves a sound export and names the first entry of one that was tampered with.

The verifier is run as its own process, with nothing but the folder, the key and what was handed out.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shouxin.core.ledger import standalone
from shouxin.core.ledger.checkpoint import SigningKey
from shouxin.core.ledger.tests.logs import KEY, checkpoint, entry, write, write_bundles, write_export

SIZE = 700
ENTRIES = [entry(number) for number in range(SIZE)]
IDS = [json.loads(one[1:])["id"] for one in ENTRIES]
OTHER = SigningKey.generate(KEY.name)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    write_export(folder, ENTRIES, kept=(256, 300, 600))
    return folder


@pytest.fixture
def export(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "export"))


def run(folder: Path, *more: str, key: Path | None = None) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "shouxin.core.ledger.standalone", str(folder)]
    command += ["--key", str(key or folder / "ledger.pub"), "--json", *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return done.returncode, json.loads(done.stdout)


def first(folder: Path, *more: str, key: Path | None = None) -> dict[str, Any]:
    status, verdict = run(folder, *more, key=key)
    assert status == 1
    assert verdict["ok"] is False
    found: dict[str, Any] = verdict["findings"][0]
    return found


@pytest.mark.clause("A14.2")
def test_a_sound_export_is_proved(export: Path) -> None:
    status, verdict = run(export)
    assert (status, verdict["ok"], verdict["size"], verdict["checkpoints"]) == (0, True, SIZE, 4)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 512, 513])
def test_exports_of_every_shape_are_proved(size: int, tmp_path: Path) -> None:
    write_export(tmp_path, ENTRIES[:size])
    verdict = standalone.verify(tmp_path, standalone.read_key(tmp_path / "ledger.pub"), [])
    assert (verdict["ok"], verdict["size"]) == (True, size)


def swapped(entries: list[bytes]) -> list[bytes]:
    return [*entries[:20], entries[520], *entries[21:520], entries[20], *entries[521:]]


CHANGES: dict[str, tuple[Callable[[list[bytes]], list[bytes]], dict[str, Any]]] = {
    "altered": (
        lambda e: [*e[:300], e[300].replace(b'"count":300', b'"count":301'), *e[301:]],
        {"index": 300, "entry": IDS[300]},
    ),
    "removed": (lambda e: e[:400] + e[401:], {"index": 400, "after": IDS[399]}),
    "removed last": (lambda e: e[:-1], {"index": SIZE - 1, "after": IDS[SIZE - 2]}),
    "added": (
        lambda e: [*e[:100], entry(9_999), *e[100:]],
        {"index": 100, "entry": json.loads(entry(9_999)[1:])["id"]},
    ),
    "added last": (lambda e: [*e, entry(9_999)], {"index": SIZE}),
    "reordered": (swapped, {"index": 20, "entry": IDS[520]}),
}


@pytest.mark.clause("A14.2")
@pytest.mark.parametrize("name", CHANGES)
def test_changed_entries_are_named(name: str, export: Path) -> None:
    change, expected = CHANGES[name]
    shutil.rmtree(export / "tile" / "entries")
    changed = change(ENTRIES)
    write_bundles(export, changed[:SIZE])
    if len(changed) != SIZE:  # keep the names a log of SIZE has
        shutil.rmtree(export / "tile" / "entries" / "002.p")
        rest = b"".join(len(one).to_bytes(2, "big") + one for one in changed[512:])
        write(export / "tile" / "entries" / "002.p" / str(SIZE - 512), rest)
    found = first(export)
    assert found["what"] == name.split(maxsplit=1)[0]
    assert {key: found[key] for key in expected} == expected
    assert found["message_zh"] != found["message_en"]


@pytest.mark.clause("A14.2")
def test_a_cut_off_end_is_found_by_a_checkpoint_that_was_handed_out(export: Path, tmp_path: Path) -> None:
    handed_out = tmp_path / "handed-out"
    handed_out.write_text(checkpoint(ENTRIES))
    shutil.rmtree(export)
    write_export(export, ENTRIES[:650], kept=(256,))
    assert run(export)[0] == 0  # by itself an older state is a sound ledger
    found = first(export, "--checkpoint", str(handed_out))
    assert (found["what"], found["index"], found["after"]) == ("truncated", 650, IDS[649])


def test_history_rewritten_after_a_rollback_is_found(export: Path, tmp_path: Path) -> None:
    handed_out = tmp_path / "handed-out"
    handed_out.write_text(checkpoint(ENTRIES, 600))
    rewritten = [*ENTRIES[:590], *(entry(number + 5000) for number in range(200))]
    shutil.rmtree(export)
    write_export(export, rewritten, kept=(256, 580))
    assert run(export)[0] == 0
    found = first(export, "--checkpoint", str(handed_out))
    assert (found["what"], found["index"], found["last"]) == ("rewritten", 580, 599)


def test_a_consistent_rewrite_is_narrowed_down(export: Path) -> None:
    """Entry and leaf hash changed alike: signed roots and the tiles above say where."""
    changed = [*ENTRIES[:410], entry(5000), *ENTRIES[411:]]
    scratch = export.parent / "scratch"
    write_export(scratch, changed)
    for name in ("tile/entries/001", "tile/0/001"):
        shutil.copy(scratch / name, export / name)
    found = first(export)
    assert (found["what"], found["index"], found["last"]) == ("rewritten", 300, 511)


@pytest.mark.clause("A14.2")
def test_another_signature_is_refused(export: Path) -> None:
    shutil.copy(export / "ledger.pub", export.parent / "key")
    shutil.rmtree(export)
    write_export(export, [*ENTRIES[:5], *ENTRIES[6:]], key=OTHER)
    found = first(export, key=export.parent / "key")
    assert (found["what"], found["source"]) == ("checkpoint", "checkpoint")


def test_a_removed_bundle_is_named(export: Path) -> None:
    (export / "tile/entries/001").unlink()
    found = first(export)
    assert (found["what"], found["index"], found["after"]) == ("removed", 256, IDS[255])


def test_a_bundle_that_cannot_be_read_is_an_alteration(export: Path) -> None:
    path = export / "tile/entries/001"
    path.write_bytes(path.read_bytes()[:-1])
    found = first(export)
    assert (found["what"], found["index"]) == ("altered", 511)


@pytest.mark.parametrize("name", ["tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2"])
@pytest.mark.parametrize("spoil", ["change", "remove"])
def test_spoiled_tiles_are_named_while_entries_stand(name: str, spoil: str, export: Path) -> None:
    path = export / name
    if spoil == "change":
        content = path.read_bytes()
        path.write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])
    else:
        path.unlink()
    found = first(export)
    assert (found["what"], found["source"]) == ("tile", name)


def test_a_stray_bundle_is_an_addition(export: Path) -> None:
    write(export / "tile/entries/003.p/1", b"\x00\x01x")
    assert first(export)["what"] == "added"


def test_an_absurd_size_that_nobody_signed_is_refused(export: Path) -> None:
    note = (export / "checkpoint").read_text().replace("\n700\n", f"\n{10**18}\n")
    (export / "checkpoint").write_text(note)
    status, verdict = run(export)
    assert status == 1
    assert "checkpoint" in {found["what"] for found in verdict["findings"]}


@pytest.mark.parametrize(
    "spoil", [b"", b"nonsense", b"a\nb\n" + b"\xff" * 10, b"a\n1\nAAAA\n\n\xe2\x80\x94 b c\n"]
)
def test_a_broken_checkpoint_is_named(spoil: bytes, export: Path) -> None:
    (export / "checkpoint").write_bytes(spoil)
    status, verdict = run(export)
    assert status == 1
    assert any(found["what"] == "checkpoint" for found in verdict["findings"])


def test_wrong_usage_is_status_2(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = str(export / "ledger.pub")
    bad_key = export.parent / "bad.pub"
    bad_key.write_text("nonsense")
    missing = str(export.parent / "missing")
    for arguments in (
        [missing, "--key", key],
        [str(export), "--key", missing],
        [str(export), "--key", str(bad_key)],
        [str(export), "--key", key, "--checkpoint", missing],
    ):
        assert standalone.main(arguments) == 2
    with pytest.raises(SystemExit) as stopped:
        standalone.main([])
    assert stopped.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "words"), [("zh_CN.UTF-8", "账本完好"), ("en_GB.UTF-8", "ledger is sound")]
)
def test_the_verdict_is_said_in_the_readers_language(
    language: str,
    words: str,
    export: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SHOUXIN_LANG", language)
    assert standalone.main([str(export), "--key", str(export / "ledger.pub")]) == 0
    assert words in capsys.readouterr().out
    (export / "tile/entries/000").unlink()
    assert standalone.main([str(export), "--key", str(export / "ledger.pub")]) == 1
    assert "0" in capsys.readouterr().out


def test_nothing_of_the_writing_side_is_loaded(export: Path) -> None:
    """What the process has imported of the product, and that no Django came with it."""
    script = (
        "import sys; from shouxin.core.ledger import standalone; "
        f"standalone.main([{str(export)!r}, '--key', {str(export / 'ledger.pub')!r}]); "
        "print(sorted(name for name in sys.modules if name.startswith(('shouxin', 'django', 'psycopg', 'msgspec'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={**os.environ}
    )
    loaded = done.stdout.splitlines()[-1]
    assert loaded == str(["shouxin", "shouxin.core", "shouxin.core.ledger", "shouxin.core.ledger.standalone"])
