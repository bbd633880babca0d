"""The example CRM against a running server: imports tokens, is told, acknowledges, and is not fooled."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from tests.harness.server import ROOT, Server, free_port, until

CRM = ROOT / "examples" / "crm" / "crm.py"
VALUES = ("李小明", "张伟", "13812345678", "13900009999", "10001")


@dataclass
class Crm:
    """The example, with its settings."""

    server: Server
    known: dict[str, Any]
    folder: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith("SHOUXIN_")},
            "CRM_API": f"http://127.0.0.1:{self.server.port}/api/v1",
            "CRM_TOKEN": self.known["token"],
            "CRM_SECRET": self.known["secret"],
            "CRM_BOOK": str(self.folder / "crm.sqlite"),
        }

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(CRM), *arguments],
            env=self.environment,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def change(self, number: str, revision: int) -> None:
        """Somebody changes 李小明's telephone number."""
        body = {**self.known["footing"], "revision": revision, "values": {"mobile": number}}
        answer = httpx.patch(
            f"{self.environment['CRM_API']}/customers/{self.known['li']}",
            json=body,
            headers={"Authorization": f"Bearer {self.known['token']}"},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.server.database() as connection:
            return connection.execute(statement).fetchall()

    def post(self, body: str, *, at: datetime, secret: str, message: str) -> int:
        headers = {
            "webhook-id": message,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(message, at, body),
        }
        return httpx.post(
            f"http://127.0.0.1:{self.port}/", content=body, headers=headers, timeout=30
        ).status_code


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Crm]:
    data = tmp_path / "data"
    server, port = Server(data), free_port()
    try:
        server.start().wait_ready()
        done = subprocess.run(
            [sys.executable, "-m", "tests.harness.connected", str(port)],
            env={**server.environment, "DJANGO_SETTINGS_MODULE": "shouxin.settings"},
            cwd=ROOT,
            capture_output=True,
            check=False,
            timeout=90,
        )
        assert done.returncode == 0, done.stderr.decode()
        yield Crm(server, json.loads(done.stdout), tmp_path, port)
    finally:
        server.stop()


@pytest.mark.clause("C5.1")
def test_crm_keeps_tokens_is_told_and_acknowledges(crm: Crm) -> None:
    numbers = crm.folder / "numbers.txt"
    numbers.write_text("\n".join(crm.known["numbers"]), encoding="utf-8")
    shown = crm.run("import", str(numbers))
    assert shown.count("cst_") == 2
    assert "customer.unknown" in shown
    assert crm.run("phone", "1").strip() == "13812345678"

    log = crm.folder / "listen.log"
    with log.open("wb") as out:
        listener = subprocess.Popen(
            [sys.executable, str(CRM), "listen", str(crm.port)], env=crm.environment, stdout=out, stderr=out
        )
    try:
        until(lambda: "listening" in log.read_text(encoding="utf-8"), "the CRM to listen")
        crm.change("13900009999", 1)
        done = "SELECT 1 FROM access_customer_change WHERE acknowledged_at IS NOT NULL"
        until(lambda: crm.rows(done), "the acknowledgement")
        assert crm.run("show").splitlines()[0].endswith(" 2")
        assert crm.run("phone", "1").strip() == "13900009999"
        _not_fooled(crm, log)
    finally:
        listener.terminate()
        listener.wait(15)

    crm.change("13900008888", 2)
    until(lambda: crm.rows("SELECT 1 FROM access_webhook_attempt WHERE outcome = 'unreachable'"), "a try")
    assert crm.run("catch-up").splitlines()[0].endswith(" 3")
    assert crm.rows("SELECT count(*) FROM access_customer_change WHERE acknowledged_at IS NULL") == [(0,)]
    kept = (crm.folder / "crm.sqlite").read_bytes() + log.read_bytes()
    assert not [value for value in VALUES if value.encode() in kept]


def _not_fooled(crm: Crm, log: Path) -> None:
    """A replayed message counts once; an old, an altered and a forged one do not count at all."""
    ((body, delivery),) = crm.rows("SELECT body, replace(id::text, '-', '') FROM access_webhook_delivery")
    now, secret, message = datetime.now(UTC), crm.known["secret"], f"msg_{delivery}"
    assert crm.post(body, at=now, secret=secret, message=message) == 204
    assert f"repeat {message}" in log.read_text(encoding="utf-8")
    assert crm.post(body, at=now - timedelta(minutes=6), secret=secret, message=message) == 401
    forged = body.replace('"revision":2', '"revision":9')
    assert forged != body
    assert crm.post(forged, at=now, secret="whsec_" + "A" * 43 + "=", message="msg_1") == 401
    assert crm.run("show").splitlines()[0].endswith(" 2")
