"""The published vectors against our code, and against a program in Node that shares nothing with it."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shouxin.core.crypto.blob import DataKey
from shouxin.core.crypto.digests import ValueDigest
from shouxin.core.crypto.indexes import KINDS, SearchIndex, code_of
from shouxin.core.crypto.providers import PassphraseKeyProvider
from shouxin.core.crypto.suites import suite_of
from shouxin.core.crypto.wrapping import WrappingKey

FORMATS = Path(__file__).resolve().parents[4] / "docs" / "formats"


def vectors(name: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = json.loads((FORMATS / "vectors" / f"{name}.json").read_text("utf-8"))
    return found


def data_key(v: dict[str, Any]) -> DataKey:
    return DataKey(
        suite_of(v["suite"]),
        bytes.fromhex(v["data_key"]),
        version=v["key_version"],
        customer=UUID(v["customer"]),
        group=v["group"],
    )


def test_blobs_and_heads_open() -> None:
    content = vectors("sealed-blob")
    assert {v["suite"] for v in content["blobs"]} == {1, 2}
    for v in content["blobs"]:
        opened = data_key(v).open(bytes.fromhex(v["blob"]), record=UUID(v["record"]), revision=v["revision"])
        assert opened.hex() == v["plaintext"]
    for v in content["heads"]:
        records = [(UUID(record), revision) for record, revision in v["records"]]
        data_key(v).check_head(bytes.fromhex(v["head"]), records, changes=v["changes"])


def test_tokens_are_the_same() -> None:
    for v in vectors("search-index")["indexes"]:
        index = SearchIndex(
            suite_of(v["suite"]), bytes.fromhex(v["index_key"]), version=v["version"], bits=v["bits"]
        )
        for t in v["tokens"]:
            customer = UUID(t["customer"]).bytes
            assert (code_of(t["field"]), KINDS[t["kind"]].number) == (t["field_code"], t["number"])
            assert KINDS[t["kind"]].parts(t["normalised"]) == t["parts"]
            assert index.tokens(t["field"], t["kind"], t["normalised"], customer) == t["tokens"]
        for u in v["unique"]:
            found = index.unique(u["field"], bytes.fromhex(u["namespace"]), u["normalised"])
            assert found.hex() == u["token"]


def test_keys_unwrap_and_digests_agree(tmp_path: Path) -> None:
    content = vectors("keys")
    for v in content["wrapped"]:
        outer = WrappingKey(suite_of(v["suite"]), bytes.fromhex(v["wrapping_key"]), id=v["wrapping_key_id"])
        assert outer.unwrap(bytes.fromhex(v["wrapped"]), bytes.fromhex(v["context"])).hex() == v["key"]
    for v in content["digests"]:
        digest = ValueDigest(suite_of(v["suite"]), bytes.fromhex(v["data_key"]))
        found = digest.of(record=UUID(v["record"]), field=v["field"], text=v["value"])
        assert found.hex() == v["digest"]
    for v in content["passphrases"]:
        path = tmp_path / f"{v['suite']}.key"
        path.touch(mode=0o600)
        path.write_text(json.dumps(v["file"]), encoding="ascii")
        provider = PassphraseKeyProvider(path, v["passphrase"].encode)
        assert provider.unwrap(bytes.fromhex(v["wrapped"]), bytes.fromhex(v["context"])).hex() == v["key"]


node = shutil.which("node")
needs_node = pytest.mark.skipif(node is None, reason="Node.js is not installed (apt-get install nodejs)")


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(node), str(FORMATS / "verify" / "verify.mjs"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def altered(value: str) -> str:
    """Hexadecimal bytes with the last bit turned; of a signed note, one with another size."""
    if "\n" in value:
        return value.replace("\n1\n", "\n2\n", 1)
    raw = bytearray.fromhex(value)
    raw[-1] ^= 1
    return raw.hex()


@needs_node
def test_an_independent_program_agrees() -> None:
    done = verify(FORMATS / "vectors")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 wrong" in done.stdout


@needs_node
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("sealed-blob", ("blobs", 5, "blob")),
        ("sealed-blob", ("heads", 1, "head")),
        ("search-index", ("indexes", 1, "index_key")),
        ("keys", ("wrapped", 3, "wrapped")),
        ("keys", ("digests", 1, "digest")),
        ("small-secret", ("secrets", 1, "sealed")),
        ("sealed-upload", ("uploads", 2, "file_sha256")),
        ("sealed-upload", ("uploads", 3, "fingerprint")),
        ("ledger", ("entries", 3, "")),
        ("ledger", ("roots", 7, "")),
        ("ledger", ("checkpoints", 1, "")),
    ],
)
def test_the_independent_program_notices_a_wrong_vector(
    tmp_path: Path, name: str, keys: tuple[str, int, str]
) -> None:
    for file in (FORMATS / "vectors").glob("*.json"):
        shutil.copy(file, tmp_path)
    content = vectors(name)
    part, number, key = keys
    if key:
        content[part][number][key] = altered(content[part][number][key])
    else:
        content[part][number] = altered(content[part][number])
    (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    assert verify(tmp_path).returncode == 1
