"""A demonstration of its own, in a folder that is gone afterwards."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tools.screens.still import sitecustomize

PATIENCE_SECONDS = 600
ACCOUNT = re.compile(r"\s(?P<who>[a-z]+)\s+(?P<password>[a-z]+-[a-z]+-\d{4})\s")


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Where it answers, and who can sign in with which password."""

    base: str
    passwords: Mapping[str, str]


@contextmanager
def demonstration(*, stopped: bool = False) -> Iterator[Demonstration]:
    """Start it, wait until it has its people and answers, stop it; with `stopped` clocks, here and there."""
    environment = dict(os.environ)
    if stopped:
        sitecustomize.hold()
        folder = str(Path(sitecustomize.__file__).parent)
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH", ""))))
    with TemporaryDirectory(prefix="shouxin-screens-") as data:
        os.environ["SHOUXIN_DATA"] = data
        base, output = f"http://127.0.0.1:{_free_port()}", Path(data) / "output.txt"
        with output.open("wb") as out:
            server = subprocess.Popen(
                [sys.executable, "-m", "shouxin.cli", "demo"],
                env={**environment, "SHOUXIN_DATA": data, "PORT": base.rpartition(":")[2]},
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Demonstration(base, _ready(server, base, output))
        finally:
            server.terminate()
            server.wait(60)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _ready(server: subprocess.Popen[bytes], base: str, output: Path) -> dict[str, str]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        passwords = dict(ACCOUNT.findall(output.read_text(encoding="utf-8")))
        try:
            if passwords and httpx.get(f"{base}/readyz").status_code == httpx.codes.OK:
                return passwords
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise RuntimeError(f"the demonstration did not start:\n{output.read_text(encoding='utf-8')}")
