"""Loaded by pytest before Django's settings are: a data folder of the run's own, and no network.

Named in pyproject's addopts (`-p tests.harness.early`), because pytest-django reads the settings before
any conftest.py is looked at.
"""

import atexit
import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

RUN_VARIABLE = "PYTEST_SHOUXIN_RUN"


def _prepare() -> Path:
    """The folder of the run, made by the process that began it, and in it the data folder of this worker."""
    if RUN_VARIABLE not in os.environ:
        place = tempfile.mkdtemp(prefix="shouxin-test-")
        os.environ[RUN_VARIABLE] = place
        atexit.register(_remove, Path(place), os.getpid())
    run = Path(os.environ[RUN_VARIABLE])
    data = run / os.environ.get("PYTEST_XDIST_WORKER", "main")
    for name in ("keys", "run", "static", "logs"):
        (data / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["SHOUXIN_DATA"] = str(data)
    return run


def _remove(place: Path, owner: int) -> None:
    if os.getpid() == owner:  # not a forked child on its way out
        shutil.rmtree(place, ignore_errors=True)


def _keep_bytecode() -> None:
    """Tests start the product hundreds of times; what it is made of is compiled once, whatever the shell says."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def _forbid_network() -> None:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            host = str(address[0])
            if not (host in {"localhost", "::1"} or host.startswith("127.")):
                raise RuntimeError("tests do not use the network")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[assignment, method-assign]


RUN = _prepare()
_forbid_network()
_keep_bytecode()
