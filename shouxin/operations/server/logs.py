"""Logs: one JSON object a line on standard error; the supervisor keeps them (logs/*.log).

What people typed never gets in: of an exception the log has the kind and the places in our code, not its
message; of a request the route's pattern, not the path or the query (see kit's access log).
"""

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger


def _without_words(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Replace an exception by its kind and the places it came through: messages of errors may quote data."""
    found: Any = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = type(error).__qualname__
        event["code"] = getattr(error, "code", None)
        frames = traceback.extract_tb(error.__traceback__)
        event["places"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    return event


def _only_route(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Django's sentence about a failed request quotes the path; keep the pattern it matched."""
    record = event.get("_record")
    if record is not None and record.name.startswith("django.request"):
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        event["event"] = "request failed"
        event["route"] = match.route if match else None
        event["status"] = getattr(record, "status_code", None)
    return event


def _only_task(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Procrastinate's sentence about a job writes out its arguments; keep which job it was."""
    record = event.get("_record")
    if record is not None and record.name.startswith("procrastinate"):
        job = getattr(record, "job", {})
        event["event"] = str(getattr(record, "action", "worker")).replace("_", " ")
        event["task"] = job.get("task_name")
        event["job"] = job.get("id")
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


_json = json.JSONEncoder(ensure_ascii=False).encode


class _Line(logging.LogRecord):
    """What is logged at every request: its text is the line already, since putting it together by the processors
    above costs more than looking for the token does.
    """


class LineOrProcessorFormatter(structlog.stdlib.ProcessorFormatter):
    """Lines as they are, all else by the processors."""

    def format(self, record: logging.LogRecord) -> str:
        return record.msg if type(record) is _Line else super().format(record)


def write(logger: logging.Logger, event: str, **told: str | float | None) -> None:
    """One line that nothing is to be taken out of, in the shape of all others; `told` is no text of anybody's."""
    if not logger.isEnabledFor(logging.INFO):
        return
    told["event"], told["logger"], told["level"] = event, logger.name, "info"
    told["timestamp"] = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    logger.handle(_Line(logger.name, logging.INFO, __file__, 0, _json(told), (), None))


def logging_config() -> dict[str, Any]:
    """Django's LOGGING: everything through one JSON formatter to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": LineOrProcessorFormatter,
                "processors": [
                    _only_route,
                    _only_task,
                    _without_words,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {
            "out": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "json"}
        },
        "root": {"handlers": ["out"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
            "django.request": {"level": "ERROR"},  # a 404 quotes what somebody typed
            "django.security": {"level": "ERROR"},  # likewise a refused host name
            "axes": {
                "level": "CRITICAL"
            },  # it names user names and addresses; the journal has them by pseudonym
            "httpx": {
                "level": "WARNING"
            },  # it writes out addresses, which may hold what only two should know
            "procrastinate": {"level": "WARNING"},  # below that it writes out the arguments of jobs
            "psycopg.pool": {"level": "ERROR"},  # it retries by itself while PostgreSQL restarts
        },
    }


def configure() -> None:
    """Make structlog's own loggers end in the same place."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def keep_words_out() -> None:
    """For processes of the server: even what kills the process is logged without its message."""

    def report(kind: type[BaseException], error: BaseException, _places: object) -> None:
        structlog.get_logger("shouxin").critical(
            "process failed", exc_info=(kind, error, error.__traceback__)
        )

    sys.excepthook = report
    threading.excepthook = lambda failure: report(
        failure.exc_type, failure.exc_value or failure.exc_type(), failure.exc_traceback
    )
