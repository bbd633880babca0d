"""A small CRM that keeps tokens instead of its customers' names and numbers.

    python crm.py import numbers.txt    customer numbers, one a line: the tokens behind them go into the book
    python crm.py listen 9000           be told of changes by webhook, and acknowledge each
    python crm.py catch-up              ask for changes that no webhook brought, and acknowledge them
    python crm.py show                  the book as it stands
    python crm.py phone 1               the telephone number of row 1, for this moment; it is not kept

Settings: CRM_API (http://127.0.0.1:8000/api/v1), CRM_TOKEN (the client's token), CRM_SECRET (the webhook's secret),
CRM_PURPOSE (sales_contract), CRM_BOOK (crm.sqlite).
"""

import os
import sqlite3
import sys
from collections.abc import Iterable
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from standardwebhooks import Webhook, WebhookVerificationError

API = os.environ.get("CRM_API", "http://127.0.0.1:8000/api/v1")
PURPOSE = os.environ.get("CRM_PURPOSE", "sales_contract")
FIELDS = ("person_name", "mobile")
AT_ONCE = 500
MOST_BYTES = 1_000_000

TABLES = """
CREATE TABLE IF NOT EXISTS customer (row INTEGER PRIMARY KEY, token TEXT UNIQUE NOT NULL, revision INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS field (customer TEXT NOT NULL, key TEXT NOT NULL, token TEXT NOT NULL,
    PRIMARY KEY (customer, key));
CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY);
"""


def book() -> sqlite3.Connection:
    """The book: tokens and revisions. A thief of it learns how many customers there are, and nothing else."""
    connection = sqlite3.connect(os.environ.get("CRM_BOOK", "crm.sqlite"), timeout=30)
    connection.executescript(TABLES)
    return connection


def ask(route: str, body: dict[str, Any]) -> dict[str, Any]:
    """One request to the API; a problem ends it with the sentence for people."""
    answer = httpx.post(
        f"{API}/{route}",
        json=body,
        headers={"Authorization": f"Bearer {os.environ['CRM_TOKEN']}"},
        timeout=30,
    )
    if answer.is_error:
        problem = answer.json()
        raise SystemExit(f"{problem['code']}: {problem['reason']}")
    found: dict[str, Any] = answer.json()
    return found


def import_numbers(path: Path) -> None:
    """Put the customers behind these numbers into the book, by their tokens."""
    numbers = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        found = ask(
            "customers:read",
            {
                "purpose": PURPOSE,
                "reason": "order",
                "form": "token",
                "fields": list(FIELDS),
                "customer_nos": some,
            },
        )
        with closing(book()) as connection, connection:
            for number, one in zip(some, found["results"], strict=True):
                if "token" not in one:
                    print(f"{number}: {one['code']}")
                    continue
                keep(connection, one)
    show()


def keep(connection: sqlite3.Connection, one: dict[str, Any]) -> None:
    """Write one customer into the book."""
    connection.execute(
        "INSERT INTO customer (token, revision) VALUES (?, ?)"
        " ON CONFLICT (token) DO UPDATE SET revision = excluded.revision",
        (one["token"], one["revision"]),
    )
    connection.executemany(
        "INSERT OR REPLACE INTO field (customer, key, token) VALUES (?, ?, ?)",
        [(one["token"], key, value["text"]) for key, value in one["values"].items()],
    )


def bring_in(connection: sqlite3.Connection, changes: Iterable[dict[str, Any]]) -> list[str]:
    """Bring changes into the book; older news than what stands there changes nothing. Gives the ids to acknowledge."""
    done = []
    for change in changes:
        connection.execute(
            "UPDATE customer SET revision = max(revision, ?) WHERE token = ?",
            (change["revision"], change["token"]),
        )
        done.append(change["id"])
    return done


def receive(headers: dict[str, str], body: bytes) -> int:
    """One webhook: checked, brought in once, acknowledged. Gives the status to answer with."""
    try:
        # Refuses a wrong signature, and a message signed more than five minutes ago.
        told = Webhook(os.environ["CRM_SECRET"]).verify(body, headers)
    except (WebhookVerificationError, ValueError):
        return 401
    with closing(book()) as connection:
        # The message's id and its changes are written together: a repeat finds the id and changes nothing.
        with connection:
            first = connection.execute(
                "INSERT OR IGNORE INTO message (id) VALUES (?)", (headers["webhook-id"],)
            )
            changes = told["data"].get("changes", []) if told["type"] == "customer.changed" else []
            if first.rowcount:
                bring_in(connection, changes)
        print("message" if first.rowcount else "repeat", headers["webhook-id"], flush=True)
    if changes:
        # A repeat is acknowledged again: the first time this may have been cut off.
        ask("changes:acknowledge", {"ids": [change["id"] for change in changes]})
    return 204


class Hooks(BaseHTTPRequestHandler):
    """Where the webhooks come in."""

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(min(length, MOST_BYTES))
        try:
            status = receive({key.lower(): value for key, value in self.headers.items()}, body)
        except (SystemExit, httpx.HTTPError, sqlite3.Error):
            status = 503  # not brought in: it will be sent again
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Addresses and paths need not stand in a log."""


def listen(port: int) -> None:
    """Be told, until stopped."""
    with ThreadingHTTPServer(("127.0.0.1", port), Hooks) as server:
        print(f"listening on {server.server_address[1]}", flush=True)
        server.serve_forever()


def catch_up() -> None:
    """What no webhook brought."""
    cursor = None
    while True:
        found = ask("changes:list", {"cursor": cursor, "limit": AT_ONCE})
        if found["changes"]:
            with closing(book()) as connection, connection:
                done = bring_in(connection, found["changes"])
            ask("changes:acknowledge", {"ids": done})
        cursor = found["cursor"]
        if not found["more"]:
            break
    show()


def show() -> None:
    """The book, row by row."""
    with closing(book()) as connection:
        for row, token, revision in connection.execute(
            "SELECT row, token, revision FROM customer ORDER BY row"
        ):
            print(row, token, revision)


def phone(row: int) -> None:
    """The number behind row `row`, in the form the client may see; asked for when needed, never kept."""
    with closing(book()) as connection:
        found = connection.execute(
            "SELECT f.token FROM field f JOIN customer c ON c.token = f.customer WHERE c.row = ? AND f.key = 'mobile'",
            (row,),
        ).fetchone()
    if found is None:
        raise SystemExit("no such row, or no telephone number")
    answer = ask("tokens:resolve", {"purpose": PURPOSE, "reason": "order", "tokens": [found[0]]})
    (one,) = answer["results"]
    print(one["values"]["mobile"]["text"] if not one.get("code") else one["reason"])


def main(arguments: list[str]) -> None:
    """See the top of this file."""
    match arguments:
        case ["import", path]:
            import_numbers(Path(path))
        case ["listen", port]:
            listen(int(port))
        case ["catch-up"]:
            catch_up()
        case ["show"]:
            show()
        case ["phone", row]:
            phone(int(row))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
