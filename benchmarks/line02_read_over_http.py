"""Line 2: the protected read over HTTP: one customer a request, eight programs, the product's own web server."""

import atexit
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from benchmarks import harness
from benchmarks.harness import SEED, Bench, Result
from benchmarks.line01_protected_read import FIELDS, PURPOSE

CALLERS = 8
REQUESTS = 2_000  # a caller goes round this many different customers
PATIENCE = 60.0


def tokens(bench: Bench, fields: Sequence[str] = FIELDS, callers: int = CALLERS) -> list[str]:
    """One API client for each caller, proposed and approved as any other, at the highest limits a proposal may name."""
    from shouxin.access.clients import services
    from shouxin.access.clients.rules import MOST_DAILY_ROWS, MOST_PER_MINUTE, Wanted
    from shouxin.kit import clock

    world, now = bench.world, clock.now()
    given = []
    for number in range(callers):
        proposed = services.propose(
            actor=world.actor("sales_head"),
            owner=world.people["clerk"].id,
            department=world.departments["sales"].id,
            wanted=Wanted(
                name=f"订单系统 {number}",
                purposes=[PURPOSE],
                readable=fields,
                clear=[],
                writable=[],
                addresses=["127.0.0.1"],
                per_minute=MOST_PER_MINUTE,
                daily_rows=MOST_DAILY_ROWS,
                starts_at=now - timedelta(minutes=1),
                ends_at=now + timedelta(days=30),
                reason="订单履约需要同步客户",
            ),
            now=now,
        )
        given.append(services.approve(actor=world.actor("officer"), client=proposed.id, now=now)[1])
    return given


def request(token: str, customers: Sequence[UUID], fields: Sequence[str] = FIELDS) -> str:
    """The bytes that a program sends."""
    body = json.dumps(
        {"purpose": PURPOSE, "reason": "delivery", "fields": fields, "ids": [str(one) for one in customers]},
        separators=(",", ":"),
    )
    return (
        "POST /api/v1/customers:read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )


def start(bench: Bench, module: str, **environment: str) -> int:
    """A web server of its own process; ended with the run. Returns its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    log = (bench.data / "logs" / f"{module}.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        env=os.environ | {"HOST": "127.0.0.1", "PORT": str(port)} | environment,
        stdout=log,
        stderr=log,
    )
    atexit.register(process.wait)
    atexit.register(process.terminate)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return port
        time.sleep(0.1)
    raise SystemExit(f"{module} did not start, see {log.name}")


def ask(port: int, token: str, customers: Sequence[UUID], fields: Sequence[str] = FIELDS) -> Any:
    """One answer, once the server's application is up."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    head, _, body = request(token, customers, fields).partition("\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    connection.request("POST", "/api/v1/customers:read", body, headers)
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status == 200, content
    return json.loads(content)


class Load:
    """The callers' side of one server; every measurement is a process of its own."""

    def __init__(self, port: int, callers: list[list[str]], seconds: float) -> None:
        self._given = {"port": port, "callers": callers, "seconds": seconds}
        self.p50: list[float] = []
        self.p99: list[float] = []
        self.answered = 0

    def __call__(self) -> float:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.load"],
            input=json.dumps(self._given).encode(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        found = json.loads(done.stdout)
        self.p50.append(found["p50_ms"])
        self.p99.append(found["p99_ms"])
        self.answered += found["answered"]
        return float(found["rate"])


def servers(bench: Bench) -> tuple[int, int, int]:
    """The ports of the product and of the bare application, and how many processes each has."""
    from shouxin.operations.server.web import process_count

    bench.tell_processes()
    processes = process_count()
    ours = start(bench, "shouxin.operations.server.web", SHOUXIN_WEB_PROCESSES=str(processes))
    bare = start(
        bench,
        "benchmarks.bare",
        BARE_DATABASE=bench.known.conninfo("application", bench.database),
        BARE_PROCESSES=str(processes),
    )
    return ours, bare, processes


def bounds(mine: Load, theirs: Load) -> dict[str, float]:
    """How long answers took, in milliseconds."""
    return {
        "p50_ms": _middle(mine.p50),
        "p99_ms": _middle(mine.p99),
        "baseline_p50_ms": _middle(theirs.p50),
        "baseline_p99_ms": _middle(theirs.p99),
    }


def _middle(rounds: list[float]) -> float:
    """The median over the rounds, the one that warmed up left out."""
    return round(statistics.median(rounds[1:]), 2)


def measure(bench: Bench, ids: list[UUID]) -> Result:
    order, programs = random.Random(SEED), tokens(bench)
    callers = [[request(token, [order.choice(ids)]) for _ in range(REQUESTS)] for token in programs]
    ours, bare, processes = servers(bench)
    shown = ask(ours, programs[0], ids[:1])["results"][0]["values"]
    assert len(shown) == len(FIELDS)
    assert shown["mobile"]["form"] == "masked"
    assert len(ask(bare, programs[0], ids[:1])["values"]) == len(FIELDS)
    mine, theirs = Load(ours, callers, bench.profile.seconds), Load(bare, callers, bench.profile.seconds)
    sides = harness.interleave(bench, mine, theirs)
    return Result(
        line="02",
        name="protected read over HTTP, one customer a request: token, limits, decision, opening, masks, journal",
        size=f"{len(ids)} customers, {CALLERS} programs at once, {processes} web processes",
        unit="reads/s",
        ours=sides[0],
        baseline=sides[1],
        baseline_name="bare WSGI application under the same server and settings: one statement on a pooled connection",
        unprotected="no token, no limits, no encryption, no decision, no masks, an audit row anybody may alter",
        must=0.50,
        want=0.70,
        limits={"p99_ms": (20.0, 10.0)},
        more=bounds(mine, theirs),
    )
