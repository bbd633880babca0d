"""Debian's clamd on a socket of the test's own, with one signature of ours: that of the harmless EICAR test file."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

PROGRAM = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
MISSING = "tests of virus scanning need Debian's clamd: apt-get install -y clamav-daemon"
# In two pieces, so that no scanner stumbles over this file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
_WITHIN = 300.0  # seconds, for a machine that is busy


@contextmanager
def running(folder: Path) -> Iterator[Path]:
    """clamd, answering on the socket that is given; ended afterwards."""
    assert PROGRAM
    signatures, path, settings = folder / "signatures", folder / "clamd.ctl", folder / "clamd.conf"
    signatures.mkdir()
    (signatures / "local.ndb").write_text(f"Test.Eicar:0:*:{EICAR.hex()}\n")
    settings.write_text(
        f"LocalSocket {path}\nDatabaseDirectory {signatures}\nTemporaryDirectory {folder}\nForeground yes\n"
        "StreamMaxLength 30M\nMaxThreads 2\nSelfCheck 3600\n"
    )
    with subprocess.Popen(
        [PROGRAM, "--config-file", str(settings)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    ) as process:
        try:
            _wait(path, process)
            yield path
        finally:
            process.kill()


def _wait(path: Path, process: "subprocess.Popen[bytes]") -> None:
    """Until it answers; there is nothing else to wait for."""
    end = monotonic() + _WITHIN
    while monotonic() < end and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as talk:
            try:
                talk.connect(str(path))
                talk.sendall(b"zPING\0")
                if talk.recv(16).startswith(b"PONG"):
                    return
            except OSError:
                sleep(0.05)
    raise RuntimeError("clamd did not start")
