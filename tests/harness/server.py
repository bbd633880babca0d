"""Real `shouxin serve` processes on data folders of their own, for tests of the server's promises."""

import contextlib
import http.client
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from shouxin.operations.server import credentials, processes

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0  # generous: two processors may be shared with everything else


# Every test process takes ports of its own, below those the system gives to outgoing connections: a port that
# one test has just left must not be answered by the server of another.
_PORTS = itertools.count(
    20_000 + 4_000 * int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "0"))) % 12_000
)


def free_port() -> int:
    for port in _PORTS:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def of_folder(data: Path) -> list[int]:
    """Every process that works for this data folder, whoever started it."""
    mark, found = f"SHOUXIN_DATA={data}".encode(), []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found


def until(condition: Any, what: str, seconds: float = PATIENCE) -> Any:
    """Wait for `condition()` to be true; give what it gave."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited in vain: {what}")


class Server:
    """One `shouxin` process with everything it starts."""

    def __init__(
        self, data: Path, *, port: int | None = None, python: str = sys.executable, **popen: Any
    ) -> None:
        self.data = data
        self.port = port or free_port()
        self.output = Path(tempfile.mkstemp(prefix="shouxin-serve-", suffix=".out")[1])
        inherited = {
            key: value for key, value in os.environ.items() if not key.startswith(("SHOUXIN_", "PYTEST_"))
        }
        self.environment = inherited | {
            "SHOUXIN_DATA": str(data),
            "PORT": str(self.port),
            "SHOUXIN_LANG": "en",
            "SHOUXIN_WEB_PROCESSES": "1",
        }
        self._python = python
        self._popen = popen
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *command: str, **environment: str) -> "Server":
        with self.output.open("ab") as out:
            self.process = subprocess.Popen(
                [self._python, "-m", "shouxin.cli", *(command or ("serve",))],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=ROOT,
                env=self.environment | environment,
                **self._popen,
            )
        return self

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_exit(self, seconds: float = PATIENCE) -> int:
        assert self.process is not None
        return self.process.wait(seconds)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body; (0, b"") when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def ready(self) -> bool:
        status, _body = self.get("/readyz")
        return status == 200

    def wait_ready(self, seconds: float = PATIENCE) -> "Server":
        def look() -> bool:
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"the server ended: {self.said()}\n{self.logs()}")
            return self.ready()

        until(look, f"/readyz; it answered {self.get('/readyz')}, said {self.said()}", seconds)
        return self

    def wait_announced(self) -> str:
        return str(until(lambda: "127.0.0.1" in self.said() and self.said(), "the address on the terminal"))

    def members(self) -> dict[str, list[int]]:
        """The process ids by part: web (the main one first), worker, sealer, postgres (postmaster first)."""
        assert self.process is not None
        found: dict[str, list[int]] = {"web": [], "worker": [], "sealer": [], "postgres": []}
        for pid in descendants(self.process.pid):
            text = command_line(pid)
            for name, pattern in (
                ("web", r"server\.web|multiprocessing"),
                ("worker", r"server\.worker"),
                ("sealer", r"journal\.sealer"),
                ("postgres", r"^\S*postgres( |:)"),
            ):
                if re.search(pattern, text):
                    found[name].append(pid)
                    break
        return found  # as `descendants` gives them, parents first: numbers start again at one some day

    def everyone(self) -> list[int]:
        assert self.process is not None
        return [self.process.pid, *descendants(self.process.pid)]

    def database(self, role: str = "superuser") -> psycopg.Connection:
        known = credentials.read(self.data / "run" / "database.json")
        assert known is not None
        return psycopg.connect(known.conninfo(role), autocommit=True)

    def stop(self) -> None:
        """End it whatever state it is in; for cleaning up."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                processes.send(self.everyone(), signal.SIGKILL)
        with contextlib.suppress(FileNotFoundError):
            self.output.unlink()

    def logs(self) -> str:
        return "\n".join(
            path.read_text(encoding="utf-8") for path in sorted((self.data / "logs").glob("*.log*"))
        )


def parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
                yield int(entry.name), int(stat.rpartition(")")[2].split()[1])


def descendants(pid: int) -> list[int]:
    """All below a process, parents before their children."""
    links = list(parents())
    found, new = [], {pid}
    while new:
        new = {child for child, parent in links if parent in new}
        found += sorted(new)
    return found


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def shouxin(data: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run one command to its end: (exit status, output, errors)."""
    server = Server(data)
    done = subprocess.run(
        [sys.executable, "-m", "shouxin.cli", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=ROOT,
        env=server.environment | environment,
        check=False,
        timeout=PATIENCE,
    )
    server.stop()
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def as_json(text: str) -> Any:
    return json.loads(text)
