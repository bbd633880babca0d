"""The proof of one entry, in a file of its own: the stand-alone verifier and the product accept it, nothing else."""

import json
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from shouxin.core.ledger.checkpoint import SigningKey
from shouxin.core.ledger.errors import LedgerError
from shouxin.core.ledger.proof import EntryProof
from shouxin.core.ledger.tests.logs import KEY, checkpoint, entry
from shouxin.core.ledger.tree import inclusion_proof, leaf_hash, root_of

SIZE = 300
ENTRIES = [entry(number) for number in range(SIZE)]
LEAVES = [leaf_hash(one) for one in ENTRIES]


def node(height: int, index: int) -> bytes:
    return root_of(LEAVES[index << height : (index + 1) << height])


def proof_of(index: int, size: int = SIZE) -> EntryProof:
    path = tuple(inclusion_proof(index, size, node))
    return EntryProof(ENTRIES[index], index, path, checkpoint(ENTRIES, size))


def stand_alone(folder: Path, text: str, key: SigningKey = KEY) -> tuple[int, dict[str, Any]]:
    (folder / "one.tlog-proof").write_text(text, encoding="utf-8")
    (folder / "ledger.pub").write_text(f"{key.public}\n", encoding="utf-8")
    command = [sys.executable, "-m", "shouxin.core.ledger.standalone", str(folder / "one.tlog-proof")]
    command += ["--key", str(folder / "ledger.pub"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("index", [0, 127, 256, SIZE - 1])
def test_the_stand_alone_verifier_accepts_it(tmp_path: Path, index: int) -> None:
    status, verdict = stand_alone(tmp_path, proof_of(index).text())
    assert (status, verdict["ok"], verdict["index"], verdict["size"]) == (0, True, index, SIZE)
    assert verdict["entry"] == json.loads(ENTRIES[index][1:])


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257])
def test_every_entry_of_small_logs_is_proved(size: int) -> None:
    for index in range(0, size, max(1, size // 5)):
        read = EntryProof.parse(proof_of(index, size).text())
        assert read.check(KEY.public).size == size


def changed(text: str, what: str) -> str:
    lines = text.split("\n")
    if what == "entry":
        lines[1] = "extra " + b64encode(ENTRIES[8]).decode()
    elif what == "index":
        lines[2] = "index 8"
    elif what == "path":
        lines[3] = lines[4]
    elif what == "shorter":
        del lines[3]
    elif what == "root":
        lines[-4] = b64encode(bytes(32)).decode()
    elif what == "format":
        lines[0] = "c2sp.org/tlog-proof@v2"
    elif what == "negative":
        lines[2] = "index -7"
    return "\n".join(lines)


@pytest.mark.parametrize("what", ["entry", "index", "path", "shorter", "root", "format", "negative"])
def test_whatever_is_changed_in_it_is_found(tmp_path: Path, what: str) -> None:
    forged = changed(proof_of(7).text(), what)
    assert forged != proof_of(7).text()
    status, verdict = stand_alone(tmp_path, forged)
    assert (status, verdict["ok"]) == (1, False)
    with pytest.raises(LedgerError):
        EntryProof.parse(forged).check(KEY.public)


def test_a_proof_signed_by_another_key_is_refused(tmp_path: Path) -> None:
    other = SigningKey.generate(KEY.name)
    status, verdict = stand_alone(tmp_path, proof_of(7).text(), key=other)
    assert (status, verdict["ok"]) == (1, False)
    with pytest.raises(LedgerError):
        proof_of(7).check(other.public)
