"""Write docs/formats/vectors/*.json from the product's own code; those of the ledger are in ledger_vectors.py.

Keys and nonces come from a counter, so that the files only change when a format does.
"""

import hashlib
import itertools
import json
import os
import pathlib
from typing import Any
from unittest import mock
from uuid import UUID

from shouxin.core.crypto.blob import DataKey
from shouxin.core.crypto.chunks import FileKey
from shouxin.core.crypto.digests import ValueDigest
from shouxin.core.crypto.indexes import KINDS, SearchIndex, code_of
from shouxin.core.crypto.providers import Argon2Parameters, PassphraseKeyProvider
from shouxin.core.crypto.suites import NONCE_BYTES, SUITES, Suite
from shouxin.core.crypto.wrapping import (
    WrappingKey,
    data_key_context,
    epoch_key_context,
    index_key_context,
)
from shouxin.customers.intake import sealed_upload
from shouxin.vault import parcels, small_secrets
from tools import ledger_vectors

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "docs" / "formats" / "vectors"
CUSTOMER = UUID("01932d5a-7c00-7000-8000-0000000000c1")
RECORD = UUID("01932d5a-7c00-7000-8000-0000000000f1")
OTHER = UUID("01932d5a-7c00-7000-8000-0000000000f2")
GROUP = "profile.b.cust-base.3"
GROUPS = (GROUP, "订单.b.contract.2t", "")
PLAINTEXTS = (b"", b"\x92\x90\x80", "王芳 13800138000".encode() * 20)
COSTS = Argon2Parameters(passes=2, lanes=1, memory_kib=1024)
PATTERN = "姓名,电话\r\n王芳,13800138000\r\n".encode()
UPLOADS = (
    (0, 100),
    (0, 1 << 20),
    (0, (2 << 20) + 5),
    (1, 100),
)  # (suite, bytes): one chunk, a full one, three
USE, SECRET = "second factor", b"JBSWY3DPEHPK3PXP"
PASSPHRASE = "守信 test passphrase"  # noqa: S105 - opens the vectors and nothing else


def predictable() -> Any:
    """Random bytes from a counter."""
    counter = itertools.count()
    return lambda size: hashlib.shake_256(f"vector {next(counter)}".encode()).digest(size)


def blobs(suite: Suite) -> list[dict[str, Any]]:
    found = []
    for number, (group, plaintext) in enumerate(zip(GROUPS, PLAINTEXTS, strict=True), start=1):
        key = suite.new_key()
        data_key = DataKey(suite, key, version=number, customer=CUSTOMER, group=group)
        found.append(
            {
                "suite": suite.id,
                "data_key": key.hex(),
                "key_version": number,
                "customer": str(CUSTOMER),
                "group": group,
                "record": str(RECORD),
                "revision": number,
                "plaintext": plaintext.hex(),
                "blob": data_key.seal(plaintext, record=RECORD, revision=number).hex(),
            }
        )
    return found


def heads(suite: Suite) -> dict[str, Any]:
    key, records = suite.new_key(), [(OTHER, 7), (RECORD, 2)]
    data_key = DataKey(suite, key, version=3, customer=CUSTOMER, group=GROUP)
    return {
        "suite": suite.id,
        "data_key": key.hex(),
        "key_version": 3,
        "customer": str(CUSTOMER),
        "group": GROUP,
        "changes": 9,
        "records": [[str(record), revision] for record, revision in records],
        "head": data_key.sign_head(records, changes=9).hex(),
    }


def tokens(suite: Suite) -> dict[str, Any]:
    key, bits = suite.new_key(), 18
    index = SearchIndex(suite, key, version=1, bits=bits)
    values = [
        ("mobile", "exact", "8613800138000"),
        ("mobile", "last4", "8613800138000"),
        ("person_name", "surname", "欧阳娜娜"),
        ("email", "domain", "wang@example.cn"),
        ("person_name", "window2", "买买提·艾力"),
        ("person_name", "window2", "josé de la cruz"),
        ("person_name", "window2", "𠮷田"),
        ("person_name", "pinyin", "单雄信"),
        ("person_name", "initials", "单雄信"),
        ("home_address", "address", "江苏省苏州市姑苏区人民路312号金桂花园3幢2单元501室"),
        ("home_address", "address", "221B Baker Street, London NW1 6XE"),
    ]
    return {
        "suite": suite.id,
        "index_key": key.hex(),
        "version": 1,
        "bits": bits,
        "tokens": [
            {
                "field": field,
                "field_code": code_of(field),
                "kind": kind,
                "number": KINDS[kind].number,
                "customer": str(CUSTOMER),
                "partitions": 1 << index.spread(kind),
                "normalised": text,
                "parts": KINDS[kind].parts(text),
                "tokens": index.tokens(field, kind, text, CUSTOMER.bytes),
            }
            for field, kind, text in values
        ],
        "unique": [
            {
                "field": "order_no",
                "namespace": namespace.hex(),
                "normalised": "CN-2026-1",
                "token": index.unique("order_no", namespace, "CN-2026-1").hex(),
            }
            for namespace in (b"", CUSTOMER.bytes)
        ],
    }


def wrapped(suite: Suite) -> list[dict[str, Any]]:
    contexts = {
        "epoch key 5": (0, epoch_key_context(suite=suite, epoch=5)),
        "search index key 1": (0, index_key_context(suite=suite, version=1)),
        f"data key 1 of {CUSTOMER} {GROUP}": (
            5,
            data_key_context(suite=suite, version=1, customer=CUSTOMER, group=GROUP),
        ),
    }
    found = []
    for use, (number, context) in contexts.items():
        outer, inner = suite.new_key(), suite.new_key()
        sealed = WrappingKey(suite, outer, id=number).wrap(inner, context)
        found.append(
            {
                "suite": suite.id,
                "use": use,
                "wrapping_key": outer.hex(),
                "wrapping_key_id": number,
                "context": context.hex(),
                "key": inner.hex(),
                "wrapped": sealed.hex(),
            }
        )
    return found


