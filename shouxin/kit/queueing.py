"""Queueing a job that is needed once, however often it is asked for."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


def queue_once(name: str, *, queue: str) -> bool:
    """Queue the job `name` unless one waits already, which will do for this cause too; tells whether it had to."""
    try:
        with transaction.atomic():  # a refusal of the database must not end the caller's transaction
            app.configure_task(name, queue=queue, queueing_lock=name).defer()
    except AlreadyEnqueued:
        return False
    return True
