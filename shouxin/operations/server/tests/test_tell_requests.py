"""The log has one line a request, in the shape of all its lines."""

import io
import json
import logging
import time
from collections.abc import Iterator
from logging.config import dictConfig

import pytest
import structlog
from django.test import Client

from shouxin.operations.server import logs, middleware


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the product's handler writes."""
    root = logging.getLogger()
    handlers, level, kept = root.handlers[:], root.level, io.StringIO()
    config = logs.logging_config()
    dictConfig(
        {
            key: config[key]
            for key in ("version", "disable_existing_loggers", "formatters", "handlers", "root")
        }
    )
    monkeypatch.setattr(root.handlers[-1], "stream", kept)
    yield kept
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_request_is_told_as_everything_else_is(written: io.StringIO) -> None:
    middleware.tell("POST", "api/v1/客户:read", 200, time.perf_counter())
    structlog.get_logger("shouxin.requests").info(
        "request", method="POST", route="api/v1/客户:read", status=200, ms=0.0
    )
    quick, slow = map(json.loads, written.getvalue().splitlines())
    assert "客户" in written.getvalue().splitlines()[0]
    assert list(quick) == list(slow)
    assert {**quick, "timestamp": "", "ms": 0} == {**slow, "timestamp": "", "ms": 0}
    assert len(quick["timestamp"]) == len(slow["timestamp"])


@pytest.mark.parametrize(
    "method", ['PO"ST\n{"event": "forged"}', "张三-13800138000", "\udcff", "post", "", None]
)
def test_a_method_that_somebody_made_up_is_not_told(written: io.StringIO, method: str | None) -> None:
    middleware.tell(method, None, 405, time.perf_counter())
    (line,) = written.getvalue().splitlines()
    told = json.loads(line)
    assert (told["event"], told["method"]) == ("request", "other")


def test_a_request_is_told_without_its_path_and_query(client: Client, written: io.StringIO) -> None:
    client.get("/nowhere/planted-name?phone=13800138000")
    (line,) = [one for one in written.getvalue().splitlines() if json.loads(one)["event"] == "request"]
    assert json.loads(line)["status"] in {302, 404}
    assert "planted" not in written.getvalue()
    assert "13800138000" not in written.getvalue()


def test_nothing_is_told_below_the_level_asked_for(written: io.StringIO) -> None:
    logging.getLogger().setLevel(logging.WARNING)
    middleware.tell("GET", "healthz", 200, time.perf_counter())
    assert not written.getvalue()
