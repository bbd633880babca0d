"""A mail server on this machine for as long as a demonstration is being made: what it takes goes no further.

So what the demonstration shows as sent was sent, by the product's own hands, and its log says to whom. Nothing of a
demonstration ever reaches another machine: its addresses exist nowhere.
"""

import email
import os
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

SENDER = "service@example.com"
HERE = "127.0.0.1"


class _Server(ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HERE, 0), _Conversation)
        self.letters: list[EmailMessage] = []


class _Conversation(StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a client needs that only ever hands letters over."""

    server: _Server

    def handle(self) -> None:
        self._say("220 demonstration")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                self.server.letters.append(email.message_from_bytes(self._text(), policy=policy.default))
            if verb == b"QUIT":
                self._say("221 bye")
                return
            self._say("250 fine")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode("ascii"))

    def _text(self) -> bytes:
        """Up to the line with a single dot; a line of the text that begins with one has a second before it."""
        found = bytearray()
        while (line := self.rfile.readline()) and line != b".\r\n":
            found += line[1:] if line.startswith(b".") else line
        return bytes(found)


@contextmanager
def postbox() -> Iterator[list[EmailMessage]]:
    """What was sent meanwhile, in order."""
    with _Server() as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        ours = {
            "SHOUXIN_SMTP": f"{HERE}:{server.server_address[1]}",
            "SHOUXIN_SMTP_TLS": "none",
            "SHOUXIN_SMTP_FROM": SENDER,
        }
        before = {name: os.environ.pop(name, None) for name in (*ours, "SHOUXIN_SMTP_USER")}
        os.environ.update(ours)
        try:
            yield server.letters
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
            server.shutdown()
