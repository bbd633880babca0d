"""Somebody between us and an LDAP directory: takes the port, answers StartTLS as a test says, keeps what it hears."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum

from tests.harness.certificates import Files

_SUCCESS, _UNAVAILABLE = 0, 52
_EXTENDED, _BOUND = 0x78, 0x61  # tags of answers to an extended request and to a bind


class Answer(Enum):
    """What it does when it is asked for TLS."""

    REFUSES = "says that it speaks no TLS"
    HANGS_UP = "closes the connection"
    SPEAKS_ON = "says yes and goes on in clear"
    SHAKES_HANDS = "says yes and shows its own certificate"


@dataclass
class Between:
    """Where it listens, and every byte it could read."""

    port: int
    heard: bytearray = field(default_factory=bytearray)
    secured: bytearray = field(default_factory=bytearray)  # what came through a handshake with it


@contextmanager
def listening(answer: Answer, files: Files | None = None, *, at_once: bool = False) -> Iterator[Between]:
    """Until the block ends. `at_once`: TLS from the first byte, as LDAPS has it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Between(server.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(server, found, answer, files, at_once), daemon=True)
        thread.start()
        try:
            yield found
        finally:
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            server.close()
            thread.join(10)


def _serve(server: socket.socket, found: Between, answer: Answer, files: Files | None, at_once: bool) -> None:  # noqa: FBT001 - of one caller
    while True:
        try:
            plain, _ = server.accept()
        except OSError:
            return
        with plain, suppress(OSError):
            plain.settimeout(5)
            if at_once:
                _secured(plain, found, files)
            else:
                _converse(plain, found, answer, files)


def _converse(plain: socket.socket, found: Between, answer: Answer, files: Files | None) -> None:
    request = plain.recv(4096)
    found.heard += request
    if answer is Answer.HANGS_UP:
        return
    plain.sendall(_result(request, _EXTENDED, _UNAVAILABLE if answer is Answer.REFUSES else _SUCCESS))
    if answer is Answer.SHAKES_HANDS:
        _secured(plain, found, files)
        return
    while more := plain.recv(4096):
        found.heard += more
        plain.sendall(_result(more, _BOUND, _SUCCESS))


def _secured(plain: socket.socket, found: Between, files: Files | None) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if files:
        context.load_cert_chain(files.certificate, files.key)
    with context.wrap_socket(plain, server_side=True) as secure:
        found.secured += secure.recv(4096)


def _result(request: bytes, tag: int, code: int) -> bytes:
    """An LDAP result for the request: its message id as it stands there, then a code and two empty texts."""
    message = request[2 : 4 + request[3]] if len(request) > 3 else b"\x02\x01\x01"
    body = message + bytes([tag, 0x07, 0x0A, 0x01, code, 0x04, 0x00, 0x04, 0x00])
    return bytes([0x30, len(body)]) + body
