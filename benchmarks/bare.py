"""`python -m benchmarks.bare`: the least that answers the same question over HTTP, under the same server.

A bare WSGI application: reads the customer's id from the JSON body, selects the plain row and inserts an audit row in
one statement on a pooled connection, answers JSON; asked for more than one customer it gives their sealed bytes as they
are stored. No token, no decision, no encryption. Takes PORT, BARE_DATABASE (a connection string) and BARE_PROCESSES
from the environment.
"""

import json
import os
from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID, uuid4

STATEMENT = """
WITH audit AS (
    INSERT INTO benchmark_audit (id, at, event, actor, customer, purpose, body)
    VALUES (%s, now(), 'field.read', %s, %s, 'sales_contract', %s))
SELECT person_name, mobile, customer_no, home_address, postal_code FROM benchmark_plain WHERE id = %s
"""
SEALED = "SELECT sealed FROM vault_sealed_record WHERE customer_id = ANY(%s)"
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
        if len(asked["ids"]) > 1:
            return answer(unopened(pool, asked["ids"]), start_response)
        customer = UUID(asked["ids"][0])
        with pool.connection() as connection:
            row = connection.execute(
                STATEMENT, [uuid4(), ACTOR, customer, BODY, customer], prepare=True
            ).fetchone()
        if row is None:
            raise LookupError("no such customer")
        values = dict(zip(asked["fields"], row, strict=True))
        return answer({"id": str(customer), "values": values}, start_response)

    return application


def unopened(pool: Any, customers: list[str]) -> dict[str, Any]:
    """What is stored of many customers, as it is stored."""
    with pool.connection() as connection:
        found = connection.execute(
            SEALED, [[UUID(one) for one in customers]], prepare=True, binary=True
        ).fetchall()
    return {"sealed": [b64encode(row[0]).decode() for row in found]}


def answer(content: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """As JSON."""
    body = json.dumps(content, ensure_ascii=False).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


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
