"""The sealer: gives committed entries their place in the tree and signs what the log has become.

Run as `python -m shouxin.journal.sealer`, one process of its own; it needs psycopg and the application role, not
Django. Whoever appends takes no lock and assigns no number: an entry becomes visible when its transaction commits,
and the sealer gives places in the order in which it finds entries. Late commits cannot be missed: each round
remembers the snapshot it read (`pg_current_snapshot`), and the next one looks at exactly the transactions that were
not finished in it. Leaves, tiles and checkpoint are one transaction; the files outside follow it and are caught up
at the next start, so that kill -9 at any point loses nothing.
"""

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from shouxin.core.ledger.checkpoint import Checkpoint, SigningKey, open_note
from shouxin.core.ledger.errors import LedgerError
from shouxin.core.ledger.tiles import WIDTH, Edge, Tile, join_hashes, split_hashes, tile_path
from shouxin.core.ledger.tree import leaf_hash, root_of
from shouxin.journal.outside import Diverged, Outside, load_key, make_key
from shouxin.kit import clock, database_address

POLL = 0.15  # seconds between two looks at the journal
RETRY = 0.5  # seconds before a lost database is tried again
BATCH = 4096  # entries in one transaction and under one checkpoint
LOCK = 0x53484F5558494E  # advisory lock: one sealer per database
LAST_XID = (1 << 63) - 1
NO_ID = "00000000-0000-0000-0000-000000000000"

# Every statement below reads a short stretch of an index; no plan may ever walk the whole journal.
SESSION = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_bitmapscan=off"
UNSEALED = """
    SELECT e.xid::text, e.id, e.body FROM journal_entry e
    WHERE e.xid >= %(low)s::text::xid8 AND e.xid <= %(high)s::text::xid8
      AND (e.xid, e.id) > (%(xid)s::text::xid8, %(id)s::uuid)
      AND NOT EXISTS (SELECT 1 FROM journal_leaf l WHERE l.entry_id = e.id)
    ORDER BY e.xid, e.id LIMIT %(limit)s
"""
SNAPSHOT = """
    SELECT pg_snapshot_xmax(s)::text, ARRAY(SELECT pg_snapshot_xip(s))::text[] FROM pg_current_snapshot() s
"""
SETTLED = """
    SELECT x::text FROM unnest(%s::text[]::xid8[]) x
    WHERE EXISTS (SELECT 1 FROM journal_entry e WHERE e.xid = x) ORDER BY x
"""

Connection = psycopg.Connection[tuple[Any, ...]]
Stretch = tuple[int, int]  # transaction ids from, to


