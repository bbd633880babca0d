"""`python -m benchmarks.load`: callers that keep their connection and ask again as soon as they are answered.

A process of its own and plain sockets, so that asking costs little beside answering. Reads one JSON object from
standard input, {"port", "seconds", "callers": [[request, …], …]}, and writes {"rate", "answered", "p50_ms",
"p99_ms"}: every caller goes round its own list of requests. An answer other than 200 ends it.
"""

import json
import selectors
import socket
import sys
import time

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"


class Caller:
    """One connection with one request under way."""

    def __init__(self, port: int, requests: list[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = requests
        self._asked = 0
        self._got = b""
        self._since = 0.0

    def ask(self) -> None:
        self._got, self._since = b"", time.perf_counter()
        self.socket.sendall(self._requests[self._asked % len(self._requests)])
        self._asked += 1

    def take(self) -> float | None:
        """Read what has come; the seconds it took when the answer is complete."""
        piece = self.socket.recv(65536)
        if not piece:
            raise SystemExit("the server closed the connection")
        self._got += piece
        head, found, body = self._got.partition(END_OF_HEAD)
        if not found or len(body) < _length(head):
            return None
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(self._got.decode(errors="replace"))
        return time.perf_counter() - self._since


def _length(head: bytes) -> int:
    lowered = head.lower()
    start = lowered.index(LENGTH) + len(LENGTH)
    return int(lowered[start : (lowered.find(b"\r\n", start) + 1 or len(lowered) + 1) - 1])


def run(port: int, seconds: float, callers: list[list[str]]) -> dict[str, object]:
    """Ask for about `seconds` with every caller at once."""
    waiting = selectors.DefaultSelector()
    for requests in callers:
        caller = Caller(port, [request.encode() for request in requests])
        waiting.register(caller.socket, selectors.EVENT_READ, caller)
        caller.ask()
    took: list[float] = []
    start = time.perf_counter()
    until = start + seconds
    open_requests = len(callers)
    while open_requests:
        for key, _ in waiting.select():
            caller = key.data
            spent = caller.take()
            if spent is None:
                continue
            took.append(spent)
            if time.perf_counter() < until:
                caller.ask()
            else:
                open_requests -= 1
    spent = time.perf_counter() - start
    took.sort()
    return {
        "rate": len(took) / spent,
        "answered": len(took),
        "p50_ms": took[len(took) // 2] * 1000,
        "p99_ms": took[int(len(took) * 0.99)] * 1000,
    }


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump(run(given["port"], given["seconds"], given["callers"]), sys.stdout)
