"""Where the web server listens, and whether it may."""

import errno
import os
import socket
import time
from dataclasses import dataclass

from shouxin.operations.server import environment
from shouxin.operations.server.problems import ServerProblem

DEFAULT_PORT = 8000
PATIENCE_SECONDS = 3.0  # a server killed a moment ago may need it to let go


@dataclass(frozen=True, slots=True)
class Address:
    """An interface and a port, with what people type to get there."""

    host: str
    port: int
    encrypted: bool
    open_to_others: bool

    @property
    def url(self) -> str:
        return f"{'https' if self.encrypted else 'http'}://127.0.0.1:{self.port}/"


def choose() -> Address:
    """From PORT and the certificate or proxy named: without either, nobody but this machine may connect.

    Raises:
        ServerProblem: PORT is not a port.
    """
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**16):
        raise ServerProblem(
            "port-not-a-number",
            f"PORT 的值「{text}」不是有效端口号（1–65535）。",
            f"PORT is {text!r}, which is not a port (1 to 65535).",
        )
    encrypted = environment.certificate() is not None
    shared = encrypted or bool(environment.proxies())
    return Address("0.0.0.0" if shared else "127.0.0.1", int(text), encrypted, shared)  # noqa: S104 - asked for


def check_free(address: Address) -> None:
    """Bind once, plainly: granian would share a taken port without a word.

    Raises:
        ServerProblem: somebody else listens there, or we may not.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (error := _try_bind(address)) is not None:
        if error.errno != errno.EADDRINUSE:
            raise ServerProblem(
                "port-not-allowed",
                f"无法在 {address.host}:{address.port} 监听：{error.strerror}。请用 PORT 换一个端口。",
                f"Cannot listen on {address.host}:{address.port}: {error.strerror}. Name another with PORT.",
            ) from error
        if time.monotonic() > deadline:
            raise ServerProblem(
                "port-taken",
                f"端口 {address.port} 已被其他程序占用。请用 PORT 换一个，例如 PORT={address.port + 1}。",
                f"Port {address.port} is taken by another program. Name another, say PORT={address.port + 1}.",
            ) from error
        time.sleep(0.1)


def _try_bind(address: Address) -> OSError | None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
            probe.listen(1)
        except OSError as error:
            return error
    return None
