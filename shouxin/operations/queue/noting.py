"""What the worker notes when a job ends with an error that will not be tried again by itself."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from django.db import Error
from procrastinate import JobContext
from procrastinate.exceptions import JobAborted

from shouxin.kit import clock
from shouxin.operations.queue.models import JobFailure

ROOT = Path(__file__).resolve().parents[3]
log = structlog.get_logger("shouxin.worker")


def note_failure(call_next: Callable[[], Any], context: JobContext, _worker: object) -> Any:
    """Task middleware of the worker: keeps why a job failed; the error goes on as it was."""
    try:
        return call_next()
    except JobAborted:
        raise
    except Exception as error:
        if context.job.id is not None:
            keep(context.job.id, error)
        raise


def keep(job: int, error: Exception) -> None:
    """Keep the kind and the place of `error`; without a database it stands in the log alone."""
    known = {"at": clock.now(), "kind": type(error).__qualname__[:100], "place": place_of(error)[:200]}
    try:
        JobFailure.objects.update_or_create(job=job, defaults=known)
    except Error:
        log.warning("the failure of a job could not be kept", job=job, error=known["kind"])


def place_of(error: Exception) -> str:
    """The innermost line of our own code that the error came through."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(ROOT) and ".venv" not in frame.filename
    ]
    return f"{Path(own[-1].filename).relative_to(ROOT).as_posix()}:{own[-1].lineno}" if own else ""