def digest(suite: Suite) -> dict[str, Any]:
    key = suite.new_key()
    found = ValueDigest(suite, key).of(record=RECORD, field="mobile", text="13800138000")
    return {
        "suite": suite.id,
        "data_key": key.hex(),
        "record": str(RECORD),
        "field": "mobile",
        "value": "13800138000",
        "digest": found.hex(),
    }


def passphrase(suite: Suite, folder: pathlib.Path) -> dict[str, Any]:
    path = folder / f"root-{suite.id}.key"
    provider = PassphraseKeyProvider.create(path, suite, PASSPHRASE.encode, COSTS)
    inner, context = suite.new_key(), epoch_key_context(suite=suite, epoch=1)
    return {
        "suite": suite.id,
        "passphrase": PASSPHRASE,
        "file": json.loads(path.read_text(encoding="ascii")),
        "context": context.hex(),
        "key": inner.hex(),
        "wrapped": provider.wrap(inner, context).hex(),
    }


def upload(suite: Suite, size: int, folder: pathlib.Path) -> dict[str, Any]:
    """An upload of `size` bytes that repeat a pattern; of its file only the digest, as it may be long."""
    fingerprint_key, made = bytes(range(32)), os.urandom
    nonces: list[str] = []

    def noted(length: int) -> bytes:
        found = made(length)
        if length == NONCE_BYTES:
            nonces.append(found.hex())
        return found

    with mock.patch("os.urandom", noted), mock.patch("shouxin.kit.ids.new", return_value=CUSTOMER):
        stored = sealed_upload.store(
            [(PATTERN * (size // len(PATTERN) + 1))[:size]],
            folder=folder,
            suite=suite,
            fingerprint_key=fingerprint_key,
        )
    content = sealed_upload.path_of(stored.id, folder).read_bytes()
    return {
        "suite": suite.id,
        "key": stored.key.hex(),
        "upload": str(stored.id),
        "pattern": PATTERN.hex(),
        "size": size,
        "nonces": nonces,
        "file_sha256": hashlib.sha256(content).hexdigest(),
        "fingerprint_key": fingerprint_key.hex(),
        "fingerprint": stored.fingerprint.hex(),
    }


def sealed_file(suite: Suite, size: int) -> dict[str, Any]:
    """A file of `size` bytes that repeat a pattern, its key as it is kept, and the digest of its sealed bytes."""
    group_key, made = suite.new_key(), os.urandom
    nonces: list[str] = []

    def noted(length: int) -> bytes:
        found = made(length)
        nonces.append(found.hex())
        return found

    key = FileKey(CUSTOMER, RECORD, suite, suite.new_key())
    kept = DataKey(suite, group_key, version=2, customer=CUSTOMER, group=GROUP).seal(
        bytes([suite.id]) + key.key, record=RECORD, revision=0
    )
    content = (PATTERN * (size // len(PATTERN) + 1))[:size]
    with mock.patch("os.urandom", noted):
        sealed = b"".join(key.seal([content], size))
    return {
        "suite": suite.id,
        "customer": str(CUSTOMER),
        "file": str(RECORD),
        "group": GROUP,
        "data_key": group_key.hex(),
        "key_version": 2,
        "kept_key": kept.hex(),
        "key": key.key.hex(),
        "pattern": PATTERN.hex(),
        "size": size,
        "nonces": nonces,
        "file_sha256": hashlib.sha256(sealed).hexdigest(),
        "digest": suite.mac(key.key)(content).hex(),
    }


def secret(suite: Suite) -> dict[str, Any]:
    """A small secret whose key is wrapped by the root key that followed an installation's first."""
    root, key = suite.new_key(), suite.new_key()
    wrapped = WrappingKey(suite, root, id=1).wrap(key, parcels.context(suite, CUSTOMER))
    parcel = parcels.ParcelKey(CUSTOMER, suite, wrapped, key).seal(USE, SECRET)
    return {
        "suite": suite.id,
        "root_key": root.hex(),
        "root_key_id": 1,
        "owner": str(CUSTOMER),
        "use": USE,
        "secret": SECRET.hex(),
        "sealed": small_secrets.joined(suite.id, wrapped, parcel).hex(),
    }


def vectors(folder: pathlib.Path) -> dict[str, dict[str, Any]]:
    """The content of every file, by name; `folder` is for passing files."""
    suites = list(SUITES.values())
    with mock.patch("os.urandom", predictable()):
        return {
            "sealed-blob": {
                "blobs": [blob for suite in suites for blob in blobs(suite)],
                "heads": [heads(suite) for suite in suites],
            },
            "search-index": {"indexes": [tokens(suite) for suite in suites]},
            "keys": {
                "wrapped": [row for suite in suites for row in wrapped(suite)],
                "digests": [digest(suite) for suite in suites],
                "passphrases": [passphrase(suite, folder) for suite in suites],
            },
            "sealed-upload": {"uploads": [upload(suites[number], size, folder) for number, size in UPLOADS]},
            "ledger": ledger_vectors.ledger(),
            "small-secret": {"secrets": [secret(suite) for suite in suites]},
            "sealed-file": {"files": [sealed_file(suites[number], size) for number, size in UPLOADS]},
        }


def main() -> None:
    import tempfile

    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in vectors(pathlib.Path(folder)).items():
            text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
            (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
            print(FOLDER / f"{name}.json")


if __name__ == "__main__":
    main()