class Sealer:
    """One log in the making: the right edge of the tree in memory, the rest in the database and outside."""

    def __init__(self, connection: Connection, data: Path) -> None:
        """Take up the log where it ended. `connection` must be in autocommit mode.

        Raises:
            LedgerError: what is stored contradicts itself, the key, or what is kept outside.
        """
        self._connection = connection
        self._outside = Outside(data)
        latest = connection.execute(
            "SELECT size, root, note FROM journal_checkpoint ORDER BY size DESC LIMIT 1"
        )
        self._latest = latest.fetchone()
        self._key = self._load_key(data)
        self._edge = self._load_edge()
        self._open: list[Stretch] = [(0, LAST_XID)]  # at the start everything without a leaf is looked for
        self._catch_up()

    @property
    def size(self) -> int:
        return self._edge.size

    def round(self) -> int:
        """Seal everything that can be seen now; gives how many entries that were."""
        snapshot = self._connection.execute(SNAPSHOT).fetchone()
        assert snapshot is not None  # noqa: S101 - a SELECT without FROM has one row
        sealed = 0
        for stretch in self._stretches():
            sealed += self._drain(stretch)
        # Visible in the snapshot means sealed by now. What is not: running then, or begun since.
        self._open = [(int(xid), int(xid)) for xid in snapshot[1]] + [(int(snapshot[0]), LAST_XID)]
        return sealed

    def _stretches(self) -> list[Stretch]:
        running = [str(low) for low, high in self._open if low == high]
        if not running:
            return self._open
        settled = self._connection.execute(SETTLED, [running]).fetchall()
        return [(int(xid), int(xid)) for (xid,) in settled] + self._open[len(running) :]

    def _drain(self, stretch: Stretch) -> int:
        low, high = stretch
        sealed, last = 0, (low, NO_ID)
        while True:
            with self._connection.transaction():
                rows = self._connection.execute(
                    UNSEALED,
                    {"low": low, "high": high, "xid": last[0], "id": last[1], "limit": BATCH},
                    binary=True,
                ).fetchall()
                tiles, note = self._seal(rows) if rows else ([], "")
            if rows:
                self._keep(tiles, note)
            sealed += len(rows)
            if len(rows) < BATCH:
                return sealed
            last = (int(rows[-1][0]), str(rows[-1][1]))

    def _seal(self, rows: list[tuple[Any, ...]]) -> tuple[list[Tile], str]:
        tiles = []
        copy = "COPY journal_leaf (index, entry_id, leaf_hash) FROM STDIN (FORMAT BINARY)"
        with self._connection.cursor().copy(copy) as leaves:
            leaves.set_types(["int8", "uuid", "bytea"])
            for _, entry_id, body in rows:
                leaf = leaf_hash(body)
                leaves.write_row((self._edge.size, entry_id, leaf))
                tiles += self._edge.append(leaf)
        for tile in tiles:
            self._connection.execute(
                "INSERT INTO journal_tile (path, hashes) VALUES (%s, %s)",
                [tile_path(tile.level, tile.index), join_hashes(tile.hashes)],
            )
        checkpoint = Checkpoint(self._key.name, self._edge.size, self._edge.root())
        note = self._key.sign(checkpoint)
        self._connection.execute(
            "INSERT INTO journal_checkpoint (size, root, note, at) VALUES (%s, %s, %s, %s)",
            [checkpoint.size, checkpoint.root, note, clock.now()],
        )
        return tiles, note

    def _keep(self, tiles: list[Tile], note: str) -> None:
        lowest = [(tile.index, tile.hashes) for tile in tiles if tile.level == 0]
        self._outside.write(self._edge.size, lowest, self._edge.rows[0], note)

    def _load_key(self, data: Path) -> SigningKey:
        try:
            key = load_key(data)
        except FileNotFoundError:
            if self._latest or self._outside.note():
                raise LedgerError(
                    "keys/ledger.key is missing, but the ledger has been signed with it"
                ) from None
            return make_key(data)
        if self._latest:
            open_note(self._latest[2], key.public)
        return key

    def _load_edge(self) -> Edge:
        found = self._connection.execute("SELECT coalesce(max(index) + 1, 0) FROM journal_leaf").fetchone()
        size = found[0] if found else 0
        rows, level, count = [], 0, size
        while count:
            rows.append([self._node(level, at) for at in range(count // WIDTH * WIDTH, count)])
            level, count = level + 1, count // WIDTH
        edge = Edge(size, rows)
        signed = (self._latest[0], bytes(self._latest[1])) if self._latest else (0, edge.root())
        if signed != (size, edge.root()):
            raise Diverged("the leaves in the database are not those of its latest checkpoint")
        return edge

    def _node(self, level: int, at: int) -> bytes:
        """The hash that stands at place `at` of the tiles of `level`."""
        query = (
            ("SELECT leaf_hash FROM journal_leaf WHERE index = %s", [at])
            if level == 0
            else ("SELECT hashes FROM journal_tile WHERE path = %s", [tile_path(level - 1, at)])
        )
        found = self._connection.execute(*query).fetchone()
        if found is None:
            raise Diverged("hashes of the ledger are missing from the database")
        return bytes(found[0]) if level == 0 else root_of(split_hashes(bytes(found[0])))

    def _catch_up(self) -> None:
        """Bring the files outside to the state of the database, after checking that it continues theirs."""
        kept, size = self._outside.size(self._key.public), self._edge.size
        if kept > size:
            raise Diverged("the database holds less than the checkpoint kept outside: it was set back")
        note = self._outside.note()
        if note and kept == size and open_note(note, self._key.public).root != self._edge.root():
            raise Diverged("the database and the checkpoint kept outside differ")
        if not self._latest or kept == size:
            return
        tiles = []
        for index in range(kept // WIDTH, -(-size // WIDTH)):
            found = self._connection.execute(
                "SELECT leaf_hash FROM journal_leaf WHERE index >= %s AND index < %s ORDER BY index",
                [index * WIDTH, (index + 1) * WIDTH],
            ).fetchall()
            hashes = [bytes(row[0]) for row in found]
            old = self._outside.hashes(index, kept)
            if hashes[: len(old)] != old:
                raise Diverged("the database and the hashes kept outside differ")
            if len(hashes) == WIDTH:
                tiles.append((index, hashes))
        self._outside.write(size, tiles, self._edge.rows[0], self._latest[2])


@contextlib.contextmanager
def connected(data: Path) -> Iterator[Connection]:
    """A connection as the application role: to DATABASE_URL, else by `run/database.json` of the data folder."""
    with psycopg.connect(
        **_address(data), options=SESSION, application_name="shouxin sealer", autocommit=True
    ) as connection:
        yield connection


def _address(data: Path) -> dict[str, Any]:
    if url := os.environ.get("DATABASE_URL"):
        return {key: value for key, value in database_address.parse(url).items() if value}
    found = json.loads((data / "run" / "database.json").read_text(encoding="utf-8"))
    role = found["roles"]["application"]
    return {
        "dbname": found["name"],
        "host": found.get("host") or None,
        "port": found.get("port") or None,
        "user": role["user"],
        "password": role["password"] or None,
    }


def run(data: Path, stop: threading.Event) -> None:
    """Seal until `stop`; waits for another sealer to end, and for a lost database to come back."""
    while not stop.is_set():
        try:
            with connected(data) as connection:
                if _locked(connection, stop):
                    _seal_until(Sealer(connection, data), stop)
        except psycopg.OperationalError:
            stop.wait(RETRY)


def _locked(connection: Connection, stop: threading.Event) -> bool:
    while not stop.is_set():
        found = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
        if found and found[0]:
            return True
        stop.wait(RETRY)
    return False


def _seal_until(sealer: Sealer, stop: threading.Event) -> None:
    while not stop.is_set():
        sealer.round()
        stop.wait(POLL)


def main() -> int:
    """Exit 0 after SIGTERM or SIGINT, 1 when the ledger must not be continued."""
    parser = argparse.ArgumentParser(prog="python -m shouxin.journal.sealer")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("SHOUXIN_DATA", "data")).absolute())
    data: Path = parser.parse_args().data
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        run(data, stop)
    except LedgerError as error:
        sys.stderr.write(f"sealer: {error}; see `shouxin ledger verify`\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
