"""Line 12: a million journal entries verified again: in the database, and offline from what was exported.

The entries are as a protected read writes them, taken in by the journal's own bulk statement and sealed by the
product's sealer. Verified is everything: each body hashed, compared with its columns and its leaf, the tree grown
anew, every checkpoint's signature and root, and what is kept outside the database.
"""

import hashlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from benchmarks import harness
from benchmarks.harness import Bench, Result, Side
from benchmarks.line04_journal import FIELDS, PURPOSE

ENTRIES = {"quick": 50_000, "full": 1_000_000}
MILLION = 1_000_000
LIMITS = {"database_s_per_million": (30.0, 10.0), "offline_s_per_million": (30.0, 10.0)}


def fill(bench: Bench, count: int) -> None:
    """`count` entries, sealed."""
    from django.db import transaction

    from shouxin.journal import services as journal
    from shouxin.journal.sealer import Sealer, connected

    actor = bench.world.actor("clerk")
    data: dict[str, Any] = {"purpose": PURPOSE, "fields": FIELDS, "reason": "delivery", "form": "masked"}
    for batch in harness.batches(range(count), 20_000):
        with transaction.atomic():
            journal.append_many(
                actor=actor, event="profile.viewed", rows=[(uuid4(), data) for _ in batch], purpose=PURPOSE
            )
    bench.tell_processes()
    with connected(bench.data) as connection:
        Sealer(connection, bench.data).round()


class Verifying:
    """The three ways, each giving entries a second."""

    def __init__(self, bench: Bench, exported: Path, bodies: list[bytes]) -> None:
        self._bench, self._exported, self._bodies = bench, exported, bodies
        self.offline = Side()

    def database(self) -> float:
        from shouxin.journal import services as journal
        from shouxin.journal.verification import Verification

        start = time.perf_counter()
        report = Verification(data=self._bench.data, key=journal.public_key()).run()
        spent = time.perf_counter() - start
        assert report.sound, report.findings
        self.offline.rates.append(self._from_files())
        return report.size / spent

    def _from_files(self) -> float:
        """As an auditor does, a process of its own that knows nothing of the product."""
        command = [
            sys.executable, "-m", "shouxin.core.ledger.standalone",
            str(self._exported), "--key", str(self._exported / "ledger.pub"),
        ]  # fmt: skip
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, check=False)
        spent = time.perf_counter() - start
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
        return len(self._bodies) / spent

    def hashes(self) -> float:
        start = time.perf_counter()
        for body in self._bodies:
            hashlib.sha256(body).digest()
        return len(self._bodies) / (time.perf_counter() - start)


def measure(bench: Bench) -> Result:
    from django.conf import settings

    from shouxin.journal import exporting
    from shouxin.journal import services as journal

    fill(bench, ENTRIES[bench.profile.name])
    settings.DATA = bench.data
    with tempfile.TemporaryDirectory(prefix="shouxin-benchmark-ledger-") as folder:
        exported = Path(folder) / "ledger"
        exporting.export(data=bench.data, key=journal.public_key(), folder=exported)
        with psycopg.connect(bench.known.conninfo("superuser", bench.database)) as connection:
            bodies = [row[0] for row in connection.execute("SELECT body FROM journal_entry")]
        verifying = Verifying(bench, exported, bodies)
        ours, baseline = harness.interleave(bench, verifying.database, verifying.hashes)
    verifying.offline.rates.pop(0)  # the pair that warmed up
    return Result(
        line="12",
        name="the whole journal verified: every entry, leaf, tile and checkpoint",
        size=f"{len(bodies)} entries",
        unit="entries/s",
        ours=ours,
        baseline=baseline,
        baseline_name="SHA-256 of the same bytes, in memory",
        unprotected="one hash an entry: no tree, no signatures, no order, no columns, nothing read from a disk",
        must=MILLION / 30,
        want=MILLION / 10,
        judged="figure",
        limits=LIMITS,
        more={
            "database_s_per_million": round(MILLION / ours.median, 1),
            "offline_s_per_million": round(MILLION / verifying.offline.median, 1),
        },
    )
