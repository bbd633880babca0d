"""`python -m benchmarks.bare`: the least that answers the same question over HTTP, under the same server.

A bare WSGI application: reads the customer's id from the JSON body, selects the plain row and inserts an audit row in
one statement on a pooled connection, answers JSON. No token, no decision, no encryption. Takes PORT, BARE_DATABASE
(a connection string) and BARE_PROCESSES from the environment.
"""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID, uuid4

STATEMENT = """
WITH audit AS (
    INSERT INTO benchmark_audit (id, at, event, actor, customer, purpose, body)
    VALUES (%s, now(), 'field.read', %s, %s, 'sales_contract', %s))
SELECT person_name, mobile, customer_no, home_address, postal_code FROM benchmark_plain WHERE id = %s
"""
ACTOR, BODY = uuid4(), b"\x01" + b"x" * 300


def make() -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """The application, with as many connections as the product's pool holds."""
    from psycopg_pool import ConnectionPool

    from shouxin.operations.server.environment import POOL

    pool = ConnectionPool(
        os.environ["BARE_DATABASE"],
        kwargs={"autocommit": True},
        min_size=POOL["min_size"],
        max_size=POOL["max_size"],
        open=True,
    )

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        customer = UUID(asked["ids"][0])
        with pool.connection() as connection:
            row = connection.execute(
                STATEMENT, [uuid4(), ACTOR, customer, BODY, customer], prepare=True
            ).fetchone()
        if row is None:
            raise LookupError("no such customer")
        content = json.dumps(
            {"id": str(customer), "values": dict(zip(asked["fields"], row, strict=True))}, ensure_ascii=False
        ).encode()
        start_response(
            "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
        )
        return [content]

    return application


def __getattr__(name: str) -> Any:
    """Made when granian's workers ask for it: its main process needs no pool."""
    if name != "application":
        raise AttributeError(name)
    return make()


if __name__ == "__main__":
    from granian import Granian
    from granian.constants import Interfaces

    from shouxin.operations.server.web import THREADS

    Granian(
        "benchmarks.bare:application",
        address="127.0.0.1",
        port=int(os.environ["PORT"]),
        interface=Interfaces.WSGI,
        workers=int(os.environ["BARE_PROCESSES"]),
        blocking_threads=THREADS,
        websockets=False,
        log_access=False,
    ).serve()
