"""Where the web server listens, and whether it may."""

import errno
import os
import socket
import time
from dataclasses import dataclass

from shouxin.kit import clock
from shouxin.operations.server import certificates, environment
from shouxin.operations.server.certificates import Certificate
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
    http_port: int = 0  # where plain HTTP is redirected; 0: nowhere
    certificate: Certificate | None = None

    @property
    def url(self) -> str:
        return f"{'https' if self.encrypted else 'http'}://127.0.0.1:{self.port}/"


def choose() -> Address:
    """From PORT and the certificate or proxy named: without either, nobody but this machine may connect.

    Raises:
        ServerProblem: PORT is not a port, or the certificate is none that browsers would take.
    """
    port = _port("PORT") or DEFAULT_PORT
    http_port = _port("SHOUXIN_HTTP_PORT")
    pair = environment.certificate()
    if http_port and (pair is None or http_port == port):
        raise ServerProblem(
            "http-port-alone",
            "SHOUXIN_HTTP_PORT 只用于把 HTTP 转到 HTTPS：需要 SHOUXIN_CERTIFICATE，且不能与 PORT 相同。",
            "SHOUXIN_HTTP_PORT only redirects to HTTPS: it needs SHOUXIN_CERTIFICATE and differs from PORT.",
        )
    found = (
        certificates.check(pair, hosts=environment.named_hosts(), now=clock.now())
        if pair is not None
        else None
    )
    shared = pair is not None or bool(environment.proxies())
    host = "0.0.0.0" if shared else "127.0.0.1"  # noqa: S104 - asked for
    return Address(host, port, pair is not None, shared, http_port, found)


def _port(variable: str) -> int:
    text = os.environ.get(variable, "")
    if text and not (text.isascii() and text.isdigit() and 0 < int(text) < 2**16):
        raise ServerProblem(
            "port-not-a-number",
            f"{variable} 的值「{text}」不是有效端口号（1–65535）。",
            f"{variable} is {text!r}, which is not a port (1 to 65535).",
        )
    return int(text or 0)


def check_free(host: str, port: int, variable: str) -> None:
    """Bind once, plainly: granian would share a taken port without a word.

    Raises:
        ServerProblem: somebody else listens there, or we may not.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (error := _try_bind(host, port)) is not None:
        if error.errno != errno.EADDRINUSE:
            raise ServerProblem(
                "port-not-allowed",
                f"无法在 {host}:{port} 监听：{error.strerror}。请用 {variable} 换一个端口。",
                f"Cannot listen on {host}:{port}: {error.strerror}. Name another with {variable}.",
            ) from error
        if time.monotonic() > deadline:
            raise ServerProblem(
                "port-taken",
                f"端口 {port} 已被其他程序占用。请用 {variable} 换一个，例如 {variable}={port + 1}。",
                f"Port {port} is taken by another program. Name another, say {variable}={port + 1}.",
            ) from error
        time.sleep(0.1)


def _try_bind(host: str, port: int) -> OSError | None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            return error
    return None
