"""The port of plain HTTP beside an encrypted server: it answers with the address of the encrypted one, nothing else.

Nothing is read but the first lines of a request, nothing is logged, and only names this installation answers to are
redirected to, so that nobody can be sent elsewhere by it.
"""

import asyncio
import contextlib
import os
import signal
from http import HTTPStatus

from shouxin.operations.server import environment

MOST_HEAD = 8_192
PATIENCE_SECONDS = 5.0
MOST_AT_ONCE = 200


def answer(head: bytes, *, hosts: frozenset[str], port: int) -> bytes:
    """The whole answer to a request that begins with `head`."""
    first, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    path = rest.rpartition(" ")[0]
    named = next((line[5:].strip() for line in lines if line[:5].lower() == "host:"), "")
    host = _without_port(named).lower()
    if host not in hosts or not path.startswith("/") or not path.isascii() or not path.isprintable():
        return _response(HTTPStatus.BAD_REQUEST)
    if method not in {"GET", "HEAD"}:  # what was sent in clear has been seen; it is not to be sent again
        return _response(HTTPStatus.FORBIDDEN)
    where = host if port == 443 else f"{host}:{port}"  # noqa: PLR2004 - the port of HTTPS
    return _response(HTTPStatus.PERMANENT_REDIRECT, f"Location: https://{where}{path}\r\n")


def _without_port(named: str) -> str:
    if named.startswith("["):
        return named.partition("]")[0] + "]"
    return named.partition(":")[0]


def _response(status: HTTPStatus, more: str = "") -> bytes:
    return (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n"
    ).encode("latin-1")


async def serve(address: str, http_port: int, https_port: int) -> None:
    """Answer until told to stop."""
    hosts = frozenset(host.lower() for host in environment.allowed_hosts())
    turns = asyncio.Semaphore(MOST_AT_ONCE)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(
            OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError
        ):
            async with turns, asyncio.timeout(PATIENCE_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(answer(head, hosts=hosts, port=https_port))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, address, http_port, limit=MOST_HEAD)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with server:
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(os.environ["HOST"], int(os.environ["SHOUXIN_HTTP_PORT"]), int(os.environ["PORT"])))
