"""The ledger over HTTP: what an auditor's program reads there alone proves every entry, to judges not written here."""

import json
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pymerkle import InclusionProof, verify_inclusion

from shouxin.access.ledger import services
from shouxin.core.ledger.checkpoint import open_note
from shouxin.core.ledger.tiles import WIDTH, layout, nodes_from, split_entries, split_hashes, tile_path
from shouxin.core.ledger.tree import consistency_proof, inclusion_proof, leaf_hash, root_of
from shouxin.journal.outside import load_public_key
from shouxin.journal.sealer import Sealer
from shouxin.journal.services import append_many
from shouxin.kit import clock
from tests.world import World

JUDGE = Path(__file__).parent / "rfc9162"
FULL = 2 * WIDTH  # an old size that is a power of two
pytestmark = pytest.mark.django_db(transaction=True)


class Mirror:
    """A program with a token and nothing else."""

    def __init__(self, client: Client, token: str) -> None:
        self._client, self.head = client, {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> bytes:
        answer = self._client.get(f"/ledger/{path}", headers=self.head)
        assert answer.status_code == 200, (path, answer.status_code)
        return bytes(answer.content)

    def status(self, path: str) -> int:
        return int(self._client.get(f"/ledger/{path}", headers=self.head).status_code)

    def hashes(self, size: int) -> dict[tuple[int, int], list[bytes]]:
        return {
            (level, index): split_hashes(self.get(tile_path(level, index, width)))
            for level, index, width in layout(size)
        }


@pytest.fixture
def mirror(world: World, client: Client) -> Mirror:
    _row, token = services.issue(
        actor=world.actor("supervisor"), name="镜像机", addresses=["127.0.0.1"], days=7, now=clock.now()
    )
    client.get(
        "/ledger/checkpoint", headers={"Authorization": f"Bearer {token}"}
    )  # the day's entry is written
    return Mirror(client, token)


def grow(world: World, sealer: Sealer, size: int) -> None:
    """Until the ledger has exactly `size` entries."""
    sealer.round()
    with transaction.atomic():
        rows: list[Any] = [
            (None, {"token": "t", "days": 1, "networks": n}) for n in range(size - sealer.size)
        ]
        append_many(actor=world.actor("supervisor"), event="ledger_token.issued", rows=rows)
    sealer.round()
    assert sealer.size == size


def sides(index: int, size: int) -> list[int]:
    """On which side each hash of the path stands: 0 right, 1 left; pymerkle wants a last 0 more."""
    found, start, end = [], 0, size
    while end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        found.append(int(index >= middle))
        start, end = (middle, end) if index >= middle else (start, middle)
    return [*reversed(found), 0]


def judged_by_rfc9162(folder: Path, cases: dict[str, Any]) -> dict[str, Any]:
    """What @transmute/rfc9162 says; installed from its registry for this test alone."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("npm is not there")
    for name in ("package.json", "judge.js"):
        shutil.copy(JUDGE / name, folder)
    install = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--no-package-lock"]
    subprocess.run(install, cwd=folder, check=True, capture_output=True, timeout=120)
    done = subprocess.run(
        [node, "judge.js"], cwd=folder, input=json.dumps(cases).encode(), capture_output=True, check=True
    )
    answered: dict[str, Any] = json.loads(done.stdout)
    return answered


def text(one: bytes) -> str:
    return b64encode(one).decode()


def test_what_is_mirrored_proves_every_entry_to_others(
    world: World, mirror: Mirror, superuser: Any, tmp_path: Path, settings: Any
) -> None:
    settings.DATA = tmp_path
    sealer = Sealer(superuser, tmp_path)
    roots: dict[int, bytes] = {}
    for size in (FULL, FULL + 1, 3 * WIDTH + 77):
        grow(world, sealer, size)
        signed = open_note(mirror.get("checkpoint").decode(), load_public_key(tmp_path))
        assert signed.size == size
        roots[size] = signed.root
    size = max(roots)
    tiles = mirror.hashes(size)
    leaves = [leaf for (level, _index), tile in sorted(tiles.items()) if level == 0 for leaf in tile]
    assert root_of(leaves) == roots[size]
    bundles = [
        mirror.get(tile_path("entries", index, width)) for level, index, width in layout(size) if not level
    ]
    assert [leaf_hash(entry) for bundle in bundles for entry in split_entries(bundle)] == leaves

    node = nodes_from(lambda level, index: tiles[level, index])
    inclusion, consistency = [], []
    for index in (0, 255, 256, FULL, size - 1):
        path = inclusion_proof(index, size, node)
        proof = InclusionProof("sha256", True, size, index + 1, sides(index, size), [leaves[index], *path])
        verify_inclusion(leaves[index], roots[size], proof, index=index + 1, size=size)
        inclusion.append(
            {
                "root": text(roots[size]), "leaf": text(leaves[index]), "size": size, "index": index,
                "path": [*map(text, path)],
            }
        )  # fmt: skip
    for old in sorted(roots)[:-1]:
        path = consistency_proof(old, size, node)
        if old & (old - 1) == 0:
            # RFC 9162 section 2.1.4.2, step 2, which that library leaves to its caller.
            path = [roots[old], *path]
        consistency.append(
            {
                "old_root": text(roots[old]), "old_size": old, "root": text(roots[size]), "size": size,
                "path": [*map(text, path)],
            }
        )  # fmt: skip
    forged = {**inclusion[1], "leaf": text(leaf_hash(b"forged"))}
    rewritten = {**consistency[1], "old_root": text(leaf_hash(b"forged"))}
    said = judged_by_rfc9162(
        tmp_path, {"inclusion": [*inclusion, forged], "consistency": [*consistency, rewritten]}
    )
    assert said["inclusion"] == [True] * len(inclusion) + [False]
    assert said["consistency"] == [True] * len(consistency) + [False]


def test_only_what_is_signed_is_served_and_only_to_a_token(
    world: World, mirror: Mirror, superuser: Any, tmp_path: Path, settings: Any, client: Client
) -> None:
    settings.DATA = tmp_path
    assert mirror.status("checkpoint") == 404
    sealer = Sealer(superuser, tmp_path)
    grow(world, sealer, WIDTH + 3)
    whole = client.get("/ledger/tile/0/000", headers=mirror.head)
    assert "immutable" in whole.headers["Cache-Control"]
    assert "no-store" in client.get("/ledger/checkpoint", headers=mirror.head).headers["Cache-Control"]
    assert mirror.get("tile/0/001.p/2") == mirror.get("tile/0/001.p/3")[:64]  # as an older checkpoint had it
    for path in ("tile/0/001", "tile/0/001.p/4", "tile/1/000", "tile/1/000.p/2", "tile/entries/002", "tile/9/000",
                 "tile/0/0", "tile/0/000.p/0", "tile/0/000.p/256",
                 "tile/0/x000/x000/x000/x000/x000/x000/000", "nothing"):  # fmt: skip
        assert mirror.status(path) == 404, path
    assert len(mirror.get("tile/1/000.p/1")) == 32
    for path in ("checkpoint", "tile/0/000", "tile/entries/000", "nothing"):
        assert Client().get(f"/ledger/{path}").status_code == 401
        assert world.signed_in(Client(), "supervisor").get(f"/ledger/{path}").status_code == 401
    refused = Client(enforce_csrf_checks=True).post("/ledger/checkpoint", headers=mirror.head)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")
    assert refused.headers["Content-Type"].startswith("text/plain")
    assert "only" in Client().post("/ledger/x", headers={"Accept-Language": "en"}).content.decode()
