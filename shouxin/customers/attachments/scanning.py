"""Looking files through for viruses with ClamAV (clamd), where the organisation runs one.

SHOUXIN_CLAMAV names it: `unix:/run/clamav/clamd.ctl` or `tcp:host:port`. clamd's protocol is neither encrypted nor
authenticated and what is sent is the file in clear: a unix socket or the same machine. Configured and not answering
means nothing is stored; not configured is said on the page and by `shouxin doctor`.
"""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from shouxin.core.text import Text
from shouxin.kit import connections

VARIABLE = "SHOUXIN_CLAMAV"
CONNECT_WITHIN = 5.0  # seconds
ANSWER_WITHIN = 60.0
PIECE = 1 << 16
_LONGEST_ANSWER = 4096


class Verdict(StrEnum):
    """What came of looking a file through."""

    CLEAN = "clean"
    FOUND = "found"
    NOT_SCANNED = "not_scanned"  # nothing is configured


class ScannerAway(Exception):
    """A scanner is configured and cannot be used: nothing may be stored."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where clamd listens; `path` of a unix socket, or host and port."""

    path: str = ""
    host: str = ""
    port: int = 0

    @property
    def told(self) -> str:
        return self.path or f"{self.host}:{self.port}"

    @property
    def protocol(self) -> str:
        return "clamd, unix socket" if self.path else "clamd, TCP (plain)"


def configured() -> Address | None:
    """The scanner of this installation.

    Raises:
        ScannerAway: what is configured is not an address.
    """
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        return None
    kind, _, rest = text.partition(":")
    if kind == "unix" and rest.startswith("/"):
        return Address(path=rest)
    host, _, port = rest.rpartition(":")
    if kind == "tcp" and host and port.isdecimal():
        return Address(host=host.strip("[]"), port=int(port))
    raise ScannerAway(f"{VARIABLE} is not an address")


def is_configured() -> bool:
    """Whether files are looked through; a wrong setting counts, for then nothing is stored."""
    return bool(os.environ.get(VARIABLE, "").strip())


def scan(content: bytes) -> Verdict:
    """Have `content` looked through.

    Raises:
        ScannerAway: configured, and no verdict came.
    """
    address = configured()
    if address is None:
        return Verdict.NOT_SCANNED
    try:
        with _talking(address) as talk:
            talk.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), PIECE):
                piece = content[start : start + PIECE]
                talk.sendall(struct.pack(">I", len(piece)) + piece)
            talk.sendall(struct.pack(">I", 0))
            answer = _answer(talk)
    except OSError:
        raise ScannerAway("clamd does not answer") from None
    if answer == b"stream: OK":
        return Verdict.CLEAN
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return Verdict.FOUND
    raise ScannerAway("clamd gave no verdict")  # its size limit, say


def ping(address: Address) -> str:
    """Clamd's version.

    Raises:
        OSError: it does not answer.
    """
    with _talking(address) as talk:
        talk.sendall(b"zVERSION\0")
        return _answer(talk).decode("ascii", errors="replace")[:80]


@contextmanager
def _talking(address: Address) -> Iterator[socket.socket]:
    if address.path:
        talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    else:
        talk = socket.create_connection((address.host, address.port), CONNECT_WITHIN)
    with talk:
        talk.settimeout(CONNECT_WITHIN)
        if address.path:
            talk.connect(address.path)
        talk.settimeout(ANSWER_WITHIN)
        yield talk


def _answer(talk: socket.socket) -> bytes:
    answer = bytearray()
    while len(answer) < _LONGEST_ANSWER and (piece := talk.recv(_LONGEST_ANSWER)):
        answer += piece
        if piece.endswith(b"\0"):
            break
    return bytes(answer).rstrip(b"\0\n")


def look() -> list[connections.Outcome]:
    """For `shouxin doctor`."""
    if not is_configured():
        return []
    try:
        address = configured()
    except ScannerAway:
        return [connections.Outcome(VARIABLE, "clamd", connections.State.UNREACHABLE)]
    if address is None:
        return []

    def trying() -> None:
        if not ping(address):
            raise OSError("no answer")

    return [connections.attempt(address.told, address.protocol, trying)]


connections.register(
    connections.Connection(
        "attachments.clamav",
        Text("附件病毒扫描（ClamAV）", "Virus scanning of attachments (ClamAV)"),
        Text(
            "连不上时，新附件一律不收；已有附件照常查看。没有配置时，附件未经病毒扫描，页面上注明。",
            "While it is away no attachment is taken in; those that stand can be seen. Not configured: attachments are "
            "not scanned, and the page says so.",
        ),
        look,
    )
)
